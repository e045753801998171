//! Hashed word features of a target and a text, and the linear model over them.
//!
//! The features are those of `models/stance-linear/README.md`; `golden.json` there proves it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::ops::Range;

use half::f16;
use postil_contract::{BuildError, StageError};
use postil_models::ModelFolder;
use safetensors::{Dtype, SafeTensors};
use xxhash_rust::xxh3::xxh3_64;

use crate::classifier::{Classifier, Reading};

/// Words of a text read at once; a longer one is windowed along its sentences.
const WINDOW_WORDS: usize = 200;

/// Words to each side of a word of the target that count as near.
const NEAR: usize = 3;

/// Words that tell nothing about the topic.
const STOP: [&str; 71] = [
    "a", "an", "and", "are", "as", "at", "be", "been", "being", "by", "can", "could", "did", "do",
    "does", "for", "from", "had", "has", "have", "he", "her", "his", "how", "i", "in", "is", "it",
    "its", "may", "might", "more", "most", "must", "of", "on", "or", "ought", "our", "shall",
    "she", "should", "so", "some", "such", "than", "that", "the", "their", "them", "then", "there",
    "these", "they", "this", "those", "to", "was", "we", "were", "what", "when", "where", "which",
    "who", "why", "will", "with", "would", "you", "your",
];

/// Words in a target that turn its sense round.
const NEGATIVE: [&str; 52] = [
    "abandon",
    "abolish",
    "abolishing",
    "against",
    "avoid",
    "ban",
    "banned",
    "banning",
    "bar",
    "block",
    "cancel",
    "cease",
    "close",
    "closing",
    "criminalise",
    "criminalize",
    "cut",
    "deny",
    "disband",
    "end",
    "ending",
    "forbid",
    "halt",
    "halting",
    "illegal",
    "leave",
    "leaving",
    "mistake",
    "never",
    "no",
    "nobody",
    "not",
    "oppose",
    "opposition",
    "outlaw",
    "prohibit",
    "prohibited",
    "prohibiting",
    "quit",
    "refuse",
    "refusing",
    "reject",
    "rejecting",
    "remove",
    "resist",
    "scrap",
    "shut",
    "stop",
    "stopping",
    "unjustified",
    "without",
    "wrong",
];

/// A linear model over hashed features.
#[derive(Debug, Clone)]
pub(crate) struct HashedLinear {
    /// `[labels, buckets]`, row by row.
    weight: Vec<f32>,
    buckets: usize,
    bias: Vec<f32>,
    temperature: f32,
}

impl HashedLinear {
    /// Loads the weights of a folder of the architecture `hashed-linear`.
    ///
    /// # Errors
    /// Where the folder is of another architecture, or its tensors do not fit.
    pub(crate) fn load(folder: &ModelFolder) -> Result<Self, BuildError> {
        let failed = |reason: String| BuildError::Model {
            name: folder.manifest.name.clone(),
            path: folder.path.clone(),
            reason,
        };
        if folder.manifest.architecture != ARCHITECTURE {
            return Err(failed(format!(
                "expected the architecture `{ARCHITECTURE}`, found `{}`; stance.cross-encoder reads the others",
                folder.manifest.architecture
            )));
        }
        let bytes =
            fs::read(folder.file("model.safetensors")).map_err(|e| failed(e.to_string()))?;
        let tensors = SafeTensors::deserialize(&bytes).map_err(|e| failed(e.to_string()))?;
        let labels = folder.manifest.labels.len();
        let (weight, shape) = floats(&tensors, "weight").map_err(&failed)?;
        let (bias, bias_shape) = floats(&tensors, "bias").map_err(&failed)?;
        match (shape.as_slice(), bias_shape.as_slice()) {
            ([rows, buckets], [biases]) if *rows == labels && *biases == labels && *buckets > 0 => {
                Ok(Self {
                    weight,
                    buckets: *buckets,
                    bias,
                    temperature: folder.manifest.temperature,
                })
            }
            _ => Err(failed(format!(
                "expected a weight of [{labels}, buckets] and a bias of [{labels}], found {shape:?} and {bias_shape:?}"
            ))),
        }
    }

    /// Probabilities of the labels for a target and a text.
    pub(crate) fn probabilities(&self, target: &str, text: &str) -> Vec<f32> {
        let features = features(target, text, self.buckets);
        let logits: Vec<f32> = self
            .weight
            .chunks_exact(self.buckets)
            .zip(&self.bias)
            .map(|(row, bias)| {
                let sum: f32 = features
                    .iter()
                    .map(|(bucket, value)| row.get(*bucket).copied().unwrap_or(0.0) * value)
                    .sum();
                (sum + bias) / self.temperature
            })
            .collect();
        softmax(&logits)
    }
}

/// The architecture that a folder's `model.toml` must name.
pub(crate) const ARCHITECTURE: &str = "hashed-linear";

impl Classifier for HashedLinear {
    fn judge(&self, readings: &[Reading]) -> Result<Vec<Vec<f32>>, StageError> {
        Ok(readings.iter().map(|reading| self.judge_one(reading)).collect())
    }
}

impl HashedLinear {
    /// The mean of the windows' probabilities, each weighted by its words.
    fn judge_one(&self, reading: &Reading) -> Vec<f32> {
        let windows = windows(&reading.text, &reading.sentences);
        let mut mean = vec![0.0; self.bias.len()];
        let total: usize = windows.iter().map(|(_, count)| count).sum();
        for (range, count) in &windows {
            let text = reading.text.get(range.clone()).unwrap_or_default();
            let share = *count as f32 / total.max(1) as f32;
            for (sum, p) in mean.iter_mut().zip(self.probabilities(&reading.target, text)) {
                *sum += share * p;
            }
        }
        mean
    }
}

/// Windows of at most [`WINDOW_WORDS`] words along sentences, with their words (at least 1 each); a
/// sentence that is longer stands alone.
fn windows(text: &str, sentences: &[Range<usize>]) -> Vec<(Range<usize>, usize)> {
    let mut windows: Vec<(Range<usize>, usize)> = Vec::new();
    let mut start = 0;
    for (at, sentence) in sentences.iter().enumerate() {
        let last = at + 1 == sentences.len();
        let end = if last { text.len() } else { sentence.end };
        let count = words(text.get(start..end).unwrap_or_default()).len();
        match windows.last_mut() {
            Some((range, sum)) if *sum + count <= WINDOW_WORDS => {
                range.end = end;
                *sum += count;
            }
            _ => windows.push((start..end, count.max(1))),
        }
        start = end;
    }
    if windows.is_empty() {
        windows.push((0..text.len(), 1));
    }
    windows
}

fn floats(tensors: &SafeTensors<'_>, name: &str) -> Result<(Vec<f32>, Vec<usize>), String> {
    let view = tensors.tensor(name).map_err(|error| format!("tensor `{name}`: {error}"))?;
    let values = match view.dtype() {
        Dtype::F16 => view
            .data()
            .chunks_exact(2)
            .filter_map(|bytes| bytes.try_into().ok().map(f16::from_le_bytes))
            .map(f16::to_f32)
            .collect(),
        Dtype::F32 => view
            .data()
            .chunks_exact(4)
            .filter_map(|bytes| bytes.try_into().ok().map(f32::from_le_bytes))
            .collect(),
        other => return Err(format!("tensor `{name}`: expected F16 or F32, found {other:?}")),
    };
    Ok((values, view.shape().to_vec()))
}

fn softmax(logits: &[f32]) -> Vec<f32> {
    let most = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let exps: Vec<f32> = logits.iter().map(|logit| (logit - most).exp()).collect();
    let sum: f32 = exps.iter().sum();
    exps.into_iter().map(|value| value / sum).collect()
}

/// Runs of word characters: ASCII letters and digits (in lower case), and what lies from U+00C0 on
/// apart from general punctuation.
fn words(text: &str) -> Vec<String> {
    let is_word = |c: char| match u32::from(c) {
        0..128 => c.is_ascii_alphanumeric(),
        0x2000..=0x206F => false,
        code => code >= 0xC0,
    };
    text.split(|c| !is_word(c))
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect()
}

/// Bucket and value of each feature, by bucket. A block of n names gives each the value weight /
/// sqrt(n); values of one bucket add up.
fn features(target: &str, text: &str, buckets: usize) -> BTreeMap<usize, f32> {
    let (target, text) = (words(target), words(text));
    let is_stop = |word: &str| STOP.binary_search(&word).is_ok();
    let turns = target.iter().filter(|word| NEGATIVE.binary_search(&word.as_str()).is_ok()).count();
    let sign = if turns % 2 == 1 { '-' } else { '+' };
    let topic: BTreeSet<&str> = target.iter().map(String::as_str).filter(|w| !is_stop(w)).collect();
    let distinct: BTreeSet<&str> = text.iter().map(String::as_str).collect();

    let grams = |prefix: char| -> BTreeSet<String> {
        let single = distinct.iter().map(|word| format!("{prefix} {word}"));
        let pairs = text.iter().zip(text.iter().skip(1)).map(|(a, b)| format!("{prefix} {a} {b}"));
        single.chain(pairs).collect()
    };
    let crossed: BTreeSet<String> = topic
        .iter()
        .flat_map(|a| distinct.iter().filter(|b| !is_stop(b)).map(move |b| format!("c {a} {b}")))
        .collect();
    let mut near = BTreeSet::new();
    for (at, _) in text.iter().enumerate().filter(|(_, word)| topic.contains(word.as_str())) {
        let around = text.get(at.saturating_sub(NEAR)..(at + NEAR + 1).min(text.len()));
        for word in around.unwrap_or_default() {
            if !topic.contains(word.as_str()) {
                near.insert(format!("n {sign} {word}"));
            }
        }
    }
    let found = topic.intersection(&distinct).count();
    let overlap = BTreeSet::from([
        format!("o {}", found.min(4)),
        format!("q {}", 4 * found / topic.len().max(1)),
        format!("l {sign} {}", (text.len() / 8).min(8)),
    ]);
    let blocks =
        [(1.0, grams('x')), (1.0, grams(sign)), (1.0, crossed), (0.5, near), (1.0, overlap)];

    let mut features = BTreeMap::new();
    for (weight, names) in blocks {
        let value = weight / (names.len() as f32).sqrt();
        for name in names {
            // The modulus is below the number of buckets, which is a usize.
            let bucket = (xxh3_64(name.as_bytes()) % buckets as u64) as usize;
            *features.entry(bucket).or_insert(0.0) += value;
        }
    }
    features
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize)]
    struct Golden {
        cases: Vec<Case>,
    }

    #[derive(Deserialize)]
    struct Case {
        target: String,
        text: String,
        features: Vec<(usize, f32)>,
        probabilities: Vec<f32>,
    }

    #[test]
    fn features_and_probabilities_are_those_of_the_training() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models/stance-linear");
        let golden = fs::read_to_string(path.join("golden.json")).unwrap();
        let golden: Golden = serde_json::from_str(&golden).unwrap();
        let model = HashedLinear::load(&ModelFolder::open(path).unwrap()).unwrap();
        for case in golden.cases {
            let found = features(&case.target, &case.text, model.buckets);
            let buckets: Vec<usize> = found.keys().copied().collect();
            let expected: Vec<usize> = case.features.iter().map(|(bucket, _)| *bucket).collect();
            assert_eq!(buckets, expected, "{} | {}", case.target, case.text);
            for ((bucket, value), (_, expected)) in found.iter().zip(&case.features) {
                assert!((value - expected).abs() < 2e-6, "{}: bucket {bucket}", case.text);
            }
            let ours = model.probabilities(&case.target, &case.text);
            for (ours, expected) in ours.iter().zip(&case.probabilities) {
                assert!((ours - expected).abs() < 1e-4, "{}: {ours} for {expected}", case.text);
            }
        }
    }

    #[test]
    fn a_long_text_is_windowed_along_its_sentences_and_read_whole() {
        let sentence = "The council voted for the turbines at sea. ";
        let text = sentence.repeat(60);
        let sentences: Vec<Range<usize>> =
            (0..60).map(|at| at * sentence.len()..(at + 1) * sentence.len() - 1).collect();
        let all = windows(&text, &sentences);
        assert_eq!(all.len(), 3);
        assert_eq!(all.first().unwrap().0.start, 0);
        assert_eq!(all.last().unwrap().0.end, text.len());
        assert!(all.windows(2).all(|pair| pair[0].0.end == pair[1].0.start));
        assert_eq!(all.iter().map(|(_, count)| count).sum::<usize>(), 60 * 8);
        assert_eq!(windows("", &[]), [(0..0, 1)]);
    }
}
