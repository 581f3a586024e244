//! How the filter of a row is chosen.

use super::forward::Lines;
use super::{AVERAGE, NONE, PAETH, SUB, UP, simd};
use crate::codec::streams::log2::log2;

/// What decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strategy {
    /// All rows have one.
    Always(u8),
    /// The sum of the differences, taken as signed.
    LeastSum,
    /// What their bytes would take each by itself.
    LeastEntropy,
    /// How many pairs of neighbouring bytes there are.
    FewestPairs,
}

impl Strategy {
    /// All that there are.
    pub const ALL: [Self; 8] = [
        Self::Always(NONE),
        Self::Always(SUB),
        Self::Always(UP),
        Self::Always(AVERAGE),
        Self::Always(PAETH),
        Self::LeastSum,
        Self::LeastEntropy,
        Self::FewestPairs,
    ];

    /// The filter for a row; of several that are as good, the first. `line` has room for a filtered row.
    pub fn choose(self, lines: &Lines<'_>, line: &mut [u8]) -> u8 {
        let costs = match self {
            Self::Always(filter) => return filter,
            Self::LeastSum => simd::costs(lines),
            Self::LeastEntropy => each(lines, line, entropy),
            Self::FewestPairs => each(lines, line, pairs),
        };
        (0..).zip(costs).min_by_key(|(_, cost)| *cost).map_or(NONE, |(filter, _)| filter)
    }
}

/// What the row costs with each of the filters.
fn each(lines: &Lines<'_>, line: &mut [u8], cost: impl Fn(&[u8]) -> u64) -> [u64; 5] {
    [NONE, SUB, UP, AVERAGE, PAETH].map(|filter| {
        simd::apply(filter, lines, line);
        cost(line.get(..lines.len).unwrap_or_default())
    })
}

fn entropy(bytes: &[u8]) -> u64 {
    let mut counts = [0u32; 256];
    bytes.iter().for_each(|byte| counts[usize::from(*byte)] += 1);
    let all = log2(bytes.len() as u32);
    counts.iter().map(|count| u64::from(*count) * u64::from(all.saturating_sub(log2(*count)))).sum()
}

fn pairs(bytes: &[u8]) -> u64 {
    let mut seen = [0u64; 1 << 10];
    for two in bytes.windows(2) {
        let [first, second] = [0, 1].map(|at| two.get(at).copied().unwrap_or(0));
        let place = usize::from(first) << 2 | usize::from(second >> 6);
        seen[place] |= 1 << (second & 63);
    }
    seen.iter().map(|bits| u64::from(bits.count_ones())).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_alike_cost_less() {
        assert_eq!([entropy(&[]), entropy(&[9; 40])], [0, 0]);
        assert_eq!(entropy(&[1, 2, 3, 4]), 4 * 2 * 64);
        assert!(entropy(&[1, 2, 3, 3]) < entropy(&[1, 2, 3, 4]));
        assert_eq!([pairs(&[]), pairs(&[7]), pairs(&[7; 9])], [0, 0, 1]);
        assert_eq!(pairs(&[1, 200, 1, 200, 255, 255]), 4);
    }
}
