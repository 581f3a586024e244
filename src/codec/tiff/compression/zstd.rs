//! Zstandard (RFC 8878).

use std::io::{self, Read};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use ruzstd::decoding::StreamingDecoder;

use super::Packed;
use crate::error::{Error, Result};
use crate::limits::Budget;
use crate::memory::{self, Scratch};

/// The longest window of a frame that is read.
const MOST: u64 = 64 << 20;

/// What the decoder holds beside it: blocks of up to 128 KiB, and tables.
const BLOCKS: usize = 1 << 20;

const WHAT: &str = "Zstandard data";

/// Opens the frame in `raw`; the decoder holds as much as its window.
pub fn open(raw: Scratch, budget: &Budget) -> Result<Packed> {
    let window = window(&raw).ok_or_else(|| Error::damaged("has no Zstandard data"))?;
    if window > MOST {
        let message = format!("has Zstandard data with a window of {window} bytes, over {MOST}");
        return Err(Error::unsupported(message));
    }
    // It grows by doubling.
    let booked = budget.reserve(window.saturating_mul(2))?;
    memory::room(usize::try_from(window).unwrap_or(usize::MAX).saturating_mul(2) + BLOCKS, WHAT)?;
    let raw = super::Bytes::new(raw);
    let decoder =
        StreamingDecoder::new(raw).map_err(|_| Error::damaged("has invalid Zstandard data"))?;
    Ok(Packed::new(Fallible(decoder), "Zstandard", booked))
}

/// Its buffer of a window panics where it cannot grow.
struct Fallible<R>(R);

impl<R: Read> Read for Fallible<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let read = catch_unwind(AssertUnwindSafe(|| self.0.read(to)));
        read.unwrap_or_else(|panic| {
            let said = panic.downcast_ref::<String>().map_or("", String::as_str);
            if !said.starts_with("Allocating") {
                resume_unwind(panic);
            }
            Err(io::Error::other(Error::no_memory(to.len(), WHAT)))
        })
    }
}

/// Bytes that the decoder of a frame looks back at the most (section 3.1.1.1).
fn window(frame: &[u8]) -> Option<u64> {
    let [0x28, 0xb5, 0x2f, 0xfd, descriptor, rest @ ..] = frame else { return None };
    if descriptor & 0x20 == 0 {
        let window = u64::from(*rest.first()?);
        let base = 1u64 << (10 + (window >> 3));
        return Some(base + base / 8 * (window & 7));
    }
    // All of the content.
    let dictionary = [0, 1, 2, 4][usize::from(descriptor & 3)];
    let size = rest.get(dictionary..)?;
    let number = |len: usize| {
        let bytes = size.get(..len)?;
        Some(bytes.iter().rev().fold(0u64, |number, byte| number << 8 | u64::from(*byte)))
    };
    match descriptor >> 6 {
        0 => number(1),
        1 => number(2).map(|size| size + 256),
        2 => number(4),
        _ => number(8),
    }
}
