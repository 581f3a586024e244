//! Vectors of 16-bit numbers as both transforms use them: one block for SSE2, two side by side for AVX2.

/// Defines them in a module that has imported the instructions.
macro_rules! lanes {
    ($feature:literal, $vector:ty, $set32:ident, $add32:ident, $madd:ident, $shift:ident, $low:ident, $high:ident,
     $narrow:ident) => {
        /// Numbers of 16 bits, eight of each block.
        type V = $vector;

        /// Two vectors of 32-bit numbers: the first four and the last four of each block.
        type Wide = [V; 2];

        /// Pairs of factors for the pairs of two interleaved vectors.
        #[inline]
        #[target_feature(enable = $feature)]
        fn factors(a: i16, b: i16) -> V {
            let [a0, a1] = a.to_le_bytes();
            let [b0, b1] = b.to_le_bytes();
            $set32(i32::from_le_bytes([a0, a1, b0, b1]))
        }

        #[inline]
        #[target_feature(enable = $feature)]
        fn pairs(a: V, b: V) -> Wide {
            [$low(a, b), $high(a, b)]
        }

        /// `a * f + b * g` of each pair.
        #[inline]
        #[target_feature(enable = $feature)]
        fn products([low, high]: Wide, f: i16, g: i16) -> Wide {
            let factors = factors(f, g);
            [$madd(low, factors), $madd(high, factors)]
        }

        #[inline]
        #[target_feature(enable = $feature)]
        fn sum(a: Wide, b: Wide) -> Wide {
            [$add32(a[0], b[0]), $add32(a[1], b[1])]
        }

        /// Divided by 2 to the `SHIFT`, rounded, as 16 bits.
        #[inline]
        #[target_feature(enable = $feature)]
        fn narrow<const SHIFT: i32>([low, high]: Wide) -> V {
            let half = $set32(1 << (SHIFT - 1));
            $narrow($shift::<SHIFT>($add32(low, half)), $shift::<SHIFT>($add32(high, half)))
        }

        /// Row 0 with row 4 and so on: three times the same makes columns of rows.
        #[inline]
        #[target_feature(enable = $feature)]
        fn interleaved(v: [V; 8]) -> [V; 8] {
            let ([a, b], [c, d]) = (pairs(v[0], v[4]), pairs(v[1], v[5]));
            let ([e, f], [g, h]) = (pairs(v[2], v[6]), pairs(v[3], v[7]));
            [a, b, c, d, e, f, g, h]
        }
    };
}

/// One block in each vector.
macro_rules! sse2 {
    () => {
        $crate::codec::jpeg::lanes::lanes! {
            "sse2", __m128i, _mm_set1_epi32, _mm_add_epi32, _mm_madd_epi16, _mm_srai_epi32,
            _mm_unpacklo_epi16, _mm_unpackhi_epi16, _mm_packs_epi32
        }
    };
}

/// One block in each half of a vector.
macro_rules! avx2 {
    () => {
        $crate::codec::jpeg::lanes::lanes! {
            "avx2", __m256i, _mm256_set1_epi32, _mm256_add_epi32, _mm256_madd_epi16,
            _mm256_srai_epi32, _mm256_unpacklo_epi16, _mm256_unpackhi_epi16, _mm256_packs_epi32
        }
    };
}

pub(super) use {avx2, lanes, sse2};
