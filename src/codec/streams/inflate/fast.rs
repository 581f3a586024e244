//! Most of a block: symbols that there certainly are bytes for, and room.

use super::codes::{END, LITERAL, OTHER};
use super::{Bits, Damaged, SLACK, Tables};

/// Bytes that the loop may look at in one turn.
const AHEAD: usize = 24;

/// Decodes symbols while there are bytes and room enough; true where the block ended.
#[inline(always)]
pub fn decode(
    tables: &Tables,
    from: &[u8],
    stream: &mut Bits,
    buffer: &mut [u8],
    end: &mut usize,
) -> Result<bool, Damaged> {
    let Bits { mut bits, mut count, mut at } = *stream;
    let mut out = *end;
    let last_in = from.len().saturating_sub(AHEAD);
    // The buffer ends that much after its room, and a match may fill it.
    let last_out = buffer.len().saturating_sub(2 * SLACK);
    let mut outcome = Ok(false);
    macro_rules! refill {
        () => {
            let word = from.get(at..).and_then(<[u8]>::first_chunk::<8>);
            bits |= u64::from_le_bytes(word.copied().unwrap_or_default()) << count;
            at += ((63 - count) / 8) as usize;
            count |= 56;
        };
    }
    macro_rules! skip {
        ($entry:expr) => {
            bits >>= $entry & 0x3f;
            count -= $entry & 0x3f;
        };
    }
    macro_rules! literal {
        ($entry:expr) => {
            skip!($entry);
            if let Some(to) = buffer.get_mut(out) {
                *to = ($entry >> 16) as u8;
            }
            out += 1;
        };
    }
    while at < last_in && out < last_out {
        refill!();
        let mut entry = tables.literals.look_up(bits);
        if entry & LITERAL != 0 {
            literal!(entry);
            entry = tables.literals.look_up(bits);
            if entry & LITERAL != 0 {
                literal!(entry);
                entry = tables.literals.look_up(bits);
                if entry & LITERAL != 0 {
                    literal!(entry);
                    continue;
                }
            }
            // A length and a distance take 48 bits at the most.
            refill!();
        }
        if entry & OTHER != 0 {
            skip!(entry);
            entry = tables.literals.look_further(entry, bits);
            if entry & LITERAL != 0 {
                literal!(entry);
                continue;
            }
            if entry & OTHER != 0 {
                skip!(entry);
                outcome = if entry & END == END { Ok(true) } else { Err(Damaged) };
                break;
            }
        }
        let len = value(entry, bits);
        skip!(entry);
        let mut entry = tables.distances.look_up(bits);
        if entry & OTHER != 0 {
            skip!(entry);
            entry = tables.distances.look_further(entry, bits);
            if entry & OTHER != 0 {
                outcome = Err(Damaged);
                break;
            }
        }
        let distance = value(entry, bits);
        skip!(entry);
        if distance > out {
            outcome = Err(Damaged);
            break;
        }
        copy(buffer, out, len, distance);
        out += len;
    }
    *stream = Bits { bits, count, at };
    *end = out;
    outcome
}

#[inline(always)]
fn value(entry: u32, bits: u64) -> usize {
    let extra = (bits & !(u64::MAX << (entry & 0x3f))) >> (entry >> 8 & 15);
    (entry >> 16) as usize + extra as usize
}

/// Copies a match, and up to 15 bytes after it.
#[inline(always)]
fn copy(buffer: &mut [u8], out: usize, len: usize, distance: usize) {
    let end = out + len;
    let mut to = out;
    if distance >= 16 {
        while to < end {
            some::<16>(buffer, to - distance, to);
            to += 16;
        }
        return;
    }
    if distance >= 8 {
        while to < end {
            some::<8>(buffer, to - distance, to);
            to += 8;
        }
        return;
    }
    if let Some((before, after)) = buffer.split_at_mut_checked(out)
        && distance == 1
        && let (Some(byte), Some(to)) = (before.last(), after.get_mut(..len))
    {
        to.fill(*byte);
        return;
    }
    // Repetitions of few bytes: some of them first, then those again, at a distance that does not overlap.
    let far = distance * 8usize.div_ceil(distance);
    for at in out..out + far {
        some::<1>(buffer, at - distance, at);
    }
    to += far;
    while to < end {
        some::<8>(buffer, to - far, to);
        to += 8;
    }
}

#[inline(always)]
fn some<const N: usize>(buffer: &mut [u8], from: usize, to: usize) {
    let bytes = buffer.get(from..).and_then(<[u8]>::first_chunk::<N>).copied();
    if let (Some(bytes), Some(to)) =
        (bytes, buffer.get_mut(to..).and_then(<[u8]>::first_chunk_mut::<N>))
    {
        *to = bytes;
    }
}
