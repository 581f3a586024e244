//! Pixels of luma and chroma in vectors of AVX2, 32 at a time, with the bytes of the plain code (`kernels.rs`).

use std::arch::x86_64::*;

use crate::pixel::join::simd::avx2::{LEN, bytes, joined, joined_four, vector};

type V = __m256i;

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

/// Makes pixels of `N` bytes, 3 or 4, of rows of luma and chroma, the last few anew so that all are made in whole vectors;
/// whether there are enough for one. R is the last of the colours with `TURNED`.
#[target_feature(enable = "avx2")]
pub fn pixels<const N: usize, const TURNED: bool>(rows: [&[u8]; 3], to: &mut [u8]) -> bool {
    let len = rows.iter().map(|row| row.len()).min().unwrap_or(0).min(to.len() / N);
    let Some(last) = len.checked_sub(LEN) else { return false };
    let mut at = 0;
    loop {
        let samples = rows.map(|row| super::some(row, at));
        let to = to.get_mut(N * at..N * (at + LEN)).unwrap_or_default();
        step::<N, TURNED>(samples, to);
        if at == last {
            return true;
        }
        at = (at + LEN).min(last);
    }
}

#[inline]
#[target_feature(enable = "avx2")]
fn step<const N: usize, const TURNED: bool>([a, b, c]: [&[u8; LEN]; 3], to: &mut [u8]) {
    let mut samples = rgb(vector(a), vector(b), vector(c));
    if TURNED {
        samples.swap(0, 2);
    }
    let places = to.as_chunks_mut::<LEN>().0;
    // One by one, since arrays that are longer than their places are copied by a call.
    if N == 3
        && let [a, b, c] = places
    {
        let pixels = joined(samples);
        (*a, *b, *c) = (bytes(pixels[0]), bytes(pixels[1]), bytes(pixels[2]));
    } else if let [a, b, c, d] = places {
        let [red, green, blue] = samples;
        let pixels = joined_four([red, green, blue, _mm256_set1_epi8(-1)]);
        (*a, *b) = (bytes(pixels[0]), bytes(pixels[1]));
        (*c, *d) = (bytes(pixels[2]), bytes(pixels[3]));
    }
}
