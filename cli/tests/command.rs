//! The `dio` command from outside: what it prints, writes and returns.

mod support;

use dio::format::FileFormat;
use dio::options::ReadOptions;
use dio::pixel::PixelFormat;
use dio::reader::Reader;
use serde_json::Value;
use support::{animation, dio, folder, picture};

#[test]
fn info_tells_size_format_and_resolution() {
    let folder = folder("info");
    picture(&folder.join("a.png"), 31, 17);
    let ran = dio(&folder, &["info", "a.png"]);
    assert_eq!((ran.code(), ran.err().as_str()), (Some(0), ""));
    let row = ran.out().lines().nth(1).unwrap().to_owned();
    for fact in ["a.png", "PNG", "31 x 17", "RGB_888", "200 x 200"] {
        assert!(row.contains(fact), "{fact} is not in {row}");
    }
}

#[test]
fn info_as_json_has_an_entry_for_each_page_of_each_file() {
    let folder = folder("json");
    picture(&folder.join("a.png"), 31, 17);
    let animation = animation();
    let ran = dio(&folder, &["info", "--json", "a.png", animation.to_str().unwrap()]);
    assert_eq!(ran.code(), Some(0));
    let files: Value = serde_json::from_str(&ran.out()).unwrap();
    assert_eq!(files.as_array().unwrap().len(), 2);
    assert_eq!(files[0]["pages"][0]["width"], 31);
    assert_eq!(files[0]["pages"][0]["stride"], 93);
    assert_eq!(files[1]["page_count"], 3);
    assert_eq!(files[1]["pages"][2]["page"], 2);
    assert_eq!(files[1]["pages"][2]["animated"], true);
}

#[test]
fn a_file_that_fails_does_not_hide_the_others() {
    let folder = folder("failing-info");
    picture(&folder.join("a.png"), 3, 2);
    let ran = dio(&folder, &["info", "missing.png", "a.png"]);
    assert_eq!(ran.code(), Some(1));
    assert!(ran.out().contains("3 x 2"));
    assert!(ran.err().starts_with("dio: missing.png: "), "{}", ran.err());
}

#[test]
fn convert_goes_by_the_extension() {
    let folder = folder("convert");
    picture(&folder.join("a.png"), 31, 17);
    let ran = dio(&folder, &["convert", "a.png", "b.bmp", "--pixel-format", "grayscaled"]);
    assert_eq!((ran.code(), ran.err().as_str()), (Some(0), ""));
    let mut reader = Reader::open_file(&folder.join("b.bmp"), ReadOptions::default()).unwrap();
    let info = reader.page_info(0).unwrap();
    assert_eq!((info.format, info.layout.format), (FileFormat::Bmp, PixelFormat::Gray8));
    assert_eq!((info.layout.width, info.layout.height), (31, 17));
}

#[test]
fn convert_goes_on_past_failures() {
    let folder = folder("many");
    picture(&folder.join("a.png"), 4, 4);
    picture(&folder.join("c.png"), 5, 5);
    std::fs::write(folder.join("b.png"), "no image").unwrap();
    let ran = dio(&folder, &["convert", "a.png", "b.png", "c.png", "-o", "out", "--format", "bmp"]);
    assert_eq!(ran.code(), Some(1));
    assert_eq!(ran.err(), "dio: b.png: the content is of no known image format\n");
    assert!(folder.join("out/a.bmp").exists() && folder.join("out/c.bmp").exists());
    assert!(!folder.join("out/b.bmp").exists());
}

#[test]
fn convert_replaces_files_only_when_told_to() {
    let folder = folder("overwrite");
    picture(&folder.join("a.png"), 4, 4);
    std::fs::write(folder.join("b.bmp"), "old").unwrap();
    assert_eq!(dio(&folder, &["convert", "a.png", "b.bmp"]).code(), Some(1));
    assert_eq!(std::fs::read(folder.join("b.bmp")).unwrap(), b"old");
    assert_eq!(dio(&folder, &["convert", "a.png", "b.bmp", "--overwrite"]).code(), Some(0));
    assert!(std::fs::read(folder.join("b.bmp")).unwrap().starts_with(b"BM"));
}

#[test]
fn files_of_one_call_never_replace_each_other() {
    let folder = folder("clash");
    picture(&folder.join("a.png"), 4, 4);
    picture(&folder.join("a.bmp"), 5, 5);
    let words = ["convert", "a.png", "a.bmp", "-o", "out", "--format", "png", "--overwrite"];
    let ran = dio(&folder, &words);
    assert_eq!(ran.code(), Some(1));
    assert!(ran.err().contains("saved under the same name"), "{}", ran.err());
}

#[test]
fn one_page_or_all_pages_are_converted() {
    let folder = folder("pages");
    let animation = animation();
    let animation = animation.to_str().unwrap();
    assert_eq!(dio(&folder, &["convert", animation, "one.png", "--page", "2"]).code(), Some(0));
    let words = ["convert", animation, "-o", ".", "--format", "png", "--all-pages"];
    assert_eq!(dio(&folder, &words).code(), Some(0));
    for name in ["one.png", "frames-0.png", "frames-1.png", "frames-2.png"] {
        assert!(folder.join(name).exists(), "{name}");
    }
    let ran = dio(&folder, &["convert", animation, "x.png", "--page", "3"]);
    assert_eq!(ran.code(), Some(1));
    assert!(ran.err().contains("there is no page 3"), "{}", ran.err());
}

#[test]
fn wrong_usage_is_exit_code_2() {
    let folder = folder("usage");
    for words in [
        &["convert", "a.png"][..],
        &["convert", "a.png", "b.png", "c.png"],
        &["convert", "a.png", "-o", "out"],
        &["convert", "a.png", "b.png", "--format", "docx"],
        &["convert", "a.png", "b.png", "--quality", "0"],
        &["convert", "a.png", "b.png", "--pixel-format", "rgb"],
        &["convert", "a.png", "b.tif", "--compression", "zip"],
        &["convert", "a.png", "b.tif", "--tile", "20x20"],
        &["convert", "a.png", "b.tif", "--tile", "32x32", "--rows-per-strip", "8"],
        &["convert", "a.png", "b.png", "c.tif", "--all-pages"],
        &["append", "a.tif"],
        &["split", "a.tif"],
        &["pages", "a.tif", "b.tif"],
        &["info"],
        &["unknown"],
        &[],
    ] {
        let ran = dio(&folder, words);
        assert_eq!(ran.code(), Some(2), "{words:?}");
        assert!(ran.out().is_empty() && !ran.err().is_empty(), "{words:?}");
    }
}

#[test]
fn formats_are_listed_for_people_and_programs() {
    let folder = folder("formats");
    assert!(dio(&folder, &["formats"]).out().contains("image/png"));
    let listed: Value = serde_json::from_str(&dio(&folder, &["formats", "--json"]).out()).unwrap();
    let listed = listed.as_array().unwrap();
    let png = listed.iter().find(|format| format["name"] == "PNG").unwrap();
    assert_eq!((&png["writes"], &png["extensions"][0]), (&Value::Bool(true), &"png".into()));
}
