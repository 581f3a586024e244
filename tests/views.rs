//! Parts of pages, and smaller ones, held against the whole page.

use std::fs;
use std::path::Path;

use dio::error::Kind;
use dio::format::FileFormat;
use dio::image::{ImageData, Orientation};
use dio::limits::{Budget, Limits};
use dio::options::{OrientationMode, PdfMode, ReadOptions, Region, SaveOptions};
use dio::pixel::PixelFormat;
use dio::source::Source;
use dio::{reader, writer};

/// A picture in which no pixel is like its neighbours.
fn noise(width: u32, height: u32, format: PixelFormat) -> ImageData {
    let mut image = ImageData::new(width, height, PixelFormat::Abgr16161616).unwrap();
    let mut state = 1u32;
    image.pixels_mut().iter_mut().for_each(|byte| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        *byte = (state >> 24) as u8;
    });
    image.resolution = (300.0, 200.0);
    image.convert(format, &budget()).unwrap()
}

fn budget() -> Budget {
    Budget::new(Limits::default(), None)
}

/// A TIFF that states any of the eight orientations.
fn tiff(image: &mut ImageData, orientation: u8) -> Vec<u8> {
    image.set_orientation(Orientation::Right);
    let mut bytes = writer::save_memory(image, FileFormat::Tiff, &SaveOptions::default()).unwrap();
    let tag = [0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0];
    let at = bytes.windows(tag.len()).position(|part| part == tag).unwrap();
    bytes[at + 8] = orientation;
    bytes
}

fn read(file: &[u8], options: &ReadOptions) -> ImageData {
    reader::read(Source::from_bytes(file.to_vec()), options).unwrap()
}

/// Samples of the pixels of a region, each pixel for itself.
fn samples(image: &ImageData, region: Region) -> Vec<Vec<u64>> {
    let layout = image.layout();
    let wide = layout.format.is_16_bit();
    let bytes = layout.format.bits_per_pixel() / 8;
    let rows = (region.y..region.y + region.height).map(|y| image.view().row(y.into()).to_vec());
    let pixels = rows.flat_map(|row| {
        let start = region.x as usize * bytes;
        let pixels = row[start..start + region.width as usize * bytes].to_vec();
        pixels.chunks(bytes).map(<[u8]>::to_vec).collect::<Vec<_>>()
    });
    let sample = |bytes: &[u8]| match *bytes {
        [one] => one.into(),
        [low, high] => u16::from_ne_bytes([low, high]).into(),
        _ => unreachable!(),
    };
    pixels.map(|pixel| pixel.chunks(if wide { 2 } else { 1 }).map(sample).collect()).collect()
}

fn all(image: &ImageData) -> Region {
    let layout = image.layout();
    Region { x: 0, y: 0, width: layout.width, height: layout.height }
}

#[test]
fn a_region_is_that_part_of_what_is_returned_without_it() {
    let region = Region { x: 5, y: 3, width: 17, height: 11 };
    let formats = PixelFormat::ALL.into_iter().filter(|format| !format.is_planar());
    for (format, orientation) in formats.flat_map(|format| (1..=8).map(move |at| (format, at))) {
        let file = tiff(&mut noise(41, 29, format), orientation);
        for mode in [OrientationMode::Report, OrientationMode::Apply] {
            let whole = ReadOptions { orientation: mode, ..ReadOptions::default() };
            let part = ReadOptions { region: Some(region), ..whole.clone() };
            let (whole, part) = (read(&file, &whole), read(&file, &part));
            assert_eq!(part.layout().format, whole.layout().format);
            assert_eq!((part.orientation, part.resolution), (whole.orientation, whole.resolution));
            let bits = whole.layout().format.is_packed_bits();
            let plain = |image: ImageData| match bits {
                true => image.convert(PixelFormat::Binary8, &budget()).unwrap(),
                false => image,
            };
            let (whole, part) = (plain(whole), plain(part));
            let what = format!("{format:?}, orientation {orientation}, {mode:?}");
            assert!(samples(&part, all(&part)) == samples(&whole, region), "{what}");
        }
    }
}

/// The mean of pixels, colours by their alpha.
fn mean(pixels: &[Vec<u64>], weights: &[f64], alpha: bool) -> Vec<f64> {
    let count = pixels[0].len();
    let opacity = |pixel: &[u64]| if alpha { pixel[count - 1] as f64 } else { 1.0 };
    let sum = |value: &dyn Fn(&[u64]) -> f64| -> f64 {
        pixels.iter().zip(weights).map(|(pixel, weight)| weight * value(pixel)).sum()
    };
    let (all, opaque) = (weights.iter().sum::<f64>(), sum(&|pixel| opacity(pixel)));
    let colour = |at: usize| match alpha && at == count - 1 {
        true => opaque / all,
        false => sum(&|pixel| pixel[at] as f64 * opacity(pixel)) / opaque.max(1e-9),
    };
    (0..count).map(colour).collect()
}

/// What each pixel covers along a side, and how much of it.
fn covered(at: u32, each: f64, len: u32) -> Vec<(u32, f64)> {
    let (from, to) = (f64::from(at) * each, (f64::from(at + 1) * each).min(f64::from(len)));
    let overlap = |x: u32| (to.min(f64::from(x + 1)) - from.max(f64::from(x))).max(0.0);
    (0..len).map(|x| (x, overlap(x))).filter(|(_, part)| *part > 1e-9).collect()
}

#[test]
fn smaller_pages_are_means_of_the_pixels_they_cover() {
    let region = Region { x: 2, y: 1, width: 37, height: 26 };
    for format in PixelFormat::ALL.into_iter().filter(|format| !format.is_planar()) {
        let file = tiff(&mut noise(41, 29, format), 1);
        let whole = read(&file, &ReadOptions::default());
        let stored = whole.layout().format;
        let averaged = if stored.is_bilevel() { PixelFormat::Gray8 } else { stored };
        let whole = whole.convert(averaged, &budget()).unwrap();
        for (scale, max_side) in [(2, 0), (4, 0), (8, 0), (1, 36), (1, 20), (1, 1), (2, 7), (2, 30)]
        {
            let options =
                ReadOptions { scale, max_side, region: Some(region), ..ReadOptions::default() };
            let smaller = read(&file, &options);
            let layout = smaller.layout();
            assert_eq!(layout.format, averaged, "{format:?}");
            let blocks = (37u32.div_ceil(scale), 26u32.div_ceil(scale));
            let (size, each) = match max_side {
                side if side > 0 && side < blocks.0 => {
                    let down =
                        (f64::from(blocks.1) * f64::from(side) / f64::from(blocks.0)).round();
                    let size = (side, (down as u32).max(1));
                    (size, (37.0 / f64::from(size.0), 26.0 / f64::from(size.1)))
                }
                _ => (blocks, (f64::from(scale), f64::from(scale))),
            };
            let what = format!("{format:?}, scale {scale}, max_side {max_side}");
            assert_eq!((layout.width, layout.height), size, "{what}");
            let dpi = (300.0 / each.0, 200.0 / each.1);
            assert!((smaller.resolution.0 - dpi.0).abs() < 1e-3, "{what}");
            assert!((smaller.resolution.1 - dpi.1).abs() < 1e-3, "{what}");
            let ours = samples(&smaller, all(&smaller));
            for (at, pixel) in (0..).zip(&ours) {
                let (x, y) = (at % size.0, at / size.0);
                let (mut pixels, mut weights) = (Vec::new(), Vec::new());
                for (row, down) in covered(y, each.1, 26) {
                    let row = Region { x: region.x, y: region.y + row, height: 1, ..region };
                    let row = samples(&whole, row);
                    for (column, across) in covered(x, each.0, 37) {
                        pixels.push(row[column as usize].clone());
                        weights.push(down * across);
                    }
                }
                let wanted = mean(&pixels, &weights, averaged.has_alpha());
                let near = |(a, b): (&u64, &f64)| (*a as f64 - b).abs() <= 0.501;
                assert!(pixel.iter().zip(&wanted).all(near), "{what}: {pixel:?}, not {wanted:?}");
            }
        }
    }
}

#[test]
fn other_formats_and_planes_are_made_of_the_smaller_page() {
    let file = tiff(&mut noise(64, 48, PixelFormat::Bgr888), 6);
    for format in PixelFormat::ALL {
        let options = ReadOptions {
            orientation: OrientationMode::Apply,
            scale: 4,
            region: Some(Region { x: 1, y: 2, width: 45, height: 60 }),
            ..ReadOptions::default()
        };
        let smaller = read(&file, &options).convert(format, &budget()).unwrap();
        let asked = read(&file, &ReadOptions { pixel_format: Some(format), ..options });
        assert_eq!((asked.layout().width, asked.layout().height), (12, 15));
        let colours = |image: &ImageData| {
            let image = image.convert(PixelFormat::Bgr888, &budget()).unwrap();
            samples(&image, all(&image)).concat()
        };
        // Rounded before or after the mean: by a step of the format, or over to the other side of the threshold.
        let apart = colours(&asked).into_iter().zip(colours(&smaller)).map(|(a, b)| a.abs_diff(b));
        if format.is_bilevel() {
            assert!(apart.filter(|apart| *apart > 0).count() <= 3 * 8, "{format:?}");
        } else {
            assert!(apart.max() <= Some(9), "{format:?}");
        }
    }
}

#[test]
fn a_region_that_is_not_within_the_page_is_refused() {
    let file = tiff(&mut noise(40, 30, PixelFormat::Gray8), 6);
    let kind = |x, y, width, height| {
        let region = Some(Region { x, y, width, height });
        let options =
            ReadOptions { region, orientation: OrientationMode::Apply, ..ReadOptions::default() };
        reader::read(Source::from_bytes(file.clone()), &options).map(drop).map_err(|it| it.kind())
    };
    // Upright it is 30 x 40.
    assert_eq!(kind(0, 0, 30, 40), Ok(()));
    assert_eq!(kind(29, 39, 1, 1), Ok(()));
    for (x, y, width, height) in
        [(0, 0, 31, 40), (1, 0, 30, 40), (0, 0, 0, 1), (u32::MAX, 0, 2, 1), (0, 30, 30, u32::MAX)]
    {
        assert_eq!(kind(x, y, width, height), Err(Kind::ParameterInvalid));
    }
}

#[test]
fn a_part_of_a_pdf_page_is_drawn_as_it_is_in_the_whole() {
    let file =
        fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/pages.pdf")).unwrap();
    let mut options = ReadOptions { dpi: 110.0, ..ReadOptions::default() };
    options.pdf.mode = PdfMode::Render;
    let whole = read(&file, &options);
    let (width, height) = (whole.layout().width, whole.layout().height);
    let region = Region { x: width / 3, y: height / 4, width: width / 2, height: height / 2 };
    let part = read(&file, &ReadOptions { region: Some(region), ..options.clone() });
    assert_eq!((part.layout().width, part.layout().height), (region.width, region.height));
    assert_eq!(part.resolution, (110.0, 110.0));
    let (ours, theirs) = (samples(&part, all(&part)), samples(&whole, region));
    assert!(theirs.iter().any(|pixel| pixel[0] < 128), "the region is empty");
    let apart = ours.iter().flatten().zip(theirs.iter().flatten()).map(|(a, b)| a.abs_diff(*b));
    assert!(apart.max() <= Some(1));
    // Twice as large, where nothing is larger than the call may have but the page.
    options.region = Some(region);
    options.max_side = region.width.max(region.height) * 2;
    options.limits.max_pixels = u64::from(region.width * region.height) * 5;
    let larger = read(&file, &options);
    assert_eq!(
        (larger.layout().width, larger.layout().height),
        (region.width * 2, region.height * 2)
    );
    assert_eq!(larger.resolution, (220.0, 220.0));
    options.max_side = 0;
    options.scale = 4;
    let smaller = read(&file, &options);
    let (across, down) = (region.width.div_ceil(4), region.height.div_ceil(4));
    assert_eq!((smaller.layout().width, smaller.layout().height), (across, down));
    assert_eq!(smaller.resolution, (27.5, 27.5));
}

#[test]
fn a_region_of_a_scan_stays_one_of_its_pixels_when_it_is_made_smaller() {
    let image = noise(200, 120, PixelFormat::Gray8);
    let file = writer::save_memory(&image, FileFormat::Pdf, &SaveOptions::default()).unwrap();
    let region = Region { x: 150, y: 70, width: 40, height: 30 };
    let options = ReadOptions { region: Some(region), max_side: 20, ..ReadOptions::default() };
    let (pdf, tiff) =
        (read(&file, &options), read(&tiff(&mut noise(200, 120, PixelFormat::Gray8), 1), &options));
    assert_eq!((pdf.layout().width, pdf.layout().height), (20, 15));
    assert!(pdf.pixels() == tiff.pixels());
}
