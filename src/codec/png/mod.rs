//! PNG and APNG (PNG Third Edition), through the `png` crate.

mod animation;
mod chunks;
mod encode;
mod feed;
mod index;
mod intact;
mod metadata;
mod rows;
#[cfg(test)]
mod tests;

use crate::codec::{Codec, Facts, Header, OrientationTag, Pages, Picture, Stores};
use crate::error::{Error, Kind, Result};
use crate::format::FileFormat;
use crate::limits::{Budget, Reservation};
use crate::memory::{self, Scratch};
use crate::metadata::exif;
use crate::options::{ReadOptions, SaveOptions};
use crate::pixel::{Canvas, PixelFormat};
use crate::sink::Sink;
use crate::source::{Source, own_error};

use super::animation::Stage;
use feed::Feed;
use index::{Ihdr, Index};
use rows::Rows;

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

    fn stored_as(&self, format: PixelFormat, _options: &SaveOptions) -> Result<PixelFormat> {
        Ok(encode::stored_as(format))
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
    let ihdr = &index.ihdr;
    let budget = canvas.budget();
    let feed = Feed::image(source, ihdr, &index.image).map_err(|error| damaged(error.into()))?;
    let (mut decoder, _booked) = decoder(feed, ihdr, budget, ignore_checksums)?;
    let rows = Rows::new(index, canvas.format());
    let width = canvas.layout().width;
    if !ihdr.interlaced && rows.fit(canvas.format()) {
        for y in 0..ihdr.height {
            let row = canvas.row(y)?;
            next_row(&mut decoder, row)?;
            rows.finish(row, width as usize);
        }
        return finish(&mut decoder);
    }
    let spare_len = usize::try_from(rows.format.min_stride(width)).unwrap_or(usize::MAX);
    let mut spare = Scratch::new(spare_len, "a row", budget)?;
    each_row(&mut decoder, ihdr, budget, |y, stored| rows.put(canvas, y, stored, &mut spare))
}

/// Sets up the decoder of one image, and books what it holds.
fn decoder(
    feed: Feed,
    ihdr: &Ihdr,
    budget: &Budget,
    ignore_checksums: bool,
) -> Result<(png::Reader<Feed>, Reservation)> {
    // Two to four rows, and its buffers.
    let booked = budget.reserve((ihdr.row_len() as u64).saturating_mul(4) + (512 << 10))?;
    memory::room(ihdr.row_len().saturating_mul(4).saturating_add(512 << 10), "the decoder of PNG")?;
    let bytes = usize::try_from(budget.limits().max_memory).unwrap_or(usize::MAX);
    let mut decoder = png::Decoder::new_with_limits(feed, png::Limits { bytes });
    decoder.ignore_checksums(ignore_checksums);
    Ok((decoder.read_info().map_err(damaged)?, booked))
}

fn next_row(decoder: &mut png::Reader<Feed>, row: &mut [u8]) -> Result<Option<png::InterlaceInfo>> {
    let short = || Error::damaged("the image data end before the last row");
    decoder.read_row(row).map_err(damaged)?.map(Some).ok_or_else(short)
}

/// Reads what is left of the image data, so that the last checksum is checked.
fn finish(decoder: &mut png::Reader<Feed>) -> Result<()> {
    decoder.read_row(&mut []).map_err(damaged).map(drop)
}

/// Hands over every row as it is stored, interlaced images once they are complete.
fn each_row(
    decoder: &mut png::Reader<Feed>,
    ihdr: &Ihdr,
    budget: &Budget,
    mut take: impl FnMut(u32, &mut [u8]) -> Result<()>,
) -> Result<()> {
    let len = ihdr.row_len();
    let mut row = Scratch::new(len, "a row", budget)?;
    if !ihdr.interlaced {
        for y in 0..ihdr.height {
            next_row(decoder, &mut row)?;
            take(y, &mut row)?;
        }
        return finish(decoder);
    }
    let size = len.checked_mul(ihdr.height as usize);
    let mut image =
        Scratch::new(size.unwrap_or(usize::MAX), "the passes of an interlaced image", budget)?;
    let outcome = weave(decoder, ihdr, &mut row, &mut image);
    // What the passes before some damage brought covers the whole image.
    for (y, row) in (0..ihdr.height).zip(image.chunks_exact_mut(len.max(1))) {
        take(y, row)?;
    }
    outcome
}

/// Puts the rows of all passes where they belong.
fn weave(
    decoder: &mut png::Reader<Feed>,
    ihdr: &Ihdr,
    row: &mut [u8],
    image: &mut [u8],
) -> Result<()> {
    let bits = u8::try_from(ihdr.bits_per_pixel()).unwrap_or(u8::MAX);
    while let Some(place) = decoder.read_row(row).map_err(damaged)? {
        if let png::InterlaceInfo::Adam7(place) = place {
            png::expand_interlaced_row(image, ihdr.row_len(), row, &place, bits);
        }
    }
    Ok(())
}

fn damaged(error: png::DecodingError) -> Error {
    match error {
        png::DecodingError::LimitsExceeded => {
            Error::new(Kind::LimitExceeded, "max_memory does not allow to decode this image")
        }
        png::DecodingError::IoError(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
            Error::damaged("the image data are cut")
        }
        // What came through the decoder from below it: a passed deadline, say.
        png::DecodingError::IoError(error) => {
            own_error(&error).unwrap_or_else(|| Error::damaged(lower(&error.to_string())))
        }
        error => Error::damaged(lower(&error.to_string())),
    }
}

/// A message of another library in the style of this one.
fn lower(message: &str) -> String {
    let message = message.trim_end_matches('.');
    let mut chars = message.chars();
    let first = chars.next().map(|first| first.to_ascii_lowercase());
    first.into_iter().chain(chars).collect()
}
