//! Rows of a TGA, as they are or from runs, turned the right way.

use std::io::{self, Read, Seek, SeekFrom};

use crate::error::{Error, Result};
use crate::memory::Scratch;
use crate::pixel::{Canvas, PixelFormat};
use crate::source::{Cursor, Source};

use super::header::{Info, Kind, Map};

/// Reads all rows.
pub fn decode(info: &Info, map: &Map, source: &Source, canvas: &mut Canvas<'_>) -> Result<()> {
    let width = info.width as usize;
    let mut raw = Scratch::new(width * info.bytes, "a row", canvas.budget())?;
    let mut changed = Scratch::new(width * 4, "a row", canvas.budget())?;
    let mut input = source.cursor();
    input.seek(SeekFrom::Start(info.data())).map_err(|_| Error::damaged("no pixels"))?;
    let mut rows = Rows { input, info, left: 0, repeated: None };
    if !info.from_top {
        canvas.fill_upwards();
    }
    for n in 0..info.height {
        let y = if info.from_top { n } else { info.height - 1 - n };
        if info.kind == Kind::Direct(canvas.format()) && !info.from_right {
            rows.read(y, canvas.row(y)?)?;
            continue;
        }
        rows.read(y, &mut raw)?;
        if info.from_right {
            reverse(&mut raw, info.bytes);
        }
        match info.kind {
            Kind::Direct(format) => canvas.put(y, format, &raw)?,
            Kind::Padded => {
                map_row::<4, 3>(&raw, &mut changed, |[b, g, r, _]| [b, g, r]);
                canvas.put(y, PixelFormat::Rgb888, &changed)?;
            }
            Kind::GrayAlpha => {
                map_row::<2, 4>(&raw, &mut changed, |[gray, a]| [gray, gray, gray, a]);
                canvas.put(y, PixelFormat::Argb8888, &changed)?;
            }
            Kind::GrayPadded => {
                map_row::<2, 1>(&raw, &mut changed, |[gray, _]| [gray]);
                canvas.put(y, PixelFormat::Gray8, &changed)?;
            }
            Kind::Mapped => {
                let format = look_up(info, map, &raw, &mut changed, y)?;
                canvas.put(y, format, &changed)?;
            }
        }
    }
    Ok(())
}

/// Turns indices into colours of the returned format.
fn look_up(info: &Info, map: &Map, raw: &[u8], to: &mut [u8], y: u32) -> Result<PixelFormat> {
    let first = usize::from(info.first);
    let colour = |index: &[u8]| {
        let index = index.iter().rev().fold(0, |number, byte| number << 8 | usize::from(*byte));
        let found = index.checked_sub(first).and_then(|at| map.colours.get(at)).copied();
        found.ok_or_else(|| {
            Error::damaged(format!("row {y} has colour {index}, which the map lacks"))
        })
    };
    let indices = raw.chunks_exact(info.bytes);
    if map.alpha {
        for (to, index) in to.as_chunks_mut().0.iter_mut().zip(indices) {
            *to = colour(index)?;
        }
        return Ok(PixelFormat::Argb8888);
    }
    for (to, index) in to.as_chunks_mut().0.iter_mut().zip(indices) {
        let [b, g, r, _] = colour(index)?;
        *to = [b, g, r];
    }
    Ok(PixelFormat::Rgb888)
}

fn map_row<const N: usize, const M: usize>(
    from: &[u8],
    to: &mut [u8],
    change: impl Fn([u8; N]) -> [u8; M],
) {
    for (to, from) in to.as_chunks_mut::<M>().0.iter_mut().zip(from.as_chunks::<N>().0) {
        *to = change(*from);
    }
}

/// Puts the last pixel first.
fn reverse(row: &mut [u8], bytes: usize) {
    row.reverse();
    row.chunks_exact_mut(bytes).for_each(<[u8]>::reverse);
}

/// The pixels of a file, in its order.
struct Rows<'a> {
    input: Cursor,
    info: &'a Info,
    /// Pixels that the last run still holds; runs may go on in the next row.
    left: usize,
    /// The pixel it repeats; `None` where they follow as they are.
    repeated: Option<[u8; 4]>,
}

impl Rows<'_> {
    fn read(&mut self, y: u32, row: &mut [u8]) -> Result<()> {
        let position = self.input.stream_position().unwrap_or(0);
        let read = if self.info.runs { self.unpack(row) } else { self.input.read_exact(row) };
        read.map_err(|_| Error::damaged(format!("row {y} is cut off")).at_offset(position))
    }

    fn unpack(&mut self, mut row: &mut [u8]) -> io::Result<()> {
        let bytes = self.info.bytes;
        while !row.is_empty() {
            if self.left == 0 {
                let mut head = [0];
                self.input.read_exact(&mut head)?;
                let [head] = head;
                self.left = usize::from(head & 0x7f) + 1;
                let mut pixel = [0; 4];
                if head & 0x80 != 0 {
                    self.input.read_exact(pixel.get_mut(..bytes).unwrap_or_default())?;
                }
                self.repeated = (head & 0x80 != 0).then_some(pixel);
            }
            let count = self.left.min(row.len() / bytes);
            let (now, later) = row.split_at_mut_checked(count * bytes).unwrap_or_default();
            match self.repeated {
                Some(pixel) => {
                    let pixel = pixel.get(..bytes).unwrap_or_default();
                    now.chunks_exact_mut(bytes).for_each(|to| to.copy_from_slice(pixel));
                }
                None => self.input.read_exact(now)?,
            }
            self.left -= count;
            row = later;
        }
        Ok(())
    }
}
