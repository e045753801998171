//! `model.toml`.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::{CONFIG, TOKENIZER, WEIGHTS};
use crate::error::FolderProblem;

/// The newest format of `model.toml` that is read here.
pub const FORMAT: u32 = 1;

/// Word pieces a model reads where its manifest does not say: the size of BERT's position table.
const DEFAULT_MAX_LENGTH: usize = 512;

/// The least window that makes sense: the special tokens of a pair and a few words of each text.
const LEAST_MAX_LENGTH: usize = 16;

/// What a model does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Task {
    /// A label for each word.
    TokenClassification,
    /// A label for a text, or for a pair of texts.
    SequenceClassification,
    /// A vector for a text.
    Embedding,
}

impl fmt::Display for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TokenClassification => "token-classification",
            Self::SequenceClassification => "sequence-classification",
            Self::Embedding => "embedding",
        })
    }
}

/// What the token type of a piece tells the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TokenTypes {
    /// The shape of its word: see [`crate::encoding::shape`].
    WordShape,
    /// Which text of a pair it is from: 0 for the first, 1 for the second.
    #[default]
    Segment,
    /// Nothing: 0.
    Zero,
}

/// How the vectors of the pieces become one vector of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pooling {
    /// The mean over all pieces, special tokens included.
    Mean,
    /// The vector of `[CLS]`.
    Cls,
}

/// What a classifier of pairs reads in its first segment, beside the target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Beside {
    /// What stands before the text: `target [SEP] context`.
    Context,
    /// Whose view is asked for, where it is not the author's: `According to holder: target`.
    Holder,
}

/// What a model says of itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Format of the manifest, [`FORMAT`] at most.
    pub format: u32,
    /// Name of the model, as configs and tables give it.
    pub name: String,
    /// What it does.
    pub task: Task,
    /// Kind of network: `bert` runs here, others in the stage they are for.
    pub architecture: String,
    /// Labels in the order of the classes; empty for embeddings.
    #[serde(default)]
    pub labels: Vec<String>,
    /// Longest window in word pieces, special tokens included.
    #[serde(default = "default_max_length")]
    pub max_length: usize,
    /// What the token types say.
    #[serde(default)]
    pub token_types: TokenTypes,
    /// How an embedding is pooled; a classifier of sequences always reads `[CLS]`.
    #[serde(default)]
    pub pooling: Option<Pooling>,
    /// Features of a `hashed-linear` model.
    #[serde(default)]
    pub buckets: Option<usize>,
    /// What a classifier of pairs was trained to read beside target and text.
    #[serde(default)]
    pub reads: Vec<Beside>,
    /// Languages it was made for, as ISO 639-1 codes; empty means not known.
    #[serde(default)]
    pub languages: Vec<String>,
    /// Logits are divided by it before the softmax.
    #[serde(default = "default_temperature")]
    pub temperature: f32,
    /// Licence of the weights, as an SPDX expression.
    pub license: String,
    /// What it was made from, and by what.
    pub source: String,
    /// Limits that the model's stage reads, such as `abstain`.
    #[serde(default)]
    pub thresholds: BTreeMap<String, f32>,
    /// Hash of each file, in hexadecimal digits.
    #[serde(default)]
    pub sha256: BTreeMap<String, String>,
}

fn default_max_length() -> usize {
    DEFAULT_MAX_LENGTH
}

fn default_temperature() -> f32 {
    1.0
}

impl Manifest {
    /// Files without which a model of this architecture can not run.
    pub(super) fn needed_files(&self) -> &'static [&'static str] {
        match self.architecture.as_str() {
            "bert" => &[CONFIG, TOKENIZER, WEIGHTS],
            _ => &[],
        }
    }
}

/// Reads `model.toml`, and reports every value in it that makes no sense.
pub(super) fn parse(text: &str) -> Result<Manifest, Vec<FolderProblem>> {
    let invalid = |reason: String| FolderProblem::Invalid { file: "model.toml".to_owned(), reason };
    // The format first: a newer file may well have fields that this program does not know.
    let table: toml::Table =
        toml::from_str(text).map_err(|e| vec![invalid(e.to_string().trim_end().to_owned())])?;
    if let Some(found) = table.get("format").and_then(toml::Value::as_integer)
        && found > i64::from(FORMAT)
    {
        let found = u32::try_from(found).unwrap_or(u32::MAX);
        return Err(vec![FolderProblem::FormatTooNew { found, known: FORMAT }]);
    }
    let manifest: Manifest =
        toml::from_str(text).map_err(|e| vec![invalid(e.to_string().trim_end().to_owned())])?;

    let mut problems = Vec::new();
    if manifest.format == 0 {
        problems.push(invalid(format!("format is 0, expected 1 to {FORMAT}")));
    }
    if manifest.name.trim().is_empty() {
        problems.push(invalid("name is empty, expected the model's name".to_owned()));
    }
    if manifest.max_length < LEAST_MAX_LENGTH {
        problems.push(invalid(format!(
            "max_length is {}, expected at least {LEAST_MAX_LENGTH} word pieces",
            manifest.max_length
        )));
    }
    if !(manifest.temperature.is_finite() && manifest.temperature > 0.0) {
        problems.push(invalid(format!(
            "temperature is {}, expected a number above 0",
            manifest.temperature
        )));
    }
    match manifest.task {
        Task::Embedding if !manifest.labels.is_empty() => {
            problems.push(invalid("an embedding model has labels, expected none".to_owned()));
        }
        Task::TokenClassification | Task::SequenceClassification if manifest.labels.is_empty() => {
            problems.push(invalid(format!(
                "labels is empty, expected one for each class of {}",
                manifest.task
            )));
        }
        _ => {}
    }
    for (index, label) in manifest.labels.iter().enumerate() {
        if manifest.labels.iter().take(index).any(|earlier| earlier == label) {
            problems.push(invalid(format!("label {label:?} stands twice, expected it once")));
        }
    }
    for (file, hash) in &manifest.sha256 {
        if hash.len() != 64 || !hash.bytes().all(|b| b.is_ascii_hexdigit()) {
            problems.push(invalid(format!(
                "the sha256 of {file} is {hash:?}, expected 64 hexadecimal digits"
            )));
        }
        if file.contains(['/', '\\']) || file == ".." {
            problems.push(invalid(format!("[sha256] names {file:?}, expected a file name")));
        }
    }
    if problems.is_empty() { Ok(manifest) } else { Err(problems) }
}
