//! LZW as TIFF 6.0 has it (section 13).

use crate::error::{Error, Result};

const CLEAR: u32 = 256;
const END: u32 = 257;
const FIRST: u32 = 258;
/// The code that is never given out: a Clear comes before.
const LAST: u32 = 4095;

/// Places for strings, several times as many as there can be.
const PLACES: usize = 1 << 14;

/// Compresses strips.
pub struct Encoder {
    /// What is at each place: the age of the table, the string before and its next byte, and the code; 12, 20 and 12
    /// bits. What is of another age is not there.
    places: Vec<u64>,
    age: u64,
    out: Bits,
}

impl Encoder {
    /// Takes 128 KiB.
    pub fn new() -> Result<Self> {
        let mut places = Vec::new();
        let made = places.try_reserve_exact(PLACES);
        made.map_err(|_| Error::no_memory(PLACES * 8, "the strings of LZW"))?;
        places.resize(PLACES, 0);
        Ok(Self { places, age: 0, out: Bits::default() })
    }

    /// Appends a strip.
    pub fn encode(&mut self, strip: &[u8], to: &mut Vec<u8>) -> Result<()> {
        // No code has more than 12 bits, and none stands for less than a byte.
        let most = strip.len() + strip.len() / 2 + 1024;
        to.try_reserve(most).map_err(|_| Error::no_memory(most, "a strip"))?;
        self.start_anew();
        self.out.put(CLEAR, 9, to);
        let Some((first, rest)) = strip.split_first() else {
            self.out.put(END, 9, to);
            self.out.finish(to);
            return Ok(());
        };
        let (mut string, mut next, mut width) = (u32::from(*first), FIRST, 9);
        for byte in rest {
            let key = u64::from(string << 8 | u32::from(*byte));
            let place = match self.find(key) {
                Ok(code) => {
                    string = code;
                    continue;
                }
                Err(place) => place,
            };
            self.out.put(string, width, to);
            self.places[place % PLACES] = self.age << 32 | key << 12 | u64::from(next);
            string = u32::from(*byte);
            next += 1;
            if next == LAST {
                self.out.put(CLEAR, width, to);
                self.start_anew();
                (next, width) = (FIRST, 9);
            } else if next == 1 << width {
                width += 1;
            }
        }
        self.out.put(string, width, to);
        // The decoder makes another string of it.
        next += 1;
        if next == LAST {
            self.out.put(CLEAR, width, to);
            width = 9;
        } else if next == 1 << width {
            width += 1;
        }
        self.out.put(END, width, to);
        self.out.finish(to);
        Ok(())
    }

    /// The code of a string, or the place that is free for it.
    #[inline(always)]
    fn find(&self, key: u64) -> std::result::Result<u32, usize> {
        let wanted = self.age << 20 | key;
        let mut place = (key as u32).wrapping_mul(0x9e37_79b1) as usize >> 18;
        loop {
            let found = self.places[place % PLACES];
            if found >> 12 == wanted {
                return Ok((found & 0xfff) as u32);
            }
            if found >> 32 != self.age {
                return Err(place);
            }
            place = (place + 1) % PLACES;
        }
    }

    fn start_anew(&mut self) {
        self.age += 1;
    }
}

/// Bits on their way out, the highest first.
#[derive(Default)]
struct Bits {
    held: u64,
    count: u32,
}

impl Bits {
    #[inline(always)]
    fn put(&mut self, code: u32, width: u32, to: &mut Vec<u8>) {
        self.held = self.held << width | u64::from(code);
        self.count += width;
        if self.count >= 32 {
            self.count -= 32;
            to.extend_from_slice(&((self.held >> self.count) as u32).to_be_bytes());
        }
    }

    fn finish(&mut self, to: &mut Vec<u8>) {
        while self.count > 0 {
            let byte = match self.count.checked_sub(8) {
                Some(below) => self.held >> below,
                None => self.held << (8 - self.count),
            };
            to.push(byte as u8);
            self.count = self.count.saturating_sub(8);
        }
        self.held = 0;
    }
}

#[cfg(test)]
mod tests {
    use weezl::BitOrder;

    use super::*;

    #[test]
    fn another_decoder_reads_strips_of_every_length() {
        let mut state = 1u32;
        let mut noise = move || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state >> 16
        };
        let bytes: Vec<u8> = (0..200_000u32)
            .map(|at| match at / 20_000 % 3 {
                0 => noise() as u8,
                1 => (at / 900) as u8,
                _ => (noise() % 4) as u8,
            })
            .collect();
        let mut encoder = Encoder::new().unwrap();
        // Around each change of the width and the end of the table.
        let lens = (0..1200).chain(3700..4200).chain([30_000, 200_000]);
        for len in lens {
            for strip in [&bytes[..len], &bytes[bytes.len() - len..]] {
                let mut coded = Vec::new();
                encoder.encode(strip, &mut coded).unwrap();
                let mut decoder = weezl::decode::Decoder::with_tiff_size_switch(BitOrder::Msb, 8);
                assert!(decoder.decode(&coded).unwrap() == strip, "{len} bytes");
            }
        }
    }
}
