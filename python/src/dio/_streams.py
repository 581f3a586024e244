"""Sources and targets: paths, bytes in memory, and file objects through the callbacks of the library."""

from __future__ import annotations

import ctypes
import os
from ctypes import c_char_p, c_int, c_ssize_t, c_void_p, sizeof
from typing import Any, Protocol, Union

from dio._abi import structs
from dio._library import Callbacks

Path = Union[str, bytes, "os.PathLike[str]", "os.PathLike[bytes]"]
Buffer = Union[bytes, bytearray, memoryview]


class Readable(Protocol):
    """A file object to read from: binary, with `seek` and `tell` where it can."""

    def read(self, size: int, /) -> bytes:
        """Reads up to `size` bytes."""
        ...


class Writable(Protocol):
    """A file object to write to: binary, with `seek` where it can."""

    def write(self, data: bytes, /) -> Any:
        """Writes bytes, and tells how many."""
        ...


Source = Union[str, "os.PathLike[str]", "os.PathLike[bytes]", Buffer, Readable]
Target = Union[Path, Writable]

_from_memory = ctypes.PYFUNCTYPE(ctypes.py_object, c_void_p, c_ssize_t, c_int)(
    ("PyMemoryView_FromMemory", ctypes.pythonapi)
)
_WRITE = 0x200


def is_path(source: Any) -> bool:
    """Whether it names a file; bytes are content."""
    return isinstance(source, (str, os.PathLike))


def is_file(source: Any, method: str) -> bool:
    """Whether it is a file object; no object with a buffer is."""
    return hasattr(source, method) and not isinstance(source, (bytes, bytearray, memoryview))


def refuse(source: Any, what: str) -> TypeError:
    """The exception for an argument of another type."""
    return TypeError(f"{what} must be a path, bytes or a binary file, not {type(source).__name__}")


def _seekable(file: Any) -> bool:
    seekable = getattr(file, "seekable", None)
    return bool(seekable()) if seekable is not None else hasattr(file, "seek")


def _stream(file: Any, callbacks: Callbacks) -> Any:
    stream = structs.Stream()
    stream.struct_size = sizeof(stream)
    if _seekable(file):
        stream.seek = callbacks.wrap(structs.SeekFn, -1, lambda _user, offset, whence: _position(file, offset, whence))
    return stream


def _position(file: Any, offset: int, whence: int) -> int:
    position = file.seek(offset, whence)
    return int(file.tell() if position is None else position)


def reading(file: Any, callbacks: Callbacks) -> Any:
    """A stream that reads from a file object, from where it stands."""
    stream = _stream(file, callbacks)
    fill = _fill_into if hasattr(file, "readinto") else _fill_from
    stream.read = callbacks.wrap(structs.ReadFn, -1, lambda _user, to, size: fill(file, to, size))
    return stream


def _fill_into(file: Any, to: int, size: int) -> int:
    with _from_memory(to, size, _WRITE) as room:
        count = file.readinto(room)
    if count is None:
        raise BlockingIOError("the file has no bytes ready")
    return int(count)


def _fill_from(file: Any, to: int, size: int) -> int:
    data = file.read(size)
    if not isinstance(data, (bytes, bytearray, memoryview)):
        raise TypeError(f"read() returned {type(data).__name__}, not bytes: the file must be opened in binary mode")
    data = bytes(data)
    if len(data) > size:
        raise ValueError(f"read({size}) returned {len(data)} bytes")
    ctypes.memmove(to, c_char_p(data), len(data))
    return len(data)


def writing(file: Any, callbacks: Callbacks) -> Any:
    """A stream that writes to a file object, from where it stands."""
    stream = _stream(file, callbacks)
    stream.write = callbacks.wrap(structs.WriteFn, -1, lambda _user, data, size: _write(file, data, size))
    return stream


def _write(file: Any, data: int, size: int) -> int:
    count = file.write(ctypes.string_at(data, size))
    return size if count is None else int(count)
