//! What repeats in a block.

use super::codes::{DISTANCES, LITERALS, distance_symbol, length_symbol};
use super::{BLOCK, Effort, WINDOW};
use crate::error::Result;
use crate::limits::Budget;
use crate::memory::Scratch;

/// Bytes of the longest match.
pub const MOST: usize = 258;
/// Places without a match after which one more place is passed over at a time.
const PATIENCE: usize = 8;

/// The farthest of the matches that are near by.
const NEAR: usize = 1024;
/// The least of the matches after which the next place is looked at.
const LONG: usize = 32;
/// Bytes that are looked up.
pub const WORD: usize = 8;
/// Bytes that are compared at once.
const WIDE: usize = 32;
/// The most that are passed over.
const FASTEST: usize = 32;

/// Bytes as they are, and a match after them, unless `len` is 0.
#[derive(Clone, Copy, Debug)]
pub struct Sequence {
    pub literals: u32,
    pub len: u16,
    pub distance: u16,
}

impl Sequence {
    /// How many there are in a block at the most, with the bytes at its end, where matches have `least` bytes at least.
    pub fn most(block: usize, least: usize) -> usize {
        block / least + 1
    }
}

/// Where eight bytes were seen last, by their hash.
pub struct Finder {
    /// Places, four bytes each, counted from the start of the stream.
    table: Scratch,
    bits: u32,
    /// What was forgotten of the stream.
    before: u32,
    /// Bytes of the shortest matches that are taken: near by, and farther away.
    near: usize,
    far: usize,
}

impl Finder {
    /// For blocks of up to `block` bytes.
    pub fn new(block: usize, effort: Effort, budget: &Budget) -> Result<Self> {
        let bits = if block < BLOCK { 12 } else { 13 };
        let table = Scratch::new(4 << bits, "matches", budget)?;
        // Such that a place of 0 is too far away.
        let before = 2 * WINDOW as u32;
        let (near, far) = match effort {
            Effort::Little => (12, 16),
            Effort::Some => (16, 16),
            _ => (24, 24),
        };
        Ok(Self { table, bits, before, near, far })
    }

    /// The bytes before `from` are gone.
    pub fn forget(&mut self, from: usize) {
        self.before = self.before.wrapping_add(from as u32);
    }

    /// Notes that `word` is at a place, and gives the place where it, or another, was before.
    #[inline(always)]
    fn swap(&mut self, word: u64, at: usize) -> u32 {
        let hash = word.wrapping_mul(0x9e37_79b1_85eb_ca87) >> (64 - self.bits);
        let places = self.table.as_chunks_mut::<4>().0;
        let Some(place) = places.get_mut(hash as usize) else { return 0 };
        let now = self.before.wrapping_add(at as u32).to_ne_bytes();
        u32::from_ne_bytes(std::mem::replace(place, now))
    }
}

/// The sequences of the bytes from `start` on.
#[inline(always)]
pub fn find(finder: &mut Finder, bytes: &[u8], start: usize, sequences: &mut Vec<Sequence>) {
    let (mut at, mut literals, mut misses) = (start, start, 0);
    // The distance of a match that may go on.
    let mut before = 0;
    while let Some(word) = word(bytes, at) {
        let seen = finder.swap(word, at);
        let found = finder.before.wrapping_add(at as u32).wrapping_sub(seen) as usize;
        let is_there = length(bytes, at, found, word);
        let goes_on = if is_there < finder.near { length(bytes, at, before, word) } else { 0 };
        let (len, distance) = if goes_on > 0 { (goes_on, before) } else { (is_there, found) };
        before = 0;
        // What is short takes as much as its bytes, whose codes are short, too, and more time.
        if len < finder.near || len < finder.far && distance > NEAR {
            misses += 1;
            at += 1 + (misses / PATIENCE).min(FASTEST);
            continue;
        }
        let most = (at - literals).min(MOST - len);
        let back = common_before(bytes, at - distance, at, most);
        let (begin, end) = (at - back, at + len);
        sequences.push(Sequence {
            literals: (begin - literals) as u32,
            len: (end - begin) as u16,
            distance: distance as u16,
        });
        // What is within long matches is seldom looked for: their ends are.
        for place in [begin + 1, end - 2] {
            if let Some(word) = self::word(bytes, place) {
                finder.swap(word, place);
            }
        }
        (at, literals) = (end, end);
        (misses, before) = match len {
            MOST => (0, distance),
            LONG.. => (0, 0),
            _ => (misses / 2, 0),
        };
    }
    let literals = (bytes.len() - literals) as u32;
    sequences.push(Sequence { literals, len: 0, distance: 0 });
}

/// How many bytes repeat what was there `distance` bytes before; 0 where that is too far, or fewer than those of the word do.
#[inline(always)]
fn length(bytes: &[u8], at: usize, distance: usize, word: u64) -> usize {
    match at.checked_sub(distance) {
        Some(from) if (1..=WINDOW).contains(&distance) && self::word(bytes, from) == Some(word) => {
            common(bytes, from, at)
        }
        _ => 0,
    }
}

#[inline(always)]
fn word(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk().map(|word| u64::from_le_bytes(*word))
}

/// How many bytes from two places on are equal, up to [`MOST`].
#[inline(always)]
pub fn common(bytes: &[u8], from: usize, at: usize) -> usize {
    let mut len = 0;
    let most = MOST.min(bytes.len() - at);
    // Most long ones are runs.
    while len + WIDE <= most
        && let Some(one) = bytes.get(from + len..).and_then(<[u8]>::first_chunk::<WIDE>)
        && let Some(other) = bytes.get(at + len..).and_then(<[u8]>::first_chunk::<WIDE>)
        && one == other
    {
        len += WIDE;
    }
    while len + 8 <= most
        && let Some(one) = bytes.get(from + len..).and_then(<[u8]>::first_chunk::<8>)
        && let Some(other) = bytes.get(at + len..).and_then(<[u8]>::first_chunk::<8>)
    {
        let differ = u64::from_le_bytes(*one) ^ u64::from_le_bytes(*other);
        if differ != 0 {
            return len + (differ.trailing_zeros() / 8) as usize;
        }
        len += 8;
    }
    while len < most && bytes.get(from + len) == bytes.get(at + len) {
        len += 1;
    }
    len
}

/// How many bytes before two places are equal, up to `most`.
#[inline(always)]
fn common_before(bytes: &[u8], from: usize, at: usize, most: usize) -> usize {
    let one = bytes.get(..from).unwrap_or_default().iter().rev();
    let other = bytes.get(..at).unwrap_or_default().iter().rev();
    one.zip(other).take(most).take_while(|(one, other)| one == other).count()
}

/// How often each symbol is there; the end is, once.
pub fn count(bytes: &[u8], sequences: &[Sequence]) -> ([u32; LITERALS], [u32; DISTANCES]) {
    // Equal bytes that follow each other would wait for the same count.
    let mut counts = [[0u32; 256]; 4];
    let (mut literals, mut distances) = ([0; LITERALS], [0; DISTANCES]);
    let mut rest = bytes;
    for sequence in sequences {
        let (plain, after) = rest.split_at(rest.len().min(sequence.literals as usize));
        let (fours, last) = plain.as_chunks::<4>();
        for four in fours {
            for (counts, byte) in counts.iter_mut().zip(four) {
                counts[usize::from(*byte)] += 1;
            }
        }
        last.iter().for_each(|byte| counts[0][usize::from(*byte)] += 1);
        rest = after.get(usize::from(sequence.len)..).unwrap_or_default();
        if sequence.len > 0 {
            literals[length_symbol(sequence.len)] += 1;
            distances[distance_symbol(sequence.distance).0] += 1;
        }
    }
    for (at, count) in literals.iter_mut().take(256).enumerate() {
        *count = counts.iter().map(|counts| counts[at]).sum();
    }
    literals[256] = 1;
    (literals, distances)
}
