//! What a document wants of a font that it does not bring, and which of those at hand comes nearest.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, PoisonError};

use hayro::hayro_syntax::object::{Array, Dict, Name, Stream};
use hayro_font::hayro_cmap::BfString;
use hayro_font::{CMapResolverFn, Font, FontCache, FontGlyph, FontQuery, GlyphId};

use super::face::{Facts, plain};
use super::library::{Entry, Origin};

/// Characters that a document is asked for.
const MOST_NEEDS: usize = 4000;

/// Families that what is built in stands in for as well as any.
const STANDARD: [&str; 7] =
    ["helvetica", "arial", "times", "courier", "symbol", "zapfdingbats", "newroman"];

/// What is added to the name of a family.
const STYLES: [&str; 12] = [
    "bold", "italic", "oblique", "regular", "roman", "new", "mt", "ps", "normal", "medium",
    "plain", "psmt",
];

/// Characters that tell whether a font is for a script.
const JAPANESE: &str = "あいうアイウ日本語東京年月国会";
const SIMPLIFIED: &str = "们这国时会来个说学对年月中文";
const TRADITIONAL: &str = "們這國時會來個說學對年月中文";
const KOREAN: &str = "가나다라마바사한국어이의에서";

/// What the built-in fonts have beyond Latin-1.
const WESTERN: &str = "ŒœŠšŽžŸŁłıƒˆˇ˘˙˚˛˜˝–—‘’‚“”„†‡•…‰‹›⁄€™−ﬁﬂ";

/// A font that is not embedded.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Its name as the document has it.
    pub name: String,
    /// Its family, if the document says so.
    family: String,
    pub bold: bool,
    pub italic: bool,
    pub fixed: bool,
    pub serif: bool,
    /// Characters that texts in it may have.
    pub needs: Vec<char>,
    /// Those of them that the built-in fonts lack.
    pub lacking: Vec<char>,
    /// How the engine asks for it.
    pub query: u64,
}

/// A query by its number.
pub fn number(query: &FontQuery) -> u64 {
    let mut hasher = DefaultHasher::new();
    query.hash(&mut hasher);
    hasher.finish()
}

/// The built-in font for a query.
pub fn built_in(query: &FontQuery) -> (hayro_font::FontData, u32) {
    match query {
        FontQuery::Standard(font) => font.get_font_data(),
        FontQuery::Fallback(font) => font.pick_standard_font().get_font_data(),
    }
}

impl Wanted {
    /// What a font dictionary wants; `None` for a font that is embedded or drawn by operators.
    ///
    /// `codes_left` is how many codes may still be looked up for the page.
    pub fn of(dict: &Dict<'_>, cmaps: &CMapResolverFn, codes_left: &mut usize) -> Option<Self> {
        let kind = dict.get::<Name<'_>>("Subtype")?;
        let wide = &*kind == b"Type0";
        if !wide && !matches!(&*kind, b"Type1" | b"MMType1" | b"TrueType") {
            return None;
        }
        let parts = dict.get::<Array<'_>>("DescendantFonts");
        let part = parts.and_then(|parts| parts.iter::<Dict<'_>>().next());
        let descriptor = if wide { part.as_ref()? } else { dict }.get::<Dict<'_>>("FontDescriptor");
        let descriptor = descriptor.unwrap_or_default();
        let files = ["FontFile", "FontFile2", "FontFile3"];
        if files.iter().any(|file| descriptor.get::<Stream<'_>>(file).is_some()) {
            return None;
        }
        let (font, query) = loaded(dict, cmaps)?;
        let mut wanted = Self { query, ..Self::named(dict, &descriptor) };
        if let Some(script) = part.as_ref().and_then(script).filter(|_| wide) {
            wanted.needs = script.chars().collect();
            wanted.lacking = wanted.needs.clone();
            return Some(wanted);
        }
        // What codes of CID fonts mean is said by ToUnicode, or by nothing.
        let codes = match wide {
            true if dict.contains_key("ToUnicode") => 0..=u32::from(u16::MAX),
            true => return Some(wanted),
            false => codes(dict),
        };
        for code in codes.take(*codes_left) {
            *codes_left -= 1;
            wanted.note(&font, code, wide);
            if wanted.needs.len() >= MOST_NEEDS {
                break;
            }
        }
        Some(wanted)
    }

    /// Notes the character that a code of the font stands for.
    fn note(&mut self, font: &Font<'_>, code: u32, wide: bool) {
        let glyph = font.map_code(code);
        let FontGlyph::Outline(outline) = font.glyph(glyph, code) else { return };
        let Some(BfString::Char(character)) = outline.as_unicode() else { return };
        if character.is_control() || character.is_whitespace() {
            return;
        }
        self.needs.push(character);
        // Codes of CID fonts always get a glyph, if not a right one.
        let lacks = if wide { !is_western(character) } else { glyph == GlyphId::NOTDEF };
        if lacks {
            self.lacking.push(character);
        }
    }

    fn named(dict: &Dict<'_>, descriptor: &Dict<'_>) -> Self {
        let text = |dict: &Dict<'_>, key| {
            let name = dict.get::<Name<'_>>(key);
            name.map(|name| name.as_str().chars().take(200).collect()).unwrap_or_default()
        };
        let name: String = text(dict, "BaseFont");
        let name = match name.split_once('+') {
            Some((prefix, rest)) if prefix.len() == 6 => rest.to_owned(),
            _ => name,
        };
        let family = descriptor.get::<hayro::hayro_syntax::object::String<'_>>("FontFamily");
        let family = family.map(|family| String::from_utf8_lossy(&family).into_owned());
        let flags = descriptor.get::<u32>("Flags").unwrap_or_default();
        let lower = name.to_lowercase();
        let heavy = descriptor.get::<f64>("FontWeight").is_some_and(|weight| weight >= 600.0);
        Self {
            family: plain(family.unwrap_or_default().chars()),
            bold: heavy || flags & 1 << 18 != 0 || lower.contains("bold") || lower.contains("demi"),
            italic: flags & 1 << 6 != 0 || lower.contains("italic") || lower.contains("oblique"),
            fixed: flags & 1 != 0 || lower.contains("courier") || lower.contains("mono"),
            serif: flags & 1 << 1 != 0 || lower.contains("times") || lower.contains("serif"),
            name,
            ..Self::default()
        }
    }

    /// Whether the built-in fonts are as good as the font itself.
    pub fn is_standard(&self) -> bool {
        let mut name = plain(self.name.chars());
        for style in STYLES.iter().chain(&STANDARD) {
            name = name.replace(style, "");
        }
        name.is_empty()
    }

    /// How well the name of a font fits: 0 not at all.
    fn likeness(&self, facts: &Facts) -> u32 {
        let name = plain(self.name.chars());
        if name.is_empty() {
            return 0;
        }
        if facts.names.contains(&name) {
            return 4;
        }
        let mut family = name;
        for style in ["bold", "italic", "oblique", "regular", "medium", "psmt", "mt", "demi"] {
            family = family.replace(style, "");
        }
        let known = |own: &String| *own == family || *own == self.family;
        let alike = facts.families.iter().any(known);
        let styled = u32::from(facts.bold == self.bold && facts.italic == self.italic);
        if alike { 2 + styled } else { 0 }
    }

    fn closeness(&self, facts: &Facts) -> u32 {
        let serif =
            facts.families.iter().any(|name| name.contains("serif") && !name.contains("sans"));
        u32::from(facts.fixed == self.fixed) * 4
            + u32::from(facts.bold == self.bold) * 2
            + u32::from(facts.italic == self.italic) * 2
            + u32::from(serif == self.serif)
    }

    /// The font that comes nearest: one of that name, or else, for characters that the built-in fonts lack, one that has
    /// them. What is given goes before what lies in the folder, and that before what the system has.
    pub fn choose(&self, entries: &[Entry]) -> Option<usize> {
        let worth = |entry: &Entry| {
            let named = self.likeness(&entry.facts);
            let has = entry.facts.count(&self.lacking);
            let share = (has * 16).checked_div(self.lacking.len()).unwrap_or(16);
            let useful = if self.lacking.is_empty() { named > 0 } else { has > 0 };
            useful.then(|| (named, share, self.closeness(&entry.facts)))
        };
        // A font that has but a few of the characters is taken where no other is found.
        let good = |worth: &(u32, usize, u32)| worth.0 > 0 || worth.1 >= 8;
        let best = |origin: Option<Origin>| {
            let of_tier = |entry: &Entry| origin.is_none_or(|origin| entry.origin == origin);
            let entries = entries.iter().enumerate().filter(|(_, entry)| of_tier(entry));
            let valued = entries.filter_map(|(at, entry)| Some((worth(entry)?, at)));
            // The first of equals.
            valued.rev().max_by_key(|(worth, _)| *worth)
        };
        let tiers = [Origin::Given, Origin::Folder, Origin::System];
        let found = tiers.into_iter().filter_map(|tier| best(Some(tier)));
        let mut found = found;
        let found = found.find(|(worth, _)| good(worth)).or_else(|| best(None));
        found.map(|(_, at)| at)
    }

    /// Takes on what another font wants that the engine asks for alike.
    pub fn join(&mut self, other: &Self) {
        for (own, more) in [(&mut self.needs, &other.needs), (&mut self.lacking, &other.lacking)] {
            own.extend(more);
            own.sort_unstable();
            own.dedup();
        }
    }
}

/// A font with what is built in, and the query that the engine asked for it.
fn loaded<'a>(dict: &Dict<'a>, cmaps: &CMapResolverFn) -> Option<(Font<'a>, u64)> {
    let asked = Arc::new(Mutex::new(None));
    let note = Arc::clone(&asked);
    let resolver: hayro_font::FontResolverFn = Arc::new(move |query| {
        *note.lock().unwrap_or_else(PoisonError::into_inner) = Some(number(query));
        Some(built_in(query))
    });
    let font = FontCache::new().font(dict, &resolver, cmaps)?;
    let query = (*asked.lock().unwrap_or_else(PoisonError::into_inner))?;
    Some((font, query))
}

/// Whether the built-in fonts have a character.
fn is_western(character: char) -> bool {
    u32::from(character) < 0x100 || WESTERN.contains(character)
}

/// The codes that a simple font says it has.
fn codes(dict: &Dict<'_>) -> std::ops::RangeInclusive<u32> {
    let number = |key, default: u32| dict.get::<u32>(key).unwrap_or(default).min(255);
    number("FirstChar", 0)..=number("LastChar", 255)
}

/// Characters of the script that a CID font is for.
fn script(part: &Dict<'_>) -> Option<&'static str> {
    let info = part.get::<Dict<'_>>("CIDSystemInfo")?;
    let ordering = info.get::<hayro::hayro_syntax::object::String<'_>>("Ordering")?;
    match ordering.as_bytes() {
        b"Japan1" | b"Japan2" => Some(JAPANESE),
        b"GB1" => Some(SIMPLIFIED),
        b"CNS1" => Some(TRADITIONAL),
        b"Korea1" | b"KR" => Some(KOREAN),
        _ => None,
    }
}
