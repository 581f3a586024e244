//! Pictures of few colours: indexes of a palette, in as few bits as will do, or grays.

use super::encode::put_chunk;
use crate::codec::Picture;
use crate::codec::streams::palette::{self, Indexed};
use crate::error::{Kind, Result};
use crate::limits::Budget;
use crate::options::SaveOptions;
use crate::pixel::PixelFormat as F;
use crate::sink::Sink;

/// The level from which on a palette is looked for that loses nothing.
const THOROUGH: u8 = 7;

/// What stands around the data of a chunk: length, name and checksum.
const CHUNK: usize = 12;

/// A picture that is stored so.
pub struct Few {
    indexed: Indexed,
    pub bits: u8,
    has_alpha: bool,
    width: usize,
}

impl Few {
    /// With the colours that are asked for; or, at the thorough levels, with its own, where they are few.
    pub fn of(
        picture: &Picture<'_>,
        options: &SaveOptions,
        budget: &Budget,
    ) -> Result<Option<Self>> {
        let indexed = match picture.format {
            F::Gray8 | F::Bgr888 | F::Abgr8888 if options.palette > 0 => {
                Some(palette::indexed(picture, options.palette, options.dither, budget)?)
            }
            // The profile of a gray picture is not one of a palette's. A palette of more grays would take as many bits.
            F::Gray8 if options.level >= THOROUGH && picture.metadata.icc.is_none() => {
                own(picture, 16, budget)?
            }
            F::Bgr888 | F::Abgr8888 if options.level >= THOROUGH => own(picture, 256, budget)?,
            _ => None,
        };
        let Some(mut indexed) = indexed else { return Ok(None) };
        indexed.sort();
        let bits = match indexed.palette.len() / 3 {
            ..3 => 1,
            3..5 => 2,
            5..17 => 4,
            _ => 8,
        };
        let (has_alpha, width) = (picture.format.has_alpha(), picture.width as usize);
        let mut few = Self { indexed, bits, has_alpha, width };
        if options.palette == 0 && bits == 8 && !has_alpha && picture.metadata.icc.is_none() {
            few.spare_grays();
        }
        Ok(Some(few))
    }

    /// Has grays stand for themselves where all colours are gray: no palette is needed then.
    fn spare_grays(&mut self) {
        let Indexed { indexes, palette, .. } = &mut self.indexed;
        if palette.as_chunks::<3>().0.iter().all(|[r, g, b]| r == g && g == b) {
            let grays: Vec<u8> = palette.iter().step_by(3).copied().collect();
            for index in indexes.iter_mut() {
                *index = grays.get(usize::from(*index)).copied().unwrap_or(0);
            }
            palette.clear();
        }
    }

    /// The colour type: of a palette, or gray.
    pub fn colour(&self) -> u8 {
        if self.indexed.palette.is_empty() { 0 } else { 3 }
    }

    /// Bytes that the colours and alphas take, in chunks of their own.
    pub fn palette_len(&self) -> usize {
        let chunks = [self.indexed.palette.len(), self.alphas().len()];
        chunks.into_iter().filter(|len| *len > 0).map(|len| len + CHUNK).sum()
    }

    /// The alphas up to the last that is not opaque; one at the least, if opaque, tells that there is alpha.
    fn alphas(&self) -> &[u8] {
        let alphas = &self.indexed.alphas;
        let last = alphas.iter().rposition(|alpha| *alpha < 255);
        let count = last.map_or(usize::from(self.has_alpha), |last| last + 1);
        alphas.get(..count).unwrap_or_default()
    }

    /// Bytes of a row.
    pub fn row_len(&self) -> usize {
        self.width.saturating_mul(usize::from(self.bits)).div_ceil(8)
    }

    pub fn row(&self, y: u32, to: &mut [u8]) {
        let row = self.indexed.indexes.chunks_exact(self.width.max(1)).nth(y as usize);
        palette::pack(row.unwrap_or_default(), self.bits, to);
    }

    /// The colours, and alphas where there are any.
    pub fn describe(&self, sink: &mut Sink<'_>) -> Result<()> {
        if self.indexed.palette.is_empty() {
            return Ok(());
        }
        put_chunk(sink, b"PLTE", &self.indexed.palette)?;
        match self.alphas() {
            [] => Ok(()),
            alphas => put_chunk(sink, b"tRNS", alphas),
        }
    }
}

/// A palette that loses nothing; where there is no memory for it, the picture can do without.
fn own(picture: &Picture<'_>, most: usize, budget: &Budget) -> Result<Option<Indexed>> {
    match palette::lossless(picture, most, budget) {
        Err(error) if matches!(error.kind(), Kind::LimitExceeded | Kind::NoMemory) => Ok(None),
        outcome => outcome,
    }
}

#[cfg(test)]
mod tests {
    use crate::format::FileFormat;
    use crate::image::ImageData;
    use crate::limits::{Budget, Limits};
    use crate::options::{ReadOptions, SaveOptions};
    use crate::pixel::PixelFormat as F;
    use crate::reader::read;
    use crate::source::Source;
    use crate::writer::save_memory;

    /// Of so many colours, and alphas.
    fn picture(format: F, colours: u32) -> ImageData {
        let mut image = ImageData::new(61, 40, format).unwrap();
        let pixel = format.bits_per_pixel() / 8;
        let mut state = 1u32;
        for pixel in image.pixels_mut().chunks_mut(pixel) {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let colour = (state >> 16) % colours;
            let colour = colour.wrapping_mul(0x0103_0507).to_le_bytes();
            pixel.iter_mut().zip(colour).for_each(|(to, from)| *to = from);
        }
        image
    }

    /// Depth and colour type of a file that gives the same pixels.
    fn kind(image: &ImageData, options: &SaveOptions) -> [u8; 2] {
        let bytes = save_memory(image, FileFormat::Png, options).unwrap();
        let kind = [bytes[24], bytes[25]];
        let format = image.layout().format;
        let as_before = ReadOptions { pixel_format: Some(format), ..ReadOptions::default() };
        let back = read(Source::from_bytes(bytes.clone()), &as_before).unwrap();
        if options.palette == 0 {
            assert!(back.pixels() == image.pixels(), "{format:?}, {kind:?}");
            let as_stored = read(Source::from_bytes(bytes), &ReadOptions::default()).unwrap();
            assert_eq!(as_stored.layout().format.has_alpha(), format.has_alpha());
        }
        kind
    }

    #[test]
    fn few_colours_become_indexes_at_the_thorough_levels() {
        let thorough = SaveOptions { level: 8, ..SaveOptions::default() };
        for (colours, bits) in [(2, 1), (3, 2), (4, 2), (5, 4), (16, 4), (17, 8)] {
            for format in [F::Rgb888, F::Argb8888] {
                assert_eq!(kind(&picture(format, colours), &thorough), [bits, 3], "{colours}");
            }
        }
        assert_eq!(
            kind(&picture(F::Gray8, 16), &thorough),
            [8, 0],
            "which would take four bits, too"
        );
        let mut lines = ImageData::new(700, 700, F::Gray8).unwrap();
        let ramp = (0..490_000).map(|at| if at / 700 * 7 % 11 > at % 5 { 200 } else { 30 });
        lines.pixels_mut().iter_mut().zip(ramp).for_each(|(to, gray)| *to = gray);
        assert_eq!(kind(&lines, &thorough), [1, 3]);
        assert_eq!(kind(&picture(F::Rgb888, 257), &thorough), [8, 2]);
        assert_eq!(kind(&picture(F::Argb8888, 257), &thorough), [8, 6]);
        let gray = picture(F::Gray8, 200)
            .convert(F::Rgb888, &Budget::new(Limits::default(), None))
            .unwrap();
        assert_eq!(kind(&gray, &thorough), [8, 0], "gray needs no palette");
        let opaque = picture(F::Rgb888, 9)
            .convert(F::Argb8888, &Budget::new(Limits::default(), None))
            .unwrap();
        assert_eq!(kind(&opaque, &thorough), [4, 3], "and tells that there is alpha");
        assert_eq!(kind(&picture(F::Rgb888, 2), &SaveOptions::default()), [8, 2]);
    }

    #[test]
    fn a_palette_may_be_asked_for_at_any_level() {
        for (palette, bits) in [(3, 2), (4, 2), (16, 4), (100, 8)] {
            let options = SaveOptions { palette, ..SaveOptions::default() };
            for format in [F::Gray8, F::Rgb888, F::Argb8888, F::Gray16, F::Rgb161616] {
                assert_eq!(kind(&picture(format, 1000), &options), [bits, 3], "{format:?}");
            }
        }
        let bilevel = SaveOptions { palette: 2, ..SaveOptions::default() };
        let image =
            picture(F::Gray8, 2).convert(F::Binary, &Budget::new(Limits::default(), None)).unwrap();
        assert_eq!(kind(&image, &bilevel), [1, 0]);
    }
}
