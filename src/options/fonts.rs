//! Fonts that a caller lends to documents which bring none of their own.

use std::any::Any;
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

/// Where fonts that are not embedded in a document come from. Clones share what was found in them.
#[derive(Clone, Default)]
pub struct Fonts {
    /// Font files, in memory.
    pub given: Vec<Arc<Vec<u8>>>,
    /// A folder of font files, with those within it.
    pub folder: Option<PathBuf>,
    /// Whether those of the operating system are used, too.
    pub system: bool,
    loaded: Arc<OnceLock<Arc<dyn Any + Send + Sync>>>,
}

impl Fonts {
    /// Fonts that are looked at when they are needed first.
    pub fn new(given: Vec<Arc<Vec<u8>>>, folder: Option<PathBuf>, system: bool) -> Self {
        Self { given, folder, system, loaded: Arc::default() }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.given.is_empty() && self.folder.is_none() && !self.system
    }

    /// What a codec made of the fonts; made once for all clones.
    pub fn loaded<T: Any + Send + Sync>(&self, make: impl FnOnce() -> T) -> Option<Arc<T>> {
        let made = self.loaded.get_or_init(|| Arc::new(make()));
        Arc::clone(made).downcast().ok()
    }
}

impl fmt::Debug for Fonts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fonts")
            .field("given", &self.given.len())
            .field("folder", &self.folder)
            .field("system", &self.system)
            .finish_non_exhaustive()
    }
}
