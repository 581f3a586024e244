//! Run-length encoded rows: RLE4, RLE8 and the RLE24 of OS/2.

use std::io::{Read, Seek, SeekFrom};

use crate::error::{Error, Result};
use crate::memory::Scratch;
use crate::pixel::{Canvas, PixelFormat};
use crate::source::{Cursor, Source};

use super::header::Info;
use super::palette::{Painter, unpack};

/// Codes behind a count of zero; others are the number of pixels that follow as they are.
const END_OF_LINE: u8 = 0;
const END_OF_BITMAP: u8 = 1;
const DELTA: u8 = 2;

/// Reads all runs. Pixels that are jumped over, or that come after an early end, have index 0.
pub fn decode(info: &Info, source: &Source, canvas: &mut Canvas<'_>) -> Result<()> {
    let mut input = source.cursor();
    input.seek(SeekFrom::Start(info.data)).map_err(|_| Error::damaged("no pixels"))?;
    let mut picture = Runs::new(info, canvas)?;
    match picture.read(&mut input) {
        Ok(()) => picture.finish(),
        Err(error) => Err(error.at_offset(input.stream_position().unwrap_or(info.data))),
    }
}

struct Runs<'a, 'c> {
    info: &'a Info,
    canvas: &'a mut Canvas<'c>,
    painter: Painter,
    /// Indices, or B, G, R, of the row that is being filled.
    row: Scratch,
    /// Bytes of a pixel in it.
    pixel: usize,
    x: usize,
    /// Rows that are complete.
    line: u32,
}

impl<'a, 'c> Runs<'a, 'c> {
    fn new(info: &'a Info, canvas: &'a mut Canvas<'c>) -> Result<Self> {
        let budget = canvas.budget();
        let pixel = if info.bits == 24 { 3 } else { 1 };
        let len = (info.width as usize).saturating_mul(pixel);
        let row = Scratch::new(len, "a row", budget)?;
        let painter = Painter::new(&info.palette, canvas, budget)?;
        Ok(Self { info, canvas, painter, row, pixel, x: 0, line: 0 })
    }

    fn read(&mut self, input: &mut Cursor) -> Result<()> {
        loop {
            // A file may end behind its last pixel.
            let count = match self.bytes(input) {
                Err(_) if self.is_complete() => return Ok(()),
                read => u8::from_le_bytes(read?),
            };
            if count > 0 {
                self.run(count, input)?;
                continue;
            }
            match self.bytes(input)? {
                [END_OF_LINE] => self.end_line()?,
                [END_OF_BITMAP] => return Ok(()),
                [DELTA] => {
                    let [right, on] = self.bytes(input)?;
                    self.jump(right, on)?;
                }
                [count] => self.copy(count, input)?,
            }
        }
    }

    fn bytes<const N: usize>(&self, input: &mut Cursor) -> Result<[u8; N]> {
        let mut bytes = [0; N];
        input.read_exact(&mut bytes).map_err(|_| cut(self.line))?;
        Ok(bytes)
    }

    fn is_complete(&self) -> bool {
        let left = self.info.height.saturating_sub(self.line);
        left == 0 || (left == 1 && self.x == self.info.width as usize)
    }

    /// Moves past the next `count` pixels of the row, and lends them.
    fn next(&mut self, count: u8) -> Result<&mut [u8]> {
        let (start, line, height) = (self.x, self.line, self.info.height);
        self.x += usize::from(count);
        let range = start * self.pixel..self.x * self.pixel;
        let pixels = self.row.get_mut(range).filter(|_| line < height);
        pixels.ok_or_else(|| Error::damaged(format!("a run of {count} pixels leaves row {line}")))
    }

    /// `count` times the same pixel, or two in turn with 4 bits each.
    fn run(&mut self, count: u8, input: &mut Cursor) -> Result<()> {
        match self.info.bits {
            24 => {
                let colour: [u8; 3] = self.bytes(input)?;
                self.next(count)?.as_chunks_mut().0.fill(colour);
            }
            8 => {
                let [index] = self.bytes(input)?;
                self.next(count)?.fill(index);
            }
            _ => {
                let [pair]: [u8; 1] = self.bytes(input)?;
                for pixels in self.next(count)?.chunks_mut(2) {
                    unpack(&[pair], 4, pixels);
                }
            }
        }
        Ok(())
    }

    /// `count` pixels as they are, filled up to an even number of bytes.
    fn copy(&mut self, count: u8, input: &mut Cursor) -> Result<()> {
        let (bits, line) = (self.info.bits, self.line);
        let pixels = self.next(count)?;
        let mut raw = [0; 255 * 3 + 1];
        let len = (usize::from(count) * bits as usize).div_ceil(8);
        let raw = raw.get_mut(..len.next_multiple_of(2)).unwrap_or_default();
        input.read_exact(raw).map_err(|_| cut(line))?;
        if bits == 4 {
            unpack(raw, 4, pixels);
        } else {
            pixels.iter_mut().zip(raw).for_each(|(to, from)| *to = *from);
        }
        Ok(())
    }

    fn jump(&mut self, right: u8, on: u8) -> Result<()> {
        let x = self.x + usize::from(right);
        let line = u64::from(self.line) + u64::from(on);
        if x > self.info.width as usize || line > u64::from(self.info.height) {
            let message =
                format!("a jump of {right}, {on} from row {} leaves the image", self.line);
            return Err(Error::damaged(message));
        }
        for _ in 0..on {
            self.end_line()?;
        }
        self.x = x;
        Ok(())
    }

    fn end_line(&mut self) -> Result<()> {
        self.x = 0;
        if self.line >= self.info.height {
            return Ok(());
        }
        let height = self.info.height;
        let y = if self.info.top_down { self.line } else { height - 1 - self.line };
        match self.pixel {
            3 => self.canvas.put(y, PixelFormat::Rgb888, &self.row)?,
            _ => self.painter.paint(self.canvas, y, &self.row)?,
        }
        self.row.fill(0);
        self.line += 1;
        Ok(())
    }

    fn finish(mut self) -> Result<()> {
        while self.line < self.info.height {
            self.end_line()?;
        }
        Ok(())
    }
}

fn cut(line: u32) -> Error {
    Error::damaged(format!("the runs end in row {line} of the file"))
}
