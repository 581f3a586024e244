//! The picture of a page as an image object: compressed row by row on its way into the file.

use std::io::{self, Write};

use flate2::Compression;
use flate2::write::ZlibEncoder;
use pdf_writer::{Dict, Name, Obj, Ref};

use super::archive;
use super::document::Document;
use super::indexed;
use super::jpx;
use super::samples::Samples;
use crate::codec::streams::deflate::pack::Packer;
use crate::codec::streams::fax;
use crate::codec::streams::filters::{self, forward::Filters, strategy::Strategy};
use crate::codec::{self, Caption, Compressed, JpegColour, Picture};
use crate::error::{Error, Kind, Result};
use crate::format::FileFormat;
use crate::limits::{Budget, Reservation};
use crate::memory::{self, Scratch};
use crate::metadata::{Metadata, icc};
use crate::options::{PdfEncoding, SaveOptions};
use crate::pixel::PixelFormat;
use crate::sink::Sink;

/// Writes the image and what it refers to; its number.
pub fn image(
    document: &mut Document,
    picture: &Picture<'_>,
    options: &SaveOptions,
    sink: &mut Sink<'_>,
    budget: &Budget,
) -> Result<Ref> {
    let colours = Samples::of(picture.format).colours;
    let profile = profile_of(document, picture.metadata, colours, options, sink)?;
    match options.encoding {
        _ if picture.format == PixelFormat::Binary => fax(document, picture, profile, sink, budget),
        PdfEncoding::Jpeg => jpeg(document, picture, profile, options, sink, budget),
        PdfEncoding::Auto => flate(document, picture, profile, options, sink, budget),
    }
}

/// The pixel format in which a JPEG is made of `format`.
pub fn as_jpeg(format: PixelFormat, options: &SaveOptions) -> Result<PixelFormat> {
    codec::for_format(FileFormat::Jpeg)?.stored_as(format, options)
}

/// A whole JPEG file, which PDF takes as it is.
fn jpeg(
    document: &mut Document,
    picture: &Picture<'_>,
    profile: Option<Ref>,
    options: &SaveOptions,
    sink: &mut Sink<'_>,
    budget: &Budget,
) -> Result<Ref> {
    let id = document.number();
    let describe = |dict: &mut Dict<'_>| {
        describe_picture(dict, picture, profile);
        jpeg_filter(
            dict,
            match picture.format {
                PixelFormat::Cmyk8888 => JpegColour::InvertedInks,
                _ => JpegColour::YCbCr,
            },
        );
    };
    let codec = codec::for_format(FileFormat::Jpeg)?;
    // Profile, XMP and angle are the document's.
    let bare = picture.without_metadata();
    let options = SaveOptions { progressive: false, ..options.clone() };
    document.stream(id, sink, describe, |sink| codec.encode(&bare, &options, sink, budget))?;
    Ok(id)
}

/// CCITT Group 4.
fn fax(
    document: &mut Document,
    picture: &Picture<'_>,
    profile: Option<Ref>,
    sink: &mut Sink<'_>,
    budget: &Budget,
) -> Result<Ref> {
    let id = document.number();
    let describe = |dict: &mut Dict<'_>| {
        describe_picture(dict, picture, profile);
        fax_filter(dict, (picture.width, picture.height), false);
    };
    document.stream(id, sink, describe, |sink| fax::encode_g4(picture, sink, budget))?;
    Ok(id)
}

/// Deflate: indexes of a palette where that loses nothing or is asked for, else all samples.
fn flate(
    document: &mut Document,
    picture: &Picture<'_>,
    profile: Option<Ref>,
    options: &SaveOptions,
    sink: &mut Sink<'_>,
    budget: &Budget,
) -> Result<Ref> {
    let opaque = indexed::is_opaque(picture, budget)?;
    if let Some(few) = indexed::palette(picture, opaque, options, budget)? {
        return indexed::image(document, picture, &few, profile, options, sink);
    }
    direct(document, picture, opaque, profile, options, sink, budget)
}

/// Deflate after PNG's row filters; alpha becomes an image of its own.
fn direct(
    document: &mut Document,
    picture: &Picture<'_>,
    opaque: bool,
    profile: Option<Ref>,
    options: &SaveOptions,
    sink: &mut Sink<'_>,
    budget: &Budget,
) -> Result<Ref> {
    let samples = Samples::of(picture.format);
    let width = picture.width as usize;
    let mut scratch = Scratch::new(picture.row_len(), "a row of the PDF image", budget)?;
    let mut line = Scratch::new(width * samples.pixel_len(), "a row of the PDF image", budget)?;
    let mut alphas = Scratch::new(width * samples.alpha_len(), "a row of the PDF image", budget)?;
    // Colours go into the file and alpha into memory meanwhile, so that each row is asked for once.
    let mut mask = match samples.alpha_len() {
        _ if opaque => None,
        len => {
            let size = (width * len, picture.height);
            Some(Deflated::new(Held::new(budget), size, len, options, budget)?)
        }
    };
    let (id, mask_id) = (document.number(), mask.as_ref().map(|_| document.number()));
    let describe = |dict: &mut Dict<'_>| {
        describe_picture(dict, picture, profile);
        predicted(dict, picture.width, samples.colours, samples.bits);
        if let Some(mask) = mask_id {
            dict.pair(Name(b"SMask"), mask);
        }
    };
    document.stream(id, sink, describe, |sink| {
        let size = (width * samples.pixel_len(), picture.height);
        let mut colours = Deflated::new(sink, size, samples.pixel_len(), options, budget)?;
        for y in 0..picture.height {
            let row = picture.row(y, &mut scratch)?;
            colours.row(samples.colours(row, &mut line))?;
            if let Some(mask) = &mut mask {
                mask.row(samples.alphas(row, &mut alphas))?;
            }
        }
        colours.finish().map(drop)
    })?;
    if let (Some(id), Some(mask)) = (mask_id, mask) {
        let held = mask.finish()?;
        let describe = |dict: &mut Dict<'_>| {
            size(dict, (picture.width, picture.height), samples.bits);
            dict.pair(Name(b"ColorSpace"), Name(b"DeviceGray"));
            predicted(dict, picture.width, 1, samples.bits);
        };
        document.stream(id, sink, describe, |sink| sink.put(&held.bytes))?;
    }
    Ok(id)
}

/// Writes the profile of an image, where there is one that may be in the document; its number.
fn profile_of(
    document: &mut Document,
    metadata: &Metadata,
    colours: u8,
    options: &SaveOptions,
    sink: &mut Sink<'_>,
) -> Result<Option<Ref>> {
    let icc = match document.archival {
        true => archive::profile(metadata),
        false => metadata.icc.as_deref(),
    };
    if document.archival {
        archive::check_colours(colours, icc.is_some())?;
    }
    icc.map(|icc| profile(document, icc, colours, options.level, sink)).transpose()
}

/// Writes a profile; its number.
pub fn profile(
    document: &mut Document,
    icc: &[u8],
    colours: u8,
    level: u8,
    sink: &mut Sink<'_>,
) -> Result<Ref> {
    let id = document.number();
    let describe = |dict: &mut Dict<'_>| {
        dict.pair(Name(b"N"), i32::from(colours));
        dict.pair(Name(b"Alternate"), device_space(colours));
        dict.pair(Name(b"Filter"), Name(b"FlateDecode"));
    };
    document.stream(id, sink, describe, |sink| deflate(icc, level, sink))?;
    Ok(id)
}

/// Compresses bytes into the file.
pub fn deflate(bytes: &[u8], level: u8, sink: &mut Sink<'_>) -> Result<()> {
    let mut encoder = deflater(sink, level)?;
    encoder.write_all(bytes).and_then(|()| encoder.finish()).map(drop).map_err(write_failed)
}

/// Whether PDF takes the data as it is.
pub fn holds(data: &Compressed) -> bool {
    match data {
        Compressed::Jpeg { bits, .. } => *bits == 8,
        Compressed::G4 { .. } | Compressed::Jpx { .. } => true,
    }
}

/// Writes data that is encoded already as an image; its number.
pub fn compressed(
    document: &mut Document,
    data: &Compressed,
    caption: &Caption<'_>,
    options: &SaveOptions,
    sink: &mut Sink<'_>,
) -> Result<Ref> {
    let format = match data {
        Compressed::Jpx { data, facts } => {
            return jpx::embed(document, (**data).as_ref(), facts, caption, sink);
        }
        Compressed::G4 { .. } => PixelFormat::Binary,
        Compressed::Jpeg { colour: JpegColour::Gray, .. } => PixelFormat::Gray8,
        Compressed::Jpeg { colour: JpegColour::YCbCr | JpegColour::Rgb, .. } => PixelFormat::Bgr888,
        Compressed::Jpeg { .. } => PixelFormat::Cmyk8888,
    };
    let Samples { colours, bits, .. } = Samples::of(format);
    let fits = caption.metadata.icc.as_ref().is_some_and(|icc| icc::describes(icc, format));
    let profile =
        if fits { profile_of(document, caption.metadata, colours, options, sink)? } else { None };
    let id = document.number();
    let size = (caption.width, caption.height);
    let describe = |dict: &mut Dict<'_>| {
        describe(dict, size, (colours, bits), profile);
        match data {
            Compressed::G4 { inverted, .. } => fax_filter(dict, size, *inverted),
            Compressed::Jpeg { colour, .. } => jpeg_filter(dict, *colour),
            Compressed::Jpx { .. } => {}
        }
    };
    document.stream(id, sink, describe, |sink| sink.put(data.bytes()))?;
    Ok(id)
}

/// What decoders cannot see in a JPEG, or see in different ways.
fn jpeg_filter(dict: &mut Dict<'_>, colour: JpegColour) {
    dict.pair(Name(b"Filter"), Name(b"DCTDecode"));
    match colour {
        // Without a marker of Adobe's three components are taken for YCbCr (ISO 32000-1, table 13).
        JpegColour::Rgb => {
            dict.insert(Name(b"DecodeParms")).dict().pair(Name(b"ColorTransform"), 0);
        }
        // Adobe's JPEGs hold the inks inverted, and a PDF has to say so.
        JpegColour::InvertedInks => {
            dict.insert(Name(b"Decode")).array().items([1, 0, 1, 0, 1, 0, 1, 0]);
        }
        JpegColour::Gray | JpegColour::YCbCr | JpegColour::Inks => {}
    }
}

/// Group 4. That 0 is black, as in BINARY, is the rule of PDF.
fn fax_filter(dict: &mut Dict<'_>, (width, height): (u32, u32), inverted: bool) {
    dict.pair(Name(b"Filter"), Name(b"CCITTFaxDecode"));
    let mut parms = dict.insert(Name(b"DecodeParms")).dict();
    parms.pair(Name(b"K"), -1).pair(Name(b"Columns"), number(width));
    parms.pair(Name(b"Rows"), number(height));
    if inverted {
        parms.pair(Name(b"BlackIs1"), true);
    }
}

fn describe_picture(dict: &mut Dict<'_>, picture: &Picture<'_>, profile: Option<Ref>) {
    let Samples { colours, bits, .. } = Samples::of(picture.format);
    describe(dict, (picture.width, picture.height), (colours, bits), profile);
}

/// What every image says of itself but its compression.
fn describe(
    dict: &mut Dict<'_>,
    pixels: (u32, u32),
    (colours, bits): (u8, u8),
    profile: Option<Ref>,
) {
    size(dict, pixels, bits);
    colour_space(dict.insert(Name(b"ColorSpace")), colours, profile);
}

/// That of a profile, or the device's own.
pub(super) fn colour_space(space: Obj<'_>, colours: u8, profile: Option<Ref>) {
    match profile {
        Some(id) => {
            space.array().item(Name(b"ICCBased")).item(id);
        }
        None => space.primitive(device_space(colours)),
    }
}

pub(super) fn size(dict: &mut Dict<'_>, (width, height): (u32, u32), bits: u8) {
    dict.pair(Name(b"Type"), Name(b"XObject")).pair(Name(b"Subtype"), Name(b"Image"));
    dict.pair(Name(b"Width"), number(width));
    dict.pair(Name(b"Height"), number(height));
    dict.pair(Name(b"BitsPerComponent"), i32::from(bits));
}

/// Deflate after PNG's row filters.
fn predicted(dict: &mut Dict<'_>, columns: u32, colours: u8, bits: u8) {
    dict.pair(Name(b"Filter"), Name(b"FlateDecode"));
    let mut parms = dict.insert(Name(b"DecodeParms")).dict();
    parms.pair(Name(b"Predictor"), 15).pair(Name(b"Colors"), i32::from(colours));
    parms.pair(Name(b"BitsPerComponent"), i32::from(bits));
    parms.pair(Name(b"Columns"), number(columns));
}

pub(super) fn device_space(colours: u8) -> Name<'static> {
    match colours {
        1 => Name(b"DeviceGray"),
        4 => Name(b"DeviceCMYK"),
        _ => Name(b"DeviceRGB"),
    }
}

fn deflater<W: Write>(out: W, level: u8) -> Result<ZlibEncoder<W>> {
    let make = || ZlibEncoder::new(out, Compression::new(level.into()));
    crate::memory::panicking(512 << 10, "Deflate", make)
}

/// Rows that are filtered and deflated.
struct Deflated<W: Write> {
    filters: Filters,
    packer: Packer,
    out: W,
}

impl<W: Write> Deflated<W> {
    /// For rows of `len` bytes, `pixel` of them a pixel.
    fn new(
        out: W,
        (len, rows): (usize, u32),
        pixel: usize,
        options: &SaveOptions,
        budget: &Budget,
    ) -> Result<Self> {
        // What is only stored gains nothing from filters.
        let strategy =
            if options.level > 0 { Strategy::LeastSum } else { Strategy::Always(filters::NONE) };
        let filters = Filters::new(len, pixel, strategy, budget)?;
        let total = len.saturating_add(1).saturating_mul(rows as usize);
        Ok(Self { filters, packer: Packer::new(options.level, total, budget)?, out })
    }

    fn row(&mut self, row: &[u8]) -> Result<()> {
        let out = &mut self.out;
        let mut put = |bytes: &[u8]| out.write_all(bytes).map_err(write_failed);
        let to = self.filters.next_row();
        to.iter_mut().zip(row).for_each(|(to, from)| *to = *from);
        self.filters.pack(&mut self.packer, &mut put)
    }

    fn finish(self) -> Result<W> {
        let mut out = self.out;
        self.packer.finish(&mut |bytes: &[u8]| out.write_all(bytes).map_err(write_failed))?;
        Ok(out)
    }
}

/// Compressed data that waits for its turn, booked on the budget of the call.
struct Held<'a> {
    bytes: Vec<u8>,
    budget: &'a Budget,
    booked: Vec<Reservation>,
}

impl<'a> Held<'a> {
    fn new(budget: &'a Budget) -> Self {
        Self { bytes: Vec::new(), budget, booked: Vec::new() }
    }
}

impl Write for Held<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let booked = self.budget.reserve(bytes.len() as u64).map_err(io::Error::other)?;
        self.booked.push(booked);
        memory::append(&mut self.bytes, bytes, "the alpha of the PDF image")
            .map_err(io::Error::other)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// PDF has signed numbers of 32 bits; no row of more pixels fits into memory.
pub(super) fn number(pixels: u32) -> i32 {
    i32::try_from(pixels).unwrap_or(i32::MAX)
}

/// The sink keeps its own failure; this one is for what is left.
pub(super) fn write_failed(error: io::Error) -> Error {
    let own = error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()).cloned();
    own.unwrap_or_else(|| Error::new(Kind::SaveFailed, format!("writing failed: {error}")))
}
