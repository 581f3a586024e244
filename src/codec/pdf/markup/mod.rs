//! Annotations that come without a picture of themselves: they are drawn from their entries (ISO 32000-1, 12.5.6), as other
//! viewers do; what cannot be drawn is named.
//!
//! [`figures`] are lines and shapes, [`notes`] what people write, [`widget`] the fields of a form ([`field`]). Texts are
//! [`typeset`] in the fonts that [`face`] loads.

mod board;
mod face;
mod field;
mod figures;
mod notes;
mod pen;
mod strings;
#[cfg(test)]
mod tests;
mod typeset;
mod widget;

use hayro::hayro_interpret::InterpreterSettings;
use hayro::hayro_syntax::object::{Array, Dict, Name, Object, Stream};
use hayro::hayro_syntax::page::Page;
use hayro::kurbo::BezPath;

use self::face::Faces;
use self::field::Form;
use self::figures::End;
use self::pen::{Pen, polygon};
use super::fonts::Lent;
use crate::limits::Budget;

/// Hidden, and not to be viewed.
const UNSEEN: u32 = 1 << 1 | 1 << 5;

/// Annotations and points that are looked at.
const MOST: usize = 10_000;

/// Something to paint, in the coordinates of the page.
#[derive(Clone, Debug, Default)]
pub struct Stroke {
    pub path: BezPath,
    /// R, G, B, alpha.
    pub colour: [f32; 4],
    /// The width of its line; `None` where it is filled.
    pub line: Option<f64>,
    /// Lengths that are drawn and left out in turn.
    pub dashes: Vec<f64>,
    /// Whether what is below shines through, as with a marker pen.
    pub marker: bool,
    /// What it is painted within.
    pub clip: Option<BezPath>,
}

/// What a page's annotations without appearance come to.
#[derive(Clone, Debug, Default)]
pub struct Markup {
    pub strokes: Vec<Stroke>,
    /// What is not drawn, in words.
    pub missing: Vec<String>,
}

impl Markup {
    /// Reads the annotations of a page.
    pub fn of(
        page: &Page<'_>,
        settings: &InterpreterSettings,
        lent: Lent,
        budget: &Budget,
    ) -> Self {
        let mut markup = Self::default();
        let Some(all) = page.raw().get::<Array<'_>>("Annots") else { return markup };
        let form = Form::of(page, Faces::new(settings, lent, budget));
        for annotation in all.iter::<Dict<'_>>().take(MOST) {
            markup.add(&annotation, &form, budget);
        }
        let lacking = form.stock.lacking();
        if !lacking.is_empty() {
            let names: Vec<_> =
                lacking.iter().map(|one| format!("U+{:04X}", u32::from(*one))).collect();
            markup.miss(&format!("characters that no font has ({})", names.join(", ")));
        }
        if form.stock.is_spent() {
            markup.miss("the ends of texts of annotations that are too long");
        }
        markup
    }

    /// Whether there is nothing to see.
    pub fn is_empty(&self) -> bool {
        self.strokes.is_empty() && self.missing.is_empty()
    }

    fn add<'a>(&mut self, annotation: &Dict<'a>, form: &Form<'a>, budget: &Budget) {
        let unseen = annotation.get::<u32>("F").unwrap_or(0) & UNSEEN != 0;
        let Some(kind) = annotation.get::<Name<'_>>("Subtype") else { return };
        let drawn = has_appearance(annotation);
        let renewed = || {
            &*kind == b"Widget"
                && form.needs_appearances()
                && widget::is_to_be_renewed(annotation, budget)
        };
        if unseen {
            return;
        }
        if drawn && !renewed() {
            let field = &*kind == b"Widget" && form.needs_appearances();
            if field && widget::is_out_of_date(annotation, budget) {
                self.miss("values of form fields that their stored appearances do not show");
            }
            return;
        }
        match &*kind {
            b"Widget" => widget::draw(self, annotation, form, budget),
            b"FreeText" => notes::free_text(self, annotation, form, budget),
            b"Stamp" => notes::stamp(self, annotation, form),
            b"Text" => notes::note(self, annotation),
            b"FileAttachment" => notes::attachment(self, annotation),
            b"Caret" => notes::caret(self, annotation),
            b"Redact" => notes::redaction(self, annotation),
            b"Sound" | b"Movie" | b"Screen" | b"3D" | b"RichMedia" | b"Watermark"
            | b"Projection" => {
                self.miss(&format!("{} annotations without an appearance", kind.as_str()));
            }
            _ => self.mark(annotation, &kind),
        }
    }

    /// Marks, lines and figures.
    fn mark(&mut self, annotation: &Dict<'_>, kind: &[u8]) {
        let pen = Pen::of(annotation);
        let points = |key| figures::points(&pen::numbers(annotation, key));
        let to = &mut self.strokes;
        match kind {
            b"Highlight" => {
                let quads = figures::quads(annotation).into_iter();
                let colour = pen.colour.unwrap_or([1.0, 1.0, 0.0]);
                to.extend(quads.map(|quad| pen.fill(polygon(&quad, true), colour, true)));
            }
            b"Underline" | b"StrikeOut" | b"Squiggly" => {
                let pen = Pen { width: 1.0, dashes: Vec::new(), ..pen };
                let quads = figures::quads(annotation).into_iter();
                to.extend(quads.map(|quad| pen.line(figures::text_line(kind, &quad))));
            }
            b"Square" | b"Circle" => figures::figure(to, annotation, kind, &pen),
            b"Line" => figures::line(to, annotation, &pen),
            b"PolyLine" => {
                figures::lines(to, &pen, &points("Vertices"), End::both(annotation), false);
            }
            b"Polygon" => figures::lines(to, &pen, &points("Vertices"), [End::None; 2], true),
            b"Ink" => {
                let all = annotation.get::<Array<'_>>("InkList");
                for list in all.iter().flat_map(|all| all.iter::<Array<'_>>()).take(MOST) {
                    let numbers: Vec<f64> = list.iter::<f64>().take(MOST).map(pen::near).collect();
                    figures::lines(to, &pen, &figures::points(&numbers), [End::None; 2], false);
                }
            }
            _ => {}
        }
    }

    fn miss(&mut self, what: &str) {
        if self.missing.iter().all(|said| said != what) {
            self.missing.push(what.into());
        }
    }
}

/// Whether the annotation has a picture that the engine draws.
fn has_appearance(annotation: &Dict<'_>) -> bool {
    let normal = annotation.get::<Dict<'_>>("AP").and_then(|all| all.get::<Object<'_>>("N"));
    match normal {
        Some(Object::Stream(_)) => true,
        Some(Object::Dict(states)) => {
            let state = annotation.get::<Name<'_>>("AS");
            state.is_some() || states.get::<Stream<'_>>("Off").is_some()
        }
        _ => false,
    }
}
