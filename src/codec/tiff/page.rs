//! What the tags of one directory say about its picture, without any pixel.

use super::directory::{Container, Directory};
use super::tags::{self, compression, photometric};
use crate::codec::Header;
use crate::error::{Error, Result};
use crate::limits::Budget;
use crate::metadata::{Metadata, resolution};
use crate::pixel::PixelFormat;

/// One page: geometry, samples and how they are stored.
#[derive(Clone, Debug)]
pub struct Page {
    pub directory: Directory,
    pub offset: u64,
    pub width: u32,
    pub height: u32,
    /// Bits of every sample.
    pub bits: u32,
    pub samples: u16,
    pub compression: u16,
    pub photometric: u16,
    /// 1 = unsigned, 2 = signed, 3 = float, 4 = not stated.
    pub sample_format: u16,
    /// Whether each sample has chunks of its own.
    pub planar: bool,
    /// Whether the bits of each byte run from the lowest to the highest.
    pub reversed: bool,
    pub predictor: u16,
    /// Pixels across and down that one pair of chroma samples is for.
    pub subsampling: (u32, u32),
    /// Size of the tiles, where the page has tiles and not strips.
    pub tile: Option<(u32, u32)>,
    pub rows_per_strip: u32,
    pub alpha: Option<Alpha>,
}

/// Which sample is alpha.
#[derive(Clone, Copy, Debug)]
pub struct Alpha {
    pub index: usize,
    /// Whether colours were multiplied by it.
    pub associated: bool,
}

impl Page {
    /// Reads the tags of the directory at `offset`.
    pub fn read(file: &Container, offset: u64) -> Result<Self> {
        let directory = file.directory(offset)?;
        let size = |tag, name: &str| {
            let value = file.one(&directory, tag)?.ok_or_else(|| missing(name))?;
            u32::try_from(value)
                .map_err(|_| Error::damaged(format!("{name} is {value}, which is out of range")))
        };
        let short = |tag, default| Ok(file.short_of(&directory, tag)?.unwrap_or(default));
        let (width, height) =
            (size(tags::IMAGE_WIDTH, "width")?, size(tags::IMAGE_LENGTH, "height")?);
        let samples = samples(file, &directory)?;
        let compression = short(tags::COMPRESSION, compression::NONE)?;
        let bits = same(file, &directory, tags::BITS_PER_SAMPLE, "bits per sample", samples)?;
        let photometric = match file.short_of(&directory, tags::PHOTOMETRIC)? {
            Some(photometric) => photometric,
            None => assumed_photometric(compression, samples),
        };
        // Of L*, a* and b*, the first has no sign. What is signed there follows from the interpretation.
        let of_first = if photometric == photometric::CIE_LAB { 1 } else { samples };
        let format = same(file, &directory, tags::SAMPLE_FORMAT, "sample format", of_first)?;
        let tile = match file.one(&directory, tags::TILE_WIDTH)? {
            Some(_) => Some((
                size(tags::TILE_WIDTH, "tile width")?,
                size(tags::TILE_LENGTH, "tile height")?,
            )),
            None => None,
        };
        let rows = file.one(&directory, tags::ROWS_PER_STRIP)?.filter(|rows| *rows > 0);
        let mut page = Self {
            offset,
            width,
            height,
            bits: u32::from(bits.unwrap_or(if compression == compression::OLD_JPEG {
                8
            } else {
                1
            })),
            samples,
            compression,
            photometric,
            // Other readers take a format that there is none of for unsigned numbers.
            sample_format: format.filter(|format| *format > 0).unwrap_or(1),
            planar: samples > 1 && short(tags::PLANAR_CONFIGURATION, 1)? == 2,
            reversed: short(tags::FILL_ORDER, 1)? == 2,
            predictor: short(tags::PREDICTOR, 1)?,
            subsampling: match photometric {
                // Streams say it better than tags that are often wrong there.
                photometric::YCBCR if compression == compression::OLD_JPEG => {
                    subsampling(file, &directory).unwrap_or((2, 2))
                }
                photometric::YCBCR => subsampling(file, &directory)?,
                _ => (1, 1),
            },
            tile,
            rows_per_strip: rows
                .and_then(|rows| u32::try_from(rows).ok())
                .map_or(height, |rows| rows.min(height)),
            alpha: None,
            directory,
        };
        page.alpha = page.find_alpha(file)?;
        Ok(page)
    }

    /// Samples that colour takes; `None` for a photometric interpretation that is not known.
    pub fn colours(&self) -> Option<u16> {
        Some(match self.photometric {
            photometric::WHITE_IS_ZERO
            | photometric::BLACK_IS_ZERO
            | photometric::PALETTE
            | photometric::MASK
            | photometric::LOG_L => 1,
            photometric::RGB
            | photometric::YCBCR
            | photometric::CIE_LAB
            | photometric::ICC_LAB
            | photometric::LOG_LUV => 3,
            photometric::SEPARATED => 4,
            _ => return None,
        })
    }

    fn find_alpha(&self, file: &Container) -> Result<Option<Alpha>> {
        let Some(colours) = self.colours() else { return Ok(None) };
        let extra = file.all(&self.directory, tags::EXTRA_SAMPLES)?;
        let Some(extra) = extra else {
            // Four samples of RGB that say nothing about the fourth are what careless writers make of RGBA.
            let careless = self.photometric == photometric::RGB && self.samples == 4;
            return Ok(careless.then_some(Alpha { index: 3, associated: false }));
        };
        let found = extra.iter().position(|kind| matches!(kind, 1 | 2));
        let alpha = found.map(|at| Alpha {
            index: usize::from(colours) + at,
            associated: extra.get(at) == Some(&1),
        });
        Ok(alpha.filter(|alpha| alpha.index < usize::from(self.samples)))
    }

    /// Whether samples are given out with 8 bits, not 16.
    pub fn is_narrow(&self) -> bool {
        self.bits <= 8
    }

    /// The pixel format nearest to what is stored.
    pub fn native(&self, file: &Container) -> Result<PixelFormat> {
        if self.alpha.is_some() {
            let narrow = self.is_narrow() || self.photometric == photometric::PALETTE;
            return Ok(if narrow { PixelFormat::Argb8888 } else { PixelFormat::Argb16161616 });
        }
        Ok(match self.photometric {
            photometric::PALETTE => self.palette_format(&self.palette(file)?),
            _ if self.colours().unwrap_or(self.samples) < 3 => match self.bits {
                1 => PixelFormat::Binary,
                2..=8 => PixelFormat::Gray8,
                _ => PixelFormat::Gray16,
            },
            _ if self.is_narrow() => PixelFormat::Rgb888,
            _ => PixelFormat::Rgb161616,
        })
    }

    fn palette_format(&self, palette: &[[u8; 3]]) -> PixelFormat {
        if palette.iter().any(|[r, g, b]| r != g || g != b) {
            return PixelFormat::Rgb888;
        }
        let bilevel = palette.len() == 2 && palette.iter().all(|[y, ..]| matches!(y, 0 | 255));
        if bilevel { PixelFormat::Binary } else { PixelFormat::Gray8 }
    }

    /// R, G, B of each value of a palette page.
    pub fn palette(&self, file: &Container) -> Result<Vec<[u8; 3]>> {
        let colours = match (self.bits, self.sample_format) {
            (bits @ 1..=16, 1 | 2 | 4) => 1usize << bits,
            (bits, format) => {
                return Err(Error::unsupported(format!(
                    "a palette of {bits} bits and sample format {format} is not supported"
                )));
            }
        };
        let entry =
            self.directory.find(tags::COLOR_MAP).ok_or_else(|| missing("the colour map"))?;
        let map = file.numbers(entry, 3 * colours as u64)?;
        let (Some(r), Some(g), Some(b)) =
            (map.get(..colours), map.get(colours..2 * colours), map.get(2 * colours..3 * colours))
        else {
            let message = format!("the colour map has {} of {} values", map.len(), 3 * colours);
            return Err(Error::damaged(message));
        };
        // Some writers put 8-bit values there. The high byte is what other readers take of the others, and right for
        // values that were made by doubling a byte as for those that were made by adding a zero.
        let shift = if map.iter().all(|value| *value < 256) { 0 } else { 8 };
        let byte = |value: &u64| (value >> shift & 255) as u8;
        Ok(r.iter().zip(g).zip(b).map(|((r, g), b)| [byte(r), byte(g), byte(b)]).collect())
    }

    /// Everything that is told without decoding.
    pub fn header(&self, file: &Container, budget: &Budget) -> Result<Header> {
        let native = self.native(file)?;
        let mut header =
            Header::new(self.width, self.height, native, self.bits, u32::from(self.samples));
        header.compression = u32::from(self.compression);
        let orientation = file.one(&self.directory, tags::ORIENTATION).ok().flatten();
        header.orientation = orientation
            .and_then(|n| u16::try_from(n).ok())
            .filter(|n| (1..=8).contains(n))
            .unwrap_or(1);
        header.resolution = self.resolution(file)?;
        header.metadata = Metadata {
            icc: file.metadata(&self.directory, tags::ICC_PROFILE, budget)?,
            exif: super::fields::exif_of_page(file, self.offset, budget)?,
            xmp: file.metadata(&self.directory, tags::XMP, budget)?,
        };
        Ok(header)
    }

    /// Dots per inch; 0 = not stated. One that cannot be read is not stated.
    fn resolution(&self, file: &Container) -> Result<(f64, f64)> {
        let one = |tag| Some(*file.reals(&self.directory, tag).ok()??.first()?);
        let (x, y) = (one(tags::X_RESOLUTION), one(tags::Y_RESOLUTION));
        let Some((x, y)) = x.or(y).zip(y.or(x)) else { return Ok((0.0, 0.0)) };
        let unit = file.one(&self.directory, tags::RESOLUTION_UNIT).ok().flatten().unwrap_or(2);
        let unit = u16::try_from(unit).unwrap_or(0);
        Ok(resolution::from_tiff(x, y, unit).unwrap_or_default())
    }
}

/// Samples per pixel. Where it is not said how many there are, as many as have a depth.
fn samples(file: &Container, directory: &Directory) -> Result<u16> {
    if let Some(samples) = file.short_of(directory, tags::SAMPLES_PER_PIXEL)? {
        return Ok(samples.max(1));
    }
    let count = directory.find(tags::BITS_PER_SAMPLE).map_or(1, |entry| entry.count);
    if count == 1 && file.short_of(directory, tags::COMPRESSION)? == Some(compression::OLD_JPEG) {
        // Its writers left out much, and mostly had colours.
        let gray = file.short_of(directory, tags::PHOTOMETRIC)?.is_some_and(|kind| kind < 2);
        return Ok(if gray { 1 } else { 3 });
    }
    u16::try_from(count.max(1)).map_err(|_| missing("the number of samples per pixel"))
}

/// The value that a tag states for every sample; `None` where there is no such tag.
fn same(
    file: &Container,
    directory: &Directory,
    tag: u16,
    name: &str,
    samples: u16,
) -> Result<Option<u16>> {
    let Some(values) = file.all(directory, tag)? else { return Ok(None) };
    let values = values.get(..usize::from(samples)).unwrap_or(&values);
    let Some(first) = values.first() else { return Ok(None) };
    if let Some(other) = values.iter().find(|value| *value != first) {
        let message =
            format!("{name} that differ between samples ({first} and {other}) are not supported");
        return Err(Error::unsupported(message));
    }
    u16::try_from(*first)
        .map(Some)
        .map_err(|_| Error::damaged(format!("{name} is {first}, which is out of range")))
}

/// Pixels across and down that one pair of chroma samples is for.
fn subsampling(file: &Container, directory: &Directory) -> Result<(u32, u32)> {
    match file.all(directory, tags::YCBCR_SUBSAMPLING)?.as_deref() {
        Some(&[x @ (1 | 2 | 4), y @ (1 | 2 | 4), ..]) => Ok((x as u32, y as u32)),
        Some(_) => Err(Error::damaged("the YCbCr subsampling is none of 1, 2 and 4")),
        None => Ok((2, 2)),
    }
}

/// What is meant by a page that does not say how its samples are to be taken.
fn assumed_photometric(compression: u16, samples: u16) -> u16 {
    use compression::{CCITT_G3, CCITT_G4, CCITT_RLE, OLD_JPEG};
    match (compression, samples) {
        (CCITT_RLE | CCITT_G3 | CCITT_G4, _) => photometric::WHITE_IS_ZERO,
        (OLD_JPEG, 3) => photometric::YCBCR,
        (_, 3..) => photometric::RGB,
        _ => photometric::BLACK_IS_ZERO,
    }
}

fn missing(name: &str) -> Error {
    Error::damaged(format!("{name} is missing"))
}
