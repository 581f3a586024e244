//! The bytes of one strip or tile, decompressed as they are asked for.

pub mod ccitt;
pub mod jpeg;
pub mod lzma;
pub mod lzw;
pub mod old_jpeg;
mod pack;
pub mod packbits;
pub mod sgilog;
pub mod thunderscan;
pub mod webp;
pub mod zstd;

use std::io::{ErrorKind, Read};

use flate2::{Decompress, FlushDecompress, Status};

use super::tags::compression as number;
use crate::error::{Error, Result};
use crate::limits::{Budget, Reservation};
use crate::memory::Scratch;
use crate::source::{Source, own_error};

/// What has to be known of a chunk beside its bytes.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// Pixels per row.
    pub width: u32,
    /// Rows that are wanted.
    pub rows: u32,
    /// Rows that a chunk may have at the most.
    pub max_rows: u32,
    /// Samples of each pixel in this chunk.
    pub samples: u16,
    /// The number of the first of them.
    pub plane: u32,
    /// Whether damage is an error.
    pub strict: bool,
}

/// What the tags of the page say to its decompressor.
#[derive(Debug)]
pub struct Method {
    pub compression: u16,
    /// Whether bits have to be reversed in every byte.
    pub reversed: bool,
    /// T4Options or T6Options.
    pub fax_options: u64,
    pub jpeg: jpeg::Settings,
    pub old_jpeg: Option<old_jpeg::Settings>,
}

/// A strip or tile that is being read.
pub struct Stream {
    inner: Inner,
    raw: Scratch,
    /// Bytes of `raw` that are used up.
    used: usize,
    /// What was wrong with it, where damage is borne.
    pub damage: Option<Error>,
}

enum Inner {
    Plain {
        source: Source,
        at: u64,
        left: u64,
        reversed: bool,
    },
    /// All bytes are in `raw`, decompressed.
    Whole,
    PackBits(packbits::Run),
    Lzw(Box<lzw::Decoder>),
    Deflate(Box<Decompress>),
    Packed(Packed),
}

impl Method {
    /// Fails for a compression that cannot be read.
    pub fn check(&self) -> Result<()> {
        use number::*;
        match self.compression {
            NONE | CCITT_RLE | CCITT_G3 | CCITT_G4 | LZW | OLD_JPEG | JPEG | DEFLATE
            | OLD_DEFLATE | PACKBITS | THUNDERSCAN | ZSTD | LZMA | WEBP | SGI_LOG => Ok(()),
            other => Err(Error::unsupported(format!(
                "compression {other} ({}) is not supported",
                name(other)
            ))),
        }
    }

    /// The `len` bytes at `at`, as many as there are of them.
    pub fn read(&self, source: &Source, at: u64, len: u64, budget: &Budget) -> Result<Scratch> {
        let left = len.min(source.len().saturating_sub(at));
        let size = usize::try_from(left).map_err(|_| Error::no_memory(usize::MAX, "a strip"))?;
        let mut raw = Scratch::new(size, "a strip", budget)?;
        source.read_at(at, &mut raw)?;
        Ok(raw)
    }

    /// Opens the `len` bytes at `at`, as many as there are of them.
    pub fn open(
        &self,
        source: &Source,
        at: u64,
        len: u64,
        shape: Shape,
        budget: &Budget,
    ) -> Result<Stream> {
        let left = len.min(source.len().saturating_sub(at));
        if self.compression == number::NONE {
            let raw = Scratch::new(0, "a strip", budget)?;
            let reversed = self.reversed;
            let inner = Inner::Plain { source: source.clone(), at, left, reversed };
            return Ok(Stream { inner, raw, used: 0, damage: None });
        }
        if let Some(settings) = &self.old_jpeg {
            let chunk = at..at.saturating_add(left);
            let (raw, damage) = old_jpeg::decode(source, chunk, settings, shape, budget)?;
            return Ok(Stream { inner: Inner::Whole, raw, used: 0, damage });
        }
        let mut raw = self.read(source, at, len, budget)?;
        if self.reversed && self.compression != number::JPEG {
            reverse(&mut raw);
        }
        if matches!(self.compression, number::ZSTD | number::LZMA) {
            let open = if self.compression == number::ZSTD { zstd::open } else { lzma::open };
            let inner = Inner::Packed(open(raw, budget)?);
            let raw = Scratch::new(0, "a strip", budget)?;
            return Ok(Stream { inner, raw, used: 0, damage: None });
        }
        let whole = match self.compression {
            number::SGI_LOG => sgilog::decode(&raw, shape, budget)?,
            number::WEBP => (webp::decode(&raw, shape, budget)?, None),
            number::JPEG => jpeg::decode(&raw, &self.jpeg, shape, budget)?,
            number::THUNDERSCAN => thunderscan::decode(&raw, shape, budget)?,
            number::CCITT_RLE | number::CCITT_G3 | number::CCITT_G4 => {
                let mode = ccitt::Mode::new(self.compression, self.fax_options)?;
                ccitt::decode(&raw, mode, shape, budget)?
            }
            _ => (raw, None),
        };
        let (raw, damage) = whole;
        let inner = match self.compression {
            number::PACKBITS => Inner::PackBits(packbits::Run::default()),
            number::LZW => Inner::Lzw(Box::new(lzw::Decoder::new(&raw)?)),
            number::DEFLATE | number::OLD_DEFLATE => {
                Inner::Deflate(Box::new(Decompress::new(true)))
            }
            _ => Inner::Whole,
        };
        Ok(Stream { inner, raw, used: 0, damage })
    }
}

impl Stream {
    /// Fills `to`; how many bytes there were for it. What was wrong with those after them is in [`Stream::damage`].
    pub fn fill(&mut self, to: &mut [u8]) -> Result<usize> {
        let from = self.raw.get(self.used..).unwrap_or_default();
        let (got, damage) = match &mut self.inner {
            Inner::Plain { source, at, left, reversed } => {
                let most = usize::try_from(*left).unwrap_or(usize::MAX).min(to.len());
                let to = to.get_mut(..most).unwrap_or_default();
                let got = source.read_at(*at, to)?;
                *at += got as u64;
                *left -= got as u64;
                if *reversed {
                    reverse(to);
                }
                (got, None)
            }
            Inner::Whole => {
                let len = from.len().min(to.len());
                to.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
                self.used += len;
                (len, None)
            }
            Inner::PackBits(run) => (run.fill(from, &mut self.used, to), None),
            Inner::Lzw(decoder) => decoder.fill(from, &mut self.used, to),
            Inner::Deflate(decoder) => inflate(decoder, from, &mut self.used, to),
            Inner::Packed(packed) => packed.fill(to)?,
        };
        self.damage = damage;
        Ok(got)
    }
}

/// A decoder of another crate that is read from.
pub struct Packed {
    reader: Box<dyn Read + Send>,
    name: &'static str,
    _booked: Reservation,
}

impl Packed {
    fn new(reader: impl Read + Send + 'static, name: &'static str, booked: Reservation) -> Self {
        Self { reader: Box::new(reader), name, _booked: booked }
    }

    /// Fills `to`; how many bytes there were for it.
    fn fill(&mut self, to: &mut [u8]) -> Result<(usize, Option<Error>)> {
        let mut done = 0;
        while let Some(rest) = to.get_mut(done..).filter(|rest| !rest.is_empty()) {
            match self.reader.read(rest) {
                Ok(0) => break,
                Ok(got) => done += got,
                // Data that ends early is told by how much there was.
                Err(error) if error.kind() == ErrorKind::UnexpectedEof => break,
                Err(error) => {
                    if let Some(own) = own_error(&error) {
                        return Err(own);
                    }
                    let error = Error::damaged(format!("has invalid {} data", self.name));
                    return Ok((done, Some(error)));
                }
            }
        }
        Ok((done, None))
    }
}

/// Bytes of a strip, for decoders that read.
struct Bytes {
    raw: Scratch,
    at: usize,
}

impl Bytes {
    fn new(raw: Scratch) -> Self {
        Self::from(raw, 0)
    }

    fn from(raw: Scratch, at: usize) -> Self {
        Self { raw, at }
    }
}

impl Read for Bytes {
    fn read(&mut self, to: &mut [u8]) -> std::io::Result<usize> {
        let got = self.raw.get(self.at..).unwrap_or_default().read(to)?;
        self.at += got;
        Ok(got)
    }
}

/// Fills `to` from `from`; how many bytes there were for it, and what was wrong after them. Adds what was read to `used`.
fn inflate(
    decoder: &mut Decompress,
    mut from: &[u8],
    used: &mut usize,
    to: &mut [u8],
) -> (usize, Option<Error>) {
    let mut done = 0;
    while let Some(rest) = to.get_mut(done..).filter(|rest| !rest.is_empty()) {
        let (before_in, before_out) = (decoder.total_in(), decoder.total_out());
        let status = decoder.decompress(from, rest, FlushDecompress::None);
        let read = (decoder.total_in() - before_in) as usize;
        let written = (decoder.total_out() - before_out) as usize;
        from = from.get(read..).unwrap_or_default();
        *used += read;
        done += written;
        match status {
            Ok(Status::Ok) if read + written > 0 => {}
            Ok(_) => break,
            Err(_) => return (done, Some(Error::damaged("has invalid Deflate data"))),
        }
    }
    (done, None)
}

fn reverse(bytes: &mut [u8]) {
    bytes.iter_mut().for_each(|byte| *byte = byte.reverse_bits());
}
