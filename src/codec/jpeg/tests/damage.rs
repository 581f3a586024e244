//! Files that are cut, changed or lie about themselves.

use super::intervals::Intervals;
use super::*;
use crate::limits::Limits;

/// Files that take each way through the code.
fn files() -> Vec<(&'static str, Vec<u8>)> {
    let save = |width, height, format, optimize, subsampling| {
        let options = SaveOptions { optimize, subsampling, ..SaveOptions::default() };
        saved(&picture(width, height, format), &options)
    };
    use PixelFormat as F;
    vec![
        ("gray", save(40, 30, F::Gray8, false, Subsampling::Both)),
        ("colour", save(40, 30, F::Bgr888, true, Subsampling::None)),
        ("small", save(20, 20, F::Bgr888, false, Subsampling::Both)),
        ("subsampled", save(136, 130, F::Bgr888, false, Subsampling::Both)),
        ("inks", save(24, 24, F::Cmyk8888, true, Subsampling::Both)),
        ("progressive", samples::PROGRESSIVE.to_vec()),
        ("small progressive", samples::PROGRESSIVE_420.to_vec()),
        ("lossless", samples::LOSSLESS.to_vec()),
        ("arithmetic", samples::ARITHMETIC.to_vec()),
        ("arithmetic progressive", samples::ARITHMETIC_PROGRESSIVE_420.to_vec()),
    ]
}

fn recover(bytes: &[u8]) -> Result<ImageData> {
    let options = ReadOptions { tolerance: Tolerance::Recover, ..ReadOptions::default() };
    reader::read(Source::from_bytes(bytes.to_vec()), &options)
}

/// Where the entropy-coded data of the first scan begins.
fn data_of(bytes: &[u8]) -> usize {
    let source = Source::from_bytes(bytes.to_vec());
    scan::scan(&source, Want::Pixels, &ReadOptions::default().budget()).unwrap().data as usize
}

/// Every length of small files, some of large ones.
fn step(bytes: &[u8]) -> usize {
    1 + bytes.len() / 1000 * 4
}

#[test]
fn a_cut_file_is_damaged_at_every_length() {
    for (name, bytes) in files() {
        read(&bytes, None).unwrap();
        for len in (3..bytes.len()).step_by(step(&bytes)) {
            let error = read(&bytes[..len], None).expect_err(&format!("{name} cut to {len}"));
            assert_eq!(error.kind(), Kind::Damaged, "{name} cut to {len}: {error}");
        }
    }
}

#[test]
fn an_early_end_marker_is_damage_too() {
    for (name, bytes) in files() {
        let data = data_of(&bytes);
        // The last bytes may hold nothing that the decoder needs.
        for len in (data..bytes.len() - 12).step_by(step(&bytes)) {
            let mut cut = bytes[..len].to_vec();
            cut.extend([0xff, markers::EOI]);
            // A progressive file may leave scans out, and one in arithmetic coding bytes that are zero.
            let error = match read(&cut, None) {
                Ok(_) if name.contains("progressive") || name == "arithmetic" => continue,
                Ok(_) => panic!("{name} cut to {len} was read"),
                Err(error) => error,
            };
            assert_eq!(error.kind(), Kind::Damaged, "{name} cut to {len}: {error}");
        }
    }
}

#[test]
fn a_cut_file_can_be_recovered_with_a_warning() {
    for (name, bytes) in files() {
        let whole = read(&bytes, None).unwrap();
        let data = data_of(&bytes);
        let cut = &bytes[..data + (bytes.len() - data) / 2];
        let image = recover(cut).unwrap();
        assert_eq!(image.warnings.len(), 1, "{name}");
        assert_eq!(image.layout(), whole.layout());
        if !matches!(name, "gray" | "colour" | "subsampled" | "lossless") {
            // Made better by each scan, or cut within the first row of blocks.
            continue;
        }
        // The first rows are whole, the last ones are none.
        let row_len = whole.layout().stride;
        let rows = whole.layout().height as usize / 4;
        assert_eq!(image.pixels()[..row_len * rows], whole.pixels()[..row_len * rows], "{name}");
        if name != "lossless" {
            assert!(image.pixels().rchunks(row_len).next().unwrap().iter().all(|byte| *byte == 0));
        }
    }
}

#[test]
fn no_change_of_a_byte_makes_it_panic() {
    let mut seed = 7u32;
    let mut random = |below: usize| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 8) as usize % below
    };
    for (_, bytes) in files() {
        for _ in 0..120 {
            let mut changed = bytes.clone();
            for _ in 0..=random(4) {
                let at = 2 + random(changed.len() - 2);
                changed[at] = random(256) as u8;
            }
            // Whatever becomes of it, errors included.
            drop(read(&changed, None));
            drop(recover(&changed));
        }
    }
}

#[test]
fn a_tiny_file_of_a_huge_image_is_refused() {
    let mut bytes = saved(&picture(16, 16, PixelFormat::Bgr888), &SaveOptions::default());
    let frame = bytes.windows(2).position(|pair| pair == [0xff, markers::SOF0]).unwrap();
    bytes[frame + 5..frame + 9].copy_from_slice(&[0x4e, 0x20, 0x4e, 0x20]);
    let error = read(&bytes, None).unwrap_err();
    assert!(error.to_string().contains("20000 x 20000 pixels are declared in"), "{error}");
}

#[test]
fn kinds_of_frames_that_are_not_read_are_named() {
    let bytes = saved(&picture(16, 16, PixelFormat::Gray8), &SaveOptions::default());
    let frame = bytes.windows(2).position(|pair| pair == [0xff, markers::SOF0]).unwrap();
    for (marker, name) in [
        (0xcd, "hierarchical arithmetic coding (SOF13) is not supported"),
        (0xc5, "hierarchical coding (SOF5) is not supported"),
        (0xcb, "lossless arithmetic coding (SOF11) is not supported"),
    ] {
        let mut changed = bytes.clone();
        changed[frame + 1] = marker;
        let error = read(&changed, None).unwrap_err();
        assert_eq!(error.kind(), Kind::FeatureUnsupported);
        assert!(error.to_string().ends_with(name), "{error}");
    }
    let mut changed = bytes.clone();
    changed[frame + 4] = 10;
    assert_eq!(read(&changed, None).unwrap_err().kind(), Kind::DepthUnsupported);
}

#[test]
fn what_decoding_takes_is_booked() {
    let options = SaveOptions { subsampling: Subsampling::None, ..SaveOptions::default() };
    let bytes = saved(&picture(400, 300, PixelFormat::Bgr888), &options);
    let read_within = |bytes: &[u8], max_memory| {
        let limits = Limits { max_memory, ..Limits::default() };
        let options = ReadOptions { limits, ..ReadOptions::default() };
        reader::read(Source::from_bytes(bytes.to_vec()), &options)
    };
    // Baseline: the pixels and a few rows.
    let pixels = 400 * 300 * 3;
    read_within(&bytes, pixels + 200_000).unwrap();
    assert_eq!(read_within(&bytes, pixels - 1).unwrap_err().kind(), Kind::LimitExceeded);
    // Progressive: the coefficients too.
    let error = read_within(&samples::PROGRESSIVE, 24 * 16 * 3 * 2).unwrap_err();
    assert_eq!(error.kind(), Kind::LimitExceeded);
}

#[test]
fn garbage_between_segments_and_fill_bytes_are_skipped() {
    let bytes = saved(&picture(16, 16, PixelFormat::Gray8), &SaveOptions::default());
    let whole = read(&bytes, None).unwrap();
    let frame = bytes.windows(2).position(|pair| pair == [0xff, markers::SOF0]).unwrap();
    for extra in [&[0xff, 0xff][..], &[1, 2, 3, 4, 5], &[0xff, 0x00, 0xff]] {
        let changed = [&bytes[..frame], extra, &bytes[frame..]].concat();
        assert_eq!(read(&changed, None).unwrap().pixels(), whole.pixels());
    }
}

#[test]
fn what_follows_the_restart_marker_after_damage_is_recovered() {
    let mut image = ImageData::new(64, 64, PixelFormat::Gray8).unwrap();
    for (at, byte) in image.pixels_mut().iter_mut().enumerate() {
        *byte = (at * at / 97 + at / 64 * 3) as u8;
    }
    // Eight rows of blocks, each an interval of its own.
    let intervals = || Intervals::of(&image, &SaveOptions::default(), 8);
    let good = read(&intervals().file(), None).unwrap();
    type Damage = fn(&mut Vec<Vec<u8>>);
    let damages: [(Damage, &[usize]); 5] = [
        (|data| data[3].truncate(4), &[3]),
        (|data| data[0].truncate(2), &[0]),
        // What is lost with its marker, and two at once.
        (|data| data[4].clear(), &[4]),
        (|data| data[5..7].iter_mut().for_each(Vec::clear), &[5, 6]),
        // Codes of ones alone do not exist.
        (|data| data[2][1..9].copy_from_slice(&[0xff, 0, 0xff, 0, 0xff, 0, 0xff, 0]), &[2]),
    ];
    for (damage, lost) in damages {
        let mut intervals = intervals();
        damage(&mut intervals.data);
        let file = intervals.file();
        assert_eq!(read(&file, None).unwrap_err().kind(), Kind::Damaged);
        let image = recover(&file).unwrap();
        assert_eq!(image.warnings.len(), 1);
        let rows = image.pixels().chunks(64 * 8).zip(good.pixels().chunks(64 * 8));
        for (at, (row, good)) in rows.enumerate() {
            assert_eq!(row == good, !lost.contains(&at), "{lost:?}: {at}");
        }
    }
}
