//! Rows of a component at full size, as libjpeg makes them: chroma at half the size is interpolated with a triangle,
//! anything else, and components of at most two columns, is repeated.

/// Samples of one component.
pub struct Plane<'a> {
    /// Rows of `stride` samples.
    pub samples: &'a [u8],
    /// Samples from one row to the next.
    pub stride: usize,
    /// Columns that belong to the image.
    pub width: usize,
    /// Rows that belong to the image.
    pub height: usize,
    /// Pixels that a sample covers, across and down.
    pub covers: (usize, usize),
}

impl Plane<'_> {
    fn row(&self, y: usize) -> &[u8] {
        let start = y.min(self.height.saturating_sub(1)) * self.stride;
        self.samples.get(start..).and_then(|rest| rest.get(..self.width)).unwrap_or_default()
    }

    /// Row `y` of the image. `sums` is work space.
    pub fn upsample(&self, y: usize, to: &mut [u8], sums: &mut Vec<u16>) {
        let triangle = self.width > 2;
        match self.covers {
            (1, 1) => to.iter_mut().zip(self.row(y)).for_each(|(to, from)| *to = *from),
            (2, 1) if triangle => {
                self.sums(y, y, (1, 0), sums);
                across(sums, to, [1, 2], 2);
            }
            (2, 2) if triangle => {
                self.sums(y / 2, farther(y), (3, 1), sums);
                across(sums, to, [8, 7], 4);
            }
            (1, 2) if triangle => {
                let bias = if y.is_multiple_of(2) { 1 } else { 2 };
                self.sums(y / 2, farther(y), (3, 1), sums);
                to.iter_mut().zip(&*sums).for_each(|(to, sum)| *to = ((sum + bias) >> 2) as u8);
            }
            (w, h) => {
                let row = self.row(y / h);
                to.chunks_mut(w).zip(row).for_each(|(to, sample)| to.fill(*sample));
            }
        }
    }

    /// Two rows, weighted and added.
    fn sums(&self, near: usize, far: usize, (a, b): (u16, u16), sums: &mut Vec<u16>) {
        sums.clear();
        let rows = self.row(near).iter().zip(self.row(far));
        sums.extend(rows.map(|(near, far)| u16::from(*near) * a + u16::from(*far) * b));
    }
}

/// The farther of the two rows between which row `y` of twice as many lies.
fn farther(y: usize) -> usize {
    if y.is_multiple_of(2) { (y / 2).saturating_sub(1) } else { y / 2 + 1 }
}

/// Twice the columns: three parts of the nearer sum and one of the farther. Past the ends there is the end again.
fn across(sums: &[u16], to: &mut [u8], bias: [u16; 2], shift: u32) {
    for (x, to) in to.iter_mut().enumerate() {
        let near = x / 2;
        let far = if x % 2 == 0 { near.checked_sub(1) } else { Some(near + 1) };
        let get = |at: usize| sums.get(at).copied();
        let near = get(near).unwrap_or(0);
        let far = far.and_then(get).unwrap_or(near);
        *to = ((near * 3 + far + bias[x % 2]) >> shift) as u8;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(
        samples: &[u8],
        width: usize,
        covers: (usize, usize),
        size: (usize, usize),
    ) -> Vec<Vec<u8>> {
        let height = samples.len() / width;
        let plane = Plane { samples, stride: width, width, height, covers };
        let row = |y| {
            let mut row = vec![0; size.0];
            plane.upsample(y, &mut row, &mut Vec::new());
            row
        };
        (0..size.1).map(row).collect()
    }

    #[test]
    fn half_the_size_is_interpolated_and_little_is_repeated() {
        assert_eq!(rows(&[0, 100, 200], 3, (2, 1), (6, 1)), [[0, 25, 75, 125, 175, 200]]);
        assert_eq!(rows(&[0, 100], 2, (2, 1), (4, 1)), [[0, 0, 100, 100]]);
        assert_eq!(
            rows(&[0, 0, 0, 100, 100, 100], 3, (1, 2), (3, 4)),
            [[0; 3], [25; 3], [75; 3], [100; 3]]
        );
        assert_eq!(rows(&[7, 9], 2, (4, 2), (7, 2)), [[7, 7, 7, 7, 9, 9, 9]; 2]);
        assert_eq!(rows(&[80; 9], 3, (2, 2), (5, 6)), [[80; 5]; 6]);
    }
}
