//! Memory whose size follows from a file or an image: fallible, and friendly to huge pages where it is large.

#![allow(unsafe_code, reason = "pixel buffers come straight from the operating system")]

mod c_bytes;

pub use c_bytes::CBytes;

use std::alloc::{Layout as Memory, alloc_zeroed};
use std::ops::{Deref, DerefMut, Range};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU8, Ordering::Relaxed};

use crate::error::{Error, Result};
use crate::limits::Budget;

/// Zeroed bytes for pixels.
///
/// From [`LARGE`] bytes on they are pages of their own, aligned for and advised to huge pages: touching
/// a fresh buffer in 4 KiB pages costs half as much as decoding a photo into it.
pub struct PixelBuffer(Storage);

enum Storage {
    Heap(Vec<u8>),
    #[cfg(target_os = "linux")]
    Pages(pages::Pages),
}

/// From this size on a buffer gets pages of its own.
pub const LARGE: usize = 4 << 20;

impl PixelBuffer {
    /// `len` zeroed bytes.
    pub fn zeroed(len: usize) -> Result<Self> {
        #[cfg(target_os = "linux")]
        if len >= LARGE {
            return Ok(Self(Storage::Pages(pages::Pages::zeroed(len)?)));
        }
        Ok(Self(Storage::Heap(zeroed(len, "pixels")?)))
    }
}

impl Deref for PixelBuffer {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match &self.0 {
            Storage::Heap(bytes) => bytes,
            #[cfg(target_os = "linux")]
            Storage::Pages(pages) => pages.as_slice(),
        }
    }
}

impl DerefMut for PixelBuffer {
    fn deref_mut(&mut self) -> &mut [u8] {
        match &mut self.0 {
            Storage::Heap(bytes) => bytes,
            #[cfg(target_os = "linux")]
            Storage::Pages(pages) => pages.as_mut_slice(),
        }
    }
}

impl std::fmt::Debug for PixelBuffer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PixelBuffer({} bytes)", self.len())
    }
}

/// Bytes of a huge page.
const HUGE: usize = 2 << 20;

/// Has the system give the huge pages of some bytes of a large buffer, but for the one that was `begun` last; no byte
/// changes.
///
/// It clears a page towards the place that is asked for first. Upwards is faster than downwards: what decoders write would
/// begin each page at its start, and copying to fresh memory takes a third less when pages are asked for at their ends.
pub fn begin_pages(bytes: &mut [u8], range: &Range<usize>, begun: &mut usize) {
    if bytes.len() < LARGE || range.end > bytes.len() {
        return;
    }
    let start = bytes.as_mut_ptr();
    for (page, last) in last_bytes(start.addr(), bytes.len(), range) {
        if page != *begun {
            // SAFETY: the place of a byte of `bytes`, which nobody else has.
            let byte = unsafe { AtomicU8::from_ptr(start.wrapping_add(last)) };
            // A write even where it writes what is there; zero, but not for the compiler, who would make a read of it.
            byte.fetch_or(std::hint::black_box(0), Relaxed);
            *begun = page;
        }
    }
}

/// The huge pages of a range of `len` bytes at an address, each with the last byte of it that is among them.
fn last_bytes(
    start: usize,
    len: usize,
    range: &Range<usize>,
) -> impl Iterator<Item = (usize, usize)> {
    let page = move |at: usize| start.wrapping_add(at) / HUGE;
    let last = move |page: usize| {
        let end = (page + 1).wrapping_mul(HUGE).wrapping_sub(start).min(len);
        (page, end.saturating_sub(1))
    };
    (page(range.start)..=page(range.end.saturating_sub(1))).map(last)
}

/// What may be all zeros.
///
/// # Safety
///
/// Memory of zeros must be a value.
unsafe trait Zeros {}

// SAFETY: zero is a byte.
unsafe impl Zeros for u8 {}
// SAFETY: zeros are numbers.
unsafe impl Zeros for [i16; 64] {}
// SAFETY: zero is a number.
unsafe impl Zeros for u32 {}

/// `len` zeroed bytes on the heap, or an error that says what they were for.
pub fn zeroed(len: usize, what: &str) -> Result<Vec<u8>> {
    zeros(len, what)
}

/// The same in blocks of 64 numbers.
pub fn zeroed_blocks(count: usize, what: &str) -> Result<Vec<[i16; 64]>> {
    zeros(count, what)
}

/// The same in numbers of 32 bits.
pub fn zeroed_numbers(count: usize, what: &str) -> Result<Vec<u32>> {
    zeros(count, what)
}

fn zeros<T: Zeros>(count: usize, what: &str) -> Result<Vec<T>> {
    let no_memory = || Error::no_memory(count.saturating_mul(size_of::<T>()), what);
    let memory = Memory::array::<T>(count).map_err(|_| no_memory())?;
    if count == 0 {
        return Ok(Vec::new());
    }
    // Asked for zeroed, so that large ones come as untouched pages instead of being cleared here.
    // SAFETY: the size is not zero.
    let ptr = unsafe { alloc_zeroed(memory) }.cast::<T>();
    if ptr.is_null() {
        return Err(no_memory());
    }
    #[cfg(all(target_os = "linux", not(miri)))]
    if memory.size() >= LARGE {
        pages::advise(ptr.cast(), memory.size());
    }
    // SAFETY: `count` values of the global allocator, which may be zeros, with the layout of a Vec of that capacity.
    Ok(unsafe { Vec::from_raw_parts(ptr, count, count) })
}

/// A copy of `bytes` on the heap.
pub fn copy_of(bytes: &[u8], what: &str) -> Result<Vec<u8>> {
    let mut copy = Vec::new();
    append(&mut copy, bytes, what)?;
    Ok(copy)
}

/// Appends `bytes` to `to`, growing it fallibly.
pub fn append(to: &mut Vec<u8>, bytes: &[u8], what: &str) -> Result<()> {
    to.try_reserve(bytes.len())
        .map_err(|_| Error::no_memory(to.len().saturating_add(bytes.len()), what))?;
    to.extend_from_slice(bytes);
    Ok(())
}

/// Fails where `bytes` are not to be had: before work of a dependency that does not ask, and ends the process instead.
pub fn room(bytes: usize, what: &str) -> Result<()> {
    let mut room: Vec<u8> = Vec::new();
    room.try_reserve_exact(bytes).map_err(|_| Error::no_memory(bytes, what))?;
    // Or it would be seen that nothing is done with it.
    std::hint::black_box(&mut room);
    Ok(())
}

/// Runs what panics where it gets no memory, and for no other reason.
pub fn panicking<T>(bytes: usize, what: &str, make: impl FnOnce() -> T) -> Result<T> {
    catch_unwind(AssertUnwindSafe(make)).map_err(|_| Error::no_memory(bytes, what))
}

/// `len` places for values.
pub fn places<T>(len: usize, what: &str) -> Result<Vec<T>> {
    let mut places = Vec::new();
    let made = places.try_reserve_exact(len);
    made.map_err(|_| Error::no_memory(len.saturating_mul(size_of::<T>()), what))?;
    Ok(places)
}

/// Work space that is booked on the budget of a call and given back when dropped.
#[derive(Debug)]
pub struct Scratch {
    bytes: Vec<u8>,
    _booked: crate::limits::Reservation,
}

impl Scratch {
    /// `len` zeroed bytes.
    pub fn new(len: usize, what: &str, budget: &Budget) -> Result<Self> {
        let booked = budget.reserve(len as u64)?;
        Ok(Self { bytes: zeroed(len, what)?, _booked: booked })
    }
}

impl Deref for Scratch {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes
    }
}

impl DerefMut for Scratch {
    fn deref_mut(&mut self) -> &mut [u8] {
        &mut self.bytes
    }
}

#[cfg(target_os = "linux")]
mod pages {
    //! Anonymous mappings, aligned to huge pages.

    use std::{ptr, slice};

    use super::HUGE;
    use crate::error::{Error, Result};

    pub(super) struct Pages {
        /// Where the mapping starts, and how long it is.
        map: *mut libc::c_void,
        map_len: usize,
        /// The first byte at a multiple of [`HUGE`] within it.
        data: *mut u8,
        len: usize,
    }

    // SAFETY: the mapping belongs to this value alone, as a Vec's memory would.
    unsafe impl Send for Pages {}
    // SAFETY: shared access only reads.
    unsafe impl Sync for Pages {}

    /// Asks for huge pages where whole ones lie in a range.
    #[cfg(not(miri))]
    pub(super) fn advise(start: *mut u8, len: usize) {
        let skipped = start.align_offset(HUGE);
        let whole = len.saturating_sub(skipped) / HUGE * HUGE;
        if whole > 0 {
            // SAFETY: the pages lie within the range, and belong to it alone. It is advice: a refusal changes nothing.
            unsafe {
                libc::madvise(start.wrapping_add(skipped).cast(), whole, libc::MADV_HUGEPAGE)
            };
        }
    }

    impl Pages {
        pub(super) fn zeroed(len: usize) -> Result<Self> {
            let no_memory = || Error::no_memory(len, "pixels");
            // A last huge page that is more than half of use is one, too.
            let rest = len % HUGE;
            let advised = if rest > HUGE / 2 { len.checked_add(HUGE - rest) } else { Some(len) };
            let advised = advised.ok_or_else(no_memory)?;
            let map_len = advised.checked_add(HUGE).ok_or_else(no_memory)?;
            let (protection, flags) =
                (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS);
            // SAFETY: a new anonymous mapping; the address is the kernel's choice.
            let map = unsafe { libc::mmap(ptr::null_mut(), map_len, protection, flags, -1, 0) };
            if map == libc::MAP_FAILED {
                return Err(no_memory());
            }
            let data = map.cast::<u8>().wrapping_add(map.align_offset(HUGE));
            // SAFETY: the range lies within the mapping. It is advice: a refusal changes nothing. Miri knows none.
            #[cfg(not(miri))]
            unsafe {
                libc::madvise(data.cast(), advised, libc::MADV_HUGEPAGE)
            };
            Ok(Self { map, map_len, data, len })
        }

        pub(super) fn as_slice(&self) -> &[u8] {
            // SAFETY: `len` readable bytes, zeroed by the kernel, that live as long as `self`.
            unsafe { slice::from_raw_parts(self.data, self.len) }
        }

        pub(super) fn as_mut_slice(&mut self) -> &mut [u8] {
            // SAFETY: as above, and borrowed exclusively.
            unsafe { slice::from_raw_parts_mut(self.data, self.len) }
        }
    }

    impl Drop for Pages {
        fn drop(&mut self) {
            // SAFETY: the mapping made in `zeroed`, released once.
            unsafe { libc::munmap(self.map, self.map_len) };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_and_small_buffers_are_zeroed_and_writable() {
        for len in [0, 1, 4096, LARGE - 1, LARGE, LARGE + 12_345] {
            let mut buffer = PixelBuffer::zeroed(len).unwrap();
            assert_eq!(buffer.len(), len);
            // Miri takes minutes for each of them.
            let step = if cfg!(miri) { 100_000 } else { 1 };
            assert!(buffer.iter().step_by(step).all(|byte| *byte == 0));
            if let Some(last) = buffer.last_mut() {
                *last = 7;
            }
        }
    }

    #[test]
    fn pages_are_begun_without_a_change() {
        let mut bytes = vec![0x5a; 2 * LARGE + 5];
        let (before, mut begun) = (bytes.clone(), 0);
        for range in [0..10, 5..LARGE, LARGE..bytes.len(), 0..0, 3..bytes.len(), 0..usize::MAX] {
            begin_pages(&mut bytes, &range, &mut begun);
        }
        assert!(bytes == before && begun > 0);
    }

    #[test]
    fn an_impossible_size_is_an_error() {
        assert!(PixelBuffer::zeroed(isize::MAX as usize).is_err());
        assert!(zeroed(usize::MAX, "a test").is_err());
    }
}
