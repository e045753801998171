//! One layer of the encoder.

use super::attention::attend;
use super::config::{Activation, BertConfig};
use super::linear::{BLOCK, Linear};
use super::norm::LayerNorm;
use crate::encoding::Packed;
use crate::error::LoadError;
use crate::weights::Weights;

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
    /// `[BLOCK, hidden]`.
    block: Vec<f32>,
    /// `[BLOCK, intermediate]`.
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
            block: vec![0.0; BLOCK * width],
            wide: vec![0.0; BLOCK * config.intermediate_size],
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
        let heads = states.chunks_exact(BLOCK * width);
        for (states, qkv) in heads.zip(scratch.qkv.chunks_exact_mut(BLOCK * self.qkv.outputs())) {
            self.qkv.apply(states, qkv);
            add_to_rows(qkv, self.qkv.bias());
        }
        for pieces in batch.sequences() {
            attend(&self.config, &scratch.qkv, &pieces, &mut scratch.scores, &mut scratch.mixed);
        }
        // The rest of the layer takes one block at a time, while its numbers are in the cache.
        let mixed = scratch.mixed.chunks_exact(BLOCK * width);
        for (states, mixed) in states.chunks_exact_mut(BLOCK * width).zip(mixed) {
            self.attended.apply(mixed, &mut scratch.block);
            self.attended_norm.apply_sum(states, &scratch.block, self.attended.bias());
            self.up.apply(states, &mut scratch.wide);
            self.activation.apply(&mut scratch.wide, self.up.bias());
            self.down.apply(&scratch.wide, &mut scratch.block);
            self.down_norm.apply_sum(states, &scratch.block, self.down.bias());
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
