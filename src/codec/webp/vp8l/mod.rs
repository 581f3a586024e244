//! VP8L (RFC 9649, section 3): lossless WebP, and the alpha of lossy ones.
//!
//! Pixels are numbers of 32 bits: alpha, red, green and blue from the highest byte on. They are kept as they were coded, the
//! last million at least, since they may be copied from there; what was done to them before is undone row by row.

mod bits;
mod codes;
mod groups;
mod pixels;
mod simd;
mod transforms;

use crate::error::{Error, Result};
use crate::limits::Budget;

use bits::Bits;
pub(super) use pixels::Take;
use transforms::Transforms;

/// Bytes of the header.
pub(super) const HEAD: usize = 5;

/// Width, height and whether pixels may be transparent, from the first [`HEAD`] bytes.
pub(super) fn size(head: &[u8]) -> Result<(u32, u32, bool)> {
    let cut = || Error::damaged("the VP8L image is cut off");
    let [signature, fields @ ..] = *head.first_chunk::<HEAD>().ok_or_else(cut)?;
    let fields = u32::from_le_bytes(fields);
    if signature != 0x2f || fields >> 29 != 0 {
        return Err(Error::damaged("the VP8L image has an unknown signature or version"));
    }
    Ok(((fields & 0x3fff) + 1, (fields >> 14 & 0x3fff) + 1, fields >> 28 & 1 == 1))
}

/// Decodes an image. On damage, the rows before it were taken.
pub(super) fn decode(data: &[u8], budget: &Budget, take: &mut Take<'_>) -> Result<()> {
    let (width, height, _) = size(data)?;
    decode_pixels(data.get(HEAD..).unwrap_or_default(), (width, height), budget, take)
}

/// The same without the header.
pub(super) fn decode_pixels(
    data: &[u8],
    (width, height): (u32, u32),
    budget: &Budget,
    take: &mut Take<'_>,
) -> Result<()> {
    let mut bits = Bits::new(data);
    let (mut transforms, coded) = Transforms::read(&mut bits, (width, height), budget)?;
    let _booked = budget.reserve(pixels::held((coded, height)) as u64 * 4)?;
    let mut undone = |y: u32, row: &[u32]| take(y, transforms.undo(y, row));
    pixels::read(&mut bits, (coded, height), Some(&mut undone), budget).map(drop)
}
