//! Strips whose lines are rows nearly as they are wanted, read to where they stay.

use std::ops::Range;

use super::{Chunk, Lines};
use crate::codec::tiff::compression::Stream;
use crate::codec::tiff::settle::Settle;
use crate::codec::tiff::tags::compression::{DEFLATE, LZW, OLD_DEFLATE};
use crate::error::Result;
use crate::memory::Scratch;
use crate::pixel::Canvas;

/// Bytes of a strip that are decoded at once to where they stay.
const DIRECT_BAND: usize = 1 << 20;

/// The same for LZW and Deflate, which are faster then: not so many that a deadline would be missed.
const LONG_BAND: usize = 16 << 20;

impl Lines<'_> {
    /// Decompresses some strips, whose lines are rows nearly as they are wanted, to where they are wanted; `settle` does
    /// the rest to each. Otherwise as [`Lines::each_row`].
    pub fn fill_rows(
        &mut self,
        downs: Range<u32>,
        settle: Settle,
        canvas: &mut Canvas<'_>,
    ) -> Result<()> {
        let grid = self.grid;
        let is_long = matches!(self.method.compression, DEFLATE | LZW | OLD_DEFLATE);
        let band = if is_long { LONG_BAND } else { DIRECT_BAND };
        let most = band / grid.line_len.max(1);
        let mut work = Scratch::new(grid.line_len, "a row", self.budget)?;
        let are_pairs = self.method.decodes_pairs() && most / 2 >= grid.chunk_height as usize;
        let most = most.clamp(1, grid.chunk_height as usize);
        let mut downs = downs;
        while let Some(down) = downs.next() {
            let rows = grid.rows_of(down, self.height);
            let mut strip = self.open(0, down, 0, rows)?;
            if are_pairs && !downs.is_empty() {
                let (y, below) = (down.saturating_mul(grid.chunk_height), down + 1);
                downs.start = below + 1;
                let more = grid.rows_of(below, self.height);
                let mut other = self.open(0, below, 0, more)?;
                let bands = canvas.band(y, rows.saturating_add(more))?.unwrap_or_default();
                let (band, next) = bands
                    .split_at_mut_checked(grid.line_len.saturating_mul(rows as usize))
                    .unwrap_or_default();
                let good =
                    self.two_bands((strip.as_mut(), band), (other.as_mut(), next), &mut work)?;
                let [first, second] = good;
                settle_rows(band, grid.line_len, first, settle);
                settle_rows(next, grid.line_len, second, settle);
                canvas.note_filled(y.saturating_add(first as u32));
                canvas.note_filled(y.saturating_add(rows).saturating_add(second as u32));
                continue;
            }
            for start in (0..rows).step_by(most) {
                let count = rows.saturating_sub(start).min(most as u32);
                let y = down.saturating_mul(grid.chunk_height).saturating_add(start);
                let band = canvas.band(y, count)?.unwrap_or_default();
                if let Some(lines) = strip.as_mut().and_then(|it| it.stream.lend(band.len())) {
                    self.budget.check()?;
                    copy_rows(lines, band, grid.line_len, settle);
                    canvas.note_filled(y.saturating_add(count));
                    continue;
                }
                let at = (start as usize, rows as usize);
                let good = self.band(strip.as_mut(), band, at, &mut work)?;
                settle_rows(band, grid.line_len, good, settle);
                canvas.note_filled(y.saturating_add(good as u32));
            }
        }
        self.damage.take().map_or(Ok(()), Err)
    }

    /// [`Lines::band`] of two whole strips, which are decoded side by side if both are there.
    fn two_bands(
        &mut self,
        (one, band): (Option<&mut Chunk>, &mut [u8]),
        (other, next): (Option<&mut Chunk>, &mut [u8]),
        work: &mut [u8],
    ) -> Result<[usize; 2]> {
        let line_len = self.grid.whole_line().max(1);
        let whole = [band.len() / line_len, next.len() / line_len];
        let (one, other) = match (one, other) {
            (Some(one), Some(other)) => (one, other),
            (one, other) => {
                let good = self.band(one, band, (0, whole[0]), work)?;
                return Ok([good, self.band(other, next, (0, whole[1]), work)?]);
            }
        };
        self.budget.check()?;
        let got = Stream::fill_two((&mut one.stream, &mut *band), (&mut other.stream, &mut *next));
        let chunks = [(one, band), (other, next)];
        let mut good = [0; 2];
        for (((chunk, band), got), good) in chunks.into_iter().zip(got).zip(&mut good) {
            let lines = band.len() / line_len;
            *good = self.filled(chunk, got, band.len(), (0, lines))? / line_len;
            let there = band.chunks_exact_mut(line_len).take(*good);
            there.for_each(|line| self.predictor.undo(line, work));
        }
        Ok(good)
    }
}

/// Does the rest to the first lines; what is missing after them is zero.
fn settle_rows(band: &mut [u8], line_len: usize, good: usize, settle: Settle) {
    let mut lines = band.chunks_exact_mut(line_len.max(1));
    lines.by_ref().take(good).for_each(|line| settle.apply(line));
    lines.for_each(|line| line.fill(0));
}

/// Lines that are there, as rows.
fn copy_rows(lines: &[u8], band: &mut [u8], line_len: usize, settle: Settle) {
    let len = line_len.max(1);
    for (row, line) in band.chunks_exact_mut(len).zip(lines.chunks_exact(len)) {
        settle.copy(line, row);
    }
}
