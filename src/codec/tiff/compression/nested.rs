//! PNG and WebP: a file of its own for each strip or tile.

use super::{Shape, pack};
use crate::codec;
use crate::error::{Error, Result};
use crate::format::FileFormat;
use crate::image::WHITE;
use crate::limits::Budget;
use crate::memory::Scratch;
use crate::options::{ReadOptions, Tolerance};
use crate::pixel::{Canvas, Layout, PixelFormat};
use crate::source::Source;

/// All samples of a chunk as they would be without compression, and what is wrong with them where damage is borne.
pub fn decode(
    format: FileFormat,
    raw: &[u8],
    bits: u32,
    big_endian: bool,
    shape: Shape,
    budget: &Budget,
) -> Result<(Scratch, Option<Error>)> {
    let name = format.name();
    let _booked = budget.reserve(raw.len() as u64)?;
    let source = Source::from_bytes(crate::memory::copy_of(raw, "a strip")?);
    let tolerance = if shape.strict { Tolerance::Strict } else { Tolerance::Recover };
    let options = ReadOptions { tolerance, ..ReadOptions::default() };
    let silent = budget.silent();
    let mut pages = codec::for_format(format)?.open(&source, &options, &silent)?;
    let header = pages.header(0, &options, &silent)?;
    // WebP leaves alpha out where all is opaque.
    let samples = u32::from(shape.samples);
    let opaque = format == FileFormat::WebP && (header.samples, samples) == (3, 4);
    let fits = header.width == shape.width
        && (shape.rows..=shape.max_rows).contains(&header.height)
        && (header.samples == samples || opaque)
        && header.bits == bits;
    if !fits {
        return Err(Error::damaged(format!(
            "has {name} data of {} x {} pixels, {} samples of {} bits",
            header.width, header.height, header.samples, header.bits
        )));
    }
    let format = match (shape.samples, bits) {
        (1, 8) => PixelFormat::Gray8,
        (3, 8) => PixelFormat::Bgr888,
        (4, 8) => PixelFormat::Abgr8888,
        (1, 16) => PixelFormat::Gray16,
        (3, 16) => PixelFormat::Rgb161616,
        (4, 16) => PixelFormat::Abgr16161616,
        (samples, _) => {
            let message = format!("has {name} data for {samples} samples of {bits} bits");
            return Err(Error::unsupported(message));
        }
    };
    let layout = Layout::tight(header.width, header.height, format)?;
    let mut pixels = Scratch::new(layout.size(), "a strip", budget)?;
    let mut canvas = Canvas::new(&mut pixels, layout, WHITE, &silent)?;
    let outcome = match pages.decode(0, &options, &mut canvas) {
        Err(error) if shape.strict => return Err(error),
        outcome => outcome.err(),
    };
    if bits == 16 {
        in_order_of_file(&mut pixels, format, big_endian);
    }
    Ok((pixels, outcome))
}

/// Makes pixels of 16-bit samples lie as the file has them: R first, bytes in its order.
fn in_order_of_file(pixels: &mut [u8], format: PixelFormat, big_endian: bool) {
    let samples = if format == PixelFormat::Rgb161616 { 3 } else { 1 };
    for pixel in pixels.as_chunks_mut::<2>().0.chunks_exact_mut(samples) {
        pixel.reverse();
        for sample in pixel {
            pack::pack(&[&[u16::from_ne_bytes(*sample)]], 16, big_endian, sample);
        }
    }
}
