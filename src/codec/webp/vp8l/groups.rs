//! Which codes the pixels of an image are read with (RFC 9649, sections 3.7.2.2 and 3.7.3).

use super::bits::Bits;
use super::codes::{Code, MOST, Tables};
use super::pixels;
use crate::error::Result;
use crate::limits::{Budget, Reservation};
use crate::memory;

/// The codes of a pixel.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Group {
    /// Of green, lengths, and places of the cache.
    pub green: Code,
    pub red: Code,
    pub blue: Code,
    pub alpha: Code,
    pub distance: Code,
    /// Alpha, red and blue where each has but one value.
    pub constant: Option<u32>,
    /// The pixel where green has but one value, too.
    pub only: Option<u32>,
}

/// Bits that [`Packed`] is asked with.
pub(super) const PACKED: u32 = 10;
/// Pixels of a group from which on it is worth to make its [`Packed`].
const WORTH: usize = 1 << 14;

/// A whole pixel by the next bits of the stream.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Packed {
    pub pixel: u32,
    /// Bits that its codes take; 0 = more than these, or no pixel.
    pub bits: u32,
}

/// The codes of an image, and where each of them is used.
pub(super) struct Groups {
    pub tables: Tables,
    groups: Vec<Group>,
    /// A table for each of them, or nothing.
    packed: Vec<[Packed; 1 << PACKED]>,
    /// The number of a group, in the middle 16 bits, for each square of pixels; empty where there is but one.
    map: Vec<u32>,
    across: usize,
    /// Bits of the side of a square.
    side: u32,
    _booked: Vec<Reservation>,
}

impl Groups {
    /// Reads them. Only the image itself, `is_whole`, may have more than one.
    pub fn read(
        bits: &mut Bits<'_>,
        (width, height): (u32, u32),
        cache_bits: u32,
        is_whole: bool,
        budget: &Budget,
    ) -> Result<Self> {
        let (mut map, mut side, mut booked) = (Vec::new(), 31, Vec::new());
        let mut count = 1;
        if is_whole && bits.flag() {
            side = 2 + bits.number(3);
            let size = (width.div_ceil(1 << side), height.div_ceil(1 << side));
            booked.push(budget.reserve(u64::from(size.0) * u64::from(size.1) * 4)?);
            map = pixels::read_small(bits, size, budget)?;
            count = 1 + map.iter().map(|pixel| pixel >> 8 & 0xffff).max().unwrap_or(0) as usize;
        }
        let across = width.div_ceil(1 << side.min(14)) as usize;
        booked.push(budget.reserve((count * size_of::<Group>()) as u64)?);
        let mut groups = memory::places(count, "prefix codes")?;
        let mut tables = Tables::default();
        let mut lengths = [0; MOST];
        let greens = 256 + 24 + if cache_bits > 0 { 1 << cache_bits } else { 0 };
        let mut size = 0;
        for _ in 0..count {
            groups.push(Group::read(bits, &mut tables, greens, &mut lengths)?);
            if tables.size() > size {
                booked.push(budget.reserve(tables.size() - size)?);
                size = tables.size();
                budget.check()?;
            }
        }
        let mut packed = Vec::new();
        if (width as usize).saturating_mul(height as usize) / count >= WORTH {
            let len = count * size_of::<[Packed; 1 << PACKED]>();
            booked.push(budget.reserve(len as u64)?);
            packed = memory::places(count, "prefix codes")?;
            packed.extend(groups.iter().map(|group: &Group| group.packed(&tables)));
        }
        Ok(Self { tables, groups, packed, map, across, side, _booked: booked })
    }

    /// The codes of the pixel at `x` of row `y`.
    #[inline(always)]
    pub fn at(&self, x: usize, y: usize) -> Option<(&Group, Option<&[Packed; 1 << PACKED]>)> {
        let place = (y >> self.side) * self.across + (x >> self.side);
        let number = match self.map.is_empty() {
            true => 0,
            false => (self.map.get(place)? >> 8 & 0xffff) as usize,
        };
        Some((self.groups.get(number)?, self.packed.get(number)))
    }

    /// Pixels of a row after which the codes change.
    pub fn side(&self) -> usize {
        1 << self.side
    }
}

impl Group {
    fn read(
        bits: &mut Bits<'_>,
        tables: &mut Tables,
        greens: usize,
        lengths: &mut [u8; MOST],
    ) -> Result<Self> {
        let mut code = |count| tables.read(bits, count, lengths);
        let (green, red, blue) = (code(greens)?, code(256)?, code(256)?);
        let (alpha, distance) = (code(256)?, code(40)?);
        let only = |code| tables.only(code).map(u32::from);
        let constant = match (only(alpha), only(red), only(blue)) {
            (Some(alpha), Some(red), Some(blue)) => Some(alpha << 24 | red << 16 | blue),
            _ => None,
        };
        let green_only = only(green).filter(|green| *green < 256);
        let only = constant.zip(green_only).map(|(others, green)| others | green << 8);
        Ok(Self { green, red, blue, alpha, distance, constant, only })
    }

    /// Reads pixels from all values of the next bits.
    fn packed(&self, tables: &Tables) -> [Packed; 1 << PACKED] {
        let mut all = [Packed::default(); 1 << PACKED];
        for (value, packed) in (0u32..).zip(&mut all) {
            let data = u64::from(value).to_le_bytes();
            let mut bits = Bits::new(&data);
            bits.refill();
            let had = bits.left();
            let green = u32::from(tables.symbol(self.green, &mut bits));
            if green > 255 {
                continue;
            }
            let [red, blue, alpha] = [self.red, self.blue, self.alpha]
                .map(|code| u32::from(tables.symbol(code, &mut bits)));
            let used = had.wrapping_sub(bits.left());
            if used <= PACKED {
                let pixel = alpha << 24 | red << 16 | green << 8 | blue;
                *packed = Packed { pixel, bits: used };
            }
        }
        all
    }
}
