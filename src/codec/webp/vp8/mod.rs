//! Key frames of VP8 (RFC 6386): lossy WebP.
//!
//! A row of macroblocks is made at a time, from unsmoothed samples above and to the left; then it is smoothed, and what
//! the next row does not change any more is given out. No more of the frame than that is kept.

mod bools;
mod edges;
mod header;
mod macroblocks;
mod modes;
mod planes;
mod predict;
mod rows;
mod simd;
mod smooth;
mod tables;
mod tokens;
mod transform;

use crate::error::{Error, Result};
use crate::limits::Budget;
use crate::memory;

use bools::Bools;
use edges::Edges;
use header::Header;
pub(super) use header::{HEAD, size};
use modes::{Macroblock, Mode};
use planes::Planes;
use predict::Work;
use rows::Rows;
use tokens::{Context, Residual};

/// What is known of the macroblocks above: a place for each column.
#[derive(Clone, Copy, Default)]
struct Above {
    modes: [Mode; 4],
    context: Context,
    y: [u8; 16],
    u: [u8; 8],
    v: [u8; 8],
}

/// A frame on its way to rows.
struct Decoder<'a, 'b> {
    header: Header,
    modes: Bools<'a>,
    coefficients: Vec<Bools<'a>>,
    above: Vec<Above>,
    blocks: Vec<Macroblock>,
    edges: Vec<Edges>,
    planes: Planes,
    work: Work,
    residual: Residual,
    rows: Rows,
    height: u32,
    given: u32,
    take: &'b mut Take<'b>,
}

/// Takes a row: its number, and its R, G and B.
pub(super) type Take<'a> = dyn FnMut(u32, [&[u8]; 3]) -> Result<()> + 'a;

/// Decodes a frame. On damage, the rows before it were taken.
pub(super) fn decode(data: &[u8], budget: &Budget, take: &mut Take<'_>) -> Result<()> {
    let (width, height) = size(data)?;
    let (first, rest) = header::partitions(data)?;
    let mut bools = Bools::new(first);
    let (header, count) = Header::read(&mut bools)?;
    let across = width.div_ceil(16) as usize;
    let len = across * (size_of::<Above>() + size_of::<Macroblock>() + size_of::<Edges>());
    let _booked = budget.reserve(len as u64)?;
    let mut decoder = Decoder {
        header,
        modes: bools,
        coefficients: header::coefficients(rest, count)?,
        above: memory::places(across, "macroblocks")?,
        blocks: memory::places(across, "macroblocks")?,
        edges: memory::places(across, "macroblocks")?,
        planes: Planes::new(across, budget)?,
        work: Work::new(),
        residual: Residual::default(),
        rows: Rows::new(width as usize, budget)?,
        height,
        given: 0,
        take,
    };
    decoder.above.resize(across, Above::default());
    for row in 0..height.div_ceil(16) {
        budget.check()?;
        decoder.row(row)?;
    }
    Ok(())
}

impl Decoder<'_, '_> {
    /// Decodes a row of macroblocks.
    fn row(&mut self, row: u32) -> Result<()> {
        if row > 0 {
            self.planes.shift();
        }
        self.read_modes(row)?;
        simd::macroblocks(self, row)?;
        simd::smooth(&mut self.planes, self.header.smoothing, &self.edges, row == 0);
        let below = (row + 1) * 16;
        let end = if below >= self.height { self.height } else { below - planes::KEPT as u32 };
        self.give(row, end)
    }

    fn read_modes(&mut self, row: u32) -> Result<()> {
        let mut left = [Mode::default(); 4];
        self.blocks.clear();
        for above in &mut self.above {
            let block =
                Macroblock::read(&mut self.modes, &self.header, &mut above.modes, &mut left);
            self.blocks.push(block);
        }
        match self.modes.ended() {
            true => Err(cut(row)),
            false => Ok(()),
        }
    }

    /// Gives out the rows before `end`; the last macroblocks are those of `row`.
    fn give(&mut self, row: u32, end: u32) -> Result<()> {
        let last = self.height.div_ceil(2) - 1;
        for y in self.given..end {
            let near = y / 2;
            let far = if y % 2 == 0 { near.saturating_sub(1) } else { (near + 1).min(last) };
            let place = |y: u32, rows: u32| y as isize - (row * rows) as isize;
            self.rows.make(&self.planes, place(y, 16), place(near, 8), place(far, 8));
            let [r, g, b] = &self.rows.rgb;
            (self.take)(y, [r, g, b])?;
        }
        self.given = end;
        Ok(())
    }
}

fn cut(row: u32) -> Error {
    Error::damaged(format!("the data of the VP8 frame end in row {}", row * 16))
}
