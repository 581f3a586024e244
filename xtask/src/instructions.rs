//! Instructions that saves and reads take, counted by callgrind: a guard of speed that does not depend on the clock.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::run::{Outcome, folder, output, program, quietly, root, target};
use crate::{library, tools};

/// What may be more than the figures that were kept.
const TOLERANCE: f64 = 0.03;

/// Instructions of the process that makes a picture, that saves it too, and that reads it back too.
const STAGES: [&str; 3] = ["nothing", "save", "read"];

type Figures = BTreeMap<String, [u64; 2]>;

fn kept() -> PathBuf {
    root().join("bench/instructions.tsv")
}

/// Compares with the figures that are kept, or writes them: `bless`. Other words choose cases by name.
pub fn run(words: &[String]) -> Outcome {
    if std::env::consts::ARCH == "x86_64" && !std::is_x86_feature_detected!("avx2") {
        return Err("the figures are those of processors with AVX2, which this one is not".into());
    }
    tools::programs(&[("valgrind", "valgrind")])?;
    library::build()?;
    let (bless, words) = match words.split_first() {
        Some((first, rest)) if first == "bless" => (true, rest),
        _ => (false, words),
    };
    let mut figures = read_kept()?;
    let counted = count(words)?;
    let worse = compare(&figures, &counted);
    if bless {
        figures.extend(counted);
        return write_kept(&figures);
    }
    if worse.is_empty() { Ok(()) } else { Err(worse.join("\n")) }
}

fn count(words: &[String]) -> Outcome<Figures> {
    let folder = folder(target().join("bench"))?;
    let counted = folder.join("instructions");
    library::compile_with(&root().join("bench/instructions.c"), &counted, "gnu99", &[])?;
    let names = output(&mut program(&counted))?;
    let chosen = |name: &&str| words.is_empty() || words.iter().any(|word| name.contains(word));
    let mut figures = Figures::new();
    for name in names.lines().filter(chosen) {
        let mut totals = [0; 3];
        for (total, stage) in totals.iter_mut().zip(STAGES) {
            *total = instructions(&counted, name, stage)?;
        }
        let [nothing, save, read] = totals;
        figures.insert(name.to_owned(), [save.saturating_sub(nothing), read.saturating_sub(save)]);
    }
    Ok(figures)
}

/// What one process executes in all its threads.
fn instructions(counted: &Path, name: &str, stage: &str) -> Outcome<u64> {
    let out = counted.with_extension("callgrind");
    let mut command = program("valgrind");
    command.args(["--tool=callgrind", "--quiet"]);
    command.arg(format!("--callgrind-out-file={}", out.display()));
    quietly(command.arg(counted).args([name, stage]))?;
    let text = std::fs::read_to_string(&out).map_err(|why| format!("{}: {why}", out.display()))?;
    text.lines()
        .find_map(|line| line.strip_prefix("totals: ")?.trim().parse().ok())
        .ok_or_else(|| format!("{} has no totals", out.display()))
}

/// Prints every figure, and gives those that grew by more than is allowed.
fn compare(figures: &Figures, counted: &Figures) -> Vec<String> {
    let mut worse = Vec::new();
    for (name, now) in counted {
        for (n, what) in ["save", "read"].into_iter().enumerate() {
            let Some(before) = figures.get(name).map(|kept| kept[n].max(1)) else {
                println!("{name:<16} {what} {:>12}  not kept", now[n]);
                continue;
            };
            let ratio = now[n] as f64 / before as f64;
            println!("{name:<16} {what} {:>12}  {ratio:.3} of what is kept", now[n]);
            if ratio > 1.0 + TOLERANCE {
                worse.push(format!("{name}, {what}: {} instructions instead of {before}", now[n]));
            }
        }
    }
    worse
}

fn read_kept() -> Outcome<Figures> {
    let text = std::fs::read_to_string(kept()).unwrap_or_default();
    let rows = text.lines().filter(|line| !line.starts_with('#')).skip(1);
    rows.map(|line| {
        let words: Vec<&str> = line.split('\t').collect();
        match words.as_slice() {
            [name, save, read] => match (save.parse(), read.parse()) {
                (Ok(save), Ok(read)) => Ok(((*name).to_owned(), [save, read])),
                _ => Err(format!("{}: {line}", kept().display())),
            },
            _ => Err(format!("{}: {line}", kept().display())),
        }
    })
    .collect()
}

fn write_kept(figures: &Figures) -> Outcome {
    let compiler = output(program("rustc").arg("--version"))?;
    let mut text = format!("# {}, x86-64 with AVX2\ncase\tsave\tread\n", compiler.trim());
    for (name, [save, read]) in figures {
        text += &format!("{name}\t{save}\t{read}\n");
    }
    std::fs::write(kept(), text).map_err(|why| format!("{}: {why}", kept().display()))
}
