"""Arrays of every pixel format, of any strides, in both directions."""

import gc
from pathlib import Path
from typing import Any, Dict, Tuple

import pytest

import dio
from dio import EnumErrorCode, EnumImagePixelFormat as F, ImageIO

np = pytest.importorskip("numpy")

WIDTH, HEIGHT = 22, 13

SHAPES: Dict[F, Tuple[Tuple[int, ...], str]] = {
    F.IPF_BINARY: ((HEIGHT, WIDTH), "bool"),
    F.IPF_BINARYINVERTED: ((HEIGHT, WIDTH), "bool"),
    F.IPF_GRAYSCALED: ((HEIGHT, WIDTH), "uint8"),
    F.IPF_BINARY_8: ((HEIGHT, WIDTH), "uint8"),
    F.IPF_BINARY_8_INVERTED: ((HEIGHT, WIDTH), "uint8"),
    F.IPF_NV21: ((HEIGHT + 7, WIDTH), "uint8"),
    F.IPF_NV12: ((HEIGHT + 7, WIDTH), "uint8"),
    F.IPF_RGB_565: ((HEIGHT, WIDTH), "uint16"),
    F.IPF_RGB_555: ((HEIGHT, WIDTH), "uint16"),
    F.IPF_RGB_888: ((HEIGHT, WIDTH, 3), "uint8"),
    F.IPF_BGR_888: ((HEIGHT, WIDTH, 3), "uint8"),
    F.IPF_ARGB_8888: ((HEIGHT, WIDTH, 4), "uint8"),
    F.IPF_ABGR_8888: ((HEIGHT, WIDTH, 4), "uint8"),
    F.IPF_CMYK_8888: ((HEIGHT, WIDTH, 4), "uint8"),
    F.IPF_GRAY_16: ((HEIGHT, WIDTH), "uint16"),
    F.IPF_RGB_161616: ((HEIGHT, WIDTH, 3), "uint16"),
    F.IPF_ARGB_16161616: ((HEIGHT, WIDTH, 4), "uint16"),
    F.IPF_ABGR_16161616: ((HEIGHT, WIDTH, 4), "uint16"),
}


def array_for(pixel_format: F) -> Any:
    shape, dtype = SHAPES[pixel_format]
    random = np.random.default_rng(int(pixel_format))
    if pixel_format in (F.IPF_BINARY_8, F.IPF_BINARY_8_INVERTED):
        return random.integers(0, 2, shape, dtype="uint8") * np.uint8(255)
    if dtype == "bool":
        return random.integers(0, 2, shape).astype(bool)
    return random.integers(0, 0x7FFF if pixel_format == F.IPF_RGB_555 else np.iinfo(dtype).max, shape, dtype=dtype)


def taken(array: Any, pixel_format: int) -> dio.ImageData:
    code, message, image = ImageIO.read_from_numpy(array, pixel_format)
    assert (code, message) == (0, "")
    assert image is not None
    return image


def given(image: dio.ImageData) -> Any:
    code, message, array = ImageIO.save_to_numpy(image)
    assert (code, message) == (0, "")
    return array


def test_every_format_is_here() -> None:
    assert set(SHAPES) == set(F) - {F.IPF_AS_STORED}


@pytest.mark.parametrize("pixel_format", SHAPES)
def test_round_trip(pixel_format: F) -> None:
    array = array_for(pixel_format)
    image = taken(array, pixel_format)
    assert (image.width, image.height, image.pixel_format) == (WIDTH, HEIGHT, pixel_format)
    back = given(image)
    assert (back.shape, back.dtype) == (array.shape, array.dtype)
    assert (back == array).all()
    # The library reads the same as numpy does.
    assert image.copy().get_bytes() == taken(np.ascontiguousarray(array), pixel_format).tobytes()
    # A file keeps what it can hold; tiff holds most of them.
    if pixel_format in (F.IPF_GRAYSCALED, F.IPF_RGB_888, F.IPF_GRAY_16, F.IPF_RGB_161616, F.IPF_ARGB_16161616):
        stored = dio.read(image.encode("png"), pixel_format=pixel_format)
        assert (given(stored) == array).all()


@pytest.mark.parametrize("pixel_format", SHAPES)
@pytest.mark.parametrize(
    "lay",
    [
        lambda it: np.asfortranarray(it),
        lambda it: it[::-1],
        lambda it: it[:, ::-1],
        lambda it: it[..., ::-1] if it.ndim == 3 else it[::-1, ::-1],
        lambda it: np.repeat(it, 2, axis=1)[:, ::2],
        lambda it: np.repeat(it, 2, axis=0)[::2],
        lambda it: np.pad(it, [(0, 0), (2, 4)] + [(0, 0)] * (it.ndim - 2))[:, 2:-4],
        lambda it: np.broadcast_to(it[:1], it.shape),
        lambda it: np.broadcast_to(it[:, :1], it.shape),
        lambda it: it.view(type("Sub", (np.ndarray,), {})),
        lambda it: np.frombuffer(it.tobytes(), it.dtype).reshape(it.shape),
        lambda it: np.frombuffer(b"-" + it.tobytes(), it.dtype, offset=1).reshape(it.shape),
        lambda it: it.astype(it.dtype.newbyteorder(">")) if it.dtype.itemsize == 2 else it,
    ],
)
def test_any_strides(pixel_format: F, lay: Any) -> None:
    array = lay(array_for(pixel_format))
    image = taken(array, pixel_format)
    assert (given(image) == np.asarray(array)).all()
    assert (given(image.copy()) == np.asarray(array)).all()


def test_what_can_be_borrowed_is() -> None:
    whole = np.zeros((50, 60, 3), "uint8")
    for array in (whole, whole[10:20], whole[:, 5:30], whole[::2], whole[3:4, 2:9], whole[:, :1]):
        image = taken(array, F.IPF_RGB_888)
        array[-1, -1, 2] = 201
        assert image.get_bytes()[-1] == 201
        assert np.shares_memory(given(image), whole)
        array[-1, -1, 2] = 0
    copied = taken(whole[:, ::-1], F.IPF_RGB_888)
    assert not np.shares_memory(given(copied), whole)
    fixed = np.zeros((4, 4), "uint8")
    fixed.flags.writeable = False
    assert not given(taken(fixed, F.IPF_GRAYSCALED)).flags.writeable


def test_packed_bits_and_single_channels() -> None:
    bits = array_for(F.IPF_BINARY)[:, :16]
    packed = np.packbits(bits, axis=1)
    assert (given(taken(packed, F.IPF_BINARY)) == bits).all()
    assert np.shares_memory(np.asarray(taken(packed, F.IPF_BINARY)), packed)
    one = array_for(F.IPF_GRAYSCALED)[:, :, None]
    assert (given(taken(one, F.IPF_GRAYSCALED)) == one[:, :, 0]).all()
    bits1 = array_for(F.IPF_BINARY)[:, :, None]
    assert (given(taken(bits1, F.IPF_BINARY)) == bits1[:, :, 0]).all()


@pytest.mark.parametrize(
    ("shape", "dtype", "pixel_format", "expected"),
    [
        ((4, 4), "float32", F.IPF_GRAYSCALED, "(height, width) uint8"),
        ((4, 4), "int8", F.IPF_GRAYSCALED, "(height, width) uint8"),
        ((4, 4, 3), "uint8", F.IPF_GRAYSCALED, "(height, width) uint8"),
        ((4, 4), "uint8", F.IPF_RGB_888, "(height, width, 3) uint8"),
        ((4, 4, 4), "uint8", F.IPF_RGB_888, "(height, width, 3) uint8"),
        ((4, 4, 3), "uint16", F.IPF_RGB_888, "(height, width, 3) uint8"),
        ((4, 4), "uint8", F.IPF_GRAY_16, "(height, width) uint16"),
        ((4, 4), "uint16", F.IPF_BINARY, "(height, width) bool or (height, ceil(width / 8)) uint8"),
        ((4, 4), "uint8", F.IPF_NV21, "(height + ceil(height / 2), even width) uint8"),
        ((6, 5), "uint8", F.IPF_NV12, "(height + ceil(height / 2), even width) uint8"),
        ((4,), "uint8", F.IPF_GRAYSCALED, "(height, width) uint8"),
    ],
)
def test_other_arrays_are_refused(shape: Any, dtype: str, pixel_format: F, expected: str) -> None:
    code, message, image = ImageIO.read_from_numpy(np.zeros(shape, dtype), pixel_format)
    assert (code, image) == (EnumErrorCode.EC_IMAGE_PIXEL_FORMAT_NOT_MATCH, None)
    assert expected in message
    assert dtype in message


def test_what_is_no_array_or_no_format() -> None:
    array = np.zeros((2, 2), "uint8")
    with pytest.raises(TypeError):
        ImageIO.read_from_numpy([[1]], F.IPF_GRAYSCALED)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        ImageIO.read_from_numpy(array, "GRAYSCALED")  # type: ignore[arg-type]
    for number in (99, -1, 2**40):
        code, message, image = ImageIO.read_from_numpy(array, number)
        assert (code, image) == (EnumErrorCode.EC_PARAMETER_VALUE_INVALID, None)
        assert "image_pixel_format" in message
    for empty in (array[:0], array[:, :0]):
        assert ImageIO.read_from_numpy(empty, 2)[0] == EnumErrorCode.EC_IMAGE_DATA_INVALID


def test_odd_sizes_of_planes() -> None:
    for height in range(1, 9):
        rows = height + (height + 1) // 2
        image = taken(np.full((rows, 4), 128, "uint8"), F.IPF_NV21)
        assert (image.width, image.height) == (4, height)
    image = dio.ImageData(bytes(range(4 * 5)), 3, 3, 4, F.IPF_NV12)
    assert given(image).shape == (5, 4)


def test_an_array_outlives_the_image(samples: Path) -> None:
    array = dio.imread(samples / "colours.png")
    expected = array.copy()
    gc.collect()
    junk = [dio.read(samples / "colours.png") for _ in range(20)]
    assert (array == expected).all()
    assert array.flags.writeable
    array[:] = 0
    assert (dio.imread(samples / "colours.png") == expected).all()
    assert len(junk) == 20


def test_imread_is_upright_and_typed(samples: Path) -> None:
    gray = dio.ImageData.from_numpy(np.arange(600, dtype="uint16").reshape(20, 30) % 256 * np.uint16(257))
    gray.orientation = 90
    file = gray.encode("tiff")
    assert dio.imread(file).shape == (30, 20)
    assert dio.imread(file, orientation="report").shape == (20, 30)
    assert dio.imread(file).dtype == np.uint16
    page = dio.imread(samples / "pages.tif")
    assert (page.shape, page.dtype.kind) == ((400, 600), "b")
    assert dio.imread(samples / "pages.tif", 1).shape == (90, 120)
    assert dio.imread(samples / "pages.pdf", 1, 100).shape == (400, 600, 3)
    assert dio.imread(samples / "pages.pdf", format="GRAYSCALED", dpi=100).shape == (1100, 850)
    with pytest.raises(TypeError, match="not both"):
        dio.imread(samples / "pages.tif", format="RGB_888", pixel_format="RGB_888")


@pytest.mark.parametrize(
    "pixel_format", [F.IPF_BINARY, F.IPF_GRAYSCALED, F.IPF_RGB_888, F.IPF_ARGB_8888, F.IPF_GRAY_16]
)
def test_imwrite_takes_what_imread_gives(pixel_format: F, tmp_path: Path) -> None:
    array = array_for(pixel_format)
    dio.imwrite(tmp_path / "x.png", array)
    assert (dio.imread(tmp_path / "x.png") == array).all()
    with pytest.raises(TypeError, match="no pixel format"):
        dio.imwrite(tmp_path / "x.png", array.astype("float64"))
    dio.imwrite(tmp_path / "y.png", array_for(F.IPF_BGR_888), pixel_format="BGR_888")
    assert (dio.imread(tmp_path / "y.png")[..., ::-1] == array_for(F.IPF_BGR_888)).all()


def test_from_dlpack_shares_memory(samples: Path) -> None:
    image = dio.read(samples / "colours.png")
    array = np.from_dlpack(image)
    assert np.shares_memory(array, np.asarray(image))
    assert (array == given(image)).all()
    expected = array.copy()
    del image
    gc.collect()
    assert (array == expected).all()
    deep = dio.read(samples / "colours.png", pixel_format="ARGB_16161616")
    assert np.from_dlpack(deep).dtype == np.uint16
    assert deep.__dlpack_device__() == (1, 0)
    with pytest.raises(BufferError):
        deep.__dlpack__(dl_device=(2, 0))
    with pytest.raises(ValueError, match="stream"):
        deep.__dlpack__(stream=1)
    copied = deep.__dlpack__(copy=True)
    assert "dltensor" in repr(copied)


def test_own_capsules_are_taken_by_numpy(samples: Path) -> None:
    from dio import _dlpack

    class Exporter:
        def __init__(self, image: dio.ImageData) -> None:
            self.image = image

        def __dlpack__(self, *, max_version: Any = None, **_: Any) -> Any:
            return _dlpack._own_capsule(self.image, max_version)

        def __dlpack_device__(self) -> Tuple[int, int]:
            return 1, 0

    image = dio.read(samples / "colours.png")
    expected = image.get_bytes()
    array = np.from_dlpack(Exporter(image))
    del image
    _dlpack._sweep()
    gc.collect()
    assert array.tobytes() == expected
    held = len(_dlpack._lent)
    del array
    gc.collect()
    assert len(_dlpack._lent) == held - 1
    fixed = dio.ImageData(bytes(12), 4, 3, 4, 2)
    with pytest.raises(BufferError, match="read-only"):
        _dlpack._own_capsule(fixed, None)


def test_parts_of_pages_and_smaller_ones(samples: Path) -> None:
    whole = dio.read(samples / "colours.png", pixel_format="RGB_888")
    pixels = np.asarray(whole)
    part = np.asarray(
        dio.read(
            samples / "colours.png", pixel_format="RGB_888", region_x=1, region_y=2, region_width=3, region_height=2
        )
    )
    assert np.array_equal(part, pixels[2:4, 1:4])
    smaller = np.asarray(dio.read(samples / "colours.png", pixel_format="RGB_888", scale=2))
    assert smaller.shape == (-(-whole.height // 2), -(-whole.width // 2), 3)
    assert np.abs(smaller[0, 0] - pixels[:2, :2].reshape(-1, 3).mean(axis=0)).max() <= 0.5
    assert max(np.asarray(dio.read(samples / "pages.tif", max_side=10)).shape) == 10
    with pytest.raises(dio.DioError, match="scale is 3"):
        dio.read(samples / "colours.png", scale=3)
    with pytest.raises(dio.DioError, match="region"):
        dio.read(samples / "colours.png", region_width=1)
