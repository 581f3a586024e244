//! Pixels of 16 bits, 5 for each sample, or 6 for G: in whole numbers of 32 bits, of which vectors have many.

use super::rows::{div_255, map};

/// Pixels whose alpha is looked at before they are mixed.
const CHUNK: usize = 256;

/// Pixels with so many bits of G, to and from pixels of four bytes, in which B or R comes first.
pub struct Short<const GREEN: u32, const BLUE_FIRST: bool>;

impl<const GREEN: u32, const BLUE_FIRST: bool> Short<GREEN, BLUE_FIRST> {
    /// The most that a sample of five bits can be, and one of G.
    const MOST: [u32; 3] = [31, (1 << GREEN) - 1, 31];
    /// How far up R, G and B are in a pixel of two bytes, and in one of four.
    const SHORT: [u32; 3] = [5 + GREEN, 5, 0];
    const LONG: [u32; 3] = if BLUE_FIRST { [16, 8, 0] } else { [0, 8, 16] };

    /// As opaque pixels of four bytes.
    #[inline(always)]
    pub fn unpack(from: &[u8], to: &mut [u8]) {
        map::<2, 4>(from, to, |pixel| {
            let pixel = u32::from(u16::from_le_bytes(pixel));
            let of = |at: usize| {
                let sample = pixel >> Self::SHORT[at] & Self::MOST[at];
                // `(255 * sample + most / 2) / most`.
                let full = if Self::MOST[at] == 31 { sample * 527 + 23 } else { sample * 259 + 33 };
                (full >> 6) << Self::LONG[at]
            };
            (0xff00_0000 | of(0) | of(1) | of(2)).to_le_bytes()
        });
    }

    /// Of pixels of four bytes, on a background of R, G and B.
    #[inline(always)]
    pub fn pack(from: &[u8], to: &mut [u8], background: [u8; 3]) {
        let parts = from.chunks(4 * CHUNK).zip(to.chunks_mut(2 * CHUNK));
        for (from, to) in parts {
            let alpha = from.as_chunks::<4>().0.iter().fold(255, |all, pixel| all & pixel[3]);
            match alpha {
                255 => Self::pack_as::<true>(from, to, background),
                _ => Self::pack_as::<false>(from, to, background),
            }
        }
    }

    /// The same of pixels that are all opaque, or may be otherwise.
    #[inline(always)]
    fn pack_as<const OPAQUE: bool>(from: &[u8], to: &mut [u8], background: [u8; 3]) {
        let background = background.map(u32::from);
        map::<4, 2>(from, to, |pixel| {
            let pixel = u32::from_le_bytes(pixel);
            let alpha = pixel >> 24;
            let of = |at: usize| {
                let sample = pixel >> Self::LONG[at] & 255;
                let mixed = if OPAQUE {
                    sample
                } else {
                    div_255(sample * alpha + background[at] * (255 - alpha) + 127)
                };
                div_255(mixed * Self::MOST[at] + 127) << Self::SHORT[at]
            };
            ((of(0) | of(1) | of(2)) as u16).to_le_bytes()
        });
    }
}

#[cfg(test)]
mod tests {
    use super::super::Converter;
    use super::super::rows::general;
    use crate::pixel::PixelFormat as F;

    #[test]
    fn all_pixels_are_what_the_general_path_makes_of_them() {
        let short: Vec<u8> = (0..=u16::MAX).flat_map(u16::to_le_bytes).collect();
        // Every sample with every alpha.
        let long: Vec<u8> = (0..1u32 << 16)
            .flat_map(|at| [at as u8, !(at as u8), (at * 7) as u8, (at >> 8) as u8])
            .collect();
        for few in [F::Rgb565, F::Rgb555] {
            for many in [F::Argb8888, F::Abgr8888] {
                for (from, to, row) in [(few, many, &short), (many, few, &long)] {
                    let mut made = vec![0; (1 << 16) * to.bits_per_pixel() / 8];
                    let mut wanted = made.clone();
                    let converter = Converter::new(from, to, [1, 99, 200]);
                    converter.row(row, &mut made, 1 << 16);
                    general(&converter, row, &mut wanted, 1 << 16);
                    assert!(made == wanted, "{from:?} -> {to:?}");
                }
            }
        }
    }
}
