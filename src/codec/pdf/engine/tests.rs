//! What can be asked of a drawing, through the reader.

use crate::error::{Kind, Result};
use crate::image::ImageData;
use crate::options::{PdfBackground, PdfBox, PdfMode, PdfReading, ReadOptions};
use crate::pixel::PixelFormat;
use crate::reader::Reader;
use crate::source::Source;

/// A page of 144 x 72 points with a red square of 36 points at the lower left, half opaque.
fn document(page: &str) -> Vec<u8> {
    let content = "/G gs 1 0 0 rg 0 0 36 36 re f";
    format!(
        "%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n\
         2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n\
         3 0 obj\n<</Type/Page/Parent 2 0 R/Contents 4 0 R/MediaBox[0 0 144 72]\
         /Resources<</ExtGState<</G<</ca 0.5>>>>>>{page}>>\nendobj\n\
         4 0 obj\n<</Length {}>>\nstream\n{content}\nendstream\nendobj\n\
         5 0 obj\n<</Subtype/Form/BBox[0 0 9 9]/Length 19>>\nstream\n0 0 1 rg 0 0 9 9 re f\nendstream\nendobj\n\
         trailer\n<</Root 1 0 R>>\n",
        content.len()
    )
    .into_bytes()
}

fn read(page: &str, change: impl Fn(&mut ReadOptions)) -> Result<ImageData> {
    let pdf = PdfReading { mode: PdfMode::Render, ..PdfReading::default() };
    let mut options = ReadOptions { dpi: 144.0, pdf, ..ReadOptions::default() };
    change(&mut options);
    Reader::open(Source::from_bytes(document(page)), options)?.read_page(0)
}

fn size(page: &str, change: impl Fn(&mut ReadOptions)) -> (u32, u32) {
    let layout = read(page, change).unwrap().layout();
    (layout.width, layout.height)
}

#[test]
fn each_box_is_shown_as_it_is_stated_and_else_the_crop_box() {
    let page = "/CropBox[0 0 100 72]/TrimBox[18 18 90 54]/ArtBox[36 36 72 54]/BleedBox[0 0 90 72]";
    let of = |page: &str, page_box| size(page, |options| options.pdf.page_box = page_box);
    assert_eq!(of(page, PdfBox::Crop), (200, 144));
    assert_eq!(of(page, PdfBox::Trim), (144, 72));
    assert_eq!(of(page, PdfBox::Art), (72, 36));
    assert_eq!(of(page, PdfBox::Bleed), (180, 144));
    assert_eq!(of("/Rotate 90/TrimBox[18 18 90 54]", PdfBox::Trim), (72, 144));
    for page_box in [PdfBox::Media, PdfBox::Trim, PdfBox::Art, PdfBox::Bleed] {
        assert_eq!(of("", page_box), (288, 144));
    }
    // The square ends at the left edge of its box and 18 points below the upper one.
    let art = read("/ArtBox[18 0 90 54]", |options| options.pdf.page_box = PdfBox::Art).unwrap();
    let red = |x: usize, y: usize| art.pixels()[y * art.layout().stride + x * 3] < 200;
    assert!(red(35, 37) && !red(37, 37) && !red(35, 34) && red(0, 107));
    let outside = read(page, |options| options.pdf.page_box = PdfBox::Media).unwrap_err();
    assert_eq!(outside.kind(), Kind::FeatureUnsupported);
}

#[test]
fn the_longer_side_may_be_given_instead_of_the_resolution() {
    let of = |page: &str, side| size(page, |options| options.max_side = side);
    assert_eq!((of("", 100), of("/Rotate 90", 100)), ((100, 50), (50, 100)));
    assert_eq!((of("/UserUnit 3", 31), of("", 1)), ((31, 16), (1, 1)));
    let image = read("", |options| options.max_side = 100).unwrap();
    assert_eq!(image.resolution, (50.0, 50.0));
}

#[test]
fn pages_lie_on_the_background_that_is_asked_for() {
    let on = |background| read("", |options| options.pdf.background = background).unwrap();
    let corners = |image: &ImageData| {
        let (layout, pixel) = (image.layout(), image.layout().format.bits_per_pixel() / 8);
        let at = |y: u32| image.pixels()[y as usize * layout.stride..][..pixel].to_vec();
        (at(0), at(layout.height - 1))
    };
    let white = on(PdfBackground::White);
    assert_eq!(corners(&white), (vec![255; 3], vec![127, 127, 255]));
    let green = on(PdfBackground::Colour([0, 255, 0]));
    assert_eq!(corners(&green), (vec![0, 255, 0], vec![0, 127, 128]));
    let none = on(PdfBackground::Transparent);
    assert_eq!(none.layout().format, PixelFormat::Argb8888);
    let (empty, red) = corners(&none);
    assert_eq!(empty, [0; 4]);
    assert!(red[..3] == [0, 0, 255] && red[3].abs_diff(128) < 2, "{red:?}");
    // Formats without alpha lie on white all the same.
    let opaque = read("", |options| {
        options.pdf.background = PdfBackground::Transparent;
        options.pixel_format = Some(PixelFormat::Rgb888);
    });
    let apart =
        opaque.unwrap().pixels().iter().zip(white.pixels()).map(|(a, b)| a.abs_diff(*b)).max();
    assert!(apart <= Some(1));
}

#[test]
fn annotations_are_drawn_or_left_out() {
    let page = "/Annots[<</Subtype/Stamp/Rect[72 0 144 72]/AP<</N 5 0 R>>>>]";
    let last = |annotations| {
        let image = read(page, |options| options.pdf.annotations = annotations).unwrap();
        image.pixels().iter().rev().take(3).rev().copied().collect::<Vec<_>>()
    };
    assert_eq!((last(true), last(false)), (vec![255, 0, 0], vec![255; 3]));
}

#[test]
fn what_marks_text_is_drawn_without_an_appearance() {
    let shade = |image: &ImageData, x: usize, y: usize| {
        let layout = image.layout();
        let pixel = &image.pixels()[y * layout.stride + x * 3..][..3];
        [pixel[0], pixel[1], pixel[2]]
    };
    // 288 x 144 pixels, two to a point; the red square is at the lower left.
    let quad = "/QuadPoints[18 54 126 54 18 18 126 18]";
    let with = |entries: &str| read(&format!("/Annots[<<{entries}>>]"), |_| ()).unwrap();
    let image = with(&format!("/Subtype/Highlight/C[0 1 0]{quad}"));
    assert_eq!((shade(&image, 200, 72), shade(&image, 10, 10)), ([0, 255, 0], [255; 3]));
    // Red of the square shines through green as nothing but half of it.
    let [b, g, r] = shade(&image, 50, 90);
    assert!(b == 0 && r == 0 && g.abs_diff(127) < 3, "{b} {g} {r}");
    let image = with(&format!("/Subtype/Underline/C[0 0 1]{quad}"));
    assert_eq!((shade(&image, 200, 106), shade(&image, 200, 72)), ([255, 0, 0], [255; 3]));
    let image = with(&format!("/Subtype/StrikeOut/C[0]{quad}"));
    assert_eq!((shade(&image, 200, 72), shade(&image, 200, 106)), ([0; 3], [255; 3]));
    let image = with("/Subtype/Square/C[0 0 1]/IC[0 1 0]/BS<</W 4>>/Rect[72 18 126 54]");
    assert_eq!((shade(&image, 146, 72), shade(&image, 200, 72)), ([255, 0, 0], [0, 255, 0]));
    let image = with("/Subtype/Ink/C[1 0 0]/BS<</W 6>>/InkList[[72 36 140 36]]");
    assert_eq!((shade(&image, 200, 72), shade(&image, 200, 80)), ([0, 0, 255], [255; 3]));
    let image = with("/Subtype/Circle/C[0]/Rect[72 0 144 72]");
    assert!(shade(&image, 216, 1)[0] < 100 && shade(&image, 150, 5) == [255; 3]);
    for hidden in ["/F 2", "/AP<</N 5 0 R>>/Rect[0 0 1 1]"] {
        let image = with(&format!("/Subtype/Highlight{quad}{hidden}"));
        assert_eq!(shade(&image, 200, 72), [255; 3]);
    }
}

#[test]
fn what_is_not_drawn_is_named_in_a_warning() {
    let page = "/Annots[<</Subtype/Sound/Rect[0 0 9 9]>><</Subtype/Movie>><</Subtype/Widget>>\
                <</Subtype/Movie/F 2>><</Subtype/Sound>><</Subtype/Link/Rect[0 0 9 9]>>]";
    let image = read(page, |_| ()).unwrap();
    let wanted = ["Sound", "Movie"]
        .map(|kind| format!("{kind} annotations without an appearance are not drawn"));
    assert_eq!(image.warnings, wanted);
    let image = read(page, |options| options.pdf.annotations = false).unwrap();
    assert!(image.warnings.is_empty());
}
