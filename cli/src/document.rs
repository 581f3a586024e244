//! Pages of files become pages of a document.

use std::fmt::Display;
use std::io::IsTerminal;
use std::ops::Range;
use std::path::Path;

use dio::codec;
use dio::error::{Error, Kind};
use dio::format::FileFormat;
use dio::options::{ReadOptions, SaveOptions};
use dio::reader::Reader;
use dio::source::Source;
use dio::writer::Writer;
use indicatif::{ProgressBar, ProgressStyle};

/// What went wrong, with the names of file and page.
pub struct Failure(String);

impl Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl Failure {
    /// In words.
    pub fn new(words: impl Into<String>) -> Self {
        Self(words.into())
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self(error.to_string())
    }
}

/// Which pages of a file are meant.
#[derive(Clone, Copy)]
pub enum Choice {
    One(u32),
    /// Those that the document can hold: all, or the first.
    Fitting,
}

/// Adds pages of a file, compressed as they are where that can be.
pub fn add_file(
    writer: &mut Writer<'_>,
    from: &Path,
    read: &ReadOptions,
    pages: Choice,
) -> Result<(), Failure> {
    if is_carried(from, read) {
        return add_carried(writer, from, read);
    }
    let mut reader = Reader::open_file(from, read.clone())?;
    add_pages(writer, &mut reader, from, pages)
}

/// Whether it is a file that is not decoded, but that documents may hold as it is.
pub fn is_carried(from: &Path, read: &ReadOptions) -> bool {
    let budget = read.budget();
    let carried = Source::open(from, &budget).and_then(|source| codec::carried(&source, &budget));
    // What is wrong with it is said when it is added.
    carried.map_or_else(|error| error.kind() == Kind::Damaged, |carried| carried.is_some())
}

/// Adds such a file.
pub fn add_carried(
    writer: &mut Writer<'_>,
    from: &Path,
    read: &ReadOptions,
) -> Result<(), Failure> {
    let source = Source::open(from, &read.budget())?;
    writer.add_encoded(source, None).map_err(|error| named(&error, from, 0))
}

/// Adds pages of a file that is open.
pub fn add_pages(
    writer: &mut Writer<'_>,
    reader: &mut Reader,
    from: &Path,
    pages: Choice,
) -> Result<(), Failure> {
    add_pages_with(writer, reader, from, pages, |_| Ok(None))
}

/// The same with options for each page, made of those of the document.
pub fn add_pages_with(
    writer: &mut Writer<'_>,
    reader: &mut Reader,
    from: &Path,
    pages: Choice,
    mut options: impl FnMut(&SaveOptions) -> Result<Option<SaveOptions>, Failure>,
) -> Result<(), Failure> {
    for page in range(pages, reader.page_count(), writer.holds_many_pages()) {
        let own = options(writer.options())?;
        let added = writer.add_page_of(reader, page, own.as_ref());
        added.map_err(|error| named(&error, from, page))?;
    }
    Ok(())
}

fn range(pages: Choice, count: u32, many: bool) -> Range<u32> {
    match pages {
        Choice::One(page) => page..page.saturating_add(1),
        Choice::Fitting if many => 0..count,
        Choice::Fitting => 0..1,
    }
}

/// Adds a page of a file.
pub fn add_page(
    writer: &mut Writer<'_>,
    reader: &mut Reader,
    from: &Path,
    page: u32,
) -> Result<(), Failure> {
    writer.add_page_of(reader, page, None).map_err(|error| named(&error, from, page))
}

/// What fails in reading names the file that is read; what fails in writing the one that is written.
fn named(error: &Error, from: &Path, page: u32) -> Failure {
    let (said, from) = (error.to_string(), from.display().to_string());
    let is_named = said.starts_with(&format!("{from}: "));
    Failure(if is_named { said } else { format!("{said} (page {page} of {from})") })
}

/// Whether files of a format hold more than one page when they are written.
pub fn holds_many_pages(format: FileFormat) -> bool {
    let options = SaveOptions { format: Some(format), ..SaveOptions::default() };
    Writer::memory(options).is_ok_and(|writer| writer.holds_many_pages())
}

/// For many files, on a terminal.
pub fn progress_bar(files: usize) -> ProgressBar {
    if files < 2 || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:30} {pos} of {len} files, {eta} left");
    ProgressBar::new(files as u64)
        .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_named_whichever_file_fails() {
        let said = |file: &str| {
            named(&Error::unsupported("no").in_file(file), Path::new("in.tif"), 3).to_string()
        };
        assert_eq!(said("in.tif"), "in.tif: no");
        assert_eq!(said("out.tif"), "out.tif: no (page 3 of in.tif)");
    }
}
