//! The Rust tests under AddressSanitizer, and the unsafe modules under Miri. Both need the nightly toolchain, and nothing else does.

use std::process::Command;
use std::time::Instant;

use crate::run::{Outcome, aloud, answers, output, program, target};

/// Tests that weigh this process, which the sanitizer makes heavy, or print the header, which has no memory to watch.
const LEFT_OUT: &[&str] = &["ten_thousand_pages", "header_matches"];

/// Modules with unsafe code that Miri can run: no processor's own instructions, no calls of the system beyond files.
const UNSAFE: &[&str] = &["ffi::", "memory::"];

/// A test that asks for more memory than there is, which ends Miri.
const TOO_LARGE: &str = "an_impossible_size";

/// Unit and integration tests under AddressSanitizer, leaks included; `words` go to the test programs, as names.
pub fn asan(words: &[String]) -> Outcome {
    let host = host()?;
    let mut command = nightly("asan");
    command.args(["test", "--package", "dio", "--lib", "--tests", "--locked", "--target", &host]);
    command.arg("--").args(LEFT_OUT.iter().flat_map(|name| ["--skip", name])).args(words);
    command.env("RUSTFLAGS", "-Zsanitizer=address");
    command.env("ASAN_OPTIONS", "detect_leaks=1:allocator_may_return_null=1");
    timed(&mut command)
}

/// Unit tests of the modules with unsafe code, or those that are named.
pub fn miri(words: &[String]) -> Outcome {
    host()?;
    if !answers_nightly(&["miri", "--version"]) {
        return Err(
            "there is no Miri: rustup component add --toolchain nightly miri rust-src".into()
        );
    }
    let mut command = nightly("miri");
    command.args(["miri", "test", "--package", "dio", "--lib", "--locked", "--"]);
    command.args(["--skip", TOO_LARGE]);
    match words {
        [] => command.args(UNSAFE),
        words => command.args(words),
    };
    // Files in the folder for temporary ones, and the clock.
    command.env("MIRIFLAGS", "-Zmiri-disable-isolation");
    timed(&mut command)
}

/// The cargo of the nightly toolchain, which builds into a folder of its own.
fn nightly(folder: &str) -> Command {
    let mut command = program("rustup");
    command.args(["run", "nightly", "cargo"]).env("CARGO_TARGET_DIR", target().join(folder));
    command.env_remove("RUSTUP_TOOLCHAIN").env_remove("RUSTC").env_remove("CARGO");
    command
}

fn answers_nightly(words: &[&str]) -> bool {
    let mut command = program("rustup");
    command.args(["run", "nightly", "cargo"]).args(words).env_remove("RUSTUP_TOOLCHAIN");
    output(&mut command).is_ok()
}

/// The triple that the nightly compiler builds for.
fn host() -> Outcome<String> {
    if !answers("rustup", "--version") || !answers_nightly(&["--version"]) {
        return Err("there is no nightly toolchain: rustup toolchain install nightly".into());
    }
    let told = output(program("rustup").args(["run", "nightly", "rustc", "-vV"]))?;
    let line = told.lines().find_map(|line| line.strip_prefix("host: "));
    line.map(str::to_owned).ok_or_else(|| "rustc does not say what it builds for".into())
}

fn timed(command: &mut Command) -> Outcome {
    let begin = Instant::now();
    aloud(command)?;
    println!("passed in {:.0} s", begin.elapsed().as_secs_f64());
    Ok(())
}
