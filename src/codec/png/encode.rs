//! Writing PNG: rows are filtered and deflated as they come, into IDAT chunks of 32 KiB.

use std::borrow::Cow;
use std::io::Write;

use png::{BitDepth, ColorType, DeflateCompression, Filter};

use super::metadata::XMP_KEYWORD;
use crate::codec::Picture;
use crate::error::{Error, Kind, Result};
use crate::limits::Budget;
use crate::memory::{self, Scratch};
use crate::metadata::resolution;
use crate::options::SaveOptions;
use crate::pixel::PixelFormat;
use crate::sink::Sink;

use PixelFormat as F;

/// What Deflate holds at the most.
const DEFLATE: usize = 512 << 10;

/// Bytes of an IDAT chunk.
const CHUNK: usize = 32 << 10;

/// What rows the encoder wants for an image of `format`.
pub(super) fn stored_as(format: PixelFormat) -> PixelFormat {
    match format {
        F::Gray16 => F::Gray16,
        F::Rgb161616 => F::Rgb161616,
        F::Argb16161616 | F::Abgr16161616 => F::Abgr16161616,
        _ if format.is_bilevel() => F::Binary,
        _ if format.has_alpha() => F::Abgr8888,
        F::Gray8 => F::Gray8,
        _ => F::Bgr888,
    }
}

pub(super) fn encode(
    picture: &Picture<'_>,
    options: &SaveOptions,
    sink: &mut Sink<'_>,
    budget: &Budget,
) -> Result<()> {
    let mut info = png::Info::with_size(picture.width, picture.height);
    (info.color_type, info.bit_depth) = match picture.format {
        F::Binary => (ColorType::Grayscale, BitDepth::One),
        F::Gray8 => (ColorType::Grayscale, BitDepth::Eight),
        F::Gray16 => (ColorType::Grayscale, BitDepth::Sixteen),
        F::Bgr888 => (ColorType::Rgb, BitDepth::Eight),
        F::Abgr8888 => (ColorType::Rgba, BitDepth::Eight),
        F::Rgb161616 => (ColorType::Rgb, BitDepth::Sixteen),
        F::Abgr16161616 => (ColorType::Rgba, BitDepth::Sixteen),
        other => {
            let message = format!("PNG rows were handed over as {}", other.name());
            return Err(Error::new(Kind::Internal, message));
        }
    };
    describe(&mut info, picture);
    let mut encoder = png::Encoder::with_info(&mut *sink, info).map_err(failed)?;
    let (deflate, filter) = effort(options.level, picture.format);
    encoder.set_deflate_compression(deflate);
    encoder.set_filter(filter);
    let rows = picture.row_len().saturating_mul(5).saturating_add(DEFLATE);
    memory::room(rows, "the encoder of PNG")?;
    // It deflates the ICC profile.
    let written = memory::panicking(DEFLATE, "Deflate", || encoder.write_header())?;
    let mut writer = written.map_err(failed)?;
    if let Some(xmp) = &picture.metadata.xmp {
        writer.write_chunk(png::chunk::iTXt, &xmp_chunk(xmp)?).map_err(failed)?;
    }
    write_rows(&mut writer, picture, budget)?;
    writer.finish().map_err(failed)
}

/// Resolution, EXIF and ICC.
fn describe<'a>(info: &mut png::Info<'a>, picture: &Picture<'a>) {
    let (x, y) = picture.resolution;
    if x > 0.0 && y > 0.0 {
        info.pixel_dims = Some(png::PixelDimensions {
            xppu: resolution::per_metre(x),
            yppu: resolution::per_metre(y),
            unit: png::Unit::Meter,
        });
    }
    info.exif_metadata = picture.metadata.exif.as_deref().map(Cow::Borrowed);
    info.icc_profile = picture.metadata.icc.as_deref().map(Cow::Borrowed);
}

/// Keyword, not deflated, no language, no translated keyword, text.
fn xmp_chunk(xmp: &[u8]) -> Result<Vec<u8>> {
    let mut chunk = memory::copy_of(XMP_KEYWORD, "metadata")?;
    memory::append(&mut chunk, &[0; 4], "metadata")?;
    memory::append(&mut chunk, xmp, "metadata")?;
    Ok(chunk)
}

/// What a level of 0 to 9 means. Filters help where neighbours are alike, which bits in bytes are not.
fn effort(level: u8, format: PixelFormat) -> (DeflateCompression, Filter) {
    let filter = if format == F::Binary { Filter::NoFilter } else { Filter::Adaptive };
    match level {
        0 => (DeflateCompression::NoCompression, Filter::NoFilter),
        // The fast deflater knows filtered samples only.
        1 if format != F::Binary => (DeflateCompression::FdeflateUltraFast, Filter::Up),
        2 if format != F::Binary => (DeflateCompression::FdeflateUltraFast, filter),
        level => (DeflateCompression::Level(level), filter),
    }
}

fn write_rows<W: Write>(
    writer: &mut png::Writer<W>,
    picture: &Picture<'_>,
    budget: &Budget,
) -> Result<()> {
    let len = picture.row_len();
    let mut scratch = Scratch::new(len, "a row", budget)?;
    let wide = picture.format.is_16_bit();
    let mut big_endian = Scratch::new(if wide { len } else { 0 }, "a row", budget)?;
    let stream = memory::panicking(DEFLATE, "Deflate", || writer.stream_writer_with_size(CHUNK))?;
    let mut stream = stream.map_err(failed)?;
    for y in 0..picture.height {
        let row = picture.row(y, &mut scratch)?;
        let row = if wide {
            store_wide(row, picture.format, &mut big_endian);
            &big_endian
        } else {
            row
        };
        stream.write_all(row).map_err(|error| failed(error.into()))?;
    }
    stream.finish().map_err(failed)
}

/// 16-bit samples as PNG stores them: big-endian, R first.
fn store_wide(row: &[u8], format: PixelFormat, to: &mut [u8]) {
    for (to, sample) in to.as_chunks_mut::<2>().0.iter_mut().zip(row.as_chunks::<2>().0) {
        *to = u16::from_ne_bytes(*sample).to_be_bytes();
    }
    if format == F::Rgb161616 {
        for [a, b, _, _, e, f] in to.as_chunks_mut::<6>().0 {
            std::mem::swap(a, e);
            std::mem::swap(b, f);
        }
    }
}

fn failed(error: png::EncodingError) -> Error {
    match error {
        // No size comes near the limits of lengths: it is memory that was not to be had.
        png::EncodingError::LimitsExceeded => Error::new(Kind::NoMemory, "out of memory"),
        error => Error::new(Kind::SaveFailed, lower(&error.to_string())),
    }
}

/// A message of another library in the style of this one.
fn lower(message: &str) -> String {
    let message = message.trim_end_matches('.');
    let mut chars = message.chars();
    let first = chars.next().map(|first| first.to_ascii_lowercase());
    first.into_iter().chain(chars).collect()
}
