//! Writing one picture: header, strips, directory, in little-endian classic TIFF.

use flate2::{Compress, Compression, FlushCompress, Status};
use weezl::BitOrder;

use super::compression::packbits;
use super::fields::{self, Fields};
use super::predictor::{difference_8, difference_16};
use super::tags::{self, compression, kind, photometric};
use crate::codec::Picture;
use crate::codec::streams::g4;
use crate::error::{Error, Kind, Result};
use crate::limits::Budget;
use crate::memory::Scratch;
use crate::metadata::resolution;
use crate::options::{SaveOptions, TiffCompression};
use crate::pixel::PixelFormat;
use crate::sink::Sink;

/// Bytes of pixels in a strip, unless one row has more.
const STRIP: usize = 128 << 10;

/// How pixels are compressed: the number of the tag.
fn method(format: PixelFormat, options: &SaveOptions) -> Result<u16> {
    Ok(match options.compression {
        TiffCompression::Auto if format.is_bilevel() => compression::CCITT_G4,
        TiffCompression::Auto | TiffCompression::Lzw => compression::LZW,
        TiffCompression::None => compression::NONE,
        TiffCompression::Deflate => compression::DEFLATE,
        TiffCompression::PackBits => compression::PACKBITS,
        TiffCompression::G4 if format.is_bilevel() => compression::CCITT_G4,
        TiffCompression::G4 => {
            let message =
                format!("compression is G4, which takes 1-bit pixels, not {}", format.name());
            return Err(Error::parameter(message));
        }
        TiffCompression::G3 => return Err(not_written("G3")),
        TiffCompression::Jpeg => return Err(not_written("JPEG")),
        TiffCompression::Zstd => return Err(not_written("ZSTD")),
    })
}

fn not_written(name: &str) -> Error {
    Error::unsupported(format!("compression is {name}, which is not written"))
}

/// The format of the rows that are written: bytes in the order of the file, but for 16-bit ones.
pub fn stored_as(format: PixelFormat, options: &SaveOptions) -> Result<PixelFormat> {
    use PixelFormat as F;
    method(format, options)?;
    Ok(match format {
        F::Binary | F::BinaryInverted | F::Binary8 | F::Binary8Inverted => F::Binary,
        F::Gray8 | F::Gray16 | F::Cmyk8888 | F::Rgb161616 => format,
        F::Argb8888 | F::Abgr8888 => F::Abgr8888,
        F::Argb16161616 | F::Abgr16161616 => F::Abgr16161616,
        F::Rgb888 | F::Bgr888 | F::Rgb565 | F::Rgb555 | F::Nv12 | F::Nv21 => F::Bgr888,
    })
}

/// Writes a whole file.
pub fn encode(
    picture: &Picture<'_>,
    options: &SaveOptions,
    sink: &mut Sink<'_>,
    budget: &Budget,
) -> Result<()> {
    let number = method(picture.format, options)?;
    let start = sink.position();
    let mut strips = Strips { picture, number, budget, places: Vec::new() };
    if sink.can_patch() {
        sink.put(b"II*\0\0\0\0\0")?;
        let mut out = Out { sink, start };
        strips.write(options, &mut out)?;
        let (bytes, at) = strips.directory()?.encode(out.end()?)?;
        out.put(&bytes)?;
        return sink.patch(start + 4, &at.to_le_bytes());
    }
    // The header says where the directory is, and the directory how long the strips are: they are made first.
    let mut memory = Sink::memory();
    memory.put(&[0; 8])?;
    let mut out = Out { sink: &mut memory, start: 0 };
    strips.write(options, &mut out)?;
    let end = out.end()?;
    let _booked = budget.reserve(u64::from(end))?;
    let (bytes, at) = strips.directory()?.encode(end)?;
    memory.patch(0, b"II*\0")?;
    memory.patch(4, &at.to_le_bytes())?;
    sink.put(&memory.finish()?)?;
    sink.put(&bytes)
}

/// Where the bytes of a file go.
struct Out<'a, 'b> {
    sink: &'a mut Sink<'b>,
    start: u64,
}

impl Out<'_, '_> {
    fn put(&mut self, bytes: &[u8]) -> Result<()> {
        self.sink.put(bytes)
    }

    /// Where the next bytes go, which is even.
    fn end(&mut self) -> Result<u32> {
        if !(self.sink.position() - self.start).is_multiple_of(2) {
            self.sink.put(&[0])?;
        }
        u32::try_from(self.sink.position() - self.start).map_err(|_| {
            Error::unsupported("the file would have more than 4 GiB, which TIFF cannot address")
        })
    }
}

struct Strips<'a> {
    picture: &'a Picture<'a>,
    /// The compression.
    number: u16,
    budget: &'a Budget,
    /// Offset and length of each strip.
    places: Vec<(u32, u32)>,
}

impl Strips<'_> {
    fn rows_per_strip(&self) -> u32 {
        if self.number == compression::CCITT_G4 {
            return self.picture.height;
        }
        let rows = STRIP / self.picture.row_len().max(1);
        u32::try_from(rows).unwrap_or(u32::MAX).clamp(1, self.picture.height.max(1))
    }

    fn is_differenced(&self) -> bool {
        matches!(self.number, compression::LZW | compression::DEFLATE)
            && !self.picture.format.is_bilevel()
    }

    fn write(&mut self, options: &SaveOptions, out: &mut Out<'_, '_>) -> Result<()> {
        if self.number == compression::CCITT_G4 {
            return self.write_g4(out);
        }
        let row_len = self.picture.row_len();
        let per_strip = self.rows_per_strip();
        let mut encoder =
            Encoder::new(self.number, options, row_len * per_strip as usize, self.budget)?;
        let mut scratch = Scratch::new(row_len, "a row", self.budget)?;
        let mut strip = Scratch::new(row_len * per_strip as usize, "a strip", self.budget)?;
        for top in (0..self.picture.height).step_by(per_strip as usize) {
            let rows = per_strip.min(self.picture.height - top);
            let len = row_len * rows as usize;
            let strip = strip.get_mut(..len).unwrap_or_default();
            for (y, to) in (top..).zip(strip.chunks_exact_mut(row_len.max(1))) {
                self.file_row(self.picture.row(y, &mut scratch)?, to);
            }
            let at = out.end()?;
            let bytes = encoder.strip(strip, row_len)?;
            out.put(bytes)?;
            self.places.push((at, u32::try_from(bytes.len()).unwrap_or(u32::MAX)));
        }
        Ok(())
    }

    /// A row as it is compressed: samples in the order and bytes of the file, differences where they help.
    fn file_row(&self, row: &[u8], to: &mut [u8]) {
        let format = self.picture.format;
        let samples = samples_of(format);
        match format {
            PixelFormat::Rgb161616 => {
                for (to, from) in to.as_chunks_mut::<6>().0.iter_mut().zip(row.as_chunks::<6>().0) {
                    let [a, b, c, d, e, f] = *from;
                    let [r, g, b] = [[e, f], [c, d], [a, b]].map(little);
                    *to = [r[0], r[1], g[0], g[1], b[0], b[1]];
                }
            }
            _ if format.is_16_bit() => {
                for (to, from) in to.as_chunks_mut::<2>().0.iter_mut().zip(row.as_chunks::<2>().0) {
                    *to = little(*from);
                }
            }
            _ => to.iter_mut().zip(row).for_each(|(to, from)| *to = *from),
        }
        match self.is_differenced() {
            true if format.is_16_bit() => difference_16(to, samples),
            true => difference_8(to, samples),
            false => {}
        }
    }

    fn write_g4(&mut self, out: &mut Out<'_, '_>) -> Result<()> {
        let at = out.end()?;
        g4::encode(self.picture, out.sink, self.budget)?;
        let len = (out.sink.position() - out.start).saturating_sub(u64::from(at));
        self.places.push((at, u32::try_from(len).unwrap_or(u32::MAX)));
        Ok(())
    }

    fn directory(&self) -> Result<Fields> {
        let picture = self.picture;
        let format = picture.format;
        let samples = samples_of(format);
        let bits: u16 = match format {
            PixelFormat::Binary => 1,
            _ if format.is_16_bit() => 16,
            _ => 8,
        };
        let mut fields = Fields::default();
        fields.longs(tags::NEW_SUBFILE_TYPE, &[0]);
        fields.longs(tags::IMAGE_WIDTH, &[picture.width]);
        fields.longs(tags::IMAGE_LENGTH, &[picture.height]);
        fields.shorts(tags::BITS_PER_SAMPLE, &vec![bits; samples]);
        fields.shorts(tags::COMPRESSION, &[self.number]);
        fields.shorts(tags::PHOTOMETRIC, &[self.photometric()]);
        fields.shorts(tags::FILL_ORDER, &[1]);
        let (offsets, lens): (Vec<u32>, Vec<u32>) = self.places.iter().copied().unzip();
        fields.longs(tags::STRIP_OFFSETS, &offsets);
        fields.shorts(tags::ORIENTATION, &[picture.orientation.exif()]);
        fields.shorts(tags::SAMPLES_PER_PIXEL, &[samples as u16]);
        fields.longs(tags::ROWS_PER_STRIP, &[self.rows_per_strip()]);
        fields.longs(tags::STRIP_BYTE_COUNTS, &lens);
        fields.shorts(tags::PLANAR_CONFIGURATION, &[1]);
        if self.number == compression::CCITT_G4 {
            fields.longs(tags::T6_OPTIONS, &[0]);
        }
        self.add_resolution(&mut fields);
        fields.bytes(tags::SOFTWARE, kind::ASCII, fields::OWN_SOFTWARE);
        if self.is_differenced() {
            fields.shorts(tags::PREDICTOR, &[2]);
        }
        if format == PixelFormat::Cmyk8888 {
            fields.shorts(tags::INK_SET, &[1]);
        }
        if format.has_alpha() {
            // Not multiplied into the colours.
            fields.shorts(tags::EXTRA_SAMPLES, &[2]);
        }
        self.add_metadata(&mut fields)?;
        Ok(fields)
    }

    fn add_resolution(&self, fields: &mut Fields) {
        let (x, y) = self.picture.resolution;
        let stated = x > 0.0 && y > 0.0;
        // The tags are required: a ratio without a unit states nothing but square pixels.
        let (x, y) = if stated { (x, y) } else { (1.0, 1.0) };
        fields.rational(tags::X_RESOLUTION, resolution::rational(x));
        fields.rational(tags::Y_RESOLUTION, resolution::rational(y));
        fields.shorts(tags::RESOLUTION_UNIT, &[if stated { 2 } else { 1 }]);
    }

    fn add_metadata(&self, fields: &mut Fields) -> Result<()> {
        let metadata = self.picture.metadata;
        if let Some(xmp) = &metadata.xmp {
            fields.bytes(tags::XMP, kind::BYTE, xmp);
        }
        if let Some(icc) = &metadata.icc {
            fields.bytes(tags::ICC_PROFILE, kind::UNDEFINED, icc);
        }
        match &metadata.exif {
            Some(exif) => fields::add_exif(fields, exif, self.budget),
            None => Ok(()),
        }
    }

    fn photometric(&self) -> u16 {
        match self.picture.format {
            // What readers of fax data expect.
            PixelFormat::Binary if self.number == compression::CCITT_G4 => {
                photometric::WHITE_IS_ZERO
            }
            PixelFormat::Cmyk8888 => photometric::SEPARATED,
            format if format.is_gray() => photometric::BLACK_IS_ZERO,
            _ => photometric::RGB,
        }
    }
}

fn samples_of(format: PixelFormat) -> usize {
    match format {
        _ if format.is_gray() => 1,
        PixelFormat::Cmyk8888 => 4,
        _ if format.has_alpha() => 4,
        _ => 3,
    }
}

fn little(sample: [u8; 2]) -> [u8; 2] {
    u16::from_ne_bytes(sample).to_le_bytes()
}

/// Compresses strips.
struct Encoder {
    kind: EncoderKind,
    out: Vec<u8>,
    _booked: crate::limits::Reservation,
}

enum EncoderKind {
    None,
    Lzw(Box<weezl::encode::Encoder>),
    Deflate(Box<Compress>),
    PackBits,
}

impl Encoder {
    fn new(number: u16, options: &SaveOptions, strip: usize, budget: &Budget) -> Result<Self> {
        let kind = match number {
            compression::LZW => EncoderKind::Lzw(Box::new(
                weezl::encode::Encoder::with_tiff_size_switch(BitOrder::Msb, 8),
            )),
            compression::DEFLATE => {
                let level = Compression::new(u32::from(options.level));
                EncoderKind::Deflate(Box::new(Compress::new(level, true)))
            }
            compression::PACKBITS => EncoderKind::PackBits,
            _ => EncoderKind::None,
        };
        // No compression makes a strip half as long again.
        let booked = budget.reserve(strip as u64 + strip as u64 / 2)?;
        Ok(Self { kind, out: Vec::new(), _booked: booked })
    }

    fn strip<'a>(&'a mut self, strip: &'a [u8], row_len: usize) -> Result<&'a [u8]> {
        self.out.clear();
        match &mut self.kind {
            EncoderKind::None => return Ok(strip),
            EncoderKind::PackBits => {
                strip.chunks(row_len.max(1)).for_each(|row| packbits::encode(row, &mut self.out));
            }
            EncoderKind::Lzw(encoder) => {
                encoder.reset();
                let result = encoder.into_vec(&mut self.out).encode_all(strip);
                result.status.map_err(|_| Error::new(Kind::Internal, "LZW encoding failed"))?;
            }
            EncoderKind::Deflate(encoder) => {
                encoder.reset();
                deflate(encoder, strip, &mut self.out)?;
            }
        }
        Ok(&self.out)
    }
}

fn deflate(encoder: &mut Compress, strip: &[u8], out: &mut Vec<u8>) -> Result<()> {
    loop {
        let room = strip.len() / 2 + 1024;
        out.try_reserve(room).map_err(|_| Error::no_memory(room, "a strip"))?;
        let used = usize::try_from(encoder.total_in()).unwrap_or(usize::MAX);
        let rest = strip.get(used..).unwrap_or_default();
        match encoder.compress_vec(rest, out, FlushCompress::Finish) {
            Ok(Status::StreamEnd) => return Ok(()),
            Ok(_) => {}
            Err(_) => return Err(Error::new(Kind::Internal, "Deflate encoding failed")),
        }
    }
}
