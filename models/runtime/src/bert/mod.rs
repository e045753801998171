//! The encoder of BERT (Devlin et al. 2019) in plain f32, without padding.
//!
//! A batch is `[pieces, hidden]` with the sequences one after the other. All products with weights
//! run over blocks of [`BLOCK`] pieces, whatever sequences these are of; attention runs for each
//! sequence and head alone.

mod activation;
mod attention;
mod config;
mod layer;
mod linear;
mod math;
mod norm;
mod product;

use crate::encoding::Packed;
use crate::engine::{Encoder, Hidden};
use crate::error::{EngineError, LoadError};
use crate::weights::{Table, Weights};
use layer::{Layer, Scratch};
use norm::LayerNorm;

pub use config::{Activation, BertConfig};
pub use linear::BLOCK;

/// A BERT encoder with its weights in memory.
///
/// The word embeddings stay int8 where the file has them so; everything else is f32.
#[derive(Debug)]
pub struct Bert {
    config: BertConfig,
    words: Table,
    positions: Table,
    types: Table,
    norm: LayerNorm,
    layers: Vec<Layer>,
}

impl Bert {
    /// Takes the encoder's tensors.
    ///
    /// # Errors
    /// When a tensor is missing, or does not have the shape that the config says.
    pub fn new(config: BertConfig, weights: &Weights) -> Result<Self, LoadError> {
        let width = config.hidden_size;
        let table = |name: &str, rows| {
            weights.table(&format!("embeddings.{name}_embeddings.weight"), rows, width)
        };
        Ok(Self {
            words: table("word", config.vocab_size)?,
            positions: table("position", config.max_position_embeddings)?,
            types: table("token_type", config.type_vocab_size)?,
            norm: LayerNorm::new(weights, "embeddings.LayerNorm", &config)?,
            layers: (0..config.num_hidden_layers)
                .map(|index| Layer::new(weights, index, &config))
                .collect::<Result<_, _>>()?,
            config,
        })
    }

    /// Sizes and activation.
    pub fn config(&self) -> &BertConfig {
        &self.config
    }

    /// Sum of the three embeddings of each piece, normalised.
    fn embed(&self, batch: &Packed, states: &mut [f32]) -> Result<(), EngineError> {
        let width = self.config.hidden_size;
        let add = |table: &Table, what, id: u32, sum: &mut [f32]| {
            let row = usize::try_from(id).unwrap_or(usize::MAX);
            if row < table.len() && table.add_row(row, sum) {
                return Ok(());
            }
            Err(EngineError::OutOfTable { what, id, rows: table.len() })
        };
        let ids = batch.ids().iter().zip(batch.token_types()).zip(batch.positions());
        for (((&id, &token_type), &position), state) in ids.zip(states.chunks_exact_mut(width)) {
            state.fill(0.0);
            add(&self.words, "word piece", id, state)?;
            add(&self.positions, "position", position, state)?;
            add(&self.types, "token type", token_type, state)?;
        }
        self.norm.apply(states);
        Ok(())
    }
}

impl Encoder for Bert {
    fn hidden_size(&self) -> usize {
        self.config.hidden_size
    }

    fn max_positions(&self) -> usize {
        self.config.max_position_embeddings
    }

    fn hidden(&self, batch: &Packed) -> Result<Hidden, EngineError> {
        for (index, sequence) in batch.sequences().enumerate() {
            if sequence.len() > self.max_positions() {
                return Err(EngineError::TooLong {
                    index,
                    pieces: sequence.len(),
                    most: self.max_positions(),
                });
            }
        }
        let width = self.config.hidden_size;
        // The last block is filled with pieces that nobody reads: see `linear`.
        let mut states = vec![0.0; batch.pieces().next_multiple_of(BLOCK) * width];
        self.embed(batch, &mut states)?;
        let mut scratch = Scratch::new(&self.config, batch);
        for layer in &self.layers {
            layer.apply(batch, &mut states, &mut scratch);
        }
        states.truncate(batch.pieces() * width);
        Ok(Hidden::new(states, width))
    }
}
