//! Tools besides those from PyPI: Rust components and a C++ compiler, installed where that can be done.

use crate::run::{Outcome, answers, cargo, output, program, quietly};

/// Sees to it that `cargo fmt` and `cargo clippy` are there.
pub fn rust_components() -> Outcome {
    for (command, component) in [("fmt", "rustfmt"), ("clippy", "clippy")] {
        if quietly(cargo().args([command, "--version"])).is_err() {
            quietly(program("rustup").args(["component", "add", component])).map_err(|why| {
                format!("cargo {command} is missing: install {component} ({why})")
            })?;
        }
    }
    Ok(())
}

/// Sees to it that there is a C compiler, and a C++ compiler to try the header with.
pub fn compilers() -> Outcome {
    if !["cc", "gcc", "clang"].into_iter().any(|name| answers(name, "--version")) {
        apt_install("gcc").map_err(|why| format!("there is no C compiler: install gcc ({why})"))?;
    }
    if !["c++", "g++", "clang++"].into_iter().any(|name| answers(name, "--version")) {
        apt_install("g++")
            .map_err(|why| format!("there is no C++ compiler: install g++ ({why})"))?;
    }
    Ok(())
}

/// Sees to it that there are programs, each with its Debian package.
pub fn programs(wanted: &[(&str, &str)]) -> Outcome {
    for (name, package) in wanted {
        // Not all of them know one option that tells their version, and all can be found.
        if output(program("which").arg(name)).is_err() {
            apt_install(package)
                .map_err(|why| format!("there is no {name}: install {package} ({why})"))?;
        }
    }
    Ok(())
}

/// Installs a Debian package, if this is root on Debian.
pub fn apt_install(package: &str) -> Outcome {
    if !answers("apt-get", "--version") {
        return Err("there is no apt-get to do it with".into());
    }
    if output(program("id").arg("-u"))?.trim() != "0" {
        return Err("only root can do it with apt-get".into());
    }
    let apt = || {
        let mut command = program("apt-get");
        command.env("DEBIAN_FRONTEND", "noninteractive");
        command
    };
    quietly(apt().arg("update"))?;
    quietly(apt().args(["install", "-y", "--no-install-recommends", package]))
}
