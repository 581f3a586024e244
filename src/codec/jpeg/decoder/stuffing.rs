//! Zeros that are stuffed after bytes of 0xff (T.81, B.1.1.5).

/// What became of raw bytes.
pub struct Freed {
    pub read: usize,
    pub written: usize,
    /// Whether the last byte that was read was the first of a marker, or of a stuffed byte.
    pub after_ff: bool,
    /// The marker that ended them.
    pub marker: Option<u8>,
}

/// Copies bytes up to a marker without what is stuffed. Ends where there is no room for eight bytes more.
pub fn free(raw: &[u8], after_ff: bool, to: &mut [u8]) -> Freed {
    let mut freed = Freed { read: 0, written: 0, after_ff, marker: None };
    while let Some(room) = to.get_mut(freed.written..).filter(|room| room.len() >= 8) {
        if freed.after_ff {
            let Some(byte) = raw.get(freed.read) else { break };
            freed.read += 1;
            match byte {
                // Fill bytes.
                0xff => continue,
                0 => {
                    room[0] = 0xff;
                    freed.written += 1;
                }
                marker => freed.marker = Some(*marker),
            }
            freed.after_ff = false;
            if freed.marker.is_some() {
                break;
            }
            continue;
        }
        if copy_plain(raw.get(freed.read..).unwrap_or_default(), room) {
            freed.read += PLAIN;
            freed.written += PLAIN;
            continue;
        }
        let Some(room) = room.first_chunk_mut::<8>() else { break };
        if let Some(eight) = raw.get(freed.read..).and_then(<[u8]>::first_chunk::<8>) {
            *room = *eight;
            let plain = before_ff(u64::from_le_bytes(*eight));
            freed.written += plain;
            freed.read += plain;
            if plain < 8 {
                freed.read += 1;
                freed.after_ff = true;
            }
            continue;
        }
        let Some(byte) = raw.get(freed.read) else { break };
        freed.read += 1;
        if *byte == 0xff {
            freed.after_ff = true;
        } else {
            room[0] = *byte;
            freed.written += 1;
        }
    }
    freed
}

/// Bytes that are looked at together, which mostly have no 0xff among them.
const PLAIN: usize = 32;

/// Copies so many bytes, if there are so many and room for them, and none is 0xff.
#[inline(always)]
fn copy_plain(raw: &[u8], to: &mut [u8]) -> bool {
    let (Some(raw), Some(to)) = (raw.first_chunk::<PLAIN>(), to.first_chunk_mut()) else {
        return false;
    };
    let plain = !raw.iter().fold(false, |any, byte| any | (*byte == 0xff));
    if plain {
        *to = *raw;
    }
    plain
}

/// Bytes before the first that is 0xff.
pub fn until_ff(bytes: &[u8]) -> usize {
    let (eights, rest) = bytes.as_chunks::<8>();
    for (at, eight) in eights.iter().enumerate() {
        let plain = before_ff(u64::from_le_bytes(*eight));
        if plain < 8 {
            return at * 8 + plain;
        }
    }
    let rest = rest.iter().take_while(|byte| **byte != 0xff);
    eights.len() * 8 + rest.count()
}

/// Bytes below the first that is 0xff, the lowest first.
#[inline(always)]
fn before_ff(eight: u64) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let inverted = !eight;
    // The lowest bit that is set here belongs to the first byte of `inverted` that is zero.
    let zeros = inverted.wrapping_sub(ONES) & !inverted & (ONES << 7);
    (zeros.trailing_zeros() / 8) as usize
}
