//! The pixels of an image into a canvas of its size, by the decoders of this library.

use std::borrow::Cow;

use hayro_ccitt::{DecodeSettings, EncodingMode};

use super::facts::Fax;
use super::filters::{self, Plain};
use super::samples::Rows;
use super::{Coding, Facts};
use crate::codec::pdf::stack;
use crate::codec::streams::fax_decode::{self, Row};
use crate::codec::streams::fax_rows::blacken_runs;
use crate::codec::{self, Header, Pages};
use crate::error::{Error, Kind, Result};
use crate::format::FileFormat;
use crate::image::WHITE;
use crate::limits::{Budget, Reservation};
use crate::memory::{self, Scratch};
use crate::options::{ReadOptions, Tolerance};
use crate::pixel::{Canvas, Layout, PixelFormat};
use crate::source::Source;

/// Decodes `data`, all of the image but its mask. On damage, the rows that could be had are in the canvas.
pub fn opaque(
    facts: &Facts,
    data: Cow<'_, [u8]>,
    options: &ReadOptions,
    canvas: &mut Canvas<'_>,
) -> Result<()> {
    let budget = canvas.budget();
    match &facts.coding {
        Coding::Raw => {
            let mut rows = Rows::new(facts)?;
            let most = rows.stored_len().saturating_mul(facts.height as usize);
            let plain = filters::undo(data, &facts.steps, most, budget)?;
            raw(facts, &plain.data, &mut rows, canvas)
        }
        Coding::Ccitt(fax) => {
            let plain = filters::undo(data, &facts.steps, usize::MAX, budget)?;
            ccitt(facts, *fax, &plain.data, options, canvas)
        }
        Coding::Jpeg { .. } => Jpeg::open(facts, data, options, budget)?.decode(facts, canvas),
        Coding::Jbig2 | Coding::Jpx => Err(Error::new(Kind::Internal, "the engine decodes it")),
    }
}

fn raw(facts: &Facts, data: &[u8], rows: &mut Rows, canvas: &mut Canvas<'_>) -> Result<()> {
    let (format, len) = (rows.format(), rows.stored_len());
    let mut lines = data.chunks_exact(len.max(1));
    for y in 0..facts.height {
        let Some(line) = lines.next() else { return Err(ends_early(y, facts.height)) };
        canvas.put(y, format, rows.make(line))?;
    }
    Ok(())
}

fn ends_early(rows: u32, of: u32) -> Error {
    Error::damaged(format!("the data of an image ends after {rows} of {of} rows"))
}

/// Takes rows of fax data.
struct FaxRows<'a, 'b> {
    canvas: &'a mut Canvas<'b>,
    rows: Rows,
    line: Vec<u8>,
    /// What the bits of the decoder, 1 for black, are turned over with.
    white: u8,
    height: u32,
    done: u32,
    failed: Option<Error>,
}

fn ccitt(
    facts: &Facts,
    fax: Fax,
    data: &[u8],
    options: &ReadOptions,
    canvas: &mut Canvas<'_>,
) -> Result<()> {
    // No row takes less than a bit.
    if u64::from(facts.height) > (data.len() as u64).saturating_mul(8) {
        return Err(ends_early(0, facts.height));
    }
    let settings = DecodeSettings {
        columns: facts.width,
        rows: facts.height,
        end_of_block: fax.end_of_block,
        end_of_line: fax.end_of_line,
        rows_are_byte_aligned: fax.aligned,
        encoding: match fax.k {
            ..0 => EncodingMode::Group4,
            0 => EncodingMode::Group3_1D,
            1.. => EncodingMode::Group3_2D,
        },
        strict: options.tolerance == Tolerance::Strict,
    };
    let rows = Rows::new(facts)?;
    let line = memory::zeroed(rows.stored_len(), "a row")?;
    let white = if fax.black_is_1 { 0 } else { 0xff };
    let height = facts.height;
    let mut to = FaxRows { canvas, rows, line, white, height, done: 0, failed: None };
    to.blacken(&[]);
    let mut outcome = Ok(None);
    stack::until_enough(|| outcome = fax_decode::decode(data, settings, |row| to.put(row)));
    match (to.failed, outcome?) {
        (Some(error), _) => Err(error),
        _ if to.done >= height => Ok(()),
        (None, None) => Err(ends_early(to.done, height)),
        (None, Some(error)) => {
            let done = to.done;
            let message = format!("fax data is damaged after {done} of {height} rows: {error}");
            Err(Error::damaged(message))
        }
    }
}

impl FaxRows<'_, '_> {
    fn blacken(&mut self, changes: &[u32]) {
        self.line.fill(0);
        blacken_runs(&mut self.line, changes);
        let white = self.white;
        self.line.iter_mut().for_each(|byte| *byte ^= white);
    }

    fn put(&mut self, row: Row<'_>) {
        if self.done >= self.height {
            return;
        }
        if let Row::Changes(changes) = row {
            self.blacken(changes);
        }
        let format = self.rows.format();
        if let Err(error) = self.canvas.put(self.done, format, self.rows.make(&self.line)) {
            self.failed = Some(error);
            stack::enough();
        }
        self.done += 1;
    }
}

/// A JPEG as a file of its own.
pub struct Jpeg {
    pages: Box<dyn Pages>,
    options: ReadOptions,
    pub header: Header,
    /// Whether its decoder turns inks over, which in a PDF only a Decode array does.
    turned: bool,
    _booked: Reservation,
}

impl Jpeg {
    pub fn open(
        facts: &Facts,
        data: Cow<'_, [u8]>,
        options: &ReadOptions,
        budget: &Budget,
    ) -> Result<Self> {
        let Plain { data, .. } = filters::undo(data, &facts.steps, usize::MAX, budget)?;
        // The decoder keeps its file.
        let booked = budget.reserve(data.len() as u64)?;
        let start = data.windows(2).position(|bytes| bytes == [0xff, 0xd8]);
        let body = start.and_then(|start| data.get(start + 2..));
        let body = body.ok_or_else(|| Error::damaged("an image on the page is no JPEG"))?;
        let claims = Claims::of(body);
        let transform = match facts.coding {
            Coding::Jpeg { transform } => transform.filter(|_| claims.adobe.is_none()),
            _ => None,
        };
        let mut file = memory::copy_of(&[0xff, 0xd8], "a JPEG")?;
        let said = match (claims.components, transform) {
            (3, Some(false)) => Some(0),
            (4, Some(true)) => Some(2),
            _ => None,
        };
        match said {
            Some(transform) => {
                let marker = [
                    0xff, 0xee, 0, 14, b'A', b'd', b'o', b'b', b'e', 0, 100, 0, 0, 0, 0, transform,
                ];
                memory::append(&mut file, &marker, "a JPEG")?;
                memory::append(&mut file, body.get(claims.jfif..).unwrap_or(body), "a JPEG")?;
            }
            None => memory::append(&mut file, body, "a JPEG")?,
        }
        let options = ReadOptions { tolerance: options.tolerance, ..ReadOptions::default() };
        let source = Source::from_bytes(file);
        let mut pages = codec::for_format(FileFormat::Jpeg)?.open(&source, &options, budget)?;
        let mut header = pages.header(0, &options, budget)?;
        header.metadata = Default::default();
        let turned = claims.components == 4 && (claims.adobe.is_some() || said.is_some());
        Ok(Self { pages, options, header, turned, _booked: booked })
    }

    fn decode(&mut self, facts: &Facts, canvas: &mut Canvas<'_>) -> Result<()> {
        let reversed = facts.reversed != self.turned;
        if !reversed {
            return self.pages.decode(0, &self.options, canvas);
        }
        let format = match self.header.samples {
            1 => PixelFormat::Gray8,
            4 => PixelFormat::Cmyk8888,
            _ => PixelFormat::Bgr888,
        };
        let (width, height) = (self.header.width, self.header.height);
        let layout = Layout::tight(width, height, format)?;
        let mut pixels = Scratch::new(layout.size(), "an image of the page", canvas.budget())?;
        let mut whole = Canvas::new(&mut pixels, layout, WHITE, canvas.budget())?;
        let outcome = self.pages.decode(0, &self.options, &mut whole);
        let filled = if outcome.is_ok() { height } else { whole.rows_filled() };
        for (y, row) in (0..filled).zip(pixels.chunks_exact_mut(layout.stride.max(1))) {
            row.iter_mut().for_each(|sample| *sample = !*sample);
            canvas.put(y, format, row)?;
        }
        outcome
    }
}

/// What the segments of a JPEG say of its samples.
#[derive(Debug, Default, PartialEq, Eq)]
struct Claims {
    adobe: Option<u8>,
    components: u8,
    /// Bytes of a JFIF segment that comes first.
    jfif: usize,
}

impl Claims {
    /// Of what follows the first marker.
    fn of(body: &[u8]) -> Self {
        let (mut claims, mut at) = (Self::default(), 0);
        while let Some([0xff, marker, rest @ ..]) = body.get(at..) {
            let len = match (marker, rest) {
                (0xff, _) => 1,
                (0x01 | 0xd0..=0xd9, _) => 2,
                (_, [high, low, ..]) => 2 + usize::from(u16::from_be_bytes([*high, *low])),
                _ => break,
            };
            match (marker, rest) {
                (0xda, _) => break,
                (0xe0, _) if at == 0 => claims.jfif = len,
                (0xee, [_, _, b'A', b'd', b'o', b'b', b'e', more @ ..]) => {
                    claims.adobe = more.get(6).copied();
                }
                (0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf, more) => {
                    claims.components = more.get(7).copied().unwrap_or(0);
                }
                _ => {}
            }
            at = at.saturating_add(len);
        }
        claims
    }
}
