//! `DIO_ReadOptions`: how to read.

use std::ffi::{c_char, c_void};
use std::mem::offset_of;
use std::ptr;

use super::{Grows, copy_in, init, progress};
use crate::error::{Error, Result};
use crate::ffi::fonts::{DIO_Font, fonts};
use crate::ffi::guard::guard;
use crate::ffi::input::{self, choice, flag, text};
use crate::ffi::{
    DIO_BOX_ART, DIO_BOX_BLEED, DIO_BOX_CROP, DIO_BOX_MEDIA, DIO_BOX_TRIM, DIO_ErrorCode,
    DIO_IPF_AS_STORED, DIO_ImagePixelFormat, DIO_ORIENTATION_APPLY, DIO_ORIENTATION_REPORT,
    DIO_OrientationMode, DIO_PDF_AUTO, DIO_PDF_EXTRACT, DIO_PDF_RENDER, DIO_PdfBox, DIO_PdfMode,
    DIO_ProgressFn, DIO_TOLERANCE_RECOVER, DIO_TOLERANCE_STRICT, DIO_Tolerance, pdfium,
};
use crate::limits::Limits;
use crate::options::{
    Fonts, OrientationMode, PdfBackground, PdfBox, PdfEngine, PdfMode, PdfReading, ReadOptions,
    Region, Tolerance,
};

/// How to read. Set to the defaults with `DIO_ReadOptions_Init` or `DIO_READ_OPTIONS_INIT`, then change fields.
///
/// NULL instead of a pointer to it means the defaults. The struct is copied; strings are, too.
#[cfg_attr(test, safer_ffi::derive_ReprC)]
#[repr(C)]
#[derive(Clone, Copy)]
pub struct DIO_ReadOptions {
    /// `sizeof(DIO_ReadOptions)`.
    pub struct_size: u32,
    /// The page, from 0, that the one-call functions and probes read. Default 0.
    pub page: u32,
    /// The pixel format of what is returned. Default `DIO_IPF_AS_STORED`.
    pub pixel_format: DIO_ImagePixelFormat,
    /// What is done about the orientation. Default `DIO_ORIENTATION_REPORT`.
    pub orientation: DIO_OrientationMode,
    /// What is done about damage. Default `DIO_TOLERANCE_STRICT`.
    pub tolerance: DIO_Tolerance,
    /// Threads that may work at a time within the call, up to 256: TIFF uses them for strips and tiles, JPEG between
    /// restart markers, two of them where there are none, and all for the pixels of progressive pictures. Streams are read
    /// by the calling thread. Default 0: that one alone. The result is the same for any number.
    pub threads: u32,
    /// Dots per inch that PDF pages are drawn at, 100 to 3000. Default 300.
    pub dpi: f64,
    /// Dots per inch that are reported for files that state none, 0 to 1000000. Default 0: left unstated.
    pub fallback_dpi: f64,
    /// Most pixels per row. This and the next fields: 0 means the default, UINT64_MAX no limit. Default 65535.
    pub max_width: u64,
    /// Most rows. Default 65535.
    pub max_height: u64,
    /// Most pixels of a page. Default 2^30.
    pub max_pixels: u64,
    /// Most bytes that the call holds at one time: pixels, work space and buffered input. Default 2^31.
    pub max_memory: u64,
    /// Most pages of a document. Default 10000.
    pub max_pages: u64,
    /// Most bytes of each kind of metadata. Default 2^24.
    pub max_metadata: u64,
    /// Milliseconds until the call gives up with `DIO_EC_TIMEOUT`. Checked between blocks of input and rows of output, so that
    /// a call ends within 100 ms; a PDF page that is drawn may take longer.
    /// Default: no deadline.
    pub deadline_ms: u64,
    /// Password of an encrypted PDF, UTF-8. Default NULL: none.
    pub password: *const c_char,
    /// Told how far the call is. Default NULL.
    pub progress: DIO_ProgressFn,
    /// Passed to `progress`.
    pub progress_user: *mut c_void,
    /// PDF: what is read of a page. Default `DIO_PDF_AUTO`.
    pub pdf_mode: DIO_PdfMode,
    /// PDF: which image of the page `DIO_PDF_EXTRACT` reads, from 0, in the order in which they are drawn; past the last one
    /// is `DIO_EC_INDEX_INVALID`. Default 0.
    pub pdf_image: u32,
    /// PDF: what of a page is shown. Default `DIO_BOX_CROP`. To draw what lies outside of the crop box is
    /// `DIO_EC_FEATURE_NOT_SUPPORTED`.
    pub pdf_box: DIO_PdfBox,
    /// PDF: what pages are drawn on, `0xAARRGGBB` with an alpha of 0xFF, or 0 for nothing: pixels are transparent then, and
    /// `DIO_IPF_ARGB_8888` as stored. Default white, 0xFFFFFFFF.
    pub pdf_background: u32,
    /// PDF: 1 draws annotations and form fields, 0 leaves them out. Default 1.
    pub annotations: i32,
    /// Pixels of the longer side of a PDF page that is drawn, instead of `dpi`. A scan with more is drawn, too, unless a region of it is asked for. Other
    /// pages with more are reduced: each new pixel is the mean of those that it covers, so that black and white becomes gray
    /// (`DIO_IPF_GRAYSCALED` as stored), and dots per inch follow. Default 0: pages keep their size.
    pub max_side: u32,
    /// How many pixels across and down become one, 1, 2, 4 or 8, in the same way; sides are rounded up. Comes before
    /// `max_side`. PDF pages are drawn at fewer dots per inch; of JPEG luma and chroma are averaged, which takes less time
    /// than the whole picture. Default 0, which means 1.
    pub scale: u32,
    /// Columns before the region that is read of the page. The region is in pixels of the page as it is returned without
    /// `scale` and `max_side`; one that is not within it is `DIO_EC_PARAMETER_VALUE_INVALID`. Of a PDF page that is drawn,
    /// nothing else is made. Default 0.
    pub region_x: u32,
    /// Rows before the region. Default 0.
    pub region_y: u32,
    /// Columns of the region. Default 0, as the rows: all of the page.
    pub region_width: u32,
    /// Rows of the region. Default 0.
    pub region_height: u32,
    /// PDF: 1 looks at the fonts of the operating system after those lent with `fonts` and `font_folder`, so that pages may
    /// look different elsewhere. Default 0.
    pub system_fonts: i32,
    /// PDF: fonts for texts whose own is not embedded, by name, and for characters that the built-in fonts lack (those are
    /// for western European languages). They are copied. Default NULL: none.
    pub fonts: *const DIO_Font,
    /// How many fonts there are. Default 0.
    pub font_count: usize,
    /// PDF: a folder of font files, with those within it, which are looked at after `fonts`. Default NULL: none.
    pub font_folder: *const c_char,
    /// PDF, where `pdf_engine` is 1: the PDFium library, UTF-8 on Windows, or the folder that has it under its usual name
    /// (`libpdfium.so`, `pdfium.dll`, `libpdfium.dylib`). Default NULL: the operating system finds it, or the one that is
    /// loaded is used. It is looked for when the first page is drawn and stays loaded; another one in the same process is
    /// `DIO_EC_PARAMETER_VALUE_INVALID`. None there is `DIO_EC_PDF_DLL_MISSING`, one that does not load or lacks functions
    /// `DIO_EC_PDF_LIBRARY_LOAD_FAILED`.
    pub pdfium_path: *const c_char,
    /// PDF: what draws pages: 0 the engine in the library, 1 PDFium, which the caller brings. It is foreign code in the
    /// process, whose memory no limit counts; one page is drawn at a time in a process. `fonts` and `font_folder` are
    /// `DIO_EC_FEATURE_NOT_SUPPORTED` with it. Default 0.
    pub pdf_engine: i32,
    /// Must be 0.
    pub reserved: u32,
}

impl Grows for DIO_ReadOptions {
    // Of 0.0, whose last field is `progress_user`. New fields follow the last one; 0 is their default.
    const FIRST: usize = offset_of!(Self, pdf_mode);

    fn defaults() -> Self {
        let options = ReadOptions::default();
        let limits = options.limits;
        Self {
            struct_size: size_of::<Self>() as u32,
            page: options.page,
            pixel_format: DIO_IPF_AS_STORED,
            orientation: DIO_ORIENTATION_REPORT,
            tolerance: DIO_TOLERANCE_STRICT,
            threads: options.threads,
            dpi: options.dpi,
            fallback_dpi: options.fallback_dpi,
            max_width: limits.max_width,
            max_height: limits.max_height,
            max_pixels: limits.max_pixels,
            max_memory: limits.max_memory,
            max_pages: limits.max_pages,
            max_metadata: limits.max_metadata,
            deadline_ms: limits.deadline_ms,
            password: ptr::null(),
            progress: None,
            progress_user: ptr::null_mut(),
            pdf_mode: DIO_PDF_AUTO,
            pdf_image: options.pdf.image,
            pdf_box: DIO_BOX_CROP,
            pdf_background: WHITE_PAPER,
            annotations: i32::from(options.pdf.annotations),
            max_side: options.max_side,
            scale: 0,
            region_x: 0,
            region_y: 0,
            region_width: 0,
            region_height: 0,
            system_fonts: i32::from(options.fonts.system),
            fonts: ptr::null(),
            font_count: 0,
            font_folder: ptr::null(),
            pdfium_path: ptr::null(),
            pdf_engine: 0,
            reserved: 0,
        }
    }
}

impl DIO_ReadOptions {
    fn region(&self) -> Option<Region> {
        let Self { region_x: x, region_y: y, region_width: width, region_height: height, .. } =
            *self;
        let region = Region { x, y, width, height };
        (region != Region { x: 0, y: 0, width: 0, height: 0 }).then_some(region)
    }

    /// How pages of PDFs are read.
    fn pdf(&self) -> Result<PdfReading> {
        let modes = [
            (DIO_PDF_AUTO.0, PdfMode::Auto),
            (DIO_PDF_RENDER.0, PdfMode::Render),
            (DIO_PDF_EXTRACT.0, PdfMode::Extract),
        ];
        let boxes = [
            (DIO_BOX_CROP.0, PdfBox::Crop),
            (DIO_BOX_MEDIA.0, PdfBox::Media),
            (DIO_BOX_TRIM.0, PdfBox::Trim),
            (DIO_BOX_BLEED.0, PdfBox::Bleed),
            (DIO_BOX_ART.0, PdfBox::Art),
        ];
        Ok(PdfReading {
            mode: choice(self.pdf_mode.0, "options->pdf_mode", &modes)?,
            image: self.pdf_image,
            page_box: choice(self.pdf_box.0, "options->pdf_box", &boxes)?,
            background: background(self.pdf_background)?,
            annotations: flag(self.annotations, "options->annotations")?,
        })
    }

    /// # Safety
    ///
    /// The fonts and the path must be as stated, or NULL.
    unsafe fn fonts(&self) -> Result<Fonts> {
        let system = flag(self.system_fonts, "options->system_fonts")?;
        // SAFETY: passed on from the caller.
        unsafe { fonts((self.fonts, self.font_count), self.font_folder, system) }
    }

    /// # Safety
    ///
    /// The path must be a C string or NULL.
    unsafe fn engine(&self) -> Result<PdfEngine> {
        if self.reserved != 0 {
            let message = format!("`options->reserved` is {}, not 0", self.reserved);
            return Err(Error::parameter(message));
        }
        if !flag(self.pdf_engine, "options->pdf_engine")? {
            return Ok(PdfEngine::BuiltIn);
        }
        let path = match self.pdfium_path.is_null() {
            true => None,
            // SAFETY: passed on from the caller.
            false => Some(unsafe { input::path(self.pdfium_path, "options->pdfium_path") }?),
        };
        Ok(pdfium(path))
    }

    fn limits(&self) -> Limits {
        let default = Limits::default();
        let pick = |asked: u64, default: u64| if asked == 0 { default } else { asked };
        Limits {
            max_width: pick(self.max_width, default.max_width),
            max_height: pick(self.max_height, default.max_height),
            max_pixels: pick(self.max_pixels, default.max_pixels),
            max_memory: pick(self.max_memory, default.max_memory),
            max_pages: pick(self.max_pages, default.max_pages),
            max_metadata: pick(self.max_metadata, default.max_metadata),
            deadline_ms: pick(self.deadline_ms, default.deadline_ms),
        }
    }
}

/// White as pages are drawn on.
const WHITE_PAPER: u32 = 0xffff_ffff;

fn background(value: u32) -> Result<PdfBackground> {
    match value.to_be_bytes() {
        [0, 0, 0, 0] => Ok(PdfBackground::Transparent),
        _ if value == WHITE_PAPER => Ok(PdfBackground::White),
        [255, r, g, b] => Ok(PdfBackground::Colour([r, g, b])),
        _ => {
            let message = format!("`options->pdf_background` is {value:#x}, not 0xFFRRGGBB or 0");
            Err(Error::parameter(message))
        }
    }
}

/// # Safety
///
/// As for [`copy_in`]; strings and callbacks of the struct must be valid.
pub(in crate::ffi) unsafe fn read_options(options: *const DIO_ReadOptions) -> Result<ReadOptions> {
    // SAFETY: passed on from the caller.
    let Some(it) = unsafe { copy_in(options, "options") }? else {
        return Ok(ReadOptions::default());
    };
    let pixel_format = match it.pixel_format {
        DIO_IPF_AS_STORED => None,
        format => Some(input::pixel_format(format, "options->pixel_format")?),
    };
    let orientations = [
        (DIO_ORIENTATION_REPORT.0, OrientationMode::Report),
        (DIO_ORIENTATION_APPLY.0, OrientationMode::Apply),
    ];
    let tolerances = [
        (DIO_TOLERANCE_STRICT.0, Tolerance::Strict),
        (DIO_TOLERANCE_RECOVER.0, Tolerance::Recover),
    ];
    let options = ReadOptions {
        page: it.page,
        pixel_format,
        orientation: choice(it.orientation.0, "options->orientation", &orientations)?,
        tolerance: choice(it.tolerance.0, "options->tolerance", &tolerances)?,
        dpi: it.dpi,
        max_side: it.max_side,
        scale: it.scale.max(1),
        region: it.region(),
        fallback_dpi: it.fallback_dpi,
        pdf: it.pdf()?,
        // SAFETY: fonts and a C string, or NULL, as the caller vouches.
        fonts: unsafe { it.fonts() }?,
        // SAFETY: a C string or NULL, as the caller vouches.
        pdf_engine: unsafe { it.engine() }?,
        // SAFETY: a C string or NULL, as the caller vouches.
        password: unsafe { text(it.password, "options->password") }?,
        threads: it.threads,
        limits: it.limits(),
        progress: progress(it.progress, it.progress_user),
    };
    options.check()?;
    Ok(options)
}

/// Fills the first `size` bytes of `*options` with the defaults and sets `struct_size` to `size`.
///
/// `size` is `sizeof(DIO_ReadOptions)`; a larger one, of a later header, is zeroed beyond what this version knows.
///
/// # Safety
///
/// `options`, unless NULL, must point to `size` writable bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn DIO_ReadOptions_Init(
    options: *mut DIO_ReadOptions,
    size: usize,
) -> DIO_ErrorCode {
    // SAFETY: passed on from the caller.
    guard(|| unsafe { init(options, size) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ffi::options::tests::bytes_from;
    use safer_ffi::layout::ReprC;

    #[test]
    fn options_have_a_c_layout_that_only_grows() {
        fn crosses_by_value<T: ReprC>() {}
        crosses_by_value::<DIO_ReadOptions>();
        #[cfg(target_pointer_width = "64")]
        assert_eq!(DIO_ReadOptions::FIRST, 6 * 4 + 9 * 8 + 3 * 8);
        let late = bytes_from(&DIO_ReadOptions::defaults(), offset_of!(DIO_ReadOptions, max_side));
        assert!(late.iter().all(|byte| *byte == 0), "0 is the default of what is added");
    }

    #[test]
    fn defaults_pass_their_own_checks() {
        // SAFETY: a whole struct.
        let read = unsafe { read_options(&DIO_ReadOptions::defaults()) }.unwrap();
        assert_eq!(read.limits, Limits::default());
    }

    #[test]
    fn what_an_older_caller_lacks_has_its_default() {
        let mut old = DIO_ReadOptions::defaults();
        (old.pdf_background, old.annotations, old.max_side) = (7, 7, 7);
        old.struct_size = DIO_ReadOptions::FIRST as u32;
        // SAFETY: a whole struct.
        let read = unsafe { read_options(&old) }.unwrap();
        assert_eq!((read.pdf, read.max_side), (PdfReading::default(), 0));
        old.struct_size += 4;
        // SAFETY: as above.
        let error = unsafe { read_options(&old) }.err().unwrap();
        assert!(error.message().contains("in no version"), "{error}");
    }
}
