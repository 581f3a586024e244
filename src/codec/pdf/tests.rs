//! Documents made here, read and written through the codec.

use super::Pdf;
use crate::codec::{Codec, PageSource, Pages, Picture};
use crate::error::{Kind, Result};
use crate::image::{Orientation, WHITE};
use crate::limits::{Budget, Limits};
use crate::metadata::Metadata;
use crate::options::{PdfMode, PdfReading, ReadOptions, SaveOptions};
use crate::pixel::{Canvas, Layout, PixelFormat, PixelView};
use crate::sink::Sink;
use crate::source::Source;

fn budget() -> Budget {
    Budget::new(Limits::default(), None)
}

/// Pages are drawn: [`super::image`] has the tests of scans.
fn options(dpi: f64) -> ReadOptions {
    let pdf = PdfReading { mode: PdfMode::Render, ..PdfReading::default() };
    ReadOptions { dpi, pdf, ..ReadOptions::default() }
}

fn open(bytes: &[u8], options: &ReadOptions) -> Result<Box<dyn Pages>> {
    Pdf.open(&Source::from_bytes(bytes.to_vec()), options, &budget())
}

/// Size and pixels of a page.
fn draw(bytes: &[u8], page: u32, dpi: f64, format: PixelFormat) -> Result<(Layout, Vec<u8>)> {
    let (options, budget) = (options(dpi), budget());
    let mut pages = open(bytes, &options)?;
    let header = pages.header(page, &options, &budget)?;
    let layout = Layout::tight(header.width, header.height, format)?;
    let mut pixels = vec![0; layout.size()];
    let mut canvas = Canvas::new(&mut pixels, layout, WHITE, &budget)?;
    pages.decode(page, &options, &mut canvas)?;
    Ok((layout, pixels))
}

/// A document of one page: what the page's dictionary says and what its content draws. Without a cross-reference
/// table, which readers make up for.
fn document(page: &str, content: &str) -> Vec<u8> {
    format!(
        "%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n\
         2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n\
         3 0 obj\n<</Type/Page/Parent 2 0 R/Contents 4 0 R {page}>>\nendobj\n\
         4 0 obj\n<</Length {}>>\nstream\n{content}\nendstream\nendobj\n\
         trailer\n<</Root 1 0 R/Size 5>>\n",
        content.len()
    )
    .into_bytes()
}

/// 72 x 36 points, the left half blue.
fn half_blue(page: &str) -> Vec<u8> {
    document(&format!("/MediaBox[0 0 72 36] {page}"), "0 0 1 rg 0 0 36 36 re f")
}

fn picture<'a>(
    pixels: &'a [u8],
    layout: Layout,
    metadata: &'a Metadata,
    budget: &'a Budget,
) -> Picture<'a> {
    let format = Pdf.stored_as(layout.format, &SaveOptions::default()).unwrap();
    let view = PixelView::new(pixels, layout).unwrap();
    let mut picture = Picture::new(view, format, WHITE, metadata, budget);
    picture.resolution = (100.0, 100.0);
    picture
}

fn write(picture: &Picture<'_>, options: &SaveOptions) -> Result<Vec<u8>> {
    let mut sink = Sink::memory();
    Pdf.encode(picture, options, &mut sink, &budget())?;
    sink.finish().map(|bytes| bytes.to_vec())
}

/// Samples that differ everywhere; bits past the end of bilevel rows are zero.
fn noise(layout: Layout) -> Vec<u8> {
    let mut state = 1u32;
    let mut pixels: Vec<u8> = std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    })
    .take(layout.size())
    .collect();
    if layout.format.is_packed_bits() {
        for row in pixels.chunks_mut(layout.stride) {
            crate::pixel::convert::clear_tail(row, layout.width as usize);
        }
    }
    pixels
}

#[test]
fn the_signature_is_found_behind_junk_but_not_far_behind() {
    let at = |place: usize| {
        let mut head = vec![b' '; place];
        head.extend(b"%PDF-1.4");
        Pdf.recognizes(&head)
    };
    assert!(at(0) && at(1019));
    assert!(!at(1020) && !Pdf.recognizes(b"%PD"));
}

#[test]
fn a_rectangle_is_drawn_where_it_lies_and_the_rest_is_white() {
    let (layout, pixels) = draw(&half_blue(""), 0, 100.0, PixelFormat::Bgr888).unwrap();
    assert_eq!((layout.width, layout.height), (100, 50));
    for row in pixels.chunks(layout.stride) {
        assert!(row[..150].as_chunks::<3>().0.iter().all(|pixel| *pixel == [0, 0, 255]));
        assert!(row[150..].iter().all(|sample| *sample == 255));
    }
}

#[test]
fn the_header_tells_what_decoding_returns() {
    let options = options(150.0);
    let mut pages = open(&half_blue(""), &options).unwrap();
    assert_eq!(pages.count(&budget()).unwrap(), 1);
    let header = pages.header(0, &options, &budget()).unwrap();
    assert_eq!((header.width, header.height), (150, 75));
    assert_eq!((header.native, header.bits, header.samples), (PixelFormat::Rgb888, 8, 3));
    assert_eq!((header.resolution, header.orientation), ((150.0, 150.0), 1));
    assert_eq!(header.source, PageSource::Drawn);
}

#[test]
fn rotation_crop_box_and_user_unit_shape_the_page() {
    let (layout, pixels) = draw(&half_blue("/Rotate 90"), 0, 100.0, PixelFormat::Gray8).unwrap();
    assert_eq!((layout.width, layout.height), (50, 100));
    // Turned clockwise: what was left is on top.
    assert!(pixels[0] < 100 && pixels[pixels.len() - 1] == 255);
    let size = |page: &str| {
        let (layout, _) = draw(&half_blue(page), 0, 100.0, PixelFormat::Gray8).unwrap();
        (layout.width, layout.height)
    };
    assert_eq!(size("/CropBox[0 0 36 18]"), (50, 25));
    assert_eq!(size("/UserUnit 2"), (200, 100));
    let (letter, _) = draw(&document("", ""), 0, 100.0, PixelFormat::Gray8).unwrap();
    assert_eq!((letter.width, letter.height), (850, 1100));
}

#[test]
fn pages_past_the_end_and_files_without_pages_are_errors() {
    let mut pages = open(&half_blue(""), &options(300.0)).unwrap();
    let error = pages.header(1, &options(300.0), &budget()).unwrap_err();
    assert_eq!(error.kind(), Kind::PageInvalid);
    let empty = b"%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n\
        2 0 obj\n<</Type/Pages/Kids[]/Count 0>>\nendobj\ntrailer\n<</Root 1 0 R>>\n";
    for bytes in [&empty[..], b"%PDF-1.7\n", b"%PDF-1.7\nnothing of the kind"] {
        assert_eq!(open(bytes, &options(300.0)).err().unwrap().kind(), Kind::Damaged);
    }
}

#[test]
fn pages_that_cannot_be_held_are_refused() {
    let bytes = document("/MediaBox[0 0 14400 14400]", "");
    let kind = |result: Result<(Layout, Vec<u8>)>| result.unwrap_err().kind();
    assert_eq!(kind(draw(&bytes, 0, 3000.0, PixelFormat::Gray8)), Kind::LimitExceeded);
    let inline = document("/MediaBox[0 0 72 72]", "BI /W 99999 /H 99999 /BPC 1 /CS /G ID x EI");
    assert_eq!(kind(draw(&inline, 0, 100.0, PixelFormat::Gray8)), Kind::LimitExceeded);
    let image = "q 72 0 0 72 0 0 cm /I Do Q";
    let page = "/MediaBox[0 0 72 72]/Resources<</XObject<</I 5 0 R>>>>";
    let mut bytes = document(page, image);
    bytes.extend(
        b"5 0 obj\n<</Subtype/Image/Width 99999/Height 99999/BitsPerComponent 1\
          /ColorSpace/DeviceGray/Length 1>>\nstream\nx\nendstream\nendobj\n",
    );
    assert_eq!(kind(draw(&bytes, 0, 100.0, PixelFormat::Gray8)), Kind::LimitExceeded);
}

#[test]
fn an_image_that_cannot_be_decoded_is_damage() {
    let page = "/MediaBox[0 0 72 72]/Resources<</XObject<</I 5 0 R>>>>";
    let mut bytes = document(page, "q 72 0 0 72 0 0 cm /I Do Q");
    bytes.extend(
        b"5 0 obj\n<</Subtype/Image/Width 9/Height 9/BitsPerComponent 8/Filter/DCTDecode\
          /ColorSpace/DeviceGray/Length 4>>\nstream\nnope\nendstream\nendobj\n",
    );
    let error = draw(&bytes, 0, 100.0, PixelFormat::Gray8).unwrap_err();
    assert_eq!(error.kind(), Kind::Damaged);
}

#[test]
fn a_deadline_and_a_cancel_stop_the_drawing() {
    let late = Budget::new(Limits { deadline_ms: 0, ..Limits::default() }, None);
    let stopped = Budget::new(Limits::default(), Some(std::sync::Arc::new(|_, _| true)));
    for (budget, kind) in [(late, Kind::Timeout), (stopped, Kind::Cancelled)] {
        let options = options(100.0);
        let mut pages = open(&half_blue(""), &options).unwrap();
        let layout = Layout::tight(100, 50, PixelFormat::Gray8).unwrap();
        let mut pixels = vec![0; layout.size()];
        let mut canvas = Canvas::new(&mut pixels, layout, WHITE, &budget).unwrap();
        assert_eq!(pages.decode(0, &options, &mut canvas).unwrap_err().kind(), kind);
    }
}

#[test]
fn deeply_nested_files_neither_overflow_the_stack_nor_hang() {
    let deep = "[".repeat(200_000);
    let nested_groups = "q ".repeat(100_000);
    for bytes in [
        half_blue(&format!("/Deep {deep}")),
        half_blue(&format!("/Deep {}", "<</A".repeat(100_000))),
        document("/MediaBox[0 0 72 72]", &nested_groups),
        document("/MediaBox[0 0 72 72]", &deep),
    ] {
        let _ = draw(&bytes, 0, 100.0, PixelFormat::Gray8);
    }
    // A form that draws itself.
    let mut endless = document("/MediaBox[0 0 72 72]/Resources<</XObject<</F 5 0 R>>>>", "/F Do");
    endless.extend(
        b"5 0 obj\n<</Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</F 5 0 R>>>>/Length 5>>\n\
          stream\n/F Do\nendstream\nendobj\n",
    );
    let _ = draw(&endless, 0, 100.0, PixelFormat::Gray8);
}

#[test]
fn forms_that_multiply_are_stopped() {
    let mut bytes = document("/MediaBox[0 0 72 72]/Resources<</XObject<</F 5 0 R>>>>", "/F Do");
    for number in 5..20 {
        let form = format!(
            "{number} 0 obj\n<</Subtype/Form/BBox[0 0 1 1]/Resources<</XObject<</F {} 0 R>>>>\
             /Length 60>>\nstream\n{}\nendstream\nendobj\n",
            number + 1,
            "/F Do ".repeat(10)
        );
        bytes.extend(form.into_bytes());
    }
    let error = draw(&bytes, 0, 100.0, PixelFormat::Gray8).unwrap_err();
    assert_eq!(error.kind(), Kind::Damaged, "{error}");
}

#[test]
fn an_encrypted_file_needs_its_password() {
    // Revision 2, RC4 with 40 bits, made by the algorithms 2 to 4 of ISO 32000-1, 7.6.3.
    let objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 72 72]>>",
        "<</Filter/Standard/V 1/R 2/P -4\
         /O<92fe0f4454ad4c9644693f33c07cb54f587dce1e2682fe9ecea6107a1ef630dd>\
         /U<902d6c0d6b77adef97ca1c71e49308c613b917b2ad6ef711a0cb410737994360>>>",
    ];
    let mut text = String::from("%PDF-1.7\n");
    let mut table = String::from("xref\n0 5\n0000000000 65535 f\r\n");
    for (index, object) in objects.iter().enumerate() {
        table += &format!("{:010} 00000 n\r\n", text.len());
        text += &format!("{} 0 obj\n{object}\nendobj\n", index + 1);
    }
    let start = text.len();
    text += &format!(
        "{table}trailer\n<</Size 5/Root 1 0 R/Encrypt 4 0 R\
         /ID[(0123456789abcdef)(0123456789abcdef)]>>\nstartxref\n{start}\n%%EOF\n"
    );
    let with = |password: Option<&str>| {
        let password = password.map(String::from);
        open(text.as_bytes(), &ReadOptions { password, ..ReadOptions::default() }).map(drop)
    };
    assert_eq!(with(None).unwrap_err().kind(), Kind::PasswordRequired);
    assert_eq!(with(Some("wrong")).unwrap_err().kind(), Kind::PasswordRequired);
    with(Some("secret")).unwrap();
    with(Some("owner")).unwrap();
}

#[test]
fn a_file_cut_anywhere_is_an_image_or_an_error() {
    let layout = Layout::tight(9, 7, PixelFormat::Bgr888).unwrap();
    let (pixels, metadata, budget) = (noise(layout), Metadata::default(), budget());
    let bytes = write(&picture(&pixels, layout, &metadata, &budget), &SaveOptions::default());
    let bytes = bytes.unwrap();
    for len in (0..bytes.len()).step_by(7) {
        if let Err(error) = draw(&bytes[..len], 0, 100.0, PixelFormat::Gray8) {
            assert_eq!(error.kind(), Kind::Damaged, "{len}: {error}");
        }
    }
}

#[test]
fn what_is_written_is_drawn_again_pixel_for_pixel() {
    let formats = [
        PixelFormat::Binary,
        PixelFormat::BinaryInverted,
        PixelFormat::Binary8,
        PixelFormat::Gray8,
        PixelFormat::Rgb888,
        PixelFormat::Bgr888,
    ];
    let (metadata, budget) = (Metadata::default(), budget());
    for format in formats {
        for (width, height) in [(1, 1), (9, 7), (250, 123)] {
            let layout = Layout::tight(width, height, format).unwrap();
            let mut pixels = noise(layout);
            if format == PixelFormat::Binary8 {
                pixels.iter_mut().for_each(|pixel| *pixel = if *pixel < 128 { 0 } else { 255 });
            }
            let picture = picture(&pixels, layout, &metadata, &budget);
            for level in [0, 1, 6] {
                let options = SaveOptions { level, ..SaveOptions::default() };
                let bytes = write(&picture, &options).unwrap();
                let (drawn, back) = draw(&bytes, 0, 100.0, format).unwrap();
                assert_eq!((drawn.width, drawn.height), (width, height));
                assert!(back == pixels, "{format:?}, {width} x {height}, level {level}");
            }
        }
    }
}

#[test]
fn transparent_pixels_are_written_as_a_mask() {
    let layout = Layout::tight(3, 1, PixelFormat::Abgr8888).unwrap();
    let pixels = [200, 0, 0, 255, 0, 200, 0, 0, 100, 100, 100, 255];
    let (metadata, budget) = (Metadata::default(), budget());
    let bytes = write(&picture(&pixels, layout, &metadata, &budget), &SaveOptions::default());
    let (_, drawn) = draw(&bytes.unwrap(), 0, 100.0, PixelFormat::Bgr888).unwrap();
    assert_eq!(drawn, [200, 0, 0, 255, 255, 255, 100, 100, 100]);
}

#[test]
fn wide_samples_and_inks_are_drawn_close_to_what_they_were() {
    let (metadata, budget) = (Metadata::default(), budget());
    for format in [PixelFormat::Gray16, PixelFormat::Rgb161616, PixelFormat::Argb16161616] {
        let layout = Layout::tight(31, 5, format).unwrap();
        let samples = layout.size() / 2;
        let pixels: Vec<u8> = (0..samples)
            .flat_map(|at| {
                let opaque = format.has_alpha() && at % 4 == 3;
                if opaque { u16::MAX } else { (at * 257 % 65_536) as u16 }.to_ne_bytes()
            })
            .collect();
        let bytes = write(&picture(&pixels, layout, &metadata, &budget), &SaveOptions::default());
        let (_, back) = draw(&bytes.unwrap(), 0, 100.0, format).unwrap();
        let pairs = back.as_chunks::<2>().0.iter().zip(pixels.as_chunks::<2>().0);
        let apart = pairs.map(|(a, b)| u16::from_ne_bytes(*a).abs_diff(u16::from_ne_bytes(*b)));
        assert!(apart.max() <= Some(257), "{format:?}");
    }
    let layout = Layout::tight(2, 1, PixelFormat::Cmyk8888).unwrap();
    let bytes = write(
        &picture(&[0, 0, 0, 0, 0, 0, 0, 255], layout, &metadata, &budget),
        &SaveOptions::default(),
    );
    let (_, gray) = draw(&bytes.unwrap(), 0, 100.0, PixelFormat::Gray8).unwrap();
    assert!(gray[0] == 255 && gray[1] < 60, "{gray:?}");
}

#[test]
fn an_orientation_is_written_as_rotate() {
    let layout = Layout::tight(2, 1, PixelFormat::Gray8).unwrap();
    let (metadata, budget) = (Metadata::default(), budget());
    let mut picture = picture(&[10, 200], layout, &metadata, &budget);
    picture.orientation = Orientation::Right;
    let bytes = write(&picture, &SaveOptions::default()).unwrap();
    let (turned, pixels) = draw(&bytes, 0, 100.0, PixelFormat::Gray8).unwrap();
    assert_eq!((turned.width, turned.height, pixels), (1, 2, vec![10, 200]));
}

#[test]
fn xmp_and_profiles_go_into_the_document_and_nothing_depends_on_the_day() {
    let mut icc = vec![0; 200];
    icc[16..20].copy_from_slice(b"GRAY");
    let xmp = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'/>".to_vec();
    let metadata = Metadata { icc: Some(icc), exif: None, xmp: Some(xmp.clone()) };
    let (layout, budget) = (Layout::tight(1, 1, PixelFormat::Gray8).unwrap(), budget());
    let picture = picture(&[7], layout, &metadata, &budget);
    let bytes = write(&picture, &SaveOptions::default()).unwrap();
    assert!(bytes.windows(9).any(|bytes| bytes == b"/ICCBased"));
    let header = open(&bytes, &options(300.0)).unwrap().header(0, &options(300.0), &budget);
    assert_eq!(header.unwrap().metadata.xmp, Some(xmp));
    assert_eq!(bytes, write(&picture, &SaveOptions::default()).unwrap());
}

#[test]
fn a_cancelled_or_full_save_is_an_error() {
    let stopped = Budget::new(Limits::default(), Some(std::sync::Arc::new(|done, _| done > 1)));
    let layout = Layout::tight(3, 3, PixelFormat::Gray8).unwrap();
    let metadata = Metadata::default();
    let error = write(&picture(&[0; 9], layout, &metadata, &stopped), &SaveOptions::default());
    assert_eq!(error.unwrap_err().kind(), Kind::Cancelled);
}
