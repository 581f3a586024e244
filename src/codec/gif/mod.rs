//! GIF: reading, with every frame composed on the whole canvas; writing on `gif`.

mod encode;
mod frame;
mod index;
mod paint;
#[cfg(test)]
mod tests;

use crate::codec::{Codec, Document, Facts, Header, OrientationTag, Pages, Picture, Stores};
use crate::error::{Kind, Result};
use crate::format::FileFormat;
use crate::limits::Budget;
use crate::memory;
use crate::metadata::Metadata;
use crate::options::{ReadOptions, SaveOptions, Tolerance};
use crate::pixel::{Canvas, PixelFormat};
use crate::sink::Sink;
use crate::source::Source;

use super::animation::{Shown, Stage, compose};
use index::{Frame, Index};

/// The codec of GIF.
pub struct Gif;

static FACTS: Facts = Facts {
    format: FileFormat::Gif,
    extensions: &["gif"],
    media_type: "image/gif",
    writes: true,
    multi_page: true,
    stores: Stores {
        resolution: false,
        orientation: OrientationTag::None,
        icc: false,
        exif: false,
        xmp: false,
    },
    // A screen may be larger than its frames: this is no bound of LZW, but what no writer goes beyond.
    pixels_per_byte: Some(1 << 15),
};

impl Codec for Gif {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn recognizes(&self, head: &[u8]) -> bool {
        head.starts_with(b"GIF87a") || head.starts_with(b"GIF89a")
    }

    fn open(
        &self,
        source: &Source,
        _options: &ReadOptions,
        budget: &Budget,
    ) -> Result<Box<dyn Pages>> {
        let index = Index::scan(source, budget)?;
        Ok(Box::new(GifPages { source: source.clone(), index, stage: None }))
    }

    fn stored_as(&self, format: PixelFormat, _options: &SaveOptions) -> Result<PixelFormat> {
        Ok(encode::stored_as(format))
    }

    fn encode(
        &self,
        picture: &Picture<'_>,
        options: &SaveOptions,
        sink: &mut Sink<'_>,
        budget: &Budget,
    ) -> Result<()> {
        encode::encode(picture, options, sink, budget)
    }

    fn begin(
        &self,
        options: &SaveOptions,
        _sink: &mut Sink<'_>,
    ) -> Result<Option<Box<dyn Document>>> {
        Ok(Some(Box::new(encode::Animation::new(options))))
    }
}

/// An open GIF.
struct GifPages {
    source: Source,
    index: Index,
    /// The frames drawn so far, kept for the page that follows.
    stage: Option<Stage>,
}

impl GifPages {
    fn frame(&self, page: u32) -> Result<&Frame> {
        let missing =
            || crate::error::Error::new(Kind::Internal, format!("there is no page {page}"));
        self.index.frames.get(page as usize).ok_or_else(missing)
    }

    fn metadata(&self, budget: &Budget) -> Result<Metadata> {
        let load =
            |at: Option<u64>| at.map(|at| index::sub_blocks(&self.source, at, budget)).transpose();
        let mut metadata = Metadata::default();
        if let Some(blocks) = load(self.index.icc)? {
            metadata.icc = Some(joined(&blocks)?).filter(|profile| !profile.is_empty());
        }
        if let Some(blocks) = load(self.index.xmp)? {
            metadata.xmp = Some(xmp(&blocks)?).filter(|packet| !packet.is_empty());
        }
        Ok(metadata)
    }

    /// Composes all frames up to that of `page`.
    fn compose(&mut self, page: u32, strict: bool, canvas: &mut Canvas<'_>) -> Result<()> {
        let (size, budget, blank) = (self.frame(page)?.size, canvas.budget(), self.index.blank());
        let (source, index) = (&self.source, &self.index);
        let shown = Shown { page, size, blank: &blank, strict };
        let draw = |stage: &mut Stage, frame: u32| match index.frames.get(frame as usize) {
            Some(frame) => paint::draw(source, index, frame, stage, budget),
            None => Ok(()),
        };
        compose(&mut self.stage, &shown, canvas, draw, |canvas, y, row| {
            paint::put(canvas, y, index.composed, row)
        })
    }
}

impl Pages for GifPages {
    fn count(&mut self, _budget: &Budget) -> Result<u32> {
        Ok(u32::try_from(self.index.frames.len()).unwrap_or(u32::MAX))
    }

    fn header(&mut self, page: u32, _options: &ReadOptions, budget: &Budget) -> Result<Header> {
        let frame = self.frame(page)?;
        let (width, height) = frame.size;
        let animated = self.index.frames.len() > 1;
        Ok(Header {
            metadata: self.metadata(budget)?,
            animated,
            delay_ms: if animated { frame.delay_ms } else { 0 },
            loop_count: if animated { self.index.loop_count } else { 0 },
            ..Header::new(width, height, frame.native, frame.bits, 1)
        })
    }

    fn decode(&mut self, page: u32, options: &ReadOptions, canvas: &mut Canvas<'_>) -> Result<()> {
        if page == 0 {
            paint::First::new(&self.source, &self.index, self.frame(0)?, canvas)?.decode(canvas)?;
        } else {
            self.compose(page, options.tolerance == Tolerance::Strict, canvas)?;
        }
        // Damage lies behind the last page that was found.
        match &self.index.damage {
            Some(damage) if page as usize + 1 == self.index.frames.len() => Err(damage.clone()),
            _ => Ok(()),
        }
    }
}

/// The data of sub-blocks without their length bytes.
fn joined(mut blocks: &[u8]) -> Result<Vec<u8>> {
    let mut all = Vec::new();
    while let Some((len, rest)) = blocks.split_first() {
        let (block, rest) = rest.split_at_checked(usize::from(*len)).unwrap_or((rest, &[]));
        memory::append(&mut all, block, "metadata")?;
        blocks = rest;
    }
    Ok(all)
}

/// The XMP packet, which lies there as it is: its bytes happen to be the lengths of sub-blocks, until the bytes 1, 255,
/// 254, ... 0 behind it lead to the end from wherever one comes.
fn xmp(blocks: &[u8]) -> Result<Vec<u8>> {
    let tail: Vec<u8> = [1].into_iter().chain((0..=255).rev()).collect();
    let ends = [tail.as_slice(), tail.get(..256).unwrap_or_default()];
    match ends.iter().find_map(|end| blocks.strip_suffix(*end)) {
        Some(packet) => memory::copy_of(packet, "metadata"),
        // Some writers cut it into sub-blocks like anything else.
        None => joined(blocks),
    }
}
