//! A page far into a document of 4 GB costs that page: not the bytes of the others, nor memory for them.

use std::fs;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use dio::limits::Limits;
use dio::options::ReadOptions;
use dio::pixel::PixelFormat;
use dio::reader::Reader;
use dio::source::Source;

const SIDE: u64 = 2040;
const PAGE: u64 = SIDE * SIDE;
const ROWS: u64 = 24;
const PAGES: u64 = 1000;
const WANTED: u64 = 900;

/// A stream that is zero but for some parts, and counts the bytes that are read of it.
struct Sparse {
    /// In the order of their places.
    parts: Vec<(u64, Vec<u8>)>,
    len: u64,
    at: u64,
    read: Arc<AtomicU64>,
}

impl Sparse {
    fn add(&mut self, part: Vec<u8>) -> u64 {
        let place = self.len;
        self.len += part.len() as u64;
        self.parts.push((place, part));
        place
    }
}

impl Read for Sparse {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let len = self.len.saturating_sub(self.at).min(to.len() as u64) as usize;
        let to = &mut to[..len];
        to.fill(0);
        let (from, end) = (self.at, self.at + len as u64);
        let first = self.parts.partition_point(|(place, part)| place + part.len() as u64 <= from);
        for (place, part) in self.parts[first..].iter().take_while(|(place, _)| *place < end) {
            let (start, stop) = (from.max(*place), end.min(place + part.len() as u64));
            let bytes = &part[(start - place) as usize..(stop - place) as usize];
            to[(start - from) as usize..(stop - from) as usize].copy_from_slice(bytes);
        }
        self.at = end;
        self.read.fetch_add(len as u64, Ordering::Relaxed);
        Ok(len)
    }
}

impl Seek for Sparse {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.at = match to {
            SeekFrom::Start(at) => at,
            SeekFrom::Current(by) => self.at.saturating_add_signed(by),
            SeekFrom::End(by) => self.len.saturating_add_signed(by),
        };
        Ok(self.at)
    }
}

/// A number of the 4 or 8 bytes that offsets have.
fn offset(big: bool, number: u64) -> Vec<u8> {
    if big { number.to_le_bytes().to_vec() } else { (number as u32).to_le_bytes().to_vec() }
}

/// A document of [`PAGES`] gray pages without compression. The first and the last pixel tell the page.
fn document(big: bool) -> Sparse {
    let head = if big { &b"II\x2b\0\x08\0\0\0"[..] } else { b"II*\0" };
    let mut file = Sparse { parts: Vec::new(), len: 0, at: 0, read: Arc::default() };
    file.add(head.to_vec());
    let mut link = file.add(offset(big, 0));
    for page in 0..PAGES {
        let mark = |page: u64| vec![(page % 251) as u8 + 1];
        let pixels = file.add(mark(page));
        file.len = pixels + PAGE - 1;
        file.add(mark(page));
        let strips = (0..SIDE / ROWS).map(|strip| pixels + strip * ROWS * SIDE);
        let places = file.add(strips.flat_map(|place| offset(big, place)).collect());
        let lens =
            file.add([(ROWS * SIDE) as u32; (SIDE / ROWS) as usize].map(u32::to_le_bytes).concat());
        let count = SIDE / ROWS;
        let long = if big { 16 } else { 4 };
        let fields: [(u16, u16, u64, u64); 9] = [
            (254, 4, 1, 2),
            (256, 4, 1, SIDE),
            (257, 4, 1, SIDE),
            (258, 3, 1, 8),
            (259, 3, 1, 1),
            (262, 3, 1, 1),
            (273, long, count, places),
            (278, 4, 1, ROWS),
            (279, 4, count, lens),
        ];
        let number = fields.len() as u64;
        let mut directory = if big {
            number.to_le_bytes().to_vec()
        } else {
            (number as u16).to_le_bytes().to_vec()
        };
        for (tag, kind, count, value) in fields {
            directory.extend(tag.to_le_bytes());
            directory.extend(kind.to_le_bytes());
            directory.extend(offset(big, count));
            directory.extend(offset(big, value));
        }
        let place = file.add(directory);
        let part = file.parts.iter_mut().find(|(at, _)| *at == link).unwrap();
        part.1 = offset(big, place);
        link = file.add(offset(big, 0));
    }
    file
}

fn resident(field: &str) -> Option<u64> {
    let text = fs::read_to_string("/proc/self/status").ok()?;
    let line = text.lines().find(|line| line.starts_with(field))?;
    line.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kib| kib << 10)
}

#[test]
fn a_page_far_into_a_long_document_costs_no_more_than_itself() {
    for big in [false, true] {
        let file = document(big);
        assert!(file.len > 4_100_000_000 && (big || file.len < 1 << 32));
        let read = Arc::clone(&file.read);
        let options = ReadOptions {
            limits: Limits { max_memory: PAGE + (8 << 20), ..Limits::default() },
            ..ReadOptions::default()
        };
        let cleared = fs::write("/proc/self/clear_refs", "5").is_ok();
        let before = resident("VmRSS:");
        let mut reader = Reader::open(Source::from_stream(file).unwrap(), options).unwrap();
        assert_eq!(u64::from(reader.page_count()), PAGES);
        // One read of a kilobyte for each directory.
        let opening = read.load(Ordering::Relaxed);
        assert!(opening <= (PAGES + 8) << 10, "{opening} bytes were read to find {PAGES} pages");

        let image = reader.read_page(WANTED as u32).unwrap();
        let total = read.load(Ordering::Relaxed);
        assert!(total <= opening + PAGE + (256 << 10), "{total} bytes were read of {PAGE}");
        if let Some((before, peak)) = before.zip(resident("VmHWM:")).filter(|_| cleared) {
            let more = peak.saturating_sub(before);
            assert!(more < PAGE + (8 << 20), "{more} bytes resident for a page of {PAGE}");
        }
        assert_eq!(image.layout().format, PixelFormat::Gray8);
        let pixels = image.pixels();
        assert_eq!(pixels.len() as u64, PAGE);
        let mark = (WANTED % 251) as u8 + 1;
        assert_eq!((pixels[0], pixels[pixels.len() - 1]), (mark, mark));
        assert!(pixels[1..pixels.len() - 1].iter().all(|pixel| *pixel == 0));
    }
}
