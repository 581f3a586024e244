//! Huffman tables to decode with: the next bits looked up at once.

use std::iter;
use std::sync::OnceLock;

use super::super::tables::Huffman;
use super::bits::Reader;
use super::passing::Passing;
use crate::error::{Error, Result};
use crate::memory;

/// Of DC differences, which are one of 64 numbers, 9 bits are looked up.
pub type Dc = Codes<512>;

/// Of AC coefficients 11 bits: with 10, pictures with grain take 1 to 3 % longer.
pub type Ac = Codes<2048>;

/// Bits that a code which is looked up and its value may take: as many are left of 56 after the longest of others.
pub const SHORT: u32 = 25;

/// Zeros that stand for the end of a block, and so many more where the symbol has a run.
pub const END: usize = 64;

/// Codes of one length.
#[derive(Clone, Copy, Default)]
struct Len {
    len: u32,
    /// The first code, and the first 16 bits after the last, both left-aligned in 16 bits.
    first: u32,
    limit: u32,
    first_symbol: usize,
}

/// A Huffman table, which looks up so many bits that there are `PLACES` of them, a power of two.
pub struct Codes<const PLACES: usize> {
    /// The code that the next bits begin with; of no bits where it is longer, or it and its value than [`SHORT`].
    short: Box<[Code; PLACES]>,
    /// Those that there are come first; the others have a limit of 0.
    lens: [Len; 16],
    symbols: Vec<u8>,
    passing: OnceLock<Box<Passing>>,
}

#[cold]
fn no_code() -> Error {
    Error::damaged("a Huffman code is not in its table")
}

/// A code of an AC coefficient, whose value follows it: in four bytes from the lowest on the bits of both, the zeros before
/// the coefficient, the bits of the code alone, and 63 less those of the value, which [`Reader::signed_after`] shifts by.
#[derive(Clone, Copy, Default)]
pub struct Code(u32);

impl Code {
    fn new(len: u32, symbol: u8) -> Self {
        let (run, size) = (u32::from(symbol >> 4), u32::from(symbol & 15));
        let zeros = if size == 0 && run < 15 { END as u32 + run } else { run };
        Self((63 - size) << 24 | len << 16 | zeros << 8 | (len + size))
    }

    /// Itself, or a code of no bits, which is looked for among the long ones.
    fn if_short(self) -> Self {
        if self.0 & 255 > SHORT { Self::default() } else { self }
    }

    /// The coefficient's zeros before it: [`END`] of them or more are the end of a block.
    #[inline(always)]
    pub fn zeros(self) -> usize {
        (self.0 >> 8 & 255) as usize
    }

    /// The symbol that the code stands for.
    #[inline(always)]
    pub fn symbol(self) -> u8 {
        (self.0 >> 4) as u8 & 0xf0 | (63 - (self.0 >> 24)) as u8
    }

    /// Lets the code go and gives the value after it, 0 where there is none.
    #[inline(always)]
    pub fn value(self, reader: &mut Reader<'_>) -> i32 {
        let value = reader.signed_after(self.0 >> 16, self.0 >> 24);
        reader.drop(self.0 & 255);
        value
    }

    /// Lets the code go and not the value.
    #[inline(always)]
    fn pass(self, reader: &mut Reader<'_>) {
        reader.drop(self.0 >> 16 & 255);
    }
}

impl<const PLACES: usize> Codes<PLACES> {
    /// Bits that are looked up.
    const LOOK: u32 = PLACES.ilog2();

    /// Fails where there are more codes than bits for them.
    pub fn new(table: Huffman) -> Result<Self> {
        let mut short: Vec<Code> = memory::places(PLACES, "a Huffman table")?;
        let mut lens = [Len::default(); 16];
        let mut places = lens.iter_mut();
        let (mut code, mut symbol) = (0u32, 0);
        for (len, count) in (1u32..).zip(table.counts) {
            let first = code << (16 - len);
            code += u32::from(count);
            if code > 1 << len {
                return Err(Error::damaged("a Huffman table has too many codes"));
            }
            let symbols = table.symbols.iter().skip(symbol).take(usize::from(count));
            if let Some(each) = Self::LOOK.checked_sub(len) {
                // Codes come in their order, so that their places follow each other.
                let each = 1 << each;
                let codes = symbols.map(|it| Code::new(len, *it).if_short());
                codes.for_each(|code| short.extend(iter::repeat_n(code, each)));
            }
            if count > 0
                && let Some(place) = places.next()
            {
                let limit = code << (16 - len);
                *place = Len { len, first, limit, first_symbol: symbol };
            }
            symbol += usize::from(count);
            code <<= 1;
        }
        short.resize(PLACES, Code::default());
        let short = short.into_boxed_slice().try_into();
        let short = short.map_err(|_| Error::damaged("a Huffman table has too many codes"))?;
        Ok(Self { short, lens, symbols: table.symbols, passing: OnceLock::new() })
    }

    /// The next code. As many bits as are looked up must be held.
    #[inline(always)]
    pub fn next(&self, reader: &mut Reader<'_>) -> Result<Code> {
        let code = self.short[reader.peek(Self::LOOK) as usize % PLACES];
        if code.0 != 0 {
            return Ok(code);
        }
        reader.refill();
        // It gets the bits and not the reader, which then need not be in memory; nor does what it gives.
        let code = self.long(reader.peek(16));
        if code.0 == 0 { Err(no_code()) } else { Ok(code) }
    }

    /// The next symbol. As many bits as are looked up must be held.
    #[inline(always)]
    pub fn symbol(&self, reader: &mut Reader<'_>) -> Result<u8> {
        let code = self.next(reader)?;
        code.pass(reader);
        Ok(code.symbol())
    }

    /// The code that 16 bits begin with, or one of no bits.
    #[cold]
    #[inline(never)]
    fn long(&self, next: u32) -> Code {
        self.code(next).map_or(Code::default(), |(len, symbol)| Code::new(len, symbol))
    }

    /// Length and symbol of the code that 16 bits begin with.
    pub fn code(&self, next: u32) -> Option<(u32, u8)> {
        let code = self.lens.iter().find(|code| next < code.limit)?;
        let at = code.first_symbol + (next.wrapping_sub(code.first) >> (16 - code.len)) as usize;
        self.symbols.get(at).map(|symbol| (code.len, *symbol))
    }
}

impl Ac {
    /// What passes over coefficients.
    pub fn passing(&self) -> &Passing {
        self.passing.get_or_init(|| Box::new(Passing::new(self)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::tables::Huffman;
    use super::super::{bits::Bits, blocks};
    use super::*;
    use crate::source::Source;

    #[test]
    fn the_longest_codes_and_values_do_not_run_out_of_bits() {
        let mut counts = [0; 16];
        (counts[10], counts[15]) = (1, 1);
        let ac = Ac::new(Huffman { counts, symbols: vec![15, 15] }).unwrap();
        let wanted = |at: usize| if at.is_multiple_of(3) { -32_767 } else { 32_000 + at as i32 };
        let mut text = String::new();
        for at in 1..64 {
            let value = wanted(at);
            let value = if value < 0 { value + 32_767 } else { value };
            // One of 16 bits, then one of 11.
            let code = if at % 2 == 1 { format!("{:016b}", 1 << 5) } else { "0".repeat(11) };
            text += &format!("{code}{value:015b}");
        }
        let byte = |bits: &[u8]| bits.iter().fold(0, |byte, bit| byte << 1 | (bit - b'0'));
        let bytes: Vec<u8> = text
            .as_bytes()
            .chunks_exact(8)
            .map(byte)
            .flat_map(|byte| {
                let stuffed = (byte == 0xff).then_some(0);
                iter::once(byte).chain(stuffed)
            })
            .chain([0; 8])
            .collect();
        let mut bits = Bits::new(&Source::from_bytes(bytes), 0).unwrap();
        let mut block = [0; 64];
        bits.with(|reader| blocks::sequential_as_coded(reader, &ac, &mut block)).unwrap();
        for (at, value) in block.into_iter().enumerate().skip(1) {
            assert_eq!(i32::from(value), wanted(at), "{at}");
        }
    }
}
