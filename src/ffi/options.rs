//! Option structs: how they grow, and what their fields mean.

use std::ffi::{c_char, c_void};
use std::mem::offset_of;
use std::ptr;
use std::sync::Arc;

use super::binarize::binarize_options;
use super::fonts::{DIO_Font, fonts};
use super::input::{choice, flag, required, text};
use super::output::check_size;
use super::pdf::pdf_options;
use super::{
    DIO_BOX_ART, DIO_BOX_BLEED, DIO_BOX_CROP, DIO_BOX_MEDIA, DIO_BOX_TRIM, DIO_BinarizeOptions,
    DIO_COMPRESSION_AUTO, DIO_COMPRESSION_DEFLATE, DIO_COMPRESSION_G3, DIO_COMPRESSION_G4,
    DIO_COMPRESSION_JPEG, DIO_COMPRESSION_LZW, DIO_COMPRESSION_NONE, DIO_COMPRESSION_PACKBITS,
    DIO_COMPRESSION_ZSTD, DIO_Compression, DIO_ENCODING_AUTO, DIO_ENCODING_JPEG, DIO_ErrorCode,
    DIO_IFF_AUTO, DIO_IPF_AS_STORED, DIO_ImageFileFormat, DIO_ImagePixelFormat, DIO_MetadataPolicy,
    DIO_ORIENTATION_APPLY, DIO_ORIENTATION_REPORT, DIO_OrientationMode, DIO_PDF_AUTO,
    DIO_PDF_EXTRACT, DIO_PDF_RENDER, DIO_POLICY_KEEP, DIO_POLICY_STRIP, DIO_PREDICTOR_AUTO,
    DIO_PREDICTOR_HORIZONTAL, DIO_PREDICTOR_NONE, DIO_PdfBox, DIO_PdfEncoding, DIO_PdfMode,
    DIO_PdfOptions, DIO_Predictor, DIO_ProgressFn, DIO_SUBSAMPLING_420, DIO_SUBSAMPLING_422,
    DIO_SUBSAMPLING_444, DIO_Subsampling, DIO_TOLERANCE_RECOVER, DIO_TOLERANCE_STRICT,
    DIO_Tolerance, guard::guard, input,
};
use crate::error::{Error, Kind, Result};
use crate::limits::{Limits, ProgressFn};
use crate::options::{
    Fonts, MetadataPolicy, OrientationMode, PdfBackground, PdfBox, PdfEncoding, PdfMode,
    PdfReading, ReadOptions, SaveOptions, Subsampling, TiffCompression, TiffLayout, Tolerance,
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
    /// Threads that may work at a time within the call, up to 256: TIFF uses them for strips and tiles that are in files
    /// and memory. Default 0: the calling thread alone. The result is the same for any number.
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
    /// Pixels of the longer side of a PDF page that is drawn, instead of `dpi`. A scan with more is drawn, too; other pages
    /// with more are `DIO_EC_FEATURE_NOT_SUPPORTED`. Default 0: `dpi` says how large pages are.
    pub max_side: u32,
    /// PDF: fonts for texts whose own is not embedded, by name, and for characters that the built-in fonts lack (those are
    /// for western European languages). They are copied. Default NULL: none.
    pub fonts: *const DIO_Font,
    /// How many fonts there are. Default 0.
    pub font_count: usize,
    /// PDF: a folder of font files, with those within it, which are looked at after `fonts`. Default NULL: none.
    pub font_folder: *const c_char,
    /// PDF: 1 looks at the fonts of the operating system last, so that pages may look different elsewhere. Default 0.
    pub system_fonts: i32,
    /// Must be 0.
    pub reserved: u32,
}

/// How to save. Set to the defaults with `DIO_SaveOptions_Init` or `DIO_SAVE_OPTIONS_INIT`, then change fields.
///
/// NULL instead of a pointer to it means the defaults. The struct is copied; what it points to is, too. Options of formats other than the one
/// that is written have no effect.
#[cfg_attr(test, safer_ffi::derive_ReprC)]
#[repr(C)]
#[derive(Clone, Copy)]
pub struct DIO_SaveOptions {
    /// `sizeof(DIO_SaveOptions)`.
    pub struct_size: u32,
    /// The format of the file. Default `DIO_IFF_AUTO`: the extension decides.
    pub format: DIO_ImageFileFormat,
    /// JPEG quality, 1 to 100, on libjpeg's scale. Default 90.
    pub quality: i32,
    /// JPEG chroma subsampling. Default `DIO_SUBSAMPLING_420`.
    pub subsampling: DIO_Subsampling,
    /// JPEG: 1 makes Huffman tables for the image: smaller and slower. Default 0.
    pub optimize: i32,
    /// Deflate effort in PNG, TIFF and PDF, 0 (stored) to 9. Default 6.
    pub level: i32,
    /// TIFF compression. Default `DIO_COMPRESSION_AUTO`.
    pub compression: DIO_Compression,
    /// PDF: how the image is compressed. Default `DIO_ENCODING_AUTO`.
    pub encoding: DIO_PdfEncoding,
    /// What happens to the ICC profile. Default `DIO_POLICY_KEEP`.
    pub icc: DIO_MetadataPolicy,
    /// What happens to EXIF. Default `DIO_POLICY_KEEP`.
    pub exif: DIO_MetadataPolicy,
    /// What happens to XMP. Default `DIO_POLICY_KEEP`.
    pub xmp: DIO_MetadataPolicy,
    /// What transparent pixels lie on in formats without alpha: `0xRRGGBB`. Default white, 0xFFFFFF.
    pub background: u32,
    /// TIFF: whether differences of neighbours are compressed. Default `DIO_PREDICTOR_AUTO`: where they help.
    pub predictor: DIO_Predictor,
    /// TIFF: rows of a strip; with JPEG compression the next multiple of 16. Default 0: chosen by the library.
    pub rows_per_strip: u32,
    /// TIFF: pixels across a tile, a multiple of 16. Default 0: strips.
    pub tile_width: u32,
    /// TIFF: pixels down a tile, a multiple of 16. Default 0: strips.
    pub tile_height: u32,
    /// TIFF: 1 writes BigTIFF, whose files may be longer than 4 GiB. Default 0: where the first page may need it; a document
    /// of classic TIFF that gets longer is `DIO_EC_FEATURE_NOT_SUPPORTED`.
    pub big_tiff: i32,
    /// TIFF: 1 makes `DIO_COMPRESSION_G3` two-dimensional. Default 0.
    pub two_dimensional: i32,
    /// GIF, TIFF and PDF: the most colours of a palette, 2 to 256. Images that have more get the colours nearest to theirs.
    /// Default 0: 256 in GIF, no palette in TIFF, in PDF one where it loses nothing.
    pub palette: u32,
    /// GIF, TIFF and PDF: 1 hands the errors of a palette on to neighbouring pixels (Floyd and Steinberg). Default 0.
    pub dither: i32,
    /// GIF: milliseconds that the frame shows, up to 655350, in steps of 10. Default 0: 100 in a document.
    pub delay_ms: u32,
    /// GIF: how often a document is played, up to 65536, for the options that it is opened with. Default 0: without end.
    pub loop_count: u32,
    /// Dots per inch across that are written instead of the image's, up to 1000000. Default 0: the image's.
    pub dpi_x: f64,
    /// Dots per inch down. Default 0: the image's.
    pub dpi_y: f64,
    /// TIFF and PDF: when the file was made, as `YYYY:MM:DD HH:MM:SS`. Default NULL: not stated, so that the same image gives the
    /// same bytes.
    pub date_time: *const c_char,
    /// How the image becomes black and white before it is saved, in any format. Default NULL: it does where
    /// `DIO_COMPRESSION_G3` or `DIO_COMPRESSION_G4` asks for it, by the defaults of `DIO_BinarizeOptions`.
    pub binarize: *const DIO_BinarizeOptions,
    /// PDF: pages and documents. Default NULL: the defaults of `DIO_PdfOptions`.
    pub pdf: *const DIO_PdfOptions,
    /// Told how far the call is. Default NULL.
    pub progress: DIO_ProgressFn,
    /// Passed to `progress`.
    pub progress_user: *mut c_void,
}

/// Sizes of the structs in the first release.
const FIRST_READ: usize = offset_of!(DIO_ReadOptions, reserved) + size_of::<u32>();
const FIRST_SAVE: usize = offset_of!(DIO_SaveOptions, progress_user) + size_of::<*mut c_void>();

impl DIO_ReadOptions {
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
            fonts: ptr::null(),
            font_count: 0,
            font_folder: ptr::null(),
            system_fonts: i32::from(options.fonts.system),
            reserved: 0,
        }
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
        if self.reserved != 0 {
            let message = format!("`options->reserved` is {}, not 0", self.reserved);
            return Err(Error::parameter(message));
        }
        let system = flag(self.system_fonts, "options->system_fonts")?;
        // SAFETY: passed on from the caller.
        unsafe { fonts((self.fonts, self.font_count), self.font_folder, system) }
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

impl DIO_SaveOptions {
    fn defaults() -> Self {
        let options = SaveOptions::default();
        let [r, g, b] = options.background;
        Self {
            struct_size: size_of::<Self>() as u32,
            format: DIO_IFF_AUTO,
            quality: i32::from(options.quality),
            subsampling: DIO_SUBSAMPLING_420,
            optimize: i32::from(options.optimize),
            level: i32::from(options.level),
            compression: DIO_COMPRESSION_AUTO,
            encoding: DIO_ENCODING_AUTO,
            icc: DIO_POLICY_KEEP,
            exif: DIO_POLICY_KEEP,
            xmp: DIO_POLICY_KEEP,
            background: u32::from_be_bytes([0, r, g, b]),
            predictor: DIO_PREDICTOR_AUTO,
            rows_per_strip: options.tiff.rows_per_strip,
            tile_width: options.tiff.tile.0,
            tile_height: options.tiff.tile.1,
            big_tiff: i32::from(options.tiff.big),
            two_dimensional: i32::from(options.tiff.two_dimensional),
            palette: options.palette,
            dither: i32::from(options.dither),
            delay_ms: options.delay_ms,
            loop_count: options.loop_count,
            dpi_x: options.dpi.0,
            dpi_y: options.dpi.1,
            date_time: ptr::null(),
            binarize: ptr::null(),
            pdf: ptr::null(),
            progress: None,
            progress_user: ptr::null_mut(),
        }
    }
}

/// Copies an input struct: what an older caller does not have keeps its default. `None` for NULL.
///
/// # Safety
///
/// `from`, unless NULL, must point to as many readable bytes as its first field, a `u32`, states. Every bit pattern must
/// be a value of `T`.
pub(super) unsafe fn copy_in<T: Copy>(
    from: *const T,
    default: T,
    first: usize,
    name: &str,
) -> Result<Option<T>> {
    if from.is_null() {
        return Ok(None);
    }
    // SAFETY: not null, and the first field is a u32.
    let stated = unsafe { from.cast::<u32>().read() };
    let size = usize::try_from(stated).unwrap_or(usize::MAX);
    check_size(size, first, name)?;
    let mut copy = default;
    let known = size.min(size_of::<T>());
    // SAFETY: both have at least `known` bytes.
    unsafe {
        ptr::copy_nonoverlapping(from.cast::<u8>(), ptr::from_mut(&mut copy).cast::<u8>(), known)
    };
    // SAFETY: `size` bytes are readable, as the caller vouches.
    let all = unsafe { std::slice::from_raw_parts(from.cast::<u8>(), size) };
    if all.get(known..).unwrap_or_default().iter().any(|byte| *byte != 0) {
        let message = format!("`{name}` sets fields of a later version of the library");
        return Err(Error::new(Kind::OptionsTooNew, message));
    }
    Ok(Some(copy))
}

/// # Safety
///
/// As for [`copy_in`]; strings and callbacks of the struct must be valid.
pub(super) unsafe fn read_options(options: *const DIO_ReadOptions) -> Result<ReadOptions> {
    // SAFETY: passed on from the caller; numbers and pointers take every bit pattern.
    let copy = unsafe { copy_in(options, DIO_ReadOptions::defaults(), FIRST_READ, "options") }?;
    let Some(it) = copy else { return Ok(ReadOptions::default()) };
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
        fallback_dpi: it.fallback_dpi,
        pdf: it.pdf()?,
        // SAFETY: fonts and a C string, or NULL, as the caller vouches.
        fonts: unsafe { it.fonts() }?,
        // SAFETY: a C string or NULL, as the caller vouches.
        password: unsafe { text(it.password, "options->password") }?,
        threads: it.threads,
        limits: it.limits(),
        progress: progress(it.progress, it.progress_user),
    };
    options.check()?;
    Ok(options)
}

/// # Safety
///
/// As for [`copy_in`]; strings and the callback of the struct must be valid.
pub(super) unsafe fn save_options(options: *const DIO_SaveOptions) -> Result<SaveOptions> {
    // SAFETY: passed on from the caller; numbers and pointers take every bit pattern.
    let copy = unsafe { copy_in(options, DIO_SaveOptions::defaults(), FIRST_SAVE, "options") }?;
    let Some(it) = copy else { return Ok(SaveOptions::default()) };
    let format = match it.format {
        DIO_IFF_AUTO => None,
        format => Some(input::file_format(format, "options->format")?),
    };
    let subsamplings = [
        (DIO_SUBSAMPLING_420.0, Subsampling::Both),
        (DIO_SUBSAMPLING_422.0, Subsampling::Horizontal),
        (DIO_SUBSAMPLING_444.0, Subsampling::None),
    ];
    let encodings =
        [(DIO_ENCODING_AUTO.0, PdfEncoding::Auto), (DIO_ENCODING_JPEG.0, PdfEncoding::Jpeg)];
    let predictors = [
        (DIO_PREDICTOR_AUTO.0, None),
        (DIO_PREDICTOR_NONE.0, Some(false)),
        (DIO_PREDICTOR_HORIZONTAL.0, Some(true)),
    ];
    let policies =
        [(DIO_POLICY_KEEP.0, MetadataPolicy::Keep), (DIO_POLICY_STRIP.0, MetadataPolicy::Strip)];
    let policy = |policy: DIO_MetadataPolicy, name: &str| choice(policy.0, name, &policies);
    let [0, r, g, b] = it.background.to_be_bytes() else {
        return Err(Error::parameter(format!(
            "`options->background` is {:#x}, not 0xRRGGBB",
            it.background
        )));
    };
    let small = |value: i32, name: &str| {
        u8::try_from(value)
            .map_err(|_| Error::parameter(format!("{name} is {value}, which is out of range")))
    };
    let options = SaveOptions {
        format,
        quality: small(it.quality, "quality")?,
        subsampling: choice(it.subsampling.0, "options->subsampling", &subsamplings)?,
        optimize: flag(it.optimize, "options->optimize")?,
        level: small(it.level, "level")?,
        compression: compression(it.compression)?,
        tiff: TiffLayout {
            predictor: choice(it.predictor.0, "options->predictor", &predictors)?,
            rows_per_strip: it.rows_per_strip,
            tile: (it.tile_width, it.tile_height),
            big: flag(it.big_tiff, "options->big_tiff")?,
            two_dimensional: flag(it.two_dimensional, "options->two_dimensional")?,
        },
        palette: it.palette,
        dither: flag(it.dither, "options->dither")?,
        delay_ms: it.delay_ms,
        loop_count: it.loop_count,
        // SAFETY: a C string or NULL, as the caller vouches.
        date_time: unsafe { text(it.date_time, "options->date_time") }?,
        // SAFETY: a struct or NULL, as the caller vouches.
        binarize: unsafe { binarize_options(it.binarize, "options->binarize") }?,
        encoding: choice(it.encoding.0, "options->encoding", &encodings)?,
        // SAFETY: a struct or NULL, as the caller vouches.
        pdf: unsafe { pdf_options(it.pdf, "options->pdf") }?,
        dpi: (it.dpi_x, it.dpi_y),
        background: [r, g, b],
        icc: policy(it.icc, "options->icc")?,
        exif: policy(it.exif, "options->exif")?,
        xmp: policy(it.xmp, "options->xmp")?,
        progress: progress(it.progress, it.progress_user),
    };
    options.check()?;
    Ok(options)
}

fn compression(value: DIO_Compression) -> Result<TiffCompression> {
    let known = [
        (DIO_COMPRESSION_AUTO.0, TiffCompression::Auto),
        (DIO_COMPRESSION_NONE.0, TiffCompression::None),
        (DIO_COMPRESSION_G4.0, TiffCompression::G4),
        (DIO_COMPRESSION_LZW.0, TiffCompression::Lzw),
        (DIO_COMPRESSION_DEFLATE.0, TiffCompression::Deflate),
        (DIO_COMPRESSION_PACKBITS.0, TiffCompression::PackBits),
        (DIO_COMPRESSION_G3.0, TiffCompression::G3),
        (DIO_COMPRESSION_JPEG.0, TiffCompression::Jpeg),
        (DIO_COMPRESSION_ZSTD.0, TiffCompression::Zstd),
    ];
    choice(value.0, "options->compression", &known)
}

/// The caller's pointer on its way back to the caller's function.
struct User(*mut c_void);

// SAFETY: the pointer is only handed back, on the thread that made the call.
unsafe impl Send for User {}
// SAFETY: as above.
unsafe impl Sync for User {}

impl User {
    fn get(&self) -> *mut c_void {
        self.0
    }
}

fn progress(callback: DIO_ProgressFn, user: *mut c_void) -> Option<ProgressFn> {
    let callback = callback?;
    let user = User(user);
    // SAFETY: the caller's function with the caller's pointer, as the options state them.
    Some(Arc::new(move |done, total| unsafe { callback(user.get(), done, total) } != 0))
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
    guard(|| unsafe { init(options, size, DIO_ReadOptions::defaults(), FIRST_READ) })
}

/// Fills the first `size` bytes of `*options` with the defaults and sets `struct_size` to `size`.
///
/// `size` is `sizeof(DIO_SaveOptions)`; a larger one, of a later header, is zeroed beyond what this version knows.
///
/// # Safety
///
/// `options`, unless NULL, must point to `size` writable bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn DIO_SaveOptions_Init(
    options: *mut DIO_SaveOptions,
    size: usize,
) -> DIO_ErrorCode {
    // SAFETY: passed on from the caller.
    guard(|| unsafe { init(options, size, DIO_SaveOptions::defaults(), FIRST_SAVE) })
}

/// # Safety
///
/// `to`, unless NULL, must point to `size` writable bytes; `T` begins with its size, a `u32`.
pub(super) unsafe fn init<T: Copy>(to: *mut T, size: usize, value: T, first: usize) -> Result<()> {
    required((!to.is_null()).then_some(()), "options")?;
    if check_size(size, first, "options").is_err() {
        return Err(Error::parameter(format!(
            "`size` is {size}, not {first} (the size in the first release) or more"
        )));
    }
    // SAFETY: at least the size of the first release.
    unsafe { to.cast::<u32>().write(size as u32) };
    // SAFETY: passed on from the caller.
    unsafe { super::output::write_info(to, value, first, "options") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use safer_ffi::layout::ReprC;

    #[test]
    fn options_have_a_c_layout_without_padding() {
        fn crosses_by_value<T: ReprC>() {}
        crosses_by_value::<DIO_ReadOptions>();
        crosses_by_value::<DIO_SaveOptions>();
        assert_eq!(FIRST_READ, size_of::<DIO_ReadOptions>());
        assert_eq!(FIRST_SAVE, size_of::<DIO_SaveOptions>());
        #[cfg(target_pointer_width = "64")]
        assert_eq!(
            (FIRST_READ, FIRST_SAVE),
            (6 * 4 + 9 * 8 + 3 * 8 + 6 * 4 + 3 * 8 + 2 * 4, 22 * 4 + 2 * 8 + 5 * 8)
        );
    }

    #[test]
    fn defaults_pass_their_own_checks() {
        // SAFETY: whole structs.
        let read = unsafe { read_options(&DIO_ReadOptions::defaults()) }.unwrap();
        assert_eq!(read.limits, Limits::default());
        // SAFETY: as above.
        let save = unsafe { save_options(&DIO_SaveOptions::defaults()) }.unwrap();
        assert_eq!(save.background, [255; 3]);
    }
}
