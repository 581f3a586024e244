//! Running programs: where the checkout is, a clean environment, output kept until something fails.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Every failure ends in a sentence.
pub type Outcome<T = ()> = Result<T, String>;

/// The folder of the checkout.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask is a folder of the checkout")
}

/// The one folder that everything is built into.
pub fn target() -> PathBuf {
    root().join("target")
}

/// A program to run in the checkout, free of what cargo told this one.
pub fn program(name: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(name);
    command.current_dir(root()).stdin(Stdio::null()).env("CARGO_TARGET_DIR", target());
    for (key, _) in std::env::vars_os() {
        let text = key.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&key);
        }
    }
    // Cargo adds its own output folders, whose debug libdio would be found before the one under test.
    if let Some(paths) = std::env::var_os("LD_LIBRARY_PATH") {
        let kept = std::env::split_paths(&paths).filter(|path| !path.starts_with(target()));
        match std::env::join_paths(kept) {
            Ok(kept) if !kept.is_empty() => command.env("LD_LIBRARY_PATH", kept),
            _ => command.env_remove("LD_LIBRARY_PATH"),
        };
    }
    command
}

/// The cargo that runs us.
pub fn cargo() -> Command {
    program(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Runs to the end and returns standard output; on failure, what was printed is the error.
pub fn output(command: &mut Command) -> Outcome<String> {
    let line = describe(command);
    let result = command.output().map_err(|error| format!("cannot run {line}: {error}"))?;
    let out = String::from_utf8_lossy(&result.stdout).into_owned();
    if result.status.success() {
        return Ok(out);
    }
    let err = String::from_utf8_lossy(&result.stderr);
    Err(format!("{line}: {}\n{out}{err}", result.status))
}

/// Runs to the end, in silence unless it fails.
pub fn quietly(command: &mut Command) -> Outcome {
    output(command).map(drop)
}

/// Runs to the end, printing as it goes.
pub fn aloud(command: &mut Command) -> Outcome {
    let line = describe(command);
    let status = command.status().map_err(|error| format!("cannot run {line}: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{line}: {status}")) }
}

/// Whether a program can be started and answers `argument` without failing.
pub fn answers(name: impl AsRef<OsStr>, argument: &str) -> bool {
    program(name).arg(argument).output().is_ok_and(|result| result.status.success())
}

fn describe(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let words: Vec<_> = words.map(|word| word.to_string_lossy()).collect();
    words.join(" ")
}

/// The folder, made if it is missing.
pub fn folder(path: PathBuf) -> Outcome<PathBuf> {
    std::fs::create_dir_all(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(path)
}
