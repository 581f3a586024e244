//! From an image and options to what a codec is given.

use crate::codec::{Codec, OrientationTag, Picture};
use crate::error::Result;
use crate::image::{ImageData, Orientation};
use crate::limits::{Budget, Limits, UNLIMITED};
use crate::memory;
use crate::metadata::{Metadata, exif, icc};
use crate::options::{Binarize, MetadataPolicy, SaveOptions};
use crate::pixel::PixelFormat;

/// The budget of a save.
pub fn budget(options: &SaveOptions) -> Budget {
    // What a save needs follows from an image that is in memory already.
    let limits = Limits { max_memory: UNLIMITED, max_pages: UNLIMITED, ..Limits::default() };
    Budget::new(limits, options.progress.clone())
}

/// Hands `image` as `codec` wants it over to `encode`: upright where the format cannot state an angle.
pub fn picture<T>(
    image: &ImageData,
    codec: &dyn Codec,
    options: &SaveOptions,
    budget: &Budget,
    encode: impl FnOnce(&Picture<'_>) -> Result<T>,
) -> Result<T> {
    let turns = codec.facts().stores.orientation == OrientationTag::None;
    let upright = if turns && image.orientation != Orientation::Upright {
        // Chroma planes of odd sizes do not turn exactly.
        let planar = image.layout().format.is_planar();
        let made = planar.then(|| image.convert(PixelFormat::Bgr888, budget)).transpose()?;
        Some(made.as_ref().unwrap_or(image).orient(budget)?)
    } else {
        None
    };
    let image = upright.as_ref().unwrap_or(image);
    let wanted = codec.stored_as(image.layout().format, options)?;
    let bilevel = if image.layout().format.is_bilevel() {
        None
    } else if let Some(how) = &options.binarize {
        Some(image.binarize(how, budget)?)
    } else if wanted.is_bilevel() {
        Some(image.binarize(&Binarize::default(), budget)?)
    } else {
        None
    };
    let image = bilevel.as_ref().unwrap_or(image);
    let format = codec.stored_as(image.layout().format, options)?;
    let resolution = resolution(image.resolution, options);
    let metadata = agreeing(&image.metadata, codec, image.orientation.exif(), resolution, options)?;
    let metadata = Metadata {
        icc: metadata.icc.filter(|profile| icc::describes(profile, format)),
        ..metadata
    };
    let mut picture = Picture::new(image.view(), format, options.background, &metadata, budget);
    picture.orientation = image.orientation;
    picture.resolution = resolution;
    encode(&picture)
}

/// Dots per inch to write: those of the options before the image's. One that is stated alone stands for both.
pub fn resolution(own: (f64, f64), options: &SaveOptions) -> (f64, f64) {
    let pick = |asked: f64, own: f64| if asked > 0.0 { asked } else { own };
    match (pick(options.dpi.0, own.0), pick(options.dpi.1, own.1)) {
        (x, 0.0) => (x, x),
        (0.0, y) => (y, y),
        both => both,
    }
}

/// What goes into the file: kinds that the format holds and the options keep, in agreement with resolution and angle.
pub fn agreeing(
    own: &Metadata,
    codec: &dyn Codec,
    orientation: u16,
    resolution: (f64, f64),
    options: &SaveOptions,
) -> Result<Metadata> {
    let stores = codec.facts().stores;
    let pick = |bytes: &Option<Vec<u8>>, stored: bool, policy: MetadataPolicy| match bytes {
        Some(bytes) if stored && policy == MetadataPolicy::Keep => {
            memory::copy_of(bytes, "metadata").map(Some)
        }
        _ => Ok(None),
    };
    let mut metadata = Metadata {
        icc: pick(&own.icc, stores.icc, options.icc)?,
        exif: pick(&own.exif, stores.exif, options.exif)?,
        xmp: pick(&own.xmp, stores.xmp, options.xmp)?,
    };
    let upright = orientation == 1;
    metadata.exif = match metadata.exif {
        Some(bytes) if upright => Some(bytes),
        Some(bytes) => Some(exif::stating_orientation(bytes, orientation)),
        None if stores.orientation == OrientationTag::Exif && !upright => {
            Some(exif::with_orientation(orientation))
        }
        None => None,
    };
    if let Some(bytes) = &mut metadata.exif {
        exif::set_orientation(bytes, orientation);
        exif::set_resolution(bytes, resolution);
    }
    Ok(metadata)
}
