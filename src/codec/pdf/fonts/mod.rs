//! Fonts that a document uses and does not bring: which of those at hand stand in for them, and which are missed.
//!
//! The engine asks for a font by a query, of which one-byte fonts have but fourteen (the standard fonts), whatever their
//! names. Before a page is drawn its fonts are looked through, so that each query is answered with the font that the page
//! needs.

mod face;
mod library;
#[cfg(test)]
mod tests;
mod wanted;

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};

use hayro::hayro_interpret::InterpreterSettings;
use hayro::hayro_syntax::object::{Dict, Object};
use hayro::hayro_syntax::page::Page;
use hayro::kurbo::BezPath;
use hayro_font::{FontData, FontResolverFn};
use skrifa::{DrawMemory, Font, PathSink, ScalerFont};

use self::library::Library;
use self::wanted::{Wanted, built_in, number};
use super::guard::Reach;
use crate::error::Result;
use crate::limits::{Budget, Reservation};
use crate::options::Fonts;

/// Fonts of a page that are looked at.
const MOST_FONTS: usize = 1000;

/// Codes of them that are looked up.
const MOST_CODES: usize = 2_000_000;

/// Units of an em that glyphs are drawn in.
const EM: f32 = 1000.0;

/// What is known of the fonts of a page before it is drawn.
pub struct Plan {
    library: Arc<Library>,
    wanted: Vec<Wanted>,
    answers: Arc<HashMap<u64, (FontData, u32)>>,
    /// Which font of the library answers a query.
    chosen: HashMap<u64, usize>,
    asked: Arc<Mutex<HashSet<u64>>>,
    /// The fonts count for the call while they are used.
    _held: Reservation,
}

impl Plan {
    /// Looks through the fonts of a page.
    pub fn of(page: &Page<'_>, fonts: &Fonts, budget: &Budget) -> Result<Self> {
        let library = if fonts.is_empty() { Arc::default() } else { Library::of(fonts)? };
        let cmaps = InterpreterSettings::default().cmap_resolver;
        let mut codes_left = MOST_CODES;
        let wanted = used(page).into_iter();
        let wanted = wanted.filter_map(|dict| Wanted::of(&dict, &cmaps, &mut codes_left));
        let wanted: Vec<Wanted> = wanted.collect();
        let mut queries: BTreeMap<u64, Wanted> = BTreeMap::new();
        for one in &wanted {
            queries.entry(one.query).and_modify(|all| all.join(one)).or_insert_with(|| one.clone());
        }
        let (mut answers, mut chosen) = (HashMap::new(), HashMap::new());
        for (query, wanted) in queries {
            let found = wanted.choose(&library.entries);
            let Some((at, entry)) = found.and_then(|at| Some((at, library.entries.get(at)?)))
            else {
                continue;
            };
            if let Some(bytes) = library.bytes(entry, budget)? {
                answers.insert(query, (bytes, entry.facts.index));
                chosen.insert(query, at);
            }
        }
        let _held = budget.reserve(library.held())?;
        let (answers, asked) = (Arc::new(answers), Arc::default());
        Ok(Self { library, wanted, answers, chosen, asked, _held })
    }

    /// What gives the engine its fonts.
    pub fn resolver(&self) -> FontResolverFn {
        let (answers, asked) = (Arc::clone(&self.answers), Arc::clone(&self.asked));
        Arc::new(move |query| {
            let number = number(query);
            asked.lock().unwrap_or_else(PoisonError::into_inner).insert(number);
            Some(answers.get(&number).cloned().unwrap_or_else(|| built_in(query)))
        })
    }

    /// What is to be said of the fonts that were asked for and not found, and of those that are none.
    pub fn missed(&self) -> Vec<String> {
        let unreadable = self.library.unreadable.iter();
        let unreadable =
            unreadable.map(|number| format!("`fonts[{number}]` is no font that can be read"));
        let mut said: Vec<String> = unreadable.collect();
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        for one in self.wanted.iter().filter(|one| asked.contains(&one.query)) {
            let chosen = self.chosen.get(&one.query);
            let chosen = chosen.and_then(|at| self.library.entries.get(*at));
            let name = if one.name.is_empty() { "without a name" } else { &one.name };
            let lost = match chosen {
                Some(entry) => entry.facts.count(&one.lacking) * 2 < one.lacking.len(),
                None => !one.lacking.is_empty(),
            };
            let sentence = if lost {
                format!(
                    "the font {name} is not embedded and not found: characters of it are missing"
                )
            } else if chosen.is_none() && !one.is_standard() {
                format!("the font {name} is not embedded and not found: another is drawn instead")
            } else {
                continue;
            };
            if !said.contains(&sentence) {
                said.push(sentence);
            }
        }
        said
    }

    /// The fonts at hand, for texts that the library sets itself.
    pub fn lent(&self) -> Lent {
        Lent { library: Arc::clone(&self.library), loaded: RefCell::default() }
    }
}

/// The fonts that a page can reach.
fn used<'a>(page: &Page<'a>) -> Vec<Dict<'a>> {
    let form = {
        let xref = page.xref();
        let catalog = xref.get::<Dict<'a>>(xref.root_id());
        let form = catalog.and_then(|catalog| catalog.get::<Dict<'a>>("AcroForm"));
        form.and_then(|form| form.get::<Dict<'a>>("DR")).and_then(|all| all.get::<Dict<'a>>("Font"))
    };
    let reach = Reach::of(page).and(form.map(Object::Dict));
    let fonts = reach.filter_map(|object| match object {
        Object::Dict(dict) if dict.contains_key("BaseFont") => Some(dict),
        _ => None,
    });
    fonts.take(MOST_FONTS).collect()
}

/// Fonts at hand by the characters they have.
#[derive(Default)]
pub struct Lent {
    library: Arc<Library>,
    loaded: RefCell<HashMap<usize, Option<Rc<LentFace>>>>,
}

impl Lent {
    /// A font that has a character.
    pub fn face_with(&self, character: char, budget: &Budget) -> Option<Rc<LentFace>> {
        let mut entries = self.library.entries.iter().enumerate();
        let (at, entry) = entries.find(|(_, entry)| entry.facts.has(character))?;
        let mut loaded = self.loaded.borrow_mut();
        let face = loaded.entry(at).or_insert_with(|| {
            let bytes = self.library.bytes(entry, budget).ok().flatten()?;
            LentFace::new(bytes, entry.facts.index).map(Rc::new)
        });
        face.clone()
    }
}

/// A font at hand.
pub struct LentFace {
    font: Font,
    scaler: ScalerFont,
}

impl LentFace {
    fn new(bytes: FontData, index: u32) -> Option<Self> {
        let font = Font::new(bytes, index)?;
        let scaler = ScalerFont::unhinted(font.clone(), Some(EM));
        Some(Self { font, scaler })
    }

    /// How far a character goes, in thousandths of an em.
    pub fn advance(&self, character: char) -> Option<f64> {
        let glyph = self.font.charmap().map_unicode(character)?;
        let units = f64::from(self.font.units_per_em()).max(1.0);
        let advance = f64::from(self.font.glyph_metrics().h_advance(glyph)) / units;
        Some((advance * f64::from(EM)).clamp(0.0, 10_000.0))
    }

    /// The outline of a character, in thousandths of an em.
    pub fn draw(&self, character: char) -> Option<BezPath> {
        let glyph = self.font.charmap().map_unicode(character)?;
        let mut path = Outline(BezPath::new());
        self.scaler.outline(glyph)?.draw(DrawMemory::Scratch, &mut path).ok()?;
        Some(path.0)
    }
}

/// Takes an outline. What does not begin with a place to begin at is left out.
struct Outline(BezPath);

impl Outline {
    fn begun(&mut self) -> Option<&mut BezPath> {
        (!self.0.elements().is_empty()).then_some(&mut self.0)
    }
}

impl PathSink for Outline {
    fn move_to(&mut self, x: f32, y: f32) {
        self.0.move_to((x, y));
    }

    fn line_to(&mut self, x: f32, y: f32) {
        if let Some(path) = self.begun() {
            path.line_to((x, y));
        }
    }

    fn quad_to(&mut self, a: f32, b: f32, x: f32, y: f32) {
        if let Some(path) = self.begun() {
            path.quad_to((a, b), (x, y));
        }
    }

    fn curve_to(&mut self, a: f32, b: f32, c: f32, d: f32, x: f32, y: f32) {
        if let Some(path) = self.begun() {
            path.curve_to((a, b), (c, d), (x, y));
        }
    }

    fn close(&mut self) {
        if let Some(path) = self.begun() {
            path.close_path();
        }
    }
}
