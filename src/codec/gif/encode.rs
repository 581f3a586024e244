//! Writing GIF: one picture, or the frames of an animation, each with a palette of its own.

use std::borrow::Cow;

use crate::codec::streams::palette;
use crate::codec::{self, Picture};
use crate::error::{Error, Kind, Result};
use crate::limits::Budget;
use crate::memory;
use crate::options::SaveOptions;
use crate::pixel::PixelFormat;
use crate::sink::{Sink, write_failed};

use PixelFormat as F;

/// How long a frame shows that says nothing of it.
const DELAY_MS: u32 = 100;

/// Bytes of the header and the screen descriptor (GIF89a, sections 17 and 18).
const HEAD: usize = 13;

/// What the tables of the encoder take at the most.
const LZW: usize = 4 << 20;

const TRAILER: u8 = 0x3b;

/// What rows the encoder wants for an image of `format`.
pub(super) fn stored_as(format: PixelFormat) -> PixelFormat {
    if format.has_alpha() {
        F::Abgr8888
    } else if format.is_gray() {
        F::Gray8
    } else {
        F::Bgr888
    }
}

/// Writes a file of one picture.
pub(super) fn encode(
    picture: &Picture<'_>,
    options: &SaveOptions,
    sink: &mut Sink<'_>,
    budget: &Budget,
) -> Result<()> {
    let (head, frame) = frame(picture, options, Place::Alone, budget)?.split()?;
    sink.put(&head)?;
    sink.put(&frame)?;
    sink.put(&[TRAILER])
}

/// An animation that is being written.
pub(super) struct Animation {
    loop_count: u32,
    /// The size of the first frame, once there is one.
    size: Option<(u32, u32)>,
}

impl Animation {
    pub(super) fn new(options: &SaveOptions) -> Self {
        Self { loop_count: options.loop_count, size: None }
    }
}

impl codec::Document for Animation {
    fn add(
        &mut self,
        picture: &Picture<'_>,
        options: &SaveOptions,
        sink: &mut Sink<'_>,
        budget: &Budget,
    ) -> Result<()> {
        let size = (picture.width, picture.height);
        if let Some((width, height)) = self.size.filter(|first| *first != size) {
            return Err(Error::parameter(format!(
                "the frame is {} x {}, but the first one {width} x {height}",
                picture.width, picture.height
            )));
        }
        let place = if self.size.is_some() { Place::Later } else { Place::First };
        let (head, frame) = frame(picture, options, place, budget)?.split()?;
        if self.size.is_none() {
            sink.put(&head)?;
            sink.put(&repetition(self.loop_count))?;
        }
        sink.put(&frame)?;
        self.size = Some(size);
        Ok(())
    }

    fn finish(&mut self, sink: &mut Sink<'_>, _budget: &Budget) -> Result<()> {
        sink.put(&[TRAILER])
    }
}

/// The extension by which an animation is played again; none for one that is played once.
fn repetition(times: u32) -> Vec<u8> {
    let again = match times {
        0 => 0,
        1 => return Vec::new(),
        // The first time does not count.
        times => u16::try_from(times - 1).unwrap_or(u16::MAX),
    };
    let [low, high] = again.to_le_bytes();
    [b"\x21\xff\x0bNETSCAPE2.0\x03\x01".as_slice(), &[low, high, 0]].concat()
}

/// A file of one frame.
struct OneFrame(Vec<u8>);

impl OneFrame {
    /// The bytes before the frame, and the frame.
    fn split(mut self) -> Result<(Vec<u8>, Vec<u8>)> {
        let broken = || Error::new(Kind::Internal, "a GIF without a frame");
        let flags = *self.0.get(10).ok_or_else(broken)?;
        let table = if flags & 0x80 == 0 { 0 } else { 6 << (flags & 7) };
        let head = HEAD + table;
        if self.0.pop() != Some(TRAILER) || self.0.len() < head {
            return Err(broken());
        }
        let frame = self.0.split_off(head);
        Ok((self.0, frame))
    }
}

/// Where a frame is: a later one has its palette with it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Alone,
    First,
    Later,
}

/// Encodes a frame.
fn frame(
    picture: &Picture<'_>,
    options: &SaveOptions,
    place: Place,
    budget: &Budget,
) -> Result<OneFrame> {
    let side = |name: &str, pixels: u32| {
        u16::try_from(pixels).map_err(|_| {
            Error::parameter(format!("the {name} is {pixels}, but a GIF has at most 65535"))
        })
    };
    let (width, height) = (side("width", picture.width)?, side("height", picture.height)?);
    let indexed = palette::indexed(picture, options.palette, options.dither, budget)?;
    let transparent = indexed.transparent();
    let (global, local) = match place {
        Place::Later => (Vec::new(), Some(indexed.palette)),
        Place::Alone | Place::First => (indexed.palette, None),
    };
    // What a frame leaves transparent must not show the one before.
    let (usual, dispose) = match place {
        Place::Alone => (0, gif::DisposalMethod::Keep),
        Place::First | Place::Later => (DELAY_MS, gif::DisposalMethod::Background),
    };
    let delay = if options.delay_ms > 0 { options.delay_ms } else { usual };
    // In hundredths of a second.
    let delay = u16::try_from(delay.div_ceil(10)).unwrap_or(u16::MAX);
    let frame = gif::Frame {
        width,
        height,
        delay,
        dispose,
        transparent,
        palette: local,
        buffer: Cow::Borrowed(&indexed.indexes),
        ..gif::Frame::default()
    };
    memory::room(LZW, "LZW")?;
    let mut encoder = gif::Encoder::new(Sink::memory(), width, height, &global).map_err(failed)?;
    encoder.write_frame(&frame).map_err(failed)?;
    let bytes = encoder.into_inner().map_err(failed)?.finish()?;
    memory::copy_of(&bytes, "a frame").map(OneFrame)
}

fn failed(error: gif::EncodingError) -> Error {
    match error {
        gif::EncodingError::OutOfMemory => Error::new(Kind::NoMemory, "out of memory"),
        gif::EncodingError::Io(error) => write_failed(&error),
        error => Error::new(Kind::SaveFailed, format!("the GIF cannot be encoded: {error}")),
    }
}
