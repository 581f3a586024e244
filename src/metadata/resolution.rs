//! Dots per inch from and to the units that files use. 0 is "not stated", which is not 72.

const METRES_PER_INCH: f64 = 0.0254;

/// From dots per metre (PNG pHYs, BMP). A whole number of dpi that was rounded to metres comes back whole.
pub fn from_per_metre(x: f64, y: f64) -> (f64, f64) {
    let dpi = |per_metre: f64| {
        let dpi = per_metre * METRES_PER_INCH;
        if (dpi - dpi.round()).abs() <= METRES_PER_INCH / 2.0 { dpi.round() } else { dpi }
    };
    (dpi(x), dpi(y))
}

/// In dots per metre, rounded.
pub fn per_metre(dpi: f64) -> u32 {
    (dpi / METRES_PER_INCH).round().clamp(0.0, f64::from(u32::MAX)) as u32
}

/// From the resolution and unit of TIFF and EXIF (2 = inch, 3 = centimetre); other units state no resolution.
pub fn from_tiff(x: f64, y: f64, unit: u16) -> Option<(f64, f64)> {
    let factor = match unit {
        2 => 1.0,
        3 => 2.54,
        _ => return None,
    };
    let stated = |value: f64| value.is_finite() && value > 0.0;
    (stated(x) && stated(y)).then_some((x * factor, y * factor))
}

/// As a fraction of two 32-bit numbers, exact for what people use.
pub fn rational(dpi: f64) -> (u32, u32) {
    let denominator = if dpi.fract() == 0.0 { 1u32 } else { 10_000 };
    let numerator = (dpi * f64::from(denominator)).round().clamp(0.0, f64::from(u32::MAX)) as u32;
    (numerator, denominator)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_dpi_survive_metres() {
        for dpi in 1..=4800 {
            let metres = f64::from(per_metre(f64::from(dpi)));
            assert_eq!(from_per_metre(metres, metres).0, f64::from(dpi));
        }
    }

    #[test]
    fn centimetres_are_converted_and_aspect_ratios_are_no_resolution() {
        assert_eq!(from_tiff(100.0, 50.0, 3), Some((254.0, 127.0)));
        assert_eq!(from_tiff(1.0, 1.0, 1), None);
        assert_eq!(from_tiff(f64::NAN, 1.0, 2), None);
    }
}
