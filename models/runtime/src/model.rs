//! A model of any task.

use crate::embedder::Embedder;
use crate::error::LoadError;
use crate::folder::{Manifest, ModelFolder, Task};
use crate::sequence_classifier::SequenceClassifier;
use crate::token_classifier::TokenClassifier;

/// A loaded model, by its task.
#[derive(Debug, Clone)]
pub enum Model {
    /// A label for each word.
    TokenClassifier(TokenClassifier),
    /// A label for a text or a pair.
    SequenceClassifier(SequenceClassifier),
    /// A vector for a text.
    Embedder(Embedder),
}

impl Model {
    /// Loads a folder as what its task says.
    ///
    /// # Errors
    /// When its files do not fit together, or nothing here runs its architecture.
    pub fn load(folder: &ModelFolder) -> Result<Self, LoadError> {
        Ok(match folder.manifest.task {
            Task::TokenClassification => Self::TokenClassifier(TokenClassifier::load(folder)?),
            Task::SequenceClassification => {
                Self::SequenceClassifier(SequenceClassifier::load(folder)?)
            }
            Task::Embedding => Self::Embedder(Embedder::load(folder)?),
        })
    }

    /// What the model says of itself.
    pub fn manifest(&self) -> &Manifest {
        match self {
            Self::TokenClassifier(model) => model.manifest(),
            Self::SequenceClassifier(model) => model.manifest(),
            Self::Embedder(model) => model.manifest(),
        }
    }
}
