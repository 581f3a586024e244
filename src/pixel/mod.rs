//! Pixel formats and how their bytes lie in memory.

pub mod binarize;
pub mod canvas;
pub mod convert;
pub mod join;
pub mod orient;
pub mod reduce;
pub mod yuv;

use std::ops::Range;

use crate::error::{Error, Kind, Result};

pub use canvas::Canvas;
pub use convert::Converter;

/// How pixels lie in memory. The numbers are those of `DIO_ImagePixelFormat` and never change.
///
/// Names of colour formats are read from the high to the low address; the comments give the bytes, low
/// address first, and are the definition. 16-bit samples are native-endian.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PixelFormat {
    /// 1 bit, most significant bit leftmost, 0 = black.
    Binary = 0,
    /// 1 bit, most significant bit leftmost, 0 = white.
    BinaryInverted = 1,
    /// Y.
    Gray8 = 2,
    /// Plane Y, then half as many rows (rounded up) of V,U pairs.
    Nv21 = 3,
    /// Little-endian u16: R in bits 15-11, G 10-5, B 4-0.
    Rgb565 = 4,
    /// Little-endian u16: R 14-10, G 9-5, B 4-0.
    Rgb555 = 5,
    /// B, G, R.
    Rgb888 = 6,
    /// B, G, R, A (straight alpha).
    Argb8888 = 7,
    /// B, G, R, u16 each.
    Rgb161616 = 8,
    /// B, G, R, A, u16 each.
    Argb16161616 = 9,
    /// R, G, B, A.
    Abgr8888 = 10,
    /// R, G, B, A, u16 each.
    Abgr16161616 = 11,
    /// R, G, B.
    Bgr888 = 12,
    /// One byte, 0 = black, 255 = white.
    Binary8 = 13,
    /// Plane Y, then half as many rows (rounded up) of U,V pairs.
    Nv12 = 14,
    /// One byte, 0 = white, 255 = black.
    Binary8Inverted = 15,
    /// Y, u16.
    Gray16 = 256,
    /// C, M, Y, K, 0 = no ink.
    Cmyk8888 = 257,
}

use PixelFormat as F;

impl PixelFormat {
    /// Every pixel format.
    pub const ALL: [Self; 18] = [
        F::Binary,
        F::BinaryInverted,
        F::Gray8,
        F::Nv21,
        F::Rgb565,
        F::Rgb555,
        F::Rgb888,
        F::Argb8888,
        F::Rgb161616,
        F::Argb16161616,
        F::Abgr8888,
        F::Abgr16161616,
        F::Bgr888,
        F::Binary8,
        F::Nv12,
        F::Binary8Inverted,
        F::Gray16,
        F::Cmyk8888,
    ];

    /// The format with this number.
    pub fn from_number(number: i32) -> Option<Self> {
        Self::ALL.into_iter().find(|format| *format as i32 == number)
    }

    /// The name without the `DIO_IPF_` of the C interface.
    pub fn name(self) -> &'static str {
        match self {
            F::Binary => "BINARY",
            F::BinaryInverted => "BINARYINVERTED",
            F::Gray8 => "GRAYSCALED",
            F::Nv21 => "NV21",
            F::Rgb565 => "RGB_565",
            F::Rgb555 => "RGB_555",
            F::Rgb888 => "RGB_888",
            F::Argb8888 => "ARGB_8888",
            F::Rgb161616 => "RGB_161616",
            F::Argb16161616 => "ARGB_16161616",
            F::Abgr8888 => "ABGR_8888",
            F::Abgr16161616 => "ABGR_16161616",
            F::Bgr888 => "BGR_888",
            F::Binary8 => "BINARY_8",
            F::Nv12 => "NV12",
            F::Binary8Inverted => "BINARY_8_INVERTED",
            F::Gray16 => "GRAY_16",
            F::Cmyk8888 => "CMYK_8888",
        }
    }

    /// Bits of a pixel; of a pixel of the Y plane for NV12 and NV21.
    pub fn bits_per_pixel(self) -> usize {
        match self {
            F::Binary | F::BinaryInverted => 1,
            F::Gray8 | F::Binary8 | F::Binary8Inverted | F::Nv12 | F::Nv21 => 8,
            F::Rgb565 | F::Rgb555 | F::Gray16 => 16,
            F::Rgb888 | F::Bgr888 => 24,
            F::Argb8888 | F::Abgr8888 | F::Cmyk8888 => 32,
            F::Rgb161616 => 48,
            F::Argb16161616 | F::Abgr16161616 => 64,
        }
    }

    /// Whether samples have 16 bits.
    pub fn is_16_bit(self) -> bool {
        matches!(self, F::Rgb161616 | F::Argb16161616 | F::Abgr16161616 | F::Gray16)
    }

    /// Whether pixels are one bit each.
    pub fn is_packed_bits(self) -> bool {
        matches!(self, F::Binary | F::BinaryInverted)
    }

    /// Whether only black and white occur.
    pub fn is_bilevel(self) -> bool {
        matches!(self, F::Binary | F::BinaryInverted | F::Binary8 | F::Binary8Inverted)
    }

    /// Whether pixels hold no colour.
    pub fn is_gray(self) -> bool {
        self.is_bilevel() || matches!(self, F::Gray8 | F::Gray16)
    }

    /// Whether pixels have a straight alpha sample.
    pub fn has_alpha(self) -> bool {
        matches!(self, F::Argb8888 | F::Abgr8888 | F::Argb16161616 | F::Abgr16161616)
    }

    /// Whether chroma lies in a plane of its own (4:2:0).
    pub fn is_planar(self) -> bool {
        matches!(self, F::Nv12 | F::Nv21)
    }

    /// The least bytes of a row of `width` pixels.
    pub fn min_stride(self, width: u32) -> u64 {
        let width = u64::from(width);
        if self.is_planar() {
            return width.next_multiple_of(2);
        }
        (width * self.bits_per_pixel() as u64).div_ceil(8)
    }

    /// Rows of memory that `height` rows of pixels take: more than `height` only for NV12 and NV21.
    pub fn memory_rows(self, height: u32) -> u64 {
        let height = u64::from(height);
        if self.is_planar() { height + height.div_ceil(2) } else { height }
    }
}

/// Size, format and stride of pixels in memory; rows run top to bottom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Pixels per row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// What a pixel is.
    pub format: PixelFormat,
    /// Bytes from one row to the next.
    pub stride: usize,
}

impl Layout {
    /// Rows without padding.
    pub fn tight(width: u32, height: u32, format: PixelFormat) -> Result<Self> {
        let stride =
            usize::try_from(format.min_stride(width)).map_err(|_| too_large(width, height))?;
        let layout = Self { width, height, format, stride };
        layout.checked_size().map(|_| layout)
    }

    /// Rows `stride` bytes apart, which must be enough for one.
    pub fn with_stride(
        width: u32,
        height: u32,
        format: PixelFormat,
        stride: usize,
    ) -> Result<Self> {
        let tight = Self::tight(width, height, format)?;
        if stride < tight.stride {
            let message = format!(
                "the stride of {stride} is less than the {} of {width} pixels",
                tight.stride
            );
            return Err(Error::new(Kind::ImageDataInvalid, message));
        }
        let layout = Self { stride, ..tight };
        layout.checked_size().map(|_| layout)
    }

    /// Bytes that the pixels take at the least: the last row needs no padding.
    pub fn size(&self) -> usize {
        self.checked_size().unwrap_or(usize::MAX)
    }

    /// Bytes of a row without padding.
    pub fn row_len(&self) -> usize {
        usize::try_from(self.format.min_stride(self.width)).unwrap_or(usize::MAX)
    }

    /// Whether rows follow each other without padding.
    pub fn is_tight(&self) -> bool {
        self.stride == self.row_len()
    }

    fn checked_size(&self) -> Result<usize> {
        let too_large = || too_large(self.width, self.height);
        let rows = self.format.memory_rows(self.height);
        let Some(before_last) = rows.checked_sub(1) else { return Ok(0) };
        let stride = u64::try_from(self.stride).map_err(|_| too_large())?;
        let size = stride
            .checked_mul(before_last)
            .and_then(|n| n.checked_add(self.format.min_stride(self.width)));
        // No object is larger than isize::MAX.
        let size = size.and_then(|size| isize::try_from(size).ok()).ok_or_else(too_large)?;
        Ok(size.unsigned_abs())
    }
}

fn too_large(width: u32, height: u32) -> Error {
    Error::new(Kind::NoMemory, format!("{width} x {height} pixels do not fit into memory"))
}

/// Pixels somebody else owns.
#[derive(Clone, Copy)]
pub struct PixelView<'a> {
    data: &'a [u8],
    layout: Layout,
}

impl<'a> PixelView<'a> {
    /// Fails where `data` is too short for `layout`.
    pub fn new(data: &'a [u8], layout: Layout) -> Result<Self> {
        if data.len() < layout.size() {
            let message =
                format!("the pixels take {} bytes, but there are {}", layout.size(), data.len());
            return Err(Error::new(Kind::ImageDataInvalid, message));
        }
        Ok(Self { data, layout })
    }

    /// No pixels at all.
    pub fn empty() -> Self {
        Self { data: &[], layout: Layout { width: 0, height: 0, format: F::Gray8, stride: 0 } }
    }

    /// Size, format and stride.
    pub fn layout(&self) -> Layout {
        self.layout
    }

    /// Some columns of some rows. Pixels must be whole bytes, and not planes.
    pub fn window(&self, (x, y): (u32, u32), (width, height): (u32, u32)) -> Result<Self> {
        let Layout { format, stride, .. } = self.layout;
        let inside = u64::from(x) + u64::from(width) <= self.layout.width.into()
            && u64::from(y) + u64::from(height) <= self.layout.height.into()
            && !format.is_planar()
            && !format.is_packed_bits();
        let start = y as usize * stride + x as usize * (format.bits_per_pixel() / 8);
        let data = self.data.get(start..).filter(|_| inside).ok_or_else(|| {
            Error::new(Kind::Internal, format!("a window of {width} x {height} pixels at {x}, {y}"))
        })?;
        Self::new(data, Layout { width, height, format, stride })
    }

    /// The bytes of memory row `y`, without padding. Empty past the last row.
    pub fn row(&self, y: u64) -> &'a [u8] {
        row_range(&self.layout, y).and_then(|range| self.data.get(range)).unwrap_or_default()
    }

    /// Row `y` of pixels in another format: borrowed where nothing changes, else converted into `scratch`,
    /// which has the length of such a row.
    pub fn row_as<'b>(&self, y: u32, converter: &Converter, scratch: &'b mut [u8]) -> &'b [u8]
    where
        'a: 'b,
    {
        if converter.is_copy() {
            return self.row(u64::from(y));
        }
        self.part_as(y, 0..self.layout.width, converter, scratch);
        scratch
    }

    /// The pixels of row `y` in some columns, of which the first has a number that 8 divides, in another format.
    pub fn part_as(&self, y: u32, columns: Range<u32>, converter: &Converter, to: &mut [u8]) {
        let format = self.layout.format;
        if format.is_planar() {
            return yuv::convert_row_from_planes(self, y, columns, converter, to);
        }
        let start = columns.start as usize * format.bits_per_pixel() / 8;
        let from = self.row(u64::from(y)).get(start..).unwrap_or_default();
        match from.get(..to.len()) {
            Some(from) if converter.is_copy() => to.copy_from_slice(from),
            _ => converter.row(from, to, columns.len()),
        }
    }
}

/// Where memory row `y` lies.
fn row_range(layout: &Layout, y: u64) -> Option<Range<usize>> {
    if y >= layout.format.memory_rows(layout.height) {
        return None;
    }
    let start = usize::try_from(y).ok()?.checked_mul(layout.stride)?;
    Some(start..start.checked_add(layout.row_len())?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strides_are_those_of_the_contract() {
        let strides = |width| PixelFormat::ALL.map(|format| format.min_stride(width));
        assert_eq!(strides(9), [2, 2, 9, 10, 18, 18, 27, 36, 54, 72, 36, 72, 27, 9, 10, 9, 18, 36]);
    }

    #[test]
    fn planar_formats_have_chroma_rows() {
        assert_eq!(Layout::tight(5, 3, PixelFormat::Nv12).unwrap().size(), 6 * (3 + 2));
    }

    #[test]
    fn no_size_wraps() {
        assert!(
            Layout::with_stride(u32::MAX, u32::MAX, PixelFormat::Abgr16161616, usize::MAX).is_err()
        );
        assert_eq!(
            Layout::with_stride(4, 1, PixelFormat::Rgb888, 11).unwrap_err().kind(),
            Kind::ImageDataInvalid
        );
    }

    #[test]
    fn the_last_row_needs_no_padding() {
        let layout = Layout::with_stride(4, 3, PixelFormat::Gray8, 100).unwrap();
        assert_eq!(layout.size(), 204);
        assert!(PixelView::new(&[0; 203], layout).is_err());
        assert_eq!(PixelView::new(&[0; 204], layout).unwrap().row(2).len(), 4);
    }

    #[test]
    fn parts_of_rows_are_parts_of_them() {
        const WIDTH: u32 = 70;
        for from in F::ALL {
            let layout = Layout::tight(WIDTH, 4, from).unwrap();
            let data: Vec<u8> = (0..layout.size()).map(|at| (at * at / 3 + at) as u8).collect();
            let view = PixelView::new(&data, layout).unwrap();
            for to in F::ALL.into_iter().filter(|to| !to.is_planar()) {
                let converter = Converter::new(from, to, [9, 99, 199]);
                let bytes = |width: u32| to.min_stride(width) as usize;
                let mut whole = vec![0; bytes(WIDTH)];
                for (y, columns) in [(0, 0..WIDTH), (1, 16..48), (3, 64..WIDTH)] {
                    let row = view.row_as(y, &converter, &mut whole);
                    let mut part = vec![0; bytes(columns.end - columns.start)];
                    view.part_as(y, columns.clone(), &converter, &mut part);
                    assert!(row[bytes(columns.start)..].starts_with(&part), "{from:?} {to:?}");
                }
            }
        }
    }
}
