//! Rows of samples as PDF files hold them, turned into rows of pixels.

use super::{Colour, Facts};
use crate::error::{Error, Result};
use crate::memory;
use crate::pixel::{PixelFormat, convert};

/// Makes rows of pixels.
pub struct Rows {
    colour: Colour,
    bits: u32,
    reversed: bool,
    width: usize,
    samples: usize,
    format: PixelFormat,
    /// The samples of a row, as they are stored.
    values: Vec<u16>,
    row: Vec<u8>,
}

impl Rows {
    pub fn new(facts: &Facts) -> Result<Self> {
        if !matches!(facts.bits, 1 | 2 | 4 | 8 | 16) {
            let bits = facts.bits;
            return Err(Error::unsupported(format!("an image of {bits} bits a sample in a PDF")));
        }
        let width = facts.width as usize;
        let samples = facts.samples() as usize;
        let format = match (&facts.colour, facts.bits) {
            (Colour::Rgb, 16) => PixelFormat::Rgb161616,
            (Colour::Cmyk, _) => PixelFormat::Cmyk8888,
            _ => match facts.opaque_format() {
                PixelFormat::Rgb888 => PixelFormat::Bgr888,
                other => other,
            },
        };
        let row_len = format.min_stride(facts.width) as usize;
        let count = width.saturating_mul(samples);
        let mut values = Vec::new();
        values.try_reserve_exact(count).map_err(|_| Error::no_memory(count * 2, "a row"))?;
        Ok(Self {
            colour: facts.colour.clone(),
            bits: facts.bits,
            reversed: facts.reversed,
            width,
            samples,
            format,
            values,
            row: memory::zeroed(row_len, "a row")?,
        })
    }

    /// The format of the rows that are made.
    pub fn format(&self) -> PixelFormat {
        self.format
    }

    /// Bytes of a row as it is stored.
    pub fn stored_len(&self) -> usize {
        self.width.saturating_mul(self.samples * self.bits as usize).div_ceil(8)
    }

    /// Pixels of a stored row.
    pub fn make<'a>(&'a mut self, stored: &'a [u8]) -> &'a [u8] {
        let indexed = matches!(self.colour, Colour::Indexed(_));
        match (self.bits, self.reversed) {
            (8, false) if !indexed => return stored,
            (1 | 8, true) if self.format == PixelFormat::Binary || self.bits == 8 => {
                self.row.iter_mut().zip(stored).for_each(|(to, from)| *to = !from);
                self.clear_tail();
                return &self.row;
            }
            (1, false) if self.format == PixelFormat::Binary && !indexed => return stored,
            _ => {}
        }
        self.unpack(stored);
        match &self.colour {
            Colour::Indexed(palette) => look_up(&self.values, palette, self.format, &mut self.row),
            _ if self.bits == 16 && self.format.is_16_bit() => self.widen(),
            _ => {
                let most = (1u32 << self.bits) - 1;
                let scaled = |value: u16| (u32::from(value) * 255 / most) as u8;
                self.row.iter_mut().zip(&self.values).for_each(|(to, value)| *to = scaled(*value));
            }
        }
        &self.row
    }

    fn clear_tail(&mut self) {
        if self.format == PixelFormat::Binary {
            convert::clear_tail(&mut self.row, self.width);
        }
    }

    fn unpack(&mut self, stored: &[u8]) {
        let count = self.width.saturating_mul(self.samples);
        self.values.clear();
        let bits = self.bits;
        let most = ((1u32 << bits) - 1) as u16;
        if bits == 16 {
            self.values
                .extend(stored.as_chunks::<2>().0.iter().map(|pair| u16::from_be_bytes(*pair)));
        } else {
            let shifts = (0..8 / bits).rev().map(move |at| at * bits);
            let each = stored
                .iter()
                .flat_map(|byte| shifts.clone().map(move |shift| u16::from(*byte) >> shift & most));
            self.values.extend(each.take(count));
        }
        if self.reversed {
            self.values.iter_mut().for_each(|value| *value = most - *value);
        }
    }

    /// Native samples, of colours the last one first.
    fn widen(&mut self) {
        let pixels = self.row.chunks_exact_mut(2 * self.samples);
        for (to, from) in pixels.zip(self.values.chunks_exact(self.samples)) {
            let to = to.as_chunks_mut::<2>().0.iter_mut();
            to.zip(from.iter().rev()).for_each(|(to, value)| *to = value.to_ne_bytes());
        }
    }
}

/// The colours of indexes. One past the palette is its last one.
fn look_up(values: &[u16], palette: &[[u8; 3]], format: PixelFormat, row: &mut [u8]) {
    let last = palette.len().saturating_sub(1);
    let colours = values
        .iter()
        .map(|index| palette.get(usize::from(*index).min(last)).copied().unwrap_or_default());
    match format {
        PixelFormat::Binary => {
            row.fill(0);
            for (at, _) in colours.enumerate().filter(|(_, [r, ..])| *r > 0) {
                if let Some(byte) = row.get_mut(at / 8) {
                    *byte |= 0x80 >> (at % 8);
                }
            }
        }
        PixelFormat::Gray8 => row.iter_mut().zip(colours).for_each(|(to, [gray, ..])| *to = gray),
        _ => {
            let pixels = row.as_chunks_mut::<3>().0.iter_mut();
            pixels.zip(colours).for_each(|(to, colour)| *to = colour);
        }
    }
}
