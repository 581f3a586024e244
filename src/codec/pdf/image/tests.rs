//! Scans and images in documents made here, read through the reader.

use flate2::Compression;
use flate2::write::ZlibEncoder;
use std::io::Write;

use crate::codec::PageSource;
use crate::error::{Kind, Result};
use crate::image::ImageData;
use crate::options::{PdfMode, PdfReading, ReadOptions, Tolerance};
use crate::pixel::PixelFormat;
use crate::reader::Reader;
use crate::source::Source;

/// A document of one page: what the page's dictionary says, what its content draws, and more objects from number 5 on.
fn document(page: &str, content: &str, objects: &[(&str, &[u8])]) -> Vec<u8> {
    let mut file = format!(
        "%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n\
         2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n\
         3 0 obj\n<</Type/Page/Parent 2 0 R/Contents 4 0 R/MediaBox[0 0 72 36]\
         /Resources<</XObject<</I 5 0 R/J 6 0 R>>\
         /Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>{page}>>\nendobj\n\
         4 0 obj\n<</Length {}>>\nstream\n{content}\nendstream\nendobj\n",
        content.len()
    )
    .into_bytes();
    for (at, (dict, data)) in objects.iter().enumerate() {
        let len = data.len();
        file.extend(format!("{} 0 obj\n<<{dict}/Length {len}>>\nstream\n", at + 5).as_bytes());
        file.extend(*data);
        file.extend(b"\nendstream\nendobj\n");
    }
    file.extend(b"trailer\n<</Root 1 0 R>>\n");
    file
}

fn reader(file: &[u8], mode: PdfMode, image: u32) -> Reader {
    let pdf = PdfReading { mode, image, ..PdfReading::default() };
    let options = ReadOptions { dpi: 100.0, pdf, ..ReadOptions::default() };
    Reader::open(Source::from_bytes(file.to_vec()), options).unwrap()
}

fn auto(file: &[u8]) -> (PageSource, ImageData) {
    let mut reader = reader(file, PdfMode::Auto, 0);
    (reader.page_info(0).unwrap().source, reader.read_page(0).unwrap())
}

fn extract(file: &[u8], image: u32) -> Result<ImageData> {
    reader(file, PdfMode::Extract, image).read_page(0)
}

fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// 4 x 2 pixels of gray.
const GRAY: &str = "/Subtype/Image/Width 4/Height 2/BitsPerComponent 8/ColorSpace/DeviceGray";
const GRAYS: &[u8] = &[0, 10, 20, 30, 200, 210, 220, 230];
const WHOLE: &str = "q 72 0 0 36 0 0 cm /I Do Q";

fn gray(page: &str, content: &str) -> (PageSource, ImageData) {
    auto(&document(page, content, &[(GRAY, GRAYS), (GRAY, GRAYS)]))
}

#[test]
fn a_scan_comes_as_it_is_stored_with_its_own_resolution() {
    let (source, image) = gray("", WHOLE);
    assert_eq!(source, PageSource::Scan);
    assert_eq!((image.layout().width, image.layout().height), (4, 2));
    assert_eq!((image.layout().format, image.pixels()), (PixelFormat::Gray8, GRAYS));
    assert_eq!(image.resolution, (4.0, 4.0));
    // Half the height for the same rows.
    let (_, image) = gray("/UserUnit 2", WHOLE);
    assert_eq!(image.resolution, (2.0, 2.0));
}

#[test]
fn a_scan_is_turned_as_the_page_is() {
    let turned = [
        ("/Rotate 90", (2, 4), [200, 0, 210, 10, 220, 20, 230, 30]),
        ("/Rotate 180", (4, 2), [230, 220, 210, 200, 30, 20, 10, 0]),
        ("/Rotate 270", (2, 4), [30, 230, 20, 220, 10, 210, 0, 200]),
    ];
    for (page, size, pixels) in turned {
        let (source, image) = gray(page, WHOLE);
        assert_eq!(source, PageSource::Scan);
        assert_eq!((image.layout().width, image.layout().height), size);
        assert_eq!(image.pixels(), pixels, "{page}");
        assert_eq!(image.orientation.degrees(), 0);
    }
    // Drawn upside down, mirrored, and on its side with a resolution of its own for each axis.
    let (_, image) = gray("", "q 72 0 0 -36 0 36 cm /I Do Q");
    assert_eq!(image.pixels(), [200, 210, 220, 230, 0, 10, 20, 30]);
    let (_, image) = gray("", "q -72 0 0 36 72 0 cm /I Do Q");
    assert_eq!(image.pixels(), [30, 20, 10, 0, 230, 220, 210, 200]);
    let (_, image) = gray("", "q 0 36 -72 0 72 0 cm /I Do Q");
    assert_eq!(image.pixels(), [30, 230, 20, 220, 10, 210, 0, 200]);
    assert_eq!(image.resolution, (2.0, 8.0));
}

#[test]
fn what_cannot_be_seen_leaves_a_scan_a_scan() {
    let text = |mode: u32| format!("BT /F 9 Tf {mode} Tr 5 5 Td (text) Tj ET");
    for content in [
        format!("{WHOLE} {}", text(3)),
        format!("{} {WHOLE}", text(0)),
        format!("1 g 0 0 72 36 re f {WHOLE}"),
        format!("{WHOLE} 0 g 100 100 5 5 re f"),
        format!("{WHOLE} BT /F 9 Tf 5 5 Td ( ) Tj ET"),
        format!("q 0 0 72 36 re W n {WHOLE} Q"),
    ] {
        assert_eq!(gray("", &content).0, PageSource::Scan, "{content}");
    }
}

#[test]
fn pages_with_more_to_see_are_drawn() {
    for content in [
        format!("{WHOLE} BT /F 9 Tf 5 5 Td (text) Tj ET"),
        format!("{WHOLE} 1 0 0 rg 3 3 9 9 re f"),
        format!("{WHOLE} 1 g 3 3 9 9 re f"),
        format!("{WHOLE} q 9 0 0 9 0 0 cm /J Do Q"),
        "q 60 0 0 36 0 0 cm /I Do Q".into(),
        "q 80 0 0 36 0 0 cm /I Do Q".into(),
        "q 72 5 -3 36 0 0 cm /I Do Q".into(),
        format!("q 0 0 30 36 re W n {WHOLE} Q"),
        format!("q 0 0 m 72 0 l 36 36 l W n {WHOLE} Q"),
        "0 g 0 0 72 36 re f q 71.5 0 0 35.8 0 0 cm /I Do Q 0 0 9 9 re f".into(),
        String::new(),
    ] {
        let (source, image) = gray("", &content);
        assert_eq!(source, PageSource::Drawn, "{content}");
        assert_eq!((image.layout().width, image.resolution), (100, (100.0, 100.0)));
    }
    let noted = "/Annots[<</Subtype/Stamp/Rect[3 3 20 20]/AP<</N 6 0 R>>>>]";
    let form = ("/Subtype/Form/BBox[0 0 9 9]", &b"1 0 0 rg 0 0 9 9 re f"[..]);
    let file = document(noted, WHOLE, &[(GRAY, GRAYS), form]);
    assert_eq!(auto(&file).0, PageSource::Drawn);
    let mut drawn = reader(&document("", WHOLE, &[(GRAY, GRAYS)]), PdfMode::Render, 0);
    assert_eq!(drawn.page_info(0).unwrap().source, PageSource::Drawn);
    assert_eq!(drawn.read_page(0).unwrap().layout().width, 100);
}

#[test]
fn images_are_extracted_one_by_one_as_they_are_stored() {
    let rgb = "/Subtype/Image/Width 1/Height 2/BitsPerComponent 8/ColorSpace/DeviceRGB";
    let content =
        "q 36 0 0 -9 0 9 cm /I Do Q q 0 9 18 0 0 0 cm /J Do Q BI/W 8/H 1/IM true ID \x5a EI";
    let file = document("/Rotate 90", content, &[(GRAY, GRAYS), (rgb, &[1, 2, 3, 4, 5, 6])]);
    let image = extract(&file, 0).unwrap();
    assert_eq!((image.pixels(), image.resolution), (GRAYS, (8.0, 16.0)));
    let image = extract(&file, 1).unwrap();
    assert_eq!(
        (image.layout().format, image.pixels()),
        (PixelFormat::Rgb888, &[3, 2, 1, 6, 5, 4][..])
    );
    let image = extract(&file, 2).unwrap();
    assert_eq!((image.layout().format, image.pixels()), (PixelFormat::Binary, &[0x5a][..]));
    let error = extract(&file, 3).unwrap_err();
    assert_eq!(error.kind(), Kind::IndexInvalid);
    assert_eq!(error.message(), "there is no image 3: the page has 3 (from 0)");
    let info = reader(&file, PdfMode::Extract, 1).page_info(0).unwrap();
    assert_eq!((info.images, info.source, info.encrypted), (3, PageSource::Stored, false));
}

fn first(dict: &str, data: &[u8], more: &[(&str, &[u8])]) -> ImageData {
    let dict = format!("/Subtype/Image{dict}");
    let mut objects = vec![(dict.as_str(), data)];
    objects.extend(more);
    extract(&document("", WHOLE, &objects), 0).unwrap()
}

#[test]
fn samples_of_every_depth_and_colour_become_pixels() {
    let of = |dict: &str, data: &[u8]| {
        let image = first(dict, data, &[]);
        (image.layout().format, image.pixels().to_vec())
    };
    let size = "/Width 3/Height 1";
    let gray = |bits: u32| format!("{size}/BitsPerComponent {bits}/ColorSpace/DeviceGray");
    assert_eq!(of(&gray(1), &[0xbf]), (PixelFormat::Binary, vec![0xa0]));
    assert_eq!(of(&format!("{}/Decode[1 0]", gray(1)), &[0xbf]), (PixelFormat::Binary, vec![0x40]));
    assert_eq!(of(&gray(2), &[0b0001_1011]), (PixelFormat::Gray8, vec![0, 85, 170]));
    assert_eq!(of(&gray(4), &[0x0f, 0x30]), (PixelFormat::Gray8, vec![0, 255, 51]));
    let wide: Vec<u8> =
        [0x102u16, 0x304, 0x506].iter().flat_map(|value| value.to_ne_bytes()).collect();
    assert_eq!(of(&gray(16), &[1, 2, 3, 4, 5, 6]), (PixelFormat::Gray16, wide));
    let indexed = |bits: u32, palette: &str| {
        format!("{size}/BitsPerComponent {bits}/ColorSpace[/Indexed/DeviceRGB 3<{palette}>]")
    };
    let colours = "ff0000 00ff00 0000ff ffffff";
    assert_eq!(
        of(&indexed(2, colours), &[0b0001_1000]),
        (PixelFormat::Rgb888, vec![0, 0, 255, 0, 255, 0, 255, 0, 0])
    );
    assert_eq!(of(&indexed(1, "ffffff 000000"), &[0b0100_0000]), (PixelFormat::Binary, vec![0xa0]));
    assert_eq!(
        of(&indexed(8, "000000 808080"), &[1, 0, 9]),
        (PixelFormat::Gray8, vec![128, 0, 128])
    );
    let inks = "/Width 1/Height 1/BitsPerComponent 8/ColorSpace/DeviceCMYK";
    assert_eq!(of(inks, &[0, 0, 0, 0]), (PixelFormat::Rgb888, vec![255; 3]));
    let inverted = format!("{inks}/Decode[1 0 1 0 1 0 1 0]");
    assert_eq!(of(&inverted, &[255; 4]), (PixelFormat::Rgb888, vec![255; 3]));
}

#[test]
fn filters_are_undone_in_their_order() {
    let dict = |filters: &str| {
        format!("/Width 4/Height 2/BitsPerComponent 8/ColorSpace/DeviceGray/Filter{filters}")
    };
    let pixels = |dict: &str, data: &[u8]| first(dict, data, &[]).pixels().to_vec();
    assert_eq!(pixels(&dict("/FlateDecode"), &deflated(GRAYS)), GRAYS);
    let up = deflated(&[2, 0, 10, 20, 30, 2, 200, 200, 200, 200]);
    let predicted = dict("/FlateDecode/DecodeParms<</Predictor 15/Columns 4>>");
    assert_eq!(pixels(&predicted, &up), GRAYS);
    let hexadecimal: String = deflated(GRAYS).iter().map(|byte| format!("{byte:02x}")).collect();
    let chain = dict("[/ASCIIHexDecode/FlateDecode]");
    assert_eq!(pixels(&chain, hexadecimal.as_bytes()), GRAYS);
    let mut lzw = weezl::encode::Encoder::with_tiff_size_switch(weezl::BitOrder::Msb, 8);
    assert_eq!(pixels(&dict("/LZWDecode"), &lzw.encode(GRAYS).unwrap()), GRAYS);
    let mut lzw = weezl::encode::Encoder::new(weezl::BitOrder::Msb, 8);
    let late = dict("/LZWDecode/DecodeParms<</EarlyChange 0>>");
    assert_eq!(pixels(&late, &lzw.encode(GRAYS).unwrap()), GRAYS);
}

#[test]
fn masks_become_alpha() {
    let dict = "/Width 4/Height 2/BitsPerComponent 8/ColorSpace/DeviceGray/SMask 6 0 R";
    let soft = "/Subtype/Image/Width 4/Height 1/BitsPerComponent 8/ColorSpace/DeviceGray";
    let image = first(dict, GRAYS, &[(soft, &[0, 100, 200, 255])]);
    assert_eq!(image.layout().format, PixelFormat::Argb8888);
    let alphas: Vec<u8> = image.pixels().iter().skip(3).step_by(4).copied().collect();
    assert_eq!(alphas, [0, 100, 200, 255, 0, 100, 200, 255]);
    let dict = "/Width 4/Height 2/BitsPerComponent 8/ColorSpace/DeviceGray/Mask 6 0 R";
    let hard = "/Subtype/Image/ImageMask true/Width 4/Height 2";
    let image = first(dict, GRAYS, &[(hard, &[0x50, 0xf0])]);
    let alphas: Vec<u8> = image.pixels().iter().skip(3).step_by(4).copied().collect();
    assert_eq!(alphas, [255, 0, 255, 0, 0, 0, 0, 0]);
    let keyed = "/Width 4/Height 2/BitsPerComponent 8/ColorSpace/DeviceGray/Mask[15 205]";
    let image = first(keyed, GRAYS, &[]);
    let alphas: Vec<u8> = image.pixels().iter().skip(3).step_by(4).copied().collect();
    assert_eq!(alphas, [255, 255, 0, 0, 0, 255, 255, 255]);
    let masked =
        document("", WHOLE, &[(&format!("/Subtype/Image{dict}"), GRAYS), (hard, &[0x50, 0xf0])]);
    assert_eq!(auto(&masked).0, PageSource::Drawn);
}

#[test]
fn a_stencil_in_black_is_a_scan_in_black_and_white() {
    let dict = "/Subtype/Image/ImageMask true/Width 4/Height 2";
    let (source, image) = auto(&document("", WHOLE, &[(dict, &[0x50, 0xf0])]));
    assert_eq!((source, image.layout().format), (PageSource::Scan, PixelFormat::Binary));
    assert_eq!(image.pixels(), [0x50, 0xf0]);
    let red = format!("1 0 0 rg {WHOLE}");
    assert_eq!(auto(&document("", &red, &[(dict, &[0x50, 0xf0])])).0, PageSource::Drawn);
}

#[test]
fn missing_data_is_damage_and_recovered_rows_are_kept() {
    let file = document("", WHOLE, &[(GRAY, &GRAYS[..5])]);
    let mut reader = reader(&file, PdfMode::Auto, 0);
    let error = reader.read_page(0).unwrap_err();
    assert_eq!(error.message(), "the data of an image ends after 1 of 2 rows");
    let options = ReadOptions { tolerance: Tolerance::Recover, ..reader.options().clone() };
    let image = reader.read_page_with(0, &options).unwrap();
    assert_eq!(image.pixels(), [0, 10, 20, 30, 0, 0, 0, 0]);
    assert_eq!(image.warnings.len(), 1);
}
