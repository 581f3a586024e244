//! What a read costs in memory: the pixels once, and little else.

use std::alloc::{GlobalAlloc, Layout as Memory, System};
use std::fs;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use dio::format::FileFormat;
use dio::image::ImageData;
use dio::options::{ReadOptions, SaveOptions, TiffCompression, TiffLayout};
use dio::pixel::{Layout, PixelFormat};
use dio::reader::Reader;
use dio::writer;

/// Counts the bytes that are allocated on the heap. Large pixel buffers are mappings, which it does not see: those show
/// in the resident set.
struct Counting;

static NOW: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

fn grow(bytes: usize) {
    let now = NOW.fetch_add(bytes, Ordering::Relaxed) + bytes;
    PEAK.fetch_max(now, Ordering::Relaxed);
}

// SAFETY: passes every call on to the system's allocator.
#[allow(unsafe_code, reason = "an allocator can be written no other way")]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, memory: Memory) -> *mut u8 {
        grow(memory.size());
        // SAFETY: passed on from the caller.
        unsafe { System.alloc(memory) }
    }

    unsafe fn dealloc(&self, ptr: *mut u8, memory: Memory) {
        NOW.fetch_sub(memory.size(), Ordering::Relaxed);
        // SAFETY: passed on from the caller.
        unsafe { System.dealloc(ptr, memory) }
    }
}

/// One test at a time: they share the counters.
static TURN: Mutex<()> = Mutex::new(());

#[global_allocator]
static COUNTING: Counting = Counting;

const WIDTH: u32 = 4000;
const HEIGHT: u32 = 3000;
const PIXELS: usize = (WIDTH * HEIGHT * 3) as usize;
const ALLOWED: usize = 2 << 20;

fn photo() -> ImageData {
    let mut image = ImageData::new(WIDTH, HEIGHT, PixelFormat::Bgr888).unwrap();
    for (at, pixel) in image.pixels_mut().chunks_exact_mut(3).enumerate() {
        let (x, y) = (at as u32 % WIDTH, at as u32 / WIDTH);
        let noise = (x * 31 + y * 17 + x * y) % 23;
        pixel.copy_from_slice(&[(x / 16) as u8, (y / 12) as u8, ((x + y) / 28 + noise) as u8]);
    }
    image
}

/// Heap beyond what was there before, at its highest, while `work` runs.
fn heap_of(work: impl FnOnce()) -> usize {
    let before = NOW.load(Ordering::Relaxed);
    PEAK.store(before, Ordering::Relaxed);
    work();
    PEAK.load(Ordering::Relaxed) - before
}

/// Resident memory beyond what was there before, at its highest, while `work` runs. `None` where the system does not tell.
fn resident_of(work: impl FnOnce()) -> Option<usize> {
    fs::write("/proc/self/clear_refs", "5").ok()?;
    let before = status("VmRSS:")?;
    work();
    Some(status("VmHWM:")?.saturating_sub(before))
}

fn status(field: &str) -> Option<usize> {
    let text = fs::read_to_string("/proc/self/status").ok()?;
    let line = text.lines().find(|line| line.starts_with(field))?;
    line.split_whitespace().nth(1)?.parse::<usize>().ok().map(|kib| kib << 10)
}

#[test]
fn a_read_allocates_the_pixels_once_and_less_than_two_megabytes_more() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let image = photo();
    for format in [FileFormat::Png, FileFormat::Jpeg, FileFormat::Bmp] {
        let path =
            std::env::temp_dir().join(format!("dio-memory-{}-{format:?}", std::process::id()));
        let bytes = writer::save_memory(&image, format, &SaveOptions::default()).unwrap();
        fs::write(&path, &bytes).unwrap();
        drop(bytes);

        let read = || {
            let image =
                Reader::open_file(&path, ReadOptions::default()).unwrap().read_page(0).unwrap();
            assert_eq!(image.pixels().len(), PIXELS);
        };
        let heap = heap_of(read);
        assert!(heap < ALLOWED, "{format:?}: {heap} bytes on the heap");
        if let Some(resident) = resident_of(read) {
            assert!(
                resident < PIXELS + ALLOWED + (1 << 20),
                "{format:?}: {resident} bytes resident"
            );
        }

        // Into memory that is there already: no pixel buffer at all.
        let mut pixels = vec![1; PIXELS];
        let layout = Layout::tight(WIDTH, HEIGHT, PixelFormat::Rgb888).unwrap();
        let mut into = || {
            let mut reader = Reader::open_file(&path, ReadOptions::default()).unwrap();
            reader.read_page_into(0, &mut pixels, layout).unwrap();
        };
        let heap = heap_of(&mut into);
        assert!(heap < ALLOWED, "{format:?} into memory: {heap} bytes on the heap");
        if let Some(resident) = resident_of(into) {
            assert!(
                resident < ALLOWED + (1 << 20),
                "{format:?} into memory: {resident} bytes resident"
            );
        }
        fs::remove_file(path).unwrap();
    }
}

/// Strips and tiles hold little beside the page, on several threads too.
#[test]
fn a_tiff_takes_a_page_and_less_than_eight_megabytes_more() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let image = photo();
    for (tile, compression) in [
        ((0, 0), TiffCompression::Lzw),
        ((256, 256), TiffCompression::Deflate),
        ((0, 0), TiffCompression::Jpeg),
    ] {
        let tiff = TiffLayout { tile, ..TiffLayout::default() };
        let options = SaveOptions { compression, tiff, ..SaveOptions::default() };
        let name = format!("dio-memory-{}-{compression:?}.tif", std::process::id());
        let path = std::env::temp_dir().join(name);
        writer::save_file(&image, &path, true, &options).unwrap();
        for threads in [0, 2] {
            let options = ReadOptions { threads, ..ReadOptions::default() };
            let heap = heap_of(|| {
                let read = Reader::open_file(&path, options).unwrap().read_page(0).unwrap();
                assert_eq!(read.pixels().len(), PIXELS);
            });
            assert!(heap < 8 << 20, "{compression:?}, {threads} threads: {heap} bytes on the heap");
        }
        fs::remove_file(path).unwrap();
    }
}
