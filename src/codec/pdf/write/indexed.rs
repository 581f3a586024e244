//! Images of few colours: indexes of two to eight bits into a palette.

use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use pdf_writer::{Dict, Name, Ref, Str};

use super::document::Document;
use super::embed::{colour_space, size, write_failed};
use crate::codec::Picture;
use crate::codec::streams::palette::{self, Indexed};
use crate::error::Result;
use crate::limits::Budget;
use crate::memory::{self, Scratch};
use crate::options::SaveOptions;
use crate::pixel::PixelFormat as F;
use crate::sink::Sink;

/// Colours that indexes of eight bits tell apart.
const MOST: usize = 256;

/// Whether no pixel is transparent. The first that is ends the search.
pub fn is_opaque(picture: &Picture<'_>, budget: &Budget) -> Result<bool> {
    if !picture.format.has_alpha() {
        return Ok(true);
    }
    let mut scratch = Scratch::new(picture.row_len(), "a row of the PDF image", budget)?;
    for y in 0..picture.height {
        let row = picture.row(y, &mut scratch)?;
        let opaque = match picture.format {
            F::Abgr16161616 => row.as_chunks::<8>().0.iter().all(|[.., a, b]| a & b == 0xff),
            _ => row.as_chunks::<4>().0.iter().all(|[.., a]| *a == 0xff),
        };
        if !opaque {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The indexes of a colour image that has few colours, or of any that is to have so many.
pub fn palette(
    picture: &Picture<'_>,
    opaque: bool,
    options: &SaveOptions,
    budget: &Budget,
) -> Result<Option<Indexed>> {
    if options.palette > 0 {
        return palette::indexed(picture, options.palette, options.dither, budget).map(Some);
    }
    match picture.format {
        F::Bgr888 | F::Abgr8888 if opaque => palette::exact(picture, MOST, budget),
        _ => Ok(None),
    }
}

/// Writes the image; its number.
pub fn image(
    document: &mut Document,
    picture: &Picture<'_>,
    few: &Indexed,
    profile: Option<Ref>,
    options: &SaveOptions,
    sink: &mut Sink<'_>,
) -> Result<Ref> {
    let last = (few.palette.len() / 3).saturating_sub(1);
    // One bit is black and white to programs that take images out of a document, whatever the palette says.
    let bits = match last {
        0..4 => 2,
        4..16 => 4,
        _ => 8,
    };
    let gray = picture.format == F::Gray8;
    let step = if gray { 3 } else { 1 };
    let colours: Vec<u8> = few.palette.iter().step_by(step).copied().collect();
    let id = document.number();
    let describe = |dict: &mut Dict<'_>| {
        size(dict, (picture.width, picture.height), bits);
        let mut space = dict.insert(Name(b"ColorSpace")).array();
        space.item(Name(b"Indexed"));
        colour_space(space.push(), if gray { 1 } else { 3 }, profile);
        space.item(i32::try_from(last).unwrap_or(i32::MAX)).item(Str(&colours));
        drop(space);
        dict.pair(Name(b"Filter"), Name(b"FlateDecode"));
    };
    // Neighbouring indexes have nothing to do with each other: filters would not help.
    document.stream(id, sink, describe, |sink| {
        let mut encoder = ZlibEncoder::new(sink, Compression::new(options.level.into()));
        let width = picture.width as usize;
        let mut line = memory::zeroed(width * usize::from(bits) / 8 + 1, "a row of the PDF image")?;
        let line = line.get_mut(..(width * usize::from(bits)).div_ceil(8)).unwrap_or_default();
        for row in few.indexes.chunks(width.max(1)) {
            palette::pack(row, bits, line);
            encoder.write_all(line).map_err(write_failed)?;
        }
        encoder.finish().map(drop).map_err(write_failed)
    })?;
    Ok(id)
}
