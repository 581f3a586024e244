//! Pages of old-style JPEG in the ways that were really written, made of what our own encoder writes.

mod damage;
mod depths;
mod layouts;

use super::super::super::tags;
use super::*;
use crate::image::ImageData;
use crate::limits::Limits;
use crate::options::{SaveOptions, Subsampling};
use crate::pixel::PixelFormat;
use crate::reader;
use crate::writer;

/// Where the data of the files made here begins: after the directory and its values.
const DATA: usize = 1024;
const SHORT: u16 = 3;
const LONG: u16 = 4;

/// A TIFF being made.
struct Tiff {
    fields: Vec<(u16, u16, Vec<u32>)>,
    data: Vec<u8>,
}

impl Tiff {
    fn new(width: u32, height: u32, photometric: u32, samples: u32) -> Self {
        let mut tiff = Self { fields: Vec::new(), data: Vec::new() };
        tiff.set(tags::IMAGE_WIDTH, LONG, &[width]);
        tiff.set(tags::IMAGE_LENGTH, LONG, &[height]);
        tiff.set(tags::BITS_PER_SAMPLE, SHORT, &vec![8; samples as usize]);
        tiff.set(tags::COMPRESSION, SHORT, &[6]);
        tiff.set(tags::PHOTOMETRIC, SHORT, &[photometric]);
        tiff.set(tags::SAMPLES_PER_PIXEL, SHORT, &[samples]);
        tiff
    }

    fn set(&mut self, tag: u16, kind: u16, values: &[u32]) {
        self.fields.retain(|(own, ..)| *own != tag);
        self.fields.push((tag, kind, values.to_vec()));
    }

    fn without(mut self, tag: u16) -> Self {
        self.fields.retain(|(own, ..)| *own != tag);
        self
    }

    /// Adds bytes; where they are.
    fn add(&mut self, bytes: &[u8]) -> u32 {
        let at = DATA + self.data.len();
        self.data.extend(bytes);
        at as u32
    }

    fn interchange(&mut self, stream: &[u8]) -> u32 {
        let at = self.add(stream);
        self.set(tags::JPEG_INTERCHANGE_FORMAT, LONG, &[at]);
        self.set(tags::JPEG_INTERCHANGE_FORMAT_LENGTH, LONG, &[stream.len() as u32]);
        at
    }

    fn strips(&mut self, rows: u32, strips: &[&[u8]]) {
        let places: Vec<u32> = strips.iter().map(|strip| self.add(strip)).collect();
        let lens: Vec<u32> = strips.iter().map(|strip| strip.len() as u32).collect();
        self.set(tags::ROWS_PER_STRIP, LONG, &[rows]);
        self.set(tags::STRIP_OFFSETS, LONG, &places);
        self.set(tags::STRIP_BYTE_COUNTS, LONG, &lens);
    }

    fn tiles(&mut self, (width, height): (u32, u32), tiles: &[&[u8]]) {
        self.strips(1, tiles);
        for (from, to) in [
            (tags::STRIP_OFFSETS, tags::TILE_OFFSETS),
            (tags::STRIP_BYTE_COUNTS, tags::TILE_BYTE_COUNTS),
        ] {
            let field = self.fields.iter_mut().find(|(tag, ..)| *tag == from).unwrap();
            field.0 = to;
        }
        self.set(tags::TILE_WIDTH, LONG, &[width]);
        self.set(tags::TILE_LENGTH, LONG, &[height]);
    }

    /// Tables under tags, one of each kind for each sample.
    fn tables(&mut self, jpeg: &Jpeg, samples: usize) {
        for (tag, tables) in [
            (tags::JPEG_Q_TABLES, &jpeg.quantization),
            (tags::JPEG_DC_TABLES, &jpeg.dc),
            (tags::JPEG_AC_TABLES, &jpeg.ac),
        ] {
            let places: Vec<u32> = tables.iter().map(|table| self.add(table)).collect();
            let of = |sample: usize| places[sample.min(places.len() - 1)];
            self.set(tag, LONG, &(0..samples).map(of).collect::<Vec<_>>());
        }
    }

    fn file(&self, big_endian: bool) -> Vec<u8> {
        let short = |n: u16| if big_endian { n.to_be_bytes() } else { n.to_le_bytes() };
        let long = |n: u32| if big_endian { n.to_be_bytes() } else { n.to_le_bytes() };
        let mut fields = self.fields.clone();
        fields.sort();
        let mut file = if big_endian { b"MM\0*".to_vec() } else { b"II*\0".to_vec() };
        file.extend(long(8));
        file.extend(short(fields.len() as u16));
        let mut values_at = 8 + 2 + fields.len() * 12 + 4;
        let mut after = Vec::new();
        for (tag, kind, numbers) in &fields {
            let bytes = |n: &u32| match *kind {
                SHORT => short(*n as u16).to_vec(),
                _ => long(*n).to_vec(),
            };
            let mut value: Vec<u8> = numbers.iter().flat_map(bytes).collect();
            file.extend([short(*tag), short(*kind)].concat());
            file.extend(long(numbers.len() as u32));
            if value.len() > 4 {
                file.extend(long(values_at as u32));
                values_at += value.len();
                after.extend(value);
            } else {
                value.resize(4, 0);
                file.extend(value);
            }
        }
        file.extend(long(0));
        file.extend(after);
        assert!(file.len() <= DATA, "{} fields", fields.len());
        file.resize(DATA, 0);
        file.extend(&self.data);
        file
    }

    fn read(&self) -> Vec<u8> {
        let ours = read(self.file(false), &ReadOptions::default()).unwrap();
        let swapped = read(self.file(true), &ReadOptions::default()).unwrap();
        assert!(ours.pixels() == swapped.pixels(), "byte orders differ");
        ours.pixels().to_vec()
    }
}

fn read(file: Vec<u8>, options: &ReadOptions) -> Result<ImageData> {
    reader::read(Source::from_bytes(file), options)
}

/// A picture with edges and slopes, of which rows from `top` on are taken.
fn picture(width: u32, top: u32, height: u32, format: PixelFormat) -> ImageData {
    let mut image = ImageData::new(width, height, format).unwrap();
    let (stride, size) = (image.layout().stride, format.bits_per_pixel() / 8);
    for (at, byte) in image.pixels_mut().iter_mut().enumerate() {
        let (x, y, c) = (at % stride / size, at / stride + top as usize, at % size);
        let slope = (x * 3 + y * (2 + c) + 40 * c) % 256;
        *byte = if (x / 11 + y / 7) % 3 == 0 { 255 - slope as u8 } else { slope as u8 };
    }
    image
}

fn jpeg(image: &ImageData, subsampling: Subsampling) -> Jpeg {
    let options = SaveOptions { subsampling, ..SaveOptions::default() };
    Jpeg::new(writer::save_memory(image, FileFormat::Jpeg, &options).unwrap())
}

/// A JPEG file and its parts.
struct Jpeg {
    file: Vec<u8>,
    head: Head,
    quantization: Vec<Vec<u8>>,
    dc: Vec<Vec<u8>>,
    ac: Vec<Vec<u8>>,
}

impl Jpeg {
    fn new(file: Vec<u8>) -> Self {
        let source = Source::from_bytes(file.clone());
        let budget = Budget::new(Limits::default(), None);
        let head = Head::read(&source, 0, source.len(), &budget).unwrap();
        let (mut quantization, mut dc, mut ac) = (Vec::new(), Vec::new(), Vec::new());
        let mut rest = head.tables.as_slice();
        while let [_, marker, high, low, after @ ..] = rest {
            let (content, after) =
                after.split_at(usize::from(u16::from_be_bytes([*high, *low])) - 2);
            match (*marker, content[0]) {
                (DQT, _) => quantization.push(content[1..].to_vec()),
                (DHT, 0 | 1) => dc.push(content[1..].to_vec()),
                _ => ac.push(content[1..].to_vec()),
            }
            rest = after;
        }
        Self { file, head, quantization, dc, ac }
    }

    /// All up to the data.
    fn header(&self) -> &[u8] {
        &self.file[..self.head.data as usize]
    }

    /// The entropy-coded data.
    fn data(&self) -> &[u8] {
        &self.file[self.head.data as usize..self.file.len() - 2]
    }

    /// Tables without a picture.
    fn tables(&self) -> Vec<u8> {
        [&[0xff, SOI], self.head.tables.as_slice(), &[0xff, EOI]].concat()
    }
}

/// 100 x 70 pixels.
const SIZE: (u32, u32) = (100, 70);

fn colours(subsampling: Subsampling) -> Jpeg {
    jpeg(&picture(SIZE.0, 0, SIZE.1, PixelFormat::Rgb888), subsampling)
}

fn page() -> Tiff {
    page_of(SIZE)
}

fn page_of((width, height): (u32, u32)) -> Tiff {
    let mut tiff = Tiff::new(width, height, 6, 3);
    tiff.set(tags::ROWS_PER_STRIP, LONG, &[height]);
    tiff
}

/// The picture as a strip that is a whole stream.
fn plain(jpeg: &Jpeg) -> Vec<u8> {
    let mut tiff = page();
    tiff.strips(SIZE.1, &[&jpeg.file]);
    tiff.read()
}

fn factors(subsampling: Subsampling) -> [u32; 2] {
    match subsampling {
        Subsampling::None => [1, 1],
        Subsampling::Horizontal => [2, 1],
        Subsampling::Both => [2, 2],
    }
}

/// The picture in strips, each encoded alone.
fn in_strips((width, height): (u32, u32), rows: u32, subsampling: Subsampling) -> Vec<Jpeg> {
    let strip = |top: u32| {
        let rows = rows.min(height - top);
        jpeg(&picture(width, top, rows, PixelFormat::Rgb888), subsampling)
    };
    (0..height).step_by(rows as usize).map(strip).collect()
}
