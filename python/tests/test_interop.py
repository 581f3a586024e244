"""Other libraries take the pixels as they are, and read what is written."""

import gc
import io
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT

import dio

np = pytest.importorskip("numpy")


def test_a_ported_program_runs(samples: Path, tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "python/tests/ported.py"), str(samples / "colours.png"), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "ported program passed" in done.stdout


def test_pillow_sees_the_same_pixels(samples: Path) -> None:
    pil = pytest.importorskip("PIL.Image")
    path = samples / "colours.png"
    theirs = np.asarray(pil.open(path).convert("RGB"))
    ours = dio.read(path, pixel_format="BGR_888")
    assert (dio.imread(path, format="BGR_888") == theirs).all()
    assert (np.asarray(pil.fromarray(ours)) == theirs).all()
    assert (np.asarray(pil.fromarray(dio.imread(path, format="BGR_888"))) == theirs).all()
    blue_first = dio.read(path)
    size = (blue_first.width, blue_first.height)
    wrapped = pil.frombuffer("RGB", size, blue_first.view(), "raw", "BGR", blue_first.stride, 1)
    assert (np.asarray(wrapped) == theirs).all()
    alpha = dio.read(path, pixel_format="ABGR_8888")
    shared = pil.frombuffer("RGBA", size, alpha.view(), "raw", "RGBA", 0, 1)
    alpha.view()[0:3] = b"\x01\x02\x03"
    assert shared.getpixel((0, 0)) == (1, 2, 3, 255)  # the same memory
    del alpha
    gc.collect()
    assert shared.getpixel((0, 0)) == (1, 2, 3, 255)


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "1", "I;16"])
def test_pillow_s_arrays_are_taken_and_files_read(mode: str, tmp_path: Path) -> None:
    pil = pytest.importorskip("PIL.Image")
    formats = {"L": "GRAYSCALED", "RGB": "BGR_888", "RGBA": "ABGR_8888", "1": "BINARY", "I;16": "GRAY_16"}
    shape = {"RGB": (9, 20, 3), "RGBA": (9, 20, 4)}.get(mode, (9, 20))
    random = np.random.default_rng(1)
    values = random.integers(0, 2, shape).astype(bool) if mode == "1" else random.integers(0, 250, shape, dtype="uint8")
    theirs = pil.fromarray(values.astype("uint16") if mode == "I;16" else values)
    assert theirs.mode == mode
    for suffix in ("png", "tif"):
        dio.imwrite(tmp_path / f"ours.{suffix}", np.asarray(theirs), pixel_format=formats[mode])
        assert (np.asarray(pil.open(tmp_path / f"ours.{suffix}")) == np.asarray(theirs)).all()
        theirs.save(tmp_path / f"theirs.{suffix}")
        assert (dio.imread(tmp_path / f"theirs.{suffix}", format=formats[mode]) == np.asarray(theirs)).all()


def test_pillow_reads_progressive_files_and_those_of_threads(tmp_path: Path) -> None:
    pil = pytest.importorskip("PIL.Image")
    y, x = np.mgrid[0:1200, 0:900]
    shades = np.stack([x // 4 + y // 9, y // 5, 255 - x // 4], 2).astype("uint8")
    dio.imwrite(tmp_path / "plain.jpg", shades)
    dio.imwrite(tmp_path / "progressive.jpg", shades, progressive=True)
    plain, progressive = (pil.open(tmp_path / f"{name}.jpg") for name in ("plain", "progressive"))
    assert progressive.info.get("progressive")
    assert not plain.info.get("progressive")
    assert (np.asarray(plain) == np.asarray(progressive)).all()
    files = []
    for threads in (0, 2, 5):
        dio.imwrite(tmp_path / "threads.png", shades, pixel_format="BGR_888", threads=threads)
        files.append((tmp_path / "threads.png").read_bytes())
    assert files[0] == files[1] == files[2]
    assert (np.asarray(pil.open(tmp_path / "threads.png")) == shades).all()


def test_pillow_reads_png_of_every_level_and_of_few_colours() -> None:
    pil = pytest.importorskip("PIL.Image")
    y, x = np.mgrid[0:150, 0:203]
    shades = np.stack([x + y, x * y // 60, 255 - y], 2).astype("uint8")
    nine = (x // 4 * 7919 ^ y // 3 * 104729) % 9
    blocks = np.stack([nine * 25, nine * nine * 3, 255 - nine * 20, 255 - nine * 9], 2).astype("uint8")
    sizes = []
    for level in range(10):
        for pixels, mode in ((shades, "RGB"), (blocks, "RGBA"), (blocks[..., 0], "L")):
            pixel_format = {"RGB": "BGR_888", "RGBA": "ABGR_8888", "L": "GRAYSCALED"}[mode]
            image = dio.ImageData.from_numpy(np.ascontiguousarray(pixels), pixel_format)
            data = image.encode("png", level=level)
            seen = pil.open(io.BytesIO(data))
            assert (np.asarray(seen.convert(mode)) == pixels).all(), (level, mode)
            assert (seen.mode == "P") == (level > 6 and mode != "RGB"), (level, mode, seen.mode)
            sizes.append(len(data))
    assert all(sizes[27 + at] < sizes[18 + at] for at in range(3))
    seen = pil.open(io.BytesIO(dio.ImageData.from_numpy(shades).encode("png", palette=20, dither=1)))
    assert seen.mode == "P"
    assert len(seen.getcolors()) <= 20


def test_opencv_has_the_same_order_of_colours(samples: Path, tmp_path: Path) -> None:
    cv2 = pytest.importorskip("cv2")
    path = str(samples / "colours.png")
    ours = dio.imread(path)
    assert (ours == cv2.imread(path)).all()
    cv2.rectangle(ours, (1, 1), (9, 9), (255, 0, 0), -1)  # writes into the array
    assert tuple(ours[5, 5]) == (255, 0, 0)
    dio.imwrite(tmp_path / "blue.png", ours)
    assert (cv2.imread(str(tmp_path / "blue.png")) == ours).all()
    cv2.imwrite(str(tmp_path / "theirs.tif"), ours)
    assert (dio.imread(tmp_path / "theirs.tif") == ours).all()
    image = dio.read(path)
    blurred = cv2.GaussianBlur(np.asarray(image), (3, 3), 0)
    assert dio.ImageData.from_numpy(blurred).pixel_format == dio.EnumImagePixelFormat.IPF_RGB_888


@pytest.mark.parametrize(("pixel_format", "code"), [("NV21", "COLOR_YUV2BGR_NV21"), ("NV12", "COLOR_YUV2BGR_NV12")])
def test_opencv_reads_our_planes(samples: Path, pixel_format: str, code: str) -> None:
    cv2 = pytest.importorskip("cv2")
    planes = dio.imread(samples / "colours.png", format=pixel_format)
    assert planes.shape == (72, 64)
    theirs = cv2.cvtColor(planes, getattr(cv2, code)).astype(int)
    ours = dio.ImageData.from_numpy(planes, pixel_format).convert("RGB_888").numpy().astype(int)
    # OpenCV takes luma for 16 to 235; what tells V from U is which side of gray a colour is on.
    clear = np.abs(ours[..., 2] - ours[..., 0]) > 60
    assert clear.any()
    assert (np.sign(ours[..., 2] - ours[..., 0]) == np.sign(theirs[..., 2] - theirs[..., 0]))[clear].all()


def test_a_dlpack_consumer_in_c(samples: Path) -> None:
    tvm_ffi = pytest.importorskip("tvm_ffi")
    for pixel_format in ("RGB_888", "GRAYSCALED", "GRAY_16", "ARGB_16161616", "BINARY"):
        image = dio.read(samples / "colours.png", pixel_format=pixel_format)
        expected = np.asarray(image).copy()
        tensor = tvm_ffi.from_dlpack(image)
        assert tuple(tensor.shape) == expected.shape
        image.view()[0] ^= 1
        expected.reshape(-1).view("uint8")[0] ^= 1
        del image
        gc.collect()
        assert (np.from_dlpack(tensor) == expected).all()


def test_a_one_bit_page_for_ocr(tmp_path: Path) -> None:
    pil = pytest.importorskip("PIL.Image")
    drawing, font = pytest.importorskip("PIL.ImageDraw"), pytest.importorskip("PIL.ImageFont")
    paper = pil.new("1", (1200, 300), 1)
    drawing.Draw(paper).text((60, 80), "INVOICE NUMBER 2741", fill=0, font=font.load_default(80))
    dio.imwrite(tmp_path / "page.pdf", np.asarray(paper), dpi_x=300, dpi_y=300)
    page = dio.read(tmp_path / "page.pdf", dpi=300).binarize()
    picture = pil.fromarray(page.numpy())
    assert (picture.mode, picture.size) == ("1", (1200, 300))
    assert (np.asarray(picture) == np.asarray(paper)).all()
    tesseract = pytest.importorskip("pytesseract")
    prepared, suffix = tesseract.pytesseract.prepare(page.numpy())
    assert (prepared.size, suffix) == ((1200, 300), "PNG")
    if shutil.which("tesseract"):
        assert "INVOICE NUMBER 2741" in tesseract.image_to_string(picture, config="--psm 6")


def test_numpy_sees_memory_of_every_format(samples: Path) -> None:
    for pixel_format in dio.EnumImagePixelFormat:
        if pixel_format == dio.EnumImagePixelFormat.IPF_AS_STORED:
            continue
        image = dio.read(samples / "colours.png", pixel_format=pixel_format)
        array: Any = np.asarray(image)
        assert array.shape == image.shape
        assert array.tobytes() == image.get_bytes() == image.tobytes()
        assert array.__array_interface__["data"][0] == image.__array_interface__["data"][0]


def test_a_large_lossless_webp_copies_from_far_above() -> None:
    pil = pytest.importorskip("PIL.Image")
    # Noise that comes again 200 rows below: copies from half a million pixels before, in more pixels than are held.
    noise = np.random.default_rng(7).integers(0, 256, (200, 2500, 3), dtype=np.uint8)
    pixels = np.concatenate([np.roll(noise, 37 * turn, axis=1) for turn in range(13)])
    file = io.BytesIO()
    pil.fromarray(pixels).save(file, "WEBP", lossless=True, quality=60, method=0)
    assert len(file.getvalue()) < pixels.nbytes / 5
    assert (np.asarray(dio.read(file.getvalue(), pixel_format="BGR_888")) == pixels).all()
