"""The declarations are those of include/dio.h, and what a C compiler and the library make of them."""

import ctypes
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from conftest import ROOT

from dio._abi import options, structs
from dio._abi.functions import FUNCTIONS
from dio._library import lib

STRUCTS = {
    name: it for name, it in vars(structs).items() if isinstance(it, type) and hasattr(it, "_fields_") and it._fields_
}


def test_the_declarations_are_made_from_the_header() -> None:
    tool = ROOT / "python/tools/declarations.py"
    made = subprocess.run([sys.executable, tool, "--check"], capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr


def test_a_changed_header_is_noticed(tmp_path: Path) -> None:
    for folder in ("python/tools", "python/src/dio/_abi", "include"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    header = tmp_path / "include/dio.h"
    text = header.read_text(encoding="utf-8")
    header.write_text(text.replace("#define DIO_EC_UNKNOWN (-10000)", "#define DIO_EC_UNKNOWN (-10099)"), "utf-8")
    tool = tmp_path / "python/tools/declarations.py"
    made = subprocess.run([sys.executable, tool, "--check"], capture_output=True, text=True, check=False)
    assert made.returncode == 1
    assert "numbers.py" in made.stderr


def test_the_library_exports_every_function() -> None:
    assert len(FUNCTIONS) > 60
    for name in FUNCTIONS:
        assert getattr(lib, name)


def test_structs_lie_as_a_c_compiler_lays_them(tmp_path: Path) -> None:
    compiler = next((it for it in ("cc", "gcc", "clang") if shutil.which(it)), None)
    if compiler is None:
        pytest.skip("there is no C compiler")
    places = [(name, field[0]) for name, struct in STRUCTS.items() for field in struct._fields_]
    lines = [f'    printf("%zu ", offsetof(DIO_{name}, {field}));' for name, field in places]
    lines += [f'    printf("%zu ", sizeof(DIO_{name}));' for name in STRUCTS]
    source = tmp_path / "places.c"
    source.write_text("#include <dio.h>\n#include <stdio.h>\nint main(void)\n{\n" + "\n".join(lines) + "\n}\n", "utf-8")
    program = tmp_path / "places"
    subprocess.run([compiler, f"-I{ROOT / 'include'}", source, "-o", program], check=True)
    told = [int(it) for it in subprocess.run([program], capture_output=True, check=True).stdout.split()]
    ours = [getattr(STRUCTS[name], field).offset for name, field in places]
    assert told == ours + [ctypes.sizeof(struct) for struct in STRUCTS.values()]


@pytest.mark.parametrize("name", ["ReadOptions", "SaveOptions", "BinarizeOptions", "ImageInfo", "FormatInfo"])
def test_every_field_is_an_option_or_a_fact(name: str) -> None:
    hints: Any = get_type_hints(getattr(options, name))
    fields = {field[0] for field in STRUCTS[name]._fields_}
    assert set(hints) == fields - {"struct_size", "reserved", "progress_user", "font_count"}
