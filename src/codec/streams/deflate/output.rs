//! Bits into bytes.

use super::codes::{distance_symbol, length};
use super::matches::{MOST, Sequence};
use super::simd::Codes;

/// Bits that are not in the output yet, the first lowest, and where they go.
#[derive(Clone, Copy, Default)]
pub struct Bits {
    bits: u64,
    count: u32,
    at: usize,
}

impl Bits {
    /// Begins with bytes.
    pub fn begin(&mut self, output: &mut [u8], bytes: &[u8]) {
        *self = Self::default();
        self.bytes(output, bytes);
    }

    /// The bytes that are whole.
    pub fn whole<'a>(&self, output: &'a [u8]) -> &'a [u8] {
        output.get(..self.at).unwrap_or_default()
    }

    /// Begins anew with the output.
    pub fn restart(&mut self) {
        self.at = 0;
    }

    /// Up to 57 bits fit, of those that were not [flushed](Bits::flush).
    #[inline(always)]
    pub fn put(&mut self, bits: u64, count: u32) {
        self.bits |= bits << self.count;
        self.count += count;
    }

    /// Moves whole bytes to the output.
    #[inline(always)]
    pub fn flush(&mut self, output: &mut [u8]) {
        let bytes = self.bits.to_le_bytes();
        match output.get_mut(self.at..).and_then(<[u8]>::first_chunk_mut::<8>) {
            Some(to) => *to = bytes,
            None => output.iter_mut().skip(self.at).zip(bytes).for_each(|(to, byte)| *to = byte),
        }
        let whole = self.count / 8;
        self.at += whole as usize;
        // 64 bits are never there at once.
        self.bits >>= 8 * whole;
        self.count %= 8;
    }

    /// Goes on with the next byte.
    pub fn align(&mut self, output: &mut [u8]) {
        self.count = self.count.next_multiple_of(8);
        self.flush(output);
    }

    /// Whole bytes, where bits end with one.
    pub fn bytes(&mut self, output: &mut [u8], bytes: &[u8]) {
        output.iter_mut().skip(self.at).zip(bytes).for_each(|(to, byte)| *to = *byte);
        self.at += bytes.len();
    }
}

/// Two codes of literals, each above its length, as one without it.
#[inline(always)]
fn joined(first: u32, second: u32) -> u64 {
    u64::from(first >> 8) | u64::from(second >> 8) << (first & 63)
}

/// Writes the symbols of a block, and its end.
#[inline(always)]
pub fn write(
    bits: &mut Bits,
    output: &mut [u8],
    bytes: &[u8],
    sequences: &[Sequence],
    (codes, distances): Codes<'_>,
) {
    // A code above its length: both are one load, and sums have the lengths of several in their lowest bits.
    let literals: [u32; 256] =
        std::array::from_fn(|at| u32::from(codes.bits[at]) << 8 | u32::from(codes.lens[at]));
    let literal = |byte: &u8| literals[usize::from(*byte)];
    // Codes of lengths with their extra bits.
    let lengths: [(u32, u8); MOST + 1] = std::array::from_fn(|len| {
        let (symbol, extra, more) = length(len as u16);
        let own = codes.lens[symbol];
        (u32::from(codes.bits[symbol]) | more << own, own + extra as u8)
    });
    // By value: a local can stay in registers.
    let mut local = *bits;
    let mut rest = bytes;
    for sequence in sequences {
        let (plain, after) = rest.split_at(rest.len().min(sequence.literals as usize));
        let (fours, last) = plain.as_chunks::<4>();
        for four in fours {
            // Joined before, so that the next four wait for less.
            let [a, b, c, d] = four.each_ref().map(literal);
            let two = a + b;
            let code = joined(a, b) | joined(c, d) << (two & 63);
            local.put(code, (two + c + d) & 63);
            local.flush(output);
        }
        for byte in last {
            let one = literal(byte);
            local.put(u64::from(one >> 8), one & 63);
        }
        local.flush(output);
        rest = after.get(usize::from(sequence.len)..).unwrap_or_default();
        if sequence.len > 0 {
            let (code, len) = lengths[usize::from(sequence.len).min(MOST)];
            local.put(code.into(), len.into());
            let (symbol, extra, more) = distance_symbol(sequence.distance);
            local.put(distances.bits[symbol].into(), distances.lens[symbol].into());
            local.put(more.into(), extra);
            local.flush(output);
        }
    }
    local.put(codes.bits[256].into(), codes.lens[256].into());
    local.flush(output);
    *bits = local;
}
