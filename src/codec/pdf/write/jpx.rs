//! JPEG 2000 files as images of a document.

use pdf_writer::{Dict, Name, Ref};

use super::document::Document;
use super::embed::{device_space, number};
use crate::codec::Caption;
use crate::codec::streams::jpx::{Colours, Facts, Opacity};
use crate::error::Result;
use crate::sink::Sink;

/// Writes a JPEG 2000 file as it is. PDF takes files only, so that a bare codestream gets boxes in front.
pub fn embed(
    document: &mut Document,
    data: &[u8],
    facts: &Facts,
    caption: &Caption<'_>,
    sink: &mut Sink<'_>,
) -> Result<Ref> {
    let id = document.number();
    let describe = |dict: &mut Dict<'_>| {
        dict.pair(Name(b"Type"), Name(b"XObject")).pair(Name(b"Subtype"), Name(b"Image"));
        dict.pair(Name(b"Width"), number(caption.width));
        dict.pair(Name(b"Height"), number(caption.height));
        let colours = match facts.colours {
            Colours::Gray => Some(1),
            Colours::Rgb => Some(3),
            Colours::Inks => Some(4),
            // The decoder finds it in the file.
            Colours::OfFile => None,
        };
        if let Some(colours) = colours {
            dict.pair(Name(b"ColorSpace"), device_space(colours));
        }
        match facts.opacity {
            Some(Opacity::Straight) => drop(dict.pair(Name(b"SMaskInData"), 1)),
            Some(Opacity::Premultiplied) => drop(dict.pair(Name(b"SMaskInData"), 2)),
            None => {}
        }
        dict.pair(Name(b"Filter"), Name(b"JPXDecode"));
    };
    document.stream(id, sink, describe, |sink| {
        sink.put(&facts.head)?;
        sink.put(data)
    })?;
    Ok(id)
}
