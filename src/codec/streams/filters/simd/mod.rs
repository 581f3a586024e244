//! Filters for vectors: each pixel waits for the one on its left, so that a vector holds the samples of one pixel.

#![allow(unsafe_code, reason = "code for SSE4.1 and AVX2 is called after a look at the processor")]

use super::forward::Lines;

/// Whole pixels of `N` bytes, 3 to 8.
pub fn whole<const N: usize>(filter: u8, row: &mut [u8], above: &[u8]) {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("sse4.1") {
        // SAFETY: the processor has SSE4.1.
        return unsafe { vectors::whole::<N>(filter, row, above) };
    }
    super::plain::<N>(filter, row, above);
}

/// See [`Lines::costs_from`].
pub fn costs(lines: &Lines<'_>) -> [u64; 5] {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") {
        // SAFETY: the processor has AVX2.
        return unsafe { wide::costs(lines) };
    }
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("sse4.1") {
        // SAFETY: the processor has SSE4.1.
        return unsafe { narrow::costs(lines) };
    }
    lines.costs_from(0)
}

/// See [`Lines::apply_from`].
pub fn apply(filter: u8, lines: &Lines<'_>, to: &mut [u8]) {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") {
        // SAFETY: the processor has AVX2.
        return unsafe { wide::apply(filter, lines, to) };
    }
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("sse4.1") {
        // SAFETY: the processor has SSE4.1.
        return unsafe { narrow::apply(filter, lines, to) };
    }
    lines.apply_from(0, filter, to);
}

#[cfg(target_arch = "x86_64")]
mod forward;

#[cfg(target_arch = "x86_64")]
use forward::{narrow, wide};

#[cfg(target_arch = "x86_64")]
mod vectors {
    use std::arch::x86_64::*;

    use super::super::{AVERAGE, PAETH, SUB};
    use super::narrow::nearest_of;

    #[target_feature(enable = "sse4.1")]
    pub fn whole<const N: usize>(filter: u8, row: &mut [u8], above: &[u8]) {
        const { assert!(N >= 3 && N <= 8) };
        let mut left = _mm_setzero_si128();
        match filter {
            SUB => sums::<N>(row),
            AVERAGE => each::<N>(row, above, |pixel, up| {
                // The instruction rounds up.
                let odd = _mm_and_si128(_mm_xor_si128(left, up), _mm_set1_epi8(1));
                left = _mm_add_epi8(pixel, _mm_sub_epi8(_mm_avg_epu8(left, up), odd));
                left
            }),
            PAETH => nearest::<N>(row, above),
            _ => {}
        }
    }

    /// Adds to each pixel all on its left: within a vector, whose pixels are added to those one, two, four and eight further
    /// right, and then the last one of the vector before.
    #[target_feature(enable = "sse4.1")]
    fn sums<const N: usize>(row: &mut [u8]) {
        let whole = 16 / N * N;
        let steps = [N, 2 * N, 4 * N, 8 * N].map(|step| order(|at| at.checked_sub(step)));
        let last = order(|at| Some(whole - N + at % N));
        let mut before = _mm_setzero_si128();
        let mut at = 0;
        while let Some(bytes) = row.get_mut(at..).and_then(<[u8]>::first_chunk_mut::<16>) {
            let mut sum = load_16(bytes);
            for (step, order) in (0..).zip(steps) {
                if N << step < 16 {
                    sum = _mm_add_epi8(sum, _mm_shuffle_epi8(sum, order));
                }
            }
            let sum = _mm_add_epi8(sum, before);
            before = _mm_shuffle_epi8(sum, last);
            bytes[..whole].copy_from_slice(&store_16(sum)[..whole]);
            at += whole;
        }
        let mut left = store(before);
        for pixel in row.get_mut(at..).unwrap_or_default().as_chunks_mut::<N>().0 {
            pixel.iter_mut().zip(left).for_each(|(to, left)| *to = to.wrapping_add(left));
            left = padded(pixel);
        }
    }

    #[target_feature(enable = "sse4.1")]
    fn nearest<const N: usize>(row: &mut [u8], above: &[u8]) {
        let mut known = Known::new();
        let mut at = 0;
        // Bytes of the next pixel that are loaded, too, are in lanes of their own.
        while let Some(from) = row.get_mut(at..).and_then(<[u8]>::first_chunk_mut::<8>)
            && let Some(up) = above.get(at..).and_then(<[u8]>::first_chunk::<8>)
        {
            let is_zero = *from == [0; 8];
            let sample = known.turn(*from, *up);
            from[..N].copy_from_slice(&sample[..N]);
            at += N;
            if is_zero && sample[..N] == up[..N] {
                let end = at + copy_of_above::<N>(row, above, at);
                if end > at {
                    at = end;
                    known.both(above.get(at - N..).unwrap_or_default());
                }
            }
        }
        let rest = row.get_mut(at..).unwrap_or_default().as_chunks_mut::<N>().0;
        let aboves = above.get(at..).unwrap_or_default().as_chunks::<N>().0;
        for (pixel, up) in rest.iter_mut().zip(aboves) {
            let sample = known.turn(padded(pixel), padded(up));
            pixel.copy_from_slice(&sample[..N]);
        }
    }

    /// Where left and corner are equal, no difference means as above, and then they are equal again. Copies eight pixels at a
    /// time; how many bytes that are.
    #[inline]
    fn copy_of_above<const N: usize>(row: &mut [u8], above: &[u8], at: usize) -> usize {
        let blocks = row.get_mut(at..).unwrap_or_default().chunks_exact_mut(8 * N);
        let aboves = above.get(at..).unwrap_or_default().chunks_exact(8 * N);
        let mut count = 0;
        for (block, above) in blocks.zip(aboves) {
            if block.iter().fold(0, |all, byte| all | byte) != 0 {
                break;
            }
            block.copy_from_slice(above);
            count += 1;
        }
        count * 8 * N
    }

    /// The pixels left and above left.
    struct Known {
        left: __m128i,
        corner: __m128i,
    }

    impl Known {
        #[target_feature(enable = "sse4.1")]
        fn new() -> Self {
            Self { left: _mm_setzero_si128(), corner: _mm_setzero_si128() }
        }

        #[target_feature(enable = "sse4.1")]
        fn both(&mut self, pixel: &[u8]) {
            let mut bytes = [0; 8];
            bytes.iter_mut().zip(pixel).for_each(|(to, from)| *to = *from);
            self.left = _mm_cvtepu8_epi16(load(bytes));
            self.corner = self.left;
        }

        /// All but what is left is there before it is wanted.
        #[inline]
        #[target_feature(enable = "sse4.1")]
        fn turn(&mut self, pixel: [u8; 8], up: [u8; 8]) -> [u8; 8] {
            let (pixel, up) = (_mm_cvtepu8_epi16(load(pixel)), _mm_cvtepu8_epi16(load(up)));
            let guess = nearest_of([self.left, up, self.corner]);
            self.left = _mm_add_epi8(pixel, guess);
            self.corner = up;
            store(_mm_packus_epi16(self.left, self.left))
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

    /// An order of bytes; a place that nothing comes to becomes zero.
    #[target_feature(enable = "sse4.1")]
    fn order(from: impl Fn(usize) -> Option<usize>) -> __m128i {
        load_16(&std::array::from_fn(|at| from(at).map_or(0x80, |from| from as u8)))
    }

    #[inline]
    #[target_feature(enable = "sse4.1")]
    fn load_16(bytes: &[u8; 16]) -> __m128i {
        let [low, high] = [0, 8].map(|at| std::array::from_fn(|byte| bytes[at + byte]));
        _mm_set_epi64x(i64::from_le_bytes(high), i64::from_le_bytes(low))
    }

    #[inline]
    #[target_feature(enable = "sse4.1")]
    fn store_16(vector: __m128i) -> [u8; 16] {
        let halves = [_mm_extract_epi64::<0>(vector), _mm_extract_epi64::<1>(vector)];
        let mut bytes = [0; 16];
        for (to, half) in bytes.as_chunks_mut::<8>().0.iter_mut().zip(halves) {
            *to = half.to_le_bytes();
        }
        bytes
    }
}

#[cfg(all(test, target_arch = "x86_64"))]
mod tests {
    use super::super::forward::PAD;
    use super::*;

    /// What is chosen on newer processors is tested beside the filters.
    #[test]
    fn narrow_vectors_find_and_make_what_single_bytes_do() {
        if !std::arch::is_x86_feature_detected!("sse4.1") {
            return;
        }
        let noise: Vec<u8> =
            (0..512u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 21) as u8).collect();
        for (pixel, len) in (1..=8).flat_map(|pixel| (0..130).map(move |len| (pixel, len))) {
            let line = |from: usize| [&[0; PAD][..], &noise[from..][..len], &[9; PAD]].concat();
            let (row, above) = (line(0), line(200));
            let lines = Lines { row: &row, above: &above, len, pixel };
            // SAFETY: the processor has SSE4.1.
            assert_eq!(unsafe { narrow::costs(&lines) }, lines.costs_from(0), "{len}, {pixel}");
            for filter in 0..5 {
                let (mut plain, mut fast) = (vec![0; len], vec![0; len]);
                lines.apply_from(0, filter, &mut plain);
                // SAFETY: the processor has SSE4.1.
                unsafe { narrow::apply(filter, &lines, &mut fast) };
                assert!(plain == fast, "filter {filter}, {len} bytes, {pixel} a pixel");
            }
        }
    }
}
