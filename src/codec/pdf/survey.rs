//! One pass over what a page draws, without a pixel: whether it is a scan, and which images it has.
//!
//! A page is a scan where one image, upright, upside down or sideways, covers nearly all of it and nothing else can be seen:
//! text that is not painted (the layer that OCR programs add) and what lies under the image do not count.

use std::sync::Arc;

use hayro::hayro_interpret::font::{Glyph, GlyphRun};
use hayro::hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageData, ImageDrawProps,
    InterpreterCache, InterpreterSettings, LumaData, Paint, RenderContent, SoftMask,
    interpret_page,
};
use hayro::hayro_syntax::object::{Dict, Stream};
use hayro::hayro_syntax::page::Page;
use hayro::kurbo::{Affine, BezPath, Rect, Shape};

use super::image::{Facts, Layer, Place};
use super::stack;
use super::watch::Watch;
use crate::error::{Error, Kind, Result};
use crate::limits::Budget;

/// How much of the page the image of a scan covers, and how much of itself it shows.
const COVERAGE: f64 = 0.98;

/// How far an image may lie from upright, as a part of its sides.
const SKEW: f64 = 1e-3;

/// Points that what is drawn may stick out from under an image.
const MARGIN: f64 = 1.0;

/// The em of glyphs.
const EM: Rect = Rect::new(0.0, -300.0, 1000.0, 1000.0);

/// What is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// The image that the page is a scan of.
    Scan { annotations: bool },
    /// An image of the page, in the order in which they are drawn, annotations left out.
    Nth(u32),
}

/// An image that was looked for.
#[derive(Debug)]
pub struct Found {
    pub layer: Layer,
    /// Takes pixels of the image, y running down, to the page.
    pub matrix: Affine,
}

/// The pixels of an image as the engine decodes it.
pub enum Taken {
    Picture(ImageData, Option<LumaData>),
    /// 255 where paint falls through.
    Stencil(LumaData),
}

/// What a pass is made over.
pub struct Survey<'p, 'a> {
    pub page: &'p Page<'a>,
    pub watch: &'p Arc<Watch>,
    pub budget: &'p Budget,
}

impl Survey<'_, '_> {
    /// Looks for an image; `None` where the page is no scan or has no such image, with the number of its images.
    pub fn find(&self, wanted: Wanted) -> Result<(Option<Found>, u32)> {
        let mut looker = self.look(wanted, false);
        if let Some(error) = looker.failed.take() {
            return Err(error);
        }
        Ok((looker.found.take(), looker.count))
    }

    /// The pixels of an image that was found.
    pub fn take(&self, wanted: Wanted) -> Option<Taken> {
        self.look(wanted, true).taken
    }

    fn look(&self, wanted: Wanted, taking: bool) -> Looker<'_> {
        let mut looker = Looker {
            wanted,
            taking,
            budget: self.budget,
            watch: self.watch,
            media: rect(self.page.media_box()),
            clips: Vec::new(),
            groups: Vec::new(),
            under: None,
            found: None,
            taken: None,
            count: 0,
            failed: None,
        };
        let content = match wanted {
            Wanted::Scan { annotations: true } => RenderContent::all(),
            _ => RenderContent::PAGE,
        };
        stack::until_enough(|| {
            let settings =
                InterpreterSettings { render_content: content, ..InterpreterSettings::default() };
            let cache = InterpreterCache::new();
            let (page, all) = (self.page, looker.media.inflate(1e4, 1e4));
            let mut context = Context::new(Affine::IDENTITY, all, &cache, page.xref(), settings);
            interpret_page(page, &mut context, &mut looker);
        });
        looker
    }
}

fn rect(of: hayro::hayro_syntax::object::Rect) -> Rect {
    Rect::new(of.x0, of.y0, of.x1, of.y1)
}

/// Sees what is drawn.
struct Looker<'p> {
    wanted: Wanted,
    taking: bool,
    budget: &'p Budget,
    watch: &'p Watch,
    media: Rect,
    /// What is left to draw into, and whether it is a rectangle.
    clips: Vec<(Rect, bool)>,
    /// Whether groups leave what is drawn as it is.
    groups: Vec<bool>,
    /// Where something was drawn before the image.
    under: Option<Rect>,
    found: Option<Found>,
    taken: Option<Taken>,
    count: u32,
    failed: Option<Error>,
}

impl Looker<'_> {
    /// Ends the pass: the page is no scan.
    fn no_scan(&mut self) -> ! {
        self.found = None;
        stack::enough()
    }

    /// What of a place can be seen.
    fn seen(&self, place: Rect) -> Rect {
        self.clips.iter().fold(place, |place, (clip, _)| place.intersect(*clip))
    }

    /// Something other than an image is drawn.
    fn draw(&mut self, place: Rect) {
        self.watch.check();
        if !matches!(self.wanted, Wanted::Scan { .. }) {
            return;
        }
        let place = self.seen(place);
        if !place.overlaps(self.media) {
            return;
        }
        if self.found.is_some() {
            self.no_scan();
        }
        self.under = Some(self.under.map_or(place, |under| under.union(place)));
    }

    fn candidate(&mut self, image: &Image<'_, '_>, stream: &Stream<'_>, matrix: Affine) {
        let (width, height) = (f64::from(image.width()), f64::from(image.height()));
        let place = matrix.transform_rect_bbox(Rect::new(0.0, 0.0, width, height));
        let seen = self.seen(place);
        if !seen.overlaps(self.media) {
            return;
        }
        let plain = self.groups.iter().all(|plain| *plain) && self.clips.iter().all(|clip| clip.1);
        let whole = seen.area() >= COVERAGE * place.area();
        let covered = self.under.is_none_or(|under| {
            let page = under.intersect(self.media);
            place.inflate(MARGIN, MARGIN).contains_rect(page)
        });
        let painted_black = match image {
            Image::Stencil(stencil) => {
                let mut black = false;
                // The paint is told with the stencil alone.
                stencil.with_stencil(|_, paint| black = is(paint, 0), None);
                black && self.under.is_none()
            }
            Image::Raster(_) => true,
        };
        if self.found.is_some() || !plain || !whole || !covered || !painted_black {
            self.no_scan();
        }
        self.keep(image, stream, matrix);
        if self.found.as_ref().is_none_or(|found| {
            let facts = &found.layer.facts;
            facts.mask.is_some() || stream.dict().contains_key("Mask")
        }) {
            self.no_scan();
        }
    }

    /// Notes what the image is, or takes its pixels.
    fn keep(&mut self, image: &Image<'_, '_>, stream: &Stream<'_>, matrix: Affine) {
        if self.taking {
            match image {
                Image::Raster(raster) => raster.with_rgba(
                    |picture, alpha| self.taken = Some(Taken::Picture(picture, alpha)),
                    None,
                ),
                Image::Stencil(stencil) => {
                    stencil.with_stencil(|luma, _| self.taken = Some(Taken::Stencil(luma)), None);
                }
            }
            stack::enough();
        }
        let facts = match Facts::of(stream, self.budget) {
            Ok(facts) => facts,
            Err(error) => {
                self.failed = Some(error);
                stack::enough()
            }
        };
        // The image's own size, as far as the data does not know better.
        let (x, y) = (
            f64::from(image.width()) / f64::from(facts.width),
            f64::from(image.height()) / f64::from(facts.height),
        );
        let matrix = matrix * Affine::scale_non_uniform(x, y);
        let place = match stream.dict().obj_id().filter(|_| !is_inline(stream.dict())) {
            Some(id) => Place::Object(id),
            None => Place::Inline(Arc::new(stream.raw_data().into_owned())),
        };
        self.found = Some(Found { layer: Layer { facts, place }, matrix });
    }
}

/// Inline images have no length: they end where an operator says so.
fn is_inline(dict: &Dict<'_>) -> bool {
    !dict.contains_key("Length")
}

/// Whether a paint is one opaque shade of gray.
fn is(paint: &Paint<'_>, shade: u8) -> bool {
    match paint {
        Paint::Color(color) => color.to_rgba().to_rgba8() == [shade, shade, shade, 255],
        Paint::Pattern(_) => false,
    }
}

fn is_clear(paint: &Paint<'_>) -> bool {
    matches!(paint, Paint::Color(color) if color.to_rgba().to_rgba8()[3] == 0)
}

impl<'a> Device<'a> for Looker<'_> {
    fn draw_path(&mut self, path: &BezPath, props: DrawProps<'a>, mode: &DrawMode) {
        let white_below = self.found.is_none() && is(&props.paint, 255);
        if white_below || is_clear(&props.paint) || matches!(mode, DrawMode::Invisible) {
            return;
        }
        let bounds = path.bounding_box();
        let bounds = match mode {
            DrawMode::Stroke(stroke) | DrawMode::FillAndStroke(_, stroke) => {
                let width = f64::from(stroke.line_width) / 2.0;
                bounds.inflate(width, width)
            }
            _ => bounds,
        };
        self.draw(props.transform.transform_rect_bbox(bounds));
    }

    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, mode: &DrawMode) {
        if is_clear(&props.paint) || matches!(mode, DrawMode::Invisible) {
            return;
        }
        for glyph in run.glyphs() {
            let blank = match &**glyph {
                Glyph::Outline(outline) => outline.outline().is_empty(),
                Glyph::Type3(_) => false,
            };
            if !blank {
                let transform = props.transform * glyph.transform();
                self.draw(transform.transform_rect_bbox(EM));
            }
        }
    }

    fn draw_image(&mut self, image: Image<'a, '_>, props: ImageDrawProps<'a>) {
        self.watch.check();
        let at = self.count;
        self.count = self.count.saturating_add(1);
        let stream = match &image {
            Image::Stencil(stencil) => stencil.stream().clone(),
            Image::Raster(raster) => raster.stream().clone(),
        };
        match self.wanted {
            Wanted::Scan { .. } => self.candidate(&image, &stream, props.transform),
            Wanted::Nth(nth) if nth == at => self.keep(&image, &stream, props.transform),
            Wanted::Nth(_) => {}
        }
    }

    fn push_clip_path(&mut self, clip: &ClipPath) {
        let bounds = clip.path.bounding_box();
        // Five points to a rectangle, and none of them off its corners.
        let rectangle = (clip.path.area().abs() - bounds.area()).abs() <= 1e-6 * bounds.area();
        self.clips.push((bounds, rectangle));
    }

    fn push_clip_rect(&mut self, clip: &Rect) {
        self.clips.push((*clip, true));
    }

    fn pop_clip(&mut self) {
        self.clips.pop();
    }

    fn push_transparency_group(
        &mut self,
        opacity: f32,
        mask: Option<SoftMask<'a>>,
        blend_mode: BlendMode,
    ) {
        let plain = opacity >= 0.999 && mask.is_none() && blend_mode == BlendMode::Normal;
        self.groups.push(plain);
    }

    fn pop_transparency_group(&mut self) {
        self.groups.pop();
    }
}

/// How an image lies that `matrix` takes to a picture whose y runs down, as EXIF numbers it; `None` where it is skewed.
pub fn orientation(matrix: Affine, width: u32, height: u32) -> Option<u16> {
    let [a, b, c, d, ..] = matrix.as_coeffs();
    let (width, height) = (f64::from(width), f64::from(height));
    let [a, b, c, d] = [a * width, b * width, c * height, d * height];
    let least = |main: f64, other: f64| other.abs() <= SKEW * main.abs();
    if least(a, b) && least(d, c) {
        return Some(match (a > 0.0, d > 0.0) {
            (true, true) => 1,
            (false, true) => 2,
            (false, false) => 3,
            (true, false) => 4,
        });
    }
    (least(b, a) && least(c, d)).then_some(match (b > 0.0, c > 0.0) {
        (true, true) => 5,
        (true, false) => 6,
        (false, false) => 7,
        (false, true) => 8,
    })
}

/// Whether an image covers a page, and no more than it.
pub fn covers(found: &Found, page: Rect) -> bool {
    let facts = &found.layer.facts;
    let (width, height) = (f64::from(facts.width), f64::from(facts.height));
    let place = found.matrix.transform_rect_bbox(Rect::new(0.0, 0.0, width, height));
    let common = place.intersect(page).area();
    common >= COVERAGE * page.area() && common >= COVERAGE * place.area()
}

/// The error of an index past the images of a page.
pub fn no_such_image(index: u32, count: u32) -> Error {
    let message = format!("there is no image {index}: the page has {count} (from 0)");
    Error::new(Kind::IndexInvalid, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_eight_ways_to_lie_are_those_of_exif() {
        let of = |coeffs: [f64; 4]| {
            let [a, b, c, d] = coeffs;
            orientation(Affine::new([a, b, c, d, 5.0, 5.0]), 100, 50)
        };
        for (number, coeffs) in [
            (1, [1.0, 0.0, 0.0, 1.0]),
            (2, [-1.0, 0.0, 0.0, 1.0]),
            (3, [-1.0, 0.0, 0.0, -1.0]),
            (4, [1.0, 0.0, 0.0, -1.0]),
            (5, [0.0, 1.0, 1.0, 0.0]),
            (6, [0.0, 1.0, -1.0, 0.0]),
            (7, [0.0, -1.0, -1.0, 0.0]),
            (8, [0.0, -1.0, 1.0, 0.0]),
        ] {
            assert_eq!(of(coeffs), Some(number));
        }
        assert_eq!(of([1.0, 0.01, -0.01, 1.0]), None);
    }
}
