//! Writing PDF: [`document`] lays objects into the file, [`placement`] lays the image on its page, [`embed`] compresses
//! the pixels, [`indexed`] those of few colours.

mod document;
mod embed;
mod indexed;
mod placement;
mod predict;
mod samples;

pub use document::Document;
pub use embed::as_jpeg;
