//! Colours of 8 bits or fewer in vectors of 32 bytes, sixteen pixels at a time.

use std::arch::x86_64::*;

use super::super::Converter;
use super::bits;
use super::sources::*;
use crate::pixel::PixelFormat as F;

/// The bits of colours, which are flipped in the end where they become inks.
const INK: u32 = 0x00ff_ffff;

/// Converts pixels from the left on, and says how many: the rest are too few for a vector, or all, where there is no kernel
/// for them.
#[target_feature(enable = "avx2")]
pub fn row(converter: &Converter, from: &[u8], to: &mut [u8], width: usize) -> usize {
    match (converter.from, converter.to) {
        (F::Rgb888, F::Bgr888) | (F::Bgr888, F::Rgb888) => turned(from, to, width),
        (F::Gray8 | F::Binary8, F::Rgb888 | F::Bgr888) => tripled(from, to, width),
        (a, b) if a == b || a.has_alpha() && b.has_alpha() => 0,
        (F::Rgb888 | F::Bgr888, _) => colour::<THREE>(converter, from, to, width),
        (F::Argb8888 | F::Abgr8888, _) => colour::<OVER>(converter, from, to, width),
        (F::Cmyk8888, _) => colour::<INKS>(converter, from, to, width),
        (F::Rgb565, _) => colour::<SIX>(converter, from, to, width),
        (F::Rgb555, _) => colour::<FIVE>(converter, from, to, width),
        (F::Gray8 | F::Binary8, F::Rgb565) => shorts::<GRAY, 6>(from, to, width, [0; 3], false),
        (F::Gray8 | F::Binary8, F::Rgb555) => shorts::<GRAY, 5>(from, to, width, [0; 3], false),
        _ => bits::row(converter, from, to, width),
    }
}

/// [`row`] from the colours of a kind.
#[inline]
#[target_feature(enable = "avx2")]
fn colour<const KIND: u8>(it: &Converter, from: &[u8], to: &mut [u8], width: usize) -> usize {
    let [r, g, b] = it.background;
    let under = if red_of(it.from) == 0 { [r, g, b] } else { [b, g, r] };
    let swap = red_of(it.from) != red_of(it.to);
    match it.to {
        F::Rgb888 | F::Bgr888 => colours::<KIND, 3>(from, to, width, under, swap, 0),
        F::Argb8888 | F::Abgr8888 => colours::<KIND, 4>(from, to, width, under, swap, OPAQUE),
        F::Cmyk8888 => colours::<KIND, 4>(from, to, width, under, swap, INK),
        F::Gray8 => luma::<KIND>(from, to, width, under, swap),
        F::Rgb565 => shorts::<KIND, 6>(from, to, width, under, swap),
        F::Rgb555 => shorts::<KIND, 5>(from, to, width, under, swap),
        _ => 0,
    }
}

/// Three bytes a pixel, the first and the last of them exchanged.
#[target_feature(enable = "avx2")]
fn turned(from: &[u8], to: &mut [u8], width: usize) -> usize {
    let done = turned_by::<{ 16 * FIVE_PIXELS + 1 }>(from, to, 0, width);
    turned_by::<LEN>(from, to, done, width)
}

/// Five pixels of three bytes; of a vector, one byte is left.
const FIVE_PIXELS: usize = LEN - 1;

/// [`turned`] from a pixel on, as long as there are `N` bytes, a multiple of five pixels and a byte of what comes next.
#[inline]
#[target_feature(enable = "avx2")]
fn turned_by<const N: usize>(from: &[u8], to: &mut [u8], mut done: usize, width: usize) -> usize {
    let order = vector(&[2, 1, 0, 5, 4, 3, 8, 7, 6, 11, 10, 9, 14, 13, 12, NONE]);
    while done + N / 3 < width
        && let Some(from) = from.get(done * 3..).and_then(<[u8]>::first_chunk::<N>)
        && let Some(to) = to.get_mut(done * 3..).and_then(<[u8]>::first_chunk_mut::<N>)
    {
        for at in (0..N / FIVE_PIXELS).map(|five| five * FIVE_PIXELS) {
            if let Some(from) = from.get(at..).and_then(<[u8]>::first_chunk)
                && let Some(to) = to.get_mut(at..).and_then(<[u8]>::first_chunk_mut::<LEN>)
            {
                *to = bytes(_mm_shuffle_epi8(vector(from), order));
            }
        }
        done += N / 3;
    }
    done
}

/// Each byte three times.
#[target_feature(enable = "avx2")]
fn tripled(from: &[u8], to: &mut [u8], width: usize) -> usize {
    let orders = [
        vector(&[0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5]),
        vector(&[5, 5, 6, 6, 6, 7, 7, 7, 8, 8, 8, 9, 9, 9, 10, 10]),
        vector(&[10, 11, 11, 11, 12, 12, 12, 13, 13, 13, 14, 14, 14, 15, 15, 15]),
    ];
    let from = from.get(..width).unwrap_or(from).as_chunks::<LEN>().0;
    let all = to.as_chunks_mut::<LEN>().0.as_chunks_mut::<3>().0;
    let mut done = 0;
    for (to, from) in all.iter_mut().zip(from) {
        *to = orders.map(|order| bytes(_mm_shuffle_epi8(vector(from), order)));
        done += LEN;
    }
    done
}

/// Colours of a kind as pixels of `M` bytes, in their order or from the third byte to the first, with some bits flipped in the
/// end.
#[target_feature(enable = "avx2")]
fn colours<const KIND: u8, const M: usize>(
    from: &[u8],
    to: &mut [u8],
    width: usize,
    background: [u8; 3],
    swap: bool,
    flip: u32,
) -> usize {
    let order = twice(match (M, swap) {
        (3, false) => const { places(KIND, [0, 1, 2]) },
        (3, true) => const { places(KIND, [2, 1, 0]) },
        (_, false) => const { places(KIND, [0, 1, 2, NONE]) },
        (_, true) => const { places(KIND, [2, 1, 0, NONE]) },
    });
    let flip = _mm256_set1_epi32(flip.cast_signed());
    // Vectors of three bytes a pixel are written with four bytes more, of pixels that come next.
    let beyond = if M == 3 { 2 } else { 0 };
    let mut done = 0;
    while done + PIXELS + beyond <= width
        && let Some(pixels) = load::<KIND>(from, done, background)
        && let pixels = pixels.map(|all| _mm256_xor_si256(_mm256_shuffle_epi8(all, order), flip))
        && let Some(()) = store::<M>(to, done, pixels)
    {
        done += PIXELS;
    }
    done
}

/// Sixteen pixels of `M` bytes, which lie at the beginning of each half.
#[inline]
#[target_feature(enable = "avx2")]
fn store<const M: usize>(to: &mut [u8], at: usize, [a, b]: [__m256i; 2]) -> Option<()> {
    let to = to.get_mut(at * M..)?;
    if M == 4 {
        let [first, second] = to.as_chunks_mut().0.first_chunk_mut()?;
        (*first, *second) = (bytes_of(a), bytes_of(b));
        return Some(());
    }
    let to: &mut [u8; 3 * 12 + LEN] = to.first_chunk_mut()?;
    let halves =
        [a, b].map(|all| [_mm256_castsi256_si128(all), _mm256_extracti128_si256::<1>(all)]);
    for (half, at) in halves.as_flattened().iter().zip([0, 12, 24, 36]) {
        *to.get_mut(at..)?.first_chunk_mut()? = bytes(*half);
    }
    Some(())
}

/// Gray of colours of a kind. The red byte comes third instead of first.
#[target_feature(enable = "avx2")]
fn luma<const KIND: u8>(
    from: &[u8],
    to: &mut [u8],
    width: usize,
    background: [u8; 3],
    swap: bool,
) -> usize {
    let (red, blue) = const { (pairs(KIND, 0), pairs(KIND, 2)) };
    let (red, blue) = if swap { (blue, red) } else { (red, blue) };
    let (red, blue) = (twice(red), twice(blue));
    // Green weighs 38470, more than a word with a sign holds: half with red, half with blue.
    let weights = |colour: i32| _mm256_set1_epi32(19_235 << 16 | colour);
    let (red_weights, blue_weights) = (weights(19_595), weights(7_471));
    let half = _mm256_set1_epi32(0x8000);
    let mut done = 0;
    while done + PIXELS <= width
        && let Some(pixels) = load::<KIND>(from, done, background)
        && let Some(to) = to.get_mut(done..).and_then(<[u8]>::first_chunk_mut)
    {
        let [a, b] = pixels.map(|pixels| {
            let red = _mm256_madd_epi16(_mm256_shuffle_epi8(pixels, red), red_weights);
            let blue = _mm256_madd_epi16(_mm256_shuffle_epi8(pixels, blue), blue_weights);
            _mm256_srli_epi32::<16>(_mm256_add_epi32(_mm256_add_epi32(red, blue), half))
        });
        // Four of each, and four of each.
        let words = _mm256_permute4x64_epi64::<0b11_01_10_00>(_mm256_packus_epi32(a, b));
        let (low, high) = (_mm256_castsi256_si128(words), _mm256_extracti128_si256::<1>(words));
        *to = bytes(_mm_packus_epi16(low, high));
        done += PIXELS;
    }
    done
}

/// The places of a colour and of green in four pixels, as two words each.
const fn pairs(kind: u8, colour: u8) -> [u8; LEN] {
    places(kind, [colour, NONE, 1, NONE])
}

/// Colours of a kind as pixels of two bytes, `GREEN` bits of G between five of R and of B: what `Short::pack` does. The red byte
/// comes third instead of first.
#[target_feature(enable = "avx2")]
fn shorts<const KIND: u8, const GREEN: u32>(
    from: &[u8],
    to: &mut [u8],
    width: usize,
    background: [u8; 3],
    swap: bool,
) -> usize {
    let ends = twice(match swap {
        false => const { places(KIND, [0, NONE, 2, NONE]) },
        true => const { places(KIND, [2, NONE, 0, NONE]) },
    });
    let middle = twice(const { places(KIND, [1, NONE, NONE, NONE]) });
    // `(31 * sample + 127) / 255` and `(63 * sample + 127) / 255` are `(249 * sample + 1014) >> 11` and
    // `(253 * sample + 505) >> 10`, which words hold.
    let scaled = |samples: __m256i, by: i16, more: i16| {
        let product = _mm256_mullo_epi16(samples, _mm256_set1_epi16(by));
        _mm256_add_epi16(product, _mm256_set1_epi16(more))
    };
    let bits = |pixels: __m256i, bits: i32| _mm256_and_si256(pixels, _mm256_set1_epi32(bits));
    let mut done = 0;
    while done + PIXELS <= width
        && let Some(pixels) = load::<KIND>(from, done, background)
        && let Some(to) = to.get_mut(done * 2..).and_then(<[u8]>::first_chunk_mut)
    {
        let [a, b] = pixels.map(|pixels| {
            // R in the lower word of each pixel, B in the higher.
            let ends = scaled(_mm256_shuffle_epi8(pixels, ends), 249, 1014);
            let middle = _mm256_shuffle_epi8(pixels, middle);
            let (red, green) = match GREEN {
                6 => (ends, _mm256_srli_epi32::<5>(scaled(middle, 253, 505))),
                _ => (
                    _mm256_srli_epi32::<1>(ends),
                    _mm256_srli_epi32::<6>(scaled(middle, 249, 1014)),
                ),
            };
            let most = (1 << GREEN) - 1;
            let green = bits(green, most << 5);
            let red = bits(red, 31 << 5 << GREEN);
            _mm256_or_si256(_mm256_or_si256(red, green), _mm256_srli_epi32::<27>(ends))
        });
        *to = bytes_of(_mm256_permute4x64_epi64::<0b11_01_10_00>(_mm256_packus_epi32(a, b)));
        done += PIXELS;
    }
    done
}
