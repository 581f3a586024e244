//! What a PNG says about itself outside its pixels: one pass over the chunks, no pixel decoded.

use std::ops::Range;

use super::chunks::{Chunk, SIGNATURE, Walk};
use crate::error::{Error, Result};
use crate::limits::Budget;
use crate::metadata::resolution;
use crate::source::Source;

/// How samples make pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Colour {
    Gray,
    Rgb,
    Indexed,
    GrayAlpha,
    Rgba,
}

impl Colour {
    fn from_number(number: u8) -> Option<Self> {
        Some(match number {
            0 => Self::Gray,
            2 => Self::Rgb,
            3 => Self::Indexed,
            4 => Self::GrayAlpha,
            6 => Self::Rgba,
            _ => return None,
        })
    }

    pub fn samples(self) -> u32 {
        match self {
            Self::Gray | Self::Indexed => 1,
            Self::GrayAlpha => 2,
            Self::Rgb => 3,
            Self::Rgba => 4,
        }
    }

    fn has_depth(self, depth: u8) -> bool {
        match self {
            Self::Gray => matches!(depth, 1 | 2 | 4 | 8 | 16),
            Self::Indexed => matches!(depth, 1 | 2 | 4 | 8),
            Self::Rgb | Self::GrayAlpha | Self::Rgba => matches!(depth, 8 | 16),
        }
    }
}

/// The image header.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ihdr {
    pub width: u32,
    pub height: u32,
    pub depth: u8,
    pub colour: Colour,
    pub interlaced: bool,
}

impl Ihdr {
    fn read(chunk: Option<Chunk>, source: &Source) -> Result<Self> {
        let chunk = chunk.filter(|chunk| chunk.kind == *b"IHDR" && chunk.len == 13);
        let chunk = chunk.ok_or_else(|| Error::damaged("the image header is missing"))?;
        let wrong = |what: &str| Error::damaged(format!("the image header {what}")).at_offset(16);
        let bytes = chunk.read(source)?.ok_or_else(|| wrong("has a wrong checksum"))?;
        let &[a, b, c, d, e, f, g, h, depth, colour, compression, filter, interlace] = &*bytes
        else {
            return Err(wrong("is cut"));
        };
        let colour = Colour::from_number(colour)
            .filter(|colour| colour.has_depth(depth))
            .ok_or_else(|| wrong(&format!("has colour type {colour} with {depth} bits")))?;
        if (compression, filter) != (0, 0) || interlace > 1 {
            return Err(wrong("names unknown methods"));
        }
        let (width, height) = (u32::from_be_bytes([a, b, c, d]), u32::from_be_bytes([e, f, g, h]));
        if width.max(height) > i32::MAX as u32 {
            return Err(wrong(&format!("says {width} x {height} pixels")));
        }
        Ok(Self { width, height, depth, colour, interlaced: interlace == 1 })
    }

    /// Bits of a pixel.
    pub fn bits_per_pixel(&self) -> u32 {
        self.colour.samples() * u32::from(self.depth)
    }

    /// Bytes of a row as it is stored, unfiltered.
    pub fn row_len(&self) -> usize {
        let bits = u64::from(self.width) * u64::from(self.bits_per_pixel());
        usize::try_from(bits.div_ceil(8)).unwrap_or(usize::MAX)
    }
}

/// Where and how a frame of an animation is drawn (fcTL).
#[derive(Clone, Copy, Debug)]
pub(super) struct Control {
    pub width: u32,
    pub height: u32,
    pub left: u32,
    pub top: u32,
    pub disposal: u8,
    /// Milliseconds that it is shown.
    pub delay_ms: u32,
    pub blends: bool,
}

impl Control {
    fn parse(bytes: &[u8], ihdr: &Ihdr) -> Option<Self> {
        let number = |at: usize| Some(u32::from_be_bytes(*bytes.get(at..)?.first_chunk()?));
        let (width, height, left, top) = (number(4)?, number(8)?, number(12)?, number(16)?);
        let pair =
            |at: usize| Some(u32::from(u16::from_be_bytes(*bytes.get(at..)?.first_chunk()?)));
        // A fraction of a second; below a denominator of 0 there are hundredths.
        let (part, whole) = (pair(20)?, pair(22)?);
        let delay_ms = part * 1000 / if whole == 0 { 100 } else { whole };
        let (&disposal, &blend) = (bytes.get(24)?, bytes.get(25)?);
        let inside =
            left.checked_add(width)? <= ihdr.width && top.checked_add(height)? <= ihdr.height;
        let known = width > 0 && height > 0 && disposal <= 2 && blend <= 1;
        (inside && known).then_some(Self {
            width,
            height,
            left,
            top,
            disposal,
            delay_ms,
            blends: blend == 1,
        })
    }
}

/// A frame after the first page.
#[derive(Clone, Debug)]
pub(super) struct Frame {
    pub control: Control,
    /// Its fdAT chunks, and whatever lies between them.
    pub data: Range<u64>,
}

/// What was found.
#[derive(Debug)]
pub(super) struct Index {
    pub ihdr: Ihdr,
    /// Colours of an indexed image.
    pub palette: Vec<[u8; 3]>,
    /// tRNS, where it is meant for this colour type.
    pub transparency: Vec<u8>,
    /// Dots per inch; 0 = not stated.
    pub resolution: (f64, f64),
    pub icc: Option<Chunk>,
    pub exif: Option<Chunk>,
    pub xmp: Option<Chunk>,
    /// The IDAT chunks.
    pub image: Range<u64>,
    /// How the first page is drawn where it is a frame of the animation.
    pub first: Option<Control>,
    /// The further frames. An animation ends before a frame that is not well-formed.
    pub frames: Vec<Frame>,
    /// Frames that the animation says it has; 0 = there is none.
    declared: u32,
    /// How often the frames are played; 0 = forever.
    pub loop_count: u32,
    /// The fcTL whose data are awaited.
    awaited: Option<Control>,
    /// Why the file is not whole.
    pub damage: Option<Error>,
}

impl Index {
    /// Walks over the chunks. What is wrong before the pixels is an error; what is wrong later is noted.
    pub fn scan(source: &Source, budget: &Budget) -> Result<Self> {
        let mut walk = Walk::new(source, SIGNATURE.len() as u64);
        let ihdr = Ihdr::read(walk.next()?, source)?;
        let mut index = Self {
            ihdr,
            palette: Vec::new(),
            transparency: Vec::new(),
            resolution: (0.0, 0.0),
            icc: None,
            exif: None,
            xmp: None,
            image: 0..0,
            first: None,
            frames: Vec::new(),
            declared: 0,
            loop_count: 0,
            awaited: None,
            damage: None,
        };
        loop {
            let step = walk.next().and_then(|chunk| index.step(chunk, source, budget));
            match step {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) if index.has_image() && error.kind() == crate::error::Kind::Damaged => {
                    index.damage = Some(error);
                    break;
                }
                Err(error) => return Err(error),
            }
        }
        index.finish()
    }

    fn has_image(&self) -> bool {
        !self.image.is_empty()
    }

    /// Takes one chunk in; `false` after the last.
    fn step(&mut self, chunk: Option<Chunk>, source: &Source, budget: &Budget) -> Result<bool> {
        let Some(chunk) = chunk else {
            return Err(Error::damaged("the end chunk is missing").at_offset(source.len()));
        };
        let whole = chunk.end() <= source.len();
        match &chunk.kind {
            b"IDAT" => self.take_image(&chunk, source),
            b"fdAT" => self.take_frame(&chunk, source, budget)?,
            _ if !whole => {}
            b"IEND" => {
                return match chunk.is_intact(source)? {
                    true => Ok(false),
                    false => Err(wrong_checksum(&chunk)),
                };
            }
            b"PLTE" => self.take_palette(&chunk, source)?,
            b"tRNS" => self.take_transparency(&chunk, source)?,
            b"pHYs" => self.take_resolution(&chunk, source)?,
            b"iCCP" => self.icc = self.icc.or(Some(chunk)),
            b"eXIf" => self.exif = self.exif.or(Some(chunk)),
            b"iTXt" => self.take_text(&chunk, source)?,
            b"acTL" | b"fcTL" => self.take_animation(&chunk, source)?,
            _ if chunk.is_ancillary() => {}
            _ => {
                let message = format!("the critical chunk {} is not known", chunk.name());
                return Err(Error::damaged(message).at_offset(chunk.header()));
            }
        }
        if !whole {
            let message = format!("the file ends within a chunk {}", chunk.name());
            return Err(Error::damaged(message).at_offset(source.len()));
        }
        Ok(true)
    }

    fn finish(self) -> Result<Self> {
        if !self.has_image() {
            let missing = || Error::damaged("there is no image data");
            return Err(self.damage.clone().unwrap_or_else(missing));
        }
        if self.ihdr.colour == Colour::Indexed && self.palette.is_empty() {
            return Err(Error::damaged("the palette is missing"));
        }
        Ok(self)
    }

    /// Only the first run of IDAT chunks counts.
    fn take_image(&mut self, chunk: &Chunk, source: &Source) {
        let end = chunk.end().min(source.len());
        if !self.has_image() {
            self.image = chunk.header()..end;
        } else if self.image.end == chunk.header() {
            self.image.end = end;
        }
    }

    fn take_palette(&mut self, chunk: &Chunk, source: &Source) -> Result<()> {
        let wanted = self.ihdr.colour == Colour::Indexed;
        if !self.palette.is_empty() || self.has_image() || (!wanted && chunk.len > 768) {
            return Ok(());
        }
        if wanted && !(3..=768).contains(&chunk.len) {
            let message = format!("the palette has {} bytes", chunk.len);
            return Err(Error::damaged(message).at_offset(chunk.header()));
        }
        let bytes = chunk.read(source)?.ok_or_else(|| wrong_checksum(chunk))?;
        if wanted {
            self.palette = bytes.as_chunks::<3>().0.to_vec();
        }
        Ok(())
    }

    fn take_transparency(&mut self, chunk: &Chunk, source: &Source) -> Result<()> {
        let fits = match self.ihdr.colour {
            Colour::Gray => chunk.len == 2,
            Colour::Rgb => chunk.len == 6,
            Colour::Indexed => !self.palette.is_empty() && (1..=256).contains(&chunk.len),
            Colour::GrayAlpha | Colour::Rgba => false,
        };
        if fits && self.transparency.is_empty() && !self.has_image() {
            self.transparency = chunk.read(source)?.unwrap_or_default();
        }
        Ok(())
    }

    fn take_resolution(&mut self, chunk: &Chunk, source: &Source) -> Result<()> {
        if chunk.len != 9 || self.resolution.0 > 0.0 {
            return Ok(());
        }
        if let Some(&[a, b, c, d, e, f, g, h, 1]) = chunk.read(source)?.as_deref() {
            let x = u32::from_be_bytes([a, b, c, d]);
            let y = u32::from_be_bytes([e, f, g, h]);
            self.resolution = resolution::from_per_metre(f64::from(x), f64::from(y));
        }
        Ok(())
    }

    fn take_text(&mut self, chunk: &Chunk, source: &Source) -> Result<()> {
        let mut keyword = [0; super::metadata::XMP_KEYWORD.len()];
        let long_enough = chunk.len as usize >= keyword.len();
        if self.xmp.is_none() && long_enough {
            source.read_at(chunk.start, &mut keyword)?;
            self.xmp = (keyword == *super::metadata::XMP_KEYWORD).then_some(*chunk);
        }
        Ok(())
    }

    fn take_animation(&mut self, chunk: &Chunk, source: &Source) -> Result<()> {
        let wanted = if chunk.kind == *b"acTL" {
            chunk.len == 8 && !self.has_image() && self.declared == 0
        } else {
            chunk.len == 26 && self.declared > 0
        };
        if !wanted {
            return Ok(());
        }
        let bytes = chunk.read(source)?;
        let bytes = bytes.as_deref().unwrap_or_default();
        if chunk.kind == *b"acTL" {
            self.declared = bytes.first_chunk().map_or(0, |number| u32::from_be_bytes(*number));
            let plays = bytes.get(4..).and_then(|bytes| bytes.first_chunk());
            self.loop_count = plays.map_or(0, |number| u32::from_be_bytes(*number));
            return Ok(());
        }
        let control = Control::parse(bytes, &self.ihdr);
        if !self.has_image() {
            self.first = control;
            return Ok(());
        }
        let drawn = self.frames.len() + usize::from(self.first.is_some());
        match control {
            Some(control) if drawn < self.declared as usize => self.awaited = Some(control),
            _ => self.end_animation(),
        }
        Ok(())
    }

    fn end_animation(&mut self) {
        self.declared = 0;
        self.awaited = None;
    }

    fn take_frame(&mut self, chunk: &Chunk, source: &Source, budget: &Budget) -> Result<()> {
        if self.declared == 0 {
            return Ok(());
        }
        let end = chunk.end().min(source.len());
        if let Some(control) = self.awaited.take() {
            budget.check_pages(self.frames.len() as u64 + 2)?;
            self.frames.push(Frame { control, data: chunk.header()..end });
        } else if let Some(frame) = self.frames.last_mut() {
            frame.data.end = end;
        }
        Ok(())
    }
}

fn wrong_checksum(chunk: &Chunk) -> Error {
    let message = format!("the chunk {} has a wrong checksum", chunk.name());
    Error::damaged(message).at_offset(chunk.header())
}
