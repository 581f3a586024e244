//! Rows for the instructions of the processor at hand. Plain Rust is compiled twice, and what it is slow at, the colours of
//! 8 bits, is written for vectors. All give the same bytes.

#![allow(
    unsafe_code,
    reason = "code for AVX2 is called after a look at the processor, and arrays become vectors"
)]

use super::{Converter, rows};
#[cfg(target_arch = "x86_64")]
use crate::pixel::PixelFormat;

/// See [`rows::row`].
pub fn row(converter: &Converter, from: &[u8], to: &mut [u8], width: usize) {
    #[cfg(target_arch = "x86_64")]
    {
        #[target_feature(enable = "avx2")]
        fn avx2(converter: &Converter, from: &[u8], to: &mut [u8], width: usize) {
            if converter.to.is_bilevel() && vectors::have_luma(converter.from) {
                return through_gray(converter, from, to, width);
            }
            let done = vectors::row(converter, from, to, width);
            let from = rows::tail_of(from, converter.from, done);
            let to = rows::tail_of_mut(to, converter.to, done);
            rows::row(converter, from, to, width - done);
        }
        /// Black and white is gray first, whose rows are quick to make and to cut.
        #[target_feature(enable = "avx2")]
        fn through_gray(converter: &Converter, from: &[u8], to: &mut [u8], width: usize) {
            let mut gray = [0; 512];
            let first = Converter { to: PixelFormat::Gray8, ..*converter };
            let second = Converter { from: PixelFormat::Gray8, ..*converter };
            for start in (0..width).step_by(gray.len()) {
                let count = gray.len().min(width - start);
                avx2(&first, rows::tail_of(from, first.from, start), &mut gray, count);
                rows::row(&second, &gray, rows::tail_of_mut(to, second.to, start), count);
            }
        }
        if std::arch::is_x86_feature_detected!("avx2") {
            // SAFETY: the processor has AVX2.
            return unsafe { avx2(converter, from, to, width) };
        }
    }
    rows::row(converter, from, to, width);
}

#[cfg(target_arch = "x86_64")]
mod vectors {
    use std::arch::x86_64::*;

    use super::Converter;
    use crate::pixel::PixelFormat as F;

    /// Bytes of a vector.
    const LEN: usize = 16;
    /// No byte of a vector: zero.
    const NONE: u8 = 0x80;

    /// Converts pixels from the left on, and says how many: the rest are too few for a vector, or all, where there is no
    /// kernel for them.
    #[target_feature(enable = "avx2")]
    pub fn row(converter: &Converter, from: &[u8], to: &mut [u8], width: usize) -> usize {
        let [r, g, b] = converter.background;
        match (converter.from, converter.to) {
            (F::Rgb888, F::Bgr888) | (F::Bgr888, F::Rgb888) => turned(from, to, width),
            (F::Abgr8888, F::Bgr888) => over::<0>(from, to, width, [r, g, b]),
            (F::Argb8888, F::Rgb888) => over::<0>(from, to, width, [b, g, r]),
            (F::Abgr8888, F::Rgb888) => over::<2>(from, to, width, [r, g, b]),
            (F::Argb8888, F::Bgr888) => over::<2>(from, to, width, [b, g, r]),
            (F::Bgr888, F::Gray8) => luma::<3, 0>(from, to, width, [0; 3]),
            (F::Rgb888, F::Gray8) => luma::<3, 2>(from, to, width, [0; 3]),
            (F::Abgr8888, F::Gray8) => luma::<4, 0>(from, to, width, [r, g, b]),
            (F::Argb8888, F::Gray8) => luma::<4, 2>(from, to, width, [b, g, r]),
            (F::Gray8 | F::Binary8, F::Rgb888 | F::Bgr888) => tripled(from, to, width),
            _ => 0,
        }
    }

    /// Whether there is a kernel for the gray of these pixels.
    pub fn have_luma(format: F) -> bool {
        matches!(format, F::Bgr888 | F::Rgb888 | F::Abgr8888 | F::Argb8888)
    }

    fn vector(bytes: &[u8; LEN]) -> __m128i {
        // SAFETY: as many bytes, of any value.
        unsafe { std::mem::transmute::<[u8; LEN], __m128i>(*bytes) }
    }

    fn bytes(vector: __m128i) -> [u8; LEN] {
        // SAFETY: as many bytes, of any value.
        unsafe { std::mem::transmute::<__m128i, [u8; LEN]>(vector) }
    }

    /// The vector at pixel `at` of pixels of `N` bytes.
    #[inline(always)]
    fn load<const N: usize>(row: &[u8], at: usize) -> Option<__m128i> {
        row.get(at * N..)?.first_chunk().map(vector)
    }

    /// Three bytes a pixel, the first and the last of them exchanged.
    #[target_feature(enable = "avx2")]
    fn turned(from: &[u8], to: &mut [u8], width: usize) -> usize {
        let order = vector(&[2, 1, 0, 5, 4, 3, 8, 7, 6, 11, 10, 9, 14, 13, 12, NONE]);
        let mut done = 0;
        // Five pixels, and a byte of the sixth, which comes next.
        while done + 6 <= width
            && let Some(pixels) = load::<3>(from, done)
            && let Some(to) = to.get_mut(done * 3..).and_then(|to| to.first_chunk_mut::<LEN>())
        {
            *to = bytes(_mm_shuffle_epi8(pixels, order));
            done += 5;
        }
        done
    }

    /// Each byte three times.
    #[target_feature(enable = "avx2")]
    fn tripled(from: &[u8], to: &mut [u8], width: usize) -> usize {
        let orders = [
            vector(&[0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5]),
            vector(&[5, 5, 6, 6, 6, 7, 7, 7, 8, 8, 8, 9, 9, 9, 10, 10]),
            vector(&[10, 11, 11, 11, 12, 12, 12, 13, 13, 13, 14, 14, 14, 15, 15, 15]),
        ];
        let from = from.get(..width).unwrap_or(from).as_chunks::<LEN>().0;
        let all = to.as_chunks_mut::<LEN>().0.as_chunks_mut::<3>().0;
        let mut done = 0;
        for (to, from) in all.iter_mut().zip(from) {
            *to = orders.map(|order| bytes(_mm_shuffle_epi8(vector(from), order)));
            done += LEN;
        }
        done
    }

    /// Four pixels of four bytes, the last of which is alpha, on a background of the same order.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn on_background(pixels: __m128i, background: [u8; 3]) -> __m128i {
        let opaque = _mm_set1_epi32(0xff00_0000u32.cast_signed());
        let alpha = _mm_and_si128(pixels, opaque);
        if _mm_movemask_epi8(_mm_cmpeq_epi32(alpha, opaque)) == 0xffff {
            return pixels;
        }
        let [a, b, c] = background.map(i16::from);
        let under = _mm_setr_epi16(a, b, c, 0, a, b, c, 0);
        let zero = _mm_setzero_si128();
        let low = mixed(_mm_unpacklo_epi8(pixels, zero), under);
        let high = mixed(_mm_unpackhi_epi8(pixels, zero), under);
        _mm_packus_epi16(low, high)
    }

    /// Two pixels of four words over a background: what `over_8` does. No sum has more than 16 bits.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn mixed(pixels: __m128i, under: __m128i) -> __m128i {
        let alpha = _mm_shufflelo_epi16::<0xff>(_mm_shufflehi_epi16::<0xff>(pixels));
        let rest = _mm_sub_epi16(_mm_set1_epi16(255), alpha);
        let sum = _mm_add_epi16(_mm_mullo_epi16(pixels, alpha), _mm_mullo_epi16(under, rest));
        let sum = _mm_add_epi16(sum, _mm_set1_epi16(127));
        // Divided by 255.
        let sum = _mm_add_epi16(_mm_add_epi16(sum, _mm_set1_epi16(1)), _mm_srli_epi16::<8>(sum));
        _mm_srli_epi16::<8>(sum)
    }

    /// Pixels on a background, without alpha; the bytes in their order, or from the third to the first.
    #[target_feature(enable = "avx2")]
    fn over<const FIRST: u8>(
        from: &[u8],
        to: &mut [u8],
        width: usize,
        background: [u8; 3],
    ) -> usize {
        let last = 2 - FIRST;
        let of = |pixel: u8| [4 * pixel + FIRST, 4 * pixel + 1, 4 * pixel + last];
        let ([a, b, c], [d, e, f], [g, h, i], [j, k, l]) = (of(0), of(1), of(2), of(3));
        let order = vector(&[a, b, c, d, e, f, g, h, i, j, k, l, NONE, NONE, NONE, NONE]);
        let mut done = 0;
        // Four bytes more are written, of pixels that come next.
        while done + 6 <= width
            && let Some(pixels) = load::<4>(from, done)
            && let Some(to) = to.get_mut(done * 3..).and_then(|to| to.first_chunk_mut::<LEN>())
        {
            *to = bytes(_mm_shuffle_epi8(on_background(pixels, background), order));
            done += 4;
        }
        done
    }

    /// Gray of pixels of three bytes, or of four on a background. The red one comes first or third.
    #[target_feature(enable = "avx2")]
    fn luma<const N: usize, const RED: u8>(
        from: &[u8],
        to: &mut [u8],
        width: usize,
        background: [u8; 3],
    ) -> usize {
        let step = N as u8;
        let pair = |first: u8, second: u8| {
            let of = |pixel: u8| [step * pixel + first, NONE, step * pixel + second, NONE];
            let all = [of(0), of(1), of(2), of(3)];
            let mut order = [NONE; LEN];
            order.iter_mut().zip(all.as_flattened()).for_each(|(to, from)| *to = *from);
            vector(&order)
        };
        let (red, blue) = (pair(RED, 1), pair(1, 2 - RED));
        // Green weighs 38470, more than a word with a sign holds: half with red, half with blue.
        let red_weights =
            _mm_setr_epi16(19_595, 19_235, 19_595, 19_235, 19_595, 19_235, 19_595, 19_235);
        let blue_weights =
            _mm_setr_epi16(19_235, 7_471, 19_235, 7_471, 19_235, 7_471, 19_235, 7_471);
        let half = _mm_set1_epi32(0x8000);
        let mut done = 0;
        'row: while done + LEN <= width
            && let Some(to) = to.get_mut(done..).and_then(|to| to.first_chunk_mut::<LEN>())
        {
            let mut four = [half; 4];
            for (at, four) in four.iter_mut().enumerate() {
                let Some(pixels) = load::<N>(from, done + 4 * at) else { break 'row };
                let pixels = if N == 4 { on_background(pixels, background) } else { pixels };
                let red = _mm_madd_epi16(_mm_shuffle_epi8(pixels, red), red_weights);
                let blue = _mm_madd_epi16(_mm_shuffle_epi8(pixels, blue), blue_weights);
                *four = _mm_srli_epi32::<16>(_mm_add_epi32(_mm_add_epi32(red, blue), half));
            }
            let [a, b, c, d] = four;
            *to = bytes(_mm_packus_epi16(_mm_packus_epi32(a, b), _mm_packus_epi32(c, d)));
            done += LEN;
        }
        done
    }
}
