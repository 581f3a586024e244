//! What is handed over to C.

use std::ops::{Deref, DerefMut};
use std::ptr::{self, NonNull};
use std::slice;

use crate::error::{Error, Result};

/// Bytes of the C library's heap, which C can free without being told how many they are. They grow fallibly, and mostly
/// without a copy: the system moves the pages of large ones.
pub struct CBytes {
    /// Dangling as long as there is no capacity.
    ptr: NonNull<u8>,
    len: usize,
    capacity: usize,
    /// The huge page that was begun last.
    begun: usize,
}

// SAFETY: they own their memory, and the heap is that of all threads.
unsafe impl Send for CBytes {}
// SAFETY: nothing changes behind a shared reference.
unsafe impl Sync for CBytes {}

impl CBytes {
    /// None.
    pub const fn new() -> Self {
        Self { ptr: NonNull::dangling(), len: 0, capacity: 0, begun: 0 }
    }

    /// Appends `bytes`, or fails with what they are for.
    pub fn append(&mut self, bytes: &[u8], what: &str) -> Result<()> {
        let len = self.len.saturating_add(bytes.len());
        if len > self.capacity {
            let room = len.max(self.capacity.saturating_mul(2)).max(64);
            self.grow(room).ok_or_else(|| Error::no_memory(len, what))?;
        }
        self.begin(len);
        let end = self.ptr.as_ptr().wrapping_add(self.len);
        // SAFETY: there is room for so many behind those that are there, and they are not of this memory, as it is
        // borrowed alone.
        unsafe { ptr::copy_nonoverlapping(bytes.as_ptr(), end, bytes.len()) };
        self.len = len;
        Ok(())
    }

    /// Makes room for so many more and for some that go with them: large memory is quicker to have at once.
    pub fn expect(&mut self, more: usize, what: &str) -> Result<()> {
        let room = self.len.saturating_add(more).saturating_add(more / 256 + 512);
        if room <= self.capacity {
            return Ok(());
        }
        // Page after page of a document, room grows as it does for what was not announced.
        let room = if self.len < more { room } else { room.max(self.capacity.saturating_mul(2)) };
        self.grow(room).ok_or_else(|| Error::no_memory(more, what))
    }

    /// Room for so many, which are more than there is room for; `None` where that is not to be had.
    fn grow(&mut self, room: usize) -> Option<()> {
        isize::try_from(room).ok()?;
        let old = if self.capacity == 0 { ptr::null_mut() } else { self.ptr.as_ptr() };
        // SAFETY: memory of this allocator, or NULL, and the size is not zero.
        let grown = unsafe { libc::realloc(old.cast(), room) }.cast::<u8>();
        self.ptr = NonNull::new(grown)?;
        self.capacity = room;
        #[cfg(all(target_os = "linux", not(miri)))]
        if room >= super::LARGE {
            super::pages::advise(self.ptr.as_ptr(), room);
        }
        Some(())
    }

    /// Has the system give the huge pages up to `len` bytes, as [`begin_pages`](super::begin_pages) does.
    fn begin(&mut self, len: usize) {
        if self.capacity < super::LARGE {
            return;
        }
        let start = self.ptr.as_ptr();
        for (page, last) in super::last_bytes(start.addr(), self.capacity, &(self.len..len)) {
            if page != self.begun && last >= self.len {
                // SAFETY: within the room, and behind the bytes that are there.
                unsafe { start.wrapping_add(last).write_volatile(0) };
            }
            self.begun = page;
        }
    }

    /// Forgets all but the first `len`.
    pub fn truncate(&mut self, len: usize) {
        self.len = self.len.min(len);
    }

    /// The memory, to be freed with `free`, and how many bytes it has.
    pub fn into_raw(mut self) -> Result<(*mut u8, usize)> {
        if self.capacity == 0 {
            self.grow(1).ok_or_else(|| Error::no_memory(1, "no bytes"))?;
        }
        let raw = (self.ptr.as_ptr(), self.len);
        std::mem::forget(self);
        Ok(raw)
    }
}

impl Default for CBytes {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for CBytes {
    fn drop(&mut self) {
        if self.capacity > 0 {
            // SAFETY: memory of this allocator, which nobody else has.
            unsafe { libc::free(self.ptr.as_ptr().cast()) };
        }
    }
}

impl Deref for CBytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        // SAFETY: so many bytes are initialised, and zero bytes may dangle.
        unsafe { slice::from_raw_parts(self.ptr.as_ptr(), self.len) }
    }
}

impl DerefMut for CBytes {
    fn deref_mut(&mut self) -> &mut [u8] {
        // SAFETY: as for shared ones.
        unsafe { slice::from_raw_parts_mut(self.ptr.as_ptr(), self.len) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_kept_while_they_grow_and_are_handed_over() {
        let mut bytes = CBytes::new();
        assert!(bytes.is_empty());
        for n in 0..3000u32 {
            bytes.append(&n.to_le_bytes(), "a test").unwrap();
        }
        bytes.expect(1 << 16, "a test").unwrap();
        assert!(bytes.as_chunks::<4>().0.iter().zip(0u32..).all(|(a, b)| *a == b.to_le_bytes()));
        bytes.truncate(5);
        bytes[4] = 9;
        let (raw, len) = bytes.into_raw().unwrap();
        // SAFETY: so many bytes that were handed over.
        assert_eq!(unsafe { slice::from_raw_parts(raw, len) }, [0, 0, 0, 0, 9]);
        // SAFETY: they are of the C library.
        unsafe { libc::free(raw.cast()) };
        let (raw, len) = CBytes::new().into_raw().unwrap();
        assert!(!raw.is_null() && len == 0);
        // SAFETY: as above.
        unsafe { libc::free(raw.cast()) };
    }

    #[test]
    fn what_cannot_be_had_is_an_error_and_nothing_is_lost() {
        let mut bytes = CBytes::new();
        bytes.append(b"kept", "a test").unwrap();
        assert!(bytes.expect(usize::MAX, "a test").is_err());
        assert_eq!(&*bytes, b"kept");
    }
}
