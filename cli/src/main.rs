//! The `dio` command: describes, converts, joins and splits images and document pages with the library's own safe interface.

mod append;
mod convert;
mod document;
mod formats;
mod hocr;
mod info;
mod names;
mod options;
mod pages;
mod pdf;
mod report;
mod split;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Reads, converts and describes images and document pages.
#[derive(Parser)]
#[command(name = "dio", version, arg_required_else_help = true)]
#[command(after_help = "Exit codes: 0 all went well, 1 some file failed, 2 wrong usage.")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Tells what files hold, page by page, without decoding pixels
    Info(info::Arguments),
    /// Tells what the pages of a document are, a line each
    Pages(pages::Arguments),
    /// Saves images and pages in another format, or as the pages of one document
    Convert(convert::Arguments),
    /// Saves each page of a document as a file of its own
    Split(split::Arguments),
    /// Adds pages to a document, which is not rewritten
    Append(append::Arguments),
    /// Lists the formats of this build
    Formats(formats::Arguments),
}

fn main() -> ExitCode {
    match Arguments::parse().command {
        Command::Info(arguments) => info::run(&arguments),
        Command::Pages(arguments) => pages::run(&arguments),
        Command::Convert(arguments) => convert::run(&arguments),
        Command::Split(arguments) => split::run(&arguments),
        Command::Append(arguments) => append::run(&arguments),
        Command::Formats(arguments) => formats::run(&arguments),
    }
}
