//! What the components of a JPEG mean, and how inks become pixels.
//!
//! Files say it in three places that may contradict each other. The first row that fits decides, as in libjpeg:
//!
//! | components | JFIF | Adobe transform | component ids | colour | stored inks |
//! |---|---|---|---|---|---|
//! | 1 | any | any | any | gray | |
//! | 3 | yes | any | any | YCbCr | |
//! | 3 | no | 0 | any | RGB | |
//! | 3 | no | 1, 2, other | any | YCbCr | |
//! | 3 | no | none | `R`, `G`, `B` | RGB | |
//! | 3 | no | none | other | YCbCr | |
//! | 4 | any | 0 | any | CMYK | inverted: 255 = no ink |
//! | 4 | any | 1, 2, other | any | YCCK | inverted |
//! | 4 | any | none | any | CMYK | 0 = no ink |
//!
//! YCCK is C, M, Y (0 = no ink) turned into YCbCr as if they were R, G, B, and K inverted beside it. Inversion with
//! every Adobe marker is what Photoshop writes, and what Pillow and the browsers expect.

use crate::error::{Error, Result};

/// What the components are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// One component.
    Gray,
    /// Luma and two chroma components.
    YCbCr,
    /// Three components as they are.
    Rgb,
    /// Four inks.
    Cmyk {
        /// Whether 255 is no ink.
        inverted: bool,
    },
    /// Luma and chroma of three inverted inks, and the fourth, inverted too.
    Ycck,
}

impl Colour {
    /// Reads the table above.
    pub fn of(ids: &[u8], jfif: bool, adobe: Option<u8>) -> Result<Self> {
        match (ids.len(), adobe) {
            (1, _) => Ok(Self::Gray),
            (3, _) if jfif => Ok(Self::YCbCr),
            (3, Some(0)) => Ok(Self::Rgb),
            (3, None) if ids == b"RGB" => Ok(Self::Rgb),
            (3, _) => Ok(Self::YCbCr),
            (4, Some(0)) => Ok(Self::Cmyk { inverted: true }),
            (4, Some(_)) => Ok(Self::Ycck),
            (4, None) => Ok(Self::Cmyk { inverted: false }),
            (n, _) => Err(Error::unsupported(format!("{n} components are not supported"))),
        }
    }

    /// Turns four stored samples into C, M, Y, K with 0 = no ink.
    pub fn inks(self, stored: [u8; 4]) -> [u8; 4] {
        match self {
            Self::Cmyk { inverted: true } => stored.map(|sample| 255 - sample),
            Self::Ycck => inks_of_ycck(stored),
            _ => stored,
        }
    }
}

/// Fixed-point YCbCr to RGB of JFIF, 16 bits after the point.
fn inks_of_ycck([y, cb, cr, k]: [u8; 4]) -> [u8; 4] {
    let (y, cb, cr) = (i32::from(y) << 16, i32::from(cb) - 128, i32::from(cr) - 128);
    let sample = |value: i32| ((value + (1 << 15)) >> 16).clamp(0, 255) as u8;
    [
        sample(y + 91_881 * cr),
        sample(y - 22_554 * cb - 46_802 * cr),
        sample(y + 116_130 * cb),
        255 - k,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_followed() {
        let of = |ids: &[u8], jfif, adobe| Colour::of(ids, jfif, adobe).ok();
        assert_eq!(of(&[1], false, Some(0)), Some(Colour::Gray));
        assert_eq!(of(b"RGB", true, Some(0)), Some(Colour::YCbCr));
        assert_eq!(of(&[1, 2, 3], false, Some(0)), Some(Colour::Rgb));
        assert_eq!(of(b"RGB", false, Some(1)), Some(Colour::YCbCr));
        assert_eq!(of(b"RGB", false, None), Some(Colour::Rgb));
        assert_eq!(of(&[0, 1, 2], false, None), Some(Colour::YCbCr));
        assert_eq!(of(&[1, 2, 3, 4], true, Some(0)), Some(Colour::Cmyk { inverted: true }));
        assert_eq!(of(&[1, 2, 3, 4], true, Some(2)), Some(Colour::Ycck));
        assert_eq!(of(&[1, 2, 3, 4], true, None), Some(Colour::Cmyk { inverted: false }));
        assert_eq!(of(&[1, 2], true, None), None);
    }

    #[test]
    fn white_paper_has_no_ink() {
        assert_eq!(Colour::Ycck.inks([0, 128, 128, 255]), [0; 4]);
        assert_eq!(Colour::Cmyk { inverted: true }.inks([255; 4]), [0; 4]);
        assert_eq!(Colour::Cmyk { inverted: false }.inks([0; 4]), [0; 4]);
    }
}
