//! Writing PDF: [`document`] lays objects into the file, [`placement`] lays the image on its page, [`embed`] compresses
//! the pixels.

mod document;
mod embed;
mod placement;
mod predict;
mod samples;

pub use document::Document;
pub use embed::as_jpeg;
