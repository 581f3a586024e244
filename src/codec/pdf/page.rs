//! How large a page is, in points and in pixels, and where its points lie among the pixels.

use hayro::hayro_syntax::object;
use hayro::hayro_syntax::page::{A4, Page, Rotation};
use hayro::kurbo::{Affine, Rect};

use crate::error::{Error, Result};
use crate::limits::Budget;
use crate::options::{PdfBox, ReadOptions, Region};

/// Points per inch: the unit of PDF coordinates unless a page has a unit of its own.
pub(super) const POINTS: f64 = 72.0;

/// Pixels that the engines draw in a row or column at the most.
const MOST_PIXELS: u32 = u16::MAX as u32;

/// 8.5 x 11 inches.
const LETTER: (f64, f64) = (612.0, 792.0);

/// The window of a page that is drawn whole.
const WHOLE: [f64; 4] = [0.0, 0.0, 1.0, 1.0];

/// A side shorter than this is none.
const LEAST: f64 = 1e-3;

/// What of a page is shown, in its own coordinates: y runs up.
#[derive(Clone, Copy, Debug)]
pub struct Geometry {
    left: f64,
    bottom: f64,
    width: f64,
    height: f64,
    /// Clockwise, 0 to 3.
    quarter_turns: u8,
    /// Points per unit.
    unit: f64,
    /// What of the upright page is drawn, as parts of its sides: left, top, width, height.
    window: [f64; 4],
}

/// A page, or a part of one, as it is drawn.
pub struct Drawing {
    pub geometry: Geometry,
    pub width: u32,
    pub height: u32,
    pub dpi: (f64, f64),
}

impl Geometry {
    /// One of the boxes of the page, `/Rotate` and `/UserUnit`. A page that states no area is Letter, as PDFium and
    /// MuPDF have it.
    pub fn of(page: &Page<'_>, page_box: PdfBox) -> Self {
        let shown = shown(page, page_box);
        let (width, height) = (shown.x1 - shown.x0, shown.y1 - shown.y0);
        // The parser's own default is more exact than any file's A4.
        let unstated = (width, height) == (A4.x1, A4.y1);
        let empty = width < LEAST || height < LEAST;
        let (width, height) = if unstated || empty { LETTER } else { (width, height) };
        let quarter_turns = match page.rotation() {
            Rotation::None => 0,
            Rotation::Horizontal => 1,
            Rotation::Flipped => 2,
            Rotation::FlippedHorizontal => 3,
        };
        let unit = page.raw().get::<f32>("UserUnit").filter(|unit| *unit > 0.0).unwrap_or(1.0);
        let unit = f64::from(unit);
        let (left, bottom) = (shown.x0, shown.y0);
        Self { left, bottom, width, height, quarter_turns, unit, window: WHOLE }
    }

    /// What is shown of the page.
    pub fn shown(&self) -> Rect {
        Rect::new(self.left, self.bottom, self.left + self.width, self.bottom + self.height)
    }

    /// Points per unit of the page.
    pub fn unit(&self) -> f64 {
        self.unit
    }

    /// What is drawn of the page, within the limits of the call and what can be drawn.
    pub fn drawing(&self, options: &ReadOptions, budget: &Budget) -> Result<Drawing> {
        let drawing = match (options.region, options.max_side) {
            (Some(region), _) => self.part(region, options)?,
            (None, 0) => self.whole(options.dpi / f64::from(options.scale)),
            (None, side) => {
                let longer = self.width.max(self.height) * self.unit;
                self.whole(f64::from(side) * POINTS / longer)
            }
        };
        let Drawing { width, height, .. } = drawing;
        budget.check_size(width, height)?;
        if width > MOST_PIXELS || height > MOST_PIXELS {
            return Err(Error::unsupported(format!(
                "drawing a PDF page of {width} x {height} pixels, more than {MOST_PIXELS} on a side"
            )));
        }
        Ok(drawing)
    }

    fn whole(&self, dpi: f64) -> Drawing {
        let (width, height) = self.pixels(dpi);
        Drawing { geometry: *self, width, height, dpi: (dpi, dpi) }
    }

    /// A region of the page at the dpi of the call, which becomes smaller as stored pixels would.
    fn part(&self, region: Region, options: &ReadOptions) -> Result<Drawing> {
        let page = self.pixels(options.dpi);
        region.check_within(page.0, page.1)?;
        let blocks = [region.width, region.height].map(|side| side.div_ceil(options.scale.max(1)));
        let longer = blocks[0].max(blocks[1]);
        let (size, covered) = if options.max_side > 0 {
            let zoom = f64::from(options.max_side) / f64::from(longer);
            let side = |side: u32| (f64::from(side) * zoom).round().max(1.0) as u32;
            (blocks.map(side), [region.width, region.height].map(f64::from))
        } else {
            (blocks, blocks.map(|side| f64::from(side) * f64::from(options.scale)))
        };
        let (across, down) = (f64::from(page.0), f64::from(page.1));
        let window = [
            f64::from(region.x) / across,
            f64::from(region.y) / down,
            covered[0] / across,
            covered[1] / down,
        ];
        let dpi = |size: u32, covered: f64| options.dpi * f64::from(size) / covered;
        Ok(Drawing {
            geometry: Self { window, ..*self },
            width: size[0],
            height: size[1],
            dpi: (dpi(size[0], covered[0]), dpi(size[1], covered[1])),
        })
    }

    /// Width and height of the upright page in pixels at `dpi`.
    fn pixels(&self, dpi: f64) -> (u32, u32) {
        // A side is at least a pixel. One that is no number becomes 0, one past all limits the largest number.
        let pixels = |side: f64| {
            let exact = side * self.unit / POINTS * dpi;
            if exact > 0.0 { exact.round().max(1.0) as u32 } else { 0 }
        };
        let (width, height) = (pixels(self.width), pixels(self.height));
        if self.quarter_turns % 2 == 1 { (height, width) } else { (width, height) }
    }

    /// Takes the coordinates of the page to those of an upright image of `width` x `height` pixels that it fills
    /// exactly, whatever its size was rounded to; or its window does. There y runs down.
    pub fn filling(&self, width: f64, height: f64) -> Affine {
        // The page as a square from 0 to 1, turned, and drawn out again.
        let unit_square = Affine::scale_non_uniform(1.0 / self.width, 1.0 / self.height)
            * Affine::translate((-self.left, -self.bottom));
        let turned = match self.quarter_turns {
            1 => Affine::new([0.0, 1.0, 1.0, 0.0, 0.0, 0.0]),
            2 => Affine::new([-1.0, 0.0, 0.0, 1.0, 1.0, 0.0]),
            3 => Affine::new([0.0, -1.0, -1.0, 0.0, 1.0, 1.0]),
            _ => Affine::new([1.0, 0.0, 0.0, -1.0, 0.0, 1.0]),
        };
        let [left, top, across, down] = self.window;
        Affine::scale_non_uniform(width / across, height / down)
            * Affine::translate((-left, -top))
            * turned
            * unit_square
    }
}

/// A box of the page within its media box. One that is not stated is the crop box.
fn shown(page: &Page<'_>, page_box: PdfBox) -> Rect {
    let rect = |of: object::Rect| Rect::new(of.x0, of.y0, of.x1, of.y1);
    let (media, crop) = (rect(page.media_box()), rect(page.intersected_crop_box()));
    let key = match page_box {
        PdfBox::Crop => return crop,
        PdfBox::Media => return media,
        PdfBox::Trim => "TrimBox",
        PdfBox::Bleed => "BleedBox",
        PdfBox::Art => "ArtBox",
    };
    let stated = page.raw().get::<object::Rect>(key).map(|stated| rect(stated).intersect(media));
    stated.filter(|stated| stated.width() >= LEAST && stated.height() >= LEAST).unwrap_or(crop)
}

#[cfg(test)]
mod tests {
    use hayro::kurbo::Point;

    use super::*;
    use crate::error::Kind;
    use crate::limits::{Limits, UNLIMITED};

    fn page(width: f64, height: f64, quarter_turns: u8) -> Geometry {
        let (left, bottom) = (10.0, 20.0);
        Geometry { left, bottom, width, height, quarter_turns, unit: 1.0, window: WHOLE }
    }

    fn pixels(width: f64, height: f64, limits: Limits) -> Result<(u32, u32)> {
        let options = ReadOptions { limits, ..ReadOptions::default() };
        let drawing = page(width, height, 0).drawing(&options, &options.budget())?;
        Ok((drawing.width, drawing.height))
    }

    #[test]
    fn sizes_are_rounded_not_cut() {
        let rounded = |width, height| pixels(width, height, Limits::default()).unwrap();
        assert_eq!(rounded(595.276, 841.89), (2480, 3508));
        assert_eq!(rounded(611.99, 792.01), (2550, 3300));
        assert_eq!(rounded(0.01, 0.24), (1, 1));
    }

    #[test]
    fn sizes_that_cannot_be_drawn_are_refused_by_name() {
        let kind = |width, limits| pixels(width, 100.0, limits).unwrap_err().kind();
        assert_eq!(kind(0.0, Limits::default()), Kind::Damaged);
        assert_eq!(kind(f64::NAN, Limits::default()), Kind::Damaged);
        assert_eq!(kind(f64::INFINITY, Limits::default()), Kind::LimitExceeded);
        let none = Limits { max_width: UNLIMITED, max_pixels: UNLIMITED, ..Limits::default() };
        assert_eq!(kind(20_000.0, none), Kind::FeatureUnsupported);
    }

    #[test]
    fn the_corner_that_stands_on_top_left_is_that_of_the_turn() {
        let corner = |turns, x, y| page(100.0, 50.0, turns).filling(8.0, 8.0) * Point::new(x, y);
        for (turns, x, y) in [(0, 10.0, 70.0), (1, 10.0, 20.0), (2, 110.0, 20.0), (3, 110.0, 70.0)]
        {
            assert!(corner(turns, x, y).distance(Point::ZERO) < 1e-9, "{turns} turns");
        }
        assert!(corner(1, 10.0, 70.0).distance(Point::new(8.0, 0.0)) < 1e-9);
    }
}
