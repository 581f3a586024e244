//! Smoothing across the edges of macroblocks and blocks (RFC 6386, section 15), 16 places of an edge at a time.

use super::header::Strength;

/// Samples along an edge.
pub(super) type Lanes = [u8; 16];

/// What decides where an edge is smoothed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// What the two sides may differ by: 4 times the samples at the edge and once those next to them, halved.
    pub edge: u8,
    pub interior: u8,
    pub high_variance: u8,
}

impl Limits {
    /// For the edges between macroblocks.
    pub fn outer(strength: Strength) -> Self {
        Self::new(strength, 4)
    }

    /// For those within one.
    pub fn inner(strength: Strength) -> Self {
        Self::new(strength, 0)
    }

    fn new(strength: Strength, more: u8) -> Self {
        Self {
            edge: strength.limit + more,
            interior: strength.interior,
            high_variance: strength.high_variance,
        }
    }
}

/// The two samples at the edge alone; `rows` are the two on each side of it.
#[cfg(any(test, not(target_arch = "x86_64")))]
pub(super) fn simple([above, first, last, below]: [&mut Lanes; 4], limits: Limits) {
    for at in 0..16 {
        let [p1, p0, q0, q1] = [above[at], first[at], last[at], below[at]].map(i16::from);
        let wanted = 2 * (p0 - q0).abs() + (p1 - q1).abs() / 2 <= limits.edge.into();
        let (down, up) = common(byte(byte(p1 - q1) + 3 * (q0 - p0)));
        first[at] = if wanted { sample(p0 + down) } else { first[at] };
        last[at] = if wanted { sample(q0 - up) } else { last[at] };
    }
}

/// An edge between macroblocks; `rows` are the four on each side of it.
#[cfg(any(test, not(target_arch = "x86_64")))]
pub(super) fn outer(mut rows: [&mut Lanes; 8], limits: Limits) {
    for at in 0..16 {
        let places: [i16; 8] = std::array::from_fn(|row| i16::from(rows[row][at]));
        let (wanted, rough) = looked_at(&places, limits);
        let [_, p2, p1, p0, q0, q1, q2, _] = places;
        let difference = byte(byte(p1 - q1) + 3 * (q0 - p0));
        let (down, up) = common(difference);
        let [a, b, c] = [27, 18, 9].map(|weight| (weight * difference + 63) >> 7);
        let made = [
            if rough { p2 } else { p2 + c },
            if rough { p1 } else { p1 + b },
            p0 + if rough { down } else { a },
            q0 - if rough { up } else { a },
            if rough { q1 } else { q1 - b },
            if rough { q2 } else { q2 - c },
        ];
        for (row, made) in rows[1..7].iter_mut().zip(made) {
            row[at] = if wanted { sample(made) } else { row[at] };
        }
    }
}

/// An edge between the blocks of a macroblock; `rows` are the four on each side of it.
#[cfg(any(test, not(target_arch = "x86_64")))]
pub(super) fn inner(mut rows: [&mut Lanes; 8], limits: Limits) {
    for at in 0..16 {
        let places: [i16; 8] = std::array::from_fn(|row| i16::from(rows[row][at]));
        let (wanted, rough) = looked_at(&places, limits);
        let [_, _, p1, p0, q0, q1, _, _] = places;
        let outer = if rough { byte(p1 - q1) } else { 0 };
        let (down, up) = common(byte(outer + 3 * (q0 - p0)));
        let more = if rough { 0 } else { (up + 1) >> 1 };
        let made = [p1 + more, p0 + down, q0 - up, q1 - more];
        for (row, made) in rows[2..6].iter_mut().zip(made) {
            row[at] = if wanted { sample(made) } else { row[at] };
        }
    }
}

/// Whether a place is smoothed, and whether the variance there is high.
#[cfg(any(test, not(target_arch = "x86_64")))]
#[inline(always)]
fn looked_at([p3, p2, p1, p0, q0, q1, q2, q3]: &[i16; 8], limits: Limits) -> (bool, bool) {
    let most = [p3 - p2, p2 - p1, p1 - p0, q3 - q2, q2 - q1, q1 - q0]
        .map(i16::abs)
        .into_iter()
        .fold(0, i16::max);
    let edge = 2 * (p0 - q0).abs() + (p1 - q1).abs() / 2;
    let variance = (p1 - p0).abs().max((q1 - q0).abs());
    let wanted = (edge <= limits.edge.into()) & (most <= limits.interior.into());
    (wanted, variance > limits.high_variance.into())
}

/// What is added above the edge, and taken away below it.
#[cfg(any(test, not(target_arch = "x86_64")))]
#[inline(always)]
fn common(difference: i16) -> (i16, i16) {
    ((difference + 3).min(127) >> 3, (difference + 4).min(127) >> 3)
}

/// A value within those of a signed byte.
#[cfg(any(test, not(target_arch = "x86_64")))]
#[inline(always)]
fn byte(value: i16) -> i16 {
    value.clamp(-128, 127)
}

#[cfg(any(test, not(target_arch = "x86_64")))]
#[inline(always)]
fn sample(value: i16) -> u8 {
    value.clamp(0, 255) as u8
}
