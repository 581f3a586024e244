//! Tests of WebP on files made here; what lossy ones hold is compared with another decoder.

use image_webp::{ColorType, WebPDecoder, WebPEncoder};

use super::WebP;
use crate::codec::testing;
use crate::error::{Error, Kind, Result};
use crate::image::{ImageData, Orientation};
use crate::limits::Limits;
use crate::options::{ReadOptions, Tolerance};
use crate::pixel::PixelFormat as F;
use crate::reader::{Reader, read};
use crate::source::Source;

struct Random(u64);

impl Random {
    fn next(&mut self) -> u8 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 32) as u8
    }

    fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.next()).collect()
    }
}

fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let mut all = kind.to_vec();
    all.extend((data.len() as u32).to_le_bytes());
    all.extend(data);
    all.resize(all.len().next_multiple_of(2), 0);
    all
}

fn file(chunks: &[Vec<u8>]) -> Vec<u8> {
    let mut data = b"WEBP".to_vec();
    data.extend(chunks.concat());
    chunk(b"RIFF", &data)
}

fn extended(flags: u8, width: u32, height: u32) -> Vec<u8> {
    let [a, b, c, _] = (width - 1).to_le_bytes();
    let [d, e, f, _] = (height - 1).to_le_bytes();
    chunk(b"VP8X", &[flags, 0, 0, 0, a, b, c, d, e, f])
}

/// A frame whose header, modes and coefficients are whatever random bits make of them.
fn lossy(width: u16, height: u16, random: &mut Random) -> Vec<u8> {
    let blocks = usize::from(width.div_ceil(16)) * usize::from(height.div_ceil(16));
    let first = random.bytes(2000 + 40 * blocks);
    let tag =
        (u32::from(random.next() % 4) << 1 | 1 << 4 | (first.len() as u32) << 5).to_le_bytes();
    let mut data = vec![tag[0], tag[1], tag[2], 0x9d, 0x01, 0x2a];
    data.extend(width.to_le_bytes());
    data.extend(height.to_le_bytes());
    data.extend(first);
    // Up to eight partitions, each long enough.
    let len = 400 * blocks + 200;
    let sizes: Vec<u8> =
        (0..7).flat_map(|_| [len as u8, (len >> 8) as u8, (len >> 16) as u8]).collect();
    data.extend(sizes);
    data.extend(random.bytes(8 * len));
    data
}

/// What another decoder makes of a file: R, G, B, and alpha where there is one. It wants the usual colour space of VP8,
/// which is nothing but a name.
fn other(file: &[u8]) -> Option<(bool, Vec<u8>)> {
    let mut decoder = WebPDecoder::new(std::io::Cursor::new(file)).unwrap();
    let mut pixels = vec![0; decoder.output_buffer_size().unwrap()];
    match decoder.read_image(&mut pixels) {
        Err(image_webp::DecodingError::ColorSpaceInvalid(_)) => None,
        outcome => Some(outcome.map(|()| (decoder.has_alpha(), pixels)).unwrap()),
    }
}

/// Compares with it; how often that could be done.
fn agrees(file: &[u8], what: &str) -> usize {
    let Some((has_alpha, expected)) = other(file) else { return 0 };
    let format = if has_alpha { F::Abgr8888 } else { F::Bgr888 };
    let (_, pixels) = testing::read_as(&WebP, file, Some(format), &ReadOptions::default()).unwrap();
    assert!(pixels == expected, "{what}");
    1
}

fn lossless(pixels: &[u8], width: u32, height: u32, kind: ColorType) -> Vec<u8> {
    let mut file = Vec::new();
    WebPEncoder::new(&mut file).encode(pixels, width, height, kind).unwrap();
    file
}

/// The data of the only chunk.
fn image_of(file: &[u8]) -> Vec<u8> {
    let len = u32::from_le_bytes(file[16..20].try_into().unwrap()) as usize;
    file[20..20 + len].to_vec()
}

fn decode(file: &[u8]) -> Result<ImageData> {
    read(Source::from_bytes(file.to_vec()), &ReadOptions::default())
}

#[test]
fn lossy_frames_of_random_bits_are_what_others_see() {
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    let mut compared = 0;
    for (width, height) in [(1, 1), (2, 3), (15, 17), (16, 16), (33, 31), (64, 48), (100, 7)] {
        for round in 0..40 {
            let file = file(&[chunk(b"VP8 ", &lossy(width, height, &mut random))]);
            compared += agrees(&file, &format!("{width} x {height}, {round}"));
        }
    }
    assert!(compared > 100, "{compared}");
}

#[test]
fn alpha_of_lossy_frames_is_what_others_see() {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let mut compared = 0;
    for (width, height) in [(1u16, 1u16), (5, 9), (32, 20), (17, 40)] {
        for filter in [0, 1, 2, 3, 1, 2, 3] {
            let frame = chunk(b"VP8 ", &lossy(width, height, &mut random));
            let (wide, high) = (u32::from(width), u32::from(height));
            let count = usize::from(width) * usize::from(height);
            let mut raw = vec![filter << 2];
            raw.extend(random.bytes(count));
            let grays: Vec<u8> = random.bytes(count).iter().map(|gray| gray % 7).collect();
            let packed = image_of(&lossless(&grays, wide, high, ColorType::L8));
            let mut coded = vec![filter << 2 | 1];
            coded.extend(&packed[super::vp8l::HEAD..]);
            for alpha in [raw, coded] {
                let chunks = [extended(16, wide, high), chunk(b"ALPH", &alpha), frame.clone()];
                let what = format!("{width} x {height}, filter {filter}");
                compared += agrees(&file(&chunks), &what);
            }
        }
    }
    assert!(compared > 20, "{compared}");
}

#[test]
fn lossless_pixels_survive() {
    let mut random = Random(7);
    for (width, height) in [(1u32, 1u32), (3, 2), (17, 5), (200, 90)] {
        for (kind, samples) in [(ColorType::Rgb8, 3), (ColorType::Rgba8, 4)] {
            let count = (width * height * samples) as usize;
            let flat = vec![77; count];
            let shades: Vec<u8> = (0..count).map(|at| (at / 5 % 256) as u8).collect();
            for pixels in [flat, shades, random.bytes(count)] {
                let file = lossless(&pixels, width, height, kind);
                let format = if samples == 3 { F::Bgr888 } else { F::Abgr8888 };
                let (header, read) =
                    testing::read_as(&WebP, &file, Some(format), &ReadOptions::default()).unwrap();
                assert_eq!((header.width, header.height), (width, height));
                assert_eq!(header.has_alpha, samples == 4);
                assert!(read == pixels, "{width} x {height}, {samples} samples");
            }
        }
    }
}

/// Numbers of so many bits each, the lowest bit first.
fn bits(fields: &[(u32, u32)]) -> Vec<u8> {
    let mut all = Vec::new();
    for (value, count) in fields {
        all.extend((0..*count).map(|bit| value >> bit & 1 == 1));
    }
    let byte = |bits: &[bool]| bits.iter().rev().fold(0, |byte, bit| byte << 1 | u8::from(*bit));
    all.chunks(8).map(byte).collect()
}

/// A code of one symbol, or of two.
fn code(symbols: &[u32]) -> Vec<(u32, u32)> {
    let mut fields = vec![(1, 1), (symbols.len() as u32 - 1, 1), (1, 1)];
    fields.extend(symbols.iter().map(|symbol| (*symbol, 8)));
    fields
}

/// An image of two colours in a palette, eight pixels in one.
fn two_colours(width: u32, height: u32) -> Vec<u8> {
    let mut fields = vec![(0x2f, 8), (width - 1, 14), (height - 1, 14), (1, 1), (0, 3)];
    // The palette, of two: (10, 20, 30) and (11, 22, 33), half transparent. No cache.
    fields.extend([(1, 1), (3, 2), (1, 8), (0, 1)]);
    for symbols in [[2, 20], [1, 10], [3, 30], [0, 128], [0, 0]] {
        fields.extend(code(&symbols));
    }
    // Its two pixels: green, red, blue and alpha, the second as what it is more than the first.
    fields.extend([(1, 1), (1, 1), (1, 1), (1, 1), (0, 1), (0, 1), (0, 1), (0, 1)]);
    // No more transforms, no cache, one group; green is 0x55 or 0xaa.
    fields.extend([(0, 1), (0, 1), (0, 1)]);
    for symbols in [&[0x55, 0xaa][..], &[0], &[0], &[255], &[0]] {
        fields.extend(code(symbols));
    }
    fields.extend((0..width.div_ceil(8) * height).map(|at| (at & 1, 1)));
    bits(&fields)
}

#[test]
fn palettes_hold_several_pixels_in_one() {
    let (width, height) = (19, 3);
    let file = file(&[chunk(b"VP8L", &two_colours(width, height))]);
    let (_, pixels) =
        testing::read_as(&WebP, &file, Some(F::Abgr8888), &ReadOptions::default()).unwrap();
    let colours = [[10, 20, 30, 128], [11, 22, 33, 128]];
    for (at, pixel) in pixels.as_chunks::<4>().0.iter().enumerate() {
        let (x, y) = (at % 19, at / 19);
        // Eights of pixels take turns: odd places of one have the second colour, even ones of the other.
        let group = y * 3 + x / 8;
        assert_eq!(*pixel, colours[(x + 1 + group) % 2], "{x}, {y}");
    }
    assert_eq!(agrees(&file, "a palette"), 1);
}

#[test]
fn files_stand_cuts_and_changes() {
    let mut random = Random(3);
    let shades: Vec<u8> = (0..40 * 30 * 3).map(|at| (at / 7 % 200) as u8).collect();
    let chunks = [
        extended(0, 40, 30),
        chunk(b"VP8L", &image_of(&lossless(&shades, 40, 30, ColorType::Rgb8))),
    ];
    testing::stands_cuts(&WebP, &file(&chunks));
    testing::stands_changes(&WebP, &file(&chunks));
    testing::reads_into_any_format(&WebP, &file(&chunks));
    let small = file(&[chunk(b"VP8 ", &lossy(40, 30, &mut random))]);
    testing::stands_changes(&WebP, &small);
    testing::reads_into_any_format(&WebP, &small);
    testing::stands_changes(&WebP, &file(&[chunk(b"VP8L", &two_colours(19, 3))]));
}

#[test]
fn rows_before_the_end_of_cut_files_are_kept() {
    let mut random = Random(11);
    let whole = file(&[chunk(
        b"VP8L",
        &image_of(&lossless(&random.bytes(60 * 60 * 3), 60, 60, ColorType::Rgb8)),
    )]);
    let (_, expected) = testing::read(&WebP, &whole).unwrap();
    let half = &whole[..whole.len() / 2];
    let error = read(
        Source::from_bytes(half.to_vec()),
        &ReadOptions { tolerance: Tolerance::Strict, ..ReadOptions::default() },
    );
    assert_eq!(error.unwrap_err().kind(), Kind::Damaged);
    let recover = ReadOptions { tolerance: Tolerance::Recover, ..ReadOptions::default() };
    let image = read(Source::from_bytes(half.to_vec()), &recover).unwrap();
    let stride = image.layout().stride;
    let good = image
        .pixels()
        .chunks(stride)
        .zip(expected.chunks(180))
        .take_while(|(a, b)| a[..180] == **b)
        .count();
    assert!((25..35).contains(&good), "{good} rows");
}

#[test]
fn metadata_is_read_in_any_place() {
    let frame = image_of(&lossless(&[9; 12], 2, 2, ColorType::Rgb8));
    // Orientation 6, little-endian, with the prefix that some writers leave there.
    let exif = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
    let file = file(&[
        extended(0x2c, 2, 2),
        chunk(b"ICCP", b"profile"),
        chunk(b"what", b"nothing known"),
        chunk(b"VP8L", &frame),
        chunk(b"EXIF", exif),
        chunk(b"XMP ", b"<x/>"),
    ]);
    let image = decode(&file).unwrap();
    assert_eq!(image.metadata.icc.as_deref(), Some(&b"profile"[..]));
    assert_eq!(image.metadata.exif.as_deref(), Some(&exif[6..]));
    assert_eq!(image.metadata.xmp.as_deref(), Some(&b"<x/>"[..]));
    assert_ne!(image.orientation, Orientation::default());
}

fn frame([left, top, width, height]: [u32; 4], flags: u8, colour: [u8; 4], delay: u32) -> Vec<u8> {
    let pixels = colour.repeat((width * height) as usize);
    let mut data = Vec::new();
    for number in [left / 2, top / 2, width - 1, height - 1, delay] {
        data.extend(&number.to_le_bytes()[..3]);
    }
    data.push(flags);
    data.extend(chunk(b"VP8L", &image_of(&lossless(&pixels, width, height, ColorType::Rgba8))));
    chunk(b"ANMF", &data)
}

fn animation() -> Vec<u8> {
    file(&[
        extended(0x12, 4, 2),
        chunk(b"ANIM", &[1, 2, 3, 4, 5, 0]),
        frame([0, 0, 4, 2], 0, [200, 100, 0, 255], 40),
        // Half transparent over a part, which is then cleared.
        frame([2, 0, 2, 2], 1, [0, 100, 200, 128], 50),
        // In place of what is there.
        frame([0, 0, 2, 1], 2, [1, 2, 3, 4], 60),
    ])
}

#[test]
fn frames_are_laid_on_each_other() {
    let options = ReadOptions::default();
    let mut reader = Reader::open(Source::from_bytes(animation()), options).unwrap();
    assert_eq!(reader.page_count(), 3);
    let ground = [200, 100, 0, 255];
    // As libwebp blends: 128 parts of the frame and 127 of what is below, of 255.
    let both = [99, 99, 100, 255];
    let rows: [[[u8; 4]; 4]; 3] =
        [[ground; 4], [ground, ground, both, both], [[1, 2, 3, 4], [1, 2, 3, 4], [0; 4], [0; 4]]];
    for page in [2, 0, 1, 2] {
        let image = reader.read_page(page).unwrap();
        let budget = ReadOptions::default().budget();
        let shown = image.convert(F::Abgr8888, &budget).unwrap();
        let first = shown.pixels().as_chunks::<4>().0[..4].to_vec();
        assert_eq!(first, rows[page as usize], "page {page}");
    }
}

#[test]
fn animations_tell_how_they_are_played() {
    let options = ReadOptions::default();
    let mut reader = Reader::open(Source::from_bytes(animation()), options).unwrap();
    let info = reader.page_info(1).unwrap();
    assert_eq!((info.delay_ms, info.loop_count), (50, 5));
    assert!(info.animated);
}

#[test]
fn what_is_no_image_is_told() {
    let told = |chunks: &[Vec<u8>]| -> Error { decode(&file(chunks)).unwrap_err() };
    let frame = image_of(&lossless(&[9; 12], 2, 2, ColorType::Rgb8));
    for (chunks, part) in [
        (vec![], "ends before its image"),
        (vec![chunk(b"abcd", b"xy")], "no image"),
        (vec![extended(0, 2, 2)], "has no image"),
        (vec![extended(0, 3, 2), chunk(b"VP8L", &frame)], "2 x 2"),
        (vec![chunk(b"VP8L", b"\x2f\0")], "cut off"),
        (vec![chunk(b"VP8 ", &[1; 10])], "key frame"),
    ] {
        let error = told(&chunks);
        assert_eq!(error.kind(), Kind::Damaged);
        assert!(error.to_string().contains(part), "{error}");
    }
}

#[test]
fn large_sizes_are_refused_before_memory_is_asked_for() {
    let mut data = vec![0x2f];
    data.extend(((16383 | 16383 << 14) as u32).to_le_bytes());
    data.extend([0; 40]);
    let bytes = file(&[chunk(b"VP8L", &data)]);
    let limits = Limits { max_pixels: 1 << 20, ..Limits::default() };
    let options = ReadOptions { limits, ..ReadOptions::default() };
    let error = read(Source::from_bytes(bytes.clone()), &options).unwrap_err();
    assert_eq!(error.kind(), Kind::LimitExceeded);
    let limits = Limits { max_memory: 1 << 20, ..Limits::default() };
    let options = ReadOptions { limits, ..ReadOptions::default() };
    assert!(read(Source::from_bytes(bytes), &options).is_err());
}
