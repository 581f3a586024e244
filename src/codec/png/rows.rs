//! Rows as PNG stores them (big-endian, packed, indexed) to rows in a pixel format.

use super::index::{Colour, Index};
use crate::pixel::{Canvas, PixelFormat};

use PixelFormat as F;

type Rgba8 = [u8; 4];
type Rgba16 = [u16; 4];

/// The pixel format nearest to what the file stores.
///
/// Gray with one transparent value (tRNS) stays gray, as it is for Pillow and OpenCV: scanners' software marks paper white
/// as transparent, and pages are not to become four times as large for it. Formats with alpha show it.
pub(super) fn native(index: &Index) -> PixelFormat {
    let keyed = !index.transparency.is_empty();
    match (index.ihdr.colour, index.ihdr.depth) {
        (Colour::Rgb, 16) if keyed => F::Argb16161616,
        (Colour::GrayAlpha | Colour::Rgba, 16) => F::Argb16161616,
        (Colour::Gray, 16) => F::Gray16,
        (Colour::Rgb, 16) => F::Rgb161616,
        (Colour::Rgb | Colour::Indexed, _) if keyed => F::Argb8888,
        (Colour::GrayAlpha | Colour::Rgba, _) => F::Argb8888,
        (Colour::Gray, 1) => F::Binary,
        (Colour::Gray, _) => F::Gray8,
        (Colour::Rgb, _) => F::Rgb888,
        (Colour::Indexed, 1) if bilevel(index).is_some() => F::Binary,
        (Colour::Indexed, _) if index.palette.iter().all(|[r, g, b]| r == g && g == b) => F::Gray8,
        (Colour::Indexed, _) => F::Rgb888,
    }
}

/// The format of the bits of a palette of just black and white.
fn bilevel(index: &Index) -> Option<PixelFormat> {
    match *index.palette {
        [[0, 0, 0], [255, 255, 255]] => Some(F::Binary),
        [[255, 255, 255], [0, 0, 0]] => Some(F::BinaryInverted),
        _ => None,
    }
}

/// How stored rows become rows of [`Rows::format`].
pub(super) struct Rows {
    /// The format that rows come out in.
    pub format: PixelFormat,
    step: Step,
}

enum Step {
    /// Rows are those of the format.
    None,
    /// 16-bit samples, whose bytes are put in the order of the processor.
    Wide,
    /// A table of colours and alpha, in the order of the format, for every value of samples of up to 8 bits.
    Table { depth: u8, table: Box<[Rgba8; 256]> },
    /// Gray and alpha.
    GrayAlpha { wide: bool },
    /// Colours, one of which is transparent.
    KeyedRgb { wide: bool, key: [u16; 3] },
    /// 16-bit gray, one of which is transparent.
    KeyedGray { key: u16 },
}

impl Rows {
    /// Rows for a canvas of the format `wanted`.
    pub fn new(index: &Index, wanted: PixelFormat) -> Self {
        // Order of the samples that come out: R first, unless the canvas has B first.
        let swap = matches!(wanted, F::Rgb888 | F::Argb8888 | F::Argb16161616);
        let rgb = if swap { F::Rgb888 } else { F::Bgr888 };
        let rgba = if swap { F::Argb8888 } else { F::Abgr8888 };
        let rgba_16 = if swap { F::Argb16161616 } else { F::Abgr16161616 };
        let keyed = !index.transparency.is_empty()
            && (index.ihdr.colour != Colour::Gray || wanted.has_alpha());
        let wide = index.ihdr.depth == 16;
        let as_is = |format| Self { format, step: Step::None };
        let of_16_bits = |format| Self { format, step: Step::Wide };
        match (index.ihdr.colour, index.ihdr.depth) {
            (Colour::Gray, 1) if !keyed => as_is(F::Binary),
            (Colour::Gray, 8) if !keyed => as_is(F::Gray8),
            (Colour::Rgb, 8) if !keyed => as_is(F::Bgr888),
            (Colour::Rgba, 8) => as_is(F::Abgr8888),
            (Colour::Gray, 16) if !keyed => of_16_bits(F::Gray16),
            (Colour::Rgb, 16) if !keyed => of_16_bits(F::Rgb161616),
            (Colour::Rgba, _) => of_16_bits(rgba_16),
            (Colour::GrayAlpha, _) => {
                Self { format: if wide { rgba_16 } else { rgba }, step: Step::GrayAlpha { wide } }
            }
            (Colour::Rgb, _) => Self {
                format: if wide { rgba_16 } else { rgba },
                step: Step::KeyedRgb { wide, key: [0, 1, 2].map(|at| key(index, at)) },
            },
            (Colour::Gray, 16) => {
                Self { format: rgba_16, step: Step::KeyedGray { key: key(index, 0) } }
            }
            (Colour::Indexed, 1) if !keyed && bilevel(index).is_some() => {
                as_is(bilevel(index).unwrap_or(F::Binary))
            }
            (_, depth) => {
                let format = match native(index) {
                    _ if keyed => rgba,
                    F::Rgb888 => rgb,
                    _ => F::Gray8,
                };
                Self { format, step: Step::Table { depth, table: table(index, swap) } }
            }
        }
    }

    /// Puts a stored row into the canvas. `spare` holds a row of [`Rows::format`].
    pub fn put(
        &self,
        canvas: &mut Canvas<'_>,
        y: u32,
        stored: &[u8],
        spare: &mut [u8],
    ) -> crate::error::Result<()> {
        if matches!(self.step, Step::None) {
            return canvas.put(y, self.format, stored);
        }
        if self.format == canvas.format() {
            self.expand(stored, canvas.row(y)?);
            return Ok(());
        }
        self.expand(stored, spare);
        canvas.put(y, self.format, spare)
    }

    /// Makes a row of [`Rows::format`] of a stored one, in `spare` if need be.
    pub fn make<'a>(&self, stored: &'a [u8], spare: &'a mut [u8]) -> &'a [u8] {
        if matches!(self.step, Step::None) {
            return stored;
        }
        self.expand(stored, spare);
        spare
    }

    fn expand(&self, stored: &[u8], to: &mut [u8]) {
        let swap = matches!(self.format, F::Rgb888 | F::Argb8888 | F::Argb16161616);
        match &self.step {
            Step::None => {}
            Step::Wide => wide(self.format, stored, to),
            Step::Table { depth, table } => match self.format {
                F::Gray8 => look_up::<1>(stored, *depth, to, |value| [table[value][0]]),
                F::Rgb888 | F::Bgr888 if *depth == 8 => look_up_colours(stored, table, to),
                F::Rgb888 | F::Bgr888 => look_up::<3>(stored, *depth, to, |value| {
                    let [a, b, c, _] = table[value];
                    [a, b, c]
                }),
                _ => look_up::<4>(stored, *depth, to, |value| table[value]),
            },
            Step::GrayAlpha { wide: false } => map(stored, to, |[y, a]| [y, y, y, a]),
            Step::GrayAlpha { wide: true } => map(stored, to, |[a, b, c, d]| {
                let (y, alpha) = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
                wide_pixel([y, y, y, alpha])
            }),
            Step::KeyedRgb { wide: false, key } => map(stored, to, |[r, g, b]| {
                let alpha = if [r, g, b].map(u16::from) == *key { 0 } else { 255 };
                ordered([r, g, b, alpha], swap)
            }),
            Step::KeyedRgb { wide: true, key } => map(stored, to, |[a, b, c, d, e, f]| {
                let rgb = [[a, b], [c, d], [e, f]].map(u16::from_be_bytes);
                let [r, g, b] = rgb;
                wide_pixel(ordered([r, g, b, if rgb == *key { 0 } else { u16::MAX }], swap))
            }),
            Step::KeyedGray { key } => map(stored, to, |bytes| {
                let y = u16::from_be_bytes(bytes);
                wide_pixel([y, y, y, if y == *key { 0 } else { u16::MAX }])
            }),
        }
    }
}

/// The transparent value of a sample, in the depth of the file.
fn key(index: &Index, at: usize) -> u16 {
    let bytes = index.transparency.get(at * 2..).and_then(|bytes| bytes.first_chunk());
    let mask = u16::MAX >> (16 - u16::from(index.ihdr.depth).min(16));
    bytes.map_or(0, |bytes| u16::from_be_bytes(*bytes)) & mask
}

fn table(index: &Index, swap: bool) -> Box<[Rgba8; 256]> {
    // What the palette lacks is black, as in libpng.
    let mut table = Box::new([[0, 0, 0, 255]; 256]);
    if index.ihdr.colour == Colour::Indexed {
        for (entry, [r, g, b]) in table.iter_mut().zip(&index.palette) {
            *entry = ordered([*r, *g, *b, 255], swap);
        }
        for (entry, alpha) in table.iter_mut().zip(&index.transparency) {
            entry[3] = *alpha;
        }
        return table;
    }
    let most = (1u32 << index.ihdr.depth.min(8)) - 1;
    for (value, entry) in (0..=most).zip(table.iter_mut()) {
        let y = (value * 255 / most) as u8;
        let transparent = !index.transparency.is_empty() && value == u32::from(key(index, 0));
        *entry = [y, y, y, if transparent { 0 } else { 255 }];
    }
    table
}

fn ordered<T>([r, g, b, a]: [T; 4], swap: bool) -> [T; 4] {
    if swap { [b, g, r, a] } else { [r, g, b, a] }
}

fn wide_pixel(samples: Rgba16) -> [u8; 8] {
    let [[a, b], [c, d], [e, f], [g, h]] = samples.map(u16::to_ne_bytes);
    [a, b, c, d, e, f, g, h]
}

/// Samples of 16 bits in the order of the processor, and of the format.
fn wide(format: PixelFormat, stored: &[u8], to: &mut [u8]) {
    let sample = |bytes| u16::from_be_bytes(bytes).to_ne_bytes();
    match format {
        F::Rgb161616 => map(stored, to, |[a, b, c, d, e, f]| {
            let [[a, b], [c, d], [e, f]] = [[e, f], [c, d], [a, b]].map(sample);
            [a, b, c, d, e, f]
        }),
        F::Argb16161616 => map(stored, to, |[a, b, c, d, e, f, g, h]| {
            let [[a, b], [c, d], [e, f], [g, h]] = [[e, f], [c, d], [a, b], [g, h]].map(sample);
            [a, b, c, d, e, f, g, h]
        }),
        _ => map(stored, to, sample),
    }
}

fn map<const N: usize, const M: usize>(
    from: &[u8],
    to: &mut [u8],
    change: impl Fn([u8; N]) -> [u8; M],
) {
    for (to, from) in to.as_chunks_mut::<M>().0.iter_mut().zip(from.as_chunks::<N>().0) {
        *to = change(*from);
    }
}

/// Makes three bytes of every sample of 8 bits, those of four samples at once.
fn look_up_colours(stored: &[u8], table: &[Rgba8; 256], to: &mut [u8]) {
    let (four, last) = stored.as_chunks::<4>();
    let (to, rest) = to.split_at_mut(to.len().min(four.len() * 12));
    for (to, values) in to.as_chunks_mut::<12>().0.iter_mut().zip(four) {
        let colour =
            |at: usize| u64::from(u32::from_le_bytes(table[usize::from(values[at])]) & 0xff_ffff);
        let last = colour(2);
        let first = (colour(0) | colour(1) << 24 | last << 48).to_le_bytes();
        let rest = ((last >> 16 | colour(3) << 8) as u32).to_le_bytes();
        to[..8].copy_from_slice(&first);
        to[8..].copy_from_slice(&rest);
    }
    for (to, value) in rest.as_chunks_mut::<3>().0.iter_mut().zip(last) {
        to.copy_from_slice(&table[usize::from(*value)][..3]);
    }
}

/// Makes a pixel of every sample of `depth` bits.
fn look_up<const N: usize>(
    stored: &[u8],
    depth: u8,
    to: &mut [u8],
    pixel: impl Fn(usize) -> [u8; N],
) {
    let (to, _) = to.as_chunks_mut::<N>();
    if depth == 8 {
        for (to, value) in to.iter_mut().zip(stored) {
            *to = pixel(usize::from(*value));
        }
        return;
    }
    let per_byte = usize::from(8 / depth.max(1));
    let mask = (1u16 << depth) - 1;
    for (pixels, byte) in to.chunks_mut(per_byte).zip(stored) {
        let mut shift = 8;
        for to in pixels {
            shift -= depth;
            *to = pixel(usize::from(u16::from(*byte) >> shift & mask));
        }
    }
}
