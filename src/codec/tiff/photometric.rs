//! Samples of a row as pixels: grays, colours, palettes, inks, luma and chroma, with or without alpha.

use std::sync::atomic::{AtomicBool, Ordering};

use super::colorimetry::{self, Lab};
use super::directory::Container;
use super::page::{Alpha, Page};
use super::tags::{self, compression, photometric};
use super::ycbcr::YCbCr;
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
    /// The highest index, where alpha comes beside indices and is no share of 255 yet.
    max_index: Option<u32>,
    cut_off: AtomicBool,
    /// The format of the rows that are made.
    pub format: PixelFormat,
}

#[derive(Debug)]
enum Colour {
    Gray,
    Rgb,
    Palette(Vec<[u8; 3]>),
    Inks,
    YCbCr(YCbCr),
    Lab(Lab),
    /// A logarithm of luminance.
    LogL,
    /// A logarithm of luminance, and both chromaticities in one number.
    LogLuv,
}

impl Colour {
    fn new(page: &Page, file: &Container, photometric: u16) -> Result<Self> {
        Ok(match photometric {
            photometric::WHITE_IS_ZERO | photometric::BLACK_IS_ZERO | photometric::MASK => {
                Self::Gray
            }
            photometric::RGB => Self::Rgb,
            photometric::PALETTE => Self::Palette(page.palette(file)?),
            photometric::SEPARATED => {
                check_inks(page, file)?;
                Self::Inks
            }
            photometric::YCBCR => Self::YCbCr(YCbCr::new(page, file)?),
            photometric::CIE_LAB | photometric::ICC_LAB
                if matches!(page.bits, 8 | 16) && page.sample_format != 3 && page.samples >= 3 =>
            {
                Self::Lab(Lab::new(photometric, page.bits == 16))
            }
            photometric::LOG_L if is_log(page) => Self::LogL,
            photometric::LOG_LUV if is_log(page) => Self::LogLuv,
            other => {
                let name = photometric::name(other);
                let message = format!(
                    "photometric interpretation {other} ({name}) of {} bits per sample, sample format {} and compression {} is not supported",
                    page.bits, page.sample_format, page.compression
                );
                return Err(Error::unsupported(message));
            }
        })
    }
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
        let colour = Colour::new(page, file, photometric)?;
        let indices = matches!(colour, Colour::Palette(_));
        let narrow = page.is_narrow() || indices;
        let inverted = photometric == photometric::WHITE_IS_ZERO;
        let format = match (&colour, page.alpha.is_some(), narrow) {
            (_, true, true) => PixelFormat::Abgr8888,
            (_, true, false) => PixelFormat::Abgr16161616,
            (Colour::Gray, false, true) => PixelFormat::Gray8,
            (Colour::Gray | Colour::LogL, false, false) => PixelFormat::Gray16,
            (Colour::Inks, false, true) => PixelFormat::Cmyk8888,
            (_, false, true) => PixelFormat::Bgr888,
            (_, false, false) => PixelFormat::Rgb161616,
        };
        Ok(Self {
            max_index: indices.then(|| (1u32 << page.bits.min(16)) - 1),
            colour,
            alpha: page.alpha,
            narrow,
            inverted,
            cut_off: AtomicBool::new(false),
            format,
        })
    }

    /// Samples of a pixel as they come from the decompressor, where that is not what the page states.
    pub fn stored_samples(&self) -> Option<usize> {
        // 32 bits, taken as two numbers of 16.
        matches!(self.colour, Colour::LogLuv).then_some(2)
    }

    /// Whether a colour was brighter or darker than pixels can be.
    pub fn has_cut_off(&self) -> bool {
        self.cut_off.load(Ordering::Relaxed)
    }

    fn noting<T>(&self, (value, cut_off): (T, bool)) -> T {
        if cut_off {
            self.cut_off.store(true, Ordering::Relaxed);
        }
        value
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
            (Colour::Lab(lab), _) => {
                self.write(samples, steps, to, |[l, a, b, _]| lab.rgb(l, a, b));
            }
            (Colour::LogL, _) => self.write(samples, steps, to, |[code, ..]| {
                let gray = self.noting(colorimetry::gray_of_log(code));
                [gray, gray, gray, 0]
            }),
            (Colour::LogLuv, _) => self.write(samples, steps, to, |[chroma, luminance, ..]| {
                self.noting(colorimetry::rgb_of_log(luminance, chroma))
            }),
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
            Colour::Gray | Colour::Palette(_) | Colour::LogL => 1,
            Colour::LogLuv => 2,
            Colour::Rgb | Colour::YCbCr(_) | Colour::Lab(_) => 3,
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
            let a = self.max_index.map_or(a, |max| ((u32::from(a) * 255 + max / 2) / max) as u16);
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

/// Fails for inks that are not cyan, magenta, yellow and black.
fn check_inks(page: &Page, file: &Container) -> Result<()> {
    let set = file.one(&page.directory, tags::INK_SET)?.unwrap_or(1);
    if set != 1 {
        let message = format!("ink set {set} (not C, M, Y, K) is not supported");
        return Err(Error::unsupported(message));
    }
    let extra = page.directory.find(tags::EXTRA_SAMPLES).map_or(0, |entry| entry.count);
    let stored = u64::from(page.samples).saturating_sub(extra);
    let inks = file.one(&page.directory, tags::NUMBER_OF_INKS)?.unwrap_or(stored);
    if (inks, stored >= 4) != (4, true) {
        let message =
            format!("separated colours of {inks} inks in {stored} samples are not supported");
        return Err(Error::unsupported(message));
    }
    Ok(())
}

/// Whether samples are logarithms as their decompressor gives them out.
fn is_log(page: &Page) -> bool {
    let samples = if page.photometric == photometric::LOG_L { 1 } else { 3 };
    page.compression == compression::SGI_LOG
        && (page.bits, page.sample_format == 3) == (16, false)
        && (page.samples, page.planar) == (samples, false)
}
