//! Samples of more than 8 bits, and those of lossless files, to rows of pixels, one plain loop after the other.

use super::super::colour::Colour;
use super::super::scan::Frame;
use super::coefficients::{Plane, Planes};
use crate::codec::TakeSamples;
use crate::error::Result;
use crate::memory;
use crate::pixel::{Canvas, PixelFormat};

/// Puts the first `rows` rows into the canvas.
pub fn put(
    planes: &Planes,
    frame: &Frame,
    colour: Colour,
    rows: u32,
    canvas: &mut Canvas<'_>,
) -> Result<()> {
    let width = frame.width as usize;
    let format = format(colour, frame.bits);
    let mut pixels = memory::zeroed(width * format.bits_per_pixel() / 8, "a row")?;
    let mut samples: Vec<Vec<u16>> = planes.planes.iter().map(|_| vec![0; width]).collect();
    for y in 0..rows {
        for (plane, samples) in planes.planes.iter().zip(&mut samples) {
            let factors = planes.geometry.factors(&plane.part);
            enlarge(plane, factors, y as usize, samples);
        }
        convert(&samples, colour, frame.bits, &mut pixels);
        canvas.put(y, format, &pixels)?;
    }
    Ok(())
}

/// Calls `take` with the first `rows` rows of samples, each component as wide as the image.
pub fn stored(planes: &Planes, frame: &Frame, rows: u32, take: &mut TakeSamples<'_>) -> Result<()> {
    let width = frame.width as usize;
    let mut samples: Vec<Vec<u16>> = planes.planes.iter().map(|_| vec![0; width]).collect();
    for y in 0..rows {
        for (plane, samples) in planes.planes.iter().zip(&mut samples) {
            let (across, down) = planes.geometry.factors(&plane.part);
            let own = y as usize / down;
            for (x, to) in samples.iter_mut().enumerate() {
                *to = plane.at(x / across, own);
            }
        }
        let views: Vec<&[u16]> = samples.iter().map(Vec::as_slice).collect();
        take(y, &views)?;
    }
    Ok(())
}

/// The pixel format that is nearest to samples of so many bits.
pub fn format(colour: Colour, bits: u8) -> PixelFormat {
    match (colour, bits) {
        (Colour::Gray, ..=8) => PixelFormat::Gray8,
        (Colour::Gray, _) => PixelFormat::Gray16,
        (Colour::YCbCr | Colour::Rgb, ..=8) => PixelFormat::Bgr888,
        (Colour::YCbCr | Colour::Rgb, _) => PixelFormat::Rgb161616,
        (Colour::Cmyk { .. } | Colour::Ycck, _) => PixelFormat::Cmyk8888,
    }
}

/// A row of a component in the size of the image. Twice as large it is interpolated, three parts of the nearer sample
/// to one of the farther, else repeated; edges are those of the image, not of the blocks.
fn enlarge(plane: &Plane, (across, down): (usize, usize), y: usize, to: &mut [u16]) {
    let own = y / down;
    let beside = if y.is_multiple_of(2) {
        own.saturating_sub(1)
    } else {
        (own + 1).min(plane.part.height.saturating_sub(1))
    };
    let wide = plane.part.width > 2;
    let last = plane.part.width.saturating_sub(1);
    // Sums of a column, how much of them makes a sample, and what is added for rounding: left or upper, right or lower.
    let column = |x: usize| match (across, down) {
        (2, 2) | (1, 2) => u32::from(plane.at(x, own)) * 3 + u32::from(plane.at(x, beside)),
        _ => u32::from(plane.at(x, own)),
    };
    for (x, to) in to.iter_mut().enumerate() {
        let (own_x, right) = (x / across, x % 2 == 1);
        let neighbour = || {
            let beside = if right { (own_x + 1).min(last) } else { own_x.saturating_sub(1) };
            column(own_x) * 3 + column(beside)
        };
        *to = match (across, down) {
            (2, 1) if wide => {
                let edge = if right { own_x == last } else { own_x == 0 };
                if edge {
                    plane.at(own_x, own)
                } else {
                    ((neighbour() + if right { 2 } else { 1 }) >> 2) as u16
                }
            }
            (2, 2) if wide => ((neighbour() + if right { 7 } else { 8 }) >> 4) as u16,
            (1, 2) => ((column(own_x) + if y.is_multiple_of(2) { 1 } else { 2 }) >> 2) as u16,
            _ => plane.at(own_x, own),
        };
    }
}

fn convert(samples: &[Vec<u16>], colour: Colour, bits: u8, to: &mut [u8]) {
    match samples {
        [gray] if bits <= 8 => {
            for (to, sample) in to.iter_mut().zip(gray) {
                *to = scaled(*sample, bits, 255) as u8;
            }
        }
        [gray] => {
            for (to, sample) in to.as_chunks_mut::<2>().0.iter_mut().zip(gray) {
                *to = scaled(*sample, bits, 65_535).to_ne_bytes();
            }
        }
        [a, b, c] => {
            let pixels = a.iter().zip(b).zip(c).map(|((a, b), c)| match colour {
                Colour::Rgb => [*a, *b, *c],
                _ => rgb_of_ycc([*a, *b, *c], bits),
            });
            if bits <= 8 {
                for (to, pixel) in to.as_chunks_mut::<3>().0.iter_mut().zip(pixels) {
                    *to = pixel.map(|sample| scaled(sample, bits, 255) as u8);
                }
                return;
            }
            for (to, [r, g, b]) in to.as_chunks_mut::<6>().0.iter_mut().zip(pixels) {
                let samples = [b, g, r].map(|sample| scaled(sample, bits, 65_535));
                for (to, sample) in to.as_chunks_mut::<2>().0.iter_mut().zip(samples) {
                    *to = sample.to_ne_bytes();
                }
            }
        }
        [a, b, c, d] => {
            let inks = a.iter().zip(b).zip(c.iter().zip(d));
            for (to, ((a, b), (c, d))) in to.as_chunks_mut::<4>().0.iter_mut().zip(inks) {
                *to = colour.inks([*a, *b, *c, *d].map(|sample| sample.min(255) as u8));
            }
        }
        _ => {}
    }
}

/// YCbCr of JFIF, 16 bits after the point.
fn rgb_of_ycc([y, cb, cr]: [u16; 3], bits: u8) -> [u16; 3] {
    let centre = 1i64 << (bits - 1);
    let (y, cb, cr) = (i64::from(y) << 16, i64::from(cb) - centre, i64::from(cr) - centre);
    let sample = |value: i64| ((value + (1 << 15)) >> 16).clamp(0, 2 * centre - 1) as u16;
    [sample(y + 91_881 * cr), sample(y - 22_554 * cb - 46_802 * cr), sample(y + 116_130 * cb)]
}

fn scaled(sample: u16, bits: u8, most: u32) -> u16 {
    let own = (1u32 << bits) - 1;
    let value = (u64::from(sample) * u64::from(most) + u64::from(own / 2)) / u64::from(own);
    value.min(u64::from(most)) as u16
}
