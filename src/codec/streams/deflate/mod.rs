//! Deflate (RFC 1951): made fast, with one look for a match at each place, and codes for each block; or thoroughly.
//!
//! The fast one is for differences of samples: their matches are few, and the short ones take as much as the codes of their
//! bytes. Where none are found, fewer places are looked at.

mod codes;
pub mod estimate;
mod matches;
mod output;
pub mod pack;
mod simd;
#[cfg(test)]
mod tests;
mod thorough;
mod tree;

use std::ops::Range;

use crate::error::Result;
use crate::limits::{Budget, Reservation};
use crate::memory::{self, Scratch};
use codes::{Code, DISTANCES, LITERALS};
use matches::{Finder, Sequence};
use output::Bits;
use thorough::{Depth, Parser};

/// Bytes that matches reach back.
const WINDOW: usize = 32 << 10;
/// Bytes that are encoded at a time, with codes of their own.
const BLOCK: usize = 144 << 10;
/// Bytes through which the cheapest way is looked for at a time.
const THOROUGH_BLOCK: usize = 256 << 10;
/// The most bytes of a block without compression.
const STORED: usize = 65_535;

/// Where compressed bytes go.
pub type Put<'a> = &'a mut dyn FnMut(&[u8]) -> Result<()>;

/// What is done for matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effort {
    /// None: bytes are stored.
    None,
    /// Long ones.
    Least,
    /// Those that take less than the differences of samples of 8 bits, whose codes are short.
    Some,
    /// Those that take less than their bytes.
    Little,
    /// The cheapest way that is found with so much work.
    Thorough(Depth),
}

impl Effort {
    /// That of a level of 0 to 9.
    pub fn of(level: u8) -> Self {
        let thorough =
            |places, enough, rounds, ends| Self::Thorough(Depth { places, enough, rounds, ends });
        match level {
            0 => Self::None,
            1..4 => Self::Least,
            4..7 => Self::Little,
            7 => thorough(16, 64, 3, 8),
            8 => thorough(64, 128, 5, 16),
            _ => thorough(400, matches::MOST, 8, 32),
        }
    }

    /// Bytes that are encoded at a time.
    fn block(self) -> usize {
        if matches!(self, Self::Thorough(_)) { THOROUGH_BLOCK } else { BLOCK }
    }
}

/// How matches are found.
enum Search {
    None,
    Fast(Finder),
    Thorough(Box<Parser>),
}

/// A stream that is being made.
pub struct Deflater {
    /// Up to a window of what was encoded, then what is to be, from `start` to `end`.
    buffer: Scratch,
    window: usize,
    start: usize,
    end: usize,
    search: Search,
    sequences: Vec<Sequence>,
    _booked: Reservation,
    output: Scratch,
    bits: Bits,
}

impl Deflater {
    /// A stream for about `total` bytes, after `head`.
    pub fn new(total: usize, effort: Effort, head: &[u8], budget: &Budget) -> Result<Self> {
        let block = total.clamp(1 << 10, effort.block());
        let (window, (search, least)) = match effort {
            Effort::None => (0, (Search::None, block)),
            Effort::Thorough(depth) => {
                let parser = Parser::new(block, depth, budget)?;
                (WINDOW, (Search::Thorough(Box::new(parser)), tree::LEAST))
            }
            Effort::Least | Effort::Some | Effort::Little => {
                let finder = Finder::new(effort, budget)?;
                (WINDOW, (Search::Fast(finder), matches::LEAST))
            }
        };
        let window = total.saturating_sub(block).min(window);
        // As it is without compression, with the heads of the parts.
        let output = Scratch::new(block + 512, "deflated data", budget)?;
        let most = Sequence::most(block, least);
        let mut deflater = Self {
            buffer: Scratch::new(window + block, "a window", budget)?,
            window,
            start: 0,
            end: 0,
            search,
            sequences: memory::places(most, "matches")?,
            _booked: budget.reserve((most * size_of::<Sequence>()) as u64)?,
            output,
            bits: Bits::default(),
        };
        deflater.bits.begin(&mut deflater.output, head);
        Ok(deflater)
    }

    /// Encodes bytes, now or later.
    pub fn write(&mut self, mut bytes: &[u8], put: Put<'_>) -> Result<()> {
        while !bytes.is_empty() {
            let (now, later) = bytes.split_at(bytes.len().min(self.most() - self.end));
            if let Some(room) = self.room(now.len()) {
                room.copy_from_slice(now);
            }
            bytes = later;
            if !bytes.is_empty() {
                self.block(false);
                put(self.bits.whole(&self.output))?;
                self.bits.restart();
                self.slide();
            }
        }
        Ok(())
    }

    /// Where bytes of this block end.
    fn most(&self) -> usize {
        self.start + self.buffer.len() - self.window
    }

    /// Where the next `len` bytes are to be written, to be encoded later; none, where a block is to be encoded before.
    pub fn room(&mut self, len: usize) -> Option<&mut [u8]> {
        let most = self.most();
        let end = self.end.checked_add(len).filter(|end| *end <= most)?;
        let from = std::mem::replace(&mut self.end, end);
        self.buffer.get_mut(from..end)
    }

    /// Encodes what is left, and ends the stream, before `tail`; or, where it is not the last part of one, with a byte.
    pub fn finish(mut self, is_last: bool, tail: &[u8], put: Put<'_>) -> Result<()> {
        self.block(is_last);
        if !is_last {
            // A block of no bytes, without compression.
            self.bits.put(0, 3);
            self.bits.align(&mut self.output);
            self.bits.bytes(&mut self.output, &[0, 0, 0xff, 0xff]);
        }
        self.bits.align(&mut self.output);
        self.bits.bytes(&mut self.output, tail);
        put(self.bits.whole(&self.output))
    }

    /// Makes room after a block: of what was encoded, a window stays.
    fn slide(&mut self) {
        let from = self.end.saturating_sub(self.window);
        self.buffer.copy_within(from..self.end, 0);
        match &mut self.search {
            Search::None => {}
            Search::Fast(finder) => finder.forget(from),
            Search::Thorough(parser) => parser.forget(from),
        }
        (self.start, self.end) = (self.end - from, self.end - from);
    }

    /// Encodes what was not yet.
    fn block(&mut self, is_last: bool) {
        let (start, end) = (self.start, self.end);
        let bytes = self.buffer.get(..end).unwrap_or_default();
        match &mut self.search {
            Search::None => self.stored(start..end, is_last),
            Search::Fast(finder) => {
                self.sequences.clear();
                simd::find(finder, bytes, start, &mut self.sequences);
                self.coded(start..end, is_last);
            }
            Search::Thorough(parser) => {
                let ends = parser.look(bytes, start);
                self.thorough(&ends, is_last);
            }
        }
        self.start = self.end;
    }

    /// Blocks that end there, counted from the start of what was not encoded yet.
    fn thorough(&mut self, ends: &[usize], is_last: bool) {
        let (start, mut from) = (self.start, 0);
        for end in ends {
            let bytes = self.buffer.get(..self.end).unwrap_or_default();
            if let Search::Thorough(parser) = &mut self.search {
                parser.parse(bytes, start, from..*end, &mut self.sequences);
            }
            let ends_all = start + end == self.end;
            self.coded(start + from..start + end, is_last && ends_all);
            from = *end;
        }
        if ends.is_empty() {
            self.stored(start..start, is_last);
        }
    }

    /// A block of some of the bytes, by their sequences.
    fn coded(&mut self, range: Range<usize>, is_last: bool) {
        let fresh = self.buffer.get(range.clone()).unwrap_or_default();
        let (literals, distances) = matches::count(fresh, &self.sequences);
        let codes = Code::<LITERALS>::new(&literals);
        let others = Code::<DISTANCES>::new(&distances);
        let head = codes::Head::new(&codes, &others);
        let coded = head.len() + codes.cost(&literals) + others.cost(&distances);
        if coded >= 8 * fresh.len() as u64 {
            return self.stored(range, is_last);
        }
        let (bits, output) = (&mut self.bits, &mut self.output);
        bits.put(u64::from(is_last) | 2 << 1, 3);
        bits.flush(output);
        head.write(bits, output);
        simd::write(bits, output, fresh, &self.sequences, (&codes, &others));
    }

    fn stored(&mut self, range: Range<usize>, is_last: bool) {
        let fresh = self.buffer.get(range).unwrap_or_default();
        let mut parts = fresh.chunks(STORED).peekable();
        loop {
            let part = parts.next().unwrap_or_default();
            let ends = is_last && parts.peek().is_none();
            self.bits.put(u64::from(ends), 3);
            self.bits.align(&mut self.output);
            let len = part.len() as u16;
            let lens = [len.to_le_bytes(), (!len).to_le_bytes()];
            self.bits.bytes(&mut self.output, lens.as_flattened());
            self.bits.bytes(&mut self.output, part);
            if parts.peek().is_none() {
                return;
            }
        }
    }
}
