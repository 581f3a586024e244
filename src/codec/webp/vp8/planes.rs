//! The rows of macroblocks that are not given out yet.

use super::predict::{LEFT, V, Work};
use super::smooth::Lanes;
use crate::error::Result;
use crate::limits::Budget;
use crate::memory::Scratch;

/// Rows that are kept of the macroblocks above, which the smoothing of the row below changes yet, or which need chroma
/// that it changes.
pub(super) const KEPT: usize = 8;
/// Samples before a row that mean nothing, so that edges can be looked at from 8 samples before them.
pub(super) const MARGIN: usize = 8;

/// One component: [`KEPT`] rows, and those of a row of macroblocks.
pub(super) struct Plane {
    samples: Scratch,
    stride: usize,
}

impl Plane {
    fn new(width: usize, rows: usize, budget: &Budget) -> Result<Self> {
        let stride = MARGIN + width;
        Ok(Self { samples: Scratch::new(stride * (KEPT + rows), "rows", budget)?, stride })
    }

    /// A row, counted from the first of the macroblocks.
    pub fn row(&self, row: isize) -> &[u8] {
        let start = self.start(row);
        self.samples.get(start + MARGIN..start + self.stride).unwrap_or_default()
    }

    #[inline(always)]
    fn start(&self, row: isize) -> usize {
        (KEPT as isize + row).max(0) as usize * self.stride
    }

    /// Samples of a row from `x` on, [`MARGIN`] being the first.
    #[inline(always)]
    pub fn get<const N: usize>(&self, x: usize, row: isize) -> [u8; N] {
        let samples = self.samples.get(self.start(row) + x..);
        samples.and_then(|samples| samples.first_chunk()).copied().unwrap_or([0; N])
    }

    #[inline(always)]
    pub fn put<const N: usize>(&mut self, x: usize, row: isize, samples: &[u8; N]) {
        let start = self.start(row) + x;
        if let Some(to) = self.samples.get_mut(start..).and_then(|to| to.first_chunk_mut()) {
            *to = *samples;
        }
    }

    /// 16 samples each of 16 rows.
    #[inline(always)]
    pub fn square(&self, x: usize) -> [Lanes; 16] {
        let mut rows = [[0; 16]; 16];
        for (row, samples) in (0..).zip(&mut rows) {
            *samples = self.get(x, row);
        }
        rows
    }

    #[inline(always)]
    pub fn put_square(&mut self, x: usize, rows: &[Lanes; 16]) {
        for (row, samples) in (0..).zip(rows) {
            self.put(x, row, samples);
        }
    }

    fn shift(&mut self) {
        let start = self.samples.len() - KEPT * self.stride;
        self.samples.copy_within(start.., 0);
    }
}

/// Y, U and V.
pub(super) struct Planes {
    pub y: Plane,
    pub u: Plane,
    pub v: Plane,
}

impl Planes {
    /// For rows of `across` macroblocks.
    pub fn new(across: usize, budget: &Budget) -> Result<Self> {
        Ok(Self {
            y: Plane::new(across * 16, 16, budget)?,
            u: Plane::new(across * 8, 8, budget)?,
            v: Plane::new(across * 8, 8, budget)?,
        })
    }

    /// Keeps the last rows, to go on with the next macroblocks.
    pub fn shift(&mut self) {
        self.y.shift();
        self.u.shift();
        self.v.shift();
    }

    /// Puts a macroblock in its place.
    #[inline(always)]
    pub fn put(&mut self, column: usize, work: &Work) {
        for (row, samples) in (0..).zip(work.y.iter().skip(1)) {
            let samples: &[u8; 16] = samples[LEFT..].first_chunk().unwrap_or(&[0; 16]);
            self.y.put(MARGIN + column * 16, row, samples);
        }
        for (row, samples) in (0..).zip(work.uv.iter().skip(1)) {
            let [u, v] = [LEFT, V].map(|start| samples[start..].first_chunk().unwrap_or(&[0; 8]));
            self.u.put::<8>(MARGIN + column * 8, row, u);
            self.v.put::<8>(MARGIN + column * 8, row, v);
        }
    }

    /// 16 samples of 8 rows of U, and as many of V.
    #[inline(always)]
    pub fn chroma_square(&self, x: usize) -> [Lanes; 16] {
        let mut rows = [[0; 16]; 16];
        let (u, v) = rows.split_at_mut(8);
        for (row, (u, v)) in (0..).zip(u.iter_mut().zip(v)) {
            (*u, *v) = (self.u.get(x, row), self.v.get(x, row));
        }
        rows
    }

    #[inline(always)]
    pub fn put_chroma_square(&mut self, x: usize, rows: &[Lanes; 16]) {
        let (u, v) = rows.split_at(8);
        for (row, (u, v)) in (0..).zip(u.iter().zip(v)) {
            self.u.put(x, row, u);
            self.v.put(x, row, v);
        }
    }

    /// 8 samples of a row of U, and as many of V.
    #[inline(always)]
    pub fn chroma(&self, x: usize, row: isize) -> Lanes {
        let mut both = [0; 16];
        both[..8].copy_from_slice(&self.u.get::<8>(x, row));
        both[8..].copy_from_slice(&self.v.get::<8>(x, row));
        both
    }

    #[inline(always)]
    pub fn put_chroma(&mut self, x: usize, row: isize, both: &Lanes) {
        let &[[u, v]] = both.as_chunks::<8>().0.as_chunks::<2>().0 else { return };
        self.u.put(x, row, &u);
        self.v.put(x, row, &v);
    }
}
