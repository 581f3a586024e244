//! The limits of a call, its deadline, cancellation and progress: one [`Budget`] that every codec draws on.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

use crate::error::{Error, Kind, Result};

/// "No limit" in every field of [`Limits`].
pub const UNLIMITED: u64 = u64::MAX;

/// How often a call that reports no progress of its own still asks the callback whether to stop.
const POLL: Duration = Duration::from_millis(20);

/// What one call may spend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Pixels per row.
    pub max_width: u64,
    /// Rows.
    pub max_height: u64,
    /// Pixels of one page.
    pub max_pixels: u64,
    /// Bytes that the call holds at one time: pixels, work space and buffered input.
    pub max_memory: u64,
    /// Pages of a document.
    pub max_pages: u64,
    /// Bytes of each kind of metadata (ICC, EXIF, XMP).
    pub max_metadata: u64,
    /// Milliseconds until the call gives up.
    pub deadline_ms: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_width: 65_535,
            max_height: 65_535,
            max_pixels: 1 << 30,
            max_memory: 2 << 30,
            max_pages: 10_000,
            max_metadata: 16 << 20,
            deadline_ms: UNLIMITED,
        }
    }
}

/// Told `(done, total)`; answers `true` to cancel. `total` is 0 while it is not known.
pub type ProgressFn = Arc<dyn Fn(u64, u64) -> bool + Send + Sync>;

/// The limits of one call and what it has spent of them. Clones share the account.
#[derive(Clone)]
pub struct Budget(Arc<Account>, Silence);

/// Whether progress is told by others.
type Silence = bool;

struct Account {
    limits: Limits,
    /// The thread that made the call: callbacks run there alone.
    caller: ThreadId,
    started: Instant,
    deadline: Option<Instant>,
    progress: Option<ProgressFn>,
    memory: AtomicU64,
    done: AtomicU64,
    total: AtomicU64,
    polled_ms: AtomicU64,
}

impl fmt::Debug for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let held = self.0.memory.load(Ordering::Relaxed);
        f.debug_struct("Budget")
            .field("limits", &self.0.limits)
            .field("held", &held)
            .finish_non_exhaustive()
    }
}

impl Budget {
    /// Starts the clock of a call.
    pub fn new(limits: Limits, progress: Option<ProgressFn>) -> Self {
        let started = Instant::now();
        let deadline = match limits.deadline_ms {
            UNLIMITED => None,
            ms => started.checked_add(Duration::from_millis(ms)),
        };
        let account = Account {
            limits,
            caller: thread::current().id(),
            started,
            deadline,
            progress,
            memory: AtomicU64::new(0),
            done: AtomicU64::new(0),
            total: AtomicU64::new(0),
            polled_ms: AtomicU64::new(0),
        };
        Self(Arc::new(account), false)
    }

    /// The limits of the call.
    pub fn limits(&self) -> &Limits {
        &self.0.limits
    }

    /// Refuses an image that has no pixels or more than the call allows.
    pub fn check_size(&self, width: u32, height: u32) -> Result<()> {
        if width == 0 || height == 0 {
            return Err(Error::damaged(format!("the image is {width} x {height} pixels")));
        }
        let limits = &self.0.limits;
        within("max_width", u64::from(width), limits.max_width)?;
        within("max_height", u64::from(height), limits.max_height)?;
        within("max_pixels", u64::from(width) * u64::from(height), limits.max_pixels)
    }

    /// Refuses a document of more pages than the call allows.
    pub fn check_pages(&self, pages: u64) -> Result<()> {
        within("max_pages", pages, self.0.limits.max_pages)
    }

    /// Refuses metadata longer than the call allows.
    pub fn check_metadata(&self, bytes: u64) -> Result<()> {
        within("max_metadata", bytes, self.0.limits.max_metadata)
    }

    /// Books `bytes` of memory until the returned value is dropped.
    pub fn reserve(&self, bytes: u64) -> Result<Reservation> {
        let held = self.0.memory.fetch_add(bytes, Ordering::Relaxed);
        let booked = Reservation { budget: self.clone(), bytes };
        within("max_memory", held.saturating_add(bytes), self.0.limits.max_memory)?;
        Ok(booked)
    }

    /// Bytes of memory the call may still book.
    pub fn memory_left(&self) -> u64 {
        self.0.limits.max_memory.saturating_sub(self.0.memory.load(Ordering::Relaxed))
    }

    /// A budget of the same limits, deadline and memory for a part of the work: it asks whether to go on, and tells how far
    /// the whole is.
    pub fn silent(&self) -> Self {
        Self(Arc::clone(&self.0), true)
    }

    /// Notes that `done` of `total` units of work are behind us; fails when the call is to stop.
    pub fn advance(&self, done: u64, total: u64) -> Result<()> {
        if self.1 {
            return self.check();
        }
        if let Some(progress) = self.progress() {
            let before = self.0.done.swap(done, Ordering::Relaxed);
            self.0.total.store(total, Ordering::Relaxed);
            let percent = |n: u64| (u128::from(n) * 100).checked_div(u128::from(total));
            if (before == 0 || done >= total || percent(before) != percent(done))
                && progress(done, total)
            {
                return Err(cancelled());
            }
        }
        self.check_deadline()
    }

    /// Fails when the deadline passed or the progress callback asks to stop. Cheap enough for every few kilobytes.
    pub fn check(&self) -> Result<()> {
        if let Some(progress) = self.progress() {
            let now = u64::try_from(self.0.started.elapsed().as_millis()).unwrap_or(u64::MAX);
            let due = self.0.polled_ms.load(Ordering::Relaxed) + POLL.as_millis() as u64;
            if now >= due {
                self.0.polled_ms.store(now, Ordering::Relaxed);
                if progress(
                    self.0.done.load(Ordering::Relaxed),
                    self.0.total.load(Ordering::Relaxed),
                ) {
                    return Err(cancelled());
                }
            }
        }
        self.check_deadline()
    }

    /// The callback, on the thread that made the call.
    fn progress(&self) -> Option<&ProgressFn> {
        self.0.progress.as_ref().filter(|_| thread::current().id() == self.0.caller)
    }

    fn check_deadline(&self) -> Result<()> {
        match self.0.deadline {
            Some(deadline) if Instant::now() >= deadline => {
                let message = format!("the deadline of {} ms passed", self.0.limits.deadline_ms);
                Err(Error::new(Kind::Timeout, message))
            }
            _ => Ok(()),
        }
    }
}

/// Memory booked on a [`Budget`]; given back when dropped.
#[derive(Debug)]
#[must_use]
pub struct Reservation {
    budget: Budget,
    bytes: u64,
}

impl Drop for Reservation {
    fn drop(&mut self) {
        self.budget.0.memory.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

fn cancelled() -> Error {
    Error::new(Kind::Cancelled, "the progress callback asked to stop")
}

fn within(limit: &str, needed: u64, allowed: u64) -> Result<()> {
    if needed <= allowed || allowed == UNLIMITED {
        return Ok(());
    }
    let message = format!("{limit} is {allowed}, but {needed} would be needed");
    Err(Error::new(Kind::LimitExceeded, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_named_with_its_value_and_the_need() {
        let budget = Budget::new(Limits { max_width: 100, ..Limits::default() }, None);
        let error = budget.check_size(101, 1).unwrap_err();
        assert_eq!(error.kind(), Kind::LimitExceeded);
        assert_eq!(error.to_string(), "max_width is 100, but 101 would be needed");
    }

    #[test]
    fn memory_comes_back_when_dropped() {
        let budget = Budget::new(Limits { max_memory: 10, ..Limits::default() }, None);
        let first = budget.reserve(6).unwrap();
        assert_eq!(budget.reserve(6).unwrap_err().kind(), Kind::LimitExceeded);
        assert_eq!(budget.memory_left(), 4);
        drop(first);
        let _second = budget.reserve(10).unwrap();
    }

    #[test]
    fn a_passed_deadline_and_a_callback_stop_the_call() {
        let late = Budget::new(Limits { deadline_ms: 0, ..Limits::default() }, None);
        assert_eq!(late.check().unwrap_err().kind(), Kind::Timeout);
        let stopped = Budget::new(Limits::default(), Some(Arc::new(|done, _| done == 2)));
        stopped.advance(1, 9).unwrap();
        assert_eq!(stopped.advance(2, 9).unwrap_err().kind(), Kind::Cancelled);
    }

    #[test]
    fn a_part_of_the_work_asks_whether_to_go_on_and_tells_of_the_whole() {
        let told = Arc::new(AtomicU64::new(0));
        let seen = Arc::clone(&told);
        let tell: ProgressFn = Arc::new(move |done, total| {
            seen.store(done << 32 | total, Ordering::Relaxed);
            done == 7
        });
        let budget = Budget::new(Limits::default(), Some(tell));
        budget.advance(3, 100).unwrap();
        budget.0.polled_ms.store(0, Ordering::Relaxed);
        thread::sleep(POLL + POLL / 2);
        budget.silent().advance(50, 60).unwrap();
        assert_eq!(told.load(Ordering::Relaxed), 3 << 32 | 100);
        let _ = budget.advance(7, 100);
        thread::sleep(POLL + POLL / 2);
        assert_eq!(budget.silent().advance(1, 60).unwrap_err().kind(), Kind::Cancelled);
    }
}
