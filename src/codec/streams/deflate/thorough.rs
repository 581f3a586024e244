//! The cheapest way through a block, by what its symbols take, which depends on the way: a few rounds of both.

use std::ops::Range;

use super::codes::{Code, DISTANCES, Head, LITERALS, distance_symbol, length};
use super::matches::{MOST, Sequence};
use super::tree::{LEAST, Match, Tree};
use crate::codec::streams::log2::{FINE, log2};
use crate::error::Result;
use crate::limits::{Budget, Reservation};
use crate::memory;

/// Matches that are kept for each byte, on average.
const KEPT: usize = 4;

/// What is done for the cheapest way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Depth {
    /// Places that are looked at for matches, at each place.
    pub places: u32,
    /// Bytes of a match within which no other begins.
    pub enough: usize,
    /// Rounds for each block.
    pub rounds: u32,
    /// Places where a block may end.
    pub ends: usize,
}

/// Finds the ways.
pub struct Parser {
    tree: Tree,
    depth: Depth,
    /// Those of each place, one after the other, and where they end.
    matches: Vec<Match>,
    ends: Vec<u32>,
    /// What it takes from a place to the end of the block, and how to begin: a length of 0 is the byte as it is.
    costs: Vec<u32>,
    steps: Vec<Match>,
    _booked: Reservation,
}

impl Parser {
    /// For up to `block` bytes at a time.
    pub fn new(block: usize, depth: Depth, budget: &Budget) -> Result<Self> {
        let each = (KEPT + 1) * size_of::<Match>() + 2 * size_of::<u32>();
        let booked = budget.reserve((block * each) as u64)?;
        let mut steps = memory::places(block, "matches")?;
        steps.resize(block, Match::default());
        Ok(Self {
            tree: Tree::new(depth.places, depth.enough, budget)?,
            depth,
            matches: memory::places(block * KEPT, "matches")?,
            ends: memory::places(block, "matches")?,
            costs: memory::zeroed_numbers(block + 1, "matches")?,
            steps,
            _booked: booked,
        })
    }

    /// The bytes before `from` are gone.
    pub fn forget(&mut self, from: usize) {
        self.tree.forget(from);
    }

    /// Notes the matches of all bytes from `start` on, and says where blocks had best end.
    pub fn look(&mut self, bytes: &[u8], start: usize) -> Vec<usize> {
        self.collect(bytes, start);
        let fresh = bytes.get(start..).unwrap_or_default();
        let mut costs = Costs::guess(fresh);
        for _ in 0..self.depth.rounds.div_ceil(2) {
            self.walk(fresh, 0..fresh.len(), &costs);
            costs = Costs::new(&self.symbols(fresh, 0..fresh.len()));
        }
        self.split(fresh)
    }

    fn collect(&mut self, bytes: &[u8], start: usize) {
        self.matches.clear();
        self.ends.clear();
        let plenty = self.matches.capacity() / KEPT * (KEPT - 1);
        // Within a match that is long enough.
        let mut within = start;
        for at in start..bytes.len() {
            let before = self.matches.len();
            let matches = &mut self.matches;
            if at < within {
                self.tree.find(bytes, at, |_| ());
            } else {
                let longest = self.tree.find(bytes, at, |found| {
                    // Where there are too many, the longest will do.
                    if matches.len() >= plenty {
                        matches.truncate(before);
                    }
                    matches.push(found);
                });
                if longest >= self.depth.enough {
                    within = at + longest;
                }
            }
            self.ends.push(self.matches.len() as u32);
        }
    }

    /// The matches of a place.
    #[inline(always)]
    fn of(&self, at: usize) -> &[Match] {
        let end = |at: usize| self.ends.get(at).map_or(0, |end| *end as usize);
        let from = at.checked_sub(1).map_or(0, end);
        self.matches.get(from..end(at)).unwrap_or_default()
    }

    /// Finds the cheapest way through some of the bytes.
    fn walk(&mut self, fresh: &[u8], range: Range<usize>, costs: &Costs) {
        let end = range.end;
        if let Some(last) = self.costs.get_mut(end) {
            *last = 0;
        }
        for at in range.rev() {
            let (cost, step) = self.cheapest(fresh, at, end, costs);
            if let (Some(to), Some(place)) = (self.costs.get_mut(at), self.steps.get_mut(at)) {
                (*to, *place) = (cost, step);
            }
        }
    }

    /// The way that was found last, as sequences.
    fn sequences(&self, range: Range<usize>, to: &mut Vec<Sequence>) {
        to.clear();
        let mut literals = 0;
        self.follow(range, |_, step| {
            if step.len == 0 {
                literals += 1;
            } else {
                to.push(Sequence { literals, len: step.len, distance: step.distance });
                literals = 0;
            }
        });
        to.push(Sequence { literals, len: 0, distance: 0 });
    }

    /// Its symbols, with the end.
    fn symbols(&self, fresh: &[u8], range: Range<usize>) -> Symbols {
        let mut symbols = Symbols::default();
        self.follow(range, |at, step| symbols.note(fresh.get(at), step));
        symbols.literals[256] = 1;
        symbols
    }

    /// Of the byte as it is, and each length of the matches, the cheapest with all that comes after it.
    #[inline(always)]
    fn cheapest(&self, fresh: &[u8], at: usize, end: usize, costs: &Costs) -> (u32, Match) {
        let rest = self.costs.get(at..=end).unwrap_or_default();
        let byte = fresh.get(at).map_or(0, |byte| usize::from(*byte));
        // One number, cost first, is compared without a jump.
        let literal = costs.literals[byte] + rest.get(1).copied().unwrap_or(0);
        let mut best = u64::from(literal) << 32;
        let mut from = LEAST;
        for found in self.of(at) {
            let to = usize::from(found.len).min(rest.len() - 1);
            let own = costs.distances[distance_symbol(found.distance).0];
            let lens = costs.lens.get(from..=to).unwrap_or_default();
            let after = rest.get(from..=to).unwrap_or_default();
            let mut step = (from as u64) << 16 | u64::from(found.distance);
            for (cost, after) in lens.iter().zip(after) {
                best = best.min(u64::from(own + cost + after) << 32 | step);
                step += 1 << 16;
            }
            from = to + 1;
        }
        let step = Match { len: (best >> 16) as u16, distance: best as u16 };
        ((best >> 32) as u32, step)
    }

    /// Where blocks had best end: of some places that lie evenly, by the last way that was found through all.
    fn split(&self, fresh: &[u8]) -> Vec<usize> {
        let step = (fresh.len() / self.depth.ends).max(2048);
        let mut parts: Vec<Part> = Vec::new();
        self.follow(0..fresh.len(), |at, found| {
            if at >= parts.len() * step {
                parts.push(Part { from: at, symbols: Symbols::default() });
            }
            if let Some(part) = parts.last_mut() {
                part.symbols.note(fresh.get(at), found);
            }
        });
        joined(&parts, fresh.len())
    }

    /// The steps of the way that was found last.
    fn follow(&self, range: Range<usize>, mut take: impl FnMut(usize, Match)) {
        let mut at = range.start;
        while at < range.end {
            let step = self.steps.get(at).copied().unwrap_or_default();
            take(at, step);
            at += usize::from(step.len).max(1);
        }
    }

    /// The sequences of the cheapest way through a block that was found in some rounds.
    pub fn parse(
        &mut self,
        bytes: &[u8],
        start: usize,
        range: Range<usize>,
        to: &mut Vec<Sequence>,
    ) {
        let fresh = bytes.get(start..).unwrap_or_default();
        // The way through all, as it was found before, is what to begin with.
        let mut costs = Costs::new(&self.symbols(fresh, range.clone()));
        let mut least = u64::MAX;
        for _ in 0..self.depth.rounds {
            self.walk(fresh, range.clone(), &costs);
            let symbols = self.symbols(fresh, range.clone());
            let size = symbols.size();
            let gained = least.saturating_sub(size);
            if gained > 0 {
                least = size;
                self.sequences(range.clone(), to);
            }
            if gained <= size / 4096 {
                break;
            }
            costs = Costs::new(&symbols);
        }
    }
}

/// How often symbols are there.
struct Symbols {
    literals: [u32; LITERALS],
    distances: [u32; DISTANCES],
}

impl Default for Symbols {
    fn default() -> Self {
        Self { literals: [0; LITERALS], distances: [0; DISTANCES] }
    }
}

impl Symbols {
    /// A step, at a byte.
    fn note(&mut self, byte: Option<&u8>, step: Match) {
        if step.len == 0 {
            self.literals[byte.map_or(0, |byte| usize::from(*byte))] += 1;
        } else {
            self.literals[length(step.len).0] += 1;
            self.distances[distance_symbol(step.distance).0] += 1;
        }
    }

    /// Bits of a block of them.
    fn size(&self) -> u64 {
        let (codes, others) = (Code::new(&self.literals), Code::new(&self.distances));
        let head = Head::new(&codes, &others).len();
        head + codes.cost(&self.literals) + others.cost(&self.distances)
    }

    fn add(&mut self, more: &Self) {
        let add = |(to, more): (&mut u32, &u32)| *to += more;
        self.literals.iter_mut().zip(&more.literals).for_each(add);
        self.distances.iter_mut().zip(&more.distances).for_each(add);
    }
}

/// Symbols of a part of the bytes.
struct Part {
    from: usize,
    symbols: Symbols,
}

/// The ends of the blocks that parts had best be joined to.
fn joined(parts: &[Part], len: usize) -> Vec<usize> {
    // What the parts before each place take at the least, and where the last block of them begins.
    let mut least = vec![(0, 0)];
    for end in 1..=parts.len() {
        let mut all = Symbols::default();
        let mut best = (u64::MAX, 0);
        for from in (0..end).rev() {
            let Some(part) = parts.get(from) else { continue };
            all.add(&part.symbols);
            all.literals[256] = 1;
            let before = least.get(from).map_or(0, |(cost, _)| *cost);
            best = best.min((before + all.size(), from));
        }
        least.push(best);
    }
    let mut ends = Vec::new();
    let (mut at, mut end) = (parts.len(), len);
    while at > 0 {
        ends.push(end);
        at = least.get(at).map_or(0, |(_, from)| *from);
        end = parts.get(at).map_or(0, |part| part.from);
    }
    ends.reverse();
    ends
}

/// What symbols take, with their extra bits, in fine parts of a bit.
struct Costs {
    literals: [u32; 256],
    lens: [u32; MOST + 1],
    distances: [u32; DISTANCES],
}

impl Costs {
    /// For symbols that are there so often.
    fn new(symbols: &Symbols) -> Self {
        let Symbols { literals, distances } = symbols;
        let (all, others) = (literals.iter().sum(), distances.iter().sum());
        Self {
            literals: std::array::from_fn(|byte| cost(literals[byte], all)),
            lens: std::array::from_fn(|len| {
                let (symbol, extra, _) = length(len as u16);
                cost(literals[symbol], all) + (extra << FINE)
            }),
            distances: std::array::from_fn(|symbol| {
                cost(distances[symbol], others) + (extra(symbol) << FINE)
            }),
        }
    }

    /// Where nothing is known but the bytes.
    fn guess(bytes: &[u8]) -> Self {
        let mut counts = [0; 256];
        bytes.iter().for_each(|byte| counts[usize::from(*byte)] += 1);
        let all = bytes.len() as u32;
        // Matches are taken for cheap: those that are not go in the next rounds, those that were never taken stay dear.
        Self {
            literals: std::array::from_fn(|byte| cost(counts[byte], all) + (1 << FINE) / 4),
            lens: std::array::from_fn(|len| {
                let (symbol, extra, _) = length(len as u16);
                (1 + extra + (symbol as u32 - 257) / 8) << FINE
            }),
            distances: std::array::from_fn(|symbol| (1 + extra(symbol)) << FINE),
        }
    }
}

/// Extra bits of the symbol of a distance.
fn extra(symbol: usize) -> u32 {
    (symbol as u32 / 2).saturating_sub(1)
}

/// What a symbol takes that is there so many times among all. One that is not would be there once or less.
fn cost(times: u32, all: u32) -> u32 {
    let more = u32::from(times == 0) << FINE;
    (log2(all).saturating_sub(log2(times)) + more).max(1 << FINE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_of_the_symbols_ends_a_block() {
        let part = |from: usize, byte: usize| {
            let mut symbols = Symbols::default();
            (0..64).for_each(|more| symbols.literals[byte + more] = 50);
            Part { from, symbols }
        };
        let parts: Vec<Part> = (0..8).map(|at| part(at * 3200, at / 4 * 128)).collect();
        assert_eq!(joined(&parts, 8 * 3200), [4 * 3200, 8 * 3200]);
        assert_eq!(joined(&parts[..3], 9600), [9600]);
        assert!(joined(&[], 0).is_empty());
    }
}
