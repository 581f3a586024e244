//! Coefficients of a whole image on their way to samples and pixels.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};

use super::super::scan::Head;
use super::super::tables::ZIGZAG;
use super::super::{colour::Colour, markers};
use super::blocks::Steps;
use super::coefficients::Planes;
use super::window::Window;
use super::{Means, idct, shares, simd};
use crate::error::Result;
use crate::limits::Budget;
use crate::pixel::Canvas;

/// Turns coefficients into samples, where they are. Those of lossless files are samples.
pub fn in_place(head: &Head, steps: &[Steps], planes: &mut Planes, budget: &Budget) -> Result<()> {
    if head.frame.marker == markers::SOF3 {
        return Ok(());
    }
    let wide = head.frame.bits > 8;
    for (plane, steps) in planes.planes.iter_mut().zip(steps) {
        let steps_in_rows = in_rows(steps);
        for (index, block) in plane.blocks.iter_mut().enumerate() {
            if index % 4096 == 0 {
                budget.check()?;
            }
            if wide {
                *block = in_rows(block);
                idct::twelve_bits(block, &steps_in_rows);
                continue;
            }
            let mut coefficients = [0; 64];
            dequantize(block, steps, &mut coefficients);
            let [rows, _] = simd::two_blocks(&coefficients, &[0; 64]);
            let samples = rows.as_flattened();
            block.iter_mut().zip(samples).for_each(|(to, sample)| *to = (*sample).into());
        }
    }
    Ok(())
}

/// Coefficients of 8-bit samples, from which pixels are made.
pub struct Finish<'a> {
    pub planes: &'a Planes,
    /// Of each component.
    pub steps: &'a [Steps],
    pub colour: Colour,
    pub means: Means,
    /// Rows of MCUs that there are.
    pub mcus: usize,
}

impl Finish<'_> {
    /// Makes all pixels that there are coefficients of, on several threads where they are asked for.
    pub fn put(&self, canvas: &mut Canvas<'_>) -> Result<()> {
        let threads = self.means.threads;
        if threads > 1 && self.planes.geometry.blocks() >= shares::FEWEST {
            let window = self.window(canvas)?;
            let (beside, mcu_rows) = (usize::from(window.overlaps()), window.mcu_rows());
            drop(window);
            let rows = shares::rows_of_share(self.mcus, threads as usize * shares::EACH);
            let work = |number: usize, part: &mut Canvas<'_>, stops: &AtomicBool| {
                let last = ((number + 1) * rows + beside).min(self.mcus);
                self.rows((number * rows).saturating_sub(beside)..last, part, stops)
            };
            if shares::in_parts(threads, rows * mcu_rows, canvas, work)? {
                let filled = u32::try_from(self.mcus * mcu_rows).unwrap_or(u32::MAX);
                canvas.note_filled(filled.min(canvas.layout().height));
                return Ok(());
            }
        }
        self.rows(0..self.mcus, canvas, &AtomicBool::new(false))
    }

    fn window(&self, canvas: &Canvas<'_>) -> Result<Window> {
        Window::new(&self.planes.geometry, self.colour, self.means.by, canvas)
    }

    /// Makes pixels from some rows of MCUs, those that the canvas has, unless it is to stop.
    fn rows(&self, mcus: Range<usize>, canvas: &mut Canvas<'_>, stops: &AtomicBool) -> Result<()> {
        let mut window = self.window(canvas)?;
        for row in mcus {
            if stops.load(Ordering::Relaxed) {
                return Ok(());
            }
            for ((component, plane), steps) in self.planes.planes.iter().enumerate().zip(self.steps)
            {
                if !window.wants(component) {
                    continue;
                }
                for y in row * plane.part.down..(row + 1) * plane.part.down {
                    let blocks = plane.blocks.get(y * plane.stride..).unwrap_or_default();
                    let place = (component, window.row_of_blocks(component, y), 0);
                    for (x, block) in blocks.iter().take(plane.stride).enumerate() {
                        let has_ac = dequantize(block, steps, window.block());
                        window.take(place, x, has_ac);
                    }
                }
            }
            window.put(row + 1, row + 1 == self.mcus, canvas)?;
        }
        Ok(())
    }
}

/// Numbers that are in zigzag order, row by row.
fn in_rows<T: Copy + Default>(numbers: &[T; 64]) -> [T; 64] {
    let mut rows = [T::default(); 64];
    for (number, place) in numbers.iter().zip(ZIGZAG) {
        rows[usize::from(place % 64)] = *number;
    }
    rows
}

/// Coefficients times their steps, both in zigzag order, into a block of zeros, row by row; whether any but the first is
/// not 0.
#[inline(always)]
fn dequantize(block: &[i16; 64], steps: &Steps, to: &mut [i16; 64]) -> bool {
    let places = simd::places(block);
    let mut left = places;
    while left != 0 {
        let at = left.trailing_zeros() as usize % 64;
        to[usize::from(ZIGZAG[at] % 64)] = block[at].wrapping_mul(steps[at] as i16);
        left &= left - 1;
    }
    places > 1
}
