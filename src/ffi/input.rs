//! C arguments become Rust values here, in `options` and in `stream`, and nowhere else.

use std::ffi::{CStr, c_char, c_void};
use std::mem::offset_of;
use std::path::PathBuf;
use std::slice;

use super::options::{Grows, copy_in};
use super::{DIO_ImageFileFormat, DIO_ImagePixelFormat, DIO_PixelLayout};
use crate::error::{Error, Kind, Result};
use crate::format::FileFormat;
use crate::image::Orientation;
use crate::os;
use crate::pixel::{Layout, PixelFormat};

/// Turns a NULL argument into an error that names it.
pub(super) fn required<T>(argument: Option<T>, name: &str) -> Result<T> {
    argument.ok_or_else(|| null(name))
}

pub(super) fn null(name: &str) -> Error {
    Error::new(Kind::NullPointer, format!("`{name}` is NULL"))
}

/// Refuses a NULL output before anything is done.
pub(super) fn output<T>(output: *mut T, name: &str) -> Result<()> {
    if output.is_null() { Err(null(name)) } else { Ok(()) }
}

/// Borrows the `size` bytes behind `data`. (NULL, 0) is an empty input.
///
/// # Safety
///
/// `data`, unless NULL, must point to `size` bytes that stay readable and unchanged for `'a`.
pub(super) unsafe fn bytes<'a>(data: *const u8, size: usize, name: &str) -> Result<&'a [u8]> {
    if data.is_null() {
        return if size == 0 { Ok(&[]) } else { Err(null(name)) };
    }
    check_len(size, name)?;
    // SAFETY: not null, not longer than any object, and the caller vouches for the rest.
    Ok(unsafe { slice::from_raw_parts(data, size) })
}

/// Borrows the caller's pixel memory for writing.
///
/// # Safety
///
/// `data`, unless NULL, must point to `size` bytes that nobody else touches for `'a`.
pub(super) unsafe fn bytes_mut<'a>(
    data: *mut c_void,
    size: usize,
    name: &str,
) -> Result<&'a mut [u8]> {
    output(data, name)?;
    check_len(size, name)?;
    // SAFETY: not null, not longer than any object, and the caller vouches for the rest.
    Ok(unsafe { slice::from_raw_parts_mut(data.cast(), size) })
}

fn check_len(size: usize, name: &str) -> Result<()> {
    match isize::try_from(size) {
        Ok(_) => Ok(()),
        Err(_) => Err(Error::parameter(format!(
            "the size of `{name}` is {size}, more than any object has"
        ))),
    }
}

/// A path: UTF-8 on Windows, the file system's own bytes elsewhere.
///
/// # Safety
///
/// `path`, unless NULL, must be a C string.
pub(super) unsafe fn path(path: *const c_char, name: &str) -> Result<PathBuf> {
    if path.is_null() {
        return Err(null(name));
    }
    // SAFETY: a C string, as the caller vouches.
    let bytes = unsafe { CStr::from_ptr(path) }.to_bytes();
    os::path_from_bytes(bytes).ok_or_else(|| Error::parameter(format!("`{name}` is not UTF-8")))
}

/// Text that may be NULL.
///
/// # Safety
///
/// `text`, unless NULL, must be a C string.
pub(super) unsafe fn text(text: *const c_char, name: &str) -> Result<Option<String>> {
    if text.is_null() {
        return Ok(None);
    }
    // SAFETY: a C string, as the caller vouches.
    let text = unsafe { CStr::from_ptr(text) };
    let text = text.to_str().map_err(|_| Error::parameter(format!("`{name}` is not UTF-8")))?;
    Ok(Some(text.to_owned()))
}

/// 0 or 1.
pub(super) fn flag(value: i32, name: &str) -> Result<bool> {
    match value {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(Error::parameter(format!("`{name}` is {value}, not 0 or 1"))),
    }
}

/// A known number, or an error that names the argument or field.
pub(super) fn choice<T: Copy>(value: i32, name: &str, choices: &[(i32, T)]) -> Result<T> {
    let known = choices.iter().find(|(number, _)| *number == value);
    known.map(|(_, choice)| *choice).ok_or_else(|| unknown(name, value))
}

fn unknown(name: &str, value: i32) -> Error {
    Error::parameter(format!("`{name}` is {value}, which is no value of its kind"))
}

pub(super) fn pixel_format(format: DIO_ImagePixelFormat, name: &str) -> Result<PixelFormat> {
    PixelFormat::from_number(format.0).ok_or_else(|| unknown(name, format.0))
}

pub(super) fn file_format(format: DIO_ImageFileFormat, name: &str) -> Result<FileFormat> {
    FileFormat::from_number(format.0).ok_or_else(|| unknown(name, format.0))
}

/// A layout as the caller describes it, with the angle and the bytes behind the data.
pub(super) struct Described {
    pub(super) layout: Layout,
    pub(super) orientation: Orientation,
    pub(super) size: usize,
}

impl Grows for DIO_PixelLayout {
    const FIRST: usize = offset_of!(Self, size) + size_of::<usize>();

    fn defaults() -> Self {
        Self {
            struct_size: 0,
            width: 0,
            height: 0,
            format: DIO_ImagePixelFormat(0),
            orientation: 0,
            reserved: 0,
            stride: 0,
            size: 0,
        }
    }
}

/// Checks a layout.
///
/// # Safety
///
/// `layout`, unless NULL, must point to a struct of the size that its first field states.
pub(super) unsafe fn layout(layout: *const DIO_PixelLayout, name: &str) -> Result<Described> {
    // SAFETY: passed on from the caller.
    let it = unsafe { copy_in(layout, name) }?.ok_or_else(|| null(name))?;
    if it.reserved != 0 {
        return Err(Error::parameter(format!("`{name}->reserved` is {}, not 0", it.reserved)));
    }
    let format = pixel_format(it.format, &format!("{name}->format"))?;
    let orientation = Orientation::from_degrees(it.orientation)?;
    if it.width == 0 || it.height == 0 {
        let message = format!("`{name}` describes {} x {} pixels", it.width, it.height);
        return Err(Error::new(Kind::ImageDataInvalid, message));
    }
    // Nothing is allocated here: what fits into no memory contradicts the size.
    let layout = Layout::with_stride(it.width, it.height, format, it.stride)
        .map_err(|error| Error::new(Kind::ImageDataInvalid, error.message()))?;
    Ok(Described { layout, orientation, size: it.size })
}

/// The angle that a caller states for memory to be filled: 0, or the one that the pixels have.
pub(super) fn same_orientation(stated: Orientation, own: Orientation) -> Result<()> {
    if stated == Orientation::Upright || stated == own {
        return Ok(());
    }
    let message =
        format!("`layout->orientation` is {}, the pixels' is {}", stated.degrees(), own.degrees());
    Err(Error::parameter(message))
}
