//! Rows of strips or tiles on several threads, each into its own part of the canvas.
//!
//! Parts are taken in their order, so that what fails first in the file is found whatever the threads do.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, Ordering};

use super::decode::Job;
use crate::codec::on_threads;
use crate::error::{Error, Kind, Result};
use crate::pixel::Canvas;

/// Parts for each thread, so that they end at about the same time.
const PARTS: u32 = 8;

/// How a part went.
struct Outcome {
    number: u32,
    error: Option<Error>,
    rows: u32,
    warnings: Vec<String>,
}

/// Decodes all rows with up to `threads` threads, the calling one among them.
pub fn decode(job: &Job<'_>, threads: u32, canvas: &mut Canvas<'_>) -> Result<()> {
    let each = job.grid.down.div_ceil(threads.saturating_mul(PARTS)).max(1);
    let parts = canvas.split(each.saturating_mul(job.grid.chunk_height));
    let threads = threads.min(parts.len() as u32);
    let queue = Mutex::new((0u32..).zip(parts));
    let (outcomes, stop) = (Mutex::new(Vec::new()), AtomicBool::new(false));
    let work = || {
        while !stop.load(Ordering::Relaxed) {
            let taken = queue.lock().unwrap_or_else(PoisonError::into_inner).next();
            let Some((number, mut part)) = taken else { break };
            let first = number.saturating_mul(each);
            let last = first.saturating_add(each).min(job.grid.down);
            let done = job.worker(&part).and_then(|mut worker| {
                let done = worker.decode(first..last, &mut part);
                worker.warn(&mut part);
                done
            });
            let error = done.err();
            // Damage may be borne; the parts that were begun before are brought to their end.
            if error.as_ref().is_some_and(|error| job.is_fatal(error)) {
                stop.store(true, Ordering::Relaxed);
            }
            let outcome =
                Outcome { number, error, rows: part.rows_filled(), warnings: part.take_warnings() };
            outcomes.lock().unwrap_or_else(PoisonError::into_inner).push(outcome);
        }
    };
    on_threads(threads, work);
    let outcomes = outcomes.into_inner().unwrap_or_else(PoisonError::into_inner);
    conclude(job, outcomes, canvas)
}

/// The error that one thread would have met.
fn conclude(job: &Job<'_>, mut outcomes: Vec<Outcome>, canvas: &mut Canvas<'_>) -> Result<()> {
    outcomes.sort_by_key(|outcome| outcome.number);
    let (mut damage, mut fatal) = (None, None);
    for outcome in outcomes {
        canvas.note_filled(outcome.rows);
        outcome.warnings.iter().for_each(|text| canvas.warn_once(text));
        match outcome.error {
            Some(error) if job.is_fatal(&error) => fatal = fatal.or(Some(error)),
            error => damage = damage.or(error),
        }
    }
    fatal.or(damage).map_or(Ok(()), Err)
}

impl Job<'_> {
    /// Whether an error ends the reading.
    fn is_fatal(&self, error: &Error) -> bool {
        self.is_strict() || error.kind() != Kind::Damaged
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::AtomicU32;
    use std::thread;

    use super::*;
    use crate::format::FileFormat;
    use crate::image::ImageData;
    use crate::options::{ReadOptions, SaveOptions, TiffCompression, TiffLayout, Tolerance};
    use crate::pixel::PixelFormat as F;
    use crate::reader::Reader;
    use crate::source::Source;
    use crate::writer;

    fn file(format: F, compression: TiffCompression, tile: (u32, u32)) -> Vec<u8> {
        let mut image = ImageData::new(150, 260, format).unwrap();
        for (at, byte) in image.pixels_mut().iter_mut().enumerate() {
            *byte = (at * at / 77) as u8;
        }
        let rows_per_strip = if tile.0 > 0 { 0 } else { 9 };
        let tiff = TiffLayout { rows_per_strip, tile, ..TiffLayout::default() };
        let options = SaveOptions { compression, tiff, ..SaveOptions::default() };
        writer::save_memory(&image, FileFormat::Tiff, &options).unwrap()
    }

    fn read(file: &[u8], options: ReadOptions) -> Result<ImageData> {
        Reader::open(Source::from_bytes(file.to_vec()), options)?.read_page(0)
    }

    #[test]
    fn any_number_of_threads_gives_the_same_pixels_and_errors() {
        use TiffCompression as C;
        for (format, compression, tile) in [
            (F::Binary, C::G4, (0, 0)),
            (F::Rgb888, C::Lzw, (0, 0)),
            (F::Gray16, C::Deflate, (32, 16)),
            (F::Argb8888, C::PackBits, (16, 48)),
            (F::Rgb888, C::Jpeg, (0, 0)),
        ] {
            let whole = file(format, compression, tile);
            for damaged in 0..8 {
                let mut bytes = whole.clone();
                // The second half of the data, so that a part is good.
                let at = bytes.len() / 2 + damaged * bytes.len() / 20;
                if damaged > 0 {
                    bytes[at..at + 9].fill(0xff);
                }
                for tolerance in [Tolerance::Strict, Tolerance::Recover] {
                    let with = |threads| {
                        read(&bytes, ReadOptions { threads, tolerance, ..ReadOptions::default() })
                    };
                    let alone = with(0);
                    for threads in [2, 200] {
                        match (&alone, with(threads)) {
                            (Ok(a), Ok(b)) => {
                                assert!(a.pixels() == b.pixels(), "{format:?} {damaged}");
                                assert_eq!(a.warnings, b.warnings);
                            }
                            (Err(a), Err(b)) => assert_eq!(a.to_string(), b.to_string()),
                            (a, b) => panic!("{format:?} {damaged}: {:?} {:?}", a.is_ok(), b.err()),
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn progress_is_told_on_the_calling_thread_and_stops_all() {
        let file = file(F::Rgb888, TiffCompression::Lzw, (0, 0));
        let caller = thread::current().id();
        let calls = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&calls);
        let progress = move |_, _| {
            assert_eq!(thread::current().id(), caller);
            counted.fetch_add(1, Ordering::Relaxed);
            // At once: the other thread may have done nearly all before there is another call.
            true
        };
        let progress: Option<crate::limits::ProgressFn> = Some(Arc::new(progress));
        let options = ReadOptions { threads: 2, progress, ..ReadOptions::default() };
        assert_eq!(read(&file, options).unwrap_err().kind(), Kind::Cancelled);
        assert_eq!(calls.load(Ordering::Relaxed), 1);
    }
}
