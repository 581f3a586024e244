//! PNG's row filters, undone (PNG Third Edition, clause 9). PDF has them, too.
//!
//! All ways give the same bytes.

pub mod forward;
mod simd;
pub mod strategy;

/// The filters by number: rows as they are.
pub const NONE: u8 = 0;
/// Differences to what is left.
pub const SUB: u8 = 1;
/// Differences to the row above.
pub const UP: u8 = 2;
/// Differences to the mean of left and above.
pub const AVERAGE: u8 = 3;
/// Differences to the one of left, above and above left that is nearest to what they let expect.
pub const PAETH: u8 = 4;

/// Turns the differences of `row` into samples, `pixel` bytes each. What `above` lacks is zero, and so is what lies left of
/// the first pixel; rows with other filters stay as they are.
pub fn unfilter(filter: u8, row: &mut [u8], above: &[u8], pixel: usize) {
    let whole = above.len() >= row.len() && row.len().is_multiple_of(pixel.max(1));
    match (filter, pixel) {
        (UP, _) => row.iter_mut().zip(above).for_each(|(to, up)| *to = to.wrapping_add(*up)),
        (_, 1) if whole => plain::<1>(filter, row, above),
        (_, 2) if whole => plain::<2>(filter, row, above),
        (_, 3) if whole => simd::whole::<3>(filter, row, above),
        (_, 4) if whole => simd::whole::<4>(filter, row, above),
        (_, 6) if whole => simd::whole::<6>(filter, row, above),
        (_, 8) if whole => simd::whole::<8>(filter, row, above),
        _ => general(filter, row, above, pixel),
    }
}

/// Byte by byte, whatever the sizes.
fn general(filter: u8, row: &mut [u8], above: &[u8], pixel: usize) {
    for at in 0..row.len() {
        let left_of = |line: &[u8]| {
            at.checked_sub(pixel).and_then(|left| line.get(left)).copied().unwrap_or(0)
        };
        let (left, up, corner) =
            (left_of(row), above.get(at).copied().unwrap_or(0), left_of(above));
        let guess = match filter {
            SUB => left,
            AVERAGE => mean(left, up),
            PAETH => paeth(left, up, corner),
            _ => return,
        };
        if let Some(byte) = row.get_mut(at) {
            *byte = byte.wrapping_add(guess);
        }
    }
}

/// Whole pixels of `N` bytes.
fn plain<const N: usize>(filter: u8, row: &mut [u8], above: &[u8]) {
    match filter {
        SUB => each::<N>(row, above, |left, _, _| left),
        AVERAGE => each::<N>(row, above, |left, up, _| mean(left, up)),
        PAETH => each::<N>(row, above, paeth),
        _ => {}
    }
}

#[inline(always)]
fn each<const N: usize>(row: &mut [u8], above: &[u8], guess: impl Fn(u8, u8, u8) -> u8) {
    let (mut left, mut corner) = ([0; N], [0; N]);
    for (pixel, up) in row.as_chunks_mut::<N>().0.iter_mut().zip(above.as_chunks::<N>().0) {
        for at in 0..N {
            pixel[at] = pixel[at].wrapping_add(guess(left[at], up[at], corner[at]));
        }
        (left, corner) = (*pixel, *up);
    }
}

#[inline(always)]
fn mean(left: u8, up: u8) -> u8 {
    ((u16::from(left) + u16::from(up)) / 2) as u8
}

/// Of the three, the one nearest to `left + above - corner`; of two as near, the first.
///
/// That value less `corner` is what the other two are away from it, so that three times `corner` less both tells the order.
#[inline(always)]
pub fn paeth(left: u8, above: u8, corner: u8) -> u8 {
    let limit = 3 * i16::from(corner) - i16::from(left) - i16::from(above);
    let (low, high) = (left.min(above), left.max(above));
    let if_below = if i16::from(high) > limit { corner } else { low };
    if limit > i16::from(low) { if_below } else { high }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As clause 9.4 of the specification has it.
    fn paeth_of_the_standard(left: u8, above: u8, corner: u8) -> u8 {
        let [a, b, c] = [left, above, corner].map(i32::from);
        let estimate = a + b - c;
        let [to_a, to_b, to_c] = [a, b, c].map(|value| (estimate - value).abs());
        if to_a <= to_b && to_a <= to_c {
            left
        } else if to_b <= to_c {
            above
        } else {
            corner
        }
    }

    #[test]
    fn the_nearest_neighbour_is_that_of_the_standard() {
        for above in 0..=255 {
            for corner in 0..=255 {
                for left in (above % 5..=255).step_by(5) {
                    let expected = paeth_of_the_standard(left, above, corner);
                    assert_eq!(paeth(left, above, corner), expected, "{left} {above} {corner}");
                }
            }
        }
    }

    #[test]
    fn every_way_gives_the_same_bytes() {
        let noise: Vec<u8> =
            (0..4096u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        for pixel in 1..=9 {
            for (filter, len) in (0..=5).flat_map(|filter| (0..200).map(move |len| (filter, len))) {
                let (row, above) = (&noise[len..2 * len], &noise[1000..]);
                for above in [&above[..len], &above[..len / 2], &[]] {
                    let (mut one, mut other) = (row.to_vec(), row.to_vec());
                    unfilter(filter, &mut one, above, pixel);
                    if filter == UP {
                        other.iter_mut().zip(above).for_each(|(to, up)| *to = to.wrapping_add(*up));
                    } else {
                        general(filter, &mut other, above, pixel);
                    }
                    assert_eq!(one, other, "filter {filter}, {len} bytes, {pixel} a pixel");
                }
            }
        }
    }
}
