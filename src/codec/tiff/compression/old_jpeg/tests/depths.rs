//! Data of 12 bits, and lossless data of any depth, made without an encoder.

use super::*;

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
