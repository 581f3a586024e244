//! Reading: pages of a source, with the limits of the call enforced above the codecs.

mod call;
mod pixels;
mod plan;
mod view;

use std::path::{Path, PathBuf};

pub use call::Call;
use plan::Plan;

use crate::codec::{self, Codec, Compressed, Header, PageSource, Pages};
use crate::error::{Error, Kind, Result};
use crate::format::FileFormat;
use crate::image::{ImageData, Orientation};
use crate::limits::Budget;
use crate::options::{ReadOptions, SaveOptions};
use crate::pixel::Layout;
use crate::source::Source;

/// An open file: its pages are read one by one, in any order.
pub struct Reader {
    source: Source,
    codec: &'static dyn Codec,
    pages: Box<dyn Pages>,
    count: u32,
    path: Option<PathBuf>,
    options: ReadOptions,
}

/// The facts of a page and of what reading it returns.
#[derive(Clone, Debug)]
pub struct PageInfo {
    /// Size, format and stride of what a read returns.
    pub layout: Layout,
    /// Pixels per row in the file.
    pub stored_width: u32,
    /// Rows in the file.
    pub stored_height: u32,
    /// Bits of a stored sample.
    pub bits: u32,
    /// Stored samples of a pixel.
    pub samples: u32,
    /// The format of the file.
    pub format: FileFormat,
    /// Pages of the file.
    pub pages: u32,
    /// The angle that a read reports.
    pub orientation: Orientation,
    /// Dots per inch; 0 = not stated.
    pub resolution: (f64, f64),
    /// Whether there is an ICC profile.
    pub has_icc: bool,
    /// Whether there is EXIF.
    pub has_exif: bool,
    /// Whether there is XMP.
    pub has_xmp: bool,
    /// Whether pixels may be transparent.
    pub has_alpha: bool,
    /// Whether the pages are frames of an animation.
    pub animated: bool,
    /// Milliseconds that the page is shown as a frame of an animation; 0 = not stated.
    pub delay_ms: u32,
    /// How often the animation is played; 0 = forever, or it is none.
    pub loop_count: u32,
    /// Compression as TIFF or BMP number it, else 0.
    pub compression: u32,
    /// What kind of page it is.
    pub source: PageSource,
    /// Images of the page of a PDF: counted with [`PdfMode::Extract`](crate::options::PdfMode), 1 for a scan, else 0.
    pub images: u32,
    /// Whether the file is encrypted.
    pub encrypted: bool,
}

impl Reader {
    /// Opens a file.
    pub fn open_file(path: &Path, options: ReadOptions) -> Result<Self> {
        Call::begin(options)?.open_file(path)
    }

    fn open_file_within(path: &Path, options: ReadOptions, budget: &Budget) -> Result<Self> {
        let source = Source::open(path, budget)?;
        let named = |error: Error| error.in_file(path.to_string_lossy());
        let mut reader = Self::open_within(source, options, budget).map_err(named)?;
        reader.path = Some(path.to_path_buf());
        Ok(reader)
    }

    /// Opens bytes in memory, or a stream.
    pub fn open(source: Source, options: ReadOptions) -> Result<Self> {
        Call::begin(options)?.open(source)
    }

    fn open_within(source: Source, options: ReadOptions, budget: &Budget) -> Result<Self> {
        source.begin_call(budget)?;
        let mut head = [0; codec::HEAD];
        let len = source.read_at(0, &mut head)?;
        let codec = codec::for_content(head.get(..len).unwrap_or_default())?;
        let opened = codec.open(&source, &options, budget).and_then(|mut pages| {
            let count = pages.count(budget)?;
            budget.check_pages(u64::from(count))?;
            Ok((pages, count))
        });
        let (pages, count) = opened.map_err(|error| blame(&source, codec, error))?;
        Ok(Self { source, codec, pages, count, path: None, options })
    }

    /// The same open file for another thread, with the same options. The parsed document is shared where the format
    /// has one (PDF), else the file is opened again. A stream belongs to one reader, but for PDFs, which are read to
    /// their end.
    pub fn share(&self) -> Result<Self> {
        let budget = self.options.budget();
        let (shared, source) = (self.pages.share(), self.source.share());
        let source = match (source, &shared) {
            (Some(source), _) => source,
            (None, Some(_)) => self.source.share_call(),
            (None, None) => {
                let error = Error::unsupported("a stream cannot be read by several readers");
                return Err(error.in_format(self.format()));
            }
        };
        source.begin_call(&budget)?;
        let pages = match shared {
            Some(pages) => pages,
            None => self
                .codec
                .open(&source, &self.options, &budget)
                .map_err(|error| blame(&source, self.codec, error))?,
        };
        let (codec, count, path) = (self.codec, self.count, self.path.clone());
        Ok(Self { source, codec, pages, count, path, options: self.options.clone() })
    }

    /// How many pages there are.
    pub fn page_count(&self) -> u32 {
        self.count
    }

    /// The format of the file.
    pub fn format(&self) -> FileFormat {
        self.codec.facts().format
    }

    /// The options it was opened with.
    pub fn options(&self) -> &ReadOptions {
        &self.options
    }

    /// The facts of a page and of what reading it with the reader's options returns.
    pub fn page_info(&mut self, page: u32) -> Result<PageInfo> {
        let budget = self.options.budget();
        self.page_info_within(page, &budget)
    }

    fn page_info_within(&mut self, page: u32, budget: &Budget) -> Result<PageInfo> {
        let options = self.options.clone();
        self.source.begin_call(budget)?;
        let plan =
            self.plan(page, &options, budget).map_err(|error| self.blame_page(page, error))?;
        let header = &plan.header;
        Ok(PageInfo {
            layout: plan.returned,
            stored_width: header.width,
            stored_height: header.height,
            bits: header.bits,
            samples: header.samples,
            format: self.format(),
            pages: self.count,
            orientation: plan.left,
            resolution: plan.resolution,
            has_icc: header.metadata.icc.is_some(),
            has_exif: header.metadata.exif.is_some(),
            has_xmp: header.metadata.xmp.is_some(),
            has_alpha: header.has_alpha,
            animated: header.animated,
            delay_ms: header.delay_ms,
            loop_count: header.loop_count,
            compression: header.compression,
            source: header.source,
            images: header.images,
            encrypted: header.encrypted,
        })
    }

    /// Reads a page with the options the reader was opened with.
    pub fn read_page(&mut self, page: u32) -> Result<ImageData> {
        let options = self.options.clone();
        self.read_page_with(page, &options)
    }

    /// Reads a page.
    pub fn read_page_with(&mut self, page: u32, options: &ReadOptions) -> Result<ImageData> {
        options.check()?;
        self.read_page_within(page, options, &options.budget())
    }

    fn read_page_within(
        &mut self,
        page: u32,
        options: &ReadOptions,
        budget: &Budget,
    ) -> Result<ImageData> {
        self.source.begin_call(budget)?;
        self.read(page, options, budget).map_err(|error| self.blame_page(page, error))
    }

    fn read(&mut self, page: u32, options: &ReadOptions, budget: &Budget) -> Result<ImageData> {
        let mut plan = self.plan(page, options, budget)?;
        let Layout { width, height, format, .. } = plan.returned;
        let _booked = budget.reserve(plan.returned.size() as u64)?;
        let mut image = ImageData::new(width, height, format)?;
        let layout = image.layout();
        image.warnings = self.fill(page, options, &plan, image.pixels_mut(), layout, budget)?;
        image.resolution = plan.resolution;
        image.metadata = std::mem::take(&mut plan.header.metadata);
        image.set_orientation(plan.left);
        image.origin = crate::image::Origin {
            format: Some(self.format()),
            path: self.path.clone(),
            page,
            pages: self.count,
        };
        Ok(image)
    }

    /// Reads a page into the caller's memory. Bytes between the rows are left alone. Returns the warnings.
    pub fn read_page_into(
        &mut self,
        page: u32,
        to: &mut [u8],
        layout: Layout,
    ) -> Result<Vec<String>> {
        let mut options = self.options.clone();
        options.pixel_format = Some(layout.format);
        let budget = options.budget();
        self.source.begin_call(&budget)?;
        let mut read = || {
            let plan = self.plan(page, &options, &budget)?;
            fits(&plan.returned, &layout)?;
            if to.len() < layout.size() {
                let message =
                    format!("the buffer has {} bytes, the page takes {}", to.len(), layout.size());
                return Err(Error::new(Kind::BufferTooSmall, message));
            }
            self.fill(page, &options, &plan, to, layout, &budget)
        };
        let outcome = read();
        outcome.map_err(|error| self.blame_page(page, error))
    }

    /// The data of a page as the file holds it, with its facts; `None` where no other format could hold it.
    pub(crate) fn compressed(
        &mut self,
        page: u32,
        options: &SaveOptions,
        budget: &Budget,
    ) -> Result<Option<(Compressed, Header)>> {
        self.source.begin_call(budget)?;
        let read = self.options.clone();
        let mut taken = || {
            let plan = self.plan(page, &read, budget)?;
            let data = self.pages.compressed(page, options, budget)?;
            Ok(data.map(|data| (data, plan.header)))
        };
        let outcome = taken();
        outcome.map_err(|error| self.blame_page(page, error))
    }

    /// Header, limits and formats of a page, before memory is asked for.
    fn plan(&mut self, page: u32, options: &ReadOptions, budget: &Budget) -> Result<Plan> {
        if page >= self.count {
            let message = format!("there is no page {page}: the file has {} (from 0)", self.count);
            return Err(Error::new(Kind::PageInvalid, message));
        }
        let header = self.pages.header(page, options, budget)?;
        budget.check_size(header.width, header.height)?;
        self.check_plausible(&header)?;
        for (_, bytes) in metadata_of(&header) {
            budget.check_metadata(bytes.len() as u64)?;
        }
        Plan::new(header, options)
    }

    /// Refuses a file that is too short to hold the pixels it declares.
    fn check_plausible(&self, header: &Header) -> Result<()> {
        let Some(ratio) = self.codec.facts().pixels_per_byte else { return Ok(()) };
        let pixels = u64::from(header.width) * u64::from(header.height);
        if pixels <= self.source.len().saturating_mul(ratio) {
            return Ok(());
        }
        let (width, height) = (header.width, header.height);
        Err(Error::damaged(format!(
            "{width} x {height} pixels are declared in {} bytes",
            self.source.len()
        )))
    }

    fn blame_page(&self, page: u32, error: Error) -> Error {
        let error = if self.count > 1 && error.kind() != Kind::PageInvalid {
            error.on_page(page)
        } else {
            error
        };
        let error = blame(&self.source, self.codec, error);
        match &self.path {
            Some(path) => error.in_file(path.to_string_lossy()),
            None => error,
        }
    }
}

/// What failed below the codec comes before what the codec made of it.
fn blame(source: &Source, codec: &dyn Codec, error: Error) -> Error {
    source.take_failure().unwrap_or(error).in_format(codec.facts().format)
}

fn metadata_of(header: &Header) -> impl Iterator<Item = (&'static str, &Vec<u8>)> {
    let metadata = &header.metadata;
    let kinds = [("ICC", &metadata.icc), ("EXIF", &metadata.exif), ("XMP", &metadata.xmp)];
    kinds.into_iter().filter_map(|(name, bytes)| Some((name, bytes.as_ref()?)))
}

fn fits(returned: &Layout, layout: &Layout) -> Result<()> {
    if (returned.width, returned.height) == (layout.width, layout.height) {
        return Ok(());
    }
    let message = format!(
        "the page is {} x {}, the buffer {} x {}",
        returned.width, returned.height, layout.width, layout.height
    );
    Err(Error::new(Kind::SizeMismatch, message))
}

/// Reads the page of `options` from a file.
pub fn read_file(path: &Path, options: &ReadOptions) -> Result<ImageData> {
    Call::begin(options.clone())?.read_file(path)
}

/// Reads the page of `options` from memory or a stream.
pub fn read(source: Source, options: &ReadOptions) -> Result<ImageData> {
    Call::begin(options.clone())?.read(source)
}
