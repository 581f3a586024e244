//! A baseline encoder (T.81, annex F) with libjpeg's quality scale, quantization and rounding.
//!
//! It holds one row of MCUs at a time; progressive files ([`progressive`]) take all coefficients. Coefficients are those of libjpeg-turbo to the bit (`bench/jpeg.c` compares them).
//! Tables made for the image take a second pass over the pixels instead of memory.

#[cfg(any(test, not(target_arch = "x86_64")))]
mod dct;
mod entropy;
mod huffman;
mod planes;
mod progressive;
mod quantize;
mod simd;

use super::{markers, segments, tables};
use crate::codec::Picture;
use crate::error::{Error, Result};
use crate::limits::Budget;
use crate::options::{SaveOptions, Subsampling};
use crate::pixel::PixelFormat;
use crate::sink::Sink;

use entropy::{Coder, Entropy, Statistics, TABLES};
use huffman::Codes;
use planes::{Plane, Planes};
use quantize::{Coefficients, Pair, Quantizer};
use std::ops::Range;
use tables::Huffman;

/// Pixels of a side at the most.
const MAX_SIDE: u32 = 65_535;

/// Writes a picture as a whole file.
pub fn encode(
    picture: &Picture<'_>,
    options: &SaveOptions,
    sink: &mut Sink<'_>,
    budget: &Budget,
) -> Result<()> {
    for (side, pixels) in [("width", picture.width), ("height", picture.height)] {
        if pixels > MAX_SIDE {
            let message = format!("{side} is {pixels}, JPEG holds {MAX_SIDE} at the most");
            return Err(Error::parameter(message));
        }
        if pixels == 0 {
            return Err(Error::parameter(format!("{side} is 0")));
        }
    }
    let encoder = Encoder::new(picture, options);
    let mut planes = Planes::new(picture, &encoder.shape, budget)?;
    if options.progressive {
        let mut kept = progressive::Kept::new(&encoder.shape, budget)?;
        encoder.pixels(picture, &mut planes, &mut kept)?;
        encoder.head(picture, markers::SOF2, sink)?;
        progressive::write(&kept, &encoder.shape, sink, budget)?;
        return sink.put(&[0xff, markers::EOI]);
    }
    let mut huffman = tables::standard_huffman();
    if options.optimize {
        let mut statistics = Statistics::new();
        encoder.pixels(picture, &mut planes, &mut statistics)?;
        huffman = statistics.0.each_ref().map(huffman::best_table);
    }
    encoder.head(picture, markers::SOF0, sink)?;
    encoder.begin(&huffman, sink)?;
    let mut coder = Coder::new(sink, huffman.each_ref().map(Codes::new))?;
    encoder.pixels(picture, &mut planes, &mut coder)?;
    coder.finish()?;
    sink.put(&[0xff, markers::EOI])
}

/// How the samples of a picture are divided.
struct Shape {
    components: Vec<Component>,
    /// Largest sampling factors.
    across: usize,
    down: usize,
    /// MCUs.
    columns: usize,
    rows: usize,
}

struct Component {
    id: u8,
    across: usize,
    down: usize,
    /// Which quantization and Huffman tables it uses.
    tables: usize,
    /// Blocks with samples of the picture: the rest of the last MCUs is filled.
    columns: usize,
    rows: usize,
}

impl Shape {
    fn new(picture: &Picture<'_>, subsampling: Subsampling) -> Self {
        let factors: &[(usize, usize, usize)] = match (picture.format, subsampling) {
            (PixelFormat::Gray8, _) => &[(1, 1, 0)],
            (PixelFormat::Cmyk8888, _) => &[(1, 1, 0); 4],
            (_, Subsampling::Both) => &[(2, 2, 0), (1, 1, 1), (1, 1, 1)],
            (_, Subsampling::Horizontal) => &[(2, 1, 0), (1, 1, 1), (1, 1, 1)],
            (_, Subsampling::None) => &[(1, 1, 0), (1, 1, 1), (1, 1, 1)],
        };
        let (width, height) = (picture.width as usize, picture.height as usize);
        let &(across, down, _) = &factors[0];
        // The ids of JFIF, and those that libjpeg gives to inks.
        let ids = if picture.format == PixelFormat::Cmyk8888 { b"CMYK" } else { &[1, 2, 3, 4] };
        let component = |(&id, &(h, v, tables)): (&u8, &(usize, usize, usize))| Component {
            id,
            across: h,
            down: v,
            tables,
            columns: (width * h).div_ceil(across * 8),
            rows: (height * v).div_ceil(down * 8),
        };
        Self {
            components: ids.iter().zip(factors).map(component).collect(),
            across,
            down,
            columns: width.div_ceil(across * 8),
            rows: height.div_ceil(down * 8),
        }
    }
}

struct Encoder {
    shape: Shape,
    quantization: [[u8; 64]; 2],
    quantizers: [Quantizer; 2],
}

impl Encoder {
    fn new(picture: &Picture<'_>, options: &SaveOptions) -> Self {
        let quantization =
            [tables::LUMA, tables::CHROMA].map(|table| scaled(&table, options.quality));
        Self {
            shape: Shape::new(picture, options.subsampling),
            quantizers: quantization.each_ref().map(Quantizer::new),
            quantization,
        }
    }

    fn head(&self, picture: &Picture<'_>, frame: u8, sink: &mut Sink<'_>) -> Result<()> {
        let mut head = vec![0xff, markers::SOI];
        let inks = picture.format == PixelFormat::Cmyk8888;
        // JFIF knows no inks, but only it states a resolution; Adobe's marker overrules its colours.
        if !inks || picture.resolution != (0.0, 0.0) {
            segments::put_jfif(&mut head, picture.resolution)?;
        }
        if inks {
            segments::put_adobe(&mut head, 0)?;
        }
        sink.put(&head)?;
        segments::put_metadata(sink, picture.metadata)?;

        let mut head = Vec::new();
        for (number, table) in (0u8..).zip(&self.quantization).take(self.tables()) {
            let mut content = vec![number];
            content.extend(tables::ZIGZAG.map(|at| table[usize::from(at & 63)]));
            tables::put_segment(&mut head, markers::DQT, &content)?;
        }
        tables::put_segment(&mut head, frame, &self.frame(picture))?;
        sink.put(&head)
    }

    /// How many tables of each kind there are.
    fn tables(&self) -> usize {
        if self.shape.components.iter().any(|component| component.tables > 0) { 2 } else { 1 }
    }

    /// The tables and the head of the only scan.
    fn begin(&self, huffman: &[Huffman; TABLES], sink: &mut Sink<'_>) -> Result<()> {
        let mut head = Vec::new();
        let places = [0x00, 0x10, 0x01, 0x11].into_iter().zip(huffman);
        for (place, table) in places.take(self.tables() * 2) {
            tables::put_huffman(&mut head, place, table)?;
        }
        tables::put_segment(&mut head, markers::SOS, &self.scan())?;
        sink.put(&head)
    }

    fn frame(&self, picture: &Picture<'_>) -> Vec<u8> {
        let [_, _, y1, y0] = picture.height.to_be_bytes();
        let [_, _, x1, x0] = picture.width.to_be_bytes();
        let mut content = vec![8, y1, y0, x1, x0, self.shape.components.len() as u8];
        for component in &self.shape.components {
            let factors = component.across << 4 | component.down;
            content.extend([component.id, factors as u8, component.tables as u8]);
        }
        content
    }

    fn scan(&self) -> Vec<u8> {
        let mut content = vec![self.shape.components.len() as u8];
        for component in &self.shape.components {
            content.extend([component.id, (component.tables << 4 | component.tables) as u8]);
        }
        content.extend([0, 63, 0]);
        content
    }

    /// One pass over the pixels.
    fn pixels(
        &self,
        picture: &Picture<'_>,
        planes: &mut Planes,
        entropy: &mut impl Entropy,
    ) -> Result<()> {
        let mut previous = [0; 4];
        let mut batch = Batch::new();
        for row in 0..self.shape.rows {
            planes.load(picture, row)?;
            for first in (0..self.shape.columns).step_by(MCUS) {
                let columns = first..(first + MCUS).min(self.shape.columns);
                self.transform(planes, &columns, &mut batch);
                for column in columns {
                    self.mcu(column, row, &batch, &mut previous, entropy)?;
                }
            }
        }
        Ok(())
    }

    /// Blocks of some MCUs of the current row: lines of blocks, since two that lie side by side cost little more than one.
    fn transform(&self, planes: &Planes, columns: &Range<usize>, batch: &mut Batch) {
        let mut lines = batch.lines.iter_mut();
        for (component, plane) in self.shape.components.iter().zip(&planes.planes) {
            let (first, count) =
                (columns.start * component.across, columns.len() * component.across);
            let quantizer = &self.quantizers[component.tables & 1];
            for (v, line) in (0..component.down).zip(&mut lines) {
                let pairs = line.as_chunks_mut::<2>().0.iter_mut().take(count.div_ceil(2));
                for (number, to) in pairs.enumerate() {
                    simd::two_blocks(&pair_at(plane, first + number * 2, v), quantizer, to);
                }
            }
        }
    }

    /// The codes of an MCU.
    #[inline(always)]
    fn mcu(
        &self,
        column: usize,
        row: usize,
        batch: &Batch,
        previous: &mut [i16; 4],
        entropy: &mut impl Entropy,
    ) -> Result<()> {
        let mut lines = batch.lines.iter();
        for (component, previous) in self.shape.components.iter().zip(previous) {
            let first = column % MCUS * component.across;
            for (v, line) in (0..component.down).zip(&mut lines) {
                let blocks = line.get(first..first + component.across).unwrap_or_default();
                for (h, block) in blocks.iter().enumerate() {
                    let (x, y) = (column * component.across + h, row * component.down + v);
                    if x < component.columns && y < component.rows {
                        let dc = block.values[0];
                        entropy.block(component.tables, dc - *previous, block)?;
                        *previous = dc;
                    } else {
                        // A block outside the picture costs least as a copy of the DC before.
                        entropy.block(component.tables, 0, &Coefficients::NONE)?;
                    }
                }
            }
        }
        Ok(())
    }
}

/// MCUs that are transformed before they are coded: what they need stays in the nearest cache.
const MCUS: usize = 8;

/// Blocks of some MCUs, for each component as many lines as an MCU has of it.
struct Batch {
    lines: [[Coefficients; 2 * MCUS]; 4],
}

impl Batch {
    fn new() -> Self {
        Self { lines: [[Coefficients::NONE; 2 * MCUS]; 4] }
    }
}

/// Blocks `x` and `x + 1` of line `v` of blocks.
#[inline(always)]
fn pair_at(plane: &Plane, x: usize, v: usize) -> Pair {
    let mut pair = [[0; 16]; 8];
    let start = v * 8 * plane.stride + x * 8;
    let rows = plane.samples.get(start..).unwrap_or_default().chunks(plane.stride);
    for (to, row) in pair.iter_mut().zip(rows) {
        if let Some(samples) = row.first_chunk::<16>() {
            *to = *samples;
        }
    }
    pair
}

/// A table of the standard at a quality, on libjpeg's scale.
fn scaled(table: &[u8; 64], quality: u8) -> [u8; 64] {
    let quality = u32::from(quality.clamp(1, 100));
    let percent = if quality < 50 { 5000 / quality } else { 200 - 2 * quality };
    table.map(|step| ((u32::from(step) * percent + 50) / 100).clamp(1, 255) as u8)
}
