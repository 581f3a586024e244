//! Writing GIF: exact colours where 256 suffice, else a palette made by a neural net (NeuQuant), no dithering.

use std::borrow::Cow;
use std::collections::HashMap;

use color_quant::NeuQuant;

use crate::codec::Picture;
use crate::error::{Error, Kind, Result};
use crate::limits::Budget;
use crate::memory::{self, Scratch};
use crate::pixel::PixelFormat;
use crate::sink::Sink;

use PixelFormat as F;

/// Pixels that the net learns from at the most.
const LEARNED: u64 = 1 << 17;

/// From this alpha on a pixel is opaque; GIF has nothing in between.
const OPAQUE: u8 = 128;

/// What rows the encoder wants for an image of `format`.
pub(super) fn stored_as(format: PixelFormat) -> PixelFormat {
    if format.has_alpha() {
        F::Abgr8888
    } else if format.is_gray() {
        F::Gray8
    } else {
        F::Bgr888
    }
}

/// Indexes of all pixels, and what they stand for.
struct Indexed {
    indexes: Scratch,
    /// R, G, B of each.
    palette: Vec<u8>,
    transparent: Option<u8>,
}

pub(super) fn encode(picture: &Picture<'_>, sink: &mut Sink<'_>, budget: &Budget) -> Result<()> {
    let side = |name: &str, pixels: u32| {
        u16::try_from(pixels).map_err(|_| {
            Error::parameter(format!("the {name} is {pixels}, but a GIF has at most 65535"))
        })
    };
    let (width, height) = (side("width", picture.width)?, side("height", picture.height)?);
    let mut indexed = match exact(picture, budget)? {
        Some(indexed) => indexed,
        None => quantized(picture, budget)?,
    };
    if picture.format == F::Gray8 {
        sort_grays(&mut indexed);
    }
    let mut encoder =
        gif::Encoder::new(&mut *sink, width, height, &indexed.palette).map_err(failed)?;
    let frame = gif::Frame {
        width,
        height,
        transparent: indexed.transparent,
        buffer: Cow::Borrowed(&indexed.indexes),
        ..gif::Frame::default()
    };
    encoder.write_frame(&frame).map_err(failed)?;
    encoder.into_inner().map(drop).map_err(failed)
}

/// Hands over every row as R, G, B, A in `pixel`'s terms: what is transparent is all zero, the rest opaque.
fn each_row(
    picture: &Picture<'_>,
    budget: &Budget,
    mut take: impl FnMut(u32, &mut dyn Iterator<Item = [u8; 4]>) -> Result<()>,
) -> Result<()> {
    let mut scratch = Scratch::new(picture.row_len(), "a row", budget)?;
    for y in 0..picture.height {
        let row = picture.row(y, &mut scratch)?;
        match picture.format {
            F::Gray8 => take(y, &mut row.iter().map(|y| [*y, *y, *y, 255]))?,
            F::Bgr888 => {
                take(y, &mut row.as_chunks::<3>().0.iter().map(|[r, g, b]| [*r, *g, *b, 255]))?;
            }
            _ => take(y, &mut row.as_chunks::<4>().0.iter().map(|pixel| settled(*pixel)))?,
        }
    }
    Ok(())
}

fn settled([r, g, b, a]: [u8; 4]) -> [u8; 4] {
    if a < OPAQUE { [0; 4] } else { [r, g, b, 255] }
}

fn pixels(picture: &Picture<'_>) -> usize {
    (picture.width as usize).saturating_mul(picture.height as usize)
}

/// Numbers the colours as they come; `None` once there are more than 256.
fn exact(picture: &Picture<'_>, budget: &Budget) -> Result<Option<Indexed>> {
    let mut indexes = Scratch::new(pixels(picture), "the indexes of a GIF", budget)?;
    let mut numbers: HashMap<[u8; 4], u8> = HashMap::new();
    let mut palette = Vec::new();
    let mut transparent = None;
    let mut fits = true;
    let mut last = ([0, 0, 0, 1], 0);
    let mut places = indexes.iter_mut();
    let outcome = each_row(picture, budget, |_, row| {
        for (pixel, place) in row.zip(&mut places) {
            // Neighbours are mostly alike.
            if pixel != last.0 {
                let number = match (numbers.get(&pixel), u8::try_from(numbers.len())) {
                    (Some(number), _) => *number,
                    (None, Ok(number)) => {
                        numbers.insert(pixel, number);
                        palette.extend_from_slice(&pixel[..3]);
                        transparent = transparent.or((pixel[3] == 0).then_some(number));
                        number
                    }
                    (None, Err(_)) => {
                        fits = false;
                        return Err(Error::new(Kind::Cancelled, "there are too many colours"));
                    }
                };
                last = (pixel, number);
            }
            *place = last.1;
        }
        Ok(())
    });
    if !fits {
        return Ok(None);
    }
    outcome.map(|()| Some(Indexed { indexes, palette, transparent }))
}

/// Brings the grays into their order; black and white alone make a table of just the two.
fn sort_grays(indexed: &mut Indexed) {
    let old: Vec<u8> = indexed.palette.chunks(3).filter_map(|rgb| rgb.first().copied()).collect();
    let mut new = old.clone();
    if old.iter().all(|gray| matches!(gray, 0 | 255)) {
        new = vec![0, 255];
    }
    new.sort_unstable();
    let place = |gray: &u8| new.binary_search(gray).unwrap_or(0) as u8;
    let moved: Vec<u8> = old.iter().map(place).collect();
    for index in indexed.indexes.iter_mut() {
        *index = moved.get(usize::from(*index)).copied().unwrap_or(0);
    }
    indexed.palette = new.iter().flat_map(|gray| [*gray; 3]).collect();
}

/// Finds 256 colours, or 255 and a transparent one, that are near to all.
fn quantized(picture: &Picture<'_>, budget: &Budget) -> Result<Indexed> {
    let keeps_one = picture.format.has_alpha();
    let colours = if keeps_one { 255 } else { 256 };
    let transparent = keeps_one.then_some(255);
    let net = NeuQuant::new(1, colours, &sample(picture, budget)?);
    let mut palette = net.color_map_rgb();
    if keeps_one {
        palette.extend([0; 3]);
    }
    let mut indexes = Scratch::new(pixels(picture), "the indexes of a GIF", budget)?;
    let mut places = indexes.iter_mut();
    // Looking a colour up takes a search: what was found last is kept, in a slot that follows from the colour.
    let mut found = vec![([0, 0, 0, 0], transparent.unwrap_or(0)); 1 << 14];
    each_row(picture, budget, |_, row| {
        for (pixel, place) in row.zip(&mut places) {
            if pixel[3] == 0 {
                *place = transparent.unwrap_or(0);
                continue;
            }
            let hash = u32::from_le_bytes(pixel).wrapping_mul(0x9e37_79b1) >> 18;
            if let Some(slot) = found.get_mut(hash as usize) {
                if slot.0 != pixel {
                    *slot = (pixel, net.index_of(&pixel) as u8);
                }
                *place = slot.1;
            }
        }
        Ok(())
    })?;
    Ok(Indexed { indexes, palette, transparent })
}

/// Opaque pixels from all over the image, as many as the net needs.
fn sample(picture: &Picture<'_>, budget: &Budget) -> Result<Vec<u8>> {
    let all = u64::from(picture.width) * u64::from(picture.height);
    let step = usize::try_from(all.div_ceil(LEARNED)).unwrap_or(usize::MAX).max(1);
    let mut sample = Vec::new();
    let mut skip = 0;
    each_row(picture, budget, |_, row| {
        for pixel in row.filter(|pixel| pixel[3] != 0) {
            if skip == 0 {
                memory::append(&mut sample, &pixel, "a sample of the colours")?;
                skip = step;
            }
            skip -= 1;
        }
        Ok(())
    })?;
    Ok(sample)
}

fn failed(error: gif::EncodingError) -> Error {
    match error {
        gif::EncodingError::OutOfMemory => Error::new(Kind::NoMemory, "out of memory"),
        error => Error::new(Kind::SaveFailed, format!("the GIF cannot be encoded: {error}")),
    }
}
