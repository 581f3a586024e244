//! Bytes on their way into a file, collected in memory that is asked for fallibly.

use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};

use super::BUFFER;
use crate::error::Result;
use crate::memory;

/// A file that is written in large blocks. What is not flushed is lost when it is dropped.
pub(super) struct BufferedFile {
    file: File,
    /// Its capacity never changes.
    held: Vec<u8>,
}

impl BufferedFile {
    pub(super) fn new(file: File) -> Result<Self> {
        let mut held = memory::zeroed(BUFFER, "what is written to a file")?;
        held.clear();
        Ok(Self { file, held })
    }

    pub(super) fn get_ref(&self) -> &File {
        &self.file
    }
}

impl Write for BufferedFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.held.len() + bytes.len() > BUFFER {
            self.flush()?;
        }
        // What fills the buffer alone gains nothing from it.
        if bytes.len() >= BUFFER {
            return self.file.write(bytes);
        }
        self.held.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let written = self.file.write_all(&self.held);
        self.held.clear();
        written
    }
}

impl Seek for BufferedFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.flush()?;
        self.file.seek(to)
    }
}
