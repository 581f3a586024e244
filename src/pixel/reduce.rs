//! Smaller pictures: each pixel is the mean of those that it covers.
//!
//! Weights are whole numbers, so that a picture is the same on every machine. Colours weigh as much as their alpha.
//! Samples are taken as they are stored, not as light.

use super::{PixelFormat, PixelView};
use crate::error::{Error, Result};

/// How a side of a picture becomes shorter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shrink {
    /// So many pixels become one; the last one may have fewer.
    Blocks(u32),
    /// All pixels are spread over so many.
    To(u32),
}

impl Shrink {
    /// What becomes of a side of `from` pixels.
    pub fn len(self, from: u32) -> u32 {
        match self {
            Self::Blocks(size) => from.div_ceil(size.max(1)),
            Self::To(to) => to.min(from).max(1),
        }
    }
}

/// The format in which pixels can be averaged: the nearest to `format` whose samples are whole bytes or words.
pub fn averaged(format: PixelFormat) -> PixelFormat {
    match format {
        _ if format.is_bilevel() => PixelFormat::Gray8,
        _ if format.is_planar() => PixelFormat::Bgr888,
        PixelFormat::Rgb565 | PixelFormat::Rgb555 => PixelFormat::Bgr888,
        other => other,
    }
}

/// The pixels that one pixel covers along a side: all weigh `between`, but for the first and the last.
#[derive(Clone, Copy)]
struct Span {
    start: usize,
    end: usize,
    first: u64,
    last: u64,
    between: u64,
}

impl Span {
    /// Pixel `at` of a side that had `from` pixels. One pixel of the longer side has as many parts as the shorter side has pixels.
    fn of(at: u32, from: u32, shrink: Shrink) -> Self {
        let (at, from) = (u64::from(at), u64::from(from));
        let (begin, end, parts) = match shrink {
            Shrink::Blocks(size) => {
                let size = u64::from(size.max(1));
                (at * size, ((at + 1) * size).min(from), 1)
            }
            Shrink::To(_) => {
                let parts = u64::from(shrink.len(from as u32));
                (at * from, (at + 1) * from, parts)
            }
        };
        let (start, stop) = (begin / parts, end.div_ceil(parts).max(begin / parts + 1));
        let one = stop - start == 1;
        let first = if one { end.saturating_sub(begin) } else { (start + 1) * parts - begin };
        let last = end.saturating_sub((stop - 1) * parts);
        Self { start: start as usize, end: stop as usize, first, last, between: parts }
    }

    fn weights(self) -> impl Iterator<Item = (usize, u64)> {
        (self.start..self.end).map(move |at| {
            let weight = match at {
                _ if at == self.start => self.first,
                _ if at + 1 == self.end => self.last,
                _ => self.between,
            };
            (at, weight)
        })
    }

    fn total(self) -> u64 {
        self.weights().map(|(_, weight)| weight).sum()
    }
}

/// Makes the rows of a smaller picture.
pub struct Reducer {
    columns: Vec<Span>,
    sums: Vec<u64>,
    format: PixelFormat,
    height: u32,
    shrink: Shrink,
}

impl Reducer {
    /// Of a picture of `width` x `height` pixels of a format that [`averaged`] gives.
    pub fn new(
        (width, height): (u32, u32),
        format: PixelFormat,
        (across, down): (Shrink, Shrink),
    ) -> Result<Self> {
        if format.is_16_bit() && u64::from(width) * u64::from(height) > 1 << 31 {
            return Err(Error::unsupported("reducing 16-bit samples of more than 2^31 pixels"));
        }
        let len = across.len(width);
        let samples =
            len as usize * (format.bits_per_pixel() / if format.is_16_bit() { 16 } else { 8 });
        let failed = || Error::no_memory(samples * 8, "sums of pixels");
        let (mut columns, mut sums) = (Vec::new(), Vec::new());
        columns.try_reserve_exact(len as usize).map_err(|_| failed())?;
        sums.try_reserve_exact(samples).map_err(|_| failed())?;
        columns.extend((0..len).map(|at| Span::of(at, width, across)));
        sums.resize(samples, 0);
        Ok(Self { columns, sums, format, height, shrink: down })
    }

    /// Bytes of memory that a reducer to `width` pixels takes.
    pub fn memory(width: u32) -> u64 {
        u64::from(width) * (size_of::<Span>() as u64 + 4 * 8)
    }

    /// Fills row `y` of the smaller picture.
    pub fn row(&mut self, from: &PixelView<'_>, y: u32, to: &mut [u8]) {
        let rows = Span::of(y, self.height, self.shrink);
        self.sums.fill(0);
        match (self.format.bits_per_pixel(), self.format.is_16_bit(), self.format.has_alpha()) {
            (8, ..) => self.reduce::<u8, 1, false>(from, rows, to),
            (24, ..) => self.reduce::<u8, 3, false>(from, rows, to),
            (32, _, false) => self.reduce::<u8, 4, false>(from, rows, to),
            (32, _, true) => self.reduce::<u8, 4, true>(from, rows, to),
            (16, ..) => self.reduce::<u16, 1, false>(from, rows, to),
            (48, ..) => self.reduce::<u16, 3, false>(from, rows, to),
            _ => self.reduce::<u16, 4, true>(from, rows, to),
        }
    }

    fn reduce<S: Sample, const N: usize, const ALPHA: bool>(
        &mut self,
        from: &PixelView<'_>,
        rows: Span,
        to: &mut [u8],
    ) {
        for (y, weight) in rows.weights() {
            let row = from.row(y as u64);
            let sums = self.sums.as_chunks_mut::<N>().0.iter_mut();
            for (sums, span) in sums.zip(&self.columns) {
                add::<S, N, ALPHA>(sums, row, *span, weight);
            }
        }
        let down = rows.total();
        let pixels = to.chunks_exact_mut(N * S::LEN);
        for ((to, sums), span) in pixels.zip(self.sums.as_chunks::<N>().0).zip(&self.columns) {
            let total = span.total() * down;
            let colours = if ALPHA { sums[N - 1] } else { total };
            for (at, (to, sum)) in to.chunks_exact_mut(S::LEN).zip(sums).enumerate() {
                let total = if ALPHA && at == N - 1 { total } else { colours };
                S::put((sum + total / 2).checked_div(total).unwrap_or(0), to);
            }
        }
    }
}

/// Adds the pixels of a row that one pixel covers.
fn add<S: Sample, const N: usize, const ALPHA: bool>(
    sums: &mut [u64; N],
    row: &[u8],
    span: Span,
    weight: u64,
) {
    let covered = row.get(span.start * N * S::LEN..span.end * N * S::LEN).unwrap_or_default();
    for (pixel, (_, across)) in covered.chunks_exact(N * S::LEN).zip(span.weights()) {
        let mut samples = [0; N];
        for (sample, bytes) in samples.iter_mut().zip(pixel.chunks_exact(S::LEN)) {
            *sample = S::get(bytes);
        }
        let weight = weight * across;
        let opacity = if ALPHA { samples[N - 1] } else { 1 };
        for (at, (sum, sample)) in sums.iter_mut().zip(samples).enumerate() {
            *sum += weight * if ALPHA && at == N - 1 { sample } else { sample * opacity };
        }
    }
}

/// A sample of 8 or 16 bits.
trait Sample {
    const LEN: usize;
    fn get(bytes: &[u8]) -> u64;
    fn put(value: u64, to: &mut [u8]);
}

impl Sample for u8 {
    const LEN: usize = 1;

    fn get(bytes: &[u8]) -> u64 {
        bytes.first().copied().unwrap_or(0).into()
    }

    fn put(value: u64, to: &mut [u8]) {
        to.fill(value.min(255) as u8);
    }
}

impl Sample for u16 {
    const LEN: usize = 2;

    fn get(bytes: &[u8]) -> u64 {
        bytes.first_chunk().map_or(0, |bytes| u16::from_ne_bytes(*bytes)).into()
    }

    fn put(value: u64, to: &mut [u8]) {
        to.copy_from_slice(&(value.min(65_535) as u16).to_ne_bytes());
    }
}
