//! Rows of samples doubled in vectors of AVX2, 32 at a time, with the bytes of the plain code (`kernels.rs`).

use std::arch::x86_64::*;

use crate::pixel::join::simd::avx2::{LEN, bytes, vector};

type V = __m256i;

/// The samples left of those of a vector, these, and those right of them.
#[inline(always)]
fn beside(around: &[u8]) -> [&[u8; LEN]; 3] {
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

/// A kernel that makes pairs of samples, with rows as [`super::double_across`] has them.
macro_rules! pairs {
    ($name:ident, $count:literal, $step:expr) => {
        #[target_feature(enable = "avx2")]
        pub fn $name(rows: [&[u8]; $count], to: &mut [u8]) {
            let steps = to.as_chunks_mut::<LEN>().0.as_chunks_mut::<2>().0;
            for (at, to) in (0..).step_by(LEN).zip(steps) {
                *to = $step(rows.map(|row| beside(super::some::<{ LEN + 2 }>(row, at))));
            }
        }
    };
}

pairs!(double_across, 1, |[[left, own, right]]: [[_; 3]; 1]| {
    let (left, right) = (sums(own, left), sums(own, right));
    in_order([0, 1].map(|at| across([left[at], right[at]])))
});
pairs!(double_both, 2, |[near, far]: [[_; 3]; 2]| {
    let sums = [0, 1, 2].map(|at| sums(near[at], far[at]));
    in_order([0, 1].map(|at| both(sums.map(|sums| sums[at]))))
});
