//! Runs the command, and gives it files that the tests make.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use dio::image::ImageData;
use dio::options::SaveOptions;
use dio::pixel::PixelFormat;
use dio::writer;

/// An empty folder for one test.
pub fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Saves a picture of this size, at 200 dpi.
pub fn picture(path: &Path, width: u32, height: u32) {
    let mut image = ImageData::new(width, height, PixelFormat::Rgb888).unwrap();
    for (at, sample) in image.pixels_mut().iter_mut().enumerate() {
        *sample = (at * 7 % 251) as u8;
    }
    image.resolution = (200.0, 200.0);
    writer::save_file(&image, path, true, &SaveOptions::default()).unwrap();
}

/// A sample of several pages: an animation of three frames.
pub fn animation() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/data/frames.gif")
}

/// What the command did.
pub struct Ran(Output);

impl Ran {
    pub fn code(&self) -> Option<i32> {
        self.0.status.code()
    }

    pub fn out(&self) -> String {
        String::from_utf8(self.0.stdout.clone()).unwrap()
    }

    pub fn err(&self) -> String {
        String::from_utf8(self.0.stderr.clone()).unwrap()
    }
}

/// Runs `dio` in `folder` with these words.
pub fn dio(folder: &Path, words: &[&str]) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dio"));
    Ran(command.current_dir(folder).args(words).output().unwrap())
}
