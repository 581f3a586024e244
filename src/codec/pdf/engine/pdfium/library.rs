//! Where the library is, and that there is one.

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use pdfium_render::prelude::{Pdfium, PdfiumError, PdfiumLibraryBindings};

use crate::error::{Error, Kind, Result};
use crate::options::{self, PdfiumLibrary};

/// The library once it is loaded, and the lock that whoever calls it holds.
pub static LOADED: Mutex<Option<Loaded>> = Mutex::new(None);

/// A library and where it was found; `None`: where the operating system did.
pub struct Loaded {
    library: Box<dyn PdfiumLibrary>,
    place: Option<PathBuf>,
}

/// The library that is loaded, if it is the one asked for; the first one is loaded.
pub fn load<'a>(
    loaded: &'a mut Option<Loaded>,
    asked: &options::Pdfium,
) -> Result<&'a mut dyn PdfiumLibrary> {
    let place = asked.path.as_deref().map(find).transpose()?;
    if let Some(have) = loaded.as_ref()
        && place.is_some()
        && have.place != place
    {
        let shown = |place: &Option<PathBuf>| match place {
            Some(path) => path.display().to_string(),
            None => "where the operating system found it".into(),
        };
        return Err(Error::parameter(format!(
            "`pdfium_path` is {}, but this process has loaded PDFium already: {}",
            shown(&place),
            shown(&have.place)
        )));
    }
    let have = match loaded.take() {
        Some(have) => have,
        None => Loaded { library: (asked.ready)(bind(place.as_deref())?), place },
    };
    Ok(&mut *loaded.insert(have).library)
}

/// The file that a path means, by its real name.
fn find(path: &Path) -> Result<PathBuf> {
    let file = match path.is_dir() {
        true => Pdfium::pdfium_platform_library_name_at_path(path),
        false => path.to_owned(),
    };
    file.canonicalize().map_err(|why| missing(&file.display().to_string(), &why.to_string()))
}

fn bind(place: Option<&Path>) -> Result<Box<dyn PdfiumLibraryBindings>> {
    let (tried, bound) = match place {
        Some(path) => (path.display().to_string(), Pdfium::bind_to_library(path)),
        None => {
            let name = Pdfium::pdfium_platform_library_name();
            (name.to_string_lossy().into_owned(), Pdfium::bind_to_system_library())
        }
    };
    bound.map_err(|error| {
        let (why, lacks) = match &error {
            PdfiumError::LoadLibraryError(why) => {
                let lacks = ["DlSym", "GetProcAddress"];
                let kind = format!("{why:?}");
                let cause = std::error::Error::source(why).map(|cause| format!(": {cause}"));
                let why = format!("{why}{}", cause.unwrap_or_default());
                (why, lacks.iter().any(|name| kind.starts_with(name)))
            }
            other => (format!("{other:?}"), false),
        };
        // Of a mere name the system does not say whether it found no file or one that does not load.
        if place.is_none() && !lacks {
            return missing(&tried, &why);
        }
        let message = format!("PDFium cannot be loaded: tried {tried} ({why})");
        Error::new(Kind::PdfEngineBroken, message)
    })
}

fn missing(tried: &str, why: &str) -> Error {
    Error::new(Kind::PdfEngineMissing, format!("PDFium is not found: tried {tried} ({why})"))
}
