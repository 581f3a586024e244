"""Builds the shared library with cargo and puts it into the package: one wheel for every Python of a platform."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

from setuptools import Distribution, setup
from setuptools.command.bdist_wheel import bdist_wheel
from setuptools.command.build_py import build_py

HERE = Path(__file__).resolve().parent
CRATE = HERE.parent


def version() -> str:
    """The one that is written in Cargo.toml."""
    found = re.search(r'^version = "(.+)"', (CRATE / "Cargo.toml").read_text(encoding="utf-8"), re.M)
    if found is None:
        raise SystemExit("the Rust sources are not beside this package: build it in a checkout of libdio")
    return found[1]


def shared_library() -> Path:
    """The release build, or the library that DIO_LIBRARY names."""
    prebuilt = os.environ.get("DIO_LIBRARY")
    if prebuilt:
        return Path(prebuilt)
    command = ["cargo", "build", "--release", "--locked", "--package", "dio", "--lib", "--message-format=json"]
    # No folder of this machine in the messages of panics: as in xtask/src/library.rs.
    crates = Path(os.environ.get("CARGO_HOME") or Path.home() / ".cargo") / "registry" / "src"
    command += ["--config", f"build.rustflags=['--remap-path-prefix={crates}=crates']"]
    try:
        built = subprocess.run(command, cwd=CRATE, stdout=subprocess.PIPE, check=True)
    except FileNotFoundError:
        raise SystemExit("there is no cargo: install Rust, or name a libdio with DIO_LIBRARY") from None
    for line in built.stdout.splitlines():
        told = json.loads(line)
        for name in told.get("filenames", []) if told.get("target", {}).get("name") == "dio" else []:
            if Path(name).suffix in (".so", ".dylib", ".dll"):
                return Path(name)
    raise SystemExit("cargo built no shared library")


class BuildWithLibrary(build_py):
    """Adds the library, beside the sources for an editable installation."""

    def run(self) -> None:
        if not self.editable_mode:
            shutil.rmtree(self.build_lib, ignore_errors=True)  # what an earlier version had
        super().run()
        place = HERE / "src/dio" if self.editable_mode else Path(self.build_lib) / "dio"
        place.mkdir(parents=True, exist_ok=True)
        library = shared_library()
        shutil.copyfile(library, place / re.sub(r"\.so[.\d]*$", ".so", library.name))


class PlatformWheel(bdist_wheel):
    """For one platform, but any Python 3: there is no extension module."""

    def finalize_options(self) -> None:
        super().finalize_options()
        self.root_is_pure = False

    def get_tag(self) -> "tuple[str, str, str]":
        return "py3", "none", super().get_tag()[2]


class Binary(Distribution):
    """Goes where packages of the platform go."""

    def has_ext_modules(self) -> bool:
        return True


setup(version=version(), distclass=Binary, cmdclass={"build_py": BuildWithLibrary, "bdist_wheel": PlatformWheel})
