//! Where a file that has pages already can be continued.

use super::super::directory::Container;
use super::super::fields::Form;
use super::super::tags::{self, kind};
use super::Document;
use crate::error::{Error, Result};
use crate::limits::Budget;
use crate::options::Tolerance;
use crate::source::Source;

/// Continues behind the last directory of a file, in its byte order and with its offsets.
pub fn append(source: &Source, budget: &Budget) -> Result<Document> {
    let file = Container::open(source)?;
    let form = Form { big_endian: file.is_big_endian(), big_tiff: file.is_big_tiff() };
    let chain = file.chain(Tolerance::Strict, budget)?;
    let mut totals = Vec::new();
    let mut link = None;
    for (offset, _) in &chain {
        budget.check()?;
        let directory = file.directory(*offset)?;
        let (count_len, entry_len, offset_len) = file.sizes();
        let entry = |index: usize| {
            (index as u64).saturating_mul(entry_len).saturating_add(offset + count_len as u64)
        };
        let mut entries = directory.entries.iter().enumerate();
        // Numbers that lie in their entry: two of 16 bits do.
        let numbered = entries.find(|(_, entry)| {
            entry.tag == tags::PAGE_NUMBER && entry.kind == kind::SHORT && entry.count == 2
        });
        totals.extend(numbered.map(|(index, _)| entry(index) + 4 + offset_len as u64));
        link = Some(entry(directory.entries.len()));
    }
    let link = link.ok_or_else(|| Error::damaged("there is no image file directory"))?;
    let pages = chain.iter().filter(|(_, is_page)| *is_page).count() as u64;
    Ok(Document { form, link, pages, totals, numbered: true, pending: None })
}
