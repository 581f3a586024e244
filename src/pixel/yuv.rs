//! NV12 and NV21: a plane of luma, then interleaved chroma at half the size (4:2:0, ITU-R BT.601, full range).

use std::ops::Range;

use super::{Converter, Layout, PixelFormat, PixelView};
use crate::error::{Error, Kind, Result};
use crate::limits::Budget;

/// Columns of row `y` of a planar picture, from an even one on, converted to a format that is not planar.
pub(crate) fn convert_row_from_planes(
    view: &PixelView<'_>,
    y: u32,
    columns: Range<u32>,
    converter: &Converter,
    to: &mut [u8],
) {
    let layout = view.layout();
    let width = columns.len();
    let from = |row: u64| view.row(row).get(columns.start as usize..).unwrap_or_default();
    let luma = from(u64::from(y));
    if converter.target().is_gray() {
        return Converter::new(PixelFormat::Gray8, converter.target(), [255; 3])
            .row(luma, to, width);
    }
    let chroma = from(u64::from(layout.height) + u64::from(y / 2));
    let swap = layout.format == PixelFormat::Nv21;
    let to_target = Converter::new(PixelFormat::Bgr888, converter.target(), [255; 3]);
    let mut rgb = [0u8; 64 * 3];
    let bits = converter.target().bits_per_pixel();
    for start in (0..width).step_by(64) {
        let count = 64.min(width - start);
        for (at, pixel) in rgb.as_chunks_mut::<3>().0.iter_mut().enumerate().take(count) {
            let x = start + at;
            let pair = chroma
                .get(x / 2 * 2..)
                .and_then(|rest| rest.first_chunk::<2>())
                .unwrap_or(&[128; 2]);
            let [u, v] = if swap { [pair[1], pair[0]] } else { *pair };
            *pixel = rgb_of(luma.get(x).copied().unwrap_or(0), u, v);
        }
        to_target.row(&rgb, to.get_mut(start * bits / 8..).unwrap_or_default(), count);
    }
}

/// Copies one planar picture into another: between NV12 and NV21 the bytes of each pair of chroma change places.
pub(crate) fn copy_planes(view: &PixelView<'_>, to: &mut [u8], layout: Layout) -> Result<()> {
    let len = layout.row_len();
    for y in 0..layout.format.memory_rows(layout.height) {
        let row = super::row_range(&layout, y).and_then(|range| to.get_mut(range));
        let row = row.ok_or_else(|| {
            Error::new(Kind::BufferTooSmall, format!("the pixels take {} bytes", layout.size()))
        })?;
        row.iter_mut().zip(view.row(y)).take(len).for_each(|(to, from)| *to = *from);
        if y >= u64::from(layout.height) && view.layout().format != layout.format {
            row.as_chunks_mut::<2>().0.iter_mut().for_each(|pair| pair.reverse());
        }
    }
    Ok(())
}

/// Fills a planar picture from one that is not.
pub(crate) fn planes_from(
    view: &PixelView<'_>,
    to: &mut [u8],
    layout: Layout,
    background: [u8; 3],
    budget: &Budget,
) -> Result<()> {
    if to.len() < layout.size() {
        let message =
            format!("the pixels take {} bytes, but the buffer has {}", layout.size(), to.len());
        return Err(Error::new(Kind::BufferTooSmall, message));
    }
    let (width, height) = (layout.width as usize, layout.height as usize);
    let row_len = layout.row_len();
    let mut rgb = [
        crate::memory::zeroed(width * 3, "two rows")?,
        crate::memory::zeroed(width * 3, "two rows")?,
    ];
    let converter = Converter::new(view.layout().format, PixelFormat::Bgr888, background);
    let (luma, chroma) = to.split_at_mut(layout.stride.saturating_mul(height));
    for pair in 0..height.div_ceil(2) {
        budget.advance(pair as u64 * 2, height as u64)?;
        // The last row of an odd height stands for both.
        for (at, rgb) in rgb.iter_mut().enumerate() {
            let y = (pair * 2 + at).min(height - 1);
            converter.row(view.row(y as u64), rgb, width);
            let Some(row) =
                luma.get_mut(y * layout.stride..).and_then(|rest| rest.get_mut(..row_len))
            else {
                break;
            };
            Converter::new(PixelFormat::Bgr888, PixelFormat::Gray8, background)
                .row(rgb, row, width);
            if let [.., last, spare] = row
                && width % 2 == 1
            {
                *spare = *last;
            }
        }
        let Some(row) =
            chroma.get_mut(pair * layout.stride..).and_then(|rest| rest.get_mut(..row_len))
        else {
            break;
        };
        chroma_row(&rgb, row, layout.format == PixelFormat::Nv21);
    }
    Ok(())
}

/// The mean chroma of each two by two pixels.
fn chroma_row(rgb: &[Vec<u8>; 2], row: &mut [u8], swap: bool) {
    let [top, bottom] = rgb;
    for ((top, bottom), pair) in top.chunks(6).zip(bottom.chunks(6)).zip(row.as_chunks_mut::<2>().0)
    {
        let mut sum = [0i32; 3];
        let mut count = 0;
        for pixel in top.as_chunks::<3>().0.iter().chain(bottom.as_chunks::<3>().0) {
            sum.iter_mut().zip(pixel).for_each(|(sum, sample)| *sum += i32::from(*sample));
            count += 1;
        }
        let [r, g, b] = sum;
        // -0.168736 R - 0.331264 G + 0.5 B and 0.5 R - 0.418688 G - 0.081312 B, in 16-bit fixed point.
        let chroma = |weighted: i32| {
            ((weighted / count + (128 << 16) + (1 << 15)) >> 16).clamp(0, 255) as u8
        };
        let u = chroma(-11_059 * r - 21_709 * g + 32_768 * b);
        let v = chroma(32_768 * r - 27_439 * g - 5_329 * b);
        *pair = if swap { [v, u] } else { [u, v] };
    }
}

/// R, G, B of a pixel.
fn rgb_of(y: u8, u: u8, v: u8) -> [u8; 3] {
    let (y, u, v) = (i32::from(y) << 16, i32::from(u) - 128, i32::from(v) - 128);
    let clamp = |value: i32| ((value + (1 << 15)) >> 16).clamp(0, 255) as u8;
    [clamp(y + 91_881 * v), clamp(y - 22_554 * u - 46_802 * v), clamp(y + 116_130 * u)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::{ImageData, convert_into};
    use crate::limits::Limits;

    /// Width, height and the colour of each 2 x 2 block survive within rounding.
    #[test]
    fn blocks_of_colour_survive_both_orders_of_chroma() {
        let budget = Budget::new(Limits::default(), None);
        for (width, height) in [(1, 1), (2, 2), (5, 3), (66, 4)] {
            let mut image = ImageData::new(width, height, PixelFormat::Bgr888).unwrap();
            for (at, pixel) in image.pixels_mut().as_chunks_mut::<3>().0.iter_mut().enumerate() {
                let (x, y) = (at as u32 % width / 2, at as u32 / width / 2);
                *pixel = [(x * 40 % 256) as u8, (y * 90) as u8, 200];
            }
            for planar in [PixelFormat::Nv12, PixelFormat::Nv21] {
                let planes = image.convert(planar, &budget).unwrap();
                let back = planes.convert(PixelFormat::Bgr888, &budget).unwrap();
                for (a, b) in image.pixels().iter().zip(back.pixels()) {
                    assert!(a.abs_diff(*b) <= 3, "{planar:?} {width}x{height}: {a} became {b}");
                }
            }
        }
    }

    #[test]
    fn chroma_order_is_the_difference_between_nv12_and_nv21() {
        let budget = Budget::new(Limits::default(), None);
        let mut red = ImageData::new(2, 2, PixelFormat::Bgr888).unwrap();
        red.pixels_mut().as_chunks_mut::<3>().0.fill([255, 0, 0]);
        assert_eq!(
            red.convert(PixelFormat::Nv12, &budget).unwrap().pixels(),
            [76, 76, 76, 76, 85, 255]
        );
        assert_eq!(
            red.convert(PixelFormat::Nv21, &budget).unwrap().pixels(),
            [76, 76, 76, 76, 255, 85]
        );
    }

    #[test]
    fn camera_frames_are_copied_and_not_made_anew() {
        let budget = Budget::new(Limits::default(), None);
        let bytes: Vec<u8> = (0..24).map(|n| n * 10).collect();
        let layout = Layout::tight(4, 4, PixelFormat::Nv12).unwrap();
        let frame = ImageData::from_view(&PixelView::new(&bytes, layout).unwrap()).unwrap();
        assert_eq!(frame.pixels(), bytes);
        let swapped = frame.convert(PixelFormat::Nv21, &budget).unwrap();
        assert_eq!(swapped.pixels()[16..20], [170, 160, 190, 180]);
        assert_eq!(swapped.convert(PixelFormat::Nv12, &budget).unwrap().pixels(), bytes);
    }

    #[test]
    fn a_buffer_that_is_too_small_is_refused() {
        let budget = Budget::new(Limits::default(), None);
        let image = ImageData::new(4, 4, PixelFormat::Gray8).unwrap();
        let layout = Layout::tight(4, 4, PixelFormat::Nv12).unwrap();
        let error =
            convert_into(&image.view(), &mut [0; 23], layout, [255; 3], &budget).unwrap_err();
        assert_eq!(error.kind(), Kind::BufferTooSmall);
    }
}
