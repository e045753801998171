//! A plain Hugging Face folder: the manifest is made from its `config.json`.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use super::manifest::{FORMAT, Manifest, Pooling, Task, TokenTypes};
use super::{CONFIG, read_text};
use crate::error::FolderProblem;

/// What is read of `config.json` here; the network reads the rest.
#[derive(Debug, Deserialize)]
struct Config {
    #[serde(default)]
    architectures: Vec<String>,
    #[serde(default)]
    model_type: String,
    max_position_embeddings: Option<usize>,
    #[serde(default)]
    id2label: BTreeMap<String, String>,
}

/// The part of `1_Pooling/config.json` (sentence-transformers) that is read.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct PoolingConfig {
    pooling_mode_cls_token: bool,
    pooling_mode_mean_tokens: bool,
}

/// The part of `sentence_bert_config.json` and `tokenizer_config.json` that is read.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Lengths {
    max_seq_length: Option<f64>,
    model_max_length: Option<f64>,
}

/// Describes a folder that has no `model.toml`.
pub(super) fn derive(path: &Path) -> Result<Manifest, FolderProblem> {
    let invalid =
        |file: &str, reason: String| FolderProblem::Invalid { file: file.to_owned(), reason };
    let config: Config = serde_json::from_str(&read_text(path, CONFIG)?)
        .map_err(|e| invalid(CONFIG, e.to_string()))?;
    let named = config.architectures.first().map(String::as_str).unwrap_or_default();
    let task = if named.ends_with("ForTokenClassification") {
        Task::TokenClassification
    } else if named.ends_with("ForSequenceClassification") {
        Task::SequenceClassification
    } else if named.is_empty() || named.ends_with("Model") || named.ends_with("ForMaskedLM") {
        Task::Embedding
    } else {
        return Err(invalid(
            CONFIG,
            format!(
                "the architecture is {named}, expected one that ends in ForTokenClassification, \
                 ForSequenceClassification or Model; or write a model.toml"
            ),
        ));
    };
    let labels = if task == Task::Embedding { Vec::new() } else { labels(&config.id2label)? };

    let mut max_length = config.max_position_embeddings.unwrap_or(512);
    for file in ["sentence_bert_config.json", "tokenizer_config.json"] {
        let lengths: Lengths = optional(path, file)?;
        for found in [lengths.max_seq_length, lengths.model_max_length].into_iter().flatten() {
            // "No limit" is written as 1e30 there; the position table decides then.
            if found >= 16.0 && found < max_length as f64 {
                max_length = found as usize;
            }
        }
    }
    let pooling = match task {
        Task::Embedding => {
            let file = Path::new("1_Pooling").join("config.json");
            let pooling: PoolingConfig = optional(path, &file.to_string_lossy())?;
            let cls = pooling.pooling_mode_cls_token && !pooling.pooling_mode_mean_tokens;
            Some(if cls { Pooling::Cls } else { Pooling::Mean })
        }
        _ => None,
    };
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    Ok(Manifest {
        format: FORMAT,
        name,
        task,
        architecture: config.model_type,
        labels,
        max_length,
        token_types: TokenTypes::Segment,
        pooling,
        buckets: None,
        reads: Vec::new(),
        languages: Vec::new(),
        temperature: 1.0,
        license: "unknown".to_owned(),
        source: "a Hugging Face folder without model.toml".to_owned(),
        thresholds: BTreeMap::new(),
        sha256: BTreeMap::new(),
    })
}

/// The labels of `id2label`, which must be numbered from 0 without a gap.
fn labels(id2label: &BTreeMap<String, String>) -> Result<Vec<String>, FolderProblem> {
    (0..id2label.len().max(1))
        .map(|id| {
            id2label.get(&id.to_string()).cloned().ok_or_else(|| FolderProblem::Invalid {
                file: CONFIG.to_owned(),
                reason: format!(
                    "id2label has {} labels and none for the id {id}, expected one for each class \
                     from 0",
                    id2label.len()
                ),
            })
        })
        .collect()
}

/// A file that may be missing.
fn optional<T: Default + for<'a> Deserialize<'a>>(
    folder: &Path,
    file: &str,
) -> Result<T, FolderProblem> {
    match read_text(folder, file) {
        Err(FolderProblem::MissingFile { .. }) => Ok(T::default()),
        Err(problem) => Err(problem),
        Ok(text) => serde_json::from_str(&text)
            .map_err(|e| FolderProblem::Invalid { file: file.to_owned(), reason: e.to_string() }),
    }
}
