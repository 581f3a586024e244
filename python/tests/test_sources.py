"""Paths, bytes and file objects, read and written; what goes wrong in them."""

import io
import pickle
import threading
from pathlib import Path
from typing import Any, List

import pytest

import dio


class Watched(io.BytesIO):
    """Counts the bytes that are read."""

    taken = 0

    def readinto(self, room: Any) -> int:
        count = super().readinto(room)
        self.taken += count
        return count


class Pipe:
    """Reads forward only, a few bytes at a time, without readinto."""

    def __init__(self, data: bytes) -> None:
        self._file = io.BytesIO(data)

    def read(self, size: int) -> bytes:
        return self._file.read(min(size, 1000))


class Broken(io.BytesIO):
    def readinto(self, room: Any) -> int:
        raise OSError("the disk is gone")


def test_the_same_pixels_from_everywhere(samples: Path) -> None:
    path = samples / "colours.png"
    data = path.read_bytes()
    sources: List[Any] = [str(path), path, data, bytearray(data), memoryview(data), io.BytesIO(data), Pipe(data)]
    with path.open("rb") as file, path.open("rb", buffering=0) as raw:
        seen = {bytes(dio.read(source).view()) for source in [*sources, file, raw]}
    assert len(seen) == 1
    assert len(seen.pop()) == 64 * 48 * 3


def test_a_file_object_is_not_read_whole(samples: Path) -> None:
    tiff = (samples / "pages.tif").read_bytes()
    with dio.Writer(format="tiff", compression="none") as writer:
        for _ in range(20):
            writer.add(dio.read(tiff, page=1))
        data = writer.finish()
    assert data is not None
    file = Watched(data)
    with dio.open(file) as document:
        assert len(document) == 20
        assert document[7].width == 120
    assert file.taken < len(data) / 2


def test_a_file_object_is_read_from_where_it_stands(jpeg: bytes) -> None:
    file = io.BytesIO(b"something before" + jpeg)
    file.seek(16)
    assert dio.read(file).width == 40
    file.seek(16)
    assert dio.probe(file).width == 40


@pytest.mark.parametrize("page", [0, 1])
def test_pages_of_file_objects(samples: Path, page: int) -> None:
    data = (samples / "pages.tif").read_bytes()
    assert dio.read(io.BytesIO(data), page=page).page_number == page
    assert dio.probe(io.BytesIO(data), page=page) == dio.probe(data, page=page)


def test_exceptions_of_a_file_come_through() -> None:
    with pytest.raises(OSError, match="the disk is gone"):
        dio.read(Broken(b"BM" + bytes(100)))
    with pytest.raises(TypeError, match="binary mode"):
        dio.read(io.StringIO("text"))  # type: ignore[arg-type]


def test_other_sources_are_type_errors() -> None:
    for wrong in (7, None, object()):
        with pytest.raises(TypeError, match="path, bytes or a binary file"):
            dio.read(wrong)  # type: ignore[arg-type]
        with pytest.raises(TypeError, match="path, bytes or a binary file"):
            dio.open(wrong)  # type: ignore[arg-type]
        with pytest.raises(TypeError, match="path, bytes or a binary file"):
            dio.probe(wrong)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="path, bytes or a binary file"):
        dio.Writer(7)  # type: ignore[arg-type]


def test_errors_have_a_code_and_words(samples: Path) -> None:
    with pytest.raises(dio.DioError) as raised:
        dio.read(samples / "pages.tif", page=5)
    error = raised.value
    assert error.code is dio.EnumErrorCode.EC_PAGE_NUMBER_INVALID
    assert "pages.tif" in error.message
    assert str(error) == f"{error.message} (EC_PAGE_NUMBER_INVALID)"
    again = pickle.loads(pickle.dumps(error))
    assert (again.code, again.message) == (error.code, error.message)
    assert dio.DioError(-42, "later").code == -42
    for page in (-1, 2**32):
        with pytest.raises(dio.DioError) as raised:
            dio.read(io.BytesIO((samples / "pages.tif").read_bytes()), page=page)
        assert raised.value.code == dio.EnumErrorCode.EC_PARAMETER_VALUE_INVALID


@pytest.mark.parametrize("kind", ["png", "jpeg", "tiff", "pdf", "bmp", "gif"])
def test_writing_to_a_file_object(gray: dio.ImageData, kind: str, tmp_path: Path) -> None:
    file = io.BytesIO()
    file.write(b"before")
    dio.imwrite(file, gray, format=kind)
    data = file.getvalue()
    assert data[:6] == b"before"
    assert dio.read(data[6:]).width in (40, 167)  # a PDF page is drawn at 300 dpi
    with (tmp_path / "x").open("wb", buffering=0) as raw:
        dio.imwrite(raw, gray, format=kind)
    assert (tmp_path / "x").read_bytes() == data[6:]


def test_a_file_that_cannot_be_written_to(gray: dio.ImageData) -> None:
    class Full(io.BytesIO):
        def write(self, data: Any) -> int:
            raise OSError("no space")

    with pytest.raises(OSError, match="no space"):
        dio.imwrite(Full(), gray, format="png")
    with pytest.raises(TypeError, match="overwrite"):
        dio.imwrite(io.BytesIO(), gray, format="png", overwrite=False)
    with pytest.raises(dio.DioError):
        dio.imwrite(io.BytesIO(), gray)  # no format


def test_paths_of_every_kind_are_written_to(gray: dio.ImageData, tmp_path: Path) -> None:
    for target in (str(tmp_path / "a.png"), tmp_path / "b.png", str(tmp_path / "ü.png").encode()):
        dio.imwrite(target, gray)
    assert len(list(tmp_path.iterdir())) == 3
    with pytest.raises(dio.DioError) as raised:
        dio.imwrite(tmp_path / "a.png", gray, overwrite=False)
    assert raised.value.code == dio.EnumErrorCode.EC_FILE_ALREADY_EXISTS


def test_a_callback_may_not_use_what_calls_it(samples: Path) -> None:
    document = dio.open(samples / "pages.tif", progress=lambda done, total: document.info(0))
    with pytest.raises(RuntimeError, match="callback"):
        document[0]
    thread = threading.Thread(target=document.close)
    thread.start()
    thread.join(10)
    assert not thread.is_alive()
