//! What a caller may ask of a read or a save.

use crate::error::{Error, Result};
use crate::format::FileFormat;
use crate::image::WHITE;
use crate::limits::{Budget, Limits, ProgressFn};
use crate::pixel::PixelFormat;

/// What is done about the orientation that a file states.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OrientationMode {
    /// Pixels as stored, the angle reported. Mirrored ones are unmirrored.
    #[default]
    Report,
    /// Upright pixels, angle 0.
    Apply,
}

/// What is done about damage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tolerance {
    /// Damage is an error.
    #[default]
    Strict,
    /// The rows that could be read, with a warning; the rest is zero.
    Recover,
}

/// How to read.
#[derive(Clone)]
pub struct ReadOptions {
    /// The page that one-call functions read, from 0.
    pub page: u32,
    /// The pixel format; `None` is the nearest to what the file stores.
    pub pixel_format: Option<PixelFormat>,
    /// What is done about the orientation.
    pub orientation: OrientationMode,
    /// What is done about damage.
    pub tolerance: Tolerance,
    /// Dots per inch that PDF pages are drawn at, 100 to 3000.
    pub dpi: f64,
    /// Dots per inch reported for files that state none; 0 leaves them unstated.
    pub fallback_dpi: f64,
    /// Password of an encrypted PDF.
    pub password: Option<String>,
    /// What the call may spend.
    pub limits: Limits,
    /// Told how far the call is.
    pub progress: Option<ProgressFn>,
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self {
            page: 0,
            pixel_format: None,
            orientation: OrientationMode::Report,
            tolerance: Tolerance::Strict,
            dpi: 300.0,
            fallback_dpi: 0.0,
            password: None,
            limits: Limits::default(),
            progress: None,
        }
    }
}

impl ReadOptions {
    /// Refuses values out of range.
    pub fn check(&self) -> Result<()> {
        if !(100.0..=3000.0).contains(&self.dpi) {
            return Err(Error::parameter(format!("dpi is {}, not 100 to 3000", self.dpi)));
        }
        check_dpi("fallback_dpi", self.fallback_dpi)
    }

    /// Starts the budget of a call.
    pub fn budget(&self) -> Budget {
        Budget::new(self.limits, self.progress.clone())
    }
}

fn check_dpi(name: &str, dpi: f64) -> Result<()> {
    if (0.0..=1_000_000.0).contains(&dpi) {
        return Ok(());
    }
    Err(Error::parameter(format!("{name} is {dpi}, not 0 to 1000000")))
}

/// Size of the chroma planes of a JPEG against its luma.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Subsampling {
    /// Half the width and half the height (4:2:0).
    #[default]
    Both,
    /// Half the width (4:2:2).
    Horizontal,
    /// The same size (4:4:4).
    None,
}

/// How the strips of a TIFF are compressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TiffCompression {
    /// G4 for bilevel pixels, LZW for others.
    #[default]
    Auto,
    /// As they are.
    None,
    /// LZW.
    Lzw,
    /// Deflate.
    Deflate,
    /// PackBits.
    PackBits,
    /// CCITT Group 4, bilevel pixels only.
    G4,
    /// CCITT Group 3: not written yet.
    G3,
    /// JPEG: not written yet.
    Jpeg,
    /// Zstandard: not written yet.
    Zstd,
}

/// How the image of a PDF page is compressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PdfEncoding {
    /// G4 for bilevel pixels, Flate for others: lossless.
    #[default]
    Auto,
    /// JPEG, with the quality and subsampling of the call.
    Jpeg,
}

/// Whether a kind of metadata goes into the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MetadataPolicy {
    /// It does, where the format can hold it.
    #[default]
    Keep,
    /// It does not.
    Strip,
}

/// How to save.
#[derive(Clone)]
pub struct SaveOptions {
    /// The format; `None` lets the extension decide.
    pub format: Option<FileFormat>,
    /// JPEG quality, 1 to 100, on libjpeg's scale.
    pub quality: u8,
    /// JPEG chroma subsampling.
    pub subsampling: Subsampling,
    /// JPEG: Huffman tables made for the image, smaller and slower.
    pub optimize: bool,
    /// Deflate effort for PNG, TIFF and PDF, 0 (stored) to 9.
    pub level: u8,
    /// TIFF compression.
    pub compression: TiffCompression,
    /// PDF encoding.
    pub encoding: PdfEncoding,
    /// Dots per inch, across and down, written instead of the image's; 0 keeps those.
    pub dpi: (f64, f64),
    /// R, G, B that transparent pixels lie on in formats without alpha.
    pub background: [u8; 3],
    /// What happens to the ICC profile.
    pub icc: MetadataPolicy,
    /// What happens to EXIF.
    pub exif: MetadataPolicy,
    /// What happens to XMP.
    pub xmp: MetadataPolicy,
    /// Told how far the call is.
    pub progress: Option<ProgressFn>,
}

impl Default for SaveOptions {
    fn default() -> Self {
        Self {
            format: None,
            quality: 90,
            subsampling: Subsampling::Both,
            optimize: false,
            level: 6,
            compression: TiffCompression::Auto,
            encoding: PdfEncoding::Auto,
            dpi: (0.0, 0.0),
            background: WHITE,
            icc: MetadataPolicy::Keep,
            exif: MetadataPolicy::Keep,
            xmp: MetadataPolicy::Keep,
            progress: None,
        }
    }
}

impl SaveOptions {
    /// Refuses values out of range.
    pub fn check(&self) -> Result<()> {
        if !(1..=100).contains(&self.quality) {
            return Err(Error::parameter(format!("quality is {}, not 1 to 100", self.quality)));
        }
        if self.level > 9 {
            return Err(Error::parameter(format!("level is {}, not 0 to 9", self.level)));
        }
        check_dpi("dpi_x", self.dpi.0)?;
        check_dpi("dpi_y", self.dpi.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_in_range() {
        ReadOptions::default().check().unwrap();
        SaveOptions::default().check().unwrap();
    }

    #[test]
    fn an_option_out_of_range_is_named() {
        let error = SaveOptions { quality: 0, ..SaveOptions::default() }.check().unwrap_err();
        assert_eq!(error.to_string(), "quality is 0, not 1 to 100");
        assert!(ReadOptions { dpi: f64::NAN, ..ReadOptions::default() }.check().is_err());
    }
}
