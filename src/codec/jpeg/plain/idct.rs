//! The inverse DCT of libjpeg's accurate integer method, for samples of 8 and 12 bits.

const CONST_BITS: u32 = 13;

/// Turns quantized coefficients into samples of `bits` bits, in place.
pub fn samples(block: &mut [i16; 64], table: &[u16; 64], bits: u8) {
    // Fewer bits are kept between the passes where more are needed before the point.
    let pass_bits = if bits == 8 { 2 } else { 1 };
    let mut work = [0i32; 64];
    for x in 0..8 {
        let column = std::array::from_fn(|y| {
            i32::from(block[y * 8 + x]).wrapping_mul(i32::from(table[y * 8 + x]))
        });
        let out = pass(column, CONST_BITS - pass_bits);
        for (y, value) in out.into_iter().enumerate() {
            work[y * 8 + x] = value;
        }
    }
    let (centre, most) = (1i32 << (bits - 1), (1i32 << bits) - 1);
    for y in 0..8 {
        let row = std::array::from_fn(|x| work[y * 8 + x]);
        let out = pass(row, CONST_BITS + pass_bits + 3);
        for (x, value) in out.into_iter().enumerate() {
            block[y * 8 + x] = value.saturating_add(centre).clamp(0, most) as i16;
        }
    }
}

/// One dimension (Loeffler, Ligtenberg and Moschytz). Only damaged files make sums wrap.
fn pass(v: [i32; 8], shift: u32) -> [i32; 8] {
    let sum = |terms: &[(i32, i32)]| {
        terms
            .iter()
            .fold(0i32, |sum, (value, factor)| sum.wrapping_add(value.wrapping_mul(*factor)))
    };
    let one = 1 << CONST_BITS;
    let (t0, t1) = (sum(&[(v[0], one), (v[4], one)]), sum(&[(v[0], one), (v[4], -one)]));
    let t2 = sum(&[(v[2], 4433), (v[6], 4433 - 15_137)]);
    let t3 = sum(&[(v[2], 4433 + 6270), (v[6], 4433)]);
    let even = [t0.wrapping_add(t3), t1.wrapping_add(t2), t1.wrapping_sub(t2), t0.wrapping_sub(t3)];
    let (a, b, c, d) = (v[7], v[5], v[3], v[1]);
    let z3 = sum(&[(a, 9633 - 16_069), (c, 9633 - 16_069), (b, 9633), (d, 9633)]);
    let z4 = sum(&[(a, 9633), (c, 9633), (b, 9633 - 3196), (d, 9633 - 3196)]);
    let odd = [
        sum(&[(d, 12_299 - 7373), (a, -7373), (z4, 1)]),
        sum(&[(c, 25_172 - 20_995), (b, -20_995), (z3, 1)]),
        sum(&[(b, 16_819 - 20_995), (c, -20_995), (z4, 1)]),
        sum(&[(a, 2446 - 7373), (d, -7373), (z3, 1)]),
    ];
    let descale = |value: i32| value.wrapping_add(1 << (shift - 1)) >> shift;
    std::array::from_fn(|at| {
        if at < 4 {
            descale(even[at].wrapping_add(odd[at]))
        } else {
            descale(even[7 - at].wrapping_sub(odd[7 - at]))
        }
    })
}
