//! The filters that are undone before an image is decoded, within the memory of the call.

use std::borrow::Cow;
use std::io::Read;

use flate2::read::ZlibDecoder;
use hayro::hayro_syntax::Filter;
use hayro::hayro_syntax::object::{Array, Dict, Object};

use crate::codec::streams::filters::unfilter;
use crate::codec::streams::lzw::{self, Coding};
use crate::error::Result;
use crate::limits::{Budget, Reservation};
use crate::memory;

/// Bytes between two looks at the budget.
const BLOCK: usize = 64 << 10;

/// A filter with what it has to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Hex,
    Base85,
    RunLength,
    Flate(Predictor),
    Lzw { early: bool, predictor: Predictor },
}

/// How rows were made smaller before they were compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Predictor {
    number: u32,
    colours: usize,
    bits: usize,
    columns: usize,
}

/// What filters left, and the memory that it takes.
pub struct Plain<'a> {
    pub data: Cow<'a, [u8]>,
    _booked: Option<Reservation>,
}

/// The parameters of the filter at a place.
pub fn parms<'a>(dict: &Dict<'a>, at: usize, count: usize) -> Dict<'a> {
    let object = |key: &str| dict.get::<Object<'a>>(key);
    match object("DP").or_else(|| object("DecodeParms")) {
        Some(Object::Dict(parms)) if count == 1 => parms,
        Some(Object::Array(array)) => nth(&array, at),
        _ => Dict::empty(),
    }
}

fn nth<'a>(array: &Array<'a>, at: usize) -> Dict<'a> {
    match array.iter::<Object<'a>>().nth(at) {
        Some(Object::Dict(parms)) => parms,
        _ => Dict::empty(),
    }
}

impl Step {
    /// `None` for filters that belong to images.
    pub fn new(filter: Filter, parms: &Dict<'_>) -> Option<Self> {
        Some(match filter {
            Filter::AsciiHexDecode => Self::Hex,
            Filter::Ascii85Decode => Self::Base85,
            Filter::RunLengthDecode => Self::RunLength,
            Filter::FlateDecode => Self::Flate(Predictor::new(parms)),
            Filter::LzwDecode => Self::Lzw {
                early: parms.get::<i32>("EarlyChange") != Some(0),
                predictor: Predictor::new(parms),
            },
            _ => return None,
        })
    }

    /// As the Compression tag of TIFF numbers it.
    pub fn compression(&self) -> u32 {
        match self {
            Self::Flate(_) => 8,
            Self::Lzw { .. } => 5,
            _ => 1,
        }
    }

    /// Undoes the filter, up to `most` bytes. Of damaged data comes what is before the damage.
    fn undo(self, data: &[u8], most: usize, budget: &Budget) -> Result<Vec<u8>> {
        match self {
            Self::Hex => hexadecimal(data, most),
            Self::Base85 => base85(data, most),
            Self::RunLength => run_length(data, most),
            Self::Flate(predictor) => {
                let most = predictor.coded(most);
                Ok(predictor.undo(read_all(ZlibDecoder::new(data), most, budget)?))
            }
            Self::Lzw { early, predictor } => {
                let most = predictor.coded(most);
                Ok(predictor.undo(lzw(data, early, most, budget)?))
            }
        }
    }
}

/// Undoes filters one after the other; the last one up to `most` bytes.
pub fn undo<'a>(
    data: Cow<'a, [u8]>,
    steps: &[Step],
    most: usize,
    budget: &Budget,
) -> Result<Plain<'a>> {
    let mut plain = Plain { data, _booked: None };
    for (at, step) in steps.iter().enumerate() {
        let last = at + 1 == steps.len();
        let left = usize::try_from(budget.memory_left()).unwrap_or(usize::MAX);
        let data = step.undo(&plain.data, if last { most.min(left) } else { left }, budget)?;
        let booked = budget.reserve(data.len() as u64)?;
        plain = Plain { data: data.into(), _booked: Some(booked) };
    }
    Ok(plain)
}

fn read_all(mut from: impl Read, most: usize, budget: &Budget) -> Result<Vec<u8>> {
    let mut all = Vec::new();
    let mut block = memory::zeroed(BLOCK, "the data of an image")?;
    while all.len() < most {
        budget.check()?;
        let Ok(count @ 1..) = from.read(&mut block) else { break };
        let count = count.min(most - all.len());
        memory::append(&mut all, block.get(..count).unwrap_or_default(), "the data of an image")?;
    }
    Ok(all)
}

fn lzw(data: &[u8], early: bool, most: usize, budget: &Budget) -> Result<Vec<u8>> {
    let mut decoder = lzw::Decoder::new(Coding { low_first: false, early, bits: 8 })?;
    let (mut all, mut used) = (Vec::new(), 0);
    let mut block = memory::zeroed(BLOCK, "the data of an image")?;
    while all.len() < most {
        budget.check()?;
        let (got, _) = decoder.fill(data.get(used..).unwrap_or_default(), &mut used, &mut block);
        let count = got.min(most - all.len());
        memory::append(&mut all, block.get(..count).unwrap_or_default(), "the data of an image")?;
        if got < block.len() {
            break;
        }
    }
    Ok(all)
}

fn run_length(data: &[u8], most: usize) -> Result<Vec<u8>> {
    let (mut all, mut rest) = (Vec::new(), data);
    while let [len, after @ ..] = rest {
        let (run, following) = match *len {
            128 => break,
            len @ ..128 => after.split_at(after.len().min(usize::from(len) + 1)),
            len => match after {
                [byte, following @ ..] => {
                    let run = [*byte; 128];
                    let count = 257 - usize::from(len);
                    memory::append(&mut all, run.get(..count).unwrap_or(&run), "run lengths")?;
                    (&[][..], following)
                }
                [] => break,
            },
        };
        memory::append(&mut all, run, "run lengths")?;
        rest = following;
        if all.len() >= most {
            break;
        }
    }
    all.truncate(most);
    Ok(all)
}

/// Pairs of digits; the last one may stand alone.
fn hexadecimal(data: &[u8], most: usize) -> Result<Vec<u8>> {
    let digits = data.iter().take_while(|byte| **byte != b'>');
    let mut digits = digits.filter_map(|byte| char::from(*byte).to_digit(16));
    let mut out = Vec::new();
    while let Some(high) = digits.next().filter(|_| out.len() < most) {
        let byte = (high << 4 | digits.next().unwrap_or(0)) as u8;
        memory::append(&mut out, &[byte], "hexadecimal data")?;
    }
    Ok(out)
}

/// Groups of five digits for four bytes; `z` is four zeros, and the last group may be short.
fn base85(data: &[u8], most: usize) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    let mut group = [84u8; 5];
    let mut count = 0;
    for byte in data.iter().take_while(|byte| **byte != b'~') {
        match byte {
            b'z' if count == 0 => memory::append(&mut out, &[0; 4], "base 85 data")?,
            b'!'..=b'u' => {
                if let Some(digit) = group.get_mut(count) {
                    *digit = byte - b'!';
                }
                count += 1;
            }
            _ => {}
        }
        if count == 5 {
            memory::append(&mut out, &of_base85(group), "base 85 data")?;
            (group, count) = ([84; 5], 0);
        }
        if out.len() >= most {
            break;
        }
    }
    if count > 1 {
        let bytes = of_base85(group);
        memory::append(&mut out, bytes.get(..count - 1).unwrap_or_default(), "base 85 data")?;
    }
    out.truncate(most);
    Ok(out)
}

fn of_base85(group: [u8; 5]) -> [u8; 4] {
    let number = group
        .iter()
        .fold(0u32, |number, digit| number.wrapping_mul(85).wrapping_add(u32::from(*digit)));
    number.to_be_bytes()
}

impl Predictor {
    fn new(parms: &Dict<'_>) -> Self {
        let number = |key: &str, default: u32| parms.get::<u32>(key).unwrap_or(default).max(1);
        Self {
            number: number("Predictor", 1),
            colours: number("Colors", 1).min(64) as usize,
            bits: number("BitsPerComponent", 8).min(16) as usize,
            columns: number("Columns", 1) as usize,
        }
    }

    fn row_len(&self) -> usize {
        self.columns.saturating_mul(self.colours * self.bits).div_ceil(8).max(1)
    }

    fn pixel_len(&self) -> usize {
        (self.colours * self.bits).div_ceil(8).max(1)
    }

    /// Bytes that stand for `len` bytes of rows.
    fn coded(&self, len: usize) -> usize {
        if self.number < 10 { len } else { len.saturating_add(len.div_ceil(self.row_len())) }
    }

    /// Turns differences into samples.
    fn undo(&self, mut data: Vec<u8>) -> Vec<u8> {
        let row_len = self.row_len();
        match self.number {
            2 => {
                data.chunks_mut(row_len).for_each(|row| self.add_left(row));
                data
            }
            10.. => {
                let len = png(&mut data, row_len, self.pixel_len());
                data.truncate(len);
                data
            }
            _ => data,
        }
    }

    /// TIFF's predictor: differences to the sample on the left.
    fn add_left(&self, row: &mut [u8]) {
        match self.bits {
            16 => {
                for at in self.colours * 2..row.len() / 2 * 2 {
                    if at % 2 == 0
                        && let Some([left_high, left_low]) =
                            row.get(at - self.colours * 2..).and_then(|rest| rest.first_chunk())
                        && let Some([high, low]) = row.get(at..).and_then(|rest| rest.first_chunk())
                    {
                        let left = u16::from_be_bytes([*left_high, *left_low]);
                        let sum = u16::from_be_bytes([*high, *low]).wrapping_add(left);
                        row.iter_mut().skip(at).zip(sum.to_be_bytes()).for_each(|(to, b)| *to = b);
                    }
                }
            }
            8 => {
                for at in self.colours..row.len() {
                    let left = row.get(at - self.colours).copied().unwrap_or(0);
                    if let Some(sample) = row.get_mut(at) {
                        *sample = sample.wrapping_add(left);
                    }
                }
            }
            bits => self.add_left_of_bits(row, bits),
        }
    }

    fn add_left_of_bits(&self, row: &mut [u8], bits: usize) {
        let mask = (1u8 << bits.min(7)) - 1;
        let place = |at: usize| (at * bits / 8, 8 - bits - at * bits % 8);
        for at in self.colours..self.columns.saturating_mul(self.colours) {
            let (from, from_shift) = place(at - self.colours);
            let (to, shift) = place(at);
            let left = row.get(from).map_or(0, |byte| byte >> from_shift & mask);
            let Some(byte) = row.get_mut(to) else { break };
            let sum = (*byte >> shift & mask).wrapping_add(left) & mask;
            *byte = *byte & !(mask << shift) | sum << shift;
        }
    }
}

/// Undoes PNG's filters in place; the bytes that are left.
fn png(data: &mut [u8], row_len: usize, pixel: usize) -> usize {
    let (mut from, mut to) = (0usize, 0usize);
    while let Some(filter) = data.get(from).copied() {
        let len = row_len.min(data.len() - from - 1);
        data.copy_within(from + 1..from + 1 + len, to);
        let (before, row) = data.split_at_mut(to);
        let above = before.len().checked_sub(row_len).and_then(|start| before.get(start..));
        unfilter(filter, row.get_mut(..len).unwrap_or_default(), above.unwrap_or_default(), pixel);
        (from, to) = (from + 1 + len, to + len);
    }
    to
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;

    fn all(step: Step, data: &[u8], most: usize) -> Vec<u8> {
        step.undo(data, most, &Budget::new(Limits::default(), None)).unwrap()
    }

    #[test]
    fn text_and_runs_become_bytes() {
        assert_eq!(all(Step::Hex, b"48 65\n6c6C6f7>..", 99), b"Hellop");
        assert_eq!(all(Step::Base85, b"z87cURD]i,\"Ebo7~>", 99), b"\0\0\0\0Hello World");
        assert_eq!(all(Step::RunLength, &[2, 1, 2, 3, 254, 7, 128, 9], 99), [1, 2, 3, 7, 7, 7]);
        assert_eq!(all(Step::RunLength, &[2, 1, 2, 3, 254, 7], 4), [1, 2, 3, 7]);
        for len in 0..6 {
            all(Step::RunLength, &[2, 1, 2, 3, 254, 7][..len], 99);
        }
    }

    #[test]
    fn predictors_are_undone_row_by_row() {
        let predictor = |number, bits| Predictor { number, colours: 1, bits, columns: 4 };
        let tiff = |bits, row: &[u8]| predictor(2, bits).undo(row.to_vec());
        assert_eq!(tiff(8, &[1, 1, 1, 1, 5, 0, 0, 255]), [1, 2, 3, 4, 5, 5, 5, 4]);
        assert_eq!(tiff(16, &[0, 255, 0, 1, 0, 0, 1, 0]), [0, 255, 1, 0, 1, 0, 2, 0]);
        assert_eq!(tiff(1, &[0b1010_0000]), [0b1100_0000]);
        assert_eq!(tiff(4, &[0x1f, 0x23]), [0x10, 0x25]);
        let png = predictor(15, 8).undo(vec![1, 1, 1, 1, 1, 2, 1, 0, 0, 9, 0, 5]);
        assert_eq!(png, [1, 2, 3, 4, 2, 2, 3, 13, 5]);
        assert_eq!(predictor(15, 8).coded(9), 12);
    }
}
