//! Where encoded bytes go: memory, a file that appears whole or not at all, the end of a file, or a stream.

mod append;
mod atomic;
mod buffer;

pub use append::AppendedFile;
pub use atomic::AtomicFile;

use std::io::{self, Seek, SeekFrom, Write};

use flate2::Crc;

use crate::error::{Error, Kind, Result};
use crate::memory::CBytes;
use crate::source::reason;
use buffer::BufferedFile;

/// Bytes that are collected before they are handed to the system.
const BUFFER: usize = 256 << 10;

/// A stream that can be sought.
pub trait SeekableOutput: Write + Seek + Send {}

impl<T: Write + Seek + Send> SeekableOutput for T {}

/// Takes encoded bytes in order; some can also change or take back bytes that were written earlier.
pub struct Sink<'a> {
    target: Target<'a>,
    written: u64,
    failure: Option<Error>,
    /// Whether a write failed, of which some bytes may be there.
    torn: bool,
    /// The sum of what is written, where it is asked for.
    sum: Option<Crc>,
}

enum Target<'a> {
    Memory(CBytes),
    File(Box<AtomicFile>),
    Append(Box<AppendedFile>),
    Stream(Box<dyn Write + Send + 'a>),
    /// A stream, and where it stood.
    Seekable(Box<dyn SeekableOutput + 'a>, u64),
}

impl<'a> Sink<'a> {
    /// Collects the bytes in memory.
    pub fn memory() -> Self {
        Self::new(Target::Memory(CBytes::new()), 0)
    }

    /// Writes into a file that is not yet visible under its name.
    pub fn file(file: AtomicFile) -> Self {
        Self::new(Target::File(Box::new(file)), 0)
    }

    /// Writes behind the last byte of a file.
    pub fn append(file: AppendedFile) -> Self {
        let len = file.old_len();
        Self::new(Target::Append(Box::new(file)), len)
    }

    /// Writes into a stream that cannot be sought.
    pub fn stream(stream: impl Write + Send + 'a) -> Self {
        Self::new(Target::Stream(Box::new(stream)), 0)
    }

    /// Writes into a stream from where it stands.
    pub fn seekable(mut stream: impl SeekableOutput + 'a) -> Result<Self> {
        let start = stream.stream_position().map_err(|error| write_failed(&error))?;
        Ok(Self::new(Target::Seekable(Box::new(stream), start), 0))
    }

    fn new(target: Target<'a>, written: u64) -> Self {
        Self { target, written, failure: None, torn: false, sum: None }
    }

    /// Where the next byte goes: from the start of the file, or from where the stream stood.
    pub fn position(&self) -> u64 {
        self.written
    }

    /// Says that about so many bytes come next. Fails where there is no memory for them.
    pub fn expect(&mut self, bytes: usize) -> Result<()> {
        match &mut self.target {
            Target::Memory(all) => all.expect(bytes, "the encoded image"),
            _ => Ok(()),
        }
    }

    /// Appends `bytes`.
    pub fn put(&mut self, bytes: &[u8]) -> Result<()> {
        let written = match &mut self.target {
            Target::Memory(all) => {
                all.append(bytes, "the encoded image")?;
                Ok(())
            }
            Target::File(file) => file.writer.write_all(bytes),
            Target::Append(file) => file.put(self.written, bytes),
            Target::Stream(stream) => stream.write_all(bytes),
            Target::Seekable(stream, _) => stream.write_all(bytes),
        };
        self.torn |= written.is_err();
        written.map_err(|error| write_failed(&error))?;
        self.written += bytes.len() as u64;
        if let Some(sum) = &mut self.sum {
            sum.update(bytes);
        }
        Ok(())
    }

    /// Begins a sum (CRC-32) of what is put from here on.
    pub fn begin_sum(&mut self) {
        self.sum = Some(Crc::new());
    }

    /// Ends the sum; 0 without one.
    pub fn end_sum(&mut self) -> u32 {
        self.sum.take().map_or(0, |sum| sum.sum())
    }

    /// Whether [`Sink::finish`] gives the bytes.
    pub fn is_memory(&self) -> bool {
        matches!(self.target, Target::Memory(_))
    }

    /// Whether [`Sink::patch`] works.
    pub fn can_patch(&self) -> bool {
        !matches!(self.target, Target::Stream(_))
    }

    /// Overwrites bytes that were written earlier. Those that a file had before it was appended to change when all else
    /// is on the disk.
    pub fn patch(&mut self, at: u64, bytes: &[u8]) -> Result<()> {
        let end = self.written;
        let patched = match &mut self.target {
            Target::Memory(all) => {
                let start = usize::try_from(at).unwrap_or(usize::MAX);
                let place = all.get_mut(start..).and_then(|rest| rest.get_mut(..bytes.len()));
                let place =
                    place.ok_or_else(|| Error::new(Kind::Internal, "a patch past the end"))?;
                place.copy_from_slice(bytes);
                Ok(())
            }
            Target::File(file) => overwrite(&mut file.writer, at, bytes, end),
            Target::Append(file) if at < file.old_len() => {
                file.link(at, bytes);
                Ok(())
            }
            Target::Append(file) => overwrite(&mut file.writer, at, bytes, end),
            Target::Stream(_) => {
                return Err(Error::new(Kind::Internal, "a patch in a stream"));
            }
            Target::Seekable(stream, start) => {
                let (at, end) = (at.saturating_add(*start), end.saturating_add(*start));
                overwrite(stream, at, bytes, end)
            }
        };
        self.torn |= patched.is_err();
        patched.map_err(|error| write_failed(&error))
    }

    /// Takes back everything after `position`, as if it had not been written; `false` where that cannot be done.
    pub fn rewind(&mut self, position: u64) -> bool {
        let done = match &mut self.target {
            Target::Memory(all) => {
                all.truncate(usize::try_from(position).unwrap_or(usize::MAX));
                true
            }
            Target::File(file) => cut(&mut file.writer, position),
            Target::Append(file) => file.rewind(position),
            Target::Stream(_) | Target::Seekable(..) => self.written == position && !self.torn,
        };
        if done {
            self.written = position;
            self.failure = None;
        }
        done
    }

    /// What went wrong below an encoder that only knows `io::Error`.
    pub fn take_failure(&mut self) -> Option<Error> {
        self.failure.take()
    }

    /// Ends the writing: a file gets its name, what is new in a file that was appended to is linked. The bytes, where
    /// they were collected in memory.
    pub fn finish(self) -> Result<CBytes> {
        let flushed = match self.target {
            Target::Memory(all) => return Ok(all),
            Target::File(file) => return file.commit().map(|()| CBytes::new()),
            Target::Append(file) => {
                return file.commit(self.written).map(|()| CBytes::new());
            }
            Target::Stream(mut stream) => stream.flush(),
            Target::Seekable(mut stream, _) => stream.flush(),
        };
        flushed.map(|()| CBytes::new()).map_err(|error| write_failed(&error))
    }
}

fn overwrite<W: Write + Seek + ?Sized>(
    to: &mut W,
    at: u64,
    bytes: &[u8],
    end: u64,
) -> io::Result<()> {
    to.seek(SeekFrom::Start(at))?;
    to.write_all(bytes)?;
    to.seek(SeekFrom::Start(end)).map(drop)
}

fn cut(to: &mut BufferedFile, position: u64) -> bool {
    let cut = to.flush().and_then(|()| to.get_ref().set_len(position));
    cut.and_then(|()| to.seek(SeekFrom::Start(position))).is_ok()
}

/// For encoders of other crates. The error that a caller sees is kept for [`Sink::take_failure`].
impl Write for Sink<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.put(bytes) {
            Ok(()) => Ok(bytes.len()),
            Err(error) => {
                self.failure.get_or_insert_with(|| error.clone());
                Err(io::Error::other(error))
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

pub(crate) fn write_failed(error: &io::Error) -> Error {
    let own = error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()).cloned();
    own.unwrap_or_else(|| {
        Error::new(Kind::SaveFailed, format!("writing failed: {}", reason(error)))
    })
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Cursor;

    use super::*;

    #[test]
    fn patches_and_rewinds_land_in_memory_files_and_streams() {
        let folder = std::env::temp_dir().join(format!("dio-sink-patch-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let path = folder.join("a.bin");
        let mut stream = Cursor::new(b"head".to_vec());
        stream.set_position(4);
        let write = |mut sink: Sink<'_>, goes_back: bool| {
            sink.put(b"0000tail").unwrap();
            sink.patch(1, b"ab").unwrap();
            sink.put(b"!").unwrap();
            let end = sink.position();
            sink.put(b"no").unwrap();
            assert_eq!(sink.rewind(end), goes_back);
            sink.finish().unwrap()
        };
        assert_eq!(&*write(Sink::memory(), true), b"0ab0tail!");
        write(Sink::file(AtomicFile::create(&path, false).unwrap()), true);
        assert_eq!(fs::read(&path).unwrap(), b"0ab0tail!");
        write(Sink::seekable(&mut stream).unwrap(), false);
        assert_eq!(stream.into_inner(), b"head0ab0tail!no");
        fs::remove_dir_all(folder).unwrap();
    }
}
