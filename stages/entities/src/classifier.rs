//! What a model that labels words is to the stage, whichever engine runs it.

use std::path::PathBuf;

use postil_contract::{BuildError, ModelInfo, StageError};
use postil_models::{Input, ModelFolder, TokenClassifier, WordLabels};

/// Labels the words of texts.
///
/// The result of a text depends on that text alone, not on the others of the call.
pub trait WordClassifier: Send + Sync {
    /// The words of each text and the probabilities of their labels, in the order of
    /// [`ClassifierModel::labels`].
    ///
    /// # Errors
    /// Where one of the texts can't be read.
    fn classify(&self, inputs: &[Input]) -> Result<Vec<WordLabels>, StageError>;
}

impl WordClassifier for TokenClassifier {
    fn classify(&self, inputs: &[Input]) -> Result<Vec<WordLabels>, StageError> {
        Self::classify(self, inputs).map_err(StageError::failed)
    }
}

/// A loaded classifier, and what the stage has to know of it.
pub struct ClassifierModel {
    /// Name and hash, for the tables.
    pub info: ModelInfo,
    /// The labels of words: BIO, BIOES or plain.
    pub labels: Vec<String>,
    /// The languages it reads, as ISO 639-1 codes; empty for not known.
    pub languages: Vec<String>,
    /// The classifier.
    pub classifier: Box<dyn WordClassifier>,
}

impl ClassifierModel {
    /// Opens a model folder for the runtime of this repository; `name` is what the config calls it.
    pub(crate) fn open(name: &str, path: PathBuf) -> Result<Self, BuildError> {
        let refused = |error: &dyn std::fmt::Display| BuildError::Model {
            name: name.to_owned(),
            path: path.clone(),
            reason: error.to_string(),
        };
        let folder = ModelFolder::open(&path).map_err(|error| refused(&error))?;
        let classifier = TokenClassifier::load(&folder).map_err(|error| refused(&error))?;
        let sha256 = folder.weights_sha256;
        Ok(Self {
            info: ModelInfo { name: folder.manifest.name, sha256 },
            labels: folder.manifest.labels,
            languages: folder.manifest.languages,
            classifier: Box::new(classifier),
        })
    }
}
