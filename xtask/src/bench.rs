//! `bench/tiff.c` against libtiff, `bench/jpeg.c` against libjpeg-turbo, `bench/python.py` against OpenCV and Pillow,
//! `bench/pdf.py` against PDFium and poppler.

use crate::run::{Outcome, aloud, folder, program, root, target};
use crate::{library, python, tools, wheel};

pub fn run(words: &[String]) -> Outcome {
    match words.split_first() {
        Some((first, rest)) if first == "python" => wheel::bench(rest),
        Some((first, rest)) if first == "pdf" => pages(rest),
        Some((first, rest)) if first == "jpeg" => {
            against("jpeg", ("jpeglib.h", "libjpeg62-turbo-dev", "-ljpeg"), rest)
        }
        _ => against("tiff", ("tiffio.h", "libtiff-dev", "-ltiff"), words),
    }
}

/// Builds and runs a program with a peer: its header, the package of Debian, and how to link it.
fn against(name: &str, (header, package, link): (&str, &str, &str), words: &[String]) -> Outcome {
    tools::compilers()?;
    if !library::has_header(header) {
        tools::apt_install(package)
            .map_err(|why| format!("{header} is missing: install {package} ({why})"))?;
    }
    library::build()?;
    let timed = folder(target().join("bench"))?.join(name);
    let source = root().join("bench").join(format!("{name}.c"));
    library::compile_with(&source, &timed, "gnu99", &[link])?;
    aloud(program(&timed).args(words))
}

fn pages(words: &[String]) -> Outcome {
    tools::programs(&[("pdftoppm", "poppler-utils")])?;
    python::set_up()?;
    library::build()?;
    let script = root().join("bench/pdf.py");
    aloud(python::tool("python").arg(script).arg(library::path()).args(words))
}
