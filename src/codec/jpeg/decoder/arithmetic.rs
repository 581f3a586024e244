//! Arithmetic coding (T.81, annex D) of coefficients, sequential (F.1.4) and progressive (G.1.3).

use super::bits::Bits;
use super::blocks::Band;
use super::header::Part;
use crate::error::{Error, Result};

/// A state of the estimate of probabilities (table D.3): the size of the less probable interval, the states after the less
/// and after the more probable symbol, and whether the symbols change places then.
type State = (u16, u8, u8, bool);

/// The number of the state that never changes, in which both symbols are as probable.
const EVEN: u8 = 113;

/// What was learned of one decision: a state, and with [`ONE`] that 1 is the more probable symbol.
type Learned = u8;

const ONE: u8 = 0x80;

/// Decisions of a DC and of an AC table.
const DC_DECISIONS: usize = 64;
const AC_DECISIONS: usize = 256;

/// Where the decisions about the higher bits of a number begin, after its first ones.
const DC_HIGH: usize = 20;
const AC_HIGH: [usize; 2] = [189, 217];
/// How far after those the decisions about the lower bits are.
const LOW: usize = 14;

/// How differences and coefficients are told apart (T.81, B.2.4.3): for each table L and U, and Kx.
#[derive(Clone, Copy, Debug)]
pub struct Conditions {
    dc: [(u8, u8); 4],
    ac: [u8; 4],
}

impl Default for Conditions {
    fn default() -> Self {
        Self { dc: [(0, 1); 4], ac: [5; 4] }
    }
}

impl Conditions {
    /// Takes the content of a DAC segment.
    pub fn read(&mut self, content: &[u8]) -> Result<()> {
        let damaged = || Error::damaged("the conditions of arithmetic coding (DAC) are damaged");
        let (pairs, rest) = content.as_chunks::<2>();
        for &[place, value] in pairs {
            let number = usize::from(place & 15);
            let (low, high) = (value & 15, value >> 4);
            match place >> 4 {
                0 if low <= high => *self.dc.get_mut(number).ok_or_else(damaged)? = (low, high),
                1 if (1..64).contains(&value) => {
                    *self.ac.get_mut(number).ok_or_else(damaged)? = value;
                }
                _ => return Err(damaged()),
            }
        }
        if rest.is_empty() { Ok(()) } else { Err(damaged()) }
    }
}

/// A decoder between two restart markers.
pub struct Decoder {
    /// The interval, and what of the code lies in it. Bits are shifted into the low half of the code.
    interval: u32,
    code: u32,
    /// Bits that the low half holds; `None` before the first decision.
    count: Option<u32>,
    dc: [[Learned; DC_DECISIONS]; 4],
    ac: [[Learned; AC_DECISIONS]; 4],
    /// What the last DC difference of each component was like, as the first of four decisions.
    classes: [usize; 4],
}

impl Decoder {
    pub fn new() -> Self {
        Self {
            interval: 0,
            code: 0,
            count: None,
            dc: [[0; DC_DECISIONS]; 4],
            ac: [[0; AC_DECISIONS]; 4],
            classes: [0; 4],
        }
    }

    /// The next decision (D.2), by what was learned of others like it.
    fn decide(&mut self, learned: &mut Learned, bits: &mut Bits) -> Result<bool> {
        if self.count.is_none() {
            self.code = u32::from(bits.byte_of_data()?) << 16;
            self.code |= u32::from(bits.byte_of_data()?) << 8;
            self.code <<= 8;
            (self.interval, self.count) = (0x1_0000, Some(0));
        }
        let (size, after_less, after_more, changes) =
            STATES[usize::from(*learned & !ONE) % STATES.len()];
        let likely = *learned & ONE;
        let size = u32::from(size);
        self.interval -= size;
        let is_upper = self.code >> 16 >= self.interval;
        if !is_upper && self.interval >= 0x8000 {
            return Ok(likely != 0);
        }
        // The larger interval is that of the more probable symbol, whichever of the two it is.
        let is_likely = is_upper == (self.interval < size);
        if is_upper {
            self.code -= self.interval << 16;
            self.interval = size;
        }
        *learned = match is_likely {
            true => after_more | likely,
            false => after_less | if changes { likely ^ ONE } else { likely },
        };
        self.renew(bits)?;
        Ok((likely != 0) == is_likely)
    }

    /// Doubles the interval until it is large again.
    fn renew(&mut self, bits: &mut Bits) -> Result<()> {
        while self.interval < 0x8000 {
            let count = self.count.unwrap_or(0);
            if count == 0 {
                self.code |= u32::from(bits.byte_of_data()?) << 8;
            }
            self.count = Some(count.checked_sub(1).unwrap_or(7));
            self.interval <<= 1;
            self.code <<= 1;
        }
        Ok(())
    }

    fn even(&mut self, bits: &mut Bits) -> Result<bool> {
        self.decide(&mut { EVEN }, bits)
    }

    fn of_dc(&mut self, table: usize, at: usize, bits: &mut Bits) -> Result<bool> {
        let place = &mut { self.dc[table % 4][at % DC_DECISIONS] };
        let decision = self.decide(place, bits);
        self.dc[table % 4][at % DC_DECISIONS] = *place;
        decision
    }

    fn of_ac(&mut self, table: usize, at: usize, bits: &mut Bits) -> Result<bool> {
        let place = &mut { self.ac[table % 4][at % AC_DECISIONS] };
        let decision = self.decide(place, bits);
        self.ac[table % 4][at % AC_DECISIONS] = *place;
        decision
    }

    /// Coefficients of a block. `previous` is the DC before.
    pub fn block(
        &mut self,
        part: &Part,
        band: Band,
        conditions: &Conditions,
        previous: &mut i32,
        block: &mut [i16; 64],
        bits: &mut Bits,
    ) -> Result<()> {
        if band.first == 0 {
            if band.high > 0 {
                block[0] |= i16::from(self.even(bits)?) << band.low;
                return Ok(());
            }
            let difference = self.difference(part, conditions, bits)?;
            *previous = previous.wrapping_add(difference);
            block[0] = (*previous << band.low) as i16;
            if band.last == 0 {
                return Ok(());
            }
        }
        let band = Band { first: band.first.max(1), ..band };
        if band.high > 0 {
            return self.refine(part.ac, band, block, bits);
        }
        self.coefficients(part.ac, band, conditions, block, bits)
    }

    /// A DC difference (F.1.4.1, F.1.4.4.1).
    fn difference(&mut self, part: &Part, conditions: &Conditions, bits: &mut Bits) -> Result<i32> {
        let table = part.dc;
        let class = self.classes[part.component % 4];
        if !self.of_dc(table, class, bits)? {
            self.classes[part.component % 4] = 0;
            return Ok(0);
        }
        let is_negative = self.of_dc(table, class + 1, bits)?;
        let mut at = class + 2 + usize::from(is_negative);
        let mut size = i32::from(self.of_dc(table, at, bits)?);
        if size > 0 {
            at = DC_HIGH;
            while self.of_dc(table, at, bits)? {
                size <<= 1;
                at += 1;
                if size > 0x4000 {
                    return Err(too_large());
                }
            }
        }
        let (low, high) = conditions.dc[table % 4];
        let large = usize::from(is_negative) * 4;
        self.classes[part.component % 4] = if size < (1 << low) >> 1 {
            0
        } else if size > (1 << high) >> 1 {
            12 + large
        } else {
            4 + large
        };
        let mut value = size;
        while size > 1 {
            size >>= 1;
            if self.of_dc(table, at + LOW, bits)? {
                value |= size;
            }
        }
        Ok(if is_negative { -(value + 1) } else { value + 1 })
    }

    /// The first scan of a band, or all AC coefficients (F.1.4.2, F.1.4.4.2).
    fn coefficients(
        &mut self,
        table: usize,
        band: Band,
        conditions: &Conditions,
        block: &mut [i16; 64],
        bits: &mut Bits,
    ) -> Result<()> {
        let mut place = band.first;
        while place <= band.last {
            if self.of_ac(table, 3 * (place - 1), bits)? {
                break;
            }
            while !self.of_ac(table, 3 * (place - 1) + 1, bits)? {
                place += 1;
                if place > band.last {
                    return Err(too_many());
                }
            }
            let is_negative = self.even(bits)?;
            let value = self.magnitude(table, place, conditions, bits)?;
            let value = if is_negative { -value } else { value };
            block[place % 64] = (value << band.low) as i16;
            place += 1;
        }
        Ok(())
    }

    fn magnitude(
        &mut self,
        table: usize,
        place: usize,
        conditions: &Conditions,
        bits: &mut Bits,
    ) -> Result<i32> {
        let mut at = 3 * (place - 1) + 2;
        let mut size = i32::from(self.of_ac(table, at, bits)?);
        if size > 0 && self.of_ac(table, at, bits)? {
            size = 2;
            at = AC_HIGH[usize::from(place > usize::from(conditions.ac[table % 4]))];
            while self.of_ac(table, at, bits)? {
                size <<= 1;
                at += 1;
                if size > 0x4000 {
                    return Err(too_large());
                }
            }
        }
        let mut value = size;
        while size > 1 {
            size >>= 1;
            if self.of_ac(table, at + LOW, bits)? {
                value |= size;
            }
        }
        Ok(value + 1)
    }

    /// One more bit of a band (G.1.3.3).
    fn refine(
        &mut self,
        table: usize,
        band: Band,
        block: &mut [i16; 64],
        bits: &mut Bits,
    ) -> Result<()> {
        let one = 1i16 << band.low;
        // Before the last coefficient that is known the block cannot end.
        let known = (1..=band.last).rev().find(|place| block[*place % 64] != 0).unwrap_or(0);
        let mut place = band.first;
        while place <= band.last {
            if place > known && self.of_ac(table, 3 * (place - 1), bits)? {
                break;
            }
            loop {
                let coefficient = &mut block[place % 64];
                if *coefficient != 0 {
                    if self.of_ac(table, 3 * (place - 1) + 2, bits)? {
                        let step = if *coefficient < 0 { -one } else { one };
                        *coefficient = coefficient.wrapping_add(step);
                    }
                    break;
                }
                if self.of_ac(table, 3 * (place - 1) + 1, bits)? {
                    *coefficient = if self.even(bits)? { -one } else { one };
                    break;
                }
                place += 1;
                if place > band.last {
                    return Err(too_many());
                }
            }
            place += 1;
        }
        Ok(())
    }
}

#[cold]
fn too_large() -> Error {
    Error::damaged("a coefficient has more than 16 bits")
}

#[cold]
fn too_many() -> Error {
    Error::damaged("a block has more than 64 coefficients")
}

#[rustfmt::skip]
const STATES: [State; 114] = {
    const N: bool = false;
    const C: bool = true;
    [
        (0x5a1d, 1, 1, C), (0x2586, 14, 2, N), (0x1114, 16, 3, N), (0x080b, 18, 4, N), (0x03d8, 20, 5, N),
        (0x01da, 23, 6, N), (0x00e5, 25, 7, N), (0x006f, 28, 8, N), (0x0036, 30, 9, N), (0x001a, 33, 10, N),
        (0x000d, 35, 11, N), (0x0006, 9, 12, N), (0x0003, 10, 13, N), (0x0001, 12, 13, N), (0x5a7f, 15, 15, C),
        (0x3f25, 36, 16, N), (0x2cf2, 38, 17, N), (0x207c, 39, 18, N), (0x17b9, 40, 19, N), (0x1182, 42, 20, N),
        (0x0cef, 43, 21, N), (0x09a1, 45, 22, N), (0x072f, 46, 23, N), (0x055c, 48, 24, N), (0x0406, 49, 25, N),
        (0x0303, 51, 26, N), (0x0240, 52, 27, N), (0x01b1, 54, 28, N), (0x0144, 56, 29, N), (0x00f5, 57, 30, N),
        (0x00b7, 59, 31, N), (0x008a, 60, 32, N), (0x0068, 62, 33, N), (0x004e, 63, 34, N), (0x003b, 32, 35, N),
        (0x002c, 33, 9, N), (0x5ae1, 37, 37, C), (0x484c, 64, 38, N), (0x3a0d, 65, 39, N), (0x2ef1, 67, 40, N),
        (0x261f, 68, 41, N), (0x1f33, 69, 42, N), (0x19a8, 70, 43, N), (0x1518, 72, 44, N), (0x1177, 73, 45, N),
        (0x0e74, 74, 46, N), (0x0bfb, 75, 47, N), (0x09f8, 77, 48, N), (0x0861, 78, 49, N), (0x0706, 79, 50, N),
        (0x05cd, 48, 51, N), (0x04de, 50, 52, N), (0x040f, 50, 53, N), (0x0363, 51, 54, N), (0x02d4, 52, 55, N),
        (0x025c, 53, 56, N), (0x01f8, 54, 57, N), (0x01a4, 55, 58, N), (0x0160, 56, 59, N), (0x0125, 57, 60, N),
        (0x00f6, 58, 61, N), (0x00cb, 59, 62, N), (0x00ab, 61, 63, N), (0x008f, 61, 32, N), (0x5b12, 65, 65, C),
        (0x4d04, 80, 66, N), (0x412c, 81, 67, N), (0x37d8, 82, 68, N), (0x2fe8, 83, 69, N), (0x293c, 84, 70, N),
        (0x2379, 86, 71, N), (0x1edf, 87, 72, N), (0x1aa9, 87, 73, N), (0x174e, 72, 74, N), (0x1424, 72, 75, N),
        (0x119c, 74, 76, N), (0x0f6b, 74, 77, N), (0x0d51, 75, 78, N), (0x0bb6, 77, 79, N), (0x0a40, 77, 48, N),
        (0x5832, 80, 81, C), (0x4d1c, 88, 82, N), (0x438e, 89, 83, N), (0x3bdd, 90, 84, N), (0x34ee, 91, 85, N),
        (0x2eae, 92, 86, N), (0x299a, 93, 87, N), (0x2516, 86, 71, N), (0x5570, 88, 89, C), (0x4ca9, 95, 90, N),
        (0x44d9, 96, 91, N), (0x3e22, 97, 92, N), (0x3824, 99, 93, N), (0x32b4, 99, 94, N), (0x2e17, 93, 86, N),
        (0x56a8, 95, 96, C), (0x4f46, 101, 97, N), (0x47e5, 102, 98, N), (0x41cf, 103, 99, N), (0x3c3d, 104, 100, N),
        (0x375e, 99, 93, N), (0x5231, 105, 102, N), (0x4c0f, 106, 103, N), (0x4639, 107, 104, N), (0x415e, 103, 99, N),
        (0x5627, 105, 106, C), (0x50e7, 108, 107, N), (0x4b85, 109, 103, N), (0x5597, 110, 109, N), (0x504f, 111, 107, N),
        (0x5a10, 110, 111, C), (0x5522, 112, 109, N), (0x59eb, 112, 111, C), (0x5a1d, EVEN, EVEN, N),
    ]
};
