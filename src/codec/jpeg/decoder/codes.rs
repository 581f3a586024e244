//! Huffman tables to decode with: the next bits looked up at once, and most coefficients together with their codes.

use std::sync::OnceLock;

use super::super::tables::Huffman;
use super::bits::Reader;
use super::passing::Passing;
use crate::error::{Error, Result};

/// Of DC differences, which are one of 64 numbers, 9 bits are looked up.
pub type Dc = Codes<512>;

/// Of AC coefficients 11 bits: with 9 pictures with grain, whose values are long, take a tenth longer.
pub type Ac = Codes<2048>;

/// Zeros that stand for the end of a block, or for a DC difference of nothing.
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
    /// What the next bits are: symbol and length of the code that they begin with; 0 where it is longer.
    short: Box<[u16; PLACES]>,
    /// Where code and value of a coefficient lie in them: the value, the zeros before it, and the length of both, which is
    /// 0 where they do not. [`END`] zeros are the end of a block.
    values: Box<[u32; PLACES]>,
    /// Those that there are come first; the others have a limit of 0.
    lens: [Len; 16],
    symbols: Vec<u8>,
    passing: OnceLock<Box<Passing>>,
}

/// Enters the values that follow a code, as far as they lie in the bits that are looked up. `places` are those of the code.
fn find_values(places: &mut [u32], look: u32, len: u32, symbol: u32) {
    let (zeros, size) = (symbol >> 4, symbol & 15);
    if symbol == 0 {
        places.fill((END as u32) << 8 | len);
    }
    if size == 0 || len + size > look {
        return;
    }
    for (read, places) in (0i32..).zip(places.chunks_exact_mut(1 << (look - len - size))) {
        let value = if read < 1 << (size - 1) { read + 1 - (1 << size) } else { read };
        places.fill((value as u32) << 16 | zeros << 8 | (len + size));
    }
}

/// A coefficient that was looked up.
#[derive(Clone, Copy)]
pub struct Value {
    pub value: i32,
    pub zeros: usize,
    pub len: u32,
}

impl<const PLACES: usize> Codes<PLACES> {
    /// Bits that are looked up.
    const LOOK: u32 = PLACES.ilog2();

    /// Fails where there are more codes than bits for them.
    pub fn new(table: Huffman) -> Result<Self> {
        let mut codes = Self {
            short: Box::new([0; PLACES]),
            values: Box::new([0; PLACES]),
            lens: Default::default(),
            symbols: table.symbols,
            passing: OnceLock::new(),
        };
        let mut lens = 0..;
        let (mut code, mut symbol) = (0u32, 0);
        for (len, count) in (1u32..).zip(table.counts) {
            let first = code << (16 - len);
            code += u32::from(count);
            if code > 1 << len {
                return Err(Error::damaged("a Huffman table has too many codes"));
            }
            if count > 0 {
                let limit = code << (16 - len);
                if len <= Self::LOOK {
                    codes.look_up(len, first >> (16 - Self::LOOK), symbol, usize::from(count));
                }
                let place = lens.next().and_then(|at: usize| codes.lens.get_mut(at));
                if let Some(place) = place {
                    *place = Len { len, first, limit, first_symbol: symbol };
                }
            }
            symbol += usize::from(count);
            code <<= 1;
        }
        Ok(codes)
    }

    /// Enters the codes of one length, the first of which has all the places from `first` on that begin with it.
    fn look_up(&mut self, len: u32, first: u32, first_symbol: usize, count: usize) {
        let each = 1usize << (Self::LOOK - len);
        let symbols = self.symbols.iter().skip(first_symbol).take(count);
        let first = first as usize;
        let short = self.short.get_mut(first..).unwrap_or_default().chunks_exact_mut(each);
        let values = self.values.get_mut(first..).unwrap_or_default().chunks_exact_mut(each);
        for ((short, values), symbol) in short.zip(values).zip(symbols) {
            short.fill(u16::from(*symbol) << 8 | len as u16);
            find_values(values, Self::LOOK, len, u32::from(*symbol));
        }
    }

    /// The coefficient that the next bits are, if it is a short one. So many bits must be held.
    #[inline(always)]
    pub fn value(&self, reader: &Reader<'_>) -> Option<Value> {
        let entry = self.values[reader.peek(Self::LOOK) as usize % PLACES];
        let found = Value {
            value: (entry as i32) >> 16,
            zeros: (entry >> 8 & 255) as usize,
            len: entry & 255,
        };
        (found.len > 0).then_some(found)
    }

    /// The next symbol, of which all bits are held.
    #[inline(always)]
    pub fn symbol(&self, reader: &mut Reader<'_>) -> Result<u8> {
        let short = self.short[reader.peek(Self::LOOK) as usize % PLACES];
        if short != 0 {
            reader.drop(u32::from(short & 255));
            return Ok((short >> 8) as u8);
        }
        // It gets the bits and not the reader, which then need not be in memory.
        let (len, symbol) = self.long(reader.peek(16))?;
        reader.drop(len);
        Ok(symbol)
    }

    #[cold]
    #[inline(never)]
    fn long(&self, next: u32) -> Result<(u32, u8)> {
        self.code(next).ok_or_else(|| Error::damaged("a Huffman code is not in its table"))
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
