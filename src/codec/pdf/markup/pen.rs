//! What annotations are drawn with: colours, lines and their numbers.

use hayro::hayro_syntax::object::{Array, Dict, Name, Rect as PdfRect};
use hayro::kurbo::{BezPath, PathEl, Point, Rect};

use super::{MOST, Stroke};

/// The least and the greatest number of points that an annotation lies within: beyond, nothing is to be seen.
const FAR: f64 = 1e6;

/// Dashes of a line at the most; a line of more is drawn without a gap.
const DASHES: f64 = 10_000.0;

/// What an annotation is drawn with.
#[derive(Clone)]
pub struct Pen {
    pub colour: Option<[f32; 3]>,
    pub inside: Option<[f32; 3]>,
    pub opacity: f32,
    pub width: f64,
    pub dashes: Vec<f64>,
}

impl Pen {
    /// The pen of an annotation.
    pub fn of(annotation: &Dict<'_>) -> Self {
        let (width, _, dashes) = border(annotation);
        Self {
            colour: colour(annotation, "C"),
            inside: colour(annotation, "IC"),
            opacity: annotation.get::<f32>("CA").unwrap_or(1.0).clamp(0.0, 1.0),
            width,
            dashes,
        }
    }

    /// Fills.
    pub fn fill(&self, path: BezPath, [r, g, b]: [f32; 3], marker: bool) -> Stroke {
        Stroke { path, colour: [r, g, b, self.opacity], marker, ..Stroke::default() }
    }

    /// Draws a line.
    pub fn line(&self, path: BezPath) -> Stroke {
        let [r, g, b] = self.colour.unwrap_or_default();
        let dashes = bounded(&self.dashes, &path);
        let colour = [r, g, b, self.opacity];
        Stroke { path, colour, line: Some(self.width), dashes, ..Stroke::default() }
    }
}

/// The dashes of a line, if they are few enough.
fn bounded(dashes: &[f64], path: &BezPath) -> Vec<f64> {
    let mut length = 0.0;
    let mut from = Point::ZERO;
    for element in path.elements() {
        let points: &[Point] = match element {
            PathEl::MoveTo(to) => {
                from = *to;
                continue;
            }
            PathEl::LineTo(to) => &[*to],
            PathEl::QuadTo(a, to) => &[*a, *to],
            PathEl::CurveTo(a, b, to) => &[*a, *b, *to],
            PathEl::ClosePath => continue,
        };
        for to in points {
            length += from.distance(*to);
            from = *to;
        }
    }
    let period: f64 = dashes.iter().sum();
    let few = period > 0.0 && length / period * (dashes.len() as f64) < DASHES;
    if few { dashes.to_vec() } else { Vec::new() }
}

/// The style of a border.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Border {
    Solid,
    Dashed,
    Beveled,
    Inset,
    Underline,
}

/// The width, style and dashes of the line around an annotation (12.5.4).
pub fn border(annotation: &Dict<'_>) -> (f64, Border, Vec<f64>) {
    let style = annotation.get::<Dict<'_>>("BS");
    let old = annotation.get::<Array<'_>>("Border");
    let width = style.as_ref().and_then(|style| style.get::<f64>("W"));
    let old_width = || old.as_ref().and_then(|_| numbers(annotation, "Border").get(2).copied());
    let width = width.or_else(old_width).unwrap_or(1.0).clamp(0.0, 1e4);
    let kind = match style.as_ref().and_then(|style| style.get::<Name<'_>>("S")).as_deref() {
        Some(b"D") => Border::Dashed,
        Some(b"B") => Border::Beveled,
        Some(b"I") => Border::Inset,
        Some(b"U") => Border::Underline,
        _ => Border::Solid,
    };
    let dashes = match (&style, kind) {
        (Some(style), Border::Dashed) => Some(numbers(style, "D")).filter(|all| !all.is_empty()),
        (None, _) => old.and_then(|old| old.iter::<Array<'_>>().next()).map(|all| {
            let all = all.iter::<f64>();
            all.take(8).collect()
        }),
        _ => None,
    };
    let dashes = match (dashes, kind) {
        (Some(dashes), _) => dashes,
        (None, Border::Dashed) => vec![3.0],
        _ => Vec::new(),
    };
    let sound = |dashes: &Vec<f64>| dashes.len() <= 8 && dashes.iter().all(|dash| *dash >= 0.0);
    (width, kind, Some(dashes).filter(sound).unwrap_or_default())
}

/// The place of an annotation, if it is one: its corners in order, its sides finite.
pub fn place(annotation: &Dict<'_>) -> Option<Rect> {
    let rect = annotation.get::<PdfRect>("Rect")?;
    let rect = Rect::new(rect.x0, rect.y0, rect.x1, rect.y1).abs();
    let near = [rect.x0, rect.y0, rect.x1, rect.y1].iter().all(|side| side.abs() <= FAR);
    near.then_some(rect)
}

/// The place without the differences that `RD` states.
pub fn inner_place(annotation: &Dict<'_>) -> Option<Rect> {
    let rect = place(annotation)?;
    let [left, bottom, right, top] = numbers(annotation, "RD")[..] else { return Some(rect) };
    let inner = Rect::new(rect.x0 + left, rect.y0 + bottom, rect.x1 - right, rect.y1 - top);
    Some(if inner.width() > 0.0 && inner.height() > 0.0 { inner } else { rect })
}

/// Numbers of an array, those that are near enough to be drawn.
pub fn numbers(dict: &Dict<'_>, key: &str) -> Vec<f64> {
    let all = dict.get::<Array<'_>>(key);
    let all = all.iter().flat_map(|all| all.iter::<f64>()).take(MOST);
    all.map(near).collect()
}

/// A number that can be drawn with.
pub fn near(number: f64) -> f64 {
    if number.is_nan() { 0.0 } else { number.clamp(-FAR, FAR) }
}

/// A colour of one to four components; an empty one is none.
pub fn colour(dict: &Dict<'_>, key: &str) -> Option<[f32; 3]> {
    components(&numbers(dict, key))
}

/// Gray, RGB or CMYK as RGB.
pub fn components(parts: &[f64]) -> Option<[f32; 3]> {
    let parts: Vec<f32> = parts.iter().map(|part| part.clamp(0.0, 1.0) as f32).collect();
    Some(match parts.as_slice() {
        [gray] => [*gray; 3],
        [r, g, b] => [*r, *g, *b],
        [c, m, y, k] => [c, m, y].map(|ink| (1.0 - ink) * (1.0 - k)),
        _ => return None,
    })
}

/// Lines from point to point.
pub fn polygon(points: &[Point], closed: bool) -> BezPath {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dashes_that_would_be_too_many_are_none() {
        let line = |length| polygon(&[Point::ZERO, Point::new(length, 0.0)], false);
        assert_eq!(bounded(&[3.0], &line(100.0)), [3.0]);
        assert!(bounded(&[1e-6, 1e-6], &line(100.0)).is_empty());
        assert!(bounded(&[0.0, 0.0], &line(100.0)).is_empty());
        assert!(bounded(&[3.0], &line(1e9)).is_empty());
    }
}
