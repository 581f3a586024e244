//! Pixels of every colour of 8 bits or fewer as sixteen of three or four bytes, which is what all that is made of them begins with.

use std::arch::x86_64::*;

use crate::pixel::PixelFormat as F;

/// Bytes of half a vector, and of a whole one.
pub const LEN: usize = 16;
const WHOLE: usize = 32;
/// No byte of a vector: zero.
pub const NONE: u8 = 0x80;
/// Pixels that are read at a time: two vectors of four in each half.
pub const PIXELS: usize = 16;

/// What pixels are before they are colours: three bytes or four, inks, two bytes with six or five bits of G, or gray.
pub const THREE: u8 = 0;
pub const OVER: u8 = 1;
pub const INKS: u8 = 2;
pub const SIX: u8 = 3;
pub const FIVE: u8 = 4;
pub const GRAY: u8 = 5;

/// The bits of alpha.
pub const OPAQUE: u32 = 0xff00_0000;

/// The byte of a pixel that is red: the first or the third.
pub fn red_of(format: F) -> u8 {
    if matches!(format, F::Rgb888 | F::Argb8888) { 2 } else { 0 }
}

/// Bytes from one pixel that was read to the next, in a half of a vector.
pub const fn step(kind: u8) -> u8 {
    if kind == THREE { 3 } else { 4 }
}

/// The places of four pixels in half a vector: of each the bytes `of`, or [`NONE`], `M` bytes a pixel.
pub const fn places<const M: usize>(kind: u8, of: [u8; M]) -> [u8; LEN] {
    let mut all = [NONE; LEN];
    let mut at = 0;
    while at < 4 * M {
        let byte = of[at % M];
        all[at] = if byte == NONE { NONE } else { step(kind) * (at / M) as u8 + byte };
        at += 1;
    }
    all
}

/// The places of four bytes from one on, each of them four times.
const fn quads_of(first: u8) -> [u8; LEN] {
    let mut all = [first; LEN];
    let mut at = 0;
    while at < LEN {
        all[at] += (at / 4) as u8;
        at += 1;
    }
    all
}

pub fn vector(bytes: &[u8; LEN]) -> __m128i {
    // SAFETY: as many bytes, of any value.
    unsafe { std::mem::transmute::<[u8; LEN], __m128i>(*bytes) }
}

pub fn bytes(vector: __m128i) -> [u8; LEN] {
    // SAFETY: as many bytes, of any value.
    unsafe { std::mem::transmute::<__m128i, [u8; LEN]>(vector) }
}

pub fn whole(bytes: &[u8; WHOLE]) -> __m256i {
    // SAFETY: as many bytes, of any value.
    unsafe { std::mem::transmute::<[u8; WHOLE], __m256i>(*bytes) }
}

pub fn bytes_of(vector: __m256i) -> [u8; WHOLE] {
    // SAFETY: as many bytes, of any value.
    unsafe { std::mem::transmute::<__m256i, [u8; WHOLE]>(vector) }
}

/// The same bytes in both halves.
#[inline]
#[target_feature(enable = "avx2")]
pub fn twice(bytes: [u8; LEN]) -> __m256i {
    _mm256_broadcastsi128_si256(vector(&bytes))
}

/// Sixteen pixels of a kind from pixel `at` on, as opaque colours in three of the bytes of each; a fourth is anything. Those
/// with alpha lie on a background of the same order.
#[inline]
#[target_feature(enable = "avx2")]
pub fn load<const KIND: u8>(row: &[u8], at: usize, background: [u8; 3]) -> Option<[__m256i; 2]> {
    match KIND {
        THREE => {
            let row: &[u8; 52] = row.get(at * 3..)?.first_chunk()?;
            let [a, b, c, d] =
                [0, 12, 24, 36].map(|at| row.get(at..).and_then(<[u8]>::first_chunk).map(vector));
            Some([_mm256_set_m128i(b?, a?), _mm256_set_m128i(d?, c?)])
        }
        OVER | INKS => {
            let [a, b] = row.get(at * 4..)?.as_chunks::<WHOLE>().0.first_chunk()?;
            let (a, b) = (whole(a), whole(b));
            Some(match KIND {
                OVER => [on_background(a, background), on_background(b, background)],
                _ => [of_inks(a), of_inks(b)],
            })
        }
        SIX => Some(of_short::<6>(whole(row.get(at * 2..)?.first_chunk()?))),
        FIVE => Some(of_short::<5>(whole(row.get(at * 2..)?.first_chunk()?))),
        _ => {
            let gray = _mm256_broadcastsi128_si256(vector(row.get(at..)?.first_chunk()?));
            let quads = |low, high| _mm256_set_m128i(vector(high), vector(low));
            let first = quads(const { &quads_of(0) }, const { &quads_of(4) });
            let second = quads(const { &quads_of(8) }, const { &quads_of(12) });
            Some([_mm256_shuffle_epi8(gray, first), _mm256_shuffle_epi8(gray, second)])
        }
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
        over_255(_mm256_add_epi16(sum, _mm256_set1_epi16(128 * 255)))
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
        over_255(product)
    };
    _mm256_packus_epi16(
        mixed(_mm256_unpacklo_epi8(paper, zero), 3),
        mixed(_mm256_unpackhi_epi8(paper, zero), 11),
    )
}

/// Words without a sign, up to 255 times 255, divided by 255 and rounded to the nearest.
#[inline]
#[target_feature(enable = "avx2")]
fn over_255(words: __m256i) -> __m256i {
    // 257 is 2^16 / 255, a little less.
    let words = _mm256_add_epi16(words, _mm256_set1_epi16(128));
    _mm256_mulhi_epu16(words, _mm256_set1_epi16(257))
}

/// Pixels of two bytes, `GREEN` bits of G between five of R and of B, as R, G, B: what `Short::unpack` does.
#[inline]
#[target_feature(enable = "avx2")]
fn of_short<const GREEN: u32>(pixels: __m256i) -> [__m256i; 2] {
    let words = |word: i16| _mm256_set1_epi16(word);
    // Products of words, rounded, without their lowest 15 bits. The factors give `(255 * sample + most / 2) / most` for every
    // sample that stands there.
    let five = |samples: __m256i| {
        _mm256_mulhrs_epi16(_mm256_and_si256(samples, words(31 << 6)), words(4212))
    };
    let (red, green) = match GREEN {
        6 => (_mm256_srli_epi16::<5>(pixels), (63 << 5, 4145)),
        _ => (_mm256_srli_epi16::<4>(pixels), (31 << 5, 8423)),
    };
    let red = five(red);
    let blue = five(_mm256_slli_epi16::<6>(pixels));
    let green = _mm256_mulhrs_epi16(_mm256_and_si256(pixels, words(green.0)), words(green.1));
    // What is put together lies in each half by itself: the second quarter goes to the second half before.
    let spread = |words| _mm256_permute4x64_epi64::<0b11_01_10_00>(words);
    let first = spread(_mm256_or_si256(red, _mm256_slli_epi16::<8>(green)));
    let second = spread(blue);
    [_mm256_unpacklo_epi16(first, second), _mm256_unpackhi_epi16(first, second)]
}
