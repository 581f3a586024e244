"""DLPack: the memory of an image for other array libraries.

numpy makes the capsules where it is there. Without it they are made here, where only a Python function can be told that
the consumer is done: if that happens while an exception is under way, that exception is lost to a SystemError.
"""

from __future__ import annotations

import ctypes
import sys
from ctypes import c_char_p, c_int32, c_int64, c_uint8, c_uint16, c_uint32, c_uint64, c_void_p
from typing import TYPE_CHECKING, Any, Dict, List, Optional, Tuple

from dio import _pixels

if TYPE_CHECKING:
    from dio._image import ImageData

_CPU, _UNSIGNED, _READ_ONLY = 1, 1, 1


class _Tensor(ctypes.Structure):
    _fields_ = [
        ("data", c_void_p),
        ("device_type", c_int32),
        ("device_id", c_int32),
        ("ndim", c_int32),
        ("code", c_uint8),
        ("bits", c_uint8),
        ("lanes", c_uint16),
        ("shape", c_void_p),
        ("strides", c_void_p),
        ("byte_offset", c_uint64),
    ]


class _Managed(ctypes.Structure):
    _fields_ = [("tensor", _Tensor), ("context", c_void_p), ("deleter", c_void_p)]


class _Versioned(ctypes.Structure):
    _fields_ = [
        ("major", c_uint32),
        ("minor", c_uint32),
        ("context", c_void_p),
        ("deleter", c_void_p),
        ("flags", c_uint64),
        ("tensor", _Tensor),
    ]


def capsule(image: ImageData, max_version: Optional[Tuple[int, int]]) -> Any:
    """A capsule with the memory of the image, for one consumer."""
    try:
        import numpy
    except ImportError:
        return _own_capsule(image, max_version)
    array: Any = numpy.asarray(image)
    try:
        return array.__dlpack__(max_version=max_version)
    except TypeError:  # numpy before 2.1
        return array.__dlpack__()


# What consumers hold, by the address of the struct that they got: the struct, its arrays, the pixels, the capsule.
_lent: Dict[int, List[Any]] = {}


def _delete(struct: int) -> None:
    _lent.pop(struct, None)


_DELETER = ctypes.CFUNCTYPE(None, c_void_p)(_delete)
# A consumer may outlive this module when Python ends.
ctypes.pythonapi.Py_IncRef(ctypes.py_object(_DELETER))

_new_capsule = ctypes.PYFUNCTYPE(ctypes.py_object, c_void_p, c_char_p, c_void_p)(("PyCapsule_New", ctypes.pythonapi))
_is_valid = ctypes.PYFUNCTYPE(ctypes.c_int, ctypes.py_object, c_char_p)(("PyCapsule_IsValid", ctypes.pythonapi))
_NAMES = (b"dltensor", b"dltensor_versioned")


def _own_capsule(image: ImageData, max_version: Optional[Tuple[int, int]]) -> Any:
    _sweep()
    versioned = max_version is not None and max_version[0] >= 1
    address, _, readonly, owner = image._memory()
    if readonly and not versioned:
        raise BufferError("the pixels are read-only, which only DLPack 1.0 can say")
    kind, shape = _pixels.lie(image.pixel_format), image.shape
    if image.stride % kind.bytes:
        raise BufferError("the rows do not begin at whole samples")
    strides = [step // kind.bytes for step in _pixels.strides(image.pixel_format, image.stride)]
    lengths = (c_int64 * (2 * len(shape)))(*shape, *strides)
    at = ctypes.addressof(lengths)
    tensor = _Tensor(address, _CPU, 0, len(shape), _UNSIGNED, 8 * kind.bytes, 1, at, at + 8 * len(shape), 0)
    deleter = ctypes.cast(_DELETER, c_void_p).value
    managed: Any = _Managed(tensor, None, deleter)
    if versioned:
        managed = _Versioned(1, 0, None, deleter, _READ_ONLY if readonly else 0, tensor)
    made = _new_capsule(ctypes.addressof(managed), _NAMES[versioned], None)
    _lent[ctypes.addressof(managed)] = [managed, lengths, owner, made]
    return made


def _sweep() -> None:
    """Lets go of capsules that were taken, and of what was in those that never will be."""
    for key, held in list(_lent.items()):
        untaken = held[3] is not None and any(_is_valid(held[3], name) for name in _NAMES)
        if not untaken:
            held[3] = None
        elif sys.getrefcount(held[3]) <= 2:  # the list and the argument
            _lent.pop(key, None)
