//! The same with two threads where no restart marker helps: the calling one begins at the top, the other one passes over
//! rows of MCUs and decodes what remains when it is as far as both will end together.
//!
//! To pass over a row takes about half as long as to decode it, and nothing has to be guessed: the other thread knows the
//! bit and the DC that its rows begin with. Whatever is wrong, one thread decodes the image anew, and says what it is.

use std::collections::VecDeque;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::{self, Builder};

use super::Means;
use super::shares::{FEWEST, part_failed};
use super::stream::{Job, Scan};
use super::window::Window;
use crate::codec::THREAD;
use crate::error::Result;
use crate::options::Tolerance;
use crate::pixel::Canvas;

/// Parts that the canvas is divided into. Where one ends, the rows of the other thread may begin.
const PARTS: usize = 64;

/// What both threads know.
struct Shared<'a, 'b> {
    job: &'a Job<'a>,
    /// Parts that nobody has begun.
    parts: Mutex<VecDeque<Canvas<'b>>>,
    count: usize,
    /// Rows of MCUs of a part.
    rows: usize,
    /// Whether one of them failed.
    stops: AtomicBool,
}

/// Decodes the image; false where that is not worth while, or failed. Then no row counts as filled.
pub fn decode(job: &Job<'_>, canvas: &mut Canvas<'_>) -> Result<bool> {
    let rows = job.geometry.rows;
    if rows < 2 || job.geometry.blocks() < FEWEST {
        return Ok(false);
    }
    // Damage is borne by the one thread that decodes anew.
    let job = &Job { means: Means { tolerance: Tolerance::Strict, ..job.means }, ..*job };
    let window = job.window(canvas)?;
    let rows_of_part = rows.div_ceil(PARTS);
    let pixels = u32::try_from(rows_of_part * window.mcu_rows()).unwrap_or(u32::MAX);
    let parts: VecDeque<_> = canvas.split(pixels).into();
    let (count, stops) = (parts.len(), AtomicBool::new(false));
    let shared = Shared { job, count, parts: Mutex::new(parts), rows: rows_of_part, stops };
    let outcome = shared.run(window);
    drop(shared);
    if let Err(error) = outcome {
        return part_failed(error, canvas).map(|()| false);
    }
    canvas.note_filled(canvas.layout().height);
    Ok(true)
}

impl<'b> Shared<'_, 'b> {
    fn run(&self, window: Window) -> Result<()> {
        thread::scope(|scope| {
            let other = || self.noting(self.bottom());
            let other = Builder::new().name(THREAD.into()).spawn_scoped(scope, other);
            let outcome = self.noting(self.top(window));
            // Without another thread this one did it all.
            let other = other.map_or(Ok(Ok(())), |other| other.join());
            outcome.and(other.unwrap_or_else(|panic| resume_unwind(panic)))
        })
    }

    /// Stops the other thread after an error.
    fn noting(&self, outcome: Result<()>) -> Result<()> {
        if outcome.is_err() {
            self.stops.store(true, Ordering::Relaxed);
        }
        outcome
    }

    fn stops(&self) -> bool {
        self.stops.load(Ordering::Relaxed)
    }

    fn parts(&self) -> MutexGuard<'_, VecDeque<Canvas<'b>>> {
        self.parts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Decodes rows from the first one on, up to those that the other thread takes.
    fn top(&self, window: Window) -> Result<()> {
        let scan = self.job.scan(self.job.start(), &window)?;
        self.rows((scan, window), 0, || self.parts().pop_front())
    }

    /// Passes over rows and decodes those after them.
    fn bottom(&self) -> Result<()> {
        let Some(window) = self.parts().back().map(|part| self.job.window(part)) else {
            return Ok(());
        };
        let window = window?;
        let mut scan = self.job.scan(self.job.start(), &window)?;
        let beside = usize::from(window.overlaps());
        for row in 0..self.job.geometry.rows {
            if (row + beside).is_multiple_of(self.rows)
                && let Some(mut parts) = self.rest((row + beside) / self.rows)
            {
                return self.rows((scan, window), row, || parts.pop_front());
            }
            if self.stops() {
                break;
            }
            scan.pass_row()?;
        }
        Ok(())
    }

    /// The parts from `first` on, if half of those that are left are before it, or none is left.
    fn rest(&self, first: usize) -> Option<VecDeque<Canvas<'b>>> {
        let mut parts = self.parts();
        let begun = self.count - parts.len();
        if !parts.is_empty() && first * 2 < self.count + begun {
            return None;
        }
        let left = first.saturating_sub(begun).min(parts.len());
        Some(parts.split_off(left))
    }

    /// Decodes rows from `row` on, in which the first part begins or the one after them, as long as there are parts.
    fn rows(
        &self,
        (mut scan, mut window): (Scan<'_>, Window),
        row: usize,
        mut next: impl FnMut() -> Option<Canvas<'b>>,
    ) -> Result<()> {
        let rows = self.job.geometry.rows;
        let mut parts: VecDeque<_> = next().into_iter().collect();
        let mut ends = parts.is_empty();
        for row in row..rows {
            let begins = row.is_multiple_of(self.rows)
                && parts.back().is_some_and(|part| part.numbers().start < row * window.mcu_rows());
            if begins {
                let part = next();
                ends = part.is_none();
                parts.extend(part);
            }
            // The row after the last part may be needed for it.
            if ends && !window.overlaps() || self.stops() {
                return Ok(());
            }
            scan.find_rows(row, &window);
            scan.row(0, &mut window)?;
            for part in &mut parts {
                window.put(row + 1, row + 1 == rows, part)?;
            }
            if ends {
                return Ok(());
            }
            parts.drain(..parts.len() - 1);
        }
        scan.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::tests::intervals::Intervals;
    use super::super::shares::tests::pixels_of;
    use super::*;
    use crate::codec::FileFormat;
    use crate::image::ImageData;
    use crate::options::{ReadOptions, SaveOptions, Subsampling};
    use crate::pixel::PixelFormat;
    use crate::source::Source;
    use crate::{reader, writer};

    #[test]
    fn both_threads_make_the_pixels_of_one_and_none_of_damaged_files() {
        let mut image = ImageData::new(640, 512, PixelFormat::Bgr888).unwrap();
        for (at, byte) in image.pixels_mut().iter_mut().enumerate() {
            *byte = (at / 31 + at * at / 9001) as u8;
        }
        for subsampling in [Subsampling::None, Subsampling::Horizontal, Subsampling::Both] {
            let options = SaveOptions { subsampling, ..SaveOptions::default() };
            let file = writer::save_memory(&image, FileFormat::Jpeg, &options).unwrap();
            let with_markers = Intervals::of(&image, &options, 777).file();
            for file in [&file, &with_markers] {
                let read = Source::from_bytes(file.clone());
                let format = Some(PixelFormat::Bgr888);
                let options = ReadOptions { pixel_format: format, ..ReadOptions::default() };
                let one = reader::read(read, &options).unwrap();
                // Each time they meet elsewhere.
                for _ in 0..4 {
                    assert!(pixels_of(file, 2, decode).unwrap() == one.pixels());
                }
            }
            for len in [1000, file.len() / 2, file.len() - 2] {
                assert!(pixels_of(&file[..len], 2, decode).is_none(), "{len}");
            }
        }
    }
}
