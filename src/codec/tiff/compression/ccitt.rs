//! CCITT fax rows (T.4 and T.6) as packed bits, 1 = black.

use hayro_ccitt::{DecodeSettings, EncodingMode};

use super::Shape;
use crate::codec::streams::fax_decode::{self, Row};
use crate::codec::streams::fax_rows::blacken_runs;
use crate::codec::tiff::tags::compression;
use crate::error::{Error, Result};
use crate::limits::Budget;
use crate::memory::Scratch;

/// Which of the codes, and how rows end.
#[derive(Clone, Copy, Debug)]
pub struct Mode {
    encoding: EncodingMode,
    aligned: bool,
}

impl Mode {
    /// From Compression and the options tag that belongs to it.
    pub fn new(number: u16, options: u64) -> Result<Self> {
        // Bit 1 of both options says so.
        if options & 2 != 0 && number != compression::CCITT_RLE {
            return Err(Error::unsupported("uncompressed mode of CCITT fax data is not supported"));
        }
        Ok(match number {
            compression::CCITT_RLE => Self { encoding: EncodingMode::Group3_1D, aligned: true },
            compression::CCITT_G3 => Self {
                encoding: if options & 1 == 1 {
                    EncodingMode::Group3_2D
                } else {
                    EncodingMode::Group3_1D
                },
                // Bit 2 puts zeros before the end of each line, which are skipped anyway.
                aligned: false,
            },
            _ => Self { encoding: EncodingMode::Group4, aligned: false },
        })
    }
}

/// All rows of a chunk, and what is wrong with them where damage is borne.
pub fn decode(
    raw: &[u8],
    mode: Mode,
    shape: Shape,
    budget: &Budget,
) -> Result<(Scratch, Option<Error>)> {
    let row_len = (shape.width as usize).div_ceil(8);
    let rows = shape.rows as usize;
    // No row takes less than a bit: a few bytes cannot ask for much memory.
    if rows > raw.len().saturating_mul(8) {
        return Err(Error::damaged(format!("has {} bytes for {rows} rows", raw.len())));
    }
    let bits = Scratch::new(row_len.saturating_mul(rows), "a strip", budget)?;
    let mut to = Rows { bits, row_len, done: 0 };
    let mut settings = DecodeSettings {
        columns: shape.width,
        rows: shape.rows,
        end_of_block: true,
        end_of_line: false,
        rows_are_byte_aligned: mode.aligned,
        encoding: mode.encoding,
        strict: true,
    };
    let failure = fax_decode::decode(raw, settings, |row| to.put(row))?;
    if to.done >= rows {
        return Ok((to.bits, None));
    }
    let damage = Error::damaged(match failure {
        None => format!("ends after {} of {rows} rows", to.done),
        Some(error) => format!("has damaged fax data after {} of {rows} rows: {error}", to.done),
    });
    if shape.strict {
        return Err(damage);
    }
    settings.strict = false;
    to.done = 0;
    to.bits.fill(0);
    // As many rows as there are; the damage is known.
    fax_decode::decode(raw, settings, |row| to.put(row))?;
    Ok((to.bits, Some(damage)))
}

struct Rows {
    bits: Scratch,
    row_len: usize,
    done: usize,
}

impl Rows {
    fn put(&mut self, row: Row<'_>) {
        let start = self.done.saturating_mul(self.row_len).min(self.bits.len());
        self.done += 1;
        let (above, rest) = self.bits.split_at_mut(start);
        let Some(to) = rest.get_mut(..self.row_len) else { return };
        match row {
            Row::Changes(changes) => blacken_runs(to, changes),
            Row::AsAbove => {
                let above = above.rchunks(self.row_len.max(1)).next().unwrap_or_default();
                to.iter_mut().zip(above).for_each(|(to, from)| *to = *from);
            }
        }
    }
}
