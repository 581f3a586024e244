//! The strips or tiles of a picture, one row of them after the other.

use std::ops::Range;

use super::super::predictor::{difference_8, difference_16};
use super::super::tags::compression;
use super::compress::Compressor;
use super::plan::{Chunk, Plan};
use crate::codec::Picture;
use crate::error::{Error, Result};
use crate::limits::Budget;
use crate::memory::Scratch;
use crate::options::SaveOptions;
use crate::pixel::PixelFormat;
use crate::sink::Sink;

/// Where each chunk lies and how long it is.
pub type Places = Vec<(u64, u64)>;

/// Writes all chunks of a picture.
pub fn write(
    picture: &Picture<'_>,
    plan: &Plan,
    options: &SaveOptions,
    big_endian: bool,
    sink: &mut Sink<'_>,
    budget: &Budget,
) -> Result<Places> {
    let line = Line { plan, big_endian };
    let chunk = plan.chunk;
    let tiles = if chunk.tiled { picture.width.div_ceil(chunk.width) } else { 1 };
    let line_len = line.len(chunk.width);
    let chunk_len = line_len.saturating_mul(chunk.height as usize);
    // One tile after the other.
    let mut band = Scratch::new(chunk_len.saturating_mul(tiles as usize), "a strip", budget)?;
    let mut compressor = Compressor::new(plan, options, chunk_len, budget)?;
    if plan.compression == compression::NONE {
        let bands = picture.height.div_ceil(chunk.height.max(1)) as usize;
        let tiled = if chunk.tiled { band.len().saturating_mul(bands) } else { 0 };
        sink.expect(picture.size().max(tiled))?;
    }
    let mut places = Places::new();
    for top in (0..picture.height).step_by(chunk.height.max(1) as usize) {
        let rows = top..top.saturating_add(chunk.height).min(picture.height);
        fill(picture, rows.clone(), &line, &mut band)?;
        let wanted = if chunk.tiled { chunk_len } else { line_len * rows.len() };
        for chunk in band.chunks_exact_mut(chunk_len.max(1)) {
            let chunk = chunk.get_mut(..wanted).unwrap_or_default();
            chunk.chunks_exact_mut(line_len.max(1)).for_each(|bytes| line.settle(bytes));
            even(sink)?;
            let at = sink.position();
            sink.put(compressor.chunk(chunk, line_len)?)?;
            places.try_reserve(1).map_err(|_| Error::no_memory(places.len() * 16, "strips"))?;
            places.push((at, sink.position() - at));
        }
    }
    Ok(places)
}

/// Directories and strips begin at even bytes (TIFF 6.0, section 2).
pub fn even(sink: &mut Sink<'_>) -> Result<()> {
    if sink.position().is_multiple_of(2) { Ok(()) } else { sink.put(&[0]) }
}

/// Puts rows into the lines of one chunk after the other, and beyond right and lower edge what is there: it costs least, in
/// JPEG too.
fn fill(picture: &Picture<'_>, rows: Range<u32>, line: &Line<'_>, band: &mut [u8]) -> Result<()> {
    let Chunk { width, height, .. } = line.plan.chunk;
    let line_len = line.len(width).max(1);
    let chunk_len = line_len.saturating_mul(height as usize).max(1);
    for (y, at) in rows.clone().zip((0..chunk_len).step_by(line_len)) {
        let mut left = 0u32;
        for chunk in band.chunks_exact_mut(chunk_len) {
            let columns = left..left.saturating_add(width).min(picture.width);
            let to = chunk.get_mut(at..at + line_len).unwrap_or_default();
            let (row, rest) = to.split_at_mut(line.len(columns.end - left).min(to.len()));
            picture.part(y, columns.clone(), row)?;
            line.order(row);
            line.extend(row, rest, columns.end - left);
            left = columns.end;
        }
    }
    for chunk in band.chunks_exact_mut(chunk_len) {
        let filled = line_len.saturating_mul(rows.len());
        if let Some((done, rest)) = chunk.split_at_mut_checked(filled)
            && let Some(last) = done.len().checked_sub(line_len).and_then(|at| done.get(at..))
        {
            rest.chunks_exact_mut(line_len).for_each(|line| line.copy_from_slice(last));
        }
    }
    Ok(())
}

/// What is done to each line of samples.
struct Line<'a> {
    plan: &'a Plan,
    big_endian: bool,
}

impl Line<'_> {
    /// Bytes of `width` pixels.
    fn len(&self, width: u32) -> usize {
        usize::try_from(self.plan.format.min_stride(width)).unwrap_or(usize::MAX)
    }

    /// Bytes of a pixel; 0 where it is a bit.
    fn pixel_len(&self) -> usize {
        usize::from(self.plan.samples) * usize::from(self.plan.bits / 8)
    }

    /// Brings samples of 16 bits into the file's order, little-endian.
    fn order(&self, row: &mut [u8]) {
        if self.plan.format == PixelFormat::Rgb161616 {
            for [a, b, _, _, e, f] in row.as_chunks_mut::<6>().0 {
                (*a, *b, *e, *f) = (*e, *f, *a, *b);
            }
        }
        if cfg!(target_endian = "big") && self.plan.format.is_16_bit() {
            row.as_chunks_mut::<2>().0.iter_mut().for_each(|pair| pair.reverse());
        }
    }

    /// Repeats the last of `width` pixels to the end of the line.
    fn extend(&self, row: &mut [u8], rest: &mut [u8], width: u32) {
        let pixel = self.pixel_len();
        match row.len().checked_sub(pixel).and_then(|at| row.get(at..)) {
            Some(last) if pixel > 0 => {
                rest.chunks_exact_mut(pixel).for_each(|to| to.copy_from_slice(last));
            }
            _ => repeat_bit(row, rest, width),
        }
    }

    /// Differences where they are asked for, and the file's order of bytes.
    fn settle(&self, line: &mut [u8]) {
        let samples = usize::from(self.plan.samples);
        match (self.plan.predictor, self.plan.bits) {
            (true, 16) => difference_16(line, samples),
            (true, _) => difference_8(line, samples),
            _ => {}
        }
        if self.big_endian && self.plan.bits == 16 {
            line.as_chunks_mut::<2>().0.iter_mut().for_each(|pair| pair.reverse());
        }
    }
}

/// Repeats the last of `width` bits to the end of its byte and in those that follow, where there are any.
fn repeat_bit(done: &mut [u8], rest: &mut [u8], width: u32) {
    let Some(last) = done.last_mut().filter(|_| !rest.is_empty()) else { return };
    let used = (width + 7) % 8 + 1;
    let white = *last >> (8 - used) & 1 == 1;
    let tail = 0xffu32 >> used;
    *last = if white { *last | tail as u8 } else { *last & !(tail as u8) };
    rest.fill(if white { 0xff } else { 0 });
}
