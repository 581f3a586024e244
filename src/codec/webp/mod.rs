//! WebP (RFC 9649): lossy and lossless images, and animations.

mod alpha;
mod animation;
mod container;
mod paint;
#[cfg(test)]
mod tests;
mod vp8;
mod vp8l;

use crate::codec::{Codec, Facts, Header, OrientationTag, Pages, Stores};
use crate::error::Result;
use crate::format::FileFormat;
use crate::limits::Budget;
use crate::memory::{self, Scratch};
use crate::metadata::{Metadata, exif};
use crate::options::{ReadOptions, Tolerance};
use crate::pixel::{Canvas, PixelFormat};
use crate::source::Source;

use super::animation::Stage;
use container::{Chunk, Index};
use paint::Row;

/// The codec of WebP.
pub struct WebP;

static FACTS: Facts = Facts {
    format: FileFormat::WebP,
    extensions: &["webp"],
    media_type: "image/webp",
    writes: false,
    multi_page: true,
    stores: Stores {
        resolution: false,
        orientation: OrientationTag::None,
        icc: false,
        exif: false,
        xmp: false,
    },
    // Pixels of one colour take no bits: 40 million of them are let through, where libwebp makes 38 bytes of any number.
    pixels_per_byte: Some(1 << 20),
};

impl Codec for WebP {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn recognizes(&self, head: &[u8]) -> bool {
        container::recognizes(head)
    }

    fn open(&self, source: &Source, _: &ReadOptions, budget: &Budget) -> Result<Box<dyn Pages>> {
        let index = Index::scan(source, budget)?;
        Ok(Box::new(WebPPages { source: source.clone(), index, stage: None }))
    }
}

/// An open WebP: its image, or the frames of its animation.
struct WebPPages {
    source: Source,
    index: Index,
    /// The frames drawn so far, kept for the page that follows.
    stage: Option<Stage>,
}

impl WebPPages {
    fn last_page(&self) -> u32 {
        u32::try_from(self.index.frames.len()).unwrap_or(u32::MAX).saturating_sub(1)
    }

    fn metadata(&self, budget: &Budget) -> Result<Metadata> {
        let load = |chunk: Option<Chunk>| -> Result<Option<Vec<u8>>> {
            let Some(chunk) = chunk else { return Ok(None) };
            budget.check_metadata(chunk.len)?;
            let len = usize::try_from(chunk.len).unwrap_or(usize::MAX);
            let mut bytes = memory::zeroed(len, "metadata")?;
            let got = self.source.read_at(chunk.start, &mut bytes)?;
            Ok((got == len && len > 0).then_some(bytes))
        };
        let (icc, xmp) = (load(self.index.icc)?, load(self.index.xmp)?);
        let mut metadata = Metadata { icc, xmp, ..Metadata::default() };
        if let Some(bytes) = load(self.index.exif)? {
            let tiff = exif::without_prefix(&bytes);
            metadata.exif =
                Some(memory::copy_of(tiff, "metadata")?).filter(|tiff| !tiff.is_empty());
        }
        Ok(metadata)
    }
}

impl Pages for WebPPages {
    fn count(&mut self, _budget: &Budget) -> Result<u32> {
        Ok(self.last_page() + 1)
    }

    fn header(&mut self, page: u32, _: &ReadOptions, budget: &Budget) -> Result<Header> {
        let index = &self.index;
        let (native, samples) =
            if index.has_alpha { (PixelFormat::Argb8888, 4) } else { (PixelFormat::Rgb888, 3) };
        let metadata = self.metadata(budget)?;
        let stated = metadata.exif.as_deref().and_then(exif::orientation);
        let delay_ms = index.frames.get(page as usize).map_or(0, |frame| frame.delay_ms);
        Ok(Header {
            orientation: stated.unwrap_or(1),
            metadata,
            animated: index.animated,
            delay_ms,
            loop_count: index.loop_count,
            ..Header::new(index.width, index.height, native, 8, samples)
        })
    }

    fn decode(&mut self, page: u32, options: &ReadOptions, canvas: &mut Canvas<'_>) -> Result<()> {
        if self.index.animated {
            let strict = options.tolerance == Tolerance::Strict;
            animation::decode(&self.source, &self.index, &mut self.stage, page, strict, canvas)?;
        } else if let Some(frame) = self.index.frames.first() {
            let budget = canvas.budget();
            let mut to = Rows::new(canvas, self.index.has_alpha)?;
            paint::decode(&self.source, frame, budget, &mut |y, row| to.put(y, &row))?;
        }
        // Damage lies behind the last page that was found.
        match &self.index.damage {
            Some(damage) if page == self.last_page() => Err(damage.clone()),
            _ => Ok(()),
        }
    }
}

/// Rows of a canvas.
struct Rows<'a, 'b> {
    canvas: &'a mut Canvas<'b>,
    has_alpha: bool,
    spare: Scratch,
}

impl<'a, 'b> Rows<'a, 'b> {
    fn new(canvas: &'a mut Canvas<'b>, has_alpha: bool) -> Result<Self> {
        let width = canvas.layout().width as usize;
        let spare = Scratch::new(width * 4, "a row", canvas.budget())?;
        Ok(Self { canvas, has_alpha, spare })
    }

    fn put(&mut self, y: u32, row: &Row<'_>) -> Result<()> {
        match (self.canvas.format(), self.has_alpha) {
            (PixelFormat::Rgb888, false) => paint::bgr::<false>(row, self.canvas.row(y)?),
            (PixelFormat::Bgr888, false) => paint::bgr::<true>(row, self.canvas.row(y)?),
            (PixelFormat::Argb8888, true) => paint::bgra(row, self.canvas.row(y)?),
            (_, false) => {
                let spare = self.spare.get_mut(..self.canvas.layout().width as usize * 3);
                let spare = spare.unwrap_or_default();
                paint::bgr::<false>(row, spare);
                self.canvas.put(y, PixelFormat::Rgb888, spare)?;
            }
            (_, true) => {
                paint::bgra(row, &mut self.spare);
                self.canvas.put(y, PixelFormat::Argb8888, &self.spare)?;
            }
        }
        Ok(())
    }
}
