//! Which edges of macroblocks are smoothed, and in which order (RFC 6386, section 15).

use super::header::{Smoothing, Strength};
use super::planes::{MARGIN, Planes};
use super::simd;
use super::smooth::{self, Lanes, Limits};

/// How a macroblock is smoothed.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Edges {
    pub strength: Strength,
    /// Whether the edges of its blocks are, too.
    pub inner: bool,
}

/// Smooths a row of macroblocks, one after the other.
#[inline(always)]
pub(super) fn smooth(planes: &mut Planes, smoothing: Smoothing, edges: &[Edges], at_top: bool) {
    for (column, edges) in edges.iter().enumerate() {
        if edges.strength.limit == 0 {
            continue;
        }
        match smoothing {
            Smoothing::None => return,
            Smoothing::Simple => simple(planes, column, *edges, at_top),
            Smoothing::Normal => {
                columns(planes, column, *edges);
                rows(planes, column, *edges, at_top);
            }
        }
    }
}

/// Luma alone, and but two samples on each side of an edge.
#[inline(always)]
fn simple(planes: &mut Planes, column: usize, edges: Edges, at_top: bool) {
    let (outer, inner) = (Limits::outer(edges.strength), Limits::inner(edges.strength));
    let (x, plane) = (MARGIN + column * 16, &mut planes.y);
    if column > 0 {
        let mut columns = simd::transposed(&plane.square(x - 8));
        around(&mut columns, 8, |columns| smooth::simple(columns, outer));
        plane.put_square(x - 8, &simd::transposed(&columns));
    }
    if edges.inner {
        let mut columns = simd::transposed(&plane.square(x));
        for edge in [4, 8, 12] {
            around(&mut columns, edge, |columns| smooth::simple(columns, inner));
        }
        plane.put_square(x, &simd::transposed(&columns));
    }
    for (y, limits) in places(16, edges, at_top, outer, inner) {
        let mut rows = std::array::from_fn(|at| plane.get(x, y - 2 + at as isize));
        smooth::simple(&mut rows, limits);
        plane.put(x, y - 1, &rows[1]);
        plane.put(x, y, &rows[2]);
    }
}

/// The edges between columns.
#[inline(always)]
fn columns(planes: &mut Planes, column: usize, edges: Edges) {
    let (outer, inner) = (Limits::outer(edges.strength), Limits::inner(edges.strength));
    let (x, plane) = (MARGIN + column * 16, &mut planes.y);
    if column > 0 {
        let mut columns = simd::transposed(&plane.square(x - 8));
        around(&mut columns, 8, |columns| smooth::outer(columns, outer));
        plane.put_square(x - 8, &simd::transposed(&columns));
    }
    if edges.inner {
        let mut columns = simd::transposed(&plane.square(x));
        for edge in [4, 8, 12] {
            around(&mut columns, edge, |columns| smooth::inner(columns, inner));
        }
        plane.put_square(x, &simd::transposed(&columns));
    }
    if column == 0 && !edges.inner {
        return;
    }
    let x = MARGIN + column * 8 - 8;
    let mut columns = simd::transposed(&planes.chroma_square(x));
    if column > 0 {
        around(&mut columns, 8, |columns| smooth::outer(columns, outer));
    }
    if edges.inner {
        around(&mut columns, 12, |columns| smooth::inner(columns, inner));
    }
    planes.put_chroma_square(x, &simd::transposed(&columns));
}

/// The edges between rows.
#[inline(always)]
fn rows(planes: &mut Planes, column: usize, edges: Edges, at_top: bool) {
    let (outer, inner) = (Limits::outer(edges.strength), Limits::inner(edges.strength));
    let x = MARGIN + column * 16;
    for (y, limits) in places(16, edges, at_top, outer, inner) {
        let mut rows = std::array::from_fn(|at| planes.y.get(x, y - 4 + at as isize));
        either(&mut rows, y == 0, limits);
        for (y, row) in (y - 3..).zip(&rows[1..7]) {
            planes.y.put(x, y, row);
        }
    }
    let x = MARGIN + column * 8;
    for (y, limits) in places(8, edges, at_top, outer, inner) {
        let mut rows = std::array::from_fn(|at| planes.chroma(x, y - 4 + at as isize));
        either(&mut rows, y == 0, limits);
        for (y, row) in (y - 3..).zip(&rows[1..7]) {
            planes.put_chroma(x, y, row);
        }
    }
}

#[inline(always)]
fn either(rows: &mut [Lanes; 8], is_outer: bool, limits: Limits) {
    if is_outer {
        smooth::outer(rows, limits);
    } else {
        smooth::inner(rows, limits);
    }
}

/// The rows below edges, of `height`.
fn places(
    height: isize,
    edges: Edges,
    at_top: bool,
    outer: Limits,
    inner: Limits,
) -> impl Iterator<Item = (isize, Limits)> {
    let first = if at_top { 4 } else { 0 };
    let end = if edges.inner { height } else { 4 };
    (first..end).step_by(4).map(move |y| (y, if y == 0 { outer } else { inner }))
}

/// Smooths with `N / 2` columns on each side of an edge.
#[inline(always)]
fn around<const N: usize>(
    all: &mut [Lanes; 16],
    edge: usize,
    smooth: impl FnOnce(&mut [Lanes; N]),
) {
    if let Some(columns) = all.get_mut(edge - N / 2..).and_then(|all| all.first_chunk_mut()) {
        smooth(columns);
    }
}
