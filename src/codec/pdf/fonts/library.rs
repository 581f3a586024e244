//! The fonts that a caller lends: found once for a reader, read when they are needed.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use hayro_font::FontData;

use super::face::{self, Facts};
use crate::error::{Error, Kind, Result};
use crate::limits::Budget;
use crate::memory;
use crate::options::Fonts;
use crate::os;

/// Files of a folder that are looked at, and how deep folders lie in it.
const MOST_FILES: usize = 10_000;
const MOST_DEPTH: usize = 6;

/// Bytes of a font file.
const MOST_BYTES: u64 = 256 << 20;

/// Bytes that what is known of fonts may take.
const MOST_FACTS: usize = 64 << 20;

/// What files of fonts are called.
const EXTENSIONS: [&str; 7] = ["ttf", "otf", "ttc", "otc", "pfb", "pfa", "cff"];

/// Where a font comes from; what comes first is preferred.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    Given,
    Folder,
    System,
}

/// A font that may be used.
#[derive(Debug)]
pub struct Entry {
    pub facts: Facts,
    pub origin: Origin,
    file: Arc<FontFile>,
}

/// A file with one font or several.
enum FontFile {
    Memory(Arc<Vec<u8>>),
    Disk { path: PathBuf, bytes: OnceLock<Arc<Vec<u8>>> },
}

impl std::fmt::Debug for FontFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Memory(bytes) => write!(f, "{} bytes", bytes.len()),
            Self::Disk { path, .. } => write!(f, "{}", path.display()),
        }
    }
}

/// The fonts of a reader.
#[derive(Debug, Default)]
pub struct Library {
    pub entries: Vec<Entry>,
    /// Fonts that were given and are none, by their number.
    pub unreadable: Vec<usize>,
    /// Bytes that are held.
    held: AtomicU64,
}

impl Library {
    /// The fonts that the options name.
    pub fn of(fonts: &Fonts) -> Result<Arc<Self>> {
        if let Some(folder) = &fonts.folder
            && !folder.is_dir()
        {
            let message = format!("`font_folder`: {} is no folder", folder.display());
            return Err(Error::new(Kind::FileNotFound, message));
        }
        let library = fonts.loaded(|| Self::find(fonts));
        library.ok_or_else(|| Error::new(Kind::Internal, "fonts of another kind"))
    }

    fn find(fonts: &Fonts) -> Self {
        let mut library = Self::default();
        for (number, bytes) in fonts.given.iter().enumerate() {
            library.held.fetch_add(bytes.len() as u64, Ordering::Relaxed);
            let file = Arc::new(FontFile::Memory(Arc::clone(bytes)));
            if !library.add(Origin::Given, &file, || face::of_bytes(bytes)) {
                library.unreadable.push(number);
            }
        }
        let own = fonts.folder.iter().map(|folder| (Origin::Folder, folder.clone()));
        let system = os::font_folders().iter().filter(|_| fonts.system);
        let system = system.map(|folder| (Origin::System, PathBuf::from(folder)));
        let mut left = MOST_FACTS;
        for (origin, folder) in own.chain(system) {
            for path in files(&folder) {
                let file = FontFile::Disk { path: path.clone(), bytes: OnceLock::new() };
                let before = library.entries.len();
                library.add(origin, &Arc::new(file), || face::of_file(&path));
                let new = library.entries.get(before..).unwrap_or_default();
                left = left.saturating_sub(new.iter().map(|entry| entry.facts.weight()).sum());
                if left == 0 {
                    break;
                }
            }
        }
        library.held.fetch_add((MOST_FACTS - left) as u64, Ordering::Relaxed);
        library
    }

    /// Adds the fonts of a file. What makes the parser panic is no font.
    fn add(
        &mut self,
        origin: Origin,
        file: &Arc<FontFile>,
        facts: impl FnOnce() -> Vec<Facts>,
    ) -> bool {
        let facts = catch_unwind(AssertUnwindSafe(facts)).unwrap_or_default();
        let found = !facts.is_empty();
        let entry = |facts| Entry { facts, origin, file: Arc::clone(file) };
        self.entries.extend(facts.into_iter().map(entry));
        found
    }

    /// Bytes that are held, which count for each call.
    pub fn held(&self) -> u64 {
        self.held.load(Ordering::Relaxed)
    }

    /// The bytes of a font; `None` where its file is not what it was.
    pub fn bytes(&self, entry: &Entry, budget: &Budget) -> Result<Option<FontData>> {
        let (path, bytes) = match &*entry.file {
            FontFile::Memory(bytes) => return Ok(Some(bytes.clone())),
            FontFile::Disk { path, bytes } => (path, bytes),
        };
        if let Some(bytes) = bytes.get() {
            return Ok(Some(bytes.clone()));
        }
        let Some(read) = read(path, budget)? else { return Ok(None) };
        let mut first = false;
        let kept = bytes.get_or_init(|| {
            first = true;
            Arc::new(read)
        });
        if first {
            self.held.fetch_add(kept.len() as u64, Ordering::Relaxed);
        }
        Ok(Some(kept.clone()))
    }
}

fn read(path: &Path, budget: &Budget) -> Result<Option<Vec<u8>>> {
    let Ok(file) = fs::File::open(path) else { return Ok(None) };
    let len = file.metadata().map_or(0, |facts| facts.len());
    if len == 0 || len > MOST_BYTES {
        return Ok(None);
    }
    let _booked = budget.reserve(len)?;
    let Ok(size) = usize::try_from(len) else { return Ok(None) };
    let mut bytes = memory::zeroed(size, "a font")?;
    let whole = std::io::Read::read_exact(&mut { &file }, &mut bytes);
    Ok(whole.is_ok().then_some(bytes))
}

/// The font files of a folder and of those in it, in the order of their names.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![(folder.to_path_buf(), 0)];
    let mut seen = 0;
    while let Some((folder, depth)) = open.pop() {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for entry in entries.flatten() {
            seen += 1;
            if seen > MOST_FILES {
                open.clear();
                break;
            }
            let path = entry.path();
            // A link is followed to a file, but to no folder: those may go round.
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            if is_folder && depth < MOST_DEPTH {
                open.push((path, depth + 1));
            } else if is_font(&path) && path.is_file() {
                found.push(path);
            }
        }
    }
    found.sort_unstable();
    found
}

fn is_font(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|own| EXTENSIONS.iter().any(|known| own.eq_ignore_ascii_case(known)))
}
