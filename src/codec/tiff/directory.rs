//! The container: header, chain of image file directories, values of their tags. Classic and BigTIFF, both byte orders.

use std::collections::HashSet;

use super::tags::{self, kind};
use crate::error::{Error, Result};
use crate::limits::Budget;
use crate::memory;
use crate::options::Tolerance;
use crate::source::Source;

/// The most values of a tag that says something about each sample. No pixel has more.
const MOST_VALUES: u64 = 65_535;

/// Bytes of a directory that are read at once while pages are looked for: those of 84 fields.
const GLANCE: usize = 1024;

/// A TIFF structure: a whole file, or EXIF.
#[derive(Clone)]
pub struct Container {
    source: Source,
    big_endian: bool,
    big_tiff: bool,
    first: u64,
}

/// One field of a directory.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    pub tag: u16,
    pub kind: u16,
    pub count: u64,
    /// The value, or where it lies.
    value: [u8; 8],
    inline: bool,
}

/// The fields of one page.
#[derive(Clone, Debug, Default)]
pub struct Directory {
    pub entries: Vec<Entry>,
}

impl Directory {
    /// The first field of a tag.
    pub fn find(&self, tag: u16) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.tag == tag)
    }
}

impl Entry {
    /// Bytes of all values.
    pub fn len(&self) -> Option<u64> {
        kind::sizes(self.kind)?.0.checked_mul(self.count)
    }

    fn named(&self) -> String {
        format!("tag {}", self.tag)
    }
}

impl Container {
    /// Reads the header.
    pub fn open(source: &Source) -> Result<Self> {
        let mut head = [0; 16];
        let len = source.read_at(0, &mut head)?;
        let cut = || Error::damaged(format!("the header ends after {len} bytes"));
        let (big_endian, version) = match head {
            [b'I', b'I', a, b, ..] => (false, u16::from_le_bytes([a, b])),
            [b'M', b'M', a, b, ..] => (true, u16::from_be_bytes([a, b])),
            _ => return Err(Error::damaged("the byte order mark is neither II nor MM")),
        };
        let big_tiff = match version {
            42 => false,
            43 => true,
            _ => return Err(Error::damaged(format!("the version is {version}, not 42 or 43"))),
        };
        if len < if big_tiff { 16 } else { 8 } {
            return Err(cut());
        }
        let mut container = Self { source: source.clone(), big_endian, big_tiff, first: 0 };
        container.first = if big_tiff {
            let (size, zero) = (container.short(&head, 4), container.short(&head, 6));
            if (size, zero) != (8, 0) {
                return Err(Error::damaged(format!("BigTIFF offsets have {size} bytes, not 8")));
            }
            container.number(head.get(8..).ok_or_else(cut)?)
        } else {
            container.number(head.get(4..8).ok_or_else(cut)?)
        };
        Ok(container)
    }

    /// Where the first directory is.
    pub fn first(&self) -> u64 {
        self.first
    }

    /// The bytes the structure lies in.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// Whether numbers have their high byte first.
    pub fn is_big_endian(&self) -> bool {
        self.big_endian
    }

    /// Whether offsets have 64 bits.
    pub fn is_big_tiff(&self) -> bool {
        self.big_tiff
    }

    /// Where the pages of the main chain are. A chain that comes back to itself ends there.
    ///
    /// Directories of reduced versions and of masks are no pages, unless there are no others.
    pub fn pages(&self, tolerance: Tolerance, budget: &Budget) -> Result<Vec<u64>> {
        let all = self.chain(tolerance, budget)?;
        let pages: Vec<_> = all.iter().filter(|(_, is_page)| *is_page).map(|(at, _)| *at).collect();
        Ok(if pages.is_empty() { all.into_iter().map(|(at, _)| at).collect() } else { pages })
    }

    /// Where all directories of the main chain are, one at least, and whether each is that of a page.
    pub fn chain(&self, tolerance: Tolerance, budget: &Budget) -> Result<Vec<(u64, bool)>> {
        let mut chain = Vec::new();
        let mut seen = HashSet::new();
        let mut next = self.first;
        while next != 0 && seen.insert(next) {
            budget.check()?;
            // Directories that are no pages take time and memory as well.
            budget.check_pages(seen.len() as u64)?;
            match self.link(next, seen.len() - 1) {
                Ok((is_page, following)) => {
                    chain.push((next, is_page));
                    next = following;
                }
                Err(_) if tolerance == Tolerance::Recover && seen.len() > 1 => break,
                Err(error) => return Err(error),
            }
        }
        if chain.is_empty() {
            return Err(Error::damaged("there is no image file directory"));
        }
        Ok(chain)
    }

    /// Whether the directory at `offset` is that of a page, and where the next one is. Takes one read, or two where
    /// there are many fields.
    fn link(&self, offset: u64, index: usize) -> Result<(bool, u64)> {
        let (count_len, entry_len, offset_len) = self.sizes();
        let cut =
            || Error::damaged(format!("directory {index} at byte {offset} is not within the file"));
        let mut head = [0; GLANCE];
        let got = self.source.read_at(offset, &mut head)?;
        let (count, rest) =
            head.get(..got).and_then(|head| head.split_at_checked(count_len)).ok_or_else(cut)?;
        let count = self.number(count);
        let len = count.checked_mul(entry_len).ok_or_else(cut)?;
        let end = len.checked_add(offset).and_then(|end| end.checked_add(count_len as u64));
        let end = end.filter(|end| end.saturating_add(offset_len as u64) <= self.source.len());
        let end = end.ok_or_else(cut)?;
        let len = usize::try_from(len).map_err(|_| cut())?;
        let (fields, next) = match rest.split_at_checked(len) {
            Some((fields, next)) if next.len() >= offset_len => {
                (fields, self.number(next.get(..offset_len).unwrap_or_default()))
            }
            // The tags that matter here have low numbers, and so come first.
            _ => (rest, self.read_number(end, offset_len)?.ok_or_else(cut)?),
        };
        let fields = fields.chunks_exact(entry_len as usize);
        let mut fields = fields.map(|bytes| self.entry(bytes, offset_len));
        Ok((!fields.any(|entry| self.marks_no_page(&entry)), next))
    }

    /// Whether a field says that its directory is a reduced version of a page, or a mask.
    fn marks_no_page(&self, entry: &Entry) -> bool {
        let is_one_of = |wanted: [u16; 3]| wanted.contains(&entry.tag);
        if !entry.inline
            || !is_one_of([tags::NEW_SUBFILE_TYPE, tags::SUBFILE_TYPE, tags::PHOTOMETRIC])
        {
            return false;
        }
        let value = self.numbers(entry, 1).ok().and_then(|numbers| numbers.first().copied());
        match (entry.tag, value) {
            (tags::NEW_SUBFILE_TYPE, Some(bits)) => bits & 0b101 != 0,
            (tags::SUBFILE_TYPE, Some(kind)) => kind == 2,
            (_, Some(photometric)) => photometric == u64::from(tags::photometric::MASK),
            _ => false,
        }
    }

    /// Bytes of the count of a directory, of an entry, and of an offset.
    pub fn sizes(&self) -> (usize, u64, usize) {
        if self.big_tiff { (8, 20, 8) } else { (2, 12, 4) }
    }

    /// The fields of the directory at `offset`.
    pub fn directory(&self, offset: u64) -> Result<Directory> {
        let (count_len, entry_len, offset_len) = self.sizes();
        let cut =
            || Error::damaged(format!("the directory at byte {offset} is not within the file"));
        let count = self.read_number(offset, count_len)?.ok_or_else(cut)?;
        if count > MOST_VALUES {
            return Err(Error::damaged(format!(
                "the directory at byte {offset} has {count} fields"
            )));
        }
        let len = usize::try_from(count * entry_len).map_err(|_| cut())?;
        if offset.saturating_add(len as u64) > self.source.len() {
            return Err(cut());
        }
        let mut bytes = memory::zeroed(len, "a directory")?;
        if self.source.read_at(offset + count_len as u64, &mut bytes)? < len {
            return Err(cut());
        }
        let entries = bytes.chunks_exact(entry_len as usize);
        Ok(Directory { entries: entries.map(|bytes| self.entry(bytes, offset_len)).collect() })
    }

    fn entry(&self, bytes: &[u8], offset_len: usize) -> Entry {
        let count = bytes.get(4..4 + offset_len).unwrap_or_default();
        let field = bytes.get(4 + offset_len..4 + 2 * offset_len).unwrap_or_default();
        let mut value = [0; 8];
        value.iter_mut().zip(field).for_each(|(to, from)| *to = *from);
        let mut entry = Entry {
            tag: self.short(bytes, 0),
            kind: self.short(bytes, 2),
            count: self.number(count),
            value,
            inline: false,
        };
        entry.inline = entry.len().is_some_and(|len| len <= offset_len as u64);
        entry
    }

    /// Where the values of a field begin in the file; `None` where they are in the field itself.
    pub fn place(&self, entry: &Entry) -> Option<u64> {
        let (_, _, offset_len) = self.sizes();
        (!entry.inline).then(|| self.number(entry.value.get(..offset_len).unwrap_or_default()))
    }

    /// The values of a field as they are in the file. The caller has checked how many there may be.
    pub fn bytes(&self, entry: &Entry) -> Result<Vec<u8>> {
        let len = entry.len().ok_or_else(|| {
            Error::damaged(format!("{} has values of unknown type {}", entry.named(), entry.kind))
        })?;
        let Some(place) = self.place(entry) else {
            let len = usize::try_from(len).unwrap_or(0);
            return memory::copy_of(entry.value.get(..len).unwrap_or_default(), "a tag");
        };
        let short = || Error::damaged(format!("{} is not within the file", entry.named()));
        if place.checked_add(len).is_none_or(|end| end > self.source.len()) {
            return Err(short());
        }
        let mut bytes = memory::zeroed(usize::try_from(len).map_err(|_| short())?, "a tag")?;
        if self.source.read_at(place, &mut bytes)? < bytes.len() {
            return Err(short());
        }
        Ok(bytes)
    }

    /// The whole numbers of a field, at most `most` of them.
    pub fn numbers(&self, entry: &Entry, most: u64) -> Result<Vec<u64>> {
        let size = match entry.kind {
            kind::BYTE | kind::UNDEFINED | kind::SBYTE => 1,
            kind::SHORT | kind::SSHORT => 2,
            kind::LONG | kind::IFD | kind::SLONG => 4,
            kind::LONG8 | kind::IFD8 | kind::SLONG8 => 8,
            other => {
                return Err(Error::damaged(format!(
                    "{} has values of type {other}, not whole numbers",
                    entry.named()
                )));
            }
        };
        let wanted = Entry { count: entry.count.min(most).min(MOST_VALUES * 4), ..*entry };
        let bytes = self.bytes(&wanted)?;
        let numbers = bytes.chunks_exact(size).map(|bytes| self.number(bytes));
        let signed = matches!(entry.kind, kind::SBYTE | kind::SSHORT | kind::SLONG | kind::SLONG8);
        if signed && numbers.clone().any(|number| number >> (8 * size - 1) == 1) {
            return Err(Error::damaged(format!("{} is negative", entry.named())));
        }
        Ok(numbers.collect())
    }

    /// The whole numbers of a tag; `None` where there is none.
    pub fn all(&self, directory: &Directory, tag: u16) -> Result<Option<Vec<u64>>> {
        directory.find(tag).map(|entry| self.numbers(entry, MOST_VALUES)).transpose()
    }

    /// The first whole number of a tag; `None` where there is none.
    pub fn one(&self, directory: &Directory, tag: u16) -> Result<Option<u64>> {
        let Some(entry) = directory.find(tag) else { return Ok(None) };
        Ok(self.numbers(entry, 1)?.first().copied())
    }

    /// The first number of a tag that fits 16 bits.
    pub fn short_of(&self, directory: &Directory, tag: u16) -> Result<Option<u16>> {
        let Some(value) = self.one(directory, tag)? else { return Ok(None) };
        let wrong = |_| Error::damaged(format!("tag {tag} is {value}, which is out of range"));
        u16::try_from(value).map(Some).map_err(wrong)
    }

    /// Real numbers of a tag: fractions, floats or whole numbers.
    pub fn reals(&self, directory: &Directory, tag: u16) -> Result<Option<Vec<f64>>> {
        let Some(entry) = directory.find(tag) else { return Ok(None) };
        let entry = Entry { count: entry.count.min(16), ..*entry };
        let bytes = match entry.kind {
            kind::RATIONAL | kind::SRATIONAL | kind::FLOAT | kind::DOUBLE => self.bytes(&entry)?,
            _ => {
                let numbers = self.numbers(&entry, 16)?;
                return Ok(Some(numbers.into_iter().map(|number| number as f64).collect()));
            }
        };
        let (size, part) = kind::sizes(entry.kind).unwrap_or((8, 4));
        let real = |bytes: &[u8]| {
            let (high, low) = bytes.split_at_checked(part).unwrap_or_default();
            let (a, b) = (self.number(high), self.number(low));
            match entry.kind {
                kind::RATIONAL => a as f64 / b as f64,
                kind::SRATIONAL => f64::from(a as u32 as i32) / f64::from(b as u32 as i32),
                kind::FLOAT => f64::from(f32::from_bits(a as u32)),
                _ => f64::from_bits(a),
            }
        };
        Ok(Some(bytes.chunks_exact(size as usize).map(real).collect()))
    }

    /// The number of 1, 2, 4 or 8 bytes at `at`; `None` past the end of the file.
    pub fn read_number(&self, at: u64, len: usize) -> Result<Option<u64>> {
        let mut bytes = [0; 8];
        let Some(bytes) = bytes.get_mut(..len) else { return Ok(None) };
        if at.checked_add(len as u64).is_none_or(|end| end > self.source.len()) {
            return Ok(None);
        }
        let got = self.source.read_at(at, bytes)?;
        Ok((got == len).then(|| self.number(bytes)))
    }

    /// The number that `bytes`, up to 8 of them, are.
    pub fn number(&self, bytes: &[u8]) -> u64 {
        let shift = |number: u64, byte: &u8| number << 8 | u64::from(*byte);
        if self.big_endian {
            bytes.iter().fold(0, shift)
        } else {
            bytes.iter().rev().fold(0, shift)
        }
    }

    fn short(&self, bytes: &[u8], at: usize) -> u16 {
        self.number(bytes.get(at..at + 2).unwrap_or_default()) as u16
    }

    /// Whether the values of `entry` end before the file does.
    pub fn has_whole(&self, entry: &Entry) -> bool {
        let end = |place: u64| place.checked_add(entry.len()?);
        self.place(entry).is_none_or(|place| end(place).is_some_and(|end| end <= self.source.len()))
    }

    /// The bytes of a tag that is metadata; what cannot be read is as good as absent.
    pub fn metadata(
        &self,
        directory: &Directory,
        tag: u16,
        budget: &Budget,
    ) -> Result<Option<Vec<u8>>> {
        let Some(entry) = directory.find(tag) else { return Ok(None) };
        let Some(len) = entry.len() else { return Ok(None) };
        if len == 0 || !self.has_whole(entry) {
            return Ok(None);
        }
        budget.check_metadata(len)?;
        let mut bytes = self.bytes(entry)?;
        // XMP that was written as text ends with a zero.
        if tag == tags::XMP && bytes.last() == Some(&0) {
            bytes.pop();
        }
        Ok(Some(bytes))
    }
}
