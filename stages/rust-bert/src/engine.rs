//! A checkpoint that is ready to read texts.

use std::path::Path;

use postil_contract::StageError;
use postil_embeddings::TextEmbedder;
use postil_entities::WordClassifier;
use postil_models::{Input, Pooling, WordLabels};
use postil_stance::{Classifier, Reading};

use crate::checkpoint::Checkpoint;
use crate::device::Device;
use crate::network::Network;
use crate::pieces::{HuggingFace, Pieces};
use crate::pool::Pool;

/// Tokenizer and networks of a checkpoint. What it does depends on the checkpoint's task.
pub struct Engine {
    pieces: Pieces,
    pool: Pool,
    labels: usize,
    temperature: f32,
    pooling: Pooling,
    dimensions: usize,
}

impl Engine {
    /// Loads a checkpoint.
    ///
    /// # Errors
    /// Where one of its files is missing or damaged, or they do not belong together.
    pub fn load(checkpoint: &Checkpoint, device: Device) -> Result<Self, String> {
        refuse_dense_layer(&checkpoint.path)?;
        let manifest = &checkpoint.manifest;
        let pieces = match &checkpoint.folder {
            Some(folder) => Pieces::described(folder)?,
            None => {
                let tokenizer = HuggingFace::open(&checkpoint.path, manifest.max_length)?;
                Pieces::HuggingFace(tokenizer)
            }
        };
        Ok(Self {
            pieces,
            pool: Pool::load(checkpoint, device)?,
            labels: manifest.labels.len(),
            temperature: manifest.temperature,
            pooling: manifest.pooling.unwrap_or(Pooling::Mean),
            // The names of the size in the configs of BERT and its kin, DistilBERT and T5.
            dimensions: ["hidden_size", "dim", "d_model"]
                .iter()
                .find_map(|key| checkpoint.number(key))
                .unwrap_or_default(),
        })
    }

    fn words(&self, network: &Network, input: &Input) -> Result<WordLabels, String> {
        let text = self.pieces.encode(input.text)?;
        let mut labels = WordLabels {
            words: text.word_spans.clone(),
            probabilities: Vec::with_capacity(text.word_spans.len() * self.labels),
        };
        for window in text.windows(input.units, self.pieces.room_of_single()) {
            let words = text.words_starting_in(&window.pieces);
            if words.is_empty() {
                continue;
            }
            let sequence = self.pieces.single(&text, window.pieces.clone());
            let logits = network.read(&sequence)?;
            let firsts = text.word_starts.get(words).unwrap_or_default();
            for first in firsts {
                let row = sequence.text_start + (first - window.pieces.start);
                let row = logits.get(row * self.labels..(row + 1) * self.labels);
                let row = row.ok_or("the network gave fewer rows than pieces")?;
                labels.probabilities.extend(softmax(row, self.temperature));
            }
        }
        Ok(labels)
    }

    fn pair(&self, network: &Network, reading: &Reading) -> Result<Vec<f32>, String> {
        let target = self.pieces.encode_first(&reading.first_segment())?;
        let room = self
            .pieces
            .room_of_second(&target)
            .map_err(|error| format!("target `{}`: {error}", reading.target))?;
        let text = self.pieces.encode(&reading.text)?;
        let mut mean = WindowMean::new(self.labels);
        for window in text.windows(&reading.sentences, room) {
            let sequence = self.pieces.pair(&target, &text, window.pieces.clone());
            let logits = network.read(&sequence)?;
            mean.add(&softmax(&logits, self.temperature), window.pieces.len());
        }
        Ok(mean.finish())
    }

    fn vector(&self, network: &Network, input: &Input) -> Result<Vec<f32>, String> {
        let text = self.pieces.encode(input.text)?;
        let mut sum = vec![0.0; self.dimensions];
        for window in text.windows(input.units, self.pieces.room_of_single()) {
            let sequence = self.pieces.single(&text, window.pieces);
            let hidden = network.read(&sequence)?;
            let rows = match self.pooling {
                Pooling::Mean => sequence.len(),
                Pooling::Cls => 1,
            };
            for row in hidden.chunks_exact(self.dimensions.max(1)).take(rows) {
                sum.iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
            }
        }
        // The number of rows does not change the direction, and the length becomes 1.
        let length = sum.iter().map(|x| x * x).sum::<f32>().sqrt();
        if length > 0.0 {
            sum.iter_mut().for_each(|x| *x /= length);
        }
        Ok(sum)
    }
}

impl WordClassifier for Engine {
    fn classify(&self, inputs: &[Input]) -> Result<Vec<WordLabels>, StageError> {
        self.pool
            .with(|network| inputs.iter().map(|input| self.words(network, input)).collect())
            .map_err(StageError::Failed)
    }
}

impl Classifier for Engine {
    fn judge(&self, readings: &[Reading]) -> Result<Vec<Vec<f32>>, StageError> {
        self.pool
            .with(|network| readings.iter().map(|reading| self.pair(network, reading)).collect())
            .map_err(StageError::Failed)
    }
}

impl TextEmbedder for Engine {
    fn dimensions(&self) -> usize {
        self.dimensions
    }

    fn embed(&self, inputs: &[Input]) -> Result<Vec<Vec<f32>>, StageError> {
        self.pool
            .with(|network| inputs.iter().map(|input| self.vector(network, input)).collect())
            .map_err(StageError::Failed)
    }
}

/// The mean of the windows' probabilities, each window counted by its pieces.
pub(crate) struct WindowMean {
    sum: Vec<f32>,
    weight: f32,
}

impl WindowMean {
    pub(crate) fn new(labels: usize) -> Self {
        Self { sum: vec![0.0; labels], weight: 0.0 }
    }

    pub(crate) fn add(&mut self, probabilities: &[f32], pieces: usize) {
        let weight = pieces.max(1) as f32;
        self.sum.iter_mut().zip(probabilities).for_each(|(sum, p)| *sum += weight * p);
        self.weight += weight;
    }

    pub(crate) fn finish(mut self) -> Vec<f32> {
        self.sum.iter_mut().for_each(|sum| *sum /= self.weight.max(1.0));
        self.sum
    }
}

/// Probabilities of logits that are first divided by the temperature.
pub(crate) fn softmax(logits: &[f32], temperature: f32) -> Vec<f32> {
    let greatest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let mut values: Vec<f32> =
        logits.iter().map(|logit| ((logit - greatest) / temperature).exp()).collect();
    let total: f32 = values.iter().sum();
    values.iter_mut().for_each(|value| *value /= total);
    values
}

/// Some models of sentence-transformers end in a linear layer of their own, which is not run here.
fn refuse_dense_layer(folder: &Path) -> Result<(), String> {
    let dense = folder.join("2_Dense");
    match dense.is_dir() {
        false => Ok(()),
        true => Err(format!(
            "{}: a dense layer behind the pooling is not run here; use a model without one",
            dense.display()
        )),
    }
}
