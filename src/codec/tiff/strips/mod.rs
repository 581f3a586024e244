//! Strips and tiles: where they lie, and the lines of bytes that they hold, from the top of the page to its end.

mod straight;

use std::ops::Range;

use super::compression::{Method, Shape, Stream, jpeg};
use super::directory::Container;
use super::grid::Grid;
use super::page::Page;
use super::places::Places;
use super::predictor::Predictor;
use super::tags;
use crate::error::{Error, Kind, Result};
use crate::limits::Budget;
use crate::memory::Scratch;
use crate::pixel::Canvas;

/// Bytes of a strip that are held at a time, unless a line or a tile has more.
const BAND: usize = 64 << 10;

/// Bytes of a strip that is held as a whole: decoding is faster then.
const SMALL: usize = 1 << 20;

/// Planes that are read side by side at the most.
pub(super) const MOST_PLANES: usize = 16;

/// Refuses lines and tiles that no file of `len` bytes can hold, before memory is asked for.
fn check_plausible(grid: &Grid, method: &Method, len: u64, strict: bool) -> Result<()> {
    use tags::compression::{
        DEFLATE, JPEG, LZMA, LZW, NONE, OLD_DEFLATE, OLD_JPEG, PACKBITS, ZSTD,
    };
    // Bytes that one byte can stand for at the most; fax and ThunderScan data look to it themselves.
    let most: u64 = match method.compression {
        NONE => 1,
        PACKBITS => 64,
        DEFLATE | OLD_DEFLATE => 1100,
        LZW | JPEG | OLD_JPEG => 4096,
        ZSTD | LZMA => 1 << 16,
        _ => return Ok(()),
    };
    // Of a tile that is cut, a part can be recovered.
    let lines = if grid.tiled && strict { grid.chunk_height.div_ceil(grid.line_rows) } else { 1 };
    let needed = (grid.line_len as u64).saturating_mul(u64::from(lines));
    if needed <= len.saturating_mul(most) {
        return Ok(());
    }
    let what = if lines > 1 { "a tile" } else { "a row" };
    Err(Error::damaged(format!("{what} of {needed} bytes is declared in a file of {len}")))
}

/// Takes a row and the line it is in, one of each plane.
pub type TakeRow<'a> = dyn FnMut(u32, &[&[u8]]) -> Result<()> + 'a;

/// Reads a page line by line.
pub struct Lines<'a> {
    pub grid: Grid,
    file: &'a Container,
    method: &'a Method,
    predictor: Predictor,
    places: Places,
    /// Where the directory of the page is.
    directory: u64,
    height: u32,
    strict: bool,
    damage: Option<Error>,
    budget: &'a Budget,
}

impl<'a> Lines<'a> {
    /// Fails where the page does not say where its chunks are.
    pub fn new(
        file: &'a Container,
        page: &Page,
        grid: Grid,
        method: &'a Method,
        strict: bool,
        budget: &'a Budget,
    ) -> Result<Self> {
        use tags::compression::{DEFLATE, LZMA, LZW, OLD_DEFLATE, ZSTD};
        // Other compressions know no predictor, and their writers leave all sorts of values there.
        let differs = matches!(method.compression, LZW | DEFLATE | OLD_DEFLATE | ZSTD | LZMA);
        let predictor = if differs { page.predictor } else { 1 };
        if predictor > 1 && grid.line_rows > 1 {
            return Err(Error::unsupported("a predictor with subsampled chroma is not supported"));
        }
        check_plausible(&grid, method, file.source().len(), strict)?;
        let missing = |at| Error::damaged(format!("the offset of {} is missing", grid.name(at)));
        let places = Places::new(file, page, method, grid.tiled)?.ok_or_else(|| missing(0))?;
        if places.count() < grid.count() {
            return Err(missing(places.count()));
        }
        Ok(Self {
            predictor: Predictor::new(
                predictor,
                page.bits,
                usize::from(grid.samples),
                file.is_big_endian(),
            )?,
            places,
            directory: page.offset,
            height: page.height,
            grid,
            file,
            method,
            strict,
            damage: None,
            budget,
        })
    }

    /// Calls `take` with each row of some rows of chunks, and the line it is in, one for each of the first `planes`
    /// planes.
    ///
    /// Where damage is borne, rows without a line are left out, and the first damage is the error after the last row.
    pub fn each_row(
        &mut self,
        planes: u32,
        downs: Range<u32>,
        take: &mut TakeRow<'_>,
    ) -> Result<()> {
        let grid = self.grid;
        let lines_of_chunk = grid.chunk_height.div_ceil(grid.line_rows) as usize;
        let line_len = grid.whole_line();
        let most = match grid.tiled {
            true => lines_of_chunk,
            false if line_len.saturating_mul(lines_of_chunk) <= SMALL => lines_of_chunk,
            false => (BAND / line_len.max(1)).clamp(1, lines_of_chunk),
        };
        let plane_len = line_len.saturating_mul(most);
        let size = plane_len.saturating_mul(planes as usize);
        let mut bytes = Scratch::new(size, "a band of rows", self.budget)?;
        let mut work = Scratch::new(grid.line_len, "a row", self.budget)?;
        let tile_len = if grid.tiled { grid.line_len.saturating_mul(most) } else { 0 };
        let mut tile = Scratch::new(tile_len, "a tile", self.budget)?;
        for down in downs {
            let rows = grid.rows_of(down, self.height);
            let lines = rows.div_ceil(grid.line_rows) as usize;
            let mut strips = Vec::new();
            for start in (0..lines).step_by(most) {
                let count = most.min(lines - start);
                let mut good = count;
                for (plane, band) in (0..planes).zip(bytes.chunks_exact_mut(plane_len.max(1))) {
                    let band = band.get_mut(..count * line_len).unwrap_or_default();
                    if grid.tiled {
                        self.tiles(plane, down, band, (&mut tile, &mut work))?;
                        continue;
                    }
                    if start == 0 {
                        strips.push(self.open(plane, down, 0, rows)?);
                    }
                    let strip = strips.get_mut(plane as usize).and_then(Option::as_mut);
                    good = good.min(self.band(strip, band, (start, lines), &mut work)?);
                }
                let views = Views { bytes: &bytes, plane_len, line_len };
                let first = start as u32 * grid.line_rows;
                let last = rows.min(first + good as u32 * grid.line_rows);
                for row in first..last {
                    let line = ((row - first) / grid.line_rows) as usize;
                    views.of(line, |views| take(down * grid.chunk_height + row, views))?;
                }
            }
        }
        self.damage.take().map_or(Ok(()), Err)
    }

    /// Fills `band` with lines of a strip; how many there were.
    fn band(
        &mut self,
        strip: Option<&mut Chunk>,
        band: &mut [u8],
        at: (usize, usize),
        work: &mut [u8],
    ) -> Result<usize> {
        let Some(strip) = strip else { return Ok(0) };
        let line_len = self.grid.whole_line().max(1);
        let got = self.fill(strip, band, at)?;
        band.chunks_exact_mut(line_len)
            .take(got / line_len)
            .for_each(|line| self.predictor.undo(line, work));
        Ok(got / line_len)
    }

    /// Fills `band` with the tiles of a row of tiles. What is missing of them is zero.
    fn tiles(
        &mut self,
        plane: u32,
        down: u32,
        band: &mut [u8],
        (whole, work): (&mut [u8], &mut [u8]),
    ) -> Result<()> {
        let grid = self.grid;
        let line_len = grid.whole_line().max(1);
        let lines = band.len() / line_len;
        let whole = whole.get_mut(..lines.saturating_mul(grid.line_len)).unwrap_or_default();
        band.fill(0);
        for across in 0..grid.across {
            let Some(mut tile) = self.open(plane, down, across, grid.chunk_height)? else {
                continue;
            };
            // All at once: decompressors take their time to begin and to stop.
            let got = self.fill(&mut tile, whole, (0, lines))?;
            let at = across as usize * grid.line_len;
            let from =
                whole.chunks_exact_mut(grid.line_len.max(1)).take(got / grid.line_len.max(1));
            for (line, from) in band.chunks_exact_mut(line_len).zip(from) {
                self.predictor.undo(from, work);
                if let Some(to) = line.get_mut(at..).and_then(|rest| rest.get_mut(..from.len())) {
                    to.copy_from_slice(from);
                }
            }
        }
        Ok(())
    }

    /// Whether chunks are pictures of their own, of 8 bits.
    pub fn are_pictures(&self) -> bool {
        self.method.compression == tags::compression::JPEG && self.method.jpeg.bits == 8
    }

    /// Decodes chunks that are pictures of their own to where they are wanted. Otherwise as [`Lines::each_row`].
    pub fn fill_pictures(&mut self, downs: Range<u32>, canvas: &mut Canvas<'_>) -> Result<()> {
        let grid = self.grid;
        let (method, source) = (self.method, self.file.source());
        for down in downs {
            let y = down.saturating_mul(grid.chunk_height);
            let rows = grid.rows_of(down, self.height);
            canvas.begin_rows(y)?;
            if !self.strict {
                // What is missing is zero, whatever was in the caller's memory.
                canvas.clear(y, rows)?;
            }
            for across in 0..grid.across {
                let Some(place) = self.place(0, down, across, rows)? else { continue };
                let wanted = if grid.tiled { grid.chunk_height } else { rows };
                let shape = self.shape(0, wanted);
                let at = (across.saturating_mul(grid.chunk_width), y);
                let outcome = method
                    .read(source, place.at, place.len, self.budget)
                    .and_then(|raw| jpeg::decode_into(&raw, &method.jpeg, shape, at, rows, canvas));
                if let Err(error) = outcome {
                    self.bear(self.blame(place.index, error))?;
                }
            }
        }
        self.damage.take().map_or(Ok(()), Err)
    }

    /// Where a chunk of which `rows` rows are wanted is; `None` where damage to it is borne.
    fn place(&mut self, plane: u32, down: u32, across: u32, rows: u32) -> Result<Option<Place>> {
        let grid = self.grid;
        let row = u64::from(plane) * u64::from(grid.down) + u64::from(down);
        let index = row * u64::from(grid.across) + u64::from(across);
        let Some((at, len)) = self.places.get(index, self.file)? else {
            let name = grid.name(index);
            self.bear(Error::damaged(format!("the offset of {name} is missing")))?;
            return Ok(None);
        };
        // Without a length, all that follows belongs to it: every compression knows its own end.
        let len = len.map_or(u64::MAX, |len| len.max(self.known_len(at, rows)));
        Ok(Some(Place { index, at, len }))
    }

    fn shape(&self, plane: u32, rows: u32) -> Shape {
        Shape {
            width: self.grid.chunk_width,
            rows,
            max_rows: self.grid.chunk_height,
            samples: self.grid.samples,
            plane,
            strict: self.strict,
        }
    }

    /// Opens a chunk of which `rows` rows are wanted; `None` where damage to it is borne.
    fn open(&mut self, plane: u32, down: u32, across: u32, rows: u32) -> Result<Option<Chunk>> {
        let Some(Place { index, at, len }) = self.place(plane, down, across, rows)? else {
            return Ok(None);
        };
        let shape = self.shape(plane, rows);
        match self.method.open(self.file.source(), at, len, shape, self.budget) {
            Ok(mut stream) => {
                if let Some(damage) = stream.damage.take() {
                    self.bear(self.blame(index, damage))?;
                }
                Ok(Some(Chunk { index, stream }))
            }
            Err(error) => {
                self.bear(self.blame(index, error))?;
                Ok(None)
            }
        }
    }

    /// Bytes of the one strip of a page without compression, whose stated length other readers do not ask for either.
    /// 0 where something else lies there, or nothing.
    fn known_len(&self, at: u64, rows: u32) -> u64 {
        let grid = self.grid;
        if grid.count() != 1 || self.method.compression != tags::compression::NONE {
            return 0;
        }
        let len = (grid.line_len as u64).saturating_mul(u64::from(rows.div_ceil(grid.line_rows)));
        let bytes = at..at.saturating_add(len);
        let free = bytes.end <= self.file.source().len() && !bytes.contains(&self.directory);
        if free { len } else { 0 }
    }

    /// Fills `to`, which begins at a line of so many; how many bytes there were, all of them unless damage is borne.
    fn fill(
        &mut self,
        chunk: &mut Chunk,
        to: &mut [u8],
        (start, lines): (usize, usize),
    ) -> Result<usize> {
        self.budget.check()?;
        let is_all = to.len() == lines * self.grid.line_len;
        let got = chunk.stream.fill(to, is_all, self.budget)?;
        self.filled(chunk, got, to.len(), (start, lines))
    }

    /// What there is of a chunk: all that was wanted, unless damage is borne.
    fn filled(
        &mut self,
        chunk: &mut Chunk,
        got: usize,
        wanted: usize,
        (start, lines): (usize, usize),
    ) -> Result<usize> {
        if got == wanted {
            return Ok(got);
        }
        let line_len = self.grid.line_len;
        let (there, whole) = (start * line_len + got, lines * line_len);
        let error = match chunk.stream.damage.take() {
            Some(damage) => self.blame(chunk.index, damage),
            None => {
                let name = self.grid.name(chunk.index);
                Error::damaged(format!("{name} ends after {there} of {whole} bytes"))
            }
        };
        self.bear(error)?;
        Ok(got)
    }

    /// Keeps the first damage where damage is borne; every other error ends the reading.
    fn bear(&mut self, error: Error) -> Result<()> {
        if self.strict || error.kind() != Kind::Damaged {
            return Err(error);
        }
        self.damage.get_or_insert(error);
        Ok(())
    }

    fn blame(&self, index: u64, error: Error) -> Error {
        match error.kind() {
            kind @ (Kind::Damaged | Kind::FeatureUnsupported) => {
                Error::new(kind, format!("{} {}", self.grid.name(index), error.message()))
            }
            _ => error,
        }
    }
}

/// A strip or tile in the file.
struct Place {
    index: u64,
    at: u64,
    len: u64,
}

/// An open strip or tile.
struct Chunk {
    index: u64,
    stream: Stream,
}

/// The lines of a band, plane after plane.
struct Views<'a> {
    bytes: &'a [u8],
    plane_len: usize,
    line_len: usize,
}

impl Views<'_> {
    /// Calls `take` with a line of each plane.
    fn of(&self, line: usize, take: impl FnOnce(&[&[u8]]) -> Result<()>) -> Result<()> {
        let at = line * self.line_len;
        let planes = self.bytes.chunks_exact(self.plane_len.max(1));
        let mut lines = planes.map(|band| {
            band.get(at..).and_then(|rest| rest.get(..self.line_len)).unwrap_or_default()
        });
        let mut views = [&[][..]; MOST_PLANES];
        views.iter_mut().zip(&mut lines).for_each(|(view, line)| *view = line);
        take(&views)
    }
}
