//! Samples of a row as pixels: grays, colours, palettes, inks, luma and chroma, with or without alpha.

use super::directory::Container;
use super::page::{Alpha, Page};
use super::tags::{self, photometric};
use crate::error::{Error, Result};
use crate::pixel::PixelFormat;
use crate::pixel::convert::rgb_of_inks;

/// Makes rows of pixels out of rows of samples.
#[derive(Debug)]
pub struct Composer {
    colour: Colour,
    alpha: Option<Alpha>,
    narrow: bool,
    /// Whether samples, alpha too, come inverted.
    inverted: bool,
    /// The format of the rows that are made.
    pub format: PixelFormat,
}

#[derive(Debug)]
enum Colour {
    Gray,
    Rgb,
    Palette(Vec<[u8; 3]>),
    Inks,
    YCbCr(Box<YCbCr>),
}

/// Where the samples of a row lie: samples of a pixel, and pixels, each so far apart.
#[derive(Clone, Copy, Debug)]
pub struct Steps {
    pub sample: usize,
    pub pixel: usize,
}

impl Composer {
    /// Fails for a photometric interpretation that cannot be read.
    pub fn new(page: &Page, file: &Container, photometric: u16) -> Result<Self> {
        let colour = match photometric {
            photometric::WHITE_IS_ZERO | photometric::BLACK_IS_ZERO | photometric::MASK => {
                Colour::Gray
            }
            photometric::RGB => Colour::Rgb,
            photometric::PALETTE => Colour::Palette(page.palette(file)?),
            photometric::SEPARATED => {
                let inks = file.one(&page.directory, tags::INK_SET)?.unwrap_or(1);
                if inks != 1 {
                    let message = format!("ink set {inks} (not C, M, Y, K) is not supported");
                    return Err(Error::unsupported(message));
                }
                Colour::Inks
            }
            photometric::YCBCR if page.bits == 8 => {
                Colour::YCbCr(Box::new(YCbCr::new(page, file)?))
            }
            photometric::YCBCR => {
                let message = format!("YCbCr of {} bits per sample is not supported", page.bits);
                return Err(Error::unsupported(message));
            }
            other => {
                let name = photometric::name(other);
                let message =
                    format!("photometric interpretation {other} ({name}) is not supported");
                return Err(Error::unsupported(message));
            }
        };
        let indices = matches!(colour, Colour::Palette(_));
        if indices && page.alpha.is_some() && page.bits != 8 {
            let message = format!("a palette of {} bits with alpha is not supported", page.bits);
            return Err(Error::unsupported(message));
        }
        let narrow = page.is_narrow() || indices;
        let inverted = photometric == photometric::WHITE_IS_ZERO;
        let format = match (&colour, page.alpha.is_some(), narrow) {
            (_, true, true) => PixelFormat::Abgr8888,
            (_, true, false) => PixelFormat::Abgr16161616,
            (Colour::Gray, false, true) => PixelFormat::Gray8,
            (Colour::Gray, false, false) => PixelFormat::Gray16,
            (Colour::Inks, false, true) => PixelFormat::Cmyk8888,
            (_, false, true) => PixelFormat::Bgr888,
            (_, false, false) => PixelFormat::Rgb161616,
        };
        Ok(Self { colour, alpha: page.alpha, narrow, inverted, format })
    }

    /// Makes a row of [`Composer::format`].
    pub fn row(&self, samples: &[u16], steps: Steps, to: &mut [u8]) {
        match (&self.colour, self.alpha) {
            (Colour::Gray, None) => self.write(samples, steps, to, |[y, ..]| [y; 4]),
            (Colour::Gray, Some(_)) => self.write(samples, steps, to, |[y, ..]| [y, y, y, 0]),
            (Colour::Rgb, _) => self.write(samples, steps, to, |rgb| rgb),
            (Colour::Palette(palette), _) => self.write(samples, steps, to, |[index, ..]| {
                let colour = palette.get(usize::from(index)).copied().unwrap_or_default();
                let [r, g, b] = colour.map(u16::from);
                [r, g, b, 0]
            }),
            (Colour::Inks, None) if self.narrow => self.write(samples, steps, to, |inks| inks),
            (Colour::Inks, _) if self.narrow => self.write(samples, steps, to, |inks| {
                let [r, g, b] = rgb_of_inks(inks.map(|ink| ink as u8)).map(u16::from);
                [r, g, b, 0]
            }),
            (Colour::Inks, _) => self.write(samples, steps, to, |[c, m, y, k]| {
                let left = |ink: u16| {
                    let product = u64::from(65_535 - ink) * u64::from(65_535 - k);
                    ((product + 32_767) / 65_535) as u16
                };
                [left(c), left(m), left(y), 0]
            }),
            (Colour::YCbCr(tables), _) => {
                self.write(samples, steps, to, |[y, cb, cr, _]| tables.rgb(y, cb, cr));
            }
        }
    }

    /// Writes pixels whose first samples `colour` turns into those of the row's format, alpha aside.
    fn write(
        &self,
        samples: &[u16],
        steps: Steps,
        to: &mut [u8],
        colour: impl Fn([u16; 4]) -> [u16; 4],
    ) {
        let at = |x: usize, sample: usize| {
            samples.get(x * steps.pixel + sample * steps.sample).copied().unwrap_or(0)
        };
        let needed = match self.colour {
            Colour::Gray | Colour::Palette(_) => 1,
            Colour::Rgb | Colour::YCbCr(_) => 3,
            Colour::Inks => 4,
        };
        let pixel = |x: usize| {
            let mut own = [0; 4];
            own.iter_mut().take(needed).enumerate().for_each(|(n, to)| *to = at(x, n));
            colour(own)
        };
        if let Some(alpha) = self.alpha {
            return self.write_straight(alpha, |x| (pixel(x), at(x, alpha.index)), to);
        }
        match self.format {
            PixelFormat::Gray8 => each(to, |x| [pixel(x)[0] as u8]),
            PixelFormat::Cmyk8888 => each(to, |x| bytes(pixel(x))),
            PixelFormat::Gray16 => each(to, |x| pixel(x)[0].to_ne_bytes()),
            PixelFormat::Rgb161616 => each(to, |x| {
                let [[a, b], [c, d], [e, f], _] = pixel(x).map(u16::to_ne_bytes);
                [e, f, c, d, a, b]
            }),
            _ => each(to, |x| {
                let [r, g, b, _] = bytes(pixel(x));
                [r, g, b]
            }),
        }
    }

    /// Writes pixels with alpha that is not multiplied into them.
    fn write_straight(
        &self,
        alpha: Alpha,
        pixel: impl Fn(usize) -> ([u16; 4], u16),
        to: &mut [u8],
    ) {
        let max: u16 = if self.narrow { 255 } else { 65_535 };
        let straight = |x: usize| {
            let ([r, g, b, _], a) = pixel(x);
            let a = if self.inverted { max - a.min(max) } else { a };
            if !alpha.associated {
                return [r, g, b, a];
            }
            let [r, g, b] = [r, g, b].map(|sample| divide(sample, a, u32::from(max)));
            [r, g, b, a]
        };
        if self.narrow {
            each(to, |x| bytes(straight(x)));
        } else {
            each(to, |x| {
                let [[a, b], [c, d], [e, f], [g, h]] = straight(x).map(u16::to_ne_bytes);
                [a, b, c, d, e, f, g, h]
            });
        }
    }
}

fn bytes(pixel: [u16; 4]) -> [u8; 4] {
    pixel.map(|sample| sample as u8)
}

/// A sample before it was multiplied by `alpha`.
fn divide(sample: u16, alpha: u16, max: u32) -> u16 {
    let alpha = u32::from(alpha);
    match (u32::from(sample) * max + alpha / 2).checked_div(alpha) {
        Some(value) => value.min(max) as u16,
        None => 0,
    }
}

fn each<const N: usize>(to: &mut [u8], pixel: impl Fn(usize) -> [u8; N]) {
    for (x, to) in to.as_chunks_mut::<N>().0.iter_mut().enumerate() {
        *to = pixel(x);
    }
}

/// From luma and chroma to R, G, B, in the fixed point that libtiff uses (TIFF 6.0, section 21).
#[derive(Debug)]
struct YCbCr {
    luma: [i32; 256],
    red: [i32; 256],
    blue: [i32; 256],
    /// Shares of green, 16 bits of them below the point.
    green_of_cb: [i32; 256],
    green_of_cr: [i32; 256],
}

impl YCbCr {
    fn new(page: &Page, file: &Container) -> Result<Self> {
        let coefficients = file.reals(&page.directory, tags::YCBCR_COEFFICIENTS)?;
        let (r, g, b) = match coefficients.as_deref() {
            Some(&[r, g, b, ..]) if [r, g, b].iter().all(|c| c.is_finite()) && g != 0.0 => {
                (r as f32, g as f32, b as f32)
            }
            Some(_) => return Err(Error::damaged("the YCbCr coefficients are no numbers")),
            None => (0.299, 0.587, 0.114),
        };
        let levels = file.reals(&page.directory, tags::REFERENCE_BLACK_WHITE)?;
        let levels = match levels.as_deref() {
            Some(&[a, b, c, d, e, f, ..]) => [a, b, c, d, e, f].map(|level| level as f32),
            _ => [0.0, 255.0, 128.0, 255.0, 128.0, 255.0],
        };
        let fixed = |value: f32| (f64::from(value.clamp(0.0, 2.0)) * 65_536.0 + 0.5) as i32;
        let (red, blue) = (2.0 - 2.0 * r, 2.0 - 2.0 * b);
        let (green_r, green_b) = (r * red / g, b * blue / g);
        let level = |code: f32, black: f32, white: f32, range: f32| {
            let span = if white - black == 0.0 { 1.0 } else { white - black };
            (((code - black) * range / span).clamp(-4096.0, 4096.0)) as i32
        };
        let [y0, y1, cb0, cb1, cr0, cr1] = levels;
        let table = |value: &dyn Fn(i32) -> i32| {
            let mut table = [0; 256];
            (0..).zip(&mut table).for_each(|(code, entry)| *entry = value(code));
            table
        };
        let cb = |code: i32| level((code - 128) as f32, cb0 - 128.0, cb1 - 128.0, 127.0);
        let cr = |code: i32| level((code - 128) as f32, cr0 - 128.0, cr1 - 128.0, 127.0);
        Ok(Self {
            luma: table(&|code| level(code as f32, y0, y1, 255.0)),
            red: table(&|code| (fixed(red) * cr(code) + 32_768) >> 16),
            blue: table(&|code| (fixed(blue) * cb(code) + 32_768) >> 16),
            green_of_cb: table(&|code| -fixed(green_b) * cb(code) + 32_768),
            green_of_cr: table(&|code| -fixed(green_r) * cr(code)),
        })
    }

    fn rgb(&self, y: u16, cb: u16, cr: u16) -> [u16; 4] {
        let at = |table: &[i32; 256], code: u16| table.get(usize::from(code)).copied().unwrap_or(0);
        let y = at(&self.luma, y);
        let green = (at(&self.green_of_cb, cb) + at(&self.green_of_cr, cr)) >> 16;
        let byte = |value: i32| value.clamp(0, 255) as u16;
        [byte(y + at(&self.red, cr)), byte(y + green), byte(y + at(&self.blue, cb)), 0]
    }
}
