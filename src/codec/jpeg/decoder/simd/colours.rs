//! Pixels of luma and chroma in vectors of AVX2, 32 at a time, with the bytes of the plain code (`kernels.rs`).

use std::arch::x86_64::*;
use std::mem::transmute;

/// Samples of a vector.
const LEN: usize = 32;

/// No byte of a vector: zero.
const NONE: u8 = 0x80;

type V = __m256i;

/// Where the bytes of 16 pixels of three samples come from: for each 16 bytes of them, and each sample.
const PLACES: [[[u8; 16]; 3]; 3] = places();

const fn places() -> [[[u8; 16]; 3]; 3] {
    let mut places = [[[NONE; 16]; 3]; 3];
    let mut at = 0;
    while at < 48 {
        places[at / 16][at % 3][at % 16] = (at / 3) as u8;
        at += 1;
    }
    places
}

#[inline]
#[target_feature(enable = "avx2")]
fn vector(bytes: &[u8; LEN]) -> V {
    // SAFETY: 32 bytes either way, and every bit pattern is a value of both.
    unsafe { transmute::<[u8; LEN], V>(*bytes) }
}

#[inline]
#[target_feature(enable = "avx2")]
fn bytes(vector: V) -> [u8; LEN] {
    // SAFETY: 32 bytes either way, and every bit pattern is a value of both.
    unsafe { transmute::<V, [u8; LEN]>(vector) }
}

/// Pixels of three samples, those of the left half of each vector first.
#[inline]
#[target_feature(enable = "avx2")]
fn joined([a, b, c]: [V; 3]) -> [V; 3] {
    let part = |number: usize| {
        let places = |sample: usize| {
            // SAFETY: 16 bytes either way, and every bit pattern is a value of both.
            let half = unsafe { transmute::<[u8; 16], __m128i>(PLACES[number][sample]) };
            _mm256_broadcastsi128_si256(half)
        };
        let two =
            _mm256_or_si256(_mm256_shuffle_epi8(a, places(0)), _mm256_shuffle_epi8(b, places(1)));
        _mm256_or_si256(two, _mm256_shuffle_epi8(c, places(2)))
    };
    let [a, b, c] = [part(0), part(1), part(2)];
    [
        _mm256_permute2x128_si256::<0x20>(a, b),
        _mm256_permute2x128_si256::<0x30>(c, a),
        _mm256_permute2x128_si256::<0x31>(b, c),
    ]
}

/// Pixels of three samples and 255.
#[inline]
#[target_feature(enable = "avx2")]
fn joined_opaque([a, b, c]: [V; 3]) -> [V; 4] {
    let opaque = _mm256_set1_epi8(-1);
    let (low, high) = (_mm256_unpacklo_epi8(a, b), _mm256_unpackhi_epi8(a, b));
    let (low2, high2) = (_mm256_unpacklo_epi8(c, opaque), _mm256_unpackhi_epi8(c, opaque));
    let first = [_mm256_unpacklo_epi16(low, low2), _mm256_unpackhi_epi16(low, low2)];
    let second = [_mm256_unpacklo_epi16(high, high2), _mm256_unpackhi_epi16(high, high2)];
    [
        _mm256_permute2x128_si256::<0x20>(first[0], first[1]),
        _mm256_permute2x128_si256::<0x20>(second[0], second[1]),
        _mm256_permute2x128_si256::<0x31>(first[0], first[1]),
        _mm256_permute2x128_si256::<0x31>(second[0], second[1]),
    ]
}

/// R, G, B as 16 bits, of luma and of chroma around 0. The plain code tells where the factors come from.
#[inline]
#[target_feature(enable = "avx2")]
fn colours(y: V, cb: V, cr: V) -> [V; 3] {
    let one = _mm256_set1_epi16(1);
    // Half of the doubled product, rounded, is the product, rounded.
    let part = |doubled: V, factor: i16| {
        let product = _mm256_mulhi_epi16(doubled, _mm256_set1_epi16(factor));
        _mm256_srai_epi16::<1>(_mm256_add_epi16(product, one))
    };
    let (cb2, cr2) = (_mm256_add_epi16(cb, cb), _mm256_add_epi16(cr, cr));
    let r = _mm256_add_epi16(_mm256_add_epi16(y, cr), part(cr2, 26_345));
    let b = _mm256_add_epi16(_mm256_add_epi16(y, cb2), part(cb2, -14_942));
    let factors = _mm256_set1_epi32((18_734 << 16) | (-22_554i32 & 0xffff));
    let both = |pairs: V| {
        let sum = _mm256_madd_epi16(pairs, factors);
        _mm256_srai_epi32::<16>(_mm256_add_epi32(sum, _mm256_set1_epi32(1 << 15)))
    };
    let (low, high) = (_mm256_unpacklo_epi16(cb, cr), _mm256_unpackhi_epi16(cb, cr));
    let green = _mm256_packs_epi32(both(low), both(high));
    [r, _mm256_add_epi16(_mm256_sub_epi16(y, cr), green), b]
}

/// R, G, B of 32 pixels.
#[inline]
#[target_feature(enable = "avx2")]
fn rgb(y: V, cb: V, cr: V) -> [V; 3] {
    let zero = _mm256_setzero_si256();
    let middle = _mm256_set1_epi16(128);
    let low = |samples: V| _mm256_unpacklo_epi8(samples, zero);
    let high = |samples: V| _mm256_unpackhi_epi8(samples, zero);
    let around = |chroma: V| _mm256_sub_epi16(chroma, middle);
    let [r, g, b] = colours(low(y), around(low(cb)), around(low(cr)));
    let [r2, g2, b2] = colours(high(y), around(high(cb)), around(high(cr)));
    [_mm256_packus_epi16(r, r2), _mm256_packus_epi16(g, g2), _mm256_packus_epi16(b, b2)]
}

/// Makes pixels of `N` bytes of rows of three samples, as many as there are whole vectors of, and says how many. With
/// `YCC` the samples are luma and chroma, and R is the last of the colours with `TURNED`; else they stay as they are.
#[target_feature(enable = "avx2")]
pub fn pixels<const N: usize, const YCC: bool, const TURNED: bool>(
    [a, b, c]: [&[u8]; 3],
    to: &mut [u8],
) -> usize {
    let (a, b, c) = (a.as_chunks::<LEN>().0, b.as_chunks::<LEN>().0, c.as_chunks::<LEN>().0);
    let mut done = 0;
    for (to, ((a, b), c)) in to.chunks_exact_mut(N * LEN).zip(a.iter().zip(b).zip(c)) {
        let mut samples = [vector(a), vector(b), vector(c)];
        if YCC {
            samples = rgb(samples[0], samples[1], samples[2]);
        }
        if TURNED {
            samples.swap(0, 2);
        }
        let places = to.as_chunks_mut::<LEN>().0.iter_mut();
        if N == 3 {
            places.zip(joined(samples)).for_each(|(to, pixels)| *to = bytes(pixels));
        } else {
            places.zip(joined_opaque(samples)).for_each(|(to, pixels)| *to = bytes(pixels));
        }
        done += LEN;
    }
    done
}
