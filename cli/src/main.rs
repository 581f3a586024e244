//! The `dio` command: describes and converts images and document pages with the library's own safe interface.

mod convert;
mod formats;
mod info;
mod report;

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
    /// Reads images or pages and saves them in another format
    Convert(convert::Arguments),
    /// Lists the formats of this build
    Formats(formats::Arguments),
}

fn main() -> ExitCode {
    match Arguments::parse().command {
        Command::Info(arguments) => info::run(&arguments),
        Command::Convert(arguments) => convert::run(&arguments),
        Command::Formats(arguments) => formats::run(&arguments),
    }
}
