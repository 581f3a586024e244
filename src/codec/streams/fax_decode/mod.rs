//! CCITT fax data (ITU-T T.4 and T.6): Group 4 as it should be, and all else by a decoder that bears more.
//!
//! What is otherwise than T.6 has it (ends of lines between rows, runs beyond the edge, codes that are none) ends our own
//! decoder; the other begins anew then, so that what is borne is decided in one place.

#[cfg(test)]
mod tests;

use hayro_ccitt::{DecodeError, DecodeSettings, Decoder, DecoderContext, EncodingMode};

use super::fax_codes::{BLACK, Code, LONG, Table, WHITE};
use crate::error::Result;
use crate::memory;

/// Bits of the longest code of a run, and of a mode.
const RUN: u32 = 13;
const MODE: u32 = 7;

/// What follows from the next bits: how many pixels, above the length of the code; 0 where there is no such code.
type Runs = [u16; 1 << RUN];

static RUNS: [Runs; 2] = [runs(&WHITE), runs(&BLACK)];
static MODES: [Mode; 1 << MODE] = modes();

/// T.6, table 1.
#[derive(Clone, Copy)]
enum Mode {
    None,
    Pass,
    Horizontal,
    /// Pixels to the right of the change above.
    Vertical(i8),
}

/// Hands over the rows of data, each once, and tells what ended them before there were as many as the settings have.
pub fn decode(
    data: &[u8],
    settings: DecodeSettings,
    mut take: impl FnMut(Row<'_>),
) -> Result<Option<DecodeError>> {
    let mut known = 0;
    if matches!(settings.encoding, EncodingMode::Group4) && !settings.rows_are_byte_aligned {
        let mut rows = Rows::new(data, settings.columns)?;
        while known < settings.rows
            && let Some(row) = rows.next()
        {
            take(row);
            known += 1;
        }
        if known == settings.rows {
            return Ok(None);
        }
    }
    // Where the colour changes in two rows.
    memory::room((settings.columns as usize).saturating_mul(16), "fax data")?;
    let mut others = Others { known, take };
    Ok(hayro_ccitt::decode(data, &mut others, &mut DecoderContext::new(settings)).err())
}

/// The rows after those that are known.
struct Others<F> {
    known: u32,
    take: F,
}

impl<F: FnMut(Row<'_>)> Decoder for Others<F> {
    fn push_row(&mut self, changes: &[u32]) {
        match self.known.checked_sub(1) {
            Some(rest) => self.known = rest,
            None => (self.take)(Row::Changes(changes)),
        }
    }
}

/// Rows of Group 4 data.
struct Rows<'a> {
    bits: Bits<'a>,
    width: u32,
    /// Where the colour changes in the row before, beginning with the first black pixel, and in this one.
    above: Vec<u32>,
    row: Vec<u32>,
}

/// A row: as the one above, or where its colour changes. Above the first, there is a white one.
#[derive(Debug, PartialEq, Eq)]
pub enum Row<'a> {
    AsAbove,
    Changes(&'a [u32]),
}

impl<'a> Rows<'a> {
    /// For rows of `width` pixels.
    fn new(data: &'a [u8], width: u32) -> Result<Self> {
        let room = || memory::places(width as usize, "a row of fax data");
        Ok(Self { bits: Bits { data, ..Bits::default() }, width, above: room()?, row: room()? })
    }

    /// The next row; `None` where data is not as it should be.
    fn next(&mut self) -> Option<Row<'_>> {
        let mut line = Line { width: self.width, at: 0, least: 0, place: 0 };
        self.row.clear();
        let (mut bits, mut differs) = (self.bits, false);
        while line.at < self.width {
            bits.fill();
            match bits.ones() as usize {
                0 => {
                    differs = true;
                    line.differ(&mut bits, &self.above, &mut self.row)?;
                }
                ones => bits.take(line.repeat(ones, &self.above, &mut self.row)),
            }
        }
        self.bits = bits;
        if !bits.is_inside() {
            return None;
        }
        if !differs {
            return Some(Row::AsAbove);
        }
        std::mem::swap(&mut self.above, &mut self.row);
        Some(Row::Changes(&self.above))
    }
}

/// A row that is being decoded. Changes are in order, none at the place of another, and all before the edge.
struct Line {
    width: u32,
    /// What is decoded, and where the next change can be at the earliest.
    at: u32,
    least: u32,
    /// The first change above from there on that is to the other colour, by its number.
    place: usize,
}

impl Line {
    fn is_black(&self) -> bool {
        self.place % 2 == 1
    }

    /// Changes right below those above, one for each bit. How many bits that are: the edge may come first.
    #[inline]
    fn repeat(&mut self, ones: usize, above: &[u32], row: &mut Vec<u32>) -> u32 {
        let rest = above.get(self.place..).unwrap_or_default();
        let same = rest.get(..ones).unwrap_or(rest);
        row.extend_from_slice(same);
        self.place += same.len();
        match same.last() {
            Some(last) if same.len() == ones => {
                (self.at, self.least) = (*last, *last + 1);
                ones as u32
            }
            _ => {
                self.at = self.width;
                same.len() as u32 + 1
            }
        }
    }

    /// Anything else.
    #[inline]
    fn differ(&mut self, bits: &mut Bits<'_>, above: &[u32], row: &mut Vec<u32>) -> Option<()> {
        let change = |place: usize| above.get(place).copied().unwrap_or(self.width);
        match bits.mode() {
            Mode::None => return None,
            Mode::Pass => {
                self.at = change(self.place + 1);
                self.least = self.at.checked_add(1)?;
                self.place += 2;
            }
            Mode::Vertical(by) => {
                let at = change(self.place).checked_add_signed(by.into())?;
                if !(self.least..=self.width).contains(&at) {
                    return None;
                }
                let least = at.checked_add(1)?;
                // The one before may be of use again.
                let before = self.place.checked_sub(1).filter(|before| change(*before) >= least);
                self.place = before.unwrap_or(self.place + 1);
                self.go_on(at, above, row)?;
            }
            Mode::Horizontal => {
                let (at, black) = (self.at, usize::from(self.is_black()));
                let first = at.checked_add(bits.run(black)?)?;
                let second = first.checked_add(bits.run(1 - black)?)?;
                let is_whole = second > first || first == self.width;
                if first < self.least || second > self.width || !is_whole {
                    return None;
                }
                if first < self.width {
                    row.push(first);
                }
                self.go_on(second, above, row)?;
            }
        }
        Some(())
    }

    /// A change, and what is above and beyond it.
    #[inline]
    fn go_on(&mut self, at: u32, above: &[u32], row: &mut Vec<u32>) -> Option<()> {
        if at < self.width {
            row.push(at);
        }
        (self.at, self.least) = (at, at.checked_add(1)?);
        while above.get(self.place).is_some_and(|change| *change < self.least) {
            self.place += 2;
        }
        Some(())
    }
}

/// Bits, the highest first. After the last one there are zeros.
#[derive(Clone, Copy, Default)]
struct Bits<'a> {
    data: &'a [u8],
    /// The next byte.
    at: usize,
    held: u64,
    count: u32,
}

impl Bits<'_> {
    /// 56 bits are there then, at least.
    #[inline]
    fn fill(&mut self) {
        let rest = self.data.get(self.at..).unwrap_or_default();
        let bytes = rest
            .first_chunk()
            .copied()
            .unwrap_or_else(|| std::array::from_fn(|at| rest.get(at).copied().unwrap_or(0)));
        self.held |= u64::from_be_bytes(bytes) >> self.count;
        let whole = (63 - self.count) / 8;
        self.at += whole as usize;
        self.count += 8 * whole;
    }

    /// Ones that come next.
    #[inline]
    fn ones(&self) -> u32 {
        self.held.leading_ones().min(self.count)
    }

    #[inline]
    fn take(&mut self, count: u32) {
        self.held <<= count & 63;
        self.count = self.count.saturating_sub(count);
    }

    #[inline]
    fn mode(&mut self) -> Mode {
        let mode = MODES[(self.held >> (64 - MODE)) as usize];
        self.take(match mode {
            Mode::None => 0,
            Mode::Horizontal => 3,
            Mode::Pass => 4,
            Mode::Vertical(by) => [1, 3, 6, 7][usize::from(by.unsigned_abs()) % 4],
        });
        mode
    }

    /// The length of a run of a colour.
    #[inline]
    fn run(&mut self, colour: usize) -> Option<u32> {
        let mut all = 0u32;
        loop {
            self.fill();
            let found = RUNS[colour % 2][(self.held >> (64 - RUN)) as usize];
            let (run, len) = (u32::from(found >> 4), u32::from(found & 15));
            if len == 0 {
                return None;
            }
            self.take(len);
            all = all.checked_add(run)?;
            if run < 64 {
                return Some(all);
            }
        }
    }

    /// Whether no more was taken than there is.
    fn is_inside(&self) -> bool {
        self.at.saturating_mul(8) - self.count as usize <= self.data.len().saturating_mul(8)
    }
}

const fn runs(table: &Table) -> Runs {
    let mut runs = [0; 1 << RUN];
    let mut at = 0;
    while at < 64 {
        runs = with(runs, table.terminating[at], at);
        at += 1;
    }
    at = 0;
    while at < 27 {
        runs = with(runs, table.make_up[at], 64 * (at + 1));
        at += 1;
    }
    at = 0;
    while at < 13 {
        runs = with(runs, LONG[at], 64 * (at + 28));
        at += 1;
    }
    runs
}

const fn with(mut runs: Runs, code: Code, run: usize) -> Runs {
    let free = RUN - code.len as u32;
    let first = (code.bits as usize) << free;
    let mut at = 0;
    while at < 1 << free {
        runs[first + at] = (run as u16) << 4 | code.len as u16;
        at += 1;
    }
    runs
}

const fn modes() -> [Mode; 1 << MODE] {
    let mut modes = [Mode::None; 1 << MODE];
    let mut at = 0;
    while at < 1 << MODE {
        modes[at] = match at {
            0b0000010 => Mode::Vertical(-3),
            0b0000011 => Mode::Vertical(3),
            0b0000100..=0b0000101 => Mode::Vertical(-2),
            0b0000110..=0b0000111 => Mode::Vertical(2),
            0b0001000..=0b0001111 => Mode::Pass,
            0b0010000..=0b0011111 => Mode::Horizontal,
            0b0100000..=0b0101111 => Mode::Vertical(-1),
            0b0110000..=0b0111111 => Mode::Vertical(1),
            0b1000000.. => Mode::Vertical(0),
            _ => Mode::None,
        };
        at += 1;
    }
    modes
}
