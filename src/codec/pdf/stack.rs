//! A thread with room for deep recursion: what a hostile file nests must not overflow a caller's stack.

use std::any::Any;
use std::thread::{Builder, Scope, ScopedJoinHandle};

use crate::error::{Error, Kind, Result};

/// Bytes of stack. Only what is used becomes memory.
const DEPTH: usize = 32 << 20;

/// Runs `work` on a deep stack and waits for it.
pub fn run<T: Send>(work: impl FnOnce() -> T + Send) -> Result<T> {
    std::thread::scope(|scope| join(spawn(scope, work)?))
}

/// Starts `work` on a deep stack.
pub fn spawn<'scope, T: Send + 'scope>(
    scope: &'scope Scope<'scope, '_>,
    work: impl FnOnce() -> T + Send + 'scope,
) -> Result<ScopedJoinHandle<'scope, T>> {
    let thread = Builder::new().name("dio-pdf".into()).stack_size(DEPTH);
    thread.spawn_scoped(scope, work).map_err(|_| Error::no_memory(DEPTH, "a thread for PDF"))
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

fn reason(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no reason given")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_an_error_with_its_words() {
        // Unlike `panic!`, this prints nothing.
        let error = run(|| std::panic::resume_unwind(Box::new("index out of range"))).unwrap_err();
        let () = error.kind().eq(&Kind::Internal).then_some(()).unwrap();
        assert_eq!(error.message(), "the PDF engine failed: index out of range");
    }
}
