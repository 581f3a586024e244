//! Parts of a picture, filtered and deflated on several threads, and written in their order.
//!
//! Parts do not depend on each other, nor on how many threads there are. The calling thread writes what is next, or makes a
//! part itself where that is not there.

use std::panic::resume_unwind;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, Builder};

use super::encode::{Rows, put_chunk};
use crate::codec::THREAD;
use crate::codec::streams::deflate::pack::{self, Packer, Sum};
use crate::error::{Error, Kind, Result};
use crate::limits::Reservation;
use crate::memory;
use crate::sink::Sink;

/// A part that is done.
struct Part {
    bytes: Vec<u8>,
    sum: Sum,
    _booked: Reservation,
}

/// Who does what.
struct State {
    /// The first part that nobody took.
    next: u32,
    /// Parts that were written.
    written: u32,
    /// Parts that wait, each at its number counted around.
    done: Vec<Option<Result<Part>>>,
    /// Nobody is to begin another.
    stops: bool,
}

/// What threads share.
struct Shared<'a> {
    rows: &'a Rows<'a>,
    /// Rows of each part.
    each: u32,
    count: u32,
    /// How many parts may wait.
    ahead: u32,
    state: Mutex<State>,
    changed: Condvar,
}

/// Writes all rows, `each` of them as a part, with up to `threads` threads, the calling one among them.
pub(super) fn write(rows: &Rows<'_>, each: u32, threads: u32, sink: &mut Sink<'_>) -> Result<()> {
    let count = rows.picture.height.div_ceil(each);
    let threads = threads.min(count);
    let ahead = threads.saturating_add(1);
    let mut done = memory::places(ahead as usize + 1, "parts")?;
    done.resize_with(ahead as usize + 1, || None);
    let state = State { next: 0, written: 0, done, stops: false };
    let shared =
        Shared { rows, each, count, ahead, state: Mutex::new(state), changed: Condvar::new() };
    thread::scope(|scope| {
        let spawn =
            || Builder::new().name(THREAD.into()).spawn_scoped(scope, || shared.help()).ok();
        // Where there are no more threads to be had, fewer do it.
        let helpers: Vec<_> = (1..threads).map_while(|_| spawn()).collect();
        let written = shared.write(sink);
        shared.stop();
        for helper in helpers {
            helper.join().unwrap_or_else(|panic| resume_unwind(panic));
        }
        written
    })
}

impl State {
    fn place(&mut self, number: u32) -> &mut Option<Result<Part>> {
        let count = self.done.len();
        &mut self.done[number as usize % count]
    }
}

impl Shared<'_> {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes parts until there are no more.
    fn help(&self) {
        let mut state = self.lock();
        while !state.stops && state.next < self.count {
            if state.next >= state.written + self.ahead {
                state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            state = self.make_next(state);
        }
    }

    /// Makes the first part that nobody took.
    fn make_next<'b>(&'b self, mut state: MutexGuard<'b, State>) -> MutexGuard<'b, State> {
        let number = state.next;
        state.next += 1;
        drop(state);
        // A panic on this thread ends the call; others are not to wait for it.
        let guard = StopOnPanic(self);
        let part = self.make(number);
        std::mem::forget(guard);
        let mut state = self.lock();
        *state.place(number) = Some(part);
        self.changed.notify_all();
        state
    }

    fn make(&self, number: u32) -> Result<Part> {
        let rows = self.rows;
        let (first, last) = (number * self.each, number + 1 == self.count);
        let end = first.saturating_add(self.each).min(rows.picture.height);
        let total = rows.line_len().saturating_mul((end - first) as usize);
        let head = pack::head(rows.level);
        let head = if number == 0 { &head[..] } else { &[] };
        let mut packer = Packer::after(head, rows.effort(), total, rows.budget)?;
        let mut bytes = Vec::new();
        let mut put = |more: &[u8]| memory::append(&mut bytes, more, "deflated data");
        rows.each(first..end, rows.strategy(first..end)?, |_, filters| {
            rows.budget.check()?;
            filters.pack(&mut packer, &mut put)
        })?;
        let sum = packer.finish_part(last, &mut put)?;
        let booked = rows.budget.reserve(bytes.capacity() as u64)?;
        Ok(Part { bytes, sum, _booked: booked })
    }

    /// Writes all parts.
    fn write(&self, sink: &mut Sink<'_>) -> Result<()> {
        let (height, mut sum) = (u64::from(self.rows.picture.height), Sum::NONE);
        for number in 0..self.count {
            let mut part = self.wait_for(number)?;
            sum = sum.and(part.sum);
            if number + 1 == self.count {
                memory::append(&mut part.bytes, &sum.bytes(), "deflated data")?;
            }
            put_chunk(sink, b"IDAT", &part.bytes)?;
            let done = (u64::from(number) + 1) * u64::from(self.each);
            self.rows.budget.advance(done.min(height), height)?;
            self.lock().written = number + 1;
            self.changed.notify_all();
        }
        Ok(())
    }

    /// A part, which this thread makes where nobody else does; until another is done with it, it makes others.
    fn wait_for(&self, number: u32) -> Result<Part> {
        let mut state = self.lock();
        loop {
            if let Some(part) = state.place(number).take() {
                return part;
            }
            let may_begin = state.next < self.count && state.next <= number + self.ahead;
            state = if may_begin && !state.stops {
                self.make_next(state)
            } else if state.stops {
                return Err(Error::new(Kind::Internal, "a thread that deflated ended"));
            } else {
                self.changed.wait(state).unwrap_or_else(PoisonError::into_inner)
            };
        }
    }

    fn stop(&self) {
        self.lock().stops = true;
        self.changed.notify_all();
    }
}

/// Ends the work of all when it is dropped.
struct StopOnPanic<'a, 'b>(&'a Shared<'b>);

impl Drop for StopOnPanic<'_, '_> {
    fn drop(&mut self) {
        self.0.stop();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    use crate::error::Kind;
    use crate::format::FileFormat;
    use crate::image::ImageData;
    use crate::limits::ProgressFn;
    use crate::options::{ReadOptions, SaveOptions};
    use crate::pixel::PixelFormat as F;
    use crate::reader::read;
    use crate::source::Source;
    use crate::writer::save_memory;

    /// More than two parts, the last of which is short.
    fn large(format: F) -> ImageData {
        let rows = if format == F::Gray8 { 2300 } else { 1300 };
        let mut image = ImageData::new(1000, rows, format).unwrap();
        for (at, byte) in image.pixels_mut().iter_mut().enumerate() {
            *byte = (at / 3 % 251 + at * at / 7 % 5) as u8;
        }
        image
    }

    fn options(level: u8, threads: u32) -> SaveOptions {
        SaveOptions { level, threads, ..SaveOptions::default() }
    }

    fn save(image: &ImageData, options: &SaveOptions) -> crate::error::Result<Vec<u8>> {
        save_memory(image, FileFormat::Png, options)
    }

    #[test]
    fn files_are_the_same_for_any_number_of_threads() {
        for (format, level) in [(F::Gray8, 6), (F::Rgb888, 1)] {
            let image = large(format);
            let alone = save(&image, &options(level, 0)).unwrap();
            for threads in [2, 7] {
                assert!(save(&image, &options(level, threads)).unwrap() == alone, "{threads}");
            }
            let back = read(Source::from_bytes(alone), &ReadOptions::default()).unwrap();
            assert!(back.pixels() == image.pixels(), "{format:?}, level {level}");
        }
    }

    #[test]
    fn progress_is_told_to_the_end_and_may_cancel() {
        let image = large(F::Rgb888);
        for threads in [0, 3] {
            let last = Arc::new(AtomicU64::new(0));
            let seen = Arc::clone(&last);
            let progress: ProgressFn = Arc::new(move |done, total| {
                // Before the first part is written, nothing is known.
                assert!(total == 1300 || (done, total) == (0, 0));
                assert!(seen.swap(done, Ordering::Relaxed) <= done);
                false
            });
            let told = SaveOptions { progress: Some(progress), ..options(6, threads) };
            save(&image, &told).unwrap();
            assert_eq!(last.load(Ordering::Relaxed), 1300);
            let progress: ProgressFn = Arc::new(|done, _| done > 300);
            let cancels = SaveOptions { progress: Some(progress), ..options(6, threads) };
            assert_eq!(save(&image, &cancels).unwrap_err().kind(), Kind::Cancelled);
        }
    }
}
