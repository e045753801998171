//! One layer of the encoder.

use super::attention::attend;
use super::config::{Activation, BertConfig};
use super::linear::{BLOCK, Linear};
use super::norm::LayerNorm;
use crate::encoding::Packed;
use crate::error::LoadError;
use crate::weights::Weights;

/// Pieces that go through the second half of a layer together. A weight that serves many blocks in
/// a row is read from memory once for all of them, which is a fifth faster than once for each;
/// the wide states of these pieces still fit beside it into the cache.
const GROUP: usize = 16 * BLOCK;

#[derive(Debug)]
pub(super) struct Layer {
    config: BertConfig,
    /// Query, key and value in one product.
    qkv: Linear,
    attended: Linear,
    attended_norm: LayerNorm,
    up: Linear,
    activation: Activation,
    down: Linear,
    down_norm: LayerNorm,
}

/// Memory of a batch that all layers use.
#[derive(Debug)]
pub(super) struct Scratch {
    /// `[pieces, 3 * hidden]`.
    qkv: Vec<f32>,
    /// `[pieces, hidden]`.
    mixed: Vec<f32>,
    /// The square of the longest sequence.
    scores: Vec<f32>,
    /// `[GROUP, hidden]`, or as many pieces as there are.
    narrow: Vec<f32>,
    /// `[GROUP, intermediate]`, or as many pieces as there are.
    wide: Vec<f32>,
}

impl Scratch {
    pub(super) fn new(config: &BertConfig, batch: &Packed) -> Self {
        let width = config.hidden_size;
        let pieces = batch.pieces().next_multiple_of(BLOCK);
        let longest = batch.sequences().map(|s| s.len()).max().unwrap_or_default();
        Self {
            qkv: vec![0.0; pieces * 3 * width],
            mixed: vec![0.0; pieces * width],
            scores: vec![0.0; longest * longest],
            narrow: vec![0.0; pieces.min(GROUP) * width],
            wide: vec![0.0; pieces.min(GROUP) * config.intermediate_size],
        }
    }
}

impl Layer {
    pub(super) fn new(
        weights: &Weights,
        index: usize,
        config: &BertConfig,
    ) -> Result<Self, LoadError> {
        let (width, wide) = (config.hidden_size, config.intermediate_size);
        let name = |part: &str| format!("encoder.layer.{index}.{part}");
        let heads = ["query", "key", "value"].map(|part| name(&format!("attention.self.{part}")));
        let linear =
            |part: &str, inputs, outputs| Linear::new(weights, &[name(part)], inputs, outputs);
        let norm = |part: &str| LayerNorm::new(weights, &name(part), config);
        Ok(Self {
            qkv: Linear::new(weights, &heads, width, width)?,
            attended: linear("attention.output.dense", width, width)?,
            attended_norm: norm("attention.output.LayerNorm")?,
            up: linear("intermediate.dense", width, wide)?,
            activation: config.hidden_act,
            down: linear("output.dense", wide, width)?,
            down_norm: norm("output.LayerNorm")?,
            config: config.clone(),
        })
    }

    /// Replaces the states, `[pieces, hidden]` filled up to whole blocks.
    pub(super) fn apply(&self, batch: &Packed, states: &mut [f32], scratch: &mut Scratch) {
        let width = self.config.hidden_size;
        self.qkv.apply(states, &mut scratch.qkv);
        add_to_rows(&mut scratch.qkv, self.qkv.bias());
        for pieces in batch.sequences() {
            attend(&self.config, &scratch.qkv, &pieces, &mut scratch.scores, &mut scratch.mixed);
        }
        let groups = states.chunks_mut(GROUP * width).zip(scratch.mixed.chunks(GROUP * width));
        for (states, mixed) in groups {
            let (Some(narrow), Some(wide)) = (
                scratch.narrow.get_mut(..states.len()),
                scratch.wide.get_mut(..states.len() / width * self.config.intermediate_size),
            ) else {
                return;
            };
            self.attended.apply(mixed, narrow);
            self.attended_norm.apply_sum(states, narrow, self.attended.bias());
            self.up.apply(states, wide);
            self.activation.apply(wide, self.up.bias());
            self.down.apply(wide, narrow);
            self.down_norm.apply_sum(states, narrow, self.down.bias());
        }
    }
}

fn add_to_rows(rows: &mut [f32], bias: &[f32]) {
    pulp::Arch::new().dispatch(|| {
        for row in rows.chunks_exact_mut(bias.len().max(1)) {
            for (x, bias) in row.iter_mut().zip(bias) {
                *x += bias;
            }
        }
    });
}
