//! How pages are read and saved, by the names that the options have in C.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use dio::codec;
use dio::error::Result;
use dio::format::FileFormat;
use dio::options::{
    Binarize, BinarizeMethod, Fonts, MetadataPolicy, OrientationMode, PdfBackground, PdfBox,
    PdfEncoding, PdfEngine, PdfMode, PdfReading, ReadOptions, Region, SaveOptions, Subsampling,
    TiffCompression, TiffLayout,
};
use dio::pixel::PixelFormat;

use crate::pdf::PdfArguments;

#[derive(Args)]
#[command(next_help_heading = "How pages are read")]
pub struct ReadArguments {
    /// Dots per inch that PDF pages are drawn at, 100 to 3000 [default: 300]
    #[arg(short, long, value_name = "N")]
    dpi: Option<f64>,
    /// What is read of PDF pages: auto (scans as they are stored, other pages drawn), render or extract [default: auto]
    #[arg(long, value_name = "MODE", value_parser = pdf_mode)]
    pdf_mode: Option<PdfMode>,
    /// Which image of a PDF page is extracted, from 0 [default: 0]
    #[arg(long, value_name = "N")]
    pdf_image: Option<u32>,
    /// What of PDF pages is shown: crop, media, trim, bleed or art [default: crop]
    #[arg(long, value_name = "BOX", value_parser = pdf_box)]
    pdf_box: Option<PdfBox>,
    /// What PDF pages are drawn on, RRGGBB or transparent [default: FFFFFF]
    #[arg(long, value_name = "COLOUR", value_parser = pdf_background)]
    pdf_background: Option<PdfBackground>,
    /// Leaves out the annotations and form fields of PDF pages
    #[arg(long)]
    no_annotations: bool,
    /// Pixels of the longer side: PDF pages are drawn so, instead of by --dpi, others with more are reduced
    #[arg(long, value_name = "N", conflicts_with = "dpi")]
    max_side: Option<u32>,
    /// Makes one pixel of 2, 4 or 8 across and down
    #[arg(long, value_name = "N")]
    scale: Option<u32>,
    /// Reads a part of the page: pixels from the left and from the top, width and height
    #[arg(long, value_name = "X,Y,WxH", value_parser = region)]
    region: Option<Region>,
    /// A font file for texts of PDF pages whose own is not embedded; may be given several times
    #[arg(long = "font", value_name = "FILE", value_parser = font)]
    fonts: Vec<FontFile>,
    /// A folder of such font files
    #[arg(long, value_name = "DIR")]
    font_folder: Option<PathBuf>,
    /// Uses the fonts of the operating system, too: pages may look different elsewhere
    #[arg(long)]
    system_fonts: bool,
    /// Draws PDF pages with PDFium: its library file, or the folder that has it
    #[arg(long, value_name = "PATH")]
    pdfium: Option<PathBuf>,
    /// Pixel format to convert to, such as GRAYSCALED or BINARY
    #[arg(long, value_name = "NAME", value_parser = pixel_format)]
    pixel_format: Option<PixelFormat>,
    /// What is done about the orientation: report (kept as it is) or apply (pixels are turned) [default: report]
    #[arg(long, value_name = "MODE", value_parser = orientation)]
    orientation: Option<OrientationMode>,
    /// Threads that may work on a page at a time [default: 1]
    #[arg(long, value_name = "N")]
    threads: Option<u32>,
}

impl ReadArguments {
    pub fn options(&self) -> ReadOptions {
        let defaults = ReadOptions::default();
        ReadOptions {
            dpi: self.dpi.unwrap_or(defaults.dpi),
            pixel_format: self.pixel_format,
            orientation: self.orientation.unwrap_or_default(),
            threads: self.threads.unwrap_or(0),
            pdf: PdfReading {
                mode: self.pdf_mode.unwrap_or_default(),
                image: self.pdf_image.unwrap_or(0),
                page_box: self.pdf_box.unwrap_or_default(),
                background: self.pdf_background.unwrap_or_default(),
                annotations: !self.no_annotations,
            },
            max_side: self.max_side.unwrap_or(0),
            scale: self.scale.unwrap_or(1),
            region: self.region,
            fonts: Fonts::new(
                self.fonts.iter().map(|font| Arc::clone(&font.0)).collect(),
                self.font_folder.clone(),
                self.system_fonts,
            ),
            pdf_engine: match &self.pdfium {
                Some(path) => dio::ffi::pdfium(Some(path.clone())),
                None => PdfEngine::BuiltIn,
            },
            ..defaults
        }
    }
}

/// The bytes of a font file.
#[derive(Clone)]
struct FontFile(Arc<Vec<u8>>);

fn font(path: &str) -> Result<FontFile, String> {
    let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
    Ok(FontFile(Arc::new(bytes)))
}

#[derive(Args)]
#[command(next_help_heading = "How pages are saved")]
pub struct SaveArguments {
    /// JPEG quality, 1 to 100 [default: 90]
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=100))]
    quality: Option<u8>,
    /// JPEG chroma subsampling: 420, 422 or 444 [default: 420]
    #[arg(long, value_name = "NNN", value_parser = subsampling)]
    subsampling: Option<Subsampling>,
    /// JPEG: makes Huffman tables for each image, smaller and slower
    #[arg(long)]
    optimize: bool,
    /// JPEG: the whole picture coarse first, then finer; smaller and slower
    #[arg(long)]
    progressive: bool,
    /// Deflate effort in PNG, TIFF and PDF, 0 to 9; above 6 PNG is made thoroughly [default: 6]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(0..=9))]
    level: Option<u8>,
    /// Threads that may work on a PNG at a time, for the same file [default: 1]
    #[arg(long, value_name = "N")]
    save_threads: Option<u32>,
    /// TIFF: auto, none, lzw, deflate, packbits, g3, g4, jpeg or zstd [default: auto]
    #[arg(short, long, value_name = "NAME", value_parser = compression)]
    compression: Option<TiffCompression>,
    /// TIFF: whether differences of neighbours are compressed: auto, none or horizontal [default: auto]
    #[arg(long, value_name = "NAME", value_parser = predictor)]
    predictor: Option<Predictor>,
    /// TIFF: rows of a strip
    #[arg(long, value_name = "N", conflicts_with = "tile")]
    rows_per_strip: Option<u32>,
    /// TIFF: tiles of this size, multiples of 16
    #[arg(long, value_name = "WxH", value_parser = tile)]
    tile: Option<(u32, u32)>,
    /// TIFF: writes BigTIFF
    #[arg(long)]
    bigtiff: bool,
    /// TIFF: makes g3 two-dimensional
    #[arg(long)]
    two_dimensional: bool,
    /// TIFF and PDF: when the file was made, as YYYY:MM:DD HH:MM:SS
    #[arg(long, value_name = "TIME")]
    date_time: Option<String>,
    /// Makes images black and white: otsu, threshold, sauvola or floyd-steinberg
    #[arg(long, value_name = "METHOD", value_parser = binarize)]
    binarize: Option<BinarizeMethod>,
    /// Gray from which on a pixel is white, for the methods threshold and floyd-steinberg [default: 128]
    #[arg(long, value_name = "N", requires = "binarize")]
    threshold: Option<u8>,
    /// GIF, PNG, TIFF and PDF: the most colours of a palette, 2 to 256
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(2..=256))]
    palette: Option<u32>,
    /// GIF, PNG, TIFF and PDF: hands the errors of a palette on to neighbouring pixels
    #[arg(long)]
    dither: bool,
    /// GIF: milliseconds that each frame shows [default: 100]
    #[arg(long, value_name = "N")]
    delay: Option<u32>,
    /// GIF: how often an animation is played [default: 0, without end]
    #[arg(long, value_name = "N")]
    loop_count: Option<u32>,
    /// PDF: how images are compressed, auto (lossless) or jpeg [default: auto]
    #[arg(long, value_name = "NAME", value_parser = encoding)]
    encoding: Option<PdfEncoding>,
    #[command(flatten)]
    pdf: PdfArguments,
    /// Dots per inch across that are written instead of the image's
    #[arg(long, value_name = "N")]
    dpi_x: Option<f64>,
    /// Dots per inch down that are written instead of the image's
    #[arg(long, value_name = "N")]
    dpi_y: Option<f64>,
    /// What transparent pixels lie on in formats without alpha [default: FFFFFF]
    #[arg(long, value_name = "RRGGBB", value_parser = colour)]
    background: Option<[u8; 3]>,
    /// What happens to the ICC profile, keep or strip [default: keep]
    #[arg(long, value_name = "POLICY", value_parser = policy)]
    icc: Option<MetadataPolicy>,
    /// What happens to EXIF, keep or strip [default: keep]
    #[arg(long, value_name = "POLICY", value_parser = policy)]
    exif: Option<MetadataPolicy>,
    /// What happens to XMP, keep or strip [default: keep]
    #[arg(long, value_name = "POLICY", value_parser = policy)]
    xmp: Option<MetadataPolicy>,
}

impl SaveArguments {
    pub fn options(&self, format: Option<FileFormat>) -> SaveOptions {
        let defaults = SaveOptions::default();
        SaveOptions {
            format,
            quality: self.quality.unwrap_or(defaults.quality),
            subsampling: self.subsampling.unwrap_or_default(),
            optimize: self.optimize,
            progressive: self.progressive,
            level: self.level.unwrap_or(defaults.level),
            threads: self.save_threads.unwrap_or(0),
            compression: self.compression.unwrap_or_default(),
            tiff: TiffLayout {
                predictor: self.predictor.and_then(|predictor| predictor.0),
                rows_per_strip: self.rows_per_strip.unwrap_or(0),
                tile: self.tile.unwrap_or((0, 0)),
                big: self.bigtiff,
                two_dimensional: self.two_dimensional,
            },
            date_time: self.date_time.clone(),
            binarize: self.binarize.map(|method| Binarize {
                method,
                threshold: self.threshold.unwrap_or(Binarize::default().threshold),
                ..Binarize::default()
            }),
            palette: self.palette.unwrap_or(0),
            dither: self.dither,
            delay_ms: self.delay.unwrap_or(0),
            loop_count: self.loop_count.unwrap_or(0),
            encoding: self.encoding.unwrap_or_default(),
            pdf: self.pdf.options(),
            dpi: (self.dpi_x.unwrap_or(0.0), self.dpi_y.unwrap_or(0.0)),
            background: self.background.unwrap_or(defaults.background),
            icc: self.icc.unwrap_or_default(),
            exif: self.exif.unwrap_or_default(),
            xmp: self.xmp.unwrap_or_default(),
            ..defaults
        }
    }
}

/// An extension of a format that is known, in lower case and without a dot.
pub fn known_extension(text: &str) -> Result<String> {
    let extension = text.trim_start_matches('.').to_ascii_lowercase();
    codec::for_extension(&extension)?;
    Ok(extension)
}

/// The format that an extension stands for.
pub fn format_of(extension: &str) -> Option<FileFormat> {
    Some(codec::for_extension(extension).ok()?.facts().format)
}

fn pixel_format(text: &str) -> Result<PixelFormat, String> {
    let named = |format: &PixelFormat| format.name().eq_ignore_ascii_case(text);
    PixelFormat::ALL.into_iter().find(named).ok_or_else(|| {
        let names = PixelFormat::ALL.map(PixelFormat::name);
        format!("there are {}", names.join(", "))
    })
}

/// The value that goes by this name.
pub fn choice<T: Copy>(text: &str, values: &[(&str, T)]) -> Result<T, String> {
    let named = values.iter().find(|(name, _)| name.eq_ignore_ascii_case(text));
    named.map(|(_, value)| *value).ok_or_else(|| {
        let names: Vec<_> = values.iter().map(|(name, _)| *name).collect();
        format!("there are {}", names.join(", "))
    })
}

fn orientation(text: &str) -> Result<OrientationMode, String> {
    choice(text, &[("report", OrientationMode::Report), ("apply", OrientationMode::Apply)])
}

fn pdf_mode(text: &str) -> Result<PdfMode, String> {
    let values =
        [("auto", PdfMode::Auto), ("render", PdfMode::Render), ("extract", PdfMode::Extract)];
    choice(text, &values)
}

fn pdf_box(text: &str) -> Result<PdfBox, String> {
    let values = [
        ("crop", PdfBox::Crop),
        ("media", PdfBox::Media),
        ("trim", PdfBox::Trim),
        ("bleed", PdfBox::Bleed),
        ("art", PdfBox::Art),
    ];
    choice(text, &values)
}

fn pdf_background(text: &str) -> Result<PdfBackground, String> {
    if text.eq_ignore_ascii_case("transparent") {
        return Ok(PdfBackground::Transparent);
    }
    colour(text).map(PdfBackground::Colour)
}

fn subsampling(text: &str) -> Result<Subsampling, String> {
    let values =
        [("420", Subsampling::Both), ("422", Subsampling::Horizontal), ("444", Subsampling::None)];
    choice(text, &values)
}

fn compression(text: &str) -> Result<TiffCompression, String> {
    let values = [
        ("auto", TiffCompression::Auto),
        ("none", TiffCompression::None),
        ("lzw", TiffCompression::Lzw),
        ("deflate", TiffCompression::Deflate),
        ("packbits", TiffCompression::PackBits),
        ("g3", TiffCompression::G3),
        ("g4", TiffCompression::G4),
        ("jpeg", TiffCompression::Jpeg),
        ("zstd", TiffCompression::Zstd),
    ];
    choice(text, &values)
}

/// An option of its own to clap, which takes an `Option` for a value that may be missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Predictor(Option<bool>);

fn predictor(text: &str) -> Result<Predictor, String> {
    let values = [("auto", None), ("none", Some(false)), ("horizontal", Some(true))];
    choice(text, &values).map(Predictor)
}

fn binarize(text: &str) -> Result<BinarizeMethod, String> {
    let values = [
        ("otsu", BinarizeMethod::Otsu),
        ("threshold", BinarizeMethod::Threshold),
        ("sauvola", BinarizeMethod::Sauvola),
        ("floyd-steinberg", BinarizeMethod::FloydSteinberg),
    ];
    choice(text, &values)
}

fn encoding(text: &str) -> Result<PdfEncoding, String> {
    choice(text, &[("auto", PdfEncoding::Auto), ("jpeg", PdfEncoding::Jpeg)])
}

fn policy(text: &str) -> Result<MetadataPolicy, String> {
    choice(text, &[("keep", MetadataPolicy::Keep), ("strip", MetadataPolicy::Strip)])
}

fn tile(text: &str) -> Result<(u32, u32), String> {
    let sides = text.split_once(['x', 'X']);
    let sides = sides.and_then(|(width, height)| Some((width.parse().ok()?, height.parse().ok()?)));
    let fits = |side: u32| side > 0 && side.is_multiple_of(16);
    sides
        .filter(|(width, height)| fits(*width) && fits(*height))
        .ok_or_else(|| "a size is two multiples of 16, such as 256x256".into())
}

fn region(text: &str) -> Result<Region, String> {
    let mut numbers = text.split([',', 'x', 'X']).map(|number| number.trim().parse().ok());
    let mut next = || numbers.next().flatten();
    let region = (|| Some(Region { x: next()?, y: next()?, width: next()?, height: next()? }))();
    region
        .filter(|_| numbers.next().is_none())
        .ok_or_else(|| "a region is left, top, width and height, such as 100,50,640x480".into())
}

fn colour(text: &str) -> Result<[u8; 3], String> {
    let digits = text.trim_start_matches('#');
    let fits = digits.len() == 6 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    let number = u32::from_str_radix(digits, 16).ok().filter(|_| fits);
    let [_, red, green, blue] =
        number.ok_or("a colour is six digits, such as FFFFFF")?.to_be_bytes();
    Ok([red, green, blue])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_go_by_their_names() {
        assert_eq!(pixel_format("binary"), Ok(PixelFormat::Binary));
        assert!(pixel_format("rgb").unwrap_err().contains("RGB_888"));
        assert_eq!(compression("LZW"), Ok(TiffCompression::Lzw));
        assert!(compression("zip").unwrap_err().contains("deflate"));
        assert_eq!(predictor("horizontal"), Ok(Predictor(Some(true))));
        assert_eq!(tile("64x128"), Ok((64, 128)));
        assert!(tile("64x120").is_err() && tile("64").is_err() && tile("0x16").is_err());
        assert_eq!(colour("#ff8001"), Ok([255, 128, 1]));
        assert_eq!(pdf_background("Transparent"), Ok(PdfBackground::Transparent));
        assert_eq!(pdf_background("00ff00"), Ok(PdfBackground::Colour([0, 255, 0])));
        assert!(pdf_box("sheet").unwrap_err().contains("bleed"));
        assert!(colour("fff").is_err() && colour("+fffff").is_err());
    }
}
