//! More ways than one to the same pixels: several threads, and smaller pictures.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

use super::intervals::Intervals;
use super::*;
use crate::limits::ProgressFn;
use crate::options::{Region, Tolerance};

fn outcome(
    bytes: &[u8],
    options: &ReadOptions,
) -> std::result::Result<(Vec<u8>, Vec<String>), String> {
    let read = reader::read(Source::from_bytes(bytes.to_vec()), options);
    read.map(|image| (image.pixels().to_vec(), image.warnings)).map_err(|error| error.to_string())
}

#[test]
fn any_number_of_threads_gives_the_same_pixels_and_errors() {
    use PixelFormat as F;
    for (format, subsampling, progressive, damages) in [
        (F::Gray8, Subsampling::None, false, 30),
        (F::Bgr888, Subsampling::Both, false, 30),
        (F::Bgr888, Subsampling::None, false, 30),
        (F::Cmyk8888, Subsampling::None, false, 30),
        (F::Gray8, Subsampling::None, true, 5),
        (F::Bgr888, Subsampling::Both, true, 8),
    ] {
        let options = SaveOptions { subsampling, progressive, ..SaveOptions::default() };
        let whole = saved(&picture(601, 530, format), &options);
        for damage in 0..damages {
            let mut bytes = whole.clone();
            if damage > 0 {
                let at = 700 + damage * (bytes.len() - 1000) / damages;
                bytes[at..at + 5].fill(0xa5 ^ damage as u8);
            }
            for tolerance in [Tolerance::Strict, Tolerance::Recover] {
                for pixel_format in [None, Some(F::Gray8)] {
                    let with = |threads| {
                        let fresh = ReadOptions::default();
                        outcome(&bytes, &ReadOptions { threads, tolerance, pixel_format, ..fresh })
                    };
                    assert!(with(0) == with(2), "{format:?}, {subsampling:?}, {damage}");
                }
            }
        }
    }
}

#[test]
fn threads_that_begin_at_restart_markers_give_the_same_pixels_and_errors() {
    use PixelFormat as F;
    for (format, subsampling, damages) in [
        (F::Gray8, Subsampling::None, 9),
        (F::Bgr888, Subsampling::Both, 7),
        (F::Bgr888, Subsampling::Horizontal, 1),
        (F::Bgr888, Subsampling::None, 1),
    ] {
        let image = picture(640, 512, format);
        let options = SaveOptions { subsampling, ..SaveOptions::default() };
        // Rows, parts of rows, what no row is a multiple of, and more than a share.
        for len in [40, 80, 16, 7, 333, 1500] {
            let intervals = Intervals::of(&image, &options, len);
            let whole = intervals.file();
            for damage in 0..if len == 16 { damages } else { 1 } {
                let mut bytes = whole.clone();
                let at = 700 + damage * (bytes.len() - 1000) / 9;
                match damage {
                    0 => {}
                    1 => bytes.truncate(bytes.len() - 2),
                    2 => bytes.truncate(at),
                    // A marker too many, or another number.
                    3 => drop(bytes.splice(at..at, [0xff, 0xd3])),
                    4 => {
                        let marker = |pair: &[u8]| pair[0] == 0xff && matches!(pair[1], 0xd0..0xd8);
                        let found = bytes[at..].windows(2).position(marker);
                        found.into_iter().for_each(|found| bytes[at + found + 1] ^= 3);
                    }
                    _ => bytes[at..at + 5].fill(0xa5 ^ damage as u8),
                }
                for options in [
                    ReadOptions::default(),
                    ReadOptions { tolerance: Tolerance::Recover, ..ReadOptions::default() },
                    ReadOptions { scale: 4, ..ReadOptions::default() },
                    ReadOptions { pixel_format: Some(F::Gray8), ..ReadOptions::default() },
                ] {
                    let one = outcome(&bytes, &options);
                    for threads in if damage == 0 { 2..4 } else { 2..3 } {
                        let more = outcome(&bytes, &ReadOptions { threads, ..options.clone() });
                        assert!(more == one, "{format:?}, {subsampling:?}, {len}, {damage}");
                    }
                }
            }
        }
    }
}

#[test]
fn progress_is_told_on_the_calling_thread_and_stops_both() {
    let bytes = saved(&picture(640, 640, PixelFormat::Bgr888), &SaveOptions::default());
    let (caller, calls) = (thread::current().id(), Arc::new(AtomicU32::new(0)));
    let counted = Arc::clone(&calls);
    let progress: ProgressFn = Arc::new(move |_, _| {
        assert_eq!(thread::current().id(), caller);
        counted.fetch_add(1, Ordering::Relaxed) > 2
    });
    let options = ReadOptions { threads: 2, progress: Some(progress), ..ReadOptions::default() };
    assert!(outcome(&bytes, &options).unwrap_err().contains("asked to stop"));
    assert_eq!(calls.load(Ordering::Relaxed), 4);
}

#[test]
fn progress_of_parts_is_told_on_the_calling_thread_and_stops_all() {
    let image = picture(640, 640, PixelFormat::Bgr888);
    let options = SaveOptions::default();
    let progressive = SaveOptions { progressive: true, ..SaveOptions::default() };
    for bytes in [Intervals::of(&image, &options, 40).file(), saved(&image, &progressive)] {
        let caller = thread::current().id();
        let progress: ProgressFn = Arc::new(move |_, _| {
            assert_eq!(thread::current().id(), caller);
            true
        });
        let options =
            ReadOptions { threads: 3, progress: Some(progress), ..ReadOptions::default() };
        assert!(outcome(&bytes, &options).unwrap_err().contains("asked to stop"));
    }
}

/// The means of squares of `by` pixels, the last ones of fewer.
fn means(image: &ImageData, by: usize) -> Vec<u8> {
    let layout = image.layout();
    let samples = layout.format.bits_per_pixel() / 8;
    let (width, height) = (layout.width as usize, layout.height as usize);
    let mut means = Vec::new();
    for y in (0..height).step_by(by) {
        for x in (0..width).step_by(by) {
            for sample in 0..samples {
                let xs = x..(x + by).min(width);
                let ys = y..(y + by).min(height);
                let count = (xs.len() * ys.len()) as u32;
                let at =
                    |x: usize, y: usize| image.pixels()[y * layout.stride + x * samples + sample];
                let sum: u32 = ys.flat_map(|y| xs.clone().map(move |x| u32::from(at(x, y)))).sum();
                means.push(((sum + count / 2) / count) as u8);
            }
        }
    }
    means
}

#[test]
fn smaller_pictures_are_means_of_the_whole_one() {
    for (format, subsampling) in [
        (PixelFormat::Gray8, Subsampling::None),
        (PixelFormat::Bgr888, Subsampling::None),
        (PixelFormat::Bgr888, Subsampling::Horizontal),
        (PixelFormat::Bgr888, Subsampling::Both),
        (PixelFormat::Cmyk8888, Subsampling::None),
    ] {
        for (width, height) in [(200, 131), (64, 64), (17, 9), (7, 3), (1, 1), (333, 40)] {
            let options = SaveOptions { quality: 95, subsampling, ..SaveOptions::default() };
            let bytes = saved(&picture(width, height, format), &options);
            let whole = read(&bytes, Some(format)).unwrap();
            for scale in [2, 4, 8] {
                let wanted = means(&whole, scale as usize);
                let pixel_format = Some(format);
                let options = ReadOptions { scale, pixel_format, ..ReadOptions::default() };
                let (pixels, _) = outcome(&bytes, &options).unwrap();
                let (most, mean) = difference(&pixels, &wanted);
                // Luma and chroma are averaged each for itself, and chroma is not smoothed before.
                assert!(most <= 8 && mean <= 1.0, "{width} x {height} / {scale}: {most}, {mean}");
                let threads = ReadOptions { threads: 2, ..options };
                assert!(outcome(&bytes, &threads).unwrap().0 == pixels);
            }
        }
    }
}

#[test]
fn a_smaller_part_is_a_part_of_the_smaller_picture() {
    let bytes = saved(&picture(200, 160, PixelFormat::Bgr888), &SaveOptions::default());
    let read = |options: ReadOptions| {
        let options = ReadOptions { pixel_format: Some(PixelFormat::Bgr888), ..options };
        outcome(&bytes, &options).unwrap().0
    };
    let whole = read(ReadOptions { scale: 4, ..ReadOptions::default() });
    for (x, y) in [(0, 0), (40, 80), (3, 5)] {
        let region = Some(Region { x, y, width: 160 - x, height: 80 });
        let part = read(ReadOptions { scale: 4, region, ..ReadOptions::default() });
        let width = (160 - x).div_ceil(4) as usize;
        assert_eq!(part.len(), width * 20 * 3);
        if x % 4 == 0 {
            let rows = whole.chunks(50 * 3).skip(y as usize / 4);
            for (row, part) in rows.zip(part.chunks(width * 3)) {
                assert_eq!(row[x as usize / 4 * 3..][..width * 3], *part);
            }
        }
    }
    // A longer side of a fourth is the same as a scale of four.
    assert!(read(ReadOptions { max_side: 50, ..ReadOptions::default() }) == whole);
}

#[test]
fn samples_that_only_fill_blocks_up_are_left_out() {
    // One dark column beside a bright block: were the seven that fill the second block counted, it would not stay dark.
    let mut image = ImageData::new(9, 8, PixelFormat::Gray8).unwrap();
    let rows = image.pixels_mut().chunks_mut(9);
    rows.for_each(|row| row.copy_from_slice(&[250, 250, 250, 250, 250, 250, 250, 250, 10]));
    let bytes = saved(&image, &SaveOptions { quality: 100, ..SaveOptions::default() });
    let options = ReadOptions { scale: 8, ..ReadOptions::default() };
    let (pixels, _) = outcome(&bytes, &options).unwrap();
    assert!(pixels[0] >= 248 && pixels[1] <= 12, "{pixels:?}");
}
