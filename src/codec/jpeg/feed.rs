//! What the decoder is shown of a file: a head made by us, then the entropy-coded data with its scans.
//!
//! `zune-jpeg` fills in zeros where data ends before a marker and decodes them, so that damage goes unnoticed. It is
//! shown one bits instead: no Huffman code consists of ones alone (T.81, C.2), so the first symbol that is missing
//! is an error. It looks for markers byte by byte and for bits in another way, which tells the two apart.

use zune_core::bytestream::{ZByteIoError, ZByteReaderTrait, ZSeekFrom};

use super::markers;
use crate::error::{Error, Result};
use crate::limits::Budget;
use crate::memory;
use crate::source::Source;

/// Bytes read at a time.
const BLOCK: usize = 64 << 10;

/// Bytes of padding that the decoder may read ahead and not need: its bit buffer holds 8, each stuffed.
const MAX_PADDING: u64 = 16;

/// Scans of a file. libjpeg-turbo's own fuzzers stop at as many.
pub const MAX_SCANS: usize = 500;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    /// In the head, or at its end.
    Head,
    /// In entropy-coded data.
    Entropy,
    /// Before a marker, or the end of the file, with more bits asked for.
    Padding,
    /// In a segment with so many bytes left.
    Segment(usize),
    /// The file ended: so many bytes of an EOI marker were shown in place of it.
    Missing(usize),
    /// EOI was shown.
    Done,
}

/// What comes before the first entropy-coded data of the file, and how the rest is shown.
pub struct Shown {
    /// SOI, tables, frame and scan header.
    pub head: Vec<u8>,
    /// Where in the head a scan without data is.
    pub empty_scan: Option<usize>,
}

/// The bytes shown to the decoder.
pub struct Feed<'a> {
    source: &'a Source,
    budget: &'a Budget,
    rows: u64,
    head: Vec<u8>,
    head_at: usize,
    /// Where in the head a scan without data is.
    empty_scan: Option<usize>,
    block: Vec<u8>,
    at: usize,
    filled: usize,
    /// Where in the file the bytes after the block are.
    next: u64,
    mode: Mode,
    padding: u64,
    most_padding: u64,
    seen_end: bool,
    scans: usize,
    failure: Option<Error>,
}

impl<'a> Feed<'a> {
    /// Shows `head`, then the file from `data` on. `rows` is what progress is reported in.
    pub fn new(
        source: &'a Source,
        budget: &'a Budget,
        shown: Shown,
        data: u64,
        rows: u32,
    ) -> Result<Self> {
        let Shown { head, empty_scan } = shown;
        Ok(Self {
            source,
            budget,
            rows: rows.into(),
            head,
            head_at: 0,
            empty_scan,
            block: memory::zeroed(BLOCK, "input")?,
            at: 0,
            filled: 0,
            next: data,
            mode: Mode::Head,
            padding: 0,
            most_padding: 0,
            seen_end: false,
            scans: 1,
            failure: None,
        })
    }

    /// The outcome of decoding: what the decoder said, unless the cause is known here or it noticed nothing.
    /// `to_the_end` where all scans had to be read.
    pub fn verdict(&mut self, decoded: Result<()>, to_the_end: bool) -> Result<()> {
        if let Some(failure) = self.failure.take() {
            return Err(failure);
        }
        if matches!(self.mode, Mode::Missing(_)) {
            return Err(Error::damaged("the file ends before the image does"));
        }
        if self.most_padding > MAX_PADDING {
            return Err(Error::damaged("image data is missing before a marker"));
        }
        decoded?;
        if to_the_end && !self.seen_end {
            return Err(Error::damaged("a scan was not read to its end"));
        }
        Ok(())
    }

    /// Makes sure that `count` bytes, a few, lie in the block from `at` on.
    fn ensure(&mut self, count: usize) -> bool {
        while self.filled - self.at < count {
            if !self.fill() {
                return false;
            }
        }
        true
    }

    #[cold]
    fn fill(&mut self) -> bool {
        self.block.copy_within(self.at..self.filled, 0);
        self.filled -= self.at;
        self.at = 0;
        let done = self.rows * self.next.min(self.source.len()) / self.source.len().max(1);
        let rest = self.block.get_mut(self.filled..).unwrap_or_default();
        let got = self
            .budget
            .advance(done.min(self.rows.saturating_sub(1)), self.rows)
            .and_then(|()| self.source.read_at(self.next, rest));
        let got = got.unwrap_or_else(|error| {
            self.failure.get_or_insert(error);
            0
        });
        self.filled += got;
        self.next += got as u64;
        got > 0
    }

    /// Whether the next bytes are bits of a scan, or a marker in their place.
    #[inline(always)]
    fn is_in_data(&self) -> bool {
        match self.mode {
            Mode::Entropy | Mode::Padding => true,
            Mode::Head => self.head_at == self.head.len() || self.empty_scan == Some(self.head_at),
            _ => false,
        }
    }

    fn peek(&self, ahead: usize) -> u8 {
        self.block.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn skip(&mut self, count: usize) {
        let buffered = self.filled - self.at;
        self.at += count.min(buffered);
        self.next += count.saturating_sub(buffered) as u64;
    }

    /// The next byte, asked for as bits or as part of a segment.
    #[cold]
    fn next_byte(&mut self, as_bits: bool) -> Option<u8> {
        loop {
            match self.mode {
                Mode::Head => match self.head.get(self.head_at) {
                    Some(byte) => {
                        self.head_at += 1;
                        return Some(*byte);
                    }
                    None => self.mode = Mode::Entropy,
                },
                Mode::Entropy => {
                    if let Some(byte) = self.entropy_byte(as_bits) {
                        return Some(byte);
                    }
                }
                Mode::Padding if as_bits => {
                    self.padding += 1;
                    self.most_padding = self.most_padding.max(self.padding);
                    return Some(if self.padding % 2 == 1 { 0xff } else { 0 });
                }
                Mode::Padding => self.begin_marker(),
                Mode::Segment(left) => {
                    if self.ensure(1) {
                        let byte = self.peek(0);
                        self.at += 1;
                        self.mode = match left {
                            2.. => Mode::Segment(left - 1),
                            _ if self.seen_end => Mode::Done,
                            _ => Mode::Entropy,
                        };
                        return Some(byte);
                    }
                    self.mode = Mode::Missing(0);
                }
                Mode::Missing(shown) => {
                    self.mode = Mode::Missing(shown + 1);
                    return [0xff, markers::EOI].get(shown).copied();
                }
                Mode::Done => return None,
            }
        }
    }

    /// The next byte of entropy-coded data; `None` where the mode changed.
    fn entropy_byte(&mut self, as_bits: bool) -> Option<u8> {
        if self.ensure(1) && self.peek(0) != 0xff {
            self.at += 1;
            return Some(self.peek_back());
        }
        // Fill bytes.
        while self.ensure(2) && self.peek(1) == 0xff {
            self.at += 1;
        }
        let marker = if self.ensure(2) { Some(self.peek(1)) } else { None };
        match marker {
            Some(0) => {
                self.at += 1;
                return Some(0xff);
            }
            Some(_) if !as_bits => self.begin_marker(),
            Some(_) => self.pad(),
            None => {
                self.at = self.filled;
                if as_bits { self.pad() } else { self.mode = Mode::Missing(0) }
            }
        }
        None
    }

    fn peek_back(&self) -> u8 {
        self.block.get(self.at.wrapping_sub(1)).copied().unwrap_or(0)
    }

    fn pad(&mut self) {
        self.padding = 0;
        self.mode = Mode::Padding;
    }

    /// Goes on with the marker at `at`, or the next one after it that concerns the decoder.
    fn begin_marker(&mut self) {
        loop {
            if !self.ensure(2) {
                self.mode = Mode::Missing(0);
                return;
            }
            let marker = self.peek(1);
            let len = if markers::is_alone(marker) {
                2
            } else if self.ensure(4) {
                2 + usize::from(u16::from_be_bytes([self.peek(2), self.peek(3)]))
            } else {
                self.mode = Mode::Missing(0);
                return;
            };
            match marker {
                markers::EOI => self.seen_end = true,
                markers::SOS => self.begin_scan(),
                markers::DHT | markers::DQT | markers::DRI => {}
                markers::RST0..=markers::RST7 => {}
                marker if markers::is_frame(marker) => {}
                _ => {
                    self.skip(len);
                    self.find_marker();
                    continue;
                }
            }
            if self.failure.is_none() {
                self.mode = Mode::Segment(len);
            }
            return;
        }
    }

    fn begin_scan(&mut self) {
        self.scans += 1;
        let checked = if self.scans > MAX_SCANS {
            Err(Error::damaged(format!("there are more than {MAX_SCANS} scans")))
        } else {
            self.budget.check()
        };
        if let Err(error) = checked {
            self.failure.get_or_insert(error);
            self.mode = Mode::Missing(0);
        }
    }

    /// Moves to the next marker, or the end of the file.
    fn find_marker(&mut self) {
        while self.ensure(2) {
            if self.peek(0) == 0xff && !matches!(self.peek(1), 0 | 0xff) {
                return;
            }
            self.at += 1;
        }
    }
}

fn has_ff(bytes: [u8; 4]) -> bool {
    let inverted = !u32::from_ne_bytes(bytes);
    inverted.wrapping_sub(0x0101_0101) & !inverted & 0x8080_8080 != 0
}

impl ZByteReaderTrait for &mut Feed<'_> {
    #[inline(always)]
    fn read_byte_no_error(&mut self) -> u8 {
        self.next_byte(true).unwrap_or(0)
    }

    #[inline(always)]
    fn read_exact_bytes(&mut self, to: &mut [u8]) -> Result<(), ZByteIoError> {
        if to.len() == 4 && self.is_in_data() {
            let ready = self.block.get(self.at..self.filled).and_then(|rest| rest.first_chunk());
            return match ready {
                Some(bytes) if !has_ff(*bytes) && self.mode == Mode::Entropy => {
                    to.copy_from_slice(bytes);
                    self.at += 4;
                    Ok(())
                }
                // The decoder goes on byte by byte.
                _ => Err(ZByteIoError::NotEnoughBytes(0, 4)),
            };
        }
        let len = to.len();
        for (got, byte) in to.iter_mut().enumerate() {
            *byte = self.next_byte(false).ok_or(ZByteIoError::NotEnoughBytes(got, len))?;
        }
        Ok(())
    }

    fn read_bytes(&mut self, to: &mut [u8]) -> Result<usize, ZByteIoError> {
        let mut got = 0;
        for byte in to {
            let Some(next) = self.next_byte(false) else { break };
            *byte = next;
            got += 1;
        }
        Ok(got)
    }

    fn peek_bytes(&mut self, to: &mut [u8]) -> Result<usize, ZByteIoError> {
        self.peek_exact_bytes(to).map(|()| to.len())
    }

    /// Only segments of the head are looked into.
    fn peek_exact_bytes(&mut self, to: &mut [u8]) -> Result<(), ZByteIoError> {
        let ahead = self.head.get(self.head_at..).and_then(|rest| rest.get(..to.len()));
        to.copy_from_slice(ahead.ok_or(ZByteIoError::NotEnoughBytes(0, to.len()))?);
        Ok(())
    }

    fn z_seek(&mut self, to: ZSeekFrom) -> Result<u64, ZByteIoError> {
        let ZSeekFrom::Current(by) = to else {
            return Err(ZByteIoError::SeekError("only ahead"));
        };
        for _ in 0..by {
            self.next_byte(false);
        }
        Ok(0)
    }

    fn is_eof(&mut self) -> Result<bool, ZByteIoError> {
        Ok(matches!(self.mode, Mode::Done | Mode::Missing(2..)))
    }

    fn z_position(&mut self) -> Result<u64, ZByteIoError> {
        Ok(0)
    }

    fn read_remaining(&mut self, _: &mut Vec<u8>) -> Result<usize, ZByteIoError> {
        Err(ZByteIoError::Generic("nobody reads a JPEG to its end"))
    }
}
