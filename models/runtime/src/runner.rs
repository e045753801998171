//! What the three kinds of models share: the parts of a loaded folder, and packed passes.

use std::fs;
use std::ops::Range;
use std::sync::Arc;

use crate::bert::{Bert, BertConfig};
use crate::encoding::{EncodedText, Input, Packed, PairInput, Sequence, Tokenizer, Window};
use crate::engine::{Encoder, Hidden};
use crate::error::{EncodeError, LoadError, ModelError};
use crate::folder::{CONFIG, Manifest, ModelFolder, Task, WEIGHTS};
use crate::weights::Weights;

/// Pieces of one pass through the network: enough that the last block does not count, few enough
/// that the states stay in the cache.
const BUDGET: usize = 2048;

/// Tokenizer, network and manifest of a model.
#[derive(Clone)]
pub(crate) struct Runner {
    pub manifest: Manifest,
    pub tokenizer: Tokenizer,
    pub encoder: Arc<dyn Encoder>,
}

impl std::fmt::Debug for Runner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Runner").field("manifest", &self.manifest).finish_non_exhaustive()
    }
}

/// A text with its windows.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub text: EncodedText,
    pub windows: Vec<Window>,
    /// One for each window.
    pub sequences: Vec<Sequence>,
}

impl Runner {
    /// Loads a folder for a task; `head` takes what it needs of the weights.
    pub(crate) fn load<H>(
        folder: &ModelFolder,
        task: Task,
        encoder: Option<Arc<dyn Encoder>>,
        head: impl FnOnce(&Weights, usize) -> Result<H, LoadError>,
    ) -> Result<(Self, H), LoadError> {
        let manifest = &folder.manifest;
        if manifest.task != task {
            return Err(LoadError::Task {
                model: manifest.name.clone(),
                expected: task,
                found: manifest.task,
            });
        }
        if encoder.is_none() && manifest.architecture != "bert" {
            return Err(LoadError::Architecture {
                model: manifest.name.clone(),
                found: manifest.architecture.clone(),
                known: "bert".to_owned(),
            });
        }
        let mut tokenizer = Tokenizer::open(folder)?;
        let path = folder.file(WEIGHTS);
        let bytes = fs::read(&path)
            .map_err(|e| LoadError::Weights { path: path.clone(), reason: e.to_string() })?;
        let weights = Weights::parse(&path, &bytes)?;
        let encoder = match encoder {
            Some(encoder) => encoder,
            None => Arc::new(Bert::new(BertConfig::read(&folder.file(CONFIG))?, &weights)?),
        };
        tokenizer.limit(encoder.max_positions());
        let head = head(&weights, encoder.hidden_size())?;
        Ok((Self { manifest: manifest.clone(), tokenizer, encoder }, head))
    }

    /// Encodes a text and cuts it into windows.
    pub(crate) fn prepare(&self, input: &Input) -> Result<Prepared, EncodeError> {
        input.check()?;
        let text = self.tokenizer.encode(input.text)?;
        let windows = text.windows(input.units, self.tokenizer.room_of_single());
        let sequences = windows
            .iter()
            .map(|window| self.tokenizer.single(&text, window.pieces.clone()))
            .collect();
        Ok(Prepared { text, windows, sequences })
    }

    /// The same for a pair, of which only the second text is cut.
    pub(crate) fn prepare_pair(&self, input: &PairInput) -> Result<Prepared, EncodeError> {
        input.second.check()?;
        let first = self.tokenizer.encode_first(input.first)?;
        let room = self.tokenizer.room_of_second(&first)?;
        let text = self.tokenizer.encode(input.second.text)?;
        let windows = text.windows(input.second.units, room);
        let sequences = windows
            .iter()
            .map(|window| self.tokenizer.pair(&first, &text, window.pieces.clone()))
            .collect();
        Ok(Prepared { text, windows, sequences })
    }

    /// Prepares all inputs; the first that is at fault ends the call.
    pub(crate) fn prepare_all(&self, inputs: &[Input]) -> Result<Vec<Prepared>, ModelError> {
        let numbered = inputs.iter().enumerate();
        numbered
            .map(|(input, given)| {
                self.prepare(given).map_err(|source| ModelError::Input { input, source })
            })
            .collect()
    }

    /// Runs sequences through the network, as many at once as the budget holds, and hands over the
    /// vectors of each with its key, in the given order.
    pub(crate) fn run<'a, K>(
        &self,
        sequences: impl Iterator<Item = (K, &'a Sequence)>,
        mut take: impl FnMut(K, &Hidden, Range<usize>),
    ) -> Result<(), ModelError> {
        let mut batch = Packed::new();
        let mut keys = Vec::new();
        let mut flush = |batch: &mut Packed, keys: &mut Vec<K>| -> Result<(), ModelError> {
            if !batch.is_empty() {
                let hidden = self.encoder.hidden(batch)?;
                for (key, pieces) in keys.drain(..).zip(batch.sequences()) {
                    take(key, &hidden, pieces);
                }
                batch.clear();
            }
            Ok(())
        };
        for (key, sequence) in sequences {
            if batch.pieces() + sequence.len() > BUDGET {
                flush(&mut batch, &mut keys)?;
            }
            batch.push(sequence);
            keys.push(key);
        }
        flush(&mut batch, &mut keys)
    }
}

/// All sequences of all prepared texts, with the index of the text and of its window.
pub(crate) fn sequences(
    prepared: &[Prepared],
) -> impl Iterator<Item = ((usize, usize), &Sequence)> {
    prepared.iter().enumerate().flat_map(|(input, prepared)| {
        let numbered = prepared.sequences.iter().enumerate();
        numbered.map(move |(window, sequence)| ((input, window), sequence))
    })
}
