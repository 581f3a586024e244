//! What TGAs are read and written.

use super::*;
use crate::codec::testing::{self, read, sample};

/// A header of 18 bytes.
fn head(map: (u8, u16, u16, u8), code: u8, size: (u16, u16), depth: u8, descriptor: u8) -> Vec<u8> {
    let mut head = vec![0, map.0, code];
    head.extend(map.1.to_le_bytes());
    head.extend(map.2.to_le_bytes());
    head.extend([map.3, 0, 0, 0, 0]);
    head.extend(size.0.to_le_bytes());
    head.extend(size.1.to_le_bytes());
    head.extend([depth, descriptor]);
    head
}

fn plain(code: u8, size: (u16, u16), depth: u8, descriptor: u8, pixels: &[u8]) -> Vec<u8> {
    [head((0, 0, 0, 0), code, size, depth, descriptor), pixels.to_vec()].concat()
}

#[test]
fn what_is_written_is_read_again() {
    testing::stands_round_trips(&Tga);
}

#[test]
fn cut_and_changed_files_are_errors_or_images() {
    let runs = plain(10, (3, 2), 24, 0x20, &[0x84, 1, 2, 3, 0, 4, 5, 6]);
    let samples = [PixelFormat::Gray8, PixelFormat::Rgb888, PixelFormat::Argb8888]
        .map(|format| sample(&Tga, 5, 3, format));
    for file in samples.iter().chain([&runs]) {
        testing::stands_cuts(&Tga, file);
        testing::stands_changes(&Tga, file);
        testing::reads_into_any_format(&Tga, file);
    }
}

#[test]
fn the_descriptor_says_where_the_first_pixel_is() {
    let turned =
        |descriptor| read(&Tga, &plain(3, (2, 2), 8, descriptor, &[1, 2, 3, 4])).unwrap().1;
    assert_eq!(turned(0x00), [3, 4, 1, 2]);
    assert_eq!(turned(0x10), [4, 3, 2, 1]);
    assert_eq!(turned(0x20), [1, 2, 3, 4]);
    assert_eq!(turned(0x30), [2, 1, 4, 3]);
}

#[test]
fn runs_go_on_in_the_next_row() {
    let file = plain(11, (3, 2), 8, 0x20, &[0x83, 9, 1, 5, 6]);
    assert_eq!(read(&Tga, &file).unwrap().1, [9, 9, 9, 9, 5, 6]);
}

#[test]
fn alpha_counts_only_where_the_descriptor_declares_it() {
    let pixel = [1, 2, 3, 4];
    let (header, pixels) = read(&Tga, &plain(2, (1, 1), 32, 0x28, &pixel)).unwrap();
    assert_eq!((header.native, pixels), (PixelFormat::Argb8888, vec![1, 2, 3, 4]));
    let (header, pixels) = read(&Tga, &plain(2, (1, 1), 32, 0x20, &pixel)).unwrap();
    assert_eq!((header.native, pixels), (PixelFormat::Rgb888, vec![1, 2, 3]));
    let (header, pixels) = read(&Tga, &plain(3, (1, 1), 16, 0x28, &[7, 9])).unwrap();
    assert_eq!((header.native, pixels), (PixelFormat::Argb8888, vec![7, 7, 7, 9]));
}

#[test]
fn maps_begin_at_their_first_index_and_gray_ones_are_gray() {
    let mapped = |entry, colours: &[u8], pixels: &[u8]| {
        let count = colours.len() as u16 * 8 / u16::from(entry);
        [&head((1, 5, count, entry), 1, (2, 1), 8, 0x20), colours, pixels].concat()
    };
    let (header, pixels) = read(&Tga, &mapped(24, &[1, 2, 3, 4, 5, 6], &[6, 5])).unwrap();
    assert_eq!((header.native, pixels), (PixelFormat::Rgb888, vec![4, 5, 6, 1, 2, 3]));
    let (header, pixels) = read(&Tga, &mapped(24, &[8, 8, 8, 9, 9, 9], &[6, 5])).unwrap();
    assert_eq!((header.native, pixels), (PixelFormat::Gray8, vec![9, 8]));
    let error = read(&Tga, &mapped(24, &[1, 2, 3, 4, 5, 6], &[6, 7])).unwrap_err();
    assert_eq!(error.message(), "row 0 has colour 7, which the map lacks");
}

#[test]
fn what_is_no_header_is_not_recognized() {
    let good = plain(2, (1, 1), 24, 0x20, &[]);
    assert!(Tga.recognizes(&good));
    for (at, value) in
        [(1, 1), (1, 2), (2, 0), (2, 1), (2, 12), (5, 1), (12, 0), (14, 0), (16, 23), (17, 0x60)]
    {
        let mut changed = good.clone();
        changed[at] = value;
        assert!(!Tga.recognizes(&changed), "byte {at} is {value}");
    }
    assert!(!Tga.recognizes(&good[..17]));
}
