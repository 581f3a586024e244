//! A private Python environment under `target`, with the build tools that PyPI has.

use std::path::PathBuf;
use std::process::Command;

use crate::run::{Outcome, answers, folder, program, quietly, target};
use crate::tools;

const REQUIREMENTS: &str = include_str!("../requirements.txt");

/// The environment's folder of programs.
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

/// Makes the environment, unless it is there and up to date.
pub fn set_up() -> Outcome {
    let stamp = target().join("tools/venv/requirements.txt");
    if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == REQUIREMENTS) {
        return Ok(());
    }
    make_environment()?;
    let wanted = concat!(env!("CARGO_MANIFEST_DIR"), "/requirements.txt");
    let mut pip = program(bin().join("python"));
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", wanted]);
    quietly(&mut pip)?;
    std::fs::write(&stamp, REQUIREMENTS).map_err(|error| format!("{}: {error}", stamp.display()))
}

fn make_environment() -> Outcome {
    let python = system()?;
    let place = folder(target().join("tools"))?.join("venv");
    let make = || quietly(program(python).args(["-m", "venv", "--clear"]).arg(&place));
    let Err(first) = make() else { return Ok(()) };
    // Debian keeps the module that venv needs in a package of its own.
    tools::apt_install("python3-venv").map_err(|why| {
        format!("{first}\n`python3 -m venv` does not work: install python3-venv ({why})")
    })?;
    make()
}
