"""C libraries of the system by their own functions, and libdio: each turns a case into a call, or into nothing."""

from __future__ import annotations

import ctypes as c
import os
import sys
from pathlib import Path
from typing import Any, Callable, Optional

import numpy as np
from pictures import Case

sys.path.insert(0, str(Path(__file__).parents[2] / "tests"))
from tiff_written import Dio as Writer, struct

# A call that reads gives pixels where it is asked for them; one that writes gives the size of the file.
Call = Callable[[bool], Any]
IFF = {"JPEG": 0, "PNG": 1, "BMP": 2, "PDF": 3, "TIFF": 256, "GIF": 257, "WebP": 258}
# The pixel formats whose memory is what numpy has: R, G, B of 8 bits; for 16 bits there is B, G, R alone.
KINDS = {(1, 1): "gray", (3, 1): "rgb", (3, 2): "rgb 16"}
NUMBERS = {"gray": 2, "rgb": 12, "rgb 16": 8}
libc = c.CDLL(None)
libc.fmemopen.restype = libc.open_memstream.restype = c.c_void_p
libc.fmemopen.argtypes = [c.c_void_p, c.c_size_t, c.c_char_p]
libc.fclose.argtypes = libc.free.argtypes = [c.c_void_p]


def samples(case: Case) -> int:
    return 1 if case.pixels.ndim == 2 else case.pixels.shape[2]


def fresh(case: Case) -> Any:
    return np.empty(case.pixels.shape, case.pixels.dtype)


def at(pixels: Any) -> c.c_void_p:
    return c.c_void_p(pixels.ctypes.data)


def prototypes(lib: Any, **functions: str) -> Any:
    """Types by letters, that of the result first: p pointer, i int, u uint32, z size_t, s string, d double."""
    letters = {
        "p": c.c_void_p,
        "i": c.c_int,
        "u": c.c_uint32,
        "z": c.c_size_t,
        "s": c.c_char_p,
        "d": c.c_double,
        "f": c.c_float,
    }
    for name, types in functions.items():
        found = getattr(lib, name)
        found.restype = letters.get(types[0])
        found.argtypes = [letters[it] for it in types[1:]]
    return lib


def layout_of(case: Case, number: int) -> Any:
    """How the pixels of a case lie, for libdio, in the pixel format of a number."""
    layout: Any = struct("DIO_PixelLayout")()
    layout.struct_size, layout.format = c.sizeof(layout), number
    layout.height, layout.width = case.pixels.shape[:2]
    layout.stride, layout.size = case.pixels.strides[0], case.pixels.nbytes
    return layout


class Libdio:
    """The library that all this is about."""

    name = "libdio"

    def __init__(self, path: str) -> None:
        self.writer = Writer(path)
        self.lib = prototypes(
            c.CDLL(path),
            DIO_ReadFromMemoryWithOptions="ipzpp",
            DIO_ReaderOpenMemory="ipzpp",
            DIO_ReaderReadPageInto="ipzpp",
            DIO_SaveToMemoryWithOptions="ipippp",
            DIO_ImageDataGetBytes="pp",
            DIO_ImageDataGetStride="zp",
            DIO_ImageDataGetWidth="up",
            DIO_ImageDataGetHeight="up",
            DIO_ImageDataGetPixelFormat="ip",
            DIO_FreeImageData="-p",
            DIO_FreeReader="-p",
            DIO_FreeBytes="-p",
            DIO_GetVersion="s",
        )
        self.version = self.lib.DIO_GetVersion().decode()

    def options(self, name: str, **fields: Any) -> Any:
        made = struct(name)()
        self.writer.check(getattr(self.lib, f"{name}_Init")(c.byref(made), c.c_size_t(c.sizeof(made))))
        for field, value in fields.items():
            setattr(made, field, value)
        return made

    def read(self, case: Case, threads: int) -> Call:
        fields: dict[str, Any] = {"threads": threads}
        if case.dots:
            fields |= {"dpi": case.dots, "pdf_mode": 1, "pixel_format": 12}
        elif not case.name.endswith("G4"):
            fields["pixel_format"] = NUMBERS[KINDS[samples(case), case.pixels.itemsize]]
        options, data, image = self.options("DIO_ReadOptions", **fields), case.data, c.c_void_p()
        size, by, to, lib = len(data), c.byref(options), c.byref(image), self.lib

        def call(keep: bool) -> Any:
            self.writer.check(lib.DIO_ReadFromMemoryWithOptions(data, size, by, to))
            pixels = self.array(image) if keep else None
            lib.DIO_FreeImageData(image)
            return pixels

        return call

    def array(self, image: Any) -> Any:
        lib = self.lib
        kind, high, wide = (
            lib.DIO_ImageDataGetPixelFormat(image),
            lib.DIO_ImageDataGetHeight(image),
            lib.DIO_ImageDataGetWidth(image),
        )
        stride = lib.DIO_ImageDataGetStride(image)
        rows = np.frombuffer(c.string_at(lib.DIO_ImageDataGetBytes(image), stride * high), "uint8").reshape(
            high, stride
        )
        if kind == 0:
            return np.unpackbits(rows, axis=1)[:, :wide] * 255
        if kind == 2:
            return rows[:, :wide]
        if kind == 8:
            return np.ascontiguousarray(rows[:, : wide * 6]).view("uint16").reshape(high, wide, 3)[..., ::-1]
        return rows[:, : wide * 3].reshape(high, wide, 3)

    def read_into(self, case: Case, _threads: int) -> Optional[Call]:
        if case.dots or case.name.endswith("G4"):
            return None
        number = NUMBERS[KINDS[samples(case), case.pixels.itemsize]]
        options, out, lib, size = self.options("DIO_ReadOptions"), fresh(case), self.lib, len(case.data)
        layout = layout_of(case, number)
        reader, by = c.c_void_p(), c.byref(options)

        def call(keep: bool) -> Any:
            self.writer.check(lib.DIO_ReaderOpenMemory(case.data, size, by, c.byref(reader)))
            self.writer.check(lib.DIO_ReaderReadPageInto(reader, 0, at(out), c.byref(layout)))
            lib.DIO_FreeReader(reader)
            return (out[..., ::-1] if number == 8 else out) if keep else None

        return call

    def write(self, case: Case, _threads: int) -> Call:
        kind = KINDS[samples(case), case.pixels.itemsize]
        image = self.writer.image(kind, np.ascontiguousarray(case.pixels))
        options = self.options("DIO_SaveOptions", **case.how)
        out, size, lib, form = c.c_void_p(), c.c_size_t(), self.lib, IFF[case.group]

        def call(_keep: bool) -> int:
            self.writer.check(
                lib.DIO_SaveToMemoryWithOptions(image, form, c.byref(options), c.byref(out), c.byref(size))
            )
            lib.DIO_FreeBytes(out)
            return size.value

        return call


class OneFormat:
    """A library of one format, which decodes into memory that is kept, or else fresh."""

    group = ""

    def decode(self, case: Case, kept: Any) -> Call:
        raise NotImplementedError

    def read(self, case: Case, _threads: int) -> Optional[Call]:
        return self.decode(case, None) if case.group == self.group else None

    def read_into(self, case: Case, _threads: int) -> Optional[Call]:
        return self.decode(case, fresh(case)) if case.group == self.group else None


class TurboJpeg(OneFormat):
    name, group = "libjpeg-turbo", "JPEG"
    ACCURATE = 4096

    def __init__(self) -> None:
        self.lib = prototypes(
            c.CDLL("libturbojpeg.so.0"),
            tjInitDecompress="p",
            tjInitCompress="p",
            tjDestroy="ip",
            tjDecompress2="ippzpiiiii",
            tjCompress2="ippiiiippiii",
            tjFree="-p",
        )

    def decode(self, case: Case, kept: Any) -> Call:
        height, width, kind = *case.pixels.shape[:2], 6 if samples(case) == 1 else 0

        def call(keep: bool) -> Any:
            handle, out = self.lib.tjInitDecompress(), fresh(case) if kept is None else kept
            assert (
                self.lib.tjDecompress2(
                    handle, case.data, len(case.data), at(out), width, 0, height, kind, self.ACCURATE
                )
                == 0
            )
            self.lib.tjDestroy(handle)
            return out if keep else None

        return call

    def write(self, case: Case, _threads: int) -> Optional[Call]:
        if case.group != "JPEG":
            return None
        height, width = case.pixels.shape[:2]
        kind, chroma = (6, 3) if samples(case) == 1 else (0, 2)

        def call(_keep: bool) -> int:
            handle, out, size = self.lib.tjInitCompress(), c.c_void_p(), c.c_ulong()
            lib = self.lib
            assert (
                lib.tjCompress2(
                    handle,
                    at(case.pixels),
                    width,
                    0,
                    height,
                    kind,
                    c.byref(out),
                    c.byref(size),
                    chroma,
                    90,
                    self.ACCURATE,
                )
                == 0
            )
            lib.tjFree(out)
            lib.tjDestroy(handle)
            return size.value

        return call


class Libpng(OneFormat):
    """The functions that read and write rows, from a file in memory of the C library."""

    name, group = "libpng", "PNG"

    def __init__(self) -> None:
        self.lib = prototypes(
            c.CDLL("libpng16.so.16"),
            png_create_read_struct="psppp",
            png_create_write_struct="psppp",
            png_create_info_struct="pp",
            png_destroy_read_struct="-ppp",
            png_destroy_write_struct="-pp",
            png_init_io="-pp",
            png_read_png="-ppip",
            png_read_info="-pp",
            png_set_expand="-p",
            png_set_swap="-p",
            png_read_update_info="-pp",
            png_set_interlace_handling="ip",
            png_read_image="-pp",
            png_read_end="-pp",
            png_set_IHDR="-ppuuiiiii",
            png_write_info="-pp",
            png_write_image="-pp",
            png_write_end="-pp",
            png_get_libpng_ver="sp",
        )
        self.version = self.lib.png_get_libpng_ver(None)

    def rows(self, pixels: Any) -> Any:
        return np.arange(pixels.shape[0], dtype="uint64") * pixels.strides[0] + pixels.ctypes.data

    def decode(self, case: Case, kept: Any) -> Call:
        lib = self.lib

        def call(keep: bool) -> Any:
            file = libc.fmemopen(case.data, len(case.data), b"rb")
            png = c.c_void_p(lib.png_create_read_struct(self.version, None, None, None))
            info = c.c_void_p(lib.png_create_info_struct(png))
            lib.png_init_io(png, file)
            lib.png_read_info(png, info)
            lib.png_set_expand(png)
            if case.pixels.itemsize == 2:
                lib.png_set_swap(png)
            lib.png_set_interlace_handling(png)
            lib.png_read_update_info(png, info)
            out = fresh(case) if kept is None else kept
            rows = self.rows(out)
            lib.png_read_image(png, at(rows))
            lib.png_read_end(png, info)
            lib.png_destroy_read_struct(c.byref(png), c.byref(info), None)
            libc.fclose(file)
            return out if keep else None

        return call

    def write(self, case: Case, _threads: int) -> Optional[Call]:
        if case.group != "PNG":
            return None
        lib, rows = self.lib, self.rows(case.pixels)
        height, width = case.pixels.shape[:2]
        depth, kind = 8 * case.pixels.itemsize, 0 if samples(case) == 1 else 2

        def call(_keep: bool) -> int:
            memory, size = c.c_void_p(), c.c_size_t()
            file = libc.open_memstream(c.byref(memory), c.byref(size))
            png = c.c_void_p(lib.png_create_write_struct(self.version, None, None, None))
            info = c.c_void_p(lib.png_create_info_struct(png))
            lib.png_init_io(png, file)
            lib.png_set_IHDR(png, info, width, height, depth, kind, 0, 0, 0)
            lib.png_write_info(png, info)
            if depth == 16:
                lib.png_set_swap(png)
            lib.png_write_image(png, at(rows))
            lib.png_write_end(png, info)
            lib.png_destroy_write_struct(c.byref(png), c.byref(info))
            libc.fclose(file)
            libc.free(memory)
            return size.value

        return call


class Spng(OneFormat):
    name, group = "spng", "PNG"
    # Pixels as the file has them, in the byte order of the machine; R, G, B; to write; options and flags.
    AS_STORED, RGB8, ENCODER, TO_BUFFER, FINALIZE = 256, 4, 2, 12, 2

    def __init__(self) -> None:
        self.lib = prototypes(
            c.CDLL("libspng.so.0"),
            spng_ctx_new="pi",
            spng_ctx_free="-p",
            spng_set_png_buffer="ippz",
            spng_decode_image="ippzii",
            spng_set_option="ipii",
            spng_set_ihdr="ipp",
            spng_encode_image="ippzii",
            spng_get_png_buffer="pppp",
        )

    def decode(self, case: Case, kept: Any) -> Call:
        lib, form = self.lib, self.RGB8 if "palette" in case.name else self.AS_STORED

        def call(keep: bool) -> Any:
            context, out = lib.spng_ctx_new(0), fresh(case) if kept is None else kept
            lib.spng_set_png_buffer(context, case.data, len(case.data))
            assert lib.spng_decode_image(context, at(out), out.nbytes, form, 0) == 0
            lib.spng_ctx_free(context)
            return out if keep else None

        return call

    def write(self, case: Case, _threads: int) -> Optional[Call]:
        if case.group != "PNG":
            return None
        height, width = case.pixels.shape[:2]
        header = np.zeros(16, "uint8")
        header[:8] = np.array([width, height], "uint32").view("uint8")
        header[8:10] = 8 * case.pixels.itemsize, 0 if samples(case) == 1 else 2
        lib = self.lib

        def call(_keep: bool) -> int:
            context, size, code = lib.spng_ctx_new(self.ENCODER), c.c_size_t(), c.c_int()
            lib.spng_set_option(context, self.TO_BUFFER, 1)
            lib.spng_set_ihdr(context, at(header))
            pixels = case.pixels
            assert lib.spng_encode_image(context, at(pixels), pixels.nbytes, self.AS_STORED, self.FINALIZE) == 0
            libc.free(lib.spng_get_png_buffer(context, c.byref(size), c.byref(code)))
            lib.spng_ctx_free(context)
            return size.value

        return call


class Giflib:
    """From a file in memory to the indices of the first frame: colours come on top where others have them."""

    name = "giflib"

    def __init__(self) -> None:
        self.lib = prototypes(c.CDLL("libgif.so.7"), DGifOpenFileHandle="pip", DGifSlurp="ip", DGifCloseFile="ipp")

    def read(self, case: Case, _threads: int) -> Optional[Call]:
        if case.group != "GIF":
            return None
        file = os.memfd_create("gif")
        os.write(file, case.data)

        def call(_keep: bool) -> Any:
            os.lseek(file, 0, os.SEEK_SET)
            gif = self.lib.DGifOpenFileHandle(os.dup(file), None)
            assert self.lib.DGifSlurp(gif) == 1
            self.lib.DGifCloseFile(gif, None)

        return call


class Libwebp(OneFormat):
    name, group = "libwebp", "WebP"

    def __init__(self) -> None:
        self.lib = prototypes(c.CDLL("libwebp.so.7"), WebPDecodeRGBInto="pszpzi")

    def decode(self, case: Case, kept: Any) -> Call:
        def call(keep: bool) -> Any:
            out = fresh(case) if kept is None else kept
            stride = out.strides[0]
            assert self.lib.WebPDecodeRGBInto(case.data, len(case.data), at(out), out.nbytes, stride)
            return out if keep else None

        return call


def libraries(path: str) -> list[Any]:
    from libtiff import Libtiff

    return [Libdio(path), TurboJpeg(), Libpng(), Spng(), Libtiff(), Giflib(), Libwebp()]
