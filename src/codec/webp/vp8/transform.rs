//! The inverse transforms (RFC 6386, section 14).

/// The inverse Walsh-Hadamard transform: the first coefficients of the 16 blocks of Y (section 14.3).
pub(super) fn hadamard(block: &[i16; 16]) -> [i16; 16] {
    let value = block.map(i32::from);
    let mut columns = [0; 16];
    for at in 0..4 {
        let (a, b) = (value[at] + value[12 + at], value[4 + at] + value[8 + at]);
        let (c, d) = (value[4 + at] - value[8 + at], value[at] - value[12 + at]);
        columns[at] = a + b;
        columns[4 + at] = d + c;
        columns[8 + at] = a - b;
        columns[12 + at] = d - c;
    }
    let mut all = [0; 16];
    for (row, to) in columns.as_chunks::<4>().0.iter().zip(all.as_chunks_mut::<4>().0) {
        let (a, b) = (row[0] + 3 + row[3], row[1] + row[2]);
        let (c, d) = (row[1] - row[2], row[0] + 3 - row[3]);
        *to = [a + b, d + c, a - b, d - c].map(|value| (value >> 3) as i16);
    }
    all
}

/// The inverse DCT: 16 differences, row by row (section 14.4).
#[inline(always)]
pub(super) fn dct(block: &[i16; 16]) -> [[i32; 4]; 4] {
    let mut rows = [[0; 4]; 4];
    for (row, from) in rows.iter_mut().zip(block.as_chunks::<4>().0) {
        *row = from.map(i32::from);
    }
    let mut columns = turned(pass(rows));
    columns[0] = columns[0].map(|value| value + 4);
    turned(pass(columns)).map(|row| row.map(|value| value >> 3))
}

/// One dimension of it, of four columns at a time. What no encoder makes may wrap around.
#[inline(always)]
fn pass([first, second, third, fourth]: [[i32; 4]; 4]) -> [[i32; 4]; 4] {
    let mut all = [[0; 4]; 4];
    for at in 0..4 {
        let (a, b) = (first[at] + third[at], first[at] - third[at]);
        let c = sine(second[at]) - cosine(fourth[at]);
        let d = cosine(second[at]) + sine(fourth[at]);
        (all[0][at], all[1][at], all[2][at], all[3][at]) = (a + d, b + c, b - c, a - d);
    }
    all
}

/// The square root of 2, times the cosine of 22.5 degrees.
#[inline(always)]
fn cosine(value: i32) -> i32 {
    value + (value.wrapping_mul(20091) >> 16)
}

/// The square root of 2, times the sine of 22.5 degrees.
#[inline(always)]
fn sine(value: i32) -> i32 {
    value.wrapping_mul(35468) >> 16
}

#[inline(always)]
fn turned([a, b, c, d]: [[i32; 4]; 4]) -> [[i32; 4]; 4] {
    let column = |x: usize| [a[x], b[x], c[x], d[x]];
    [column(0), column(1), column(2), column(3)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_first_coefficient_alone_is_the_same_everywhere() {
        for dc in [-2000i16, -37, -4, 0, 3, 4, 900] {
            let mut block = [0; 16];
            block[0] = dc;
            assert_eq!(dct(&block), [[(i32::from(dc) + 4) >> 3; 4]; 4]);
            assert_eq!(hadamard(&block), [(dc + 3) >> 3; 16]);
        }
    }

    #[test]
    fn differences_are_those_of_the_cosines() {
        let block: [i16; 16] = std::array::from_fn(|at| ((at * at * 37) % 301) as i16 - 150);
        let wave = |at: usize, step: usize| {
            let angle = std::f64::consts::PI * (2 * at + 1) as f64 * step as f64 / 8.0;
            if step == 0 { 1.0 } else { std::f64::consts::SQRT_2 * angle.cos() }
        };
        let made = dct(&block);
        for (y, row) in made.iter().enumerate() {
            for (x, value) in row.iter().enumerate() {
                let part = |at: usize| f64::from(block[at]) * wave(x, at % 4) * wave(y, at / 4);
                let exact: f64 = (0..16).map(part).sum::<f64>() / 8.0;
                assert!((exact - f64::from(*value)).abs() < 1.5, "{x}, {y}: {value}, not {exact}");
            }
        }
    }
}
