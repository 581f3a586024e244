//! Text that is found and copied but not seen, over the words of a scanned page.
//!
//! Its font has a code for each character that occurs, in their order, and says what they are: any of Unicode.

use std::collections::HashMap;

use pdf_writer::types::{CidFontType, FontFlags, SystemInfo, TextRenderingMode};
use pdf_writer::{Chunk, Content, Finish, Name, Rect, Ref, Str};

use super::document::Document;
use super::glyphless;
use super::placement::Placement;
use crate::error::{Error, Result};
use crate::memory;
use crate::options::Word;
use crate::sink::Sink;

/// The name of the font within a page.
pub const FONT: Name<'static> = Name(b"F");

const FONT_NAME: Name<'static> = Name(b"Glyphless");

/// How far the font hangs below its base line: readers take a font that says nothing, 0, for one like others.
const DESCENT: f32 = -1.0;

/// Mappings of a block of a character map (ISO 32000-1, 9.10.3).
const BLOCK: usize = 100;

/// The font of a document.
pub struct Font {
    /// Its number.
    pub id: Ref,
    codes: HashMap<char, u16>,
    characters: Vec<char>,
}

impl Font {
    /// A font with nothing in it yet.
    pub fn new(id: Ref) -> Self {
        Self { id, codes: HashMap::new(), characters: Vec::new() }
    }

    /// The codes of a text, two bytes each. Code 0 is for no character.
    fn encode(&mut self, text: &str) -> Result<Vec<u8>> {
        let mut codes = Vec::new();
        for character in text.chars() {
            let code = match self.codes.get(&character) {
                Some(code) => *code,
                None => self.add(character)?,
            };
            memory::append(&mut codes, &code.to_be_bytes(), "the text of a page")?;
        }
        Ok(codes)
    }

    fn add(&mut self, character: char) -> Result<u16> {
        let code = u16::try_from(self.characters.len() + 1).map_err(|_| {
            Error::unsupported("text of more than 65535 different characters in a PDF document")
        })?;
        self.codes.insert(character, code);
        self.characters.push(character);
        Ok(code)
    }

    /// Writes words over the image that lies so, which is shown with so many pixels.
    pub fn draw(
        &mut self,
        words: &[Word],
        placement: &Placement,
        pixels: (u32, u32),
        content: &mut Content,
    ) -> Result<()> {
        content.begin_text();
        content.set_font(FONT, 1.0).set_text_rendering_mode(TextRenderingMode::Invisible);
        for word in words {
            let text = word.text.trim();
            let count = text.chars().count();
            if count == 0 {
                continue;
            }
            content.set_text_matrix(matrix(word, count, placement, pixels));
            // The space parts it from its neighbour, however near that is.
            content.show(Str(&self.encode(&format!("{text} "))?));
        }
        content.end_text();
        Ok(())
    }

    /// Writes the font itself.
    pub fn end(&self, document: &mut Document, sink: &mut Sink<'_>) -> Result<()> {
        let [program, map, unicode] = [(); 3].map(|()| document.number());
        document.deflated(program, &glyphless::program(), true, sink)?;
        let glyphs = glyphless::GLYPH.to_be_bytes().repeat(self.characters.len() + 1);
        document.deflated(map, &glyphs, false, sink)?;
        document.deflated(unicode, self.to_unicode().as_bytes(), false, sink)?;
        let [descendant, descriptor] = [(); 2].map(|()| document.number());

        let mut chunk = Chunk::new();
        let mut font = chunk.type0_font(self.id);
        font.base_font(FONT_NAME).encoding_predefined(Name(b"Identity-H"));
        font.descendant_font(descendant).to_unicode(unicode);
        font.finish();
        document.object(self.id, chunk.as_bytes(), sink)?;

        let mut chunk = Chunk::new();
        let mut font = chunk.cid_font(descendant);
        font.subtype(CidFontType::Type2).base_font(FONT_NAME).font_descriptor(descriptor);
        let (registry, ordering) = (Str(b"Adobe"), Str(b"Identity"));
        font.system_info(SystemInfo { registry, ordering, supplement: 0 });
        font.default_width(f32::from(glyphless::ADVANCE)).cid_to_gid_map_stream(map);
        font.finish();
        document.object(descendant, chunk.as_bytes(), sink)?;

        let mut chunk = Chunk::new();
        let mut font = chunk.font_descriptor(descriptor);
        let (across, up) = (f32::from(glyphless::ADVANCE), f32::from(glyphless::ASCENT));
        font.name(FONT_NAME).flags(FontFlags::SYMBOLIC).bbox(Rect::new(0.0, 0.0, across, up));
        font.italic_angle(0.0).ascent(up).descent(DESCENT).cap_height(up).stem_v(80.0);
        font.font_file2(program);
        font.finish();
        document.object(descriptor, chunk.as_bytes(), sink)
    }

    /// What each code is, in UTF-16.
    fn to_unicode(&self) -> String {
        let mut map = String::from(
            "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n\
             /CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def\n\
             /CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n\
             1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n",
        );
        for (block, characters) in self.characters.chunks(BLOCK).enumerate() {
            map.push_str(&format!("{} beginbfchar\n", characters.len()));
            for (at, character) in characters.iter().enumerate() {
                let code = block * BLOCK + at + 1;
                let units = character
                    .encode_utf16(&mut [0; 2])
                    .iter()
                    .fold(String::new(), |units, unit| format!("{units}{unit:04X}"));
                map.push_str(&format!("<{code:04X}> <{units}>\n"));
            }
            map.push_str("endbfchar\n");
        }
        map + "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
    }
}

/// Where a word begins, how far its characters go on, and where up is. Text that runs to the left begins at its right.
fn matrix(word: &Word, count: usize, placement: &Placement, pixels: (u32, u32)) -> [f32; 6] {
    let at = |x: f64, y: f64| placement.point(x / f64::from(pixels.0), y / f64::from(pixels.1));
    let Word { left, top, right, bottom, .. } = *word;
    let corners = [at(left, bottom), at(left, top), at(right, top), at(right, bottom)];
    // Text that is turned by a quarter begins at the next corner, and its letters point to the one after.
    let corner = |step: usize| {
        let place = step + word.quarters();
        corners.get(place % 4).copied().unwrap_or_default()
    };
    let (mut start, mut end, mut up) = (corner(0), corner(3), corner(1));
    if runs_left(&word.text) {
        up = corner(2);
        std::mem::swap(&mut start, &mut end);
    }
    let run = count as f64 * f64::from(glyphless::ADVANCE) / f64::from(glyphless::ASCENT);
    [
        (end.0 - start.0) / run,
        (end.1 - start.1) / run,
        up.0 - start.0,
        up.1 - start.1,
        start.0,
        start.1,
    ]
    .map(|number| number as f32)
}

/// Whether the first letter with a direction is of a script that runs from right to left: Hebrew, Arabic and their like.
fn runs_left(text: &str) -> bool {
    let first = text.chars().find(|letter| letter.is_alphabetic());
    first.is_some_and(|letter| {
        matches!(u32::from(letter),
            0x590..=0x8ff | 0xfb1d..=0xfdff | 0xfe70..=0xfeff | 0x1_0800..=0x1_0fff | 0x1_e800..=0x1_efff)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_get_codes_in_their_order_and_say_what_they_are() {
        let mut font = Font::new(Ref::new(9));
        assert_eq!(font.encode("abba😀").unwrap(), [0, 1, 0, 2, 0, 2, 0, 1, 0, 3]);
        let map = font.to_unicode();
        assert!(map.contains("<0002> <0062>\n<0003> <D83DDE00>\nendbfchar"), "{map}");
    }

    #[test]
    fn scripts_have_directions() {
        assert!(runs_left("שלום") && runs_left("(مرحبا)") && runs_left("12 א"));
        assert!(!runs_left("word") && !runs_left("漢字") && !runs_left("12,50"));
    }
}
