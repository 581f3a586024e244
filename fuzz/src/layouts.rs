//! Descriptors of pixels as bindings pass them: any width, height, stride, size and format, over memory of a known length.

use std::ffi::c_void;
use std::mem::size_of;
use std::ptr;

use dio::ffi::*;

use super::calls::{finish, look};
use super::input::{Input, PIXELS};

/// A descriptor that is right or nearly so, over `len` bytes at the most.
fn layout(input: &mut Input<'_>, len: usize) -> DIO_PixelLayout {
    let flags = input.byte();
    let (width, height) = match flags & 3 {
        0 => (input.number(), input.number()),
        _ => (u32::from(input.byte()), u32::from(input.byte())),
    };
    let format = DIO_ImagePixelFormat(input.choice(&PIXELS));
    // Bytes of a pixel, twice where there are none but bits.
    let bits = [1, 1, 8, 8, 16, 16, 24, 32, 48, 64, 32, 64, 24, 8, 8, 8];
    let bits = usize::try_from(format.0).ok().and_then(|at| bits.get(at)).copied().unwrap_or(32);
    let tight = (width as usize).saturating_mul(bits).div_ceil(8);
    let stride =
        if flags & 4 != 0 { input.size() } else { tight.saturating_add(usize::from(flags >> 4)) };
    DIO_PixelLayout {
        struct_size: if flags & 8 != 0 {
            input.number() % 41
        } else {
            size_of::<DIO_PixelLayout>() as u32
        },
        width,
        height,
        format,
        orientation: input.choice(&[0, 90, 180, 270]),
        reserved: u32::from(flags == 254),
        stride,
        // What is promised is there.
        size: if flags & 128 != 0 { input.size().min(len) } else { len },
    }
}

unsafe extern "C" fn released(user: *mut c_void, _data: *mut c_void) {
    unsafe { *user.cast::<u32>() += 1 };
}

/// Copies pixels in, lends them, and takes them out into a second descriptor.
pub fn layouts(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let count = usize::from(input.byte()) << 6;
    let mut pixels = vec![0; count];
    let from = layout(&mut input, count);
    let to_len = usize::from(input.byte()) << 6;
    let mut taken = vec![0xa5; to_len];
    let to = layout(&mut input, to_len);
    let rest = input.rest();
    pixels.iter_mut().zip(rest.iter().cycle()).for_each(|(to, from)| *to = *from);

    let mut image = ptr::null_mut();
    let code = unsafe { DIO_ReadFromPixels(pixels.as_ptr().cast(), &from, &mut image) };
    if code == DIO_EC_OK {
        take_out(unsafe { &*image }, &mut taken, &to);
    }
    finish(code, image);

    let (mut image, mut times) = (ptr::null_mut(), 0u32);
    let user = (&raw mut times).cast();
    let code = unsafe {
        DIO_WrapPixels(pixels.as_mut_ptr().cast(), &from, Some(released), user, &mut image)
    };
    look(code);
    if code == DIO_EC_OK {
        take_out(unsafe { &*image }, &mut taken, &to);
        unsafe { DIO_FreeImageData(image) };
    }
    assert_eq!(times, u32::from(code == DIO_EC_OK));
}

fn take_out(image: &DIO_ImageData, to: &mut [u8], layout: &DIO_PixelLayout) {
    look(unsafe { DIO_SaveToPixels(Some(image), to.as_mut_ptr().cast(), layout) });
    let mut other = ptr::null_mut();
    let code = unsafe { DIO_ImageDataConvert(Some(image), layout.format, &mut other) };
    finish(code, other);
    let mut upright = ptr::null_mut();
    let code = unsafe { DIO_ImageDataOrient(Some(image), &mut upright) };
    finish(code, upright);
}
