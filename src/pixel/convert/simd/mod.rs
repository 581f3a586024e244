//! Rows for the instructions of the processor at hand. Plain Rust is compiled twice, and what it is slow at, the colours of
//! 8 bits, is written for vectors. All give the same bytes.

#![allow(
    unsafe_code,
    reason = "code for AVX2 is called after a look at the processor, and arrays become vectors"
)]

#[cfg(target_arch = "x86_64")]
mod bits;
#[cfg(target_arch = "x86_64")]
mod sources;
#[cfg(target_arch = "x86_64")]
mod vectors;
#[cfg(target_arch = "x86_64")]
mod wide;

use super::{Converter, rows};
#[cfg(target_arch = "x86_64")]
use crate::pixel::PixelFormat as F;

/// Bytes of pixels that wait between two steps.
#[cfg(target_arch = "x86_64")]
const CHUNK: usize = 2048;

/// See [`rows::row`].
pub fn row(converter: &Converter, from: &[u8], to: &mut [u8], width: usize) {
    #[cfg(target_arch = "x86_64")]
    {
        #[target_feature(enable = "avx2")]
        fn avx2(converter: &Converter, from: &[u8], to: &mut [u8], width: usize) {
            if let Some(middle) = between(converter.from, converter.to) {
                return through(middle, converter, from, to, width);
            }
            let done = match converter.from.is_16_bit() {
                true => wide::row(converter, from, to, width),
                false => vectors::row(converter, from, to, width),
            };
            let from = rows::tail_of(from, converter.from, done);
            let to = rows::tail_of_mut(to, converter.to, done);
            rows::row(converter, from, to, width - done);
        }
        #[target_feature(enable = "avx2")]
        fn through(middle: F, converter: &Converter, from: &[u8], to: &mut [u8], width: usize) {
            let mut chunk = [0; CHUNK];
            let first = Converter { to: middle, ..*converter };
            let second = Converter { from: middle, ..*converter };
            let most = CHUNK / (middle.bits_per_pixel() / 8);
            for start in (0..width).step_by(most) {
                let count = most.min(width - start);
                avx2(&first, rows::tail_of(from, first.from, start), &mut chunk, count);
                avx2(&second, &chunk, rows::tail_of_mut(to, second.to, start), count);
            }
        }
        if std::arch::is_x86_feature_detected!("avx2") {
            // SAFETY: the processor has AVX2.
            return unsafe { avx2(converter, from, to, width) };
        }
    }
    rows::row(converter, from, to, width);
}

/// What pixels become first where two quick steps are what one slow step is.
#[cfg(target_arch = "x86_64")]
fn between(from: F, to: F) -> Option<F> {
    let is_colour = |format: F| {
        matches!(format, F::Bgr888 | F::Rgb888 | F::Abgr8888 | F::Argb8888 | F::Cmyk8888)
            || matches!(format, F::Rgb565 | F::Rgb555)
    };
    let narrow = |format| match format {
        F::Gray16 => Some(F::Gray8),
        F::Rgb161616 => Some(F::Rgb888),
        F::Argb16161616 => Some(F::Argb8888),
        F::Abgr16161616 => Some(F::Abgr8888),
        _ => None,
    };
    match (from, to) {
        // Black and white is gray before and after, whose rows are quick to make and to cut.
        (_, F::Binary | F::BinaryInverted | F::Binary8 | F::Binary8Inverted) if is_colour(from) => {
            Some(F::Gray8)
        }
        (F::Binary | F::BinaryInverted | F::Binary8Inverted, _) if is_colour(to) => Some(F::Gray8),
        _ if from == to => None,
        _ => match (narrow(from), narrow(to)) {
            (Some(middle), None) if middle != to => Some(middle),
            (None, Some(middle)) if middle != from => Some(middle),
            _ => None,
        },
    }
}
