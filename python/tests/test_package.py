"""The package as a whole: without numpy, in threads, its help, its command and its README."""

import inspect
import io
import json
import pydoc
import re
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, List

import pytest
from conftest import ROOT

import dio


def run(*arguments: Any) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


WITHOUT_NUMPY = """
import sys
sys.modules["numpy"] = None  # imports fail from here on
import io
import dio
path = sys.argv[1]
image = dio.read(path)
assert image.view().nbytes == 64 * 48 * 3
assert dio.probe(path).width == 64
with dio.Writer(format="tiff") as writer:
    writer.add(image)
    writer.add(image.binarize())
    data = writer.finish()
with dio.open(io.BytesIO(data)) as document:
    assert [page.pixel_format.name for page in document] == ["IPF_RGB_888", "IPF_BINARY"]
dio.imwrite(io.BytesIO(), image, format="png")
code, made = dio.ImageIO.read_from_memory(image.encode("png"))
assert made.get_bytes() == image.get_bytes()
assert "dltensor" in repr(image.__dlpack__())
assert image.__array_interface__["shape"] == (48, 64, 3)
for call in (lambda: dio.imread(path), lambda: image.numpy(), lambda: dio.ImageIO.save_to_numpy(image)):
    try:
        call()
    except ImportError as error:
        assert "numpy is not installed" in str(error)
    else:
        raise AssertionError("no ImportError")
print("passed")
"""


def test_all_but_arrays_works_without_numpy(samples: Path) -> None:
    done = run("-c", WITHOUT_NUMPY, samples / "colours.png")
    assert (done.stdout.strip(), done.stderr) == ("passed", "")


def test_importing_does_not_import_numpy() -> None:
    assert run("-c", "import dio, sys; print('numpy' in sys.modules)").stdout.strip() == "False"


def test_python_goes_on_while_the_library_works(samples: Path) -> None:
    """Were the GIL held, the other thread would not count between the beginning and the end of a call."""
    counted, stop = [0], threading.Event()

    def count() -> None:
        while not stop.is_set():
            counted[0] += 1

    thread = threading.Thread(target=count)
    thread.start()
    try:
        seen = []
        for _ in range(3):
            before = counted[0]
            dio.read(samples / "pages.pdf", dpi=600)
            seen.append(counted[0] - before)
    finally:
        stop.set()
        thread.join()
    assert max(seen) > 1000


def test_threads_share_a_document(samples: Path) -> None:
    failures: List[BaseException] = []
    with dio.open(samples / "pages.tif") as document:

        def work(page: int) -> None:
            try:
                for _ in range(30):
                    assert document[page].width == (600, 120)[page]
                    assert document.info(page).page_count == 2
            except BaseException as failure:
                failures.append(failure)

        threads = [threading.Thread(target=work, args=(number % 2,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert not failures


def test_threads_share_an_image(gray: dio.ImageData) -> None:
    expected, results = gray.encode("png"), []

    def work() -> None:
        for angle in (0, 0, 0, 0):
            gray.orientation = angle
            results.append(gray.encode("png"))

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(results) == {expected}
    assert len(results) == 24


def test_help_reads_well() -> None:
    text = pydoc.plain(pydoc.render_doc(dio))
    assert "Document image I/O" in text
    for name in (*dio.__all__, "open"):
        thing = getattr(dio, name)
        if not callable(thing):
            continue
        assert inspect.getdoc(thing), name
        assert thing.__module__ == "dio"
        if inspect.isclass(thing) and name not in ("DioWarning",):
            for member, value in vars(thing).items():
                if not member.startswith("_") and (callable(value) or isinstance(value, (property, staticmethod))):
                    assert inspect.getdoc(getattr(thing, member)), f"{name}.{member}"
    for word in ("imread(", "Default IPF_AS_STORED", "EC_FILE_ALREADY_EXISTS", "(h, w, 3) uint8"):
        assert word in text
    assert "DIO_" not in text


def test_star_import_leaves_python_s_open_alone() -> None:
    assert run("-c", "from dio import *; print(open is __import__('builtins').open)").stdout.strip() == "True"


def test_the_version_is_that_of_cargo_toml() -> None:
    stated = re.search(r'^version = "(.+)"', (ROOT / "Cargo.toml").read_text(encoding="utf-8"), re.M)
    assert stated is not None
    assert dio.__version__ == stated[1]
    metadata = pytest.importorskip("importlib.metadata")
    assert metadata.version("libdio") == stated[1]
    assert (Path(dio.__file__).parent / "py.typed").exists()


def test_the_command(samples: Path) -> None:
    done = run("-m", "dio", "info", samples / "pages.tif", samples / "colours.png")
    assert done.returncode == 0
    assert "pages.tif: TIFF, 2 pages" in done.stdout
    assert "page 0: 600 x 400 IPF_BINARY, 1 x 1 bit, 300 x 300 dpi" in done.stdout
    told = json.loads(run("-m", "dio", "info", "--json", samples / "pages.tif").stdout)
    assert [page["width"] for page in told[0]["pages"]] == [600, 120]
    assert told[0]["pages"][0]["file_format"] == "iff_tiff"
    bad = run("-m", "dio", "info", samples / "make.py", samples / "colours.png")
    assert (bad.returncode, "colours.png: PNG, 1 page" in bad.stdout) == (1, True)
    assert "make.py" in bad.stderr
    assert run("-m", "dio").returncode == 2
    assert run("-m", "dio", "--version").stdout.strip() == f"dio {dio.__version__}"


def recipes() -> List[Any]:
    text = (ROOT / "python/README.md").read_text(encoding="utf-8")
    found = re.findall(r"^### (.+?)\n(.*?)^```python\n(.*?)^```", text, re.M | re.S)
    return [pytest.param(code, id=title) for title, _, code in found]


def test_there_are_six_recipes() -> None:
    assert len(recipes()) >= 6


@pytest.mark.parametrize("code", recipes())
def test_recipes_of_the_readme_run(
    code: str, samples: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    np = pytest.importorskip("numpy")
    pytest.importorskip("PIL")
    monkeypatch.chdir(tmp_path)
    shade = np.add.outer(np.arange(480, dtype="uint16"), np.arange(640, dtype="uint16"))
    photo = np.stack([shade // 5, shade // 7, shade // 9], axis=2).astype("uint8")
    (tmp_path / "photos").mkdir()
    for name in ("photo.jpg", "photos/one.jpg", "photos/two.png"):
        dio.imwrite(name, photo)
    Path("scan.tif").write_bytes((samples / "pages.tif").read_bytes())
    Path("letter.pdf").write_bytes((samples / "pages.pdf").read_bytes())
    Path("frame.nv21").write_bytes(dio.ImageData.from_numpy(photo).convert("NV21").get_bytes())
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    exec(compile(code, "README.md", "exec"), {})
    made = [path for path in tmp_path.rglob("*") if path.is_file() and path not in before]
    assert made or capsys.readouterr().out
    for path in made:
        assert dio.read(io.BytesIO(path.read_bytes())).width


MEMORY = """
import gc, resource, sys
import dio
path = sys.argv[1]
data = open(path, "rb").read()
def use():
    image = dio.read(data, pixel_format="ARGB_16161616")
    view = image.view()
    image.convert("RGB_888").encode("bmp")
    with dio.open(data) as document:
        document[0]
        with dio.Writer(format="tiff", compression="none") as writer:
            writer.add(document[0])
            writer.finish()
    try:
        dio.read(data[:1000])
    except dio.DioError:
        pass
for _ in range(100):
    use()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for _ in range(1500):
    use()
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_memory_is_given_back(samples: Path) -> None:
    pytest.importorskip("resource")
    done = run("-c", MEMORY, samples / "colours.png")
    assert done.stderr == ""
    assert int(done.stdout) < 4000  # KiB; one image kept each time would be 40 times as much
