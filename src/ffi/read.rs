//! `DIO_Read*` and `DIO_Probe*`: one call from encoded bytes or pixels to an image or its facts.

use std::ffi::{c_char, c_void};
use std::mem::offset_of;

use super::guard::guard;
use super::options::read_options;
use super::output::{write, write_info};
use super::{
    DIO_ErrorCode, DIO_ImageData, DIO_ImageFileFormat, DIO_ImageInfo, DIO_ImagePixelFormat,
    DIO_PageSource, DIO_PixelLayout, DIO_ReadOptions, input,
};
use crate::error::Result;
use crate::image::ImageData;
use crate::options::ReadOptions;
use crate::pixel::PixelView;
use crate::reader::{Call, PageInfo};
use crate::source::Source;

/// The caller's bytes for as long as a reader borrows them.
pub(super) struct Borrowed(*const u8, usize);

// SAFETY: the bytes are only read, and stay unchanged while they are borrowed, as the header demands.
unsafe impl Send for Borrowed {}
// SAFETY: as above.
unsafe impl Sync for Borrowed {}

impl AsRef<[u8]> for Borrowed {
    fn as_ref(&self) -> &[u8] {
        // SAFETY: checked by `borrow`, whose caller vouches for the lifetime.
        unsafe { std::slice::from_raw_parts(self.0, self.1) }
    }
}

/// A source over the caller's bytes.
///
/// # Safety
///
/// `bytes`, unless NULL, must point to `size` bytes that stay readable and unchanged while the source is used.
pub(super) unsafe fn borrow(bytes: *const u8, size: usize) -> Result<Source> {
    // SAFETY: passed on from the caller.
    let bytes = unsafe { input::bytes(bytes, size, "bytes") }?;
    Ok(Source::from_bytes(Borrowed(bytes.as_ptr(), bytes.len())))
}

/// # Safety
///
/// `image` must be valid for writing.
unsafe fn give(image: *mut *mut DIO_ImageData, read: ImageData) {
    // SAFETY: passed on from the caller.
    unsafe { write(image, Box::into_raw(DIO_ImageData::new(read))) };
}

/// Reads the first page of a file with default options.
///
/// On success `*image` is a new image, to be freed with `DIO_FreeImageData`; on failure it is left untouched.
/// The content decides the format, never the name. `path` is UTF-8 on Windows, the file system's own bytes elsewhere.
///
/// # Safety
///
/// `path`, unless NULL, must be a C string; `image`, unless NULL, valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn DIO_ReadFromFile(
    path: *const c_char,
    image: *mut *mut DIO_ImageData,
) -> DIO_ErrorCode {
    // SAFETY: passed on from the caller.
    unsafe { DIO_ReadFromFileWithOptions(path, std::ptr::null(), image) }
}

/// Reads the first page of an encoded image in memory with default options.
///
/// `bytes` is borrowed for the call only; (NULL, 0) is an empty input. On success `*image` is a new image, to be freed
/// with `DIO_FreeImageData`; on failure it is left untouched.
///
/// # Safety
///
/// `bytes`, unless NULL, must point to `size` readable bytes; `image`, unless NULL, must be valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn DIO_ReadFromMemory(
    bytes: *const u8,
    size: usize,
    image: *mut *mut DIO_ImageData,
) -> DIO_ErrorCode {
    // SAFETY: passed on from the caller.
    unsafe { DIO_ReadFromMemoryWithOptions(bytes, size, std::ptr::null(), image) }
}

/// Makes an image from pixels in memory, by copying them.
///
/// `layout` says how they lie there. On success `*image` is a new image with tight rows, to be freed with
/// `DIO_FreeImageData`; on failure it is left untouched. Pixels, stride, size and format that contradict each other are
/// `DIO_EC_IMAGE_DATA_INVALID`.
///
/// # Safety
///
/// `data`, unless NULL, must point to `layout->size` readable bytes; `layout`, unless NULL, to a struct of the size that
/// it states; `image`, unless NULL, must be valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn DIO_ReadFromPixels(
    data: *const c_void,
    layout: *const DIO_PixelLayout,
    image: *mut *mut DIO_ImageData,
) -> DIO_ErrorCode {
    guard(|| {
        input::output(image, "image")?;
        input::output(data.cast_mut(), "data")?;
        // SAFETY: passed on from the caller.
        let described = unsafe { input::layout(layout, "layout") }?;
        // SAFETY: passed on from the caller.
        let bytes = unsafe { input::bytes(data.cast(), described.size, "data") }?;
        let mut copy = ImageData::from_view(&PixelView::new(bytes, described.layout)?)?;
        copy.orientation = described.orientation;
        // SAFETY: checked above.
        unsafe { give(image, copy) };
        Ok(())
    })
}

/// Reads the page `options->page` of a file. NULL options mean the defaults.
///
/// On success `*image` is a new image, to be freed with `DIO_FreeImageData`; on failure it is left untouched.
///
/// # Safety
///
/// `path`, unless NULL, must be a C string; `options`, unless NULL, point to a struct of the size that it states;
/// `image`, unless NULL, be valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn DIO_ReadFromFileWithOptions(
    path: *const c_char,
    options: *const DIO_ReadOptions,
    image: *mut *mut DIO_ImageData,
) -> DIO_ErrorCode {
    guard(|| {
        input::output(image, "image")?;
        // SAFETY: passed on from the caller.
        let path = unsafe { input::path(path, "path") }?;
        // SAFETY: passed on from the caller.
        let options = unsafe { read_options(options) }?;
        let read = Call::begin(options)?.read_file(&path)?;
        // SAFETY: checked above.
        unsafe { give(image, read) };
        Ok(())
    })
}

/// Reads the page `options->page` of an encoded image in memory. NULL options mean the defaults.
///
/// `bytes` is borrowed for the call only; (NULL, 0) is an empty input. On success `*image` is a new image, to be freed
/// with `DIO_FreeImageData`; on failure it is left untouched.
///
/// # Safety
///
/// `bytes`, unless NULL, must point to `size` readable bytes; `options`, unless NULL, to a struct of the size that it
/// states; `image`, unless NULL, must be valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn DIO_ReadFromMemoryWithOptions(
    bytes: *const u8,
    size: usize,
    options: *const DIO_ReadOptions,
    image: *mut *mut DIO_ImageData,
) -> DIO_ErrorCode {
    guard(|| {
        input::output(image, "image")?;
        // SAFETY: passed on from the caller; the source does not outlive the call.
        let source = unsafe { borrow(bytes, size) }?;
        // SAFETY: passed on from the caller.
        let options = unsafe { read_options(options) }?;
        let read = Call::begin(options)?.read(source)?;
        // SAFETY: checked above.
        unsafe { give(image, read) };
        Ok(())
    })
}

/// Tells the facts of the page `options->page` of a file without decoding pixels. NULL options mean the defaults.
///
/// The caller sets `info->struct_size`; on failure the rest is left untouched.
///
/// # Safety
///
/// `path`, unless NULL, must be a C string; `options` and `info`, unless NULL, point to structs of the size that they
/// state.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn DIO_ProbeFile(
    path: *const c_char,
    options: *const DIO_ReadOptions,
    info: *mut DIO_ImageInfo,
) -> DIO_ErrorCode {
    guard(|| {
        input::output(info, "info")?;
        // SAFETY: passed on from the caller.
        let path = unsafe { input::path(path, "path") }?;
        // SAFETY: passed on from the caller.
        let options = unsafe { read_options(options) }?;
        let facts = Call::begin(options)?.probe_file(&path)?;
        // SAFETY: passed on from the caller.
        unsafe { tell(info, &facts) }
    })
}

/// Tells the facts of the page `options->page` of an encoded image in memory without decoding pixels.
///
/// `bytes` is borrowed for the call only. The caller sets `info->struct_size`; on failure the rest is left untouched.
///
/// # Safety
///
/// `bytes`, unless NULL, must point to `size` readable bytes; `options` and `info`, unless NULL, to structs of the size
/// that they state.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn DIO_ProbeMemory(
    bytes: *const u8,
    size: usize,
    options: *const DIO_ReadOptions,
    info: *mut DIO_ImageInfo,
) -> DIO_ErrorCode {
    guard(|| {
        input::output(info, "info")?;
        // SAFETY: passed on from the caller; the source does not outlive the call.
        let source = unsafe { borrow(bytes, size) }?;
        // SAFETY: passed on from the caller.
        let options: ReadOptions = unsafe { read_options(options) }?;
        let facts = Call::begin(options)?.probe(source)?;
        // SAFETY: passed on from the caller.
        unsafe { tell(info, &facts) }
    })
}

/// Fills the caller's struct.
///
/// # Safety
///
/// `info` must point to a struct of the size that it states.
pub(super) unsafe fn tell(info: *mut DIO_ImageInfo, facts: &PageInfo) -> Result<()> {
    let value = DIO_ImageInfo {
        struct_size: 0,
        width: facts.layout.width,
        height: facts.layout.height,
        pixel_format: DIO_ImagePixelFormat(facts.layout.format as i32),
        stride: facts.layout.stride,
        size: facts.layout.size(),
        stored_width: facts.stored_width,
        stored_height: facts.stored_height,
        bits_per_sample: facts.bits,
        samples_per_pixel: facts.samples,
        file_format: DIO_ImageFileFormat(facts.format as i32),
        page_count: facts.pages,
        orientation: facts.orientation.degrees(),
        compression: facts.compression,
        dpi_x: facts.resolution.0,
        dpi_y: facts.resolution.1,
        has_icc: i32::from(facts.has_icc),
        has_exif: i32::from(facts.has_exif),
        has_xmp: i32::from(facts.has_xmp),
        has_alpha: i32::from(facts.has_alpha),
        animated: i32::from(facts.animated),
        source: DIO_PageSource(facts.source as i32),
        delay_ms: facts.delay_ms,
        loop_count: facts.loop_count,
        images: facts.images,
        encrypted: i32::from(facts.encrypted),
    };
    // SAFETY: passed on from the caller; the struct has no padding.
    unsafe { write_info(info, value, FIRST_INFO, "info") }
}

/// The size in 0.0, whose last field is `loop_count`.
const FIRST_INFO: usize = offset_of!(DIO_ImageInfo, images);
