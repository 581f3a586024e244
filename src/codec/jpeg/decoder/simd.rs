//! The loops that every pixel goes through, for the instructions of the processor at hand.
//!
//! The inverse DCT is written for SSE2, which every x86-64 processor has. The others are plain Rust that is compiled twice,
//! for what every processor has and for AVX2, and chosen between when it runs. All give the bytes of the plain code.

#![allow(
    unsafe_code,
    reason = "arrays become vectors, and code for AVX2 is called after a look at the processor"
)]

use super::kernels;

#[cfg(not(target_arch = "x86_64"))]
pub use super::idct::plain as idct;

/// A kernel for what every processor has, and for AVX2.
macro_rules! twice {
    ($name:ident($($argument:ident: $kind:ty),*)) => {
        #[doc = concat!("See [`kernels::", stringify!($name), "`].")]
        pub fn $name($($argument: $kind),*) {
            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx2")]
                fn avx2($($argument: $kind),*) {
                    kernels::$name($($argument),*);
                }
                if std::arch::is_x86_feature_detected!("avx2") {
                    // SAFETY: the processor has AVX2.
                    return unsafe { avx2($($argument),*) };
                }
            }
            kernels::$name($($argument),*);
        }
    };
}

twice!(double_across(row: &[u8], to: &mut [u8]));
twice!(double_both(near: &[u8], far: &[u8], sums: &mut [u16], to: &mut [u8]));
twice!(between(near: &[u8], far: &[u8], half: u16, to: &mut [u8]));
twice!(ycc_to_bgr(y: &[u8], cb: &[u8], cr: &[u8], to: &mut [u8]));
twice!(ycc_to_rgb(y: &[u8], cb: &[u8], cr: &[u8], to: &mut [u8]));
twice!(ycc_to_bgra(y: &[u8], cb: &[u8], cr: &[u8], to: &mut [u8]));
twice!(ycc_to_rgba(y: &[u8], cb: &[u8], cr: &[u8], to: &mut [u8]));
twice!(join(a: &[u8], b: &[u8], c: &[u8], to: &mut [u8]));

#[cfg(target_arch = "x86_64")]
pub use x86::idct;

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::*;
    use std::mem::transmute;

    /// Eight numbers of 16 bits.
    type V = __m128i;

    /// Samples of 8 bits from a block of dequantized coefficients: see [`super::super::idct::plain`].
    #[inline(always)]
    pub fn idct(block: &[i16; 64]) -> [[u8; 8]; 8] {
        // SAFETY: every x86-64 processor has SSE2.
        unsafe { samples(block) }
    }

    #[inline]
    #[target_feature(enable = "sse2")]
    fn samples(block: &[i16; 64]) -> [[u8; 8]; 8] {
        // SAFETY: 128 bytes either way, and every bit pattern is a value of both.
        let rows: [V; 8] = unsafe { transmute(*block) };
        let columns = transpose(pass::<11>(rows));
        let rows = transpose(pass::<18>(columns));
        let centre = _mm_set1_epi8(-128);
        let two = |a, b| _mm_xor_si128(_mm_packs_epi16(a, b), centre);
        let samples = [
            two(rows[0], rows[1]),
            two(rows[2], rows[3]),
            two(rows[4], rows[5]),
            two(rows[6], rows[7]),
        ];
        // SAFETY: 64 bytes either way, and every bit pattern is a value of both.
        unsafe { transmute(samples) }
    }

    /// Pairs of factors for the pairs of two interleaved vectors.
    #[inline]
    #[target_feature(enable = "sse2")]
    fn factors(a: i16, b: i16) -> V {
        let [a0, a1] = a.to_le_bytes();
        let [b0, b1] = b.to_le_bytes();
        _mm_set1_epi32(i32::from_le_bytes([a0, a1, b0, b1]))
    }

    /// Two vectors of 32-bit numbers: the first four and the last four.
    #[derive(Clone, Copy)]
    struct Wide(V, V);

    impl Wide {
        /// `a * f + b * g` of each pair.
        #[inline]
        #[target_feature(enable = "sse2")]
        fn of(pairs: Wide, factors: V) -> Self {
            Self(_mm_madd_epi16(pairs.0, factors), _mm_madd_epi16(pairs.1, factors))
        }

        #[inline]
        #[target_feature(enable = "sse2")]
        fn pairs(a: V, b: V) -> Self {
            Self(_mm_unpacklo_epi16(a, b), _mm_unpackhi_epi16(a, b))
        }

        /// Each number times 2 to the 13.
        #[inline]
        #[target_feature(enable = "sse2")]
        fn scaled(a: V) -> Self {
            let zero = _mm_setzero_si128();
            let high = Self::pairs(zero, a);
            Self(_mm_srai_epi32::<3>(high.0), _mm_srai_epi32::<3>(high.1))
        }

        #[inline]
        #[target_feature(enable = "sse2")]
        fn plus(self, other: Self) -> Self {
            Self(_mm_add_epi32(self.0, other.0), _mm_add_epi32(self.1, other.1))
        }

        #[inline]
        #[target_feature(enable = "sse2")]
        fn minus(self, other: Self) -> Self {
            Self(_mm_sub_epi32(self.0, other.0), _mm_sub_epi32(self.1, other.1))
        }

        /// Divided by 2 to the `SHIFT`, rounded, as 16 bits.
        #[inline]
        #[target_feature(enable = "sse2")]
        fn narrow<const SHIFT: i32>(self) -> V {
            let half = _mm_set1_epi32(1 << (SHIFT - 1));
            let part = |v| _mm_srai_epi32::<SHIFT>(_mm_add_epi32(v, half));
            _mm_packs_epi32(part(self.0), part(self.1))
        }
    }

    /// One dimension, of eight columns at a time.
    #[inline]
    #[target_feature(enable = "sse2")]
    fn pass<const SHIFT: i32>(v: [V; 8]) -> [V; 8] {
        let even = Wide::pairs(v[2], v[6]);
        let t2 = Wide::of(even, factors(4433, 4433 - 15_137));
        let t3 = Wide::of(even, factors(4433 + 6270, 4433));
        let t0 = Wide::scaled(_mm_add_epi16(v[0], v[4]));
        let t1 = Wide::scaled(_mm_sub_epi16(v[0], v[4]));
        let evens = [t0.plus(t3), t1.plus(t2), t1.minus(t2), t0.minus(t3)];
        let sums = Wide::pairs(_mm_add_epi16(v[7], v[3]), _mm_add_epi16(v[5], v[1]));
        let y3 = Wide::of(sums, factors(9633 - 16_069, 9633));
        let y4 = Wide::of(sums, factors(9633, 9633 - 3196));
        let (outer, inner) = (Wide::pairs(v[7], v[1]), Wide::pairs(v[5], v[3]));
        let odds = [
            Wide::of(outer, factors(-7373, 12_299 - 7373)).plus(y4),
            Wide::of(inner, factors(-20_995, 25_172 - 20_995)).plus(y3),
            Wide::of(inner, factors(16_819 - 20_995, -20_995)).plus(y4),
            Wide::of(outer, factors(2446 - 7373, -7373)).plus(y3),
        ];
        let sum = |at: usize| evens[at].plus(odds[at]).narrow::<SHIFT>();
        let difference = |at: usize| evens[at].minus(odds[at]).narrow::<SHIFT>();
        [sum(0), sum(1), sum(2), sum(3), difference(3), difference(2), difference(1), difference(0)]
    }

    #[inline]
    #[target_feature(enable = "sse2")]
    fn transpose(v: [V; 8]) -> [V; 8] {
        let low = |a, b| _mm_unpacklo_epi16(a, b);
        let high = |a, b| _mm_unpackhi_epi16(a, b);
        // Row 0 with row 4 and so on: three times the same gives columns.
        let step = |v: [V; 8]| {
            [
                low(v[0], v[4]),
                high(v[0], v[4]),
                low(v[1], v[5]),
                high(v[1], v[5]),
                low(v[2], v[6]),
                high(v[2], v[6]),
                low(v[3], v[7]),
                high(v[3], v[7]),
            ]
        };
        step(step(step(v)))
    }

    #[cfg(test)]
    mod tests {
        use super::super::super::idct::plain;
        use super::*;

        #[test]
        fn samples_are_those_of_the_plain_code() {
            let mut seed = 1u32;
            let mut random = move || {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                seed >> 8
            };
            for round in 0..20_000 {
                // Few and small ones as in pictures, and any at all.
                let (count, size) = [(4, 64), (20, 1000), (64, 2000), (64, 65_536)][round % 4];
                let mut block = [0i16; 64];
                for _ in 0..count {
                    block[random() as usize % 64] =
                        ((random() % size) as i32 - size as i32 / 2) as i16;
                }
                assert_eq!(idct(&block), plain(&block), "{block:?}");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_those_of_the_plain_code_at_every_width() {
        let bytes: Vec<u8> = (0..2000u32).map(|at| (at * at * 31 / 7) as u8).collect();
        for width in (1..=70).chain([255, 256, 257]) {
            let [a, b, c] = [0, 300, 777].map(|at| &bytes[at..at + width]);
            type Join = fn(&[u8], &[u8], &[u8], &mut [u8]);
            let joins: [(Join, Join); 5] = [
                (ycc_to_bgr, kernels::ycc_to_bgr),
                (ycc_to_rgb, kernels::ycc_to_rgb),
                (ycc_to_bgra, kernels::ycc_to_bgra),
                (ycc_to_rgba, kernels::ycc_to_rgba),
                (join, kernels::join),
            ];
            let mut outs = [vec![0; 4 * width], vec![0; 4 * width]];
            for (fast, plain) in joins {
                fast(a, b, c, &mut outs[0]);
                plain(a, b, c, &mut outs[1]);
                assert_eq!(outs[0], outs[1]);
            }
            let [one, other] = &mut outs;
            let mut sums = vec![0; width];
            double_across(a, one);
            kernels::double_across(a, other);
            assert_eq!(one, other);
            double_both(a, b, &mut sums, one);
            kernels::double_both(a, b, &mut sums, other);
            assert_eq!(one, other);
            between(a, b, 2, one);
            kernels::between(a, b, 2, other);
            assert_eq!(one, other);
        }
    }
}
