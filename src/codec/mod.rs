//! One trait, one table, one file or folder per format.
//!
//! A new format is a new file here and a new line in [`CODECS`]. A codec knows no other codec and no file system: it
//! reads a [`Source`], fills a [`Canvas`], and writes a [`Picture`] into a [`Sink`]. Limits on size and memory are
//! enforced above it, from its [`Header`], before any pixel is asked for.

#[macro_use]
mod simd;

mod animation;
pub mod bmp;
pub mod gif;
pub mod jpeg;
pub mod pdf;
pub mod png;
pub mod pnm;
pub mod qoi;
mod streams;
#[cfg(test)]
pub(crate) mod testing;
pub mod tga;
mod threads;
pub mod tiff;
pub mod webp;
mod writing;

pub(crate) use threads::{THREAD, on_threads};
pub use writing::{Caption, Compressed, Document, JpegColour, Picture};

use crate::error::{Error, Kind, Result};
use crate::format::FileFormat;
use crate::limits::Budget;
use crate::metadata::Metadata;
use crate::options::{ReadOptions, SaveOptions};
use crate::pixel::{Canvas, PixelFormat};
use crate::sink::Sink;
use crate::source::Source;

/// Bytes from the start of a file that [`Codec::recognizes`] is shown.
pub const HEAD: usize = 2048;

/// What a codec can do, stated by itself.
#[derive(Clone, Copy, Debug)]
pub struct Facts {
    /// Its format.
    pub format: FileFormat,
    /// File name endings in lower case, the preferred one first.
    pub extensions: &'static [&'static str],
    /// Internet media type.
    pub media_type: &'static str,
    /// Whether it writes.
    pub writes: bool,
    /// Whether files may hold more than one page.
    pub multi_page: bool,
    /// What it stores with the pixels when it writes.
    pub stores: Stores,
    /// Pixels that one byte of a file can stand for at the most; `None` where nothing can be said. A file that
    /// declares more is refused before memory is asked for.
    pub pixels_per_byte: Option<u64>,
}

/// What a format stores with the pixels when written.
#[derive(Clone, Copy, Debug, Default)]
pub struct Stores {
    /// Dots per inch.
    pub resolution: bool,
    /// The angle, and where.
    pub orientation: OrientationTag,
    /// ICC profiles.
    pub icc: bool,
    /// EXIF.
    pub exif: bool,
    /// XMP.
    pub xmp: bool,
}

/// Where a format states the angle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OrientationTag {
    /// Nowhere: the writer turns the pixels first.
    #[default]
    None,
    /// In its EXIF: the writer sees to it that there is one where it is needed.
    Exif,
    /// In a field of its own, which the codec writes from [`Picture::orientation`].
    Own,
}

/// Everything the library knows about one file format.
pub trait Codec: Sync {
    /// What it can do.
    fn facts(&self) -> &'static Facts;

    /// Says whether `head`, the first [`HEAD`] bytes of a file or all it has, belongs to this format.
    fn recognizes(&self, head: &[u8]) -> bool;

    /// Opens a file. Reads what it needs to find pages, no pixels.
    fn open(
        &self,
        source: &Source,
        options: &ReadOptions,
        budget: &Budget,
    ) -> Result<Box<dyn Pages>>;

    /// The pixel format in which [`Codec::encode`] wants the rows of an image that has `format`.
    fn stored_as(&self, format: PixelFormat, options: &SaveOptions) -> Result<PixelFormat> {
        let _ = (format, options);
        Err(self.read_only())
    }

    /// Writes one picture as a whole file.
    fn encode(
        &self,
        picture: &Picture<'_>,
        options: &SaveOptions,
        sink: &mut Sink<'_>,
        budget: &Budget,
    ) -> Result<()> {
        let _ = (picture, options, sink, budget);
        Err(self.read_only())
    }

    /// Begins a document of any number of pages; `None` where a file holds one picture.
    fn begin(
        &self,
        options: &SaveOptions,
        sink: &mut Sink<'_>,
    ) -> Result<Option<Box<dyn Document>>> {
        let _ = (options, sink);
        Ok(None)
    }

    /// Continues the document that `source` holds, whose end a sink is to get that stands at its last byte.
    fn append(
        &self,
        source: &Source,
        options: &SaveOptions,
        budget: &Budget,
    ) -> Result<Box<dyn Document>> {
        let _ = (source, options, budget);
        let name = self.facts().format.name();
        Err(Error::unsupported(format!("pages cannot be appended to {name} files")))
    }

    /// The error of a codec that does not write.
    fn read_only(&self) -> Error {
        let message = format!("{} files can be read but not written", self.facts().format.name());
        Error::new(Kind::UnknownFormat, message)
    }
}

/// Takes the number of a row and the samples of each component in it.
pub type TakeSamples<'a> = dyn FnMut(u32, &[&[u16]]) -> Result<()> + 'a;

/// The pages of an open file.
pub trait Pages: Send + Sync {
    /// The same open file for another thread, where it is worth not to be opened again. It reads no stream.
    fn share(&self) -> Option<Box<dyn Pages>> {
        None
    }

    /// How many there are, at least 1.
    fn count(&mut self, budget: &Budget) -> Result<u32>;

    /// The facts of a page, with no pixel decoded. `page` is below the count.
    fn header(&mut self, page: u32, options: &ReadOptions, budget: &Budget) -> Result<Header>;

    /// Decodes a page into a canvas of the size that [`Pages::header`] told, in any format but the planar ones.
    ///
    /// Rows are those of the file: orientation is the reader's business. Work space is booked on
    /// [`Canvas::budget`].
    fn decode(&mut self, page: u32, options: &ReadOptions, canvas: &mut Canvas<'_>) -> Result<()>;

    /// The same with pixels that are the means of squares of `by` pixels, 2, 4 or 8, of the page, the last ones of fewer:
    /// the canvas is as much smaller. False, and nothing is done, where that takes no less than to decode all of them.
    fn decode_reduced(
        &mut self,
        page: u32,
        options: &ReadOptions,
        by: u32,
        canvas: &mut Canvas<'_>,
    ) -> Result<bool> {
        let _ = (page, options, by, canvas);
        Ok(false)
    }

    /// Calls `take` with each row of a page as its samples were stored, before any conversion of colours: a slice for
    /// each component. What was stored in a smaller size is repeated. On damage, what could be had was taken.
    fn stored_rows(
        &mut self,
        page: u32,
        options: &ReadOptions,
        budget: &Budget,
        take: &mut TakeSamples<'_>,
    ) -> Result<()> {
        let _ = (page, options, budget, take);
        Err(Error::unsupported("samples as they were stored cannot be had"))
    }

    /// The data of a page as the file holds it, with the metadata that the options keep, where other formats may take
    /// it over; `None` where they cannot.
    fn compressed(
        &mut self,
        page: u32,
        options: &SaveOptions,
        budget: &Budget,
    ) -> Result<Option<Compressed>> {
        let _ = (page, options, budget);
        Ok(None)
    }
}

/// What kind of page it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PageSource {
    /// Pixels that the file stores.
    #[default]
    Stored = 0,
    /// A PDF page that is one scanned image.
    Scan = 1,
    /// A PDF page that is drawn.
    Drawn = 2,
}

/// The facts of a page.
#[derive(Debug)]
pub struct Header {
    /// Pixels per row that [`Pages::decode`] fills.
    pub width: u32,
    /// Rows that [`Pages::decode`] fills.
    pub height: u32,
    /// The pixel format nearest to what the file stores.
    pub native: PixelFormat,
    /// Bits of a stored sample.
    pub bits: u32,
    /// Stored samples of a pixel.
    pub samples: u32,
    /// Whether pixels may be transparent.
    pub has_alpha: bool,
    /// Orientation as TIFF and EXIF number it, 1 to 8.
    pub orientation: u16,
    /// Dots per inch; 0 = not stated.
    pub resolution: (f64, f64),
    /// ICC, EXIF and XMP bytes.
    pub metadata: Metadata,
    /// Whether the pages are frames of an animation.
    pub animated: bool,
    /// Milliseconds that the page is shown as a frame of an animation; 0 = not stated.
    pub delay_ms: u32,
    /// How often the animation is played; 0 = forever, or it is none.
    pub loop_count: u32,
    /// Compression as TIFF or BMP number it, else 0.
    pub compression: u32,
    /// What kind of page it is.
    pub source: PageSource,
    /// Whether pixels are given out upright whatever is asked for.
    pub upright: bool,
    /// Images that the page of a document was found to have, where they were counted.
    pub images: u32,
    /// Whether the file is encrypted.
    pub encrypted: bool,
}

impl Header {
    /// The facts that most formats have no more of.
    pub fn new(width: u32, height: u32, native: PixelFormat, bits: u32, samples: u32) -> Self {
        Self {
            width,
            height,
            native,
            bits,
            samples,
            has_alpha: native.has_alpha(),
            orientation: 1,
            resolution: (0.0, 0.0),
            metadata: Metadata::default(),
            animated: false,
            delay_ms: 0,
            loop_count: 0,
            compression: 0,
            source: PageSource::Stored,
            upright: false,
            images: 0,
            encrypted: false,
        }
    }
}

/// Every codec in the build, the most specific signature first: that of PDF may lie anywhere in the first kilobyte, and TGA
/// has none.
static CODECS: &[&dyn Codec] = &[
    &jpeg::Jpeg,
    &png::Png,
    &tiff::Tiff,
    &gif::Gif,
    &bmp::Bmp,
    &qoi::Qoi,
    &webp::WebP,
    &pnm::Pnm,
    &pdf::Pdf,
    &tga::Tga,
];

/// Every codec in the build.
pub fn all() -> impl Iterator<Item = &'static dyn Codec> {
    CODECS.iter().copied()
}

/// Finds the codec that recognizes the first bytes of a file.
pub fn for_content(head: &[u8]) -> Result<&'static dyn Codec> {
    let none = if head.is_empty() {
        "the input is empty"
    } else {
        "the content is of no known image format"
    };
    all().find(|codec| codec.recognizes(head)).ok_or_else(|| Error::new(Kind::UnknownFormat, none))
}

/// The data of a file that no codec decodes but documents may carry, JPEG 2000, with its facts; `None` for others.
pub fn carried(source: &Source, budget: &Budget) -> Result<Option<(Compressed, Header)>> {
    let mut head = [0; 16];
    let len = source.read_at(0, &mut head)?;
    if !streams::jpx::recognizes(head.get(..len).unwrap_or_default()) {
        return Ok(None);
    }
    let data = source.load(budget)?;
    let facts = streams::jpx::facts((*data).as_ref())?;
    budget.check_size(facts.width, facts.height)?;
    let (bits, samples) = (u32::from(facts.bits), u32::from(facts.components));
    let mut header = Header::new(facts.width, facts.height, PixelFormat::Rgb888, bits, samples);
    header.resolution = facts.resolution;
    Ok(Some((Compressed::Jpx { data, facts }, header)))
}

/// The codec of a format.
pub fn for_format(format: FileFormat) -> Result<&'static dyn Codec> {
    let missing = || Error::new(Kind::UnknownFormat, format!("{} is not supported", format.name()));
    all().find(|codec| codec.facts().format == format).ok_or_else(missing)
}

/// The codec whose files end in `extension`, in any case.
pub fn for_extension(extension: &str) -> Result<&'static dyn Codec> {
    let lower = extension.to_ascii_lowercase();
    let unknown = || {
        Error::new(
            Kind::UnknownFormat,
            format!("no format is known by the extension \"{extension}\""),
        )
    };
    all().find(|codec| codec.facts().extensions.contains(&lower.as_str())).ok_or_else(unknown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_and_extensions_are_listed_once() {
        let mut extensions: Vec<_> = all().flat_map(|codec| codec.facts().extensions).collect();
        let count = extensions.len();
        extensions.sort();
        extensions.dedup();
        assert_eq!(extensions.len(), count);
        for codec in all() {
            let facts = codec.facts();
            assert_eq!(for_format(facts.format).unwrap().facts().format, facts.format);
        }
    }

    #[test]
    fn unknown_content_and_extensions_are_errors() {
        for head in [&b""[..], b"hello, world, this is no image", &[0; HEAD]] {
            assert_eq!(for_content(head).err().unwrap().kind(), Kind::UnknownFormat);
        }
        assert_eq!(for_extension("docx").err().unwrap().kind(), Kind::UnknownFormat);
    }
}
