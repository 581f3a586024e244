//! What fonts are wanted, and which are taken for them.

use std::sync::Arc;

use hayro::hayro_interpret::InterpreterSettings;
use hayro::hayro_syntax::object::{Dict, FromBytes};

use super::face::of_bytes;
use super::library::Library;
use super::wanted::Wanted;
use crate::options::Fonts;

/// The font that `tests/data/font.py` makes.
fn marks() -> Vec<u8> {
    std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/marks.ttf")).unwrap()
}

fn wanted(font: &str) -> Option<Wanted> {
    let dict = Dict::from_bytes(font.as_bytes()).unwrap();
    Wanted::of(&dict, &InterpreterSettings::default().cmap_resolver, &mut 100_000)
}

fn simple(name: &str) -> Wanted {
    let text = format!("<</Type/Font/Subtype/TrueType/BaseFont/{name}/Encoding/WinAnsiEncoding>>");
    wanted(&text).unwrap()
}

#[test]
fn a_font_says_what_it_is_and_what_it_has() {
    let bytes = marks();
    let facts = of_bytes(&Arc::new(bytes.clone()));
    let [facts] = facts.as_slice() else { panic!("{} fonts", facts.len()) };
    assert_eq!((facts.names.as_slice(), facts.families.len()), (&["diomarks".to_owned()][..], 1));
    assert!(
        facts.has('A') && facts.has('Ж') && facts.has('語') && !facts.has('é') && !facts.has(' ')
    );
    assert_eq!(facts.count(&['Ж', 'é', 'Φ']), 2);
    for len in (0..bytes.len()).step_by(97) {
        of_bytes(&Arc::new(bytes[..len].to_vec()));
    }
}

#[test]
fn what_the_built_in_fonts_lack_is_known() {
    assert!(simple("Garamond").lacking.is_empty() && simple("Garamond").needs.contains(&'é'));
    let differs = "<</Subtype/Type1/BaseFont/X/FirstChar 65/LastChar 66\
                   /Encoding<</BaseEncoding/WinAnsiEncoding/Differences[65/afii10017/eacute]>>>>";
    assert_eq!(wanted(differs).unwrap().lacking, ['А']);
    let wide = |ordering: &str| {
        let text = format!(
            "<</Subtype/Type0/BaseFont/X/Encoding/Identity-H/DescendantFonts[<</Subtype/CIDFontType2\
             /CIDSystemInfo<</Registry(Adobe)/Ordering({ordering})/Supplement 0>>>>]>>"
        );
        wanted(&text).unwrap()
    };
    assert!(wide("Korea1").lacking.contains(&'한') && wide("Identity").lacking.is_empty());
    assert!(wanted("<</Subtype/Type3/BaseFont/X>>").is_none() && wanted("<<>>").is_none());
}

#[test]
fn names_are_alike_however_they_are_written() {
    for standard in
        ["Helvetica", "Arial,BoldItalic", "TimesNewRomanPSMT", "Courier-Oblique", "ABCDEF+Arial"]
    {
        assert!(simple(standard).is_standard(), "{standard}");
    }
    for other in ["Garamond", "ArialNarrowSpecial", "Hel"] {
        assert!(!simple(other).is_standard(), "{other}");
    }
    let lent = Fonts::new(vec![Arc::new(marks())], None, false);
    let library = Library::of(&lent).unwrap();
    for (name, taken) in
        [("DioMarks", true), ("Dio#20Marks-Bold", true), ("Dio", false), ("Garamond", false)]
    {
        assert_eq!(simple(name).choose(&library.entries).is_some(), taken, "{name}");
    }
    // Found once for all who have the options.
    assert!(Arc::ptr_eq(&library, &Library::of(&lent.clone()).unwrap()));
}
