//! The engine in the library: hayro, which is pure Rust and reads no system fonts.
//!
//! A page is drawn in bands on a thread with a deep stack, while the calling thread waits, takes each band and asks
//! whether to go on: progress is told on the caller's thread, and only one of the two works at a time.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};

use hayro::hayro_interpret::{InterpreterSettings, InterpreterWarning, RenderContent};
use hayro::kurbo::{Affine, Cap, Join};
use hayro::vello_cpu::color::palette::css::{TRANSPARENT, WHITE};
use hayro::vello_cpu::color::{AlphaColor, Srgb};
use hayro::vello_cpu::peniko::{BlendMode, Compose, Fill, Mix};
use hayro::vello_cpu::{
    self, Level, PixmapMut, RasterizerSettings, RenderContext, RenderMode, Resources, TargetInit,
};
use hayro::{RenderCache, RenderSettings};

use super::Job;
use crate::codec::pdf::fonts::Plan;
use crate::codec::pdf::markup::{Markup, Stroke};
use crate::codec::pdf::stack;
use crate::codec::pdf::weigh::Weight;
use crate::error::{Error, Kind, Result};
use crate::limits::Budget;
use crate::memory::PixelBuffer;
use crate::options::{PdfBackground, PdfReading};
use crate::pixel::{Canvas, PixelFormat};

/// Bytes of the pixels of a band at the most. The whole page is interpreted for each band, so that what is soon drawn should
/// be one: this is A3 at 500 dpi.
const BAND: usize = 192 << 20;

/// Bytes of a pixel as the engine draws it: R, G, B, A.
const PIXEL: usize = 4;

/// Draws a page that fills `canvas`.
pub fn draw(job: &Job<'_>, canvas: &mut Canvas<'_>) -> Result<()> {
    let layout = canvas.layout();
    let row = layout.width as usize * PIXEL;
    let size = (f64::from(layout.width), f64::from(layout.height));
    let budget = canvas.budget();
    let (plan, weight, markup) = stack::run(job.watch, budget, || {
        let transform = job.geometry.filling(size.0, size.1);
        let plan = Plan::of(job.page, job.fonts, budget)?;
        let settings = settings(job.reading, &plan);
        let weight = Weight::of(job.page, settings.clone(), transform, size, job.watch);
        let annotations = job.reading.annotations;
        let markup = annotations.then(|| Markup::of(job.page, &settings, plan.lent(), budget));
        Ok((plan, weight, markup.unwrap_or_default()))
    })??;
    job.watch.begin();
    for what in &markup.missing {
        canvas.warn_once(&format!("{what} are not drawn"));
    }
    for sentence in plan.missed() {
        canvas.warn_once(&sentence);
    }
    let rows = layout.height.div_ceil(weight.bands()) as usize;
    let rows = rows.min(BAND / row.max(1));
    let memory = weight.memory();
    let _booked = budget.reserve(memory as u64)?;
    draw_in_bands(job, (&plan, &markup.strokes), canvas, rows, memory)
}

/// Draws what annotations without an appearance come to.
fn paint(strokes: &[Stroke], transform: Affine, context: &mut RenderContext) {
    context.take_current_state();
    context.set_transform(transform);
    context.set_fill_rule(Fill::NonZero);
    for stroke in strokes {
        let [r, g, b, alpha] = stroke.colour;
        let mix = if stroke.marker { Mix::Multiply } else { Mix::Normal };
        context.set_blend_mode(BlendMode::new(mix, Compose::SrcOver));
        context.set_paint(AlphaColor::<Srgb>::new([r, g, b, alpha]));
        if let Some(clip) = &stroke.clip {
            context.push_clip_path(clip);
        }
        match stroke.line {
            Some(width) => {
                let line =
                    hayro::kurbo::Stroke::new(width).with_caps(Cap::Butt).with_join(Join::Miter);
                context.set_stroke(line.with_dashes(0.0, &stroke.dashes));
                context.stroke_path(&stroke.path);
            }
            None => context.fill_path(&stroke.path),
        }
        if stroke.clip.is_some() {
            context.pop_clip();
        }
    }
}

fn settings(reading: &PdfReading, plan: &Plan) -> InterpreterSettings {
    let render_content = match reading.annotations {
        true => RenderContent::all(),
        false => RenderContent::PAGE,
    };
    let font_resolver = plan.resolver();
    InterpreterSettings { render_content, font_resolver, ..InterpreterSettings::default() }
}

/// Draws `rows` rows at a time, which is guessed to take so much memory beside their pixels.
fn draw_in_bands(
    job: &Job<'_>,
    (plan, strokes): (&Plan, &[Stroke]),
    canvas: &mut Canvas<'_>,
    rows: usize,
    memory: usize,
) -> Result<()> {
    let layout = canvas.layout();
    let side = |pixels: u32| {
        u16::try_from(pixels).map_err(|_| Error::new(Kind::Internal, "the page is too large"))
    };
    let (width, height) = (side(layout.width)?, side(layout.height)?);
    let rows = u16::try_from(rows.max(1)).unwrap_or(u16::MAX).min(height);
    let band_len = usize::from(width) * usize::from(rows) * PIXEL;
    let _booked = canvas.budget().reserve(band_len as u64)?;
    let painter = Painter { job, plan, strokes, width, height, rows, damaged: Arc::default() };
    let damaged = Arc::clone(&painter.damaged);
    std::thread::scope(|scope| {
        let (drawn, bands) = sync_channel(1);
        let (taken, buffers) = sync_channel(1);
        let thread =
            stack::spawn(scope, job.watch, memory, move || painter.paint(&drawn, &buffers))?;
        let buffer = PixelBuffer::zeroed(band_len);
        let outcome = buffer.and_then(|buffer| {
            // A painter that is gone takes nothing; joining it says why.
            let _ = taken.send(buffer);
            let transparent = job.reading.background == PdfBackground::Transparent;
            take_bands(&bands, &taken, transparent, canvas)
        });
        if outcome.is_err() {
            job.watch.stop();
        }
        // The painter stops after its band, if not before, where nobody takes it.
        drop((bands, taken));
        let painted = stack::join(thread);
        outcome.and(painted)
    })?;
    if damaged.load(Ordering::Relaxed) {
        return Err(Error::damaged("an image on the page cannot be decoded"));
    }
    Ok(())
}

/// A part of the page that is drawn.
struct Band {
    rows: Range<u16>,
    pixels: PixelBuffer,
}

/// Puts bands into the canvas as they come and hands their memory back.
fn take_bands(
    bands: &Receiver<Band>,
    taken: &SyncSender<PixelBuffer>,
    transparent: bool,
    canvas: &mut Canvas<'_>,
) -> Result<()> {
    let row_len = canvas.layout().width as usize * PIXEL;
    while let Some(mut band) = next_band(bands, canvas.budget())? {
        for (y, row) in band.rows.zip(band.pixels.chunks_exact_mut(row_len.max(1))) {
            if transparent {
                straighten(row);
            }
            put_row(canvas, u32::from(y), row, transparent)?;
        }
        let _ = taken.send(band.pixels);
    }
    Ok(())
}

/// Undoes the multiplication of colours with alpha.
fn straighten(row: &mut [u8]) {
    for [r, g, b, alpha] in row.as_chunks_mut::<PIXEL>().0 {
        let opacity = u32::from(*alpha);
        if opacity == 0 || opacity == 255 {
            continue;
        }
        for sample in [r, g, b] {
            *sample = ((u32::from(*sample) * 255 + opacity / 2) / opacity).min(255) as u8;
        }
    }
}

/// On a colour nothing is transparent, so that premultiplied samples are straight ones and alpha says nothing.
fn put_row(canvas: &mut Canvas<'_>, y: u32, row: &[u8], transparent: bool) -> Result<()> {
    // The format that people read is spared the general way, which mixes with a background.
    if canvas.format() != PixelFormat::Rgb888 || transparent {
        return canvas.put(y, PixelFormat::Abgr8888, row);
    }
    let pixels = canvas.row(y)?.as_chunks_mut::<3>().0.iter_mut().zip(row.as_chunks::<PIXEL>().0);
    pixels.for_each(|(to, [r, g, b, _])| *to = [*b, *g, *r]);
    Ok(())
}

/// Waits for a band; `None` after the last.
fn next_band(bands: &Receiver<Band>, budget: &Budget) -> Result<Option<Band>> {
    loop {
        match bands.recv_timeout(stack::POLL) {
            Ok(band) => return Ok(Some(band)),
            Err(RecvTimeoutError::Timeout) => budget.check()?,
            Err(RecvTimeoutError::Disconnected) => return Ok(None),
        }
    }
}

/// What the drawing thread needs.
struct Painter<'a> {
    job: &'a Job<'a>,
    plan: &'a Plan,
    strokes: &'a [Stroke],
    width: u16,
    height: u16,
    /// Rows of a band.
    rows: u16,
    /// Set where an image cannot be decoded and is left out.
    damaged: Arc<AtomicBool>,
}

impl Painter<'_> {
    fn paint(&self, drawn: &SyncSender<Band>, buffers: &Receiver<PixelBuffer>) {
        let cache = RenderCache::new();
        let settings = self.settings();
        let page = self.job.geometry.filling(f64::from(self.width), f64::from(self.height));
        let mut top = 0;
        while top < self.height {
            let Ok(mut pixels) = buffers.recv() else { return };
            let bottom = top.saturating_add(self.rows).min(self.height);
            let shift = Affine::translate((0.0, -f64::from(top)));
            let mut context = RenderContext::new_with(self.width, bottom - top, portable());
            hayro::render_into(
                self.job.page,
                &cache,
                &settings,
                &RenderSettings::default(),
                &mut context,
                shift * page,
            );
            paint(self.strokes, shift * page, &mut context);
            context.flush();
            let len = usize::from(self.width) * usize::from(bottom - top) * PIXEL;
            let part = pixels.get_mut(..len).unwrap_or_default();
            let Some(target) = PixmapMut::new(self.width, bottom - top, part) else { return };
            let settings = RasterizerSettings {
                render_mode: RenderMode::OptimizeSpeed,
                target_init: TargetInit::Clear(self.background()),
                ..RasterizerSettings::default()
            };
            context.render_with(target, &mut Resources::default(), settings);
            if drawn.send(Band { rows: top..bottom, pixels }).is_err() {
                return;
            }
            top = bottom;
        }
    }

    fn background(&self) -> AlphaColor<Srgb> {
        match self.job.reading.background {
            PdfBackground::White => WHITE,
            PdfBackground::Colour([r, g, b]) => AlphaColor::from_rgba8(r, g, b, 255),
            PdfBackground::Transparent => TRANSPARENT,
        }
    }

    fn settings(&self) -> InterpreterSettings {
        let damaged = Arc::clone(&self.damaged);
        InterpreterSettings {
            warning_sink: Arc::new(move |warning| {
                if matches!(warning, InterpreterWarning::ImageDecodeFailure) {
                    damaged.store(true, Ordering::Relaxed);
                }
            }),
            ..settings(self.job.reading, self.plan)
        }
    }
}

/// The instructions that every processor of the platform has, so that all draw the same pixels: fused ones round
/// differently. It costs 7 % of the time.
fn portable() -> vello_cpu::RenderSettings {
    vello_cpu::RenderSettings { level: Level::baseline(), num_threads: 0 }
}

#[cfg(test)]
mod tests {
    use ::hayro::hayro_syntax::Pdf;

    use super::*;
    use crate::codec::pdf::page::Geometry;
    use crate::codec::pdf::watch::Watch;
    use crate::image::WHITE;
    use crate::limits::Limits;
    use crate::options::{Fonts, PageFile, PdfBox, PdfReading};
    use crate::pixel::Layout;

    #[test]
    fn bands_join_without_a_seam() {
        let content = "0.5 0 0.5 rg 3 3 m 90 20 l 50 95 l f 0 0.6 0 RG 4 w 5 90 m 95 7 l S \
                       BT /F 30 Tf 10 40 Td (Bands) Tj ET";
        let file = format!(
            "%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n\
             2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n\
             3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]/Contents 4 0 R\
             /Resources<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>\nendobj\n\
             4 0 obj\n<</Length {}>>\nstream\n{content}\nendstream\nendobj\n\
             trailer\n<</Root 1 0 R>>\n",
            content.len()
        );
        let pdf = Pdf::new(file.into_bytes()).unwrap();
        let page = &pdf.pages()[0];
        let (geometry, watch) = (Geometry::of(page, PdfBox::Crop), Watch::new(0));
        let reading = PdfReading::default();
        let fonts = Fonts::default();
        let (geometry, watch, reading) = (&geometry, &watch, &reading);
        let file = PageFile { bytes: &[], password: None, pages: 1, page: 0 };
        let job = Job { page, geometry, watch, reading, fonts: &fonts, file };
        let layout = Layout::tight(333, 334, PixelFormat::Bgr888).unwrap();
        let budget = Budget::new(Limits::default(), None);
        let plan = Plan::of(page, &fonts, &budget).unwrap();
        let draw = |rows| {
            let mut pixels = vec![0; layout.size()];
            let mut canvas = Canvas::new(&mut pixels, layout, WHITE, &budget).unwrap();
            draw_in_bands(&job, (&plan, &[]), &mut canvas, rows, 0).unwrap();
            pixels
        };
        let whole = draw(usize::MAX);
        assert!(whole.iter().any(|sample| *sample < 90));
        for rows in [1, 50, 64, 333] {
            // The place of a band within the page moves the last digits of coordinates.
            let apart = draw(rows).iter().zip(&whole).map(|(a, b)| a.abs_diff(*b)).max();
            assert!(apart <= Some(1), "{rows} rows at a time");
        }
    }
}
