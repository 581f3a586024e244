//! `DIO_WrapPixels`: an image of pixels that stay where the caller has them.

use std::ffi::c_void;

use super::guard::guard;
use super::output::write;
use super::{DIO_ErrorCode, DIO_ImageData, DIO_PixelLayout, DIO_ReleaseFn, input};
use crate::image::ImageData;
use crate::pixel::PixelView;

/// The caller's pixels, given back when dropped.
struct CallerPixels {
    data: *mut c_void,
    size: usize,
    release: DIO_ReleaseFn,
    user: *mut c_void,
}

// SAFETY: the header says that `release` may run in any thread.
unsafe impl Send for CallerPixels {}
// SAFETY: the pixels are only read, and stay unchanged during a call that uses them, as the header demands.
unsafe impl Sync for CallerPixels {}

impl AsRef<[u8]> for CallerPixels {
    fn as_ref(&self) -> &[u8] {
        // SAFETY: checked before this was made; the caller vouches that they are there until `release` runs.
        unsafe { std::slice::from_raw_parts(self.data.cast::<u8>(), self.size) }
    }
}

impl Drop for CallerPixels {
    fn drop(&mut self) {
        if let Some(release) = self.release {
            // SAFETY: the caller's function with the caller's pointers, called once.
            unsafe { release(self.user, self.data) };
        }
    }
}

/// Makes an image of pixels in memory without copying them: they are lent until the image is freed.
///
/// `layout` says how they lie there, as for `DIO_ReadFromPixels`; the image keeps its stride, and
/// `DIO_ImageDataGetBytes` returns `data`. The library only reads the pixels. Until the image is freed they may change
/// between calls, but not during one that uses it. What is made from the image (`DIO_ImageDataConvert`, ...) has pixels
/// of its own.
///
/// On success `*image` is a new image, and `release`, unless NULL, runs once, within the last `DIO_FreeImageData` and on
/// its thread; it must not use the image. On failure `*image` is left untouched, `release` does not run and nothing
/// stays lent.
///
/// # Safety
///
/// `data`, unless NULL, must point to `layout->size` bytes that stay readable until the image is freed; `layout`, unless
/// NULL, to a struct of the size that it states; `image`, unless NULL, must be valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn DIO_WrapPixels(
    data: *mut c_void,
    layout: *const DIO_PixelLayout,
    release: DIO_ReleaseFn,
    user: *mut c_void,
    image: *mut *mut DIO_ImageData,
) -> DIO_ErrorCode {
    guard(|| {
        input::output(image, "image")?;
        input::output(data, "data")?;
        // SAFETY: passed on from the caller.
        let described = unsafe { input::layout(layout, "layout") }?;
        // SAFETY: passed on from the caller.
        let bytes = unsafe { input::bytes(data.cast_const().cast(), described.size, "data") }?;
        PixelView::new(bytes, described.layout)?;
        // Nothing fails from here on: dropping what is lent calls the caller back.
        let lent = CallerPixels { data, size: described.size, release, user };
        let mut wrapped = ImageData::lent(lent, described.layout)?;
        wrapped.orientation = described.orientation;
        // SAFETY: checked above.
        unsafe { write(image, Box::into_raw(DIO_ImageData::new(wrapped))) };
        Ok(())
    })
}
