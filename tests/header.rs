//! `include/dio.h` is a snapshot of what cbindgen makes of `src/ffi`.
//!
//! After a change of the C ABI: `DIO_BLESS=1 cargo test --test header`.

use std::path::Path;

#[test]
fn header_matches_the_source() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut config = cbindgen::Config::from_file(root.join("cbindgen.toml")).unwrap();
    let rest = config.after_includes.take().unwrap_or_default();
    config.after_includes = Some(version_macros() + &rest);

    let mut fresh = Vec::new();
    cbindgen::generate_with_config(root, config).unwrap().write(&mut fresh);
    // What Rust calls safety is, for C, part of the description.
    let fresh = String::from_utf8(fresh).unwrap().replace(" * # Safety\n *\n", "");

    let path = root.join("include/dio.h");
    if std::env::var_os("DIO_BLESS").is_some() {
        std::fs::write(&path, &fresh).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == fresh, "dio.h is stale: DIO_BLESS=1 cargo test --test header");
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
