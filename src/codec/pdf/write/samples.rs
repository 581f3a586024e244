//! The samples of PDF images: from the rows of a picture to big-endian ones, colour and alpha apart.

use crate::pixel::PixelFormat;

/// How the rows of a format are stored.
#[derive(Clone, Copy, Debug)]
pub struct Samples {
    format: PixelFormat,
    /// Colour samples of a pixel.
    pub colours: u8,
    /// Bits of a sample.
    pub bits: u8,
}

impl Samples {
    /// For the formats that [`super::Pdf`] stores; others are taken as R, G, B.
    pub fn of(format: PixelFormat) -> Self {
        let (colours, bits) = match format {
            PixelFormat::Binary => (1, 1),
            PixelFormat::Gray8 => (1, 8),
            PixelFormat::Gray16 => (1, 16),
            PixelFormat::Cmyk8888 => (4, 8),
            PixelFormat::Rgb161616 | PixelFormat::Abgr16161616 => (3, 16),
            _ => (3, 8),
        };
        Self { format, colours, bits }
    }

    /// Bytes of the colours of a pixel, at least one.
    pub fn pixel_len(&self) -> usize {
        (usize::from(self.colours) * usize::from(self.bits)).div_ceil(8)
    }

    /// Bytes of the alpha of a pixel; 0 without.
    pub fn alpha_len(&self) -> usize {
        if self.format.has_alpha() { usize::from(self.bits) / 8 } else { 0 }
    }

    /// The colours of `row`: itself where it is stored as it lies in memory, else made in `scratch`.
    pub fn colours<'a>(&self, row: &'a [u8], scratch: &'a mut [u8]) -> &'a [u8] {
        match self.format {
            PixelFormat::Gray16 => each::<2, 2>(row, scratch, |[a, b]| big([a, b])),
            PixelFormat::Rgb161616 => each::<6, 6>(row, scratch, |[b0, b1, g0, g1, r0, r1]| {
                let ([a, b], [c, d], [e, f]) = (big([r0, r1]), big([g0, g1]), big([b0, b1]));
                [a, b, c, d, e, f]
            }),
            PixelFormat::Abgr8888 => each::<4, 3>(row, scratch, |[r, g, b, _]| [r, g, b]),
            PixelFormat::Abgr16161616 => {
                each::<8, 6>(row, scratch, |[r0, r1, g0, g1, b0, b1, ..]| {
                    let ([a, b], [c, d], [e, f]) = (big([r0, r1]), big([g0, g1]), big([b0, b1]));
                    [a, b, c, d, e, f]
                })
            }
            _ => return row,
        }
        scratch
    }

    /// The alpha of `row`, made in `scratch`.
    pub fn alphas<'a>(&self, row: &[u8], scratch: &'a mut [u8]) -> &'a [u8] {
        match self.format {
            PixelFormat::Abgr8888 => each::<4, 1>(row, scratch, |[_, _, _, a]| [a]),
            PixelFormat::Abgr16161616 => {
                each::<8, 2>(row, scratch, |[.., a, b]| big([a, b]));
            }
            _ => {}
        }
        scratch
    }
}

/// A native sample as PDF stores it.
fn big(native: [u8; 2]) -> [u8; 2] {
    u16::from_ne_bytes(native).to_be_bytes()
}

fn each<const N: usize, const M: usize>(
    row: &[u8],
    out: &mut [u8],
    change: impl Fn([u8; N]) -> [u8; M],
) {
    for (out, pixel) in out.as_chunks_mut::<M>().0.iter_mut().zip(row.as_chunks::<N>().0) {
        *out = change(*pixel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sixteen_bit_samples_are_stored_big_endian_and_red_first() {
        let row: Vec<u8> =
            [1u16, 0x203, 0x405, 0x607].iter().flat_map(|sample| sample.to_ne_bytes()).collect();
        let mut out = [0; 6];
        let samples = Samples::of(PixelFormat::Abgr16161616);
        assert_eq!(samples.colours(&row, &mut out), [0, 1, 2, 3, 4, 5]);
        assert_eq!(samples.alphas(&row, &mut [0; 2]), [6, 7]);
        let samples = Samples::of(PixelFormat::Rgb161616);
        assert_eq!(samples.colours(&row[..6], &mut out), [4, 5, 2, 3, 0, 1]);
        let samples = Samples::of(PixelFormat::Gray16);
        assert_eq!(samples.colours(&row[2..4], &mut [0; 2]), [2, 3]);
    }
}
