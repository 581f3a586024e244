//! JPEG (ITU-T T.81, JFIF, EXIF, Adobe APP14), read and written by code of our own.

mod colour;
mod decoder;
mod encode;
#[cfg(target_arch = "x86_64")]
mod lanes;
mod markers;
mod scan;
mod segments;
mod tables;
#[cfg(test)]
mod tests;
mod whole;

use super::{
    Codec, Compressed, Facts, Header, OrientationTag, Pages, Picture, Stores, TakeSamples,
};
use crate::error::{Error, Result};
use crate::format::FileFormat;
use crate::limits::Budget;
use crate::metadata::exif;
use crate::options::{ReadOptions, SaveOptions};
use crate::pixel::{Canvas, PixelFormat};
use crate::sink::Sink;
use crate::source::Source;

use colour::Colour;
use scan::{Head, Want};

/// JPEG.
pub struct Jpeg;

static FACTS: Facts = Facts {
    format: FileFormat::Jpeg,
    extensions: &["jpg", "jpeg", "jpe", "jfif"],
    media_type: "image/jpeg",
    writes: true,
    multi_page: false,
    stores: Stores {
        resolution: true,
        orientation: OrientationTag::Exif,
        icc: true,
        exif: true,
        xmp: true,
    },
    // T.81 codes the DC of each block of 8 x 8 samples in one bit at the least (F.1.2.1, G.1.2.1; only AC bands
    // have runs of empty blocks, G.1.2.2), and no sample of the largest component covers more than a pixel: 64 pixels
    // to a bit. Twice that, for files that leave scans out.
    pixels_per_byte: Some(1024),
};

impl Codec for Jpeg {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn recognizes(&self, head: &[u8]) -> bool {
        head.starts_with(&[0xff, markers::SOI, 0xff])
    }

    fn open(
        &self,
        source: &Source,
        _options: &ReadOptions,
        _budget: &Budget,
    ) -> Result<Box<dyn Pages>> {
        Ok(Box::new(Page { source: source.clone(), head: None }))
    }

    fn stored_as(&self, format: PixelFormat, _options: &SaveOptions) -> Result<PixelFormat> {
        Ok(match format {
            PixelFormat::Cmyk8888 | PixelFormat::Rgb888 => format,
            format if format.is_gray() => PixelFormat::Gray8,
            _ => PixelFormat::Bgr888,
        })
    }

    fn encode(
        &self,
        picture: &Picture<'_>,
        options: &SaveOptions,
        sink: &mut Sink<'_>,
        budget: &Budget,
    ) -> Result<()> {
        encode::encode(picture, options, sink, budget)
    }
}

/// The one page of a file.
struct Page {
    source: Source,
    /// What the decoder needs of the segments before the first scan, for the next one that decodes.
    head: Option<Head>,
}

impl Page {
    /// The segments before the first scan, which have mostly been read for the header.
    fn head(&mut self, budget: &Budget) -> Result<Head> {
        match self.head.take() {
            Some(head) => Ok(head),
            None => scan::scan(&self.source, Want::Pixels, budget),
        }
    }

    /// Decodes, each pixel the mean of a square of so many; false where that cannot be done.
    fn decode_by(
        &mut self,
        by: u32,
        options: &ReadOptions,
        canvas: &mut Canvas<'_>,
    ) -> Result<bool> {
        let head = self.head(canvas.budget())?;
        head.check_supported()?;
        if by > 1 && !decoder::can_reduce(&head.frame, by) {
            return Ok(false);
        }
        let (width, height) = (canvas.layout().width, canvas.layout().height);
        let frame = &head.frame;
        if (frame.width.div_ceil(by), frame.height.div_ceil(by)) != (width, height) {
            return Err(Error::damaged("the file changed while it was read"));
        }
        let means = decoder::Means { tolerance: options.tolerance, threads: options.threads, by };
        decoder::decode(&self.source, &head, means, canvas).map(|()| true)
    }
}

impl Pages for Page {
    fn count(&mut self, _budget: &Budget) -> Result<u32> {
        Ok(1)
    }

    fn header(&mut self, _page: u32, _options: &ReadOptions, budget: &Budget) -> Result<Header> {
        let mut head = scan::scan(&self.source, Want::Metadata, budget)?;
        head.check_supported()?;
        let frame = &head.frame;
        let native = match (head.colour()?, frame.bits) {
            (Colour::Gray, ..=8) => PixelFormat::Gray8,
            (Colour::Gray, _) => PixelFormat::Gray16,
            (_, ..=8) => PixelFormat::Rgb888,
            _ => PixelFormat::Rgb161616,
        };
        let samples = frame.components.len() as u32;
        let mut header =
            Header::new(frame.width, frame.height, native, u32::from(frame.bits), samples);
        header.resolution = resolution(&head);
        header.orientation = head.metadata.exif.as_deref().and_then(exif::orientation).unwrap_or(1);
        header.metadata = std::mem::take(&mut head.metadata);
        self.head = Some(head);
        Ok(header)
    }

    fn compressed(
        &mut self,
        _page: u32,
        options: &SaveOptions,
        budget: &Budget,
    ) -> Result<Option<Compressed>> {
        whole::compressed(&self.source, options, budget)
    }

    fn decode(&mut self, _page: u32, options: &ReadOptions, canvas: &mut Canvas<'_>) -> Result<()> {
        self.decode_by(1, options, canvas).map(drop)
    }

    fn decode_reduced(
        &mut self,
        _page: u32,
        options: &ReadOptions,
        by: u32,
        canvas: &mut Canvas<'_>,
    ) -> Result<bool> {
        self.decode_by(by, options, canvas)
    }

    fn stored_rows(
        &mut self,
        _page: u32,
        options: &ReadOptions,
        budget: &Budget,
        take: &mut TakeSamples<'_>,
    ) -> Result<()> {
        let head = self.head(budget)?;
        head.check_supported()?;
        decoder::stored_rows(&self.source, &head, options.tolerance, budget, take)
    }
}

/// Dots per inch: those of JFIF where it has a unit, else those of EXIF.
fn resolution(head: &Head) -> (f64, f64) {
    let jfif = head.jfif.filter(|density| density.x > 0 && density.y > 0);
    let factor = match jfif.map(|density| density.unit) {
        Some(1) => Some(1.0),
        Some(2) => Some(2.54),
        _ => None,
    };
    if let (Some(density), Some(factor)) = (jfif, factor) {
        return (f64::from(density.x) * factor, f64::from(density.y) * factor);
    }
    head.metadata.exif.as_deref().and_then(exif::resolution).unwrap_or_default()
}
