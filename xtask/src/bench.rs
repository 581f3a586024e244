//! `bench/tiff.c` against libtiff, `bench/python.py` against OpenCV and Pillow.

use crate::run::{Outcome, aloud, folder, program, root, target};
use crate::{library, tools, wheel};

pub fn run(words: &[String]) -> Outcome {
    if let Some((first, rest)) = words.split_first()
        && first == "python"
    {
        return wheel::bench(rest);
    }
    tools::compilers()?;
    if !library::has_header("tiffio.h") {
        tools::apt_install("libtiff-dev")
            .map_err(|why| format!("libtiff is missing: install libtiff-dev ({why})"))?;
    }
    library::build()?;
    let timed = folder(target().join("bench"))?.join("tiff");
    library::compile_with(&root().join("bench/tiff.c"), &timed, "gnu99", &["-ltiff"])?;
    aloud(program(&timed).args(words))
}
