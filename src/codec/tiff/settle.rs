//! What is left to do to rows that were decompressed to where they stay.

use crate::image::WHITE;
use crate::pixel::{Converter, PixelFormat as F};

/// Bytes that are changed at a time: whole pixels, and vectors of them.
const PART: usize = 3 << 10;

/// A change in place.
#[derive(Clone, Copy, Debug)]
pub enum Settle {
    Nothing,
    /// R and B change places.
    Swap(Converter),
    /// Bits after the last pixel become 0; the others are inverted or not.
    Bits {
        /// Pixels in the last byte.
        used: u32,
        inverted: bool,
    },
}

impl Settle {
    /// The change from one format to another; `None` where it takes more than that.
    pub fn between(from: F, to: F, width: u32) -> Option<Self> {
        let is_bits = |format| matches!(format, F::Binary | F::BinaryInverted);
        Some(match (from, to) {
            _ if is_bits(from) && is_bits(to) => {
                Self::Bits { used: width.wrapping_sub(1) % 8 + 1, inverted: from != to }
            }
            _ if from == to => Self::Nothing,
            (F::Bgr888, F::Rgb888) | (F::Abgr8888, F::Argb8888) => {
                Self::Swap(Converter::new(from, to, WHITE))
            }
            _ => return None,
        })
    }

    /// Makes a row of a line.
    pub fn copy(self, line: &[u8], row: &mut [u8]) {
        if let Self::Swap(converter) = self {
            return swap(&converter, line, row);
        }
        row.iter_mut().zip(line).for_each(|(to, from)| *to = *from);
        self.apply(row);
    }

    /// Changes a row.
    pub fn apply(self, row: &mut [u8]) {
        match self {
            Self::Nothing => {}
            Self::Swap(converter) => {
                let mut held = [0; PART];
                for part in row.chunks_mut(PART) {
                    let held = held.get_mut(..part.len()).unwrap_or_default();
                    held.copy_from_slice(part);
                    swap(&converter, held, part);
                }
            }
            Self::Bits { used, inverted } => {
                if inverted {
                    row.iter_mut().for_each(|byte| *byte = !*byte);
                }
                if let Some(last) = row.last_mut() {
                    *last &= (0xff00u32 >> used) as u8;
                }
            }
        }
    }
}

fn swap(converter: &Converter, from: &[u8], to: &mut [u8]) {
    converter.row(from, to, from.len() / (converter.target().bits_per_pixel() / 8));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_become_what_a_conversion_makes_of_them() {
        for from in F::ALL {
            for to in F::ALL {
                for width in [1, 7, 8, 9, 33, 1023, 1025, 2050] {
                    let Some(settle) = Settle::between(from, to, width) else { continue };
                    if from.is_planar() {
                        continue;
                    }
                    let len = from.min_stride(width) as usize;
                    let row: Vec<u8> = (0..len).map(|at| (at * 37 + 200) as u8).collect();
                    let mut wanted = vec![0; len];
                    Converter::new(from, to, [255; 3]).row(&row, &mut wanted, width as usize);
                    let (mut settled, mut copied) = (row.clone(), vec![7; len]);
                    settle.copy(&row, &mut copied);
                    assert_eq!(copied, wanted, "{from:?} as {to:?}, {width}");
                    settle.apply(&mut settled);
                    assert_eq!(settled, wanted, "{from:?} as {to:?}, {width}");
                }
            }
        }
    }
}
