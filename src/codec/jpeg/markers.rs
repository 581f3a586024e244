//! The markers of T.81, table B.1, without their 0xff.

/// Start of frame: baseline.
pub const SOF0: u8 = 0xc0;
/// Start of frame: extended sequential.
pub const SOF1: u8 = 0xc1;
/// Start of frame: progressive, Huffman coding.
pub const SOF2: u8 = 0xc2;
/// Start of frame: lossless, Huffman coding.
pub const SOF3: u8 = 0xc3;
/// Start of frame: extended sequential, arithmetic coding.
pub const SOF9: u8 = 0xc9;
/// Start of frame: progressive, arithmetic coding.
pub const SOF10: u8 = 0xca;
/// Huffman tables.
pub const DHT: u8 = 0xc4;
/// Reserved for extensions.
pub const JPG: u8 = 0xc8;
/// Conditions of arithmetic coding.
pub const DAC: u8 = 0xcc;
/// First of eight restart markers.
pub const RST0: u8 = 0xd0;
/// Start of image.
pub const SOI: u8 = 0xd8;
/// End of image.
pub const EOI: u8 = 0xd9;
/// Start of scan.
pub const SOS: u8 = 0xda;
/// Quantization tables.
pub const DQT: u8 = 0xdb;
/// Restart interval.
pub const DRI: u8 = 0xdd;
/// JFIF.
pub const APP0: u8 = 0xe0;
/// EXIF and XMP.
pub const APP1: u8 = 0xe1;
/// ICC profiles.
pub const APP2: u8 = 0xe2;
/// Adobe's colour transform.
pub const APP14: u8 = 0xee;
/// For temporary use in arithmetic coding.
pub const TEM: u8 = 0x01;

/// Whether a marker stands alone, with no length and no content.
pub fn is_alone(marker: u8) -> bool {
    matches!(marker, TEM | RST0..=EOI)
}

/// Whether a marker starts a frame of arithmetic coding that can be read.
pub fn is_arithmetic(marker: u8) -> bool {
    matches!(marker, SOF9 | SOF10)
}

/// Whether a marker stands between two intervals of a scan.
pub fn is_restart(marker: u8) -> bool {
    matches!(marker, RST0..=0xd7)
}

/// Whether a marker starts a frame of any kind.
pub fn is_frame(marker: u8) -> bool {
    matches!(marker, 0xc0..=0xcf) && !matches!(marker, DHT | JPG | DAC)
}

/// The kind of frame that a marker starts.
pub fn frame_name(marker: u8) -> &'static str {
    match marker {
        0xc0 => "baseline",
        0xc1 => "extended sequential",
        0xc2 => "progressive",
        0xc5..=0xc7 => "hierarchical coding",
        0xc9 => "sequential arithmetic coding",
        0xca => "progressive arithmetic coding",
        0xcb => "lossless arithmetic coding",
        _ => "hierarchical arithmetic coding",
    }
}
