//! The rows of an image as they are stored, inflated and unfiltered (PNG Third Edition, clauses 8 to 10).

use simd_adler32::Adler32;

use super::data::Data;
use super::index::Ihdr;
use crate::codec::streams::filters::{PAETH, unfilter};
use crate::codec::streams::inflate::Inflater;
use crate::error::{Error, Result};
use crate::limits::Budget;
use crate::memory::Scratch;

/// Deflated bytes that are held at a time.
const INPUT: u64 = 64 << 10;

/// Where the pixels of the passes of an interlaced image lie: first column and row, and steps to the next ones.
const PASSES: [[u32; 4]; 7] = [
    [0, 0, 8, 8],
    [4, 0, 8, 8],
    [0, 4, 4, 8],
    [2, 0, 4, 4],
    [0, 2, 2, 4],
    [1, 0, 2, 2],
    [0, 1, 1, 2],
];

/// Rows one after the other.
pub(super) struct Scanlines<'a> {
    ihdr: Ihdr,
    data: Data,
    input: Scratch,
    /// How much of the input there is.
    filled: usize,
    inflater: Inflater,
    sum: Adler32,
    /// The row at hand and the one before, each after the number of its filter.
    line: Scratch,
    above: Scratch,
    budget: &'a Budget,
}

impl<'a> Scanlines<'a> {
    /// The rows of an image whose size `ihdr` has.
    pub fn new(mut data: Data, ihdr: &Ihdr, budget: &'a Budget) -> Result<Self> {
        let len = ihdr.row_len().saturating_add(1);
        let input = usize::try_from(data.most().min(INPUT)).unwrap_or(0);
        Ok(Self {
            ihdr: *ihdr,
            data,
            input: Scratch::new(input, "deflated data", budget)?,
            filled: 0,
            inflater: Inflater::with_room(len.saturating_mul(ihdr.height as usize)),
            sum: Adler32::new(),
            line: Scratch::new(len, "a row", budget)?,
            above: Scratch::new(len, "a row", budget)?,
            budget,
        })
    }

    /// Hands over every row, those of interlaced images once all passes are there.
    pub fn each(&mut self, mut take: impl FnMut(u32, &[u8]) -> Result<()>) -> Result<()> {
        let (len, height) = (self.ihdr.row_len(), self.ihdr.height);
        if !self.ihdr.interlaced {
            for y in 0..height {
                take(y, self.next(len)?)?;
            }
            return self.finish();
        }
        let size = len.saturating_mul(height as usize);
        let mut image = Scratch::new(size, "the passes of an interlaced image", self.budget)?;
        let outcome = self.weave(&mut image).and_then(|()| self.finish());
        // What the passes before some damage brought covers the whole image.
        for (y, row) in (0..height).zip(image.chunks_exact(len.max(1))) {
            take(y, row)?;
        }
        outcome
    }

    /// Puts the pixels of all passes where they belong.
    fn weave(&mut self, image: &mut [u8]) -> Result<()> {
        let Ihdr { width, height, .. } = self.ihdr;
        let (len, bits) = (self.ihdr.row_len().max(1), self.ihdr.bits_per_pixel() as usize);
        for [left, top, across, down] in PASSES {
            let columns = width.saturating_sub(left).div_ceil(across) as usize;
            if columns == 0 {
                continue;
            }
            let pass_len = columns.saturating_mul(bits).div_ceil(8);
            let rows = image.chunks_exact_mut(len).skip(top as usize).step_by(down as usize);
            // Above the first row of a pass all is zero.
            self.line.fill(0);
            for row in rows.take(height as usize) {
                self.budget.check()?;
                place(self.next(pass_len)?, row, bits, left as usize, across as usize);
            }
        }
        Ok(())
    }

    /// The next row, of `len` bytes.
    fn next(&mut self, len: usize) -> Result<&[u8]> {
        std::mem::swap(&mut self.line, &mut self.above);
        self.inflate(len + 1)?;
        let row = self.line.get_mut(..=len).and_then(<[u8]>::split_first_mut);
        let (filter, row) = row.ok_or_else(|| Error::damaged("the image has no rows"))?;
        if *filter > PAETH {
            return Err(Error::damaged(format!("a row has the unknown filter {filter}")));
        }
        let pixel = self.ihdr.bits_per_pixel().div_ceil(8) as usize;
        unfilter(*filter, row, self.above.get(1..=len).unwrap_or_default(), pixel);
        Ok(row)
    }

    /// Fills the line.
    fn inflate(&mut self, len: usize) -> Result<()> {
        let mut done = 0;
        loop {
            let from = self.input.get(..self.filled).unwrap_or_default();
            let to = self.line.get_mut(done..len).unwrap_or_default();
            let (got, damage) = self.inflater.next(from, to, self.budget)?;
            done += got;
            if done >= len {
                self.sum.write(self.line.get(..len).unwrap_or_default());
                return Ok(());
            }
            if damage.is_some() {
                return Err(Error::damaged("the deflated image data are invalid"));
            }
            if self.inflater.is_done() || !self.read_more()? {
                return Err(Error::damaged("the image data end before the last row"));
            }
        }
    }

    /// Looks at the checksums after the last row. As for libpng, data that are longer or lack theirs are whole.
    fn finish(&mut self) -> Result<()> {
        let stated = loop {
            let from = self.input.get(..self.filled).unwrap_or_default();
            let (got, damage) = self.inflater.next(from, &mut [0], self.budget)?;
            if got > 0 || damage.is_some() {
                break None;
            }
            let stated = self.inflater.checksum(from);
            if stated.is_some() || !self.read_more()? {
                break stated;
            }
        };
        self.data.finish(&mut self.input)?;
        match stated {
            Some(sum) if sum != self.sum.finish() => {
                Err(Error::damaged("the checksum of the image data is wrong"))
            }
            _ => Ok(()),
        }
    }

    /// Gets input after what is left of it; `false` where there is no more.
    fn read_more(&mut self) -> Result<bool> {
        let used = self.inflater.forget();
        self.input.copy_within(used.min(self.filled)..self.filled, 0);
        self.filled -= used.min(self.filled);
        let got = self.data.next(self.input.get_mut(self.filled..).unwrap_or_default())?;
        self.filled += got;
        Ok(got > 0)
    }
}

/// Puts the pixels of a pass into a row, at every `step`th place from `first` on.
fn place(from: &[u8], to: &mut [u8], bits: usize, first: usize, step: usize) {
    match bits {
        8 => place_bytes::<1>(from, to, first, step),
        16 => place_bytes::<2>(from, to, first, step),
        24 => place_bytes::<3>(from, to, first, step),
        32 => place_bytes::<4>(from, to, first, step),
        48 => place_bytes::<6>(from, to, first, step),
        64 => place_bytes::<8>(from, to, first, step),
        _ => place_bits(from, to, bits, first, step),
    }
}

fn place_bytes<const N: usize>(from: &[u8], to: &mut [u8], first: usize, step: usize) {
    let places = to.as_chunks_mut::<N>().0.iter_mut().skip(first).step_by(step);
    places.zip(from.as_chunks::<N>().0).for_each(|(to, from)| *to = *from);
}

/// 1, 2 or 4 bits, on zeros.
fn place_bits(from: &[u8], to: &mut [u8], bits: usize, first: usize, step: usize) {
    let per_byte = 8 / bits.max(1);
    let mask = 0xff >> (8 - bits.min(8));
    let shift = |at: usize| 8 - bits * (at % per_byte + 1);
    let columns = to.len() * per_byte;
    for (at, place) in (first..columns).step_by(step).enumerate() {
        let pixel = from.get(at / per_byte).map_or(0, |byte| byte >> shift(at) & mask);
        if let Some(to) = to.get_mut(place / per_byte) {
            *to |= pixel << shift(place);
        }
    }
}
