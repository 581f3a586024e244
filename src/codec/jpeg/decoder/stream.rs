//! Images whose one scan holds all components, as nearly all do: from bits to pixels, a row of MCUs at a time.

use super::super::{markers, scan::Head};
use super::bits::{Bits, Reader};
use super::blocks::{self, Steps};
use super::codes::{Ac, Dc};
use super::geometry::Geometry;
use super::header;
use super::intervals::{Intervals, Next};
use super::tables::Tables;
use super::window::{Place, Window};
use super::{Means, ahead, shares, simd};
use crate::error::{Error, Result};
use crate::options::Tolerance;
use crate::pixel::Canvas;
use crate::source::Source;

/// The blocks that an MCU has of a component.
#[derive(Clone, Copy)]
pub struct Shape {
    component: usize,
    across: usize,
    down: usize,
    /// Whether its samples are looked at.
    wanted: bool,
    /// Where the rows of blocks begin that are decoded now.
    rows: [usize; MOST_DOWN],
}

/// What is known of one component before its blocks.
pub struct Part<'a> {
    shape: Shape,
    dc: &'a Dc,
    ac: &'a Ac,
    steps: &'a Steps,
    /// DC of the block before.
    previous: i32,
}

/// The largest sampling factor.
const MOST_DOWN: usize = 4;

/// A scan that is read a row of MCUs at a time.
pub struct Scan<'a> {
    bits: Bits,
    parts: Vec<Part<'a>>,
    intervals: Intervals,
    columns: usize,
}

/// Where decoding begins: the first MCU of an interval between restart markers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Start {
    /// MCUs and restart markers before it.
    pub mcus: usize,
    pub restarts: usize,
    /// Where its data is in the file.
    pub at: u64,
}

/// An image that is to be decoded.
pub struct Job<'a> {
    pub source: &'a Source,
    pub head: &'a Head,
    pub geometry: &'a Geometry,
    pub tables: &'a Tables,
    pub means: Means,
}

/// Decodes the scan, and looks for the end of the image. On damage, the rows before it are in the canvas, and the row of
/// MCUs that it is in, gray from there on; with [`Tolerance::Recover`] also what follows restart markers after it.
pub fn decode(
    source: &Source,
    head: &Head,
    geometry: &Geometry,
    means: Means,
    canvas: &mut Canvas<'_>,
) -> Result<()> {
    let tables = &Tables::new(head)?;
    let job = Job { source, head, geometry, tables, means };
    let threads = means.threads > 1 && source.is_shared();
    if threads && (shares::decode(&job, canvas)? || ahead::decode(&job, canvas)?) {
        return Ok(());
    }
    let mut window = job.window(canvas)?;
    let mut scan = job.scan(job.start(), &window)?;
    for row in 0..geometry.rows {
        scan.find_rows(row, &window);
        let outcome = scan.row(0, &mut window);
        window.put(row + 1, outcome.is_err() || row + 1 == geometry.rows, canvas)?;
        outcome?;
    }
    scan.finish()
}

impl<'a> Job<'a> {
    /// Room for samples, and what makes pixels of a canvas or a part of it from them.
    pub fn window(&self, canvas: &Canvas<'_>) -> Result<Window> {
        Window::new(self.geometry, self.head.colour()?, self.means.by, canvas)
    }

    /// The first MCU.
    pub fn start(&self) -> Start {
        Start { mcus: 0, restarts: 0, at: self.head.data }
    }

    pub fn scan(&self, start: Start, window: &Window) -> Result<Scan<'a>> {
        let recover = self.means.tolerance == Tolerance::Recover;
        Ok(Scan {
            bits: Bits::after_restarts(self.source, start.at, start.restarts)?,
            parts: parts(self.head, self.geometry, self.tables, window)?,
            intervals: Intervals::from(start.mcus, self.tables.interval, recover),
            columns: self.geometry.columns,
        })
    }
}

/// The components in the order of the scan.
fn parts<'a>(
    head: &Head,
    geometry: &Geometry,
    tables: &'a Tables,
    window: &Window,
) -> Result<Vec<Part<'a>>> {
    let (parts, _) = header::read(head, head.first_scan.get(4..).unwrap_or_default())?;
    let part = |part: &header::Part| {
        let component = head.frame.components.get(part.component);
        let size = geometry.parts.get(part.component);
        let (Some(component), Some(size)) = (component, size) else {
            return Err(Error::damaged("a scan has no such component"));
        };
        let shape = Shape {
            component: part.component,
            across: size.across,
            down: size.down,
            wanted: window.wants(part.component),
            rows: [0; MOST_DOWN],
        };
        let (dc, ac) = (tables.dc(part.dc)?, tables.ac(part.ac)?);
        Ok(Part { shape, dc, ac, steps: tables.steps(component.table)?, previous: 0 })
    };
    parts.iter().map(part).collect()
}

impl Scan<'_> {
    /// Notes where in the window the blocks of a row of MCUs go.
    pub fn find_rows(&mut self, row: usize, window: &Window) {
        self.parts.iter_mut().for_each(|part| part.shape.find_rows(row, window));
    }

    /// Decodes a row of MCUs from a column on, gray before it; after damage to it that ends the reading, the rest of it is
    /// gray.
    pub fn row(&mut self, mut column: usize, window: &mut Window) -> Result<()> {
        self.gray(0..column, window);
        while column < self.columns {
            let outcome = self.some(&mut column, window);
            if outcome.is_err() {
                self.gray(column..self.columns, window);
                return outcome;
            }
        }
        Ok(())
    }

    /// MCUs of a row from `column` on, up to the next restart marker at the most.
    fn some(&mut self, column: &mut usize, window: &mut Window) -> Result<()> {
        let (next, count) = self.intervals.next(self.columns - *column, &mut self.bits)?;
        let end = *column + count;
        if next == Next::Restart {
            self.parts.iter_mut().for_each(|part| part.previous = 0);
        }
        let outcome = match next {
            Next::Skip => Ok(()),
            _ => simd::mcus(&mut self.bits, column, end, &mut self.parts, window),
        };
        // What is left of them is lost.
        window.clear();
        self.gray(*column..end, window);
        *column = end;
        outcome.or_else(|error| self.intervals.fail(error, &mut self.bits))
    }

    /// Passes over a row of MCUs. Damage is not borne.
    pub fn pass_row(&mut self) -> Result<()> {
        let mut column = 0;
        while column < self.columns {
            let (next, count) = self.intervals.next(self.columns - column, &mut self.bits)?;
            if next == Next::Restart {
                self.parts.iter_mut().for_each(|part| part.previous = 0);
            }
            for _ in 0..count {
                self.pass_mcu()?;
            }
            column += count;
        }
        Ok(())
    }

    #[inline(always)]
    fn pass_mcu(&mut self) -> Result<()> {
        for part in &mut self.parts {
            for _ in 0..part.shape.across * part.shape.down {
                self.bits.with(|reader| part.pass(reader))?;
            }
        }
        Ok(())
    }

    /// Leaves MCUs gray.
    fn gray(&self, columns: std::ops::Range<usize>, window: &mut Window) {
        for column in columns {
            window.settle();
            for part in self.parts.iter().filter(|part| part.shape.wanted) {
                part.shape.each(column, |place, x| window.take(place, x, false));
            }
        }
    }

    /// The end of the image. Later scans are passed over, as libjpeg does.
    pub fn finish(mut self) -> Result<()> {
        if let Some(damage) = self.intervals.damage.take() {
            return Err(damage);
        }
        loop {
            match self.bits.next_marker()? {
                markers::EOI => return Ok(()),
                marker if markers::is_alone(marker) => {}
                _ => drop(self.bits.segment()?),
            }
        }
    }
}

/// Decodes MCUs of a row from `column` to `end`; where it fails `column` is the one that is damaged.
#[inline(always)]
pub fn mcus(
    bits: &mut Bits,
    column: &mut usize,
    end: usize,
    parts: &mut [Part<'_>],
    window: &mut Window,
) -> Result<()> {
    for at in *column..end {
        *column = at;
        mcu(bits, at, parts, window)?;
    }
    *column = end;
    Ok(())
}

#[inline(always)]
fn mcu(bits: &mut Bits, column: usize, parts: &mut [Part<'_>], window: &mut Window) -> Result<()> {
    for part in parts {
        for down in 0..part.shape.down {
            for x in column * part.shape.across..(column + 1) * part.shape.across {
                let block = window.block();
                // Not by a closure, which would not always become part of this.
                let mut reader = bits.reader()?;
                let outcome = part.block(&mut reader, block);
                let rest = reader.rest();
                bits.go_to(rest)?;
                let has_ac = outcome?;
                if part.shape.wanted {
                    window.take(part.shape.row(down), x, has_ac);
                } else {
                    window.clear();
                }
            }
        }
    }
    Ok(())
}

impl Part<'_> {
    #[inline(always)]
    fn block(&mut self, reader: &mut Reader<'_>, block: &mut [i16; 64]) -> Result<bool> {
        self.previous = self.previous.wrapping_add(blocks::difference(reader, self.dc)?);
        block[0] = (self.previous as i16).wrapping_mul(self.steps[0] as i16);
        blocks::sequential(reader, self.ac, self.steps, block)
    }

    #[inline(always)]
    fn pass(&mut self, reader: &mut Reader<'_>) -> Result<()> {
        self.previous = self.previous.wrapping_add(blocks::difference(reader, self.dc)?);
        self.ac.passing().block(reader, self.ac)
    }
}

impl Shape {
    /// Notes where the blocks of a row of MCUs go.
    pub fn find_rows(&mut self, row: usize, window: &Window) {
        for (place, down) in self.rows.iter_mut().zip(0..self.down) {
            *place = window.row_of_blocks(self.component, row * self.down + down);
        }
    }

    /// Where a row of blocks of the MCUs begins.
    #[inline(always)]
    fn row(&self, down: usize) -> Place {
        (self.component, self.rows[down % MOST_DOWN], 0)
    }

    /// Tells the places of the blocks of an MCU, in the order of decoding.
    #[inline(always)]
    pub fn each(&self, column: usize, mut take: impl FnMut(Place, usize)) {
        for down in 0..self.down {
            (column * self.across..(column + 1) * self.across)
                .for_each(|x| take(self.row(down), x));
        }
    }
}
