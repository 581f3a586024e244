"""The keyword options, and the facts of pages and formats.

Made by tools/declarations.py from include/dio.h. Do not edit.
"""

from __future__ import annotations

from dataclasses import dataclass
from os import PathLike
from typing import Callable, Sequence, Tuple, TypedDict, Union

from dio._abi.numbers import (
    BinarizeMethod,
    Compression,
    EnumImageFileFormat,
    EnumImagePixelFormat,
    MetadataPolicy,
    OrientationMode,
    PageFit,
    PageSize,
    PageSource,
    PdfBox,
    PdfEncoding,
    PdfMode,
    PdfStandard,
    Predictor,
    Subsampling,
    Tolerance,
)



class BinarizeOptions(TypedDict, total=False):
    """How an image becomes black and white.

    method: What decides which pixels become white. Default OTSU. A member of BinarizeMethod, or its name.
    threshold: Gray from which on a pixel is white, 0 to 255, for THRESHOLD and FLOYD_STEINBERG. Default 128.
    window: Pixels of a side of the window of SAUVOLA, 3 to 1023, made odd. Default 0: a tenth of an inch, or
        31 where the image states no resolution.
    k: Weight of the deviation in SAUVOLA, 0 to 1. Default 0.34.
    """

    method: Union[BinarizeMethod, int, str]
    threshold: int
    window: int
    k: float


class PdfOptions(TypedDict, total=False):
    """How PDF documents and their pages are made.

    page_size: The size of the page. Default AUTO: that of the image by its resolution, and the margins around
        it. A member of PageSize, or its name.
    page_fit: How the image lies on a page of a given size, in the middle of what the margins leave. Default
        INSIDE. A member of PageFit, or its name.
    standard: The standard that the document keeps to, for the options that it is opened with. Default PDF. A
        member of PdfStandard, or its name.
    page_width: Points (1/72 inch) across the page as it is shown, 3 to 14400, for CUSTOM. Default 0.
    page_height: Points down the page as it is shown, 3 to 14400, for CUSTOM. Default 0.
    margin: Points that are left free at each edge of the page, below 7200. Default 0.
    title: The title of the document. This and the next texts are UTF-8, written for the options that a
        document is opened with, into its information and its XMP. Default None: none.
    author: Who wrote it. Default None: not stated.
    subject: What it is about. Default None: not stated.
    keywords: Words to find it by. Default None: not stated.
    creator: The program that made what became a PDF. Default None: not stated.
    producer: The program that made the PDF. Default None: libdio.
    words: What is written on the page, invisibly, for programs that search and copy. Default None: nothing.
        Each is (text, left, top, right, bottom) in pixels of the upright image, and where it is turned the
        degrees clockwise: 90, 180 or 270.
    """

    page_size: Union[PageSize, int, str]
    page_fit: Union[PageFit, int, str]
    standard: Union[PdfStandard, int, str]
    page_width: float
    page_height: float
    margin: float
    title: str
    author: str
    subject: str
    keywords: str
    creator: str
    producer: str
    words: Sequence[Union[Tuple[str, float, float, float, float], Tuple[str, float, float, float, float, int]]]


class DecodeOptions(TypedDict, total=False):
    """How to read.

    pixel_format: The pixel format of what is returned. Default IPF_AS_STORED. A member of
        EnumImagePixelFormat, or its name.
    orientation: What is done about the orientation. Default REPORT. A member of OrientationMode, or its name.
    tolerance: What is done about damage. Default STRICT. A member of Tolerance, or its name.
    threads: Threads that may work at a time within the call, up to 256: TIFF uses them for strips and tiles,
        JPEG between restart markers, two of them where there are none, and all for the pixels of progressive
        pictures. Streams are read by the calling thread. Default 0: that one alone. The result is the same
        for any number.
    fallback_dpi: Dots per inch that are reported for files that state none, 0 to 1000000. Default 0: left
        unstated.
    max_width: Most pixels per row. This and the next fields: 0 means the default, dio.NO_LIMIT no limit.
        Default 65535.
    max_height: Most rows. Default 65535.
    max_pixels: Most pixels of a page. Default 2^30.
    max_memory: Most bytes that the call holds at one time: pixels, work space and buffered input. Default
        2^31.
    max_pages: Most pages of a document. Default 10000.
    max_metadata: Most bytes of each kind of metadata. Default 2^24.
    deadline_ms: Milliseconds until the call gives up with EC_TIMEOUT. Checked between blocks of input and
        rows of output, so that a call ends within 100 ms; a PDF page that is drawn may take longer. Default:
        no deadline.
    password: Password of an encrypted PDF, UTF-8. Default None: none.
    progress: Told how far the call is. Default None. Called as progress(done, total) on the calling thread;
        total is 0 while it is not known. A true result cancels with EC_CANCELLED; an exception passes
        through.
    pdf_mode: PDF: what is read of a page. Default AUTO. A member of PdfMode, or its name.
    pdf_image: PDF: which image of the page EXTRACT reads, from 0, in the order in which they are drawn; past
        the last one is EC_INDEX_INVALID. Default 0.
    pdf_box: PDF: what of a page is shown. Default CROP. To draw what lies outside of the crop box is
        EC_FEATURE_NOT_SUPPORTED. A member of PdfBox, or its name.
    pdf_background: PDF: what pages are drawn on, 0xAARRGGBB with an alpha of 0xFF, or 0 for nothing: pixels
        are transparent then, and IPF_ARGB_8888 as stored. Default white, 0xFFFFFFFF.
    annotations: PDF: 1 draws annotations and form fields, 0 leaves them out. Default 1.
    max_side: Pixels of the longer side of a PDF page that is drawn, instead of dpi. A scan with more is
        drawn, too, unless a region of it is asked for. Other pages with more are reduced: each new pixel is
        the mean of those that it covers, so that black and white becomes gray (IPF_GRAYSCALED as stored), and
        dots per inch follow. Default 0: pages keep their size.
    scale: How many pixels across and down become one, 1, 2, 4 or 8, in the same way; sides are rounded up.
        Comes before max_side. PDF pages are drawn at fewer dots per inch; of JPEG luma and chroma are
        averaged, which takes less time than the whole picture. Default 0, which means 1.
    region_x: Columns before the region that is read of the page. The region is in pixels of the page as it is
        returned without scale and max_side; one that is not within it is EC_PARAMETER_VALUE_INVALID. Of a PDF
        page that is drawn, nothing else is made. Default 0.
    region_y: Rows before the region. Default 0.
    region_width: Columns of the region. Default 0, as the rows: all of the page.
    region_height: Rows of the region. Default 0.
    system_fonts: PDF: 1 looks at the fonts of the operating system after those lent with fonts and
        font_folder, so that pages may look different elsewhere. Default 0.
    fonts: PDF: fonts for texts whose own is not embedded, by name, and for characters that the built-in fonts
        lack (those are for western European languages). They are copied. Default None: none. Each is the
        bytes of a font file, or its path.
    font_folder: PDF: a folder of font files, with those within it, which are looked at after fonts. Default
        None: none.
    pdfium_path: PDF, where pdf_engine is 1: the PDFium library, UTF-8 on Windows, or the folder that has it
        under its usual name (libpdfium.so, pdfium.dll, libpdfium.dylib). Default None: the operating system
        finds it, or the one that is loaded is used. It is looked for when the first page is drawn and stays
        loaded; another one in the same process is EC_PARAMETER_VALUE_INVALID. None there is
        EC_PDF_DLL_MISSING, one that does not load or lacks functions EC_PDF_LIBRARY_LOAD_FAILED.
    pdf_engine: PDF: what draws pages: 0 the engine in the library, 1 PDFium, which the caller brings. It is
        foreign code in the process, whose memory no limit counts; one page is drawn at a time in a process.
        fonts and font_folder are EC_FEATURE_NOT_SUPPORTED with it. Default 0.
    """

    pixel_format: Union[EnumImagePixelFormat, int, str]
    orientation: Union[OrientationMode, int, str]
    tolerance: Union[Tolerance, int, str]
    threads: int
    fallback_dpi: float
    max_width: int
    max_height: int
    max_pixels: int
    max_memory: int
    max_pages: int
    max_metadata: int
    deadline_ms: int
    password: str
    progress: Callable[[int, int], object]
    pdf_mode: Union[PdfMode, int, str]
    pdf_image: int
    pdf_box: Union[PdfBox, int, str]
    pdf_background: int
    annotations: int
    max_side: int
    scale: int
    region_x: int
    region_y: int
    region_width: int
    region_height: int
    system_fonts: int
    fonts: Sequence[Union[bytes, str, PathLike[str]]]
    font_folder: Union[str, PathLike[str]]
    pdfium_path: Union[str, PathLike[str]]
    pdf_engine: int


class PageOptions(DecodeOptions, total=False):
    """How to read.

    pixel_format: The pixel format of what is returned. Default IPF_AS_STORED. A member of
        EnumImagePixelFormat, or its name.
    orientation: What is done about the orientation. Default REPORT. A member of OrientationMode, or its name.
    tolerance: What is done about damage. Default STRICT. A member of Tolerance, or its name.
    threads: Threads that may work at a time within the call, up to 256: TIFF uses them for strips and tiles,
        JPEG between restart markers, two of them where there are none, and all for the pixels of progressive
        pictures. Streams are read by the calling thread. Default 0: that one alone. The result is the same
        for any number.
    dpi: Dots per inch that PDF pages are drawn at, 100 to 3000. Default 300.
    fallback_dpi: Dots per inch that are reported for files that state none, 0 to 1000000. Default 0: left
        unstated.
    max_width: Most pixels per row. This and the next fields: 0 means the default, dio.NO_LIMIT no limit.
        Default 65535.
    max_height: Most rows. Default 65535.
    max_pixels: Most pixels of a page. Default 2^30.
    max_memory: Most bytes that the call holds at one time: pixels, work space and buffered input. Default
        2^31.
    max_pages: Most pages of a document. Default 10000.
    max_metadata: Most bytes of each kind of metadata. Default 2^24.
    deadline_ms: Milliseconds until the call gives up with EC_TIMEOUT. Checked between blocks of input and
        rows of output, so that a call ends within 100 ms; a PDF page that is drawn may take longer. Default:
        no deadline.
    password: Password of an encrypted PDF, UTF-8. Default None: none.
    progress: Told how far the call is. Default None. Called as progress(done, total) on the calling thread;
        total is 0 while it is not known. A true result cancels with EC_CANCELLED; an exception passes
        through.
    pdf_mode: PDF: what is read of a page. Default AUTO. A member of PdfMode, or its name.
    pdf_image: PDF: which image of the page EXTRACT reads, from 0, in the order in which they are drawn; past
        the last one is EC_INDEX_INVALID. Default 0.
    pdf_box: PDF: what of a page is shown. Default CROP. To draw what lies outside of the crop box is
        EC_FEATURE_NOT_SUPPORTED. A member of PdfBox, or its name.
    pdf_background: PDF: what pages are drawn on, 0xAARRGGBB with an alpha of 0xFF, or 0 for nothing: pixels
        are transparent then, and IPF_ARGB_8888 as stored. Default white, 0xFFFFFFFF.
    annotations: PDF: 1 draws annotations and form fields, 0 leaves them out. Default 1.
    max_side: Pixels of the longer side of a PDF page that is drawn, instead of dpi. A scan with more is
        drawn, too, unless a region of it is asked for. Other pages with more are reduced: each new pixel is
        the mean of those that it covers, so that black and white becomes gray (IPF_GRAYSCALED as stored), and
        dots per inch follow. Default 0: pages keep their size.
    scale: How many pixels across and down become one, 1, 2, 4 or 8, in the same way; sides are rounded up.
        Comes before max_side. PDF pages are drawn at fewer dots per inch; of JPEG luma and chroma are
        averaged, which takes less time than the whole picture. Default 0, which means 1.
    region_x: Columns before the region that is read of the page. The region is in pixels of the page as it is
        returned without scale and max_side; one that is not within it is EC_PARAMETER_VALUE_INVALID. Of a PDF
        page that is drawn, nothing else is made. Default 0.
    region_y: Rows before the region. Default 0.
    region_width: Columns of the region. Default 0, as the rows: all of the page.
    region_height: Rows of the region. Default 0.
    system_fonts: PDF: 1 looks at the fonts of the operating system after those lent with fonts and
        font_folder, so that pages may look different elsewhere. Default 0.
    fonts: PDF: fonts for texts whose own is not embedded, by name, and for characters that the built-in fonts
        lack (those are for western European languages). They are copied. Default None: none. Each is the
        bytes of a font file, or its path.
    font_folder: PDF: a folder of font files, with those within it, which are looked at after fonts. Default
        None: none.
    pdfium_path: PDF, where pdf_engine is 1: the PDFium library, UTF-8 on Windows, or the folder that has it
        under its usual name (libpdfium.so, pdfium.dll, libpdfium.dylib). Default None: the operating system
        finds it, or the one that is loaded is used. It is looked for when the first page is drawn and stays
        loaded; another one in the same process is EC_PARAMETER_VALUE_INVALID. None there is
        EC_PDF_DLL_MISSING, one that does not load or lacks functions EC_PDF_LIBRARY_LOAD_FAILED.
    pdf_engine: PDF: what draws pages: 0 the engine in the library, 1 PDFium, which the caller brings. It is
        foreign code in the process, whose memory no limit counts; one page is drawn at a time in a process.
        fonts and font_folder are EC_FEATURE_NOT_SUPPORTED with it. Default 0.
    """

    dpi: float


class ReadOptions(PageOptions, total=False):
    """How to read.

    page: The page, from 0, that the one-call functions and probes read. Default 0.
    pixel_format: The pixel format of what is returned. Default IPF_AS_STORED. A member of
        EnumImagePixelFormat, or its name.
    orientation: What is done about the orientation. Default REPORT. A member of OrientationMode, or its name.
    tolerance: What is done about damage. Default STRICT. A member of Tolerance, or its name.
    threads: Threads that may work at a time within the call, up to 256: TIFF uses them for strips and tiles,
        JPEG between restart markers, two of them where there are none, and all for the pixels of progressive
        pictures. Streams are read by the calling thread. Default 0: that one alone. The result is the same
        for any number.
    dpi: Dots per inch that PDF pages are drawn at, 100 to 3000. Default 300.
    fallback_dpi: Dots per inch that are reported for files that state none, 0 to 1000000. Default 0: left
        unstated.
    max_width: Most pixels per row. This and the next fields: 0 means the default, dio.NO_LIMIT no limit.
        Default 65535.
    max_height: Most rows. Default 65535.
    max_pixels: Most pixels of a page. Default 2^30.
    max_memory: Most bytes that the call holds at one time: pixels, work space and buffered input. Default
        2^31.
    max_pages: Most pages of a document. Default 10000.
    max_metadata: Most bytes of each kind of metadata. Default 2^24.
    deadline_ms: Milliseconds until the call gives up with EC_TIMEOUT. Checked between blocks of input and
        rows of output, so that a call ends within 100 ms; a PDF page that is drawn may take longer. Default:
        no deadline.
    password: Password of an encrypted PDF, UTF-8. Default None: none.
    progress: Told how far the call is. Default None. Called as progress(done, total) on the calling thread;
        total is 0 while it is not known. A true result cancels with EC_CANCELLED; an exception passes
        through.
    pdf_mode: PDF: what is read of a page. Default AUTO. A member of PdfMode, or its name.
    pdf_image: PDF: which image of the page EXTRACT reads, from 0, in the order in which they are drawn; past
        the last one is EC_INDEX_INVALID. Default 0.
    pdf_box: PDF: what of a page is shown. Default CROP. To draw what lies outside of the crop box is
        EC_FEATURE_NOT_SUPPORTED. A member of PdfBox, or its name.
    pdf_background: PDF: what pages are drawn on, 0xAARRGGBB with an alpha of 0xFF, or 0 for nothing: pixels
        are transparent then, and IPF_ARGB_8888 as stored. Default white, 0xFFFFFFFF.
    annotations: PDF: 1 draws annotations and form fields, 0 leaves them out. Default 1.
    max_side: Pixels of the longer side of a PDF page that is drawn, instead of dpi. A scan with more is
        drawn, too, unless a region of it is asked for. Other pages with more are reduced: each new pixel is
        the mean of those that it covers, so that black and white becomes gray (IPF_GRAYSCALED as stored), and
        dots per inch follow. Default 0: pages keep their size.
    scale: How many pixels across and down become one, 1, 2, 4 or 8, in the same way; sides are rounded up.
        Comes before max_side. PDF pages are drawn at fewer dots per inch; of JPEG luma and chroma are
        averaged, which takes less time than the whole picture. Default 0, which means 1.
    region_x: Columns before the region that is read of the page. The region is in pixels of the page as it is
        returned without scale and max_side; one that is not within it is EC_PARAMETER_VALUE_INVALID. Of a PDF
        page that is drawn, nothing else is made. Default 0.
    region_y: Rows before the region. Default 0.
    region_width: Columns of the region. Default 0, as the rows: all of the page.
    region_height: Rows of the region. Default 0.
    system_fonts: PDF: 1 looks at the fonts of the operating system after those lent with fonts and
        font_folder, so that pages may look different elsewhere. Default 0.
    fonts: PDF: fonts for texts whose own is not embedded, by name, and for characters that the built-in fonts
        lack (those are for western European languages). They are copied. Default None: none. Each is the
        bytes of a font file, or its path.
    font_folder: PDF: a folder of font files, with those within it, which are looked at after fonts. Default
        None: none.
    pdfium_path: PDF, where pdf_engine is 1: the PDFium library, UTF-8 on Windows, or the folder that has it
        under its usual name (libpdfium.so, pdfium.dll, libpdfium.dylib). Default None: the operating system
        finds it, or the one that is loaded is used. It is looked for when the first page is drawn and stays
        loaded; another one in the same process is EC_PARAMETER_VALUE_INVALID. None there is
        EC_PDF_DLL_MISSING, one that does not load or lacks functions EC_PDF_LIBRARY_LOAD_FAILED.
    pdf_engine: PDF: what draws pages: 0 the engine in the library, 1 PDFium, which the caller brings. It is
        foreign code in the process, whose memory no limit counts; one page is drawn at a time in a process.
        fonts and font_folder are EC_FEATURE_NOT_SUPPORTED with it. Default 0.
    """

    page: int


class SaveOptions(TypedDict, total=False):
    """How to save.

    format: The format of the file. Default IFF_AUTO: the extension decides. A member of EnumImageFileFormat,
        or its name.
    quality: JPEG quality, 1 to 100, on libjpeg's scale. Default 90.
    subsampling: JPEG chroma subsampling. Default 420. A member of Subsampling, or its name.
    optimize: JPEG: 1 makes Huffman tables for the image: smaller and slower. Default 0.
    level: Deflate effort in PNG, TIFF and PDF, 0 (stored) to 9. Default 6. PNG, and images in PDF, are made
        fast up to 6, and thoroughly from 7 on. From 7 on PNG stores up to 256 colours as a palette, and grays
        as such.
    compression: TIFF compression. Default AUTO. A member of Compression, or its name.
    encoding: PDF: how the image is compressed. Default AUTO. A member of PdfEncoding, or its name.
    icc: What happens to the ICC profile. Default KEEP. A member of MetadataPolicy, or its name.
    exif: What happens to EXIF. Default KEEP. A member of MetadataPolicy, or its name.
    xmp: What happens to XMP. Default KEEP. A member of MetadataPolicy, or its name.
    background: What transparent pixels lie on in formats without alpha: 0xRRGGBB. Default white, 0xFFFFFF.
    predictor: TIFF: whether differences of neighbours are compressed. Default AUTO: where they help. A member
        of Predictor, or its name.
    rows_per_strip: TIFF: rows of a strip; with JPEG compression the next multiple of 16. Default 0: chosen by
        the library.
    tile_width: TIFF: pixels across a tile, a multiple of 16. Default 0: strips.
    tile_height: TIFF: pixels down a tile, a multiple of 16. Default 0: strips.
    big_tiff: TIFF: 1 writes BigTIFF, whose files may be longer than 4 GiB. Default 0: where the first page
        may need it; a document of classic TIFF that gets longer is EC_FEATURE_NOT_SUPPORTED.
    two_dimensional: TIFF: 1 makes G3 two-dimensional. Default 0.
    palette: GIF, PNG, TIFF and PDF: the most colours of a palette, 2 to 256. Images that have more get the
        colours nearest to theirs. Default 0: 256 in GIF, no palette in TIFF, in PDF, and in PNG from level 7
        on, one where it loses nothing.
    dither: GIF, PNG, TIFF and PDF: 1 hands the errors of a palette on to neighbouring pixels (Floyd and
        Steinberg). Default 0.
    delay_ms: GIF: milliseconds that the frame shows, up to 655350, in steps of 10. Default 0: 100 in a
        document.
    loop_count: GIF: how often a document is played, up to 65536, for the options that it is opened with.
        Default 0: without end.
    dpi_x: Dots per inch across that are written instead of the image's, up to 1000000. Default 0: the
        image's.
    dpi_y: Dots per inch down. Default 0: the image's.
    date_time: TIFF and PDF: when the file was made, as YYYY:MM:DD HH:MM:SS. Default None: not stated, so that
        the same image gives the same bytes.
    binarize: How the image becomes black and white before it is saved, in any format. Default None: it does
        where G3 or G4 asks for it, by the defaults of BinarizeOptions. A member of BinarizeMethod, its name,
        or a dict of the options of ImageData.binarize.
    progress: Told how far the call is. Default None. Called as progress(done, total) on the calling thread;
        total is 0 while it is not known. A true result cancels with EC_CANCELLED; an exception passes
        through.
    pdf: PDF: pages and documents. Default None: the defaults of PdfOptions. A dict of the options of
        dio.PdfOptions.
    threads: Threads that may work at a time within the call, up to 256: PNG uses them for large images,
        unless level is 0. Default 0: the calling thread alone. The file is the same for any number.
    progressive: JPEG files: 1 writes progressive ones, the whole picture coarse first and then finer: smaller
        and slower, with tables made for the image. It takes 3 bytes of memory a pixel or more. Default 0.
    """

    format: Union[EnumImageFileFormat, int, str]
    quality: int
    subsampling: Union[Subsampling, int, str]
    optimize: int
    level: int
    compression: Union[Compression, int, str]
    encoding: Union[PdfEncoding, int, str]
    icc: Union[MetadataPolicy, int, str]
    exif: Union[MetadataPolicy, int, str]
    xmp: Union[MetadataPolicy, int, str]
    background: int
    predictor: Union[Predictor, int, str]
    rows_per_strip: int
    tile_width: int
    tile_height: int
    big_tiff: int
    two_dimensional: int
    palette: int
    dither: int
    delay_ms: int
    loop_count: int
    dpi_x: float
    dpi_y: float
    date_time: str
    binarize: Union[BinarizeOptions, BinarizeMethod, str]
    progress: Callable[[int, int], object]
    pdf: PdfOptions
    threads: int
    progressive: int


@dataclass(frozen=True)
class ImageInfo:
    """The facts of a page and of what reading it returns.

    width: Pixels per row of what a read returns.
    height: Rows of what a read returns.
    pixel_format: Pixel format of what a read returns.
    stride: Bytes from one row to the next of what a read returns.
    size: Bytes of the pixels that a read returns: enough for the pixels with this stride.
    stored_width: Pixels per row in the file, before orientation.
    stored_height: Rows in the file, before orientation.
    bits_per_sample: Bits of a stored sample.
    samples_per_pixel: Stored samples of a pixel.
    file_format: The format of the file.
    page_count: Pages, frames or directories of the file.
    orientation: The clockwise angle that a read reports: 0, 90, 180 or 270.
    compression: Compression as TIFF or BMP number it, else 0.
    dpi_x: Dots per inch across; 0 = not stated.
    dpi_y: Dots per inch down; 0 = not stated.
    has_icc: whether the page has an ICC profile.
    has_exif: whether the page has EXIF.
    has_xmp: whether the page has XMP.
    has_alpha: whether pixels may be transparent.
    animated: whether the pages are frames of an animation.
    source: What kind of page it is.
    delay_ms: Milliseconds that a frame of an animation shows; 0 for other pages.
    loop_count: How often an animation is played; 0 without end, and for other files.
    images: PDF: images of the page with EXTRACT, 1 for a scan with AUTO; else 0.
    encrypted: whether the file is encrypted.
    """

    width: int
    height: int
    pixel_format: EnumImagePixelFormat
    stride: int
    size: int
    stored_width: int
    stored_height: int
    bits_per_sample: int
    samples_per_pixel: int
    file_format: EnumImageFileFormat
    page_count: int
    orientation: int
    compression: int
    dpi_x: float
    dpi_y: float
    has_icc: bool
    has_exif: bool
    has_xmp: bool
    has_alpha: bool
    animated: bool
    source: PageSource
    delay_ms: int
    loop_count: int
    images: int
    encrypted: bool


@dataclass(frozen=True)
class FormatInfo:
    """What the library can do with a format.

    format: The format asked for.
    can_read: whether this build reads it.
    can_write: whether this build writes it.
    multi_page: whether files may hold more than one page.
    stores_resolution: whether dots per inch are written.
    stores_orientation: 1 where the orientation is written as a tag; else the pixels are turned before they
        are written.
    stores_icc: whether ICC profiles are written.
    stores_exif: whether EXIF is written.
    stores_xmp: whether XMP is written.
    name: Short name, such as PNG.
    extensions: File name endings in lower case, separated by commas, the preferred one first.
    media_type: Internet media type, such as image/png.
    """

    format: EnumImageFileFormat
    can_read: bool
    can_write: bool
    multi_page: bool
    stores_resolution: bool
    stores_orientation: bool
    stores_icc: bool
    stores_exif: bool
    stores_xmp: bool
    name: str
    extensions: str
    media_type: str
