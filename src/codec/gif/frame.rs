//! The pixels of one frame: indexes, row by row, and the colours they stand for.

use std::io::{Read, Seek, SeekFrom};

use super::index::{Frame, Index, Rgb};
use crate::codec::streams::lzw::{Coding, Decoder};
use crate::error::{Error, Result};
use crate::memory;
use crate::source::{Cursor, Source};

/// Compressed bytes that are gathered from sub-blocks at a time.
const GATHERED: usize = 16 << 10;

/// The compressed data of a frame, read forwards.
pub(super) struct FrameData {
    cursor: Cursor,
    decoder: Decoder,
    gathered: Vec<u8>,
    taken: usize,
    /// Whether the empty sub-block was met.
    ended: bool,
}

impl FrameData {
    /// Begins at the byte that states the size of codes.
    pub fn open(source: &Source, frame: &Frame) -> Result<Self> {
        let mut cursor = source.cursor();
        let mut size = [0];
        let read = cursor.seek(SeekFrom::Start(frame.data));
        read.and_then(|_| cursor.read_exact(&mut size)).map_err(|_| cut())?;
        // More than 8 bits are wrong, but written, and browsers take them.
        let [size @ 1..=11] = size else {
            let message = format!("a frame has LZW codes of {} bits", size[0]);
            return Err(Error::damaged(message).at_offset(frame.data));
        };
        let mut gathered = memory::zeroed(GATHERED, "a frame")?;
        gathered.clear();
        let coding = Coding { low_first: true, early: false, bits: size.into() };
        let decoder = Decoder::new(coding)?;
        Ok(Self { cursor, decoder, gathered, taken: 0, ended: false })
    }

    /// Fills a row of indexes.
    pub fn fill(&mut self, row: &mut [u8]) -> Result<()> {
        let mut done = 0;
        while let Some(rest) = row.get_mut(done..).filter(|rest| !rest.is_empty()) {
            if self.taken >= self.gathered.len() && !self.ended {
                self.gather()?;
            }
            let from = self.gathered.get(self.taken..).unwrap_or_default();
            let (got, damage) = self.decoder.fill(from, &mut self.taken, rest);
            done += got;
            if damage.is_some() {
                return Err(Error::damaged("a frame has an LZW code that means nothing"));
            }
            let is_out = self.ended && self.taken >= self.gathered.len();
            if done < row.len() && (self.decoder.has_ended() || is_out) {
                return Err(short());
            }
        }
        Ok(())
    }

    /// Gathers the bytes of the next sub-blocks.
    fn gather(&mut self) -> Result<()> {
        self.gathered.clear();
        self.taken = 0;
        while self.gathered.len() + 255 <= GATHERED {
            let mut len = [0];
            let got = self.cursor.read(&mut len).map_err(|_| cut())?;
            self.ended = got > 0 && len == [0];
            if got == 0 || self.ended {
                break;
            }
            let mut block = self.cursor.by_ref().take(u64::from(len[0]));
            block.read_to_end(&mut self.gathered).map_err(|_| cut())?;
        }
        // What a cut sub-block has is still shown.
        if self.gathered.is_empty() && !self.ended { Err(cut()) } else { Ok(()) }
    }
}

fn cut() -> Error {
    Error::damaged("the file ends within a frame")
}

fn short() -> Error {
    Error::damaged("the data of a frame end before its last row")
}

/// The order in which the rows of a frame are stored.
pub(super) fn row_order(frame: &Frame) -> impl Iterator<Item = u32> + use<> {
    let passes: &[(u32, usize)] =
        if frame.interlaced { &[(0, 8), (4, 8), (2, 4), (1, 2)] } else { &[(0, 1)] };
    let height = frame.region.height;
    passes.iter().flat_map(move |(start, step)| (*start..height).step_by(*step))
}

/// R, G, B, 255 of every index; black where the table has no entry, and nothing at all for the transparent one.
pub(super) fn colours(source: &Source, index: &Index, frame: &Frame) -> Result<[[u8; 4]; 256]> {
    let mut colours = [[0, 0, 0, 255]; 256];
    let mut set = |table: &[Rgb]| {
        for (colour, [r, g, b]) in colours.iter_mut().zip(table) {
            *colour = [*r, *g, *b, 255];
        }
    };
    match frame.table {
        Some((at, len)) => {
            let mut bytes = memory::zeroed(len * 3, "a colour table")?;
            source.read_at(at, &mut bytes)?;
            set(bytes.as_chunks::<3>().0);
        }
        None => set(&index.global),
    }
    if let Some(transparent) = frame.transparent {
        colours[usize::from(transparent)] = [0; 4];
    }
    Ok(colours)
}
