//! Where the chunks of a PNG lie, found by walking over their headers (PNG Third Edition, clauses 5 and 11).

use flate2::Crc;

use crate::error::{Error, Result};
use crate::memory;
use crate::source::Source;

/// The first bytes of every PNG.
pub(super) const SIGNATURE: [u8; 8] = *b"\x89PNG\r\n\x1a\n";

/// Bytes read at a time while walking: enough for a few small chunks, little beside a row of pixels.
const WINDOW: usize = 256;

/// A chunk: its type and where its data lie.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chunk {
    pub kind: [u8; 4],
    pub start: u64,
    pub len: u32,
}

impl Chunk {
    /// Where the header begins.
    pub fn header(&self) -> u64 {
        self.start - 8
    }

    /// The byte after the checksum.
    pub fn end(&self) -> u64 {
        self.start + u64::from(self.len) + 4
    }

    /// Whether decoders may do without it.
    pub fn is_ancillary(&self) -> bool {
        self.kind[0].is_ascii_lowercase()
    }

    /// The type as text.
    pub fn name(&self) -> String {
        self.kind.escape_ascii().to_string()
    }

    /// The data; `None` where the checksum is wrong or the file ends too soon.
    pub fn read(&self, source: &Source) -> Result<Option<Vec<u8>>> {
        let len = self.len as usize;
        let mut bytes = memory::zeroed(len + 4, "a chunk")?;
        let got = source.read_at(self.start, &mut bytes)?;
        let Some((data, sum)) = bytes.split_last_chunk::<4>() else { return Ok(None) };
        if got < len + 4 || u32::from_be_bytes(*sum) != checksum(&self.kind, data) {
            return Ok(None);
        }
        bytes.truncate(len);
        Ok(Some(bytes))
    }

    /// Whether the checksum is right, for chunks of any length.
    pub fn is_intact(&self, source: &Source) -> Result<bool> {
        let mut crc = Crc::new();
        crc.update(&self.kind);
        let mut block = memory::zeroed(16 << 10, "a chunk")?;
        let (mut at, end) = (self.start, self.end() - 4);
        while at < end {
            let most = usize::try_from(end - at).unwrap_or(usize::MAX).min(block.len());
            let part = block.get_mut(..most).unwrap_or_default();
            if source.read_at(at, part)? < most {
                return Ok(false);
            }
            crc.update(part);
            at += most as u64;
        }
        let mut sum = [0; 4];
        Ok(source.read_at(end, &mut sum)? == 4 && u32::from_be_bytes(sum) == crc.sum())
    }
}

/// The checksum of a chunk.
pub(super) fn checksum(kind: &[u8; 4], data: &[u8]) -> u32 {
    let mut crc = Crc::new();
    crc.update(kind);
    crc.update(data);
    crc.sum()
}

/// Goes from chunk to chunk without reading what is in them.
pub(super) struct Walk<'a> {
    source: &'a Source,
    position: u64,
    window: [u8; WINDOW],
    window_start: u64,
    window_len: usize,
}

impl<'a> Walk<'a> {
    /// Begins with the chunk at `position`.
    pub fn new(source: &'a Source, position: u64) -> Self {
        Self { source, position, window: [0; WINDOW], window_start: 0, window_len: 0 }
    }

    /// The next chunk, which may reach past the end of the file. `None` where no further byte follows.
    pub fn next(&mut self) -> Result<Option<Chunk>> {
        let at = self.position;
        if at >= self.source.len() {
            return Ok(None);
        }
        let Some(&[a, b, c, d, ref kind @ ..]) = self.bytes(at)?.first_chunk::<8>() else {
            return Err(Error::damaged("the file ends within a chunk header").at_offset(at));
        };
        let (len, kind) = (u32::from_be_bytes([a, b, c, d]), *kind);
        if len > i32::MAX as u32 || !kind.iter().all(u8::is_ascii_alphabetic) {
            return Err(Error::damaged("there is no chunk where one should begin").at_offset(at));
        }
        let chunk = Chunk { kind, start: at + 8, len };
        self.position = chunk.end();
        Ok(Some(chunk))
    }

    /// At least eight bytes from `at` on, where the file has them.
    fn bytes(&mut self, at: u64) -> Result<&[u8]> {
        let known = |walk: &Self| {
            let skip = usize::try_from(at.checked_sub(walk.window_start)?).ok()?;
            (skip + 8 <= walk.window_len).then_some(skip)
        };
        if known(self).is_none() {
            self.window_len = self.source.read_at(at, &mut self.window)?;
            self.window_start = at;
        }
        let skip = known(self).unwrap_or(0);
        Ok(self.window.get(skip..self.window_len).unwrap_or_default())
    }
}
