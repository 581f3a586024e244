//! The bytes of the file as the engine sees them, with a say in whether it goes on.
//!
//! Engines know neither deadlines nor limits, but they look up objects all the time: that is where they are stopped. Each
//! thread that works for a call has the watch of that call, so that several may work on one document.

use std::cell::RefCell;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::error::{Error, Kind};
use crate::source::SharedBytes;

/// Look-ups that a page may cost whatever the size of its file. Each byte of the file allows another one: what a page
/// uses it has to say, unless it has parts that draw parts that draw parts.
const LOOK_UPS: u64 = 100_000;

thread_local! {
    /// What stops the work of this thread.
    static HERE: RefCell<Option<Arc<Watch>>> = const { RefCell::new(None) };
}

/// Stops the engine.
#[derive(Debug)]
pub struct Watch {
    stopped: AtomicBool,
    left: AtomicU64,
    allowance: u64,
}

/// The bytes of a file, watched. Reading them once too often unwinds with an [`Error`], which
/// [`super::stack::join`] returns.
pub struct Watched {
    bytes: SharedBytes,
}

impl Watch {
    /// For a file of `len` bytes.
    pub fn new(len: usize) -> Arc<Self> {
        let allowance = LOOK_UPS.saturating_add(len as u64);
        let (stopped, left) = (AtomicBool::new(false), AtomicU64::new(allowance));
        Arc::new(Self { stopped, left, allowance })
    }

    /// A watch of the same file, for another call.
    pub fn another(&self) -> Arc<Self> {
        let (stopped, left) = (AtomicBool::new(false), AtomicU64::new(self.allowance));
        Arc::new(Self { stopped, left, allowance: self.allowance })
    }

    /// Begins a new piece of work.
    pub fn begin(&self) {
        self.stopped.store(false, Ordering::Relaxed);
        self.left.store(self.allowance, Ordering::Relaxed);
    }

    /// Makes the engine stop at its next look-up.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    /// Watches what this thread does from now on.
    pub fn hold_this_thread(self: &Arc<Self>) {
        HERE.with(|here| *here.borrow_mut() = Some(Arc::clone(self)));
    }

    /// Unwinds where the work is to stop.
    pub fn check(&self) {
        if self.stopped.load(Ordering::Relaxed) {
            resume_unwind(Box::new(Error::new(Kind::Cancelled, "the drawing was stopped")));
        }
    }

    fn look_up(&self) {
        self.check();
        // Only one thread works at a time for a call.
        let left = self.left.load(Ordering::Relaxed);
        let Some(left) = left.checked_sub(1) else {
            let message = format!("drawing looks up more than {} objects", self.allowance);
            resume_unwind(Box::new(Error::damaged(message)))
        };
        self.left.store(left, Ordering::Relaxed);
    }
}

impl Watched {
    /// Bytes watched by what watches the thread that looks at them.
    pub fn new(bytes: SharedBytes) -> Self {
        Self { bytes }
    }
}

impl AsRef<[u8]> for Watched {
    fn as_ref(&self) -> &[u8] {
        HERE.with(|here| here.borrow().as_ref().inspect(|watch| watch.look_up()).is_some());
        (*self.bytes).as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::pdf::stack;
    use crate::limits::{Budget, Limits};

    #[test]
    fn too_many_look_ups_and_a_stop_unwind_with_an_error() {
        let watch = Watch::new(5);
        let bytes = Watched::new(Arc::new(b"bytes"));
        let budget = Budget::new(Limits::default(), None);
        let look = |times: u64| {
            let work = || (0..times).for_each(|_| assert!(!bytes.as_ref().is_empty()));
            stack::run(&watch, &budget, work)
        };
        look(LOOK_UPS + 5).unwrap();
        assert_eq!(look(LOOK_UPS + 6).unwrap_err().kind(), Kind::Damaged);
        let stopped = || {
            watch.stop();
            bytes.as_ref().len()
        };
        assert_eq!(stack::run(&watch, &budget, stopped).unwrap_err().kind(), Kind::Cancelled);
        look(1).unwrap();
    }
}
