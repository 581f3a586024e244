//! One call that opens a file and reads from it: one deadline and one account of memory for both.

use std::path::Path;

use super::{PageInfo, Reader};
use crate::error::Result;
use crate::image::ImageData;
use crate::limits::Budget;
use crate::options::ReadOptions;
use crate::source::Source;

/// A call whose clock runs. What it opens reads by clocks of its own later on.
pub struct Call {
    options: ReadOptions,
    budget: Budget,
}

impl Call {
    /// Checks the options and starts the clock.
    pub fn begin(options: ReadOptions) -> Result<Self> {
        options.check()?;
        let budget = options.budget();
        Ok(Self { options, budget })
    }

    /// What the call may spend, also on getting the bytes.
    pub fn budget(&self) -> &Budget {
        &self.budget
    }

    /// Opens bytes in memory, or a stream.
    pub fn open(self, source: Source) -> Result<Reader> {
        Reader::open_within(source, self.options, &self.budget)
    }

    /// Opens a file.
    pub fn open_file(self, path: &Path) -> Result<Reader> {
        Reader::open_file_within(path, self.options, &self.budget)
    }

    /// Reads the page of the options.
    pub fn read(self, source: Source) -> Result<ImageData> {
        let budget = self.budget.clone();
        read(self.open(source)?, &budget)
    }

    /// Reads the page of the options from a file.
    pub fn read_file(self, path: &Path) -> Result<ImageData> {
        let budget = self.budget.clone();
        read(self.open_file(path)?, &budget)
    }

    /// Tells the facts of the page of the options.
    pub fn probe(self, source: Source) -> Result<PageInfo> {
        let (budget, page) = (self.budget.clone(), self.options.page);
        self.open(source)?.page_info_within(page, &budget)
    }

    /// Tells the facts of the page of the options in a file.
    pub fn probe_file(self, path: &Path) -> Result<PageInfo> {
        let (budget, page) = (self.budget.clone(), self.options.page);
        self.open_file(path)?.page_info_within(page, &budget)
    }
}

fn read(mut reader: Reader, budget: &Budget) -> Result<ImageData> {
    let options = reader.options.clone();
    reader.read_page_within(options.page, &options, budget)
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read, Result, Seek, SeekFrom};
    use std::thread::sleep;
    use std::time::Duration;

    use super::*;
    use crate::codec::{for_format, testing};
    use crate::error::Kind;
    use crate::format::FileFormat;
    use crate::limits::Limits;
    use crate::pixel::PixelFormat;

    /// A stream that takes its time twice: for the first bytes, and for those behind `far`.
    struct Slow {
        bytes: Cursor<Vec<u8>>,
        far: u64,
        slept: [bool; 2],
    }

    const NAP: Duration = Duration::from_millis(150);

    impl Read for Slow {
        fn read(&mut self, to: &mut [u8]) -> Result<usize> {
            let slept = &mut self.slept[usize::from(self.bytes.position() >= self.far)];
            if !std::mem::replace(slept, true) {
                sleep(NAP);
            }
            self.bytes.read(to)
        }
    }

    impl Seek for Slow {
        fn seek(&mut self, to: SeekFrom) -> Result<u64> {
            self.bytes.seek(to)
        }
    }

    fn slow() -> Source {
        let codec = for_format(FileFormat::Bmp).unwrap();
        let bytes = testing::sample(codec, 300, 300, PixelFormat::Bgr888);
        let far = bytes.len() as u64 / 2;
        Source::from_stream(Slow { bytes: Cursor::new(bytes), far, slept: [false; 2] }).unwrap()
    }

    #[test]
    fn opening_and_reading_have_one_deadline() {
        let within = |naps: u32| {
            let deadline_ms = (NAP * naps / 2).as_millis() as u64;
            ReadOptions {
                limits: Limits { deadline_ms, ..Limits::default() },
                ..Default::default()
            }
        };
        // Each of both calls of a reader has it for itself.
        let mut reader = Reader::open(slow(), within(3)).unwrap();
        reader.read_page(0).unwrap();
        let late = Call::begin(within(3)).unwrap().read(slow()).err().unwrap();
        assert_eq!(late.kind(), Kind::Timeout);
        Call::begin(within(12)).unwrap().read(slow()).unwrap();
    }
}
