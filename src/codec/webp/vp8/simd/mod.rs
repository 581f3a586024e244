//! The loops that every sample goes through, compiled for what every processor has and for AVX2, and chosen between when
//! they run. Both give the same bytes.

#![allow(
    unsafe_code,
    reason = "arrays become vectors, and code for AVX2 is called after a look at the processor"
)]

#[cfg(target_arch = "x86_64")]
#[path = "edges.rs"]
mod sse2_edges;

use super::edges::{self, Edges};
use super::header::Smoothing;
use super::planes::Planes;
#[cfg(any(test, not(target_arch = "x86_64")))]
use super::smooth;
use super::smooth::{Lanes, Limits};
use super::{Decoder, macroblocks, rows};
use crate::error::Result;

twice!(macroblocks = macroblocks::decode: (decoder: &mut Decoder<'_, '_>, row: u32) -> Result<()>);
twice!(smooth = edges::smooth: (planes: &mut Planes, smoothing: Smoothing, edges: &[Edges], at_top: bool));
twice!(double = rows::double: (near: &[u8], far: &[u8], to: &mut [u8]));
twice!(colours = rows::colours: (yuv: [&[u8]; 3], rgb: [&mut [u8]; 3]));

/// Smoothing of an edge, in vectors where there are some.
macro_rules! edge {
    ($name:ident, $count:literal) => {
        #[doc = concat!("See [`smooth::", stringify!($name), "`].")]
        #[inline(always)]
        pub fn $name(rows: [&mut Lanes; $count], limits: Limits) {
            #[cfg(not(target_arch = "x86_64"))]
            smooth::$name(rows, limits);
            #[cfg(target_arch = "x86_64")]
            // SAFETY: every x86-64 processor has SSE2.
            unsafe {
                sse2_edges::$name(rows, limits);
            }
        }
    };
}

edge!(simple, 4);
edge!(inner, 8);
edge!(outer, 8);

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

    #[test]
    fn edges_in_vectors_have_the_bytes_of_the_plain_code() {
        let mut state = 1u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        };
        let mut changed = 0;
        for round in 0..20_000 {
            // From flat to anything.
            let spread = [4, 16, 60, 255][round % 4];
            let base = next();
            let rows: [Lanes; 8] = std::array::from_fn(|_| {
                std::array::from_fn(|_| {
                    base.saturating_add(next() % spread).wrapping_add(round as u8 / 99)
                })
            });
            let limits =
                Limits { edge: next() % 194, interior: next() % 64, high_variance: next() % 3 };
            let mut pairs = [(rows, rows), (rows, rows), (rows, rows)];
            let [(a, b), (c, d), (e, f)] = &mut pairs;
            smooth::outer(a.each_mut(), limits);
            outer(b.each_mut(), limits);
            smooth::inner(c.each_mut(), limits);
            inner(d.each_mut(), limits);
            for (rows, function) in [(e, smooth::simple as fn(_, _)), (f, simple as fn(_, _))] {
                let [_, _, p1, p0, q0, q1, _, _] = rows.each_mut();
                function([p1, p0, q0, q1], limits);
            }
            for (plain, vectors) in pairs {
                assert_eq!(plain, vectors, "{limits:?} {rows:?}");
                changed += usize::from(plain != rows);
            }
        }
        assert!(changed > 20_000, "{changed}");
    }
}
