//! What a network is, seen from the heads.

use std::ops::Range;

use crate::encoding::Packed;
use crate::error::EngineError;

/// A network that turns word pieces into vectors.
///
/// The vectors of a sequence must have the same bits whatever else is in the batch.
pub trait Encoder: Send + Sync {
    /// Numbers in the vector of one piece.
    fn hidden_size(&self) -> usize;

    /// Longest sequence in pieces, special tokens included.
    fn max_positions(&self) -> usize;

    /// Last hidden state of every piece of the batch, `[batch.pieces(), hidden_size]`.
    ///
    /// # Errors
    /// When a sequence is longer than [`Encoder::max_positions`] or an id lies outside its table.
    fn hidden(&self, batch: &Packed) -> Result<Hidden, EngineError>;
}

/// Vectors of the pieces of a batch, row by row in the order of the batch.
#[derive(Debug, Clone, PartialEq)]
pub struct Hidden {
    values: Vec<f32>,
    width: usize,
}

impl Hidden {
    /// Wraps `[pieces, width]` numbers; a last row that is not full is left out.
    pub fn new(mut values: Vec<f32>, width: usize) -> Self {
        let width = width.max(1);
        values.truncate(values.len() / width * width);
        Self { values, width }
    }

    /// Numbers a row.
    pub fn width(&self) -> usize {
        self.width
    }

    /// The rows of a range of pieces, one after the other; empty where the range is outside.
    pub fn rows(&self, pieces: Range<usize>) -> &[f32] {
        self.values.get(pieces.start * self.width..pieces.end * self.width).unwrap_or_default()
    }
}
