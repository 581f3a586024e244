//! Samples of 16 bits in vectors, two pixels at a time, or as bytes 32 samples.

use std::arch::x86_64::*;

use super::super::Converter;
use super::sources::{LEN, NONE, bytes, bytes_of, vector, whole};
use crate::pixel::PixelFormat as F;

/// Pixels of a vector.
const PIXELS: usize = 2;

/// Weights of R, G, B in gray, of 65,536.
const WEIGHTS: [i32; 3] = [19_595, 38_470, 7_471];

/// [`super::vectors::row`] from 16 bits to 16 bits, or to as many samples of 8.
#[target_feature(enable = "avx2")]
pub fn row(converter: &Converter, from: &[u8], to: &mut [u8], width: usize) -> usize {
    let [r, g, b] = converter.background;
    let (rgb, bgr) = ([r, g, b], [b, g, r]);
    match (converter.from, converter.to) {
        (F::Rgb161616, F::Argb16161616) => colours::<3, 0, 4>(from, to, width, bgr),
        (F::Rgb161616, F::Abgr16161616) => colours::<3, 2, 4>(from, to, width, bgr),
        (F::Argb16161616, F::Rgb161616) => colours::<4, 0, 3>(from, to, width, bgr),
        (F::Abgr16161616, F::Rgb161616) => colours::<4, 2, 3>(from, to, width, rgb),
        (F::Gray16, F::Rgb161616) => colours::<1, 0, 3>(from, to, width, rgb),
        (F::Gray16, F::Argb16161616 | F::Abgr16161616) => colours::<1, 0, 4>(from, to, width, rgb),
        (F::Rgb161616, F::Gray16) => luma::<3, 2>(from, to, width, bgr),
        (F::Argb16161616, F::Gray16) => luma::<4, 2>(from, to, width, bgr),
        (F::Abgr16161616, F::Gray16) => luma::<4, 0>(from, to, width, rgb),
        (F::Gray16, F::Gray8) => narrowed::<1>(from, to, width),
        (F::Rgb161616, F::Rgb888) => narrowed::<3>(from, to, width),
        (F::Argb16161616, F::Argb8888) | (F::Abgr16161616, F::Abgr8888) => {
            narrowed::<4>(from, to, width)
        }
        _ => 0,
    }
}

/// The bytes of two pixels of `M` samples in two of `N`, of which three are taken: in their order or from the third to the
/// first.
fn order<const N: usize, const FIRST: u8, const M: usize>() -> __m128i {
    let mut order = [NONE; LEN];
    for (pixel, to) in (0..).zip(order.chunks_exact_mut(2 * M).take(PIXELS)) {
        let samples = if N == 1 { [0; 3] } else { [FIRST, 1, 2 - FIRST] };
        for (to, sample) in to.as_chunks_mut::<2>().0.iter_mut().zip(samples) {
            let at = 2 * (pixel * N as u8 + sample);
            *to = [at, at + 1];
        }
    }
    vector(&order)
}

/// Two pixels of `N` samples from pixel `at` on, with what comes next.
fn load<const N: usize>(row: &[u8], at: usize) -> Option<__m128i> {
    row.get(at * 2 * N..)?.first_chunk().map(vector)
}

/// Pixels of four samples, whose last one is alpha, on a background of the same order: what `over_16` does. Others as they are.
#[inline]
#[target_feature(enable = "avx2")]
fn settled<const N: usize>(pixels: __m128i, background: __m256i) -> __m128i {
    let opaque = _mm_set1_epi64x(0xffff << 48);
    let alpha = _mm_and_si128(pixels, opaque);
    if N < 4 || _mm_movemask_epi8(_mm_cmpeq_epi64(alpha, opaque)) == 0xffff {
        return pixels;
    }
    let top = _mm256_cvtepu16_epi32(pixels);
    let alpha = _mm256_shuffle_epi32::<0xff>(top);
    let rest = _mm256_sub_epi32(_mm256_set1_epi32(65_535), alpha);
    let sum =
        _mm256_add_epi32(_mm256_mullo_epi32(top, alpha), _mm256_mullo_epi32(background, rest));
    // Divided by 65,535, to the nearest.
    let sum = _mm256_add_epi32(sum, _mm256_set1_epi32(32_767));
    let more = _mm256_add_epi32(_mm256_srli_epi32::<16>(sum), _mm256_set1_epi32(1));
    let mixed = _mm256_srli_epi32::<16>(_mm256_add_epi32(sum, more));
    let (low, high) = (_mm256_castsi256_si128(mixed), _mm256_extracti128_si256::<1>(mixed));
    _mm_packus_epi32(low, high)
}

/// A background for each of two pixels.
#[inline]
#[target_feature(enable = "avx2")]
fn under(background: [u8; 3]) -> __m256i {
    let [a, b, c] = background.map(|sample| i32::from(sample) * 257);
    _mm256_setr_epi32(a, b, c, 0, a, b, c, 0)
}

/// Pixels of `N` samples as such of `M`, in their order or from the third to the first; a fourth is opaque.
#[target_feature(enable = "avx2")]
fn colours<const N: usize, const FIRST: u8, const M: usize>(
    from: &[u8],
    to: &mut [u8],
    width: usize,
    background: [u8; 3],
) -> usize {
    let (order, under) = (order::<N, FIRST, M>(), under(background));
    let opaque = _mm_set1_epi64x(if M == 4 { 0xffff << 48 } else { 0 });
    let mut done = 0;
    // Where they do not fill a vector, some bytes more are read and written, of the pixel that comes next.
    while done + PIXELS + usize::from(M == 3) <= width
        && let Some(pixels) = load::<N>(from, done)
        && let Some(to) = to.get_mut(done * 2 * M..).and_then(<[u8]>::first_chunk_mut::<LEN>)
    {
        let pixels = _mm_shuffle_epi8(settled::<N>(pixels, under), order);
        *to = bytes(_mm_or_si128(pixels, opaque));
        done += PIXELS;
    }
    done
}

/// Gray of pixels of three samples, or of four. The red one comes first or third.
#[target_feature(enable = "avx2")]
fn luma<const N: usize, const RED: usize>(
    from: &[u8],
    to: &mut [u8],
    width: usize,
    background: [u8; 3],
) -> usize {
    let (order, under) = (order::<N, 0, 4>(), under(background));
    let [first, second, third] = [WEIGHTS[RED], WEIGHTS[1], WEIGHTS[2 - RED]];
    let weights = _mm256_setr_epi32(first, second, third, 0, first, second, third, 0);
    let mut done = 0;
    while done + 8 <= width
        && let Some(to) = to.get_mut(2 * done..).and_then(<[u8]>::first_chunk_mut::<LEN>)
        && let [Some(a), Some(b), Some(c), Some(d)] =
            [0, 2, 4, 6].map(|at| load::<N>(from, done + at))
    {
        let [a, b, c, d] = [a, b, c, d].map(|pixels| {
            let pixels = settled::<N>(pixels, under);
            let pixels = _mm256_cvtepu16_epi32(_mm_shuffle_epi8(pixels, order));
            _mm256_mullo_epi32(pixels, weights)
        });
        // Four pixels in each half, every other one.
        let sums = _mm256_hadd_epi32(_mm256_hadd_epi32(a, b), _mm256_hadd_epi32(c, d));
        let gray = _mm256_srli_epi32::<16>(_mm256_add_epi32(sums, _mm256_set1_epi32(0x8000)));
        let (even, odd) = (_mm256_castsi256_si128(gray), _mm256_extracti128_si256::<1>(gray));
        *to = bytes(_mm_or_si128(even, _mm_slli_epi32::<16>(odd)));
        done += 8;
    }
    done
}

/// Pixels of `N` samples in 8 bits each: what `narrow` does, a whole vector of pixels at a time.
#[target_feature(enable = "avx2")]
fn narrowed<const N: usize>(from: &[u8], to: &mut [u8], width: usize) -> usize {
    // `(255 * sample + 32895) >> 16`: the high word of the product, and one more where the low one makes it overflow.
    let narrow = |samples: __m256i| {
        let by = _mm256_set1_epi16(255);
        let low = _mm256_xor_si256(_mm256_mullo_epi16(samples, by), _mm256_set1_epi16(i16::MIN));
        let carry = _mm256_cmpgt_epi16(low, _mm256_set1_epi16(-128));
        _mm256_sub_epi16(_mm256_mulhi_epu16(samples, by), carry)
    };
    let (from, _) = from.as_chunks::<32>().0.as_chunks::<2>();
    let (to, _) = to.get_mut(..width * N).unwrap_or_default().as_chunks_mut::<32>();
    let mut done = 0;
    for (to, [first, second]) in to.iter_mut().zip(from) {
        let (first, second) = (narrow(whole(first)), narrow(whole(second)));
        let all = _mm256_packus_epi16(first, second);
        *to = bytes_of(_mm256_permute4x64_epi64::<0b11_01_10_00>(all));
        done += 32;
    }
    done / N
}
