//! What stands on the encoder: the classifier, the pooler, the softmax.

use crate::error::LoadError;
use crate::weights::Weights;

/// A linear map of a few outputs, `W x + b`, for single vectors.
#[derive(Debug, Clone)]
pub(crate) struct Head {
    /// `[outputs, inputs]`.
    weight: Vec<f32>,
    bias: Vec<f32>,
    inputs: usize,
}

impl Head {
    /// Takes `{name}.weight` and `{name}.bias`.
    pub(crate) fn new(
        weights: &Weights,
        name: &str,
        inputs: usize,
        outputs: usize,
    ) -> Result<Self, LoadError> {
        Ok(Self {
            weight: weights.matrix(&format!("{name}.weight"), outputs, inputs)?,
            bias: weights.vector(&format!("{name}.bias"), outputs)?,
            inputs,
        })
    }

    /// The classifier, which has a row for each label.
    pub(crate) fn classifier(
        weights: &Weights,
        inputs: usize,
        labels: usize,
    ) -> Result<Self, LoadError> {
        let rows = weights.rows("classifier.weight")?;
        if rows != labels {
            return Err(LoadError::Labels { path: weights.path().to_owned(), rows, labels });
        }
        Self::new(weights, "classifier", inputs, labels)
    }

    /// `W x + b`.
    pub(crate) fn apply(&self, x: &[f32]) -> Vec<f32> {
        let rows = self.weight.chunks_exact(self.inputs.max(1));
        rows.zip(&self.bias).map(|(row, bias)| dot(row, x) + bias).collect()
    }
}

/// Sum of products, in an order that depends on the length alone.
fn dot(a: &[f32], b: &[f32]) -> f32 {
    const LANES: usize = 8;
    let ((a, rest_a), (b, rest_b)) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
    let mut lanes = [0.0_f32; LANES];
    for (a, b) in a.iter().zip(b) {
        for ((lane, a), b) in lanes.iter_mut().zip(a).zip(b) {
            *lane += a * b;
        }
    }
    let rest: f32 = rest_a.iter().zip(rest_b).map(|(a, b)| a * b).sum();
    lanes.iter().sum::<f32>() + rest
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

/// Sum of rows, from which a mean is made: mean and number must come from the same rows.
#[derive(Debug, Clone)]
pub(crate) struct Mean {
    sum: Vec<f32>,
    rows: usize,
}

impl Mean {
    pub(crate) fn new(width: usize) -> Self {
        Self { sum: vec![0.0; width], rows: 0 }
    }

    /// Adds rows of the width of this mean.
    pub(crate) fn add(&mut self, rows: &[f32]) {
        for row in rows.chunks_exact(self.sum.len().max(1)) {
            self.rows += 1;
            for (sum, value) in self.sum.iter_mut().zip(row) {
                *sum += value;
            }
        }
    }

    /// The mean with length 1 (which the number of rows does not change); none without rows.
    pub(crate) fn unit(self) -> Option<Vec<f32>> {
        if self.rows == 0 {
            return None;
        }
        let count = self.rows as f32;
        let mut mean = self.sum;
        mean.iter_mut().for_each(|x| *x /= count);
        let length = dot(&mean, &mean).sqrt();
        if length > 0.0 {
            mean.iter_mut().for_each(|x| *x /= length);
        }
        Some(mean)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn temperature_flattens_probabilities() {
        let sharp = softmax(&[2.0, 0.0], 1.0);
        let flat = softmax(&[2.0, 0.0], 2.0);
        assert!((sharp[0] - 0.880_797).abs() < 1e-6);
        assert!((flat[0] - 0.731_058_6).abs() < 1e-6);
        assert!((flat.iter().sum::<f32>() - 1.0).abs() < 1e-6);
    }

    #[test]
    fn huge_logits_do_not_overflow() {
        assert_eq!(softmax(&[1e30, -1e30], 0.1), [1.0, 0.0]);
    }

    #[test]
    fn means_have_unit_length() {
        let mut mean = Mean::new(2);
        mean.add(&[3.0, 0.0, 3.0, 8.0]);
        assert_eq!(mean.unit(), Some(vec![0.6, 0.8]));
        assert_eq!(Mean::new(2).unit(), None);
    }
}
