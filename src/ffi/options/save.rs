//! `DIO_SaveOptions`: how to save.

use std::ffi::{c_char, c_void};
use std::mem::offset_of;
use std::ptr;

use super::pdf::{DIO_PdfOptions, pdf_options};
use super::{Grows, copy_in, init, progress};
use crate::error::{Error, Result};
use crate::ffi::binarize::binarize_options;
use crate::ffi::guard::guard;
use crate::ffi::input::{self, choice, flag, text};
use crate::ffi::{
    DIO_BinarizeOptions, DIO_COMPRESSION_AUTO, DIO_COMPRESSION_DEFLATE, DIO_COMPRESSION_G3,
    DIO_COMPRESSION_G4, DIO_COMPRESSION_JPEG, DIO_COMPRESSION_LZW, DIO_COMPRESSION_NONE,
    DIO_COMPRESSION_PACKBITS, DIO_COMPRESSION_ZSTD, DIO_Compression, DIO_ENCODING_AUTO,
    DIO_ENCODING_JPEG, DIO_ErrorCode, DIO_IFF_AUTO, DIO_ImageFileFormat, DIO_MetadataPolicy,
    DIO_POLICY_KEEP, DIO_POLICY_STRIP, DIO_PREDICTOR_AUTO, DIO_PREDICTOR_HORIZONTAL,
    DIO_PREDICTOR_NONE, DIO_PdfEncoding, DIO_Predictor, DIO_ProgressFn, DIO_SUBSAMPLING_420,
    DIO_SUBSAMPLING_422, DIO_SUBSAMPLING_444, DIO_Subsampling,
};
use crate::options::{
    MetadataPolicy, PdfEncoding, SaveOptions, Subsampling, TiffCompression, TiffLayout,
};

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
    /// Deflate effort in PNG, TIFF and PDF, 0 (stored) to 9. Default 6. PNG, and images in PDF, are made fast up to 6, and thoroughly from 7 on. From 7 on PNG stores up to 256 colours as a palette, and grays as such.
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
    /// GIF, PNG, TIFF and PDF: the most colours of a palette, 2 to 256. Images that have more get the colours nearest to
    /// theirs. Default 0: 256 in GIF, no palette in TIFF, in PDF, and in PNG from level 7 on, one where it loses nothing.
    pub palette: u32,
    /// GIF, PNG, TIFF and PDF: 1 hands the errors of a palette on to neighbouring pixels (Floyd and Steinberg). Default 0.
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
    /// Told how far the call is. Default NULL.
    pub progress: DIO_ProgressFn,
    /// Passed to `progress`.
    pub progress_user: *mut c_void,
    /// PDF: pages and documents. Default NULL: the defaults of `DIO_PdfOptions`.
    pub pdf: *const DIO_PdfOptions,
    /// Threads that may work at a time within the call, up to 256: PNG uses them for large images, unless `level` is 0.
    /// Default 0: the calling thread alone. The file is the same for any number.
    pub threads: u32,
    /// JPEG files: 1 writes progressive ones, the whole picture coarse first and then finer: smaller and slower, with tables
    /// made for the image. It takes 3 bytes of memory a pixel or more. Default 0.
    pub progressive: i32,
}

impl Grows for DIO_SaveOptions {
    // Of 0.0, whose last field is `progress_user`. New fields follow the last one; 0 is their default.
    const FIRST: usize = offset_of!(Self, pdf);

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
            progress: None,
            progress_user: ptr::null_mut(),
            pdf: ptr::null(),
            threads: options.threads,
            progressive: i32::from(options.progressive),
        }
    }
}

/// # Safety
///
/// As for [`copy_in`]; strings and the callback of the struct must be valid.
pub(in crate::ffi) unsafe fn save_options(options: *const DIO_SaveOptions) -> Result<SaveOptions> {
    // SAFETY: passed on from the caller.
    let Some(it) = unsafe { copy_in(options, "options") }? else {
        return Ok(SaveOptions::default());
    };
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
        threads: it.threads,
        progressive: flag(it.progressive, "options->progressive")?,
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
        crosses_by_value::<DIO_SaveOptions>();
        #[cfg(target_pointer_width = "64")]
        assert_eq!(DIO_SaveOptions::FIRST, 22 * 4 + 2 * 8 + 4 * 8);
        let late = bytes_from(&DIO_SaveOptions::defaults(), DIO_SaveOptions::FIRST);
        assert!(late.iter().all(|byte| *byte == 0), "0 is the default of what is added");
    }

    #[test]
    fn defaults_pass_their_own_checks() {
        // SAFETY: a whole struct.
        let save = unsafe { save_options(&DIO_SaveOptions::defaults()) }.unwrap();
        assert_eq!(save.background, [255; 3]);
    }

    #[test]
    fn what_an_older_caller_lacks_is_not_looked_at() {
        let mut old = DIO_SaveOptions::defaults();
        old.pdf = ptr::without_provenance(1);
        old.struct_size = DIO_SaveOptions::FIRST as u32;
        // SAFETY: a whole struct.
        let save = unsafe { save_options(&old) }.unwrap();
        assert_eq!(save.pdf, SaveOptions::default().pdf);
    }
}
