//! What a JPEG 2000 file says of itself: enough to carry its data, which nothing here decodes (ISO/IEC 15444-1, annexes A
//! and I).

use crate::error::{Error, Result};
use crate::metadata::resolution;

/// The signature box of a JP2 file, and the two markers that a bare codestream begins with.
const SIGNATURE: &[u8] = b"\0\0\0\x0cjP  \r\n\x87\n";
const CODESTREAM: &[u8] = b"\xff\x4f\xff\x51";
const END: &[u8] = b"\xff\xd9";

/// The facts of a file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    /// Pixels per row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// What the colours are.
    pub colours: Colours,
    /// Bits of a sample; 0 where components differ.
    pub bits: u8,
    /// Components.
    pub components: u16,
    /// Whether there is one of opacity, and whether colours are multiplied by it.
    pub opacity: Option<Opacity>,
    /// Dots per inch; 0 = not stated.
    pub resolution: (f64, f64),
    /// Boxes that make a file of a bare codestream.
    pub head: Vec<u8>,
    /// Colour specifications: readers may pick any.
    specifications: u32,
    palette: bool,
}

/// What the colours are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Colours {
    /// What the file says in its own words, such as a profile or a palette.
    #[default]
    OfFile,
    /// Gray.
    Gray,
    /// sRGB.
    Rgb,
    /// C, M, Y, K.
    Inks,
}

/// How the component of opacity is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opacity {
    /// Colours as they are.
    Straight,
    /// Colours times opacity.
    Premultiplied,
}

/// Whether a file that begins like this is JPEG 2000.
pub fn recognizes(head: &[u8]) -> bool {
    head.starts_with(SIGNATURE) || head.starts_with(CODESTREAM)
}

/// Reads the boxes and the header of the codestream.
pub fn facts(bytes: &[u8]) -> Result<Facts> {
    let mut facts = Facts::default();
    if bytes.starts_with(CODESTREAM) {
        facts.codestream(bytes)?;
        facts.wrap()?;
        return Ok(facts);
    }
    let mut found = false;
    let mut rest = bytes;
    while let Some((kind, body, after)) = next_box(rest) {
        match &kind {
            b"jp2h" => facts.header(body),
            b"jp2c" if !found => {
                facts.codestream(body)?;
                found = true;
            }
            _ => {}
        }
        rest = after;
    }
    match found {
        true => Ok(facts),
        false => Err(Error::damaged("the JPEG 2000 file has no codestream")),
    }
}

impl Facts {
    /// Whether all readers take the colours in the same way.
    pub fn is_plain(&self) -> bool {
        self.specifications <= 1 && self.bits > 0 && !self.palette
    }

    fn header(&mut self, body: &[u8]) {
        let mut rest = body;
        while let Some((kind, body, after)) = next_box(rest) {
            match &kind {
                b"colr" => self.colour(body),
                b"pclr" => self.palette = true,
                b"cdef" => self.opacity = opacity(body),
                b"res " => self.resolution(body),
                _ => {}
            }
            rest = after;
        }
        if self.palette {
            self.colours = Colours::OfFile;
        }
    }

    /// The first specification counts.
    fn colour(&mut self, body: &[u8]) {
        self.specifications += 1;
        if self.specifications > 1 || body.first() != Some(&1) {
            return;
        }
        self.colours = match word(body, 3) {
            Some(12) => Colours::Inks,
            Some(16) => Colours::Rgb,
            Some(17) => Colours::Gray,
            _ => Colours::OfFile,
        };
    }

    /// That of the scanner, or else the one to show it at.
    fn resolution(&mut self, body: &[u8]) {
        let mut rest = body;
        while let Some((kind, body, after)) = next_box(rest) {
            let stated = self.resolution != (0.0, 0.0);
            if (&kind == b"resc" || (&kind == b"resd" && !stated))
                && let Some(dpi) = dots(body)
            {
                self.resolution = dpi;
            }
            rest = after;
        }
    }

    /// The marker segment SIZ, and the end that a whole codestream has.
    fn codestream(&mut self, data: &[u8]) -> Result<()> {
        let cut = || Error::damaged("the JPEG 2000 file ends within its data");
        let at = |place: usize| word(data, place).ok_or_else(cut);
        if !data.starts_with(CODESTREAM) {
            return Err(Error::damaged("the JPEG 2000 codestream does not begin with its size"));
        }
        let (right, bottom, left, top) = (at(8)?, at(12)?, at(16)?, at(20)?);
        let sides = right.checked_sub(left).zip(bottom.checked_sub(top));
        let (width, height) = sides
            .filter(|(width, height)| *width > 0 && *height > 0)
            .ok_or_else(|| Error::damaged("the JPEG 2000 image has no pixels"))?;
        (self.width, self.height) = (width, height);
        self.components = half(data, 40).ok_or_else(cut)?;
        let each = data.get(42..).unwrap_or_default().chunks_exact(3);
        let mut depths = each.take(self.components.into()).filter_map(|part| part.first());
        let first = depths.next().copied().ok_or_else(cut)?;
        self.bits = if depths.all(|depth| *depth == first) { (first & 0x7f) + 1 } else { 0 };
        // Some writers pad the end.
        let end = data.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
        match data.get(..end).is_some_and(|data| data.ends_with(END)) {
            true => Ok(()),
            false => Err(cut()),
        }
    }

    /// The boxes for a codestream, which says nothing of its colours: one component is gray, three are sRGB.
    fn wrap(&mut self) -> Result<()> {
        let space: u32 = match self.components {
            1 => 17,
            3 => 16,
            count => {
                return Err(Error::unsupported(format!(
                    "a bare JPEG 2000 codestream of {count} components, whose colours nothing tells"
                )));
            }
        };
        self.colours = if space == 17 { Colours::Gray } else { Colours::Rgb };
        self.specifications = 1;
        let depth = match self.bits {
            0 => return Err(Error::unsupported("a bare JPEG 2000 codestream of several depths")),
            bits => bits - 1,
        };
        let mut size = Vec::new();
        size.extend_from_slice(&self.height.to_be_bytes());
        size.extend_from_slice(&self.width.to_be_bytes());
        size.extend_from_slice(&self.components.to_be_bytes());
        size.extend_from_slice(&[depth, 7, 0, 0]);
        let colour = [&[1, 0, 0][..], &space.to_be_bytes()].concat();
        let header = [boxed(b"ihdr", &size), boxed(b"colr", &colour)].concat();
        let brand = boxed(b"ftyp", b"jp2 \0\0\0\0jp2 ");
        // A length of 0: to the end of the file.
        self.head = [SIGNATURE, &brand, &boxed(b"jp2h", &header), &[0, 0, 0, 0], b"jp2c"].concat();
        Ok(())
    }
}

/// The first box: its type, what is in it, and what follows. `None` at the end, and where its length is wrong.
fn next_box(bytes: &[u8]) -> Option<([u8; 4], &[u8], &[u8])> {
    let kind = *bytes.get(4..)?.first_chunk::<4>()?;
    let (head, len) = match word(bytes, 0)? {
        0 => (8, bytes.len()),
        1 => (16, usize::try_from(u64::from_be_bytes(*bytes.get(8..)?.first_chunk()?)).ok()?),
        len => (8, usize::try_from(len).ok()?),
    };
    Some((kind, bytes.get(head..len)?, bytes.get(len..)?))
}

fn boxed(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let len = u32::try_from(body.len() + 8).unwrap_or(u32::MAX);
    [&len.to_be_bytes(), &kind[..], body].concat()
}

fn opacity(body: &[u8]) -> Option<Opacity> {
    let channels = body.get(2..).unwrap_or_default().as_chunks::<6>().0;
    // Of the whole image: the opacity of one channel alone is no mask.
    channels.iter().find_map(|[_, _, _, kind, _, of]| match (kind, of) {
        (1, 0) => Some(Opacity::Straight),
        (2, 0) => Some(Opacity::Premultiplied),
        _ => None,
    })
}

/// Down, then across, as fractions with a power of ten, in dots per metre.
fn dots(body: &[u8]) -> Option<(f64, f64)> {
    let number = |place: usize, power: usize| {
        let (above, below) = (half(body, place)?, half(body, place + 2)?);
        let power = i32::from(body.get(power)?.cast_signed());
        let value = f64::from(above) / f64::from(below) * 10f64.powi(power);
        (value.is_finite() && value > 0.0).then_some(value)
    };
    Some(resolution::from_per_metre(number(4, 9)?, number(0, 8)?))
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn half(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(*bytes.get(at..)?.first_chunk()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The header of a codestream of so many components, and its end.
    fn codestream(components: u16) -> Vec<u8> {
        let mut data = CODESTREAM.to_vec();
        data.extend((38 + 3 * components).to_be_bytes());
        data.extend([0; 2]);
        for number in [70u32, 50, 6, 0, 64, 64, 0, 0] {
            data.extend(number.to_be_bytes());
        }
        data.extend(components.to_be_bytes());
        for _ in 0..components {
            data.extend([7, 1, 1]);
        }
        data.extend(END);
        data
    }

    #[test]
    fn a_bare_codestream_gets_boxes() {
        let data = codestream(3);
        let bare = facts(&data).unwrap();
        assert_eq!((bare.width, bare.height, bare.bits), (64, 50, 8));
        let whole = [&bare.head[..], &data].concat();
        assert!(recognizes(&whole) && recognizes(&data));
        let same = facts(&whole).unwrap();
        assert_eq!((same.width, same.colours, same.components), (64, Colours::Rgb, 3));
        assert!(same.is_plain() && same.head.is_empty());
        assert!(facts(&codestream(2)).is_err());
    }

    #[test]
    fn resolution_and_opacity_are_read_from_their_boxes() {
        // 300 dpi across, 600 down, as 11811 and 23622 dots per metre.
        let captured = [0x5c, 0x46, 0, 1, 0x2e, 0x23, 0, 1, 0, 0];
        let header = [
            boxed(b"colr", &[1, 0, 0, 0, 0, 0, 17]),
            boxed(b"res ", &boxed(b"resc", &captured)),
            boxed(b"cdef", &[0, 2, 0, 0, 0, 0, 0, 1, 0, 1, 0, 1, 0, 0]),
        ];
        let file = [SIGNATURE, &boxed(b"jp2h", &header.concat()), &boxed(b"jp2c", &codestream(2))]
            .concat();
        let facts = facts(&file).unwrap();
        assert_eq!(facts.resolution, (300.0, 600.0));
        assert_eq!((facts.colours, facts.opacity), (Colours::Gray, Some(Opacity::Straight)));
    }

    #[test]
    fn a_cut_file_is_damage() {
        let bare = codestream(1);
        let file = [SIGNATURE, &boxed(b"jp2c", &bare)].concat();
        for bytes in [&bare, &file] {
            for len in 0..bytes.len() {
                assert!(facts(&bytes[..len]).is_err(), "{len} of {}", bytes.len());
            }
        }
    }
}
