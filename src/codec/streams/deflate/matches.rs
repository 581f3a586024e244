//! What repeats in a block.

use super::codes::{DISTANCES, LITERALS, distance_symbol, length_symbol};
use super::{Effort, WINDOW};
use crate::error::Result;
use crate::limits::Budget;
use crate::memory::Scratch;

/// Bytes of the longest match.
pub const MOST: usize = 258;
/// Places without a match after which one more place is passed over at a time.
const PATIENCE: usize = 8;

/// The least of the matches after which the next place is looked at.
const LONG: usize = 32;
/// Bits of the hash of bytes.
const BITS: u32 = 13;
/// Odd numbers without a pattern, one for each word: the highest bits of their products depend on all of its bits.
const FACTORS: [u64; 3] = [0x9e37_79b1_85eb_ca87, 0xc2b2_ae3d_27d4_eb4f, 0x1656_67b1_9e37_79f9];
/// Bytes of the shortest matches of all.
pub const LEAST: usize = 16;
/// The same where the codes of bytes are short.
const LONGER: usize = 20;
/// The same for haste.
const LONGEST: usize = 24;
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

/// Where as many bytes as the shortest match has were seen last, by their hash.
pub struct Finder {
    /// Places, four bytes each, counted from the start of the stream.
    table: Scratch,
    /// What was forgotten of the stream.
    before: u32,
    /// Bytes of the shortest matches that are taken. Shorter ones take as much as their bytes, whose codes are short, too, and
    /// more time.
    least: usize,
}

impl Finder {
    /// Of matches that are worth so much.
    pub fn new(effort: Effort, budget: &Budget) -> Result<Self> {
        let table = Scratch::new(4 << BITS, "matches", budget)?;
        // Such that a place of 0 is too far away.
        let before = 2 * WINDOW as u32;
        let least = match effort {
            Effort::Little => LEAST,
            Effort::Some => LONGER,
            _ => LONGEST,
        };
        Ok(Self { table, before, least })
    }

    /// The bytes before `from` are gone.
    pub fn forget(&mut self, from: usize) {
        self.before = self.before.wrapping_add(from as u32);
    }

    /// Notes that `words` are at a place, and gives the place where they, or others, were before.
    #[inline(always)]
    fn swap(&mut self, words: Words, at: usize) -> u32 {
        let products = words.iter().zip(FACTORS).map(|(word, factor)| word.wrapping_mul(factor));
        let hash = products.fold(0, u64::wrapping_add) >> (64 - BITS);
        let places = self.table.as_chunks_mut::<4>().0.first_chunk_mut::<{ 1 << BITS }>();
        let Some(places) = places else { return 0 };
        let now = self.before.wrapping_add(at as u32).to_ne_bytes();
        u32::from_ne_bytes(std::mem::replace(&mut places[hash as usize], now))
    }

    /// How far before they were, or 0. Nothing but that is asked: what is in the table of places that are too far away cannot
    /// be foreseen.
    #[inline(always)]
    fn seen<const N: usize>(&mut self, bytes: &[u8], at: usize, words: Words) -> usize {
        let seen = self.swap(words, at);
        let found = self.before.wrapping_add(at as u32).wrapping_sub(seen) as usize;
        let is_near = (1..=WINDOW.min(at)).contains(&found);
        let from = std::hint::select_unpredictable(is_near, at.wrapping_sub(found), at);
        // As arrays they would be compared in memory.
        let differ = |there: Words| (0..3).fold(0, |all, at| all | words[at] ^ there[at]);
        let is_there = words_at::<N>(bytes, from).map_or(1, differ) == 0;
        if is_there & is_near { found } else { 0 }
    }

    /// Notes what is at a place.
    #[inline(always)]
    fn note<const N: usize>(&mut self, bytes: &[u8], at: usize) {
        if let Some(words) = words_at::<N>(bytes, at) {
            self.swap(words, at);
        }
    }
}

/// The bytes at a place that are looked up, as many as the shortest match has.
type Words = [u64; 3];

#[inline(always)]
fn words_at<const N: usize>(bytes: &[u8], at: usize) -> Option<Words> {
    const { assert!(N >= LEAST && N <= LONGEST) };
    let bytes = bytes.get(at..)?.first_chunk::<N>()?;
    let third = if N > 16 { word(bytes, N - 8)? } else { 0 };
    Some([word(bytes, 0)?, word(bytes, 8)?, third])
}

/// The sequences of the bytes from `start` on.
#[inline(always)]
pub fn find(finder: &mut Finder, bytes: &[u8], start: usize, sequences: &mut Vec<Sequence>) {
    match finder.least {
        LEAST => find_from::<LEAST>(finder, bytes, start, sequences),
        LONGER => find_from::<LONGER>(finder, bytes, start, sequences),
        _ => find_from::<LONGEST>(finder, bytes, start, sequences),
    }
}

#[inline(always)]
fn find_from<const N: usize>(
    finder: &mut Finder,
    bytes: &[u8],
    start: usize,
    sequences: &mut Vec<Sequence>,
) {
    let (mut at, mut literals, mut misses) = (start, start, 0);
    while let Some(words) = words_at::<N>(bytes, at) {
        let mut distance = finder.seen::<N>(bytes, at, words);
        if distance == 0 {
            misses += 1;
            at += 1 + (misses / PATIENCE).min(FASTEST);
            continue;
        }
        let mut len = common(bytes, at - distance, at);
        misses = if len < LONG { misses / 2 } else { 0 };
        let most = (at - literals).min(MOST - len);
        let mut begin = at - common_before(bytes, at - distance, at, most);
        loop {
            let end = at + len;
            sequences.push(Sequence {
                literals: (begin - literals) as u32,
                len: (end - begin) as u16,
                distance: distance as u16,
            });
            // What is within long matches is seldom looked for: their ends are.
            finder.note::<N>(bytes, begin + 1);
            finder.note::<N>(bytes, end - 2);
            (at, literals, begin) = (end, end, end);
            if len < MOST {
                break;
            }
            // It may go on, or something that is nearer.
            let seen =
                words_at::<N>(bytes, at).map_or(0, |words| finder.seen::<N>(bytes, at, words));
            distance = if seen > 0 { seen } else { distance };
            len = common(bytes, at - distance, at);
            if len < N {
                break;
            }
        }
    }
    let literals = (bytes.len() - literals) as u32;
    sequences.push(Sequence { literals, len: 0, distance: 0 });
}

/// Eight bytes at a place.
#[inline(always)]
fn word(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk().map(|word| u64::from_le_bytes(*word))
}

/// How many bytes from two places on are equal, up to [`MOST`].
#[inline(always)]
pub fn common(bytes: &[u8], from: usize, at: usize) -> usize {
    let mut len = 0;
    let most = MOST.min(bytes.len() - at);
    let pair = |len: usize| {
        let one = bytes.get(from + len..)?.first_chunk::<WIDE>()?;
        Some((one, bytes.get(at + len..)?.first_chunk::<WIDE>()?))
    };
    while len < most
        && let Some((one, other)) = pair(len)
    {
        let same = same(one, other);
        len += same;
        if same < WIDE {
            return len.min(most);
        }
        // Most long ones are runs.
        while len < most
            && let Some((one, other)) = pair(len)
            && one == other
        {
            len += WIDE;
        }
    }
    while len < most && bytes.get(from + len) == bytes.get(at + len) {
        len += 1;
    }
    len.min(most)
}

/// How many of the first bytes are equal, without a branch: where matches end cannot be foreseen.
#[inline(always)]
fn same(one: &[u8; WIDE], other: &[u8; WIDE]) -> usize {
    let words = |bytes: &[u8; WIDE], at: usize| {
        u64::from_le_bytes(std::array::from_fn(|byte| bytes[8 * at + byte]))
    };
    let bits = |at: usize| (words(one, at) ^ words(other, at)).trailing_zeros();
    let after = |bits: u32, next: u32| bits + if bits == u64::BITS { next } else { 0 };
    (after(bits(0), after(bits(1), after(bits(2), bits(3)))) / 8) as usize
}

/// How many bytes before two places are equal, up to `most`.
#[inline(always)]
fn common_before(bytes: &[u8], from: usize, at: usize, most: usize) -> usize {
    let before = |place: usize| {
        let word = bytes.get(..place)?.last_chunk();
        word.map(|word| u64::from_le_bytes(*word))
    };
    let mut len = 0;
    while len < most
        && let Some(one) = before(from - len)
        && let Some(other) = before(at - len)
    {
        let same = ((one ^ other).leading_zeros() / 8) as usize;
        len += same;
        if same < 8 {
            return len.min(most);
        }
    }
    let byte = |place: usize, len: usize| bytes.get(place.checked_sub(len + 1)?);
    while len < most && from > len && byte(from, len) == byte(at, len) {
        len += 1;
    }
    len.min(most)
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
