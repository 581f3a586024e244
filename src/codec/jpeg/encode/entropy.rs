//! Blocks as Huffman codes in a bit stream, or counted for a better table.

use super::super::tables::ZIGZAG;
use super::huffman::{Codes, Counts};
use super::quantize::Coefficients;
use crate::error::Result;
use crate::memory;
use crate::sink::Sink;

/// Where blocks go.
pub trait Entropy {
    /// Takes a block: the tables it uses, the difference of its DC to that of the block before, its AC.
    fn block(&mut self, tables: usize, difference: i16, ac: &Coefficients) -> Result<()>;
}

/// DC and AC tables, of luma and chroma.
pub const TABLES: usize = 4;

/// Counts symbols.
pub struct Statistics(pub [Counts; TABLES]);

impl Statistics {
    /// None yet.
    pub fn new() -> Self {
        Self([[0; 256]; TABLES])
    }
}

impl Entropy for Statistics {
    fn block(&mut self, tables: usize, difference: i16, ac: &Coefficients) -> Result<()> {
        if let [dc_counts, ac_counts, ..] = &mut self.0[tables * 2..] {
            dc_counts[category(difference) as usize] += 1;
            put_symbols(ac, &mut Counter(ac_counts));
        }
        Ok(())
    }
}

/// Bits of a magnitude.
#[inline(always)]
fn category(value: i16) -> u32 {
    16 - value.unsigned_abs().leading_zeros()
}

/// Takes the symbols of a block with their coefficients.
trait Symbols {
    fn put(&mut self, symbol: u8, value: i16);
}

struct Counter<'a>(&'a mut Counts);

impl Symbols for Counter<'_> {
    #[inline(always)]
    fn put(&mut self, symbol: u8, _value: i16) {
        self.0[usize::from(symbol)] += 1;
    }
}

/// Runs of zeros and what follows them (T.81, F.1.2.2).
#[inline(always)]
fn put_symbols(ac: &Coefficients, to: &mut impl Symbols) {
    let mut mask = ac.mask & !1;
    let mut last = 0;
    while mask != 0 {
        let place = mask.trailing_zeros();
        mask &= mask - 1;
        let mut run = place - last - 1;
        while run > 15 {
            to.put(0xf0, 0);
            run -= 16;
        }
        let value = ac.values[usize::from(ZIGZAG[(place & 63) as usize] & 63)];
        to.put((run << 4 | category(value)) as u8, value);
        last = place;
    }
    if last != 63 {
        to.put(0, 0);
    }
}

/// Bytes collected before they go into the sink.
const BUFFER: usize = 32 << 10;

/// Bytes that a block takes at the most: 64 codes of 16 bits with 11 more, each byte stuffed, and what was begun.
const BLOCK: usize = 512;

/// Writes the bit stream.
pub struct Coder<'a, 's> {
    sink: &'a mut Sink<'s>,
    codes: [Codes; TABLES],
    buffer: Vec<u8>,
    len: usize,
    /// Bits that are not in the buffer yet, the first one highest; `free` more fit in.
    bits: u64,
    free: u32,
}

impl<'a, 's> Coder<'a, 's> {
    /// Codes of the tables in the order of [`TABLES`].
    pub fn new(sink: &'a mut Sink<'s>, codes: [Codes; TABLES]) -> Result<Self> {
        let buffer = memory::zeroed(BUFFER, "the encoder")?;
        Ok(Self { sink, codes, buffer, len: 0, bits: 0, free: 64 })
    }

    /// Fills the last byte with ones and hands everything over.
    pub fn finish(mut self) -> Result<()> {
        let used = 64 - self.free;
        let fill = (8 - used % 8) % 8;
        self.flush()?;
        if used > 0 {
            let bits = self.bits << fill | ((1 << fill) - 1);
            let top = bits << (64 - used - fill);
            for byte in top.to_be_bytes().into_iter().take((used + fill) as usize / 8) {
                self.sink.put(if byte == 0xff {
                    &[0xff, 0]
                } else {
                    std::slice::from_ref(&byte)
                })?;
            }
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<()> {
        self.sink.put(&self.buffer[..self.len])?;
        self.len = 0;
        Ok(())
    }
}

impl Entropy for Coder<'_, '_> {
    fn block(&mut self, tables: usize, difference: i16, ac: &Coefficients) -> Result<()> {
        if self.len + BLOCK > BUFFER {
            self.flush()?;
        }
        let Some(buffer) = self.buffer[self.len..].first_chunk_mut() else { return Ok(()) };
        let codes = &self.codes[(tables * 2) & 3];
        let mut out = Bits { codes, buffer, len: 0, bits: self.bits, free: self.free };
        out.put(category(difference) as u8, difference);
        out.codes = &self.codes[(tables * 2 + 1) & 3];
        put_symbols(ac, &mut out);
        let Bits { len, bits, free, .. } = out;
        (self.bits, self.free) = (bits, free);
        self.len += len;
        Ok(())
    }
}

/// The stream within a block.
struct Bits<'a> {
    codes: &'a Codes,
    buffer: &'a mut [u8; BLOCK],
    len: usize,
    bits: u64,
    free: u32,
}

impl Symbols for Bits<'_> {
    /// A code, and the lowest bits of a value or of its complement.
    #[inline(always)]
    fn put(&mut self, symbol: u8, value: i16) {
        let (code, code_len) = self.codes.0[usize::from(symbol)];
        let extra = category(value);
        let low = (i32::from(value) + i32::from(value >> 15)) as u32 & ((1 << extra) - 1);
        let word = u64::from(u32::from(code) << extra | low);
        let len = u32::from(code_len) + extra;
        if len <= self.free {
            self.bits = self.bits << len | word;
            self.free -= len;
            return;
        }
        let over = len - self.free;
        // Bits above those in use are shifted out before they are written.
        let full = (self.bits << self.free) | word >> over;
        self.bits = word;
        self.free = 64 - over;
        self.write(full);
    }
}

impl Bits<'_> {
    #[inline(always)]
    fn write(&mut self, bits: u64) {
        let bytes = bits.to_be_bytes();
        let ones = bits & 0x8080_8080_8080_8080 & !bits.wrapping_add(0x0101_0101_0101_0101);
        if ones == 0
            && let Some(to) = self.buffer.get_mut(self.len..self.len + 8)
        {
            to.copy_from_slice(&bytes);
            self.len += 8;
            return;
        }
        for byte in bytes {
            if let Some([to, stuffing, ..]) = self.buffer.get_mut(self.len..) {
                *to = byte;
                *stuffing = 0;
                self.len += if byte == 0xff { 2 } else { 1 };
            }
        }
    }
}
