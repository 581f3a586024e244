//! Pictures that become PDFs and are drawn again.

use dio::format::FileFormat;
use dio::image::ImageData;
use dio::limits::{Budget, Limits};
use dio::options::{PdfEncoding, ReadOptions, SaveOptions};
use dio::pixel::PixelFormat;
use dio::source::Source;
use dio::{reader, writer};

/// Blocks of colour, large enough for chroma subsampling to leave them alone.
fn blocks(format: PixelFormat) -> ImageData {
    let mut image = ImageData::new(96, 64, PixelFormat::Bgr888).unwrap();
    for (at, pixel) in image.pixels_mut().as_chunks_mut::<3>().0.iter_mut().enumerate() {
        let (x, y) = (at % 96 / 32, at / 96 / 32);
        *pixel = [(x * 100 + 20) as u8, (y * 180) as u8, (200 - x * 60) as u8];
    }
    image.resolution = (150.0, 150.0);
    image.convert(format, &Budget::new(Limits::default(), None)).unwrap()
}

#[test]
fn every_pixel_format_and_encoding_is_drawn_as_it_was() {
    let budget = Budget::new(Limits::default(), None);
    for encoding in [PdfEncoding::Auto, PdfEncoding::Jpeg] {
        for format in PixelFormat::ALL {
            let image = blocks(format);
            let save = SaveOptions { encoding, quality: 95, ..SaveOptions::default() };
            let bytes = writer::save_memory(&image, FileFormat::Pdf, &save).unwrap();
            let filter: &[u8] = match encoding {
                _ if format.is_bilevel() => b"/CCITTFaxDecode",
                PdfEncoding::Auto => b"/FlateDecode",
                PdfEncoding::Jpeg => b"/DCTDecode",
            };
            assert!(bytes.windows(filter.len()).any(|part| part == filter), "{format:?}");

            let read = ReadOptions { dpi: 150.0, ..ReadOptions::default() };
            let drawn = reader::read(Source::from_bytes(bytes), &read).unwrap();
            let drawn = drawn.convert(PixelFormat::Bgr888, &budget).unwrap();
            let wanted = image.convert(PixelFormat::Bgr888, &budget).unwrap();
            assert_eq!(drawn.layout(), wanted.layout());
            let pairs = drawn.pixels().iter().zip(wanted.pixels());
            let sum: u64 = pairs.map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
            let mean = sum as f64 / wanted.pixels().len() as f64;
            // The engine knows inks by a profile; inverted ones would be off by more than 100.
            let allowed = if format == PixelFormat::Cmyk8888 { 40.0 } else { 4.0 };
            assert!(mean < allowed, "{format:?} as {encoding:?}: off by {mean:.2}");
        }
    }
}
