//! What files carry beside pixels: ICC profiles, EXIF, XMP and the resolution.

pub mod exif;
pub mod icc;
pub mod resolution;

use crate::error::Result;
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
