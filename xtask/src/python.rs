//! Private Python environments under `target`, with what PyPI has.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::run::{Outcome, answers, folder, program, quietly, target};
use crate::tools;

const REQUIREMENTS: &str = include_str!("../requirements.txt");

/// The folder of programs of the environment with the build tools.
pub fn bin() -> PathBuf {
    target().join("tools/venv/bin")
}

/// The Python that is on the machine.
pub fn system() -> Outcome<&'static str> {
    ["python3", "python"]
        .into_iter()
        .find(|name| answers(name, "--version"))
        .ok_or_else(|| "Python 3 is missing: install python3".into())
}

/// A program that finds those of the environment first.
pub fn with_tools(mut command: Command) -> Command {
    let own = std::env::var_os("PATH").unwrap_or_default();
    let paths = std::iter::once(bin()).chain(std::env::split_paths(&own));
    if let Ok(paths) = std::env::join_paths(paths) {
        command.env("PATH", paths);
    }
    command
}

/// A program of the environment.
pub fn tool(name: &str) -> Command {
    with_tools(program(bin().join(name)))
}

/// Makes the environment with the build tools, unless it is there and up to date.
pub fn set_up() -> Outcome {
    environment(Path::new(system()?), &target().join("tools/venv"), REQUIREMENTS)
}

/// Makes an environment of a Python with packages, a line each, unless it is there and up to date.
pub fn environment(python: &Path, place: &Path, requirements: &str) -> Outcome {
    let stamp = place.join("requirements.txt");
    if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == requirements) {
        return Ok(());
    }
    make_environment(python, place)?;
    let wanted = place.join("wanted.txt");
    let failed = |error| format!("{}: {error}", place.display());
    std::fs::write(&wanted, requirements).map_err(failed)?;
    quietly(pip(place).arg("-r").arg(&wanted))?;
    std::fs::rename(&wanted, &stamp).map_err(failed)
}

/// `pip install` of an environment.
pub fn pip(place: &Path) -> Command {
    let mut pip = program(place.join("bin/python"));
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
    pip
}

fn make_environment(python: &Path, place: &Path) -> Outcome {
    folder(place.parent().unwrap_or(place).to_owned())?;
    let make = || quietly(program(python).args(["-m", "venv", "--clear"]).arg(place));
    let Err(first) = make() else { return Ok(()) };
    // Debian keeps the module that venv needs in a package of its own.
    tools::apt_install("python3-venv").map_err(|why| {
        format!("{first}\n`python3 -m venv` does not work: install python3-venv ({why})")
    })?;
    make()
}
