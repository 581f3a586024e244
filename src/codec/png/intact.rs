//! Whether image data are whole although the checksum of a chunk is wrong: deflated data carry a checksum of their own.

use std::io::{self, BufReader, Read};

use super::data::Data;
use super::index::Index;
use crate::source::Source;

/// Inflates the data of the IDAT chunks, to no other end than to see whether their Adler-32 is right.
pub(super) fn is_intact(source: &Source, index: &Index) -> bool {
    let Ok(data) = Data::image(source, index, true) else { return false };
    let inflated = flate2::bufread::ZlibDecoder::new(BufReader::new(data));
    // Filters and interlacing add a little to the rows; data that go on for long are not worth the wait.
    let (row, rows) = (index.ihdr.row_len() as u64, u64::from(index.ihdr.height));
    let most = row.saturating_add(8).saturating_mul(rows + 8);
    let end = io::copy(&mut inflated.take(most.saturating_add(1)), &mut io::sink());
    end.is_ok_and(|len| len <= most)
}
