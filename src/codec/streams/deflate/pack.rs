//! Deflate at the levels of an option: our own, which is fast, or zlib's, which is thorough.

use flate2::{Compress, Compression, FlushCompress, Status};

use super::{Deflater, Effort, Put};
use crate::error::{Error, Kind, Result};
use crate::limits::{Budget, Reservation};
use crate::memory::{self, Scratch};

/// What zlib holds at the most.
const ZLIB: usize = 512 << 10;
/// Bytes that zlib gives at a time.
const OUTPUT: usize = 32 << 10;

/// A stream that is being made.
pub enum Packer {
    Fast(Box<Deflater>),
    Thorough(Box<Thorough>),
}

/// A stream of zlib.
pub struct Thorough {
    compress: Compress,
    output: Scratch,
    filled: usize,
    _booked: Reservation,
}

impl Packer {
    /// A stream for about `total` bytes at a level of 0 to 9.
    pub fn new(level: u8, total: usize, budget: &Budget) -> Result<Self> {
        let level = match level {
            0 => 0,
            1..=6 => {
                let effort = if level < 4 { Effort::Least } else { Effort::Little };
                return Ok(Self::Fast(Box::new(Deflater::new(total, effort, budget)?)));
            }
            7 => 6,
            _ => u32::from(level.min(9)),
        };
        let booked = budget.reserve(ZLIB as u64)?;
        let make = || Compress::new(Compression::new(level), true);
        let compress = memory::panicking(ZLIB, "Deflate", make)?;
        let output = Scratch::new(OUTPUT, "deflated data", budget)?;
        Ok(Self::Thorough(Box::new(Thorough { compress, output, filled: 0, _booked: booked })))
    }

    /// Encodes bytes, now or later.
    pub fn write(&mut self, bytes: &[u8], put: Put<'_>) -> Result<()> {
        match self {
            Self::Fast(deflater) => deflater.write(bytes, put),
            Self::Thorough(it) => it.run(bytes, FlushCompress::None, put),
        }
    }

    /// Encodes what is left.
    pub fn finish(self, put: Put<'_>) -> Result<()> {
        match self {
            Self::Fast(deflater) => deflater.finish(put),
            Self::Thorough(mut it) => {
                it.run(&[], FlushCompress::Finish, put)?;
                put(it.output.get(..it.filled).unwrap_or_default())
            }
        }
    }
}

impl Thorough {
    /// Takes all bytes, and with `Finish` gives all.
    fn run(&mut self, mut bytes: &[u8], flush: FlushCompress, put: Put<'_>) -> Result<()> {
        let failed = |_| Error::new(Kind::SaveFailed, "Deflate failed");
        loop {
            let to = self.output.get_mut(self.filled..).unwrap_or_default();
            let (taken, given) = (self.compress.total_in(), self.compress.total_out());
            let status = self.compress.compress(bytes, to, flush).map_err(failed)?;
            let taken = (self.compress.total_in() - taken) as usize;
            bytes = bytes.get(taken..).unwrap_or_default();
            self.filled += (self.compress.total_out() - given) as usize;
            let ends = match flush {
                FlushCompress::Finish => matches!(status, Status::StreamEnd),
                _ => bytes.is_empty(),
            };
            if ends {
                return Ok(());
            }
            if self.filled >= self.output.len() {
                put(&self.output)?;
                self.filled = 0;
            }
        }
    }
}
