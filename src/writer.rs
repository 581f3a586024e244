//! Writing: an image into a sink, converted to what the format stores.

use std::io::Write;
use std::path::Path;

use crate::codec::{self, Codec, OrientationTag, Picture};
use crate::error::{Error, Kind, Result};
use crate::format::FileFormat;
use crate::image::{ImageData, Orientation};
use crate::limits::{Budget, Limits, UNLIMITED};
use crate::memory;
use crate::metadata::{Metadata, exif, icc};
use crate::options::{MetadataPolicy, SaveOptions};
use crate::pixel::PixelFormat;
use crate::sink::{AtomicFile, Sink};

/// Saves to a file, which appears whole or not at all. The extension decides the format, unless the options name one.
pub fn save_file(
    image: &ImageData,
    path: &Path,
    overwrite: bool,
    options: &SaveOptions,
) -> Result<()> {
    options.check()?;
    let named = |error: Error| error.in_file(path.to_string_lossy());
    let codec = codec_for(path, options).map_err(named)?;
    let mut file = AtomicFile::create(path, overwrite)?;
    write(image, codec, options, Sink::file(&mut file)).map_err(named)?;
    file.commit()
}

/// Saves to memory.
pub fn save_memory(
    image: &ImageData,
    format: FileFormat,
    options: &SaveOptions,
) -> Result<Vec<u8>> {
    options.check()?;
    write(image, codec::for_format(format)?, options, Sink::memory())
}

/// Saves to a stream.
pub fn save_stream(
    image: &ImageData,
    format: FileFormat,
    stream: &mut dyn Write,
    options: &SaveOptions,
) -> Result<()> {
    options.check()?;
    write(image, codec::for_format(format)?, options, Sink::stream(stream)).map(drop)
}

fn codec_for(path: &Path, options: &SaveOptions) -> Result<&'static dyn Codec> {
    if let Some(format) = options.format {
        return codec::for_format(format);
    }
    let extension = path.extension().and_then(|extension| extension.to_str());
    match extension {
        Some(extension) => codec::for_extension(extension),
        None => Err(Error::new(
            Kind::UnknownFormat,
            "the name has no extension that could say the format",
        )),
    }
}

fn write(
    image: &ImageData,
    codec: &dyn Codec,
    options: &SaveOptions,
    sink: Sink<'_>,
) -> Result<Vec<u8>> {
    let facts = codec.facts();
    let named = |error: Error| error.in_format(facts.format);
    if !facts.writes {
        return Err(named(codec.read_only()));
    }
    // What a save needs follows from an image that is in memory already.
    let limits = Limits { max_memory: UNLIMITED, ..Limits::default() };
    let budget = Budget::new(limits, options.progress.clone());
    if image.orientation != Orientation::Upright && facts.stores.orientation == OrientationTag::None
    {
        // Chroma planes of odd sizes do not turn exactly.
        let planar = image.layout().format.is_planar();
        let made = planar.then(|| image.convert(PixelFormat::Bgr888, &budget)).transpose()?;
        let upright = made.as_ref().unwrap_or(image).orient(&budget)?;
        return encode(&upright, codec, options, sink, &budget).map_err(named);
    }
    encode(image, codec, options, sink, &budget).map_err(named)
}

fn encode(
    image: &ImageData,
    codec: &dyn Codec,
    options: &SaveOptions,
    mut sink: Sink<'_>,
    budget: &Budget,
) -> Result<Vec<u8>> {
    let format = codec.stored_as(image.layout().format, options)?;
    let resolution = resolution(image, options);
    let metadata = metadata_for(image, codec, format, resolution, options)?;
    let mut picture = Picture::new(image.view(), format, options.background, &metadata, budget);
    picture.orientation = image.orientation;
    picture.resolution = resolution;
    match codec.encode(&picture, options, &mut sink, budget) {
        Ok(()) => sink.finish(),
        // What failed below the encoder comes before what it made of it.
        Err(error) => Err(sink.take_failure().unwrap_or(error)),
    }
}

/// Dots per inch to write: those of the options before the image's. One that is stated alone stands for both.
fn resolution(image: &ImageData, options: &SaveOptions) -> (f64, f64) {
    let pick = |asked: f64, own: f64| if asked > 0.0 { asked } else { own };
    match (pick(options.dpi.0, image.resolution.0), pick(options.dpi.1, image.resolution.1)) {
        (x, 0.0) => (x, x),
        (0.0, y) => (y, y),
        both => both,
    }
}

/// What goes into the file: kinds the format holds and the options keep, in agreement with pixels and angle.
fn metadata_for(
    image: &ImageData,
    codec: &dyn Codec,
    format: PixelFormat,
    resolution: (f64, f64),
    options: &SaveOptions,
) -> Result<Metadata> {
    let stores = codec.facts().stores;
    let own = &image.metadata;
    let pick = |bytes: &Option<Vec<u8>>, stored: bool, policy: MetadataPolicy| match bytes {
        Some(bytes) if stored && policy == MetadataPolicy::Keep => {
            memory::copy_of(bytes, "metadata").map(Some)
        }
        _ => Ok(None),
    };
    let mut metadata = Metadata {
        icc: pick(&own.icc, stores.icc, options.icc)?
            .filter(|profile| icc::describes(profile, format)),
        exif: pick(&own.exif, stores.exif, options.exif)?,
        xmp: pick(&own.xmp, stores.xmp, options.xmp)?,
    };
    let upright = image.orientation == Orientation::Upright;
    metadata.exif = match metadata.exif {
        Some(bytes) if upright => Some(bytes),
        Some(bytes) => Some(exif::stating_orientation(bytes, image.orientation.exif())),
        None if stores.orientation == OrientationTag::Exif && !upright => {
            Some(exif::with_orientation(image.orientation.exif()))
        }
        None => None,
    };
    if let Some(bytes) = &mut metadata.exif {
        exif::set_orientation(bytes, image.orientation.exif());
        exif::set_resolution(bytes, resolution);
    }
    Ok(metadata)
}
