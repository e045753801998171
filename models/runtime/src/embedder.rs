//! A vector for a text.

use std::sync::Arc;

use crate::encoding::{Input, Tokenizer};
use crate::engine::Encoder;
use crate::error::{LoadError, ModelError};
use crate::folder::{Manifest, ModelFolder, Pooling, Task};
use crate::heads::Mean;
use crate::runner::{Runner, sequences};

/// A model that turns texts into vectors of length 1, so that their dot product is their cosine.
#[derive(Debug, Clone)]
pub struct Embedder {
    runner: Runner,
    pooling: Pooling,
}

/// The vectors of a text and of its units, from one pass.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct UnitVectors {
    /// The text: by the model's pooling over all its windows, special tokens included.
    pub text: Vec<f32>,
    /// Each unit: the mean over its own pieces, as they stand in the text. None for a unit without
    /// pieces (blank, or all control characters).
    pub units: Vec<Option<Vec<f32>>>,
}

impl Embedder {
    /// Loads a folder whose task is embedding.
    ///
    /// # Errors
    /// When the folder is for another task, or its files do not fit together.
    pub fn load(folder: &ModelFolder) -> Result<Self, LoadError> {
        Self::build(folder, None)
    }

    /// The same on a network that was made elsewhere.
    ///
    /// # Errors
    /// As [`Embedder::load`].
    pub fn with_encoder(
        folder: &ModelFolder,
        encoder: Arc<dyn Encoder>,
    ) -> Result<Self, LoadError> {
        Self::build(folder, Some(encoder))
    }

    fn build(folder: &ModelFolder, encoder: Option<Arc<dyn Encoder>>) -> Result<Self, LoadError> {
        let (runner, ()) = Runner::load(folder, Task::Embedding, encoder, |_, _| Ok(()))?;
        Ok(Self { runner, pooling: folder.manifest.pooling.unwrap_or(Pooling::Mean) })
    }

    /// What the model says of itself.
    pub fn manifest(&self) -> &Manifest {
        &self.runner.manifest
    }

    /// The tokenizer of the model.
    pub fn tokenizer(&self) -> &Tokenizer {
        &self.runner.tokenizer
    }

    /// Numbers in a vector.
    pub fn dimensions(&self) -> usize {
        self.runner.encoder.hidden_size()
    }

    /// The vector of each text, in their order; also a blank text has one.
    ///
    /// # Errors
    /// When the network fails.
    pub fn embed(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, ModelError> {
        let inputs: Vec<Input> = texts.iter().map(|text| Input::whole(text)).collect();
        Ok(self.embed_units(&inputs)?.into_iter().map(|vectors| vectors.text).collect())
    }

    /// The vectors of each text and of its units, in their order.
    ///
    /// An input without units has none in its result.
    ///
    /// # Errors
    /// When the units of an input are not in order.
    pub fn embed_units(&self, inputs: &[Input]) -> Result<Vec<UnitVectors>, ModelError> {
        let prepared = self.runner.prepare_all(inputs)?;
        let width = self.dimensions();
        let mut texts = vec![Mean::new(width); inputs.len()];
        let mut units: Vec<Vec<Mean>> =
            inputs.iter().map(|input| vec![Mean::new(width); input.units.len()]).collect();
        self.runner.run(sequences(&prepared), |(input, window), hidden, pieces| {
            let (Some(p), Some(given)) = (prepared.get(input), inputs.get(input)) else { return };
            let (Some(window), Some(sequence)) = (p.windows.get(window), p.sequences.get(window))
            else {
                return;
            };
            if let Some(text) = texts.get_mut(input) {
                let pooled = match self.pooling {
                    Pooling::Mean => pieces.clone(),
                    Pooling::Cls => pieces.start..pieces.start + 1,
                };
                text.add(hidden.rows(pooled));
            }
            let Some(units) = units.get_mut(input) else { return };
            for unit in window.units.clone() {
                let (Some(bytes), Some(mean)) = (given.units.get(unit), units.get_mut(unit)) else {
                    continue;
                };
                let own = p.text.pieces_in(bytes);
                let start = own.start.max(window.pieces.start);
                let end = own.end.min(window.pieces.end);
                if start < end {
                    let first = pieces.start + sequence.text_start;
                    let row = |piece| first + piece - window.pieces.start;
                    mean.add(hidden.rows(row(start)..row(end)));
                }
            }
        })?;
        let results = texts.into_iter().zip(units).map(|(text, units)| UnitVectors {
            text: text.unit().unwrap_or_default(),
            units: units.into_iter().map(Mean::unit).collect(),
        });
        Ok(results.collect())
    }
}
