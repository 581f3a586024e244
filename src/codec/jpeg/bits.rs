//! Entropy-coded data: bits, Huffman codes, restart markers (T.81, annexes B, C and F).

use std::io::{BufRead, Seek, SeekFrom};

use super::markers;
use crate::error::{Error, Result};
use crate::source::{Cursor, Source};

/// A Huffman table made for decoding: the length and category of the code that each 16 bits begin with.
pub struct Codes(Vec<(u8, u8)>);

impl Codes {
    /// From the codes there are of each length, and the symbols by length.
    pub fn new(counts: &[u8; 16], symbols: &[u8]) -> Result<Self> {
        let mut table = vec![(0, 0); 1 << 16];
        let mut symbols = symbols.iter();
        let mut next = 0usize;
        for (length, count) in (1u8..).zip(counts) {
            for symbol in symbols.by_ref().take((*count).into()) {
                let span = 1usize << (16 - length);
                table.get_mut(next..next + span).ok_or_else(bad_table)?.fill((length, *symbol));
                next += span;
            }
        }
        Ok(Self(table))
    }
}

/// Bits of entropy-coded data.
pub struct Bits {
    cursor: Cursor,
    held: u64,
    count: u32,
    /// Bytes of the file that were taken.
    pub offset: u64,
    /// How many of the bits held are zeros in place of bits that are not there: a marker, or the end, was met.
    missing: u32,
}

impl Bits {
    /// The data that begins at byte `at` of the file.
    pub fn new(source: &Source, at: u64) -> Result<Self> {
        let mut cursor = source.cursor();
        cursor.seek(SeekFrom::Start(at)).map_err(|_| ends_early())?;
        Ok(Self { cursor, held: 0, count: 0, offset: at, missing: 0 })
    }

    fn byte(&mut self) -> Result<Option<u8>> {
        let buffer = self.cursor.fill_buf().map_err(|_| ends_early())?;
        let byte = buffer.first().copied();
        self.cursor.consume(1);
        self.offset += u64::from(byte.is_some());
        Ok(byte)
    }

    /// Brings at least 32 bits in, zeros where there are none left.
    fn fill(&mut self) -> Result<()> {
        while self.count <= 32 {
            let byte = if self.missing > 0 { None } else { self.data_byte()? };
            self.missing += if byte.is_none() { 8 } else { 0 };
            self.held |= u64::from(byte.unwrap_or(0)) << (56 - self.count);
            self.count += 8;
        }
        Ok(())
    }

    /// The next byte of data; a marker stays where it is.
    fn data_byte(&mut self) -> Result<Option<u8>> {
        match self.byte()? {
            Some(0xff) => match self.byte()? {
                Some(0) => Ok(Some(0xff)),
                _ => {
                    let back = self.offset.saturating_sub(2);
                    self.cursor.seek(SeekFrom::Start(back)).map_err(|_| ends_early())?;
                    self.offset = back;
                    Ok(None)
                }
            },
            other => Ok(other),
        }
    }

    fn take(&mut self, count: u32) -> Result<u32> {
        let bits = if count == 0 { 0 } else { (self.held >> (64 - count)) as u32 };
        self.held <<= count;
        self.count = self.count.saturating_sub(count);
        if self.count < self.missing { Err(ends_early()) } else { Ok(bits) }
    }

    /// The symbol of the next code. At least 16 bits are held afterwards.
    pub fn symbol(&mut self, codes: &Codes) -> Result<u8> {
        if self.count < 32 {
            self.fill()?;
        }
        let place = (self.held >> 48) as usize;
        let (length, symbol) = codes.0.get(place).copied().unwrap_or_default();
        if length == 0 {
            let all_there = self.count >= self.missing + 16;
            return Err(if all_there { bad_code() } else { ends_early() });
        }
        self.take(length.into()).map(|_| symbol)
    }

    /// A signed value of `category` bits, 15 at the most, right after a symbol (T.81, F.2.2.1).
    pub fn value(&mut self, category: u8) -> Result<i32> {
        let bits = self.take(category.into())? as i32;
        let is_negative = category > 0 && bits < 1 << (category - 1);
        Ok(if is_negative { bits - (1 << category) + 1 } else { bits })
    }

    /// A difference: a category, and as many bits. That of 16 bits has none (T.81, H.1.2.2).
    pub fn difference(&mut self, codes: &Codes) -> Result<i32> {
        match self.symbol(codes)? {
            category @ ..=15 => self.value(category),
            16 => Ok(32_768),
            _ => Err(bad_code()),
        }
    }

    /// The marker after the data, and what its segment holds.
    pub fn segment(&mut self) -> Result<(u8, Vec<u8>)> {
        (self.held, self.count, self.missing) = (0, 0, 0);
        let mut last = 0;
        let marker = loop {
            match (last, self.byte()?.ok_or_else(ends_early)?) {
                (0xff, marker @ 1..=0xfe) => break marker,
                (_, byte) => last = byte,
            }
        };
        if markers::is_alone(marker) {
            return Ok((marker, Vec::new()));
        }
        let mut next = || self.byte()?.ok_or_else(ends_early);
        let len = usize::from(u16::from_be_bytes([next()?, next()?])).saturating_sub(2);
        let content = (0..len).map(|_| next()).collect::<Result<_>>()?;
        Ok((marker, content))
    }

    /// Goes on behind the restart marker of this number.
    pub fn restart(&mut self, number: u8) -> Result<()> {
        (self.held, self.count, self.missing) = (0, 0, 0);
        let found = (self.byte()?, self.byte()?);
        if found == (Some(0xff), Some(markers::RST0 + number)) {
            return Ok(());
        }
        Err(Error::damaged(format!("restart marker {number} is missing")))
    }
}

/// Data that ends before the image does.
pub fn ends_early() -> Error {
    Error::damaged("the image data ends early")
}

fn bad_code() -> Error {
    Error::damaged("the image data has a bad Huffman code")
}

/// A table that cannot be one.
pub fn bad_table() -> Error {
    Error::damaged("a Huffman table (DHT) is damaged")
}
