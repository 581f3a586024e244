//! The codes of a block, and symbols one by one.

use super::Damaged;
use super::bits::Bits;
use super::codes::{Codes, END, Kind, LITERAL, OTHER, PAIR, USED};

/// Codes of literals and lengths, and of distances.
pub struct Tables {
    pub literals: Codes<2048>,
    pub distances: Codes<512>,
}

/// What a code stands for.
pub enum Symbol {
    Literal(u8),
    /// Length and distance.
    Match(usize, usize),
    End,
}

impl Tables {
    /// The codes of RFC 1951, 3.2.6.
    pub fn fixed(&mut self) {
        let mut lens = [8; 288];
        lens.iter_mut().skip(144).take(112).for_each(|len| *len = 9);
        lens.iter_mut().skip(256).take(24).for_each(|len| *len = 7);
        self.literals.build(Kind::Literals { in_pairs: false }, &lens);
        self.distances.build(Kind::Distances, &[5; 32]);
    }

    /// The codes that stand before a block (RFC 1951, 3.2.7), literals perhaps in pairs; `None` where the data ends.
    pub fn read(
        &mut self,
        bits: &mut Bits,
        from: &[u8],
        in_pairs: bool,
    ) -> Result<Option<()>, Damaged> {
        const ORDER: [usize; 19] =
            [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
        let Some(counts) = bits.take(14, from) else { return Ok(None) };
        let counts = counts as usize;
        let (literals, distances) = (257 + (counts & 31), 1 + (counts >> 5 & 31));
        if literals > 286 || distances > 30 {
            return Err(Damaged);
        }
        let mut own = [0u8; 19];
        for place in ORDER.iter().take(4 + (counts >> 10)) {
            let Some(len) = bits.take(3, from) else { return Ok(None) };
            if let Some(place) = own.get_mut(*place) {
                *place = len as u8;
            }
        }
        let mut codes = Codes::<128>::new();
        if !codes.build(Kind::Plain, &own) {
            return Err(Damaged);
        }
        let mut lens = [0u8; 286 + 30];
        let mut at = 0;
        while at < literals + distances {
            let Some(symbol) = bits.plain(&codes, from)? else { return Ok(None) };
            let (value, extra, base) = match symbol {
                ..16 => (symbol, 0, 1),
                16 if at == 0 => return Err(Damaged),
                16 => (lens.get(at - 1).copied().unwrap_or(0), 2, 3),
                17 => (0, 3, 3),
                _ => (0, 7, 11),
            };
            let Some(more) = bits.take(extra, from) else { return Ok(None) };
            let end = at + base + more as usize;
            if end > literals + distances {
                return Err(Damaged);
            }
            lens.get_mut(at..end).unwrap_or_default().fill(value);
            at = end;
        }
        let (own, others) = lens.split_at_checked(literals).ok_or(Damaged)?;
        let built = self.literals.build(Kind::Literals { in_pairs }, own)
            && self.distances.build(Kind::Distances, others.get(..distances).unwrap_or_default());
        if built { Ok(Some(())) } else { Err(Damaged) }
    }

    /// The next symbol; `None` where the data ends.
    pub fn symbol(&self, bits: &mut Bits, from: &[u8]) -> Result<Option<Symbol>, Damaged> {
        bits.refill(from);
        let mut entry = self.literals.look_up(bits.bits);
        if entry & OTHER != 0 {
            if !bits.skip(entry & USED) {
                return Ok(None);
            }
            entry = self.literals.look_further(entry, bits.bits);
        }
        if entry & LITERAL != 0 {
            // Of two, the first alone.
            let len = if entry & PAIR != 0 { entry >> 8 & 15 } else { entry & USED };
            return Ok(bits.skip(len).then_some(Symbol::Literal((entry >> 16) as u8)));
        }
        let Some(value) = bits.value(entry) else { return Ok(None) };
        if entry & OTHER != 0 {
            return if entry & END == END { Ok(Some(Symbol::End)) } else { Err(Damaged) };
        }
        bits.refill(from);
        let mut entry = self.distances.look_up(bits.bits);
        if entry & OTHER != 0 {
            if !bits.skip(entry & USED) {
                return Ok(None);
            }
            entry = self.distances.look_further(entry, bits.bits);
        }
        if entry & OTHER != 0 {
            return Err(Damaged);
        }
        Ok(bits.value(entry).map(|distance| Symbol::Match(value, distance)))
    }
}
