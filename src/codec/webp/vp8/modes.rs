//! How macroblocks are predicted (RFC 6386, sections 8, 11 and 19.3).

use super::bools::Bools;
use super::header::Header;
use super::tables::BLOCK_MODES;

/// How the samples of a block come from those above and to the left of it. A whole macroblock has one of the first four.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Mode {
    /// Their mean.
    #[default]
    Mean,
    /// The gradient of them.
    Gradient,
    /// Those above.
    Vertical,
    /// Those to the left.
    Horizontal,
    LeftDown,
    RightDown,
    VerticalRight,
    VerticalLeft,
    HorizontalDown,
    HorizontalUp,
}

/// How the samples of luma are predicted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Luma {
    Whole(Mode),
    Blocks([[Mode; 4]; 4]),
}

/// A macroblock without its coefficients.
#[derive(Clone, Copy, Debug)]
pub(super) struct Macroblock {
    pub segment: usize,
    /// It has no coefficients at all.
    pub skipped: bool,
    pub luma: Luma,
    pub chroma: Mode,
}

impl Macroblock {
    /// Reads it. `above` and `left` are the modes of the blocks there, and become those of this one.
    pub fn read(
        bools: &mut Bools<'_>,
        header: &Header,
        above: &mut [Mode; 4],
        left: &mut [Mode; 4],
    ) -> Self {
        let segment = match header.segment_map {
            None => 0,
            Some([first, low, high]) => match bools.is(first) {
                false => usize::from(bools.is(low)),
                true => 2 + usize::from(bools.is(high)),
            },
        };
        let skipped = header.skip.is_some_and(|skip| bools.is(skip));
        let luma = if bools.is(145) {
            let mode = if bools.is(156) {
                if bools.is(128) { Mode::Gradient } else { Mode::Horizontal }
            } else if bools.is(163) {
                Mode::Vertical
            } else {
                Mode::Mean
            };
            (*above, *left) = ([mode; 4], [mode; 4]);
            Luma::Whole(mode)
        } else {
            Luma::Blocks(left.each_mut().map(|left| {
                above.each_mut().map(|above| {
                    let mode = block(bools, &BLOCK_MODES[*above as usize][*left as usize]);
                    (*above, *left) = (mode, mode);
                    mode
                })
            }))
        };
        Self { segment, skipped, luma, chroma: chroma(bools) }
    }
}

/// The tree of section 11.2.
fn block(bools: &mut Bools<'_>, p: &[u8; 9]) -> Mode {
    let mut is = |at: usize| bools.is(p[at]);
    if !is(0) {
        Mode::Mean
    } else if !is(1) {
        Mode::Gradient
    } else if !is(2) {
        Mode::Vertical
    } else if !is(3) {
        if !is(4) {
            Mode::Horizontal
        } else if is(5) {
            Mode::VerticalRight
        } else {
            Mode::RightDown
        }
    } else if !is(6) {
        Mode::LeftDown
    } else if !is(7) {
        Mode::VerticalLeft
    } else if !is(8) {
        Mode::HorizontalDown
    } else {
        Mode::HorizontalUp
    }
}

fn chroma(bools: &mut Bools<'_>) -> Mode {
    if !bools.is(142) {
        Mode::Mean
    } else if !bools.is(114) {
        Mode::Vertical
    } else if bools.is(183) {
        Mode::Gradient
    } else {
        Mode::Horizontal
    }
}
