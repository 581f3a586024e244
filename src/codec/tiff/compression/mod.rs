//! The bytes of one strip or tile, decompressed as they are asked for.

pub mod ccitt;
pub mod jpeg;
mod jpeg2000;
mod jpeg_tables;
pub mod lzma;
mod lzw_whole;
mod nested;
pub mod old_jpeg;
mod pack;
pub mod packbits;
pub mod sgilog;
pub mod thunderscan;
pub mod zstd;

use std::io::{ErrorKind, Read};
use std::ops::{Deref, Range};

use super::tags::compression as number;
use crate::codec::streams::inflate::{self, Inflater};
use crate::codec::streams::lzw;
use crate::error::{Error, Result};
use crate::format::FileFormat;
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
    raw: Raw,
    /// Bytes of `raw` that are used up.
    used: usize,
    /// What was wrong with it, where damage is borne.
    pub damage: Option<Error>,
}

/// The bytes of a chunk as they are in the file.
pub enum Raw {
    Read(Scratch),
    /// Those of a file in memory, where they are.
    Lent(Source, Range<usize>),
}

impl Deref for Raw {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Read(bytes) => bytes,
            Self::Lent(source, range) => {
                source.bytes().and_then(|bytes| bytes.get(range.clone())).unwrap_or_default()
            }
        }
    }
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
    Lzw(Option<Box<lzw::Decoder>>),
    Deflate(Option<Inflater>),
    Packed(Packed),
}

impl Method {
    /// Fails for a compression that cannot be read.
    pub fn check(&self) -> Result<()> {
        use number::*;
        match self.compression {
            NONE | CCITT_RLE | CCITT_G3 | CCITT_G4 | LZW | OLD_JPEG | JPEG | DEFLATE
            | OLD_DEFLATE | PACKBITS | THUNDERSCAN | ZSTD | LZMA | WEBP | SGI_LOG | JPEG_2000
            | APERIO_RGB | PNG => Ok(()),
            other => Err(Error::unsupported(format!(
                "compression {other} ({}) is not supported",
                name(other)
            ))),
        }
    }

    /// Whether two chunks are decoded faster side by side.
    pub fn decodes_pairs(&self) -> bool {
        matches!(self.compression, number::DEFLATE | number::OLD_DEFLATE)
    }

    /// The `len` bytes at `at`, as many as there are of them.
    pub fn read(&self, source: &Source, at: u64, len: u64, budget: &Budget) -> Result<Raw> {
        let left = len.min(source.len().saturating_sub(at));
        if source.bytes().is_some()
            && let (Ok(start), Ok(end)) = (at.try_into(), at.saturating_add(left).try_into())
        {
            return Ok(Raw::Lent(source.clone(), start..end));
        }
        copy(source, at, left, budget).map(Raw::Read)
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
        let none = || Scratch::new(0, "a strip", budget).map(Raw::Read);
        if self.compression == number::NONE {
            let reversed = self.reversed;
            let inner = Inner::Plain { source: source.clone(), at, left, reversed };
            return Ok(Stream { inner, raw: none()?, used: 0, damage: None });
        }
        if let Some(settings) = &self.old_jpeg {
            let chunk = at..at.saturating_add(left);
            let (raw, damage) = old_jpeg::decode(source, chunk, settings, shape, budget)?;
            return Ok(Stream { inner: Inner::Whole, raw: Raw::Read(raw), used: 0, damage });
        }
        if matches!(self.compression, number::ZSTD | number::LZMA) {
            let open = if self.compression == number::ZSTD { zstd::open } else { lzma::open };
            let mut raw = copy(source, at, left, budget)?;
            if self.reversed {
                reverse(&mut raw);
            }
            let inner = Inner::Packed(open(raw, budget)?);
            return Ok(Stream { inner, raw: none()?, used: 0, damage: None });
        }
        let raw = if self.reversed && self.compression != number::JPEG {
            let mut raw = copy(source, at, left, budget)?;
            reverse(&mut raw);
            Raw::Read(raw)
        } else {
            self.read(source, at, left, budget)?
        };
        let (raw, damage) = match self.compression {
            number::PACKBITS | number::LZW | number::DEFLATE | number::OLD_DEFLATE => (raw, None),
            _ => {
                let (pixels, damage) = self.decode(&raw, shape, budget)?;
                (Raw::Read(pixels), damage)
            }
        };
        let inner = match self.compression {
            number::PACKBITS => Inner::PackBits(packbits::Run::default()),
            number::LZW => Inner::Lzw(None),
            number::DEFLATE | number::OLD_DEFLATE => Inner::Deflate(None),
            _ => Inner::Whole,
        };
        Ok(Stream { inner, raw, used: 0, damage })
    }

    /// All of a chunk, and what is wrong with it where damage is borne.
    fn decode(
        &self,
        raw: &[u8],
        shape: Shape,
        budget: &Budget,
    ) -> Result<(Scratch, Option<Error>)> {
        let (bits, big_endian) = (self.jpeg.bits, self.jpeg.big_endian);
        match self.compression {
            number::SGI_LOG => sgilog::decode(raw, shape, budget),
            number::PNG => nested::decode(FileFormat::Png, raw, bits, big_endian, shape, budget),
            number::WEBP => nested::decode(FileFormat::WebP, raw, 8, big_endian, shape, budget),
            number::JPEG_2000 | number::APERIO_RGB => {
                Ok((jpeg2000::decode(raw, bits, big_endian, shape, budget)?, None))
            }
            number::JPEG => jpeg::decode(raw, &self.jpeg, shape, budget),
            number::THUNDERSCAN => thunderscan::decode(raw, shape, budget),
            _ => {
                let mode = ccitt::Mode::new(self.compression, self.fax_options)?;
                ccitt::decode(raw, mode, shape, budget)
            }
        }
    }
}

impl Stream {
    /// [`Stream::fill`] with all of two chunks of a method that [`Method::decodes_pairs`].
    pub fn fill_two(
        (one, to): (&mut Self, &mut [u8]),
        (other, other_to): (&mut Self, &mut [u8]),
    ) -> [usize; 2] {
        let found = inflate::two((&one.raw, to), (&other.raw, other_to));
        for (stream, (_, damage)) in [one, other].into_iter().zip(found) {
            stream.damage = damage.map(|_| invalid_deflate());
        }
        found.map(|(got, _)| got)
    }

    /// The next `len` bytes, where they are in memory as they are wanted, all of them.
    pub fn lend(&mut self, len: usize) -> Option<&[u8]> {
        match &mut self.inner {
            Inner::Plain { source, at, left, reversed: false } => {
                let after = left.checked_sub(len as u64)?;
                let lent = source.lent(*at, len)?;
                (*at, *left) = (*at + len as u64, after);
                Some(lent)
            }
            Inner::Whole => {
                let lent = self.raw.get(self.used..)?.get(..len)?;
                self.used += len;
                Some(lent)
            }
            _ => None,
        }
    }

    /// Fills `to`, which may be all that is wanted; how many bytes there were for it. What was wrong with those after them
    /// is in [`Stream::damage`].
    pub fn fill(&mut self, to: &mut [u8], is_all: bool, budget: &Budget) -> Result<usize> {
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
            Inner::Lzw(_) if is_all && u32::try_from(to.len()).is_ok() => {
                lzw_whole::decode(from, to)
            }
            Inner::Lzw(decoder) => {
                let decoder = match decoder {
                    Some(decoder) => decoder,
                    None => decoder.insert(Box::new(lzw::Decoder::new(lzw_whole::coding(from))?)),
                };
                decoder.fill(from, &mut self.used, to)
            }
            Inner::Deflate(decoder) => {
                let (got, damage) = match is_all {
                    true => Inflater::new().all(from, to),
                    false => decoder.get_or_insert_with(Inflater::new).next(from, to, budget)?,
                };
                (got, damage.map(|_| invalid_deflate()))
            }
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

fn invalid_deflate() -> Error {
    Error::damaged("has invalid Deflate data")
}

fn copy(source: &Source, at: u64, len: u64, budget: &Budget) -> Result<Scratch> {
    let len = usize::try_from(len).map_err(|_| Error::no_memory(usize::MAX, "a strip"))?;
    let mut raw = Scratch::new(len, "a strip", budget)?;
    source.read_at(at, &mut raw)?;
    Ok(raw)
}

fn reverse(bytes: &mut [u8]) {
    bytes.iter_mut().for_each(|byte| *byte = byte.reverse_bits());
}
