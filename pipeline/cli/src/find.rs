//! Where configs and models are looked for.

use std::path::{Path, PathBuf};

use postil_contract::ModelLocator;

/// The config file's name.
pub const CONFIG_NAME: &str = "postil.toml";
/// The variable that names a folder of models.
pub const MODELS_VARIABLE: &str = "POSTIL_MODELS";

/// The folders in which models are looked for, in order: `--models`, `$POSTIL_MODELS`, `models`
/// beside the config, `models` beside the executable and in the folders above it, and the folder of
/// the checkout that the binary was built from.
#[must_use]
pub fn models(option: Option<&Path>, config: Option<&Path>) -> ModelLocator {
    let mut roots: Vec<PathBuf> = Vec::new();
    roots.extend(option.map(Path::to_owned));
    roots.extend(std::env::var_os(MODELS_VARIABLE).map(PathBuf::from));
    roots.extend(config.and_then(Path::parent).map(|folder| folder.join("models")));
    if let Ok(executable) = std::env::current_exe() {
        // A binary in `target/release` finds the checkout's models three folders up.
        const LEVELS: usize = 4;
        let above = executable.ancestors().skip(1).take(LEVELS);
        roots.extend(above.map(|folder| folder.join("models")).filter(|folder| folder.is_dir()));
    }
    roots.push(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models"));
    let mut seen = std::collections::HashSet::new();
    roots.retain(|root| seen.insert(root.canonicalize().unwrap_or_else(|_| root.clone())));
    ModelLocator::new(roots)
}

/// The config that applies: the one named, else `./postil.toml`, else that of the first input folder
/// (or of an input file's folder) that has one.
#[must_use]
pub fn config(option: Option<&Path>, inputs: &[PathBuf]) -> Option<PathBuf> {
    if let Some(path) = option {
        return Some(path.to_owned());
    }
    let here = PathBuf::from(CONFIG_NAME);
    if here.is_file() {
        return Some(here);
    }
    inputs
        .iter()
        .filter_map(|input| match input.is_dir() {
            true => Some(input.as_path()),
            false => input.parent(),
        })
        .map(|folder| folder.join(CONFIG_NAME))
        .find(|path| path.is_file())
}
