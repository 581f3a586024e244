//! `DIO_PdfOptions`: PDF pages and documents, as a part of the options of a save.

use std::ffi::c_char;
use std::mem::offset_of;
use std::ptr;

use super::{Grows, copy_in, init};
use crate::error::{Error, Result};
use crate::ffi::guard::guard;
use crate::ffi::input::{self, choice, null, text};
use crate::ffi::{
    DIO_ErrorCode, DIO_FIT_COVER, DIO_FIT_INSIDE, DIO_FIT_SHRINK, DIO_FIT_STRETCH, DIO_PAGE_A3,
    DIO_PAGE_A4, DIO_PAGE_A5, DIO_PAGE_AUTO, DIO_PAGE_CUSTOM, DIO_PAGE_LEGAL, DIO_PAGE_LETTER,
    DIO_PageFit, DIO_PageSize, DIO_PdfStandard, DIO_STANDARD_PDF, DIO_STANDARD_PDFA_2B,
};
use crate::options::{PageFit, PageSize, PdfInfo, PdfOptions, PdfStandard, Word};

/// A word on a page, which is found and copied but not seen: where the image, as it is shown, has it. What OCR finds.
#[cfg_attr(test, safer_ffi::derive_ReprC)]
#[repr(C)]
#[derive(Clone, Copy)]
pub struct DIO_TextWord {
    /// `sizeof(DIO_TextWord)`, the same for all words of a page.
    pub struct_size: u32,
    /// Degrees that the word is turned clockwise: 0, 90, 180 or 270.
    pub angle: i32,
    /// The word, UTF-8.
    pub text: *const c_char,
    /// Pixels from the left edge of the upright image to where it begins.
    pub left: f64,
    /// Pixels from the upper edge to where it begins.
    pub top: f64,
    /// Pixels from the left edge to where it ends.
    pub right: f64,
    /// Pixels from the upper edge to where it ends.
    pub bottom: f64,
}

/// How PDF documents and their pages are made. Set to the defaults with `DIO_PdfOptions_Init` or
/// `DIO_PDF_OPTIONS_INIT`, then change fields.
#[cfg_attr(test, safer_ffi::derive_ReprC)]
#[repr(C)]
#[derive(Clone, Copy)]
pub struct DIO_PdfOptions {
    /// `sizeof(DIO_PdfOptions)`.
    pub struct_size: u32,
    /// The size of the page. Default `DIO_PAGE_AUTO`: that of the image by its resolution, and the margins around it.
    pub page_size: DIO_PageSize,
    /// How the image lies on a page of a given size, in the middle of what the margins leave. Default `DIO_FIT_INSIDE`.
    pub page_fit: DIO_PageFit,
    /// The standard that the document keeps to, for the options that it is opened with. Default `DIO_STANDARD_PDF`.
    pub standard: DIO_PdfStandard,
    /// Points (1/72 inch) across the page as it is shown, 3 to 14400, for `DIO_PAGE_CUSTOM`. Default 0.
    pub page_width: f64,
    /// Points down the page as it is shown, 3 to 14400, for `DIO_PAGE_CUSTOM`. Default 0.
    pub page_height: f64,
    /// Points that are left free at each edge of the page, below 7200. Default 0.
    pub margin: f64,
    /// The title of the document. This and the next texts are UTF-8, written for the options that a document is opened
    /// with, into its information and its XMP. Default NULL: none.
    pub title: *const c_char,
    /// Who wrote it. Default NULL: not stated.
    pub author: *const c_char,
    /// What it is about. Default NULL: not stated.
    pub subject: *const c_char,
    /// Words to find it by. Default NULL: not stated.
    pub keywords: *const c_char,
    /// The program that made what became a PDF. Default NULL: not stated.
    pub creator: *const c_char,
    /// The program that made the PDF. Default NULL: `libdio`.
    pub producer: *const c_char,
    /// What is written on the page, invisibly, for programs that search and copy. Default NULL: nothing.
    pub words: *const DIO_TextWord,
    /// How many words there are. Default 0.
    pub word_count: usize,
}

impl Grows for DIO_TextWord {
    const FIRST: usize = offset_of!(Self, bottom) + size_of::<f64>();

    fn defaults() -> Self {
        let [left, top, right, bottom] = [0.0; 4];
        Self { struct_size: 0, angle: 0, text: ptr::null(), left, top, right, bottom }
    }
}

impl Grows for DIO_PdfOptions {
    const FIRST: usize = offset_of!(Self, word_count) + size_of::<usize>();

    fn defaults() -> Self {
        Self {
            struct_size: size_of::<Self>() as u32,
            page_size: DIO_PAGE_AUTO,
            page_fit: DIO_FIT_INSIDE,
            standard: DIO_STANDARD_PDF,
            page_width: 0.0,
            page_height: 0.0,
            margin: 0.0,
            title: ptr::null(),
            author: ptr::null(),
            subject: ptr::null(),
            keywords: ptr::null(),
            creator: ptr::null(),
            producer: ptr::null(),
            words: ptr::null(),
            word_count: 0,
        }
    }
}

impl DIO_PdfOptions {
    /// # Safety
    ///
    /// Texts must be C strings or NULL.
    unsafe fn info(&self, name: &str) -> Result<PdfInfo> {
        let read = |field: &str, at: *const c_char| {
            // SAFETY: a C string or NULL, as the caller vouches.
            unsafe { text(at, &format!("{name}->{field}")) }
        };
        Ok(PdfInfo {
            title: read("title", self.title)?,
            author: read("author", self.author)?,
            subject: read("subject", self.subject)?,
            keywords: read("keywords", self.keywords)?,
            creator: read("creator", self.creator)?,
            producer: read("producer", self.producer)?,
        })
    }

    fn page_size(&self, name: &str) -> Result<PageSize> {
        let sizes = [
            (DIO_PAGE_AUTO.0, PageSize::OfImage),
            (DIO_PAGE_CUSTOM.0, PageSize::Exactly(self.page_width, self.page_height)),
            (DIO_PAGE_A3.0, PageSize::A3),
            (DIO_PAGE_A4.0, PageSize::A4),
            (DIO_PAGE_A5.0, PageSize::A5),
            (DIO_PAGE_LETTER.0, PageSize::LETTER),
            (DIO_PAGE_LEGAL.0, PageSize::LEGAL),
        ];
        let size = choice(self.page_size.0, &format!("{name}->page_size"), &sizes)?;
        let stated = self.page_width != 0.0 || self.page_height != 0.0;
        if stated && self.page_size != DIO_PAGE_CUSTOM {
            let message = "page_width and page_height are for DIO_PAGE_CUSTOM alone";
            return Err(Error::parameter(format!("`{name}`: {message}")));
        }
        Ok(size)
    }
}

/// `count` words, which lie one behind the other, each of the size that the first states.
///
/// # Safety
///
/// `first`, unless NULL, must point to so many structs; their texts must be C strings or NULL.
unsafe fn words(first: *const DIO_TextWord, count: usize, name: &str) -> Result<Vec<Word>> {
    let mut words = Vec::new();
    if count == 0 {
        return Ok(words);
    }
    if first.is_null() {
        return Err(null(name));
    }
    let needed = count.saturating_mul(size_of::<Word>());
    words.try_reserve_exact(count).map_err(|_| Error::no_memory(needed, "the words of a page"))?;
    // SAFETY: not null, and the first field is a u32.
    let size = unsafe { first.cast::<u32>().read() };
    if !(size as usize).is_multiple_of(align_of::<DIO_TextWord>()) {
        let message = format!("`{name}[0]->struct_size` is {size}, the size of no such struct");
        return Err(Error::parameter(message));
    }
    for number in 0..count {
        let at = first.cast::<u8>().wrapping_add(number.wrapping_mul(size as usize));
        let name = format!("{name}[{number}]");
        // SAFETY: within the words that the caller vouches for, which begin with a u32.
        let own = unsafe { at.cast::<u32>().read() };
        if own != size {
            let message = format!("`{name}->struct_size` is {own}, not {size} as in the first");
            return Err(Error::parameter(message));
        }
        // SAFETY: as above.
        words.push(unsafe { word(at.cast(), &name) }?);
    }
    Ok(words)
}

/// # Safety
///
/// As for [`copy_in`]; the text must be a C string or NULL.
unsafe fn word(at: *const DIO_TextWord, name: &str) -> Result<Word> {
    // SAFETY: passed on from the caller.
    let copy = unsafe { copy_in(at, name) }?;
    let it = copy.ok_or_else(|| null(name))?;
    // SAFETY: a C string or NULL, as the caller vouches.
    let text = unsafe { input::text(it.text, &format!("{name}->text")) }?;
    let text = text.ok_or_else(|| null(&format!("{name}->text")))?;
    let DIO_TextWord { angle, left, top, right, bottom, .. } = it;
    Ok(Word { text, left, top, right, bottom, angle })
}

/// The options at `options`; the defaults for NULL.
///
/// # Safety
///
/// As for [`copy_in`]; strings of the struct must be valid.
pub(in crate::ffi) unsafe fn pdf_options(
    options: *const DIO_PdfOptions,
    name: &str,
) -> Result<PdfOptions> {
    // SAFETY: passed on from the caller.
    let Some(it) = unsafe { copy_in(options, name) }? else { return Ok(PdfOptions::default()) };
    let standards =
        [(DIO_STANDARD_PDF.0, PdfStandard::Pdf), (DIO_STANDARD_PDFA_2B.0, PdfStandard::A2b)];
    let fits = [
        (DIO_FIT_INSIDE.0, PageFit::Inside),
        (DIO_FIT_SHRINK.0, PageFit::Shrink),
        (DIO_FIT_COVER.0, PageFit::Cover),
        (DIO_FIT_STRETCH.0, PageFit::Stretch),
    ];
    Ok(PdfOptions {
        page_size: it.page_size(name)?,
        fit: choice(it.page_fit.0, &format!("{name}->page_fit"), &fits)?,
        margin: it.margin,
        standard: choice(it.standard.0, &format!("{name}->standard"), &standards)?,
        // SAFETY: passed on from the caller.
        info: unsafe { it.info(name) }?,
        // SAFETY: as many words as the caller vouches for.
        words: unsafe { words(it.words, it.word_count, &format!("{name}->words")) }?.into(),
    })
}

/// Fills the first `size` bytes of `*options` with the defaults and sets `struct_size` to `size`.
///
/// `size` is `sizeof(DIO_PdfOptions)`; a larger one, of a later header, is zeroed beyond what this version knows.
///
/// # Safety
///
/// `options`, unless NULL, must point to `size` writable bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn DIO_PdfOptions_Init(
    options: *mut DIO_PdfOptions,
    size: usize,
) -> DIO_ErrorCode {
    // SAFETY: passed on from the caller.
    guard(|| unsafe { init(options, size) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use safer_ffi::layout::ReprC;

    #[test]
    fn options_have_a_c_layout_without_padding() {
        fn crosses_by_value<T: ReprC>() {}
        crosses_by_value::<DIO_PdfOptions>();
        crosses_by_value::<DIO_TextWord>();
        crosses_by_value::<DIO_PageSize>();
        crosses_by_value::<DIO_PageFit>();
        crosses_by_value::<DIO_PdfStandard>();
        assert_eq!(DIO_PdfOptions::FIRST, size_of::<DIO_PdfOptions>());
        #[cfg(target_pointer_width = "64")]
        assert_eq!((DIO_PdfOptions::FIRST, DIO_TextWord::FIRST), (4 * 4 + 11 * 8, 2 * 4 + 5 * 8));
    }

    #[test]
    fn defaults_are_the_defaults() {
        // SAFETY: a whole struct.
        let read = unsafe { pdf_options(&DIO_PdfOptions::defaults(), "pdf") }.unwrap();
        assert_eq!(read, PdfOptions::default());
    }
}
