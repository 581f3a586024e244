//! Bits of a VP8L stream, the lowest of each byte first.

/// Reads bits. Zeros follow the end of the data.
#[derive(Clone)]
pub(super) struct Bits<'a> {
    data: &'a [u8],
    held: u64,
    count: u32,
    /// Bits beyond the end that are held.
    missing: u32,
}

impl<'a> Bits<'a> {
    pub fn new(data: &'a [u8]) -> Self {
        Self { data, held: 0, count: 0, missing: 0 }
    }

    /// Makes at least 56 bits ready.
    #[inline(always)]
    pub fn refill(&mut self) {
        if let Some(next) = self.data.first_chunk::<8>() {
            self.held |= u64::from_le_bytes(*next) << self.count;
            let bytes = (63 - self.count) / 8;
            self.data = self.data.get(bytes as usize..).unwrap_or_default();
            self.count += 8 * bytes;
        } else {
            self.refill_last();
        }
    }

    #[cold]
    fn refill_last(&mut self) {
        // Whole bytes may lie above those that count.
        self.held &= (1 << self.count) - 1;
        while self.count < 56 {
            match self.data.split_first() {
                Some((first, rest)) => {
                    self.held |= u64::from(*first) << self.count;
                    self.data = rest;
                }
                None => self.missing = self.missing.saturating_add(8),
            }
            self.count += 8;
        }
    }

    /// The next bits, lowest first; as many as were made ready count.
    #[inline(always)]
    pub fn peek(&self) -> u64 {
        self.held
    }

    /// Uses up bits that were made ready.
    #[inline(always)]
    pub fn skip(&mut self, count: u32) {
        self.held >>= count & 63;
        self.count = self.count.wrapping_sub(count);
    }

    /// Up to 32 of the bits that were made ready.
    #[inline(always)]
    pub fn ready(&mut self, count: u32) -> u32 {
        let number = self.held & ((1 << count) - 1);
        self.skip(count);
        number as u32
    }

    /// Up to 32 bits.
    pub fn number(&mut self, count: u32) -> u32 {
        self.refill();
        self.ready(count)
    }

    pub fn flag(&mut self) -> bool {
        self.number(1) == 1
    }

    /// Bits that are ready.
    #[inline(always)]
    pub fn left(&self) -> u32 {
        self.count
    }

    /// Whether bits beyond the end were used.
    #[inline(always)]
    pub fn ended(&self) -> bool {
        self.missing > self.count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_from_the_lowest_bit_upwards() {
        let data: Vec<u8> = (0..100u8).map(|at| at.wrapping_mul(71)).collect();
        let bit = |at: usize| u32::from(data[at / 8] >> (at % 8) & 1);
        let mut bits = Bits::new(&data);
        let mut at = 0;
        for count in (1..=32).cycle() {
            if at + count > 800 {
                break;
            }
            let expected = (0..count).map(|place| bit(at + place) << place).sum::<u32>();
            assert_eq!(bits.number(count as u32), expected);
            at += count;
        }
        assert!(!bits.ended());
        bits.number(800 - at as u32);
        assert!(!bits.ended());
        assert!(!bits.flag());
        assert!(bits.ended());
    }
}
