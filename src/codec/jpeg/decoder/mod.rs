//! The decoder: sequential and progressive coding of 8 and 12 bits, lossless coding, any whole sampling factors.
//!
//! It gives the bytes of libjpeg's accurate methods: the integer DCT, and chroma interpolated where it is half as large.
//! A file whose one scan holds all components goes from bits to pixels a row of MCUs at a time ([`stream`]); of others the
//! coefficients are kept ([`coefficients`]). What both do to each sample is in [`kernels`], and compiled twice ([`simd`]).

mod ahead;
mod arithmetic;
mod bits;
mod blocks;
mod codes;
mod coefficients;
mod finish;
mod geometry;
mod header;
mod idct;
mod intervals;
mod kernels;
mod lossless;
mod passing;
mod samples;
mod shares;
mod simd;
mod squares;
mod stream;
mod stuffing;
mod tables;
mod wide;
mod window;

use super::colour::Colour;
use super::markers;
use super::scan::{Frame, Head};
use crate::codec::TakeSamples;
use crate::error::{Error, Kind, Result};
use crate::limits::Budget;
use crate::options::Tolerance;
use crate::pixel::Canvas;
use crate::source::Source;

use coefficients::{Planes, Scans};
use finish::Finish;
use geometry::Geometry;

/// How an image is decoded.
#[derive(Clone, Copy)]
pub struct Means {
    pub tolerance: Tolerance,
    /// Threads that may work at a time.
    pub threads: u32,
    /// Pixels of the file, across and down, whose mean is one: 1, or what [`can_reduce`] allows.
    pub by: u32,
}

/// Whether pixels can be made as means of squares of `by`.
pub fn can_reduce(frame: &Frame, by: u32) -> bool {
    let geometry = Geometry::new(frame);
    let mut factors = geometry.parts.iter().map(|part| geometry.factors(part));
    frame.marker != markers::SOF3
        && frame.bits == 8
        && factors.all(|factors| squares::Squares::fit(factors, by as usize))
}

/// Decodes an image into the canvas. On damage, the rows that could be had are in it, if it is to be recovered.
pub fn decode(source: &Source, head: &Head, means: Means, canvas: &mut Canvas<'_>) -> Result<()> {
    let frame = &head.frame;
    let geometry = Geometry::new(frame);
    let sequential = matches!(frame.marker, markers::SOF0 | markers::SOF1);
    if sequential && frame.bits == 8 && head.scanned() == frame.components.len() {
        return stream::decode(source, head, &geometry, means, canvas);
    }
    by_coefficients(source, head, geometry, means, canvas)
}

/// The same for images in any number of scans.
fn by_coefficients(
    source: &Source,
    head: &Head,
    geometry: Geometry,
    means: Means,
    canvas: &mut Canvas<'_>,
) -> Result<()> {
    let frame = &head.frame;
    let mut planes = Planes::new(geometry, canvas.budget())?;
    let mut scans = Scans::new(source, head)?;
    let (rows, outcome) = run(&mut scans, &mut planes, frame, means.tolerance, canvas.budget())?;
    let steps = &scans.steps();
    if frame.marker != markers::SOF3 && frame.bits == 8 {
        let planes = &planes;
        let mcus = (rows as usize).div_ceil(planes.geometry.mcu_rows()).min(planes.geometry.rows);
        Finish { planes, steps, colour: head.colour()?, means, mcus }.put(canvas)?;
        return outcome;
    }
    finish::in_place(head, steps, &mut planes, canvas.budget())?;
    wide::put(&planes, frame, head.colour()?, rows, canvas)?;
    outcome
}

/// Calls `take` with rows of samples as they are coded. On damage, with the rows that could be had.
pub fn stored_rows(
    source: &Source,
    head: &Head,
    tolerance: Tolerance,
    budget: &Budget,
    take: &mut TakeSamples<'_>,
) -> Result<()> {
    let mut planes = Planes::new(Geometry::new(&head.frame), budget)?;
    let mut scans = Scans::new(source, head)?;
    let (rows, outcome) = run(&mut scans, &mut planes, &head.frame, tolerance, budget)?;
    finish::in_place(head, &scans.steps(), &mut planes, budget)?;
    wide::stored(&planes, &head.frame, rows, take)?;
    outcome
}

/// Reads all scans; the rows there are, and what is wrong with the others where that is borne.
fn run(
    scans: &mut Scans<'_>,
    planes: &mut Planes,
    frame: &Frame,
    tolerance: Tolerance,
    budget: &Budget,
) -> Result<(u32, Result<()>)> {
    let outcome = scans.run(planes, tolerance, budget);
    match outcome {
        Err(error) if tolerance == Tolerance::Strict || error.kind() != Kind::Damaged => Err(error),
        // Later scans make the whole image better: what is missing is what the first ones miss.
        Err(error) => Ok((scans.rows_read(), Err(error))),
        Ok(()) => Ok((frame.height, Ok(()))),
    }
}

/// Refuses factors that no whole number of samples comes from.
pub fn check_factors(head: &Head) -> Result<()> {
    let frame = &head.frame;
    let across = frame.components.iter().map(|component| component.across).max().unwrap_or(1);
    let down = frame.components.iter().map(|component| component.down).max().unwrap_or(1);
    let whole = frame.components.iter().all(|component| {
        across.is_multiple_of(component.across) && down.is_multiple_of(component.down)
    });
    if !whole {
        return Err(Error::unsupported("fractional sampling factors are not supported"));
    }
    if frame.bits > 8 && matches!(head.colour()?, Colour::Cmyk { .. } | Colour::Ycck) {
        let message = format!("inks of {} bits are not supported", frame.bits);
        return Err(Error::new(Kind::DepthUnsupported, message));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::scan::{self, Want};
    use super::*;
    use crate::format::FileFormat;
    use crate::image::ImageData;
    use crate::options::{ReadOptions, SaveOptions, Subsampling};
    use crate::pixel::{Layout, PixelFormat};
    use crate::writer;

    const ALONE: Means = Means { tolerance: Tolerance::Strict, threads: 1, by: 1 };

    #[test]
    fn both_ways_give_the_same_pixels() {
        let budget = ReadOptions::default().budget();
        for (width, height) in [(200, 150), (1, 1), (17, 33), (3, 40), (5, 16), (64, 17)] {
            let mut image = ImageData::new(width, height, PixelFormat::Bgr888).unwrap();
            for (at, byte) in image.pixels_mut().iter_mut().enumerate() {
                *byte = (at * at / 50 + at * 3) as u8;
            }
            for subsampling in [Subsampling::Both, Subsampling::Horizontal, Subsampling::None] {
                let options = SaveOptions { subsampling, ..SaveOptions::default() };
                let bytes = writer::save_memory(&image, FileFormat::Jpeg, &options).unwrap();
                let source = Source::from_bytes(bytes);
                let head = scan::scan(&source, Want::Pixels, &budget).unwrap();
                for format in [PixelFormat::Bgr888, PixelFormat::Argb8888, PixelFormat::Gray8] {
                    let layout = Layout::tight(width, height, format).unwrap();
                    let mut outs = [vec![0; layout.size()], vec![1; layout.size()]];
                    let [one, other] = &mut outs;
                    let geometry = Geometry::new(&head.frame);
                    let mut canvas = Canvas::new(one, layout, [255; 3], &budget).unwrap();
                    stream::decode(&source, &head, &geometry, ALONE, &mut canvas).unwrap();
                    let mut canvas = Canvas::new(other, layout, [255; 3], &budget).unwrap();
                    by_coefficients(&source, &head, geometry, ALONE, &mut canvas).unwrap();
                    assert!(one == other, "{width} x {height}, {subsampling:?}, {format:?}");
                }
            }
        }
    }
}
