//! An image of a page as a picture of its own: what it will be, and its pixels.

use std::borrow::Cow;

use hayro::hayro_syntax::Pdf;
use hayro::hayro_syntax::object::Stream;

use super::image::decode::{self, Jpeg};
use super::image::{Coding, Colour, Facts, Layer, Place, engine};
use super::survey::Taken;
use crate::codec::Header;
use crate::error::{Error, Result};
use crate::image::WHITE;
use crate::limits::Budget;
use crate::memory::Scratch;
use crate::metadata::icc;
use crate::options::ReadOptions;
use crate::pixel::{Canvas, Layout, PixelFormat};

/// The facts of an image, without those of the page.
pub fn header(
    facts: &Facts,
    data: Cow<'_, [u8]>,
    options: &ReadOptions,
    budget: &Budget,
) -> Result<Header> {
    let mut header = if matches!(facts.coding, Coding::Jpeg { .. }) && !facts.foreign {
        Jpeg::open(facts, data, options, budget)?.header
    } else {
        let native = match facts.coding {
            Coding::Jpx if matches!(facts.colour, Colour::Gray) => PixelFormat::Gray8,
            Coding::Jpx => PixelFormat::Rgb888,
            _ => facts.opaque_format(),
        };
        Header::new(facts.width, facts.height, native, facts.bits, facts.samples())
    };
    (header.orientation, header.resolution) = (1, (0.0, 0.0));
    header.compression = facts.compression();
    let fits = |icc: &&Vec<u8>| {
        !facts.foreign && facts.colour != Colour::Cmyk && icc::describes(icc, header.native)
    };
    header.metadata.icc = facts.icc.as_ref().filter(fits).cloned();
    if facts.has_alpha() {
        header.has_alpha = true;
        header.native =
            transparent(header.native, PixelFormat::Argb8888, PixelFormat::Argb16161616);
    }
    Ok(header)
}

fn transparent(of: PixelFormat, narrow: PixelFormat, wide: PixelFormat) -> PixelFormat {
    if of.is_16_bit() { wide } else { narrow }
}

/// The data of an image, still encoded. To be called where the stack is deep.
pub fn data<'a>(pdf: &'a Pdf, place: &'a Place) -> Cow<'a, [u8]> {
    match place {
        Place::Object(id) => {
            let stream = pdf.xref().get::<Stream<'_>>(*id);
            stream.map(|stream| stream.raw_data()).unwrap_or_default()
        }
        Place::Inline(bytes) => Cow::Borrowed(bytes),
    }
}

/// Puts an image that the engine decoded.
pub fn put(taken: Option<&Taken>, canvas: &mut Canvas<'_>) -> Result<()> {
    let taken = taken.ok_or_else(|| Error::damaged("an image on the page cannot be decoded"))?;
    engine::put(taken, canvas)
}

/// Decodes an image whose opacity another one says.
pub fn masked(
    facts: &Facts,
    data: Cow<'_, [u8]>,
    (mask, mask_data): (&Layer, Cow<'_, [u8]>),
    options: &ReadOptions,
    canvas: &mut Canvas<'_>,
) -> Result<()> {
    let (layout, budget) = (canvas.layout(), canvas.budget());
    let silent = budget.silent();
    let wide = facts.bits == 16;
    let format = if wide { PixelFormat::Abgr16161616 } else { PixelFormat::Abgr8888 };
    let pixels = Layout::tight(layout.width, layout.height, format)?;
    let mut colours = Scratch::new(pixels.size(), "an image of the page", budget)?;
    let mut whole = Canvas::new(&mut colours, pixels, WHITE, &silent)?;
    let outcome = decode::opaque(facts, data, options, &mut whole);
    let filled = if outcome.is_ok() { layout.height } else { whole.rows_filled() };

    let facts = &mask.facts;
    let alphas = Layout::tight(facts.width, facts.height, PixelFormat::Gray8)?;
    let mut alpha = Scratch::new(alphas.size(), "a mask of the page", budget)?;
    let mut whole = Canvas::new(&mut alpha, alphas, WHITE, &silent)?;
    decode::opaque(facts, mask_data, options, &mut whole)?;
    let turn = if facts.stencil { 0xff } else { 0 };
    let scaled =
        |at: u64, from: u32, to: u32| (at * u64::from(from) / u64::from(to.max(1))) as usize;
    for (y, row) in (0..filled).zip(colours.chunks_exact_mut(pixels.stride.max(1))) {
        let line = scaled(y.into(), alphas.height, pixels.height).saturating_mul(alphas.stride);
        let line = alpha.get(line..).unwrap_or_default();
        let sample = if wide { 2 } else { 1 };
        for (x, pixel) in row.chunks_exact_mut(sample * 4).enumerate() {
            let at = scaled(x as u64, alphas.width, pixels.width);
            let opacity = line.get(at).copied().unwrap_or(255) ^ turn;
            pixel.iter_mut().skip(sample * 3).for_each(|byte| *byte = opacity);
        }
        canvas.put(y, format, row)?;
    }
    outcome
}
