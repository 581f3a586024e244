//! The samples of a component on their way to pixels.

use super::geometry::{Geometry, Part};
use super::kernels::DOUBLED;
use super::simd;
use super::squares::Squares;
use crate::error::Result;
use crate::limits::Budget;
use crate::memory::Scratch;

/// Bytes before the samples of a row, the last of which may repeat the first sample.
const BEFORE: usize = 8;

/// Bytes behind the blocks of a row: where one sample is repeated, and what doubling reads with the last samples.
const AFTER: usize = DOUBLED + 8;

/// The samples of one component: a ring of rows.
pub struct Samples {
    part: Part,
    growth: Growth,
    /// Samples of the file that become one, across and down.
    squares: Squares,
    stride: usize,
    /// Rows of the ring.
    count: usize,
    bytes: Scratch,
}

/// How rows get the size of the image.
#[derive(Clone, Copy, PartialEq)]
enum Growth {
    /// They have it, each for so many rows.
    None(usize),
    /// Twice as wide, interpolated.
    Across,
    /// Twice as high, interpolated.
    Down,
    /// Twice as large, interpolated.
    Both,
    /// So many times larger across and down, repeated.
    Repeated(usize, usize),
}

impl Growth {
    fn of(factors: (usize, usize), width: usize) -> Self {
        match factors {
            (2, 1) if width > 2 => Self::Across,
            (2, 2) if width > 2 => Self::Both,
            (1, 2) => Self::Down,
            (1, down) => Self::None(down),
            (across, down) => Self::Repeated(across, down),
        }
    }
}

impl Samples {
    /// None yet, of pixels that are means of squares of `by`.
    pub fn new(geometry: &Geometry, part: &Part, by: usize, budget: &Budget) -> Result<Self> {
        let factors = geometry.factors(part);
        let squares = Squares::new(part, factors, by);
        let (width, height) = squares.block();
        let stride = (BEFORE + geometry.columns * part.across * width + AFTER).next_multiple_of(8);
        let count = part.down * 2 * height;
        let bytes = Scratch::new(stride.saturating_mul(count), "rows of samples", budget)?;
        let part = squares.part(part);
        let growth = Growth::of(if by > 1 { (1, 1) } else { factors }, part.width);
        Ok(Self { part, growth, squares, stride, count, bytes })
    }

    /// Where the samples of a row begin.
    #[inline(always)]
    pub fn start(&self, y: usize) -> usize {
        // Nearly all are powers of two, and a division takes as long as ten other instructions.
        let mask = self.count.wrapping_sub(1);
        let at = if self.count & mask == 0 { y & mask } else { y % self.count };
        at * self.stride + BEFORE
    }

    /// Puts the samples of a block.
    #[inline(always)]
    pub fn set(&mut self, start: usize, rows: &[[u8; 8]; 8]) {
        // Rows begin at multiples of eight: seen as places for eight samples, each takes one look at the end.
        let (mut at, step) = (start / 8, self.stride / 8);
        let places = self.bytes.as_chunks_mut().0;
        for row in rows {
            let Some(place) = places.get_mut(at) else { return };
            *place = *row;
            at += step;
        }
    }

    /// Puts the means of a block.
    pub fn set_means(&mut self, row: usize, column: usize, block: &[[u8; 8]; 8]) {
        let means = self.squares.means(row, column, block);
        self.put_means(row, column, &means);
    }

    /// Puts means, which are in the first places of the first rows.
    pub fn put_means(&mut self, row: usize, column: usize, means: &[[u8; 8]; 8]) {
        let (width, height) = self.squares.block();
        for (y, means) in (row * height..).zip(means.iter().take(height)) {
            let at = self.start(y) + column * width;
            let to = self.bytes.get_mut(at..).unwrap_or_default();
            to.iter_mut().zip(means).take(width).for_each(|(to, mean)| *to = *mean);
        }
    }

    /// Whether a block becomes one sample, the mean of all that it has.
    #[inline(always)]
    pub fn is_one(&self, row: usize, column: usize) -> bool {
        self.squares.is_one(row, column)
    }

    /// Whether chroma is interpolated between rows.
    pub fn overlaps(&self) -> bool {
        matches!(self.growth, Growth::Down | Growth::Both)
    }

    fn row(&self, y: usize) -> &[u8] {
        let at = self.start(y);
        self.bytes.get(at..at + self.part.width).unwrap_or_default()
    }

    /// Where what is doubled of a row begins, left of its first sample.
    fn framed(&self, y: usize) -> &[u8] {
        self.bytes.get(self.start(y) - 1..).unwrap_or_default()
    }

    /// Repeats the first and the last sample of the rows that a row of MCUs brought, where they are to be doubled. Not when
    /// they are: to load what was just stored as a part of it takes longer.
    pub fn frame(&mut self, mcu_row: usize) {
        if !matches!(self.growth, Growth::Across | Growth::Both) {
            return;
        }
        let rows = self.count / 2;
        for y in mcu_row * rows..(mcu_row + 1) * rows {
            let start = self.start(y);
            let row = self.bytes.get_mut(start - 1..=start + self.part.width).unwrap_or_default();
            if let [left, first, ..] = row {
                *left = *first;
            }
            if let [.., last, right] = row {
                *right = *last;
            }
        }
    }

    /// Row `y` of the image, in its size. Twice as large it is interpolated, three parts of the nearer sample to one of
    /// the farther, else repeated, as libjpeg does; edges are those of the image, not of the blocks.
    pub fn enlarged<'a>(&'a self, y: usize, to: &'a mut [u8]) -> &'a [u8] {
        let doubled = 2 * self.part.width.next_multiple_of(DOUBLED);
        let own = y / 2;
        let beside = if y.is_multiple_of(2) { own.saturating_sub(1) } else { own + 1 };
        let beside = beside.min(self.part.height.saturating_sub(1));
        match self.growth {
            Growth::None(1) => return self.row(y),
            Growth::None(down) => return self.row(y / down),
            Growth::Across => {
                simd::double_across([self.framed(y)], to.get_mut(..doubled).unwrap_or_default());
            }
            Growth::Both => {
                let rows = [self.framed(own), self.framed(beside)];
                simd::double_both(rows, to.get_mut(..doubled).unwrap_or_default());
            }
            Growth::Down => {
                simd::between(self.row(own), self.row(beside), 1 + (y % 2) as u16, to);
            }
            Growth::Repeated(across, down) => {
                let each = to.chunks_mut(across).zip(self.row(y / down));
                each.for_each(|(to, sample)| to.fill(*sample));
            }
        }
        to
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;

    /// A row of the image, of a component of one block that is made larger by factors.
    fn enlarged((across, down): (usize, usize), width: usize, y: usize) -> Vec<u8> {
        let part = Part { width, height: 8, across: 1, down: 1 };
        let parts = vec![Part { width: width * across, height: 8 * down, across, down }, part];
        let geometry = Geometry { columns: 1, rows: 1, across, down, parts };
        let budget = Budget::new(Limits::default(), None);
        let mut samples = Samples::new(&geometry, &part, 1, &budget).unwrap();
        let block =
            std::array::from_fn(|y| [0, 2, 4, 6, 8, 10, 12, 14].map(|x| x + 100 * (y % 2) as u8));
        samples.set(samples.start(0), &block);
        samples.frame(0);
        let mut to = vec![0; 2 * DOUBLED];
        samples.enlarged(y, &mut to)[..width * across].to_vec()
    }

    #[test]
    fn rows_end_as_libjpeg_ends_them() {
        assert_eq!(enlarged((2, 1), 3, 0), [0, 1, 1, 3, 3, 4]);
        assert_eq!(enlarged((2, 1), 2, 0), [0, 0, 2, 2]);
        // The first row has none above it, and the second one has a quarter of the row below.
        assert_eq!(enlarged((2, 2), 3, 0), [0, 0, 2, 2, 4, 4]);
        assert_eq!(enlarged((2, 2), 3, 1), [25, 25, 27, 27, 29, 29]);
    }
}
