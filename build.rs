//! Gives the shared library its soname, which rustc leaves out.

use std::env::var;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let major = var("CARGO_PKG_VERSION_MAJOR").unwrap();
    let minor = var("CARGO_PKG_VERSION_MINOR").unwrap();
    // The same rule as DIO_SOVERSION in CMakeLists.txt.
    let abi = if major == "0" { format!("0.{minor}") } else { major };
    match var("CARGO_CFG_TARGET_OS").unwrap().as_str() {
        "linux" => println!("cargo::rustc-cdylib-link-arg=-Wl,-soname,libdio.so.{abi}"),
        "macos" => {
            println!("cargo::rustc-cdylib-link-arg=-Wl,-install_name,@rpath/libdio.{abi}.dylib")
        }
        _ => {}
    }
}
