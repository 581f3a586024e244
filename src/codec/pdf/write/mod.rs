//! Writing PDF: [`document`] lays objects into the file, [`placement`] lays the image on its page, [`embed`] compresses
//! the pixels, [`indexed`] those of few colours,
//! [`info`] says what the document is, [`archive`] what PDF/A wants.

mod archive;
mod document;
mod embed;
mod indexed;
mod info;
mod placement;
mod predict;
mod samples;

pub use document::Document;
pub use embed::as_jpeg;
