//! `dio split`: each page of a document becomes a file, going on past those that fail.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use dio::options::SaveOptions;
use dio::reader::Reader;
use dio::writer::Writer;

use crate::document::{self, Failure};
use crate::options::{ReadArguments, SaveArguments, format_of, known_extension};
use crate::{names, report};

/// Digits of the numbers in names.
const DIGITS: usize = 4;

#[derive(Args)]
pub struct Arguments {
    /// The document
    #[arg(value_name = "IN")]
    document: PathBuf,
    /// A folder, which gets IN-0001.png and so on; or a name with an extension, which gets the numbers (page.png:
    /// page-0001.png) at its end or where it says %04d. Numbers begin with 1
    #[arg(value_name = "OUTDIR|PATTERN")]
    output: PathBuf,
    /// Format to save, as a file name's extension [default: that of the pattern, else png]
    #[arg(short, long, value_name = "EXT", value_parser = known_extension)]
    format: Option<String>,
    /// Replaces files that exist
    #[arg(long)]
    overwrite: bool,
    #[command(flatten)]
    read: ReadArguments,
    #[command(flatten)]
    save: SaveArguments,
}

pub fn run(arguments: &Arguments) -> ExitCode {
    let mut reader = match Reader::open_file(&arguments.document, arguments.read.options()) {
        Ok(reader) => reader,
        Err(error) => {
            report::complain(error);
            return ExitCode::FAILURE;
        }
    };
    let naming = Naming::new(arguments);
    let folder = naming.folder();
    if !folder.as_os_str().is_empty()
        && let Err(error) = std::fs::create_dir_all(folder)
    {
        report::complain(format_args!("{}: {error}", folder.display()));
        return ExitCode::FAILURE;
    }
    let options = arguments.save.options(arguments.format.as_deref().and_then(format_of));
    let mut failed = false;
    for page in 0..reader.page_count() {
        if let Err(failure) = save(arguments, &mut reader, page, &naming, &options) {
            report::complain(failure);
            failed = true;
        }
    }
    report::exit_code(failed)
}

fn save(
    arguments: &Arguments,
    reader: &mut Reader,
    page: u32,
    naming: &Naming,
    options: &SaveOptions,
) -> Result<(), Failure> {
    let to = naming.of(page.saturating_add(1));
    let mut writer = Writer::create_file(&to, arguments.overwrite, options.clone())?;
    document::add_page(&mut writer, reader, &arguments.document, page)?;
    Ok(writer.finish().map(drop)?)
}

/// The names that pages get.
enum Naming {
    /// With a place for the number.
    Filled(PathBuf),
    /// With the number at the end.
    Numbered(PathBuf),
}

impl Naming {
    /// A folder gets files that are named like the document.
    fn new(arguments: &Arguments) -> Self {
        let output = &arguments.output;
        if output.is_dir() {
            return Self::in_folder(arguments);
        }
        if names::filled_in(output, 1).is_some() {
            return Self::Filled(output.clone());
        }
        let extension = output.extension().and_then(|extension| extension.to_str());
        match extension.map(known_extension) {
            Some(Ok(_)) => Self::Numbered(output.clone()),
            _ => Self::in_folder(arguments),
        }
    }

    fn in_folder(arguments: &Arguments) -> Self {
        let extension = arguments.format.as_deref().unwrap_or("png");
        let name = names::with_ending(names::stem(&arguments.document), extension);
        Self::Numbered(arguments.output.join(name))
    }

    fn folder(&self) -> &Path {
        let (Self::Filled(path) | Self::Numbered(path)) = self;
        path.parent().unwrap_or(Path::new(""))
    }

    fn of(&self, number: u32) -> PathBuf {
        match self {
            Self::Filled(path) => {
                names::filled_in(path, number).unwrap_or_else(|| path.to_path_buf())
            }
            Self::Numbered(path) => names::numbered(path, number, DIGITS),
        }
    }
}
