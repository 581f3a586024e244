//! How the data of a page lies: one stream for all of it, or a stream for each strip or tile.
//!
//! Section 22 of TIFF 6.0 was read in many ways (TIFF Technical Note 2 lists them). What is told apart here is
//!
//! - JPEGInterchangeFormat leads to a stream with a picture of the size of the page. Strips then lie within it, go on
//!   where it ends, or are of no concern.
//! - Strip 0 begins such a stream, and the other strips are parts of it.
//! - Strips and tiles are streams, or entropy-coded data alone. What they lack is in the stream of
//!   JPEGInterchangeFormat, in strip 0 or under the tags of tables.
//!
//! Where a stream says one thing and tags another, the stream is right: it was made by a program that knew.

use std::ops::Range;

use super::super::super::directory::Container;
use super::super::super::page::Page;
use super::super::super::tags::{self, photometric};
use super::Settings;
use super::head::{EOI, Head, SOI};
use super::tables::Tables;
use crate::error::Result;
use crate::limits::Budget;
use crate::memory;
use crate::source::Source;

/// Strips that are looked for as parts of one stream.
const MOST_STRIPS: u64 = 65_535;

/// The page as its data has it, and what is needed to decode that.
pub fn plan(file: &Container, page: &Page, budget: &Budget) -> Result<(Page, Settings)> {
    let tables = Tables::read(file, page)?;
    let chunks = chunks(file, page)?;
    let (mut head, mut whole) = of_interchange(file, page, &chunks, budget)?;
    if head.frame.is_none() {
        let (own, data) = of_first(file, page, &chunks, budget)?;
        whole = whole.or(data);
        if !own.is_empty() {
            // Tables that were found before are still good for what it lacks.
            memory::append(&mut head.tables, &own.tables, "tables")?;
            head = Head { tables: head.tables, ..own };
        }
    }
    if let Some(entry) = page.directory.find(tags::JPEG_TABLES) {
        budget.check_metadata(entry.len().unwrap_or(0))?;
        let shared = Source::from_bytes(file.bytes(entry)?);
        let mut shared = Head::read(&shared, 0, shared.len(), budget)?.tables;
        memory::append(&mut shared, &head.tables, "tables")?;
        head.tables = shared;
    }
    let mut page = page.clone();
    page.photometric = colour(&page, &head, &tables);
    let settings = Settings {
        factors: page.subsampling,
        ycbcr: page.photometric == photometric::YCBCR,
        bits: page.bits,
        big_endian: file.is_big_endian(),
        planar: page.planar && whole.is_none(),
        tiled: page.tile.is_some() && whole.is_none(),
        head,
        tables,
        whole,
    };
    // Samples come with chroma as large as luma.
    page.subsampling = (1, 1);
    if settings.whole.is_some() {
        page.planar = false;
        page.tile = None;
        page.rows_per_strip = page.height;
    }
    Ok((page, settings))
}

/// The head of the stream of JPEGInterchangeFormat, and where its data is if it is the page.
fn of_interchange(
    file: &Container,
    page: &Page,
    chunks: &[Range<u64>],
    budget: &Budget,
) -> Result<(Head, Option<Vec<Range<u64>>>)> {
    let Some(stream) = interchange(file, page)? else { return Ok((Head::default(), None)) };
    let head = Head::read(file.source(), stream.start, file.source().len(), budget)?;
    let data = head.data..stream.end;
    let is_page = covers(&head, page) && has_data(file.source(), &data)?;
    let whole = is_page.then(|| join(data, chunks));
    Ok((head, whole))
}

/// The head of strip or tile 0, and where its data is if the other strips go on with it.
fn of_first(
    file: &Container,
    page: &Page,
    chunks: &[Range<u64>],
    budget: &Budget,
) -> Result<(Head, Option<Vec<Range<u64>>>)> {
    let Some(first) = chunks.first() else { return Ok((Head::default(), None)) };
    // The head may go on in the strips after the first, too.
    let head = Head::read(file.source(), first.start, file.source().len(), budget)?;
    let only_part = page.tile.is_none() && chunks.len() > 1 && page.rows_per_strip < page.height;
    if !only_part || !covers(&head, page) || begins_stream(file.source(), chunks)? {
        return Ok((head, None));
    }
    let after = |chunk: &Range<u64>| match chunk.start {
        start if (first.start..head.data).contains(&start) => head.data..chunk.end,
        _ => chunk.clone(),
    };
    let parts: Vec<_> = chunks.iter().map(after).filter(|part| !part.is_empty()).collect();
    let whole = parts.split_first().map(|(data, rest)| join(data.clone(), rest));
    Ok((head, whole))
}

/// Where JPEGInterchangeFormat says that there is a stream. Without a length it is all that follows.
fn interchange(file: &Container, page: &Page) -> Result<Option<Range<u64>>> {
    let len = file.source().len();
    let one = |tag| file.one(&page.directory, tag);
    let Some(at) = one(tags::JPEG_INTERCHANGE_FORMAT)?.filter(|at| (1..len).contains(at)) else {
        return Ok(None);
    };
    let own = one(tags::JPEG_INTERCHANGE_FORMAT_LENGTH)?.filter(|own| *own > 0);
    let end = own.and_then(|own| at.checked_add(own)).filter(|end| *end <= len);
    Ok(Some(at..end.unwrap_or(len)))
}

/// Where strips or tiles are, those that are within the file.
fn chunks(file: &Container, page: &Page) -> Result<Vec<Range<u64>>> {
    let numbers = |tag| {
        let entry = page.directory.find(tag);
        entry.map_or(Ok(Vec::new()), |entry| file.numbers(entry, MOST_STRIPS))
    };
    let pair = match page.tile {
        Some(_) if page.directory.find(tags::TILE_OFFSETS).is_some() => {
            [tags::TILE_OFFSETS, tags::TILE_BYTE_COUNTS]
        }
        _ => [tags::STRIP_OFFSETS, tags::STRIP_BYTE_COUNTS],
    };
    let [offsets, lens] = pair.map(numbers);
    let (offsets, lens) = (offsets?, lens?);
    let end = file.source().len();
    let chunk = |(at, start): (usize, &u64)| {
        let len = lens.get(at).copied().filter(|len| *len > 0).unwrap_or(u64::MAX);
        *start..start.saturating_add(len).min(end)
    };
    let within = |chunk: &Range<u64>| chunk.start > 0 && chunk.start < end;
    Ok(offsets.iter().enumerate().map(chunk).filter(within).collect())
}

/// Whether a head is that of a picture as large as the page.
fn covers(head: &Head, page: &Page) -> bool {
    let large = |frame: &super::Frame| frame.width >= page.width && frame.height >= page.height;
    head.scan.is_some() && head.frame.as_ref().is_some_and(large)
}

/// Whether there is more than the end of a stream.
fn has_data(source: &Source, data: &Range<u64>) -> Result<bool> {
    let mut first = [0; 2];
    source.read_at(data.start, &mut first)?;
    Ok(data.end.saturating_sub(data.start) > 2 && first != [0xff, EOI])
}

/// Whether the second chunk begins a stream of its own.
fn begins_stream(source: &Source, chunks: &[Range<u64>]) -> Result<bool> {
    let mut first = [0; 2];
    if let Some(chunk) = chunks.get(1) {
        source.read_at(chunk.start, &mut first)?;
    }
    Ok(first == [0xff, SOI])
}

/// Data and the chunks after it, each byte once.
fn join(data: Range<u64>, chunks: &[Range<u64>]) -> Vec<Range<u64>> {
    let begin = data.start;
    let mut parts = vec![data];
    for chunk in chunks {
        let Some(last) = parts.last_mut() else { break };
        // Many strips of a stream are one part.
        if chunk.start >= begin && chunk.start <= last.end {
            last.end = last.end.max(chunk.end);
        } else if chunk.end <= begin || chunk.start > last.end {
            parts.push(chunk.clone());
        }
    }
    parts
}

/// What samples are. Windows' own programs wrote RGB and meant YCbCr, so that a stream has to say it for itself.
fn colour(page: &Page, head: &Head, tables: &Tables) -> u16 {
    if page.photometric != photometric::RGB {
        return page.photometric;
    }
    let marker = head.frame.as_ref().map(|frame| frame.marker);
    let ids = head.frame.iter().flat_map(|frame| frame.components.iter().map(|[id, ..]| *id));
    let rgb = head.adobe == Some(0)
        || ids.eq(*b"RGB")
        || marker.map_or(tables.lossless, |marker| marker == super::head::SOF3);
    if rgb || page.samples != 3 { photometric::RGB } else { photometric::YCBCR }
}
