//! A file of many pages, written one after the other.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::{codec_for, prepare};
use crate::codec::{self, Caption, Codec, Compressed, Document, Header};
use crate::error::{Error, Kind, Result};
use crate::format::FileFormat;
use crate::image::ImageData;
use crate::limits::Budget;
use crate::memory::{self, CBytes};
use crate::options::{OrientationMode, ReadOptions, SaveOptions};
use crate::reader::Reader;
use crate::sink::{AppendedFile, AtomicFile, SeekableOutput, Sink};
use crate::source::Source;

/// A document that is being written. Dropped before [`Writer::finish`], it leaves no file, and an old one as it was.
pub struct Writer<'a> {
    codec: &'static dyn Codec,
    pages: Pages,
    sink: Sink<'a>,
    options: SaveOptions,
    path: Option<PathBuf>,
    /// Pages that were added.
    count: u32,
    /// Whether a page failed and left bytes that cannot be taken back.
    broken: bool,
}

enum Pages {
    /// A format whose files hold one picture.
    One,
    Many(Box<dyn Document>),
}

impl Writer<'_> {
    /// Begins a file, which appears with [`Writer::finish`]. The extension decides the format, unless the options name
    /// one.
    pub fn create_file(path: &Path, overwrite: bool, options: SaveOptions) -> Result<Self> {
        options.check()?;
        let named = |error: Error| error.in_file(path.to_string_lossy());
        let codec = codec_for(path, &options).map_err(named)?;
        let sink = Sink::file(AtomicFile::create(path, overwrite)?);
        let mut writer = Self::begin(codec, sink, options).map_err(named)?;
        writer.path = Some(path.into());
        Ok(writer)
    }

    /// Continues a file, whose content says its format; one that does not exist is begun. The old pages stay where they
    /// are and the new ones show with [`Writer::finish`].
    pub fn append_file(path: &Path, options: SaveOptions) -> Result<Self> {
        options.check()?;
        if !path.exists() {
            return Self::create_file(path, false, options);
        }
        let named = |error: Error| error.in_file(path.to_string_lossy());
        let mut file = AppendedFile::open(path)?;
        let budget = prepare::budget(&options);
        let source = Source::open(path, &budget)?;
        source.begin_call(&budget)?;
        let mut head = [0; codec::HEAD];
        let len = source.read_at(0, &mut head).map_err(named)?;
        let codec = codec::for_content(head.get(..len).unwrap_or_default()).map_err(named)?;
        let format = codec.facts().format;
        if options.format.is_some_and(|asked| asked != format) {
            return Err(named(other_format(format)));
        }
        let continued = codec.append(&source, &options, &budget);
        let pages = continued
            .map_err(|error| named(source.take_failure().unwrap_or(error).in_format(format)))?;
        if let Some(end) = pages.old_end() {
            file.keep_at_end(end);
        }
        let (sink, path) = (Sink::append(file), Some(path.into()));
        let pages = Pages::Many(pages);
        Ok(Self { codec, pages, sink, options, path, count: 0, broken: false })
    }

    /// Begins a file in memory, of the format that the options name.
    pub fn memory(options: SaveOptions) -> Result<Self> {
        options.check()?;
        Self::begin(named_codec(&options)?, Sink::memory(), options)
    }
}

impl<'a> Writer<'a> {
    /// Begins a file in a stream that cannot be sought, of the format that the options name.
    pub fn stream(stream: impl Write + Send + 'a, options: SaveOptions) -> Result<Self> {
        options.check()?;
        Self::begin(named_codec(&options)?, Sink::stream(stream), options)
    }

    /// Begins a file where a stream stands, of the format that the options name.
    pub fn seekable(stream: impl SeekableOutput + 'a, options: SaveOptions) -> Result<Self> {
        options.check()?;
        Self::begin(named_codec(&options)?, Sink::seekable(stream)?, options)
    }

    fn begin(codec: &'static dyn Codec, mut sink: Sink<'a>, options: SaveOptions) -> Result<Self> {
        let named = |error: Error| error.in_format(codec.facts().format);
        if !codec.facts().writes {
            return Err(named(codec.read_only()));
        }
        let pages = match codec.begin(&options, &mut sink).map_err(named)? {
            Some(document) => Pages::Many(document),
            None => Pages::One,
        };
        Ok(Self { codec, pages, sink, options, path: None, count: 0, broken: false })
    }

    /// The options that pages have which come without.
    pub fn options(&self) -> &SaveOptions {
        &self.options
    }

    /// Whether [`Writer::finish`] gives the bytes.
    pub fn is_in_memory(&self) -> bool {
        self.sink.is_memory()
    }

    /// Whether it takes more than one page.
    pub fn holds_many_pages(&self) -> bool {
        matches!(self.pages, Pages::Many(_))
    }

    /// Writes a page, with the options of the writer where there are none for it. A page that fails leaves the document
    /// as it was; in a stream, where that cannot be, the document cannot be continued.
    pub fn add_page(&mut self, image: &ImageData, options: Option<&SaveOptions>) -> Result<()> {
        let options = self.options_for(options)?;
        let budget = prepare::budget(&options);
        let codec = self.codec;
        self.guarded(|pages, sink| {
            prepare::picture(image, codec, &options, &budget, |picture| match pages {
                Pages::One => codec.encode(picture, &options, sink, &budget),
                Pages::Many(document) => document.add(picture, &options, sink, &budget),
            })
        })
    }

    /// Writes the first page of an encoded file, as [`Writer::add_page_of`] does.
    pub fn add_encoded(&mut self, source: Source, options: Option<&SaveOptions>) -> Result<()> {
        let own = options.unwrap_or(&self.options);
        let read = ReadOptions { progress: own.progress.clone(), ..ReadOptions::default() };
        let budget = read.budget();
        source.begin_call(&budget)?;
        if let Some((data, header)) = codec::carried(&source, &budget)? {
            let options = self.options_for(options)?;
            if self.add_data(&data, &header, &options, &budget)? {
                return Ok(());
            }
            let into = self.codec.facts().format.name();
            let message = format!("JPEG 2000 is not decoded and cannot go into {into} as it is");
            return Err(Error::unsupported(message));
        }
        self.add_page_of(&mut Reader::open(source, read)?, 0, options)
    }

    /// Writes a page of another file: its data as it is where the format can hold it and neither the options nor those
    /// of the reader ask for something else, else its pixels.
    pub fn add_page_of(
        &mut self,
        reader: &mut Reader,
        page: u32,
        options: Option<&SaveOptions>,
    ) -> Result<()> {
        let options = self.options_for(options)?;
        let read = reader.options();
        let as_stored = read.pixel_format.is_none() && read.orientation == OrientationMode::Report;
        if as_stored && self.add_compressed(reader, page, &options)? {
            return Ok(());
        }
        let image = reader.read_page(page)?;
        self.add_page(&image, Some(&options))
    }

    fn add_compressed(
        &mut self,
        reader: &mut Reader,
        page: u32,
        options: &SaveOptions,
    ) -> Result<bool> {
        if !self.takes_data(options) {
            return Ok(false);
        }
        let budget = prepare::budget(options);
        match reader.compressed(page, options, &budget)? {
            Some((data, header)) => self.add_data(&data, &header, options, &budget),
            None => Ok(false),
        }
    }

    /// Whether data can be written as it is.
    fn takes_data(&self, options: &SaveOptions) -> bool {
        matches!(self.pages, Pages::Many(_)) && options.binarize.is_none()
    }

    fn add_data(
        &mut self,
        data: &Compressed,
        header: &Header,
        options: &SaveOptions,
        budget: &Budget,
    ) -> Result<bool> {
        if !self.takes_data(options) {
            return Ok(false);
        }
        let resolution = prepare::resolution(header.resolution, options);
        let codec = self.codec;
        let metadata =
            prepare::agreeing(&header.metadata, codec, header.orientation, resolution, options)?;
        let caption = Caption {
            width: header.width,
            height: header.height,
            orientation: header.orientation,
            resolution,
            metadata: &metadata,
        };
        let before = self.count;
        let taken = self.guarded(|pages, sink| match pages {
            Pages::One => Ok(false),
            Pages::Many(document) => document.add_compressed(data, &caption, options, sink, budget),
        })?;
        if !taken {
            self.count = before;
        }
        Ok(taken)
    }

    /// Writes what belongs to the whole document and gives the file its name. The bytes, where it is in memory.
    pub fn finish(self) -> Result<Vec<u8>> {
        self.finish_bytes().and_then(|bytes| memory::copy_of(&bytes, "the encoded document"))
    }

    /// The same into memory that C can free.
    pub fn finish_bytes(mut self) -> Result<CBytes> {
        let named = self.names();
        self.check_usable().map_err(&named)?;
        if self.count == 0 {
            return Err(named(Error::parameter("no page was added")));
        }
        let budget: Budget = prepare::budget(&self.options);
        if let Pages::Many(document) = &mut self.pages {
            let finished = document.finish(&mut self.sink, &budget);
            finished.map_err(|error| named(self.sink.take_failure().unwrap_or(error)))?;
        }
        self.sink.finish().map_err(named)
    }

    /// Runs what writes a page; what it wrote is taken back where it fails.
    fn guarded<T>(
        &mut self,
        write: impl FnOnce(&mut Pages, &mut Sink<'a>) -> Result<T>,
    ) -> Result<T> {
        let named = self.names();
        self.check_usable().map_err(&named)?;
        if self.count > 0 && matches!(self.pages, Pages::One) {
            let name = self.codec.facts().format.name();
            let message = format!("a {name} file holds one page");
            return Err(named(Error::new(Kind::MultiPageUnsupported, message)));
        }
        let begin = self.sink.position();
        let written = write(&mut self.pages, &mut self.sink);
        // Encoders of other crates may go on past a write that failed.
        match (written, self.sink.take_failure()) {
            (Ok(value), None) => {
                self.count += 1;
                Ok(value)
            }
            (_, Some(error)) | (Err(error), None) => {
                self.broken = !self.sink.rewind(begin);
                Err(named(error))
            }
        }
    }

    fn check_usable(&self) -> Result<()> {
        if self.broken {
            let message = "an earlier page failed halfway and cannot be taken back";
            return Err(Error::new(Kind::SaveFailed, message));
        }
        Ok(())
    }

    fn options_for(&self, options: Option<&SaveOptions>) -> Result<SaveOptions> {
        let Some(options) = options else { return Ok(self.options.clone()) };
        options.check()?;
        let format = self.codec.facts().format;
        if options.format.is_some_and(|asked| asked != format) {
            return Err(other_format(format));
        }
        Ok(options.clone())
    }

    /// Adds the names of format and file to an error.
    fn names(&self) -> impl Fn(Error) -> Error + use<> {
        let (format, path) = (self.codec.facts().format, self.path.clone());
        move |error| {
            let error = error.in_format(format);
            match &path {
                Some(path) => error.in_file(path.to_string_lossy()),
                None => error,
            }
        }
    }
}

fn named_codec(options: &SaveOptions) -> Result<&'static dyn Codec> {
    let format = options.format.ok_or_else(|| {
        Error::parameter("format has to be named where there is no file name that says it")
    })?;
    codec::for_format(format)
}

fn other_format(format: FileFormat) -> Error {
    Error::parameter(format!("format is not that of the document, {}", format.name()))
}
