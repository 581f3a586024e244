//! `dio convert`: reads pages and saves each as a file, going on past those that fail.

use std::collections::HashSet;
use std::ffi::OsString;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, CommandFactory, error::ErrorKind};
use dio::codec;
use dio::error::{Error, Kind, Result};
use dio::format::FileFormat;
use dio::options::{ReadOptions, SaveOptions};
use dio::pixel::PixelFormat;
use dio::reader::Reader;
use dio::writer;
use indicatif::{ProgressBar, ProgressStyle};

use crate::report;

#[derive(Args)]
#[command(
    override_usage = "dio convert [OPTIONS] IN OUT\n       dio convert [OPTIONS] -o DIR --format EXT IN..."
)]
pub struct Arguments {
    /// One file to read and one to write; with -o, the files to read
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Saves into this folder, under the names of the files that were read
    #[arg(short, long, value_name = "DIR", requires = "format")]
    output: Option<PathBuf>,
    /// Format to save, as a file name's extension; without it OUT's extension decides
    #[arg(short, long, value_name = "EXT", value_parser = known_extension)]
    format: Option<String>,
    /// The page to read, from 0
    #[arg(short, long, value_name = "N", default_value_t = 0)]
    page: u32,
    /// Saves every page as a file of its own, its number added to the name
    #[arg(short, long, conflicts_with = "page")]
    all_pages: bool,
    /// Dots per inch that PDF pages are drawn at, 100 to 3000 [default: 300]
    #[arg(short, long, value_name = "N")]
    dpi: Option<f64>,
    /// JPEG quality, 1 to 100 [default: 90]
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=100))]
    quality: Option<u8>,
    /// Pixel format to convert to, such as GRAYSCALED or BINARY
    #[arg(long, value_name = "NAME", value_parser = pixel_format)]
    pixel_format: Option<PixelFormat>,
    /// Replaces files that exist
    #[arg(long)]
    overwrite: bool,
}

fn known_extension(text: &str) -> Result<String> {
    let extension = text.trim_start_matches('.').to_ascii_lowercase();
    codec::for_extension(&extension)?;
    Ok(extension)
}

fn pixel_format(text: &str) -> Result<PixelFormat, String> {
    let named = |format: &PixelFormat| format.name().eq_ignore_ascii_case(text);
    PixelFormat::ALL.into_iter().find(named).ok_or_else(|| {
        let names = PixelFormat::ALL.map(PixelFormat::name);
        format!("there are {}", names.join(", "))
    })
}

pub fn run(arguments: &Arguments) -> ExitCode {
    let jobs = jobs(arguments);
    if let Some(folder) = &arguments.output
        && let Err(error) = std::fs::create_dir_all(folder)
    {
        report::complain(format_args!("{}: {error}", folder.display()));
        return ExitCode::FAILURE;
    }
    let bar = progress_bar(jobs.len());
    let mut conversion = Conversion::new(arguments);
    for job in &jobs {
        let failures = conversion.convert(job);
        bar.suspend(|| failures.iter().for_each(report::complain));
        bar.inc(1);
    }
    bar.finish_and_clear();
    report::exit_code(conversion.failed)
}

/// A file to read and the file to write.
struct Job {
    from: PathBuf,
    to: PathBuf,
}

fn jobs(arguments: &Arguments) -> Vec<Job> {
    let paths = &arguments.paths;
    let job = |from: &PathBuf, to: PathBuf| Job { from: from.clone(), to };
    match (&arguments.output, &arguments.format, paths.as_slice()) {
        (Some(folder), Some(extension), _) => {
            let name = |path: &Path| path.file_stem().unwrap_or(path.as_os_str()).to_os_string();
            let to = |path: &Path| folder.join(with_ending(name(path), extension));
            paths.iter().map(|path| job(path, to(path))).collect()
        }
        (None, _, [from, to]) => vec![job(from, to.clone())],
        _ => {
            let message = "give one file to read and one to write, or -o DIR with --format EXT";
            crate::Arguments::command().error(ErrorKind::WrongNumberOfValues, message).exit()
        }
    }
}

fn with_ending(mut name: OsString, extension: &str) -> OsString {
    name.push(".");
    name.push(extension);
    name
}

/// For many files, on a terminal.
fn progress_bar(files: usize) -> ProgressBar {
    if files < 2 || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:30} {pos} of {len} files, {eta} left");
    ProgressBar::new(files as u64)
        .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// What all files of a call share.
struct Conversion<'a> {
    arguments: &'a Arguments,
    read: ReadOptions,
    save: SaveOptions,
    written: HashSet<PathBuf>,
    failed: bool,
}

impl<'a> Conversion<'a> {
    fn new(arguments: &'a Arguments) -> Self {
        let mut read = ReadOptions { pixel_format: arguments.pixel_format, ..Default::default() };
        read.dpi = arguments.dpi.unwrap_or(read.dpi);
        let mut save = SaveOptions { format: named_format(arguments), ..Default::default() };
        save.quality = arguments.quality.unwrap_or(save.quality);
        Self { arguments, read, save, written: HashSet::new(), failed: false }
    }

    /// Returns what went wrong: nothing, the file, or some of its pages.
    fn convert(&mut self, job: &Job) -> Vec<Error> {
        let mut reader = match Reader::open_file(&job.from, self.read.clone()) {
            Ok(reader) => reader,
            Err(error) => {
                self.failed = true;
                return vec![error];
            }
        };
        let count = reader.page_count();
        let (first, end) = match self.arguments.all_pages {
            true => (0, count),
            false => (self.arguments.page, self.arguments.page.saturating_add(1)),
        };
        let mut failures = Vec::new();
        for page in first..end {
            let to = if self.arguments.all_pages {
                numbered(&job.to, page, count)
            } else {
                job.to.clone()
            };
            failures.extend(self.convert_page(&mut reader, page, to).err());
        }
        self.failed |= !failures.is_empty();
        failures
    }

    fn convert_page(&mut self, reader: &mut Reader, page: u32, to: PathBuf) -> Result<()> {
        let image = reader.read_page(page)?;
        if !self.written.insert(to.clone()) {
            let message = "another file of this call was saved under the same name";
            return Err(Error::new(Kind::FileExists, message).in_file(to.to_string_lossy()));
        }
        writer::save_file(&image, &to, self.arguments.overwrite, &self.save)
    }
}

fn named_format(arguments: &Arguments) -> Option<FileFormat> {
    let extension = arguments.format.as_ref()?;
    Some(codec::for_extension(extension).ok()?.facts().format)
}

/// `scan.png` becomes `scan-07.png` for page 7 of 12.
fn numbered(path: &Path, page: u32, count: u32) -> PathBuf {
    let digits = count.saturating_sub(1).to_string().len();
    let mut name = path.file_stem().unwrap_or_default().to_os_string();
    name.push(format!("-{page:0digits$}"));
    if let Some(extension) = path.extension() {
        name.push(".");
        name.push(extension);
    }
    path.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn page_numbers_sort_as_text() {
        assert_eq!(numbered(Path::new("a/scan.png"), 7, 12), Path::new("a/scan-07.png"));
        assert_eq!(numbered(Path::new("scan"), 0, 1), Path::new("scan-0"));
    }

    #[test]
    fn pixel_formats_go_by_name() {
        assert_eq!(pixel_format("binary"), Ok(PixelFormat::Binary));
        assert!(pixel_format("rgb").unwrap_err().contains("RGB_888"));
    }
}
