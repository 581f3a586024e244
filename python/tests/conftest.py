"""What the tests share: the samples of the project, and images that need nothing but the package."""

from pathlib import Path

import pytest

import dio

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def samples() -> Path:
    return ROOT / "tests/data"


@pytest.fixture
def gray() -> dio.ImageData:
    """40 x 30, every row another shade."""
    pixels = bytes(8 * row + column % 8 for row in range(30) for column in range(40))
    return dio.ImageData(pixels, 40, 30, 40, dio.EnumImagePixelFormat.IPF_GRAYSCALED)


@pytest.fixture
def jpeg(gray: dio.ImageData) -> bytes:
    return gray.encode("JPEG")
