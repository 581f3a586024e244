"""Files of many pages, written page by page."""

from __future__ import annotations

from ctypes import byref, c_void_p
from typing import TYPE_CHECKING, Any, Dict, Optional, Union

from dio import _streams
from dio._abi.numbers import EnumImagePixelFormat
from dio._image import ImageData
from dio._library import Callbacks, Turns, address_of, contiguous, lib, path_bytes, take_bytes
from dio._options import SAVE, documented

if TYPE_CHECKING:
    import numpy
    import numpy.typing
    from typing_extensions import Unpack

    from dio._abi.options import SaveOptions


def image_of(
    image: Union[ImageData, numpy.typing.NDArray[Any]], pixel_format: Union[EnumImagePixelFormat, int, str, None]
) -> ImageData:
    """An image as it is, or that of an array."""
    if not isinstance(image, ImageData):
        return ImageData.from_numpy(image, pixel_format)
    return image if pixel_format is None else image.convert(pixel_format)


class Writer:
    """A document that is written page by page: TIFF, PDF, GIF, or a single page of another format.

    Writer(path) begins a file, which appears under its name, whole, when `finish()` is called or a `with` block ends
    without an exception; after one, or without `finish()`, nothing is left behind. With `append=True` pages go behind
    those of an existing TIFF or PDF. Writer(file, format="tiff") writes to a binary file object;
    Writer(format="tiff") to memory, and `finish()` returns the bytes. The options hold for every page that comes
    without its own.
    """

    @documented(SAVE, see="imwrite")
    def __init__(
        self,
        target: Optional[_streams.Target] = None,
        *,
        overwrite: bool = True,
        append: bool = False,
        **options: Unpack[SaveOptions],
    ) -> None:
        """Begins a document. With `overwrite=False` an existing file is EC_FILE_ALREADY_EXISTS. Raises DioError."""
        self._lock = Turns()
        self._callbacks = Callbacks()
        self._options: Dict[str, Any] = dict(options)
        self._stream: Any = None
        self._writer: Optional[int] = None
        self._in_memory = target is None
        struct, writer = byref(SAVE.fill(options, self._callbacks)), c_void_p()
        named = isinstance(target, bytes) or _streams.is_path(target)
        if not named and (append or not overwrite):
            raise TypeError("append and overwrite are for files that are given by their path")
        if append and not overwrite:
            raise TypeError("append=True changes an existing file, which overwrite=False forbids")
        if target is None:
            code = lib.DIO_WriterOpenMemory(struct, byref(writer))
        elif named and append:
            code = lib.DIO_WriterOpenAppend(path_bytes(target), struct, byref(writer))  # type: ignore[arg-type]
        elif named:
            name = path_bytes(target)  # type: ignore[arg-type]
            code = lib.DIO_WriterOpenFile(name, 1 if overwrite else 0, struct, byref(writer))
        elif _streams.is_file(target, "write"):
            self._stream = _streams.writing(target, self._callbacks)
            code = lib.DIO_WriterOpenStream(byref(self._stream), struct, byref(writer))
        else:
            raise _streams.refuse(target, "target")
        self._callbacks.check(code)
        self._writer = writer.value

    @documented(SAVE, see="imwrite")
    def add(
        self,
        image: Union[ImageData, numpy.typing.NDArray[Any]],
        *,
        pixel_format: Union[EnumImagePixelFormat, int, str, None] = None,
        **options: Unpack[SaveOptions],
    ) -> None:
        """Adds a page: an ImageData, or an array as `ImageData.from_numpy` takes it. Raises DioError.

        `pixel_format` is that of an array; an ImageData is converted to it. The options hold for this page, those of
        the writer for what they leave out. A page that fails leaves the document as it was.
        """
        page = image_of(image, pixel_format)
        owner = page._alive()
        with owner.lock:
            self._add(lib.DIO_WriterAddPage, dict(options), owner.handle)

    @documented(SAVE, see="imwrite")
    def add_encoded(self, source: _streams.Source, **options: Unpack[SaveOptions]) -> None:
        """Adds a page from an encoded file: a path, its bytes, or a file object, which is read to its end.

        Its compressed data goes through untouched where the document can hold it: a JPEG into TIFF and PDF, CCITT G4
        of one strip into TIFF and PDF, JPEG 2000 into PDF alone. Else it is decoded and saved. Raises DioError.
        """
        if _streams.is_path(source):
            with open(path_bytes(source), "rb") as file:  # type: ignore[arg-type]
                data: Any = file.read()
        elif _streams.is_file(source, "read"):
            data = source.read(-1)  # type: ignore[union-attr]
        else:
            data = source
        try:
            view = contiguous(data)
        except TypeError:
            raise _streams.refuse(data, "source") from None
        address = address_of(view) if view.nbytes else None
        self._add(lib.DIO_WriterAddEncoded, dict(options), address, view.nbytes)

    def _add(self, function: Any, options: Dict[str, Any], *page: Any) -> None:
        callbacks = Callbacks()
        with self._lock:
            struct = byref(SAVE.fill({**self._options, **options}, callbacks)) if options else None
            code = function(self._open(), *page, struct)
            if code != 0:
                callbacks.check(0)
                self._callbacks.check(code)

    def finish(self) -> Optional[bytes]:
        """Completes the document: the file gets its name, and bytes are returned where there is none.

        The writer takes no more pages, whether it succeeds or not. Raises DioError.
        """
        with self._lock:
            writer = self._open()
            try:
                if self._in_memory:
                    finish = lib.DIO_WriterFinishToMemory
                    return take_bytes(lambda data, size: finish(writer, data, size), self._callbacks.check)
                self._callbacks.check(lib.DIO_WriterFinish(writer))
                return None
            finally:
                self._free()

    def close(self) -> None:
        """Gives the document up, unless it is finished: nothing is left behind."""
        with self._lock:
            self._free()

    def _free(self) -> None:
        writer, self._writer = self._writer, None
        lib.DIO_FreeWriter(writer)

    def _open(self) -> int:
        if self._writer is None:
            raise ValueError("the writer is closed")
        return self._writer

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None and self._writer is not None and not self._in_memory:
            self.finish()
        elif kind is not None or not self._in_memory:
            self.close()

    def __del__(self) -> None:
        if getattr(self, "_writer", None) is not None:
            self.close()
