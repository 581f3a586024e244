//! What encoders are given: pictures, or data that is encoded already, and documents that take one after the other.

use std::ops::Range;

use super::streams::jpx;
use crate::error::Result;
use crate::image::{Orientation, WHITE};
use crate::limits::Budget;
use crate::metadata::Metadata;
use crate::options::SaveOptions;
use crate::pixel::{Converter, PixelFormat, PixelView};
use crate::sink::Sink;
use crate::source::SharedBytes;

/// A file of many pages that is being written. All methods of one are given the same sink.
pub trait Document: Send {
    /// Writes a page. A document whose page failed is as it was before, once the sink has been rewound.
    fn add(
        &mut self,
        picture: &Picture<'_>,
        options: &SaveOptions,
        sink: &mut Sink<'_>,
        budget: &Budget,
    ) -> Result<()>;

    /// Writes a page of data that is encoded already; `false`, and nothing written, where the format cannot hold it or
    /// the options ask for another encoding.
    fn add_compressed(
        &mut self,
        data: &Compressed,
        caption: &Caption<'_>,
        options: &SaveOptions,
        sink: &mut Sink<'_>,
        budget: &Budget,
    ) -> Result<bool> {
        let _ = (data, caption, options, sink, budget);
        Ok(false)
    }

    /// Writes what belongs to the whole document, which has a page at least.
    fn finish(&mut self, sink: &mut Sink<'_>, budget: &Budget) -> Result<()>;

    /// What a file that is continued has to end with until it is finished, where its end leads to its pages.
    fn old_end(&self) -> Option<Vec<u8>> {
        None
    }
}

/// What goes with the pixels of a page.
pub struct Caption<'a> {
    /// Pixels per row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Orientation as TIFF and EXIF number it, 1 to 8.
    pub orientation: u16,
    /// Dots per inch to state; 0 = none.
    pub resolution: (f64, f64),
    /// What goes into the file of each kind.
    pub metadata: &'a Metadata,
}

/// The data of a page as a file holds it.
pub enum Compressed {
    /// A whole JPEG file of the baseline, extended sequential or progressive process.
    Jpeg {
        /// The file.
        data: SharedBytes,
        /// What its samples are.
        colour: JpegColour,
        /// Pixels across and down for one sample of the second component and those after it.
        subsampling: (u8, u8),
        /// Bits of a sample.
        bits: u8,
    },
    /// CCITT Group 4, the highest bit of each byte first.
    G4 {
        /// One block of data.
        data: SharedBytes,
        /// Whether the code's black is to be shown as white.
        inverted: bool,
    },
    /// A whole JPEG 2000 file, or a codestream.
    Jpx {
        /// The file.
        data: SharedBytes,
        /// What it says of itself.
        facts: jpx::Facts,
    },
}

impl Compressed {
    /// The data.
    pub fn bytes(&self) -> &[u8] {
        let (Self::Jpeg { data, .. } | Self::G4 { data, .. } | Self::Jpx { data, .. }) = self;
        data.as_ref().as_ref()
    }
}

/// What the samples of a JPEG are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JpegColour {
    /// Y.
    Gray,
    /// Y, Cb, Cr.
    YCbCr,
    /// R, G, B.
    Rgb,
    /// C, M, Y, K.
    Inks,
    /// C, M, Y, K, or what stands for them, inverted as Adobe's programs do.
    InvertedInks,
}

/// What an encoder is given: pixels, and what goes with them after the options of the save.
pub struct Picture<'a> {
    /// Pixels per row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// The format of [`Picture::row`], as [`Codec::stored_as`] asked for it.
    pub format: PixelFormat,
    /// The angle to state.
    pub orientation: Orientation,
    /// Dots per inch to state; 0 = none.
    pub resolution: (f64, f64),
    /// What goes into the file of each kind; an EXIF states orientation and resolution as above.
    pub metadata: &'a Metadata,
    view: PixelView<'a>,
    converter: Converter,
    budget: &'a Budget,
}

impl<'a> Picture<'a> {
    /// Rows of `view`, given out as `format`, with nothing else to say.
    pub fn new(
        view: PixelView<'a>,
        format: PixelFormat,
        background: [u8; 3],
        metadata: &'a Metadata,
        budget: &'a Budget,
    ) -> Self {
        let layout = view.layout();
        Self {
            width: layout.width,
            height: layout.height,
            format,
            orientation: Orientation::Upright,
            resolution: (0.0, 0.0),
            metadata,
            view,
            converter: Converter::new(layout.format, format, background),
            budget,
        }
    }

    /// What goes with the pixels.
    pub fn caption(&self) -> Caption<'a> {
        Caption {
            width: self.width,
            height: self.height,
            orientation: self.orientation.exif(),
            resolution: self.resolution,
            metadata: self.metadata,
        }
    }

    /// The same pixels with nothing else to say, for a file within a file.
    pub fn without_metadata(&self) -> Self {
        static NONE: Metadata = Metadata { icc: None, exif: None, xmp: None };
        Self { orientation: Orientation::Upright, metadata: &NONE, ..*self }
    }

    /// Other pixels, given out as they are, with the same to say.
    pub fn with_pixels<'b>(&self, view: PixelView<'b>) -> Picture<'b>
    where
        'a: 'b,
    {
        let format = view.layout().format;
        let converter = Converter::new(format, format, WHITE);
        Picture { format, view, converter, ..*self }
    }

    /// Bytes of a row.
    pub fn row_len(&self) -> usize {
        usize::try_from(self.format.min_stride(self.width)).unwrap_or(usize::MAX)
    }

    /// Bytes of all rows.
    pub fn size(&self) -> usize {
        self.row_len().saturating_mul(self.height as usize)
    }

    /// Row `y`: borrowed from the image where its format is the wanted one, else converted into `scratch`, which has
    /// [`Picture::row_len`] bytes. Reports progress.
    pub fn row<'b>(&self, y: u32, scratch: &'b mut [u8]) -> Result<&'b [u8]>
    where
        'a: 'b,
    {
        self.budget.advance(u64::from(y) + 1, u64::from(self.height))?;
        Ok(self.view.row_as(y, &self.converter, scratch))
    }

    /// Row `y` into `to`, which has [`Picture::row_len`] bytes, without a word on progress: several threads may take rows.
    pub fn row_into(&self, y: u32, to: &mut [u8]) {
        self.view.part_as(y, 0..self.width, &self.converter, to);
    }

    /// The pixels of row `y` in some columns, of which the first has a number that 8 divides, into `to`. Reports progress with
    /// the first of them.
    pub fn part(&self, y: u32, columns: Range<u32>, to: &mut [u8]) -> Result<()> {
        if columns.start == 0 {
            self.budget.advance(u64::from(y) + 1, u64::from(self.height))?;
        }
        self.view.part_as(y, columns, &self.converter, to);
        Ok(())
    }

    /// [`Picture::row`] for formats that begin with the last row: progress is counted from there.
    pub fn row_from_below<'b>(&self, y: u32, scratch: &'b mut [u8]) -> Result<&'b [u8]>
    where
        'a: 'b,
    {
        self.budget.advance(u64::from(self.height.saturating_sub(y)), u64::from(self.height))?;
        Ok(self.view.row_as(y, &self.converter, scratch))
    }
}
