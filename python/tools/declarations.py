#!/usr/bin/env python3
"""Makes src/dio/_abi from include/dio.h: numbers, structs, functions, keyword options and their documents.

    python3 python/tools/declarations.py           writes them
    python3 python/tools/declarations.py --check   says whether those that are there are these

The header is printed by cbindgen, so that a few patterns read all of it; what none of them knows is an error.
"""

from __future__ import annotations

import re
import sys
import textwrap
from pathlib import Path
from typing import Dict, List, NamedTuple, Tuple

ROOT = Path(__file__).resolve().parents[2]
HEADER = ROOT / "include/dio.h"
TARGET = ROOT / "python/src/dio/_abi"

SDK_ENUMS = ("ErrorCode", "ImagePixelFormat", "ImageFileFormat")
# Some functions have parameters of their own for the page or the resolution; a type checker wants each name once.
PARTS: Dict[str, List[Tuple[str, Tuple[str, ...]]]] = {
    "ReadOptions": [("DecodeOptions", ("page", "dpi")), ("PageOptions", ("page",)), ("ReadOptions", ())],
}
NUMBERS = {
    "int32_t": "c_int32",
    "uint32_t": "c_uint32",
    "int64_t": "c_int64",
    "uint64_t": "c_uint64",
    "size_t": "c_size_t",
    "double": "c_double",
    "uint8_t": "c_uint8",
    "char": "c_char",
}


class Field(NamedTuple):
    name: str
    type: str
    length: int
    doc: str


class Struct(NamedTuple):
    name: str
    doc: str
    fields: List[Field]


class Enum(NamedTuple):
    name: str
    doc: str
    prefix: str
    members: List[Tuple[str, int, str]]

    @property
    def python(self) -> str:
        return ("Enum" if self.name in SDK_ENUMS else "") + self.name


class Function(NamedTuple):
    name: str
    result: str
    arguments: List[str]


def plain(comment: str) -> str:
    """The words of a comment, with C's names as Python has them."""
    words = " ".join(line.strip().lstrip("*").strip() for line in comment.splitlines())
    words = re.sub(r"`DIO_(EC|IPF|IFF)_(\w+)`", r"\1_\2", words)
    words = re.sub(r"`DIO_[A-Z0-9]+_(\w+)`", r"\1", words)
    words = (
        words.replace("`", "")
        .replace("DIO_BinarizeOptions", "BinarizeOptions")
        .replace("DIO_PdfOptions", "PdfOptions")
        .replace("DIO_ReaderReadPageInto", "the pixels")
        .replace("UINT64_MAX", "dio.NO_LIMIT")
        .replace("Default NULL", "Default None")
    )
    return re.sub(r" +", " ", words).replace("\\0", "\\\\0").strip()


class Header:
    """What the header declares, in its order."""

    def __init__(self, text: str) -> None:
        doc = r"/\*\*(?P<doc>(?:[^*]|\*(?!/))*)\*/\n"
        self.handles = re.findall(r"typedef struct (DIO_\w+) \1;", text)
        self.structs = [
            Struct(m["name"][4:], plain(m["doc"]), fields(m["body"]))
            for m in re.finditer(doc + r"typedef struct (?P<name>DIO_\w+) \{\n(?P<body>.*?)\n\} \2;", text, re.S)
        ]
        self.callbacks: Dict[str, Tuple[str, List[str]]] = {
            m[2]: (m[1], [kind_of(part) for part in m[3].split(",")])
            for m in re.finditer(r"typedef (\w+) \(\*(DIO_\w+)\)\(([^)]*)\);", text)
        }
        constants = {
            m["name"]: (int(m["value"]), plain(m["doc"]))
            for m in re.finditer(doc + r"#define (?P<name>DIO_\w+) \(?(?P<value>-?\d+)\)?", text)
        }
        self.enums = []
        for m in re.finditer(doc + r"typedef int32_t DIO_(?P<name>\w+);", text):
            stated = re.search(r"`DIO_([A-Z]+)_\.\.\.`", m["doc"])
            prefix = "DIO_" + (stated[1] if stated else {"ErrorCode": "EC"}[m["name"]]) + "_"
            kept = "DIO_" if m["name"] in SDK_ENUMS else prefix
            members = [
                (member(name[len(kept) :], m["name"]), value, words)
                for name, (value, words) in constants.items()
                if name.startswith(prefix)
            ]
            doc_words = re.sub(r" DIO_Get.*", "", plain(m["doc"]))
            doc_words = re.sub(r": DIO_\w+_\.\.\.", "", doc_words)
            self.enums.append(Enum(m["name"], doc_words, prefix, members))
        self.functions = [
            Function(m["name"], m["result"].strip(), [] if m["args"] == "void" else m["args"].split(","))
            for m in re.finditer(
                r"^DIO_API\s+(?P<result>[\w \*]+?[ \*])(?P<name>DIO_\w+)\((?P<args>[^)]*)\);", text, re.M
            )
        ]
        if len(self.functions) != len(re.findall(r"^DIO_API\b", text, re.M)):
            sys.exit("dio.h declares a function that declarations.py does not understand")
        if len(constants) != sum(len(enum.members) for enum in self.enums):
            sys.exit("dio.h defines a number whose kind declarations.py does not find")

    def enum(self, type_name: str) -> Enum | None:
        return next((enum for enum in self.enums if "DIO_" + enum.name == type_name), None)


def member(name: str, enum: str) -> str:
    """A name that Python takes: S420 for DIO_SUBSAMPLING_420."""
    return enum[0] + name if name[0].isdigit() else name


def kind_of(declared: str) -> str:
    """The type of a C parameter, without its name."""
    words = declared.replace("const ", "").replace("struct ", "").strip()
    stars = words.count("*")
    return words.replace("*", " ").split()[0] + "*" * stars


def fields(body: str) -> List[Field]:
    found = []
    for m in re.finditer(r"/\*\*(.*?)\*/\s*([^;]+?)(\w+)(?:\[(\d+)\])?;", body, re.S):
        found.append(Field(m[3], kind_of(m[2]), int(m[4] or 0), plain(m[1])))
    if len(found) != re.sub(r"/\*\*.*?\*/", "", body, flags=re.S).count(";"):
        sys.exit("a struct of dio.h has a field that declarations.py does not understand")
    return found


def ctype(header: Header, kind: str) -> str:
    """The ctypes type of a C type."""
    base = kind.rstrip("*")
    stars = len(kind) - len(base)
    if kind == "char*":
        return "c_char_p"
    if base in header.callbacks:
        return base[4:]
    if base == "void" or base == "uint8_t" or "DIO_" + base[4:] in header.handles:
        return "c_void_p" if stars == 1 else "POINTER(c_void_p)"
    if kind == "char**":
        return "POINTER(c_void_p)"
    number = NUMBERS.get(base) or ("c_int32" if header.enum(base) else base[4:])
    return number if stars == 0 else f"POINTER({number})"


def opening(words: str, imports: str) -> str:
    made = "Made by tools/declarations.py from include/dio.h. Do not edit."
    return f'"""{words}\n\n{made}\n"""\n\nfrom __future__ import annotations\n\n{imports}\n'


def docstring(first: str, rest: List[Tuple[str, str]], indent: str = "    ") -> str:
    width = 110 - len(indent)
    lines = textwrap.wrap(first, width)
    for name, words in rest:
        lines += [""] if len(lines) == len(textwrap.wrap(first, width)) else []
        lines += textwrap.wrap(f"{name}: {words}", width, subsequent_indent="    ")
    raw = "r" if any("\\" in line for line in lines) else ""
    if len(lines) == 1:
        return f'{indent}{raw}"""{lines[0]}"""\n'
    text = "\n".join((indent + line).rstrip() for line in lines)
    return f'{indent}{raw}"""{text.lstrip()}\n{indent}"""\n'


def numbers(header: Header) -> str:
    out = opening("The numbers of the library.", "from enum import IntEnum")
    for enum in header.enums:
        out += f"\n\nclass {enum.python}(IntEnum):\n"
        out += docstring(enum.doc, [(name, words) for name, _, words in enum.members]) + "\n"
        out += "".join(f"    {name} = {value}\n" for name, value, _ in enum.members)
    return out


def structs(header: Header) -> str:
    used = "POINTER, Structure, c_char, c_char_p, c_double, c_int32, c_int64, c_size_t, c_uint32, c_uint64, c_void_p"
    out = opening(
        "The structs and callbacks of the library.", f"from ctypes import CFUNCTYPE, {used}\nfrom typing import Any"
    )
    for name, (result, arguments) in header.callbacks.items():
        types = ["None" if result == "void" else NUMBERS[result]] + [ctype(header, it) for it in arguments]
        out += f"\n{name[4:]}: Any = CFUNCTYPE({', '.join(types)})"
    for struct in header.structs:
        out += f"\n\n\nclass {struct.name}(Structure):\n    _fields_ = [\n"
        for field in struct.fields:
            kind = ctype(header, field.type)
            out += f'        ("{field.name}", {kind}{f" * {field.length}" if field.length else ""}),\n'
        out += "    ]"
    return out + "\n"


def functions(header: Header) -> str:
    out = opening(
        "The functions of the library: result and arguments.",
        "from ctypes import POINTER, c_char_p, c_double, c_int32, c_size_t, c_uint32, c_void_p\n"
        "from typing import Any, Dict, List, Tuple\n\nfrom dio._abi.structs import (\n"
        + "".join(
            f"    {name},\n"
            for name in sorted(
                ["ReleaseFn"]
                # What is within other structs alone is not named here.
                + [it.name for it in header.structs if it.name not in ("Font", "TextWord")]
            )
        )
        + ")\n",
    )
    out += "\nFUNCTIONS: Dict[str, Tuple[Any, List[Any]]] = {\n"
    for function in header.functions:
        result = "None" if function.result == "void" else ctype(header, kind_of(function.result + " x"))
        arguments = ", ".join(ctype(header, kind_of(it)) for it in function.arguments)
        out += f'    "{function.name}": ({result}, [{arguments}]),\n'
    return out + "}\n"


def annotation(header: Header, field: Field, given: bool) -> str:
    """The Python type of a field: of an option that a caller gives, or of a fact."""
    enum = header.enum(field.type)
    if enum:
        return f"Union[{enum.python}, int, str]" if given else enum.python
    if field.type == "DIO_ProgressFn":
        return "Callable[[int, int], object]"
    if field.type == "DIO_BinarizeOptions*":
        return "Union[BinarizeOptions, BinarizeMethod, str]"
    if field.type == "DIO_PdfOptions*":
        return "PdfOptions"
    if field.type == "DIO_TextWord*":
        return "Sequence[Union[Tuple[str, float, float, float, float], Tuple[str, float, float, float, float, int]]]"
    if field.type == "DIO_Font*":
        return "Sequence[Union[bytes, str, PathLike[str]]]"
    if field.name in ("font_folder", "pdfium_path"):
        return "Union[str, PathLike[str]]"
    if field.type.startswith("char"):
        return "str"
    if field.type == "double":
        return "float"
    return "bool" if field.doc.startswith("1 where") else "int"


def words_of(header: Header, field: Field) -> str:
    """The document of an option, with what Python programs give for it."""
    enum = header.enum(field.type)
    if enum:
        return f"{field.doc} A member of {enum.python}, or its name."
    if field.type == "DIO_ProgressFn":
        return (
            f"{field.doc} Called as progress(done, total) on the calling thread; total is 0 while it is not known. "
            "A true result cancels with EC_CANCELLED; an exception passes through."
        )
    if field.type == "DIO_BinarizeOptions*":
        return f"{field.doc} A member of BinarizeMethod, its name, or a dict of the options of ImageData.binarize."
    if field.type == "DIO_PdfOptions*":
        return f"{field.doc} A dict of the options of dio.PdfOptions."
    if field.type == "DIO_TextWord*":
        return (
            f"{field.doc} Each is (text, left, top, right, bottom) in pixels of the upright image, and where it is "
            "turned the degrees clockwise: 90, 180 or 270."
        )
    if field.type == "DIO_Font*":
        return f"{field.doc} Each is the bytes of a font file, or its path."
    return field.doc


def options(header: Header) -> str:
    named = {struct.name: struct for struct in header.structs}
    enums = sorted({e.python for s in named.values() for f in s.fields for e in [header.enum(f.type)] if e})
    out = opening(
        "The keyword options, and the facts of pages and formats.",
        "from dataclasses import dataclass\nfrom os import PathLike\n"
        "from typing import Callable, Sequence, Tuple, TypedDict, Union\n\n"
        "from dio._abi.numbers import (\n" + "".join(f"    {name},\n" for name in enums) + ")\n",
    )
    skipped = ("struct_size", "reserved", "progress_user", "word_count", "font_count")
    for name in ("BinarizeOptions", "PdfOptions", "ReadOptions", "SaveOptions"):
        kept = [field for field in named[name].fields if field.name not in skipped]
        first = {
            "BinarizeOptions": "How an image becomes black and white.",
            "PdfOptions": "How PDF documents and their pages are made.",
            "ReadOptions": "How to read.",
        }
        base, gone = "TypedDict", tuple("")
        for part, without in PARTS.get(name, [(name, ())]):
            own = [it for it in kept if it.name not in without and (base == "TypedDict" or it.name in gone)]
            gone = without
            listed = [(it.name, words_of(header, it)) for it in kept if it.name not in without]
            out += f"\n\nclass {part}({base}, total=False):\n"
            out += docstring(first.get(name, "How to save."), listed) + "\n"
            out += "".join(f"    {field.name}: {annotation(header, field, True)}\n" for field in own)
            base = part
    for name in ("ImageInfo", "FormatInfo"):
        kept = [field for field in named[name].fields if field.name not in skipped]
        docs = [
            (
                it.name,
                re.sub(r"^1 where (.*), else 0\.$", r"whether \1.", it.doc).replace("; ends with a zero byte", ""),
            )
            for it in kept
        ]
        out += f"\n\n@dataclass(frozen=True)\nclass {name}:\n{docstring(named[name].doc, docs)}\n"
        out += "".join(f"    {field.name}: {annotation(header, field, False)}\n" for field in kept)
    return out


def main() -> None:
    header = Header(HEADER.read_text(encoding="utf-8"))
    made = {
        "numbers.py": numbers(header),
        "structs.py": structs(header),
        "functions.py": functions(header),
        "options.py": options(header),
    }
    old = [name for name, text in made.items() if not same(TARGET / name, text)]
    if "--check" in sys.argv[1:]:
        if old:
            sys.exit(f"{', '.join(old)}: not of this dio.h; run python3 python/tools/declarations.py")
        return
    for name in old:
        (TARGET / name).write_text(made[name], encoding="utf-8")
        print("wrote", name)


def same(path: Path, text: str) -> bool:
    return path.exists() and path.read_text(encoding="utf-8") == text


if __name__ == "__main__":
    main()
