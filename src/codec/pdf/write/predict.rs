//! PNG's row filters, which turn rows into differences that compress better (ISO/IEC 15948, 9).

use crate::codec::streams::filters::{PAETH, SUB, UP, paeth};
use crate::error::Result;
use crate::memory;

/// Filters rows one after the other.
pub struct Predictor {
    /// The row above.
    above: Vec<u8>,
    /// The filtered row with the number of its filter in front, and one that competes with it.
    best: Vec<u8>,
    other: Vec<u8>,
    pixel: usize,
    enabled: bool,
}

const NONE: u8 = 0;

impl Predictor {
    /// For rows of `row_len` bytes with `pixel` bytes to a pixel. A disabled one leaves rows as they are.
    pub fn new(row_len: usize, pixel: usize, enabled: bool) -> Result<Self> {
        let line = || memory::zeroed(row_len.saturating_add(1), "a row of the PDF image");
        Ok(Self { above: line()?, best: line()?, other: line()?, pixel, enabled })
    }

    /// The filtered row, beginning with the number of its filter: of those tried the one with the least differences.
    pub fn filter(&mut self, row: &[u8]) -> &[u8] {
        filter_as(NONE, row, &self.above, self.pixel, &mut self.best);
        if self.enabled {
            let mut least = cost(&self.best);
            for filter in [SUB, UP, PAETH] {
                filter_as(filter, row, &self.above, self.pixel, &mut self.other);
                let sum = cost(&self.other);
                if sum < least {
                    least = sum;
                    std::mem::swap(&mut self.best, &mut self.other);
                }
            }
            self.above.iter_mut().zip(row).for_each(|(above, byte)| *above = *byte);
        }
        &self.best
    }
}

fn filter_as(filter: u8, row: &[u8], above: &[u8], pixel: usize, out: &mut [u8]) {
    let Some((number, out)) = out.split_first_mut() else { return };
    *number = filter;
    let (first, rest) = out.split_at_mut(pixel.min(out.len()));
    // Left of the first pixel all is zero: there SUB is NONE, and PAETH is UP.
    for ((out, byte), above) in first.iter_mut().zip(row).zip(above) {
        *out = if filter == UP || filter == PAETH { byte.wrapping_sub(*above) } else { *byte };
    }
    let bytes = row.iter().skip(pixel).zip(row);
    let aboves = above.iter().skip(pixel).zip(above);
    for ((out, (byte, left)), (above, corner)) in rest.iter_mut().zip(bytes).zip(aboves) {
        let guess = match filter {
            SUB => *left,
            UP => *above,
            PAETH => paeth(*left, *above, *corner),
            _ => 0,
        };
        *out = byte.wrapping_sub(guess);
    }
}

/// The sum of the differences, taken as signed.
fn cost(line: &[u8]) -> u64 {
    let row = line.get(1..).unwrap_or_default();
    row.chunks(1 << 16)
        .map(|part| {
            let sum: u32 =
                part.iter().map(|byte| u32::from(byte.cast_signed().unsigned_abs())).sum();
            u64::from(sum)
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn undo(lines: &[Vec<u8>], row_len: usize, pixel: usize) -> Vec<u8> {
        let mut out: Vec<u8> = Vec::new();
        let mut above = vec![0; row_len];
        for line in lines {
            let mut row = vec![0u8; row_len];
            for x in 0..row_len {
                let left = if x < pixel { 0 } else { row[x - pixel] };
                let corner = if x < pixel { 0 } else { above[x - pixel] };
                let guess = match line[0] {
                    SUB => left,
                    UP => above[x],
                    PAETH => paeth(left, above[x], corner),
                    _ => 0,
                };
                row[x] = line[x + 1].wrapping_add(guess);
            }
            out.extend(&row);
            above = row;
        }
        out
    }

    #[test]
    fn filtered_rows_come_back_whatever_filter_is_chosen() {
        for pixel in [1, 2, 3, 4, 6] {
            let row_len = pixel * 17;
            let row = |y: usize| -> Vec<u8> {
                (0..row_len)
                    .map(|x| (x * 7 + y * 31 + (x * y * y) % 5 * 40 * (y & 1)) as u8)
                    .collect()
            };
            let mut predictor = Predictor::new(row_len, pixel, true).unwrap();
            let lines: Vec<_> = (0..9).map(|y| predictor.filter(&row(y)).to_vec()).collect();
            assert_eq!(undo(&lines, row_len, pixel), (0..9).flat_map(row).collect::<Vec<_>>());
            assert!(lines.iter().any(|line| line[0] != NONE));
        }
    }

    #[test]
    fn a_row_shorter_than_a_pixel_does_not_panic() {
        assert_eq!(Predictor::new(1, 3, true).unwrap().filter(&[5]), [0, 5]);
    }
}
