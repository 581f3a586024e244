//! Pixels that are saved with options of any kind, and read again.

use std::mem::{MaybeUninit, size_of};
use std::ptr;

use dio::ffi::*;

use super::calls::{finish, look};
use super::input::{FORMATS, Input, PIXELS};

fn options(input: &mut Input<'_>) -> DIO_SaveOptions {
    let mut options = MaybeUninit::<DIO_SaveOptions>::zeroed();
    let made = unsafe { DIO_SaveOptions_Init(options.as_mut_ptr(), size_of::<DIO_SaveOptions>()) };
    assert_eq!(made, DIO_EC_OK);
    let mut options = unsafe { options.assume_init() };
    let flags = input.byte();
    // The slowest levels say little more.
    options.level = i32::from(input.byte() % 4);
    if flags & 1 != 0 {
        options.quality = input.choice(&[1, 50, 75, 90, 100]);
        options.subsampling.0 = input.choice(&[0, 1, 2]);
        options.optimize = input.choice(&[0, 1]);
    }
    if flags & 2 != 0 {
        options.compression.0 = input.choice(&[0, 1, 3, 4, 5, 7, 8, 32773, 50000]);
        options.predictor.0 = input.choice(&[0, 1, 2]);
        options.two_dimensional = input.choice(&[0, 1]);
        options.big_tiff = input.choice(&[0, 1]);
    }
    if flags & 4 != 0 {
        options.rows_per_strip = u32::from(input.byte());
        options.tile_width = u32::from(input.byte() % 5) * 16;
        options.tile_height = u32::from(input.byte() % 5) * 16;
    }
    if flags & 8 != 0 {
        options.palette = u32::from(input.byte());
        options.dither = input.choice(&[0, 1]);
    }
    if flags & 16 != 0 {
        options.encoding.0 = input.choice(&[0, 1]);
        options.background = input.number();
        options.dpi_x = f64::from(input.number()) / 1000.0;
        options.dpi_y = f64::from(input.number()) / 1000.0;
    }
    options
}

/// An image of up to 255 x 255 pixels in any format.
fn image(input: &mut Input<'_>) -> Option<*mut DIO_ImageData> {
    let (width, height) = (u32::from(input.byte()), u32::from(input.byte()));
    let format = DIO_ImagePixelFormat(input.choice(&PIXELS));
    let orientation = input.choice(&[0, 90, 180, 270]);
    let seed = input.rest();
    let stride = (width as usize + 1) * 8;
    let mut pixels = vec![0; stride * (height as usize * 2)];
    pixels.iter_mut().zip(seed.iter().cycle()).for_each(|(to, from)| *to = *from);
    let size = pixels.len();
    let struct_size = size_of::<DIO_PixelLayout>() as u32;
    let layout = DIO_PixelLayout {
        struct_size,
        width,
        height,
        format,
        orientation,
        reserved: 0,
        stride,
        size,
    };
    let mut image = ptr::null_mut();
    let code = unsafe { DIO_ReadFromPixels(pixels.as_ptr().cast(), &layout, &mut image) };
    look(code);
    (code == DIO_EC_OK).then_some(image)
}

/// What was saved reads, at the size that was saved; what is kept without loss is the same.
pub fn round_trip(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let options = options(&mut input);
    let format = DIO_ImageFileFormat(input.choice(&FORMATS));
    let Some(made) = image(&mut input) else { return };
    let handle = unsafe { &*made };
    let (mut saved, mut size) = (ptr::null_mut(), 0);
    let code = unsafe {
        DIO_SaveToMemoryWithOptions(Some(handle), format, &options, &mut saved, &mut size)
    };
    look(code);
    if code == DIO_EC_OK {
        let mut back = ptr::null_mut();
        let code = unsafe { DIO_ReadFromMemory(saved, size, &mut back) };
        if code != DIO_EC_OK {
            look(code);
            let why = unsafe { std::ffi::CStr::from_ptr(DIO_GetLastErrorMessage()) };
            panic!("what was saved as {} does not read: {why:?}", format.0);
        }
        compare(handle, unsafe { &*back }, format);
        finish(code, back);
        unsafe { DIO_FreeBytes(saved.cast()) };
    }
    finish(DIO_EC_OK, made);
}

fn compare(made: &DIO_ImageData, back: &DIO_ImageData, format: DIO_ImageFileFormat) {
    let size = |image| (DIO_ImageDataGetWidth(Some(image)), DIO_ImageDataGetHeight(Some(image)));
    // PDF rounds to the resolution of its pages, and angles may have been turned into pixels.
    if format == DIO_IFF_PDF || DIO_ImageDataGetOrientation(Some(made)) != 0 {
        return;
    }
    assert_eq!(size(made), size(back));
}
