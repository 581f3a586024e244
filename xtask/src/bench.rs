//! `bench/tiff.c` against libtiff, `bench/jpeg.c` against libjpeg-turbo, `bench/python.py` against OpenCV and Pillow,
//! `bench/pdf.py` against PDFium and poppler, `bench/peers` against all of them side by side, and
//! with and without huge pages.

use std::path::Path;

use crate::run::{Outcome, aloud, folder, output, program, root, target};
use crate::{library, python, tools, wheel};

pub fn run(words: &[String]) -> Outcome {
    match words.split_first() {
        Some((first, rest)) if first == "python" => wheel::bench(rest),
        Some((first, rest)) if first == "pdf" => pages(rest),
        Some((first, rest)) if first == "peers" => peers("__main__.py", rest),
        Some((first, rest)) if first == "pages" => peers("huge_pages.py", rest),
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

/// C libraries that `bench/peers` calls, by their Debian packages.
const PEERS: [(&str, &str); 6] = [
    ("libturbojpeg.so.0", "libturbojpeg0"),
    ("libpng16.so.16", "libpng16-16"),
    ("libspng.so.0", "libspng0"),
    ("libtiff.so.6", "libtiff6"),
    ("libgif.so.7", "libgif7"),
    ("libwebp.so.7", "libwebp7"),
];

fn peers(script: &str, words: &[String]) -> Outcome {
    let known = output(program("/sbin/ldconfig").arg("-p"))?;
    for (library, package) in PEERS {
        if !known.contains(library) {
            tools::apt_install(package)
                .map_err(|why| format!("{library} is missing: install {package} ({why})"))?;
        }
    }
    let (place, sources) = (target().join("bench/peers"), root().join("bench/peers"));
    python::environment(
        Path::new(python::system()?),
        &place,
        include_str!("../../bench/peers/requirements.txt"),
    )?;
    library::build()?;
    let mut python = program(place.join("bin/python"));
    // numpy shall not start threads of its own while others are timed.
    python.env("OPENBLAS_NUM_THREADS", "1").arg("-B").arg(sources.join(script));
    aloud(python.arg(library::path()).args(words))
}
