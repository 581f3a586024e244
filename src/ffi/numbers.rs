//! Enumerations as they cross the boundary: 32-bit numbers, checked on the way in.

/// How pixels lie in memory: `DIO_IPF_...`.
///
/// The comments give the bytes of a pixel, low address first, and the least stride of a row of `w` pixels.
/// Rows run top to bottom, `stride` bytes apart; a buffer holds at least `stride * (rows - 1)` bytes plus the least
/// stride. 16-bit samples are native-endian. Reads return rows of the least stride. The spare bits of a 1-bit row are
/// zero when written and ignored when read.
#[cfg_attr(test, safer_ffi::derive_ReprC)]
#[repr(transparent)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DIO_ImagePixelFormat(pub i32);

/// A file format: `DIO_IFF_...`.
#[cfg_attr(test, safer_ffi::derive_ReprC)]
#[repr(transparent)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DIO_ImageFileFormat(pub i32);

/// What a read does about the orientation that a file states: `DIO_ORIENTATION_...`.
#[cfg_attr(test, safer_ffi::derive_ReprC)]
#[repr(transparent)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DIO_OrientationMode(pub i32);

/// What a read does about damage: `DIO_TOLERANCE_...`.
#[cfg_attr(test, safer_ffi::derive_ReprC)]
#[repr(transparent)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DIO_Tolerance(pub i32);

/// A kind of metadata: `DIO_METADATA_...`.
#[cfg_attr(test, safer_ffi::derive_ReprC)]
#[repr(transparent)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DIO_MetadataKind(pub i32);

/// Whether a save writes a kind of metadata: `DIO_POLICY_...`.
#[cfg_attr(test, safer_ffi::derive_ReprC)]
#[repr(transparent)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DIO_MetadataPolicy(pub i32);

/// Chroma subsampling of a JPEG: `DIO_SUBSAMPLING_...`.
#[cfg_attr(test, safer_ffi::derive_ReprC)]
#[repr(transparent)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DIO_Subsampling(pub i32);

/// Compression of a TIFF: `DIO_COMPRESSION_...`, the numbers of the Compression tag.
#[cfg_attr(test, safer_ffi::derive_ReprC)]
#[repr(transparent)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DIO_Compression(pub i32);

/// What decides which pixels of an image become white: `DIO_BINARIZE_...`.
#[cfg_attr(test, safer_ffi::derive_ReprC)]
#[repr(transparent)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DIO_BinarizeMethod(pub i32);

/// Whether differences of neighbouring samples are compressed in a TIFF: `DIO_PREDICTOR_...`.
#[cfg_attr(test, safer_ffi::derive_ReprC)]
#[repr(transparent)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DIO_Predictor(pub i32);

/// How the image of a PDF page is compressed: `DIO_ENCODING_...`.
#[cfg_attr(test, safer_ffi::derive_ReprC)]
#[repr(transparent)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DIO_PdfEncoding(pub i32);

/// The size of a PDF page: `DIO_PAGE_...`. Sheets lie if the image is wider than high.
#[cfg_attr(test, safer_ffi::derive_ReprC)]
#[repr(transparent)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DIO_PageSize(pub i32);

/// How an image lies on a PDF page of a given size: `DIO_FIT_...`.
#[cfg_attr(test, safer_ffi::derive_ReprC)]
#[repr(transparent)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DIO_PageFit(pub i32);

/// A standard that a PDF document keeps to: `DIO_STANDARD_...`.
#[cfg_attr(test, safer_ffi::derive_ReprC)]
#[repr(transparent)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DIO_PdfStandard(pub i32);

/// What is read of a page of a PDF: `DIO_PDF_...`.
#[cfg_attr(test, safer_ffi::derive_ReprC)]
#[repr(transparent)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DIO_PdfMode(pub i32);

/// What of a page of a PDF is shown: `DIO_BOX_...`.
#[cfg_attr(test, safer_ffi::derive_ReprC)]
#[repr(transparent)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DIO_PdfBox(pub i32);

/// What kind of page it is: `DIO_SOURCE_...`.
#[cfg_attr(test, safer_ffi::derive_ReprC)]
#[repr(transparent)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DIO_PageSource(pub i32);

/// As an option only: the format nearest to what the file stores. 1-bit black and white -> BINARY; gray or a palette of grays -> GRAYSCALED, of 9 to 16 bits -> GRAY_16; colour -> RGB_888, with alpha ARGB_8888; more than 8 bits of colour -> RGB_161616, of anything with alpha ARGB_16161616.
pub const DIO_IPF_AS_STORED: DIO_ImagePixelFormat = DIO_ImagePixelFormat(-1);
/// 1 bit, most significant bit leftmost, 0 = black, 1 = white; ceil(w/8).
pub const DIO_IPF_BINARY: DIO_ImagePixelFormat = DIO_ImagePixelFormat(0);
/// 1 bit, most significant bit leftmost, 0 = white, 1 = black; ceil(w/8).
pub const DIO_IPF_BINARYINVERTED: DIO_ImagePixelFormat = DIO_ImagePixelFormat(1);
/// Y; w.
pub const DIO_IPF_GRAYSCALED: DIO_ImagePixelFormat = DIO_ImagePixelFormat(2);
/// Plane Y (h rows), then ceil(h/2) rows of V,U pairs (4:2:0, BT.601 full range); w rounded up to even.
pub const DIO_IPF_NV21: DIO_ImagePixelFormat = DIO_ImagePixelFormat(3);
/// Little-endian u16: R in bits 15-11, G 10-5, B 4-0; 2w.
pub const DIO_IPF_RGB_565: DIO_ImagePixelFormat = DIO_ImagePixelFormat(4);
/// Little-endian u16: R 14-10, G 9-5, B 4-0, bit 15 ignored; 2w.
pub const DIO_IPF_RGB_555: DIO_ImagePixelFormat = DIO_ImagePixelFormat(5);
/// B, G, R; 3w.
pub const DIO_IPF_RGB_888: DIO_ImagePixelFormat = DIO_ImagePixelFormat(6);
/// B, G, R, A (straight alpha); 4w.
pub const DIO_IPF_ARGB_8888: DIO_ImagePixelFormat = DIO_ImagePixelFormat(7);
/// B, G, R, u16 each; 6w.
pub const DIO_IPF_RGB_161616: DIO_ImagePixelFormat = DIO_ImagePixelFormat(8);
/// B, G, R, A, u16 each (straight alpha); 8w.
pub const DIO_IPF_ARGB_16161616: DIO_ImagePixelFormat = DIO_ImagePixelFormat(9);
/// R, G, B, A (straight alpha); 4w.
pub const DIO_IPF_ABGR_8888: DIO_ImagePixelFormat = DIO_ImagePixelFormat(10);
/// R, G, B, A, u16 each (straight alpha); 8w.
pub const DIO_IPF_ABGR_16161616: DIO_ImagePixelFormat = DIO_ImagePixelFormat(11);
/// R, G, B; 3w.
pub const DIO_IPF_BGR_888: DIO_ImagePixelFormat = DIO_ImagePixelFormat(12);
/// One byte, 0 = black, 255 = white; w.
pub const DIO_IPF_BINARY_8: DIO_ImagePixelFormat = DIO_ImagePixelFormat(13);
/// Plane Y (h rows), then ceil(h/2) rows of U,V pairs (4:2:0, BT.601 full range); w rounded up to even.
pub const DIO_IPF_NV12: DIO_ImagePixelFormat = DIO_ImagePixelFormat(14);
/// One byte, 0 = white, 255 = black; w.
pub const DIO_IPF_BINARY_8_INVERTED: DIO_ImagePixelFormat = DIO_ImagePixelFormat(15);
/// Y, u16; 2w.
pub const DIO_IPF_GRAY_16: DIO_ImagePixelFormat = DIO_ImagePixelFormat(256);
/// C, M, Y, K, 0 = no ink; 4w.
pub const DIO_IPF_CMYK_8888: DIO_ImagePixelFormat = DIO_ImagePixelFormat(257);

/// As an option only: the extension decides.
pub const DIO_IFF_AUTO: DIO_ImageFileFormat = DIO_ImageFileFormat(-1);
/// JPEG.
pub const DIO_IFF_JPEG: DIO_ImageFileFormat = DIO_ImageFileFormat(0);
/// PNG.
pub const DIO_IFF_PNG: DIO_ImageFileFormat = DIO_ImageFileFormat(1);
/// BMP.
pub const DIO_IFF_BMP: DIO_ImageFileFormat = DIO_ImageFileFormat(2);
/// PDF.
pub const DIO_IFF_PDF: DIO_ImageFileFormat = DIO_ImageFileFormat(3);
/// TIFF.
pub const DIO_IFF_TIFF: DIO_ImageFileFormat = DIO_ImageFileFormat(256);
/// GIF.
pub const DIO_IFF_GIF: DIO_ImageFileFormat = DIO_ImageFileFormat(257);
/// WebP.
pub const DIO_IFF_WEBP: DIO_ImageFileFormat = DIO_ImageFileFormat(258);
/// PBM, PGM, PPM and PAM.
pub const DIO_IFF_PNM: DIO_ImageFileFormat = DIO_ImageFileFormat(259);
/// Truevision TGA.
pub const DIO_IFF_TGA: DIO_ImageFileFormat = DIO_ImageFileFormat(260);
/// Windows icon or cursor.
pub const DIO_IFF_ICO: DIO_ImageFileFormat = DIO_ImageFileFormat(261);
/// QOI.
pub const DIO_IFF_QOI: DIO_ImageFileFormat = DIO_ImageFileFormat(262);
/// Radiance RGBE.
pub const DIO_IFF_HDR: DIO_ImageFileFormat = DIO_ImageFileFormat(263);
/// OpenEXR.
pub const DIO_IFF_EXR: DIO_ImageFileFormat = DIO_ImageFileFormat(264);
/// AVIF.
pub const DIO_IFF_AVIF: DIO_ImageFileFormat = DIO_ImageFileFormat(265);
/// JPEG 2000.
pub const DIO_IFF_JP2: DIO_ImageFileFormat = DIO_ImageFileFormat(266);
/// JPEG XL.
pub const DIO_IFF_JXL: DIO_ImageFileFormat = DIO_ImageFileFormat(267);
/// farbfeld.
pub const DIO_IFF_FARBFELD: DIO_ImageFileFormat = DIO_ImageFileFormat(268);

/// Pixels as stored, the angle reported. Mirrored ones are unmirrored by a horizontal flip, which leaves a pure angle.
pub const DIO_ORIENTATION_REPORT: DIO_OrientationMode = DIO_OrientationMode(0);
/// Upright pixels, angle 0.
pub const DIO_ORIENTATION_APPLY: DIO_OrientationMode = DIO_OrientationMode(1);

/// Damage is an error.
pub const DIO_TOLERANCE_STRICT: DIO_Tolerance = DIO_Tolerance(0);
/// The rows that could be read, and a warning on the image; rows that could not are zero bytes.
pub const DIO_TOLERANCE_RECOVER: DIO_Tolerance = DIO_Tolerance(1);

/// ICC profile.
pub const DIO_METADATA_ICC: DIO_MetadataKind = DIO_MetadataKind(0);
/// EXIF: a TIFF structure that begins with `II` or `MM`, without the `Exif\0\0` of JPEG.
pub const DIO_METADATA_EXIF: DIO_MetadataKind = DIO_MetadataKind(1);
/// XMP packet: UTF-8 text, not terminated.
pub const DIO_METADATA_XMP: DIO_MetadataKind = DIO_MetadataKind(2);

/// It goes into the file where the format can hold it and it still describes the pixels.
pub const DIO_POLICY_KEEP: DIO_MetadataPolicy = DIO_MetadataPolicy(0);
/// It does not go into the file.
pub const DIO_POLICY_STRIP: DIO_MetadataPolicy = DIO_MetadataPolicy(1);

/// Chroma at half the width and half the height.
pub const DIO_SUBSAMPLING_420: DIO_Subsampling = DIO_Subsampling(0);
/// Chroma at half the width.
pub const DIO_SUBSAMPLING_422: DIO_Subsampling = DIO_Subsampling(1);
/// Chroma at full size.
pub const DIO_SUBSAMPLING_444: DIO_Subsampling = DIO_Subsampling(2);

/// G4 for bilevel pixels, LZW for others.
pub const DIO_COMPRESSION_AUTO: DIO_Compression = DIO_Compression(0);
/// None.
pub const DIO_COMPRESSION_NONE: DIO_Compression = DIO_Compression(1);
/// CCITT Group 3. Images that are not bilevel are binarized.
pub const DIO_COMPRESSION_G3: DIO_Compression = DIO_Compression(3);
/// CCITT Group 4. Images that are not bilevel are binarized.
pub const DIO_COMPRESSION_G4: DIO_Compression = DIO_Compression(4);
/// LZW.
pub const DIO_COMPRESSION_LZW: DIO_Compression = DIO_Compression(5);
/// JPEG, with the quality and subsampling of the options; 8 bits, no alpha.
pub const DIO_COMPRESSION_JPEG: DIO_Compression = DIO_Compression(7);
/// Deflate.
pub const DIO_COMPRESSION_DEFLATE: DIO_Compression = DIO_Compression(8);
/// PackBits.
pub const DIO_COMPRESSION_PACKBITS: DIO_Compression = DIO_Compression(32773);
/// Zstandard.
pub const DIO_COMPRESSION_ZSTD: DIO_Compression = DIO_Compression(50000);

/// A threshold for the whole image that parts its grays best (Otsu).
pub const DIO_BINARIZE_OTSU: DIO_BinarizeMethod = DIO_BinarizeMethod(0);
/// The threshold of the options.
pub const DIO_BINARIZE_THRESHOLD: DIO_BinarizeMethod = DIO_BinarizeMethod(1);
/// A threshold for each pixel from mean and deviation around it (Sauvola): for uneven light.
pub const DIO_BINARIZE_SAUVOLA: DIO_BinarizeMethod = DIO_BinarizeMethod(2);
/// Dots that keep the shades: the error of each pixel is handed on to its neighbours (Floyd and Steinberg).
pub const DIO_BINARIZE_FLOYD_STEINBERG: DIO_BinarizeMethod = DIO_BinarizeMethod(3);

/// Where they help: with LZW, Deflate and Zstandard, for samples of 8 and 16 bits.
pub const DIO_PREDICTOR_AUTO: DIO_Predictor = DIO_Predictor(0);
/// Samples as they are.
pub const DIO_PREDICTOR_NONE: DIO_Predictor = DIO_Predictor(1);
/// Differences to the sample on the left.
pub const DIO_PREDICTOR_HORIZONTAL: DIO_Predictor = DIO_Predictor(2);

/// Lossless: G4 for bilevel pixels, Flate for others.
pub const DIO_ENCODING_AUTO: DIO_PdfEncoding = DIO_PdfEncoding(0);
/// JPEG with the quality and subsampling of the options; bilevel pixels G4.
pub const DIO_ENCODING_JPEG: DIO_PdfEncoding = DIO_PdfEncoding(1);

/// That of the image by its resolution, and the margins around it.
pub const DIO_PAGE_AUTO: DIO_PageSize = DIO_PageSize(0);
/// The width and height of the options, as they are.
pub const DIO_PAGE_CUSTOM: DIO_PageSize = DIO_PageSize(1);
/// ISO A3, 297 x 420 mm.
pub const DIO_PAGE_A3: DIO_PageSize = DIO_PageSize(2);
/// ISO A4, 210 x 297 mm.
pub const DIO_PAGE_A4: DIO_PageSize = DIO_PageSize(3);
/// ISO A5, 148 x 210 mm.
pub const DIO_PAGE_A5: DIO_PageSize = DIO_PageSize(4);
/// US Letter, 8.5 x 11 inches.
pub const DIO_PAGE_LETTER: DIO_PageSize = DIO_PageSize(5);
/// US Legal, 8.5 x 14 inches.
pub const DIO_PAGE_LEGAL: DIO_PageSize = DIO_PageSize(6);

/// As large as it can be as a whole.
pub const DIO_FIT_INSIDE: DIO_PageFit = DIO_PageFit(0);
/// As large as its resolution says, smaller where that is too large.
pub const DIO_FIT_SHRINK: DIO_PageFit = DIO_PageFit(1);
/// So large that nothing is left free; what hangs over is cut off.
pub const DIO_FIT_COVER: DIO_PageFit = DIO_PageFit(2);
/// Drawn out to all of it.
pub const DIO_FIT_STRETCH: DIO_PageFit = DIO_PageFit(3);

/// PDF itself, ISO 32000-1.
pub const DIO_STANDARD_PDF: DIO_PdfStandard = DIO_PdfStandard(0);
/// PDF/A-2b, ISO 19005-2: for archives. Inks need an ICC profile; the XMP of images is left out, and so are profiles that
/// the standard does not know.
pub const DIO_STANDARD_PDFA_2B: DIO_PdfStandard = DIO_PdfStandard(1);

/// A page that is one scan: its image as it is stored, upright, with its true resolution. Other pages are drawn.
pub const DIO_PDF_AUTO: DIO_PdfMode = DIO_PdfMode(0);
/// Every page is drawn.
pub const DIO_PDF_RENDER: DIO_PdfMode = DIO_PdfMode(1);
/// An image of the page as it is stored.
pub const DIO_PDF_EXTRACT: DIO_PdfMode = DIO_PdfMode(2);

/// What viewers show.
pub const DIO_BOX_CROP: DIO_PdfBox = DIO_PdfBox(0);
/// The sheet.
pub const DIO_BOX_MEDIA: DIO_PdfBox = DIO_PdfBox(1);
/// The sheet as it is cut in the end. This and the next ones are the crop box where the page does not state them.
pub const DIO_BOX_TRIM: DIO_PdfBox = DIO_PdfBox(2);
/// What is printed before the sheet is cut.
pub const DIO_BOX_BLEED: DIO_PdfBox = DIO_PdfBox(3);
/// What the author had in mind.
pub const DIO_BOX_ART: DIO_PdfBox = DIO_PdfBox(4);

/// Pixels that the file stores.
pub const DIO_SOURCE_STORED: DIO_PageSource = DIO_PageSource(0);
/// A PDF page that is one scanned image.
pub const DIO_SOURCE_SCAN: DIO_PageSource = DIO_PageSource(1);
/// A PDF page that is drawn.
pub const DIO_SOURCE_DRAWN: DIO_PageSource = DIO_PageSource(2);

#[cfg(test)]
mod tests {
    use super::*;
    use safer_ffi::layout::ReprC;

    use crate::format::FileFormat;
    use crate::pixel::PixelFormat;

    /// Compiles only while every value that crosses by copy has a C layout.
    #[test]
    fn numbers_have_a_c_layout() {
        fn crosses_by_value<T: ReprC>() {}
        crosses_by_value::<DIO_ImagePixelFormat>();
        crosses_by_value::<DIO_ImageFileFormat>();
        crosses_by_value::<DIO_OrientationMode>();
        crosses_by_value::<DIO_Tolerance>();
        crosses_by_value::<DIO_MetadataKind>();
        crosses_by_value::<DIO_MetadataPolicy>();
        crosses_by_value::<DIO_Subsampling>();
        crosses_by_value::<DIO_Compression>();
        crosses_by_value::<DIO_PdfEncoding>();
        crosses_by_value::<DIO_PdfMode>();
        crosses_by_value::<DIO_PdfBox>();
        crosses_by_value::<DIO_PageSource>();
    }

    #[test]
    fn numbers_are_those_of_the_rust_enums() {
        assert_eq!(PixelFormat::from_number(DIO_IPF_NV12.0), Some(PixelFormat::Nv12));
        assert_eq!(PixelFormat::from_number(DIO_IPF_BGR_888.0), Some(PixelFormat::Bgr888));
        assert_eq!(PixelFormat::from_number(DIO_IPF_CMYK_8888.0), Some(PixelFormat::Cmyk8888));
        assert_eq!(FileFormat::from_number(DIO_IFF_FARBFELD.0), Some(FileFormat::Farbfeld));
        assert_eq!(FileFormat::from_number(DIO_IFF_PDF.0), Some(FileFormat::Pdf));
        assert_eq!(PixelFormat::from_number(DIO_IPF_AS_STORED.0), None);
    }
}
