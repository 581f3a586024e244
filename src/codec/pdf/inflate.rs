//! Refuses streams that inflate to more than the call may hold, before an engine inflates them into memory.

use std::io::Read;

use flate2::read::ZlibDecoder;
use hayro::hayro_syntax::Filter;
use hayro::hayro_syntax::object::Stream;

use crate::error::{Error, Kind, Result};
use crate::limits::Budget;

/// Bytes that a byte of Deflate stands for at the most.
const MOST: u64 = 1032;

/// What a stream deflated more than once may come to: nobody has a use for that but for such streams.
const CHAINED: u64 = 256 << 20;

/// Compressed bytes that are tried first, and what they come to where a stream is suspect.
const SAMPLE: u64 = 256 << 10;
const SUSPECT: u64 = SAMPLE * 100;

/// What the operators of a page or form may come to: they are gone through several times, and no page has as many.
const OPERATORS: u64 = 256 << 20;

/// Checks a stream whose first filters are Deflate.
pub fn check(stream: &Stream<'_>, budget: &Budget) -> Result<()> {
    within(stream, u64::MAX, budget)
}

/// The same for a stream of operators.
pub fn check_operators(stream: &Stream<'_>, budget: &Budget) -> Result<()> {
    within(stream, OPERATORS, budget)
}

fn within(stream: &Stream<'_>, most: u64, budget: &Budget) -> Result<()> {
    let filters = stream.filters();
    let chain = filters.iter().take_while(|filter| **filter == Filter::FlateDecode).count();
    if chain == 0 {
        return Ok(());
    }
    let raw = stream.raw_data();
    let left = budget.memory_left().min(most);
    let size = match chain {
        1 if (raw.len() as u64).saturating_mul(MOST) <= left => return Ok(()),
        1 if inflated(Read::take(&raw[..], SAMPLE), 1, SUSPECT, budget)? < SUSPECT => return Ok(()),
        1 => inflated(&raw[..], 1, left.saturating_add(1), budget)?,
        chain => inflated(&raw[..], chain, left.min(CHAINED).saturating_add(1), budget)?,
    };
    let allowed = if chain == 1 { left } else { left.min(CHAINED) };
    if size <= allowed {
        return Ok(());
    }
    let limit = if allowed == most {
        "operators may have".into()
    } else if allowed == left {
        format!("max_memory is {} and leaves", budget.limits().max_memory)
    } else {
        "data deflated again may have".into()
    };
    let message =
        format!("{limit} {allowed} bytes, but {} bytes on the page inflate to more", raw.len());
    Err(Error::new(Kind::LimitExceeded, message))
}

/// What `raw` comes to when it is inflated `times` times, counted up to `most`. Damaged data ends where it is damaged.
fn inflated<'a>(raw: impl Read + 'a, times: usize, most: u64, budget: &Budget) -> Result<u64> {
    let reader = (0..times.min(8))
        .fold(Box::new(raw) as Box<dyn Read + 'a>, |inner, _| Box::new(ZlibDecoder::new(inner)));
    let mut reader = reader.take(most);
    let mut block = vec![0; 64 << 10];
    let mut size = 0;
    while let Ok(count @ 1..) = reader.read(&mut block) {
        budget.check()?;
        size += count as u64;
    }
    Ok(size)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::ZlibEncoder;

    use super::*;
    use crate::limits::Limits;

    fn deflated(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn a_stream_of_operators_may_have_less_than_others() {
        use hayro::hayro_syntax::object::FromBytes;
        let data = deflated(&vec![b' '; 30_000_000]);
        let dict = format!("<</Length {}/Filter/FlateDecode>>\nstream\n", data.len());
        let file = [dict.as_bytes(), &data, b"\nendstream"].concat();
        let stream = Stream::from_bytes(&file).unwrap();
        let budget = Budget::new(Limits::default(), None);
        check(&stream, &budget).unwrap();
        check_operators(&stream, &budget).unwrap();
        let error = within(&stream, 1_000_000, &budget).unwrap_err();
        assert_eq!(error.kind(), Kind::LimitExceeded);
        assert!(error.message().starts_with("operators may have 1000000 bytes"), "{error}");
    }

    #[test]
    fn what_was_deflated_twice_is_counted_up_to_the_limit() {
        let twice = deflated(&deflated(&vec![7; 3_000_000]));
        let budget = Budget::new(Limits::default(), None);
        let size = |raw, times, most| inflated(raw, times, most, &budget).unwrap();
        assert_eq!(size(&twice[..], 2, u64::MAX), 3_000_000);
        assert_eq!(size(&twice[..], 2, 1_000_000), 1_000_000);
        assert_eq!(size(&b"no such stream"[..], 1, 9), 0);
        let late = Budget::new(Limits { deadline_ms: 0, ..Limits::default() }, None);
        assert_eq!(inflated(&twice[..], 2, u64::MAX, &late).unwrap_err().kind(), Kind::Timeout);
    }
}
