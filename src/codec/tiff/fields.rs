//! Directories as they are written: fields of little-endian values, and EXIF taken over from one structure to another.

use super::directory::Container;
use super::tags::{self, kind};
use crate::error::{Error, Result};
use crate::limits::Budget;
use crate::memory;
use crate::source::Source;

/// How deep directories lie within EXIF: the interoperability directory is below the EXIF one.
const DEPTH: u32 = 3;

/// What the first directory of EXIF tells of a picture and TIFF has the same tags for: ImageDescription, Make, Model,
/// Software, DateTime, Artist and Copyright.
const TOLD: [u16; 7] = [270, 271, 272, tags::SOFTWARE, 306, 315, 33432];

/// What our own files state as Software where nothing else is known.
pub const OWN_SOFTWARE: &[u8] = b"libdio\0";

/// Fields of a directory, in any order, with the directories below it.
#[derive(Debug, Default)]
pub struct Fields(Vec<Field>);

#[derive(Debug)]
struct Field {
    tag: u16,
    kind: u16,
    count: u32,
    value: Value,
}

#[derive(Debug)]
enum Value {
    Bytes(Vec<u8>),
    Below(Fields),
}

impl Fields {
    /// Adds a field of little-endian `bytes`.
    pub fn bytes(&mut self, tag: u16, kind: u16, bytes: &[u8]) {
        let size = kind::sizes(kind).map_or(1, |(size, _)| size as usize);
        let count = u32::try_from(bytes.len() / size).unwrap_or(u32::MAX);
        self.0.push(Field { tag, kind, count, value: Value::Bytes(bytes.to_vec()) });
    }

    /// Adds a field of 16-bit numbers.
    pub fn shorts(&mut self, tag: u16, values: &[u16]) {
        let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.bytes(tag, kind::SHORT, &bytes);
    }

    /// Adds a field of 32-bit numbers.
    pub fn longs(&mut self, tag: u16, values: &[u32]) {
        let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.bytes(tag, kind::LONG, &bytes);
    }

    /// Adds a field that is one fraction.
    pub fn rational(&mut self, tag: u16, (numerator, denominator): (u32, u32)) {
        let bytes = [numerator.to_le_bytes(), denominator.to_le_bytes()];
        self.bytes(tag, kind::RATIONAL, bytes.as_flattened());
    }

    /// Adds a directory.
    pub fn below(&mut self, tag: u16, fields: Fields) {
        self.0.push(Field { tag, kind: kind::LONG, count: 1, value: Value::Below(fields) });
    }

    /// The values and the directory as they lie from `offset` on, which is even, and where the directory begins.
    ///
    /// The directory comes last: a file that is cut anywhere has none.
    pub fn encode(mut self, offset: u32) -> Result<(Vec<u8>, u32)> {
        let too_large = || Error::unsupported("the directory does not fit into 4 GiB");
        self.0.sort_by_key(|field| field.tag);
        let mut directory = Vec::new();
        directory.extend(u16::try_from(self.0.len()).map_err(|_| too_large())?.to_le_bytes());
        let mut out: Vec<u8> = Vec::new();
        for field in self.0 {
            directory.extend(field.tag.to_le_bytes());
            directory.extend(field.kind.to_le_bytes());
            directory.extend(field.count.to_le_bytes());
            let place = u32::try_from(out.len()).ok().and_then(|at| at.checked_add(offset));
            let place = place.ok_or_else(too_large)?;
            match field.value {
                Value::Bytes(bytes) if bytes.len() <= 4 => {
                    let mut value = [0; 4];
                    value.iter_mut().zip(bytes).for_each(|(to, from)| *to = from);
                    directory.extend(value);
                }
                Value::Bytes(bytes) => {
                    directory.extend(place.to_le_bytes());
                    memory::append(&mut out, &bytes, "the directory")?;
                }
                Value::Below(fields) => {
                    let (bytes, place) = fields.encode(place)?;
                    directory.extend(place.to_le_bytes());
                    memory::append(&mut out, &bytes, "the directory")?;
                }
            }
            out.resize(out.len().next_multiple_of(2), 0);
        }
        directory.extend([0; 4]);
        let at = u32::try_from(out.len()).ok().and_then(|at| at.checked_add(offset));
        out.extend(directory);
        Ok((out, at.ok_or_else(too_large)?))
    }
}

/// The EXIF of a page as a structure of its own: what describes the picture, and the directories of EXIF and GPS.
pub fn exif_of_page(file: &Container, page: u64, budget: &Budget) -> Result<Option<Vec<u8>>> {
    let mut left = budget.limits().max_metadata;
    let directory = file.directory(page)?;
    let is_below = |tag: u16| matches!(tag, tags::EXIF_IFD | tags::GPS_IFD);
    // Nearly every page names its software, which alone is no reason for EXIF.
    let tells = |tag: u16| is_below(tag) || TOLD.contains(&tag) && tag != tags::SOFTWARE;
    if !directory.entries.iter().any(|entry| tells(entry.tag)) {
        return Ok(None);
    }
    let measured = !matches!(file.short_of(&directory, tags::RESOLUTION_UNIT), Ok(Some(1)));
    let kept = |tag: u16| match tag {
        tags::ORIENTATION => true,
        tags::X_RESOLUTION | tags::Y_RESOLUTION | tags::RESOLUTION_UNIT => measured,
        tag => is_below(tag) || TOLD.contains(&tag),
    };
    let mut fields = read(file, page, DEPTH, &kept, &mut left, budget)?;
    let is_ours = |value: &Value| matches!(value, Value::Bytes(bytes) if bytes == OWN_SOFTWARE);
    fields.0.retain(|field| field.tag != tags::SOFTWARE || !is_ours(&field.value));
    Ok(Some(whole(fields)?))
}

/// A file of nothing but a directory.
fn whole(fields: Fields) -> Result<Vec<u8>> {
    let (bytes, at) = fields.encode(8)?;
    let mut file = b"II*\0".to_vec();
    file.extend(at.to_le_bytes());
    file.extend(bytes);
    Ok(file)
}

/// Adds what `exif` tells of the picture and its directories of EXIF and GPS. What cannot be parsed is left out.
pub fn add_exif(fields: &mut Fields, exif: &[u8], budget: &Budget) -> Result<()> {
    let source = Source::from_bytes(memory::copy_of(exif, "EXIF")?);
    let Ok(file) = Container::open(&source) else { return Ok(()) };
    let kept = |tag: u16| TOLD.contains(&tag) || matches!(tag, tags::EXIF_IFD | tags::GPS_IFD);
    let mut left = budget.limits().max_metadata;
    if let Ok(own) = read(&file, file.first(), DEPTH, &kept, &mut left, budget) {
        // Software that EXIF names goes before ours.
        fields.0.retain(|field| own.0.iter().all(|other| other.tag != field.tag));
        fields.0.extend(own.0);
    }
    Ok(())
}

/// The fields of the directory at `offset` whose tag is `kept`, with everything in the directories below.
fn read(
    file: &Container,
    offset: u64,
    depth: u32,
    kept: &dyn Fn(u16) -> bool,
    left: &mut u64,
    budget: &Budget,
) -> Result<Fields> {
    let mut fields = Fields::default();
    for entry in file.directory(offset)?.entries.iter().filter(|entry| kept(entry.tag)) {
        let below = [tags::EXIF_IFD, tags::GPS_IFD, tags::INTEROPERABILITY_IFD];
        if below.contains(&entry.tag) {
            let at = file.numbers(entry, 1).ok().and_then(|numbers| numbers.first().copied());
            if let Some(at) = at.filter(|_| depth > 0)
                && let Ok(inner) = read(file, at, depth - 1, &|_| true, left, budget)
            {
                fields.below(entry.tag, inner);
            }
            continue;
        }
        // Types that classic TIFF does not know have no place in EXIF.
        let Some((_, part)) = kind::sizes(entry.kind).filter(|_| entry.kind <= kind::IFD) else {
            continue;
        };
        let len = entry.len().unwrap_or(u64::MAX).saturating_add(12);
        let Some(rest) = left.checked_sub(len) else {
            budget.check_metadata(budget.limits().max_metadata.saturating_add(len))?;
            continue;
        };
        *left = rest;
        let Ok(mut bytes) = file.bytes(entry) else { continue };
        if file.is_big_endian() {
            bytes.chunks_exact_mut(part).for_each(<[u8]>::reverse);
        }
        fields.bytes(entry.tag, entry.kind, &bytes);
    }
    Ok(fields)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;

    #[test]
    fn what_exif_tells_of_the_picture_becomes_tags_and_exif_again() {
        let budget = Budget::new(Limits::default(), None);
        let mut told = Fields::default();
        told.bytes(271, kind::ASCII, b"Maker\0");
        told.bytes(tags::SOFTWARE, kind::ASCII, b"Camera 1.0\0");
        let mut fields = Fields::default();
        fields.bytes(tags::SOFTWARE, kind::ASCII, OWN_SOFTWARE);
        fields.shorts(tags::RESOLUTION_UNIT, &[1]);
        add_exif(&mut fields, &whole(told).unwrap(), &budget).unwrap();
        let file = Container::open(&Source::from_bytes(whole(fields).unwrap())).unwrap();
        let back = exif_of_page(&file, file.first(), &budget).unwrap().unwrap();
        for text in [&b"Maker\0"[..], b"Camera 1.0\0"] {
            assert!(back.windows(text.len()).any(|part| part == text));
        }
        let file = Container::open(&Source::from_bytes(back)).unwrap();
        let top = file.directory(file.first()).unwrap();
        assert!(top.find(tags::RESOLUTION_UNIT).is_none());
    }

    #[test]
    fn our_own_software_alone_is_no_exif() {
        let budget = Budget::new(Limits::default(), None);
        let mut fields = Fields::default();
        fields.bytes(tags::SOFTWARE, kind::ASCII, OWN_SOFTWARE);
        let file = Container::open(&Source::from_bytes(whole(fields).unwrap())).unwrap();
        assert_eq!(exif_of_page(&file, file.first(), &budget).unwrap(), None);
    }

    #[test]
    fn exif_survives_the_way_into_a_page_and_out_again() {
        let budget = Budget::new(Limits::default(), None);
        // Big-endian: the EXIF directory at 26 with an ISO speed (34855) of 400.
        let mut exif = b"MM\0*\0\0\0\x08\0\x01\x87\x69\0\x04\0\0\0\x01\0\0\0\x1a\0\0\0\0".to_vec();
        exif.extend(b"\0\x01\x88\x27\0\x03\0\0\0\x01\x01\x90\0\0\0\0\0\0");
        let mut fields = Fields::default();
        fields.shorts(tags::ORIENTATION, &[6]);
        add_exif(&mut fields, &exif, &budget).unwrap();
        let page = whole(fields).unwrap();

        let file = Container::open(&Source::from_bytes(page)).unwrap();
        let back = exif_of_page(&file, file.first(), &budget).unwrap().unwrap();
        assert_eq!(crate::metadata::exif::orientation(&back), Some(6));
        let file = Container::open(&Source::from_bytes(back)).unwrap();
        let top = file.directory(file.first()).unwrap();
        let below = file.one(&top, tags::EXIF_IFD).unwrap().unwrap();
        let below = file.directory(below).unwrap();
        assert_eq!(file.short_of(&below, 34855).unwrap(), Some(400));
    }
}
