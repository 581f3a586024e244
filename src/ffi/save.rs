//! `DIO_Save*`: an image into a file, memory or the caller's pixels.

use std::ffi::{c_char, c_void};

use super::guard::guard;
use super::input::{self, required};
use super::options::save_options;
use super::output::write;
use super::{
    DIO_ErrorCode, DIO_IFF_AUTO, DIO_ImageData, DIO_ImageFileFormat, DIO_PixelLayout,
    DIO_SaveOptions,
};
use crate::error::{Error, Kind};
use crate::image::{WHITE, convert_into};
use crate::limits::{Budget, Limits};
use crate::writer;

/// Saves an image with default options. The extension of `path` decides the format, in any case.
///
/// `overwrite` is 0 or 1: with 0 an existing file is never replaced, even one that appears while the call runs. The file
/// appears whole or not at all: a failure leaves an old file as it was.
///
/// # Safety
///
/// `path`, unless NULL, must be a C string.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn DIO_SaveToFile(
    image: Option<&DIO_ImageData>,
    path: *const c_char,
    overwrite: i32,
) -> DIO_ErrorCode {
    // SAFETY: passed on from the caller.
    unsafe { DIO_SaveToFileWithOptions(image, path, overwrite, std::ptr::null()) }
}

/// Saves an image to memory in `format` with default options.
///
/// On success `*bytes` points to `*size` bytes, to be freed with `DIO_FreeBytes`; on failure both are left untouched.
///
/// # Safety
///
/// `bytes` and `size`, unless NULL, must be valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn DIO_SaveToMemory(
    image: Option<&DIO_ImageData>,
    format: DIO_ImageFileFormat,
    bytes: *mut *mut u8,
    size: *mut usize,
) -> DIO_ErrorCode {
    // SAFETY: passed on from the caller.
    unsafe { DIO_SaveToMemoryWithOptions(image, format, std::ptr::null(), bytes, size) }
}

/// Copies the pixels into the caller's memory, converted to the pixel format and stride of `layout`.
///
/// Its width and height must be the image's (else `DIO_EC_IMAGE_SIZE_NOT_MATCH`), its size enough (else
/// `DIO_EC_BUFFER_TOO_SMALL`). Bytes between the rows are left alone. Transparent pixels lie on white in formats without
/// alpha. The pixels are not turned.
///
/// # Safety
///
/// `data`, unless NULL, must point to `layout->size` writable bytes that are no part of the image; `layout`, unless
/// NULL, to a struct of the size that it states.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn DIO_SaveToPixels(
    image: Option<&DIO_ImageData>,
    data: *mut c_void,
    layout: *const DIO_PixelLayout,
) -> DIO_ErrorCode {
    guard(|| {
        let image = &required(image, "image")?.image;
        // SAFETY: passed on from the caller.
        let described = unsafe { input::layout(layout, "layout") }?;
        input::same_orientation(described.orientation, image.orientation)?;
        // SAFETY: passed on from the caller.
        let to = unsafe { input::bytes_mut(data, described.size, "data") }?;
        let own = image.layout();
        let (width, height) = (described.layout.width, described.layout.height);
        if (width, height) == (own.width, own.height) && to.len() < described.layout.size() {
            let message = format!(
                "the buffer has {} bytes, the image takes {}",
                to.len(),
                described.layout.size()
            );
            return Err(Error::new(Kind::BufferTooSmall, message));
        }
        let budget = Budget::new(Limits::default(), None);
        convert_into(&image.view(), to, described.layout, WHITE, &budget)
    })
}

/// Saves an image. `options->format` decides the format, or with `DIO_IFF_AUTO` the extension. NULL options mean the
/// defaults. Otherwise as `DIO_SaveToFile`.
///
/// # Safety
///
/// `path`, unless NULL, must be a C string; `options`, unless NULL, point to a struct of the size that it states.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn DIO_SaveToFileWithOptions(
    image: Option<&DIO_ImageData>,
    path: *const c_char,
    overwrite: i32,
    options: *const DIO_SaveOptions,
) -> DIO_ErrorCode {
    guard(|| {
        let image = &required(image, "image")?.image;
        // SAFETY: passed on from the caller.
        let path = unsafe { input::path(path, "path") }?;
        let overwrite = input::flag(overwrite, "overwrite")?;
        // SAFETY: passed on from the caller.
        let options = unsafe { save_options(options) }?;
        writer::save_file(image, &path, overwrite, &options)
    })
}

/// Saves an image to memory in `format`. `options->format` must be `DIO_IFF_AUTO` or the same. NULL options mean the
/// defaults. Otherwise as `DIO_SaveToMemory`.
///
/// # Safety
///
/// `options`, unless NULL, must point to a struct of the size that it states; `bytes` and `size`, unless NULL, be valid
/// for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn DIO_SaveToMemoryWithOptions(
    image: Option<&DIO_ImageData>,
    format: DIO_ImageFileFormat,
    options: *const DIO_SaveOptions,
    bytes: *mut *mut u8,
    size: *mut usize,
) -> DIO_ErrorCode {
    guard(|| {
        let image = &required(image, "image")?.image;
        input::output(bytes, "bytes")?;
        input::output(size, "size")?;
        let wanted = input::file_format(format, "format")?;
        // SAFETY: passed on from the caller.
        let options = unsafe { save_options(options) }?;
        if options.format.is_some_and(|asked| asked != wanted) {
            let message = "`options->format` is neither DIO_IFF_AUTO nor the same as `format`";
            return Err(Error::parameter(message));
        }
        let (data, len) = writer::save_bytes(image, wanted, &options)?.into_raw()?;
        // SAFETY: checked above.
        unsafe { write(bytes, data) };
        // SAFETY: checked above.
        unsafe { write(size, len) };
        Ok(())
    })
}

const _: () = assert!(DIO_IFF_AUTO.0 < 0, "AUTO is no format that could be saved");
