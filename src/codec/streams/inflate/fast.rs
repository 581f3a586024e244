//! Most of a block: symbols that there certainly are bytes for, and room.

use super::codes::{END, LITERAL, OTHER, PAIR, USED};
use super::{Bits, Damaged, Tables, simd};

/// Why the loop ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// There is not enough room, or not enough bytes.
    Short,
    /// The block ended.
    Ended,
    /// There is not enough room for a match: length and distance.
    Open(usize, usize),
}

/// Decodes symbols while there are bytes and room enough; whether the table has `PAIRS` of literals makes a loop of its own.
///
/// At the start of each turn there are 56 bits, and the next symbol is looked up already: what waits for memory is then
/// only the lookup of a symbol, and not the bits that are fetched for later ones.
#[inline(always)]
pub fn decode<const PAIRS: bool>(
    tables: &Tables,
    from: &[u8],
    stream: &mut Bits,
    buffer: &mut [u8],
    end: &mut usize,
) -> Result<Stop, Damaged> {
    let Bits { mut bits, mut count, mut at } = *stream;
    let mut out = *end;
    macro_rules! refill {
        () => {{
            let Some(word) = from.get(at..).and_then(<[u8]>::first_chunk::<8>) else {
                break Ok(Stop::Short);
            };
            bits |= u64::from_le_bytes(*word) << (count & 63);
            at += ((63 - (count & 63)) / 8) as usize;
            // Of the count, the six lowest bits are right.
            count |= 56;
        }};
    }
    macro_rules! skip {
        ($entry:expr) => {
            bits >>= $entry & USED;
            count = count.wrapping_sub($entry);
        };
    }
    // What is never seen: the first turn looks the first symbol up.
    let mut entry = 0;
    // One literal; or up to two, after `$done` bits of others.
    macro_rules! literals {
        ($room:ident[$at:literal], $bytes:ident, $done:ident) => {
            if PAIRS {
                $bytes |= u64::from(entry >> 16) << $done;
                $done += 8 + (entry & PAIR) / (PAIR / 8);
            } else {
                $room[$at] = (entry >> 16) as u8;
                out += 1;
            }
            skip!(entry);
            entry = tables.literals.look_up(bits);
        };
    }
    let mut is_first = true;
    let outcome = loop {
        if is_first {
            refill!();
            entry = tables.literals.look_up(bits);
            is_first = false;
        }
        let room = buffer.get_mut(out..).and_then(<[u8]>::first_chunk_mut::<8>);
        let Some(room) = room else { break Ok(Stop::Short) };
        if entry & LITERAL != 0 {
            let (mut bytes, mut done) = (0, 0);
            literals!(room[0], bytes, done);
            if entry & LITERAL != 0 {
                literals!(room[1], bytes, done);
                if entry & LITERAL != 0 {
                    literals!(room[2], bytes, done);
                    if entry & LITERAL != 0 {
                        literals!(room[3], bytes, done);
                    }
                }
            }
            if PAIRS {
                *room = u64::to_le_bytes(bytes);
                out += (done / 8) as usize;
            }
            // A length and a distance take 48 bits at the most.
            refill!();
            continue;
        }
        if entry & OTHER != 0 {
            skip!(entry);
            entry = tables.literals.look_further(entry, bits);
            if entry & OTHER != 0 {
                skip!(entry);
                break if entry & END == END { Ok(Stop::Ended) } else { Err(Damaged) };
            }
            if entry & LITERAL != 0 {
                skip!(entry);
                room[0] = (entry >> 16) as u8;
                out += 1;
                refill!();
                entry = tables.literals.look_up(bits);
                continue;
            }
        }
        let len = value(entry, bits);
        skip!(entry);
        let mut entry_of_distance = tables.distances.look_up(bits);
        if entry_of_distance & OTHER != 0 {
            skip!(entry_of_distance);
            entry_of_distance = tables.distances.look_further(entry_of_distance, bits);
            if entry_of_distance & OTHER != 0 {
                break Err(Damaged);
            }
        }
        let distance = value(entry_of_distance, bits);
        skip!(entry_of_distance);
        if distance > out {
            break Err(Damaged);
        }
        if !simd::copy(buffer, out, len, distance) {
            break Ok(Stop::Open(len, distance));
        }
        out += len;
        refill!();
        entry = tables.literals.look_up(bits);
    };
    *stream = Bits { bits, count: count & 63, at };
    *end = out;
    outcome
}

/// The number that an entry and its extra bits stand for.
#[inline(always)]
fn value(entry: u32, bits: u64) -> usize {
    let extra = (bits & !(u64::MAX << (entry & USED))) >> (entry >> 8 & 15);
    (entry >> 16) as usize + extra as usize
}
