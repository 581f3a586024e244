//! The file formats by name and number.

/// A file format. The numbers are those of `DIO_ImageFileFormat` and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FileFormat {
    /// JPEG (ISO/IEC 10918-1) in a JFIF, EXIF or Adobe wrapper.
    Jpeg = 0,
    /// Portable Network Graphics.
    Png = 1,
    /// Windows and OS/2 bitmap.
    Bmp = 2,
    /// Portable Document Format.
    Pdf = 3,
    /// Tagged Image File Format 6.0.
    Tiff = 256,
    /// Graphics Interchange Format.
    Gif = 257,
    /// WebP.
    WebP = 258,
    /// Netpbm: PBM, PGM, PPM and PAM.
    Pnm = 259,
    /// Truevision TGA.
    Tga = 260,
    /// Windows icon or cursor.
    Ico = 261,
    /// Quite OK Image.
    Qoi = 262,
    /// Radiance RGBE.
    Hdr = 263,
    /// OpenEXR.
    Exr = 264,
    /// AV1 image file.
    Avif = 265,
    /// JPEG 2000.
    Jp2 = 266,
    /// JPEG XL.
    Jxl = 267,
    /// farbfeld.
    Farbfeld = 268,
}

impl FileFormat {
    /// Every format that has a number, whether or not this build reads it.
    pub const ALL: [Self; 17] = [
        Self::Jpeg,
        Self::Png,
        Self::Bmp,
        Self::Pdf,
        Self::Tiff,
        Self::Gif,
        Self::WebP,
        Self::Pnm,
        Self::Tga,
        Self::Ico,
        Self::Qoi,
        Self::Hdr,
        Self::Exr,
        Self::Avif,
        Self::Jp2,
        Self::Jxl,
        Self::Farbfeld,
    ];

    /// The format with this number.
    pub fn from_number(number: i32) -> Option<Self> {
        Self::ALL.into_iter().find(|format| *format as i32 == number)
    }

    /// Short name for messages, such as `"PNG"`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Jpeg => "JPEG",
            Self::Png => "PNG",
            Self::Bmp => "BMP",
            Self::Pdf => "PDF",
            Self::Tiff => "TIFF",
            Self::Gif => "GIF",
            Self::WebP => "WebP",
            Self::Pnm => "PNM",
            Self::Tga => "TGA",
            Self::Ico => "ICO",
            Self::Qoi => "QOI",
            Self::Hdr => "HDR",
            Self::Exr => "EXR",
            Self::Avif => "AVIF",
            Self::Jp2 => "JPEG 2000",
            Self::Jxl => "JPEG XL",
            Self::Farbfeld => "farbfeld",
        }
    }
}
