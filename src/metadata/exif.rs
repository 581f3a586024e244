//! The few EXIF tags that say how pixels are to be shown (CIPA DC-008, a TIFF 6.0 structure).

const ORIENTATION: u16 = 0x0112;
const X_RESOLUTION: u16 = 0x011a;
const Y_RESOLUTION: u16 = 0x011b;
const RESOLUTION_UNIT: u16 = 0x0128;

const SHORT: u16 = 3;
const LONG: u16 = 4;
const RATIONAL: u16 = 5;

/// The bytes before the TIFF header in a JPEG's APP1 segment.
pub const JPEG_PREFIX: &[u8] = b"Exif\0\0";

/// Removes the `Exif\0\0` that some writers leave in front of the TIFF header.
pub fn without_prefix(exif: &[u8]) -> &[u8] {
    exif.strip_prefix(JPEG_PREFIX).unwrap_or(exif)
}

/// Orientation (1 to 8) of the first directory.
pub fn orientation(exif: &[u8]) -> Option<u16> {
    let tiff = Tiff::new(exif)?;
    let entry = tiff.find(ORIENTATION)?;
    let value = tiff.short_value(entry)?;
    (1..=8).contains(&value).then_some(value)
}

/// Overwrites the Orientation of the first directory, where there is one.
pub fn set_orientation(exif: &mut [u8], value: u16) {
    let Some(tiff) = Tiff::new(exif) else { return };
    let big = tiff.big;
    let Some(entry) = tiff.find(ORIENTATION) else { return };
    // Some writers use LONG.
    let (short, long) = (tiff.u16(entry + 2) == Some(SHORT), tiff.u16(entry + 2) == Some(LONG));
    let wide = u32::from(value);
    let wide = if big { wide.to_be_bytes() } else { wide.to_le_bytes() };
    let narrow = if big { value.to_be_bytes() } else { value.to_le_bytes() };
    let Some(field) = exif.get_mut(entry + 8..entry + 12) else { return };
    if long {
        field.copy_from_slice(&wide);
    } else if short {
        field[..2].copy_from_slice(&narrow);
    }
}

/// Dots per inch of the first directory.
pub fn resolution(exif: &[u8]) -> Option<(f64, f64)> {
    let tiff = Tiff::new(exif)?;
    let x = tiff.rational(tiff.find(X_RESOLUTION)?)?;
    let y = tiff.rational(tiff.find(Y_RESOLUTION)?)?;
    let unit = tiff.find(RESOLUTION_UNIT).and_then(|entry| tiff.short_value(entry)).unwrap_or(2);
    super::resolution::from_tiff(x, y, unit)
}

/// Overwrites the resolution of the first directory, where there is one, with dots per inch.
pub fn set_resolution(exif: &mut [u8], (x, y): (f64, f64)) {
    for (tag, dpi) in [(X_RESOLUTION, x), (Y_RESOLUTION, y)] {
        let Some(tiff) = Tiff::new(exif) else { return };
        let big = tiff.big;
        let Some(at) = tiff.find(tag).and_then(|entry| tiff.rational_at(entry)) else { continue };
        let (numerator, denominator) = super::resolution::rational(dpi);
        for (at, part) in [(at, numerator), (at + 4, denominator)] {
            if let Some(field) = exif.get_mut(at..at + 4) {
                field.copy_from_slice(&if big { part.to_be_bytes() } else { part.to_le_bytes() });
            }
        }
    }
    let Some(tiff) = Tiff::new(exif) else { return };
    let big = tiff.big;
    if let Some(field) =
        tiff.find(RESOLUTION_UNIT).and_then(|entry| exif.get_mut(entry + 8..entry + 10))
    {
        field.copy_from_slice(&if big { 2u16.to_be_bytes() } else { 2u16.to_le_bytes() });
    }
}

/// The smallest EXIF that states an orientation.
pub fn with_orientation(value: u16) -> Vec<u8> {
    let mut exif = b"II*\0\x08\0\0\0\x01\0".to_vec();
    for field in [ORIENTATION, SHORT, 1, 0, value, 0, 0, 0] {
        exif.extend_from_slice(&field.to_le_bytes());
    }
    exif
}

/// `exif` with an Orientation in its first directory: one that is there is overwritten, else a copy of the directory
/// that has one too is put at the end. What cannot be parsed is replaced by [`with_orientation`].
pub fn stating_orientation(mut exif: Vec<u8>, value: u16) -> Vec<u8> {
    if orientation(&exif).is_some() {
        set_orientation(&mut exif, value);
        return exif;
    }
    with_added_orientation(&exif, value).unwrap_or_else(|| with_orientation(value))
}

fn with_added_orientation(exif: &[u8], value: u16) -> Option<Vec<u8>> {
    let tiff = Tiff::new(exif)?;
    let short = |value: u16| if tiff.big { value.to_be_bytes() } else { value.to_le_bytes() };
    let long = |value: u32| if tiff.big { value.to_be_bytes() } else { value.to_le_bytes() };
    let count = tiff.u16(tiff.first)?;
    let entries = exif.get(tiff.first + 2..)?.get(..usize::from(count) * 12)?;
    let next = tiff.u32(tiff.first + 2 + entries.len())?;
    let tag_of = |entry: &[u8; 12]| tiff.u16_of([entry[0], entry[1]]);
    let (entries, _) = entries.as_chunks::<12>();
    let before = entries.iter().take_while(|entry| tag_of(entry) < ORIENTATION).count();
    let (head, tail) = entries.split_at_checked(before)?;

    let mut out = exif.to_vec();
    out.resize(out.len().next_multiple_of(2), 0);
    let first = long(u32::try_from(out.len()).ok()?);
    out.get_mut(4..8)?.copy_from_slice(&first);
    out.extend(short(count.checked_add(1)?));
    out.extend(head.as_flattened());
    out.extend([ORIENTATION, SHORT].into_iter().flat_map(short));
    out.extend(long(1));
    out.extend([value, 0].into_iter().flat_map(short));
    out.extend(tail.iter().filter(|entry| tag_of(entry) != ORIENTATION).flatten());
    out.extend(long(next));
    Some(out)
}

/// A TIFF structure whose first directory can be searched.
struct Tiff<'a> {
    bytes: &'a [u8],
    big: bool,
    first: usize,
}

impl<'a> Tiff<'a> {
    fn new(bytes: &'a [u8]) -> Option<Self> {
        let big = match bytes.get(..4)? {
            b"II*\0" => false,
            b"MM\0*" => true,
            _ => return None,
        };
        let mut tiff = Self { bytes, big, first: 0 };
        tiff.first = usize::try_from(tiff.u32(4)?).ok()?;
        Some(tiff)
    }

    fn u16(&self, at: usize) -> Option<u16> {
        Some(self.u16_of(*self.bytes.get(at..)?.first_chunk()?))
    }

    fn u16_of(&self, bytes: [u8; 2]) -> u16 {
        if self.big { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) }
    }

    fn u32(&self, at: usize) -> Option<u32> {
        let bytes = *self.bytes.get(at..)?.first_chunk()?;
        Some(if self.big { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) })
    }

    /// Where the entry of `tag` begins.
    fn find(&self, tag: u16) -> Option<usize> {
        let count = self.u16(self.first)?;
        (0..usize::from(count))
            .map_while(|index| self.first.checked_add(2 + index * 12))
            .take_while(|entry| entry + 12 <= self.bytes.len())
            .find(|entry| self.u16(*entry) == Some(tag))
    }

    fn short_value(&self, entry: usize) -> Option<u16> {
        match self.u16(entry + 2)? {
            SHORT => self.u16(entry + 8),
            LONG => self.u32(entry + 8).and_then(|value| u16::try_from(value).ok()),
            _ => None,
        }
    }

    fn rational_at(&self, entry: usize) -> Option<usize> {
        let at = usize::try_from(self.u32(entry + 8)?).ok()?;
        (self.u16(entry + 2)? == RATIONAL && at.checked_add(8)? <= self.bytes.len()).then_some(at)
    }

    fn rational(&self, entry: usize) -> Option<f64> {
        let at = self.rational_at(entry)?;
        let (numerator, denominator) = (self.u32(at)?, self.u32(at + 4)?);
        (denominator != 0).then(|| f64::from(numerator) / f64::from(denominator))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_made_orientation_reads_back_and_can_be_changed() {
        let mut exif = with_orientation(6);
        assert_eq!(orientation(&exif), Some(6));
        set_orientation(&mut exif, 1);
        assert_eq!(orientation(&exif), Some(1));
    }

    #[test]
    fn an_orientation_is_added_beside_other_tags() {
        // One entry: Software "abc", then no further directory.
        let exif = b"MM\0*\0\0\0\x08\0\x01\x01\x31\0\x02\0\0\0\x04abc\0\0\0\0\0".to_vec();
        let stated = stating_orientation(exif, 8);
        assert_eq!(orientation(&stated), Some(8));
        let tiff = Tiff::new(&stated).unwrap();
        assert_eq!(tiff.u16(tiff.first), Some(2));
        let software = tiff.find(0x0131).unwrap();
        assert_eq!(&stated[software + 8..software + 12], b"abc\0");
        assert_eq!(orientation(&stating_orientation(b"nonsense".to_vec(), 3)), Some(3));
    }

    #[test]
    fn an_orientation_of_32_bits_is_read_and_changed() {
        let mut exif = b"II*\0\x08\0\0\0\x01\0\x12\x01\x04\0\x01\0\0\0\x06\0\0\0\0\0\0\0".to_vec();
        assert_eq!(orientation(&exif), Some(6));
        set_orientation(&mut exif, 1);
        assert_eq!(orientation(&exif), Some(1));
    }

    #[test]
    fn both_byte_orders_are_read() {
        let exif = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x08\0\0\0\0\0\0";
        assert_eq!(orientation(exif), Some(8));
    }

    #[test]
    fn no_cut_or_wild_structure_panics() {
        let whole = with_orientation(6);
        for len in 0..whole.len() {
            let mut cut = whole[..len].to_vec();
            set_orientation(&mut cut, 3);
            set_resolution(&mut cut, (300.0, 300.0));
            let _ = (orientation(&cut), resolution(&cut));
        }
        assert_eq!(orientation(b"II*\0\xff\xff\xff\xff"), None);
    }
}
