"""ImageIO, as programs for barcode SDKs know it: results are tuples that begin with an error code."""

from __future__ import annotations

import os
from ctypes import byref, c_void_p
from typing import TYPE_CHECKING, Any, Optional, Tuple, Union

from dio import _numpy
from dio._abi.numbers import EnumErrorCode, EnumImageFileFormat, EnumImagePixelFormat
from dio._image import ImageData
from dio._library import DioError, address_of, check, contiguous, lib, path_bytes, take_bytes, take_text

if TYPE_CHECKING:
    import numpy
    import numpy.typing
from dio._options import fits

_OK = EnumErrorCode.EC_OK


def _image(value: Any, name: str = "image_data") -> ImageData:
    if not isinstance(value, ImageData):
        raise TypeError(f"{name} must be an ImageData, not {type(value).__name__}")
    return value


def _number(value: Any, name: str) -> int:
    if not isinstance(value, int):
        raise TypeError(f"{name} must be int, not {type(value).__name__}")
    return value if fits(value) else -(2**31)  # as little a value of any enumeration


class ImageIO:
    """Reads and saves images. Every method returns its error code, and raises only for arguments of a wrong type.

    Codes are members of EnumErrorCode; EC_OK is 0. Messages are empty after success.
    """

    @staticmethod
    def read_from_file(
        file_path: Union[str, bytes, os.PathLike[str], os.PathLike[bytes]],
    ) -> Tuple[int, Optional[ImageData]]:
        """Reads the first page of a file: (error_code, image_data), None after a failure."""
        image = c_void_p()
        try:
            check(lib.DIO_ReadFromFile(path_bytes(file_path), byref(image)))
        except DioError as error:
            return error.code, None
        return _OK, ImageData._from_handle(image.value or 0)

    @staticmethod
    def read_from_memory(image_file_bytes: Union[bytes, bytearray, memoryview]) -> Tuple[int, Optional[ImageData]]:
        """Reads the first page of a file in memory: (error_code, image_data), None after a failure."""
        view, image = contiguous(image_file_bytes), c_void_p()
        try:
            address = address_of(view) if view.nbytes else None
            check(lib.DIO_ReadFromMemory(address, view.nbytes, byref(image)))
        except DioError as error:
            return error.code, None
        return _OK, ImageData._from_handle(image.value or 0)

    @staticmethod
    def read_from_base64_string(base64_string: str) -> Tuple[int, Optional[ImageData]]:
        """Reads the first page of a file in base64, or in a data: URL: (error_code, image_data)."""
        if not isinstance(base64_string, str):
            raise TypeError(f"base64_string must be str, not {type(base64_string).__name__}")
        # A character outside ASCII is as wrong as a zero byte, which would end the text too early.
        text, image = base64_string.encode("ascii", "replace").replace(b"\0", b"?"), c_void_p()
        try:
            check(lib.DIO_ReadFromBase64(text, byref(image)))
        except DioError as error:
            return error.code, None
        return _OK, ImageData._from_handle(image.value or 0)

    @staticmethod
    def read_from_numpy(
        image: numpy.typing.NDArray[Any], image_pixel_format: Union[EnumImagePixelFormat, int]
    ) -> Tuple[int, str, Optional[ImageData]]:
        """Makes an image of an array: (error_code, error_message, image_data).

        GRAYSCALED, BINARY_8, BINARY_8_INVERTED (h, w) uint8; RGB_888, BGR_888 (h, w, 3) uint8; ARGB_8888, ABGR_8888,
        CMYK_8888 (h, w, 4) uint8; formats of 16 bits the same in uint16, GRAY_16 (h, w); BINARY, BINARYINVERTED (h, w)
        bool, True = 1, or packed (h, ceil(w / 8)) uint8; RGB_565, RGB_555 (h, w) uint16; NV12, NV21
        (h + ceil(h / 2), even w) uint8. (h, w, 1) is taken for (h, w).

        Any strides are taken. Where rows lie whole in memory the array is not copied: the image then changes with it.
        Another type or shape is EC_IMAGE_PIXEL_FORMAT_NOT_MATCH.
        """
        pixel_format = _number(image_pixel_format, "image_pixel_format")
        try:
            return _OK, "", _numpy.image_of(image, pixel_format)
        except DioError as error:
            return error.code, error.message, None

    @staticmethod
    def save_to_file(
        image_data: ImageData,
        path: Union[str, bytes, os.PathLike[str], os.PathLike[bytes]],
        overwrite: bool = True,
    ) -> Tuple[int, str]:
        """Saves an image to a file, whose extension decides the format: (error_code, error_message)."""
        image = _image(image_data)
        try:
            image.save(path, bool(overwrite))
        except DioError as error:
            return error.code, error.message
        return _OK, ""

    @staticmethod
    def save_to_memory(
        image_data: ImageData, image_format: Union[EnumImageFileFormat, int]
    ) -> Tuple[int, Optional[bytes]]:
        """The bytes of a file of the format: (error_code, image_file_bytes)."""
        image, number = _image(image_data), _number(image_format, "image_format")
        try:
            owner = image._alive()
            with owner.lock:
                save = lib.DIO_SaveToMemory
                return _OK, take_bytes(lambda data, size: save(owner.handle, number, data, size))
        except DioError as error:
            return error.code, None

    @staticmethod
    def save_to_base64_string(
        image_data: ImageData, image_format: Union[EnumImageFileFormat, int]
    ) -> Tuple[int, Optional[str]]:
        """The same as text in base64: (error_code, base64_string)."""
        image, number = _image(image_data), _number(image_format, "image_format")
        try:
            owner = image._alive()
            with owner.lock:
                return _OK, take_text(lambda text: int(lib.DIO_SaveToBase64(owner.handle, number, text)))
        except DioError as error:
            return error.code, None

    @staticmethod
    def save_to_numpy(image_data: ImageData) -> Tuple[int, str, Optional[numpy.typing.NDArray[Any]]]:
        """The pixels as an array, of the shapes of `read_from_numpy`: (error_code, error_message, image).

        A view of the image's memory, which lives as long as the array; BINARY and BINARYINVERTED are unpacked to bool.
        """
        image = _image(image_data)
        try:
            return _OK, "", image.numpy()
        except DioError as error:
            return error.code, error.message, None
