//! An open document: its pages, and what it says of itself.

use std::sync::Arc;

use hayro::hayro_interpret::InterpreterSettings;
use hayro::hayro_syntax::object::{Dict, Stream};
use hayro::hayro_syntax::page::Page;
use hayro::hayro_syntax::{DecryptionError, LoadPdfError, Pdf, PdfData};
use hayro::kurbo::{Affine, Rect};

use super::fonts::Lent;
use super::image::decode;
use super::markup::Markup;
use super::page::{Drawing, Geometry};
use super::survey::{self, Found, Survey, Wanted};
use super::watch::{Watch, Watched};
use super::{engine, guard, inflate, owner, scan, stack};
use crate::codec::{Header, PageSource, Pages};
use crate::error::{Error, Kind, Result};
use crate::limits::Budget;
use crate::memory;
use crate::options::{PageFile, PdfBackground, PdfBox, PdfEngine, PdfMode, ReadOptions};
use crate::pixel::{Canvas, PixelFormat};
use crate::source::SharedBytes;

/// A parsed document, for one thread.
pub struct OpenDocument {
    shared: Arc<Shared>,
    watch: Arc<Watch>,
    /// What was looked for last: a header and pixels are asked for one after the other.
    last: Option<(u32, Wanted, Looked)>,
}

/// What threads that read the document have in common.
struct Shared {
    pdf: Pdf,
    bytes: SharedBytes,
    pages: Vec<Boxes>,
    xmp: Option<Vec<u8>>,
    encrypted: bool,
}

/// How a page lies by each of its boxes, and what viewers show of it.
struct Boxes {
    of: [(PdfBox, Geometry); 5],
    crop: Rect,
}

impl Boxes {
    fn of(page: &Page<'_>) -> Self {
        let boxes = [PdfBox::Crop, PdfBox::Media, PdfBox::Trim, PdfBox::Bleed, PdfBox::Art];
        let of = boxes.map(|page_box| (page_box, Geometry::of(page, page_box)));
        let crop = page.intersected_crop_box();
        Self { of, crop: Rect::new(crop.x0, crop.y0, crop.x1, crop.y1) }
    }

    fn get(&self, page_box: PdfBox) -> Result<&Geometry> {
        let found = self.of.iter().find(|(name, _)| *name == page_box);
        let (_, geometry) =
            found.ok_or_else(|| Error::new(Kind::Internal, "a page without box"))?;
        Ok(geometry)
    }
}

/// An image that was looked for, and how many the page has.
#[derive(Clone)]
struct Looked {
    found: Option<Arc<Found>>,
    count: u32,
}

impl OpenDocument {
    /// Parses the document and measures its pages.
    pub fn new(bytes: SharedBytes, options: &ReadOptions, budget: &Budget) -> Result<Self> {
        let watch = Watch::new((*bytes).as_ref().len());
        let password = options.password.as_deref();
        let shared = stack::run(&watch, budget, || {
            let encrypted = is_encrypted((*bytes).as_ref());
            let pdf = load(&bytes, password)?;
            let pages: Vec<_> = pdf.pages().iter().map(Boxes::of).collect();
            if pages.is_empty() {
                return Err(Error::damaged("the document has no pages"));
            }
            let xmp = xmp(&pdf, budget)?;
            Ok(Shared { pdf, bytes: Arc::clone(&bytes), pages, xmp, encrypted })
        })??;
        Ok(Self { shared: Arc::new(shared), watch, last: None })
    }

    /// What `options` ask for: an image of the page, or nothing but the page.
    fn image(
        &mut self,
        page: u32,
        options: &ReadOptions,
        budget: &Budget,
    ) -> Result<(Option<Arc<Found>>, u32)> {
        let geometry = *self.shared.page(page)?.1.get(options.pdf.page_box)?;
        match options.pdf.mode {
            PdfMode::Render => Ok((None, 0)),
            PdfMode::Extract => {
                let Looked { found, count } =
                    self.look(page, Wanted::Nth(options.pdf.image), budget)?;
                let found = found.ok_or_else(|| survey::no_such_image(options.pdf.image, count))?;
                Ok((Some(found), count))
            }
            PdfMode::Auto => {
                let looked = self.look(page, scan_of(options), budget)?;
                // A region is one of the scan's own pixels, however small it becomes.
                let most = if options.region.is_some() { 0 } else { options.max_side };
                let fits = |found: &Arc<Found>| {
                    let facts = &found.layer.facts;
                    let longer = facts.width.max(facts.height);
                    survey::covers(found, geometry.shown())
                        && lie(&geometry, found).is_some()
                        && (most == 0 || longer <= most)
                };
                let found = looked.found.filter(fits);
                let count = u32::from(found.is_some());
                Ok((found, count))
            }
        }
    }

    fn look(&mut self, page: u32, wanted: Wanted, budget: &Budget) -> Result<Looked> {
        if let Some((_, _, looked)) =
            self.last.as_ref().filter(|(at, what, _)| (*at, *what) == (page, wanted))
        {
            return Ok(looked.clone());
        }
        let shared = Arc::clone(&self.shared);
        let (drawn, _) = shared.page(page)?;
        let watch = &self.watch;
        let (found, count) = stack::run(watch, budget, || {
            let marked = || {
                let settings = InterpreterSettings::default();
                wanted == Wanted::Scan { annotations: true }
                    && !Markup::of(drawn, &settings, Lent::default(), budget).is_empty()
            };
            if !guard::check(drawn, budget)? || marked() {
                return Ok((None, 0));
            }
            Survey { page: drawn, watch, budget }.find(wanted)
        })??;
        let looked = Looked { found: found.map(Arc::new), count };
        self.last = Some((page, wanted, looked.clone()));
        Ok(looked)
    }

    fn image_header(
        &self,
        geometry: &Geometry,
        (found, count): (&Found, u32),
        options: &ReadOptions,
        budget: &Budget,
    ) -> Result<Header> {
        let facts = &found.layer.facts;
        let data =
            stack::run(&self.watch, budget, || scan::data(&self.shared.pdf, &found.layer.place))?;
        let mut header = scan::header(facts, data, options, budget)?;
        // Inches that the image takes across and down, along its own sides.
        let [a, b, c, d, ..] = found.matrix.as_coeffs();
        let dpi = |x: f64, y: f64| super::page::POINTS / (x.hypot(y) * geometry.unit());
        let stated = |dpi: f64| if dpi.is_finite() && dpi <= 1e6 { dpi } else { 0.0 };
        header.resolution = (stated(dpi(a, b)), stated(dpi(c, d)));
        header.images = count;
        if options.pdf.mode == PdfMode::Auto {
            header.source = PageSource::Scan;
            header.upright = true;
            header.orientation = lie(geometry, found).unwrap_or(1);
        }
        Ok(header)
    }

    fn decode_image(
        &self,
        page: &Page<'_>,
        found: &Found,
        options: &ReadOptions,
        canvas: &mut Canvas<'_>,
    ) -> Result<()> {
        let (facts, budget) = (&found.layer.facts, canvas.budget());
        let pdf = &self.shared.pdf;
        if facts.foreign {
            let wanted = match options.pdf.mode {
                PdfMode::Extract => Wanted::Nth(options.pdf.image),
                _ => scan_of(options),
            };
            let pixels = u64::from(facts.width) * u64::from(facts.height);
            let _booked = budget.reserve(pixels.saturating_mul(4))?;
            let taken = stack::run(&self.watch, budget, || {
                guard::check(page, budget)?;
                Ok(Survey { page, watch: &self.watch, budget }.take(wanted))
            })??;
            return scan::put(taken.as_ref(), canvas);
        }
        let data = |place| stack::run(&self.watch, budget, || scan::data(pdf, place));
        let own = data(&found.layer.place)?;
        match &facts.mask {
            Some(mask) => {
                let mask_data = data(&mask.place)?;
                scan::masked(facts, own, (mask, mask_data), options, canvas)
            }
            None => decode::opaque(facts, own, options, canvas),
        }
    }
}

impl Shared {
    /// The page for the engine, and how it lies.
    fn page(&self, page: u32) -> Result<(&Page<'_>, &Boxes)> {
        let index = usize::try_from(page).unwrap_or(usize::MAX);
        let found = self.pdf.pages().get(index).zip(self.pages.get(index));
        found.ok_or_else(|| Error::new(Kind::PageInvalid, format!("there is no page {page}")))
    }
}

fn scan_of(options: &ReadOptions) -> Wanted {
    Wanted::Scan { annotations: options.pdf.annotations }
}

/// How an image lies on the upright page.
fn lie(geometry: &Geometry, found: &Found) -> Option<u16> {
    let upright: Affine = geometry.filling(1.0, 1.0) * found.matrix;
    let facts = &found.layer.facts;
    survey::orientation(upright, facts.width, facts.height)
}

impl Pages for OpenDocument {
    fn share(&self) -> Option<Box<dyn Pages>> {
        let (shared, watch) = (Arc::clone(&self.shared), self.watch.another());
        Some(Box::new(Self { shared, watch, last: self.last.clone() }))
    }

    fn count(&mut self, _: &Budget) -> Result<u32> {
        Ok(u32::try_from(self.shared.pages.len()).unwrap_or(u32::MAX))
    }

    fn header(&mut self, page: u32, options: &ReadOptions, budget: &Budget) -> Result<Header> {
        let (found, count) = self.image(page, options, budget)?;
        let boxes = self.shared.page(page)?.1;
        let geometry = boxes.get(options.pdf.page_box)?;
        let mut header = match &found {
            Some(found) => self.image_header(geometry, (found, count), options, budget)?,
            None => {
                let within = boxes.crop.inflate(0.01, 0.01).contains_rect(geometry.shown());
                if !within && options.pdf.page_box != PdfBox::Crop {
                    let what = "drawing what lies outside of the crop box of a page";
                    return Err(Error::unsupported(what));
                }
                let Drawing { width, height, dpi, .. } = geometry.drawing(options, budget)?;
                let native = match options.pdf.background {
                    PdfBackground::Transparent => PixelFormat::Argb8888,
                    _ => PixelFormat::Rgb888,
                };
                let mut header = Header::new(width, height, native, 8, 3);
                header.resolution = dpi;
                header.source = PageSource::Drawn;
                header
            }
        };
        header.encrypted = self.shared.encrypted;
        let xmp = self.shared.xmp.as_deref();
        header.metadata.xmp = xmp.map(|bytes| memory::copy_of(bytes, "metadata")).transpose()?;
        Ok(header)
    }

    fn decode(&mut self, page: u32, options: &ReadOptions, canvas: &mut Canvas<'_>) -> Result<()> {
        let budget = canvas.budget();
        let (found, _) = self.image(page, options, budget)?;
        let shared = Arc::clone(&self.shared);
        let file = PageFile {
            bytes: (*shared.bytes).as_ref(),
            password: options.password.as_deref(),
            pages: shared.pages.len(),
            page,
        };
        let (page, boxes) = self.shared.page(page)?;
        if let Some(found) = found {
            return self.decode_image(page, &found, options, canvas);
        }
        stack::run(&self.watch, budget, || guard::check(page, budget))??;
        self.watch.begin();
        let Drawing { geometry, .. } = boxes.get(options.pdf.page_box)?.drawing(options, budget)?;
        let (geometry, watch, fonts) = (&geometry, &self.watch, &options.fonts);
        let job = engine::Job { page, geometry, watch, reading: &options.pdf, fonts, file };
        match &options.pdf_engine {
            PdfEngine::BuiltIn => engine::hayro::draw(&job, canvas),
            PdfEngine::Pdfium(pdfium) => engine::pdfium::draw(&job, pdfium, canvas),
        }
    }
}

/// Bytes around the places where a trailer may be.
const TRAILER: usize = 4096;

/// Parses with a password, which may be the owner's.
fn load(bytes: &SharedBytes, password: Option<&str>) -> Result<Pdf> {
    let with = |password: &str| {
        let data = PdfData::from(Arc::new(Watched::new(Arc::clone(bytes))));
        Pdf::new_with_password(data, password)
    };
    let failed = |error| load_failed(error, password.is_some());
    let file = (**bytes).as_ref();
    match (with(password.unwrap_or_default()), password) {
        (Err(LoadPdfError::Decryption(DecryptionError::PasswordProtected)), Some(owner)) => {
            let user = owner::user_password(&trailers(file), file, owner);
            let wrong = LoadPdfError::Decryption(DecryptionError::PasswordProtected);
            with(&user.ok_or_else(|| failed(wrong))?).map_err(failed)
        }
        (outcome, _) => outcome.map_err(failed),
    }
}

/// Whether a trailer, or the stream in its place, refers to a dictionary of encryption.
fn is_encrypted(bytes: &[u8]) -> bool {
    let key = b"/Encrypt";
    trailers(bytes).iter().any(|part| {
        part.windows(key.len() + 1).any(|word| word.starts_with(key) && !word.ends_with(b"M"))
    })
}

/// Where a trailer may be: at the end, at the beginning, and where the table is said to begin.
fn trailers(bytes: &[u8]) -> [&[u8]; 3] {
    let tail = bytes.get(bytes.len().saturating_sub(TRAILER)..).unwrap_or(bytes);
    let word = b"startxref";
    let at = tail.windows(word.len()).rposition(|bytes| bytes == word);
    let number = at.and_then(|at| {
        let digits = tail.get(at + word.len()..)?.trim_ascii_start();
        let len = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
        str::from_utf8(digits.get(..len)?).ok()?.parse::<usize>().ok()
    });
    let table = number.and_then(|start| bytes.get(start..)).unwrap_or_default();
    [tail, bytes, table].map(|part| part.get(..TRAILER).unwrap_or(part))
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
