//! Documents from outside: joined, split, appended to and listed.

mod support;

use std::fs;
use std::path::Path;

use dio::format::FileFormat;
use dio::options::ReadOptions;
use dio::reader::{PageInfo, Reader};
use serde_json::Value;
use support::{animation, dio, folder, picture};

/// The widths of all pages.
fn widths(path: &Path) -> Vec<u32> {
    facts(path).iter().map(|info| info.stored_width).collect()
}

fn facts(path: &Path) -> Vec<PageInfo> {
    let mut reader = Reader::open_file(path, ReadOptions::default()).unwrap();
    (0..reader.page_count()).map(|page| reader.page_info(page).unwrap()).collect()
}

fn good(folder: &Path, words: &[&str]) {
    let ran = dio(folder, words);
    assert_eq!((ran.code(), ran.err().as_str()), (Some(0), ""), "{words:?}");
}

fn contains(all: &[u8], part: &[u8]) -> bool {
    all.windows(part.len()).any(|window| window == part)
}

#[test]
fn many_files_become_a_document_in_order() {
    let folder = folder("join");
    picture(&folder.join("a.png"), 31, 17);
    picture(&folder.join("b.jpg"), 40, 24);
    picture(&folder.join("c.bmp"), 12, 50);
    let animation = animation();
    let animation = animation.to_str().unwrap();
    let frames = facts(Path::new(animation))[0].stored_width;
    let jpeg = fs::read(folder.join("b.jpg")).unwrap();
    for out in ["all.tif", "all.pdf"] {
        good(&folder, &["convert", "a.png", animation, "b.jpg", "c.bmp", out]);
        let path = folder.join(out);
        assert_eq!(facts(&path).len(), 6);
        // The JPEG is in it as it is.
        assert!(contains(&fs::read(&path).unwrap(), &jpeg), "{out}");
    }
    let joined = folder.join("all.tif");
    assert_eq!(widths(&joined), [31, frames, frames, frames, 40, 12]);
    assert_eq!(facts(&joined)[0].resolution, (200.0, 200.0));

    // A document in, a document out; one page of it where that is asked for or all that fits.
    good(&folder, &["convert", "all.tif", "again.tif", "--compression", "deflate"]);
    let again = facts(&folder.join("again.tif"));
    assert!(again.len() == 6 && again.iter().all(|info| info.compression == 8));
    assert!(!contains(&fs::read(folder.join("again.tif")).unwrap(), &jpeg));
    good(&folder, &["convert", "all.tif", "one.tif", "--page", "4"]);
    assert_eq!(widths(&folder.join("one.tif")), [40]);
    good(
        &folder,
        &["convert", "a.png", "sheet.pdf", "--page-size", "letter", "--title", "A sheet"],
    );
    let sheet = fs::read(folder.join("sheet.pdf")).unwrap();
    assert!(contains(&sheet, b"[0 0 792 612]") && contains(&sheet, b"/Title (A sheet)"));
    good(&folder, &["convert", "all.tif", "first.png"]);
    assert_eq!(widths(&folder.join("first.png")), [31]);
    good(&folder, &["convert", "all.tif", "a.png", "-o", "out", "--format", "pdf"]);
    assert_eq!(facts(&folder.join("out/all.pdf")).len(), 6);
    assert_eq!(facts(&folder.join("out/a.pdf")).len(), 1);
}

#[test]
fn words_of_hocr_are_written_on_the_pages() {
    let folder = folder("hocr");
    picture(&folder.join("a.png"), 31, 17);
    let page =
        "<div class='ocr_page'><span class='ocrx_word' title='bbox 1 1 20 9'>word</span></div>";
    fs::write(folder.join("a.hocr"), page).unwrap();
    good(&folder, &["convert", "a.png", "a.pdf", "--hocr", "a.hocr"]);
    assert!(contains(&fs::read(folder.join("a.pdf")).unwrap(), b"/ToUnicode"));
    for (words, reason) in [
        (&["convert", "a.png", "a.png", "b.pdf", "--hocr", "a.hocr"][..], "it has 1 pages"),
        (&["convert", "a.png", "b.tif", "--hocr", "a.hocr"], "--hocr is for PDF"),
        (&["convert", "a.png", "b.pdf", "--hocr", "none.hocr"], "none.hocr"),
    ] {
        let ran = dio(&folder, words);
        assert_eq!(ran.code(), Some(1));
        assert!(ran.err().contains(reason), "{}", ran.err());
        assert!(!folder.join("b.pdf").exists());
    }
}

#[test]
fn a_document_is_whole_or_not_there() {
    let folder = folder("join-fails");
    picture(&folder.join("a.png"), 31, 17);
    fs::write(folder.join("b.png"), "no image").unwrap();
    let ran = dio(&folder, &["convert", "a.png", "b.png", "all.tif"]);
    assert_eq!(ran.code(), Some(1));
    assert_eq!(ran.err(), "dio: b.png: the content is of no known image format\n");
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 2);

    fs::write(folder.join("all.tif"), "old").unwrap();
    let ran = dio(&folder, &["convert", "a.png", "a.png", "all.tif"]);
    assert!(ran.code() == Some(1) && ran.err().contains("all.tif"), "{}", ran.err());
    assert_eq!(fs::read(folder.join("all.tif")).unwrap(), b"old");
    good(&folder, &["convert", "a.png", "a.png", "all.tif", "--overwrite"]);
    assert_eq!(widths(&folder.join("all.tif")), [31, 31]);

    let ran = dio(&folder, &["append", "all.tif", "a.png", "--date-time", "yesterday"]);
    assert!(ran.code() == Some(1) && ran.err().contains("yesterday"), "{}", ran.err());
}

#[test]
fn options_say_how_pages_are_saved() {
    let folder = folder("how");
    picture(&folder.join("a.png"), 100, 70);
    for (name, number) in [
        ("none", 1),
        ("lzw", 5),
        ("deflate", 8),
        ("packbits", 32773),
        ("g4", 4),
        ("jpeg", 7),
        ("g3", 3),
        ("zstd", 50000),
    ] {
        let out = format!("{name}.tif");
        good(&folder, &["convert", "a.png", &out, "--compression", name, "--dpi-x", "204"]);
        let info = &facts(&folder.join(&out))[0];
        assert_eq!(info.compression, number);
        assert_eq!(info.resolution, (204.0, 200.0));
    }
    good(&folder, &["convert", "a.png", "bits.tif", "--binarize", "sauvola"]);
    assert_eq!(facts(&folder.join("bits.tif"))[0].compression, 4);
    good(&folder, &["convert", "a.png", "few.tif", "--palette", "8", "--dither"]);
    assert_eq!(facts(&folder.join("few.tif"))[0].samples, 1);
    good(&folder, &["convert", "a.png", "a.png", "two.gif", "--delay", "70", "--loop-count", "3"]);
    let frames = facts(&folder.join("two.gif"));
    assert!(frames.iter().all(|frame| (frame.delay_ms, frame.loop_count) == (70, 3)));
    good(&folder, &["convert", "a.png", "big.tif", "--bigtiff", "--tile", "32x48"]);
    assert_eq!(fs::read(folder.join("big.tif")).unwrap()[..4], *b"II+\0");
    let strips = |rows: &str, out: &str| {
        let words = ["convert", "a.png", out, "--compression", "none", "--rows-per-strip", rows];
        good(&folder, &words);
        fs::read(folder.join(out)).unwrap().len()
    };
    assert!(strips("1", "many.tif") > strips("70", "one.tif"));
    let size = |words: &[&str], out: &str| {
        good(&folder, &[&["convert", "a.png", out], words].concat());
        fs::read(folder.join(out)).unwrap().len()
    };
    assert!(size(&["--level", "0"], "stored.png") > size(&["--level", "9"], "small.png"));
    assert!(size(&["--quality", "95"], "fine.jpg") > size(&["--quality", "20"], "coarse.jpg"));
    assert!(size(&["--subsampling", "444"], "444.jpg") > size(&[], "420.jpg"));
    let pdf = size(&["--encoding", "jpeg"], "jpeg.pdf");
    assert!(pdf > 0 && contains(&fs::read(folder.join("jpeg.pdf")).unwrap(), b"DCTDecode"));
    let dated = size(&["--date-time", "2026:11:24 01:02:03"], "dated.tif");
    assert!(dated > 0);
    assert!(contains(&fs::read(folder.join("dated.tif")).unwrap(), b"2026:11:24 01:02:03"));
}

#[test]
fn split_gives_each_page_a_file() {
    let folder = folder("split");
    for (name, width) in [("a.png", 21), ("b.jpg", 32), ("c.png", 43)] {
        picture(&folder.join(name), width, 20);
    }
    good(&folder, &["convert", "a.png", "b.jpg", "c.png", "all.tif"]);
    good(&folder, &["split", "all.tif", "out"]);
    for (name, width) in [("all-0001.png", 21), ("all-0002.png", 32), ("all-0003.png", 43)] {
        let path = folder.join("out").join(name);
        assert_eq!(widths(&path), [width]);
        assert_eq!(facts(&path)[0].format, FileFormat::Png);
    }
    assert_eq!(fs::read_dir(folder.join("out")).unwrap().count(), 3);
    // Once more: nothing is replaced unless it is asked for.
    let ran = dio(&folder, &["split", "all.tif", "out"]);
    assert_eq!((ran.code(), ran.err().lines().count()), (Some(1), 3));
    good(&folder, &["split", "all.tif", "out", "--overwrite"]);

    good(&folder, &["split", "all.tif", "new/page.tif"]);
    assert_eq!(widths(&folder.join("new/page-0003.tif")), [43]);
    good(&folder, &["split", "all.tif", "p%02d.bmp", "--pixel-format", "binary"]);
    assert_eq!(widths(&folder.join("p02.bmp")), [32]);
    good(&folder, &["split", "all.tif", "out", "--format", "jpg", "--quality", "50"]);
    assert_eq!(facts(&folder.join("out/all-0001.jpg"))[0].format, FileFormat::Jpeg);

    let ran = dio(&folder, &["split", "missing.tif", "out"]);
    assert_eq!(ran.code(), Some(1));
    assert!(ran.err().starts_with("dio: missing.tif: "), "{}", ran.err());
}

#[test]
fn split_goes_on_past_pages_that_fail() {
    let folder = folder("split-fails");
    picture(&folder.join("a.png"), 21, 20);
    picture(&folder.join("b.jpg"), 32, 24);
    good(&folder, &["convert", "a.png", "b.jpg", "a.png", "all.tif", "--quality", "80"]);
    let path = folder.join("all.tif");
    let mut file = fs::read(&path).unwrap();
    let jpeg = fs::read(folder.join("b.jpg")).unwrap();
    let at = file.windows(jpeg.len()).position(|part| part == jpeg).unwrap();
    file[at..at + jpeg.len()].fill(0);
    fs::write(&path, file).unwrap();
    let ran = dio(&folder, &["split", "all.tif", "out"]);
    assert_eq!(ran.code(), Some(1));
    assert!(ran.err().starts_with("dio: all.tif: TIFF: page 1: "), "{}", ran.err());
    assert_eq!(ran.err().lines().count(), 1);
    assert!(folder.join("out/all-0001.png").exists() && folder.join("out/all-0003.png").exists());
    assert_eq!(fs::read_dir(folder.join("out")).unwrap().count(), 2);
}

#[test]
fn append_adds_all_pages_or_none() {
    let folder = folder("append");
    picture(&folder.join("a.png"), 21, 20);
    picture(&folder.join("b.jpg"), 32, 24);
    let path = folder.join("doc.tif");
    good(&folder, &["append", "doc.tif", "a.png"]);
    good(&folder, &["append", "doc.tif", "b.jpg", "a.png", "--compression", "lzw"]);
    assert_eq!(widths(&path), [21, 32, 21]);
    good(&folder, &["append", "doc.pdf", "a.png"]);
    let old = fs::read(folder.join("doc.pdf")).unwrap();
    good(&folder, &["append", "doc.pdf", "b.jpg", "doc.tif"]);
    assert!(fs::read(folder.join("doc.pdf")).unwrap().starts_with(&old));
    assert_eq!(facts(&folder.join("doc.pdf")).len(), 5);
    let before = fs::read(&path).unwrap();
    fs::write(folder.join("c.png"), "no image").unwrap();
    let ran = dio(&folder, &["append", "doc.tif", "a.png", "c.png"]);
    assert_eq!(ran.code(), Some(1));
    assert_eq!(ran.err(), "dio: c.png: the content is of no known image format\n");
    assert!(fs::read(&path).unwrap() == before);
    // To itself: the pages that it had.
    good(&folder, &["append", "doc.tif", "doc.tif"]);
    assert_eq!(widths(&path), [21, 32, 21, 21, 32, 21]);

    let png = fs::read(folder.join("a.png")).unwrap();
    let ran = dio(&folder, &["append", "a.png", "b.jpg"]);
    assert_eq!(ran.code(), Some(1));
    assert!(ran.err().starts_with("dio: a.png: "), "{}", ran.err());
    assert!(fs::read(folder.join("a.png")).unwrap() == png);
}

#[test]
fn pages_are_listed_for_people_and_programs() {
    let folder = folder("list");
    picture(&folder.join("a.png"), 21, 20);
    picture(&folder.join("b.jpg"), 32, 24);
    good(&folder, &["convert", "a.png", "b.jpg", "doc.tif"]);
    let ran = dio(&folder, &["pages", "doc.tif"]);
    assert_eq!((ran.code(), ran.err().as_str()), (Some(0), ""));
    let lines: Vec<_> = ran.out().lines().map(String::from).collect();
    assert_eq!(lines.len(), 3);
    for (line, words) in [
        (1, ["21 x 20", "RGB_888", "lzw", "200 x 200"]),
        (2, ["32 x 24", "RGB_888", "jpeg", "200 x 200"]),
    ] {
        assert!(words.iter().all(|word| lines[line].contains(word)), "{}", lines[line]);
    }
    let pages: Value =
        serde_json::from_str(&dio(&folder, &["pages", "doc.tif", "--json"]).out()).unwrap();
    assert_eq!(pages.as_array().unwrap().len(), 2);
    assert_eq!((&pages[1]["width"], &pages[1]["page"]), (&32.into(), &1.into()));
    assert_eq!(pages[1]["compression_name"], "jpeg");
    assert_eq!(pages[1]["size"], 32 * 24 * 3);
    assert_eq!(dio(&folder, &["pages", "missing.tif"]).code(), Some(1));
}
