//! `include/dio.h` is a snapshot of what cbindgen makes of `src/ffi`.
//!
//! After a change of the C ABI: `DIO_BLESS=1 cargo test --test header`.

use std::path::{Path, PathBuf};

#[test]
fn header_matches_the_source() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut config = cbindgen::Config::from_file(root.join("cbindgen.toml")).unwrap();
    let rest = config.after_includes.take().unwrap_or_default();
    config.after_includes = Some(version_macros() + &rest);

    // The files of `ffi` alone: constants elsewhere are nobody's business.
    let builder = cbindgen::Builder::new().with_config(config);
    let builder = sources(&root.join("src/ffi")).iter().fold(builder, cbindgen::Builder::with_src);

    let mut fresh = Vec::new();
    builder.generate().unwrap().write(&mut fresh);
    // What Rust calls safety is, for C, part of the description.
    let fresh = String::from_utf8(fresh).unwrap().replace(" * # Safety\n *\n", "");
    let fresh: String = fresh.lines().map(|line| parenthesized(line) + "\n").collect();

    let path = root.join("include/dio.h");
    if std::env::var_os("DIO_BLESS").is_some() {
        std::fs::write(&path, &fresh).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == fresh, "dio.h is stale: DIO_BLESS=1 cargo test --test header");
}

/// The files of the modules of a folder, in the order in which its `mod.rs` names them.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let modules = std::fs::read_to_string(folder.join("mod.rs")).unwrap();
    let names = modules.lines().filter_map(|line| line.strip_prefix("mod ")?.strip_suffix(';'));
    let files = |name: &str| match folder.join(name).with_extension("rs") {
        file if file.exists() => vec![file],
        _ => sources(&folder.join(name)),
    };
    names.flat_map(files).collect()
}

/// A negative number that a macro stands for must hold together wherever it is put.
fn parenthesized(line: &str) -> String {
    match line.rsplit_once(" -") {
        Some((name, digits)) if name.starts_with("#define ") && digits.parse::<u32>().is_ok() => {
            format!("{name} (-{digits})")
        }
        _ => line.to_owned(),
    }
}

/// Cargo.toml is the only place that states the version.
fn version_macros() -> String {
    let parts = [
        ("MAJOR", env!("CARGO_PKG_VERSION_MAJOR")),
        ("MINOR", env!("CARGO_PKG_VERSION_MINOR")),
        ("PATCH", env!("CARGO_PKG_VERSION_PATCH")),
    ];
    let lines = parts.map(|(name, value)| format!("#define DIO_VERSION_{name} {value}\n"));
    format!("\n{}", lines.concat())
}
