//! Logarithms of luminance, with or without chromaticity, as Greg Ward's TIFF encodings have them: runs of bytes, for each
//! row first those of the highest bytes of its numbers, last those of the lowest.

use super::Shape;
use crate::error::{Error, Result};
use crate::limits::Budget;
use crate::memory::Scratch;

/// All rows of a chunk as little-endian numbers: 16 bits of luminance where there is one sample, else 32 bits, the
/// luminance above, then u and v of 8 bits each.
pub fn decode(raw: &[u8], shape: Shape, budget: &Budget) -> Result<(Scratch, Option<Error>)> {
    let bytes = if shape.samples == 1 { 2 } else { 4 };
    let (width, rows) = (shape.width as usize, shape.rows as usize);
    let len = width.saturating_mul(rows).saturating_mul(bytes);
    // Two bytes stand for 129 at the most.
    if len > raw.len().saturating_mul(65) {
        return Err(Error::damaged(format!("has {} bytes for {rows} rows", raw.len())));
    }
    let mut out = Scratch::new(len, "a strip", budget)?;
    let mut from = raw;
    for (y, row) in out.chunks_exact_mut((width * bytes).max(1)).enumerate() {
        for plane in (0..bytes).rev() {
            let mut places = row.iter_mut().skip(plane).step_by(bytes);
            if fill(&mut from, &mut places).is_none() {
                let error = Error::damaged(format!("ends after {y} of {rows} rows"));
                if shape.strict {
                    return Err(error);
                }
                row.fill(0);
                return Ok((out, Some(error)));
            }
        }
    }
    Ok((out, None))
}

/// Fills all places; `None` where the data ends before.
fn fill(from: &mut &[u8], places: &mut dyn ExactSizeIterator<Item = &mut u8>) -> Option<()> {
    while places.len() > 0 {
        let (count, rest) = from.split_first()?;
        let count = usize::from(*count);
        let (values, rest) = match count.checked_sub(126) {
            // From 128 on it is a run of two and more.
            Some(run @ 2..) => {
                let (value, rest) = rest.split_first()?;
                places.take(run).for_each(|place| *place = *value);
                (&[][..], rest)
            }
            _ => rest.split_at_checked(count.min(places.len()))?,
        };
        values.iter().zip(&mut *places).for_each(|(value, place)| *place = *value);
        *from = rest;
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;

    #[test]
    fn runs_and_bytes_of_both_planes_are_put_together() {
        let budget = Budget::new(Limits::default(), None);
        let shape = Shape { width: 5, rows: 2, max_rows: 2, samples: 1, plane: 0, strict: true };
        // Five times 1; then 2, 3 and three times 4. The second row is one run in each plane.
        let raw = [131, 1, 2, 2, 3, 129, 4, 131, 9, 131, 8];
        let (rows, _) = decode(&raw, shape, &budget).unwrap();
        assert_eq!(rows[..10], [2, 1, 3, 1, 4, 1, 4, 1, 4, 1]);
        assert_eq!(rows[10..], [8, 9, 8, 9, 8, 9, 8, 9, 8, 9]);
        assert!(decode(&raw[..8], shape, &budget).is_err());
        let recover = Shape { strict: false, ..shape };
        let (rows, damage) = decode(&raw[..8], recover, &budget).unwrap();
        assert!(damage.is_some() && rows[..10] == [2, 1, 3, 1, 4, 1, 4, 1, 4, 1]);
        assert!(decode(&[], Shape { width: 60_000, ..shape }, &budget).is_err());
    }
}
