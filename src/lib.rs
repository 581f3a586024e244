//! Document image I/O: reads JPEG, PNG, BMP, GIF, TIFF, PDF and more into a documented pixel layout, and writes them back.
//!
//! Each layer uses only those before it: `format, error <- limits <- memory <- base64, pixel <- metadata <- image <- options
//! <- source, sink <- codec <- reader, writer <- ffi`.

pub mod base64;
pub mod codec;
pub mod error;
#[allow(unsafe_code, reason = "the only module that talks to C")]
pub mod ffi;
pub mod format;
pub mod image;
pub mod limits;
pub mod memory;
pub mod metadata;
pub mod options;
mod os;
pub mod pixel;
pub mod reader;
pub mod sink;
pub mod source;
pub mod writer;
