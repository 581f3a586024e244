//! How fast rows of one pixel format become rows of another, against copying as many bytes: `cargo bench --bench pixels`.

use std::hint::black_box;
use std::time::Instant;

use dio::pixel::{Converter, Layout, PixelFormat};

/// A million pixels: what is read and written stays in the cache of the last level.
const SIDE: (u32, u32) = (4000, 250);
const TURNS: usize = 7;

/// Seconds of the quickest of a few turns.
fn quickest(mut work: impl FnMut()) -> f64 {
    let turn = |_| {
        let begin = Instant::now();
        work();
        begin.elapsed().as_secs_f64()
    };
    (0..TURNS).map(turn).fold(f64::INFINITY, f64::min)
}

fn main() {
    let most = SIDE.0 as usize * SIDE.1 as usize * 8;
    let from: Vec<u8> = (0..most).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    let mut to = vec![0; most];
    let half = most / 2;
    let copied = quickest(|| black_box(&mut to[..half]).copy_from_slice(black_box(&from[..half])));
    let copied = 2.0 * half as f64 / copied;
    println!("Bytes read and written per second, of the {:.1} GB of memcpy.\n", copied / 1e9);
    let formats = PixelFormat::ALL.into_iter().filter(|format| !format.is_planar());
    let formats: Vec<_> = formats.collect();
    let names: Vec<_> = formats.iter().map(|format| format.name()).collect();
    println!("| from \\ to | {} |\n| --- {}|", names.join(" | "), "| --- ".repeat(names.len()));
    for a in &formats {
        let cells = formats.iter().map(|b| {
            let layouts = [*a, *b].map(|format| Layout::tight(SIDE.0, SIDE.1, format));
            let [Ok(before), Ok(after)] = layouts else { return String::new() };
            let converter = Converter::new(*a, *b, [255; 3]);
            let seconds = quickest(|| {
                let rows = from.chunks(before.stride).zip(to.chunks_mut(after.stride));
                for (from, to) in rows.take(SIDE.1 as usize) {
                    converter.row(black_box(from), black_box(to), SIDE.0 as usize);
                }
            });
            format!("{:.2}", (before.size() + after.size()) as f64 / seconds / copied)
        });
        println!("| {} | {} |", a.name(), cells.collect::<Vec<_>>().join(" | "));
    }
}
