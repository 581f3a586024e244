//! Documents: pages of all kinds in one file, in memory, files and streams, continued and abandoned.

use std::fs;
use std::io::Cursor;
use std::path::PathBuf;

use super::*;
use crate::image::{ImageData, Orientation};
use crate::options::{ReadOptions, TiffCompression as C, TiffLayout};
use crate::pixel::PixelFormat as F;
use crate::reader::Reader;
use crate::source::Source;

fn sample(width: u32, height: u32, format: F) -> ImageData {
    let mut image = ImageData::new(width, height, format).unwrap();
    let stride = image.layout().stride;
    let bits = if format == F::Binary { 0xff << ((8 - width % 8) % 8) } else { 0xff };
    for (at, byte) in image.pixels_mut().iter_mut().enumerate() {
        let (x, y) = (at % stride, at / stride);
        *byte = (x * 5 + y * 3 + x * x / 9) as u8;
        if x + 1 == stride {
            *byte &= bits as u8;
        }
    }
    image.resolution = (200.0 + f64::from(width), 100.0);
    image
}

fn options(format: FileFormat) -> SaveOptions {
    SaveOptions { format: Some(format), ..SaveOptions::default() }
}

fn tiff(compression: C, tiff: TiffLayout) -> SaveOptions {
    SaveOptions { compression, tiff, ..options(FileFormat::Tiff) }
}

fn pages_of(file: &[u8]) -> Vec<ImageData> {
    let mut reader =
        Reader::open(Source::from_bytes(file.to_vec()), ReadOptions::default()).unwrap();
    (0..reader.page_count()).map(|page| reader.read_page(page).unwrap()).collect()
}

fn same(read: &ImageData, made: &ImageData) {
    assert_eq!(read.layout(), made.layout());
    assert!(read.pixels() == made.pixels(), "{:?}", made.layout());
    let near = |a: f64, b: f64| (a - b).abs() < 0.01;
    assert!(
        near(read.resolution.0, made.resolution.0) && near(read.resolution.1, made.resolution.1)
    );
}

fn mixed() -> Vec<(ImageData, SaveOptions)> {
    let tiles = TiffLayout { tile: (32, 16), ..TiffLayout::default() };
    let strips = TiffLayout { rows_per_strip: 7, ..TiffLayout::default() };
    vec![
        (sample(50, 40, F::Binary), tiff(C::Auto, TiffLayout::default())),
        (sample(61, 33, F::Rgb888), tiff(C::Lzw, tiles)),
        (sample(64, 50, F::Gray16), tiff(C::Deflate, tiles)),
        (sample(65, 33, F::Binary), tiff(C::PackBits, tiles)),
        (sample(20, 70, F::Gray8), tiff(C::None, strips)),
        (sample(33, 21, F::Argb8888), tiff(C::Deflate, strips)),
        (sample(31, 20, F::Rgb161616), tiff(C::PackBits, strips)),
    ]
}

fn write(mut writer: Writer<'_>, pages: &[(ImageData, SaveOptions)]) -> Vec<u8> {
    for (image, options) in pages {
        writer.add_page(image, Some(options)).unwrap();
    }
    writer.finish().unwrap()
}

#[test]
fn pages_of_all_kinds_come_back_from_memory_and_streams() {
    let pages = mixed();
    for big in [false, true] {
        let layout = TiffLayout { big, ..TiffLayout::default() };
        let options = tiff(C::Auto, layout);
        let mut plain = Vec::new();
        let mut sought = Cursor::new(b"before".to_vec());
        sought.set_position(6);
        let memory = write(Writer::memory(options.clone()).unwrap(), &pages);
        write(Writer::stream(&mut plain, options.clone()).unwrap(), &pages);
        write(Writer::seekable(&mut sought, options).unwrap(), &pages);
        assert_eq!(memory[2], if big { 43 } else { 42 });
        let sought = sought.into_inner().split_off(6);
        assert!(sought == memory);
        for file in [memory, plain] {
            let read = pages_of(&file);
            assert_eq!(read.len(), pages.len());
            read.iter().zip(&pages).for_each(|(read, (made, _))| same(read, made));
        }
    }
}

#[test]
fn other_readers_agree_on_every_page() {
    let pages = mixed();
    let file = write(Writer::memory(options(FileFormat::Tiff)).unwrap(), &pages);
    let mut decoder = ::tiff::decoder::Decoder::new(Cursor::new(file)).unwrap();
    for number in 0..pages.len() {
        let read: Vec<u16> = decoder.get_tag_u16_vec(::tiff::tags::Tag::Unknown(297)).unwrap();
        assert_eq!(read, [number as u16, pages.len() as u16]);
        assert_eq!(decoder.get_tag_u32(::tiff::tags::Tag::NewSubfileType).unwrap(), 2);
        if number + 1 < pages.len() {
            decoder.next_image().unwrap();
        }
    }
    assert!(!decoder.more_images());
}

fn place(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("dio-writer-{name}-{}.tif", std::process::id()))
}

#[test]
fn a_file_of_another_writer_is_continued_in_its_own_form() {
    let path = place("append");
    // Big-endian, classic, one page of gray: 2 x 2.
    let mut old = b"MM\0*\0\0\0\x0c\x01\x02\x03\x04\0\x09".to_vec();
    let entries: [(u16, u16, u32, u32); 9] = [
        (256, 3, 1, 2 << 16),
        (257, 3, 1, 2 << 16),
        (258, 3, 1, 8 << 16),
        (259, 3, 1, 1 << 16),
        (262, 3, 1, 1 << 16),
        (273, 4, 1, 8),
        (278, 3, 1, 2 << 16),
        (279, 4, 1, 4),
        (297, 3, 2, 1),
    ];
    for (tag, kind, count, value) in entries {
        old.extend(tag.to_be_bytes());
        old.extend(kind.to_be_bytes());
        old.extend(count.to_be_bytes());
        old.extend(value.to_be_bytes());
    }
    old.extend([0; 5]);
    fs::write(&path, &old).unwrap();

    let pages = mixed();
    for (image, page) in &pages {
        let mut writer = Writer::append_file(&path, SaveOptions::default()).unwrap();
        writer.add_page(image, Some(page)).unwrap();
        let before = fs::read(&path).unwrap();
        assert!(pages_of(&before).len() < pages.len() + 1);
        writer.finish().unwrap();
    }
    let file = fs::read(&path).unwrap();
    assert_eq!(file[..8], old[..8]);
    let read = pages_of(&file);
    assert_eq!(read.len(), pages.len() + 1);
    assert_eq!(read[0].pixels(), [1, 2, 3, 4]);
    read[1..].iter().zip(&pages).for_each(|(read, (made, _))| same(read, made));
    // The old page says how many there are now.
    let total = old.len() - 5 - 2;
    assert_eq!(file[total..total + 2], [0, pages.len() as u8 + 1]);

    let mut writer = Writer::append_file(&path, SaveOptions::default()).unwrap();
    writer.add_page(&pages[0].0, None).unwrap();
    drop(writer);
    assert!(fs::read(&path).unwrap() == file);
    fs::remove_file(path).unwrap();
}

#[test]
fn a_page_that_fails_leaves_the_document_as_it_was() {
    let good = sample(30, 30, F::Rgb888);
    let stop = SaveOptions {
        progress: Some(std::sync::Arc::new(|done, _| done > 20)),
        ..options(FileFormat::Tiff)
    };
    let path = place("failing");
    for format in [FileFormat::Tiff, FileFormat::Pdf] {
        let stop = SaveOptions { format: Some(format), ..stop.clone() };
        let mut memory = Writer::memory(options(format)).unwrap();
        let mut file = Writer::create_file(&path, true, options(format)).unwrap();
        let mut without = Writer::memory(options(format)).unwrap();
        for writer in [&mut memory, &mut file] {
            writer.add_page(&good, None).unwrap();
            let error = writer.add_page(&good, Some(&stop)).unwrap_err();
            assert_eq!(error.kind(), Kind::Cancelled);
            writer.add_page(&good, None).unwrap();
        }
        without.add_page(&good, None).unwrap();
        without.add_page(&good, None).unwrap();
        let whole = without.finish().unwrap();
        assert!(memory.finish().unwrap() == whole);
        file.finish().unwrap();
        assert!(fs::read(&path).unwrap() == whole);
    }
    fs::remove_file(path).unwrap();
    let mut stream = Vec::new();
    let mut writer = Writer::stream(&mut stream, options(FileFormat::Pdf)).unwrap();
    let stop = SaveOptions { format: None, ..stop };
    writer.add_page(&good, Some(&stop)).unwrap_err();
    assert_eq!(writer.add_page(&good, None).unwrap_err().kind(), Kind::SaveFailed);
}

#[test]
fn one_page_formats_take_one_page_and_no_document_is_empty() {
    let image = sample(9, 9, F::Rgb888);
    let mut writer = Writer::memory(options(FileFormat::Png)).unwrap();
    writer.add_page(&image, None).unwrap();
    let error = writer.add_page(&image, None).unwrap_err();
    assert_eq!(error.kind(), Kind::MultiPageUnsupported);
    same(&pages_of(&writer.finish().unwrap())[0], &image);
    for format in [FileFormat::Png, FileFormat::Tiff, FileFormat::Pdf] {
        let writer = Writer::memory(options(format)).unwrap();
        assert_eq!(writer.finish().unwrap_err().kind(), Kind::ParameterInvalid);
    }
    assert!(Writer::memory(SaveOptions::default()).is_err());
    let mut writer = Writer::memory(options(FileFormat::Tiff)).unwrap();
    assert!(writer.add_page(&image, Some(&options(FileFormat::Pdf))).is_err());
}

#[test]
fn a_jpeg_goes_through_untouched_where_it_can() {
    for (format, subsampling) in [
        (F::Gray8, crate::options::Subsampling::Both),
        (F::Rgb888, crate::options::Subsampling::Both),
        (F::Rgb888, crate::options::Subsampling::Horizontal),
        (F::Rgb888, crate::options::Subsampling::None),
        (F::Cmyk8888, crate::options::Subsampling::None),
    ] {
        let mut image = sample(70, 45, format);
        image.set_orientation(Orientation::Right);
        let jpeg = SaveOptions { subsampling, ..SaveOptions::default() };
        let jpeg = save_memory(&image, FileFormat::Jpeg, &jpeg).unwrap();
        let own = &pages_of(&jpeg)[0];
        for target in [FileFormat::Tiff, FileFormat::Pdf] {
            let mut writer = Writer::memory(options(target)).unwrap();
            writer.add_encoded(Source::from_bytes(jpeg.clone()), None).unwrap();
            let file = writer.finish().unwrap();
            let untouched = file.windows(jpeg.len()).any(|part| part == jpeg);
            // TIFF cannot say that inks are inverted.
            assert_eq!(untouched, (target, format) != (FileFormat::Tiff, F::Cmyk8888));
            if target == FileFormat::Tiff {
                let read = &pages_of(&file)[0];
                assert_eq!(read.orientation, Orientation::Right);
                // Chroma is spread over pixels in two ways.
                let pairs = read.pixels().iter().zip(own.pixels());
                let sum: usize = pairs.map(|(a, b)| usize::from(a.abs_diff(*b))).sum();
                assert!(sum / own.pixels().len() < 3, "{format:?} {subsampling:?}");
            }
        }
    }
}

#[test]
fn a_fax_page_goes_through_untouched_and_a_cut_jpeg_does_not() {
    let image = sample(300, 90, F::Binary);
    let fax = save_memory(&image, FileFormat::Tiff, &SaveOptions::default()).unwrap();
    let strip = &fax[8..];
    for target in [FileFormat::Tiff, FileFormat::Pdf] {
        let mut writer = Writer::memory(options(target)).unwrap();
        writer.add_encoded(Source::from_bytes(fax.clone()), None).unwrap();
        let file = writer.finish().unwrap();
        assert!(file.windows(60).any(|part| part == &strip[..60]));
        if target == FileFormat::Tiff {
            same(&pages_of(&file)[0], &image);
        }
    }
    let jpeg = save_memory(&sample(40, 40, F::Gray8), FileFormat::Jpeg, &SaveOptions::default());
    let mut jpeg = jpeg.unwrap();
    jpeg.truncate(jpeg.len() - 40);
    let mut writer = Writer::memory(options(FileFormat::Tiff)).unwrap();
    let error = writer.add_encoded(Source::from_bytes(jpeg), None).unwrap_err();
    assert_eq!(error.kind(), Kind::Damaged);
}

#[test]
fn jpeg_strips_and_tiles_hold_the_picture() {
    let tiles = TiffLayout { tile: (32, 48), ..TiffLayout::default() };
    let strips = TiffLayout { rows_per_strip: 16, ..TiffLayout::default() };
    for format in [F::Gray8, F::Rgb888, F::Cmyk8888] {
        let mut image = ImageData::new(100, 70, format).unwrap();
        let stride = image.layout().stride;
        let pixel = stride / 100;
        for (at, byte) in image.pixels_mut().iter_mut().enumerate() {
            *byte = (at % stride / pixel * 2 + at / stride) as u8;
        }
        for layout in [TiffLayout::default(), tiles, strips] {
            let how = SaveOptions { quality: 95, ..tiff(C::Jpeg, layout) };
            let file = save_memory(&image, FileFormat::Tiff, &how).unwrap();
            let mut reader = Reader::open(
                Source::from_bytes(file),
                ReadOptions { pixel_format: Some(format), ..ReadOptions::default() },
            )
            .unwrap();
            let read = reader.read_page(0).unwrap();
            let worst = read.pixels().iter().zip(image.pixels()).map(|(a, b)| a.abs_diff(*b)).max();
            assert!(worst.unwrap() < 12, "{format:?} {layout:?}: {worst:?}");
        }
    }
}

/// Takes some bytes of one write and fails, once.
struct Torn {
    taken: usize,
    fails_at: Option<usize>,
}

impl Write for Torn {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let room = self.fails_at.map_or(bytes.len(), |at| at.saturating_sub(self.taken));
        if room == 0 {
            self.fails_at = None;
            return Err(std::io::Error::other("gone"));
        }
        let len = room.min(bytes.len());
        self.taken += len;
        Ok(len)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn nothing_goes_behind_a_page_that_a_stream_took_half_of() {
    let image = sample(6, 5, F::Rgb888);
    for format in [FileFormat::Tiff, FileFormat::Pdf, FileFormat::Png, FileFormat::Jpeg] {
        let whole = save_memory(&image, format, &SaveOptions::default()).unwrap();
        for at in 20..whole.len() {
            let stream = Torn { taken: 0, fails_at: Some(at) };
            let Ok(mut writer) = Writer::stream(stream, options(format)) else { continue };
            let kind = match writer.add_page(&image, None) {
                Ok(()) => writer.finish().unwrap_err().kind(),
                Err(_) => writer.add_page(&image, None).unwrap_err().kind(),
            };
            assert_eq!(kind, Kind::SaveFailed, "{format:?} at {at}");
            let stream = Torn { taken: 0, fails_at: Some(at) };
            assert!(save_stream(&image, format, stream, &SaveOptions::default()).is_err());
        }
    }
}

#[test]
fn frames_of_an_animation_come_back_with_delays_and_repetitions() {
    let mut frames: Vec<ImageData> = (0..3).map(|_| sample(40, 30, F::Rgb888)).collect();
    frames[1] = sample(40, 30, F::Gray8);
    for (number, frame) in frames.iter_mut().enumerate() {
        for byte in frame.pixels_mut() {
            *byte = (*byte / 64).wrapping_mul(60).wrapping_add(number as u8);
        }
    }
    let mut half = ImageData::new(40, 30, F::Argb8888).unwrap();
    let (top, _) = half.pixels_mut().split_at_mut(40 * 15 * 4);
    top.as_chunks_mut::<4>().0.iter_mut().for_each(|pixel| *pixel = [9, 200, 90, 255]);
    frames.push(half);
    for (loop_count, played) in [(0, 0), (1, 1), (5, 5)] {
        let how = SaveOptions { loop_count, ..options(FileFormat::Gif) };
        let mut writer = Writer::memory(how.clone()).unwrap();
        for (number, frame) in frames.iter().enumerate() {
            let own = SaveOptions { delay_ms: number as u32 * 50, ..how.clone() };
            writer.add_page(frame, Some(&own)).unwrap();
        }
        assert!(writer.add_page(&sample(41, 30, F::Gray8), None).is_err());
        let file = writer.finish().unwrap();
        let mut reader = Reader::open(Source::from_bytes(file), ReadOptions::default()).unwrap();
        assert_eq!(reader.page_count(), 4);
        for (number, frame) in (0..).zip(&frames) {
            let info = reader.page_info(number).unwrap();
            assert_eq!((info.loop_count, info.animated), (played, true));
            assert_eq!(info.delay_ms, if number == 0 { 100 } else { number * 50 });
            let wanted = frame.convert(F::Argb8888, &prepare::budget(&how)).unwrap();
            let how = ReadOptions { pixel_format: Some(F::Argb8888), ..ReadOptions::default() };
            let read = reader.read_page_with(number, &how).unwrap();
            assert!(read.pixels() == wanted.pixels(), "frame {number}");
        }
    }
}

#[test]
fn a_palette_holds_few_colours_exactly_and_many_nearly() {
    let mut few = ImageData::new(70, 50, F::Rgb888).unwrap();
    for (at, pixel) in few.pixels_mut().as_chunks_mut::<3>().0.iter_mut().enumerate() {
        *pixel = [(at % 5 * 50) as u8, (at / 9 % 3 * 90) as u8, 7];
    }
    let many = sample(70, 50, F::Rgb888);
    for layout in [TiffLayout::default(), TiffLayout { tile: (32, 16), ..TiffLayout::default() }] {
        for compression in [C::Lzw, C::Deflate, C::None, C::PackBits, C::Zstd] {
            let how = SaveOptions { palette: 16, ..tiff(compression, layout) };
            let file = save_memory(&few, FileFormat::Tiff, &how).unwrap();
            let mut reader =
                Reader::open(Source::from_bytes(file), ReadOptions::default()).unwrap();
            assert_eq!(reader.page_info(0).unwrap().samples, 1);
            assert!(reader.read_page(0).unwrap().pixels() == few.pixels());
        }
    }
    let mut sums = Vec::new();
    for (format, dither) in
        [(FileFormat::Tiff, false), (FileFormat::Tiff, true), (FileFormat::Gif, true)]
    {
        let how = SaveOptions { palette: 32, dither, ..SaveOptions::default() };
        let file = save_memory(&many, format, &how).unwrap();
        let read = &pages_of(&file)[0];
        let mut colours: Vec<_> = read.pixels().as_chunks::<3>().0.to_vec();
        colours.sort_unstable();
        colours.dedup();
        assert!((2..=32).contains(&colours.len()), "{} colours", colours.len());
        let mean = |image: &ImageData| {
            image.pixels().iter().map(|byte| u64::from(*byte)).sum::<u64>() / 10_500
        };
        assert!(mean(read).abs_diff(mean(&many)) < 6);
        sums.push(read.pixels().to_vec());
    }
    assert!(sums[0] != sums[1] && sums[1] == sums[2]);
}

#[test]
fn fax_compressions_binarize_and_say_nothing_of_colours() {
    let image = sample(200, 100, F::Rgb888);
    let bits = image.binarize(
        &crate::options::Binarize::default(),
        &prepare::budget(&options(FileFormat::Tiff)),
    );
    let bits = bits.unwrap();
    let two = TiffLayout { two_dimensional: true, ..TiffLayout::default() };
    let strips = TiffLayout { rows_per_strip: 30, ..two };
    for how in [
        tiff(C::G4, TiffLayout::default()),
        tiff(C::G3, TiffLayout::default()),
        tiff(C::G3, two),
        tiff(C::G3, strips),
        tiff(C::G4, strips),
    ] {
        let file = save_memory(&image, FileFormat::Tiff, &how).unwrap();
        same(&pages_of(&file)[0], &bits);
    }
    let asked = SaveOptions {
        binarize: Some(crate::options::Binarize::default()),
        ..SaveOptions::default()
    };
    let file = save_memory(&image, FileFormat::Png, &asked).unwrap();
    assert!(pages_of(&file)[0].pixels() == bits.pixels());
}
