//! `dio pages`: a line for each page of a document.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use dio::error::Kind;
use dio::format::FileFormat;
use dio::options::{PdfMode, PdfReading, ReadOptions};
use dio::reader::{PageInfo, Reader};
use serde_json::Value;

use crate::{info, report};

#[derive(Args)]
pub struct Arguments {
    /// The document
    #[arg(value_name = "IN")]
    file: PathBuf,
    /// Prints a JSON array with an entry for each page
    #[arg(long)]
    json: bool,
    /// Dots per inch that PDF pages would be drawn at
    #[arg(long, value_name = "N")]
    dpi: Option<f64>,
}

pub fn run(arguments: &Arguments) -> ExitCode {
    let mut options = ReadOptions::default();
    options.dpi = arguments.dpi.unwrap_or(options.dpi);
    let pages = match info::pages(&arguments.file, &options) {
        Ok(pages) => pages,
        Err(error) => {
            report::complain(error);
            return ExitCode::FAILURE;
        }
    };
    let text = if arguments.json {
        let mut images = images(&arguments.file, &options, &pages);
        let entries = pages.iter().enumerate().map(|(page, info)| {
            let mut entry = json((page, info));
            if let Some(images) = &mut images {
                entry["images"] = images(page).into();
            }
            entry
        });
        format!("{:#}\n", entries.collect::<Value>())
    } else {
        let titles = ["PAGE", "SIZE", "PIXELS", "BITS", "SAMPLES", "DPI", "COMPRESSION", "ANGLE"];
        let titles = [titles.map(String::from)].into_iter();
        report::table(&titles.chain(pages.iter().enumerate().map(row)).collect::<Vec<_>>())
    };
    report::exit_code(report::print(&text))
}

fn row((page, info): (usize, &PageInfo)) -> [String; 8] {
    [
        page.to_string(),
        format!("{} x {}", info.layout.width, info.layout.height),
        info.layout.format.name().into(),
        info.bits.to_string(),
        info.samples.to_string(),
        info::resolution(info),
        compression(info).unwrap_or_else(|| "-".into()),
        info.orientation.degrees().to_string(),
    ]
}

/// Counts the images of a page of a PDF; `None` for other formats.
fn images(
    file: &Path,
    options: &ReadOptions,
    pages: &[PageInfo],
) -> Option<impl FnMut(usize) -> Option<u32> + use<>> {
    pages.first().filter(|info| info.format == FileFormat::Pdf)?;
    let pdf = PdfReading { mode: PdfMode::Extract, ..options.pdf };
    let mut reader = Reader::open_file(file, ReadOptions { pdf, ..options.clone() }).ok()?;
    Some(move |page| match reader.page_info(u32::try_from(page).ok()?) {
        Ok(info) => Some(info.images),
        Err(error) if error.kind() == Kind::IndexInvalid => Some(0),
        Err(_) => None,
    })
}

fn json((page, info): (usize, &PageInfo)) -> Value {
    let mut entry = info::page_json(page, info);
    entry["compression_name"] = compression(info).into();
    entry
}

/// The compression in words, where the format numbers it; a number that has none stays one.
fn compression(info: &PageInfo) -> Option<String> {
    let number = info.compression;
    let name = match (info.format, number) {
        (_, 0) => return None,
        (FileFormat::Tiff | FileFormat::Pdf, 1) => "none",
        (FileFormat::Tiff, 2) => "ccitt",
        (FileFormat::Tiff | FileFormat::Pdf, 3) => "g3",
        (FileFormat::Tiff | FileFormat::Pdf, 4) => "g4",
        (FileFormat::Tiff | FileFormat::Pdf, 5) => "lzw",
        (FileFormat::Tiff, 6) => "old jpeg",
        (FileFormat::Tiff | FileFormat::Pdf, 7) => "jpeg",
        (FileFormat::Pdf, 34661) => "jbig2",
        (FileFormat::Pdf, 34712) => "jpeg 2000",
        (FileFormat::Tiff | FileFormat::Pdf, 8 | 32946) => "deflate",
        (FileFormat::Tiff, 32773) => "packbits",
        (FileFormat::Tiff, 50000) => "zstd",
        _ => return Some(number.to_string()),
    };
    Some(name.into())
}
