//! The scans of a file, one after the other, into coefficients.

use super::super::feed::MAX_SCANS;
use super::super::markers;
use super::super::scan::{Frame, Head};
use super::super::tables::{Huffman, ZIGZAG};
use super::bits::{Bits, Codes};
use super::blocks::{self, Band};
use super::{Planes, idct, lossless};
use crate::error::{Error, Result};
use crate::limits::Budget;
use crate::source::Source;

/// Tables and the place in the file.
pub struct Scans<'a> {
    head: &'a Head,
    bits: Bits,
    quantization: [Option<[u16; 64]>; 4],
    dc: [Option<Codes>; 4],
    ac: [Option<Codes>; 4],
    pub(super) interval: usize,
    /// The quantization of each component, as it was when its first scan began (T.81, B.2.4.1).
    used: Vec<Option<[u16; 64]>>,
    /// Rows of MCUs that the first scan had.
    first_rows: usize,
    scans: usize,
}

/// One component in a scan.
pub(super) struct Part {
    /// Which of the frame.
    pub component: usize,
    pub dc: usize,
    pub ac: usize,
}

fn no_table() -> Error {
    Error::damaged("a scan uses a table that the file does not have")
}

impl<'a> Scans<'a> {
    /// Before the first scan.
    pub fn new(source: &Source, head: &'a Head) -> Result<Self> {
        let mut scans = Self {
            head,
            bits: Bits::new(source, head.data)?,
            quantization: [None; 4],
            dc: [const { None }; 4],
            ac: [const { None }; 4],
            interval: 0,
            used: vec![None; head.frame.components.len()],
            first_rows: 0,
            scans: 0,
        };
        if !head.has_huffman {
            let [luma_dc, luma_ac, chroma_dc, chroma_ac] = super::super::tables::standard_huffman();
            scans.dc = [Some(Codes::new(&luma_dc)?), Some(Codes::new(&chroma_dc)?), None, None];
            scans.ac = [Some(Codes::new(&luma_ac)?), Some(Codes::new(&chroma_ac)?), None, None];
        }
        let mut tables = head.tables.as_slice();
        while let [_, marker, high, low, rest @ ..] = tables {
            let len = usize::from(u16::from_be_bytes([*high, *low])).saturating_sub(2);
            let (content, rest) = rest.split_at_checked(len).unwrap_or((rest, &[]));
            scans.tables(*marker, content)?;
            tables = rest;
        }
        Ok(scans)
    }

    /// Reads to the end of the image.
    pub fn run(&mut self, planes: &mut Planes, budget: &Budget) -> Result<()> {
        let first = self.head.first_scan.get(4..).unwrap_or_default().to_vec();
        self.scan(&first, planes, budget)?;
        loop {
            match self.bits.next_marker()? {
                markers::EOI => break,
                markers::SOS => {
                    let content = self.bits.segment()?;
                    self.scan(&content, planes, budget)?;
                }
                marker if markers::is_alone(marker) => {}
                marker => {
                    let content = self.bits.segment()?;
                    if markers::is_frame(marker) {
                        return Err(Error::damaged("there are two frames (SOF)"));
                    }
                    self.tables(marker, &content)?;
                }
            }
        }
        if self.used.iter().any(Option::is_none) && self.head.frame.marker != markers::SOF3 {
            return Err(Error::damaged("a component is in no scan"));
        }
        Ok(())
    }

    /// Rows of the picture that the first scan had whole.
    pub fn whole_rows(&self, frame: &Frame) -> u32 {
        if self.scans > 1 && frame.marker == markers::SOF2 {
            return frame.height;
        }
        let down = frame.components.iter().map(|component| usize::from(component.down)).max();
        let down = if frame.components.len() == 1 { 1 } else { down.unwrap_or(1) };
        let samples = if frame.marker == markers::SOF3 { 1 } else { 8 };
        let rows = u32::try_from(self.first_rows * down * samples).unwrap_or(u32::MAX);
        rows.min(frame.height)
    }

    /// Bits of a sample.
    pub(super) fn bits_of_sample(&self) -> u8 {
        self.head.frame.bits
    }

    /// Notes that a lossless scan has so many rows.
    pub(super) fn note_row(&mut self, rows: usize) {
        if self.scans == 1 {
            self.first_rows = rows;
        }
    }

    /// Turns coefficients into samples.
    pub fn finish(&self, planes: &mut Planes, budget: &Budget) -> Result<()> {
        for (plane, table) in planes.planes.iter_mut().zip(&self.used) {
            for (index, block) in plane.blocks.iter_mut().enumerate() {
                if index % 4096 == 0 {
                    budget.check()?;
                }
                idct::samples(block, &table.unwrap_or([0; 64]), self.head.frame.bits);
            }
        }
        Ok(())
    }

    fn tables(&mut self, marker: u8, content: &[u8]) -> Result<()> {
        match marker {
            markers::DQT => self.quantization(content),
            markers::DHT => self.huffman(content),
            markers::DRI => {
                let &[high, low] = content else {
                    return Err(Error::damaged("the restart interval (DRI) is damaged"));
                };
                self.interval = usize::from(u16::from_be_bytes([high, low]));
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn quantization(&mut self, mut content: &[u8]) -> Result<()> {
        let damaged = || Error::damaged("a quantization table (DQT) is damaged");
        while let [place, rest @ ..] = content {
            let wide = place >> 4 != 0;
            let len = if wide { 128 } else { 64 };
            let (steps, rest) = rest.split_at_checked(len).ok_or_else(damaged)?;
            let table = self.quantization.get_mut(usize::from(place & 15)).ok_or_else(damaged)?;
            let mut to = [0; 64];
            for (at, natural) in ZIGZAG.iter().enumerate() {
                let step = |at: usize| u16::from(steps.get(at).copied().unwrap_or(0));
                let value = if wide { step(2 * at) << 8 | step(2 * at + 1) } else { step(at) };
                to[usize::from(natural & 63)] = value;
            }
            *table = Some(to);
            content = rest;
        }
        Ok(())
    }

    fn huffman(&mut self, mut content: &[u8]) -> Result<()> {
        let damaged = || Error::damaged("a Huffman table (DHT) is damaged");
        while let [place, rest @ ..] = content {
            let (counts, rest) = rest.split_first_chunk::<16>().ok_or_else(damaged)?;
            let total: usize = counts.iter().map(|count| usize::from(*count)).sum();
            let (symbols, rest) = rest.split_at_checked(total).ok_or_else(damaged)?;
            let tables = if place >> 4 == 0 { &mut self.dc } else { &mut self.ac };
            let table = tables.get_mut(usize::from(place & 15)).ok_or_else(damaged)?;
            let huffman = Huffman { counts: *counts, symbols: symbols.to_vec() };
            *table = Some(Codes::new(&huffman)?);
            content = rest;
        }
        Ok(())
    }

    fn scan(&mut self, content: &[u8], planes: &mut Planes, budget: &Budget) -> Result<()> {
        self.scans += 1;
        if self.scans > MAX_SCANS {
            return Err(Error::damaged(format!("there are more than {MAX_SCANS} scans")));
        }
        let (parts, band) = self.scan_header(content)?;
        if self.head.frame.marker == markers::SOF3 {
            return lossless::scan(self, &parts, band, planes, budget);
        }
        for part in &parts {
            let number = self.head.frame.components.get(part.component).map(|c| c.table);
            let table = number.and_then(|number| self.quantization.get(usize::from(number)));
            if let Some(used @ None) = self.used.get_mut(part.component) {
                *used = Some(table.copied().flatten().ok_or_else(no_table)?);
            }
        }
        self.mcus(&parts, band, planes, budget)
    }

    fn scan_header(&self, content: &[u8]) -> Result<(Vec<Part>, Band)> {
        let damaged = || Error::damaged("a scan header (SOS) is damaged");
        let (count, rest) = content.split_first().ok_or_else(damaged)?;
        let (selectors, rest) =
            rest.split_at_checked(usize::from(*count) * 2).ok_or_else(damaged)?;
        let &[first, last, approximation, ..] = rest else { return Err(damaged()) };
        let mut parts: Vec<Part> = Vec::new();
        for &[id, tables] in selectors.as_chunks::<2>().0 {
            let component = self.head.frame.components.iter().position(|own| own.id == id);
            let component = component.ok_or_else(damaged)?;
            if parts.iter().any(|part| part.component == component) {
                return Err(damaged());
            }
            let (dc, ac) = (usize::from(tables >> 4), usize::from(tables & 15));
            parts.push(Part { component, dc, ac });
        }
        let (high, low) = (u32::from(approximation >> 4), u32::from(approximation & 15));
        let mut band = Band { first: first.into(), last: last.into(), high, low };
        match self.head.frame.marker {
            markers::SOF2 => {
                let separate = if first == 0 { last == 0 } else { parts.len() == 1 };
                if !separate || first > last || last > 63 || low > 13 {
                    return Err(damaged());
                }
            }
            markers::SOF3 => {}
            _ => band = Band { first: 0, last: 63, high: 0, low: 0 },
        }
        if parts.is_empty() { Err(damaged()) } else { Ok((parts, band)) }
    }

    /// All MCUs of a scan: with one component in it they are its blocks, without those that only fill.
    fn mcus(
        &mut self,
        parts: &[Part],
        band: Band,
        planes: &mut Planes,
        budget: &Budget,
    ) -> Result<()> {
        let (columns, rows) = match parts {
            [part] => {
                let plane = planes.planes.get(part.component).ok_or_else(no_table)?;
                (plane.width.div_ceil(8), plane.height.div_ceil(8))
            }
            _ => (planes.columns, planes.rows),
        };
        let mut state = State { previous: [0; 4], run: 0 };
        let mut left = self.interval;
        for row in 0..rows {
            budget.check()?;
            for column in 0..columns {
                if self.interval > 0 && left == 0 {
                    self.restart()?;
                    state = State { previous: [0; 4], run: 0 };
                    left = self.interval;
                }
                left = left.wrapping_sub(1);
                for (part, previous) in parts.iter().zip(0..) {
                    let plane = planes.planes.get_mut(part.component).ok_or_else(no_table)?;
                    let (h, v) = if parts.len() == 1 { (1, 1) } else { (plane.across, plane.down) };
                    for y in row * v..(row + 1) * v {
                        for x in column * h..(column + 1) * h {
                            let block = plane.blocks.get_mut(y * plane.stride + x);
                            let block = block.ok_or_else(no_table)?;
                            self.block(part, band, &mut state, previous, block)?;
                        }
                    }
                }
            }
            self.note_row(row + 1);
        }
        Ok(())
    }

    /// The marker between two intervals. Which of the eight it is does not matter here.
    pub(super) fn restart(&mut self) -> Result<()> {
        match self.bits.next_marker()? {
            markers::RST0..=markers::RST7 => Ok(()),
            _ => Err(Error::damaged("a restart marker is missing")),
        }
    }

    fn dc_codes(tables: &[Option<Codes>; 4], number: usize) -> Result<&Codes> {
        tables.get(number).and_then(Option::as_ref).ok_or_else(no_table)
    }

    /// Bits and the table of DC or lossless differences.
    pub(super) fn bits_and_codes(&mut self, part: &Part) -> Result<(&mut Bits, &Codes)> {
        let codes = Self::dc_codes(&self.dc, part.dc)?;
        Ok((&mut self.bits, codes))
    }

    fn block(
        &mut self,
        part: &Part,
        band: Band,
        state: &mut State,
        previous: usize,
        block: &mut [i16; 64],
    ) -> Result<()> {
        let bits = &mut self.bits;
        if band.first == 0 && band.high > 0 {
            block[0] |= (bits.take(1)? << band.low) as i16;
            return Ok(());
        }
        if band.first == 0 {
            let difference = blocks::difference(bits, Self::dc_codes(&self.dc, part.dc)?)?;
            if let Some(previous) = state.previous.get_mut(previous) {
                *previous = previous.wrapping_add(difference);
                block[0] = (*previous << band.low) as i16;
            }
        }
        if band.last == 0 {
            return Ok(());
        }
        let ac = self.ac.get(part.ac).and_then(Option::as_ref).ok_or_else(no_table)?;
        match (band.first, band.high) {
            (0, _) => blocks::sequential(bits, ac, block),
            (_, 0) => blocks::first_of_band(bits, ac, band, &mut state.run, block),
            _ => blocks::refined_band(bits, ac, band, &mut state.run, block),
        }
    }
}

/// What one block hands on to the next.
struct State {
    /// DC of the last block of each component.
    previous: [i32; 4],
    run: u32,
}
