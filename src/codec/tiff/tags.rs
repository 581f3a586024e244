//! Numbers of the TIFF 6.0 specification and its supplements: tags, types, compressions, photometric interpretations.

pub const NEW_SUBFILE_TYPE: u16 = 254;
pub const IMAGE_WIDTH: u16 = 256;
pub const IMAGE_LENGTH: u16 = 257;
pub const BITS_PER_SAMPLE: u16 = 258;
pub const COMPRESSION: u16 = 259;
pub const PHOTOMETRIC: u16 = 262;
pub const FILL_ORDER: u16 = 266;
pub const STRIP_OFFSETS: u16 = 273;
pub const ORIENTATION: u16 = 274;
pub const SAMPLES_PER_PIXEL: u16 = 277;
pub const ROWS_PER_STRIP: u16 = 278;
pub const STRIP_BYTE_COUNTS: u16 = 279;
pub const X_RESOLUTION: u16 = 282;
pub const Y_RESOLUTION: u16 = 283;
pub const PLANAR_CONFIGURATION: u16 = 284;
pub const T4_OPTIONS: u16 = 292;
pub const T6_OPTIONS: u16 = 293;
pub const RESOLUTION_UNIT: u16 = 296;
pub const SOFTWARE: u16 = 305;
pub const PREDICTOR: u16 = 317;
pub const COLOR_MAP: u16 = 320;
pub const TILE_WIDTH: u16 = 322;
pub const TILE_LENGTH: u16 = 323;
pub const TILE_OFFSETS: u16 = 324;
pub const TILE_BYTE_COUNTS: u16 = 325;
pub const INK_SET: u16 = 332;
pub const EXTRA_SAMPLES: u16 = 338;
pub const SAMPLE_FORMAT: u16 = 339;
pub const JPEG_TABLES: u16 = 347;
pub const YCBCR_COEFFICIENTS: u16 = 529;
pub const YCBCR_SUBSAMPLING: u16 = 530;
pub const REFERENCE_BLACK_WHITE: u16 = 532;
pub const XMP: u16 = 700;
pub const EXIF_IFD: u16 = 34665;
pub const ICC_PROFILE: u16 = 34675;
pub const GPS_IFD: u16 = 34853;
pub const INTEROPERABILITY_IFD: u16 = 40965;

/// Types of values.
pub mod kind {
    pub const BYTE: u16 = 1;
    pub const ASCII: u16 = 2;
    pub const SHORT: u16 = 3;
    pub const LONG: u16 = 4;
    pub const RATIONAL: u16 = 5;
    pub const SBYTE: u16 = 6;
    pub const UNDEFINED: u16 = 7;
    pub const SSHORT: u16 = 8;
    pub const SLONG: u16 = 9;
    pub const SRATIONAL: u16 = 10;
    pub const FLOAT: u16 = 11;
    pub const DOUBLE: u16 = 12;
    pub const IFD: u16 = 13;
    pub const LONG8: u16 = 16;
    pub const SLONG8: u16 = 17;
    pub const IFD8: u16 = 18;

    /// Bytes of one value, and of the numbers it is made of: a RATIONAL is two LONGs.
    pub fn sizes(kind: u16) -> Option<(u64, usize)> {
        Some(match kind {
            BYTE | ASCII | SBYTE | UNDEFINED => (1, 1),
            SHORT | SSHORT => (2, 2),
            LONG | SLONG | FLOAT | IFD => (4, 4),
            RATIONAL | SRATIONAL => (8, 4),
            DOUBLE | LONG8 | SLONG8 | IFD8 => (8, 8),
            _ => return None,
        })
    }
}

/// Values of Compression.
pub mod compression {
    pub const NONE: u16 = 1;
    pub const CCITT_RLE: u16 = 2;
    pub const CCITT_G3: u16 = 3;
    pub const CCITT_G4: u16 = 4;
    pub const LZW: u16 = 5;
    pub const OLD_JPEG: u16 = 6;
    pub const JPEG: u16 = 7;
    pub const DEFLATE: u16 = 8;
    pub const THUNDERSCAN: u16 = 32809;
    pub const PACKBITS: u16 = 32773;
    pub const OLD_DEFLATE: u16 = 32946;

    /// The name that people know a compression by.
    pub fn name(compression: u16) -> &'static str {
        match compression {
            NONE => "none",
            CCITT_RLE => "CCITT RLE",
            CCITT_G3 => "CCITT G3",
            CCITT_G4 => "CCITT G4",
            LZW => "LZW",
            OLD_JPEG => "old-style JPEG",
            JPEG => "JPEG",
            DEFLATE | OLD_DEFLATE => "Deflate",
            PACKBITS => "PackBits",
            32766 => "NeXT",
            32771 => "CCITT RLE with words",
            THUNDERSCAN => "ThunderScan",
            33003 | 33005 | 34712 => "JPEG 2000",
            34661 => "JBIG",
            34676 | 34677 => "SGILog",
            34887 => "LERC",
            34925 => "LZMA",
            50000 => "Zstandard",
            50001 => "WebP",
            50002 => "JPEG XL",
            _ => "unknown",
        }
    }
}

/// Values of PhotometricInterpretation.
pub mod photometric {
    pub const WHITE_IS_ZERO: u16 = 0;
    pub const BLACK_IS_ZERO: u16 = 1;
    pub const RGB: u16 = 2;
    pub const PALETTE: u16 = 3;
    pub const MASK: u16 = 4;
    pub const SEPARATED: u16 = 5;
    pub const YCBCR: u16 = 6;

    /// The name that people know a photometric interpretation by.
    pub fn name(photometric: u16) -> &'static str {
        match photometric {
            WHITE_IS_ZERO => "WhiteIsZero",
            BLACK_IS_ZERO => "BlackIsZero",
            RGB => "RGB",
            PALETTE => "palette",
            MASK => "transparency mask",
            SEPARATED => "separated",
            YCBCR => "YCbCr",
            8 => "CIELab",
            9 => "ICCLab",
            10 => "ITULab",
            32803 => "colour filter array",
            32844 => "LogL",
            32845 => "LogLuv",
            34892 => "linear raw",
            _ => "unknown",
        }
    }
}
