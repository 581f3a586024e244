//! CCITT Group 4 (ITU-T T.6) into a sink, row by row.

use fax::encoder::Encoder;
use fax::{BitWriter, Bits, Color};

use crate::codec::Picture;
use crate::error::{Error, Result};
use crate::limits::Budget;
use crate::memory::Scratch;
use crate::sink::Sink;

/// Writes a picture of one bit per pixel, 0 = black, and the end of the block.
pub fn encode(picture: &Picture<'_>, sink: &mut Sink<'_>, budget: &Budget) -> Result<()> {
    let mut scratch = Scratch::new(picture.row_len(), "a row of fax data", budget)?;
    let mut encoder = G4::new(sink, picture.width);
    for y in 0..picture.height {
        encoder.row(picture.row(y, &mut scratch)?)?;
    }
    encoder.finish()
}

/// Compresses rows of `width` pixels, `row_len` bytes each, 0 = black, and ends the block.
pub fn encode_rows(rows: &[u8], row_len: usize, width: u32) -> Result<Vec<u8>> {
    let mut sink = Sink::memory();
    let mut encoder = G4::new(&mut sink, width);
    for row in rows.chunks_exact(row_len.max(1)) {
        encoder.row(row)?;
    }
    encoder.finish()?;
    sink.finish()
}

/// Compresses rows of one bit per pixel, 0 = black.
struct G4<'a, 'b> {
    encoder: Encoder<BitStream<'a, 'b>>,
    width: u32,
}

impl<'a, 'b> G4<'a, 'b> {
    fn new(sink: &'a mut Sink<'b>, width: u32) -> Self {
        let bits = BitStream { sink, block: Vec::with_capacity(BLOCK + 8), partial: 0, len: 0 };
        Self { encoder: Encoder::new(bits), width }
    }

    fn row(&mut self, row: &[u8]) -> Result<()> {
        let bits = row.iter().flat_map(|byte| (0..8).rev().map(move |at| byte >> at & 1));
        let colours = bits.map(|bit| if bit == 0 { Color::Black } else { Color::White });
        self.encoder.encode_line(colours.take(self.width as usize), self.width)
    }

    fn finish(self) -> Result<()> {
        self.encoder.finish()?.finish()
    }
}

/// Bytes that are collected before they are written.
const BLOCK: usize = 32 << 10;

/// Collects bits, the most significant first.
struct BitStream<'a, 'b> {
    sink: &'a mut Sink<'b>,
    block: Vec<u8>,
    partial: u32,
    len: u32,
}

impl BitWriter for BitStream<'_, '_> {
    type Error = Error;

    fn write(&mut self, bits: Bits) -> Result<()> {
        self.partial = self.partial << bits.len | u32::from(bits.data);
        self.len += u32::from(bits.len);
        while self.len >= 8 {
            self.len -= 8;
            self.block.push((self.partial >> self.len) as u8);
        }
        if self.block.len() >= BLOCK {
            self.sink.put(&self.block)?;
            self.block.clear();
        }
        Ok(())
    }
}

impl BitStream<'_, '_> {
    fn finish(mut self) -> Result<()> {
        if self.len > 0 {
            self.block.push((self.partial << (8 - self.len)) as u8);
        }
        self.sink.put(&self.block)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_back_from_another_decoder() {
        for width in [1u32, 7, 8, 9, 64, 2561, 5200] {
            let len = width.div_ceil(8);
            let row = |y: u32| -> Vec<u8> {
                (0..len)
                    .map(|x| ((x * 37 + y * 11) % 251 * (x / 40 % 2)) as u8 ^ (y % 3) as u8)
                    .collect()
            };
            let mut sink = Sink::memory();
            let mut encoder = G4::new(&mut sink, width);
            (0..20).for_each(|y| encoder.row(&row(y)).unwrap());
            encoder.finish().unwrap();
            let coded = sink.finish().unwrap();
            let mut y = 0;
            fax::decoder::decode_g4(coded.iter().copied(), width, None, |transitions| {
                let pixels = fax::decoder::pels(transitions, width);
                let wanted =
                    row(y).into_iter().flat_map(|b| (0..8).rev().map(move |at| b >> at & 1));
                let black = wanted.take(width as usize).map(|bit| bit == 0);
                assert!(pixels.map(|colour| colour == Color::Black).eq(black), "{width}, row {y}");
                y += 1;
            });
            assert_eq!(y, 20);
        }
    }
}
