//! Form fields: what a widget has from its field, the field from those above it, and all from the form (ISO 32000-1, 12.7).

use std::rc::Rc;

use hayro::hayro_syntax::object::{Array, Dict, Name, Object};
use hayro::hayro_syntax::page::Page;

use super::face::{Face, Faces, Standard};
use super::typeset::{Setter, Stock};
use super::{pen, strings};
use crate::limits::Budget;

/// Fields above a field at the most: a loop among them ends here.
const MOST_PARENTS: usize = 32;

/// Options of a choice that are looked at.
const MOST_OPTIONS: usize = 10_000;

/// The sizes of type that make sense.
const SIZES: std::ops::RangeInclusive<f64> = 0.1..=2000.0;

/// The form of a document.
pub struct Form<'a> {
    dict: Dict<'a>,
    pub faces: Faces<'a>,
    pub stock: Stock,
}

impl<'a> Form<'a> {
    /// The form that the page belongs to, which may be empty.
    pub fn of(page: &Page<'a>, faces: Faces<'a>) -> Self {
        let xref = page.xref();
        let catalog = xref.get::<Dict<'a>>(xref.root_id());
        let dict = catalog.and_then(|catalog| catalog.get::<Dict<'a>>("AcroForm"));
        Self { dict: dict.unwrap_or_default(), faces, stock: Stock::default() }
    }

    /// Whether appearances that are stored may be out of date.
    pub fn needs_appearances(&self) -> bool {
        self.dict.get::<bool>("NeedAppearances").unwrap_or_default()
    }

    /// A font by the name that texts have for it: of the field's resources, then of the form's.
    fn font(&self, widget: &Dict<'a>, name: &[u8]) -> Option<Rc<Face<'a>>> {
        let own = inherited::<Dict<'a>>(widget, "DR");
        let resources = own.into_iter().chain(self.dict.get::<Dict<'a>>("DR"));
        let mut fonts = resources.filter_map(|dict| dict.get::<Dict<'a>>("Font"));
        let dict = fonts.find_map(|fonts| fonts.get::<Dict<'a>>(name))?;
        self.faces.face(&dict)
    }

    /// The fonts of a text: the one asked for, and what stands in for it.
    pub fn setter(&self, widget: &Dict<'a>, style: &Style) -> Setter<'_, 'a> {
        let own = self.font(widget, &style.font);
        let rest = [style.stand_in(), Standard::Sans].into_iter();
        let rest = rest.filter_map(|kind| self.faces.standard(kind));
        let faces = own.into_iter().chain(rest).collect();
        Setter { faces, more: &self.faces, stock: &self.stock }
    }

    /// How a text of the field is set.
    pub fn style(&self, widget: &Dict<'a>, budget: &Budget) -> Style {
        let own = inherited::<Object<'a>>(widget, "DA");
        let all = own.or_else(|| self.dict.get::<Object<'a>>("DA"));
        let text = all.and_then(|object| strings::of(object, budget));
        Style::of(&text.unwrap_or_default())
    }

    /// Where lines of the field begin.
    pub fn quadding(&self, widget: &Dict<'a>) -> i32 {
        let own = inherited::<i32>(widget, "Q");
        own.or_else(|| self.dict.get::<i32>("Q")).unwrap_or_default()
    }
}

/// How a text is set: the font's name, its size and its colour.
#[derive(Clone, Debug, PartialEq)]
pub struct Style {
    pub font: Vec<u8>,
    /// 0 for one that fits.
    pub size: f64,
    pub colour: [f32; 3],
}

impl Style {
    /// Reads the operators of a default appearance.
    pub fn of(operators: &str) -> Self {
        let mut style = Self { font: Vec::new(), size: 0.0, colour: [0.0; 3] };
        let mut operands: Vec<&str> = Vec::new();
        let spaced = operators.replace('/', " /");
        for word in spaced.split_ascii_whitespace().take(1000) {
            let number = |at: usize| operands.get(at)?.parse::<f64>().ok();
            let last = |count: usize| {
                let first = operands.len().checked_sub(count)?;
                (first..operands.len()).map(number).collect::<Option<Vec<f64>>>()
            };
            match word {
                "Tf" => {
                    if let [.., font, size] = operands.as_slice() {
                        let name = font.strip_prefix('/').unwrap_or(font).as_bytes();
                        let name = Name::new_escaped(name).map(|name| name.to_vec());
                        style.font = name.unwrap_or_default();
                        let size = size.parse::<f64>().unwrap_or_default().abs();
                        style.size = if SIZES.contains(&size) { size } else { 0.0 };
                    }
                }
                "g" | "rg" | "k" => {
                    let count = match word {
                        "g" => 1,
                        "rg" => 3,
                        _ => 4,
                    };
                    let colour = last(count).and_then(|parts| pen::components(&parts));
                    style.colour = colour.unwrap_or(style.colour);
                }
                operand => {
                    operands.push(operand);
                    continue;
                }
            }
            operands.clear();
        }
        style
    }

    /// The font that is most like it by its name.
    fn stand_in(&self) -> Standard {
        let name = String::from_utf8_lossy(&self.font).to_ascii_lowercase();
        if name.contains("cour") || name.contains("mono") {
            Standard::Fixed
        } else if name.contains("tim") || name.contains("tiro") || name.contains("serif") {
            Standard::Serif
        } else if name.contains("bold") || name.contains("hebo") {
            Standard::SansBold
        } else if name.starts_with("zadb") || name.contains("dingbats") {
            Standard::Dingbats
        } else {
            Standard::Sans
        }
    }
}

/// What a field states itself or has from those above it.
pub trait Inherit<'a>: Sized {
    /// The entry of one dictionary.
    fn entry(dict: &Dict<'a>, key: &str) -> Option<Self>;
}

macro_rules! inherit {
    ($($kind:ty),*) => {$(
        impl<'a> Inherit<'a> for $kind {
            fn entry(dict: &Dict<'a>, key: &str) -> Option<Self> {
                dict.get::<Self>(key)
            }
        }
    )*};
}
inherit!(Object<'a>, Dict<'a>, Array<'a>, Name<'a>, i32, u32);

/// An entry of the field, or of one above it.
pub fn inherited<'a, T: Inherit<'a>>(field: &Dict<'a>, key: &str) -> Option<T> {
    let mut dict = field.clone();
    for _ in 0..MOST_PARENTS {
        if let Some(found) = T::entry(&dict, key) {
            return Some(found);
        }
        dict = dict.get::<Dict<'a>>("Parent")?;
    }
    None
}

/// The value of a field as text; of several, the first.
pub fn value(field: &Dict<'_>, budget: &Budget) -> String {
    values(field, "V", budget).into_iter().next().unwrap_or_default()
}

/// The values of an entry that may be one or several.
pub fn values(field: &Dict<'_>, key: &str, budget: &Budget) -> Vec<String> {
    match inherited::<Object<'_>>(field, key) {
        Some(Object::Array(all)) => {
            let all = all.iter::<Object<'_>>().take(MOST_OPTIONS);
            all.filter_map(|object| strings::of(object, budget)).collect()
        }
        Some(object) => strings::of(object, budget).into_iter().collect(),
        None => Vec::new(),
    }
}

/// The options of a choice: what is stored for each, and what is shown.
pub fn options(field: &Dict<'_>, budget: &Budget) -> Vec<(String, String)> {
    let all = inherited::<Array<'_>>(field, "Opt");
    let all = all.iter().flat_map(|all| all.iter::<Object<'_>>()).take(MOST_OPTIONS);
    let option = |object| match object {
        Object::Array(pair) => {
            let mut texts = pair.iter::<Object<'_>>().map(|part| strings::of(part, budget));
            let stored = texts.next().flatten().unwrap_or_default();
            let shown = texts.next().flatten().unwrap_or_else(|| stored.clone());
            (stored, shown)
        }
        object => {
            let text = strings::of(object, budget).unwrap_or_default();
            (text.clone(), text)
        }
    };
    all.map(option).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use hayro::hayro_syntax::object::FromBytes;

    #[test]
    fn styles_are_read_from_operators_of_any_shape() {
        let style = Style::of("0 0 1 rg /He#6cv 12.5 Tf");
        assert_eq!(style, Style { font: b"Helv".into(), size: 12.5, colour: [0.0, 0.0, 1.0] });
        assert_eq!(Style::of("/F 0 Tf 0.5 g").colour, [0.5; 3]);
        assert_eq!(Style::of("q/F 9 Tf 0 0 0 1 k").size, 9.0);
        for odd in ["", "Tf", "12 Tf", "/F NaN Tf", "/F 1e300 Tf", "rg", "a b rg", "g g g"] {
            assert_eq!((Style::of(odd).size, Style::of(odd).colour), (0.0, [0.0; 3]), "{odd}");
        }
    }

    #[test]
    fn options_have_what_is_stored_and_what_is_shown() {
        let budget = Budget::new(crate::limits::Limits::default(), None);
        let field = Dict::from_bytes(b"<</Opt[(a)[(1)(one)][(x)][]5]>>").unwrap();
        let shown: Vec<_> = options(&field, &budget).into_iter().map(|(_, shown)| shown).collect();
        assert_eq!(shown, ["a", "one", "x", "", ""]);
    }
}
