//! Passing over coefficients: where the bits of a block end, and nothing else.

use super::bits::Reader;
use super::blocks;
use super::codes::{Ac, END};
use crate::error::Result;

/// Bits that are looked up.
const LOOK: u32 = 12;

/// Places of a table of that many bits.
const PLACES: usize = 1 << LOOK;

/// The bits that an entry may let go.
const MOST: u32 = 31;

/// No code lies in the bits that are looked up.
const NONE: u16 = 2 * END as u16 - 1;

/// What coefficients the next bits are: how many bits they take, in the lowest five, and how many places of a block above
/// them. After [`END`] places more the block ends.
pub struct Passing([u16; PLACES]);

impl Passing {
    /// Of the table of AC coefficients.
    pub fn new(ac: &Ac) -> Self {
        let mut places = [0; PLACES];
        (0u32..).zip(&mut places).for_each(|(bits, place)| *place = entry(ac, bits));
        Self(places)
    }

    /// Passes over a block but for its DC.
    #[inline(always)]
    pub fn block(&self, reader: &mut Reader<'_>, ac: &Ac) -> Result<()> {
        let mut at = 1;
        while at < 64 {
            if reader.count() <= MOST {
                reader.refill();
            }
            let entry = self.0[reader.peek(LOOK) as usize % PLACES];
            let (len, places) = (u32::from(entry) % 32, usize::from(entry >> 5));
            if at + places < 64 {
                reader.drop(len);
                at += places;
            } else if places >= END && at + places < END + 64 {
                reader.drop(len);
                break;
            } else {
                // A long code, or a block that is full before it ends.
                at += blocks::pass_one(reader, ac, at)?;
            }
        }
        Ok(())
    }
}

/// The coefficients whose codes lie in some bits. Those of the last value may lie behind them.
fn entry(ac: &Ac, bits: u32) -> u16 {
    let (mut len, mut places) = (0, 0);
    let next = bits << (16 - LOOK);
    while let Some((code, symbol)) = ac.code(next << len & 0xffff) {
        let (zeros, size) = (u32::from(symbol >> 4), u32::from(symbol & 15));
        let after = if size > 0 || zeros == 15 { places + zeros + 1 } else { places + END as u32 };
        if len + code > LOOK || len + code + size > MOST || places + zeros + 1 >= END as u32 {
            break;
        }
        (len, places) = (len + code + size, after);
        if places >= END as u32 || len >= LOOK {
            break;
        }
    }
    if len == 0 { NONE << 5 } else { (places << 5 | len) as u16 }
}

#[cfg(test)]
mod tests {
    use super::super::super::tables::Huffman;
    use super::super::bits::Bits;
    use super::super::codes::Codes;
    use super::*;
    use crate::source::Source;

    /// Codes of all lengths from 2 on, for runs of any length, values of any size and ends of blocks.
    fn codes(seed: u32) -> Ac {
        let mut counts = [1; 16];
        counts[0] = 0;
        counts[2..8].fill(2);
        counts[15] = 60;
        let total: usize = counts.iter().map(|count| usize::from(*count)).sum();
        let symbol = |at: u32| match (at + seed) % 7 {
            1 | 3 => 0,
            5 => 0xf0,
            _ => (at.wrapping_mul(seed * 2 + 37) >> 2 & 0x1f) as u8,
        };
        Codes::new(Huffman { counts, symbols: (0..total as u32).map(symbol).collect() }).unwrap()
    }

    #[test]
    fn a_block_ends_where_its_coefficients_do() {
        let (mut blocks_passed, mut damaged) = (0, 0);
        for seed in 0..400u32 {
            let mut state = seed.wrapping_mul(0x9e37_79b9) | 1;
            let mut byte = || {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 24) as u8 % 255
            };
            let bytes: Vec<u8> = (0..600).map(|_| byte()).collect();
            let source = Source::from_bytes(bytes);
            let (ac, mut bits) = (codes(seed), Bits::new(&source, 0).unwrap());
            let mut passed = Bits::new(&source, 0).unwrap();
            loop {
                let mut block = [0; 64];
                let decoded = bits.with(|reader| {
                    blocks::sequential_as_coded(reader, &ac, &mut block)?;
                    reader.refill();
                    Ok(reader.peek(32))
                });
                let ended = passed.with(|reader| {
                    ac.passing().block(reader, &ac)?;
                    reader.refill();
                    Ok(reader.peek(32))
                });
                assert_eq!(decoded.as_ref().ok(), ended.as_ref().ok());
                if decoded.is_err() {
                    damaged += 1;
                    break;
                }
                blocks_passed += 1;
            }
        }
        assert!(blocks_passed > 500 && damaged == 400, "{blocks_passed}, {damaged}");
    }
}
