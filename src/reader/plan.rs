//! How the pixels that a file stores become those that a caller asked for.

use crate::codec::Header;
use crate::error::Result;
use crate::image::Orientation;
use crate::options::{OrientationMode, ReadOptions};
use crate::pixel::{Layout, PixelFormat};

/// How a page's stored pixels become those that are returned.
pub(super) struct Plan {
    pub(super) header: Header,
    /// The stored pixels, in the format asked for.
    pub(super) stored: Layout,
    /// What is returned.
    pub(super) returned: Layout,
    pub(super) mirrored: bool,
    /// Turned by the reader.
    pub(super) turn: Orientation,
    /// Left for the caller to turn.
    pub(super) left: Orientation,
    pub(super) resolution: (f64, f64),
}

impl Plan {
    pub(super) fn new(header: Header, options: &ReadOptions) -> Result<Self> {
        let (angle, mirrored) = Orientation::from_exif(header.orientation);
        let (turn, left) = match options.orientation {
            OrientationMode::Report if !header.upright => (Orientation::Upright, angle),
            _ => (angle, Orientation::Upright),
        };
        let format = options.pixel_format.unwrap_or(header.native);
        let stored = Layout::tight(header.width, header.height, format)?;
        let sideways = turn.is_sideways();
        let (width, height) =
            if sideways { (stored.height, stored.width) } else { (stored.width, stored.height) };
        let stated = |dpi: f64| if dpi > 0.0 { dpi } else { options.fallback_dpi };
        let (x, y) = header.resolution;
        let (x, y) = (stated(x), stated(y));
        Ok(Self {
            stored,
            returned: Layout::tight(width, height, format)?,
            mirrored,
            turn,
            left,
            resolution: if sideways { (y, x) } else { (x, y) },
            header,
        })
    }

    /// Whether pixels pass through memory of their own before they reach the caller's.
    pub(super) fn needs_stage(&self) -> bool {
        self.turn != Orientation::Upright || self.stored.format.is_planar()
    }

    /// The pixels as the codec delivers them: planar formats are made from R, G, B.
    pub(super) fn staged(&self) -> Result<Layout> {
        let format =
            if self.stored.format.is_planar() { PixelFormat::Bgr888 } else { self.stored.format };
        Layout::tight(self.stored.width, self.stored.height, format)
    }
}
