//! One image of a file as a PNG of its own: signature, image header, the chunks with its pixels, end.
//!
//! The decoder below sees nothing else, so that no ancillary chunk can disturb it, and every frame of an animation
//! can be decoded by itself.

use std::io::{self, BufRead, Read, Seek, SeekFrom};

use super::chunks::{SIGNATURE, checksum};
use super::index::{Frame, Ihdr};
use crate::source::{Cursor, Source};

/// A stream that reads as a whole PNG.
pub(super) struct Feed {
    cursor: Cursor,
    /// Bytes that come before those of the cursor.
    made: Vec<u8>,
    /// How many of them were taken.
    taken: usize,
    /// Bytes to be taken from the cursor before anything else is made.
    left: u64,
    /// Where the fdAT chunks of a frame end that are still to be turned into IDAT chunks.
    frame_end: u64,
    ended: bool,
}

impl Feed {
    /// The image of the IDAT chunks at `image`.
    pub fn image(source: &Source, ihdr: &Ihdr, image: &std::ops::Range<u64>) -> io::Result<Self> {
        let mut feed = Self::at(source, ihdr, image.start)?;
        feed.left = image.end.saturating_sub(image.start);
        // Behind a cut chunk the end chunk would be taken for its data.
        feed.ended = image.end >= source.len();
        Ok(feed)
    }

    /// A frame, whose size `ihdr` has. The checksums of its chunks are those of fdAT chunks, hence wrong.
    pub fn frame(source: &Source, ihdr: &Ihdr, frame: &Frame) -> io::Result<Self> {
        let mut feed = Self::at(source, ihdr, frame.data.start)?;
        feed.frame_end = frame.data.end;
        feed.ended = frame.data.end >= source.len();
        Ok(feed)
    }

    fn at(source: &Source, ihdr: &Ihdr, position: u64) -> io::Result<Self> {
        let mut cursor = source.cursor();
        cursor.seek(SeekFrom::Start(position))?;
        let made = [&SIGNATURE[..], &image_header(ihdr)].concat();
        Ok(Self { cursor, made, taken: 0, left: 0, frame_end: 0, ended: false })
    }

    /// Makes the bytes that come next; `false` at the end.
    fn advance(&mut self) -> io::Result<bool> {
        self.taken = 0;
        while self.cursor.stream_position()? < self.frame_end {
            let mut header = [0; 8];
            self.cursor.read_exact(&mut header)?;
            let [a, b, c, d, kind @ ..] = header;
            let len = u32::from_be_bytes([a, b, c, d]);
            if kind != *b"fdAT" || len < 4 {
                self.cursor.seek_relative(i64::from(len) + 4)?;
                continue;
            }
            // The sequence number goes, the checksum stays.
            self.cursor.seek_relative(4)?;
            self.made = [(len - 4).to_be_bytes(), *b"IDAT"].concat();
            self.left = u64::from(len);
            return Ok(true);
        }
        self.made = if self.ended { Vec::new() } else { chunk(b"IEND", &[]) };
        Ok(!std::mem::replace(&mut self.ended, true))
    }

    fn pending(&self) -> &[u8] {
        self.made.get(self.taken..).unwrap_or_default()
    }
}

fn image_header(ihdr: &Ihdr) -> Vec<u8> {
    let mut data = [ihdr.width.to_be_bytes(), ihdr.height.to_be_bytes()].concat();
    data.extend([ihdr.depth, ihdr.colour.number(), 0, 0, u8::from(ihdr.interlaced)]);
    chunk(b"IHDR", &data)
}

fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let len = (data.len() as u32).to_be_bytes();
    [&len[..], kind, data, &checksum(kind, data).to_be_bytes()].concat()
}

impl BufRead for Feed {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.pending().is_empty() && self.left == 0 {
            if !self.advance()? {
                break;
            }
        }
        if self.pending().is_empty() && self.left > 0 {
            let most = usize::try_from(self.left).unwrap_or(usize::MAX);
            let bytes = self.cursor.fill_buf()?;
            return Ok(bytes.get(..most).unwrap_or(bytes));
        }
        Ok(self.pending())
    }

    fn consume(&mut self, amount: usize) {
        if self.pending().is_empty() {
            self.left = self.left.saturating_sub(amount as u64);
            self.cursor.consume(amount);
        } else {
            self.taken += amount;
        }
    }
}

impl Read for Feed {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let got = self.fill_buf()?.read(to)?;
        self.consume(got);
        Ok(got)
    }
}

/// The decoder asks for it in its bounds and makes no use of it.
impl Seek for Feed {
    fn seek(&mut self, _: SeekFrom) -> io::Result<u64> {
        Err(io::ErrorKind::Unsupported.into())
    }
}
