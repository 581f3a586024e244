//! The engine that a caller may bring: PDFium, loaded when it is asked for and kept.
//!
//! It is not made for threads: whoever draws holds the one lock of the process. A page is drawn in bands, and deadline and
//! progress are asked between them and while one waits for the lock; a band that is begun is finished. The box that is
//! shown becomes the page's own, so that PDFium draws it, its annotations and its form fields from edge to edge.

mod library;
#[cfg(test)]
mod tests;

use std::sync::{MutexGuard, TryLockError};

use hayro::kurbo::Rect;

use self::library::{LOADED, Loaded};
use super::Job;
use crate::codec::pdf::stack;
use crate::error::{Error, Result};
use crate::limits::Budget;
use crate::memory::PixelBuffer;
use crate::options::{Band, Fonts, PdfBackground, Pdfium};
use crate::pixel::{Canvas, PixelFormat};

/// Bytes of the pixels of a band. PDFium goes through the page for each.
const BAND: usize = 8 << 20;

/// Draws a page that fills `canvas`, with the library that is asked for.
pub fn draw(job: &Job<'_>, asked: &Pdfium, canvas: &mut Canvas<'_>) -> Result<()> {
    refuse_fonts(job.fonts)?;
    let (layout, budget) = (canvas.layout(), canvas.budget());
    let mut lock = wait(budget)?;
    let library = library::load(&mut lock, asked)?;
    let transparent = job.reading.background == PdfBackground::Transparent;
    let (format, pixel) = match transparent {
        true => (PixelFormat::Argb8888, 4),
        false => (PixelFormat::Rgb888, 3),
    };
    // Rows begin where PDFium begins its own: at multiples of 4 bytes.
    let stride = (layout.width as usize * pixel).next_multiple_of(4);
    let most = u32::try_from(BAND / stride.max(1)).unwrap_or(u32::MAX);
    let rows = most.clamp(1, layout.height.max(1));
    let band_len = stride * rows as usize;
    let _booked = budget.reserve(band_len as u64)?;
    let mut buffer = PixelBuffer::zeroed(band_len)?;
    let size = (layout.width, layout.height);
    let (whole, fonts) = (Rect::new(0.0, 0.0, size.0.into(), size.1.into()), job.fonts.system);
    let opened = stack::run(job.watch, budget, || {
        library.use_system_fonts(fonts);
        let shown = job.geometry.filling(size.0.into(), size.1.into()).inverse();
        let mut opened = library.open(&job.file, job.reading.annotations)?;
        let part = shown.transform_rect_bbox(whole);
        opened.show([part.x0, part.y0, part.x1, part.y1].map(|side| side as f32));
        Ok(opened)
    })??;
    let paper = paper(job.reading.background);
    for top in (0..layout.height).step_by(rows as usize) {
        let rows = rows.min(layout.height - top);
        let band = Band { size, top, rows, stride, transparent, paper };
        stack::run(job.watch, budget, || opened.draw(&band, &mut buffer))??;
        for (y, row) in (top..top + rows).zip(buffer.chunks_exact(stride.max(1))) {
            canvas.put(y, format, row)?;
        }
    }
    Ok(())
}

/// Fonts reach PDFium through the operating system alone.
fn refuse_fonts(fonts: &Fonts) -> Result<()> {
    let lent = [("fonts", !fonts.given.is_empty()), ("font_folder", fonts.folder.is_some())];
    match lent.into_iter().find(|(_, lent)| *lent) {
        Some((name, _)) => Err(Error::unsupported(format!("lending `{name}` to PDFium"))),
        None => Ok(()),
    }
}

/// Waits until nobody else draws, or the budget wants no more of it.
fn wait(budget: &Budget) -> Result<MutexGuard<'static, Option<Loaded>>> {
    loop {
        budget.check()?;
        match LOADED.try_lock() {
            Ok(lock) => return Ok(lock),
            // What unwound left nothing half done: documents are closed on the way.
            Err(TryLockError::Poisoned(lock)) => return Ok(lock.into_inner()),
            Err(TryLockError::WouldBlock) => std::thread::sleep(stack::POLL / 20),
        }
    }
}

/// What the page lies on, `0xAARRGGBB`.
fn paper(background: PdfBackground) -> u32 {
    match background {
        PdfBackground::White => 0xffff_ffff,
        PdfBackground::Colour([r, g, b]) => u32::from_be_bytes([255, r, g, b]),
        PdfBackground::Transparent => 0,
    }
}
