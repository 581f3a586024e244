//! What bytes would take, by a Deflate (zlib's) that is much faster than the thorough one and finds what that finds for the
//! most part.

use flate2::{Compress, Compression, FlushCompress, Status};

use crate::error::{Error, Kind, Result};
use crate::limits::{Budget, Reservation};
use crate::memory::{self, Scratch};

/// What zlib holds at the most.
const ZLIB: usize = 512 << 10;
/// Bytes that it gives at a time.
const OUTPUT: usize = 32 << 10;

/// A stream that goes nowhere.
pub struct Estimate {
    compress: Compress,
    output: Scratch,
    _booked: Reservation,
}

impl Estimate {
    pub fn new(budget: &Budget) -> Result<Self> {
        let booked = budget.reserve(ZLIB as u64)?;
        let make = || Compress::new(Compression::new(6), false);
        let compress = memory::panicking(ZLIB, "Deflate", make)?;
        let output = Scratch::new(OUTPUT, "deflated data", budget)?;
        Ok(Self { compress, output, _booked: booked })
    }

    pub fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.run(bytes, FlushCompress::None)
    }

    /// Bytes that all of it takes.
    pub fn finish(mut self) -> Result<u64> {
        self.run(&[], FlushCompress::Finish)?;
        Ok(self.compress.total_out())
    }

    fn run(&mut self, mut bytes: &[u8], flush: FlushCompress) -> Result<()> {
        let failed = |_| Error::new(Kind::SaveFailed, "Deflate failed");
        loop {
            let taken = self.compress.total_in();
            let status = self.compress.compress(bytes, &mut self.output, flush).map_err(failed)?;
            let taken = (self.compress.total_in() - taken) as usize;
            bytes = bytes.get(taken..).unwrap_or_default();
            let ends = match flush {
                FlushCompress::Finish => matches!(status, Status::StreamEnd),
                _ => bytes.is_empty(),
            };
            if ends {
                return Ok(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;

    #[test]
    fn what_repeats_takes_less() {
        let budget = Budget::new(Limits::default(), None);
        let of = |parts: &[&[u8]]| {
            let mut estimate = Estimate::new(&budget).unwrap();
            parts.iter().for_each(|part| estimate.write(part).unwrap());
            estimate.finish().unwrap()
        };
        let mixed: Vec<u8> = (0..100_000u32).map(|at| (at.wrapping_mul(at) >> 5) as u8).collect();
        let (once, twice) = (of(&[&mixed[..9000]]), of(&[&mixed[..9000], &mixed[..9000]]));
        assert!(of(&[]) < 10 && once > 1000 && twice < once + 200);
        assert!(of(&[&mixed]) > once);
    }
}
