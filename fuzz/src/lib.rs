//! Drives the C ABI of libdio with bytes that a fuzzer, or a file of `fuzz/regressions`, hands over.
//!
//! The last bytes of an input say what is called and how, so that a whole file may stand before them: seeds are files as
//! they are. `tests/regressions.rs` replays on stable what the targets of cargo-fuzz found.

mod calls;
mod input;
mod layouts;
mod round_trip;

pub use calls::read;
pub use layouts::layouts;
pub use round_trip::round_trip;
