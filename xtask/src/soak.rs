//! The C tests for hours instead of seconds, and under valgrind.

use std::path::PathBuf;
use std::time::Instant;

use crate::run::{Outcome, aloud, output, program, quietly, root, target};
use crate::{python, tools};

/// Tests that go on for longer when they are told to, and how they are told.
const LONG: &[(&str, &str, &str)] = &[
    ("threads", "DIO_ROUNDS", "10000"),
    ("append_killed", "DIO_KILLS", "3000"),
    ("no_memory", "DIO_LONG", "1"),
    ("no_memory_save", "DIO_LONG", "1"),
    ("no_memory_pdf", "DIO_LONG", "1"),
];

/// Each of them, or those that are named, with DIO_ROUNDS and DIO_KILLS as the environment has them.
pub fn run(words: &[String]) -> Outcome {
    build()?;
    for (name, variable, usual) in LONG.iter().filter(|(name, ..)| chosen(words, name)) {
        let value = std::env::var(variable).unwrap_or_else(|_| (*usual).to_owned());
        println!("{name}, {variable}={value}");
        let begin = Instant::now();
        aloud(program(test(name)).arg(root().join("tests/data")).env(variable, &value))?;
        println!("{name} passed in {:.0} s", begin.elapsed().as_secs_f64());
    }
    Ok(())
}

/// Under memcheck what runs in one thread, under helgrind what does not.
const MEMCHECK: &[&str] =
    &["image", "read", "reader", "save", "stream", "writer", "wrap", "errors", "old_header"];
const HELGRIND: &[&str] = &["threads", "retain"];

/// Runs C tests under valgrind, all or those that are named. They run few rounds: valgrind is fifty times as slow.
pub fn valgrind(words: &[String]) -> Outcome {
    build()?;
    let memcheck = ["--tool=memcheck", "--leak-check=full", "--show-leak-kinds=definite"];
    for (tool, names) in [("memcheck", MEMCHECK), ("helgrind", HELGRIND)] {
        for name in names.iter().filter(|name| chosen(words, name)) {
            let mut command = program("valgrind");
            command.args(["--quiet", "--error-exitcode=99"]);
            match tool {
                "memcheck" => command.args(memcheck).arg("--errors-for-leak-kinds=definite"),
                _ => command.arg("--tool=helgrind").arg(format!(
                    "--suppressions={}",
                    root().join("c_tests/helgrind.supp").display()
                )),
            };
            let begin = Instant::now();
            let run = command.arg(test(name)).arg(root().join("tests/data")).env("DIO_ROUNDS", "2");
            quietly(run.current_dir(target().join("cmake/default")))?;
            println!("{tool:8} {name:12} {:6.1} s", begin.elapsed().as_secs_f64());
        }
    }
    Ok(())
}

fn chosen(words: &[String], name: &str) -> bool {
    words.is_empty() || words.iter().any(|word| word == name)
}

fn test(name: &str) -> PathBuf {
    target().join("cmake/default/c_tests").join(format!("test_{name}"))
}

fn build() -> Outcome {
    tools::compilers()?;
    python::set_up()?;
    quietly(python::tool("cmake").args(["--preset", "default"]))?;
    output(python::tool("cmake").args(["--build", "--preset", "default"])).map(drop)
}
