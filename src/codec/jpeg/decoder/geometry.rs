//! How many blocks and samples the components of a frame have.

use super::super::scan::Frame;

/// One component.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    /// Blocks of an MCU across and down.
    pub across: usize,
    pub down: usize,
    /// Samples of a row, and rows, without what fills the last blocks.
    pub width: usize,
    pub height: usize,
}

/// A frame in MCUs.
#[derive(Clone, Debug)]
pub struct Geometry {
    pub parts: Vec<Part>,
    /// The largest factors.
    pub across: usize,
    pub down: usize,
    /// MCUs.
    pub columns: usize,
    pub rows: usize,
}

impl Geometry {
    pub fn new(frame: &Frame) -> Self {
        let single = frame.components.len() == 1;
        // Of a component that is alone the factors mean nothing (T.81, A.2.2).
        let factors = |across: u8, down: u8| {
            if single { (1, 1) } else { (usize::from(across), usize::from(down)) }
        };
        let all =
            frame.components.iter().map(|component| factors(component.across, component.down));
        let across = all.clone().map(|(across, _)| across).max().unwrap_or(1);
        let down = all.clone().map(|(_, down)| down).max().unwrap_or(1);
        let (width, height) = (frame.width as usize, frame.height as usize);
        let part = |(h, v): (usize, usize)| Part {
            across: h,
            down: v,
            width: (width * h).div_ceil(across),
            height: (height * v).div_ceil(down),
        };
        Self {
            parts: all.map(part).collect(),
            across,
            down,
            columns: width.div_ceil(8 * across),
            rows: height.div_ceil(8 * down),
        }
    }

    /// Blocks of all components.
    pub fn blocks(&self) -> usize {
        let of_mcu: usize = self.parts.iter().map(|part| part.across * part.down).sum();
        of_mcu.saturating_mul(self.columns).saturating_mul(self.rows)
    }

    /// Rows of pixels of an MCU.
    pub fn mcu_rows(&self) -> usize {
        8 * self.down
    }

    /// How many times as many pixels as samples there are of a component, across and down.
    pub fn factors(&self, part: &Part) -> (usize, usize) {
        (self.across / part.across.max(1), self.down / part.down.max(1))
    }
}
