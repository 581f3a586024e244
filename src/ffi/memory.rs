//! What the library hands out comes back here.

use std::ffi::{c_char, c_void};
use std::slice;

use super::DIO_ImageData;
use super::guard::guard;
use super::retain::give_up;
use crate::error::{Error, Result};

/// Text that `DIO_FreeBytes` frees: `fill` is given `len` bytes, and a zero byte follows them.
pub(super) fn hand_over_text(len: usize, fill: impl FnOnce(&mut [u8])) -> Result<*mut c_char> {
    // SAFETY: no size is invalid; a failure is NULL.
    let memory = unsafe { libc::calloc(len.saturating_add(1), 1) }.cast::<u8>();
    if memory.is_null() {
        return Err(Error::no_memory(len, "the encoded image"));
    }
    // SAFETY: fresh memory of more than that size, zeroed.
    fill(unsafe { slice::from_raw_parts_mut(memory, len) });
    Ok(memory.cast())
}

/// Gives up an image; the last of its owners frees it. NULL is ignored.
///
/// # Safety
///
/// `image`, unless NULL, must be an image of which the caller is an owner, and is none afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn DIO_FreeImageData(image: *mut DIO_ImageData) {
    let _ = guard(|| {
        // SAFETY: passed on from the caller.
        unsafe { give_up(image) };
        Ok(())
    });
}

/// Frees what a `DIO_Save...` function returned. NULL is ignored.
///
/// # Safety
///
/// `bytes` must come from such a function of this library and not have been freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn DIO_FreeBytes(bytes: *mut c_void) {
    let _ = guard(|| {
        // SAFETY: memory of the C library, or NULL, as the caller vouches.
        unsafe { libc::free(bytes) };
        Ok(())
    });
}
