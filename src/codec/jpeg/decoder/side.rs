//! The same with two threads: one reads coefficients from bits, the calling one makes pixels of them, a row of MCUs behind.
//! Where rows wait for the latter, the former transforms them, too.

use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, Builder};

use super::geometry::Geometry;
use super::shares::FEWEST;
use super::simd;
use super::stream::{Blocks, Scan, Shape};
use super::window::{Place, Window};
use crate::codec::THREAD;
use crate::error::Result;
use crate::limits::{Budget, Reservation};
use crate::memory;
use crate::pixel::Canvas;

/// Rows of MCUs that may wait for either thread.
const BANDS: usize = 4;

/// Rows that wait for the calling thread from which on the other one does some of its work.
const MANY: usize = 2;

/// Coefficients of a row of MCUs, in the order of decoding.
pub struct Band {
    /// One more than are filled, for those of components that nobody looks at.
    blocks: Vec<[i16; 64]>,
    /// Whether a block has more than a DC.
    has_ac: Vec<bool>,
    at: usize,
    blocks_of_mcu: usize,
    /// Whether blocks with more than a DC are samples already.
    transformed: bool,
    _booked: Reservation,
}

/// Work space for rows of MCUs of so many blocks; `None` where it is not worth while or there is no memory for it.
pub fn bands(geometry: &Geometry, blocks: usize, budget: &Budget) -> Option<Vec<Band>> {
    let all = blocks.saturating_mul(geometry.columns).saturating_mul(geometry.rows);
    if geometry.rows < 2 || all < FEWEST {
        return None;
    }
    let band = |_| Band::new(blocks, geometry.columns, budget).ok();
    (0..BANDS.min(geometry.rows)).map(band).collect()
}

impl Band {
    fn new(blocks_of_mcu: usize, columns: usize, budget: &Budget) -> Result<Self> {
        let count = blocks_of_mcu.saturating_mul(columns);
        let booked = budget.reserve((count as u64 + 1).saturating_mul(129))?;
        let blocks = memory::zeroed_blocks(count + 1, "coefficients")?;
        let mut has_ac = memory::places(count, "coefficients")?;
        has_ac.resize(count, false);
        Ok(Self { blocks, has_ac, at: 0, blocks_of_mcu, transformed: false, _booked: booked })
    }

    /// Gives its blocks to the window. They stay as they are: who writes to memory that another processor has written to
    /// waits for it.
    fn pour(&self, columns: usize, shapes: &[Shape], window: &mut Window) {
        let mut blocks = self.blocks.iter().zip(&self.has_ac);
        let mut waiting: Option<(&[i16; 64], Place)> = None;
        for column in 0..columns {
            for shape in shapes {
                shape.each(column, |(component, row, _), x| {
                    let Some((block, has_ac)) = blocks.next() else { return };
                    let place = (component, row, x);
                    if !has_ac || window.is_one(place) {
                        return window.take_flat(place, block[0]);
                    }
                    if self.transformed {
                        return window.set(place, &samples_of(block));
                    }
                    match waiting.take() {
                        None => waiting = Some((block, place)),
                        Some((first, at)) => window.take_two([first, block], [at, place]),
                    }
                });
            }
        }
        if let Some((block, place)) = waiting {
            window.take_two([block, block], [place, place]);
        }
    }

    /// Turns coefficients into samples, where they are, for windows of all pixels.
    fn transform(&mut self) {
        let blocks = self.blocks.iter_mut().zip(&self.has_ac);
        let mut blocks = blocks.filter_map(|(block, has_ac)| has_ac.then_some(block));
        while let Some(first) = blocks.next() {
            let mut none = [0; 64];
            let second = blocks.next().unwrap_or(&mut none);
            let [one, two] = simd::two_blocks(first, second);
            put_samples(&one, first);
            put_samples(&two, second);
        }
        self.transformed = true;
    }

    /// For another row.
    fn begin(&mut self) {
        self.transformed = false;
        self.at = 0;
        self.make_zeros();
    }

    /// The next block may have been used.
    #[inline(always)]
    fn make_zeros(&mut self) {
        if self.has_ac.get(self.at).is_none_or(|used| *used) {
            self.clear();
        } else {
            self.block()[0] = 0;
        }
    }
}

impl Blocks for Band {
    fn back_to(&mut self, column: usize) {
        self.at = column * self.blocks_of_mcu;
        self.make_zeros();
    }

    #[inline(always)]
    fn block(&mut self) -> &mut [i16; 64] {
        let last = self.blocks.len() - 1;
        &mut self.blocks[self.at.min(last)]
    }

    #[inline(always)]
    fn clear(&mut self) {
        *self.block() = [0; 64];
    }

    #[inline(always)]
    fn take(&mut self, _place: Place, _column: usize, has_ac: bool) {
        if let Some(place) = self.has_ac.get_mut(self.at) {
            *place = has_ac;
        }
        self.at += 1;
        self.make_zeros();
    }
}

/// Keeps samples in the first half of a block.
#[inline(always)]
fn put_samples(samples: &[[u8; 8]; 8], to: &mut [i16; 64]) {
    let pairs = samples.as_flattened().as_chunks::<2>().0;
    to.iter_mut().zip(pairs).for_each(|(to, pair)| *to = i16::from_ne_bytes(*pair));
}

#[inline(always)]
fn samples_of(block: &[i16; 64]) -> [[u8; 8]; 8] {
    let mut samples = [[0; 8]; 8];
    let pairs = samples.as_flattened_mut().as_chunks_mut::<2>().0;
    pairs.iter_mut().zip(block).for_each(|(pair, from)| *pair = from.to_ne_bytes());
    samples
}

/// A row of MCUs, and what ended the reading in it.
type Row = (Band, Result<()>);

/// Decodes the scan; false where there is no other thread to be had, and nothing was done. Errors are those of one
/// thread: what is read ahead of an error of the canvas is not looked at.
pub fn decode(
    scan: Scan<'_>,
    bands: Vec<Band>,
    geometry: &Geometry,
    window: &mut Window,
    canvas: &mut Canvas<'_>,
) -> Result<bool> {
    let shapes = scan.shapes();
    let (empty, empties) = sync_channel(BANDS);
    let (full, fulls) = sync_channel(BANDS);
    bands.into_iter().for_each(|band| drop(empty.send(band)));
    // Rows that wait for the calling thread.
    let waiting = AtomicUsize::new(0);
    // Where pixels are means of squares, it may have no use for samples.
    let most = if window.reduces() { usize::MAX } else { MANY };
    thread::scope(|scope| {
        let (rows, backlog) = (geometry.rows, &waiting);
        let read = move || read(scan, rows, (backlog, most), &empties, full);
        let Ok(reader) = Builder::new().name(THREAD.into()).spawn_scoped(scope, read) else {
            return Ok(false);
        };
        let next = || {
            let row = fulls.recv().ok()?;
            waiting.fetch_sub(1, Ordering::Relaxed);
            Some(row)
        };
        let outcome = show(next, &empty, shapes, geometry, window, canvas);
        drop((fulls, empty));
        let read = reader.join().unwrap_or_else(|panic| resume_unwind(panic));
        outcome.and(read).map(|()| true)
    })
}

/// Reads rows of MCUs until there are no more or nobody takes them, and then to the end of the image. Transforms a row where
/// at least `most` wait before it.
fn read(
    mut scan: Scan<'_>,
    rows: usize,
    (waiting, most): (&AtomicUsize, usize),
    empties: &Receiver<Band>,
    full: SyncSender<Row>,
) -> Result<()> {
    for _ in 0..rows {
        let Ok(mut band) = empties.recv() else { return Ok(()) };
        band.begin();
        let outcome = scan.row(0, &mut band);
        let ends = outcome.is_err();
        if waiting.fetch_add(1, Ordering::Relaxed) >= most {
            band.transform();
        }
        if full.send((band, outcome)).is_err() || ends {
            return Ok(());
        }
    }
    scan.finish()
}

/// Puts the pixels of rows of MCUs.
fn show(
    next: impl Fn() -> Option<Row>,
    empty: &SyncSender<Band>,
    mut shapes: Vec<Shape>,
    geometry: &Geometry,
    window: &mut Window,
    canvas: &mut Canvas<'_>,
) -> Result<()> {
    for row in 0..geometry.rows {
        let Some((band, outcome)) = next() else { return Ok(()) };
        shapes.iter_mut().for_each(|shape| shape.find_rows(row, window));
        band.pour(geometry.columns, &shapes, window);
        // The other thread goes on with the space while this one makes pixels.
        drop(empty.send(band));
        window.put(row + 1, outcome.is_err() || row + 1 == geometry.rows, canvas)?;
        outcome?;
    }
    Ok(())
}
