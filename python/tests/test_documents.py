"""dio.open and dio.Writer: sequences of pages."""

import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import dio
from dio import EnumErrorCode


def test_a_document_is_a_sequence(samples: Path) -> None:
    with dio.open(samples / "pages.tif") as document:
        assert len(document) == 2
        assert [page.width for page in document] == [600, 120]
        assert [page.page_number for page in reversed(document)] == [1, 0]
        assert document[-1].width == 120
        assert [page.width for page in document[:]] == [600, 120]
        assert document[1].total_pages == 2
        for index in (2, -3):
            with pytest.raises(IndexError):
                document[index]
        page = document[0]
    assert page.get_bytes()
    assert "closed" in repr(document)
    for use in (lambda: document[0], lambda: document.info(0), lambda: document.read(0)):
        with pytest.raises(ValueError, match="closed"):
            use()
    document.close()


def test_facts_are_those_of_what_is_read(samples: Path) -> None:
    for name in ("pages.tif", "frames.gif", "frames.webp", "lossy.webp", "colours.png", "colours.bmp"):
        with dio.open(samples / name) as document:
            for index, page in enumerate(document):
                info = document.info(index)
                assert (info.width, info.height, info.stride) == (page.width, page.height, page.stride)
                assert info.pixel_format == page.pixel_format
                assert info.file_format == page.file_format
                assert (info.dpi_x, info.dpi_y) == page.resolution
                assert info == dio.probe(samples / name, page=index)


def test_options_of_a_page_go_before_those_of_the_document(samples: Path) -> None:
    with dio.open(samples / "pages.pdf", dpi=100, pixel_format="GRAYSCALED") as document:
        assert document[0].width == 850
        page = document.read(0, dpi=150)
        assert (page.width, page.pixel_format) == (1275, dio.EnumImagePixelFormat.IPF_GRAYSCALED)
    with pytest.raises(TypeError, match="page"):
        dio.open(samples / "pages.pdf", page=1)  # type: ignore[call-arg]


@pytest.mark.parametrize("kind", ["tiff", "pdf", "gif"])
def test_documents_are_written_page_by_page(gray: dio.ImageData, kind: str, tmp_path: Path) -> None:
    path = tmp_path / f"book.{kind}"
    with dio.Writer(path) as writer:
        for _ in range(3):
            writer.add(gray)
        assert not path.exists()
    with dio.open(path) as document:
        assert len(document) == 3
    in_memory = dio.Writer(format=kind)
    for _ in range(3):
        in_memory.add(gray)
    assert in_memory.finish() == path.read_bytes()
    with pytest.raises(ValueError, match="closed"):
        in_memory.add(gray)


def test_an_exception_leaves_nothing_behind(gray: dio.ImageData, tmp_path: Path) -> None:
    class StopError(Exception):
        pass

    def fail(done: int, total: int) -> None:
        raise StopError

    with pytest.raises(StopError), dio.Writer(tmp_path / "book.tif") as writer:
        writer.add(gray)
        writer.add(gray, progress=fail)
    assert not list(tmp_path.iterdir())


def test_pages_are_appended(gray: dio.ImageData, tmp_path: Path) -> None:
    path = tmp_path / "fax.tif"
    gray.save(path, compression="G4")
    old = path.read_bytes()
    with dio.Writer(path, append=True) as writer:
        writer.add(gray, compression=dio.Compression.LZW, pixel_format="RGB_888")
    assert path.read_bytes()[8 : len(old)].startswith(old[8:100])
    infos = [dio.probe(path, page=page) for page in (0, 1)]
    assert [info.compression for info in infos] == [4, 5]
    assert infos[1].samples_per_pixel == 3
    for wrong in ({"append": True, "overwrite": False}, {"target": None, "append": True}):
        with pytest.raises(TypeError):
            dio.Writer(**{"target": path, **wrong})  # type: ignore[arg-type]


def test_encoded_pages_go_in_untouched(jpeg: bytes, tmp_path: Path) -> None:
    file = tmp_path / "page.jpg"
    file.write_bytes(jpeg)
    for source in (jpeg, file, str(file), file.open("rb")):
        with dio.Writer(format="pdf") as writer:
            writer.add_encoded(source)
            data = writer.finish()
        assert data is not None
        assert jpeg[200:] in data
        if hasattr(source, "close"):
            source.close()
    with dio.Writer(format="pdf") as writer:
        with pytest.raises(dio.DioError) as raised:
            writer.add_encoded(b"no image")
        assert raised.value.code == EnumErrorCode.EC_FILE_TYPE_NOT_SUPPORTED
        with pytest.raises(TypeError):
            writer.add_encoded(7)  # type: ignore[arg-type]


def test_one_page_formats_take_one(gray: dio.ImageData) -> None:
    with dio.Writer(format="png") as writer:
        writer.add(gray)
        with pytest.raises(dio.DioError) as raised:
            writer.add(gray)
        assert raised.value.code == EnumErrorCode.EC_MULTI_PAGES_NOT_SUPPORTED
        assert writer.finish() == gray.encode("png")


def test_warnings_on_request(samples: Path) -> None:
    cut = (samples / "colours.png").read_bytes()[:5000]
    options: Any = {"tolerance": "recover"}
    image = dio.read(cut, **options)
    assert image.warnings
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        dio.read(cut, **options)
    with pytest.warns(dio.DioWarning, match=r".") as told:
        dio.read(cut, warn=True, **options)
    assert [str(it.message) for it in told] == list(image.warnings)
    assert told[0].filename == __file__
    with pytest.warns(dio.DioWarning), dio.open(cut, warn=True, tolerance="recover") as document:
        document[0]


def test_clones_decode_side_by_side(samples: Path) -> None:
    for name in ("pages.pdf", "pages.tif"):
        with dio.open((samples / name).read_bytes(), dpi=100) as document:
            expected = [bytes(page.view()) for page in document]
            clones = [document.clone() for _ in range(3)]
        with ThreadPoolExecutor(3) as pool:
            results = list(pool.map(lambda clone: [bytes(page.view()) for page in clone], clones))
        assert results == [expected] * 3
        clones[0].close()
        with pytest.raises(ValueError, match="closed"):
            clones[0].clone()
    with (samples / "pages.tif").open("rb") as file, dio.open(file) as document, pytest.raises(dio.DioError):
        document.clone()


def test_scans_in_pdfs_come_as_others_stored_them(tmp_path: Path) -> None:
    pil, np = pytest.importorskip("PIL.Image"), pytest.importorskip("numpy")
    noise = np.random.default_rng(7).integers(0, 256, (330, 255, 3), dtype=np.uint8)
    paper, path = pil.fromarray(noise[..., 0] > 127), tmp_path / "scan.pdf"
    paper.save(path, resolution=200)  # CCITT G4
    info = dio.probe(path)
    assert (info.source, info.pixel_format.name, info.width) == (dio.PageSource.SCAN, "IPF_BINARY", 255)
    assert info.dpi_x == pytest.approx(200, abs=0.1)
    assert not info.encrypted
    assert (dio.read(path).numpy() == np.asarray(paper)).all()
    assert dio.read(path, pdf_mode="RENDER", dpi=100).width == 128
    for mode in ("L", "RGB", "CMYK"):
        picture = pil.fromarray(noise).convert(mode)
        picture.save(path, resolution=100)
        picture.save(tmp_path / "same.jpg", quality=75)
        theirs, ours = dio.read(tmp_path / "same.jpg"), dio.read(path)
        assert (ours.numpy() == theirs.numpy()).all(), mode
    image = dio.read(path, pdf_mode="EXTRACT")
    assert (image.width, dio.probe(path, pdf_mode="EXTRACT").images) == (255, 1)
    with pytest.raises(dio.DioError, match="no image 1") as raised:
        dio.read(path, pdf_mode=dio.PdfMode.EXTRACT, pdf_image=1)
    assert raised.value.code == dio.EnumErrorCode.EC_INDEX_INVALID
