//! Colours as bits of a little-endian number of 16, 24 or 32 bits.

use crate::error::{Error, Result};
use crate::pixel::PixelFormat;

use super::header::Pixels;

/// Where the bits of R, G, B and A are.
#[derive(Debug, PartialEq)]
pub struct Masks {
    red: Channel,
    green: Channel,
    blue: Channel,
    /// Of no bits where there is no alpha.
    alpha: Channel,
    /// Bytes of the number.
    bytes: usize,
}

#[derive(Debug, PartialEq)]
struct Channel {
    mask: u32,
    shift: u32,
    /// The largest value.
    max: u32,
    /// The values of up to 8 bits scaled to 8, rounded.
    scaled: [u8; 256],
}

impl Channel {
    fn new(mask: u32) -> Self {
        let shift = mask.trailing_zeros() % 32;
        let max = mask >> shift;
        let mut scaled = [255; 256];
        if (1..=255).contains(&max) {
            for (value, scaled) in (0..=max).zip(&mut scaled) {
                *scaled = ((value * 255 + max / 2) / max) as u8;
            }
        }
        Self { mask, shift, max, scaled }
    }

    fn is_contiguous(&self) -> bool {
        self.max & self.max.wrapping_add(1) == 0
    }

    fn bits(&self) -> u32 {
        self.mask.count_ones()
    }

    /// Of a channel of up to 8 bits. One without bits is full.
    fn narrow(&self, pixel: u32) -> u8 {
        let value = (pixel & self.mask) >> self.shift;
        self.scaled.get(value as usize).copied().unwrap_or(255)
    }

    /// In native-endian 16 bits. A channel without bits is full.
    fn wide(&self, pixel: u32) -> [u8; 2] {
        let (value, max) = (u64::from((pixel & self.mask) >> self.shift), u64::from(self.max));
        let scaled = (value * 65_535 + max / 2).checked_div(max).unwrap_or(65_535);
        (scaled as u16).to_ne_bytes()
    }
}

impl Masks {
    /// Masks for R, G, B, A as a header states them.
    pub fn new([red, green, blue, alpha]: [u32; 4], bits: u32) -> Result<Self> {
        if [red, green, blue] == [0; 3] {
            return Ok(Self::usual(bits));
        }
        let wrong = |what: &str| {
            let masks = format!("{red:#x}, {green:#x}, {blue:#x}, {alpha:#x}");
            Err(Error::damaged(format!("the masks {masks} {what}")))
        };
        let all = u32::MAX >> (32 - bits.clamp(1, 32));
        let sum = u64::from(red) + u64::from(green) + u64::from(blue) + u64::from(alpha);
        let any = red | green | blue | alpha;
        if red == 0 || green == 0 || blue == 0 {
            return wrong("leave out a colour");
        }
        if sum != u64::from(any) || any & !all != 0 {
            return wrong("overlap, or lie outside of the pixel");
        }
        let masks = Self::of([red, green, blue, alpha], bits);
        if masks.channels().any(|channel| !channel.is_contiguous()) {
            return wrong("have gaps");
        }
        Ok(masks)
    }

    /// The masks of pixels for which the file states none.
    pub fn usual(bits: u32) -> Self {
        match bits {
            16 => Self::of([0x7c00, 0x3e0, 0x1f, 0], bits),
            _ => Self::of([0xff_0000, 0xff00, 0xff, 0], bits),
        }
    }

    fn of([red, green, blue, alpha]: [u32; 4], bits: u32) -> Self {
        let [red, green, blue, alpha] = [red, green, blue, alpha].map(Channel::new);
        Self { red, green, blue, alpha, bytes: bits.div_ceil(8) as usize }
    }

    fn channels(&self) -> impl Iterator<Item = &Channel> {
        [&self.red, &self.green, &self.blue, &self.alpha].into_iter()
    }

    /// Bits of the deepest channel.
    pub fn deepest(&self) -> u32 {
        self.channels().map(Channel::bits).max().unwrap_or(0)
    }

    /// The shortest way to read such pixels.
    pub fn into_pixels(self) -> Pixels {
        let masks = [&self.red, &self.green, &self.blue, &self.alpha].map(|channel| channel.mask);
        match (self.bytes, masks) {
            (2, [0x7c00, 0x3e0, 0x1f, 0]) => Pixels::Direct(PixelFormat::Rgb555),
            (2, [0xf800, 0x7e0, 0x1f, 0]) => Pixels::Direct(PixelFormat::Rgb565),
            (3, [0xff_0000, 0xff00, 0xff, 0]) => Pixels::Direct(PixelFormat::Rgb888),
            (4, [0xff_0000, 0xff00, 0xff, 0]) => Pixels::Padded,
            (4, [0xff_0000, 0xff00, 0xff, 0xff00_0000]) => Pixels::Direct(PixelFormat::Argb8888),
            (4, [0xff, 0xff00, 0xff_0000, 0xff00_0000]) => Pixels::Direct(PixelFormat::Abgr8888),
            _ => Pixels::Masked(Box::new(self)),
        }
    }

    /// The format of [`Masks::row`].
    pub fn format(&self) -> PixelFormat {
        match (self.deepest() > 8, self.alpha.mask != 0) {
            (false, false) => PixelFormat::Rgb888,
            (false, true) => PixelFormat::Argb8888,
            (true, false) => PixelFormat::Rgb161616,
            (true, true) => PixelFormat::Argb16161616,
        }
    }

    /// Turns a row of the file into one of [`Masks::format`].
    pub fn row(&self, from: &[u8], to: &mut [u8]) {
        let pixels = from
            .chunks_exact(self.bytes)
            .map(|bytes| bytes.iter().rev().fold(0, |number, byte| number << 8 | u32::from(*byte)));
        match self.format() {
            PixelFormat::Rgb888 => store::<3>(pixels, to, |pixel| {
                [&self.blue, &self.green, &self.red].map(|channel| channel.narrow(pixel))
            }),
            PixelFormat::Argb8888 => store::<4>(pixels, to, |pixel| {
                let channels = [&self.blue, &self.green, &self.red, &self.alpha];
                channels.map(|channel| channel.narrow(pixel))
            }),
            PixelFormat::Rgb161616 => store::<6>(pixels, to, |pixel| {
                let [[b, c], [g, h], [r, s]] =
                    [&self.blue, &self.green, &self.red].map(|channel| channel.wide(pixel));
                [b, c, g, h, r, s]
            }),
            _ => store::<8>(pixels, to, |pixel| {
                let channels = [&self.blue, &self.green, &self.red, &self.alpha];
                let [[b, c], [g, h], [r, s], [a, z]] = channels.map(|channel| channel.wide(pixel));
                [b, c, g, h, r, s, a, z]
            }),
        }
    }
}

fn store<const N: usize>(
    pixels: impl Iterator<Item = u32>,
    to: &mut [u8],
    read: impl Fn(u32) -> [u8; N],
) {
    for (to, pixel) in to.as_chunks_mut::<N>().0.iter_mut().zip(pixels) {
        *to = read(pixel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_of_any_depth_are_scaled_to_the_nearest() {
        let masks = Masks::new([0x30, 0xe, 0x1, 0], 16).unwrap();
        let mut row = [0; 6];
        masks.row(&[0b11_1110 | 1, 0, 0b01_0110, 0], &mut row);
        assert_eq!(row, [255, 255, 255, 0, 109, 85]);
    }

    #[test]
    fn samples_of_more_than_8_bits_keep_them() {
        let masks = Masks::new([0x3ff0_0000, 0xf_fc00, 0x3ff, 0xc000_0000], 32).unwrap();
        assert_eq!(masks.format(), PixelFormat::Argb16161616);
        let mut row = [0; 8];
        masks.row(&0x7ff0_0200u32.to_le_bytes(), &mut row);
        let samples = row.as_chunks().0.iter().map(|bytes| u16::from_ne_bytes(*bytes));
        assert_eq!(samples.collect::<Vec<_>>(), [32_800, 0, 65_535, 21_845]);
    }

    #[test]
    fn masks_that_make_no_sense_are_refused() {
        for masks in [
            [0xff00, 0xff, 0, 0],
            [0xff00, 0xff0, 0xf, 0],
            [0xf800_0000, 0x7e0, 0x1f, 0],
            [0xf000, 0xa00, 0xf, 0],
            [u32::MAX; 4],
        ] {
            assert!(Masks::new(masks, 16).is_err(), "{masks:x?}");
        }
    }
}
