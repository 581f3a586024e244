//! Outputs are written here, last and on success only. They are raw pointers: two of them may be the same.

use std::ptr;

use crate::error::{Error, Result};

/// Writes one output that `input::output` has checked.
///
/// # Safety
///
/// `to` must be valid for writing, or NULL.
pub(super) unsafe fn write<T>(to: *mut T, value: T) {
    if !to.is_null() {
        // SAFETY: not null, and the caller vouches for the rest.
        unsafe { to.write(value) };
    }
}

/// Fills an info struct up to the size that its first field states; what a later version has more is zeroed.
///
/// # Safety
///
/// `to` must point to as many writable bytes as its first field states; `value` has no padding and begins with that field.
pub(super) unsafe fn write_info<T: Copy>(
    to: *mut T,
    mut value: T,
    first_release: usize,
    name: &str,
) -> Result<()> {
    // SAFETY: the caller vouches that there is a first field, a u32.
    let stated = unsafe { to.cast::<u32>().read() };
    let size = usize::try_from(stated).unwrap_or(usize::MAX);
    check_size::<T>(size, first_release, name)?;
    let known = size.min(size_of::<T>());
    let value = ptr::from_mut(&mut value);
    // SAFETY: `value` begins with a u32.
    unsafe { value.cast::<u32>().write(stated) };
    // SAFETY: both have at least `known` bytes and do not overlap.
    unsafe { ptr::copy_nonoverlapping(value.cast::<u8>(), to.cast::<u8>(), known) };
    // SAFETY: within the size that the caller states.
    let rest = unsafe { to.cast::<u8>().add(known) };
    // SAFETY: as above.
    unsafe { rest.write_bytes(0, size - known) };
    Ok(())
}

/// No struct of any version is larger: a size beyond it was never set.
const LARGEST: usize = 64 << 10;

/// Refuses what is the size of the struct in no version: less than in the first release, or part of a field.
pub(super) fn check_size<T>(size: usize, first_release: usize, name: &str) -> Result<()> {
    let message = if !(first_release..=LARGEST).contains(&size) {
        format!(
            "`{name}->struct_size` is {size}, not {first_release} (the size in the first release) or more"
        )
    } else if !size.is_multiple_of(align_of::<T>()) {
        format!("`{name}->struct_size` is {size}, the size of the struct in no version")
    } else {
        return Ok(());
    };
    Err(Error::parameter(message))
}
