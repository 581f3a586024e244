"""Views of the pixels share their memory and keep it alive."""

import ctypes
import gc
import sys
from pathlib import Path
from typing import Any, Dict

import pytest

import dio
from dio import _dlpack
from dio._library import lib


@pytest.fixture
def freed(monkeypatch: pytest.MonkeyPatch) -> Dict[int, int]:
    """Images that the library was told to free, by their handle."""
    from dio._lent import Owner

    told: Dict[int, int] = {}

    def free(owner: Any) -> None:
        told[owner.handle] = told.get(owner.handle, 0) + 1
        lib.DIO_FreeImageData(owner.handle)

    monkeypatch.setattr(Owner, "__del__", free)
    return told


def handle_of(image: dio.ImageData) -> int:
    return image._alive().handle


def test_a_view_is_the_memory(gray: dio.ImageData, jpeg: bytes) -> None:
    image = dio.read(jpeg)
    view = image.view()
    assert (view.format, view.ndim, view.nbytes, view.readonly) == ("B", 1, 1200, False)
    view[5] = 77
    assert image.get_bytes()[5] == 77
    assert image.view()[5] == 77
    assert gray.view().readonly  # the pixels are a bytes object's


def test_pixels_of_a_bytearray_are_shared() -> None:
    pixels = bytearray(12)
    image = dio.ImageData(pixels, 4, 3, 4, dio.EnumImagePixelFormat.IPF_GRAYSCALED)
    pixels[7] = 9
    assert image.get_bytes()[7] == 9
    image.view()[0] = 5
    assert pixels[0] == 5
    with pytest.raises(BufferError):
        pixels.append(1)
    del image
    gc.collect()
    pixels.append(1)


def test_a_view_outlives_the_image(jpeg: bytes, freed: Dict[int, int]) -> None:
    image = dio.read(jpeg)
    handle, expected = handle_of(image), image.get_bytes()
    view = image.view()[40:]
    del image
    gc.collect()
    assert handle not in freed
    assert bytes(view) == expected[40:]
    del view
    gc.collect()
    assert freed[handle] == 1


def test_images_are_freed_once(jpeg: bytes, freed: Dict[int, int]) -> None:
    image = dio.read(jpeg)
    turned, handles = image.upright(), [handle_of(image)]
    handles.append(handle_of(turned))
    del image, turned
    gc.collect()
    assert [freed.get(handle) for handle in handles] == [1, 1]


def test_lent_pixels_are_kept(freed: Dict[int, int]) -> None:
    class Pixels(bytearray):
        pass

    pixels = Pixels(range(12))
    before = sys.getrefcount(pixels)
    image = dio.ImageData(pixels, 4, 3, 4, 2)
    view = image.view()
    del image
    gc.collect()
    assert sys.getrefcount(pixels) > before
    assert bytes(view) == bytes(range(12))
    del view
    gc.collect()
    assert sys.getrefcount(pixels) == before


def test_padded_rows() -> None:
    padded = b"".join(bytes([row] * 3) + b"\xff\xff" for row in range(4))
    image = dio.ImageData(padded, 3, 4, 5, 2)
    assert image.get_bytes() == padded[:18]
    assert image.tobytes() == b"".join(bytes([row] * 3) for row in range(4))
    assert image.copy().stride == 3
    assert image.copy().get_bytes() == image.tobytes()
    assert image.__array_interface__["strides"] == (5, 1)
    if sys.version_info >= (3, 12):
        with pytest.raises(BufferError, match="padded"):
            memoryview(image)


@pytest.mark.skipif(sys.version_info < (3, 12), reason="Python classes have no buffer interface before 3.12")
def test_the_buffer_interface_has_the_shape(samples: Path) -> None:
    image: Any = dio.read(samples / "colours.png")
    view = memoryview(image)
    assert (view.shape, view.format) == ((48, 64, 3), "B")
    view[1, 2, 0] = 99
    assert image.view()[64 * 3 + 6] == 99
    deep = memoryview(image.convert("RGB_161616"))
    assert (deep.shape, deep.format) == ((48, 64, 3), "H")
    del image
    gc.collect()
    assert view[1, 2, 0] == 99


def test_own_capsules_are_valid_and_swept(jpeg: bytes, freed: Dict[int, int]) -> None:
    image = dio.read(jpeg)
    handle = handle_of(image)
    capsule = _dlpack._own_capsule(image, None)
    pointer = ctypes.PYFUNCTYPE(ctypes.c_void_p, ctypes.py_object, ctypes.c_char_p)(
        ("PyCapsule_GetPointer", ctypes.pythonapi)
    )
    managed = _dlpack._Managed.from_address(pointer(capsule, b"dltensor"))
    tensor = managed.tensor
    shape = (ctypes.c_int64 * 4).from_address(tensor.shape)
    assert (tensor.ndim, tensor.bits, tensor.code, list(shape)) == (2, 8, 1, [30, 40, 40, 1])
    assert tensor.data == lib.DIO_ImageDataGetBytes(handle)
    del image, managed, tensor
    gc.collect()
    assert handle not in freed
    del capsule
    _dlpack._sweep()
    gc.collect()
    assert freed[handle] == 1


def test_metadata_orientation_and_resolution(gray: dio.ImageData) -> None:
    gray.resolution = (200, 100)
    assert gray.resolution == (200.0, 100.0)
    gray.orientation = 90
    assert (gray.orientation, gray.get_orientation()) == (90, 90)
    assert (gray.upright().width, gray.upright().orientation) == (30, 0)
    with pytest.raises(dio.DioError):
        gray.orientation = 45
    assert gray.orientation == 90
    assert gray.metadata("XMP") is None
    gray.set_metadata("XMP", b"<x/>")
    assert gray.metadata(dio.MetadataKind.XMP) == b"<x/>"
    gray.set_metadata("XMP", None)
    assert gray.metadata("xmp") is None
    assert gray.file_format is None
    assert repr(gray) == "<dio.ImageData 40 x 30 IPF_GRAYSCALED, turned 90>"
