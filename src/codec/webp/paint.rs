//! Decoded rows on their way into memory.

use super::alpha;
use super::container::{Chunk, Data, Frame};
use super::{vp8, vp8l};
use crate::error::Result;
use crate::limits::Budget;
use crate::memory::Scratch;
use crate::pixel::join;
use crate::source::Source;

/// A row.
pub(super) enum Row<'a> {
    /// R, G and B, and alpha where there is one.
    Planes([&'a [u8]; 3], Option<&'a [u8]>),
    /// Alpha, R, G and B from the highest byte of a number on.
    Packed(&'a [u32]),
}

/// Decodes a frame, and hands over its rows. On damage, what could be had was handed over.
pub(super) fn decode(
    source: &Source,
    frame: &Frame,
    budget: &Budget,
    take: &mut dyn FnMut(u32, Row<'_>) -> Result<()>,
) -> Result<()> {
    let size = (frame.region.width, frame.region.height);
    match frame.data {
        Data::Lossless(chunk) => {
            let bytes = Bytes::read(source, chunk, budget)?;
            vp8l::decode(bytes.get(source), budget, &mut |y, row| take(y, Row::Packed(row)))
        }
        Data::Lossy(chunk, None) => {
            let bytes = Bytes::read(source, chunk, budget)?;
            vp8::decode(bytes.get(source), budget, &mut |y, rgb| take(y, Row::Planes(rgb, None)))
        }
        Data::Lossy(chunk, Some(alpha)) => {
            let (alpha, damage) = {
                let bytes = Bytes::read(source, alpha, budget)?;
                alpha::decode(bytes.get(source), size, budget)?
            };
            let bytes = Bytes::read(source, chunk, budget)?;
            vp8::decode(bytes.get(source), budget, &mut |y, rgb| {
                let start = y as usize * size.0 as usize;
                let row = alpha.get(start..start + size.0 as usize);
                take(y, Row::Planes(rgb, row))
            })?;
            damage.map_or(Ok(()), Err)
        }
    }
}

/// The data of a chunk: where they are, or read.
enum Bytes {
    Lent(Chunk),
    Read(Scratch),
}

impl Bytes {
    fn read(source: &Source, chunk: Chunk, budget: &Budget) -> Result<Self> {
        if source.bytes().is_some() {
            return Ok(Self::Lent(chunk));
        }
        let len = usize::try_from(chunk.len).unwrap_or(usize::MAX);
        let mut bytes = Scratch::new(len, "a chunk", budget)?;
        source.read_at(chunk.start, &mut bytes)?;
        Ok(Self::Read(bytes))
    }

    fn get<'a>(&'a self, source: &'a Source) -> &'a [u8] {
        match self {
            Self::Read(bytes) => bytes,
            Self::Lent(chunk) => {
                let place = |at: u64| usize::try_from(at).unwrap_or(usize::MAX);
                let range = place(chunk.start)..place(chunk.start + chunk.len);
                source.bytes().and_then(|bytes| bytes.get(range)).unwrap_or_default()
            }
        }
    }
}

/// Makes pixels of four bytes of a row: B, G, R, alpha.
pub(super) fn bgra(row: &Row<'_>, to: &mut [u8]) {
    let pixels = to.as_chunks_mut::<4>().0.iter_mut();
    match row {
        Row::Packed(row) => pixels.zip(*row).for_each(|(to, pixel)| *to = pixel.to_le_bytes()),
        Row::Planes([r, g, b], Some(alpha)) => join::four([b, g, r, alpha], to),
        Row::Planes([r, g, b], None) => {
            for (to, ((r, g), b)) in pixels.zip(r.iter().zip(*g).zip(*b)) {
                *to = [*b, *g, *r, 255];
            }
        }
    }
}

/// Makes pixels of three bytes of an opaque row: B, G, R, or R, G, B where `TURNED`.
pub(super) fn bgr<const TURNED: bool>(row: &Row<'_>, to: &mut [u8]) {
    match row {
        Row::Packed(row) => join::lower::<TURNED>(row, to),
        Row::Planes([r, g, b], _) if TURNED => join::three([r, g, b], to),
        Row::Planes([r, g, b], _) => join::three([b, g, r], to),
    }
}
