"""Arrays of numpy, which is imported when they are asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Tuple

from dio import _pixels
from dio._abi.numbers import EnumErrorCode, EnumImagePixelFormat
from dio._image import ImageData
from dio._lent import lend
from dio._library import DioError, invalid

if TYPE_CHECKING:
    import numpy.typing

    Array = numpy.typing.NDArray[Any]


def _numpy() -> Any:
    try:
        import numpy
    except ImportError as missing:
        raise ImportError("numpy is not installed; dio.read returns images without it") from missing
    return numpy


def array_of(image: ImageData) -> Array:
    """The pixels as an array: a view, but for packed bits."""
    np = _numpy()
    array: Array = np.asarray(image)
    if _pixels.is_bits(image.pixel_format):
        array = np.unpackbits(array, axis=1, count=image.width).view(np.bool_)
    return array


def image_of(array: Array, pixel_format: int) -> ImageData:
    """The image of an array, lent where its rows lie whole in memory."""
    np = _numpy()
    if not isinstance(array, np.ndarray):
        raise TypeError(f"image must be a numpy.ndarray, not {type(array).__name__}")
    if not _pixels.known(pixel_format):
        raise invalid(f"`image_pixel_format` is {pixel_format}, which is no value of its kind")
    array = np.asarray(array)
    array = array[:, :, 0] if array.ndim == 3 and array.shape[2] == 1 else array
    width, height = _size(array, pixel_format)
    if array.dtype == np.bool_:
        array = np.packbits(array, axis=1)
    array = array.astype(np.dtype(_pixels.lie(pixel_format).typestr), copy=False)
    least = _pixels.least_stride(pixel_format, width)
    stride = _stride(array, least)
    if stride is None:
        array, stride = np.ascontiguousarray(array), least
    rows = array.shape[0]
    size = stride * (rows - 1) + least if array.size else 0
    image = ImageData.__new__(ImageData)
    image._width, image._height, image._stride = width, height, stride
    image._format, image._orientation, image._tag = pixel_format, 0, None
    image._given, image._failure = array, None
    address, readonly = array.__array_interface__["data"]
    image._owner = lend(array, address, size, image, readonly)
    return image


def _stride(array: Array, least: int) -> Any:
    """Bytes from row to row where the library can read the array as it lies, else None."""
    item = array.itemsize
    inner = item
    for length, step in zip(reversed(array.shape[1:]), reversed(array.strides[1:])):
        if length > 1 and step != inner:
            return None
        inner *= length
    if not array.flags.aligned:
        return None
    if array.shape[0] <= 1:
        return least
    stride = array.strides[0]
    return stride if stride >= least and stride % item == 0 else None


def _size(array: Array, pixel_format: int) -> Tuple[int, int]:
    """Width and height in pixels; raises where the array is none of the format."""
    kind = _pixels.lie(pixel_format)
    code = array.dtype.kind + str(array.dtype.itemsize)
    dimensions = 2 if kind.channels == 1 else 3
    fits = array.ndim == dimensions and (dimensions == 2 or array.shape[2] == kind.channels)
    if fits and _pixels.is_bits(pixel_format) and code in ("b1", "u1"):
        return array.shape[1] * (1 if code == "b1" else 8), array.shape[0]
    if fits and code == f"u{kind.bytes}" and not _pixels.is_planes(pixel_format):
        return array.shape[1], array.shape[0]
    if fits and code == "u1" and _pixels.is_planes(pixel_format):
        height = array.shape[0] * 2 // 3
        if _pixels.rows(pixel_format, height) == array.shape[0] and array.shape[1] % 2 == 0:
            return array.shape[1], height
    name = EnumImagePixelFormat(pixel_format).name
    raise DioError(
        EnumErrorCode.EC_IMAGE_PIXEL_FORMAT_NOT_MATCH,
        f"{name} takes an array of {_pixels.expected(pixel_format)}, not {array.shape} {array.dtype}",
    )
