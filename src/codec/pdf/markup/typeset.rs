//! Sets texts: measures them, breaks them into lines, finds the size that fits, and makes outlines of them.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::rc::Rc;

use hayro::kurbo::{Affine, BezPath, Point, Rect};

use super::face::{EM, Face, Faces};

/// Glyphs that the annotations of a page are drawn with at the most, and characters that are measured for it.
const MOST_GLYPHS: usize = 50_000;
const MOST_MEASURED: usize = 2_000_000;

/// Sizes that are tried for a text that is to fit its place.
const LEAST_SIZE: f64 = 4.0;
const MOST_SIZE: f64 = 144.0;
/// The size of a text of several lines that may choose.
const PLAIN_SIZE: f64 = 12.0;

/// Characters that are named as missing.
const MOST_LACKING: usize = 16;

/// Where lines begin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Align {
    #[default]
    Left,
    Centre,
    Right,
}

impl Align {
    /// By its number in `Q`.
    pub fn of(number: i32) -> Self {
        match number {
            1 => Self::Centre,
            2 => Self::Right,
            _ => Self::Left,
        }
    }
}

/// What is left of the glyphs of a page, and the characters that no font had.
#[derive(Default)]
pub struct Stock {
    used: Cell<usize>,
    measured: Cell<usize>,
    lacking: RefCell<BTreeSet<char>>,
}

impl Stock {
    /// Characters that could not be drawn.
    pub fn lacking(&self) -> Vec<char> {
        self.lacking.borrow().iter().copied().collect()
    }

    /// Whether there were more glyphs than are drawn.
    pub fn is_spent(&self) -> bool {
        self.used.get() >= MOST_GLYPHS || self.measured.get() >= MOST_MEASURED
    }
}

/// Fonts, the first that has a character draws it.
pub struct Setter<'f, 'a> {
    pub faces: Vec<Rc<Face<'a>>>,
    /// Where characters come from that none of them has.
    pub more: &'f Faces<'a>,
    pub stock: &'f Stock,
}

impl<'a> Setter<'_, 'a> {
    fn face(&self, character: char) -> Option<&Face<'a>> {
        self.faces.iter().find(|face| face.has(character)).map(|face| &**face)
    }

    /// The outline of a character, in thousandths of an em.
    fn draw(&self, character: char) -> Option<BezPath> {
        let own = self.face(character).and_then(|face| face.draw(character));
        own.or_else(|| self.more.lent(character)?.draw(character))
    }

    /// Above and below the base line, in parts of an em.
    pub fn heights(&self) -> (f64, f64) {
        self.faces.first().map_or((0.9, -0.2), |face| (face.ascent, face.descent))
    }

    /// The height of a line in parts of an em.
    pub fn leading(&self) -> f64 {
        let (ascent, descent) = self.heights();
        ascent - descent
    }

    fn advance(&self, character: char) -> f64 {
        self.stock.measured.set(self.stock.measured.get() + 1);
        let own = self.face(character).and_then(|face| face.advance(character));
        let advance = own.or_else(|| self.more.lent(character)?.advance(character));
        if advance.is_none() && !character.is_control() && !character.is_whitespace() {
            let mut lacking = self.stock.lacking.borrow_mut();
            if lacking.len() < MOST_LACKING {
                lacking.insert(character);
            }
        }
        // What cannot be drawn leaves its place empty.
        advance.unwrap_or(EM / 2.0) / EM
    }

    /// How wide a text is at size 1.
    pub fn width(&self, text: &str) -> f64 {
        text.chars().map(|character| self.advance(character)).sum()
    }

    /// The outlines of a line that begins at `at`.
    pub fn line(&self, text: &str, at: Point, size: f64) -> BezPath {
        let mut path = BezPath::new();
        let mut x = at.x;
        for character in text.chars() {
            if self.stock.is_spent() {
                break;
            }
            self.stock.used.set(self.stock.used.get() + 1);
            if let Some(outline) = self.draw(character) {
                let place = Affine::translate((x, at.y)) * Affine::scale(size / EM);
                path.extend(place * outline);
            }
            x += self.advance(character) * size;
        }
        path
    }

    /// Where a line of this width begins between two edges.
    pub fn start(width: f64, align: Align, left: f64, right: f64) -> f64 {
        match align {
            Align::Left => left,
            Align::Centre => left + (right - left - width) / 2.0,
            Align::Right => right - width,
        }
    }

    /// Breaks a text into lines no wider than `width` at size 1: where it says so, between words, and within a word that is
    /// wider than a line.
    pub fn wrap(&self, text: &str, width: f64) -> Vec<String> {
        let mut lines = Vec::new();
        for paragraph in paragraphs(text) {
            if self.stock.is_spent() {
                break;
            }
            let (mut line, mut reached) = (String::new(), 0.0);
            for word in paragraph.split_inclusive(' ') {
                let wide = self.width(word.trim_end_matches(' '));
                if reached + wide > width && !line.is_empty() {
                    lines.push(std::mem::take(&mut line));
                    reached = 0.0;
                }
                if wide <= width {
                    line.push_str(word);
                    reached += self.width(word);
                    continue;
                }
                for character in word.chars() {
                    let advance = self.advance(character);
                    if reached + advance > width && !line.is_empty() && character != ' ' {
                        lines.push(std::mem::take(&mut line));
                        reached = 0.0;
                    }
                    line.push(character);
                    reached += advance;
                }
            }
            lines.push(line);
        }
        lines
    }

    /// The size of a line that fits a place.
    pub fn size_of_line(&self, text: &str, place: Rect) -> f64 {
        let high = place.height() / self.leading().max(0.1);
        let width = self.width(text);
        let wide = if width > 0.0 { place.width() / width } else { high };
        high.min(wide).clamp(LEAST_SIZE, MOST_SIZE)
    }

    /// The size of lines that fit a place.
    pub fn size_of_lines(&self, text: &str, place: Rect) -> f64 {
        let fits = |size: f64| {
            let lines = self.wrap(text, place.width() / size).len() as f64;
            lines * self.leading() * size <= place.height()
        };
        if fits(PLAIN_SIZE) {
            return PLAIN_SIZE;
        }
        let (mut least, mut most) = (LEAST_SIZE, PLAIN_SIZE);
        while most - least > 0.25 {
            let middle = (least + most) / 2.0;
            if fits(middle) { least = middle } else { most = middle }
        }
        least
    }

    /// Lines from the top of a place.
    pub fn block(&self, lines: &[String], place: Rect, size: f64, align: Align) -> BezPath {
        let mut path = BezPath::new();
        let mut y = place.y1 - self.heights().0 * size;
        for line in lines {
            let line = line.trim_end_matches(' ');
            // Lines below the place are clipped.
            if y < place.y0 - self.leading() * size || self.stock.is_spent() {
                break;
            }
            let x = Self::start(self.width(line) * size, align, place.x0, place.x1);
            path.extend(self.line(line, Point::new(x, y), size));
            y -= self.leading() * size;
        }
        path
    }
}

/// Lines that the text itself ends: with either character, or with both.
fn paragraphs(text: &str) -> impl Iterator<Item = &str> {
    let ends = |at: &usize| text.get(..*at).is_some_and(|before| before.ends_with('\r'));
    text.split(['\r', '\n', '\u{2028}', '\u{2029}'])
        .scan(0, move |at, line| {
            let begin = *at;
            let end = begin + line.len();
            let ended = text.get(end..).and_then(|rest| rest.chars().next());
            *at = end + ended.map_or(0, char::len_utf8);
            let second = line.is_empty()
                && ends(&begin)
                && text.get(begin..).is_some_and(|rest| rest.starts_with('\n'));
            Some((!second).then_some(line))
        })
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::pdf::fonts::Lent;
    use crate::codec::pdf::markup::face::Standard;
    use crate::limits::{Budget, Limits};
    use hayro::hayro_interpret::InterpreterSettings;

    fn with_setter(work: impl FnOnce(&Setter<'_, '_>)) {
        let settings = InterpreterSettings::default();
        let budget = Budget::new(Limits::default(), None);
        let faces = Faces::new(&settings, Lent::default(), &budget);
        let stock = Stock::default();
        let own = vec![faces.standard(Standard::Sans).unwrap()];
        work(&Setter { faces: own, more: &faces, stock: &stock });
    }

    #[test]
    fn lines_end_where_they_say_and_where_they_must() {
        assert_eq!(paragraphs("a\r\nb\rc\n\nd").collect::<Vec<_>>(), ["a", "b", "c", "", "d"]);
        assert_eq!(paragraphs("").collect::<Vec<_>>(), [""]);
        with_setter(|setter| {
            assert_eq!(
                setter.wrap("one two three", setter.width("one two")),
                ["one two ", "three"]
            );
            assert_eq!(setter.wrap("mmmm", setter.width("mm") + 0.1), ["mm", "mm"]);
            assert_eq!(setter.wrap("ab", 0.0), ["a", "b"]);
        });
    }

    #[test]
    fn widths_are_those_of_the_font_and_what_it_lacks_is_noted() {
        with_setter(|setter| {
            assert!((setter.width("Hello") - 2.278).abs() < 1e-6);
            assert!(setter.stock.lacking().is_empty());
            setter.width("aЖ");
            assert_eq!(setter.stock.lacking(), ['Ж']);
            let place = Rect::new(0.0, 0.0, 100.0, 20.0);
            let size = setter.size_of_line("Hello", place);
            assert!(size * setter.leading() <= 20.0 + 1e-9 && size > 15.0);
            assert!(setter.size_of_lines(&"word ".repeat(100), place) < 5.0);
        });
    }
}
