//! Rows of R, G and B of luma and of chroma, which has half as many rows and columns.
//!
//! RFC 9649 leaves both steps open: they are those of libwebp, whose pixels everyone compares with.

use super::planes::Planes;
use super::simd;
use crate::error::Result;
use crate::limits::Budget;
use crate::memory::Scratch;

/// Work space for a row.
pub(super) struct Rows {
    u: Scratch,
    v: Scratch,
    pub rgb: [Scratch; 3],
    width: usize,
}

impl Rows {
    pub fn new(width: usize, budget: &Budget) -> Result<Self> {
        let row = |width| Scratch::new(width, "a row", budget);
        // Twice the samples of a row of chroma.
        let doubled = width.next_multiple_of(2);
        Ok(Self {
            u: row(doubled)?,
            v: row(doubled)?,
            rgb: [row(width)?, row(width)?, row(width)?],
            width,
        })
    }

    /// Makes a row; `luma` is its number in the planes, `near` and `far` those of the rows of chroma that it is between.
    pub fn make(&mut self, planes: &Planes, luma: isize, near: isize, far: isize) {
        let half = self.u.len() / 2;
        for (plane, to) in [(&planes.u, &mut self.u), (&planes.v, &mut self.v)] {
            let [near, far] = [near, far].map(|row| plane.row(row).get(..half).unwrap_or_default());
            simd::double(near, far, to);
        }
        let [y, u, v] = [planes.y.row(luma), &self.u, &self.v]
            .map(|row| row.get(..self.width).unwrap_or_default());
        let [r, g, b] = &mut self.rgb;
        simd::colours([y, u, v], [r, g, b]);
    }
}

/// Twice as many samples of two rows, each of the nearest two of both: 9, 3, 3 and 1 sixteenth of them.
#[inline(always)]
pub(super) fn double(near: &[u8], far: &[u8], to: &mut [u8]) {
    let column = |(near, far): (&u8, &u8)| 3 * u16::from(*near) + u16::from(*far);
    let blend = |near: u16, far: u16| ((3 * near + far + 8) >> 4) as u8;
    let pairs = to.as_chunks_mut::<2>().0;
    let count = pairs.len().min(near.len()).min(far.len());
    let (Some(near), Some(far), Some(pairs)) =
        (near.get(..count), far.get(..count), pairs.get_mut(..count))
    else {
        return;
    };
    let (Some(first), Some(last)) = (near.first().zip(far.first()), near.last().zip(far.last()))
    else {
        return;
    };
    // At the ends there is but one column.
    let (first, last) = (column(first), column(last));
    if let [only] = pairs {
        *only = [blend(first, first); 2];
        return;
    }
    let windows = near.windows(3).zip(far.windows(3));
    for (pair, (near, far)) in pairs.iter_mut().skip(1).zip(windows) {
        let at = |place: usize| column((&near[place], &far[place]));
        *pair = [blend(at(1), at(0)), blend(at(1), at(2))];
    }
    let at = |place: usize| column((&near[place], &far[place]));
    pairs[0] = [blend(first, first), blend(first, at(1))];
    pairs[count - 1] = [blend(last, at(count - 2)), blend(last, last)];
}

/// R, G and B of samples of Y, U and V, all rows of the same length: BT.601 with luma from 16 to 235.
#[inline(always)]
pub(super) fn colours([y, u, v]: [&[u8]; 3], [r, g, b]: [&mut [u8]; 3]) {
    let part = |sample: u8, factor: u32| (((u32::from(sample) << 8) * factor) >> 16) as u16;
    let from = y.iter().zip(u).zip(v);
    for ((((y, u), v), r), (g, b)) in from.zip(r).zip(g.iter_mut().zip(b)) {
        let luma = part(*y, 19_077);
        let red = luma as i16 - 14_234 + part(*v, 26_149) as i16;
        let green = luma as i16 + 8_708 - part(*u, 6_419) as i16 - part(*v, 13_320) as i16;
        let blue = (part(*u, 33_050) + luma).saturating_sub(17_685);
        *r = (red >> 6).clamp(0, 255) as u8;
        *g = (green >> 6).clamp(0, 255) as u8;
        *b = (blue >> 6).min(255) as u8;
    }
}
