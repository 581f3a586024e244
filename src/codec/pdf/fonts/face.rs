//! What a font says of itself: names, style, and the characters it has.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use skrifa::Font;
use skrifa::Tag;
use skrifa::raw::FileRef;
use skrifa::raw::model::attribute::Style;
use skrifa::raw::types::NameId;

use crate::os;

/// Fonts of one file.
const MOST_FACES: u32 = 64;

/// Characters of a font that are looked at.
const MOST_CHARACTERS: usize = 200_000;

/// Bytes of a table that is read to learn of a font.
const MOST_TABLE: u32 = 8 << 20;

/// Tables that tell what is to be known.
const TELLING: [&[u8; 4]; 7] = [b"name", b"OS/2", b"head", b"post", b"cmap", b"maxp", b"hhea"];

/// What is known of a font.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// Which font of its file it is.
    pub index: u32,
    /// Its full names, in small letters and digits alone.
    pub names: Vec<String>,
    /// The names of its family, written alike.
    pub families: Vec<String>,
    pub bold: bool,
    pub italic: bool,
    pub fixed: bool,
    /// The first and the last of characters that follow each other.
    ranges: Vec<(u32, u32)>,
}

impl Facts {
    /// Whether the font has a character.
    pub fn has(&self, character: char) -> bool {
        let code = u32::from(character);
        let after = self.ranges.partition_point(|(first, _)| *first <= code);
        let range = after.checked_sub(1).and_then(|at| self.ranges.get(at));
        range.is_some_and(|(_, last)| code <= *last)
    }

    /// How many of some characters it has.
    pub fn count(&self, characters: &[char]) -> usize {
        characters.iter().filter(|character| self.has(**character)).count()
    }

    /// Bytes that the facts take.
    pub fn weight(&self) -> usize {
        self.ranges.len() * size_of::<(u32, u32)>()
    }

    fn of(font: &Font, index: u32) -> Option<Self> {
        let names = font.names();
        let name = |id: NameId| -> Vec<String> {
            let all = names.get(id).into_iter().flat_map(|name| name.iter().take(16));
            all.map(|name| plain(name.name().chars().take(200))).collect()
        };
        let full = [NameId::POSTSCRIPT_NAME, NameId::FULL_NAME].into_iter().flat_map(name);
        let families = [NameId::FAMILY_NAME, NameId::TYPOGRAPHIC_FAMILY_NAME];
        let attributes = font.default_attributes();
        let ranges = ranges(font);
        if ranges.is_empty() {
            return None;
        }
        let mut facts = Self {
            index,
            names: full.collect(),
            families: families.into_iter().flat_map(name).collect(),
            bold: attributes.weight.value() >= 600.0,
            italic: attributes.style != Style::Normal,
            fixed: font.style_metrics().is_fixed_pitch.unwrap_or_default(),
            ranges,
        };
        for list in [&mut facts.names, &mut facts.families] {
            list.retain(|name| !name.is_empty());
            list.sort_unstable();
            list.dedup();
        }
        Some(facts)
    }
}

fn ranges(font: &Font) -> Vec<(u32, u32)> {
    let charmap = font.charmap();
    let mut codes: Vec<u32> =
        charmap.unicodes().map(|(code, _)| code).take(MOST_CHARACTERS).collect();
    codes.sort_unstable();
    let mut ranges: Vec<(u32, u32)> = Vec::new();
    for code in codes {
        match ranges.last_mut() {
            Some((_, last)) if code <= last.saturating_add(1) => *last = code.max(*last),
            _ => ranges.push((code, code)),
        }
    }
    ranges
}

/// A name in small letters and digits alone: programs write them with spaces, commas and dashes as they please.
pub fn plain(name: impl Iterator<Item = char>) -> String {
    name.filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The fonts of a file in memory.
pub fn of_bytes(bytes: &Arc<Vec<u8>>) -> Vec<Facts> {
    let count = match FileRef::new(bytes) {
        Ok(FileRef::Collection(fonts)) => fonts.len().min(MOST_FACES),
        // What is no such file may be a bare font program.
        _ => 1,
    };
    let font = |index| {
        let bytes: hayro_font::FontData = bytes.clone();
        Facts::of(&Font::new(bytes, index)?, index)
    };
    (0..count).filter_map(font).collect()
}

/// The fonts of a file, of which no more is read than is needed to know them.
pub fn of_file(path: &Path) -> Vec<Facts> {
    let Ok(file) = File::open(path) else { return Vec::new() };
    let file = Arc::new(file);
    let Some(head) = read(&file, 0, 12) else { return Vec::new() };
    let offsets = match head.first_chunk() {
        Some(b"ttcf") => {
            let count = number(&head, 8).unwrap_or_default().min(MOST_FACES);
            let table = read(&file, 12, count.saturating_mul(4)).unwrap_or_default();
            let all = table.as_chunks::<4>().0.iter();
            all.map(|offset| u32::from_be_bytes(*offset)).collect()
        }
        Some([0, 1, 0, 0] | b"OTTO" | b"true") => vec![0],
        // A bare font program has no tables that could be read alone.
        _ => {
            let len = file.metadata().map_or(0, |facts| facts.len());
            let len = u32::try_from(len).ok().filter(|len| *len <= MOST_TABLE);
            let bytes = len.and_then(|len| read(&file, 0, len));
            return bytes.map(|bytes| of_bytes(&Arc::new(bytes))).unwrap_or_default();
        }
    };
    let numbered = (0..).zip(offsets);
    numbered.filter_map(|(index, offset)| of_tables(&file, offset, index)).collect()
}

fn of_tables(file: &Arc<File>, offset: u32, index: u32) -> Option<Facts> {
    let head = read(file, offset.into(), 12)?;
    let count = u32::from(u16::from_be_bytes(*head.get(4..)?.first_chunk()?));
    let directory = read(file, u64::from(offset) + 12, count.checked_mul(16)?)?;
    let file = Arc::clone(file);
    let table = move |tag: Tag| {
        let tag = tag.to_be_bytes();
        if !TELLING.contains(&&tag) {
            return None;
        }
        let entry = directory.as_chunks::<16>().0.iter().find(|entry| entry.starts_with(&tag))?;
        let (start, len) = (number(entry, 8)?, number(entry, 12)?);
        let bytes: hayro_font::FontData = Arc::new(read(&file, start.into(), len)?);
        Some(bytes.into())
    };
    let tables: Arc<dyn Fn(Tag) -> Option<_> + Send + Sync> = Arc::new(table);
    Facts::of(&Font::new(tables, 0)?, index)
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(*bytes.get(at..)?.first_chunk()?))
}

/// Bytes of a file, if there are as many.
fn read(file: &File, offset: u64, len: u32) -> Option<Vec<u8>> {
    if len > MOST_TABLE || file.metadata().ok()?.len() < offset.checked_add(len.into())? {
        return None;
    }
    let mut bytes = crate::memory::zeroed(usize::try_from(len).ok()?, "a table of a font").ok()?;
    let mut done = 0;
    while let Some(rest) = bytes.get_mut(done..).filter(|rest| !rest.is_empty()) {
        match os::read_at(file, rest, offset + done as u64) {
            Ok(count @ 1..) => done += count,
            _ => return None,
        }
    }
    Some(bytes)
}
