//! What can go wrong, said once, for Rust and C alike.

use std::fmt;

use crate::format::FileFormat;

/// Shorthand used by every fallible function of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A failed operation: a [`Kind`] for programs and a sentence for people.
///
/// The sentence names the file, format, page and byte offset where they are known.
#[derive(Clone, Debug)]
pub struct Error(Box<Inner>);

#[derive(Clone, Debug)]
struct Inner {
    kind: Kind,
    message: String,
    file: Option<String>,
    format: Option<FileFormat>,
    page: Option<u32>,
    offset: Option<u64>,
}

/// The classes of failure a caller can act on, one for each error code of the C interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Nothing below fits.
    Unknown,
    /// An allocation failed.
    NoMemory,
    /// A required pointer is NULL.
    NullPointer,
    /// No such file, or it is a directory, or it may not be opened.
    FileNotFound,
    /// Content of no known format, empty input, or an extension that cannot be written.
    UnknownFormat,
    /// A sample depth or layout that the codec does not handle.
    DepthUnsupported,
    /// An index other than a page's is out of range.
    IndexInvalid,
    /// Damaged or truncated image.
    Damaged,
    /// An external PDF engine was asked for and cannot be loaded.
    PdfEngineMissing,
    /// An external PDF engine was found and does not start.
    PdfEngineBroken,
    /// The page index is out of range.
    PageInvalid,
    /// The deadline of the call passed.
    Timeout,
    /// An option or argument is out of range.
    ParameterInvalid,
    /// Writing failed after the file was created; the old file is untouched.
    SaveFailed,
    /// The orientation is not 0, 90, 180 or 270.
    OrientationInvalid,
    /// A second page for a format that holds one.
    MultiPageUnsupported,
    /// The file exists and overwriting is off.
    FileExists,
    /// The file cannot be created.
    CreateFailed,
    /// Pixels, stride, size and format contradict each other.
    ImageDataInvalid,
    /// A caller's buffer is of another size than the image.
    SizeMismatch,
    /// An array's shape or type does not fit the pixel format.
    PixelFormatMismatch,
    /// A limit of the call; the message names it.
    LimitExceeded,
    /// The progress callback asked to stop.
    Cancelled,
    /// A bug in this library.
    Internal,
    /// The caller's buffer is too small.
    BufferTooSmall,
    /// A valid file or call that uses a feature which is not supported.
    FeatureUnsupported,
    /// An encrypted PDF without its password.
    PasswordRequired,
    /// An option struct of a later version of the library.
    OptionsTooNew,
    /// The operating system or a stream failed while reading.
    Io,
}

impl Error {
    /// Builds an error of `kind` that reads `message`.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        let message = message.into();
        Self(Box::new(Inner { kind, message, file: None, format: None, page: None, offset: None }))
    }

    /// Damaged or truncated content.
    pub fn damaged(message: impl Into<String>) -> Self {
        Self::new(Kind::Damaged, message)
    }

    /// A feature of a valid file, or of the interface, that is not supported.
    pub fn unsupported(message: impl Into<String>) -> Self {
        Self::new(Kind::FeatureUnsupported, message)
    }

    /// An argument or option out of range.
    pub fn parameter(message: impl Into<String>) -> Self {
        Self::new(Kind::ParameterInvalid, message)
    }

    /// `bytes` could not be had for `what`.
    pub fn no_memory(bytes: usize, what: &str) -> Self {
        Self::new(Kind::NoMemory, format!("out of memory: {bytes} bytes for {what}"))
    }

    /// Names the file, unless a deeper layer did.
    pub fn in_file(mut self, file: impl Into<String>) -> Self {
        self.0.file.get_or_insert_with(|| file.into());
        self
    }

    /// Names the format, unless a deeper layer did.
    pub fn in_format(mut self, format: FileFormat) -> Self {
        self.0.format.get_or_insert(format);
        self
    }

    /// Names the page (from 0), unless a deeper layer did.
    pub fn on_page(mut self, page: u32) -> Self {
        self.0.page.get_or_insert(page);
        self
    }

    /// Names the byte of the file, unless a deeper layer did.
    pub fn at_offset(mut self, offset: u64) -> Self {
        self.0.offset.get_or_insert(offset);
        self
    }

    /// The class of this failure.
    pub fn kind(&self) -> Kind {
        self.0.kind
    }

    /// The format of the file that failed, where it was known.
    pub fn format(&self) -> Option<FileFormat> {
        self.0.format
    }

    /// The sentence without file, format and page.
    pub fn message(&self) -> &str {
        &self.0.message
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(file) = &self.0.file {
            write!(f, "{file}: ")?;
        }
        if let Some(format) = self.0.format {
            write!(f, "{}: ", format.name())?;
        }
        if let Some(page) = self.0.page {
            write!(f, "page {page}: ")?;
        }
        f.write_str(&self.0.message)?;
        match self.0.offset {
            Some(offset) => write!(f, " (at byte {offset})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sentence_names_file_format_page_and_byte() {
        let error = Error::damaged("strip 17 ends after 120 of 4096 bytes");
        let error = error.at_offset(812).on_page(3).in_format(FileFormat::Tiff).in_file("scan.tif");
        assert_eq!(
            error.to_string(),
            "scan.tif: TIFF: page 3: strip 17 ends after 120 of 4096 bytes (at byte 812)"
        );
    }

    #[test]
    fn the_deepest_layer_knows_best() {
        let error = Error::damaged("x").on_page(3).on_page(4);
        assert_eq!(error.to_string(), "page 3: x");
    }
}
