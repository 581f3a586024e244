//! Rotations by right angles, and the horizontal flip that unmirrors.

use super::{Layout, PixelView, row_range};
use crate::error::{Error, Kind, Result};
use crate::limits::Budget;

/// Side of the squares that 90 and 270 degrees are done in, so that both sides stay in the cache.
const TILE: u32 = 64;

/// Turns `view` clockwise by `degrees` (0, 90, 180 or 270) into `to`.
pub fn rotate(
    view: &PixelView<'_>,
    degrees: i32,
    to: &mut [u8],
    layout: Layout,
    budget: &Budget,
) -> Result<()> {
    let from = view.layout();
    let turned =
        if degrees % 180 == 0 { (from.width, from.height) } else { (from.height, from.width) };
    if turned != (layout.width, layout.height)
        || from.format != layout.format
        || to.len() < layout.size()
    {
        return Err(Error::new(Kind::Internal, "the turned image does not fit its buffer"));
    }
    if !from.format.is_planar() {
        let planes = Planes {
            width: from.width,
            height: from.height,
            bits: from.format.bits_per_pixel(),
            first: (0, 0),
        };
        return planes.rotate(view, degrees, to, layout, budget);
    }
    let luma = Planes { width: from.width, height: from.height, bits: 8, first: (0, 0) };
    luma.rotate(view, degrees, to, layout, budget)?;
    let first = (u64::from(from.height), u64::from(layout.height));
    let chroma =
        Planes { width: from.width.div_ceil(2), height: from.height.div_ceil(2), bits: 16, first };
    chroma.rotate(view, degrees, to, layout, budget)
}

/// A rectangle of pixels of one size: a whole picture, or one plane of it.
struct Planes {
    width: u32,
    height: u32,
    bits: usize,
    /// The first memory row, in the source and in the target.
    first: (u64, u64),
}

impl Planes {
    fn rotate(
        &self,
        view: &PixelView<'_>,
        degrees: i32,
        to: &mut [u8],
        layout: Layout,
        budget: &Budget,
    ) -> Result<()> {
        let (width, height) =
            if degrees % 180 == 0 { (self.width, self.height) } else { (self.height, self.width) };
        let source = |x: u32, y: u32| match degrees {
            90 => (y, self.height - 1 - x),
            180 => (self.width - 1 - x, self.height - 1 - y),
            270 => (self.width - 1 - y, x),
            _ => (x, y),
        };
        for top in (0..height).step_by(TILE as usize) {
            budget.advance(u64::from(top), u64::from(height))?;
            for left in (0..width).step_by(TILE as usize) {
                for y in top..height.min(top + TILE) {
                    let range = row_range(&layout, self.first.1 + u64::from(y));
                    let Some(row) = range.and_then(|range| to.get_mut(range)) else { continue };
                    for x in left..width.min(left + TILE) {
                        let (from_x, from_y) = source(x, y);
                        copy_pixel(
                            view.row(self.first.0 + u64::from(from_y)),
                            from_x,
                            row,
                            x,
                            self.bits,
                        );
                    }
                }
            }
        }
        Ok(())
    }
}

#[inline]
fn copy_pixel(from: &[u8], from_x: u32, to: &mut [u8], to_x: u32, bits: usize) {
    let (from_x, to_x) = (from_x as usize, to_x as usize);
    if bits == 1 {
        let bit = from.get(from_x / 8).map_or(0, |byte| byte >> (7 - from_x % 8) & 1);
        if let Some(byte) = to.get_mut(to_x / 8) {
            let place = 7 - to_x % 8;
            *byte = *byte & !(1 << place) | bit << place;
        }
        return;
    }
    let bytes = bits / 8;
    let from = from.get(from_x * bytes..).and_then(|rest| rest.get(..bytes));
    let to = to.get_mut(to_x * bytes..).and_then(|rest| rest.get_mut(..bytes));
    if let (Some(from), Some(to)) = (from, to) {
        to.copy_from_slice(from);
    }
}

/// Mirrors every row in place.
pub fn flip_horizontal(data: &mut [u8], layout: Layout) {
    let height = u64::from(layout.height);
    for y in 0..layout.format.memory_rows(layout.height) {
        let Some(row) = row_range(&layout, y).and_then(|range| data.get_mut(range)) else { return };
        let width = layout.width as usize;
        match layout.format.bits_per_pixel() {
            1 => flip_bits(row, width),
            8 if y >= height => reverse::<2>(row),
            8 => row.get_mut(..width).unwrap_or_default().reverse(),
            16 => reverse::<2>(row),
            24 => reverse::<3>(row),
            32 => reverse::<4>(row),
            48 => reverse::<6>(row),
            _ => reverse::<8>(row),
        }
    }
}

fn reverse<const N: usize>(row: &mut [u8]) {
    row.as_chunks_mut::<N>().0.reverse();
}

/// Reverses the order of the first `width` bits; the rest of the last byte becomes zero.
fn flip_bits(row: &mut [u8], width: usize) {
    row.reverse();
    row.iter_mut().for_each(|byte| *byte = byte.reverse_bits());
    let spare = (8 - width % 8) % 8;
    if spare == 0 {
        return;
    }
    // The spare bits have come to the front.
    for at in 0..row.len() {
        let next = row.get(at + 1).copied().unwrap_or(0);
        row[at] = row[at] << spare | next >> (8 - spare);
    }
    super::convert::clear_tail(row, width);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::{ImageData, Orientation};
    use crate::limits::Limits;
    use crate::pixel::PixelFormat;

    fn picture(width: u32, height: u32, format: PixelFormat) -> ImageData {
        let mut image = ImageData::new(width, height, PixelFormat::Bgr888).unwrap();
        image
            .pixels_mut()
            .iter_mut()
            .enumerate()
            .for_each(|(at, byte)| *byte = (at * 151 % 256) as u8);
        image.convert(format, &Budget::new(Limits::default(), None)).unwrap()
    }

    fn turned(image: &mut ImageData, orientation: Orientation) -> ImageData {
        image.orientation = orientation;
        image.orient(&Budget::new(Limits::default(), None)).unwrap()
    }

    #[test]
    fn four_quarter_turns_are_none() {
        for format in PixelFormat::ALL {
            for (width, height) in [(1, 1), (70, 4), (14, 130), (13, 3)] {
                // The spare column of NV12 is no pixel.
                if format.is_planar() && width % 2 + height % 2 > 0 {
                    continue;
                }
                let first = picture(width, height, format);
                let mut image = picture(width, height, format);
                for _ in 0..4 {
                    image = turned(&mut image, Orientation::Right);
                }
                assert_eq!(image.pixels(), first.pixels(), "{format:?} {width}x{height}");
                let mut other = picture(width, height, format);
                let mut half = turned(&mut other, Orientation::Left);
                let half = turned(&mut half, Orientation::Left);
                assert_eq!(
                    half.pixels(),
                    turned(&mut other, Orientation::Down).pixels(),
                    "{format:?}"
                );
            }
        }
    }

    #[test]
    fn two_flips_are_none_and_one_is_not() {
        for format in PixelFormat::ALL {
            for width in [1, 7, 8, 9, 33] {
                let first = picture(width, 2, format);
                let mut image = picture(width, 2, format);
                let layout = image.layout();
                flip_horizontal(image.pixels_mut(), layout);
                assert!(width < 7 || image.pixels() != first.pixels(), "{format:?}");
                flip_horizontal(image.pixels_mut(), layout);
                // The spare column of NV12 is no pixel.
                if !format.is_planar() || width % 2 == 0 {
                    assert_eq!(image.pixels(), first.pixels(), "{format:?} {width}");
                }
            }
        }
    }

    #[test]
    fn bits_flip_across_bytes() {
        let mut row = [0b1100_0000, 0b0100_0000];
        flip_bits(&mut row, 10);
        assert_eq!(row, [0b1000_0000, 0b1100_0000]);
    }
}
