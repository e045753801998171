//! Networks of other architectures than our models', against what transformers gives for the same weights
//! (`models/train/golden_torch.py`).

use crate::support::{Case, Numbers, annotate, build, checkpoint, golden, model, seeds};
use postil_contract::Stage;
use postil_entities::WordClassifier as _;
use postil_models::{Input, Task};
use postil_rust_bert::{Checkpoint, Device, Engine, ZeroShot};
use postil_stance::{Classifier as _, Reading};

/// rust-bert has one epsilon for all norms, where the configs of RoBERTa and DeBERTa give others; the
/// weights here are far larger than trained ones, which makes the most of the difference.
const TOLERANCE: f32 = 5e-4;

fn assert_close(what: &str, found: &[f32], expected: &[f32]) {
    assert_eq!(found.len(), expected.len(), "{what}");
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() < TOLERANCE, "{what}: {found}, expected {expected}");
    }
}

fn reading(case: &Case) -> Reading {
    Reading { target: case.target.clone().unwrap(), text: case.text.clone(), sentences: Vec::new() }
}

#[test]
fn words_have_the_scores_of_transformers() {
    let mut seen = Vec::new();
    for golden in golden().into_iter().filter(|golden| golden.task == "ner") {
        let folder = checkpoint(&golden.family, "ner");
        let checkpoint = Checkpoint::open(folder.path(), Task::TokenClassification).unwrap();
        let engine = Engine::load(&checkpoint, Device::Cpu).unwrap();
        for case in &golden.cases {
            let labels = engine.classify(&[Input::whole(&case.text)]).unwrap().remove(0);
            let found: Vec<[usize; 2]> = labels.words.iter().map(|w| [w.start, w.end]).collect();
            assert_eq!(found, case.words, "{}: {}", golden.family, case.text);
            let Numbers::Rows(rows) = &case.probabilities else { panic!("a row for each word") };
            for (word, row) in rows.iter().enumerate() {
                let text = &case.text[labels.words[word].clone()];
                assert_close(&format!("{}: {text}", golden.family), labels.row(word), row);
            }
        }
        seen.push(golden.family);
    }
    assert_eq!(seen, ["roberta", "distilbert", "deberta-v2"]);
}

#[test]
fn pairs_have_the_scores_of_transformers() {
    let mut seen = Vec::new();
    for golden in golden().into_iter().filter(|golden| golden.task == "nli") {
        let folder = checkpoint(&golden.family, "nli");
        let checkpoint = Checkpoint::open(folder.path(), Task::SequenceClassification).unwrap();
        let engine = Engine::load(&checkpoint, Device::Cpu).unwrap();
        let template = "The author is in favor of {target}.".to_owned();
        let zero_shot = ZeroShot::load(&checkpoint, vec![template], Device::Cpu).unwrap();
        for case in &golden.cases {
            let what = format!("{}: {}", golden.family, case.text);
            let Numbers::Row(expected) = &case.probabilities else { panic!("one row") };
            assert_close(&what, &engine.judge(&[reading(case)]).unwrap()[0], expected);
            let found = zero_shot.judge(&[reading(case)]).unwrap().remove(0);
            assert_close(&format!("zero-shot {what}"), &found, case.zero_shot.as_ref().unwrap());
        }
        seen.push(golden.family);
    }
    assert_eq!(seen, ["roberta", "deberta-v2"]);
}

/// Their labels are noise; that they are there, valid and in the tables' columns is what is tested.
#[test]
fn other_architectures_run_through_the_stages() {
    let paragraphs = build("paragraphs.lines", "");
    let sentences = build("sentences.rules", "");
    let articles = &seeds()[1..2];
    for family in ["roberta", "distilbert", "deberta-v2"] {
        let folder = checkpoint(family, "ner");
        let stage = build("entities.rust-bert", &model(folder.path()));
        let layers = annotate(&[&paragraphs, &sentences, &stage], articles).remove(0);
        let entities = layers.entities.unwrap();
        assert!(!entities.is_empty(), "{family}");
        let name = folder.path().file_name().unwrap().to_str().unwrap();
        assert!(entities.iter().any(|entity| entity.model == name), "{family}");
    }
    for family in ["roberta", "deberta-v2"] {
        for uses in ["stance.rust-bert", "stance.zero-shot"] {
            let folder = checkpoint(family, "nli");
            let options = "gate = \"mentions\"\nnames = \"capitals\"\nentity_targets = 0\n";
            let stage = build(uses, &(model(folder.path()) + options));
            assert!(matches!(stage, Stage::Map(_)));
            let layers = annotate(&[&paragraphs, &sentences, &stage], articles).remove(0);
            let stances = layers.stances.unwrap();
            assert!(stances.len() > 1, "{uses} {family}: {stances:?}");
            assert!(stances.iter().all(|stance| (0.0..=1.0).contains(&stance.score)));
        }
    }
}
