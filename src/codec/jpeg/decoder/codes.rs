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

/// Of AC coefficients 10 bits.
pub type Ac = Codes<2048>;

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
    /// The code that the next bits begin with; of no bits where it is longer.
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
                symbols.for_each(|it| short.extend(iter::repeat_n(Code::new(len, *it), each)));
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
