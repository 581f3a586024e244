//! The headers of a BMP: OS/2 1.x and 2.x, and Windows from version 3 to 5.

use crate::codec::Header;
use crate::error::{Error, Kind, Result};
use crate::limits::Budget;
use crate::metadata::resolution;
use crate::pixel::PixelFormat;
use crate::source::Source;

use super::masks::Masks;
use super::palette::Palette;

/// Bytes of the file header, which says where the pixels are.
const FILE_HEADER: usize = 14;
/// Bytes of the header of OS/2 1.x, with 16-bit sizes and palette entries of three bytes.
const CORE: usize = 12;
/// Bytes of the longest header of OS/2 2.x. Windows never had one of this length.
const OS2: usize = 64;
/// Bytes of the header of Windows 3.
pub(super) const INFO: usize = 40;
/// Bytes of the header of Windows 98, the last one.
pub(super) const V5: usize = 124;

/// From this size on a header ends in three masks, which else follow it; with four bytes more in four.
const MASKED: usize = 52;
/// `MBED`: the profile is in the file.
pub(super) const PROFILE_EMBEDDED: u32 = 0x4d42_4544;

/// How pixels are stored.
#[derive(Debug, PartialEq)]
pub enum Pixels {
    /// As rows of this format.
    Direct(PixelFormat),
    /// As B, G, R and a byte that means nothing.
    Padded,
    /// As indices of this many bits.
    Indexed,
    /// As bits of a number.
    Masked(Box<Masks>),
    /// As runs of indices of 4 or 8 bits, or of B, G, R.
    Runs,
}

/// What the headers say.
#[derive(Debug)]
pub struct Info {
    pub width: u32,
    pub height: u32,
    /// Whether the first row is the top one.
    pub top_down: bool,
    /// Bits of a pixel.
    pub bits: u32,
    /// As the file numbers it.
    pub compression: u32,
    pub pixels: Pixels,
    pub palette: Palette,
    /// The first byte of the pixels.
    pub data: u64,
    resolution: (f64, f64),
    /// First byte and length of an embedded ICC profile.
    profile: Option<(u64, u64)>,
}

impl Info {
    /// Reads the headers and the palette.
    pub fn read(source: &Source) -> Result<Self> {
        let base = base(source)?;
        let mut head = [0; FILE_HEADER + V5 + 16];
        let len = source.read_at(base, &mut head)?;
        let fields = Fields { bytes: head.get(..len).unwrap_or_default(), end: len };
        let size = fields.u32(FILE_HEADER)? as usize;
        if size < CORE || size as u64 > source.len() {
            let message = format!("a header of {size} bytes is none that a BMP has");
            return Err(Error::damaged(message).at_offset(base + FILE_HEADER as u64));
        }
        let dib = fields.bytes.get(FILE_HEADER..).unwrap_or_default();
        // What lies behind the header is no part of it: short ones lack the later fields.
        let dib = Fields { bytes: dib, end: size.min(dib.len()) };
        let mut info = if size == CORE { Self::core(&dib)? } else { Self::windows(&dib)? };

        let first = base + FILE_HEADER as u64;
        let behind = first + size as u64 + info.read_layout(&dib, size)?;
        info.data = u64::from(fields.u32(10)?);
        let used = dib.optional(32);
        info.palette = Palette::read(source, behind, info.data, info.bits, used, size == CORE)?;
        if info.data == 0 {
            info.data = behind + info.palette.len_in_file();
        } else if info.data < first + size as u64 || info.data > source.len() {
            let message = format!("the pixels are said to begin at byte {}", info.data);
            return Err(Error::damaged(message).at_offset(base + 10));
        }
        info.simplify();
        info.profile = profile(&dib, size, first);
        Ok(info)
    }

    fn core(dib: &Fields<'_>) -> Result<Self> {
        let size = (u32::from(dib.u16(4)?), u32::from(dib.u16(6)?));
        Ok(Self::sized(size.0, size.1, u32::from(dib.u16(10)?)))
    }

    fn windows(dib: &Fields<'_>) -> Result<Self> {
        let (width, height) = (dib.u32(4)?.cast_signed(), dib.u32(8)?.cast_signed());
        let stated = u32::try_from(width).ok().filter(|width| *width > 0);
        let Some(width) = stated.filter(|_| height != 0) else {
            return Err(Error::damaged(format!("the image is {width} x {height} pixels")));
        };
        let mut info = Self::sized(width, height.unsigned_abs(), u32::from(dib.u16(14)?));
        info.top_down = height < 0;
        let per_metre = |at| f64::from(dib.optional(at).cast_signed().max(0));
        info.resolution = resolution::from_per_metre(per_metre(24), per_metre(28));
        info.compression = dib.optional(16);
        Ok(info)
    }

    fn sized(width: u32, height: u32, bits: u32) -> Self {
        Self {
            width,
            height,
            top_down: false,
            bits,
            compression: 0,
            pixels: Pixels::Indexed,
            palette: Palette::default(),
            data: 0,
            resolution: (0.0, 0.0),
            profile: None,
        }
    }

    /// Finds out how pixels are stored; the bytes of masks that follow the header.
    fn read_layout(&mut self, dib: &Fields<'_>, size: usize) -> Result<u64> {
        // The numbers mean other things in OS/2.
        let os2 = size < INFO || size == OS2;
        let mut behind = 0;
        self.pixels = match (self.compression, self.bits) {
            (3, _) if os2 => {
                return Err(Error::unsupported("Huffman 1D compression (OS/2) is not supported"));
            }
            (4, 24) if os2 => Pixels::Runs,
            (4, _) if !os2 => return Err(Error::unsupported("a JPEG inside is not supported")),
            (5, _) if !os2 => return Err(Error::unsupported("a PNG inside is not supported")),
            (11..=13, _) if !os2 => return Err(Error::unsupported("CMYK inks are not supported")),
            (0, 1 | 2 | 4 | 8) => Pixels::Indexed,
            (0, 16 | 24 | 32) => Masks::usual(self.bits).into_pixels(),
            (1, 8) | (2, 4) => Pixels::Runs,
            (3 | 6, 16 | 24 | 32) if !os2 => {
                let outside = size < MASKED;
                let alpha = if outside { self.compression == 6 } else { size >= MASKED + 4 };
                let start = if outside { size } else { INFO };
                let mut masks = [0; 4];
                for (mask, at) in
                    masks.iter_mut().take(3 + usize::from(alpha)).zip((start..).step_by(4))
                {
                    *mask = dib.anywhere(at)?;
                }
                behind = if outside { 12 + 4 * u64::from(alpha) } else { 0 };
                Masks::new(masks, self.bits)?.into_pixels()
            }
            (0, bits) => {
                let message = format!("pixels of {bits} bits are not supported");
                return Err(Error::new(Kind::DepthUnsupported, message));
            }
            (compression, bits) => {
                let message = format!(
                    "compression {compression} with pixels of {bits} bits is not supported"
                );
                return Err(Error::unsupported(message));
            }
        };
        Ok(behind)
    }

    /// Indices that are pixels of a format already need no table.
    fn simplify(&mut self) {
        if self.pixels != Pixels::Indexed {
            return;
        }
        let direct = match (self.bits, self.palette.first_two()) {
            (1, [[0, 0, 0], [255, 255, 255]]) => Some(PixelFormat::Binary),
            (1, [[255, 255, 255], [0, 0, 0]]) => Some(PixelFormat::BinaryInverted),
            (8, _) if self.palette.is_ramp() => Some(PixelFormat::Gray8),
            _ => None,
        };
        if let Some(format) = direct {
            self.pixels = Pixels::Direct(format);
        }
    }

    /// The pixel format nearest to what is stored.
    fn native(&self) -> PixelFormat {
        match &self.pixels {
            Pixels::Direct(PixelFormat::Binary | PixelFormat::BinaryInverted) => {
                PixelFormat::Binary
            }
            Pixels::Direct(format) if format.has_alpha() => PixelFormat::Argb8888,
            Pixels::Masked(masks) => masks.format(),
            Pixels::Direct(PixelFormat::Gray8) => PixelFormat::Gray8,
            Pixels::Indexed | Pixels::Runs if self.bits <= 8 && self.palette.is_gray() => {
                PixelFormat::Gray8
            }
            _ => PixelFormat::Rgb888,
        }
    }

    /// What the reader wants to know.
    pub fn header(&self, source: &Source, budget: &Budget) -> Result<Header> {
        let native = self.native();
        let (bits, samples) = match (&self.pixels, self.bits) {
            (Pixels::Masked(masks), _) => (masks.deepest(), 3 + u32::from(native.has_alpha())),
            (_, bits @ 0..=8) => (bits, 1),
            (_, 16) => (5, 3),
            _ => (8, 3 + u32::from(native.has_alpha())),
        };
        let mut header = Header::new(self.width, self.height, native, bits, samples);
        header.resolution = self.resolution;
        header.compression = self.compression;
        header.metadata.icc = self.read_profile(source, budget)?;
        Ok(header)
    }

    /// Bytes of a row without its padding.
    pub fn row_len(&self) -> u64 {
        (u64::from(self.width) * u64::from(self.bits)).div_ceil(8)
    }

    /// Refuses a file that cannot hold the rows it declares. Nothing can be said of runs.
    pub fn check_length(&self, source: &Source) -> Result<()> {
        let (row, rows) = (self.row_len(), u64::from(self.height));
        let there = source.len().saturating_sub(self.data);
        // The last row may lack its padding.
        let needed = row.next_multiple_of(4).saturating_mul(rows.saturating_sub(1));
        let needed = needed.saturating_add(row);
        if self.pixels == Pixels::Runs || needed <= there {
            return Ok(());
        }
        let message = format!("the pixels take {needed} bytes, but {there} are left for them");
        Err(Error::damaged(message).at_offset(self.data))
    }

    /// The embedded profile. One that is cut off or absurd is no reason to lose the pixels.
    fn read_profile(&self, source: &Source, budget: &Budget) -> Result<Option<Vec<u8>>> {
        let Some((at, len)) = self.profile else { return Ok(None) };
        if len == 0 || at.saturating_add(len) > source.len() {
            return Ok(None);
        }
        budget.check_metadata(len)?;
        let len = usize::try_from(len).map_err(|_| Error::no_memory(usize::MAX, "metadata"))?;
        let mut bytes = crate::memory::zeroed(len, "metadata")?;
        let got = source.read_at(at, &mut bytes)?;
        Ok((got == len).then_some(bytes))
    }
}

/// Where the file header is: at the start, or behind the first header of an OS/2 array of bitmaps.
fn base(source: &Source) -> Result<u64> {
    let mut head = [0; 16];
    source.read_at(0, &mut head)?;
    match head {
        [b'B', b'M', ..] => Ok(0),
        [b'B', b'A', .., b'B', b'M'] => Ok(14),
        _ => Err(Error::damaged("the signature is missing")),
    }
}

/// First byte and length of an embedded ICC profile.
fn profile(dib: &Fields<'_>, size: usize, first: u64) -> Option<(u64, u64)> {
    if size < V5 || dib.optional(56) != PROFILE_EMBEDDED {
        return None;
    }
    Some((first + u64::from(dib.optional(112)), u64::from(dib.optional(116))))
}

/// Little-endian fields of a header that may be cut off or short.
struct Fields<'a> {
    bytes: &'a [u8],
    end: usize,
}

impl Fields<'_> {
    fn chunk<const N: usize>(&self, at: usize) -> Option<[u8; N]> {
        self.bytes.get(at..)?.first_chunk().copied()
    }

    fn u16(&self, at: usize) -> Result<u16> {
        let bytes = self.chunk(at).filter(|_| at + 2 <= self.end);
        bytes.map(u16::from_le_bytes).ok_or_else(|| cut(self.end))
    }

    fn u32(&self, at: usize) -> Result<u32> {
        let bytes = self.chunk(at).filter(|_| at + 4 <= self.end);
        bytes.map(u32::from_le_bytes).ok_or_else(|| cut(self.end))
    }

    /// A field that shorter headers lack, where it is 0.
    fn optional(&self, at: usize) -> u32 {
        self.u32(at).unwrap_or(0)
    }

    /// A number in the header or right behind it.
    fn anywhere(&self, at: usize) -> Result<u32> {
        self.chunk(at).map(u32::from_le_bytes).ok_or_else(|| cut(self.bytes.len()))
    }
}

fn cut(end: usize) -> Error {
    Error::damaged(format!("the header ends after {end} bytes"))
}
