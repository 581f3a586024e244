//! What a scan header says.

use super::super::{markers, scan::Head};
use super::blocks::Band;
use crate::error::{Error, Result};

/// One component in a scan.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    /// Which of the frame.
    pub component: usize,
    pub dc: usize,
    pub ac: usize,
}

/// Reads the content of a SOS segment (T.81, B.2.3).
pub fn read(head: &Head, content: &[u8]) -> Result<(Vec<Part>, Band)> {
    let damaged = || Error::damaged("a scan header (SOS) is damaged");
    let (count, rest) = content.split_first().ok_or_else(damaged)?;
    let (selectors, rest) = rest.split_at_checked(usize::from(*count) * 2).ok_or_else(damaged)?;
    let &[first, last, approximation, ..] = rest else { return Err(damaged()) };
    let mut parts: Vec<Part> = Vec::new();
    for &[id, tables] in selectors.as_chunks::<2>().0 {
        let component = head.frame.components.iter().position(|own| own.id == id);
        let component = component.ok_or_else(damaged)?;
        if parts.iter().any(|part| part.component == component) {
            return Err(damaged());
        }
        parts.push(Part { component, dc: (tables >> 4).into(), ac: (tables & 15).into() });
    }
    let (high, low) = (u32::from(approximation >> 4), u32::from(approximation & 15));
    let mut band = Band { first: first.into(), last: last.into(), high, low };
    match head.frame.marker {
        markers::SOF2 | markers::SOF10 => {
            let separate = if first == 0 { last == 0 } else { parts.len() == 1 };
            if !separate || first > last || last > 63 || low > 13 {
                return Err(damaged());
            }
        }
        markers::SOF3 => {}
        _ => band = Band { first: 0, last: 63, high: 0, low: 0 },
    }
    if parts.is_empty() { Err(damaged()) } else { Ok((parts, band)) }
}
