//! Programs that draw pages. Each has a function `draw` that takes a job and a canvas; the page fills the canvas exactly.

use std::sync::Arc;

use ::hayro::hayro_syntax::page::Page;

use super::page::Geometry;
use super::watch::Watch;
use crate::options::{Fonts, PageFile, PdfReading};

/// A page to draw.
pub struct Job<'a> {
    /// The page as it was parsed.
    pub page: &'a Page<'a>,
    /// How it lies.
    pub geometry: &'a Geometry,
    /// How it is to be drawn.
    pub reading: &'a PdfReading,
    /// Fonts that the document may not bring.
    pub fonts: &'a Fonts,
    /// Where the page is, for engines that read the file themselves.
    pub file: PageFile<'a>,
    /// What stops the work.
    pub watch: &'a Arc<Watch>,
}

pub mod hayro;
pub mod pdfium;
#[cfg(test)]
mod tests;
