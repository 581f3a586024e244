//! Codes of a block (RFC 1951, 3.2.2 and 3.2.7).

use super::output::Bits;

/// Symbols of literals, the end and lengths; and of distances.
pub const LITERALS: usize = 286;
pub const DISTANCES: usize = 30;
/// Bits of the longest code, so that four fit into a word, with what is left of a byte.
const LONGEST: u32 = 14;

/// The symbol of a length of 3 to 258 bytes.
pub fn length_symbol(len: u16) -> usize {
    length(len).0
}

/// Symbol, and extra bits: how many, and which.
#[inline(always)]
pub fn length(len: u16) -> (usize, u32, u32) {
    let value = u32::from(len).saturating_sub(3);
    match value {
        255 => (285, 0, 0),
        ..8 => (257 + value as usize, 0, 0),
        _ => {
            // Four symbols for each number of bits.
            let extra = 29 - value.leading_zeros();
            let symbol = 257 + 4 * extra as usize + (value >> extra) as usize;
            (symbol, extra, value & ((1 << extra) - 1))
        }
    }
}

/// Symbol, and extra bits: how many, and which.
#[inline(always)]
pub fn distance_symbol(distance: u16) -> (usize, u32, u32) {
    let value = u32::from(distance).wrapping_sub(1) & 0x7fff;
    // Two symbols for each number of bits; the first four have none.
    let extra = 30 - (value | 2).leading_zeros();
    let symbol = 2 * extra as usize + (value >> extra) as usize;
    (symbol, extra, value & ((1 << extra) - 1))
}

/// A code for each symbol.
pub struct Code<const N: usize> {
    pub lens: [u8; N],
    /// The bits, the first lowest.
    pub bits: [u16; N],
}

impl<const N: usize> Code<N> {
    /// The shortest for symbols that are there so often.
    pub fn new(counts: &[u32; N]) -> Self {
        Self::with_longest(counts, LONGEST)
    }

    fn with_longest(counts: &[u32; N], longest: u32) -> Self {
        let mut lens = [0; N];
        lengths(counts, longest, &mut lens);
        let mut next = [0u16; 16];
        let mut code = 0;
        for len in 1..16u8 {
            if let Some(next) = next.get_mut(usize::from(len)) {
                *next = code;
            }
            let count = lens.iter().filter(|other| **other == len).count() as u16;
            code = (code + count) << 1;
        }
        let mut bits = [0; N];
        for (bits, len) in bits.iter_mut().zip(lens).filter(|(_, len)| *len > 0) {
            let Some(next) = next.get_mut(usize::from(len)) else { continue };
            *bits = next.reverse_bits() >> (16 - len);
            *next += 1;
        }
        Self { lens, bits }
    }

    /// Bits that symbols take that are there so often, with their extra bits.
    pub fn cost(&self, counts: &[u32; N]) -> u64 {
        let extra = |symbol: usize| match (N, symbol) {
            (DISTANCES, 4..) => symbol / 2 - 1,
            (LITERALS, 265..285) => (symbol - 261) / 4,
            _ => 0,
        };
        let each = self.lens.iter().zip(counts).enumerate();
        each.map(|(symbol, (len, count))| {
            (u64::from(*len) + extra(symbol) as u64) * u64::from(*count)
        })
        .sum()
    }
}

/// Lengths of codes, after Huffman, up to a longest one.
fn lengths<const N: usize>(counts: &[u32; N], longest: u32, lens: &mut [u8; N]) {
    // Counts before symbols, in one number each, which are sorted faster.
    let mut order: [u64; N] = std::array::from_fn(|at| u64::from(counts[at]) << 16 | at as u64);
    order.sort_unstable();
    let unused = order.partition_point(|both| both >> 16 == 0);
    // Two codes at least, as some decoders want it.
    let used = order.get(unused.min(N - 2)..).unwrap_or_default();
    let mut of_len = depths(used);
    limit(&mut of_len, longest as usize);
    // The rarest have the longest codes.
    let all = (1..of_len.len()).rev().flat_map(|len| {
        std::iter::repeat_n(len as u8, of_len.get(len).copied().unwrap_or(0) as usize)
    });
    for (both, len) in used.iter().zip(all) {
        lens[usize::from(*both as u16)] = len;
    }
}

/// How many leaves there are at each depth of the tree of the counts, which ascend and have a symbol each below.
fn depths(counts: &[u64]) -> [u32; 33] {
    const MOST: usize = 2 * LITERALS;
    let leaves = counts.len();
    let mut weights = [u32::MAX; MOST];
    let mut parents = [0u16; MOST];
    for (weight, both) in weights.iter_mut().zip(counts) {
        *weight = (both >> 16) as u32;
    }
    // Nodes that two were joined to ascend, too: the next is the lightest leaf or the lightest node.
    let (mut leaf, mut node) = (0, leaves);
    for joined in leaves..2 * leaves - 1 {
        let mut sum = 0u32;
        for _ in 0..2 {
            let light = node >= joined || leaf < leaves && weights[leaf] <= weights[node];
            let lightest = if light { &mut leaf } else { &mut node };
            sum = sum.saturating_add(weights[*lightest]);
            parents[*lightest] = joined as u16;
            *lightest += 1;
        }
        weights[joined] = sum;
    }
    // From the root down, in the place of the weights.
    let mut of_depth = [0; 33];
    weights[2 * leaves - 2] = 0;
    for at in (0..2 * leaves - 2).rev() {
        weights[at] = weights[usize::from(parents[at])] + 1;
        if at < leaves {
            of_depth[weights[at].min(32) as usize] += 1;
        }
    }
    of_depth
}

/// Shortens codes that are too long, at the cost of some that are not.
fn limit(of_len: &mut [u32; 33], longest: usize) {
    for len in longest + 1..33 {
        of_len[longest] += std::mem::take(&mut of_len[len]);
    }
    let mut total: u32 = (1..=longest).map(|len| of_len[len] << (longest - len)).sum();
    while total > 1 << longest {
        // One of the longest goes below a shorter one, which becomes longer by one.
        of_len[longest] -= 1;
        if let Some(len) = (1..longest).rev().find(|len| of_len[*len] > 0) {
            of_len[len] -= 1;
            of_len[len + 1] += 2;
        }
        total -= 1;
    }
}

/// What stands before a block: the lengths of its codes, in codes of their own.
pub struct Head {
    literals: usize,
    distances: usize,
    /// Lengths, or repetitions: symbol, and extra bits.
    symbols: [(u8, u8); LITERALS + DISTANCES],
    count: usize,
    code: Code<19>,
    own: usize,
}

const ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

impl Head {
    pub fn new(literals: &Code<LITERALS>, distances: &Code<DISTANCES>) -> Self {
        let used = |lens: &[u8], least: usize| {
            lens.iter().rposition(|len| *len > 0).map_or(0, |last| last + 1).max(least)
        };
        let (first, second) = (used(&literals.lens, 257), used(&distances.lens, 1));
        let mut lens = [0u8; LITERALS + DISTANCES];
        let all = literals.lens.iter().take(first).chain(distances.lens.iter().take(second));
        lens.iter_mut().zip(all).for_each(|(to, len)| *to = *len);
        let mut symbols = [(0, 0); LITERALS + DISTANCES];
        let mut count = 0;
        let mut rest = lens.get(..first + second).unwrap_or_default();
        while let Some(len) = rest.first() {
            let run = rest.iter().take_while(|other| *other == len).count();
            let before = count > 0 && rest.len() < first + second;
            let (symbol, taken) = match (len, run) {
                (0, 11..) => ((18, (run.min(138) - 11) as u8), run.min(138)),
                (0, 3..) => ((17, (run - 3) as u8), run),
                // A repetition is of the one before.
                (_, 4..) if *len > 0 && !before => ((*len, 0), 1),
                (_, 3..) if *len > 0 && before && previous(&symbols, count) == Some(*len) => {
                    ((16, (run.min(6) - 3) as u8), run.min(6))
                }
                _ => ((*len, 0), 1),
            };
            symbols[count] = symbol;
            count += 1;
            rest = rest.get(taken..).unwrap_or_default();
        }
        let mut counts = [0; 19];
        for (symbol, _) in symbols.iter().take(count) {
            counts[usize::from(*symbol)] += 1;
        }
        let code = Code::<19>::with_longest(&counts, 7);
        let own = ORDER.iter().rposition(|at| code.lens[*at] > 0).map_or(4, |last| last + 1).max(4);
        Self { literals: first, distances: second, symbols, count, code, own }
    }

    /// Bits that it takes.
    pub fn len(&self) -> u64 {
        let symbols = self.symbols.iter().take(self.count);
        let bits = symbols.map(|(symbol, _)| {
            u64::from(self.code.lens[usize::from(*symbol)]) + u64::from(extra(*symbol))
        });
        17 + 3 * self.own as u64 + bits.sum::<u64>()
    }

    pub fn write(&self, bits: &mut Bits, output: &mut [u8]) {
        bits.put((self.literals - 257) as u64, 5);
        bits.put((self.distances - 1) as u64, 5);
        bits.put((self.own - 4) as u64, 4);
        bits.flush(output);
        for at in ORDER.iter().take(self.own) {
            bits.put(u64::from(self.code.lens[*at]), 3);
            bits.flush(output);
        }
        for (symbol, more) in self.symbols.iter().take(self.count) {
            let at = usize::from(*symbol);
            bits.put(self.code.bits[at].into(), self.code.lens[at].into());
            bits.put(u64::from(*more), extra(*symbol));
            bits.flush(output);
        }
    }
}

/// The length that a repetition would be of.
fn previous(symbols: &[(u8, u8)], count: usize) -> Option<u8> {
    let lens = symbols.iter().take(count).rev().map(|(symbol, _)| *symbol);
    match lens.clone().next() {
        Some(17 | 18) => Some(0),
        _ => lens.into_iter().find(|symbol| *symbol < 16),
    }
}

/// Extra bits of a symbol of the head.
fn extra(symbol: u8) -> u32 {
    match symbol {
        16 => 2,
        17 => 3,
        18 => 7,
        _ => 0,
    }
}
