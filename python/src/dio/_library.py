"""The shared library: loaded from this folder, its functions declared, its failures raised."""

from __future__ import annotations

import ctypes
import os
import sys
import threading
from ctypes import byref, c_char_p, c_size_t, c_void_p
from pathlib import Path
from typing import Any, Callable, List, Optional, Union

from dio._abi.functions import FUNCTIONS
from dio._abi.numbers import EnumErrorCode

#: For limits in options: no limit.
NO_LIMIT = 2**64 - 1


class DioError(Exception):
    """A call failed.

    code: why, for programs: an EnumErrorCode.
    message: what happened, for people: it names the file, page and byte where they are known.
    """

    def __init__(self, code: int, message: str) -> None:
        super().__init__(code, message)
        self.code: int = error_code(code)
        self.message = message

    def __str__(self) -> str:
        name = self.code.name if isinstance(self.code, EnumErrorCode) else str(self.code)
        return f"{self.message} ({name})"


def error_code(code: int) -> int:
    """The member of EnumErrorCode, or the number of a code that this package does not know."""
    try:
        return EnumErrorCode(code)
    except ValueError:
        return code


def invalid(message: str) -> DioError:
    """The failure of an argument that is out of range."""
    return DioError(EnumErrorCode.EC_PARAMETER_VALUE_INVALID, message)


def _load() -> ctypes.CDLL:
    name = {"win32": "dio.dll", "darwin": "libdio.dylib"}.get(sys.platform, "libdio.so")
    library = ctypes.CDLL(str(Path(__file__).with_name(name)))
    for function, (result, arguments) in FUNCTIONS.items():
        declared = getattr(library, function)
        declared.restype, declared.argtypes = result, arguments
    return library


#: Calls release the GIL.
lib: Any = _load()


def message() -> str:
    """What this thread's last failed call met."""
    return str(lib.DIO_GetLastErrorMessage().decode("utf-8", "replace"))


def check(code: int) -> None:
    """Raises what a call returned, unless it is success."""
    if code != 0:
        raise DioError(code, message())


class Callbacks:
    """Python functions that a call of the library runs.

    An exception cannot pass through the library: it is kept here, the library is told to stop, and it is raised
    when the call is back.
    """

    def __init__(self) -> None:
        self._kept: List[Any] = []
        self._raised: Optional[BaseException] = None

    def wrap(self, kind: Callable[..., Any], failed: int, function: Callable[..., int]) -> Any:
        """A C callback of `kind` around `function`, which returns `failed` when it raises."""

        def guarded(*arguments: Any) -> int:
            if self._raised is not None:
                return failed
            try:
                return function(*arguments)
            except BaseException as raised:
                self._raised = raised
                return failed

        callback = kind(guarded)
        self._kept.append(callback)
        return callback

    def check(self, code: int) -> None:
        """As the function of this name, but what a callback raised goes first."""
        raised, self._raised = self._raised, None
        if raised is not None:
            raise raised
        check(code)


class Turns:
    """Threads that share an object of the library use it one after the other.

    A callback that wants the object whose call it runs in gets an exception instead of waiting for itself.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._holder: Optional[int] = None

    def __enter__(self) -> None:
        me = threading.get_ident()
        if self._holder == me:
            raise RuntimeError("a callback uses the object that is calling it")
        self._lock.acquire()
        self._holder = me

    def __exit__(self, *_: object) -> None:
        self._holder = None
        self._lock.release()


def path_bytes(path: Union[str, bytes, os.PathLike[str], os.PathLike[bytes]]) -> bytes:
    """A path as the library wants it: UTF-8 on Windows, the file system's own bytes elsewhere."""
    name = os.fspath(path)
    if sys.platform == "win32":
        encoded = name if isinstance(name, bytes) else name.encode("utf-8")
    else:
        encoded = os.fsencode(name)
    if b"\0" in encoded:
        raise invalid("`path` contains a zero byte")
    return encoded


def take_bytes(call: Callable[[Any, Any], int], check_code: Callable[[int], None] = check) -> bytes:
    """The bytes that a call hands over."""
    data, size = c_void_p(), c_size_t()
    check_code(call(byref(data), byref(size)))
    try:
        return ctypes.string_at(data.value or 0, size.value) if size.value else b""
    finally:
        lib.DIO_FreeBytes(data)


def take_text(call: Callable[[Any], int]) -> str:
    """The text that a call hands over."""
    data = c_void_p()
    check(call(byref(data)))
    try:
        return str((ctypes.cast(data, c_char_p).value or b"").decode("ascii"))
    finally:
        lib.DIO_FreeBytes(data)


class _PyBuffer(ctypes.Structure):
    """CPython's Py_buffer, whose layout belongs to its stable ABI."""

    _fields_ = [
        ("buf", c_void_p),
        ("obj", c_void_p),
        ("len", ctypes.c_ssize_t),
        ("itemsize", ctypes.c_ssize_t),
        ("readonly", ctypes.c_int),
        ("ndim", ctypes.c_int),
        ("format", c_void_p),
        ("shape", c_void_p),
        ("strides", c_void_p),
        ("suboffsets", c_void_p),
        ("internal", c_void_p),
    ]


_get_buffer = ctypes.PYFUNCTYPE(ctypes.c_int, ctypes.py_object, c_void_p, ctypes.c_int)(
    ("PyObject_GetBuffer", ctypes.pythonapi)
)
_release_buffer = ctypes.PYFUNCTYPE(None, c_void_p)(("PyBuffer_Release", ctypes.pythonapi))


def address_of(view: memoryview) -> int:
    """Where the bytes of a contiguous buffer lie, for as long as `view` is kept."""
    buffer = _PyBuffer()
    _get_buffer(view, ctypes.addressof(buffer), 0)
    try:
        return int(buffer.buf or 0)
    finally:
        _release_buffer(ctypes.addressof(buffer))


def contiguous(data: Any) -> memoryview:
    """The bytes of a buffer one after the other; copied only where they are not."""
    view = memoryview(data)
    return view if view.c_contiguous else memoryview(view.tobytes())
