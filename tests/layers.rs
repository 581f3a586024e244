//! Each layer of `src` uses only those before it.

use std::fs;
use std::path::{Path, PathBuf};

/// Modules of `src`, lowest first; those in one row do not know each other.
const LAYERS: &[&[&str]] = &[
    &["format"],
    &["error"],
    &["limits", "os"],
    &["memory"],
    &["base64", "pixel", "metadata", "image"],
    &["options"],
    &["source"],
    &["sink"],
    &["codec"],
    &["reader", "writer"],
    &["ffi"],
];

fn rank(module: &str) -> usize {
    let found = LAYERS.iter().position(|row| row.contains(&module));
    found.unwrap_or_else(|| panic!("src/{module} is in no layer: add it to tests/layers.rs"))
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        // The unit tests of a folder may look at the layers above, as those in a file.
        if path.ends_with("tests.rs") || path.ends_with("tests") {
            continue;
        }
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The crate's own modules that a file names, without its unit tests.
fn used(text: &str) -> Vec<String> {
    let code = text.split("#[cfg(test)]\nmod tests").next().unwrap();
    let parts = code.split("crate::").skip(1);
    let mut modules = Vec::new();
    for part in parts {
        if let Some(group) = part.strip_prefix('{') {
            let group = group.split('}').next().unwrap();
            modules.extend(group.split(',').map(|name| first_word(name.trim())));
        } else {
            modules.push(first_word(part));
        }
    }
    modules
}

fn first_word(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

#[test]
fn layers_point_one_way() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut all = Vec::new();
    files(&src, &mut all);
    let mut wrong = Vec::new();
    for path in all {
        let inside = path.strip_prefix(&src).unwrap();
        let module = first_word(inside.iter().next().unwrap().to_str().unwrap());
        if module == "lib" {
            continue;
        }
        for name in used(&fs::read_to_string(&path).unwrap()) {
            // What `codec/mod.rs` offers to the formats is below them, not beside them.
            if name != module && !name.is_empty() && rank(&name) > rank(&module) {
                wrong.push(format!("{} uses crate::{name}", inside.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_codec_knows_another() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/codec");
    let mut all = Vec::new();
    files(&src, &mut all);
    for path in all {
        let inside = path.strip_prefix(&src).unwrap();
        let own = first_word(inside.iter().next().unwrap().to_str().unwrap());
        if own == "mod" {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let code = text.split("#[cfg(test)]\nmod tests").next().unwrap();
        for format in ["jpeg", "png", "bmp", "gif", "tiff", "pdf", "pnm", "tga", "qoi", "webp"] {
            let names = [format!("crate::codec::{format}::"), format!("super::super::{format}::")];
            let known = names.iter().any(|name| code.contains(name.as_str()));
            assert!(own == format || !known, "{} knows codec {format}", inside.display());
        }
    }
}
