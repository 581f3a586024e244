//! The inverse DCT: the accurate integer one of libjpeg ("islow"), after Loeffler, Ligtenberg and Moschytz (ICASSP 1989).

/// Bits after the point of the constants.
const BITS: u32 = 13;
/// Bits kept between the two passes.
const KEPT: u32 = 2;

const fn fixed(value: f64) -> i32 {
    (value * (1 << BITS) as f64 + 0.5) as i32
}

const C0_298: i32 = fixed(0.298_631_336);
const C0_390: i32 = fixed(0.390_180_644);
const C0_541: i32 = fixed(0.541_196_100);
const C0_765: i32 = fixed(0.765_366_865);
const C0_899: i32 = fixed(0.899_976_223);
const C1_175: i32 = fixed(1.175_875_602);
const C1_501: i32 = fixed(1.501_321_110);
const C1_847: i32 = fixed(1.847_759_065);
const C1_961: i32 = fixed(1.961_570_560);
const C2_053: i32 = fixed(2.053_119_869);
const C2_562: i32 = fixed(2.562_915_447);
const C3_072: i32 = fixed(3.072_711_026);

/// Eight samples from eight coefficients, scaled by 8 and [`BITS`], before rounding.
fn eight(c: [i32; 8]) -> [i32; 8] {
    let z1 = c[2].wrapping_add(c[6]).wrapping_mul(C0_541);
    let t2 = z1.wrapping_sub(c[6].wrapping_mul(C1_847));
    let t3 = z1.wrapping_add(c[2].wrapping_mul(C0_765));
    let t0 = c[0].wrapping_add(c[4]) << BITS;
    let t1 = c[0].wrapping_sub(c[4]) << BITS;
    let even = [t0.wrapping_add(t3), t1.wrapping_add(t2), t1.wrapping_sub(t2), t0.wrapping_sub(t3)];

    let (a, b, d, e) = (c[7], c[5], c[3], c[1]);
    let (z1, z2) =
        (a.wrapping_add(e).wrapping_mul(-C0_899), b.wrapping_add(d).wrapping_mul(-C2_562));
    let (z3, z4) = (a.wrapping_add(d), b.wrapping_add(e));
    let z5 = z3.wrapping_add(z4).wrapping_mul(C1_175);
    let z3 = z3.wrapping_mul(-C1_961).wrapping_add(z5);
    let z4 = z4.wrapping_mul(-C0_390).wrapping_add(z5);
    let odd = [
        e.wrapping_mul(C1_501).wrapping_add(z1).wrapping_add(z4),
        d.wrapping_mul(C3_072).wrapping_add(z2).wrapping_add(z3),
        b.wrapping_mul(C2_053).wrapping_add(z2).wrapping_add(z4),
        a.wrapping_mul(C0_298).wrapping_add(z1).wrapping_add(z3),
    ];
    let mut out = [0; 8];
    for at in 0..4 {
        out[at] = even[at].wrapping_add(odd[at]);
        out[7 - at] = even[at].wrapping_sub(odd[at]);
    }
    out
}

fn rounded(value: i32, bits: u32) -> i32 {
    value.wrapping_add(1 << (bits - 1)) >> bits
}

/// Samples of 8 bits from dequantized coefficients, row by row.
pub fn samples(coefficients: &[i32; 64]) -> [u8; 64] {
    let mut columns = [0; 64];
    for x in 0..8 {
        let column = eight(std::array::from_fn(|y| coefficients[y * 8 + x]));
        for (y, value) in column.into_iter().enumerate() {
            columns[y * 8 + x] = rounded(value, BITS - KEPT);
        }
    }
    let mut out = [0; 64];
    for (row, out) in columns.as_chunks::<8>().0.iter().zip(out.as_chunks_mut::<8>().0) {
        *out = eight(*row).map(|value| (rounded(value, BITS + KEPT + 3) + 128).clamp(0, 255) as u8);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_comes_within_one_of_the_definition() {
        for seed in 0..50u32 {
            let coefficients: [i32; 64] = std::array::from_fn(|at| {
                let random =
                    (at as u32 + 1).wrapping_mul(2_654_435_761).wrapping_add(seed * 977) >> 16;
                if random.is_multiple_of(3) { (random % 201) as i32 - 100 } else { 0 }
            });
            let got = samples(&coefficients);
            for (at, got) in got.into_iter().enumerate() {
                let mut sum = 0.0;
                for (place, coefficient) in coefficients.iter().enumerate() {
                    let scale = |n: usize| if n == 0 { 0.5f64.sqrt() } else { 1.0 };
                    let cosine = |n: usize, k: usize| {
                        ((2 * n + 1) as f64 * k as f64 * std::f64::consts::PI / 16.0).cos()
                    };
                    let (v, u) = (place / 8, place % 8);
                    sum += scale(u)
                        * scale(v)
                        * f64::from(*coefficient)
                        * cosine(at % 8, u)
                        * cosine(at / 8, v)
                        / 4.0;
                }
                let wanted = (sum + 128.0).round().clamp(0.0, 255.0);
                assert!((wanted - f64::from(got)).abs() <= 1.0, "{wanted} became {got}");
            }
        }
    }
}
