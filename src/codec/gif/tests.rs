//! Tests of reading and writing GIF, on samples made here.

use crate::error::{Kind, Result};
use crate::format::FileFormat;
use crate::image::{ImageData, Orientation};
use crate::limits::Limits;
use crate::options::{ReadOptions, SaveOptions, Tolerance};
use crate::pixel::PixelFormat as F;
use crate::reader::{Reader, read};
use crate::source::Source;
use crate::writer::save_memory;

const RED_GREEN: &[u8] = &[255, 0, 0, 0, 255, 0];

fn frame(place: [u16; 4], indexes: &[u8]) -> gif::Frame<'static> {
    let [left, top, width, height] = place;
    let buffer = indexes.to_vec().into();
    gif::Frame { left, top, width, height, buffer, ..gif::Frame::default() }
}

fn file(width: u16, height: u16, palette: &[u8], frames: &[gif::Frame<'static>]) -> Vec<u8> {
    let mut encoder = gif::Encoder::new(Vec::new(), width, height, palette).unwrap();
    for frame in frames {
        encoder.write_frame(frame).unwrap();
    }
    encoder.into_inner().unwrap()
}

fn open(bytes: &[u8], options: ReadOptions) -> Result<Reader> {
    Reader::open(Source::from_bytes(bytes.to_vec()), options)
}

fn decode(bytes: &[u8]) -> Result<ImageData> {
    read(Source::from_bytes(bytes.to_vec()), &ReadOptions::default())
}

fn save(image: &ImageData) -> Vec<u8> {
    save_memory(image, FileFormat::Gif, &SaveOptions::default()).unwrap()
}

fn image(width: u32, height: u32, format: F, pixels: &[u8]) -> ImageData {
    let mut image = ImageData::new(width, height, format).unwrap();
    image.pixels_mut().copy_from_slice(pixels);
    image
}

fn rgba(image: &ImageData) -> Vec<[u8; 4]> {
    let budget = ReadOptions::default().budget();
    let rgba = image.convert(F::Abgr8888, &budget).unwrap();
    rgba.pixels().as_chunks::<4>().0.to_vec()
}

#[test]
fn images_of_few_colours_survive() {
    let grays: Vec<u8> = (0..=255).collect();
    let colours: Vec<u8> = (0..256 * 3).map(|n| (n * 7 % 256) as u8).collect();
    let cases = [
        image(16, 16, F::Gray8, &grays),
        image(9, 2, F::Binary, &[0xa5, 0x80, 0x0f, 0]),
        image(16, 16, F::Rgb888, &colours),
        image(2, 1, F::Argb8888, &[1, 2, 3, 255, 0, 0, 0, 0]),
        image(1, 1, F::Rgb888, &[1, 2, 3]),
        image(1, 1, F::Gray8, &[255]),
    ];
    for image in cases {
        let back = decode(&save(&image)).unwrap();
        assert_eq!(rgba(&back), rgba(&image), "{:?}", image.layout());
        let grown = image.layout().format == F::Gray8 && back.layout().format == F::Binary;
        assert!(grown || back.layout() == image.layout(), "{:?}", back.layout());
    }
}

#[test]
fn many_colours_become_256_that_are_near() {
    let pixels: Vec<u8> = (0..64 * 64u32)
        .flat_map(|n| [(n % 64 * 4) as u8, (n / 64 * 4) as u8, 128, if n < 64 { 0 } else { 255 }])
        .collect();
    let image = image(64, 64, F::Abgr8888, &pixels);
    let back = decode(&save(&image)).unwrap();
    let mut sum = 0;
    for (a, b) in rgba(&back).iter().zip(rgba(&image)) {
        assert_eq!(a[3], b[3]);
        if a[3] > 0 {
            sum += (0..3).map(|at| u64::from(a[at].abs_diff(b[at]))).sum::<u64>();
        }
    }
    assert!(sum < 64 * 64 * 3 * 6, "off by {sum}");
    assert_eq!(save(&image), save(&image));
}

#[test]
fn the_angle_is_applied_to_the_pixels() {
    let mut image = image(2, 1, F::Gray8, &[10, 20]);
    image.set_orientation(Orientation::from_degrees(90).unwrap());
    let back = decode(&save(&image)).unwrap();
    assert_eq!((back.layout().width, back.layout().height), (1, 2));
    assert_eq!((back.pixels(), back.orientation), (&[10, 20][..], Orientation::Upright));
}

#[test]
fn sides_that_do_not_fit_are_refused() {
    let image = ImageData::new(65_536, 1, F::Gray8).unwrap();
    let error = save_memory(&image, FileFormat::Gif, &SaveOptions::default()).unwrap_err();
    assert_eq!(error.kind(), Kind::ParameterInvalid);
    assert!(error.to_string().contains("the width is 65536"), "{error}");
}

#[test]
fn frames_are_composed_and_disposed_of() {
    let mut second = frame([1, 0, 2, 1], &[1, 0]);
    second.transparent = Some(0);
    second.dispose = gif::DisposalMethod::Previous;
    let mut third = frame([0, 0, 1, 1], &[1]);
    third.dispose = gif::DisposalMethod::Background;
    let fourth = frame([2, 0, 1, 1], &[1]);
    let bytes = file(3, 1, RED_GREEN, &[frame([0, 0, 3, 1], &[0; 3]), second, third, fourth]);
    let (red, green, none) = ([255, 0, 0, 255], [0, 255, 0, 255], [0; 4]);
    let pages = [[red; 3], [red, green, red], [green, red, red], [none, red, green]];
    let mut reader = open(&bytes, ReadOptions::default()).unwrap();
    assert_eq!(reader.page_count(), 4);
    for page in [0, 1, 2, 3, 3, 1, 0, 2] {
        let image = reader.read_page(page).unwrap();
        assert_eq!(rgba(&image), pages[page as usize], "page {page}");
        let info = reader.page_info(page).unwrap();
        assert_eq!((info.layout, info.animated), (image.layout(), true));
        let native = if page == 3 { F::Argb8888 } else { F::Rgb888 };
        assert_eq!(info.layout.format, native, "page {page}");
    }
}

#[test]
fn what_no_frame_covers_is_background_only_where_nothing_is_transparent() {
    let (red, green) = ([255, 0, 0, 255], [0, 255, 0, 255]);
    let solid = decode(&file(2, 2, RED_GREEN, &[frame([1, 1, 1, 1], &[1])])).unwrap();
    assert_eq!((solid.layout().format, rgba(&solid)), (F::Rgb888, vec![red, red, red, green]));
    let mut later = frame([0, 0, 1, 1], &[0]);
    later.transparent = Some(1);
    let open = decode(&file(2, 2, RED_GREEN, &[frame([1, 1, 5, 1], &[1; 5]), later])).unwrap();
    assert_eq!(open.layout().format, F::Argb8888);
    assert_eq!(rgba(&open), [[0; 4], [0; 4], [0; 4], green]);
}

#[test]
fn later_frames_may_reach_beyond_the_screen() {
    let frames = [frame([0, 0, 4, 1], &[1; 4]), frame([1, 1, 2, 1], &[1; 2])];
    let mut reader = open(&file(2, 1, RED_GREEN, &frames), ReadOptions::default()).unwrap();
    let sizes: Vec<_> = (0..2)
        .map(|page| {
            let layout = reader.read_page(page).unwrap().layout();
            (layout.width, layout.height)
        })
        .collect();
    assert_eq!(sizes, [(2, 1), (3, 2)]);
}

#[test]
fn interlaced_rows_find_their_places() {
    let indexes: Vec<u8> = (0..20).map(|n| n * 3 % 4).collect();
    // The order in which the rows are stored.
    let order = [0, 8, 16, 4, 12, 2, 6, 10, 14, 18, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19];
    let stored: Vec<u8> = order.iter().map(|row| indexes[*row]).collect();
    let mut frame = frame([0, 0, 1, 20], &stored);
    frame.interlaced = true;
    let palette = [[0; 3], [50; 3], [100; 3], [150; 3]].concat();
    let image = decode(&file(1, 20, &palette, &[frame])).unwrap();
    let expected: Vec<u8> = indexes.iter().map(|index| index * 50).collect();
    assert_eq!((image.layout().format, image.pixels()), (F::Gray8, &expected[..]));
}

#[test]
fn a_file_cut_anywhere_is_an_error_or_recovers_rows() {
    let indexes: Vec<u8> = (0..1024u32).map(|n| (n * n % 7 % 2) as u8).collect();
    let bytes = file(32, 32, RED_GREEN, &[frame([0, 0, 32, 32], &indexes)]);
    decode(&bytes).unwrap();
    let recover = ReadOptions { tolerance: Tolerance::Recover, ..ReadOptions::default() };
    let mut recovered = 0;
    for len in 0..bytes.len() {
        assert!(decode(&bytes[..len]).is_err(), "{len} of {} bytes", bytes.len());
        let Ok(part) = read(Source::from_bytes(bytes[..len].to_vec()), &recover) else { continue };
        assert!(!part.warnings.is_empty());
        recovered += 1;
    }
    assert!(recovered > 20, "{recovered} of {}", bytes.len());
}

#[test]
fn a_cut_spares_the_pages_before_it() {
    let frames = [frame([0, 0, 1, 1], &[0]), frame([0, 0, 1, 1], &[1])];
    let bytes = file(1, 1, RED_GREEN, &frames);
    let mut reader = open(&bytes[..bytes.len() - 2], ReadOptions::default()).unwrap();
    reader.read_page(0).unwrap();
    assert_eq!(reader.read_page(1).unwrap_err().kind(), Kind::Damaged);
}

#[test]
fn wrong_bytes_do_no_harm() {
    let mut second = frame([1, 1, 3, 3], &[1; 9]);
    second.transparent = Some(0);
    second.interlaced = true;
    let bytes = file(4, 4, RED_GREEN, &[frame([0, 0, 4, 4], &[0; 16]), second]);
    let limits = Limits { max_memory: 64 << 20, max_pages: 100, ..Limits::default() };
    for at in 6..bytes.len() {
        for change in [1, 0x80, 0xff] {
            let mut wrong = bytes.clone();
            wrong[at] ^= change;
            let options = ReadOptions { limits, ..ReadOptions::default() };
            let Ok(mut reader) = open(&wrong, options) else { continue };
            for page in (0..reader.page_count()).rev() {
                let info = reader.page_info(page);
                if let Ok(image) = reader.read_page(page) {
                    assert_eq!(image.layout(), info.unwrap().layout);
                }
            }
        }
    }
}

#[test]
fn a_large_screen_meets_the_limits_before_memory_is_asked_for() {
    let pixels = frame([0, 0, 1, 1], &[0]);
    let bytes = file(65_535, 65_535, RED_GREEN, std::slice::from_ref(&pixels));
    assert_eq!(decode(&bytes).unwrap_err().kind(), Kind::LimitExceeded);
    let mut bytes = file(3000, 3000, RED_GREEN, &[pixels.clone(), pixels]);
    assert_eq!(decode(&bytes).unwrap_err().kind(), Kind::Damaged);
    // A file that is long enough for such a screen: what follows its end is not looked at.
    bytes.resize(1000, 0);
    let limits = Limits { max_memory: 40 << 20, ..Limits::default() };
    let mut reader = open(&bytes, ReadOptions { limits, ..ReadOptions::default() }).unwrap();
    reader.read_page(0).unwrap();
    assert_eq!(reader.read_page(1).unwrap_err().kind(), Kind::LimitExceeded);
}

#[test]
fn frames_are_pages_and_limited() {
    let bytes = file(1, 1, RED_GREEN, &vec![frame([0, 0, 1, 1], &[0]); 5]);
    let limits = Limits { max_pages: 4, ..Limits::default() };
    let error = open(&bytes, ReadOptions { limits, ..ReadOptions::default() }).err().unwrap();
    assert_eq!(error.kind(), Kind::LimitExceeded);
}

#[test]
fn profile_and_xmp_packet_are_read() {
    let packet = b"<?xpacket?> some text that is longer than its first byte says";
    let tail: Vec<u8> = [1].into_iter().chain((0..=255).rev()).chain([0]).collect();
    let mut extensions = b"!\xff\x0bICCRGBG1012\x03abc\x02de\0!\xff\x0bXMP DataXMP".to_vec();
    extensions.extend([&packet[..], &tail].concat());
    let mut bytes = file(1, 1, RED_GREEN, &[frame([0, 0, 1, 1], &[0])]);
    let at = 13 + RED_GREEN.len();
    bytes.splice(at..at, extensions);
    let image = decode(&bytes).unwrap();
    assert_eq!(image.metadata.icc.as_deref(), Some(&b"abcde"[..]));
    assert_eq!(image.metadata.xmp.as_deref(), Some(&packet[..]));
    let limits = Limits { max_metadata: 20, ..Limits::default() };
    let mut reader = open(&bytes, ReadOptions { limits, ..ReadOptions::default() }).unwrap();
    assert_eq!(reader.read_page(0).unwrap_err().kind(), Kind::LimitExceeded);
}

#[test]
fn delays_and_repetitions_are_told() {
    let mut second = frame([0, 0, 1, 1], &[1]);
    second.delay = 25;
    let plain = file(1, 1, RED_GREEN, &[frame([0, 0, 1, 1], &[0]), second]);
    let facts = |bytes: &[u8]| {
        let mut reader = open(bytes, ReadOptions::default()).unwrap();
        let page = |reader: &mut Reader, page| reader.page_info(page).unwrap();
        let (first, second) = (page(&mut reader, 0), page(&mut reader, 1));
        assert_eq!(first.loop_count, second.loop_count);
        (first.delay_ms, second.delay_ms, first.loop_count)
    };
    assert_eq!(facts(&plain), (0, 250, 1));
    for (stated, told) in [(0, 0), (1, 2), (2, 3)] {
        let mut bytes = plain.clone();
        let at = 13 + RED_GREEN.len();
        let extension = [&b"!\xff\x0bNETSCAPE2.0\x03\x01"[..], &[stated, 0, 0]].concat();
        bytes.splice(at..at, extension);
        assert_eq!(facts(&bytes), (0, 250, told));
    }
}
