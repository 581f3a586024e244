//! What a library that cannot be used comes to. Pages that it draws are compared in tests/pdf_engines.py.

use std::path::{Path, PathBuf};

use crate::error::{Error, Kind};
use crate::options::{Fonts, ReadOptions};
use crate::reader::Reader;
use crate::source::Source;

const DOCUMENT: &[u8] = b"%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n\
    2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n\
    3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 72 72]>>\nendobj\ntrailer\n<</Root 1 0 R>>\n";

fn drawing(path: &Path, fonts: Fonts) -> Error {
    let pdf_engine = crate::ffi::pdfium(Some(path.to_owned()));
    let options = ReadOptions { pdf_engine, fonts, ..ReadOptions::default() };
    let source = Source::from_bytes(DOCUMENT.to_vec());
    let mut reader = Reader::open(source, options).unwrap();
    // Nothing is looked for before a page is drawn.
    assert_eq!(reader.page_count(), 1);
    reader.read_page(0).unwrap_err()
}

/// A folder with a text file by the name of the library.
fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("dio-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

#[test]
fn a_library_that_is_not_there_is_missing_with_the_path_that_was_tried() {
    let folder = folder("no-pdfium");
    let name = pdfium_render::prelude::Pdfium::pdfium_platform_library_name();
    let within = folder.join(&name);
    for (path, tried) in [(folder.as_path(), within.as_path()), (within.as_path(), &within)] {
        let error = drawing(path, Fonts::default());
        assert_eq!(error.kind(), Kind::PdfEngineMissing);
        assert!(error.message().contains(&tried.display().to_string()), "{error}");
    }
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_file_that_is_no_library_does_not_load() {
    let folder = folder("text-pdfium");
    let name = pdfium_render::prelude::Pdfium::pdfium_platform_library_name();
    std::fs::write(folder.join(&name), "no library").unwrap();
    let error = drawing(&folder, Fonts::default());
    assert_eq!(error.kind(), Kind::PdfEngineBroken);
    assert!(error.message().contains(&*name.to_string_lossy()), "{error}");
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn lent_fonts_are_refused_by_name() {
    let lent = Fonts::new(vec![], Some("fonts".into()), false);
    let error = drawing(Path::new("nowhere"), lent);
    assert_eq!(error.kind(), Kind::FeatureUnsupported);
    assert!(error.message().contains("`font_folder`"), "{error}");
}
