//! What a model that makes vectors is to the stage, whichever engine runs it.

use postil_contract::{ModelInfo, StageError};
use postil_models::{Embedder, Input};

/// Turns texts into vectors.
///
/// The vector of a text depends on that text alone, not on the others of the call.
pub trait TextEmbedder: Send + Sync {
    /// Numbers in a vector.
    fn dimensions(&self) -> usize;

    /// The vector of each text, of length 1. A text too long for the model is cut along its units.
    ///
    /// # Errors
    /// Where one of the texts can't be read.
    fn embed(&self, inputs: &[Input]) -> Result<Vec<Vec<f32>>, StageError>;
}

impl TextEmbedder for Embedder {
    fn dimensions(&self) -> usize {
        Self::dimensions(self)
    }

    fn embed(&self, inputs: &[Input]) -> Result<Vec<Vec<f32>>, StageError> {
        let vectors = self.embed_units(inputs).map_err(StageError::failed)?;
        Ok(vectors.into_iter().map(|vector| vector.text).collect())
    }
}

/// A loaded model, and what the stage has to know of it.
pub struct EmbeddingModel {
    /// Name and hash, for the tables.
    pub info: ModelInfo,
    /// The languages it reads, as ISO 639-1 codes; empty for not known.
    pub languages: Vec<String>,
    /// The model.
    pub embedder: Box<dyn TextEmbedder>,
}
