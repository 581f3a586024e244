//! Streams as other decoders read them.

use std::io::Read;

use super::*;
use crate::limits::Limits;

fn deflate(bytes: &[u8], total: usize, part: usize, effort: Effort) -> Vec<u8> {
    let budget = Budget::new(Limits::default(), None);
    let mut all = Vec::new();
    let mut deflater = Deflater::new(total, effort, &[], &budget).unwrap();
    let mut put = |bytes: &[u8]| {
        all.extend(bytes);
        Ok(())
    };
    for part in bytes.chunks(part) {
        deflater.write(part, &mut put).unwrap();
    }
    deflater.finish(true, &[], &mut put).unwrap();
    all
}

fn check(bytes: &[u8], what: &str) -> usize {
    let mut least = usize::MAX;
    let little = [(bytes.len(), bytes.len().max(1)), (bytes.len(), 1000), (1, 7777)];
    let all = little.map(|(total, part)| (total, part, Effort::Little));
    let others = [Effort::None, Effort::Least, Effort::Some, Effort::of(7)];
    let others = others.map(|effort| (bytes.len(), 4096, effort));
    for (total, part, effort) in all.into_iter().chain(others) {
        let deflated = deflate(bytes, total, part, effort);
        let mut back = Vec::new();
        let mut decoder = flate2::read::DeflateDecoder::new(&deflated[..]);
        decoder.read_to_end(&mut back).unwrap_or_else(|error| {
            panic!(
                "{what}, {} bytes, {total}, {part}: {error}, {:?}",
                bytes.len(),
                &deflated[..deflated.len().min(60)]
            )
        });
        assert!(back == bytes, "{what}, {} bytes for about {total}", bytes.len());
        assert_eq!(decoder.total_in(), deflated.len() as u64, "{what}");
        least = least.min(deflated.len());
    }
    least
}

fn noise(len: usize, mask: u32) -> Vec<u8> {
    let mut state = 1u32;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        (state >> 8 & mask) as u8
    };
    (0..len).map(|_| next()).collect()
}

#[test]
fn what_is_deflated_comes_back_by_another_decoder() {
    for len in [0, 1, 2, 3, 4, 5, 100, 257, 258, 259, 1023, 1024, 1025, 70_000, 400_000] {
        check(&vec![7; len], "one byte");
        assert!(check(&noise(len, 0xff), "noise") <= len + 5 * (len / 1000 + 1) + 16);
        check(&noise(len, 3), "noise of few bytes");
        check(&noise(len, 0x11), "noise of four bytes");
        let ramp: Vec<u8> = (0..len).map(|at| (at / 3 + at * at / 5000) as u8).collect();
        check(&ramp, "ramps");
        let rare: Vec<u8> = (0..len).map(|at| (at as u32 + 1).trailing_zeros() as u8 * 9).collect();
        check(&rare, "bytes that are rarer and rarer");
    }
    let far = [noise(30_000, 0xff), noise(2_768, 0xff)].concat();
    let twice = [&far[..], &far, &far[..5000]].concat();
    assert!(check(&twice, "matches as far as can be") < far.len() + 3000);
}

#[test]
fn what_repeats_takes_little() {
    assert!(check(&vec![0; 1 << 20], "zeros") < 1400);
    assert!(check(b"scanner ".repeat(10_000).as_slice(), "words") < 700);
}

#[test]
fn codes_are_as_short_as_they_are_allowed_to_be() {
    // Counts as Fibonacci had them make the longest codes.
    let mut counts = [0; LITERALS];
    let (mut one, mut other) = (1u32, 1);
    for count in counts.iter_mut().take(40) {
        *count = one;
        (one, other) = (other, one + other);
    }
    let code = Code::<LITERALS>::new(&counts);
    let kraft: f64 =
        code.lens.iter().filter(|len| **len > 0).map(|len| 0.5f64.powi((*len).into())).sum();
    assert!(code.lens.iter().all(|len| *len <= 14) && kraft == 1.0, "{kraft}");
    let mut even = [0; LITERALS];
    even[..256].fill(9);
    assert!(Code::<LITERALS>::new(&even).lens[..256].iter().all(|len| *len == 8));
}

#[test]
fn lengths_and_distances_have_the_symbols_of_the_standard() {
    let lengths = [
        (3, 257, 0),
        (10, 264, 0),
        (11, 265, 1),
        (13, 266, 1),
        (130, 280, 4),
        (257, 284, 5),
        (258, 285, 0),
    ];
    for (len, symbol, bits) in lengths {
        let (found, extra, _) = codes::length(len);
        assert_eq!((found, extra), (symbol, bits), "{len}");
    }
    for (distance, symbol, bits) in
        [(1, 0, 0), (4, 3, 0), (5, 4, 1), (7, 5, 1), (24_577, 29, 13), (32_768, 29, 13)]
    {
        let (found, extra, _) = codes::distance_symbol(distance);
        assert_eq!((found, extra), (symbol, bits), "{distance}");
    }
}

#[test]
fn parts_make_one_stream_with_the_checksum_of_all() {
    use super::pack::{Packer, Sum, head};
    let budget = Budget::new(Limits::default(), None);
    let bytes = [noise(150_000, 0x0f), vec![255; 70_000], noise(1, 0xff), noise(99_999, 0xff)];
    for level in [1, 4, 6, 7, 9] {
        let (mut all, mut sum) = (head(level).to_vec(), Sum::NONE);
        for (number, part) in bytes.iter().enumerate() {
            let mut packer = Packer::after(&[], Effort::of(level), part.len(), &budget).unwrap();
            let mut put = |more: &[u8]| {
                all.extend(more);
                Ok(())
            };
            packer.write(part, &mut put).unwrap();
            sum = sum.and(packer.finish_part(number + 1 == bytes.len(), &mut put).unwrap());
        }
        all.extend(sum.bytes());
        let mut back = Vec::new();
        let mut decoder = flate2::read::ZlibDecoder::new(&all[..]);
        decoder.read_to_end(&mut back).unwrap();
        assert!(back == bytes.concat(), "level {level}");
        assert_eq!(decoder.total_in(), all.len() as u64, "level {level}");
    }
}

#[test]
fn the_thorough_way_takes_less_and_comes_back_at_any_size() {
    // Rows that repeat with changes, longer than a window and several blocks.
    let row = noise(3000, 0x3f);
    let rows = (0..220).flat_map(|y: usize| {
        let row = row.clone();
        row.into_iter().enumerate().map(move |(x, byte)| if x % 41 == y % 41 { 0 } else { byte })
    });
    let bytes: Vec<u8> = rows.collect();
    let sizes = [4, 7, 8].map(|level| {
        let deflated = deflate(&bytes, bytes.len(), 5000, Effort::of(level));
        let mut back = Vec::new();
        flate2::read::DeflateDecoder::new(&deflated[..]).read_to_end(&mut back).unwrap();
        assert!(back == bytes, "level {level}");
        deflated.len()
    });
    assert!(sizes[0] > sizes[1] && sizes[1] >= sizes[2], "{sizes:?}");
    for (len, level) in (0..40).map(|len| (len, 9)).chain([(262_143, 7), (262_144, 7)]) {
        let bytes = bytes.get(..len).unwrap();
        let mut back = Vec::new();
        let deflated = deflate(bytes, len, 999, Effort::of(level));
        flate2::read::DeflateDecoder::new(&deflated[..]).read_to_end(&mut back).unwrap();
        assert!(back == bytes, "{len} bytes");
    }
}
