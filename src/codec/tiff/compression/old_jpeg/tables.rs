//! The tables that tags point to (TIFF 6.0, section 22): one of each kind for each sample.

use super::super::super::directory::Container;
use super::super::super::page::Page;
use super::super::super::tags;
use super::head::{DHT, DQT, DRI, Frame, put_segment};
use crate::error::Result;

/// Tables that a scan can tell apart.
const MOST: u64 = 4;

/// What the tags say.
#[derive(Debug, Default)]
pub struct Tables {
    quantization: Vec<Vec<u8>>,
    dc: Vec<Vec<u8>>,
    ac: Vec<Vec<u8>>,
    /// 0 = there are no restart markers.
    interval: u16,
    /// JPEGProc is 14.
    pub lossless: bool,
    predictors: Vec<u64>,
    point_transforms: Vec<u64>,
}

impl Tables {
    /// Follows the tags. A table that is not within the file is none.
    pub fn read(file: &Container, page: &Page) -> Result<Self> {
        let numbers = |tag| {
            let entry = page.directory.find(tag);
            entry.map_or(Ok(Vec::new()), |entry| file.numbers(entry, MOST))
        };
        let all = |tag, read: &dyn Fn(u64) -> Result<Option<Vec<u8>>>| {
            let mut tables = Vec::new();
            for place in numbers(tag)? {
                let Some(table) = read(place)? else { break };
                tables.push(table);
            }
            Ok(tables)
        };
        let first = |tag| file.one(&page.directory, tag);
        Ok(Self {
            quantization: all(tags::JPEG_Q_TABLES, &|place| bytes(file, place, 64))?,
            dc: all(tags::JPEG_DC_TABLES, &|place| huffman(file, place))?,
            ac: all(tags::JPEG_AC_TABLES, &|place| huffman(file, place))?,
            interval: first(tags::JPEG_RESTART_INTERVAL)?
                .and_then(|interval| u16::try_from(interval).ok())
                .unwrap_or(0),
            lossless: first(tags::JPEG_PROC)? == Some(14),
            predictors: numbers(tags::JPEG_LOSSLESS_PREDICTORS)?,
            point_transforms: numbers(tags::JPEG_POINT_TRANSFORMS)?,
        })
    }

    /// Whether there are tables of a class (0x10 = AC).
    pub fn has(&self, marker: u8, class: u8) -> bool {
        !match (marker, class) {
            (DQT, _) => &self.quantization,
            (_, 0) => &self.dc,
            _ => &self.ac,
        }
        .is_empty()
    }

    /// Appends segments: the tables of samples from `first` on, by the numbers that the frame and the scan have for them.
    pub fn put(&self, to: &mut Vec<u8>, frame: &Frame, scan: &[u8], first: usize) -> Result<()> {
        if self.interval > 0 {
            put_segment(to, DRI, &self.interval.to_be_bytes())?;
        }
        let numbers = frame.components.iter().map(|[_, _, table]| table & 15);
        put_tables(to, DQT, 0, &self.quantization, first, numbers)?;
        let (selectors, _) = scan.get(1..).unwrap_or_default().as_chunks::<2>();
        let selectors = selectors.iter().take(frame.components.len());
        put_tables(to, DHT, 0, &self.dc, first, selectors.clone().map(|[_, tables]| tables >> 4))?;
        put_tables(to, DHT, 0x10, &self.ac, first, selectors.map(|[_, tables]| tables & 15))
    }

    /// The predictor and the point transform of a sample, where coding is lossless.
    pub fn lossless(&self, sample: usize) -> (u8, u8) {
        let of = |values: &[u64], default| {
            let value = values.get(sample).or(values.first()).copied().unwrap_or(default);
            u8::try_from(value).unwrap_or(0)
        };
        (of(&self.predictors, 1), of(&self.point_transforms, 0) & 15)
    }
}

/// Appends tables by number, each once. Where there are fewer tables than samples, the last is for all others.
fn put_tables(
    to: &mut Vec<u8>,
    marker: u8,
    class: u8,
    tables: &[Vec<u8>],
    first: usize,
    numbers: impl Iterator<Item = u8>,
) -> Result<()> {
    let mut done = [false; 16];
    for (at, number) in (first..).zip(numbers) {
        let (Some(table), Some(done @ false)) =
            (tables.get(at).or(tables.last()), done.get_mut(usize::from(number)))
        else {
            continue;
        };
        *done = true;
        put_segment(to, marker, &[&[class | number], table.as_slice()].concat())?;
    }
    Ok(())
}

fn bytes(file: &Container, place: u64, len: usize) -> Result<Option<Vec<u8>>> {
    let mut bytes = vec![0; len];
    Ok((file.source().read_at(place, &mut bytes)? == len).then_some(bytes))
}

/// Counts of codes by length, and symbols.
fn huffman(file: &Container, place: u64) -> Result<Option<Vec<u8>>> {
    let Some(counts) = bytes(file, place, 16)? else { return Ok(None) };
    let symbols: usize = counts.iter().map(|count| usize::from(*count)).sum();
    if symbols > 256 {
        return Ok(None);
    }
    bytes(file, place, 16 + symbols)
}
