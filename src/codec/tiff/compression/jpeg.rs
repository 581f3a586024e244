//! JPEG in strips and tiles (TIFF Technical Note 2): tables that the page holds once, and a stream for each chunk.

use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;

use super::Shape;
use crate::error::{Error, Result};
use crate::limits::Budget;
use crate::memory::{self, Scratch};

const START: &[u8] = &[0xff, 0xd8];
const END: &[u8] = &[0xff, 0xd9];

/// What the page says.
#[derive(Debug, Default)]
pub struct Settings {
    /// JPEGTables: quantization and Huffman tables as a stream without picture.
    pub tables: Vec<u8>,
    /// Whether samples are Y, Cb, Cr and to be given out as R, G, B.
    pub ycbcr: bool,
}

/// All pixels of a chunk, `shape.samples` bytes each, and what is wrong with them where damage is borne.
pub fn decode(
    raw: &[u8],
    settings: &Settings,
    shape: Shape,
    budget: &Budget,
) -> Result<(Scratch, Option<Error>)> {
    let body = raw.strip_prefix(START).ok_or_else(|| Error::damaged("has no JPEG data"))?;
    // A decoder makes up what is missing from cut data.
    let ends = raw.windows(2).rev().any(|two| two == END);
    let cut = (!ends).then(|| Error::damaged("has JPEG data without an end"));
    if shape.strict
        && let Some(cut) = cut
    {
        return Err(cut);
    }
    let tables = settings.tables.strip_suffix(END).unwrap_or(&settings.tables);
    let booked = tables.len().saturating_add(raw.len());
    let _booked = budget.reserve(booked as u64)?;
    let mut stream = memory::copy_of(if tables.is_empty() { START } else { tables }, "a strip")?;
    memory::append(&mut stream, body, "a strip")?;

    let options = DecoderOptions::default().set_strict_mode(false);
    let (from, height) = check(&stream, options, shape)?;
    let to = match (from, settings.ycbcr) {
        (ColorSpace::YCbCr, true) => ColorSpace::RGB,
        (ColorSpace::YCCK, _) => {
            return Err(Error::unsupported("JPEG data of YCCK samples is not supported"));
        }
        _ => from,
    };
    let options = options.jpeg_set_out_colorspace(to);
    // The decoder holds coefficients of the whole chunk where it is progressive.
    let len = shape.width as usize * height as usize * usize::from(shape.samples);
    let _work = budget.reserve(len as u64 * 2)?;
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(&stream), options);
    let mut pixels = Scratch::new(len, "a strip", budget)?;
    decoder.decode_headers().map_err(|error| damaged(&error))?;
    if decoder.output_buffer_size() != Some(len) {
        return Err(Error::unsupported(format!("JPEG data of {from:?} samples is not supported")));
    }
    match decoder.decode_into(&mut pixels) {
        Ok(()) => Ok((pixels, cut)),
        Err(error) if shape.strict => Err(damaged(&error)),
        Err(error) => Ok((pixels, Some(damaged(&error)))),
    }
}

/// What the samples are taken for and how many rows there are, where they are those of the chunk.
fn check(stream: &[u8], options: DecoderOptions, shape: Shape) -> Result<(ColorSpace, u32)> {
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(stream), options);
    decoder.decode_headers().map_err(|error| damaged(&error))?;
    let info = decoder.info().ok_or_else(|| Error::damaged("has no JPEG header"))?;
    if u16::from(info.components) != shape.samples {
        return Err(Error::damaged(format!(
            "has JPEG data of {} components, not {}",
            info.components, shape.samples
        )));
    }
    let (width, height) = (u32::from(info.width), u32::from(info.height));
    if width != shape.width || height < shape.rows || height > shape.max_rows {
        return Err(Error::damaged(format!(
            "has JPEG data of {width} x {height} pixels, not {} x {}",
            shape.width, shape.rows
        )));
    }
    Ok((decoder.input_colorspace().unwrap_or(ColorSpace::Unknown), height))
}

fn damaged(error: &zune_jpeg::errors::DecodeErrors) -> Error {
    // Debug is the text that the crate means for people; it may run over lines.
    let text = format!("{error:?}");
    Error::damaged(format!("has damaged JPEG data: {}", text.lines().next().unwrap_or_default()))
}
