"""ImageIO: error codes in tuples, no exceptions for bad files, TypeError for arguments of a wrong type."""

import base64
import os
from pathlib import Path
from typing import Any, List, Tuple

import pytest

import dio
from dio import EnumErrorCode, EnumImageFileFormat, EnumImagePixelFormat, ImageIO


def test_a_file_is_read_with_its_tag(samples: Path) -> None:
    path = str(samples / "pages.tif")
    code, image = ImageIO().read_from_file(path)
    assert code == EnumErrorCode.EC_OK
    assert int(code) == 0
    assert image is not None
    assert (image.get_width(), image.get_height(), image.get_stride()) == (600, 400, 75)
    assert image.get_image_pixel_format() == EnumImagePixelFormat.IPF_BINARY
    assert len(image.get_bytes()) == 75 * 400
    tag = image.get_image_tag()
    assert isinstance(tag, dio.FileImageTag)
    assert (tag.get_file_path(), tag.get_page_number(), tag.get_total_pages()) == (path, 0, 2)


@pytest.mark.parametrize("kind", [str, os.fsencode, Path])
def test_paths_of_every_kind(samples: Path, kind: Any) -> None:
    code, image = ImageIO.read_from_file(kind(str(samples / "colours.png")))
    assert (code, image is not None) == (0, True)


def test_bad_files_are_codes(samples: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.png"
    cut.write_bytes((samples / "colours.png").read_bytes()[:2000])
    tiff = tmp_path / "cut.tif"
    tiff.write_bytes((samples / "pages.tif").read_bytes()[:9000])
    cases: List[Tuple[Any, int]] = [
        ("no such file", EnumErrorCode.EC_FILE_NOT_FOUND),
        (str(tmp_path), EnumErrorCode.EC_FILE_NOT_FOUND),
        (samples / "make.py", EnumErrorCode.EC_FILE_TYPE_NOT_SUPPORTED),
        (cut, EnumErrorCode.EC_IMAGE_READ_FAILED),
        (tiff, EnumErrorCode.EC_TIFF_READ_FAILED),
        ("zero\0byte", EnumErrorCode.EC_PARAMETER_VALUE_INVALID),
    ]
    for path, expected in cases:
        assert ImageIO.read_from_file(path) == (expected, None), path
    assert ImageIO.read_from_memory(b"") == (EnumErrorCode.EC_FILE_TYPE_NOT_SUPPORTED, None)
    assert ImageIO.read_from_memory(b"no image") == (EnumErrorCode.EC_FILE_TYPE_NOT_SUPPORTED, None)
    assert ImageIO.read_from_base64_string("né") == (EnumErrorCode.EC_PARAMETER_VALUE_INVALID, None)
    assert ImageIO.read_from_base64_string("a\0b") == (EnumErrorCode.EC_PARAMETER_VALUE_INVALID, None)


@pytest.mark.parametrize(
    "call",
    [
        lambda: ImageIO.read_from_file(7),  # type: ignore[arg-type]
        lambda: ImageIO.read_from_memory("text"),  # type: ignore[arg-type]
        lambda: ImageIO.read_from_base64_string(b"bytes"),  # type: ignore[arg-type]
        lambda: ImageIO.save_to_file("image", "x.png"),  # type: ignore[arg-type]
        lambda: ImageIO.save_to_memory(None, 1),  # type: ignore[arg-type]
        lambda: ImageIO.save_to_numpy(None),  # type: ignore[arg-type]
        lambda: dio.ImageData("text", 1, 1, 1, 2),
        lambda: dio.ImageData(b"1", 1.5, 1, 1, 2),  # type: ignore[arg-type]
        lambda: dio.ImageData(b"1", 1, 1, 1, 2, tag="tag"),  # type: ignore[arg-type]
    ],
)
def test_wrong_types_are_type_errors(call: Any) -> None:
    with pytest.raises(TypeError):
        call()


@pytest.mark.parametrize("wrap", [bytes, bytearray, memoryview, lambda it: memoryview(it + it)[: len(it)]])
def test_memory_of_every_kind(jpeg: bytes, wrap: Any) -> None:
    code, image = ImageIO.read_from_memory(wrap(jpeg))
    assert code == 0
    assert image is not None
    assert (image.width, image.height, image.tag) == (40, 30, None)


def test_base64_both_ways(gray: dio.ImageData) -> None:
    code, text = ImageIO.save_to_base64_string(gray, EnumImageFileFormat.IFF_PNG)
    assert (code, type(text)) == (0, str)
    assert text is not None
    assert base64.b64decode(text) == gray.encode("PNG")
    for form in (text, "data:image/png;base64," + text):
        code, image = ImageIO.read_from_base64_string(form)
        assert image is not None
        assert image.get_bytes() == gray.get_bytes()


def test_saving(gray: dio.ImageData, tmp_path: Path) -> None:
    path = str(tmp_path / "gray.png")
    assert ImageIO.save_to_file(gray, path) == (0, "")
    code, message = ImageIO.save_to_file(gray, path, False)
    assert code == EnumErrorCode.EC_FILE_ALREADY_EXISTS
    assert "gray.png" in message
    assert ImageIO.save_to_file(gray, path, overwrite=True) == (0, "")
    code, message = ImageIO.save_to_file(gray, str(tmp_path / "gray.xyz"))
    assert code == EnumErrorCode.EC_FILE_TYPE_NOT_SUPPORTED
    assert "xyz" in message
    code, _ = ImageIO.save_to_file(gray, str(tmp_path / "no folder/gray.png"))
    assert code == EnumErrorCode.EC_CREATE_FILE_FAILED
    code, data = ImageIO.save_to_memory(gray, EnumImageFileFormat.IFF_PNG)
    assert (code, data) == (0, (tmp_path / "gray.png").read_bytes())
    for number in (77, -1, 2**40):
        assert ImageIO.save_to_memory(gray, number) == (EnumErrorCode.EC_PARAMETER_VALUE_INVALID, None)
    assert ImageIO.save_to_memory(gray, EnumImageFileFormat.IFF_JXL)[1] is None


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ((b"short", 4, 4, 4, 2), EnumErrorCode.EC_IMAGE_DATA_INVALID),
        ((bytes(16), 4, 4, 2, 2), EnumErrorCode.EC_IMAGE_DATA_INVALID),
        ((bytes(16), 0, 4, 4, 2), EnumErrorCode.EC_IMAGE_DATA_INVALID),
        ((bytes(16), -4, 4, 4, 2), EnumErrorCode.EC_IMAGE_DATA_INVALID),
        ((bytes(16), 2**32 + 4, 4, 4, 2), EnumErrorCode.EC_IMAGE_DATA_INVALID),
        ((bytes(16), 4, 4, 4, 99), EnumErrorCode.EC_PARAMETER_VALUE_INVALID),
        ((bytes(16), 4, 4, 4, 2**33), EnumErrorCode.EC_PARAMETER_VALUE_INVALID),
        ((bytes(16), 4, 4, 4, 2, 45), EnumErrorCode.EC_IMAGE_ORIENTATION_INVALID),
    ],
)
def test_contradicting_values_fail_where_they_are_used(values: Any, expected: int, tmp_path: Path) -> None:
    image = dio.ImageData(*values)
    assert (image.get_bytes(), image.get_width(), image.get_stride()) == (values[0], values[1], values[3])
    code, message = ImageIO.save_to_file(image, str(tmp_path / "x.png"))
    assert code == expected
    assert message
    assert ImageIO.save_to_memory(image, 1) == (expected, None)
    assert ImageIO.save_to_base64_string(image, 1) == (expected, None)
    assert ImageIO.save_to_numpy(image)[0] == expected
    with pytest.raises(dio.DioError) as raised:
        image.view()
    assert raised.value.code == expected


def test_tags_are_kept_and_cloned(gray: dio.ImageData) -> None:
    tag = dio.FileImageTag("scan.tif", 3, 9)
    tag.set_image_id(17)
    gray.set_image_tag(tag)
    assert gray.get_image_tag() is tag
    assert gray.convert("RGB_888").get_image_tag() is tag
    copy = tag.clone()
    assert (copy.get_file_path(), copy.get_page_number(), copy.get_total_pages()) == ("scan.tif", 3, 9)
    assert (copy.get_image_id(), copy.get_type()) == (17, dio.EnumImageTagType.ITT_FILE_IMAGE)
    gray.set_image_tag(None)
    assert gray.get_image_tag() is None
