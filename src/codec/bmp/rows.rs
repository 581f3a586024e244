//! Rows of pixels that are not compressed.

use std::io::{self, Read, Seek, SeekFrom};

use crate::error::{Error, Result};
use crate::memory::Scratch;
use crate::pixel::{Canvas, PixelFormat};
use crate::source::{Cursor, Source};

use super::header::{Info, Pixels};
use super::palette::{Painter, unpack};

/// Reads all rows, straight into the canvas where its format is the file's.
pub fn decode(info: &Info, source: &Source, canvas: &mut Canvas<'_>) -> Result<()> {
    let mut rows = Rows::new(info, source)?;
    let budget = canvas.budget();
    let width = info.width as usize;
    let mut raw = Scratch::new(rows.len, "a row", budget)?;
    match &info.pixels {
        Pixels::Direct(format) if *format == canvas.format() && !format.is_packed_bits() => {
            rows.each(|rows, y| rows.read(y, canvas.row(y)?))
        }
        Pixels::Direct(format) => rows.each(|rows, y| {
            rows.read(y, &mut raw)?;
            canvas.put(y, *format, &raw)
        }),
        Pixels::Padded if canvas.format() == PixelFormat::Rgb888 => rows.each(|rows, y| {
            rows.read(y, &mut raw)?;
            drop_padding(&raw, canvas.row(y)?);
            Ok(())
        }),
        Pixels::Padded => {
            let mut colours = Scratch::new(width.saturating_mul(3), "a row", budget)?;
            rows.each(|rows, y| {
                rows.read(y, &mut raw)?;
                drop_padding(&raw, &mut colours);
                canvas.put(y, PixelFormat::Rgb888, &colours)
            })
        }
        Pixels::Masked(masks) => {
            let format = masks.format();
            let len = width.saturating_mul(format.bits_per_pixel() / 8);
            let mut colours = Scratch::new(len, "a row", budget)?;
            rows.each(|rows, y| {
                rows.read(y, &mut raw)?;
                masks.row(&raw, &mut colours);
                canvas.put(y, format, &colours)
            })
        }
        Pixels::Indexed | Pixels::Runs => {
            let mut painter = Painter::new(&info.palette, canvas, budget)?;
            if info.bits == 8 {
                return rows.each(|rows, y| {
                    rows.read(y, &mut raw)?;
                    painter.paint(canvas, y, &raw)
                });
            }
            let mut indices = Scratch::new(width, "a row", budget)?;
            rows.each(|rows, y| {
                rows.read(y, &mut raw)?;
                unpack(&raw, info.bits, &mut indices);
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
    input: Cursor,
    info: &'a Info,
    /// Bytes of a row, and those that fill it up to a multiple of four.
    len: usize,
    padding: i64,
}

impl<'a> Rows<'a> {
    fn new(info: &'a Info, source: &Source) -> Result<Self> {
        let len = info.row_len();
        let padding = len.next_multiple_of(4) - len;
        let len = usize::try_from(len).map_err(|_| Error::no_memory(usize::MAX, "a row"))?;
        let mut input = source.cursor();
        input.seek(SeekFrom::Start(info.data)).map_err(|_| Error::damaged("no pixels"))?;
        Ok(Self { input, info, len, padding: padding.cast_signed() })
    }

    /// Calls `take` for each row with its place from the top.
    fn each(&mut self, mut take: impl FnMut(&mut Self, u32) -> Result<()>) -> Result<()> {
        let (height, top_down) = (self.info.height, self.info.top_down);
        (0..height).try_for_each(|n| take(self, if top_down { n } else { height - 1 - n }))
    }

    fn read(&mut self, y: u32, to: &mut [u8]) -> Result<()> {
        let row = to.get_mut(..self.len).unwrap_or_default();
        let cut = |_: io::Error| Error::damaged(format!("row {y} is cut off"));
        let position = self.input.stream_position().unwrap_or(self.info.data);
        self.input.read_exact(row).map_err(|error| cut(error).at_offset(position))?;
        self.input.seek_relative(self.padding).map_err(cut)
    }
}
