//! Where the parts of a WebP lie, found by walking over the headers of its chunks (RFC 9649, section 2).

use super::{vp8, vp8l};
use crate::codec::animation::Region;
use crate::error::{Error, Result};
use crate::limits::Budget;
use crate::source::Source;

/// A chunk: its type and where its data lie, as far as the file has them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chunk {
    pub kind: [u8; 4],
    pub start: u64,
    pub len: u64,
}

/// The pixels of a frame.
#[derive(Clone, Copy, Debug)]
pub(super) enum Data {
    /// VP8, and ALPH where there is one.
    Lossy(Chunk, Option<Chunk>),
    /// VP8L.
    Lossless(Chunk),
}

/// A frame, or the only image.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    pub region: Region,
    pub data: Data,
    pub has_alpha: bool,
    /// Milliseconds that it is shown.
    pub delay_ms: u32,
    /// Whether it is laid over what is there, rather than taking its place.
    pub blends: bool,
    /// Whether its place becomes transparent after it.
    pub clears: bool,
    /// Whether nothing is left of the frames before it.
    pub is_first: bool,
}

/// What was found.
#[derive(Debug)]
pub(super) struct Index {
    pub width: u32,
    pub height: u32,
    pub has_alpha: bool,
    pub animated: bool,
    /// How often the frames are played; 0 = forever.
    pub loop_count: u32,
    /// At least one.
    pub frames: Vec<Frame>,
    pub icc: Option<Chunk>,
    pub exif: Option<Chunk>,
    pub xmp: Option<Chunk>,
    /// Why the file is not whole.
    pub damage: Option<Error>,
}

/// Bytes before the first chunk.
const HEAD: u64 = 12;

/// Says whether a file begins as a WebP.
pub(super) fn recognizes(head: &[u8]) -> bool {
    head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP")
}

/// Goes from chunk to chunk.
struct Walk<'a> {
    source: &'a Source,
    at: u64,
    end: u64,
    /// Whether a chunk is longer than what is left of the file.
    cut: bool,
}

impl Walk<'_> {
    fn next(&mut self) -> Result<Option<Chunk>> {
        let mut head = [0; 8];
        let left = self.end.saturating_sub(self.at);
        if left < 8 || self.source.read_at(self.at, &mut head)? < 8 {
            return Ok(None);
        }
        let [a, b, c, d, size @ ..] = head;
        let (len, left) = (u64::from(u32::from_le_bytes(size)), left - 8);
        self.cut |= len > left;
        let chunk = Chunk { kind: [a, b, c, d], start: self.at + 8, len: len.min(left) };
        // A byte makes the length of each even.
        self.at = chunk.start + len.next_multiple_of(2);
        Ok(Some(chunk))
    }
}

impl Index {
    pub fn scan(source: &Source, budget: &Budget) -> Result<Self> {
        let mut size = [0; 4];
        source.read_at(4, &mut size)?;
        let stated = u64::from(u32::from_le_bytes(size)) + 8;
        let end = source.len().min(stated.max(HEAD));
        let mut walk = Walk { source, at: HEAD, end, cut: stated > source.len() };
        let first = walk.next()?.ok_or_else(|| Error::damaged("the file ends before its image"))?;
        let mut index = if first.kind == *b"VP8X" {
            Self::extended(&mut walk, first, budget)?
        } else {
            let frame = frame(source, &[first])?
                .ok_or_else(|| Error::damaged("the first chunk is no image").at_offset(HEAD))?;
            Self::of(frame.region.width, frame.region.height, vec![frame])
        };
        if walk.cut {
            index.damage.get_or_insert(Error::damaged("the file is cut off"));
        }
        Ok(index)
    }

    fn of(width: u32, height: u32, frames: Vec<Frame>) -> Self {
        Self {
            width,
            height,
            has_alpha: frames.iter().any(|frame| frame.has_alpha),
            animated: false,
            loop_count: 0,
            frames,
            icc: None,
            exif: None,
            xmp: None,
            damage: None,
        }
    }

    /// The chunks after `VP8X`, in any order.
    fn extended(walk: &mut Walk<'_>, first: Chunk, budget: &Budget) -> Result<Self> {
        let mut fields = [0; 10];
        if first.len < 10 || walk.source.read_at(first.start, &mut fields)? < 10 {
            return Err(Error::damaged("the chunk VP8X is cut off").at_offset(first.start));
        }
        let [flags, _, _, _, a, b, c, d, e, f] = fields;
        let side = |bytes: [u8; 3]| number(bytes) + 1;
        let mut index = Self::of(side([a, b, c]), side([d, e, f]), Vec::new());
        index.animated = flags & 2 != 0;
        let mut image = Vec::new();
        while let Some(chunk) = walk.next()? {
            match &chunk.kind {
                b"ICCP" => _ = index.icc.get_or_insert(chunk),
                b"EXIF" => _ = index.exif.get_or_insert(chunk),
                b"XMP " => _ = index.xmp.get_or_insert(chunk),
                b"ANIM" if chunk.len >= 6 => {
                    let mut count = [0; 2];
                    walk.source.read_at(chunk.start + 4, &mut count)?;
                    index.loop_count = u16::from_le_bytes(count).into();
                }
                b"ANMF" if index.animated && index.damage.is_none() => {
                    budget.check_pages(index.frames.len() as u64 + 1)?;
                    match animated(walk.source, chunk, &index) {
                        Ok(frame) => index.frames.push(frame),
                        Err(error) => index.damage = Some(error),
                    }
                }
                b"ALPH" | b"VP8 " | b"VP8L" if !index.animated && image.len() < 2 => {
                    image.push(chunk)
                }
                _ => {}
            }
        }
        if !index.animated {
            let frame = frame(walk.source, &image)?;
            index.frames.extend(frame);
        }
        let Some(first) = index.frames.first() else {
            let missing = Error::damaged("the file has no image");
            return Err(index.damage.take().unwrap_or(missing));
        };
        let (width, height) = (first.region.width, first.region.height);
        if !index.animated && (width, height) != (index.width, index.height) {
            return Err(Error::damaged(format!(
                "the image has {width} x {height} pixels, not {} x {}",
                index.width, index.height
            )));
        }
        index.has_alpha = if index.animated { flags & 16 != 0 } else { first.has_alpha };
        Ok(index)
    }
}

fn number([a, b, c]: [u8; 3]) -> u32 {
    u32::from_le_bytes([a, b, c, 0])
}

/// A frame of an animation.
fn animated(source: &Source, chunk: Chunk, index: &Index) -> Result<Frame> {
    let wrong = |what: &str| {
        Error::damaged(format!("a frame {what}")).at_offset(chunk.start.saturating_sub(8))
    };
    let mut fields = [0; 16];
    if chunk.len < 16 || source.read_at(chunk.start, &mut fields)? < 16 {
        return Err(wrong("is cut off"));
    }
    let field = |at: usize| number([fields[at], fields[at + 1], fields[at + 2]]);
    let region =
        Region { left: 2 * field(0), top: 2 * field(3), width: field(6) + 1, height: field(9) + 1 };
    let end = chunk.start + chunk.len;
    let mut walk = Walk { source, at: chunk.start + 16, end, cut: false };
    let mut image = Vec::new();
    while let Some(chunk) = walk.next()? {
        if matches!(&chunk.kind, b"ALPH" | b"VP8 " | b"VP8L") && image.len() < 2 {
            image.push(chunk);
        }
    }
    let frame = frame(source, &image)?.ok_or_else(|| wrong("has no image"))?;
    if (frame.region.width, frame.region.height) != (region.width, region.height) {
        return Err(wrong("has an image of another size"));
    }
    if region.left + region.width > index.width || region.top + region.height > index.height {
        return Err(wrong("is not within the image"));
    }
    let flags = fields[15];
    Ok(Frame {
        region,
        delay_ms: field(12),
        blends: flags & 2 == 0,
        clears: flags & 1 != 0,
        is_first: index.frames.last().is_none_or(|before| {
            let covers = |region: Region| region.covers(index.width, index.height);
            let blends = flags & 2 == 0 && frame.has_alpha;
            (covers(region) && !blends)
                || (before.clears && (covers(before.region) || before.is_first))
        }),
        ..frame
    })
}

/// The image of some chunks, which lies at the top left; `None` where they are none.
fn frame(source: &Source, chunks: &[Chunk]) -> Result<Option<Frame>> {
    let alpha = chunks.iter().find(|chunk| chunk.kind == *b"ALPH").copied();
    let image = |chunk: &&Chunk| matches!(&chunk.kind, b"VP8 " | b"VP8L");
    let Some(chunk) = chunks.iter().find(image).copied() else { return Ok(None) };
    let mut head = [0; vp8::HEAD];
    let most = head.len().min(usize::try_from(chunk.len).unwrap_or(usize::MAX));
    let part = head.get_mut(..most).unwrap_or_default();
    let len = source.read_at(chunk.start, part)?;
    let head = head.get(..len).unwrap_or_default();
    let (data, (width, height), has_alpha) = if chunk.kind == *b"VP8L" {
        let (width, height, has_alpha) = vp8l::size(head)?;
        (Data::Lossless(chunk), (width, height), has_alpha)
    } else {
        (Data::Lossy(chunk, alpha), vp8::size(head)?, alpha.is_some())
    };
    let region = Region { left: 0, top: 0, width, height };
    Ok(Some(Frame {
        region,
        data,
        has_alpha,
        delay_ms: 0,
        blends: false,
        clears: false,
        is_first: true,
    }))
}
