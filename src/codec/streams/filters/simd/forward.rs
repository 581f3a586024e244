//! Filters chosen and done, for vectors of 16 and of 32 bytes: the same lines for both.

use super::super::forward::{Lines, PAD, SAMPLE};

macro_rules! forward {
    ($feature:literal, $bytes:literal) => {
        #[target_feature(enable = $feature)]
        pub fn costs(lines: &Lines<'_>) -> [u64; 5] {
            let zero = zeros();
            let mut sums = [zero; 5];
            let step = lines.step();
            let mut at = 0;
            while at + SAMPLE <= lines.len {
                for at in (at..at + SAMPLE).step_by($bytes) {
                    let Some(around) = around(lines, at) else { break };
                    for (sum, difference) in sums.iter_mut().zip(differences(around)) {
                        *sum = add_64(*sum, sums_of_8(abs_8(difference), zero));
                    }
                }
                at += step;
            }
            let mut costs = lines.costs_from(at);
            for (cost, sum) in costs.iter_mut().zip(sums) {
                *cost += total(sum);
            }
            costs
        }

        #[target_feature(enable = $feature)]
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
        #[target_feature(enable = $feature)]
        fn apply_as<const FILTER: usize>(lines: &Lines<'_>, to: &mut [u8]) {
            if lines.len < $bytes {
                return lines.apply_from(0, FILTER as u8, to);
            }
            for at in (0..lines.len).step_by($bytes) {
                // The last one ends with the row.
                let at = at.min(lines.len - $bytes);
                let to = to.get_mut(at..).and_then(<[u8]>::first_chunk_mut::<$bytes>);
                let (Some(around), Some(to)) = (around(lines, at), to) else { return };
                let differences = differences(around)[FILTER];
                // SAFETY: there are as many bytes.
                unsafe { store(to.as_mut_ptr().cast(), differences) };
            }
        }

        /// Bytes at a place, left of it, above, and above left.
        #[inline]
        #[target_feature(enable = $feature)]
        fn around(lines: &Lines<'_>, at: usize) -> Option<[Vector; 4]> {
            let (place, left) = (PAD + at, PAD + at - lines.pixel);
            let bytes = |line: &[u8], at: usize| {
                let bytes = line.get(at..)?.first_chunk::<$bytes>()?;
                // SAFETY: there are as many bytes.
                Some(unsafe { load(bytes.as_ptr().cast()) })
            };
            Some([
                bytes(lines.row, place)?,
                bytes(lines.row, left)?,
                bytes(lines.above, place)?,
                bytes(lines.above, left)?,
            ])
        }

        /// What each filter leaves.
        #[inline]
        #[target_feature(enable = $feature)]
        fn differences([bytes, left, up, corner]: [Vector; 4]) -> [Vector; 5] {
            let odd = and(xor(left, up), all_8(1));
            let mean = sub_8(mean_8(left, up), odd);
            [zeros(), left, up, mean, nearest(left, up, corner)].map(|guess| sub_8(bytes, guess))
        }

        /// See `super::super::paeth`: what is compared there less `corner`, so that bytes suffice. What is below zero counts as
        /// zero, and twice as much as fits as 255: both only where the other side tells.
        #[inline]
        #[target_feature(enable = $feature)]
        fn nearest(left: Vector, up: Vector, corner: Vector) -> Vector {
            let (low, high) = (min_8(left, up), max_8(left, up));
            let (above, below) = (less_8(corner, low), less_8(high, corner));
            let is_high = equal_8(max_8(plus_8(above, above), below), below);
            let is_low = equal_8(max_8(plus_8(below, below), above), above);
            blend_8(blend_8(corner, low, is_low), high, is_high)
        }
    };
}

pub mod narrow {
    use std::arch::x86_64::{
        __m128i as Vector, _mm_abs_epi8 as abs_8, _mm_add_epi16, _mm_add_epi64 as add_64,
        _mm_adds_epu8 as plus_8, _mm_and_si128 as and, _mm_avg_epu8 as mean_8,
        _mm_blendv_epi8 as blend_8, _mm_cmpeq_epi8 as equal_8, _mm_cmpgt_epi16, _mm_extract_epi64,
        _mm_loadu_si128 as load, _mm_max_epi16, _mm_max_epu8 as max_8, _mm_min_epi16,
        _mm_min_epu8 as min_8, _mm_sad_epu8 as sums_of_8, _mm_set1_epi8 as all_8,
        _mm_setzero_si128 as zeros, _mm_storeu_si128 as store, _mm_sub_epi8 as sub_8,
        _mm_sub_epi16, _mm_subs_epu8 as less_8, _mm_xor_si128 as xor,
    };

    use super::{Lines, PAD, SAMPLE};

    forward!("sse4.1", 16);

    /// See `super::super::paeth`, for lanes of 16 bits: fewer steps that wait for `left`.
    #[inline]
    #[target_feature(enable = "sse4.1")]
    pub fn nearest_of([left, up, corner]: [Vector; 3]) -> Vector {
        let thrice = _mm_add_epi16(corner, _mm_add_epi16(corner, corner));
        let limit = _mm_sub_epi16(_mm_sub_epi16(thrice, up), left);
        let (low, high) = (_mm_min_epi16(left, up), _mm_max_epi16(left, up));
        let if_below = blend_8(low, corner, _mm_cmpgt_epi16(high, limit));
        blend_8(high, if_below, _mm_cmpgt_epi16(limit, low))
    }

    #[inline]
    #[target_feature(enable = "sse4.1")]
    pub fn total(sums: Vector) -> u64 {
        (_mm_extract_epi64::<0>(sums) + _mm_extract_epi64::<1>(sums)).cast_unsigned()
    }
}

pub mod wide {
    use std::arch::x86_64::{
        __m256i as Vector, _mm_add_epi64, _mm256_abs_epi8 as abs_8, _mm256_add_epi64 as add_64,
        _mm256_adds_epu8 as plus_8, _mm256_and_si256 as and, _mm256_avg_epu8 as mean_8,
        _mm256_blendv_epi8 as blend_8, _mm256_castsi256_si128, _mm256_cmpeq_epi8 as equal_8,
        _mm256_extracti128_si256, _mm256_loadu_si256 as load, _mm256_max_epu8 as max_8,
        _mm256_min_epu8 as min_8, _mm256_sad_epu8 as sums_of_8, _mm256_set1_epi8 as all_8,
        _mm256_setzero_si256 as zeros, _mm256_storeu_si256 as store, _mm256_sub_epi8 as sub_8,
        _mm256_subs_epu8 as less_8, _mm256_xor_si256 as xor,
    };

    use super::{Lines, PAD, SAMPLE, narrow};

    forward!("avx2", 32);

    #[inline]
    #[target_feature(enable = "avx2")]
    fn total(sums: Vector) -> u64 {
        let high = _mm256_extracti128_si256::<1>(sums);
        narrow::total(_mm_add_epi64(_mm256_castsi256_si128(sums), high))
    }
}
