//! Planes of samples of 8 bits to pixels that hold them side by side.

pub mod simd;

/// Pixels of three samples.
pub fn three(planes: [&[u8]; 3], to: &mut [u8]) {
    let done = simd::three(planes, to);
    let [a, b, c] = planes.map(|plane| plane.get(done..).unwrap_or_default());
    let pixels = to.as_chunks_mut::<3>().0.iter_mut().skip(done);
    for (((to, a), b), c) in pixels.zip(a).zip(b).zip(c) {
        *to = [*a, *b, *c];
    }
}

/// Pixels of four samples.
pub fn four(planes: [&[u8]; 4], to: &mut [u8]) {
    let done = simd::four(planes, to);
    let [a, b, c, d] = planes.map(|plane| plane.get(done..).unwrap_or_default());
    let pixels = to.as_chunks_mut::<4>().0.iter_mut().skip(done);
    for ((((to, a), b), c), d) in pixels.zip(a).zip(b).zip(c).zip(d) {
        *to = [*a, *b, *c, *d];
    }
}

/// Pixels of three bytes: the lower ones of numbers, the lowest first, or, with `TURNED`, the third first.
pub fn lower<const TURNED: bool>(pixels: &[u32], to: &mut [u8]) {
    let len = to.len().min(3 * pixels.len());
    let to = to.get_mut(..len).unwrap_or_default();
    let done = simd::lower::<TURNED>(pixels, to);
    let pixels = pixels.get(done..).unwrap_or_default();
    for (to, pixel) in to.as_chunks_mut::<3>().0.iter_mut().skip(done).zip(pixels) {
        let [a, b, c, _] = pixel.to_le_bytes();
        *to = if TURNED { [c, b, a] } else { [a, b, c] };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pixels_hold_their_samples_at_every_width() {
        let bytes: Vec<u8> = (0..2000u32).map(|at| (at * at * 31 / 7) as u8).collect();
        for width in (1..=70).chain([255, 256, 257]) {
            let planes = [0, 300, 777, 1111].map(|at| &bytes[at..at + width]);
            let [a, b, c, _] = planes;
            let (mut threes, mut fours) = (vec![0; 3 * width], vec![0; 4 * width]);
            three([a, b, c], &mut threes);
            four(planes, &mut fours);
            let numbers: Vec<u32> =
                fours.as_chunks().0.iter().map(|four| u32::from_le_bytes(*four)).collect();
            let (mut low, mut turned) = (vec![0; 3 * width], vec![0; 3 * width]);
            lower::<false>(&numbers, &mut low);
            lower::<true>(&numbers, &mut turned);
            assert_eq!(low, threes);
            turned.chunks_mut(3).for_each(|pixel| pixel.reverse());
            assert_eq!(turned, threes);
            for at in 0..width {
                assert_eq!(threes[3 * at..3 * at + 3], [a[at], b[at], c[at]]);
                assert_eq!(fours[4 * at..4 * at + 4], planes.map(|plane| plane[at]));
            }
        }
    }
}
