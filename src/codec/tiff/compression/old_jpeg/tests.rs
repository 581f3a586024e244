//! Pages of old-style JPEG in the ways that were really written, made of what our own encoder writes.

use std::fmt::Debug;

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
            let (content, after) = after.split_at(usize::from(*high) << 8 | usize::from(*low) - 2);
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

fn assert_near(a: &[u8], b: &[u8], most: u8, what: impl Debug) {
    assert_eq!(a.len(), b.len(), "{what:?}");
    let worst = a.iter().zip(b).map(|(a, b)| a.abs_diff(*b)).max().unwrap();
    assert!(worst <= most, "{what:?}: off by {worst}");
}

#[test]
fn a_strip_may_be_a_stream() {
    let own = colours(Subsampling::None);
    let theirs = reader::read(Source::from_bytes(own.file.clone()), &ReadOptions::default());
    assert_near(&plain(&own), theirs.unwrap().pixels(), 3, "colours");
    let gray = jpeg(&picture(SIZE.0, 0, SIZE.1, PixelFormat::Gray8), Subsampling::None);
    let theirs = reader::read(Source::from_bytes(gray.file.clone()), &ReadOptions::default());
    let theirs = theirs.unwrap();
    let mut tiff = Tiff::new(SIZE.0, SIZE.1, 1, 1);
    tiff.strips(SIZE.1, &[&gray.file]);
    assert_near(&tiff.read(), theirs.pixels(), 1, "gray");
    let mut tiff = Tiff::new(SIZE.0, SIZE.1, 0, 1);
    tiff.strips(SIZE.1, &[gray.data()]);
    tiff.tables(&gray, 1);
    let inverted: Vec<u8> = theirs.pixels().iter().map(|gray| 255 - gray).collect();
    assert_near(&tiff.read(), &inverted, 1, "gray, 0 is white");
}

#[test]
fn one_stream_may_be_reached_in_many_ways() {
    for subsampling in [Subsampling::None, Subsampling::Horizontal, Subsampling::Both] {
        let jpeg = colours(subsampling);
        let wanted = plain(&jpeg);
        let (header, file, len) = (jpeg.header().len(), &jpeg.file, jpeg.file.len() as u32);
        let mut layouts: Vec<(&str, Tiff)> = Vec::new();
        let mut with = |name, make: &dyn Fn(&mut Tiff)| {
            let mut tiff = page();
            make(&mut tiff);
            layouts.push((name, tiff));
        };
        with("without strips", &|tiff| {
            tiff.interchange(file);
        });
        with("with a strip within it", &|tiff| {
            let at = tiff.interchange(file);
            tiff.set(tags::STRIP_OFFSETS, LONG, &[at + header as u32]);
            tiff.set(tags::STRIP_BYTE_COUNTS, LONG, &[len - header as u32]);
        });
        with("with the strip as the stream", &|tiff| {
            let at = tiff.interchange(file);
            tiff.set(tags::STRIP_OFFSETS, LONG, &[at]);
            tiff.set(tags::STRIP_BYTE_COUNTS, LONG, &[len]);
        });
        with("with strips that are wrong", &|tiff| {
            tiff.interchange(file);
            tiff.set(tags::STRIP_OFFSETS, LONG, &[5, u32::MAX, 0]);
            tiff.set(tags::STRIP_BYTE_COUNTS, LONG, &[0, 7, u32::MAX]);
            tiff.set(tags::ROWS_PER_STRIP, LONG, &[32]);
        });
        with("too short, going on in strips", &|tiff| {
            let at = tiff.interchange(file);
            tiff.set(tags::JPEG_INTERCHANGE_FORMAT_LENGTH, LONG, &[header as u32 + 100]);
            tiff.set(tags::STRIP_OFFSETS, LONG, &[at + header as u32]);
            tiff.set(tags::STRIP_BYTE_COUNTS, LONG, &[len - header as u32]);
        });
        with("without SOI and EOI", &|tiff| {
            tiff.interchange(&file[2..file.len() - 2]);
        });
        with("the header alone", &|tiff| {
            tiff.interchange(jpeg.header());
            tiff.strips(SIZE.1, &[jpeg.data()]);
        });
        with("the header with its end", &|tiff| {
            tiff.interchange(&[jpeg.header(), &[0xff, EOI]].concat());
            tiff.strips(SIZE.1, &[jpeg.data()]);
        });
        with("the header up to SOF, and tags", &|tiff| {
            let scan = 2 + 2 + 1 + 6 + 3;
            tiff.interchange(&jpeg.header()[..header - scan]);
            tiff.strips(SIZE.1, &[jpeg.data()]);
        });
        with("strips as parts of a stream", &|tiff| {
            let parts: Vec<&[u8]> = file.chunks(file.len().div_ceil(5)).collect();
            tiff.strips(16, &parts);
        });
        for (name, tiff) in layouts {
            assert!(tiff.read() == wanted, "{subsampling:?}: {name}");
            let tiff = tiff.without(tags::JPEG_INTERCHANGE_FORMAT_LENGTH);
            if name != "too short, going on in strips" && !name.starts_with("the header") {
                assert!(tiff.read() == wanted, "{subsampling:?}: {name}, no length");
            }
            let mut tiff = tiff;
            // The stream knows better.
            tiff.set(tags::YCBCR_SUBSAMPLING, SHORT, &[4, 3]);
            tiff.set(tags::PHOTOMETRIC, SHORT, &[2]);
            tiff = tiff.without(tags::BITS_PER_SAMPLE).without(tags::SAMPLES_PER_PIXEL);
            if name != "too short, going on in strips" && !name.starts_with("the header") {
                assert!(tiff.read() == wanted, "{subsampling:?}: {name}, wrong tags");
            }
        }
    }
}

fn factors(subsampling: Subsampling) -> [u32; 2] {
    match subsampling {
        Subsampling::None => [1, 1],
        Subsampling::Horizontal => [2, 1],
        Subsampling::Both => [2, 2],
    }
}

#[test]
fn tags_may_have_the_tables() {
    for subsampling in [Subsampling::None, Subsampling::Horizontal, Subsampling::Both] {
        let jpeg = colours(subsampling);
        let wanted = plain(&jpeg);
        let mut tiff = page();
        tiff.set(tags::YCBCR_SUBSAMPLING, SHORT, &factors(subsampling));
        tiff.strips(SIZE.1, &[jpeg.data()]);
        let mut others = page();
        others.fields = tiff.fields.clone();
        others.data = tiff.data.clone();
        tiff.tables(&jpeg, 3);
        assert!(tiff.read() == wanted, "{subsampling:?}");
        // As a stream without picture.
        others.interchange(&jpeg.tables());
        assert!(others.read() == wanted, "{subsampling:?}, in a stream");
        let mut others = others.without(tags::JPEG_INTERCHANGE_FORMAT);
        let at = others.add(&jpeg.tables());
        others.set(tags::JPEG_TABLES, 7, &[]);
        others.fields.retain(|(tag, ..)| *tag != tags::JPEG_TABLES);
        others.set(tags::JPEG_INTERCHANGE_FORMAT, LONG, &[at]);
        assert!(others.read() == wanted, "{subsampling:?}, in a stream at the end");
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

#[test]
fn strips_are_streams_or_data_alone() {
    let rows = 16;
    for subsampling in [Subsampling::None, Subsampling::Horizontal, Subsampling::Both] {
        let strips = in_strips(SIZE, rows, subsampling);
        let mut wanted = Vec::new();
        for (strip, top) in strips.iter().zip((0..).step_by(rows as usize)) {
            let mut tiff = Tiff::new(SIZE.0, rows.min(SIZE.1 - top), 6, 3);
            tiff.strips(rows, &[&strip.file]);
            wanted.extend(tiff.read());
        }
        let data: Vec<&[u8]> = strips.iter().map(Jpeg::data).collect();
        let files: Vec<&[u8]> = strips.iter().map(|strip| strip.file.as_slice()).collect();
        let check = |name: &str, make: &dyn Fn(&mut Tiff)| {
            let mut tiff = page();
            tiff.set(tags::YCBCR_SUBSAMPLING, SHORT, &factors(subsampling));
            make(&mut tiff);
            assert!(tiff.read() == wanted, "{subsampling:?}: {name}");
        };
        check("streams", &|tiff| tiff.strips(rows, &files));
        check("streams that claim the height of the page", &|tiff| {
            let claim = |file: &&[u8]| {
                let mut file = file.to_vec();
                let at = file.windows(2).position(|two| two == [0xff, SOF0]).unwrap();
                file[at + 6] = SIZE.1 as u8;
                file
            };
            let files: Vec<Vec<u8>> = files.iter().map(claim).collect();
            tiff.strips(rows, &files.iter().map(Vec::as_slice).collect::<Vec<_>>());
        });
        check("data and tags", &|tiff| {
            tiff.strips(rows, &data);
            tiff.tables(&strips[0], 3);
        });
        check("data and the header of a strip", &|tiff| {
            tiff.interchange(strips[0].header());
            tiff.strips(rows, &data);
        });
        check("data between restart markers", &|tiff| {
            let marked =
                |(at, data): (usize, &&[u8])| [data, &[0xff, 0xd0 + at as u8][..]].concat();
            let marked: Vec<Vec<u8>> = data.iter().enumerate().map(marked).collect();
            tiff.strips(rows, &marked.iter().map(Vec::as_slice).collect::<Vec<_>>());
            tiff.tables(&strips[0], 3);
        });
        check("data after restart markers", &|tiff| {
            let marked = |(at, data): (usize, &&[u8])| match at {
                0 => data.to_vec(),
                _ => [&[0xff, 0xd0 + at as u8 - 1], *data].concat(),
            };
            let marked: Vec<Vec<u8>> = data.iter().enumerate().map(marked).collect();
            tiff.strips(rows, &marked.iter().map(Vec::as_slice).collect::<Vec<_>>());
            tiff.tables(&strips[0], 3);
        });
        check("a whole stream with restart markers", &|tiff| {
            let mcus = SIZE.0.div_ceil(8 * factors(subsampling)[0])
                * rows.div_ceil(8 * factors(subsampling)[1]);
            let mut stream = strips[0].header().to_vec();
            let at = stream.windows(2).position(|two| two == [0xff, SOF0]).unwrap();
            stream[at + 6] = SIZE.1 as u8;
            stream.splice(2..2, [0xff, 0xdd, 0, 4, 0, mcus as u8]);
            let (mut places, mut lens) = (Vec::new(), Vec::new());
            for (at, data) in data.iter().enumerate() {
                if at > 0 {
                    stream.extend([0xff, 0xd0 + at as u8 - 1]);
                }
                places.push((DATA + stream.len()) as u32);
                lens.push(data.len() as u32);
                stream.extend(*data);
            }
            tiff.interchange(&[&stream[..], &[0xff, EOI]].concat());
            tiff.set(tags::ROWS_PER_STRIP, LONG, &[rows]);
            tiff.set(tags::STRIP_OFFSETS, LONG, &places);
            tiff.set(tags::STRIP_BYTE_COUNTS, LONG, &lens);
        });
        check("restart intervals within a strip", &|tiff| {
            let [first, second, rest @ ..] = data.as_slice() else { panic!() };
            let mcus = SIZE.0.div_ceil(8 * factors(subsampling)[0])
                * rows.div_ceil(8 * factors(subsampling)[1]);
            tiff.set(tags::JPEG_RESTART_INTERVAL, SHORT, &[mcus]);
            let join = |a: &[u8], b: &[u8]| [a, &[0xff, 0xd0], b].concat();
            let mut joined = vec![join(first, second)];
            joined.extend(rest.chunks(2).map(|two| match two {
                [a, b] => join(a, b),
                _ => two.concat(),
            }));
            tiff.strips(2 * rows, &joined.iter().map(Vec::as_slice).collect::<Vec<_>>());
            tiff.tables(&strips[0], 3);
        });
    }
}

#[test]
fn tiles_and_planes_are_data_with_tables_of_tags() {
    let tile = |left: u32, top: u32| {
        let whole = picture(128, top, 48, PixelFormat::Rgb888);
        let mut part = ImageData::new(64, 48, PixelFormat::Rgb888).unwrap();
        let rows = whole.pixels().chunks(128 * 3);
        for (to, from) in part.pixels_mut().chunks_mut(64 * 3).zip(rows) {
            to.copy_from_slice(&from[left as usize * 3..][..64 * 3]);
        }
        jpeg(&part, Subsampling::None)
    };
    let tiles = [tile(0, 0), tile(64, 0), tile(0, 48), tile(64, 48)];
    let mut data = page();
    data.set(tags::YCBCR_SUBSAMPLING, SHORT, &[1, 1]);
    data.tiles((64, 48), &tiles.each_ref().map(Jpeg::data));
    data.tables(&tiles[0], 3);
    let mut files = page();
    files.tiles((64, 48), &tiles.each_ref().map(|tile| tile.file.as_slice()));
    assert!(data.read() == files.read());
    let original = picture(SIZE.0, 0, SIZE.1, PixelFormat::Rgb888);
    let mean = |a: &[u8], b: &[u8]| {
        a.iter().zip(b).map(|(a, b)| u64::from(a.abs_diff(*b))).sum::<u64>() / a.len() as u64
    };
    let off = mean(&files.read(), original.pixels());
    assert!(off < 12, "off by {off}");

    // Luma and chroma as planes of their own are three gray pictures.
    let planes = [3, 50, 90].map(|top| picture(SIZE.0, top, SIZE.1, PixelFormat::Gray8));
    let encoded = planes.each_ref().map(|plane| jpeg(plane, Subsampling::None));
    let mut tiff = page();
    tiff.set(tags::PLANAR_CONFIGURATION, SHORT, &[2]);
    tiff.set(tags::YCBCR_SUBSAMPLING, SHORT, &[1, 1]);
    tiff.strips(SIZE.1, &encoded.each_ref().map(Jpeg::data));
    tiff.tables(&encoded[0], 3);
    let pixels = tiff.read();
    let luma = |pixel: &[u8]| {
        0.114 * f64::from(pixel[0]) + 0.587 * f64::from(pixel[1]) + 0.299 * f64::from(pixel[2])
    };
    let inside = |pixel: &&[u8]| !pixel.iter().any(|sample| matches!(sample, 0 | 255));
    let both = pixels.chunks(3).zip(planes[0].pixels()).filter(|(pixel, _)| inside(pixel));
    assert!(both.clone().count() > 500);
    let off: f64 = both.clone().map(|(pixel, gray)| (luma(pixel) - f64::from(*gray)).abs()).sum();
    assert!(off / (both.count() as f64) < 6.0);
}

#[test]
fn a_stream_that_says_rgb_is_rgb() {
    let jpeg = colours(Subsampling::None);
    let adobe = [0xff, 0xee, 0, 14, b'A', b'd', b'o', b'b', b'e', 0, 100, 0, 0, 0, 0, 0];
    let mut marked = jpeg.file.clone();
    marked.splice(2..2, adobe);
    let mut tiff = page();
    tiff.set(tags::PHOTOMETRIC, SHORT, &[2]);
    tiff.interchange(&marked);
    let rgb = tiff.read();
    // The first component is luma, and shown as red.
    let gray = reader::read(
        Source::from_bytes(jpeg.file.clone()),
        &ReadOptions { pixel_format: Some(PixelFormat::Gray8), ..ReadOptions::default() },
    );
    let red: Vec<u8> = rgb.chunks(3).map(|pixel| pixel[2]).collect();
    assert_near(&red, gray.unwrap().pixels(), 2, "red");
    tiff.interchange(&jpeg.file);
    assert!(tiff.read() == plain(&jpeg));
}

/// Bits, highest first, with 0 after 0xff.
#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    held: u32,
    count: u32,
}

impl Bits {
    fn put(&mut self, value: u32, count: u32) {
        for at in (0..count).rev() {
            self.held = self.held << 1 | value >> at & 1;
            self.count += 1;
            if self.count == 8 {
                self.bytes.push(self.held as u8);
                if self.held == 0xff {
                    self.bytes.push(0);
                }
                (self.held, self.count) = (0, 0);
            }
        }
    }

    /// A number with its length before it, in codes of 5 bits.
    fn difference(&mut self, value: i32) {
        let len = 32 - value.unsigned_abs().leading_zeros();
        self.put(len, 5);
        let bits = if value < 0 { value + (1 << len) - 1 } else { value };
        self.put(bits as u32, if len == 16 { 0 } else { len });
    }

    fn end(mut self) -> Vec<u8> {
        while self.count > 0 {
            self.put(1, 1);
        }
        self.bytes
    }
}

/// 17 codes of 5 bits, whose symbols they are.
fn codes() -> Vec<u8> {
    let mut table = vec![0; 16];
    table[4] = 17;
    table.extend(0..17);
    table
}

/// The data of one component, each sample predicted from the one before.
fn lossless(samples: &[u16], width: usize, bits: u32) -> Vec<u8> {
    let mut data = Bits::default();
    for (at, sample) in samples.iter().enumerate() {
        let predicted = match at {
            0 => 1i32 << (bits - 1),
            _ if at % width == 0 => samples[at - width].into(),
            _ => samples[at - 1].into(),
        };
        let difference = (i32::from(*sample) - predicted) as i16;
        data.difference(if difference == i16::MIN { 32_768 } else { difference.into() });
    }
    data.end()
}

#[test]
fn lossless_data_is_exact() {
    let (width, height) = (20u32, 9u32);
    for bits in [2u32, 8, 10, 12, 16] {
        let most = (1u32 << bits) - 1;
        let samples: Vec<u16> =
            (0..width * height).map(|at| (at * at * 77 % (most + 1)) as u16).collect();
        let mut tiff = Tiff::new(width, height, 1, 1);
        tiff.set(tags::BITS_PER_SAMPLE, SHORT, &[bits]);
        tiff.set(tags::JPEG_PROC, SHORT, &[14]);
        tiff.set(tags::JPEG_LOSSLESS_PREDICTORS, SHORT, &[1]);
        let place = tiff.add(&codes());
        tiff.set(tags::JPEG_DC_TABLES, LONG, &[place]);
        let strips: Vec<Vec<u8>> = samples
            .chunks(5 * width as usize)
            .map(|strip| lossless(strip, width as usize, bits))
            .collect();
        tiff.strips(5, &strips.iter().map(Vec::as_slice).collect::<Vec<_>>());
        let scaled = |sample: &u16| {
            let full = if bits > 8 { 65_535u32 } else { 255 };
            ((u32::from(*sample) * full + most / 2) / most) as u16
        };
        let wanted: Vec<u8> = match bits {
            ..=8 => samples.iter().map(|sample| scaled(sample) as u8).collect(),
            _ => samples.iter().flat_map(|sample| scaled(sample).to_ne_bytes()).collect(),
        };
        assert!(tiff.read() == wanted, "{bits} bits");
        // The same as a stream in new-style JPEG.
        let stream = |data: &Vec<u8>, rows: u8| {
            let frame = [0xff, SOF3, 0, 11, bits as u8, 0, rows, 0, width as u8, 1, 1, 0x11, 0];
            let mut stream = vec![0xff, SOI];
            put_segment(&mut stream, DHT, &[&[0], codes().as_slice()].concat()).unwrap();
            stream.extend(frame);
            stream.extend([0xff, SOS, 0, 8, 1, 1, 0, 1, 0, 0]);
            [&stream[..], data, &[0xff, EOI]].concat()
        };
        let streams = [stream(&strips[0], 5), stream(&strips[1], 4)];
        let mut tiff = Tiff::new(width, height, 1, 1);
        tiff.set(tags::BITS_PER_SAMPLE, SHORT, &[bits]);
        tiff.set(tags::COMPRESSION, SHORT, &[7]);
        tiff.strips(5, &streams.each_ref().map(Vec::as_slice));
        assert!(tiff.read() == wanted, "{bits} bits, new style");
    }
}

#[test]
fn samples_of_12_bits_are_read() {
    // Blocks of one gray: a difference, and the end of the block in a code of 1 bit.
    let grays: Vec<u16> = (0..12).map(|at| at * 341).collect();
    let mut data = Bits::default();
    let mut previous = 2048;
    for gray in &grays {
        data.difference(i32::from(*gray) - previous);
        previous = i32::from(*gray);
        data.put(0, 1);
    }
    let data = data.end();
    let mut end_of_block = vec![0; 17];
    end_of_block[0] = 1;
    let mut tiff = Tiff::new(32, 24, 1, 1);
    tiff.set(tags::BITS_PER_SAMPLE, SHORT, &[12]);
    tiff.strips(24, &[&data]);
    let steps = tiff.add(&[8; 64]);
    let dc = tiff.add(&codes());
    let ac = tiff.add(&end_of_block);
    tiff.set(tags::JPEG_Q_TABLES, LONG, &[steps]);
    tiff.set(tags::JPEG_DC_TABLES, LONG, &[dc]);
    tiff.set(tags::JPEG_AC_TABLES, LONG, &[ac]);
    let scaled = |gray: u16| ((u32::from(gray) * 65_535 + 2047) / 4095) as u16;
    let wanted: Vec<u8> = (0..32 * 24usize)
        .flat_map(|at| scaled(grays[at / 256 * 4 + at % 32 / 8]).to_ne_bytes())
        .collect();
    assert!(tiff.read() == wanted);
    let mut stream = vec![0xff, SOI];
    put_segment(&mut stream, DQT, &[0].into_iter().chain([8; 64]).collect::<Vec<_>>()).unwrap();
    put_segment(&mut stream, DHT, &[&[0], codes().as_slice()].concat()).unwrap();
    put_segment(&mut stream, DHT, &[&[0x10], end_of_block.as_slice()].concat()).unwrap();
    put_segment(&mut stream, SOF0 + 1, &[12, 0, 24, 0, 32, 1, 1, 0x11, 0]).unwrap();
    put_segment(&mut stream, SOS, &[1, 1, 0, 0, 63, 0]).unwrap();
    let stream = [&stream[..], &data, &[0xff, EOI]].concat();
    let mut tiff = Tiff::new(32, 24, 1, 1);
    tiff.set(tags::BITS_PER_SAMPLE, SHORT, &[12]);
    tiff.set(tags::COMPRESSION, SHORT, &[7]);
    tiff.strips(24, &[&stream]);
    assert!(tiff.read() == wanted, "new style");
    tiff.set(tags::BITS_PER_SAMPLE, SHORT, &[8]);
    let error = read(tiff.file(false), &ReadOptions::default()).unwrap_err();
    assert!(error.message().contains("of 12 bits, not 1 of 8"), "{error}");
}

/// A file of each layout, for damage: what is needed first lies first.
fn files() -> Vec<Vec<u8>> {
    let size = (37, 41);
    let strips = in_strips(size, 16, Subsampling::Both);
    let data: Vec<&[u8]> = strips.iter().map(Jpeg::data).collect();
    let whole = jpeg(&picture(size.0, 0, size.1, PixelFormat::Rgb888), Subsampling::Both);
    let mut layouts = [0; 5].map(|_| page_of(size));
    layouts[0].tables(&strips[0], 3);
    layouts[0].strips(16, &data);
    let at = layouts[1].interchange(&whole.file);
    layouts[1].set(tags::STRIP_OFFSETS, LONG, &[at + whole.header().len() as u32]);
    layouts[1].set(tags::STRIP_BYTE_COUNTS, LONG, &[whole.data().len() as u32]);
    layouts[2].interchange(strips[0].header());
    layouts[2].strips(16, &data);
    let parts: Vec<&[u8]> = whole.file.chunks(whole.file.len().div_ceil(3)).collect();
    layouts[3].strips(16, &parts);
    layouts[4].tables(&whole, 3);
    layouts[4].tiles((48, 48), &[whole.data()]);
    layouts.iter().map(|tiff| tiff.file(false)).collect()
}

fn options(tolerance: Tolerance) -> ReadOptions {
    let limits = Limits { max_memory: 8 << 20, ..Limits::default() };
    ReadOptions { tolerance, limits, ..ReadOptions::default() }
}

#[test]
fn a_file_may_end_anywhere() {
    let mut seen = [false; 5];
    for (layout, file) in files().into_iter().enumerate() {
        let whole = read(file.clone(), &options(Tolerance::Strict)).unwrap();
        for len in (8..file.len()).rev().step_by(7) {
            let strict = read(file[..len].to_vec(), &options(Tolerance::Strict));
            assert!(strict.is_err() || len + 16 > file.len(), "{layout} at {len}");
            let Ok(part) = read(file[..len].to_vec(), &options(Tolerance::Recover)) else {
                continue;
            };
            assert_eq!(part.pixels().len(), whole.pixels().len());
            // Of the rows whose data is there, a row of blocks or two are missing.
            let good = part.pixels().iter().zip(whole.pixels()).take_while(|(a, b)| a == b).count();
            let heads = DATA + 700;
            let data = len.saturating_sub(heads) * 41 / (file.len() - heads);
            let rows = good / (37 * 3);
            assert!(rows + 24 >= data, "{layout} at {len}: {rows} of {data} rows");
            seen[layout] |= rows > 0 && rows < 41;
        }
    }
    assert_eq!(seen, [true; 5], "parts were recovered");
}

#[test]
fn damage_is_an_error_and_no_more() {
    for file in files() {
        let fields = usize::from(file[8]);
        for at in 10..10 + 12 * fields {
            for byte in [0, 6, 0xff] {
                let mut file = file.clone();
                file[at] = byte;
                let strict = read(file.clone(), &options(Tolerance::Strict));
                let recovered = read(file, &options(Tolerance::Recover));
                assert!(strict.is_err() || recovered.is_ok(), "byte {at} as {byte}");
            }
        }
        // Within the data.
        for at in (DATA..file.len()).step_by(37) {
            let mut file = file.clone();
            let end = file.len().min(at + 3);
            file[at..end].fill(0xff);
            let strict = read(file.clone(), &options(Tolerance::Strict));
            let recovered = read(file, &options(Tolerance::Recover));
            assert!(strict.is_err() || recovered.is_ok(), "data at {at}");
        }
    }
}

#[test]
fn what_no_data_can_hold_is_refused() {
    let gray = jpeg(&picture(64, 0, 64, PixelFormat::Gray8), Subsampling::None);
    let mut tiff = Tiff::new(30_000, 30_000, 1, 1);
    tiff.strips(30_000, &[gray.data()]);
    tiff.tables(&gray, 1);
    let error = read(tiff.file(false), &ReadOptions::default()).unwrap_err();
    assert!(error.message().contains("30000 x 30000 pixels in"), "{error}");
}
