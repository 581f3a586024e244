//! Pixels of a QOI, row by row (the QOI specification, version 1.0 of 2022-01-05).

use crate::codec::Header;
use crate::error::{Error, Result};
use crate::limits::Budget;
use crate::memory::Scratch;
use crate::pixel::{Canvas, PixelFormat};
use crate::source::Source;

use super::{END, MAGIC, place};

/// Bytes of the header.
const HEADER: usize = 14;
/// Bytes read at a time.
const BLOCK: usize = 32 << 10;
/// Bytes of the longest code.
const LONGEST: usize = 5;

/// What the header says.
#[derive(Clone, Copy)]
pub(super) struct Info {
    width: u32,
    height: u32,
    alpha: bool,
}

impl Info {
    pub fn read(source: &Source) -> Result<Self> {
        let mut head = [0; HEADER];
        if source.read_at(0, &mut head)? < HEADER || !head.starts_with(MAGIC) {
            return Err(Error::damaged("the header is cut off"));
        }
        let number =
            |at: usize| u32::from_be_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
        let (width, height, channels, colours) = (number(4), number(8), head[12], head[13]);
        if width == 0 || height == 0 {
            return Err(Error::damaged(format!("the size is {width} x {height}")));
        }
        if !matches!(channels, 3 | 4) || colours > 1 {
            let message = format!("{channels} channels of colour space {colours} are no QOI");
            return Err(Error::damaged(message));
        }
        Ok(Self { width, height, alpha: channels == 4 })
    }

    pub fn header(&self) -> Header {
        let (native, samples) =
            if self.alpha { (PixelFormat::Argb8888, 4) } else { (PixelFormat::Rgb888, 3) };
        Header::new(self.width, self.height, native, 8, samples)
    }

    /// Fills the canvas: rows in the order of their bytes in the file directly, others on their way through one row.
    pub fn decode(&self, source: &Source, canvas: &mut Canvas<'_>) -> Result<()> {
        let mut decoder = Decoder::new(source, canvas.budget())?;
        let (format, samples) =
            if self.alpha { (PixelFormat::Abgr8888, 4) } else { (PixelFormat::Bgr888, 3) };
        let direct = canvas.format() == format;
        let len = usize::try_from(u64::from(self.width) * samples)
            .map_err(|_| Error::no_memory(usize::MAX, "a row"))?;
        let mut scratch = Scratch::new(if direct { 0 } else { len }, "a row", canvas.budget())?;
        for y in 0..self.height {
            let filled = if direct {
                decoder.row(samples, canvas.row(y)?.get_mut(..len).unwrap_or_default())?
            } else {
                decoder.row(samples, &mut scratch)?
            };
            if !filled {
                return Err(
                    Error::damaged(format!("row {y} is cut off")).at_offset(decoder.offset())
                );
            }
            if !direct {
                canvas.put(y, format, &scratch)?;
            }
        }
        decoder.end()
    }
}

/// The codes of a file, and the pixels that the next one may be like.
struct Decoder<'a> {
    source: &'a Source,
    block: Scratch,
    /// What of the block is read and not used, and where the block ends in the file.
    at: usize,
    end: usize,
    next: u64,
    last: [u8; 4],
    seen: [[u8; 4]; 64],
    /// Pixels that are still to be like the last one.
    run: usize,
}

impl<'a> Decoder<'a> {
    fn new(source: &'a Source, budget: &Budget) -> Result<Self> {
        let block = Scratch::new(BLOCK, "input", budget)?;
        let next = HEADER as u64;
        let (last, seen) = ([0, 0, 0, 255], [[0; 4]; 64]);
        Ok(Self { source, block, at: 0, end: 0, next, last, seen, run: 0 })
    }

    /// Where in the file the next code is.
    fn offset(&self) -> u64 {
        self.next - (self.end - self.at) as u64
    }

    /// Reads on, so that there are as many bytes as the longest code has, unless the file ends.
    fn fill(&mut self) -> Result<()> {
        self.block.copy_within(self.at..self.end, 0);
        (self.at, self.end) = (0, self.end - self.at);
        let free = self.block.get_mut(self.end..).unwrap_or_default();
        let got = self.source.read_at(self.next, free)?;
        self.next += got as u64;
        self.end += got;
        Ok(())
    }

    /// Fills a row of R, G, B or R, G, B, A; `false` where the file ends before it does.
    fn row(&mut self, samples: u64, to: &mut [u8]) -> Result<bool> {
        match samples {
            4 => self.pixels(to.as_chunks_mut::<4>().0, |to, pixel| *to = pixel),
            _ => self.pixels(to.as_chunks_mut::<3>().0, |to, [r, g, b, _]| *to = [r, g, b]),
        }
    }

    fn pixels<P>(&mut self, row: &mut [P], put: impl Fn(&mut P, [u8; 4])) -> Result<bool> {
        let mut rest = row.iter_mut();
        loop {
            let run = self.run.min(rest.len());
            rest.by_ref().take(run).for_each(|to| put(to, self.last));
            self.run -= run;
            if rest.len() == 0 {
                return Ok(true);
            }
            self.codes(&mut rest, &put);
            // Too little for any code: of the block, or of the file.
            if self.end - self.at < LONGEST && self.run == 0 && !self.next_code(&mut rest, &put)? {
                return Ok(false);
            }
        }
    }

    /// Takes codes, until one is a run, or there is not enough for the longest, or nothing left to fill.
    fn codes<P>(&mut self, rest: &mut std::slice::IterMut<'_, P>, put: impl Fn(&mut P, [u8; 4])) {
        let bytes = self.block.get(..self.end).unwrap_or_default();
        let (mut at, mut last) = (self.at, self.last);
        while let Some(code) = bytes.get(at..).and_then(<[u8]>::first_chunk::<LONGEST>)
            && let Some(to) = rest.next()
        {
            let step = step(*code, last, &self.seen);
            at += step.len;
            last = step.pixel;
            self.seen[place(last)] = last;
            put(to, last);
            if step.run > 0 {
                self.run = step.run;
                break;
            }
        }
        (self.at, self.last) = (at, last);
    }

    /// Reads on and takes one code, which may be the last; `false` where the file is cut off.
    fn next_code<P>(
        &mut self,
        rest: &mut std::slice::IterMut<'_, P>,
        put: impl Fn(&mut P, [u8; 4]),
    ) -> Result<bool> {
        if rest.len() == 0 {
            return Ok(true);
        }
        self.fill()?;
        let bytes = self.block.get(..self.end).unwrap_or_default();
        let mut code = [0; LONGEST];
        code.iter_mut().zip(bytes).for_each(|(to, byte)| *to = *byte);
        let step = step(code, self.last, &self.seen);
        if step.len > bytes.len() {
            return Ok(false);
        }
        (self.at, self.last, self.run) = (step.len, step.pixel, step.run);
        self.seen[place(step.pixel)] = step.pixel;
        rest.by_ref().take(1).for_each(|to| put(to, step.pixel));
        Ok(true)
    }

    /// Looks for what a file ends in.
    fn end(&mut self) -> Result<()> {
        let offset = self.offset();
        let mut end = [0; END.len()];
        if self.source.read_at(offset, &mut end)? == END.len() && end == END {
            return Ok(());
        }
        Err(Error::damaged("the mark at the end is missing").at_offset(offset))
    }
}

/// What a code stands for.
struct Step {
    /// Bytes of the code.
    len: usize,
    pixel: [u8; 4],
    /// How often the pixel comes again.
    run: usize,
}

#[inline(always)]
fn step(bytes: [u8; LONGEST], last: [u8; 4], seen: &[[u8; 4]; 64]) -> Step {
    let [r, g, b, a] = last;
    let [code, second, third, fourth, fifth] = bytes;
    let once = |len, pixel| Step { len, pixel, run: 0 };
    match code {
        0x00..0x40 => once(1, seen[usize::from(code & 63)]),
        0x40..0x80 => {
            let moved =
                |sample: u8, shift: u8| sample.wrapping_add(code >> shift & 3).wrapping_sub(2);
            once(1, [moved(r, 4), moved(g, 2), moved(b, 0), a])
        }
        0x80..0xc0 => {
            let green = (code & 63).wrapping_sub(32);
            let moved =
                |sample: u8, by: u8| sample.wrapping_add(green).wrapping_add(by).wrapping_sub(8);
            once(2, [moved(r, second >> 4), g.wrapping_add(green), moved(b, second & 15), a])
        }
        0xfe => once(4, [second, third, fourth, a]),
        0xff => once(5, [second, third, fourth, fifth]),
        _ => Step { len: 1, pixel: last, run: usize::from(code & 63) },
    }
}
