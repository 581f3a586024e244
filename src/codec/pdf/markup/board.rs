//! A place to draw on: with its own coordinates, which may be turned, and nothing beyond its edges.

use hayro::kurbo::{Affine, BezPath, Rect, Shape, Stroke as Line};

use super::Stroke;

/// Draws in a rectangle from (0, 0).
pub struct Board<'m> {
    pub strokes: &'m mut Vec<Stroke>,
    to_page: Affine,
    pub width: f64,
    pub height: f64,
    pub opacity: f32,
}

impl<'m> Board<'m> {
    /// On a place of the page, turned counterclockwise by quarters.
    pub fn on(strokes: &'m mut Vec<Stroke>, place: Rect, quarters: i32) -> Self {
        let to_corner = Affine::translate((place.x0, place.y0));
        let (wide, high) = (place.width(), place.height());
        let (turn, width, height) = match quarters.rem_euclid(4) {
            1 => (Affine::new([0.0, 1.0, -1.0, 0.0, wide, 0.0]), high, wide),
            2 => (Affine::new([-1.0, 0.0, 0.0, -1.0, wide, high]), wide, high),
            3 => (Affine::new([0.0, -1.0, 1.0, 0.0, 0.0, high]), high, wide),
            _ => (Affine::IDENTITY, wide, high),
        };
        Self { strokes, to_page: to_corner * turn, width, height, opacity: 1.0 }
    }

    /// All of it.
    pub fn area(&self) -> Rect {
        Rect::new(0.0, 0.0, self.width, self.height)
    }

    /// Fills.
    pub fn fill(&mut self, path: impl Shape, colour: [f32; 3]) {
        let stroke = self.stroke(&path.to_path(1e-3), colour);
        self.strokes.push(stroke);
    }

    /// Draws a line.
    pub fn line(&mut self, path: impl Shape, colour: [f32; 3], line: &Line) {
        let stroke = self.stroke(&path.to_path(1e-3), colour);
        let dashes = line.dash_pattern.to_vec();
        self.strokes.push(Stroke { line: Some(line.width), dashes, ..stroke });
    }

    /// Fills what lies within `clip`.
    pub fn clipped(&mut self, path: &BezPath, colour: [f32; 3], clip: Rect) {
        if path.elements().is_empty() {
            return;
        }
        let stroke = self.stroke(path, colour);
        let clip = self.to_page * clip.to_path(1e-3);
        self.strokes.push(Stroke { clip: Some(clip), ..stroke });
    }

    fn stroke(&self, path: &BezPath, [r, g, b]: [f32; 3]) -> Stroke {
        let path = self.to_page * path.clone();
        Stroke { path, colour: [r, g, b, self.opacity], ..Stroke::default() }
    }
}
