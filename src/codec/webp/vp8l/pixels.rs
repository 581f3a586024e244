//! Images of literal pixels, copies and a cache of colours (RFC 9649, section 3.6).

use super::bits::Bits;
use super::codes::Tables;
use super::groups::{Group, Groups, PACKED, Packed};
use super::simd;
use crate::error::{Error, Result};
use crate::limits::Budget;
use crate::memory;

/// Columns and rows that the first 120 distances go back: near pixels (section 3.6.2.2).
#[rustfmt::skip]
const NEAR: [(i8, i8); 120] = [
    (0, 1), (1, 0), (1, 1), (-1, 1), (0, 2), (2, 0), (1, 2), (-1, 2), (2, 1), (-2, 1), (2, 2), (-2, 2),
    (0, 3), (3, 0), (1, 3), (-1, 3), (3, 1), (-3, 1), (2, 3), (-2, 3), (3, 2), (-3, 2), (0, 4), (4, 0),
    (1, 4), (-1, 4), (4, 1), (-4, 1), (3, 3), (-3, 3), (2, 4), (-2, 4), (4, 2), (-4, 2), (0, 5), (3, 4),
    (-3, 4), (4, 3), (-4, 3), (5, 0), (1, 5), (-1, 5), (5, 1), (-5, 1), (2, 5), (-2, 5), (5, 2), (-5, 2),
    (4, 4), (-4, 4), (3, 5), (-3, 5), (5, 3), (-5, 3), (0, 6), (6, 0), (1, 6), (-1, 6), (6, 1), (-6, 1),
    (2, 6), (-2, 6), (6, 2), (-6, 2), (4, 5), (-4, 5), (5, 4), (-5, 4), (3, 6), (-3, 6), (6, 3), (-6, 3),
    (0, 7), (7, 0), (1, 7), (-1, 7), (5, 5), (-5, 5), (7, 1), (-7, 1), (4, 6), (-4, 6), (6, 4), (-6, 4),
    (2, 7), (-2, 7), (7, 2), (-7, 2), (3, 7), (-3, 7), (7, 3), (-7, 3), (5, 6), (-5, 6), (6, 5), (-6, 5),
    (8, 0), (4, 7), (-4, 7), (7, 4), (-7, 4), (8, 1), (8, 2), (6, 6), (-6, 6), (8, 3), (5, 7), (-5, 7),
    (7, 5), (-7, 5), (8, 4), (6, 7), (-6, 7), (7, 6), (-7, 6), (8, 5), (7, 7), (-7, 7), (8, 6), (8, 7),
];

/// Pixels that a distance goes back at the most: what its codes tell (section 3.6.2.2), and seven rows.
const WINDOW: usize = 1 << 20;

/// Pixels that one copy may have.
const LONGEST: usize = 1 << 12;

/// Pixels that are held of an image whose rows are taken: more room is less often moved.
const ROOM: usize = 1 << 22;

/// Takes the pixels of a row, and its number.
pub(in crate::codec::webp) type Take<'a> = dyn FnMut(u32, &[u32]) -> Result<()> + 'a;

/// Colours that were seen, by a hash of them (section 3.6.2.3).
struct Cache {
    colours: [u32; 1 << 11],
    bits: u32,
}

impl Cache {
    fn read(bits: &mut Bits<'_>) -> Result<Option<Self>> {
        if !bits.flag() {
            return Ok(None);
        }
        let bits = bits.number(4);
        if !(1..=11).contains(&bits) {
            return Err(Error::damaged(format!("the VP8L image has a cache of {bits} bits")));
        }
        Ok(Some(Self { colours: [0; 1 << 11], bits }))
    }

    #[inline(always)]
    fn put(&mut self, pixel: u32) {
        let place = pixel.wrapping_mul(0x1e35_a7bd) >> (32 - self.bits);
        self.colours[place as usize & (self.colours.len() - 1)] = pixel;
    }
}

impl Cache {
    /// Takes pixels, eight at a time where they are those of before.
    #[inline(always)]
    fn put_all(&mut self, pixels: &[u32]) {
        let mut before = None;
        for eight in pixels.chunks(8) {
            let other = |before| eight.iter().fold(0, |other, pixel| other | (pixel ^ before));
            if before.is_none_or(|before| other(before) != 0) {
                eight.iter().for_each(|pixel| self.put(*pixel));
                before = eight.last().copied();
            }
        }
    }
}

/// Reads a small image that says how the other is to be read; the caller books what it takes.
pub(super) fn read_small(
    bits: &mut Bits<'_>,
    size: (u32, u32),
    budget: &Budget,
) -> Result<Vec<u32>> {
    read(bits, size, None, budget)
}

/// Pixels that [`read`] holds of an image whose rows are taken.
pub(super) fn held((width, height): (u32, u32)) -> usize {
    (width as usize).saturating_mul(height as usize).min(ROOM)
}

/// Reads an image, and hands over each row as soon as it is there; where nobody takes them all pixels are kept and returned.
pub(super) fn read(
    bits: &mut Bits<'_>,
    (width, height): (u32, u32),
    take: Option<&mut Take<'_>>,
    budget: &Budget,
) -> Result<Vec<u32>> {
    let cache = Cache::read(bits)?;
    let cache_bits = cache.as_ref().map_or(0, |cache| cache.bits);
    let groups = Groups::read(bits, (width, height), cache_bits, take.is_some(), budget)?;
    let total = (width as usize).saturating_mul(height as usize);
    let room = if take.is_some() { held((width, height)) } else { total };
    let pixels = memory::zeroed_numbers(room, "the pixels of a VP8L image")?;
    let width = width as usize;
    let mut image = Image { pixels, width, total, gone: 0, at: 0, taken: 0, cache, take, budget };
    image.fill(bits, &groups)?;
    Ok(image.pixels)
}

/// An image that is being filled.
pub(super) struct Image<'a, 'b> {
    /// Those that are held, and some after the next one.
    pixels: Vec<u32>,
    width: usize,
    /// Pixels of the image.
    total: usize,
    /// Those that are not held any more.
    gone: usize,
    /// The next one, of those that are held.
    at: usize,
    /// Rows that were handed over.
    taken: usize,
    cache: Option<Cache>,
    take: Option<&'a mut Take<'b>>,
    budget: &'a Budget,
}

impl Image<'_, '_> {
    fn fill(&mut self, bits: &mut Bits<'_>, groups: &Groups) -> Result<()> {
        while self.gone + self.at < self.total {
            self.make_room();
            let (x, y) = ((self.gone + self.at) % self.width, (self.gone + self.at) / self.width);
            let Some((group, packed)) = groups.at(x, y) else { break };
            // Up to where these codes are used: a copy may go beyond.
            let end = self.at - x + self.width.min((x / groups.side() + 1) * groups.side());
            if let Some(only) = group.only {
                self.pixels.get_mut(self.at..end).unwrap_or_default().fill(only);
                if let Some(cache) = &mut self.cache {
                    cache.put(only);
                }
                self.at = end;
            } else {
                simd::run(self, bits, &groups.tables, (group, packed), end)?;
            }
            if bits.ended() {
                return Err(Error::damaged("the data of the VP8L image are cut off"));
            }
            if self.gone + self.at >= (self.taken + 1) * self.width {
                self.give()?;
            }
        }
        Ok(())
    }

    /// Makes room for the rest of a row and a copy that goes beyond it.
    fn make_room(&mut self) {
        let is_near_end = self.at + self.width + LONGEST > self.pixels.len();
        if is_near_end && self.gone + self.pixels.len() < self.total && self.at > WINDOW {
            let from = self.at - WINDOW;
            self.pixels.copy_within(from..self.at, 0);
            (self.gone, self.at) = (self.gone + from, WINDOW);
        }
    }

    /// Hands over the rows that are whole.
    fn give(&mut self) -> Result<()> {
        self.budget.check()?;
        while self.gone + self.at >= (self.taken + 1) * self.width {
            if let Some(take) = &mut self.take {
                let row = self.pixels.get(self.taken * self.width - self.gone..);
                let row = row.and_then(|rest| rest.get(..self.width));
                take(self.taken as u32, row.unwrap_or_default())?;
            }
            self.taken += 1;
        }
        Ok(())
    }

    /// Reads pixels of few bits, as long as there are such. At least 46 bits are left ready.
    #[inline(always)]
    fn run_packed(
        &mut self,
        bits: &mut Bits<'_>,
        packed: &[Packed; 1 << PACKED],
        mut at: usize,
        end: usize,
    ) -> usize {
        for place in self.pixels.get_mut(at..end).unwrap_or_default() {
            let next = packed[bits.peek() as usize & (packed.len() - 1)];
            if next.bits == 0 {
                break;
            }
            *place = next.pixel;
            if let Some(cache) = &mut self.cache {
                cache.put(next.pixel);
            }
            bits.skip(next.bits);
            at += 1;
            if bits.left() < 46 {
                bits.refill();
            }
        }
        at
    }

    /// Not within the loop of pixels, whose registers it would take.
    #[inline(never)]
    fn copy(&mut self, at: usize, length: usize, distance: usize) -> Result<usize> {
        let wrong = || Error::damaged("the VP8L image copies pixels from before its start");
        let from = at.checked_sub(distance).ok_or_else(wrong)?;
        let end = at + length;
        if self.gone + end > self.total || end > self.pixels.len() {
            return Err(Error::damaged("the VP8L image copies pixels beyond its end"));
        }
        if distance >= length {
            self.pixels.copy_within(from..from + length, at);
        } else if distance == 1 {
            let pixel = self.pixels.get(from).copied().unwrap_or(0);
            self.pixels.get_mut(at..end).unwrap_or_default().fill(pixel);
        } else {
            // What was copied is copied again: twice as much each time.
            let mut have = distance;
            let mut at = at;
            while at < end {
                let count = have.min(end - at);
                self.pixels.copy_within(from..from + count, at);
                at += count;
                have += count;
            }
        }
        // Of what repeats itself, the last pixels leave in the cache what all of them would.
        let last = at.max(end - distance.min(length));
        if let Some(cache) = &mut self.cache {
            cache.put_all(self.pixels.get(last..end).unwrap_or_default());
        }
        Ok(end)
    }
}

/// Reads pixels up to `end`, or over it.
#[inline(always)]
pub(super) fn run(
    image: &mut Image<'_, '_>,
    bits: &mut Bits<'_>,
    tables: &Tables,
    (group, packed): (&Group, Option<&[Packed; 1 << PACKED]>),
    end: usize,
) -> Result<()> {
    // What is used for every pixel stays in registers.
    let (mut own, mut at) = (bits.clone(), image.at);
    while at < end {
        own.refill();
        if let Some(packed) = packed {
            at = image.run_packed(&mut own, packed, at, end);
            if at == end {
                break;
            }
        }
        let symbol = u32::from(tables.symbol(group.green, &mut own));
        if symbol < 256 {
            let pixel = literal(&mut own, tables, group, symbol);
            if let Some(place) = image.pixels.get_mut(at) {
                *place = pixel;
            }
            if let Some(cache) = &mut image.cache {
                cache.put(pixel);
            }
            at += 1;
        } else if symbol < 280 {
            let length = prefixed(&mut own, symbol - 256) as usize;
            own.refill();
            let symbol = u32::from(tables.symbol(group.distance, &mut own));
            own.refill();
            let distance = distance(prefixed(&mut own, symbol), image.width);
            at = image.copy(at, length, distance)?;
        } else {
            // It is in its place of the cache already.
            let Some(cache) = &image.cache else { return Err(beyond()) };
            let pixel = *cache.colours.get(symbol as usize - 280).ok_or_else(beyond)?;
            if let Some(place) = image.pixels.get_mut(at) {
                *place = pixel;
            }
            at += 1;
        }
    }
    *bits = own;
    image.at = at;
    Ok(())
}

/// A pixel whose green is known.
#[inline(always)]
fn literal(bits: &mut Bits<'_>, tables: &Tables, group: &Group, green: u32) -> u32 {
    if let Some(others) = group.constant {
        return others | green << 8;
    }
    let red = u32::from(tables.symbol(group.red, bits));
    bits.refill();
    let blue = u32::from(tables.symbol(group.blue, bits));
    let alpha = u32::from(tables.symbol(group.alpha, bits));
    alpha << 24 | red << 16 | green << 8 | blue
}

/// Pixels that a distance goes back, in rows of `width`.
#[inline(always)]
fn distance(distance: u32, width: usize) -> usize {
    match NEAR.get(distance as usize - 1) {
        Some((x, y)) => (width as isize * *y as isize + *x as isize).max(1) as usize,
        None => distance as usize - NEAR.len(),
    }
}

#[cold]
fn beyond() -> Error {
    Error::damaged("the VP8L image names a colour that its cache does not have")
}

/// A length or a distance: a symbol and the bits that follow it (section 3.6.2.2).
#[inline(always)]
fn prefixed(bits: &mut Bits<'_>, symbol: u32) -> u32 {
    if symbol < 4 {
        return symbol + 1;
    }
    let extra = (symbol - 2) >> 1;
    ((2 + (symbol & 1)) << extra) + bits.ready(extra) + 1
}
