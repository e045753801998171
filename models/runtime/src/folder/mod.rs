//! Model folders: what is in them, and that it is what it says.

mod hugging_face;
mod manifest;

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::error::{FolderError, FolderProblem};

pub use manifest::{Beside, FORMAT, Manifest, Pooling, Task, TokenTypes};

/// The file that makes a directory a model folder.
pub(crate) const MANIFEST: &str = "model.toml";
/// The weights of every engine.
pub(crate) const WEIGHTS: &str = "model.safetensors";
/// The tokenizer, as the `tokenizers` library writes it.
pub(crate) const TOKENIZER: &str = "tokenizer.json";
/// Sizes and activation of the network, as Hugging Face writes them.
pub(crate) const CONFIG: &str = "config.json";

/// A model folder whose manifest is read and whose files have the right hashes.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelFolder {
    /// Where it is.
    pub path: PathBuf,
    /// What it says of itself, or what its `config.json` says where there is no `model.toml`.
    pub manifest: Manifest,
    /// Hash of `model.safetensors`, in lower-case hexadecimal digits.
    pub weights_sha256: String,
}

impl ModelFolder {
    /// Reads the manifest and checks every file that it names, or that its architecture needs.
    ///
    /// A folder without `model.toml`, but with the `config.json` of a Hugging Face model, is read
    /// too; its hashes are computed and not checked.
    ///
    /// # Errors
    /// All that is wrong with the folder, at once.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, FolderError> {
        let path = path.into();
        match read(&path) {
            Ok((manifest, weights_sha256)) => Ok(Self { path, manifest, weights_sha256 }),
            Err(problems) => Err(FolderError { path, problems }),
        }
    }

    /// What the folder says of itself, from `model.toml` or else from `config.json`. Its other files
    /// are not looked at: for engines that read files of other names than this crate does.
    ///
    /// # Errors
    /// All that is wrong with what it says, at once.
    pub fn describe(path: &Path) -> Result<Manifest, FolderError> {
        read_manifest(path).map_err(|problems| FolderError { path: path.to_owned(), problems })
    }

    /// The folders directly under `directory` that hold a `model.toml`, by name.
    ///
    /// # Errors
    /// When the directory can not be read.
    pub fn list(directory: &Path) -> io::Result<Vec<PathBuf>> {
        let mut folders = Vec::new();
        for entry in fs::read_dir(directory)? {
            let path = entry?.path();
            if path.join(MANIFEST).is_file() {
                folders.push(path);
            }
        }
        folders.sort();
        Ok(folders)
    }

    /// Path of a file in the folder.
    pub fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }
}

fn read_manifest(path: &Path) -> Result<Manifest, Vec<FolderProblem>> {
    if !path.is_dir() {
        return Err(vec![FolderProblem::NoFolder]);
    }
    if path.join(MANIFEST).exists() {
        read_text(path, MANIFEST).map_err(|p| vec![p]).and_then(|text| manifest::parse(&text))
    } else if path.join(CONFIG).exists() {
        hugging_face::derive(path).map_err(|p| vec![p])
    } else {
        Err(vec![FolderProblem::MissingFile { file: MANIFEST.to_owned() }])
    }
}

fn read(path: &Path) -> Result<(Manifest, String), Vec<FolderProblem>> {
    let manifest = read_manifest(path)?;
    let described = path.join(MANIFEST).exists();
    let mut problems = Vec::new();
    let mut weights_sha256 = String::new();
    let mut files: Vec<&str> = manifest.sha256.keys().map(String::as_str).collect();
    for needed in manifest.needed_files() {
        if !files.contains(needed) {
            files.push(needed);
        }
    }
    for file in files {
        match sha256(path, file) {
            Err(problem) => problems.push(problem),
            Ok(found) => {
                match manifest.sha256.get(file) {
                    Some(expected) if !expected.eq_ignore_ascii_case(&found) => {
                        problems.push(FolderProblem::WrongHash {
                            file: file.to_owned(),
                            expected: expected.clone(),
                            found: found.clone(),
                        });
                    }
                    None if described => problems.push(FolderProblem::NoHash {
                        file: file.to_owned(),
                        found: found.clone(),
                    }),
                    _ => {}
                }
                if file == WEIGHTS {
                    weights_sha256 = found;
                }
            }
        }
    }
    if problems.is_empty() { Ok((manifest, weights_sha256)) } else { Err(problems) }
}

/// The text of a file, or why there is none.
fn read_text(folder: &Path, file: &str) -> Result<String, FolderProblem> {
    fs::read_to_string(folder.join(file)).map_err(|error| problem(file, &error))
}

fn problem(file: &str, error: &io::Error) -> FolderProblem {
    match error.kind() {
        io::ErrorKind::NotFound => FolderProblem::MissingFile { file: file.to_owned() },
        _ => FolderProblem::Unreadable { file: file.to_owned(), reason: error.to_string() },
    }
}

fn sha256(folder: &Path, file: &str) -> Result<String, FolderProblem> {
    let mut digest = Sha256::new();
    fs::File::open(folder.join(file))
        .and_then(|mut input| {
            let mut block = vec![0; 1 << 20];
            loop {
                let read = io::Read::read(&mut input, &mut block)?;
                match block.get(..read) {
                    Some(bytes) if read > 0 => digest.update(bytes),
                    _ => return Ok(()),
                }
            }
        })
        .map_err(|error| problem(file, &error))?;
    let mut hex = String::with_capacity(64);
    for byte in digest.finalize() {
        // Writing to a string can not fail.
        let _ = write!(hex, "{byte:02x}");
    }
    Ok(hex)
}
