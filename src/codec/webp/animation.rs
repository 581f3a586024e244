//! Frames of an animation, composed on the canvas of the whole image.

use super::container::{Frame, Index};
use super::paint;
use crate::codec::animation::{Disposal, Shown, Stage, compose};
use crate::error::Result;
use crate::limits::Budget;
use crate::memory::Scratch;
use crate::pixel::{Canvas, PixelFormat};
use crate::source::Source;

const COMPOSED: PixelFormat = PixelFormat::Argb8888;
/// The background that the file names is left alone, as everywhere else.
const BLANK: [u8; 4] = [0; 4];

/// Composes the frame of `page`, and all that come before it.
pub(super) fn decode(
    source: &Source,
    index: &Index,
    kept: &mut Option<Stage>,
    page: u32,
    strict: bool,
    canvas: &mut Canvas<'_>,
) -> Result<()> {
    let (size, budget) = ((index.width, index.height), canvas.budget());
    let shown = Shown { page, size, blank: &BLANK, strict };
    let draw = |stage: &mut Stage, frame: u32| {
        let before = (frame as usize).checked_sub(1).and_then(|before| index.frames.get(before));
        let Some(frame) = index.frames.get(frame as usize) else { return Ok(()) };
        draw(source, frame, before, stage, budget)
    };
    compose(kept, &shown, canvas, draw, |canvas, y, row| canvas.put(y, COMPOSED, row))
}

/// Draws a frame. Pixels are not blended with those that were just cleared, whose place they take: the difference is
/// one of rounding, and of the colour of what is transparent.
fn draw(
    source: &Source,
    frame: &Frame,
    before: Option<&Frame>,
    stage: &mut Stage,
    budget: &Budget,
) -> Result<()> {
    stage.begin(frame.region, if frame.clears { Disposal::Clear } else { Disposal::Keep })?;
    let blends = frame.blends && frame.has_alpha && !frame.is_first;
    let cleared = before.filter(|before| before.clears).map(|before| before.region);
    let cleared = cleared.unwrap_or_default();
    let columns = cleared.left..cleared.left + cleared.width;
    let mut spare = Scratch::new(frame.region.width as usize * 4, "a row", budget)?;
    paint::decode(source, frame, budget, &mut |y, row| {
        let to = stage.frame_row(frame.region.top + y);
        if !blends {
            paint::bgra(&row, to);
            return Ok(());
        }
        paint::bgra(&row, &mut spare);
        let row_is_cleared = cleared.rows().contains(&(frame.region.top + y));
        let pixels = to.as_chunks_mut::<4>().0.iter_mut().zip(spare.as_chunks::<4>().0);
        for (x, (to, from)) in (frame.region.left..).zip(pixels) {
            let is_cleared = row_is_cleared && columns.contains(&x);
            *to = if is_cleared { *from } else { over(*from, *to) };
        }
        Ok(())
    })
}

/// A pixel on another, both with straight alpha, in the steps of libwebp: RFC 9649 tells but the quotient.
fn over(top: [u8; 4], bottom: [u8; 4]) -> [u8; 4] {
    let (above, below) = (u32::from(top[3]), u32::from(bottom[3]));
    match above {
        0 => return bottom,
        255 => return top,
        _ => {}
    }
    let rest = (below * (256 - above)) >> 8;
    let alpha = above + rest;
    let scale = (1 << 24) / alpha;
    let mix = |at: usize| {
        let sum = u32::from(top[at]) * above + u32::from(bottom[at]) * rest;
        (sum.wrapping_mul(scale) >> 24) as u8
    };
    [mix(0), mix(1), mix(2), alpha as u8]
}
