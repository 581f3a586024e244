//! Prefix codes (RFC 9649, section 3.7.2).

use super::bits::Bits;
use crate::error::{Error, Result};

/// Bits of the longest code.
const LONGEST: usize = 15;
/// Bits that the first table is asked with at the most.
const FIRST: u32 = 8;
/// The order of the lengths of codes of lengths.
const ORDER: [usize; 19] = [17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
/// Symbols of the largest alphabet: green, lengths and the largest cache.
pub(super) const MOST: usize = 256 + 24 + (1 << 11);

/// What an entry of a table says: a symbol and the bits of its code, or, with more bits than the table is asked with,
/// where the table for the others of them begins.
#[derive(Clone, Copy, Debug, Default)]
struct Entry {
    value: u16,
    bits: u8,
}

/// A code within the tables of all.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Code {
    start: u32,
    bits: u8,
}

/// The tables of all codes of an image.
#[derive(Default)]
pub(super) struct Tables(Vec<Entry>);

impl Tables {
    /// Reads a symbol. Uses no more than 15 of the bits that were made ready.
    #[inline(always)]
    pub fn symbol(&self, code: Code, bits: &mut Bits<'_>) -> u16 {
        let next = bits.peek();
        let at = code.start as usize + (next & ((1 << code.bits) - 1)) as usize;
        let mut entry = self.0.get(at).copied().unwrap_or_default();
        if entry.bits > code.bits {
            let rest = next >> code.bits & ((1 << (entry.bits - code.bits)) - 1);
            let at = code.start as usize + usize::from(entry.value) + rest as usize;
            entry = self.0.get(at).copied().unwrap_or_default();
        }
        bits.skip(entry.bits.into());
        entry.value
    }

    /// The symbol of a code that has but one, which takes no bits.
    pub fn only(&self, code: Code) -> Option<u16> {
        let entry = self.0.get(code.start as usize)?;
        (code.bits == 0).then_some(entry.value)
    }

    /// Bytes of them.
    pub fn size(&self) -> u64 {
        (self.0.capacity() * size_of::<Entry>()) as u64
    }

    /// Reads a code for an alphabet of `count` symbols. `lengths` is work space.
    pub fn read(
        &mut self,
        bits: &mut Bits<'_>,
        count: usize,
        lengths: &mut [u8; MOST],
    ) -> Result<Code> {
        let lengths = lengths.get_mut(..count).unwrap_or_default();
        lengths.fill(0);
        // Symbols that are none are left out, as libwebp does.
        let mut set = |symbol: u32| {
            if let Some(length) = lengths.get_mut(symbol as usize) {
                *length = 1;
            }
        };
        if bits.flag() {
            let two = bits.flag();
            let wide = bits.flag();
            set(bits.number(if wide { 8 } else { 1 }));
            if two {
                set(bits.number(8));
            }
        } else {
            self.read_lengths(bits, lengths)?;
        }
        if bits.ended() {
            return Err(wrong("is cut off"));
        }
        self.add(lengths)
    }

    fn read_lengths(&mut self, bits: &mut Bits<'_>, lengths: &mut [u8]) -> Result<()> {
        let mut of_lengths = [0; 19];
        let count = 4 + bits.number(4) as usize;
        for place in ORDER.iter().take(count) {
            of_lengths[*place] = bits.number(3) as u8;
        }
        let mark = self.0.len();
        let code = self.add(&of_lengths)?;
        let mut left = lengths.len();
        if bits.flag() {
            let width = 2 + 2 * bits.number(3);
            let most = 2 + bits.number(width) as usize;
            if most > left {
                return Err(wrong("has more lengths than symbols"));
            }
            left = most;
        }
        let (mut at, mut before) = (0, 8);
        while at < lengths.len() && left > 0 {
            left -= 1;
            bits.refill();
            let symbol = self.symbol(code, bits) as u8;
            let (length, count) = match symbol {
                0..16 => (symbol, 1),
                16 => (before, 3 + bits.ready(2)),
                17 => (0, 3 + bits.ready(3)),
                _ => (0, 11 + bits.ready(7)),
            };
            if symbol < 16 && symbol > 0 {
                before = symbol;
            }
            let end = at + count as usize;
            let to = lengths.get_mut(at..end).ok_or_else(|| wrong("has too many lengths"))?;
            to.fill(length);
            at = end;
        }
        self.0.truncate(mark);
        Ok(())
    }

    /// Makes the tables of a code.
    fn add(&mut self, lengths: &[u8]) -> Result<Code> {
        let mut counts = [0u16; LONGEST + 1];
        for length in lengths {
            counts[usize::from(*length).min(LONGEST)] += 1;
        }
        counts[0] = 0;
        let used: u16 = counts.iter().sum();
        let start = self.0.len();
        let code = |bits: u32| Code { start: start as u32, bits: bits as u8 };
        if used == 1 {
            let only = lengths.iter().position(|length| *length > 0).unwrap_or(0);
            self.grow(1)?;
            self.set(start, Entry { value: only as u16, bits: 0 });
            return Ok(code(0));
        }
        let taken: u32 =
            (1..=LONGEST).map(|length| u32::from(counts[length]) << (LONGEST - length)).sum();
        if taken != 1 << LONGEST {
            return Err(wrong("is not complete"));
        }
        let longest = counts.iter().rposition(|count| *count > 0).unwrap_or(0) as u32;
        let first = longest.min(FIRST);
        self.grow(1 << first)?;
        self.fill(start, first, &counts, lengths)?;
        Ok(code(first))
    }

    /// Gives each symbol the entries that begin with its code, the lowest bit of which comes first.
    fn fill(
        &mut self,
        start: usize,
        first: u32,
        counts: &[u16; LONGEST + 1],
        lengths: &[u8],
    ) -> Result<()> {
        let mut sorted = [0u16; MOST];
        let mut places = [0u16; LONGEST + 2];
        for length in 1..=LONGEST {
            places[length + 1] = places[length] + counts[length];
        }
        for (symbol, length) in (0..).zip(lengths).filter(|(_, length)| **length > 0) {
            let place = &mut places[usize::from(*length).min(LONGEST)];
            sorted[usize::from(*place) % MOST] = symbol;
            *place += 1;
        }
        let mut left = *counts;
        let (mut next, mut length, mut table, mut prefix) = (0u32, 1, None, 0);
        for symbol in sorted.iter().take(counts.iter().map(|count| usize::from(*count)).sum()) {
            while left[length] == 0 {
                length += 1;
                next <<= 1;
            }
            let bits = length as u32;
            let reversed = next.reverse_bits() >> (32 - bits);
            let entry = Entry { value: *symbol, bits: bits as u8 };
            if bits <= first {
                self.repeat(start, reversed, bits, first, entry);
            } else {
                let low = reversed & ((1 << first) - 1);
                if table.is_none() || prefix != low {
                    let more = second_bits(&left, length, first);
                    let at = self.0.len();
                    self.grow(1 << more)?;
                    self.set(
                        start + low as usize,
                        Entry { value: (at - start) as u16, bits: (first + more) as u8 },
                    );
                    (table, prefix) = (Some((at, more)), low);
                }
                if let Some((at, more)) = table {
                    self.repeat(at, reversed >> first, bits - first, more, entry);
                }
            }
            left[length] -= 1;
            next += 1;
        }
        Ok(())
    }

    /// Sets every entry of a table of `bits` bits whose number ends in the `len` bits of `code`.
    fn repeat(&mut self, start: usize, code: u32, len: u32, bits: u32, entry: Entry) {
        for at in (code as usize..1 << bits).step_by(1 << len) {
            self.set(start + at, entry);
        }
    }

    fn set(&mut self, at: usize, entry: Entry) {
        if let Some(place) = self.0.get_mut(at) {
            *place = entry;
        }
    }

    fn grow(&mut self, more: usize) -> Result<()> {
        let failed = |_| Error::no_memory(more * size_of::<Entry>(), "prefix codes");
        self.0.try_reserve(more).map_err(failed)?;
        self.0.resize(self.0.len() + more, Entry::default());
        Ok(())
    }
}

/// Bits of a second table that begins with a code of `length`: all codes with its first bits fit in.
fn second_bits(left: &[u16; LONGEST + 1], mut length: usize, first: u32) -> u32 {
    let mut room = 1i32 << (length as u32 - first);
    while length < LONGEST {
        room -= i32::from(left[length]);
        if room <= 0 {
            break;
        }
        length += 1;
        room <<= 1;
    }
    length as u32 - first
}

fn wrong(what: &str) -> Error {
    Error::damaged(format!("a prefix code of the VP8L image {what}"))
}
