//! WebP: a file for each strip or tile, of R, G, B with or without alpha.

use std::io::Cursor;

use image_webp::{DecodingError, WebPDecoder};

use super::Shape;
use crate::error::{Error, Result};
use crate::limits::Budget;
use crate::memory::{self, Scratch};

/// All pixels of a chunk, `shape.samples` bytes each.
pub fn decode(raw: &[u8], shape: Shape, budget: &Budget) -> Result<Scratch> {
    if !matches!(shape.samples, 3 | 4) {
        let samples = shape.samples;
        return Err(Error::unsupported(format!("has WebP data for {samples} samples per pixel")));
    }
    let mut decoder = WebPDecoder::new(Cursor::new(raw)).map_err(|error| failed(&error))?;
    let (width, height) = decoder.dimensions();
    if width != shape.width || height < shape.rows || height > shape.max_rows {
        return Err(Error::damaged(format!(
            "has WebP data of {width} x {height} pixels, not {} x {}",
            shape.width, shape.rows
        )));
    }
    let pixels = u64::from(width) * u64::from(height);
    let own = if decoder.has_alpha() { 4 } else { 3 };
    // The decoder holds planes, or pixels, beside those it gives.
    let _work = budget.reserve(pixels.saturating_mul(8))?;
    memory::room(usize::try_from(pixels.saturating_mul(8)).unwrap_or(usize::MAX), "WebP data")?;
    let len = usize::try_from(pixels.saturating_mul(own)).unwrap_or(usize::MAX);
    let mut decoded = Scratch::new(len, "a strip", budget)?;
    decoder.read_image(&mut decoded).map_err(|error| failed(&error))?;
    if own == u64::from(shape.samples) {
        return Ok(decoded);
    }
    let len = usize::try_from(pixels.saturating_mul(shape.samples.into())).unwrap_or(usize::MAX);
    let mut other = Scratch::new(len, "a strip", budget)?;
    let to = other.chunks_exact_mut(shape.samples.into());
    for (to, from) in to.zip(decoded.chunks_exact(own as usize)) {
        to.iter_mut().zip(from.iter().chain(&[255])).for_each(|(to, from)| *to = *from);
    }
    Ok(other)
}

fn failed(error: &DecodingError) -> Error {
    match error {
        DecodingError::MemoryLimitExceeded => Error::no_memory(usize::MAX, "WebP data"),
        error => Error::damaged(format!("has damaged WebP data: {error}")),
    }
}
