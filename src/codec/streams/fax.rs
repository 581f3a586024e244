//! CCITT fax data (ITU-T T.4 and T.6) from rows of one bit per pixel, 0 = black.
//!
//! A row is taken for the places where its colour changes, which are found a word at a time.

use super::fax_codes::{BLACK, Code, EOL, LONG, Table, WHITE};
use crate::codec::Picture;
use crate::error::{Error, Result};
use crate::limits::Budget;
use crate::memory::Scratch;
use crate::sink::Sink;

/// Which of the codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Rows for themselves, each after an end of line (T.4).
    Group3,
    /// Rows as differences to the one before, but for every `n`-th (T.4).
    Group3TwoDimensional(u32),
    /// Rows as differences to the one before (T.6).
    Group4,
}

/// Bytes that are collected before they are written.
const BLOCK: usize = 32 << 10;

/// Writes a picture as Group 4 data.
pub fn encode_g4(picture: &Picture<'_>, sink: &mut Sink<'_>, budget: &Budget) -> Result<()> {
    let mut scratch = Scratch::new(picture.row_len(), "a row of fax data", budget)?;
    let mut encoder = Encoder::new(Mode::Group4, picture.width)?;
    let mut out = Vec::new();
    for y in 0..picture.height {
        encoder.row(picture.row(y, &mut scratch)?, &mut out)?;
        if out.len() >= BLOCK {
            sink.put(&out)?;
            out.clear();
        }
    }
    encoder.finish(&mut out)?;
    sink.put(&out)
}

/// Compresses the rows of a strip.
pub struct Encoder {
    mode: Mode,
    width: u32,
    rows: u32,
    /// Where the colour changes in the row before, beginning with the first black pixel, and in this one.
    before: Vec<u32>,
    changes: Vec<u32>,
    bits: Bits,
}

impl Encoder {
    /// For rows of `width` pixels.
    pub fn new(mode: Mode, width: u32) -> Result<Self> {
        let most = width as usize + 1;
        let room = || {
            let mut changes = Vec::new();
            let made = changes.try_reserve_exact(most);
            made.map(|()| changes).map_err(|_| Error::no_memory(most * 4, "a row of fax data"))
        };
        let (before, changes) = (room()?, room()?);
        Ok(Self { mode, width, rows: 0, before, changes, bits: Bits::default() })
    }

    /// Appends a row.
    pub fn row(&mut self, row: &[u8], out: &mut Vec<u8>) -> Result<()> {
        reserve(out, self.width as usize + 64)?;
        std::mem::swap(&mut self.before, &mut self.changes);
        find_changes(row, self.width, &mut self.changes);
        let first = |every: u32| self.rows.is_multiple_of(every.max(1));
        let alone = match self.mode {
            Mode::Group3 => {
                self.bits.put(EOL, out);
                true
            }
            Mode::Group3TwoDimensional(every) => {
                let alone = first(every);
                self.bits.put(EOL, out);
                self.bits.put(Code { bits: u16::from(alone), len: 1 }, out);
                alone
            }
            Mode::Group4 => false,
        };
        if alone {
            self.put_runs(out);
        } else {
            self.put_differences(out);
        }
        self.rows += 1;
        Ok(())
    }

    /// Ends the data: with the end of the block in Group 4. Group 3 data in TIFF has no return to control (TIFF-F, RFC 2306).
    pub fn finish(&mut self, out: &mut Vec<u8>) -> Result<()> {
        reserve(out, 64)?;
        if self.mode == Mode::Group4 {
            self.bits.put(EOL, out);
            self.bits.put(EOL, out);
        }
        self.bits.finish(out);
        self.changes.clear();
        self.rows = 0;
        Ok(())
    }

    fn put_runs(&mut self, out: &mut Vec<u8>) {
        let mut start = 0;
        let ends = self.changes.iter().copied().chain([self.width]);
        for (end, table) in ends.zip([&WHITE, &BLACK].into_iter().cycle()) {
            self.bits.run(end - start, table, out);
            start = end;
        }
    }

    /// T.6, section 2.2: the names are its.
    fn put_differences(&mut self, out: &mut Vec<u8>) {
        let change = |changes: &[u32], at: usize| changes.get(at).copied().unwrap_or(self.width);
        // The imaginary white pixel before the first.
        let (mut a0, mut black) = (-1i64, false);
        let (mut at, mut above) = (0, 0usize);
        while a0 < i64::from(self.width) {
            above = above.saturating_sub(1);
            above += usize::from(above % 2 != usize::from(black));
            while i64::from(change(&self.before, above)) <= a0 && above < self.before.len() {
                above += 2;
            }
            let (b1, b2) = (change(&self.before, above), change(&self.before, above + 1));
            let a1 = change(&self.changes, at);
            if b2 < a1 {
                self.bits.put(Code { bits: 1, len: 4 }, out);
                a0 = i64::from(b2);
                continue;
            }
            if let Some(code) = vertical(i64::from(a1) - i64::from(b1)) {
                self.bits.put(code, out);
                a0 = i64::from(a1);
                black = !black;
                at += 1;
                continue;
            }
            let a2 = change(&self.changes, at + 1);
            self.bits.put(Code { bits: 1, len: 3 }, out);
            let tables = if black { [&BLACK, &WHITE] } else { [&WHITE, &BLACK] };
            self.bits.run(a1 - u32::try_from(a0).unwrap_or(0), tables[0], out);
            self.bits.run(a2 - a1, tables[1], out);
            a0 = i64::from(a2);
            at += 2;
        }
    }
}

/// The code for a change that lies `distance` pixels right of the one above.
fn vertical(distance: i64) -> Option<Code> {
    Some(match distance {
        0 => Code { bits: 1, len: 1 },
        1 => Code { bits: 3, len: 3 },
        2 => Code { bits: 3, len: 6 },
        3 => Code { bits: 3, len: 7 },
        -1 => Code { bits: 2, len: 3 },
        -2 => Code { bits: 2, len: 6 },
        -3 => Code { bits: 2, len: 7 },
        _ => return None,
    })
}

fn reserve(out: &mut Vec<u8>, room: usize) -> Result<()> {
    out.try_reserve(room).map_err(|_| Error::no_memory(room, "fax data"))
}

/// Where a row changes its colour, which is white before the first pixel.
fn find_changes(row: &[u8], width: u32, changes: &mut Vec<u32>) {
    changes.clear();
    let mut last = 0;
    for (eight, start) in row.chunks(8).zip((0u32..).step_by(64)) {
        // Bits after the row are white.
        let mut bytes = [0xff; 8];
        bytes.iter_mut().zip(eight).for_each(|(to, from)| *to = *from);
        let black = !u64::from_be_bytes(bytes);
        let mut marks = black ^ (black >> 1 | last << 63);
        last = black & 1;
        while marks != 0 {
            let at = marks.leading_zeros();
            marks ^= 1 << 63 >> at;
            if start + at >= width {
                return;
            }
            changes.push(start + at);
        }
    }
}

/// Bits on their way out, the highest first.
#[derive(Default)]
struct Bits {
    held: u64,
    count: u32,
}

impl Bits {
    fn put(&mut self, code: Code, out: &mut Vec<u8>) {
        self.held = self.held << code.len | u64::from(code.bits);
        self.count += u32::from(code.len);
        if self.count >= 32 {
            self.count -= 32;
            out.extend(((self.held >> self.count) as u32).to_be_bytes());
        }
    }

    fn run(&mut self, len: u32, table: &Table, out: &mut Vec<u8>) {
        let mut left = len;
        while let Some(rest) = left.checked_sub(2560) {
            self.put(LONG[12], out);
            left = rest;
        }
        if let Some(over) = left.checked_sub(1792) {
            self.put(LONG[(over / 64) as usize % LONG.len()], out);
        } else if let Some(over) = left.checked_sub(64) {
            self.put(table.make_up[(over / 64) as usize % table.make_up.len()], out);
        }
        self.put(table.terminating[(left % 64) as usize], out);
    }

    fn finish(&mut self, out: &mut Vec<u8>) {
        while self.count > 0 {
            let byte = if self.count >= 8 {
                self.held >> (self.count - 8)
            } else {
                self.held << (8 - self.count)
            };
            out.push(byte as u8);
            self.count = self.count.saturating_sub(8);
        }
        self.held = 0;
    }
}

#[cfg(test)]
mod tests {
    use hayro_ccitt::{DecodeSettings, Decoder, DecoderContext, EncodingMode};

    use super::*;

    struct Rows(Vec<Vec<u32>>);

    impl Decoder for Rows {
        fn push_row(&mut self, changes: &[u32]) {
            self.0.push(changes.to_vec());
        }
    }

    fn rows(width: u32) -> Vec<Vec<u8>> {
        let len = width.div_ceil(8);
        let row = |y: u32| -> Vec<u8> {
            let byte = |x: u32| match y % 6 {
                0 => 0xff,
                1 => 0,
                2 => (x * 37 + y * 11) as u8,
                3 => ((x * 37 + y * 11) % 251 * (x / 40 % 2)) as u8 ^ (y % 3) as u8,
                _ => 0xffu32.wrapping_mul(x / 3 % 2).wrapping_shr(y % 5) as u8,
            };
            (0..len).map(byte).collect()
        };
        (0..24).map(row).collect()
    }

    /// Changes of colour, bit by bit.
    fn slowly(row: &[u8], width: u32) -> Vec<u32> {
        let is_black = |x: u32| row[x as usize / 8] >> (7 - x % 8) & 1 == 0;
        (0..width).filter(|x| is_black(*x) != (*x > 0 && is_black(x - 1))).collect()
    }

    #[test]
    fn rows_come_back_from_another_decoder() {
        for width in (1..70).chain([2559, 2560, 2561, 5200, 40_000]) {
            for (mode, encoding) in [
                (Mode::Group3, EncodingMode::Group3_1D),
                (Mode::Group3TwoDimensional(4), EncodingMode::Group3_2D),
                (Mode::Group4, EncodingMode::Group4),
            ] {
                let mut encoder = Encoder::new(mode, width).unwrap();
                let (rows, mut out) = (rows(width), Vec::new());
                rows.iter().for_each(|row| encoder.row(row, &mut out).unwrap());
                encoder.finish(&mut out).unwrap();
                let settings = DecodeSettings {
                    columns: width,
                    rows: rows.len() as u32,
                    end_of_block: true,
                    end_of_line: false,
                    rows_are_byte_aligned: false,
                    encoding,
                    strict: true,
                };
                let mut back = Rows(Vec::new());
                hayro_ccitt::decode(&out, &mut back, &mut DecoderContext::new(settings)).unwrap();
                assert_eq!(back.0.len(), rows.len());
                for (changes, row) in back.0.iter().zip(&rows) {
                    let seen: Vec<u32> = changes.iter().copied().filter(|x| *x < width).collect();
                    assert_eq!(seen, slowly(row, width), "{mode:?}, {width}");
                }
            }
        }
    }

    #[test]
    fn an_encoder_begins_anew_after_the_end() {
        let rows = rows(100);
        let mut encoder = Encoder::new(Mode::Group3TwoDimensional(3), 100).unwrap();
        let mut strip = || {
            let mut out = Vec::new();
            rows.iter().for_each(|row| encoder.row(row, &mut out).unwrap());
            encoder.finish(&mut out).unwrap();
            out
        };
        assert_eq!(strip(), strip());
    }
}
