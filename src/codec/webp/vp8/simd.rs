//! The loops that every sample goes through, compiled for what every processor has and for AVX2, and chosen between when
//! they run. Both give the same bytes.

#![allow(
    unsafe_code,
    reason = "arrays become vectors, and code for AVX2 is called after a look at the processor"
)]

use super::edges::{self, Edges};
use super::header::Smoothing;
use super::modes::Macroblock;
use super::planes::Planes;
use super::predict::Work;
use super::rows;
use super::smooth::Lanes;
use super::tokens::Residual;

/// A function for what every processor has, and for AVX2.
macro_rules! twice {
    ($name:ident = $plain:path: $($argument:ident: $kind:ty),*) => {
        #[doc = concat!("See [`", stringify!($plain), "`].")]
        pub fn $name($($argument: $kind),*) {
            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx2")]
                fn avx2($($argument: $kind),*) {
                    $plain($($argument),*);
                }
                if std::arch::is_x86_feature_detected!("avx2") {
                    // SAFETY: the processor has AVX2.
                    return unsafe { avx2($($argument),*) };
                }
            }
            $plain($($argument),*);
        }
    };
}

twice!(fill = Work::fill: work: &mut Work, block: &Macroblock, residual: &Residual, has: (bool, bool));
twice!(smooth = edges::smooth: planes: &mut Planes, smoothing: Smoothing, edges: &[Edges], at_top: bool);
twice!(double = rows::double: near: &[u8], far: &[u8], to: &mut [u8]);
twice!(colours = rows::colours: yuv: [&[u8]; 3], rgb: [&mut [u8]; 3]);

/// Columns instead of rows.
#[cfg(not(target_arch = "x86_64"))]
pub fn transposed(rows: &[Lanes; 16]) -> [Lanes; 16] {
    std::array::from_fn(|x| std::array::from_fn(|y| rows[y][x]))
}

/// Columns instead of rows.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
pub fn transposed(rows: &[Lanes; 16]) -> [Lanes; 16] {
    // SAFETY: every x86-64 processor has SSE2.
    unsafe { sse2::transposed(rows) }
}

#[cfg(target_arch = "x86_64")]
mod sse2 {
    use super::Lanes;
    use std::arch::x86_64::*;
    use std::mem::transmute;

    /// Rows of the first half and of the second one by turns, four times: places move from the number of a row to that of
    /// a column bit by bit.
    #[inline]
    #[target_feature(enable = "sse2")]
    pub fn transposed(rows: &[Lanes; 16]) -> [Lanes; 16] {
        // SAFETY: 16 times 16 bytes either way, and every bit pattern is a value of both.
        let mut all = unsafe { transmute::<[Lanes; 16], [__m128i; 16]>(*rows) };
        for _ in 0..4 {
            let from = all;
            for at in 0..8 {
                all[2 * at] = _mm_unpacklo_epi8(from[at], from[at + 8]);
                all[2 * at + 1] = _mm_unpackhi_epi8(from[at], from[at + 8]);
            }
        }
        // SAFETY: as above.
        unsafe { transmute::<[__m128i; 16], [Lanes; 16]>(all) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_become_rows() {
        let rows: [Lanes; 16] =
            std::array::from_fn(|y| std::array::from_fn(|x| (16 * y + x) as u8));
        let columns = transposed(&rows);
        for (x, column) in columns.iter().enumerate() {
            for (y, value) in column.iter().enumerate() {
                assert_eq!(*value as usize, 16 * y + x);
            }
        }
    }
}
