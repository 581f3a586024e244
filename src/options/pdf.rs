//! What a caller may ask of PDF documents and their pages.

use std::sync::Arc;

use crate::error::{Error, Result};

/// The least and the longest side of a page in points (ISO 32000-1, C.2).
pub const PAGE_SIDE: std::ops::RangeInclusive<f64> = 3.0..=14_400.0;

/// Units of UTF-16 in an entry of the document information, characters of a word.
const MOST_TEXT: usize = 16_000;

/// How PDF documents are made.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PdfOptions {
    /// The size of the page.
    pub page_size: PageSize,
    /// How the image lies on a page of a given size.
    pub fit: PageFit,
    /// Points that are left free at each edge of the page.
    pub margin: f64,
    /// What the document says of itself. Of the options of a document, not of those of a page.
    pub info: PdfInfo,
    /// The standard that the document keeps to. Of the options of a document, not of those of a page.
    pub standard: PdfStandard,
    /// What is written on the page, for programs that search and copy: it is not seen.
    pub words: Arc<[Word]>,
}

/// A word on a page: where its image, as it is shown, has it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Word {
    /// The word.
    pub text: String,
    /// Pixels from the left edge to where it begins.
    pub left: f64,
    /// Pixels from the upper edge to where it begins.
    pub top: f64,
    /// Pixels from the left edge to where it ends.
    pub right: f64,
    /// Pixels from the upper edge to where it ends.
    pub bottom: f64,
    /// Degrees that it is turned clockwise: 0, 90, 180 or 270.
    pub angle: i32,
}

impl Word {
    /// Quarters of a turn.
    pub fn quarters(&self) -> usize {
        usize::try_from(self.angle / 90).unwrap_or(0)
    }

    fn check(&self, number: usize) -> Result<()> {
        let wrong = |what: String| Err(Error::parameter(format!("pdf->words[{number}] {what}")));
        let sides = [self.left, self.top, self.right, self.bottom];
        if sides.iter().any(|side| side.is_nan() || side.abs() > 1e9)
            || self.right <= self.left
            || self.bottom <= self.top
        {
            let [left, top, right, bottom] = sides;
            return wrong(format!("lies from {left}, {top} to {right}, {bottom}"));
        }
        if ![0, 90, 180, 270].contains(&self.angle) {
            return wrong(format!("is turned by {}, not 0, 90, 180 or 270", self.angle));
        }
        if let Some(found) = self.text.chars().find(|c| c.is_control() && !c.is_whitespace()) {
            return wrong(format!("has the control character U+{:04X}", u32::from(found)));
        }
        // A string of two bytes for each character (ISO 32000-1, table C.1).
        if self.text.chars().count() > MOST_TEXT {
            return wrong(format!("has more than {MOST_TEXT} characters"));
        }
        Ok(())
    }
}

/// A standard that a PDF document keeps to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PdfStandard {
    /// PDF itself (ISO 32000-1).
    #[default]
    Pdf,
    /// PDF/A-2b (ISO 19005-2), for archives.
    A2b,
}

/// What a PDF document says of itself, beside its dates.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PdfInfo {
    /// Its title.
    pub title: Option<String>,
    /// Who wrote it.
    pub author: Option<String>,
    /// What it is about.
    pub subject: Option<String>,
    /// Words to find it by.
    pub keywords: Option<String>,
    /// The program that made what became a PDF.
    pub creator: Option<String>,
    /// The program that made the PDF; `None`: this library.
    pub producer: Option<String>,
}

impl PdfInfo {
    /// What it is called in a PDF, and what it says.
    pub fn entries(&self) -> [(&'static str, Option<&str>); 6] {
        [
            ("Title", self.title.as_deref()),
            ("Author", self.author.as_deref()),
            ("Subject", self.subject.as_deref()),
            ("Keywords", self.keywords.as_deref()),
            ("Creator", self.creator.as_deref()),
            ("Producer", self.producer.as_deref()),
        ]
    }

    /// It is written as XML, too, which has no characters for control.
    fn check(&self) -> Result<()> {
        let forbidden = |c: &char| {
            (c.is_control() && !matches!(c, '\t' | '\n' | '\r'))
                || matches!(c, '\u{fffe}' | '\u{ffff}')
        };
        for (name, text) in self.entries() {
            if let Some(found) = text.and_then(|text| text.chars().find(forbidden)) {
                let (name, number) = (name.to_ascii_lowercase(), u32::from(found));
                let message = format!("pdf->{name} contains the control character U+{number:04X}");
                return Err(Error::parameter(message));
            }
            // ISO 32000-1, table C.1: the longest string, in UTF-16.
            let len = text.map_or(0, |text| text.encode_utf16().count());
            if len > MOST_TEXT {
                let name = name.to_ascii_lowercase();
                let message = format!("pdf->{name} has {len} characters, more than {MOST_TEXT}");
                return Err(Error::parameter(message));
            }
        }
        Ok(())
    }
}

/// The size of a PDF page.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum PageSize {
    /// That of the image by its resolution, and the margins around it.
    #[default]
    OfImage,
    /// A sheet with these sides in points, lying if the image is wider than high.
    Sheet(f64, f64),
    /// Width and height in points, as the page is shown.
    Exactly(f64, f64),
}

impl PageSize {
    /// ISO A3.
    pub const A3: Self = Self::Sheet(297.0 / 25.4 * 72.0, 420.0 / 25.4 * 72.0);
    /// ISO A4.
    pub const A4: Self = Self::Sheet(210.0 / 25.4 * 72.0, 297.0 / 25.4 * 72.0);
    /// ISO A5.
    pub const A5: Self = Self::Sheet(148.0 / 25.4 * 72.0, 210.0 / 25.4 * 72.0);
    /// US Letter.
    pub const LETTER: Self = Self::Sheet(612.0, 792.0);
    /// US Legal.
    pub const LEGAL: Self = Self::Sheet(612.0, 1008.0);
}

/// How an image lies on a PDF page of a given size, in the middle of what the margins leave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PageFit {
    /// As large as it can be as a whole.
    #[default]
    Inside,
    /// As large as its resolution says, smaller where that is too large.
    Shrink,
    /// So large that nothing is left free; what hangs over is cut off.
    Cover,
    /// Drawn out to all of it.
    Stretch,
}

impl PdfOptions {
    /// Refuses values out of range.
    pub fn check(&self) -> Result<()> {
        self.info.check()?;
        for (number, word) in self.words.iter().enumerate() {
            word.check(number)?;
        }
        if let PageSize::Sheet(width, height) | PageSize::Exactly(width, height) = self.page_size {
            for (name, side) in [("page_width", width), ("page_height", height)] {
                if !PAGE_SIDE.contains(&side) {
                    let (least, most) = (PAGE_SIDE.start(), PAGE_SIDE.end());
                    let message = format!("pdf->{name} is {side}, not {least} to {most} points");
                    return Err(Error::parameter(message));
                }
            }
            if self.margin * 2.0 >= width.min(height) {
                return Err(Error::parameter(format!(
                    "pdf->margin is {}, which leaves nothing of a page of {width} x {height} points",
                    self.margin
                )));
            }
        } else if self.fit != PageFit::Inside {
            return Err(Error::parameter("pdf->page_fit is for pages of a given size"));
        }
        if !(0.0..PAGE_SIDE.end() / 2.0).contains(&self.margin) {
            let most = PAGE_SIDE.end() / 2.0;
            let message = format!("pdf->margin is {}, not 0 to {most} points", self.margin);
            return Err(Error::parameter(message));
        }
        Ok(())
    }
}
