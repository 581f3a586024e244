//! Data of zlib (RFC 1950) at the levels of an option.

use simd_adler32::Adler32;

use super::{Deflater, Effort, Put};
use crate::error::Result;
use crate::limits::Budget;

/// What checksums are counted by.
const BASE: u32 = 65_521;

/// A stream that is being made, or a part of one.
pub struct Packer {
    deflater: Deflater,
    sum: Adler32,
    len: u64,
}

impl Packer {
    /// A stream for about `total` bytes at a level of 0 to 9.
    pub fn new(level: u8, total: usize, budget: &Budget) -> Result<Self> {
        Self::after(&head(level), Effort::of(level), total, budget)
    }

    /// A stream after its head, or a part of one after none: parts can be made side by side, since none looks back into
    /// another.
    pub fn after(head: &[u8], effort: Effort, total: usize, budget: &Budget) -> Result<Self> {
        let deflater = Deflater::new(total, effort, head, budget)?;
        Ok(Self { deflater, sum: Adler32::new(), len: 0 })
    }

    /// Encodes bytes, now or later.
    pub fn write(&mut self, bytes: &[u8], put: Put<'_>) -> Result<()> {
        self.sum.write(bytes);
        self.len += bytes.len() as u64;
        self.deflater.write(bytes, put)
    }

    /// Has `fill` write the next `len` bytes where they are encoded later. `false`, with nothing done, where there is no room for
    /// them.
    pub fn fill(&mut self, len: usize, fill: impl FnOnce(&mut [u8])) -> bool {
        let Some(room) = self.deflater.room(len) else { return false };
        fill(room);
        self.sum.write(room);
        self.len += len as u64;
        true
    }

    /// Encodes what is left, and the checksum.
    pub fn finish(self, put: Put<'_>) -> Result<()> {
        let sum = self.sum.finish().to_be_bytes();
        self.deflater.finish(true, &sum, put)
    }

    /// Encodes what is left of a part; after the last one the checksum of all is to come.
    pub fn finish_part(self, is_last: bool, put: Put<'_>) -> Result<Sum> {
        let sum = Sum { value: self.sum.finish(), len: self.len };
        self.deflater.finish(is_last, &[], put)?;
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
