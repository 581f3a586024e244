//! Key frames of VP8 (RFC 6386): lossy WebP.
//!
//! A row of macroblocks is made at a time, from unsmoothed samples above and to the left; then it is smoothed, and what
//! the next row does not change any more is given out. No more of the frame than that is kept.

mod bools;
mod edges;
mod header;
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
use modes::{Luma, Macroblock, Mode};
use planes::Planes;
use predict::{LEFT, V, Work};
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
        self.macroblocks(row)?;
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

    fn macroblocks(&mut self, row: u32) -> Result<()> {
        let turn = row as usize % self.coefficients.len().max(1);
        let Some(bools) = self.coefficients.get_mut(turn) else { return Err(cut(row)) };
        let header = &self.header;
        let mut left = Context::default();
        self.edges.clear();
        for (column, block) in self.blocks.iter().enumerate() {
            let has_y2 = matches!(block.luma, Luma::Whole(_));
            let segment = block.segment & 3;
            let (above, after) = match self.above.get_mut(column..) {
                Some([above, after @ ..]) => (above, after.first()),
                _ => return Err(cut(row)),
            };
            let mut filled = false;
            self.residual.clear();
            if block.skipped {
                above.context.skip(has_y2);
                left.skip(has_y2);
            } else {
                let steps = &header.steps[segment];
                let contexts = (&mut above.context, &mut left);
                filled = self.residual.read(bools, &header.probabilities, steps, has_y2, contexts);
                if bools.ended() {
                    return Err(cut(row));
                }
            }
            self.work.begin(column == 0, row == 0);
            set_above(&mut self.work, above, after, row == 0);
            simd::fill(&mut self.work, block, &self.residual, (column > 0, row > 0));
            self.planes.put(column, &self.work);
            keep(&self.work, above);
            let strength = header.strengths[segment][usize::from(!has_y2)];
            self.edges.push(Edges { strength, inner: filled || !has_y2 });
        }
        Ok(())
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

/// Puts the samples above a macroblock in place, those above the next one to the right of them.
fn set_above(work: &mut Work, above: &Above, after: Option<&Above>, at_top: bool) {
    let (y, u, v, more) = match (at_top, after) {
        (true, _) => ([127; 16], [127; 8], [127; 8], [127; 4]),
        (false, Some(after)) => {
            (above.y, above.u, above.v, [0, 1, 2, 3].map(|at: usize| after.y[at]))
        }
        (false, None) => (above.y, above.u, above.v, [above.y[15]; 4]),
    };
    work.y[0][LEFT..LEFT + 16].copy_from_slice(&y);
    work.y[0][LEFT + 16..LEFT + 20].copy_from_slice(&more);
    work.uv[0][LEFT..LEFT + 8].copy_from_slice(&u);
    work.uv[0][V..V + 8].copy_from_slice(&v);
}

/// Keeps what is above the macroblock below.
fn keep(work: &Work, above: &mut Above) {
    above.y.copy_from_slice(&work.y[16][LEFT..LEFT + 16]);
    above.u.copy_from_slice(&work.uv[8][LEFT..LEFT + 8]);
    above.v.copy_from_slice(&work.uv[8][V..V + 8]);
}
