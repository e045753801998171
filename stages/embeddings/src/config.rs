//! The options, and how they become a stage.

use postil_contract::{
    BuildContext, BuildError, Description, Layer, ModelInfo, Problem, Stage, StageConfig, StageInfo,
};
use postil_models::{Embedder, ModelFolder};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::embedder::EmbeddingModel;
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
        let model = EmbeddingModel {
            info: ModelInfo { name: folder.manifest.name, sha256: folder.weights_sha256 },
            languages: folder.manifest.languages,
            embedder: Box::new(embedder),
        };
        let config = serde_json::to_value(&self).unwrap_or_default();
        Ok(stage(model, Self::describe(), config))
    }
}

/// The stage around a model of any engine. `config` is what decides the vectors, as
/// [`StageInfo::config`] wants it.
#[must_use]
pub fn stage(model: EmbeddingModel, description: Description, config: serde_json::Value) -> Stage {
    Stage::map(Transformer {
        info: StageInfo {
            implementation: description.implementation.to_owned(),
            version: VERSION,
            needs: description.needs,
            provides: description.provides,
            model: Some(model.info.clone()),
            config,
            languages: (!model.languages.is_empty()).then_some(model.languages),
        },
        name: model.info.name,
        embedder: model.embedder,
    })
}
