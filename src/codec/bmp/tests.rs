//! What BMPs are read and written.

use super::*;
use crate::codec::testing::{self, pattern, read, sample, write};
use crate::error::Kind;
use crate::metadata::Metadata;
use crate::pixel::Layout;

/// A file with a header of Windows 3, and whatever follows it.
fn file(
    size: (i32, i32),
    bits: u16,
    compression: u32,
    used: u32,
    behind: &[u8],
    pixels: &[u8],
) -> Vec<u8> {
    let mut bytes = b"BM".to_vec();
    let data = 54 + behind.len() as u32;
    let sizes = [0, 0, data, 40, size.0.cast_unsigned(), size.1.cast_unsigned()];
    sizes.into_iter().for_each(|number| bytes.extend(number.to_le_bytes()));
    bytes.extend([1, 0]);
    bytes.extend(bits.to_le_bytes());
    [compression, 0, 0, 0, used, 0]
        .into_iter()
        .for_each(|number| bytes.extend(number.to_le_bytes()));
    [bytes.as_slice(), behind, pixels].concat()
}

fn gray(shades: &[u8]) -> Vec<u8> {
    shades.iter().flat_map(|gray| [*gray, *gray, *gray, 0]).collect()
}

fn pixels_of(bytes: &[u8]) -> Vec<u8> {
    read(&Bmp, bytes).unwrap().1
}

fn message(bytes: &[u8]) -> (Kind, String) {
    let error = read(&Bmp, bytes).unwrap_err();
    (error.kind(), error.to_string())
}

#[test]
fn what_is_written_is_read_again() {
    testing::stands_round_trips(&Bmp);
}

#[test]
fn any_format_can_be_asked_for() {
    for format in
        [PixelFormat::Binary, PixelFormat::Gray8, PixelFormat::Rgb888, PixelFormat::Argb8888]
    {
        testing::reads_into_any_format(&Bmp, &sample(&Bmp, 19, 4, format));
    }
    let runs = file(
        (3, 1),
        8,
        1,
        4,
        &[1, 2, 3, 0, 4, 5, 6, 0, 7, 8, 9, 0, 9, 9, 9, 0],
        &[2, 1, 1, 3, 0, 1],
    );
    testing::reads_into_any_format(&Bmp, &runs);
    let masks = [0x30u32, 0xe, 0x1].map(u32::to_le_bytes).concat();
    testing::reads_into_any_format(&Bmp, &file((1, 1), 16, 3, 0, &masks, &[0x2a, 0, 0, 0]));
}

#[test]
fn cut_and_changed_files_are_errors_or_images() {
    for format in
        [PixelFormat::Binary, PixelFormat::Gray8, PixelFormat::Rgb888, PixelFormat::Argb8888]
    {
        let file = sample(&Bmp, 5, 3, format);
        testing::stands_cuts(&Bmp, &file);
        testing::stands_changes(&Bmp, &file);
    }
    let runs = file(
        (4, 3),
        4,
        2,
        0,
        &gray(&[0; 16]),
        &[3, 0x12, 0, 0, 0, 2, 1, 1, 0, 3, 0x12, 0x30, 0, 1],
    );
    testing::stands_cuts(&Bmp, &runs);
    testing::stands_changes(&Bmp, &runs);
}

#[test]
fn other_content_is_not_recognized() {
    for head in [&b"BM"[..], &sample(&Bmp, 1, 1, PixelFormat::Gray8)] {
        assert!(Bmp.recognizes(head));
    }
    for head in [&b""[..], b"B", b"MB", b"BMW is a maker of cars, and this is a text"] {
        assert!(!Bmp.recognizes(head));
    }
}

#[test]
fn black_and_white_palettes_are_bilevel_either_way_round() {
    let bits = [0b1010_0000, 0, 0, 0];
    for (palette, expected) in [([0, 255], 0b1010_0000), ([255, 0], 0b0100_0000)] {
        let (header, pixels) = read(&Bmp, &file((3, 1), 1, 0, 0, &gray(&palette), &bits)).unwrap();
        assert_eq!((header.native, pixels), (PixelFormat::Binary, vec![expected]));
    }
    let (header, pixels) = read(&Bmp, &file((3, 1), 1, 0, 0, &gray(&[9, 7]), &bits)).unwrap();
    assert_eq!((header.native, pixels), (PixelFormat::Gray8, vec![7, 9, 7]));
}

#[test]
fn two_bits_and_missing_colours_are_read() {
    let palette = [1, 2, 3, 0, 4, 5, 6, 0];
    let two = file((5, 1), 2, 0, 2, &palette, &[0b0001_1011, 0b0100_0000, 0, 0]);
    assert_eq!(pixels_of(&two), [1, 2, 3, 4, 5, 6, 0, 0, 0, 0, 0, 0, 4, 5, 6]);
}

#[test]
fn rows_run_up_or_down() {
    let rows = [1, 0, 0, 0, 2, 0, 0, 0];
    assert_eq!(pixels_of(&file((1, 2), 8, 0, 3, &gray(&[0, 1, 2]), &rows)), [2, 1]);
    assert_eq!(pixels_of(&file((1, -2), 8, 0, 3, &gray(&[0, 1, 2]), &rows)), [1, 2]);
}

#[test]
fn jumps_and_early_ends_leave_the_first_colour() {
    let palette = gray(&[40, 50, 60]);
    let runs = [0, 2, 1, 1, 0, 3, 1, 2, 1, 0, 0, 1];
    let read = pixels_of(&file((4, 3), 8, 1, 3, &palette, &runs));
    assert_eq!(read, [40, 40, 40, 40, 40, 50, 60, 50, 40, 40, 40, 40]);
}

#[test]
fn runs_that_leave_the_image_are_damage() {
    let palette = gray(&[0, 1]);
    for runs in [
        &[5, 1, 0, 1][..],
        &[0, 5, 1, 1, 1, 1, 1, 0],
        &[0, 2, 5, 0, 0, 1],
        &[4, 1, 0, 0, 1, 1],
        &[0, 2, 0, 2, 1, 1],
    ] {
        let (kind, message) = message(&file((4, 1), 8, 1, 2, &palette, runs));
        assert_eq!(kind, Kind::Damaged, "{message}");
        assert!(message.contains("leaves") && message.contains("at byte"), "{message}");
    }
}

#[test]
fn features_without_support_are_named() {
    for (compression, name) in [(4, "JPEG"), (5, "PNG"), (11, "CMYK"), (77, "compression 77")] {
        let (kind, message) = message(&file((1, 1), 24, compression, 0, &[], &[0; 4]));
        assert_eq!(kind, Kind::FeatureUnsupported);
        assert!(message.contains(name), "{message}");
    }
    assert_eq!(message(&file((1, 1), 64, 0, 0, &[], &[0; 8])).0, Kind::DepthUnsupported);
}

#[test]
fn sizes_that_cannot_be_are_refused_before_memory_is_asked_for() {
    for size in [(0, 1), (1, 0), (-1, 1), (1000, 1000), (i32::MAX, i32::MIN)] {
        assert!(read(&Bmp, &file(size, 24, 0, 0, &[], &[0; 4])).is_err(), "{size:?}");
    }
    let (kind, message) = message(&file((1, 1), 8, 0, 70_000, &gray(&[0; 9]), &[0; 4]));
    assert_eq!((kind, message.contains("70000 colours")), (Kind::Damaged, true));
}

#[test]
fn resolution_and_profile_survive() {
    let mut profile = vec![7; 200];
    profile[16..20].copy_from_slice(b"RGB ");
    for (format, icc) in [
        (PixelFormat::Rgb888, None),
        (PixelFormat::Rgb888, Some(&profile)),
        (PixelFormat::Argb8888, Some(&profile)),
    ] {
        let metadata = Metadata { icc: icc.cloned(), ..Metadata::default() };
        let layout = Layout::tight(3, 2, format).unwrap();
        let bytes = write(&Bmp, layout, &pattern(layout), (300.0, 150.0), &metadata).unwrap();
        assert_eq!(u32::from_le_bytes(*bytes[2..].first_chunk().unwrap()), bytes.len() as u32);
        let (header, pixels) = read(&Bmp, &bytes).unwrap();
        assert_eq!(header.resolution, (300.0, 150.0));
        assert_eq!(header.metadata.icc.as_ref(), icc);
        assert_eq!((header.native, pixels), (format, pattern(layout)));
    }
}

#[test]
fn no_resolution_is_none() {
    assert_eq!(
        read(&Bmp, &sample(&Bmp, 1, 1, PixelFormat::Rgb888)).unwrap().0.resolution,
        (0.0, 0.0)
    );
}

#[test]
fn a_bitmap_of_os2_has_a_short_header_and_palette() {
    let mut bytes = b"BM\0\0\0\0\0\0\0\0\x20\0\0\0\x0c\0\0\0\x02\0\x01\0\x01\0\x01\0".to_vec();
    bytes.extend([1, 2, 3, 4, 5, 6, 0b0100_0000, 0, 0, 0]);
    assert_eq!(pixels_of(&bytes), [1, 2, 3, 4, 5, 6]);
    testing::stands_cuts(&Bmp, &bytes);
}
