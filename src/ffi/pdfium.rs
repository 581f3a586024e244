//! The calls into PDFium, and what has to be true for them. The engine of `codec::pdf` makes them, under its lock.

use std::ffi::{c_int, c_ulong, c_void};
use std::marker::PhantomData;
use std::path::PathBuf;
use std::ptr;

use pdfium_render::prelude::PdfiumLibraryBindings;

use crate::error::{Error, Kind, Result};
use crate::options::{Band, OpenPage, PageFile, PdfEngine, Pdfium, PdfiumLibrary};

/// The engine that draws with the PDFium library at `path`, or with that of the operating system.
pub fn pdfium(path: Option<PathBuf>) -> PdfEngine {
    PdfEngine::Pdfium(Pdfium { path, ready })
}

/// Makes a library ready that has just been loaded.
fn ready(bindings: Box<dyn PdfiumLibraryBindings>) -> Box<dyn PdfiumLibrary> {
    // SAFETY: called once for a library, before anything else.
    unsafe { bindings.FPDF_InitLibrary() };
    Box::new(Library { bindings, system_fonts: true })
}

/// `FPDF_ERR_PASSWORD`.
const WRONG_PASSWORD: c_ulong = 4;

/// `FPDFBitmap_BGR` and `FPDFBitmap_BGRA`.
const FORMATS: [c_int; 2] = [2, 4];

/// `FPDF_ANNOT`.
const ANNOTATIONS: c_int = 1;

/// PDFium, ready to be called.
struct Library {
    bindings: Box<dyn PdfiumLibraryBindings>,
    /// Whether it looks at the fonts of the operating system.
    system_fonts: bool,
}

impl PdfiumLibrary for Library {
    fn use_system_fonts(&mut self, wanted: bool) {
        if self.system_fonts == wanted {
            return;
        }
        self.system_fonts = wanted;
        let info = match wanted {
            // SAFETY: the library is ready. What comes back is the library's from the next call on.
            true => unsafe { self.bindings.FPDF_GetDefaultSystemFontInfo() },
            false => ptr::null_mut(),
        };
        // SAFETY: no document is open; null takes the fonts away.
        unsafe { self.bindings.FPDF_SetSystemFontInfo(info) };
    }

    fn open<'a>(
        &'a self,
        file: &PageFile<'a>,
        annotations: bool,
    ) -> Result<Box<dyn OpenPage + 'a>> {
        Ok(Box::new(Opened::new(self, file, annotations)?))
    }
}

/// `FPDF_FORMFILLINFO`: a version and callbacks, of which there are none. Longer than that of any build.
#[repr(C)]
struct Callbacks {
    version: c_int,
    none: [usize; 63],
}

/// A page of a document, which are closed when it is dropped.
struct Opened<'a> {
    library: &'a Library,
    document: *mut c_void,
    page: *mut c_void,
    /// What draws form fields; null where the document has none or nobody asks for them.
    form: *mut c_void,
    callbacks: Box<Callbacks>,
    annotations: bool,
    /// PDFium reads the bytes as long as the document is open.
    bytes: PhantomData<&'a [u8]>,
}

// SAFETY: PDFium keeps nothing for threads apart, and only the holder of the lock has one of these.
unsafe impl Send for Opened<'_> {}

// SAFETY: as above; the holder lends it to one thread at a time.
unsafe impl Sync for Opened<'_> {}

impl<'a> Opened<'a> {
    /// Opens the document and loads the page.
    fn new(library: &'a Library, file: &PageFile<'a>, annotations: bool) -> Result<Self> {
        let (document, page, form) = (ptr::null_mut(), ptr::null_mut(), ptr::null_mut());
        let callbacks = Box::new(Callbacks { version: 0, none: [0; 63] });
        let bytes = PhantomData;
        let mut it = Self { library, document, page, form, callbacks, annotations, bytes };
        it.open(file)?;
        if annotations {
            it.begin_form();
        }
        let number = c_int::try_from(file.page).unwrap_or(c_int::MAX);
        // SAFETY: the document is open; a number that is out of range is answered with null.
        it.page = unsafe { library.bindings.FPDF_LoadPage(it.document.cast(), number) }.cast();
        if it.page.is_null() {
            return Err(Error::damaged("PDFium does not load the page"));
        }
        if !it.form.is_null() {
            // SAFETY: both are of the open document.
            unsafe { library.bindings.FORM_OnAfterLoadPage(it.page.cast(), it.form.cast()) };
        }
        Ok(it)
    }

    fn open(&mut self, file: &PageFile<'a>) -> Result<()> {
        let pdfium = &self.library.bindings;
        // The binding makes a C string of it.
        if file.password.is_some_and(|password| password.contains('\0')) {
            return Err(Error::unsupported("a password with NUL in PDFium"));
        }
        // SAFETY: the bytes outlive this, which closes the document.
        let document = unsafe { pdfium.FPDF_LoadMemDocument64(file.bytes, file.password) };
        self.document = document.cast();
        if self.document.is_null() {
            // SAFETY: asked right after the call that failed.
            let code = unsafe { pdfium.FPDF_GetLastError() };
            return Err(match code {
                WRONG_PASSWORD => {
                    Error::new(Kind::PasswordRequired, "the password does not open it in PDFium")
                }
                code => Error::damaged(format!("PDFium does not open the document: error {code}")),
            });
        }
        // SAFETY: the document is open.
        let pages = unsafe { pdfium.FPDF_GetPageCount(self.document.cast()) };
        if usize::try_from(pages) != Ok(file.pages) {
            let message = format!("PDFium finds {pages} pages instead of {}", file.pages);
            return Err(Error::damaged(message));
        }
        Ok(())
    }

    fn begin_form(&mut self) {
        let pdfium = &self.library.bindings;
        // Builds with and without XFA each take one of these.
        for version in [2, 1] {
            self.callbacks.version = version;
            let callbacks = (&raw mut *self.callbacks).cast();
            let document = self.document.cast();
            // SAFETY: the document is open; the callbacks live in a box until the form is closed, and none is set.
            let form = unsafe { pdfium.FPDFDOC_InitFormFillEnvironment(document, callbacks) };
            self.form = form.cast();
            if !self.form.is_null() {
                return;
            }
        }
    }
}

impl OpenPage for Opened<'_> {
    fn show(&mut self, part: [f32; 4]) {
        let pdfium = &self.library.bindings;
        let (page, [x0, y0, x1, y1]) = (self.page, part);
        // SAFETY: the page is loaded.
        unsafe { pdfium.FPDFPage_SetMediaBox(page.cast(), x0, y0, x1, y1) };
        // SAFETY: as above.
        unsafe { pdfium.FPDFPage_SetCropBox(page.cast(), x0, y0, x1, y1) };
    }

    fn draw(&self, band: &Band, pixels: &mut [u8]) -> Result<()> {
        let pdfium = &self.library.bindings;
        let whole = |number: usize| {
            let failed = |_| Error::new(Kind::Internal, "the page is too large for PDFium");
            c_int::try_from(number).map_err(failed)
        };
        let (width, height) = (whole(band.size.0 as usize)?, whole(band.size.1 as usize)?);
        let (top, rows) = (whole(band.top as usize)?, whole(band.rows as usize)?);
        let (stride, format) = (whole(band.stride)?, FORMATS[usize::from(band.transparent)]);
        let pixel = if band.transparent { 4 } else { 3 };
        let fits = band.size.0 as usize * pixel <= band.stride
            && band.stride.saturating_mul(band.rows as usize) <= pixels.len();
        if !fits {
            return Err(Error::new(Kind::Internal, "a band is larger than its buffer"));
        }
        let first = pixels.as_mut_ptr().cast();
        // SAFETY: the buffer has as many rows of as many bytes and is borrowed until the bitmap is destroyed.
        let bitmap = unsafe { pdfium.FPDFBitmap_CreateEx(width, rows, format, first, stride) };
        if bitmap.is_null() {
            return Err(Error::new(Kind::NoMemory, "out of memory: in PDFium"));
        }
        let paper = band.paper.into();
        // SAFETY: the bitmap is of this size.
        unsafe { pdfium.FPDFBitmap_FillRect(bitmap, 0, 0, width, rows, paper) };
        let flags = if self.annotations { ANNOTATIONS } else { 0 };
        let page = self.page.cast();
        // SAFETY: page and bitmap are there; what lies outside of the bitmap is not drawn.
        unsafe { pdfium.FPDF_RenderPageBitmap(bitmap, page, 0, -top, width, height, 0, flags) };
        if !self.form.is_null() {
            let (form, page) = (self.form.cast(), self.page.cast());
            // SAFETY: as above, and the form is of the same document.
            unsafe { pdfium.FPDF_FFLDraw(form, bitmap, page, 0, -top, width, height, 0, flags) };
        }
        // SAFETY: it was made above and is used no more; the pixels are ours.
        unsafe { pdfium.FPDFBitmap_Destroy(bitmap) };
        Ok(())
    }
}

impl Drop for Opened<'_> {
    fn drop(&mut self) {
        let pdfium = &self.library.bindings;
        if !self.page.is_null() {
            if !self.form.is_null() {
                // SAFETY: both are open.
                unsafe { pdfium.FORM_OnBeforeClosePage(self.page.cast(), self.form.cast()) };
            }
            // SAFETY: closed once, before its document.
            unsafe { pdfium.FPDF_ClosePage(self.page.cast()) };
        }
        if !self.form.is_null() {
            // SAFETY: closed once, before its document.
            unsafe { pdfium.FPDFDOC_ExitFormFillEnvironment(self.form.cast()) };
        }
        if !self.document.is_null() {
            // SAFETY: closed once, and nothing of it is used any more.
            unsafe { pdfium.FPDF_CloseDocument(self.document.cast()) };
        }
    }
}
