//! Tests of reading and writing PNG, on samples made here.

use super::chunks::{SIGNATURE, checksum};
use crate::error::{Kind, Result};
use crate::format::FileFormat;
use crate::image::{ImageData, Orientation};
use crate::limits::Limits;
use crate::options::{ReadOptions, SaveOptions, Tolerance};
use crate::pixel::PixelFormat as F;
use crate::reader::{Reader, read};
use crate::source::Source;
use crate::writer::save_memory;

fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let len = (data.len() as u32).to_be_bytes();
    [&len[..], kind, data, &checksum(kind, data).to_be_bytes()].concat()
}

fn header(width: u32, height: u32, depth: u8, colour: u8) -> Vec<u8> {
    let size = [width.to_be_bytes(), height.to_be_bytes()].concat();
    chunk(b"IHDR", &[&size[..], &[depth, colour, 0, 0, 0]].concat())
}

fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut encoder, bytes).unwrap();
    encoder.finish().unwrap()
}

/// A file of `rows`, each of which begins with its filter.
fn file(header: &[u8], before: &[Vec<u8>], rows: &[u8], after: &[Vec<u8>]) -> Vec<u8> {
    let mut file = [&SIGNATURE[..], header, &before.concat()].concat();
    file.extend(chunk(b"IDAT", &deflated(rows)));
    file.extend(after.concat());
    file.extend(chunk(b"IEND", &[]));
    file
}

fn open(bytes: &[u8], options: ReadOptions) -> Result<Reader> {
    Reader::open(Source::from_bytes(bytes.to_vec()), options)
}

fn decode(bytes: &[u8]) -> Result<ImageData> {
    read(Source::from_bytes(bytes.to_vec()), &ReadOptions::default())
}

fn sample(width: u32, height: u32, format: F) -> ImageData {
    let mut image = ImageData::new(width, height, format).unwrap();
    for (at, byte) in image.pixels_mut().iter_mut().enumerate() {
        *byte = (at * 89 % 251) as u8;
    }
    if format.is_packed_bits() {
        let row = image.layout().row_len();
        for row in image.pixels_mut().chunks_mut(row) {
            crate::pixel::convert::clear_tail(row, width as usize);
        }
    }
    image
}

fn samples(image: &ImageData) -> Vec<u16> {
    image.pixels().as_chunks::<2>().0.iter().map(|bytes| u16::from_ne_bytes(*bytes)).collect()
}

#[test]
fn every_stored_format_survives_every_level() {
    let pairs = [
        (F::Binary, F::Binary),
        (F::Gray8, F::Gray8),
        (F::Gray16, F::Gray16),
        (F::Rgb888, F::Rgb888),
        (F::Argb8888, F::Argb8888),
        (F::Rgb161616, F::Rgb161616),
        (F::Argb16161616, F::Argb16161616),
        (F::Bgr888, F::Rgb888),
        (F::Abgr8888, F::Argb8888),
        (F::Abgr16161616, F::Argb16161616),
    ];
    for (format, native) in pairs {
        let image = sample(37, 11, format);
        for level in 0..=9 {
            let options = SaveOptions { level, ..SaveOptions::default() };
            let bytes = save_memory(&image, FileFormat::Png, &options).unwrap();
            assert_eq!(decode(&bytes).unwrap().layout().format, native, "{format:?}");
            let as_before = ReadOptions { pixel_format: Some(format), ..ReadOptions::default() };
            let back = read(Source::from_bytes(bytes), &as_before).unwrap();
            assert_eq!(back.pixels(), image.pixels(), "{format:?} at level {level}");
        }
    }
}

#[test]
fn every_format_can_be_asked_for() {
    let image = sample(19, 5, F::Rgb888);
    let bytes = save_memory(&image, FileFormat::Png, &SaveOptions::default()).unwrap();
    let budget = ReadOptions::default().budget();
    for format in F::ALL {
        let options = ReadOptions { pixel_format: Some(format), ..ReadOptions::default() };
        let asked = read(Source::from_bytes(bytes.clone()), &options).unwrap();
        let converted = image.convert(format, &budget).unwrap();
        assert_eq!(asked.pixels(), converted.pixels(), "{format:?}");
    }
}

#[test]
fn resolution_metadata_and_angle_are_written_and_read() {
    let mut image = sample(5, 4, F::Rgb888);
    let mut icc = vec![7; 128];
    icc[16..20].copy_from_slice(b"RGB ");
    image.metadata.icc = Some(icc.clone());
    image.metadata.xmp = Some(b"<x:xmpmeta/>".to_vec());
    image.resolution = (300.0, 200.0);
    image.set_orientation(Orientation::from_degrees(90).unwrap());
    let bytes = save_memory(&image, FileFormat::Png, &SaveOptions::default()).unwrap();
    let back = decode(&bytes).unwrap();
    assert_eq!(back.resolution, (300.0, 200.0));
    assert_eq!(back.orientation, image.orientation);
    assert_eq!(back.metadata.icc, Some(icc));
    assert_eq!(back.metadata.xmp, image.metadata.xmp);
    assert_eq!(back.metadata.exif.as_deref().and_then(crate::metadata::exif::orientation), Some(6));
    let info = open(&bytes, ReadOptions::default()).unwrap().page_info(0).unwrap();
    assert!(info.has_icc && info.has_xmp && info.has_exif);
}

#[test]
fn metadata_behind_the_pixels_are_found_without_decoding() {
    let exif = crate::metadata::exif::with_orientation(8);
    let text = [&b"XML:com.adobe.xmp\0\x01\0en\0\0"[..], &deflated(b"<packet>")].concat();
    let after = [chunk(b"eXIf", &exif), chunk(b"iTXt", &text)];
    let bytes = file(&header(1, 1, 8, 0), &[], &[0, 5], &after);
    let mut reader = open(&bytes, ReadOptions::default()).unwrap();
    let info = reader.page_info(0).unwrap();
    let image = reader.read_page(0).unwrap();
    assert_eq!(info.orientation.degrees(), 270);
    assert_eq!(image.orientation, info.orientation);
    assert_eq!(image.metadata.xmp.as_deref(), Some(&b"<packet>"[..]));
}

#[test]
fn a_palette_of_black_and_white_is_bilevel_in_either_order() {
    let palettes = [[0, 0, 0, 255, 255, 255], [255, 255, 255, 0, 0, 0]];
    for (palette, expected) in palettes.iter().zip([0b1010_0000, 0b0100_0000]) {
        let bytes = file(&header(3, 1, 1, 3), &[chunk(b"PLTE", palette)], &[0, 0b1011_1111], &[]);
        let image = decode(&bytes).unwrap();
        assert_eq!((image.layout().format, image.pixels()), (F::Binary, &[expected][..]));
    }
}

#[test]
fn grays_of_few_bits_and_palettes_are_expanded() {
    let gray = decode(&file(&header(3, 1, 2, 0), &[], &[0, 0b0001_1100], &[])).unwrap();
    assert_eq!((gray.layout().format, gray.pixels()), (F::Gray8, &[0, 85, 255][..]));
    let grays = chunk(b"PLTE", &[9, 9, 9, 4, 4, 4]);
    let gray = decode(&file(&header(3, 1, 4, 3), &[grays], &[0, 0x01, 0x70], &[])).unwrap();
    assert_eq!((gray.layout().format, gray.pixels()), (F::Gray8, &[9, 4, 0][..]));
    let colours = [chunk(b"PLTE", &[1, 2, 3, 4, 5, 6])];
    let rgb = decode(&file(&header(2, 1, 8, 3), &colours, &[0, 1, 0], &[])).unwrap();
    assert_eq!((rgb.layout().format, rgb.pixels()), (F::Rgb888, &[6, 5, 4, 3, 2, 1][..]));
}

#[test]
fn transparent_values_are_compared_at_the_depth_of_the_file() {
    let key = [chunk(b"tRNS", &[0, 1])];
    let gray = file(&header(2, 1, 4, 0), &key, &[0, 0x12], &[]);
    let image = decode(&gray).unwrap();
    assert_eq!((image.layout().format, image.pixels()), (F::Gray8, &[17, 34][..]));
    let wanted = ReadOptions { pixel_format: Some(F::Argb8888), ..ReadOptions::default() };
    let image = crate::reader::read(Source::from_bytes(gray), &wanted).unwrap();
    assert_eq!(image.pixels(), [17, 17, 17, 0, 34, 34, 34, 255]);
    let key = [chunk(b"tRNS", &[1, 2, 1, 2, 1, 2])];
    let rows = [0, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 3];
    let image = decode(&file(&header(2, 1, 16, 2), &key, &rows, &[])).unwrap();
    assert_eq!(image.layout().format, F::Argb16161616);
    assert_eq!(samples(&image), [258, 258, 258, 0, 259, 258, 258, 65535]);
    let alphas = [chunk(b"PLTE", &[1, 2, 3, 4, 5, 6]), chunk(b"tRNS", &[7])];
    let image = decode(&file(&header(2, 1, 1, 3), &alphas, &[0, 0x40], &[])).unwrap();
    assert_eq!(image.pixels(), [3, 2, 1, 7, 6, 5, 4, 255]);
}

#[test]
fn a_file_cut_anywhere_is_an_error_or_recovers_rows() {
    let mut image = sample(16, 16, F::Rgb888);
    image.metadata.xmp = Some(b"<x:xmpmeta/>".to_vec());
    let bytes = save_memory(&image, FileFormat::Png, &SaveOptions::default()).unwrap();
    let recover = ReadOptions { tolerance: Tolerance::Recover, ..ReadOptions::default() };
    let mut recovered = 0;
    for len in 0..bytes.len() {
        assert!(decode(&bytes[..len]).is_err(), "{len} of {} bytes", bytes.len());
        let Ok(part) = read(Source::from_bytes(bytes[..len].to_vec()), &recover) else { continue };
        assert!(!part.warnings.is_empty());
        recovered += 1;
    }
    assert!(recovered > bytes.len() / 4, "{recovered} of {}", bytes.len());
}

#[test]
fn a_wrong_byte_anywhere_is_noticed_or_does_no_harm() {
    let image = sample(6, 6, F::Gray8);
    let bytes = save_memory(&image, FileFormat::Png, &SaveOptions::default()).unwrap();
    for at in 0..bytes.len() {
        for change in [1, 0x80, 0xff] {
            let mut wrong = bytes.clone();
            wrong[at] ^= change;
            if let Ok(read) = decode(&wrong) {
                assert_eq!(read.pixels(), image.pixels(), "byte {at}");
            }
        }
    }
}

#[test]
fn a_wrong_checksum_is_damage_unless_the_data_vouch_for_themselves() {
    let bytes = file(&header(2, 1, 8, 0), &[], &[0, 7, 9], &[]);
    let at = bytes.windows(4).position(|window| window == b"IDAT").unwrap();
    let len = deflated(&[0, 7, 9]).len();
    let mut wrong_sum = bytes.clone();
    wrong_sum[at + 4 + len] ^= 1;
    assert_eq!(decode(&wrong_sum).unwrap().pixels(), [7, 9]);
    // The other checksum, at the end of the data.
    wrong_sum[at + 4 + len - 1] ^= 1;
    assert_eq!(decode(&wrong_sum).unwrap_err().kind(), Kind::Damaged);
    let mut wrong_header = bytes;
    wrong_header[30] ^= 1;
    assert_eq!(decode(&wrong_header).unwrap_err().kind(), Kind::Damaged);
}

#[test]
fn the_checksum_of_the_data_counts_where_there_is_one() {
    let with = |data: &[u8]| {
        let image = [chunk(b"IDAT", data), chunk(b"IEND", &[])].concat();
        [&SIGNATURE[..], &header(2, 1, 8, 0), &image].concat()
    };
    let good = deflated(&[0, 7, 9]);
    let mut wrong = good.clone();
    *wrong.last_mut().unwrap() ^= 1;
    let error = decode(&with(&wrong)).unwrap_err();
    assert!(error.to_string().contains("checksum"), "{error}");
    // One that is missing, or stands after more data than rows, is borne as libpng bears it.
    let longer = deflated(&[0, 7, 9, 1, 2]);
    for data in [&good[..good.len() - 4], &good[..good.len() - 1], &longer[..longer.len() - 1]] {
        assert_eq!(decode(&with(data)).unwrap().pixels(), [7, 9]);
    }
}

#[test]
fn chunks_of_any_length_make_one_stream() {
    let mut image = ImageData::new(211, 307, F::Rgb888).unwrap();
    let mut noise = 1u32;
    for byte in image.pixels_mut() {
        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        *byte = (noise >> 24) as u8;
    }
    let bytes = save_memory(&image, FileFormat::Png, &SaveOptions::default()).unwrap();
    let start = bytes.windows(4).position(|window| window == b"IDAT").unwrap() - 4;
    let mut data = Vec::new();
    let mut rest = &bytes[start..];
    while let Some((len, after)) = rest.split_first_chunk::<4>() {
        let len = u32::from_be_bytes(*len) as usize;
        if after.starts_with(b"IDAT") {
            data.extend(&after[4..4 + len]);
        }
        rest = &after[4 + len + 4..];
    }
    assert!(data.len() > 128 << 10, "{} bytes are less than are held at a time", data.len());
    for len in [7, 8192, 65_536, 70_000, data.len()] {
        let parts: Vec<u8> = data.chunks(len).flat_map(|part| chunk(b"IDAT", part)).collect();
        let empty = chunk(b"IDAT", &[]);
        let file = [&bytes[..start], &empty, &parts, &empty, &chunk(b"IEND", &[])].concat();
        let wanted = ReadOptions { pixel_format: Some(F::Rgb888), ..ReadOptions::default() };
        let back = read(Source::from_bytes(file), &wanted).unwrap();
        assert!(back.pixels() == image.pixels(), "chunks of {len} bytes");
    }
}

/// The rows of the seven passes, each with filter 0, of rows that are stored without.
fn interlaced(rows: &[Vec<u8>], width: usize, bits: usize) -> Vec<u8> {
    let bit = |row: &[u8], at: usize| row[at / 8] >> (7 - at % 8) & 1;
    let mut all = Vec::new();
    for (x, y, across, down) in [
        (0, 0, 8, 8),
        (4, 0, 8, 8),
        (0, 4, 4, 8),
        (2, 0, 4, 4),
        (0, 2, 2, 4),
        (1, 0, 2, 2),
        (0, 1, 1, 2),
    ] {
        if x >= width {
            continue;
        }
        for row in rows.iter().skip(y).step_by(down) {
            let pixels = (x..width).step_by(across);
            let stream: Vec<u8> =
                pixels.flat_map(|x| (x * bits..(x + 1) * bits).map(|at| bit(row, at))).collect();
            all.push(0);
            all.extend(stream.chunks(8).map(|part| {
                part.iter().enumerate().fold(0, |byte, (at, bit)| byte | bit << (7 - at))
            }));
        }
    }
    all
}

#[test]
fn interlaced_images_are_those_without_passes() {
    let kinds = [(1, 0, 1), (2, 0, 2), (4, 0, 4), (8, 0, 8), (16, 0, 16), (8, 2, 24), (8, 4, 16)];
    let wide = [(8, 6, 32), (16, 2, 48), (16, 6, 64)];
    for (depth, colour, bits) in kinds.into_iter().chain(wide) {
        for (width, height) in [(1usize, 1usize), (3, 2), (4, 5), (9, 9), (17, 13)] {
            let len = (width * bits).div_ceil(8);
            let rows: Vec<Vec<u8>> = (0..height)
                .map(|y| (0..len).map(|x| (x * 89 + y * 57 + x * y * 13) as u8).collect())
                .collect();
            let mut ihdr = header(width as u32, height as u32, depth, colour);
            let plain: Vec<u8> = rows.iter().flat_map(|row| [&[0], &row[..]].concat()).collect();
            let expected = decode(&file(&ihdr, &[], &plain, &[])).unwrap();
            ihdr[20] = 1;
            let ihdr = chunk(b"IHDR", &ihdr[8..21]);
            let woven = decode(&file(&ihdr, &[], &interlaced(&rows, width, bits), &[])).unwrap();
            assert_eq!(woven.pixels(), expected.pixels(), "{width} x {height}, {depth}, {colour}");
        }
    }
}

#[test]
fn illegal_headers_and_missing_parts_are_damage() {
    let rows = &[0, 0];
    let files = [
        file(&header(1, 1, 3, 0), &[], rows, &[]),
        file(&header(1, 1, 16, 3), &[], rows, &[]),
        file(&header(1, 1, 8, 1), &[], rows, &[]),
        file(&header(0, 1, 8, 0), &[], rows, &[]),
        file(&header(1, 1, 8, 3), &[], rows, &[]),
        file(&[], &[], rows, &[]),
        file(&header(1, 1, 8, 0), &[chunk(b"CgBI", &[0])], rows, &[]),
        file(&header(1, 1, 8, 0), &[], &[0], &[]),
        [&SIGNATURE[..], &header(1, 1, 8, 0), &chunk(b"IEND", &[])].concat(),
    ];
    for (at, bytes) in files.iter().enumerate() {
        assert_eq!(decode(bytes).unwrap_err().kind(), Kind::Damaged, "file {at}");
    }
    assert_eq!(decode(b"\x89PNG\r\n\x1a").unwrap_err().kind(), Kind::UnknownFormat);
}

#[test]
fn a_profile_that_inflates_without_end_meets_the_limit() {
    let profile = [b"p\0\0".to_vec(), deflated(&vec![0; 2 << 20])].concat();
    let bytes = file(&header(1, 1, 8, 0), &[chunk(b"iCCP", &profile)], &[0, 0], &[]);
    assert!(decode(&bytes).unwrap().metadata.icc.is_some());
    let limits = Limits { max_metadata: 1 << 20, ..Limits::default() };
    let error = read(Source::from_bytes(bytes), &ReadOptions { limits, ..ReadOptions::default() });
    assert_eq!(error.unwrap_err().kind(), Kind::LimitExceeded);
}

#[test]
fn sizes_are_checked_before_memory_is_asked_for() {
    let bytes = file(&header(60_000, 60_000, 8, 2), &[], &[0], &[]);
    assert_eq!(decode(&bytes).unwrap_err().kind(), Kind::LimitExceeded);
    let bytes = file(&header(20_000, 20_000, 8, 0), &[], &[0], &[]);
    assert_eq!(decode(&bytes).unwrap_err().kind(), Kind::Damaged);
}

fn control(number: u32, place: [u32; 4], disposal: u8, blend: u8) -> Vec<u8> {
    let mut data = number.to_be_bytes().to_vec();
    data.extend(place.iter().flat_map(|number| number.to_be_bytes()));
    data.extend([0, 1, 0, 10, disposal, blend]);
    chunk(b"fcTL", &data)
}

fn frame_data(number: u32, rows: &[u8]) -> Vec<u8> {
    chunk(b"fdAT", &[&number.to_be_bytes()[..], &deflated(rows)].concat())
}

/// Gray and alpha, 2 x 1: white; then a half-transparent black dot, blended; then a dot that replaces.
fn animation() -> Vec<u8> {
    let before = [chunk(b"acTL", &[0, 0, 0, 3, 0, 0, 0, 0]), control(0, [2, 1, 0, 0], 0, 0)];
    let after = [
        control(1, [1, 1, 1, 0], 2, 1),
        frame_data(2, &[0, 0, 0x80]),
        control(3, [1, 1, 0, 0], 1, 0),
        frame_data(4, &[0, 9, 0]),
    ];
    file(&header(2, 1, 8, 4), &before, &[0, 255, 255, 255, 255], &after)
}

#[test]
fn frames_are_composed_on_the_whole_canvas_in_any_order() {
    let mut reader = open(&animation(), ReadOptions::default()).unwrap();
    assert_eq!(reader.page_count(), 3);
    let expected = [
        [255, 255, 255, 255, 255, 255, 255, 255],
        [255, 255, 255, 255, 127, 127, 127, 255],
        [9, 9, 9, 0, 255, 255, 255, 255],
    ];
    for page in [0, 1, 2, 2, 1, 0, 2] {
        let image = reader.read_page(page).unwrap();
        assert_eq!(image.pixels(), expected[page as usize], "page {page}");
        let info = reader.page_info(page).unwrap();
        assert_eq!((info.layout, info.animated), (image.layout(), true));
    }
}

#[test]
fn a_damaged_frame_spares_the_pages_before_it() {
    let mut bytes = animation();
    let at = bytes.windows(4).rposition(|window| window == b"fdAT").unwrap();
    bytes[at + 9] ^= 1;
    let mut reader = open(&bytes, ReadOptions::default()).unwrap();
    reader.read_page(1).unwrap();
    assert_eq!(reader.read_page(2).unwrap_err().kind(), Kind::Damaged);
    let mut cut = open(&bytes[..at + 6], ReadOptions::default()).unwrap();
    cut.read_page(1).unwrap();
    assert_eq!(cut.read_page(2).unwrap_err().kind(), Kind::Damaged);
}
