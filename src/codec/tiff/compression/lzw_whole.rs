//! LZW of a whole strip at once: a string of the table is a place in what was decoded before, since each new one is the
//! string before and the byte that follows it there.

use crate::codec::streams::lzw::{CODES, Coding};
use crate::error::Error;

const CLEAR: u16 = 256;
const END: u16 = 257;
const FIRST: u16 = 258;

/// A string: where it begins in the high half, and how long it is in the low one: 0 for codes that stand for none. Of single
/// bytes the place means nothing.
type Entry = u64;

/// Bytes that are copied at once, and of long strings.
const STEP: usize = 8;
const LONG: usize = 32;

/// How the strip that `raw` begins is written: as TIFF 6.0 says, or as writers before it did.
pub fn coding(raw: &[u8]) -> Coding {
    let old = is_old(raw);
    Coding { low_first: old, early: !old, bits: 8 }
}

/// Whether the first code of a strip, which is Clear, has the order of bits of old writers.
fn is_old(raw: &[u8]) -> bool {
    matches!(raw, [0, second, ..] if second & 1 == 1)
}

/// Fills `to`, which is less than 4 GiB, from `from`; how many bytes there were for it, and what was wrong after them.
pub fn decode(from: &[u8], to: &mut [u8]) -> (usize, Option<Error>) {
    if is_old(from) { decode_in::<true>(from, to) } else { decode_in::<false>(from, to) }
}

/// The code of `width` bits, 9 to 12, that begins at a bit; `None` where the data ends.
#[inline(always)]
fn code_at<const OLD: bool>(from: &[u8], at: usize, width: u32) -> Option<u16> {
    let place = at / 8;
    let bytes = match from.get(place..).and_then(<[u8]>::first_chunk::<4>) {
        Some(bytes) => *bytes,
        None => last_bytes(from, place, at + width as usize)?,
    };
    let before = (at % 8) as u32;
    let code = if OLD {
        u32::from_le_bytes(bytes) >> before
    } else {
        u32::from_be_bytes(bytes) >> (32 - before - width)
    };
    Some((code & ((1 << width) - 1)) as u16)
}

/// The last bytes from `place` on, of which those before the bit `end` are needed, and zeros.
#[cold]
fn last_bytes(from: &[u8], place: usize, end: usize) -> Option<[u8; 4]> {
    let rest = from.get(place..).filter(|_| end <= from.len() * 8)?;
    let mut bytes = [0; 4];
    bytes.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
    Some(bytes)
}

/// What is known between two codes.
struct State {
    table: Box<[Entry; CODES]>,
    /// The next code, in bits.
    at: usize,
    done: usize,
    /// The code that is given out next.
    next: usize,
    width: u32,
    /// The string before, which the next one completes to a new one; none where its length is 0.
    before: Entry,
}

impl State {
    fn new() -> Self {
        let mut table = Box::new([0; CODES]);
        table.iter_mut().take(usize::from(CLEAR)).for_each(|entry| *entry = 1);
        Self { table, at: 0, done: 0, next: usize::from(FIRST), width: 9, before: 0 }
    }

    fn clear(&mut self) {
        let (first, end) = (usize::from(FIRST), self.next);
        self.table.get_mut(first..end).unwrap_or_default().fill(0);
        (self.next, self.width, self.before) = (first, 9, 0);
    }

    /// One code; `None` where the data ends.
    fn step<const OLD: bool>(&mut self, from: &[u8], to: &mut [u8]) -> Option<Result<(), Error>> {
        let code = code_at::<OLD>(from, self.at, self.width)?;
        self.at += self.width as usize;
        match code {
            CLEAR => {
                self.clear();
                return Some(Ok(()));
            }
            END => return None,
            _ => {}
        }
        let own = usize::from(code) == self.next;
        let has_room = self.next < CODES;
        if usize::from(code) > self.next || own && (self.before == 0 || !has_room) {
            return Some(Err(Error::damaged("has an invalid LZW code")));
        }
        if self.before > 0 && has_room {
            self.table[self.next % CODES] = self.before + 1;
            self.next += 1;
            // Writers of TIFF 6.0 change to longer codes one code early.
            if self.next + usize::from(!OLD) >= 1 << self.width && self.width < 12 {
                self.width += 1;
            }
        }
        let entry = self.table[usize::from(code) % CODES];
        let (place, len) = ((entry >> 32) as usize, entry as u32 as usize);
        // The string that is just being made is the one before and its first byte.
        write(to, (code, place), self.done, len - usize::from(own));
        if own && let Some(first) = to.get(place).copied() {
            end(to, first, self.done + len - 1);
        }
        self.before = (self.done as u64) << 32 | len as u64;
        self.done += len;
        Some(Ok(()))
    }

    /// Many codes: those that are known, as long as their width stays the same, and there are bytes and room enough.
    #[inline(always)]
    fn run<const OLD: bool>(&mut self, from: &[u8], to: &mut [u8]) {
        let Self { table, at, done, next, width, before } = self;
        let end = ((1 << *width) - usize::from(!OLD)).min(CODES - 1);
        let mask = (1u32 << *width) - 1;
        while *next + 1 < end {
            let bytes = from.get(*at / 8..).and_then(<[u8]>::first_chunk::<4>);
            let Some(bytes) = bytes else { return };
            let shift = (*at % 8) as u32;
            let code = if OLD {
                u32::from_le_bytes(*bytes) >> shift
            } else {
                u32::from_be_bytes(*bytes) >> (32 - shift - *width)
            };
            let code = code & mask;
            let entry = table[code as usize % CODES];
            let (place, len) = ((entry >> 32) as usize, entry as u32 as usize);
            let first = to.get(place..).and_then(<[u8]>::first_chunk::<STEP>).copied();
            let room = to.get_mut(*done..).and_then(<[u8]>::first_chunk_mut::<STEP>);
            let (Some(first), Some(room)) = (first, room) else { return };
            if len == 0 || *before == 0 {
                return;
            }
            table[*next % CODES] = *before + 1;
            *next += 1;
            *at += *width as usize;
            let string = u64::from_le_bytes(first);
            let string = if code < CLEAR.into() { code.into() } else { string };
            *room = string.to_le_bytes();
            if len > STEP {
                write_rest(to, place, *done, len);
            }
            *before = (*done as u64) << 32 | len as u64;
            *done += len;
        }
    }
}

#[inline(never)]
fn decode_in<const OLD: bool>(from: &[u8], to: &mut [u8]) -> (usize, Option<Error>) {
    let mut state = State::new();
    while state.done < to.len() {
        state.run::<OLD>(from, to);
        if state.done >= to.len() {
            break;
        }
        match state.step::<OLD>(from, to) {
            None => break,
            Some(Ok(())) => {}
            Some(Err(error)) => return (state.done, Some(error)),
        }
    }
    (state.done.min(to.len()), None)
}

/// Writes a string that lies wholly before `at`, or a single byte. Bytes after it may be overwritten.
fn write(to: &mut [u8], (code, place): (u16, usize), at: usize, len: usize) {
    let first = to.get(place..).and_then(<[u8]>::first_chunk::<STEP>).copied();
    let room = to.get_mut(at..).and_then(<[u8]>::first_chunk_mut::<STEP>);
    let (Some(first), Some(room)) = (first, room) else {
        return if code < CLEAR { end(to, code as u8, at) } else { each(to, place, at, len) };
    };
    let string = u64::from_le_bytes(first);
    let string = if code < CLEAR { code.into() } else { string };
    *room = string.to_le_bytes();
    write_rest(to, place, at, len);
}

/// Writes a string that lies wholly before `at`, but for its first bytes. Bytes after it may be overwritten.
fn write_rest(to: &mut [u8], place: usize, at: usize, len: usize) {
    let mut done = STEP;
    while done < len {
        let step = to.get(place + done..).and_then(<[u8]>::first_chunk::<LONG>).copied();
        let room = to.get_mut(at + done..).and_then(<[u8]>::first_chunk_mut::<LONG>);
        let (Some(step), Some(room)) = (step, room) else {
            return each(to, place + done, at + done, len - done);
        };
        *room = step;
        done += LONG;
    }
}

/// Writes a single byte, if there is room.
fn end(to: &mut [u8], byte: u8, at: usize) {
    if let Some(to) = to.get_mut(at) {
        *to = byte;
    }
}

/// Writes a string byte for byte, as far as there is room.
#[cold]
fn each(to: &mut [u8], place: usize, at: usize, len: usize) {
    for offset in 0..len.min(to.len().saturating_sub(at)) {
        let byte = to.get(place + offset).copied().unwrap_or(0);
        end(to, byte, at + offset);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::streams::lzw::Decoder;

    /// Strips of every kind of codes, right and wrong, come out as from the other decoder.
    #[test]
    fn both_decoders_say_the_same() {
        let mut seed = 7u64;
        let mut random = |most: u64| {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            (seed >> 16) % most
        };
        for turn in 0..400 {
            let (len, values) = (1 + random(30_000) as usize, [2, 5, 40, 256][turn % 4]);
            let bytes: Vec<u8> = (0..len).map(|_| random(values) as u8).collect();
            let (order, size) = (weezl::BitOrder::Msb, 8);
            let mut raw = match turn % 5 {
                0 => weezl::encode::Encoder::new(weezl::BitOrder::Lsb, size),
                _ => weezl::encode::Encoder::with_tiff_size_switch(order, size),
            }
            .encode(&bytes)
            .unwrap();
            if turn % 3 == 0 {
                let at = random(raw.len() as u64) as usize;
                raw[at] ^= 1 << random(8);
            }
            for wanted in [len, len + 100, len / 2 + 1, 3] {
                let mut whole = vec![0; wanted];
                let (done, damage) = decode(&raw, &mut whole);
                let mut parts = vec![0; wanted];
                let mut used = 0;
                let (other, other_damage) =
                    Decoder::new(coding(&raw)).unwrap().fill(&raw, &mut used, &mut parts);
                assert!(done == other && damage.is_some() == other_damage.is_some(), "turn {turn}");
                assert!(whole[..done] == parts[..done], "turn {turn}, {wanted}");
            }
        }
    }
}
