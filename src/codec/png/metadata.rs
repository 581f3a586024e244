//! Resolution, ICC, EXIF and XMP of a PNG: the chunks that hold them, within the limit for metadata.

use std::io::{Read, Write};

use flate2::Compression;
use flate2::write::ZlibEncoder;

use super::chunks::Chunk;
use super::encode::put_chunk;
use super::index::Index;
use crate::codec::Picture;
use crate::error::{Error, Kind, Result};
use crate::limits::Budget;
use crate::memory;
use crate::metadata::{Metadata, exif, resolution};
use crate::sink::Sink;
use crate::source::Source;

/// What an iTXt chunk with XMP begins with.
pub(super) const XMP_KEYWORD: &[u8; 18] = b"XML:com.adobe.xmp\0";
/// A name of a profile, and the method: Deflate.
const PROFILE: &[u8; 13] = b"ICC profile\0\0";
/// What zlib holds at the most.
const ZLIB: usize = 512 << 10;

/// Reads what there is. Chunks with a wrong checksum or content that does not inflate are left out, as libpng does.
pub(super) fn read(index: &Index, source: &Source, budget: &Budget) -> Result<Metadata> {
    let load = |chunk: Option<Chunk>| -> Result<Option<Vec<u8>>> {
        let Some(chunk) = chunk else { return Ok(None) };
        budget.check_metadata(u64::from(chunk.len))?;
        chunk.read(source)
    };
    let mut metadata = Metadata::default();
    if let Some(bytes) = load(index.icc)? {
        metadata.icc = icc(&bytes, budget)?;
    }
    if let Some(bytes) = load(index.exif)? {
        let tiff = exif::without_prefix(&bytes);
        if !tiff.is_empty() {
            metadata.exif = Some(memory::copy_of(tiff, "metadata")?);
        }
    }
    if let Some(bytes) = load(index.xmp)? {
        metadata.xmp = xmp(&bytes, budget)?;
    }
    Ok(metadata)
}

/// Name, 0, method 0, deflated profile.
fn icc(bytes: &[u8], budget: &Budget) -> Result<Option<Vec<u8>>> {
    match after_zero(bytes) {
        Some([0, deflated @ ..]) => inflate(deflated, budget),
        _ => Ok(None),
    }
}

/// Keyword, 0, whether deflated, method, language, 0, translated keyword, 0, text.
fn xmp(bytes: &[u8], budget: &Budget) -> Result<Option<Vec<u8>>> {
    let Some([deflated, _, rest @ ..]) = after_zero(bytes) else { return Ok(None) };
    let Some(text) = after_zero(rest).and_then(after_zero) else { return Ok(None) };
    match deflated {
        0 => memory::copy_of(text, "metadata").map(Some),
        _ => inflate(text, budget),
    }
}

fn after_zero(bytes: &[u8]) -> Option<&[u8]> {
    let zero = bytes.iter().position(|byte| *byte == 0)?;
    bytes.get(zero + 1..)
}

fn inflate(deflated: &[u8], budget: &Budget) -> Result<Option<Vec<u8>>> {
    let mut decoder = flate2::read::ZlibDecoder::new(deflated);
    let mut block = memory::zeroed(8 << 10, "metadata")?;
    let mut all = Vec::new();
    loop {
        match decoder.read(&mut block) {
            Ok(0) if all.is_empty() => return Ok(None),
            Ok(0) => return Ok(Some(all)),
            Ok(len) => {
                budget.check_metadata((all.len() + len) as u64)?;
                memory::append(&mut all, block.get(..len).unwrap_or_default(), "metadata")?;
            }
            Err(_) => return Ok(None),
        }
    }
}

/// Writes resolution, ICC, EXIF and XMP.
pub(super) fn write(picture: &Picture<'_>, sink: &mut Sink<'_>) -> Result<()> {
    let metadata = &picture.metadata;
    if let Some(icc) = &metadata.icc {
        put_chunk(sink, b"iCCP", &profile(icc)?)?;
    }
    let (x, y) = picture.resolution;
    if x > 0.0 && y > 0.0 {
        let [x, y] = [x, y].map(|dots| resolution::per_metre(dots).to_be_bytes());
        put_chunk(sink, b"pHYs", &[&x[..], &y, &[1]].concat())?;
    }
    if let Some(exif) = &metadata.exif {
        put_chunk(sink, b"eXIf", exif)?;
    }
    if let Some(xmp) = &metadata.xmp {
        // Keyword, not deflated, no language, no translated keyword, text.
        let mut data = memory::copy_of(XMP_KEYWORD, "metadata")?;
        memory::append(&mut data, &[0; 4], "metadata")?;
        memory::append(&mut data, xmp, "metadata")?;
        put_chunk(sink, b"iTXt", &data)?;
    }
    Ok(())
}

fn profile(icc: &[u8]) -> Result<Vec<u8>> {
    // What does not get smaller is stored, in some bytes more.
    let mut data = memory::places(icc.len() + icc.len() / 512 + 64, "metadata")?;
    data.extend_from_slice(PROFILE);
    let make = || ZlibEncoder::new(data, Compression::best());
    let mut encoder = memory::panicking(ZLIB, "Deflate", make)?;
    let failed = |_| Error::new(Kind::SaveFailed, "an ICC profile cannot be deflated");
    encoder.write_all(icc).and_then(|()| encoder.finish()).map_err(failed)
}
