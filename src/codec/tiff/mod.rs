//! TIFF: the pages of its main chain, read and written. Reduced versions of pages and masks are none.
//!
//! A page is read from its tags ([`page`]), its strips or tiles ([`strips`], [`compression`], [`predictor`]), its samples
//! ([`samples`]) and what they mean ([`photometric`]).

mod colorimetry;
mod compression;
mod decode;
mod directory;
mod fields;
mod grid;
mod page;
mod parallel;
mod photometric;
mod places;
mod predictor;
mod samples;
mod settle;
mod strips;
mod tags;
#[cfg(test)]
mod tests;
mod whole;
mod write;
mod ycbcr;

use directory::Container;
use page::Page;

use super::{
    self as codec, Codec, Compressed, Facts, Header, OrientationTag, Pages, Picture, Stores,
};
use crate::error::{Error, Kind, Result};
use crate::format::FileFormat;
use crate::limits::Budget;
use crate::options::{ReadOptions, SaveOptions};
use crate::pixel::{Canvas, PixelFormat};
use crate::sink::Sink;
use crate::source::Source;

/// The codec.
pub struct Tiff;

static FACTS: Facts = Facts {
    format: FileFormat::Tiff,
    extensions: &["tif", "tiff"],
    media_type: "image/tiff",
    writes: true,
    multi_page: true,
    stores: Stores {
        resolution: true,
        orientation: OrientationTag::Own,
        icc: true,
        exif: true,
        xmp: true,
    },
    // A blank page of G4 takes a bit for each row.
    pixels_per_byte: None,
};

impl Codec for Tiff {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn recognizes(&self, head: &[u8]) -> bool {
        matches!(head, [b'I', b'I', 42 | 43, 0, ..] | [b'M', b'M', 0, 42 | 43, ..])
    }

    fn open(
        &self,
        source: &Source,
        options: &ReadOptions,
        budget: &Budget,
    ) -> Result<Box<dyn Pages>> {
        let file = Container::open(source)?;
        let offsets = file.pages(options.tolerance, budget)?;
        Ok(Box::new(Document { file, offsets, last: None }))
    }

    fn stored_as(&self, format: PixelFormat, options: &SaveOptions) -> Result<PixelFormat> {
        write::stored_as(format, options)
    }

    fn encode(
        &self,
        picture: &Picture<'_>,
        options: &SaveOptions,
        sink: &mut Sink<'_>,
        budget: &Budget,
    ) -> Result<()> {
        write::encode(picture, options, sink, budget)
    }

    fn begin(
        &self,
        options: &SaveOptions,
        _sink: &mut Sink<'_>,
    ) -> Result<Option<Box<dyn codec::Document>>> {
        Ok(Some(Box::new(write::Document::new(options, true))))
    }

    fn append(
        &self,
        source: &Source,
        _options: &SaveOptions,
        budget: &Budget,
    ) -> Result<Box<dyn codec::Document>> {
        Ok(Box::new(write::append(source, budget)?))
    }
}

/// An open file.
struct Document {
    file: Container,
    offsets: Vec<u64>,
    /// The page that was looked at last: a header is asked for before each decode.
    last: Option<(u32, Page)>,
}

impl Document {
    fn page(&mut self, index: u32) -> Result<(&Container, &Page)> {
        if self.last.as_ref().is_none_or(|(last, _)| *last != index) {
            let offset = self.offsets.get(index as usize).copied();
            let offset = offset.ok_or_else(|| Error::new(Kind::Internal, "no such directory"))?;
            self.last = Some((index, Page::read(&self.file, offset)?));
        }
        match &self.last {
            Some((_, page)) => Ok((&self.file, page)),
            None => Err(Error::new(Kind::Internal, "no page was read")),
        }
    }
}

impl Pages for Document {
    fn count(&mut self, _budget: &Budget) -> Result<u32> {
        u32::try_from(self.offsets.len()).map_err(|_| Error::damaged("there are too many pages"))
    }

    fn header(&mut self, page: u32, _options: &ReadOptions, budget: &Budget) -> Result<Header> {
        let (file, page) = self.page(page)?;
        page.header(file, budget)
    }

    fn decode(&mut self, page: u32, options: &ReadOptions, canvas: &mut Canvas<'_>) -> Result<()> {
        let (file, page) = self.page(page)?;
        decode::decode(file, page, options, canvas)
    }

    fn compressed(
        &mut self,
        page: u32,
        _options: &SaveOptions,
        budget: &Budget,
    ) -> Result<Option<Compressed>> {
        let (file, page) = self.page(page)?;
        whole::compressed(file, page, budget)
    }
}
