//! hOCR: what OCR programs say of the words on pages, and where they are.

use dio::options::Word;

/// The words of each page.
pub fn pages(text: &str) -> Vec<Vec<Word>> {
    let mut found = Found::default();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('<') {
        found.text(before);
        let len = tag_len(after);
        let (tag, next) = after.split_at(len);
        found.tag(tag.trim_end_matches('/'), tag.ends_with('/'));
        rest = next.strip_prefix('>').unwrap_or(next);
    }
    found.pages
}

#[derive(Default)]
struct Found {
    pages: Vec<Vec<Word>>,
    angle: i32,
    /// The word that is being read, the name of its element, and how many of that name are open.
    word: Option<(Word, String, u32)>,
}

impl Found {
    fn text(&mut self, text: &str) {
        if let Some((word, ..)) = &mut self.word {
            word.text.push_str(&plain(text));
        }
    }

    fn tag(&mut self, tag: &str, is_empty: bool) {
        let name = tag.split_whitespace().next().unwrap_or_default();
        if let Some((_, element, open)) = &mut self.word {
            if name.strip_prefix('/') == Some(element) {
                *open -= 1;
            } else if name == element && !is_empty {
                *open += 1;
            }
            if *open > 0 {
                return;
            }
            let done = self.word.take().map(|(word, ..)| word);
            let done = done.filter(|word| !word.text.trim().is_empty());
            if let (Some(page), Some(word)) = (self.pages.last_mut(), done) {
                page.push(word);
            }
            return;
        }
        let classes = attribute(tag, "class").unwrap_or_default();
        let is = |wanted: &[&str]| classes.split_whitespace().any(|class| wanted.contains(&class));
        let title = attribute(tag, "title").unwrap_or_default();
        if is(&["ocr_page"]) {
            self.pages.push(Vec::new());
        } else if is(&["ocr_line", "ocr_textfloat", "ocr_header", "ocr_caption"]) {
            // hOCR counts against the clock.
            let turned = numbers(title, "textangle").first().copied().unwrap_or(0.0);
            self.angle = if turned % 90.0 == 0.0 { (-turned).rem_euclid(360.0) as i32 } else { 0 };
        } else if is(&["ocrx_word", "ocr_word"])
            && let [left, top, right, bottom] = *numbers(title, "bbox")
        {
            let word = Word { text: String::new(), left, top, right, bottom, angle: self.angle };
            self.word = Some((word, name.to_owned(), 1));
        }
    }
}

/// Up to the end of a tag, which is not one within quotes.
fn tag_len(text: &str) -> usize {
    let mut quote = None;
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (None, '>') => return at,
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            _ => {}
        }
    }
    text.len()
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let mut rest = tag;
    while let Some(at) = rest.find(name) {
        let own = rest[..at].ends_with(char::is_whitespace);
        rest = &rest[at + name.len()..];
        let value = rest.trim_start().strip_prefix('=').map(str::trim_start);
        if let (true, Some(value)) = (own, value) {
            let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
            return value[1..].split(quote).next();
        }
    }
    None
}

/// The numbers of a property of a title.
fn numbers(title: &str, name: &str) -> Vec<f64> {
    let properties = title.split(';').map(str::trim);
    let mut rests = properties.filter_map(|property| property.strip_prefix(name));
    let own = rests.find(|rest| rest.starts_with(char::is_whitespace));
    own.unwrap_or_default().split_whitespace().map_while(|number| number.parse().ok()).collect()
}

/// Text without the entities of XML and HTML that hOCR has.
fn plain(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let entity = after.split_once(';').and_then(|(name, next)| Some((character(name)?, next)));
        match entity {
            Some((c, next)) => {
                out.push(c);
                rest = next;
            }
            None => {
                out.push('&');
                rest = after;
            }
        }
    }
    out + rest
}

fn character(entity: &str) -> Option<char> {
    let number = match entity.strip_prefix('#') {
        Some(digits) => match digits.strip_prefix(['x', 'X']) {
            Some(digits) => u32::from_str_radix(digits, 16).ok()?,
            None => digits.parse().ok()?,
        },
        None => {
            let known = [
                ("amp", '&'),
                ("lt", '<'),
                ("gt", '>'),
                ("quot", '"'),
                ("apos", '\''),
                ("nbsp", ' '),
            ];
            return known.iter().find(|(name, _)| *name == entity).map(|(_, c)| *c);
        }
    };
    char::from_u32(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_boxes_are_found() {
        let text = "<html><body><div class='ocr_page' id='p1' title='image \"a > b.png\"; bbox 0 0 90 50'>\
            <span class='ocr_line' title=\"bbox 1 2 80 20; textangle 90\">\
            <span class='ocrx_word' id='w1' title='bbox 1 2 30 20; x_wconf 96'><strong>A&amp;B</strong></span> \
            <span class='ocrx_word' title='bbox 40 2 60 20'> </span></span>\
            <span class='ocr_line' title='bbox 0 0 1 1'>\
            <span class='x ocrx_word' title='x_wconf 1; bbox 1 22 30 40'><span>Stra</span>&#223;e</span></span></div>\
            <div class='ocr_page' title='bbox 0 0 9 9'></div></body></html>";
        let pages = pages(text);
        assert_eq!(pages.len(), 2);
        let words: Vec<_> = pages[0].iter().map(|word| (word.text.as_str(), word.angle)).collect();
        assert_eq!(words, [("A&B", 270), ("Straße", 0)]);
        assert_eq!((pages[0][1].left, pages[0][1].bottom), (1.0, 40.0));
        for len in (0..text.len()).filter(|len| text.is_char_boundary(*len)) {
            super::pages(&text[..len]);
        }
    }
}
