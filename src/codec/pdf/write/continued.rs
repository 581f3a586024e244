//! Pages behind those of an old document, as an incremental update (ISO 32000-1, 7.5.6): all that is old stays where it is.

use pdf_writer::{Chunk, Ref};

use super::document::{Document, TableEntry};
use crate::codec::pdf::append::{Old, OldDict, OldObject};
use crate::error::{Error, Result};
use crate::limits::Budget;
use crate::options::{PdfStandard, SaveOptions};
use crate::sink::Sink;
use crate::source::Source;

impl Document {
    /// Continues a document.
    pub fn continued(source: &Source, options: &SaveOptions, budget: &Budget) -> Result<Self> {
        let mut document = Self::empty(options);
        if document.info.is_stated() {
            let message = "document information of a PDF that pages are appended to";
            return Err(Error::unsupported(message));
        }
        let old = Old::open(source, budget)?;
        if options.pdf.standard == PdfStandard::A2b && !old.archival {
            let message = "PDF/A-2b: the document that pages are appended to does not claim it";
            return Err(Error::unsupported(message));
        }
        let number = |number: u32| Ref::new(i32::try_from(number).unwrap_or(i32::MAX));
        document.archival = old.archival;
        document.first = number(old.first).get();
        document.mark.add(&old.start.to_be_bytes());
        let mut id = Vec::new();
        old.id.iter().for_each(|part| part.write(&mut id));
        document.mark.add(&id);
        // The new pages hang together, below the old root.
        document.tree = document.number();
        document.old = Some(old);
        Ok(document)
    }

    /// What the file ends with while nothing leads to the new pages.
    pub fn old_end(&self) -> Option<Vec<u8>> {
        self.old.as_ref().map(|old| format!("\nstartxref\n{}\n%%EOF\n", old.start).into_bytes())
    }

    /// Writes the new part of the page tree and what leads to it.
    pub(super) fn end_continued(&mut self, mut old: Old, sink: &mut Sink<'_>) -> Result<()> {
        if let Some(font) = self.font.take() {
            font.end(self, sink)?;
        }
        let (root, generation, _) = old.pages;
        let mut chunk = Chunk::new();
        let count = i32::try_from(self.pages.len()).unwrap_or(i32::MAX);
        let mut pages = chunk.pages(self.tree);
        pages.kids(self.pages.iter().copied()).count(count);
        pages.parent(Ref::new(i32::try_from(root).unwrap_or(i32::MAX)));
        drop(pages);
        self.object(self.tree, chunk.as_bytes(), sink)?;

        let mut entries = Vec::new();
        let (tree, new) = (self.tree.get().unsigned_abs(), self.pages.len() as u64);
        if let Some(OldObject::Array(kids)) =
            old.pages.2.0.iter_mut().find(|(key, _)| key == b"Kids").map(|(_, kids)| kids)
        {
            kids.push(OldObject::Reference(tree, 0));
        }
        let all = (old.count + new).to_string().into_bytes();
        old.pages.2.set(b"Count", OldObject::Plain(all));
        entries.push(self.replaced((root, generation), &old.pages.2, sink)?);
        if old.is_old {
            old.catalog.2.set(b"Version", OldObject::Name(b"1.7".to_vec()));
            let id = (old.catalog.0, old.catalog.1);
            entries.push(self.replaced(id, &old.catalog.2, sink)?);
        }
        let first = self.first.unsigned_abs();
        let new = self.places.iter().zip(first..);
        entries.extend(new.map(|(place, number)| TableEntry {
            number,
            generation: 0,
            place: *place,
        }));
        entries.sort_by_key(|entry| entry.number);
        if old.in_streams {
            self.section_stream(&old, entries, sink)
        } else {
            self.section_table(&old, &entries, sink)
        }
    }

    /// Writes an old object as it is from now on.
    fn replaced(
        &mut self,
        (number, generation): (u32, u16),
        dict: &OldDict,
        sink: &mut Sink<'_>,
    ) -> Result<TableEntry> {
        let mut bytes = format!("{number} {generation} obj\n").into_bytes();
        dict.write(&mut bytes);
        bytes.extend_from_slice(b"\nendobj\n\n");
        let place = Some(sink.position());
        self.mark.add(&bytes);
        sink.put(&bytes)?;
        Ok(TableEntry { number, generation, place })
    }

    fn section_table(&self, old: &Old, entries: &[TableEntry], sink: &mut Sink<'_>) -> Result<()> {
        let start = sink.position();
        sink.put(b"xref\n")?;
        for run in runs(entries) {
            let first = run.first().map_or(0, |entry| entry.number);
            sink.put(format!("{first} {}\n", run.len()).as_bytes())?;
            for entry in run {
                sink.put(entry.line()?.as_bytes())?;
            }
        }
        let mut trailer = b"trailer\n".to_vec();
        self.trailer(old, self.next_number()).write(&mut trailer);
        sink.put(&trailer)?;
        sink.put(format!("\nstartxref\n{start}\n%%EOF\n").as_bytes())
    }

    /// The same as a stream, which describes itself, too.
    fn section_stream(
        &mut self,
        old: &Old,
        mut entries: Vec<TableEntry>,
        sink: &mut Sink<'_>,
    ) -> Result<()> {
        let start = sink.position();
        let number = self.next_number();
        entries.push(TableEntry { number, generation: 0, place: Some(start) });
        let mut dict = self.trailer(old, number + 1);
        let plain = |number: u32| OldObject::Plain(number.to_string().into_bytes());
        let mut index = Vec::new();
        let mut body = Vec::new();
        for run in runs(&entries) {
            index.push(plain(run.first().map_or(0, |entry| entry.number)));
            index.push(plain(u32::try_from(run.len()).unwrap_or(u32::MAX)));
            for entry in run {
                body.push(u8::from(entry.place.is_some()));
                body.extend_from_slice(&entry.place.unwrap_or(0).to_be_bytes());
                body.extend_from_slice(&entry.generation.to_be_bytes());
            }
        }
        dict.set(b"Type", OldObject::Name(b"XRef".to_vec()));
        dict.set(b"W", OldObject::Array([1, 8, 2].map(plain).to_vec()));
        dict.set(b"Index", OldObject::Array(index));
        dict.set(b"Length", plain(u32::try_from(body.len()).unwrap_or(u32::MAX)));
        let mut bytes = format!("{number} 0 obj\n").into_bytes();
        dict.write(&mut bytes);
        bytes.extend_from_slice(b"\nstream\n");
        sink.put(&bytes)?;
        sink.put(&body)?;
        sink.put(format!("\nendstream\nendobj\n\nstartxref\n{start}\n%%EOF\n").as_bytes())
    }

    fn next_number(&self) -> u32 {
        self.first.unsigned_abs() + u32::try_from(self.places.len()).unwrap_or(u32::MAX)
    }

    fn trailer(&self, old: &Old, size: u32) -> OldDict {
        let mut trailer = OldDict::default();
        trailer.set(b"Size", OldObject::Plain(size.to_string().into_bytes()));
        trailer.set(b"Root", OldObject::Reference(old.catalog.0, old.catalog.1));
        if let Some(info) = &old.info {
            trailer.set(b"Info", info.clone());
        }
        let new = OldObject::Plain(format!("<{}>", self.mark.hex()).into_bytes());
        let first = old.id.clone().unwrap_or_else(|| new.clone());
        trailer.set(b"ID", OldObject::Array(vec![first, new]));
        trailer.set(b"Prev", OldObject::Plain(old.start.to_string().into_bytes()));
        trailer
    }
}

/// Entries whose numbers follow each other.
fn runs(entries: &[TableEntry]) -> impl Iterator<Item = &[TableEntry]> {
    entries.chunk_by(|one, next| one.number + 1 == next.number)
}
