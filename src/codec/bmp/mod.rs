//! BMP: every header from OS/2 1.x to Windows 98, read row by row and written as the plainest file that holds the pixels.

mod encode;
mod header;
mod masks;
mod palette;
mod rows;
mod runs;
#[cfg(test)]
mod tests;

use crate::codec::{Codec, Facts, Header, OrientationTag, Pages, Picture, Stores};
use crate::error::Result;
use crate::format::FileFormat;
use crate::limits::Budget;
use crate::options::{ReadOptions, SaveOptions, Tolerance};
use crate::pixel::{Canvas, PixelFormat};
use crate::sink::Sink;
use crate::source::Source;

use header::{Info, Pixels};

/// Windows and OS/2 bitmaps.
pub struct Bmp;

static FACTS: Facts = Facts {
    format: FileFormat::Bmp,
    extensions: &["bmp", "dib"],
    media_type: "image/bmp",
    writes: true,
    multi_page: false,
    stores: Stores {
        resolution: true,
        orientation: OrientationTag::None,
        icc: true,
        exif: false,
        xmp: false,
    },
    // Runs may end at once and leave all pixels at index 0, so that nothing can be said for certain; a blank page of
    // 600 dpi takes a tenth of this. Rows without compression are counted to the byte in `header`.
    pixels_per_byte: Some(1 << 15),
};

impl Codec for Bmp {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn recognizes(&self, head: &[u8]) -> bool {
        // The length of the header that follows tells a bitmap from a text that begins with "BM".
        let known = |at: usize| match head.get(at..).and_then(|rest| rest.first_chunk()) {
            Some(size) => (12..=1 << 16).contains(&u32::from_le_bytes(*size)),
            None => true,
        };
        match head {
            [b'B', b'M', ..] => known(14),
            [b'B', b'A', ..] => head.get(14..16) == Some(b"BM") && known(28),
            _ => false,
        }
    }

    fn open(&self, source: &Source, _: &ReadOptions, _: &Budget) -> Result<Box<dyn Pages>> {
        Ok(Box::new(Bitmap { info: Info::read(source)?, source: source.clone() }))
    }

    fn stored_as(&self, format: PixelFormat, _: &SaveOptions) -> Result<PixelFormat> {
        Ok(encode::stored_as(format))
    }

    fn encode(
        &self,
        picture: &Picture<'_>,
        _: &SaveOptions,
        sink: &mut Sink<'_>,
        budget: &Budget,
    ) -> Result<()> {
        encode::encode(picture, sink, budget)
    }
}

struct Bitmap {
    info: Info,
    source: Source,
}

impl Pages for Bitmap {
    fn count(&mut self, _: &Budget) -> Result<u32> {
        Ok(1)
    }

    fn header(&mut self, _: u32, options: &ReadOptions, budget: &Budget) -> Result<Header> {
        let header = self.info.header(&self.source, budget)?;
        // Limits come before damage: their message says what to raise.
        budget.check_size(header.width, header.height)?;
        if options.tolerance == Tolerance::Strict {
            self.info.check_length(&self.source)?;
        }
        Ok(header)
    }

    fn decode(&mut self, _: u32, _: &ReadOptions, canvas: &mut Canvas<'_>) -> Result<()> {
        if !self.info.top_down {
            canvas.fill_upwards();
        }
        match self.info.pixels {
            Pixels::Runs => runs::decode(&self.info, &self.source, canvas),
            _ => rows::decode(&self.info, &self.source, canvas),
        }
    }
}
