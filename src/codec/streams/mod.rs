//! Compressed streams that several formats carry: no formats themselves, and known to any codec.

pub mod deflate;
pub mod fax;
mod fax_codes;
pub mod fax_decode;
pub mod fax_rows;
pub mod filters;
pub mod inflate;
pub mod jpeg2000;
pub mod jpx;
pub mod log2;
pub mod lzw;
pub mod palette;
