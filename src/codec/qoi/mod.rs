//! QOI: read and written row by row.

mod decode;

use crate::codec::{Codec, Facts, Header, OrientationTag, Pages, Picture, Stores};
use crate::error::Result;
use crate::format::FileFormat;
use crate::limits::Budget;
use crate::memory::Scratch;
use crate::options::{ReadOptions, SaveOptions};
use crate::pixel::{Canvas, PixelFormat};
use crate::sink::Sink;
use crate::source::Source;

use decode::Info;

const MAGIC: &[u8] = b"qoif";
/// What a file ends in.
const END: [u8; 8] = [0, 0, 0, 0, 0, 0, 0, 1];

/// Quite OK Images.
pub struct Qoi;

static FACTS: Facts = Facts {
    format: FileFormat::Qoi,
    extensions: &["qoi"],
    media_type: "image/qoi",
    writes: true,
    multi_page: false,
    stores: Stores {
        resolution: false,
        orientation: OrientationTag::None,
        icc: false,
        exif: false,
        xmp: false,
    },
    // A byte is a run of up to 62 pixels.
    pixels_per_byte: Some(62),
};

impl Codec for Qoi {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn recognizes(&self, head: &[u8]) -> bool {
        head.starts_with(MAGIC)
    }

    fn open(&self, source: &Source, _: &ReadOptions, _: &Budget) -> Result<Box<dyn Pages>> {
        Ok(Box::new(Image { info: Info::read(source)?, source: source.clone() }))
    }

    fn stored_as(&self, format: PixelFormat, _: &SaveOptions) -> Result<PixelFormat> {
        Ok(if format.has_alpha() { PixelFormat::Abgr8888 } else { PixelFormat::Bgr888 })
    }

    fn encode(
        &self,
        picture: &Picture<'_>,
        _: &SaveOptions,
        sink: &mut Sink<'_>,
        budget: &Budget,
    ) -> Result<()> {
        let channels = if picture.format.has_alpha() { 4 } else { 3 };
        let size = [picture.width, picture.height].map(u32::to_be_bytes);
        sink.put(&[MAGIC, size.as_flattened(), &[channels, 0]].concat())?;
        let mut scratch = Scratch::new(picture.row_len(), "a row", budget)?;
        let mut coder = Coder::new();
        for y in 0..picture.height {
            let row = picture.row(y, &mut scratch)?;
            match channels {
                4 => row.as_chunks().0.iter().try_for_each(|rgba| coder.put(*rgba, sink))?,
                _ => row
                    .as_chunks()
                    .0
                    .iter()
                    .try_for_each(|[r, g, b]| coder.put([*r, *g, *b, 255], sink))?,
            }
        }
        coder.finish(sink)
    }
}

struct Image {
    info: Info,
    source: Source,
}

impl Pages for Image {
    fn count(&mut self, _: &Budget) -> Result<u32> {
        Ok(1)
    }

    fn header(&mut self, _: u32, _: &ReadOptions, _: &Budget) -> Result<Header> {
        Ok(self.info.header())
    }

    fn decode(&mut self, _: u32, _: &ReadOptions, canvas: &mut Canvas<'_>) -> Result<()> {
        self.info.decode(&self.source, canvas)
    }
}

/// Where a pixel is kept among those that were seen.
fn place(pixel: [u8; 4]) -> usize {
    let [r, g, b, a] = pixel.map(usize::from);
    (r * 3 + g * 5 + b * 7 + a * 11) % 64
}

/// The pixels that the next one may be like.
struct Coder {
    last: [u8; 4],
    seen: [[u8; 4]; 64],
    run: u8,
    /// Bytes that have not been written yet.
    out: Vec<u8>,
}

impl Coder {
    /// Bytes written at a time.
    const BLOCK: usize = 32 << 10;

    fn new() -> Self {
        let out = Vec::with_capacity(Self::BLOCK + 16);
        Self { last: [0, 0, 0, 255], seen: [[0; 4]; 64], run: 0, out }
    }

    fn put(&mut self, pixel: [u8; 4], sink: &mut Sink<'_>) -> Result<()> {
        if pixel == self.last {
            self.run += 1;
            if self.run == 62 {
                self.end_run();
            }
            return Ok(());
        }
        self.end_run();
        let place = place(pixel);
        if self.seen[place] == pixel {
            self.out.push(place as u8);
        } else {
            self.seen[place] = pixel;
            self.put_new(pixel);
        }
        self.last = pixel;
        if self.out.len() >= Self::BLOCK {
            sink.put(&self.out)?;
            self.out.clear();
        }
        Ok(())
    }

    /// As a difference to the last pixel where that is small, else whole.
    fn put_new(&mut self, pixel: [u8; 4]) {
        let [r, g, b, a] = pixel;
        if a != self.last[3] {
            return self.out.extend([0xff, r, g, b, a]);
        }
        let [red, green, blue] = [0, 1, 2].map(|at| pixel[at].wrapping_sub(self.last[at]));
        // Each is in range where it is small after the bias of its field.
        let small = [red, green, blue].map(|difference| difference.wrapping_add(2));
        if small.iter().all(|difference| *difference < 4) {
            return self.out.push(0x40 | small[0] << 4 | small[1] << 2 | small[2]);
        }
        let luma = green.wrapping_add(32);
        let [red, blue] = [red, blue].map(|colour| colour.wrapping_sub(green).wrapping_add(8));
        if luma < 64 && red < 16 && blue < 16 {
            return self.out.extend([0x80 | luma, red << 4 | blue]);
        }
        self.out.extend([0xfe, r, g, b]);
    }

    fn end_run(&mut self) {
        if self.run > 0 {
            self.out.push(0xc0 | (self.run - 1));
            self.run = 0;
        }
    }

    fn finish(mut self, sink: &mut Sink<'_>) -> Result<()> {
        self.end_run();
        self.out.extend(END);
        sink.put(&self.out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::testing::{self, read, sample};
    use crate::error::Kind;
    use crate::metadata::Metadata;
    use crate::options::Tolerance;
    use crate::pixel::Layout;

    #[test]
    fn what_is_written_is_read_again() {
        testing::stands_round_trips(&Qoi);
    }

    #[test]
    fn every_kind_of_code_survives() {
        let layout = Layout::tight(301, 70, PixelFormat::Abgr8888).unwrap();
        let mut noise = 1u32;
        let mut pixel = [0, 0, 0, 255u8];
        let mut pixels = Vec::new();
        for n in 0..301 * 70u32 {
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let [a, b, c, step] = noise.to_be_bytes();
            match n / 100 % 6 {
                0 => pixel = [a, b, c, 255],
                1 => pixel = pixel.map(|sample| sample.wrapping_add(step % 4)),
                2 => (0..3).for_each(|at| pixel[at] = pixel[at].wrapping_sub(a >> 3)),
                3 => pixel[usize::from(step % 4)] = a % 3,
                _ => {}
            }
            pixels.extend(pixel);
        }
        let file = testing::write(&Qoi, layout, &pixels, (0.0, 0.0), &Metadata::default()).unwrap();
        testing::reads_into_any_format(&Qoi, &file);
        let options = ReadOptions::default();
        let same = testing::read_as(&Qoi, &file, Some(PixelFormat::Abgr8888), &options).unwrap().1;
        assert!(same == pixels);
    }

    #[test]
    fn any_codes_are_the_pixels_that_another_decoder_finds() {
        let mut noise = 7u32;
        let mut random = || {
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (noise >> 24) as u8
        };
        for (channels, format) in [(3, PixelFormat::Bgr888), (4, PixelFormat::Abgr8888)] {
            let mut file = [MAGIC, &[0, 0, 1, 4, 0, 0, 1, 1, channels, 0]].concat();
            // Each place has a pixel first: of empty ones, and of alpha without a channel, decoders think differently.
            file.extend((0..64).flat_map(|green| [0xfe, 0, green, 0]));
            let codes = (0..5 * 260 * 257).map(|_| random());
            file.extend(codes.map(|code| if channels == 3 { code.min(0xfe) } else { code }));
            let theirs = image::codecs::qoi::QoiDecoder::new(&*file).unwrap();
            let mut expected = vec![0; 260 * 257 * usize::from(channels)];
            // It has all pixels, and misses the mark at the end, as ours does.
            image::ImageDecoder::read_image(theirs, &mut expected).unwrap_err();
            let recover = ReadOptions { tolerance: Tolerance::Recover, ..ReadOptions::default() };
            let ours = testing::read_as(&Qoi, &file, Some(format), &recover).unwrap().1;
            assert!(ours == expected, "{channels} channels");
        }
    }

    #[test]
    fn cut_and_changed_files_are_errors_or_images() {
        for format in [PixelFormat::Bgr888, PixelFormat::Abgr8888] {
            let file = sample(&Qoi, 9, 4, format);
            testing::stands_changes(&Qoi, &file);
            for len in 0..file.len() {
                assert_eq!(read(&Qoi, &file[..len]).unwrap_err().kind(), Kind::Damaged);
            }
            testing::stands_cuts(&Qoi, &file);
        }
    }
}
