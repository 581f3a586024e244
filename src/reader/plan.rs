//! What a read does, before any pixel is decoded.

use super::view::View;
use crate::codec::Header;
use crate::error::Result;
use crate::image::Orientation;
use crate::options::{OrientationMode, ReadOptions};
use crate::pixel::reduce::averaged;
use crate::pixel::{Layout, PixelFormat};

/// How a page's stored pixels become those that are returned.
pub struct Plan {
    pub header: Header,
    /// What of the stored pixels is read, if not all of them as they are.
    pub view: Option<View>,
    /// The pixels that are read, as they lie in the file, in the format asked for.
    stored: Layout,
    /// What is returned.
    pub returned: Layout,
    pub mirrored: bool,
    /// Turned by the reader.
    pub turn: Orientation,
    /// Left for the caller to turn.
    pub left: Orientation,
    pub resolution: (f64, f64),
}

impl Plan {
    pub fn new(header: Header, options: &ReadOptions) -> Result<Self> {
        let (angle, mirrored) = Orientation::from_exif(header.orientation);
        let (turn, left) = match options.orientation {
            OrientationMode::Report if !header.upright => (Orientation::Upright, angle),
            _ => (angle, Orientation::Upright),
        };
        let view = View::of(&header, options, turn, mirrored)?;
        let format = options.pixel_format.unwrap_or(match &view {
            Some(view) if view.reduces() => averaged(header.native),
            _ => header.native,
        });
        let whole = (header.width, header.height);
        let (width, height) = view.as_ref().map_or(whole, View::size);
        let stored = Layout::tight(width, height, format)?;
        let sideways = turn.is_sideways();
        let (width, height) =
            if sideways { (stored.height, stored.width) } else { (stored.width, stored.height) };
        let stated = |dpi: f64| if dpi > 0.0 { dpi } else { options.fallback_dpi };
        let (x, y) = header.resolution;
        let smaller = view.as_ref().map_or((1.0, 1.0), View::scale);
        let (x, y) = (stated(x) * smaller.0, stated(y) * smaller.1);
        Ok(Self {
            view,
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
    pub fn needs_stage(&self) -> bool {
        self.turn != Orientation::Upright || self.stored.format.is_planar()
    }

    /// The pixels as the codec delivers them: planar formats are made from R, G, B.
    pub fn staged(&self) -> Result<Layout> {
        let format =
            if self.stored.format.is_planar() { PixelFormat::Bgr888 } else { self.stored.format };
        Layout::tight(self.stored.width, self.stored.height, format)
    }
}
