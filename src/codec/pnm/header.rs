//! The headers of PBM, PGM, PPM and PAM.

use std::io::{self, BufRead, Seek};

use crate::codec::Header;
use crate::error::{Error, Kind, Result};
use crate::pixel::PixelFormat;
use crate::source::{Cursor, Source};

/// The longest line of a PAM header that is looked at.
const LINE: usize = 1024;

/// What the header says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Info {
    pub width: u32,
    pub height: u32,
    pub coding: Coding,
    /// Samples of a pixel: 1 to 4, gray or R, G, B, and alpha.
    pub samples: usize,
    /// The value that stands for the full intensity.
    pub max: u16,
    /// The first byte of the pixels.
    pub data: u64,
}

/// How samples are stored.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Coding {
    /// Eight to a byte, 1 = black.
    Bits,
    /// Digits, 1 = black.
    PlainBits,
    /// A byte each, 1 = white.
    ByteBits,
    /// One or two bytes each.
    Binary,
    /// Decimal numbers.
    Plain,
}

impl Info {
    /// Reads the header.
    pub fn read(source: &Source) -> Result<Self> {
        let mut input = source.cursor();
        let magic = [next(&mut input)?, next(&mut input)?];
        let (coding, samples) = match magic {
            [Some(b'P'), Some(b'1')] => (Coding::PlainBits, 1),
            [Some(b'P'), Some(b'2')] => (Coding::Plain, 1),
            [Some(b'P'), Some(b'3')] => (Coding::Plain, 3),
            [Some(b'P'), Some(b'4')] => (Coding::Bits, 1),
            [Some(b'P'), Some(b'5')] => (Coding::Binary, 1),
            [Some(b'P'), Some(b'6')] => (Coding::Binary, 3),
            [Some(b'P'), Some(b'7')] => return Self::read_pam(&mut input),
            _ => return Err(Error::damaged("the signature is missing")),
        };
        let mut field = |name: &str| -> Result<u32> {
            let found = number(&mut input).map_err(cut)?;
            found.ok_or_else(|| Error::damaged(format!("the {name} is no number")))
        };
        let (width, height) = (field("width")?, field("height")?);
        let is_bits = matches!(coding, Coding::Bits | Coding::PlainBits);
        let max = check_max(if is_bits { 1 } else { field("largest sample")? })?;
        let data = input.stream_position().map_err(cut)?;
        Ok(Self { width, height, coding, samples, max, data })
    }

    fn read_pam(input: &mut Cursor) -> Result<Self> {
        let (mut width, mut height, mut depth, mut max) = (None, None, None, None);
        let mut tuple = String::new();
        // The rest of the line with the signature.
        line(input)?;
        loop {
            let line = line(input)?;
            let mut words = line.split_ascii_whitespace();
            let (key, value) = (words.next().unwrap_or("#"), words.next().unwrap_or_default());
            let target = match key {
                "ENDHDR" => break,
                "WIDTH" => &mut width,
                "HEIGHT" => &mut height,
                "DEPTH" => &mut depth,
                "MAXVAL" => &mut max,
                "TUPLTYPE" => {
                    tuple = value.to_owned();
                    continue;
                }
                key if key.starts_with('#') => continue,
                _ => return Err(Error::damaged("the header has a line that means nothing")),
            };
            let number = value.parse::<u32>();
            *target = Some(number.map_err(|_| Error::damaged(format!("the {key} is no number")))?);
        }
        let (Some(width), Some(height), Some(depth), Some(max)) = (width, height, depth, max)
        else {
            return Err(Error::damaged("the header lacks WIDTH, HEIGHT, DEPTH or MAXVAL"));
        };
        let (bilevel, samples) = tuple_of(&tuple, depth)?;
        let max = check_max(max)?;
        let coding = if bilevel && max == 1 { Coding::ByteBits } else { Coding::Binary };
        let data = input.stream_position().map_err(cut)?;
        Ok(Self { width, height, coding, samples, max, data })
    }

    /// Whether samples take more than 8 bits.
    pub fn is_wide(&self) -> bool {
        self.max > 255
    }

    /// Bytes of a stored sample.
    pub fn sample_len(&self) -> usize {
        if self.is_wide() { 2 } else { 1 }
    }

    /// The pixel format nearest to what is stored.
    pub fn native(&self) -> PixelFormat {
        match (self.coding, self.samples, self.is_wide()) {
            (Coding::Bits | Coding::PlainBits | Coding::ByteBits, ..) => PixelFormat::Binary,
            (_, 1, false) => PixelFormat::Gray8,
            (_, 1, true) => PixelFormat::Gray16,
            (_, 3, false) => PixelFormat::Rgb888,
            (_, 3, true) => PixelFormat::Rgb161616,
            (_, _, false) => PixelFormat::Argb8888,
            (_, _, true) => PixelFormat::Argb16161616,
        }
    }

    /// What the reader wants to know.
    pub fn header(&self) -> Header {
        let bits = u16::BITS - self.max.leading_zeros();
        Header::new(self.width, self.height, self.native(), bits, self.samples as u32)
    }

    /// Refuses a file that cannot hold the samples it declares.
    pub fn check_length(&self, source: &Source) -> Result<()> {
        let (width, samples) = (u64::from(self.width), self.samples as u64);
        let needed = match self.coding {
            Coding::Bits => width.div_ceil(8).checked_mul(self.height.into()),
            Coding::PlainBits => width.checked_mul(self.height.into()),
            // A digit and what divides it from the next.
            Coding::Plain => {
                (2 * samples * width).checked_mul(self.height.into()).map(|n| n.saturating_sub(1))
            }
            Coding::Binary | Coding::ByteBits => {
                (samples * self.sample_len() as u64 * width).checked_mul(self.height.into())
            }
        };
        let (needed, there) = (needed.unwrap_or(u64::MAX), source.len().saturating_sub(self.data));
        if needed <= there {
            return Ok(());
        }
        let message = format!("the pixels take {needed} bytes, but {there} are left for them");
        Err(Error::damaged(message).at_offset(self.data))
    }
}

/// Whether pixels are black or white, and how many samples they have.
fn tuple_of(tuple: &str, depth: u32) -> Result<(bool, usize)> {
    let (name, alpha) = match tuple.strip_suffix("_ALPHA") {
        Some(name) => (name, 1),
        None => (tuple, 0),
    };
    let samples = match name {
        "BLACKANDWHITE" | "GRAYSCALE" => 1 + alpha,
        "RGB" => 3 + alpha,
        "" if (1..=4).contains(&depth) => depth,
        _ => {
            let message =
                format!("pixels of {depth} samples of type \"{tuple}\" are not supported");
            return Err(Error::new(Kind::DepthUnsupported, message));
        }
    };
    if samples != depth {
        return Err(Error::damaged(format!("pixels of type {tuple} have {depth} samples")));
    }
    Ok((tuple == "BLACKANDWHITE", samples as usize))
}

fn check_max(max: u32) -> Result<u16> {
    let max = u16::try_from(max).ok().filter(|max| *max > 0);
    max.ok_or_else(|| Error::damaged("the largest sample is not 1 to 65535"))
}

fn cut(_: io::Error) -> Error {
    Error::damaged("the header is cut off")
}

fn next(input: &mut Cursor) -> Result<Option<u8>> {
    byte(input).map_err(cut)
}

/// The next byte, or the end.
pub fn byte(input: &mut Cursor) -> io::Result<Option<u8>> {
    let byte = input.fill_buf()?.first().copied();
    input.consume(usize::from(byte.is_some()));
    Ok(byte)
}

/// The next byte that is neither white space nor part of a comment.
pub fn significant(input: &mut Cursor) -> io::Result<Option<u8>> {
    loop {
        match byte(input)? {
            Some(b'#') => skip_comment(input)?,
            Some(b' ' | b'\t'..=b'\r') => {}
            other => return Ok(other),
        }
    }
}

fn skip_comment(input: &mut Cursor) -> io::Result<()> {
    while !matches!(byte(input)?, None | Some(b'\n' | b'\r')) {}
    Ok(())
}

/// The next decimal number, and the one white space behind it. `None` where something else follows.
pub fn number(input: &mut Cursor) -> io::Result<Option<u32>> {
    let mut next = significant(input)?;
    let mut number = None;
    while let Some(digit @ b'0'..=b'9') = next {
        let grown = number.unwrap_or(0u32).checked_mul(10);
        let Some(grown) = grown.and_then(|n| n.checked_add(u32::from(digit - b'0'))) else {
            return Ok(None);
        };
        number = Some(grown);
        next = byte(input)?;
    }
    match next {
        None | Some(b' ' | b'\t'..=b'\r') => {}
        Some(b'#') => skip_comment(input)?,
        Some(_) => return Ok(None),
    }
    Ok(number)
}

/// A line of a PAM header.
fn line(input: &mut Cursor) -> Result<String> {
    let mut line = String::new();
    loop {
        match next(input)? {
            Some(b'\n') => return Ok(line),
            Some(byte) if byte.is_ascii() && line.len() < LINE => line.push(char::from(byte)),
            Some(b'#'..) if line.starts_with('#') => {}
            Some(_) => return Err(Error::damaged("the header has a line that is no text")),
            None => return Err(Error::damaged("the header is cut off")),
        }
    }
}
