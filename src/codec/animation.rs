//! The canvas that the frames of an animation are drawn on one after the other. No codec: GIF, APNG and WebP share it.

use std::ops::Range;

use crate::error::{Kind, Result};
use crate::limits::Budget;
use crate::memory;
use crate::pixel::Canvas;

/// What becomes of a frame before the next one is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Disposal {
    /// It stays.
    #[default]
    Keep,
    /// Its place becomes blank.
    Clear,
    /// Its place becomes what it was before.
    Restore,
}

/// A part of the canvas.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Region {
    /// Pixels to its left.
    pub left: u32,
    /// Rows above it.
    pub top: u32,
    /// Pixels per row.
    pub width: u32,
    /// Rows.
    pub height: u32,
}

impl Region {
    /// What of it lies on a canvas of this size.
    pub fn within(self, width: u32, height: u32) -> Self {
        let (left, top) = (self.left.min(width), self.top.min(height));
        Self {
            left,
            top,
            width: self.width.min(width - left),
            height: self.height.min(height - top),
        }
    }

    /// Whether nothing of a canvas of this size is outside of it.
    pub fn covers(self, width: u32, height: u32) -> bool {
        (self.left, self.top) == (0, 0) && self.width >= width && self.height >= height
    }

    /// Its rows, counted on the canvas.
    pub fn rows(self) -> Range<u32> {
        self.top..self.top.saturating_add(self.height)
    }
}

/// The canvas after a frame was drawn on it, with what is needed to go on from there.
///
/// It outlives the call that made it, so that pages read in order are drawn once each. Every call that uses it books
/// [`Stage::size`] on its own budget.
pub(super) struct Stage {
    width: u32,
    height: u32,
    /// A pixel of background.
    blank: Vec<u8>,
    pixels: Vec<u8>,
    /// Frames drawn so far.
    drawn: u32,
    /// The last of them.
    region: Region,
    disposal: Disposal,
    saved: Vec<u8>,
}

impl Stage {
    /// Bytes of the canvas, and as many again for what a frame hides and is to be restored.
    pub fn size(width: u32, height: u32, pixel_len: usize) -> u64 {
        u64::from(width).saturating_mul(u64::from(height)).saturating_mul(2 * pixel_len as u64)
    }

    /// A blank canvas.
    pub fn new(width: u32, height: u32, blank: &[u8]) -> Result<Self> {
        let size = (width as usize).checked_mul(height as usize);
        let size = size.and_then(|size| size.checked_mul(blank.len())).unwrap_or(usize::MAX);
        let mut stage = Self {
            width,
            height,
            blank: blank.to_vec(),
            pixels: memory::zeroed(size, "the frames of an animation")?,
            drawn: 0,
            region: Region::default(),
            disposal: Disposal::Keep,
            saved: Vec::new(),
        };
        stage.clear(Region { left: 0, top: 0, width, height });
        Ok(stage)
    }

    /// How many frames were drawn.
    pub fn drawn(&self) -> u32 {
        self.drawn
    }

    /// Whether the canvas has this size.
    pub fn is_sized(&self, width: u32, height: u32) -> bool {
        (self.width, self.height) == (width, height)
    }

    /// Disposes of the last frame and makes ready for the next, which lies at `region`.
    pub fn begin(&mut self, region: Region, disposal: Disposal) -> Result<()> {
        match self.disposal {
            Disposal::Keep => {}
            Disposal::Clear => self.clear(self.region),
            Disposal::Restore => self.restore(),
        }
        self.region = region.within(self.width, self.height);
        self.disposal = disposal;
        self.drawn += 1;
        self.saved.clear();
        if disposal == Disposal::Restore {
            for y in self.region.rows() {
                let part = self.part(y);
                let part = self.pixels.get(part).unwrap_or_default();
                memory::append(&mut self.saved, part, "the frames of an animation")?;
            }
        }
        Ok(())
    }

    /// The pixels of the last frame in row `y` of the canvas.
    pub fn frame_row(&mut self, y: u32) -> &mut [u8] {
        let part = self.part(y);
        self.pixels.get_mut(part).unwrap_or_default()
    }

    /// Row `y` of the canvas.
    pub fn row(&self, y: u32) -> &[u8] {
        let len = self.width as usize * self.blank.len();
        let start = y as usize * len;
        self.pixels.get(start..start + len).unwrap_or_default()
    }

    /// Where the last frame lies in row `y`.
    fn part(&self, y: u32) -> Range<usize> {
        let start =
            (y as usize * self.width as usize + self.region.left as usize) * self.blank.len();
        start..start + self.region.width as usize * self.blank.len()
    }

    fn clear(&mut self, region: Region) {
        self.region = region;
        for y in region.rows() {
            let part = self.part(y);
            let pixels = self.pixels.get_mut(part).unwrap_or_default();
            if self.blank.iter().all(|byte| *byte == 0) {
                pixels.fill(0);
                continue;
            }
            for pixel in pixels.chunks_exact_mut(self.blank.len().max(1)) {
                pixel.copy_from_slice(&self.blank);
            }
        }
    }

    fn restore(&mut self) {
        let saved = std::mem::take(&mut self.saved);
        let len = self.region.width as usize * self.blank.len();
        for (y, saved) in self.region.rows().zip(saved.chunks_exact(len.max(1))) {
            self.frame_row(y).copy_from_slice(saved);
        }
        self.saved = saved;
    }
}

/// Which frame is to be shown, and on what.
pub(super) struct Shown<'a> {
    pub page: u32,
    /// Width and height.
    pub size: (u32, u32),
    /// A pixel of background.
    pub blank: &'a [u8],
    /// Whether damage of a frame is an error before the frames after it are drawn.
    pub strict: bool,
}

/// Draws the frames up to the one of a page with `draw`, from where `kept` stands or from the first, and puts the rows of
/// the canvas that it leaves with `put`.
///
/// A canvas that is whole is kept for the page that follows.
pub(super) fn compose(
    kept: &mut Option<Stage>,
    shown: &Shown<'_>,
    canvas: &mut Canvas<'_>,
    mut draw: impl FnMut(&mut Stage, u32) -> Result<()>,
    mut put: impl FnMut(&mut Canvas<'_>, u32, &[u8]) -> Result<()>,
) -> Result<()> {
    let (size, budget) = (shown.size, canvas.budget());
    let _booked = budget.reserve(Stage::size(size.0, size.1, shown.blank.len()))?;
    let mut damage = None;
    let stage = advance(kept.take(), shown, budget, |stage, frame| match draw(stage, frame) {
        Err(error) if !shown.strict && error.kind() == Kind::Damaged => {
            damage.get_or_insert(error);
            Ok(())
        }
        other => other,
    })?;
    for y in 0..size.1 {
        put(canvas, y, stage.row(y))?;
    }
    match damage {
        None => *kept = Some(stage),
        Some(error) => return Err(error),
    }
    Ok(())
}

fn advance(
    kept: Option<Stage>,
    shown: &Shown<'_>,
    budget: &Budget,
    mut draw: impl FnMut(&mut Stage, u32) -> Result<()>,
) -> Result<Stage> {
    let (page, size) = (shown.page, shown.size);
    let usable =
        |stage: &Stage| stage.is_sized(size.0, size.1) && stage.drawn() <= page.saturating_add(1);
    let mut stage = match kept.filter(usable) {
        Some(stage) => stage,
        None => Stage::new(size.0, size.1, shown.blank)?,
    };
    for frame in stage.drawn()..=page {
        budget.check()?;
        draw(&mut stage, frame)?;
    }
    Ok(stage)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fill(stage: &mut Stage, region: Region, disposal: Disposal, value: u8) {
        stage.begin(region, disposal).unwrap();
        for y in region.within(3, 2).rows() {
            stage.frame_row(y).fill(value);
        }
    }

    fn shown(stage: &Stage) -> Vec<u8> {
        (0..2).flat_map(|y| stage.row(y).to_vec()).collect()
    }

    #[test]
    fn frames_are_disposed_of_as_they_ask() {
        let mut stage = Stage::new(3, 2, &[9]).unwrap();
        assert_eq!(shown(&stage), [9; 6]);
        let part = Region { left: 1, top: 1, width: 5, height: 5 };
        fill(&mut stage, Region { left: 0, top: 0, width: 3, height: 2 }, Disposal::Keep, 1);
        fill(&mut stage, part, Disposal::Restore, 2);
        assert_eq!(shown(&stage), [1, 1, 1, 1, 2, 2]);
        fill(&mut stage, Region { left: 0, top: 0, width: 1, height: 1 }, Disposal::Clear, 3);
        assert_eq!(shown(&stage), [3, 1, 1, 1, 1, 1]);
        fill(&mut stage, Region { left: 7, top: 7, width: 1, height: 1 }, Disposal::Keep, 4);
        assert_eq!(shown(&stage), [9, 1, 1, 1, 1, 1]);
    }
}
