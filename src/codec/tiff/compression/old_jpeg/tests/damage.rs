//! Files that are cut, wrong, or too good to be true.

use super::*;

/// A file of each layout, for damage: what is needed first lies first.
fn files() -> Vec<Vec<u8>> {
    let size = (37, 41);
    let strips = in_strips(size, 16, Subsampling::Both);
    let data: Vec<&[u8]> = strips.iter().map(Jpeg::data).collect();
    let whole = jpeg(&picture(size.0, 0, size.1, PixelFormat::Rgb888), Subsampling::Both);
    let mut layouts = [0; 5].map(|_| page_of(size));
    layouts[0].tables(&strips[0], 3);
    layouts[0].strips(16, &data);
    let at = layouts[1].interchange(&whole.file);
    layouts[1].set(tags::STRIP_OFFSETS, LONG, &[at + whole.header().len() as u32]);
    layouts[1].set(tags::STRIP_BYTE_COUNTS, LONG, &[whole.data().len() as u32]);
    layouts[2].interchange(strips[0].header());
    layouts[2].strips(16, &data);
    let parts: Vec<&[u8]> = whole.file.chunks(whole.file.len().div_ceil(3)).collect();
    layouts[3].strips(16, &parts);
    layouts[4].tables(&whole, 3);
    layouts[4].tiles((48, 48), &[whole.data()]);
    layouts.iter().map(|tiff| tiff.file(false)).collect()
}

fn options(tolerance: Tolerance) -> ReadOptions {
    let limits = Limits { max_memory: 8 << 20, ..Limits::default() };
    ReadOptions { tolerance, limits, ..ReadOptions::default() }
}

#[test]
fn a_file_may_end_anywhere() {
    let mut seen = [false; 5];
    for (layout, file) in files().into_iter().enumerate() {
        let whole = read(file.clone(), &options(Tolerance::Strict)).unwrap();
        for len in (8..file.len()).rev().step_by(7) {
            let strict = read(file[..len].to_vec(), &options(Tolerance::Strict));
            assert!(strict.is_err() || len + 16 > file.len(), "{layout} at {len}");
            let Ok(part) = read(file[..len].to_vec(), &options(Tolerance::Recover)) else {
                continue;
            };
            assert_eq!(part.pixels().len(), whole.pixels().len());
            // Of the rows whose data is there, a row of blocks or two are missing.
            let good = part.pixels().iter().zip(whole.pixels()).take_while(|(a, b)| a == b).count();
            let heads = DATA + 700;
            let data = len.saturating_sub(heads) * 41 / (file.len() - heads);
            let rows = good / (37 * 3);
            assert!(rows + 24 >= data, "{layout} at {len}: {rows} of {data} rows");
            seen[layout] |= rows > 0 && rows < 41;
        }
    }
    assert_eq!(seen, [true; 5], "parts were recovered");
}

#[test]
fn damage_is_an_error_and_no_more() {
    for file in files() {
        let fields = usize::from(file[8]);
        for at in 10..10 + 12 * fields {
            for byte in [0, 6, 0xff] {
                let mut file = file.clone();
                file[at] = byte;
                let strict = read(file.clone(), &options(Tolerance::Strict));
                let recovered = read(file, &options(Tolerance::Recover));
                assert!(strict.is_err() || recovered.is_ok(), "byte {at} as {byte}");
            }
        }
        // Within the data.
        for at in (DATA..file.len()).step_by(37) {
            let mut file = file.clone();
            let end = file.len().min(at + 3);
            file[at..end].fill(0xff);
            let strict = read(file.clone(), &options(Tolerance::Strict));
            let recovered = read(file, &options(Tolerance::Recover));
            assert!(strict.is_err() || recovered.is_ok(), "data at {at}");
        }
    }
}

#[test]
fn what_no_data_can_hold_is_refused() {
    let gray = jpeg(&picture(64, 0, 64, PixelFormat::Gray8), Subsampling::None);
    let mut tiff = Tiff::new(30_000, 30_000, 1, 1);
    tiff.strips(30_000, &[gray.data()]);
    tiff.tables(&gray, 1);
    let error = read(tiff.file(false), &ReadOptions::default()).unwrap_err();
    assert!(error.message().contains("30000 x 30000 pixels in"), "{error}");
}
