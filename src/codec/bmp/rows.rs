//! Rows of pixels that are not compressed.

use std::io::{self, BufRead, Read, Seek, SeekFrom};

use crate::error::{Error, Result};
use crate::limits::Budget;
use crate::memory::Scratch;
use crate::pixel::{Canvas, PixelFormat};
use crate::source::{Cursor, Source};

use super::header::{Info, Pixels};
use super::palette::{Painter, unpack};

/// Reads all rows, straight into the canvas where its format is the file's.
pub fn decode(info: &Info, source: &Source, canvas: &mut Canvas<'_>) -> Result<()> {
    let budget = canvas.budget();
    let mut rows = Rows::new(info, source, budget)?;
    let width = info.width as usize;
    match &info.pixels {
        Pixels::Direct(format) => rows.each(|y, row| canvas.put(y, *format, row)),
        Pixels::Padded if canvas.format() == PixelFormat::Rgb888 => rows.each(|y, row| {
            drop_padding(row, canvas.row(y)?);
            Ok(())
        }),
        Pixels::Padded => {
            let mut colours = Scratch::new(width.saturating_mul(3), "a row", budget)?;
            rows.each(|y, row| {
                drop_padding(row, &mut colours);
                canvas.put(y, PixelFormat::Rgb888, &colours)
            })
        }
        Pixels::Masked(masks) => {
            let format = masks.format();
            let len = width.saturating_mul(format.bits_per_pixel() / 8);
            let mut colours = Scratch::new(len, "a row", budget)?;
            rows.each(|y, row| {
                masks.row(row, &mut colours);
                canvas.put(y, format, &colours)
            })
        }
        Pixels::Indexed | Pixels::Runs => {
            let mut painter = Painter::new(&info.palette, canvas, budget)?;
            if info.bits == 8 {
                return rows.each(|y, row| painter.paint(canvas, y, row));
            }
            let mut indices = Scratch::new(width, "a row", budget)?;
            rows.each(|y, row| {
                unpack(row, info.bits, &mut indices);
                painter.paint(canvas, y, &indices)
            })
        }
    }
}

/// Keeps the first three of four bytes.
fn drop_padding(from: &[u8], to: &mut [u8]) {
    let (from, _) = from.as_chunks::<4>();
    for (to, [b, g, r, _]) in to.as_chunks_mut::<3>().0.iter_mut().zip(from) {
        *to = [*b, *g, *r];
    }
}

/// The rows of a file, in its order.
struct Rows<'a> {
    source: &'a Source,
    input: Cursor,
    info: &'a Info,
    /// Bytes of a row, and those that fill it up to a multiple of four.
    len: usize,
    padding: usize,
    /// A row that lies nowhere as a whole.
    raw: Scratch,
}

impl<'a> Rows<'a> {
    fn new(info: &'a Info, source: &'a Source, budget: &Budget) -> Result<Self> {
        let len = info.row_len();
        let padding = (len.next_multiple_of(4) - len) as usize;
        let len = usize::try_from(len).map_err(|_| Error::no_memory(usize::MAX, "a row"))?;
        let mut input = source.cursor();
        input.seek(SeekFrom::Start(info.data)).map_err(|_| Error::damaged("no pixels"))?;
        let raw = Scratch::new(len, "a row", budget)?;
        Ok(Self { source, input, info, len, padding, raw })
    }

    /// Calls `take` for each row, after its place from the top.
    fn each(&mut self, mut take: impl FnMut(u32, &[u8]) -> Result<()>) -> Result<()> {
        let (height, top_down) = (self.info.height, self.info.top_down);
        let whole = self.len.saturating_add(self.padding) as u64;
        for n in 0..height {
            let y = if top_down { n } else { height - 1 - n };
            let at = self.info.data.saturating_add(u64::from(n).saturating_mul(whole));
            take(y, self.row(at).map_err(|_| damaged(y).at_offset(at))?)?;
        }
        Ok(())
    }

    /// The row at a place, where it is in memory or was read with those before, or read.
    fn row(&mut self, at: u64) -> io::Result<&[u8]> {
        if let Some(row) = self.source.lent(at, self.len) {
            return Ok(row);
        }
        self.input.seek(SeekFrom::Start(at))?;
        if self.input.fill_buf()?.len() >= self.len {
            return Ok(self.input.fill_buf()?.get(..self.len).unwrap_or_default());
        }
        self.input.read_exact(&mut self.raw)?;
        Ok(&self.raw)
    }
}

fn damaged(y: u32) -> Error {
    Error::damaged(format!("row {y} is cut off"))
}
