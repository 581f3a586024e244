//! Old-style JPEG (TIFF 6.0, section 22): streams are put together of what there is, for the decoder that reads JPEG files.
//!
//! Samples are given out as they are coded, chroma repeated to the size of luma. What they mean is for the page to say, as
//! with other compressions, and as other readers do it.

pub mod head;
mod plan;
mod tables;

use std::ops::Range;

use super::{Shape, jpeg_tables, pack};
use crate::codec;
use crate::error::{Error, Kind, Result};
use crate::format::FileFormat;
use crate::limits::Budget;
use crate::memory::{self, Scratch};
use crate::options::{ReadOptions, Tolerance};
use crate::source::Source;

use head::{DHT, DQT, EOI, Frame, Head, SOF0, SOF3, SOI, SOS, put_segment};
use tables::Tables;

pub use plan::plan;

/// What all chunks of a page share.
#[derive(Debug)]
pub struct Settings {
    head: Head,
    tables: Tables,
    /// Where the data of the whole page is, if it is one stream.
    whole: Option<Vec<Range<u64>>>,
    /// YCbCrSubsampling, for streams that do not say it.
    factors: (u32, u32),
    ycbcr: bool,
    bits: u32,
    big_endian: bool,
    planar: bool,
    tiled: bool,
}

impl Settings {
    /// Where the one stream of the page is, and how long, if it has but one.
    pub fn whole(&self) -> Option<(u64, u64)> {
        let first = self.whole.as_ref()?.first()?;
        Some((first.start, first.end.saturating_sub(first.start)))
    }
}

/// All samples of a chunk, and what is wrong with them where damage is borne.
pub fn decode(
    source: &Source,
    chunk: Range<u64>,
    settings: &Settings,
    shape: Shape,
    budget: &Budget,
) -> Result<(Scratch, Option<Error>)> {
    let line_len = pack::line_len(shape.width, shape.samples, settings.bits);
    let lines = shape.rows as usize;
    let mut samples = Scratch::new(line_len.saturating_mul(lines), "a strip", budget)?;
    let mut lines = samples.chunks_exact_mut(line_len.max(1));
    match rows(source, chunk, settings, shape, budget, &mut lines) {
        Ok(()) => Ok((samples, None)),
        Err(error) if error.kind() == Kind::Damaged && !shape.strict => {
            lines.for_each(|line| blacken(line, settings, shape));
            Ok((samples, Some(error)))
        }
        Err(error) => Err(error),
    }
}

/// Makes a line black: where luma and chroma are 0, it would be green.
fn blacken(line: &mut [u8], settings: &Settings, shape: Shape) {
    if !settings.ycbcr {
        return;
    }
    let neutral = 1u16 << settings.bits.saturating_sub(1).min(15);
    let (luma, chroma) = ([0; 64], [neutral; 64]);
    let of = |sample: u16| if u32::from(sample).max(shape.plane) == 0 { &luma } else { &chroma };
    let views: Vec<&[u16]> = (0..shape.samples).map(|sample| of(sample).as_slice()).collect();
    // So many pixels are whole bytes of any depth.
    let len = pack::line_len(64, shape.samples, settings.bits);
    for part in line.chunks_mut(len.max(1)) {
        pack::pack(&views, settings.bits, settings.big_endian, part);
    }
}

/// Fills lines with what the decoder makes of the stream.
fn rows<'a>(
    source: &Source,
    chunk: Range<u64>,
    settings: &Settings,
    shape: Shape,
    budget: &Budget,
    lines: &mut impl Iterator<Item = &'a mut [u8]>,
) -> Result<()> {
    let stream = Stream::new(source, chunk, settings, shape, budget)?;
    let _booked = budget.reserve(stream.len())?;
    let file = Source::from_bytes(stream.file(source, settings, shape)?);
    let tolerance = if shape.strict { Tolerance::Strict } else { Tolerance::Recover };
    let options = ReadOptions { tolerance, ..ReadOptions::default() };
    let codec = codec::for_format(FileFormat::Jpeg)?;
    let silent = budget.silent();
    let mut pages = codec.open(&file, &options, &silent)?;
    let header = pages.header(0, &options, &silent)?;
    if header.samples != u32::from(shape.samples) || header.bits != settings.bits {
        return Err(Error::damaged(format!(
            "has JPEG data of {} components of {} bits, not {} of {}",
            header.samples, header.bits, shape.samples, settings.bits
        )));
    }
    super::jpeg::check_plausible(&header, file.len())?;
    let width = shape.width as usize;
    let mut take = |_: u32, planes: &[&[u16]]| {
        let Some(line) = lines.next() else { return Ok(()) };
        let cut: Vec<&[u16]> =
            planes.iter().map(|samples| samples.get(..width).unwrap_or(samples)).collect();
        pack::pack(&cut, settings.bits, settings.big_endian, line);
        Ok(())
    };
    pages.stored_rows(0, &options, &silent, &mut take)?;
    if header.height < shape.rows {
        return Err(wrong_size(header.width, header.height, shape));
    }
    Ok(())
}

fn wrong_size(width: u32, height: u32, shape: Shape) -> Error {
    let (wanted, rows) = (shape.width, shape.rows);
    Error::damaged(format!("has JPEG data of {width} x {height} pixels, not {wanted} x {rows}"))
}

/// The parts of a stream.
struct Stream {
    tables: Vec<u8>,
    frame: Frame,
    scan: Vec<u8>,
    data: Vec<Range<u64>>,
}

impl Stream {
    fn new(
        source: &Source,
        chunk: Range<u64>,
        settings: &Settings,
        shape: Shape,
        budget: &Budget,
    ) -> Result<Self> {
        let (own, data) = match &settings.whole {
            Some(data) => (Head::default(), data.clone()),
            None => {
                let own = Head::read(source, chunk.start, chunk.end, budget)?;
                let data = own.data..chunk.end;
                (own, vec![data])
            }
        };
        let frame = frame(&own, settings, shape)?;
        let shared = settings.head.scan.as_ref().map(|scan| scan_of(scan, &frame));
        let scan = own.scan.or(shared).map_or_else(|| settings.scan(&frame, shape), Ok)?;
        Ok(Self { tables: own.tables, frame, scan, data })
    }

    fn len(&self) -> u64 {
        let lens = self.data.iter().map(|part| part.end.saturating_sub(part.start));
        lens.fold(self.tables.len() as u64, u64::saturating_add)
    }

    /// A file of its own.
    fn file(&self, source: &Source, settings: &Settings, shape: Shape) -> Result<Vec<u8>> {
        let mut file = memory::copy_of(&[0xff, SOI], "a strip")?;
        settings.tables.put(&mut file, &self.frame, &self.scan, shape.plane as usize)?;
        // What comes later is in force: streams, and above all the own one, are right.
        memory::append(&mut file, &settings.head.tables, "a strip")?;
        memory::append(&mut file, &self.tables, "a strip")?;
        self.frame.put(&mut file)?;
        put_segment(&mut file, SOS, &self.scan)?;
        for part in &self.data {
            let len = part.end.min(source.len()).saturating_sub(part.start);
            let len = usize::try_from(len).map_err(|_| Error::no_memory(usize::MAX, "a strip"))?;
            let start = file.len();
            file.try_reserve_exact(len).map_err(|_| Error::no_memory(len, "a strip"))?;
            file.resize(start + len, 0);
            let got = source.read_at(part.start, file.get_mut(start..).unwrap_or_default())?;
            file.truncate(start + got);
        }
        memory::append(&mut file, &[0xff, EOI], "a strip")?;
        Ok(file)
    }
}

/// The frame of a chunk: its own, or that of the page in its size.
fn frame(own: &Head, settings: &Settings, shape: Shape) -> Result<Frame> {
    let known = own.frame.as_ref().or(settings.head.frame.as_ref()).cloned();
    let mut frame = known.unwrap_or_else(|| settings.frame(shape));
    if own.frame.is_none() {
        if settings.tiled || frame.width < shape.width {
            frame.width = shape.width;
        }
        if settings.whole.is_none() {
            frame.height = shape.rows;
        }
        if settings.planar {
            let own = frame.components.get(shape.plane as usize).or(frame.components.first());
            frame.components = own.copied().into_iter().collect();
        }
    }
    // Strips of some writers claim to be as high as the page.
    if frame.height == 0 || frame.height > shape.max_rows && settings.whole.is_none() {
        frame.height = shape.rows;
    }
    let possible = frame.width <= 65_535 && frame.height <= 65_535;
    if frame.width < shape.width || !possible {
        return Err(wrong_size(frame.width, frame.height, shape));
    }
    Ok(frame)
}

/// Of a scan header of the page, what concerns the components of a frame.
fn scan_of(shared: &[u8], frame: &Frame) -> Vec<u8> {
    let (count, rest) = shared.split_first().unwrap_or((&0, &[]));
    let (selectors, end) = rest.split_at_checked(2 * usize::from(*count)).unwrap_or((rest, &[]));
    let is_own = |[id, _]: &&[u8; 2]| frame.components.iter().any(|[own, ..]| own == id);
    let own: Vec<[u8; 2]> = selectors.as_chunks().0.iter().filter(is_own).copied().collect();
    [&[own.len() as u8], own.as_flattened(), end].concat()
}

impl Settings {
    /// The number of a table, where no stream says which it is: tags have one for each sample; streams mostly one for luma
    /// and one for chroma. `place` is that of luma's, or its class, with the number of the sample in the low bits.
    fn table_of(&self, marker: u8, place: u8, shape: Shape) -> u8 {
        let (class, at) = (place & 0xf0, place & 15);
        if self.tables.has(marker, class) {
            return place;
        }
        let own = u32::from(at).saturating_add(shape.plane).min(1) as u8;
        if own == 0 || jpeg_tables::has(&self.head.tables, marker, class | own) {
            class | own
        } else {
            class
        }
    }

    /// What tags say in place of a SOF segment.
    fn frame(&self, shape: Shape) -> Frame {
        let (across, down) = if self.ycbcr && shape.samples == 3 { self.factors } else { (1, 1) };
        let luma = (across << 4 | down) as u8;
        let component =
            |at: u8| [at, if at == 0 { luma } else { 0x11 }, self.table_of(DQT, at, shape)];
        let count = shape.samples.min(4) as u8;
        Frame {
            marker: match self.bits {
                _ if self.tables.lossless => SOF3,
                8 => SOF0,
                _ => SOF0 + 1,
            },
            bits: self.bits as u8,
            height: shape.rows,
            width: shape.width,
            components: (0..count).map(component).collect(),
        }
    }

    /// What tags say in place of a SOS segment.
    fn scan(&self, frame: &Frame, shape: Shape) -> Result<Vec<u8>> {
        let mut scan = vec![frame.components.len() as u8];
        for (at, [id, ..]) in (0u8..).zip(&frame.components) {
            let (dc, ac) =
                (self.table_of(DHT, at, shape), self.table_of(DHT, 0x10 | at, shape) & 15);
            memory::append(&mut scan, &[*id, dc << 4 | ac], "a segment")?;
        }
        let (predictor, point) = self.tables.lossless(shape.plane as usize);
        let end = if frame.marker == SOF3 { [predictor, 0, point] } else { [0, 63, 0] };
        memory::append(&mut scan, &end, "a segment")?;
        Ok(scan)
    }
}

#[cfg(test)]
mod tests;
