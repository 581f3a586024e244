//! Where the strips and tiles of a page lie.

use std::io::{Read, Seek, SeekFrom};

use super::compression::{Method, old_jpeg};
use super::directory::Container;
use super::page::Page;
use super::tags::{self, compression, kind};
use crate::error::{Error, Result};
use crate::source::Cursor;
use crate::source::io_failed;

/// The numbers of StripOffsets and the like, read as they are needed.
struct Numbers {
    cursor: Cursor,
    /// The numbers themselves, where they are few.
    few: Vec<u64>,
    place: u64,
    size: usize,
    count: u64,
}

impl Numbers {
    fn new(file: &Container, page: &Page, tag: u16) -> Result<Option<Self>> {
        let Some(entry) = page.directory.find(tag) else { return Ok(None) };
        let few = file.numbers(entry, 16)?;
        let size = kind::sizes(entry.kind).map_or(1, |(_, size)| size);
        let place = file.place(entry).unwrap_or(0);
        Ok(Some(Self { cursor: file.source().cursor(), few, place, size, count: entry.count }))
    }

    /// A number that no tag has.
    fn single(file: &Container, number: u64) -> Self {
        Self { cursor: file.source().cursor(), few: vec![number], place: 0, size: 1, count: 1 }
    }

    /// The number at a place, if there is one.
    fn get(&mut self, index: u64, file: &Container) -> Result<Option<u64>> {
        if let Some(number) = usize::try_from(index).ok().and_then(|index| self.few.get(index)) {
            return Ok(Some(*number));
        }
        let at = index.saturating_mul(self.size as u64).saturating_add(self.place);
        if index >= self.count || at.saturating_add(self.size as u64) > file.source().len() {
            return Ok(None);
        }
        let mut bytes = [0; 8];
        let bytes = bytes.get_mut(..self.size).unwrap_or_default();
        let read =
            self.cursor.seek(SeekFrom::Start(at)).and_then(|_| self.cursor.read_exact(bytes));
        read.map_err(|error| io_failed(&error))?;
        Ok(Some(file.number(bytes)))
    }
}

/// Bytes that the chunks of a page may have together, beside those that the file has 16 times: chunks may share theirs.
const MOST_SHARED: u64 = 1 << 30;

/// Offsets and lengths of the chunks of a page.
pub struct Places {
    offsets: Numbers,
    lens: Option<Numbers>,
    /// Bytes of compressed chunks that may still be read.
    left: Option<u64>,
}

impl Places {
    /// `None` where the page does not say where its chunks are.
    pub fn new(
        file: &Container,
        page: &Page,
        method: &Method,
        tiled: bool,
    ) -> Result<Option<Self>> {
        let len = file.source().len();
        let most = len.saturating_mul(16).saturating_add(MOST_SHARED);
        // Those without compression are held by what their pixels take.
        let left = (method.compression != compression::NONE).then_some(most);
        let (offsets, lens) = numbers(file, page, method, tiled)?;
        Ok(offsets.map(|offsets| Self { offsets, lens, left }))
    }

    /// How many offsets there are.
    pub fn count(&self) -> u64 {
        self.offsets.count
    }

    /// Where a chunk begins and how long it is, as far as is stated; `None` where it is nowhere.
    pub fn get(&mut self, index: u64, file: &Container) -> Result<Option<(u64, Option<u64>)>> {
        // Nothing but the header is at 0: writers of sparse files mean that there is nothing.
        let Some(at) = self.offsets.get(index, file)?.filter(|at| *at > 0) else {
            return Ok(None);
        };
        let stated = match &mut self.lens {
            Some(lens) => lens.get(index, file)?.filter(|len| *len > 0),
            None => None,
        };
        let len = match stated {
            None if self.left.is_some() => {
                // Chunks mostly follow each other. Those without compression know their end.
                let next = self.offsets.get(index.saturating_add(1), file)?;
                next.and_then(|next| next.checked_sub(at)).filter(|len| *len > 0)
            }
            stated => stated,
        };
        self.spend(len.unwrap_or(u64::MAX).min(file.source().len().saturating_sub(at)))?;
        Ok(Some((at, len)))
    }

    /// Fails where thousands of chunks have the same million bytes, which would take hours.
    fn spend(&mut self, len: u64) -> Result<()> {
        let Some(left) = &mut self.left else { return Ok(()) };
        *left = left.checked_sub(len).ok_or_else(|| {
            Error::damaged("strips or tiles have more bytes together than the file could give")
        })?;
        Ok(())
    }
}

fn numbers(
    file: &Container,
    page: &Page,
    method: &Method,
    tiled: bool,
) -> Result<(Option<Numbers>, Option<Numbers>)> {
    if let Some((at, len)) = method.old_jpeg.as_ref().and_then(old_jpeg::Settings::whole) {
        return Ok((Some(Numbers::single(file, at)), Some(Numbers::single(file, len))));
    }
    let strips =
        [tags::STRIP_OFFSETS, tags::STRIP_BYTE_COUNTS].map(|tag| Numbers::new(file, page, tag));
    if !tiled {
        let [offsets, lens] = strips;
        return Ok((offsets?, lens?));
    }
    // Some writers use the tags of strips for tiles.
    let tiles =
        [tags::TILE_OFFSETS, tags::TILE_BYTE_COUNTS].map(|tag| Numbers::new(file, page, tag));
    let ([offsets, lens], [other_offsets, other_lens]) = (tiles, strips);
    Ok((offsets?.or(other_offsets?), lens?.or(other_lens?)))
}
