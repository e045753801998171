//! The models against vectors that transformers computed on the same (dequantised) weights:
//! see `models/train/golden.py`.
#![allow(clippy::expect_used, clippy::panic)]

mod support;

use std::ops::Range;

use postil_models::{
    Embedder, EncodedText, Input, PairInput, Sequence, SequenceClassifier, TokenClassifier,
    Tokenizer,
};
use serde::Deserialize;
use serde::de::DeserializeOwned;

#[derive(Deserialize)]
struct Golden<T> {
    model_sha256: String,
    cases: Vec<Case<T>>,
}

#[derive(Deserialize)]
struct Case<T> {
    text: String,
    pair: Option<String>,
    ids: Vec<u32>,
    token_types: Vec<u32>,
    /// Bytes; (0, 0) for special tokens.
    offsets: Vec<(usize, usize)>,
    /// -1 for special tokens.
    #[serde(default)]
    words: Vec<i64>,
    output: T,
}

fn golden<T: DeserializeOwned>(name: &str) -> Golden<T> {
    let path = format!("{}/tests/golden/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| {
        panic!("{path}: {error}; write it with models/train/golden.py ../{name} {path}")
    });
    let golden: Golden<T> = serde_json::from_str(&text).expect("a golden file");
    assert_eq!(
        golden.model_sha256,
        support::model(name).weights_sha256,
        "{path} is of other weights; write it again with models/train/golden.py"
    );
    golden
}

/// The sequence of a case, after its ids, token types, offsets and words proved right.
fn sequence<T>(tokenizer: &Tokenizer, case: &Case<T>) -> Sequence {
    let text = match case.pair {
        None => tokenizer.encode(&case.text).expect("pieces"),
        Some(_) => tokenizer.encode_first(&case.text).expect("pieces"),
    };
    let special = std::iter::once((0, 0));
    let offsets = |text: &EncodedText| -> Vec<(usize, usize)> {
        text.offsets.iter().map(|o| (o.start, o.end)).collect()
    };
    let (sequence, offsets) = match &case.pair {
        None => {
            let words = text.words.iter().map(|&word| word as i64);
            let words: Vec<i64> = std::iter::once(-1).chain(words).chain([-1]).collect();
            assert_eq!(words, case.words, "{:?}", case.text);
            let offsets = special.clone().chain(offsets(&text)).chain(special);
            (tokenizer.single(&text, 0..text.len()), offsets.collect::<Vec<_>>())
        }
        Some(second) => {
            let second = tokenizer.encode(second).expect("pieces");
            let offsets = special
                .clone()
                .chain(offsets(&text))
                .chain(special.clone())
                .chain(offsets(&second))
                .chain(special);
            (tokenizer.pair(&text, &second, 0..second.len()), offsets.collect())
        }
    };
    assert_eq!(sequence.ids, case.ids, "{:?}", case.text);
    assert_eq!(sequence.token_types, case.token_types, "{:?}", case.text);
    assert_eq!(offsets, case.offsets, "{:?}", case.text);
    sequence
}

fn cosine(a: &[f32], b: &[f32]) -> f64 {
    let dot = |a: &[f32], b: &[f32]| -> f64 {
        a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
    };
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
}

fn assert_close(found: &[f32], expected: &[f32], text: &str) {
    assert_eq!(found.len(), expected.len(), "{text:?}");
    let difference = |(a, b): (&f32, &f32)| (a - b).abs();
    let greatest = found.iter().zip(expected).map(difference).fold(0.0, f32::max);
    assert!(greatest < 1e-3, "{text:?}: logits differ by {greatest}");
    assert!(cosine(found, expected) > 0.9999, "{text:?}");
}

#[test]
fn embeddings_are_those_of_transformers() {
    let golden = golden::<Vec<f32>>("minilm-l6");
    let model = Embedder::load(&support::model("minilm-l6")).expect("a model");
    for case in &golden.cases {
        sequence(model.tokenizer(), case);
    }
    let texts: Vec<&str> = golden.cases.iter().map(|case| case.text.as_str()).collect();
    for (vector, case) in model.embed(&texts).expect("vectors").iter().zip(&golden.cases) {
        assert_close(vector, &case.output, &case.text);
    }
}

#[test]
fn word_labels_are_those_of_transformers() {
    let golden = golden::<Vec<Vec<f32>>>("ner-minilm-l6");
    let model = TokenClassifier::load(&support::model("ner-minilm-l6")).expect("a model");
    let sequences: Vec<Sequence> =
        golden.cases.iter().map(|case| sequence(model.tokenizer(), case)).collect();
    let logits = model.logits(&sequences).expect("logits");
    for (logits, case) in logits.iter().zip(&golden.cases) {
        assert_close(logits, &case.output.concat(), &case.text);
    }

    let inputs: Vec<Input> = golden.cases.iter().map(|case| Input::whole(&case.text)).collect();
    let results = model.classify(&inputs).expect("labels");
    for (result, case) in results.iter().zip(&golden.cases) {
        let first_pieces: Vec<&Vec<f32>> = (0..result.len() as i64)
            .filter_map(|word| case.words.iter().position(|&w| w == word))
            .filter_map(|piece| case.output.get(piece))
            .collect();
        assert_eq!(result.len(), first_pieces.len(), "{:?}", case.text);
        for (word, logits) in first_pieces.into_iter().enumerate() {
            let expected = softmax(logits, model.manifest().temperature);
            assert_close(result.row(word), &expected, &case.text);
        }
    }
}

#[test]
fn pair_labels_are_those_of_transformers() {
    let golden = golden::<Vec<f32>>("stance-minilm-l6");
    let model = SequenceClassifier::load(&support::model("stance-minilm-l6")).expect("a model");
    for case in &golden.cases {
        sequence(model.tokenizer(), case);
    }
    let inputs: Vec<PairInput> = golden
        .cases
        .iter()
        .map(|case| PairInput {
            first: &case.text,
            second: Input::whole(case.pair.as_deref().expect("a pair")),
        })
        .collect();
    let results = model.classify_pairs(&inputs).expect("scores");
    for (result, case) in results.iter().zip(&golden.cases) {
        let scores = result.as_ref().expect("a pair that fits");
        let [window] = scores.windows.as_slice() else {
            panic!("{:?} has {} windows, expected 1", case.text, scores.windows.len());
        };
        assert_close(&window.logits, &case.output, &case.text);
        let expected = softmax(&case.output, model.manifest().temperature);
        assert_close(&scores.probabilities(), &expected, &case.text);
    }
}

#[test]
fn word_spans_take_the_accents_that_follow() {
    let tokenizer = Tokenizer::open(&support::model("minilm-l6")).expect("a tokenizer");
    let words = |text: &str| -> Vec<String> {
        let encoded = tokenizer.encode(text).expect("pieces");
        encoded.word_spans.iter().map(|s: &Range<usize>| text[s.clone()].to_owned()).collect()
    };
    assert_eq!(words("Cafe\u{301} noir"), ["Cafe\u{301}", "noir"]);
    assert_eq!(
        words("👨\u{200d}👩\u{200d}👧 ❤\u{fe0f}!"),
        ["👨\u{200d}👩\u{200d}👧", "❤\u{fe0f}", "!"]
    );
    assert_eq!(words("東京 U.S. 5%"), ["東", "京", "U", ".", "S", ".", "5", "%"]);
    assert_eq!(words("a [SEP] b"), ["a", "[", "SEP", "]", "b"]);
}

fn softmax(logits: &[f32], temperature: f32) -> Vec<f32> {
    let total: f32 = logits.iter().map(|x| (x / temperature).exp()).sum();
    logits.iter().map(|x| (x / temperature).exp() / total).collect()
}
