//! Passing over coefficients: where the bits of a block end, and nothing else.

use super::bits::Reader;
use super::blocks;
use super::codes::{Codes, END};
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
    pub fn new(ac: &Codes) -> Self {
        let mut places = [0; PLACES];
        (0u32..).zip(&mut places).for_each(|(bits, place)| *place = entry(ac, bits));
        Self(places)
    }

    /// Passes over a block but for its DC.
    #[inline(always)]
    pub fn block(&self, reader: &mut Reader<'_>, ac: &Codes) -> Result<()> {
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
fn entry(ac: &Codes, bits: u32) -> u16 {
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
