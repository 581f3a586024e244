//! A PDF document as it is written: objects in order, then the page tree, the cross-reference table and the trailer.
//!
//! Nothing but the places of the objects is held, so that documents of any length can be streamed.

use pdf_writer::{Chunk, Content, Dict, Finish, Name, Ref};

use super::archive;
use super::embed;
use super::info::Info;
use super::placement::{IMAGE, Placement};
use super::text::{FONT, Font};
use crate::codec::pdf::append::Old;
use crate::codec::{self, Caption, Compressed, Picture};
use crate::error::{Error, Kind, Result};
use crate::limits::Budget;
use crate::options::{PdfStandard, SaveOptions, Word};
use crate::sink::Sink;

/// The catalog, the page tree and the document information of a new document have fixed numbers.
const CATALOG: Ref = Ref::new(1);
const PAGES: Ref = Ref::new(2);
const INFO: Ref = Ref::new(3);

/// Effort for what belongs to the document itself.
const DEFLATE: u8 = 6;

/// Places in a cross-reference table have ten digits.
const MOST_BYTES: u64 = 9_999_999_999;

/// A document that is being written.
pub struct Document {
    /// The number of the first object.
    pub(super) first: i32,
    /// Where each object begins, by number from the first; `None` while it is not written.
    pub(super) places: Vec<Option<u64>>,
    pub(super) pages: Vec<Ref>,
    /// The part of the page tree that has the pages.
    pub(super) tree: Ref,
    xmp: Option<Ref>,
    pub(super) info: Info,
    pub(super) mark: Mark,
    /// Whether it is to be PDF/A.
    pub archival: bool,
    /// The font of invisible text, once there is some.
    pub(super) font: Option<Font>,
    /// What it continues.
    pub(super) old: Option<Old>,
}

/// A line of a cross-reference table.
pub(super) struct TableEntry {
    pub number: u32,
    pub generation: u16,
    /// `None` where there is no such object.
    pub place: Option<u64>,
}

impl TableEntry {
    /// As tables have it.
    pub fn line(&self) -> Result<String> {
        match self.place {
            Some(place) if place > MOST_BYTES => {
                Err(Error::unsupported(format!("PDF documents of more than {MOST_BYTES} bytes")))
            }
            Some(place) => Ok(format!("{place:010} {:05} n\r\n", self.generation)),
            None => Ok("0000000000 00001 f\r\n".into()),
        }
    }
}

impl Document {
    /// Writes the header.
    pub fn begin(options: &SaveOptions, sink: &mut Sink<'_>) -> Result<Self> {
        // The comment tells programs that transfer files that this is no text.
        sink.put(b"%PDF-1.7\n%\x80\x80\x80\x80\n")?;
        Ok(Self { places: vec![None; 3], tree: PAGES, ..Self::empty(options) })
    }

    pub(super) fn empty(options: &SaveOptions) -> Self {
        Self {
            first: 1,
            places: Vec::new(),
            pages: Vec::new(),
            tree: PAGES,
            xmp: None,
            info: Info::of(options),
            mark: Mark::default(),
            archival: options.pdf.standard == PdfStandard::A2b,
            font: None,
            old: None,
        }
    }

    /// Writes a page with the image that `embed` writes. The XMP of the first that has one is that of the document, unless
    /// the document has its own: then it stays with the page. A page that fails leaves nothing behind but bytes.
    fn whole_page(
        &mut self,
        caption: &Caption<'_>,
        options: &SaveOptions,
        sink: &mut Sink<'_>,
        embed: impl FnOnce(&mut Self, &mut Sink<'_>) -> Result<Ref>,
    ) -> Result<()> {
        let (objects, pages) = (self.places.len(), self.pages.len());
        let (xmp, mark, writes) = (self.xmp, self.mark, self.font.is_some());
        let written = self.try_page(caption, options, sink, embed);
        if written.is_err() {
            self.places.truncate(objects);
            self.pages.truncate(pages);
            (self.xmp, self.mark) = (xmp, mark);
            // What characters it knows does no harm.
            self.font = self.font.take().filter(|_| writes);
        }
        written
    }

    fn try_page(
        &mut self,
        caption: &Caption<'_>,
        options: &SaveOptions,
        sink: &mut Sink<'_>,
        embed: impl FnOnce(&mut Self, &mut Sink<'_>) -> Result<Ref>,
    ) -> Result<()> {
        // An old document has said already what it is.
        let own = self.info.is_stated() || self.old.is_some();
        if self.old.is_some() {
            sink.put(b"\n")?;
        }
        let mut page_xmp = None;
        // In PDF/A every property has to be known or described (6.6.2.3): those of images may be anything.
        let wanted = !self.archival && (own || self.xmp.is_none());
        if let (Some(xmp), true) = (&caption.metadata.xmp, wanted) {
            let id = self.packet(xmp, sink)?;
            *(if own { &mut page_xmp } else { &mut self.xmp }) = Some(id);
        }
        let image = embed(self, sink)?;
        let mut placement = Placement::of(caption, &options.pdf);
        if self.archival {
            placement.widen(archive::LEAST_SIDE);
        }
        let mut drawn = Content::new();
        placement.draw(&mut drawn);
        let font = self.write(caption, &options.pdf.words, &placement, &mut drawn)?;
        let drawn = drawn.finish().into_vec();
        let content = self.number();
        match font {
            Some(_) => self.deflated(content, &drawn, false, sink)?,
            None => self.stream(content, sink, |_| {}, |sink| sink.put(&drawn))?,
        }
        let id = self.number();
        let mut chunk = Chunk::new();
        let mut page = chunk.page(id);
        page.parent(self.tree).media_box(placement.media_box());
        page.contents(content);
        // Pages have what they do not state from the root of the page tree, which may be another's.
        if self.old.is_some() {
            page.crop_box(placement.media_box());
        }
        if placement.turned != 0 || self.old.is_some() {
            page.rotate(placement.turned);
        }
        if placement.unit > 1.0 {
            page.user_unit(placement.unit as f32);
        }
        if let Some(xmp) = page_xmp {
            page.pair(Name(b"Metadata"), xmp);
        }
        let mut resources = page.resources();
        resources.x_objects().pair(IMAGE, image);
        if let Some(font) = font {
            resources.fonts().pair(FONT, font);
        }
        resources.finish();
        page.finish();
        self.object(id, chunk.as_bytes(), sink)?;
        self.pages.push(id);
        Ok(())
    }

    /// Writes words over the image; the number of their font, where there are any.
    fn write(
        &mut self,
        caption: &Caption<'_>,
        words: &[Word],
        placement: &Placement,
        content: &mut Content,
    ) -> Result<Option<Ref>> {
        if words.is_empty() {
            return Ok(None);
        }
        let mut font = match self.font.take() {
            Some(font) => font,
            None => Font::new(self.number()),
        };
        let (width, height) = (caption.width, caption.height);
        let pixels = if placement.turned % 180 == 0 { (width, height) } else { (height, width) };
        let drawn = font.draw(words, placement, pixels, content);
        let id = font.id;
        self.font = Some(font);
        drawn.map(|()| Some(id))
    }

    /// Writes an XMP packet.
    fn packet(&mut self, xmp: &[u8], sink: &mut Sink<'_>) -> Result<Ref> {
        let id = self.number();
        let describe = |dict: &mut Dict<'_>| {
            dict.pair(Name(b"Type"), Name(b"Metadata")).pair(Name(b"Subtype"), Name(b"XML"));
        };
        self.stream(id, sink, describe, |sink| sink.put(xmp))?;
        Ok(id)
    }

    /// Writes what belongs to the whole document.
    fn end(&mut self, sink: &mut Sink<'_>) -> Result<()> {
        if let Some(old) = self.old.take() {
            return self.end_continued(old, sink);
        }
        if self.archival || self.info.is_stated() {
            let xmp = self.info.xmp(if self.archival { archive::CLAIM } else { "" });
            self.xmp = Some(self.packet(xmp.as_bytes(), sink)?);
        }
        if let Some(font) = self.font.take() {
            font.end(self, sink)?;
        }
        let intent = if self.archival {
            Some(embed::profile(self, &archive::srgb(), 3, DEFLATE, sink)?)
        } else {
            None
        };
        let mut chunk = Chunk::new();
        let mut catalog = chunk.indirect(CATALOG).dict();
        catalog.pair(Name(b"Type"), Name(b"Catalog")).pair(Name(b"Pages"), PAGES);
        if let Some(xmp) = self.xmp {
            catalog.pair(Name(b"Metadata"), xmp);
        }
        if let Some(profile) = intent {
            archive::output_intent(catalog.insert(Name(b"OutputIntents")).array(), profile);
        }
        catalog.finish();
        self.object(CATALOG, chunk.as_bytes(), sink)?;

        let mut chunk = Chunk::new();
        let count = i32::try_from(self.pages.len()).unwrap_or(i32::MAX);
        chunk.pages(PAGES).kids(self.pages.iter().copied()).count(count);
        self.object(PAGES, chunk.as_bytes(), sink)?;

        self.object(INFO, self.info.dictionary(INFO).as_bytes(), sink)?;
        if self.archival {
            archive::check_objects(self.places.len())?;
        }
        self.references(sink)
    }

    /// The cross-reference table and the trailer.
    fn references(&self, sink: &mut Sink<'_>) -> Result<()> {
        let start = sink.position();
        let count = self.places.len() + 1;
        sink.put(format!("xref\n0 {count}\n0000000000 65535 f\r\n").as_bytes())?;
        for place in &self.places {
            let entry = TableEntry { number: 0, generation: 0, place: *place };
            sink.put(entry.line()?.as_bytes())?;
        }
        let (root, info) = (CATALOG.get(), INFO.get());
        let id = self.mark.hex();
        let trailer = format!("trailer\n<</Size {count}/Root {root} 0 R/Info {info} 0 R");
        sink.put(format!("{trailer}/ID[<{id}><{id}>]>>\nstartxref\n{start}\n%%EOF\n").as_bytes())
    }

    /// The number of a new object.
    pub fn number(&mut self) -> Ref {
        // Objects are few: some for a page.
        let number = i32::try_from(self.places.len()).unwrap_or(i32::MAX);
        self.places.push(None);
        Ref::new(self.first.saturating_add(number))
    }

    /// Writes an object that is whole.
    pub fn object(&mut self, id: Ref, bytes: &[u8], sink: &mut Sink<'_>) -> Result<()> {
        let index = usize::try_from(id.get() - self.first);
        if let Some(place) = index.ok().and_then(|index| self.places.get_mut(index)) {
            *place = Some(sink.position());
        }
        self.mark.add(bytes);
        sink.put(bytes)
    }

    /// Writes bytes as a stream; font programs say how long they were.
    pub fn deflated(
        &mut self,
        id: Ref,
        bytes: &[u8],
        is_font: bool,
        sink: &mut Sink<'_>,
    ) -> Result<()> {
        let describe = |dict: &mut Dict<'_>| {
            if is_font {
                dict.pair(Name(b"Length1"), i32::try_from(bytes.len()).unwrap_or(i32::MAX));
            }
            dict.pair(Name(b"Filter"), Name(b"FlateDecode"));
        };
        self.stream(id, sink, describe, |sink| embed::deflate(bytes, DEFLATE, sink))
    }

    /// Writes a stream of unknown length: what `describe` says of it, what `write` writes, and then how long it was,
    /// as an object of its own.
    pub fn stream(
        &mut self,
        id: Ref,
        sink: &mut Sink<'_>,
        describe: impl FnOnce(&mut Dict<'_>),
        write: impl FnOnce(&mut Sink<'_>) -> Result<()>,
    ) -> Result<()> {
        let len_id = self.number();
        let mut chunk = Chunk::new();
        let mut dict = chunk.indirect(id).dict();
        dict.pair(Name(b"Length"), len_id);
        describe(&mut dict);
        dict.finish();
        let head = chunk.as_bytes().trim_ascii_end().strip_suffix(b"endobj");
        let head = head.ok_or_else(|| Error::new(Kind::Internal, "an object without an end"))?;
        self.object(id, head, sink)?;
        sink.put(b"stream\n")?;
        let start = sink.position();
        sink.begin_sum();
        let written = write(sink);
        self.mark.add(&sink.end_sum().to_be_bytes());
        written?;
        let len = sink.position() - start;
        sink.put(b"\nendstream\nendobj\n\n")?;
        let number = len_id.get();
        self.object(len_id, format!("{number} 0 obj\n{len}\nendobj\n\n").as_bytes(), sink)
    }
}

impl codec::Document for Document {
    fn add(
        &mut self,
        picture: &Picture<'_>,
        options: &SaveOptions,
        sink: &mut Sink<'_>,
        budget: &Budget,
    ) -> Result<()> {
        self.whole_page(&picture.caption(), options, sink, |document, sink| {
            embed::image(document, picture, options, sink, budget)
        })
    }

    fn add_compressed(
        &mut self,
        data: &Compressed,
        caption: &Caption<'_>,
        options: &SaveOptions,
        sink: &mut Sink<'_>,
        _budget: &Budget,
    ) -> Result<bool> {
        // A palette is made of pixels.
        let repaints = options.palette > 0 && !matches!(data, Compressed::G4 { .. });
        let forbidden = self.archival && !archive::holds(data, caption.metadata);
        if repaints || forbidden || !embed::holds(data) {
            return Ok(false);
        }
        self.whole_page(caption, options, sink, |document, sink| {
            embed::compressed(document, data, caption, options, sink)
        })?;
        Ok(true)
    }

    fn finish(&mut self, sink: &mut Sink<'_>, _budget: &Budget) -> Result<()> {
        self.end(sink)
    }

    fn old_end(&self) -> Option<Vec<u8>> {
        Self::old_end(self)
    }
}

/// What tells documents apart (ISO 32000-1, 14.4), from all that is in them and nothing else: FNV-1a of 128 bits over the
/// objects and the sums of the streams.
#[derive(Clone, Copy)]
pub(super) struct Mark(u128);

impl Default for Mark {
    fn default() -> Self {
        Self(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d)
    }
}

impl Mark {
    pub fn add(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u128::from(*byte))
                .wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b);
        }
    }

    pub fn hex(self) -> String {
        format!("{:032X}", self.0)
    }
}
