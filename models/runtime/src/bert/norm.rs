//! Layer normalisation (Ba et al. 2016).

use super::config::BertConfig;
use super::math::sum;
use crate::error::LoadError;
use crate::weights::Weights;

/// `(x - mean) / sqrt(variance + eps) * gain + bias` for each row.
#[derive(Debug)]
pub(super) struct LayerNorm {
    gain: Vec<f32>,
    bias: Vec<f32>,
    eps: f32,
}

impl LayerNorm {
    pub(super) fn new(
        weights: &Weights,
        name: &str,
        config: &BertConfig,
    ) -> Result<Self, LoadError> {
        Ok(Self {
            gain: weights.vector(&format!("{name}.weight"), config.hidden_size)?,
            bias: weights.vector(&format!("{name}.bias"), config.hidden_size)?,
            eps: config.layer_norm_eps,
        })
    }

    /// Normalises rows in place.
    pub(super) fn apply(&self, rows: &mut [f32]) {
        pulp::Arch::new().dispatch(|| {
            for row in rows.chunks_exact_mut(self.gain.len()) {
                self.row(row);
            }
        });
    }

    /// `rows = norm(rows + bias + addition)`.
    pub(super) fn apply_sum(&self, rows: &mut [f32], addition: &[f32], bias: &[f32]) {
        let width = self.gain.len();
        pulp::Arch::new().dispatch(|| {
            for (row, addition) in rows.chunks_exact_mut(width).zip(addition.chunks_exact(width)) {
                for ((x, add), bias) in row.iter_mut().zip(addition).zip(bias) {
                    *x += add + bias;
                }
                self.row(row);
            }
        });
    }

    #[inline(always)]
    fn row(&self, row: &mut [f32]) {
        let count = row.len() as f32;
        let mean = sum(row, |x| x) / count;
        let variance = sum(row, |x| (x - mean) * (x - mean)) / count;
        let scale = 1.0 / (variance + self.eps).sqrt();
        for ((x, gain), bias) in row.iter_mut().zip(&self.gain).zip(&self.bias) {
            *x = (*x - mean) * scale * gain + bias;
        }
    }
}
