//! Fonts that a document does not bring: lent by the caller, found in a folder, missed by name, or hostile.

use std::sync::Arc;

use dio::error::Kind;
use dio::image::ImageData;
use dio::limits::Limits;
use dio::options::{Fonts, PdfMode, PdfReading, ReadOptions};
use dio::reader;
use dio::source::Source;

const MARKS: &[u8] = include_bytes!("data/marks.ttf");

/// A page of 300 x 60 points that shows `text` (a string of the font's codes) at 30 points; objects 5 and on are the font's.
fn document(text: &str, font: &[(u32, Vec<u8>)], page: &str) -> Vec<u8> {
    let content = format!("BT /F 30 Tf 10 20 Td {text} Tj ET");
    let page = format!(
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 60]/Contents 4 0 R\
         /Resources<</Font<</F 5 0 R>>>>{page}>>"
    );
    let mut objects: Vec<(u32, Vec<u8>)> = vec![
        (1, b"<</Type/Catalog/Pages 2 0 R/AcroForm<</DR<</Font<</F 5 0 R>>>>>>>>".to_vec()),
        (2, b"<</Type/Pages/Kids[3 0 R]/Count 1>>".to_vec()),
        (3, page.into_bytes()),
        (4, stream("", content.as_bytes())),
    ];
    objects.extend(font.iter().cloned());
    let mut file = b"%PDF-1.7\n".to_vec();
    for (number, body) in objects {
        file.extend(format!("{number} 0 obj\n").bytes());
        file.extend(body);
        file.extend(b"\nendobj\n");
    }
    file.extend(b"trailer\n<</Root 1 0 R>>\n");
    file
}

fn stream(entries: &str, bytes: &[u8]) -> Vec<u8> {
    let head = format!("<</Length {}{entries}>>\nstream\n", bytes.len());
    [head.as_bytes(), bytes, b"\nendstream"].concat()
}

/// The glyph of a character in the font of the tests.
fn glyph(character: char) -> u32 {
    let number = |at: usize| u32::from_be_bytes(*MARKS[at..].first_chunk().unwrap());
    let entry = MARKS.windows(4).position(|tag| tag == b"cmap").unwrap();
    let groups = number(entry + 8) as usize + 12;
    let code = u32::from(character);
    let mut all = (0..number(groups + 12) as usize).map(|at| groups + 16 + at * 12);
    let found = all.find(|at| (number(*at)..=number(at + 4)).contains(&code));
    found.map_or(0, |at| number(at + 8) + code - number(at))
}

/// A document that embeds the font and shows the text with it.
fn embedded(text: &str) -> Vec<u8> {
    let codes: String = text.chars().map(|one| format!("{:04x}", glyph(one))).collect();
    let font = [
        (
            5,
            "<</Type/Font/Subtype/Type0/BaseFont/DioMarks/Encoding/Identity-H/DescendantFonts[6 0 R]>>",
        ),
        (
            6,
            "<</Type/Font/Subtype/CIDFontType2/BaseFont/DioMarks/DW 700/CIDToGIDMap/Identity\
             /CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/FontDescriptor 7 0 R>>",
        ),
        (7, "<</Type/FontDescriptor/FontName/DioMarks/Flags 4/FontFile2 8 0 R>>"),
    ];
    let font = font.map(|(number, body)| (number, body.into()));
    let file = [(8, stream(&format!("/Length1 {}", MARKS.len()), MARKS))];
    document(&format!("<{codes}>"), &[&font[..], &file].concat(), "")
}

/// A font of one-byte codes whose names are those of `names`.
fn simple(base: &str, names: &str) -> Vec<(u32, Vec<u8>)> {
    let widths = "700 ".repeat(names.split('/').count() - 1);
    let last = names.split('/').count() - 1;
    let font = format!(
        "<</Type/Font/Subtype/TrueType/BaseFont/{base}/FirstChar 1/LastChar {last}/Widths[{widths}]\
         /Encoding<</BaseEncoding/WinAnsiEncoding/Differences[1 {names}]>>/FontDescriptor 6 0 R>>"
    );
    let descriptor = format!("<</Type/FontDescriptor/FontName/{base}/Flags 32>>");
    vec![(5, font.into_bytes()), (6, descriptor.into_bytes())]
}

/// A CID font of a script, with a predefined CMap of UCS-2.
fn wide(base: &str, cmap: &str, ordering: &str) -> Vec<(u32, Vec<u8>)> {
    let font = format!(
        "<</Type/Font/Subtype/Type0/BaseFont/{base}/Encoding/{cmap}/DescendantFonts[6 0 R]>>"
    );
    let part = format!(
        "<</Type/Font/Subtype/CIDFontType0/BaseFont/{base}/DW 700\
         /CIDSystemInfo<</Registry(Adobe)/Ordering({ordering})/Supplement 2>>/FontDescriptor 7 0 R>>"
    );
    let descriptor = format!("<</Type/FontDescriptor/FontName/{base}/Flags 4>>");
    vec![(5, font.into_bytes()), (6, part.into_bytes()), (7, descriptor.into_bytes())]
}

fn ucs2(text: &str) -> String {
    let codes: String = text.chars().map(|one| format!("{:04x}", u32::from(one))).collect();
    format!("<{codes}>")
}

fn lent(bytes: &[u8]) -> Fonts {
    Fonts::new(vec![Arc::new(bytes.to_vec())], None, false)
}

fn options(fonts: Fonts) -> ReadOptions {
    let pdf = PdfReading { mode: PdfMode::Render, ..PdfReading::default() };
    ReadOptions { dpi: 144.0, pdf, fonts, ..ReadOptions::default() }
}

fn read(file: &[u8], fonts: Fonts) -> ImageData {
    reader::read(Source::from_bytes(file.to_vec()), &options(fonts)).unwrap()
}

/// Pixels that are dark in one picture and light in the other, and dark ones of the first.
fn apart(a: &ImageData, b: &ImageData) -> (usize, usize) {
    assert_eq!(a.layout(), b.layout());
    let dark = |sample: &u8| *sample < 128;
    let pairs = a.pixels().iter().zip(b.pixels());
    let differing = pairs.filter(|(a, b)| dark(a) != dark(b)).count();
    (differing, a.pixels().iter().filter(|sample| dark(sample)).count())
}

fn alike(a: &ImageData, b: &ImageData, what: &str) {
    let (differing, ink) = apart(a, b);
    assert!(ink > 1000 && differing * 50 < ink, "{what}: {differing} of {ink} differ");
    assert!(a.warnings.is_empty(), "{what}: {:?}", a.warnings);
}

#[test]
fn texts_without_a_font_look_as_with_the_font_that_is_lent() {
    // Latin-2, Cyrillic and Greek by the names of glyphs, under a name of its own and under those of standard fonts.
    let wanted = read(&embedded("ĄłőЖдΦβ"), Fonts::default());
    let names = "/Aogonek/lslash/ohungarumlaut/afii10024/afii10069/Phi/beta";
    for base in ["DioMarks", "Dio#20Marks,Bold", "Unknown", "ArialCE"] {
        let file = document("<01020304050607>", &simple(base, names), "");
        alike(&read(&file, lent(MARKS)), &wanted, base);
    }
    // The engine draws out what stands in for a standard font to the widths of that.
    let file = document("<01020304050607>", &simple("Helvetica", names), "");
    let drawn = read(&file, lent(MARKS));
    let (differing, ink) = apart(&drawn, &wanted);
    assert!(differing * 4 < ink && drawn.warnings.is_empty(), "{differing} of {ink}");
    for (base, cmap, ordering, text) in [
        ("HeiseiMin-W3", "UniJIS-UCS2-H", "Japan1", "日本語東京あア"),
        ("STSong-Light", "UniGB-UCS2-H", "GB1", "们这国时中文"),
        ("MSung-Light", "UniCNS-UCS2-H", "CNS1", "們這國時中文"),
        ("HYSMyeongJo-Medium", "UniKS-UCS2-H", "Korea1", "한국어가나다"),
    ] {
        let wanted = read(&embedded(text), Fonts::default());
        let file = document(&ucs2(text), &wide(base, cmap, ordering), "");
        alike(&read(&file, lent(MARKS)), &wanted, base);
        let without = read(&file, Fonts::default());
        let message =
            format!("the font {base} is not embedded and not found: characters of it are missing");
        assert_eq!(without.warnings, [message]);
    }
}

#[test]
fn a_folder_is_as_good_as_bytes_and_no_folder_is_an_error() {
    let folder = std::env::temp_dir().join(format!("dio-fonts-{}", std::process::id()));
    std::fs::create_dir_all(folder.join("deeper")).unwrap();
    std::fs::write(folder.join("broken.ttf"), b"\0\x01\0\0 no font").unwrap();
    std::fs::write(folder.join("deeper/marks.ttf"), MARKS).unwrap();
    let file = document("<010203>", &simple("Unknown", "/Aogonek/afii10024/Phi"), "");
    let found = read(&file, Fonts::new(Vec::new(), Some(folder.clone()), false));
    alike(&found, &read(&embedded("ĄЖΦ"), Fonts::default()), "a folder");
    // A font counts for the memory of a call.
    let small = Limits { max_memory: 1_200_000, ..Limits::default() };
    let many = vec![Arc::new(vec![0; 2_000_000])];
    let least = ReadOptions { limits: small, ..options(Fonts::new(many, None, false)) };
    let error = reader::read(Source::from_bytes(file.clone()), &least).unwrap_err();
    assert_eq!(error.kind(), Kind::LimitExceeded, "{error}");
    std::fs::remove_dir_all(&folder).unwrap();
    let gone = options(Fonts::new(Vec::new(), Some(folder), false));
    let error = reader::read(Source::from_bytes(file), &gone).unwrap_err();
    assert_eq!(error.kind(), Kind::FileNotFound);
    assert!(error.message().starts_with("`font_folder`"), "{error}");
}

#[test]
fn fonts_that_are_not_there_are_named_and_standard_ones_are_not() {
    let said = |base: &str, names: &str| {
        let file = document("<0102>", &simple(base, names), "");
        read(&file, Fonts::default()).warnings.to_vec()
    };
    for standard in
        ["Helvetica", "Arial,Bold", "ArialMT", "TimesNewRomanPS-BoldItalicMT", "CourierNew"]
    {
        assert!(said(standard, "/A/eacute").is_empty(), "{standard}");
    }
    let other = "the font Garamond is not embedded and not found: another is drawn instead";
    assert_eq!(said("Garamond", "/A/eacute"), [other]);
    let missing = "the font ABCDEF is not embedded and not found: characters of it are missing";
    assert_eq!(said("ABCDEF", "/Aogonek/A"), [missing]);
    // A font that the page has and does not use.
    let file = document("", &simple("Garamond", "/A"), "");
    let file = String::from_utf8(file).unwrap().replace("/F 30 Tf", "        ");
    assert!(read(file.as_bytes(), Fonts::default()).warnings.is_empty());
    let none = read(&document("<01>", &simple("Helvetica", "/A"), ""), lent(b"no font"));
    assert_eq!(none.warnings, ["`fonts[0]` is no font that can be read"]);
}

#[test]
fn fields_are_filled_in_with_fonts_that_are_lent() {
    let field = "/Annots[<</Type/Annot/Subtype/Widget/FT/Tx/F 4/Rect[10 10 290 50]\
                 /DA(/F 30 Tf 0 g)/V<feff041600650438>>>]";
    let file = document("()", &simple("Helvetica", "/A/e"), field);
    let without = read(&file, Fonts::default());
    let said = "characters that no font has (U+0416, U+0438) are not drawn";
    assert_eq!(without.warnings, [said]);
    let with = read(&file, lent(MARKS));
    assert!(with.warnings.is_empty(), "{:?}", with.warnings);
    assert!(apart(&with, &without).0 > 1000);
}

#[test]
fn mutated_fonts_neither_crash_nor_hang() {
    let names = "/Aogonek/lslash/afii10024/Phi";
    let field =
        "/Annots[<</Subtype/Widget/FT/Tx/Rect[10 10 290 50]/DA(/F 30 Tf 0 g)/V<feff04160438>>>]";
    let file = document("<01020304>", &simple("Unknown", names), field);
    let (mut seed, mut drawn) = (0x9e37_79b9_u32, 0);
    let mut random = |most: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 17;
        seed ^= seed << 5;
        seed as usize % most
    };
    for round in 0..300 {
        let mut bytes = MARKS.to_vec();
        // The tables that say how the rest is laid out are at the beginning; the rest is glyphs.
        let reach = if round % 2 == 0 { 6000 } else { bytes.len() };
        for _ in 0..=round % 8 {
            let at = random(reach);
            bytes[at] = [0, 1, 0x7f, 0x80, 0xff, bytes[at] ^ 1 << random(8)][random(6)];
        }
        if round % 10 == 9 {
            bytes.truncate(random(bytes.len()));
        }
        let limits = Limits { deadline_ms: 10_000, ..Limits::default() };
        let options = ReadOptions { limits, dpi: 100.0, ..options(lent(&bytes)) };
        match reader::read(Source::from_bytes(file.clone()), &options) {
            Ok(_) => drawn += 1,
            // A panic of the parser would be a bug of the library.
            Err(error) => assert_ne!(error.kind(), Kind::Internal, "round {round}: {error}"),
        }
    }
    assert!(drawn > 250);
}
