//! The bits of a stream.

use super::Damaged;
use super::codes::{Codes, INVALID, USED};

/// The bits of the stream.
#[derive(Clone, Copy, Default)]
pub struct Bits {
    /// The next ones, the first lowest. Those from `count` on are right or zero.
    pub bits: u64,
    pub count: u32,
    /// The place of the next byte.
    pub at: usize,
}

impl Bits {
    /// Takes bytes until there are 56 bits or no more bytes.
    pub fn refill(&mut self, from: &[u8]) {
        if let Some(word) = from.get(self.at..).and_then(<[u8]>::first_chunk::<8>) {
            self.bits |= u64::from_le_bytes(*word) << self.count;
            self.at += ((63 - self.count) / 8) as usize;
            self.count |= 56;
            return;
        }
        while self.count < 56 {
            let Some(byte) = from.get(self.at) else { return };
            self.bits |= u64::from(*byte) << self.count;
            self.count += 8;
            self.at += 1;
        }
    }

    /// False where there are not so many bits.
    pub fn skip(&mut self, count: u32) -> bool {
        let there = count <= self.count;
        if there {
            self.bits >>= count;
            self.count -= count;
        }
        there
    }

    pub fn take(&mut self, count: u32, from: &[u8]) -> Option<u32> {
        self.refill(from);
        let value = (self.bits & ((1 << count) - 1)) as u32;
        self.skip(count).then_some(value)
    }

    /// The number that an entry and its extra bits stand for, which are used up.
    pub fn value(&mut self, entry: u32) -> Option<usize> {
        let bits = self.bits;
        let all = entry & USED;
        let extra = (bits & ((1 << all) - 1)) >> (entry >> 8 & 15);
        self.skip(all).then_some((entry >> 16 & 0x7fff) as usize + extra as usize)
    }

    /// A number, of a code with one lookup.
    pub fn plain(&mut self, codes: &Codes<128>, from: &[u8]) -> Result<Option<u8>, Damaged> {
        self.refill(from);
        let entry = codes.look_up(self.bits);
        if entry == INVALID {
            return Err(Damaged);
        }
        Ok(self.skip(entry & USED).then_some((entry >> 16) as u8))
    }

    /// Goes to the next byte that no bit was taken of.
    pub fn align(&mut self) {
        self.at -= (self.count / 8) as usize;
        (self.bits, self.count) = (0, 0);
    }
}
