//! `dio info`: the facts of every page.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use dio::codec::PageSource;
use dio::error::Result;
use dio::options::ReadOptions;
use dio::reader::{PageInfo, Reader};
use serde_json::{Value, json};

use crate::report;

#[derive(Args)]
pub struct Arguments {
    /// Images or documents
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Prints a JSON array with an entry for each file that could be read
    #[arg(long)]
    json: bool,
    /// Dots per inch that PDF pages would be drawn at
    #[arg(long, value_name = "N")]
    dpi: Option<f64>,
}

pub fn run(arguments: &Arguments) -> ExitCode {
    let mut options = ReadOptions::default();
    options.dpi = arguments.dpi.unwrap_or(options.dpi);
    let mut failed = false;
    let mut read = Vec::new();
    for file in &arguments.files {
        match pages(file, &options) {
            Ok(pages) => read.push((file.as_path(), pages)),
            Err(error) => {
                report::complain(error);
                failed = true;
            }
        }
    }
    let text = if arguments.json {
        format!(
            "{:#}\n",
            read.iter().map(|(file, pages)| file_json(file, pages)).collect::<Value>()
        )
    } else {
        human(&read)
    };
    report::exit_code(report::print(&text) || failed)
}

/// The facts of all pages.
pub fn pages(file: &Path, options: &ReadOptions) -> Result<Vec<PageInfo>> {
    let mut reader = Reader::open_file(file, options.clone())?;
    (0..reader.page_count()).map(|page| reader.page_info(page)).collect()
}

fn human(files: &[(&Path, Vec<PageInfo>)]) -> String {
    if files.is_empty() {
        return String::new();
    }
    let titles = [
        "FILE",
        "FORMAT",
        "PAGE",
        "PAGES",
        "SIZE",
        "PIXELS",
        "STORED",
        "DPI",
        "ANGLE",
        "COMPRESSION",
        "MORE",
    ];
    let mut rows = vec![titles.map(String::from)];
    for (file, pages) in files {
        rows.extend(pages.iter().enumerate().map(|(page, info)| row(file, page, info)));
    }
    report::table(&rows)
}

fn row(file: &Path, page: usize, info: &PageInfo) -> [String; 11] {
    [
        file.display().to_string(),
        info.format.name().into(),
        page.to_string(),
        info.pages.to_string(),
        format!("{} x {}", info.layout.width, info.layout.height),
        info.layout.format.name().into(),
        format!(
            "{} x {}, {} x {} bit",
            info.stored_width, info.stored_height, info.samples, info.bits
        ),
        resolution(info),
        info.orientation.degrees().to_string(),
        if info.compression > 0 { info.compression.to_string() } else { "-".into() },
        more(info).join(" "),
    ]
}

/// Dots per inch, across and down.
pub fn resolution(info: &PageInfo) -> String {
    let (x, y) = info.resolution;
    if x > 0.0 && y > 0.0 { format!("{} x {}", rounded(x), rounded(y)) } else { "-".into() }
}

/// Two digits behind the point at the most.
fn rounded(number: f64) -> f64 {
    (number * 100.0).round() / 100.0
}

fn more(info: &PageInfo) -> Vec<&'static str> {
    let facts = [
        (info.has_alpha, "alpha"),
        (info.animated, "animated"),
        (info.has_icc, "icc"),
        (info.has_exif, "exif"),
        (info.has_xmp, "xmp"),
        (info.source != PageSource::Stored, source_name(info.source)),
        (info.encrypted, "encrypted"),
    ];
    facts.into_iter().filter_map(|(holds, name)| holds.then_some(name)).collect()
}

fn source_name(source: PageSource) -> &'static str {
    match source {
        PageSource::Stored => "stored",
        PageSource::Scan => "scan",
        PageSource::Drawn => "drawn",
    }
}

fn file_json(file: &Path, pages: &[PageInfo]) -> Value {
    json!({
        "file": file.display().to_string(),
        "format": pages.first().map(|info| info.format.name()),
        "page_count": pages.len(),
        "pages": pages.iter().enumerate().map(|(page, info)| page_json(page, info)).collect::<Value>(),
    })
}

/// The facts of a page.
pub fn page_json(page: usize, info: &PageInfo) -> Value {
    let layout = &info.layout;
    json!({
        "page": page,
        "width": layout.width,
        "height": layout.height,
        "pixel_format": layout.format.name(),
        "stride": layout.stride,
        "size": layout.size(),
        "stored_width": info.stored_width,
        "stored_height": info.stored_height,
        "bits_per_sample": info.bits,
        "samples_per_pixel": info.samples,
        "orientation": info.orientation.degrees(),
        "dpi_x": info.resolution.0,
        "dpi_y": info.resolution.1,
        "has_icc": info.has_icc,
        "has_exif": info.has_exif,
        "has_xmp": info.has_xmp,
        "has_alpha": info.has_alpha,
        "animated": info.animated,
        "compression": info.compression,
        "source": source_name(info.source),
        "encrypted": info.encrypted,
    })
}
