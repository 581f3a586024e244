//! `dio convert`: reads pages and saves them, as a document or as files of their own.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, CommandFactory, error::ErrorKind};
use dio::error::{Error, Kind};
use dio::format::FileFormat;
use dio::options::{PdfOptions, ReadOptions, SaveOptions, Word};
use dio::reader::Reader;
use dio::writer::Writer;
use indicatif::ProgressBar;

use crate::document::{self, Choice, Failure};
use crate::options::{ReadArguments, SaveArguments, format_of, known_extension};
use crate::{hocr, names, report};

#[derive(Args)]
#[command(
    override_usage = "dio convert [OPTIONS] IN... OUT\n       dio convert [OPTIONS] -o DIR --format EXT IN..."
)]
pub struct Arguments {
    /// Files to read and one to write, of which a document takes all pages; with -o, the files to read
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Saves into this folder, under the names of the files that were read, each as a file of its own
    #[arg(short, long, value_name = "DIR", requires = "format")]
    output: Option<PathBuf>,
    /// Format to save, as a file name's extension; without it OUT's extension decides
    #[arg(short, long, value_name = "EXT", value_parser = known_extension)]
    format: Option<String>,
    /// The page to read of each file, from 0 [default: all where OUT is a document, else 0]
    #[arg(short, long, value_name = "N")]
    page: Option<u32>,
    /// Saves every page as a file of its own, its number, from 0, added to the name
    #[arg(short, long, conflicts_with = "page")]
    all_pages: bool,
    /// hOCR of the pages of a PDF, in their order: its words are written on them, invisibly
    #[arg(long, value_name = "FILE", conflicts_with_all = ["all_pages", "output"])]
    hocr: Option<PathBuf>,
    /// Replaces files that exist
    #[arg(long)]
    overwrite: bool,
    #[command(flatten)]
    read: ReadArguments,
    #[command(flatten)]
    save: SaveArguments,
}

pub fn run(arguments: &Arguments) -> ExitCode {
    let jobs = jobs(arguments);
    if let Some(folder) = &arguments.output
        && let Err(error) = std::fs::create_dir_all(folder)
    {
        report::complain(format_args!("{}: {error}", folder.display()));
        return ExitCode::FAILURE;
    }
    let bar = document::progress_bar(jobs.iter().map(|job| job.from.len()).sum());
    let mut conversion = Conversion::new(arguments, bar);
    let mut failed = false;
    for job in &jobs {
        let failures = conversion.convert(job);
        failed |= !failures.is_empty();
        conversion.bar.suspend(|| failures.iter().for_each(report::complain));
    }
    conversion.bar.finish_and_clear();
    report::exit_code(failed)
}

/// Files to read and the file to write.
struct Job {
    from: Vec<PathBuf>,
    to: PathBuf,
}

fn jobs(arguments: &Arguments) -> Vec<Job> {
    let paths = &arguments.paths;
    if let (Some(folder), Some(extension)) = (&arguments.output, &arguments.format) {
        let to = |path: &Path| folder.join(names::with_ending(names::stem(path), extension));
        return paths.iter().map(|path| Job { from: vec![path.clone()], to: to(path) }).collect();
    }
    match paths.as_slice() {
        [from @ .., to] if !from.is_empty() => {
            if from.len() > 1 {
                check_document(arguments, to);
            }
            vec![Job { from: from.to_vec(), to: to.clone() }]
        }
        _ => refuse("give files to read and one to write, or -o DIR with --format EXT"),
    }
}

/// Many files can become one file only where it holds many pages.
fn check_document(arguments: &Arguments, to: &Path) {
    if arguments.all_pages {
        refuse("the pages of many files go into a folder: -o DIR with --format EXT");
    }
    let extension = to.extension().and_then(|extension| extension.to_str());
    let format = arguments.format.as_deref().or(extension).and_then(format_of);
    if let Some(format) = format
        && !document::holds_many_pages(format)
    {
        let name = format.name();
        refuse(&format!(
            "a {name} file holds one page: give one file, or -o DIR with --format EXT"
        ));
    }
}

fn refuse(message: &str) -> ! {
    crate::Arguments::command().error(ErrorKind::WrongNumberOfValues, message).exit()
}

/// The words of pages that are to come.
struct Text {
    path: PathBuf,
    count: usize,
    pages: std::vec::IntoIter<Vec<Word>>,
}

impl Text {
    /// The options of the next page.
    fn next_page(&mut self, save: &SaveOptions) -> Result<SaveOptions, Failure> {
        let words = self.pages.next().ok_or_else(|| self.other_count())?.into();
        Ok(SaveOptions { pdf: PdfOptions { words, ..save.pdf.clone() }, ..save.clone() })
    }

    fn check_used(&self) -> Result<(), Failure> {
        if self.pages.len() > 0 { Err(self.other_count()) } else { Ok(()) }
    }

    fn other_count(&self) -> Failure {
        let (path, count) = (self.path.display(), self.count);
        Failure::new(format!("{path}: it has {count} pages, the document another number"))
    }
}

/// What all files of a call share.
struct Conversion<'a> {
    arguments: &'a Arguments,
    read: ReadOptions,
    save: SaveOptions,
    written: HashSet<PathBuf>,
    bar: ProgressBar,
}

impl<'a> Conversion<'a> {
    fn new(arguments: &'a Arguments, bar: ProgressBar) -> Self {
        let format = arguments.format.as_deref().and_then(format_of);
        let (read, save) = (arguments.read.options(), arguments.save.options(format));
        Self { arguments, read, save, written: HashSet::new(), bar }
    }

    /// Returns what went wrong: nothing, the file, or some of the files that pages become.
    fn convert(&mut self, job: &Job) -> Vec<Failure> {
        if self.arguments.all_pages {
            return job.from.iter().flat_map(|from| self.convert_pages(from, &job.to)).collect();
        }
        self.convert_document(job).err().into_iter().collect()
    }

    /// All pages or no file.
    fn convert_document(&mut self, job: &Job) -> Result<(), Failure> {
        let pages = self.arguments.page.map_or(Choice::Fitting, Choice::One);
        let mut text = self.text(&job.to)?;
        let mut writer = None;
        for from in &job.from {
            let reader = match document::is_carried(from, &self.read) {
                true => None,
                false => Some(Reader::open_file(from, self.read.clone())?),
            };
            let writer = match &mut writer {
                Some(writer) => writer,
                // Not before there is something to write.
                None => writer.insert(self.begin(&job.to)?),
            };
            match reader {
                Some(mut reader) => {
                    let options = |save: &SaveOptions| match &mut text {
                        Some(text) => text.next_page(save).map(Some),
                        None => Ok(None),
                    };
                    document::add_pages_with(writer, &mut reader, from, pages, options)?;
                }
                None => document::add_carried(writer, from, &self.read)?,
            }
            self.bar.inc(1);
        }
        if let Some(text) = &text {
            text.check_used()?;
        }
        writer.map_or(Ok(()), |writer| self.finish(writer, &job.to))
    }

    /// What is written on the pages of a PDF.
    fn text(&self, to: &Path) -> Result<Option<Text>, Failure> {
        let Some(path) = &self.arguments.hocr else { return Ok(None) };
        let extension = to.extension().and_then(|extension| extension.to_str());
        let format = self.save.format.or_else(|| extension.and_then(format_of));
        if format != Some(FileFormat::Pdf) {
            return Err(Failure::new("--hocr is for PDF"));
        }
        let read = std::fs::read_to_string(path);
        let hocr = read.map_err(|error| Failure::new(format!("{}: {error}", path.display())))?;
        let pages = hocr::pages(&hocr);
        Ok(Some(Text { path: path.clone(), count: pages.len(), pages: pages.into_iter() }))
    }

    fn convert_pages(&mut self, from: &Path, to: &Path) -> Vec<Failure> {
        let mut reader = match Reader::open_file(from, self.read.clone()) {
            Ok(reader) => reader,
            Err(error) => return vec![error.into()],
        };
        let digits = names::digits(reader.page_count().saturating_sub(1));
        let mut failures = Vec::new();
        for page in 0..reader.page_count() {
            let to = names::numbered(to, page, digits);
            failures.extend(self.convert_page(&mut reader, from, page, &to).err());
        }
        self.bar.inc(1);
        failures
    }

    fn convert_page(
        &mut self,
        reader: &mut Reader,
        from: &Path,
        page: u32,
        to: &Path,
    ) -> Result<(), Failure> {
        let mut writer = self.begin(to)?;
        document::add_page(&mut writer, reader, from, page)?;
        self.finish(writer, to)
    }

    fn begin(&self, to: &Path) -> Result<Writer<'static>, Failure> {
        if self.written.contains(to) {
            let message = "another file of this call was saved under the same name";
            return Err(Error::new(Kind::FileExists, message).in_file(to.to_string_lossy()).into());
        }
        Ok(Writer::create_file(to, self.arguments.overwrite, self.save.clone())?)
    }

    fn finish(&mut self, writer: Writer<'_>, to: &Path) -> Result<(), Failure> {
        writer.finish()?;
        self.written.insert(to.to_path_buf());
        Ok(())
    }
}
