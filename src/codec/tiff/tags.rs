//! Numbers of the TIFF 6.0 specification and its supplements: tags, types, compressions, photometric interpretations.

pub(crate) const NEW_SUBFILE_TYPE: u16 = 254;
pub(crate) const SUBFILE_TYPE: u16 = 255;
pub(crate) const IMAGE_WIDTH: u16 = 256;
pub(crate) const IMAGE_LENGTH: u16 = 257;
pub(crate) const BITS_PER_SAMPLE: u16 = 258;
pub(crate) const COMPRESSION: u16 = 259;
pub(crate) const PHOTOMETRIC: u16 = 262;
pub(crate) const FILL_ORDER: u16 = 266;
pub(crate) const STRIP_OFFSETS: u16 = 273;
pub(crate) const ORIENTATION: u16 = 274;
pub(crate) const SAMPLES_PER_PIXEL: u16 = 277;
pub(crate) const ROWS_PER_STRIP: u16 = 278;
pub(crate) const STRIP_BYTE_COUNTS: u16 = 279;
pub(crate) const X_RESOLUTION: u16 = 282;
pub(crate) const Y_RESOLUTION: u16 = 283;
pub(crate) const PLANAR_CONFIGURATION: u16 = 284;
pub(crate) const T4_OPTIONS: u16 = 292;
pub(crate) const T6_OPTIONS: u16 = 293;
pub(crate) const RESOLUTION_UNIT: u16 = 296;
pub(crate) const PAGE_NUMBER: u16 = 297;
pub(crate) const SOFTWARE: u16 = 305;
pub(crate) const DATE_TIME: u16 = 306;
pub(crate) const PREDICTOR: u16 = 317;
pub(crate) const COLOR_MAP: u16 = 320;
pub(crate) const TILE_WIDTH: u16 = 322;
pub(crate) const TILE_LENGTH: u16 = 323;
pub(crate) const TILE_OFFSETS: u16 = 324;
pub(crate) const TILE_BYTE_COUNTS: u16 = 325;
pub(crate) const INK_SET: u16 = 332;
pub(crate) const NUMBER_OF_INKS: u16 = 334;
pub(crate) const EXTRA_SAMPLES: u16 = 338;
pub(crate) const SAMPLE_FORMAT: u16 = 339;
pub(crate) const JPEG_TABLES: u16 = 347;
pub(crate) const JPEG_PROC: u16 = 512;
pub(crate) const JPEG_INTERCHANGE_FORMAT: u16 = 513;
pub(crate) const JPEG_INTERCHANGE_FORMAT_LENGTH: u16 = 514;
pub(crate) const JPEG_RESTART_INTERVAL: u16 = 515;
pub(crate) const JPEG_LOSSLESS_PREDICTORS: u16 = 517;
pub(crate) const JPEG_POINT_TRANSFORMS: u16 = 518;
pub(crate) const JPEG_Q_TABLES: u16 = 519;
pub(crate) const JPEG_DC_TABLES: u16 = 520;
pub(crate) const JPEG_AC_TABLES: u16 = 521;
pub(crate) const YCBCR_COEFFICIENTS: u16 = 529;
pub(crate) const YCBCR_SUBSAMPLING: u16 = 530;
pub(crate) const YCBCR_POSITIONING: u16 = 531;
pub(crate) const REFERENCE_BLACK_WHITE: u16 = 532;
pub(crate) const XMP: u16 = 700;
pub(crate) const EXIF_IFD: u16 = 34665;
pub(crate) const ICC_PROFILE: u16 = 34675;
pub(crate) const GPS_IFD: u16 = 34853;
pub(crate) const INTEROPERABILITY_IFD: u16 = 40965;

/// Types of values.
pub mod kind {
    pub(crate) const BYTE: u16 = 1;
    pub(crate) const ASCII: u16 = 2;
    pub(crate) const SHORT: u16 = 3;
    pub(crate) const LONG: u16 = 4;
    pub(crate) const RATIONAL: u16 = 5;
    pub(crate) const SBYTE: u16 = 6;
    pub(crate) const UNDEFINED: u16 = 7;
    pub(crate) const SSHORT: u16 = 8;
    pub(crate) const SLONG: u16 = 9;
    pub(crate) const SRATIONAL: u16 = 10;
    pub(crate) const FLOAT: u16 = 11;
    pub(crate) const DOUBLE: u16 = 12;
    pub(crate) const IFD: u16 = 13;
    pub(crate) const LONG8: u16 = 16;
    pub(crate) const SLONG8: u16 = 17;
    pub(crate) const IFD8: u16 = 18;

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
    pub(crate) const NONE: u16 = 1;
    pub(crate) const CCITT_RLE: u16 = 2;
    pub(crate) const CCITT_G3: u16 = 3;
    pub(crate) const CCITT_G4: u16 = 4;
    pub(crate) const LZW: u16 = 5;
    pub(crate) const OLD_JPEG: u16 = 6;
    pub(crate) const JPEG: u16 = 7;
    pub(crate) const DEFLATE: u16 = 8;
    pub(crate) const THUNDERSCAN: u16 = 32809;
    pub(crate) const PACKBITS: u16 = 32773;
    pub(crate) const OLD_DEFLATE: u16 = 32946;
    pub(crate) const JPEG_2000: u16 = 34712;
    /// The same, by a maker of microscopes: R, G, B.
    pub(crate) const APERIO_RGB: u16 = 33005;
    pub(crate) const LZMA: u16 = 34925;
    pub(crate) const PNG: u16 = 34933;
    pub(crate) const ZSTD: u16 = 50000;
    pub(crate) const WEBP: u16 = 50001;
    pub(crate) const SGI_LOG: u16 = 34676;

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
            APERIO_RGB | JPEG_2000 => "JPEG 2000",
            33003 => "JPEG 2000 of YCbCr",
            34661 => "JBIG",
            SGI_LOG | 34677 => "SGILog",
            34887 => "LERC",
            PNG => "PNG",
            LZMA => "LZMA",
            ZSTD => "Zstandard",
            WEBP => "WebP",
            50002 => "JPEG XL",
            _ => "unknown",
        }
    }
}

/// Values of PhotometricInterpretation.
pub mod photometric {
    pub(crate) const WHITE_IS_ZERO: u16 = 0;
    pub(crate) const BLACK_IS_ZERO: u16 = 1;
    pub(crate) const RGB: u16 = 2;
    pub(crate) const PALETTE: u16 = 3;
    pub(crate) const MASK: u16 = 4;
    pub(crate) const SEPARATED: u16 = 5;
    pub(crate) const YCBCR: u16 = 6;
    pub(crate) const CIE_LAB: u16 = 8;
    pub(crate) const ICC_LAB: u16 = 9;
    pub(crate) const LOG_L: u16 = 32844;
    pub(crate) const LOG_LUV: u16 = 32845;

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
            CIE_LAB => "CIELab",
            ICC_LAB => "ICCLab",
            10 => "ITULab",
            32803 => "colour filter array",
            LOG_L => "LogL",
            LOG_LUV => "LogLuv",
            34892 => "linear raw",
            _ => "unknown",
        }
    }
}
