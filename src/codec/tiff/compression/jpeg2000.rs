//! JPEG 2000: a codestream for each strip or tile.

use hayro_jpeg2000::{DecodeSettings, DecoderContext, Image};

use super::{Shape, pack};
use crate::codec::streams::jpeg2000::size;
use crate::error::{Error, Result};
use crate::limits::Budget;
use crate::memory::{self, Scratch};

/// All samples of a chunk as they would be without compression.
pub fn decode(
    raw: &[u8],
    bits: u32,
    big_endian: bool,
    shape: Shape,
    budget: &Budget,
) -> Result<Scratch> {
    let damaged = || Error::damaged("has damaged JPEG 2000 data");
    let size = size(raw).ok_or_else(damaged)?;
    let fits = size.width == shape.width
        && (shape.rows..=shape.max_rows).contains(&size.height)
        && size.components == shape.samples;
    if !fits {
        let (wanted, rows, samples) = (shape.width, shape.rows, shape.samples);
        return Err(Error::damaged(format!(
            "has JPEG 2000 data of {} x {} pixels of {} components, not {wanted} x {rows} of {samples}",
            size.width, size.height, size.components
        )));
    }
    let _work = budget.reserve(size.memory)?;
    memory::room(usize::try_from(size.memory).unwrap_or(usize::MAX), "JPEG 2000 data")?;
    let settings = DecodeSettings {
        resolve_palette_indices: false,
        strict: shape.strict,
        target_resolution: None,
    };
    let image = Image::new(raw, &settings).map_err(|_| damaged())?;
    let mut context = DecoderContext::default();
    let decoded = image.decode(&mut context).map_err(|_| damaged())?;
    let components = decoded.components();
    let pixels = size.width as usize * size.height as usize;
    let is_whole = components.len() == usize::from(shape.samples)
        && components.iter().all(|component| component.samples().len() == pixels);
    if !is_whole {
        return Err(Error::unsupported("has JPEG 2000 data of subsampled components"));
    }
    if components.iter().any(|component| u32::from(component.bit_depth()) != bits) {
        return Err(Error::damaged(format!("has JPEG 2000 data of other than {bits} bits")));
    }
    let width = size.width as usize;
    let line_len = pack::line_len(size.width, shape.samples, bits);
    let mut lines = Scratch::new(line_len.saturating_mul(size.height as usize), "a strip", budget)?;
    let mut planes = vec![vec![0u16; width]; components.len()];
    let most = ((1u32 << bits.min(16)) - 1) as f32;
    for (y, line) in lines.chunks_exact_mut(line_len.max(1)).enumerate() {
        for (plane, component) in planes.iter_mut().zip(components) {
            let row = component.samples().iter().skip(y * width);
            plane.iter_mut().zip(row).for_each(|(to, sample)| {
                *to = sample.round().clamp(0.0, most) as u16;
            });
        }
        let views: Vec<&[u16]> = planes.iter().map(Vec::as_slice).collect();
        pack::pack(&views, bits, big_endian, line);
    }
    Ok(lines)
}
