//! The main job on samples that the project made itself, with Rust, a C compiler and Python 3 alone.

use std::path::PathBuf;

use crate::run::{Outcome, folder, output, program, quietly, root};
use crate::{library, python};

const SAMPLES: [&str; 3] = ["pages.tif", "frames.gif", "pages.pdf"];

/// Builds, reads, prints what was read and leaves the pictures in `out/demo`.
pub fn run() -> Outcome {
    println!("building libdio (the first time takes some minutes)");
    library::build_aloud()?;
    let facts = read_samples()?;
    print!("{facts}");
    println!("the pictures are in {}", pictures().display());
    Ok(())
}

fn pictures() -> PathBuf {
    root().join("out/demo")
}

/// Compiles `examples/pages.c`, runs it on samples that are made afresh and returns the line it prints for each page.
pub fn read_samples() -> Outcome<String> {
    let out = folder(pictures())?;
    let samples = made_samples()?;
    let example = out.join("pages");
    library::compile(&root().join("examples/pages.c"), &example)?;
    output(program(&example).arg(&out).args(samples))
}

fn made_samples() -> Outcome<Vec<PathBuf>> {
    let samples = folder(root().join("out/samples"))?;
    quietly(program(python::system()?).arg("tests/data/make.py").arg("--into").arg(&samples))?;
    Ok(SAMPLES.map(|name| samples.join(name)).to_vec())
}
