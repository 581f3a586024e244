"""Document image I/O: reads any image or page into memory, and writes it back.

    import dio

    array = dio.imread("photo.jpg")                    # numpy, upright, blue first as in OpenCV
    dio.imwrite("photo.png", array)

    with dio.open("scan.tif") as document:             # pages, decoded when they are asked for
        for page in document:
            print(page.width, page.height, page.resolution)

    with dio.Writer("book.pdf") as writer:             # page by page
        writer.add_encoded("cover.jpg")                # a JPEG goes in as it is
        writer.add(dio.read("page.png"))

    dio.probe("scan.tif").page_count                   # facts without decoding

These raise DioError, which has a code and a message. ImageIO has the methods of the SDK class of that name, which
return error codes instead. `dio.open` is not in `from dio import *`, so that Python's own stays what it is.

Pixel formats are members of EnumImagePixelFormat, whose names are read from the high to the low address: RGB_888 is
blue, green, red in memory and in arrays, BGR_888 red, green, blue. Where a member is taken its name will do:
format="GRAYSCALED", compression="G4". The small enumerations of options and facts (dio.Compression, dio.Tolerance,
dio.Subsampling, ...) are not in `from dio import *` either.

numpy is needed for arrays only.
"""

from __future__ import annotations

from dio._abi.numbers import (
    BinarizeMethod as BinarizeMethod,
    Compression as Compression,
    EnumErrorCode,
    EnumImageFileFormat,
    EnumImagePixelFormat,
    MetadataKind as MetadataKind,
    MetadataPolicy as MetadataPolicy,
    OrientationMode as OrientationMode,
    PageFit as PageFit,
    PageSize as PageSize,
    PageSource as PageSource,
    PdfBox as PdfBox,
    PdfEncoding as PdfEncoding,
    PdfMode as PdfMode,
    PdfStandard as PdfStandard,
    Predictor as Predictor,
    Subsampling as Subsampling,
    Tolerance as Tolerance,
)
from dio._abi.options import FormatInfo, ImageInfo, PdfOptions
from dio._document import DioWarning, Document
from dio._functions import imread, imwrite, open as open, probe, query_format, read  # noqa: A004
from dio._image import ImageData
from dio._imageio import ImageIO
from dio._library import NO_LIMIT, DioError, lib as _lib
from dio._tags import EnumImageTagType, FileImageTag, ImageTag
from dio._writer import Writer

#: The version of the library.
__version__: str = _lib.DIO_GetVersion().decode("ascii")

__all__ = [
    "NO_LIMIT",
    "DioError",
    "DioWarning",
    "Document",
    "EnumErrorCode",
    "EnumImageFileFormat",
    "EnumImagePixelFormat",
    "EnumImageTagType",
    "FileImageTag",
    "FormatInfo",
    "ImageData",
    "ImageIO",
    "ImageInfo",
    "ImageTag",
    "PdfOptions",
    "Writer",
    "imread",
    "imwrite",
    "probe",
    "query_format",
    "read",
]

for _thing in [value for name, value in globals().items() if name[0] != "_" and callable(value)]:
    _thing.__module__ = "dio"
del _thing
