//! Writes the folder of libtorch into the binaries, so that they start without `LD_LIBRARY_PATH`.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    // Given by torch-sys, whether it found libtorch by `LIBTORCH` or fetched it.
    let folder = std::env::var("DEP_TCH_LIBTORCH_LIB");
    let system = std::env::var("CARGO_CFG_TARGET_OS");
    if let (Ok(folder), Ok("linux" | "macos")) = (folder, system.as_deref()) {
        println!("cargo:rustc-link-arg=-Wl,-rpath,{folder}");
    }
}
