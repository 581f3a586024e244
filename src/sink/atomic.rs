//! A file that appears under its name whole or not at all.

use std::fs::{self, OpenOptions};
use std::hash::{BuildHasher, RandomState};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::buffer::BufferedFile;
use super::write_failed;
use crate::error::{Error, Kind, Result};
use crate::os;
use crate::source::reason;

/// A new file that appears under its name with [`AtomicFile::commit`], whole, and otherwise leaves nothing behind.
pub struct AtomicFile {
    pub(super) writer: BufferedFile,
    temporary: PathBuf,
    path: PathBuf,
    overwrite: bool,
    committed: bool,
}

impl AtomicFile {
    /// Creates `.NAME.dio-XXXX` beside `path`. Nothing is written where `path` cannot be replaced anyway.
    pub fn create(path: &Path, overwrite: bool) -> Result<Self> {
        let named = |error: Error| error.in_file(path.to_string_lossy());
        // A link keeps its place: the file it leads to is replaced.
        let target = if path.is_symlink() {
            path.canonicalize().unwrap_or_else(|_| path.into())
        } else {
            path.into()
        };
        if os::path_to_bytes(path).ends_with(b"/") {
            return Err(named(Error::new(Kind::CreateFailed, "names a folder")));
        }
        let old = fs::symlink_metadata(&target).ok();
        if let Some(old) = &old {
            may_replace(old, overwrite).map_err(named)?;
        }
        let name = target
            .file_name()
            .ok_or_else(|| named(Error::new(Kind::CreateFailed, "names no file")))?;
        for _ in 0..16 {
            let temporary = target.with_file_name(temporary_name(name));
            match OpenOptions::new().write(true).create_new(true).open(&temporary) {
                Ok(file) => {
                    if let Some(old) = old.filter(fs::Metadata::is_file) {
                        // Best effort: a file system without permissions is no reason not to save.
                        let _ = file.set_permissions(old.permissions());
                    }
                    let writer = BufferedFile::new(file).map_err(|error| {
                        let _ = fs::remove_file(&temporary);
                        named(error)
                    })?;
                    return Ok(Self {
                        writer,
                        temporary,
                        path: target,
                        overwrite,
                        committed: false,
                    });
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => {
                    let message = format!("cannot be created: {}", reason(&error));
                    return Err(named(Error::new(Kind::CreateFailed, message)));
                }
            }
        }
        Err(named(Error::new(Kind::CreateFailed, "cannot be created: no free temporary name")))
    }

    /// Brings the bytes to the disk and the file to its name.
    pub fn commit(mut self) -> Result<()> {
        let path = self.path.clone();
        let named = |error: Error| error.in_file(path.to_string_lossy());
        let written = self.writer.flush().and_then(|()| self.writer.get_ref().sync_all());
        written.map_err(|error| named(write_failed(&error)))?;
        if self.overwrite {
            fs::rename(&self.temporary, &self.path).map_err(|error| named(write_failed(&error)))?;
            self.committed = true;
        } else {
            self.publish_new().map_err(named)?;
        }
        if let Some(folder) = self.path.parent() {
            os::sync_folder(if folder.as_os_str().is_empty() { Path::new(".") } else { folder });
        }
        Ok(())
    }

    /// Gives the file its name unless there is one of that name, with no moment between the look and the deed.
    fn publish_new(&mut self) -> Result<()> {
        let exists = || Error::new(Kind::FileExists, "exists and overwriting is off");
        match fs::hard_link(&self.temporary, &self.path) {
            // The temporary name goes away with `self`.
            Ok(()) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(exists()),
            // A file system without hard links: an empty file takes the name first.
            Err(_) => {
                OpenOptions::new().write(true).create_new(true).open(&self.path).map_err(
                    |error| match error.kind() {
                        io::ErrorKind::AlreadyExists => exists(),
                        _ => write_failed(&error),
                    },
                )?;
                fs::rename(&self.temporary, &self.path).map_err(|error| {
                    let _ = fs::remove_file(&self.path);
                    write_failed(&error)
                })?;
                self.committed = true;
                Ok(())
            }
        }
    }
}

impl Drop for AtomicFile {
    fn drop(&mut self) {
        if !self.committed {
            let _ = fs::remove_file(&self.temporary);
        }
    }
}

fn may_replace(old: &fs::Metadata, overwrite: bool) -> Result<()> {
    if old.is_dir() {
        return Err(Error::new(Kind::CreateFailed, "is a directory"));
    }
    if !overwrite {
        return Err(Error::new(Kind::FileExists, "exists and overwriting is off"));
    }
    // A link to nowhere is replaced like a file.
    if !old.is_file() && !old.is_symlink() {
        return Err(Error::new(Kind::CreateFailed, "is no regular file"));
    }
    if old.is_file() && old.permissions().readonly() {
        return Err(Error::new(Kind::CreateFailed, "is read-only"));
    }
    Ok(())
}

fn temporary_name(name: &std::ffi::OsStr) -> std::ffi::OsString {
    let random = RandomState::new().hash_one(std::process::id()) & 0xffff_ffff;
    let mut temporary = std::ffi::OsString::from(".");
    // Room for the rest where a name takes all that file systems allow, 255 bytes.
    let kept = os::path_to_bytes(Path::new(name));
    match kept.get(..200).filter(|_| kept.len() > 240).and_then(os::path_from_bytes) {
        Some(short) => temporary.push(short),
        None => temporary.push(name),
    }
    temporary.push(format!(".dio-{random:08x}"));
    temporary
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sink::Sink;

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("dio-sink-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    fn names(folder: &Path) -> Vec<String> {
        fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    }

    #[test]
    fn a_file_appears_whole_and_an_abandoned_one_leaves_nothing() {
        let folder = folder("whole");
        let path = folder.join("a.bin");
        let mut sink = Sink::file(AtomicFile::create(&path, false).unwrap());
        sink.put(b"first").unwrap();
        assert!(!path.exists());
        sink.finish().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"first");
        let mut sink = Sink::file(AtomicFile::create(&path, true).unwrap());
        sink.put(b"never").unwrap();
        drop(sink);
        assert_eq!(fs::read(&path).unwrap(), b"first");
        assert_eq!(names(&folder), ["a.bin"]);
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_file_that_appears_meanwhile_is_not_replaced() {
        let folder = folder("race");
        let path = folder.join("a.bin");
        let file = AtomicFile::create(&path, false).unwrap();
        fs::write(&path, b"other").unwrap();
        assert_eq!(file.commit().unwrap_err().kind(), Kind::FileExists);
        assert_eq!(fs::read(&path).unwrap(), b"other");
        assert_eq!(names(&folder), ["a.bin"]);
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_read_only_file_and_a_folder_are_not_replaced() {
        let folder = folder("readonly");
        let path = folder.join("a.bin");
        fs::write(&path, b"old").unwrap();
        let mut permissions = fs::metadata(&path).unwrap().permissions();
        permissions.set_readonly(true);
        fs::set_permissions(&path, permissions).unwrap();
        assert_eq!(AtomicFile::create(&path, true).err().unwrap().kind(), Kind::CreateFailed);
        assert_eq!(AtomicFile::create(&folder, true).err().unwrap().kind(), Kind::CreateFailed);
        fs::remove_dir_all(folder).unwrap();
    }
}
