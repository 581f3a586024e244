//! Rows as another decoder has them.

use super::*;
use crate::codec::streams::fax::{self, Encoder};

const HEIGHT: u32 = 40;

/// Rows of 0 for black: runs of many lengths, shifted a little against the row above or not.
fn page(width: u32, seed: u32) -> Vec<Vec<u8>> {
    let len = width.div_ceil(8) as usize;
    let mut state = seed.wrapping_mul(2_654_435_761) | 1;
    let mut next = move |most: u32| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state % most
    };
    let mut rows = vec![vec![0xff; len]];
    for _ in 1..HEIGHT {
        let mut row = rows.last().unwrap().clone();
        for _ in 0..next(4) {
            let (start, bits) = (next(width), next(12));
            let run = next(1 << bits) + 1;
            let black = next(2) == 0;
            for x in start..width.min(start + run) {
                let bit = 0x80 >> (x % 8);
                let byte = &mut row[x as usize / 8];
                *byte = if black { *byte & !bit } else { *byte | bit };
            }
        }
        rows.push(row);
    }
    rows
}

fn encoded(width: u32, seed: u32) -> Vec<u8> {
    let mut encoder = Encoder::new(fax::Mode::Group4, width).unwrap();
    let mut out = Vec::new();
    page(width, seed).iter().for_each(|row| encoder.row(row, &mut out).unwrap());
    encoder.finish(&mut out).unwrap();
    out
}

fn decoded(data: &[u8], width: u32) -> Vec<Vec<u32>> {
    let mut rows = Rows::new(data, width).unwrap();
    let mut all: Vec<Vec<u32>> = Vec::new();
    while all.len() < HEIGHT as usize
        && let Some(row) = rows.next()
    {
        all.push(match row {
            Row::AsAbove => all.last().cloned().unwrap_or_default(),
            Row::Changes(changes) => changes.to_vec(),
        });
    }
    all
}

struct All(Vec<Vec<u32>>);

impl Decoder for All {
    fn push_row(&mut self, changes: &[u32]) {
        self.0.push(changes.to_vec());
    }
}

fn by_another(data: &[u8], width: u32) -> Vec<Vec<u32>> {
    let settings = DecodeSettings {
        columns: width,
        rows: HEIGHT,
        end_of_block: true,
        end_of_line: false,
        rows_are_byte_aligned: false,
        encoding: EncodingMode::Group4,
        strict: true,
    };
    let mut all = All(Vec::new());
    let _ = hayro_ccitt::decode(data, &mut all, &mut DecoderContext::new(settings));
    all.0
}

#[test]
fn rows_are_those_of_another_decoder() {
    for (width, seed) in (1..70).chain([1728, 2560, 2561, 5300]).zip(1..) {
        let data = encoded(width, seed);
        let rows = decoded(&data, width);
        assert_eq!(rows.len(), HEIGHT as usize, "{width}");
        assert_eq!(rows, by_another(&data, width), "{width}");
        // More rows than there are: the end of the block is none.
        let mut more = Rows::new(&data, width).unwrap();
        assert_eq!((0..=HEIGHT).map_while(|_| more.next().map(|_| ())).count(), 40);
    }
}

#[test]
fn damaged_rows_are_those_of_another_decoder_or_none() {
    let mut damaged = 0;
    for (width, seed) in [3, 16, 65, 300, 1728, 5300].into_iter().zip(7..) {
        let data = encoded(width, seed);
        for at in 0..data.len().min(150) {
            for change in [0x80, 0x11, 0xff] {
                let mut data = data.clone();
                data[at] ^= change;
                let (rows, others) = (decoded(&data, width), by_another(&data, width));
                damaged += u32::from(rows.len() < HEIGHT as usize);
                assert!(others.starts_with(&rows), "{width}, byte {at}, {change:#x}");
            }
            let rows = decoded(&data[..at], width);
            assert!(by_another(&data[..at], width).starts_with(&rows), "{width}, {at} bytes");
        }
    }
    assert!(damaged > 100, "{damaged}");
}

#[test]
fn runs_are_those_of_the_tables() {
    for (colour, table) in [&WHITE, &BLACK].into_iter().enumerate() {
        let runs = (0..64).zip(table.terminating).chain((64..).step_by(64).zip(table.make_up));
        for (run, code) in runs.chain((1792..).step_by(64).zip(LONG)) {
            let found = RUNS[colour][usize::from(code.bits) << (RUN - u32::from(code.len))];
            assert_eq!((found >> 4, found & 15), (run, code.len.into()));
        }
    }
}
