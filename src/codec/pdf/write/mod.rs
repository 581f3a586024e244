//! Writing PDF: [`document`] lays objects into the file, [`continued`] behind another's, [`placement`] lays the image on its page, [`embed`] compresses
//! the pixels, [`indexed`] those of few colours,
//! [`info`] says what the document is, [`archive`] what PDF/A wants,
//! [`text`] what is written on a page.

mod archive;
mod continued;
mod document;
mod embed;
mod glyphless;
mod indexed;
mod info;
mod jpx;
mod placement;
mod samples;
mod text;

pub use document::Document;
pub use embed::as_jpeg;
