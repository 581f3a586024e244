//! The arithmetic decoder (RFC 6386, section 7).

/// Reads decisions from a partition.
///
/// `value` holds `8 + bits` bits of the stream, of which the topmost are compared with the split; zeros follow the end
/// of the data.
#[derive(Clone)]
pub(super) struct Bools<'a> {
    data: &'a [u8],
    value: u64,
    /// One less than the range of the specification, 127 to 254 between decisions.
    range: u32,
    /// Bits beyond those that the next decision needs; below 0 = more have to be loaded.
    bits: i32,
    ended: bool,
}

impl<'a> Bools<'a> {
    pub fn new(data: &'a [u8]) -> Self {
        Self { data, value: 0, range: 254, bits: -8, ended: false }
    }

    /// Whether a decision was asked for that the data do not have.
    pub fn ended(&self) -> bool {
        self.ended
    }

    #[cold]
    fn load_last(&mut self) {
        let next = match self.data.split_first() {
            Some((first, rest)) => {
                self.data = rest;
                *first
            }
            None => {
                self.ended = true;
                0
            }
        };
        self.value = self.value << 8 | u64::from(next);
        self.bits += 8;
    }

    #[inline(always)]
    fn load(&mut self) {
        match self.data.first_chunk::<8>() {
            Some(next) => {
                self.value = self.value << 56 | u64::from_be_bytes(*next) >> 8;
                self.data = self.data.get(7..).unwrap_or_default();
                self.bits += 56;
            }
            None => self.load_last(),
        }
    }

    /// A decision that is false with `probability` / 256.
    #[inline(always)]
    pub fn is(&mut self, probability: u8) -> bool {
        if self.bits < 0 {
            self.load();
        }
        let split = (self.range * u32::from(probability)) >> 8;
        let above = (self.value >> self.bits) as u32 > split;
        // One more than the new range of the field.
        let range = if above {
            self.value -= u64::from(split + 1) << self.bits;
            self.range - split
        } else {
            split + 1
        };
        let shift = range.leading_zeros() as i32 - 24;
        self.range = (range << shift) - 1;
        self.bits -= shift;
        above
    }

    /// 0 or 1.
    #[inline(always)]
    pub fn bit(&mut self, probability: u8) -> u32 {
        u32::from(self.is(probability))
    }

    /// `value`, or less than 0 by as much. It is never the first decision of a partition, after which the range is below
    /// 255, so that half of it always needs a shift of 1.
    #[inline(always)]
    pub fn signed(&mut self, value: i32) -> i32 {
        if self.bits < 0 {
            self.load();
        }
        let split = self.range >> 1;
        let above = (self.value >> self.bits) as u32 > split;
        let mask = -i32::from(above);
        self.value -= u64::from((split + 1) & mask as u32) << self.bits;
        self.range = self.range.wrapping_add(mask as u32) | 1;
        self.bits -= 1;
        (value ^ mask) - mask
    }

    /// A decision without a probability of its own.
    pub fn flag(&mut self) -> bool {
        self.is(128)
    }

    /// A number of `bits` bits.
    pub fn number(&mut self, bits: u32) -> u32 {
        (0..bits).fold(0, |number, _| number << 1 | self.bit(128))
    }

    /// A number of `bits` bits, and its sign.
    pub fn signed_number(&mut self, bits: u32) -> i32 {
        let number = self.number(bits) as i32;
        if self.flag() { -number } else { number }
    }

    /// A signed number where there is one, else 0.
    pub fn optional(&mut self, bits: u32) -> i32 {
        if self.flag() { self.signed_number(bits) } else { 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The decoder of section 7.3, bit by bit.
    struct OfTheStandard<'a> {
        data: &'a [u8],
        value: u32,
        range: u32,
        count: u32,
    }

    impl OfTheStandard<'_> {
        fn next(&mut self) -> u32 {
            let (first, rest) = self.data.split_first().unwrap_or((&0, &[]));
            self.data = rest;
            u32::from(*first)
        }

        fn is(&mut self, probability: u8) -> bool {
            let split = 1 + (((self.range - 1) * u32::from(probability)) >> 8);
            let above = self.value >= split << 8;
            if above {
                self.range -= split;
                self.value -= split << 8;
            } else {
                self.range = split;
            }
            while self.range < 128 {
                self.value <<= 1;
                self.range <<= 1;
                self.count += 1;
                if self.count == 8 {
                    self.count = 0;
                    self.value |= self.next();
                }
            }
            above
        }
    }

    #[test]
    fn decisions_are_those_of_the_standard() {
        let data: Vec<u8> = (0..997u32).map(|at| (at * at * 31 + at / 7) as u8).collect();
        let mut expected = OfTheStandard { data: &data, value: 0, range: 255, count: 0 };
        expected.value = expected.next() << 8;
        expected.value |= expected.next();
        let mut bools = Bools::new(&data);
        let mut asked = 0u32;
        while !bools.ended() {
            let probability = (asked * 77 + asked / 9) as u8;
            asked += 1;
            if asked.is_multiple_of(5) {
                assert_eq!(bools.signed(3), if expected.is(128) { -3 } else { 3 }, "{asked}");
            } else {
                assert_eq!(bools.is(probability), expected.is(probability), "{asked}");
            }
        }
        assert!(asked > 7000, "{asked}");
    }
}
