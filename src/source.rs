//! Where encoded bytes come from: memory, a file or a stream, read through one [`Cursor`].

use std::fs::File;
use std::io::{self, BufRead, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::error::{Error, Kind, Result};
use crate::limits::{Budget, Reservation};
use crate::{memory, os};

/// Bytes that a cursor reads at a time, and between two looks at the deadline.
const BLOCK: usize = 64 << 10;

/// Bytes that stay where they are while the source lives.
pub type SharedBytes = Arc<dyn AsRef<[u8]> + Send + Sync>;

/// A stream that can be sought.
pub trait SeekableStream: Read + Seek + Send {}

impl<T: Read + Seek + Send> SeekableStream for T {}

/// Encoded bytes of known length. Clones read the same bytes for the same call.
#[derive(Clone)]
pub struct Source {
    raw: Arc<Raw>,
    len: u64,
    call: Arc<Mutex<Call>>,
}

enum Raw {
    Bytes(SharedBytes),
    File(File),
    Stream { stream: Mutex<Box<dyn SeekableStream>>, start: u64 },
}

/// The call that is running: whom to ask whether to go on, and what went wrong below the codec.
#[derive(Default)]
struct Call {
    budget: Option<Budget>,
    failure: Option<Error>,
    /// Bytes that were read into memory, which every call holds.
    buffered: u64,
    booked: Vec<Reservation>,
}

impl Source {
    /// Bytes in memory.
    pub fn from_bytes(bytes: impl AsRef<[u8]> + Send + Sync + 'static) -> Self {
        let len = bytes.as_ref().len() as u64;
        Self::new(Raw::Bytes(Arc::new(bytes)), len)
    }

    /// A file. What is no plain file (a pipe, a device) is read to its end first.
    pub fn open(path: &Path, budget: &Budget) -> Result<Self> {
        let not_found = |error: io::Error| {
            Error::new(Kind::FileNotFound, reason(&error)).in_file(path.to_string_lossy())
        };
        // Asked first: opening a folder works on some systems, and reading it then fails in the codec.
        let facts = std::fs::metadata(path).map_err(not_found)?;
        if facts.is_dir() {
            return Err(
                Error::new(Kind::FileNotFound, "is a directory").in_file(path.to_string_lossy())
            );
        }
        let file = File::open(path).map_err(not_found)?;
        // Another file may have the name by now, of another length.
        let facts = file.metadata().map_err(not_found)?;
        if facts.is_file() {
            return Ok(Self::new(Raw::File(file), facts.len()));
        }
        Self::from_reader(file, budget).map_err(|error| error.in_file(path.to_string_lossy()))
    }

    /// A stream that can be sought; it begins where it stands.
    pub fn from_stream(mut stream: impl SeekableStream + 'static) -> Result<Self> {
        let mut measure = || {
            let start = stream.stream_position()?;
            let end = stream.seek(SeekFrom::End(0))?;
            stream.seek(SeekFrom::Start(start))?;
            io::Result::Ok((start, end))
        };
        let (start, end) = measure().map_err(|error| io_failed(&error))?;
        let stream = Mutex::new(Box::new(stream) as Box<dyn SeekableStream>);
        Ok(Self::new(Raw::Stream { stream, start }, end.saturating_sub(start)))
    }

    /// A stream that cannot be sought, read to its end within the memory of the call.
    pub fn from_reader(mut stream: impl Read, budget: &Budget) -> Result<Self> {
        let mut bytes = Vec::new();
        let mut block = memory::zeroed(BLOCK, "input")?;
        loop {
            budget.check()?;
            match stream.read(&mut block) {
                Ok(0) => return Ok(Self::buffered(bytes)),
                Ok(n) => {
                    drop(budget.reserve((bytes.len() + n) as u64)?);
                    memory::append(&mut bytes, block.get(..n).unwrap_or_default(), "input")?;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    return Err(own_error(&error)
                        .unwrap_or_else(|| io_failed_after(&error, bytes.len() as u64)));
                }
            }
        }
    }

    /// Bytes that were read into memory for this source: every call holds them.
    pub fn buffered(bytes: Vec<u8>) -> Self {
        let source = Self::from_bytes(bytes);
        source.call().buffered = source.len;
        source
    }

    fn new(raw: Raw, len: u64) -> Self {
        Self { raw: Arc::new(raw), len, call: Arc::default() }
    }

    /// Bytes there are.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Says which call the next reads are for, and forgets what went wrong in earlier ones.
    pub fn begin_call(&self, budget: &Budget) -> Result<()> {
        let mut call = self.call();
        call.booked.clear();
        let buffered = call.buffered;
        let booked = vec![budget.reserve(buffered)?];
        *call = Call { budget: Some(budget.clone()), failure: None, buffered, booked };
        Ok(())
    }

    /// What went wrong below the codec: a failed read, the deadline, a cancel. Codecs turn it into errors of their own
    /// kind, so whoever calls a codec asks here first.
    pub fn take_failure(&self) -> Option<Error> {
        self.call().failure.take()
    }

    fn call(&self) -> MutexGuard<'_, Call> {
        self.call.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether several threads may read at a time: a stream is the caller's, and read on the caller's thread.
    pub fn is_shared(&self) -> bool {
        !matches!(&*self.raw, Raw::Stream { .. })
    }

    /// The same bytes for the calls of another thread; `None` for streams.
    pub fn share(&self) -> Option<Self> {
        self.is_shared().then(|| self.share_call())
    }

    /// The same for a codec that keeps all it needs, and does not read a stream again.
    pub fn share_call(&self) -> Self {
        let call = Call { buffered: self.call().buffered, ..Call::default() };
        let raw = match &*self.raw {
            Raw::Stream { .. } => Arc::new(Raw::Bytes(Arc::new([]))),
            _ => Arc::clone(&self.raw),
        };
        Self { raw, len: self.len, call: Arc::new(Mutex::new(call)) }
    }

    /// The bytes, where they are in memory already.
    pub fn bytes(&self) -> Option<&[u8]> {
        match &*self.raw {
            Raw::Bytes(bytes) => Some((**bytes).as_ref()),
            Raw::File(_) | Raw::Stream { .. } => None,
        }
    }

    /// `len` bytes at a place, where they are in memory already, all of them.
    pub fn lent(&self, at: u64, len: usize) -> Option<&[u8]> {
        self.bytes()?.get(usize::try_from(at).ok()?..)?.get(..len)
    }

    /// All bytes in memory: shared where they are there already, else read, within the memory of the call.
    pub fn load(&self, budget: &Budget) -> Result<SharedBytes> {
        if let Raw::Bytes(bytes) = &*self.raw {
            return Ok(Arc::clone(bytes));
        }
        let booked = budget.reserve(self.len)?;
        let len = usize::try_from(self.len).map_err(|_| Error::no_memory(usize::MAX, "input"))?;
        let mut bytes = memory::zeroed(len, "input")?;
        let got = self.read_at(0, &mut bytes)?;
        bytes.truncate(got);
        self.call().booked.push(booked);
        Ok(Arc::new(bytes))
    }

    /// [`Source::load`] for a codec that keeps the bytes: later calls hold them too.
    pub fn load_to_keep(&self, budget: &Budget) -> Result<SharedBytes> {
        let bytes = self.load(budget)?;
        if self.bytes().is_none() {
            self.call().buffered = self.len;
        }
        Ok(bytes)
    }

    /// Fills `to` from `offset` on; fewer bytes only at the end.
    pub fn read_at(&self, offset: u64, to: &mut [u8]) -> Result<usize> {
        let mut done = 0;
        while let Some(rest) = to.get_mut(done..).filter(|rest| !rest.is_empty()) {
            let most = rest.len().min(1 << 20);
            match self.read_some(offset + done as u64, rest.get_mut(..most).unwrap_or_default()) {
                Ok(0) => break,
                Ok(n) => done += n,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    return Err(self
                        .take_failure()
                        .unwrap_or_else(|| io_failed_after(&error, offset)));
                }
            }
        }
        Ok(done)
    }

    /// One read, after a look at the deadline. Failures are kept for [`Source::take_failure`].
    fn read_some(&self, offset: u64, to: &mut [u8]) -> io::Result<usize> {
        let budget = self.call().budget.clone();
        if let Some(Err(error)) = budget.map(|budget| budget.check()) {
            return Err(self.fail(error));
        }
        // Nothing that was added to the end meanwhile.
        let left = usize::try_from(self.len.saturating_sub(offset)).unwrap_or(usize::MAX);
        let most = left.min(to.len());
        let to = to.get_mut(..most).unwrap_or_default();
        let outcome = match &*self.raw {
            Raw::Bytes(bytes) => {
                let from = usize::try_from(offset)
                    .ok()
                    .and_then(|at| (**bytes).as_ref().get(at..))
                    .unwrap_or_default();
                let len = to.len();
                from.get(..len).map_or(Ok(0), |from| {
                    to.copy_from_slice(from);
                    Ok(len)
                })
            }
            Raw::File(file) => os::read_at(file, to, offset),
            Raw::Stream { stream, start } => {
                let mut stream = stream.lock().unwrap_or_else(PoisonError::into_inner);
                stream
                    .seek(SeekFrom::Start(start.saturating_add(offset)))
                    .and_then(|_| stream.read(to))
            }
        };
        outcome.map_err(|error| match error.kind() {
            io::ErrorKind::Interrupted => error,
            _ => self.fail(own_error(&error).unwrap_or_else(|| io_failed_after(&error, offset))),
        })
    }

    fn fail(&self, error: Error) -> io::Error {
        self.call().failure = Some(error.clone());
        io::Error::other(error)
    }

    /// Reads from the first byte on.
    pub fn cursor(&self) -> Cursor {
        Cursor { source: self.clone(), position: 0, block: Vec::new(), block_start: 0 }
    }
}

/// Reads a [`Source`] as a buffered, seekable stream.
pub struct Cursor {
    source: Source,
    position: u64,
    block: Vec<u8>,
    block_start: u64,
}

impl Cursor {
    /// What is buffered at the position.
    fn buffered(&self) -> &[u8] {
        let at =
            self.position.checked_sub(self.block_start).and_then(|at| usize::try_from(at).ok());
        at.and_then(|at| self.block.get(at..)).unwrap_or_default()
    }
}

impl BufRead for Cursor {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.buffered().is_empty() {
            let left = self.source.len.saturating_sub(self.position);
            let wanted = usize::try_from(left).unwrap_or(BLOCK).min(BLOCK);
            let mut block = std::mem::take(&mut self.block);
            if block.capacity() < wanted {
                block = memory::zeroed(wanted, "input").map_err(|error| self.source.fail(error))?;
            }
            block.resize(wanted, 0);
            let got = loop {
                match self.source.read_some(self.position, &mut block) {
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    other => break other?,
                }
            };
            block.truncate(got);
            self.block = block;
            self.block_start = self.position;
        }
        Ok(self.buffered())
    }

    fn consume(&mut self, amount: usize) {
        self.position += amount.min(self.buffered().len()) as u64;
    }
}

impl Read for Cursor {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        // Large reads past the buffer need no copy through it.
        if to.len() >= BLOCK && self.buffered().is_empty() {
            let got = self.source.read_some(self.position, to)?;
            self.position += got as u64;
            return Ok(got);
        }
        let from = self.fill_buf()?;
        let len = from.len().min(to.len());
        if let (Some(to), Some(from)) = (to.get_mut(..len), from.get(..len)) {
            to.copy_from_slice(from);
        }
        self.consume(len);
        Ok(len)
    }
}

impl Seek for Cursor {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::Current(by) => self.position.checked_add_signed(by),
            SeekFrom::End(by) => self.source.len.checked_add_signed(by),
        };
        self.position = position.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.position)
    }
}

/// What the operating system says, without the number that Rust adds.
pub(crate) fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_lowercase()
}

/// An error of this library that travelled through `io::Error`.
pub(crate) fn own_error(error: &io::Error) -> Option<Error> {
    error.get_ref()?.downcast_ref::<Error>().cloned()
}

pub(crate) fn io_failed(error: &io::Error) -> Error {
    own_error(error)
        .unwrap_or_else(|| Error::new(Kind::Io, format!("reading failed: {}", reason(error))))
}

fn io_failed_after(error: &io::Error, offset: u64) -> Error {
    io_failed(error).at_offset(offset)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;

    fn budget() -> Budget {
        Budget::new(Limits::default(), None)
    }

    #[test]
    fn memory_and_stream_read_the_same() {
        let bytes: Vec<u8> = (0..200_000u32).map(|n| (n * 7 % 251) as u8).collect();
        let mut padded = io::Cursor::new([&[9, 9, 9], bytes.as_slice()].concat());
        padded.set_position(3);
        let sources = [
            Source::from_bytes(bytes.clone()),
            Source::from_stream(padded).unwrap(),
            Source::from_reader(bytes.as_slice(), &budget()).unwrap(),
        ];
        for source in sources {
            assert_eq!(source.len(), 200_000);
            let mut all = Vec::new();
            let mut cursor = source.cursor();
            cursor.read_to_end(&mut all).unwrap();
            assert_eq!(all, bytes);
            cursor.seek(SeekFrom::Start(70_000)).unwrap();
            let mut some = [0; 5];
            cursor.read_exact(&mut some).unwrap();
            assert_eq!(some, bytes[70_000..70_005]);
            assert_eq!((*source.load(&budget()).unwrap()).as_ref(), bytes);
        }
    }

    #[test]
    fn a_passed_deadline_stops_reading_and_is_remembered() {
        let source = Source::from_bytes(vec![0; 10]);
        source
            .begin_call(&Budget::new(Limits { deadline_ms: 0, ..Limits::default() }, None))
            .unwrap();
        assert!(source.cursor().read(&mut [0; 4]).is_err());
        assert_eq!(source.take_failure().unwrap().kind(), Kind::Timeout);
    }

    #[test]
    fn an_endless_stream_meets_the_memory_limit() {
        let budget = Budget::new(Limits { max_memory: 1 << 20, ..Limits::default() }, None);
        let error = Source::from_reader(io::repeat(0), &budget).err().unwrap();
        assert_eq!(error.kind(), Kind::LimitExceeded);
    }

    #[test]
    fn folders_and_missing_files_are_named() {
        let folder = std::env::temp_dir();
        let error = Source::open(&folder, &budget()).err().unwrap();
        assert_eq!(error.kind(), Kind::FileNotFound);
        assert!(error.to_string().ends_with("is a directory"), "{error}");
        let error = Source::open(&folder.join("no-such-file.png"), &budget()).err().unwrap();
        assert!(error.to_string().contains("no-such-file.png: no such file"), "{error}");
    }
}
