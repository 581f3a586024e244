//! Data of zlib (RFC 1950) at the levels of an option: our own Deflate, which is fast, or zlib's, which is thorough.

use flate2::{Compress, Compression, FlushCompress, Status};
use simd_adler32::Adler32;

use super::{Deflater, Effort, Put};
use crate::error::{Error, Kind, Result};
use crate::limits::{Budget, Reservation};
use crate::memory::{self, Scratch};

/// What zlib holds at the most.
const ZLIB: usize = 512 << 10;
/// Bytes that zlib gives at a time.
const OUTPUT: usize = 32 << 10;
/// What checksums are counted by.
const BASE: u32 = 65_521;

/// A stream that is being made, or a part of one.
pub struct Packer {
    method: Method,
    sum: Adler32,
    len: u64,
}

enum Method {
    Fast(Box<Deflater>),
    Thorough(Box<Thorough>),
}

/// A stream of zlib.
struct Thorough {
    compress: Compress,
    output: Scratch,
    filled: usize,
    _booked: Reservation,
}

impl Packer {
    /// A stream for about `total` bytes at a level of 0 to 9.
    pub fn new(level: u8, total: usize, budget: &Budget) -> Result<Self> {
        Self::after(&head(level), level, total, budget)
    }

    /// A part of a stream, whose parts can be made side by side: none looks back into another.
    pub fn part(level: u8, total: usize, budget: &Budget) -> Result<Self> {
        Self::after(&[], level, total, budget)
    }

    fn after(head: &[u8], level: u8, total: usize, budget: &Budget) -> Result<Self> {
        let (sum, len) = (Adler32::new(), 0);
        let level = match level {
            0 => 0,
            1..=6 => {
                let effort = if level < 4 { Effort::Least } else { Effort::Little };
                let deflater = Deflater::new(total, effort, head, budget)?;
                return Ok(Self { method: Method::Fast(Box::new(deflater)), sum, len });
            }
            7 => 6,
            _ => u32::from(level.min(9)),
        };
        let booked = budget.reserve(ZLIB as u64)?;
        let make = || Compress::new(Compression::new(level), false);
        let compress = memory::panicking(ZLIB, "Deflate", make)?;
        let mut output = Scratch::new(OUTPUT, "deflated data", budget)?;
        output.iter_mut().zip(head).for_each(|(to, from)| *to = *from);
        let thorough = Thorough { compress, output, filled: head.len(), _booked: booked };
        Ok(Self { method: Method::Thorough(Box::new(thorough)), sum, len })
    }

    /// Encodes bytes, now or later.
    pub fn write(&mut self, bytes: &[u8], put: Put<'_>) -> Result<()> {
        self.sum.write(bytes);
        self.len += bytes.len() as u64;
        match &mut self.method {
            Method::Fast(deflater) => deflater.write(bytes, put),
            Method::Thorough(it) => it.run(bytes, FlushCompress::None, put),
        }
    }

    /// Encodes what is left, and the checksum.
    pub fn finish(self, put: Put<'_>) -> Result<()> {
        let sum = self.sum.finish().to_be_bytes();
        self.method.finish(true, &sum, put)
    }

    /// Encodes what is left of a part; after the last one the checksum of all is to come.
    pub fn finish_part(self, is_last: bool, put: Put<'_>) -> Result<Sum> {
        let sum = Sum { value: self.sum.finish(), len: self.len };
        self.method.finish(is_last, &[], put)?;
        Ok(sum)
    }
}

/// What a stream begins with: a window of 32 KiB, no dictionary, and how much was done.
pub fn head(level: u8) -> [u8; 2] {
    match level {
        0..=6 => [0x78, 0x01],
        7 => [0x78, 0x9c],
        _ => [0x78, 0xda],
    }
}

/// The checksum of bytes (Adler-32).
#[derive(Clone, Copy, Debug)]
pub struct Sum {
    value: u32,
    len: u64,
}

impl Sum {
    /// That of no bytes.
    pub const NONE: Self = Self { value: 1, len: 0 };

    /// That of the bytes of both, one after the other.
    #[must_use]
    pub fn and(self, next: Self) -> Self {
        let parts = |sum: Self| (sum.value & 0xffff, sum.value >> 16);
        let ((a, b), (c, d)) = (parts(self), parts(next));
        // Each byte of the second adds the first sum, but for its 1, to the other once more.
        let times = (next.len % u64::from(BASE)) as u32;
        let more = (u64::from(times) * u64::from(a + BASE - 1) % u64::from(BASE)) as u32;
        let (low, high) = ((a + c + BASE - 1) % BASE, (b + d + more) % BASE);
        Self { value: high << 16 | low, len: self.len + next.len }
    }

    /// As a stream ends with it.
    pub fn bytes(self) -> [u8; 4] {
        self.value.to_be_bytes()
    }
}

impl Method {
    fn finish(self, is_last: bool, tail: &[u8], put: Put<'_>) -> Result<()> {
        let mut it = match self {
            Self::Fast(deflater) => return deflater.finish(is_last, tail, put),
            Self::Thorough(it) => it,
        };
        it.run(&[], if is_last { FlushCompress::Finish } else { FlushCompress::Sync }, put)?;
        if it.output.len() - it.filled < tail.len() {
            put(it.output.get(..it.filled).unwrap_or_default())?;
            it.filled = 0;
        }
        it.output.iter_mut().skip(it.filled).zip(tail).for_each(|(to, from)| *to = *from);
        it.filled += tail.len();
        put(it.output.get(..it.filled).unwrap_or_default())
    }
}

impl Thorough {
    /// Takes all bytes, and with `Finish` and `Sync` gives all.
    fn run(&mut self, mut bytes: &[u8], flush: FlushCompress, put: Put<'_>) -> Result<()> {
        let failed = |_| Error::new(Kind::SaveFailed, "Deflate failed");
        loop {
            let to = self.output.get_mut(self.filled..).unwrap_or_default();
            let (taken, given) = (self.compress.total_in(), self.compress.total_out());
            let status = self.compress.compress(bytes, to, flush).map_err(failed)?;
            let taken = (self.compress.total_in() - taken) as usize;
            bytes = bytes.get(taken..).unwrap_or_default();
            self.filled += (self.compress.total_out() - given) as usize;
            let is_full = self.filled >= self.output.len();
            let ends = match flush {
                FlushCompress::Finish => matches!(status, Status::StreamEnd),
                FlushCompress::Sync => !is_full,
                _ => bytes.is_empty(),
            };
            if is_full {
                put(&self.output)?;
                self.filled = 0;
            }
            if ends {
                return Ok(());
            }
        }
    }
}
