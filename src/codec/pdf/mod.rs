//! PDF: pages drawn at a resolution, and documents whose pages are one image each.
//!
//! Reading: [`read`] holds the open document, [`page`] knows how large a page is, [`guard`] refuses what would not fit
//! into memory, [`survey`] finds out whether a page is a scan, whose [`image`] is then given out ([`scan`]), and else
//! [`engine`] draws, in as many bands as [`weigh`] thinks it should; [`watch`] stops it. Writing is [`write`].

mod append;
mod engine;
mod fonts;
mod guard;
mod image;
mod inflate;
mod inline;
mod markup;
mod owner;
mod page;
mod read;
mod scan;
mod stack;
mod survey;
#[cfg(test)]
mod tests;
mod watch;
mod weigh;
mod write;

use crate::codec::{self, Codec, Facts, OrientationTag, Pages, Picture, Stores};
use crate::error::{Error, Result};
use crate::format::FileFormat;
use crate::limits::Budget;
use crate::options::{PdfEncoding, ReadOptions, SaveOptions};
use crate::pixel::PixelFormat;
use crate::sink::Sink;
use crate::source::Source;

/// Readers look for the signature this far into a file.
const SIGNATURE_WITHIN: usize = 1024;

/// PDF.
pub struct Pdf;

static FACTS: Facts = Facts {
    format: FileFormat::Pdf,
    extensions: &["pdf"],
    media_type: "application/pdf",
    writes: true,
    multi_page: true,
    stores: Stores {
        resolution: true,
        orientation: OrientationTag::Own,
        icc: true,
        exif: false,
        xmp: true,
    },
    // A page of any size may be empty.
    pixels_per_byte: None,
};

impl Codec for Pdf {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn recognizes(&self, head: &[u8]) -> bool {
        let head = head.get(..SIGNATURE_WITHIN).unwrap_or(head);
        head.windows(5).any(|bytes| bytes == b"%PDF-")
    }

    fn open(
        &self,
        source: &Source,
        options: &ReadOptions,
        budget: &Budget,
    ) -> Result<Box<dyn Pages>> {
        Ok(Box::new(read::OpenDocument::new(source.load_to_keep(budget)?, options, budget)?))
    }

    fn stored_as(&self, format: PixelFormat, options: &SaveOptions) -> Result<PixelFormat> {
        use PixelFormat as F;
        Ok(match format {
            _ if format.is_bilevel() => F::Binary,
            _ if options.encoding == PdfEncoding::Jpeg => write::as_jpeg(format, options)?,
            _ if options.palette > 0 && format.has_alpha() => {
                return Err(Error::unsupported("a palette for an image with alpha in PDF"));
            }
            _ if options.palette > 0 => {
                if format.is_gray() {
                    F::Gray8
                } else {
                    F::Bgr888
                }
            }
            F::Gray8 | F::Gray16 | F::Rgb161616 | F::Cmyk8888 => format,
            F::Argb8888 | F::Abgr8888 => F::Abgr8888,
            F::Argb16161616 | F::Abgr16161616 => F::Abgr16161616,
            _ => F::Bgr888,
        })
    }

    /// Writes a document of one page, which the picture fills.
    fn encode(
        &self,
        picture: &Picture<'_>,
        options: &SaveOptions,
        sink: &mut Sink<'_>,
        budget: &Budget,
    ) -> Result<()> {
        let mut document = write::Document::begin(options, sink)?;
        codec::Document::add(&mut document, picture, options, sink, budget)?;
        codec::Document::finish(&mut document, sink, budget)
    }

    fn begin(
        &self,
        options: &SaveOptions,
        sink: &mut Sink<'_>,
    ) -> Result<Option<Box<dyn codec::Document>>> {
        Ok(Some(Box::new(write::Document::begin(options, sink)?)))
    }

    fn append(
        &self,
        source: &Source,
        options: &SaveOptions,
        budget: &Budget,
    ) -> Result<Box<dyn codec::Document>> {
        Ok(Box::new(write::Document::continued(source, options, budget)?))
    }
}
