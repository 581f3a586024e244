//! Rows for the instructions of the processor at hand: plain Rust, compiled twice. Both give the same bytes.

#![allow(unsafe_code, reason = "code for AVX2 is called after a look at the processor")]

use super::{Converter, rows};

/// See [`rows::row`].
pub fn row(converter: &Converter, from: &[u8], to: &mut [u8], width: usize) {
    #[cfg(target_arch = "x86_64")]
    {
        #[target_feature(enable = "avx2")]
        fn avx2(converter: &Converter, from: &[u8], to: &mut [u8], width: usize) {
            rows::row(converter, from, to, width);
        }
        if std::arch::is_x86_feature_detected!("avx2") {
            // SAFETY: the processor has AVX2.
            return unsafe { avx2(converter, from, to, width) };
        }
    }
    rows::row(converter, from, to, width);
}
