//! A plain sequential decoder (T.81, annex F), for the files that `zune-jpeg` gets wrong: components in scans of their
//! own, and images so small that their edges are all there is. Its pixels are those of libjpeg.

use super::bits::{Bits, Codes, bad_table};
use super::colour::Colour;
use super::idct;
use super::markers;
use super::scan::Head;
use super::tables::{ZIGZAG, standard_huffman};
use super::upsample::Plane;
use crate::error::{Error, Result};
use crate::memory::{self, Scratch};
use crate::pixel::{Canvas, PixelFormat};
use crate::source::Source;

/// Sides below which an image is decoded here.
const SMALL: u32 = 32;

/// Whether an image is better decoded here.
pub fn is_for(head: &Head) -> bool {
    let frame = &head.frame;
    let sequential = frame.marker != markers::SOF2;
    let small = frame.width < SMALL || frame.height < SMALL;
    sequential && (small || head.scanned() != frame.components.len())
}

/// Decodes the image into the canvas. On damage, what could be had is in it.
pub fn decode(source: &Source, head: &Head, canvas: &mut Canvas<'_>) -> Result<()> {
    let mut decoder = Decoder::new(source, head, canvas)?;
    let outcome = decoder.scans(head);
    decoder.put_rows(head.colour()?, canvas)?;
    outcome
}

/// One component while it is decoded.
struct Component {
    id: u8,
    factors: (usize, usize),
    table: usize,
    /// Blocks that lie in whole MCUs, across.
    blocks: usize,
    /// Samples that belong to the image.
    size: (usize, usize),
    samples: Scratch,
    last_dc: i32,
    seen: bool,
}

struct Decoder {
    bits: Bits,
    components: Vec<Component>,
    /// MCUs of an interleaved scan, across and down.
    mcus: (usize, usize),
    factors: (usize, usize),
    quantization: [Option<[u16; 64]>; 4],
    dc: [Option<Codes>; 4],
    ac: [Option<Codes>; 4],
    interval: usize,
    width: usize,
    height: usize,
}

impl Decoder {
    fn new(source: &Source, head: &Head, canvas: &Canvas<'_>) -> Result<Self> {
        let frame = &head.frame;
        // A component that is alone is never interleaved, so that its factors mean nothing (T.81, A.2.2).
        let alone = frame.components.len() == 1;
        let factors_of = |c: &super::scan::Component| {
            if alone { (1, 1) } else { (usize::from(c.across), usize::from(c.down)) }
        };
        let most = frame
            .components
            .iter()
            .map(factors_of)
            .fold((1, 1), |a, b| (a.0.max(b.0), a.1.max(b.1)));
        let (width, height) = (frame.width as usize, frame.height as usize);
        let mcus = (width.div_ceil(8 * most.0), height.div_ceil(8 * most.1));
        let component = |c: &super::scan::Component| {
            let factors = factors_of(c);
            if most.0 % factors.0 + most.1 % factors.1 > 0 {
                let message = format!(
                    "sampling factors of {} x {} beside {} x {} are not supported",
                    factors.0, factors.1, most.0, most.1
                );
                return Err(Error::unsupported(message));
            }
            let blocks = mcus.0 * factors.0;
            let len = blocks.saturating_mul(mcus.1 * factors.1).saturating_mul(64);
            Ok(Component {
                id: c.id,
                factors,
                table: usize::from(c.table),
                blocks,
                size: ((width * factors.0).div_ceil(most.0), (height * factors.1).div_ceil(most.1)),
                samples: Scratch::new(len, "decoding", canvas.budget())?,
                last_dc: 0,
                seen: false,
            })
        };
        let mut decoder = Self {
            bits: Bits::new(source, head.data)?,
            components: frame.components.iter().map(component).collect::<Result<_>>()?,
            mcus,
            factors: most,
            quantization: [None; 4],
            dc: Default::default(),
            ac: Default::default(),
            interval: 0,
            width,
            height,
        };
        decoder.tables(&head.tables, head.has_huffman)?;
        Ok(decoder)
    }

    fn tables(&mut self, mut segments: &[u8], has_huffman: bool) -> Result<()> {
        if !has_huffman {
            // Motion JPEG leaves the standard tables out.
            let [a, b, c, d] =
                standard_huffman().map(|table| Codes::new(&table.counts, &table.symbols));
            (self.dc[0], self.ac[0], self.dc[1], self.ac[1]) =
                (Some(a?), Some(b?), Some(c?), Some(d?));
        }
        while let [0xff, marker, high, low, rest @ ..] = segments {
            let len = usize::from(u16::from_be_bytes([*high, *low])).saturating_sub(2);
            let Some((content, after)) = rest.split_at_checked(len) else { break };
            segments = after;
            self.table(*marker, content)?;
        }
        Ok(())
    }

    fn table(&mut self, marker: u8, content: &[u8]) -> Result<()> {
        match (marker, content) {
            (markers::DQT, content) => self.quantization_tables(content),
            (markers::DHT, content) => self.huffman_tables(content),
            (markers::DRI, [high, low, ..]) => {
                self.interval = usize::from(u16::from_be_bytes([*high, *low]));
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn quantization_tables(&mut self, mut content: &[u8]) -> Result<()> {
        let damaged = || Error::damaged("a quantization table (DQT) is damaged");
        while let [place, rest @ ..] = content {
            let wide = place >> 4 != 0;
            let (values, rest) =
                rest.split_at_checked(if wide { 128 } else { 64 }).ok_or_else(damaged)?;
            content = rest;
            let table = self.quantization.get_mut(usize::from(place & 15)).ok_or_else(damaged)?;
            let mut values = values.iter().map(|value| u16::from(*value));
            let mut next = || values.next().unwrap_or(0);
            *table =
                Some(std::array::from_fn(|_| if wide { next() << 8 | next() } else { next() }));
        }
        Ok(())
    }

    fn huffman_tables(&mut self, mut content: &[u8]) -> Result<()> {
        while let [place, rest @ ..] = content {
            let (counts, rest) = rest.split_first_chunk::<16>().ok_or_else(bad_table)?;
            let total: usize = counts.iter().map(|count| usize::from(*count)).sum();
            let (symbols, rest) = rest.split_at_checked(total).ok_or_else(bad_table)?;
            content = rest;
            let tables = if place >> 4 == 0 { &mut self.dc } else { &mut self.ac };
            let table = tables.get_mut(usize::from(place & 15)).ok_or_else(bad_table)?;
            *table = Some(Codes::new(counts, symbols)?);
        }
        Ok(())
    }

    /// Decodes scans until each component was in one.
    fn scans(&mut self, head: &Head) -> Result<()> {
        let mut header = head.first_scan.get(4..).unwrap_or_default().to_vec();
        loop {
            self.scan(&header)?;
            if self.components.iter().all(|component| component.seen) {
                return Ok(());
            }
            header = loop {
                match self.bits.segment()? {
                    (markers::SOS, content) => break content,
                    (markers::EOI, _) => return Err(Error::damaged("a component is in no scan")),
                    (marker, content) => self.table(marker, &content)?,
                }
            };
        }
    }

    /// Decodes one scan, whose header this is (T.81, B.2.3).
    fn scan(&mut self, header: &[u8]) -> Result<()> {
        let damaged = || Error::damaged("a scan header (SOS) is damaged");
        let (count, rest) = header.split_first().ok_or_else(damaged)?;
        let selectors = rest.get(..usize::from(*count) * 2).ok_or_else(damaged)?;
        let mut chosen = Vec::new();
        for [id, tables] in selectors.as_chunks::<2>().0 {
            let at =
                self.components.iter().position(|component| component.id == *id && !component.seen);
            let at = at.ok_or_else(damaged)?;
            let component = &mut self.components[at];
            (component.seen, component.last_dc) = (true, 0);
            chosen.push(Chosen {
                component: at,
                dc: usize::from(tables >> 4 & 3),
                ac: usize::from(tables & 3),
            });
        }
        match chosen.as_slice() {
            [] => Err(damaged()),
            [one] => self.component_scan(one),
            several => self.interleaved_scan(several),
        }
    }

    /// A scan of one component: its blocks in rows, only those that belong to the image.
    fn component_scan(&mut self, chosen: &Chosen) -> Result<()> {
        let (width, height) = self.components[chosen.component].size;
        let (columns, rows) = (width.div_ceil(8), height.div_ceil(8));
        for at in 0..columns * rows {
            self.restart(at)?;
            self.block(chosen, at % columns, at / columns)?;
        }
        Ok(())
    }

    fn interleaved_scan(&mut self, chosen: &[Chosen]) -> Result<()> {
        for at in 0..self.mcus.0 * self.mcus.1 {
            self.restart(at)?;
            let (x, y) = (at % self.mcus.0, at / self.mcus.0);
            for one in chosen {
                let (across, down) = self.components[one.component].factors;
                for block in 0..across * down {
                    self.block(one, x * across + block % across, y * down + block / across)?;
                }
            }
        }
        Ok(())
    }

    fn restart(&mut self, at: usize) -> Result<()> {
        if self.interval == 0 || at == 0 || !at.is_multiple_of(self.interval) {
            return Ok(());
        }
        self.components.iter_mut().for_each(|component| component.last_dc = 0);
        self.bits.restart(((at / self.interval - 1) % 8) as u8)
    }

    /// Decodes a block into its place (T.81, F.2.2).
    fn block(&mut self, chosen: &Chosen, x: usize, y: usize) -> Result<()> {
        let missing = || Error::damaged("a table is missing");
        let component = self.components.get_mut(chosen.component).ok_or_else(missing)?;
        let quantization = self.quantization.get(component.table).and_then(Option::as_ref);
        let quantization = quantization.ok_or_else(missing)?;
        let dc = self.dc.get(chosen.dc).and_then(Option::as_ref).ok_or_else(missing)?;
        let ac = self.ac.get(chosen.ac).and_then(Option::as_ref).ok_or_else(missing)?;
        component.last_dc = component.last_dc.wrapping_add(self.bits.difference(dc)?);
        let mut coefficients = [0; 64];
        coefficients[0] = component.last_dc.wrapping_mul(quantization[0].into());
        let mut at = 1;
        while at < 64 {
            let symbol = self.bits.symbol(ac)?;
            let (run, category) = (usize::from(symbol >> 4), symbol & 15);
            if category == 0 {
                if run < 15 {
                    break;
                }
                at += 16;
                continue;
            }
            at += run;
            let value = self.bits.value(category)?;
            let (Some(place), Some(step)) = (ZIGZAG.get(at), quantization.get(at)) else {
                return Err(Error::damaged("a block has more than 64 coefficients"));
            };
            coefficients[usize::from(*place)] = value * i32::from(*step);
            at += 1;
        }
        let stride = component.blocks * 8;
        let samples = idct::samples(&coefficients);
        for (row, from) in samples.as_chunks::<8>().0.iter().enumerate() {
            let start = (y * 8 + row) * stride + x * 8;
            if let Some(to) =
                component.samples.get_mut(start..).and_then(|rest| rest.first_chunk_mut())
            {
                *to = *from;
            }
        }
        Ok(())
    }

    fn put_rows(&self, colour: Colour, canvas: &mut Canvas<'_>) -> Result<()> {
        let planes: Vec<Plane<'_>> =
            self.components.iter().map(|component| self.plane(component)).collect();
        let count = planes.len();
        let mut rows = memory::zeroed(self.width * count, "a row")?;
        let mut pixels = memory::zeroed(self.width * count, "a row")?;
        let mut sums = Vec::new();
        for y in 0..self.height {
            for (plane, row) in planes.iter().zip(rows.chunks_exact_mut(self.width)) {
                plane.upsample(y, row, &mut sums);
            }
            for (x, pixel) in pixels.chunks_exact_mut(count).enumerate() {
                for (sample, row) in pixel.iter_mut().zip(rows.chunks_exact(self.width)) {
                    *sample = row.get(x).copied().unwrap_or(0);
                }
                colour.finish(pixel);
            }
            let format = match count {
                1 => PixelFormat::Gray8,
                3 => PixelFormat::Bgr888,
                _ => PixelFormat::Cmyk8888,
            };
            canvas.put(y as u32, format, &pixels)?;
        }
        Ok(())
    }

    fn plane<'a>(&self, component: &'a Component) -> Plane<'a> {
        let covers = (self.factors.0 / component.factors.0, self.factors.1 / component.factors.1);
        let (width, height) = component.size;
        Plane { samples: &component.samples, stride: component.blocks * 8, width, height, covers }
    }
}

/// A component of a scan and its tables.
struct Chosen {
    component: usize,
    dc: usize,
    ac: usize,
}
