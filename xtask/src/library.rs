//! The release build of the shared library and what a C program needs to find it.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::run::{Outcome, aloud, answers, cargo, output, program, quietly, root, target};

/// The shared library.
pub fn path() -> PathBuf {
    target().join("release").join(format!("libdio{}", std::env::consts::DLL_SUFFIX))
}

/// Builds the shared library, in silence.
pub fn build() -> Outcome {
    quietly(&mut build_command())?;
    link_soname()
}

/// Builds the shared library and shows what cargo has to say.
pub fn build_aloud() -> Outcome {
    aloud(&mut build_command())?;
    link_soname()
}

fn build_command() -> Command {
    let mut command = cargo();
    command.args(["build", "--package", "dio", "--lib", "--release", "--locked"]);
    command.arg("--config").arg(without_paths());
    command
}

/// What keeps the folder of this machine's crates out of the messages of panics. `cmake/cargo.cmake` and `python/setup.py` say the
/// same, so that all three share what is built.
fn without_paths() -> String {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let crates = home.or_else(|| std::env::home_dir().map(|home| home.join(".cargo")));
    let crates = crates.unwrap_or_default().join("registry").join("src");
    format!("build.rustflags=['--remap-path-prefix={}=crates']", crates.display())
}

/// Whether the library names a file of the machine that it was built on.
pub fn names_no_paths() -> Outcome {
    let bytes = std::fs::read(path()).map_err(|error| error.to_string())?;
    let mut folders = vec![root().to_path_buf()];
    folders.extend(std::env::home_dir());
    for folder in folders {
        let name = folder.join("").display().to_string();
        if name.len() > 2 && bytes.windows(name.len()).any(|part| part == name.as_bytes()) {
            return Err(format!("{} names files in {name}", path().display()));
        }
    }
    Ok(())
}

/// Programs look for the soname at run time: gives the library that name too, beside its own.
fn link_soname() -> Outcome {
    if !cfg!(target_os = "linux") {
        return Ok(());
    }
    let Some(soname) = soname(&path()) else {
        return Err("libdio has no soname: see build.rs".into());
    };
    let link = path().with_file_name(soname);
    #[cfg(unix)]
    if !link.exists() {
        let _ = std::fs::remove_file(&link);
        std::os::unix::fs::symlink("libdio.so", &link)
            .map_err(|error| format!("{}: {error}", link.display()))?;
    }
    Ok(())
}

/// The name that programs look for.
pub fn soname(library: &Path) -> Option<String> {
    let listing = output(program("readelf").arg("-d").arg(library)).ok()?;
    let line = listing.lines().find(|line| line.contains("(SONAME)"))?;
    Some(line.split_once('[')?.1.split_once(']')?.0.to_owned())
}

fn compiler() -> Outcome<&'static str> {
    ["cc", "gcc", "clang"]
        .into_iter()
        .find(|name| answers(name, "--version"))
        .ok_or_else(|| "there is no C compiler: install gcc or clang".into())
}

/// Whether the C compiler finds a header.
pub fn has_header(name: &str) -> bool {
    let source = target().join("header.c");
    let written = std::fs::write(&source, format!("#include <{name}>\n"));
    let look = || {
        quietly(
            program(compiler()?).args(["-E", "-o"]).arg(source.with_extension("i")).arg(&source),
        )
    };
    written.is_ok() && look().is_ok()
}

/// Compiles a C program against the library with nothing but the C compiler.
pub fn compile(source: &Path, program_path: &Path) -> Outcome {
    compile_with(source, program_path, "c99", &[])
}

/// The same in another C, with other libraries too.
pub fn compile_with(
    source: &Path,
    program_path: &Path,
    standard: &str,
    libraries: &[&str],
) -> Outcome {
    let compiler = compiler()?;
    let lib = target().join("release");
    let mut command = program(compiler);
    command.arg(format!("-std={standard}"));
    command.args(["-O2", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-Iinclude"]);
    command.arg(source).arg("-o").arg(program_path);
    command.arg(format!("-L{}", lib.display())).arg("-ldio");
    command.arg(format!("-Wl,-rpath,{}", lib.display())).args(libraries);
    quietly(&mut command)
}
