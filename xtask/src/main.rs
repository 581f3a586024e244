//! What README.md and `.ci/run` call. Standard library only, so that it builds in seconds on a fresh machine.

mod abi;
mod bench;
mod corpus;
mod demo;
mod instructions;
mod library;
mod python;
mod run;
mod sanitize;
mod soak;
mod test;
mod tools;
mod wheel;

use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask COMMAND

  demo              builds the library and examples/convert.c, reads samples, saves PNGs into out/demo
  test [STEP...]    sets up what is missing and passes every test, or those steps whose name contains a word
  bench [WORD]      times TIFF against libtiff, in one process; WORD: only the cases whose name contains it
  bench jpeg [WORD] times writing JPEG against libjpeg-turbo
  bench python      times imread against OpenCV and Pillow
  bench peers [WORDS]
                    times libdio beside eleven other libraries and writes docs/BENCHMARKS.md; WORDS: only cases with all of them
  bench pages [WORDS]
                    times reads of 12 million pixels with huge pages and without; WORDS: only cases with all of them
  bench pdf [CORPUS] [TABLE]
                    compares pages of PDFs with those of PDFium and poppler: likeness, time, memory
  instructions [bless] [WORD...]
                    counts the instructions of saves and reads and compares them with bench/instructions.tsv, or writes it
  abi [bless [breaking]]
                    compares the library with the description of the last release, or writes it
  soak [TEST...]    runs threads, kills and failing allocations for long, or those that are named
  valgrind [TEST...]  runs C tests under memcheck and helgrind, or those that are named
  asan [TEST...]    runs the Rust tests under AddressSanitizer, with the nightly toolchain
  miri [TEST...]    runs the unit tests of modules with unsafe code under Miri, with the nightly toolchain
  corpus [--min N]  holds the library against ../shared/corpus where there is one; N: percent of all its files
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match arguments.split_first() {
        Some((command, [])) if command == "demo" => demo::run(),
        Some((command, words)) if command == "test" => test::run(words),
        Some((command, words)) if command == "bench" => bench::run(words),
        Some((command, words)) if command == "instructions" => instructions::run(words),
        Some((command, words)) if command == "abi" => abi::run(words),
        Some((command, words)) if command == "soak" => soak::run(words),
        Some((command, words)) if command == "asan" => sanitize::asan(words),
        Some((command, words)) if command == "miri" => sanitize::miri(words),
        Some((command, words)) if command == "valgrind" => soak::valgrind(words),
        Some((command, rest)) if command == "corpus" => corpus::run(rest),
        _ => {
            eprint!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("xtask: {message}");
            ExitCode::FAILURE
        }
    }
}
