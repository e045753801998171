//! Models from the Hugging Face hub, through rust-bert's own downloads.

use std::fs;
use std::path::{Path, PathBuf};

use rust_bert::resources::{RemoteResource, ResourceProvider as _};

/// Where models are, unless `HF_ENDPOINT` names a mirror.
const HUB: &str = "https://huggingface.co";

/// Fetches `owner/name`, or `owner/name@revision`, and gives a folder with its files. What is there
/// already is asked for again only as far as rust-bert does: it compares tags.
///
/// # Errors
/// Where a file can't be had; the error names its address.
pub(crate) fn fetch(name: &str) -> Result<PathBuf, String> {
    let (name, revision) = name.split_once('@').unwrap_or((name, "main"));
    let is_part = |part: &str| {
        let is_name = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        !part.is_empty() && !part.starts_with('.') && part.chars().all(is_name)
    };
    if !(name.split('/').count() <= 2 && name.split('/').all(is_part) && is_part(revision)) {
        return Err(format!("expected hf:owner/name or hf:owner/name@revision, found hf:{name}"));
    }
    let endpoint = std::env::var("HF_ENDPOINT").unwrap_or_else(|_| HUB.to_owned());
    let address =
        |file: &str| format!("{}/{name}/resolve/{revision}/{file}", endpoint.trim_end_matches('/'));
    let subfolder = format!("{}/{revision}", name.replace('/', "--"));
    let get = |file: &str| {
        let address = address(file);
        RemoteResource::new(&address, &subfolder)
            .get_local_path()
            .map_err(|error| format!("{address} can't be fetched: {error}"))
    };
    let config = get("config.json")?;
    // rust-bert names files by their hash; a folder of the names that belong to them stands beside.
    let folder = config.with_file_name("files");
    place(&config, &folder, "config.json")?;
    place(&get("tokenizer.json")?, &folder, "tokenizer.json")?;
    for optional in ["tokenizer_config.json", "sentence_bert_config.json", "1_Pooling/config.json"]
    {
        if let Ok(found) = get(optional) {
            place(&found, &folder, optional)?;
        }
    }
    match get("model.safetensors") {
        Ok(weights) => place(&weights, &folder, "model.safetensors")?,
        Err(reason) => match get("rust_model.ot") {
            Ok(weights) => place(&weights, &folder, "rust_model.ot")?,
            Err(_) => return Err(reason),
        },
    }
    Ok(folder)
}

/// Puts a fetched file into a folder under its own name, without a copy where the system can.
fn place(from: &Path, folder: &Path, name: &str) -> Result<(), String> {
    let to = folder.join(name);
    let failed = |error: std::io::Error| format!("{}: {error}", to.display());
    if let Some(parent) = to.parent() {
        fs::create_dir_all(parent).map_err(failed)?;
    }
    // One of an older revision of the same name.
    if to.exists() {
        fs::remove_file(&to).map_err(failed)?;
    }
    fs::hard_link(from, &to).or_else(|_| fs::copy(from, &to).map(drop)).map_err(failed)
}
