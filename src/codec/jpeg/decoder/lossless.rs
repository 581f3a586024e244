//! Lossless scans (T.81, annex H): each sample is predicted from those beside and above.

use super::bits::Reader;
use super::blocks::Band;
use super::codes::Dc;
use super::coefficients::{Plane, Planes, Scans};
use super::header::Part;
use crate::error::{Error, Result};
use crate::limits::Budget;

/// Decodes a scan into samples.
pub fn scan(
    scans: &mut Scans<'_>,
    parts: &[Part],
    band: Band,
    planes: &mut Planes,
    budget: &Budget,
) -> Result<()> {
    if (planes.geometry.across, planes.geometry.down) != (1, 1) {
        return Err(Error::unsupported(
            "lossless coding of subsampled components is not supported",
        ));
    }
    let (predictor, shift) = (band.first, band.low);
    let bits = u32::from(scans.bits_of_sample());
    if !(1..=7).contains(&predictor) || shift >= bits {
        return Err(Error::damaged("a lossless scan has no predictor"));
    }
    let start = 1i32 << (bits - shift - 1);
    let Some((width, height)) =
        planes.planes.first().map(|plane| (plane.part.width, plane.part.height))
    else {
        return Ok(());
    };
    let mut left = scans.tables.interval;
    // Where prediction last started over.
    let mut fresh_row = 0;
    let mut fresh = true;
    for y in 0..height {
        budget.check()?;
        for x in 0..width {
            if scans.tables.interval > 0 && left == 0 {
                scans.bits.restart()?;
                left = scans.tables.interval;
                fresh_row = y;
                fresh = true;
            }
            left = left.wrapping_sub(1);
            for part in parts {
                let codes = scans.tables.dc(part.dc)?;
                let difference = scans.bits.with(|reader| difference(reader, codes))?;
                let plane = planes.planes.get_mut(part.component);
                let plane = plane.ok_or_else(|| Error::damaged("a scan has no such component"))?;
                let predicted =
                    if fresh { start } else { predict(plane, x, y, predictor, shift, fresh_row) };
                let sample = predicted.wrapping_add(difference) as u16;
                plane.set(x, y, sample << shift);
            }
            fresh = false;
            scans.note_rows(parts, y + 1);
        }
    }
    Ok(())
}

fn difference(reader: &mut Reader<'_>, codes: &Dc) -> Result<i32> {
    reader.refill();
    match codes.symbol(reader)? {
        16 => Ok(32_768),
        len @ 0..=15 => Ok(reader.signed(len.into())),
        _ => Err(Error::damaged("a difference has more than 16 bits")),
    }
}

/// The prediction of H.1.2.1, in samples without the bits that were shifted out.
fn predict(
    plane: &Plane,
    x: usize,
    y: usize,
    predictor: usize,
    shift: u32,
    fresh_row: usize,
) -> i32 {
    let at = |x: usize, y: usize| i32::from(plane.at(x, y) >> shift);
    if y == fresh_row {
        return if x > 0 { at(x - 1, y) } else { at(x, y.saturating_sub(1)) };
    }
    if x == 0 {
        return at(x, y - 1);
    }
    let (a, b, c) = (at(x - 1, y), at(x, y - 1), at(x - 1, y - 1));
    match predictor {
        1 => a,
        2 => b,
        3 => c,
        4 => a + b - c,
        5 => a + ((b - c) >> 1),
        6 => b + ((a - c) >> 1),
        _ => (a + b) >> 1,
    }
}
