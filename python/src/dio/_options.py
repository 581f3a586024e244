"""Keyword options into the structs of the library."""

from __future__ import annotations

import ctypes
import functools
import inspect
import os
import re
from ctypes import byref, sizeof
from enum import IntEnum
from typing import Any, Callable, Dict, List, Mapping, Set, Tuple, Type, TypeVar, Union, get_type_hints

from dio._abi import numbers, options, structs
from dio._library import Callbacks, check, invalid, lib, path_bytes

_F = TypeVar("_F", bound=Callable[..., Any])
_E = TypeVar("_E", bound=IntEnum)


def choice(value: Any, kind: Type[_E], name: str) -> Union[_E, int]:
    """A member of an enumeration from itself, its number or its name; numbers are for the library to check."""
    if isinstance(value, str):
        wanted = value.upper()
        for member in kind:
            if wanted in (member.name, member.name.split("_", 1)[-1], member.name[1:]):
                return member
        names = ", ".join(member.name for member in kind)
        raise invalid(f"`{name}` is '{value}', not one of {names}")
    if not isinstance(value, int):
        raise TypeError(f"{name} must be {kind.__name__}, int or str, not {type(value).__name__}")
    if not fits(value):
        raise invalid(f"`{name}` is {value}, which is no value of its kind")
    return value


def fits(number: int) -> bool:
    """Whether it crosses to the library as it is: ctypes cuts off what is too long."""
    return -(2**31) <= number < 2**31


def _enum_of(hint: Any) -> Any:
    """The enumeration in Union[Enum, int, str]."""
    members = getattr(hint, "__args__", ())
    found = [it for it in members if isinstance(it, type) and issubclass(it, IntEnum)]
    return found[0] if found and int in members else None


class _Kind:
    """One of the option structs: its C struct, its keywords and its defaults."""

    def __init__(self, name: str) -> None:
        self.struct: Any = getattr(structs, name)
        self.init: Any = getattr(lib, f"DIO_{name}_Init")
        typed: Any = getattr(options, name)
        hints = get_type_hints(typed)
        self.enums: Dict[str, Any] = {field: _enum_of(hint) for field, hint in hints.items()}
        self.types: Dict[str, Any] = dict(self.struct._fields_)
        self.documents: str = (typed.__doc__ or "").split("\n\n", 1)[1]
        initial = self.new()
        self.defaults = {field: self._default(initial, field) for field in hints}

    def new(self) -> Any:
        struct = self.struct()
        check(self.init(byref(struct), sizeof(struct)))
        return struct

    def _default(self, initial: Any, field: str) -> Any:
        if field in ("progress", "binarize", "pdf", "words", "fonts"):
            return None
        value = getattr(initial, field)
        return self.enums[field](value) if self.enums[field] else value

    def fill(self, given: Mapping[str, Any], callbacks: Callbacks) -> Any:
        """The struct with the options that are given; None means the default."""
        struct = self.new()
        for name, value in given.items():
            if name not in self.types or name not in self.enums:
                raise TypeError(f"there is no option '{name}'")
            if name == "words" and value is not None:
                struct.words, struct.word_count = _words(value)
            elif name == "fonts" and value is not None:
                # The struct keeps what its pointers lead to.
                struct.kept = _fonts(value)
                struct.fonts, struct.font_count = struct.kept[0], len(struct.kept[1])
            elif value is not None:
                setattr(struct, name, self._value(name, value, callbacks))
        return struct

    def _value(self, name: str, value: Any, callbacks: Callbacks) -> Any:
        if name == "progress":
            return _progress(value, callbacks)
        if name == "binarize":
            return ctypes.pointer(_binarize(value))
        if name == "pdf":
            return ctypes.pointer(_pdf(value))
        if self.enums[name]:
            return choice(value, self.enums[name], name)
        kind = self.types[name]
        if name in ("font_folder", "pdfium_path"):
            return _path(name, value)
        if kind is ctypes.c_char_p:
            return _text(name, value)
        if kind is ctypes.c_double:
            if not isinstance(value, (int, float)):
                raise TypeError(f"{name} must be a number, not {type(value).__name__}")
            return float(value)
        return _whole(name, value, kind)


def _whole(name: str, value: Any, kind: Any) -> int:
    try:
        number = value.__index__()
    except AttributeError:
        raise TypeError(f"{name} must be a whole number, not {type(value).__name__}") from None
    if kind(number).value != number:
        raise invalid(f"`{name}` is {number}, out of its range")
    return int(number)


def _text(name: str, value: Any) -> bytes:
    if not isinstance(value, str):
        raise TypeError(f"{name} must be str, not {type(value).__name__}")
    encoded = value.encode("utf-8")
    if b"\0" in encoded:
        raise invalid(f"`{name}` contains a zero byte")
    return encoded


def _progress(function: Any, callbacks: Callbacks) -> Any:
    if not callable(function):
        raise TypeError(f"progress must be callable, not {type(function).__name__}")
    return callbacks.wrap(structs.ProgressFn, 1, lambda _user, done, total: 1 if function(done, total) else 0)


def _binarize(value: Any) -> Any:
    given = value if isinstance(value, Mapping) else {"method": value}
    return BINARIZE.fill(given, Callbacks())


def _words(value: Any) -> Tuple[Any, int]:
    """An array of words, each a text and its box, and the turn where there is one."""
    words = [tuple(word) for word in value]
    array = (structs.TextWord * len(words))()
    for number, (word, place) in enumerate(zip(words, array)):
        name = f"words[{number}]"
        if len(word) not in (5, 6):
            raise TypeError(f"{name} must be (text, left, top, right, bottom) or have an angle behind it")
        place.struct_size = sizeof(structs.TextWord)
        place.text = _text(name, word[0])
        place.left, place.top, place.right, place.bottom = word[1:5]
        place.angle = _whole(name, word[5], ctypes.c_int32) if len(word) == 6 else 0
    return ctypes.cast(array, ctypes.POINTER(structs.TextWord)), len(words)


def _fonts(value: Any) -> Tuple[Any, List[bytes]]:
    """An array of fonts, and the bytes of their files."""
    if isinstance(value, (str, bytes, os.PathLike)):
        raise TypeError("fonts must be a sequence of bytes or paths")
    files = [bytes(it) if _is_bytes(it) else _file(it) for it in value]
    array = (structs.Font * len(files))()
    for file, place in zip(files, array):
        place.struct_size, place.size = sizeof(structs.Font), len(file)
        place.bytes = ctypes.cast(ctypes.c_char_p(file), ctypes.c_void_p)
    return array, files


def _is_bytes(value: Any) -> bool:
    return isinstance(value, (bytes, bytearray, memoryview))


def _file(path: Any) -> bytes:
    try:
        with open(os.fspath(path), "rb") as file:
            return file.read()
    except OSError as error:
        raise invalid(f"`fonts`: {error}") from error


def _path(name: str, value: Any) -> bytes:
    if not isinstance(value, (str, os.PathLike)):
        raise TypeError(f"{name} must be str or a path, not {type(value).__name__}")
    return path_bytes(value)


def _pdf(value: Any) -> Any:
    if not isinstance(value, Mapping):
        raise TypeError(f"pdf must be a dict of options, not {type(value).__name__}")
    return PDF.fill(value, Callbacks())


BINARIZE = _Kind("BinarizeOptions")
PDF = _Kind("PdfOptions")
READ = _Kind("ReadOptions")
SAVE = _Kind("SaveOptions")


def documented(kind: _Kind, *without: str, see: str = "", **changed: Any) -> Callable[[_F], _F]:
    """Gives a function that takes `**options` their names, defaults and documents.

    `without` are options that it does not take, `changed` are defaults of its own; `see` is a function that has the
    documents already.
    """

    def decorate(function: _F) -> _F:
        signature = inspect.signature(function)
        own = [it for it in signature.parameters.values() if it.kind is not inspect.Parameter.VAR_KEYWORD]
        names = {it.name for it in own}
        for name, default in {**kind.defaults, **changed}.items():
            if name not in names and name not in without:
                own.append(inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default))

        @functools.wraps(function)
        def named(*arguments: Any, **given: Any) -> Any:
            for name in given:
                if name in without or (name not in names and name not in kind.enums):
                    raise TypeError(f"{function.__name__}() got an unexpected keyword argument '{name}'")
            return function(*arguments, **given)

        listed = _listed(kind, names | set(without), changed)
        result: Any = named
        result.__signature__ = signature.replace(parameters=own)
        options = f"The options are those of {see}." if see else f"Options, as keywords:\n\n{listed}"
        result.__doc__ = f"{inspect.cleandoc(function.__doc__ or '')}\n\n{options}\n"
        return named  # type: ignore[return-value]

    return decorate


def _listed(kind: _Kind, skipped: Set[str], changed: Mapping[str, Any]) -> str:
    """The documents of the options that a function does not explain itself."""
    entries = re.split(r"\n(?=\w+: )", inspect.cleandoc("    " + kind.documents.strip("\n")))
    kept = [it for it in entries if it.split(":", 1)[0] not in skipped]
    for name, default in changed.items():
        kept = [re.sub(r"Default \w+", f"Default {default.name}", it) if it.startswith(name) else it for it in kept]
    return "\n".join(kept)


Facts = TypeVar("Facts", options.ImageInfo, options.FormatInfo)


def facts(kind: Type[Facts], struct: Any) -> Facts:
    """The dataclass of an info struct."""
    hints = get_type_hints(kind)
    values: Dict[str, Any] = {}
    for name, hint in hints.items():
        value = getattr(struct, name)
        values[name] = value.decode("utf-8") if isinstance(value, bytes) else _known(hint, value)
    return kind(**values)


def _known(hint: Any, value: Any) -> Any:
    """A number as its enumeration has it, or as it is where a later library knows more."""
    try:
        return hint(value)
    except ValueError:
        return value


def info_struct(name: str) -> Any:
    """An empty info struct that states its size."""
    struct = getattr(structs, name)()
    struct.struct_size = sizeof(struct)
    return struct


def pixel_format(value: Any, name: str = "format") -> int:
    """A pixel format from a member, number or name."""
    return choice(value, numbers.EnumImagePixelFormat, name)


def file_format(value: Any, name: str = "format") -> int:
    """A file format from a member, number or name."""
    return choice(value, numbers.EnumImageFileFormat, name)
