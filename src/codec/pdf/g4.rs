//! CCITT Group 4 (ITU-T T.6) into a stream, row by row.

use std::io::{self, Write};

use fax::encoder::Encoder;
use fax::{BitWriter, Bits, Color};

/// Compresses rows of one bit per pixel, 0 = black.
pub struct G4<W: Write> {
    encoder: Encoder<BitStream<W>>,
    width: u32,
}

impl<W: Write> G4<W> {
    /// For rows of `width` pixels.
    pub fn new(out: W, width: u32) -> Self {
        let bits = BitStream { out, block: Vec::with_capacity(BLOCK + 8), partial: 0, len: 0 };
        Self { encoder: Encoder::new(bits), width }
    }

    /// Appends a row.
    pub fn row(&mut self, row: &[u8]) -> io::Result<()> {
        let bits = row.iter().flat_map(|byte| (0..8).rev().map(move |at| byte >> at & 1));
        let colours = bits.map(|bit| if bit == 0 { Color::Black } else { Color::White });
        self.encoder.encode_line(colours.take(self.width as usize), self.width)
    }

    /// Writes the end of the block and what is left in the last byte.
    pub fn finish(self) -> io::Result<()> {
        self.encoder.finish()?.finish()
    }
}

/// Bytes that are collected before they are written.
const BLOCK: usize = 32 << 10;

/// Collects bits, the most significant first.
struct BitStream<W> {
    out: W,
    block: Vec<u8>,
    partial: u32,
    len: u32,
}

impl<W: Write> BitWriter for BitStream<W> {
    type Error = io::Error;

    fn write(&mut self, bits: Bits) -> io::Result<()> {
        self.partial = self.partial << bits.len | u32::from(bits.data);
        self.len += u32::from(bits.len);
        while self.len >= 8 {
            self.len -= 8;
            self.block.push((self.partial >> self.len) as u8);
        }
        if self.block.len() >= BLOCK {
            self.out.write_all(&self.block)?;
            self.block.clear();
        }
        Ok(())
    }
}

impl<W: Write> BitStream<W> {
    fn finish(mut self) -> io::Result<()> {
        if self.len > 0 {
            self.block.push((self.partial << (8 - self.len)) as u8);
        }
        self.out.write_all(&self.block)
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
            let mut coded = Vec::new();
            let mut encoder = G4::new(&mut coded, width);
            (0..20).for_each(|y| encoder.row(&row(y)).unwrap());
            encoder.finish().unwrap();
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
