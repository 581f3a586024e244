//! Rows of samples of 8 bits on their way to the canvas: those of two rows of MCUs, since chroma that is made larger needs
//! the rows beside.

use super::super::colour::Colour;
use super::geometry::{Geometry, Part};
use super::kernels::DOUBLED;
use super::samples::Samples;
use super::{idct, simd};
use crate::error::Result;
use crate::memory::Scratch;
use crate::pixel::{Canvas, PixelFormat as F, join};

/// Samples of the components, and what turns them into pixels.
pub struct Window {
    /// Those that are looked at.
    parts: Vec<Samples>,
    colour: Colour,
    /// Whether luma alone is wanted.
    gray: bool,
    width: usize,
    mcu_rows: usize,
    /// A block that is being decoded, beside one that waits for it: two are transformed at once.
    blocks: [[i16; 64]; 2],
    /// Where the block that waits goes.
    waiting: Option<Place>,
    /// Whether a row needs one of the next row of MCUs.
    overlaps: bool,
    /// Whether pixels are means of squares.
    reduces: bool,
    /// Work space: a row of each component in the size of the image, and of pixels.
    rows: Scratch,
    row_len: usize,
    pixels: Scratch,
}

/// A component, where in its ring a row of blocks begins, and the column of a block. Where pixels are means of squares, which
/// row of blocks it is.
pub type Place = (usize, usize, usize);

impl Window {
    /// The next block, all zeros, for dequantized coefficients.
    #[inline(always)]
    pub fn block(&mut self) -> &mut [i16; 64] {
        &mut self.blocks[usize::from(self.waiting.is_some())]
    }

    /// Makes the next block zeros again.
    #[inline(always)]
    pub fn clear(&mut self) {
        *self.block() = [0; 64];
    }

    /// Takes the block that was filled, by the place where its row begins and its column.
    #[inline(always)]
    pub fn take(&mut self, place: Place, column: usize, has_ac: bool) {
        let place = (place.0, place.1, column);
        if !has_ac {
            let dc = std::mem::take(&mut self.block()[0]);
            return self.take_flat(place, dc);
        }
        if self.reduces && self.is_one(place) {
            let dc = self.block()[0];
            self.clear();
            return self.take_flat(place, dc);
        }
        match self.waiting.take() {
            None => self.waiting = Some(place),
            Some(first) => self.transform([first, place]),
        }
    }
}

impl Window {
    /// For pixels each of which is the mean of a square of `by` of the file, which all factors divide.
    pub fn new(geometry: &Geometry, colour: Colour, by: u32, canvas: &Canvas<'_>) -> Result<Self> {
        let by = by.max(1) as usize;
        let budget = canvas.budget();
        let layout = canvas.layout();
        let gray = colour == Colour::YCbCr && layout.format.is_gray();
        let samples = |part: &Part| Samples::new(geometry, part, by, budget);
        let wanted = if gray { 1 } else { geometry.parts.len() };
        let parts = geometry.parts.iter().take(wanted).map(samples).collect::<Result<Vec<_>>>()?;
        let whole_width = geometry.columns * geometry.across * 8;
        let row_len = whole_width + 2 * DOUBLED;
        Ok(Self {
            blocks: [[0; 64]; 2],
            waiting: None,
            overlaps: parts.iter().any(Samples::overlaps),
            rows: Scratch::new(parts.len() * row_len, "rows of samples", budget)?,
            parts,
            colour,
            gray,
            width: layout.width as usize,
            mcu_rows: geometry.mcu_rows() / by,
            reduces: by > 1,
            row_len,
            pixels: Scratch::new(4 * whole_width, "a row", budget)?,
        })
    }

    /// Whether samples of a component are looked at.
    pub fn wants(&self, component: usize) -> bool {
        component < self.parts.len()
    }

    /// Where the blocks of a row of them begin, as [`Place`] has it.
    pub fn row_of_blocks(&self, component: usize, row: usize) -> usize {
        if self.reduces {
            return row;
        }
        self.parts.get(component).map_or(0, |samples| samples.start(row * 8))
    }

    /// Transforms the blocks that are held.
    #[inline(always)]
    fn transform(&mut self, [first, second]: [Place; 2]) {
        let [a, b] = &self.blocks;
        let [one, two] = simd::two_blocks(a, b);
        self.blocks = [[0; 64]; 2];
        self.set(second, &two);
        self.set(first, &one);
    }

    /// Takes a block of one value.
    #[inline(always)]
    fn take_flat(&mut self, place: Place, dc: i16) {
        let sample = idct::flat(dc);
        if self.reduces {
            return self.set_flat(place, sample);
        }
        self.set(place, &[[sample; 8]; 8]);
    }

    fn set_flat(&mut self, (component, row, column): Place, sample: u8) {
        if let Some(samples) = self.parts.get_mut(component) {
            samples.put_means(row, column, &[[sample; 8]; 8]);
        }
    }

    /// Whether a block becomes one sample, the mean of all that it has.
    #[inline(always)]
    fn is_one(&self, (component, row, column): Place) -> bool {
        let samples = self.parts.get(component);
        samples.is_some_and(|samples| samples.is_one(row, column))
    }

    /// Transforms a block that waits, since others may take its place.
    pub fn settle(&mut self) {
        if let Some(place) = self.waiting.take() {
            self.transform([place, place]);
        }
    }

    /// Whether a row of pixels may need the rows of MCUs beside.
    pub fn overlaps(&self) -> bool {
        self.overlaps
    }

    /// Rows of pixels that a row of MCUs becomes.
    pub fn mcu_rows(&self) -> usize {
        self.mcu_rows
    }

    /// Puts the samples of a block.
    #[inline(always)]
    fn set(&mut self, (component, row, column): Place, rows: &[[u8; 8]; 8]) {
        let Some(samples) = self.parts.get_mut(component) else { return };
        if self.reduces {
            return samples.set_means(row, column, rows);
        }
        samples.set(row + column * 8, rows);
    }

    /// Puts the rows of pixels that can be made once `mcus` rows of MCUs are there, those of the canvas. All of them once
    /// these are all.
    pub fn put(&mut self, mcus: usize, is_all: bool, canvas: &mut Canvas<'_>) -> Result<()> {
        self.settle();
        self.parts.iter_mut().for_each(|samples| samples.frame(mcus - 1));
        let lag = usize::from(self.overlaps);
        let first = ((mcus - 1) * self.mcu_rows).saturating_sub(lag);
        let whole = mcus * self.mcu_rows;
        let last = if is_all { whole } else { whole - lag };
        let shown = canvas.numbers();
        for y in first.max(shown.start)..last.min(shown.end) {
            self.put_row(y, canvas)?;
        }
        Ok(())
    }

    fn put_row(&mut self, y: usize, canvas: &mut Canvas<'_>) -> Result<()> {
        let Self { parts, rows, row_len, pixels, width, .. } = self;
        let mut shown = [&[][..]; 4];
        for ((samples, row), shown) in parts.iter().zip(rows.chunks_mut(*row_len)).zip(&mut shown) {
            let row = samples.enlarged(y, row);
            *shown = row.get(..*width).unwrap_or_default();
        }
        let format = canvas.format();
        let y = u32::try_from(y).unwrap_or(u32::MAX);
        let [a, b, c, d] = shown;
        match (self.colour, format) {
            (Colour::Gray, _) => return canvas.put(y, F::Gray8, a),
            (Colour::YCbCr, _) if self.gray => return canvas.put(y, F::Gray8, a),
            (Colour::YCbCr, F::Rgb888) => simd::ycc_to_bgr(a, b, c, canvas.row(y)?),
            (Colour::YCbCr, F::Bgr888) => simd::ycc_to_rgb(a, b, c, canvas.row(y)?),
            (Colour::YCbCr, F::Argb8888) => simd::ycc_to_bgra(a, b, c, canvas.row(y)?),
            (Colour::YCbCr, F::Abgr8888) => simd::ycc_to_rgba(a, b, c, canvas.row(y)?),
            (Colour::Rgb, F::Rgb888) => join::three([c, b, a], canvas.row(y)?),
            (Colour::Rgb, F::Bgr888) => join::three([a, b, c], canvas.row(y)?),
            (Colour::YCbCr | Colour::Rgb, _) => {
                let pixels = pixels.get_mut(..3 * *width).unwrap_or_default();
                if self.colour == Colour::Rgb {
                    join::three([a, b, c], pixels);
                } else {
                    simd::ycc_to_rgb(a, b, c, pixels);
                }
                return canvas.put(y, F::Bgr888, pixels);
            }
            (Colour::Cmyk { .. } | Colour::Ycck, _) => {
                let pixels = pixels.get_mut(..4 * *width).unwrap_or_default();
                let inks = a.iter().zip(b).zip(c.iter().zip(d));
                for (to, ((a, b), (c, d))) in pixels.as_chunks_mut::<4>().0.iter_mut().zip(inks) {
                    *to = self.colour.inks([*a, *b, *c, *d]);
                }
                return canvas.put(y, F::Cmyk8888, pixels);
            }
        }
        Ok(())
    }
}
