//! What application segments hold: JFIF, Adobe, EXIF, XMP and ICC profiles, in and out.

use super::scan::Density;
use super::{markers, tables};
use crate::error::{Error, Result};
use crate::limits::Budget;
use crate::memory;
use crate::metadata::{Metadata, exif};
use crate::sink::Sink;

const JFIF: &[u8] = b"JFIF\0";
const ADOBE: &[u8] = b"Adobe";
const XMP: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";
const ICC: &[u8] = b"ICC_PROFILE\0";

/// Bytes that a segment holds after its length.
const MAX_CONTENT: usize = 65_533;

/// Density of a JFIF segment.
pub fn jfif(content: &[u8]) -> Option<Density> {
    match *content.strip_prefix(JFIF)? {
        [_, _, unit, x1, x0, y1, y0, ..] => {
            let (x, y) = (u16::from_be_bytes([x1, x0]), u16::from_be_bytes([y1, y0]));
            Some(Density { unit, x, y })
        }
        _ => None,
    }
}

/// Transform of an Adobe segment.
pub fn adobe(content: &[u8]) -> Option<u8> {
    content.strip_prefix(ADOBE)?.get(6).copied()
}

/// The TIFF structure of an EXIF segment. The sixth byte of the prefix is not always 0.
pub fn exif(content: &[u8]) -> Option<&[u8]> {
    let known = exif::JPEG_PREFIX.split_last()?.1;
    content.strip_prefix(known)?.get(1..).filter(|bytes| !bytes.is_empty())
}

/// The packet of an XMP segment.
pub fn xmp(content: &[u8]) -> Option<&[u8]> {
    content.strip_prefix(XMP)
}

/// Whether an APP2 segment holds a chunk of an ICC profile.
pub fn is_profile(content: &[u8]) -> bool {
    content.starts_with(ICC)
}

/// The chunks of an ICC profile, in whatever order they come (ICC.1:2022, B.4).
#[derive(Default)]
pub struct Profile {
    chunks: Vec<(u8, u8, Vec<u8>)>,
    len: u64,
}

impl Profile {
    /// Takes the chunk of an APP2 segment, if it is one.
    pub fn add(&mut self, content: &[u8], budget: &Budget) -> Result<()> {
        let Some(&[number, count, ref chunk @ ..]) = content.strip_prefix(ICC) else {
            return Ok(());
        };
        self.len += chunk.len() as u64;
        budget.check_metadata(self.len)?;
        self.chunks.push((number, count, memory::copy_of(chunk, "an ICC profile")?));
        Ok(())
    }

    /// The profile; `None` where chunks are missing, doubled or disagree about how many there are.
    pub fn assemble(mut self) -> Result<Option<Vec<u8>>> {
        self.chunks.sort_by_key(|(number, ..)| *number);
        let numbered = (1..=u8::MAX).zip(&self.chunks);
        let whole =
            self.chunks.iter().all(|(_, count, _)| usize::from(*count) == self.chunks.len())
                && numbered.into_iter().all(|(expected, (number, ..))| expected == *number);
        if self.chunks.is_empty() || !whole {
            return Ok(None);
        }
        let mut profile = Vec::new();
        for (_, _, chunk) in &self.chunks {
            memory::append(&mut profile, chunk, "an ICC profile")?;
        }
        Ok(Some(profile))
    }
}

/// The JFIF segment, with dots per inch or no resolution.
pub fn put_jfif(to: &mut Vec<u8>, (x, y): (f64, f64)) -> Result<()> {
    let whole = |dpi: f64| dpi.round().clamp(0.0, 65_535.0) as u16;
    let (unit, x, y) = match (whole(x), whole(y)) {
        (0, 0) => (0, 1, 1),
        // One axis alone is stated for both.
        (0, dpi) | (dpi, 0) => (1, dpi, dpi),
        (x, y) => (1, x, y),
    };
    let [x1, x0] = x.to_be_bytes();
    let [y1, y0] = y.to_be_bytes();
    let rest = [1, 1, unit, x1, x0, y1, y0, 0, 0];
    tables::put_segment(to, markers::APP0, &[JFIF, &rest].concat())
}

/// The Adobe segment, with a transform.
pub fn put_adobe(to: &mut Vec<u8>, transform: u8) -> Result<()> {
    let rest = [0, 100, 0, 0, 0, 0, transform];
    tables::put_segment(to, markers::APP14, &[ADOBE, &rest].concat())
}

/// EXIF, XMP and the ICC profile.
pub fn put_metadata(sink: &mut Sink<'_>, metadata: &Metadata) -> Result<()> {
    if let Some(bytes) = &metadata.exif {
        put_prefixed(sink, "EXIF", exif::JPEG_PREFIX, exif::without_prefix(bytes))?;
    }
    if let Some(bytes) = &metadata.xmp {
        put_prefixed(sink, "XMP", XMP, bytes)?;
    }
    let Some(profile) = &metadata.icc else { return Ok(()) };
    let most = MAX_CONTENT - ICC.len() - 2;
    let count = u8::try_from(profile.len().div_ceil(most))
        .map_err(|_| too_long("the ICC profile", profile.len(), most * 255))?;
    for (number, chunk) in (1..=count).zip(profile.chunks(most)) {
        put_parts(sink, markers::APP2, &[ICC, &[number, count], chunk])?;
    }
    Ok(())
}

fn put_prefixed(sink: &mut Sink<'_>, name: &str, prefix: &[u8], bytes: &[u8]) -> Result<()> {
    let most = MAX_CONTENT - prefix.len();
    if bytes.len() > most {
        return Err(too_long(name, bytes.len(), most));
    }
    put_parts(sink, markers::APP1, &[prefix, bytes])
}

fn put_parts(sink: &mut Sink<'_>, marker: u8, parts: &[&[u8]]) -> Result<()> {
    let mut segment = Vec::new();
    tables::put_segment(&mut segment, marker, &parts.concat())?;
    sink.put(&segment)
}

fn too_long(name: &str, len: usize, most: usize) -> Error {
    Error::unsupported(format!("{name} of {len} bytes: JPEG holds {most} at the most"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;

    fn profile(chunks: &[(u8, u8, u8)]) -> Option<Vec<u8>> {
        let budget = Budget::new(Limits::default(), None);
        let mut profile = Profile::default();
        for (number, count, byte) in chunks {
            profile.add(&[ICC, &[*number, *count, *byte]].concat(), &budget).unwrap();
        }
        profile.assemble().unwrap()
    }

    #[test]
    fn a_profile_is_assembled_in_order_or_not_at_all() {
        assert_eq!(profile(&[(2, 2, b'b'), (1, 2, b'a')]), Some(b"ab".to_vec()));
        for broken in [&[(1, 2, 0)][..], &[(1, 2, 0), (1, 2, 0)], &[(0, 1, 0)], &[]] {
            assert_eq!(profile(broken), None);
        }
    }

    #[test]
    fn a_density_reads_back() {
        let mut segment = Vec::new();
        put_jfif(&mut segment, (300.0, 0.0)).unwrap();
        let density = jfif(&segment[4..]).unwrap();
        assert_eq!((density.unit, density.x, density.y), (1, 300, 300));
    }
}
