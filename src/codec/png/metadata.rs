//! ICC, EXIF and XMP of a PNG: the chunks that hold them, within the limit for metadata.

use std::io::Read;

use super::chunks::Chunk;
use super::index::Index;
use crate::error::Result;
use crate::limits::Budget;
use crate::memory;
use crate::metadata::{Metadata, exif};
use crate::source::Source;

/// What an iTXt chunk with XMP begins with.
pub(super) const XMP_KEYWORD: &[u8; 18] = b"XML:com.adobe.xmp\0";

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
