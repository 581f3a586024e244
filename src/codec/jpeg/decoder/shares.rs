//! The same with several threads, where restart markers allow to begin in the midst of the data: each thread decodes rows of
//! MCUs for itself, from bits to pixels.
//!
//! A share begins at the last marker before its rows. Where chroma is interpolated it decodes the row of MCUs above and the
//! one below as well. Whatever is wrong with a share, one thread decodes the image anew, and says what it is.

use std::io::{BufRead, Seek, SeekFrom};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use super::super::markers;
use super::Means;
use super::stream::{Job, Start};
use super::stuffing::until_ff;
use crate::codec::on_threads;
use crate::error::{Error, Kind, Result};
use crate::options::Tolerance;
use crate::pixel::Canvas;
use crate::source::{self, Source};

/// Blocks of images for which a thread is worth while: it takes some 50 microseconds to begin.
pub const FEWEST: usize = 4096;

/// Shares for each thread, so that they end at about the same time.
pub const EACH: usize = 2;

/// The least rows of MCUs of a share, since those beside are decoded twice.
const LEAST: usize = 8;

/// How an image is divided.
struct Plan {
    /// Rows of MCUs of a share.
    rows: usize,
    /// Those above and below that it needs.
    beside: usize,
    /// Rows of pixels of a row of MCUs.
    mcu_rows: usize,
    starts: Vec<Start>,
}

/// Decodes the image; false where it cannot be divided, or a share failed. Then no row counts as filled.
pub fn decode(job: &Job<'_>, canvas: &mut Canvas<'_>) -> Result<bool> {
    // Damage is borne by the one thread that decodes anew.
    let job = &Job { means: Means { tolerance: Tolerance::Strict, ..job.means }, ..*job };
    let Some(plan) = plan(job, canvas)? else { return Ok(false) };
    let work = |number: usize, part: &mut Canvas<'_>, stops: &AtomicBool| {
        let start = plan.starts.get(number);
        start.map_or(Ok(()), |start| share(job, &plan, (number, *start), part, stops))
    };
    let done = in_parts(job.means.threads, plan.rows * plan.mcu_rows, canvas, work)?;
    if done {
        canvas.note_filled(canvas.layout().height);
    }
    Ok(done)
}

/// Rows of MCUs for a share of `rows` of them.
pub fn rows_of_share(rows: usize, shares: usize) -> usize {
    rows.div_ceil(shares.max(1)).max(LEAST)
}

/// Calls `work` with parts of the canvas of so many rows, their numbers and whether to stop, on several threads. False where it
/// failed for one: then all rows are zeros, and who can do with one thread does it anew, unless the call is to end.
pub fn in_parts(
    threads: u32,
    rows: usize,
    canvas: &mut Canvas<'_>,
    work: impl Fn(usize, &mut Canvas<'_>, &AtomicBool) -> Result<()> + Sync,
) -> Result<bool> {
    let parts = canvas.split(u32::try_from(rows).unwrap_or(u32::MAX));
    let threads = threads.min(parts.len() as u32);
    let queue = Mutex::new(parts.into_iter().enumerate());
    let (failed, stops) = (Mutex::new(None), AtomicBool::new(false));
    on_threads(threads, || {
        while !stops.load(Ordering::Relaxed) {
            let taken = queue.lock().unwrap_or_else(PoisonError::into_inner).next();
            let Some((number, mut part)) = taken else { break };
            if let Err(error) = work(number, &mut part, &stops) {
                stops.store(true, Ordering::Relaxed);
                failed.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
            }
        }
    });
    drop(queue);
    match failed.into_inner().unwrap_or_else(PoisonError::into_inner) {
        None => Ok(true),
        Some(error) => part_failed(error, canvas).map(|()| false),
    }
}

/// Makes all rows zeros after an error that one thread will tell of, which does it anew; fails where the call is to end.
pub fn part_failed(error: Error, canvas: &mut Canvas<'_>) -> Result<()> {
    if matches!(error.kind(), Kind::Timeout | Kind::Cancelled) {
        return Err(error);
    }
    canvas.clear(0, canvas.layout().height)
}

/// Decodes a share, unless it is to stop.
fn share(
    job: &Job<'_>,
    plan: &Plan,
    (number, start): (usize, Start),
    canvas: &mut Canvas<'_>,
    stops: &AtomicBool,
) -> Result<()> {
    let (rows, columns) = (job.geometry.rows, job.geometry.columns);
    let mut window = job.window(canvas)?;
    let mut scan = job.scan(start, &window)?;
    let end = ((number + 1) * plan.rows + plan.beside).min(rows);
    let mut column = start.mcus % columns;
    for row in start.mcus / columns..end {
        if stops.load(Ordering::Relaxed) {
            return Ok(());
        }
        scan.find_rows(row, &window);
        scan.row(column, &mut window)?;
        window.put(row + 1, row + 1 == rows, canvas)?;
        column = 0;
    }
    if number + 1 == plan.starts.len() { scan.finish() } else { Ok(()) }
}

/// Divides an image, if that is worth while.
fn plan(job: &Job<'_>, canvas: &Canvas<'_>) -> Result<Option<Plan>> {
    let (rows, columns) = (job.geometry.rows, job.geometry.columns);
    if job.tables.interval == 0 || job.geometry.blocks() < FEWEST {
        return Ok(None);
    }
    let window = job.window(canvas)?;
    let (beside, mcu_rows) = (usize::from(window.overlaps()), window.mcu_rows());
    let threads = job.means.threads as usize;
    let division = [threads.saturating_mul(EACH), threads].into_iter().find_map(|shares| {
        let rows_of_share = rows_of_share(rows, shares);
        let firsts = (rows_of_share..rows).step_by(rows_of_share);
        let before = |first: usize| (first - beside) * columns / job.tables.interval;
        // What is decoded for nothing is to be less than half of a share.
        let is_near = |first: usize| {
            let useless = first * columns - before(first) * job.tables.interval;
            useless <= rows_of_share * columns / 2
        };
        let mut all = firsts.clone();
        (rows_of_share < rows && all.all(is_near)).then(|| (rows_of_share, firsts.map(before)))
    });
    let Some((rows, restarts)) = division else { return Ok(None) };
    let restarts: Vec<usize> = restarts.collect();
    let Some(places) = places(job.source, job.head.data, &restarts)? else { return Ok(None) };
    let later = restarts.iter().zip(places).map(|(&restarts, at)| Start {
        mcus: restarts * job.tables.interval,
        restarts,
        at,
    });
    let starts = [job.start()].into_iter().chain(later).collect();
    Ok(Some(Plan { rows, beside, mcu_rows, starts }))
}

/// Where data begins that so many restart markers are before, from the first byte of the scan on; `None` where they do not
/// follow each other as they should (T.81, B.2.1).
fn places(source: &Source, mut at: u64, restarts: &[usize]) -> Result<Option<Vec<u64>>> {
    let failed = |error: std::io::Error| source::io_failed(&error);
    let mut cursor = source.cursor();
    cursor.seek(SeekFrom::Start(at)).map_err(failed)?;
    let (mut places, mut passed, mut after_ff) = (Vec::new(), 0, false);
    loop {
        let raw = cursor.fill_buf().map_err(failed)?;
        let len = raw.len();
        if len == 0 {
            return Ok(None);
        }
        let mut rest = raw;
        while !rest.is_empty() {
            if !after_ff {
                rest = rest.get(until_ff(rest)..).unwrap_or_default();
            }
            let Some((byte, following)) = rest.split_first() else { break };
            rest = following;
            let marker = std::mem::replace(&mut after_ff, *byte == 0xff);
            if !marker || matches!(byte, 0 | 0xff) {
                continue;
            }
            if *byte != markers::RST0 + (passed % 8) as u8 {
                return Ok(None);
            }
            passed += 1;
            if restarts.get(places.len()) == Some(&passed) {
                places.push(at + (len - rest.len()) as u64);
            }
            if places.len() == restarts.len() {
                return Ok(Some(places));
            }
        }
        cursor.consume(len);
        at += len as u64;
    }
}

#[cfg(test)]
pub mod tests {
    use super::super::super::scan::{self, Want};
    use super::super::super::tests::intervals::Intervals;
    use super::super::geometry::Geometry;
    use super::super::tables::Tables;
    use super::*;
    use crate::image::ImageData;
    use crate::options::{ReadOptions, SaveOptions};
    use crate::pixel::{Layout, PixelFormat};

    /// The pixels of a file of 640 x 512 as threads make them in some way, if they do.
    pub fn pixels_of(
        bytes: &[u8],
        threads: u32,
        decode: impl Fn(&Job<'_>, &mut Canvas<'_>) -> Result<bool>,
    ) -> Option<Vec<u8>> {
        let budget = ReadOptions::default().budget();
        let source = &Source::from_bytes(bytes.to_vec());
        let head = &scan::scan(source, Want::Pixels, &budget).unwrap();
        let (geometry, tables) = (&Geometry::new(&head.frame), &Tables::new(head).unwrap());
        let layout = Layout::tight(640, 512, PixelFormat::Bgr888).unwrap();
        let mut pixels = vec![0; layout.size()];
        let mut canvas = Canvas::new(&mut pixels, layout, [255; 3], &budget).unwrap();
        let means = Means { tolerance: Tolerance::Strict, threads, by: 1 };
        let job = Job { source, head, geometry, tables, means };
        let divided = decode(&job, &mut canvas).unwrap();
        assert_eq!(canvas.rows_filled(), if divided { 512 } else { 0 });
        assert!(divided || pixels.iter().all(|byte| *byte == 0));
        divided.then_some(pixels)
    }

    /// Whether a file was decoded in shares.
    fn is_divided(bytes: &[u8], threads: u32) -> bool {
        pixels_of(bytes, threads, decode).is_some()
    }

    #[test]
    fn images_are_divided_where_markers_are_near_and_whole() {
        let mut image = ImageData::new(640, 512, PixelFormat::Bgr888).unwrap();
        for (at, byte) in image.pixels_mut().iter_mut().enumerate() {
            *byte = (at / 31 + at * at / 9001) as u8;
        }
        let intervals = |len| Intervals::of(&image, &SaveOptions::default(), len);
        for (len, two, four) in [(40, true, true), (3, true, true), (400, true, false)] {
            let file = intervals(len).file();
            assert_eq!((is_divided(&file, 2), is_divided(&file, 4)), (two, four), "{len}");
        }
        for lost in [1, 20, 31] {
            let mut intervals = intervals(40);
            intervals.data[lost].clear();
            assert!(!is_divided(&intervals.file(), 2), "{lost}");
        }
    }
}
