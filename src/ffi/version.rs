//! The version, and what the library can do with each format.

use std::ffi::{CStr, c_char};

use super::guard::guard;
use super::output::write_info;
use super::{DIO_ErrorCode, DIO_FormatInfo, DIO_ImageFileFormat, input};
use crate::codec::{self, OrientationTag};
use crate::error::Result;

const VERSION: &CStr =
    match CStr::from_bytes_with_nul(concat!(env!("CARGO_PKG_VERSION"), "\0").as_bytes()) {
        Ok(version) => version,
        Err(_) => panic!("a version without zero bytes"),
    };

/// The version of the library, such as `0.1.0`. Static, never NULL.
#[unsafe(no_mangle)]
pub extern "C" fn DIO_GetVersion() -> *const c_char {
    VERSION.as_ptr()
}

/// Tells what this build can do with a format. A format that it does not know has `can_read` and `can_write` 0.
///
/// The caller sets `info->struct_size`; on failure the rest is left untouched.
///
/// # Safety
///
/// `info`, unless NULL, must point to a struct of the size that it states.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn DIO_QueryFormat(
    format: DIO_ImageFileFormat,
    info: *mut DIO_FormatInfo,
) -> DIO_ErrorCode {
    guard(|| {
        input::output(info, "info")?;
        let value = describe(format)?;
        // SAFETY: passed on from the caller; the struct has no padding.
        unsafe { write_info(info, value, size_of::<DIO_FormatInfo>(), "info") }
    })
}

fn describe(number: DIO_ImageFileFormat) -> Result<DIO_FormatInfo> {
    let format = input::file_format(number, "format")?;
    let facts = codec::for_format(format).ok().map(|codec| *codec.facts());
    let flag = |ask: fn(&codec::Facts) -> bool| i32::from(facts.as_ref().is_some_and(ask));
    Ok(DIO_FormatInfo {
        struct_size: 0,
        format: number,
        can_read: i32::from(facts.is_some()),
        can_write: flag(|facts| facts.writes),
        multi_page: flag(|facts| facts.multi_page),
        stores_resolution: flag(|facts| facts.stores.resolution),
        stores_orientation: flag(|facts| facts.stores.orientation != OrientationTag::None),
        stores_icc: flag(|facts| facts.stores.icc),
        stores_exif: flag(|facts| facts.stores.exif),
        stores_xmp: flag(|facts| facts.stores.xmp),
        name: text(format.name()),
        extensions: text(&facts.map(|facts| facts.extensions.join(",")).unwrap_or_default()),
        media_type: text(facts.map_or("", |facts| facts.media_type)),
    })
}

/// Text with a zero byte after it.
fn text<const N: usize>(text: &str) -> [c_char; N] {
    let mut field = [0; N];
    for (to, byte) in field.iter_mut().take(N.saturating_sub(1)).zip(text.bytes()) {
        *to = byte as c_char;
    }
    field
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::FileFormat;

    fn read_back(field: &[c_char]) -> String {
        let bytes: Vec<u8> = field.iter().map(|byte| *byte as u8).collect();
        CStr::from_bytes_until_nul(&bytes).unwrap().to_str().unwrap().to_owned()
    }

    #[test]
    fn every_format_has_a_description_whose_texts_fit() {
        for format in FileFormat::ALL {
            let info = describe(DIO_ImageFileFormat(format as i32)).unwrap();
            assert_eq!(read_back(&info.name), format.name());
        }
        for codec in codec::all() {
            let facts = codec.facts();
            let info = describe(DIO_ImageFileFormat(facts.format as i32)).unwrap();
            assert_eq!(read_back(&info.extensions), facts.extensions.join(","));
            assert_eq!(read_back(&info.media_type), facts.media_type);
        }
    }
}
