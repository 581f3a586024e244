//! What has to be known of an ICC profile to carry it along (ICC.1:2022, 7.2).

use crate::pixel::PixelFormat;

/// Whether a profile describes pixels of `format`: a profile of inks says nothing about RGB made from them.
pub fn describes(profile: &[u8], format: PixelFormat) -> bool {
    let Some(space) = profile.get(16..20) else { return false };
    if format == PixelFormat::Cmyk8888 {
        space == b"CMYK"
    } else if format.is_gray() {
        space == b"GRAY"
    } else {
        space == b"RGB "
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_fits_only_its_own_colour_space() {
        let mut profile = vec![0; 128];
        profile[16..20].copy_from_slice(b"CMYK");
        assert!(describes(&profile, PixelFormat::Cmyk8888));
        assert!(!describes(&profile, PixelFormat::Rgb888));
        assert!(!describes(b"short", PixelFormat::Rgb888));
    }
}
