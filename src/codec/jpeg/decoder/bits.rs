//! Bits of entropy-coded data, and the markers between.
//!
//! Data is freed of its stuffed zeros (T.81, B.1.1.5) a chunk at a time, so that bits can be read eight bytes at once. What
//! follows the last byte before a marker reads as ones: no Huffman code consists of ones alone (T.81, C.2), and what was
//! read of them is noticed in any case.

use std::io::{BufRead, Seek, SeekFrom};

use super::super::markers;
use super::stuffing;
use crate::error::{Error, Kind, Result};
use crate::memory;
use crate::source::{Cursor, Source};

/// Bytes that are held without stuffing at the most.
const CHUNK: usize = 32 << 10;

/// Bytes that one call of [`Bits::with`] may use up: a block has 64 coefficients of 32 bits at the most.
const MOST: usize = 512;

/// Reads bits up to a marker, and what follows it.
pub struct Bits {
    cursor: Cursor,
    /// Bytes that are held without stuffing, and `clean` has room for.
    chunk: usize,
    clean: Vec<u8>,
    /// Bytes of `clean` that are there; ones follow.
    len: usize,
    place: Place,
    /// Whether the last byte that was taken from the file was the first of a marker, or of a stuffed byte.
    after_ff: bool,
    /// The marker that ended the bits.
    marker: Option<u8>,
    /// Whether it was the end of the file that did.
    ended: bool,
    /// Restart markers of the scan.
    restarts: usize,
}

/// The bits that were read and not used, and where the next ones are.
#[derive(Clone, Copy, Default)]
struct Place {
    at: usize,
    /// The next bit is the highest.
    held: u64,
    count: u32,
}

/// Bits that are known to be in memory.
pub struct Reader<'a> {
    /// Those that were not read.
    bytes: &'a [u8],
    /// The next bit is the highest.
    held: u64,
    count: u32,
}

/// Where a reader ended.
#[derive(Clone, Copy)]
pub struct Rest {
    /// Bytes that were not read.
    bytes: usize,
    held: u64,
    count: u32,
}

impl Bits {
    /// Begins at an offset.
    pub fn new(source: &Source, at: u64) -> Result<Self> {
        Self::after_restarts(source, at, 0)
    }

    /// Begins at an offset that so many restart markers of the scan are before.
    pub fn after_restarts(source: &Source, at: u64, restarts: usize) -> Result<Self> {
        let mut cursor = source.cursor();
        cursor.seek(SeekFrom::Start(at)).map_err(|error| failed(&error))?;
        let left = usize::try_from(source.len().saturating_sub(at)).unwrap_or(CHUNK);
        // One more than there are, so that the end is met before the chunk is full.
        let chunk = left.saturating_add(1).min(CHUNK);
        let clean = memory::zeroed(chunk + 2 * MOST, "input")?;
        let place = Place::default();
        Ok(Self {
            cursor,
            chunk,
            clean,
            len: 0,
            place,
            after_ff: false,
            marker: None,
            ended: false,
            restarts,
        })
    }

    /// Lets `decode` read the bits of a block.
    #[inline(always)]
    pub fn with<T>(&mut self, decode: impl FnOnce(&mut Reader<'_>) -> Result<T>) -> Result<T> {
        let mut reader = self.reader()?;
        let outcome = decode(&mut reader);
        let rest = reader.rest();
        self.go_to(rest)?;
        outcome
    }

    /// The bits of a block. Where they end is to be told to [`Self::go_to`].
    #[inline(always)]
    pub fn reader(&mut self) -> Result<Reader<'_>> {
        if self.len < self.place.at + MOST && self.marker.is_none() && !self.ended {
            self.fill()?;
        }
        let Place { at, held, count } = self.place;
        Ok(Reader { bytes: self.clean.get(at..).unwrap_or_default(), held, count })
    }

    /// Goes on where a reader ended. Fails where it read more bits than there are.
    #[inline(always)]
    pub fn go_to(&mut self, Rest { bytes, held, count }: Rest) -> Result<()> {
        let at = self.clean.len().wrapping_sub(bytes);
        self.place = Place { at, held, count };
        // What was held and not used is bits of the bytes before.
        if at * 8 > self.len * 8 + count as usize {
            return Err(self.missing());
        }
        Ok(())
    }

    /// The next byte of data, for decoders that take no bits; after the last one zeros, which encoders may leave out
    /// (T.81, D.1.8).
    pub fn byte_of_data(&mut self) -> Result<u8> {
        if self.place.at >= self.len && self.marker.is_none() && !self.ended {
            self.fill()?;
        }
        let byte = self.clean.get(self.place.at).filter(|_| self.place.at < self.len);
        self.place.at += usize::from(byte.is_some());
        Ok(byte.copied().unwrap_or(0))
    }

    #[cold]
    fn missing(&self) -> Error {
        if self.ended {
            ends_early()
        } else {
            Error::damaged("image data is missing before a marker")
        }
    }

    #[cold]
    fn fill(&mut self) -> Result<()> {
        let rest = self.place.at.min(self.len)..self.len;
        let kept = rest.len();
        self.clean.copy_within(rest, 0);
        (self.len, self.place.at) = (kept, 0);
        while self.len < self.chunk && self.marker.is_none() && !self.ended {
            let raw = self.cursor.fill_buf().map_err(|error| failed(&error))?;
            if raw.is_empty() {
                self.ended = true;
                break;
            }
            let to = self.clean.get_mut(self.len..self.chunk + 8).unwrap_or_default();
            let freed = stuffing::free(raw, self.after_ff, to);
            self.cursor.consume(freed.read);
            self.len += freed.written;
            (self.after_ff, self.marker) = (freed.after_ff, freed.marker);
        }
        self.clean.iter_mut().skip(self.len).take(2 * MOST).for_each(|byte| *byte = 0xff);
        Ok(())
    }

    /// The next byte of the file, past the bits.
    fn byte(&mut self) -> Result<Option<u8>> {
        let byte = self.cursor.fill_buf().map_err(|error| failed(&error))?.first().copied();
        self.cursor.consume(usize::from(byte.is_some()));
        Ok(byte)
    }

    /// Ends a piece of entropy-coded data: the marker after it, wherever it is; that the file just ends is an error.
    pub fn next_marker(&mut self) -> Result<u8> {
        (self.len, self.place) = (0, Place::default());
        loop {
            if let Some(marker) = self.marker.take() {
                return Ok(marker);
            }
            if self.ended {
                return Err(ends_early());
            }
            self.fill()?;
            self.len = 0;
        }
    }

    /// The marker between two intervals, of which each is the one after the last of eight (T.81, B.2.1).
    pub fn restart(&mut self) -> Result<()> {
        let marker = self.next_marker()?;
        if marker != markers::RST0 + (self.restarts % 8) as u8 {
            self.marker = Some(marker);
            return Err(Error::damaged("a restart marker is missing"));
        }
        self.restarts += 1;
        Ok(())
    }

    /// Goes on to a restart marker that was to come, or to one of the two after it; the number of the interval that it
    /// begins. `None` where another marker comes before, or the end.
    pub fn find_restart(&mut self) -> Result<Option<usize>> {
        loop {
            let marker = match self.next_marker() {
                Err(error) if error.kind() == Kind::Damaged => return Ok(None),
                marker => marker?,
            };
            if !markers::is_restart(marker) {
                self.marker = Some(marker);
                return Ok(None);
            }
            let number = usize::from(marker - markers::RST0);
            let ahead = (number + 8 - self.restarts % 8) % 8;
            // Those from five before on are old ones; what is between may be either, and is passed over, too.
            if ahead < 3 {
                self.restarts += ahead + 1;
                return Ok(Some(self.restarts));
            }
        }
    }

    /// Counts restart markers from the first on again, for another scan.
    pub fn begin_scan(&mut self) {
        self.restarts = 0;
    }

    /// The content of a segment, after its marker.
    pub fn segment(&mut self) -> Result<Vec<u8>> {
        let mut next = || self.byte()?.ok_or_else(ends_early);
        let len = usize::from(u16::from_be_bytes([next()?, next()?]));
        (2..len).map(|_| next()).collect()
    }
}

impl Reader<'_> {
    /// Reads on until at least 56 bits are held.
    #[inline(always)]
    pub fn refill(&mut self) {
        let next = self.bytes.first_chunk::<8>();
        let taken = (63 - self.count as usize) >> 3;
        self.held |=
            u64::from_be_bytes(next.copied().unwrap_or([0xff; 8])).wrapping_shr(self.count);
        self.bytes = self.bytes.get(taken..).unwrap_or_default();
        self.count |= 56;
    }

    /// Where it ends.
    #[inline(always)]
    pub fn rest(&self) -> Rest {
        Rest { bytes: self.bytes.len(), held: self.held, count: self.count }
    }

    /// The next `count` bits, 1 to 32, of which so many are held.
    #[inline(always)]
    pub fn peek(&self, count: u32) -> u32 {
        (self.held >> (64 - count)) as u32
    }

    /// Lets `count` bits go, less than 64, of which so many are held.
    #[inline(always)]
    pub fn drop(&mut self, count: u32) {
        self.held <<= count;
        self.count = self.count.wrapping_sub(count);
    }

    /// Bits that are held.
    #[inline(always)]
    pub fn count(&self) -> u32 {
        self.count
    }

    /// The next `count` bits, up to 16.
    #[inline(always)]
    pub fn take(&mut self, count: u32) -> i32 {
        if count == 0 {
            return 0;
        }
        if self.count < count {
            self.refill();
        }
        let value = self.peek(count) as i32;
        self.drop(count);
        value
    }

    /// The number that may be negative (T.81, F.2.2.1) after `past` bits, and of 63 - `but` bits, up to 15.
    #[inline(always)]
    pub fn signed_after(&self, past: u32, but: u32) -> i32 {
        let next = self.held << (past & 63);
        let all = (u64::MAX >> 1 >> (but & 63)) as i32;
        let read = (next >> 1 >> (but & 63)) as i32;
        // What begins with 0 is negative.
        read - if (next as i64) < 0 { 0 } else { all }
    }

    /// A number of `count` bits, up to 16, that may be negative (T.81, F.2.2.1).
    #[inline(always)]
    pub fn signed(&mut self, count: u32) -> i32 {
        let value = self.take(count);
        let negative = count > 0 && value < 1 << (count - 1);
        if negative { value + 1 - (1 << count) } else { value }
    }
}

pub(super) fn ends_early() -> Error {
    Error::damaged("the file ends before the image does")
}

fn failed(error: &std::io::Error) -> Error {
    crate::source::io_failed(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What lies before the marker, read in portions of so many bits.
    fn read(bytes: &[u8], portion: u32) -> (Vec<u8>, Option<u8>) {
        let mut bits = Bits::new(&Source::from_bytes(bytes.to_vec()), 0).unwrap();
        let mut read = Vec::new();
        while let Ok(value) = bits.with(|reader| Ok(reader.take(portion))) {
            read.push(value as u8);
        }
        (read, bits.next_marker().ok())
    }

    #[test]
    fn stuffed_bytes_and_fill_bytes_are_taken_out() {
        let (bytes, marker) = read(&[1, 0xff, 0, 2, 0xff, 0xff, 0, 3, 0xff, 0xff, 0xd9, 7], 8);
        assert_eq!(bytes, [1, 0xff, 2, 0xff, 3]);
        assert_eq!(marker, Some(0xd9));
        assert_eq!(read(&[1, 2, 0xff], 8), (vec![1, 2], None));
        assert_eq!(read(&[0xa5], 4), (vec![0xa, 0x5], None));
    }

    #[test]
    fn long_data_is_the_same_wherever_blocks_end() {
        let plain: Vec<u8> =
            (0..300_000u32).map(|at| (at.wrapping_mul(at) / 7 % 256) as u8).collect();
        let mut stuffed = Vec::new();
        for byte in &plain {
            stuffed.push(*byte);
            if *byte == 0xff {
                stuffed.push(0);
            }
        }
        stuffed.extend([0xff, 0xd0]);
        let (read, marker) = read(&stuffed, 8);
        assert!(read == plain);
        assert_eq!(marker, Some(0xd0));
    }
}
