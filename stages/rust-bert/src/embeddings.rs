//! `embeddings.rust-bert`.

use postil_contract::{BuildContext, BuildError, Description, Problem, Stage, StageConfig};
use postil_embeddings::{EmbeddingModel, TransformerConfig};
use postil_models::Task;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::device::Device;
use crate::engine::Engine;
use crate::{ENGINE, checkpoint};

/// Options of `embeddings.rust-bert`: those of `embeddings.transformer`, and the device.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct EmbeddingsConfig {
    /// The options of `embeddings.transformer`.
    #[serde(flatten)]
    pub options: TransformerConfig,
    /// Where the network runs: "cpu", or "cuda:0" for a graphics card.
    pub device: Device,
}

impl StageConfig for EmbeddingsConfig {
    fn describe() -> Description {
        Description {
            implementation: "embeddings.rust-bert",
            summary: "vectors of paragraphs and sentences by any PyTorch sentence-embedding model",
            ..TransformerConfig::describe()
        }
    }

    fn check(&self, context: &BuildContext) -> Vec<Problem> {
        checkpoint::check(&self.options.model, Task::Embedding, self.device, context).0
    }

    fn build(self, context: &BuildContext) -> Result<Stage, BuildError> {
        let name = &self.options.model;
        let checkpoint = checkpoint::open(name, Task::Embedding, context)?;
        let engine = Engine::load(&checkpoint, self.device)
            .map_err(|reason| checkpoint.refused(name, reason))?;
        let mut config = json!(self);
        config["engine"] = json!(ENGINE);
        let model = EmbeddingModel {
            info: checkpoint.info(),
            languages: checkpoint.manifest.languages,
            embedder: Box::new(engine),
        };
        Ok(postil_embeddings::stage(model, Self::describe(), config))
    }
}
