//! `DIO_Reader*`: the pages of an open file.

use std::ffi::{c_char, c_void};

use super::guard::guard;
use super::input::{self, required};
use super::options::read_options;
use super::output::write;
use super::read::{borrow, tell};
use super::{
    DIO_ErrorCode, DIO_ImageData, DIO_ImageInfo, DIO_PixelLayout, DIO_ReadOptions, DIO_Reader,
    DIO_Stream, stream,
};
use crate::error::{Error, Kind, Result};
use crate::image::Orientation;
use crate::reader::{Call, Reader};

/// # Safety
///
/// `reader` must be valid for writing.
unsafe fn give(reader: *mut *mut DIO_Reader, opened: Reader) {
    // SAFETY: passed on from the caller.
    unsafe { write(reader, Box::into_raw(Box::new(DIO_Reader { reader: opened }))) };
}

/// Opens a file. NULL options mean the defaults; they hold for every page until others are given.
///
/// On success `*reader` is a new reader, to be freed with `DIO_FreeReader`; on failure it is left untouched.
///
/// # Safety
///
/// `path`, unless NULL, must be a C string; `options`, unless NULL, point to a struct of the size that it states;
/// `reader`, unless NULL, be valid for writing. Callbacks of the options stay valid while the reader is used.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn DIO_ReaderOpenFile(
    path: *const c_char,
    options: *const DIO_ReadOptions,
    reader: *mut *mut DIO_Reader,
) -> DIO_ErrorCode {
    guard(|| {
        input::output(reader, "reader")?;
        // SAFETY: passed on from the caller.
        let path = unsafe { input::path(path, "path") }?;
        // SAFETY: passed on from the caller.
        let options = unsafe { read_options(options) }?;
        let opened = Reader::open_file(&path, options)?;
        // SAFETY: checked above.
        unsafe { give(reader, opened) };
        Ok(())
    })
}

/// Opens an encoded image in memory. `bytes` is borrowed until `DIO_FreeReader` and must not change meanwhile.
///
/// On success `*reader` is a new reader, to be freed with `DIO_FreeReader`; on failure it is left untouched and nothing
/// stays borrowed.
///
/// # Safety
///
/// `bytes`, unless NULL, must point to `size` bytes that stay readable and unchanged while the reader is used;
/// `options`, unless NULL, to a struct of the size that it states; `reader`, unless NULL, must be valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn DIO_ReaderOpenMemory(
    bytes: *const u8,
    size: usize,
    options: *const DIO_ReadOptions,
    reader: *mut *mut DIO_Reader,
) -> DIO_ErrorCode {
    guard(|| {
        input::output(reader, "reader")?;
        // SAFETY: passed on from the caller, who keeps the bytes until the reader is freed.
        let source = unsafe { borrow(bytes, size) }?;
        // SAFETY: passed on from the caller.
        let options = unsafe { read_options(options) }?;
        let opened = Reader::open(source, options)?;
        // SAFETY: checked above.
        unsafe { give(reader, opened) };
        Ok(())
    })
}

/// Opens an encoded image behind a stream, which begins where it stands. The struct is copied.
///
/// `stream->read` is needed. Without `stream->seek` the stream is read to its end first, within
/// `options->max_memory`. A failing callback is `DIO_EC_IO_FAILED`. On success `*reader` is a new reader, to be freed
/// with `DIO_FreeReader` before what the callbacks need goes away; on failure it is left untouched.
///
/// # Safety
///
/// `stream` and `options`, unless NULL, must point to structs of the size that they state; `reader`, unless NULL, must
/// be valid for writing. The callbacks stay valid while the reader is used.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn DIO_ReaderOpenStream(
    stream: *const DIO_Stream,
    options: *const DIO_ReadOptions,
    reader: *mut *mut DIO_Reader,
) -> DIO_ErrorCode {
    guard(|| {
        input::output(reader, "reader")?;
        // SAFETY: passed on from the caller.
        let options = unsafe { read_options(options) }?;
        let call = Call::begin(options)?;
        // SAFETY: passed on from the caller.
        let source = unsafe { stream::open(stream, call.budget()) }?;
        let opened = call.open(source)?;
        // SAFETY: checked above.
        unsafe { give(reader, opened) };
        Ok(())
    })
}

/// Tells how many pages, frames or directories there are.
///
/// # Safety
///
/// `count`, unless NULL, must be valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn DIO_ReaderGetPageCount(
    reader: Option<&DIO_Reader>,
    count: *mut usize,
) -> DIO_ErrorCode {
    guard(|| {
        let reader = required(reader, "reader")?;
        input::output(count, "count")?;
        // SAFETY: checked above.
        unsafe { write(count, reader.reader.page_count() as usize) };
        Ok(())
    })
}

/// Tells the facts of page `index`, from 0, and of what `DIO_ReaderReadPage` will return. Decodes no pixels.
///
/// The caller sets `info->struct_size`; on failure the rest is left untouched.
///
/// # Safety
///
/// `info`, unless NULL, must point to a struct of the size that it states.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn DIO_ReaderGetPageInfo(
    reader: Option<&mut DIO_Reader>,
    index: usize,
    info: *mut DIO_ImageInfo,
) -> DIO_ErrorCode {
    guard(|| {
        let reader = &mut required(reader, "reader")?.reader;
        input::output(info, "info")?;
        let facts = reader.page_info(page(reader, index)?)?;
        // SAFETY: passed on from the caller.
        unsafe { tell(info, &facts) }
    })
}

/// Reads page `index`, from 0, with the options that the reader was opened with.
///
/// On success `*image` is a new image, to be freed with `DIO_FreeImageData`; it does not need the reader any more. On
/// failure it is left untouched.
///
/// # Safety
///
/// `image`, unless NULL, must be valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn DIO_ReaderReadPage(
    reader: Option<&mut DIO_Reader>,
    index: usize,
    image: *mut *mut DIO_ImageData,
) -> DIO_ErrorCode {
    guard(|| {
        let reader = &mut required(reader, "reader")?.reader;
        input::output(image, "image")?;
        let read = reader.read_page(page(reader, index)?)?;
        // SAFETY: checked above.
        unsafe { write(image, Box::into_raw(DIO_ImageData::new(read))) };
        Ok(())
    })
}

/// Reads page `index`, from 0, with options for this call. NULL options mean the defaults, not those of the reader.
///
/// `options->page` is not looked at: `index` says the page. A password is the one that the file was opened with. On
/// success `*image` is a new image, to be freed with `DIO_FreeImageData`; on failure it is left untouched.
///
/// # Safety
///
/// `options`, unless NULL, must point to a struct of the size that it states; `image`, unless NULL, be valid for
/// writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn DIO_ReaderReadPageWithOptions(
    reader: Option<&mut DIO_Reader>,
    index: usize,
    options: *const DIO_ReadOptions,
    image: *mut *mut DIO_ImageData,
) -> DIO_ErrorCode {
    guard(|| {
        let reader = &mut required(reader, "reader")?.reader;
        input::output(image, "image")?;
        // SAFETY: passed on from the caller.
        let options = unsafe { read_options(options) }?;
        let read = reader.read_page_with(page(reader, index)?, &options)?;
        // SAFETY: checked above.
        unsafe { write(image, Box::into_raw(DIO_ImageData::new(read))) };
        Ok(())
    })
}

/// Reads page `index`, from 0, into the caller's memory, with the options that the reader was opened with.
///
/// `layout` states the pixel format wanted (which goes before that of the options), the size of the page
/// (`DIO_ReaderGetPageInfo` tells it; another is `DIO_EC_IMAGE_SIZE_NOT_MATCH`), the stride and the bytes behind `data`
/// (too few are `DIO_EC_BUFFER_TOO_SMALL`). Bytes between the rows are left alone. After a failure the rows hold
/// whatever was read.
///
/// # Safety
///
/// `data`, unless NULL, must point to `layout->size` writable bytes that nobody else touches meanwhile; `layout`, unless
/// NULL, to a struct of the size that it states.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn DIO_ReaderReadPageInto(
    reader: Option<&mut DIO_Reader>,
    index: usize,
    data: *mut c_void,
    layout: *const DIO_PixelLayout,
) -> DIO_ErrorCode {
    guard(|| {
        let reader = &mut required(reader, "reader")?.reader;
        // SAFETY: passed on from the caller.
        let described = unsafe { input::layout(layout, "layout") }?;
        // SAFETY: passed on from the caller.
        let to = unsafe { input::bytes_mut(data, described.size, "data") }?;
        let page = page(reader, index)?;
        if described.orientation != Orientation::Upright {
            let own = reader.page_info(page)?.orientation;
            input::same_orientation(described.orientation, own)?;
        }
        reader.read_page_into(page, to, described.layout).map(drop)
    })
}

/// Makes another reader of the same open file, for another thread: both read pages at the same time.
///
/// It has the options of `reader`, and what `reader` borrows, too. A PDF is shared as it was parsed; other files are opened
/// again, and what was opened with `DIO_ReaderOpenStream` is `DIO_EC_FEATURE_NOT_SUPPORTED` unless it is a PDF or was read to
/// its end. A progress callback is told by both, each on its calling thread. To be called while no other thread reads with
/// `reader`. On success `*clone` is a new reader, to be freed with `DIO_FreeReader`, before or after `reader`; on failure it is
/// left untouched.
///
/// # Safety
///
/// `reader`, unless NULL, must be a reader; `clone`, unless NULL, be valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn DIO_ReaderClone(
    reader: Option<&DIO_Reader>,
    clone: *mut *mut DIO_Reader,
) -> DIO_ErrorCode {
    guard(|| {
        let reader = &required(reader, "reader")?.reader;
        input::output(clone, "clone")?;
        let shared = reader.share()?;
        // SAFETY: checked above.
        unsafe { give(clone, shared) };
        Ok(())
    })
}

/// Frees a reader. NULL is ignored.
#[unsafe(no_mangle)]
pub extern "C" fn DIO_FreeReader(reader: Option<Box<DIO_Reader>>) {
    // Freeing cannot fail; should a destructor panic all the same, it must not get into C.
    let _ = guard(|| {
        drop(reader);
        Ok(())
    });
}

fn page(reader: &Reader, index: usize) -> Result<u32> {
    u32::try_from(index).map_err(|_| {
        let message =
            format!("there is no page {index}: the file has {} (from 0)", reader.page_count());
        Error::new(Kind::PageInvalid, message)
    })
}
