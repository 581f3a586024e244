//! Samples of a PBM, PGM, PPM or PAM, row by row.

use std::io::{self, Read, Seek, SeekFrom};

use crate::error::{Error, Result};
use crate::memory::Scratch;
use crate::pixel::{Canvas, PixelFormat};
use crate::source::{Cursor, Source};

use super::header::{Coding, Info, number, significant};

/// Reads all rows.
pub fn decode(info: &Info, source: &Source, canvas: &mut Canvas<'_>) -> Result<()> {
    let mut input = source.cursor();
    input.seek(SeekFrom::Start(info.data)).map_err(|_| Error::damaged("no pixels"))?;
    let row_len = |bytes: usize| {
        let len = usize::try_from(u64::from(info.width) * (info.samples * bytes) as u64);
        len.map_err(|_| Error::no_memory(usize::MAX, "a row"))
    };
    let mut raw = Scratch::new(row_len(2)?, "a row", canvas.budget())?;
    let mut pixels = Scratch::new(row_len(4)?, "a row", canvas.budget())?;
    for y in 0..info.height {
        let position = input.stream_position().unwrap_or(info.data);
        let row = Row { info, canvas, y };
        let read = row.read(&mut input, &mut raw, &mut pixels);
        read.map_err(|error| error.at_offset(position))?;
    }
    Ok(())
}

struct Row<'a, 'c> {
    info: &'a Info,
    canvas: &'a mut Canvas<'c>,
    y: u32,
}

impl Row<'_, '_> {
    fn read(self, input: &mut Cursor, raw: &mut [u8], pixels: &mut [u8]) -> Result<()> {
        let (info, y) = (self.info, self.y);
        let width = info.width as usize;
        let cut = |_: io::Error| Error::damaged(format!("row {y} is cut off"));
        match info.coding {
            Coding::Bits => {
                let row = raw.get_mut(..width.div_ceil(8)).unwrap_or_default();
                input.read_exact(row).map_err(cut)?;
                self.canvas.put(y, PixelFormat::BinaryInverted, row)
            }
            Coding::PlainBits => {
                for to in raw.iter_mut().take(width) {
                    *to = match significant(input).map_err(cut)? {
                        Some(b'0') => 0,
                        Some(b'1') => 255,
                        _ => return Err(self.no_sample()),
                    };
                }
                self.canvas.put(y, PixelFormat::Binary8Inverted, raw)
            }
            Coding::ByteBits => {
                let row = raw.get_mut(..width).unwrap_or_default();
                input.read_exact(row).map_err(cut)?;
                row.iter_mut().for_each(|sample| *sample = if *sample == 0 { 0 } else { 255 });
                self.canvas.put(y, PixelFormat::Binary8, row)
            }
            Coding::Binary => {
                let len = width * info.samples * info.sample_len();
                let row = raw.get_mut(..len).unwrap_or_default();
                input.read_exact(row).map_err(cut)?;
                match (info.max, info.samples) {
                    (255, 1) => self.canvas.put(y, PixelFormat::Gray8, row),
                    (255, 3) => self.canvas.put(y, PixelFormat::Bgr888, row),
                    (255, 4) => self.canvas.put(y, PixelFormat::Abgr8888, row),
                    _ => self.put_scaled(row, pixels),
                }
            }
            Coding::Plain => {
                for to in raw.chunks_exact_mut(info.sample_len()).take(width * info.samples) {
                    let sample = number(input).map_err(cut)?.and_then(|n| u16::try_from(n).ok());
                    let sample = sample.filter(|sample| *sample <= info.max);
                    let bytes = sample.ok_or_else(|| self.no_sample())?.to_be_bytes();
                    to.copy_from_slice(bytes.get(2 - to.len()..).unwrap_or_default());
                }
                self.put_scaled(raw, pixels)
            }
        }
    }

    fn no_sample(&self) -> Error {
        Error::damaged(format!("row {} has something that is no sample, or too few", self.y))
    }

    /// Scales big-endian samples to the full range and puts them into our order.
    fn put_scaled(self, row: &[u8], pixels: &mut [u8]) -> Result<()> {
        let info = self.info;
        let order: &[usize] = match info.samples {
            1 => &[0],
            2 => &[0, 0, 0, 1],
            3 => &[2, 1, 0],
            _ => &[2, 1, 0, 3],
        };
        let len = info.sample_len();
        let max = u32::from(info.max);
        let full = if info.is_wide() { 65_535 } else { 255 };
        let scaled = |sample: &[u8]| {
            let value = sample.iter().fold(0, |number, byte| number << 8 | u32::from(*byte));
            ((value.min(max) * full + max / 2) / max) as u16
        };
        let width = info.width as usize;
        let targets = pixels.chunks_exact_mut(order.len() * len).take(width);
        for (to, from) in targets.zip(row.chunks_exact(info.samples * len)) {
            for (to, at) in to.chunks_exact_mut(len).zip(order) {
                let value = scaled(from.get(at * len..(at + 1) * len).unwrap_or_default());
                match to {
                    [to] => *to = value as u8,
                    _ => to.copy_from_slice(&value.to_ne_bytes()),
                }
            }
        }
        self.canvas.put(self.y, info.native(), pixels)
    }
}
