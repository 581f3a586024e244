//! `DIO_Writer*`: documents of many pages.

use std::ffi::c_char;

use super::guard::guard;
use super::input::{self, required};
use super::options::save_options;
use super::output::write;
use super::read::borrow;
use super::{DIO_ErrorCode, DIO_ImageData, DIO_SaveOptions, DIO_Stream, DIO_Writer, stream};
use crate::error::{Error, Result};
use crate::options::SaveOptions;
use crate::writer::Writer;

/// # Safety
///
/// `writer` must be valid for writing.
unsafe fn give(writer: *mut *mut DIO_Writer, opened: Writer<'static>) {
    let handle = Box::new(DIO_Writer { writer: Some(opened) });
    // SAFETY: passed on from the caller.
    unsafe { write(writer, Box::into_raw(handle)) };
}

/// Begins a document in a file, which appears under its name with `DIO_WriterFinish`, whole.
///
/// `overwrite` is as for `DIO_SaveToFile`. `options->format` decides the format, or with `DIO_IFF_AUTO` the extension;
/// the other options hold for every page that comes without its own. NULL options mean the defaults. A format whose
/// files hold one page takes one: a second is `DIO_EC_MULTI_PAGES_NOT_SUPPORTED`. On success `*writer` is a new writer,
/// to be freed with `DIO_FreeWriter`; on failure it is left untouched.
///
/// # Safety
///
/// `path`, unless NULL, must be a C string; `options`, unless NULL, point to a struct of the size that it states;
/// `writer`, unless NULL, be valid for writing. Callbacks of the options stay valid while the writer is used.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn DIO_WriterOpenFile(
    path: *const c_char,
    overwrite: i32,
    options: *const DIO_SaveOptions,
    writer: *mut *mut DIO_Writer,
) -> DIO_ErrorCode {
    guard(|| {
        input::output(writer, "writer")?;
        // SAFETY: passed on from the caller.
        let path = unsafe { input::path(path, "path") }?;
        let overwrite = input::flag(overwrite, "overwrite")?;
        // SAFETY: passed on from the caller.
        let options = unsafe { save_options(options) }?;
        let opened = Writer::create_file(&path, overwrite, options)?;
        // SAFETY: checked above.
        unsafe { give(writer, opened) };
        Ok(())
    })
}

/// Continues the document in a file, which is not rewritten: new pages go behind its last byte, and it leads to them
/// with `DIO_WriterFinish`. A process that is killed before leaves every old page readable, an unfinished writer the
/// file as it was.
///
/// TIFF of both byte orders, classic and BigTIFF; PDF, as an incremental update that changes none of the old bytes, to
/// documents of any program whose cross-reference sections are sound. Encrypted and signed PDFs and other formats are
/// `DIO_EC_FEATURE_NOT_SUPPORTED`. A file that does not exist is begun as by `DIO_WriterOpenFile`. One writer at a time appends to a file: for another it is
/// `DIO_EC_CREATE_FILE_FAILED`. Otherwise as `DIO_WriterOpenFile`.
///
/// # Safety
///
/// As for `DIO_WriterOpenFile`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn DIO_WriterOpenAppend(
    path: *const c_char,
    options: *const DIO_SaveOptions,
    writer: *mut *mut DIO_Writer,
) -> DIO_ErrorCode {
    guard(|| {
        input::output(writer, "writer")?;
        // SAFETY: passed on from the caller.
        let path = unsafe { input::path(path, "path") }?;
        // SAFETY: passed on from the caller.
        let options = unsafe { save_options(options) }?;
        let opened = Writer::append_file(&path, options)?;
        // SAFETY: checked above.
        unsafe { give(writer, opened) };
        Ok(())
    })
}

/// Begins a document in memory, of the format `options->format`, which `DIO_WriterFinishToMemory` hands over.
///
/// # Safety
///
/// As for `DIO_WriterOpenFile`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn DIO_WriterOpenMemory(
    options: *const DIO_SaveOptions,
    writer: *mut *mut DIO_Writer,
) -> DIO_ErrorCode {
    guard(|| {
        input::output(writer, "writer")?;
        // SAFETY: passed on from the caller.
        let options = unsafe { save_options(options) }?;
        let opened = Writer::memory(options)?;
        // SAFETY: checked above.
        unsafe { give(writer, opened) };
        Ok(())
    })
}

/// Begins a document where a stream stands, of the format `options->format`. The struct is copied.
///
/// `stream->write` is needed; a failing one is `DIO_EC_FILE_SAVE_FAILED`. With `stream->seek` bytes that were written
/// earlier are changed; without it each TIFF page is held in memory until the next one comes, and pages cannot state
/// how many there are. A page that fails leaves bytes in the stream, and the document cannot be continued.
///
/// # Safety
///
/// `stream` and `options`, unless NULL, must point to structs of the size that they state; `writer`, unless NULL, be
/// valid for writing. The callbacks stay valid while the writer is used.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn DIO_WriterOpenStream(
    stream: *const DIO_Stream,
    options: *const DIO_SaveOptions,
    writer: *mut *mut DIO_Writer,
) -> DIO_ErrorCode {
    guard(|| {
        input::output(writer, "writer")?;
        // SAFETY: passed on from the caller.
        let options = unsafe { save_options(options) }?;
        // SAFETY: passed on from the caller.
        let opened = unsafe { stream::create(stream, options) }?;
        // SAFETY: checked above.
        unsafe { give(writer, opened) };
        Ok(())
    })
}

/// Adds a page. The image is not needed afterwards.
///
/// `page_options` hold for this page alone, in place of those of the writer, which NULL means. Its format is
/// `DIO_IFF_AUTO` or that of the document. Each page has its own size, pixel format, resolution and compression. A page
/// that fails leaves the document as it was.
///
/// # Safety
///
/// `page_options`, unless NULL, must point to a struct of the size that it states.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn DIO_WriterAddPage(
    writer: Option<&mut DIO_Writer>,
    image: Option<&DIO_ImageData>,
    page_options: *const DIO_SaveOptions,
) -> DIO_ErrorCode {
    guard(|| {
        let writer = open(writer)?;
        let image = &required(image, "image")?.image;
        // SAFETY: passed on from the caller.
        let options = unsafe { options_of_page(page_options) }?;
        writer.add_page(image, options.as_ref())
    })
}

/// Adds a page from an encoded file: the first, where it has many.
///
/// Its compressed data goes through untouched where the document can hold it: a JPEG into TIFF and PDF, CCITT G4 of one
/// strip into TIFF and PDF, JPEG 2000 into PDF. What else it may be, and what `page_options` want compressed otherwise,
/// is decoded and saved; JPEG 2000, which is not decoded, is `DIO_EC_FEATURE_NOT_SUPPORTED` then. Metadata, resolution
/// and orientation go with it. Otherwise as `DIO_WriterAddPage`.
///
/// # Safety
///
/// `bytes`, unless NULL, must point to `size` readable bytes; `page_options`, unless NULL, to a struct of the size that
/// it states.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn DIO_WriterAddEncoded(
    writer: Option<&mut DIO_Writer>,
    bytes: *const u8,
    size: usize,
    page_options: *const DIO_SaveOptions,
) -> DIO_ErrorCode {
    guard(|| {
        let writer = open(writer)?;
        // SAFETY: passed on from the caller; the source does not outlive the call.
        let source = unsafe { borrow(bytes, size) }?;
        // SAFETY: passed on from the caller.
        let options = unsafe { options_of_page(page_options) }?;
        writer.add_encoded(source, options.as_ref())
    })
}

/// Completes a document in a file or stream: it is synced and gets its name, whole. A document needs a page at least.
///
/// Whether it succeeds or not, the writer takes no more pages and is freed with `DIO_FreeWriter`. For a document in
/// memory it is `DIO_EC_PARAMETER_VALUE_INVALID`, and the writer stays as it is.
#[unsafe(no_mangle)]
pub extern "C" fn DIO_WriterFinish(writer: Option<&mut DIO_Writer>) -> DIO_ErrorCode {
    guard(|| {
        let writer = required(writer, "writer")?;
        if open(Some(&mut *writer))?.is_in_memory() {
            let message = "the document is in memory: DIO_WriterFinishToMemory hands it over";
            return Err(Error::parameter(message));
        }
        writer.writer.take().ok_or_else(finished)?.finish().map(drop)
    })
}

/// Completes a document in memory and hands it over.
///
/// On success `*bytes` points to `*size` bytes, to be freed with `DIO_FreeBytes`; on failure both are left untouched. For
/// a document in a file or stream it is `DIO_EC_PARAMETER_VALUE_INVALID`. Otherwise as `DIO_WriterFinish`.
///
/// # Safety
///
/// `bytes` and `size`, unless NULL, must be valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn DIO_WriterFinishToMemory(
    writer: Option<&mut DIO_Writer>,
    bytes: *mut *mut u8,
    size: *mut usize,
) -> DIO_ErrorCode {
    guard(|| {
        let writer = required(writer, "writer")?;
        input::output(bytes, "bytes")?;
        input::output(size, "size")?;
        if !open(Some(&mut *writer))?.is_in_memory() {
            let message = "the document is not in memory: DIO_WriterFinish completes it";
            return Err(Error::parameter(message));
        }
        let encoded = writer.writer.take().ok_or_else(finished)?.finish_bytes()?;
        let (memory, len) = encoded.into_raw()?;
        // SAFETY: checked above.
        unsafe { write(bytes, memory) };
        // SAFETY: checked above.
        unsafe { write(size, len) };
        Ok(())
    })
}

/// Frees a writer. One that was not finished leaves nothing behind: no file, and an old one as it was. NULL is ignored.
#[unsafe(no_mangle)]
pub extern "C" fn DIO_FreeWriter(writer: Option<Box<DIO_Writer>>) {
    // Freeing cannot fail; should a destructor panic all the same, it must not get into C.
    let _ = guard(|| {
        drop(writer);
        Ok(())
    });
}

fn open(writer: Option<&mut DIO_Writer>) -> Result<&mut Writer<'static>> {
    required(writer, "writer")?.writer.as_mut().ok_or_else(finished)
}

fn finished() -> Error {
    Error::parameter("the document is finished")
}

/// # Safety
///
/// As for [`save_options`].
unsafe fn options_of_page(options: *const DIO_SaveOptions) -> Result<Option<SaveOptions>> {
    if options.is_null() {
        return Ok(None);
    }
    // SAFETY: passed on from the caller.
    unsafe { save_options(options) }.map(Some)
}
