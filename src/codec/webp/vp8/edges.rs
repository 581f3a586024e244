//! Which edges of macroblocks are smoothed, and in which order (RFC 6386, section 15).

use super::header::{Smoothing, Strength};
use super::planes::{MARGIN, Plane, Planes};
use super::simd;
use super::smooth::{Lanes, Limits};

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
            Smoothing::Simple => simple(&mut planes.y, column, *edges, at_top),
            Smoothing::Normal => {
                columns(planes, column, *edges);
                rows(planes, column, *edges, at_top);
            }
        }
    }
}

/// Smooths the edge before a column of 16, with as many columns on each side of it as the function takes.
macro_rules! at {
    (4, $smooth:path, $columns:ident, $limits:ident) => {
        let [a, b, c, d, e, f, g, h, ..] = &mut $columns;
        $smooth([a, b, c, d, e, f, g, h], $limits);
    };
    (8, $smooth:path, $columns:ident, $limits:ident) => {
        let [_, _, _, _, a, b, c, d, e, f, g, h, ..] = &mut $columns;
        $smooth([a, b, c, d, e, f, g, h], $limits);
    };
    (12, $smooth:path, $columns:ident, $limits:ident) => {
        let [.., a, b, c, d, e, f, g, h] = &mut $columns;
        $smooth([a, b, c, d, e, f, g, h], $limits);
    };
}

/// Luma alone, and but two samples on each side of an edge.
#[inline(always)]
fn simple(plane: &mut Plane, column: usize, edges: Edges, at_top: bool) {
    let (outer, inner) = (Limits::outer(edges.strength), Limits::inner(edges.strength));
    let x = MARGIN + column * 16;
    if column > 0 {
        let mut columns = simd::transposed(&plane.square(x - 8));
        let [_, _, _, _, _, _, a, b, c, d, ..] = &mut columns;
        simd::simple([a, b, c, d], outer);
        plane.put_square(x - 8, &simd::transposed(&columns));
    }
    if edges.inner {
        let mut columns = simd::transposed(&plane.square(x));
        let [_, _, a, b, c, d, e, f, g, h, i, j, k, l, ..] = &mut columns;
        simd::simple([a, b, c, d], inner);
        simd::simple([e, f, g, h], inner);
        simd::simple([i, j, k, l], inner);
        plane.put_square(x, &simd::transposed(&columns));
    }
    for (y, limits) in places(16, edges, at_top, outer, inner) {
        let (mut a, mut b) = (plane.get(x, y - 2), plane.get(x, y - 1));
        let (mut c, mut d) = (plane.get(x, y), plane.get(x, y + 1));
        simd::simple([&mut a, &mut b, &mut c, &mut d], limits);
        plane.put(x, y - 1, &b);
        plane.put(x, y, &c);
    }
}

/// The edges between columns.
#[inline(always)]
fn columns(planes: &mut Planes, column: usize, edges: Edges) {
    let (outer, inner) = (Limits::outer(edges.strength), Limits::inner(edges.strength));
    let (x, plane) = (MARGIN + column * 16, &mut planes.y);
    if column > 0 {
        let mut columns = simd::transposed(&plane.square(x - 8));
        at!(8, simd::outer, columns, outer);
        plane.put_square(x - 8, &simd::transposed(&columns));
    }
    if edges.inner {
        let mut columns = simd::transposed(&plane.square(x));
        at!(4, simd::inner, columns, inner);
        at!(8, simd::inner, columns, inner);
        at!(12, simd::inner, columns, inner);
        plane.put_square(x, &simd::transposed(&columns));
    }
    if column == 0 && !edges.inner {
        return;
    }
    let x = MARGIN + column * 8 - 8;
    let mut columns = simd::transposed(&planes.chroma_square(x));
    if column > 0 {
        at!(8, simd::outer, columns, outer);
    }
    if edges.inner {
        at!(12, simd::inner, columns, inner);
    }
    planes.put_chroma_square(x, &simd::transposed(&columns));
}

/// The edges between rows.
#[inline(always)]
fn rows(planes: &mut Planes, column: usize, edges: Edges, at_top: bool) {
    let (outer, inner) = (Limits::outer(edges.strength), Limits::inner(edges.strength));
    let x = MARGIN + column * 16;
    for (y, limits) in places(16, edges, at_top, outer, inner) {
        let plane = &mut planes.y;
        let (a, b) = (plane.get(x, y - 4), plane.get(x, y - 3));
        let (c, d) = (plane.get(x, y - 2), plane.get(x, y - 1));
        let (e, f) = (plane.get(x, y), plane.get(x, y + 1));
        let (g, h) = (plane.get(x, y + 2), plane.get(x, y + 3));
        let made = either([a, b, c, d, e, f, g, h], y == 0, limits);
        for (y, row) in (y - 3..).zip(&made[1..7]) {
            plane.put(x, y, row);
        }
    }
    let x = MARGIN + column * 8;
    for (y, limits) in places(8, edges, at_top, outer, inner) {
        let (a, b) = (planes.chroma(x, y - 4), planes.chroma(x, y - 3));
        let (c, d) = (planes.chroma(x, y - 2), planes.chroma(x, y - 1));
        let (e, f) = (planes.chroma(x, y), planes.chroma(x, y + 1));
        let (g, h) = (planes.chroma(x, y + 2), planes.chroma(x, y + 3));
        let made = either([a, b, c, d, e, f, g, h], y == 0, limits);
        for (y, row) in (y - 3..).zip(&made[1..7]) {
            planes.put_chroma(x, y, row);
        }
    }
}

#[inline(always)]
fn either(mut rows: [Lanes; 8], is_outer: bool, limits: Limits) -> [Lanes; 8] {
    let [a, b, c, d, e, f, g, h] = &mut rows;
    if is_outer {
        simd::outer([a, b, c, d, e, f, g, h], limits);
    } else {
        simd::inner([a, b, c, d, e, f, g, h], limits);
    }
    rows
}

/// The rows below edges, of `height`.
#[inline(always)]
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
