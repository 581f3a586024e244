//! The forward DCT of 8 x 8 samples and quantization, as libjpeg's accurate integer method computes them.
//!
//! Loupes, Ligtenberg and Moschytz' 12-multiplication algorithm, 13 bits after the point. Each pass is a loop over
//! eight lanes that the compiler turns into vector instructions.

use super::super::tables::ZIGZAG;

/// Samples or coefficients, row by row.
pub type Block = [[i16; 8]; 8];

const CONST_BITS: i32 = 13;
/// Bits after the point that the first pass leaves.
const PASS_BITS: i32 = 2;

/// A block of quantized coefficients: those that are not zero, and the DC.
pub struct Coefficients {
    /// Values by their place in zigzag order; meaningful for the DC and where `mask` has a bit.
    pub values: [i16; 64],
    /// A bit for each place with an AC coefficient other than zero.
    pub mask: u64,
}

impl Coefficients {
    /// None yet.
    pub fn new() -> Self {
        Self { values: [0; 64], mask: 0 }
    }
}

/// Divides by a quantization table, with multiplications.
pub struct Quantizer {
    reciprocal: [u16; 64],
    correction: [u16; 64],
    scale: [u16; 64],
}

impl Quantizer {
    /// `table` row by row.
    pub fn new(table: &[u8; 64]) -> Self {
        let mut quantizer = Self { reciprocal: [0; 64], correction: [0; 64], scale: [0; 64] };
        for (at, step) in table.iter().enumerate() {
            // The DCT's results are 8 times too large.
            let divisor = u32::from(*step) * 8;
            let (reciprocal, correction, shift) = reciprocal(divisor);
            quantizer.reciprocal[at] = reciprocal;
            quantizer.correction[at] = correction;
            quantizer.scale[at] = (1u32 << (16 - shift)) as u16;
        }
        quantizer
    }

    /// Transforms and quantizes `samples`, 128 less than stored ones.
    pub fn transform(&self, samples: &Block, to: &mut Coefficients) {
        let mut block = transposed(samples);
        pass::<true>(&mut block);
        block = transposed(&block);
        pass::<false>(&mut block);
        self.quantize(&block, to);
    }

    fn quantize(&self, block: &Block, to: &mut Coefficients) {
        let block = block.as_flattened();
        let mut quotients = [0i16; 64];
        let mut found = [0u8; 64];
        for at in 0..64 {
            let value = block[at];
            let high = |a: u16, b: u16| ((u32::from(a) * u32::from(b)) >> 16) as u16;
            let sum = value.unsigned_abs().wrapping_add(self.correction[at]);
            let quotient = high(high(sum, self.reciprocal[at]), self.scale[at]) as i16;
            quotients[at] = if value < 0 { -quotient } else { quotient };
            found[at] = u8::from(quotient != 0);
        }
        to.values[0] = quotients[0];
        to.mask = 0;
        for (row, found) in found.as_chunks::<8>().0.iter().enumerate() {
            // Gathers the lowest bit of each byte.
            let mut bits = u64::from_le_bytes(*found).wrapping_mul(0x0102_0408_1020_4080) >> 56;
            while bits != 0 {
                let at = row * 8 + bits.trailing_zeros() as usize;
                bits &= bits - 1;
                let place = usize::from(PLACES[at & 63]);
                to.values[place & 63] = quotients[at & 63];
                to.mask |= 1 << (place & 63);
            }
        }
        to.mask &= !1;
    }
}

/// The place in zigzag order of each coefficient.
const PLACES: [u8; 64] = {
    let mut places = [0; 64];
    let mut place = 0;
    while place < 64 {
        places[ZIGZAG[place] as usize] = place as u8;
        place += 1;
    }
    places
};

/// What makes `((x + correction) * reciprocal) >> 16 >> shift` the same as `x / divisor`, rounded, for 16-bit `x`
/// (libjpeg-turbo's jcdctmgr.c, after Agner Fog).
fn reciprocal(divisor: u32) -> (u16, u16, u32) {
    let bits = divisor.ilog2();
    let mut shift = bits;
    let (quotient, rest) = ((1u32 << (16 + bits)) / divisor, (1u32 << (16 + bits)) % divisor);
    let (mut reciprocal, mut correction) = (quotient, divisor / 2);
    if rest == 0 {
        reciprocal >>= 1;
        shift -= 1;
    } else if rest <= divisor / 2 {
        correction += 1;
    } else {
        reciprocal += 1;
    }
    (reciprocal as u16, correction as u16, shift)
}

fn transposed(block: &Block) -> Block {
    let mut to = [[0; 8]; 8];
    for (y, row) in block.iter().enumerate() {
        for (x, value) in row.iter().enumerate() {
            to[x][y] = *value;
        }
    }
    to
}

/// `a * x + b * y` of 16-bit numbers, for which there is one instruction.
#[inline(always)]
fn dot(a: i16, x: i32, b: i16, y: i32) -> i32 {
    i32::from(a) * x + i32::from(b) * y
}

/// A one-dimensional DCT of each column. No sum of 16 bits overflows for samples of 8 bits.
#[inline(always)]
fn pass<const FIRST: bool>(block: &mut Block) {
    let shift = if FIRST { CONST_BITS - PASS_BITS } else { CONST_BITS + PASS_BITS };
    let narrow = |value: i32| ((value + (1 << (shift - 1))) >> shift) as i16;
    let even = |value: i16| {
        if FIRST { value << PASS_BITS } else { (value + (1 << (PASS_BITS - 1))) >> PASS_BITS }
    };
    for x in 0..8 {
        let column: [i16; 8] = std::array::from_fn(|y| block[y][x]);
        let sum = |a: usize, b: usize| column[a].wrapping_add(column[b]);
        let difference = |a: usize, b: usize| column[a].wrapping_sub(column[b]);
        let (t0, t1, t2, t3) = (sum(0, 7), sum(1, 6), sum(2, 5), sum(3, 4));
        let (t10, t13) = (t0.wrapping_add(t3), t0.wrapping_sub(t3));
        let (t11, t12) = (t1.wrapping_add(t2), t1.wrapping_sub(t2));
        block[0][x] = even(t10.wrapping_add(t11));
        block[4][x] = even(t10.wrapping_sub(t11));
        block[2][x] = narrow(dot(t12, 4433, t13, 4433 + 6270));
        block[6][x] = narrow(dot(t12, 4433 - 15_137, t13, 4433));

        let (t4, t5, t6, t7) =
            (difference(3, 4), difference(2, 5), difference(1, 6), difference(0, 7));
        let (s3, s4) = (t4.wrapping_add(t6), t5.wrapping_add(t7));
        let z3 = dot(s3, 9633 - 16_069, s4, 9633);
        let z4 = dot(s3, 9633, s4, 9633 - 3196);
        block[7][x] = narrow(dot(t4, 2446 - 7373, t7, -7373) + z3);
        block[5][x] = narrow(dot(t5, 16_819 - 20_995, t6, -20_995) + z4);
        block[3][x] = narrow(dot(t5, -20_995, t6, 25_172 - 20_995) + z3);
        block[1][x] = narrow(dot(t4, -7373, t7, 12_299 - 7373) + z4);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantization_divides_and_rounds() {
        for step in 1..=255u8 {
            let quantizer = Quantizer::new(&[step; 64]);
            let divisor = i32::from(step) * 8;
            for first in (-16_384i16..16_384).step_by(64) {
                let block: Block =
                    std::array::from_fn(|y| std::array::from_fn(|x| first + (y * 8 + x) as i16));
                let mut to = Coefficients::new();
                quantizer.quantize(&block, &mut to);
                for (at, value) in block.as_flattened().iter().enumerate() {
                    let value = i32::from(*value);
                    let expected = (value.abs() + divisor / 2) / divisor * value.signum();
                    let place = usize::from(PLACES[at]);
                    let set = place == 0 || to.mask >> place & 1 == 1;
                    let got = if set { to.values[place] } else { 0 };
                    assert_eq!(i32::from(got), expected, "{value} by {step}");
                }
            }
        }
    }

    #[test]
    fn the_transform_is_that_of_the_standard() {
        let mut seed = 1u32;
        for _ in 0..200 {
            let block: Block = std::array::from_fn(|_| {
                std::array::from_fn(|_| {
                    seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    (seed >> 24) as i16 - 128
                })
            });
            let mut to = Coefficients::new();
            Quantizer::new(&[1; 64]).transform(&block, &mut to);
            for (place, at) in ZIGZAG.iter().enumerate() {
                let exact = exact(&block, usize::from(at / 8), usize::from(at % 8));
                let set = place == 0 || to.mask >> place & 1 == 1;
                let got = if set { f64::from(to.values[place]) } else { 0.0 };
                assert!((got - exact).abs() < 0.75, "{got} for {exact}");
            }
        }
    }

    fn exact(block: &Block, v: usize, u: usize) -> f64 {
        let norm = |k: usize| if k == 0 { 0.5f64.sqrt() } else { 1.0 };
        let wave = |n: usize, k: usize| {
            ((2 * n + 1) as f64 * k as f64 * std::f64::consts::PI / 16.0).cos()
        };
        let mut sum = 0.0;
        for (y, row) in block.iter().enumerate() {
            for (x, value) in row.iter().enumerate() {
                sum += f64::from(*value) * wave(x, u) * wave(y, v);
            }
        }
        sum / 4.0 * norm(u) * norm(v)
    }
}
