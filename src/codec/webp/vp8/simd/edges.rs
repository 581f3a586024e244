//! Smoothing of 16 places of an edge in vectors of SSE2, with the bytes of the plain code (`smooth.rs`).

use std::arch::x86_64::*;
use std::mem::transmute;

use crate::codec::webp::vp8::smooth::{Lanes, Limits};

type V = __m128i;

#[inline]
#[target_feature(enable = "sse2")]
fn vector(lanes: &Lanes) -> V {
    // SAFETY: 16 bytes either way, and every bit pattern is a value of both.
    unsafe { transmute::<Lanes, V>(*lanes) }
}

#[inline]
#[target_feature(enable = "sse2")]
fn lanes(vector: V) -> Lanes {
    // SAFETY: 16 bytes either way, and every bit pattern is a value of both.
    unsafe { transmute::<V, Lanes>(vector) }
}

#[inline]
#[target_feature(enable = "sse2")]
fn all(value: u8) -> V {
    _mm_set1_epi8(value as i8)
}

#[inline]
#[target_feature(enable = "sse2")]
fn apart(a: V, b: V) -> V {
    _mm_or_si128(_mm_subs_epu8(a, b), _mm_subs_epu8(b, a))
}

/// All bits where `value` is at most `limit`.
#[inline]
#[target_feature(enable = "sse2")]
fn at_most(value: V, limit: u8) -> V {
    _mm_cmpeq_epi8(_mm_subs_epu8(value, all(limit)), _mm_setzero_si128())
}

/// Where the two sides of an edge are near enough: half of 4 times one difference and the other.
#[inline]
#[target_feature(enable = "sse2")]
fn near(p1: V, p0: V, q0: V, q1: V, limits: Limits) -> V {
    let outer = _mm_and_si128(_mm_srli_epi16::<1>(apart(p1, q1)), all(0x7f));
    let edge = apart(p0, q0);
    at_most(_mm_adds_epu8(_mm_adds_epu8(edge, edge), outer), limits.edge)
}

/// Samples as signed bytes, and back.
#[inline]
#[target_feature(enable = "sse2")]
fn turned(samples: V) -> V {
    _mm_xor_si128(samples, all(0x80))
}

/// Signed bytes shifted by 3.
#[inline]
#[target_feature(enable = "sse2")]
fn eighth(value: V) -> V {
    let bits = _mm_and_si128(_mm_srli_epi16::<3>(value), all(0x1f));
    _mm_sub_epi8(_mm_xor_si128(bits, all(0x10)), all(0x10))
}

/// `value` and 3 times the step across the edge, held within signed bytes.
#[inline]
#[target_feature(enable = "sse2")]
fn with_step(value: V, p0: V, q0: V) -> V {
    let step = _mm_subs_epi8(q0, p0);
    _mm_adds_epi8(step, _mm_adds_epi8(step, _mm_adds_epi8(step, value)))
}

/// The two samples at the edge, moved by the difference.
#[inline]
#[target_feature(enable = "sse2")]
fn moved(p0: V, q0: V, difference: V) -> (V, V, V) {
    let up = eighth(_mm_adds_epi8(difference, all(4)));
    let down = eighth(_mm_adds_epi8(difference, all(3)));
    (_mm_adds_epi8(p0, down), _mm_subs_epi8(q0, up), up)
}

/// Where a place is smoothed, and, among those, where the variance is low.
#[inline]
#[target_feature(enable = "sse2")]
fn looked_at([p3, p2, p1, p0, q0, q1, q2, q3]: [V; 8], limits: Limits) -> (V, V) {
    let variance = _mm_max_epu8(apart(p1, p0), apart(q1, q0));
    let above = _mm_max_epu8(apart(p3, p2), apart(p2, p1));
    let below = _mm_max_epu8(apart(q3, q2), apart(q2, q1));
    let most = _mm_max_epu8(variance, _mm_max_epu8(above, below));
    let wanted = _mm_and_si128(near(p1, p0, q0, q1, limits), at_most(most, limits.interior));
    (wanted, at_most(variance, limits.high_variance))
}

/// See [`super::super::smooth::simple`].
#[inline]
#[target_feature(enable = "sse2")]
pub fn simple([above, first, last, below]: [&mut Lanes; 4], limits: Limits) {
    let (p1, p0, q0, q1) = (vector(above), vector(first), vector(last), vector(below));
    let wanted = near(p1, p0, q0, q1, limits);
    let (p1, p0, q0, q1) = (turned(p1), turned(p0), turned(q0), turned(q1));
    let difference = _mm_and_si128(with_step(_mm_subs_epi8(p1, q1), p0, q0), wanted);
    let (p0, q0, _) = moved(p0, q0, difference);
    (*first, *last) = (lanes(turned(p0)), lanes(turned(q0)));
}

/// See [`super::super::smooth::inner`].
#[inline]
#[target_feature(enable = "sse2")]
pub fn inner([a, b, c, d, e, f, g, h]: [&mut Lanes; 8], limits: Limits) {
    let (p1, p0, q0, q1) = (vector(c), vector(d), vector(e), vector(f));
    let around = [vector(a), vector(b), p1, p0, q0, q1, vector(g), vector(h)];
    let (wanted, smooth) = looked_at(around, limits);
    let (p1, p0, q0, q1) = (turned(p1), turned(p0), turned(q0), turned(q1));
    let outer = _mm_andnot_si128(smooth, _mm_subs_epi8(p1, q1));
    let difference = _mm_and_si128(with_step(outer, p0, q0), wanted);
    let (p0, q0, up) = moved(p0, q0, difference);
    // Half of it, rounded up.
    let half = _mm_avg_epu8(turned(up), _mm_setzero_si128());
    let half = _mm_and_si128(_mm_sub_epi8(half, all(64)), smooth);
    *c = lanes(turned(_mm_adds_epi8(p1, half)));
    *d = lanes(turned(p0));
    *e = lanes(turned(q0));
    *f = lanes(turned(_mm_subs_epi8(q1, half)));
}

/// 27, 18 and 9 parts of 128 of signed bytes, rounded.
#[inline]
#[target_feature(enable = "sse2")]
fn parts(difference: V) -> [V; 3] {
    let zero = _mm_setzero_si128();
    let nine = |bytes: V| _mm_mulhi_epi16(bytes, _mm_set1_epi16(9 << 8));
    let (low, high) =
        (nine(_mm_unpacklo_epi8(zero, difference)), nine(_mm_unpackhi_epi8(zero, difference)));
    let round = _mm_set1_epi16(63);
    let (one, one_high) = (_mm_add_epi16(low, round), _mm_add_epi16(high, round));
    let (two, two_high) = (_mm_add_epi16(one, low), _mm_add_epi16(one_high, high));
    let (three, three_high) = (_mm_add_epi16(two, low), _mm_add_epi16(two_high, high));
    let both =
        |low: V, high: V| _mm_packs_epi16(_mm_srai_epi16::<7>(low), _mm_srai_epi16::<7>(high));
    [both(three, three_high), both(two, two_high), both(one, one_high)]
}

/// See [`super::super::smooth::outer`].
#[inline]
#[target_feature(enable = "sse2")]
pub fn outer([a, b, c, d, e, f, g, h]: [&mut Lanes; 8], limits: Limits) {
    let (p2, p1, p0, q0, q1, q2) =
        (vector(b), vector(c), vector(d), vector(e), vector(f), vector(g));
    let (wanted, smooth) = looked_at([vector(a), p2, p1, p0, q0, q1, q2, vector(h)], limits);
    let (p2, p1, p0) = (turned(p2), turned(p1), turned(p0));
    let (q0, q1, q2) = (turned(q0), turned(q1), turned(q2));
    let difference = with_step(_mm_subs_epi8(p1, q1), p0, q0);
    let difference = _mm_and_si128(difference, wanted);
    let (p0, q0, _) = moved(p0, q0, _mm_andnot_si128(smooth, difference));
    let [first, second, third] = parts(_mm_and_si128(smooth, difference));
    *b = lanes(turned(_mm_adds_epi8(p2, third)));
    *c = lanes(turned(_mm_adds_epi8(p1, second)));
    *d = lanes(turned(_mm_adds_epi8(p0, first)));
    *e = lanes(turned(_mm_subs_epi8(q0, first)));
    *f = lanes(turned(_mm_subs_epi8(q1, second)));
    *g = lanes(turned(_mm_subs_epi8(q2, third)));
}
