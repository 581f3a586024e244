//! The inverse DCT of libjpeg's accurate integer method, for samples of 8 and 12 bits.

const CONST_BITS: u32 = 13;

/// The one sample that a block has with nothing but its DC.
#[inline(always)]
pub fn flat(dc: i16) -> u8 {
    (((i32::from(dc) + 4) >> 3) + 128).clamp(0, 255) as u8
}

/// Samples of 8 bits from a block of dequantized coefficients: the plain twin of what `simd` has.
///
/// Sums are those that fit where they fit in 16 bits; only damaged files make others.
#[cfg(any(test, not(target_arch = "x86_64")))]
pub fn plain(block: &[i16; 64]) -> [[u8; 8]; 8] {
    let mut work = [[0i16; 8]; 8];
    for x in 0..8 {
        let column = std::array::from_fn(|y| block[y * 8 + x]);
        for (row, value) in work.iter_mut().zip(narrow_pass(column, CONST_BITS - 2)) {
            row[x] = value;
        }
    }
    let sample = |value: i16| (value.clamp(-128, 127) + 128) as u8;
    work.map(|row| narrow_pass(row, CONST_BITS + 5).map(sample))
}

/// One dimension of 16-bit numbers.
#[cfg(any(test, not(target_arch = "x86_64")))]
fn narrow_pass(v: [i16; 8], shift: u32) -> [i16; 8] {
    // What is added before it is multiplied has 16 bits.
    let first = |sign: i16| i32::from(v[0].wrapping_add(v[4].wrapping_mul(sign))) << CONST_BITS;
    let (z3, z4) = (v[7].wrapping_add(v[3]), v[5].wrapping_add(v[1]));
    let narrow = |value: i32| value.clamp(i16::MIN.into(), i16::MAX.into()) as i16;
    pass(v.map(i32::from), [first(1), first(-1)], (z3.into(), z4.into()), shift).map(narrow)
}

/// Turns quantized coefficients into samples of 12 bits, in place.
pub fn twelve_bits(block: &mut [i16; 64], table: &[u16; 64]) {
    let mut work = [0i32; 64];
    for x in 0..8 {
        let column = std::array::from_fn(|y| {
            i32::from(block[y * 8 + x]).wrapping_mul(i32::from(table[y * 8 + x]))
        });
        // One bit less is kept between the passes than of 8 bits.
        let out = wide_pass(column, CONST_BITS - 1);
        for (y, value) in out.into_iter().enumerate() {
            work[y * 8 + x] = value;
        }
    }
    for y in 0..8 {
        let row = std::array::from_fn(|x| work[y * 8 + x]);
        let out = wide_pass(row, CONST_BITS + 4);
        for (x, value) in out.into_iter().enumerate() {
            block[y * 8 + x] = value.saturating_add(2048).clamp(0, 4095) as i16;
        }
    }
}

fn wide_pass(v: [i32; 8], shift: u32) -> [i32; 8] {
    let first = [v[0].wrapping_add(v[4]), v[0].wrapping_sub(v[4])];
    let sums = (v[7].wrapping_add(v[3]), v[5].wrapping_add(v[1]));
    pass(v, first.map(|sum| sum.wrapping_shl(CONST_BITS)), sums, shift)
}

/// One dimension (Loeffler, Ligtenberg and Moschytz), from the sum and difference of the even ends, and the sums of the
/// odd ones. Only damaged files make sums wrap.
#[inline(always)]
fn pass(v: [i32; 8], [t0, t1]: [i32; 2], (z3, z4): (i32, i32), shift: u32) -> [i32; 8] {
    let sum = |terms: &[(i32, i32)]| {
        terms
            .iter()
            .fold(0i32, |sum, (value, factor)| sum.wrapping_add(value.wrapping_mul(*factor)))
    };
    let t2 = sum(&[(v[2], 4433), (v[6], 4433 - 15_137)]);
    let t3 = sum(&[(v[2], 4433 + 6270), (v[6], 4433)]);
    let even = [t0.wrapping_add(t3), t1.wrapping_add(t2), t1.wrapping_sub(t2), t0.wrapping_sub(t3)];
    let (a, b, c, d) = (v[7], v[5], v[3], v[1]);
    let (y3, y4) = (sum(&[(z3, 9633 - 16_069), (z4, 9633)]), sum(&[(z3, 9633), (z4, 9633 - 3196)]));
    let odd = [
        sum(&[(d, 12_299 - 7373), (a, -7373), (y4, 1)]),
        sum(&[(c, 25_172 - 20_995), (b, -20_995), (y3, 1)]),
        sum(&[(b, 16_819 - 20_995), (c, -20_995), (y4, 1)]),
        sum(&[(a, 2446 - 7373), (d, -7373), (y3, 1)]),
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
