"""Images of the library, and who keeps their pixels in memory."""

from __future__ import annotations

import sys
from ctypes import byref, c_void_p, sizeof
from typing import TYPE_CHECKING, Any, Callable, Optional

from dio._abi import structs
from dio._abi.numbers import EnumErrorCode
from dio._library import DioError, Turns, check, invalid, lib

if TYPE_CHECKING:
    from dio._image import ImageData

_MOST = 2**32 - 1


class Owner:
    """An image of the library, freed when no Python object and no view needs it any more."""

    def __init__(self, handle: int, keep: Any, readonly: bool) -> None:
        self.handle = handle
        self.keep = keep  # what the pixels were lent from
        self.readonly = readonly
        self.lock = Turns()  # setters may not run beside other calls

    def __del__(self, free: Callable[[int], None] = lib.DIO_FreeImageData) -> None:
        free(self.handle)


def layout_of(image: ImageData, size: int) -> Any:
    """Where the pixels of an image lie, `size` bytes of them."""
    for name, value in (("width", image._width), ("height", image._height), ("stride", image._stride)):
        if not 0 <= value <= (_MOST if name != "stride" else sys.maxsize):
            raise DioError(EnumErrorCode.EC_IMAGE_DATA_INVALID, f"{name} is {value}")
    for name, value in (("format", image._format), ("orientation", image._orientation)):
        if not -(2**31) <= value < 2**31:
            raise invalid(f"`{name}` is {value}, which is no value of its kind")
    layout = structs.PixelLayout()
    layout.struct_size = sizeof(layout)
    layout.width, layout.height = image._width, image._height
    layout.format, layout.orientation = image._format, image._orientation
    layout.stride, layout.size = image._stride, size
    return layout


def lend(keep: Any, address: Optional[int], size: int, image: ImageData, readonly: bool) -> Owner:
    """The library's image of pixels that `keep` keeps in memory; geometry and format are those of `image`."""
    layout, made = layout_of(image, size), c_void_p()
    released = structs.ReleaseFn()  # none: `keep` goes with the owner
    check(lib.DIO_WrapPixels(address, byref(layout), released, None, byref(made)))
    return Owner(made.value or 0, keep, readonly)
