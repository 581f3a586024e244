//! Annotations that come without a picture of themselves: what marks text, lines and simple figures are drawn from their entries
//! (ISO 32000-1, 12.5.6), as other viewers do; what cannot be drawn is named.

use hayro::hayro_syntax::object::{Array, Dict, Name, Object, Rect as PdfRect, Stream};
use hayro::hayro_syntax::page::Page;
use hayro::kurbo::{BezPath, Circle, Point, Rect, Shape};

/// Hidden, and not to be viewed.
const UNSEEN: u32 = 1 << 1 | 1 << 5;

/// Annotations and points that are looked at.
const MOST: usize = 10_000;

/// Something to paint, in the coordinates of the page.
#[derive(Clone, Debug)]
pub struct Stroke {
    pub path: BezPath,
    /// R, G, B, alpha.
    pub colour: [f32; 4],
    /// The width of its line; `None` where it is filled.
    pub line: Option<f64>,
    /// Whether what is below shines through, as with a marker pen.
    pub marker: bool,
}

/// What a page's annotations without appearance come to.
#[derive(Clone, Debug, Default)]
pub struct Markup {
    pub strokes: Vec<Stroke>,
    /// Kinds that are not drawn.
    pub missing: Vec<String>,
}

impl Markup {
    /// Reads the annotations of a page.
    pub fn of(page: &Page<'_>) -> Self {
        let mut markup = Self::default();
        let all = page.raw().get::<Array<'_>>("Annots");
        for annotation in all.iter().flat_map(|all| all.iter::<Dict<'_>>()).take(MOST) {
            markup.add(&annotation);
        }
        markup
    }

    /// Whether there is nothing to see.
    pub fn is_empty(&self) -> bool {
        self.strokes.is_empty() && self.missing.is_empty()
    }

    fn add(&mut self, annotation: &Dict<'_>) {
        let unseen = annotation.get::<u32>("F").unwrap_or(0) & UNSEEN != 0;
        if unseen || has_appearance(annotation) {
            return;
        }
        let Some(kind) = annotation.get::<Name<'_>>("Subtype") else { return };
        let pen = Pen::of(annotation);
        match &*kind {
            b"Highlight" => {
                let quads = quads(annotation).into_iter().map(|quad| polygon(&quad, true));
                let colour = pen.colour.unwrap_or([1.0, 1.0, 0.0]);
                self.strokes.extend(quads.map(|path| pen.fill(path, colour, true)));
            }
            b"Underline" | b"StrikeOut" | b"Squiggly" => {
                let lines = quads(annotation).into_iter().map(|quad| text_line(&kind, &quad));
                self.strokes.extend(lines.map(|path| Pen { width: 1.0, ..pen }.line(path)));
            }
            b"Square" | b"Circle" => self.figure(annotation, &kind, &pen),
            b"Line" => self.lines(&pen, &numbers(annotation, "L"), false),
            b"PolyLine" => self.lines(&pen, &numbers(annotation, "Vertices"), false),
            b"Polygon" => self.lines(&pen, &numbers(annotation, "Vertices"), true),
            b"Ink" => {
                let all = annotation.get::<Array<'_>>("InkList");
                for list in all.iter().flat_map(|all| all.iter::<Array<'_>>()).take(MOST) {
                    let points: Vec<f64> = list.iter::<f64>().take(MOST).collect();
                    self.lines(&pen, &points, false);
                }
            }
            b"Widget" if !annotation.contains_key("V") && !annotation.contains_key("MK") => {}
            b"Widget" => self.miss("form fields"),
            b"FreeText" | b"Stamp" | b"Caret" | b"Text" | b"FileAttachment" => {
                self.miss(&format!("{} annotations", kind.as_str()));
            }
            _ => {}
        }
    }

    fn miss(&mut self, what: &str) {
        if self.missing.iter().all(|said| said != what) {
            self.missing.push(what.into());
        }
    }

    fn lines(&mut self, pen: &Pen, numbers: &[f64], closed: bool) {
        let points: Vec<Point> =
            numbers.as_chunks::<2>().0.iter().map(|[x, y]| Point::new(*x, *y)).collect();
        if points.len() < 2 {
            return;
        }
        let path = polygon(&points, closed);
        if let (Some(inside), true) = (pen.inside, closed) {
            self.strokes.push(pen.fill(path.clone(), inside, false));
        }
        if pen.width > 0.0 {
            self.strokes.push(pen.line(path));
        }
    }

    fn figure(&mut self, annotation: &Dict<'_>, kind: &[u8], pen: &Pen) {
        let Some(rect) = annotation.get::<PdfRect>("Rect") else { return };
        let rect = Rect::new(rect.x0, rect.y0, rect.x1, rect.y1);
        let rect = rect.inset(-pen.width / 2.0);
        let path = if kind == b"Square" {
            rect.to_path(0.1)
        } else {
            let to = hayro::kurbo::Affine::translate(rect.center().to_vec2())
                * hayro::kurbo::Affine::scale_non_uniform(rect.width() / 2.0, rect.height() / 2.0);
            to * Circle::new(Point::ZERO, 1.0).to_path(1e-3)
        };
        if let Some(inside) = pen.inside {
            self.strokes.push(pen.fill(path.clone(), inside, false));
        }
        if pen.width > 0.0 {
            self.strokes.push(pen.line(path));
        }
    }
}

/// What an annotation is drawn with.
#[derive(Clone, Copy)]
struct Pen {
    colour: Option<[f32; 3]>,
    inside: Option<[f32; 3]>,
    opacity: f32,
    width: f64,
}

impl Pen {
    fn of(annotation: &Dict<'_>) -> Self {
        let style = annotation.get::<Dict<'_>>("BS").and_then(|style| style.get::<f64>("W"));
        let border = || numbers(annotation, "Border").get(2).copied();
        Self {
            colour: colour(annotation, "C"),
            inside: colour(annotation, "IC"),
            opacity: annotation.get::<f32>("CA").unwrap_or(1.0).clamp(0.0, 1.0),
            width: style.or_else(border).unwrap_or(1.0).clamp(0.0, 1e4),
        }
    }

    fn fill(&self, path: BezPath, [r, g, b]: [f32; 3], marker: bool) -> Stroke {
        Stroke { path, colour: [r, g, b, self.opacity], line: None, marker }
    }

    fn line(&self, path: BezPath) -> Stroke {
        let [r, g, b] = self.colour.unwrap_or_default();
        Stroke { path, colour: [r, g, b, self.opacity], line: Some(self.width), marker: false }
    }
}

/// Whether the annotation has a picture that the engine draws.
fn has_appearance(annotation: &Dict<'_>) -> bool {
    let normal = annotation.get::<Dict<'_>>("AP").and_then(|all| all.get::<Object<'_>>("N"));
    match normal {
        Some(Object::Stream(_)) => true,
        Some(Object::Dict(states)) => {
            let state = annotation.get::<Name<'_>>("AS");
            state.is_some() || states.get::<Stream<'_>>("Off").is_some()
        }
        _ => false,
    }
}

fn numbers(annotation: &Dict<'_>, key: &str) -> Vec<f64> {
    let all = annotation.get::<Array<'_>>(key);
    all.iter().flat_map(|all| all.iter::<f64>()).take(MOST).collect()
}

fn colour(annotation: &Dict<'_>, key: &str) -> Option<[f32; 3]> {
    let parts: Vec<f32> = numbers(annotation, key).iter().map(|part| *part as f32).collect();
    Some(match parts.as_slice() {
        [gray] => [*gray; 3],
        [r, g, b] => [*r, *g, *b],
        [c, m, y, k] => [c, m, y].map(|ink| (1.0 - ink) * (1.0 - k)),
        _ => return None,
    })
}

/// The corners of each piece of text that is marked, in the order that programs write: upper ones, then lower ones.
fn quads(annotation: &Dict<'_>) -> Vec<[Point; 4]> {
    let all = numbers(annotation, "QuadPoints");
    let quads = all.as_chunks::<8>().0.iter();
    quads
        .map(|[x0, y0, x1, y1, x2, y2, x3, y3]| {
            // Around the piece.
            [Point::new(*x0, *y0), Point::new(*x1, *y1), Point::new(*x3, *y3), Point::new(*x2, *y2)]
        })
        .collect()
}

fn polygon(points: &[Point], closed: bool) -> BezPath {
    let mut path = BezPath::new();
    for (at, point) in points.iter().enumerate() {
        match at {
            0 => path.move_to(*point),
            _ => path.line_to(*point),
        }
    }
    if closed {
        path.close_path();
    }
    path
}

/// The line under, through or in waves under a piece of text.
fn text_line(
    kind: &[u8],
    [upper_left, upper_right, lower_right, lower_left]: &[Point; 4],
) -> BezPath {
    let (from, to) = if kind == b"StrikeOut" {
        (upper_left.midpoint(*lower_left), upper_right.midpoint(*lower_right))
    } else {
        let up = *upper_left - *lower_left;
        let up = if up.hypot() > 0.0 { up / up.hypot() } else { up };
        (*lower_left + up, *lower_right + up)
    };
    if kind != b"Squiggly" {
        return polygon(&[from, to], false);
    }
    let along = to - from;
    let steps = ((along.hypot() / 2.0) as usize).clamp(1, MOST);
    let aside = hayro::kurbo::Vec2::new(-along.y, along.x) / along.hypot().max(1e-6);
    let points: Vec<Point> = (0..=steps)
        .map(|at| {
            let wave = if at % 2 == 0 { 0.0 } else { 1.5 };
            from + along * (at as f64 / steps as f64) + aside * wave
        })
        .collect();
    polygon(&points, false)
}
