//! What every pixel and block goes through, for the instructions of the processor at hand.
//!
//! The forward DCT with quantization is in vectors for SSE2, which every x86-64 processor has, and for AVX2; colours are for
//! AVX2. The others are plain Rust that is compiled twice. All give the numbers of the plain code.

#![allow(
    unsafe_code,
    reason = "arrays become vectors, and code for AVX2 is called after a look at the processor"
)]

use super::planes;
use super::quantize::{Coefficients, Pair, Quantizer};

/// Transforms and quantizes two neighbouring blocks: see [`super::dct::plain`].
#[cfg(not(target_arch = "x86_64"))]
pub fn two_blocks(samples: &Pair, quantizer: &Quantizer, to: &mut [Coefficients; 2]) {
    super::dct::plain(samples, quantizer, to);
}

/// Transforms and quantizes two neighbouring blocks: see [`super::dct::plain`].
#[cfg(target_arch = "x86_64")]
#[inline(always)]
pub fn two_blocks(samples: &Pair, quantizer: &Quantizer, to: &mut [Coefficients; 2]) {
    if std::arch::is_x86_feature_detected!("avx2") {
        // SAFETY: the processor has AVX2.
        return unsafe { avx2::two_blocks(samples, quantizer, to) };
    }
    // SAFETY: every x86-64 processor has SSE2.
    unsafe { sse2::two_blocks(samples, quantizer, to) }
}

/// Three interleaved colours to luma and chroma: see [`planes::convert`].
pub fn convert<const RED: usize>(pixels: &[u8], to: [&mut [u8]; 3]) {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") {
        // SAFETY: the processor has AVX2.
        return unsafe { avx2::convert::<RED>(pixels, to) };
    }
    planes::convert::<RED>(pixels, to);
}

twice!(halve = planes::halve: (from: &[u8], to: &mut [u8]));
twice!(quarter = planes::quarter: (upper: &[u8], lower: &[u8], to: &mut [u8]));

/// The forward DCT in vectors.
#[cfg(target_arch = "x86_64")]
macro_rules! transform {
    ($feature:literal, $set16:ident, $add:ident, $sub:ident, $left:ident, $right:ident, $xor:ident, $high:ident) => {
        /// One dimension, of eight columns at a time: see [`super::super::dct`].
        #[inline]
        #[target_feature(enable = $feature)]
        fn pass<const SHIFT: i32>(v: [V; 8]) -> [V; 8] {
            let (s0, s1, s2, s3) =
                ($add(v[0], v[7]), $add(v[1], v[6]), $add(v[2], v[5]), $add(v[3], v[4]));
            let (t7, t6, t5, t4) =
                ($sub(v[0], v[7]), $sub(v[1], v[6]), $sub(v[2], v[5]), $sub(v[3], v[4]));
            let (t10, t11) = ($add(s0, s3), $add(s1, s2));
            let whole = |value: V| {
                if SHIFT == 11 { $left::<2>(value) } else { $right::<2>($add(value, $set16(2))) }
            };
            let even = pairs($sub(s1, s2), $sub(s0, s3));
            let sums = pairs($add(t4, t6), $add(t5, t7));
            let z3 = products(sums, 9633 - 16_069, 9633);
            let z4 = products(sums, 9633, 9633 - 3196);
            let (outer, inner) = (pairs(t4, t7), pairs(t5, t6));
            [
                whole($add(t10, t11)),
                narrow::<SHIFT>(sum(products(outer, -7373, 12_299 - 7373), z4)),
                narrow::<SHIFT>(products(even, 4433, 4433 + 6270)),
                narrow::<SHIFT>(sum(products(inner, -20_995, 25_172 - 20_995), z3)),
                whole($sub(t10, t11)),
                narrow::<SHIFT>(sum(products(inner, 16_819 - 20_995, -20_995), z4)),
                narrow::<SHIFT>(products(even, 4433 - 15_137, 4433)),
                narrow::<SHIFT>(sum(products(outer, 2446 - 7373, -7373), z3)),
            ]
        }

        /// Both dimensions, from rows of centred samples to rows of coefficients.
        #[inline]
        #[target_feature(enable = $feature)]
        fn coefficients(rows: [V; 8]) -> [V; 8] {
            let columns = interleaved(interleaved(interleaved(rows)));
            pass::<15>(interleaved(interleaved(interleaved(pass::<11>(columns)))))
        }

        /// Divides as [`Quantizer`] tells.
        #[inline]
        #[target_feature(enable = $feature)]
        fn divide(value: V, [correction, reciprocal, scale]: [V; 3]) -> V {
            let sign = $right::<15>(value);
            let size = $sub($xor(value, sign), sign);
            let quotient = $high($high($add(size, correction), reciprocal), scale);
            $sub($xor(quotient, sign), sign)
        }
    };
}

#[cfg(target_arch = "x86_64")]
mod sse2 {
    use super::super::quantize::{Coefficients, Factors, Pair, Quantizer, in_zigzag};
    use std::arch::x86_64::*;
    use std::mem::transmute;

    crate::codec::jpeg::lanes::sse2!();
    transform! {
        "sse2", _mm_set1_epi16, _mm_add_epi16, _mm_sub_epi16, _mm_slli_epi16, _mm_srai_epi16, _mm_xor_si128,
        _mm_mulhi_epu16
    }

    #[inline]
    #[target_feature(enable = "sse2")]
    fn factors_of(factors: &Factors) -> [V; 8] {
        // SAFETY: 128 bytes either way, and every bit pattern is a value of both.
        unsafe { transmute::<Factors, [V; 8]>(*factors) }
    }

    #[inline]
    #[target_feature(enable = "sse2")]
    pub fn two_blocks(samples: &Pair, quantizer: &Quantizer, to: &mut [Coefficients; 2]) {
        // SAFETY: 128 bytes either way, and every bit pattern is a value of both.
        let samples = unsafe { transmute::<Pair, [V; 8]>(*samples) };
        let centred = |bytes: V| _mm_sub_epi16(bytes, _mm_set1_epi16(128));
        let [first, second] = to;
        let zero = _mm_setzero_si128();
        one(samples.map(|row| centred(_mm_unpacklo_epi8(row, zero))), quantizer, first);
        one(samples.map(|row| centred(_mm_unpackhi_epi8(row, zero))), quantizer, second);
    }

    #[inline]
    #[target_feature(enable = "sse2")]
    fn one(rows: [V; 8], quantizer: &Quantizer, to: &mut Coefficients) {
        let [correction, reciprocal, scale] = quantizer.factors.each_ref().map(|f| factors_of(f));
        let mut rows = coefficients(rows);
        for (y, row) in rows.iter_mut().enumerate() {
            *row = divide(*row, [correction[y], reciprocal[y], scale[y]]);
        }
        let mut zeros = 0u64;
        for (two, at) in rows.as_chunks::<2>().0.iter().zip([0, 16, 32, 48]) {
            let equal = _mm_cmpeq_epi8(_mm_packs_epi16(two[0], two[1]), _mm_setzero_si128());
            zeros |= u64::from(_mm_movemask_epi8(equal).cast_unsigned()) << at;
        }
        // SAFETY: 128 bytes either way, and every bit pattern is a value of both.
        to.values = unsafe { transmute::<[V; 8], [i16; 64]>(rows) };
        to.mask = in_zigzag(!zeros);
    }
}

#[cfg(target_arch = "x86_64")]
mod avx2 {
    use super::super::quantize::{Coefficients, Factors, Pair, Quantizer, in_zigzag};
    use super::planes;
    use std::arch::x86_64::*;
    use std::mem::transmute;

    crate::codec::jpeg::lanes::avx2!();
    transform! {
        "avx2", _mm256_set1_epi16, _mm256_add_epi16, _mm256_sub_epi16, _mm256_slli_epi16, _mm256_srai_epi16,
        _mm256_xor_si256, _mm256_mulhi_epu16
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn factors_of(factors: &Factors) -> [__m128i; 8] {
        // SAFETY: 128 bytes either way, and every bit pattern is a value of both.
        unsafe { transmute::<Factors, [__m128i; 8]>(*factors) }
    }

    #[target_feature(enable = "avx2")]
    pub fn two_blocks(samples: &Pair, quantizer: &Quantizer, to: &mut [Coefficients; 2]) {
        // SAFETY: 128 bytes either way, and every bit pattern is a value of both.
        let samples = unsafe { transmute::<Pair, [__m128i; 8]>(*samples) };
        let [correction, reciprocal, scale] = quantizer.factors.each_ref().map(|f| factors_of(f));
        let centre = _mm256_set1_epi16(128);
        let mut rows =
            coefficients(samples.map(|row| _mm256_sub_epi16(_mm256_cvtepu8_epi16(row), centre)));
        for (y, row) in rows.iter_mut().enumerate() {
            let factors = [correction[y], reciprocal[y], scale[y]];
            *row = divide(*row, factors.map(|factor| _mm256_broadcastsi128_si256(factor)));
        }
        let mut zeros = [0u64; 2];
        for (two, at) in rows.as_chunks::<2>().0.iter().zip([0, 16, 32, 48]) {
            let equal =
                _mm256_cmpeq_epi8(_mm256_packs_epi16(two[0], two[1]), _mm256_setzero_si256());
            let both = u64::from(_mm256_movemask_epi8(equal).cast_unsigned());
            zeros[0] |= (both & 0xffff) << at;
            zeros[1] |= (both >> 16) << at;
        }
        let halves = [
            rows.map(|row| _mm256_castsi256_si128(row)),
            rows.map(|row| _mm256_extracti128_si256::<1>(row)),
        ];
        // SAFETY: 256 bytes either way, and every bit pattern is a value of both.
        let values = unsafe { transmute::<[[__m128i; 8]; 2], [[i16; 64]; 2]>(halves) };
        let [first, second] = to;
        [first.values, second.values] = values;
        (first.mask, second.mask) = (in_zigzag(!zeros[0]), in_zigzag(!zeros[1]));
    }

    /// Where the bytes of one colour of 16 pixels lie in each third of 48 bytes.
    const TAKEN: [[[u8; 16]; 3]; 3] = {
        let mut taken = [[[0x80; 16]; 3]; 3];
        let mut at = 0;
        while at < 48 {
            taken[at % 3][at / 16][at / 3] = (at % 16) as u8;
            at += 1;
        }
        taken
    };

    #[inline]
    #[target_feature(enable = "avx2")]
    fn vector(bytes: [u8; 16]) -> __m128i {
        // SAFETY: 16 bytes either way, and every bit pattern is a value of both.
        unsafe { transmute::<[u8; 16], __m128i>(bytes) }
    }

    /// One colour of 16 pixels, as 16 bits.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn colour(parts: [__m128i; 3], number: usize) -> V {
        let [a, b, c] = TAKEN[number].map(|places| vector(places));
        let ab = _mm_or_si128(_mm_shuffle_epi8(parts[0], a), _mm_shuffle_epi8(parts[1], b));
        _mm256_cvtepu8_epi16(_mm_or_si128(ab, _mm_shuffle_epi8(parts[2], c)))
    }

    /// 16 numbers as bytes.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn bytes(numbers: V) -> [u8; 16] {
        let packed = _mm256_permute4x64_epi64::<0b1000>(_mm256_packus_epi16(numbers, numbers));
        let low = _mm256_castsi256_si128(packed);
        // SAFETY: 16 bytes either way, and every bit pattern is a value of both.
        unsafe { transmute::<__m128i, [u8; 16]>(low) }
    }

    /// The upper halves of `a * f + b * g + half`.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn mixed(pairs: Wide, f: i16, g: i16, half: i32) -> V {
        let [low, high] = sum(products(pairs, f, g), [_mm256_set1_epi32(half); 2]);
        _mm256_packs_epi32(_mm256_srai_epi32::<16>(low), _mm256_srai_epi32::<16>(high))
    }

    /// As the plain code, with the differences turned so that all factors have 16 bits.
    #[target_feature(enable = "avx2")]
    pub fn convert<const RED: usize>(pixels: &[u8], [luma, blue, red]: [&mut [u8]; 3]) {
        let (groups, rest) = pixels.as_chunks::<48>();
        let to = luma.as_chunks_mut::<16>().0.iter_mut().zip(blue.as_chunks_mut::<16>().0);
        for (from, ((luma, blue), red)) in groups.iter().zip(to.zip(red.as_chunks_mut::<16>().0)) {
            // SAFETY: 48 bytes either way, and every bit pattern is a value of both.
            let parts = unsafe { transmute::<[u8; 48], [__m128i; 3]>(*from) };
            let g = colour(parts, 1);
            let r = _mm256_sub_epi16(g, colour(parts, RED));
            let b = _mm256_sub_epi16(g, colour(parts, 2 - RED));
            let both = pairs(r, b);
            let middle = _mm256_set1_epi16(128);
            *luma = bytes(_mm256_add_epi16(g, mixed(both, -19_595, -7471, 0x8000)));
            *blue = bytes(_mm256_add_epi16(middle, mixed(both, 11_059, i16::MIN, 0x7fff)));
            *red = bytes(_mm256_add_epi16(middle, mixed(both, i16::MIN, 5329, 0x7fff)));
        }
        let done = groups.len() * 16;
        planes::convert::<RED>(rest, [&mut luma[done..], &mut blue[done..], &mut red[done..]]);
    }
}

#[cfg(test)]
mod tests {
    use super::super::dct;
    use super::*;

    #[test]
    fn blocks_are_those_of_the_plain_code() {
        for (round, samples) in dct::tests::pairs().enumerate() {
            // From steps of 1 to steps of 255, and all of them at once.
            let table = std::array::from_fn(|at| match round % 4 {
                0 => 1,
                1 => (round / 4 % 255 + 1) as u8,
                _ => ((at * 37 + round) % 255 + 1) as u8,
            });
            let quantizer = Quantizer::new(&table);
            let (mut wanted, mut got) = ([Coefficients::NONE; 2], [Coefficients::NONE; 2]);
            dct::plain(&samples, &quantizer, &mut wanted);
            two_blocks(&samples, &quantizer, &mut got);
            assert_eq!(got, wanted, "{samples:?} by {table:?}");
            #[cfg(target_arch = "x86_64")]
            {
                got = [Coefficients::NONE; 2];
                // SAFETY: every x86-64 processor has SSE2.
                unsafe { sse2::two_blocks(&samples, &quantizer, &mut got) };
                assert_eq!(got, wanted, "{samples:?} by {table:?}");
            }
        }
    }

    /// Noise, and the primaries.
    fn bytes(len: usize) -> Vec<u8> {
        let mut seed = 7u32;
        let noise = std::iter::repeat_with(|| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            if seed >> 8 & 3 == 0 { (seed >> 31) as u8 * 255 } else { (seed >> 24) as u8 }
        });
        noise.take(len).collect()
    }

    fn converted(convert: fn(&[u8], [&mut [u8]; 3]), pixels: &[u8]) -> [Vec<u8>; 3] {
        let mut planes = [0; 3].map(|_: i32| vec![0; pixels.len() / 3]);
        convert(pixels, planes.each_mut().map(|plane| &mut plane[..]));
        planes
    }

    #[test]
    fn rows_are_those_of_the_plain_code_at_every_width() {
        let random = bytes(60_000);
        for width in (1..=257).chain([4000, 19_999]) {
            let pixels = &random[width % 7..][..width * 3];
            let plain = converted(planes::convert::<0>, pixels);
            assert_eq!(converted(convert::<0>, pixels), plain);
            assert_eq!(converted(convert::<2>, pixels), converted(planes::convert::<2>, pixels));
            let swapped: Vec<u8> =
                pixels.as_chunks::<3>().0.iter().flat_map(|[a, b, c]| [*c, *b, *a]).collect();
            assert_eq!(converted(convert::<2>, &swapped), plain);

            let (upper, lower) = (&random[..width], &random[width..width * 2]);
            let mut outs = [vec![0; width / 2], vec![0; width / 2]];
            let [one, other] = &mut outs;
            halve(upper, one);
            planes::halve(upper, other);
            assert_eq!(one, other);
            quarter(upper, lower, one);
            planes::quarter(upper, lower, other);
            assert_eq!(one, other);
        }
    }
}
