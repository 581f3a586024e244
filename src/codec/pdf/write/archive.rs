//! PDF/A-2b (ISO 19005-2): what such a document has besides, and what images it may hold.

use pdf_writer::{Array, Name, Ref, TextStr};

use crate::codec::streams::jpx::{Colours, Facts};
use crate::codec::{Compressed, JpegColour};
use crate::error::{Error, Result};
use crate::metadata::{Metadata, icc};
use crate::pixel::PixelFormat;

/// What the XMP of the document claims (6.6.4).
pub const CLAIM: &str =
    "<pdfaid:part>2</pdfaid:part>\n<pdfaid:conformance>B</pdfaid:conformance>\n";

/// The most objects of a document (6.1.13).
const MOST_OBJECTS: usize = 8_388_607;

/// The shortest side of a page (6.1.13).
pub const LEAST_SIDE: f64 = 3.0;

/// Says what the colours of the device are (6.2.3), of which there are gray and RGB.
pub fn output_intent(mut intents: Array<'_>, profile: Ref) {
    let mut intent = intents.push().dict();
    intent.pair(Name(b"Type"), Name(b"OutputIntent"));
    intent.pair(Name(b"S"), Name(b"GTS_PDFA1"));
    intent.pair(Name(b"OutputConditionIdentifier"), TextStr("sRGB"));
    intent.pair(Name(b"Info"), TextStr("sRGB IEC 61966-2.1"));
    intent.pair(Name(b"DestOutputProfile"), profile);
}

/// Refuses inks that no profile describes: the output intent is for R, G, B (6.2.4.3).
pub fn check_colours(colours: u8, has_profile: bool) -> Result<()> {
    if colours == 4 && !has_profile {
        return Err(Error::unsupported("inks without an ICC profile in PDF/A-2b"));
    }
    Ok(())
}

/// Refuses a document that has become too large.
pub fn check_objects(count: usize) -> Result<()> {
    if count > MOST_OBJECTS {
        let message = format!("more than {MOST_OBJECTS} objects in PDF/A-2b: {count}");
        return Err(Error::unsupported(message));
    }
    Ok(())
}

/// Whether data may be in such a document as it is.
pub fn holds(data: &Compressed, metadata: &Metadata) -> bool {
    match data {
        Compressed::Jpeg { colour: JpegColour::Inks | JpegColour::InvertedInks, .. } => {
            profile(metadata).is_some_and(|icc| icc::describes(icc, PixelFormat::Cmyk8888))
        }
        Compressed::Jpeg { .. } | Compressed::G4 { .. } => true,
        Compressed::Jpx { facts, .. } => holds_jpx(facts),
    }
}

/// JPEG 2000 (6.2.8.3): one colour specification, of those that every reader knows, and one depth.
fn holds_jpx(facts: &Facts) -> bool {
    facts.is_plain() && facts.bits <= 38 && matches!(facts.colours, Colours::Gray | Colours::Rgb)
}

/// The profile, if it is one of those that may be embedded: ICC versions 2 and 4 of input, display, output and colour space
/// (6.2.4.2).
pub fn profile(metadata: &Metadata) -> Option<&[u8]> {
    let icc = metadata.icc.as_deref()?;
    let version = *icc.get(8)?;
    let class = icc.get(12..16)?;
    let known = [&b"scnr"[..], b"mntr", b"prtr", b"spac"].contains(&class);
    let signed = icc.get(36..40) == Some(b"acsp");
    (matches!(version, 2 | 4) && known && signed).then_some(icc)
}

/// An ICC profile of sRGB (IEC 61966-2-1), version 4.2: matrix and curve, adapted to D50.
pub fn srgb() -> Vec<u8> {
    let text = |words: &str| {
        let units: Vec<u8> = words.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let head = [1, 12, 0x656e_5553, units.len() as u32, 28].map(u32::to_be_bytes).concat();
        [&b"mluc\0\0\0\0"[..], &head, &units].concat()
    };
    let numbers = |kind: &[u8; 4], numbers: &[f64]| {
        let fixed = numbers.iter().flat_map(|number| {
            let fixed = (number * 65_536.0).round() as i32;
            fixed.to_be_bytes()
        });
        [&kind[..], &[0; 4]].concat().into_iter().chain(fixed).collect::<Vec<u8>>()
    };
    // Parameters of the function type 3: a part of a power, and a line near black.
    let parameters = numbers(b"para", &[2.4, 1.0 / 1.055, 0.055 / 1.055, 1.0 / 12.92, 0.04045]);
    let (kind, rest) = parameters.split_at_checked(8).unwrap_or_default();
    let curve = [kind, &[0, 3, 0, 0], rest].concat();
    let adaptation = [
        1.047_882_1,
        0.022_918_7,
        -0.050_216_7,
        0.029_586_8,
        0.990_478_5,
        -0.017_074_6,
        -0.009_231_6,
        0.015_075_7,
        0.751_678_5,
    ];
    let tags: [(&[&[u8; 4]], Vec<u8>); 8] = [
        (&[b"desc"], text("sRGB")),
        (&[b"cprt"], text("No copyright, use freely")),
        (&[b"wtpt"], numbers(b"XYZ ", &[0.964_2, 1.0, 0.824_9])),
        (&[b"chad"], numbers(b"sf32", &adaptation)),
        (&[b"rXYZ"], numbers(b"XYZ ", &[0.436_065_7, 0.222_488_4, 0.013_916_0])),
        (&[b"gXYZ"], numbers(b"XYZ ", &[0.385_147_1, 0.716_873_2, 0.097_076_4])),
        (&[b"bXYZ"], numbers(b"XYZ ", &[0.143_074_0, 0.060_607_9, 0.714_096_1])),
        (&[b"rTRC", b"gTRC", b"bTRC"], curve),
    ];
    assembled(&tags)
}

/// A profile for displays with these tags, some of which have several names.
fn assembled(tags: &[(&[&[u8; 4]], Vec<u8>)]) -> Vec<u8> {
    let count: usize = tags.iter().map(|(names, _)| names.len()).sum();
    let mut table = (count as u32).to_be_bytes().to_vec();
    let mut data = Vec::new();
    let begin = 128 + 4 + 12 * count;
    for (names, body) in tags {
        let at = (begin + data.len()) as u32;
        for name in *names {
            table.extend_from_slice(*name);
            table.extend_from_slice(&at.to_be_bytes());
            table.extend_from_slice(&(body.len() as u32).to_be_bytes());
        }
        data.extend_from_slice(body);
        data.resize(data.len().next_multiple_of(4), 0);
    }
    let size = (begin + data.len()) as u32;
    let head = [&size.to_be_bytes()[..], &[0; 4], &[4, 0x20, 0, 0], b"mntrRGB XYZ "].concat();
    // A day, which every profile has to state.
    let day: [u16; 6] = [2026, 1, 1, 0, 0, 0];
    let day: Vec<u8> = day.into_iter().flat_map(u16::to_be_bytes).collect();
    // The light that connects profiles, D50.
    let light = [0xf6d6u32, 0x1_0000, 0xd32d].map(u32::to_be_bytes).concat();
    let mut profile = [&head[..], &day, b"acsp", &[0; 28], &light].concat();
    profile.resize(128, 0);
    [profile, table, data].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_profile_is_small_and_its_tags_lie_within_it() {
        let icc = srgb();
        let word = |at: usize| u32::from_be_bytes(*icc[at..].first_chunk().unwrap()) as usize;
        assert_eq!((word(0), word(128)), (icc.len(), 10));
        assert!(icc.len() < 800 && icc[36..40] == *b"acsp");
        for tag in 0..10 {
            let (at, len) = (word(132 + 12 * tag + 4), word(132 + 12 * tag + 8));
            assert!(at % 4 == 0 && at + len <= icc.len());
        }
        let metadata = Metadata { icc: Some(icc), ..Metadata::default() };
        assert!(profile(&metadata).is_some());
    }

    #[test]
    fn profiles_of_devices_that_are_none_are_left_out() {
        let mut icc = srgb();
        icc[12..16].copy_from_slice(b"link");
        assert!(profile(&Metadata { icc: Some(icc), ..Metadata::default() }).is_none());
        assert!(check_colours(4, false).is_err() && check_colours(4, true).is_ok());
        assert!(check_objects(MOST_OBJECTS + 1).is_err() && check_objects(MOST_OBJECTS).is_ok());
    }
}
