//! The forward DCT of 8 x 8 samples and quantization, as libjpeg's accurate integer method computes them.
//!
//! Loeffler, Ligtenberg and Moschytz' algorithm with 12 multiplications, 13 bits after the point. This is the plain code,
//! for processors that [`super::simd`] has no vectors for, and what its tests hold them to. Its loops are written so that
//! the compiler turns them into vector instructions all the same; each remark below was measured.

use super::quantize::{Coefficients, Pair, Quantizer, in_zigzag};

/// Stored samples.
type Samples = [[u8; 8]; 8];

/// Centred samples or coefficients, row by row.
type Block = [[i16; 8]; 8];

/// Bits after the point of the factors.
const CONST_BITS: i32 = 13;
/// Bits after the point that the first pass leaves.
const PASS_BITS: i32 = 2;

/// Transforms and quantizes two blocks side by side.
pub fn plain(samples: &Pair, quantizer: &Quantizer, to: &mut [Coefficients; 2]) {
    for (half, to) in to.iter_mut().enumerate() {
        let samples: Samples =
            std::array::from_fn(|y| std::array::from_fn(|x| samples[y][half * 8 + x]));
        let mut block = [[0; 8]; 8];
        transform(&samples, &mut block);
        to.mask = in_zigzag(quantize(quantizer, &mut block));
        to.values = std::array::from_fn(|at| block[at / 8][at % 8]);
    }
}

/// The coefficients of a block, 8 times too large.
#[inline(always)]
fn transform(samples: &Samples, to: &mut Block) {
    let (mut columns, mut rows) = ([[0; 8]; 8], [[0; 8]; 8]);
    transpose(samples, &mut columns);
    centre(&columns, &mut rows);
    pass::<true>(&mut rows);
    transpose(&rows, to);
    pass::<false>(to);
}

/// Divides, and tells with a bit for each which are not zero. One long loop: two short ones are slower.
#[inline(never)]
fn quantize(quantizer: &Quantizer, block: &mut Block) -> u64 {
    let mut found = [0u8; 64];
    let block = block.as_flattened_mut();
    let [correction, reciprocal, scale] = quantizer.factors.each_ref().map(|f| f.as_flattened());
    for at in 0..64 {
        let value = block[at];
        let high = |a: u16, b: u16| ((u32::from(a) * u32::from(b)) >> 16) as u16;
        let sum = value.unsigned_abs().wrapping_add(correction[at]);
        let quotient = high(high(sum, reciprocal[at]), scale[at]) as i16;
        block[at] = if value < 0 { -quotient } else { quotient };
        found[at] = u8::from(quotient != 0);
    }
    let mut bits = 0;
    for (y, found) in found.as_chunks::<8>().0.iter().enumerate() {
        // Gathers the lowest bit of each byte.
        let row = u64::from_le_bytes(*found).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        bits |= row << (8 * y);
    }
    bits
}

/// Three rounds of a perfect shuffle move the lower three bits of an index to its upper end.
#[inline(always)]
fn transpose<T: Copy + Default>(from: &[[T; 8]; 8], to: &mut [[T; 8]; 8]) {
    let mut between = [[T::default(); 8]; 8];
    shuffle_block(from, to);
    shuffle_block(to, &mut between);
    shuffle_block(&between, to);
}

/// Deals the first and the second half out in turn. On its own this becomes a few instructions that interleave;
/// together with other rounds it does not.
#[inline(never)]
fn shuffle_block<T: Copy>(from: &[[T; 8]; 8], to: &mut [[T; 8]; 8]) {
    let (first, second) = from.as_flattened().split_at(32);
    let (pairs, _) = to.as_flattened_mut().as_chunks_mut::<2>();
    for (pair, (a, b)) in pairs.iter_mut().zip(first.iter().zip(second)) {
        *pair = [*a, *b];
    }
}

/// Apart from others for the same reason.
#[inline(never)]
fn centre(samples: &Samples, to: &mut Block) {
    for (to, sample) in to.as_flattened_mut().iter_mut().zip(samples.as_flattened()) {
        *to = i16::from(*sample) - 128;
    }
}

/// `a * x + b * y`. There is an instruction for this on 16-bit numbers, which the compiler takes for factors that are
/// not negative, so below it is the differences that are.
#[inline(always)]
fn dot(a: i16, x: i32, b: i16, y: i32) -> i32 {
    i32::from(a) * x + i32::from(b) * y
}

/// A one-dimensional DCT of each column. No sum of 16 bits overflows for samples of 8 bits.
#[inline(always)]
#[expect(clippy::needless_range_loop, reason = "the lanes of all rows together")]
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
        let (t11, t12, n12) = (t1.wrapping_add(t2), t1.wrapping_sub(t2), t2.wrapping_sub(t1));
        block[0][x] = even(t10.wrapping_add(t11));
        block[4][x] = even(t10.wrapping_sub(t11));
        block[2][x] = narrow(dot(t12, 4433, t13, 4433 + 6270));
        block[6][x] = narrow(dot(n12, 15_137 - 4433, t13, 4433));

        let (t4, t5) = (difference(3, 4), difference(2, 5));
        let (t6, t7) = (difference(1, 6), difference(0, 7));
        let (n4, n5) = (difference(4, 3), difference(5, 2));
        let (n6, n7) = (difference(6, 1), difference(7, 0));
        let (s3, s4) = (t4.wrapping_add(t6), t5.wrapping_add(t7));
        let z3 = dot(n4.wrapping_add(n6), 16_069 - 9633, s4, 9633);
        let z4 = dot(s3, 9633, s4, 9633 - 3196);
        block[7][x] = narrow(dot(n4, 7373 - 2446, n7, 7373) + z3);
        block[5][x] = narrow(dot(n5, 20_995 - 16_819, n6, 20_995) + z4);
        block[3][x] = narrow(dot(n5, 20_995, t6, 25_172 - 20_995) + z3);
        block[1][x] = narrow(dot(n4, 7373, t7, 12_299 - 7373) + z4);
    }
}

#[cfg(test)]
pub mod tests {
    use super::super::super::tables::ZIGZAG;
    use super::*;

    /// Blocks of noise, of extremes, and smooth ones.
    pub fn pairs() -> impl Iterator<Item = Pair> {
        let mut seed = 1u32;
        (0..3000).map(move |kind| {
            std::array::from_fn(|y| {
                std::array::from_fn(|x| {
                    seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    match kind % 3 {
                        0 => (seed >> 24) as u8,
                        1 => (seed >> 31) as u8 * 255,
                        _ => (kind / 12 + x * y) as u8,
                    }
                })
            })
        })
    }

    #[test]
    fn quantization_divides_and_rounds() {
        for step in 1..=255u8 {
            let quantizer = Quantizer::new(&[step; 64]);
            let divisor = i32::from(step) * 8;
            for first in (-16_384i16..16_384).step_by(64) {
                let block: Block =
                    std::array::from_fn(|y| std::array::from_fn(|x| first + (y * 8 + x) as i16));
                let mut quotients = block;
                let found = quantize(&quantizer, &mut quotients);
                let both = block.as_flattened().iter().zip(quotients.as_flattened());
                for (at, (value, got)) in both.enumerate() {
                    let value = i32::from(*value);
                    let expected = (value.abs() + divisor / 2) / divisor * value.signum();
                    assert_eq!(i32::from(*got), expected, "{value} by {step}");
                    assert_eq!(found >> at & 1 == 1, expected != 0);
                }
            }
        }
    }

    #[test]
    fn the_transform_is_that_of_the_standard() {
        for samples in pairs().take(150) {
            let mut to = [Coefficients::NONE; 2];
            plain(&samples, &Quantizer::new(&[1; 64]), &mut to);
            for (half, to) in to.iter().enumerate() {
                for (place, at) in ZIGZAG.into_iter().map(usize::from).enumerate() {
                    let exact = exact(&samples, half, at / 8, at % 8);
                    let got = to.values[at];
                    assert!((f64::from(got) - exact).abs() < 0.75, "{got} for {exact}");
                    assert_eq!(to.mask >> place & 1 == 1, got != 0);
                }
            }
        }
    }

    fn exact(samples: &Pair, half: usize, v: usize, u: usize) -> f64 {
        let norm = |k: usize| if k == 0 { 0.5f64.sqrt() } else { 1.0 };
        let wave = |n: usize, k: usize| {
            ((2 * n + 1) as f64 * k as f64 * std::f64::consts::PI / 16.0).cos()
        };
        let mut sum = 0.0;
        for (y, row) in samples.iter().enumerate() {
            for (x, sample) in row[half * 8..][..8].iter().enumerate() {
                sum += (f64::from(*sample) - 128.0) * wave(x, u) * wave(y, v);
            }
        }
        sum / 4.0 * norm(u) * norm(v)
    }
}
