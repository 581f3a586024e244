//! Text strings (ISO 32000-1, 7.9.2.2): what people are to read, in one of three encodings.

use hayro::hayro_syntax::object::{Dict, Name, Object, Stream};

use crate::codec::pdf::inflate;
use crate::limits::Budget;

/// Characters of a text that are looked at.
pub const MOST_TEXT: usize = 20_000;

/// What PDFDocEncoding (annex D.3) has from 0x18 and from 0x80 that Latin-1 has not; 0xFFFD where it has nothing.
const FROM_18: [char; 8] = ['˘', 'ˇ', 'ˆ', '˙', '˝', '˛', '˚', '˜'];
const FROM_80: [char; 33] = [
    '•', '†', '‡', '…', '—', '–', 'ƒ', '⁄', '‹', '›', '−', '‰', '„', '“', '”', '‘', '’', '‚', '™',
    'ﬁ', 'ﬂ', 'Ł', 'Œ', 'Š', 'Ÿ', 'Ž', 'ı', 'ł', 'œ', 'š', 'ž', '\u{fffd}', '€',
];

/// The text that an entry holds: a string, a stream or, where programs are careless, a name.
pub fn text(dict: &Dict<'_>, key: &str, budget: &Budget) -> Option<String> {
    of(dict.get::<Object<'_>>(key)?, budget)
}

/// The text that an object is.
pub fn of(object: Object<'_>, budget: &Budget) -> Option<String> {
    match object {
        Object::String(string) => Some(decode(&string)),
        Object::Name(name) => Some(decode(name_bytes(&name))),
        Object::Stream(stream) => streamed(&stream, budget),
        _ => None,
    }
}

fn name_bytes<'n>(name: &'n Name<'_>) -> &'n [u8] {
    name
}

fn streamed(stream: &Stream<'_>, budget: &Budget) -> Option<String> {
    inflate::check(stream, budget).ok()?;
    Some(decode(&stream.decoded_data().ok()?))
}

/// Reads a text string.
pub fn decode(bytes: &[u8]) -> String {
    let units = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units = bytes.as_chunks::<2>().0.iter().map(|pair| unit(*pair));
        let text =
            char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER));
        without_languages(text.take(MOST_TEXT))
    };
    match bytes {
        [0xfe, 0xff, rest @ ..] => units(rest, u16::from_be_bytes),
        // Not in the standard, but in files.
        [0xff, 0xfe, rest @ ..] => units(rest, u16::from_le_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => {
            without_languages(String::from_utf8_lossy(rest).chars().take(MOST_TEXT))
        }
        _ => bytes.iter().take(MOST_TEXT).map(|byte| character(*byte)).collect(),
    }
}

/// Leaves out what says in which language the text is: it stands between two escapes.
fn without_languages(text: impl Iterator<Item = char>) -> String {
    let mut within = false;
    let seen = text.filter(|next| {
        let escape = *next == '\u{1b}';
        within ^= escape;
        !within && !escape
    });
    seen.collect()
}

fn character(byte: u8) -> char {
    let special = match byte {
        0x18..0x20 => FROM_18.get(usize::from(byte - 0x18)),
        0x80..=0xa0 => FROM_80.get(usize::from(byte - 0x80)),
        _ => None,
    };
    special.copied().unwrap_or(char::from(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_read_in_each_encoding() {
        assert_eq!(decode(b"A\x80\xa0\xe9\x1f"), "A•€é˜");
        assert_eq!(decode(b"\xfe\xff\x04\x16\xd8\x3d\xde\x00"), "Ж😀");
        assert_eq!(decode(b"\xff\xfe\x16\x04"), "Ж");
        assert_eq!(decode("\u{feff}Ω".as_bytes()), "Ω");
        assert_eq!(decode(b"\xfe\xff\x00\x1b\x00d\x00e\x00\x1b\x00x"), "x");
        // Halves of pairs, odd bytes, what is no UTF-8.
        assert_eq!(decode(b"\xfe\xff\xd8\x3d\x00"), "\u{fffd}");
        assert_eq!(decode(b"\xef\xbb\xbf\xff"), "\u{fffd}");
        assert_eq!(decode(b""), "");
    }
}
