//! Rows of fax data as they are decoded: where colours change, and the bits that follow from it.

/// Sets the bits that are black: from the first change up to the second, and so on. `row` is zero before.
pub fn blacken_runs(row: &mut [u8], changes: &[u32]) {
    for run in changes.chunks(2) {
        let black = run.first().map_or(0, |start| *start as usize);
        let white = run.get(1).map_or(row.len() * 8, |end| *end as usize);
        blacken(row, black, white);
    }
}

/// Sets the bits from `start` up to `end`.
fn blacken(row: &mut [u8], start: usize, end: usize) {
    let (first, last) = (start / 8, end / 8);
    let (head, tail) = (0xffu8 >> (start % 8), !(0xffu8 >> (end % 8)));
    if first == last {
        if let Some(byte) = row.get_mut(first) {
            *byte |= head & tail;
        }
        return;
    }
    if let Some(byte) = row.get_mut(first) {
        *byte |= head;
    }
    if let Some(whole) = row.get_mut(first + 1..last) {
        whole.fill(0xff);
    }
    if let Some(byte) = row.get_mut(last) {
        *byte |= tail;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_set_bit_by_bit() {
        for start in 0..40 {
            for end in start..=40 {
                let mut row = [0; 5];
                blacken(&mut row, start, end);
                let wanted: Vec<bool> = (0..40).map(|x| (start..end).contains(&x)).collect();
                let got: Vec<bool> = (0..40).map(|x| row[x / 8] >> (7 - x % 8) & 1 == 1).collect();
                assert_eq!(got, wanted, "{start}..{end}");
            }
        }
    }
}
