//! The options, and how they become a stage.

use postil_contract::{
    BuildContext, BuildError, Description, Layer, ModelInfo, Problem, Stage, StageConfig, StageInfo,
};
use postil_models::{Embedder, ModelFolder};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::stage::Transformer;

/// Raised whenever the same article and options give other vectors.
const VERSION: u32 = 1;

/// Options of `embeddings.transformer`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TransformerConfig {
    /// The model: a name under the model folders, or a path to a folder. Its task must be
    /// embedding.
    pub model: String,
}

impl Default for TransformerConfig {
    fn default() -> Self {
        Self { model: "minilm-l6".to_owned() }
    }
}

impl StageConfig for TransformerConfig {
    fn describe() -> Description {
        Description {
            implementation: "embeddings.transformer",
            summary: "vectors of paragraphs and sentences by a sentence-embedding model",
            needs: vec![Layer::Paragraphs, Layer::Sentences],
            provides: Layer::Embeddings,
        }
    }

    fn check(&self, context: &BuildContext) -> Vec<Problem> {
        context.check_model(&self.model).into_iter().collect()
    }

    fn build(self, context: &BuildContext) -> Result<Stage, BuildError> {
        let path = context.model(&self.model)?;
        let refused = |reason: String| BuildError::Model {
            name: self.model.clone(),
            path: path.clone(),
            reason,
        };
        let folder = ModelFolder::open(&path).map_err(|error| refused(error.to_string()))?;
        let embedder = Embedder::load(&folder).map_err(|error| refused(error.to_string()))?;
        let manifest = &folder.manifest;
        let languages = match manifest.languages.is_empty() {
            true => None,
            false => Some(manifest.languages.clone()),
        };
        let description = Self::describe();
        Ok(Stage::map(Transformer {
            info: StageInfo {
                implementation: description.implementation.to_owned(),
                version: VERSION,
                needs: description.needs,
                provides: description.provides,
                model: Some(ModelInfo {
                    name: manifest.name.clone(),
                    sha256: folder.weights_sha256.clone(),
                }),
                config: serde_json::to_value(&self).unwrap_or_default(),
                languages,
            },
            embedder,
        }))
    }
}
