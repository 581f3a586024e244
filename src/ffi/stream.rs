//! The caller's stream as a Rust one.

use std::ffi::c_void;
use std::io::{self, Read, Seek, SeekFrom};

use super::input::null;
use super::options::copy_in;
use super::{DIO_ReadFn, DIO_SeekFn, DIO_Stream};
use crate::error::{Error, Kind, Result};
use crate::limits::Budget;
use crate::source::Source;

/// Size of the struct in the first release.
const FIRST: usize = size_of::<DIO_Stream>();

/// The caller's callbacks, for reading.
struct CallerStream {
    user: *mut c_void,
    read: DIO_ReadFn,
    seek: DIO_SeekFn,
    /// For messages.
    read_so_far: u64,
}

// SAFETY: callbacks run only while a function runs that was given the stream or a handle made from it, on its thread;
// the header says that such a handle is used by one thread at a time.
unsafe impl Send for CallerStream {}

/// Opens the caller's stream: sought where it can be, else read to its end.
///
/// # Safety
///
/// `stream`, unless NULL, must point to as many bytes as its first field states, and its callbacks must be valid for as
/// long as the source is used.
pub(super) unsafe fn open(stream: *const DIO_Stream, budget: &Budget) -> Result<Source> {
    let empty = DIO_Stream {
        struct_size: 0,
        reserved: 0,
        user: std::ptr::null_mut(),
        read: None,
        write: None,
        seek: None,
    };
    // SAFETY: passed on from the caller; a function pointer that is not NULL is valid, as the caller vouches.
    let it = unsafe { copy_in(stream, empty, FIRST, "stream") }?.ok_or_else(|| null("stream"))?;
    if it.read.is_none() {
        return Err(null("stream->read"));
    }
    let caller = CallerStream { user: it.user, read: it.read, seek: it.seek, read_so_far: 0 };
    if it.seek.is_some() {
        Source::from_stream(caller)
    } else {
        Source::from_reader(caller, budget)
    }
}

impl Read for CallerStream {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let Some(read) = self.read else { return Ok(0) };
        // SAFETY: the caller's function with the caller's pointer; `to` has as many writable bytes as it says.
        let got = unsafe { read(self.user, to.as_mut_ptr(), to.len()) };
        match usize::try_from(got) {
            Ok(got) if got <= to.len() => {
                self.read_so_far += got as u64;
                Ok(got)
            }
            Ok(got) => Err(failed(format!(
                "the stream's read callback returned {got} for {} bytes",
                to.len()
            ))),
            Err(_) => Err(failed(format!(
                "the stream's read callback failed ({got}) after {} bytes",
                self.read_so_far
            ))),
        }
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
        u64::try_from(position)
            .map_err(|_| failed(format!("the stream's seek callback failed ({position})")))
    }
}

fn failed(message: String) -> io::Error {
    io::Error::other(Error::new(Kind::Io, message))
}
