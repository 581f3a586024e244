"""An image in memory, and the views of its pixels."""

from __future__ import annotations

import ctypes
import os
import sys
from ctypes import byref, c_double, c_size_t, c_void_p
from typing import TYPE_CHECKING, Any, Callable, Dict, Optional, Tuple, Union

from dio import _dlpack, _pixels
from dio._abi.numbers import EnumErrorCode, EnumImageFileFormat, EnumImagePixelFormat, MetadataKind
from dio._lent import Owner, layout_of, lend
from dio._library import (
    Callbacks,
    DioError,
    address_of,
    check,
    contiguous,
    lib,
    path_bytes,
    take_bytes,
)
from dio._options import BINARIZE, SAVE, choice, documented, file_format, pixel_format
from dio._tags import FileImageTag, ImageTag

if TYPE_CHECKING:
    import numpy
    import numpy.typing
    from typing_extensions import Unpack

    from dio._abi.options import BinarizeOptions, SaveOptions


class ImageData:
    """An image: pixels in memory and what is known about them.

    ImageData(bytes, width, height, stride, format, orientation=0, tag=None) makes one of pixels that exist:
    `bytes` is any object with the buffer interface, which is not copied and must not change its size; `stride` is
    bytes from row to row, `format` an EnumImagePixelFormat, `orientation` the clockwise angle to turn for upright
    pixels. Values that contradict each other raise nothing here: what uses the image then fails with
    EC_IMAGE_DATA_INVALID.

    The pixels are not copied by `view()`, numpy.asarray, DLPack and, from Python 3.12, the buffer interface. Such
    views live as long as they are needed, also after the image object is gone. For packed bits and for NV12 and NV21
    they are (rows, bytes) uint8; other formats are (height, width) or (height, width, channels), uint8 or uint16.
    """

    def __init__(
        self,
        bytes: Any,
        width: int,
        height: int,
        stride: int,
        format: int,
        orientation: int = 0,
        tag: Optional[ImageTag] = None,
    ) -> None:
        view = contiguous(bytes)
        numbers = {"width": width, "height": height, "stride": stride, "format": format, "orientation": orientation}
        for name, number in numbers.items():
            if not isinstance(number, int):
                raise TypeError(f"{name} must be int, not {type(number).__name__}")
        _check_tag(tag)
        self._given: Any = bytes
        self._width, self._height, self._stride = width, height, stride
        self._format, self._orientation, self._tag = format, orientation, tag
        self._owner: Optional[Owner] = None
        self._failure: Optional[DioError] = None
        try:
            self._owner = lend(view, address_of(view), view.nbytes, self, view.readonly)
        except DioError as failure:
            self._failure = failure

    @classmethod
    def _from_handle(cls, handle: int, keep: Any = None, readonly: bool = False) -> ImageData:
        return cls._of(Owner(handle, keep, readonly))

    @classmethod
    def _of(cls, owner: Owner) -> ImageData:
        image = cls.__new__(cls)
        handle = owner.handle
        image._owner, image._failure, image._given = owner, None, None
        image._width = lib.DIO_ImageDataGetWidth(handle)
        image._height = lib.DIO_ImageDataGetHeight(handle)
        image._stride = lib.DIO_ImageDataGetStride(handle)
        image._format = lib.DIO_ImageDataGetPixelFormat(handle)
        image._orientation = lib.DIO_ImageDataGetOrientation(handle)
        path = lib.DIO_ImageDataGetFilePath(handle)
        image._tag = None
        if path is not None:
            image._tag = FileImageTag(os.fsdecode(path), image.page_number, image.total_pages)
        return image

    @classmethod
    def from_numpy(
        cls, array: numpy.typing.NDArray[Any], format: Union[EnumImagePixelFormat, int, str, None] = None
    ) -> ImageData:
        """An image of an array, which is not copied where its rows lie whole in memory.

        Shapes: (h, w) bool BINARY, uint8 GRAYSCALED, uint16 GRAY_16; (h, w, 3) RGB_888 or RGB_161616, whose
        channels are blue, green, red; (h, w, 4) ARGB_8888 or ARGB_16161616. `format` says what else it is.
        Raises DioError with EC_IMAGE_PIXEL_FORMAT_NOT_MATCH where the array is none of the format, TypeError where
        there is no format for it.
        """
        from dio import _numpy

        return _numpy.image_of(array, _pixels.guess(array) if format is None else pixel_format(format))

    # What the SDKs call it.

    def get_bytes(self) -> bytes:
        """A copy of the pixels, `stride` bytes a row; `view()` does not copy."""
        return bytes(self._given) if self._owner is None else bytes(self.view())

    def get_width(self) -> int:
        """Pixels per row."""
        return self._width

    def get_height(self) -> int:
        """Rows."""
        return self._height

    def get_stride(self) -> int:
        """Bytes from one row to the next."""
        return self._stride

    def get_image_pixel_format(self) -> int:
        """What a pixel is: a member of EnumImagePixelFormat."""
        return self._format if not _pixels.known(self._format) else EnumImagePixelFormat(self._format)

    def get_orientation(self) -> int:
        """The clockwise angle by which the pixels are to be turned to stand upright: 0, 90, 180 or 270."""
        return self._orientation

    def get_image_tag(self) -> Optional[ImageTag]:
        """The tag: a FileImageTag after reading a file, else what was set."""
        return self._tag

    def set_image_tag(self, tag: Optional[ImageTag]) -> None:
        """Sets the tag, an ImageTag or None."""
        _check_tag(tag)
        self._tag = tag

    # The same for Python programmers, and more.

    width = property(get_width, doc="Pixels per row.")
    height = property(get_height, doc="Rows.")
    stride = property(get_stride, doc="Bytes from one row to the next.")
    pixel_format = property(get_image_pixel_format, doc="What a pixel is: a member of EnumImagePixelFormat.")
    tag = property(get_image_tag, set_image_tag, doc="Where the image comes from: an ImageTag or None.")

    @property
    def orientation(self) -> int:
        """The clockwise angle by which the pixels are to be turned to stand upright; setting it turns nothing."""
        return self._orientation

    @orientation.setter
    def orientation(self, angle: int) -> None:
        self._call(lib.DIO_ImageDataSetOrientation, angle)
        self._orientation = angle

    @property
    def resolution(self) -> Tuple[float, float]:
        """Dots per inch, across and down; 0.0 where they are not stated."""
        x, y = c_double(), c_double()
        self._call(lib.DIO_ImageDataGetResolution, byref(x), byref(y))
        return x.value, y.value

    @resolution.setter
    def resolution(self, dpi: Tuple[float, float]) -> None:
        x, y = dpi
        self._call(lib.DIO_ImageDataSetResolution, float(x), float(y))

    @property
    def file_format(self) -> Optional[EnumImageFileFormat]:
        """The format of the file that the image was read from, or None."""
        number = lib.DIO_ImageDataGetFileFormat(self._alive().handle)
        return None if number < 0 else EnumImageFileFormat(number)

    @property
    def page_number(self) -> int:
        """The page that the image was read from, from 0."""
        return int(lib.DIO_ImageDataGetPageNumber(self._alive().handle))

    @property
    def total_pages(self) -> int:
        """The pages of the file that the image was read from; 1 for pixels that were no file."""
        return int(lib.DIO_ImageDataGetTotalPages(self._alive().handle))

    @property
    def warnings(self) -> Tuple[str, ...]:
        """What was wrong with the file and could be mended or ignored."""
        handle = self._alive().handle
        found = []
        for index in range(lib.DIO_ImageDataGetWarningCount(handle)):
            text = c_void_p()
            check(lib.DIO_ImageDataGetWarning(handle, index, byref(text)))
            found.append(ctypes.string_at(text.value or 0).decode("utf-8", "replace"))
        return tuple(found)

    @property
    def shape(self) -> Tuple[int, ...]:
        """The shape of numpy.asarray(image): rows, columns and, where there are more than one, channels."""
        return _pixels.shape(self._format, self._width, self._height)

    def metadata(self, kind: Union[MetadataKind, int, str]) -> Optional[bytes]:
        """The ICC profile, EXIF (from its TIFF header on) or XMP, by "ICC", "EXIF" or "XMP"; None without one."""
        data, size = c_void_p(), c_size_t()
        owner, number = self._alive(), choice(kind, MetadataKind, "kind")
        with owner.lock:
            check(lib.DIO_ImageDataGetMetadata(owner.handle, number, byref(data), byref(size)))
            return ctypes.string_at(data.value, size.value) if data.value else None

    def set_metadata(self, kind: Union[MetadataKind, int, str], data: Optional[bytes]) -> None:
        """Replaces the metadata of one kind; None removes it."""
        number = choice(kind, MetadataKind, "kind")
        view = contiguous(data or b"")
        self._call(lib.DIO_ImageDataSetMetadata, number, address_of(view) if view.nbytes else None, view.nbytes)

    def view(self) -> memoryview:
        """The pixels as one row of bytes, not copied: `stride` bytes for each row but the last, which may be shorter.

        Read-only where they belong to an object that is.
        """
        address, length, readonly, owner = self._memory()
        memory = (ctypes.c_ubyte * length).from_address(address)
        memory._owner = owner  # type: ignore[attr-defined]
        view = memoryview(memory).cast("B")
        return view.toreadonly() if readonly else view

    def tobytes(self) -> bytes:
        """A copy of the pixels in rows without padding."""
        least, rows = self._tight()
        view, stride = self.view(), self._stride
        if stride == least or rows == 1:
            return bytes(view)
        return b"".join(view[row * stride : row * stride + least] for row in range(rows))

    def copy(self) -> ImageData:
        """The same pixels and angle in memory of their own, in rows without padding."""
        address, length, _, owner = self._memory()
        layout, made = layout_of(self, length), c_void_p()
        with owner.lock:
            check(lib.DIO_ReadFromPixels(address, byref(layout), byref(made)))
        copy = self._from_handle(made.value or 0)
        copy._tag = self._tag
        return copy

    def convert(self, format: Union[EnumImagePixelFormat, int, str]) -> ImageData:
        """The same image in another pixel format.

        Colour becomes gray by the luma of BT.601, gray of 128 or more white; transparent pixels lie on white in
        formats without alpha. Raises DioError.
        """
        return self._made(lib.DIO_ImageDataConvert, pixel_format(format))

    def upright(self) -> ImageData:
        """The same image with its pixels turned upright, orientation 0."""
        return self._made(lib.DIO_ImageDataOrient)

    @documented(BINARIZE)
    def binarize(self, **options: Unpack[BinarizeOptions]) -> ImageData:
        """The same image in black and white, IPF_BINARY."""
        return self._made(lib.DIO_ImageDataBinarize, byref(BINARIZE.fill(options, Callbacks())))

    @documented(SAVE, see="imwrite")
    def save(
        self,
        path: Union[str, bytes, os.PathLike[str], os.PathLike[bytes]],
        overwrite: bool = True,
        **options: Unpack[SaveOptions],
    ) -> None:
        """Saves to a file, which appears whole or not at all; the extension decides the format.

        With `overwrite=False` an existing file is EC_FILE_ALREADY_EXISTS. Raises DioError.
        """
        callbacks = Callbacks()
        struct = SAVE.fill(options, callbacks)
        name = path_bytes(path)
        owner = self._alive()
        with owner.lock:
            code = lib.DIO_SaveToFileWithOptions(owner.handle, name, 1 if overwrite else 0, byref(struct))
        callbacks.check(code)

    @documented(SAVE, see="imwrite")
    def encode(self, format: Union[EnumImageFileFormat, int, str], **options: Any) -> bytes:
        """The bytes of a file of the format. Raises DioError."""
        callbacks = Callbacks()
        struct = byref(SAVE.fill(options, callbacks))
        number = file_format(format)
        owner = self._alive()
        save = lib.DIO_SaveToMemoryWithOptions
        with owner.lock:
            return take_bytes(lambda data, size: save(owner.handle, number, struct, data, size), callbacks.check)

    def numpy(self) -> numpy.typing.NDArray[Any]:
        """The pixels as the array that `read_from_numpy` takes back.

        A view of the same memory; but (h, w) bool for BINARY and BINARYINVERTED, whose bits are unpacked, True = 1.
        """
        from dio import _numpy

        self._alive()
        return _numpy.array_of(self)

    # Views for others.

    @property
    def __array_interface__(self) -> Dict[str, Any]:
        address, _, readonly, _ = self._memory()
        strides: Optional[Tuple[int, ...]] = _pixels.strides(self._format, self._stride)
        if sys.version_info >= (3, 12) and self._stride == self._tight()[0]:
            strides = None  # Pillow then takes the buffer; where there is none it needs to be told to copy.
        typestr = _pixels.lie(self._format).typestr
        return {"version": 3, "shape": self.shape, "typestr": typestr, "data": (address, readonly), "strides": strides}

    def __dlpack__(
        self,
        *,
        stream: Any = None,
        max_version: Optional[Tuple[int, int]] = None,
        dl_device: Optional[Tuple[int, int]] = None,
        copy: Optional[bool] = None,
    ) -> Any:
        """The same memory for numpy.from_dlpack, torch.from_dlpack and others."""
        if stream is not None:
            raise ValueError("pixels in main memory have no stream")
        if dl_device not in (None, (1, 0)):
            raise BufferError(f"pixels are in main memory, not on device {dl_device}")
        return _dlpack.capsule(self.copy() if copy else self, max_version)

    def __dlpack_device__(self) -> Tuple[int, int]:
        """Main memory."""
        return 1, 0

    def __buffer__(self, flags: int) -> memoryview:
        """The same memory with its shape, for memoryview(image) from Python 3.12 on; rows with padding have none."""
        if self._stride != self._tight()[0] and self._height > 1:
            raise BufferError("the rows are padded: use view(), or numpy.asarray")
        view = self.view()
        return view.cast("H", self.shape) if _pixels.lie(self._format).bytes == 2 else view.cast("B", self.shape)

    def __repr__(self) -> str:
        name = getattr(self.get_image_pixel_format(), "name", self._format)
        turned = f", turned {self._orientation}" if self._orientation else ""
        return f"<dio.ImageData {self._width} x {self._height} {name}{turned}>"

    # How it is done.

    def _alive(self) -> Owner:
        """The image of the library; raises what made a constructor's values no image."""
        if self._owner is None:
            raise self._failure or DioError(EnumErrorCode.EC_IMAGE_DATA_INVALID, "there are no pixels")
        return self._owner

    def _memory(self) -> Tuple[int, int, bool, Owner]:
        owner = self._alive()
        address = lib.DIO_ImageDataGetBytes(owner.handle)
        return address, lib.DIO_ImageDataGetBytesLength(owner.handle), owner.readonly, owner

    def _tight(self) -> Tuple[int, int]:
        """Bytes of a row without padding, and rows in memory."""
        return _pixels.least_stride(self._format, self._width), _pixels.rows(self._format, self._height)

    def _call(self, function: Callable[..., int], *arguments: Any) -> None:
        owner = self._alive()
        with owner.lock:
            check(function(owner.handle, *arguments))

    def _made(self, function: Callable[..., int], *arguments: Any) -> ImageData:
        made = c_void_p()
        self._call(function, *arguments, byref(made))
        image = self._from_handle(made.value or 0)
        image._tag = self._tag
        return image


def _check_tag(tag: Any) -> None:
    if tag is not None and not isinstance(tag, ImageTag):
        raise TypeError(f"tag must be an ImageTag or None, not {type(tag).__name__}")
