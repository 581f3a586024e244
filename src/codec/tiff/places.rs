//! Where the strips and tiles of a page lie.

use std::io::{Read, Seek, SeekFrom};

use super::compression::{Method, old_jpeg};
use super::directory::Container;
use super::page::Page;
use super::tags::{self, kind};
use crate::error::Result;
use crate::source::Cursor;
use crate::source::io_failed;

/// The numbers of StripOffsets and the like, read as they are needed.
pub struct Numbers {
    cursor: Cursor,
    /// The numbers themselves, where they are few.
    few: Vec<u64>,
    place: u64,
    size: usize,
    pub count: u64,
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
    pub fn get(&mut self, index: u64, file: &Container) -> Result<Option<u64>> {
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

/// Offsets and lengths of the chunks of a page.
pub fn places(
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
