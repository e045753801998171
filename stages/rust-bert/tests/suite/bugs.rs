//! Bugs of rust-bert 0.23 that must not reach anybody: numbered as in the README. Where the naive use is
//! at hand it is tried too, so that a test that has become idle is noticed.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::Path;

use postil_contract::{Article, StageConfig as _};
use postil_entities::WordClassifier as _;
use postil_models::{Input, Task, WordLabels};
use postil_rust_bert::{Checkpoint, Device, Engine, EntitiesConfig};
use postil_stance::{Classifier as _, Reading};
use rust_bert::Config as _;
use rust_bert::distilbert::DistilBertConfig;
use rust_bert::pipelines::common::{ModelResource, ModelType};
use rust_bert::pipelines::sequence_classification::{
    SequenceClassificationConfig, SequenceClassificationModel,
};
use rust_bert::pipelines::token_classification::{
    LabelAggregationOption, TokenClassificationConfig, TokenClassificationModel,
};
use rust_bert::resources::LocalResource;

use crate::support::{annotate, build, checkpoint, context, model, models, seeds, try_build};

fn local(folder: &Path, file: &str) -> LocalResource {
    LocalResource { local_path: folder.join(file) }
}

/// Writes the vocabulary of a `tokenizer.json` of word pieces as rust-bert's own tokenizers want it, and
/// what its config asks for beside what transformers writes.
fn make_readable_by_rust_bert(folder: &Path) {
    edit_config(folder, |json| drop(json.insert("tie_weights_".to_owned(), true.into())));
    let text = fs::read_to_string(folder.join("tokenizer.json")).unwrap();
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    let ids: BTreeMap<u64, String> = json["model"]["vocab"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(piece, id)| (id.as_u64().unwrap(), piece.clone()))
        .collect();
    let lines: Vec<String> = ids.into_values().collect();
    fs::write(folder.join("vocab.txt"), lines.join("\n")).unwrap();
}

/// More sentences than rust-bert's batch has room for, of different lengths.
fn many_sentences() -> Vec<String> {
    let words = ["Kazakhstan", "joined", "the", "accords", "in", "Washington", "on", "Friday"];
    (0..130)
        .map(|n: usize| {
            (0..3 + n % 7).map(|at| words[(n * 5 + at * 3) % 8]).collect::<Vec<_>>().join(" ")
        })
        .collect()
}

#[test]
fn bug_1_more_than_64_texts_in_a_call_are_each_read_as_alone() {
    let folder = checkpoint("distilbert", "ner");
    let sentences = many_sentences();
    // A text of several windows among them counts as several features in rust-bert.
    let long = sentences.join(", ");

    let opened = Checkpoint::open(folder.path(), Task::TokenClassification).unwrap();
    let engine = Engine::load(&opened, Device::Cpu).unwrap();
    let texts: Vec<&str> = sentences.iter().map(String::as_str).chain([long.as_str()]).collect();
    let inputs: Vec<Input<'_>> = texts.iter().map(|text| Input::whole(text)).collect();
    let together = engine.classify(&inputs).unwrap();
    let alone: Vec<WordLabels> =
        inputs.iter().flat_map(|input| engine.classify(&[*input]).unwrap()).collect();
    assert!(together == alone);
    for (text, labels) in texts.iter().zip(&together) {
        let words: Vec<&str> = labels.words.iter().map(|word| &text[word.clone()]).collect();
        assert_eq!(words.concat(), text.replace(' ', ""));
    }

    make_readable_by_rust_bert(folder.path());
    let naive = TokenClassificationModel::new(TokenClassificationConfig {
        device: tch::Device::Cpu,
        ..TokenClassificationConfig::new(
            ModelType::DistilBert,
            ModelResource::Torch(Box::new(local(folder.path(), "model.safetensors"))),
            local(folder.path(), "config.json"),
            local(folder.path(), "vocab.txt"),
            None,
            false,
            None,
            None,
            LabelAggregationOption::First,
        )
    })
    .unwrap();
    let words = |tokens: &[rust_bert::pipelines::token_classification::Token]| -> Vec<String> {
        tokens.iter().map(|token| format!("{} {}", token.text, token.label)).collect()
    };
    let together: Vec<Vec<String>> =
        naive.predict(&sentences, true, false).iter().map(|tokens| words(tokens)).collect();
    let alone: Vec<Vec<String>> =
        sentences.iter().map(|text| words(&naive.predict(&[text], true, false)[0])).collect();
    assert_ne!(together, alone, "rust-bert reads more than 64 texts rightly now");
}

#[test]
fn bug_2_a_text_has_the_same_scores_alone_and_beside_a_longer_one() {
    let folder = checkpoint("distilbert", "nli");
    let short = "Kazakhstan joined.";
    let long =
        "The president said on Friday in Washington that more states would join the accords.";

    let opened = Checkpoint::open(folder.path(), Task::SequenceClassification).unwrap();
    let engine = Engine::load(&opened, Device::Cpu).unwrap();
    let reading = |text: &str| Reading {
        target: "accords".to_owned(),
        holder: String::new(),
        context: String::new(),
        text: text.to_owned(),
        sentences: Vec::new(),
    };
    let alone = engine.judge(&[reading(short)]).unwrap();
    let beside = engine.judge(&[reading(long), reading(short)]).unwrap();
    assert_eq!(alone[0], beside[1]);
    // Nothing to read is no panic either.
    assert_eq!(engine.judge(&[]).unwrap(), Vec::<Vec<f32>>::new());

    make_readable_by_rust_bert(folder.path());
    let naive = SequenceClassificationModel::new(SequenceClassificationConfig {
        device: tch::Device::Cpu,
        ..SequenceClassificationConfig::new(
            ModelType::DistilBert,
            ModelResource::Torch(Box::new(local(folder.path(), "model.safetensors"))),
            local(folder.path(), "config.json"),
            local(folder.path(), "vocab.txt"),
            None,
            false,
            None,
            None,
        )
    })
    .unwrap();
    let alone = naive.predict([short]).remove(0).score;
    let beside = naive.predict([long, short]).remove(1).score;
    assert!((alone - beside).abs() > 1e-4, "rust-bert masks its padding now: {alone} {beside}");
}

/// The error of building the stage on a folder that `damage` has changed.
fn refused(damage: impl FnOnce(&Path)) -> String {
    let folder = checkpoint("roberta", "ner");
    damage(folder.path());
    let error = try_build("entities.rust-bert", &model(folder.path())).unwrap_err();
    let name = folder.path().to_str().unwrap();
    assert!(error.contains(name), "{error} does not name {name}");
    assert!(!error.contains("frame #") && !error.contains("Exception raised"), "{error}");
    error
}

fn edit_config(folder: &Path, edit: impl FnOnce(&mut serde_json::Map<String, serde_json::Value>)) {
    let path = folder.join("config.json");
    let mut json: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    edit(json.as_object_mut().unwrap());
    fs::write(path, json.to_string()).unwrap();
}

#[test]
fn bug_3_what_is_missing_or_damaged_is_an_error_with_the_path_in_it() {
    let remove =
        |file: &'static str| move |folder: &Path| fs::remove_file(folder.join(file)).unwrap();
    let error = refused(remove("config.json"));
    assert!(error.contains("not found"), "{error}");
    let error = refused(remove("tokenizer.json"));
    assert!(error.contains("tokenizer.json is missing"), "{error}");
    let error = refused(remove("model.safetensors"));
    assert!(error.contains("neither model.safetensors nor rust_model.ot"), "{error}");

    let error = refused(|folder| edit_config(folder, |json| drop(json.remove("id2label"))));
    assert!(error.contains("config.json") && error.contains("id2label"), "{error}");
    let error = refused(|folder| edit_config(folder, |json| drop(json.remove("vocab_size"))));
    assert!(error.contains("config.json") && error.contains("vocab_size"), "{error}");
    let error = refused(|folder| {
        edit_config(folder, |json| {
            json.insert("model_type".to_owned(), "mamba".into());
        })
    });
    assert!(error.contains("\"mamba\"") && error.contains("xlm-roberta"), "{error}");
    let error = refused(|folder| {
        edit_config(folder, |json| {
            json.insert("intermediate_size".to_owned(), 48.into());
        })
    });
    assert!(error.contains("has the shape [64], expected [48]"), "{error}");
    let error = refused(|folder| {
        edit_config(folder, |json| {
            json.insert("num_hidden_layers".to_owned(), 3.into());
        })
    });
    assert!(
        error.contains("16 tensors are missing, the first is roberta.encoder.layer.2"),
        "{error}"
    );

    let error = refused(|folder| {
        let path = folder.join("model.safetensors");
        let bytes = fs::read(&path).unwrap();
        fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
    });
    assert!(error.contains("model.safetensors"), "{error}");
    let error = refused(|folder| {
        fs::remove_file(folder.join("model.safetensors")).unwrap();
        fs::write(folder.join("rust_model.ot"), "not a model").unwrap();
    });
    assert!(error.contains("rust_model.ot") && error.lines().count() == 1, "{error}");

    // rust-bert itself panics.
    let missing = std::panic::catch_unwind(|| DistilBertConfig::from_file("nowhere/config.json"));
    assert!(missing.is_err());
}

#[test]
fn bug_3_a_text_longer_than_the_table_of_positions_is_read_in_windows() {
    // The first position of RoBERTa stands behind the padding's: 66 rows are 64 positions.
    let folder = checkpoint("roberta", "ner");
    let opened = Checkpoint::open(folder.path(), Task::TokenClassification).unwrap();
    assert_eq!(opened.manifest.max_length, 64);
    let engine = Engine::load(&opened, Device::Cpu).unwrap();
    let long = "Kazakhstan joined the accords. ".repeat(100);
    let labels = engine.classify(&[Input::whole(&long)]).unwrap().remove(0);
    assert_eq!(labels.len(), 500);
}

#[test]
fn bug_4_accents_and_emoji_before_an_entity_do_not_move_it() {
    let text = "🎉🎉 “Éric” café, naïve; 👩‍👩‍👧‍👦 Angela Merkel met José Müller in Zürich 🇨🇭 and Berlin.";
    let stages = [
        build("paragraphs.lines", ""),
        build("sentences.rules", ""),
        build("entities.rust-bert", ""),
    ];
    let article = [Article::new("a", text)];
    let layers = annotate(&stages.iter().collect::<Vec<_>>(), &article).remove(0);
    let found: Vec<&str> =
        layers.entities.unwrap().iter().map(|e| e.span.slice(text).unwrap()).collect();
    for name in ["Angela Merkel", "José Müller", "Zürich", "Berlin"] {
        assert!(found.contains(&name), "{found:?}");
    }
}

/// The same with a folder that has no `model.toml`, in which the words come from `tokenizer.json`.
#[test]
fn bug_4_padding_and_truncation_of_tokenizer_json_are_not_followed() {
    let folder = checkpoint("distilbert", "ner");
    let json = fs::read_to_string(folder.path().join("tokenizer.json")).unwrap();
    assert!(json.contains("\"padding\":{") && json.contains("\"truncation\":{"));
    let opened = Checkpoint::open(folder.path(), Task::TokenClassification).unwrap();
    let engine = Engine::load(&opened, Device::Cpu).unwrap();
    let text = seeds()[1].text.clone();
    let labels = engine.classify(&[Input::whole(&text)]).unwrap().remove(0);
    let words: Vec<&str> = labels.words.iter().map(|word| &text[word.clone()]).collect();
    assert_eq!(words.concat(), text.split_whitespace().collect::<String>());
    assert_eq!(labels.probabilities.len(), words.len() * 7);
}

#[test]
fn bug_5_the_processor_is_the_default_and_a_card_is_asked_for() {
    assert_eq!(EntitiesConfig::default().device, Device::Cpu);
    let cards = tch::Cuda::device_count();
    let config = EntitiesConfig { device: Device::Cuda(99), ..EntitiesConfig::default() };
    let problems: Vec<String> = config.check(&context()).iter().map(ToString::to_string).collect();
    assert!(problems[0].starts_with("device: expected") && cards < 99, "{problems:?}");
}

/// Networks that were found to compute something else than transformers does.
#[test]
fn bug_7_networks_with_wrong_scores_are_refused() {
    for wrong in ["bart", "deberta", "deberta-v2", "reformer"] {
        let error = refused(|folder| {
            edit_config(folder, |json| drop(json.insert("model_type".to_owned(), wrong.into())));
        });
        assert!(error.contains("does not compute rightly"), "{error}");
    }
}

/// Every version of its runtime is withdrawn: a workspace that asks for it can't be resolved.
#[test]
fn bug_6_the_onnx_feature_is_not_asked_for() {
    let lock = fs::read_to_string(models().join("../Cargo.lock")).unwrap();
    let names: HashSet<&str> =
        lock.lines().filter_map(|line| line.strip_prefix("name = ")).collect();
    assert!(names.contains("\"rust-bert\"") && !names.contains("\"ort\""));
}
