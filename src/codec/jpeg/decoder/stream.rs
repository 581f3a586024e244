//! Images whose one scan holds all components, as nearly all do: from bits to pixels, a row of MCUs at a time.

use super::super::{markers, scan::Head};
use super::bits::{Bits, Reader};
use super::blocks::{self, Steps};
use super::codes::Codes;
use super::geometry::Geometry;
use super::header;
use super::intervals::{Intervals, Next};
use super::tables::Tables;
use super::window::Window;
use crate::error::{Error, Result};
use crate::options::Tolerance;
use crate::pixel::Canvas;
use crate::source::Source;

/// What is known of one component before its blocks.
struct Part<'a> {
    component: usize,
    dc: &'a Codes,
    ac: &'a Codes,
    steps: &'a Steps,
    across: usize,
    down: usize,
    /// Whether its samples are looked at.
    wanted: bool,
    /// Where the rows of blocks begin that are decoded now.
    rows: [usize; MOST_DOWN],
    /// DC of the block before.
    previous: i32,
}

/// The largest sampling factor.
const MOST_DOWN: usize = 4;

/// Decodes the scan, and looks for the end of the image. On damage, the rows before it are in the canvas, and the row of
/// MCUs that it is in, gray from there on; with [`Tolerance::Recover`] also what follows restart markers after it.
pub fn decode(
    source: &Source,
    head: &Head,
    geometry: &Geometry,
    tolerance: Tolerance,
    canvas: &mut Canvas<'_>,
) -> Result<()> {
    let tables = Tables::new(head)?;
    let mut bits = Bits::new(source, head.data)?;
    let mut window = Window::new(geometry, head.colour()?, canvas)?;
    let (parts, _) = header::read(head, head.first_scan.get(4..).unwrap_or_default())?;
    let part = |part: &header::Part| {
        let component = head.frame.components.get(part.component);
        let size = geometry.parts.get(part.component);
        let (Some(component), Some(size)) = (component, size) else {
            return Err(Error::damaged("a scan has no such component"));
        };
        Ok(Part {
            component: part.component,
            dc: tables.dc(part.dc)?,
            ac: tables.ac(part.ac)?,
            steps: tables.steps(component.table)?,
            across: size.across,
            down: size.down,
            wanted: window.wants(part.component),
            rows: [0; MOST_DOWN],
            previous: 0,
        })
    };
    let mut parts = parts.iter().map(part).collect::<Result<Vec<_>>>()?;
    let mut intervals = Intervals::new(tables.interval, tolerance == Tolerance::Recover);
    for row in 0..geometry.rows {
        for part in &mut parts {
            part.find_rows(row, &window);
        }
        let mut column = 0;
        while column < geometry.columns {
            let outcome = intervals.next(geometry.columns - column, &mut bits);
            let outcome = outcome.and_then(|(next, count)| {
                let end = column + count;
                if next == Next::Restart {
                    parts.iter_mut().for_each(|part| part.previous = 0);
                }
                let outcome = match next {
                    Next::Skip => Ok(()),
                    _ => mcus(&mut bits, &mut column, end, &mut parts, &mut window),
                };
                // What is left of them is lost.
                window.clear();
                (column..end).for_each(|column| gray(column, &parts, &mut window));
                column = end;
                outcome.or_else(|error| intervals.fail(error, &mut bits))
            });
            if let Err(error) = outcome {
                (column..geometry.columns).for_each(|column| gray(column, &parts, &mut window));
                window.put(row + 1, true, canvas)?;
                return Err(error);
            }
        }
        window.put(row + 1, row + 1 == geometry.rows, canvas)?;
    }
    intervals.damage.map_or_else(|| end(&mut bits), Err)
}

/// Later scans are passed over, as libjpeg does.
fn end(bits: &mut Bits) -> Result<()> {
    loop {
        match bits.next_marker()? {
            markers::EOI => return Ok(()),
            marker if markers::is_alone(marker) => {}
            _ => drop(bits.segment()?),
        }
    }
}

/// Decodes MCUs of a row from `column` to `end`; where it fails `column` is the one that is damaged.
fn mcus(
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
        for down in 0..part.down {
            for x in column * part.across..(column + 1) * part.across {
                let block = window.block();
                let has_ac = bits.with(|reader| part.block(reader, block))?;
                if part.wanted {
                    window.take(part.row(down), x, has_ac);
                } else {
                    window.clear();
                }
            }
        }
    }
    Ok(())
}

impl Part<'_> {
    fn find_rows(&mut self, row: usize, window: &Window) {
        for (place, down) in self.rows.iter_mut().zip(0..self.down) {
            *place = window.row_of_blocks(self.component, row * self.down + down);
        }
    }

    /// Where a row of blocks of the MCUs begins.
    #[inline(always)]
    fn row(&self, down: usize) -> (usize, usize) {
        (self.component, self.rows[down % MOST_DOWN])
    }

    #[inline(always)]
    fn block(&mut self, reader: &mut Reader<'_>, block: &mut [i16; 64]) -> Result<bool> {
        self.previous = self.previous.wrapping_add(blocks::difference(reader, self.dc)?);
        block[0] = (self.previous as i16).wrapping_mul(self.steps[0] as i16);
        blocks::sequential(reader, self.ac, self.steps, block)
    }
}

/// Leaves an MCU gray.
#[cold]
fn gray(column: usize, parts: &[Part<'_>], window: &mut Window) {
    for part in parts.iter().filter(|part| part.wanted) {
        for down in 0..part.down {
            for x in column * part.across..(column + 1) * part.across {
                window.take(part.row(down), x, false);
            }
        }
    }
}
