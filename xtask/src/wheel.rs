//! The Python package: its wheel, and its tests in environments that have nothing but the wheel and what they need.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::run::{Outcome, aloud, answers, folder, output, program, quietly, root, target};
use crate::{library, python};

const REQUIREMENTS: &str = include_str!("../requirements-python.txt");

/// What the tests need of every Python.
const BARE: &str = "pytest>=8\n";

/// What the oldest and the newest Python are tested with besides.
const ARRAYS: &str = "pytest>=8\nnumpy\npillow\n";

fn place(name: &str) -> PathBuf {
    target().join("python").join(name)
}

/// Builds the wheel as `pip wheel ./python` does, out of the release build that is there, and says what it is called.
pub fn build() -> Outcome<String> {
    library::build()?;
    set_up()?;
    let wheels = place("wheels");
    let _ = std::fs::remove_dir_all(&wheels);
    let mut pip = program(place("venv").join("bin/python"));
    pip.args(["-m", "pip", "wheel", "--quiet", "--disable-pip-version-check", "--no-deps", "-w"]);
    quietly(pip.arg(folder(wheels)?).arg(root().join("python")))?;
    let wheel = wheel()?;
    let size = std::fs::metadata(&wheel).map_err(|error| error.to_string())?.len();
    let name = wheel.file_name().unwrap_or_default().to_string_lossy().into_owned();
    if !name.contains("-py3-none-") {
        return Err(format!("{name} is not for every Python 3"));
    }
    Ok(format!("{name}, {:.1} MB", size as f64 / 1e6))
}

fn set_up() -> Outcome {
    python::environment(Path::new(python::system()?), &place("venv"), REQUIREMENTS)
}

fn wheel() -> Outcome<PathBuf> {
    let listing = std::fs::read_dir(place("wheels")).map_err(|error| error.to_string())?;
    let mut found: Vec<_> = listing.flatten().map(|entry| entry.path()).collect();
    match (found.pop(), found.is_empty()) {
        (Some(wheel), true) => Ok(wheel),
        _ => Err("there is not one wheel in target/python/wheels".into()),
    }
}

/// ruff, mypy, and whether the declarations are those of dio.h.
pub fn lints() -> Outcome<String> {
    set_up()?;
    let run = |name: &str, arguments: &[&str]| {
        let mut command = program(place("venv").join("bin").join(name));
        quietly(command.current_dir(root().join("python")).args(arguments))
    };
    run("ruff", &["format", "--no-cache", "--check", "."])?;
    run("ruff", &["check", "--no-cache", "."])?;
    run(
        "ruff",
        &[
            "check",
            "--no-cache",
            "--config",
            "pyproject.toml",
            "--ignore",
            "D1",
            "../bench/python.py",
            "../bench/pdf.py",
            "../bench/peers",
        ],
    )?;
    let cache = place("mypy");
    run("mypy", &["--cache-dir", &cache.to_string_lossy()])?;
    run("python", &["tools/declarations.py", "--check"])?;
    Ok(String::new())
}

/// The tests with numpy, Pillow, OpenCV and a consumer of DLPack.
pub fn tests() -> Outcome<String> {
    set_up()?;
    passed(&place("venv"))
}

/// The tests without numpy in every Python that is found; in the oldest and the newest with it, too.
pub fn other_pythons() -> Outcome<String> {
    let pythons = pythons()?;
    let (mut total, mut names) = (0, Vec::new());
    let ends = [pythons.first(), pythons.last()];
    for found in &pythons {
        let mut kinds = vec![("bare", BARE)];
        if ends.contains(&Some(found)) {
            kinds.push(("arrays", ARRAYS));
        }
        for (kind, requirements) in kinds {
            let environment = place(&format!("{kind}-{}", found.1));
            python::environment(&found.2, &environment, requirements)?;
            let note = passed(&environment).map_err(|why| format!("Python {}: {why}", found.1))?;
            total +=
                note.split(' ').next().and_then(|count| count.parse::<u32>().ok()).unwrap_or(0);
        }
        names.push(found.1.as_str());
    }
    Ok(format!("{total} passed with {}", names.join(", ")))
}

/// Times imread against OpenCV and Pillow.
pub fn bench(arguments: &[String]) -> Outcome {
    build()?;
    install(&place("venv"))?;
    let mut command = program(place("venv").join("bin/python"));
    aloud(command.arg(root().join("bench/python.py")).args(arguments))
}

fn install(environment: &Path) -> Outcome {
    quietly(python::pip(environment).args(["--force-reinstall", "--no-deps"]).arg(wheel()?))
}

/// Installs the wheel into an environment and runs the tests there.
fn passed(environment: &Path) -> Outcome<String> {
    install(environment)?;
    let mut pytest = program(environment.join("bin/python"));
    pytest.args(["-B", "-m", "pytest", "-p", "no:cacheprovider"]);
    let printed = output(pytest.current_dir(root().join("python")))?;
    let summary = printed.lines().last().unwrap_or_default();
    Ok(summary.split(" in ").next().unwrap_or_default().to_owned())
}

/// Every kind of Python from 3.9 on that is found, once: its minor version, its name and its program.
fn pythons() -> Outcome<Vec<(u32, String, PathBuf)>> {
    let tell = "import sys, sysconfig; t = sysconfig.get_config_var('Py_GIL_DISABLED'); \
                print(sys.version_info[0], sys.version_info[1], 't' if t else '')";
    let mut found: Vec<(u32, String, PathBuf)> = Vec::new();
    for candidate in candidates()? {
        let Ok(told) = output(Command::new(&candidate).args(["-c", tell])) else { continue };
        let words: Vec<&str> = told.split_whitespace().collect();
        let (Some(&"3"), Some(minor)) = (words.first(), words.get(1)) else { continue };
        let Ok(number) = minor.parse() else { continue };
        let name = format!("3.{minor}{}", words.get(2).unwrap_or(&""));
        if number >= 9 && !found.iter().any(|it| it.1 == name) {
            found.push((number, name, candidate));
        }
    }
    found.sort();
    Ok(found)
}

/// Programs on the PATH, and those that pyenv keeps.
fn candidates() -> Outcome<Vec<PathBuf>> {
    let mut found = vec![PathBuf::from(python::system()?)];
    for minor in 9..=20 {
        for name in [format!("python3.{minor}"), format!("python3.{minor}t")] {
            if answers(&name, "--version") {
                found.push(name.into());
            }
        }
    }
    let home = std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".pyenv"));
    let pyenv = std::env::var_os("PYENV_ROOT").map(PathBuf::from).or(home);
    let versions = pyenv.and_then(|root| std::fs::read_dir(root.join("versions")).ok());
    found.extend(versions.into_iter().flatten().flatten().map(|it| it.path().join("bin/python")));
    Ok(found)
}
