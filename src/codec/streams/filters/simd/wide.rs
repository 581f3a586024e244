//! Filters chosen and done 32 bytes at a time.

use std::arch::x86_64::*;

use super::super::forward::{Lines, PAD};

#[target_feature(enable = "avx2")]
pub fn costs(lines: &Lines<'_>) -> [u64; 5] {
    let zero = _mm256_setzero_si256();
    let mut sums = [zero; 5];
    let mut at = 0;
    while at + 32 <= lines.len
        && let Some(around) = around(lines, at)
    {
        for (sum, difference) in sums.iter_mut().zip(differences(around)) {
            *sum = _mm256_add_epi64(*sum, _mm256_sad_epu8(_mm256_abs_epi8(difference), zero));
        }
        at += 32;
    }
    let mut costs = lines.costs_from(at);
    for (cost, sum) in costs.iter_mut().zip(sums) {
        let (low, high) = (_mm256_castsi256_si128(sum), _mm256_extracti128_si256::<1>(sum));
        let sum = _mm_add_epi64(low, high);
        *cost += (_mm_extract_epi64::<0>(sum) + _mm_extract_epi64::<1>(sum)).cast_unsigned();
    }
    costs
}

#[target_feature(enable = "avx2")]
pub fn apply(filter: u8, lines: &Lines<'_>, to: &mut [u8]) {
    match filter {
        0 => apply_as::<0>(lines, to),
        1 => apply_as::<1>(lines, to),
        2 => apply_as::<2>(lines, to),
        3 => apply_as::<3>(lines, to),
        _ => apply_as::<4>(lines, to),
    }
}

#[inline]
#[target_feature(enable = "avx2")]
fn apply_as<const FILTER: usize>(lines: &Lines<'_>, to: &mut [u8]) {
    let mut at = 0;
    while at + 32 <= lines.len
        && let Some(around) = around(lines, at)
        && let Some(to) = to.get_mut(at..).and_then(<[u8]>::first_chunk_mut::<32>)
    {
        let differences = differences(around)[FILTER];
        // SAFETY: there are 32 bytes.
        unsafe { _mm256_storeu_si256(to.as_mut_ptr().cast(), differences) };
        at += 32;
    }
    lines.apply_from(at, FILTER as u8, to);
}

/// Bytes at a place, left of it, above, and above left.
#[inline]
#[target_feature(enable = "avx2")]
fn around(lines: &Lines<'_>, at: usize) -> Option<[__m256i; 4]> {
    let (place, left) = (PAD + at, PAD + at - lines.pixel);
    let load = |line: &[u8], at: usize| {
        let bytes = line.get(at..)?.first_chunk::<32>()?;
        // SAFETY: there are 32 bytes.
        Some(unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) })
    };
    Some([
        load(lines.row, place)?,
        load(lines.row, left)?,
        load(lines.above, place)?,
        load(lines.above, left)?,
    ])
}

/// What each filter leaves.
#[inline]
#[target_feature(enable = "avx2")]
fn differences([bytes, left, up, corner]: [__m256i; 4]) -> [__m256i; 5] {
    let odd = _mm256_and_si256(_mm256_xor_si256(left, up), _mm256_set1_epi8(1));
    let mean = _mm256_sub_epi8(_mm256_avg_epu8(left, up), odd);
    let zero = _mm256_setzero_si256();
    // Halves are taken apart and put together again within each half of the vector.
    let low = [left, up, corner].map(|bytes| _mm256_unpacklo_epi8(bytes, zero));
    let high = [left, up, corner].map(|bytes| _mm256_unpackhi_epi8(bytes, zero));
    let nearest = _mm256_packus_epi16(nearest_of(low), nearest_of(high));
    [zero, left, up, mean, nearest].map(|guess| _mm256_sub_epi8(bytes, guess))
}

/// See `super::super::paeth`.
#[inline]
#[target_feature(enable = "avx2")]
fn nearest_of([left, up, corner]: [__m256i; 3]) -> __m256i {
    let thrice = _mm256_add_epi16(corner, _mm256_add_epi16(corner, corner));
    let limit = _mm256_sub_epi16(_mm256_sub_epi16(thrice, up), left);
    let (low, high) = (_mm256_min_epi16(left, up), _mm256_max_epi16(left, up));
    let if_below = _mm256_blendv_epi8(low, corner, _mm256_cmpgt_epi16(high, limit));
    _mm256_blendv_epi8(high, if_below, _mm256_cmpgt_epi16(limit, low))
}
