//! Samples from those above and to the left, and from coefficients (RFC 6386, section 12).

use super::modes::{Luma, Macroblock, Mode};
use super::tokens::{Filled, Residual};
use super::transform;

/// Where the samples of a row begin in [`Work`]; what is to the left of them lies before.
pub(super) const LEFT: usize = 8;
/// Where those of V begin in rows that hold those of U, too.
pub(super) const V: usize = LEFT + 16;

/// A macroblock with the samples around it: a row above, and one column to the left.
pub(super) struct Work {
    /// 16 rows after the one above, which has four more samples on its right.
    pub y: [[u8; 32]; 17],
    /// 8 rows of U and of V after the one above.
    pub uv: [[u8; 32]; 9],
}

impl Work {
    pub fn new() -> Self {
        Self { y: [[0; 32]; 17], uv: [[0; 32]; 9] }
    }

    /// Makes the last columns those to the left of the next macroblock, or what stands for them at the left of a row.
    pub fn begin(&mut self, at_left: bool, at_top: bool) {
        let corner = if at_top { 127 } else { 129 };
        for (y, row) in self.y.iter_mut().enumerate() {
            row[LEFT - 1] = match at_left {
                false => row[LEFT + 15],
                true if y == 0 => corner,
                true => 129,
            };
        }
        for (y, row) in self.uv.iter_mut().enumerate() {
            for start in [LEFT, V] {
                row[start - 1] = match at_left {
                    false => row[start + 7],
                    true if y == 0 => corner,
                    true => 129,
                };
            }
        }
    }

    /// Makes the samples of a macroblock, whose neighbours are in place.
    #[inline(always)]
    pub fn fill(&mut self, block: &Macroblock, residual: &Residual, (left, top): (bool, bool)) {
        match &block.luma {
            Luma::Whole(mode) => {
                whole::<16, 17>(&mut self.y, LEFT, *mode, left, top);
                for at in 0..16 {
                    add(&mut self.y, LEFT + at % 4 * 4, at / 4 * 4, residual, at);
                }
            }
            Luma::Blocks(modes) => {
                // Blocks at the right edge have what is to the right above the macroblock.
                let mut beyond = [0; 4];
                beyond.copy_from_slice(&self.y[0][LEFT + 16..LEFT + 20]);
                for row in [4, 8, 12] {
                    self.y[row][LEFT + 16..LEFT + 20].copy_from_slice(&beyond);
                }
                for at in 0..16 {
                    let (x, y) = (LEFT + at % 4 * 4, at / 4 * 4);
                    part(&mut self.y, x, y, modes[at / 4][at % 4]);
                    add(&mut self.y, x, y, residual, at);
                }
            }
        }
        for (start, first) in [(LEFT, 16), (V, 20)] {
            whole::<8, 9>(&mut self.uv, start, block.chroma, left, top);
            for at in 0..4 {
                add(&mut self.uv, start + at % 2 * 4, at / 2 * 4, residual, first + at);
            }
        }
    }
}

/// `N` rows of `N` samples from `x` on, below the row above.
#[inline(always)]
fn whole<const N: usize, const ROWS: usize>(
    rows: &mut [[u8; 32]; ROWS],
    x: usize,
    mode: Mode,
    left: bool,
    top: bool,
) {
    let mut above = [0; N];
    above.copy_from_slice(&rows[0][x..x + N]);
    match mode {
        Mode::Vertical => {
            rows.iter_mut().skip(1).for_each(|row| row[x..x + N].copy_from_slice(&above))
        }
        Mode::Horizontal => {
            rows.iter_mut().skip(1).for_each(|row| {
                let left = row[x - 1];
                row[x..x + N].fill(left);
            });
        }
        Mode::Gradient => {
            let corner = i16::from(rows[0][x - 1]);
            for row in rows.iter_mut().skip(1) {
                let more = i16::from(row[x - 1]) - corner;
                for at in 0..N {
                    row[x + at] = (i16::from(above[at]) + more).clamp(0, 255) as u8;
                }
            }
        }
        _ => {
            let beside = rows.iter().skip(1).map(|row| u32::from(row[x - 1])).sum::<u32>();
            let above = above.iter().map(|value| u32::from(*value)).sum::<u32>();
            let n = N as u32;
            let mean = match (left, top) {
                (true, true) => (beside + above + n) / (2 * n),
                (true, false) => (beside + n / 2) / n,
                (false, true) => (above + n / 2) / n,
                (false, false) => 128,
            };
            rows.iter_mut().skip(1).for_each(|row| row[x..x + N].fill(mean as u8));
        }
    }
}

/// 4 rows of 4 samples.
#[inline(always)]
fn part(rows: &mut [[u8; 32]; 17], x: usize, y: usize, mode: Mode) {
    // From the last of those to the left, upwards, and then to the right.
    let mut edge = [0; 13];
    for (edge, row) in edge.iter_mut().zip(rows[y + 1..y + 5].iter().rev()) {
        *edge = row[x - 1];
    }
    edge[4..].copy_from_slice(&rows[y][x - 1..x + 8]);
    let made = predicted(&edge, mode);
    for (row, made) in rows[y + 1..y + 5].iter_mut().zip(made) {
        row[x..x + 4].copy_from_slice(&made);
    }
}

/// Section 12.3: four rows from the 13 samples around them.
#[inline(always)]
fn predicted(edge: &[u8; 13], mode: Mode) -> [[u8; 4]; 4] {
    // Of two, and of three with the middle one twice: from the sample of that number on.
    let e = |at: usize| u32::from(edge[at]);
    let two = |at: usize| ((e(at) + e(at + 1) + 1) >> 1) as u8;
    let three = |at: usize| ((e(at) + 2 * e(at + 1) + e(at + 2) + 2) >> 2) as u8;
    // Four of them, from that number on.
    let twos = |at: usize| [two(at), two(at + 1), two(at + 2), two(at + 3)];
    let threes = |at: usize| [three(at), three(at + 1), three(at + 2), three(at + 3)];
    match mode {
        Mode::Mean => {
            let sum = e(0) + e(1) + e(2) + e(3) + e(5) + e(6) + e(7) + e(8);
            [[((sum + 4) >> 3) as u8; 4]; 4]
        }
        Mode::Gradient => {
            let row = |left: usize| {
                let more = i32::from(edge[left]) - i32::from(edge[4]);
                let at = |place: usize| (i32::from(edge[place]) + more).clamp(0, 255) as u8;
                [at(5), at(6), at(7), at(8)]
            };
            [row(3), row(2), row(1), row(0)]
        }
        Mode::Vertical => [threes(4); 4],
        Mode::Horizontal => {
            let last = ((e(1) + 3 * e(0) + 2) >> 2) as u8;
            [[three(2); 4], [three(1); 4], [three(0); 4], [last; 4]]
        }
        Mode::LeftDown => {
            let last = ((e(11) + 3 * e(12) + 2) >> 2) as u8;
            [threes(5), threes(6), threes(7), [three(8), three(9), three(10), last]]
        }
        Mode::RightDown => [threes(3), threes(2), threes(1), threes(0)],
        Mode::VerticalRight => {
            let (a, b) = (twos(4), threes(3));
            [a, b, shifted(three(2), a), shifted(three(1), b)]
        }
        Mode::VerticalLeft => {
            let (a, b) = (twos(5), threes(5));
            [a, b, [a[1], a[2], a[3], three(9)], [b[1], b[2], b[3], three(10)]]
        }
        Mode::HorizontalDown => [
            [two(3), three(3), three(4), three(5)],
            [two(2), three(2), two(3), three(3)],
            [two(1), three(1), two(2), three(2)],
            [two(0), three(0), two(1), three(1)],
        ],
        Mode::HorizontalUp => {
            let (last, end) = (edge[0], ((e(1) + 3 * e(0) + 2) >> 2) as u8);
            [
                [two(2), three(1), two(1), three(0)],
                [two(1), three(0), two(0), end],
                [two(0), end, last, last],
                [last; 4],
            ]
        }
    }
}

fn shifted(first: u8, [a, b, c, _]: [u8; 4]) -> [u8; 4] {
    [first, a, b, c]
}

/// Adds what the coefficients of a block make, below the row above.
#[inline(always)]
fn add<const ROWS: usize>(
    rows: &mut [[u8; 32]; ROWS],
    x: usize,
    y: usize,
    residual: &Residual,
    at: usize,
) {
    let block = &residual.blocks[at];
    let more = match residual.filled[at] {
        Filled::Nothing => return,
        Filled::First => [[(i32::from(block[0]) + 4) >> 3; 4]; 4],
        Filled::All => transform::dct(block),
    };
    for (row, more) in rows[y + 1..y + 5].iter_mut().zip(more) {
        for (value, more) in row[x..x + 4].iter_mut().zip(more) {
            *value = (i32::from(*value) + more).clamp(0, 255) as u8;
        }
    }
}
