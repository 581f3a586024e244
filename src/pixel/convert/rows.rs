//! Rows of pixels, from any format to any other: plain Rust, which [`super::simd`] compiles for more than one processor.

use super::Converter;
use super::short::Short;
use crate::pixel::PixelFormat;
use crate::pixel::PixelFormat as F;

/// Pixels that the general path holds at a time.
const CHUNK: usize = 64;

type Rgba8 = [u8; 4];
type Rgba16 = [u16; 4];

/// Converts `width` pixels. Both slices hold at least that many; what `from` lacks is taken as zero.
#[inline(always)]
pub fn row(it: &Converter, from: &[u8], to: &mut [u8], width: usize) {
    match (it.from, it.to) {
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
        (F::Gray8 | F::Binary8, F::Rgb888 | F::Bgr888) => map::<1, 3>(from, to, |[y]| [y, y, y]),
        (F::Gray8 | F::Binary8, F::Argb8888 | F::Abgr8888) => {
            map::<1, 4>(from, to, |[y]| [y, y, y, 255])
        }
        (F::Gray8 | F::Binary8, F::Cmyk8888) => {
            map::<1, 4>(from, to, |[y]| [255 - y, 255 - y, 255 - y, 0])
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
        (F::Gray8 | F::Binary8, F::Binary) | (F::Binary8Inverted, F::BinaryInverted) => {
            pack_bits(from, to, width, 0)
        }
        (F::Gray8 | F::Binary8, F::BinaryInverted) | (F::Binary8Inverted, F::Binary) => {
            pack_bits(from, to, width, 255)
        }
        (F::Binary8, F::Gray8) => map::<1, 1>(from, to, |gray| gray),
        (F::Binary8Inverted, F::Gray8) => map::<1, 1>(from, to, |[y]| [255 - y]),
        (F::Gray8, F::Binary8) => map::<1, 1>(from, to, |[y]| [if y >= 128 { 255 } else { 0 }]),
        (F::Gray8 | F::Binary8, F::Binary8Inverted) | (F::Binary8Inverted, F::Binary8) => {
            map::<1, 1>(from, to, |[y]| [if y >= 128 { 0 } else { 255 }])
        }
        (F::Gray16, F::Gray8)
        | (F::Rgb161616, F::Rgb888)
        | (F::Argb16161616, F::Argb8888)
        | (F::Abgr16161616, F::Abgr8888) => map::<2, 1>(from, to, |bytes| [narrow(sample(bytes))]),
        (F::Gray8, F::Gray16)
        | (F::Rgb888, F::Rgb161616)
        | (F::Argb8888, F::Argb16161616)
        | (F::Abgr8888, F::Abgr16161616) => {
            map::<1, 2>(from, to, |[sample]| widen(sample).to_ne_bytes())
        }
        (F::Rgb565, F::Abgr8888) => Short::<6, false>::unpack(from, to),
        (F::Rgb565, F::Argb8888) => Short::<6, true>::unpack(from, to),
        (F::Rgb555, F::Abgr8888) => Short::<5, false>::unpack(from, to),
        (F::Rgb555, F::Argb8888) => Short::<5, true>::unpack(from, to),
        (F::Abgr8888, F::Rgb565) => Short::<6, false>::pack(from, to, it.background),
        (F::Argb8888, F::Rgb565) => Short::<6, true>::pack(from, to, it.background),
        (F::Abgr8888, F::Rgb555) => Short::<5, false>::pack(from, to, it.background),
        (F::Argb8888, F::Rgb555) => Short::<5, true>::pack(from, to, it.background),
        (a, b) if a.is_16_bit() && b.is_16_bit() => wide(it, from, to, width),
        _ => general(it, from, to, width),
    }
}

pub fn general(it: &Converter, from: &[u8], to: &mut [u8], width: usize) {
    let mut pixels = [[0u8; 4]; CHUNK];
    for start in (0..width).step_by(CHUNK) {
        let chunk = &mut pixels[..CHUNK.min(width - start)];
        unpack_8(it.from, tail_of(from, it.from, start), chunk);
        if it.from.has_alpha() && !it.to.has_alpha() {
            chunk.iter_mut().for_each(|pixel| *pixel = over_8(*pixel, it.background));
        }
        pack_8(it.to, chunk, tail_of_mut(to, it.to, start));
    }
}

fn wide(it: &Converter, from: &[u8], to: &mut [u8], width: usize) {
    let mut pixels = [[0u16; 4]; CHUNK];
    for start in (0..width).step_by(CHUNK) {
        let chunk = &mut pixels[..CHUNK.min(width - start)];
        unpack_16(it.from, tail_of(from, it.from, start), chunk);
        if it.from.has_alpha() && !it.to.has_alpha() {
            chunk.iter_mut().for_each(|pixel| *pixel = over_16(*pixel, it.background));
        }
        pack_16(it.to, chunk, tail_of_mut(to, it.to, start));
    }
}

/// Gray of a colour.
#[inline(always)]
pub fn luma8(r: u8, g: u8, b: u8) -> u8 {
    ((19_595 * u32::from(r) + 38_470 * u32::from(g) + 7_471 * u32::from(b) + 0x8000) >> 16) as u8
}

#[inline(always)]
fn luma16(r: u16, g: u16, b: u16) -> u16 {
    ((19_595 * u32::from(r) + 38_470 * u32::from(g) + 7_471 * u32::from(b) + 0x8000) >> 16) as u16
}

/// `n / 255` for an `n` below 65,280, which vectors can.
#[inline(always)]
pub fn div_255(n: u32) -> u32 {
    (n + 1 + (n >> 8)) >> 8
}

/// `n / 65535` for an `n` below 2^32 - 2^16.
#[inline(always)]
fn div_65535(n: u32) -> u32 {
    (n + 1 + (n >> 16)) >> 16
}

/// A 16-bit sample in 8 bits.
#[inline(always)]
pub fn narrow(sample: u16) -> u8 {
    div_65535(u32::from(sample) * 255 + 32_767) as u8
}

/// An 8-bit sample in 16 bits.
#[inline(always)]
pub fn widen(sample: u8) -> u16 {
    u16::from(sample) * 257
}

/// R, G, B of the inks C, M, Y, K, 0 = no ink.
#[inline(always)]
pub fn rgb_of_inks([c, m, y, k]: [u8; 4]) -> [u8; 3] {
    [c, m, y].map(|ink| div_255(u32::from(255 - ink) * u32::from(255 - k) + 127) as u8)
}

#[inline(always)]
fn over_8([r, g, b, a]: Rgba8, background: [u8; 3]) -> Rgba8 {
    let mix = |top: u8, bottom: u8| {
        let sum = u32::from(top) * u32::from(a) + u32::from(bottom) * u32::from(255 - a);
        div_255(sum + 127) as u8
    };
    [mix(r, background[0]), mix(g, background[1]), mix(b, background[2]), 255]
}

#[inline(always)]
fn over_16([r, g, b, a]: Rgba16, background: [u8; 3]) -> Rgba16 {
    let mix = |top: u16, bottom: u8| {
        let sum = u32::from(top) * u32::from(a) + u32::from(widen(bottom)) * u32::from(65_535 - a);
        div_65535(sum + 32_767) as u16
    };
    [mix(r, background[0]), mix(g, background[1]), mix(b, background[2]), 65_535]
}

/// Applies `change` to each group of `N` bytes.
#[inline(always)]
pub fn map<const N: usize, const M: usize>(
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

#[inline(always)]
fn copy(from: &[u8], to: &mut [u8], width: usize, format: PixelFormat) {
    let len = (width * format.bits_per_pixel()).div_ceil(8).min(from.len()).min(to.len());
    to[..len].copy_from_slice(&from[..len]);
    if format.is_packed_bits() {
        clear_tail(to, width);
    }
}

/// Zeroes the bits of the last byte that are no pixels.
#[inline(always)]
pub fn clear_tail(row: &mut [u8], width: usize) {
    if let (Some(last), rest @ 1..) = (row.get_mut(width / 8), width % 8) {
        *last &= 0xff00u16.wrapping_shr(rest as u32) as u8;
    }
}

/// A byte of 0 or 255 for each bit, the most significant one first.
#[inline(always)]
fn bytes_of(bits: u8) -> [u8; 8] {
    // Each byte keeps the bit that is its own; any but zero carries into its highest bit.
    let own = u64::from_ne_bytes([bits; 8]) & u64::from_ne_bytes([128, 64, 32, 16, 8, 4, 2, 1]);
    let set = (own + 0x7f7f_7f7f_7f7f_7f7f) >> 7 & 0x0101_0101_0101_0101;
    (set * 255).to_ne_bytes()
}

/// A bit for each byte of 128 or more, the first byte in the most significant one.
#[inline(always)]
fn bits_of(bytes: [u8; 8]) -> u8 {
    // The product moves bit 8 n to bit 63 - n; no two bits meet on their way.
    let set = u64::from_le_bytes(bytes) >> 7 & 0x0101_0101_0101_0101;
    (set.wrapping_mul(0x8040_2010_0804_0201) >> 56) as u8
}

/// A byte of 0 or 255 for each bit, with the bits of `flip` inverted.
#[inline(always)]
fn unpack_bits(from: &[u8], to: &mut [u8], flip: u8) {
    let (whole, rest) = to.as_chunks_mut::<8>();
    for (to, bits) in whole.iter_mut().zip(from) {
        *to = bytes_of(bits ^ flip);
    }
    let last = from.get(whole.len()).map_or([0; 8], |bits| bytes_of(bits ^ flip));
    rest.iter_mut().zip(last).for_each(|(to, byte)| *to = byte);
}

/// A bit for each byte, set from 128 on, with the bits of `flip` inverted.
#[inline(always)]
fn pack_bits(from: &[u8], to: &mut [u8], width: usize, flip: u8) {
    let from = from.get(..width).unwrap_or(from);
    let (whole, rest) = from.as_chunks::<8>();
    for (to, bytes) in to.iter_mut().zip(whole) {
        *to = bits_of(*bytes) ^ flip;
    }
    if let (Some(to), 1..) = (to.get_mut(whole.len()), rest.len()) {
        let mut last = [0; 8];
        last.iter_mut().zip(rest).for_each(|(to, byte)| *to = *byte);
        *to = bits_of(last) ^ flip;
    }
    clear_tail(to, width);
}

#[inline(always)]
pub fn tail_of(row: &[u8], format: PixelFormat, pixels: usize) -> &[u8] {
    row.get(pixels * format.bits_per_pixel() / 8..).unwrap_or_default()
}

#[inline(always)]
pub fn tail_of_mut(row: &mut [u8], format: PixelFormat, pixels: usize) -> &mut [u8] {
    row.get_mut(pixels * format.bits_per_pixel() / 8..).unwrap_or_default()
}

#[inline(always)]
fn each<const N: usize>(from: &[u8], pixels: &mut [Rgba8], read: impl Fn([u8; N]) -> Rgba8) {
    for (pixel, from) in pixels.iter_mut().zip(from.as_chunks::<N>().0) {
        *pixel = read(*from);
    }
}

#[inline(always)]
fn unpack_8(format: PixelFormat, from: &[u8], pixels: &mut [Rgba8]) {
    let gray = |y: u8| [y, y, y, 255];
    match format {
        F::Binary | F::BinaryInverted => {
            let flip = if format == F::Binary { 0 } else { 255 };
            for (pixels, bits) in pixels.chunks_mut(8).zip(from) {
                let bytes = bytes_of(bits ^ flip);
                pixels.iter_mut().zip(bytes).for_each(|(pixel, y)| *pixel = gray(y));
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

#[inline(always)]
fn scale(value: u16, max: u16) -> u8 {
    ((value * 255 + max / 2) / max) as u8
}

#[inline(always)]
fn unscale(value: u8, max: u16) -> u16 {
    (u16::from(value) * max + 127) / 255
}

#[inline(always)]
fn write<const N: usize>(pixels: &[Rgba8], to: &mut [u8], change: impl Fn(Rgba8) -> [u8; N]) {
    for (to, pixel) in to.as_chunks_mut::<N>().0.iter_mut().zip(pixels) {
        *to = change(*pixel);
    }
}

#[inline(always)]
fn pack_8(format: PixelFormat, pixels: &[Rgba8], to: &mut [u8]) {
    let gray = |[r, g, b, _]: Rgba8| luma8(r, g, b);
    match format {
        F::Binary | F::BinaryInverted => {
            let (flip, none) = if format == F::Binary { (0, 0) } else { (255, 255) };
            for (to, pixels) in to.iter_mut().zip(pixels.chunks(8)) {
                let mut bytes = [none; 8];
                bytes.iter_mut().zip(pixels).for_each(|(y, pixel)| *y = gray(*pixel));
                *to = bits_of(bytes) ^ flip;
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

#[inline(always)]
fn sample([low, high]: [u8; 2]) -> u16 {
    u16::from_ne_bytes([low, high])
}

#[inline(always)]
fn each_16<const N: usize>(from: &[u8], pixels: &mut [Rgba16], read: impl Fn([u16; N]) -> Rgba16) {
    let samples = from.as_chunks::<2>().0.as_chunks::<N>().0;
    for (pixel, from) in pixels.iter_mut().zip(samples) {
        *pixel = read(from.map(sample));
    }
}

#[inline(always)]
fn unpack_16(format: PixelFormat, from: &[u8], pixels: &mut [Rgba16]) {
    match format {
        F::Rgb161616 => each_16(from, pixels, |[b, g, r]| [r, g, b, 65_535]),
        F::Argb16161616 => each_16(from, pixels, |[b, g, r, a]| [r, g, b, a]),
        F::Abgr16161616 => each_16(from, pixels, |rgba: Rgba16| rgba),
        _ => each_16(from, pixels, |[y]| [y, y, y, 65_535]),
    }
}

#[inline(always)]
fn write_16<const N: usize>(pixels: &[Rgba16], to: &mut [u8], change: impl Fn(Rgba16) -> [u16; N]) {
    let samples = to.as_chunks_mut::<2>().0.as_chunks_mut::<N>().0;
    for (to, pixel) in samples.iter_mut().zip(pixels) {
        *to = change(*pixel).map(u16::to_ne_bytes);
    }
}

#[inline(always)]
fn pack_16(format: PixelFormat, pixels: &[Rgba16], to: &mut [u8]) {
    match format {
        F::Rgb161616 => write_16(pixels, to, |[r, g, b, _]| [b, g, r]),
        F::Argb16161616 => write_16(pixels, to, |[r, g, b, a]| [b, g, r, a]),
        F::Abgr16161616 => write_16(pixels, to, |rgba| rgba),
        _ => write_16(pixels, to, |[r, g, b, _]| [luma16(r, g, b)]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shifts_are_divisions() {
        assert!((0..65_280).all(|n| div_255(n) == n / 255));
        assert!(
            (0..=u16::MAX).all(|n| u32::from(narrow(n)) == (u32::from(n) * 255 + 32_767) / 65_535)
        );
    }

    #[test]
    fn bits_and_bytes_are_each_others() {
        for bits in 0..=255u8 {
            let bytes = bytes_of(bits);
            let bit = |(at, byte): (usize, &u8)| *byte == 255 * (bits >> (7 - at) & 1);
            assert!(bytes.iter().enumerate().all(bit) && bits_of(bytes) == bits);
        }
        assert_eq!(bits_of([127, 128, 0, 200, 255, 1, 64, 129]), 0b0101_1001);
    }
}
