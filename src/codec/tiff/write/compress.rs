//! One strip or tile as it is compressed.

use flate2::{Compress, Compression, FlushCompress, Status};
use ruzstd::encoding::CompressionLevel;

use super::super::compression::packbits;
use super::super::tags::compression;
use super::lzw;
use super::plan::{Chunk, Plan};
use crate::codec::streams::deflate::pack::Packer;
use crate::codec::streams::fax;
use crate::codec::{self, Codec, Picture};
use crate::error::{Error, Kind, Result};
use crate::format::FileFormat;
use crate::image::WHITE;
use crate::limits::{Budget, Limits, Reservation, UNLIMITED};
use crate::memory;
use crate::metadata::Metadata;
use crate::options::SaveOptions;
use crate::pixel::{Layout, PixelFormat, PixelView};
use crate::sink::Sink;

/// What Deflate holds at the most, and Zstandard.
const DEFLATE: usize = 512 << 10;
const ZSTD: usize = 2 << 20;

/// Two-dimensional rows between two others, and one: what T.4 (4.2.1) has for the finer of its resolutions.
const ROWS_BETWEEN: u32 = 4;

/// Compresses chunks.
pub struct Compressor {
    method: Method,
    out: Vec<u8>,
    chunk: Chunk,
    _booked: Reservation,
}

enum Method {
    None,
    Lzw(lzw::Encoder),
    /// By zlib, whose matches are short ones, too.
    Deflate(Box<Compress>),
    /// By our own: faster for differences, and smaller at the thorough levels.
    Pack(u8, Budget),
    PackBits,
    Zstd,
    Fax(Box<fax::Encoder>),
    Jpeg(Box<Jpeg>),
}

/// A whole JPEG file for each chunk (TIFF Technical Note 2).
struct Jpeg {
    codec: &'static dyn Codec,
    options: SaveOptions,
    format: PixelFormat,
    /// A part of a picture reports no progress of its own.
    budget: Budget,
}

impl Compressor {
    /// For chunks of up to `len` bytes.
    pub fn new(plan: &Plan, options: &SaveOptions, len: usize, budget: &Budget) -> Result<Self> {
        let method = match plan.compression {
            compression::NONE => Method::None,
            compression::LZW => Method::Lzw(lzw::Encoder::new()?),
            compression::DEFLATE if packs(plan, options.level) => {
                Method::Pack(options.level, budget.clone())
            }
            compression::DEFLATE => {
                let level = Compression::new(u32::from(options.level));
                let make = || Box::new(Compress::new(level, true));
                Method::Deflate(memory::panicking(DEFLATE, "Deflate", make)?)
            }
            compression::PACKBITS => Method::PackBits,
            compression::ZSTD => Method::Zstd,
            compression::CCITT_G3 | compression::CCITT_G4 => {
                Method::Fax(Box::new(fax::Encoder::new(fax_mode(plan), plan.chunk.width)?))
            }
            compression::JPEG => Method::Jpeg(Box::new(Jpeg::new(plan.format, options)?)),
            other => {
                let name = compression::name(other);
                return Err(Error::unsupported(format!("compression is {name}, not written")));
            }
        };
        // No compression makes a strip half as long again.
        let booked = budget.reserve(len as u64 + len as u64 / 2)?;
        Ok(Self { method, out: Vec::new(), chunk: plan.chunk, _booked: booked })
    }

    /// Compresses lines of `line_len` bytes, which it may change.
    pub fn chunk<'a>(&'a mut self, lines: &'a mut [u8], line_len: usize) -> Result<&'a [u8]> {
        self.out.clear();
        let out = &mut self.out;
        match &mut self.method {
            Method::None => return Ok(lines),
            Method::PackBits => {
                for line in lines.chunks(line_len.max(1)) {
                    packbits::encode(line, out)?;
                }
            }
            Method::Lzw(encoder) => encoder.encode(lines, out)?,
            Method::Deflate(encoder) => {
                encoder.reset();
                deflate(encoder, lines, out)?;
            }
            Method::Pack(level, budget) => {
                let mut put = |bytes: &[u8]| memory::append(out, bytes, "a strip");
                let mut packer = Packer::new(*level, lines.len(), budget)?;
                packer.write(lines, &mut put)?;
                packer.finish(&mut put)?;
            }
            Method::Zstd => zstd(lines, out)?,
            Method::Fax(encoder) => {
                for line in lines.chunks_exact(line_len.max(1)) {
                    encoder.row(line, out)?;
                }
                encoder.finish(out)?;
            }
            Method::Jpeg(jpeg) => *out = jpeg.encode(lines, line_len, self.chunk.width)?,
        }
        Ok(&self.out)
    }
}

/// Whether our own Deflate does it: stored, fast, or thoroughly. What is fast is so for differences of neighbours, and makes
/// them a little larger than zlib.
fn packs(plan: &Plan, level: u8) -> bool {
    match level {
        1..=5 => plan.predictor,
        level => level != 6,
    }
}

fn zstd(strip: &[u8], out: &mut Vec<u8>) -> Result<()> {
    // A block that cannot be compressed is stored, with a few bytes before it: the encoder never has to ask for more.
    let most = strip.len() + strip.len() / 1024 + 1024;
    out.try_reserve(most).map_err(|_| Error::no_memory(most, "a strip"))?;
    memory::room(ZSTD, "Zstandard")?;
    ruzstd::encoding::compress(strip, out, CompressionLevel::Fastest);
    Ok(())
}

fn fax_mode(plan: &Plan) -> fax::Mode {
    match (plan.compression, plan.two_dimensional) {
        (compression::CCITT_G4, _) => fax::Mode::Group4,
        (_, true) => fax::Mode::Group3TwoDimensional(ROWS_BETWEEN),
        (_, false) => fax::Mode::Group3,
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

impl Jpeg {
    fn new(format: PixelFormat, options: &SaveOptions) -> Result<Self> {
        let limits = Limits { max_memory: UNLIMITED, ..Limits::default() };
        Ok(Self {
            codec: codec::for_format(FileFormat::Jpeg)?,
            options: SaveOptions { progress: None, progressive: false, ..options.clone() },
            format,
            budget: Budget::new(limits, None),
        })
    }

    fn encode(&self, lines: &mut [u8], line_len: usize, width: u32) -> Result<Vec<u8>> {
        if self.format == PixelFormat::Cmyk8888 {
            // A file of its own holds inks inverted and says so; in TIFF nothing could.
            lines.iter_mut().for_each(|ink| *ink = !*ink);
        }
        let rows = u32::try_from(lines.len() / line_len.max(1)).unwrap_or(0);
        let layout = Layout::with_stride(width, rows, self.format, line_len)?;
        let view = PixelView::new(lines, layout)?;
        let nothing = Metadata::default();
        let picture = Picture::new(view, self.format, WHITE, &nothing, &self.budget);
        let mut sink = Sink::memory();
        self.codec.encode(&picture, &self.options, &mut sink, &self.budget)?;
        memory::copy_of(&sink.finish()?, "a strip")
    }
}
