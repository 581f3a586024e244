//! LZW as TIFF (TIFF 6.0, section 13), GIF (GIF89a, appendix F) and PDF (ISO 32000, 7.4.4) have it, decoded a portion at a
//! time.
//!
//! A string of the table is kept as its last bytes, up to eight, and the string before them, which is a multiple of
//! eight long: it is written eight bytes at a time, from its end, and needs nothing of what was written before.

use crate::error::{Error, Kind, Result};
use crate::memory;

/// Strings that there are at the most: codes have up to 12 bits.
pub const CODES: usize = 4096;

/// Bytes of a piece of a string.
const PIECE: usize = 8;

/// How codes are written.
#[derive(Clone, Copy, Debug)]
pub struct Coding {
    /// Whether codes begin at the lowest bit of a byte.
    pub low_first: bool,
    /// Whether they grow one code early, as in TIFF 6.0.
    pub early: bool,
    /// Bits of what is coded, 1 to 11; of more than 8 the lower ones count.
    pub bits: u32,
}

#[derive(Clone, Copy, Default)]
struct Entry {
    /// The last bytes, the first of them lowest.
    tail: u64,
    /// The string before them.
    link: u16,
    len: u16,
    first: u8,
}

/// Decodes data that come, and are asked for, in portions of any size.
pub struct Decoder {
    coding: Coding,
    table: Box<[Entry; CODES]>,
    state: State,
    bits: Bits,
    /// What did not fit of the string that was written last, from `held` on.
    rest: Vec<u8>,
    held: usize,
}

#[derive(Clone, Copy)]
struct State {
    /// The code that is given out next.
    next: u16,
    width: u32,
    /// The string before, by its code and itself, which the next one completes to a new one; none where its length is 0.
    before: u16,
    prefix: Entry,
    ended: bool,
}

/// Bits that were read and not used.
#[derive(Clone, Copy)]
struct Bits {
    held: u64,
    count: u32,
}

impl Coding {
    /// The code that empties the table; the one after it ends the data.
    fn clear(self) -> u16 {
        1 << self.bits
    }
}

impl State {
    fn new(coding: Coding) -> Self {
        let prefix = Entry::default();
        Self { next: coding.clear() + 2, width: coding.bits + 1, before: 0, prefix, ended: false }
    }
}

impl Decoder {
    pub fn new(coding: Coding) -> Result<Self> {
        let coding = Coding { bits: coding.bits.clamp(1, 11), ..coding };
        let mut table = memory::places(CODES, "the strings of LZW")?;
        table.resize(CODES, Entry::default());
        let mut table: Box<[Entry]> = table.into_boxed_slice();
        for (byte, entry) in (0..coding.clear()).zip(table.iter_mut()) {
            let byte = byte as u8;
            *entry = Entry { tail: byte.into(), link: 0, len: 1, first: byte };
        }
        let broken = |_| Error::new(Kind::Internal, "LZW without its strings");
        let table = table.try_into().map_err(broken)?;
        let (state, bits) = (State::new(coding), Bits { held: 0, count: 0 });
        Ok(Self { coding, table, state, bits, rest: Vec::new(), held: 0 })
    }

    /// Whether no more can come: the data said so, or were damaged.
    pub fn has_ended(&self) -> bool {
        self.state.ended && self.held >= self.rest.len()
    }

    /// Fills `to` from `from`; how many bytes there were for it, and what was wrong after them. Adds what was read to
    /// `used`: what follows it is wanted next.
    pub fn fill(&mut self, from: &[u8], used: &mut usize, to: &mut [u8]) -> (usize, Option<Error>) {
        match self.coding.low_first {
            true => self.fill_in::<true>(from, used, to),
            false => self.fill_in::<false>(from, used, to),
        }
    }

    fn fill_in<const LOW_FIRST: bool>(
        &mut self,
        from: &[u8],
        used: &mut usize,
        to: &mut [u8],
    ) -> (usize, Option<Error>) {
        let mut done = self.give_rest(to);
        let mut at = 0;
        // Copies, so that they can stay in registers.
        let (mut bits, mut state, coding) = (self.bits, self.state, self.coding);
        let clear = coding.clear();
        let mut damage = None;
        while done < to.len() && !state.ended {
            let Some(code) = bits.next::<LOW_FIRST>(state.width, from, &mut at) else { break };
            if code == clear {
                state = State::new(coding);
                continue;
            }
            if code == clear + 1 {
                state.ended = true;
                break;
            }
            let Some(entry) = learn(&mut self.table, &mut state, code, coding.early) else {
                damage = Some(Error::damaged("has an invalid LZW code"));
                state.ended = true;
                break;
            };
            let rest = to.get_mut(done..).unwrap_or_default();
            if self.write(entry, rest) {
                done += usize::from(entry.len);
            } else {
                self.spill(entry);
                done += self.give_rest(rest);
            }
        }
        (self.bits, self.state) = (bits, state);
        *used += at;
        (done, damage)
    }

    fn entry(&self, code: u16) -> Entry {
        self.table[usize::from(code) % CODES]
    }

    /// Writes a string, where there is room for it and the bytes of a piece after it.
    fn write(&self, entry: Entry, to: &mut [u8]) -> bool {
        let len = usize::from(entry.len);
        if to.len() < len + PIECE {
            return false;
        }
        let mut entry = entry;
        let mut at = len.saturating_sub(1) / PIECE * PIECE;
        loop {
            if let Some(piece) = to.get_mut(at..).and_then(<[u8]>::first_chunk_mut) {
                *piece = entry.tail.to_le_bytes();
            }
            let Some(before) = at.checked_sub(PIECE) else { return true };
            at = before;
            entry = self.entry(entry.link);
        }
    }

    /// Keeps a string to give it out in parts.
    fn spill(&mut self, entry: Entry) {
        let len = usize::from(entry.len);
        let mut rest = std::mem::take(&mut self.rest);
        rest.clear();
        rest.resize(len + PIECE, 0);
        self.write(entry, &mut rest);
        rest.truncate(len);
        (self.rest, self.held) = (rest, 0);
    }

    fn give_rest(&mut self, to: &mut [u8]) -> usize {
        let rest = self.rest.get(self.held..).unwrap_or_default();
        let len = rest.len().min(to.len());
        to.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
        self.held += len;
        len
    }
}

/// The string of `code`, where there is one; adds the one that it completes.
#[inline(always)]
fn learn(table: &mut [Entry; CODES], state: &mut State, code: u16, early: bool) -> Option<Entry> {
    let (prefix, before, next) = (state.prefix, state.before, state.next);
    // The string that is just being made begins as the one before.
    let own = code == next;
    if code > next || own && (prefix.len == 0 || usize::from(next) >= CODES) {
        return None;
    }
    let mut entry = table[usize::from(code) % CODES];
    if prefix.len > 0 && usize::from(next) < CODES {
        let first = if own { prefix.first } else { entry.first };
        let at = u32::from(prefix.len) % PIECE as u32;
        let (tail, link) = match at {
            0 => (u64::from(first), before),
            _ => (prefix.tail | u64::from(first) << (8 * at), prefix.link),
        };
        let made = Entry { tail, link, len: prefix.len + 1, first: prefix.first };
        table[usize::from(next) % CODES] = made;
        if own {
            entry = made;
        }
        state.next += 1;
    }
    if u32::from(state.next) + u32::from(early) >= 1 << state.width && state.width < 12 {
        state.width += 1;
    }
    (state.prefix, state.before) = (entry, code);
    Some(entry)
}

impl Bits {
    /// The next code; `None` where the data ends.
    #[inline(always)]
    fn next<const LOW_FIRST: bool>(
        &mut self,
        width: u32,
        from: &[u8],
        at: &mut usize,
    ) -> Option<u16> {
        if self.count < width {
            self.load::<LOW_FIRST>(from, at);
            if self.count < width {
                return None;
            }
        }
        self.count -= width;
        let code = if LOW_FIRST {
            let code = self.held & ((1 << width) - 1);
            self.held >>= width;
            code
        } else {
            let code = self.held >> (64 - width);
            self.held <<= width;
            code
        };
        Some(code as u16)
    }

    /// Reads whole bytes until no more fit. What was read of a byte that does not fit is read again.
    #[inline(always)]
    fn load<const LOW_FIRST: bool>(&mut self, from: &[u8], at: &mut usize) {
        if let Some(eight) = from.get(*at..).and_then(<[u8]>::first_chunk::<8>) {
            self.held |= if LOW_FIRST {
                u64::from_le_bytes(*eight) << self.count
            } else {
                u64::from_be_bytes(*eight) >> self.count
            };
            let whole = (63 - self.count) / 8;
            *at += whole as usize;
            self.count += 8 * whole;
            return;
        }
        while self.count <= 56
            && let Some(byte) = from.get(*at)
        {
            let byte = u64::from(*byte);
            self.held |= if LOW_FIRST { byte << self.count } else { byte << (56 - self.count) };
            *at += 1;
            self.count += 8;
        }
    }
}

#[cfg(test)]
mod tests {
    use weezl::BitOrder;

    use super::*;

    const TIFF: Coding = Coding { low_first: false, early: true, bits: 8 };

    /// Input and output in portions.
    fn decode(coding: Coding, raw: &[u8], len: usize, portion: usize) -> (Vec<u8>, bool) {
        let mut decoder = Decoder::new(coding).unwrap();
        let (mut out, mut used, mut seen) = (vec![0; len], 0, 0);
        for to in out.chunks_mut(portion) {
            let mut done = 0;
            while done < to.len() {
                let before = used;
                let (got, damage) = decoder.fill(&raw[used..seen], &mut used, &mut to[done..]);
                done += got;
                if damage.is_some() || decoder.has_ended() && done < to.len() {
                    return (out, false);
                }
                if got == 0 && used == before {
                    if seen == raw.len() {
                        return (out, false);
                    }
                    seen = (seen + portion).min(raw.len());
                }
            }
        }
        (out, true)
    }

    fn noise(seed: u32) -> impl FnMut() -> u32 {
        let mut state = seed;
        move || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state >> 16
        }
    }

    /// Runs, noise and both, long enough to fill the table more than once.
    fn samples() -> Vec<Vec<u8>> {
        let mut next = noise(7);
        let mut samples = vec![Vec::new(), vec![5], vec![0; 70_000]];
        samples.push((0..90_000).map(|_| next() as u8).collect());
        samples.push((0..90_000).map(|_| (next() % 3) as u8).collect());
        samples.push((0..90_000).map(|at| (at / 700 % 5 * (next() % 40 / 39)) as u8).collect());
        samples
    }

    #[test]
    fn all_kinds_come_back_in_portions_of_any_size() {
        for sample in samples() {
            for (low_first, early, bits) in [
                (false, true, 8),
                (false, false, 8),
                (true, false, 8),
                (true, false, 2),
                (true, false, 5),
            ] {
                let order = if low_first { BitOrder::Lsb } else { BitOrder::Msb };
                let mut encoder = match early {
                    true => weezl::encode::Encoder::with_tiff_size_switch(order, bits),
                    false => weezl::encode::Encoder::new(order, bits),
                };
                let sample: Vec<u8> =
                    sample.iter().map(|byte| byte & ((1u16 << bits) - 1) as u8).collect();
                let raw = encoder.encode(&sample).unwrap();
                let coding = Coding { low_first, early, bits: bits.into() };
                for portion in [1, 7, 64, 4096, 200_000] {
                    let (out, whole) = decode(coding, &raw, sample.len(), portion);
                    assert!(
                        whole && out == sample,
                        "{} bytes, {coding:?}, {portion}",
                        sample.len()
                    );
                }
            }
        }
    }

    #[test]
    fn damage_ends_where_another_decoder_ends() {
        let mut next = noise(3);
        let sample: Vec<u8> = (0..6000).map(|at| (at / 9 % 7 * (next() % 9 / 8)) as u8).collect();
        let encoder = || weezl::encode::Encoder::with_tiff_size_switch(BitOrder::Msb, 8);
        let raw = encoder().encode(&sample).unwrap();
        for _ in 0..3000 {
            let mut bad = raw.clone();
            let at = 2 + next() as usize % (bad.len() - 2);
            bad[at] ^= 1 << (next() % 8);
            if next().is_multiple_of(4) {
                bad.truncate(at);
            }
            let (ours, _) = decode(TIFF, &bad, sample.len(), sample.len());
            let mut theirs = vec![0; sample.len()];
            let mut decoder = weezl::decode::Decoder::with_tiff_size_switch(BitOrder::Msb, 8);
            let result = decoder.decode_bytes(&bad, &mut theirs);
            // What was decoded before the damage is equal.
            let good = result.consumed_out.saturating_sub(4096);
            assert_eq!(ours[..good], theirs[..good]);
        }
    }
}
