//! Rows from one pixel format to another.
//!
//! The rules, in the order they apply:
//! - 16-bit samples become 8-bit ones as `(v * 255 + 32767) / 65535`, 8-bit ones 16-bit as `v * 257`;
//!   5- and 6-bit ones are scaled to the full range, rounded to nearest.
//! - CMYK to RGB: `R = (255 - C) * (255 - K) / 255`, rounded, and so on; RGB to CMYK: `C = 255 - R`, `K = 0`.
//! - Pixels with alpha lie on the background (white, unless the call says otherwise) in formats without.
//! - Gray is the luma of ITU-R BT.601: `Y = 0.299 R + 0.587 G + 0.114 B`, in 16-bit fixed point, rounded.
//! - White in the bilevel formats is a gray of 128 or more.

mod rows;
mod short;
mod simd;

use super::PixelFormat;
#[cfg(test)]
use super::PixelFormat as F;
pub use rows::{clear_tail, luma8, narrow, rgb_of_inks, widen};

/// Turns rows of one format into rows of another. Neither is planar.
#[derive(Clone, Copy, Debug)]
pub struct Converter {
    from: PixelFormat,
    to: PixelFormat,
    background: [u8; 3],
}

impl Converter {
    /// `background` (R, G, B) is what transparent pixels lie on where `to` has no alpha.
    pub fn new(from: PixelFormat, to: PixelFormat, background: [u8; 3]) -> Self {
        Self { from, to, background }
    }

    /// The format that rows are turned into.
    pub fn target(&self) -> PixelFormat {
        self.to
    }

    /// Whether rows are the same in both formats.
    pub fn is_copy(&self) -> bool {
        self.from == self.to && !self.to.is_packed_bits()
    }

    /// Converts `width` pixels. Both slices hold at least that many; what `from` lacks is taken as zero.
    pub fn row(&self, from: &[u8], to: &mut [u8], width: usize) {
        simd::row(self, from, to, width);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn convert(from: PixelFormat, row: &[u8], to: PixelFormat, width: usize) -> Vec<u8> {
        let mut out = vec![0; to.min_stride(width as u32) as usize];
        Converter::new(from, to, [255; 3]).row(row, &mut out, width);
        out
    }

    fn formats() -> impl Iterator<Item = PixelFormat> {
        PixelFormat::ALL.into_iter().filter(|format| !format.is_planar())
    }

    #[test]
    fn white_and_black_survive_every_pair_at_every_width() {
        for width in 1..=130 {
            let gray: Vec<u8> = (0..width).map(|x| if x % 3 == 0 { 255 } else { 0 }).collect();
            for a in formats() {
                let first = convert(F::Gray8, &gray, a, width);
                for b in formats() {
                    let second = convert(a, &first, b, width);
                    assert_eq!(
                        second,
                        convert(F::Gray8, &gray, b, width),
                        "{a:?} -> {b:?}, {width} pixels"
                    );
                }
            }
        }
    }

    #[test]
    fn fast_paths_equal_the_general_one() {
        let width = 77;
        let row: Vec<u8> = (0..width * 8).map(|i| (i * 89 % 251) as u8).collect();
        for a in formats() {
            for b in formats().filter(|b| *b != a && !(a.is_16_bit() && b.is_16_bit())) {
                // Bytes other than 0 and 255 are no pixels of the bilevel formats.
                if matches!(a, F::Binary8 | F::Binary8Inverted) {
                    continue;
                }
                let mut plain = vec![0; b.min_stride(width as u32) as usize];
                rows::general(&Converter::new(a, b, [255; 3]), &row, &mut plain, width);
                let row = &row[..a.min_stride(width as u32) as usize];
                assert_eq!(convert(a, row, b, width), plain, "{a:?} -> {b:?}");
            }
        }
    }

    #[test]
    fn every_processor_gives_the_same_bytes() {
        // Some runs are opaque, with 8 or with 16 bits.
        let byte = |at: u32| match at / 128 % 3 {
            1 if at % 4 == 3 => 255,
            2 if at % 8 >= 6 => 255,
            _ => (at.wrapping_mul(2_654_435_761) >> 11) as u8,
        };
        let noise: Vec<u8> = (0..257 * 8 + 3).map(byte).collect();
        for (a, b) in formats().flat_map(|a| formats().map(move |b| (a, b))) {
            let converter = Converter::new(a, b, [9, 99, 199]);
            let least =
                |format: PixelFormat, width: usize| format.min_stride(width as u32) as usize;
            for width in 1..=257 {
                // Neither row begins where vectors would like it to.
                let row = &noise[width % 3..][..least(a, width)];
                let (mut plain, mut fast) = ([7; 257 * 8 + 5], [7; 257 * 8 + 5]);
                let to = 1..1 + least(b, width);
                rows::row(&converter, row, &mut plain[to.clone()], width);
                converter.row(row, &mut fast[to], width);
                assert!(plain == fast, "{a:?} -> {b:?}, {width} pixels");
            }
        }
    }

    #[test]
    fn colours_keep_their_places() {
        let rgba = [10, 20, 30, 255];
        assert_eq!(convert(F::Abgr8888, &rgba, F::Rgb888, 1), [30, 20, 10]);
        assert_eq!(convert(F::Abgr8888, &rgba, F::Bgr888, 1), [10, 20, 30]);
        assert_eq!(convert(F::Abgr8888, &rgba, F::Argb8888, 1), [30, 20, 10, 255]);
        assert_eq!(convert(F::Bgr888, &[255, 0, 0], F::Rgb565, 1), 0xf800u16.to_le_bytes());
        assert_eq!(convert(F::Bgr888, &[0, 255, 0], F::Rgb555, 1), 0x03e0u16.to_le_bytes());
        assert_eq!(convert(F::Cmyk8888, &[255, 0, 0, 0], F::Bgr888, 1), [0, 255, 255]);
        assert_eq!(convert(F::Bgr888, &[255, 0, 0], F::Gray8, 1), [76]);
    }

    #[test]
    fn sixteen_bits_survive_sixteen_bit_formats() {
        let row: Vec<u8> =
            [0x1234u16, 0x5678, 0x9abc].iter().flat_map(|v| v.to_ne_bytes()).collect();
        let wide = convert(F::Rgb161616, &row, F::Abgr16161616, 1);
        assert_eq!(convert(F::Abgr16161616, &wide, F::Rgb161616, 1), row);
    }

    #[test]
    fn every_sample_of_16_bits_is_rounded_to_the_nearest_of_8() {
        let row: Vec<u8> = (0..=u16::MAX).flat_map(u16::to_ne_bytes).collect();
        let nearest: Vec<u8> =
            (0..=u16::MAX).map(|v| ((u32::from(v) * 255 + 32_767) / 65_535) as u8).collect();
        assert_eq!(convert(F::Gray16, &row, F::Gray8, 1 << 16), nearest);
        assert_eq!(convert(F::Argb16161616, &row, F::Argb8888, 1 << 14), nearest);
    }

    #[test]
    fn transparent_pixels_lie_on_the_background() {
        let mut out = [0; 3];
        Converter::new(F::Abgr8888, F::Bgr888, [1, 2, 3]).row(&[200, 200, 200, 0], &mut out, 1);
        assert_eq!(out, [1, 2, 3]);
        assert_eq!(convert(F::Abgr8888, &[0, 0, 0, 128], F::Gray8, 1), [127]);
    }

    #[test]
    fn bits_after_the_last_pixel_are_zero() {
        assert_eq!(convert(F::Binary, &[0xff, 0xff], F::Binary, 9), [0xff, 0x80]);
        assert_eq!(convert(F::Binary, &[0, 0], F::BinaryInverted, 9), [0xff, 0x80]);
        assert_eq!(convert(F::Gray8, &[255; 3], F::Binary, 3), [0xe0]);
    }
}
