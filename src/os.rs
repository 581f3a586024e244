//! Calls into the operating system that differ between systems. Together with `memory`, all there is to port.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

/// Reads at `offset` without moving a shared position.
#[cfg(unix)]
pub fn read_at(file: &File, to: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, to, offset)
}

/// Reads at `offset`.
#[cfg(windows)]
pub fn read_at(file: &File, to: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, to, offset)
}

/// Makes a rename within `folder` survive a crash. Not every file system can; that is no failure of the save.
#[cfg(unix)]
pub fn sync_folder(folder: &Path) {
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
}

/// Renames are durable by themselves.
#[cfg(windows)]
pub fn sync_folder(_: &Path) {}

/// A path as C states it: the file system's own bytes.
#[cfg(unix)]
pub fn path_from_bytes(bytes: &[u8]) -> Option<PathBuf> {
    use std::os::unix::ffi::OsStrExt;
    Some(PathBuf::from(std::ffi::OsStr::from_bytes(bytes)))
}

/// A path as C states it: UTF-8.
#[cfg(windows)]
pub fn path_from_bytes(bytes: &[u8]) -> Option<PathBuf> {
    std::str::from_utf8(bytes).ok().map(PathBuf::from)
}

/// A path as C is told it.
#[cfg(unix)]
pub fn path_to_bytes(path: &Path) -> Vec<u8> {
    use std::os::unix::ffi::OsStrExt;
    path.as_os_str().as_bytes().to_vec()
}

/// A path as C is told it.
#[cfg(windows)]
pub fn path_to_bytes(path: &Path) -> Vec<u8> {
    path.to_string_lossy().into_owned().into_bytes()
}

/// Folders where the operating system keeps its fonts.
pub fn font_folders() -> &'static [&'static str] {
    if cfg!(windows) {
        &["C:\\Windows\\Fonts"]
    } else if cfg!(target_os = "macos") {
        &["/System/Library/Fonts", "/Library/Fonts"]
    } else {
        &["/usr/share/fonts", "/usr/local/share/fonts"]
    }
}
