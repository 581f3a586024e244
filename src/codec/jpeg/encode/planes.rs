//! A row of MCUs as planes of samples: colours converted, chroma made smaller, edges repeated.

use super::{Shape, simd};
use crate::codec::Picture;
use crate::error::Result;
use crate::limits::Budget;
use crate::memory::Scratch;
use crate::pixel::PixelFormat;

/// Samples of one component in the current row of MCUs.
pub struct Plane {
    /// Row by row.
    pub samples: Scratch,
    /// Samples of a row.
    pub stride: usize,
}

/// The planes of a picture, one row of MCUs at a time.
pub struct Planes {
    /// One for each component.
    pub planes: Vec<Plane>,
    format: PixelFormat,
    across: usize,
    down: usize,
    /// Work space for a converted row of the picture.
    row: Scratch,
    /// Chroma of one or two rows in full size.
    chroma: [Scratch; 2],
}

impl Planes {
    /// Work space for pictures of `shape`.
    pub fn new(picture: &Picture<'_>, shape: &Shape, budget: &Budget) -> Result<Self> {
        let plane = |across: usize, down: usize| {
            // Blocks are taken by twos.
            let stride = (shape.columns * across * 8).next_multiple_of(16);
            let samples = Scratch::new(stride * down * 8, "a row of blocks", budget)?;
            Ok(Plane { samples, stride })
        };
        let planes =
            shape.components.iter().map(|component| plane(component.across, component.down));
        let full = (shape.columns * shape.across * 8).next_multiple_of(16) * shape.down;
        let chroma = || Scratch::new(full, "a row of chroma", budget);
        Ok(Self {
            planes: planes.collect::<Result<_>>()?,
            format: picture.format,
            across: shape.across,
            down: shape.down,
            row: Scratch::new(picture.row_len(), "a row", budget)?,
            chroma: [chroma()?, chroma()?],
        })
    }

    /// Loads row `index` of MCUs.
    pub fn load(&mut self, picture: &Picture<'_>, index: usize) -> Result<()> {
        let first = index * 8 * self.down;
        let height = picture.height as usize;
        for group in 0..8 {
            let y = first + group * self.down;
            if y >= height {
                self.repeat(group);
                continue;
            }
            for sub in 0..self.down {
                let row = picture.row((y + sub).min(height - 1) as u32, &mut self.row)?;
                let planes = &mut self.planes;
                match self.format {
                    PixelFormat::Cmyk8888 => split_inks(row, planes, group),
                    PixelFormat::Gray8 => {
                        if let [plane] = &mut planes[..] {
                            let to = line(&mut plane.samples, plane.stride, group);
                            to[..row.len()].copy_from_slice(row);
                            extend(to, row.len());
                        }
                    }
                    _ => {
                        if let [luma, ..] = &mut planes[..] {
                            let stride = luma.stride;
                            let luma = line(&mut luma.samples, stride, group * self.down + sub);
                            let [blue, red] = &mut self.chroma;
                            let width = row.len() / 3;
                            let (blue, red) = (line(blue, stride, sub), line(red, stride, sub));
                            let to = [&mut *luma, &mut *blue, &mut *red];
                            if self.format == PixelFormat::Rgb888 {
                                simd::convert::<2>(row, to);
                            } else {
                                simd::convert::<0>(row, to);
                            }
                            for plane in [luma, blue, red] {
                                extend(plane, width);
                            }
                        }
                    }
                }
            }
            self.shrink_chroma(group);
        }
        Ok(())
    }

    /// Fills a group of rows below the picture with what is above it.
    fn repeat(&mut self, group: usize) {
        for (index, plane) in self.planes.iter_mut().enumerate() {
            let rows = if index == 0 { self.down } else { 1 };
            let stride = plane.stride;
            let last = group * rows * stride - stride;
            for row in group * rows..(group + 1) * rows {
                plane.samples.copy_within(last..last + stride, row * stride);
            }
        }
    }

    fn shrink_chroma(&mut self, group: usize) {
        let [_, planes @ ..] = &mut self.planes[..] else { return };
        if self.format == PixelFormat::Cmyk8888 {
            return;
        }
        for (plane, full) in planes.iter_mut().zip(&self.chroma) {
            let to = line(&mut plane.samples, plane.stride, group);
            match (self.across, self.down) {
                (1, _) => to.copy_from_slice(&full[..to.len()]),
                (_, 1) => simd::halve(full, to),
                _ => {
                    let (upper, lower) = full.split_at(full.len() / 2);
                    simd::quarter(upper, lower, to);
                }
            }
        }
    }
}

fn line(samples: &mut [u8], stride: usize, row: usize) -> &mut [u8] {
    &mut samples[row * stride..(row + 1) * stride]
}

/// Repeats the last of `len` samples to the end of the row.
fn extend(row: &mut [u8], len: usize) {
    let (samples, rest) = row.split_at_mut(len);
    rest.fill(samples.last().copied().unwrap_or(0));
}

/// Inks are stored inverted, as Adobe does.
fn split_inks(row: &[u8], planes: &mut [Plane], group: usize) {
    for (ink, plane) in planes.iter_mut().enumerate() {
        let to = line(&mut plane.samples, plane.stride, group);
        for (to, pixel) in to.iter_mut().zip(row.as_chunks::<4>().0) {
            *to = 255 - pixel[ink & 3];
        }
        extend(to, row.len() / 4);
    }
}

/// The mean of two neighbours, rounded down and up in turn, as libjpeg does.
#[inline(always)]
pub fn halve(from: &[u8], to: &mut [u8]) {
    for (to, from) in to.as_chunks_mut::<2>().0.iter_mut().zip(from.as_chunks::<4>().0) {
        let [a, b, c, d] = from.map(u16::from);
        *to = [((a + b) >> 1) as u8, ((c + d + 1) >> 1) as u8];
    }
}

/// The mean of two by two samples, rounded with 1 and 2 in turn, as libjpeg does.
#[inline(always)]
pub fn quarter(upper: &[u8], lower: &[u8], to: &mut [u8]) {
    let pairs = upper.as_chunks::<16>().0.iter().zip(lower.as_chunks::<16>().0);
    for (to, (upper, lower)) in to.as_chunks_mut::<8>().0.iter_mut().zip(pairs) {
        for x in 0..8 {
            // Both samples in one number: taken apart in bytes they would cost four times as much.
            let upper = u16::from_le_bytes([upper[2 * x], upper[2 * x + 1]]);
            let lower = u16::from_le_bytes([lower[2 * x], lower[2 * x + 1]]);
            let sum = (upper & 255) + (upper >> 8) + (lower & 255) + (lower >> 8);
            to[x] = ((sum + 1 + (x as u16 & 1)) >> 2) as u8;
        }
    }
}

/// R, G, B to Y, Cb, Cr (JFIF), 16 bits after the point, rounded as libjpeg does. `RED` is the place of R in a pixel: 0,
/// or 2 where B comes first.
///
/// The factors of luma are 1 in sum and those of chroma 0, so that differences to G will do: these take no factor of
/// more than 15 bits, and none that is negative, for which there are faster instructions.
#[inline(always)]
pub fn convert<const RED: usize>(pixels: &[u8], [luma, blue, red]: [&mut [u8]; 3]) {
    let (pixels, _) = pixels.as_chunks::<3>();
    let count = pixels.len();
    let (luma, blue, red) = (&mut luma[..count], &mut blue[..count], &mut red[..count]);
    for (x, pixel) in pixels.iter().enumerate() {
        let [first, g, third] = pixel.map(i32::from);
        let (r, b) = if RED == 0 { (first, third) } else { (third, first) };
        let y = 19_595 * (r - g) + 7471 * (b - g) + 0x8000;
        let cb = 32_768 * (b - g) + 11_059 * (g - r) + 0x7fff;
        let cr = 32_768 * (r - g) + 5329 * (g - b) + 0x7fff;
        luma[x] = (g + (y >> 16)) as u8;
        blue[x] = (128 + (cb >> 16)) as u8;
        red[x] = (128 + (cr >> 16)) as u8;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_those_of_the_whole_formula() {
        for seed in 0..=255u8 {
            for step in [0, 1, 7, 85, 254, 255] {
                let rgb: [u8; 48] =
                    std::array::from_fn(|at| seed.wrapping_add((at as u8).wrapping_mul(step)));
                let mut planes = [[0; 16]; 3];
                let [luma, blue, red] = &mut planes;
                convert::<0>(&rgb, [luma, blue, red]);
                for (x, pixel) in rgb.as_chunks::<3>().0.iter().enumerate() {
                    let [r, g, b] = pixel.map(i32::from);
                    let y = 19_595 * r + 38_470 * g + 7471 * b + 0x8000;
                    let cb = (b << 15) - 11_059 * r - 21_709 * g + (128 << 16) + 0x7fff;
                    let cr = (r << 15) - 27_439 * g - 5329 * b + (128 << 16) + 0x7fff;
                    let expected = [y, cb, cr].map(|value| (value >> 16) as u8);
                    assert_eq!(planes.map(|plane| plane[x]), expected);
                }
            }
        }
    }

    #[test]
    fn four_samples_become_their_mean() {
        let upper: Vec<u8> = (0..16).map(|x| x * 16).collect();
        let mut to = [0; 8];
        quarter(&upper, &[255; 16], &mut to);
        let mean = |x: usize| {
            (u32::from(upper[2 * x]) + u32::from(upper[2 * x + 1]) + 510 + 1 + (x as u32 & 1)) / 4
        };
        assert_eq!(to.map(u32::from), std::array::from_fn(mean));
    }

    #[test]
    fn grays_have_no_chroma_and_primaries_are_those_of_jfif() {
        let mut planes = [[0u8; 24]; 3];
        let mut row: Vec<u8> = (0..19u8).flat_map(|gray| [gray * 13; 3]).collect();
        row.extend([255, 0, 0, 0, 255, 0, 0, 0, 255]);
        let [luma, blue, red] = &mut planes;
        convert::<0>(&row, [luma, blue, red]);
        let pixel = |x: usize| planes.map(|plane| plane[x]);
        for gray in 0..19 {
            assert_eq!(pixel(gray), [gray as u8 * 13, 128, 128]);
        }
        assert_eq!(
            [pixel(19), pixel(20), pixel(21)],
            [[76, 85, 255], [150, 44, 21], [29, 255, 107]]
        );
    }
}
