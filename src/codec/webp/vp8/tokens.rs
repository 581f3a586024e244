//! Coefficients of the blocks of a macroblock (RFC 6386, section 13).

use super::bools::Bools;
use super::header::Steps;
use super::tables::Probabilities;
use super::transform;

/// The band of each place of a block.
const BANDS: [usize; 17] = [0, 1, 2, 3, 6, 4, 5, 6, 6, 6, 6, 6, 6, 6, 6, 7, 0];
/// Where in a block each place lies.
const ZIGZAG: [usize; 16] = [0, 1, 4, 8, 5, 2, 3, 6, 9, 12, 13, 10, 7, 11, 14, 15];
/// Probabilities of the extra bits of large values.
const EXTRA: [&[u8]; 4] = [
    &[173, 148, 140],
    &[176, 155, 140, 135],
    &[180, 157, 141, 134, 130],
    &[254, 254, 243, 230, 196, 177, 153, 140, 133, 130, 129],
];

/// Which blocks beside or above had coefficients: a bit for each of 4 of Y, 2 of U and 2 of V, and one for Y2.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Context {
    pub y: [bool; 4],
    pub u: [bool; 2],
    pub v: [bool; 2],
    pub y2: bool,
}

impl Context {
    /// After a macroblock without coefficients. One whose blocks are predicted by themselves has no Y2.
    pub fn skip(&mut self, has_y2: bool) {
        let y2 = self.y2 && !has_y2;
        *self = Self { y2, ..Self::default() };
    }
}

/// What a block has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Filled {
    #[default]
    Nothing,
    /// The first coefficient alone.
    First,
    All,
}

/// Dequantized coefficients: 16 blocks of Y, 4 of U, 4 of V.
pub(super) struct Residual {
    pub blocks: [[i16; 16]; 24],
    pub filled: [Filled; 24],
}

impl Default for Residual {
    fn default() -> Self {
        Self { blocks: [[0; 16]; 24], filled: [Filled::Nothing; 24] }
    }
}

impl Residual {
    /// Makes it ready for another macroblock.
    pub fn clear(&mut self) {
        for (block, filled) in self.blocks.iter_mut().zip(&mut self.filled) {
            if *filled != Filled::Nothing {
                *block = [0; 16];
            }
            *filled = Filled::Nothing;
        }
    }

    /// Reads the coefficients of a macroblock into a clear one. True where there were any.
    pub fn read(
        &mut self,
        bools: &mut Bools<'_>,
        probabilities: &Probabilities,
        steps: &Steps,
        has_y2: bool,
        (above, left): (&mut Context, &mut Context),
    ) -> bool {
        // What is read from most stays in registers.
        let mut own = bools.clone();
        let [with_y2, y2, chroma, whole] = probabilities;
        let (probabilities, first) = if has_y2 { (with_y2, 1) } else { (whole, 0) };
        if has_y2 {
            let mut block = [0; 16];
            let context = usize::from(above.y2) + usize::from(left.y2);
            let end = coefficients(&mut own, y2, context, steps.y2, 0, &mut block);
            (above.y2, left.y2) = (end > 0, end > 0);
            if end > 0 {
                for (block, dc) in self.blocks.iter_mut().zip(transform::hadamard(&block)) {
                    block[0] = dc;
                }
            }
        }
        let luma = (&mut above.y[..], &mut left.y[..]);
        self.plane(&mut own, probabilities, steps.y, first, 0, luma);
        let u = (&mut above.u[..], &mut left.u[..]);
        self.plane(&mut own, chroma, steps.uv, 0, 16, u);
        let v = (&mut above.v[..], &mut left.v[..]);
        self.plane(&mut own, chroma, steps.uv, 0, 20, v);
        *bools = own;
        self.filled.iter().any(|filled| *filled != Filled::Nothing)
    }

    /// Blocks from `at` on, row by row.
    #[inline(always)]
    fn plane(
        &mut self,
        bools: &mut Bools<'_>,
        probabilities: &[[[u8; 11]; 3]; 8],
        steps: [i32; 2],
        first: usize,
        at: usize,
        (above, left): (&mut [bool], &mut [bool]),
    ) {
        let mut blocks = self.blocks.iter_mut().zip(&mut self.filled).skip(at);
        for left in left {
            for above in above.iter_mut() {
                let Some((block, filled)) = blocks.next() else { return };
                let context = usize::from(*above) + usize::from(*left);
                let end = coefficients(bools, probabilities, context, steps, first, block);
                (*above, *left) = (end > first, end > first);
                *filled = match end {
                    0 | 1 if block[0] == 0 => Filled::Nothing,
                    0 | 1 => Filled::First,
                    _ => Filled::All,
                };
            }
        }
    }
}

/// Reads the coefficients of a block from place `first` on; the place after the last one.
#[inline(always)]
fn coefficients(
    bools: &mut Bools<'_>,
    probabilities: &[[[u8; 11]; 3]; 8],
    context: usize,
    steps: [i32; 2],
    first: usize,
    block: &mut [i16; 16],
) -> usize {
    let mut place = first;
    let mut current = &probabilities[BANDS[place]][context.min(2)];
    while place < 16 {
        if !bools.is(current[0]) {
            return place;
        }
        while !bools.is(current[1]) {
            place += 1;
            if place == 16 {
                return 16;
            }
            current = &probabilities[BANDS[place]][0];
        }
        let next = &probabilities[BANDS[place + 1]];
        let value = if bools.is(current[2]) {
            let value = large(bools, current);
            current = &next[2];
            value
        } else {
            current = &next[1];
            1
        };
        let step = steps[usize::from(place > 0)];
        block[ZIGZAG[place]] = (bools.signed(value) * step) as i16;
        place += 1;
    }
    16
}

/// A value of 2 or more.
fn large(bools: &mut Bools<'_>, probabilities: &[u8; 11]) -> i32 {
    let p = probabilities;
    let value = if !bools.is(p[3]) {
        if bools.is(p[4]) { 3 + bools.bit(p[5]) } else { 2 }
    } else if !bools.is(p[6]) {
        if bools.is(p[7]) {
            let high = bools.bit(165);
            7 + 2 * high + bools.bit(145)
        } else {
            5 + bools.bit(159)
        }
    } else {
        let high = bools.is(p[8]);
        let low = bools.is(if high { p[10] } else { p[9] });
        let category = 2 * usize::from(high) + usize::from(low);
        let extra = EXTRA[category].iter().fold(0, |value, p| 2 * value + bools.bit(*p));
        extra + 3 + (8 << category)
    };
    value as i32
}
