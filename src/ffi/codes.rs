//! Error codes: one for each kind of failure.

use std::ffi::{CStr, c_char};

use crate::error::{Error, Kind};
use crate::format::FileFormat;

/// Result of every call that can fail: 0 is success, negative is failure.
///
/// `DIO_GetErrorString` says what a code means, `DIO_GetLastErrorMessage` what happened.
#[cfg_attr(test, safer_ffi::derive_ReprC)]
#[must_use]
#[repr(transparent)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DIO_ErrorCode(pub i32);

/// Success.
pub const DIO_EC_OK: DIO_ErrorCode = DIO_ErrorCode(0);
/// Nothing below fits.
pub const DIO_EC_UNKNOWN: DIO_ErrorCode = DIO_ErrorCode(-10000);
/// An allocation failed.
pub const DIO_EC_NO_MEMORY: DIO_ErrorCode = DIO_ErrorCode(-10001);
/// A required pointer is NULL; the message names the argument.
pub const DIO_EC_NULL_POINTER: DIO_ErrorCode = DIO_ErrorCode(-10002);
/// No such file, or it is a directory, or it may not be opened.
pub const DIO_EC_FILE_NOT_FOUND: DIO_ErrorCode = DIO_ErrorCode(-10005);
/// Content of no known format, empty input, or an extension that cannot be written.
pub const DIO_EC_FILE_TYPE_NOT_SUPPORTED: DIO_ErrorCode = DIO_ErrorCode(-10006);
/// A sample depth or layout that the codec does not handle.
pub const DIO_EC_BPP_NOT_SUPPORTED: DIO_ErrorCode = DIO_ErrorCode(-10007);
/// An index other than a page's is out of range.
pub const DIO_EC_INDEX_INVALID: DIO_ErrorCode = DIO_ErrorCode(-10008);
/// Damaged or truncated image (JPEG, PNG, BMP, GIF, ...).
pub const DIO_EC_IMAGE_READ_FAILED: DIO_ErrorCode = DIO_ErrorCode(-10012);
/// Damaged or truncated TIFF.
pub const DIO_EC_TIFF_READ_FAILED: DIO_ErrorCode = DIO_ErrorCode(-10013);
/// Damaged or truncated PDF.
pub const DIO_EC_PDF_READ_FAILED: DIO_ErrorCode = DIO_ErrorCode(-10021);
/// An external PDF engine was asked for and cannot be loaded.
pub const DIO_EC_PDF_DLL_MISSING: DIO_ErrorCode = DIO_ErrorCode(-10022);
/// Page index out of range; the message says how many there are.
pub const DIO_EC_PAGE_NUMBER_INVALID: DIO_ErrorCode = DIO_ErrorCode(-10023);
/// The deadline of the call passed.
pub const DIO_EC_TIMEOUT: DIO_ErrorCode = DIO_ErrorCode(-10026);
/// An option or argument out of range; the message names it.
pub const DIO_EC_PARAMETER_VALUE_INVALID: DIO_ErrorCode = DIO_ErrorCode(-10038);
/// Writing failed after the file was created (disk full, ...): the old file is untouched.
pub const DIO_EC_FILE_SAVE_FAILED: DIO_ErrorCode = DIO_ErrorCode(-10058);
/// Orientation is not 0, 90, 180 or 270.
pub const DIO_EC_IMAGE_ORIENTATION_INVALID: DIO_ErrorCode = DIO_ErrorCode(-10060);
/// A second page for a format that holds one.
pub const DIO_EC_MULTI_PAGES_NOT_SUPPORTED: DIO_ErrorCode = DIO_ErrorCode(-10066);
/// The file exists and overwriting is off.
pub const DIO_EC_FILE_ALREADY_EXISTS: DIO_ErrorCode = DIO_ErrorCode(-10067);
/// The file cannot be created.
pub const DIO_EC_CREATE_FILE_FAILED: DIO_ErrorCode = DIO_ErrorCode(-10068);
/// Pixels, stride, size and format contradict each other.
pub const DIO_EC_IMAGE_DATA_INVALID: DIO_ErrorCode = DIO_ErrorCode(-10069);
/// A caller's buffer is of another width or height.
pub const DIO_EC_IMAGE_SIZE_NOT_MATCH: DIO_ErrorCode = DIO_ErrorCode(-10070);
/// Array shape or type does not fit the pixel format.
pub const DIO_EC_IMAGE_PIXEL_FORMAT_NOT_MATCH: DIO_ErrorCode = DIO_ErrorCode(-10071);
/// An external PDF engine was found and does not start.
pub const DIO_EC_PDF_LIBRARY_LOAD_FAILED: DIO_ErrorCode = DIO_ErrorCode(-10075);
/// A limit of the call; the message names it, its value and the value needed.
pub const DIO_EC_LIMIT_EXCEEDED: DIO_ErrorCode = DIO_ErrorCode(-1001);
/// The progress callback asked to stop.
pub const DIO_EC_CANCELLED: DIO_ErrorCode = DIO_ErrorCode(-1002);
/// A bug in the library; the arguments are still valid.
pub const DIO_EC_INTERNAL: DIO_ErrorCode = DIO_ErrorCode(-1003);
/// The caller's buffer is too small; the message names the needed size.
pub const DIO_EC_BUFFER_TOO_SMALL: DIO_ErrorCode = DIO_ErrorCode(-1004);
/// A valid file or call, but it uses a feature that is not supported; the message names it.
pub const DIO_EC_FEATURE_NOT_SUPPORTED: DIO_ErrorCode = DIO_ErrorCode(-1005);
/// Encrypted PDF: no password, or the wrong one.
pub const DIO_EC_PASSWORD_REQUIRED: DIO_ErrorCode = DIO_ErrorCode(-1006);
/// An option struct of a later version sets fields that this one does not know.
pub const DIO_EC_OPTIONS_TOO_NEW: DIO_ErrorCode = DIO_ErrorCode(-1007);
/// The operating system or a stream callback failed while reading.
pub const DIO_EC_IO_FAILED: DIO_ErrorCode = DIO_ErrorCode(-1008);

/// What a code means.
fn sentence(code: DIO_ErrorCode) -> &'static CStr {
    match code {
        DIO_EC_OK => c"success",
        DIO_EC_UNKNOWN => c"unknown error",
        DIO_EC_NO_MEMORY => c"out of memory",
        DIO_EC_NULL_POINTER => c"a required pointer is NULL",
        DIO_EC_FILE_NOT_FOUND => c"the file is not found or cannot be opened",
        DIO_EC_FILE_TYPE_NOT_SUPPORTED => c"the file type is not supported",
        DIO_EC_BPP_NOT_SUPPORTED => c"the sample depth or layout is not supported",
        DIO_EC_INDEX_INVALID => c"the index is out of range",
        DIO_EC_IMAGE_READ_FAILED => c"the image is damaged or truncated",
        DIO_EC_TIFF_READ_FAILED => c"the TIFF is damaged or truncated",
        DIO_EC_PDF_READ_FAILED => c"the PDF is damaged or truncated",
        DIO_EC_PDF_DLL_MISSING => c"the external PDF engine cannot be loaded",
        DIO_EC_PAGE_NUMBER_INVALID => c"the page index is out of range",
        DIO_EC_TIMEOUT => c"the deadline of the call passed",
        DIO_EC_PARAMETER_VALUE_INVALID => c"an option or argument is out of range",
        DIO_EC_FILE_SAVE_FAILED => c"writing failed",
        DIO_EC_IMAGE_ORIENTATION_INVALID => c"the orientation is not 0, 90, 180 or 270",
        DIO_EC_MULTI_PAGES_NOT_SUPPORTED => c"the format holds one page",
        DIO_EC_FILE_ALREADY_EXISTS => c"the file exists",
        DIO_EC_CREATE_FILE_FAILED => c"the file cannot be created",
        DIO_EC_IMAGE_DATA_INVALID => c"pixels, stride, size and format contradict each other",
        DIO_EC_IMAGE_SIZE_NOT_MATCH => c"the buffer is of another size",
        DIO_EC_IMAGE_PIXEL_FORMAT_NOT_MATCH => c"the array does not fit the pixel format",
        DIO_EC_PDF_LIBRARY_LOAD_FAILED => c"the external PDF engine does not start",
        DIO_EC_LIMIT_EXCEEDED => c"a limit of the call is exceeded",
        DIO_EC_CANCELLED => c"cancelled",
        DIO_EC_INTERNAL => c"internal error of the library",
        DIO_EC_BUFFER_TOO_SMALL => c"the buffer is too small",
        DIO_EC_FEATURE_NOT_SUPPORTED => c"a feature is not supported",
        DIO_EC_PASSWORD_REQUIRED => c"a password is required",
        DIO_EC_OPTIONS_TOO_NEW => c"the options are of a later version",
        DIO_EC_IO_FAILED => c"reading failed",
        _ => c"no error code of this library",
    }
}

impl From<&Error> for DIO_ErrorCode {
    fn from(error: &Error) -> Self {
        match error.kind() {
            Kind::Unknown => DIO_EC_UNKNOWN,
            Kind::NoMemory => DIO_EC_NO_MEMORY,
            Kind::NullPointer => DIO_EC_NULL_POINTER,
            Kind::FileNotFound => DIO_EC_FILE_NOT_FOUND,
            Kind::UnknownFormat => DIO_EC_FILE_TYPE_NOT_SUPPORTED,
            Kind::DepthUnsupported => DIO_EC_BPP_NOT_SUPPORTED,
            Kind::IndexInvalid => DIO_EC_INDEX_INVALID,
            Kind::Damaged => match error.format() {
                Some(FileFormat::Tiff) => DIO_EC_TIFF_READ_FAILED,
                Some(FileFormat::Pdf) => DIO_EC_PDF_READ_FAILED,
                _ => DIO_EC_IMAGE_READ_FAILED,
            },
            Kind::PdfEngineMissing => DIO_EC_PDF_DLL_MISSING,
            Kind::PdfEngineBroken => DIO_EC_PDF_LIBRARY_LOAD_FAILED,
            Kind::PageInvalid => DIO_EC_PAGE_NUMBER_INVALID,
            Kind::Timeout => DIO_EC_TIMEOUT,
            Kind::ParameterInvalid => DIO_EC_PARAMETER_VALUE_INVALID,
            Kind::SaveFailed => DIO_EC_FILE_SAVE_FAILED,
            Kind::OrientationInvalid => DIO_EC_IMAGE_ORIENTATION_INVALID,
            Kind::MultiPageUnsupported => DIO_EC_MULTI_PAGES_NOT_SUPPORTED,
            Kind::FileExists => DIO_EC_FILE_ALREADY_EXISTS,
            Kind::CreateFailed => DIO_EC_CREATE_FILE_FAILED,
            Kind::ImageDataInvalid => DIO_EC_IMAGE_DATA_INVALID,
            Kind::SizeMismatch => DIO_EC_IMAGE_SIZE_NOT_MATCH,
            Kind::PixelFormatMismatch => DIO_EC_IMAGE_PIXEL_FORMAT_NOT_MATCH,
            Kind::LimitExceeded => DIO_EC_LIMIT_EXCEEDED,
            Kind::Cancelled => DIO_EC_CANCELLED,
            Kind::Internal => DIO_EC_INTERNAL,
            Kind::BufferTooSmall => DIO_EC_BUFFER_TOO_SMALL,
            Kind::FeatureUnsupported => DIO_EC_FEATURE_NOT_SUPPORTED,
            Kind::PasswordRequired => DIO_EC_PASSWORD_REQUIRED,
            Kind::OptionsTooNew => DIO_EC_OPTIONS_TOO_NEW,
            Kind::Io => DIO_EC_IO_FAILED,
        }
    }
}

/// A static sentence for a code, in English. Never NULL, also for numbers that are no code; not to be freed.
#[unsafe(no_mangle)]
pub extern "C" fn DIO_GetErrorString(code: DIO_ErrorCode) -> *const c_char {
    sentence(code).as_ptr()
}
