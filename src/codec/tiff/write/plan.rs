//! What a page is written as: compression, samples, strips or tiles.

use super::super::tags::{compression, photometric};
use crate::codec::{self, Compressed, JpegColour};
use crate::error::{Error, Result};
use crate::format::FileFormat;
use crate::options::{SaveOptions, Subsampling, TiffCompression};
use crate::pixel::PixelFormat;

/// Bytes of pixels in a strip, unless one row has more.
const STRIP: u64 = 128 << 10;

/// The same for JPEG, where each strip repeats the tables.
const JPEG_STRIP: u64 = 1 << 20;

/// How one page is written.
#[derive(Debug)]
pub struct Plan {
    /// The rows that are compressed.
    pub format: PixelFormat,
    /// Compression, as its tag has it.
    pub compression: u16,
    pub photometric: u16,
    pub bits: u16,
    pub samples: u16,
    /// R, G, B of each value, where values stand for colours.
    pub palette: Option<Vec<u8>>,
    /// Whether the last sample is alpha.
    pub alpha: bool,
    /// Whether differences of neighbours are compressed.
    pub predictor: bool,
    /// YCbCrSubSampling.
    pub subsampling: (u16, u16),
    /// T4Options.
    pub two_dimensional: bool,
    pub chunk: Chunk,
}

/// A strip or tile.
#[derive(Clone, Copy, Debug)]
pub struct Chunk {
    pub width: u32,
    pub height: u32,
    pub tiled: bool,
}

/// The compression of an image that has `format`.
fn method(format: PixelFormat, options: &SaveOptions) -> u16 {
    match options.compression {
        TiffCompression::Auto if format.is_bilevel() => compression::CCITT_G4,
        TiffCompression::Auto | TiffCompression::Lzw => compression::LZW,
        TiffCompression::None => compression::NONE,
        TiffCompression::Deflate => compression::DEFLATE,
        TiffCompression::PackBits => compression::PACKBITS,
        TiffCompression::G4 => compression::CCITT_G4,
        TiffCompression::G3 => compression::CCITT_G3,
        TiffCompression::Jpeg => compression::JPEG,
        TiffCompression::Zstd => compression::ZSTD,
    }
}

/// Whether an image that has `format` is written in the colours of a palette.
pub fn takes_palette(format: PixelFormat, options: &SaveOptions) -> bool {
    let number = method(format, options);
    options.palette > 0 && !format.is_bilevel() && number != compression::JPEG
}

/// The format of the rows that are written: bytes in the order of the file, but for 16-bit ones.
pub fn stored_as(format: PixelFormat, options: &SaveOptions) -> Result<PixelFormat> {
    use PixelFormat as F;
    match method(format, options) {
        compression::CCITT_G3 | compression::CCITT_G4 => return Ok(F::Binary),
        compression::JPEG => {
            return codec::for_format(FileFormat::Jpeg)?.stored_as(format, options);
        }
        _ => {}
    }
    if takes_palette(format, options) {
        return Ok(if format.is_gray() { F::Gray8 } else { F::Bgr888 });
    }
    Ok(match format {
        F::Binary | F::BinaryInverted | F::Binary8 | F::Binary8Inverted => F::Binary,
        F::Gray8 | F::Gray16 | F::Cmyk8888 | F::Rgb161616 => format,
        F::Argb8888 | F::Abgr8888 => F::Abgr8888,
        F::Argb16161616 | F::Abgr16161616 => F::Abgr16161616,
        F::Rgb888 | F::Bgr888 | F::Rgb565 | F::Rgb555 | F::Nv12 | F::Nv21 => F::Bgr888,
    })
}

impl Plan {
    /// The plan of a page whose rows come in `format`, which is one that [`stored_as`] gives.
    pub fn new(
        (width, height): (u32, u32),
        format: PixelFormat,
        options: &SaveOptions,
    ) -> Result<Self> {
        let compression = method(format, options);
        let helps =
            matches!(compression, compression::LZW | compression::DEFLATE | compression::ZSTD);
        let predictor = match options.tiff.predictor {
            Some(true) if !helps || format.is_bilevel() => {
                let name = compression::name(compression);
                let pixels = format.name();
                return Err(Error::unsupported(format!(
                    "predictor with compression {name} and {pixels} pixels is not supported"
                )));
            }
            Some(asked) => asked,
            None => helps && !format.is_bilevel(),
        };
        let bits = match format {
            PixelFormat::Binary => 1,
            _ if format.is_16_bit() => 16,
            _ => 8,
        };
        let samples = match format {
            _ if format.is_gray() => 1,
            PixelFormat::Cmyk8888 => 4,
            _ if format.has_alpha() => 4,
            _ => 3,
        };
        let photometric = photometric_of(format, compression);
        let subsampling = match (photometric, options.subsampling) {
            (photometric::YCBCR, Subsampling::Both) => (2, 2),
            (photometric::YCBCR, Subsampling::Horizontal) => (2, 1),
            _ => (1, 1),
        };
        let alpha = format.has_alpha();
        let two_dimensional = options.tiff.two_dimensional;
        let chunk = Chunk::new((width, height), format, compression, options);
        Ok(Self {
            format,
            compression,
            photometric,
            bits,
            samples,
            palette: None,
            alpha,
            predictor,
            subsampling,
            two_dimensional,
            chunk,
        })
    }

    /// The plan of a page whose data is encoded already; `None` where TIFF cannot hold it, or the options ask for another
    /// compression.
    pub fn of_compressed(
        data: &Compressed,
        (width, height): (u32, u32),
        options: &SaveOptions,
    ) -> Option<Self> {
        let chunk = Chunk { width, height, tiled: false };
        let asks = options.tiff.tile != (0, 0) || options.tiff.rows_per_strip > 0;
        let wanted = options.compression;
        let (number, photometric, bits, samples, subsampling) = match data {
            Compressed::Jpeg { colour, subsampling, bits: 8, .. }
                if matches!(wanted, TiffCompression::Auto | TiffCompression::Jpeg) =>
            {
                let (photometric, samples) = match colour {
                    JpegColour::Gray => (photometric::BLACK_IS_ZERO, 1),
                    JpegColour::YCbCr => (photometric::YCBCR, 3),
                    JpegColour::Rgb => (photometric::RGB, 3),
                    JpegColour::Inks => (photometric::SEPARATED, 4),
                    // TIFF has no way to say so.
                    JpegColour::InvertedInks => return None,
                };
                let subsampling = (u16::from(subsampling.0), u16::from(subsampling.1));
                (compression::JPEG, photometric, 8, samples, subsampling)
            }
            Compressed::G4 { inverted, .. }
                if matches!(wanted, TiffCompression::Auto | TiffCompression::G4) =>
            {
                let photometric =
                    if *inverted { photometric::BLACK_IS_ZERO } else { photometric::WHITE_IS_ZERO };
                (compression::CCITT_G4, photometric, 1, 1, (1, 1))
            }
            _ => return None,
        };
        let held = match (photometric, subsampling) {
            (photometric::BLACK_IS_ZERO, _) => true,
            (photometric::YCBCR, (x, y)) => matches!((x, y), (1 | 2 | 4, 1 | 2 | 4)),
            (_, whole) => whole == (1, 1),
        };
        (held && !asks).then_some(Self {
            format: if bits == 1 { PixelFormat::Binary } else { PixelFormat::Bgr888 },
            compression: number,
            photometric,
            bits,
            samples,
            palette: None,
            alpha: false,
            predictor: false,
            subsampling,
            two_dimensional: false,
            chunk,
        })
    }

    /// The plan of indexes of a palette, which come as rows of grays.
    pub fn with_palette(mut self, palette: Vec<u8>) -> Self {
        self.photometric = photometric::PALETTE;
        // Neighbours that are alike need not have indexes that are.
        self.predictor = false;
        self.palette = Some(palette);
        self
    }

    /// Whether strips hold fax data.
    pub fn is_fax(&self) -> bool {
        matches!(self.compression, compression::CCITT_G3 | compression::CCITT_G4)
    }
}

impl Chunk {
    fn new(
        (width, height): (u32, u32),
        format: PixelFormat,
        compression: u16,
        options: &SaveOptions,
    ) -> Self {
        if options.tiff.tile != (0, 0) {
            let (width, height) = options.tiff.tile;
            return Self { width, height, tiled: true };
        }
        let row_len = format.min_stride(width).max(1);
        let rows = match (options.tiff.rows_per_strip, compression) {
            // Strips of whole MCUs, unless it is the last.
            (0, compression::JPEG) => (JPEG_STRIP / row_len).next_multiple_of(16).max(16),
            (asked, compression::JPEG) => u64::from(asked).next_multiple_of(16),
            // What fax servers expect is one strip.
            (0, compression::CCITT_G3 | compression::CCITT_G4) => u64::from(height),
            (0, _) => STRIP / row_len,
            (asked, _) => u64::from(asked),
        };
        let rows = u32::try_from(rows).unwrap_or(u32::MAX).clamp(1, height.max(1));
        Self { width, height: rows, tiled: false }
    }
}

fn photometric_of(format: PixelFormat, number: u16) -> u16 {
    match (format, number) {
        // What readers of fax data expect.
        (PixelFormat::Binary, compression::CCITT_G3 | compression::CCITT_G4) => {
            photometric::WHITE_IS_ZERO
        }
        (PixelFormat::Cmyk8888, _) => photometric::SEPARATED,
        (format, _) if format.is_gray() => photometric::BLACK_IS_ZERO,
        (_, compression::JPEG) => photometric::YCBCR,
        _ => photometric::RGB,
    }
}
