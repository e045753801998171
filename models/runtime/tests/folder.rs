//! Model folders that are in order, and every way in which one is not.
#![allow(clippy::expect_used, clippy::panic)]

mod support;

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use postil_models::weights::Weights;
use postil_models::{
    Embedder, FolderProblem, LoadError, Model, ModelFolder, Pooling, SequenceClassifier, Task,
    TokenClassifier, TokenTypes,
};
use safetensors::tensor::{Dtype, TensorView};
use tempfile::TempDir;

/// A copy of a model of this repository, to be damaged.
fn copy(name: &str) -> TempDir {
    let copy = TempDir::new().expect("a folder");
    for file in ["config.json", "model.safetensors", "model.toml", "tokenizer.json"] {
        let from = support::models().join(name).join(file);
        fs::copy(&from, copy.path().join(file))
            .unwrap_or_else(|error| panic!("{}: {error}", from.display()));
    }
    copy
}

fn edit(folder: &Path, file: &str, from: &str, to: &str) {
    let text = fs::read_to_string(folder.join(file)).expect("a file");
    assert!(text.contains(from), "{file} has no {from:?}");
    fs::write(folder.join(file), text.replacen(from, to, 1)).expect("a file");
}

/// Puts the hashes that the files have into the manifest.
fn accept_hashes(folder: &Path) {
    if let Err(error) = ModelFolder::open(folder) {
        for problem in error.problems {
            let FolderProblem::WrongHash { expected, found, .. } = problem else {
                panic!("{problem}");
            };
            edit(folder, "model.toml", &expected, &found);
        }
    }
}

fn message(folder: &Path) -> String {
    ModelFolder::open(folder).expect_err("a problem").to_string()
}

fn load_message(folder: &Path) -> String {
    accept_hashes(folder);
    let folder = ModelFolder::open(folder).expect("a folder");
    Model::load(&folder).expect_err("a problem").to_string()
}

#[test]
fn every_model_of_the_repository_opens_and_loads() {
    let folders = ModelFolder::list(&support::models()).expect("a directory");
    let mut tasks = Vec::new();
    for path in folders {
        let folder = ModelFolder::open(path).unwrap_or_else(|error| panic!("{error}"));
        if folder.manifest.architecture == "bert" {
            let model = Model::load(&folder).unwrap_or_else(|error| panic!("{error}"));
            tasks.push(model.manifest().task);
        }
    }
    for task in [Task::Embedding, Task::TokenClassification, Task::SequenceClassification] {
        assert!(tasks.contains(&task), "no model for {task}");
    }
}

#[test]
fn the_manifest_says_what_the_folder_is() {
    let folder = support::model("minilm-l6");
    assert_eq!(folder.manifest.name, "minilm-l6");
    assert_eq!(folder.manifest.task, Task::Embedding);
    assert_eq!(folder.manifest.pooling, Some(Pooling::Mean));
    assert_eq!(folder.manifest.token_types, TokenTypes::Zero);
    assert_eq!(folder.weights_sha256, folder.manifest.sha256["model.safetensors"]);
}

#[test]
fn a_missing_folder() {
    assert_eq!(
        message(Path::new("/no/such/model")),
        "model folder /no/such/model can not be used: there is no such folder; name a folder that \
         holds model.toml"
    );
}

#[test]
fn all_problems_are_reported_at_once() {
    let folder = copy("minilm-l6");
    fs::remove_file(folder.path().join("config.json")).expect("a file");
    edit(folder.path(), "tokenizer.json", "[CLS]", "[cls]");
    let error = ModelFolder::open(folder.path()).expect_err("problems");
    assert_eq!(error.problems.len(), 2, "{error}");
    let text = error.to_string();
    assert!(text.contains("config.json is missing; copy it into the folder"), "{text}");
    assert!(text.contains("tokenizer.json has the wrong sha256: expected 9114256b"), "{text}");
    assert!(text.contains("restore the file, or put the found hash into model.toml"), "{text}");
}

#[test]
fn an_empty_folder() {
    let folder = TempDir::new().expect("a folder");
    assert!(message(folder.path()).contains("model.toml is missing"));
}

#[test]
fn manifests_that_make_no_sense() {
    for (from, to, expected) in [
        ("format = 1", "format = 2", "model.toml has format 2, this program reads formats up to 1"),
        ("format = 1", "format = 9\nnew = 1", "model.toml has format 9"),
        ("max_length = 256", "max_len = 256", "unknown field `max_len`, expected one of"),
        ("max_length = 256", "max_length = 3", "max_length is 3, expected at least 16"),
        ("temperature = 1.0", "temperature = 0.0", "temperature is 0, expected a number above 0"),
        ("task = \"embedding\"", "task = \"embeddings\"", "unknown variant `embeddings`"),
        ("labels = []", "labels = [\"a\"]", "an embedding model has labels, expected none"),
        ("license = ", "licence = ", "unknown field `licence`"),
        ("\"config.json\" = \"", "\"config.json\" = \"x", "expected 64 hexadecimal digits"),
        ("\"config.json\" = ", "\"../config.json\" = ", "expected a file name"),
        ("name = \"minilm-l6\"", "name =", "model.toml is not valid"),
    ] {
        let folder = copy("minilm-l6");
        edit(folder.path(), "model.toml", from, to);
        let text = message(folder.path());
        assert!(text.contains(expected), "{to}: {text}");
    }
}

#[test]
fn a_file_without_a_hash() {
    let folder = copy("minilm-l6");
    let text = fs::read_to_string(folder.path().join("model.toml")).expect("a file");
    let kept: Vec<&str> =
        text.lines().filter(|line| !line.starts_with("\"config.json\"")).collect();
    fs::write(folder.path().join("model.toml"), kept.join("\n")).expect("a file");
    let text = message(folder.path());
    assert!(text.contains("add \"config.json\" = \"d68286364b78f822"), "{text}");
}

#[test]
fn files_that_do_not_belong_together() {
    let folder = copy("ner-minilm-l6");
    edit(folder.path(), "model.toml", ", \"I-MISC\"]", "]");
    let text = load_message(folder.path());
    assert!(
        text.contains("classifier.weight has 15 rows, but model.toml names 14 labels"),
        "{text}"
    );

    for (from, to, expected) in [
        (
            "\"hidden_size\": 384",
            "\"hidden_size\": 768",
            "has the shape [30522, 384], expected [30522, 768]",
        ),
        (
            "\"num_hidden_layers\": 6",
            "\"num_hidden_layers\": 7",
            "encoder.layer.6.attention.self.query.weight is missing",
        ),
        (
            "\"num_attention_heads\": 12",
            "\"num_attention_heads\": 7",
            "hidden_size is 384, expected a multiple of",
        ),
        ("\"hidden_act\": \"gelu\"", "\"hidden_act\": \"mish\"", "unknown variant `mish`"),
        (
            "\"absolute\"",
            "\"relative_key\"",
            "position_embedding_type is relative_key, expected absolute",
        ),
        (
            "\"model_type\": \"bert\"",
            "\"model_type\": \"roberta\"",
            "model_type is roberta, expected bert",
        ),
        ("\"vocab_size\": 30522", "\"vocab_size\": 0", "vocab_size is 0, expected 1 to"),
    ] {
        let folder = copy("minilm-l6");
        edit(folder.path(), "config.json", from, to);
        let text = load_message(folder.path());
        assert!(text.contains(expected), "{to}: {text}");
    }

    let folder = copy("minilm-l6");
    edit(folder.path(), "model.toml", "architecture = \"bert\"", "architecture = \"mamba\"");
    let text = load_message(folder.path());
    assert!(text.contains("has the architecture \"mamba\", expected one of: bert"), "{text}");

    let folder = copy("minilm-l6");
    fs::write(folder.path().join("model.safetensors"), b"not weights").expect("a file");
    assert!(load_message(folder.path()).contains("not a safetensors file"));

    let folder = copy("minilm-l6");
    fs::write(folder.path().join("tokenizer.json"), b"{}").expect("a file");
    assert!(load_message(folder.path()).contains("tokenizer.json"));
}

#[test]
fn a_model_for_another_task() {
    let folder = support::model("minilm-l6");
    let error = TokenClassifier::load(&folder).expect_err("a problem");
    assert!(matches!(error, LoadError::Task { .. }));
    assert_eq!(
        error.to_string(),
        "model minilm-l6 does embedding, expected a model for token-classification; name another \
         model"
    );
    assert!(SequenceClassifier::load(&folder).is_err());
    assert!(Embedder::load(&support::model("ner-minilm-l6")).is_err());
}

#[test]
fn the_weights_of_a_hugging_face_folder_give_the_same_bits() {
    let folder = support::model("minilm-l6");
    let path = folder.file("model.safetensors");
    let bytes = fs::read(&path).expect("weights");
    let weights = Weights::parse(&path, &bytes).expect("weights");
    let tensors: Vec<(String, Vec<usize>, Vec<u8>)> = weights
        .dequantized()
        .map(|tensor| {
            let tensor = tensor.expect("a tensor");
            let bytes = tensor.values.iter().flat_map(|x| x.to_le_bytes()).collect();
            (format!("bert.{}", tensor.name), tensor.shape, bytes)
        })
        .collect();
    assert_eq!(tensors.len(), 5 + 6 * 16);

    let plain = TempDir::new().expect("a folder");
    let views: HashMap<&str, TensorView> = tensors
        .iter()
        .map(|(name, shape, bytes)| {
            let view = TensorView::new(Dtype::F32, shape.clone(), bytes).expect("a view");
            (name.as_str(), view)
        })
        .collect();
    safetensors::serialize_to_file(views, None, &plain.path().join("model.safetensors"))
        .expect("a file");
    for file in ["config.json", "tokenizer.json"] {
        fs::copy(folder.file(file), plain.path().join(file)).expect("a file");
    }
    fs::write(plain.path().join("sentence_bert_config.json"), r#"{"max_seq_length": 128}"#)
        .expect("a file");

    let plain = ModelFolder::open(plain.path()).expect("a folder");
    assert_eq!(plain.manifest.task, Task::Embedding);
    assert_eq!(plain.manifest.max_length, 128);
    let texts = ["The parliament approved the budget.", "🎉"];
    let quantised = Embedder::load(&folder).expect("a model").embed(&texts).expect("vectors");
    let floats = Embedder::load(&plain).expect("a model").embed(&texts).expect("vectors");
    assert_eq!(quantised, floats);
}

#[test]
fn hugging_face_configs_become_manifests() {
    let folder = TempDir::new().expect("a folder");
    let write = |file: &str, text: &str| fs::write(folder.path().join(file), text).expect("a file");
    write("tokenizer.json", "{}");
    write("model.safetensors", "");
    let config = |architecture: &str, labels: &str| {
        format!(
            r#"{{"model_type": "bert", "architectures": ["{architecture}"], "id2label": {labels},
                "max_position_embeddings": 512}}"#
        )
    };
    write("config.json", &config("BertForTokenClassification", r#"{"1": "B-PER", "0": "O"}"#));
    write("tokenizer_config.json", r#"{"model_max_length": 1000000000000000019884624838656}"#);
    let manifest = ModelFolder::open(folder.path()).expect("a folder").manifest;
    assert_eq!(manifest.task, Task::TokenClassification);
    assert_eq!(manifest.labels, ["O", "B-PER"]);
    assert_eq!((manifest.max_length, manifest.token_types), (512, TokenTypes::Segment));

    write("config.json", &config("BertForSequenceClassification", r#"{"0": "no", "2": "yes"}"#));
    assert!(message(folder.path()).contains("id2label has 2 labels and none for the id 1"));
    write("config.json", &config("BertForQuestionAnswering", "{}"));
    assert!(message(folder.path()).contains("the architecture is BertForQuestionAnswering"));
}
