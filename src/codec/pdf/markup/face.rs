//! The fonts that texts of annotations are set in: which character is which glyph, and how wide.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use hayro::hayro_interpret::InterpreterSettings;
use hayro::hayro_syntax::object::{Dict, FromBytes, Name};
use hayro::kurbo::{Affine, BezPath};
use hayro_font::hayro_cmap::BfString;
use hayro_font::{CMapResolverFn, Font, FontCache, FontGlyph, FontResolverFn, GlyphId};

use crate::codec::pdf::fonts::{Lent, LentFace};
use crate::limits::Budget;

/// Fonts of a page that are loaded for its annotations.
const MOST_FACES: usize = 64;

/// Units of an em that fonts are drawn in.
pub const EM: f64 = 1000.0;

/// What stands in for fonts that are not there.
const SANS: &[u8] = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>";
const SANS_BOLD: &[u8] =
    b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica-Bold/Encoding/WinAnsiEncoding>>";
const SERIF: &[u8] = b"<</Type/Font/Subtype/Type1/BaseFont/Times-Roman/Encoding/WinAnsiEncoding>>";
const FIXED: &[u8] = b"<</Type/Font/Subtype/Type1/BaseFont/Courier/Encoding/WinAnsiEncoding>>";
const DINGBATS: &[u8] = b"<</Type/Font/Subtype/Type1/BaseFont/ZapfDingbats>>";

/// Kinds of fonts that are always there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Standard {
    Sans,
    SansBold,
    Serif,
    Fixed,
    Dingbats,
}

impl Standard {
    fn dict(self) -> &'static [u8] {
        match self {
            Self::Sans => SANS,
            Self::SansBold => SANS_BOLD,
            Self::Serif => SERIF,
            Self::Fixed => FIXED,
            Self::Dingbats => DINGBATS,
        }
    }
}

/// The fonts of a document, loaded as they are needed.
pub struct Faces<'a> {
    cache: FontCache<'a>,
    resolver: FontResolverFn,
    cmaps: CMapResolverFn,
    loaded: RefCell<HashMap<usize, Option<Rc<Face<'a>>>>>,
    lent: Lent,
    budget: Budget,
}

impl<'a> Faces<'a> {
    /// Fonts that are not embedded come from `resolver`, characters that they lack from what is lent.
    pub fn new(settings: &InterpreterSettings, lent: Lent, budget: &Budget) -> Self {
        let (resolver, cmaps) = (settings.font_resolver.clone(), settings.cmap_resolver.clone());
        let (cache, budget) = (FontCache::new(), budget.clone());
        Self { cache, resolver, cmaps, loaded: RefCell::default(), lent, budget }
    }

    /// A font that was lent and has a character.
    pub fn lent(&self, character: char) -> Option<Rc<LentFace>> {
        self.lent.face_with(character, &self.budget)
    }

    /// A font of the document.
    pub fn face(&self, dict: &Dict<'a>) -> Option<Rc<Face<'a>>> {
        let key = dict.data().as_ptr().addr();
        let mut loaded = self.loaded.borrow_mut();
        if let Some(face) = loaded.get(&key) {
            return face.clone();
        }
        if loaded.len() >= MOST_FACES {
            return None;
        }
        let font = self.cache.font(dict, &self.resolver, &self.cmaps);
        let face = font.and_then(|font| Face::new(font, dict)).map(Rc::new);
        loaded.insert(key, face.clone());
        face
    }

    /// A font that is always there.
    pub fn standard(&self, kind: Standard) -> Option<Rc<Face<'a>>> {
        self.face(&Dict::from_bytes(kind.dict())?)
    }
}

/// A font, and how characters are written in it.
pub struct Face<'a> {
    font: Font<'a>,
    codes: HashMap<char, u32>,
    /// Above and below the base line, in parts of an em.
    pub ascent: f64,
    pub descent: f64,
}

impl<'a> Face<'a> {
    fn new(font: Font<'a>, dict: &Dict<'a>) -> Option<Self> {
        let wide = dict.get::<Name<'_>>("Subtype").is_some_and(|kind| &*kind == b"Type0");
        // What codes of CID fonts mean is said by ToUnicode, or by nothing.
        let last = match wide {
            true if dict.contains_key("ToUnicode") => u32::from(u16::MAX),
            true => return None,
            false => u32::from(u8::MAX),
        };
        let mut codes = HashMap::new();
        for code in 0..=last {
            let glyph = font.map_code(code);
            let FontGlyph::Outline(outline) = font.glyph(glyph, code) else { return None };
            let Some(BfString::Char(character)) = outline.as_unicode() else { continue };
            if glyph != GlyphId::NOTDEF || character == ' ' {
                codes.entry(character).or_insert(code);
            }
        }
        let (ascent, descent) = heights(dict);
        Some(Self { font, codes, ascent, descent })
    }

    /// Whether a character can be drawn.
    pub fn has(&self, character: char) -> bool {
        self.codes.contains_key(&character)
    }

    /// How far a character goes, in thousandths of an em.
    pub fn advance(&self, character: char) -> Option<f64> {
        let code = *self.codes.get(&character)?;
        Some(self.font.code_advance(code).x.clamp(0.0, 10.0 * EM))
    }

    /// Draws a character, in thousandths of an em.
    pub fn draw(&self, character: char) -> Option<BezPath> {
        self.draw_code(*self.codes.get(&character)?)
    }

    /// Draws a code of the font, whatever it stands for.
    pub fn draw_code(&self, code: u32) -> Option<BezPath> {
        let glyph = self.font.map_code(code);
        let FontGlyph::Outline(outline) = self.font.glyph(glyph, code) else { return None };
        let place = Affine::translate(self.font.origin_displacement(code))
            * Affine::scale_non_uniform(self.font.glyph_stretch(glyph, code), 1.0);
        Some(place * outline.outline())
    }
}

/// How far a font reaches above and below its base line: as it says, or as fonts of its kind do.
fn heights(dict: &Dict<'_>) -> (f64, f64) {
    let descriptor = dict.get::<Dict<'_>>("FontDescriptor");
    let number = |key| descriptor.as_ref().and_then(|of| of.get::<f64>(key)).unwrap_or_default();
    let (ascent, descent) = (number("Ascent") / EM, number("Descent") / EM);
    if (0.3..=2.0).contains(&ascent) && (-1.0..=0.0).contains(&descent) {
        return (ascent, descent);
    }
    let name = dict.get::<Name<'_>>("BaseFont");
    match name.as_ref().map(|name| name.as_str()).unwrap_or_default() {
        name if name.starts_with("Courier") => (0.833, -0.3),
        name if name.starts_with("Times") => (0.891, -0.216),
        _ => (0.905, -0.212),
    }
}
