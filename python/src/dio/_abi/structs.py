"""The structs and callbacks of the library.

Made by tools/declarations.py from include/dio.h. Do not edit.
"""

from __future__ import annotations

from ctypes import CFUNCTYPE, POINTER, Structure, c_char, c_char_p, c_double, c_int32, c_int64, c_size_t, c_uint32, c_uint64, c_void_p
from typing import Any

ProgressFn: Any = CFUNCTYPE(c_int32, c_void_p, c_uint64, c_uint64)
ReadFn: Any = CFUNCTYPE(c_int64, c_void_p, c_void_p, c_size_t)
WriteFn: Any = CFUNCTYPE(c_int64, c_void_p, c_void_p, c_size_t)
SeekFn: Any = CFUNCTYPE(c_int64, c_void_p, c_int64, c_int32)
ReleaseFn: Any = CFUNCTYPE(None, c_void_p, c_void_p)


class Font(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("reserved", c_uint32),
        ("bytes", c_void_p),
        ("size", c_size_t),
    ]


class ReadOptions(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("page", c_uint32),
        ("pixel_format", c_int32),
        ("orientation", c_int32),
        ("tolerance", c_int32),
        ("threads", c_uint32),
        ("dpi", c_double),
        ("fallback_dpi", c_double),
        ("max_width", c_uint64),
        ("max_height", c_uint64),
        ("max_pixels", c_uint64),
        ("max_memory", c_uint64),
        ("max_pages", c_uint64),
        ("max_metadata", c_uint64),
        ("deadline_ms", c_uint64),
        ("password", c_char_p),
        ("progress", ProgressFn),
        ("progress_user", c_void_p),
        ("pdf_mode", c_int32),
        ("pdf_image", c_uint32),
        ("pdf_box", c_int32),
        ("pdf_background", c_uint32),
        ("annotations", c_int32),
        ("max_side", c_uint32),
        ("scale", c_uint32),
        ("region_x", c_uint32),
        ("region_y", c_uint32),
        ("region_width", c_uint32),
        ("region_height", c_uint32),
        ("system_fonts", c_int32),
        ("fonts", POINTER(Font)),
        ("font_count", c_size_t),
        ("font_folder", c_char_p),
        ("pdfium_path", c_char_p),
        ("pdf_engine", c_int32),
        ("reserved", c_uint32),
    ]


class BinarizeOptions(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("method", c_int32),
        ("threshold", c_int32),
        ("window", c_uint32),
        ("k", c_double),
    ]


class TextWord(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("angle", c_int32),
        ("text", c_char_p),
        ("left", c_double),
        ("top", c_double),
        ("right", c_double),
        ("bottom", c_double),
    ]


class PdfOptions(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("page_size", c_int32),
        ("page_fit", c_int32),
        ("standard", c_int32),
        ("page_width", c_double),
        ("page_height", c_double),
        ("margin", c_double),
        ("title", c_char_p),
        ("author", c_char_p),
        ("subject", c_char_p),
        ("keywords", c_char_p),
        ("creator", c_char_p),
        ("producer", c_char_p),
        ("words", POINTER(TextWord)),
        ("word_count", c_size_t),
    ]


class SaveOptions(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("format", c_int32),
        ("quality", c_int32),
        ("subsampling", c_int32),
        ("optimize", c_int32),
        ("level", c_int32),
        ("compression", c_int32),
        ("encoding", c_int32),
        ("icc", c_int32),
        ("exif", c_int32),
        ("xmp", c_int32),
        ("background", c_uint32),
        ("predictor", c_int32),
        ("rows_per_strip", c_uint32),
        ("tile_width", c_uint32),
        ("tile_height", c_uint32),
        ("big_tiff", c_int32),
        ("two_dimensional", c_int32),
        ("palette", c_uint32),
        ("dither", c_int32),
        ("delay_ms", c_uint32),
        ("loop_count", c_uint32),
        ("dpi_x", c_double),
        ("dpi_y", c_double),
        ("date_time", c_char_p),
        ("binarize", POINTER(BinarizeOptions)),
        ("progress", ProgressFn),
        ("progress_user", c_void_p),
        ("pdf", POINTER(PdfOptions)),
        ("threads", c_uint32),
        ("progressive", c_int32),
    ]


class PixelLayout(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("width", c_uint32),
        ("height", c_uint32),
        ("format", c_int32),
        ("orientation", c_int32),
        ("reserved", c_uint32),
        ("stride", c_size_t),
        ("size", c_size_t),
    ]


class ImageInfo(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("width", c_uint32),
        ("height", c_uint32),
        ("pixel_format", c_int32),
        ("stride", c_size_t),
        ("size", c_size_t),
        ("stored_width", c_uint32),
        ("stored_height", c_uint32),
        ("bits_per_sample", c_uint32),
        ("samples_per_pixel", c_uint32),
        ("file_format", c_int32),
        ("page_count", c_uint32),
        ("orientation", c_int32),
        ("compression", c_uint32),
        ("dpi_x", c_double),
        ("dpi_y", c_double),
        ("has_icc", c_int32),
        ("has_exif", c_int32),
        ("has_xmp", c_int32),
        ("has_alpha", c_int32),
        ("animated", c_int32),
        ("source", c_int32),
        ("delay_ms", c_uint32),
        ("loop_count", c_uint32),
        ("images", c_uint32),
        ("encrypted", c_int32),
    ]


class Stream(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("reserved", c_uint32),
        ("user", c_void_p),
        ("read", ReadFn),
        ("write", WriteFn),
        ("seek", SeekFn),
    ]


class FormatInfo(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("format", c_int32),
        ("can_read", c_int32),
        ("can_write", c_int32),
        ("multi_page", c_int32),
        ("stores_resolution", c_int32),
        ("stores_orientation", c_int32),
        ("stores_icc", c_int32),
        ("stores_exif", c_int32),
        ("stores_xmp", c_int32),
        ("name", c_char * 16),
        ("extensions", c_char * 64),
        ("media_type", c_char * 64),
    ]
