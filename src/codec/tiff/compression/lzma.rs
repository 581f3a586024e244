//! LZMA as libtiff writes it: an .xz stream of one block, LZMA2 with or without the delta filter before it.

use std::io::Read;

use lzma_rust2::Lzma2Reader;
use lzma_rust2::filter::delta::DeltaReader;

use super::Packed;
use crate::error::{Error, Result};
use crate::limits::Budget;
use crate::memory::{self, Scratch};

const DELTA: u64 = 3;
const LZMA2: u64 = 0x21;

/// The largest dictionary that is read: that of the highest preset.
const MOST: u32 = 64 << 20;

/// What a block says of itself.
struct Block {
    /// Where its data begins.
    data: usize,
    dictionary: u32,
    /// Bytes between two that are subtracted.
    delta: Option<usize>,
}

/// Opens the stream in `raw`; the decoder holds a dictionary.
pub fn open(raw: Scratch, budget: &Budget) -> Result<Packed> {
    let block = block(&raw)?;
    if block.dictionary > MOST {
        let size = block.dictionary;
        return Err(Error::unsupported(format!(
            "has an LZMA dictionary of {size} bytes, over {MOST}"
        )));
    }
    let booked = budget.reserve(u64::from(block.dictionary) + (1 << 20))?;
    memory::room(block.dictionary as usize + (1 << 20), "an LZMA dictionary")?;
    let lzma = Lzma2Reader::new(super::Bytes::from(raw, block.data), block.dictionary, None);
    let reader: Box<dyn Read + Send> = match block.delta {
        Some(distance) => Box::new(DeltaReader::new(lzma, distance)),
        None => Box::new(lzma),
    };
    Ok(Packed::new(reader, "LZMA", booked))
}

/// Reads the headers of stream and block (the .xz file format 1.2, sections 2.1.1 and 3.1).
fn block(raw: &[u8]) -> Result<Block> {
    let damaged = || Error::damaged("has no LZMA data");
    let header =
        raw.strip_prefix(b"\xfd7zXZ\0").and_then(|rest| rest.get(6..)).ok_or_else(damaged)?;
    let len = (usize::from(*header.first().ok_or_else(damaged)?) + 1) * 4;
    let mut fields = Fields(header.get(1..len).ok_or_else(damaged)?);
    let flags = fields.byte().ok_or_else(damaged)?;
    for bit in [0x40, 0x80] {
        if flags & bit != 0 {
            fields.number().ok_or_else(damaged)?;
        }
    }
    let mut delta = None;
    let mut dictionary = None;
    for _ in 0..=flags & 3 {
        let (id, size) =
            (fields.number().ok_or_else(damaged)?, fields.number().ok_or_else(damaged)?);
        let property = fields.byte().filter(|_| size == 1);
        match (id, property) {
            (DELTA, Some(distance)) if delta.is_none() && dictionary.is_none() => {
                delta = Some(usize::from(distance) + 1);
            }
            (LZMA2, Some(size @ 0..40)) if dictionary.is_none() => {
                dictionary = Some((2 | u32::from(size) & 1) << (size / 2 + 11));
            }
            (LZMA2, Some(40)) if dictionary.is_none() => dictionary = Some(u32::MAX),
            (id, _) => {
                return Err(Error::unsupported(format!("has LZMA data with filter {id}")));
            }
        }
    }
    let dictionary = dictionary.ok_or_else(damaged)?;
    Ok(Block { data: 12 + len, dictionary, delta })
}

struct Fields<'a>(&'a [u8]);

impl Fields<'_> {
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    /// A number in groups of seven bits, the lowest first (section 1.2).
    fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..63).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }
}
