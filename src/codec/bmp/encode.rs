//! Writing: 1, 8, 24 or 32 bits without compression, bottom row first, as every reader of BMP understands it.

use crate::codec::Picture;
use crate::error::{Error, Result};
use crate::limits::Budget;
use crate::memory::Scratch;
use crate::metadata::resolution::per_metre;
use crate::pixel::PixelFormat;
use crate::sink::Sink;

use super::header::{INFO, PROFILE_EMBEDDED, V5};

const FILE_HEADER: u64 = 14;
/// Masks that follow instead of a palette.
const BITFIELDS: u32 = 3;
/// `sRGB`: what pixels without a profile are taken for.
const SRGB: u32 = 0x7352_4742;
/// Keep white and contrast, the usual intent for pictures.
const INTENT_IMAGES: u32 = 4;

/// The format that rows are written in.
pub fn stored_as(format: PixelFormat) -> PixelFormat {
    if format.is_bilevel() {
        PixelFormat::Binary
    } else if format.is_gray() {
        PixelFormat::Gray8
    } else if format.has_alpha() {
        PixelFormat::Argb8888
    } else {
        PixelFormat::Rgb888
    }
}

/// Where the parts of the file are.
struct Plan {
    header: usize,
    colours: u32,
    bits: u16,
    /// Bytes of a row with its padding.
    stride: u64,
    data: u64,
    pixels: u64,
    profile: u64,
}

impl Plan {
    fn new(picture: &Picture<'_>) -> Result<Self> {
        let (bits, colours) = match picture.format {
            PixelFormat::Binary => (1, 2),
            PixelFormat::Gray8 => (8, 256),
            PixelFormat::Argb8888 => (32, 0),
            _ => (24, 0),
        };
        let profile = picture.metadata.icc.as_ref().map_or(0, |icc| icc.len() as u64);
        let header = if profile > 0 || bits == 32 { V5 } else { INFO };
        let stride = picture.format.min_stride(picture.width).next_multiple_of(4);
        let pixels = stride.saturating_mul(u64::from(picture.height));
        let data = FILE_HEADER + header as u64 + 4 * u64::from(colours);
        let plan = Self { header, colours, bits, stride, data, pixels, profile };
        let side = i32::MAX.cast_unsigned();
        if plan.file_len() > u64::from(u32::MAX) || picture.width.max(picture.height) > side {
            let message = format!("a BMP has at most 4294967295 bytes, not {}", plan.file_len());
            return Err(Error::unsupported(message));
        }
        Ok(plan)
    }

    fn file_len(&self) -> u64 {
        self.data.saturating_add(self.pixels).saturating_add(self.profile)
    }

    /// The headers and the palette.
    fn head(&self, picture: &Picture<'_>) -> Vec<u8> {
        let mut head = b"BM".to_vec();
        let mut long = |number: u64| head.extend((number as u32).to_le_bytes());
        long(self.file_len());
        long(0);
        long(self.data);
        long(self.header as u64);
        long(u64::from(picture.width));
        long(u64::from(picture.height));
        long(1 | u64::from(self.bits) << 16);
        long(u64::from(if self.bits == 32 { BITFIELDS } else { 0 }));
        long(self.pixels);
        for dpi in [picture.resolution.0, picture.resolution.1] {
            long(u64::from(per_metre(dpi).min(i32::MAX.cast_unsigned())));
        }
        long(u64::from(self.colours));
        long(0);
        if self.header == V5 {
            self.colour_space(&mut long);
        }
        for index in 0..self.colours {
            let gray = u64::from(index * 255 / (self.colours - 1));
            long(gray << 16 | gray << 8 | gray);
        }
        head
    }

    /// The fields of a V5 header that the others lack.
    fn colour_space(&self, long: &mut impl FnMut(u64)) {
        let masks = [0xff_0000, 0xff00, 0xff, 0xff00_0000];
        masks.into_iter().for_each(|mask| long(if self.bits == 32 { mask } else { 0 }));
        long(u64::from(if self.profile > 0 { PROFILE_EMBEDDED } else { SRGB }));
        // Primaries and gamma are for calibrated colours only.
        [0; 12].into_iter().for_each(&mut *long);
        long(u64::from(INTENT_IMAGES));
        let behind = self.data + self.pixels - FILE_HEADER;
        long(if self.profile > 0 { behind } else { 0 });
        long(self.profile);
        long(0);
    }
}

/// Writes the file.
pub fn encode(picture: &Picture<'_>, sink: &mut Sink<'_>, budget: &Budget) -> Result<()> {
    let plan = Plan::new(picture)?;
    sink.put(&plan.head(picture))?;
    sink.expect(usize::try_from(plan.stride).unwrap_or(0).saturating_mul(picture.height as usize))?;
    let len = picture.row_len();
    let padding = usize::try_from(plan.stride).unwrap_or(len).saturating_sub(len);
    let padding = [0; 3].get(..padding).unwrap_or_default();
    let mut scratch = Scratch::new(len, "a row", budget)?;
    for y in (0..picture.height).rev() {
        sink.put(picture.row_from_below(y, &mut scratch)?)?;
        sink.put(padding)?;
    }
    match &picture.metadata.icc {
        Some(profile) => sink.put(profile),
        None => Ok(()),
    }
}
