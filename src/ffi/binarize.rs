//! `DIO_ImageDataBinarize` and its options.

use std::mem::offset_of;

use super::guard::guard;
use super::input::{self, choice, required};
use super::options::{Grows, copy_in, init};
use super::output::write;
use super::{
    DIO_BINARIZE_FLOYD_STEINBERG, DIO_BINARIZE_OTSU, DIO_BINARIZE_SAUVOLA, DIO_BINARIZE_THRESHOLD,
    DIO_BinarizeMethod, DIO_ErrorCode, DIO_ImageData,
};
use crate::error::{Error, Result};
use crate::limits::{Budget, Limits, UNLIMITED};
use crate::options::{Binarize, BinarizeMethod};

/// How an image becomes black and white. Set to the defaults with `DIO_BinarizeOptions_Init` or
/// `DIO_BINARIZE_OPTIONS_INIT`, then change fields.
#[cfg_attr(test, safer_ffi::derive_ReprC)]
#[repr(C)]
#[derive(Clone, Copy)]
pub struct DIO_BinarizeOptions {
    /// `sizeof(DIO_BinarizeOptions)`.
    pub struct_size: u32,
    /// What decides which pixels become white. Default `DIO_BINARIZE_OTSU`.
    pub method: DIO_BinarizeMethod,
    /// Gray from which on a pixel is white, 0 to 255, for `DIO_BINARIZE_THRESHOLD` and `DIO_BINARIZE_FLOYD_STEINBERG`.
    /// Default 128.
    pub threshold: i32,
    /// Pixels of a side of the window of `DIO_BINARIZE_SAUVOLA`, 3 to 1023, made odd. Default 0: a tenth of an inch, or
    /// 31 where the image states no resolution.
    pub window: u32,
    /// Weight of the deviation in `DIO_BINARIZE_SAUVOLA`, 0 to 1. Default 0.34.
    pub k: f64,
}

impl Grows for DIO_BinarizeOptions {
    const FIRST: usize = offset_of!(Self, k) + size_of::<f64>();

    fn defaults() -> Self {
        let how = Binarize::default();
        Self {
            struct_size: size_of::<Self>() as u32,
            method: DIO_BINARIZE_OTSU,
            threshold: i32::from(how.threshold),
            window: how.window,
            k: how.k,
        }
    }
}

/// The options at `options`; `None` for NULL.
///
/// # Safety
///
/// As for [`copy_in`].
pub(super) unsafe fn binarize_options(
    options: *const DIO_BinarizeOptions,
    name: &str,
) -> Result<Option<Binarize>> {
    // SAFETY: passed on from the caller.
    let Some(it) = unsafe { copy_in(options, name) }? else { return Ok(None) };
    let methods = [
        (DIO_BINARIZE_OTSU.0, BinarizeMethod::Otsu),
        (DIO_BINARIZE_THRESHOLD.0, BinarizeMethod::Threshold),
        (DIO_BINARIZE_SAUVOLA.0, BinarizeMethod::Sauvola),
        (DIO_BINARIZE_FLOYD_STEINBERG.0, BinarizeMethod::FloydSteinberg),
    ];
    let threshold = u8::try_from(it.threshold).map_err(|_| {
        Error::parameter(format!("`{name}->threshold` is {}, not 0 to 255", it.threshold))
    })?;
    let method = choice(it.method.0, &format!("{name}->method"), &methods)?;
    let how = Binarize { method, threshold, window: it.window, k: it.k };
    how.check()?;
    Ok(Some(how))
}

/// Makes the same image in black and white, `DIO_IPF_BINARY`. Everything but the pixels is carried along, but for an ICC
/// profile of colours.
///
/// The grays are those of `DIO_ImageDataConvert`. An image that is bilevel stays as it is. NULL options mean the
/// defaults. On success `*bilevel` is a new image, to be freed with `DIO_FreeImageData`; on failure it is left untouched.
///
/// # Safety
///
/// `options`, unless NULL, must point to a struct of the size that it states; `bilevel`, unless NULL, be valid for
/// writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn DIO_ImageDataBinarize(
    image: Option<&DIO_ImageData>,
    options: *const DIO_BinarizeOptions,
    bilevel: *mut *mut DIO_ImageData,
) -> DIO_ErrorCode {
    guard(|| {
        let image = &required(image, "image")?.image;
        input::output(bilevel, "bilevel")?;
        // SAFETY: passed on from the caller.
        let how = unsafe { binarize_options(options, "options") }?.unwrap_or_default();
        let budget = Budget::new(Limits { max_memory: UNLIMITED, ..Limits::default() }, None);
        let made = image.binarize(&how, &budget)?;
        // SAFETY: checked above.
        unsafe { write(bilevel, Box::into_raw(DIO_ImageData::new(made))) };
        Ok(())
    })
}

/// Fills the first `size` bytes of `*options` with the defaults and sets `struct_size` to `size`.
///
/// `size` is `sizeof(DIO_BinarizeOptions)`; a larger one, of a later header, is zeroed beyond what this version knows.
///
/// # Safety
///
/// `options`, unless NULL, must point to `size` writable bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn DIO_BinarizeOptions_Init(
    options: *mut DIO_BinarizeOptions,
    size: usize,
) -> DIO_ErrorCode {
    // SAFETY: passed on from the caller.
    guard(|| unsafe { init(options, size) })
}

#[cfg(test)]
mod tests {
    use safer_ffi::layout::ReprC;

    use super::*;

    #[test]
    fn options_have_a_c_layout_and_defaults_that_pass() {
        fn crosses_by_value<T: ReprC>() {}
        crosses_by_value::<DIO_BinarizeOptions>();
        assert_eq!((DIO_BinarizeOptions::FIRST, size_of::<DIO_BinarizeOptions>()), (24, 24));
        // SAFETY: a whole struct.
        let how = unsafe { binarize_options(&DIO_BinarizeOptions::defaults(), "options") };
        assert_eq!(how.unwrap(), Some(Binarize::default()));
    }
}
