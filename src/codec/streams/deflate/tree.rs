//! All matches of a place: for each length the nearest.
//!
//! Places whose first four bytes have the same hash are a binary tree in the order of what follows them, the latest place at
//! its root: a walk down to where a new place belongs meets the longest matches.

use super::WINDOW;
use super::matches::{MOST, common};
use crate::error::Result;
use crate::limits::{Budget, Reservation};
use crate::memory;

/// Bytes of the shortest match.
pub const LEAST: usize = 3;
/// Bits of the hashes of four bytes, and of three.
const BITS: u32 = 16;
const SHORT_BITS: u32 = 15;

/// Bytes that are there before, so far away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Match {
    pub len: u16,
    pub distance: u16,
}

/// Where bytes were seen before. Places are counted from the start of the stream.
pub struct Tree {
    /// The latest place of three bytes.
    threes: Vec<u32>,
    roots: Vec<u32>,
    /// The places before and after each of a window, in the order of their bytes.
    children: Vec<u32>,
    /// What was forgotten of the stream.
    before: u32,
    /// How many places are looked at.
    depth: u32,
    /// Bytes of a match that is long enough.
    enough: usize,
    _booked: Reservation,
}

impl Tree {
    pub fn new(depth: u32, enough: usize, budget: &Budget) -> Result<Self> {
        let sizes = [1 << SHORT_BITS, 1 << BITS, 2 * WINDOW];
        let booked = budget.reserve(4 * sizes.iter().sum::<usize>() as u64)?;
        let [threes, roots, children] = sizes.map(|size| memory::zeroed_numbers(size, "matches"));
        let (threes, roots, children) = (threes?, roots?, children?);
        // Such that a place of 0 is too far away.
        let before = 2 * WINDOW as u32;
        Ok(Self { threes, roots, children, before, depth, enough, _booked: booked })
    }

    /// The bytes before `from` are gone.
    pub fn forget(&mut self, from: usize) {
        self.before = self.before.wrapping_add(from as u32);
    }

    /// Notes a place, and hands over its matches, each longer and farther than the one before. The last one's length.
    #[inline]
    pub fn find(&mut self, bytes: &[u8], at: usize, mut take: impl FnMut(Match)) -> usize {
        let Some(four) = bytes.get(at..).and_then(<[u8]>::first_chunk::<4>) else { return 0 };
        let word = u32::from_le_bytes(*four);
        let now = self.before.wrapping_add(at as u32);
        let mut longest = 0;
        let three = (word << 8).wrapping_mul(0x9e37_79b1) >> (32 - SHORT_BITS);
        let seen = swap(&mut self.threes, three as usize, now);
        let distance = now.wrapping_sub(seen) as usize;
        if (1..WINDOW).contains(&distance)
            && let Some(from) = at.checked_sub(distance)
            && bytes.get(from..from + LEAST) == bytes.get(at..at + LEAST)
        {
            longest = LEAST;
            take(Match { len: LEAST as u16, distance: distance as u16 });
        }
        let root =
            swap(&mut self.roots, (word.wrapping_mul(0x9e37_79b1) >> (32 - BITS)) as usize, now);
        self.walk(bytes, at, root, longest, take)
    }

    /// Goes down from the root, whose place the new one takes: what is before it becomes its one child, what is after it the
    /// other.
    fn walk(
        &mut self,
        bytes: &[u8],
        at: usize,
        root: u32,
        mut longest: usize,
        mut take: impl FnMut(Match),
    ) -> usize {
        let limit = MOST.min(bytes.len() - at);
        let most = limit.min(self.enough);
        let now = self.before.wrapping_add(at as u32);
        let (mut smaller, mut greater) = (slot(now), slot(now) + 1);
        // How many bytes are common with all that is to come on each side.
        let (mut below, mut above) = (0, 0);
        let mut node = root;
        for _ in 0..self.depth {
            let distance = now.wrapping_sub(node) as usize;
            let Some(from) = at.checked_sub(distance).filter(|_| (1..WINDOW).contains(&distance))
            else {
                break;
            };
            let known = below.min(above);
            let len = (known + common(bytes, from + known, at + known)).min(limit);
            if len > longest {
                // Places near the end of what was there then are in an order of less than all of their bytes.
                if bytes.get(from..from + known) != bytes.get(at..at + known) {
                    break;
                }
                longest = len;
                if len >= LEAST {
                    take(Match { len: len as u16, distance: distance as u16 });
                }
            }
            let [first, second] = [0, 1].map(|side| self.child(slot(node) + side));
            if len >= most {
                // The new place stands for this one.
                self.hang(smaller, first);
                self.hang(greater, second);
                return longest;
            }
            if bytes.get(from + len) < bytes.get(at + len) {
                self.hang(smaller, node);
                (smaller, node, below) = (slot(node) + 1, second, len);
            } else {
                self.hang(greater, node);
                (greater, node, above) = (slot(node), first, len);
            }
        }
        self.hang(smaller, now.wrapping_sub(2 * WINDOW as u32));
        self.hang(greater, now.wrapping_sub(2 * WINDOW as u32));
        longest
    }

    #[inline(always)]
    fn child(&self, slot: usize) -> u32 {
        self.children.get(slot).copied().unwrap_or(0)
    }

    #[inline(always)]
    fn hang(&mut self, slot: usize, node: u32) {
        if let Some(child) = self.children.get_mut(slot) {
            *child = node;
        }
    }
}

/// Where the children of a place are.
#[inline(always)]
fn slot(place: u32) -> usize {
    2 * (place as usize & (WINDOW - 1))
}

#[inline(always)]
fn swap(table: &mut [u32], at: usize, now: u32) -> u32 {
    table.get_mut(at).map_or(0, |place| std::mem::replace(place, now))
}
