//! Codes of Deflate (RFC 1951, 3.2), looked up by the next bits of the stream.

/// What the next bits stand for: bits 0 to 5 are how many of them are used up.
///
/// A length or distance has its base in bits 16 to 30, and the length of its code, without the extra bits, in bits 8 to
/// 11. With [`LITERAL`], bits 16 to 23 are one; with [`PAIR`], too, bits 24 to 31 are the next one, and bits 8 to 11 the
/// length of the code of the first. Entries with [`OTHER`] are something else.
pub type Entry = u32;

/// The bits of an entry that tell how many are used up.
pub const USED: Entry = 63;
pub const LITERAL: Entry = 1 << 12;
/// Two literals; in the place of the bit by which the number of bytes can be told at once.
pub const PAIR: Entry = 1 << 6;
/// Neither literal nor length nor distance: one of the two below, or a place in the second table, in bits 16 to 30.
pub const OTHER: Entry = 1 << 15;
pub const END: Entry = OTHER | 1 << 14;
pub const INVALID: Entry = OTHER | 1 << 13;

const MOST_LEN: usize = 15;

const LENGTHS: [(u32, u32); 29] = bases::<29>(3, 4);
const DISTANCES: [(u32, u32); 30] = bases::<30>(1, 2);

/// Bases and extra bits: `step` codes for each number of extra bits, but for the first twice as many with none.
const fn bases<const N: usize>(first: u32, step: usize) -> [(u32, u32); N] {
    let mut bases = [(0, 0); N];
    let (mut at, mut base) = (0, first);
    while at < N {
        let extra = if at < 2 * step { 0 } else { (at / step - 1) as u32 };
        bases[at] = (base, extra);
        base += 1 << extra;
        at += 1;
    }
    if N == 29 {
        // The longest match has a code of its own.
        bases[28] = (258, 0);
    }
    bases
}

/// What the codes of a table stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Numbers, given as literals.
    Plain,
    /// Literals, the end of a block, and lengths; literals may be joined to pairs.
    Literals {
        in_pairs: bool,
    },
    Distances,
}

impl Kind {
    /// The entry of a symbol, but for the length of its code.
    fn entry(self, symbol: usize) -> (Entry, u32) {
        let with_extra = |bases: &[(u32, u32)], at: usize| match bases.get(at) {
            Some((base, extra)) => (base << 16, *extra),
            None => (INVALID, 0),
        };
        match (self, symbol) {
            (Self::Distances, _) => with_extra(&DISTANCES, symbol),
            (Self::Plain, _) | (_, ..256) => (LITERAL | (symbol as u32) << 16, 0),
            (_, 256) => (END, 0),
            _ => with_extra(&LENGTHS, symbol - 257),
        }
    }
}

/// A table whose first lookup is of as many bits as it takes to number its places.
pub struct Codes<const PLACES: usize> {
    first: [Entry; PLACES],
    second: Vec<Entry>,
    has_pairs: bool,
}

impl<const PLACES: usize> Codes<PLACES> {
    const LOOK: u32 = PLACES.ilog2();
    /// Bits of the second lookup.
    const WIDE: u32 = MOST_LEN as u32 - Self::LOOK;

    pub fn new() -> Self {
        Self { first: [INVALID; PLACES], second: Vec::new(), has_pairs: false }
    }

    /// Whether there are entries with [`PAIR`].
    pub fn has_pairs(&self) -> bool {
        self.has_pairs
    }

    /// What the next bits stand for.
    #[inline(always)]
    pub fn look_up(&self, bits: u64) -> Entry {
        // The remainder is a place: there is nothing to check.
        self.first.get(bits as usize % PLACES).copied().unwrap_or(INVALID)
    }

    /// What the bits stand for that follow those of an entry with [`OTHER`]; [`INVALID`] or [`END`] as they are.
    #[inline(always)]
    pub fn look_further(&self, entry: Entry, bits: u64) -> Entry {
        if entry & (END | INVALID) != OTHER {
            return entry & !USED;
        }
        let at = (entry >> 16) as usize + (bits as usize % (1 << Self::WIDE));
        self.second.get(at).copied().unwrap_or(INVALID)
    }

    /// Makes the table of codes whose lengths are given. False where there are too many codes, or too few.
    pub fn build(&mut self, kind: Kind, lens: &[u8]) -> bool {
        let Some(Order { symbols, counts }) = Order::new(kind, lens) else { return false };
        self.first[0] = INVALID;
        self.second.clear();
        let mut symbols = symbols.iter();
        let (mut code, mut short) = (0u32, 0);
        let mut literals = [(0, 0); 256];
        let mut free = literals.iter_mut();
        for (len, count) in (0u32..).zip(counts) {
            if (1..=Self::LOOK).contains(&len) {
                // Codes of one bit more begin as those before, in the first half and in the second.
                let half = 1 << (len - 1);
                self.first.copy_within(..half, half);
            }
            code <<= 1;
            for symbol in symbols.by_ref().take(usize::from(count)) {
                let (entry, extra) = kind.entry(usize::from(*symbol));
                let bits = code.reverse_bits() >> (32 - len);
                self.enter(bits, len, entry, extra);
                if entry & LITERAL != 0 {
                    // As many places as begin with it, where another literal may follow.
                    short += if len <= Self::LOOK / 2 { PLACES >> len } else { 0 };
                    free.by_ref().take(1).for_each(|place| *place = (bits, len));
                }
                code += 1;
            }
        }
        self.has_pairs = kind == Kind::Literals { in_pairs: true } && short > PLACES / 4;
        if self.has_pairs {
            self.pair(&literals);
        }
        true
    }

    /// Joins each of the literals, given as their bits and how many, with the next, where both lie in the bits that are
    /// looked up.
    fn pair(&mut self, literals: &[(u32, u32)]) {
        /// More bits than there can be.
        const NO_LITERAL: Entry = USED;
        let next = self.first.map(|entry| match entry & LITERAL {
            0 => NO_LITERAL,
            _ => (entry & 0xff_0000) << 8 | entry & USED,
        });
        for (code, len) in literals.iter().filter(|(_, len)| (1..Self::LOOK).contains(len)) {
            let alone = self.look_up(u64::from(*code));
            let joined = alone & 0xff_0000 | LITERAL | PAIR | len << 8 | len;
            let most = Self::LOOK - len;
            let places = self.first.iter_mut().skip(*code as usize).step_by(1 << len);
            // A choice between values: to guess where to go would be wrong too often.
            for (place, next) in places.zip(&next) {
                *place = if next & USED <= most { joined + next } else { alone };
            }
        }
    }

    fn enter(&mut self, code: u32, len: u32, entry: Entry, extra: u32) {
        let Some(place) = self.first.get_mut(code as usize % PLACES) else { return };
        if len <= Self::LOOK {
            *place = entry | len << 8 | (len + extra);
            return;
        }
        // Codes with the same beginning share a part of the second table, wide enough for the longest.
        if *place == INVALID {
            *place = OTHER | (self.second.len() as u32) << 16 | Self::LOOK;
            self.second.resize(self.second.len() + (1 << Self::WIDE), INVALID);
        }
        let part = self.second.iter_mut().skip((*place >> 16) as usize).take(1 << Self::WIDE);
        let own = len - Self::LOOK;
        let entry = entry | own << 8 | (own + extra);
        part.skip((code >> Self::LOOK) as usize).step_by(1 << own).for_each(|place| *place = entry);
    }
}

/// Symbols in the order of their codes.
struct Order {
    symbols: [u16; 288],
    /// Codes of each length.
    counts: [u16; MOST_LEN + 1],
}

impl Order {
    /// `None` where there are too many codes, or too few.
    fn new(kind: Kind, lens: &[u8]) -> Option<Self> {
        let mut counts = [0u16; MOST_LEN + 1];
        for len in lens {
            *counts.get_mut(usize::from(*len))? += 1;
        }
        counts[0] = 0;
        let mut next = [0u16; MOST_LEN + 2];
        let (mut code, mut before) = (0u32, 0);
        for (len, (count, next)) in counts.iter().zip(next.iter_mut().skip(1)).enumerate() {
            code = (code << 1) + u32::from(*count);
            if code > 1 << len {
                return None;
            }
            before += count;
            *next = before;
        }
        // A block may need no distance at all, or one, whose code then has one bit.
        let few = kind != Kind::Plain && usize::from(before) == usize::from(counts[1]);
        if code != 1 << MOST_LEN && !few {
            return None;
        }
        let mut symbols = [0; 288];
        for (symbol, len) in (0..).zip(lens).filter(|(_, len)| **len > 0) {
            let place = next.get_mut(usize::from(*len))?;
            *symbols.get_mut(usize::from(*place))? = symbol;
            *place += 1;
        }
        Some(Self { symbols, counts })
    }
}
