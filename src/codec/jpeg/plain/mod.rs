//! A decoder of our own for what `zune-jpeg` does not read, or not exactly: samples of more than 8 bits, lossless
//! coding, components in scans of their own, odd sampling factors, and images so small that their edges matter.
//!
//! It gives what libjpeg's accurate methods give, one plain loop after the other, and is not made for speed. The
//! coefficients of the whole image are in memory, and become samples where they are.

mod bits;
mod blocks;
mod idct;
mod lossless;
mod output;
mod scans;

use super::colour::Colour;
use super::markers;
use super::scan::{Frame, Head};
use crate::codec::TakeSamples;
use crate::error::{Error, Kind, Result};
use crate::limits::{Budget, Reservation};
use crate::options::Tolerance;
use crate::pixel::Canvas;
use crate::source::Source;

use scans::Scans;

/// Images of up to so many pixels are read here if they have subsampled components.
const SMALL: u64 = 1 << 14;

/// Whether an image is better read here.
pub fn is_better(head: &Head) -> bool {
    let frame = &head.frame;
    let small = u64::from(frame.width) * u64::from(frame.height) <= SMALL;
    let one_by_one =
        |component: &super::scan::Component| (component.across, component.down) == (1, 1);
    let several = frame.components.len() > 1;
    let in_parts = frame.marker != markers::SOF2 && head.scanned() != frame.components.len();
    let subsampled = several && !frame.components.iter().all(one_by_one);
    frame.bits != 8
        || frame.marker == markers::SOF3
        || in_parts
        || subsampled && (small || !is_usual(frame))
}

/// Whether `zune-jpeg` gets the sampling factors right, which was tried.
fn is_usual(frame: &Frame) -> bool {
    let Some(first) = frame.components.first() else { return false };
    frame.components.iter().all(|component| {
        let (across, down) =
            (first.across / component.across.max(1), first.down / component.down.max(1));
        component.across * across == first.across
            && component.down * down == first.down
            && component.across.is_power_of_two()
            && (down == 1 || component.down == 1)
    })
}

/// Decodes an image into the canvas. On damage, the rows that could be had are in it.
pub fn decode(
    source: &Source,
    head: &Head,
    tolerance: Tolerance,
    canvas: &mut Canvas<'_>,
) -> Result<()> {
    let colour = head.colour()?;
    let (planes, rows, outcome) = planes(source, head, tolerance, canvas.budget())?;
    output::put(&planes, &head.frame, colour, rows, canvas)?;
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
    let (planes, rows, outcome) = planes(source, head, tolerance, budget)?;
    output::stored(&planes, &head.frame, rows, take)?;
    outcome
}

/// All samples, the rows there are, and what is wrong with the others where that is borne.
fn planes(
    source: &Source,
    head: &Head,
    tolerance: Tolerance,
    budget: &Budget,
) -> Result<(Planes, u32, Result<()>)> {
    let mut planes = Planes::new(&head.frame, budget)?;
    let mut scans = Scans::new(source, head)?;
    let outcome = scans.run(&mut planes, budget);
    match outcome {
        Err(error) if tolerance == Tolerance::Strict || error.kind() != Kind::Damaged => {
            return Err(error);
        }
        _ => {}
    }
    if head.frame.marker != markers::SOF3 {
        scans.finish(&mut planes, budget)?;
    }
    // Later scans make the whole image better, so that only of a first one some rows may be missing.
    let rows = if outcome.is_err() { scans.rows_read(&head.frame) } else { head.frame.height };
    Ok((planes, rows, outcome))
}

/// The samples or coefficients of one component, in blocks of 8 x 8.
struct Plane {
    blocks: Vec<[i16; 64]>,
    /// Blocks from one row of them to the next.
    stride: usize,
    /// Samples of a row, and rows, without what fills the last blocks.
    width: usize,
    height: usize,
    across: usize,
    down: usize,
}

impl Plane {
    /// The sample at a place: 12-bit ones are not negative, 16-bit ones are kept as their bits.
    fn at(&self, x: usize, y: usize) -> u16 {
        let block = self.blocks.get(y / 8 * self.stride + x / 8);
        block.map_or(0, |block| block[y % 8 * 8 + x % 8] as u16)
    }

    fn set(&mut self, x: usize, y: usize, sample: u16) {
        if let Some(block) = self.blocks.get_mut(y / 8 * self.stride + x / 8) {
            block[y % 8 * 8 + x % 8] = sample as i16;
        }
    }
}

/// All components.
struct Planes {
    planes: Vec<Plane>,
    across: usize,
    down: usize,
    /// MCUs.
    columns: usize,
    rows: usize,
    _booked: Reservation,
}

impl Planes {
    fn new(frame: &Frame, budget: &Budget) -> Result<Self> {
        let single = frame.components.len() == 1;
        // Of a component that is alone the factors mean nothing (T.81, A.2.2).
        let factors = |across: u8, down: u8| {
            if single { (1, 1) } else { (usize::from(across), usize::from(down)) }
        };
        let all =
            frame.components.iter().map(|component| factors(component.across, component.down));
        let across = all.clone().map(|(across, _)| across).max().unwrap_or(1);
        let down = all.clone().map(|(_, down)| down).max().unwrap_or(1);
        let (width, height) = (frame.width as usize, frame.height as usize);
        let (columns, rows) = (width.div_ceil(8 * across), height.div_ceil(8 * down));
        let blocks = |(h, v): (usize, usize)| (columns * h).saturating_mul(rows * v);
        let total: usize = all.clone().map(blocks).sum();
        let booked = budget.reserve((total as u64).saturating_mul(128))?;
        let plane = |(h, v): (usize, usize)| {
            let mut plane = Plane {
                blocks: Vec::new(),
                stride: columns * h,
                width: (width * h).div_ceil(across),
                height: (height * v).div_ceil(down),
                across: h,
                down: v,
            };
            let count = blocks((h, v));
            let had = plane.blocks.try_reserve_exact(count);
            had.map_err(|_| Error::no_memory(count.saturating_mul(128), "coefficients"))?;
            plane.blocks.resize(count, [0; 64]);
            Ok(plane)
        };
        let planes = all.map(plane).collect::<Result<_>>()?;
        Ok(Self { planes, across, down, columns, rows, _booked: booked })
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
