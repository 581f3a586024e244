//! Guesses what drawing a page will cost in time and memory, so that the engine, which cannot be stopped, is given bands that it is soon done with.
//!
//! The figures are nanoseconds on a machine of 2026, measured on pages built to be slow. They decide about nothing but the
//! number of bands: a page that costs more than it was thought to is drawn all the same, and stopped later. Memory is another
//! matter: a page that is guessed to take more than the call may is refused.

mod extent;

use std::collections::HashSet;

use hayro::hayro_interpret::font::{Glyph, GlyphRun};
use hayro::hayro_interpret::pattern::Pattern;
use hayro::hayro_interpret::{
    BlendMode, CacheKey, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps,
    InterpreterCache, InterpreterSettings, Paint, SoftMask, interpret_page,
};
use hayro::hayro_syntax::page::Page;
use hayro::kurbo::{Affine, BezPath, Rect, Shape};

use self::extent::{held_pixels, length, mesh_pixels, scales};
use super::watch::Watch;

/// An operator, whatever it draws.
const OPERATOR: f64 = 1_000.0;
/// A glyph that is drawn for the first time or again.
const GLYPH: f64 = 4_000.0;
/// A pixel of the outline of a path.
const EDGE_PIXEL: f64 = 130.0;
/// A pixel within it.
const FILLED_PIXEL: f64 = 0.1;
/// A dash of a line.
const DASH: f64 = 1_000.0;
/// A pixel of a group that is mixed with what is below it.
const GROUP_PIXEL: f64 = 2.4;
/// A pixel of an image as it is stored, which is decoded for each band.
const STORED_PIXEL: f64 = 5.0;
/// A pixel that a pattern fills, and a pattern to begin with.
const PATTERN_PIXEL: f64 = 10.0;
const PATTERN: f64 = 1e6;
/// A pixel of a triangle or patch of a shading, which is computed for each band, and the bytes that are held for it.
const MESH_PIXEL: f64 = 60.0;
const MESH_PIXEL_BYTES: f64 = 64.0;
/// Drawings within drawings that are looked into.
const NESTED: usize = 8;
/// Bytes of a pixel of an image that was drawn.
const HELD_BYTES: f64 = 4.0;
/// A mask, which is a drawing of its own.
const MASK: f64 = 5e7;

/// Bytes that the engine takes for a pixel: of an outline, within it, of an image as it is stored (decoded, converted,
/// scaled), of a mask, and of a layer that is mixed with what is below it.
const EDGE_BYTES: f64 = 24.0;
const FILLED_BYTES: f64 = 0.2;
const STORED_BYTES: f64 = 12.0;
const MASK_BYTES: f64 = 5.0;
const LAYER_BYTES: f64 = 4.0;
/// Of a pixel that a pattern or a shading fills.
const PATTERN_BYTES: f64 = 16.0;
/// A dash of a line, and an operator that draws, until its band is done.
const DASH_BYTES: f64 = 320.0;
const OPERATOR_BYTES: f64 = 512.0;

/// What the engine should be done with before it is asked whether to go on.
const BAND: f64 = 1e8;
/// Bands at the most.
const MOST_BANDS: f64 = 64.0;

/// What a page costs, in nanoseconds.
#[derive(Clone, Copy, Debug, Default)]
pub struct Weight {
    /// For each band.
    every: f64,
    /// For all bands together.
    shared: f64,
    /// Bytes for each band, apart from its pixels.
    bytes: f64,
    /// Bytes for all bands together: only what is seen of outlines and areas is noted for a band.
    shared_bytes: f64,
    /// Bytes of the largest image.
    image: f64,
    /// Bytes of the largest shading made of triangles or patches: the engine holds each of their pixels, seen or not.
    mesh: f64,
    /// Bytes of the largest drawing within the drawing: the cell of a pattern, or a mask.
    inner: f64,
}

impl Weight {
    /// Of a page that `transform` takes to so many pixels.
    pub fn of(
        page: &Page<'_>,
        settings: InterpreterSettings,
        transform: Affine,
        size: (f64, f64),
        watch: &Watch,
    ) -> Self {
        let target = Rect::new(0.0, 0.0, size.0, size.1);
        let mut scale = Scale::new(target, watch);
        let cache = InterpreterCache::new();
        let mut context = Context::new(transform, target, &cache, page.xref(), settings);
        interpret_page(page, &mut context, &mut scale);
        scale.finish()
    }

    /// Bytes that drawing a band is guessed to take at one time, beside the pixels and what any page takes. On 250 PDFs, also of those built to be
    /// costly, no drawing took more than both.
    pub fn memory(&self) -> usize {
        (self.bytes + self.mesh + self.inner + self.shared_bytes / f64::from(self.bands())) as usize
    }

    /// Into how many bands the page should be cut: what costs the same for each of them must not outweigh the rest.
    pub fn bands(&self) -> u32 {
        let wanted = (self.shared / BAND).ceil();
        let bearable = (self.shared / self.every.max(1.0)).floor();
        wanted.min(bearable).clamp(1.0, MOST_BANDS) as u32
    }
}

/// Weighs what is drawn.
struct Scale<'p> {
    weight: Weight,
    target: Rect,
    clips: Vec<Rect>,
    /// Layers that are open, and the most that were at a time.
    layers: u32,
    deepest: u32,
    watch: &'p Watch,
    /// Patterns and masks that were weighed: each once, however often it is drawn.
    seen: HashSet<u128>,
    /// How many drawings this one is within.
    depth: usize,
}

impl<'p> Scale<'p> {
    fn new(target: Rect, watch: &'p Watch) -> Self {
        Self {
            weight: Weight::default(),
            target,
            clips: Vec::new(),
            layers: 0,
            deepest: 0,
            watch,
            seen: HashSet::new(),
            depth: 0,
        }
    }

    fn finish(mut self) -> Weight {
        let layers = f64::from(self.deepest) * LAYER_BYTES * self.target.area();
        self.weight.bytes += layers + self.weight.image;
        self.weight
    }

    /// Weighs a drawing within this one, which is gone when it is done.
    fn within(&mut self, key: u128, target: Rect, draw: impl FnOnce(&mut Self)) {
        if self.depth >= NESTED || !self.seen.insert(key) {
            return;
        }
        let mut inner = Self::new(target, self.watch);
        (inner.depth, inner.seen) = (self.depth + 1, std::mem::take(&mut self.seen));
        draw(&mut inner);
        self.seen = std::mem::take(&mut inner.seen);
        let Weight { bytes, shared_bytes, mesh, inner, .. } = inner.finish();
        self.weight.inner = self.weight.inner.max(bytes + shared_bytes + mesh + inner);
    }

    fn mask(&mut self, mask: &SoftMask<'_>) {
        self.weight.shared += MASK;
        self.within(mask.cache_key(), self.target, |inner| mask.interpret(inner));
    }

    /// Pixels of a place that are drawn.
    fn area(&self, place: Rect) -> f64 {
        let seen = self.clips.last().copied().unwrap_or(self.target);
        let common = place.intersect(seen).area();
        if common.is_finite() { common.max(0.0) } else { 0.0 }
    }

    fn begin(&mut self) {
        self.watch.check();
        self.weight.every += OPERATOR;
        self.weight.bytes += OPERATOR_BYTES;
    }

    /// Pixels of outlines.
    fn outline(&mut self, edge: f64) {
        self.weight.shared += EDGE_PIXEL * edge;
        self.weight.shared_bytes += EDGE_BYTES * edge;
    }

    fn layer(&mut self, masked: bool) {
        self.layers += 1;
        self.deepest = self.deepest.max(self.layers);
        if masked {
            self.weight.bytes += MASK_BYTES * self.target.area();
        }
    }

    fn paint(&mut self, paint: &Paint<'_>, mask: Option<&SoftMask<'_>>, place: Rect) {
        if let Paint::Pattern(pattern) = paint {
            self.weight.shared += PATTERN + PATTERN_PIXEL * self.area(place);
            self.weight.bytes += PATTERN_BYTES * self.area(place);
            self.pattern(pattern);
        }
        if let Some(mask) = mask {
            self.weight.bytes += MASK_BYTES * self.target.area();
            self.mask(mask);
        }
    }

    fn pattern(&mut self, pattern: &Pattern<'_>) {
        match pattern {
            Pattern::Shading(shading) => {
                let pixels = mesh_pixels(&shading.shading.shading_type, shading.matrix);
                self.weight.every += MESH_PIXEL * pixels;
                self.weight.mesh = self.weight.mesh.max(MESH_PIXEL_BYTES * pixels);
            }
            Pattern::Tiling(tiling) => {
                let (across, down) = scales(tiling.matrix);
                let transform = Affine::scale_non_uniform(across, down);
                let cell = transform.transform_rect_bbox(tiling.bbox);
                let visible = Rect::from_origin_size(cell.origin(), self.target.size());
                self.within(tiling.cache_key(), cell.intersect(visible), |inner| {
                    tiling.interpret(inner, transform, false);
                });
            }
        }
    }

    fn clip(&mut self, place: Rect) {
        let seen = self.clips.last().copied().unwrap_or(self.target);
        self.clips.push(seen.intersect(place));
    }

    /// The part of an outline that may be seen, in pixels.
    fn edge(&self, length: f64, place: Rect) -> f64 {
        let (all, seen) = (place.area(), self.area(place));
        if all > 0.0 && length.is_finite() { length * (seen / all).min(1.0) } else { 0.0 }
    }
}

impl<'a> Device<'a> for Scale<'_> {
    fn draw_path(&mut self, path: &BezPath, props: DrawProps<'a>, mode: &DrawMode) {
        self.begin();
        let place = (props.transform * path.clone()).bounding_box().inflate(1.0, 1.0);
        let length = length(path, props.transform);
        let edge = self.edge(length, place);
        self.weight.every += OPERATOR * path.elements().len() as f64;
        self.outline(edge);
        self.weight.shared += FILLED_PIXEL * self.area(place);
        self.weight.shared_bytes += FILLED_BYTES * self.area(place);
        if let DrawMode::Stroke(stroke) | DrawMode::FillAndStroke(_, stroke) = mode {
            self.outline(edge);
            let period: f32 = stroke.dash_array.iter().sum();
            let scale = props.transform.determinant().abs().sqrt();
            let period = f64::from(period) * scale;
            if period > 0.0 {
                let dashes = (length / period).min(1e9);
                self.weight.every += DASH * dashes;
                self.weight.bytes += DASH_BYTES * dashes;
            }
        }
        self.paint(&props.paint, props.soft_mask.as_ref(), place);
    }

    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, _: &DrawMode) {
        self.begin();
        for glyph in run.glyphs() {
            let drawn = props.transform * glyph.transform();
            let em = drawn.transform_rect_bbox(Rect::new(0.0, -300.0, 1000.0, 1000.0));
            let edge = self.edge(4.0 * (em.width() + em.height()), em);
            self.weight.shared += GLYPH + if edge > 4_000.0 { EDGE_PIXEL * edge } else { 0.0 };
            self.weight.bytes += EDGE_BYTES * edge;
            if matches!(&**glyph, Glyph::Type3(_)) {
                self.weight.every += 20.0 * OPERATOR;
            }
        }
        self.paint(&props.paint, props.soft_mask.as_ref(), self.target);
    }

    fn draw_image(&mut self, image: Image<'a, '_>, props: ImageDrawProps<'a>) {
        self.begin();
        let (width, height) = (f64::from(image.width()), f64::from(image.height()));
        let place = props.transform.transform_rect_bbox(Rect::new(0.0, 0.0, width, height));
        self.weight.every += STORED_PIXEL * width * height;
        self.weight.image = self.weight.image.max(STORED_BYTES * width * height);
        self.weight.bytes += HELD_BYTES * held_pixels((width, height), props.transform);
        self.weight.shared += PATTERN_PIXEL * self.area(place);
    }

    fn push_clip_path(&mut self, clip: &ClipPath) {
        self.begin();
        let place = clip.path.bounding_box();
        self.outline(self.edge(length(&clip.path, Affine::IDENTITY), place));
        self.clip(place);
    }

    fn push_clip_rect(&mut self, clip: &Rect) {
        self.begin();
        self.clip(*clip);
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
        self.begin();
        self.layer(mask.is_some());
        // Images come in groups that do nothing.
        if opacity < 1.0 || mask.is_some() || blend_mode != BlendMode::Normal {
            self.weight.shared += GROUP_PIXEL * self.area(self.target);
        }
        if let Some(mask) = &mask {
            self.mask(mask);
        }
    }

    fn pop_transparency_group(&mut self) {
        self.layers = self.layers.saturating_sub(1);
    }
}

#[cfg(test)]
mod tests {
    use hayro::hayro_syntax::Pdf;

    use super::*;

    fn weight(content: &str, mesh: &[u8]) -> Weight {
        let mut file = format!(
            "%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n\
             2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n\
             3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R\
             /Resources<</ExtGState<</G<</BM/Multiply>>>>/Shading<</M 5 0 R>>>>>>\nendobj\n\
             4 0 obj\n<</Length {}>>\nstream\n{content}\nendstream\nendobj\n\
             5 0 obj\n<</ShadingType 4/ColorSpace/DeviceGray/BitsPerCoordinate 8/BitsPerComponent 8\
             /BitsPerFlag 8/Decode[0 25500 0 25500 0 1]/Length {}>>\nstream\n",
            content.len(),
            mesh.len()
        )
        .into_bytes();
        file.extend(mesh);
        file.extend(b"\nendstream\nendobj\ntrailer\n<</Root 1 0 R>>\n");
        let pdf = Pdf::new(file).unwrap();
        let (scale, size) = (Affine::scale(4.0), (2400.0, 3200.0));
        let settings = InterpreterSettings::default();
        Weight::of(&pdf.pages()[0], settings, scale, size, &Watch::new(0))
    }

    fn bands(content: &str) -> u32 {
        weight(content, b"").bands()
    }

    #[test]
    fn images_are_held_until_the_band_is_drawn() {
        let once =
            "q 1 0 0 1 0 0 cm 500 0 0 500 0 0 cm BI /W 10 /H 10 /BPC 8 /CS /G /F /AHx ID 00> EI Q ";
        let memory = |times: usize| weight(&once.repeat(times), b"").memory();
        assert!(memory(1000) >= memory(1) + 999 * 400);
    }

    #[test]
    fn shadings_count_where_nothing_is_seen_of_them() {
        let memory = |far: u8| {
            // Flag, x, y, gray of each corner.
            let mesh = [[0, 0, 0, 0], [0, far, 0, 128], [0, 0, far, 255]];
            weight("/M sh", mesh.as_flattened()).memory()
        };
        // 3,200 pixels a side, and 51,200.
        assert!((600 << 20..900 << 20).contains(&memory(8)), "{}", memory(8));
        assert!(memory(128) > 150 << 30);
    }

    #[test]
    fn only_what_costs_much_is_cut_into_bands() {
        let plain = "1 0 0 rg 10 10 500 700 re f 0 0 m 600 800 l S ".repeat(20);
        assert_eq!((bands(""), bands(&plain)), (1, 1));
        let lines = "0 0 m 600 800 l S ".repeat(3000);
        assert!(bands(&lines) > 10);
        // Outside of the page nothing is drawn.
        assert_eq!(bands(&format!("1 0 0 1 9999 0 cm {lines}")), 1);
    }
}
