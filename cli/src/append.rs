//! `dio append`: pages go behind those that a document has.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use dio::writer::Writer;

use crate::document::{self, Choice, Failure};
use crate::options::{ReadArguments, SaveArguments};
use crate::report;

#[derive(Args)]
pub struct Arguments {
    /// The document, a TIFF or PDF; one that does not exist is begun
    document: PathBuf,
    /// Files whose pages are added, all of each
    #[arg(required = true, value_name = "IN")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    read: ReadArguments,
    #[command(flatten)]
    save: SaveArguments,
}

pub fn run(arguments: &Arguments) -> ExitCode {
    let outcome = append(arguments);
    if let Err(failure) = &outcome {
        report::complain(failure);
    }
    report::exit_code(outcome.is_err())
}

/// All pages or none: what fails leaves the document as it was.
fn append(arguments: &Arguments) -> Result<(), Failure> {
    let (read, save) = (arguments.read.options(), arguments.save.options(None));
    let mut writer = Writer::append_file(&arguments.document, save)?;
    let bar = document::progress_bar(arguments.files.len());
    for file in &arguments.files {
        document::add_file(&mut writer, file, &read, Choice::Fitting)?;
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(writer.finish().map(drop)?)
}
