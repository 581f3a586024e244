//! A file, options of any kind, and calls of a reader in any order.

use std::ffi::CStr;
use std::mem::{MaybeUninit, offset_of, size_of};
use std::ptr;

use dio::ffi::*;

use super::input::{Input, PIXELS};

/// The longest that a call may hold memory for, so that a fuzzer gets on.
const MEMORY: u64 = 256 << 20;
const DEADLINE: u64 = 2000;

/// Options, and what a later version may have behind them.
#[repr(C)]
struct Options {
    it: DIO_ReadOptions,
    later: [u8; 64],
}

/// Options where every field may be anything, in a struct of any size, and whether one call is made too.
fn options(input: &mut Input<'_>) -> (Options, bool) {
    let mut options = MaybeUninit::<DIO_ReadOptions>::zeroed();
    let made = unsafe { DIO_ReadOptions_Init(options.as_mut_ptr(), size_of::<DIO_ReadOptions>()) };
    assert_eq!(made, DIO_EC_OK);
    let mut options = unsafe { options.assume_init() };
    let mut later = [0; 64];
    let flags = input.byte();
    options.max_memory = MEMORY;
    options.max_pixels = 1 << 24;
    options.deadline_ms = DEADLINE;
    options.dpi = 100.0;
    if flags & 1 != 0 {
        options.pixel_format = DIO_ImagePixelFormat(input.choice(&PIXELS));
    }
    if flags & 2 != 0 {
        options.orientation.0 = input.choice(&[0, 1]);
        options.tolerance.0 = input.choice(&[0, 1]);
    }
    if flags & 4 != 0 {
        options.threads = u32::from(input.byte() % 4);
        options.page = u32::from(input.byte());
    }
    if flags & 8 != 0 {
        options.max_width = u64::from(input.number());
        options.max_pages = u64::from(input.byte());
        options.max_metadata = u64::from(input.byte()) << 4;
        options.max_memory = u64::from(input.number()) % MEMORY;
    }
    if flags & 16 != 0 {
        options.fallback_dpi = f64::from(input.number()) / 100.0 - 1.0;
        options.dpi = 90.0 + f64::from(input.byte());
    }
    if flags & 32 != 0 {
        // Never beyond what is there to be read.
        options.struct_size = input.number() % (size_of::<Options>() as u32 + 1);
        later[usize::from(input.byte() % 64)] = input.byte() & 1;
    }
    if flags & 64 != 0 {
        options.password = c"secret".as_ptr();
    }
    (Options { it: options, later }, flags & 128 != 0)
}

/// Says in words what failed, and that it is no bug.
pub fn look(code: DIO_ErrorCode) {
    if code != DIO_EC_OK {
        let message = unsafe { CStr::from_ptr(DIO_GetLastErrorMessage()) };
        let text = message.to_str().expect("messages are UTF-8");
        assert!(!text.is_empty());
        assert!(code != DIO_EC_INTERNAL, "{text}");
        assert!(code != DIO_EC_UNKNOWN, "{text}");
    }
}

/// Looks at every byte of an image and takes it away.
pub fn finish(code: DIO_ErrorCode, image: *mut DIO_ImageData) {
    look(code);
    if code != DIO_EC_OK {
        assert!(image.is_null(), "an output is written though the call failed");
        return;
    }
    let handle = unsafe { &*image };
    let len = DIO_ImageDataGetBytesLength(Some(handle));
    let bytes = unsafe { std::slice::from_raw_parts(DIO_ImageDataGetBytes(Some(handle)), len) };
    let sum = bytes.iter().fold(0u64, |sum, byte| sum.wrapping_add(u64::from(*byte)));
    std::hint::black_box(sum);
    let (rows, stride) =
        (DIO_ImageDataGetHeight(Some(handle)), DIO_ImageDataGetStride(Some(handle)));
    assert!(len >= stride * rows as usize - stride);
    for kind in 0..3 {
        let (mut bytes, mut size) = (ptr::null(), 0);
        let code = unsafe {
            DIO_ImageDataGetMetadata(Some(handle), DIO_MetadataKind(kind), &mut bytes, &mut size)
        };
        look(code);
        assert!(size <= 16 << 20);
    }
    for index in 0..DIO_ImageDataGetWarningCount(Some(handle)) {
        let mut text = ptr::null();
        assert_eq!(unsafe { DIO_ImageDataGetWarning(Some(handle), index, &mut text) }, DIO_EC_OK);
        assert!(!unsafe { CStr::from_ptr(text) }.is_empty());
    }
    unsafe { DIO_FreeImageData(image) };
}

/// Reads a file in one call and with a reader.
pub fn read(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let (options, once) = options(&mut input);
    let options: *const DIO_ReadOptions = (&raw const options).cast();
    let calls = input.byte() % 6;
    let steps: Vec<(u8, usize)> = (0..calls).map(|_| (input.byte(), input.size())).collect();
    let file = input.rest();
    if once {
        let mut image = ptr::null_mut();
        let code = unsafe {
            DIO_ReadFromMemoryWithOptions(file.as_ptr(), file.len(), options, &mut image)
        };
        finish(code, image);
    }
    let mut reader = ptr::null_mut();
    let code = unsafe { DIO_ReaderOpenMemory(file.as_ptr(), file.len(), options, &mut reader) };
    look(code);
    if code != DIO_EC_OK {
        assert!(reader.is_null());
        return;
    }
    let handle = unsafe { &mut *reader };
    let mut count = 0;
    assert_eq!(unsafe { DIO_ReaderGetPageCount(Some(handle), &mut count) }, DIO_EC_OK);
    assert!(count > 0);
    // The first page always, since most inputs have no steps.
    let first = [(0, 0), (1, 0)];
    for (step, page) in first.into_iter().chain(steps) {
        call(handle, step, page, options);
    }
    DIO_FreeReader(Some(unsafe { Box::from_raw(reader) }));
}

fn call(reader: &mut DIO_Reader, step: u8, page: usize, options: *const DIO_ReadOptions) {
    let mut image = ptr::null_mut();
    match step % 4 {
        0 => {
            page_info(reader, page);
        }
        1 => {
            let code = unsafe { DIO_ReaderReadPage(Some(reader), page, &mut image) };
            finish(code, image);
        }
        2 => {
            let code =
                unsafe { DIO_ReaderReadPageWithOptions(Some(reader), page, options, &mut image) };
            finish(code, image);
        }
        _ => {
            let Some(info) = page_info(reader, page).filter(|info| info.size <= 64 << 20) else {
                return;
            };
            // As large as it was told, or a little shorter.
            let size = info.size - usize::from(step / 4 % 2);
            let mut pixels = vec![0xa5; size];
            let layout = DIO_PixelLayout {
                struct_size: size_of::<DIO_PixelLayout>() as u32,
                width: info.width,
                height: info.height,
                format: info.pixel_format,
                orientation: 0,
                reserved: 0,
                stride: info.stride,
                size,
            };
            let data = pixels.as_mut_ptr().cast();
            look(unsafe { DIO_ReaderReadPageInto(Some(reader), page, data, &layout) });
        }
    }
}

fn page_info(reader: &mut DIO_Reader, page: usize) -> Option<DIO_ImageInfo> {
    let mut info = MaybeUninit::<DIO_ImageInfo>::zeroed();
    let size = size_of::<DIO_ImageInfo>() as u32;
    assert_eq!(offset_of!(DIO_ImageInfo, struct_size), 0);
    unsafe { info.as_mut_ptr().cast::<u32>().write(size) };
    let code = unsafe { DIO_ReaderGetPageInfo(Some(reader), page, info.as_mut_ptr()) };
    look(code);
    (code == DIO_EC_OK).then(|| unsafe { info.assume_init() })
}
