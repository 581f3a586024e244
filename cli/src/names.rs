//! Names of files that pages are saved in.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

/// `name.extension`, whatever points the name has.
pub fn with_ending(mut name: OsString, extension: impl AsRef<OsStr>) -> OsString {
    name.push(".");
    name.push(extension);
    name
}

/// The name of a file without its folder and extension.
pub fn stem(path: &Path) -> OsString {
    path.file_stem().unwrap_or(path.as_os_str()).to_os_string()
}

/// `scan.png` becomes `scan-07.png` for the number 7 of two digits.
pub fn numbered(path: &Path, number: u32, digits: usize) -> PathBuf {
    let mut name = path.file_stem().unwrap_or_default().to_os_string();
    name.push(format!("-{number:0digits$}"));
    let name = match path.extension() {
        Some(extension) => with_ending(name, extension),
        None => name,
    };
    path.with_file_name(name)
}

/// How many digits the numbers up to `last` have.
pub fn digits(last: u32) -> usize {
    last.to_string().len()
}

/// `%d` or `%04d` in a name becomes the number; `None` where it has no such place.
pub fn filled_in(path: &Path, number: u32) -> Option<PathBuf> {
    let name = path.file_name()?.to_str()?;
    let (before, rest) = name.split_once('%')?;
    let (width, after) = rest.split_once('d')?;
    let digits = if width.is_empty() { 1 } else { width.strip_prefix('0')?.parse().ok()? };
    let fits = |digits: &usize| (1..=20).contains(digits);
    let digits = Some(digits).filter(fits)?;
    Some(path.with_file_name(format!("{before}{number:0digits$}{after}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn page_numbers_sort_as_text() {
        assert_eq!(numbered(Path::new("a/scan.png"), 7, digits(12)), Path::new("a/scan-07.png"));
        assert_eq!(numbered(Path::new("scan"), 0, digits(0)), Path::new("scan-0"));
    }

    #[test]
    fn patterns_have_one_place() {
        let filled = |text: &str| filled_in(Path::new(text), 7);
        assert_eq!(filled("a/p%03d.png"), Some("a/p007.png".into()));
        assert_eq!(filled("p%d-of-many.png"), Some("p7-of-many.png".into()));
        for text in ["p.png", "100%.png", "p%3d.png", "p%099d.png", "%s.png"] {
            assert_eq!(filled(text), None, "{text}");
        }
    }
}
