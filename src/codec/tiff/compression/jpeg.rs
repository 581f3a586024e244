//! JPEG in strips and tiles (TIFF Technical Note 2): tables that the page holds once, and a stream for each chunk.
//!
//! Both are put together as a file of its own, for the decoder that reads those. What its samples are is for the page to
//! say: a marker of Adobe's passes it on, in place of what the stream may claim.

use super::old_jpeg::head::{DHT, DQT, DRI};
use super::{Shape, jpeg_tables, pack};
use crate::codec::{self, Header, Pages};
use crate::error::{Error, Result};
use crate::format::FileFormat;
use crate::image::WHITE;
use crate::limits::{Budget, Reservation};
use crate::memory::{self, Scratch};
use crate::options::{ReadOptions, Tolerance};
use crate::pixel::{Canvas, Layout, PixelFormat};
use crate::source::Source;

const START: &[u8] = &[0xff, 0xd8];
const START_OF_SCAN: u8 = 0xda;
const LOSSLESS: u8 = 0xc3;
/// The markers that say what samples are.
const APP0: u8 = 0xe0;
const APP14: u8 = 0xee;

/// What the page says.
#[derive(Debug, Default)]
pub struct Settings {
    /// JPEGTables, as far as they are in force.
    pub tables: Vec<u8>,
    /// Whether samples are Y, Cb, Cr and to be given out as R, G, B.
    pub ycbcr: bool,
    /// Bits of a sample.
    pub bits: u32,
    /// Whether samples of 16 bits have their high byte first.
    pub big_endian: bool,
}

/// The tables of JPEGTables: segments of a stream without picture (TIFF Technical Note 2).
pub fn tables(stream: &[u8]) -> Result<Vec<u8>> {
    let mut tables = Vec::new();
    let mut rest = stream;
    while let Some((marker, segment, following)) = split(rest) {
        let content = segment.get(4..).filter(|_| matches!(marker, DHT | DQT | DRI));
        if !content.map_or(Ok(true), |content| jpeg_tables::put(&mut tables, marker, content))? {
            break;
        }
        rest = following;
    }
    Ok(tables)
}

/// A chunk as a file of its own.
struct Picture {
    pages: Box<dyn Pages>,
    options: ReadOptions,
    width: u32,
    height: u32,
}

impl Picture {
    fn open(raw: &[u8], settings: &Settings, shape: Shape, budget: &Budget) -> Result<Self> {
        let body = raw.strip_prefix(START).ok_or_else(|| Error::damaged("has no JPEG data"))?;
        let source = Source::from_bytes(whole(body, settings, shape)?);
        let tolerance = if shape.strict { Tolerance::Strict } else { Tolerance::Recover };
        let options = ReadOptions { tolerance, ..ReadOptions::default() };
        let mut pages = codec::for_format(FileFormat::Jpeg)?.open(&source, &options, budget)?;
        let header = pages.header(0, &options, budget)?;
        if header.samples != u32::from(shape.samples) || header.bits != settings.bits {
            return Err(Error::damaged(format!(
                "has JPEG data of {} components of {} bits, not {} of {}",
                header.samples, header.bits, shape.samples, settings.bits
            )));
        }
        check_plausible(&header, source.len())?;
        let (width, height) = (header.width, header.height);
        if width != shape.width || height < shape.rows || height > shape.max_rows {
            return Err(Error::damaged(format!(
                "has JPEG data of {width} x {height} pixels, not {} x {}",
                shape.width, shape.rows
            )));
        }
        Ok(Self { pages, options, width, height })
    }
}

/// Bytes that a chunk takes as a file of its own.
fn book(raw: &[u8], settings: &Settings, budget: &Budget) -> Result<Reservation> {
    budget.reserve(settings.tables.len().saturating_add(raw.len()) as u64)
}

/// All pixels of a chunk, `shape.samples` bytes each, and what is wrong with them where damage is borne.
pub fn decode(
    raw: &[u8],
    settings: &Settings,
    shape: Shape,
    budget: &Budget,
) -> Result<(Scratch, Option<Error>)> {
    let _booked = book(raw, settings, budget)?;
    let deep = settings.bits > 8;
    let format = match shape.samples {
        1 if deep => PixelFormat::Gray16,
        3 if deep => PixelFormat::Rgb161616,
        1 => PixelFormat::Gray8,
        3 => PixelFormat::Bgr888,
        4 if !deep => PixelFormat::Cmyk8888,
        other => {
            let bits = settings.bits;
            let message = format!("has JPEG data of {other} components of {bits} bits");
            return Err(Error::unsupported(message));
        }
    };
    let mut picture = Picture::open(raw, settings, shape, budget)?;
    let layout = Layout::tight(picture.width, picture.height, format)?;
    let mut pixels = Scratch::new(layout.size(), "a strip", budget)?;
    // Rows of a chunk are no rows of the page: they report no progress.
    let silent = budget.silent();
    let mut canvas = Canvas::new(&mut pixels, layout, WHITE, &silent)?;
    let outcome = match picture.pages.decode(0, &picture.options, &mut canvas) {
        Err(error) if shape.strict => return Err(error),
        outcome => outcome.err(),
    };
    if settings.bits != 8 {
        pixels = stored(&pixels, layout, settings, budget)?;
    }
    Ok((pixels, outcome))
}

/// Decodes a chunk of 8-bit samples, whose first pixel is at a place of the canvas, and of which so many rows are wanted.
pub fn decode_into(
    raw: &[u8],
    settings: &Settings,
    shape: Shape,
    (x, y): (u32, u32),
    rows: u32,
    canvas: &mut Canvas<'_>,
) -> Result<()> {
    let budget = canvas.budget();
    let _booked = book(raw, settings, budget)?;
    let mut picture = Picture::open(raw, settings, shape, budget)?;
    let silent = budget.silent();
    let width = picture.width.min(canvas.layout().width.saturating_sub(x));
    let background = canvas.background();
    let mut part = canvas.part((x, y), (width, rows), &silent)?;
    let (outcome, filled) = if (width, rows) == (picture.width, picture.height) {
        let outcome = picture.pages.decode(0, &picture.options, &mut part);
        (outcome, part.rows_filled())
    } else {
        let layout = Layout::tight(picture.width, picture.height, part.format())?;
        let mut pixels = Scratch::new(layout.size(), "a strip", budget)?;
        let mut whole = Canvas::new(&mut pixels, layout, background, &silent)?;
        let outcome = picture.pages.decode(0, &picture.options, &mut whole);
        let filled = whole.rows_filled().min(rows);
        for (y, row) in (0..rows).zip(pixels.chunks_exact(layout.stride.max(1))) {
            let to = part.row(y)?;
            to.iter_mut().zip(row).for_each(|(to, from)| *to = *from);
        }
        (outcome, filled)
    };
    // Of a damaged one, the rows that could be had are there.
    canvas.note_filled(y.saturating_add(filled));
    outcome
}

/// Refuses a picture that its data cannot hold, before memory is asked for.
pub fn check_plausible(header: &Header, len: u64) -> Result<()> {
    let most = codec::for_format(FileFormat::Jpeg)?.facts().pixels_per_byte.unwrap_or(u64::MAX);
    let (width, height) = (header.width, header.height);
    if u64::from(width) * u64::from(height) <= len.saturating_mul(most) {
        return Ok(());
    }
    Err(Error::damaged(format!("has JPEG data of {width} x {height} pixels in {len} bytes")))
}

/// Lines of samples as a page without compression has them, of pixels that are scaled to 8 or 16 bits.
fn stored(pixels: &[u8], layout: Layout, settings: &Settings, budget: &Budget) -> Result<Scratch> {
    let bits = settings.bits;
    let samples: usize = if layout.format.is_gray() { 1 } else { 3 };
    let line_len = pack::line_len(layout.width, samples as u16, bits);
    let mut lines =
        Scratch::new(line_len.saturating_mul(layout.height as usize), "a strip", budget)?;
    let (most, full) = ((1u32 << bits) - 1, if bits > 8 { 65_535 } else { 255 });
    // Scaled numbers lead back to those that they were made of.
    let unscaled = |value: u32| ((value * most + full / 2) / full) as u16;
    let mut planes = vec![vec![0u16; layout.width as usize]; samples];
    for (row, line) in pixels.chunks_exact(layout.stride).zip(lines.chunks_exact_mut(line_len)) {
        for (at, plane) in planes.iter_mut().enumerate() {
            // Deep pixels are B, G, R.
            if bits > 8 {
                let values = row.as_chunks::<2>().0.iter().skip(samples - 1 - at).step_by(samples);
                let values = values.map(|bytes| u16::from_ne_bytes(*bytes).into());
                plane.iter_mut().zip(values).for_each(|(to, value)| *to = unscaled(value));
            } else {
                let values = row.iter().skip(at).step_by(samples);
                plane
                    .iter_mut()
                    .zip(values)
                    .for_each(|(to, value)| *to = unscaled((*value).into()));
            }
        }
        let views: Vec<&[u16]> = planes.iter().map(Vec::as_slice).collect();
        pack::pack(&views, bits, settings.big_endian, line);
    }
    Ok(lines)
}

/// A file of its own.
fn whole(body: &[u8], settings: &Settings, shape: Shape) -> Result<Vec<u8>> {
    let mut file = memory::copy_of(START, "a strip")?;
    memory::append(&mut file, &settings.tables, "a strip")?;
    // Writers of lossless data state YCbCr because they do so with other JPEG, and store R, G, B.
    if settings.ycbcr && is_lossless(body) {
        memory::append(&mut file, body, "a strip")?;
        return Ok(file);
    }
    if shape.samples == 3 {
        let transform = u8::from(settings.ycbcr);
        let marker =
            [0xff, APP14, 0, 14, b'A', b'd', b'o', b'b', b'e', 0, 100, 0, 0, 0, 0, transform];
        memory::append(&mut file, &marker, "a strip")?;
    }
    append_without_claims(&mut file, body)?;
    Ok(file)
}

/// Appends segments, but for those that say what samples are, and all that follows the first scan header.
fn append_without_claims(file: &mut Vec<u8>, stream: &[u8]) -> Result<()> {
    let mut rest = stream;
    while let Some((marker, segment, following)) = split(rest) {
        if !matches!(marker, APP0 | APP14) {
            memory::append(file, segment, "a strip")?;
        }
        rest = following;
    }
    memory::append(file, rest, "a strip")
}

/// Whether samples are coded without loss.
fn is_lossless(stream: &[u8]) -> bool {
    let mut rest = stream;
    while let Some((marker, _, following)) = split(rest) {
        if marker == LOSSLESS {
            return true;
        }
        rest = following;
    }
    false
}

/// The first marker, its segment, and what follows; `None` at the first scan header, or where there is no segment.
fn split(stream: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let [0xff, marker, after @ ..] = stream else { return None };
    let len = match (*marker, after) {
        (START_OF_SCAN, _) => return None,
        // Fill bytes.
        (0xff, _) => 1,
        (0x01 | 0xd0..=0xd9, _) => 2,
        (_, [high, low, ..]) => 2 + usize::from(u16::from_be_bytes([*high, *low])),
        _ => return None,
    };
    let (segment, following) = stream.split_at_checked(len)?;
    Some((*marker, segment, following))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::ImageData;
    use crate::options::{SaveOptions, TiffCompression, TiffLayout};
    use crate::reader::Reader;
    use crate::writer;

    /// A page in strips of so many rows, the first of which ends in the middle.
    fn damaged(rows_per_strip: u32) -> (ImageData, Vec<u8>) {
        let mut image = ImageData::new(64, 64, PixelFormat::Gray8).unwrap();
        let mut seed = 5u32;
        for byte in image.pixels_mut() {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            *byte = (seed >> 24) as u8;
        }
        let tiff = TiffLayout { rows_per_strip, ..TiffLayout::default() };
        let compression = TiffCompression::Jpeg;
        let options = SaveOptions { compression, tiff, ..SaveOptions::default() };
        let mut bytes = writer::save_memory(&image, FileFormat::Tiff, &options).unwrap();
        let good = read(&bytes, ReadOptions::default()).unwrap();
        const END: [u8; 2] = [0xff, 0xd9];
        let end = bytes.windows(2).position(|pair| pair == END).unwrap();
        bytes[end / 2..end / 2 + 2].copy_from_slice(&END);
        (good, bytes)
    }

    fn read(bytes: &[u8], options: ReadOptions) -> Result<ImageData> {
        Reader::open(Source::from_bytes(bytes.to_vec()), options)?.read_page(0)
    }

    #[test]
    fn the_rows_before_damage_are_recovered_and_the_others_are_zero() {
        for rows_per_strip in [64, 16] {
            let (good, bytes) = damaged(rows_per_strip);
            assert!(read(&bytes, ReadOptions::default()).is_err());
            let recover = ReadOptions { tolerance: Tolerance::Recover, ..ReadOptions::default() };
            let image = read(&bytes, recover.clone()).unwrap();
            assert_eq!(image.warnings.len(), 1);
            let first = if rows_per_strip == 64 { 64 * 16 } else { 0 };
            assert!(image.pixels()[..first] == good.pixels()[..first]);
            // What was in the caller's memory is not there any more.
            let layout = Layout::tight(64, 64, PixelFormat::Gray8).unwrap();
            let mut reader = Reader::open(Source::from_bytes(bytes), recover).unwrap();
            let mut memory = vec![0xa5; layout.size()];
            reader.read_page_into(0, &mut memory, layout).unwrap();
            assert!(memory == image.pixels());
        }
    }
}
