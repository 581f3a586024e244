//! Black and white, a bit for each pixel, from gray and back in vectors.

use std::arch::x86_64::*;

use super::super::Converter;
use super::sources::{LEN, bytes_of, twice, vector, whole};
use crate::pixel::PixelFormat as F;

/// Pixels of a vector.
const PIXELS: usize = 32;

/// [`super::vectors::row`] between bits and bytes.
#[target_feature(enable = "avx2")]
pub fn row(converter: &Converter, from: &[u8], to: &mut [u8], width: usize) -> usize {
    let is_inverted = |format| matches!(format, F::BinaryInverted | F::Binary8Inverted);
    let flip = is_inverted(converter.from) != is_inverted(converter.to);
    match (converter.from, converter.to) {
        (F::Binary | F::BinaryInverted, F::Gray8 | F::Binary8 | F::Binary8Inverted) => {
            unpack(from, to, width, flip)
        }
        (F::Gray8 | F::Binary8 | F::Binary8Inverted, F::Binary | F::BinaryInverted) => {
            pack(from, to, width, flip)
        }
        _ => 0,
    }
}

/// A byte of 0 or 255 for each bit, or its contrary.
#[target_feature(enable = "avx2")]
fn unpack(from: &[u8], to: &mut [u8], width: usize, flip: bool) -> usize {
    let order = |first: u8| {
        let (a, b) = (first, first + 1);
        [a, a, a, a, a, a, a, a, b, b, b, b, b, b, b, b]
    };
    let order = _mm256_inserti128_si256::<1>(twice(order(0)), vector(&order(2)));
    let own = _mm256_set1_epi64x(0x0102_0408_1020_4080);
    let flip = if flip { u32::MAX } else { 0 };
    let mut done = 0;
    let (from, _) = from.as_chunks::<4>();
    let (to, _) = to.get_mut(..width).unwrap_or_default().as_chunks_mut::<PIXELS>();
    for (to, from) in to.iter_mut().zip(from) {
        let bits = _mm256_set1_epi32((u32::from_le_bytes(*from) ^ flip).cast_signed());
        let bits = _mm256_and_si256(_mm256_shuffle_epi8(bits, order), own);
        *to = bytes_of(_mm256_cmpeq_epi8(bits, own));
        done += PIXELS;
    }
    done
}

/// A bit for each byte, set from 128 on, or its contrary.
#[target_feature(enable = "avx2")]
fn pack(from: &[u8], to: &mut [u8], width: usize, flip: bool) -> usize {
    let order: [u8; LEN] = [7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8];
    let order = twice(order);
    let flip = if flip { u32::MAX } else { 0 };
    let mut done = 0;
    let (from, _) = from.get(..width).unwrap_or_default().as_chunks::<PIXELS>();
    let (to, _) = to.as_chunks_mut::<4>();
    for (to, from) in to.iter_mut().zip(from) {
        let set = _mm256_movemask_epi8(_mm256_shuffle_epi8(whole(from), order));
        *to = (set.cast_unsigned() ^ flip).to_le_bytes();
        done += PIXELS;
    }
    done
}
