//! `DIO_ImageData*`: getters, setters and conversions of an image.

use std::ffi::c_char;
use std::ptr;

use super::guard::guard;
use super::input::{self, choice, required};
use super::output::write;
use super::retain::sole;
use super::{
    DIO_ErrorCode, DIO_ImageData, DIO_ImageFileFormat, DIO_ImagePixelFormat, DIO_METADATA_EXIF,
    DIO_METADATA_ICC, DIO_METADATA_XMP, DIO_MetadataKind,
};
use crate::error::{Error, Kind};
use crate::image::Orientation;
use crate::limits::{Budget, Limits, UNLIMITED};
use crate::metadata::MetadataKind;

/// A conversion needs as much as the image that is in memory already.
fn budget() -> Budget {
    Budget::new(Limits { max_memory: UNLIMITED, ..Limits::default() }, None)
}

/// The pixels, lent until the image is freed; NULL for a NULL image.
#[unsafe(no_mangle)]
pub extern "C" fn DIO_ImageDataGetBytes(image: Option<&DIO_ImageData>) -> *const u8 {
    image.map_or(ptr::null(), |it| it.image.pixels().as_ptr())
}

/// Bytes of the pixels: `stride * (rows - 1)` plus the least stride; 0 for a NULL image.
#[unsafe(no_mangle)]
pub extern "C" fn DIO_ImageDataGetBytesLength(image: Option<&DIO_ImageData>) -> usize {
    image.map_or(0, |it| it.image.pixels().len())
}

/// Pixels per row; 0 for a NULL image.
#[unsafe(no_mangle)]
pub extern "C" fn DIO_ImageDataGetWidth(image: Option<&DIO_ImageData>) -> u32 {
    image.map_or(0, |it| it.image.layout().width)
}

/// Rows; 0 for a NULL image.
#[unsafe(no_mangle)]
pub extern "C" fn DIO_ImageDataGetHeight(image: Option<&DIO_ImageData>) -> u32 {
    image.map_or(0, |it| it.image.layout().height)
}

/// Bytes from one row to the next; 0 for a NULL image.
#[unsafe(no_mangle)]
pub extern "C" fn DIO_ImageDataGetStride(image: Option<&DIO_ImageData>) -> usize {
    image.map_or(0, |it| it.image.layout().stride)
}

/// What a pixel is; -1 for a NULL image.
#[unsafe(no_mangle)]
pub extern "C" fn DIO_ImageDataGetPixelFormat(
    image: Option<&DIO_ImageData>,
) -> DIO_ImagePixelFormat {
    DIO_ImagePixelFormat(image.map_or(-1, |it| it.image.layout().format as i32))
}

/// The clockwise angle by which the pixels are to be turned to stand upright: 0, 90, 180 or 270; 0 for a NULL image.
#[unsafe(no_mangle)]
pub extern "C" fn DIO_ImageDataGetOrientation(image: Option<&DIO_ImageData>) -> i32 {
    image.map_or(0, |it| it.image.orientation.degrees())
}

/// Sets the angle that `DIO_ImageDataGetOrientation` tells, in the EXIF bytes too. The pixels stay as they are.
///
/// # Safety
///
/// `image`, unless NULL, must be an image that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn DIO_ImageDataSetOrientation(
    image: *mut DIO_ImageData,
    orientation: i32,
) -> DIO_ErrorCode {
    guard(|| {
        // SAFETY: passed on from the caller.
        let image = &mut unsafe { sole(image) }?.image;
        image.set_orientation(Orientation::from_degrees(orientation)?);
        Ok(())
    })
}

/// Tells the dots per inch, across and down; 0 = not stated.
///
/// # Safety
///
/// `dpi_x` and `dpi_y`, unless NULL, must be valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn DIO_ImageDataGetResolution(
    image: Option<&DIO_ImageData>,
    dpi_x: *mut f64,
    dpi_y: *mut f64,
) -> DIO_ErrorCode {
    guard(|| {
        let (x, y) = required(image, "image")?.image.resolution;
        input::output(dpi_x, "dpi_x")?;
        input::output(dpi_y, "dpi_y")?;
        // SAFETY: checked above.
        unsafe { write(dpi_x, x) };
        // SAFETY: checked above.
        unsafe { write(dpi_y, y) };
        Ok(())
    })
}

/// Sets the dots per inch, 0 to 1000000; 0 = not stated.
///
/// # Safety
///
/// `image`, unless NULL, must be an image that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn DIO_ImageDataSetResolution(
    image: *mut DIO_ImageData,
    dpi_x: f64,
    dpi_y: f64,
) -> DIO_ErrorCode {
    guard(|| {
        // SAFETY: passed on from the caller.
        let image = &mut unsafe { sole(image) }?.image;
        for (name, dpi) in [("dpi_x", dpi_x), ("dpi_y", dpi_y)] {
            if !(0.0..=1_000_000.0).contains(&dpi) {
                return Err(Error::parameter(format!("`{name}` is {dpi}, not 0 to 1000000")));
            }
        }
        image.resolution = (dpi_x, dpi_y);
        Ok(())
    })
}

/// The format of the file that the image was read from; -1 for pixels that were no file, and for a NULL image.
#[unsafe(no_mangle)]
pub extern "C" fn DIO_ImageDataGetFileFormat(image: Option<&DIO_ImageData>) -> DIO_ImageFileFormat {
    DIO_ImageFileFormat(
        image.and_then(|it| it.image.origin.format).map_or(-1, |format| format as i32),
    )
}

/// The path of the file that the image was read from, as it was given, lent until the image is freed; NULL where it was
/// no file, and for a NULL image.
#[unsafe(no_mangle)]
pub extern "C" fn DIO_ImageDataGetFilePath(image: Option<&DIO_ImageData>) -> *const c_char {
    image.and_then(|it| it.path.as_ref()).map_or(ptr::null(), |path| path.as_ptr())
}

/// The page that the image was read from, from 0; 0 for a NULL image.
#[unsafe(no_mangle)]
pub extern "C" fn DIO_ImageDataGetPageNumber(image: Option<&DIO_ImageData>) -> u32 {
    image.map_or(0, |it| it.image.origin.page)
}

/// The pages of the file that the image was read from, 1 for pixels that were no file; 0 for a NULL image.
#[unsafe(no_mangle)]
pub extern "C" fn DIO_ImageDataGetTotalPages(image: Option<&DIO_ImageData>) -> u32 {
    image.map_or(0, |it| it.image.origin.pages)
}

/// Lends the bytes of one kind of metadata until the image is freed or that kind is set; EXIF
/// until the orientation is set, too.
///
/// Where there are none `*bytes` is NULL and `*size` 0. EXIF begins with its TIFF header and agrees with the angle that
/// is left.
///
/// # Safety
///
/// `bytes` and `size`, unless NULL, must be valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn DIO_ImageDataGetMetadata(
    image: Option<&DIO_ImageData>,
    kind: DIO_MetadataKind,
    bytes: *mut *const u8,
    size: *mut usize,
) -> DIO_ErrorCode {
    guard(|| {
        let image = &required(image, "image")?.image;
        input::output(bytes, "bytes")?;
        input::output(size, "size")?;
        let found = image.metadata.get(kind_of(kind)?);
        // SAFETY: checked above.
        unsafe { write(bytes, found.map_or(ptr::null(), <[u8]>::as_ptr)) };
        // SAFETY: checked above.
        unsafe { write(size, found.map_or(0, <[u8]>::len)) };
        Ok(())
    })
}

/// Replaces the metadata of one kind by a copy of `size` bytes; (NULL, 0) removes it.
///
/// An ICC profile must have the signature of one. EXIF begins with its TIFF header, with or without the `Exif\0\0` of
/// JPEG before, and is made to agree with the angle of the image. XMP is taken as it is. More than 16 MiB are
/// `DIO_EC_LIMIT_EXCEEDED`. On failure the image is as it was.
///
/// # Safety
///
/// `image`, unless NULL, must be an image that was not freed; `bytes`, unless NULL, point to `size` readable bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn DIO_ImageDataSetMetadata(
    image: *mut DIO_ImageData,
    kind: DIO_MetadataKind,
    bytes: *const u8,
    size: usize,
) -> DIO_ErrorCode {
    guard(|| {
        // SAFETY: passed on from the caller.
        let image = &mut unsafe { sole(image) }?.image;
        let kind = kind_of(kind)?;
        // SAFETY: passed on from the caller.
        let bytes = unsafe { input::bytes(bytes, size, "bytes") }?;
        budget().check_metadata(size as u64)?;
        image.set_metadata(kind, Some(bytes).filter(|bytes| !bytes.is_empty()))
    })
}

fn kind_of(kind: DIO_MetadataKind) -> crate::error::Result<MetadataKind> {
    let kinds = [
        (DIO_METADATA_ICC.0, MetadataKind::Icc),
        (DIO_METADATA_EXIF.0, MetadataKind::Exif),
        (DIO_METADATA_XMP.0, MetadataKind::Xmp),
    ];
    choice(kind.0, "kind", &kinds)
}

/// How many warnings there are: what was wrong with the file and could be mended or ignored; 0 for a NULL image.
#[unsafe(no_mangle)]
pub extern "C" fn DIO_ImageDataGetWarningCount(image: Option<&DIO_ImageData>) -> usize {
    image.map_or(0, |it| it.warnings.len())
}

/// Lends warning `index`, from 0, in words (UTF-8) until the image is freed.
///
/// # Safety
///
/// `text`, unless NULL, must be valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn DIO_ImageDataGetWarning(
    image: Option<&DIO_ImageData>,
    index: usize,
    text: *mut *const c_char,
) -> DIO_ErrorCode {
    guard(|| {
        let warnings = &required(image, "image")?.warnings;
        input::output(text, "text")?;
        let message =
            || format!("there is no warning {index}: the image has {} (from 0)", warnings.len());
        let warning =
            warnings.get(index).ok_or_else(|| Error::new(Kind::IndexInvalid, message()))?;
        // SAFETY: checked above.
        unsafe { write(text, warning.as_ptr()) };
        Ok(())
    })
}

/// Makes the same image in another pixel format. Everything but the pixels is carried along.
///
/// Colour becomes gray by the luma of BT.601, gray of 128 or more white in the bilevel formats; transparent pixels lie
/// on white in formats without alpha; CMYK becomes RGB as `(255 - C) * (255 - K) / 255`, RGB CMYK as `255 - R` and K 0.
/// On success `*converted` is a new image, to be freed with `DIO_FreeImageData`; on failure it is left untouched.
///
/// # Safety
///
/// `converted`, unless NULL, must be valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn DIO_ImageDataConvert(
    image: Option<&DIO_ImageData>,
    format: DIO_ImagePixelFormat,
    converted: *mut *mut DIO_ImageData,
) -> DIO_ErrorCode {
    guard(|| {
        let image = &required(image, "image")?.image;
        input::output(converted, "converted")?;
        let made = image.convert(input::pixel_format(format, "format")?, &budget())?;
        // SAFETY: checked above.
        unsafe { write(converted, Box::into_raw(DIO_ImageData::new(made))) };
        Ok(())
    })
}

/// Makes the same image upright, with orientation 0.
///
/// On success `*upright` is a new image, to be freed with `DIO_FreeImageData`; on failure it is left untouched.
///
/// # Safety
///
/// `upright`, unless NULL, must be valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn DIO_ImageDataOrient(
    image: Option<&DIO_ImageData>,
    upright: *mut *mut DIO_ImageData,
) -> DIO_ErrorCode {
    guard(|| {
        let image = &required(image, "image")?.image;
        input::output(upright, "upright")?;
        let made = image.orient(&budget())?;
        // SAFETY: checked above.
        unsafe { write(upright, Box::into_raw(DIO_ImageData::new(made))) };
        Ok(())
    })
}
