//! How many pixels things that are drawn have, and how long their outlines are.

use hayro::hayro_interpret::shading::ShadingType;
use hayro::kurbo::{Affine, BezPath, PathEl, Point, Rect};

/// Pixels across and down that the engine can tell apart.
const MESH_SIDE: f64 = 65_535.0;
/// Pixels across and down that an image may have.
const HELD_SIDE: f64 = 32_767.0;

/// Pixels that the triangles and patches of a shading have where pixels can be: those of patches are within their control points.
pub fn mesh_pixels(shading: &ShadingType, transform: Affine) -> f64 {
    let mut mesh = Mesh { transform, sum: 0.0, place: None };
    match shading {
        ShadingType::TriangleMesh { triangles, .. } => {
            triangles.iter().for_each(|it| mesh.add(&[it.p0.point, it.p1.point, it.p2.point]));
        }
        ShadingType::CoonsPatchMesh { patches, .. } => {
            patches.iter().for_each(|patch| mesh.add(&patch.control_points));
        }
        ShadingType::TensorProductPatchMesh { patches, .. } => {
            patches.iter().for_each(|patch| mesh.add(&patch.control_points));
        }
        _ => {}
    }
    // A pixel that two of them cover is held once.
    mesh.place.map_or(0.0, |place| mesh.sum.min(place.area()))
}

/// Where the parts of a shading lie.
struct Mesh {
    transform: Affine,
    sum: f64,
    place: Option<Rect>,
}

impl Mesh {
    fn add(&mut self, points: &[Point]) {
        // What is no number is as far away as can be.
        let side = |side: f64| if side.is_nan() { MESH_SIDE } else { side.clamp(0.0, MESH_SIDE) };
        let within = |point: &Point| {
            let Point { x, y } = self.transform * *point;
            Point::new(side(x), side(y))
        };
        let mut points = points.iter().map(within);
        let Some(first) = points.next() else { return };
        let first = Rect::from_points(first, first);
        let place = points.fold(first, |place, point| place.union_pt(point)).expand();
        self.sum += place.area();
        self.place = Some(self.place.map_or(place, |all| all.union(place)));
    }
}

/// Pixels that are kept of an image from when it is drawn to the end of the band: it is made smaller where it is drawn so,
/// by a side, and the other side may become longer meanwhile.
pub fn held_pixels((width, height): (f64, f64), transform: Affine) -> f64 {
    let (across, down) = scales(transform);
    if across >= 1.0 && down >= 1.0 {
        return width * height;
    }
    let side = |stored: f64, scale: f64| (stored * scale).ceil().clamp(1.0, HELD_SIDE);
    side(width, across) * side(height, down)
}

/// How long a step across and one down become.
pub fn scales(transform: Affine) -> (f64, f64) {
    let [a, b, c, d, ..] = transform.as_coeffs();
    (a.hypot(b), c.hypot(d))
}

/// The length of an outline, of curves that of their control points.
pub fn length(path: &BezPath, transform: Affine) -> f64 {
    let (mut all, mut from) = (0.0, Point::ZERO);
    for element in path.elements() {
        let to = match element {
            PathEl::MoveTo(to) => {
                from = transform * *to;
                continue;
            }
            PathEl::LineTo(to) | PathEl::QuadTo(_, to) | PathEl::CurveTo(_, _, to) => {
                transform * *to
            }
            PathEl::ClosePath => continue,
        };
        all += from.distance(to);
        from = to;
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_are_held_at_the_size_they_are_drawn_at() {
        let held = |x: f64, y: f64| held_pixels((1000.0, 10.0), Affine::scale_non_uniform(x, y));
        assert_eq!((held(2.0, 1.0), held(0.5, 0.5)), (10_000.0, 2_500.0));
        // One side is made longer while the other is made shorter.
        assert_eq!(held(20.0, 0.5), 20_000.0 * 5.0);
    }
}
