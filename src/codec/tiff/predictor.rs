//! Undoing and making the differences that a predictor left of a row (TIFF 6.0, section 14; Technical Note 3).

use crate::error::{Error, Result};

/// What was done to rows before they were compressed.
#[derive(Clone, Copy, Debug)]
pub enum Predictor {
    None,
    /// Each sample less the one of the pixel before.
    Horizontal {
        bytes: usize,
        samples: usize,
        big_endian: bool,
    },
    /// Bytes of floats, sorted by significance, each less the one of the pixel before.
    Float {
        bytes: usize,
        samples: usize,
        big_endian: bool,
    },
}

impl Predictor {
    /// The predictor of rows of `samples` samples a pixel.
    pub fn new(number: u16, bits: u32, samples: usize, big_endian: bool) -> Result<Self> {
        let bytes = bits as usize / 8;
        match (number, bits) {
            (0 | 1, _) => Ok(Self::None),
            (2, 8 | 16 | 32 | 64) => Ok(Self::Horizontal { bytes, samples, big_endian }),
            (3, 16 | 24 | 32 | 64) => Ok(Self::Float { bytes, samples, big_endian }),
            _ => Err(Error::unsupported(format!(
                "predictor {number} with {bits} bits per sample is not supported"
            ))),
        }
    }

    /// Turns differences back into samples. `work` is as long as the row.
    pub fn undo(self, row: &mut [u8], work: &mut [u8]) {
        match self {
            Self::None => {}
            Self::Horizontal { bytes: 1, samples, .. } => accumulate(row, samples),
            Self::Horizontal { bytes, samples, big_endian } => match (bytes, big_endian) {
                (2, false) => wide(row, samples, |a: [u8; 2], b| {
                    add16(a, b, u16::from_le_bytes, u16::to_le_bytes)
                }),
                (2, true) => wide(row, samples, |a: [u8; 2], b| {
                    add16(a, b, u16::from_be_bytes, u16::to_be_bytes)
                }),
                (4, false) => wide(row, samples, |a, b| {
                    u32::from_le_bytes(a).wrapping_add(u32::from_le_bytes(b)).to_le_bytes()
                }),
                (4, true) => wide(row, samples, |a, b| {
                    u32::from_be_bytes(a).wrapping_add(u32::from_be_bytes(b)).to_be_bytes()
                }),
                (_, false) => wide(row, samples, |a, b| {
                    u64::from_le_bytes(a).wrapping_add(u64::from_le_bytes(b)).to_le_bytes()
                }),
                (_, true) => wide(row, samples, |a, b| {
                    u64::from_be_bytes(a).wrapping_add(u64::from_be_bytes(b)).to_be_bytes()
                }),
            },
            Self::Float { bytes, samples, big_endian } => {
                accumulate(row, samples);
                let work = work.get_mut(..row.len()).unwrap_or_default();
                work.iter_mut().zip(row.iter()).for_each(|(to, from)| *to = *from);
                let count = row.len() / bytes;
                for (at, sample) in row.chunks_exact_mut(bytes).enumerate() {
                    for (byte, to) in sample.iter_mut().enumerate() {
                        let plane = if big_endian { byte } else { bytes - 1 - byte };
                        *to = work.get(plane * count + at).copied().unwrap_or(0);
                    }
                }
            }
        }
    }
}

fn add16(a: [u8; 2], b: [u8; 2], from: fn([u8; 2]) -> u16, to: fn(u16) -> [u8; 2]) -> [u8; 2] {
    to(from(a).wrapping_add(from(b)))
}

/// Adds to each byte the one `step` before.
fn accumulate(row: &mut [u8], step: usize) {
    match step {
        1 => steps::<1>(row),
        3 => steps::<3>(row),
        4 => steps::<4>(row),
        _ => {
            for at in step..row.len() {
                let before = row.get(at - step).copied().unwrap_or(0);
                if let Some(byte) = row.get_mut(at) {
                    *byte = byte.wrapping_add(before);
                }
            }
        }
    }
}

fn steps<const N: usize>(row: &mut [u8]) {
    let mut sum = [0u8; N];
    for pixel in row.as_chunks_mut::<N>().0 {
        for (sum, byte) in sum.iter_mut().zip(pixel) {
            *sum = sum.wrapping_add(*byte);
            *byte = *sum;
        }
    }
}

/// Adds to each sample of `N` bytes the one `step` samples before.
fn wide<const N: usize>(row: &mut [u8], step: usize, add: impl Fn([u8; N], [u8; N]) -> [u8; N]) {
    let (samples, _) = row.as_chunks_mut::<N>();
    for at in step..samples.len() {
        let before = samples.get(at - step).copied().unwrap_or([0; N]);
        if let Some(sample) = samples.get_mut(at) {
            *sample = add(*sample, before);
        }
    }
}

/// Makes differences of 8-bit samples, `step` a pixel.
pub fn difference_8(row: &mut [u8], step: usize) {
    for at in (step..row.len()).rev() {
        let before = row.get(at - step).copied().unwrap_or(0);
        if let Some(byte) = row.get_mut(at) {
            *byte = byte.wrapping_sub(before);
        }
    }
}

/// Makes differences of little-endian 16-bit samples, `step` a pixel.
pub fn difference_16(row: &mut [u8], step: usize) {
    let (samples, _) = row.as_chunks_mut::<2>();
    for at in (step..samples.len()).rev() {
        let before = samples.get(at - step).copied().unwrap_or([0; 2]);
        if let Some(sample) = samples.get_mut(at) {
            let value = u16::from_le_bytes(*sample).wrapping_sub(u16::from_le_bytes(before));
            *sample = value.to_le_bytes();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_are_undone() {
        let row: Vec<u8> = (0..48u32).map(|x| (x * x * 7 % 256) as u8).collect();
        for samples in 1..=5 {
            let mut eight = row.clone();
            difference_8(&mut eight, samples);
            Predictor::new(2, 8, samples, false).unwrap().undo(&mut eight, &mut []);
            assert_eq!(eight, row);
            let mut sixteen = row.clone();
            difference_16(&mut sixteen, samples);
            Predictor::new(2, 16, samples, false).unwrap().undo(&mut sixteen, &mut []);
            assert_eq!(sixteen, row);
        }
    }

    #[test]
    fn bytes_of_floats_are_put_together() {
        // 1.0 and 2.0, 32 bits: bytes by significance 3f 40 | 80 00 | 00 00 | 00 00, then differences.
        let mut row = [0x3f, 0x01, 0x40, 0x80, 0, 0, 0, 0];
        Predictor::new(3, 32, 1, false).unwrap().undo(&mut row, &mut [0; 8]);
        assert_eq!(
            row.as_chunks::<4>().0.iter().map(|b| f32::from_le_bytes(*b)).collect::<Vec<_>>(),
            [1.0, 2.0]
        );
    }
}
