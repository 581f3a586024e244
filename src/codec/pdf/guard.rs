//! Refuses pages that no engine could hold: engines take memory as the file says, and abort where there is none.

use std::collections::HashSet;

use hayro::hayro_syntax::Filter;
use hayro::hayro_syntax::object::{Array, Dict, Name, Object, Stream};
use hayro::hayro_syntax::page::Page;

use super::{inflate, inline};
use crate::codec::streams::jpeg2000;
use crate::error::{Error, Kind, Result};
use crate::limits::Budget;

/// Objects that are looked at. A page that uses more is drawn without a look at the rest.
const OBJECTS: usize = 20_000;

/// Entries that lead out of what a page draws.
const ELSEWHERE: [&[u8]; 7] = [b"Parent", b"P", b"Dest", b"A", b"AA", b"Popup", b"StructParent"];

/// Checks every stream that the page can reach. Says whether there may be an image among them.
pub fn check(page: &Page<'_>, budget: &Budget) -> Result<bool> {
    check_contents(page, budget)?;
    let mut reach = Reach::of(page);
    let mut images = 0;
    for object in &mut reach {
        let Object::Stream(stream) = &object else { continue };
        let draws = draws(stream.dict());
        if draws {
            inflate::check_operators(stream, budget)?;
        } else {
            inflate::check(stream, budget)?;
        }
        images += usize::from(check_image(stream, budget)?);
        if draws {
            images += check_inline(&stream.decoded_data().unwrap_or_default(), budget)?;
        }
    }
    // Last: what it inflates to is known to be bearable now. The page keeps it for the engine.
    images += check_inline(page.page_stream().unwrap_or_default(), budget)?;
    Ok(images > 0 || !reach.open.is_empty())
}

/// Dictionaries and streams that a page can reach, each once, as long as they are not too many.
pub struct Reach<'a> {
    open: Vec<Object<'a>>,
    seen: HashSet<usize>,
    left: usize,
}

impl<'a> Reach<'a> {
    /// What the page and its annotations draw with.
    pub fn of(page: &Page<'a>) -> Self {
        let resources = page.resources();
        let roots = [
            &resources.x_objects,
            &resources.patterns,
            &resources.ext_g_states,
            &resources.shadings,
            &resources.fonts,
        ];
        let mut open: Vec<_> = roots.into_iter().cloned().map(Object::Dict).collect();
        open.extend(page.raw().get::<Object<'_>>("Annots"));
        Self { open, seen: HashSet::new(), left: OBJECTS }
    }

    /// Another object to begin at.
    pub fn and(mut self, object: Option<Object<'a>>) -> Self {
        self.open.extend(object);
        self
    }
}

impl<'a> Iterator for Reach<'a> {
    type Item = Object<'a>;

    fn next(&mut self) -> Option<Object<'a>> {
        while self.left > 0 {
            self.left -= 1;
            let object = self.open.pop()?;
            let dict = match &object {
                Object::Dict(dict) => dict,
                Object::Stream(stream) => stream.dict(),
                Object::Array(array) => {
                    let parts = array.iter::<Object<'_>>().filter(leads_on);
                    self.open.extend(parts.take(OBJECTS));
                    continue;
                }
                _ => continue,
            };
            // Not by its number: dictionaries within an object have that of the object.
            if self.seen.insert(dict.data().as_ptr().addr()) {
                self.open.extend(parts(dict));
                return Some(object);
            }
        }
        None
    }
}

/// The operators of the page itself, in one stream or several.
fn check_contents(page: &Page<'_>, budget: &Budget) -> Result<()> {
    match page.raw().get::<Object<'_>>("Contents") {
        Some(Object::Stream(stream)) => inflate::check_operators(&stream, budget),
        Some(Object::Array(all)) => {
            let mut streams = all.iter::<Stream<'_>>().take(OBJECTS);
            streams.try_for_each(|stream| inflate::check_operators(&stream, budget))
        }
        _ => Ok(()),
    }
}

/// Whether a stream is a content stream beside the page's own.
fn draws(dict: &Dict<'_>) -> bool {
    dict.contains_key("PatternType")
        || dict.get::<Name<'_>>("Subtype").is_some_and(|name| &*name == b"Form")
}

fn check_inline(content: &[u8], budget: &Budget) -> Result<usize> {
    let mut images = 0;
    for (width, height) in inline::sizes(content) {
        fits(width, height, 1, budget)?;
        images += 1;
    }
    Ok(images)
}

/// What a dictionary holds that may lead to images.
fn parts<'a>(dict: &Dict<'a>) -> Vec<Object<'a>> {
    let kind = |key| dict.get::<Name<'_>>(key);
    // Of fonts only those of type 3 draw with content streams of their own.
    let plain_font = kind("Type").is_some_and(|name| &*name == b"Font")
        && kind("Subtype").is_none_or(|name| &*name != b"Type3");
    if plain_font {
        return Vec::new();
    }
    let keys = dict.keys().filter(|key| !ELSEWHERE.contains(&key.as_ref()));
    keys.filter_map(|key| dict.get::<Object<'_>>(key)).filter(leads_on).collect()
}

fn leads_on(object: &Object<'_>) -> bool {
    matches!(object, Object::Dict(_) | Object::Stream(_) | Object::Array(_))
}

fn check_image(stream: &Stream<'_>, budget: &Budget) -> Result<bool> {
    let dict = stream.dict();
    let number = |key: &str| dict.get::<f64>(key).map(|number| number as u64);
    let (Some(width), Some(height)) = (number("Width"), number("Height")) else {
        return Ok(false);
    };
    let filters = stream.filters();
    let coded = match filters.as_slice() {
        [Filter::Jbig2Decode] => jbig2_size(&stream.raw_data()),
        [.., Filter::CcittFaxDecode] => ccitt_columns(dict).map(|columns| (columns, height)),
        _ => None,
    };
    fits(width, height, per_pixel(dict, &filters), budget)?;
    if filters.as_slice() == [Filter::JpxDecode]
        && let Some(size) = jpeg2000::size(&stream.raw_data())
    {
        let pixels = u64::from(size.width).saturating_mul(size.height.into()).max(1);
        let each = size.memory.div_ceil(pixels);
        fits(size.width.into(), size.height.into(), each, budget)?;
    }
    if let Some((width, height)) = coded {
        fits(width, height, per_pixel(dict, &filters), budget)?;
    }
    Ok(true)
}

/// Bytes that a decoder and the engine hold for a pixel while it draws.
fn per_pixel(dict: &Dict<'_>, filters: &[Filter]) -> u64 {
    let one_bit = dict.get::<u32>("BitsPerComponent") == Some(1)
        || dict.get::<bool>("ImageMask").unwrap_or_default();
    match filters.last() {
        Some(Filter::JpxDecode) => 16,
        Some(Filter::CcittFaxDecode | Filter::Jbig2Decode) => 1,
        _ if one_bit => 1,
        _ => 4,
    }
}

fn fits(width: u64, height: u64, per_pixel: u64, budget: &Budget) -> Result<()> {
    let needed = width.saturating_mul(height).saturating_mul(per_pixel);
    let left = budget.memory_left();
    if needed <= left {
        return Ok(());
    }
    let limit = budget.limits().max_memory;
    Err(Error::new(
        Kind::LimitExceeded,
        format!(
            "max_memory is {limit} and leaves {left} bytes, but an image of {width} x {height} pixels on the page needs {needed}"
        ),
    ))
}

/// Width and height in the page information of a JBIG2 stream, which is its first segment or follows short ones.
fn jbig2_size(bytes: &[u8]) -> Option<(u64, u64)> {
    const PAGE_INFORMATION: u8 = 48;
    let mut rest = bytes;
    loop {
        // Number, flags, referred-to segments (none, in the short form), page, length.
        let flags = *rest.get(4)?;
        let count = usize::from(*rest.get(5)? >> 5);
        let page_len = if flags & 0x40 == 0 { 1 } else { 4 };
        let header = (count < 5).then_some(6 + count + page_len)?;
        let len = u32::from_be_bytes(*rest.get(header..)?.first_chunk()?);
        let data = rest.get(header + 4..)?;
        if flags & 0x3f == PAGE_INFORMATION {
            let side =
                |at: usize| Some(u64::from(u32::from_be_bytes(*data.get(at..)?.first_chunk()?)));
            // A height that is not known yet grows with the stripes.
            return Some((side(0)?, side(4)?)).filter(|(_, height)| *height != u64::from(u32::MAX));
        }
        rest = data.get(usize::try_from(len).ok()?..)?;
    }
}

fn ccitt_columns(dict: &Dict<'_>) -> Option<u64> {
    let one = dict.get::<Dict<'_>>("DecodeParms");
    let last = || dict.get::<Array<'_>>("DecodeParms")?.iter::<Dict<'_>>().last();
    let columns = one.or_else(last)?.get::<f64>("Columns")?;
    Some(columns as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coded_sizes_are_found_in_the_streams() {
        let page = [0, 0, 0, 0, 48, 0, 1, 0, 0, 0, 19, 0, 0, 0, 6, 0, 0, 0, 8];
        assert_eq!(jbig2_size(&page), Some((6, 8)));
        for len in 0..page.len() {
            assert_eq!(jbig2_size(&page[..len]), None);
        }
    }
}
