//! Where a decoder puts its rows.

use super::{Converter, Layout, PixelFormat, row_range};
use crate::error::{Error, Kind, Result};
use crate::limits::Budget;

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
        Ok(Self { data, layout, background, budget, rows: 0, upwards: false, warnings: Vec::new() })
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
        let height = self.layout.height;
        let done = if self.upwards { height.saturating_sub(y) } else { self.rows };
        self.budget.advance(u64::from(done), u64::from(height))?;
        let range = row_range(&self.layout, u64::from(y));
        let row = range.and_then(|range| self.data.get_mut(range));
        row.ok_or_else(|| {
            Error::new(Kind::Internal, format!("row {y} of {} was written", self.layout.height))
        })
    }

    /// Fills row `y` from a whole row of `format`.
    pub fn put(&mut self, y: u32, format: PixelFormat, row: &[u8]) -> Result<()> {
        let converter = Converter::new(format, self.layout.format, self.background);
        let width = self.layout.width as usize;
        converter.row(row, self.row(y)?, width);
        Ok(())
    }

    /// All rows as one slice, for decoders that write packed pictures; `None` where rows are padded.
    pub fn packed(&mut self) -> Option<&mut [u8]> {
        if !self.layout.is_tight() {
            return None;
        }
        self.rows = self.layout.height;
        self.data.get_mut(..self.layout.size())
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
        assert!(canvas.packed().is_none());
        assert_eq!(canvas.row(2).unwrap_err().kind(), Kind::Internal);
        assert_eq!(data, [1, 2, 9, 9, 3, 4]);
    }
}
