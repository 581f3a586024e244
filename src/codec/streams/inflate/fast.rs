//! Most of a block: symbols that there certainly are bytes for, and room.

use std::ops::ControlFlow;

use super::bits::Bits;
use super::codes::{END, LITERAL, OTHER, PAIR, USED};
use super::tables::Tables;
use super::{Damaged, simd};

/// Why the loop ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// There is not enough room, or not enough bytes.
    Short,
    /// The block ended.
    Ended,
    /// There is not enough room for a match: length and distance.
    Open(usize, usize),
}

/// A stream within a block, as far as its decoding needs it.
///
/// Between two turns there are 56 bits, and the next symbol is looked up already: what waits for memory is then only the
/// lookup of a symbol, and not the bits that are fetched for later ones.
pub struct Lane<'a> {
    tables: &'a Tables,
    from: &'a [u8],
    buffer: &'a mut [u8],
    bits: u64,
    /// Of the count, the six lowest bits are right.
    count: u32,
    at: usize,
    out: usize,
    entry: u32,
}

/// Goes on, or ends with what happened.
type Turn = ControlFlow<Result<Stop, Damaged>>;

impl<'a> Lane<'a> {
    #[inline(always)]
    pub fn new(
        tables: &'a Tables,
        from: &'a [u8],
        stream: Bits,
        buffer: &'a mut [u8],
        end: usize,
    ) -> Self {
        let Bits { bits, count, at } = stream;
        Self { tables, from, buffer, bits, count, at, out: end, entry: 0 }
    }

    /// Where it is.
    #[inline(always)]
    pub fn place(&self) -> (Bits, usize) {
        (Bits { bits: self.bits, count: self.count & 63, at: self.at }, self.out)
    }

    /// Does something with a lane of its own, which then is in registers.
    #[inline(always)]
    fn held<T>(&mut self, work: impl FnOnce(&mut Lane<'_>) -> T) -> T {
        let mut own = Lane { buffer: &mut *self.buffer, ..*self };
        let outcome = work(&mut own);
        (self.bits, self.count, self.at) = (own.bits, own.count, own.at);
        (self.out, self.entry) = (own.out, own.entry);
        outcome
    }

    /// What comes before the first turn.
    #[inline(always)]
    pub fn start(&mut self) -> Turn {
        self.refill()?;
        self.look_up();
        ControlFlow::Continue(())
    }

    #[inline(always)]
    fn refill(&mut self) -> Turn {
        let Some(word) = self.from.get(self.at..).and_then(<[u8]>::first_chunk::<8>) else {
            return ControlFlow::Break(Ok(Stop::Short));
        };
        self.bits |= u64::from_le_bytes(*word) << (self.count & 63);
        self.at += ((63 - (self.count & 63)) / 8) as usize;
        self.count |= 56;
        ControlFlow::Continue(())
    }

    #[inline(always)]
    fn look_up(&mut self) {
        self.entry = self.tables.literals.look_up(self.bits);
    }

    #[inline(always)]
    fn skip(&mut self, entry: u32) {
        self.bits >>= entry & USED;
        self.count = self.count.wrapping_sub(entry);
    }

    /// Up to four literals, or, if the table has `PAIRS` of them, eight; or a match. [`Lane::start`] comes before.
    #[inline(always)]
    pub fn turn<const PAIRS: bool>(&mut self) -> Turn {
        let room = self.buffer.get_mut(self.out..).and_then(<[u8]>::first_chunk_mut::<8>);
        let Some(room) = room else { return ControlFlow::Break(Ok(Stop::Short)) };
        if self.entry & LITERAL == 0 {
            return self.other();
        }
        // Fields by themselves, so that the bytes can be lent meanwhile.
        let (mut bits, mut count, mut entry) = (self.bits, self.count, self.entry);
        let (mut bytes, mut done) = (0u64, 0u32);
        // One literal; or up to two, after `done` bits of others.
        macro_rules! literals {
            ($at:literal) => {
                if PAIRS {
                    bytes |= u64::from(entry >> 16) << done;
                    done += 8 + (entry & PAIR) / (PAIR / 8);
                } else {
                    room[$at] = (entry >> 16) as u8;
                    done += 8;
                }
                bits >>= entry & USED;
                count = count.wrapping_sub(entry);
                entry = self.tables.literals.look_up(bits);
            };
        }
        literals!(0);
        if entry & LITERAL != 0 {
            literals!(1);
            if entry & LITERAL != 0 {
                literals!(2);
                if entry & LITERAL != 0 {
                    literals!(3);
                }
            }
        }
        if PAIRS {
            *room = bytes.to_le_bytes();
        }
        self.out += (done / 8) as usize;
        (self.bits, self.count, self.entry) = (bits, count, entry);
        // A length and a distance take 48 bits at the most.
        self.refill()
    }

    /// What is no literal of the first table.
    #[inline(always)]
    fn other(&mut self) -> Turn {
        let mut entry = self.entry;
        if entry & OTHER != 0 {
            self.skip(entry);
            entry = self.tables.literals.look_further(entry, self.bits);
            if entry & OTHER != 0 {
                self.skip(entry);
                let is_end = entry & END == END;
                return ControlFlow::Break(if is_end { Ok(Stop::Ended) } else { Err(Damaged) });
            }
            if entry & LITERAL != 0 {
                self.skip(entry);
                if let Some(to) = self.buffer.get_mut(self.out) {
                    *to = (entry >> 16) as u8;
                }
                self.out += 1;
                return self.start();
            }
        }
        let len = value(entry, self.bits);
        self.skip(entry);
        let mut entry = self.tables.distances.look_up(self.bits);
        if entry & OTHER != 0 {
            self.skip(entry);
            entry = self.tables.distances.look_further(entry, self.bits);
            if entry & OTHER != 0 {
                return ControlFlow::Break(Err(Damaged));
            }
        }
        let distance = value(entry, self.bits);
        self.skip(entry);
        if distance > self.out {
            return ControlFlow::Break(Err(Damaged));
        }
        if !simd::copy(self.buffer, self.out, len, distance) {
            return ControlFlow::Break(Ok(Stop::Open(len, distance)));
        }
        self.out += len;
        self.start()
    }
}

/// Decodes symbols while there are bytes and room enough.
#[inline(always)]
pub fn one<const PAIRS: bool>(lane: &mut Lane<'_>) -> Result<Stop, Damaged> {
    lane.held(|lane| {
        let mut turn = lane.start();
        loop {
            if let ControlFlow::Break(stop) = turn {
                return stop;
            }
            turn = lane.turn::<PAIRS>();
        }
    })
}

/// Decodes symbols of two streams in turns, until one of them stops: which, and why. Neither waits for the memory that the
/// other does.
#[inline(always)]
pub fn two(first: &mut Lane<'_>, second: &mut Lane<'_>) -> (bool, Result<Stop, Damaged>) {
    first.held(|first| second.held(|second| in_turns(first, second)))
}

#[inline(always)]
fn in_turns(first: &mut Lane<'_>, second: &mut Lane<'_>) -> (bool, Result<Stop, Damaged>) {
    if let ControlFlow::Break(stop) = first.start() {
        return (false, stop);
    }
    if let ControlFlow::Break(stop) = second.start() {
        return (true, stop);
    }
    loop {
        // One that stops is not to make the other go on: it may stop, too.
        if let ControlFlow::Break(stop) = first.turn::<false>() {
            return (false, stop);
        }
        if let ControlFlow::Break(stop) = second.turn::<false>() {
            return (true, stop);
        }
    }
}

/// The number that an entry and its extra bits stand for.
#[inline(always)]
fn value(entry: u32, bits: u64) -> usize {
    let extra = (bits & !(u64::MAX << (entry & USED))) >> (entry >> 8 & 15);
    (entry >> 16) as usize + extra as usize
}
