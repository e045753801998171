//! A label for each word.

use std::ops::Range;
use std::sync::Arc;

use crate::encoding::{Input, Sequence, Tokenizer};
use crate::engine::Encoder;
use crate::error::{LoadError, ModelError};
use crate::folder::{Manifest, ModelFolder, Task};
use crate::heads::{Head, softmax};
use crate::runner::{Runner, sequences};

/// A model that labels words: the label of a word is read at its first piece.
#[derive(Debug, Clone)]
pub struct TokenClassifier {
    runner: Runner,
    head: Head,
}

/// The words of a text and the probabilities of their labels.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct WordLabels {
    /// Where each word stands, in bytes.
    pub words: Vec<Range<usize>>,
    /// `[words, labels]`: for each word the probabilities of all labels, with the sum 1.
    pub probabilities: Vec<f32>,
}

impl WordLabels {
    /// Number of words.
    pub fn len(&self) -> usize {
        self.words.len()
    }

    /// Whether the text has no words.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// The probabilities of one word, by label; empty where there is no such word.
    pub fn row(&self, word: usize) -> &[f32] {
        let labels = self.probabilities.len().checked_div(self.words.len()).unwrap_or_default();
        self.probabilities.get(word * labels..(word + 1) * labels).unwrap_or_default()
    }
}

impl TokenClassifier {
    /// Loads a folder whose task is token classification.
    ///
    /// # Errors
    /// When the folder is for another task, or its files do not fit together.
    pub fn load(folder: &ModelFolder) -> Result<Self, LoadError> {
        Self::build(folder, None)
    }

    /// The same on a network that was made elsewhere; the head is the folder's.
    ///
    /// # Errors
    /// As [`TokenClassifier::load`].
    pub fn with_encoder(
        folder: &ModelFolder,
        encoder: Arc<dyn Encoder>,
    ) -> Result<Self, LoadError> {
        Self::build(folder, Some(encoder))
    }

    fn build(folder: &ModelFolder, encoder: Option<Arc<dyn Encoder>>) -> Result<Self, LoadError> {
        let labels = folder.manifest.labels.len();
        let (runner, head) =
            Runner::load(folder, Task::TokenClassification, encoder, |weights, width| {
                Head::classifier(weights, width, labels)
            })?;
        Ok(Self { runner, head })
    }

    /// What the model says of itself.
    pub fn manifest(&self) -> &Manifest {
        &self.runner.manifest
    }

    /// Labels in the order of the probabilities.
    pub fn labels(&self) -> &[String] {
        &self.runner.manifest.labels
    }

    /// The tokenizer of the model.
    pub fn tokenizer(&self) -> &Tokenizer {
        &self.runner.tokenizer
    }

    /// Labels the words of each text; one result for each input, in their order.
    ///
    /// # Errors
    /// When the units of an input are not in order.
    pub fn classify(&self, inputs: &[Input]) -> Result<Vec<WordLabels>, ModelError> {
        let prepared = self.runner.prepare_all(inputs)?;
        let mut results: Vec<WordLabels> = prepared
            .iter()
            .map(|p| WordLabels {
                words: p.text.word_spans.clone(),
                probabilities: Vec::with_capacity(p.text.word_spans.len() * self.labels().len()),
            })
            .collect();
        let temperature = self.runner.manifest.temperature;
        self.runner.run(sequences(&prepared), |(input, window), hidden, pieces| {
            let (Some(p), Some(result)) = (prepared.get(input), results.get_mut(input)) else {
                return;
            };
            let (Some(window), Some(sequence)) = (p.windows.get(window), p.sequences.get(window))
            else {
                return;
            };
            // Windows come in the order of the text, so the words do too.
            for word in p.text.words_starting_in(&window.pieces) {
                let first = p.text.word_starts.get(word).copied().unwrap_or_default();
                let row = pieces.start + sequence.text_start + (first - window.pieces.start);
                let logits = self.head.apply(hidden.rows(row..row + 1));
                result.probabilities.extend(softmax(&logits, temperature));
            }
        })?;
        Ok(results)
    }

    /// The logits of every piece, `[pieces, labels]`, special tokens included.
    ///
    /// # Errors
    /// When a sequence is longer than the network reads.
    pub fn logits(&self, batch: &[Sequence]) -> Result<Vec<Vec<f32>>, ModelError> {
        let mut results = vec![Vec::new(); batch.len()];
        self.runner.run(batch.iter().enumerate(), |index, hidden, pieces| {
            if let Some(result) = results.get_mut(index) {
                for piece in pieces {
                    result.extend(self.head.apply(hidden.rows(piece..piece + 1)));
                }
            }
        })?;
        Ok(results)
    }
}
