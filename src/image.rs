//! The image in memory that readers make and writers take.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::error::{Error, Kind, Result};
use crate::format::FileFormat;
use crate::limits::Budget;
use crate::memory::{self, PixelBuffer};
use crate::metadata::{Metadata, MetadataKind, exif, icc};
use crate::pixel::binarize::{self, Binarize};
use crate::pixel::{Canvas, Converter, Layout, PixelFormat, PixelView, orient, yuv};

/// White: what transparent pixels lie on in formats without alpha.
pub const WHITE: [u8; 3] = [255; 3];

/// The angle, clockwise, by which stored pixels are to be turned to stand upright.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Orientation {
    /// Upright.
    #[default]
    Upright,
    /// 90 degrees.
    Right,
    /// 180 degrees.
    Down,
    /// 270 degrees.
    Left,
}

impl Orientation {
    /// From degrees.
    pub fn from_degrees(degrees: i32) -> Result<Self> {
        match degrees {
            0 => Ok(Self::Upright),
            90 => Ok(Self::Right),
            180 => Ok(Self::Down),
            270 => Ok(Self::Left),
            _ => {
                let message = format!("orientation is {degrees}, not 0, 90, 180 or 270");
                Err(Error::new(Kind::OrientationInvalid, message))
            }
        }
    }

    /// In degrees.
    pub fn degrees(self) -> i32 {
        match self {
            Self::Upright => 0,
            Self::Right => 90,
            Self::Down => 180,
            Self::Left => 270,
        }
    }

    /// From the Orientation tag of TIFF and EXIF: the angle that is left after the horizontal flip, and whether there is one.
    pub fn from_exif(value: u16) -> (Self, bool) {
        match value {
            2 => (Self::Upright, true),
            3 => (Self::Down, false),
            4 => (Self::Down, true),
            5 => (Self::Left, true),
            6 => (Self::Right, false),
            7 => (Self::Right, true),
            8 => (Self::Left, false),
            _ => (Self::Upright, false),
        }
    }

    /// The Orientation tag of TIFF and EXIF.
    pub fn exif(self) -> u16 {
        match self {
            Self::Upright => 1,
            Self::Right => 6,
            Self::Down => 3,
            Self::Left => 8,
        }
    }

    /// Whether width and height trade places.
    pub fn is_sideways(self) -> bool {
        matches!(self, Self::Right | Self::Left)
    }
}

/// Pixels with what is known about them.
#[derive(Debug)]
pub struct ImageData {
    pixels: Pixels,
    layout: Layout,
    /// The angle that is left to turn.
    pub orientation: Orientation,
    /// Dots per inch, across and down; 0 = not stated.
    pub resolution: (f64, f64),
    /// ICC, EXIF and XMP bytes.
    pub metadata: Metadata,
    /// Where the image came from.
    pub origin: Origin,
    /// What was wrong with the file and could be mended or ignored.
    pub warnings: Vec<String>,
}

/// The memory behind an image.
enum Pixels {
    Own(PixelBuffer),
    /// Somebody else's, until the image is dropped: it is read and never written.
    Lent(Box<dyn AsRef<[u8]> + Send + Sync>),
}

impl fmt::Debug for Pixels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Own(pixels) => pixels.fmt(f),
            Self::Lent(pixels) => write!(f, "Lent({} bytes)", (**pixels).as_ref().len()),
        }
    }
}

/// Where an image came from.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// The format of the file.
    pub format: Option<FileFormat>,
    /// The file, where it was one.
    pub path: Option<PathBuf>,
    /// The page, from 0.
    pub page: u32,
    /// The pages of the file.
    pub pages: u32,
}

impl ImageData {
    /// An image of zeroed pixels in tight rows.
    pub fn new(width: u32, height: u32, format: PixelFormat) -> Result<Self> {
        let layout = Layout::tight(width, height, format)?;
        Ok(Self::of(Pixels::Own(PixelBuffer::zeroed(layout.size())?), layout))
    }

    /// An image of somebody else's pixels, which are not copied: `pixels` is dropped with the image.
    pub fn lent(pixels: impl AsRef<[u8]> + Send + Sync + 'static, layout: Layout) -> Result<Self> {
        PixelView::new(pixels.as_ref(), layout)?;
        Ok(Self::of(Pixels::Lent(Box::new(pixels)), layout))
    }

    fn of(pixels: Pixels, layout: Layout) -> Self {
        Self {
            pixels,
            layout,
            orientation: Orientation::Upright,
            resolution: (0.0, 0.0),
            metadata: Metadata::default(),
            origin: Origin { pages: 1, ..Origin::default() },
            warnings: Vec::new(),
        }
    }

    /// A copy of somebody else's pixels, in tight rows.
    pub fn from_view(view: &PixelView<'_>) -> Result<Self> {
        Self::converted(view, view.layout().format, &Budget::new(Default::default(), None))
    }

    /// A copy of somebody else's pixels in another format.
    pub fn converted(view: &PixelView<'_>, format: PixelFormat, budget: &Budget) -> Result<Self> {
        let Layout { width, height, .. } = view.layout();
        let mut image = Self::new(width, height, format)?;
        let layout = image.layout;
        convert_into(view, image.pixels_mut(), layout, WHITE, budget)?;
        Ok(image)
    }

    /// Everything but the pixels, for an image made from this one.
    fn with_facts_of(mut self, other: &Self) -> Result<Self> {
        self.orientation = other.orientation;
        self.resolution = other.resolution;
        self.metadata = other.metadata.try_clone()?;
        self.origin = other.origin.clone();
        self.warnings.clone_from(&other.warnings);
        Ok(self)
    }

    /// The same image in another pixel format.
    pub fn convert(&self, format: PixelFormat, budget: &Budget) -> Result<Self> {
        Self::converted(&self.view(), format, budget)?.with_facts_of(self)
    }

    /// The same image in black and white. One that is bilevel stays as it is; transparent pixels lie on white.
    pub fn binarize(&self, how: &Binarize, budget: &Budget) -> Result<Self> {
        how.check()?;
        if self.layout.format.is_bilevel() {
            return self.convert(PixelFormat::Binary, budget);
        }
        let mut image = Self::new(self.layout.width, self.layout.height, PixelFormat::Binary)?;
        let layout = image.layout;
        let mut canvas = Canvas::new(image.pixels_mut(), layout, WHITE, budget)?;
        binarize::binarize(&self.view(), self.resolution.0, how, &mut canvas, WHITE)?;
        let mut image = image.with_facts_of(self)?;
        image.metadata.icc = image.metadata.icc.filter(|icc| icc::describes(icc, layout.format));
        Ok(image)
    }

    /// Replaces metadata of one kind; without bytes there is none. EXIF states the angle of the image.
    pub fn set_metadata(&mut self, kind: MetadataKind, bytes: Option<&[u8]>) -> Result<()> {
        let checked = bytes.map(|bytes| kind.checked(bytes)).transpose()?;
        let mut copy = checked.map(|bytes| memory::copy_of(bytes, "metadata")).transpose()?;
        if kind == MetadataKind::Exif && self.orientation != Orientation::Upright {
            copy = copy.map(|exif| exif::stating_orientation(exif, self.orientation.exif()));
        }
        self.metadata.set(kind, copy);
        self.metadata.set_exif_orientation(self.orientation.exif());
        Ok(())
    }

    /// The same image upright, with orientation 0.
    pub fn orient(&self, budget: &Budget) -> Result<Self> {
        let Layout { width, height, format, .. } = self.layout;
        let (w, h) = if self.orientation.is_sideways() { (height, width) } else { (width, height) };
        let mut upright = Self::new(w, h, format)?;
        let layout = upright.layout;
        orient::rotate(
            &self.view(),
            self.orientation.degrees(),
            upright.pixels_mut(),
            layout,
            budget,
        )?;
        let mut upright = upright.with_facts_of(self)?;
        upright.set_orientation(Orientation::Upright);
        if self.orientation.is_sideways() {
            upright.resolution = (self.resolution.1, self.resolution.0);
        }
        Ok(upright)
    }

    /// Sets the angle that is left to turn, in the EXIF bytes too.
    pub fn set_orientation(&mut self, orientation: Orientation) {
        self.orientation = orientation;
        self.metadata.set_exif_orientation(orientation.exif());
    }

    /// The pixels.
    pub fn pixels(&self) -> &[u8] {
        let bytes = match &self.pixels {
            Pixels::Own(pixels) => pixels,
            Pixels::Lent(pixels) => (**pixels).as_ref(),
        };
        bytes.get(..self.layout.size()).unwrap_or_default()
    }

    /// The pixels, to be changed: none where they are lent.
    pub fn pixels_mut(&mut self) -> &mut [u8] {
        let size = self.layout.size();
        match &mut self.pixels {
            Pixels::Own(pixels) => pixels.get_mut(..size).unwrap_or_default(),
            Pixels::Lent(_) => &mut [],
        }
    }

    /// Size, format and stride.
    pub fn layout(&self) -> Layout {
        self.layout
    }

    /// The pixels with their layout.
    pub fn view(&self) -> PixelView<'_> {
        PixelView::new(self.pixels(), self.layout).unwrap_or_else(|_| PixelView::empty())
    }

    /// The file as it is named in messages.
    pub fn path(&self) -> Option<&Path> {
        self.origin.path.as_deref()
    }
}

/// Converts pixels into memory of any format and stride; bytes of `to` outside the rows are left alone.
pub fn convert_into(
    view: &PixelView<'_>,
    to: &mut [u8],
    layout: Layout,
    background: [u8; 3],
    budget: &Budget,
) -> Result<()> {
    if (view.layout().width, view.layout().height) != (layout.width, layout.height) {
        let (from, to) = (view.layout(), layout);
        let message = format!(
            "the image is {} x {}, the buffer {} x {}",
            from.width, from.height, to.width, to.height
        );
        return Err(Error::new(Kind::SizeMismatch, message));
    }
    if layout.format.is_planar() && view.layout().format.is_planar() {
        return yuv::copy_planes(view, to, layout);
    }
    if layout.format.is_planar() {
        return yuv::planes_from(view, to, layout, background, budget);
    }
    let converter = Converter::new(view.layout().format, layout.format, background);
    let mut canvas = Canvas::new(to, layout, background, budget)?;
    for y in 0..layout.height {
        let row = canvas.row(y)?;
        view.part_as(y, 0..layout.width, &converter, row);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mirrored_orientations_leave_a_pure_angle() {
        let left = [1, 2, 3, 4, 5, 6, 7, 8].map(|value| {
            let (angle, mirrored) = Orientation::from_exif(value);
            (angle.degrees(), mirrored)
        });
        let expected = [
            (0, false),
            (0, true),
            (180, false),
            (180, true),
            (270, true),
            (90, false),
            (90, true),
            (270, false),
        ];
        assert_eq!(left, expected);
    }

    #[test]
    fn lent_pixels_are_read_where_they_lie_and_never_written() {
        let bytes: &'static [u8] = &[1, 2, 99, 3, 4];
        let layout = Layout::with_stride(2, 2, PixelFormat::Gray8, 3).unwrap();
        let mut image = ImageData::lent(bytes, layout).unwrap();
        assert_eq!(image.pixels().as_ptr(), bytes.as_ptr());
        assert!(image.pixels_mut().is_empty());
        let budget = Budget::new(Default::default(), None);
        assert_eq!(image.convert(PixelFormat::Gray8, &budget).unwrap().pixels(), [1, 2, 3, 4]);
        image.orientation = Orientation::Down;
        assert_eq!(image.orient(&budget).unwrap().pixels(), [4, 3, 2, 1]);
        assert_eq!(
            ImageData::lent(&bytes[1..], layout).unwrap_err().kind(),
            Kind::ImageDataInvalid
        );
    }

    #[test]
    fn an_upright_copy_trades_width_height_and_resolution() {
        let mut image = ImageData::new(3, 2, PixelFormat::Gray8).unwrap();
        image.pixels_mut().copy_from_slice(&[1, 2, 3, 4, 5, 6]);
        image.orientation = Orientation::Right;
        image.resolution = (300.0, 150.0);
        let upright = image.orient(&Budget::new(Default::default(), None)).unwrap();
        assert_eq!((upright.layout().width, upright.layout().height), (2, 3));
        assert_eq!(upright.pixels(), [4, 1, 5, 2, 6, 3]);
        assert_eq!(upright.resolution, (150.0, 300.0));
        assert_eq!(upright.orientation, Orientation::Upright);
    }
}
