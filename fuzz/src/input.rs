//! Decisions taken from the end of an input.

/// Hands out bytes from the last one on; zeros once there are none.
pub struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// What is left: the file.
    pub fn rest(&self) -> &'a [u8] {
        self.0
    }

    pub fn byte(&mut self) -> u8 {
        let Some((last, rest)) = self.0.split_last() else { return 0 };
        self.0 = rest;
        *last
    }

    pub fn number(&mut self) -> u32 {
        u32::from_le_bytes([self.byte(), self.byte(), self.byte(), self.byte()])
    }

    /// Often one of the numbers that are in use, sometimes any.
    pub fn choice(&mut self, known: &[i32]) -> i32 {
        match self.byte() {
            255 => self.number() as i32,
            at => known[usize::from(at) % known.len()],
        }
    }

    /// A small number in most cases.
    pub fn size(&mut self) -> usize {
        match self.byte() {
            255 => usize::MAX,
            254 => self.number() as usize,
            small => usize::from(small),
        }
    }
}

pub const PIXELS: [i32; 20] =
    [-1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 256, 257, 7];
pub const FORMATS: [i32; 9] = [0, 1, 2, 3, 256, 257, 259, 260, 262];
