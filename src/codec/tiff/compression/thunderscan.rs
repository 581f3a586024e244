//! ThunderScan, a code for 4-bit gray of early Macintosh scanners: runs, and differences to the pixel before.

use super::Shape;
use crate::error::{Error, Result};
use crate::limits::Budget;
use crate::memory::Scratch;

/// All rows of a chunk, two pixels a byte. Rows follow each other in one stream, each starting from 0.
pub fn decode(raw: &[u8], shape: Shape, budget: &Budget) -> Result<(Scratch, Option<Error>)> {
    let row_len = (shape.width as usize).div_ceil(2);
    let rows = shape.rows as usize;
    // A byte stands for 63 pixels at the most.
    let pixels = u64::from(shape.width) * u64::from(shape.rows);
    if pixels > raw.len() as u64 * 63 {
        return Err(Error::damaged(format!("has {} bytes for {rows} rows", raw.len())));
    }
    let mut out = Scratch::new(row_len.saturating_mul(rows), "a strip", budget)?;
    let mut codes = raw.iter();
    for (y, row) in out.chunks_exact_mut(row_len.max(1)).enumerate() {
        let mut line = Row { to: row, width: shape.width as usize, x: 0, last: 0 };
        while line.x < line.width {
            let Some(code) = codes.next() else {
                let error = Error::damaged(format!("ends after {y} of {rows} rows"));
                return if shape.strict { Err(error) } else { Ok((out, Some(error))) };
            };
            line.code(*code);
        }
    }
    Ok((out, None))
}

struct Row<'a> {
    to: &'a mut [u8],
    width: usize,
    x: usize,
    last: u8,
}

impl Row<'_> {
    fn code(&mut self, code: u8) {
        let low = code & 0x3f;
        match code >> 6 {
            0 => (0..low).for_each(|_| self.push(self.last)),
            // Three differences of two bits; 2 stands for none.
            1 => {
                for shift in [4, 2, 0] {
                    match low >> shift & 3 {
                        2 => {}
                        delta => self
                            .push(self.last.wrapping_add([0, 1, 0, 255][usize::from(delta & 3)])),
                    }
                }
            }
            // Two differences of three bits; 4 stands for none.
            2 => {
                for shift in [3, 0] {
                    match low >> shift & 7 {
                        4 => {}
                        delta @ 0..4 => self.push(self.last.wrapping_add(delta)),
                        delta => self.push(self.last.wrapping_add(delta | 0xf8)),
                    }
                }
            }
            _ => self.push(low),
        }
    }

    fn push(&mut self, value: u8) {
        self.last = value & 15;
        if self.x < self.width
            && let Some(byte) = self.to.get_mut(self.x / 2)
        {
            *byte |= if self.x.is_multiple_of(2) { self.last << 4 } else { self.last };
        }
        self.x += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;

    #[test]
    fn runs_differences_and_plain_values_are_read() {
        let budget = Budget::new(Limits::default(), None);
        let shape = Shape { width: 6, rows: 1, max_rows: 1, samples: 1, plane: 0, strict: true };
        // 5; then +1, none, -1; then +2, -1; then a run of one.
        let raw = [0xc5, 0b0101_1011, 0b1001_0111, 1];
        let (bytes, _) = decode(&raw, shape, &budget).unwrap();
        assert_eq!(*bytes, [0x56, 0x57, 0x66]);
        assert!(decode(&raw[..2], shape, &budget).is_err());
    }
}
