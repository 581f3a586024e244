//! Logarithms by whole numbers: what bits symbols take, the same on every machine.

/// Parts of a bit, as a power of two.
pub const FINE: u32 = 6;

/// The logarithm to base 2 in [fine](FINE) parts of a bit; 0 for 0.
pub fn log2(number: u32) -> u32 {
    let number = number.max(1);
    let whole = number.ilog2();
    let mut power = u64::from(number) << (31 - whole);
    let mut log = whole;
    for _ in 0..FINE {
        // The square has twice the logarithm.
        power = (power * power) >> 31;
        let one = (power >> 32) as u32;
        power >>= one;
        log = log << 1 | one;
    }
    log
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logarithms_are_those_of_floats() {
        for number in [1, 2, 3, 5, 100, 1023, 1024, 65_535, 1 << 24, u32::MAX] {
            let exact = f64::from(number).log2() * 64.0;
            assert!((exact - f64::from(log2(number))).abs() <= 1.0, "{number}");
        }
    }
}
