//! What is done to every sample of a row, in plain loops that compilers make vectors of.

/// The places of a block that are not 0, a bit for each.
#[cfg(any(test, not(target_arch = "x86_64")))]
pub fn places(block: &[i16; 64]) -> u64 {
    block.iter().rev().fold(0, |bits, value| bits << 1 | u64::from(*value != 0))
}

/// Samples that are made twice as many at a time.
const STEP: usize = 16;

/// Twice as many samples across: three parts of the nearer to one of the farther. `to` has two for each.
#[inline(always)]
pub fn double_across(row: &[u8], to: &mut [u8]) {
    let pairs = to.as_chunks_mut::<2>().0;
    inner([row], pairs, |[row], at| {
        let [left, own, right] = [row[at], row[at + 1], row[at + 2]];
        joined(across(own, left, 1), across(own, right, 2))
    });
    double_across_ends(row, to);
}

#[inline(always)]
fn across(near: u8, far: u8, half: u16) -> u16 {
    (u16::from(near) * 3 + u16::from(far) + half) >> 2
}

/// The first and the last pair of [`double_across`].
#[inline(always)]
pub fn double_across_ends(row: &[u8], to: &mut [u8]) {
    put_ends(first_two(row), last_two(row), row.len(), to, |own, beside| {
        [across(own, beside, 1) as u8, across(own, beside, 2) as u8]
    });
}

/// Twice as many samples across and down.
///
/// Sums of columns are made anew for each neighbour: to load what was just stored at another place takes longer.
#[inline(always)]
pub fn double_both(near: &[u8], far: &[u8], to: &mut [u8]) {
    let pairs = to.as_chunks_mut::<2>().0;
    inner([near, far], pairs, |[near, far], at| {
        let [left, own, right] = [at, at + 1, at + 2].map(|at| down(near[at], far[at]));
        joined(both(own, left, 8), both(own, right, 7))
    });
    double_both_ends(near, far, to);
}

#[inline(always)]
fn down(near: u8, far: u8) -> u16 {
    u16::from(near) * 3 + u16::from(far)
}

#[inline(always)]
fn both(near: u16, far: u16, half: u16) -> u16 {
    (near * 3 + far + half) >> 4
}

/// The first and the last pair of [`double_both`].
#[inline(always)]
pub fn double_both_ends(near: &[u8], far: &[u8], to: &mut [u8]) {
    let sums = |[a, b]: [u8; 2], [c, d]: [u8; 2]| [down(a, c), down(b, d)];
    let first = sums(first_two(near), first_two(far));
    let last = sums(last_two(near), last_two(far));
    put_ends(first, last, near.len(), to, |own, beside| {
        [both(own, beside, 8) as u8, both(own, beside, 7) as u8]
    });
}

/// Makes the pairs of all samples of rows of one length but the first and the last, from the samples left of each, its own
/// and those right of it, which are at a place and at the two after it. The last few are made anew, so that all are made in
/// steps of one length; rows that are too short for one are made one by one.
#[inline(always)]
fn inner<const N: usize>(
    rows: [&[u8]; N],
    pairs: &mut [[u8; 2]],
    pair: impl Fn([&[u8; STEP + 2]; N], usize) -> [u8; 2],
) {
    let len = rows.iter().map(|row| row.len()).min().unwrap_or(0);
    let mut step = |from: usize| {
        let mut around = [&[0; STEP + 2]; N];
        for (around, row) in around.iter_mut().zip(rows) {
            let Some(found) = row.get(from..).and_then(<[u8]>::first_chunk) else { return };
            *around = found;
        }
        let to = pairs.get_mut(from + 1..).and_then(<[_]>::first_chunk_mut::<STEP>);
        let Some(to) = to else { return };
        *to = std::array::from_fn(|at| pair(around, at));
    };
    if let Some(last) = len.checked_sub(STEP + 2) {
        (0..last).step_by(STEP).for_each(&mut step);
        return step(last);
    }
    let mut short = [[0; STEP + 2]; N];
    for (short, row) in short.iter_mut().zip(rows) {
        short.iter_mut().zip(row).for_each(|(to, from)| *to = *from);
    }
    let to = pairs.get_mut(1..).unwrap_or_default().iter_mut();
    for (at, to) in to.take(len.saturating_sub(2)).enumerate() {
        *to = pair(short.each_ref(), at);
    }
}

/// Two samples as one number, which vectors hold side by side.
#[inline(always)]
fn joined(left: u16, right: u16) -> [u8; 2] {
    (left | right << 8).to_le_bytes()
}

/// The first two samples of a row; the only one twice.
#[inline(always)]
fn first_two(row: &[u8]) -> [u8; 2] {
    match row {
        [first, second, ..] => [*first, *second],
        [only] => [*only; 2],
        [] => [0; 2],
    }
}

/// The last two samples of a row; the only one twice.
#[inline(always)]
fn last_two(row: &[u8]) -> [u8; 2] {
    match row {
        [.., before, last] => [*before, *last],
        [only] => [*only; 2],
        [] => [0; 2],
    }
}

/// The first and the last pair of so many samples, which have nothing beside them on one side, from the first two and the last
/// two.
#[inline(always)]
fn put_ends<T: Copy>(
    [first, second]: [T; 2],
    [before, last]: [T; 2],
    count: usize,
    to: &mut [u8],
    pair: impl Fn(T, T) -> [u8; 2],
) {
    let to = to.get_mut(..2 * count).unwrap_or_default();
    if let [left, right, ..] = to {
        (*left, *right) = (pair(first, first)[0], pair(first, second)[1]);
    }
    if let [.., left, right] = to {
        (*left, *right) = (pair(last, before)[0], pair(last, last)[1]);
    }
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
        let mut to = [0; 8];
        double_across(&[10, 20, 40, 0], &mut to);
        assert_eq!(to, [10, 13, 17, 25, 35, 30, 10, 0]);
        double_both(&[10, 20, 40, 0], &[10, 20, 40, 0], &mut to);
        assert_eq!(to, [10, 12, 18, 25, 35, 30, 10, 0]);
        double_across(&[7], &mut to[..2]);
        assert_eq!(to[..2], [7, 7]);
    }
}
