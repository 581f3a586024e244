//! What holds for the whole codec: round trips, damage, and directories that lead nowhere.

use super::*;
use crate::error::Kind;
use crate::image::ImageData;
use crate::image::Orientation;
use crate::options::{TiffCompression, Tolerance};
use crate::pixel::Converter;
use crate::reader::{self, Reader};
use crate::writer;

use TiffCompression as C;

const FORMATS: [PixelFormat; 12] = [
    PixelFormat::Binary,
    PixelFormat::BinaryInverted,
    PixelFormat::Binary8,
    PixelFormat::Gray8,
    PixelFormat::Gray16,
    PixelFormat::Rgb888,
    PixelFormat::Bgr888,
    PixelFormat::Argb8888,
    PixelFormat::Rgb161616,
    PixelFormat::Abgr16161616,
    PixelFormat::Cmyk8888,
    PixelFormat::Nv12,
];

/// Runs, gradients and noise.
fn sample(width: u32, height: u32, format: PixelFormat) -> ImageData {
    let mut image = ImageData::new(width, height, format).unwrap();
    let stride = image.layout().stride;
    for (at, byte) in image.pixels_mut().iter_mut().enumerate() {
        let (x, y) = (at % stride, at / stride);
        *byte = match y % 4 {
            0 => 0xff,
            1 => (x * 3 + y) as u8,
            2 => (x * x * 31 + y * 7) as u8,
            _ => {
                if (x / 9).is_multiple_of(2) {
                    0
                } else {
                    0xff
                }
            }
        };
        if matches!(format, PixelFormat::Binary8) {
            *byte = if *byte < 128 { 0 } else { 255 };
        }
    }
    image
}

fn save(image: &ImageData, compression: C) -> Vec<u8> {
    let options = SaveOptions { compression, ..SaveOptions::default() };
    writer::save_memory(image, FileFormat::Tiff, &options).unwrap()
}

fn read_as(bytes: &[u8], format: Option<PixelFormat>) -> Result<ImageData> {
    let options = ReadOptions { pixel_format: format, ..ReadOptions::default() };
    reader::read(Source::from_bytes(bytes.to_vec()), &options)
}

fn pixels(image: &ImageData, format: PixelFormat) -> Vec<u8> {
    let view = image.view();
    let converter = Converter::new(image.layout().format, format, [255; 3]);
    let mut out = Vec::new();
    for y in 0..image.layout().height {
        let mut row = vec![0; format.min_stride(image.layout().width) as usize];
        out.extend_from_slice(view.row_as(y, &converter, &mut row));
    }
    out
}

#[test]
fn every_format_survives_every_compression() {
    for format in FORMATS {
        for (width, height) in [(1, 1), (7, 5), (64, 3), (131, 70)] {
            let image = sample(width, height, format);
            for compression in [C::Auto, C::None, C::Lzw, C::Deflate, C::PackBits] {
                let back = read_as(&save(&image, compression), None).unwrap();
                let common = match format {
                    _ if format.is_bilevel() => PixelFormat::Binary,
                    PixelFormat::Nv12 => PixelFormat::Bgr888,
                    PixelFormat::Cmyk8888 => PixelFormat::Rgb888,
                    other => other,
                };
                assert_eq!(
                    pixels(&back, common),
                    pixels(&image, common),
                    "{format:?} {compression:?} {width} x {height}"
                );
            }
        }
    }
}

#[test]
fn another_reader_agrees_on_what_is_written() {
    for format in
        [PixelFormat::Gray8, PixelFormat::Bgr888, PixelFormat::Gray16, PixelFormat::Abgr8888]
    {
        let image = sample(61, 200, format);
        for compression in [C::None, C::Lzw, C::Deflate, C::PackBits] {
            let bytes = save(&image, compression);
            let mut decoder = ::tiff::decoder::Decoder::new(std::io::Cursor::new(bytes)).unwrap();
            let theirs = match decoder.read_image().unwrap() {
                ::tiff::decoder::DecodingResult::U8(samples) => samples,
                ::tiff::decoder::DecodingResult::U16(samples) => {
                    samples.into_iter().flat_map(u16::to_ne_bytes).collect()
                }
                other => panic!("{other:?}"),
            };
            assert_eq!(theirs, image.pixels(), "{format:?} {compression:?}");
        }
    }
}

#[test]
fn gray_and_bits_come_back_in_the_format_they_had() {
    for (format, wanted) in [
        (PixelFormat::BinaryInverted, PixelFormat::Binary),
        (PixelFormat::Gray8, PixelFormat::Gray8),
        (PixelFormat::Gray16, PixelFormat::Gray16),
        (PixelFormat::Abgr8888, PixelFormat::Argb8888),
        (PixelFormat::Rgb161616, PixelFormat::Rgb161616),
        (PixelFormat::Cmyk8888, PixelFormat::Rgb888),
    ] {
        let bytes = save(&sample(9, 4, format), C::Auto);
        assert_eq!(read_as(&bytes, None).unwrap().layout().format, wanted);
    }
    let inks = sample(9, 4, PixelFormat::Cmyk8888);
    let back = read_as(&save(&inks, C::Lzw), Some(PixelFormat::Cmyk8888)).unwrap();
    assert_eq!(back.pixels(), inks.pixels());
}

#[test]
fn resolution_orientation_and_metadata_survive() {
    let mut image = sample(20, 10, PixelFormat::Bgr888);
    image.resolution = (300.0, 203.2);
    image.set_orientation(Orientation::Left);
    let mut icc = vec![0; 131];
    icc[16..20].copy_from_slice(b"RGB ");
    image.metadata.icc = Some(icc.clone());
    image.metadata.xmp = Some(b"<x:xmpmeta/>".to_vec());
    // Little-endian EXIF: the EXIF directory at 26 with an ISO speed (34855) of 400.
    let mut exif = b"II*\0\x08\0\0\0\x01\0\x69\x87\x04\0\x01\0\0\0\x1a\0\0\0\0\0\0\0".to_vec();
    exif.extend(b"\x01\0\x27\x88\x03\0\x01\0\0\0\x90\x01\0\0\0\0\0\0");
    image.metadata.exif = Some(exif);
    let back = read_as(&save(&image, C::Deflate), None).unwrap();
    assert_eq!(back.resolution, (300.0, 203.2));
    assert_eq!(back.orientation, Orientation::Left);
    assert_eq!(back.metadata.icc, Some(icc));
    assert_eq!(back.metadata.xmp.as_deref(), Some(&b"<x:xmpmeta/>"[..]));
    let exif = back.metadata.exif.unwrap();
    assert_eq!(crate::metadata::exif::orientation(&exif), Some(8));
    assert!(exif.windows(12).any(|entry| entry == b"\x27\x88\x03\0\x01\0\0\0\x90\x01\0\0"));

    image.resolution = (0.0, 0.0);
    assert_eq!(read_as(&save(&image, C::None), None).unwrap().resolution, (0.0, 0.0));
}

#[test]
fn a_stream_gets_the_same_pixels_as_memory() {
    for compression in [C::Auto, C::None] {
        let image = sample(70, 50, PixelFormat::Gray8);
        let options = SaveOptions { compression, ..SaveOptions::default() };
        let mut stream = Vec::new();
        writer::save_stream(&image, FileFormat::Tiff, &mut stream, &options).unwrap();
        assert_eq!(read_as(&stream, None).unwrap().pixels(), image.pixels());
    }
}

#[test]
fn a_cut_file_is_damaged_at_every_length() {
    for (format, compression) in
        [(PixelFormat::Binary, C::G4), (PixelFormat::Gray8, C::Lzw), (PixelFormat::Bgr888, C::None)]
    {
        let bytes = save(&sample(33, 9, format), compression);
        for len in 4..bytes.len() {
            let error = read_as(&bytes[..len], None).err();
            let error =
                error.unwrap_or_else(|| panic!("{format:?} cut to {len} of {}", bytes.len()));
            assert_eq!(error.kind(), Kind::Damaged, "{len}: {error}");
        }
    }
}

#[test]
fn changed_bytes_never_panic() {
    for (format, compression) in [
        (PixelFormat::Binary, C::G4),
        (PixelFormat::Gray8, C::Lzw),
        (PixelFormat::Bgr888, C::Deflate),
        (PixelFormat::Gray16, C::PackBits),
    ] {
        let bytes = save(&sample(23, 6, format), compression);
        for at in 0..bytes.len() {
            for value in [0, 1, 3, 7, 128, 255] {
                let mut changed = bytes.clone();
                changed[at] = value;
                for tolerance in [Tolerance::Strict, Tolerance::Recover] {
                    let limits = crate::limits::Limits {
                        max_memory: 16 << 20,
                        ..crate::limits::Limits::default()
                    };
                    let options = ReadOptions { tolerance, limits, ..ReadOptions::default() };
                    let _ = reader::read(Source::from_bytes(changed.clone()), &options);
                }
            }
        }
    }
}

#[test]
fn only_tiff_is_recognized() {
    assert!(Tiff.recognizes(b"II*\0\x08\0\0\0") && Tiff.recognizes(b"MM\0*\0\0\0\x08"));
    assert!(Tiff.recognizes(b"II+\0\x08\0\0\0") && Tiff.recognizes(b"MM\0+\0\x08\0\0"));
    for other in [&b"II*"[..], b"MM*\0", b"II\0*", b"\x89PNG", b""] {
        assert!(!Tiff.recognizes(other));
    }
}

/// Appends the file `b` to `a` as its next page.
fn joined(a: &[u8], b: &[u8]) -> Vec<u8> {
    let long = |bytes: &[u8], at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
    let mut all = a.to_vec();
    all.resize(all.len().next_multiple_of(2), 0);
    let base = all.len() as u32;
    all.extend(b);
    let first = long(a, 4) as usize;
    let count = usize::from(u16::from_le_bytes([a[first], a[first + 1]]));
    let directory = long(b, 4);
    all[first + 2 + count * 12..][..4].copy_from_slice(&(directory + base).to_le_bytes());
    // Offsets within `b` move: strips, and values that are not in their entry.
    let start = (directory + base) as usize;
    let count = usize::from(u16::from_le_bytes([all[start], all[start + 1]]));
    for entry in (0..count).map(|index| start + 2 + index * 12) {
        let tag = u16::from_le_bytes([all[entry], all[entry + 1]]);
        let kind = u16::from_le_bytes([all[entry + 2], all[entry + 3]]);
        let len = tags::kind::sizes(kind).unwrap().0 * u64::from(long(&all, entry + 4));
        if len > 4 || tag == tags::STRIP_OFFSETS {
            let moved = long(&all, entry + 8) + base;
            all[entry + 8..entry + 12].copy_from_slice(&moved.to_le_bytes());
        }
    }
    all
}

#[test]
fn every_page_of_a_chain_is_read_and_a_loop_ends_it() {
    let (a, b) = (sample(9, 9, PixelFormat::Gray8), sample(5, 7, PixelFormat::Bgr888));
    let mut bytes = joined(&save(&a, C::None), &save(&b, C::Auto));
    let open = |bytes: &[u8]| {
        Reader::open(Source::from_bytes(bytes.to_vec()), ReadOptions::default()).unwrap()
    };
    let mut reader = open(&bytes);
    assert_eq!(reader.page_count(), 2);
    let second = reader.read_page(1).unwrap();
    assert_eq!(pixels(&second, PixelFormat::Bgr888), b.pixels());
    assert_eq!(reader.read_page(0).unwrap().pixels(), a.pixels());
    // The second directory leads back to the first.
    let first: [u8; 4] = bytes[4..8].try_into().unwrap();
    let second = u32::from_le_bytes({
        let at = u32::from_le_bytes(first) as usize;
        let count = usize::from(u16::from_le_bytes([bytes[at], bytes[at + 1]]));
        bytes[at + 2 + count * 12..][..4].try_into().unwrap()
    }) as usize;
    let count = usize::from(u16::from_le_bytes([bytes[second], bytes[second + 1]]));
    bytes[second + 2 + count * 12..][..4].copy_from_slice(&first);
    assert_eq!(open(&bytes).page_count(), 2);
}

#[test]
fn the_header_equals_what_is_decoded() {
    for format in FORMATS {
        let bytes = save(&sample(31, 12, format), C::Auto);
        let mut reader = Reader::open(Source::from_bytes(bytes), ReadOptions::default()).unwrap();
        let info = reader.page_info(0).unwrap();
        let image = reader.read_page(0).unwrap();
        assert_eq!(info.layout, image.layout());
        assert_eq!((info.stored_width, info.stored_height), (31, 12));
    }
}

/// Tag, type, values.
type Given<'a> = (u16, u16, &'a [u32]);

/// A classic big-endian file of one strip with these fields.
fn made(fields: &[Given], strip: &[u8]) -> Vec<u8> {
    let mut fields = fields.to_vec();
    let (offset, len) = ([8], [strip.len() as u32]);
    fields.push((tags::STRIP_OFFSETS, 4, &offset));
    fields.push((tags::STRIP_BYTE_COUNTS, 4, &len));
    let mut bytes = b"MM\0*\0\0\0\0".to_vec();
    bytes.extend(strip);
    let mut directory = (fields.len() as u16).to_be_bytes().to_vec();
    for (tag, kind, values) in fields {
        let mut value: Vec<u8> = match kind {
            3 => values.iter().flat_map(|value| (*value as u16).to_be_bytes()).collect(),
            _ => values.iter().flat_map(|value| value.to_be_bytes()).collect(),
        };
        if value.len() > 4 {
            let place = bytes.len() as u32;
            bytes.extend(value);
            value = place.to_be_bytes().to_vec();
        }
        value.resize(4, 0);
        directory.extend([tag, kind].into_iter().flat_map(u16::to_be_bytes));
        directory.extend((values.len() as u32).to_be_bytes());
        directory.extend(value);
    }
    let at = bytes.len() as u32;
    bytes[4..8].copy_from_slice(&at.to_be_bytes());
    bytes.extend(directory);
    bytes.extend([0; 4]);
    bytes
}

#[test]
fn palettes_become_colours_grays_or_bits() {
    let page = |map: &[u32]| {
        made(
            &[(256, 3, &[3]), (257, 3, &[1]), (258, 3, &[1]), (262, 3, &[3]), (320, 3, map)],
            &[0b0100_0000],
        )
    };
    let colours = read_as(&page(&[0xffff, 0, 0, 0xffff, 0, 0]), None).unwrap();
    assert_eq!(colours.layout().format, PixelFormat::Rgb888);
    assert_eq!(colours.pixels(), [0, 0, 255, 0, 255, 0, 0, 0, 255]);
    let grays = read_as(&page(&[0xff00, 0x8000, 0xff00, 0x8000, 0xff00, 0x8000]), None).unwrap();
    assert_eq!((grays.layout().format, grays.pixels()), (PixelFormat::Gray8, &[255, 128, 255][..]));
    let bits = read_as(&page(&[0xffff, 0, 0xffff, 0, 0xffff, 0]), None).unwrap();
    assert_eq!((bits.layout().format, bits.pixels()), (PixelFormat::Binary, &[0b1010_0000][..]));
}

#[test]
fn associated_alpha_is_divided_out_and_twelve_bits_are_scaled() {
    let page = made(
        &[
            (256, 3, &[2]),
            (257, 3, &[1]),
            (258, 3, &[8, 8]),
            (262, 3, &[1]),
            (277, 3, &[2]),
            (338, 3, &[1]),
        ],
        &[50, 100, 7, 0],
    );
    let image = read_as(&page, None).unwrap();
    assert_eq!(image.pixels(), [128, 128, 128, 100, 0, 0, 0, 0]);
    let page = made(
        &[(256, 3, &[2]), (257, 3, &[1]), (258, 3, &[12]), (262, 3, &[0])],
        &[0x00, 0x0f, 0xff],
    );
    let image = read_as(&page, None).unwrap();
    let samples = image.pixels().as_chunks::<2>().0;
    assert_eq!(samples.iter().map(|s| u16::from_ne_bytes(*s)).collect::<Vec<_>>(), [65_535, 0]);
}

#[test]
fn what_is_not_supported_is_named() {
    let cases: [(&[Given], &str); 4] = [
        (&[(262, 3, &[10]), (277, 3, &[3]), (258, 3, &[8, 8, 8])], "10 (ITULab)"),
        (&[(262, 3, &[1]), (259, 3, &[34887])], "34887 (LERC)"),
        (&[(262, 3, &[2]), (277, 3, &[3]), (258, 3, &[5, 6, 5])], "bits per sample that differ"),
        (&[(262, 3, &[1]), (258, 3, &[13]), (339, 3, &[3])], "13 bits per sample"),
    ];
    for (fields, wanted) in cases {
        let fields = [&[(256, 3, &[4][..]), (257, 3, &[4])], fields].concat();
        let error = read_as(&made(&fields, &[0; 64]), None).unwrap_err();
        assert_eq!(error.kind(), Kind::FeatureUnsupported, "{error}");
        assert!(error.to_string().contains(wanted), "{error}");
    }
}

#[test]
fn metadata_beyond_the_end_is_named() {
    let mut image = sample(20, 10, PixelFormat::Bgr888);
    let mut icc = vec![0; 131];
    icc[16..20].copy_from_slice(b"RGB ");
    image.metadata.icc = Some(icc);
    image.metadata.xmp = Some(b"<x:xmpmeta/>".to_vec());
    let mut file = save(&image, C::None);
    // Entry of the profile: tag, UNDEFINED, 131 values. Now a gigabyte.
    let entry = b"\x73\x87\x07\0\x83\0\0\0";
    let at = file.windows(8).position(|bytes| bytes == entry).unwrap();
    file[at + 7] = 0x40;
    let image = read_as(&file, None).unwrap();
    assert_eq!(image.metadata.icc, None);
    assert_eq!(image.metadata.xmp.as_deref(), Some(&b"<x:xmpmeta/>"[..]));
    assert_eq!(image.warnings.len(), 1);
    assert!(image.warnings[0].contains("tag 34675"), "{}", image.warnings[0]);
}

#[test]
fn a_short_strip_is_named() {
    let page = made(&[(256, 3, &[8]), (257, 3, &[8]), (258, 3, &[8]), (262, 3, &[1])], &[1; 20]);
    let error = read_as(&page, None).unwrap_err();
    assert!(error.to_string().contains("strip 0 ends after 20 of 64 bytes"), "{error}");
    let options = ReadOptions { tolerance: Tolerance::Recover, ..ReadOptions::default() };
    let image = reader::read(Source::from_bytes(page), &options).unwrap();
    assert_eq!(image.pixels()[..16], [1; 16]);
    assert_eq!(image.pixels()[16..], [0; 48]);
    assert_eq!(image.warnings.len(), 1);
}

#[test]
fn a_row_that_no_such_file_can_hold_takes_no_memory() {
    let page =
        made(&[(256, 3, &[60_000]), (257, 3, &[8]), (258, 3, &[8]), (277, 3, &[9_000])], &[1]);
    let error = read_as(&page, None).unwrap_err();
    assert!(error.to_string().contains("a row of"), "{error}");
}

#[test]
fn floats_that_are_cut_off_are_told_of() {
    let float = |values: [f32; 4]| {
        let fields: &[Given] =
            &[(256, 3, &[4]), (257, 3, &[1]), (258, 3, &[32]), (262, 3, &[1]), (339, 3, &[3])];
        read_as(&made(fields, &values.map(f32::to_be_bytes).concat()), None).unwrap()
    };
    assert_eq!(float([0.0, 0.5, 1.0, 0.25]).warnings, [""; 0]);
    for beyond in [1.5, -0.1, f32::NAN] {
        assert_eq!(float([0.0, 0.5, 1.0, beyond]).warnings.len(), 1);
    }
}
