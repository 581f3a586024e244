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

/// How numbers and offsets are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Form {
    /// Whether numbers have their high byte first.
    pub big_endian: bool,
    /// Whether offsets have 64 bits.
    pub big_tiff: bool,
}

impl Form {
    /// A number of up to 8 bytes, little-endian, in `len` bytes of this form.
    pub fn number(self, value: u64, len: usize) -> Vec<u8> {
        let mut bytes = value.to_le_bytes().get(..len).unwrap_or_default().to_vec();
        if self.big_endian {
            bytes.reverse();
        }
        bytes
    }

    /// An offset; fails where it does not fit.
    pub fn offset(self, value: u64) -> Result<Vec<u8>> {
        if !self.big_tiff && value > u64::from(u32::MAX) {
            return Err(too_large());
        }
        Ok(self.number(value, self.offset_len()))
    }

    /// Bytes of an offset.
    pub fn offset_len(self) -> usize {
        if self.big_tiff { 8 } else { 4 }
    }
}

/// What a file without 64-bit offsets answers at its end.
fn too_large() -> Error {
    let message = "the file would have more than 4 GiB, which classic TIFF cannot address: \
        ask for BigTIFF (`big_tiff`)";
    Error::unsupported(message)
}

/// Fields of a directory, in any order, with the directories below it.
#[derive(Debug, Default)]
pub struct Fields(Vec<Field>);

#[derive(Debug)]
struct Field {
    tag: u16,
    kind: u16,
    count: u64,
    value: Value,
}

#[derive(Debug)]
enum Value {
    /// Little-endian numbers.
    Bytes(Vec<u8>),
    /// Numbers as wide as offsets of the file.
    Offsets(Vec<u64>),
    Below(Fields),
}

/// Which comes first, a directory or its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// The values: a file that is cut anywhere has no directory.
    ValuesFirst,
    /// The directory: where it lies is known before its values are.
    DirectoryFirst,
}

/// A directory with its values as they lie in the file.
pub struct Encoded {
    pub bytes: Vec<u8>,
    /// Where the directory begins.
    pub directory: u64,
    /// Where the offset of the next directory goes, which is 0.
    pub next: u64,
    /// Tags, in order, and where their values or the offsets of these lie.
    places: Vec<(u16, u64)>,
}

impl Encoded {
    /// Where the value of a tag lies that fits into its entry.
    pub fn place(&self, tag: u16) -> Option<u64> {
        self.places.iter().find(|(known, _)| *known == tag).map(|(_, place)| *place)
    }
}

impl Fields {
    /// Adds a field of a few little-endian `bytes`.
    pub fn bytes(&mut self, tag: u16, kind: u16, bytes: &[u8]) {
        self.value(tag, kind, bytes.to_vec());
    }

    /// Adds a field of little-endian `bytes`.
    pub fn value(&mut self, tag: u16, kind: u16, bytes: Vec<u8>) {
        let size = kind::sizes(kind).map_or(1, |(size, _)| size);
        let count = bytes.len() as u64 / size;
        self.0.push(Field { tag, kind, count, value: Value::Bytes(bytes) });
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

    /// Adds a field of offsets or lengths.
    pub fn offsets(&mut self, tag: u16, values: Vec<u64>) {
        let count = values.len() as u64;
        self.0.push(Field { tag, kind: kind::LONG, count, value: Value::Offsets(values) });
    }

    /// Adds a field of fractions.
    pub fn rationals(&mut self, tag: u16, values: &[(u32, u32)]) {
        let parts = values.iter().flat_map(|(numerator, denominator)| [numerator, denominator]);
        let bytes: Vec<u8> = parts.flat_map(|part| part.to_le_bytes()).collect();
        self.bytes(tag, kind::RATIONAL, &bytes);
    }

    /// Adds a directory.
    pub fn below(&mut self, tag: u16, fields: Fields) {
        self.0.push(Field { tag, kind: kind::LONG, count: 1, value: Value::Below(fields) });
    }

    /// Takes a field out.
    pub fn remove(&mut self, tag: u16) {
        self.0.retain(|field| field.tag != tag);
    }

    /// The directory and its values as they lie from `offset` on, which is even.
    pub fn encode(&self, offset: u64, form: Form, order: Order) -> Result<Encoded> {
        let (count_len, entry_len) = if form.big_tiff { (8, 20) } else { (2, 12) };
        let offset_len = form.offset_len();
        let len = count_len + self.0.len() * entry_len + offset_len;
        let before = if order == Order::DirectoryFirst { len as u64 } else { 0 };
        let mut sorted: Vec<&Field> = self.0.iter().collect();
        sorted.sort_by_key(|field| field.tag);
        let mut entries = Vec::new();
        let mut values: Vec<u8> = Vec::new();
        for field in &sorted {
            let place = offset.saturating_add(before).saturating_add(values.len() as u64);
            let (kind, bytes) = field.value(form, place, &mut values)?;
            entries.extend(form.number(field.tag.into(), 2));
            entries.extend(form.number(kind.into(), 2));
            entries.extend(form.number(field.count, offset_len));
            if bytes.len() <= offset_len {
                let padding = vec![0; offset_len - bytes.len()];
                entries.extend(bytes.into_iter().chain(padding));
            } else {
                entries.extend(form.offset(place)?);
                memory::append(&mut values, &bytes, "the directory")?;
            }
            values.resize(values.len().next_multiple_of(2), 0);
        }
        let after = if order == Order::ValuesFirst { values.len() as u64 } else { 0 };
        let directory = offset.saturating_add(after);
        form.offset(directory)?;
        let first = directory + (count_len + 4 + offset_len) as u64;
        let places = sorted.iter().zip((first..).step_by(entry_len));
        let places = places.map(|(field, place)| (field.tag, place)).collect();
        let mut bytes = form.number(sorted.len() as u64, count_len);
        bytes.extend(entries);
        bytes.extend(vec![0; offset_len]);
        match order {
            Order::DirectoryFirst => memory::append(&mut bytes, &values, "the directory")?,
            Order::ValuesFirst => {
                memory::append(&mut values, &bytes, "the directory")?;
                bytes = values;
            }
        }
        let next = directory + (len - offset_len) as u64;
        Ok(Encoded { bytes, directory, next, places })
    }
}

impl Field {
    /// The type and the bytes of the value; a directory goes into `values`, which lie at `place`, and is an offset.
    fn value(&self, form: Form, place: u64, values: &mut Vec<u8>) -> Result<(u16, Vec<u8>)> {
        match &self.value {
            Value::Bytes(bytes) => {
                let mut bytes = memory::copy_of(bytes, "a tag")?;
                if let (true, Some((_, part))) = (form.big_endian, kind::sizes(self.kind)) {
                    bytes.chunks_exact_mut(part).for_each(<[u8]>::reverse);
                }
                Ok((self.kind, bytes))
            }
            Value::Offsets(offsets) => {
                let mut bytes = Vec::new();
                for offset in offsets {
                    memory::append(&mut bytes, &form.offset(*offset)?, "a tag")?;
                }
                Ok((if form.big_tiff { kind::LONG8 } else { kind::LONG }, bytes))
            }
            Value::Below(fields) => {
                let encoded = fields.encode(place, form, Order::ValuesFirst)?;
                memory::append(values, &encoded.bytes, "the directory")?;
                Ok((
                    if form.big_tiff { kind::IFD8 } else { kind::LONG },
                    form.offset(encoded.directory)?,
                ))
            }
        }
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
    let encoded = fields.encode(8, Form::default(), Order::ValuesFirst)?;
    let mut file = b"II*\0".to_vec();
    file.extend(Form::default().offset(encoded.directory)?);
    file.extend(encoded.bytes);
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
