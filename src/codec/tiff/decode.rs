//! From the bytes of a page to rows of pixels.

use std::ops::Range;

use super::compression::{Method, jpeg, old_jpeg};
use super::directory::Container;
use super::grid::Grid;
use super::page::Page;
use super::parallel;
use super::photometric::{Composer, Steps};
use super::samples::Unpacker;
use super::settle::Settle;
use super::strips::{Lines, MOST_PLANES};
use super::tags::{self, compression, photometric};
use crate::error::{Error, Result};
use crate::limits::{Budget, Reservation};
use crate::memory::Scratch;
use crate::options::{ReadOptions, Tolerance};
use crate::pixel::{Canvas, PixelFormat};

/// Decodes all rows of a page.
pub fn decode(
    file: &Container,
    page: &Page,
    options: &ReadOptions,
    canvas: &mut Canvas<'_>,
) -> Result<()> {
    check_bits(page)?;
    warn_of_metadata(file, page, canvas);
    if page.compression != compression::OLD_JPEG {
        return decode_as(file, page, None, options, canvas);
    }
    check_planes(page, page.subsampling)?;
    let (page, settings) = old_jpeg::plan(file, page, canvas.budget())?;
    decode_as(file, &page, Some(settings), options, canvas)
}

/// Names metadata that is left out because the file ends before it.
fn warn_of_metadata(file: &Container, page: &Page, canvas: &mut Canvas<'_>) {
    for (tag, name) in [(tags::ICC_PROFILE, "the ICC profile"), (tags::XMP, "XMP")] {
        let cut = |entry| !file.has_whole(entry);
        if page.directory.find(tag).is_some_and(cut) {
            canvas.warn(&format!("{name} (tag {tag}) is left out: the file ends before it does"));
        }
    }
}

/// Decodes all rows of a page whose data is what it says.
fn decode_as(
    file: &Container,
    page: &Page,
    old_jpeg: Option<old_jpeg::Settings>,
    options: &ReadOptions,
    canvas: &mut Canvas<'_>,
) -> Result<()> {
    let is_jpeg = page.compression == compression::JPEG;
    let method = Method {
        compression: page.compression,
        reversed: page.reversed,
        fax_options: fax_options(file, page)?,
        jpeg: jpeg::Settings {
            tables: jpeg_tables(file, page, canvas)?,
            ycbcr: page.photometric == photometric::YCBCR && !page.planar,
            bits: page.bits,
            big_endian: file.is_big_endian(),
        },
        old_jpeg,
    };
    method.check()?;
    // JPEG data comes back with all its pixels, as R, G, B.
    let (kind, subsampling) = match page.photometric {
        photometric::YCBCR if is_jpeg && !page.planar => (photometric::RGB, (1, 1)),
        other => (other, page.subsampling),
    };
    check_planes(page, subsampling)?;
    if subsampling != (1, 1) && page.samples != 3 {
        let message =
            format!("subsampled YCbCr in {} samples per pixel is not supported", page.samples);
        return Err(Error::unsupported(message));
    }
    let grid = Grid::new(page, subsampling)?;
    let strict = options.tolerance == Tolerance::Strict;
    let job = Job { file, page, method: &method, grid, kind, subsampling, strict };
    // Refuses rows that no such file can hold, before there is work space for one.
    let mut worker = job.worker(canvas)?;
    // Rows that are copied as they are take less than a thread does to begin.
    let copied =
        page.compression == compression::NONE && matches!(worker.rows.kind, Strategy::Direct(_));
    if options.threads > 1 && grid.down > 1 && file.source().is_shared() && !copied {
        drop(worker);
        return parallel::decode(&job, options.threads, canvas);
    }
    let outcome = worker.decode(0..grid.down, canvas);
    worker.warn(canvas);
    outcome
}

/// All that is known of a page before its pixels.
pub struct Job<'a> {
    file: &'a Container,
    page: &'a Page,
    method: &'a Method,
    pub grid: Grid,
    /// The photometric interpretation of what the decompressor delivers.
    kind: u16,
    subsampling: (u32, u32),
    strict: bool,
}

/// What one thread decodes with.
pub struct Worker<'a> {
    lines: Lines<'a>,
    rows: Rows,
    planes: u32,
}

impl<'a> Job<'a> {
    /// Whether damage is an error.
    pub fn is_strict(&self) -> bool {
        self.strict
    }

    /// Takes work space for a row or a band of tiles.
    pub fn worker(&self, canvas: &Canvas<'a>) -> Result<Worker<'a>> {
        let budget = canvas.budget();
        let Self { file, page, method, grid, .. } = *self;
        let lines = Lines::new(file, page, grid, method, self.strict, budget)?;
        let rows = Rows::new(file, page, self.kind, self.subsampling, canvas)?;
        let planes = if page.planar { rows.samples as u32 } else { 1 };
        Ok(Worker { lines, rows, planes })
    }
}

impl Worker<'_> {
    /// Decodes some rows of strips or tiles.
    pub fn decode(&mut self, downs: Range<u32>, canvas: &mut Canvas<'_>) -> Result<()> {
        if self.are_pictures(canvas) {
            return self.lines.fill_pictures(downs, canvas);
        }
        if let Some(settle) = self.straight(canvas) {
            return self.lines.fill_rows(downs, settle, canvas);
        }
        let rows = &mut self.rows;
        self.lines.each_row(self.planes, downs, &mut |y, views| rows.put(y, views, canvas))
    }

    /// Whether chunks are JPEGs whose samples are those of pixels.
    fn are_pictures(&self, canvas: &Canvas<'_>) -> bool {
        let direct = matches!(self.rows.kind, Strategy::Direct(format) if !format.is_packed_bits());
        direct && self.lines.are_pictures() && !canvas.format().is_packed_bits()
    }

    /// What makes lines rows of the canvas, where that can be done in place.
    fn straight(&self, canvas: &Canvas<'_>) -> Option<Settle> {
        let Strategy::Direct(format) = self.rows.kind else { return None };
        let layout = canvas.layout();
        let fits = !self.lines.grid.tiled
            && layout.stride == self.lines.grid.line_len
            && layout.stride == layout.row_len();
        Settle::between(format, layout.format, layout.width).filter(|_| fits)
    }

    /// Says what was done to the numbers.
    pub fn warn(&self, canvas: &mut Canvas<'_>) {
        if self.rows.has_cut_off() {
            canvas.warn("samples beyond what pixels can show were cut off");
        }
    }
}

fn fax_options(file: &Container, page: &Page) -> Result<u64> {
    let tag = match page.compression {
        compression::CCITT_G3 => tags::T4_OPTIONS,
        compression::CCITT_G4 => tags::T6_OPTIONS,
        _ => return Ok(0),
    };
    Ok(file.one(&page.directory, tag)?.unwrap_or(0))
}

fn jpeg_tables(file: &Container, page: &Page, canvas: &Canvas<'_>) -> Result<Vec<u8>> {
    let entry = page.directory.find(tags::JPEG_TABLES);
    let Some(entry) = entry.filter(|_| page.compression == compression::JPEG) else {
        return Ok(Vec::new());
    };
    canvas.budget().check_metadata(entry.len().unwrap_or(0))?;
    jpeg::tables(&file.bytes(entry)?)
}

/// Fails for planes that differ in size.
fn check_planes(page: &Page, (x, y): (u32, u32)) -> Result<()> {
    if !page.planar || (x, y) == (1, 1) {
        return Ok(());
    }
    let message =
        format!("YCbCr subsampling {x} x {y} in planes (configuration 2) is not supported");
    Err(Error::unsupported(message))
}

/// Fails where the compression has pixels of another kind than the page claims.
fn check_bits(page: &Page) -> Result<()> {
    let wanted = match page.compression {
        compression::CCITT_RLE | compression::CCITT_G3 | compression::CCITT_G4 => (1, 1),
        compression::THUNDERSCAN => (4, 1),
        compression::WEBP => (8, page.samples),
        compression::JPEG_2000 | compression::APERIO_RGB
            if page.photometric != photometric::YCBCR =>
        {
            (page.bits.clamp(2, 16), page.samples)
        }
        // Whether samples are R, G, B or Y, Cb, Cr then is told by nothing.
        compression::JPEG_2000 | compression::APERIO_RGB => {
            return Err(Error::unsupported("JPEG 2000 of YCbCr (photometric 6) is not supported"));
        }
        compression::PNG => (if page.bits > 8 { 16 } else { 8 }, page.samples),
        // What there are no streams of, their decoder says.
        compression::JPEG | compression::OLD_JPEG if page.photometric != photometric::PALETTE => {
            (page.bits.clamp(2, 16), page.samples)
        }
        compression::JPEG | compression::OLD_JPEG => (8, page.samples),
        _ => return Ok(()),
    };
    if (page.bits, page.samples) == wanted {
        return Ok(());
    }
    Err(Error::unsupported(format!(
        "{} with {} bits per sample and {} samples per pixel is not supported",
        compression::name(page.compression),
        page.bits,
        page.samples
    )))
}

/// Makes pixels of lines of bytes.
struct Rows {
    kind: Strategy,
    /// Samples of a pixel that are used, or that lie between two pixels.
    samples: usize,
}

enum Strategy {
    /// Lines are rows of this format as they are.
    Direct(PixelFormat),
    /// Samples are taken apart, and put together as pixels.
    General { unpacker: Unpacker, composer: Box<Composer>, work: Work },
}

struct Work {
    width: usize,
    planar: bool,
    subsampling: (usize, usize),
    /// Rows of a strip or tile.
    chunk_height: u32,
    samples: Vec<u16>,
    /// The numbers of a line of blocks.
    blocks: Vec<u16>,
    row: Scratch,
    _booked: Reservation,
}

impl Work {
    fn new(
        page: &Page,
        samples: usize,
        subsampling: (u32, u32),
        format: PixelFormat,
        budget: &Budget,
    ) -> Result<Self> {
        let width = page.width as usize;
        let count = width.saturating_mul(samples);
        let (across, down) = (subsampling.0 as usize, subsampling.1 as usize);
        let in_blocks = match (across, down) {
            (1, 1) => 0,
            _ => width.div_ceil(across).saturating_mul(across * down + 2),
        };
        let booked = budget.reserve((count.saturating_add(in_blocks) as u64).saturating_mul(2))?;
        let row_len = usize::try_from(format.min_stride(page.width)).unwrap_or(usize::MAX);
        Ok(Self {
            width,
            planar: page.planar,
            subsampling: (across, down),
            chunk_height: page.tile.map_or(page.rows_per_strip, |(_, height)| height).max(1),
            samples: numbers(count)?,
            blocks: numbers(in_blocks)?,
            row: Scratch::new(row_len, "a row", budget)?,
            _booked: booked,
        })
    }
}

impl Rows {
    fn new(
        file: &Container,
        page: &Page,
        photometric: u16,
        subsampling: (u32, u32),
        canvas: &Canvas<'_>,
    ) -> Result<Self> {
        let composer = Box::new(Composer::new(page, file, photometric)?);
        let unpacker = Unpacker::new(page, file.is_big_endian())?;
        let colours = page.colours().unwrap_or(page.samples);
        if page.samples < colours {
            return Err(Error::damaged(format!(
                "{} has {} samples per pixel, not {colours}",
                photometric::name(page.photometric),
                page.samples
            )));
        }
        let used = page.alpha.map_or(usize::from(colours), |alpha| alpha.index + 1);
        if page.planar && used > MOST_PLANES {
            let message = format!("alpha in sample {used} of planes is not supported");
            return Err(Error::unsupported(message));
        }
        let samples = if page.planar { used } else { usize::from(page.samples) };
        let samples = composer.stored_samples().unwrap_or(samples);
        if let Some(format) = direct(page, photometric, subsampling) {
            return Ok(Self { kind: Strategy::Direct(format), samples });
        }
        let work = Work::new(page, samples, subsampling, composer.format, canvas.budget())?;
        Ok(Self { kind: Strategy::General { unpacker, composer, work }, samples })
    }

    /// Whether numbers were cut off.
    fn has_cut_off(&self) -> bool {
        match &self.kind {
            Strategy::Direct(_) => false,
            Strategy::General { unpacker, composer, .. } => {
                unpacker.has_cut_off() || composer.has_cut_off()
            }
        }
    }

    /// Puts row `y`, which is in the line of each plane.
    fn put(&mut self, y: u32, lines: &[&[u8]], canvas: &mut Canvas<'_>) -> Result<()> {
        let samples = self.samples;
        match &mut self.kind {
            Strategy::Direct(format) => {
                canvas.put(y, *format, lines.first().copied().unwrap_or_default())
            }
            Strategy::General { unpacker, composer, work } => {
                let width = work.width;
                let steps = if work.planar {
                    Steps { sample: width, pixel: 1 }
                } else {
                    Steps { sample: 1, pixel: samples }
                };
                if work.subsampling != (1, 1) {
                    let line = lines.first().copied().unwrap_or_default();
                    unpacker.unpack(line, &mut work.blocks);
                    let y = (y % work.chunk_height) as usize;
                    spread(&work.blocks, y, work.subsampling, &mut work.samples);
                } else if work.planar {
                    let planes = work.samples.chunks_exact_mut(width.max(1));
                    planes.zip(lines).for_each(|(to, line)| unpacker.unpack(line, to));
                } else {
                    let line = lines.first().copied().unwrap_or_default();
                    unpacker.unpack(line, &mut work.samples);
                }
                composer.row(&work.samples, steps, &mut work.row);
                canvas.put(y, composer.format, &work.row)
            }
        }
    }
}

/// Room for so many samples, which the caller has booked.
fn numbers(count: usize) -> Result<Vec<u16>> {
    let mut values = Vec::new();
    values.try_reserve_exact(count).map_err(|_| Error::no_memory(count, "samples"))?;
    values.resize(count, 0);
    Ok(values)
}

/// The pixel format that lines of the page have already.
fn direct(page: &Page, photometric: u16, subsampling: (u32, u32)) -> Option<PixelFormat> {
    if page.planar || subsampling != (1, 1) || page.sample_format == 3 {
        return None;
    }
    let associated = page.alpha.is_some_and(|alpha| alpha.associated);
    match (photometric, page.bits, page.samples, page.alpha.is_some()) {
        (photometric::BLACK_IS_ZERO, 1, 1, false) => Some(PixelFormat::Binary),
        (photometric::WHITE_IS_ZERO, 1, 1, false) => Some(PixelFormat::BinaryInverted),
        (photometric::BLACK_IS_ZERO, 8, 1, false) => Some(PixelFormat::Gray8),
        (photometric::RGB, 8, 3, false) => Some(PixelFormat::Bgr888),
        (photometric::RGB, 8, 4, true) if !associated => Some(PixelFormat::Abgr8888),
        (photometric::SEPARATED, 8, 4, false) => Some(PixelFormat::Cmyk8888),
        _ => None,
    }
}

/// Gives each pixel of row `y` its luma and the chroma of its block: a line holds blocks of luma, then Cb and Cr.
fn spread(line: &[u16], y: usize, (across, down): (usize, usize), to: &mut [u16]) {
    match across {
        1 => spread_blocks::<1>(line, y, down, to),
        2 => spread_blocks::<2>(line, y, down, to),
        _ => spread_blocks::<4>(line, y, down, to),
    }
}

fn spread_blocks<const ACROSS: usize>(line: &[u16], y: usize, down: usize, to: &mut [u16]) {
    let luma_row = y % down * ACROSS;
    let blocks = line.chunks_exact(ACROSS * down + 2);
    for (pixels, block) in to.as_chunks_mut::<3>().0.chunks_mut(ACROSS).zip(blocks) {
        let luma = block.get(luma_row..).and_then(|rest| rest.first_chunk::<ACROSS>());
        let (Some(luma), Some(&[cb, cr])) = (luma, block.last_chunk()) else {
            continue;
        };
        for (pixel, luma) in pixels.iter_mut().zip(luma) {
            *pixel = [*luma, cb, cr];
        }
    }
}
