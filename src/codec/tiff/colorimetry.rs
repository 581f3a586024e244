//! Colours that are stated as people see them: CIE L*a*b*, and logarithms of luminance.

use std::sync::LazyLock;

use super::tags::photometric;

/// What the three samples of L*a*b* mean.
#[derive(Clone, Copy, Debug)]
pub struct Lab {
    /// What L* = 100 is stored as.
    white: f32,
    /// What is stored for one unit of a* and b*.
    unit: f32,
    /// What a* = 0 is stored as. 0 where they are signed.
    zero: f32,
    wide: bool,
}

impl Lab {
    /// The meaning of samples of 8 or 16 bits.
    pub fn new(photometric: u16, wide: bool) -> Self {
        let is_icc = photometric == photometric::ICC_LAB;
        let unit = if wide { 256.0 } else { 1.0 };
        let white = match (wide, is_icc) {
            (false, _) => 255.0,
            (true, false) => 65_535.0,
            (true, true) => 65_280.0,
        };
        Self { white, unit, zero: if is_icc { 128.0 * unit } else { 0.0 }, wide }
    }

    /// R, G, B of the same depth.
    pub fn rgb(self, light: u16, a: u16, b: u16) -> [u16; 4] {
        let chroma = |value: u16| {
            let value = match (self.zero > 0.0, self.wide) {
                (true, _) => f32::from(value) - self.zero,
                (false, false) => f32::from(value as u8 as i8),
                (false, true) => f32::from(value as i16),
            };
            value / self.unit
        };
        let fy = (f32::from(light) * 100.0 / self.white + 16.0) / 116.0;
        let linear = |f: f32| {
            let straight = 108.0 / 841.0 * (f - 4.0 / 29.0);
            if f > 6.0 / 29.0 { f * f * f } else { straight }
        };
        // CIE XYZ under D50.
        let x = 0.964_22 * linear(fy + chroma(a) / 500.0);
        let y = linear(fy);
        let z = 0.825_21 * linear(fy - chroma(b) / 200.0);
        // To linear sRGB, adapted to D65 by Bradford's method.
        let rgb = [
            3.133_856 * x - 1.616_866_7 * y - 0.490_614_6 * z,
            -0.978_768_4 * x + 1.916_141_5 * y + 0.033_454 * z,
            0.071_945_3 * x - 0.228_991_4 * y + 1.405_242_7 * z,
        ];
        let top = if self.wide { 65_535.0 } else { 255.0 };
        let [r, g, b] = rgb.map(|linear| (curve(linear) * top + 0.5) as u16);
        [r, g, b, 0]
    }
}

/// Luminance from its logarithm of 16 bits: a sign, and 15 bits of 256 steps for each factor of two.
fn luminance(code: u16) -> f32 {
    let steps = code & 0x7fff;
    if steps == 0 {
        return 0.0;
    }
    let value = ((f32::from(steps) + 0.5) / 256.0 - 64.0).exp2();
    if code & 0x8000 == 0 { value } else { -value }
}

/// A gray, and whether it is brighter than white or below black.
pub fn gray_of_log(code: u16) -> (u16, bool) {
    let ([gray], cut_off) = display([luminance(code)]);
    (gray, cut_off)
}

/// R, G, B of a logarithm of luminance and of u' and v' in 8 bits each, and whether one of them does not fit.
pub fn rgb_of_log(luminance_code: u16, chroma: u16) -> ([u16; 4], bool) {
    let y = luminance(luminance_code);
    let [u, v] = [chroma >> 8, chroma & 255].map(|code| (f32::from(code) + 0.5) / 410.0);
    let scale = 1.0 / (6.0 * u - 16.0 * v + 12.0);
    let (chroma_x, chroma_y) = (9.0 * u * scale, 4.0 * v * scale);
    let x = chroma_x / chroma_y * y;
    let z = (1.0 - chroma_x - chroma_y) / chroma_y * y;
    // Primaries of BT.709, white of equal energy: what the format's author uses.
    let ([r, g, b], cut_off) = display([
        2.690 * x - 1.276 * y - 0.414 * z,
        -1.022 * x + 1.978 * y + 0.044 * z,
        0.061 * x - 0.224 * y + 1.163 * z,
    ]);
    ([r, g, b, 0], cut_off)
}

/// Linear light of 0 to 1 with the curve of sRGB. A part in a thousand below or above is no matter.
fn display<const N: usize>(linear: [f32; N]) -> ([u16; N], bool) {
    let cut_off = linear.iter().any(|value| !(-0.001..=1.001).contains(value));
    (linear.map(|value| (curve(value) * 65_535.0 + 0.5) as u16), cut_off)
}

/// Steps of [`CURVE`]: so many that what lies between two is right to a tenth of a 16-bit step.
const STEPS: usize = 16_384;

static CURVE: LazyLock<Vec<f32>> = LazyLock::new(|| {
    let value = |step: usize| {
        let linear = step as f64 / STEPS as f64;
        let curve = 1.055 * linear.powf(1.0 / 2.4) - 0.055;
        (if linear <= 0.003_130_8 { linear * 12.92 } else { curve }) as f32
    };
    // One more, for what is between the last and the next.
    (0..STEPS + 2).map(value).collect()
});

/// The curve of sRGB, of 0 to 1.
fn curve(linear: f32) -> f32 {
    // What is no number becomes 0 as an index.
    let at = linear.clamp(0.0, 1.0) * STEPS as f32;
    let step = at as usize;
    match CURVE.get(step..).and_then(|rest| rest.first_chunk()) {
        Some([low, high]) => low + (high - low) * (at - step as f32),
        None => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lab_has_white_black_and_the_gray_between() {
        for (number, wide, white) in
            [(8, false, 255u16), (9, false, 255), (8, true, 65_535), (9, true, 65_280)]
        {
            let lab = Lab::new(number, wide);
            let zero = if number == 8 { 0 } else { 128 << if wide { 8 } else { 0 } };
            let top: f32 = if wide { 65_535.0 } else { 255.0 };
            let near = |found: [u16; 4], wanted: f32| {
                found.iter().take(3).all(|n| (f32::from(*n) - wanted).abs() <= top / 255.0)
            };
            assert!(near(lab.rgb(white, zero, zero), top));
            assert!(near(lab.rgb(0, zero, zero), 0.0));
            // L* = 53.585 is the middle gray of sRGB.
            let middle = (f32::from(white) * 0.535_85f32).round() as u16;
            assert!(near(lab.rgb(middle, zero, zero), top * 127.5 / 255.0));
        }
    }

    #[test]
    fn logarithms_of_luminance_are_those_of_their_author() {
        // 64 * 256 is a luminance of 1, or half a step more.
        assert_eq!(gray_of_log(64 * 256), (65_535, true));
        assert_eq!(gray_of_log(0), (0, false));
        let (quarter, cut) = gray_of_log(62 * 256);
        // 0.25 is 0.5371 on the curve of sRGB.
        assert!((f32::from(quarter) / 65_535.0 - 0.537_1).abs() < 0.001 && !cut);
        // u' = v' of equal energy: 0.2105, 0.4737.
        let (rgb, _) = rgb_of_log(62 * 256, (86 << 8) | 194);
        let [r, g, b, _] = rgb.map(|n| f32::from(n) / 65_535.0);
        assert!((r - g).abs() < 0.01 && (g - b).abs() < 0.01 && (g - 0.537).abs() < 0.01);
        assert!(gray_of_log(65 * 256).1);
        assert!(gray_of_log(0x8000 | (62 * 256)).1);
    }
}
