//! Products with weights.

use super::product::{Layout, multiply};
use crate::error::LoadError;
use crate::weights::Weights;

/// Pieces that one product with weights takes at once.
///
/// The matrix crate chooses its blocking and its kernels by the sizes of a product, and with
/// another blocking the same dot product may be summed in another order. So every product with
/// weights has exactly this many rows, and the last block of a batch is filled up: then the bits
/// of a row depend on its own numbers alone, not on how many other pieces there are. A multiple
/// of the width of every kernel (4, 6, 8, 12), so that all rows of a block take the same one.
/// Larger blocks are hardly faster where a weight takes several in a row (see `layer`), and waste
/// more on a single sentence.
pub const BLOCK: usize = 24;

/// A matrix and a bias: `y = W x + b`.
#[derive(Debug)]
pub(super) struct Linear {
    inputs: usize,
    outputs: usize,
    /// `[inputs, outputs]`: the outputs of one input are contiguous, as the kernels read them.
    weight: Vec<f32>,
    bias: Vec<f32>,
}

impl Linear {
    /// Takes `{name}.weight` and `{name}.bias` of each name; the outputs follow one another.
    pub(super) fn new(
        weights: &Weights,
        names: &[String],
        inputs: usize,
        outputs: usize,
    ) -> Result<Self, LoadError> {
        let total = names.len() * outputs;
        let mut weight = vec![0.0; inputs * total];
        let mut bias = Vec::with_capacity(total);
        for (index, name) in names.iter().enumerate() {
            let matrix = weights.matrix(&format!("{name}.weight"), outputs, inputs)?;
            transpose(&matrix, inputs, &mut weight, total, index * outputs);
            bias.extend(weights.vector(&format!("{name}.bias"), outputs)?);
        }
        Ok(Self { inputs, outputs: total, weight, bias })
    }

    /// The bias, which the caller adds together with what follows.
    pub(super) fn bias(&self) -> &[f32] {
        &self.bias
    }

    /// `target = W x` for whole blocks of pieces, without the bias.
    pub(super) fn apply(&self, x: &[f32], target: &mut [f32]) {
        let blocks = x.chunks_exact(BLOCK * self.inputs);
        for (x, target) in blocks.zip(target.chunks_exact_mut(BLOCK * self.outputs)) {
            multiply(
                (target, Layout::rows_of(BLOCK, self.outputs, 0, self.outputs)),
                (x, Layout::rows_of(BLOCK, self.inputs, 0, self.inputs)),
                (&self.weight, Layout::rows_of(self.inputs, self.outputs, 0, self.outputs)),
                1.0,
            );
        }
    }
}

/// Writes `matrix`, `[rows, columns]`, transposed into columns `first..` of `target`.
fn transpose(matrix: &[f32], columns: usize, target: &mut [f32], width: usize, first: usize) {
    for (row, values) in matrix.chunks_exact(columns.max(1)).enumerate() {
        for (value, target) in values.iter().zip(target.chunks_exact_mut(width.max(1))) {
            if let Some(place) = target.get_mut(first + row) {
                *place = *value;
            }
        }
    }
}
