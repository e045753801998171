//! A model's folder, as libtorch's stages read it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use postil_contract::{BuildContext, BuildError, ModelInfo, Problem};
use postil_models::{Manifest, ModelFolder, Task};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::device::Device;
use crate::network::Architecture;

/// Weights, in the order in which they are looked for.
const WEIGHTS: [&str; 2] = ["model.safetensors", "rust_model.ot"];
/// Keys of `config.json` that rust-bert asks for and newer files leave out; inference reads none.
const LEFT_OUT: [(&str, bool); 1] = [("tie_weights_", true)];
/// Word pieces of a model that has no position table and does not say how many it reads.
const DEFAULT_POSITIONS: usize = 512;
/// What stands before the name of a model that is to be downloaded.
const REMOTE: &str = "hf:";

/// A folder with a model for libtorch: Hugging Face's layout (`config.json`, `tokenizer.json`, and
/// `model.safetensors` or `rust_model.ot`), or a model folder of this repository.
#[derive(Debug, Clone)]
pub struct Checkpoint {
    /// Where it is.
    pub path: PathBuf,
    /// What it says of itself: `model.toml`, else what `config.json` tells.
    pub manifest: Manifest,
    /// Its network.
    pub architecture: Architecture,
    /// The weights' file.
    pub weights: PathBuf,
    /// The hash of that file, in lower-case hexadecimal digits.
    pub weights_sha256: String,
    /// `config.json`.
    pub(crate) config: Value,
    /// The folder as the runtime knows it, where there is a `model.toml`.
    pub(crate) folder: Option<ModelFolder>,
}

impl Checkpoint {
    /// Opens a folder for a task. Where it has a `model.toml`, the hashes in it are checked.
    ///
    /// # Errors
    /// What is wrong with the folder: a file that is missing or damaged, another task, an
    /// architecture that rust-bert does not know for it.
    pub fn open(path: &Path, task: Task) -> Result<Self, String> {
        let folder = match path.join("model.toml").exists() {
            true => Some(ModelFolder::open(path).map_err(|error| error.to_string())?),
            false => None,
        };
        let mut manifest = match &folder {
            Some(folder) => folder.manifest.clone(),
            None => ModelFolder::describe(path).map_err(|error| error.to_string())?,
        };
        if manifest.task != task {
            return Err(format!(
                "the model does {}, expected one for {task}; name another model",
                manifest.task
            ));
        }
        let file = path.join("config.json");
        let at = |reason: &dyn std::fmt::Display| format!("{}: {reason}", file.display());
        let text = fs::read_to_string(&file).map_err(|error| at(&error))?;
        let mut config: Value = serde_json::from_str(&text).map_err(|error| at(&error))?;
        let model_type = config.get("model_type").and_then(Value::as_str).unwrap_or_default();
        let architecture = Architecture::new(model_type, task).map_err(|reason| at(&reason))?;
        if let Some(config) = config.as_object_mut() {
            for (key, value) in LEFT_OUT {
                config.entry(key).or_insert_with(|| value.into());
            }
        }
        // The networks count their classes by it.
        if let Some(config) = config.as_object_mut()
            && task != Task::Embedding
        {
            let labels = manifest.labels.iter().enumerate();
            let labels = labels.map(|(id, label)| (id.to_string(), Value::from(label.as_str())));
            config.insert("id2label".to_owned(), Value::Object(labels.collect()));
        }
        let positions = positions(&config, architecture);
        if folder.is_some() && manifest.max_length > positions {
            return Err(format!(
                "model.toml gives the window {} pieces, the network has positions for {positions}",
                manifest.max_length
            ));
        }
        manifest.max_length = manifest.max_length.min(positions);
        let weights = WEIGHTS.iter().map(|name| path.join(name)).find(|path| path.is_file());
        let weights = weights.ok_or_else(|| {
            format!(
                "{} has neither model.safetensors nor rust_model.ot; to make the first of a \
                 pytorch_model.bin, load the model in Python and call save_pretrained",
                path.display()
            )
        })?;
        let weights_sha256 = match &folder {
            Some(folder) if !folder.weights_sha256.is_empty() => folder.weights_sha256.clone(),
            _ => sha256(&weights).map_err(|error| format!("{}: {error}", weights.display()))?,
        };
        Ok(Self {
            path: path.to_owned(),
            manifest,
            architecture,
            weights,
            weights_sha256,
            config,
            folder,
        })
    }

    /// A whole number of `config.json`.
    pub(crate) fn number(&self, key: &str) -> Option<usize> {
        number(&self.config, key)
    }

    /// Why the model that a config calls `name` can't be used.
    pub(crate) fn refused(&self, name: &str, reason: String) -> BuildError {
        BuildError::Model { name: name.to_owned(), path: self.path.clone(), reason }
    }

    /// Name and hash, for the tables.
    pub(crate) fn info(&self) -> ModelInfo {
        ModelInfo { name: self.manifest.name.clone(), sha256: self.weights_sha256.clone() }
    }
}

fn number(config: &Value, key: &str) -> Option<usize> {
    config.get(key).and_then(Value::as_u64).and_then(|number| usize::try_from(number).ok())
}

/// The longest sequence in pieces that the network has positions for.
fn positions(config: &Value, architecture: Architecture) -> usize {
    let rows = number(config, "max_position_embeddings").unwrap_or(DEFAULT_POSITIONS);
    match architecture.counts_positions_behind_padding() {
        // Its first position is the one behind the padding's.
        true => rows.saturating_sub(number(config, "pad_token_id").unwrap_or(1) + 1),
        false => rows,
    }
}

fn sha256(path: &Path) -> io::Result<String> {
    let mut digest = Sha256::new();
    let mut file = fs::File::open(path)?;
    let mut block = vec![0; 1 << 20];
    loop {
        let read = io::Read::read(&mut file, &mut block)?;
        match block.get(..read) {
            Some(bytes) if read > 0 => digest.update(bytes),
            _ => break,
        }
    }
    Ok(digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The folder of a model that a config names: among the model folders, by its path, or (`hf:`)
/// downloaded.
pub(crate) fn find(name: &str, context: &BuildContext) -> Result<PathBuf, BuildError> {
    match name.strip_prefix(REMOTE) {
        None => context.model(name),
        #[cfg(feature = "remote")]
        Some(remote) => crate::remote::fetch(remote).map_err(BuildError::Other),
        #[cfg(not(feature = "remote"))]
        Some(_) => Err(BuildError::Other(WITHOUT_REMOTE.to_owned())),
    }
}

#[cfg(not(feature = "remote"))]
const WITHOUT_REMOTE: &str = "a name with hf: is downloaded, which this program is built without; build it \
     with --features remote, or download the model's folder and name its path";

/// Opens the model that a config names.
pub(crate) fn open(
    name: &str,
    task: Task,
    context: &BuildContext,
) -> Result<Checkpoint, BuildError> {
    let path = find(name, context)?;
    Checkpoint::open(&path, task).map_err(|reason| BuildError::Model {
        name: name.to_owned(),
        path,
        reason,
    })
}

/// Checks the options `model` and `device`. Gives the labels of the model, where it is there to be
/// read; nothing is downloaded.
pub(crate) fn check(
    name: &str,
    task: Task,
    device: Device,
    context: &BuildContext,
) -> (Vec<Problem>, Option<Vec<String>>) {
    let mut problems = Vec::new();
    if let Err(reason) = device.open() {
        problems.push(Problem::new("device", reason));
    }
    if name.starts_with(REMOTE) {
        #[cfg(not(feature = "remote"))]
        problems.push(Problem::new("model", WITHOUT_REMOTE));
        return (problems, None);
    }
    if let Some(problem) = context.check_model(name) {
        problems.push(problem);
        return (problems, None);
    }
    let manifest = context
        .model(name)
        .map_err(|error| error.to_string())
        .and_then(|path| ModelFolder::describe(&path).map_err(|error| error.to_string()));
    match manifest {
        Ok(manifest) if manifest.task == task => (problems, Some(manifest.labels)),
        Ok(manifest) => {
            let found = format!("`{name}` does {}, expected a model for {task}", manifest.task);
            problems.push(Problem::new("model", found));
            (problems, None)
        }
        Err(error) => {
            problems.push(Problem::new("model", error));
            (problems, None)
        }
    }
}
