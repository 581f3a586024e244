//! The loops that every pixel goes through, for the instructions of the processor at hand.
//!
//! The inverse DCT is written for SSE2, which every x86-64 processor has, and for AVX2, colours ([`colours`]) and the doubling
//! of chroma ([`doubled`]) for AVX2. The others, and the decoding of MCUs, are plain Rust that is compiled twice, for what every
//! processor has and for AVX2 and BMI2, and chosen between when it runs.
//! All give the bytes of the plain code.

#![allow(
    unsafe_code,
    reason = "arrays become vectors, and code for AVX2 is called after a look at the processor"
)]

#[cfg(target_arch = "x86_64")]
mod colours;
#[cfg(target_arch = "x86_64")]
mod doubled;

use super::bits::Bits;
use super::kernels;
use super::stream::{self, Part};
use super::window::Window;
use crate::error::Result;

/// Samples of 8 bits from two blocks of dequantized coefficients: see [`super::idct::plain`].
#[cfg(not(target_arch = "x86_64"))]
pub fn two_blocks(a: &[i16; 64], b: &[i16; 64]) -> [[[u8; 8]; 8]; 2] {
    [super::idct::plain(a), super::idct::plain(b)]
}

/// Samples of 8 bits from two blocks of dequantized coefficients: see [`super::idct::plain`].
#[cfg(target_arch = "x86_64")]
#[inline(always)]
pub fn two_blocks(a: &[i16; 64], b: &[i16; 64]) -> [[[u8; 8]; 8]; 2] {
    if std::arch::is_x86_feature_detected!("avx2") {
        // SAFETY: the processor has AVX2.
        return unsafe { avx2::two_blocks(a, b) };
    }
    // SAFETY: every x86-64 processor has SSE2.
    unsafe { sse2::two_blocks(a, b) }
}

/// The places of a block that are not 0, a bit for each.
#[cfg(not(target_arch = "x86_64"))]
pub fn places(block: &[i16; 64]) -> u64 {
    kernels::places(block)
}

/// The places of a block that are not 0, a bit for each.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
pub fn places(block: &[i16; 64]) -> u64 {
    // SAFETY: every x86-64 processor has SSE2.
    unsafe { sse2::places(block) }
}

/// Samples of a row from a place on, of which there are so many.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn some<const N: usize>(row: &[u8], from: usize) -> &[u8; N] {
    match row.get(from..) {
        Some(samples) => samples.first_chunk().unwrap_or(&[0; N]),
        None => &[0; N],
    }
}

/// A kernel that doubles rows.
macro_rules! double {
    ($name:ident, $count:literal) => {
        #[doc = concat!("See [`kernels::", stringify!($name), "`].")]
        pub fn $name(rows: [&[u8]; $count], to: &mut [u8]) {
            // Apart, or its constants would take registers where it is not called.
            #[inline(never)]
            fn plain(rows: [&[u8]; $count], to: &mut [u8]) {
                kernels::$name(rows, to);
            }
            #[cfg(target_arch = "x86_64")]
            if std::arch::is_x86_feature_detected!("avx2") {
                // SAFETY: the processor has AVX2.
                return unsafe { doubled::$name(rows, to) };
            }
            plain(rows, to);
        }
    };
}

double!(double_across, 1);
double!(double_both, 2);

twice!(between = kernels::between: (near: &[u8], far: &[u8], half: u16, to: &mut [u8]));

twice!(mcus = stream::mcus: (
    bits: &mut Bits, column: &mut usize, end: usize, parts: &mut [Part<'_>], window: &mut Window
) -> Result<()>);

/// A kernel that makes pixels of samples: in vectors where a row is as long as one.
macro_rules! pixels {
    ($name:ident, $len:literal, $turned:literal) => {
        #[doc = concat!("See [`kernels::", stringify!($name), "`].")]
        pub fn $name(a: &[u8], b: &[u8], c: &[u8], to: &mut [u8]) {
            #[inline(never)]
            fn plain(a: &[u8], b: &[u8], c: &[u8], to: &mut [u8]) {
                kernels::$name(a, b, c, to);
            }
            #[cfg(target_arch = "x86_64")]
            if std::arch::is_x86_feature_detected!("avx2") {
                // SAFETY: the processor has AVX2.
                if unsafe { colours::pixels::<$len, $turned>([a, b, c], to) } {
                    return;
                }
            }
            plain(a, b, c, to);
        }
    };
}

pixels!(ycc_to_bgr, 3, true);
pixels!(ycc_to_rgb, 3, false);
pixels!(ycc_to_bgra, 4, true);
pixels!(ycc_to_rgba, 4, false);

/// The inverse DCT in vectors: of one block for SSE2, of two side by side for AVX2, whose instructions work on halves.
#[cfg(target_arch = "x86_64")]
macro_rules! transform {
    ($feature:literal, $zero:ident, $shift:ident, $add16:ident, $sub16:ident, $sub32:ident) => {
        #[inline]
        #[target_feature(enable = $feature)]
        fn difference(a: Wide, b: Wide) -> Wide {
            [$sub32(a[0], b[0]), $sub32(a[1], b[1])]
        }

        /// Each number times 2 to the 13.
        #[inline]
        #[target_feature(enable = $feature)]
        fn scaled(a: V) -> Wide {
            let [low, high] = pairs($zero(), a);
            [$shift::<3>(low), $shift::<3>(high)]
        }

        /// One dimension, of eight columns at a time.
        #[inline]
        #[target_feature(enable = $feature)]
        fn pass<const SHIFT: i32>(v: [V; 8]) -> [V; 8] {
            let even = pairs(v[2], v[6]);
            let t2 = products(even, 4433, 4433 - 15_137);
            let t3 = products(even, 4433 + 6270, 4433);
            let t0 = scaled($add16(v[0], v[4]));
            let t1 = scaled($sub16(v[0], v[4]));
            let e = [sum(t0, t3), sum(t1, t2), difference(t1, t2), difference(t0, t3)];
            let sums = pairs($add16(v[7], v[3]), $add16(v[5], v[1]));
            let y3 = products(sums, 9633 - 16_069, 9633);
            let y4 = products(sums, 9633, 9633 - 3196);
            let (outer, inner) = (pairs(v[7], v[1]), pairs(v[5], v[3]));
            let o = [
                sum(products(outer, -7373, 12_299 - 7373), y4),
                sum(products(inner, -20_995, 25_172 - 20_995), y3),
                sum(products(inner, 16_819 - 20_995, -20_995), y4),
                sum(products(outer, 2446 - 7373, -7373), y3),
            ];
            [
                narrow::<SHIFT>(sum(e[0], o[0])),
                narrow::<SHIFT>(sum(e[1], o[1])),
                narrow::<SHIFT>(sum(e[2], o[2])),
                narrow::<SHIFT>(sum(e[3], o[3])),
                narrow::<SHIFT>(difference(e[3], o[3])),
                narrow::<SHIFT>(difference(e[2], o[2])),
                narrow::<SHIFT>(difference(e[1], o[1])),
                narrow::<SHIFT>(difference(e[0], o[0])),
            ]
        }

        /// Both dimensions: rows of samples around 0.
        #[inline]
        #[target_feature(enable = $feature)]
        fn samples(rows: [V; 8]) -> [V; 8] {
            let columns = interleaved(interleaved(interleaved(pass::<11>(rows))));
            interleaved(interleaved(interleaved(pass::<18>(columns))))
        }
    };
}

#[cfg(target_arch = "x86_64")]
mod sse2 {
    use std::arch::x86_64::*;
    use std::mem::transmute;

    crate::codec::jpeg::lanes::sse2!();
    transform! { "sse2", _mm_setzero_si128, _mm_srai_epi32, _mm_add_epi16, _mm_sub_epi16, _mm_sub_epi32 }

    #[inline]
    #[target_feature(enable = "sse2")]
    pub fn two_blocks(a: &[i16; 64], b: &[i16; 64]) -> [[[u8; 8]; 8]; 2] {
        [one(a), one(b)]
    }

    #[inline]
    #[target_feature(enable = "sse2")]
    pub fn places(block: &[i16; 64]) -> u64 {
        // SAFETY: 128 bytes either way, and every bit pattern is a value of both.
        let parts = unsafe { transmute::<[i16; 64], [[V; 2]; 4]>(*block) };
        let zero = _mm_setzero_si128();
        let zeros = parts.map(|[a, b]| {
            let both = _mm_packs_epi16(_mm_cmpeq_epi16(a, zero), _mm_cmpeq_epi16(b, zero));
            _mm_movemask_epi8(both) as u16
        });
        let [a, b, c, d] = zeros.map(|part| u64::from(!part));
        a | b << 16 | c << 32 | d << 48
    }

    #[inline]
    #[target_feature(enable = "sse2")]
    fn one(block: &[i16; 64]) -> [[u8; 8]; 8] {
        // SAFETY: 128 bytes either way, and every bit pattern is a value of both.
        let r = samples(unsafe { transmute::<[i16; 64], [V; 8]>(*block) });
        let two = |a, b| _mm_xor_si128(_mm_packs_epi16(a, b), _mm_set1_epi8(-128));
        let rows = [two(r[0], r[1]), two(r[2], r[3]), two(r[4], r[5]), two(r[6], r[7])];
        // SAFETY: 64 bytes either way, and every bit pattern is a value of both.
        unsafe { transmute::<[V; 4], [[u8; 8]; 8]>(rows) }
    }
}

#[cfg(target_arch = "x86_64")]
mod avx2 {
    use std::arch::x86_64::*;
    use std::mem::transmute;

    crate::codec::jpeg::lanes::avx2!();
    transform! { "avx2", _mm256_setzero_si256, _mm256_srai_epi32, _mm256_add_epi16, _mm256_sub_epi16, _mm256_sub_epi32 }

    #[target_feature(enable = "avx2")]
    pub fn two_blocks(a: &[i16; 64], b: &[i16; 64]) -> [[[u8; 8]; 8]; 2] {
        // SAFETY: 256 bytes either way, and every bit pattern is a value of both.
        let [a, b] = unsafe { transmute::<[[i16; 64]; 2], [[__m128i; 8]; 2]>([*a, *b]) };
        let beside = |at: usize| _mm256_set_m128i(b[at], a[at]);
        let r = samples([
            beside(0),
            beside(1),
            beside(2),
            beside(3),
            beside(4),
            beside(5),
            beside(6),
            beside(7),
        ]);
        let two = |a, b| _mm256_xor_si256(_mm256_packs_epi16(a, b), _mm256_set1_epi8(-128));
        let rows = [two(r[0], r[1]), two(r[2], r[3]), two(r[4], r[5]), two(r[6], r[7])];
        let (first, second) = (
            rows.map(|row| _mm256_castsi256_si128(row)),
            rows.map(|row| _mm256_extracti128_si256::<1>(row)),
        );
        // SAFETY: 128 bytes either way, and every bit pattern is a value of both.
        unsafe { transmute::<[[__m128i; 4]; 2], [[[u8; 8]; 8]; 2]>([first, second]) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_those_of_the_plain_code() {
        use super::super::idct::plain;
        let mut seed = 1u32;
        let mut random = move || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            seed >> 8
        };
        let mut before = [0i16; 64];
        for round in 0..20_000 {
            // Few and small ones as in pictures, and any at all.
            let (count, size) = [(4, 64), (20, 1000), (64, 2000), (64, 65_536)][round % 4];
            let mut block = [0i16; 64];
            for _ in 0..count {
                block[random() as usize % 64] = ((random() % size) as i32 - size as i32 / 2) as i16;
            }
            let wanted = [plain(&before), plain(&block)];
            assert_eq!(two_blocks(&before, &block), wanted, "{block:?}");
            assert_eq!(places(&block), kernels::places(&block));
            #[cfg(target_arch = "x86_64")]
            // SAFETY: every x86-64 processor has SSE2.
            unsafe {
                assert_eq!(sse2::two_blocks(&before, &block), wanted);
            }
            before = block;
        }
    }

    #[test]
    fn rows_are_those_of_the_plain_code_at_every_width() {
        let bytes: Vec<u8> = (0..2000u32).map(|at| (at * at * 31 / 7) as u8).collect();
        for width in (1..=70).chain([255, 256, 257]) {
            let [a, b, c] = [0, 300, 777].map(|at| &bytes[at..at + width]);
            type Join = fn(&[u8], &[u8], &[u8], &mut [u8]);
            let joins: [(Join, Join); 4] = [
                (ycc_to_bgr, kernels::ycc_to_bgr),
                (ycc_to_rgb, kernels::ycc_to_rgb),
                (ycc_to_bgra, kernels::ycc_to_bgra),
                (ycc_to_rgba, kernels::ycc_to_rgba),
            ];
            let mut outs = [vec![0; 4 * width], vec![0; 4 * width]];
            for (fast, plain) in joins {
                fast(a, b, c, &mut outs[0]);
                plain(a, b, c, &mut outs[1]);
                assert_eq!(outs[0], outs[1]);
            }
            let [one, other] = &mut outs;
            between(a, b, 2, one);
            kernels::between(a, b, 2, other);
            assert_eq!(one, other);
        }
    }

    #[test]
    fn rows_are_doubled_as_the_plain_code_does() {
        let bytes: Vec<u8> = (0..2000u32).map(|at| (at * at * 31 / 7) as u8).collect();
        for steps in 0..5 {
            let len = steps * kernels::DOUBLED;
            let [a, b] = [0, 777].map(|at| &bytes[at..at + len + 2]);
            let mut outs = [vec![0; 2 * len], vec![0; 2 * len]];
            let [one, other] = &mut outs;
            double_across([a], one);
            kernels::double_across([a], other);
            assert_eq!(one, other);
            double_both([a, b], one);
            kernels::double_both([a, b], other);
            assert_eq!(one, other);
        }
    }
}
