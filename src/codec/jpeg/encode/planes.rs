//! A row of MCUs as planes of samples: colours converted, chroma made smaller, edges repeated.

use super::Shape;
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
            let stride = shape.columns * across * 8;
            let samples = Scratch::new(stride * down * 8, "a row of blocks", budget)?;
            Ok(Plane { samples, stride })
        };
        let planes =
            shape.components.iter().map(|component| plane(component.across, component.down));
        let full = shape.columns * shape.across * 8 * shape.down;
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
                            convert(row, luma, blue, red);
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
                (_, 1) => halve(full, to),
                _ => {
                    let (upper, lower) = full.split_at(full.len() / 2);
                    quarter(upper, lower, to);
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
fn halve(from: &[u8], to: &mut [u8]) {
    for (to, from) in to.as_chunks_mut::<2>().0.iter_mut().zip(from.as_chunks::<4>().0) {
        let [a, b, c, d] = from.map(u16::from);
        *to = [((a + b) >> 1) as u8, ((c + d + 1) >> 1) as u8];
    }
}

/// The mean of two by two samples, rounded with 1 and 2 in turn, as libjpeg does.
fn quarter(upper: &[u8], lower: &[u8], to: &mut [u8]) {
    let pairs = upper.as_chunks::<16>().0.iter().zip(lower.as_chunks::<16>().0);
    for (to, (upper, lower)) in to.as_chunks_mut::<8>().0.iter_mut().zip(pairs) {
        let sums: [u16; 16] = std::array::from_fn(|x| u16::from(upper[x]) + u16::from(lower[x]));
        *to = std::array::from_fn(|x| {
            ((sums[2 * x] + sums[2 * x + 1] + if x % 2 == 0 { 1 } else { 2 }) >> 2) as u8
        });
    }
}

/// Pixels converted at a time.
const LANES: usize = 16;

/// R, G, B to Y, Cb, Cr (JFIF), 16 bits after the point, rounded as libjpeg does.
fn convert(rgb: &[u8], luma: &mut [u8], blue: &mut [u8], red: &mut [u8]) {
    let (chunks, rest) = rgb.as_chunks::<{ 3 * LANES }>();
    let planes = luma
        .as_chunks_mut::<LANES>()
        .0
        .iter_mut()
        .zip(blue.as_chunks_mut::<LANES>().0)
        .zip(red.as_chunks_mut::<LANES>().0);
    let mut planes = planes.map(|((luma, blue), red)| (luma, blue, red));
    for (rgb, (luma, blue, red)) in chunks.iter().zip(planes.by_ref()) {
        convert_lanes(rgb, luma, blue, red);
    }
    let mut last = [0; 3 * LANES];
    if let (Some(pixels), Some((luma, blue, red))) = (last.get_mut(..rest.len()), planes.next()) {
        pixels.copy_from_slice(rest);
        convert_lanes(&last, luma, blue, red);
    } else if !rest.is_empty() {
        // Rows of planes are whole blocks of 8, which may end within the lanes.
        let (mut y, mut cb, mut cr) = ([0; LANES], [0; LANES], [0; LANES]);
        last[..rest.len()].copy_from_slice(rest);
        convert_lanes(&last, &mut y, &mut cb, &mut cr);
        let (start, len) = (chunks.len() * LANES, rest.len() / 3);
        for (plane, lanes) in [(luma, y), (blue, cb), (red, cr)] {
            plane[start..start + len].copy_from_slice(&lanes[..len]);
        }
    }
}

#[inline(always)]
fn convert_lanes(
    rgb: &[u8; 3 * LANES],
    luma: &mut [u8; LANES],
    blue: &mut [u8; LANES],
    red: &mut [u8; LANES],
) {
    let channel = |c: usize| -> [i16; LANES] { std::array::from_fn(|x| i16::from(rgb[3 * x + c])) };
    let (r, g, b) = (channel(0), channel(1), channel(2));
    for x in 0..LANES {
        let (r, g, b) = (i32::from(r[x]), i32::from(g[x]), i32::from(b[x]));
        let y = 19_595 * r + 2 * (19_235 * g) + 7471 * b + 0x8000;
        let cb = (b << 15) - 11_059 * r - 21_709 * g + (128 << 16) + 0x7fff;
        let cr = (r << 15) - 27_439 * g - 5329 * b + (128 << 16) + 0x7fff;
        luma[x] = (y >> 16) as u8;
        blue[x] = (cb >> 16) as u8;
        red[x] = (cr >> 16) as u8;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grays_have_no_chroma_and_primaries_are_those_of_jfif() {
        let mut planes = [[0u8; 24]; 3];
        let mut row: Vec<u8> = (0..19u8).flat_map(|gray| [gray * 13; 3]).collect();
        row.extend([255, 0, 0, 0, 255, 0, 0, 0, 255]);
        let [luma, blue, red] = &mut planes;
        convert(&row, luma, blue, red);
        for gray in 0..19 {
            assert_eq!(
                [planes[0][gray], planes[1][gray], planes[2][gray]],
                [gray as u8 * 13, 128, 128]
            );
        }
        let pixel = |x: usize| planes.map(|plane| plane[x]);
        assert_eq!(
            [pixel(19), pixel(20), pixel(21)],
            [[76, 85, 255], [150, 44, 21], [29, 255, 107]]
        );
    }
}
