//! What a caller may ask of a read or a save.

mod engine;
mod fonts;
mod pdf;
mod view;

use crate::error::{Error, Result};
use crate::format::FileFormat;
use crate::image::WHITE;
use crate::limits::{Budget, Limits, ProgressFn};
use crate::pixel::PixelFormat;
pub use crate::pixel::binarize::{Binarize, BinarizeMethod};
pub use engine::{Band, OpenPage, PageFile, PdfEngine, Pdfium, PdfiumLibrary};
pub use fonts::Fonts;
pub use pdf::{PAGE_SIDE, PageFit, PageSize, PdfInfo, PdfOptions, PdfStandard, Word};
pub use view::Region;

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

/// What is read of a page of a PDF.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PdfMode {
    /// The image of a page that is one scan, as it is stored and upright; other pages are drawn.
    #[default]
    Auto,
    /// The page is drawn.
    Render,
    /// An image of the page, as it is stored.
    Extract,
}

/// What of a page of a PDF is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PdfBox {
    /// What viewers show.
    #[default]
    Crop,
    /// The sheet.
    Media,
    /// The sheet as it is cut in the end.
    Trim,
    /// What is printed before it is cut.
    Bleed,
    /// What the author had in mind.
    Art,
}

/// What pages of PDFs are drawn on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PdfBackground {
    /// White.
    #[default]
    White,
    /// R, G, B.
    Colour([u8; 3]),
    /// Nothing: pixels that are not drawn are transparent.
    Transparent,
}

/// How pages of PDFs are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PdfReading {
    /// What is read.
    pub mode: PdfMode,
    /// Which image [`PdfMode::Extract`] reads: from 0, in the order in which the page draws them.
    pub image: u32,
    /// What of the page is shown.
    pub page_box: PdfBox,
    /// What it is drawn on.
    pub background: PdfBackground,
    /// Whether annotations and form fields are drawn.
    pub annotations: bool,
}

impl Default for PdfReading {
    fn default() -> Self {
        Self {
            mode: PdfMode::Auto,
            image: 0,
            page_box: PdfBox::Crop,
            background: PdfBackground::White,
            annotations: true,
        }
    }
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
    /// Pixels of the longer side of a PDF page that is drawn, instead of `dpi`. Other pages with more are reduced, as if by
    /// the mean of the pixels that each new one covers. 0 leaves sizes alone.
    pub max_side: u32,
    /// How many pixels across and down become one: 1, 2, 4 or 8. Before `max_side` is looked at.
    pub scale: u32,
    /// What is read of the page, in its pixels as they are returned without `scale` and `max_side`; `None` is all of it.
    pub region: Option<Region>,
    /// Dots per inch reported for files that state none; 0 leaves them unstated.
    pub fallback_dpi: f64,
    /// How pages of PDFs are read.
    pub pdf: PdfReading,
    /// Fonts for PDFs that bring none of their own. By default there are none but those that stand in for the standard ones.
    pub fonts: Fonts,
    /// What draws pages of PDFs.
    pub pdf_engine: PdfEngine,
    /// Password of an encrypted PDF.
    pub password: Option<String>,
    /// Threads that may work at a time, where the format allows it; 0 and 1: the calling thread alone.
    pub threads: u32,
    /// What the call may spend.
    pub limits: Limits,
    /// Told how far the call is.
    pub progress: Option<ProgressFn>,
}

/// Threads that one call may ask for.
pub const MOST_THREADS: u32 = 256;

impl Default for ReadOptions {
    fn default() -> Self {
        Self {
            page: 0,
            pixel_format: None,
            orientation: OrientationMode::Report,
            tolerance: Tolerance::Strict,
            dpi: 300.0,
            max_side: 0,
            scale: 1,
            region: None,
            fallback_dpi: 0.0,
            pdf: PdfReading::default(),
            fonts: Fonts::default(),
            pdf_engine: PdfEngine::default(),
            password: None,
            threads: 0,
            limits: Limits::default(),
            progress: None,
        }
    }
}

fn check_threads(threads: u32) -> Result<()> {
    if threads <= MOST_THREADS {
        return Ok(());
    }
    Err(Error::parameter(format!("threads is {threads}, not 0 to {MOST_THREADS}")))
}

impl ReadOptions {
    /// Refuses values out of range.
    pub fn check(&self) -> Result<()> {
        if !(100.0..=3000.0).contains(&self.dpi) {
            return Err(Error::parameter(format!("dpi is {}, not 100 to 3000", self.dpi)));
        }
        if ![1, 2, 4, 8].contains(&self.scale) {
            return Err(Error::parameter(format!("scale is {}, not 1, 2, 4 or 8", self.scale)));
        }
        check_threads(self.threads)?;
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
    /// CCITT Group 4; other pixels are binarized.
    G4,
    /// CCITT Group 3; other pixels are binarized.
    G3,
    /// JPEG, with the quality and subsampling of the call.
    Jpeg,
    /// Zstandard.
    Zstd,
}

/// How the pixels of a TIFF are laid out in the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TiffLayout {
    /// Whether differences of neighbours are compressed; `None` where they help: with LZW, Deflate and Zstandard, for
    /// pixels of 8 bits and more.
    pub predictor: Option<bool>,
    /// Rows of a strip; 0 leaves the choice to the encoder.
    pub rows_per_strip: u32,
    /// Pixels across and down a tile, multiples of 16; 0 and 0 for strips.
    pub tile: (u32, u32),
    /// Whether BigTIFF is written where classic TIFF would do.
    pub big: bool,
    /// Whether Group 3 data is two-dimensional.
    pub two_dimensional: bool,
}

impl TiffLayout {
    fn check(&self) -> Result<()> {
        let (width, height) = self.tile;
        let fits = |side: u32| side.is_multiple_of(16) && side <= 65_520;
        if (width == 0) != (height == 0) || !fits(width) || !fits(height) {
            return Err(Error::parameter(format!(
                "tiles of {width} x {height} pixels: the sides have to be multiples of 16 up to 65520"
            )));
        }
        if width > 0 && self.rows_per_strip > 0 {
            return Err(Error::parameter("rows_per_strip and tiles cannot both be asked for"));
        }
        Ok(())
    }
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
    /// JPEG files: all of the picture coarse first, then finer; smaller and slower. They have tables made for the image.
    pub progressive: bool,
    /// Deflate effort for PNG, TIFF and PDF, 0 (stored) to 9. PNG is made fast up to 6, and thoroughly from 7 on.
    pub level: u8,
    /// Threads that may work at a time, where the format allows it; 0 and 1: the calling thread alone.
    pub threads: u32,
    /// TIFF compression.
    pub compression: TiffCompression,
    /// TIFF strips, tiles and the like.
    pub tiff: TiffLayout,
    /// TIFF and PDF: when the file was made, as `YYYY:MM:DD HH:MM:SS`; nothing is written without.
    pub date_time: Option<String>,
    /// GIF, PNG, TIFF and PDF: the most colours of a palette, 2 to 256. 0: 256 in GIF, no palette in TIFF; in PDF, and in
    /// PNG from level 7 on, one where it loses nothing.
    pub palette: u32,
    /// GIF, PNG, TIFF and PDF: whether the errors of a palette are handed on to neighbours.
    pub dither: bool,
    /// GIF: milliseconds that a frame shows, in steps of 10; 0: 100 where there are several.
    pub delay_ms: u32,
    /// GIF: how often an animation is played; 0 without end.
    pub loop_count: u32,
    /// How images become black and white. `None`: only where the file takes nothing else (TIFF with G3 and G4), by the
    /// defaults.
    pub binarize: Option<Binarize>,
    /// PDF encoding.
    pub encoding: PdfEncoding,
    /// PDF pages and documents.
    pub pdf: PdfOptions,
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
            progressive: false,
            level: 6,
            threads: 0,
            compression: TiffCompression::Auto,
            tiff: TiffLayout::default(),
            date_time: None,
            binarize: None,
            palette: 0,
            dither: false,
            delay_ms: 0,
            loop_count: 0,
            encoding: PdfEncoding::Auto,
            pdf: PdfOptions::default(),
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
        check_threads(self.threads)?;
        self.tiff.check()?;
        self.pdf.check()?;
        if let Some(binarize) = &self.binarize {
            binarize.check()?;
        }
        for (name, value, range) in [
            ("palette", self.palette, 2..=256),
            ("delay_ms", self.delay_ms, 1..=655_350),
            ("loop_count", self.loop_count, 1..=65_536),
        ] {
            if value != 0 && !range.contains(&value) {
                let (first, last) = (range.start(), range.end());
                let message = format!("{name} is {value}, not 0 or {first} to {last}");
                return Err(Error::parameter(message));
            }
        }
        if let Some(text) = &self.date_time {
            check_date_time(text)?;
        }
        check_dpi("dpi_x", self.dpi.0)?;
        check_dpi("dpi_y", self.dpi.1)
    }
}

/// TIFF 6.0, DateTime: 19 characters, each digit in its place.
fn check_date_time(text: &str) -> Result<()> {
    let fits = |(have, wanted): (u8, u8)| match wanted {
        b'0' => have.is_ascii_digit(),
        other => have == other,
    };
    let pattern = b"0000:00:00 00:00:00";
    if text.len() == pattern.len() && text.bytes().zip(*pattern).all(fits) {
        return Ok(());
    }
    Err(Error::parameter(format!("date_time is \"{text}\", not YYYY:MM:DD HH:MM:SS")))
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
        let tile = |tile| SaveOptions {
            tiff: TiffLayout { tile, ..TiffLayout::default() },
            ..SaveOptions::default()
        };
        assert!(tile((64, 48)).check().is_ok());
        assert!(tile((64, 50)).check().is_err() && tile((64, 0)).check().is_err());
        for (text, fits) in [("2026:11:24 01:02:03", true), ("2026-11-24 01:02:03", false)] {
            let options = SaveOptions { date_time: Some(text.into()), ..SaveOptions::default() };
            assert_eq!(options.check().is_ok(), fits);
        }
        assert!(ReadOptions { dpi: f64::NAN, ..ReadOptions::default() }.check().is_err());
    }
}
