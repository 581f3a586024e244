//! GIF: reading on `weezl`, with every frame composed on the whole canvas; writing, with one frame, on `gif`.

mod encode;
mod frame;
mod index;
#[cfg(test)]
mod tests;

use crate::codec::{Codec, Facts, Header, OrientationTag, Pages, Picture, Stores};
use crate::error::{Kind, Result};
use crate::format::FileFormat;
use crate::limits::Budget;
use crate::memory::{self, Scratch};
use crate::metadata::Metadata;
use crate::options::{ReadOptions, SaveOptions, Tolerance};
use crate::pixel::{Canvas, PixelFormat};
use crate::sink::Sink;
use crate::source::Source;

use super::animation::{Stage, advance};
use frame::{FrameData, colours, row_order};
use index::{Frame, Index};

use PixelFormat as F;

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
    // A screen may be as large as it likes around a small frame.
    pixels_per_byte: None,
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
        _options: &SaveOptions,
        sink: &mut Sink<'_>,
        budget: &Budget,
    ) -> Result<()> {
        encode::encode(picture, sink, budget)
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
        let size = self.frame(page)?.size;
        let budget = canvas.budget();
        let blank = self.index.background.map_or([0; 4], |[r, g, b]| [r, g, b, 255]);
        let _booked = budget.reserve(Stage::size(size.0, size.1, blank.len()))?;
        let (source, index) = (&self.source, &self.index);
        let mut damage = None;
        let stage = advance(self.stage.take(), page, size, &blank, budget, |stage, frame| {
            let Some(frame) = index.frames.get(frame as usize) else { return Ok(()) };
            match draw(source, index, frame, stage, budget) {
                Err(error) if !strict && error.kind() == Kind::Damaged => {
                    damage.get_or_insert(error);
                    Ok(())
                }
                other => other,
            }
        })?;
        for y in 0..size.1 {
            canvas.put(y, F::Abgr8888, stage.row(y))?;
        }
        match damage {
            None => self.stage = Some(stage),
            Some(error) => return Err(error),
        }
        Ok(())
    }
}

impl Pages for GifPages {
    fn count(&mut self, _budget: &Budget) -> Result<u32> {
        Ok(u32::try_from(self.index.frames.len()).unwrap_or(u32::MAX))
    }

    fn header(&mut self, page: u32, _options: &ReadOptions, budget: &Budget) -> Result<Header> {
        let frame = self.frame(page)?;
        let (width, height) = frame.size;
        Ok(Header {
            metadata: self.metadata(budget)?,
            animated: self.index.frames.len() > 1,
            ..Header::new(width, height, frame.native, frame.bits, 1)
        })
    }

    fn decode(&mut self, page: u32, options: &ReadOptions, canvas: &mut Canvas<'_>) -> Result<()> {
        if page == 0 {
            First::new(&self.source, &self.index, self.frame(0)?, canvas)?.decode(canvas)?;
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

/// Draws a frame over what is on the canvas.
fn draw(
    source: &Source,
    index: &Index,
    frame: &Frame,
    stage: &mut Stage,
    budget: &Budget,
) -> Result<()> {
    let region = frame.region.within(frame.size.0, frame.size.1);
    stage.begin(region, frame.disposal)?;
    let colours = colours(source, index, frame)?;
    each_row(source, frame, budget, |y, indexes| {
        for (pixel, index) in stage.frame_row(y).as_chunks_mut::<4>().0.iter_mut().zip(indexes) {
            if Some(*index) != frame.transparent {
                *pixel = colours[usize::from(*index)];
            }
        }
        Ok(())
    })
}

/// Hands over the indexes of every row of a frame that lies on the canvas of its page.
fn each_row(
    source: &Source,
    frame: &Frame,
    budget: &Budget,
    mut take: impl FnMut(u32, &[u8]) -> Result<()>,
) -> Result<()> {
    let region = frame.region;
    if region.width == 0 || region.height == 0 {
        return Ok(());
    }
    let mut data = FrameData::open(source, frame)?;
    let mut indexes = Scratch::new(region.width as usize, "a row", budget)?;
    for row in row_order(frame) {
        let y = region.top + row;
        if y < frame.size.1 {
            data.fill(&mut indexes)?;
            take(y, &indexes)?;
        } else if frame.interlaced {
            data.fill(&mut indexes)?;
        } else {
            break;
        }
    }
    Ok(())
}

/// The first page: one frame, decoded without a canvas in between.
struct First<'a> {
    source: &'a Source,
    frame: &'a Frame,
    /// The format that rows are made in: the canvas' own where that costs nothing.
    format: PixelFormat,
    /// Pixels of that format, as far as it has bytes.
    colours: [[u8; 4]; 256],
    blank: [u8; 4],
    /// Whether rows have pixels that are not the frame's.
    has_margins: bool,
    spare: Scratch,
}

impl<'a> First<'a> {
    fn new(
        source: &'a Source,
        index: &Index,
        frame: &'a Frame,
        canvas: &Canvas<'_>,
    ) -> Result<Self> {
        let swap = matches!(canvas.format(), F::Rgb888 | F::Argb8888);
        let format = match (frame.native, swap) {
            (F::Argb8888, true) => F::Argb8888,
            (F::Argb8888, false) => F::Abgr8888,
            (F::Rgb888, true) => F::Rgb888,
            (F::Rgb888, false) => F::Bgr888,
            _ => F::Gray8,
        };
        let ordered = |[r, g, b, a]: [u8; 4]| if swap { [b, g, r, a] } else { [r, g, b, a] };
        let blank = index.background.map_or([0; 4], |[r, g, b]| [r, g, b, 255]);
        let len = usize::try_from(format.min_stride(frame.size.0)).unwrap_or(usize::MAX);
        Ok(Self {
            source,
            frame,
            format,
            colours: colours(source, index, frame)?.map(ordered),
            blank: ordered(blank),
            has_margins: frame.region.left > 0 || frame.region.width < frame.size.0,
            spare: Scratch::new(len, "a row", canvas.budget())?,
        })
    }

    fn decode(mut self, canvas: &mut Canvas<'_>) -> Result<()> {
        let (width, height) = self.frame.size;
        let rows = self.frame.region.within(width, height).rows();
        for y in (0..rows.start).chain(rows.end..height) {
            self.put(canvas, y, &[])?;
        }
        let budget = canvas.budget();
        each_row(self.source, self.frame, budget, |y, indexes| self.put(canvas, y, indexes))
    }

    fn put(&mut self, canvas: &mut Canvas<'_>, y: u32, indexes: &[u8]) -> Result<()> {
        if canvas.format() == self.format {
            self.paint(indexes, canvas.row(y)?);
            return Ok(());
        }
        let mut row =
            std::mem::replace(&mut self.spare, Scratch::new(0, "a row", canvas.budget())?);
        self.paint(indexes, &mut row);
        let outcome = canvas.put(y, self.format, &row);
        self.spare = row;
        outcome
    }

    fn paint(&self, indexes: &[u8], row: &mut [u8]) {
        match self.format {
            F::Gray8 => self.paint_as::<1>(indexes, row),
            F::Rgb888 | F::Bgr888 => self.paint_as::<3>(indexes, row),
            _ => self.paint_as::<4>(indexes, row),
        }
    }

    fn paint_as<const N: usize>(&self, indexes: &[u8], row: &mut [u8]) {
        let (row, _) = row.as_chunks_mut::<N>();
        let pixel = |colour: &[u8; 4]| colour.first_chunk::<N>().copied().unwrap_or([0; N]);
        if self.has_margins || indexes.is_empty() {
            row.fill(pixel(&self.blank));
        }
        let place = row.get_mut(self.frame.region.left as usize..).unwrap_or_default();
        for (to, index) in place.iter_mut().zip(indexes) {
            *to = pixel(&self.colours[usize::from(*index)]);
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
