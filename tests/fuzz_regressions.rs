//! What fuzzing found stays mended: every file of `fuzz/regressions/TARGET` goes through the function of its target, as do
//! the seeds that are made here, whole and damaged.

#![allow(unsafe_code, reason = "the C ABI is driven as C drives it")]
#![allow(
    clippy::undocumented_unsafe_blocks,
    clippy::multiple_unsafe_ops_per_block,
    clippy::missing_safety_doc,
    reason = "the targets keep the promises of dio.h, one for all"
)]

#[path = "../fuzz/src/lib.rs"]
mod dio_fuzz;

use std::fs;
use std::path::Path;

use dio::codec;
use dio::image::ImageData;
use dio::options::SaveOptions;
use dio::pixel::PixelFormat;
use dio::writer;

fn function(target: &str) -> fn(&[u8]) {
    match target {
        "round_trip" => dio_fuzz::round_trip,
        "layouts" => dio_fuzz::layouts,
        _ => dio_fuzz::read,
    }
}

#[test]
fn what_was_found_stays_mended() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/regressions");
    for target in fs::read_dir(folder).unwrap() {
        let target = target.unwrap().path();
        let Some(name) = target.file_name().and_then(|name| name.to_str()) else { continue };
        let Ok(files) = fs::read_dir(&target) else { continue };
        for file in files {
            function(name)(&fs::read(file.unwrap().path()).unwrap());
        }
    }
}

/// The same numbers in every run (xorshift, G. Marsaglia, 2003).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, most: usize) -> usize {
        (self.next() % most.max(1) as u64) as usize
    }
}

/// Files of every format that is written.
fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for format in [PixelFormat::Binary, PixelFormat::Gray8, PixelFormat::Bgr888] {
        let mut image = ImageData::new(23, 17, format).unwrap();
        let mut random = Random(7);
        image.pixels_mut().iter_mut().for_each(|byte| *byte = random.next() as u8);
        for codec in codec::all().filter(|codec| codec.facts().writes) {
            let format = codec.facts().format;
            seeds.push(writer::save_memory(&image, format, &SaveOptions::default()).unwrap());
        }
    }
    seeds
}

#[test]
fn damaged_files_with_any_options_are_refused_or_read() {
    let mut random = Random(0x5eed);
    for seed in seeds() {
        for _ in 0..40 {
            let mut bytes = seed.clone();
            for _ in 0..random.below(6) {
                let at = random.below(bytes.len());
                bytes[at] = random.next() as u8;
            }
            bytes.truncate(bytes.len() - random.below(bytes.len() / 2) * random.below(2));
            bytes.extend((0..random.below(24)).map(|_| random.next() as u8));
            dio_fuzz::read(&bytes);
        }
    }
}

#[test]
fn descriptors_and_options_of_any_kind_are_refused_or_kept() {
    let mut random = Random(0xd1ce);
    for _ in 0..800 {
        let bytes: Vec<u8> = (0..20 + random.below(60)).map(|_| random.next() as u8).collect();
        dio_fuzz::layouts(&bytes);
        dio_fuzz::round_trip(&bytes);
    }
}
