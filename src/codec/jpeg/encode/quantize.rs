//! Blocks of quantized coefficients, and the numbers that quantize them.

use super::super::tables::ZIGZAG;

/// Rows of the samples of two blocks side by side.
pub type Pair = [[u8; 16]; 8];

/// A block of quantized coefficients.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Coefficients {
    /// Row by row.
    pub values: [i16; 64],
    /// A bit for each place in zigzag order with a coefficient other than zero. That of the DC means nothing.
    pub mask: u64,
}

impl Coefficients {
    /// None yet.
    pub const NONE: Self = Self { values: [0; 64], mask: 0 };
}

/// Bits of a block row by row in zigzag order.
#[inline(always)]
pub fn in_zigzag(bits: u64) -> u64 {
    let rows = PLACES.iter().zip(bits.to_le_bytes());
    rows.fold(0, |mask, (places, row)| mask | places[usize::from(row)])
}

/// The bits in zigzag order of each row of bits.
static PLACES: [[u64; 256]; 8] = {
    let mut places = [[0; 256]; 8];
    let mut place = 0;
    while place < 64 {
        let (y, x) = ((ZIGZAG[place] / 8) as usize, ZIGZAG[place] % 8);
        let mut row = 0;
        while row < 256 {
            places[y][row] |= (row as u64 >> x & 1) << place;
            row += 1;
        }
        place += 1;
    }
    places
};

/// Divides by a quantization table, with multiplications.
pub struct Quantizer {
    /// For each coefficient the correction, reciprocal and scale that `x / divisor` is computed with:
    /// `(x + correction) * reciprocal * scale`, the upper 16 bits of each product.
    pub factors: [Factors; 3],
}

/// One number for each coefficient, row by row.
pub type Factors = [[u16; 8]; 8];

impl Quantizer {
    /// `table` row by row.
    pub fn new(table: &[u8; 64]) -> Self {
        let flat: [_; 64] = table.map(|step| {
            // The DCT's results are 8 times too large.
            let (reciprocal, correction, shift) = reciprocal(u32::from(step) * 8);
            [correction, reciprocal, (1u32 << (16 - shift)) as u16]
        });
        let factors = |number: usize| -> Factors {
            std::array::from_fn(|y| std::array::from_fn(|x| flat[y * 8 + x][number]))
        };
        Self { factors: std::array::from_fn(factors) }
    }
}

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
