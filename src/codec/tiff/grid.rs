//! How a page is cut into strips or tiles, and how long their lines are.

use super::page::Page;
use super::tags::photometric;
use crate::error::{Error, Result};

/// How a page is cut, and what a line of a piece is.
#[derive(Clone, Copy, Debug)]
pub struct Grid {
    /// Pixels across a strip or tile.
    pub chunk_width: u32,
    /// Rows of a strip or tile.
    pub chunk_height: u32,
    pub across: u32,
    pub down: u32,
    /// Planes that hold samples of their own.
    pub planes: u32,
    /// Samples of a pixel within a plane.
    pub samples: u16,
    /// Rows of pixels that one line of bytes is for.
    pub line_rows: u32,
    /// Bytes of a line of one chunk.
    pub line_len: usize,
    pub tiled: bool,
}

impl Grid {
    /// Fails where a size is 0 or beyond all measure.
    pub fn new(page: &Page, subsampling: (u32, u32)) -> Result<Self> {
        let (chunk_width, chunk_height) = page.tile.unwrap_or((page.width, page.rows_per_strip));
        if chunk_width == 0 || chunk_height == 0 {
            let what = if page.tile.is_some() { "a tile" } else { "a strip" };
            return Err(Error::damaged(format!("{what} is {chunk_width} x {chunk_height} pixels")));
        }
        let samples = if page.planar { 1 } else { page.samples };
        let too_large = || Error::damaged(format!("a line of {chunk_width} pixels is too large"));
        let (x, y) = subsampling;
        let bits = if (x, y) == (1, 1) {
            let pixel = match page.photometric {
                // Luminance and both chromaticities are one number.
                photometric::LOG_LUV => 32,
                _ => u64::from(samples) * u64::from(page.bits),
            };
            u64::from(chunk_width).checked_mul(pixel).ok_or_else(too_large)?
        } else {
            u64::from(chunk_width.div_ceil(x)) * u64::from(x * y + 2) * u64::from(page.bits)
        };
        let across = page.width.div_ceil(chunk_width);
        if across > 1 && bits % 8 != 0 {
            let message =
                format!("tiles of {chunk_width} pixels that end within a byte are not supported");
            return Err(Error::unsupported(message));
        }
        if page.tile.is_some() && (chunk_width % x, chunk_height % y) != (0, 0) {
            let message = format!(
                "tiles of {chunk_width} x {chunk_height} pixels that cut chroma of {x} x {y} are not supported"
            );
            return Err(Error::unsupported(message));
        }
        Ok(Self {
            chunk_width,
            chunk_height,
            across,
            down: page.height.div_ceil(chunk_height),
            planes: if page.planar { u32::from(page.samples) } else { 1 },
            samples,
            line_rows: y,
            line_len: usize::try_from(bits.div_ceil(8)).map_err(|_| too_large())?,
            tiled: page.tile.is_some(),
        })
    }

    /// Bytes of a line across the page.
    pub fn whole_line(&self) -> usize {
        self.line_len.saturating_mul(self.across as usize)
    }

    /// Rows of the page that the chunks of a row of chunks stand for.
    pub fn rows_of(&self, down: u32, height: u32) -> u32 {
        height.saturating_sub(down.saturating_mul(self.chunk_height)).min(self.chunk_height)
    }

    pub fn count(&self) -> u64 {
        u64::from(self.across) * u64::from(self.down) * u64::from(self.planes)
    }

    /// "strip 3" or "tile 3".
    pub fn name(&self, index: u64) -> String {
        format!("{} {index}", if self.tiled { "tile" } else { "strip" })
    }
}
