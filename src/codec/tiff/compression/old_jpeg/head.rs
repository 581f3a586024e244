//! What stands before the entropy-coded data of a stream, as far as it is there.

use super::super::jpeg_tables;
use crate::error::Result;
use crate::limits::Budget;
use crate::memory;
use crate::source::Source;

pub const SOF0: u8 = 0xc0;
pub const SOF3: u8 = 0xc3;
pub const DHT: u8 = 0xc4;
pub const SOI: u8 = 0xd8;
pub const EOI: u8 = 0xd9;
pub const SOS: u8 = 0xda;
pub const DQT: u8 = 0xdb;
pub const DRI: u8 = 0xdd;
const APP14: u8 = 0xee;

/// A SOF segment.
#[derive(Clone, Debug)]
pub struct Frame {
    pub marker: u8,
    pub bits: u8,
    pub height: u32,
    pub width: u32,
    /// Number, sampling factors and quantization table of each component.
    pub components: Vec<[u8; 3]>,
}

/// The segments of a stream up to its first scan, or to what is no segment.
#[derive(Clone, Debug, Default)]
pub struct Head {
    /// DQT, DHT and DRI segments, as far as they are in force.
    pub tables: Vec<u8>,
    pub frame: Option<Frame>,
    /// The content of the SOS segment.
    pub scan: Option<Vec<u8>>,
    /// The transform of an Adobe segment.
    pub adobe: Option<u8>,
    /// Where the bytes after all that are.
    pub data: u64,
}

impl Frame {
    fn read(marker: u8, content: &[u8]) -> Option<Self> {
        let (&[bits, y1, y0, x1, x0, _], components) = content.split_first_chunk::<6>()?;
        Some(Self {
            marker,
            bits,
            height: u16::from_be_bytes([y1, y0]).into(),
            width: u16::from_be_bytes([x1, x0]).into(),
            components: components.as_chunks::<3>().0.to_vec(),
        })
    }

    /// The segment.
    pub fn put(&self, to: &mut Vec<u8>) -> Result<()> {
        let [_, _, y1, y0] = self.height.to_be_bytes();
        let [_, _, x1, x0] = self.width.to_be_bytes();
        let fixed = [self.bits, y1, y0, x1, x0, self.components.len() as u8];
        put_segment(to, self.marker, &[&fixed, self.components.as_flattened()].concat())
    }
}

impl Head {
    /// Reads segments from `at` on, but not beyond `end`. What cannot be read ends the head and is no error.
    pub fn read(source: &Source, at: u64, end: u64, budget: &Budget) -> Result<Self> {
        let mut head = Self { data: at, ..Self::default() };
        while head.scan.is_none() {
            budget.check()?;
            let mut start = [0; 4];
            let got = source.read_at(head.data, &mut start)?;
            let left = end.saturating_sub(head.data).min(got as u64);
            let (marker, len) = match start {
                // Fill bytes.
                [0xff, 0xff, ..] if left > 1 => (None, 1),
                // Restart markers belong to the data that was before.
                [0xff, 0x01 | 0xd0..=SOI, ..] if left > 1 => (None, 2),
                [0xff, marker @ 0x02..=0xfe, high, low] if left == 4 && marker != EOI => {
                    (Some(marker), 2 + u64::from(u16::from_be_bytes([high, low])))
                }
                _ => break,
            };
            let next = head.data.saturating_add(len);
            if next > end.min(source.len()) || marker.is_some() && len < 4 {
                break;
            }
            let goes_on = marker.map_or(Ok(true), |marker| head.segment(marker, source, next))?;
            if !goes_on {
                break;
            }
            head.data = next;
        }
        Ok(head)
    }

    /// Keeps what a segment that ends at `next` says. False where it is damaged.
    fn segment(&mut self, marker: u8, source: &Source, next: u64) -> Result<bool> {
        let is_frame = matches!(marker, SOF0..=0xcf) && !matches!(marker, DHT | 0xc8 | 0xcc);
        if !is_frame && !matches!(marker, DHT | DQT | DRI | SOS | APP14) {
            return Ok(true);
        }
        let from = self.data.saturating_add(4);
        let len = usize::try_from(next.saturating_sub(from)).unwrap_or(usize::MAX);
        let mut content = memory::zeroed(len, "a segment")?;
        source.read_at(from, &mut content)?;
        match marker {
            SOS => self.scan = Some(content),
            APP14 => {
                self.adobe = content.strip_prefix(b"Adobe").and_then(|rest| rest.get(6)).copied()
            }
            DHT | DQT | DRI => return jpeg_tables::put(&mut self.tables, marker, &content),
            _ => self.frame = self.frame.take().or_else(|| Frame::read(marker, &content)),
        }
        Ok(true)
    }

    /// Whether any segment was found that matters.
    pub fn is_empty(&self) -> bool {
        self.tables.is_empty() && self.frame.is_none() && self.scan.is_none()
    }
}

/// Appends a segment, whose content is shorter than 64 KiB.
pub fn put_segment(to: &mut Vec<u8>, marker: u8, content: &[u8]) -> Result<()> {
    let [.., high, low] = (content.len() + 2).to_be_bytes();
    memory::append(to, &[0xff, marker, high, low], "a segment")?;
    memory::append(to, content, "a segment")
}
