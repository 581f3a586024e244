//! Rows from one pixel format to another.
//!
//! The rules, in the order they apply:
//! - 16-bit samples become 8-bit ones as `(v * 255 + 32767) / 65535`, 8-bit ones 16-bit as `v * 257`;
//!   5- and 6-bit ones are scaled to the full range, rounded to nearest.
//! - CMYK to RGB: `R = (255 - C) * (255 - K) / 255`, rounded, and so on; RGB to CMYK: `C = 255 - R`, `K = 0`.
//! - Pixels with alpha lie on the background (white, unless the call says otherwise) in formats without.
//! - Gray is the luma of ITU-R BT.601: `Y = 0.299 R + 0.587 G + 0.114 B`, in 16-bit fixed point, rounded.
//! - White in the bilevel formats is a gray of 128 or more.

use super::PixelFormat as F;
use super::PixelFormat;

/// Pixels that the general path holds at a time.
const CHUNK: usize = 64;

type Rgba8 = [u8; 4];
type Rgba16 = [u16; 4];

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
        match (self.from, self.to) {
            (a, b) if a == b => copy(from, to, width, a),
            (F::Rgb888, F::Bgr888) | (F::Bgr888, F::Rgb888) => {
                map::<3, 3>(from, to, |[a, b, c]| [c, b, a])
            }
            (F::Bgr888, F::Abgr8888) | (F::Rgb888, F::Argb8888) => {
                map::<3, 4>(from, to, |[a, b, c]| [a, b, c, 255])
            }
            (F::Bgr888, F::Argb8888) | (F::Rgb888, F::Abgr8888) => {
                map::<3, 4>(from, to, |[a, b, c]| [c, b, a, 255])
            }
            (F::Abgr8888, F::Argb8888) | (F::Argb8888, F::Abgr8888) => {
                map::<4, 4>(from, to, |[a, b, c, d]| [c, b, a, d]);
            }
            (F::Bgr888, F::Gray8) => map::<3, 1>(from, to, |[r, g, b]| [luma8(r, g, b)]),
            (F::Rgb888, F::Gray8) => map::<3, 1>(from, to, |[b, g, r]| [luma8(r, g, b)]),
            (F::Gray8 | F::Binary8, F::Rgb888 | F::Bgr888) => {
                map::<1, 3>(from, to, |[y]| [y, y, y])
            }
            (F::Gray8 | F::Binary8, F::Argb8888 | F::Abgr8888) => {
                map::<1, 4>(from, to, |[y]| [y, y, y, 255])
            }
            (F::Binary | F::BinaryInverted, F::Binary | F::BinaryInverted) => {
                map::<1, 1>(from, to, |[bits]| [!bits]);
                clear_tail(to, width);
            }
            (F::Binary, F::Gray8 | F::Binary8) | (F::BinaryInverted, F::Binary8Inverted) => {
                unpack_bits(from, to, 0)
            }
            (F::BinaryInverted, F::Gray8 | F::Binary8) | (F::Binary, F::Binary8Inverted) => {
                unpack_bits(from, to, 255)
            }
            (a, b) if a.is_16_bit() && b.is_16_bit() => self.row_16(from, to, width),
            _ => self.row_8(from, to, width),
        }
    }

    fn row_8(&self, from: &[u8], to: &mut [u8], width: usize) {
        let mut pixels = [[0u8; 4]; CHUNK];
        for start in (0..width).step_by(CHUNK) {
            let chunk = &mut pixels[..CHUNK.min(width - start)];
            unpack_8(self.from, tail_of(from, self.from, start), chunk);
            if self.from.has_alpha() && !self.to.has_alpha() {
                chunk.iter_mut().for_each(|pixel| *pixel = over_8(*pixel, self.background));
            }
            pack_8(self.to, chunk, tail_of_mut(to, self.to, start));
        }
    }

    fn row_16(&self, from: &[u8], to: &mut [u8], width: usize) {
        let mut pixels = [[0u16; 4]; CHUNK];
        for start in (0..width).step_by(CHUNK) {
            let chunk = &mut pixels[..CHUNK.min(width - start)];
            unpack_16(self.from, tail_of(from, self.from, start), chunk);
            if self.from.has_alpha() && !self.to.has_alpha() {
                chunk.iter_mut().for_each(|pixel| *pixel = over_16(*pixel, self.background));
            }
            pack_16(self.to, chunk, tail_of_mut(to, self.to, start));
        }
    }
}

/// Gray of a colour.
pub fn luma8(r: u8, g: u8, b: u8) -> u8 {
    ((19_595 * u32::from(r) + 38_470 * u32::from(g) + 7_471 * u32::from(b) + 0x8000) >> 16) as u8
}

fn luma16(r: u16, g: u16, b: u16) -> u16 {
    ((19_595 * u64::from(r) + 38_470 * u64::from(g) + 7_471 * u64::from(b) + 0x8000) >> 16) as u16
}

/// A 16-bit sample in 8 bits.
pub fn narrow(sample: u16) -> u8 {
    ((u32::from(sample) * 255 + 32_767) / 65_535) as u8
}

/// An 8-bit sample in 16 bits.
pub fn widen(sample: u8) -> u16 {
    u16::from(sample) * 257
}

/// R, G, B of the inks C, M, Y, K, 0 = no ink.
pub fn rgb_of_inks([c, m, y, k]: [u8; 4]) -> [u8; 3] {
    [c, m, y].map(|ink| {
        let product = u32::from(255 - ink) * u32::from(255 - k);
        ((product + 127) / 255) as u8
    })
}

fn over_8([r, g, b, a]: Rgba8, background: [u8; 3]) -> Rgba8 {
    let mix = |top: u8, bottom: u8| {
        let sum = u32::from(top) * u32::from(a) + u32::from(bottom) * u32::from(255 - a);
        ((sum + 127) / 255) as u8
    };
    [mix(r, background[0]), mix(g, background[1]), mix(b, background[2]), 255]
}

fn over_16([r, g, b, a]: Rgba16, background: [u8; 3]) -> Rgba16 {
    let mix = |top: u16, bottom: u8| {
        let sum = u64::from(top) * u64::from(a) + u64::from(widen(bottom)) * u64::from(65_535 - a);
        ((sum + 32_767) / 65_535) as u16
    };
    [mix(r, background[0]), mix(g, background[1]), mix(b, background[2]), 65_535]
}

/// Applies `change` to each group of `N` bytes.
fn map<const N: usize, const M: usize>(
    from: &[u8],
    to: &mut [u8],
    change: impl Fn([u8; N]) -> [u8; M],
) {
    let (from, _) = from.as_chunks::<N>();
    let (to, _) = to.as_chunks_mut::<M>();
    for (to, from) in to.iter_mut().zip(from) {
        *to = change(*from);
    }
}

fn copy(from: &[u8], to: &mut [u8], width: usize, format: PixelFormat) {
    let len = (width * format.bits_per_pixel()).div_ceil(8).min(from.len()).min(to.len());
    to[..len].copy_from_slice(&from[..len]);
    if format.is_packed_bits() {
        clear_tail(to, width);
    }
}

/// Zeroes the bits of the last byte that are no pixels.
pub fn clear_tail(row: &mut [u8], width: usize) {
    if let (Some(last), rest @ 1..) = (row.get_mut(width / 8), width % 8) {
        *last &= 0xff00u16.wrapping_shr(rest as u32) as u8;
    }
}

/// A byte of 0 or 255 for each bit, with the bits of `flip` inverted.
fn unpack_bits(from: &[u8], to: &mut [u8], flip: u8) {
    for (bits, to) in from.iter().zip(to.chunks_mut(8)) {
        for (at, byte) in to.iter_mut().enumerate() {
            *byte = (0u8.wrapping_sub(bits >> (7 - at) & 1)) ^ flip;
        }
    }
}

fn tail_of(row: &[u8], format: PixelFormat, pixels: usize) -> &[u8] {
    row.get(pixels * format.bits_per_pixel() / 8..).unwrap_or_default()
}

fn tail_of_mut(row: &mut [u8], format: PixelFormat, pixels: usize) -> &mut [u8] {
    row.get_mut(pixels * format.bits_per_pixel() / 8..).unwrap_or_default()
}

fn each<const N: usize>(from: &[u8], pixels: &mut [Rgba8], read: impl Fn([u8; N]) -> Rgba8) {
    for (pixel, from) in pixels.iter_mut().zip(from.as_chunks::<N>().0) {
        *pixel = read(*from);
    }
}

fn unpack_8(format: PixelFormat, from: &[u8], pixels: &mut [Rgba8]) {
    let gray = |y: u8| [y, y, y, 255];
    match format {
        F::Binary | F::BinaryInverted => {
            let flip = if format == F::Binary { 0 } else { 255 };
            for (at, pixel) in pixels.iter_mut().enumerate() {
                let bit = from.get(at / 8).map_or(0, |bits| bits >> (7 - at % 8) & 1);
                *pixel = gray(0u8.wrapping_sub(bit) ^ flip);
            }
        }
        F::Gray8 | F::Binary8 | F::Nv12 | F::Nv21 => each(from, pixels, |[y]| gray(y)),
        F::Binary8Inverted => each(from, pixels, |[y]| gray(255 - y)),
        F::Rgb565 => each(from, pixels, |bytes| {
            let v = u16::from_le_bytes(bytes);
            [scale(v >> 11, 31), scale(v >> 5 & 63, 63), scale(v & 31, 31), 255]
        }),
        F::Rgb555 => each(from, pixels, |bytes| {
            let v = u16::from_le_bytes(bytes);
            [scale(v >> 10 & 31, 31), scale(v >> 5 & 31, 31), scale(v & 31, 31), 255]
        }),
        F::Rgb888 => each(from, pixels, |[b, g, r]| [r, g, b, 255]),
        F::Bgr888 => each(from, pixels, |[r, g, b]| [r, g, b, 255]),
        F::Argb8888 => each(from, pixels, |[b, g, r, a]| [r, g, b, a]),
        F::Abgr8888 => each(from, pixels, |rgba: Rgba8| rgba),
        F::Cmyk8888 => each(from, pixels, |inks| {
            let [r, g, b] = rgb_of_inks(inks);
            [r, g, b, 255]
        }),
        F::Gray16 | F::Rgb161616 | F::Argb16161616 | F::Abgr16161616 => {
            let mut wide = [[0u16; 4]; CHUNK];
            let wide = &mut wide[..pixels.len().min(CHUNK)];
            unpack_16(format, from, wide);
            for (pixel, wide) in pixels.iter_mut().zip(wide) {
                *pixel = wide.map(narrow);
            }
        }
    }
}

fn scale(value: u16, max: u16) -> u8 {
    ((value * 255 + max / 2) / max) as u8
}

fn unscale(value: u8, max: u16) -> u16 {
    (u16::from(value) * max + 127) / 255
}

fn write<const N: usize>(pixels: &[Rgba8], to: &mut [u8], change: impl Fn(Rgba8) -> [u8; N]) {
    for (to, pixel) in to.as_chunks_mut::<N>().0.iter_mut().zip(pixels) {
        *to = change(*pixel);
    }
}

fn pack_8(format: PixelFormat, pixels: &[Rgba8], to: &mut [u8]) {
    let gray = |[r, g, b, _]: Rgba8| luma8(r, g, b);
    match format {
        F::Binary | F::BinaryInverted => {
            for (to, pixels) in to.iter_mut().zip(pixels.chunks(8)) {
                let white = |(at, pixel): (usize, &Rgba8)| {
                    u8::from((gray(*pixel) >= 128) == (format == F::Binary)) << (7 - at)
                };
                *to = pixels.iter().enumerate().map(white).fold(0, |byte, bit| byte | bit);
            }
        }
        F::Gray8 | F::Nv12 | F::Nv21 => write(pixels, to, |pixel| [gray(pixel)]),
        F::Binary8 => write(pixels, to, |pixel| [if gray(pixel) >= 128 { 255 } else { 0 }]),
        F::Binary8Inverted => write(pixels, to, |pixel| [if gray(pixel) >= 128 { 0 } else { 255 }]),
        F::Rgb565 => write(pixels, to, |[r, g, b, _]| {
            (unscale(r, 31) << 11 | unscale(g, 63) << 5 | unscale(b, 31)).to_le_bytes()
        }),
        F::Rgb555 => write(pixels, to, |[r, g, b, _]| {
            (unscale(r, 31) << 10 | unscale(g, 31) << 5 | unscale(b, 31)).to_le_bytes()
        }),
        F::Rgb888 => write(pixels, to, |[r, g, b, _]| [b, g, r]),
        F::Bgr888 => write(pixels, to, |[r, g, b, _]| [r, g, b]),
        F::Argb8888 => write(pixels, to, |[r, g, b, a]| [b, g, r, a]),
        F::Abgr8888 => write(pixels, to, |rgba| rgba),
        F::Cmyk8888 => write(pixels, to, |[r, g, b, _]| [255 - r, 255 - g, 255 - b, 0]),
        F::Gray16 | F::Rgb161616 | F::Argb16161616 | F::Abgr16161616 => {
            let mut wide = [[0u16; 4]; CHUNK];
            for (wide, pixel) in wide.iter_mut().zip(pixels) {
                // Gray is taken from the 8-bit samples, so that it equals GRAYSCALED.
                let [r, g, b, a] = *pixel;
                let y = gray(*pixel);
                *wide = if format == F::Gray16 { [y, y, y, a] } else { [r, g, b, a] }.map(widen);
            }
            pack_16(format, &wide[..pixels.len().min(CHUNK)], to);
        }
    }
}

fn sample([low, high]: [u8; 2]) -> u16 {
    u16::from_ne_bytes([low, high])
}

fn unpack_16(format: PixelFormat, from: &[u8], pixels: &mut [Rgba16]) {
    let bytes = format.bits_per_pixel() / 8;
    for (pixel, from) in pixels.iter_mut().zip(from.chunks_exact(bytes)) {
        let (samples, _) = from.as_chunks::<2>();
        *pixel = match (format, samples) {
            (F::Rgb161616, &[b, g, r]) => [sample(r), sample(g), sample(b), 65_535],
            (F::Argb16161616, &[b, g, r, a]) => [sample(r), sample(g), sample(b), sample(a)],
            (F::Abgr16161616, &[r, g, b, a]) => [sample(r), sample(g), sample(b), sample(a)],
            (_, &[y, ..]) => [sample(y), sample(y), sample(y), 65_535],
            (_, []) => [0; 4],
        };
    }
}

fn pack_16(format: PixelFormat, pixels: &[Rgba16], to: &mut [u8]) {
    let bytes = format.bits_per_pixel() / 8;
    for (to, &[r, g, b, a]) in to.chunks_exact_mut(bytes).zip(pixels) {
        let samples = match format {
            F::Rgb161616 | F::Argb16161616 => [b, g, r, a],
            F::Abgr16161616 => [r, g, b, a],
            _ => [luma16(r, g, b); 4],
        };
        for (to, sample) in to.as_chunks_mut::<2>().0.iter_mut().zip(samples) {
            *to = sample.to_ne_bytes();
        }
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
                Converter::new(a, b, [255; 3]).row_8(&row, &mut plain, width);
                let row = &row[..a.min_stride(width as u32) as usize];
                assert_eq!(convert(a, row, b, width), plain, "{a:?} -> {b:?}");
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
