//! Where a decoder puts its rows.

use std::ops::Range;

use super::{Converter, Layout, PixelFormat, row_range};
use crate::error::{Error, Kind, Result};
use crate::limits::Budget;
use crate::memory;

/// The rows a decoder fills, in the pixel format that was asked for.
///
/// A decoder that can produce this format writes into [`Canvas::row`]; any other hands over rows of its own
/// format with [`Canvas::put`], which converts them on the way into memory. Rows come in any order.
pub struct Canvas<'a> {
    data: &'a mut [u8],
    layout: Layout,
    background: [u8; 3],
    budget: &'a Budget,
    rows: u32,
    upwards: bool,
    warnings: Vec<String>,
    /// The first of its rows, and the rows of the whole: a part of a canvas keeps their numbers.
    first: u32,
    total: u32,
    /// The huge page that was begun last.
    begun: usize,
}

impl<'a> Canvas<'a> {
    /// Fails where `data` is too short for `layout`.
    pub fn new(
        data: &'a mut [u8],
        layout: Layout,
        background: [u8; 3],
        budget: &'a Budget,
    ) -> Result<Self> {
        if data.len() < layout.size() {
            let message = format!(
                "the pixels take {} bytes, but the buffer has {}",
                layout.size(),
                data.len()
            );
            return Err(Error::new(Kind::BufferTooSmall, message));
        }
        let total = layout.height;
        Ok(Self {
            data,
            layout,
            background,
            budget,
            rows: 0,
            upwards: false,
            warnings: Vec::new(),
            first: 0,
            total,
            begun: 0,
        })
    }

    /// Parts of `rows` rows, for several threads. Their rows have the numbers that they have here.
    pub fn split(&mut self, rows: u32) -> Vec<Canvas<'_>> {
        let (layout, rows) = (self.layout, rows.max(1));
        let part_len = layout.stride.saturating_mul(rows as usize).max(1);
        let parts = self.data.chunks_mut(part_len).zip((0..layout.height).step_by(rows as usize));
        let part = |(data, first): (_, u32)| Canvas {
            data,
            layout: Layout { height: rows.min(layout.height - first), ..layout },
            background: self.background,
            budget: self.budget,
            rows: first,
            upwards: false,
            warnings: Vec::new(),
            first,
            total: self.total,
            begun: 0,
        };
        parts.map(part).collect()
    }

    /// Some of the columns of some rows, which have numbers from 0 on there. Pixels must be whole bytes.
    pub fn part<'b>(
        &'b mut self,
        (x, y): (u32, u32),
        (width, height): (u32, u32),
        budget: &'b Budget,
    ) -> Result<Canvas<'b>> {
        let outside =
            || Error::new(Kind::Internal, format!("{width} x {height} pixels at {x}, {y}"));
        let pixel = self.layout.format.bits_per_pixel() / 8;
        let first = y.checked_sub(self.first).filter(|first| {
            u64::from(*first) + u64::from(height) <= self.layout.height.into()
                && u64::from(x) + u64::from(width) <= self.layout.width.into()
                && pixel > 0
        });
        let first = first.ok_or_else(outside)? as usize;
        let start = first * self.layout.stride + x as usize * pixel;
        let data = self.data.get_mut(start..).ok_or_else(outside)?;
        Canvas::new(data, Layout { width, height, ..self.layout }, self.background, budget)
    }

    /// Says that the rows from `y` on come next, which are not told of one by one.
    pub fn begin_rows(&self, y: u32) -> Result<()> {
        self.budget.advance(u64::from(y), u64::from(self.total))
    }

    /// Makes `count` rows from `y` on zero. They do not count as filled.
    pub fn clear(&mut self, y: u32, count: u32) -> Result<()> {
        let outside = || Error::new(Kind::Internal, format!("{count} rows from {y} were cleared"));
        let first = y.checked_sub(self.first).ok_or_else(outside)?;
        for y in first..first.saturating_add(count) {
            let range = row_range(&self.layout, y.into()).ok_or_else(outside)?;
            self.data.get_mut(range).ok_or_else(outside)?.fill(0);
        }
        Ok(())
    }

    /// What transparent pixels are laid on.
    pub fn background(&self) -> [u8; 3] {
        self.background
    }

    /// Notes how far the rows of a part were filled.
    pub fn note_filled(&mut self, rows: u32) {
        self.rows = self.rows.max(rows);
    }

    /// Size, format and stride of the rows. Never a planar format.
    pub fn layout(&self) -> Layout {
        self.layout
    }

    /// The pixel format asked for.
    pub fn format(&self) -> PixelFormat {
        self.layout.format
    }

    /// The budget of the call.
    pub fn budget(&self) -> &'a Budget {
        self.budget
    }

    /// Says what the caller should know of pixels that are no damage.
    pub fn warn(&mut self, text: &str) {
        self.warnings.push(text.to_owned());
    }

    /// The same, unless it was said.
    pub fn warn_once(&mut self, text: &str) {
        if self.warnings.iter().all(|said| said != text) {
            self.warn(text);
        }
    }

    /// What the decoder had to say.
    pub fn take_warnings(&mut self) -> Vec<String> {
        std::mem::take(&mut self.warnings)
    }

    /// Says that the last row comes first, so that progress is counted from below.
    pub fn fill_upwards(&mut self) {
        self.upwards = true;
    }

    /// Row `y`, to be filled in the canvas' own format. Counts as filled.
    pub fn row(&mut self, y: u32) -> Result<&mut [u8]> {
        self.rows = self.rows.max(y.saturating_add(1));
        let done = if self.upwards { self.total.saturating_sub(y) } else { self.rows };
        self.budget.advance(u64::from(done), u64::from(self.total))?;
        let range = y.checked_sub(self.first).and_then(|y| row_range(&self.layout, y.into()));
        let total = self.total;
        let outside = || Error::new(Kind::Internal, format!("row {y} of {total} was written"));
        self.bytes(range.ok_or_else(outside)?).ok_or_else(outside)
    }

    /// Fills row `y` from a whole row of `format`.
    pub fn put(&mut self, y: u32, format: PixelFormat, row: &[u8]) -> Result<()> {
        let converter = Converter::new(format, self.layout.format, self.background);
        let width = self.layout.width as usize;
        converter.row(row, self.row(y)?, width);
        Ok(())
    }

    /// `count` rows from `y` on as one slice, where they follow each other without padding; `None` where they do not.
    ///
    /// They count as filled with [`Canvas::note_filled`].
    pub fn band(&mut self, y: u32, count: u32) -> Result<Option<&mut [u8]>> {
        if !self.layout.is_tight() {
            return Ok(None);
        }
        self.begin_rows(y)?;
        let at = |y: u32| self.layout.stride.saturating_mul(y.saturating_sub(self.first) as usize);
        let (start, end) = (at(y), at(y.saturating_add(count)));
        let outside = || Error::new(Kind::Internal, format!("{count} rows from {y} were written"));
        self.bytes(start..end).map(Some).ok_or_else(outside)
    }

    /// Some of the bytes, to be filled.
    fn bytes(&mut self, range: Range<usize>) -> Option<&mut [u8]> {
        memory::begin_pages(self.data, &range, &mut self.begun);
        self.data.get_mut(range)
    }

    /// The numbers of its rows.
    pub fn numbers(&self) -> Range<usize> {
        let first = self.first as usize;
        first..first.saturating_add(self.layout.height as usize)
    }

    /// How many rows from the top have been filled, or begun.
    pub fn rows_filled(&self) -> u32 {
        self.rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;

    #[test]
    fn padding_between_rows_is_left_alone() {
        let budget = Budget::new(Limits::default(), None);
        let layout = Layout::with_stride(2, 2, PixelFormat::Gray8, 4).unwrap();
        let mut data = [9; 6];
        let mut canvas = Canvas::new(&mut data, layout, [255; 3], &budget).unwrap();
        canvas.put(1, PixelFormat::Gray8, &[3, 4]).unwrap();
        canvas.row(0).unwrap().copy_from_slice(&[1, 2]);
        assert!(canvas.band(0, 1).unwrap().is_none());
        assert_eq!(canvas.row(2).unwrap_err().kind(), Kind::Internal);
        assert_eq!(data, [1, 2, 9, 9, 3, 4]);
    }

    #[test]
    fn parts_keep_the_numbers_of_their_rows() {
        let budget = Budget::new(Limits::default(), None);
        let layout = Layout::tight(2, 5, PixelFormat::Gray8).unwrap();
        let mut data = [0; 10];
        let mut canvas = Canvas::new(&mut data, layout, [255; 3], &budget).unwrap();
        let mut parts = canvas.split(2);
        assert_eq!(parts.len(), 3);
        parts[2].row(4).unwrap().fill(7);
        assert_eq!((parts[2].rows_filled(), parts[1].rows_filled()), (5, 2));
        assert!(parts[2].row(3).is_err() && parts[0].row(2).is_err());
        parts[1].band(2, 2).unwrap().unwrap().fill(3);
        drop(parts);
        assert_eq!(data, [0, 0, 0, 0, 3, 3, 3, 3, 7, 7]);
    }
}
