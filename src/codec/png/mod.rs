//! PNG and APNG (PNG Third Edition).

mod animation;
mod chunks;
mod data;
mod encode;
mod index;
mod indexed;
mod intact;
mod metadata;
mod parallel;
mod rows;
mod scanlines;
#[cfg(test)]
mod tests;

use crate::codec::{Codec, Facts, Header, OrientationTag, Pages, Picture, Stores};
use crate::error::{Kind, Result};
use crate::format::FileFormat;
use crate::limits::Budget;
use crate::memory::Scratch;
use crate::metadata::exif;
use crate::options::{ReadOptions, SaveOptions};
use crate::pixel::{Canvas, PixelFormat};
use crate::sink::Sink;
use crate::source::Source;

use super::animation::Stage;
use data::Data;
use index::Index;
use rows::Rows;
use scanlines::Scanlines;

/// The codec of PNG.
pub struct Png;

static FACTS: Facts = Facts {
    format: FileFormat::Png,
    extensions: &["png", "apng"],
    media_type: "image/png",
    writes: true,
    multi_page: true,
    stores: Stores {
        resolution: true,
        orientation: OrientationTag::Exif,
        icc: true,
        exif: true,
        xmp: true,
    },
    // Deflate makes at most 1032 bytes of one, and a byte holds at most 8 pixels.
    pixels_per_byte: Some(1032 * 8),
};

impl Codec for Png {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn recognizes(&self, head: &[u8]) -> bool {
        head.starts_with(&chunks::SIGNATURE)
    }

    fn open(
        &self,
        source: &Source,
        _options: &ReadOptions,
        budget: &Budget,
    ) -> Result<Box<dyn Pages>> {
        let index = Index::scan(source, budget)?;
        Ok(Box::new(PngPages { source: source.clone(), index, stage: None }))
    }

    fn stored_as(&self, format: PixelFormat, options: &SaveOptions) -> Result<PixelFormat> {
        Ok(encode::stored_as(format, options))
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

/// An open PNG: the image, then the further frames of an animation.
struct PngPages {
    source: Source,
    index: Index,
    /// The frames drawn so far, kept for the page that follows.
    stage: Option<Stage>,
}

impl PngPages {
    fn last_page(&self) -> u32 {
        u32::try_from(self.index.frames.len()).unwrap_or(u32::MAX - 1)
    }
}

impl Pages for PngPages {
    fn count(&mut self, _budget: &Budget) -> Result<u32> {
        Ok(self.last_page() + 1)
    }

    fn header(&mut self, page: u32, _options: &ReadOptions, budget: &Budget) -> Result<Header> {
        let ihdr = &self.index.ihdr;
        let native = match page {
            0 => rows::native(&self.index),
            _ => animation::native(ihdr),
        };
        let (bits, samples) = (u32::from(ihdr.depth), ihdr.colour.samples());
        let animated = !self.index.frames.is_empty();
        let control = match page.checked_sub(1) {
            None => self.index.first,
            Some(frame) => self.index.frames.get(frame as usize).map(|frame| frame.control),
        };
        let metadata = metadata::read(&self.index, &self.source, budget)?;
        let stated = metadata.exif.as_deref().and_then(exif::orientation);
        Ok(Header {
            orientation: stated.unwrap_or(1),
            resolution: self.index.resolution,
            metadata,
            animated,
            delay_ms: control.filter(|_| animated).map_or(0, |control| control.delay_ms),
            loop_count: if animated { self.index.loop_count } else { 0 },
            has_alpha: native.has_alpha() || !self.index.transparency.is_empty(),
            ..Header::new(ihdr.width, ihdr.height, native, bits, samples)
        })
    }

    fn decode(&mut self, page: u32, options: &ReadOptions, canvas: &mut Canvas<'_>) -> Result<()> {
        if page == 0 {
            decode_image(&self.source, &self.index, canvas)?;
        } else {
            let strict = options.tolerance == crate::options::Tolerance::Strict;
            animation::decode(&self.source, &self.index, &mut self.stage, page, strict, canvas)?;
        }
        // Damage lies behind the last page that was found.
        match &self.index.damage {
            Some(damage) if page == self.last_page() => Err(damage.clone()),
            _ => Ok(()),
        }
    }
}

/// Decodes the image of the IDAT chunks.
///
/// A wrong checksum of a chunk is damage, unless the checksum of the deflated data vouches for them.
fn decode_image(source: &Source, index: &Index, canvas: &mut Canvas<'_>) -> Result<()> {
    match decode_image_with(source, index, false, canvas) {
        Err(error) if error.kind() == Kind::Damaged && intact::is_intact(source, index) => {
            decode_image_with(source, index, true, canvas)
        }
        other => other,
    }
}

fn decode_image_with(
    source: &Source,
    index: &Index,
    ignore_checksums: bool,
    canvas: &mut Canvas<'_>,
) -> Result<()> {
    let budget = canvas.budget();
    let data = Data::image(source, index, ignore_checksums)?;
    let rows = Rows::new(index, canvas.format());
    let spare_len = usize::try_from(rows.format.min_stride(canvas.layout().width));
    let mut spare = Scratch::new(spare_len.unwrap_or(usize::MAX), "a row", budget)?;
    let mut lines = Scanlines::new(data, &index.ihdr, budget)?;
    lines.each(|y, stored| rows.put(canvas, y, stored, &mut spare))
}
