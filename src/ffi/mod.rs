//! The C ABI: thin functions that check arguments and call the safe crate.
//!
//! No decision about images is taken here. Every function turns C arguments into Rust values (`input`, `options`), calls
//! one safe function, writes its outputs last (`output`), and reports through `guard`.

#![allow(non_snake_case, reason = "exported names follow the C header")]
#![allow(non_camel_case_types, reason = "exported names follow the C header")]

mod base64;
mod binarize;
mod codes;
mod fonts;
mod guard;
mod image;
mod input;
mod memory;
mod numbers;
mod options;
mod output;
mod pdfium;
mod read;
mod reader;
mod retain;
mod save;
mod stream;
mod types;
mod version;
mod wrap;
mod writer;

pub use base64::*;
pub use binarize::*;
pub use codes::*;
pub use fonts::*;
pub use guard::DIO_GetLastErrorMessage;
pub use image::*;
pub use memory::*;
pub use numbers::*;
pub use options::*;
pub use pdfium::pdfium;
pub use read::*;
pub use reader::*;
pub use retain::*;
pub use save::*;
pub use types::*;
pub use version::*;
pub use wrap::*;
pub use writer::*;
