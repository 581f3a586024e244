//! PNG's row filters, chosen and done.

use super::strategy::Strategy;
use super::{AVERAGE, PAETH, SUB, UP, mean, paeth, simd};
use crate::codec::streams::deflate::Put;
use crate::codec::streams::deflate::pack::Packer;
use crate::error::Result;
use crate::limits::Budget;
use crate::memory::Scratch;

/// Zeros before the first pixel, and room for the vector after the last.
pub const PAD: usize = 16;

/// Bytes side by side that are looked at to choose a filter.
pub const SAMPLE: usize = 32;
/// Rows from this length on are looked at in samples that begin so far from each other: no multiple of what patterns repeat
/// after.
const LONG: usize = 2 << 10;
const STEP: usize = 83;

/// Filters rows one after the other.
pub struct Filters {
    pair: Pair,
    /// Room for a filtered row, after the number of its filter.
    line: Scratch,
}

/// The row at hand and the one above, after zeros.
struct Pair {
    row: Scratch,
    above: Scratch,
    len: usize,
    pixel: usize,
    strategy: Strategy,
}

impl Filters {
    /// For rows of `len` bytes with up to 8 `pixel` bytes to a pixel.
    pub fn new(len: usize, pixel: usize, strategy: Strategy, budget: &Budget) -> Result<Self> {
        let line = |more: usize| Scratch::new(len.saturating_add(more), "a row", budget);
        let (row, above, line) = (line(2 * PAD)?, line(2 * PAD)?, line(1)?);
        Ok(Self { pair: Pair { row, above, len, pixel: pixel.clamp(1, 8), strategy }, line })
    }

    /// Where the next row is to be put. The one before is above it.
    pub fn next_row(&mut self) -> &mut [u8] {
        let pair = &mut self.pair;
        std::mem::swap(&mut pair.row, &mut pair.above);
        pair.row.get_mut(PAD..PAD + pair.len).unwrap_or_default()
    }

    /// The row at hand, filtered, after the number of its filter.
    pub fn line(&mut self) -> &[u8] {
        self.pair.filter(&mut self.line);
        &self.line
    }

    /// Has the row at hand deflated: filtered to where that reads it, if there is room for all of it.
    pub fn pack(&mut self, packer: &mut Packer, put: Put<'_>) -> Result<()> {
        match packer.fill(self.line.len(), |line| self.pair.filter(line)) {
            true => Ok(()),
            false => packer.write(self.line(), put),
        }
    }
}

impl Pair {
    /// Filters the row into `line`, after the number of its filter. That of a row as the one above is UP, unless all have the
    /// same.
    fn filter(&self, line: &mut [u8]) {
        let Some((number, line)) = line.split_first_mut() else { return };
        if !matches!(self.strategy, Strategy::Always(_)) && *self.row == *self.above {
            *number = UP;
            return line.fill(0);
        }
        let lines = Lines { row: &self.row, above: &self.above, len: self.len, pixel: self.pixel };
        *number = self.strategy.choose(&lines, line);
        simd::apply(*number, &lines, line);
    }
}

/// Two rows of `len` bytes after [`PAD`] zeros each, with as much room behind.
pub struct Lines<'a> {
    pub row: &'a [u8],
    pub above: &'a [u8],
    pub len: usize,
    pub pixel: usize,
}

impl Lines<'_> {
    /// The byte at a place, left of it, above, and above left.
    #[inline(always)]
    fn around(&self, at: usize) -> [u8; 4] {
        let of = |line: &[u8], at: usize| line.get(at).copied().unwrap_or(0);
        let (place, left) = (PAD + at, PAD + at - self.pixel);
        [of(self.row, place), of(self.row, left), of(self.above, place), of(self.above, left)]
    }

    /// From one [`SAMPLE`] to the next.
    pub fn step(&self) -> usize {
        if self.len < LONG { SAMPLE } else { STEP }
    }

    /// The sums of the differences of each filter from a sample on.
    pub fn costs_from(&self, from: usize) -> [u64; 5] {
        let mut costs = [0; 5];
        let samples = (from..self.len).step_by(self.step());
        for at in samples.flat_map(|at| at..self.len.min(at + SAMPLE)) {
            for (filter, cost) in (0..).zip(&mut costs) {
                *cost +=
                    u64::from(difference(filter, self.around(at)).cast_signed().unsigned_abs());
            }
        }
        costs
    }

    /// The differences of a filter from a place on.
    pub fn apply_from(&self, from: usize, filter: u8, to: &mut [u8]) {
        for (at, to) in to.iter_mut().enumerate().take(self.len).skip(from) {
            *to = difference(filter, self.around(at));
        }
    }
}

#[inline(always)]
fn difference(filter: u8, [byte, left, up, corner]: [u8; 4]) -> u8 {
    byte.wrapping_sub(match filter {
        SUB => left,
        UP => up,
        AVERAGE => mean(left, up),
        PAETH => paeth(left, up, corner),
        _ => 0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::streams::filters::unfilter;
    use crate::limits::Limits;

    fn rows(len: usize) -> Vec<Vec<u8>> {
        let noise = |at: usize| (at as u32).wrapping_mul(2_654_435_761) >> 27;
        let byte = |x: usize, y: usize| match y % 5 {
            0 => x * 3 + y,
            1 => x * x / 50,
            2 => y * 31 + x / 9 * 40,
            3 => x * 3 + y + noise(x) as usize,
            _ => noise(x * 7 + y) as usize * 8,
        };
        (0..15).map(|y| (0..len).map(|x| byte(x, y) as u8).collect()).collect()
    }

    #[test]
    fn filtered_rows_come_back_whatever_filter_is_chosen() {
        let budget = Budget::new(Limits::default(), None);
        let mut chosen = [0; 5];
        let sizes = (1..=8).flat_map(|pixel| (0..70).map(move |len| (pixel, len * pixel)));
        for (at, (pixel, len)) in sizes.enumerate() {
            let strategy = Strategy::ALL[at % 8];
            let mut filters = Filters::new(len, pixel, strategy, &budget).unwrap();
            let mut above = vec![0; len];
            for row in rows(len) {
                filters.next_row().copy_from_slice(&row);
                let mut line = filters.line().to_vec();
                assert_eq!(line.len(), len + 1);
                chosen[usize::from(line[0])] += 1;
                unfilter(line[0], &mut line[1..], &above, pixel);
                assert!(line[1..] == row, "{len} bytes, {pixel} a pixel");
                above = row;
            }
        }
        assert!(chosen.iter().all(|times| *times > 0), "{chosen:?}");
    }

    #[test]
    fn vectors_find_and_make_what_single_bytes_do() {
        // Long ones are looked at in samples.
        let long = [LONG - 1, LONG, LONG + 50, LONG + STEP, LONG + 2 * STEP + 7];
        let all = (1..=8).flat_map(|pixel| (0..130).chain(long).map(move |len| (pixel, len)));
        for (pixel, len) in all {
            let padded: Vec<Vec<u8>> = rows(len)
                .into_iter()
                .map(|row| [&[0; PAD][..], &row, &[77; PAD]].concat())
                .collect();
            for two in padded.windows(2) {
                let lines = Lines { row: &two[1], above: &two[0], len, pixel };
                assert_eq!(
                    simd::costs(&lines),
                    lines.costs_from(0),
                    "{len} bytes, {pixel} a pixel"
                );
                for filter in 0..5 {
                    let (mut plain, mut fast) = (vec![0; len], vec![0; len]);
                    lines.apply_from(0, filter, &mut plain);
                    simd::apply(filter, &lines, &mut fast);
                    assert!(plain == fast, "filter {filter}, {len} bytes, {pixel} a pixel");
                }
            }
        }
    }

    #[test]
    fn the_nearest_neighbour_is_the_same_in_vectors() {
        // Every pair of bytes is there once, one after the other.
        let pairs: Vec<u8> = (0..=255u8)
            .flat_map(|one| {
                [one].into_iter().chain((one..=255).skip(1).flat_map(move |it| [one, it]))
            })
            .collect();
        let padded = |bytes: &[u8]| [&[0; PAD][..], bytes, &[0; PAD]].concat();
        let (above, len) = (padded(&pairs), pairs.len());
        for left in (0..=255).step_by(if cfg!(debug_assertions) { 15 } else { 1 }) {
            let row = padded(&vec![left; len]);
            let lines = Lines { row: &row, above: &above, len, pixel: 1 };
            let (mut plain, mut fast) = (vec![0; len], vec![0; len]);
            lines.apply_from(0, PAETH, &mut plain);
            simd::apply(PAETH, &lines, &mut fast);
            assert!(plain == fast, "{left}");
        }
    }

    #[test]
    fn a_row_shorter_than_a_pixel_is_a_row() {
        let budget = Budget::new(Limits::default(), None);
        for (bytes, strategy) in [(1, Strategy::LeastSum), (2, Strategy::Always(0))] {
            let mut filters = Filters::new(bytes, 3, strategy, &budget).unwrap();
            filters.next_row().fill(5);
            assert_eq!(filters.line(), &[0, 5, 5][..=bytes]);
        }
    }
}
