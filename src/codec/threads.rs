//! Several threads for one call.

use std::panic::resume_unwind;
use std::thread::{self, Builder};

/// The name of threads that help a call, by which their panics are told from those of the program.
pub const THREAD: &str = "dio";

/// Calls `work` on up to so many threads, the calling one among them, and waits for them all. Where there are no more threads
/// to be had, fewer do it.
pub fn on_threads(threads: u32, work: impl Fn() + Sync) {
    thread::scope(|scope| {
        let spawn = || Builder::new().name(THREAD.into()).spawn_scoped(scope, &work).ok();
        let spawned: Vec<_> = (1..threads).map_while(|_| spawn()).collect();
        work();
        for thread in spawned {
            thread.join().unwrap_or_else(|panic| resume_unwind(panic));
        }
    });
}
