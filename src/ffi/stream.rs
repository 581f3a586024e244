//! The caller's stream as a Rust one.

use std::ffi::c_void;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::mem::offset_of;

use super::input::null;
use super::options::{Grows, copy_in};
use super::{DIO_ReadFn, DIO_SeekFn, DIO_Stream, DIO_WriteFn};
use crate::error::{Error, Kind, Result};
use crate::limits::Budget;
use crate::options::SaveOptions;
use crate::source::Source;
use crate::writer::Writer;

impl Grows for DIO_Stream {
    const FIRST: usize = offset_of!(Self, seek) + size_of::<DIO_SeekFn>();

    fn defaults() -> Self {
        let user = std::ptr::null_mut();
        Self { struct_size: 0, reserved: 0, user, read: None, write: None, seek: None }
    }
}

/// The caller's callbacks.
struct CallerStream {
    user: *mut c_void,
    read: DIO_ReadFn,
    write: DIO_WriteFn,
    seek: DIO_SeekFn,
    /// Bytes read or written, for messages.
    moved: u64,
    /// What a failing seek is: one while reading or one while writing.
    unsought: Kind,
}

// SAFETY: callbacks run only while a function runs that was given the stream or a handle made from it, on its thread;
// the header says that such a handle is used by one thread at a time.
unsafe impl Send for CallerStream {}

/// # Safety
///
/// `stream`, unless NULL, must point to as many bytes as its first field states, and its callbacks must be valid for as
/// long as what is returned is used.
unsafe fn callbacks(stream: *const DIO_Stream, unsought: Kind) -> Result<CallerStream> {
    // SAFETY: passed on from the caller; a function pointer that is not NULL is valid, as the caller vouches.
    let it = unsafe { copy_in(stream, "stream") }?.ok_or_else(|| null("stream"))?;
    let DIO_Stream { user, read, write, seek, .. } = it;
    Ok(CallerStream { user, read, write, seek, moved: 0, unsought })
}

/// Opens the caller's stream for reading: sought where it can be, else read to its end.
///
/// # Safety
///
/// As for [`callbacks`].
pub(super) unsafe fn open(stream: *const DIO_Stream, budget: &Budget) -> Result<Source> {
    // SAFETY: passed on from the caller.
    let caller = unsafe { callbacks(stream, Kind::Io) }?;
    if caller.read.is_none() {
        return Err(null("stream->read"));
    }
    if caller.seek.is_some() {
        Source::from_stream(caller)
    } else {
        Source::from_reader(caller, budget)
    }
}

/// Begins a document in the caller's stream.
///
/// # Safety
///
/// As for [`callbacks`].
pub(super) unsafe fn create(
    stream: *const DIO_Stream,
    options: SaveOptions,
) -> Result<Writer<'static>> {
    // SAFETY: passed on from the caller.
    let caller = unsafe { callbacks(stream, Kind::SaveFailed) }?;
    if caller.write.is_none() {
        return Err(null("stream->write"));
    }
    if caller.seek.is_some() {
        Writer::seekable(caller, options)
    } else {
        Writer::stream(caller, options)
    }
}

impl Read for CallerStream {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let Some(read) = self.read else { return Ok(0) };
        // SAFETY: the caller's function with the caller's pointer; `to` has as many writable bytes as it says.
        let got = unsafe { read(self.user, to.as_mut_ptr(), to.len()) };
        match usize::try_from(got) {
            Ok(got) if got <= to.len() => {
                self.moved += got as u64;
                Ok(got)
            }
            Ok(got) => Err(failed(format!(
                "the stream's read callback returned {got} for {} bytes",
                to.len()
            ))),
            Err(_) => Err(failed(format!(
                "the stream's read callback failed ({got}) after {} bytes",
                self.moved
            ))),
        }
    }
}

impl Write for CallerStream {
    fn write(&mut self, from: &[u8]) -> io::Result<usize> {
        let Some(write) = self.write else { return Ok(0) };
        // SAFETY: the caller's function with the caller's pointer; `from` has as many readable bytes as it says.
        let put = unsafe { write(self.user, from.as_ptr(), from.len()) };
        match usize::try_from(put) {
            Ok(put) if (1..=from.len()).contains(&put) => {
                self.moved += put as u64;
                Ok(put)
            }
            Ok(put) => Err(not_written(format!(
                "the stream's write callback returned {put} for {} bytes",
                from.len()
            ))),
            Err(_) => Err(not_written(format!(
                "the stream's write callback failed ({put}) after {} bytes",
                self.moved
            ))),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Seek for CallerStream {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let Some(seek) = self.seek else { return Err(io::ErrorKind::Unsupported.into()) };
        let (offset, whence) = match to {
            SeekFrom::Start(offset) => (i64::try_from(offset).unwrap_or(i64::MAX), 0),
            SeekFrom::Current(offset) => (offset, 1),
            SeekFrom::End(offset) => (offset, 2),
        };
        // SAFETY: the caller's function with the caller's pointer.
        let position = unsafe { seek(self.user, offset, whence) };
        u64::try_from(position).map_err(|_| {
            let message = format!("the stream's seek callback failed ({position})");
            io::Error::other(Error::new(self.unsought, message))
        })
    }
}

fn failed(message: String) -> io::Error {
    io::Error::other(Error::new(Kind::Io, message))
}

fn not_written(message: String) -> io::Error {
    io::Error::other(Error::new(Kind::SaveFailed, message))
}
