use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;

use super::*;
use crate::limits::Limits;

fn deflate(bytes: &[u8], level: u32) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::new(level));
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Inflates so many bytes at a time, at most `most`.
fn inflate(from: &[u8], step: usize, most: usize) -> (Vec<u8>, Option<Damaged>) {
    let budget = Budget::new(Limits::default(), None);
    if step >= most {
        let mut all = vec![0xa5; most];
        let (len, damage) = Inflater::new().all(from, &mut all);
        all.truncate(len);
        return (all, damage);
    }
    let mut inflater = Inflater::new();
    let mut all = Vec::new();
    loop {
        let mut bytes = vec![0xa5; step.min(most - all.len())];
        let (got, damage) = inflater.next(from, &mut bytes, &budget).unwrap();
        all.extend_from_slice(&bytes[..got]);
        if got < bytes.len() || all.len() == most {
            return (all, damage);
        }
    }
}

fn random(seed: &mut u64) -> u64 {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    *seed
}

/// Bytes of many kinds: noise, runs, repetitions of every short length, and far ones.
fn sample(seed: &mut u64, len: usize) -> Vec<u8> {
    let mut bytes: Vec<u8> = Vec::new();
    while bytes.len() < len {
        let count = 1 + random(seed) as usize % 600;
        let reach =
            1 + random(seed) as usize % if random(seed).is_multiple_of(2) { 20 } else { 40_000 };
        let noise = random(seed).is_multiple_of(3);
        let mask = [0xff, 0x0f, 0x83][random(seed) as usize % 3];
        for _ in 0..count {
            let byte = match bytes.len().checked_sub(reach) {
                Some(at) if !noise => bytes[at],
                _ => random(seed) as u8 & mask,
            };
            bytes.push(byte);
        }
    }
    bytes
}

#[test]
fn what_another_encoder_makes_comes_back() {
    let mut seed = 88_172_645_463_325_252;
    for turn in 0..120 {
        let len = if turn < 60 { turn } else { random(&mut seed) as usize % 400_000 };
        let bytes = sample(&mut seed, len);
        let packed = deflate(&bytes, (turn % 10) as u32);
        let (found, damage) = inflate(&packed, usize::MAX, bytes.len());
        assert!(found == bytes && damage.is_none(), "turn {turn}, all at once");
        let (found, damage) = inflate(&packed, usize::MAX, bytes.len() + 1_000);
        assert!(found == bytes && damage.is_none(), "turn {turn}, more than there is");
        let steps = [bytes.len() + 1, 1 + random(&mut seed) as usize % 5_000, 200_000];
        for step in steps {
            let (found, damage) = inflate(&packed, step, usize::MAX);
            assert!(found == bytes && damage.is_none(), "turn {turn}, step {step}");
        }
    }
}

#[test]
fn what_ends_early_gives_what_there_is() {
    let bytes = sample(&mut 5, 5_000);
    let packed = deflate(&bytes, 6);
    for len in 0..packed.len() {
        let (found, damage) = inflate(&packed[..len], 700, usize::MAX);
        assert!(bytes.starts_with(&found) && damage.is_none(), "{len}");
    }
}

/// The same outcome as that of another decoder, as far as it gives any.
#[test]
fn damage_is_found_where_another_decoder_finds_it() {
    let mut seed = 99;
    for turn in 0..3_000 {
        let bytes = sample(&mut seed, 3_000);
        let mut packed = deflate(&bytes, 1 + turn % 9);
        for _ in 0..1 + random(&mut seed) % 3 {
            let at = random(&mut seed) as usize % packed.len().min(400);
            packed[at] ^= 1 << (random(&mut seed) % 8);
        }
        let (found, damage) = inflate(&packed, 1_000, 40_000);
        let mut other = flate2::Decompress::new(true);
        let mut expected = vec![0; 40_000];
        let status = other.decompress(&packed, &mut expected, flate2::FlushDecompress::Finish);
        expected.truncate(other.total_out() as usize);
        let is_whole = matches!(status, Ok(flate2::Status::StreamEnd));
        if is_whole || damage.is_none() && status.is_ok() {
            assert!(found == expected, "turn {turn}");
        }
        // The checksum is none of our business.
        if damage.is_some() {
            assert!(!is_whole, "turn {turn}");
            assert!(found.len() <= expected.len() || status.is_err(), "turn {turn}");
        }
    }
}

#[test]
fn two_at_once_are_as_each_alone() {
    let mut seed = 4_321;
    for turn in 0..300 {
        let mut packed = [0, 1].map(|_| {
            let len = random(&mut seed) as usize % 60_000;
            let bytes = match random(&mut seed) % 3 {
                // Bytes that mostly literals stand for, of nearly as many bits each.
                0 => (0..len).map(|_| (random(&mut seed) % 97) as u8).collect(),
                _ => sample(&mut seed, len),
            };
            (deflate(&bytes, (turn % 10) as u32), bytes.len())
        });
        if turn % 3 == 0 {
            let at = random(&mut seed) as usize % packed[1].0.len();
            packed[1].0[at] ^= 1 << (random(&mut seed) % 8);
        }
        let alone = packed.each_ref().map(|(raw, len)| inflate(raw, usize::MAX, *len));
        let mut outs = packed.each_ref().map(|(_, len)| vec![0xa5; *len]);
        let [one, other] = &mut outs;
        let found = two((&packed[0].0, one), (&packed[1].0, other));
        for (((len, damage), out), (bytes, expected)) in found.iter().zip(&outs).zip(&alone) {
            assert!(out[..*len] == *bytes && damage == expected, "turn {turn}");
        }
    }
}
