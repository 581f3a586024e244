//! What was done to pixels before they were coded, undone row by row (RFC 9649, section 3.5).

use super::bits::Bits;
use super::{pixels, simd};
use crate::error::{Error, Result};
use crate::limits::{Budget, Reservation};
use crate::memory;

const BLACK: u32 = 0xff00_0000;

/// A value for each square of pixels.
pub(super) struct Squares {
    values: Vec<u32>,
    across: usize,
    /// Bits of the side of a square.
    side: u32,
    _booked: Reservation,
}

impl Squares {
    fn read(bits: &mut Bits<'_>, (width, height): (u32, u32), budget: &Budget) -> Result<Self> {
        let side = 2 + bits.number(3);
        let size = (width.div_ceil(1 << side), height.div_ceil(1 << side));
        let booked = budget.reserve(u64::from(size.0) * u64::from(size.1) * 4)?;
        let values = pixels::read_small(bits, size, budget)?;
        Ok(Self { values, across: size.0 as usize, side, _booked: booked })
    }

    /// Those of row `y`.
    fn row(&self, y: u32) -> &[u32] {
        let start = (y >> self.side) as usize * self.across;
        self.values.get(start..start + self.across).unwrap_or_default()
    }
}

enum Step {
    /// Pixels are what they are away from what is expected after those above and to the left.
    Predict {
        modes: Squares,
        above: Vec<u32>,
    },
    /// Red and blue are what they are away from a part of green.
    Colour(Squares),
    Green,
    /// Green is a place in a palette, or several of them.
    Palette {
        table: Vec<u32>,
        bits: u32,
        width: usize,
    },
}

/// The steps to undo, in the order in which they were done.
#[derive(Default)]
pub(super) struct Transforms {
    steps: Vec<Step>,
    row: Vec<u32>,
    wide: Vec<u32>,
    booked: Vec<Reservation>,
}

impl Transforms {
    /// Reads what was done to an image of `size`, and how wide the coded one is.
    pub fn read(bits: &mut Bits<'_>, size: (u32, u32), budget: &Budget) -> Result<(Self, u32)> {
        let (mut transforms, mut width) = (Self::default(), size.0);
        let mut seen = [false; 4];
        let room = size.0 as usize + 1;
        while bits.flag() {
            let kind = bits.number(2);
            if std::mem::replace(&mut seen[kind as usize & 3], true) {
                return Err(Error::damaged("the VP8L image has a transform twice"));
            }
            transforms.booked.push(budget.reserve(4 * room as u64)?);
            let step = match kind {
                0 => {
                    let mut above = memory::places(room, "a row")?;
                    above.resize(width as usize + 1, 0);
                    Step::Predict { modes: Squares::read(bits, (width, size.1), budget)?, above }
                }
                1 => Step::Colour(Squares::read(bits, (width, size.1), budget)?),
                2 => Step::Green,
                _ => {
                    let (table, bits) = palette(bits, budget)?;
                    let wide = width as usize;
                    width = width.div_ceil(1 << bits);
                    Step::Palette { table, bits, width: wide }
                }
            };
            transforms.steps.push(step);
        }
        // The last pixels of a palette may reach over the end.
        let room = room + 8;
        transforms.booked.push(budget.reserve(8 * room as u64)?);
        transforms.row = memory::places(room, "a row")?;
        transforms.wide = memory::places(room, "a row")?;
        Ok((transforms, width))
    }

    /// Undoes them for row `y`. Rows come in order.
    pub fn undo<'a>(&'a mut self, y: u32, coded: &'a [u32]) -> &'a [u32] {
        if self.steps.is_empty() {
            return coded;
        }
        self.row.clear();
        let mut steps = self.steps.iter_mut().rev().peekable();
        // A palette is undone from where its indexes lie.
        if !matches!(steps.peek(), Some(Step::Palette { .. })) {
            self.row.extend_from_slice(coded);
        }
        for step in steps {
            match step {
                Step::Predict { modes, above } => simd::predict(&mut self.row, above, modes, y),
                Step::Colour(factors) => simd::colour(&mut self.row, factors, y),
                Step::Green => simd::add_green(&mut self.row),
                Step::Palette { table, bits, width } => {
                    self.wide.clear();
                    let from = if self.row.is_empty() { coded } else { &self.row };
                    unpack(from, table, 1 << *bits, *width, &mut self.wide);
                    std::mem::swap(&mut self.row, &mut self.wide);
                }
            }
        }
        &self.row
    }
}

/// Colours, each coded as what it is away from the one before: those of each value of green, and the bits of how many
/// pixels that is.
fn palette(bits: &mut Bits<'_>, budget: &Budget) -> Result<(Vec<u32>, u32)> {
    let count = 1 + bits.number(8);
    let mut colours = pixels::read_small(bits, (count, 1), budget)?;
    let mut before = 0;
    for colour in &mut colours {
        before = sum(*colour, before);
        *colour = before;
    }
    let bits = match count {
        0..=2 => 3,
        3..=4 => 2,
        5..=16 => 1,
        _ => 0,
    };
    let (per, len) = (1 << bits, 8 >> bits);
    let places = |value: u32| (0..per).map(move |place| value >> (place * len) & ((1 << len) - 1));
    // Places beyond its end are transparent.
    let colour = |index: u32| colours.get(index as usize).copied().unwrap_or(0);
    let mut table = memory::places(256 << bits, "a palette")?;
    table.extend((0..256).flat_map(places).map(colour));
    Ok((table, bits))
}

/// Pixels of the palette; a table holds those of each value of green, one after the other.
fn unpack(row: &[u32], table: &[u32], per: usize, width: usize, to: &mut Vec<u32>) {
    match per {
        2 => unpack_by::<2>(row, table, to),
        4 => unpack_by::<4>(row, table, to),
        8 => unpack_by::<8>(row, table, to),
        _ => {
            let Some(table) = table.first_chunk::<256>() else { return };
            to.extend(row.iter().map(|pixel| table[(pixel >> 8 & 0xff) as usize]));
        }
    }
    to.truncate(width);
}

fn unpack_by<const N: usize>(row: &[u32], table: &[u32], to: &mut Vec<u32>) {
    let table = table.as_chunks::<N>().0;
    for pixel in row {
        if let Some(pixels) = table.get((pixel >> 8 & 0xff) as usize) {
            to.extend_from_slice(pixels);
        }
    }
}

/// Adds what each sample of two pixels is.
#[inline(always)]
fn sum(a: u32, b: u32) -> u32 {
    let one = (a & 0xff00_ff00).wrapping_add(b & 0xff00_ff00) & 0xff00_ff00;
    let other = (a & 0x00ff_00ff).wrapping_add(b & 0x00ff_00ff) & 0x00ff_00ff;
    one | other
}

#[inline(always)]
pub(super) fn add_green(row: &mut [u32]) {
    for pixel in row {
        let green = *pixel >> 8 & 0xff;
        let others = (*pixel & 0x00ff_00ff).wrapping_add(green << 16 | green);
        *pixel = *pixel & 0xff00_ff00 | others & 0x00ff_00ff;
    }
}

#[inline(always)]
pub(super) fn colour(row: &mut [u32], factors: &Squares, y: u32) {
    let part = |factor: u32, sample: u32| {
        ((i32::from(factor as u8 as i8) * i32::from(sample as u8 as i8)) >> 5) as u32
    };
    for (square, factors) in row.chunks_mut(1 << factors.side).zip(factors.row(y)) {
        let factors = *factors;
        for pixel in square {
            let green = *pixel >> 8;
            let red = (*pixel >> 16).wrapping_add(part(factors, green)) & 0xff;
            let blue = pixel.wrapping_add(part(factors >> 8, green));
            let blue = blue.wrapping_add(part(factors >> 16, red)) & 0xff;
            *pixel = *pixel & 0xff00_ff00 | red << 16 | blue;
        }
    }
}

#[inline(always)]
pub(super) fn predict(row: &mut [u32], above: &mut [u32], modes: &Squares, y: u32) {
    let Some((first, rest)) = row.split_first_mut() else { return };
    if y == 0 {
        *first = sum(*first, BLACK);
        let mut left = *first;
        for pixel in rest {
            left = sum(*pixel, left);
            *pixel = left;
        }
    } else {
        *first = sum(*first, above.first().copied().unwrap_or(0));
        // What is above and to the right of the last pixel is the first one of its own row.
        if let Some(last) = above.last_mut() {
            *last = *first;
        }
        let (width, side) = (row.len(), 1usize << modes.side);
        for (start, mode) in (0..width).step_by(side).zip(modes.row(y)) {
            let end = width.min(start + side);
            let start = start.max(1);
            let (Some(part), Some(above)) = (row.get_mut(start - 1..end), above.get(start - 1..))
            else {
                continue;
            };
            predict_part(mode >> 8 & 15, part, above);
        }
    }
    for (above, pixel) in above.iter_mut().zip(row) {
        *above = *pixel;
    }
}

/// Pixels after the first, which is the one to the left; `above` begins above that.
#[inline(always)]
fn predict_part(mode: u32, part: &mut [u32], above: &[u32]) {
    match mode {
        1 => each(part, above, |left, _, _, _| left),
        2 => each(part, above, |_, _, top, _| top),
        3 => each(part, above, |_, _, _, right| right),
        4 => each(part, above, |_, corner, _, _| corner),
        5 => each(part, above, |left, _, top, right| mean(mean(left, right), top)),
        6 => each(part, above, |left, corner, _, _| mean(left, corner)),
        7 => each(part, above, |left, _, top, _| mean(left, top)),
        8 => each(part, above, |_, corner, top, _| mean(corner, top)),
        9 => each(part, above, |_, _, top, right| mean(top, right)),
        10 => {
            each(part, above, |left, corner, top, right| mean(mean(left, corner), mean(top, right)))
        }
        11 => each(part, above, |left, corner, top, _| simd::select(left, top, corner)),
        12 => each(part, above, |left, corner, top, _| simd::gradient(left, top, corner)),
        13 => {
            each(part, above, |left, corner, top, _| simd::half_gradient(mean(left, top), corner))
        }
        _ => each(part, above, |_, _, _, _| BLACK),
    }
}

#[inline(always)]
fn each(part: &mut [u32], above: &[u32], expected: impl Fn(u32, u32, u32, u32) -> u32) {
    let Some((first, rest)) = part.split_first_mut() else { return };
    let mut left = *first;
    for (pixel, above) in rest.iter_mut().zip(above.windows(3)) {
        left = sum(*pixel, expected(left, above[0], above[1], above[2]));
        *pixel = left;
    }
}

/// Of each sample, rounded down.
#[inline(always)]
fn mean(a: u32, b: u32) -> u32 {
    (((a ^ b) & 0xfefe_fefe) >> 1) + (a & b)
}
