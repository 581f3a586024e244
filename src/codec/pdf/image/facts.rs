//! What the dictionary of an image says, as far as pixels follow from it without an engine.

use std::sync::Arc;

use hayro::hayro_syntax::Filter;
use hayro::hayro_syntax::object::{Array, Dict, Object, ObjectIdentifier, Stream, String};

use super::filters::{self, Step};
use crate::codec::pdf::inflate;
use crate::error::{Error, Result};
use crate::limits::Budget;
use crate::pixel::{PixelFormat, convert};

/// An image and where its data is.
#[derive(Clone, Debug)]
pub struct Layer {
    pub facts: Facts,
    pub place: Place,
}

/// Where the data of an image is.
#[derive(Clone, Debug)]
pub enum Place {
    /// A stream of the document.
    Object(ObjectIdentifier),
    /// Among the operators that draw: a copy of the data.
    Inline(Arc<Vec<u8>>),
}

/// An image as its dictionary describes it.
#[derive(Clone, Debug)]
pub struct Facts {
    pub width: u32,
    pub height: u32,
    /// Bits of a sample.
    pub bits: u32,
    pub colour: Colour,
    /// Whether the largest sample stands for the least of a colour.
    pub reversed: bool,
    /// A mask through which paint falls, not a picture.
    pub stencil: bool,
    /// What is undone first.
    pub steps: Vec<Step>,
    pub coding: Coding,
    /// Says where the image is opaque.
    pub mask: Option<Box<Layer>>,
    /// Whether something else than another image says so.
    pub keyed: bool,
    /// Whether the decoders here do not know something of it: the engine decodes it.
    pub foreign: bool,
    pub icc: Option<Vec<u8>>,
}

/// What samples mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Colour {
    Gray,
    Rgb,
    Cmyk,
    /// R, G, B of each index.
    Indexed(Vec<[u8; 3]>),
    /// What the engine turns into R, G, B; the components.
    Other,
    /// Nothing is said: the data knows.
    Unstated,
}

/// The last filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Coding {
    /// Rows of samples.
    Raw,
    /// Fax data.
    Ccitt(Fax),
    /// JPEG; whether Y, Cb, Cr are stored, where the data does not say.
    Jpeg {
        transform: Option<bool>,
    },
    Jbig2,
    Jpx,
}

/// Parameters of fax data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fax {
    pub k: i32,
    pub columns: u32,
    pub aligned: bool,
    pub end_of_line: bool,
    pub end_of_block: bool,
    pub black_is_1: bool,
}

/// How deep colour spaces and masks refer to others.
const DEPTH: u32 = 3;

impl Facts {
    /// Reads the dictionary of an image.
    pub fn of(stream: &Stream<'_>, budget: &Budget) -> Result<Self> {
        Self::within(stream, DEPTH, budget)
    }

    fn within(stream: &Stream<'_>, depth: u32, budget: &Budget) -> Result<Self> {
        let dict = stream.dict();
        let width: u32 = entry(dict, "Width", "W").unwrap_or_default();
        let height: u32 = entry(dict, "Height", "H").unwrap_or_default();
        if width == 0 || height == 0 {
            return Err(Error::damaged(format!(
                "an image on the page is {width} x {height} pixels"
            )));
        }
        let stencil = entry(dict, "ImageMask", "IM").unwrap_or(false);
        let mut facts = Self {
            width,
            height,
            bits: if stencil { 1 } else { entry(dict, "BitsPerComponent", "BPC").unwrap_or(8) },
            colour: Colour::Gray,
            reversed: false,
            stencil,
            steps: Vec::new(),
            coding: Coding::Raw,
            mask: None,
            keyed: false,
            foreign: false,
            icc: None,
        };
        if !stencil {
            let space = entry::<Object<'_>>(dict, "ColorSpace", "CS");
            facts.colour = space.map_or(Ok(Colour::Unstated), |space| {
                colour(&space, depth, &mut facts.icc, budget)
            })?;
        }
        facts.read_filters(stream);
        facts.read_decode(dict);
        facts.read_masks(dict, depth, budget)?;
        facts.foreign |= facts.colour == Colour::Other
            || matches!(facts.coding, Coding::Jbig2 | Coding::Jpx)
            || (facts.coding == Coding::Raw && facts.colour == Colour::Unstated)
            || (!matches!(facts.colour, Colour::Gray | Colour::Rgb | Colour::Cmyk)
                && matches!(facts.coding, Coding::Jpeg { .. })
                && facts.colour != Colour::Unstated);
        Ok(facts)
    }

    fn read_filters(&mut self, stream: &Stream<'_>) {
        let all = stream.filters();
        let parms = |at: usize| filters::parms(stream.dict(), at, all.len());
        for (at, filter) in all.iter().enumerate() {
            let last = at + 1 == all.len();
            match filter {
                Filter::CcittFaxDecode if last => {
                    let fax = fax(&parms(at));
                    // Rows are as long as the coding has them.
                    self.width = fax.columns.max(1);
                    self.coding = Coding::Ccitt(fax);
                    self.bits = 1;
                }
                Filter::DctDecode if last => {
                    let transform = parms(at).get::<i32>("ColorTransform").map(|value| value != 0);
                    self.coding = Coding::Jpeg { transform };
                    self.bits = 8;
                }
                Filter::Jbig2Decode if last => {
                    self.coding = Coding::Jbig2;
                    self.bits = 1;
                }
                Filter::JpxDecode if last => {
                    self.coding = Coding::Jpx;
                    self.bits = 8;
                }
                Filter::Crypt if at == 0 => {}
                other => match Step::new(*other, &parms(at)) {
                    Some(step) => self.steps.push(step),
                    None => self.foreign = true,
                },
            }
        }
    }

    /// Decode arrays are what is usual, the reverse of it, or none of our business.
    fn read_decode(&mut self, dict: &Dict<'_>) {
        let Some(array) = entry::<Array<'_>>(dict, "Decode", "D") else { return };
        let values: Vec<f64> = array.iter::<f64>().take(64).collect();
        let most = match &self.colour {
            Colour::Indexed(_) => f64::from((1u32 << self.bits.min(16)) - 1),
            _ => 1.0,
        };
        let all = |pair: [f64; 2]| values.as_chunks::<2>().0.iter().all(|have| *have == pair);
        let indexed = matches!(self.colour, Colour::Indexed(_));
        match () {
            () if values.len() < 2 || all([0.0, most]) => {}
            () if all([most, 0.0]) && !indexed => self.reversed = true,
            () => self.foreign = true,
        }
    }

    fn read_masks(&mut self, dict: &Dict<'_>, depth: u32, budget: &Budget) -> Result<()> {
        if self.stencil || depth == 0 {
            return Ok(());
        }
        let soft = dict.get::<Stream<'_>>("SMask");
        let mask = soft.or_else(|| dict.get::<Stream<'_>>("Mask"));
        self.keyed = dict.get::<u32>("SMaskInData").is_some_and(|kind| kind > 0)
            || (mask.is_none() && dict.get::<Array<'_>>("Mask").is_some());
        self.foreign |=
            self.keyed || mask.as_ref().is_some_and(|mask| mask.dict().contains_key("Matte"));
        let Some((mask, id)) = mask.and_then(|mask| Some((mask.clone(), mask.dict().obj_id()?)))
        else {
            return Ok(());
        };
        let facts = Self::within(&mask, 0, budget)?;
        self.foreign |= facts.foreign || facts.colour == Colour::Unstated;
        self.mask = Some(Box::new(Layer { facts, place: Place::Object(id) }));
        Ok(())
    }

    /// Whether pixels may be transparent.
    pub fn has_alpha(&self) -> bool {
        self.mask.is_some() || self.keyed
    }

    /// The pixel format nearest to what is stored, without transparency.
    pub fn opaque_format(&self) -> PixelFormat {
        match (&self.colour, self.bits) {
            (Colour::Gray | Colour::Unstated, 1) => PixelFormat::Binary,
            (Colour::Gray, 16) => PixelFormat::Gray16,
            (Colour::Gray, _) => PixelFormat::Gray8,
            (Colour::Rgb, 16) => PixelFormat::Rgb161616,
            (Colour::Indexed(palette), bits) => palette_format(palette, bits),
            _ => PixelFormat::Rgb888,
        }
    }

    /// Stored samples of a pixel.
    pub fn samples(&self) -> u32 {
        match self.colour {
            Colour::Rgb | Colour::Other => 3,
            Colour::Cmyk => 4,
            _ => 1,
        }
    }

    /// The coding as the Compression tag of TIFF numbers it.
    pub fn compression(&self) -> u32 {
        match (&self.coding, self.steps.last()) {
            (Coding::Ccitt(fax), _) => {
                if fax.k < 0 {
                    4
                } else {
                    3
                }
            }
            (Coding::Jpeg { .. }, _) => 7,
            (Coding::Jbig2, _) => 34_661,
            (Coding::Jpx, _) => 34_712,
            (Coding::Raw, Some(step)) => step.compression(),
            (Coding::Raw, None) => 1,
        }
    }
}

fn palette_format(palette: &[[u8; 3]], bits: u32) -> PixelFormat {
    let used = palette.get(..1 << bits.min(8)).unwrap_or(palette);
    match used {
        [[0, 0, 0], [255, 255, 255]] | [[255, 255, 255], [0, 0, 0]] if bits == 1 => {
            PixelFormat::Binary
        }
        used if used.iter().all(|[r, g, b]| r == g && g == b) => PixelFormat::Gray8,
        _ => PixelFormat::Rgb888,
    }
}

/// An entry by the short name of inline images, which goes first with other readers, too, or by its own.
fn entry<'a, T>(dict: &Dict<'a>, long: &str, short: &str) -> Option<T>
where
    T: TryFrom<Object<'a>>,
{
    let object = |key| dict.get::<Object<'a>>(key);
    object(short).or_else(|| object(long)).and_then(|object| T::try_from(object).ok())
}

fn fax(parms: &Dict<'_>) -> Fax {
    Fax {
        k: parms.get("K").unwrap_or(0),
        columns: parms.get("Columns").unwrap_or(1728),
        aligned: parms.get("EncodedByteAlign").unwrap_or(false),
        end_of_line: parms.get("EndOfLine").unwrap_or(false),
        end_of_block: parms.get("EndOfBlock").unwrap_or(true),
        black_is_1: parms.get("BlackIs1").unwrap_or(false),
    }
}

/// Reads a colour space, and its profile.
fn colour(
    space: &Object<'_>,
    depth: u32,
    icc: &mut Option<Vec<u8>>,
    budget: &Budget,
) -> Result<Colour> {
    let by_name = |name: &[u8]| match name {
        b"DeviceGray" | b"G" => Colour::Gray,
        b"DeviceRGB" | b"RGB" => Colour::Rgb,
        b"DeviceCMYK" | b"CMYK" => Colour::Cmyk,
        _ => Colour::Other,
    };
    let array = match space {
        Object::Name(name) => return Ok(by_name(name)),
        Object::Array(array) if depth > 0 => array,
        _ => return Ok(Colour::Other),
    };
    let mut items = array.iter::<Object<'_>>();
    let Some(Object::Name(name)) = items.next() else { return Ok(Colour::Other) };
    match &*name {
        b"ICCBased" => {
            let Some(Object::Stream(profile)) = items.next() else { return Ok(Colour::Other) };
            let colour = match profile.dict().get::<u32>("N") {
                Some(1) => Colour::Gray,
                Some(3) => Colour::Rgb,
                Some(4) => Colour::Cmyk,
                _ => return Ok(Colour::Other),
            };
            inflate::check(&profile, budget)?;
            *icc = profile.decoded_data().ok().map(std::borrow::Cow::into_owned);
            Ok(colour)
        }
        b"Indexed" | b"I" => indexed(items, depth - 1, icc, budget),
        other => Ok(by_name(other)),
    }
}

fn indexed<'a>(
    mut items: impl Iterator<Item = Object<'a>>,
    depth: u32,
    icc: &mut Option<Vec<u8>>,
    budget: &Budget,
) -> Result<Colour> {
    let Some(base) = items.next() else { return Ok(Colour::Other) };
    let base = colour(&base, depth, icc, budget)?;
    let most = match items.next() {
        Some(Object::Number(number)) => usize::try_from(number.as_i64()).unwrap_or(0).min(255),
        _ => return Ok(Colour::Other),
    };
    let bytes = match items.next() {
        Some(Object::String(text)) => bytes_of(&text),
        Some(Object::Stream(stream)) => {
            inflate::check(&stream, budget)?;
            stream.decoded_data().unwrap_or_default().into_owned()
        }
        _ => return Ok(Colour::Other),
    };
    let mut palette: Vec<[u8; 3]> = match base {
        Colour::Gray => bytes.iter().map(|gray| [*gray; 3]).collect(),
        Colour::Rgb => bytes.as_chunks::<3>().0.to_vec(),
        Colour::Cmyk => {
            // What the profile describes is gone.
            *icc = None;
            bytes.as_chunks::<4>().0.iter().map(|inks| convert::rgb_of_inks(*inks)).collect()
        }
        _ => return Ok(Colour::Other),
    };
    palette.truncate(most + 1);
    Ok(if palette.is_empty() { Colour::Other } else { Colour::Indexed(palette) })
}

fn bytes_of(text: &String<'_>) -> Vec<u8> {
    text.as_bytes().to_vec()
}
