//! From indexes to pixels: the first page by itself, later ones on the canvas that all frames share.

use super::frame::{FrameData, colours, row_order};
use super::index::{Frame, Index};
use crate::codec::animation::Stage;
use crate::error::Result;
use crate::limits::Budget;
use crate::memory::Scratch;
use crate::pixel::{Canvas, PixelFormat};
use crate::source::Source;

use PixelFormat as F;

/// Draws a frame over what is on the canvas.
pub(super) fn draw(
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
        let row = stage.frame_row(y);
        match index.composed {
            F::Gray8 => overlay::<1>(indexes, row, &colours, frame.transparent),
            F::Bgr888 => overlay::<3>(indexes, row, &colours, frame.transparent),
            _ => overlay::<4>(indexes, row, &colours, frame.transparent),
        }
        Ok(())
    })
}

fn overlay<const N: usize>(
    indexes: &[u8],
    row: &mut [u8],
    colours: &[[u8; 4]; 256],
    transparent: Option<u8>,
) {
    for (pixel, index) in row.as_chunks_mut::<N>().0.iter_mut().zip(indexes) {
        if Some(*index) != transparent {
            *pixel = head(&colours[usize::from(*index)]);
        }
    }
}

/// The first bytes of a colour: a gray needs but one of them.
fn head<const N: usize>(colour: &[u8; 4]) -> [u8; N] {
    colour.first_chunk::<N>().copied().unwrap_or([0; N])
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

/// Puts a row into the canvas. Grays are packed into bits only where they are black and white.
pub(super) fn put(canvas: &mut Canvas<'_>, y: u32, format: PixelFormat, row: &[u8]) -> Result<()> {
    if (format, canvas.format()) != (F::Gray8, F::Binary) {
        return canvas.put(y, format, row);
    }
    for (bits, grays) in canvas.row(y)?.iter_mut().zip(row.chunks(8)) {
        let bit = |(at, gray): (usize, &u8)| (gray & 0x80) >> at;
        *bits = grays.iter().enumerate().map(bit).fold(0, |bits, bit| bits | bit);
    }
    Ok(())
}

/// The first page: one frame, decoded without a canvas in between.
pub(super) struct First<'a> {
    source: &'a Source,
    frame: &'a Frame,
    /// The format that rows are made in: the canvas' own where that costs nothing.
    format: PixelFormat,
    /// Pixels of that format, as far as it has bytes.
    colours: [[u8; 4]; 256],
    blank: [u8; 4],
    /// Whether rows have pixels that are not the frame's.
    has_margins: bool,
}

impl<'a> First<'a> {
    pub fn new(
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
        Ok(Self {
            source,
            frame,
            format,
            colours: colours(source, index, frame)?.map(ordered),
            blank: ordered(blank),
            has_margins: frame.region.left > 0 || frame.region.width < frame.size.0,
        })
    }

    pub fn decode(self, canvas: &mut Canvas<'_>) -> Result<()> {
        let budget = canvas.budget();
        let (width, height) = self.frame.size;
        let len = usize::try_from(self.format.min_stride(width)).unwrap_or(usize::MAX);
        let mut spare = Scratch::new(len, "a row", budget)?;
        let mut put = |y: u32, indexes: &[u8]| {
            if canvas.format() == self.format {
                self.paint(indexes, canvas.row(y)?);
                return Ok(());
            }
            self.paint(indexes, &mut spare);
            put(canvas, y, self.format, &spare)
        };
        let rows = self.frame.region.within(width, height).rows();
        for y in (0..rows.start).chain(rows.end..height) {
            put(y, &[])?;
        }
        each_row(self.source, self.frame, budget, put)
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
        if self.has_margins || indexes.is_empty() {
            row.fill(head(&self.blank));
        }
        let place = row.get_mut(self.frame.region.left as usize..).unwrap_or_default();
        for (to, index) in place.iter_mut().zip(indexes) {
            *to = head(&self.colours[usize::from(*index)]);
        }
    }
}
