//! Reading and writing whole files.

mod damage;
pub mod intervals;
mod samples;
mod ways;

use super::*;
use crate::image::{ImageData, Orientation};
use crate::metadata::Metadata;
use crate::options::{PdfEncoding, Subsampling, TiffCompression};
use crate::pixel::Converter;
use crate::{reader, writer};

const SUBSAMPLINGS: [Subsampling; 3] =
    [Subsampling::Both, Subsampling::Horizontal, Subsampling::None];

/// Smooth colours, so that subsampling loses little.
fn picture(width: u32, height: u32, format: PixelFormat) -> ImageData {
    let mut image = ImageData::new(width, height, PixelFormat::Abgr8888).unwrap();
    for (at, pixel) in (0u32..).zip(image.pixels_mut().as_chunks_mut::<4>().0) {
        let (x, y) = (at % width, at / width);
        let wave = |step: u32, of: u32| (128.0 + 90.0 * f64::from(of * step).sin()) as u8;
        let slow = |n: u32| (f64::from(n) / 9.0).sin().mul_add(60.0, 128.0) as u8;
        *pixel = [slow(x), slow(y), slow(x + y), 255];
        pixel[0] = pixel[0].saturating_add(wave(0, x) / 16);
    }
    image.convert(format, &ReadOptions::default().budget()).unwrap()
}

fn saved(image: &ImageData, options: &SaveOptions) -> Vec<u8> {
    writer::save_memory(image, FileFormat::Jpeg, options).unwrap()
}

fn read(bytes: &[u8], format: Option<PixelFormat>) -> Result<ImageData> {
    let options = ReadOptions { pixel_format: format, ..ReadOptions::default() };
    reader::read(Source::from_bytes(bytes.to_vec()), &options)
}

/// The largest and the mean difference of two pictures' bytes.
fn difference(a: &[u8], b: &[u8]) -> (u8, f64) {
    assert_eq!(a.len(), b.len());
    let all = a.iter().zip(b).map(|(a, b)| a.abs_diff(*b));
    let sum: u64 = all.clone().map(u64::from).sum();
    (all.max().unwrap_or(0), sum as f64 / a.len() as f64)
}

#[test]
fn pictures_of_every_kind_and_size_come_back() {
    let sizes = [(1, 1), (2, 3), (7, 8), (8, 9), (16, 16), (17, 15), (33, 17), (200, 131)];
    for (width, height) in sizes {
        for format in [PixelFormat::Gray8, PixelFormat::Bgr888, PixelFormat::Cmyk8888] {
            let image = picture(width, height, format);
            for subsampling in SUBSAMPLINGS {
                for optimize in [false, true] {
                    let options = SaveOptions {
                        quality: 95,
                        subsampling,
                        optimize,
                        ..SaveOptions::default()
                    };
                    let back = read(&saved(&image, &options), Some(format)).unwrap();
                    let (largest, mean) = difference(image.pixels(), back.pixels());
                    let name = format!("{width} x {height} {format:?} {subsampling:?} {optimize}");
                    assert!(largest <= 24 && mean < 2.5, "{name}: {largest}, {mean}");
                }
            }
        }
    }
}

#[test]
fn quality_and_optimized_tables_change_the_size_as_they_should() {
    let image = picture(160, 120, PixelFormat::Bgr888);
    let len = |quality, optimize| {
        saved(&image, &SaveOptions { quality, optimize, ..SaveOptions::default() }).len()
    };
    assert!(len(20, false) < len(75, false) && len(75, false) < len(100, false));
    assert!(len(75, true) < len(75, false));
    let plain = read(&saved(&image, &SaveOptions::default()), None).unwrap();
    let options = SaveOptions { optimize: true, ..SaveOptions::default() };
    let optimized = read(&saved(&image, &options), None).unwrap();
    assert_eq!(plain.pixels(), optimized.pixels());
}

#[test]
fn progressive_files_hold_the_pixels_of_others_in_fewer_bytes() {
    for (width, height) in [(1, 1), (8, 9), (17, 40), (33, 17), (200, 131)] {
        for format in [PixelFormat::Gray8, PixelFormat::Bgr888, PixelFormat::Cmyk8888] {
            let image = picture(width, height, format);
            for (subsampling, quality) in SUBSAMPLINGS.into_iter().zip([30, 90, 100]) {
                let options = SaveOptions { quality, subsampling, ..SaveOptions::default() };
                let plain = saved(&image, &options);
                let bytes = saved(&image, &SaveOptions { progressive: true, ..options });
                assert!(bytes.windows(2).any(|marker| marker == [0xff, markers::SOF2]));
                let (plain, whole) = (read(&plain, None).unwrap(), read(&bytes, None).unwrap());
                assert_eq!(plain.pixels(), whole.pixels(), "{width} x {height} {format:?}");
            }
        }
    }
    let image = picture(400, 300, PixelFormat::Bgr888);
    let len = |progressive| {
        saved(&image, &SaveOptions { optimize: true, progressive, ..SaveOptions::default() }).len()
    };
    assert!(len(true) < len(false));
}

#[test]
fn every_pixel_format_is_that_of_the_conversion() {
    for (kind, base) in [
        (PixelFormat::Gray8, PixelFormat::Gray8),
        (PixelFormat::Bgr888, PixelFormat::Bgr888),
        (PixelFormat::Cmyk8888, PixelFormat::Cmyk8888),
    ] {
        for (width, height) in [(19, 13), (200, 150)] {
            let bytes = saved(&picture(width, height, kind), &SaveOptions::default());
            let reference = read(&bytes, Some(base)).unwrap();
            for format in PixelFormat::ALL.into_iter().filter(|format| !format.is_planar()) {
                let image = read(&bytes, Some(format)).unwrap();
                let budget = ReadOptions::default().budget();
                let expected = reference.convert(format, &budget).unwrap();
                // Luma is taken from the file, not from R, G, B.
                let luma = kind == PixelFormat::Bgr888 && format.is_gray();
                if luma && !format.is_bilevel() && !format.is_16_bit() {
                    assert!(difference(image.pixels(), expected.pixels()).0 <= 3, "{format:?}");
                } else if !luma {
                    assert_eq!(image.pixels(), expected.pixels(), "{kind:?} {format:?}");
                }
            }
        }
    }
}

#[test]
fn padded_rows_get_the_same_pixels() {
    let bytes = saved(&picture(150, 120, PixelFormat::Bgr888), &SaveOptions::default());
    let tight = read(&bytes, Some(PixelFormat::Rgb888)).unwrap();
    let layout = crate::pixel::Layout::with_stride(150, 120, PixelFormat::Rgb888, 460).unwrap();
    let mut pixels = vec![7; layout.size()];
    let options = ReadOptions { pixel_format: Some(PixelFormat::Rgb888), ..ReadOptions::default() };
    let mut reader = reader::Reader::open(Source::from_bytes(bytes), options).unwrap();
    reader.read_page_into(0, &mut pixels, layout).unwrap();
    for (row, expected) in pixels.chunks(460).zip(tight.pixels().chunks(450)) {
        assert_eq!(&row[..450], expected);
        assert!(row[450..].iter().all(|byte| *byte == 7));
    }
}

#[test]
fn metadata_resolution_and_angle_come_back() {
    let mut image = picture(20, 10, PixelFormat::Bgr888);
    let mut icc = vec![5; 140_000];
    icc[16..20].copy_from_slice(b"RGB ");
    image.metadata =
        Metadata { icc: Some(icc.clone()), exif: None, xmp: Some(b"<x:xmpmeta/>".to_vec()) };
    image.resolution = (300.0, 150.0);
    image.set_orientation(Orientation::from_degrees(90).unwrap());
    let back = read(&saved(&image, &SaveOptions::default()), None).unwrap();
    assert_eq!(back.metadata.icc, Some(icc));
    assert_eq!(back.metadata.xmp.as_deref(), Some(&b"<x:xmpmeta/>"[..]));
    assert_eq!(back.resolution, (300.0, 150.0));
    assert_eq!(back.orientation.degrees(), 90);
    let unstated = read(&saved(&picture(4, 4, PixelFormat::Gray8), &SaveOptions::default()), None);
    assert_eq!(unstated.unwrap().resolution, (0.0, 0.0));
}

#[test]
fn inks_keep_their_resolution() {
    let mut image = picture(9, 9, PixelFormat::Cmyk8888);
    image.resolution = (600.0, 600.0);
    let back = read(&saved(&image, &SaveOptions::default()), Some(PixelFormat::Cmyk8888)).unwrap();
    assert_eq!(back.resolution, (600.0, 600.0));
    assert!(difference(image.pixels(), back.pixels()).0 < 12);
}

#[test]
fn what_jpeg_cannot_hold_is_an_error_that_says_so() {
    let save = |image: &ImageData| {
        writer::save_memory(image, FileFormat::Jpeg, &SaveOptions::default()).unwrap_err()
    };
    let wide = ImageData::new(65_536, 1, PixelFormat::Gray8).unwrap();
    assert_eq!(save(&wide).kind(), Kind::ParameterInvalid);
    assert!(save(&wide).to_string().contains("width is 65536, JPEG holds 65535"));
    let mut image = picture(4, 4, PixelFormat::Gray8);
    image.metadata.xmp = Some(vec![b' '; 65_505]);
    assert_eq!(save(&image).kind(), Kind::FeatureUnsupported);
    assert!(save(&image).to_string().contains("XMP of 65505 bytes: JPEG holds 65504"));
    image.metadata.xmp = Some(vec![b' '; 65_504]);
    saved(&image, &SaveOptions::default());
}

#[test]
fn a_probe_equals_a_read() {
    for format in [PixelFormat::Gray8, PixelFormat::Bgr888, PixelFormat::Cmyk8888] {
        let bytes = saved(&picture(31, 17, format), &SaveOptions::default());
        let image = read(&bytes, None).unwrap();
        let options = ReadOptions::default();
        let mut reader = reader::Reader::open(Source::from_bytes(bytes), options).unwrap();
        let info = reader.page_info(0).unwrap();
        assert_eq!(info.layout, image.layout());
        assert_eq!((info.stored_width, info.stored_height, info.bits), (31, 17, 8));
    }
}

/// The pixels that `samples.py` starts from.
fn original() -> Vec<u8> {
    let pixel = |at: usize| {
        let (x, y) = (at % 24, at / 24);
        [x * 10, y * 15, 255 - x * 5 - y * 5].map(|sample| sample as u8)
    };
    (0..24 * 16).flat_map(pixel).collect()
}

#[test]
fn progressive_files_of_others_are_read() {
    for (bytes, most) in [(&samples::PROGRESSIVE[..], 14), (&samples::PROGRESSIVE_420, 40)] {
        let image = read(bytes, Some(PixelFormat::Bgr888)).unwrap();
        let (largest, mean) = difference(image.pixels(), &original());
        assert!(largest <= most && mean < 6.0, "{largest}, {mean}");
    }
}

#[test]
fn arithmetic_codes_give_the_same_pixels_as_others() {
    for (arithmetic, huffman) in [
        (&samples::ARITHMETIC[..], &samples::PROGRESSIVE[..]),
        (&samples::ARITHMETIC_PROGRESSIVE_420, &samples::PROGRESSIVE_420),
    ] {
        let (image, same) = (read(arithmetic, None).unwrap(), read(huffman, None).unwrap());
        assert!(image.pixels() == same.pixels());
    }
}

#[test]
fn lossless_files_are_read_to_the_bit() {
    let image = read(&samples::LOSSLESS, None).unwrap();
    assert_eq!(image.layout().format, PixelFormat::Gray16);
    let samples = image.pixels().as_chunks::<2>().0.iter().map(|bytes| u16::from_ne_bytes(*bytes));
    let expected = (0..35u16).map(|at| 9000 * (at / 7) + 1500 * (at % 7));
    assert!(samples.eq(expected));
}

#[test]
fn a_converter_to_the_stored_format_is_asked_for() {
    let options = SaveOptions::default();
    for format in PixelFormat::ALL {
        let stored = Jpeg.stored_as(format, &options).unwrap();
        assert_eq!(Converter::new(format, stored, [255; 3]).target(), stored);
        assert!(matches!(
            stored,
            PixelFormat::Gray8 | PixelFormat::Bgr888 | PixelFormat::Rgb888 | PixelFormat::Cmyk8888
        ));
    }
}

#[test]
fn the_order_of_colours_in_memory_changes_no_byte_of_a_file() {
    for subsampling in SUBSAMPLINGS {
        let options = SaveOptions {
            subsampling,
            compression: TiffCompression::Jpeg,
            encoding: PdfEncoding::Jpeg,
            ..SaveOptions::default()
        };
        for (width, height) in [(1, 1), (15, 9), (16, 16), (17, 33), (250, 3)] {
            let image = picture(width, height, PixelFormat::Bgr888);
            let turned =
                image.convert(PixelFormat::Rgb888, &ReadOptions::default().budget()).unwrap();
            assert_ne!(image.pixels(), turned.pixels());
            for format in [FileFormat::Jpeg, FileFormat::Tiff, FileFormat::Pdf] {
                let file = |image| writer::save_memory(image, format, &options).unwrap();
                assert_eq!(file(&image), file(&turned));
            }
        }
    }
}

use crate::error::Kind;
use crate::options::Tolerance;
