//! Whether image data are whole although the checksum of a chunk is wrong: deflated data carry a checksum of their own.

use std::io::{self, BufReader, Read, Seek, SeekFrom};

use super::chunks::Walk;
use super::index::Index;
use crate::source::{Cursor, Source};

/// Inflates the data of the IDAT chunks, to no other end than to see whether their Adler-32 is right.
pub(super) fn is_intact(source: &Source, index: &Index) -> bool {
    let walk = Walk::new(source, index.image.start);
    let data = Data { walk, cursor: source.cursor(), left: 0, end: index.image.end };
    let inflated = flate2::bufread::ZlibDecoder::new(BufReader::new(data));
    // Filters and interlacing add a little to the rows; data that go on for long are not worth the wait.
    let (row, rows) = (index.ihdr.row_len() as u64, u64::from(index.ihdr.height));
    let most = row.saturating_add(8).saturating_mul(rows + 8);
    let end = io::copy(&mut inflated.take(most.saturating_add(1)), &mut io::sink());
    end.is_ok_and(|len| len <= most)
}

/// The data of the chunks up to `end`, one after the other.
struct Data<'a> {
    walk: Walk<'a>,
    cursor: Cursor,
    left: u64,
    end: u64,
}

impl Read for Data<'_> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        while self.left == 0 {
            let chunk = self.walk.next().map_err(io::Error::other)?;
            let Some(chunk) = chunk.filter(|chunk| chunk.end() <= self.end) else { return Ok(0) };
            self.cursor.seek(SeekFrom::Start(chunk.start))?;
            self.left = u64::from(chunk.len);
        }
        let got = self.cursor.by_ref().take(self.left).read(to)?;
        self.left = self.left.saturating_sub(got as u64);
        if got == 0 { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(got) }
    }
}
