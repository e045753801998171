//! What the tests share. Each test file uses a part of it.
#![allow(dead_code, clippy::panic)]

use std::path::PathBuf;

use postil_models::ModelFolder;

/// The folder that the models of this repository lie in.
pub fn models() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// A model of this repository.
pub fn model(name: &str) -> ModelFolder {
    let path = models().join(name);
    ModelFolder::open(&path).unwrap_or_else(|error| panic!("these tests need {name}: {error}"))
}
