//! An open document: its pages, and what it says of itself.

use std::sync::Arc;

use hayro::hayro_syntax::object::{Dict, Stream};
use hayro::hayro_syntax::page::Page;
use hayro::hayro_syntax::{DecryptionError, LoadPdfError, Pdf, PdfData};

use super::page::Geometry;
use super::watch::{Watch, Watched};
use super::{engine, guard, inflate, stack};
use crate::codec::{Header, PageSource, Pages};
use crate::error::{Error, Kind, Result};
use crate::limits::Budget;
use crate::memory;
use crate::options::ReadOptions;
use crate::pixel::{Canvas, PixelFormat};
use crate::source::SharedBytes;

/// A parsed document.
pub struct OpenDocument {
    pdf: Pdf,
    pages: Vec<Geometry>,
    xmp: Option<Vec<u8>>,
    watch: Arc<Watch>,
}

impl OpenDocument {
    /// Parses the document and measures its pages.
    pub fn new(bytes: SharedBytes, options: &ReadOptions, budget: &Budget) -> Result<Self> {
        let watch = Watch::new((*bytes).as_ref().len());
        let password = options.password.as_deref();
        stack::run(|| {
            let data = PdfData::from(Arc::new(Watched::new(bytes, Arc::clone(&watch))));
            let pdf = Pdf::new_with_password(data, password.unwrap_or_default())
                .map_err(|error| load_failed(error, password.is_some()))?;
            let pages: Vec<_> = pdf.pages().iter().map(Geometry::of).collect();
            if pages.is_empty() {
                return Err(Error::damaged("the document has no pages"));
            }
            let xmp = xmp(&pdf, budget)?;
            Ok(Self { pdf, pages, xmp, watch })
        })?
    }

    /// The page for the engine, and how it lies.
    fn page(&self, page: u32) -> Result<(&Page<'_>, &Geometry)> {
        let index = usize::try_from(page).unwrap_or(usize::MAX);
        let found = self.pdf.pages().get(index).zip(self.pages.get(index));
        found.ok_or_else(|| Error::new(Kind::PageInvalid, format!("there is no page {page}")))
    }
}

impl Pages for OpenDocument {
    fn count(&mut self, _: &Budget) -> Result<u32> {
        Ok(u32::try_from(self.pages.len()).unwrap_or(u32::MAX))
    }

    fn header(&mut self, page: u32, options: &ReadOptions, budget: &Budget) -> Result<Header> {
        let (width, height) = self.page(page)?.1.pixels(options.dpi, budget)?;
        let mut header = Header::new(width, height, PixelFormat::Rgb888, 8, 3);
        header.resolution = (options.dpi, options.dpi);
        header.source = PageSource::Drawn;
        let xmp = self.xmp.as_deref();
        header.metadata.xmp = xmp.map(|bytes| memory::copy_of(bytes, "metadata")).transpose()?;
        Ok(header)
    }

    fn decode(&mut self, page: u32, _: &ReadOptions, canvas: &mut Canvas<'_>) -> Result<()> {
        let budget = canvas.budget();
        let (page, geometry) = self.page(page)?;
        self.watch.begin();
        stack::run(|| guard::check(page, budget))??;
        self.watch.begin();
        engine::hayro::draw(&engine::Job { page, geometry, watch: &self.watch }, canvas)
    }
}

/// The XMP packet of the document, which is that of every page.
fn xmp(pdf: &Pdf, budget: &Budget) -> Result<Option<Vec<u8>>> {
    let catalog = pdf.xref().get::<Dict<'_>>(pdf.xref().root_id());
    let Some(stream) = catalog.and_then(|catalog| catalog.get::<Stream<'_>>("Metadata")) else {
        return Ok(None);
    };
    inflate::check(&stream, budget)?;
    let bytes = stream.decoded_data().unwrap_or_default().into_owned();
    Ok((!bytes.is_empty()).then_some(bytes))
}

fn load_failed(error: LoadPdfError, password: bool) -> Error {
    let reason = match error {
        LoadPdfError::Invalid => return Error::damaged("no pages can be found in the document"),
        LoadPdfError::Decryption(reason) => reason,
    };
    match reason {
        DecryptionError::PasswordProtected if password => {
            Error::new(Kind::PasswordRequired, "the password does not open the document")
        }
        DecryptionError::PasswordProtected => {
            Error::new(Kind::PasswordRequired, "the document is encrypted and needs a password")
        }
        DecryptionError::UnsupportedAlgorithm => {
            Error::unsupported("this encryption of PDF documents")
        }
        DecryptionError::MissingIDEntry => {
            Error::damaged("the document is encrypted, but has no ID to make the key from")
        }
        DecryptionError::InvalidEncryption => {
            Error::damaged("the encryption dictionary is invalid")
        }
    }
}
