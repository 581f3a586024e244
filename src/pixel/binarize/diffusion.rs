//! Errors handed on: 7/16 to the right, 3/16, 5/16 and 1/16 to the row below.

use super::{Grays, pack};
use crate::error::{Error, Result};
use crate::pixel::Canvas;

pub fn fill(grays: &mut Grays<'_>, threshold: u8, canvas: &mut Canvas<'_>) -> Result<()> {
    let len = grays.width + 2;
    let mut below: Vec<i32> = Vec::new();
    let mut white: Vec<bool> = Vec::new();
    let made = below.try_reserve_exact(len).and_then(|()| white.try_reserve_exact(len));
    made.map_err(|_| Error::no_memory(len * 5, "errors of a row"))?;
    // Sixteenths, one place to the right of their pixels.
    below.resize(len, 0);
    for y in 0..grays.height {
        white.clear();
        diffuse(grays.row(y), i32::from(threshold), &mut below, &mut white);
        pack(&white, canvas.row(y)?, |white| *white);
    }
    Ok(())
}

/// Decides a row. `below` has what the row above handed down, and then what this one does.
fn diffuse(grays: &[u8], threshold: i32, below: &mut [i32], white: &mut Vec<bool>) {
    let (mut right, mut down_left, mut down) = (0, 0, 0);
    let mut places = below.iter_mut();
    let mut before = places.next();
    for (gray, place) in grays.iter().zip(places) {
        let value = i32::from(*gray) + ((right + *place) >> 4);
        let is_white = value >= threshold;
        let error = value - if is_white { 255 } else { 0 };
        white.push(is_white);
        right = 7 * error;
        if let Some(before) = before {
            *before = down_left + 3 * error;
        }
        down_left = down + 5 * error;
        down = error;
        before = Some(place);
    }
    if let Some(before) = before {
        *before = down_left;
    }
}
