//! The segments before the first scan, read without decoding anything.

use std::io::{BufRead, Read, Seek, SeekFrom};

use super::colour::Colour;
use super::{decoder, markers, segments, tables};
use crate::error::{Error, Kind, Result};
use crate::limits::Budget;
use crate::memory;
use crate::metadata::Metadata;
use crate::source::{Cursor, Source};

/// Bytes of tables that are kept for the decoder. All that can be in force at a time take 3 KiB.
const MAX_TABLES: usize = 1 << 20;

/// Bytes that the tables of most files fit into, and each of their segments: room that is made at once.
const TABLES: usize = 1024;

/// What a scan is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Want {
    /// Facts and metadata.
    Metadata,
    /// Only what the decoder needs.
    Pixels,
}

/// The density of a JFIF segment.
#[derive(Clone, Copy, Debug)]
pub struct Density {
    /// 0 = an aspect ratio, 1 = per inch, 2 = per centimetre.
    pub unit: u8,
    /// Across.
    pub x: u16,
    /// Down.
    pub y: u16,
}

/// One component of a frame.
#[derive(Clone, Copy, Debug)]
pub struct Component {
    /// The number scans call it by.
    pub id: u8,
    /// Horizontal sampling factor.
    pub across: u8,
    /// Vertical sampling factor.
    pub down: u8,
    /// Its quantization table.
    pub table: u8,
}

/// What a SOF segment says.
#[derive(Clone, Debug)]
pub struct Frame {
    /// Its marker.
    pub marker: u8,
    /// Bits of a sample.
    pub bits: u8,
    /// Pixels per row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// At least one.
    pub components: Vec<Component>,
}

/// All that comes before the entropy-coded data.
#[derive(Debug)]
pub struct Head {
    /// The frame.
    pub frame: Frame,
    /// Density, where there is a JFIF segment.
    pub jfif: Option<Density>,
    /// The transform, where there is an Adobe segment.
    pub adobe: Option<u8>,
    /// ICC, EXIF and XMP, where they were wanted.
    pub metadata: Metadata,
    /// DQT, DHT, DRI and DAC segments in their order.
    pub tables: Vec<u8>,
    /// Whether there is a DHT among them.
    pub has_huffman: bool,
    /// The first SOS segment.
    pub first_scan: Vec<u8>,
    /// Where its entropy-coded data begins.
    pub data: u64,
}

impl Head {
    /// What the components mean.
    pub fn colour(&self) -> Result<Colour> {
        let ids: Vec<u8> = self.frame.components.iter().map(|component| component.id).collect();
        Colour::of(&ids, self.jfif.is_some(), self.adobe)
    }

    /// How many components the first scan holds.
    pub fn scanned(&self) -> usize {
        self.first_scan.get(4).copied().unwrap_or(0).into()
    }

    /// Refuses kinds of frames that no decoder here knows.
    pub fn check_supported(&self) -> Result<()> {
        let Frame { marker, bits, .. } = self.frame;
        if !(markers::SOF0..=markers::SOF3).contains(&marker) && !markers::is_arithmetic(marker) {
            let (name, number) = (markers::frame_name(marker), marker - markers::SOF0);
            return Err(Error::unsupported(format!("{name} (SOF{number}) is not supported")));
        }
        let depth =
            if marker == markers::SOF3 { (2..=16).contains(&bits) } else { matches!(bits, 8 | 12) };
        if !depth {
            let message = format!("samples of {bits} bits are not supported");
            return Err(Error::new(Kind::DepthUnsupported, message));
        }
        if self.frame.height == 0 {
            return Err(Error::unsupported(
                "a height stated after the scan (DNL) is not supported",
            ));
        }
        decoder::check_factors(self)
    }
}

/// Reads a file up to its first scan.
pub fn scan(source: &Source, want: Want, budget: &Budget) -> Result<Head> {
    let segments = Segments { cursor: source.cursor(), held: Vec::new() };
    let mut scanner = Scanner { segments, want, budget, found: Found::default() };
    scanner.run()
}

#[derive(Default)]
struct Found {
    frame: Option<Frame>,
    jfif: Option<Density>,
    adobe: Option<u8>,
    metadata: Metadata,
    profile: segments::Profile,
    tables: Vec<u8>,
    has_huffman: bool,
}

impl Found {
    fn keep_table(&mut self, marker: u8, content: &[u8]) -> Result<()> {
        if self.tables.len() + content.len() > MAX_TABLES {
            return Err(Error::damaged(format!(
                "there are more than {MAX_TABLES} bytes of tables"
            )));
        }
        if self.tables.is_empty() {
            self.tables = memory::places(TABLES, "tables")?;
        }
        tables::put_segment(&mut self.tables, marker, content)
    }

    fn metadata(&mut self, marker: u8, content: &[u8], budget: &Budget) -> Result<()> {
        let metadata = &mut self.metadata;
        if marker == markers::APP2 {
            return self.profile.add(content, budget);
        }
        let (place, bytes) = if let Some(exif) = segments::exif(content) {
            (&mut metadata.exif, exif)
        } else if let Some(xmp) = segments::xmp(content) {
            (&mut metadata.xmp, xmp)
        } else {
            return Ok(());
        };
        if place.is_none() {
            budget.check_metadata(bytes.len() as u64)?;
            *place = Some(memory::copy_of(bytes, "metadata")?);
        }
        Ok(())
    }
}

struct Scanner<'a> {
    segments: Segments,
    want: Want,
    budget: &'a Budget,
    found: Found,
}

impl Scanner<'_> {
    fn run(&mut self) -> Result<Head> {
        if [self.segments.byte()?, self.segments.byte()?] != [0xff, markers::SOI] {
            return Err(Error::damaged("the file does not begin with a SOI marker"));
        }
        loop {
            let marker = self.segments.next_marker()?;
            match marker {
                markers::EOI => return Err(Error::damaged("the file ends without a scan")),
                markers::SOS => return self.finish(),
                marker if markers::is_alone(marker) => {}
                marker => self.segment(marker)?,
            }
        }
    }

    fn segment(&mut self, marker: u8) -> Result<()> {
        let len = self.segments.content_len()?;
        match marker {
            markers::DQT | markers::DHT | markers::DRI | markers::DAC => {
                self.found.has_huffman |= marker == markers::DHT;
                self.found.keep_table(marker, self.segments.content(len)?)
            }
            marker if markers::is_frame(marker) => {
                let content = self.segments.content(len)?;
                if self.found.frame.is_some() {
                    return Err(Error::damaged("there are two frames (SOF)"));
                }
                self.found.frame = Some(frame(marker, content)?);
                Ok(())
            }
            markers::APP0 => {
                let content = self.segments.content(len)?;
                self.found.jfif = self.found.jfif.or_else(|| segments::jfif(content));
                Ok(())
            }
            markers::APP14 => {
                let content = self.segments.content(len)?;
                self.found.adobe = segments::adobe(content).or(self.found.adobe);
                Ok(())
            }
            markers::APP1 | markers::APP2 if self.want == Want::Metadata => {
                let content = self.segments.content(len)?;
                self.found.metadata(marker, content, self.budget)
            }
            _ => self.segments.skip(len),
        }
    }

    fn finish(&mut self) -> Result<Head> {
        let len = self.segments.content_len()?;
        let content = self.segments.content(len)?;
        let found = std::mem::take(&mut self.found);
        let frame = found.frame.ok_or_else(|| Error::damaged("there is no frame (SOF)"))?;
        let mut first_scan = Vec::new();
        tables::put_segment(&mut first_scan, markers::SOS, content)?;
        let mut metadata = found.metadata;
        metadata.icc = found.profile.assemble()?;
        Ok(Head {
            frame,
            jfif: found.jfif,
            adobe: found.adobe,
            metadata,
            tables: found.tables,
            has_huffman: found.has_huffman,
            first_scan,
            data: self.segments.position()?,
        })
    }
}

/// A file whose segments are read one after the other.
struct Segments {
    cursor: Cursor,
    /// What their content is read into.
    held: Vec<u8>,
}

impl Segments {
    /// What lies between segments is skipped, as libjpeg does.
    fn next_marker(&mut self) -> Result<u8> {
        loop {
            while self.byte()? != 0xff {}
            let mut byte = self.byte()?;
            while byte == 0xff {
                byte = self.byte()?;
            }
            if byte != 0 {
                return Ok(byte);
            }
        }
    }

    fn content_len(&mut self) -> Result<usize> {
        let len = usize::from(u16::from_be_bytes([self.byte()?, self.byte()?]));
        len.checked_sub(2).ok_or_else(|| Error::damaged("a segment has a length below 2"))
    }

    /// The content of a segment. Room for it is kept, and becomes as much as the longest takes.
    fn content(&mut self, len: usize) -> Result<&[u8]> {
        if self.held.len() < len {
            self.held = memory::zeroed(len.max(TABLES), "a segment")?;
        }
        let to = self.held.get_mut(..len).unwrap_or_default();
        self.cursor.read_exact(to).map_err(|error| failed(&error))?;
        Ok(to)
    }

    fn skip(&mut self, len: usize) -> Result<()> {
        let by = i64::try_from(len).unwrap_or(i64::MAX);
        self.cursor.seek(SeekFrom::Current(by)).map(drop).map_err(|error| failed(&error))
    }

    fn position(&mut self) -> Result<u64> {
        self.cursor.stream_position().map_err(|error| failed(&error))
    }

    fn byte(&mut self) -> Result<u8> {
        let buffer = self.cursor.fill_buf().map_err(|error| failed(&error))?;
        let byte = *buffer.first().ok_or_else(ends_early)?;
        self.cursor.consume(1);
        Ok(byte)
    }
}

fn ends_early() -> Error {
    Error::damaged("the file ends before its first scan")
}

fn failed(error: &std::io::Error) -> Error {
    match error.kind() {
        std::io::ErrorKind::UnexpectedEof => ends_early(),
        _ => crate::source::io_failed(error),
    }
}

/// A frame header (T.81, B.2.2).
fn frame(marker: u8, content: &[u8]) -> Result<Frame> {
    let damaged = || Error::damaged("the frame header (SOF) is damaged");
    let (fixed, rest) = content.split_first_chunk::<6>().ok_or_else(damaged)?;
    let &[bits, y1, y0, x1, x0, count] = fixed;
    let (components, rest) = rest.as_chunks::<3>();
    if components.len() != usize::from(count) || !rest.is_empty() || count == 0 {
        return Err(damaged());
    }
    let components: Vec<Component> = components
        .iter()
        .map(|&[id, factors, table]| {
            let (across, down) = (factors >> 4, factors & 15);
            Component { id, across, down, table }
        })
        .collect();
    let in_range = |factor: u8| (1..=4).contains(&factor);
    if !components.iter().all(|component| in_range(component.across) && in_range(component.down)) {
        return Err(Error::damaged("a sampling factor is not 1 to 4"));
    }
    let (width, height) = (u16::from_be_bytes([x1, x0]), u16::from_be_bytes([y1, y0]));
    Ok(Frame { marker, bits, width: width.into(), height: height.into(), components })
}
