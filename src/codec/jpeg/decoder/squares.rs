//! Blocks that become smaller: each sample is the mean of those that it covers.

use super::geometry::Part;

/// How samples of a component become fewer.
#[derive(Clone, Copy, Debug)]
pub struct Squares {
    /// Samples that become one, 1, 2, 4 or 8 across and down.
    across: usize,
    down: usize,
    /// Samples of the file in a row, and rows.
    width: usize,
    height: usize,
}

impl Squares {
    /// For pixels that are means of squares of `by`, of a component that has fewer samples than pixels by factors.
    pub fn new(part: &Part, (across, down): (usize, usize), by: usize) -> Self {
        let whole = |factor: usize| (by / factor.max(1)).clamp(1, 8);
        let (across, down) = (whole(across), whole(down));
        Self { across, down, width: part.width, height: part.height }
    }

    /// Whether that can be done.
    pub fn fit((across, down): (usize, usize), by: usize) -> bool {
        let fits = |factor: usize| by.is_multiple_of(factor) && by / factor <= 8;
        by > 1 && fits(across) && fits(down)
    }

    /// The component afterwards.
    pub fn part(&self, part: &Part) -> Part {
        let (width, height) = (self.width.div_ceil(self.across), self.height.div_ceil(self.down));
        Part { width, height, ..*part }
    }

    /// Samples of a block across and down afterwards.
    #[inline(always)]
    pub fn block(&self) -> (usize, usize) {
        (8 / self.across, 8 / self.down)
    }

    /// Whether the block of a row and a column becomes one sample, and all of it is of the image.
    #[inline(always)]
    pub fn is_one(&self, row: usize, column: usize) -> bool {
        let whole = column * 8 + 8 <= self.width && row * 8 + 8 <= self.height;
        self.across == 8 && self.down == 8 && whole
    }

    /// The means of a block, in the first places of the first rows. What only fills it up is left out.
    pub fn means(&self, row: usize, column: usize, block: &[[u8; 8]; 8]) -> [[u8; 8]; 8] {
        let valid = |side: usize, at: usize| side.saturating_sub(at * 8).min(8);
        let (width, height) = (valid(self.width, column), valid(self.height, row));
        if (width, height) == (8, 8) {
            return match (self.across, self.down) {
                (1, 1) => *block,
                (2, 2) => of_whole::<2, 2>(block),
                (4, 4) => of_whole::<4, 4>(block),
                (1, 2) => of_whole::<1, 2>(block),
                (2, 4) => of_whole::<2, 4>(block),
                (4, 8) => of_whole::<4, 8>(block),
                (2, 1) => of_whole::<2, 1>(block),
                (4, 2) => of_whole::<4, 2>(block),
                (8, 4) => of_whole::<8, 4>(block),
                _ => self.of_part((8, 8), block),
            };
        }
        self.of_part((width, height), block)
    }

    fn of_part(&self, (width, height): (usize, usize), block: &[[u8; 8]; 8]) -> [[u8; 8]; 8] {
        let mut means = [[0; 8]; 8];
        let rows = block.get(..height).unwrap_or_default().chunks(self.down);
        for (means, rows) in means.iter_mut().zip(rows) {
            for (at, mean) in means.iter_mut().enumerate() {
                let places = (at * self.across).min(width)..((at + 1) * self.across).min(width);
                let count = (places.len() * rows.len()) as u32;
                let sum: u32 = rows
                    .iter()
                    .flat_map(|row| row.get(places.clone()).unwrap_or_default())
                    .map(|sample| u32::from(*sample))
                    .sum();
                *mean = (sum + count / 2).checked_div(count).unwrap_or(0) as u8;
            }
        }
        means
    }
}

/// The means of a whole block.
#[inline(always)]
fn of_whole<const X: usize, const Y: usize>(block: &[[u8; 8]; 8]) -> [[u8; 8]; 8] {
    let mut means = [[0; 8]; 8];
    for (means, rows) in means.iter_mut().zip(block.chunks_exact(Y)) {
        let mut columns = [0u16; 8];
        for row in rows {
            columns.iter_mut().zip(row).for_each(|(sum, sample)| *sum += u16::from(*sample));
        }
        for (mean, columns) in means.iter_mut().zip(columns.chunks_exact(X)) {
            let count = (X * Y) as u16;
            *mean = ((columns.iter().sum::<u16>() + count / 2) / count) as u8;
        }
    }
    means
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_are_those_of_the_samples_that_are_covered() {
        let block: [[u8; 8]; 8] =
            std::array::from_fn(|y| std::array::from_fn(|x| (x * x * 3 + y * 29 + x * y) as u8));
        for (width, height) in [(8, 8), (16, 16), (5, 8), (8, 3), (1, 1), (7, 7)] {
            for by in [2, 4, 8] {
                for factors in [(1, 1), (2, 2), (2, 1), (1, 2), (4, 1)] {
                    if !Squares::fit(factors, by) {
                        continue;
                    }
                    let part = Part { across: 1, down: 1, width, height };
                    let squares = Squares::new(&part, factors, by);
                    let means = squares.means(0, 0, &block);
                    let (wide, high) = squares.block();
                    for (y, row) in
                        means.iter().enumerate().take(high.min(squares.part(&part).height))
                    {
                        for (x, mean) in
                            row.iter().enumerate().take(wide.min(squares.part(&part).width))
                        {
                            let xs = x * 8 / wide..((x + 1) * 8 / wide).min(width);
                            let ys = y * 8 / high..((y + 1) * 8 / high).min(height);
                            let all = ys.flat_map(|y| xs.clone().map(move |x| (x, y)));
                            let all: Vec<f64> = all.map(|(x, y)| block[y][x].into()).collect();
                            let exact = all.iter().sum::<f64>() / all.len() as f64;
                            assert!((exact - f64::from(*mean)).abs() <= 0.5, "{by} {factors:?}");
                        }
                    }
                }
            }
        }
    }
}
