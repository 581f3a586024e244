"""Files of many pages, read page by page."""

from __future__ import annotations

import warnings
from ctypes import byref, c_size_t, c_void_p
from typing import TYPE_CHECKING, Any, Dict, Iterator, List, Optional, Union, overload

from dio import _streams
from dio._abi.options import ImageInfo
from dio._image import ImageData
from dio._library import Callbacks, Turns, address_of, check, contiguous, lib, path_bytes
from dio._options import READ, documented, facts, info_struct

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from dio._abi.options import PageOptions


class DioWarning(UserWarning):
    """What was wrong with a file and could be mended or ignored."""


def tell_warnings(image: ImageData, level: int) -> None:
    """Hands the warnings of an image to Python's."""
    for text in image.warnings:
        warnings.warn(text, DioWarning, stacklevel=level + 1)


class Document:
    """The pages of an open file: `dio.open` makes it.

    It is a sequence of ImageData, from page 0, decoded when they are asked for; pages that were read do not need it any
    more. Close it with `close()` or `with`. Threads may share it: they then take turns. To decode pages side by side,
    give each thread a `clone()`.
    """

    def __init__(self, source: _streams.Source, warn: bool, options: Dict[str, Any]) -> None:
        self._lock = Turns()
        self._callbacks = Callbacks()
        self._options = options
        self._warn = warn
        self._source: Any = None
        self._reader: Optional[int] = None
        struct, reader = byref(READ.fill(options, self._callbacks)), c_void_p()
        if _streams.is_path(source):
            code = lib.DIO_ReaderOpenFile(path_bytes(source), struct, byref(reader))  # type: ignore[arg-type]
        elif _streams.is_file(source, "read"):
            self._source = _streams.reading(source, self._callbacks)
            code = lib.DIO_ReaderOpenStream(byref(self._source), struct, byref(reader))
        else:
            try:
                view = contiguous(source)
            except TypeError:
                raise _streams.refuse(source, "source") from None
            self._source = view  # borrowed while the reader lives
            address = address_of(view) if view.nbytes else None
            code = lib.DIO_ReaderOpenMemory(address, view.nbytes, struct, byref(reader))
        self._callbacks.check(code)
        count = c_size_t()
        self._reader = reader.value
        check(lib.DIO_ReaderGetPageCount(reader, byref(count)))
        self._count = count.value

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: int) -> ImageData: ...

    @overload
    def __getitem__(self, index: slice) -> List[ImageData]: ...

    def __getitem__(self, index: Union[int, slice]) -> Union[ImageData, List[ImageData]]:
        """Page `index`, decoded; negative ones count from the end. A slice is a list of pages."""
        if isinstance(index, slice):
            return [self._read(page, {}) for page in range(*index.indices(self._count))]
        return self._read(self._page(index), {})

    def __iter__(self) -> Iterator[ImageData]:
        """The pages in turn, each decoded when it is asked for."""
        for page in range(self._count):
            yield self._read(page, {})

    @documented(READ, "page", see="imread")
    def read(self, index: int, **options: Unpack[PageOptions]) -> ImageData:
        """Page `index` with options for this call, which go before those that the document was opened with."""
        return self._read(self._page(index), dict(options))

    def info(self, index: int = 0) -> ImageInfo:
        """The facts of page `index`, and of what reading it returns, without decoding it. Raises DioError."""
        page, struct = self._page(index), info_struct("ImageInfo")
        with self._lock:
            self._callbacks.check(lib.DIO_ReaderGetPageInfo(self._open(), page, byref(struct)))
        return facts(ImageInfo, struct)

    def clone(self) -> Document:
        """The same open file for another thread: both decode pages at the same time. Raises DioError.

        A `progress` function of this document is called in the threads of both.
        """
        twin, reader = object.__new__(type(self)), c_void_p()
        twin._lock, twin._reader = Turns(), None
        twin._callbacks, twin._source, twin._options = self._callbacks, self._source, self._options
        twin._warn, twin._count = self._warn, self._count
        with self._lock:
            check(lib.DIO_ReaderClone(self._open(), byref(reader)))
        twin._reader = reader.value
        return twin

    def close(self) -> None:
        """Closes the file; pages that were read stay."""
        with self._lock:
            reader, self._reader = self._reader, None
            lib.DIO_FreeReader(reader)

    def __enter__(self) -> Document:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        if getattr(self, "_reader", None) is not None:
            self.close()

    def __repr__(self) -> str:
        return f"<dio.Document of {self._count} pages{', closed' if self._reader is None else ''}>"

    def _page(self, index: int) -> int:
        page = index + self._count if index < 0 else index
        if not 0 <= page < self._count:
            raise IndexError(f"page {index} of a document of {self._count} pages")
        return page

    def _open(self) -> int:
        if self._reader is None:
            raise ValueError("the document is closed")
        return self._reader

    def _read(self, page: int, options: Dict[str, Any]) -> ImageData:
        callbacks, image = Callbacks(), c_void_p()
        with self._lock:
            if options:
                struct = byref(READ.fill({**self._options, **options}, callbacks))
                code = lib.DIO_ReaderReadPageWithOptions(self._open(), page, struct, byref(image))
            else:
                code = lib.DIO_ReaderReadPage(self._open(), page, byref(image))
            if code != 0:
                callbacks.check(0)  # what a callback of this call raised
                self._callbacks.check(code)
        read = ImageData._from_handle(image.value or 0)
        if self._warn:
            tell_warnings(read, 3)
        return read
