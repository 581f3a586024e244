//! PBM, PGM, PPM and PAM: read row by row, written as the binary one that holds the pixels.

mod header;
mod rows;
#[cfg(test)]
mod tests;

use crate::codec::{Codec, Facts, Header, OrientationTag, Pages, Picture, Stores};
use crate::error::Result;
use crate::format::FileFormat;
use crate::limits::Budget;
use crate::memory::Scratch;
use crate::options::{ReadOptions, SaveOptions, Tolerance};
use crate::pixel::{Canvas, PixelFormat};
use crate::sink::Sink;
use crate::source::Source;

use header::Info;

/// The formats of Netpbm.
pub struct Pnm;

static FACTS: Facts = Facts {
    format: FileFormat::Pnm,
    extensions: &["pnm", "pbm", "pgm", "ppm", "pam"],
    media_type: "image/x-portable-anymap",
    writes: true,
    multi_page: false,
    stores: Stores {
        resolution: false,
        orientation: OrientationTag::None,
        icc: false,
        exif: false,
        xmp: false,
    },
    // The bits of a PBM.
    pixels_per_byte: Some(8),
};

impl Codec for Pnm {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn recognizes(&self, head: &[u8]) -> bool {
        let spaced = matches!(head.get(2), Some(b' ' | b'\t'..=b'\r' | b'#'));
        spaced && matches!(head, [b'P', b'1'..=b'7', ..])
    }

    fn open(&self, source: &Source, _: &ReadOptions, _: &Budget) -> Result<Box<dyn Pages>> {
        Ok(Box::new(Image { info: Info::read(source)?, source: source.clone() }))
    }

    fn stored_as(&self, format: PixelFormat, _: &SaveOptions) -> Result<PixelFormat> {
        Ok(match (format.is_16_bit(), format.has_alpha()) {
            _ if format.is_bilevel() => PixelFormat::BinaryInverted,
            _ if format == PixelFormat::Gray16 => PixelFormat::Gray16,
            _ if format.is_gray() => PixelFormat::Gray8,
            (true, true) => PixelFormat::Abgr16161616,
            (true, false) => PixelFormat::Rgb161616,
            (false, true) => PixelFormat::Abgr8888,
            (false, false) => PixelFormat::Bgr888,
        })
    }

    fn encode(
        &self,
        picture: &Picture<'_>,
        _: &SaveOptions,
        sink: &mut Sink<'_>,
        budget: &Budget,
    ) -> Result<()> {
        let (width, height) = (picture.width, picture.height);
        let max = if picture.format.is_16_bit() { 65_535 } else { 255 };
        let head = match picture.format {
            PixelFormat::BinaryInverted => format!("P4\n{width} {height}\n"),
            format if format.is_gray() => format!("P5\n{width} {height}\n{max}\n"),
            format if !format.has_alpha() => format!("P6\n{width} {height}\n{max}\n"),
            _ => format!(
                "P7\nWIDTH {width}\nHEIGHT {height}\nDEPTH 4\nMAXVAL {max}\nTUPLTYPE RGB_ALPHA\nENDHDR\n"
            ),
        };
        sink.put(head.as_bytes())?;
        sink.expect(picture.size())?;
        let mut scratch = Scratch::new(picture.row_len(), "a row", budget)?;
        let mut wide =
            Scratch::new(if max > 255 { picture.row_len() } else { 0 }, "a row", budget)?;
        for y in 0..height {
            let row = picture.row(y, &mut scratch)?;
            if max > 255 {
                big_endian(row, &mut wide, picture.format);
                sink.put(&wide)?;
            } else {
                sink.put(row)?;
            }
        }
        Ok(())
    }
}

/// 16-bit samples in the order and with the bytes of a file.
fn big_endian(row: &[u8], to: &mut [u8], format: PixelFormat) {
    let (samples, _) = row.as_chunks::<2>();
    for (to, sample) in to.as_chunks_mut::<2>().0.iter_mut().zip(samples) {
        *to = u16::from_ne_bytes(*sample).to_be_bytes();
    }
    if format == PixelFormat::Rgb161616 {
        for [b, c, _, _, r, s] in to.as_chunks_mut::<6>().0 {
            std::mem::swap(b, r);
            std::mem::swap(c, s);
        }
    }
}

struct Image {
    info: Info,
    source: Source,
}

impl Pages for Image {
    fn count(&mut self, _: &Budget) -> Result<u32> {
        Ok(1)
    }

    fn header(&mut self, _: u32, options: &ReadOptions, budget: &Budget) -> Result<Header> {
        let header = self.info.header();
        // Limits come before damage: their message says what to raise.
        budget.check_size(header.width, header.height)?;
        if options.tolerance == Tolerance::Strict {
            self.info.check_length(&self.source)?;
        }
        Ok(header)
    }

    fn decode(&mut self, _: u32, _: &ReadOptions, canvas: &mut Canvas<'_>) -> Result<()> {
        rows::decode(&self.info, &self.source, canvas)
    }
}
