//! Lines and figures, and what lines end with (ISO 32000-1, 12.5.6.7 to 12.5.6.13).

use hayro::hayro_syntax::object::{Array, Dict, Name, Object};
use hayro::kurbo::{Affine, BezPath, Circle, Point, Rect, Shape, Vec2};

use super::pen::{self, Pen, polygon};
use super::{MOST, Stroke};

/// How long the end of a line is, in widths of the line.
const END: f64 = 6.0;

/// Points from pairs of numbers.
pub fn points(numbers: &[f64]) -> Vec<Point> {
    numbers.as_chunks::<2>().0.iter().map(|[x, y]| Point::new(*x, *y)).collect()
}

/// A line through points, with its ends.
pub fn lines(to: &mut Vec<Stroke>, pen: &Pen, points: &[Point], ends: [End; 2], closed: bool) {
    if points.len() < 2 {
        return;
    }
    let path = polygon(points, closed);
    if let (Some(inside), true) = (pen.inside, closed) {
        to.push(pen.fill(path.clone(), inside, false));
    }
    if pen.width <= 0.0 {
        return;
    }
    to.push(pen.line(path));
    if let [first, second, ..] = points {
        ends[0].draw(to, pen, *first, *first - *second);
    }
    if let [.., before, last] = points {
        ends[1].draw(to, pen, *last, *last - *before);
    }
}

/// The line of an annotation, whose ends may stand on leaders.
pub fn line(to: &mut Vec<Stroke>, annotation: &Dict<'_>, pen: &Pen) {
    let [from, until] = points(&pen::numbers(annotation, "L"))[..] else { return };
    let number = |key| pen::near(annotation.get::<f64>(key).unwrap_or_default());
    let (leader, beyond, gap) = (number("LL"), number("LLE"), number("LLO"));
    let along = until - from;
    let aside = Vec2::new(-along.y, along.x) / along.hypot().max(1e-6);
    // Leaders run to the left of the line where their length is positive.
    let signed = |length: f64| if leader < 0.0 { -length.abs() } else { length.abs() };
    let lift = aside * (leader + if leader == 0.0 { 0.0 } else { signed(gap) });
    lines(to, pen, &[from + lift, until + lift], End::both(annotation), false);
    if leader != 0.0 && pen.width > 0.0 {
        for end in [from, until] {
            let leg = [end + aside * signed(gap), end + lift + aside * signed(beyond)];
            to.push(pen.line(polygon(&leg, false)));
        }
    }
}

/// A rectangle or an ellipse.
pub fn figure(to: &mut Vec<Stroke>, annotation: &Dict<'_>, kind: &[u8], pen: &Pen) {
    let Some(rect) = pen::inner_place(annotation) else { return };
    let rect = rect.inset(-(pen.width / 2.0).min(rect.width() / 2.0).min(rect.height() / 2.0));
    let path = if kind == b"Square" {
        rect.to_path(0.1)
    } else {
        let shape = Affine::translate(rect.center().to_vec2())
            * Affine::scale_non_uniform(rect.width() / 2.0, rect.height() / 2.0);
        shape * Circle::new(Point::ZERO, 1.0).to_path(1e-3)
    };
    if let Some(inside) = pen.inside {
        to.push(pen.fill(path.clone(), inside, false));
    }
    // A colour of no parts is none; an entry that is not there is black.
    if pen.width > 0.0 && (pen.colour.is_some() || !annotation.contains_key("C")) {
        to.push(pen.line(path));
    }
}

/// What a line ends with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum End {
    #[default]
    None,
    Square,
    Circle,
    Diamond,
    Butt,
    Slash,
    Arrow {
        closed: bool,
        reverse: bool,
    },
}

impl End {
    /// The ends that an annotation states.
    pub fn both(annotation: &Dict<'_>) -> [Self; 2] {
        match annotation.get::<Object<'_>>("LE") {
            Some(Object::Array(all)) => {
                let mut names = Array::iter::<Name<'_>>(&all).map(|name| Self::of(&name));
                [names.next().unwrap_or_default(), names.next().unwrap_or_default()]
            }
            Some(Object::Name(name)) => [Self::of(&name), Self::None],
            _ => [Self::None; 2],
        }
    }

    fn of(name: &[u8]) -> Self {
        match name {
            b"Square" => Self::Square,
            b"Circle" => Self::Circle,
            b"Diamond" => Self::Diamond,
            b"Butt" => Self::Butt,
            b"Slash" => Self::Slash,
            b"OpenArrow" => Self::Arrow { closed: false, reverse: false },
            b"ClosedArrow" => Self::Arrow { closed: true, reverse: false },
            b"ROpenArrow" => Self::Arrow { closed: false, reverse: true },
            b"RClosedArrow" => Self::Arrow { closed: true, reverse: true },
            _ => Self::None,
        }
    }

    /// Draws the end of a line that comes from `-way`.
    fn draw(self, to: &mut Vec<Stroke>, pen: &Pen, at: Point, way: Vec2) {
        let size = END * pen.width.max(0.5);
        let half = size / 2.0;
        let (path, closed) = match self {
            Self::None => return,
            Self::Square => (Rect::new(-half, -half, half, half).to_path(1e-3), true),
            Self::Circle => (Circle::new(Point::ZERO, half).to_path(1e-3), true),
            Self::Diamond => {
                let corners = [(-half, 0.0), (0.0, half), (half, 0.0), (0.0, -half)];
                (polygon(&corners.map(Point::from), true), true)
            }
            Self::Butt => (bar(half, 0.0), false),
            Self::Slash => (bar(half, 0.577 * half), false),
            Self::Arrow { closed, reverse } => {
                let back = if reverse { size } else { -size };
                let corners = [(back, half), (0.0, 0.0), (back, -half)];
                (polygon(&corners.map(Point::from), closed), closed)
            }
        };
        let path = Affine::translate(at.to_vec2()) * Affine::rotate(way.atan2()) * path;
        if let (Some(inside), true) = (pen.inside, closed) {
            to.push(pen.fill(path.clone(), inside, false));
        }
        // The ends are whole whatever dashes the line has.
        to.push(Pen { dashes: Vec::new(), ..pen.clone() }.line(path));
    }
}

fn bar(half: f64, lean: f64) -> BezPath {
    polygon(&[Point::new(-lean, -half), Point::new(lean, half)], false)
}

/// The corners of each piece of text that is marked, in the order that programs write: upper ones, then lower ones.
pub fn quads(annotation: &Dict<'_>) -> Vec<[Point; 4]> {
    let all = pen::numbers(annotation, "QuadPoints");
    let quads = all.as_chunks::<8>().0.iter();
    quads
        .map(|[x0, y0, x1, y1, x2, y2, x3, y3]| {
            // Around the piece.
            [Point::new(*x0, *y0), Point::new(*x1, *y1), Point::new(*x3, *y3), Point::new(*x2, *y2)]
        })
        .collect()
}

/// The line under, through or in waves under a piece of text.
pub fn text_line(
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
    let aside = Vec2::new(-along.y, along.x) / along.hypot().max(1e-6);
    let points: Vec<Point> = (0..=steps)
        .map(|at| {
            let wave = if at % 2 == 0 { 0.0 } else { 1.5 };
            from + along * (at as f64 / steps as f64) + aside * wave
        })
        .collect();
    polygon(&points, false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use hayro::hayro_syntax::object::FromBytes;

    fn bounds(annotation: &[u8]) -> Rect {
        let annotation = Dict::from_bytes(annotation).unwrap();
        let mut strokes = Vec::new();
        line(&mut strokes, &annotation, &Pen::of(&annotation));
        let all = strokes.iter().map(|stroke| stroke.path.bounding_box());
        all.reduce(|all, one| all.union(one)).unwrap()
    }

    #[test]
    fn ends_lie_where_the_line_ends_and_leaders_beside_it() {
        let near = |rect: Rect, wanted: [f64; 4]| {
            let sides = [rect.x0, rect.y0, rect.x1, rect.y1];
            assert!(sides.iter().zip(wanted).all(|(a, b)| (a - b).abs() < 0.1), "{rect:?}");
        };
        near(bounds(b"<</L[0 0 100 0]>>"), [0.0, 0.0, 100.0, 0.0]);
        near(bounds(b"<</L[0 0 100 0]/LE[/OpenArrow/Circle]>>"), [0.0, -3.0, 103.0, 3.0]);
        near(bounds(b"<</L[0 0 100 0]/LE[/ROpenArrow/Butt]>>"), [-6.0, -3.0, 100.0, 3.0]);
        near(bounds(b"<</L[0 0 100 0]/LL 20/LLE 5>>"), [0.0, 0.0, 100.0, 25.0]);
        near(bounds(b"<</L[0 0 100 0]/LL -20>>"), [0.0, -20.0, 100.0, 0.0]);
    }
}
