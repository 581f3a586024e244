//! Filters for vectors: each pixel waits for the one on its left, so that a vector holds the samples of one pixel.

#![allow(unsafe_code, reason = "code for SSE4.1 is called after a look at the processor")]

/// Whole pixels of `N` bytes, 3 to 8.
pub fn whole<const N: usize>(filter: u8, row: &mut [u8], above: &[u8]) {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("sse4.1") {
        // SAFETY: the processor has SSE4.1.
        return unsafe { vectors::whole::<N>(filter, row, above) };
    }
    super::plain::<N>(filter, row, above);
}

#[cfg(target_arch = "x86_64")]
mod vectors {
    use std::arch::x86_64::*;

    use super::super::{AVERAGE, PAETH, SUB};

    #[target_feature(enable = "sse4.1")]
    pub fn whole<const N: usize>(filter: u8, row: &mut [u8], above: &[u8]) {
        const { assert!(N >= 3 && N <= 8) };
        let zero = _mm_setzero_si128();
        let (mut left, mut corner) = (zero, zero);
        match filter {
            SUB => each::<N>(row, above, |pixel, _| {
                left = _mm_add_epi8(pixel, left);
                left
            }),
            AVERAGE => each::<N>(row, above, |pixel, up| {
                // The instruction rounds up.
                let odd = _mm_and_si128(_mm_xor_si128(left, up), _mm_set1_epi8(1));
                left = _mm_add_epi8(pixel, _mm_sub_epi8(_mm_avg_epu8(left, up), odd));
                left
            }),
            PAETH => each::<N>(row, above, |pixel, up| {
                let (pixel, up) = (_mm_cvtepu8_epi16(pixel), _mm_cvtepu8_epi16(up));
                // As in `super::paeth`; all but `left` is there before it is wanted.
                let most = _mm_sub_epi16(_mm_add_epi16(corner, _mm_add_epi16(corner, corner)), up);
                let limit = _mm_sub_epi16(most, left);
                let (low, high) = (_mm_min_epi16(left, up), _mm_max_epi16(left, up));
                let if_below = _mm_blendv_epi8(low, corner, _mm_cmpgt_epi16(high, limit));
                let guess = _mm_blendv_epi8(high, if_below, _mm_cmpgt_epi16(limit, low));
                left = _mm_add_epi8(pixel, guess);
                corner = up;
                _mm_packus_epi16(left, left)
            }),
            _ => {}
        }
    }

    /// Replaces each pixel by what `change` makes of it and the one above.
    #[inline]
    #[target_feature(enable = "sse4.1")]
    fn each<const N: usize>(
        row: &mut [u8],
        above: &[u8],
        mut change: impl FnMut(__m128i, __m128i) -> __m128i,
    ) {
        let mut at = 0;
        // Bytes of the next pixel that are loaded, too, are in lanes of their own.
        while let Some(from) = row.get_mut(at..).and_then(<[u8]>::first_chunk_mut::<8>)
            && let Some(up) = above.get(at..).and_then(<[u8]>::first_chunk::<8>)
        {
            let changed = store(change(load(*from), load(*up)));
            from[..N].copy_from_slice(&changed[..N]);
            at += N;
        }
        let rest = row.get_mut(at..).unwrap_or_default().as_chunks_mut::<N>().0;
        let aboves = above.get(at..).unwrap_or_default().as_chunks::<N>().0;
        for (pixel, up) in rest.iter_mut().zip(aboves) {
            let changed = store(change(load(padded(pixel)), load(padded(up))));
            pixel.copy_from_slice(&changed[..N]);
        }
    }

    fn padded<const N: usize>(pixel: &[u8; N]) -> [u8; 8] {
        let mut bytes = [0; 8];
        bytes[..N].copy_from_slice(pixel);
        bytes
    }

    #[inline]
    #[target_feature(enable = "sse4.1")]
    fn load(bytes: [u8; 8]) -> __m128i {
        _mm_cvtsi64_si128(i64::from_le_bytes(bytes))
    }

    #[inline]
    #[target_feature(enable = "sse4.1")]
    fn store(vector: __m128i) -> [u8; 8] {
        _mm_cvtsi128_si64(vector).to_le_bytes()
    }
}
