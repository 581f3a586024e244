//! Alpha of lossy images (RFC 9649, section 2.7.1.2).

use super::vp8l;
use crate::error::{Error, Result};
use crate::limits::Budget;
use crate::memory::Scratch;

/// Alpha of all pixels, and what is wrong with it. What is not there is opaque.
pub(super) fn decode(
    data: &[u8],
    (width, height): (u32, u32),
    budget: &Budget,
) -> Result<(Scratch, Option<Error>)> {
    let (wide, count) = (width as usize, width as usize * height as usize);
    let mut all = Scratch::new(count, "alpha", budget)?;
    let (method, filter, data) = match data.split_first() {
        Some((head, data)) => (head & 3, head >> 2 & 3, data),
        None => (0, 0, data),
    };
    let mut filled = 0;
    let outcome = match method {
        0 => {
            filled = data.len().min(count) / wide.max(1) * wide;
            all.iter_mut().zip(data).take(filled).for_each(|(to, from)| *to = *from);
            match filled < count {
                true => Err(Error::damaged("alpha is cut off")),
                false => Ok(()),
            }
        }
        1 => vp8l::decode_pixels(data, (width, height), budget, &mut |_, row| {
            let to = all.iter_mut().skip(filled);
            to.zip(row).for_each(|(to, pixel)| *to = (pixel >> 8) as u8);
            filled += wide;
            Ok(())
        }),
        _ => Err(Error::damaged(format!("alpha is compressed with the unknown method {method}"))),
    };
    let (known, rest) = all.split_at_mut_checked(filled).unwrap_or_default();
    unfilter(filter, known, wide);
    rest.fill(u8::MAX);
    match outcome {
        Err(error) if error.kind() != crate::error::Kind::Damaged => Err(error),
        outcome => Ok((all, outcome.err())),
    }
}

/// Adds what was taken away: the sample to the left, that above, or the gradient.
fn unfilter(filter: u8, all: &mut [u8], width: usize) {
    if filter == 0 || width == 0 {
        return;
    }
    let mut above: &[u8] = &[];
    for row in all.chunks_exact_mut(width) {
        let mut left = above.first().copied().unwrap_or(0);
        let corners = above.iter();
        match (filter, above.is_empty()) {
            (1, _) | (_, true) => {
                for sample in row.iter_mut() {
                    left = sample.wrapping_add(left);
                    *sample = left;
                }
            }
            (2, _) => {
                row.iter_mut().zip(above).for_each(|(to, up)| *to = to.wrapping_add(*up));
            }
            _ => {
                let corners = above.first().into_iter().chain(corners);
                for ((sample, up), corner) in row.iter_mut().zip(above).zip(corners) {
                    let expected = i16::from(left) + i16::from(*up) - i16::from(*corner);
                    left = sample.wrapping_add(expected.clamp(0, 255) as u8);
                    *sample = left;
                }
            }
        }
        above = row;
    }
}
