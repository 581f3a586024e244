"""The functions that a Python programmer looks for first."""

from __future__ import annotations

import os
from ctypes import byref, c_void_p
from typing import TYPE_CHECKING, Any, Dict, Union

from dio import _streams
from dio._abi.numbers import EnumImageFileFormat, EnumImagePixelFormat, OrientationMode
from dio._abi.options import FormatInfo, ImageInfo
from dio._document import Document, tell_warnings
from dio._image import ImageData
from dio._library import Callbacks, address_of, check, contiguous, lib, path_bytes
from dio._options import READ, SAVE, documented, facts, file_format, info_struct
from dio._writer import Writer, image_of

if TYPE_CHECKING:
    import numpy
    import numpy.typing
    from typing_extensions import Unpack

    from dio._abi.options import DecodeOptions, PageOptions, ReadOptions, SaveOptions


def _read(source: _streams.Source, given: Dict[str, Any]) -> ImageData:
    callbacks, image = Callbacks(), c_void_p()
    struct = byref(READ.fill(given, callbacks))
    if _streams.is_path(source):
        name = path_bytes(source)  # type: ignore[arg-type]
        code = lib.DIO_ReadFromFileWithOptions(name, struct, byref(image))
    elif _streams.is_file(source, "read"):
        return _read_page(source, given)
    else:
        try:
            view = contiguous(source)
        except TypeError:
            raise _streams.refuse(source, "source") from None
        address = address_of(view) if view.nbytes else None
        code = lib.DIO_ReadFromMemoryWithOptions(address, view.nbytes, struct, byref(image))
    callbacks.check(code)
    return ImageData._from_handle(image.value or 0)


def _read_page(source: _streams.Source, given: Dict[str, Any]) -> ImageData:
    """A page of a file object. The library itself says what is wrong with its number."""
    page, image = given.get("page") or 0, c_void_p()
    with Document(source, False, given) as document:
        document._callbacks.check(lib.DIO_ReaderReadPage(document._open(), page, byref(image)))
    return ImageData._from_handle(image.value or 0)


@documented(READ, see="imread")
def read(source: _streams.Source, *, warn: bool = False, **options: Unpack[ReadOptions]) -> ImageData:
    """Reads a page of a file as an ImageData: the pixels as stored, the angle told by `orientation`.

    source: a path (str or os.PathLike), the bytes of a file (any object with the buffer interface), or a binary file
        object, which is read from where it stands and not whole beforehand.
    warn: hands what was mended to warnings.warn, as DioWarning; `ImageData.warnings` has it in any case.

    Raises DioError. Works without numpy.
    """
    image = _read(source, dict(options))
    if warn:
        tell_warnings(image, 3)
    return image


@documented(READ, orientation=OrientationMode.APPLY)
def imread(
    source: _streams.Source,
    page: int = 0,
    dpi: float = 300.0,
    format: Union[EnumImagePixelFormat, int, str, None] = None,
    *,
    warn: bool = False,
    **options: Unpack[DecodeOptions],
) -> numpy.typing.NDArray[Any]:
    """Reads a page of a file as a numpy array, upright.

    source: a path (str or os.PathLike), the bytes of a file (any object with the buffer interface), or a binary file
        object, which is read from where it stands and not whole beforehand.
    page: from 0.
    dpi: dots per inch that PDF pages are drawn at.
    format: the pixel format, as `pixel_format`; default: that nearest to what is stored.
    warn: hands what was mended to warnings.warn, as DioWarning.

    Returns (h, w, 3) uint8 for colour, whose channels are blue, green, red as in OpenCV; format="BGR_888" gives red,
    green, blue. (h, w) uint8 for gray, (h, w) bool for 1-bit pages (True = white), (h, w, 4) uint8 with alpha, uint16
    for more than 8 bits. The array is writable and owns the pixels; nothing was copied but bits into bools.

    Raises DioError.
    """
    given: Dict[str, Any] = {"orientation": OrientationMode.APPLY, **options, "page": page, "dpi": dpi}
    if format is not None:
        if options.get("pixel_format") is not None:
            raise TypeError("imread() takes format or pixel_format, not both")
        given["pixel_format"] = format
    image = _read(source, given)
    if warn:
        tell_warnings(image, 3)
    return image.numpy()


@documented(SAVE)
def imwrite(
    target: _streams.Target,
    image: Union[ImageData, numpy.typing.NDArray[Any]],
    *,
    pixel_format: Union[EnumImagePixelFormat, int, str, None] = None,
    overwrite: bool = True,
    **options: Unpack[SaveOptions],
) -> None:
    """Saves an image to a file.

    target: a path (str, bytes or os.PathLike), whose extension decides the format, or a binary file object, for which
        `format` does.
    image: an ImageData, or an array as `ImageData.from_numpy` takes it: what `imread` returns, with blue first.
    pixel_format: that of an array; an ImageData is converted to it.
    overwrite: False makes an existing file EC_FILE_ALREADY_EXISTS.

    A file appears whole or not at all. Raises DioError, and TypeError for arrays that no pixel format fits.
    """
    made = image_of(image, pixel_format)
    if isinstance(target, (str, bytes, os.PathLike)):
        made.save(target, overwrite, **options)
        return
    if not overwrite:
        raise TypeError("overwrite is for files that are given by their path")
    with Writer(target, **options) as writer:
        writer.add(made)


@documented(READ, "page", see="imread")
def open(  # noqa: A001
    source: _streams.Source, *, warn: bool = False, **options: Unpack[PageOptions]
) -> Document:
    """Opens a file of one or many pages: a Document, which is a sequence of ImageData and a context manager.

    source: a path (str or os.PathLike), the bytes of a file (any object with the buffer interface, borrowed until it is
        closed), or a binary file object, which is read from where it stands and not whole beforehand.
    warn: hands what was mended to warnings.warn, as DioWarning.

    Raises DioError.
    """
    return Document(source, warn, dict(options))


@documented(READ, see="imread")
def probe(source: _streams.Source, **options: Unpack[ReadOptions]) -> ImageInfo:
    """The facts of a page, and of what reading it with the same options returns, without decoding it.

    source: as for `read`. Raises DioError.
    """
    callbacks, struct = Callbacks(), info_struct("ImageInfo")
    if _streams.is_file(source, "read"):
        given: Dict[str, Any] = dict(options)
        page = given.get("page") or 0
        with Document(source, False, given) as document:
            document._callbacks.check(lib.DIO_ReaderGetPageInfo(document._open(), page, byref(struct)))
        return facts(ImageInfo, struct)
    filled = byref(READ.fill(options, callbacks))
    if _streams.is_path(source):
        code = lib.DIO_ProbeFile(path_bytes(source), filled, byref(struct))  # type: ignore[arg-type]
    else:
        try:
            view = contiguous(source)
        except TypeError:
            raise _streams.refuse(source, "source") from None
        address = address_of(view) if view.nbytes else None
        code = lib.DIO_ProbeMemory(address, view.nbytes, filled, byref(struct))
    callbacks.check(code)
    return facts(ImageInfo, struct)


def query_format(format: Union[EnumImageFileFormat, int, str]) -> FormatInfo:
    """What this build can do with a file format: read it, write it, hold many pages, and so on. Raises DioError."""
    struct = info_struct("FormatInfo")
    check(lib.DIO_QueryFormat(file_format(format), byref(struct)))
    return facts(FormatInfo, struct)
