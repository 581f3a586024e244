//! The header and colour map of a TGA.

use crate::codec::Header;
use crate::error::{Error, Result};
use crate::limits::Budget;
use crate::memory::Scratch;
use crate::pixel::PixelFormat;
use crate::source::Source;

/// Bytes of the header.
pub(super) const LEN: usize = 18;
/// Bits of the descriptor: columns from the right, rows from the top.
const FROM_RIGHT: u8 = 0x10;
pub(super) const FROM_TOP: u8 = 0x20;

/// What the header says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Info {
    pub width: u32,
    pub height: u32,
    pub kind: Kind,
    /// Whether pixels are packed into runs.
    pub runs: bool,
    pub from_top: bool,
    pub from_right: bool,
    /// Bytes of a stored pixel.
    pub bytes: usize,
    /// Bits of a colour in the map, its first index and length.
    entry: u8,
    pub first: u16,
    colours: u16,
    alpha: bool,
    /// Where the map begins.
    map: u64,
}

/// What stored pixels are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// Rows of this format.
    Direct(PixelFormat),
    /// B, G, R and a byte that means nothing.
    Padded,
    /// Gray and alpha.
    GrayAlpha,
    /// Gray and a byte that means nothing.
    GrayPadded,
    /// Indices of the colour map.
    Mapped,
}

impl Info {
    /// Reads a header. `None` where any field has a value that no TGA has: there is no other sign of one.
    pub fn parse(head: &[u8]) -> Option<Self> {
        let head: &[u8; LEN] = head.first_chunk()?;
        let number = |at: usize| u16::from_le_bytes([head[at], head[at + 1]]);
        let (id, has_map, code, depth, descriptor) =
            (head[0], head[1], head[2], head[16], head[17]);
        let (first, colours, entry) = (number(3), number(5), head[7]);
        let map_is_sound = match has_map {
            0 => first == 0 && colours == 0,
            1 => colours > 0 && matches!(entry, 8 | 15 | 16 | 24 | 32),
            _ => false,
        };
        let attributes = descriptor & 0xf;
        let (width, height) = (number(12), number(14));
        if !map_is_sound || descriptor > 0x3f || !matches!(attributes, 0 | 1 | 8) {
            return None;
        }
        if width == 0 || height == 0 {
            return None;
        }
        let kind = match (code & !8, depth) {
            (1, 8 | 16) if has_map == 1 => Kind::Mapped,
            // The sixteenth bit is an attribute, and seldom alpha even where it is declared.
            (2, 15 | 16) => Kind::Direct(PixelFormat::Rgb555),
            (2, 24) => Kind::Direct(PixelFormat::Rgb888),
            (2, 32) if attributes == 8 => Kind::Direct(PixelFormat::Argb8888),
            (2, 32) => Kind::Padded,
            (3, 8) => Kind::Direct(PixelFormat::Gray8),
            (3, 16) if attributes == 8 => Kind::GrayAlpha,
            (3, 16) => Kind::GrayPadded,
            _ => return None,
        };
        Some(Self {
            width: width.into(),
            height: height.into(),
            kind,
            runs: code & 8 != 0,
            from_top: descriptor & FROM_TOP != 0,
            from_right: descriptor & FROM_RIGHT != 0,
            bytes: usize::from(depth.div_ceil(8)),
            entry: if has_map == 1 { entry } else { 0 },
            first,
            colours,
            alpha: attributes == 8 && entry == 32,
            map: LEN as u64 + u64::from(id),
        })
    }

    fn map_len(&self) -> u64 {
        u64::from(self.entry.div_ceil(8)) * u64::from(self.colours)
    }

    /// The first byte of the pixels.
    pub fn data(&self) -> u64 {
        self.map + self.map_len()
    }

    /// What the reader wants to know; `map` is the colour map.
    pub fn header(&self, map: &Map) -> Header {
        let (native, bits, samples) = match self.kind {
            Kind::Direct(PixelFormat::Rgb555) => (PixelFormat::Rgb888, 5, 3),
            Kind::Direct(PixelFormat::Argb8888) => (PixelFormat::Argb8888, 8, 4),
            Kind::Direct(PixelFormat::Gray8) | Kind::GrayPadded => (PixelFormat::Gray8, 8, 1),
            Kind::Direct(_) | Kind::Padded => (PixelFormat::Rgb888, 8, 3),
            Kind::GrayAlpha => (PixelFormat::Argb8888, 8, 2),
            Kind::Mapped => (map.native(), 8 * self.bytes as u32, 1),
        };
        Header::new(self.width, self.height, native, bits, samples)
    }

    /// Refuses a file that cannot hold the pixels it declares. Nothing can be said of runs.
    pub fn check_length(&self, source: &Source) -> Result<()> {
        let needed = self.bytes as u64 * u64::from(self.width) * u64::from(self.height);
        let there = source.len().saturating_sub(self.data());
        if self.runs || needed <= there {
            return Ok(());
        }
        let message = format!("the pixels take {needed} bytes, but {there} are left for them");
        Err(Error::damaged(message).at_offset(self.data()))
    }
}

/// The colours that indices stand for, as B, G, R, A.
pub struct Map {
    pub colours: Vec<[u8; 4]>,
    pub alpha: bool,
}

impl Map {
    /// Reads the colour map, where pixels are indices.
    pub fn read(info: &Info, source: &Source, budget: &Budget) -> Result<Self> {
        let mut map = Self { colours: Vec::new(), alpha: info.alpha };
        if info.kind != Kind::Mapped {
            return Ok(map);
        }
        let len = usize::try_from(info.map_len()).unwrap_or(usize::MAX);
        let mut raw = Scratch::new(len, "the colour map", budget)?;
        if source.read_at(info.map, &mut raw)? < len {
            return Err(Error::damaged("the colour map is cut off").at_offset(info.map));
        }
        let count = usize::from(info.colours);
        map.colours.try_reserve_exact(count).map_err(|_| Error::no_memory(4 * count, "colours"))?;
        let entries = raw.chunks_exact(usize::from(info.entry.div_ceil(8)).max(1));
        map.colours.extend(entries.map(|entry| match *entry {
            [gray] => [gray, gray, gray, 255],
            [low, high] => five_bits(u16::from_le_bytes([low, high])),
            [b, g, r] => [b, g, r, 255],
            [b, g, r, a, ..] => [b, g, r, if info.alpha { a } else { 255 }],
            [] => [0; 4],
        }));
        Ok(map)
    }

    /// The pixel format nearest to the colours.
    pub fn native(&self) -> PixelFormat {
        if self.alpha {
            PixelFormat::Argb8888
        } else if self.colours.iter().all(|[b, g, r, _]| b == g && g == r) {
            PixelFormat::Gray8
        } else {
            PixelFormat::Rgb888
        }
    }
}

fn five_bits(colour: u16) -> [u8; 4] {
    let scaled = |shift: u16| (((colour >> shift & 31) * 255 + 15) / 31) as u8;
    [scaled(0), scaled(5), scaled(10), 255]
}
