//! Writing: a picture, or the pages of a document, in a new file or behind those that it has.
//!
//! Strips come before their directory, which leads to the next one as soon as there is one: a file is whole after each
//! page. A stream that cannot be sought gets each page after the next one is made, directory first.

mod append;
mod chunks;
mod compress;
mod describe;
mod lzw;
mod plan;

pub use append::append;
pub use plan::stored_as;

use super::fields::{Form, Order};
use super::tags;
use crate::codec::streams::palette;
use crate::codec::{self, Caption, Compressed, Picture};
use crate::error::{Error, Kind, Result};
use crate::limits::{Budget, Reservation};
use crate::memory::CBytes;
use crate::metadata::Metadata;
use crate::options::SaveOptions;
use crate::pixel::{Layout, PixelFormat, PixelView};
use crate::sink::Sink;

use chunks::Places;
use plan::Plan;

/// A file that is being written.
pub struct Document {
    form: Form,
    /// Where the offset of the next directory goes.
    link: u64,
    /// Pages that the file has, the old ones too.
    pages: u64,
    /// Where the pages state how many there are.
    totals: Vec<u64>,
    /// Whether pages are numbered; a picture that is alone has no number.
    numbered: bool,
    /// In a stream, the page that was made last.
    pending: Option<Pending>,
}

/// A page whose chunks lie in memory, as if the file began with them.
struct Pending {
    chunks: CBytes,
    places: Places,
    plan: Plan,
    options: SaveOptions,
    number: Option<u16>,
    width: u32,
    height: u32,
    orientation: u16,
    resolution: (f64, f64),
    metadata: Metadata,
    _booked: Reservation,
}

/// Whether so many bytes of pixels may take more than 4 GiB, compressed as badly as can be.
fn needs_big(pixels: u64) -> bool {
    pixels.saturating_add(pixels / 2).saturating_add(1 << 20) > u64::from(u32::MAX)
}

/// Writes a whole file of one picture.
pub fn encode(
    picture: &Picture<'_>,
    options: &SaveOptions,
    sink: &mut Sink<'_>,
    budget: &Budget,
) -> Result<()> {
    let mut document = Document::new(options, false);
    codec::Document::add(&mut document, picture, options, sink, budget)?;
    codec::Document::finish(&mut document, sink, budget)
}

impl Document {
    /// A file without pages, not even begun.
    pub fn new(options: &SaveOptions, numbered: bool) -> Self {
        let form = Form { big_endian: false, big_tiff: options.tiff.big };
        Self { form, link: 0, pages: 0, totals: Vec::new(), numbered, pending: None }
    }

    /// Writes the header before the first page, of BigTIFF where that page alone may need it.
    fn begin(&mut self, page: &Caption<'_>, plan: &Plan, sink: &mut Sink<'_>) -> Result<()> {
        if self.pages > 0 {
            return Ok(());
        }
        let row = plan.format.min_stride(page.width);
        self.form.big_tiff |= needs_big(row.saturating_mul(u64::from(page.height)));
        let header: &[u8] = if self.form.big_tiff { b"II+\0\x08\0\0\0" } else { b"II*\0" };
        self.link = header.len() as u64;
        // In a stream the first directory comes at once.
        let first = if sink.can_patch() { 0 } else { self.link + self.form.offset_len() as u64 };
        sink.put(header)?;
        sink.put(&self.form.offset(first)?)
    }

    /// The number of the next page; none beyond what the tag holds.
    fn number(&self) -> Option<u16> {
        u16::try_from(self.pages).ok().filter(|_| self.numbered)
    }

    /// Writes a page whose chunks `write` writes into the sink it is given.
    fn page(
        &mut self,
        plan: Plan,
        caption: &Caption<'_>,
        options: &SaveOptions,
        (sink, budget): (&mut Sink<'_>, &Budget),
        write: impl FnOnce(&Plan, &mut Sink<'_>) -> Result<Places>,
    ) -> Result<()> {
        self.begin(caption, &plan, sink)?;
        if !sink.can_patch() {
            return self.hold(plan, caption, options, (sink, budget), write);
        }
        let places = write(&plan, sink)?;
        chunks::even(sink)?;
        let fields = describe::fields(&plan, caption, &places, self.number(), options, budget)?;
        let encoded = fields.encode(sink.position(), self.form, Order::ValuesFirst)?;
        sink.put(&encoded.bytes)?;
        sink.patch(self.link, &self.form.offset(encoded.directory)?)?;
        self.link = encoded.next;
        self.totals.extend(encoded.place(tags::PAGE_NUMBER));
        self.pages += 1;
        Ok(())
    }

    /// Makes a page in memory and writes the one before it.
    fn hold(
        &mut self,
        plan: Plan,
        caption: &Caption<'_>,
        options: &SaveOptions,
        (sink, budget): (&mut Sink<'_>, &Budget),
        write: impl FnOnce(&Plan, &mut Sink<'_>) -> Result<Places>,
    ) -> Result<()> {
        let mut memory = Sink::memory();
        let places = write(&plan, &mut memory)?;
        chunks::even(&mut memory)?;
        let held = budget.reserve(memory.position())?;
        let pending = Pending {
            chunks: memory.finish()?,
            places,
            plan,
            options: options.clone(),
            number: self.number(),
            width: caption.width,
            height: caption.height,
            orientation: caption.orientation,
            resolution: caption.resolution,
            metadata: caption.metadata.try_clone()?,
            _booked: held,
        };
        if let Some(before) = &self.pending {
            before.write(self.form, true, sink, budget)?;
        }
        self.pending = Some(pending);
        self.pages += 1;
        Ok(())
    }
}

impl Pending {
    /// Writes the page, whose directory leads to one behind it where there is one.
    fn write(
        &self,
        form: Form,
        leads_on: bool,
        sink: &mut Sink<'_>,
        budget: &Budget,
    ) -> Result<()> {
        let caption = Caption {
            width: self.width,
            height: self.height,
            orientation: self.orientation,
            resolution: self.resolution,
            metadata: &self.metadata,
        };
        let start = sink.position();
        let at = |base: u64| {
            let moved = self.places.iter().map(|(at, len)| (at + base, *len)).collect();
            let fields =
                describe::fields(&self.plan, &caption, &moved, self.number, &self.options, budget)?;
            fields.encode(start, form, Order::DirectoryFirst)
        };
        // How long a directory is does not depend on where the chunks are.
        let base = start + at(start)?.bytes.len() as u64;
        let mut encoded = at(base)?;
        if leads_on {
            let next = form.offset(base + self.chunks.len() as u64)?;
            let slot = usize::try_from(encoded.next - start).unwrap_or(usize::MAX);
            let slot = encoded.bytes.get_mut(slot..).and_then(|rest| rest.get_mut(..next.len()));
            let outside = || Error::new(Kind::Internal, "a directory without a next one");
            slot.ok_or_else(outside)?.copy_from_slice(&next);
        }
        sink.put(&encoded.bytes)?;
        sink.put(&self.chunks)
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
        let size = (picture.width, picture.height);
        let big_endian = self.form.big_endian;
        if plan::takes_palette(picture.format, options) {
            let indexed = palette::indexed(picture, options.palette, options.dither, budget)?;
            let layout = Layout::tight(size.0, size.1, PixelFormat::Gray8)?;
            let view = PixelView::new(&indexed.indexes, layout)?;
            let indexes = picture.with_pixels(view);
            let plan = Plan::new(size, PixelFormat::Gray8, options)?.with_palette(indexed.palette);
            return self.page(plan, &picture.caption(), options, (sink, budget), |plan, sink| {
                chunks::write(&indexes, plan, options, big_endian, sink, budget)
            });
        }
        let plan = Plan::new(size, picture.format, options)?;
        self.page(plan, &picture.caption(), options, (sink, budget), |plan, sink| {
            chunks::write(picture, plan, options, big_endian, sink, budget)
        })
    }

    fn add_compressed(
        &mut self,
        data: &Compressed,
        caption: &Caption<'_>,
        options: &SaveOptions,
        sink: &mut Sink<'_>,
        budget: &Budget,
    ) -> Result<bool> {
        let size = (caption.width, caption.height);
        let Some(plan) = Plan::of_compressed(data, size, options) else { return Ok(false) };
        let data = data.bytes();
        self.page(plan, caption, options, (sink, budget), |_, sink| {
            chunks::even(sink)?;
            let at = sink.position();
            sink.put(data)?;
            Ok(vec![(at, data.len() as u64)])
        })?;
        Ok(true)
    }

    fn finish(&mut self, sink: &mut Sink<'_>, budget: &Budget) -> Result<()> {
        if let Some(last) = self.pending.take() {
            return last.write(self.form, false, sink, budget);
        }
        let Ok(total) = u16::try_from(self.pages) else { return Ok(()) };
        for number in &self.totals {
            sink.patch(number + 2, &self.form.number(total.into(), 2))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_that_may_take_more_than_four_gigabytes_need_wide_offsets() {
        assert!(!needs_big(0) && !needs_big(2_800_000_000));
        assert!(needs_big(2_870_000_000) && needs_big(u64::MAX));
    }
}
