//! Images in PDF files: what their dictionaries say ([`facts`]), the filters before the last ([`filters`]), and their pixels
//! in a canvas ([`decode`], with the rows of [`samples`]; what only the engine decodes in [`engine`]).

pub mod decode;
pub mod engine;
pub mod facts;
mod filters;
mod samples;
#[cfg(test)]
mod tests;

pub use facts::{Coding, Colour, Facts, Layer, Place};
