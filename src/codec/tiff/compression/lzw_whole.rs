//! LZW of a whole strip at once: a string of the table is a place in what was decoded before, since each new one is the
//! string before and the byte that follows it there.

use super::lzw::{CLEAR, CODES, END, FIRST, is_old};
use crate::error::Error;

/// A string: where it begins, and how long it is. Of single bytes the place means nothing.
type Entry = (u32, u32);

/// Bytes that are copied at once, and of long strings.
const STEP: usize = 8;
const LONG: usize = 32;

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

#[inline(never)]
fn decode_in<const OLD: bool>(from: &[u8], to: &mut [u8]) -> (usize, Option<Error>) {
    let mut table = Box::new([(0, 1); CODES]);
    // In bits.
    let mut at = 0;
    let (mut next, mut width) = (FIRST, 9);
    // The string before, which the next one completes to a new one; none where its length is 0.
    let mut before: Entry = (0, 0);
    let mut done = 0;
    while done < to.len() {
        let code = code_at::<OLD>(from, at, width);
        at += width as usize;
        let code = match code {
            Some(CLEAR) => {
                (next, width, before) = (FIRST, 9, (0, 0));
                continue;
            }
            Some(END) | None => break,
            Some(code) => code,
        };
        let own = code == next;
        if code > next || own && (before.1 == 0 || usize::from(next) >= CODES) {
            return (done, Some(Error::damaged("has an invalid LZW code")));
        }
        if before.1 > 0 && usize::from(next) < CODES {
            table[usize::from(next) % CODES] = (before.0, before.1 + 1);
            next += 1;
            // Writers of TIFF 6.0 change to longer codes one code early.
            if u32::from(next) + u32::from(!OLD) >= 1 << width && width < 12 {
                width += 1;
            }
        }
        let (place, len) = table[usize::from(code) % CODES];
        let len = len as usize;
        let place = place as usize;
        // The string that is just being made is the one before and its first byte.
        write(to, (code, place), done, len - usize::from(own));
        if own && let Some(first) = to.get(place).copied() {
            end(to, first, done + len - 1);
        }
        before = (done as u32, len as u32);
        done += len;
    }
    (done.min(to.len()), None)
}

/// Writes a string that lies wholly before `at`, or a single byte. Bytes after it may be overwritten.
#[inline(always)]
fn write(to: &mut [u8], (code, place): (u16, usize), at: usize, len: usize) {
    let first = to.get(place..).and_then(<[u8]>::first_chunk::<STEP>).copied();
    let room = to.get_mut(at..).and_then(<[u8]>::first_chunk_mut::<STEP>);
    let (Some(first), Some(room)) = (first, room) else {
        return if code < CLEAR { end(to, code as u8, at) } else { each(to, place, at, len) };
    };
    let string = u64::from_le_bytes(first);
    let string = if code < CLEAR { code.into() } else { string };
    *room = string.to_le_bytes();
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
    use super::super::lzw::Decoder;
    use super::*;

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
                let (other, other_damage) = Decoder::new(&raw).fill(&raw, &mut used, &mut parts);
                assert!(done == other && damage.is_some() == other_damage.is_some(), "turn {turn}");
                assert!(whole[..done] == parts[..done], "turn {turn}, {wanted}");
            }
        }
    }
}
