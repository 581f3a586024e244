//! Which program draws the pages of PDFs, and what one that is lent has to do.

use std::fmt;
use std::path::PathBuf;

use pdfium_render::prelude::PdfiumLibraryBindings;

use crate::error::Result;

/// What draws pages of PDFs that are not given out as the scans they are.
#[derive(Clone, Debug, Default)]
pub enum PdfEngine {
    /// The engine in the library.
    #[default]
    BuiltIn,
    /// PDFium, which is loaded when the first page is drawn and stays loaded. `ffi::pdfium` makes this.
    Pdfium(Pdfium),
}

/// Where PDFium is and what calls it.
#[derive(Clone)]
pub struct Pdfium {
    /// A library file, or the folder that has it; `None` leaves it to the operating system to find one.
    pub path: Option<PathBuf>,
    /// Makes a library that is loaded ready to be called. It is code that talks to C, which the layers below `ffi` do not.
    pub ready: fn(Box<dyn PdfiumLibraryBindings>) -> Box<dyn PdfiumLibrary>,
}

impl fmt::Debug for Pdfium {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "Pdfium({:?})", self.path)
    }
}

/// PDFium, ready to be called by one thread at a time.
pub trait PdfiumLibrary: Send {
    /// Lets documents that are opened from now on have the fonts of the operating system, or not.
    fn use_system_fonts(&mut self, wanted: bool);
    /// Opens the document and loads the page.
    fn open<'a>(&'a self, file: &PageFile<'a>, annotations: bool)
    -> Result<Box<dyn OpenPage + 'a>>;
}

/// A page that is loaded; its document is closed with it.
pub trait OpenPage: Send + Sync {
    /// Makes this part of the page what is drawn of it: left, bottom, right, top.
    fn show(&mut self, part: [f32; 4]);
    /// Draws a band of the part into `pixels`.
    fn draw(&self, band: &Band, pixels: &mut [u8]) -> Result<()>;
}

/// A page in its file.
pub struct PageFile<'a> {
    /// The whole document.
    pub bytes: &'a [u8],
    /// What opens it.
    pub password: Option<&'a str>,
    /// How many pages it has.
    pub pages: usize,
    /// The page, from 0.
    pub page: u32,
}

/// What is drawn of a page at a time.
pub struct Band {
    /// Width and height of the whole page.
    pub size: (u32, u32),
    /// Rows before the band.
    pub top: u32,
    /// Rows of it.
    pub rows: u32,
    /// Bytes from row to row.
    pub stride: usize,
    /// Whether pixels are B, G, R, A and not B, G, R.
    pub transparent: bool,
    /// What lies under the page, `0xAARRGGBB`.
    pub paper: u32,
}
