//! Tables of JPEG that stand before the chunks they are for: kept as far as they are in force.
//!
//! A file may hold a million of them, and each of its thousands of chunks reads all that are kept. Of a kind and number
//! only the last one counts (T.81, B.2.4), so that 3 KiB are enough.

use super::old_jpeg::head::{DHT, DQT, DRI, put_segment};
use crate::error::Result;

/// Takes the tables of a segment in place of those with the same numbers. What is damaged is kept for the decoder to name;
/// false says that nothing after it counts.
pub fn put(segments: &mut Vec<u8>, marker: u8, mut content: &[u8]) -> Result<bool> {
    if marker == DRI {
        remove(segments, DRI, None);
        put_segment(segments, DRI, content)?;
        return Ok(content.len() == 2);
    }
    while let Some(place) = content.first() {
        let Some((table, rest)) = split(marker, content) else {
            put_segment(segments, marker, content)?;
            return Ok(false);
        };
        remove(segments, marker, Some(*place));
        put_segment(segments, marker, table)?;
        content = rest;
    }
    Ok(true)
}

/// Whether there is a table of a class and number (T.81, B.2.4): of quantization (DQT) or codes (DHT).
pub fn has(segments: &[u8], marker: u8, place: u8) -> bool {
    find(segments, marker, Some(place)).is_some()
}

/// The table that content begins with, and what follows; `None` where it is cut off or has no possible number.
fn split(marker: u8, content: &[u8]) -> Option<(&[u8], &[u8])> {
    let (place, rest) = content.split_first()?;
    let len = match (marker, place >> 4) {
        (DQT, 0) => 64,
        (DQT, _) => 128,
        (DHT, 0 | 1) => {
            let counts = rest.first_chunk::<16>()?;
            16 + counts.iter().map(|count| usize::from(*count)).sum::<usize>()
        }
        _ => return None,
    };
    if place & 15 > 3 { None } else { content.split_at_checked(1 + len) }
}

/// Where a segment begins and ends whose content begins with `place`, or that has the marker alone.
fn find(segments: &[u8], marker: u8, place: Option<u8>) -> Option<(usize, usize)> {
    let mut at = 0;
    while let Some([_, own, high, low, rest @ ..]) = segments.get(at..) {
        let end = at + 2 + usize::from(u16::from_be_bytes([*high, *low]));
        let is_place = place.is_none_or(|place| rest.first() == Some(&place));
        if *own == marker && is_place {
            return Some((at, end));
        }
        at = end;
    }
    None
}

fn remove(segments: &mut Vec<u8>, marker: u8, place: Option<u8>) {
    if let Some((start, end)) = find(segments, marker, place) {
        segments.drain(start..end.min(segments.len()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quantization(place: u8, step: u8) -> Vec<u8> {
        [&[place][..], &[step; 64]].concat()
    }

    #[test]
    fn the_last_table_of_a_number_is_kept() {
        let mut segments = Vec::new();
        for step in 0..200 {
            let both = [quantization(0, step), quantization(1, step)].concat();
            assert!(put(&mut segments, DQT, &both).unwrap());
            let codes = [&[0x10][..], &[1], &[0; 15], &[step]].concat();
            assert!(put(&mut segments, DHT, &codes).unwrap());
            assert!(put(&mut segments, DRI, &[0, step]).unwrap());
        }
        let mut expected = Vec::new();
        for place in [0, 1] {
            put_segment(&mut expected, DQT, &quantization(place, 199)).unwrap();
        }
        put_segment(&mut expected, DHT, &[&[0x10][..], &[1], &[0; 15], &[199]].concat()).unwrap();
        put_segment(&mut expected, DRI, &[0, 199]).unwrap();
        assert_eq!(segments, expected);
        assert!(has(&segments, DQT, 1) && has(&segments, DHT, 0x10));
        assert!(!has(&segments, DQT, 2) && !has(&segments, DHT, 0));
    }

    #[test]
    fn damage_is_kept_to_be_named() {
        for (marker, content) in [
            (DQT, quantization(0, 1)[..60].to_vec()),
            (DQT, quantization(4, 1)),
            (DHT, vec![0x20; 40]),
            (DHT, vec![0; 16]),
            (DRI, vec![1]),
        ] {
            let mut segments = Vec::new();
            assert!(!put(&mut segments, marker, &content).unwrap());
            assert_eq!(segments.len(), 4 + content.len());
        }
    }
}
