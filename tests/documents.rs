//! Documents of as many pages as the reader takes cost no more memory than short ones.

use std::fs;

use dio::format::FileFormat;
use dio::image::ImageData;
use dio::options::{ReadOptions, SaveOptions, TiffCompression};
use dio::pixel::PixelFormat;
use dio::reader::Reader;
use dio::writer::Writer;

const PAGES: u32 = 10_000;
/// Pages after which all is there that every document needs.
const BEGUN: u32 = 500;

const WIDTH: u32 = 100;
const HEIGHT: u32 = 80;

/// A page that compresses badly, and that its number tells from the others: 8 KB.
fn draw(image: &mut ImageData, number: u32) {
    let mut state = number.wrapping_mul(2_654_435_761) | 1;
    for sample in image.pixels_mut() {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        *sample = (state >> 24) as u8;
    }
}

/// Resident memory in bytes; `None` where the system does not tell.
fn resident(field: &str) -> Option<usize> {
    let text = fs::read_to_string("/proc/self/status").ok()?;
    let line = text.lines().find(|line| line.starts_with(field))?;
    line.split_whitespace().nth(1)?.parse::<usize>().ok().map(|kib| kib << 10)
}

/// Writes a document of `PAGES` pages. The memory that it takes beyond that of the first ones, at its highest.
fn write(writer: &mut Writer<'_>, image: &mut ImageData) -> Option<usize> {
    for number in 0..BEGUN {
        draw(image, number);
        writer.add_page(image, None).unwrap();
    }
    fs::write("/proc/self/clear_refs", "5").ok();
    let before = resident("VmRSS:");
    for number in BEGUN..PAGES {
        draw(image, number);
        writer.add_page(image, None).unwrap();
    }
    Some(resident("VmHWM:")?.saturating_sub(before?))
}

#[test]
fn ten_thousand_pages_are_written_in_the_memory_of_one() {
    let mut image = ImageData::new(WIDTH, HEIGHT, PixelFormat::Gray8).unwrap();
    image.resolution = (100.0, 100.0);
    let size = image.pixels().len() as u64;
    for (format, extension) in [(FileFormat::Tiff, "tif"), (FileFormat::Pdf, "pdf")] {
        let name = format!("dio-documents-{}.{extension}", std::process::id());
        let path = std::env::temp_dir().join(name);
        let options =
            SaveOptions { level: 0, compression: TiffCompression::None, ..SaveOptions::default() };
        let mut writer = Writer::create_file(&path, true, options).unwrap();
        let more = write(&mut writer, &mut image);
        writer.finish().unwrap();
        // The pages take 80 MB; what is kept of each is where it lies.
        assert!(fs::metadata(&path).unwrap().len() > u64::from(PAGES) * size);
        if let Some(more) = more {
            assert!(more < 4 << 20, "{format:?}: {more} bytes more");
        }

        let as_made = ReadOptions {
            pixel_format: Some(PixelFormat::Gray8),
            dpi: 100.0,
            ..ReadOptions::default()
        };
        let mut reader = Reader::open_file(&path, as_made).unwrap();
        assert_eq!(reader.page_count(), PAGES);
        for number in [0, PAGES / 2, PAGES - 1] {
            draw(&mut image, number);
            let page = reader.read_page(number).unwrap();
            assert!(page.pixels() == image.pixels(), "{format:?}: page {number}");
        }
        fs::remove_file(path).unwrap();
    }
}
