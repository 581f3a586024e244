//! A threshold for each pixel from the pixels around it.

use super::{Grays, pack};
use crate::error::{Error, Result};
use crate::memory::Scratch;
use crate::pixel::Canvas;

/// Half the range of grays, which a deviation can have at the most.
const RANGE: f64 = 128.0;

/// White is what is above `mean * (1 + k * (deviation / 128 - 1))` of the window around it, which ends at the edges.
pub fn fill(grays: &mut Grays<'_>, window: u32, k: f64, canvas: &mut Canvas<'_>) -> Result<()> {
    let reach = window / 2;
    let (width, height) = (grays.width, grays.height);
    let mut sums = Sums::new(grays, window, reach as usize, k)?;
    for y in 0..reach.min(height) {
        sums.enter(grays.row(y), y);
    }
    for y in 0..height {
        if let Some(leaving) = y.checked_sub(reach + 1) {
            sums.leave(leaving);
        }
        // Takes the place of the one that left.
        if let Some(entering) = y.checked_add(reach).filter(|entering| *entering < height) {
            sums.enter(grays.row(entering), entering);
        }
        let rows = (y.saturating_add(reach).min(height - 1) - y.saturating_sub(reach)) + 1;
        let row = canvas.row(y)?;
        sums.decide(y, rows);
        pack(sums.white.get(..width).unwrap_or_default(), row, |white| *white);
    }
    Ok(())
}

/// Sums over the rows of the window, for each column.
struct Sums {
    width: usize,
    window: u32,
    reach: usize,
    k: f64,
    /// The rows of the window, each at its number modulo the window.
    rows: Scratch,
    plain: Vec<u32>,
    squared: Vec<u32>,
    white: Vec<bool>,
}

impl Sums {
    fn new(grays: &Grays<'_>, window: u32, reach: usize, k: f64) -> Result<Self> {
        let width = grays.width;
        let rows = Scratch::new(width.saturating_mul(window as usize), "a window", grays.budget)?;
        Ok(Self {
            width,
            window,
            reach,
            k,
            rows,
            plain: zeros(width)?,
            squared: zeros(width)?,
            white: zeros(width)?,
        })
    }

    fn place(&mut self, y: u32) -> &mut [u8] {
        let start = (y % self.window) as usize * self.width;
        self.rows.get_mut(start..start + self.width).unwrap_or_default()
    }

    fn enter(&mut self, row: &[u8], y: u32) {
        self.place(y).iter_mut().zip(row).for_each(|(to, from)| *to = *from);
        let sums = self.plain.iter_mut().zip(&mut self.squared);
        for (gray, (plain, squared)) in row.iter().zip(sums) {
            let gray = u32::from(*gray);
            *plain += gray;
            *squared += gray * gray;
        }
    }

    fn leave(&mut self, y: u32) {
        let start = (y % self.window) as usize * self.width;
        let row = self.rows.get(start..start + self.width).unwrap_or_default();
        let sums = self.plain.iter_mut().zip(&mut self.squared);
        for (gray, (plain, squared)) in row.iter().zip(sums) {
            let gray = u32::from(*gray);
            *plain -= gray;
            *squared -= gray * gray;
        }
    }

    /// Decides row `y` from a window of `rows` rows.
    fn decide(&mut self, y: u32, rows: u32) {
        let start = (y % self.window) as usize * self.width;
        let grays = self.rows.get(start..start + self.width).unwrap_or_default();
        let (k, reach, width) = (self.k, self.reach, self.width);
        let columns = || self.plain.iter().zip(&self.squared);
        let (mut plain, mut squared) = (0u64, 0u64);
        for (a, b) in columns().take(reach) {
            plain += u64::from(*a);
            squared += u64::from(*b);
        }
        let mut entering = columns().skip(reach);
        let mut leaving = columns();
        for (x, (gray, white)) in grays.iter().zip(&mut self.white).enumerate() {
            if let Some((a, b)) = entering.next() {
                plain += u64::from(*a);
                squared += u64::from(*b);
            }
            if x > reach
                && let Some((a, b)) = leaving.next()
            {
                plain -= u64::from(*a);
                squared -= u64::from(*b);
            }
            let columns = (x + reach).min(width - 1) - x.saturating_sub(reach) + 1;
            let share = 1.0 / (columns as f64 * f64::from(rows));
            let mean = plain as f64 * share;
            let variance = (squared as f64 * share - mean * mean).max(0.0);
            // Squares on both sides save a root.
            let over = f64::from(*gray) - mean * (1.0 - k);
            let needed = mean * k / RANGE;
            *white = over > 0.0 && over * over > needed * needed * variance;
        }
    }
}

fn zeros<T: Clone + Default>(len: usize) -> Result<Vec<T>> {
    let mut values = Vec::new();
    values.try_reserve_exact(len).map_err(|_| Error::no_memory(len, "sums of a window"))?;
    values.resize(len, T::default());
    Ok(values)
}
