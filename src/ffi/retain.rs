//! Images of several owners: `DIO_ImageDataRetain`, and who may change one.

use std::sync::atomic::{Ordering, fence};

use super::DIO_ImageData;
use super::input::required;
use crate::error::{Error, Result};

/// Gives an image one more owner and returns the same handle; NULL for NULL.
///
/// Each owner calls `DIO_FreeImageData` once, in any thread, and the last call frees the image. While there is more
/// than one, functions that change the image are `DIO_EC_PARAMETER_VALUE_INVALID`: what the getters lend stays as it
/// is for all of them. No pixels are copied.
///
/// # Safety
///
/// `image`, unless NULL, must be an image that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn DIO_ImageDataRetain(image: *const DIO_ImageData) -> *mut DIO_ImageData {
    // SAFETY: passed on from the caller.
    if let Some(shared) = unsafe { image.as_ref() } {
        // Wraps only after more calls than an address space has room for owners.
        shared.owners.fetch_add(1, Ordering::Relaxed);
    }
    image.cast_mut()
}

/// An image to be changed: one that nobody else owns, and hence nobody else reads.
///
/// # Safety
///
/// `image`, unless NULL, must be an image that was not freed, used by no other thread unless that is another owner.
pub(super) unsafe fn sole<'a>(image: *mut DIO_ImageData) -> Result<&'a mut DIO_ImageData> {
    // SAFETY: passed on from the caller; other owners may be reading, so it is shared until they are counted.
    let owners = required(unsafe { image.as_ref() }, "image")?.owners.load(Ordering::Acquire);
    if owners != 1 {
        let message = format!("`image` has {owners} owners: only a sole owner may change it");
        return Err(Error::parameter(message));
    }
    // SAFETY: the caller is the only owner, and uses it in one thread at a time.
    Ok(unsafe { &mut *image })
}

/// Takes one owner away; without any the image is dropped.
///
/// # Safety
///
/// `image`, unless NULL, must be an image of which the caller is an owner, and is none afterwards.
pub(super) unsafe fn give_up(image: *mut DIO_ImageData) {
    // SAFETY: passed on from the caller.
    let Some(shared) = (unsafe { image.as_ref() }) else { return };
    if shared.owners.fetch_sub(1, Ordering::Release) != 1 {
        return;
    }
    // What the other owners did with it comes before it goes.
    fence(Ordering::Acquire);
    // SAFETY: a box of `DIO_ImageData::new` that nobody else owns any more.
    drop(unsafe { Box::from_raw(image) });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ffi::{DIO_EC_OK, DIO_EC_PARAMETER_VALUE_INVALID, DIO_ImageDataSetResolution};
    use crate::image::ImageData;
    use crate::pixel::PixelFormat;

    #[test]
    fn the_last_owner_frees_and_only_a_sole_one_changes() {
        let made = ImageData::new(1, 1, PixelFormat::Gray8).unwrap();
        let image = Box::into_raw(DIO_ImageData::new(made));
        // SAFETY: an image that is freed as often as it is owned.
        let change = || unsafe { DIO_ImageDataSetResolution(image, 1.0, 1.0) };
        // SAFETY: as above.
        let free = || unsafe { give_up(image) };
        // SAFETY: as above.
        assert_eq!(unsafe { DIO_ImageDataRetain(image) }, image);
        assert_eq!(change(), DIO_EC_PARAMETER_VALUE_INVALID);
        free();
        assert_eq!(change(), DIO_EC_OK);
        free();
    }
}
