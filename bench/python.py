"""imread against OpenCV and Pillow, and imwrite of PNG against OpenCV.

One process, in turns, one thread, files in the page cache.

    cargo xtask bench python

or `python bench/python.py [ROUNDS [FOLDER]]`, which needs dio, numpy, opencv-python-headless and pillow. Photos of 12
million pixels are made here, the same each time; of a folder, every picture that OpenCV reads is written, too.
"""

import hashlib
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any, Callable, Dict, List

import cv2
import numpy as np
from PIL import Image

import dio

WIDTH, HEIGHT = 4000, 3000


def photo() -> Any:
    """Shades, edges and grain, as a camera sees them."""
    random = np.random.default_rng(1)
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype("float32")
    shade = 110 + 60 * np.sin(x / 310) * np.cos(y / 270) + 40 * ((x // 160 + y // 120) % 2)
    grain = random.normal(0, 4, (HEIGHT, WIDTH)).astype("float32")
    planes = [shade * weight + grain + offset for weight, offset in ((0.9, 20), (1.0, 0), (0.8, 30))]
    return np.clip(np.stack(planes, axis=2), 0, 255).astype("uint8")


def files(folder: Path) -> Dict[str, Path]:
    """The photo as OpenCV and Pillow write it."""
    pixels, made = photo(), {}
    made["JPEG 4:2:0, quality 90"] = folder / "420.jpg"
    made["JPEG 4:4:4, quality 95"] = folder / "444.jpg"
    made["JPEG progressive"] = folder / "progressive.jpg"
    made["PNG"] = folder / "photo.png"
    made["PNG gray"] = folder / "gray.png"
    made["TIFF LZW"] = folder / "photo.tif"
    picture = Image.fromarray(pixels[..., ::-1])
    picture.save(made["JPEG 4:2:0, quality 90"], quality=90)
    picture.save(made["JPEG 4:4:4, quality 95"], quality=95, subsampling=0)
    picture.save(made["JPEG progressive"], quality=90, progressive=True)
    picture.save(made["PNG"])
    picture.convert("L").save(made["PNG gray"])
    cv2.imwrite(str(made["TIFF LZW"]), pixels)
    return made


def timed(call: Callable[[], Any]) -> float:
    begin = time.perf_counter()
    call()
    return time.perf_counter() - begin


def in_turns(calls: List[Callable[[], Any]], rounds: int, kind: Callable[..., Any] = np.median) -> List[float]:
    """The median (or else) of each, the calls taking turns."""
    for call in calls:
        call()
    taken = [[timed(call) for call in calls] for _ in range(rounds)]
    return [float(it) for it in kind(np.array(taken), axis=0)]


def two_threads(work: Callable[[], Any], rounds: int) -> float:
    """How many times as fast two threads do the same work as one, each at its best: they need both processors."""

    def side_by_side() -> None:
        threads = [threading.Thread(target=several, args=(2,)) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def several(times: int) -> None:
        for _ in range(times):
            work()

    one, two = in_turns([lambda: several(4), side_by_side], rounds, np.min)
    return one / two


def screenshot() -> Any:
    """Flat areas and small things on them."""
    random = np.random.default_rng(2)
    pixels = np.full((HEIGHT, WIDTH, 3), 250, "uint8")
    for _ in range(16_000):
        y, x = random.integers(0, HEIGHT - 10), random.integers(0, WIDTH - 20)
        height, width = random.integers(1, (10, 14))
        pixels[y : y + height, x : x + width] = random.integers(0, 256, 3)
    return pixels


def pictures(folder: str) -> Dict[str, List[Any]]:
    """What is written as PNG."""
    grainy = photo()
    soft = cv2.GaussianBlur(grainy, (0, 0), 1.2)
    made = {
        "photo, grainy": [grainy],
        "photo, soft": [soft],
        "gray": [np.ascontiguousarray(soft[..., 0])],
        "RGBA": [np.dstack([soft, 255 - soft[..., 0]])],
        "16 bits": [soft.astype("uint16") * 257],
        "screenshot": [screenshot()],
    }
    if folder:
        read = (cv2.imread(str(path), cv2.IMREAD_COLOR) for path in sorted(Path(folder).rglob("*")) if path.is_file())
        made["the folder"] = [pixels for pixels in read if pixels is not None and pixels.size > 300_000]
    return made


def writing(rounds: int, given: str) -> None:
    """PNG: times and sizes, both at their defaults."""
    print(f"{'writing PNG':<24}{'dio':>9}{'OpenCV':>9}  times OpenCV, size")
    with tempfile.TemporaryDirectory() as folder:
        ours, theirs = Path(folder) / "ours.png", Path(folder) / "theirs.png"
        for name, all_pixels in pictures(given).items():
            taken, sizes = np.zeros(2), np.zeros(2)
            for pixels in all_pixels:
                calls = [
                    lambda pixels=pixels: dio.imwrite(str(ours), pixels),
                    lambda pixels=pixels: cv2.imwrite(str(theirs), pixels),
                ]
                taken += in_turns(calls, rounds)
                sizes += [ours.stat().st_size, theirs.stat().st_size]
            times = "".join(f"{1000 * it:6.1f} ms" for it in taken)
            print(f"{name:<24}{times}  {taken[1] / taken[0]:12.2f}{sizes[0] / sizes[1]:6.2f}")


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    cv2.setNumThreads(1)
    print(f"dio {dio.__version__}, OpenCV {cv2.__version__}, Pillow {Image.__version__}, numpy {np.__version__}")
    block = bytes(100_000_000)
    machine = two_threads(lambda: hashlib.sha256(block).digest(), 5)
    print(f"two threads of this machine do {machine:.2f} times the hashing of one")
    print(f"{'12 million pixels':<24}{'dio':>9}{'OpenCV':>9}{'Pillow':>9}  times OpenCV, Pillow   two threads")
    with tempfile.TemporaryDirectory() as folder:
        for name, path in files(Path(folder)).items():
            text = str(path)
            assert dio.imread(text).shape == cv2.imread(text, cv2.IMREAD_UNCHANGED).shape
            calls = [
                lambda text=text: dio.imread(text),
                lambda text=text: cv2.imread(text, cv2.IMREAD_UNCHANGED),
                lambda text=text: np.asarray(Image.open(text)),
            ]
            ours, opencv, pillow = in_turns(calls, rounds)
            threads = two_threads(calls[0], rounds)
            times = "".join(f"{1000 * it:6.1f} ms" for it in (ours, opencv, pillow))
            print(f"{name:<24}{times}  {opencv / ours:12.2f}{pillow / ours:8.2f}{threads:14.2f}")
    writing(rounds, sys.argv[2] if len(sys.argv) > 2 else "")


if __name__ == "__main__":
    main()
