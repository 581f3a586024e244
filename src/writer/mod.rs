//! Writing: an image as a file, or many as the pages of one.

mod document;
mod prepare;
#[cfg(test)]
mod tests;

pub use document::Writer;

use std::io::Write;
use std::path::Path;

use crate::codec::{self, Codec};
use crate::error::{Error, Kind, Result};
use crate::format::FileFormat;
use crate::image::ImageData;
use crate::memory::{self, CBytes};
use crate::options::SaveOptions;
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
    let file = AtomicFile::create(path, overwrite)?;
    write(image, codec, options, Sink::file(file)).map(drop).map_err(named)
}

/// Saves to memory.
pub fn save_memory(
    image: &ImageData,
    format: FileFormat,
    options: &SaveOptions,
) -> Result<Vec<u8>> {
    save_bytes(image, format, options)
        .and_then(|bytes| memory::copy_of(&bytes, "the encoded image"))
}

/// The same into memory that C can free.
pub fn save_bytes(image: &ImageData, format: FileFormat, options: &SaveOptions) -> Result<CBytes> {
    options.check()?;
    write(image, codec::for_format(format)?, options, Sink::memory())
}

/// Saves to a stream.
pub fn save_stream(
    image: &ImageData,
    format: FileFormat,
    stream: impl Write + Send,
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
    mut sink: Sink<'_>,
) -> Result<CBytes> {
    let named = |error: Error| error.in_format(codec.facts().format);
    if !codec.facts().writes {
        return Err(named(codec.read_only()));
    }
    let budget = prepare::budget(options);
    let outcome = prepare::picture(image, codec, options, &budget, |picture| {
        codec.encode(picture, options, &mut sink, &budget)
    });
    // What failed below the encoder comes before what it made of it, be it that all went well.
    match (outcome, sink.take_failure()) {
        (Ok(()), None) => sink.finish(),
        (_, Some(error)) | (Err(error), None) => Err(named(error)),
    }
}
