"""The main calls of dio.h from Python's own ctypes: a program that has only the library and the header's numbers.

usage: smoke_ctypes.py path/to/libdio.so
"""

import base64
import ctypes
import sys

GRAYSCALED, PNG, FILE_TYPE_NOT_SUPPORTED = 2, 1, -10006


class PixelLayout(ctypes.Structure):
    _fields_ = [
        ("struct_size", ctypes.c_uint32),
        ("width", ctypes.c_uint32),
        ("height", ctypes.c_uint32),
        ("format", ctypes.c_int32),
        ("orientation", ctypes.c_int32),
        ("reserved", ctypes.c_uint32),
        ("stride", ctypes.c_size_t),
        ("size", ctypes.c_size_t),
    ]


RELEASE = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p)


def load(path: str) -> ctypes.CDLL:
    lib = ctypes.CDLL(path)
    pointer, out = ctypes.c_void_p, ctypes.POINTER(ctypes.c_void_p)
    size, size_out = ctypes.c_size_t, ctypes.POINTER(ctypes.c_size_t)
    for name, result, arguments in [
        ("DIO_ReadFromPixels", ctypes.c_int32, [pointer, ctypes.POINTER(PixelLayout), out]),
        ("DIO_SaveToMemory", ctypes.c_int32, [pointer, ctypes.c_int32, out, size_out]),
        ("DIO_ReadFromMemory", ctypes.c_int32, [pointer, size, out]),
        ("DIO_ReadFromBase64", ctypes.c_int32, [ctypes.c_char_p, out]),
        ("DIO_SaveToBase64", ctypes.c_int32, [pointer, ctypes.c_int32, out]),
        ("DIO_WrapPixels", ctypes.c_int32, [pointer, ctypes.POINTER(PixelLayout), RELEASE, pointer, out]),
        ("DIO_ImageDataRetain", pointer, [pointer]),
        ("DIO_ReaderOpenMemory", ctypes.c_int32, [pointer, size, pointer, out]),
        ("DIO_ReaderGetPageCount", ctypes.c_int32, [pointer, size_out]),
        ("DIO_ReaderReadPage", ctypes.c_int32, [pointer, size, out]),
        ("DIO_FreeReader", None, [pointer]),
        ("DIO_ImageDataGetBytes", pointer, [pointer]),
        ("DIO_ImageDataGetBytesLength", size, [pointer]),
        ("DIO_ImageDataGetWidth", ctypes.c_uint32, [pointer]),
        ("DIO_ImageDataGetPixelFormat", ctypes.c_int32, [pointer]),
        ("DIO_FreeImageData", None, [pointer]),
        ("DIO_FreeBytes", None, [pointer]),
        ("DIO_GetLastErrorMessage", ctypes.c_char_p, []),
        ("DIO_GetVersion", ctypes.c_char_p, []),
    ]:
        function = getattr(lib, name)
        function.restype, function.argtypes = result, arguments
    return lib


def check_base64(lib: ctypes.CDLL, image: ctypes.c_void_p, encoded: bytes) -> None:
    """Python's own base64 agrees, in lines and in one."""
    text, back = ctypes.c_void_p(), ctypes.c_void_p()
    assert lib.DIO_SaveToBase64(image, PNG, ctypes.byref(text)) == 0
    assert base64.b64decode(ctypes.string_at(text), validate=True) == encoded
    lib.DIO_FreeBytes(text)
    for text in (base64.encodebytes(encoded), b"data:image/png;base64," + base64.b64encode(encoded)):
        assert lib.DIO_ReadFromBase64(text, ctypes.byref(back)) == 0
        assert lib.DIO_ImageDataGetWidth(back) == 4
        lib.DIO_FreeImageData(back)


def check_lent(lib: ctypes.CDLL) -> None:
    """Pixels of an array are wrapped in place, and given back with the last of two owners."""
    pixels = (ctypes.c_uint8 * 12)(*range(12))
    released, image = [], ctypes.c_void_p()
    release = RELEASE(lambda user, data: released.append((user, data)))
    layout = PixelLayout(ctypes.sizeof(PixelLayout), 4, 3, GRAYSCALED, 0, 0, 4, 12)
    assert lib.DIO_WrapPixels(pixels, ctypes.byref(layout), release, 7, ctypes.byref(image)) == 0
    assert lib.DIO_ImageDataGetBytes(image) == ctypes.addressof(pixels)
    assert lib.DIO_ImageDataRetain(image) == image.value
    lib.DIO_FreeImageData(image)
    assert released == []
    lib.DIO_FreeImageData(image)
    assert released == [(7, ctypes.addressof(pixels))]


def main() -> None:
    lib = load(sys.argv[1])
    image, back, reader, encoded = (ctypes.c_void_p() for _ in range(4))
    size, count = ctypes.c_size_t(), ctypes.c_size_t()

    pixels = bytes(range(12))
    layout = PixelLayout(ctypes.sizeof(PixelLayout), 4, 3, GRAYSCALED, 0, 0, 4, 12)
    assert lib.DIO_ReadFromPixels(pixels, ctypes.byref(layout), ctypes.byref(image)) == 0
    assert lib.DIO_SaveToMemory(image, PNG, ctypes.byref(encoded), ctypes.byref(size)) == 0

    check_base64(lib, image, ctypes.string_at(encoded, size.value))
    check_lent(lib)

    assert lib.DIO_ReadFromMemory(encoded, size, ctypes.byref(back)) == 0
    assert lib.DIO_ImageDataGetWidth(back) == 4
    assert lib.DIO_ImageDataGetPixelFormat(back) == GRAYSCALED
    length = lib.DIO_ImageDataGetBytesLength(back)
    assert ctypes.string_at(lib.DIO_ImageDataGetBytes(back), length) == pixels
    lib.DIO_FreeImageData(back)

    assert lib.DIO_ReaderOpenMemory(encoded, size, None, ctypes.byref(reader)) == 0
    assert lib.DIO_ReaderGetPageCount(reader, ctypes.byref(count)) == 0 and count.value == 1
    assert lib.DIO_ReaderReadPage(reader, 0, ctypes.byref(back)) == 0
    lib.DIO_FreeReader(reader)
    assert ctypes.string_at(lib.DIO_ImageDataGetBytes(back), length) == pixels

    assert lib.DIO_ReadFromMemory(b"no image", 8, ctypes.byref(back)) == FILE_TYPE_NOT_SUPPORTED
    assert b"no known image format" in lib.DIO_GetLastErrorMessage()
    lib.DIO_FreeImageData(back)
    lib.DIO_FreeImageData(image)
    lib.DIO_FreeBytes(encoded)
    lib.DIO_FreeImageData(None)
    print("ctypes smoke test passed with libdio", lib.DIO_GetVersion().decode())


if __name__ == "__main__":
    main()
