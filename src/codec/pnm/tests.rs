//! What PBM, PGM, PPM and PAM are read and written.

use super::*;
use crate::codec::testing::{self, read, sample};
use crate::error::Kind;

fn native(format: PixelFormat, samples: &[u16]) -> (PixelFormat, Vec<u8>) {
    (format, samples.iter().flat_map(|sample| sample.to_ne_bytes()).collect())
}

fn pixels(file: &[u8]) -> (PixelFormat, Vec<u8>) {
    let (header, pixels) = read(&Pnm, file).unwrap();
    (header.native, pixels)
}

#[test]
fn what_is_written_is_read_again() {
    testing::stands_round_trips(&Pnm);
}

#[test]
fn cut_and_changed_files_are_errors_or_images() {
    use PixelFormat as F;
    let formats = [F::Binary, F::Gray8, F::Gray16, F::Rgb888, F::Rgb161616, F::Argb8888];
    let plain = [&b"P1 3 2 010\n1 0 1"[..], b"P2\n2 2\n9\n1 2 3 4\n", b"P3 1 2 99 1 2 3 4 5 6 "];
    let samples = formats.map(|format| sample(&Pnm, 5, 3, format));
    for file in samples.iter().map(Vec::as_slice).chain(plain) {
        testing::stands_changes(&Pnm, file);
        testing::reads_into_any_format(&Pnm, file);
    }
    // A number that lost its last digit is still one, so plain files cannot be tried this way.
    samples.iter().for_each(|file| testing::stands_cuts(&Pnm, file));
}

#[test]
fn bits_are_black_and_comments_are_skipped() {
    assert_eq!(pixels(b"P4\n# by hand\n3 1\n\xa0"), (PixelFormat::Binary, vec![0b0100_0000]));
    assert_eq!(pixels(b"P1 # bits\n3#wide\n1 1#one\n01"), (PixelFormat::Binary, vec![0b0100_0000]));
    assert_eq!(
        pixels(b"P7\nWIDTH 2\nHEIGHT 1\n# here\n\nDEPTH 1\nMAXVAL 1\nTUPLTYPE BLACKANDWHITE\nENDHDR\n\x01\x00"),
        (PixelFormat::Binary, vec![0b1000_0000])
    );
}

#[test]
fn samples_are_scaled_to_the_full_range() {
    assert_eq!(pixels(b"P5 3 1 3\n\x00\x01\x03"), (PixelFormat::Gray8, vec![0, 85, 255]));
    assert_eq!(
        pixels(b"P2 3 1 1023 0 512 1023"),
        native(PixelFormat::Gray16, &[0, 32_800, 65_535])
    );
    assert_eq!(pixels(b"P3 1 1 15 15 0 1"), (PixelFormat::Rgb888, vec![17, 0, 255]));
    assert_eq!(
        pixels(b"P6 1 1 65535\n\x01\x02\x03\x04\x05\x06"),
        native(PixelFormat::Rgb161616, &[0x506, 0x304, 0x102])
    );
    assert_eq!(
        pixels(b"P7\nWIDTH 1\nHEIGHT 1\nDEPTH 2\nMAXVAL 255\nTUPLTYPE GRAYSCALE_ALPHA\nENDHDR\n\x07\x09"),
        (PixelFormat::Argb8888, vec![7, 7, 7, 9])
    );
}

#[test]
fn headers_that_make_no_sense_are_damage() {
    for file in [
        &b"P5 0 1 255\n"[..],
        b"P5 -1 1 255\n0",
        b"P5 1 1 0\n0",
        b"P5 1 1 65536\n00",
        b"P5 99999999999 1 255\n0",
        b"P2 1 1 7 8",
        b"P2 2 1 7 1x2",
        b"P1 2 1 12",
        b"P7\nWIDTH 1\nHEIGHT 1\nDEPTH 3\nMAXVAL 255\nTUPLTYPE GRAYSCALE\nENDHDR\n000",
        b"P7\nWIDTH 1\nENDHDR\n",
        b"P7\nWIDTH\n",
    ] {
        let error = read(&Pnm, file).unwrap_err();
        assert_eq!(error.kind(), Kind::Damaged, "{}: {error}", String::from_utf8_lossy(file));
    }
    let inks = b"P7\nWIDTH 1\nHEIGHT 1\nDEPTH 4\nMAXVAL 255\nTUPLTYPE CMYK\nENDHDR\n0000";
    assert_eq!(read(&Pnm, inks).unwrap_err().kind(), Kind::DepthUnsupported);
}

#[test]
fn only_a_space_behind_the_signature_makes_it_one() {
    assert!(
        Pnm.recognizes(b"P6\n1 1 255\n")
            && Pnm.recognizes(b"P1#x\n")
            && Pnm.recognizes(b"P7\nWIDTH")
    );
    for head in [&b""[..], b"P", b"P6", b"P632 3", b"P8\n1 1", b"p6\n1 1"] {
        assert!(!Pnm.recognizes(head), "{head:?}");
    }
}
