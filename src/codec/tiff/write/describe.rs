//! The directory of a page.

use super::super::fields::{self, Fields};
use super::super::tags::{self, compression, kind, photometric};
use super::chunks::Places;
use super::plan::Plan;
use crate::codec::Caption;
use crate::error::Result;
use crate::limits::Budget;
use crate::memory;
use crate::metadata::resolution;
use crate::options::SaveOptions;

/// Bit 1 of NewSubfileType: a page of many.
const PAGE_OF_MANY: u32 = 2;

/// The fields of a page. `number` is its place in a document of many, from 0.
pub fn fields(
    plan: &Plan,
    caption: &Caption<'_>,
    places: &Places,
    number: Option<u16>,
    options: &SaveOptions,
    budget: &Budget,
) -> Result<Fields> {
    let mut fields = Fields::default();
    let samples = usize::from(plan.samples);
    fields.longs(tags::NEW_SUBFILE_TYPE, &[number.map_or(0, |_| PAGE_OF_MANY)]);
    fields.longs(tags::IMAGE_WIDTH, &[caption.width]);
    fields.longs(tags::IMAGE_LENGTH, &[caption.height]);
    fields.shorts(tags::BITS_PER_SAMPLE, &vec![plan.bits; samples]);
    fields.shorts(tags::COMPRESSION, &[plan.compression]);
    fields.shorts(tags::PHOTOMETRIC, &[plan.photometric]);
    fields.shorts(tags::ORIENTATION, &[caption.orientation]);
    fields.shorts(tags::SAMPLES_PER_PIXEL, &[plan.samples]);
    fields.shorts(tags::PLANAR_CONFIGURATION, &[1]);
    add_chunks(&mut fields, plan, places)?;
    add_coding(&mut fields, plan);
    add_resolution(&mut fields, caption.resolution);
    if let Some(number) = number {
        // How many there are is known at the end.
        fields.shorts(tags::PAGE_NUMBER, &[number, 0]);
    }
    fields.bytes(tags::SOFTWARE, kind::ASCII, fields::OWN_SOFTWARE);
    add_metadata(&mut fields, caption, budget)?;
    if let Some(text) = &options.date_time {
        fields.remove(tags::DATE_TIME);
        fields.bytes(tags::DATE_TIME, kind::ASCII, format!("{text}\0").as_bytes());
    }
    Ok(fields)
}

fn add_chunks(fields: &mut Fields, plan: &Plan, places: &Places) -> Result<()> {
    let mut offsets = memory::places(places.len(), "a tag")?;
    let mut lens = memory::places(places.len(), "a tag")?;
    offsets.extend(places.iter().map(|(at, _)| *at));
    lens.extend(places.iter().map(|(_, len)| *len));
    if plan.chunk.tiled {
        fields.longs(tags::TILE_WIDTH, &[plan.chunk.width]);
        fields.longs(tags::TILE_LENGTH, &[plan.chunk.height]);
        fields.offsets(tags::TILE_OFFSETS, offsets);
        fields.offsets(tags::TILE_BYTE_COUNTS, lens);
    } else {
        fields.longs(tags::ROWS_PER_STRIP, &[plan.chunk.height]);
        fields.offsets(tags::STRIP_OFFSETS, offsets);
        fields.offsets(tags::STRIP_BYTE_COUNTS, lens);
    }
    Ok(())
}

/// What belongs to a compression or a photometric interpretation.
fn add_coding(fields: &mut Fields, plan: &Plan) {
    match plan.compression {
        compression::CCITT_G3 => {
            fields.longs(tags::T4_OPTIONS, &[u32::from(plan.two_dimensional)]);
        }
        compression::CCITT_G4 => fields.longs(tags::T6_OPTIONS, &[0]),
        _ => {}
    }
    if plan.is_fax() {
        fields.shorts(tags::FILL_ORDER, &[1]);
    }
    if plan.predictor {
        fields.shorts(tags::PREDICTOR, &[2]);
    }
    if let Some(palette) = &plan.palette {
        fields.shorts(tags::COLOR_MAP, &colour_map(palette, plan.bits));
    }
    match plan.photometric {
        photometric::SEPARATED => fields.shorts(tags::INK_SET, &[1]),
        photometric::YCBCR => {
            fields.shorts(tags::YCBCR_SUBSAMPLING, &[plan.subsampling.0, plan.subsampling.1]);
            // JPEG's samples take the full range, in the centre of their pixels.
            fields.shorts(tags::YCBCR_POSITIONING, &[1]);
            let [zero, half, full] = [(0, 1), (128, 1), (255, 1)];
            let ranges = [zero, full, half, full, half, full];
            fields.rationals(tags::REFERENCE_BLACK_WHITE, &ranges);
        }
        _ => {}
    }
    if plan.alpha {
        // Not multiplied into the colours.
        fields.shorts(tags::EXTRA_SAMPLES, &[2]);
    }
}

/// All reds, then all greens and blues, of 16 bits.
fn colour_map(palette: &[u8], bits: u16) -> Vec<u16> {
    let values = 1usize << bits;
    let of = |channel: usize| {
        let given = palette.iter().skip(channel).step_by(3).map(|value| u16::from(*value) * 257);
        given.chain(std::iter::repeat(0)).take(values)
    };
    (0..3).flat_map(of).collect()
}

fn add_resolution(fields: &mut Fields, (x, y): (f64, f64)) {
    let stated = x > 0.0 && y > 0.0;
    // The tags are required: a ratio without a unit states nothing but square pixels.
    let (x, y) = if stated { (x, y) } else { (1.0, 1.0) };
    fields.rationals(tags::X_RESOLUTION, &[resolution::rational(x)]);
    fields.rationals(tags::Y_RESOLUTION, &[resolution::rational(y)]);
    fields.shorts(tags::RESOLUTION_UNIT, &[if stated { 2 } else { 1 }]);
}

fn add_metadata(fields: &mut Fields, caption: &Caption<'_>, budget: &Budget) -> Result<()> {
    let metadata = caption.metadata;
    if let Some(xmp) = &metadata.xmp {
        fields.value(tags::XMP, kind::BYTE, memory::copy_of(xmp, "XMP")?);
    }
    if let Some(icc) = &metadata.icc {
        fields.value(tags::ICC_PROFILE, kind::UNDEFINED, memory::copy_of(icc, "ICC")?);
    }
    match &metadata.exif {
        Some(exif) => fields::add_exif(fields, exif, budget),
        None => Ok(()),
    }
}
