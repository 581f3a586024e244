//! What is left to do to rows that were decompressed to where they stay.

use crate::pixel::PixelFormat as F;

/// A change in place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settle {
    Nothing,
    /// R and B change places in pixels of 3 bytes.
    Swap3,
    /// R and B change places in pixels of 4 bytes.
    Swap4,
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
            (F::Bgr888, F::Rgb888) => Self::Swap3,
            (F::Abgr8888, F::Argb8888) => Self::Swap4,
            _ => return None,
        })
    }

    /// Changes a row.
    pub fn apply(self, row: &mut [u8]) {
        match self {
            Self::Nothing => {}
            Self::Swap3 => row.as_chunks_mut::<3>().0.iter_mut().for_each(|pixel| pixel.swap(0, 2)),
            Self::Swap4 => row.as_chunks_mut::<4>().0.iter_mut().for_each(|pixel| pixel.swap(0, 2)),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pixel::Converter;

    #[test]
    fn rows_become_what_a_conversion_makes_of_them() {
        for from in F::ALL {
            for to in F::ALL {
                for width in [1, 7, 8, 9, 33] {
                    let Some(settle) = Settle::between(from, to, width) else { continue };
                    if from.is_planar() {
                        continue;
                    }
                    let len = from.min_stride(width) as usize;
                    let row: Vec<u8> = (0..len).map(|at| (at * 37 + 200) as u8).collect();
                    let mut wanted = vec![0; len];
                    Converter::new(from, to, [255; 3]).row(&row, &mut wanted, width as usize);
                    let mut settled = row;
                    settle.apply(&mut settled);
                    assert_eq!(settled, wanted, "{from:?} as {to:?}, {width}");
                }
            }
        }
    }
}
