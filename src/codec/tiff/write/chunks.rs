//! The strips or tiles of a picture, one row of them after the other.

use super::super::predictor::{difference_8, difference_16};
use super::super::tags::compression;
use super::compress::Compressor;
use super::plan::Plan;
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
    let tiles = if plan.chunk.tiled { picture.width.div_ceil(plan.chunk.width) } else { 1 };
    let chunk_line = line.len(plan.chunk.width);
    let band_line = chunk_line.saturating_mul(tiles as usize);
    let lines = plan.chunk.height as usize;
    let chunk_len = chunk_line.saturating_mul(lines);
    let mut band = Scratch::new(band_line.saturating_mul(lines), "a strip", budget)?;
    let tile_len = if tiles > 1 { chunk_len } else { 0 };
    let mut tile = Scratch::new(tile_len, "a tile", budget)?;
    let mut row = Scratch::new(picture.row_len(), "a row", budget)?;
    let mut compressor = Compressor::new(plan, options, chunk_len, budget)?;
    if plan.compression == compression::NONE {
        sink.expect(picture.size())?;
    }
    let mut places = Places::new();
    for top in (0..picture.height).step_by(lines.max(1)) {
        let rows = plan.chunk.height.min(picture.height - top);
        fill(picture, top, rows, &line, &mut band, band_line, &mut row)?;
        let wanted = if plan.chunk.tiled { lines } else { rows as usize };
        let band = band.get_mut(..band_line * wanted).unwrap_or_default();
        for across in 0..tiles as usize {
            let chunk: &mut [u8] = if tiles > 1 {
                let parts = band.chunks_exact(band_line.max(1));
                for (to, from) in tile.chunks_exact_mut(chunk_line.max(1)).zip(parts) {
                    let from = from.get(across * chunk_line..).unwrap_or_default();
                    to.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
                }
                &mut tile
            } else {
                band
            };
            chunk.chunks_exact_mut(chunk_line.max(1)).for_each(|bytes| line.settle(bytes));
            even(sink)?;
            let at = sink.position();
            sink.put(compressor.chunk(chunk, chunk_line)?)?;
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

/// Puts `rows` rows into lines, and beyond right and lower edge what is there: it costs least, in JPEG too.
fn fill(
    picture: &Picture<'_>,
    top: u32,
    rows: u32,
    line: &Line<'_>,
    band: &mut [u8],
    band_line: usize,
    scratch: &mut [u8],
) -> Result<()> {
    let mut lines = band.chunks_exact_mut(band_line.max(1));
    for y in top..top + rows {
        let Some(to) = lines.next() else { break };
        line.put(picture.row(y, scratch)?, to, picture.width);
    }
    let filled = (rows as usize).saturating_mul(band_line);
    if let Some((done, rest)) = band.split_at_mut_checked(filled)
        && let Some(last) = done.len().checked_sub(band_line).and_then(|at| done.get(at..))
    {
        rest.chunks_exact_mut(band_line.max(1)).for_each(|line| line.copy_from_slice(last));
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

    /// A row in the order of the file's samples, little-endian, its last pixel repeated to the end of the line.
    fn put(&self, row: &[u8], to: &mut [u8], width: u32) {
        match self.plan.format {
            PixelFormat::Rgb161616 => {
                for (to, from) in to.as_chunks_mut::<6>().0.iter_mut().zip(row.as_chunks::<6>().0) {
                    let [a, b, c, d, e, f] = *from;
                    let [r, g, b] = [[e, f], [c, d], [a, b]].map(little);
                    *to = [r[0], r[1], g[0], g[1], b[0], b[1]];
                }
            }
            format if format.is_16_bit() => {
                for (to, from) in to.as_chunks_mut::<2>().0.iter_mut().zip(row.as_chunks::<2>().0) {
                    *to = little(*from);
                }
            }
            _ => to.iter_mut().zip(row).for_each(|(to, from)| *to = *from),
        }
        let pixel = self.pixel_len();
        let Some((done, rest)) = to.split_at_mut_checked(row.len()) else { return };
        match done.len().checked_sub(pixel).and_then(|at| done.get(at..)) {
            Some(last) if pixel > 0 => {
                rest.chunks_exact_mut(pixel).for_each(|to| to.copy_from_slice(last));
            }
            _ => repeat_bit(done, rest, width),
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

fn little(sample: [u8; 2]) -> [u8; 2] {
    u16::from_ne_bytes(sample).to_le_bytes()
}
