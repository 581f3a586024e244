//! What files carry beside pixels: ICC profiles, EXIF, XMP and the resolution.

pub mod exif;
pub mod icc;
pub mod resolution;

use crate::error::{Error, Result};
use crate::memory;

/// The kinds of metadata that travel as bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetadataKind {
    /// An ICC profile.
    Icc,
    /// EXIF: a TIFF structure, beginning with `II` or `MM`, without the `Exif\0\0` of JPEG.
    Exif,
    /// An XMP packet: UTF-8 text.
    Xmp,
}

impl MetadataKind {
    /// The bytes as they are kept, where they can be of this kind.
    pub fn checked(self, bytes: &[u8]) -> Result<&[u8]> {
        match self {
            // ICC.1:2022, 7.2: the signature of every profile.
            Self::Icc if bytes.get(36..40) == Some(b"acsp") => Ok(bytes),
            Self::Icc => Err(Error::parameter("the bytes are no ICC profile: \"acsp\" is missing")),
            Self::Exif => {
                let bytes = bytes.strip_prefix(exif::JPEG_PREFIX).unwrap_or(bytes);
                match bytes {
                    [b'I', b'I', 42, 0, ..] | [b'M', b'M', 0, 42, ..] => Ok(bytes),
                    _ => Err(Error::parameter(
                        "the bytes are no EXIF: they begin with no TIFF header",
                    )),
                }
            }
            Self::Xmp => Ok(bytes),
        }
    }
}

/// Metadata as bytes. EXIF begins with its TIFF header.
#[derive(Debug, Default)]
pub struct Metadata {
    /// ICC profile.
    pub icc: Option<Vec<u8>>,
    /// EXIF, a TIFF structure.
    pub exif: Option<Vec<u8>>,
    /// XMP packet.
    pub xmp: Option<Vec<u8>>,
}

impl Metadata {
    /// The bytes of one kind.
    pub fn get(&self, kind: MetadataKind) -> Option<&[u8]> {
        match kind {
            MetadataKind::Icc => self.icc.as_deref(),
            MetadataKind::Exif => self.exif.as_deref(),
            MetadataKind::Xmp => self.xmp.as_deref(),
        }
    }

    /// Replaces the bytes of one kind.
    pub fn set(&mut self, kind: MetadataKind, bytes: Option<Vec<u8>>) {
        match kind {
            MetadataKind::Icc => self.icc = bytes,
            MetadataKind::Exif => self.exif = bytes,
            MetadataKind::Xmp => self.xmp = bytes,
        }
    }

    /// A copy, or an error where memory is short.
    pub fn try_clone(&self) -> Result<Self> {
        let copy = |bytes: &Option<Vec<u8>>| {
            bytes.as_ref().map(|b| memory::copy_of(b, "metadata")).transpose()
        };
        Ok(Self { icc: copy(&self.icc)?, exif: copy(&self.exif)?, xmp: copy(&self.xmp)? })
    }

    /// Makes the EXIF bytes, if there are any with an Orientation, state this one.
    pub fn set_exif_orientation(&mut self, value: u16) {
        if let Some(exif) = &mut self.exif {
            exif::set_orientation(exif, value);
        }
    }
}
