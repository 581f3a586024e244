//! TGA: colour, gray and mapped, with and without runs, read row by row and written without compression.

mod header;
mod rows;
#[cfg(test)]
mod tests;

use crate::codec::{Codec, Facts, Header, OrientationTag, Pages, Picture, Stores};
use crate::error::{Error, Result};
use crate::format::FileFormat;
use crate::limits::Budget;
use crate::memory::Scratch;
use crate::options::{ReadOptions, SaveOptions, Tolerance};
use crate::pixel::{Canvas, PixelFormat};
use crate::sink::Sink;
use crate::source::Source;

use header::{FROM_TOP, Info, Map};

/// Truevision images.
pub struct Tga;

static FACTS: Facts = Facts {
    format: FileFormat::Tga,
    extensions: &["tga", "icb", "vda", "vst"],
    media_type: "image/x-tga",
    writes: true,
    multi_page: false,
    stores: Stores {
        resolution: false,
        orientation: OrientationTag::None,
        icc: false,
        exif: false,
        xmp: false,
    },
    // Two bytes are a run of up to 128 pixels.
    pixels_per_byte: Some(64),
};

/// What a file of version 2 ends in: offsets of two areas that it lacks, and the signature.
const FOOTER: &[u8; 26] = b"\0\0\0\0\0\0\0\0TRUEVISION-XFILE.\0";

impl Codec for Tga {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn recognizes(&self, head: &[u8]) -> bool {
        Info::parse(head).is_some()
    }

    fn open(&self, source: &Source, _: &ReadOptions, budget: &Budget) -> Result<Box<dyn Pages>> {
        let mut head = [0; header::LEN];
        source.read_at(0, &mut head)?;
        let info = Info::parse(&head).ok_or_else(|| Error::damaged("the header is none of TGA"))?;
        let map = Map::read(&info, source, budget)?;
        Ok(Box::new(Image { info, map, source: source.clone() }))
    }

    fn stored_as(&self, format: PixelFormat, _: &SaveOptions) -> Result<PixelFormat> {
        Ok(if format.is_gray() {
            PixelFormat::Gray8
        } else if format.has_alpha() {
            PixelFormat::Argb8888
        } else {
            PixelFormat::Rgb888
        })
    }

    fn encode(
        &self,
        picture: &Picture<'_>,
        _: &SaveOptions,
        sink: &mut Sink<'_>,
        budget: &Budget,
    ) -> Result<()> {
        let (Ok(width), Ok(height)) = (u16::try_from(picture.width), u16::try_from(picture.height))
        else {
            let (width, height) = (picture.width, picture.height);
            let message = format!("a TGA has at most 65535 x 65535 pixels, not {width} x {height}");
            return Err(Error::unsupported(message));
        };
        let (code, depth, alpha) = match picture.format {
            PixelFormat::Gray8 => (3, 8, 0),
            PixelFormat::Argb8888 => (2, 32, 8),
            _ => (2, 24, 0),
        };
        let mut head = [0; header::LEN];
        let [[w, x], [h, i]] = [width, height].map(u16::to_le_bytes);
        head[2] = code;
        [head[12], head[13], head[14], head[15]] = [w, x, h, i];
        [head[16], head[17]] = [depth, FROM_TOP | alpha];
        sink.put(&head)?;
        sink.expect(picture.size())?;
        let mut scratch = Scratch::new(picture.row_len(), "a row", budget)?;
        for y in 0..picture.height {
            sink.put(picture.row(y, &mut scratch)?)?;
        }
        sink.put(FOOTER)
    }
}

struct Image {
    info: Info,
    map: Map,
    source: Source,
}

impl Pages for Image {
    fn count(&mut self, _: &Budget) -> Result<u32> {
        Ok(1)
    }

    fn header(&mut self, _: u32, options: &ReadOptions, budget: &Budget) -> Result<Header> {
        let header = self.info.header(&self.map);
        // Limits come before damage: their message says what to raise.
        budget.check_size(header.width, header.height)?;
        if options.tolerance == Tolerance::Strict {
            self.info.check_length(&self.source)?;
        }
        Ok(header)
    }

    fn decode(&mut self, _: u32, _: &ReadOptions, canvas: &mut Canvas<'_>) -> Result<()> {
        rows::decode(&self.info, &self.map, &self.source, canvas)
    }
}
