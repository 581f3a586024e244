//! Pixels from `zune-jpeg`: straight into the canvas where it can produce the format asked for.

use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;
use zune_jpeg::errors::DecodeErrors;

use super::colour::Colour;
use super::feed::{Feed, MAX_SCANS, Shown};
use super::scan::{Component, Head};
use super::{markers, segments, tables};
use crate::error::{Error, Kind, Result};
use crate::limits::{Budget, Reservation};
use crate::memory::{self, Scratch};
use crate::options::Tolerance;
use crate::pixel::{Canvas, PixelFormat};
use crate::source::Source;

/// Decodes the image into the canvas. On damage, what could be had is in it.
pub fn decode(
    source: &Source,
    head: &Head,
    tolerance: Tolerance,
    canvas: &mut Canvas<'_>,
) -> Result<()> {
    let job = Job { source, head, colour: head.colour()? };
    let _booked = job.book(canvas.budget())?;
    match job.run(true, canvas) {
        // The decoder's lenient mode does not say what it put up with, so it only runs after the strict one did.
        Err(error) if tolerance == Tolerance::Recover && error.kind() == Kind::Damaged => {
            job.run(false, canvas)?;
            Err(error)
        }
        outcome => outcome,
    }
}

struct Job<'a> {
    source: &'a Source,
    head: &'a Head,
    colour: Colour,
}

/// How the decoder's samples become the canvas' pixels.
#[derive(Clone, Copy)]
enum Route {
    /// They are the same.
    Direct(ColorSpace),
    /// They are the same but for the order of R and B. The decoder has fast code for R, G, B alone.
    Swapped(ColorSpace),
    /// They are inks in the canvas' format, still as stored.
    Inks,
    /// Whole image in work space, then row by row.
    Through(ColorSpace, PixelFormat),
}

impl Job<'_> {
    fn components(&self) -> &[Component] {
        &self.head.frame.components
    }

    fn factors(&self) -> (u8, u8) {
        let across = self.components().iter().map(|component| component.across).max();
        let down = self.components().iter().map(|component| component.down).max();
        (across.unwrap_or(1), down.unwrap_or(1))
    }

    /// Whether coefficients of the whole image are held at a time.
    fn is_progressive(&self) -> bool {
        self.head.frame.marker == markers::SOF2
    }

    /// Books what the decoder allocates, which does not ask. The trial tells whether memory is there at all.
    fn book(&self, budget: &Budget) -> Result<Reservation> {
        let (across, down) = self.factors();
        let blocks = |pixels: u32, factor: u8| u64::from(pixels).div_ceil(8 * u64::from(factor));
        let columns = blocks(self.head.frame.width, across);
        let rows = blocks(self.head.frame.height, down);
        let factors = |component: &Component| u64::from(component.across * component.down);
        let blocks_in_mcu: u64 = self.components().iter().map(factors).sum();
        let held = if self.is_progressive() { columns * rows * blocks_in_mcu * 128 } else { 0 };
        // A row of MCUs as samples of two bytes, upsampled, twice.
        let largest = u64::from(across) * u64::from(down);
        let bytes = held + columns * largest * self.components().len() as u64 * 64 * 2 * 3;
        let booked = budget.reserve(bytes)?;
        let len = usize::try_from(bytes).unwrap_or(usize::MAX);
        let trial = Vec::<u8>::new().try_reserve_exact(len);
        trial.map_err(|_| Error::no_memory(len, "decoding"))?;
        Ok(booked)
    }

    fn route(&self, canvas: &Canvas<'_>) -> Route {
        use PixelFormat as F;
        let format = canvas.format();
        let tight = canvas.layout().is_tight();
        // The decoder gets luma alone wrong where only rows are subsampled.
        let gray = format.is_gray() && matches!(self.factors(), (1, 1) | (2, 1) | (2, 2));
        match (self.colour, format) {
            (Colour::Gray, F::Gray8) if tight => Route::Direct(ColorSpace::Luma),
            (Colour::YCbCr, F::Gray8) if tight && gray => Route::Direct(ColorSpace::Luma),
            (Colour::Gray, F::Rgb888 | F::Bgr888) if tight => Route::Direct(ColorSpace::RGB),
            (Colour::Gray, F::Argb8888 | F::Abgr8888) if tight => Route::Direct(ColorSpace::RGBA),
            (Colour::YCbCr | Colour::Rgb, F::Bgr888) if tight => Route::Direct(ColorSpace::RGB),
            (Colour::YCbCr, F::Abgr8888) if tight => Route::Direct(ColorSpace::RGBA),
            (Colour::YCbCr, F::Argb8888) if tight => Route::Swapped(ColorSpace::RGBA),
            (Colour::YCbCr | Colour::Rgb, F::Rgb888) if tight => Route::Swapped(ColorSpace::RGB),
            (Colour::Cmyk { .. } | Colour::Ycck, F::Cmyk8888) if tight => Route::Inks,
            (Colour::Gray, _) => Route::Through(ColorSpace::Luma, F::Gray8),
            (Colour::YCbCr, _) if gray => Route::Through(ColorSpace::Luma, F::Gray8),
            (Colour::YCbCr | Colour::Rgb, _) => Route::Through(ColorSpace::RGB, F::Bgr888),
            _ => Route::Through(ColorSpace::CMYK, F::Cmyk8888),
        }
    }

    fn run(&self, strict: bool, canvas: &mut Canvas<'_>) -> Result<()> {
        let height = canvas.layout().height;
        let shown = self.shown()?;
        let mut feed = Feed::new(self.source, canvas.budget(), shown, self.head.data, height)?;
        let route = self.route(canvas);
        let decoded = self.run_route(route, strict, &mut feed, canvas);
        if strict { feed.verdict(decoded, self.is_progressive()) } else { decoded }
    }

    fn run_route(
        &self,
        route: Route,
        strict: bool,
        feed: &mut Feed<'_>,
        canvas: &mut Canvas<'_>,
    ) -> Result<()> {
        let space = match route {
            Route::Direct(space) | Route::Swapped(space) | Route::Through(space, _) => space,
            Route::Inks => ColorSpace::CMYK,
        };
        let options = DecoderOptions::new_fast()
            .set_strict_mode(strict)
            .set_max_width(usize::from(u16::MAX))
            .set_max_height(usize::from(u16::MAX))
            .jpeg_set_max_scans(MAX_SCANS)
            .jpeg_set_out_colorspace(space);
        let mut decoder = JpegDecoder::new_with_options(feed, options);
        decoder.decode_headers().map_err(|error| failed(&error))?;
        let mut fill = |samples: &mut [u8]| {
            let outcome = decoder.decode_into(samples).map_err(|error| failed(&error));
            if !strict {
                clear_unread(samples, space.num_components() * canvas_width(self.head));
            }
            outcome
        };
        if let Route::Through(space, format) = route {
            let layout = canvas.layout();
            let pixels = layout.width as usize * layout.height as usize;
            let len = pixels.saturating_mul(space.num_components());
            let mut samples = Scratch::new(len, "decoding", canvas.budget())?;
            let outcome = fill(&mut samples);
            if strict {
                outcome?;
            }
            return self.put_rows(&mut samples, format, canvas);
        }
        let Some(samples) = canvas.packed() else {
            return Err(Error::new(Kind::Internal, "a padded canvas was to be filled at once"));
        };
        let outcome = fill(samples);
        match route {
            Route::Swapped(ColorSpace::RGBA) => swap::<4>(samples),
            Route::Swapped(_) => swap::<3>(samples),
            Route::Inks => self.turn_into_inks(samples),
            _ => {}
        }
        outcome
    }

    fn put_rows(
        &self,
        samples: &mut [u8],
        format: PixelFormat,
        canvas: &mut Canvas<'_>,
    ) -> Result<()> {
        let len = usize::try_from(format.min_stride(canvas.layout().width)).unwrap_or(usize::MAX);
        for (y, row) in (0..canvas.layout().height).zip(samples.chunks_exact_mut(len)) {
            if format == PixelFormat::Cmyk8888 {
                self.turn_into_inks(row);
            }
            canvas.put(y, format, row)?;
        }
        Ok(())
    }

    fn turn_into_inks(&self, samples: &mut [u8]) {
        for pixel in samples.as_chunks_mut().0 {
            *pixel = self.colour.inks(*pixel);
        }
    }

    /// What the decoder is shown of the head: nothing it could stumble over.
    fn shown(&self) -> Result<Shown> {
        let mut head = vec![0xff, markers::SOI];
        match self.colour {
            Colour::Gray => {}
            Colour::YCbCr => segments::put_adobe(&mut head, 1)?,
            Colour::Rgb | Colour::Cmyk { .. } | Colour::Ycck => segments::put_adobe(&mut head, 0)?,
        }
        tables::put_segment(&mut head, self.head.frame.marker, &self.shown_frame())?;
        let empty_scan =
            if self.is_progressive() { Some(self.put_empty_scan(&mut head)?) } else { None };
        if !self.head.has_huffman {
            // Motion JPEG leaves the standard tables out.
            let places = [0x00, 0x10, 0x01, 0x11].into_iter();
            for (place, table) in places.zip(tables::standard_huffman()) {
                tables::put_huffman(&mut head, place, &table)?;
            }
        }
        memory::append(&mut head, &self.head.tables, "tables")?;
        memory::append(&mut head, &self.head.first_scan, "tables")?;
        Ok(Shown { head, empty_scan })
    }

    /// Only after the first scan the decoder insists on having met the next marker while it read bits. So it is given
    /// one with eight bits: it fills in zeros, and here they mean that each block has nothing.
    fn put_empty_scan(&self, head: &mut Vec<u8>) -> Result<usize> {
        const NUMBER: u8 = 3;
        let mut counts = [0; 16];
        counts[0] = 1;
        memory::append(head, &self.head.tables, "tables")?;
        let table = tables::Huffman { counts, symbols: vec![0] };
        tables::put_huffman(head, 0x10 | NUMBER, &table)?;
        let id = self.components().first().map_or(0, |component| component.id);
        tables::put_segment(head, markers::SOS, &[1, id, NUMBER, 1, 63, 0])?;
        let data = head.len();
        memory::append(head, &[0], "tables")?;
        Ok(data)
    }

    fn shown_frame(&self) -> Vec<u8> {
        let frame = &self.head.frame;
        let [_, _, y1, y0] = frame.height.to_be_bytes();
        let [_, _, x1, x0] = frame.width.to_be_bytes();
        let mut content = vec![frame.bits, y1, y0, x1, x0, frame.components.len() as u8];
        for component in &frame.components {
            // A component that is alone is never interleaved, so that its factors mean nothing (T.81, A.2.2).
            let factors = match self.components() {
                [_] => 0x11,
                _ => component.across << 4 | component.down,
            };
            content.extend([component.id, factors, component.table]);
        }
        content
    }
}

fn swap<const N: usize>(samples: &mut [u8]) {
    samples.as_chunks_mut::<N>().0.iter_mut().for_each(|pixel| pixel.swap(0, 2));
}

fn canvas_width(head: &Head) -> usize {
    head.frame.width as usize
}

/// The decoder leaves rows that it could not read at mid-gray.
fn clear_unread(samples: &mut [u8], row_len: usize) {
    let unread = |row: &&mut [u8]| row.iter().all(|sample| *sample == 128);
    for row in samples.rchunks_exact_mut(row_len.max(1)).take_while(unread) {
        row.fill(0);
    }
}

fn failed(error: &DecodeErrors) -> Error {
    let text = format!("{error:?}");
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    Error::damaged(format!("the image data is damaged ({})", text.trim_end_matches('.')))
}
