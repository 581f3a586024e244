//! A file as other formats take it over: whole, without the metadata that is not wanted.

use std::sync::Arc;

use super::colour::Colour;
use super::scan::{self, Component, Head, Want};
use super::{markers, segments};
use crate::codec::{Compressed, JpegColour};
use crate::error::{Error, Result};
use crate::limits::Budget;
use crate::memory;
use crate::options::{MetadataPolicy, SaveOptions};
use crate::source::Source;

const END: &[u8] = &[0xff, markers::EOI];

/// The file; `None` where its process is one that the decoders of other formats do not know.
pub fn compressed(
    source: &Source,
    options: &SaveOptions,
    budget: &Budget,
) -> Result<Option<Compressed>> {
    let head = scan::scan(source, Want::Pixels, budget)?;
    head.check_supported()?;
    let marker = head.frame.marker;
    let Some(subsampling) = subsampling(&head).filter(|_| marker <= markers::SOF2) else {
        return Ok(None);
    };
    let data = source.load(budget)?;
    let bytes = data.as_ref().as_ref();
    let coded = usize::try_from(head.data).ok().and_then(|at| bytes.get(at..)).unwrap_or_default();
    // Its pixels are not looked at, but what is cut is not passed on.
    if !coded.windows(END.len()).rev().any(|two| two == END) {
        return Err(Error::damaged("the file ends within its data"));
    }
    let policies = [options.icc, options.exif, options.xmp];
    let data = if policies.contains(&MetadataPolicy::Strip) {
        Arc::new(without_metadata(bytes, options)?)
    } else {
        data
    };
    Ok(Some(Compressed::Jpeg {
        data,
        colour: match head.colour()? {
            Colour::Gray => JpegColour::Gray,
            Colour::YCbCr => JpegColour::YCbCr,
            Colour::Rgb => JpegColour::Rgb,
            Colour::Cmyk { inverted: false } => JpegColour::Inks,
            Colour::Cmyk { inverted: true } | Colour::Ycck => JpegColour::InvertedInks,
        },
        subsampling,
        bits: head.frame.bits,
    }))
}

/// Pixels across and down for a sample of the second component and those after it; `None` where they differ.
fn subsampling(head: &Head) -> Option<(u8, u8)> {
    let (first, rest) = head.frame.components.split_first()?;
    let plain = |component: &Component| (component.across, component.down) == (1, 1);
    // One component alone has blocks of its own, whatever its factors are (T.81, A.2.2).
    if rest.is_empty() {
        return Some((1, 1));
    }
    rest.iter().all(plain).then_some((first.across, first.down))
}

/// The file without the segments of the kinds that are not kept.
fn without_metadata(file: &[u8], options: &SaveOptions) -> Result<Vec<u8>> {
    let strips = |marker: u8, content: &[u8]| match marker {
        markers::APP1 if segments::exif(content).is_some() => options.exif == MetadataPolicy::Strip,
        markers::APP1 if segments::xmp(content).is_some() => options.xmp == MetadataPolicy::Strip,
        markers::APP2 if segments::is_profile(content) => options.icc == MetadataPolicy::Strip,
        _ => false,
    };
    let mut kept = memory::copy_of(file.get(..2).unwrap_or_default(), "the encoded image")?;
    let mut rest = file.get(2..).unwrap_or_default();
    while let [0xff, marker, after @ ..] = rest {
        let len = match (marker, after) {
            // Fill bytes.
            (0xff, _) => 1,
            (marker, _) if markers::is_alone(*marker) => 2,
            (&markers::SOS, _) => break,
            (_, [a, b, ..]) => 2 + usize::from(u16::from_be_bytes([*a, *b])).max(2),
            _ => break,
        };
        let Some((segment, following)) = rest.split_at_checked(len) else { break };
        if !strips(*marker, segment.get(4..).unwrap_or_default()) {
            memory::append(&mut kept, segment, "the encoded image")?;
        }
        rest = following;
    }
    memory::append(&mut kept, rest, "the encoded image")?;
    Ok(kept)
}
