//! Readers of one open file in several threads.

use std::fs;
use std::io::Cursor;
use std::path::Path;
use std::thread;

use dio::error::Kind;
use dio::options::ReadOptions;
use dio::reader::Reader;
use dio::source::Source;

fn options() -> ReadOptions {
    ReadOptions { dpi: 100.0, ..ReadOptions::default() }
}

fn sample(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)).unwrap()
}

fn pixels(reader: &mut Reader) -> Vec<Vec<u8>> {
    let pages = 0..reader.page_count();
    pages.map(|page| reader.read_page(page).unwrap().pixels().to_vec()).collect()
}

#[test]
fn threads_read_the_same_pixels_from_one_open_file() {
    for name in ["pages.pdf", "pages.tif", "frames.gif", "frames.webp"] {
        let mut reader = Reader::open(Source::from_bytes(sample(name)), options()).unwrap();
        let alone = pixels(&mut reader);
        let clones: Vec<_> = (0..4).map(|_| reader.share().unwrap()).collect();
        // Whoever was opened first may go first.
        drop(reader);
        let threads: Vec<_> = clones
            .into_iter()
            .map(|mut clone| {
                thread::spawn(move || (0..3).map(|_| pixels(&mut clone)).collect::<Vec<_>>())
            })
            .collect();
        for thread in threads {
            assert!(thread.join().unwrap().iter().all(|pages| *pages == alone), "{name}");
        }
    }
}

#[test]
fn a_cancel_or_deadline_stops_one_reader_and_no_other() {
    let mut reader = Reader::open(Source::from_bytes(sample("pages.pdf")), options()).unwrap();
    let alone = pixels(&mut reader);
    let mut clone = reader.share().unwrap();
    thread::scope(|scope| {
        let stopped = scope.spawn(move || {
            let mut late = options();
            late.limits.deadline_ms = 0;
            let kinds = (0..20).map(|_| clone.read_page_with(0, &late).unwrap_err().kind());
            assert!(kinds.collect::<Vec<_>>().iter().all(|kind| *kind == Kind::Timeout));
        });
        for _ in 0..5 {
            assert!(pixels(&mut reader) == alone);
        }
        stopped.join().unwrap();
    });
}

#[test]
fn a_stream_belongs_to_one_reader_unless_it_was_read_to_its_end() {
    let open = |name| {
        let source = Source::from_stream(Cursor::new(sample(name))).unwrap();
        Reader::open(source, options()).unwrap()
    };
    let error = open("pages.tif").share().err().unwrap();
    assert_eq!(error.kind(), Kind::FeatureUnsupported);
    let mut reader = open("pages.pdf");
    let mut clone = reader.share().unwrap();
    assert!(pixels(&mut clone) == pixels(&mut reader));
}
