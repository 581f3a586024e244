//! What the tests of several codecs need: reading, writing, and the trials that every codec stands.

use crate::codec::{Codec, Header, Picture};
use crate::error::{Kind, Result};
use crate::image::WHITE;
use crate::limits::{Budget, Limits};
use crate::metadata::Metadata;
use crate::options::{ReadOptions, SaveOptions, Tolerance};
use crate::pixel::{Canvas, Converter, Layout, PixelFormat, PixelView};
use crate::sink::Sink;
use crate::source::Source;

/// Header and pixels of the first page, in `format` or the nearest to what is stored.
pub fn read_as(
    codec: &dyn Codec,
    bytes: &[u8],
    format: Option<PixelFormat>,
    options: &ReadOptions,
) -> Result<(Header, Vec<u8>)> {
    let budget = options.budget();
    let source = Source::from_bytes(bytes.to_vec());
    let mut pages = codec.open(&source, options, &budget)?;
    assert_eq!(pages.count(&budget)?, 1);
    let header = pages.header(0, options, &budget)?;
    budget.check_size(header.width, header.height)?;
    let layout = Layout::tight(header.width, header.height, format.unwrap_or(header.native))?;
    let booked = budget.reserve(layout.size() as u64)?;
    let mut pixels = vec![0; layout.size()];
    let mut canvas = Canvas::new(&mut pixels, layout, WHITE, &budget)?;
    let decoded = pages.decode(0, options, &mut canvas);
    let rows = canvas.rows_filled();
    drop(booked);
    match decoded {
        Err(error) if options.tolerance == Tolerance::Strict || rows == 0 => Err(error),
        _ => Ok((header, pixels)),
    }
}

pub fn read(codec: &dyn Codec, bytes: &[u8]) -> Result<(Header, Vec<u8>)> {
    read_as(codec, bytes, None, &ReadOptions::default())
}

/// Pixels that differ from each other, with all values of every sample.
pub fn pattern(layout: Layout) -> Vec<u8> {
    let noise = |n: usize| (n.wrapping_mul(2_654_435_761) >> 7) as u8;
    let mut pixels: Vec<u8> = (0..layout.size()).map(|n| noise(n / 5 + n % 3)).collect();
    if matches!(layout.format, PixelFormat::Binary8 | PixelFormat::Binary8Inverted) {
        pixels.iter_mut().for_each(|pixel| *pixel = if *pixel < 128 { 0 } else { 255 });
    }
    pixels
}

pub fn write(
    codec: &dyn Codec,
    layout: Layout,
    pixels: &[u8],
    dpi: (f64, f64),
    metadata: &Metadata,
) -> Result<Vec<u8>> {
    let budget = Budget::new(Limits::default(), None);
    let options = SaveOptions::default();
    let stored = codec.stored_as(layout.format, &options)?;
    let view = PixelView::new(pixels, layout)?;
    let mut picture = Picture::new(view, stored, WHITE, metadata, &budget);
    picture.resolution = dpi;
    let mut sink = Sink::memory();
    codec.encode(&picture, &options, &mut sink, &budget)?;
    sink.finish().map(|bytes| bytes.to_vec())
}

/// A file of the pattern.
pub fn sample(codec: &dyn Codec, width: u32, height: u32, format: PixelFormat) -> Vec<u8> {
    let layout = Layout::tight(width, height, format).unwrap();
    write(codec, layout, &pattern(layout), (0.0, 0.0), &Metadata::default()).unwrap()
}

/// Every pixel format, written and read again at sizes that fill rows in different ways.
pub fn stands_round_trips(codec: &dyn Codec) {
    for format in PixelFormat::ALL.into_iter().filter(|format| !format.is_planar()) {
        for (width, height) in [(1, 1), (7, 3), (8, 2), (33, 5), (130, 1)] {
            let layout = Layout::tight(width, height, format).unwrap();
            let pixels = pattern(layout);
            let file = write(codec, layout, &pixels, (0.0, 0.0), &Metadata::default()).unwrap();
            assert!(codec.recognizes(&file));
            let stored = codec.stored_as(format, &SaveOptions::default()).unwrap();
            let wanted = Layout::tight(width, height, stored).unwrap();
            let mut expected = vec![0; wanted.size()];
            let converter = Converter::new(format, stored, WHITE);
            let rows = pixels.chunks(layout.stride).zip(expected.chunks_mut(wanted.stride));
            rows.for_each(|(from, to)| converter.row(from, to, width as usize));
            let (header, read) =
                read_as(codec, &file, Some(stored), &ReadOptions::default()).unwrap();
            assert_eq!((header.width, header.height), (width, height));
            assert_eq!(read, expected, "{format:?}, {width} x {height}");
        }
    }
}

/// Any pixel format asked for is that of the nearest one, converted.
pub fn reads_into_any_format(codec: &dyn Codec, file: &[u8]) {
    let (header, native) = read(codec, file).unwrap();
    let width = header.width as usize;
    let from = Layout::tight(header.width, header.height, header.native).unwrap();
    for format in PixelFormat::ALL.into_iter().filter(|format| !format.is_planar()) {
        let to = Layout::tight(header.width, header.height, format).unwrap();
        let mut expected = vec![0; to.size()];
        let converter = Converter::new(header.native, format, WHITE);
        let rows = native.chunks(from.stride).zip(expected.chunks_mut(to.stride));
        rows.for_each(|(from, to)| converter.row(from, to, width));
        let (_, read) = read_as(codec, file, Some(format), &ReadOptions::default()).unwrap();
        assert_eq!(read, expected, "{:?} as {format:?}", header.native);
    }
}

/// A file cut anywhere is an error, unless what is cut off are no pixels; asked to recover it never panics.
pub fn stands_cuts(codec: &dyn Codec, file: &[u8]) {
    let (_, whole) = read(codec, file).unwrap();
    let recover = ReadOptions { tolerance: Tolerance::Recover, ..ReadOptions::default() };
    let mut recovered = 0;
    for len in 0..file.len() {
        match read(codec, &file[..len]) {
            Ok((_, pixels)) => assert_eq!(pixels, whole, "{len} of {} bytes", file.len()),
            Err(error) => assert_eq!(error.kind(), Kind::Damaged, "{len} bytes: {error}"),
        }
        recovered += usize::from(read_as(codec, &file[..len], None, &recover).is_ok());
    }
    assert!(recovered > 0, "nothing can be recovered");
}

/// Bytes changed one at a time, in the header and at the end, are an image or an error within a small budget.
pub fn stands_changes(codec: &dyn Codec, file: &[u8]) {
    let limits = Limits { max_pixels: 1 << 16, max_memory: 1 << 22, ..Limits::default() };
    let options = ReadOptions { limits, ..ReadOptions::default() };
    for at in (0..file.len()).filter(|at| *at < 160 || at + 64 > file.len()) {
        for change in [0x00, 0x01, 0x7f, 0x80, 0xff] {
            let mut changed = file.to_vec();
            changed[at] ^= change;
            let _ = read_as(codec, &changed, None, &options);
            changed[at] = change;
            let _ = read_as(codec, &changed, None, &options);
        }
    }
}
