//! Luma and chroma as R, G, B (TIFF 6.0, section 21).

use super::directory::Container;
use super::page::Page;
use super::tags;
use crate::error::{Error, Result};

/// From luma and chroma to R, G, B: of 8 bits, or of any other depth.
#[derive(Debug)]
pub enum YCbCr {
    Narrow(Box<Tables>),
    Other(Wide),
}

impl YCbCr {
    pub fn new(page: &Page, file: &Container) -> Result<Self> {
        if !(2..=16).contains(&page.bits) || page.sample_format == 3 {
            let (bits, format) = (page.bits, page.sample_format);
            return Err(Error::unsupported(format!(
                "YCbCr of {bits} bits per sample and sample format {format} is not supported"
            )));
        }
        let coefficients = file.reals(&page.directory, tags::YCBCR_COEFFICIENTS)?;
        let shares = match coefficients.as_deref() {
            Some(&[r, g, b, ..]) if [r, g, b].iter().all(|c| c.is_finite()) && g != 0.0 => {
                [r, g, b].map(|share| share as f32)
            }
            Some(_) => return Err(Error::damaged("the YCbCr coefficients are no numbers")),
            None => [0.299, 0.587, 0.114],
        };
        let levels = file.reals(&page.directory, tags::REFERENCE_BLACK_WHITE)?;
        let (max, half) = ((1u32 << page.bits) as f32 - 1.0, (1u32 << (page.bits - 1)) as f32);
        let levels = match levels.as_deref() {
            Some(&[a, b, c, d, e, f, ..]) => [a, b, c, d, e, f].map(|level| level as f32),
            _ => [0.0, max, half, max, half, max],
        };
        Ok(match page.bits {
            8 => Self::Narrow(Box::new(Tables::new(shares, levels))),
            bits => Self::Other(Wide::new(shares, levels, bits)),
        })
    }

    /// R, G, B of samples that were scaled to 8 or to 16 bits.
    pub fn rgb(&self, y: u16, cb: u16, cr: u16) -> [u16; 4] {
        match self {
            Self::Narrow(tables) => tables.rgb(y, cb, cr),
            Self::Other(wide) => wide.rgb(y, cb, cr),
        }
    }
}

/// Numbers for samples that are not of 8 bits.
#[derive(Debug)]
pub struct Wide {
    /// What black and neutral are stored as, scaled as samples are.
    zeros: [f64; 3],
    /// What a step of each sample counts.
    steps: [f64; 3],
    shares: [f64; 3],
    top: f64,
}

impl Wide {
    fn new(shares: [f32; 3], levels: [f32; 6], bits: u32) -> Self {
        let max = f64::from((1u32 << bits) - 1);
        let top = if bits <= 8 { 255.0 } else { 65_535.0 };
        let chroma = (1u32 << (bits - 1)) as f32 - 1.0;
        let [y0, y1, cb0, cb1, cr0, cr1] = levels.map(f64::from);
        let step = |range: f64, black: f64, white: f64| {
            let span = white - black;
            if span == 0.0 { range } else { range / span }
        };
        let chroma = f64::from(chroma);
        Self {
            zeros: [y0, cb0, cr0].map(|zero| zero * top / max),
            steps: [step(max, y0, y1), step(chroma, cb0, cb1), step(chroma, cr0, cr1)],
            shares: shares.map(f64::from),
            top,
        }
    }

    fn rgb(&self, y: u16, cb: u16, cr: u16) -> [u16; 4] {
        let ([zero_y, zero_b, zero_r], [step_y, step_b, step_r]) = (self.zeros, self.steps);
        let [share_r, share_g, share_b] = self.shares;
        let y = (f64::from(y) - zero_y) * step_y;
        let red = y + (f64::from(cr) - zero_r) * step_r * (2.0 - 2.0 * share_r);
        let blue = y + (f64::from(cb) - zero_b) * step_b * (2.0 - 2.0 * share_b);
        let green = (y - share_r * red - share_b * blue) / share_g;
        let [r, g, b] = [red, green, blue].map(|value| (value.clamp(0.0, self.top) + 0.5) as u16);
        [r, g, b, 0]
    }
}

/// Tables for samples of 8 bits, in the fixed point that libtiff uses.
#[derive(Debug)]
pub struct Tables {
    luma: [i32; 256],
    red: [i32; 256],
    blue: [i32; 256],
    /// Shares of green, 16 bits of them below the point.
    green_of_cb: [i32; 256],
    green_of_cr: [i32; 256],
}

impl Tables {
    fn new([r, g, b]: [f32; 3], levels: [f32; 6]) -> Self {
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
        Self {
            luma: table(&|code| level(code as f32, y0, y1, 255.0)),
            red: table(&|code| (fixed(red) * cr(code) + 32_768) >> 16),
            blue: table(&|code| (fixed(blue) * cb(code) + 32_768) >> 16),
            green_of_cb: table(&|code| -fixed(green_b) * cb(code) + 32_768),
            green_of_cr: table(&|code| -fixed(green_r) * cr(code)),
        }
    }

    fn rgb(&self, y: u16, cb: u16, cr: u16) -> [u16; 4] {
        // 8 bits are all there are.
        let at = |table: &[i32; 256], code: u16| {
            table.get(usize::from(code as u8)).copied().unwrap_or(0)
        };
        let y = at(&self.luma, y);
        let green = (at(&self.green_of_cb, cb) + at(&self.green_of_cr, cr)) >> 16;
        let byte = |value: i32| value.clamp(0, 255) as u16;
        [byte(y + at(&self.red, cr)), byte(y + green), byte(y + at(&self.blue, cb)), 0]
    }
}
