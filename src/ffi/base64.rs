//! `DIO_ReadFromBase64` and `DIO_SaveToBase64`: encoded images as text.

use std::ffi::{CStr, c_char};

use super::guard::guard;
use super::memory::hand_over_text;
use super::options::read_options;
use super::output::write;
use super::{
    DIO_ErrorCode, DIO_ImageData, DIO_ImageFileFormat, DIO_ReadOptions,
    input::{self, null, required},
};
use crate::error::Error;
use crate::options::SaveOptions;
use crate::reader::Call;
use crate::source::Source;
use crate::{base64, writer};

/// Reads the first page of an encoded image in base64 with default options.
///
/// `text` may be a `data:` URL, whose media type is not looked at: the content decides the format. White space and
/// missing padding are passed over; any other character is `DIO_EC_PARAMETER_VALUE_INVALID`, and the message says which.
/// On success `*image` is a new image, to be freed with `DIO_FreeImageData`; on failure it is left untouched.
///
/// # Safety
///
/// `text`, unless NULL, must be a C string; `image`, unless NULL, valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn DIO_ReadFromBase64(
    text: *const c_char,
    image: *mut *mut DIO_ImageData,
) -> DIO_ErrorCode {
    // SAFETY: passed on from the caller.
    unsafe { DIO_ReadFromBase64WithOptions(text, std::ptr::null(), image) }
}

/// Reads the page `options->page` of an encoded image in base64. NULL options mean the defaults.
///
/// The decoded bytes count as buffered input in `options->max_memory`. Otherwise as `DIO_ReadFromBase64`.
///
/// # Safety
///
/// `text`, unless NULL, must be a C string; `options`, unless NULL, point to a struct of the size that it states;
/// `image`, unless NULL, be valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn DIO_ReadFromBase64WithOptions(
    text: *const c_char,
    options: *const DIO_ReadOptions,
    image: *mut *mut DIO_ImageData,
) -> DIO_ErrorCode {
    guard(|| {
        input::output(image, "image")?;
        if text.is_null() {
            return Err(null("text"));
        }
        // SAFETY: not NULL, and a C string, as the caller vouches.
        let text = unsafe { CStr::from_ptr(text) }.to_bytes();
        // SAFETY: passed on from the caller.
        let options = unsafe { read_options(options) }?;
        let call = Call::begin(options)?;
        let bytes = base64::decode(text, call.budget())?;
        let read = call.read(Source::buffered(bytes))?;
        // SAFETY: checked above.
        unsafe { write(image, Box::into_raw(DIO_ImageData::new(read))) };
        Ok(())
    })
}

/// Saves an image as base64 in `format` with default options.
///
/// One line with padding and without a `data:` prefix, ending with a zero byte. On success `*text` is to be freed with
/// `DIO_FreeBytes`; on failure it is left untouched.
///
/// # Safety
///
/// `text`, unless NULL, must be valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn DIO_SaveToBase64(
    image: Option<&DIO_ImageData>,
    format: DIO_ImageFileFormat,
    text: *mut *mut c_char,
) -> DIO_ErrorCode {
    guard(|| {
        let image = &required(image, "image")?.image;
        input::output(text, "text")?;
        let format = input::file_format(format, "format")?;
        let bytes = writer::save_bytes(image, format, &SaveOptions::default())?;
        let len = base64::encoded_len(bytes.len())
            .ok_or_else(|| Error::no_memory(bytes.len(), "base64"))?;
        let made = hand_over_text(len, |to| base64::encode(&bytes, to))?;
        // SAFETY: checked above.
        unsafe { write(text, made) };
        Ok(())
    })
}
