//! Huffman codes: those of a table, and the best table for given counts.

use super::super::tables::Huffman;

/// Codes by symbol: the code, and how many bits it has (0 = none).
#[derive(Clone)]
pub struct Codes(pub [(u16, u8); 256]);

impl Codes {
    /// Gives out the codes (T.81, C.2).
    pub fn new(table: &Huffman) -> Self {
        let mut codes = [(0, 0); 256];
        let mut symbols = table.symbols.iter();
        let mut code = 0u16;
        for (len, count) in (1u8..).zip(table.counts) {
            for symbol in symbols.by_ref().take(usize::from(count)) {
                codes[usize::from(*symbol)] = (code, len);
                code = code.wrapping_add(1);
            }
            code <<= 1;
        }
        Self(codes)
    }
}

/// How often each symbol occurs.
pub type Counts = [u64; 256];

/// A symbol that does not exist takes the code of ones alone, which is reserved.
const RESERVED: usize = 256;

/// The table with the shortest codes of at most 16 bits (T.81, K.2, with the ties of libjpeg).
pub fn best_table(counts: &Counts) -> Huffman {
    let lengths = code_lengths(counts);
    let mut of_length = [0u32; RESERVED + 2];
    for len in lengths.iter().filter(|len| **len > 0) {
        of_length[*len] += 1;
    }
    limit_lengths(&mut of_length);
    // The reserved code is one of the longest.
    if let Some(longest) = of_length.iter_mut().rev().find(|count| **count > 0) {
        *longest -= 1;
    }
    let mut symbols = Vec::new();
    for len in 1..=RESERVED {
        symbols.extend((0..=255u8).filter(|symbol| lengths[usize::from(*symbol)] == len));
    }
    let counts = std::array::from_fn(|at| of_length[at + 1] as u8);
    Huffman { counts, symbols }
}

/// Bits of each symbol's code, however many.
fn code_lengths(counts: &Counts) -> [usize; RESERVED + 1] {
    let mut weights = [0u64; RESERVED + 1];
    weights[..RESERVED].copy_from_slice(counts);
    weights[RESERVED] = 1;
    let mut lengths = [0; RESERVED + 1];
    // Symbols of one subtree are chained.
    let mut next = [None; RESERVED + 1];
    let lightest = |weights: &[u64; RESERVED + 1], but: Option<usize>| {
        let open = (0..=RESERVED).rev().filter(|at| weights[*at] > 0 && Some(*at) != but);
        open.min_by_key(|at| weights[*at])
    };
    while let Some(first) = lightest(&weights, None) {
        let Some(second) = lightest(&weights, Some(first)) else { break };
        weights[first] += weights[second];
        weights[second] = 0;
        let mut at = first;
        lengths[at] += 1;
        while let Some(following) = next[at] {
            at = following;
            lengths[at] += 1;
        }
        next[at] = Some(second);
        let mut at = Some(second);
        while let Some(symbol) = at {
            lengths[symbol] += 1;
            at = next[symbol];
        }
    }
    lengths
}

/// Shortens codes of more than 16 bits (T.81, figure K.3).
fn limit_lengths(of_length: &mut [u32; RESERVED + 2]) {
    for len in (17..=RESERVED).rev() {
        while of_length[len] > 0 {
            let shorter = (1..len - 1).rev().find(|shorter| of_length[*shorter] > 0);
            let Some(shorter) = shorter else { return };
            of_length[len] -= 2;
            of_length[len - 1] += 1;
            of_length[shorter + 1] += 2;
            of_length[shorter] -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::tables::standard_huffman;
    use super::*;

    #[test]
    fn standard_codes_are_those_of_annex_k() {
        let [dc, ac, ..] = standard_huffman();
        assert_eq!(Codes::new(&dc).0[0], (0b00, 2));
        assert_eq!(Codes::new(&dc).0[11], (0b1_1111_1110, 9));
        assert_eq!(Codes::new(&ac).0[0x00], (0b1010, 4));
        assert_eq!(Codes::new(&ac).0[0xf0], (0b111_1111_1001, 11));
    }

    #[test]
    fn the_best_table_has_no_code_of_ones_and_none_above_16_bits() {
        let mut fibonacci = [0; 256];
        let (mut a, mut b) = (1u64, 1u64);
        for count in fibonacci.iter_mut().take(60) {
            *count = a;
            (a, b) = (b, a + b);
        }
        let mut one = [0; 256];
        one[7] = 5;
        for counts in [fibonacci, one, [1; 256]] {
            let table = best_table(&counts);
            let used = counts.iter().filter(|count| **count > 0).count();
            assert_eq!(table.symbols.len(), used);
            assert_eq!(table.counts.iter().map(|count| usize::from(*count)).sum::<usize>(), used);
            let codes = Codes::new(&table);
            for symbol in &table.symbols {
                let (code, len) = codes.0[usize::from(*symbol)];
                assert!((1..=16).contains(&len));
                assert_ne!(u32::from(code), (1u32 << len) - 1);
            }
        }
    }
}
