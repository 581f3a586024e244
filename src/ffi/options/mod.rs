//! Option structs: how they grow, and what their fields mean.

mod pdf;
mod read;
mod save;

use std::ffi::c_void;
use std::ptr;
use std::sync::Arc;

pub use pdf::*;
pub use read::*;
pub use save::*;

use super::DIO_ProgressFn;
use super::input::required;
use super::output::check_size;
use crate::error::{Error, Kind, Result};
use crate::limits::ProgressFn;

/// An input struct, which begins with its size, a `u32`, and grows at its end. Numbers and pointers are all it has: every bit
/// pattern is a value.
pub(super) trait Grows: Copy {
    /// Its size in the first header that it was in (`tests/abi` keeps them): less than that was never anything.
    const FIRST: usize;

    /// What a caller whose struct ends sooner did not say.
    fn defaults() -> Self;
}

/// Copies an input struct: what an older caller does not have keeps its default. `None` for NULL.
///
/// # Safety
///
/// `from`, unless NULL, must point to as many readable bytes as its first field states.
pub(super) unsafe fn copy_in<T: Grows>(from: *const T, name: &str) -> Result<Option<T>> {
    if from.is_null() {
        return Ok(None);
    }
    // SAFETY: not null, and the first field is a u32.
    let stated = unsafe { from.cast::<u32>().read() };
    let size = usize::try_from(stated).unwrap_or(usize::MAX);
    check_size::<T>(size, T::FIRST, name)?;
    let mut copy = T::defaults();
    let known = size.min(size_of::<T>());
    // SAFETY: both have at least `known` bytes.
    unsafe {
        ptr::copy_nonoverlapping(from.cast::<u8>(), ptr::from_mut(&mut copy).cast::<u8>(), known)
    };
    // SAFETY: `size` bytes are readable, as the caller vouches.
    let all = unsafe { std::slice::from_raw_parts(from.cast::<u8>(), size) };
    if all.get(known..).unwrap_or_default().iter().any(|byte| *byte != 0) {
        let message = format!("`{name}` sets fields of a later version of the library");
        return Err(Error::new(Kind::OptionsTooNew, message));
    }
    Ok(Some(copy))
}

/// Writes the defaults, as far as the caller has fields for them.
///
/// # Safety
///
/// `to`, unless NULL, must point to `size` writable bytes.
pub(super) unsafe fn init<T: Grows>(to: *mut T, size: usize) -> Result<()> {
    required((!to.is_null()).then_some(()), "options")?;
    if check_size::<T>(size, T::FIRST, "options").is_err() {
        return Err(Error::parameter(format!(
            "`size` is {size}, not {} (the size in the first release) or more",
            T::FIRST
        )));
    }
    // SAFETY: at least the size of the first release.
    unsafe { to.cast::<u32>().write(size as u32) };
    // SAFETY: passed on from the caller.
    unsafe { super::output::write_info(to, T::defaults(), T::FIRST, "options") }
}

/// The caller's pointer on its way back to the caller's function.
struct User(*mut c_void);

// SAFETY: the pointer is only handed back, on the thread that made the call.
unsafe impl Send for User {}
// SAFETY: as above.
unsafe impl Sync for User {}

impl User {
    fn get(&self) -> *mut c_void {
        self.0
    }
}

fn progress(callback: DIO_ProgressFn, user: *mut c_void) -> Option<ProgressFn> {
    let callback = callback?;
    let user = User(user);
    // SAFETY: the caller's function with the caller's pointer, as the options state them.
    Some(Arc::new(move |done, total| unsafe { callback(user.get(), done, total) } != 0))
}

#[cfg(test)]
mod tests {
    /// The bytes of a struct without padding from one field on.
    pub(super) fn bytes_from<T: Copy>(value: &T, offset: usize) -> Vec<u8> {
        let at = std::ptr::from_ref(value).cast::<u8>();
        // SAFETY: as long as the struct, which has no padding.
        let all = unsafe { std::slice::from_raw_parts(at, size_of::<T>()) };
        all[offset..].to_vec()
    }
}
