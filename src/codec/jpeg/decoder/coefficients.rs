//! Images in several scans: coefficients of the whole image are kept until all are known (T.81, G, and A.2.3).

use super::super::{markers, scan::Head};
use super::arithmetic::Decoder;
use super::bits::{Bits, Reader};
use super::blocks::{self, Band, Steps};
use super::geometry::{self, Geometry};
use super::header::{self, Part};
use super::intervals::{Intervals, Next};
use super::lossless;
use super::tables::{self, Tables, no_table};
use crate::error::{Error, Kind, Result};
use crate::limits::{Budget, Reservation};
use crate::memory;
use crate::options::Tolerance;
use crate::source::Source;

/// Scans of a file. libjpeg-turbo's own fuzzers stop at as many.
const MAX_SCANS: usize = 500;

/// Blocks that the scans of a file may have together, beside some for each of its bytes: scans that tell next to nothing
/// of a large image take hardly any bytes, but all the time.
const MAX_BLOCKS: u64 = 1 << 28;
const BLOCKS_PER_BYTE: u64 = 1024;

/// The coefficients of one component, in zigzag order, or its samples, row by row, in blocks of 8 x 8.
pub struct Plane {
    pub blocks: Vec<[i16; 64]>,
    /// Blocks from one row of them to the next.
    pub stride: usize,
    pub part: geometry::Part,
}

impl Plane {
    /// The sample at a place: 12-bit ones are not negative, 16-bit ones are kept as their bits.
    pub fn at(&self, x: usize, y: usize) -> u16 {
        let block = self.blocks.get(y / 8 * self.stride + x / 8);
        block.map_or(0, |block| block[y % 8 * 8 + x % 8] as u16)
    }

    pub fn set(&mut self, x: usize, y: usize, sample: u16) {
        if let Some(block) = self.blocks.get_mut(y / 8 * self.stride + x / 8) {
            block[y % 8 * 8 + x % 8] = sample as i16;
        }
    }
}

/// All components.
pub struct Planes {
    pub planes: Vec<Plane>,
    pub geometry: Geometry,
    _booked: Reservation,
}

impl Planes {
    pub fn new(geometry: Geometry, budget: &Budget) -> Result<Self> {
        let blocks = |part: &geometry::Part| {
            (geometry.columns * part.across).saturating_mul(geometry.rows * part.down)
        };
        let total: usize = geometry.parts.iter().map(blocks).sum();
        let booked = budget.reserve((total as u64).saturating_mul(128))?;
        let plane = |part: &geometry::Part| {
            let count = blocks(part);
            let blocks = memory::zeroed_blocks(count, "coefficients")?;
            Ok(Plane { blocks, stride: geometry.columns * part.across, part: *part })
        };
        let planes = geometry.parts.iter().map(plane).collect::<Result<_>>()?;
        Ok(Self { planes, geometry, _booked: booked })
    }
}

/// The scans of a file, one after the other.
pub struct Scans<'a> {
    head: &'a Head,
    pub bits: Bits,
    pub tables: Tables,
    /// The quantization of each component, as it was when its first scan began (T.81, B.2.4.1).
    used: Vec<Option<Steps>>,
    /// The scan that each component was first in, and the rows of the picture that it had there, or began.
    first_scan: Vec<usize>,
    rows: Vec<Option<usize>>,
    scans: usize,
    /// Blocks that there may still be.
    blocks_left: u64,
    recover: bool,
    /// Of frames with arithmetic coding.
    arithmetic: Option<Box<Decoder>>,
    /// The first damage that was borne.
    damage: Option<Error>,
}

impl<'a> Scans<'a> {
    /// Before the first scan.
    pub fn new(source: &Source, head: &'a Head) -> Result<Self> {
        Ok(Self {
            head,
            bits: Bits::new(source, head.data)?,
            tables: Tables::new(head)?,
            used: vec![None; head.frame.components.len()],
            first_scan: vec![0; head.frame.components.len()],
            rows: vec![None; head.frame.components.len()],
            scans: 0,
            blocks_left: source.len().saturating_mul(BLOCKS_PER_BYTE).saturating_add(MAX_BLOCKS),
            recover: false,
            arithmetic: None,
            damage: None,
        })
    }

    /// Reads to the end of the image. On damage it goes on with the scans after, if that is wanted.
    pub fn run(
        &mut self,
        planes: &mut Planes,
        tolerance: Tolerance,
        budget: &Budget,
    ) -> Result<()> {
        self.recover = tolerance == Tolerance::Recover;
        let first = self.head.first_scan.get(4..).unwrap_or_default().to_vec();
        let outcome = self.scan(&first, planes, budget);
        self.bear(outcome)?;
        let outcome = self.others(planes, budget);
        self.bear(outcome)?;
        if let Some(damage) = self.damage.take() {
            return Err(damage);
        }
        if self.rows.iter().any(Option::is_none) {
            return Err(Error::damaged("a component is in no scan"));
        }
        Ok(())
    }

    /// Keeps the first damage, where it is borne.
    fn bear(&mut self, outcome: Result<()>) -> Result<()> {
        match outcome {
            Err(error) if self.recover && error.kind() == Kind::Damaged => {
                self.damage.get_or_insert(error);
                Ok(())
            }
            outcome => outcome,
        }
    }

    /// The scans after the first.
    fn others(&mut self, planes: &mut Planes, budget: &Budget) -> Result<()> {
        loop {
            match self.bits.next_marker()? {
                markers::EOI => return Ok(()),
                markers::SOS => {
                    let content = self.bits.segment()?;
                    let outcome = self.scan(&content, planes, budget);
                    self.bear(outcome)?;
                }
                marker if markers::is_alone(marker) => {}
                marker => {
                    let content = self.bits.segment()?;
                    if markers::is_frame(marker) {
                        return Err(Error::damaged("there are two frames (SOF)"));
                    }
                    self.tables.read(marker, &content)?;
                }
            }
        }
    }

    /// Rows of the picture that the first scan of every component had, or began.
    pub fn rows_read(&self) -> u32 {
        let rows = self.rows.iter().map(|rows| rows.unwrap_or(0)).min().unwrap_or(0);
        u32::try_from(rows).unwrap_or(u32::MAX).min(self.head.frame.height)
    }

    /// Bits of a sample.
    pub fn bits_of_sample(&self) -> u8 {
        self.head.frame.bits
    }

    /// Notes that so many rows of the picture are there, or begun, of components that are in no scan before.
    pub fn note_rows(&mut self, parts: &[Part], rows: usize) {
        for part in parts {
            if let Some(noted) = self.rows.get_mut(part.component)
                && self.first_scan.get(part.component) == Some(&self.scans)
            {
                *noted = Some(rows);
            }
        }
    }

    /// The steps of each component's quantization, in zigzag order.
    pub fn steps(&self) -> Vec<Steps> {
        self.used.iter().map(|steps| steps.unwrap_or([0; 64])).collect()
    }

    fn scan(&mut self, content: &[u8], planes: &mut Planes, budget: &Budget) -> Result<()> {
        self.scans += 1;
        if self.scans > MAX_SCANS {
            return Err(Error::damaged(format!("there are more than {MAX_SCANS} scans")));
        }
        self.bits.begin_scan();
        let (parts, band) = header::read(self.head, content)?;
        for part in &parts {
            if let Some(first @ 0) = self.first_scan.get_mut(part.component) {
                *first = self.scans;
            }
        }
        if self.head.frame.marker == markers::SOF3 {
            return lossless::scan(self, &parts, band, planes, budget);
        }
        for part in &parts {
            let component = self.head.frame.components.get(part.component).ok_or_else(no_table)?;
            if let Some(used @ None) = self.used.get_mut(part.component) {
                *used = Some(*self.tables.steps(component.table)?);
            }
        }
        self.mcus(&parts, band, planes, budget)
    }

    /// All MCUs of a scan: with one component in it they are its blocks, without those that only fill.
    fn mcus(
        &mut self,
        parts: &[Part],
        band: Band,
        planes: &mut Planes,
        budget: &Budget,
    ) -> Result<()> {
        let alone = parts.len() == 1;
        let (columns, rows) = match parts {
            [part] => {
                let plane = planes.planes.get(part.component).ok_or_else(no_table)?;
                (plane.part.width.div_ceil(8), plane.part.height.div_ceil(8))
            }
            _ => (planes.geometry.columns, planes.geometry.rows),
        };
        let first = parts.first().and_then(|part| planes.planes.get(part.component));
        let alone_rows = first.map_or(8, |plane| 8 * planes.geometry.factors(&plane.part).1);
        let rows_of_row = if alone { alone_rows } else { planes.geometry.mcu_rows() };
        let blocks = (columns as u64).saturating_mul(rows as u64);
        self.blocks_left = self
            .blocks_left
            .checked_sub(blocks)
            .ok_or_else(|| Error::damaged("there are more scans than the file could fill"))?;
        let mut state = self.start();
        let mut intervals = Intervals::new(self.tables.interval, self.recover);
        for row in 0..rows {
            budget.check()?;
            self.note_rows(parts, (row + 1) * rows_of_row);
            let mut column = 0;
            while column < columns {
                let (next, count) = intervals.next(columns - column, &mut self.bits)?;
                let places = column..column + count;
                column += count;
                if next == Next::Skip {
                    continue;
                }
                if next == Next::Restart {
                    state = self.start();
                }
                let mut places = places.map(|column| (row, column));
                let outcome =
                    places.try_for_each(|place| self.mcu(parts, band, planes, place, &mut state));
                outcome.or_else(|error| intervals.fail(error, &mut self.bits))?;
            }
        }
        intervals.damage.map_or(Ok(()), Err)
    }

    /// What is known at the start of a scan, and after a restart marker.
    fn start(&mut self) -> State {
        let is_arithmetic = markers::is_arithmetic(self.head.frame.marker);
        self.arithmetic = is_arithmetic.then(|| Box::new(Decoder::new()));
        State { previous: [0; 4], run: 0 }
    }

    /// The blocks of an MCU, which is at a row and a column of them.
    #[inline(always)]
    fn mcu(
        &mut self,
        parts: &[Part],
        band: Band,
        planes: &mut Planes,
        (row, column): (usize, usize),
        state: &mut State,
    ) -> Result<()> {
        let alone = parts.len() == 1;
        for (part, previous) in parts.iter().zip(&mut state.previous) {
            let plane = planes.planes.get_mut(part.component).ok_or_else(no_table)?;
            let (h, v) = if alone { (1, 1) } else { (plane.part.across, plane.part.down) };
            for y in row * v..(row + 1) * v {
                for x in column * h..(column + 1) * h {
                    let block = plane.blocks.get_mut(y * plane.stride + x);
                    let block = block.ok_or_else(no_table)?;
                    self.block(part, band, previous, &mut state.run, block)?;
                }
            }
        }
        Ok(())
    }

    #[inline(always)]
    fn block(
        &mut self,
        part: &Part,
        band: Band,
        previous: &mut i32,
        run: &mut u32,
        block: &mut [i16; 64],
    ) -> Result<()> {
        let tables = &self.tables;
        if let Some(decoder) = &mut self.arithmetic {
            return decoder.block(part, band, &tables.conditions, previous, block, &mut self.bits);
        }
        if band.first > 0 && band.high == 0 && *run > 0 {
            *run -= 1;
            return Ok(());
        }
        self.bits.with(|reader| {
            if band.first == 0 {
                dc(reader, part, band, tables, previous, block)?;
                if band.last > 0 {
                    let ac = tables.ac(part.ac)?;
                    blocks::sequential_as_coded(reader, ac, block)?;
                }
                return Ok(());
            }
            let ac = tables.ac(part.ac)?;
            match band.high {
                0 => blocks::first_of_band(reader, ac, band, run, block),
                _ => blocks::refined_band(reader, ac, band, run, block),
            }
        })
    }
}

#[inline(always)]
fn dc(
    reader: &mut Reader<'_>,
    part: &Part,
    band: Band,
    tables: &tables::Tables,
    previous: &mut i32,
    block: &mut [i16; 64],
) -> Result<()> {
    if band.high > 0 {
        block[0] |= (reader.take(1) << band.low) as i16;
        return Ok(());
    }
    let difference = blocks::difference(reader, tables.dc(part.dc)?)?;
    *previous = previous.wrapping_add(difference);
    block[0] = (*previous << band.low) as i16;
    Ok(())
}

/// What one block hands on to the next.
struct State {
    /// DC of the last block of each component.
    previous: [i32; 4],
    run: u32,
}
