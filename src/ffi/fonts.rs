//! `DIO_Font`: fonts that a caller lends to documents, as a part of the options of a read.

use std::ffi::c_char;
use std::mem::offset_of;
use std::ptr;
use std::sync::Arc;

use super::input::{self, null};
use super::options::{Grows, copy_in};
use crate::error::{Error, Result};
use crate::memory;
use crate::options::Fonts;

/// A font file in memory: TrueType, OpenType, a collection of them, Type 1 or bare CFF.
#[cfg_attr(test, safer_ffi::derive_ReprC)]
#[repr(C)]
#[derive(Clone, Copy)]
pub struct DIO_Font {
    /// `sizeof(DIO_Font)`, the same for all fonts of an array.
    pub struct_size: u32,
    /// Must be 0.
    pub reserved: u32,
    /// The bytes of the file.
    pub bytes: *const u8,
    /// How many they are.
    pub size: usize,
}

impl Grows for DIO_Font {
    const FIRST: usize = offset_of!(Self, size) + size_of::<usize>();

    fn defaults() -> Self {
        Self { struct_size: size_of::<Self>() as u32, reserved: 0, bytes: ptr::null(), size: 0 }
    }
}

/// `count` fonts, which lie one behind the other, each of the size that the first states; their bytes are copied.
///
/// # Safety
///
/// `first`, unless NULL, must point to so many structs, whose bytes must be readable; `folder` must be a C string or NULL.
pub(super) unsafe fn fonts(
    (first, count): (*const DIO_Font, usize),
    folder: *const c_char,
    system: bool,
) -> Result<Fonts> {
    let name = "options->fonts";
    let mut given = memory::places(count, name)?;
    if count > 0 && first.is_null() {
        return Err(null(name));
    }
    for number in 0..count {
        // SAFETY: not null, and the first field is a u32.
        let size = unsafe { first.cast::<u32>().read() };
        if !(size as usize).is_multiple_of(align_of::<DIO_Font>()) {
            let message = format!("`{name}[0]->struct_size` is {size}, the size of no such struct");
            return Err(Error::parameter(message));
        }
        let at = first.cast::<u8>().wrapping_add(number.wrapping_mul(size as usize));
        let name = format!("{name}[{number}]");
        // SAFETY: within the fonts that the caller vouches for, which begin with a u32.
        let own = unsafe { at.cast::<u32>().read() };
        if own != size {
            let message = format!("`{name}->struct_size` is {own}, not {size} as in the first");
            return Err(Error::parameter(message));
        }
        // SAFETY: as above.
        given.push(Arc::new(unsafe { font(at.cast(), &name) }?));
    }
    let folder = match folder.is_null() {
        true => None,
        // SAFETY: a C string, as the caller vouches.
        false => Some(unsafe { input::path(folder, "options->font_folder") }?),
    };
    Ok(Fonts::new(given, folder, system))
}

/// # Safety
///
/// As for [`copy_in`]; the bytes must be readable.
unsafe fn font(at: *const DIO_Font, name: &str) -> Result<Vec<u8>> {
    // SAFETY: passed on from the caller.
    let copy = unsafe { copy_in(at, name) }?;
    let it = copy.ok_or_else(|| null(name))?;
    if it.reserved != 0 {
        return Err(Error::parameter(format!("`{name}->reserved` is {}, not 0", it.reserved)));
    }
    // SAFETY: as many bytes as the caller vouches for.
    let bytes = unsafe { input::bytes(it.bytes, it.size, &format!("{name}->bytes")) }?;
    memory::copy_of(bytes, "a font")
}

#[cfg(test)]
mod tests {
    use super::*;
    use safer_ffi::layout::ReprC;

    #[test]
    fn fonts_have_a_c_layout_without_padding() {
        fn crosses_by_value<T: ReprC>() {}
        crosses_by_value::<DIO_Font>();
        assert_eq!(DIO_Font::FIRST, size_of::<DIO_Font>());
        #[cfg(target_pointer_width = "64")]
        assert_eq!(DIO_Font::FIRST, 2 * 4 + 2 * 8);
    }
}
