"""Every option of the library is a keyword, and does what it does there."""

import inspect
from pathlib import Path
from typing import Any, List, Tuple

import pytest

import dio
from dio._abi import structs
from dio._options import BINARIZE, READ, SAVE

NOT_OPTIONS = {"struct_size", "reserved", "progress_user", "font_count"}

READERS = [(dio.read, set()), (dio.imread, set()), (dio.probe, set()), (dio.open, {"page"})]
READERS += [(dio.Document.read, {"page"})]
WRITERS: List[Any] = [dio.imwrite, dio.ImageData.save, dio.ImageData.encode, dio.Writer.__init__, dio.Writer.add]
WRITERS += [dio.Writer.add_encoded]


@pytest.mark.parametrize(("function", "without"), READERS)
def test_readers_take_every_read_option(function: Any, without: Any) -> None:
    fields = {field[0] for field in structs.ReadOptions._fields_}
    assert fields - NOT_OPTIONS - without <= set(inspect.signature(function).parameters)
    told = "max_pixels: Most pixels of a page" if function is dio.imread else "The options are those of imread."
    assert told in function.__doc__


@pytest.mark.parametrize("function", WRITERS)
def test_writers_take_every_save_option(function: Any) -> None:
    fields = {field[0] for field in structs.SaveOptions._fields_}
    assert fields - NOT_OPTIONS <= set(inspect.signature(function).parameters)
    told = "quality: JPEG quality" if function is dio.imwrite else "The options are those of imwrite."
    assert told in function.__doc__


def test_binarize_takes_every_option() -> None:
    fields = {field[0] for field in structs.BinarizeOptions._fields_}
    assert fields - NOT_OPTIONS <= set(inspect.signature(dio.ImageData.binarize).parameters)


def test_defaults_are_the_library_s() -> None:
    assert READ.defaults["dpi"] == 300.0
    assert READ.defaults["orientation"] is dio.OrientationMode.REPORT
    assert READ.defaults["deadline_ms"] == dio.NO_LIMIT
    assert (SAVE.defaults["quality"], SAVE.defaults["background"]) == (90, 0xFFFFFF)
    assert SAVE.defaults["subsampling"] is dio.Subsampling.S420
    assert BINARIZE.defaults["k"] == 0.34
    assert inspect.signature(dio.imread).parameters["orientation"].default is dio.OrientationMode.APPLY


@pytest.mark.parametrize("name", ["orientation", "no_such_option"])
def test_unknown_keywords_are_type_errors(samples: Path, name: str) -> None:
    if name == "orientation":
        with pytest.raises(TypeError, match="quality"):
            dio.read(samples / "pages.tif", quality=1)  # type: ignore[call-arg]
        return
    with pytest.raises(TypeError, match=name):
        dio.read(samples / "pages.tif", **{name: 1})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("option", "wrong"),
    [("dpi", "300"), ("page", 1.5), ("max_width", "7"), ("orientation", 1.5), ("password", b"x"), ("progress", 7)],
)
def test_wrong_types_are_type_errors(samples: Path, option: str, wrong: Any) -> None:
    with pytest.raises(TypeError, match=option):
        dio.read(samples / "pages.tif", **{option: wrong})


@pytest.mark.parametrize(
    ("option", "wrong"),
    [
        ("dpi", 5.0),
        ("page", -1),
        ("threads", 2**32),
        ("max_width", -1),
        ("orientation", 9),
        ("orientation", 2**40),
        ("tolerance", "lenient"),
        ("pixel_format", "RGB_777"),
        ("password", "a\0b"),
    ],
)
def test_wrong_values_name_the_option(samples: Path, option: str, wrong: Any) -> None:
    with pytest.raises(dio.DioError, match=option) as raised:
        dio.read(samples / "pages.pdf", **{option: wrong})
    assert raised.value.code == dio.EnumErrorCode.EC_PARAMETER_VALUE_INVALID


def test_none_is_the_default(samples: Path) -> None:
    assert dio.read(samples / "pages.pdf", dpi=None, password=None).width == 2550  # type: ignore[arg-type]


@pytest.mark.parametrize("given", ["GRAYSCALED", "grayscaled", "IPF_GRAYSCALED", 2, dio.EnumImagePixelFormat(2)])
def test_members_numbers_and_names(samples: Path, given: Any) -> None:
    assert dio.read(samples / "colours.png", pixel_format=given).pixel_format == 2


def test_limits_name_what_is_needed(samples: Path) -> None:
    for option, value in [("max_width", 599), ("max_height", 399), ("max_pixels", 1000), ("max_pages", 1)]:
        with pytest.raises(dio.DioError, match=option) as raised:
            dio.read(samples / "pages.tif", **{option: value})  # type: ignore[arg-type]
        assert raised.value.code == dio.EnumErrorCode.EC_LIMIT_EXCEEDED
    assert dio.read(samples / "pages.tif", max_pixels=dio.NO_LIMIT).width == 600


def test_progress_is_told_and_cancels(samples: Path) -> None:
    seen: List[Tuple[int, int]] = []
    dio.read(samples / "pages.tif", progress=lambda done, total: seen.append((done, total)))
    assert seen
    assert all(0 <= done <= total for done, total in seen if total)
    with pytest.raises(dio.DioError) as raised:
        dio.read(samples / "pages.tif", progress=lambda done, total: True)
    assert raised.value.code == dio.EnumErrorCode.EC_CANCELLED

    def stop(done: int, total: int) -> None:
        raise KeyError("stop")

    with pytest.raises(KeyError, match="stop"):
        dio.read(samples / "pages.tif", progress=stop)
    with pytest.raises(KeyError, match="stop"):
        dio.read(samples / "pages.tif").encode("png", progress=stop)


def test_save_options_reach_the_file(gray: dio.ImageData) -> None:
    assert len(gray.encode("jpeg", quality=20)) < len(gray.encode("jpeg", quality=95))
    assert gray.encode("tiff", date_time="2026:01:02 03:04:05").find(b"2026:01:02 03:04:05") > 0
    resolved = dio.read(gray.encode("tiff", dpi_x=200, dpi_y=100))
    assert resolved.resolution == (200.0, 100.0)
    dotted = dio.read(gray.encode("png", binarize="floyd_steinberg"))
    assert dotted.pixel_format == dio.EnumImagePixelFormat.IPF_BINARY
    black = dio.read(gray.encode("png", binarize={"method": "THRESHOLD", "threshold": 255}))
    assert set(black.get_bytes()) == {0}
    assert set(gray.binarize(method="THRESHOLD", threshold=0).get_bytes()) == {0xFF}
    with pytest.raises(TypeError, match="method must be"):
        gray.encode("png", binarize=1.5)
    tiled = dio.probe(gray.encode("tiff", compression="deflate", tile_width=16, tile_height=16))
    assert tiled.compression == dio.Compression.DEFLATE


def test_facts_of_formats() -> None:
    png = dio.query_format("PNG")
    assert (png.name, png.can_write, png.media_type) == ("PNG", True, "image/png")
    assert png.format is dio.EnumImageFileFormat.IFF_PNG
    assert dio.query_format(dio.EnumImageFileFormat.IFF_TIFF).multi_page
    assert dio.query_format("EXR").can_read is False


def test_pdf_pages_have_the_size_that_is_asked_for(gray: dio.ImageData) -> None:
    wide = gray.encode("pdf", pdf={"page_size": "custom", "page_width": 72, "page_height": 36.0, "page_fit": "stretch"})
    drawn = dio.probe(wide, dpi=100, pdf_mode="RENDER")
    assert (drawn.width, drawn.height) == (100, 50)
    letter = gray.encode("pdf", pdf={"page_size": dio.PageSize.LETTER, "margin": 10})
    drawn = dio.probe(letter, dpi=100, pdf_mode="RENDER")
    assert sorted((drawn.width, drawn.height)) == [850, 1100]
    titled = gray.encode("pdf", pdf={"title": "A title"}, date_time="2026:01:02 03:04:05")
    assert b"/Title (A title)" in titled
    assert b"D:20260102030405" in titled
    with pytest.raises(dio.DioError, match="pdf->margin"):
        gray.encode("pdf", pdf={"margin": -1})
    with pytest.raises(TypeError, match="no_such"):
        gray.encode("pdf", pdf={"no_such": 1})
    with pytest.raises(TypeError, match="dict"):
        gray.encode("pdf", pdf="A4")


def test_pdf_pages_have_words(gray: dio.ImageData) -> None:
    words = [("Straße", 2, 3, 30, 12), ("down", 1, 13, 6.5, 29, 90)]
    assert b"/ToUnicode" in gray.encode("pdf", pdf={"words": words})
    assert b"/ToUnicode" not in gray.encode("pdf", pdf={"words": []})
    with pytest.raises(dio.DioError, match=r"words\[0\] lies"):
        gray.encode("pdf", pdf={"words": [("a", 5, 5, 5, 9)]})
    with pytest.raises(TypeError, match=r"words\[0\] must be"):
        gray.encode("pdf", pdf={"words": [("a", 5)]})


def test_pages_are_drawn_as_asked(samples: Path) -> None:
    drawn = dio.read(samples / "pages.pdf", pdf_background=0, max_side=110, pdf_box="MEDIA", annotations=0)
    assert (drawn.height, drawn.pixel_format) == (110, dio.EnumImagePixelFormat.IPF_ARGB_8888)
    assert dio.read(samples / "pages.pdf", pdf_box=dio.PdfBox.TRIM, dpi=100).height == 1100


# A page that shows a Cyrillic letter in a font that it does not bring.
LETTER = b"""%PDF-1.7
1 0 obj
<</Type/Catalog/Pages 2 0 R>>
endobj
2 0 obj
<</Type/Pages/Kids[3 0 R]/Count 1>>
endobj
3 0 obj
<</Type/Page/Parent 2 0 R/MediaBox[0 0 40 40]/Contents 5 0 R/Resources<</Font<</F 4 0 R>>>>>>
endobj
4 0 obj
<</Type/Font/Subtype/TrueType/BaseFont/Unknown/FirstChar 1/LastChar 1/Widths[700]
/Encoding<</Differences[1/afii10024]>>>>
endobj
5 0 obj
<</Length 30>>
stream
BT /F 30 Tf 5 10 Td <01> Tj ET
endstream
endobj
trailer
<</Root 1 0 R>>
"""


def test_fonts_are_lent(samples: Path) -> None:
    without = dio.read(LETTER)
    assert [it for it in without.warnings if "font Unknown is not embedded" in it]
    path = samples / "marks.ttf"
    for lent in ({"fonts": [path]}, {"fonts": [b"no font", str(path)]}, {"fonts": [path.read_bytes()]}):
        assert min(dio.read(LETTER, **lent).get_bytes()) < 100 <= min(without.get_bytes())
    assert min(dio.read(LETTER, font_folder=samples, system_fonts=0).get_bytes()) < 100
    assert dio.read(LETTER, fonts=[b"no font"]).warnings[0].startswith("`fonts[0]`")
    with dio.open(LETTER, fonts=[path]) as document:
        assert min(document[0].get_bytes()) < 100
    with pytest.raises(dio.DioError, match="font_folder"):
        dio.read(LETTER, font_folder=samples / "nowhere")
    with pytest.raises(dio.DioError, match="nowhere"):
        dio.read(LETTER, fonts=[samples / "nowhere.ttf"])
    with pytest.raises(TypeError, match="sequence"):
        dio.read(LETTER, fonts=path)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="font_folder"):
        dio.read(LETTER, font_folder=1)  # type: ignore[arg-type]


def test_pdfium_is_asked_for_by_path(tmp_path: Path) -> None:
    with pytest.raises(dio.DioError, match="pdfium") as missing:
        dio.read(LETTER, pdf_engine=1, pdfium_path=tmp_path)
    assert missing.value.code == dio.EnumErrorCode.EC_PDF_DLL_MISSING
    (tmp_path / "none").write_text("no library")
    with pytest.raises(dio.DioError, match="none") as broken:
        dio.read(LETTER, pdf_engine=1, pdfium_path=str(tmp_path / "none"))
    assert broken.value.code == dio.EnumErrorCode.EC_PDF_LIBRARY_LOAD_FAILED
    # Nobody asked for it.
    assert dio.read(LETTER, pdfium_path=tmp_path).width == dio.read(LETTER).width
    with pytest.raises(TypeError, match="pdfium_path"):
        dio.read(LETTER, pdfium_path=1)  # type: ignore[arg-type]
