//! The deflated data of an image: what its chunks hold, one after the other.

use std::io::{self, BufRead, Read, Seek, SeekFrom};

use flate2::Crc;

use super::index::{Frame, Index};
use crate::error::{Error, Result};
use crate::source::{Cursor, Source, own_error};

/// A stream of the data of chunks.
pub(super) struct Data {
    cursor: Cursor,
    /// The chunks that count, among those up to `end`.
    kind: [u8; 4],
    end: u64,
    /// What is left of the data of the chunk at hand, and whether what follows it was read.
    left: u64,
    ended: bool,
    /// The checksum of that chunk, as far as it was read; `None` where nobody asks.
    sum: Option<Crc>,
}

impl Data {
    /// The IDAT chunks of an image.
    pub fn image(source: &Source, index: &Index, ignore_checksums: bool) -> Result<Self> {
        let sum = (!ignore_checksums).then(Crc::new);
        Self::new(source, *b"IDAT", &index.image, sum)
    }

    /// The fdAT chunks of a frame, whose checksums are not looked at.
    pub fn frame(source: &Source, frame: &Frame) -> Result<Self> {
        Self::new(source, *b"fdAT", &frame.data, None)
    }

    fn new(
        source: &Source,
        kind: [u8; 4],
        chunks: &std::ops::Range<u64>,
        sum: Option<Crc>,
    ) -> Result<Self> {
        let mut cursor = source.cursor();
        cursor.seek(SeekFrom::Start(chunks.start)).map_err(|error| failure(&error))?;
        Ok(Self { cursor, kind, end: chunks.end, left: 0, ended: true, sum })
    }

    /// Bytes up to the end of the last chunk, a few more than there are data.
    pub fn most(&mut self) -> u64 {
        let at = self.cursor.stream_position().unwrap_or(0);
        self.end.saturating_sub(at)
    }

    /// The next bytes; none at the end. A chunk that is cut or has a wrong checksum is damage, found after its bytes.
    pub fn next(&mut self, to: &mut [u8]) -> Result<usize> {
        self.read_some(to).map_err(|error| failure(&error))
    }

    /// Reads to the end, so that the checksums of all chunks are looked at.
    pub fn finish(&mut self, block: &mut [u8]) -> Result<()> {
        while self.next(block)? > 0 {}
        Ok(())
    }

    fn read_some(&mut self, to: &mut [u8]) -> io::Result<usize> {
        while self.left == 0 {
            self.end_chunk()?;
            if !self.begin_chunk()? {
                return Ok(0);
            }
        }
        let most = usize::try_from(self.left).unwrap_or(usize::MAX);
        let from = self.cursor.fill_buf()?;
        let len = from.len().min(most).min(to.len());
        if let (Some(to), Some(from)) = (to.get_mut(..len), from.get(..len)) {
            to.copy_from_slice(from);
            if let Some(sum) = &mut self.sum {
                sum.update(from);
            }
        }
        self.cursor.consume(len);
        self.left -= len as u64;
        if len == 0 && !to.is_empty() { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(len) }
    }

    /// Goes to the data of the next chunk that counts; `false` where there is none.
    fn begin_chunk(&mut self) -> io::Result<bool> {
        while self.cursor.stream_position()? < self.end {
            let mut header = [0; 8];
            self.cursor.read_exact(&mut header)?;
            let [a, b, c, d, kind @ ..] = header;
            let len = u32::from_be_bytes([a, b, c, d]);
            // Before the data of a frame there is a number.
            let number = if self.kind == *b"fdAT" { 4 } else { 0 };
            if kind != self.kind || len <= number {
                self.cursor.seek_relative(i64::from(len) + 4)?;
                continue;
            }
            self.cursor.seek_relative(i64::from(number))?;
            (self.left, self.ended) = (u64::from(len - number), false);
            if let Some(sum) = &mut self.sum {
                sum.reset();
                sum.update(&kind);
            }
            return Ok(true);
        }
        Ok(false)
    }

    fn end_chunk(&mut self) -> io::Result<()> {
        if std::mem::replace(&mut self.ended, true) {
            return Ok(());
        }
        let mut stated = [0; 4];
        self.cursor.read_exact(&mut stated)?;
        match &self.sum {
            Some(sum) if sum.sum() != u32::from_be_bytes(stated) => {
                let message = "a chunk of the image data has a wrong checksum";
                let start = self.cursor.stream_position()?.saturating_sub(4);
                Err(io::Error::other(Error::damaged(message).at_offset(start)))
            }
            _ => Ok(()),
        }
    }
}

impl Read for Data {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        self.read_some(to)
    }
}

/// What a failed read means.
fn failure(error: &io::Error) -> Error {
    if error.kind() == io::ErrorKind::UnexpectedEof {
        return Error::damaged("the image data are cut");
    }
    // What came through from below: a passed deadline, say.
    own_error(error).unwrap_or_else(|| Error::damaged(error.to_string()))
}
