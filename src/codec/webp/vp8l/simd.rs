//! What a pixel is expected to be after its neighbours, all samples of it at once (RFC 9649, section 4.1), and the loops
//! that every pixel goes through.

#![allow(unsafe_code, reason = "calls of what every x86-64 processor has, or what was looked for")]

use super::bits::Bits;
use super::codes::Tables;
use super::groups::{Group, PACKED, Packed};
use super::pixels::{self, Image};
use super::transforms::{self, Squares};
use crate::error::Result;

/// The codes of a pixel, and their table.
type Codes<'a> = (&'a Group, Option<&'a [Packed; 1 << PACKED]>);

twice!(run = pixels::run: (image: &mut Image<'_, '_>, bits: &mut Bits<'_>, tables: &Tables, codes: Codes<'_>, end: usize) -> Result<()>);
twice!(predict = transforms::predict: (row: &mut [u32], above: &mut [u32], modes: &Squares, y: u32));
twice!(colour = transforms::colour: (row: &mut [u32], factors: &Squares, y: u32));
twice!(add_green = transforms::add_green: (row: &mut [u32]));

/// The one that is nearer to the gradient of the three, over all samples.
#[inline(always)]
pub(super) fn select(left: u32, top: u32, corner: u32) -> u32 {
    #[cfg(not(target_arch = "x86_64"))]
    return plain::select(left, top, corner);
    #[cfg(target_arch = "x86_64")]
    // SAFETY: every x86-64 processor has SSE2.
    unsafe {
        sse2::select(left, top, corner)
    }
}

/// The gradient of the three.
#[inline(always)]
pub(super) fn gradient(left: u32, top: u32, corner: u32) -> u32 {
    #[cfg(not(target_arch = "x86_64"))]
    return plain::gradient(left, top, corner);
    #[cfg(target_arch = "x86_64")]
    // SAFETY: every x86-64 processor has SSE2.
    unsafe {
        sse2::gradient(left, top, corner)
    }
}

/// The mean of the two, and half of what it is away from the corner.
#[inline(always)]
pub(super) fn half_gradient(mean: u32, corner: u32) -> u32 {
    #[cfg(not(target_arch = "x86_64"))]
    return plain::half_gradient(mean, corner);
    #[cfg(target_arch = "x86_64")]
    // SAFETY: every x86-64 processor has SSE2.
    unsafe {
        sse2::half_gradient(mean, corner)
    }
}

#[cfg(any(test, not(target_arch = "x86_64")))]
mod plain {
    fn samples(pixels: [u32; 3], made: impl Fn([i32; 3]) -> i32) -> u32 {
        let bytes = pixels.map(u32::to_le_bytes);
        u32::from_le_bytes(std::array::from_fn(|at| {
            made(bytes.map(|bytes| i32::from(bytes[at]))).clamp(0, 255) as u8
        }))
    }

    pub fn select(left: u32, top: u32, corner: u32) -> u32 {
        let bytes = [left, top, corner].map(u32::to_le_bytes);
        let apart = |a: usize| -> i32 {
            (0..4).map(|at| (i32::from(bytes[a][at]) - i32::from(bytes[2][at])).abs()).sum()
        };
        if apart(0) <= apart(1) { top } else { left }
    }

    pub fn gradient(left: u32, top: u32, corner: u32) -> u32 {
        samples([left, top, corner], |[left, top, corner]| left + top - corner)
    }

    pub fn half_gradient(mean: u32, corner: u32) -> u32 {
        samples([mean, corner, 0], |[mean, corner, _]| mean + (mean - corner) / 2)
    }
}

#[cfg(target_arch = "x86_64")]
mod sse2 {
    use std::arch::x86_64::*;

    /// A pixel in the lowest samples of a vector.
    #[inline]
    #[target_feature(enable = "sse2")]
    fn vector(pixel: u32) -> __m128i {
        _mm_cvtsi32_si128(pixel as i32)
    }

    #[inline]
    #[target_feature(enable = "sse2")]
    fn wide(pixel: u32) -> __m128i {
        _mm_unpacklo_epi8(vector(pixel), _mm_setzero_si128())
    }

    #[inline]
    #[target_feature(enable = "sse2")]
    fn narrow(samples: __m128i) -> u32 {
        _mm_cvtsi128_si32(_mm_packus_epi16(samples, samples)) as u32
    }

    #[inline]
    #[target_feature(enable = "sse2")]
    pub fn select(left: u32, top: u32, corner: u32) -> u32 {
        let apart = |pixel| _mm_cvtsi128_si32(_mm_sad_epu8(vector(pixel), vector(corner)));
        if apart(left) <= apart(top) { top } else { left }
    }

    #[inline]
    #[target_feature(enable = "sse2")]
    pub fn gradient(left: u32, top: u32, corner: u32) -> u32 {
        narrow(_mm_add_epi16(wide(left), _mm_sub_epi16(wide(top), wide(corner))))
    }

    #[inline]
    #[target_feature(enable = "sse2")]
    pub fn half_gradient(mean: u32, corner: u32) -> u32 {
        let mean = wide(mean);
        let apart = _mm_sub_epi16(mean, wide(corner));
        // Towards 0.
        let apart = _mm_add_epi16(apart, _mm_srli_epi16::<15>(apart));
        narrow(_mm_add_epi16(mean, _mm_srai_epi16::<1>(apart)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_expect_what_the_plain_code_does() {
        let mut state = 7u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state.rotate_left(11) ^ state >> 3
        };
        for _ in 0..100_000 {
            let (left, top, corner) = (next(), next(), next());
            assert_eq!(select(left, top, corner), plain::select(left, top, corner));
            assert_eq!(gradient(left, top, corner), plain::gradient(left, top, corner));
            assert_eq!(half_gradient(left, corner), plain::half_gradient(left, corner));
        }
    }
}
