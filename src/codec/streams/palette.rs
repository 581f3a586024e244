//! Pictures of few colours: exact ones where they suffice, else a palette made by a neural net (NeuQuant) and settled by
//! what they stand for.

use std::collections::HashMap;

use color_quant::NeuQuant;

use crate::codec::Picture;
use crate::error::{Error, Kind, Result};
use crate::limits::Budget;
use crate::memory::{self, Scratch};
use crate::pixel::PixelFormat as F;

/// Pixels that the net learns from at the most: it cannot be stopped meanwhile, which is 50 ms on a machine of 2026.
const LEARNED: u64 = 1 << 16;

/// The fewest colours that the net makes.
const FEWEST: usize = 2;

/// From this alpha on a pixel is opaque; there is nothing in between.
const OPAQUE: u8 = 128;

/// Indexes of all pixels, and what they stand for.
pub struct Indexed {
    /// A byte for each pixel.
    pub indexes: Scratch,
    /// R, G, B of each.
    pub palette: Vec<u8>,
    /// The alpha of each.
    pub alphas: Vec<u8>,
}

impl Indexed {
    /// The index of what is transparent.
    pub fn transparent(&self) -> Option<u8> {
        (0..=u8::MAX).zip(&self.alphas).find(|(_, alpha)| **alpha == 0).map(|(index, _)| index)
    }

    /// Brings the colours into an order: what is opaque last, dark before light.
    pub fn sort(&mut self) {
        let colours = self.palette.as_chunks::<3>().0.iter().zip(&self.alphas);
        let mut order: Vec<_> = (0..=u8::MAX)
            .zip(colours)
            .map(|(old, ([r, g, b], alpha))| {
                let luma = 299 * u32::from(*r) + 587 * u32::from(*g) + 114 * u32::from(*b);
                (*alpha, luma, [*r, *g, *b], old)
            })
            .collect();
        order.sort_unstable();
        let mut moved = [0; 256];
        for (new, (.., old)) in (0..=u8::MAX).zip(&order) {
            moved[usize::from(*old)] = new;
        }
        self.indexes.iter_mut().for_each(|index| *index = moved[usize::from(*index)]);
        self.palette = order.iter().flat_map(|(.., rgb, _)| *rgb).collect();
        self.alphas = order.iter().map(|(alpha, ..)| *alpha).collect();
    }
}

/// Indexes side by side, the first in the highest bits.
pub fn pack(row: &[u8], bits: u8, line: &mut [u8]) {
    let each = usize::from(8 / bits);
    for (byte, group) in line.iter_mut().zip(row.chunks(each)) {
        let packed = group.iter().fold(0u32, |packed, index| packed << bits | u32::from(*index));
        *byte = (packed << (usize::from(bits) * (each - group.len()))) as u8;
    }
}

/// The picture, of gray, R, G, B or R, G, B, A, in at most `colours` colours (2 to 256, 0 for 256). Where there are more,
/// `dither` hands the error of each pixel on to its neighbours.
pub fn indexed(
    picture: &Picture<'_>,
    colours: u32,
    dither: bool,
    budget: &Budget,
) -> Result<Indexed> {
    let colours = if colours == 0 { 256 } else { colours.min(256) as usize };
    let mut indexed = match exact(picture, colours, budget)? {
        Some(indexed) => indexed,
        None => quantized(picture, colours, dither, budget)?,
    };
    if picture.format == F::Gray8 {
        sort_grays(&mut indexed);
    }
    Ok(indexed)
}

/// Hands over every row as R, G, B, A, with pixels that have alpha as `settle` makes them.
fn each_row(
    picture: &Picture<'_>,
    settle: fn([u8; 4]) -> [u8; 4],
    budget: &Budget,
    mut take: impl FnMut(u32, &mut dyn Iterator<Item = [u8; 4]>) -> Result<()>,
) -> Result<()> {
    let mut scratch = Scratch::new(picture.row_len(), "a row", budget)?;
    for y in 0..picture.height {
        let row = picture.row(y, &mut scratch)?;
        match picture.format {
            F::Gray8 => take(y, &mut row.iter().map(|y| [*y, *y, *y, 255]))?,
            F::Bgr888 => {
                take(y, &mut row.as_chunks::<3>().0.iter().map(|[r, g, b]| [*r, *g, *b, 255]))?;
            }
            _ => take(y, &mut row.as_chunks::<4>().0.iter().map(|pixel| settle(*pixel)))?,
        }
    }
    Ok(())
}

/// What is transparent is all zero, the rest opaque.
fn settled([r, g, b, a]: [u8; 4]) -> [u8; 4] {
    if a < OPAQUE { [0; 4] } else { [r, g, b, 255] }
}

fn pixels(picture: &Picture<'_>) -> usize {
    (picture.width as usize).saturating_mul(picture.height as usize)
}

/// Numbers the colours as they come, a pixel being opaque or not; `None` once there are more than so many.
pub fn exact(picture: &Picture<'_>, colours: usize, budget: &Budget) -> Result<Option<Indexed>> {
    numbered(picture, colours, settled, budget)
}

/// Numbers the colours as they come, with their alpha; `None` once there are more than so many.
pub fn lossless(picture: &Picture<'_>, colours: usize, budget: &Budget) -> Result<Option<Indexed>> {
    numbered(picture, colours, |pixel| pixel, budget)
}

fn numbered(
    picture: &Picture<'_>,
    colours: usize,
    settle: fn([u8; 4]) -> [u8; 4],
    budget: &Budget,
) -> Result<Option<Indexed>> {
    let mut indexes = Scratch::new(pixels(picture), "the indexes of a palette", budget)?;
    let mut numbers: HashMap<[u8; 4], u8> = HashMap::new();
    let (mut palette, mut alphas) = (Vec::new(), Vec::new());
    let mut fits = true;
    let mut last: Option<([u8; 4], u8)> = None;
    let mut places = indexes.iter_mut();
    let outcome = each_row(picture, settle, budget, |_, row| {
        for (pixel, place) in row.zip(&mut places) {
            // Neighbours are mostly alike.
            if let Some((before, number)) = last
                && before == pixel
            {
                *place = number;
            } else {
                let new = u8::try_from(numbers.len()).ok().filter(|_| numbers.len() < colours);
                let number = match (numbers.get(&pixel), new) {
                    (Some(number), _) => *number,
                    (None, Some(number)) => {
                        numbers.insert(pixel, number);
                        palette.extend_from_slice(&pixel[..3]);
                        alphas.push(pixel[3]);
                        number
                    }
                    (None, None) => {
                        fits = false;
                        return Err(Error::new(Kind::Cancelled, "there are too many colours"));
                    }
                };
                last = Some((pixel, number));
                *place = number;
            }
        }
        Ok(())
    });
    if !fits {
        return Ok(None);
    }
    outcome.map(|()| Some(Indexed { indexes, palette, alphas }))
}

/// Brings the grays into their order; black and white alone make a table of just the two.
fn sort_grays(indexed: &mut Indexed) {
    let old: Vec<u8> = indexed.palette.chunks(3).filter_map(|rgb| rgb.first().copied()).collect();
    let mut new = old.clone();
    if old.iter().all(|gray| matches!(gray, 0 | 255)) {
        new = vec![0, 255];
    }
    new.sort_unstable();
    let place = |gray: &u8| new.binary_search(gray).unwrap_or(0) as u8;
    let moved: Vec<u8> = old.iter().map(place).collect();
    for index in indexed.indexes.iter_mut() {
        *index = moved.get(usize::from(*index)).copied().unwrap_or(0);
    }
    indexed.palette = new.iter().flat_map(|gray| [*gray; 3]).collect();
    indexed.alphas = vec![255; new.len()];
}

/// Finds so many colours, one of them transparent where that may be, that are near to all.
fn quantized(
    picture: &Picture<'_>,
    colours: usize,
    dither: bool,
    budget: &Budget,
) -> Result<Indexed> {
    let keeps_one = picture.format.has_alpha();
    let opaque = (colours - usize::from(keeps_one)).max(FEWEST);
    let sample = sample(picture, budget)?;
    let net = NeuQuant::new(1, opaque, &sample);
    budget.check()?;
    let transparent = u8::try_from(opaque).ok().filter(|_| keeps_one);
    let mut indexes = Scratch::new(pixels(picture), "the indexes of a palette", budget)?;
    let mut found = memory::places(SLOTS, "colours that were found")?;
    found.resize(SLOTS, ([0; 4], 0));
    let mut search = Search { net: &net, found };
    let mut palette = settle(net.color_map_rgb(), &mut search, &sample, budget)?;
    let mut alphas = vec![255; palette.len() / 3];
    if keeps_one {
        palette.extend([0; 3]);
        alphas.push(0);
    }
    let mut errors = if dither { Errors::new(picture.width as usize)? } else { Errors::default() };
    let mut rows = indexes.chunks_exact_mut((picture.width as usize).max(1));
    each_row(picture, settled, budget, |_, row| {
        let Some(places) = rows.next() else { return Ok(()) };
        for (x, (pixel, place)) in row.zip(places).enumerate() {
            if pixel[3] == 0 {
                *place = transparent.unwrap_or(0);
                continue;
            }
            let wanted = if dither { errors.corrected(x, pixel) } else { pixel };
            *place = search.index_of(wanted);
            if dither {
                let at = usize::from(*place) * 3;
                errors.hand_on(x, wanted, palette.get(at..at + 3).unwrap_or(&[0; 3]));
            }
        }
        errors.next_row();
        Ok(())
    })?;
    Ok(Indexed { indexes, palette, alphas })
}

/// Moves each colour to the middle of those that it stands for in the sample: nearer than the net leaves it.
fn settle(
    mut palette: Vec<u8>,
    search: &mut Search<'_>,
    sample: &[u8],
    budget: &Budget,
) -> Result<Vec<u8>> {
    let mut sums = [[0u32; 4]; 256];
    for part in sample.chunks(1 << 14) {
        budget.check()?;
        for pixel in part.as_chunks::<4>().0 {
            let [r, g, b, count] = &mut sums[usize::from(search.index_of(*pixel))];
            for (sum, value) in [r, g, b].into_iter().zip(pixel) {
                *sum += u32::from(*value);
            }
            *count += 1;
        }
    }
    for (colour, [r, g, b, count]) in palette.as_chunks_mut::<3>().0.iter_mut().zip(sums) {
        for (value, sum) in colour.iter_mut().zip([r, g, b]) {
            *value = (sum + count / 2).checked_div(count).map_or(*value, |mean| mean as u8);
        }
    }
    Ok(palette)
}

/// As many as 14 bits number.
const SLOTS: usize = 1 << 14;

/// Looking a colour up takes a search: what was found last is kept, in a slot that follows from the colour.
struct Search<'a> {
    net: &'a NeuQuant,
    found: Vec<([u8; 4], u8)>,
}

impl Search<'_> {
    fn index_of(&mut self, pixel: [u8; 4]) -> u8 {
        let hash = u32::from_le_bytes(pixel).wrapping_mul(0x9e37_79b1) >> 18;
        let Some(slot) = self.found.get_mut(hash as usize) else { return 0 };
        // No pixel that is looked up is transparent, as all of the slots are at first.
        if slot.0 != pixel {
            *slot = (pixel, self.net.index_of(&pixel) as u8);
        }
        slot.1
    }
}

/// What rows hand on to each other (R. Floyd and L. Steinberg, 1976), in sixteenths, one place to the right.
#[derive(Default)]
struct Errors {
    this: Vec<[i32; 3]>,
    below: Vec<[i32; 3]>,
}

impl Errors {
    fn new(width: usize) -> Result<Self> {
        let row = || {
            let mut row = Vec::new();
            let made = row.try_reserve_exact(width + 2);
            made.map_err(|_| Error::no_memory((width + 2) * 12, "errors of a row"))?;
            row.resize(width + 2, [0; 3]);
            Ok(row)
        };
        Ok(Self { this: row()?, below: row()? })
    }

    fn corrected(&self, x: usize, [r, g, b, a]: [u8; 4]) -> [u8; 4] {
        let error = self.this.get(x + 1).copied().unwrap_or_default();
        let add = |value: u8, error: i32| (i32::from(value) + (error >> 4)).clamp(0, 255) as u8;
        [add(r, error[0]), add(g, error[1]), add(b, error[2]), a]
    }

    fn hand_on(&mut self, x: usize, wanted: [u8; 4], given: &[u8]) {
        let mut error = [0; 3];
        for ((error, wanted), given) in error.iter_mut().zip(wanted).zip(given) {
            *error = i32::from(wanted) - i32::from(*given);
        }
        let shares = [(0, x + 2, 7), (1, x, 3), (1, x + 1, 5), (1, x + 2, 1)];
        for (below, place, share) in shares {
            let row = if below == 1 { &mut self.below } else { &mut self.this };
            let Some(sums) = row.get_mut(place) else { continue };
            sums.iter_mut().zip(error).for_each(|(sum, error)| *sum += error * share);
        }
    }

    fn next_row(&mut self) {
        std::mem::swap(&mut self.this, &mut self.below);
        self.below.fill([0; 3]);
    }
}

/// Opaque pixels from all over the image, as many as the net needs.
fn sample(picture: &Picture<'_>, budget: &Budget) -> Result<Vec<u8>> {
    let all = u64::from(picture.width) * u64::from(picture.height);
    let step = usize::try_from(all.div_ceil(LEARNED)).unwrap_or(usize::MAX).max(1);
    let mut sample = Vec::new();
    let mut skip = 0;
    each_row(picture, settled, budget, |_, row| {
        for pixel in row.filter(|pixel| pixel[3] != 0) {
            if skip == 0 {
                memory::append(&mut sample, &pixel, "a sample of the colours")?;
                skip = step;
            }
            skip -= 1;
        }
        Ok(())
    })?;
    Ok(sample)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indexes_are_packed_from_the_left() {
        let packed = |row: &[u8], bits| {
            let mut line = vec![0; (row.len() * usize::from(bits)).div_ceil(8)];
            pack(row, bits, &mut line);
            line
        };
        assert_eq!(packed(&[1, 0, 1, 1, 0, 0, 0, 1, 1], 1), [0b1011_0001, 0b1000_0000]);
        assert_eq!(packed(&[3, 0, 1], 2), [0b1100_0100]);
        assert_eq!(packed(&[15, 1, 7], 4), [0xf1, 0x70]);
        assert_eq!(packed(&[200, 1], 8), [200, 1]);
    }
}
