//! Handles and structs that appear in `dio.h`.

use std::ffi::{CString, c_char, c_void};
use std::sync::atomic::AtomicUsize;

use super::{DIO_ImageFileFormat, DIO_ImagePixelFormat, DIO_PageSource};
use crate::image::ImageData;
use crate::os;
use crate::reader::Reader;
use crate::writer::Writer;

/// An image in memory: pixels and what is known about them.
///
/// Whoever receives one frees it once with `DIO_FreeImageData`; `DIO_ImageDataRetain` gives it one more owner. Functions
/// that take a `const` image may run in many threads at once; those that change one run alone, and for a sole owner only.
pub struct DIO_ImageData {
    pub(super) image: ImageData,
    /// What the getters lend as C strings.
    pub(super) path: Option<CString>,
    pub(super) warnings: Vec<CString>,
    /// Those who will free it.
    pub(super) owners: AtomicUsize,
}

impl DIO_ImageData {
    pub(super) fn new(image: ImageData) -> Box<Self> {
        let path = image.path().and_then(|path| CString::new(os::path_to_bytes(path)).ok());
        let warnings = image
            .warnings
            .iter()
            .map(|text| CString::new(text.as_str()).unwrap_or_default())
            .collect();
        Box::new(Self { image, path, warnings, owners: AtomicUsize::new(1) })
    }
}

/// An open file whose pages are read one by one, in any order.
///
/// Used by one thread at a time and freed once with `DIO_FreeReader`. Different readers never disturb each other.
pub struct DIO_Reader {
    pub(super) reader: Reader,
}

/// A document that is being written, page by page.
///
/// Used by one thread at a time and freed once with `DIO_FreeWriter`, finished or not. Different writers never disturb
/// each other.
pub struct DIO_Writer {
    /// Gone once it was finished.
    pub(super) writer: Option<Writer<'static>>,
}

/// Where pixels lie in the caller's memory.
#[cfg_attr(test, safer_ffi::derive_ReprC)]
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct DIO_PixelLayout {
    /// `sizeof(DIO_PixelLayout)`.
    pub struct_size: u32,
    /// Pixels per row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// What a pixel is.
    pub format: DIO_ImagePixelFormat,
    /// The clockwise angle by which the pixels are to be turned to stand upright: 0, 90, 180 or 270. Where a function
    /// fills the memory: 0, or the angle that the pixels have.
    pub orientation: i32,
    /// Zero.
    pub reserved: u32,
    /// Bytes from one row to the next, at least the least stride of the format.
    pub stride: usize,
    /// Bytes behind the data pointer, at least `stride * (rows - 1)` plus the least stride.
    pub size: usize,
}

/// The facts of a page and of what reading it returns.
#[cfg_attr(test, safer_ffi::derive_ReprC)]
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct DIO_ImageInfo {
    /// `sizeof(DIO_ImageInfo)`, set by the caller before the call.
    pub struct_size: u32,
    /// Pixels per row of what a read returns.
    pub width: u32,
    /// Rows of what a read returns.
    pub height: u32,
    /// Pixel format of what a read returns.
    pub pixel_format: DIO_ImagePixelFormat,
    /// Bytes from one row to the next of what a read returns.
    pub stride: usize,
    /// Bytes of the pixels that a read returns: enough for `DIO_ReaderReadPageInto` with this stride.
    pub size: usize,
    /// Pixels per row in the file, before orientation.
    pub stored_width: u32,
    /// Rows in the file, before orientation.
    pub stored_height: u32,
    /// Bits of a stored sample.
    pub bits_per_sample: u32,
    /// Stored samples of a pixel.
    pub samples_per_pixel: u32,
    /// The format of the file.
    pub file_format: DIO_ImageFileFormat,
    /// Pages, frames or directories of the file.
    pub page_count: u32,
    /// The clockwise angle that a read reports: 0, 90, 180 or 270.
    pub orientation: i32,
    /// Compression as TIFF or BMP number it, else 0.
    pub compression: u32,
    /// Dots per inch across; 0 = not stated.
    pub dpi_x: f64,
    /// Dots per inch down; 0 = not stated.
    pub dpi_y: f64,
    /// 1 where the page has an ICC profile, else 0.
    pub has_icc: i32,
    /// 1 where the page has EXIF, else 0.
    pub has_exif: i32,
    /// 1 where the page has XMP, else 0.
    pub has_xmp: i32,
    /// 1 where pixels may be transparent, else 0.
    pub has_alpha: i32,
    /// 1 where the pages are frames of an animation, else 0.
    pub animated: i32,
    /// What kind of page it is.
    pub source: DIO_PageSource,
    /// Milliseconds that a frame of an animation shows; 0 for other pages.
    pub delay_ms: u32,
    /// How often an animation is played; 0 without end, and for other files.
    pub loop_count: u32,
    /// PDF: images of the page with `DIO_PDF_EXTRACT`, 1 for a scan with `DIO_PDF_AUTO`; else 0.
    pub images: u32,
    /// 1 where the file is encrypted, else 0.
    pub encrypted: i32,
}

/// What the library can do with a format.
#[cfg_attr(test, safer_ffi::derive_ReprC)]
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct DIO_FormatInfo {
    /// `sizeof(DIO_FormatInfo)`, set by the caller before the call.
    pub struct_size: u32,
    /// The format asked for.
    pub format: DIO_ImageFileFormat,
    /// 1 where this build reads it, else 0.
    pub can_read: i32,
    /// 1 where this build writes it, else 0.
    pub can_write: i32,
    /// 1 where files may hold more than one page, else 0.
    pub multi_page: i32,
    /// 1 where dots per inch are written, else 0.
    pub stores_resolution: i32,
    /// 1 where the orientation is written as a tag; else the pixels are turned before they are written.
    pub stores_orientation: i32,
    /// 1 where ICC profiles are written, else 0.
    pub stores_icc: i32,
    /// 1 where EXIF is written, else 0.
    pub stores_exif: i32,
    /// 1 where XMP is written, else 0.
    pub stores_xmp: i32,
    /// Short name, such as `PNG`; ends with a zero byte.
    pub name: [c_char; 16],
    /// File name endings in lower case, separated by commas, the preferred one first; ends with a zero byte.
    pub extensions: [c_char; 64],
    /// Internet media type, such as `image/png`; ends with a zero byte.
    pub media_type: [c_char; 64],
}

/// Reads up to `n` bytes to `to`: how many were read, 0 at the end, negative on failure.
pub type DIO_ReadFn = Option<unsafe extern "C" fn(user: *mut c_void, to: *mut u8, n: usize) -> i64>;

/// Writes up to `n` bytes from `from`: how many were written, negative on failure.
pub type DIO_WriteFn =
    Option<unsafe extern "C" fn(user: *mut c_void, from: *const u8, n: usize) -> i64>;

/// Moves to `offset` from the start (`whence` 0), the current position (1) or the end (2): the new position from the
/// start, negative on failure.
pub type DIO_SeekFn =
    Option<unsafe extern "C" fn(user: *mut c_void, offset: i64, whence: i32) -> i64>;

/// Told that `done` of `total` units of work are behind the call (`total` is 0 while it is not known); non-zero cancels
/// with `DIO_EC_CANCELLED`. Runs on the calling thread only.
pub type DIO_ProgressFn =
    Option<unsafe extern "C" fn(user: *mut c_void, done: u64, total: u64) -> i32>;

/// Told that the library is done with the pixels at `data`, which were lent to it with `DIO_WrapPixels`. Runs on the
/// thread that frees the image last, within `DIO_FreeImageData`.
pub type DIO_ReleaseFn = Option<unsafe extern "C" fn(user: *mut c_void, data: *mut c_void)>;

/// A stream of the caller's. The struct is copied; the callbacks run on the calling thread only, while a function that
/// was given the stream, or a handle that was made from it, runs.
#[cfg_attr(test, safer_ffi::derive_ReprC)]
#[repr(C)]
#[derive(Clone, Copy)]
pub struct DIO_Stream {
    /// `sizeof(DIO_Stream)`.
    pub struct_size: u32,
    /// Zero. Fills the gap before the pointer; not looked at.
    pub reserved: u32,
    /// Passed to the callbacks.
    pub user: *mut c_void,
    /// Needed for reading, else NULL.
    pub read: DIO_ReadFn,
    /// Needed for writing, else NULL.
    pub write: DIO_WriteFn,
    /// May be NULL: then what is read is read to its end first, and what is written holds a page in memory where the
    /// format makes it look back. The file begins where the stream stands.
    pub seek: DIO_SeekFn,
}

#[cfg(test)]
mod tests {
    use super::*;
    use safer_ffi::layout::ReprC;

    /// Compiles only while every value that crosses by copy has a C layout.
    #[test]
    fn structs_have_a_c_layout() {
        fn crosses_by_value<T: ReprC>() {}
        crosses_by_value::<DIO_PixelLayout>();
        crosses_by_value::<DIO_ImageInfo>();
        crosses_by_value::<DIO_FormatInfo>();
        crosses_by_value::<DIO_Stream>();
    }

    /// C may use one image from several threads; Rust must agree.
    #[test]
    fn images_are_shared_and_handles_travel_between_threads() {
        fn is_shared<T: Send + Sync>() {}
        fn travels<T: Send>() {}
        is_shared::<DIO_ImageData>();
        travels::<DIO_Reader>();
        travels::<DIO_Writer>();
    }

    #[cfg(target_pointer_width = "64")]
    #[test]
    fn structs_have_no_padding() {
        assert_eq!(size_of::<DIO_PixelLayout>(), 6 * 4 + 2 * 8);
        assert_eq!(size_of::<DIO_ImageInfo>(), 4 * 4 + 2 * 8 + 8 * 4 + 2 * 8 + 10 * 4);
        assert_eq!(size_of::<DIO_FormatInfo>(), 10 * 4 + 16 + 2 * 64);
        assert_eq!(size_of::<DIO_Stream>(), 2 * 4 + 4 * 8);
    }
}
