//! Further frames of an animated PNG, composed on the canvas of the whole image.
//!
//! Frames of any colour type are composed in 16 bits, where 8-bit samples come and go without loss.

use super::data::Data;
use super::index::{Colour, Frame, Ihdr, Index};
use super::rows::Rows;
use super::scanlines::Scanlines;
use crate::codec::animation::{Disposal, Region, Shown, Stage, compose};
use crate::codec::png::chunks::Walk;
use crate::error::{Error, Result};
use crate::limits::Budget;
use crate::memory::Scratch;
use crate::pixel::{Canvas, Converter, PixelFormat};
use crate::source::Source;

const COMPOSED: PixelFormat = PixelFormat::Abgr16161616;
const BLANK: [u8; 8] = [0; 8];

/// The format of the pages after the first: what is composed may be transparent, whatever the frames are.
pub(super) fn native(ihdr: &Ihdr) -> PixelFormat {
    if ihdr.depth == 16 { PixelFormat::Argb16161616 } else { PixelFormat::Argb8888 }
}

/// Composes the frame of `page`, which is not the first, and all that come before it.
pub(super) fn decode(
    source: &Source,
    index: &Index,
    kept: &mut Option<Stage>,
    page: u32,
    strict: bool,
    canvas: &mut Canvas<'_>,
) -> Result<()> {
    let (size, budget) = ((index.ihdr.width, index.ihdr.height), canvas.budget());
    let shown = Shown { page, size, blank: &BLANK, strict };
    let draw = |stage: &mut Stage, frame: u32| draw(source, index, stage, frame, budget);
    compose(kept, &shown, canvas, draw, |canvas, y, row| canvas.put(y, COMPOSED, row))
}

/// Draws the frame of a page. The first page is one only where a control chunk comes before the image.
fn draw(
    source: &Source,
    index: &Index,
    stage: &mut Stage,
    page: u32,
    budget: &Budget,
) -> Result<()> {
    let frame = (page as usize).checked_sub(1).and_then(|at| index.frames.get(at));
    let Some(control) = frame.map_or(index.first, |frame| Some(frame.control)) else {
        return stage.begin(Region::default(), Disposal::Keep);
    };
    let (left, top) = (control.left, control.top);
    let region = Region { left, top, width: control.width, height: control.height };
    let disposal = match control.disposal {
        1 => Disposal::Clear,
        2 => Disposal::Restore,
        _ => Disposal::Keep,
    };
    stage.begin(region, disposal)?;
    let ihdr = Ihdr { width: control.width, height: control.height, ..index.ihdr };
    let data = match frame {
        Some(frame) => {
            check_frame(source, frame)?;
            Data::frame(source, frame)?
        }
        None => Data::image(source, index, false)?,
    };
    let blends = control.blends && has_alpha(index);
    let mut painter = Painter::new(index, &ihdr, blends, budget)?;
    Scanlines::new(data, &ihdr, budget)?.each(|y, stored| {
        painter.paint(stored, stage.frame_row(top + y));
        Ok(())
    })
}

fn has_alpha(index: &Index) -> bool {
    matches!(index.ihdr.colour, Colour::GrayAlpha | Colour::Rgba) || !index.transparency.is_empty()
}

/// The checksums of a frame's chunks, which the decoder does not get to see.
fn check_frame(source: &Source, frame: &Frame) -> Result<()> {
    let mut walk = Walk::new(source, frame.data.start);
    while let Some(chunk) = walk.next()?.filter(|chunk| chunk.header() < frame.data.end) {
        if chunk.kind == *b"fdAT" && !chunk.is_intact(source)? {
            let message = "a chunk fdAT is cut or has a wrong checksum";
            return Err(Error::damaged(message).at_offset(chunk.header()));
        }
    }
    Ok(())
}

/// Turns stored rows into composed ones.
struct Painter {
    rows: Rows,
    converter: Converter,
    width: usize,
    blends: bool,
    spare: Scratch,
    wide: Scratch,
}

impl Painter {
    fn new(index: &Index, ihdr: &Ihdr, blends: bool, budget: &Budget) -> Result<Self> {
        let rows = Rows::new(index, COMPOSED);
        let row_len = |format: PixelFormat| {
            usize::try_from(format.min_stride(ihdr.width)).unwrap_or(usize::MAX)
        };
        Ok(Self {
            converter: Converter::new(rows.format, COMPOSED, [0; 3]),
            width: ihdr.width as usize,
            blends,
            spare: Scratch::new(row_len(rows.format), "a row", budget)?,
            wide: Scratch::new(row_len(COMPOSED), "a row", budget)?,
            rows,
        })
    }

    fn paint(&mut self, stored: &[u8], to: &mut [u8]) {
        let row = self.rows.make(stored, &mut self.spare);
        if !self.blends {
            self.converter.row(row, to, self.width);
            return;
        }
        self.converter.row(row, &mut self.wide, self.width);
        for (to, from) in to.as_chunks_mut::<8>().0.iter_mut().zip(self.wide.as_chunks::<8>().0) {
            *to = bytes(over(samples(*from), samples(*to)));
        }
    }
}

fn samples([a, b, c, d, e, f, g, h]: [u8; 8]) -> [u16; 4] {
    [[a, b], [c, d], [e, f], [g, h]].map(u16::from_ne_bytes)
}

fn bytes(pixel: [u16; 4]) -> [u8; 8] {
    let [[a, b], [c, d], [e, f], [g, h]] = pixel.map(u16::to_ne_bytes);
    [a, b, c, d, e, f, g, h]
}

/// A pixel on another, both with straight alpha (APNG's blend operation OVER).
fn over(top: [u16; 4], bottom: [u16; 4]) -> [u16; 4] {
    const FULL: u64 = 65_535;
    let (above, below) = (u64::from(top[3]), u64::from(bottom[3]));
    if above == FULL || below == 0 {
        return top;
    }
    if above == 0 {
        return bottom;
    }
    // Alpha in units of 1 / 65535 squared.
    let (share, rest) = (above * FULL, (FULL - above) * below);
    let alpha = share + rest;
    let mix = |at: usize| {
        let sum = u64::from(top[at]) * share + u64::from(bottom[at]) * rest;
        ((sum + alpha / 2) / alpha) as u16
    };
    [mix(0), mix(1), mix(2), ((alpha + FULL / 2) / FULL) as u16]
}
