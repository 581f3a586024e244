//! What the library hands out comes back here.

use std::ffi::c_void;

use super::DIO_ImageData;
use super::guard::guard;
use crate::error::{Error, Result};

/// Copies `bytes` into memory that `DIO_FreeBytes` frees: C has no place to remember how long they are.
pub(super) fn hand_over(bytes: &[u8]) -> Result<(*mut u8, usize)> {
    // SAFETY: no size is invalid; a failure is NULL.
    let memory = unsafe { libc::malloc(bytes.len().max(1)) }.cast::<u8>();
    if memory.is_null() {
        return Err(Error::no_memory(bytes.len(), "the encoded image"));
    }
    // SAFETY: fresh memory of at least that size.
    unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), memory, bytes.len()) };
    Ok((memory, bytes.len()))
}

/// Frees an image. NULL is ignored.
#[unsafe(no_mangle)]
pub extern "C" fn DIO_FreeImageData(image: Option<Box<DIO_ImageData>>) {
    drop(image);
}

/// Frees what a `DIO_Save...` function returned. NULL is ignored.
///
/// # Safety
///
/// `bytes` must come from such a function of this library and not have been freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn DIO_FreeBytes(bytes: *mut c_void) {
    let _ = guard(|| {
        // SAFETY: memory of `hand_over`, or NULL, as the caller vouches.
        unsafe { libc::free(bytes) };
        Ok(())
    });
}
