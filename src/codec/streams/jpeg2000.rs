//! What a JPEG 2000 codestream (T.800, annex A) takes to decode, told by its headers alone.
//!
//! Decoders that trust them hold something for each code-block and each precinct, and a file of 60 bytes may ask for one
//! of each for every sample.

const SIZ: u16 = 0xff51;
const COD: u16 = 0xff52;
const COC: u16 = 0xff53;
const SOT: u16 = 0xff90;
const SOD: u16 = 0xff93;
const EOC: u16 = 0xffd9;

/// The first two markers.
const START: [u8; 4] = [0xff, 0x4f, 0xff, 0x51];

/// The signature of JP2 files, and the box of a codestream in them (annex I).
const SIGNATURE: &[u8] = b"\0\0\0\x0cjP  ";
const CODESTREAM: &[u8] = b"jp2c";

/// Bytes that decoders hold for a sample: itself, its coefficient, and copies while it is transformed.
const PER_SAMPLE: u64 = 16;
/// The same for a code-block or precinct, and for each of its layers.
const PER_BLOCK: u64 = 512;
const PER_LAYER: u64 = 64;

/// Tile-parts that are looked at.
const MOST_PARTS: usize = 1 << 16;

/// What the headers say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    pub width: u32,
    pub height: u32,
    pub components: u16,
    /// Bytes that decoding takes at the most.
    pub memory: u64,
}

/// Reads the headers of a codestream, or of those in a JP2 file, of which the last one counts, and the dearest; `None` where
/// there is none.
pub fn size(bytes: &[u8]) -> Option<Size> {
    if !bytes.starts_with(SIGNATURE) {
        return size_of_stream(bytes);
    }
    let mut found: Option<Size> = None;
    let mut rest = bytes;
    while let Some((kind, content, after)) = next_box(rest) {
        if kind == CODESTREAM {
            let size = size_of_stream(content)?;
            let memory = size.memory.max(found.map_or(0, |found| found.memory));
            found = Some(Size { memory, ..size });
        }
        rest = after;
    }
    found
}

/// The type of the first box, what is in it, and what follows. One that claims to be longer than the file ends with it.
fn next_box(bytes: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let kind = bytes.get(4..8)?;
    let (head, len) = match u32::from_be_bytes(*bytes.first_chunk()?) {
        0 => (8, bytes.len()),
        1 => (16, usize::try_from(u64::from_be_bytes(*bytes.get(8..)?.first_chunk()?)).ok()?),
        len => (8, usize::try_from(len).ok()?),
    };
    let (own, after) = bytes.split_at(len.min(bytes.len()));
    Some((kind, own.get(head..)?, after))
}

fn size_of_stream(stream: &[u8]) -> Option<Size> {
    if !stream.starts_with(&START) {
        return None;
    }
    let field = |at: usize| Some(u32::from_be_bytes(*stream.get(8 + 4 * at..)?.first_chunk()?));
    let (right, bottom, left, top) = (field(0)?, field(1)?, field(2)?, field(3)?);
    let (width, height) = (right.checked_sub(left)?, bottom.checked_sub(top)?);
    let (tile_width, tile_height) = (field(4)?, field(5)?);
    let components = u16::from_be_bytes(*stream.get(40..)?.first_chunk()?);
    // Decoders may hold whole tiles, though no more of them is there than of the image.
    let pixels = u64::from(width.max(tile_width.min(right)))
        * u64::from(height.max(tile_height.min(bottom)));
    let samples = pixels.saturating_mul(components.into());
    // A decoder may make more of damaged headers than is made of them here.
    let dearest = coding(stream).unwrap_or(PER_BLOCK + PER_LAYER);
    let memory = samples.saturating_mul(PER_SAMPLE.saturating_add(dearest));
    Some(Size { width, height, components, memory })
}

/// Bytes for each sample that the dearest way of coding in any header takes.
fn coding(stream: &[u8]) -> Option<u64> {
    let mut at = 2;
    let mut layers = 1;
    let mut dearest = 0;
    // Where the tile-part ends whose header this is.
    let mut end = None;
    let mut parts = 0;
    loop {
        let marker = u16::from_be_bytes(*stream.get(at..)?.first_chunk()?);
        if marker == EOC {
            return Some(dearest);
        }
        if marker == SOD {
            // The last tile-part may leave its length out; a cut file ends within one.
            match end.flatten() {
                Some(next) if next > at && next < stream.len() => at = next,
                _ => return Some(dearest),
            }
            continue;
        }
        let len = usize::from(u16::from_be_bytes(*stream.get(at + 2..)?.first_chunk()?));
        let content = stream.get(at + 4..at + 2 + len.max(2))?;
        match (marker, content) {
            (SOT, [_, _, len @ .., _, _]) => {
                parts += 1;
                if parts > MOST_PARTS {
                    return None;
                }
                let len = usize::try_from(u32::from_be_bytes(*len.first_chunk()?)).ok()?;
                end = Some((len > 0).then_some(at.saturating_add(len)));
            }
            (COD, [style, _, high, low, _, rest @ ..]) => {
                layers = u64::from(u16::from_be_bytes([*high, *low])).max(1);
                dearest = dearest.max(cost(*style, rest, layers)?);
            }
            (COC, content) => {
                // The component takes two bytes where there are more than 256.
                let wide = u16::from_be_bytes(*stream.get(40..)?.first_chunk()?) > 256;
                let (style, rest) = content.get(1 + usize::from(wide)..)?.split_first()?;
                dearest = dearest.max(cost(*style, rest, layers)?);
            }
            (SIZ, _) if at > 2 => return None,
            _ => {}
        }
        at += 2 + len.max(2);
    }
}

/// Bytes for each sample, from the parameters that COD and COC share (table A.20).
fn cost(style: u8, parameters: &[u8], layers: u64) -> Option<u64> {
    let [_, across, down, _, _, precincts @ ..] = parameters else { return None };
    let block = u32::from(across & 15) + u32::from(down & 15) + 4;
    let smallest = match style & 1 {
        0 => 30,
        // Precincts of all but the lowest resolution are split into subbands of half their sides.
        _ => precincts.iter().map(|sides| u32::from(sides & 15) + u32::from(sides >> 4)).min()?,
    };
    let samples = 1u64 << block.min(smallest.saturating_sub(2)).min(30);
    Some((PER_BLOCK + layers.saturating_mul(PER_LAYER)).div_ceil(samples))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A codestream of an image in one tile, with a style of coding, and without data.
    fn stream(coding: &[u8]) -> Vec<u8> {
        let mut stream = vec![0xff, 0x4f, 0xff, 0x51, 0, 41, 0, 0];
        for field in [120u32, 90, 20, 10, 120, 90, 0, 0] {
            stream.extend(field.to_be_bytes());
        }
        stream.extend([0, 1, 7, 1, 1]);
        stream.extend([0xff, 0x52, 0, coding.len() as u8 + 2]);
        stream.extend(coding);
        stream.extend([0xff, 0x90, 0, 10, 0, 0, 0, 0, 0, 0, 0, 1, 0xff, 0x93, 1, 2, 3]);
        stream
    }

    #[test]
    fn headers_tell_what_decoding_takes() {
        let plain = stream(&[0, 0, 0, 1, 0, 5, 4, 4, 0, 1]);
        let found = size(&plain).unwrap();
        assert_eq!((found.width, found.height, found.components), (100, 80, 1));
        assert_eq!(found.memory, 120 * 90 * 17);
        // In a JP2 file, too, whatever lies before.
        let boxed = |kind: &[u8; 4], content: &[u8]| {
            [&(content.len() as u32 + 8).to_be_bytes(), &kind[..], content].concat()
        };
        let tiny = stream(&[1, 0, 0, 1, 0, 1, 4, 4, 0, 1, 0x00, 0x00]);
        let head = [&boxed(b"jP  ", b"\r\n\x87\n")[..], &boxed(b"xml ", &tiny)].concat();
        assert_eq!(size(&[&head[..], &boxed(b"jp2c", &plain)].concat()), Some(found));
        let two = [&head[..], &boxed(b"jp2c", &tiny), &boxed(b"jp2c", &plain)].concat();
        assert_eq!(size(&two).unwrap().memory, 120 * 90 * (16 + 576));
        assert_eq!(size(&head), None);
        assert_eq!(size(&[&[1], &plain[..]].concat()), None);
        // Precincts of one sample, and thousands of layers.
        let tiny = size(&stream(&[1, 0, 0, 1, 0, 1, 4, 4, 0, 1, 0x00, 0x00])).unwrap();
        assert_eq!(tiny.memory, 120 * 90 * (16 + 576));
        let layers = size(&stream(&[0, 0, 0xff, 0xff, 0, 5, 4, 4, 0, 1])).unwrap();
        assert_eq!(layers.memory, 120 * 90 * (16 + 1025));
    }

    #[test]
    fn headers_that_are_cut_off_count_as_the_dearest() {
        let plain = stream(&[0, 0, 0, 1, 0, 5, 4, 4, 0, 1]);
        let headers = plain.len() - 3;
        // With SIZ, there is a size.
        for len in 0..headers {
            let memory = size(&plain[..len]).map(|size| size.memory);
            assert_eq!(memory, (len >= 42).then_some(120 * 90 * (16 + 576)), "{len}");
        }
        assert_eq!(size(&plain[..headers]).unwrap().memory, 120 * 90 * 17);
    }

    #[test]
    fn headers_of_tiles_count() {
        let mut tiled = stream(&[0, 0, 0, 1, 0, 5, 4, 4, 0, 1]);
        let at = tiled.len() - 5;
        tiled.splice(at..at, [0xff, 0x53, 0, 11, 0, 1, 1, 4, 4, 0, 1, 0x11, 0x11]);
        assert_eq!(size(&tiled).unwrap().memory, 120 * 90 * (16 + 576));
    }
}
