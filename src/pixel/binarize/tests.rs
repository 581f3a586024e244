//! Against thresholds worked out in other ways.

use super::*;
use crate::limits::Limits;
use crate::pixel::Layout;

fn run(pixels: &[u8], width: u32, how: Binarize) -> Vec<Vec<bool>> {
    let budget = Budget::new(Limits::default(), None);
    let height = pixels.len() as u32 / width;
    let layout = Layout::tight(width, height, PixelFormat::Gray8).unwrap();
    let view = PixelView::new(pixels, layout).unwrap();
    let layout = Layout::tight(width, height, PixelFormat::Binary).unwrap();
    let mut bits = vec![0xaa; layout.size()];
    let mut canvas = Canvas::new(&mut bits, layout, [255; 3], &budget).unwrap();
    binarize(&view, 0.0, &how, &mut canvas, [255; 3]).unwrap();
    let row =
        |row: &[u8]| (0..width as usize).map(|x| row[x / 8] >> (7 - x % 8) & 1 == 1).collect();
    bits.chunks(layout.stride).map(row).collect()
}

fn scene(width: u32, height: u32) -> Vec<u8> {
    let pixel = |at: u32| {
        let (x, y) = (at % width, at / width);
        let paper = 120 + x * 100 / width;
        let ink = (x / 3 + y / 4).is_multiple_of(5);
        (if ink { paper - 90 } else { paper } + at * 7919 % 13) as u8
    };
    (0..width * height).map(pixel).collect()
}

#[test]
fn otsu_parts_two_hills_and_leaves_one_gray_alone() {
    let mut histogram = [0; 256];
    histogram[40..60].fill(10);
    histogram[180..200].fill(30);
    // Every cut between the hills is as good; the first is taken.
    assert_eq!(otsu(&histogram), 60);
    for (gray, white) in [(127, false), (128, true)] {
        let rows = run(&[gray; 12], 4, Binarize::default());
        assert!(rows.iter().flatten().all(|is| *is == white));
    }
}

#[test]
fn a_threshold_is_the_first_white() {
    let how = |threshold| Binarize {
        method: BinarizeMethod::Threshold,
        threshold,
        ..Binarize::default()
    };
    assert_eq!(run(&[99, 100, 101], 3, how(100)), [[false, true, true]]);
}

#[test]
fn sauvola_is_what_its_formula_says_pixel_by_pixel() {
    for (width, height, window) in [(40u32, 30u32, 7u32), (9, 50, 15), (50, 5, 31), (1, 1, 3)] {
        let pixels = scene(width, height);
        let how = Binarize { method: BinarizeMethod::Sauvola, window, ..Binarize::default() };
        let rows = run(&pixels, width, how);
        let reach = i64::from(window / 2);
        for y in 0..i64::from(height) {
            for x in 0..i64::from(width) {
                let near =
                    |at: i64, side: u32| (at - reach).max(0)..(at + reach + 1).min(i64::from(side));
                let around: Vec<f64> = near(y, height)
                    .flat_map(|y| near(x, width).map(move |x| (x, y)))
                    .map(|(x, y)| f64::from(pixels[(y * i64::from(width) + x) as usize]))
                    .collect();
                let count = around.len() as f64;
                let mean = around.iter().sum::<f64>() / count;
                let variance = around.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / count;
                let threshold = mean * (1.0 + 0.34 * (variance.sqrt() / 128.0 - 1.0));
                let gray = f64::from(pixels[(y * i64::from(width) + x) as usize]);
                let (x, y) = (x as usize, y as usize);
                assert!((gray - threshold).abs() < 1e-6 || rows[y][x] == (gray > threshold));
            }
        }
    }
}

#[test]
fn diffusion_keeps_the_mean() {
    let how = Binarize { method: BinarizeMethod::FloydSteinberg, ..Binarize::default() };
    for gray in [10u8, 64, 128, 200, 250] {
        let rows = run(&[gray; 64 * 64], 64, how);
        let white = rows.iter().flatten().filter(|white| **white).count();
        let mean = white as f64 * 255.0 / 4096.0;
        assert!((mean - f64::from(gray)).abs() < 4.0, "{gray}: {mean}");
    }
    // The first pixels, by hand: 100 is black, and hands 43 on, which makes 143 white; -49 go on, and 22.
    assert_eq!(run(&[100; 4], 4, how), [[false, true, false, false]]);
}

#[test]
fn a_window_out_of_range_is_named() {
    let how = Binarize { window: 2, ..Binarize::default() };
    assert!(how.check().unwrap_err().to_string().contains("window is 2"));
    assert!(Binarize { k: 2.0, ..Binarize::default() }.check().is_err());
}
