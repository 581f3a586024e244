//! What is done to every sample of a row, in plain loops that compilers make vectors of.

/// The places of a block that are not 0, a bit for each.
#[cfg(any(test, not(target_arch = "x86_64")))]
pub fn places(block: &[i16; 64]) -> u64 {
    block.iter().rev().fold(0, |bits, value| bits << 1 | u64::from(*value != 0))
}

/// Samples that may be made twice as many at a time: rows are doubled up to a multiple of them.
pub const DOUBLED: usize = 32;

/// Samples that are made twice as many at a time here.
const STEP: usize = 16;

/// Twice as many samples across: three parts of the nearer to one of the farther.
///
/// The first sample of a row is left of the first that is doubled, and one more is right of the last: where the edges are, the
/// same once more, which gives what libjpeg does there. `to` has two for each of so many that are a multiple of [`DOUBLED`].
#[inline(always)]
pub fn double_across(rows: [&[u8]; 1], to: &mut [u8]) {
    pairs(rows, to, |[row], at| {
        let [left, own, right] = [row[at], row[at + 1], row[at + 2]];
        joined(across(own, left, 1), across(own, right, 2))
    });
}

#[inline(always)]
fn across(near: u8, far: u8, half: u16) -> u16 {
    (u16::from(near) * 3 + u16::from(far) + half) >> 2
}

/// Twice as many samples across and down, of a row and the one that is nearest to it, with their ends as [`double_across`] has
/// them.
///
/// Sums of columns are made anew for each neighbour: to load what was just stored at another place takes longer.
#[inline(always)]
pub fn double_both(rows: [&[u8]; 2], to: &mut [u8]) {
    pairs(rows, to, |[near, far], at| {
        let [left, own, right] = [at, at + 1, at + 2].map(|at| down(near[at], far[at]));
        joined(both(own, left, 8), both(own, right, 7))
    });
}

#[inline(always)]
fn down(near: u8, far: u8) -> u16 {
    u16::from(near) * 3 + u16::from(far)
}

#[inline(always)]
fn both(near: u16, far: u16, half: u16) -> u16 {
    (near * 3 + far + half) >> 4
}

/// Makes pairs of samples, each from those left of it, its own and those right of it, which are at a place and at the two after
/// it.
#[inline(always)]
fn pairs<const N: usize>(
    rows: [&[u8]; N],
    to: &mut [u8],
    pair: impl Fn([&[u8; STEP + 2]; N], usize) -> [u8; 2],
) {
    let steps = to.as_chunks_mut::<2>().0.as_chunks_mut::<STEP>().0;
    for (from, to) in (0..).step_by(STEP).zip(steps) {
        let mut around = [&[0; STEP + 2]; N];
        for (around, row) in around.iter_mut().zip(rows) {
            let Some(found) = row.get(from..).and_then(<[u8]>::first_chunk) else { return };
            *around = found;
        }
        *to = std::array::from_fn(|at| pair(around, at));
    }
}

/// Two samples as one number, which vectors hold side by side.
#[inline(always)]
fn joined(left: u16, right: u16) -> [u8; 2] {
    (left | right << 8).to_le_bytes()
}

/// A row between two: three parts of the nearer to one of the farther, and `half` for rounding.
#[inline(always)]
pub fn between(near: &[u8], far: &[u8], half: u16, to: &mut [u8]) {
    for ((to, near), far) in to.iter_mut().zip(near).zip(far) {
        *to = ((u16::from(*near) * 3 + u16::from(*far) + half) >> 2) as u8;
    }
}

/// R, G, B of JFIF's YCbCr, 16 bits after the point, rounded.
///
/// 91881, 46802 and 116130 are more than 16 bits with a sign hold: 65536 of them, or twice as much, are the number itself.
#[inline(always)]
fn rgb(y: u8, cb: u8, cr: u8) -> [u8; 3] {
    let (y, cb, cr) = (i16::from(y), i16::from(cb) - 128, i16::from(cr) - 128);
    let part = |value: i32| ((value + (1 << 15)) >> 16) as i16;
    let r = y + cr + part(26_345 * i32::from(cr));
    let g = y - cr + part(18_734 * i32::from(cr) - 22_554 * i32::from(cb));
    let b = y + 2 * cb + part(-14_942 * i32::from(cb));
    [r, g, b].map(|value| value.clamp(0, 255) as u8)
}

/// Pixels of B, G, R.
#[inline(always)]
pub fn ycc_to_bgr(y: &[u8], cb: &[u8], cr: &[u8], to: &mut [u8]) {
    for (((to, y), cb), cr) in to.as_chunks_mut::<3>().0.iter_mut().zip(y).zip(cb).zip(cr) {
        let [r, g, b] = rgb(*y, *cb, *cr);
        *to = [b, g, r];
    }
}

/// Pixels of R, G, B.
#[inline(always)]
pub fn ycc_to_rgb(y: &[u8], cb: &[u8], cr: &[u8], to: &mut [u8]) {
    for (((to, y), cb), cr) in to.as_chunks_mut::<3>().0.iter_mut().zip(y).zip(cb).zip(cr) {
        *to = rgb(*y, *cb, *cr);
    }
}

/// Pixels of B, G, R, 255.
#[inline(always)]
pub fn ycc_to_bgra(y: &[u8], cb: &[u8], cr: &[u8], to: &mut [u8]) {
    for (((to, y), cb), cr) in to.as_chunks_mut::<4>().0.iter_mut().zip(y).zip(cb).zip(cr) {
        let [r, g, b] = rgb(*y, *cb, *cr);
        *to = [b, g, r, 255];
    }
}

/// Pixels of R, G, B, 255.
#[inline(always)]
pub fn ycc_to_rgba(y: &[u8], cb: &[u8], cr: &[u8], to: &mut [u8]) {
    for (((to, y), cb), cr) in to.as_chunks_mut::<4>().0.iter_mut().zip(y).zip(cb).zip(cr) {
        let [r, g, b] = rgb(*y, *cb, *cr);
        *to = [r, g, b, 255];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_those_of_the_fractions() {
        for y in (0..=255).step_by(15) {
            for cb in 0..=255 {
                for cr in 0..=255 {
                    let (b, r) = (i32::from(cb) - 128, i32::from(cr) - 128);
                    let sample = |value: i32| ((value + (1 << 15)) >> 16).clamp(0, 255) as u8;
                    let luma = i32::from(y) << 16;
                    let wanted = [
                        sample(luma + 91_881 * r),
                        sample(luma - 22_554 * b - 46_802 * r),
                        sample(luma + 116_130 * b),
                    ];
                    assert_eq!(rgb(y, cb, cr), wanted);
                }
            }
        }
    }

    #[test]
    fn rows_are_doubled_as_libjpeg_does() {
        let mut row = [0; DOUBLED + 2];
        row[..6].copy_from_slice(&[10, 10, 20, 40, 0, 0]);
        let mut to = [0; 2 * DOUBLED];
        double_across([&row], &mut to);
        assert_eq!(to[..8], [10, 13, 17, 25, 35, 30, 10, 0]);
        double_both([&row, &row], &mut to);
        assert_eq!(to[..8], [10, 12, 18, 25, 35, 30, 10, 0]);
    }
}
