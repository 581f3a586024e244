/*
 * libdio: document image I/O.
 *
 * Generated from src/ffi by tests/header.rs. Do not edit.
 *
 * Errors      Every function that can fail returns a DIO_ErrorCode: 0 is success, negative is failure. Outputs come
 *             last and are written on success only. DIO_GetLastErrorMessage says in words what this thread's last
 *             failed call met; a successful call leaves it alone.
 * Ownership   Images, readers and writers are opaque. Whoever receives one frees it once: DIO_FreeImageData,
 *             DIO_FreeReader, DIO_FreeWriter; bytes and text that a function returned with DIO_FreeBytes. Every free
 *             function accepts NULL. What a getter lends lives until the image is freed or the same thing is set.
 *             DIO_ImageDataRetain makes one more owner of an image: each frees it once, and the last one really does.
 * NULL        NULL for a required pointer is DIO_EC_NULL_POINTER, and the message names the argument. NULL options
 *             mean the defaults. (NULL, 0) is an empty input.
 * Structs     Each begins with its size, which the caller sets, so that structs can grow: nothing beyond it is read or
 *             written. Fields that an older caller does not have take their defaults; an options struct of a later
 *             version that sets fields unknown here is DIO_EC_OPTIONS_TOO_NEW. In all of them: reserved fields are zero.
 * Numbers     Enumerations are int32_t and checked: an unknown number is DIO_EC_PARAMETER_VALUE_INVALID, and the message
 *             names the argument or field.
 * Threads     There is no global state and no initialisation, but for PDFium where a caller asks for it. A handle is used
 *             by one thread at a time, a const one by any number; different handles never disturb each other. Owners of
 *             one image may be in different threads: while there are several it cannot be changed. Callbacks run on the
 *             calling thread only.
 * Pixels      Rows run top to bottom. The comments of DIO_IPF_... give the bytes of a pixel, low address first; samples
 *             of 16 bits are native-endian.
 * Limits      Are on by default, per call, and can be raised in DIO_ReadOptions. DIO_EC_LIMIT_EXCEEDED names the limit,
 *             its value and the value needed.
 * Paths       UTF-8 on Windows, the file system's own bytes elsewhere.
 */

#ifndef DIO_H
#define DIO_H

#include <stddef.h>
#include <stdint.h>

#define DIO_VERSION_MAJOR 0
#define DIO_VERSION_MINOR 1
#define DIO_VERSION_PATCH 0

/* Marks what the library exports. */
#if defined(_WIN32)
#  define DIO_API __declspec(dllimport)
#else
#  define DIO_API
#endif

/* The defaults of DIO_ReadOptions, for static initialisation. */
#define DIO_READ_OPTIONS_INIT \
    { \
        sizeof(DIO_ReadOptions), 0, DIO_IPF_AS_STORED, DIO_ORIENTATION_REPORT, DIO_TOLERANCE_STRICT, 0, 300.0, 0.0, \
            65535, 65535, (uint64_t)1 << 30, (uint64_t)1 << 31, 10000, (uint64_t)1 << 24, UINT64_MAX, NULL, NULL, NULL, \
            DIO_PDF_AUTO, 0, DIO_BOX_CROP, 0xFFFFFFFF, 1, 0, 0, 0, 0, 0, 0, 0, NULL, 0, NULL, NULL, 0, 0 \
    }

/* The defaults of DIO_SaveOptions, for static initialisation. */
#define DIO_SAVE_OPTIONS_INIT \
    { \
        sizeof(DIO_SaveOptions), DIO_IFF_AUTO, 90, DIO_SUBSAMPLING_420, 0, 6, DIO_COMPRESSION_AUTO, \
            DIO_ENCODING_AUTO, DIO_POLICY_KEEP, DIO_POLICY_KEEP, DIO_POLICY_KEEP, 0xFFFFFF, \
            DIO_PREDICTOR_AUTO, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0.0, 0.0, NULL, NULL, NULL, NULL, NULL, \
            0, 0 \
    }

/* The defaults of DIO_BinarizeOptions, for static initialisation. */
#define DIO_BINARIZE_OPTIONS_INIT \
    { \
        sizeof(DIO_BinarizeOptions), DIO_BINARIZE_OTSU, 128, 0, 0.34 \
    }

/* The defaults of DIO_PdfOptions, for static initialisation. */
#define DIO_PDF_OPTIONS_INIT \
    { \
        sizeof(DIO_PdfOptions), DIO_PAGE_AUTO, DIO_FIT_INSIDE, DIO_STANDARD_PDF, 0.0, 0.0, 0.0, \
            NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0 \
    }

/**
 * An image in memory: pixels and what is known about them.
 *
 * Whoever receives one frees it once with `DIO_FreeImageData`; `DIO_ImageDataRetain` gives it one more owner. Functions
 * that take a `const` image may run in many threads at once; those that change one run alone, and for a sole owner only.
 */
typedef struct DIO_ImageData DIO_ImageData;

/**
 * An open file whose pages are read one by one, in any order.
 *
 * Used by one thread at a time and freed once with `DIO_FreeReader`. Different readers never disturb each other.
 */
typedef struct DIO_Reader DIO_Reader;

/**
 * A document that is being written, page by page.
 *
 * Used by one thread at a time and freed once with `DIO_FreeWriter`, finished or not. Different writers never disturb
 * each other.
 */
typedef struct DIO_Writer DIO_Writer;

/**
 * Result of every call that can fail: 0 is success, negative is failure.
 *
 * `DIO_GetErrorString` says what a code means, `DIO_GetLastErrorMessage` what happened.
 */
typedef int32_t DIO_ErrorCode;

/**
 * How pixels lie in memory: `DIO_IPF_...`.
 *
 * The comments give the bytes of a pixel, low address first, and the least stride of a row of `w` pixels.
 * Rows run top to bottom, `stride` bytes apart; a buffer holds at least `stride * (rows - 1)` bytes plus the least
 * stride. 16-bit samples are native-endian. Reads return rows of the least stride. The spare bits of a 1-bit row are
 * zero when written and ignored when read.
 */
typedef int32_t DIO_ImagePixelFormat;

/**
 * What a read does about the orientation that a file states: `DIO_ORIENTATION_...`.
 */
typedef int32_t DIO_OrientationMode;

/**
 * What a read does about damage: `DIO_TOLERANCE_...`.
 */
typedef int32_t DIO_Tolerance;

/**
 * Told that `done` of `total` units of work are behind the call (`total` is 0 while it is not known); non-zero cancels
 * with `DIO_EC_CANCELLED`. Runs on the calling thread only.
 */
typedef int32_t (*DIO_ProgressFn)(void *user, uint64_t done, uint64_t total);

/**
 * What is read of a page of a PDF: `DIO_PDF_...`.
 */
typedef int32_t DIO_PdfMode;

/**
 * What of a page of a PDF is shown: `DIO_BOX_...`.
 */
typedef int32_t DIO_PdfBox;

/**
 * A font file in memory: TrueType, OpenType, a collection of them, Type 1 or bare CFF.
 */
typedef struct DIO_Font {
    /**
     * `sizeof(DIO_Font)`, the same for all fonts of an array.
     */
    uint32_t struct_size;
    /**
     * Must be 0.
     */
    uint32_t reserved;
    /**
     * The bytes of the file.
     */
    const uint8_t *bytes;
    /**
     * How many they are.
     */
    size_t size;
} DIO_Font;

/**
 * How to read. Set to the defaults with `DIO_ReadOptions_Init` or `DIO_READ_OPTIONS_INIT`, then change fields.
 *
 * NULL instead of a pointer to it means the defaults. The struct is copied; strings are, too.
 */
typedef struct DIO_ReadOptions {
    /**
     * `sizeof(DIO_ReadOptions)`.
     */
    uint32_t struct_size;
    /**
     * The page, from 0, that the one-call functions and probes read. Default 0.
     */
    uint32_t page;
    /**
     * The pixel format of what is returned. Default `DIO_IPF_AS_STORED`.
     */
    DIO_ImagePixelFormat pixel_format;
    /**
     * What is done about the orientation. Default `DIO_ORIENTATION_REPORT`.
     */
    DIO_OrientationMode orientation;
    /**
     * What is done about damage. Default `DIO_TOLERANCE_STRICT`.
     */
    DIO_Tolerance tolerance;
    /**
     * Threads that may work at a time within the call, up to 256: TIFF uses them for strips and tiles, JPEG between
     * restart markers, two of them where there are none, and all for the pixels of progressive pictures. Streams are read
     * by the calling thread. Default 0: that one alone. The result is the same for any number.
     */
    uint32_t threads;
    /**
     * Dots per inch that PDF pages are drawn at, 100 to 3000. Default 300.
     */
    double dpi;
    /**
     * Dots per inch that are reported for files that state none, 0 to 1000000. Default 0: left unstated.
     */
    double fallback_dpi;
    /**
     * Most pixels per row. This and the next fields: 0 means the default, UINT64_MAX no limit. Default 65535.
     */
    uint64_t max_width;
    /**
     * Most rows. Default 65535.
     */
    uint64_t max_height;
    /**
     * Most pixels of a page. Default 2^30.
     */
    uint64_t max_pixels;
    /**
     * Most bytes that the call holds at one time: pixels, work space and buffered input. Default 2^31.
     */
    uint64_t max_memory;
    /**
     * Most pages of a document. Default 10000.
     */
    uint64_t max_pages;
    /**
     * Most bytes of each kind of metadata. Default 2^24.
     */
    uint64_t max_metadata;
    /**
     * Milliseconds until the call gives up with `DIO_EC_TIMEOUT`. Checked between blocks of input and rows of output, so that
     * a call ends within 100 ms; a PDF page that is drawn may take longer.
     * Default: no deadline.
     */
    uint64_t deadline_ms;
    /**
     * Password of an encrypted PDF, UTF-8. Default NULL: none.
     */
    const char *password;
    /**
     * Told how far the call is. Default NULL.
     */
    DIO_ProgressFn progress;
    /**
     * Passed to `progress`.
     */
    void *progress_user;
    /**
     * PDF: what is read of a page. Default `DIO_PDF_AUTO`.
     */
    DIO_PdfMode pdf_mode;
    /**
     * PDF: which image of the page `DIO_PDF_EXTRACT` reads, from 0, in the order in which they are drawn; past the last one
     * is `DIO_EC_INDEX_INVALID`. Default 0.
     */
    uint32_t pdf_image;
    /**
     * PDF: what of a page is shown. Default `DIO_BOX_CROP`. To draw what lies outside of the crop box is
     * `DIO_EC_FEATURE_NOT_SUPPORTED`.
     */
    DIO_PdfBox pdf_box;
    /**
     * PDF: what pages are drawn on, `0xAARRGGBB` with an alpha of 0xFF, or 0 for nothing: pixels are transparent then, and
     * `DIO_IPF_ARGB_8888` as stored. Default white, 0xFFFFFFFF.
     */
    uint32_t pdf_background;
    /**
     * PDF: 1 draws annotations and form fields, 0 leaves them out. Default 1.
     */
    int32_t annotations;
    /**
     * Pixels of the longer side of a PDF page that is drawn, instead of `dpi`. A scan with more is drawn, too, unless a region of it is asked for. Other
     * pages with more are reduced: each new pixel is the mean of those that it covers, so that black and white becomes gray
     * (`DIO_IPF_GRAYSCALED` as stored), and dots per inch follow. Default 0: pages keep their size.
     */
    uint32_t max_side;
    /**
     * How many pixels across and down become one, 1, 2, 4 or 8, in the same way; sides are rounded up. Comes before
     * `max_side`. PDF pages are drawn at fewer dots per inch; of JPEG luma and chroma are averaged, which takes less time
     * than the whole picture. Default 0, which means 1.
     */
    uint32_t scale;
    /**
     * Columns before the region that is read of the page. The region is in pixels of the page as it is returned without
     * `scale` and `max_side`; one that is not within it is `DIO_EC_PARAMETER_VALUE_INVALID`. Of a PDF page that is drawn,
     * nothing else is made. Default 0.
     */
    uint32_t region_x;
    /**
     * Rows before the region. Default 0.
     */
    uint32_t region_y;
    /**
     * Columns of the region. Default 0, as the rows: all of the page.
     */
    uint32_t region_width;
    /**
     * Rows of the region. Default 0.
     */
    uint32_t region_height;
    /**
     * PDF: 1 looks at the fonts of the operating system after those lent with `fonts` and `font_folder`, so that pages may
     * look different elsewhere. Default 0.
     */
    int32_t system_fonts;
    /**
     * PDF: fonts for texts whose own is not embedded, by name, and for characters that the built-in fonts lack (those are
     * for western European languages). They are copied. Default NULL: none.
     */
    const struct DIO_Font *fonts;
    /**
     * How many fonts there are. Default 0.
     */
    size_t font_count;
    /**
     * PDF: a folder of font files, with those within it, which are looked at after `fonts`. Default NULL: none.
     */
    const char *font_folder;
    /**
     * PDF, where `pdf_engine` is 1: the PDFium library, UTF-8 on Windows, or the folder that has it under its usual name
     * (`libpdfium.so`, `pdfium.dll`, `libpdfium.dylib`). Default NULL: the operating system finds it, or the one that is
     * loaded is used. It is looked for when the first page is drawn and stays loaded; another one in the same process is
     * `DIO_EC_PARAMETER_VALUE_INVALID`. None there is `DIO_EC_PDF_DLL_MISSING`, one that does not load or lacks functions
     * `DIO_EC_PDF_LIBRARY_LOAD_FAILED`.
     */
    const char *pdfium_path;
    /**
     * PDF: what draws pages: 0 the engine in the library, 1 PDFium, which the caller brings. It is foreign code in the
     * process, whose memory no limit counts; one page is drawn at a time in a process. `fonts` and `font_folder` are
     * `DIO_EC_FEATURE_NOT_SUPPORTED` with it. Default 0.
     */
    int32_t pdf_engine;
    /**
     * Must be 0.
     */
    uint32_t reserved;
} DIO_ReadOptions;

/**
 * A file format: `DIO_IFF_...`.
 */
typedef int32_t DIO_ImageFileFormat;

/**
 * What decides which pixels of an image become white: `DIO_BINARIZE_...`.
 */
typedef int32_t DIO_BinarizeMethod;

/**
 * How an image becomes black and white. Set to the defaults with `DIO_BinarizeOptions_Init` or
 * `DIO_BINARIZE_OPTIONS_INIT`, then change fields.
 */
typedef struct DIO_BinarizeOptions {
    /**
     * `sizeof(DIO_BinarizeOptions)`.
     */
    uint32_t struct_size;
    /**
     * What decides which pixels become white. Default `DIO_BINARIZE_OTSU`.
     */
    DIO_BinarizeMethod method;
    /**
     * Gray from which on a pixel is white, 0 to 255, for `DIO_BINARIZE_THRESHOLD` and `DIO_BINARIZE_FLOYD_STEINBERG`.
     * Default 128.
     */
    int32_t threshold;
    /**
     * Pixels of a side of the window of `DIO_BINARIZE_SAUVOLA`, 3 to 1023, made odd. Default 0: a tenth of an inch, or
     * 31 where the image states no resolution.
     */
    uint32_t window;
    /**
     * Weight of the deviation in `DIO_BINARIZE_SAUVOLA`, 0 to 1. Default 0.34.
     */
    double k;
} DIO_BinarizeOptions;

/**
 * A kind of metadata: `DIO_METADATA_...`.
 */
typedef int32_t DIO_MetadataKind;

/**
 * The size of a PDF page: `DIO_PAGE_...`. Sheets lie if the image is wider than high.
 */
typedef int32_t DIO_PageSize;

/**
 * How an image lies on a PDF page of a given size: `DIO_FIT_...`.
 */
typedef int32_t DIO_PageFit;

/**
 * A standard that a PDF document keeps to: `DIO_STANDARD_...`.
 */
typedef int32_t DIO_PdfStandard;

/**
 * A word on a page, which is found and copied but not seen: where the image, as it is shown, has it. What OCR finds.
 */
typedef struct DIO_TextWord {
    /**
     * `sizeof(DIO_TextWord)`, the same for all words of a page.
     */
    uint32_t struct_size;
    /**
     * Degrees that the word is turned clockwise: 0, 90, 180 or 270.
     */
    int32_t angle;
    /**
     * The word, UTF-8.
     */
    const char *text;
    /**
     * Pixels from the left edge of the upright image to where it begins.
     */
    double left;
    /**
     * Pixels from the upper edge to where it begins.
     */
    double top;
    /**
     * Pixels from the left edge to where it ends.
     */
    double right;
    /**
     * Pixels from the upper edge to where it ends.
     */
    double bottom;
} DIO_TextWord;

/**
 * How PDF documents and their pages are made. Set to the defaults with `DIO_PdfOptions_Init` or
 * `DIO_PDF_OPTIONS_INIT`, then change fields.
 */
typedef struct DIO_PdfOptions {
    /**
     * `sizeof(DIO_PdfOptions)`.
     */
    uint32_t struct_size;
    /**
     * The size of the page. Default `DIO_PAGE_AUTO`: that of the image by its resolution, and the margins around it.
     */
    DIO_PageSize page_size;
    /**
     * How the image lies on a page of a given size, in the middle of what the margins leave. Default `DIO_FIT_INSIDE`.
     */
    DIO_PageFit page_fit;
    /**
     * The standard that the document keeps to, for the options that it is opened with. Default `DIO_STANDARD_PDF`.
     */
    DIO_PdfStandard standard;
    /**
     * Points (1/72 inch) across the page as it is shown, 3 to 14400, for `DIO_PAGE_CUSTOM`. Default 0.
     */
    double page_width;
    /**
     * Points down the page as it is shown, 3 to 14400, for `DIO_PAGE_CUSTOM`. Default 0.
     */
    double page_height;
    /**
     * Points that are left free at each edge of the page, below 7200. Default 0.
     */
    double margin;
    /**
     * The title of the document. This and the next texts are UTF-8, written for the options that a document is opened
     * with, into its information and its XMP. Default NULL: none.
     */
    const char *title;
    /**
     * Who wrote it. Default NULL: not stated.
     */
    const char *author;
    /**
     * What it is about. Default NULL: not stated.
     */
    const char *subject;
    /**
     * Words to find it by. Default NULL: not stated.
     */
    const char *keywords;
    /**
     * The program that made what became a PDF. Default NULL: not stated.
     */
    const char *creator;
    /**
     * The program that made the PDF. Default NULL: `libdio`.
     */
    const char *producer;
    /**
     * What is written on the page, invisibly, for programs that search and copy. Default NULL: nothing.
     */
    const struct DIO_TextWord *words;
    /**
     * How many words there are. Default 0.
     */
    size_t word_count;
} DIO_PdfOptions;

/**
 * Chroma subsampling of a JPEG: `DIO_SUBSAMPLING_...`.
 */
typedef int32_t DIO_Subsampling;

/**
 * Compression of a TIFF: `DIO_COMPRESSION_...`, the numbers of the Compression tag.
 */
typedef int32_t DIO_Compression;

/**
 * How the image of a PDF page is compressed: `DIO_ENCODING_...`.
 */
typedef int32_t DIO_PdfEncoding;

/**
 * Whether a save writes a kind of metadata: `DIO_POLICY_...`.
 */
typedef int32_t DIO_MetadataPolicy;

/**
 * Whether differences of neighbouring samples are compressed in a TIFF: `DIO_PREDICTOR_...`.
 */
typedef int32_t DIO_Predictor;

/**
 * How to save. Set to the defaults with `DIO_SaveOptions_Init` or `DIO_SAVE_OPTIONS_INIT`, then change fields.
 *
 * NULL instead of a pointer to it means the defaults. The struct is copied; what it points to is, too. Options of formats other than the one
 * that is written have no effect.
 */
typedef struct DIO_SaveOptions {
    /**
     * `sizeof(DIO_SaveOptions)`.
     */
    uint32_t struct_size;
    /**
     * The format of the file. Default `DIO_IFF_AUTO`: the extension decides.
     */
    DIO_ImageFileFormat format;
    /**
     * JPEG quality, 1 to 100, on libjpeg's scale. Default 90.
     */
    int32_t quality;
    /**
     * JPEG chroma subsampling. Default `DIO_SUBSAMPLING_420`.
     */
    DIO_Subsampling subsampling;
    /**
     * JPEG: 1 makes Huffman tables for the image: smaller and slower. Default 0.
     */
    int32_t optimize;
    /**
     * Deflate effort in PNG, TIFF and PDF, 0 (stored) to 9. Default 6. PNG, and images in PDF, are made fast up to 6, and thoroughly from 7 on. From 7 on PNG stores up to 256 colours as a palette, and grays as such.
     */
    int32_t level;
    /**
     * TIFF compression. Default `DIO_COMPRESSION_AUTO`.
     */
    DIO_Compression compression;
    /**
     * PDF: how the image is compressed. Default `DIO_ENCODING_AUTO`.
     */
    DIO_PdfEncoding encoding;
    /**
     * What happens to the ICC profile. Default `DIO_POLICY_KEEP`.
     */
    DIO_MetadataPolicy icc;
    /**
     * What happens to EXIF. Default `DIO_POLICY_KEEP`.
     */
    DIO_MetadataPolicy exif;
    /**
     * What happens to XMP. Default `DIO_POLICY_KEEP`.
     */
    DIO_MetadataPolicy xmp;
    /**
     * What transparent pixels lie on in formats without alpha: `0xRRGGBB`. Default white, 0xFFFFFF.
     */
    uint32_t background;
    /**
     * TIFF: whether differences of neighbours are compressed. Default `DIO_PREDICTOR_AUTO`: where they help.
     */
    DIO_Predictor predictor;
    /**
     * TIFF: rows of a strip; with JPEG compression the next multiple of 16. Default 0: chosen by the library.
     */
    uint32_t rows_per_strip;
    /**
     * TIFF: pixels across a tile, a multiple of 16. Default 0: strips.
     */
    uint32_t tile_width;
    /**
     * TIFF: pixels down a tile, a multiple of 16. Default 0: strips.
     */
    uint32_t tile_height;
    /**
     * TIFF: 1 writes BigTIFF, whose files may be longer than 4 GiB. Default 0: where the first page may need it; a document
     * of classic TIFF that gets longer is `DIO_EC_FEATURE_NOT_SUPPORTED`.
     */
    int32_t big_tiff;
    /**
     * TIFF: 1 makes `DIO_COMPRESSION_G3` two-dimensional. Default 0.
     */
    int32_t two_dimensional;
    /**
     * GIF, PNG, TIFF and PDF: the most colours of a palette, 2 to 256. Images that have more get the colours nearest to
     * theirs. Default 0: 256 in GIF, no palette in TIFF, in PDF, and in PNG from level 7 on, one where it loses nothing.
     */
    uint32_t palette;
    /**
     * GIF, PNG, TIFF and PDF: 1 hands the errors of a palette on to neighbouring pixels (Floyd and Steinberg). Default 0.
     */
    int32_t dither;
    /**
     * GIF: milliseconds that the frame shows, up to 655350, in steps of 10. Default 0: 100 in a document.
     */
    uint32_t delay_ms;
    /**
     * GIF: how often a document is played, up to 65536, for the options that it is opened with. Default 0: without end.
     */
    uint32_t loop_count;
    /**
     * Dots per inch across that are written instead of the image's, up to 1000000. Default 0: the image's.
     */
    double dpi_x;
    /**
     * Dots per inch down. Default 0: the image's.
     */
    double dpi_y;
    /**
     * TIFF and PDF: when the file was made, as `YYYY:MM:DD HH:MM:SS`. Default NULL: not stated, so that the same image gives the
     * same bytes.
     */
    const char *date_time;
    /**
     * How the image becomes black and white before it is saved, in any format. Default NULL: it does where
     * `DIO_COMPRESSION_G3` or `DIO_COMPRESSION_G4` asks for it, by the defaults of `DIO_BinarizeOptions`.
     */
    const struct DIO_BinarizeOptions *binarize;
    /**
     * Told how far the call is. Default NULL.
     */
    DIO_ProgressFn progress;
    /**
     * Passed to `progress`.
     */
    void *progress_user;
    /**
     * PDF: pages and documents. Default NULL: the defaults of `DIO_PdfOptions`.
     */
    const struct DIO_PdfOptions *pdf;
    /**
     * Threads that may work at a time within the call, up to 256: PNG uses them for large images, unless `level` is 0.
     * Default 0: the calling thread alone. The file is the same for any number.
     */
    uint32_t threads;
    /**
     * JPEG files: 1 writes progressive ones, the whole picture coarse first and then finer: smaller and slower, with tables
     * made for the image. It takes 3 bytes of memory a pixel or more. Default 0.
     */
    int32_t progressive;
} DIO_SaveOptions;

/**
 * Where pixels lie in the caller's memory.
 */
typedef struct DIO_PixelLayout {
    /**
     * `sizeof(DIO_PixelLayout)`.
     */
    uint32_t struct_size;
    /**
     * Pixels per row.
     */
    uint32_t width;
    /**
     * Rows.
     */
    uint32_t height;
    /**
     * What a pixel is.
     */
    DIO_ImagePixelFormat format;
    /**
     * The clockwise angle by which the pixels are to be turned to stand upright: 0, 90, 180 or 270. Where a function
     * fills the memory: 0, or the angle that the pixels have.
     */
    int32_t orientation;
    /**
     * Zero.
     */
    uint32_t reserved;
    /**
     * Bytes from one row to the next, at least the least stride of the format.
     */
    size_t stride;
    /**
     * Bytes behind the data pointer, at least `stride * (rows - 1)` plus the least stride.
     */
    size_t size;
} DIO_PixelLayout;

/**
 * What kind of page it is: `DIO_SOURCE_...`.
 */
typedef int32_t DIO_PageSource;

/**
 * The facts of a page and of what reading it returns.
 */
typedef struct DIO_ImageInfo {
    /**
     * `sizeof(DIO_ImageInfo)`, set by the caller before the call.
     */
    uint32_t struct_size;
    /**
     * Pixels per row of what a read returns.
     */
    uint32_t width;
    /**
     * Rows of what a read returns.
     */
    uint32_t height;
    /**
     * Pixel format of what a read returns.
     */
    DIO_ImagePixelFormat pixel_format;
    /**
     * Bytes from one row to the next of what a read returns.
     */
    size_t stride;
    /**
     * Bytes of the pixels that a read returns: enough for `DIO_ReaderReadPageInto` with this stride.
     */
    size_t size;
    /**
     * Pixels per row in the file, before orientation.
     */
    uint32_t stored_width;
    /**
     * Rows in the file, before orientation.
     */
    uint32_t stored_height;
    /**
     * Bits of a stored sample.
     */
    uint32_t bits_per_sample;
    /**
     * Stored samples of a pixel.
     */
    uint32_t samples_per_pixel;
    /**
     * The format of the file.
     */
    DIO_ImageFileFormat file_format;
    /**
     * Pages, frames or directories of the file.
     */
    uint32_t page_count;
    /**
     * The clockwise angle that a read reports: 0, 90, 180 or 270.
     */
    int32_t orientation;
    /**
     * Compression as TIFF or BMP number it, else 0.
     */
    uint32_t compression;
    /**
     * Dots per inch across; 0 = not stated.
     */
    double dpi_x;
    /**
     * Dots per inch down; 0 = not stated.
     */
    double dpi_y;
    /**
     * 1 where the page has an ICC profile, else 0.
     */
    int32_t has_icc;
    /**
     * 1 where the page has EXIF, else 0.
     */
    int32_t has_exif;
    /**
     * 1 where the page has XMP, else 0.
     */
    int32_t has_xmp;
    /**
     * 1 where pixels may be transparent, else 0.
     */
    int32_t has_alpha;
    /**
     * 1 where the pages are frames of an animation, else 0.
     */
    int32_t animated;
    /**
     * What kind of page it is.
     */
    DIO_PageSource source;
    /**
     * Milliseconds that a frame of an animation shows; 0 for other pages.
     */
    uint32_t delay_ms;
    /**
     * How often an animation is played; 0 without end, and for other files.
     */
    uint32_t loop_count;
    /**
     * PDF: images of the page with `DIO_PDF_EXTRACT`, 1 for a scan with `DIO_PDF_AUTO`; else 0.
     */
    uint32_t images;
    /**
     * 1 where the file is encrypted, else 0.
     */
    int32_t encrypted;
} DIO_ImageInfo;

/**
 * Reads up to `n` bytes to `to`: how many were read, 0 at the end, negative on failure.
 */
typedef int64_t (*DIO_ReadFn)(void *user, uint8_t *to, size_t n);

/**
 * Writes up to `n` bytes from `from`: how many were written, negative on failure.
 */
typedef int64_t (*DIO_WriteFn)(void *user, const uint8_t *from, size_t n);

/**
 * Moves to `offset` from the start (`whence` 0), the current position (1) or the end (2): the new position from the
 * start, negative on failure.
 */
typedef int64_t (*DIO_SeekFn)(void *user, int64_t offset, int32_t whence);

/**
 * A stream of the caller's. The struct is copied; the callbacks run on the calling thread only, while a function that
 * was given the stream, or a handle that was made from it, runs.
 */
typedef struct DIO_Stream {
    /**
     * `sizeof(DIO_Stream)`.
     */
    uint32_t struct_size;
    /**
     * Zero. Fills the gap before the pointer; not looked at.
     */
    uint32_t reserved;
    /**
     * Passed to the callbacks.
     */
    void *user;
    /**
     * Needed for reading, else NULL.
     */
    DIO_ReadFn read;
    /**
     * Needed for writing, else NULL.
     */
    DIO_WriteFn write;
    /**
     * May be NULL: then what is read is read to its end first, and what is written holds a page in memory where the
     * format makes it look back. The file begins where the stream stands.
     */
    DIO_SeekFn seek;
} DIO_Stream;

/**
 * What the library can do with a format.
 */
typedef struct DIO_FormatInfo {
    /**
     * `sizeof(DIO_FormatInfo)`, set by the caller before the call.
     */
    uint32_t struct_size;
    /**
     * The format asked for.
     */
    DIO_ImageFileFormat format;
    /**
     * 1 where this build reads it, else 0.
     */
    int32_t can_read;
    /**
     * 1 where this build writes it, else 0.
     */
    int32_t can_write;
    /**
     * 1 where files may hold more than one page, else 0.
     */
    int32_t multi_page;
    /**
     * 1 where dots per inch are written, else 0.
     */
    int32_t stores_resolution;
    /**
     * 1 where the orientation is written as a tag; else the pixels are turned before they are written.
     */
    int32_t stores_orientation;
    /**
     * 1 where ICC profiles are written, else 0.
     */
    int32_t stores_icc;
    /**
     * 1 where EXIF is written, else 0.
     */
    int32_t stores_exif;
    /**
     * 1 where XMP is written, else 0.
     */
    int32_t stores_xmp;
    /**
     * Short name, such as `PNG`; ends with a zero byte.
     */
    char name[16];
    /**
     * File name endings in lower case, separated by commas, the preferred one first; ends with a zero byte.
     */
    char extensions[64];
    /**
     * Internet media type, such as `image/png`; ends with a zero byte.
     */
    char media_type[64];
} DIO_FormatInfo;

/**
 * Told that the library is done with the pixels at `data`, which were lent to it with `DIO_WrapPixels`. Runs on the
 * thread that frees the image last, within `DIO_FreeImageData`.
 */
typedef void (*DIO_ReleaseFn)(void *user, void *data);

/**
 * Success.
 */
#define DIO_EC_OK 0

/**
 * Nothing below fits.
 */
#define DIO_EC_UNKNOWN (-10000)

/**
 * An allocation failed.
 */
#define DIO_EC_NO_MEMORY (-10001)

/**
 * A required pointer is NULL; the message names the argument.
 */
#define DIO_EC_NULL_POINTER (-10002)

/**
 * No such file, or it is a directory, or it may not be opened.
 */
#define DIO_EC_FILE_NOT_FOUND (-10005)

/**
 * Content of no known format, empty input, or an extension that cannot be written.
 */
#define DIO_EC_FILE_TYPE_NOT_SUPPORTED (-10006)

/**
 * A sample depth or layout that the codec does not handle.
 */
#define DIO_EC_BPP_NOT_SUPPORTED (-10007)

/**
 * An index other than a page's is out of range.
 */
#define DIO_EC_INDEX_INVALID (-10008)

/**
 * Damaged or truncated image (JPEG, PNG, BMP, GIF, ...).
 */
#define DIO_EC_IMAGE_READ_FAILED (-10012)

/**
 * Damaged or truncated TIFF.
 */
#define DIO_EC_TIFF_READ_FAILED (-10013)

/**
 * Damaged or truncated PDF.
 */
#define DIO_EC_PDF_READ_FAILED (-10021)

/**
 * An external PDF engine was asked for and cannot be loaded.
 */
#define DIO_EC_PDF_DLL_MISSING (-10022)

/**
 * Page index out of range; the message says how many there are.
 */
#define DIO_EC_PAGE_NUMBER_INVALID (-10023)

/**
 * The deadline of the call passed.
 */
#define DIO_EC_TIMEOUT (-10026)

/**
 * An option or argument out of range; the message names it.
 */
#define DIO_EC_PARAMETER_VALUE_INVALID (-10038)

/**
 * Writing failed after the file was created (disk full, ...): the old file is untouched.
 */
#define DIO_EC_FILE_SAVE_FAILED (-10058)

/**
 * Orientation is not 0, 90, 180 or 270.
 */
#define DIO_EC_IMAGE_ORIENTATION_INVALID (-10060)

/**
 * A second page for a format that holds one.
 */
#define DIO_EC_MULTI_PAGES_NOT_SUPPORTED (-10066)

/**
 * The file exists and overwriting is off.
 */
#define DIO_EC_FILE_ALREADY_EXISTS (-10067)

/**
 * The file cannot be created.
 */
#define DIO_EC_CREATE_FILE_FAILED (-10068)

/**
 * Pixels, stride, size and format contradict each other.
 */
#define DIO_EC_IMAGE_DATA_INVALID (-10069)

/**
 * A caller's buffer is of another width or height.
 */
#define DIO_EC_IMAGE_SIZE_NOT_MATCH (-10070)

/**
 * Array shape or type does not fit the pixel format.
 */
#define DIO_EC_IMAGE_PIXEL_FORMAT_NOT_MATCH (-10071)

/**
 * An external PDF engine was found and does not start.
 */
#define DIO_EC_PDF_LIBRARY_LOAD_FAILED (-10075)

/**
 * A limit of the call; the message names it, its value and the value needed.
 */
#define DIO_EC_LIMIT_EXCEEDED (-1001)

/**
 * The progress callback asked to stop.
 */
#define DIO_EC_CANCELLED (-1002)

/**
 * A bug in the library; the arguments are still valid.
 */
#define DIO_EC_INTERNAL (-1003)

/**
 * The caller's buffer is too small; the message names the needed size.
 */
#define DIO_EC_BUFFER_TOO_SMALL (-1004)

/**
 * A valid file or call, but it uses a feature that is not supported; the message names it.
 */
#define DIO_EC_FEATURE_NOT_SUPPORTED (-1005)

/**
 * Encrypted PDF: no password, or the wrong one.
 */
#define DIO_EC_PASSWORD_REQUIRED (-1006)

/**
 * An option struct of a later version sets fields that this one does not know.
 */
#define DIO_EC_OPTIONS_TOO_NEW (-1007)

/**
 * The operating system or a stream callback failed while reading.
 */
#define DIO_EC_IO_FAILED (-1008)

/**
 * As an option only: the format nearest to what the file stores. 1-bit black and white -> BINARY; gray or a palette of grays -> GRAYSCALED, of 9 to 16 bits -> GRAY_16; colour -> RGB_888, with alpha ARGB_8888; more than 8 bits of colour -> RGB_161616, of anything with alpha ARGB_16161616.
 */
#define DIO_IPF_AS_STORED (-1)

/**
 * 1 bit, most significant bit leftmost, 0 = black, 1 = white; ceil(w/8).
 */
#define DIO_IPF_BINARY 0

/**
 * 1 bit, most significant bit leftmost, 0 = white, 1 = black; ceil(w/8).
 */
#define DIO_IPF_BINARYINVERTED 1

/**
 * Y; w.
 */
#define DIO_IPF_GRAYSCALED 2

/**
 * Plane Y (h rows), then ceil(h/2) rows of V,U pairs (4:2:0, BT.601 full range); w rounded up to even.
 */
#define DIO_IPF_NV21 3

/**
 * Little-endian u16: R in bits 15-11, G 10-5, B 4-0; 2w.
 */
#define DIO_IPF_RGB_565 4

/**
 * Little-endian u16: R 14-10, G 9-5, B 4-0, bit 15 ignored; 2w.
 */
#define DIO_IPF_RGB_555 5

/**
 * B, G, R; 3w.
 */
#define DIO_IPF_RGB_888 6

/**
 * B, G, R, A (straight alpha); 4w.
 */
#define DIO_IPF_ARGB_8888 7

/**
 * B, G, R, u16 each; 6w.
 */
#define DIO_IPF_RGB_161616 8

/**
 * B, G, R, A, u16 each (straight alpha); 8w.
 */
#define DIO_IPF_ARGB_16161616 9

/**
 * R, G, B, A (straight alpha); 4w.
 */
#define DIO_IPF_ABGR_8888 10

/**
 * R, G, B, A, u16 each (straight alpha); 8w.
 */
#define DIO_IPF_ABGR_16161616 11

/**
 * R, G, B; 3w.
 */
#define DIO_IPF_BGR_888 12

/**
 * One byte, 0 = black, 255 = white; w.
 */
#define DIO_IPF_BINARY_8 13

/**
 * Plane Y (h rows), then ceil(h/2) rows of U,V pairs (4:2:0, BT.601 full range); w rounded up to even.
 */
#define DIO_IPF_NV12 14

/**
 * One byte, 0 = white, 255 = black; w.
 */
#define DIO_IPF_BINARY_8_INVERTED 15

/**
 * Y, u16; 2w.
 */
#define DIO_IPF_GRAY_16 256

/**
 * C, M, Y, K, 0 = no ink; 4w.
 */
#define DIO_IPF_CMYK_8888 257

/**
 * As an option only: the extension decides.
 */
#define DIO_IFF_AUTO (-1)

/**
 * JPEG.
 */
#define DIO_IFF_JPEG 0

/**
 * PNG.
 */
#define DIO_IFF_PNG 1

/**
 * BMP.
 */
#define DIO_IFF_BMP 2

/**
 * PDF.
 */
#define DIO_IFF_PDF 3

/**
 * TIFF.
 */
#define DIO_IFF_TIFF 256

/**
 * GIF.
 */
#define DIO_IFF_GIF 257

/**
 * WebP.
 */
#define DIO_IFF_WEBP 258

/**
 * PBM, PGM, PPM and PAM.
 */
#define DIO_IFF_PNM 259

/**
 * Truevision TGA.
 */
#define DIO_IFF_TGA 260

/**
 * Windows icon or cursor.
 */
#define DIO_IFF_ICO 261

/**
 * QOI.
 */
#define DIO_IFF_QOI 262

/**
 * Radiance RGBE.
 */
#define DIO_IFF_HDR 263

/**
 * OpenEXR.
 */
#define DIO_IFF_EXR 264

/**
 * AVIF.
 */
#define DIO_IFF_AVIF 265

/**
 * JPEG 2000.
 */
#define DIO_IFF_JP2 266

/**
 * JPEG XL.
 */
#define DIO_IFF_JXL 267

/**
 * farbfeld.
 */
#define DIO_IFF_FARBFELD 268

/**
 * Pixels as stored, the angle reported. Mirrored ones are unmirrored by a horizontal flip, which leaves a pure angle.
 */
#define DIO_ORIENTATION_REPORT 0

/**
 * Upright pixels, angle 0.
 */
#define DIO_ORIENTATION_APPLY 1

/**
 * Damage is an error.
 */
#define DIO_TOLERANCE_STRICT 0

/**
 * The rows that could be read, and a warning on the image; rows that could not are zero bytes.
 */
#define DIO_TOLERANCE_RECOVER 1

/**
 * ICC profile.
 */
#define DIO_METADATA_ICC 0

/**
 * EXIF: a TIFF structure that begins with `II` or `MM`, without the `Exif\0\0` of JPEG.
 */
#define DIO_METADATA_EXIF 1

/**
 * XMP packet: UTF-8 text, not terminated.
 */
#define DIO_METADATA_XMP 2

/**
 * It goes into the file where the format can hold it and it still describes the pixels.
 */
#define DIO_POLICY_KEEP 0

/**
 * It does not go into the file.
 */
#define DIO_POLICY_STRIP 1

/**
 * Chroma at half the width and half the height.
 */
#define DIO_SUBSAMPLING_420 0

/**
 * Chroma at half the width.
 */
#define DIO_SUBSAMPLING_422 1

/**
 * Chroma at full size.
 */
#define DIO_SUBSAMPLING_444 2

/**
 * G4 for bilevel pixels, LZW for others.
 */
#define DIO_COMPRESSION_AUTO 0

/**
 * None.
 */
#define DIO_COMPRESSION_NONE 1

/**
 * CCITT Group 3. Images that are not bilevel are binarized.
 */
#define DIO_COMPRESSION_G3 3

/**
 * CCITT Group 4. Images that are not bilevel are binarized.
 */
#define DIO_COMPRESSION_G4 4

/**
 * LZW.
 */
#define DIO_COMPRESSION_LZW 5

/**
 * JPEG, with the quality and subsampling of the options; 8 bits, no alpha.
 */
#define DIO_COMPRESSION_JPEG 7

/**
 * Deflate.
 */
#define DIO_COMPRESSION_DEFLATE 8

/**
 * PackBits.
 */
#define DIO_COMPRESSION_PACKBITS 32773

/**
 * Zstandard.
 */
#define DIO_COMPRESSION_ZSTD 50000

/**
 * A threshold for the whole image that parts its grays best (Otsu).
 */
#define DIO_BINARIZE_OTSU 0

/**
 * The threshold of the options.
 */
#define DIO_BINARIZE_THRESHOLD 1

/**
 * A threshold for each pixel from mean and deviation around it (Sauvola): for uneven light.
 */
#define DIO_BINARIZE_SAUVOLA 2

/**
 * Dots that keep the shades: the error of each pixel is handed on to its neighbours (Floyd and Steinberg).
 */
#define DIO_BINARIZE_FLOYD_STEINBERG 3

/**
 * Where they help: with LZW, Deflate and Zstandard, for samples of 8 and 16 bits.
 */
#define DIO_PREDICTOR_AUTO 0

/**
 * Samples as they are.
 */
#define DIO_PREDICTOR_NONE 1

/**
 * Differences to the sample on the left.
 */
#define DIO_PREDICTOR_HORIZONTAL 2

/**
 * Lossless: G4 for bilevel pixels, Flate for others.
 */
#define DIO_ENCODING_AUTO 0

/**
 * JPEG with the quality and subsampling of the options; bilevel pixels G4.
 */
#define DIO_ENCODING_JPEG 1

/**
 * That of the image by its resolution, and the margins around it.
 */
#define DIO_PAGE_AUTO 0

/**
 * The width and height of the options, as they are.
 */
#define DIO_PAGE_CUSTOM 1

/**
 * ISO A3, 297 x 420 mm.
 */
#define DIO_PAGE_A3 2

/**
 * ISO A4, 210 x 297 mm.
 */
#define DIO_PAGE_A4 3

/**
 * ISO A5, 148 x 210 mm.
 */
#define DIO_PAGE_A5 4

/**
 * US Letter, 8.5 x 11 inches.
 */
#define DIO_PAGE_LETTER 5

/**
 * US Legal, 8.5 x 14 inches.
 */
#define DIO_PAGE_LEGAL 6

/**
 * As large as it can be as a whole.
 */
#define DIO_FIT_INSIDE 0

/**
 * As large as its resolution says, smaller where that is too large.
 */
#define DIO_FIT_SHRINK 1

/**
 * So large that nothing is left free; what hangs over is cut off.
 */
#define DIO_FIT_COVER 2

/**
 * Drawn out to all of it.
 */
#define DIO_FIT_STRETCH 3

/**
 * PDF itself, ISO 32000-1.
 */
#define DIO_STANDARD_PDF 0

/**
 * PDF/A-2b, ISO 19005-2: for archives. Inks need an ICC profile; the XMP of images is left out, and so are profiles that
 * the standard does not know.
 */
#define DIO_STANDARD_PDFA_2B 1

/**
 * A page that is one scan: its image as it is stored, upright, with its true resolution. Other pages are drawn.
 */
#define DIO_PDF_AUTO 0

/**
 * Every page is drawn.
 */
#define DIO_PDF_RENDER 1

/**
 * An image of the page as it is stored.
 */
#define DIO_PDF_EXTRACT 2

/**
 * What viewers show.
 */
#define DIO_BOX_CROP 0

/**
 * The sheet.
 */
#define DIO_BOX_MEDIA 1

/**
 * The sheet as it is cut in the end. This and the next ones are the crop box where the page does not state them.
 */
#define DIO_BOX_TRIM 2

/**
 * What is printed before the sheet is cut.
 */
#define DIO_BOX_BLEED 3

/**
 * What the author had in mind.
 */
#define DIO_BOX_ART 4

/**
 * Pixels that the file stores.
 */
#define DIO_SOURCE_STORED 0

/**
 * A PDF page that is one scanned image.
 */
#define DIO_SOURCE_SCAN 1

/**
 * A PDF page that is drawn.
 */
#define DIO_SOURCE_DRAWN 2

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * Reads the first page of an encoded image in base64 with default options.
 *
 * `text` may be a `data:` URL, whose media type is not looked at: the content decides the format. White space and
 * missing padding are passed over; any other character is `DIO_EC_PARAMETER_VALUE_INVALID`, and the message says which.
 * On success `*image` is a new image, to be freed with `DIO_FreeImageData`; on failure it is left untouched.
 *
 * `text`, unless NULL, must be a C string; `image`, unless NULL, valid for writing.
 */
DIO_API
DIO_ErrorCode DIO_ReadFromBase64(const char *text,
                                 struct DIO_ImageData **image);

/**
 * Reads the page `options->page` of an encoded image in base64. NULL options mean the defaults.
 *
 * The decoded bytes count as buffered input in `options->max_memory`. Otherwise as `DIO_ReadFromBase64`.
 *
 * `text`, unless NULL, must be a C string; `options`, unless NULL, point to a struct of the size that it states;
 * `image`, unless NULL, be valid for writing.
 */
DIO_API
DIO_ErrorCode DIO_ReadFromBase64WithOptions(const char *text,
                                            const struct DIO_ReadOptions *options,
                                            struct DIO_ImageData **image);

/**
 * Saves an image as base64 in `format` with default options.
 *
 * One line with padding and without a `data:` prefix, ending with a zero byte. On success `*text` is to be freed with
 * `DIO_FreeBytes`; on failure it is left untouched.
 *
 * `text`, unless NULL, must be valid for writing.
 */
DIO_API
DIO_ErrorCode DIO_SaveToBase64(const struct DIO_ImageData *image,
                               DIO_ImageFileFormat format,
                               char **text);

/**
 * Makes the same image in black and white, `DIO_IPF_BINARY`. Everything but the pixels is carried along, but for an ICC
 * profile of colours.
 *
 * The grays are those of `DIO_ImageDataConvert`. An image that is bilevel stays as it is. NULL options mean the
 * defaults. On success `*bilevel` is a new image, to be freed with `DIO_FreeImageData`; on failure it is left untouched.
 *
 * `options`, unless NULL, must point to a struct of the size that it states; `bilevel`, unless NULL, be valid for
 * writing.
 */
DIO_API
DIO_ErrorCode DIO_ImageDataBinarize(const struct DIO_ImageData *image,
                                    const struct DIO_BinarizeOptions *options,
                                    struct DIO_ImageData **bilevel);

/**
 * Fills the first `size` bytes of `*options` with the defaults and sets `struct_size` to `size`.
 *
 * `size` is `sizeof(DIO_BinarizeOptions)`; a larger one, of a later header, is zeroed beyond what this version knows.
 *
 * `options`, unless NULL, must point to `size` writable bytes.
 */
DIO_API
DIO_ErrorCode DIO_BinarizeOptions_Init(struct DIO_BinarizeOptions *options,
                                       size_t size);

/**
 * A static sentence for a code, in English. Never NULL, also for numbers that are no code; not to be freed.
 */
DIO_API const char *DIO_GetErrorString(DIO_ErrorCode code);

/**
 * Explains the last failed call of this thread.
 *
 * Never NULL; empty while no call has failed. The text is UTF-8, names the file, format, page and byte offset where
 * they are known, stays valid until the next failed call on the same thread, and must not be freed.
 */
DIO_API
const char *DIO_GetLastErrorMessage(void);

/**
 * The pixels, lent until the image is freed; NULL for a NULL image.
 */
DIO_API const uint8_t *DIO_ImageDataGetBytes(const struct DIO_ImageData *image);

/**
 * Bytes of the pixels: `stride * (rows - 1)` plus the least stride; 0 for a NULL image.
 */
DIO_API size_t DIO_ImageDataGetBytesLength(const struct DIO_ImageData *image);

/**
 * Pixels per row; 0 for a NULL image.
 */
DIO_API uint32_t DIO_ImageDataGetWidth(const struct DIO_ImageData *image);

/**
 * Rows; 0 for a NULL image.
 */
DIO_API uint32_t DIO_ImageDataGetHeight(const struct DIO_ImageData *image);

/**
 * Bytes from one row to the next; 0 for a NULL image.
 */
DIO_API size_t DIO_ImageDataGetStride(const struct DIO_ImageData *image);

/**
 * What a pixel is; -1 for a NULL image.
 */
DIO_API DIO_ImagePixelFormat DIO_ImageDataGetPixelFormat(const struct DIO_ImageData *image);

/**
 * The clockwise angle by which the pixels are to be turned to stand upright: 0, 90, 180 or 270; 0 for a NULL image.
 */
DIO_API
int32_t DIO_ImageDataGetOrientation(const struct DIO_ImageData *image);

/**
 * Sets the angle that `DIO_ImageDataGetOrientation` tells, in the EXIF bytes too. The pixels stay as they are.
 *
 * `image`, unless NULL, must be an image that was not freed.
 */
DIO_API
DIO_ErrorCode DIO_ImageDataSetOrientation(struct DIO_ImageData *image,
                                          int32_t orientation);

/**
 * Tells the dots per inch, across and down; 0 = not stated.
 *
 * `dpi_x` and `dpi_y`, unless NULL, must be valid for writing.
 */
DIO_API
DIO_ErrorCode DIO_ImageDataGetResolution(const struct DIO_ImageData *image,
                                         double *dpi_x,
                                         double *dpi_y);

/**
 * Sets the dots per inch, 0 to 1000000; 0 = not stated.
 *
 * `image`, unless NULL, must be an image that was not freed.
 */
DIO_API DIO_ErrorCode DIO_ImageDataSetResolution(struct DIO_ImageData *image, double dpi_x, double dpi_y);

/**
 * The format of the file that the image was read from; -1 for pixels that were no file, and for a NULL image.
 */
DIO_API DIO_ImageFileFormat DIO_ImageDataGetFileFormat(const struct DIO_ImageData *image);

/**
 * The path of the file that the image was read from, as it was given, lent until the image is freed; NULL where it was
 * no file, and for a NULL image.
 */
DIO_API
const char *DIO_ImageDataGetFilePath(const struct DIO_ImageData *image);

/**
 * The page that the image was read from, from 0; 0 for a NULL image.
 */
DIO_API uint32_t DIO_ImageDataGetPageNumber(const struct DIO_ImageData *image);

/**
 * The pages of the file that the image was read from, 1 for pixels that were no file; 0 for a NULL image.
 */
DIO_API uint32_t DIO_ImageDataGetTotalPages(const struct DIO_ImageData *image);

/**
 * Lends the bytes of one kind of metadata until the image is freed or that kind is set; EXIF
 * until the orientation is set, too.
 *
 * Where there are none `*bytes` is NULL and `*size` 0. EXIF begins with its TIFF header and agrees with the angle that
 * is left.
 *
 * `bytes` and `size`, unless NULL, must be valid for writing.
 */
DIO_API
DIO_ErrorCode DIO_ImageDataGetMetadata(const struct DIO_ImageData *image,
                                       DIO_MetadataKind kind,
                                       const uint8_t **bytes,
                                       size_t *size);

/**
 * Replaces the metadata of one kind by a copy of `size` bytes; (NULL, 0) removes it.
 *
 * An ICC profile must have the signature of one. EXIF begins with its TIFF header, with or without the `Exif\0\0` of
 * JPEG before, and is made to agree with the angle of the image. XMP is taken as it is. More than 16 MiB are
 * `DIO_EC_LIMIT_EXCEEDED`. On failure the image is as it was.
 *
 * `image`, unless NULL, must be an image that was not freed; `bytes`, unless NULL, point to `size` readable bytes.
 */
DIO_API
DIO_ErrorCode DIO_ImageDataSetMetadata(struct DIO_ImageData *image,
                                       DIO_MetadataKind kind,
                                       const uint8_t *bytes,
                                       size_t size);

/**
 * How many warnings there are: what was wrong with the file and could be mended or ignored; 0 for a NULL image.
 */
DIO_API
size_t DIO_ImageDataGetWarningCount(const struct DIO_ImageData *image);

/**
 * Lends warning `index`, from 0, in words (UTF-8) until the image is freed.
 *
 * `text`, unless NULL, must be valid for writing.
 */
DIO_API
DIO_ErrorCode DIO_ImageDataGetWarning(const struct DIO_ImageData *image,
                                      size_t index,
                                      const char **text);

/**
 * Makes the same image in another pixel format. Everything but the pixels is carried along.
 *
 * Colour becomes gray by the luma of BT.601, gray of 128 or more white in the bilevel formats; transparent pixels lie
 * on white in formats without alpha; CMYK becomes RGB as `(255 - C) * (255 - K) / 255`, RGB CMYK as `255 - R` and K 0.
 * On success `*converted` is a new image, to be freed with `DIO_FreeImageData`; on failure it is left untouched.
 *
 * `converted`, unless NULL, must be valid for writing.
 */
DIO_API
DIO_ErrorCode DIO_ImageDataConvert(const struct DIO_ImageData *image,
                                   DIO_ImagePixelFormat format,
                                   struct DIO_ImageData **converted);

/**
 * Makes the same image upright, with orientation 0.
 *
 * On success `*upright` is a new image, to be freed with `DIO_FreeImageData`; on failure it is left untouched.
 *
 * `upright`, unless NULL, must be valid for writing.
 */
DIO_API
DIO_ErrorCode DIO_ImageDataOrient(const struct DIO_ImageData *image,
                                  struct DIO_ImageData **upright);

/**
 * Gives up an image; the last of its owners frees it. NULL is ignored.
 *
 * `image`, unless NULL, must be an image of which the caller is an owner, and is none afterwards.
 */
DIO_API void DIO_FreeImageData(struct DIO_ImageData *image);

/**
 * Frees what a `DIO_Save...` function returned. NULL is ignored.
 *
 * `bytes` must come from such a function of this library and not have been freed.
 */
DIO_API void DIO_FreeBytes(void *bytes);

/**
 * Fills the first `size` bytes of `*options` with the defaults and sets `struct_size` to `size`.
 *
 * `size` is `sizeof(DIO_PdfOptions)`; a larger one, of a later header, is zeroed beyond what this version knows.
 *
 * `options`, unless NULL, must point to `size` writable bytes.
 */
DIO_API
DIO_ErrorCode DIO_PdfOptions_Init(struct DIO_PdfOptions *options,
                                  size_t size);

/**
 * Fills the first `size` bytes of `*options` with the defaults and sets `struct_size` to `size`.
 *
 * `size` is `sizeof(DIO_ReadOptions)`; a larger one, of a later header, is zeroed beyond what this version knows.
 *
 * `options`, unless NULL, must point to `size` writable bytes.
 */
DIO_API
DIO_ErrorCode DIO_ReadOptions_Init(struct DIO_ReadOptions *options,
                                   size_t size);

/**
 * Fills the first `size` bytes of `*options` with the defaults and sets `struct_size` to `size`.
 *
 * `size` is `sizeof(DIO_SaveOptions)`; a larger one, of a later header, is zeroed beyond what this version knows.
 *
 * `options`, unless NULL, must point to `size` writable bytes.
 */
DIO_API
DIO_ErrorCode DIO_SaveOptions_Init(struct DIO_SaveOptions *options,
                                   size_t size);

/**
 * Reads the first page of a file with default options.
 *
 * On success `*image` is a new image, to be freed with `DIO_FreeImageData`; on failure it is left untouched.
 * The content decides the format, never the name. `path` is UTF-8 on Windows, the file system's own bytes elsewhere.
 *
 * `path`, unless NULL, must be a C string; `image`, unless NULL, valid for writing.
 */
DIO_API
DIO_ErrorCode DIO_ReadFromFile(const char *path,
                               struct DIO_ImageData **image);

/**
 * Reads the first page of an encoded image in memory with default options.
 *
 * `bytes` is borrowed for the call only; (NULL, 0) is an empty input. On success `*image` is a new image, to be freed
 * with `DIO_FreeImageData`; on failure it is left untouched.
 *
 * `bytes`, unless NULL, must point to `size` readable bytes; `image`, unless NULL, must be valid for writing.
 */
DIO_API
DIO_ErrorCode DIO_ReadFromMemory(const uint8_t *bytes,
                                 size_t size,
                                 struct DIO_ImageData **image);

/**
 * Makes an image from pixels in memory, by copying them.
 *
 * `layout` says how they lie there. On success `*image` is a new image with tight rows, to be freed with
 * `DIO_FreeImageData`; on failure it is left untouched. Pixels, stride, size and format that contradict each other are
 * `DIO_EC_IMAGE_DATA_INVALID`.
 *
 * `data`, unless NULL, must point to `layout->size` readable bytes; `layout`, unless NULL, to a struct of the size that
 * it states; `image`, unless NULL, must be valid for writing.
 */
DIO_API
DIO_ErrorCode DIO_ReadFromPixels(const void *data,
                                 const struct DIO_PixelLayout *layout,
                                 struct DIO_ImageData **image);

/**
 * Reads the page `options->page` of a file. NULL options mean the defaults.
 *
 * On success `*image` is a new image, to be freed with `DIO_FreeImageData`; on failure it is left untouched.
 *
 * `path`, unless NULL, must be a C string; `options`, unless NULL, point to a struct of the size that it states;
 * `image`, unless NULL, be valid for writing.
 */
DIO_API
DIO_ErrorCode DIO_ReadFromFileWithOptions(const char *path,
                                          const struct DIO_ReadOptions *options,
                                          struct DIO_ImageData **image);

/**
 * Reads the page `options->page` of an encoded image in memory. NULL options mean the defaults.
 *
 * `bytes` is borrowed for the call only; (NULL, 0) is an empty input. On success `*image` is a new image, to be freed
 * with `DIO_FreeImageData`; on failure it is left untouched.
 *
 * `bytes`, unless NULL, must point to `size` readable bytes; `options`, unless NULL, to a struct of the size that it
 * states; `image`, unless NULL, must be valid for writing.
 */
DIO_API
DIO_ErrorCode DIO_ReadFromMemoryWithOptions(const uint8_t *bytes,
                                            size_t size,
                                            const struct DIO_ReadOptions *options,
                                            struct DIO_ImageData **image);

/**
 * Tells the facts of the page `options->page` of a file without decoding pixels. NULL options mean the defaults.
 *
 * The caller sets `info->struct_size`; on failure the rest is left untouched.
 *
 * `path`, unless NULL, must be a C string; `options` and `info`, unless NULL, point to structs of the size that they
 * state.
 */
DIO_API
DIO_ErrorCode DIO_ProbeFile(const char *path,
                            const struct DIO_ReadOptions *options,
                            struct DIO_ImageInfo *info);

/**
 * Tells the facts of the page `options->page` of an encoded image in memory without decoding pixels.
 *
 * `bytes` is borrowed for the call only. The caller sets `info->struct_size`; on failure the rest is left untouched.
 *
 * `bytes`, unless NULL, must point to `size` readable bytes; `options` and `info`, unless NULL, to structs of the size
 * that they state.
 */
DIO_API
DIO_ErrorCode DIO_ProbeMemory(const uint8_t *bytes,
                              size_t size,
                              const struct DIO_ReadOptions *options,
                              struct DIO_ImageInfo *info);

/**
 * Opens a file. NULL options mean the defaults; they hold for every page until others are given.
 *
 * On success `*reader` is a new reader, to be freed with `DIO_FreeReader`; on failure it is left untouched.
 *
 * `path`, unless NULL, must be a C string; `options`, unless NULL, point to a struct of the size that it states;
 * `reader`, unless NULL, be valid for writing. Callbacks of the options stay valid while the reader is used.
 */
DIO_API
DIO_ErrorCode DIO_ReaderOpenFile(const char *path,
                                 const struct DIO_ReadOptions *options,
                                 struct DIO_Reader **reader);

/**
 * Opens an encoded image in memory. `bytes` is borrowed until `DIO_FreeReader` and must not change meanwhile.
 *
 * On success `*reader` is a new reader, to be freed with `DIO_FreeReader`; on failure it is left untouched and nothing
 * stays borrowed.
 *
 * `bytes`, unless NULL, must point to `size` bytes that stay readable and unchanged while the reader is used;
 * `options`, unless NULL, to a struct of the size that it states; `reader`, unless NULL, must be valid for writing.
 */
DIO_API
DIO_ErrorCode DIO_ReaderOpenMemory(const uint8_t *bytes,
                                   size_t size,
                                   const struct DIO_ReadOptions *options,
                                   struct DIO_Reader **reader);

/**
 * Opens an encoded image behind a stream, which begins where it stands. The struct is copied.
 *
 * `stream->read` is needed. Without `stream->seek` the stream is read to its end first, within
 * `options->max_memory`. A failing callback is `DIO_EC_IO_FAILED`. On success `*reader` is a new reader, to be freed
 * with `DIO_FreeReader` before what the callbacks need goes away; on failure it is left untouched.
 *
 * `stream` and `options`, unless NULL, must point to structs of the size that they state; `reader`, unless NULL, must
 * be valid for writing. The callbacks stay valid while the reader is used.
 */
DIO_API
DIO_ErrorCode DIO_ReaderOpenStream(const struct DIO_Stream *stream,
                                   const struct DIO_ReadOptions *options,
                                   struct DIO_Reader **reader);

/**
 * Tells how many pages, frames or directories there are.
 *
 * `count`, unless NULL, must be valid for writing.
 */
DIO_API DIO_ErrorCode DIO_ReaderGetPageCount(const struct DIO_Reader *reader, size_t *count);

/**
 * Tells the facts of page `index`, from 0, and of what `DIO_ReaderReadPage` will return. Decodes no pixels.
 *
 * The caller sets `info->struct_size`; on failure the rest is left untouched.
 *
 * `info`, unless NULL, must point to a struct of the size that it states.
 */
DIO_API
DIO_ErrorCode DIO_ReaderGetPageInfo(struct DIO_Reader *reader,
                                    size_t index,
                                    struct DIO_ImageInfo *info);

/**
 * Reads page `index`, from 0, with the options that the reader was opened with.
 *
 * On success `*image` is a new image, to be freed with `DIO_FreeImageData`; it does not need the reader any more. On
 * failure it is left untouched.
 *
 * `image`, unless NULL, must be valid for writing.
 */
DIO_API
DIO_ErrorCode DIO_ReaderReadPage(struct DIO_Reader *reader,
                                 size_t index,
                                 struct DIO_ImageData **image);

/**
 * Reads page `index`, from 0, with options for this call. NULL options mean the defaults, not those of the reader.
 *
 * `options->page` is not looked at: `index` says the page. A password is the one that the file was opened with. On
 * success `*image` is a new image, to be freed with `DIO_FreeImageData`; on failure it is left untouched.
 *
 * `options`, unless NULL, must point to a struct of the size that it states; `image`, unless NULL, be valid for
 * writing.
 */
DIO_API
DIO_ErrorCode DIO_ReaderReadPageWithOptions(struct DIO_Reader *reader,
                                            size_t index,
                                            const struct DIO_ReadOptions *options,
                                            struct DIO_ImageData **image);

/**
 * Reads page `index`, from 0, into the caller's memory, with the options that the reader was opened with.
 *
 * `layout` states the pixel format wanted (which goes before that of the options), the size of the page
 * (`DIO_ReaderGetPageInfo` tells it; another is `DIO_EC_IMAGE_SIZE_NOT_MATCH`), the stride and the bytes behind `data`
 * (too few are `DIO_EC_BUFFER_TOO_SMALL`). Bytes between the rows are left alone. After a failure the rows hold
 * whatever was read.
 *
 * `data`, unless NULL, must point to `layout->size` writable bytes that nobody else touches meanwhile; `layout`, unless
 * NULL, to a struct of the size that it states.
 */
DIO_API
DIO_ErrorCode DIO_ReaderReadPageInto(struct DIO_Reader *reader,
                                     size_t index,
                                     void *data,
                                     const struct DIO_PixelLayout *layout);

/**
 * Makes another reader of the same open file, for another thread: both read pages at the same time.
 *
 * It has the options of `reader`, and what `reader` borrows, too. A PDF is shared as it was parsed; other files are opened
 * again, and what was opened with `DIO_ReaderOpenStream` is `DIO_EC_FEATURE_NOT_SUPPORTED` unless it is a PDF or was read to
 * its end. A progress callback is told by both, each on its calling thread. To be called while no other thread reads with
 * `reader`. On success `*clone` is a new reader, to be freed with `DIO_FreeReader`, before or after `reader`; on failure it is
 * left untouched.
 *
 * `reader`, unless NULL, must be a reader; `clone`, unless NULL, be valid for writing.
 */
DIO_API
DIO_ErrorCode DIO_ReaderClone(const struct DIO_Reader *reader,
                              struct DIO_Reader **clone);

/**
 * Frees a reader. NULL is ignored.
 */
DIO_API void DIO_FreeReader(struct DIO_Reader *reader);

/**
 * Gives an image one more owner and returns the same handle; NULL for NULL.
 *
 * Each owner calls `DIO_FreeImageData` once, in any thread, and the last call frees the image. While there is more
 * than one, functions that change the image are `DIO_EC_PARAMETER_VALUE_INVALID`: what the getters lend stays as it
 * is for all of them. No pixels are copied.
 *
 * `image`, unless NULL, must be an image that was not freed.
 */
DIO_API
struct DIO_ImageData *DIO_ImageDataRetain(const struct DIO_ImageData *image);

/**
 * Saves an image with default options. The extension of `path` decides the format, in any case.
 *
 * `overwrite` is 0 or 1: with 0 an existing file is never replaced, even one that appears while the call runs. The file
 * appears whole or not at all: a failure leaves an old file as it was.
 *
 * `path`, unless NULL, must be a C string.
 */
DIO_API
DIO_ErrorCode DIO_SaveToFile(const struct DIO_ImageData *image,
                             const char *path,
                             int32_t overwrite);

/**
 * Saves an image to memory in `format` with default options.
 *
 * On success `*bytes` points to `*size` bytes, to be freed with `DIO_FreeBytes`; on failure both are left untouched.
 *
 * `bytes` and `size`, unless NULL, must be valid for writing.
 */
DIO_API
DIO_ErrorCode DIO_SaveToMemory(const struct DIO_ImageData *image,
                               DIO_ImageFileFormat format,
                               uint8_t **bytes,
                               size_t *size);

/**
 * Copies the pixels into the caller's memory, converted to the pixel format and stride of `layout`.
 *
 * Its width and height must be the image's (else `DIO_EC_IMAGE_SIZE_NOT_MATCH`), its size enough (else
 * `DIO_EC_BUFFER_TOO_SMALL`). Bytes between the rows are left alone. Transparent pixels lie on white in formats without
 * alpha. The pixels are not turned.
 *
 * `data`, unless NULL, must point to `layout->size` writable bytes that are no part of the image; `layout`, unless
 * NULL, to a struct of the size that it states.
 */
DIO_API
DIO_ErrorCode DIO_SaveToPixels(const struct DIO_ImageData *image,
                               void *data,
                               const struct DIO_PixelLayout *layout);

/**
 * Saves an image. `options->format` decides the format, or with `DIO_IFF_AUTO` the extension. NULL options mean the
 * defaults. Otherwise as `DIO_SaveToFile`.
 *
 * `path`, unless NULL, must be a C string; `options`, unless NULL, point to a struct of the size that it states.
 */
DIO_API
DIO_ErrorCode DIO_SaveToFileWithOptions(const struct DIO_ImageData *image,
                                        const char *path,
                                        int32_t overwrite,
                                        const struct DIO_SaveOptions *options);

/**
 * Saves an image to memory in `format`. `options->format` must be `DIO_IFF_AUTO` or the same. NULL options mean the
 * defaults. Otherwise as `DIO_SaveToMemory`.
 *
 * `options`, unless NULL, must point to a struct of the size that it states; `bytes` and `size`, unless NULL, be valid
 * for writing.
 */
DIO_API
DIO_ErrorCode DIO_SaveToMemoryWithOptions(const struct DIO_ImageData *image,
                                          DIO_ImageFileFormat format,
                                          const struct DIO_SaveOptions *options,
                                          uint8_t **bytes,
                                          size_t *size);

/**
 * The version of the library, such as `0.1.0`. Static, never NULL.
 */
DIO_API const char *DIO_GetVersion(void);

/**
 * Tells what this build can do with a format. A format that it does not know has `can_read` and `can_write` 0.
 *
 * The caller sets `info->struct_size`; on failure the rest is left untouched.
 *
 * `info`, unless NULL, must point to a struct of the size that it states.
 */
DIO_API
DIO_ErrorCode DIO_QueryFormat(DIO_ImageFileFormat format,
                              struct DIO_FormatInfo *info);

/**
 * Makes an image of pixels in memory without copying them: they are lent until the image is freed.
 *
 * `layout` says how they lie there, as for `DIO_ReadFromPixels`; the image keeps its stride, and
 * `DIO_ImageDataGetBytes` returns `data`. The library only reads the pixels. Until the image is freed they may change
 * between calls, but not during one that uses it. What is made from the image (`DIO_ImageDataConvert`, ...) has pixels
 * of its own.
 *
 * On success `*image` is a new image, and `release`, unless NULL, runs once, within the last `DIO_FreeImageData` and on
 * its thread; it must not use the image. On failure `*image` is left untouched, `release` does not run and nothing
 * stays lent.
 *
 * `data`, unless NULL, must point to `layout->size` bytes that stay readable until the image is freed; `layout`, unless
 * NULL, to a struct of the size that it states; `image`, unless NULL, must be valid for writing.
 */
DIO_API
DIO_ErrorCode DIO_WrapPixels(void *data,
                             const struct DIO_PixelLayout *layout,
                             DIO_ReleaseFn release,
                             void *user,
                             struct DIO_ImageData **image);

/**
 * Begins a document in a file, which appears under its name with `DIO_WriterFinish`, whole.
 *
 * `overwrite` is as for `DIO_SaveToFile`. `options->format` decides the format, or with `DIO_IFF_AUTO` the extension;
 * the other options hold for every page that comes without its own. NULL options mean the defaults. A format whose
 * files hold one page takes one: a second is `DIO_EC_MULTI_PAGES_NOT_SUPPORTED`. On success `*writer` is a new writer,
 * to be freed with `DIO_FreeWriter`; on failure it is left untouched.
 *
 * `path`, unless NULL, must be a C string; `options`, unless NULL, point to a struct of the size that it states;
 * `writer`, unless NULL, be valid for writing. Callbacks of the options stay valid while the writer is used.
 */
DIO_API
DIO_ErrorCode DIO_WriterOpenFile(const char *path,
                                 int32_t overwrite,
                                 const struct DIO_SaveOptions *options,
                                 struct DIO_Writer **writer);

/**
 * Continues the document in a file, which is not rewritten: new pages go behind its last byte, and it leads to them
 * with `DIO_WriterFinish`. A process that is killed before leaves every old page readable, an unfinished writer the
 * file as it was.
 *
 * TIFF of both byte orders, classic and BigTIFF; PDF, as an incremental update that changes none of the old bytes, to
 * documents of any program whose cross-reference sections are sound. Encrypted and signed PDFs and other formats are
 * `DIO_EC_FEATURE_NOT_SUPPORTED`. A file that does not exist is begun as by `DIO_WriterOpenFile`. One writer at a time appends to a file: for another it is
 * `DIO_EC_CREATE_FILE_FAILED`. Otherwise as `DIO_WriterOpenFile`.
 *
 * As for `DIO_WriterOpenFile`.
 */
DIO_API
DIO_ErrorCode DIO_WriterOpenAppend(const char *path,
                                   const struct DIO_SaveOptions *options,
                                   struct DIO_Writer **writer);

/**
 * Begins a document in memory, of the format `options->format`, which `DIO_WriterFinishToMemory` hands over.
 *
 * As for `DIO_WriterOpenFile`.
 */
DIO_API DIO_ErrorCode DIO_WriterOpenMemory(const struct DIO_SaveOptions *options, struct DIO_Writer **writer);

/**
 * Begins a document where a stream stands, of the format `options->format`. The struct is copied.
 *
 * `stream->write` is needed; a failing one is `DIO_EC_FILE_SAVE_FAILED`. With `stream->seek` bytes that were written
 * earlier are changed; without it each TIFF page is held in memory until the next one comes, and pages cannot state
 * how many there are. A page that fails leaves bytes in the stream, and the document cannot be continued.
 *
 * `stream` and `options`, unless NULL, must point to structs of the size that they state; `writer`, unless NULL, be
 * valid for writing. The callbacks stay valid while the writer is used.
 */
DIO_API
DIO_ErrorCode DIO_WriterOpenStream(const struct DIO_Stream *stream,
                                   const struct DIO_SaveOptions *options,
                                   struct DIO_Writer **writer);

/**
 * Adds a page. The image is not needed afterwards.
 *
 * `page_options` hold for this page alone, in place of those of the writer, which NULL means. Its format is
 * `DIO_IFF_AUTO` or that of the document. Each page has its own size, pixel format, resolution and compression. A page
 * that fails leaves the document as it was.
 *
 * `page_options`, unless NULL, must point to a struct of the size that it states.
 */
DIO_API
DIO_ErrorCode DIO_WriterAddPage(struct DIO_Writer *writer,
                                const struct DIO_ImageData *image,
                                const struct DIO_SaveOptions *page_options);

/**
 * Adds a page from an encoded file: the first, where it has many.
 *
 * Its compressed data goes through untouched where the document can hold it: a JPEG into TIFF and PDF, CCITT G4 of one
 * strip into TIFF and PDF, JPEG 2000 into PDF. What else it may be, and what `page_options` want compressed otherwise,
 * is decoded and saved; JPEG 2000, which is not decoded, is `DIO_EC_FEATURE_NOT_SUPPORTED` then. Metadata, resolution
 * and orientation go with it. Otherwise as `DIO_WriterAddPage`.
 *
 * `bytes`, unless NULL, must point to `size` readable bytes; `page_options`, unless NULL, to a struct of the size that
 * it states.
 */
DIO_API
DIO_ErrorCode DIO_WriterAddEncoded(struct DIO_Writer *writer,
                                   const uint8_t *bytes,
                                   size_t size,
                                   const struct DIO_SaveOptions *page_options);

/**
 * Completes a document in a file or stream: it is synced and gets its name, whole. A document needs a page at least.
 *
 * Whether it succeeds or not, the writer takes no more pages and is freed with `DIO_FreeWriter`. For a document in
 * memory it is `DIO_EC_PARAMETER_VALUE_INVALID`, and the writer stays as it is.
 */
DIO_API
DIO_ErrorCode DIO_WriterFinish(struct DIO_Writer *writer);

/**
 * Completes a document in memory and hands it over.
 *
 * On success `*bytes` points to `*size` bytes, to be freed with `DIO_FreeBytes`; on failure both are left untouched. For
 * a document in a file or stream it is `DIO_EC_PARAMETER_VALUE_INVALID`. Otherwise as `DIO_WriterFinish`.
 *
 * `bytes` and `size`, unless NULL, must be valid for writing.
 */
DIO_API
DIO_ErrorCode DIO_WriterFinishToMemory(struct DIO_Writer *writer,
                                       uint8_t **bytes,
                                       size_t *size);

/**
 * Frees a writer. One that was not finished leaves nothing behind: no file, and an old one as it was. NULL is ignored.
 */
DIO_API
void DIO_FreeWriter(struct DIO_Writer *writer);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* DIO_H */
