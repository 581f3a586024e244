//! Colours of 8 bits in vectors of 32 bytes, eight pixels at a time.

use std::arch::x86_64::*;

use super::super::Converter;
use crate::pixel::PixelFormat as F;

/// Bytes of half a vector.
pub const LEN: usize = 16;
/// No byte of a vector: zero.
pub const NONE: u8 = 0x80;
/// Pixels of a vector.
const PIXELS: usize = 8;

/// What pixels of four bytes are: kept as they are, on a background of the same order, or inks.
const PLAIN: u8 = 0;
const OVER: u8 = 1;
const INKS: u8 = 2;

/// The bits of a pixel that are flipped in the end: the fourth byte, which was zero, or the others.
const OPAQUE: u32 = 0xff00_0000;
const INK: u32 = 0x00ff_ffff;

/// Converts pixels from the left on, and says how many: the rest are too few for a vector, or all, where there is no kernel
/// for them.
#[target_feature(enable = "avx2")]
pub fn row(converter: &Converter, from: &[u8], to: &mut [u8], width: usize) -> usize {
    let [r, g, b] = converter.background;
    let (rgb, bgr) = ([r, g, b], [b, g, r]);
    match (converter.from, converter.to) {
        (F::Rgb888, F::Bgr888) | (F::Bgr888, F::Rgb888) => turned(from, to, width),
        (F::Bgr888, F::Abgr8888) | (F::Rgb888, F::Argb8888) => {
            colours::<3, 0, 4, PLAIN>(from, to, width, rgb, OPAQUE)
        }
        (F::Bgr888, F::Argb8888) | (F::Rgb888, F::Abgr8888) => {
            colours::<3, 2, 4, PLAIN>(from, to, width, rgb, OPAQUE)
        }
        (F::Bgr888, F::Cmyk8888) => colours::<3, 0, 4, PLAIN>(from, to, width, rgb, INK),
        (F::Rgb888, F::Cmyk8888) => colours::<3, 2, 4, PLAIN>(from, to, width, rgb, INK),
        (F::Abgr8888, F::Bgr888) => colours::<4, 0, 3, OVER>(from, to, width, rgb, 0),
        (F::Argb8888, F::Rgb888) => colours::<4, 0, 3, OVER>(from, to, width, bgr, 0),
        (F::Abgr8888, F::Rgb888) => colours::<4, 2, 3, OVER>(from, to, width, rgb, 0),
        (F::Argb8888, F::Bgr888) => colours::<4, 2, 3, OVER>(from, to, width, bgr, 0),
        (F::Abgr8888, F::Cmyk8888) => colours::<4, 0, 4, OVER>(from, to, width, rgb, INK),
        (F::Argb8888, F::Cmyk8888) => colours::<4, 2, 4, OVER>(from, to, width, bgr, INK),
        (F::Cmyk8888, F::Bgr888) => colours::<4, 0, 3, INKS>(from, to, width, rgb, 0),
        (F::Cmyk8888, F::Rgb888) => colours::<4, 2, 3, INKS>(from, to, width, rgb, 0),
        (F::Cmyk8888, F::Abgr8888) => colours::<4, 0, 4, INKS>(from, to, width, rgb, OPAQUE),
        (F::Cmyk8888, F::Argb8888) => colours::<4, 2, 4, INKS>(from, to, width, rgb, OPAQUE),
        (F::Bgr888, F::Gray8) => luma::<3, 0, PLAIN>(from, to, width, rgb),
        (F::Rgb888, F::Gray8) => luma::<3, 2, PLAIN>(from, to, width, rgb),
        (F::Abgr8888, F::Gray8) => luma::<4, 0, OVER>(from, to, width, rgb),
        (F::Argb8888, F::Gray8) => luma::<4, 2, OVER>(from, to, width, bgr),
        (F::Cmyk8888, F::Gray8) => luma::<4, 0, INKS>(from, to, width, rgb),
        (F::Gray8 | F::Binary8, F::Rgb888 | F::Bgr888) => tripled(from, to, width),
        _ => 0,
    }
}

/// Whether there is a kernel for the gray of these pixels.
pub fn have_luma(format: F) -> bool {
    matches!(format, F::Bgr888 | F::Rgb888 | F::Abgr8888 | F::Argb8888)
}

pub fn vector(bytes: &[u8; LEN]) -> __m128i {
    // SAFETY: as many bytes, of any value.
    unsafe { std::mem::transmute::<[u8; LEN], __m128i>(*bytes) }
}

pub fn bytes(vector: __m128i) -> [u8; LEN] {
    // SAFETY: as many bytes, of any value.
    unsafe { std::mem::transmute::<__m128i, [u8; LEN]>(vector) }
}

/// The same bytes in both halves.
#[inline]
#[target_feature(enable = "avx2")]
fn twice(bytes: [u8; LEN]) -> __m256i {
    _mm256_broadcastsi128_si256(vector(&bytes))
}

/// Eight pixels of `N` bytes from pixel `at` on, four in each half.
#[inline]
#[target_feature(enable = "avx2")]
fn load<const N: usize>(row: &[u8], at: usize) -> Option<__m256i> {
    let half = |at: usize| row.get(at * N..)?.first_chunk().map(vector);
    Some(_mm256_set_m128i(half(at + PIXELS / 2)?, half(at)?))
}

/// Three bytes a pixel, the first and the last of them exchanged.
#[target_feature(enable = "avx2")]
fn turned(from: &[u8], to: &mut [u8], width: usize) -> usize {
    let done = turned_by::<{ 16 * FIVE + 1 }>(from, to, 0, width);
    turned_by::<LEN>(from, to, done, width)
}

/// Five pixels of three bytes; of a vector, one byte is left.
const FIVE: usize = LEN - 1;

/// [`turned`] from a pixel on, as long as there are `N` bytes, a multiple of five pixels and a byte of what comes next.
#[inline]
#[target_feature(enable = "avx2")]
fn turned_by<const N: usize>(from: &[u8], to: &mut [u8], mut done: usize, width: usize) -> usize {
    let order = vector(&[2, 1, 0, 5, 4, 3, 8, 7, 6, 11, 10, 9, 14, 13, 12, NONE]);
    while done + N / 3 < width
        && let Some(from) = from.get(done * 3..).and_then(<[u8]>::first_chunk::<N>)
        && let Some(to) = to.get_mut(done * 3..).and_then(<[u8]>::first_chunk_mut::<N>)
    {
        for at in (0..N / FIVE).map(|five| five * FIVE) {
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

/// Pixels of four bytes as opaque colours in three of them; the fourth is anything.
#[inline]
#[target_feature(enable = "avx2")]
fn settled<const KIND: u8>(pixels: __m256i, background: [u8; 3]) -> __m256i {
    match KIND {
        OVER => on_background(pixels, background),
        INKS => of_inks(pixels),
        _ => pixels,
    }
}

/// Pixels whose last byte is alpha, on a background of the same order: what `over_8` does.
#[inline]
#[target_feature(enable = "avx2")]
fn on_background(pixels: __m256i, background: [u8; 3]) -> __m256i {
    let opaque = _mm256_set1_epi32(OPAQUE.cast_signed());
    let alpha = _mm256_and_si256(pixels, opaque);
    if _mm256_movemask_epi8(_mm256_cmpeq_epi32(alpha, opaque)) == -1 {
        return pixels;
    }
    let [a, b, c] = background;
    // Samples less 128 are signed, which is what they must be to be multiplied by bytes without a sign.
    let half = _mm256_set1_epi8(i8::MIN);
    let under = _mm256_set1_epi32(u32::from_le_bytes([a, b, c, 0]).cast_signed());
    let (top, under) = (_mm256_xor_si256(pixels, half), _mm256_xor_si256(under, half));
    // Alpha, and what it lacks.
    let rest = _mm256_set1_epi16(0xff00u16.cast_signed());
    let mixed = |samples: __m256i, order: [u8; LEN]| {
        let weights = _mm256_xor_si256(_mm256_shuffle_epi8(pixels, twice(order)), rest);
        let sum = _mm256_maddubs_epi16(weights, samples);
        // 128 times 255, and what rounds.
        over_255(_mm256_add_epi16(sum, _mm256_set1_epi16(128 * 255 + 127)))
    };
    _mm256_packus_epi16(
        mixed(_mm256_unpacklo_epi8(top, under), [3, 3, 3, 3, 3, 3, 3, 3, 7, 7, 7, 7, 7, 7, 7, 7]),
        mixed(
            _mm256_unpackhi_epi8(top, under),
            [11, 11, 11, 11, 11, 11, 11, 11, 15, 15, 15, 15, 15, 15, 15, 15],
        ),
    )
}

/// Inks as R, G, B: what `rgb_of_inks` does.
#[inline]
#[target_feature(enable = "avx2")]
fn of_inks(pixels: __m256i) -> __m256i {
    let paper = _mm256_xor_si256(pixels, _mm256_set1_epi8(-1));
    let zero = _mm256_setzero_si256();
    let mixed = |samples: __m256i, first: u8| {
        let (a, b) = (first, first + 4);
        let black = [a, NONE, a, NONE, a, NONE, a, NONE, b, NONE, b, NONE, b, NONE, b, NONE];
        let product = _mm256_mullo_epi16(samples, _mm256_shuffle_epi8(paper, twice(black)));
        over_255(_mm256_add_epi16(product, _mm256_set1_epi16(127)))
    };
    _mm256_packus_epi16(
        mixed(_mm256_unpacklo_epi8(paper, zero), 3),
        mixed(_mm256_unpackhi_epi8(paper, zero), 11),
    )
}

/// Words without a sign, divided by 255.
#[inline]
#[target_feature(enable = "avx2")]
fn over_255(words: __m256i) -> __m256i {
    // 0x8081 is 2^23 / 255, a little more.
    let high = _mm256_mulhi_epu16(words, _mm256_set1_epi16(0x8081u16.cast_signed()));
    _mm256_srli_epi16::<7>(high)
}

/// Pixels of `N` bytes as such of `M`, their bytes in their order or from the third to the first, with some bits flipped in the
/// end.
#[target_feature(enable = "avx2")]
fn colours<const N: usize, const FIRST: u8, const M: usize, const KIND: u8>(
    from: &[u8],
    to: &mut [u8],
    width: usize,
    background: [u8; 3],
    flip: u32,
) -> usize {
    let mut order = [NONE; LEN];
    for (pixel, bytes) in (0..4).zip(order.chunks_mut(M)) {
        let first = pixel * N as u8;
        let of = [first + FIRST, first + 1, first + 2 - FIRST];
        bytes.iter_mut().zip(of).for_each(|(to, from)| *to = from);
    }
    let (order, flip) = (twice(order), _mm256_set1_epi32(flip.cast_signed()));
    let mut done = 0;
    // A few bytes more are read and written, of pixels that come next.
    while done + PIXELS + 2 <= width
        && let Some(pixels) = load::<N>(from, done)
        && let Some(to) = to.get_mut(done * M..).filter(|to| to.len() >= PIXELS / 2 * M + LEN)
    {
        let pixels = _mm256_shuffle_epi8(settled::<KIND>(pixels, background), order);
        let pixels = _mm256_xor_si256(pixels, flip);
        let halves = [_mm256_castsi256_si128(pixels), _mm256_extracti128_si256::<1>(pixels)];
        for (half, at) in halves.into_iter().zip([0, PIXELS / 2 * M]) {
            if let Some(to) = to.get_mut(at..).and_then(|to| to.first_chunk_mut::<LEN>()) {
                *to = bytes(half);
            }
        }
        done += PIXELS;
    }
    done
}

/// Gray of pixels of three bytes, or of four. The red one comes first or third.
#[target_feature(enable = "avx2")]
fn luma<const N: usize, const RED: u8, const KIND: u8>(
    from: &[u8],
    to: &mut [u8],
    width: usize,
    background: [u8; 3],
) -> usize {
    let step = N as u8;
    let pair = |first: u8, second: u8| {
        let of = |pixel: u8| [step * pixel + first, NONE, step * pixel + second, NONE];
        let all = [of(0), of(1), of(2), of(3)];
        let mut order = [NONE; LEN];
        order.iter_mut().zip(all.as_flattened()).for_each(|(to, from)| *to = *from);
        twice(order)
    };
    let (red, blue) = (pair(RED, 1), pair(1, 2 - RED));
    // Green weighs 38470, more than a word with a sign holds: half with red, half with blue.
    let weights = |first: i32, second: i32| _mm256_set1_epi32(second << 16 | first);
    let (red_weights, blue_weights) = (weights(19_595, 19_235), weights(19_235, 7_471));
    let half = _mm256_set1_epi32(0x8000);
    let mut done = 0;
    while done + LEN + 2 <= width
        && let Some(first) = load::<N>(from, done)
        && let Some(second) = load::<N>(from, done + PIXELS)
        && let Some(to) = to.get_mut(done..).and_then(|to| to.first_chunk_mut::<LEN>())
    {
        let [a, b] = [first, second].map(|pixels| {
            let pixels = settled::<KIND>(pixels, background);
            let red = _mm256_madd_epi16(_mm256_shuffle_epi8(pixels, red), red_weights);
            let blue = _mm256_madd_epi16(_mm256_shuffle_epi8(pixels, blue), blue_weights);
            _mm256_srli_epi32::<16>(_mm256_add_epi32(_mm256_add_epi32(red, blue), half))
        });
        // Four of each, and four of each.
        let words = _mm256_permute4x64_epi64::<0b11_01_10_00>(_mm256_packus_epi32(a, b));
        let (low, high) = (_mm256_castsi256_si128(words), _mm256_extracti128_si256::<1>(words));
        *to = bytes(_mm_packus_epi16(low, high));
        done += LEN;
    }
    done
}
