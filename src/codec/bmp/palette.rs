//! The colours that indices stand for, and rows of indices in the format of a canvas.

use crate::error::{Error, Result};
use crate::limits::Budget;
use crate::memory::Scratch;
use crate::pixel::{Canvas, Converter, PixelFormat};
use crate::source::Source;

/// Up to 256 colours as B, G, R; those that the file lacks are black.
#[derive(Debug)]
pub struct Palette {
    colours: [[u8; 3]; 256],
    /// How many there can be.
    count: usize,
    bytes: u64,
}

impl Default for Palette {
    fn default() -> Self {
        Self { colours: [[0; 3]; 256], count: 0, bytes: 0 }
    }
}

impl Palette {
    /// Reads the palette at `start`, which ends where the pixels begin at the latest. `used` is how many colours the
    /// header states, 0 for all that `bits` can tell apart.
    pub fn read(
        source: &Source,
        start: u64,
        data: u64,
        bits: u32,
        used: u32,
        core: bool,
    ) -> Result<Self> {
        let mut palette = Self::default();
        if bits > 8 {
            return Ok(palette);
        }
        let entry = if core { 3 } else { 4 };
        palette.count = 1 << bits;
        let stated = if used == 0 { palette.count as u64 } else { u64::from(used) };
        if used > 0 && stated * entry > source.len().saturating_sub(start) {
            let message = format!("a palette of {used} colours does not fit into the file");
            return Err(Error::damaged(message).at_offset(start));
        }
        let room = if data == 0 { u64::MAX } else { data.saturating_sub(start) / entry };
        let stored = stated.min(room);
        palette.bytes = stored * entry;

        let mut raw = [0; 256 * 4];
        let len = stored.min(palette.count as u64) * entry;
        let raw = raw.get_mut(..len as usize).unwrap_or_default();
        source.read_at(start, raw)?;
        for (colour, raw) in palette.colours.iter_mut().zip(raw.chunks_exact(entry as usize)) {
            if let Some(bgr) = raw.first_chunk() {
                *colour = *bgr;
            }
        }
        Ok(palette)
    }

    /// Bytes that it takes in the file.
    pub fn len_in_file(&self) -> u64 {
        self.bytes
    }

    /// Index 0 and 1.
    pub fn first_two(&self) -> [[u8; 3]; 2] {
        let [first, second, ..] = self.colours;
        [first, second]
    }

    /// Whether no index has a hue.
    pub fn is_gray(&self) -> bool {
        self.colours.iter().take(self.count).all(|[b, g, r]| b == g && g == r)
    }

    /// Whether each index is its own gray.
    pub fn is_ramp(&self) -> bool {
        let mut entries = self.colours.iter().zip(0..=u8::MAX);
        self.count == 256 && entries.all(|(colour, gray)| *colour == [gray; 3])
    }
}

/// Turns rows of indices into rows of a canvas, with one look into a table for each pixel.
pub struct Painter {
    /// The palette in `format`, 256 pixels.
    table: Vec<u8>,
    format: PixelFormat,
    /// A row of gray, where the canvas has less than a byte for a pixel.
    gray: Option<Scratch>,
}

impl Painter {
    /// Fits the palette to the canvas.
    pub fn new(palette: &Palette, canvas: &Canvas<'_>, budget: &Budget) -> Result<Self> {
        let packed = canvas.format().is_packed_bits();
        let format = if packed { PixelFormat::Gray8 } else { canvas.format() };
        let width = canvas.layout().width as usize;
        let gray = packed.then(|| Scratch::new(width, "a row", budget)).transpose()?;
        let mut table = vec![0; 256 * format.bits_per_pixel() / 8];
        let converter = Converter::new(PixelFormat::Rgb888, format, [0; 3]);
        converter.row(palette.colours.as_flattened(), &mut table, 256);
        Ok(Self { table, format, gray })
    }

    /// Fills row `y` with the colours of `indices`.
    pub fn paint(&mut self, canvas: &mut Canvas<'_>, y: u32, indices: &[u8]) -> Result<()> {
        if let Some(gray) = &mut self.gray {
            look_up(&self.table, self.format, indices, gray);
            return canvas.put(y, self.format, gray);
        }
        look_up(&self.table, self.format, indices, canvas.row(y)?);
        Ok(())
    }
}

fn look_up(table: &[u8], format: PixelFormat, indices: &[u8], to: &mut [u8]) {
    match format.bits_per_pixel() {
        8 => expand::<1>(table, indices, to),
        16 => expand::<2>(table, indices, to),
        24 => expand::<3>(table, indices, to),
        32 => expand::<4>(table, indices, to),
        48 => expand::<6>(table, indices, to),
        _ => expand::<8>(table, indices, to),
    }
}

fn expand<const N: usize>(table: &[u8], indices: &[u8], to: &mut [u8]) {
    let Some(table) = table.as_chunks::<N>().0.first_chunk::<256>() else { return };
    for (to, index) in to.as_chunks_mut::<N>().0.iter_mut().zip(indices) {
        *to = table[usize::from(*index)];
    }
}

/// Indices of `bits` (1, 2 or 4) each, most significant first, one to a byte.
pub fn unpack(packed: &[u8], bits: u32, indices: &mut [u8]) {
    let per_byte = 8 / bits.max(1);
    let mask = 0xffu8 >> (8 - bits);
    for (indices, packed) in indices.chunks_mut(per_byte as usize).zip(packed) {
        let mut shift = 8;
        for index in indices {
            shift -= bits;
            *index = packed >> shift & mask;
        }
    }
}
