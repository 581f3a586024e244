//! The header of a key frame (RFC 6386, sections 9 and 19.2).

use super::bools::Bools;
use super::tables::{AC_STEPS, DC_STEPS, DEFAULTS, Probabilities, UPDATES};
use crate::error::{Error, Result};

/// Bytes before the first partition.
pub(in crate::codec::webp) const HEAD: usize = 10;

/// Steps of dequantization, of the first coefficient of a block and of the others.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Steps {
    pub y: [i32; 2],
    pub y2: [i32; 2],
    pub uv: [i32; 2],
}

/// How the edges of a macroblock are smoothed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Strength {
    /// 0 = they are left alone.
    pub limit: u8,
    /// What neighbours may differ by within a side.
    pub interior: u8,
    /// From where on an edge is none of the coding.
    pub high_variance: u8,
}

/// Which smoothing a frame has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Smoothing {
    #[default]
    None,
    Simple,
    Normal,
}

/// What the header says.
pub(super) struct Header {
    /// How likely the decisions for the segment of a macroblock are, where it is told for each.
    pub segment_map: Option<[u8; 3]>,
    pub steps: [Steps; 4],
    pub smoothing: Smoothing,
    /// For macroblocks of each segment that are predicted as a whole, and by blocks.
    pub strengths: [[Strength; 2]; 4],
    /// How likely a macroblock has coefficients, where that is told for each.
    pub skip: Option<u8>,
    pub probabilities: Probabilities,
}

/// Width and height, from the first [`HEAD`] bytes of a frame.
pub(in crate::codec::webp) fn size(head: &[u8]) -> Result<(u32, u32)> {
    let wrong = |what: &str| Error::damaged(format!("the VP8 frame {what}"));
    let Some(&[a, _, _, b, c, d, e, f, g, h]) = head.first_chunk::<HEAD>() else {
        return Err(wrong("is cut off"));
    };
    if a & 1 != 0 || [b, c, d] != [0x9d, 0x01, 0x2a] {
        return Err(wrong("is no key frame"));
    }
    if (a >> 1) & 7 > 3 {
        return Err(wrong("has an unknown version"));
    }
    let side = |low: u8, high: u8| u32::from(u16::from_le_bytes([low, high]) & 0x3fff);
    let (width, height) = (side(e, f), side(g, h));
    if width == 0 || height == 0 {
        return Err(wrong(&format!("is of {width} x {height} pixels")));
    }
    Ok((width, height))
}

/// Where the partitions of a frame lie: that of the header and modes, and those of coefficients, which take turns row by
/// row. They are as long as there is data.
pub(super) fn partitions(data: &[u8]) -> Result<(&[u8], &[u8])> {
    let cut = || Error::damaged("the VP8 frame is cut off");
    let [a, b, c] = *data.first_chunk::<3>().ok_or_else(cut)?;
    let len = (u32::from_le_bytes([a, b, c, 0]) >> 5) as usize;
    let rest = data.get(HEAD..).ok_or_else(cut)?;
    Ok(rest.split_at_checked(len).unwrap_or((rest, &[])))
}

/// Cuts the data after the first partition into `count` parts.
pub(super) fn coefficients(data: &[u8], count: usize) -> Result<Vec<Bools<'_>>> {
    let sizes = 3 * (count - 1);
    let cut = || Error::damaged("the VP8 frame is cut off before its coefficients");
    let (sizes, mut rest) = data.split_at_checked(sizes).ok_or_else(cut)?;
    let mut parts = Vec::new();
    for [a, b, c] in sizes.as_chunks::<3>().0 {
        let len = u32::from_le_bytes([*a, *b, *c, 0]) as usize;
        let (part, after) = rest.split_at_checked(len).unwrap_or((rest, &[]));
        parts.push(Bools::new(part));
        rest = after;
    }
    parts.push(Bools::new(rest));
    Ok(parts)
}

/// The segments of a frame.
struct Segments {
    used: bool,
    absolute: bool,
    quantizers: [i32; 4],
    levels: [i32; 4],
    map: Option<[u8; 3]>,
}

impl Segments {
    fn read(bools: &mut Bools<'_>) -> Self {
        let used = bools.flag();
        let mut segments =
            Self { used, absolute: true, quantizers: [0; 4], levels: [0; 4], map: None };
        if !used {
            return segments;
        }
        let has_map = bools.flag();
        if bools.flag() {
            segments.absolute = bools.flag();
            segments.quantizers = std::array::from_fn(|_| bools.optional(7));
            segments.levels = std::array::from_fn(|_| bools.optional(6));
        }
        if has_map {
            let probability = |_| if bools.flag() { bools.number(8) as u8 } else { u8::MAX };
            segments.map = Some(std::array::from_fn(probability));
        }
        segments
    }

    /// The value of a segment, `values` being what it states and `base` that of the frame.
    fn value(&self, values: &[i32; 4], segment: usize, base: i32) -> i32 {
        match (self.used, self.absolute) {
            (false, _) => base,
            (true, true) => values[segment & 3],
            (true, false) => values[segment & 3] + base,
        }
    }
}

impl Header {
    /// Reads it, and how many partitions of coefficients there are.
    pub fn read(bools: &mut Bools<'_>) -> Result<(Self, usize)> {
        // Colour space, and whether samples have to be clamped, which they are.
        bools.number(2);
        let segments = Segments::read(bools);
        let (smoothing, strengths) = strengths(bools, &segments);
        let count = 1 << bools.number(2);
        let steps = steps(bools, &segments);
        // Whether the probabilities are kept for the frames that follow: there are none.
        bools.flag();
        let mut probabilities = DEFAULTS;
        let all = probabilities.as_flattened_mut().as_flattened_mut().as_flattened_mut();
        let updates = UPDATES.as_flattened().as_flattened().as_flattened();
        for (probability, update) in all.iter_mut().zip(updates) {
            if bools.is(*update) {
                *probability = bools.number(8) as u8;
            }
        }
        let skip = if bools.flag() { Some(bools.number(8) as u8) } else { None };
        if bools.ended() {
            return Err(Error::damaged("the header of the VP8 frame is cut off"));
        }
        let segment_map = segments.map;
        Ok((Self { segment_map, steps, smoothing, strengths, skip, probabilities }, count))
    }
}

fn strengths(bools: &mut Bools<'_>, segments: &Segments) -> (Smoothing, [[Strength; 2]; 4]) {
    let simple = bools.flag();
    let (level, sharpness) = (bools.number(6) as i32, bools.number(3) as i32);
    let (mut whole, mut by_blocks) = (0, 0);
    if bools.flag() && bools.flag() {
        // By what a macroblock is predicted from: key frames have but the frame itself.
        whole = bools.optional(6);
        (0..3).for_each(|_| _ = bools.optional(6));
        by_blocks = bools.optional(6);
        (0..3).for_each(|_| _ = bools.optional(6));
    }
    let smoothing = match (level, simple) {
        (0, _) => Smoothing::None,
        (_, true) => Smoothing::Simple,
        (_, false) => Smoothing::Normal,
    };
    let of = |segment: usize, more: i32| {
        let level = segments.value(&segments.levels, segment, level) + more;
        strength(level.clamp(0, 63), sharpness)
    };
    let both = |segment| [of(segment, whole), of(segment, whole + by_blocks)];
    (smoothing, std::array::from_fn(both))
}

/// Section 15.2, and 15.3 for the threshold of high variance.
fn strength(level: i32, sharpness: i32) -> Strength {
    if level == 0 {
        return Strength::default();
    }
    let mut interior = level;
    if sharpness > 0 {
        interior >>= if sharpness > 4 { 2 } else { 1 };
        interior = interior.min(9 - sharpness);
    }
    let interior = interior.max(1);
    let high_variance = match level {
        40.. => 2,
        15.. => 1,
        _ => 0,
    };
    Strength { limit: (2 * level + interior) as u8, interior: interior as u8, high_variance }
}

/// Section 14.1.
fn steps(bools: &mut Bools<'_>, segments: &Segments) -> [Steps; 4] {
    let base = bools.number(7) as i32;
    let [y_dc, y2_dc, y2_ac, uv_dc, uv_ac] = std::array::from_fn(|_| bools.optional(4));
    let step = |table: &[u16; 128], index: i32| i32::from(table[index.clamp(0, 127) as usize]);
    std::array::from_fn(|segment| {
        let index = segments.value(&segments.quantizers, segment, base);
        Steps {
            y: [step(&DC_STEPS, index + y_dc), step(&AC_STEPS, index)],
            y2: [
                step(&DC_STEPS, index + y2_dc) * 2,
                (step(&AC_STEPS, index + y2_ac) * 155 / 100).max(8),
            ],
            uv: [step(&DC_STEPS, index + uv_dc).min(132), step(&AC_STEPS, index + uv_ac)],
        }
    })
}
