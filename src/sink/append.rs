//! A file that gets longer and keeps what it has: until the very end nothing leads to what is new.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::buffer::BufferedFile;
use super::write_failed;
use crate::error::{Error, Kind, Result};
use crate::source::reason;

/// Bytes that are free before the end that is kept.
const ROOM: u64 = 1 << 20;

/// The end that is kept begins at a multiple of this: a write within one page of memory is there or is not, one across
/// two can be torn between them by a signal.
const PAGE: u64 = 4096;

/// A file that is appended to. Its own bytes change with [`AppendedFile::commit`], in the order of the links; without it
/// the file gets its old length back. A process that is killed before leaves bytes at the end that nothing leads to.
pub struct AppendedFile {
    pub(super) writer: BufferedFile,
    path: PathBuf,
    links: Vec<(u64, Vec<u8>)>,
    /// What the file ends with until it is committed, and where that begins.
    end: Vec<u8>,
    end_at: u64,
    /// Dropped after the writer, which may have bytes left that could not be written.
    old: OldLength,
}

struct OldLength {
    file: File,
    len: u64,
    kept: bool,
}

impl AppendedFile {
    /// Opens a file for nobody else to append to.
    pub fn open(path: &Path) -> Result<Self> {
        let named = |error: Error| error.in_file(path.to_string_lossy());
        let failed = |kind: Kind, error: &io::Error| named(Error::new(kind, reason(error)));
        let opened = OpenOptions::new().read(true).write(true).open(path);
        let mut file = opened.map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => failed(Kind::FileNotFound, &error),
            _ => {
                let message = format!("cannot be written to: {}", reason(&error));
                named(Error::new(Kind::CreateFailed, message))
            }
        })?;
        // Whoever may write to it all the same is held to what it says.
        if file.metadata().is_ok_and(|facts| facts.permissions().readonly()) {
            return Err(named(Error::new(Kind::CreateFailed, "is read-only")));
        }
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => {
                let message = "is being appended to already";
                return Err(named(Error::new(Kind::CreateFailed, message)));
            }
            // A file system without locks is no reason not to append.
            Ok(()) | Err(TryLockError::Error(_)) => {}
        }
        let old_len =
            file.seek(SeekFrom::End(0)).map_err(|error| failed(Kind::CreateFailed, &error))?;
        let again = file.try_clone().map_err(|error| failed(Kind::CreateFailed, &error))?;
        let old = OldLength { file: again, len: old_len, kept: false };
        let writer = BufferedFile::new(file).map_err(named)?;
        let (path, links, end) = (path.into(), Vec::new(), Vec::new());
        Ok(Self { writer, path, links, end, end_at: 0, old })
    }

    /// Bytes that the file had.
    pub fn old_len(&self) -> u64 {
        self.old.len
    }

    /// Lets the file end with these bytes until it is committed, however long it gets: readers of formats that are read
    /// from the end find what is old.
    pub fn keep_at_end(&mut self, end: Vec<u8>) {
        self.end = end;
    }

    /// Appends bytes that are to be at `at`.
    pub(super) fn put(&mut self, at: u64, bytes: &[u8]) -> io::Result<()> {
        let after = at.saturating_add(bytes.len() as u64);
        if !self.end.is_empty() && after > self.end_at {
            // The new end is there before the old one is overwritten.
            let place = after.saturating_add(ROOM).checked_next_multiple_of(PAGE);
            let place = place.ok_or_else(|| io::Error::from(io::ErrorKind::FileTooLarge))?;
            self.writer.seek(SeekFrom::Start(place))?;
            self.writer.write_all(&self.end)?;
            self.writer.seek(SeekFrom::Start(at))?;
            self.end_at = place;
        }
        self.writer.write_all(bytes)
    }

    /// Takes back everything after `at`; `false` where that cannot be done.
    pub(super) fn rewind(&mut self, at: u64) -> bool {
        let flushed = self.writer.flush();
        let cut = match self.end.is_empty() {
            true => flushed.and_then(|()| self.writer.get_ref().set_len(at)),
            false => flushed,
        };
        cut.and_then(|()| self.writer.seek(SeekFrom::Start(at))).is_ok()
    }

    /// Notes what is to change in the old bytes.
    pub(super) fn link(&mut self, at: u64, bytes: &[u8]) {
        self.links.push((at, bytes.to_vec()));
    }

    /// Brings what is new to the disk, and then what leads to it: links, or that the file ends at `len`.
    pub fn commit(mut self, len: u64) -> Result<()> {
        let path = self.path.clone();
        let named = |error: io::Error| write_failed(&error).in_file(path.to_string_lossy());
        self.writer.flush().and_then(|()| self.writer.get_ref().sync_all()).map_err(named)?;
        if !self.end.is_empty() {
            self.writer.get_ref().set_len(len).map_err(named)?;
            self.old.kept = true;
        }
        self.link_up().map_err(named)?;
        self.old.kept = true;
        Ok(())
    }

    /// The first link makes the rest visible; should a later one fail, what is new stays.
    fn link_up(&mut self) -> io::Result<()> {
        for (at, bytes) in std::mem::take(&mut self.links) {
            self.writer.seek(SeekFrom::Start(at))?;
            self.writer.write_all(&bytes)?;
            self.writer.flush()?;
            self.old.kept = true;
        }
        self.writer.get_ref().sync_all()
    }
}

impl Drop for OldLength {
    fn drop(&mut self) {
        if !self.kept {
            let _ = self.file.set_len(self.len);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::sink::Sink;

    #[test]
    fn the_end_is_kept_until_all_is_there() {
        let path = std::env::temp_dir().join(format!("dio-append-end-{}", std::process::id()));
        fs::write(&path, b"old:END").unwrap();
        let begin = |path: &Path| {
            let mut file = AppendedFile::open(path).unwrap();
            file.keep_at_end(b":END".to_vec());
            Sink::append(file)
        };
        let block = vec![b'x'; 300_000];
        let mut sink = begin(&path);
        for number in 1..=9u64 {
            sink.put(&block).unwrap();
            // As a process that is killed here would leave it.
            let now = fs::read(&path).unwrap();
            assert!(now.starts_with(b"old:END") && now.ends_with(b":END"), "{number}");
            assert_eq!((now.len() - b":END".len()) % 4096, 0, "in one page of memory");
        }
        assert!(sink.rewind(7));
        assert!(fs::read(&path).unwrap().ends_with(b":END"));
        drop(sink);
        assert_eq!(fs::read(&path).unwrap(), b"old:END");
        let mut sink = begin(&path);
        sink.put(&block).unwrap();
        sink.finish().unwrap();
        let now = fs::read(&path).unwrap();
        assert!(now.len() == 300_007 && now.ends_with(b"xxx"));
        fs::remove_file(path).unwrap();
    }

    #[test]
    fn old_bytes_change_at_the_end_and_come_back_when_it_is_abandoned() {
        let path = std::env::temp_dir().join(format!("dio-append-{}", std::process::id()));
        fs::write(&path, b"old.").unwrap();
        let mut sink = Sink::append(AppendedFile::open(&path).unwrap());
        assert_eq!(sink.position(), 4);
        sink.put(b"new").unwrap();
        sink.patch(3, b"!").unwrap();
        sink.patch(4, b"N").unwrap();
        assert_eq!(AppendedFile::open(&path).err().unwrap().kind(), Kind::CreateFailed);
        assert!(fs::read(&path).unwrap().starts_with(b"old."));
        drop(sink);
        assert_eq!(fs::read(&path).unwrap(), b"old.");
        let mut sink = Sink::append(AppendedFile::open(&path).unwrap());
        sink.put(b"new").unwrap();
        sink.patch(3, b"!").unwrap();
        sink.finish().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"old!new");
        fs::remove_file(path).unwrap();
    }
}
