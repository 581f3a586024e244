//! Annotations as they come out on a page, through the reader.

use crate::image::ImageData;
use crate::limits::Limits;
use crate::options::{PdfReading, ReadOptions};
use crate::reader;
use crate::source::Source;

/// A page of 200 x 100 points with annotations; objects from 5 on are `more`.
fn document(form: &str, annotations: &str, more: &str) -> Vec<u8> {
    format!(
        "%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R/AcroForm<</DA(/Helv 12 Tf 0 g)\
         /DR<</Font<</Helv 4 0 R>>>>{form}>>>>\nendobj\n\
         2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n\
         3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]/Annots[{annotations}]>>\nendobj\n\
         4 0 obj\n<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>\nendobj\n\
         {more}trailer\n<</Root 1 0 R>>\n"
    )
    .into_bytes()
}

fn draw(file: Vec<u8>, annotations: bool) -> ImageData {
    let pdf = PdfReading { annotations, ..PdfReading::default() };
    let limits = Limits { deadline_ms: 10_000, ..Limits::default() };
    let options = ReadOptions { dpi: 144.0, pdf, limits, ..ReadOptions::default() };
    reader::read(Source::from_bytes(file), &options).unwrap()
}

fn drawn(annotations: &str) -> ImageData {
    draw(document("", annotations, ""), true)
}

/// Left, top, right and bottom of what is not white, in points from the upper left corner.
fn ink(image: &ImageData) -> Option<[usize; 4]> {
    let layout = image.layout();
    let mut bounds: Option<[usize; 4]> = None;
    for (y, row) in image.pixels().chunks_exact(layout.stride).enumerate() {
        for (x, pixel) in row.as_chunks::<3>().0.iter().enumerate() {
            if pixel.iter().any(|sample| *sample < 128) {
                let [left, top, right, bottom] = bounds.unwrap_or([x, y, x, y]);
                bounds = Some([left.min(x), top.min(y), right.max(x), bottom.max(y)]);
            }
        }
    }
    bounds.map(|sides| sides.map(|side| side / 2))
}

fn darkness(image: &ImageData) -> u64 {
    image.pixels().iter().map(|sample| u64::from(255 - sample)).sum()
}

#[test]
fn values_are_drawn_where_their_alignment_has_them() {
    let field = |more: &str| {
        let text = format!("<</Subtype/Widget/FT/Tx/V(Hello)/Rect[20 40 180 60]{more}>>");
        ink(&drawn(&text)).unwrap()
    };
    let [left, top, right, bottom] = field("");
    // "Hello" is 27 points wide at 12.
    assert!((20..25).contains(&left) && (47..52).contains(&right), "{left} {right}");
    assert!((42..50).contains(&top) && (50..60).contains(&bottom), "{top} {bottom}");
    let centred = field("/Q 1");
    assert!((84..89).contains(&centred[0]) && (111..116).contains(&centred[2]), "{centred:?}");
    let right = field("/Q 2");
    assert!((175..180).contains(&right[2]), "{right:?}");
    // A size that fits, and two lines from the top.
    assert!(field("/DA(/Helv 0 Tf)")[2] > 55);
    let lines = field("/Ff 4096/V(a\\rb)/Rect[20 10 180 90]");
    assert!(lines[1] < 20 && (25..40).contains(&lines[3]), "{lines:?}");
}

#[test]
fn what_is_not_to_be_seen_is_not() {
    for unseen in ["/F 2", "/F 32"] {
        let text = format!("<</Subtype/Widget/FT/Tx/V(Hello){unseen}/Rect[20 40 180 60]>>");
        assert_eq!(ink(&drawn(&text)), None, "{unseen}");
    }
    assert_eq!(ink(&drawn("<</Subtype/Widget/FT/Sig/Rect[20 40 180 60]>>")), None);
    assert_eq!(ink(&drawn("<</Subtype/Popup/Open true/Contents(x)/Rect[20 40 180 60]>>")), None);
    let box_off = "<</Subtype/Widget/FT/Btn/V/Off/AS/Off/Rect[20 40 40 60]>>";
    assert_eq!(ink(&drawn(box_off)), None);
    let shown = document("", "<</Subtype/Widget/FT/Tx/V(Hello)/Rect[20 40 180 60]>>", "");
    assert_eq!(ink(&draw(shown, false)), None);
    // A password is stars.
    let secret = |value: &str| {
        drawn(&format!("<</Subtype/Widget/FT/Tx/Ff 8192/V({value})/Rect[20 40 180 60]>>"))
    };
    assert_eq!(secret("abcd").pixels(), secret("wxyz").pixels());
    assert!(ink(&secret("abcd")).is_some());
}

#[test]
fn fields_have_what_those_above_them_have_and_loops_end() {
    let parents = "5 0 obj\n<</T(a)/Parent 6 0 R/V(Hello)>>\nendobj\n\
                   6 0 obj\n<</T(b)/FT/Tx/Q 2/Parent 5 0 R>>\nendobj\n";
    let child = "<</Subtype/Widget/Parent 5 0 R/Rect[20 40 180 60]>>";
    let image = draw(document("", child, parents), true);
    assert!(ink(&image).is_some_and(|[left, ..]| left > 140));
    let round = "5 0 obj\n<</Parent 5 0 R>>\nendobj\n";
    assert_eq!(ink(&draw(document("", child, round), true)), None);
}

#[test]
fn appearances_are_made_anew_where_they_must_and_can_be() {
    let field = |more: &str| {
        format!("<</Subtype/Widget/FT/Tx/V(Hello)/AP<</N 5 0 R>>/Rect[20 40 180 60]{more}>>")
    };
    let form = |content: &str| {
        let len = content.len();
        format!(
            "5 0 obj\n<</Subtype/Form/BBox[0 0 160 20]/Length {len}/Resources<</Font<</F 4 0 R>>>>>>\nstream\n{content}\nendstream\nendobj\n"
        )
    };
    let empty = form("/Tx BMC EMC");
    let other = form("/Tx BMC BT /F 12 Tf 100 5 Td (x) Tj ET EMC");
    let image = |need: &str, more: &str, stream: &str| {
        ink(&draw(document(need, &field(more), stream), true))
    };
    let need = "/NeedAppearances true";
    assert_eq!(image("", "", &empty), None);
    assert!(image(need, "", &empty).is_some_and(|[left, ..]| left < 30));
    // What is drawn already is drawn over only where nothing of it is left.
    assert!(image(need, "", &other).is_some_and(|[left, ..]| left > 100));
    let stays = |stream: &str| draw(document(need, &field(""), stream), true).warnings;
    let said = "values of form fields that their stored appearances do not show are not drawn";
    assert_eq!(stays(&other), [said]);
    assert!(stays(&form("BT /F 12 Tf 2 5 Td (Hello) Tj ET")).is_empty());
    let covered = image(need, "/MK<</BG[1]>>", &other).unwrap();
    assert!(covered[0] < 30 && covered[2] < 60, "{covered:?}");
}

#[test]
fn free_texts_notes_and_stamps_are_drawn() {
    let free = drawn("<</Subtype/FreeText/C[1 0 0]/Contents(Hello!)/Rect[100 50 150 75]>>");
    assert_eq!(ink(&free), Some([100, 25, 149, 49]));
    let callout =
        "<</Subtype/FreeText/Contents(a)/CL[10 10 60 60]/Rect[0 0 150 95]/RD[60 55 10 10]>>";
    assert!(ink(&drawn(callout)).is_some_and(|[left, ..]| (9..12).contains(&left)));
    for kind in ["Text", "FileAttachment", "Caret", "Stamp", "Redact"] {
        let text = format!("<</Subtype/{kind}/C[1 0 0]/Rect[50 40 90 60]>>");
        let [left, top, right, bottom] = ink(&drawn(&text)).unwrap();
        assert!(left >= 49 && right <= 91 && top >= 39 && bottom <= 61, "{kind}");
    }
    let movie = drawn("<</Subtype/Movie/Rect[50 40 90 60]>>");
    let said = "Movie annotations without an appearance are not drawn";
    assert_eq!((ink(&movie), movie.warnings.as_slice()), (None, &[said.to_owned()][..]));
}

#[test]
fn buttons_and_choices_show_their_state() {
    let button = |more: &str| {
        darkness(&drawn(&format!("<</Subtype/Widget/FT/Btn/Rect[20 40 40 60]{more}>>")))
    };
    assert!(button("/AS/Yes") > 1000 && button("/V/Yes") > 1000 && button("/AS/Off/V/Yes") == 0);
    assert!(button("/AS/Yes/MK<</CA(8)>>") != button("/AS/Yes/MK<</CA(4)>>"));
    assert!(button("/Ff 32768/AS/A/MK<</BC[0]>>") > button("/Ff 32768/AS/Off/MK<</BC[0]>>"));
    assert!(button("/Ff 65536/MK<</CA(Go)>>") > 1000);
    let choice = |more: &str| {
        drawn(&format!("<</Subtype/Widget/FT/Ch/Opt[(one)[(2)(two)]]/Rect[20 20 180 80]{more}>>"))
    };
    // The value of a combo box in the words of its option.
    let (value, shown) = (choice("/Ff 131072/V(2)"), choice("/Ff 131072/V(two)"));
    assert_eq!(value.pixels(), shown.pixels());
    let lists = ["", "/V(2)", "/I[0]", "/TI 1", "/TI 9"].map(|more| darkness(&choice(more)));
    assert!(lists[1] > lists[0] && lists[2] > lists[0] && lists[3] < lists[0] && lists[4] == 0);
}

#[test]
fn hostile_numbers_and_texts_end_soon() {
    let long = "x ".repeat(30_000);
    let many =
        "<</Subtype/Widget/FT/Tx/Ff 4096/V 5 0 R/DA(/Helv 0 Tf)/Rect[0 0 200 100]>>".repeat(50);
    let stream =
        format!("5 0 obj\n<</Length {}>>\nstream\n{long}\nendstream\nendobj\n", long.len());
    let image = draw(document("", &many, &stream), true);
    assert!(image.warnings.iter().any(|said| said.contains("that are too long")));
    let cells =
        "<</Subtype/Widget/FT/Tx/Ff 16777216/MaxLen 4000000000/V(ab)/MK<</BC[0]>>/Rect[0 0 9 9]>>";
    draw(document("", cells, ""), true);
    for rect in [
        "-9999999999999999999999999999999 -9999999999999999999999999999999 9999999999999999999999999999999 9999999999999999999999999999999",
        "0 0 0 0",
        "9 9 1 1",
        "0.0000000000000000000000000000001 0 0.0000000000000000000000000000002 1",
        "",
        "(a)",
    ] {
        for kind in [
            "Widget/FT/Tx/V(a)",
            "Widget/FT/Ch/Opt[(a)]",
            "Widget/FT/Btn/AS/A",
            "FreeText",
            "Stamp",
            "Text",
            "FileAttachment",
            "Caret",
            "Redact",
            "Square",
            "Circle",
        ] {
            for border in [
                "/BS<</W 9999999999999999999999999999999/S/D/D[0.000000001]>>",
                "/BS<</W 3/S/B>>",
                "/Border[0 0 -5[0 0]]",
                "/RD[9 9 9 9]",
            ] {
                let style = "/DA(/F 1000000000 Tf)/MK<</BC[0]/BG[1 0]/R 450>>/Contents(a b)";
                let text = format!("<</Subtype/{kind}/Rect[{rect}]{border}{style}>>");
                draw(document("", &text, ""), true);
            }
        }
    }
    for line in [
        "/L[0 0 9999999999999999999999999999999 -9999999999999999999999999999999]",
        "/L[5 5 5 5]",
        "/L[1 2 3]",
        "/L[0 0 9 9]/LL 9999999999999999999999999999999/LLE -9999999999999999999999999999999",
    ] {
        draw(document("", &format!("<</Subtype/Line{line}/LE[/Circle/Slash]>>"), ""), true);
    }
}
