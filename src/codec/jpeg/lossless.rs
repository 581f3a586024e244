//! Lossless JPEG (T.81, annex H): samples predicted from their neighbours, differences Huffman coded.

use super::bits::{Bits, Codes, bad_table};
use super::colour::Colour;
use super::markers;
use super::scan::{Frame, Head};
use crate::error::{Error, Result};
use crate::memory;
use crate::pixel::{Canvas, PixelFormat};
use crate::source::Source;

/// The pixel format of the samples: of 8 bits, or scaled to 16.
pub fn native(head: &Head) -> PixelFormat {
    match (head.frame.components.len(), head.frame.bits) {
        (1, ..=8) => PixelFormat::Gray8,
        (1, _) => PixelFormat::Gray16,
        (_, ..=8) => PixelFormat::Rgb888,
        _ => PixelFormat::Rgb161616,
    }
}

/// Refuses what is not read, by name.
pub fn check_supported(head: &Head) -> Result<()> {
    let Frame { bits, components, height, .. } = &head.frame;
    if !(2..=16).contains(bits) {
        return Err(Error::damaged(format!("lossless samples have {bits} bits")));
    }
    if *height == 0 {
        return Err(Error::unsupported("a height stated after the scan (DNL) is not supported"));
    }
    if !matches!(components.len(), 1 | 3) {
        let message =
            format!("lossless coding of {} components is not supported", components.len());
        return Err(Error::unsupported(message));
    }
    // Without JFIF nobody turns lossless samples into YCbCr, whatever the components are called.
    if components.len() == 3 && (head.jfif.is_some() || matches!(head.adobe, Some(1..))) {
        return Err(Error::unsupported("lossless coding of YCbCr is not supported"));
    }
    let mut factors = components.iter().map(|component| (component.across, component.down));
    let first = factors.next();
    if factors.any(|other| Some(other) != first) {
        return Err(Error::unsupported("lossless coding with subsampling is not supported"));
    }
    if head.scanned() != components.len() {
        return Err(Error::unsupported("lossless coding in several scans is not supported"));
    }
    head.colour().map(|_: Colour| ())
}

/// Decodes the image row by row into the canvas.
pub fn decode(source: &Source, head: &Head, canvas: &mut Canvas<'_>) -> Result<()> {
    let mut scan = Scan::new(source, head)?;
    let format = native(head);
    let row_len = usize::try_from(format.min_stride(head.frame.width)).unwrap_or(usize::MAX);
    let mut row = memory::zeroed(row_len, "a row")?;
    for y in 0..head.frame.height {
        scan.row().map_err(|error| error.at_offset(scan.bits.offset))?;
        scan.pack(format, &mut row);
        canvas.put(y, format, &row)?;
    }
    Ok(())
}

/// What is in force while a scan is decoded.
struct Scan {
    bits: Bits,
    tables: Vec<Codes>,
    /// Selector of the predictor, 1 to 7 (table H.1).
    predictor: u8,
    /// Low bits that were cut off before coding.
    transform: u8,
    depth: u8,
    /// Samples between restart markers; 0 = none.
    interval: u32,
    left: u32,
    restarts: u8,
    /// Whether the row begins without one above it that counts.
    first_row: bool,
    above: Vec<Vec<u16>>,
    current: Vec<Vec<u16>>,
}

impl Scan {
    fn new(source: &Source, head: &Head) -> Result<Self> {
        let damaged = || Error::damaged("the scan header (SOS) is damaged");
        let count = head.scanned();
        let fields = head.first_scan.get(5..).ok_or_else(damaged)?;
        let (selectors, rest) = fields.split_at_checked(count * 2).ok_or_else(damaged)?;
        let &[predictor, _, transform] = rest else { return Err(damaged()) };
        let transform = transform & 15;
        if !(1..=7).contains(&predictor) || transform >= head.frame.bits {
            return Err(damaged());
        }
        let tables = Tables::of(&head.tables)?;
        let pick = |selector: &[u8; 2]| match tables.dc.get(usize::from(selector[1] >> 4)) {
            Some(Some((counts, symbols))) => Codes::new(counts, symbols),
            _ => Err(Error::damaged("a Huffman table is missing")),
        };
        let rows = || (0..count).map(|_| samples(head.frame.width)).collect::<Result<Vec<_>>>();
        Ok(Self {
            bits: Bits::new(source, head.data)?,
            tables: selectors.as_chunks::<2>().0.iter().map(pick).collect::<Result<_>>()?,
            predictor,
            transform,
            depth: head.frame.bits,
            interval: tables.interval,
            left: tables.interval,
            restarts: 0,
            first_row: true,
            above: rows()?,
            current: rows()?,
        })
    }

    /// Decodes the next row into `current`.
    fn row(&mut self) -> Result<()> {
        std::mem::swap(&mut self.above, &mut self.current);
        let width = self.current.first().map_or(0, Vec::len);
        let mut fresh = self.first_row;
        for x in 0..width {
            if self.interval > 0 && self.left == 0 {
                self.bits.restart(self.restarts)?;
                self.restarts = (self.restarts + 1) % 8;
                self.left = self.interval;
                // Intervals are whole rows (H.1.1); where they are not, what follows counts as a first row too.
                fresh = true;
            }
            self.left = self.left.wrapping_sub(1);
            for at in 0..self.tables.len() {
                let difference = match self.tables.get(at) {
                    Some(codes) => self.bits.difference(codes)?,
                    None => 0,
                };
                self.sample(at, x, fresh, difference);
            }
        }
        self.first_row = false;
        Ok(())
    }

    fn sample(&mut self, component: usize, x: usize, fresh: bool, difference: i32) {
        let (Some(current), Some(above)) =
            (self.current.get_mut(component), self.above.get(component))
        else {
            return;
        };
        let get = |row: &[u16], x: usize| row.get(x).copied().map_or(0, i32::from);
        let left = |row: &[u16]| x.checked_sub(1).map_or(0, |x| get(row, x));
        let (a, b, c) = (left(current), get(above, x), left(above));
        let predicted = match (fresh, x) {
            (true, 0) => 1 << (self.depth - self.transform - 1),
            (true, _) => a,
            (false, 0) => b,
            (false, _) => match self.predictor {
                1 => a,
                2 => b,
                3 => c,
                4 => a + b - c,
                5 => a + ((b - c) >> 1),
                6 => b + ((a - c) >> 1),
                _ => (a + b) >> 1,
            },
        };
        if let Some(sample) = current.get_mut(x) {
            *sample = ((predicted + difference) & 0xffff) as u16;
        }
    }

    /// The current row as pixels.
    fn pack(&self, format: PixelFormat, to: &mut [u8]) {
        let count = self.current.len();
        let max = (1u32 << self.depth) - 1;
        let wide = format.is_16_bit();
        let full = if wide { 65_535 } else { 255 };
        for (at, row) in self.current.iter().enumerate() {
            // Colours lie in memory as B, G, R.
            let place = count - 1 - at;
            for (x, sample) in row.iter().enumerate() {
                let value = (u32::from(*sample) << self.transform).min(max);
                let value = (value * full + max / 2) / max;
                let index = x * count + place;
                if wide {
                    let bytes = (value as u16).to_ne_bytes();
                    if let Some(pair) =
                        to.get_mut(index * 2..).and_then(|rest| rest.first_chunk_mut())
                    {
                        *pair = bytes;
                    }
                } else if let Some(byte) = to.get_mut(index) {
                    *byte = value as u8;
                }
            }
        }
    }
}

fn samples(width: u32) -> Result<Vec<u16>> {
    let mut row = Vec::new();
    let len = width as usize;
    row.try_reserve_exact(len).map_err(|_| Error::no_memory(len * 2, "a row"))?;
    row.resize(len, 0);
    Ok(row)
}

/// What DHT and DRI segments leave in force.
#[derive(Default)]
struct Tables<'a> {
    /// DC tables as files hold them: codes of each length, symbols.
    dc: [Option<(&'a [u8; 16], &'a [u8])>; 4],
    interval: u32,
}

impl<'a> Tables<'a> {
    fn of(mut segments: &'a [u8]) -> Result<Self> {
        let mut tables = Self::default();
        while let [0xff, marker, high, low, rest @ ..] = segments {
            let len = usize::from(u16::from_be_bytes([*high, *low])).saturating_sub(2);
            let Some((content, after)) = rest.split_at_checked(len) else { break };
            segments = after;
            match (*marker, content) {
                (markers::DRI, [high, low, ..]) => {
                    tables.interval = u32::from(u16::from_be_bytes([*high, *low]));
                }
                (markers::DHT, content) => tables.add(content)?,
                _ => {}
            }
        }
        Ok(tables)
    }

    fn add(&mut self, mut content: &'a [u8]) -> Result<()> {
        while let [place, rest @ ..] = content {
            let (counts, rest) = rest.split_first_chunk::<16>().ok_or_else(bad_table)?;
            let total: usize = counts.iter().map(|count| usize::from(*count)).sum();
            let (symbols, rest) = rest.split_at_checked(total).ok_or_else(bad_table)?;
            content = rest;
            if place >> 4 == 0 {
                let table = self.dc.get_mut(usize::from(place & 15)).ok_or_else(bad_table)?;
                *table = Some((counts, symbols));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::testing;
    use crate::codec::{Codec, jpeg::Jpeg};

    const WIDTH: u16 = 21;
    const HEIGHT: u16 = 9;

    fn sample(x: u16, y: u16, bits: u8) -> u16 {
        (u32::from(x * 977 + y * 3301) % (1 << bits)) as u16
    }

    /// A gray file in which each category has a code of five bits, the number of the category.
    fn file(predictor: u8, bits: u8, interval: u16) -> Vec<u8> {
        let [h1, h0] = HEIGHT.to_be_bytes();
        let [w1, w0] = WIDTH.to_be_bytes();
        let mut file = vec![0xff, 0xd8, 0xff, 0xc3, 0, 11, bits, h1, h0, w1, w0, 1, 1, 0x11, 0];
        file.extend([0xff, 0xc4, 0, 19 + 17, 0, 0, 0, 0, 0, 17]);
        file.extend([0; 11].into_iter().chain(0..17));
        let [i1, i0] = interval.to_be_bytes();
        file.extend([0xff, 0xdd, 0, 4, i1, i0, 0xff, 0xda, 0, 8, 1, 1, 0, predictor, 0, 0]);
        let mut writer = Writer { file, held: 0, count: 0 };
        for y in 0..HEIGHT {
            let begins = interval > 0 && y > 0 && (y * WIDTH).is_multiple_of(interval);
            if begins {
                writer.flush();
                writer.file.extend([0xff, 0xd0 + (y * WIDTH / interval - 1) as u8 % 8]);
            }
            for x in 0..WIDTH {
                let predicted = predict(x, y, predictor, bits, begins || y == 0);
                writer.difference(i32::from(sample(x, y, bits)) - predicted);
            }
        }
        writer.flush();
        writer.file.extend([0xff, 0xd9]);
        writer.file
    }

    fn predict(x: u16, y: u16, predictor: u8, bits: u8, first: bool) -> i32 {
        let at = |dx: u16, dy: u16| i32::from(sample(x - dx, y - dy, bits));
        match (x, first) {
            (0, true) => 1 << (bits - 1),
            (_, true) => at(1, 0),
            (0, false) => at(0, 1),
            _ => match predictor {
                1 => at(1, 0),
                2 => at(0, 1),
                3 => at(1, 1),
                4 => at(1, 0) + at(0, 1) - at(1, 1),
                5 => at(1, 0) + ((at(0, 1) - at(1, 1)) >> 1),
                6 => at(0, 1) + ((at(1, 0) - at(1, 1)) >> 1),
                _ => (at(1, 0) + at(0, 1)) >> 1,
            },
        }
    }

    struct Writer {
        file: Vec<u8>,
        held: u64,
        count: u32,
    }

    impl Writer {
        fn put(&mut self, bits: u32, count: u32) {
            self.held = self.held << count | u64::from(bits);
            self.count += count;
            while self.count >= 8 {
                self.count -= 8;
                let byte = (self.held >> self.count) as u8;
                self.file.push(byte);
                if byte == 0xff {
                    self.file.push(0);
                }
            }
        }

        fn difference(&mut self, difference: i32) {
            // Modulo 65536, between -32767 and 32768.
            let difference = (difference + 32_767).rem_euclid(65_536) - 32_767;
            let category = 32 - difference.unsigned_abs().leading_zeros();
            self.put(category, 5);
            if category < 16 {
                let bits = if difference < 0 { difference - 1 } else { difference };
                self.put(bits as u32 & ((1 << category) - 1), category);
            }
        }

        fn flush(&mut self) {
            if self.count > 0 {
                self.put((1 << (8 - self.count)) - 1, 8 - self.count);
            }
        }
    }

    #[test]
    fn every_predictor_depth_and_interval_is_exact() {
        for predictor in 1..=7 {
            for (bits, interval) in [(8, 0), (8, WIDTH), (12, 2 * WIDTH), (16, 0), (2, 0)] {
                let (header, pixels) =
                    testing::read(&Jpeg, &file(predictor, bits, interval)).unwrap();
                let wide = bits > 8;
                let native = if wide { PixelFormat::Gray16 } else { PixelFormat::Gray8 };
                assert_eq!((header.native, header.bits), (native, u32::from(bits)));
                for (at, index) in
                    (0..HEIGHT).flat_map(|y| (0..WIDTH).map(move |x| (x, y))).zip(0..)
                {
                    let max = (1u32 << bits) - 1;
                    let full = if wide { 65_535 } else { 255 };
                    let wanted = (u32::from(sample(at.0, at.1, bits)) * full + max / 2) / max;
                    let got = match wide {
                        true => {
                            u16::from_ne_bytes([pixels[index * 2], pixels[index * 2 + 1]]).into()
                        }
                        false => u32::from(pixels[index]),
                    };
                    assert_eq!(got, wanted, "predictor {predictor}, {bits} bits, {at:?}");
                }
            }
        }
    }

    #[test]
    fn a_cut_file_is_damaged() {
        let whole = file(7, 12, WIDTH);
        for len in 70..whole.len() - 2 {
            assert!(testing::read(&Jpeg, &whole[..len]).is_err(), "{len} of {}", whole.len());
        }
        assert!(Jpeg.recognizes(&whole));
    }
}
