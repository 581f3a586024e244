//! Writing PNG: rows are filtered and deflated as they come, into IDAT chunks.

use std::ops::Range;

use super::chunks::{SIGNATURE, checksum};
use crate::codec::Picture;
use crate::codec::streams::deflate::Effort;
use crate::codec::streams::deflate::estimate::Estimate;
use crate::codec::streams::deflate::pack::{self, Packer};
use crate::codec::streams::filters::forward::Filters;
use crate::codec::streams::filters::{NONE, strategy::Strategy};
use crate::error::{Error, Kind, Result};
use crate::limits::Budget;
use crate::options::SaveOptions;
use crate::pixel::PixelFormat;
use crate::sink::Sink;

use super::indexed::Few;
use super::{metadata, parallel};
use PixelFormat as F;

/// Bytes of filtered rows that are deflated as one, where the picture has more than two of these.
const PART: usize = 1 << 20;
/// The same at the levels that look for all there is.
const THOROUGH_PART: usize = 4 << 20;

/// Bytes of rows whose pairs of bytes are not counted.
const SHORT_ROW: usize = 64;

/// What rows the encoder wants for an image of `format`.
pub(super) fn stored_as(format: PixelFormat, options: &SaveOptions) -> PixelFormat {
    let palette = options.palette > 0;
    match format {
        F::Gray16 if palette => F::Gray8,
        F::Rgb161616 if palette => F::Bgr888,
        F::Argb16161616 | F::Abgr16161616 if palette => F::Abgr8888,
        F::Gray16 => F::Gray16,
        F::Rgb161616 => F::Rgb161616,
        F::Argb16161616 | F::Abgr16161616 => F::Abgr16161616,
        _ if format.is_bilevel() => F::Binary,
        _ if format.has_alpha() => F::Abgr8888,
        F::Gray8 => F::Gray8,
        _ => F::Bgr888,
    }
}

pub(super) fn encode(
    picture: &Picture<'_>,
    options: &SaveOptions,
    sink: &mut Sink<'_>,
    budget: &Budget,
) -> Result<()> {
    sink.put(&SIGNATURE)?;
    let rows = Rows::new(picture, options, budget)?;
    let (colour, depth) = match &rows.few {
        Some(few) => (few.colour(), few.bits),
        None => kind(picture.format)?,
    };
    let size = [picture.width.to_be_bytes(), picture.height.to_be_bytes()];
    put_chunk(sink, b"IHDR", &[size.as_flattened(), &[depth, colour, 0, 0, 0]].concat())?;
    metadata::write(picture, sink)?;
    if let Some(few) = &rows.few {
        few.describe(sink)?;
    }
    write_rows(&rows, options.threads, sink)?;
    put_chunk(sink, b"IEND", &[])
}

/// Colour type and bits of a sample.
fn kind(format: PixelFormat) -> Result<(u8, u8)> {
    Ok(match format {
        F::Binary => (0, 1),
        F::Gray8 => (0, 8),
        F::Gray16 => (0, 16),
        F::Bgr888 => (2, 8),
        F::Rgb161616 => (2, 16),
        F::Abgr8888 => (6, 8),
        F::Abgr16161616 => (6, 16),
        other => {
            let message = format!("PNG rows were handed over as {}", other.name());
            return Err(Error::new(Kind::Internal, message));
        }
    })
}

pub(super) fn put_chunk(sink: &mut Sink<'_>, kind: &[u8; 4], data: &[u8]) -> Result<()> {
    let len = u32::try_from(data.len()).ok().filter(|len| *len <= i32::MAX as u32);
    let len = len.ok_or_else(|| {
        let name = kind.escape_ascii();
        Error::new(Kind::SaveFailed, format!("a chunk {name} cannot hold {} bytes", data.len()))
    })?;
    sink.put(&len.to_be_bytes())?;
    sink.put(kind)?;
    sink.put(data)?;
    sink.put(&checksum(kind, data).to_be_bytes())
}

fn write_rows(rows: &Rows<'_>, threads: u32, sink: &mut Sink<'_>) -> Result<()> {
    if let Some(parts) = rows.parts() {
        return parallel::write(rows, parts, threads, sink);
    }
    let height = rows.picture.height;
    let strategy = rows.strategy(0..height)?;
    let mut packer =
        Packer::after(&pack::head(rows.level), rows.effort(), rows.size(), rows.budget)?;
    let mut put = |bytes: &[u8]| put_chunk(sink, b"IDAT", bytes);
    rows.each(0..height, strategy, |y, filters| {
        rows.budget.advance(u64::from(y) + 1, u64::from(height))?;
        filters.pack(&mut packer, &mut put)
    })?;
    packer.finish(&mut put)
}

/// Filtered rows of a picture.
pub(super) struct Rows<'a> {
    pub picture: &'a Picture<'a>,
    few: Option<Few>,
    /// The best strategy for all rows, if that is known.
    chosen: Option<Strategy>,
    pub level: u8,
    pub budget: &'a Budget,
}

impl<'a> Rows<'a> {
    fn new(picture: &'a Picture<'a>, options: &SaveOptions, budget: &'a Budget) -> Result<Self> {
        let plain = || Self { picture, few: None, chosen: None, level: options.level, budget };
        let Some(few) = Few::of(picture, options, budget)? else { return Ok(plain()) };
        let palette = few.palette_len() as u64;
        let mut rows = Self { few: Some(few), ..plain() };
        // A palette of its own may take more than what it saves of a small picture, and of grays.
        let is_doubtful = plain().size() <= PART || picture.format == F::Gray8;
        if options.palette == 0 && is_doubtful {
            let all = 0..picture.height;
            let mut plain = plain();
            let [other, own] = [plain.best(all.clone())?, rows.best(all)?];
            (plain.chosen, rows.chosen) = (Some(other.1), Some(own.1));
            if other.0 <= own.0 + palette {
                return Ok(plain);
            }
        }
        Ok(rows)
    }

    /// Bytes of a row.
    fn row_len(&self) -> usize {
        self.few.as_ref().map_or(self.picture.row_len(), Few::row_len)
    }

    /// Bytes of a filtered row.
    pub fn line_len(&self) -> usize {
        self.row_len().saturating_add(1)
    }

    fn size(&self) -> usize {
        self.line_len().saturating_mul(self.picture.height as usize)
    }

    /// Rows of each part, where the picture is deflated in parts. That is the same for any number of threads.
    fn parts(&self) -> Option<u32> {
        let len = match self.level {
            0 => return None,
            1..=6 => PART,
            _ => THOROUGH_PART,
        };
        let rows = u32::try_from(len / self.line_len()).unwrap_or(u32::MAX).max(1);
        (self.size() > 2 * len && rows < self.picture.height).then_some(rows)
    }

    /// Whether filters help: where neighbours are alike, which indexes and bits in bytes seldom are.
    fn is_alike(&self) -> bool {
        self.few.is_none() && self.picture.format != F::Binary
    }

    /// What is done for matches.
    pub fn effort(&self) -> Effort {
        match Effort::of(self.level) {
            Effort::Little if self.is_alike() && !self.picture.format.is_16_bit() => Effort::Some,
            effort => effort,
        }
    }

    /// How the filters of some of the rows are chosen.
    pub fn strategy(&self, range: Range<u32>) -> Result<Strategy> {
        match (self.level, self.chosen) {
            (1..=6, _) if self.is_alike() => Ok(Strategy::LeastSum),
            (0..=6, _) => Ok(Strategy::Always(NONE)),
            (_, Some(strategy)) if range == (0..self.picture.height) => Ok(strategy),
            _ => Ok(self.best(range)?.1),
        }
    }

    /// What is the best of some ways to choose filters, and about how many bytes the rows take then.
    fn best(&self, range: Range<u32>) -> Result<(u64, Strategy)> {
        // To count pairs takes some time for each row.
        let counts = self.row_len() >= SHORT_ROW;
        let all = Strategy::ALL.iter().filter(|it| counts || **it != Strategy::FewestPairs);
        let mut least = (u64::MAX, Strategy::LeastSum);
        for strategy in all {
            let mut estimate = Estimate::new(self.budget)?;
            self.each(range.clone(), *strategy, |_, filters| {
                self.budget.check()?;
                estimate.write(filters.line())
            })?;
            let size = estimate.finish()?;
            if size < least.0 {
                least = (size, *strategy);
            }
        }
        Ok(least)
    }

    /// Hands some of the rows over, each with its number, to be filtered.
    pub fn each(
        &self,
        range: Range<u32>,
        strategy: Strategy,
        mut take: impl FnMut(u32, &mut Filters) -> Result<()>,
    ) -> Result<()> {
        let picture = self.picture;
        let bits = if self.few.is_some() { 8 } else { picture.format.bits_per_pixel() };
        let mut filters = Filters::new(self.row_len(), bits.div_ceil(8), strategy, self.budget)?;
        let first = range.start;
        for y in first.saturating_sub(1)..range.end {
            let row = filters.next_row();
            match &self.few {
                Some(few) => few.row(y, row),
                None => {
                    picture.row_into(y, row);
                    if picture.format.is_16_bit() {
                        store_wide(row, picture.format);
                    }
                }
            }
            if y >= first {
                take(y, &mut filters)?;
            }
        }
        Ok(())
    }
}

/// Has 16-bit samples be as PNG stores them: big-endian, R first.
fn store_wide(row: &mut [u8], format: PixelFormat) {
    for sample in row.as_chunks_mut::<2>().0 {
        *sample = u16::from_ne_bytes(*sample).to_be_bytes();
    }
    if format == F::Rgb161616 {
        for [a, b, _, _, e, f] in row.as_chunks_mut::<6>().0 {
            std::mem::swap(a, e);
            std::mem::swap(b, f);
        }
    }
}
