//! What of a page is read, and how small.

use crate::error::{Error, Result};

/// Pixels of a page, as it is returned when all of it is read at its full size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Region {
    /// Columns before the first one.
    pub x: u32,
    /// Rows before the first one.
    pub y: u32,
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
}

impl Region {
    /// Refuses a region with pixels that a page of this size does not have.
    pub fn check_within(&self, width: u32, height: u32) -> Result<()> {
        let inside = |from: u32, len: u32, all: u32| {
            len > 0 && from.checked_add(len).is_some_and(|end| end <= all)
        };
        if inside(self.x, self.width, width) && inside(self.y, self.height, height) {
            return Ok(());
        }
        let message = format!(
            "the region of {} x {} pixels at {}, {} is not within the {width} x {height} of the page",
            self.width, self.height, self.x, self.y
        );
        Err(Error::parameter(message))
    }
}
