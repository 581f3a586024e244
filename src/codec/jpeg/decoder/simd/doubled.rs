//! Rows of samples doubled in vectors of AVX2, 32 or 16 at a time, with the bytes of the plain code (`kernels.rs`).

use std::arch::x86_64::*;

use crate::pixel::join::simd::avx2::{LEN, bytes, vector};

type V = __m256i;

/// Half as many samples, which 16 bits are made of each.
const HALF: usize = LEN / 2;

/// The samples left of so many, these, and those right of them.
#[inline(always)]
fn beside<const N: usize>(around: &[u8]) -> [&[u8; N]; 3] {
    [0, 1, 2].map(|from| super::some(around, from))
}

/// Three times samples and once others, 16 bits each: the lower eight of each half and the upper.
#[inline]
#[target_feature(enable = "avx2")]
fn sums(three: &[u8; LEN], one: &[u8; LEN]) -> [V; 2] {
    let (three, one) = (vector(three), vector(one));
    let factors = _mm256_set1_epi16(1 << 8 | 3);
    [_mm256_unpacklo_epi8(three, one), _mm256_unpackhi_epi8(three, one)]
        .map(|pairs| _mm256_maddubs_epi16(pairs, factors))
}

/// The same of half as many, in one vector.
#[inline]
#[target_feature(enable = "avx2")]
fn sums_of_half(three: &[u8; HALF], one: &[u8; HALF]) -> V {
    let [three, one] = [three, one].map(|samples| {
        let (low, high) = samples.split_at(8);
        let [low, high] =
            [low, high].map(|part| part.first_chunk().map_or(0, |it| i64::from_le_bytes(*it)));
        _mm256_cvtepu8_epi16(_mm_set_epi64x(high, low))
    });
    _mm256_add_epi16(_mm256_add_epi16(three, three), _mm256_add_epi16(three, one))
}

/// Two samples side by side, of sums: what is nearer to the left and what is nearer to the right.
#[inline]
#[target_feature(enable = "avx2")]
fn across([left, right]: [V; 2]) -> V {
    let sample = |sum, half| _mm256_srli_epi16::<2>(_mm256_add_epi16(sum, _mm256_set1_epi16(half)));
    _mm256_or_si256(sample(left, 1), _mm256_slli_epi16::<8>(sample(right, 2)))
}

/// Two samples side by side, of sums of columns: the left one, the own and the right one.
#[inline]
#[target_feature(enable = "avx2")]
fn both([left, own, right]: [V; 3]) -> V {
    let three = _mm256_add_epi16(_mm256_add_epi16(own, own), own);
    let sample = |far, half| {
        let sum = _mm256_add_epi16(three, far);
        _mm256_srli_epi16::<4>(_mm256_add_epi16(sum, _mm256_set1_epi16(half)))
    };
    _mm256_or_si256(sample(left, 8), _mm256_slli_epi16::<8>(sample(right, 7)))
}

/// Both halves of the samples in their order.
#[inline]
#[target_feature(enable = "avx2")]
fn in_order([low, high]: [V; 2]) -> [[u8; LEN]; 2] {
    [
        bytes(_mm256_permute2x128_si256::<0x20>(low, high)),
        bytes(_mm256_permute2x128_si256::<0x31>(low, high)),
    ]
}

/// Makes the pairs of all samples but the first and the last, the last few anew so that all are made in steps of so many;
/// whether there are enough for one.
macro_rules! inner {
    ($name:ident, $len:expr, $count:literal, $step:expr) => {
        #[target_feature(enable = "avx2")]
        fn $name(rows: [&[u8]; $count], to: &mut [u8]) -> bool {
            let len = rows.iter().map(|row| row.len()).min().unwrap_or(0).min(to.len() / 2);
            let Some(last) = len.checked_sub($len + 2) else { return false };
            let mut at = 0;
            loop {
                let around = rows.map(|row| super::some::<{ $len + 2 }>(row, at));
                let to = to.get_mut(2 * at + 2..).unwrap_or_default().as_chunks_mut();
                let to = to.0.first_chunk_mut();
                let pairs = $step(around.map(|row| beside::<{ $len }>(row)));
                if let Some(to) = to {
                    *to = pairs;
                }
                if at == last {
                    return true;
                }
                at = (at + $len).min(last);
            }
        }
    };
}

inner!(across_wide, LEN, 1, |[[left, own, right]]: [[_; 3]; 1]| {
    let (left, right) = (sums(own, left), sums(own, right));
    in_order([0, 1].map(|at| across([left[at], right[at]])))
});
inner!(across_half, HALF, 1, |[[left, own, right]]: [[_; 3]; 1]| {
    [bytes(across([sums_of_half(own, left), sums_of_half(own, right)]))]
});
inner!(both_wide, LEN, 2, |[near, far]: [[_; 3]; 2]| {
    let sums = [0, 1, 2].map(|at| sums(near[at], far[at]));
    in_order([0, 1].map(|at| both(sums.map(|sums| sums[at]))))
});
inner!(both_half, HALF, 2, |[near, far]: [[_; 3]; 2]| {
    [bytes(both([0, 1, 2].map(|at| sums_of_half(near[at], far[at]))))]
});

/// All pairs but the first and the last; whether there were enough.
#[target_feature(enable = "avx2")]
pub fn double_across(row: &[u8], to: &mut [u8]) -> bool {
    across_wide([row], to) || across_half([row], to)
}

/// All pairs but the first and the last; whether there were enough.
#[target_feature(enable = "avx2")]
pub fn double_both(near: &[u8], far: &[u8], to: &mut [u8]) -> bool {
    both_wide([near, far], to) || both_half([near, far], to)
}
