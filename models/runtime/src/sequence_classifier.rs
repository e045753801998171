//! A label for a text, or for a pair of texts.

use std::ops::Range;
use std::sync::Arc;

use crate::encoding::{Input, PairInput, Tokenizer};
use crate::engine::{Encoder, Hidden};
use crate::error::{EncodeError, LoadError, ModelError};
use crate::folder::{Manifest, ModelFolder, Task};
use crate::heads::{Head, softmax};
use crate::runner::{Prepared, Runner, sequences};

/// A model that labels texts or pairs of texts, by the pooled vector of `[CLS]`.
#[derive(Debug, Clone)]
pub struct SequenceClassifier {
    runner: Runner,
    pooler: Head,
    head: Head,
}

/// The scores of a text, window by window; at least one window.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SequenceScores {
    /// In the order of the text.
    pub windows: Vec<WindowScores>,
}

/// The scores of what one window holds.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct WindowScores {
    /// Bytes of the text that the window read; of a pair: of the second text.
    pub span: Range<usize>,
    /// Pieces of the text that the window read.
    pub pieces: usize,
    /// One for each label, before the temperature.
    pub logits: Vec<f32>,
    /// One for each label, with the sum 1.
    pub probabilities: Vec<f32>,
}

impl SequenceScores {
    /// Mean of the windows' probabilities, each window counted by its pieces.
    pub fn probabilities(&self) -> Vec<f32> {
        let weight = |window: &WindowScores| window.pieces.max(1) as f32;
        let total: f32 = self.windows.iter().map(weight).sum();
        let labels = self.windows.first().map_or(0, |window| window.probabilities.len());
        let mut mean = vec![0.0; labels];
        for window in &self.windows {
            let share = weight(window) / total;
            for (sum, probability) in mean.iter_mut().zip(&window.probabilities) {
                *sum += share * probability;
            }
        }
        mean
    }
}

impl SequenceClassifier {
    /// Loads a folder whose task is sequence classification.
    ///
    /// # Errors
    /// When the folder is for another task, or its files do not fit together.
    pub fn load(folder: &ModelFolder) -> Result<Self, LoadError> {
        Self::build(folder, None)
    }

    /// The same on a network that was made elsewhere; pooler and classifier are the folder's.
    ///
    /// # Errors
    /// As [`SequenceClassifier::load`].
    pub fn with_encoder(
        folder: &ModelFolder,
        encoder: Arc<dyn Encoder>,
    ) -> Result<Self, LoadError> {
        Self::build(folder, Some(encoder))
    }

    fn build(folder: &ModelFolder, encoder: Option<Arc<dyn Encoder>>) -> Result<Self, LoadError> {
        let labels = folder.manifest.labels.len();
        let (runner, (pooler, head)) =
            Runner::load(folder, Task::SequenceClassification, encoder, |weights, width| {
                let pooler = Head::new(weights, "pooler.dense", width, width)?;
                Ok((pooler, Head::classifier(weights, width, labels)?))
            })?;
        Ok(Self { runner, pooler, head })
    }

    /// What the model says of itself.
    pub fn manifest(&self) -> &Manifest {
        &self.runner.manifest
    }

    /// Labels in the order of the scores.
    pub fn labels(&self) -> &[String] {
        &self.runner.manifest.labels
    }

    /// The tokenizer of the model.
    pub fn tokenizer(&self) -> &Tokenizer {
        &self.runner.tokenizer
    }

    /// Scores single texts; one result for each input, in their order.
    ///
    /// # Errors
    /// When the units of an input are not in order.
    pub fn classify(&self, inputs: &[Input]) -> Result<Vec<SequenceScores>, ModelError> {
        self.score(&self.runner.prepare_all(inputs)?)
    }

    /// Scores pairs; one result for each input, in their order.
    ///
    /// A pair that can not be read (its first text takes more than half of the window) has its own
    /// error; the others have their scores.
    ///
    /// # Errors
    /// When the network fails.
    pub fn classify_pairs(
        &self,
        inputs: &[PairInput],
    ) -> Result<Vec<Result<SequenceScores, EncodeError>>, ModelError> {
        let mut prepared = Vec::with_capacity(inputs.len());
        let mut faults = Vec::with_capacity(inputs.len());
        for input in inputs {
            match self.runner.prepare_pair(input) {
                Ok(ready) => {
                    prepared.push(ready);
                    faults.push(None);
                }
                Err(error) => faults.push(Some(error)),
            }
        }
        let mut scores = self.score(&prepared)?.into_iter();
        let result = |fault: Option<EncodeError>| match fault {
            Some(error) => Err(error),
            None => Ok(scores.next().unwrap_or_default()),
        };
        Ok(faults.into_iter().map(result).collect())
    }

    fn score(&self, prepared: &[Prepared]) -> Result<Vec<SequenceScores>, ModelError> {
        let mut results = vec![SequenceScores::default(); prepared.len()];
        self.runner.run(sequences(prepared), |(input, window), hidden, pieces| {
            let (Some(p), Some(result)) = (prepared.get(input), results.get_mut(input)) else {
                return;
            };
            let Some(window) = p.windows.get(window) else { return };
            let logits = self.logits(hidden, pieces.start);
            result.windows.push(WindowScores {
                span: p.text.span(&window.pieces),
                pieces: window.pieces.len(),
                probabilities: softmax(&logits, self.runner.manifest.temperature),
                logits,
            });
        })?;
        Ok(results)
    }

    /// `classifier(tanh(pooler(x)))` of the first piece.
    fn logits(&self, hidden: &Hidden, first: usize) -> Vec<f32> {
        let mut pooled = self.pooler.apply(hidden.rows(first..first + 1));
        pooled.iter_mut().for_each(|x| *x = x.tanh());
        self.head.apply(&pooled)
    }
}
