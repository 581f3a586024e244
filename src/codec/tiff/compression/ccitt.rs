//! CCITT fax rows (T.4 and T.6) as packed bits, 1 = black.

use hayro_ccitt::{DecodeSettings, Decoder, DecoderContext, EncodingMode};

use super::Shape;
use crate::codec::streams::fax_decode;
use crate::codec::streams::fax_rows::blacken_runs;
use crate::codec::tiff::tags::compression;
use crate::error::{Error, Result};
use crate::limits::Budget;
use crate::memory::{self, Scratch};

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
    let mut to = Rows { bits, row_len, done: 0, known: 0 };
    if matches!(mode.encoding, EncodingMode::Group4) && !mode.aligned {
        to.take(&mut fax_decode::Rows::new(raw, shape.width)?, rows);
        if to.done >= rows {
            return Ok((to.bits, None));
        }
        (to.known, to.done) = (to.done, 0);
    }
    // Where the colour changes in two rows.
    memory::room((shape.width as usize).saturating_mul(16), "fax data")?;
    let mut settings = DecodeSettings {
        columns: shape.width,
        rows: shape.rows,
        end_of_block: true,
        end_of_line: false,
        rows_are_byte_aligned: mode.aligned,
        encoding: mode.encoding,
        strict: true,
    };
    let outcome = hayro_ccitt::decode(raw, &mut to, &mut DecoderContext::new(settings));
    if to.done >= rows {
        return Ok((to.bits, None));
    }
    let damage = Error::damaged(match outcome {
        Ok(_) => format!("ends after {} of {rows} rows", to.done),
        Err(error) => format!("has damaged fax data after {} of {rows} rows: {error}", to.done),
    });
    if shape.strict {
        return Err(damage);
    }
    settings.strict = false;
    (to.known, to.done) = (0, 0);
    to.bits.fill(0);
    // As many rows as there are; the damage is known.
    let _ = hayro_ccitt::decode(raw, &mut to, &mut DecoderContext::new(settings));
    Ok((to.bits, Some(damage)))
}

struct Rows {
    bits: Scratch,
    row_len: usize,
    done: usize,
    /// Rows that are there already.
    known: usize,
}

impl Rows {
    /// Takes up to so many rows, as long as they are as they should be.
    fn take(&mut self, from: &mut fax_decode::Rows<'_>, rows: usize) {
        while self.done < rows
            && let Some(row) = from.next()
        {
            match row {
                fax_decode::Row::Changes(changes) => self.push_row(changes),
                fax_decode::Row::AsAbove => {
                    let start = self.done.saturating_mul(self.row_len);
                    let start = start.min(self.bits.len());
                    let (above, rest) = self.bits.split_at_mut(start);
                    let above = above.rchunks(self.row_len.max(1)).next().unwrap_or_default();
                    rest.iter_mut().zip(above).for_each(|(to, from)| *to = *from);
                    self.done += 1;
                }
            }
        }
    }
}

impl Decoder for Rows {
    fn push_row(&mut self, changes: &[u32]) {
        let start = self.done.saturating_mul(self.row_len);
        self.done += 1;
        if self.done <= self.known {
            return;
        }
        let Some(row) = self.bits.get_mut(start..).and_then(|rest| rest.get_mut(..self.row_len))
        else {
            return;
        };
        blacken_runs(row, changes);
    }
}
