//! A thread with room for deep recursion: what a hostile file nests must not overflow a caller's stack.
//!
//! The calling thread waits, and asks meanwhile whether to go on: progress is told where the call was made.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::thread::{Builder, Scope, ScopedJoinHandle};
use std::time::Duration;

use super::watch::Watch;
use crate::error::{Error, Kind, Result};
use crate::limits::Budget;
use crate::memory;

/// Bytes of stack. Only what is used becomes memory.
const DEPTH: usize = 32 << 20;

/// Bytes that the engine may take for any page, and is asked for before: fonts, tables of colours and of character codes.
const TABLES: usize = 8 << 20;

/// How often the calling thread looks at deadline and progress.
pub const POLL: Duration = Duration::from_millis(20);

/// Runs `work` on a deep stack until it is done or the budget wants no more of it.
pub fn run<T: Send>(
    watch: &Arc<Watch>,
    budget: &Budget,
    work: impl FnOnce() -> T + Send,
) -> Result<T> {
    budget.check()?;
    watch.begin();
    std::thread::scope(|scope| {
        // Nothing is sent: that the sender is gone says that the work is over.
        let (working, over) = sync_channel::<()>(0);
        let thread = spawn(scope, watch, 0, move || {
            let _working = working;
            work()
        })?;
        let outcome = loop {
            match over.recv_timeout(POLL) {
                Err(RecvTimeoutError::Timeout) => {
                    if let Err(error) = budget.check() {
                        watch.stop();
                        break Err(error);
                    }
                }
                _ => break Ok(()),
            }
        };
        let made = join(thread);
        outcome.and(made)
    })
}

/// Starts `work` on a deep stack, where `watch` may stop it and which it begins by asking for so many bytes beside [`TABLES`]: on
/// that thread, since allocators keep memory for threads apart.
pub fn spawn<'scope, T: Send + 'scope>(
    scope: &'scope Scope<'scope, '_>,
    watch: &Arc<Watch>,
    room: usize,
    work: impl FnOnce() -> T + Send + 'scope,
) -> Result<ScopedJoinHandle<'scope, T>> {
    let thread = Builder::new().name("dio-pdf".into()).stack_size(DEPTH);
    let watch = Arc::clone(watch);
    let watched = move || {
        watch.hold_this_thread();
        if let Err(error) = memory::room(TABLES.saturating_add(room), "the PDF engine") {
            resume_unwind(Box::new(error));
        }
        work()
    };
    thread.spawn_scoped(scope, watched).map_err(|_| Error::no_memory(DEPTH, "a thread for PDF"))
}

/// Waits for a thread. What it unwinds with is an error of this library: its own, or that the PDF engine panicked.
pub fn join<T>(thread: ScopedJoinHandle<'_, T>) -> Result<T> {
    thread.join().map_err(|panic| match panic.downcast::<Error>() {
        Ok(error) => *error,
        // The renderer's word for an allocation that was refused.
        Err(panic) if reason(&*panic).contains("OutOfMemory") => {
            Error::new(Kind::NoMemory, "out of memory: in the PDF engine")
        }
        Err(panic) => {
            Error::new(Kind::Internal, format!("the PDF engine failed: {}", reason(&*panic)))
        }
    })
}

/// What [`until_enough`] is left with.
struct Enough;

/// Leaves the engine in the middle of its work.
pub fn enough() -> ! {
    resume_unwind(Box::new(Enough))
}

/// Runs `work`, which may call [`enough`].
pub fn until_enough(work: impl FnOnce()) {
    if let Err(panic) = catch_unwind(AssertUnwindSafe(work))
        && !panic.is::<Enough>()
    {
        resume_unwind(panic);
    }
}

fn reason(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no reason given")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;

    fn failed(work: impl FnOnce() + Send) -> Error {
        run(&Watch::new(0), &Budget::new(Limits::default(), None), work).unwrap_err()
    }

    #[test]
    fn a_panic_becomes_an_error_with_its_words() {
        // Unlike `panic!`, this prints nothing.
        let error = failed(|| resume_unwind(Box::new("index out of range")));
        let () = error.kind().eq(&Kind::Internal).then_some(()).unwrap();
        assert_eq!(error.message(), "the PDF engine failed: index out of range");
    }

    #[test]
    fn what_has_seen_enough_ends_well_and_other_panics_go_on() {
        until_enough(|| enough());
        let error = failed(|| until_enough(|| resume_unwind(Box::new("no"))));
        assert_eq!(error.message(), "the PDF engine failed: no");
    }

    #[test]
    fn work_that_looks_at_the_file_ends_soon_after_the_deadline() {
        let watch = Watch::new(0);
        let bytes = super::super::watch::Watched::new(Arc::new(b"bytes"));
        let budget = Budget::new(Limits { deadline_ms: 30, ..Limits::default() }, None);
        let started = std::time::Instant::now();
        let slow = || {
            loop {
                std::thread::sleep(Duration::from_millis(1));
                let _ = bytes.as_ref().len();
            }
        };
        assert_eq!(run::<()>(&watch, &budget, slow).unwrap_err().kind(), Kind::Timeout);
        assert!(started.elapsed() < Duration::from_secs(5));
    }
}
