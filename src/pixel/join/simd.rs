//! Planes joined in vectors of AVX2, 32 pixels at a time.

#![allow(
    unsafe_code,
    reason = "arrays become vectors, and code for AVX2 is called after a look at the processor"
)]

/// Joins as many as there are whole vectors of, where there are any, and says how many.
pub(super) fn three(planes: [&[u8]; 3], to: &mut [u8]) -> usize {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") {
        // SAFETY: the processor has AVX2.
        return unsafe { avx2::three(planes, to) };
    }
    0
}

/// The same for four samples.
pub(super) fn four(planes: [&[u8]; 4], to: &mut [u8]) -> usize {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") {
        // SAFETY: the processor has AVX2.
        return unsafe { avx2::four(planes, to) };
    }
    0
}

/// Takes the lower bytes of as many numbers as there are whole vectors of, where there are any, and says how many.
pub(super) fn lower<const TURNED: bool>(pixels: &[u32], to: &mut [u8]) -> usize {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") {
        // SAFETY: the processor has AVX2.
        return unsafe { avx2::lower::<TURNED>(pixels, to) };
    }
    0
}

/// What they are made of, for decoders that have the planes in vectors.
#[cfg(target_arch = "x86_64")]
pub(crate) mod avx2 {
    use std::arch::x86_64::*;
    use std::mem::transmute;

    /// Samples of a vector.
    pub const LEN: usize = 32;

    /// No byte of a vector: zero.
    const NONE: u8 = 0x80;

    /// Where the bytes of 16 pixels of three samples come from: for each 16 bytes of them, and each sample.
    const PLACES: [[[u8; 16]; 3]; 3] = places();

    const fn places() -> [[[u8; 16]; 3]; 3] {
        let mut places = [[[NONE; 16]; 3]; 3];
        let mut at = 0;
        while at < 48 {
            places[at / 16][at % 3][at % 16] = (at / 3) as u8;
            at += 1;
        }
        places
    }

    type V = __m256i;

    /// Samples as a vector.
    #[inline]
    #[target_feature(enable = "avx2")]
    pub fn vector(bytes: &[u8; LEN]) -> V {
        // SAFETY: 32 bytes either way, and every bit pattern is a value of both.
        unsafe { transmute::<[u8; LEN], V>(*bytes) }
    }

    /// A vector as samples.
    #[inline]
    #[target_feature(enable = "avx2")]
    pub fn bytes(vector: V) -> [u8; LEN] {
        // SAFETY: 32 bytes either way, and every bit pattern is a value of both.
        unsafe { transmute::<V, [u8; LEN]>(vector) }
    }

    /// Pixels of three samples, those of the left half of each vector first.
    #[inline]
    #[target_feature(enable = "avx2")]
    pub fn joined([a, b, c]: [V; 3]) -> [V; 3] {
        let part = |number: usize| {
            let places = |sample: usize| {
                // SAFETY: 16 bytes either way, and every bit pattern is a value of both.
                let half = unsafe { transmute::<[u8; 16], __m128i>(PLACES[number][sample]) };
                _mm256_broadcastsi128_si256(half)
            };
            let two = _mm256_or_si256(
                _mm256_shuffle_epi8(a, places(0)),
                _mm256_shuffle_epi8(b, places(1)),
            );
            _mm256_or_si256(two, _mm256_shuffle_epi8(c, places(2)))
        };
        let [a, b, c] = [part(0), part(1), part(2)];
        [
            _mm256_permute2x128_si256::<0x20>(a, b),
            _mm256_permute2x128_si256::<0x30>(c, a),
            _mm256_permute2x128_si256::<0x31>(b, c),
        ]
    }

    /// Pixels of four samples.
    #[inline]
    #[target_feature(enable = "avx2")]
    pub fn joined_four([a, b, c, d]: [V; 4]) -> [V; 4] {
        let (low, high) = (_mm256_unpacklo_epi8(a, b), _mm256_unpackhi_epi8(a, b));
        let (low2, high2) = (_mm256_unpacklo_epi8(c, d), _mm256_unpackhi_epi8(c, d));
        let first = [_mm256_unpacklo_epi16(low, low2), _mm256_unpackhi_epi16(low, low2)];
        let second = [_mm256_unpacklo_epi16(high, high2), _mm256_unpackhi_epi16(high, high2)];
        [
            _mm256_permute2x128_si256::<0x20>(first[0], first[1]),
            _mm256_permute2x128_si256::<0x20>(second[0], second[1]),
            _mm256_permute2x128_si256::<0x31>(first[0], first[1]),
            _mm256_permute2x128_si256::<0x31>(second[0], second[1]),
        ]
    }

    /// See [`super::three`].
    #[target_feature(enable = "avx2")]
    pub(super) fn three([a, b, c]: [&[u8]; 3], to: &mut [u8]) -> usize {
        let planes =
            a.as_chunks::<LEN>().0.iter().zip(b.as_chunks::<LEN>().0).zip(c.as_chunks::<LEN>().0);
        let mut done = 0;
        for (to, ((a, b), c)) in to.chunks_exact_mut(3 * LEN).zip(planes) {
            let pixels = joined([vector(a), vector(b), vector(c)]);
            to.as_chunks_mut::<LEN>()
                .0
                .iter_mut()
                .zip(pixels)
                .for_each(|(to, pixels)| *to = bytes(pixels));
            done += LEN;
        }
        done
    }

    /// See [`super::four`].
    #[target_feature(enable = "avx2")]
    pub(super) fn four([a, b, c, d]: [&[u8]; 4], to: &mut [u8]) -> usize {
        let planes = a.as_chunks::<LEN>().0.iter().zip(b.as_chunks::<LEN>().0);
        let planes = planes.zip(c.as_chunks::<LEN>().0).zip(d.as_chunks::<LEN>().0);
        let mut done = 0;
        for (to, (((a, b), c), d)) in to.chunks_exact_mut(4 * LEN).zip(planes) {
            let pixels = joined_four([vector(a), vector(b), vector(c), vector(d)]);
            to.as_chunks_mut::<LEN>()
                .0
                .iter_mut()
                .zip(pixels)
                .for_each(|(to, pixels)| *to = bytes(pixels));
            done += LEN;
        }
        done
    }

    /// Where the bytes of four pixels come from in four numbers.
    const LOWER: [i8; 16] = [0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, -1, -1, -1, -1];
    const TURNED_LOWER: [i8; 16] = [2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1];

    /// See [`super::lower`].
    #[target_feature(enable = "avx2")]
    pub(super) fn lower<const TURNED: bool>(pixels: &[u32], to: &mut [u8]) -> usize {
        let places = if TURNED { TURNED_LOWER } else { LOWER };
        // SAFETY: 16 bytes either way, and every bit pattern is a value of both.
        let places = unsafe { transmute::<[i8; 16], __m128i>(places) };
        let places = _mm256_broadcastsi128_si256(places);
        let together = _mm256_setr_epi32(0, 1, 2, 4, 5, 6, 3, 7);
        let mut done = 0;
        // 24 bytes are made, and 8 more written that the next ones replace.
        for eight in pixels.as_chunks::<8>().0 {
            let Some(to) = to.get_mut(3 * done..).and_then(|to| to.first_chunk_mut()) else {
                break;
            };
            // SAFETY: 32 bytes either way, and every bit pattern is a value of both.
            let eight = unsafe { transmute::<[u32; 8], V>(*eight) };
            *to = bytes(_mm256_permutevar8x32_epi32(_mm256_shuffle_epi8(eight, places), together));
            done += 8;
        }
        done
    }
}
