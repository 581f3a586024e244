//! Widgets: what form fields look like (ISO 32000-1, 12.5.6.19 and 12.7.4), as other viewers draw them.

use hayro::hayro_syntax::object::{Dict, Name, Object, Stream};
use hayro::kurbo::{BezPath, Circle, Line, Point, Rect, Shape, Stroke as Pencil};

use super::board::Board;
use super::face::{EM, Standard};
use super::field::{self, Form, Style, inherited};
use super::pen::{self, Border};
use super::typeset::{Align, Setter};
use super::{Markup, strings};
use crate::codec::pdf::inflate;
use crate::limits::Budget;

const MULTILINE: u32 = 1 << 12;
const PASSWORD: u32 = 1 << 13;
const RADIO: u32 = 1 << 15;
const PUSH_BUTTON: u32 = 1 << 16;
const COMBO: u32 = 1 << 17;
const COMB: u32 = 1 << 24;

/// Cells of a field at the most.
const MOST_CELLS: usize = 1000;

/// Free space between the border and a text.
const MARGIN: f64 = 2.0;

/// How much of a button its mark fills.
const MARK: f64 = 0.7;

/// What options that are chosen lie on.
const CHOSEN: [f32; 3] = [0.6, 0.757, 0.855];

/// Kinds of fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Text,
    Combo,
    List,
    Check,
    Radio,
    Push,
}

/// A widget that is to be drawn.
struct Widget<'w, 'a> {
    dict: &'w Dict<'a>,
    look: Dict<'a>,
    form: &'w Form<'a>,
    budget: &'w Budget,
    kind: Kind,
    flags: u32,
}

/// Draws a widget, if it is of a kind that is drawn.
pub fn draw<'a>(markup: &mut Markup, dict: &Dict<'a>, form: &Form<'a>, budget: &Budget) {
    let Some(place) = pen::place(dict) else { return };
    let Some(kind) = kind(dict) else { return };
    let flags = inherited::<u32>(dict, "Ff").unwrap_or_default();
    let look = dict.get::<Dict<'a>>("MK").unwrap_or_default();
    let quarters = look.get::<i32>("R").unwrap_or_default() / 90;
    if look.get::<Stream<'_>>("I").is_some() {
        markup.miss("icons of buttons without an appearance");
    }
    let widget = Widget { dict, look, form, budget, kind, flags };
    let mut board = Board::on(&mut markup.strokes, place, quarters);
    let inside = widget.frame(&mut board);
    match kind {
        Kind::Text | Kind::Combo => widget.text(&mut board, inside),
        Kind::List => widget.list(&mut board, inside),
        Kind::Check | Kind::Radio => widget.mark(&mut board, inside),
        Kind::Push => widget.caption(&mut board, inside),
    }
}

/// Whether the field's appearance says something else than its value may do, and how: it is empty, or covered by the
/// background of a new one.
pub fn is_to_be_renewed(dict: &Dict<'_>, budget: &Budget) -> bool {
    let text = matches!(kind(dict), Some(Kind::Text | Kind::Combo | Kind::List));
    let appearance = dict.get::<Dict<'_>>("AP").and_then(|all| all.get::<Stream<'_>>("N"));
    let Some(appearance) = appearance.filter(|_| text) else { return false };
    let look = dict.get::<Dict<'_>>("MK");
    let covered = look.is_some_and(|look| pen::colour(&look, "BG").is_some());
    covered || (!field::value(dict, budget).is_empty() && is_empty(&appearance, budget))
}

/// Whether an appearance that stays seems to show another value than the field has: the first word of it is not in there as
/// it is.
pub fn is_out_of_date(dict: &Dict<'_>, budget: &Budget) -> bool {
    let text = matches!(kind(dict), Some(Kind::Text));
    let appearance = dict.get::<Dict<'_>>("AP").and_then(|all| all.get::<Stream<'_>>("N"));
    let Some(operators) = appearance.filter(|_| text).and_then(|one| operators(&one, budget))
    else {
        return false;
    };
    let value = field::value(dict, budget);
    let word = value.split_whitespace().next().unwrap_or_default();
    // Other letters are written in codes of the font.
    let plain = !word.is_empty() && word.chars().all(|letter| letter.is_ascii_alphanumeric());
    let literal = operators.contains(&b'(') && !operators.contains(&b'<');
    plain && literal && !operators.windows(word.len()).any(|part| part == word.as_bytes())
}

/// The operators of an appearance, unless they are too many.
fn operators(appearance: &Stream<'_>, budget: &Budget) -> Option<Vec<u8>> {
    inflate::check_operators(appearance, budget).ok()?;
    Some(appearance.decoded_data().unwrap_or_default().into_owned())
}

/// Whether an appearance shows no text: operators of texts end with these letters, and it draws nothing else by name.
fn is_empty(appearance: &Stream<'_>, budget: &Budget) -> bool {
    let Some(operators) = operators(appearance, budget) else { return false };
    let mut words = operators.split(|byte| byte.is_ascii_whitespace() || b")]>".contains(byte));
    !words.any(|word| matches!(word, b"Tj" | b"TJ" | b"'" | b"\"" | b"Do"))
}

fn kind(dict: &Dict<'_>) -> Option<Kind> {
    let flags = inherited::<u32>(dict, "Ff").unwrap_or_default();
    match &*inherited::<Name<'_>>(dict, "FT")? {
        b"Tx" => Some(Kind::Text),
        b"Ch" if flags & COMBO != 0 => Some(Kind::Combo),
        b"Ch" => Some(Kind::List),
        b"Btn" if flags & PUSH_BUTTON != 0 => Some(Kind::Push),
        b"Btn" if flags & RADIO != 0 => Some(Kind::Radio),
        b"Btn" => Some(Kind::Check),
        // A signature that is to be seen brings its appearance.
        _ => None,
    }
}

impl<'a> Widget<'_, 'a> {
    /// Draws background and border, and tells what is left within.
    fn frame(&self, board: &mut Board<'_>) -> Rect {
        let (width, style, dashes) = pen::border(self.dict);
        let area = board.area();
        let width = width.min(area.width().min(area.height()) / 2.0);
        let round = self.kind == Kind::Radio && self.sign() == 'l';
        let circle = Circle::new(area.center(), area.width().min(area.height()) / 2.0);
        if let Some(colour) = pen::colour(&self.look, "BG") {
            if round { board.fill(circle, colour) } else { board.fill(area, colour) }
        }
        let colour = pen::colour(&self.look, "BC").filter(|_| width > 0.0);
        let raised = matches!(style, Border::Beveled | Border::Inset);
        if raised && !round && width > 0.0 {
            self.bevel(board, width, style);
        }
        if let Some(colour) = colour {
            let pencil = Pencil::new(width);
            let few = dashes.iter().sum::<f64>() > 0.5;
            let pencil = if few { pencil.with_dashes(0.0, dashes) } else { pencil };
            let line = area.inset(-width / 2.0);
            match style {
                Border::Underline => {
                    let (left, right) = (Point::new(0.0, width / 2.0), (area.x1, width / 2.0));
                    board.line(Line::new(left, right), colour, &pencil);
                }
                _ if round => {
                    let circle = Circle::new(circle.center, circle.radius - width / 2.0);
                    board.line(circle, colour, &pencil);
                }
                _ => board.line(line, colour, &pencil),
            }
        }
        let space = if colour.is_none() { 0.0 } else { width };
        area.inset(-(if raised { width * 2.0 } else { space }))
    }

    /// Light from the upper left.
    fn bevel(&self, board: &mut Board<'_>, width: f64, style: Border) {
        let background = pen::colour(&self.look, "BG").unwrap_or([1.0; 3]);
        let (light, dark) = match style {
            Border::Inset => ([0.5; 3], [0.75; 3]),
            _ => ([1.0; 3], background.map(|part| part / 2.0)),
        };
        let outer = board.area().inset(-width);
        let inner = outer.inset(-width);
        let upper_left = |rect: Rect| Point::new(rect.x0, rect.y1);
        let lower_right = |rect: Rect| Point::new(rect.x1, rect.y0);
        for (corner, colour) in [(upper_left as fn(Rect) -> Point, light), (lower_right, dark)] {
            let side = |rect: Rect| [rect.origin(), corner(rect), Point::new(rect.x1, rect.y1)];
            let ([a, b, c], [d, e, f]) = (side(outer), side(inner));
            board.fill(pen::polygon(&[a, b, c, f, e, d], true), colour);
        }
    }

    fn style(&self) -> Style {
        self.form.style(self.dict, self.budget)
    }

    /// The text of the field, cut to its length.
    fn value(&self) -> String {
        let value = field::value(self.dict, self.budget);
        if self.kind == Kind::Combo {
            let options = field::options(self.dict, self.budget);
            let shown = options.into_iter().find(|(stored, _)| *stored == value);
            return shown.map_or(value, |(_, shown)| shown);
        }
        let value = match self.most_characters() {
            Some(most) => value.chars().take(most).collect(),
            None => value,
        };
        let hidden = self.flags & PASSWORD != 0;
        if hidden { "*".repeat(value.chars().count()) } else { value }
    }

    fn most_characters(&self) -> Option<usize> {
        let most = inherited::<u32>(self.dict, "MaxLen")?;
        usize::try_from(most).ok().filter(|most| *most > 0)
    }

    /// A text or a combo box.
    fn text(&self, board: &mut Board<'_>, inside: Rect) {
        let (style, text) = (self.style(), self.value());
        let setter = self.form.setter(self.dict, &style);
        let plain = self.kind == Kind::Text;
        let multiline = plain && self.flags & MULTILINE != 0;
        if plain
            && self.flags & (COMB | MULTILINE | PASSWORD) == COMB
            && let Some(cells) = self.most_characters()
        {
            self.cells(board, inside, (&setter, &style), cells.min(MOST_CELLS));
            return;
        }
        let align = Align::of(self.form.quadding(self.dict));
        let place = Rect::new(inside.x0 + MARGIN, inside.y0, inside.x1 - MARGIN, inside.y1);
        let path = if multiline {
            let place = Rect::new(place.x0, place.y0, place.x1, place.y1 - MARGIN / 2.0);
            let fitting = || setter.size_of_lines(&text, place);
            let size = if style.size > 0.0 { style.size } else { fitting() };
            let lines = setter.wrap(&text, place.width().max(0.0) / size);
            setter.block(&lines, place, size, align)
        } else {
            let text: String = text.chars().filter(|character| !character.is_control()).collect();
            one_line(&setter, &text, place, style.size, align)
        };
        board.clipped(&path, style.colour, inside);
    }

    /// One character in each cell.
    fn cells(
        &self,
        board: &mut Board<'_>,
        inside: Rect,
        (setter, style): (&Setter<'_, 'a>, &Style),
        cells: usize,
    ) {
        let area = board.area();
        let wide = area.width() / cells as f64;
        let (width, kind, _) = pen::border(self.dict);
        let colour = pen::colour(&self.look, "BC").filter(|_| width > 0.0);
        if let Some(colour) = colour.filter(|_| matches!(kind, Border::Solid | Border::Dashed)) {
            let mut dividers = BezPath::new();
            for at in 1..cells {
                dividers.move_to((wide * at as f64, 0.0));
                dividers.line_to((wide * at as f64, area.height()));
            }
            board.line(dividers, colour, &Pencil::new(width));
        }
        let text = self.value();
        let tall = inside.height() / setter.leading().max(0.1);
        let size = if style.size > 0.0 { style.size } else { tall.min(wide).clamp(4.0, 144.0) };
        let first = match Align::of(self.form.quadding(self.dict)) {
            Align::Left => 0,
            Align::Centre => cells.saturating_sub(text.chars().count()) / 2,
            Align::Right => cells.saturating_sub(text.chars().count()),
        };
        let mut path = BezPath::new();
        for (at, character) in text.chars().take(cells).enumerate() {
            let character = character.to_string();
            let left = wide * (first + at) as f64;
            let x =
                Setter::start(setter.width(&character) * size, Align::Centre, left, left + wide);
            path.extend(setter.line(&character, Point::new(x, base(setter, inside, size)), size));
        }
        board.clipped(&path, style.colour, inside);
    }

    /// The options of a list from the one that is on top.
    fn list(&self, board: &mut Board<'_>, inside: Rect) {
        let style = self.style();
        let setter = self.form.setter(self.dict, &style);
        let size = if style.size > 0.0 { style.size } else { 12.0 };
        let high = setter.leading() * size;
        let top = inherited::<u32>(self.dict, "TI").unwrap_or_default();
        let chosen = self.chosen();
        let align = Align::of(self.form.quadding(self.dict));
        let options = field::options(self.dict, self.budget).into_iter().enumerate();
        let mut upper = inside.y1;
        for (at, (stored, shown)) in options.skip(usize::try_from(top).unwrap_or(usize::MAX)) {
            if upper <= inside.y0 || self.form.stock.is_spent() {
                break;
            }
            let row = Rect::new(inside.x0, upper - high, inside.x1, upper);
            if chosen.contains(at, &stored, &shown) {
                board.fill(row.intersect(inside), CHOSEN);
            }
            let (left, right) = (row.x0 + MARGIN, row.x1 - MARGIN);
            let x = Setter::start(setter.width(&shown) * size, align, left, right);
            let y = upper - setter.heights().0 * size;
            board.clipped(&setter.line(&shown, Point::new(x, y), size), style.colour, inside);
            upper -= high;
        }
    }

    fn chosen(&self) -> Chosen {
        match inherited::<Object<'_>>(self.dict, "I") {
            Some(Object::Array(all)) => Chosen::At(all.iter::<u32>().take(10_000).collect()),
            _ => Chosen::Named(field::values(self.dict, "V", self.budget)),
        }
    }

    /// The character of the symbol font that a button is marked with.
    fn sign(&self) -> char {
        let stated = strings::text(&self.look, "CA", self.budget);
        let stated = stated.and_then(|text| text.chars().next()).filter(char::is_ascii_graphic);
        stated.unwrap_or(if self.kind == Kind::Radio { 'l' } else { '4' })
    }

    fn is_on(&self) -> bool {
        let state = self.dict.get::<Name<'_>>("AS").or_else(|| inherited(self.dict, "V"));
        state.is_some_and(|state| &*state != b"Off")
    }

    /// The mark of a check box or radio button that is on.
    fn mark(&self, board: &mut Board<'_>, inside: Rect) {
        if !self.is_on() {
            return;
        }
        let style = self.style();
        let symbols = self.form.faces.standard(Standard::Dingbats);
        let Some(outline) = symbols.and_then(|face| face.draw_code(u32::from(self.sign()))) else {
            return;
        };
        let bounds = outline.bounding_box();
        let side = bounds.width().max(bounds.height()).max(1.0);
        let fitting = inside.width().min(inside.height()) * MARK / side * EM;
        let size = if style.size > 0.0 { style.size } else { fitting.max(0.0) };
        let place = hayro::kurbo::Affine::translate(inside.center().to_vec2())
            * hayro::kurbo::Affine::scale(size / EM)
            * hayro::kurbo::Affine::translate(-bounds.center().to_vec2());
        board.clipped(&(place * outline), style.colour, inside);
    }

    /// The caption of a push button.
    fn caption(&self, board: &mut Board<'_>, inside: Rect) {
        let Some(text) = strings::text(&self.look, "CA", self.budget) else { return };
        let style = self.style();
        let setter = self.form.setter(self.dict, &style);
        let path = one_line(&setter, &text, inside, style.size, Align::Centre);
        board.clipped(&path, style.colour, inside);
    }
}

/// What is chosen of a list.
enum Chosen {
    At(Vec<u32>),
    Named(Vec<String>),
}

impl Chosen {
    fn contains(&self, at: usize, stored: &String, shown: &String) -> bool {
        match self {
            Self::At(all) => all.iter().any(|one| usize::try_from(*one) == Ok(at)),
            Self::Named(all) => all.contains(stored) || all.contains(shown),
        }
    }
}

/// The base line of a line in the middle of a place.
fn base(setter: &Setter<'_, '_>, place: Rect, size: f64) -> f64 {
    let (ascent, descent) = setter.heights();
    place.center().y - (ascent + descent) / 2.0 * size
}

fn one_line(setter: &Setter<'_, '_>, text: &str, place: Rect, size: f64, align: Align) -> BezPath {
    let size = if size > 0.0 { size } else { setter.size_of_line(text, place) };
    let x = Setter::start(setter.width(text) * size, align, place.x0, place.x1);
    setter.line(text, Point::new(x, base(setter, place, size)), size)
}
