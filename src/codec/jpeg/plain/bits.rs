//! Bits and Huffman codes of entropy-coded data, and the markers between.

use std::io::{BufRead, Seek, SeekFrom};

use super::super::markers;
use super::super::tables::Huffman;
use crate::error::{Error, Kind, Result};
use crate::source::{Cursor, Source};

/// Reads bits up to a marker, and what follows it.
pub struct Bits {
    cursor: Cursor,
    /// Bits that were read, the next one highest; all below are ones.
    bits: u64,
    count: u32,
    /// The marker that ended the bits.
    marker: Option<u8>,
}

impl Bits {
    /// Begins at an offset.
    pub fn new(source: &Source, at: u64) -> Result<Self> {
        let mut cursor = source.cursor();
        cursor.seek(SeekFrom::Start(at)).map_err(|error| failed(&error))?;
        Ok(Self { cursor, bits: u64::MAX, count: 0, marker: None })
    }

    /// The next byte of the file, past the bits.
    pub fn byte(&mut self) -> Result<Option<u8>> {
        let byte = self.cursor.fill_buf().map_err(|error| failed(&error))?.first().copied();
        self.cursor.consume(usize::from(byte.is_some()));
        Ok(byte)
    }

    fn fill(&mut self) -> Result<()> {
        while self.count <= 48 && self.marker.is_none() {
            let byte = match self.byte()? {
                Some(0xff) => match self.after_ff()? {
                    Some(0) => 0xff,
                    marker => {
                        self.marker = Some(marker.unwrap_or(markers::EOI));
                        return Ok(());
                    }
                },
                Some(byte) => byte,
                None => return Err(ends_early()),
            };
            let place = 56 - self.count;
            self.bits = self.bits & !(0xff << place) | u64::from(byte) << place;
            self.count += 8;
        }
        Ok(())
    }

    fn after_ff(&mut self) -> Result<Option<u8>> {
        loop {
            match self.byte()? {
                Some(0xff) => {}
                other => return Ok(other),
            }
        }
    }

    fn drop(&mut self, count: u32) -> Result<()> {
        if count > self.count {
            return Err(Error::damaged("image data is missing before a marker"));
        }
        self.bits = self.bits << count | ((1 << count) - 1);
        self.count -= count;
        Ok(())
    }

    /// The next `count` bits, up to 16.
    pub fn take(&mut self, count: u32) -> Result<i32> {
        if count == 0 {
            return Ok(0);
        }
        if self.count < count {
            self.fill()?;
        }
        let value = (self.bits >> (64 - count)) as i32;
        self.drop(count)?;
        Ok(value)
    }

    /// A number of `count` bits that may be negative (T.81, F.2.2.1).
    pub fn signed(&mut self, count: u32) -> Result<i32> {
        let value = self.take(count)?;
        let negative = count > 0 && value < 1 << (count - 1);
        Ok(if negative { value + 1 - (1 << count) } else { value })
    }

    /// The next symbol.
    pub fn symbol(&mut self, codes: &Codes) -> Result<u8> {
        if self.count < 16 {
            self.fill()?;
        }
        let next = (self.bits >> 48) as u32;
        let code = codes.lens.iter().find(|code| next < code.limit);
        let code = code.ok_or_else(|| Error::damaged("a Huffman code is not in its table"))?;
        self.drop(code.len)?;
        let at = code.first_symbol + (next.wrapping_sub(code.first) >> (16 - code.len)) as usize;
        codes.symbols.get(at).copied().ok_or_else(|| Error::damaged("a Huffman table is damaged"))
    }

    /// Ends a piece of entropy-coded data: the marker after it, wherever it is; EOI where the file just ends is an error.
    pub fn next_marker(&mut self) -> Result<u8> {
        (self.bits, self.count) = (u64::MAX, 0);
        if let Some(marker) = self.marker.take() {
            return Ok(marker);
        }
        loop {
            match self.byte()? {
                Some(0xff) => match self.after_ff()? {
                    Some(0) => {}
                    Some(marker) => return Ok(marker),
                    None => return Err(ends_early()),
                },
                Some(_) => {}
                None => return Err(ends_early()),
            }
        }
    }

    /// The content of a segment, after its marker.
    pub fn segment(&mut self) -> Result<Vec<u8>> {
        let mut next = || self.byte()?.ok_or_else(ends_early);
        let len = usize::from(u16::from_be_bytes([next()?, next()?]));
        (2..len).map(|_| next()).collect()
    }
}

fn ends_early() -> Error {
    Error::damaged("the file ends before the image does")
}

fn failed(error: &std::io::Error) -> Error {
    Error::new(Kind::Io, format!("reading failed: {error}"))
}

/// Codes of one length.
struct Len {
    len: u32,
    /// The first code, and the first 16 bits after the last, both left-aligned in 16 bits.
    first: u32,
    limit: u32,
    first_symbol: usize,
}

/// A Huffman table to decode with.
pub struct Codes {
    lens: Vec<Len>,
    symbols: Vec<u8>,
}

impl Codes {
    /// Fails where there are more codes than bits for them.
    pub fn new(table: &Huffman) -> Result<Self> {
        let mut lens = Vec::new();
        let (mut code, mut symbol) = (0u32, 0);
        for (len, count) in (1u32..).zip(table.counts) {
            let first = code << (16 - len);
            code += u32::from(count);
            if code > 1 << len {
                return Err(Error::damaged("a Huffman table has too many codes"));
            }
            if count > 0 {
                lens.push(Len { len, first, limit: code << (16 - len), first_symbol: symbol });
            }
            symbol += usize::from(count);
            code <<= 1;
        }
        Ok(Self { lens, symbols: table.symbols.clone() })
    }
}
