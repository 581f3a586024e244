"""The numbers of the library.

Made by tools/declarations.py from include/dio.h. Do not edit.
"""

from __future__ import annotations

from enum import IntEnum


class EnumErrorCode(IntEnum):
    """Result of every call that can fail: 0 is success, negative is failure.

    EC_OK: Success.
    EC_UNKNOWN: Nothing below fits.
    EC_NO_MEMORY: An allocation failed.
    EC_NULL_POINTER: A required pointer is NULL; the message names the argument.
    EC_FILE_NOT_FOUND: No such file, or it is a directory, or it may not be opened.
    EC_FILE_TYPE_NOT_SUPPORTED: Content of no known format, empty input, or an extension that cannot be
        written.
    EC_BPP_NOT_SUPPORTED: A sample depth or layout that the codec does not handle.
    EC_INDEX_INVALID: An index other than a page's is out of range.
    EC_IMAGE_READ_FAILED: Damaged or truncated image (JPEG, PNG, BMP, GIF, ...).
    EC_TIFF_READ_FAILED: Damaged or truncated TIFF.
    EC_PDF_READ_FAILED: Damaged or truncated PDF.
    EC_PDF_DLL_MISSING: An external PDF engine was asked for and cannot be loaded.
    EC_PAGE_NUMBER_INVALID: Page index out of range; the message says how many there are.
    EC_TIMEOUT: The deadline of the call passed.
    EC_PARAMETER_VALUE_INVALID: An option or argument out of range; the message names it.
    EC_FILE_SAVE_FAILED: Writing failed after the file was created (disk full, ...): the old file is
        untouched.
    EC_IMAGE_ORIENTATION_INVALID: Orientation is not 0, 90, 180 or 270.
    EC_MULTI_PAGES_NOT_SUPPORTED: A second page for a format that holds one.
    EC_FILE_ALREADY_EXISTS: The file exists and overwriting is off.
    EC_CREATE_FILE_FAILED: The file cannot be created.
    EC_IMAGE_DATA_INVALID: Pixels, stride, size and format contradict each other.
    EC_IMAGE_SIZE_NOT_MATCH: A caller's buffer is of another width or height.
    EC_IMAGE_PIXEL_FORMAT_NOT_MATCH: Array shape or type does not fit the pixel format.
    EC_PDF_LIBRARY_LOAD_FAILED: An external PDF engine was found and does not start.
    EC_LIMIT_EXCEEDED: A limit of the call; the message names it, its value and the value needed.
    EC_CANCELLED: The progress callback asked to stop.
    EC_INTERNAL: A bug in the library; the arguments are still valid.
    EC_BUFFER_TOO_SMALL: The caller's buffer is too small; the message names the needed size.
    EC_FEATURE_NOT_SUPPORTED: A valid file or call, but it uses a feature that is not supported; the message
        names it.
    EC_PASSWORD_REQUIRED: Encrypted PDF: no password, or the wrong one.
    EC_OPTIONS_TOO_NEW: An option struct of a later version sets fields that this one does not know.
    EC_IO_FAILED: The operating system or a stream callback failed while reading.
    """

    EC_OK = 0
    EC_UNKNOWN = -10000
    EC_NO_MEMORY = -10001
    EC_NULL_POINTER = -10002
    EC_FILE_NOT_FOUND = -10005
    EC_FILE_TYPE_NOT_SUPPORTED = -10006
    EC_BPP_NOT_SUPPORTED = -10007
    EC_INDEX_INVALID = -10008
    EC_IMAGE_READ_FAILED = -10012
    EC_TIFF_READ_FAILED = -10013
    EC_PDF_READ_FAILED = -10021
    EC_PDF_DLL_MISSING = -10022
    EC_PAGE_NUMBER_INVALID = -10023
    EC_TIMEOUT = -10026
    EC_PARAMETER_VALUE_INVALID = -10038
    EC_FILE_SAVE_FAILED = -10058
    EC_IMAGE_ORIENTATION_INVALID = -10060
    EC_MULTI_PAGES_NOT_SUPPORTED = -10066
    EC_FILE_ALREADY_EXISTS = -10067
    EC_CREATE_FILE_FAILED = -10068
    EC_IMAGE_DATA_INVALID = -10069
    EC_IMAGE_SIZE_NOT_MATCH = -10070
    EC_IMAGE_PIXEL_FORMAT_NOT_MATCH = -10071
    EC_PDF_LIBRARY_LOAD_FAILED = -10075
    EC_LIMIT_EXCEEDED = -1001
    EC_CANCELLED = -1002
    EC_INTERNAL = -1003
    EC_BUFFER_TOO_SMALL = -1004
    EC_FEATURE_NOT_SUPPORTED = -1005
    EC_PASSWORD_REQUIRED = -1006
    EC_OPTIONS_TOO_NEW = -1007
    EC_IO_FAILED = -1008


class EnumImagePixelFormat(IntEnum):
    """How pixels lie in memory. The comments give the bytes of a pixel, low address first, and the least stride
    of a row of w pixels. Rows run top to bottom, stride bytes apart; a buffer holds at least stride * (rows -
    1) bytes plus the least stride. 16-bit samples are native-endian. Reads return rows of the least stride.
    The spare bits of a 1-bit row are zero when written and ignored when read.

    IPF_AS_STORED: As an option only: the format nearest to what the file stores. 1-bit black and white ->
        BINARY; gray or a palette of grays -> GRAYSCALED, of 9 to 16 bits -> GRAY_16; colour -> RGB_888, with
        alpha ARGB_8888; more than 8 bits of colour -> RGB_161616, of anything with alpha ARGB_16161616.
    IPF_BINARY: 1 bit, most significant bit leftmost, 0 = black, 1 = white; ceil(w/8).
    IPF_BINARYINVERTED: 1 bit, most significant bit leftmost, 0 = white, 1 = black; ceil(w/8).
    IPF_GRAYSCALED: Y; w.
    IPF_NV21: Plane Y (h rows), then ceil(h/2) rows of V,U pairs (4:2:0, BT.601 full range); w rounded up to
        even.
    IPF_RGB_565: Little-endian u16: R in bits 15-11, G 10-5, B 4-0; 2w.
    IPF_RGB_555: Little-endian u16: R 14-10, G 9-5, B 4-0, bit 15 ignored; 2w.
    IPF_RGB_888: B, G, R; 3w.
    IPF_ARGB_8888: B, G, R, A (straight alpha); 4w.
    IPF_RGB_161616: B, G, R, u16 each; 6w.
    IPF_ARGB_16161616: B, G, R, A, u16 each (straight alpha); 8w.
    IPF_ABGR_8888: R, G, B, A (straight alpha); 4w.
    IPF_ABGR_16161616: R, G, B, A, u16 each (straight alpha); 8w.
    IPF_BGR_888: R, G, B; 3w.
    IPF_BINARY_8: One byte, 0 = black, 255 = white; w.
    IPF_NV12: Plane Y (h rows), then ceil(h/2) rows of U,V pairs (4:2:0, BT.601 full range); w rounded up to
        even.
    IPF_BINARY_8_INVERTED: One byte, 0 = white, 255 = black; w.
    IPF_GRAY_16: Y, u16; 2w.
    IPF_CMYK_8888: C, M, Y, K, 0 = no ink; 4w.
    """

    IPF_AS_STORED = -1
    IPF_BINARY = 0
    IPF_BINARYINVERTED = 1
    IPF_GRAYSCALED = 2
    IPF_NV21 = 3
    IPF_RGB_565 = 4
    IPF_RGB_555 = 5
    IPF_RGB_888 = 6
    IPF_ARGB_8888 = 7
    IPF_RGB_161616 = 8
    IPF_ARGB_16161616 = 9
    IPF_ABGR_8888 = 10
    IPF_ABGR_16161616 = 11
    IPF_BGR_888 = 12
    IPF_BINARY_8 = 13
    IPF_NV12 = 14
    IPF_BINARY_8_INVERTED = 15
    IPF_GRAY_16 = 256
    IPF_CMYK_8888 = 257


class OrientationMode(IntEnum):
    """What a read does about the orientation that a file states.

    REPORT: Pixels as stored, the angle reported. Mirrored ones are unmirrored by a horizontal flip, which
        leaves a pure angle.
    APPLY: Upright pixels, angle 0.
    """

    REPORT = 0
    APPLY = 1


class Tolerance(IntEnum):
    """What a read does about damage.

    STRICT: Damage is an error.
    RECOVER: The rows that could be read, and a warning on the image; rows that could not are zero bytes.
    """

    STRICT = 0
    RECOVER = 1


class PdfMode(IntEnum):
    """What is read of a page of a PDF.

    AUTO: A page that is one scan: its image as it is stored, upright, with its true resolution. Other pages
        are drawn.
    RENDER: Every page is drawn.
    EXTRACT: An image of the page as it is stored.
    """

    AUTO = 0
    RENDER = 1
    EXTRACT = 2


class PdfBox(IntEnum):
    """What of a page of a PDF is shown.

    CROP: What viewers show.
    MEDIA: The sheet.
    TRIM: The sheet as it is cut in the end. This and the next ones are the crop box where the page does not
        state them.
    BLEED: What is printed before the sheet is cut.
    ART: What the author had in mind.
    """

    CROP = 0
    MEDIA = 1
    TRIM = 2
    BLEED = 3
    ART = 4


class EnumImageFileFormat(IntEnum):
    """A file format.

    IFF_AUTO: As an option only: the extension decides.
    IFF_JPEG: JPEG.
    IFF_PNG: PNG.
    IFF_BMP: BMP.
    IFF_PDF: PDF.
    IFF_TIFF: TIFF.
    IFF_GIF: GIF.
    IFF_WEBP: WebP.
    IFF_PNM: PBM, PGM, PPM and PAM.
    IFF_TGA: Truevision TGA.
    IFF_ICO: Windows icon or cursor.
    IFF_QOI: QOI.
    IFF_HDR: Radiance RGBE.
    IFF_EXR: OpenEXR.
    IFF_AVIF: AVIF.
    IFF_JP2: JPEG 2000.
    IFF_JXL: JPEG XL.
    IFF_FARBFELD: farbfeld.
    """

    IFF_AUTO = -1
    IFF_JPEG = 0
    IFF_PNG = 1
    IFF_BMP = 2
    IFF_PDF = 3
    IFF_TIFF = 256
    IFF_GIF = 257
    IFF_WEBP = 258
    IFF_PNM = 259
    IFF_TGA = 260
    IFF_ICO = 261
    IFF_QOI = 262
    IFF_HDR = 263
    IFF_EXR = 264
    IFF_AVIF = 265
    IFF_JP2 = 266
    IFF_JXL = 267
    IFF_FARBFELD = 268


class BinarizeMethod(IntEnum):
    """What decides which pixels of an image become white.

    OTSU: A threshold for the whole image that parts its grays best (Otsu).
    THRESHOLD: The threshold of the options.
    SAUVOLA: A threshold for each pixel from mean and deviation around it (Sauvola): for uneven light.
    FLOYD_STEINBERG: Dots that keep the shades: the error of each pixel is handed on to its neighbours (Floyd
        and Steinberg).
    """

    OTSU = 0
    THRESHOLD = 1
    SAUVOLA = 2
    FLOYD_STEINBERG = 3


class MetadataKind(IntEnum):
    r"""A kind of metadata.

    ICC: ICC profile.
    EXIF: EXIF: a TIFF structure that begins with II or MM, without the Exif\\0\\0 of JPEG.
    XMP: XMP packet: UTF-8 text, not terminated.
    """

    ICC = 0
    EXIF = 1
    XMP = 2


class PageSize(IntEnum):
    """The size of a PDF page. Sheets lie if the image is wider than high.

    AUTO: That of the image by its resolution, and the margins around it.
    CUSTOM: The width and height of the options, as they are.
    A3: ISO A3, 297 x 420 mm.
    A4: ISO A4, 210 x 297 mm.
    A5: ISO A5, 148 x 210 mm.
    LETTER: US Letter, 8.5 x 11 inches.
    LEGAL: US Legal, 8.5 x 14 inches.
    """

    AUTO = 0
    CUSTOM = 1
    A3 = 2
    A4 = 3
    A5 = 4
    LETTER = 5
    LEGAL = 6


class PageFit(IntEnum):
    """How an image lies on a PDF page of a given size.

    INSIDE: As large as it can be as a whole.
    SHRINK: As large as its resolution says, smaller where that is too large.
    COVER: So large that nothing is left free; what hangs over is cut off.
    STRETCH: Drawn out to all of it.
    """

    INSIDE = 0
    SHRINK = 1
    COVER = 2
    STRETCH = 3


class PdfStandard(IntEnum):
    """A standard that a PDF document keeps to.

    PDF: PDF itself, ISO 32000-1.
    PDFA_2B: PDF/A-2b, ISO 19005-2: for archives. Inks need an ICC profile; the XMP of images is left out, and
        so are profiles that the standard does not know.
    """

    PDF = 0
    PDFA_2B = 1


class Subsampling(IntEnum):
    """Chroma subsampling of a JPEG.

    S420: Chroma at half the width and half the height.
    S422: Chroma at half the width.
    S444: Chroma at full size.
    """

    S420 = 0
    S422 = 1
    S444 = 2


class Compression(IntEnum):
    """Compression of a TIFF, the numbers of the Compression tag.

    AUTO: G4 for bilevel pixels, LZW for others.
    NONE: None.
    G3: CCITT Group 3. Images that are not bilevel are binarized.
    G4: CCITT Group 4. Images that are not bilevel are binarized.
    LZW: LZW.
    JPEG: JPEG, with the quality and subsampling of the options; 8 bits, no alpha.
    DEFLATE: Deflate.
    PACKBITS: PackBits.
    ZSTD: Zstandard.
    """

    AUTO = 0
    NONE = 1
    G3 = 3
    G4 = 4
    LZW = 5
    JPEG = 7
    DEFLATE = 8
    PACKBITS = 32773
    ZSTD = 50000


class PdfEncoding(IntEnum):
    """How the image of a PDF page is compressed.

    AUTO: Lossless: G4 for bilevel pixels, Flate for others.
    JPEG: JPEG with the quality and subsampling of the options; bilevel pixels G4.
    """

    AUTO = 0
    JPEG = 1


class MetadataPolicy(IntEnum):
    """Whether a save writes a kind of metadata.

    KEEP: It goes into the file where the format can hold it and it still describes the pixels.
    STRIP: It does not go into the file.
    """

    KEEP = 0
    STRIP = 1


class Predictor(IntEnum):
    """Whether differences of neighbouring samples are compressed in a TIFF.

    AUTO: Where they help: with LZW, Deflate and Zstandard, for samples of 8 and 16 bits.
    NONE: Samples as they are.
    HORIZONTAL: Differences to the sample on the left.
    """

    AUTO = 0
    NONE = 1
    HORIZONTAL = 2


class PageSource(IntEnum):
    """What kind of page it is.

    STORED: Pixels that the file stores.
    SCAN: A PDF page that is one scanned image.
    DRAWN: A PDF page that is drawn.
    """

    STORED = 0
    SCAN = 1
    DRAWN = 2
