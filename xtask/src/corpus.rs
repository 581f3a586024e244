//! Holds the library against the corpus that lies beside the checkout, where there is one.

use std::path::{Path, PathBuf};

use crate::run::{Outcome, output, root, target};
use crate::{library, python};

/// Valid files of a format that must hold, as the corpus names formats. What must hold of other classes: all.
struct Goal {
    formats: &'static [&'static str],
    valid: u32,
}

const GOALS: &[Goal] = &[
    Goal { formats: &["png"], valid: 184 },
    Goal { formats: &["bmp"], valid: 27 },
    Goal { formats: &["gif"], valid: 71 },
    Goal { formats: &["jpeg"], valid: 120 },
    Goal { formats: &["tiff"], valid: 185 },
    Goal { formats: &["pdf"], valid: 131 },
    Goal { formats: &["qoi"], valid: 4 },
    Goal { formats: &["webp"], valid: 42 },
    Goal { formats: &["pnm", "tga"], valid: 62 },
];

/// Checks every format against its goal and, if asked, the whole against a percentage.
pub fn run(arguments: &[String]) -> Outcome {
    let least = match arguments {
        [] => 0.0,
        [flag, number] if flag == "--min" => {
            number.parse().map_err(|_| format!("--min {number} is not a number"))?
        }
        _ => return Err("usage: cargo xtask corpus [--min N]".into()),
    };
    let shared = root().join("../shared");
    let script = shared.join("tools/conformance.py");
    if !script.exists() || !shared.join("corpus/MANIFEST.tsv").exists() {
        println!("skipped: no corpus");
        return Ok(());
    }
    python::set_up()?;
    library::build()?;
    let table = table(&script, least)?;
    print!("{table}");
    let missed: Vec<_> = GOALS.iter().flat_map(|goal| goal.missed_in(&table)).collect();
    if missed.is_empty() {
        println!("every format reaches its goal");
        return Ok(());
    }
    Err(format!("{}\nthe files and reasons are in {}", missed.join("\n"), failures().display()))
}

fn failures() -> PathBuf {
    target().join("corpus-fails.tsv")
}

/// One run over all formats that have a goal.
fn table(script: &Path, least: f64) -> Outcome<String> {
    let mut command = python::tool("python");
    command.arg(script).arg("--lib").arg(library::path()).args(["--min", &least.to_string()]);
    if least == 0.0 {
        let formats = GOALS.iter().flat_map(|goal| goal.formats);
        command.args(formats.flat_map(|format| ["--format", format]));
    }
    command.arg("--fail").arg(failures());
    output(&mut command)
}

impl Goal {
    fn missed_in(&self, table: &str) -> Vec<String> {
        let rows: Vec<_> = self.formats.iter().filter_map(|name| Row::find(table, name)).collect();
        let name = self.formats.join(" and ");
        if rows.len() != self.formats.len() {
            return vec![format!("{name}: not in the corpus")];
        }
        let valid: u32 = rows.iter().map(|row| row.classes[0].good).sum();
        let mut missed = Vec::new();
        if valid < self.valid {
            missed.push(format!("{name}: {valid} valid files hold, {} must", self.valid));
        }
        for (class, column) in [("invalid", 1), ("malformed", 3)] {
            let bad: u32 = rows.iter().map(|row| row.classes[column].bad()).sum();
            if bad > 0 {
                missed.push(format!("{name}: {bad} {class} files do not hold, all must"));
            }
        }
        missed
    }
}

/// A line of the table: `png  184/184  14/14  7/7  104/104`, or `-` where there are no such files.
struct Row {
    classes: [Share; 4],
}

#[derive(Clone, Copy, Default)]
struct Share {
    good: u32,
    all: u32,
}

impl Share {
    fn parse(text: &str) -> Option<Self> {
        if text == "-" {
            return Some(Self::default());
        }
        let (good, all) = text.split_once('/')?;
        Some(Self { good: good.parse().ok()?, all: all.parse().ok()? })
    }

    fn bad(self) -> u32 {
        self.all - self.good
    }
}

impl Row {
    fn find(table: &str, name: &str) -> Option<Self> {
        let line = table.lines().find(|line| line.split_whitespace().next() == Some(name))?;
        let shares: Vec<_> = line.split_whitespace().skip(1).filter_map(Share::parse).collect();
        Some(Self { classes: shares.try_into().ok()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "\
format              valid        invalid         either      malformed
pnm                 16/17              -            1/1            7/7
tga                 40/45            0/1            1/1          15/15
all                 56/62            0/1            2/2          22/22
";

    #[test]
    fn formats_of_one_goal_are_added_up() {
        let goal = Goal { formats: &["pnm", "tga"], valid: 56 };
        assert_eq!(goal.missed_in(TABLE), ["pnm and tga: 1 invalid files do not hold, all must"]);
    }

    #[test]
    fn a_missed_goal_and_a_missing_format_are_told() {
        let goal = Goal { formats: &["pnm"], valid: 17 };
        assert_eq!(goal.missed_in(TABLE), ["pnm: 16 valid files hold, 17 must"]);
        let goal = Goal { formats: &["qoi"], valid: 4 };
        assert_eq!(goal.missed_in(TABLE), ["qoi: not in the corpus"]);
    }
}
