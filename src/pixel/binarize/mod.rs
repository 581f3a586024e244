//! From grays to black and white.

mod diffusion;
mod sauvola;

use super::{Canvas, Converter, PixelFormat, PixelView};
use crate::error::{Error, Result};
use crate::limits::Budget;
use crate::memory::Scratch;

/// What decides which pixels become white.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BinarizeMethod {
    /// A threshold for the whole image that parts its grays best (N. Otsu, 1979): white above it.
    #[default]
    Otsu,
    /// A threshold that is given: white from it on.
    Threshold,
    /// A threshold for each pixel from mean and deviation around it (J. Sauvola and M. Pietikäinen, 2000).
    Sauvola,
    /// The error of each pixel is handed on to its neighbours (R. Floyd and L. Steinberg, 1976), rows from left to right.
    FloydSteinberg,
}

/// How grays become black and white.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Binarize {
    /// What decides.
    pub method: BinarizeMethod,
    /// Gray from which on a pixel is white, for [`BinarizeMethod::Threshold`] and [`BinarizeMethod::FloydSteinberg`].
    pub threshold: u8,
    /// Pixels of a side of Sauvola's window, made odd; 0 = a tenth of an inch, or 31 where there is no resolution.
    pub window: u32,
    /// Sauvola's weight of the deviation.
    pub k: f64,
}

impl Default for Binarize {
    fn default() -> Self {
        Self { method: BinarizeMethod::Otsu, threshold: 128, window: 0, k: 0.34 }
    }
}

/// The largest window.
const MOST_WINDOW: u32 = 1023;

impl Binarize {
    /// Refuses values out of range.
    pub fn check(&self) -> Result<()> {
        if !(self.window == 0 || (3..=MOST_WINDOW).contains(&self.window)) {
            let window = self.window;
            return Err(Error::parameter(format!("window is {window}, not 0 or 3 to 1023")));
        }
        if !(0.0..=1.0).contains(&self.k) {
            return Err(Error::parameter(format!("k is {}, not 0 to 1", self.k)));
        }
        Ok(())
    }

    /// The window of an image of that many dots per inch, odd.
    fn window_at(&self, dpi: f64) -> u32 {
        let window = match self.window {
            0 if dpi > 0.0 => (dpi / 10.0).clamp(15.0, 255.0) as u32,
            0 => 31,
            window => window,
        };
        window | 1
    }
}

/// Fills `canvas`, which is of [`PixelFormat::Binary`], from pixels of any format.
pub fn binarize(
    view: &PixelView<'_>,
    dpi: f64,
    how: &Binarize,
    canvas: &mut Canvas<'_>,
    background: [u8; 3],
) -> Result<()> {
    how.check()?;
    let mut grays = Grays::new(view, background, canvas.budget())?;
    match how.method {
        BinarizeMethod::Threshold => cut(&mut grays, how.threshold, canvas),
        BinarizeMethod::Otsu => {
            let threshold = otsu(&histogram(&mut grays)?);
            cut(&mut grays, threshold, canvas)
        }
        BinarizeMethod::Sauvola => sauvola::fill(&mut grays, how.window_at(dpi), how.k, canvas),
        BinarizeMethod::FloydSteinberg => diffusion::fill(&mut grays, how.threshold, canvas),
    }
}

/// Rows of an image as grays.
struct Grays<'a> {
    view: PixelView<'a>,
    converter: Converter,
    scratch: Scratch,
    budget: &'a Budget,
    width: usize,
    height: u32,
}

impl<'a> Grays<'a> {
    fn new(view: &PixelView<'a>, background: [u8; 3], budget: &'a Budget) -> Result<Self> {
        let layout = view.layout();
        let width = layout.width as usize;
        Ok(Self {
            view: *view,
            converter: Converter::new(layout.format, PixelFormat::Gray8, background),
            scratch: Scratch::new(width, "a row of grays", budget)?,
            budget,
            width,
            height: layout.height,
        })
    }

    fn row(&mut self, y: u32) -> &[u8] {
        self.view.row_as(y, &self.converter, &mut self.scratch)
    }
}

fn histogram(grays: &mut Grays<'_>) -> Result<[u64; 256]> {
    let mut counts = [[0u64; 256]; 4];
    for y in 0..grays.height {
        grays.budget.check()?;
        // Several counters, so that neighbours that are alike do not wait for each other.
        for four in grays.row(y).chunks(4) {
            for (gray, counts) in four.iter().zip(&mut counts) {
                counts[usize::from(*gray)] += 1;
            }
        }
    }
    Ok(std::array::from_fn(|gray| counts.iter().map(|counts| counts[gray]).sum()))
}

/// The lowest gray that is white. An image of one gray is white from 128 on.
fn otsu(histogram: &[u64; 256]) -> u8 {
    let all: u64 = histogram.iter().sum();
    let sum: u64 = (0..).zip(histogram).map(|(gray, count)| gray * count).sum();
    let (mut below, mut sum_below) = (0u64, 0u64);
    let mut best = (0.0, 128);
    for (gray, count) in (0u8..255).zip(histogram) {
        below += count;
        sum_below += u64::from(gray) * count;
        let above = all - below;
        if below == 0 || above == 0 {
            continue;
        }
        let mean = sum_below as f64 / below as f64;
        let distance = mean - (sum - sum_below) as f64 / above as f64;
        let between = below as f64 * above as f64 * distance * distance;
        if between > best.0 {
            best = (between, gray + 1);
        }
    }
    best.1
}

fn cut(grays: &mut Grays<'_>, threshold: u8, canvas: &mut Canvas<'_>) -> Result<()> {
    for y in 0..grays.height {
        pack(grays.row(y), canvas.row(y)?, |gray| *gray >= threshold);
    }
    Ok(())
}

/// Sets the bits of what is white, the first highest. Bits after the last are 0.
fn pack<T>(values: &[T], to: &mut [u8], is_white: impl Fn(&T) -> bool) {
    for (eight, to) in values.chunks(8).zip(to) {
        let bits = eight.iter().zip((0..8).rev());
        *to = bits.fold(0, |byte, (value, at)| byte | u8::from(is_white(value)) << at);
    }
}

#[cfg(test)]
mod tests;
