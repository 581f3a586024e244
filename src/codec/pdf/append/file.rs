//! A file as its cross-reference sections lead through it. What they do not lead to is not looked for: a file that has to
//! be repaired is not one to write behind.

use std::collections::{HashMap, HashSet};
use std::io::Read;

use flate2::read::ZlibDecoder;

use super::syntax::{Dict, Object, Parser};
use crate::error::{Error, Result};
use crate::limits::Budget;
use crate::memory;
use crate::source::Source;

/// How far from the end the last section is named (ISO 32000-1, H.3).
const END: u64 = 1024;

/// Sections of a file: there is one for each time that it was written to.
const MOST_SECTIONS: usize = 65_536;

/// The longest object and the longest decoded stream that are looked at.
const MOST: u64 = 256 << 20;

/// The number of an object at the most (ISO 32000-1, table C.1).
pub const MOST_OBJECTS: u64 = 8_388_607;

/// Where an object is.
#[derive(Clone, Copy)]
enum Place {
    At(u64),
    /// Within a stream of objects, by its number, as the so-and-so-many-th.
    In(u32, usize),
    Free,
}

/// An open file.
pub struct File<'a> {
    source: &'a Source,
    budget: &'a Budget,
    places: HashMap<u32, Place>,
    /// The last trailer.
    pub trailer: Dict,
    /// Where the last section begins.
    pub start: u64,
    /// Whether the last section is a stream.
    pub in_streams: bool,
}

impl<'a> File<'a> {
    /// Reads all sections.
    pub fn open(source: &'a Source, budget: &'a Budget) -> Result<Self> {
        let from = source.len().saturating_sub(END);
        let tail = read(source, from, END, budget)?;
        let last = tail.windows(9).rposition(|word| word == b"startxref");
        let start = last.and_then(|at| Parser::new(tail.get(at + 9..)?).number());
        let start = start.ok_or_else(|| unsound("nothing names its cross-reference section"))?;
        let (places, trailer) = (HashMap::new(), Dict::default());
        let mut file = Self { source, budget, places, trailer, start, in_streams: false };
        file.sections()?;
        Ok(file)
    }

    /// From the last section to the first: what is newer counts.
    fn sections(&mut self) -> Result<()> {
        let (mut next, mut seen) = (Some(self.start), HashSet::new());
        while let Some(at) = next {
            if !seen.insert(at) || seen.len() > MOST_SECTIONS {
                return Err(unsound("its cross-reference sections have no end"));
            }
            let table = read(self.source, at, 16, self.budget)?;
            let is_table = Parser::new(&table).keyword(b"xref").is_some();
            let trailer = if is_table { self.table(at)? } else { self.stream_section(at)? };
            if let Some(hybrid) = trailer.get(b"XRefStm").and_then(Object::number) {
                self.stream_section(hybrid)?;
            }
            next = match trailer.get(b"Prev") {
                Some(before) => Some(before.number().ok_or_else(|| unsound("Prev is no place"))?),
                None => None,
            };
            if at == self.start {
                self.in_streams = !is_table;
                self.trailer = trailer;
            }
        }
        Ok(())
    }

    /// `xref`, subsections, `trailer`.
    fn table(&mut self, at: u64) -> Result<Dict> {
        let wrong = || unsound(format!("the cross-reference table at byte {at}"));
        let (found, trailer) = self.parsed(at, wrong, |parser| {
            parser.keyword(b"xref")?;
            let mut found = Vec::new();
            while parser.keyword(b"trailer").is_none() {
                let (first, count) = (parser.number()?, parser.number()?);
                for number in first..first.checked_add(count)? {
                    let (place, _) = (parser.number()?, parser.number()?);
                    let used = parser.keyword(b"n").is_some();
                    if !used {
                        parser.keyword(b"f")?;
                    }
                    found.push((number, if used { Place::At(place) } else { Place::Free }));
                }
            }
            match parser.object()? {
                Object::Dict(trailer) => Some((found, trailer)),
                _ => None,
            }
        })?;
        found.into_iter().try_for_each(|(number, place)| self.note(number, place))?;
        Ok(trailer)
    }

    fn note(&mut self, number: u64, place: Place) -> Result<()> {
        let known = u32::try_from(number).ok().filter(|_| number <= MOST_OBJECTS);
        let number = known.ok_or_else(|| unsound(format!("there is an object {number}")))?;
        self.places.entry(number).or_insert(place);
        Ok(())
    }

    /// A stream of type XRef.
    fn stream_section(&mut self, at: u64) -> Result<Dict> {
        let wrong = || unsound(format!("the cross-reference section at byte {at}"));
        let (dict, body) = self.stream_at(at, None)?.ok_or_else(wrong)?;
        let numbers = |object: &Object| match object {
            Object::Array(items) => items.iter().map(Object::number).collect::<Option<Vec<_>>>(),
            _ => None,
        };
        let widths = dict.get(b"W").and_then(numbers).ok_or_else(wrong)?;
        let [kind, first, second] = *widths else { return Err(wrong()) };
        let size = dict.get(b"Size").and_then(Object::number).ok_or_else(wrong)?;
        let index = match dict.get(b"Index") {
            Some(index) => numbers(index).ok_or_else(wrong)?,
            None => vec![0, size],
        };
        let len = usize::try_from(kind.saturating_add(first).saturating_add(second));
        let len = len.ok().filter(|len| (1..=24).contains(len)).ok_or_else(wrong)?;
        let mut rows = body.chunks_exact(len);
        for pair in index.as_chunks::<2>().0 {
            for number in pair[0]..pair[0].saturating_add(pair[1]) {
                let row = rows.next().ok_or_else(wrong)?;
                let (is, row) = field(row, kind, 1).ok_or_else(wrong)?;
                let (one, row) = field(row, first, 0).ok_or_else(wrong)?;
                let (two, _) = field(row, second, 0).ok_or_else(wrong)?;
                let place = match is {
                    1 => Place::At(one),
                    2 => Place::In(
                        u32::try_from(one).map_err(|_| wrong())?,
                        usize::try_from(two).map_err(|_| wrong())?,
                    ),
                    _ => Place::Free,
                };
                self.note(number, place)?;
            }
        }
        Ok(dict)
    }

    /// What a reference leads to; other objects are themselves.
    pub fn resolved(&self, object: &Object) -> Result<Object> {
        let Object::Reference(number, _) = object else { return Ok(object.clone()) };
        let missing = || unsound(format!("there is no object {number}"));
        match self.places.get(number) {
            Some(Place::At(at)) => self.parsed(*at, missing, |parser| {
                heading(parser, Some(*number))?;
                parser.object()
            }),
            Some(Place::In(stream, index)) => {
                self.packed(*stream, *number, *index)?.ok_or_else(missing)
            }
            _ => Err(missing()),
        }
    }

    /// An object in a stream of them (ISO 32000-1, 7.5.7).
    fn packed(&self, stream: u32, number: u32, index: usize) -> Result<Option<Object>> {
        let Some(Place::At(at)) = self.places.get(&stream) else { return Ok(None) };
        let Some((dict, body)) = self.stream_at(*at, Some(stream))? else { return Ok(None) };
        let read = || {
            let first = usize::try_from(dict.get(b"First")?.number()?).ok()?;
            let mut parser = Parser::new(&body);
            let mut place = None;
            for _ in 0..=index {
                place = Some((parser.number()?, parser.number()?));
            }
            let (own, offset) = place?;
            let rest = body.get(first.checked_add(usize::try_from(offset).ok()?)?..)?;
            // A word at the end has to end somewhere.
            (own == u64::from(number)).then(|| Parser::new(&[rest, b" "].concat()).object())?
        };
        Ok(read())
    }

    /// A stream and its decoded bytes.
    pub fn stream(&self, object: &Object) -> Result<Option<(Dict, Vec<u8>)>> {
        match object {
            Object::Reference(number, _) => match self.places.get(number) {
                Some(Place::At(at)) => self.stream_at(*at, Some(*number)),
                _ => Ok(None),
            },
            _ => Ok(None),
        }
    }

    fn stream_at(&self, at: u64, number: Option<u32>) -> Result<Option<(Dict, Vec<u8>)>> {
        let wrong = || unsound(format!("the stream at byte {at}"));
        let (dict, begin) = self.parsed(at, wrong, |parser| {
            heading(parser, number)?;
            let Object::Dict(dict) = parser.object()? else { return None };
            parser.keyword(b"stream")?;
            let lines = [&b"\r\n"[..], b"\n"];
            let line = lines.into_iter().find(|line| parser.rest().starts_with(line))?;
            Some((dict, parser.at + line.len()))
        })?;
        let Some(len) = dict.get(b"Length") else { return Ok(None) };
        // The length of a section cannot be found by the section.
        let len = if number.is_none() { len.clone() } else { self.resolved(len)? };
        let len = len.number().filter(|len| *len <= MOST).ok_or_else(wrong)?;
        let raw = read(self.source, at + begin as u64, len, self.budget)?;
        if (raw.len() as u64) < len {
            return Err(wrong());
        }
        let body = self.decoded(&dict, raw)?;
        Ok(body.map(|body| (dict, body)))
    }

    /// Without filter, or Flate with or without PNG's predictors.
    fn decoded(&self, dict: &Dict, raw: Vec<u8>) -> Result<Option<Vec<u8>>> {
        let only = |object: &Object| match object {
            Object::Array(items) if items.len() == 1 => items.first().cloned(),
            Object::Array(_) => None,
            other => Some(other.clone()),
        };
        match dict.get(b"Filter").map(only) {
            None => return Ok(Some(raw)),
            Some(Some(name)) if name.is_name(b"FlateDecode") => {}
            Some(_) => return Ok(None),
        }
        let mut body = Vec::new();
        let mut decoder = ZlibDecoder::new(&raw[..]).take(MOST);
        let mut block = vec![0; 1 << 16];
        loop {
            let Ok(len) = decoder.read(&mut block) else { return Ok(None) };
            if len == 0 {
                break;
            }
            memory::append(&mut body, block.get(..len).unwrap_or_default(), "a stream of the PDF")?;
        }
        let parameters = dict.get(b"DecodeParms").and_then(only);
        let Some(Object::Dict(parameters)) = parameters else { return Ok(Some(body)) };
        let number = |name: &[u8], default| match parameters.get(name) {
            Some(value) => value.number().and_then(|value| usize::try_from(value).ok()),
            None => Some(default),
        };
        let plain = number(b"Colors", 1) == Some(1) && number(b"BitsPerComponent", 8) == Some(8);
        match (number(b"Predictor", 1), number(b"Columns", 1)) {
            (Some(1), _) => Ok(Some(body)),
            (Some(10..=15), Some(columns)) if plain && columns > 0 => {
                Ok(unfiltered(&body, columns))
            }
            _ => Ok(None),
        }
    }

    /// Reads what begins at a byte, with as much of the file as it takes.
    fn parsed<T>(
        &self,
        at: u64,
        wrong: impl Fn() -> Error,
        parse: impl Fn(&mut Parser<'_>) -> Option<T>,
    ) -> Result<T> {
        let mut len = 4 << 10;
        loop {
            let mut window = read(self.source, at, len, self.budget)?;
            let whole = (window.len() as u64) < len;
            if whole {
                window.push(b' ');
            }
            if let Some(value) = parse(&mut Parser::new(&window)) {
                return Ok(value);
            }
            if whole || len >= MOST {
                return Err(wrong());
            }
            len *= 8;
        }
    }
}

/// `12 0 obj`, of the number that it has to have.
fn heading(parser: &mut Parser<'_>, number: Option<u32>) -> Option<()> {
    let own = parser.number()?;
    parser.number()?;
    parser.keyword(b"obj")?;
    number.is_none_or(|number| u64::from(number) == own).then_some(())
}

/// A number of so many bytes, and what follows it.
fn field(row: &[u8], len: u64, default: u64) -> Option<(u64, &[u8])> {
    let (own, rest) = row.split_at_checked(usize::try_from(len).ok()?)?;
    let value = own.iter().try_fold(0u64, |value, byte| {
        (value >> 56 == 0).then_some(value << 8 | u64::from(*byte))
    })?;
    Some((if own.is_empty() { default } else { value }, rest))
}

/// Undoes PNG's row filters for pixels of one byte.
fn unfiltered(body: &[u8], columns: usize) -> Option<Vec<u8>> {
    let mut above = vec![0u8; columns];
    let mut out = Vec::with_capacity(body.len());
    for line in body.chunks(columns.checked_add(1)?) {
        let (filter, bytes) = line.split_first()?;
        let (mut left, mut corner) = (0u8, 0u8);
        for (above, byte) in above.iter_mut().zip(bytes) {
            let guess = match filter {
                0 => 0,
                1 => left,
                2 => *above,
                3 => ((u16::from(left) + u16::from(*above)) / 2) as u8,
                4 => paeth(left, *above, corner),
                _ => return None,
            };
            corner = *above;
            left = byte.wrapping_add(guess);
            *above = left;
            out.push(left);
        }
    }
    Some(out)
}

fn paeth(left: u8, above: u8, corner: u8) -> u8 {
    let guess = i16::from(left) + i16::from(above) - i16::from(corner);
    let far = |byte: &u8| (guess - i16::from(*byte)).abs();
    [left, above, corner].into_iter().min_by_key(far).unwrap_or(0)
}

fn read(source: &Source, at: u64, len: u64, budget: &Budget) -> Result<Vec<u8>> {
    let len = len.min(source.len().saturating_sub(at));
    let _booked = budget.reserve(len)?;
    let mut bytes =
        memory::zeroed(usize::try_from(len).unwrap_or(usize::MAX), "a part of the PDF")?;
    let got = source.read_at(at, &mut bytes)?;
    bytes.truncate(got);
    Ok(bytes)
}

/// A file that readers may repair, but that nothing is written behind.
pub fn unsound(what: impl std::fmt::Display) -> Error {
    Error::damaged(format!("pages cannot be appended: {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_of_rows_are_undone() {
        let rows = [[0, 1, 2, 3], [2, 1, 1, 1], [1, 1, 1, 1], [4, 1, 0, 0], [3, 4, 4, 4]];
        let out = unfiltered(&rows.concat(), 3).unwrap();
        assert_eq!(out, [1, 2, 3, 2, 3, 4, 1, 2, 3, 2, 2, 3, 5, 7, 9]);
        assert!(unfiltered(&[9, 1], 1).is_none());
    }

    #[test]
    fn fields_have_any_width() {
        assert_eq!(field(&[1, 2, 3], 2, 0), Some((0x102, &[3][..])));
        assert_eq!(field(&[1], 0, 1), Some((1, &[1][..])));
        assert_eq!(field(&[1], 2, 0), None);
    }
}
