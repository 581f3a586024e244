//! What people write on a page: texts of their own, stamps, notes and the like (ISO 32000-1, 12.5.6).

use std::rc::Rc;

use hayro::hayro_syntax::object::{Dict, Name};
use hayro::kurbo::{BezPath, Point, Rect, RoundedRect, Shape, Stroke as Pencil};

use super::board::Board;
use super::face::Standard;
use super::field::{Form, Style};
use super::figures::{self, End};
use super::pen::{self, Pen, polygon};
use super::typeset::{Align, Setter};
use super::{Markup, strings};
use crate::limits::Budget;

/// The size of a text that states none.
const SIZE: f64 = 12.0;

/// The side of an icon.
const ICON: f64 = 20.0;

const BLACK: [f32; 3] = [0.0; 3];
const RED: [f32; 3] = [0.75, 0.1, 0.1];
const GREEN: [f32; 3] = [0.1, 0.5, 0.15];
const YELLOW: [f32; 3] = [1.0, 0.95, 0.45];

/// A text on the page, perhaps with a line to what it is about.
pub fn free_text<'a>(markup: &mut Markup, dict: &Dict<'a>, form: &Form<'a>, budget: &Budget) {
    let Some(place) = pen::inner_place(dict) else { return };
    let mut style = Style { size: SIZE, ..Style::of("") };
    let mut align = Align::of(dict.get::<i32>("Q").unwrap_or_default());
    if let Some(operators) = strings::text(dict, "DA", budget) {
        style = Style::of(&operators);
    } else if let Some(rules) = strings::text(dict, "DS", budget) {
        align = by_rules(&rules, &mut style).unwrap_or(align);
    }
    let line = style.colour;
    let pen = Pen { colour: Some(line), inside: pen::colour(dict, "C"), ..Pen::of(dict) };
    let callout = figures::points(&pen::numbers(dict, "CL"));
    figures::lines(&mut markup.strokes, &pen, &callout, [End::both(dict)[0], End::None], false);
    let mut board = Board::on(&mut markup.strokes, place, 0);
    board.opacity = pen.opacity;
    let area = board.area();
    if let Some(colour) = pen.inside {
        board.fill(area, colour);
    }
    if pen.width > 0.0 {
        let few = pen.dashes.iter().sum::<f64>() > 0.5;
        let pencil = Pencil::new(pen.width);
        let pencil = if few { pencil.with_dashes(0.0, pen.dashes.clone()) } else { pencil };
        board.line(area.inset(-pen.width / 2.0), line, &pencil);
    }
    let text = contents(dict, budget);
    let setter = form.setter(dict, &style);
    let inside = area.inset(-pen.width - 1.0);
    let size = if style.size > 0.0 { style.size } else { setter.size_of_lines(&text, inside) };
    let lines = setter.wrap(&text, inside.width().max(0.0) / size);
    let path = setter.block(&lines, inside, size, align);
    board.clipped(&path, style.colour, area.inset(-pen.width));
}

/// The text, or what is left of the rich text without its marks.
fn contents(dict: &Dict<'_>, budget: &Budget) -> String {
    let plain = strings::text(dict, "Contents", budget).filter(|text| !text.is_empty());
    plain
        .or_else(|| strings::text(dict, "RC", budget).map(|rich| unmarked(&rich)))
        .unwrap_or_default()
}

/// The characters of XHTML; a paragraph is a line.
fn unmarked(rich: &str) -> String {
    let mut text = String::new();
    for (at, part) in rich.split('<').enumerate() {
        let (mark, rest) = part.split_once('>').unwrap_or(("", part));
        let rest = if at == 0 { part } else { rest };
        let ends_line = mark.starts_with("/p") || mark.starts_with("br");
        if ends_line && !text.is_empty() {
            text.push('\n');
        }
        if !(rest.trim().is_empty() && text.is_empty()) {
            text.push_str(rest);
        }
    }
    let entities =
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&#13;", "\n")];
    let text = entities.iter().fold(text, |text, (from, to)| text.replace(from, to));
    text.replace("&amp;", "&").trim_end().to_owned()
}

/// Reads what a style sheet in one line says of size, colour and alignment.
fn by_rules(rules: &str, style: &mut Style) -> Option<Align> {
    let mut align = None;
    for rule in rules.split(';').take(100) {
        let Some((name, value)) = rule.split_once(':') else { continue };
        match (name.trim(), value.trim()) {
            ("font" | "font-size", value) => {
                let sizes =
                    value.split_ascii_whitespace().filter_map(|word| word.strip_suffix("pt"));
                let size = sizes.filter_map(|size| size.parse::<f64>().ok()).next();
                style.size =
                    size.filter(|size| (0.1..=2000.0).contains(size)).unwrap_or(style.size);
                let serif = value.contains("Times") || value.contains("serif,");
                let name = if value.contains("Courier") { "Cour" } else { "TiRo" };
                if serif || name == "Cour" {
                    style.font = name.into();
                }
            }
            ("color", value) => {
                let digits = value.strip_prefix('#').filter(|digits| digits.len() == 6);
                let number = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
                if let Some([_, r, g, b]) = number.map(u32::to_be_bytes) {
                    style.colour = [r, g, b].map(|part| f32::from(part) / 255.0);
                }
            }
            ("text-align", "center") => align = Some(Align::Centre),
            ("text-align", "right") => align = Some(Align::Right),
            _ => {}
        }
    }
    align
}

/// A rubber stamp: its name in a frame.
pub fn stamp<'a>(markup: &mut Markup, dict: &Dict<'a>, form: &Form<'a>) {
    let Some(place) = pen::place(dict) else { return };
    let name = dict.get::<Name<'_>>("Name");
    let name = name.as_ref().map_or("Draft", |name| name.as_str());
    let name = name.strip_prefix('#').unwrap_or(name);
    let text = apart(name).to_uppercase();
    let usual = match name {
        "Approved" | "Final" | "ForPublicRelease" | "Sold" | "AsIs" => GREEN,
        _ => RED,
    };
    let pen = Pen::of(dict);
    let colour = pen.colour.unwrap_or(usual);
    let mut board = Board::on(&mut markup.strokes, place, 0);
    board.opacity = pen.opacity;
    let area = board.area();
    let least = area.width().min(area.height());
    let line = (least / 16.0).clamp(0.5, 6.0);
    let frame = RoundedRect::from_rect(area.inset(-line), least / 8.0);
    board.line(frame, colour, &Pencil::new(line));
    let inside = area.inset(-(line * 2.0 + least / 12.0));
    let faces = [Standard::SansBold, Standard::Sans].map(|kind| form.faces.standard(kind));
    let faces = faces.into_iter().flatten().collect::<Vec<Rc<_>>>();
    let setter = Setter { faces, more: &form.faces, stock: &form.stock };
    let size = setter.size_of_line(&text, inside);
    let x = Setter::start(setter.width(&text) * size, Align::Centre, inside.x0, inside.x1);
    // Capitals, which are about 0.72 of an em high, in the middle.
    let y = inside.center().y - 0.36 * size;
    board.clipped(&setter.line(&text, Point::new(x, y), size), colour, area);
}

/// `NotForPublicRelease` in words.
fn apart(name: &str) -> String {
    let mut words = String::new();
    for letter in name.chars().take(100) {
        if letter.is_uppercase() && words.chars().last().is_some_and(char::is_lowercase) {
            words.push(' ');
        }
        words.push(letter);
    }
    words
}

/// Where an icon lies: it hangs from the upper left corner of its annotation.
fn icon_place(dict: &Dict<'_>) -> Option<Rect> {
    let place = pen::place(dict)?;
    Some(Rect::new(place.x0, place.y1 - ICON, place.x0 + ICON, place.y1))
}

/// The icon of a note: a sheet with lines.
pub fn note(markup: &mut Markup, dict: &Dict<'_>) {
    let Some(place) = icon_place(dict) else { return };
    let pen = Pen::of(dict);
    let mut board = Board::on(&mut markup.strokes, place, 0);
    board.opacity = pen.opacity;
    let sheet = RoundedRect::from_rect(board.area().inset(-2.0), 2.0);
    board.fill(sheet, pen.colour.unwrap_or(YELLOW));
    board.line(sheet, BLACK, &Pencil::new(1.0));
    let mut lines = BezPath::new();
    for y in [6.5, 10.0, 13.5] {
        lines.move_to((5.0, y));
        lines.line_to((15.0, y));
    }
    board.line(lines, BLACK, &Pencil::new(1.0));
}

/// The icon of an attached file: a paper clip.
pub fn attachment(markup: &mut Markup, dict: &Dict<'_>) {
    let Some(place) = icon_place(dict) else { return };
    let pen = Pen::of(dict);
    let mut board = Board::on(&mut markup.strokes, place, 0);
    board.opacity = pen.opacity;
    let mut clip = BezPath::new();
    clip.move_to((12.5, 6.0));
    clip.line_to((12.5, 13.5));
    clip.curve_to((12.5, 17.0), (7.5, 17.0), (7.5, 13.5));
    clip.line_to((7.5, 5.5));
    clip.curve_to((7.5, 1.5), (14.5, 1.5), (14.5, 5.5));
    clip.line_to((14.5, 14.0));
    let path = clip;
    board.line(path.clone(), BLACK, &Pencil::new(2.4));
    board.line(path, pen.colour.unwrap_or([0.6; 3]), &Pencil::new(1.2));
}

/// The sign that something is to be put in.
pub fn caret(markup: &mut Markup, dict: &Dict<'_>) {
    let Some(place) = pen::inner_place(dict) else { return };
    let pen = Pen::of(dict);
    let (left, right, top) = (place.x0, place.x1, place.y1);
    let middle = place.center().x;
    let mut path = BezPath::new();
    path.move_to((left, place.y0));
    path.curve_to((middle, place.y0), (middle, place.center().y), (middle, top));
    path.curve_to((middle, place.center().y), (middle, place.y0), (right, place.y0));
    path.close_path();
    markup.strokes.push(pen.fill(path, pen.colour.unwrap_or(BLACK), false));
}

/// What is to be blackened, framed: it is still there.
pub fn redaction(markup: &mut Markup, dict: &Dict<'_>) {
    let pen = Pen { width: 1.0, dashes: Vec::new(), ..Pen::of(dict) };
    let pen = Pen { colour: pen::colour(dict, "OC").or(pen.colour).or(Some(RED)), ..pen };
    let mut frames: Vec<BezPath> =
        figures::quads(dict).iter().map(|quad| polygon(quad, true)).collect();
    if frames.is_empty() {
        frames.extend(pen::place(dict).map(|place| place.to_path(1e-3)));
    }
    markup.strokes.extend(frames.into_iter().map(|frame| pen.line(frame)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rich_texts_are_read_without_their_marks() {
        let rich =
            "<?xml version=\"1.0\"?><body><p>one &lt;&amp;gt;</p><p>two<br/>three</p></body>";
        assert_eq!(unmarked(rich), "one <&gt;\ntwo\nthree");
        assert_eq!(unmarked("plain > text"), "plain > text");
        assert_eq!(unmarked("<<<"), "");
    }

    #[test]
    fn style_sheets_tell_size_colour_and_alignment() {
        let mut style = Style { font: Vec::new(), size: 12.0, colour: BLACK };
        let align = by_rules("font: bold 9.5pt Times; color:#FF0000;text-align: right", &mut style);
        assert_eq!((align, style.size, style.colour), (Some(Align::Right), 9.5, [1.0, 0.0, 0.0]));
        assert_eq!(style.font, b"TiRo");
        assert_eq!(by_rules("color: red; font-size: NaNpt; :;", &mut style), None);
        assert_eq!(style.size, 9.5);
        assert_eq!(apart("NotForPublicRelease"), "Not For Public Release");
    }
}
