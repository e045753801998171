//! `entities.rust-bert`.

use postil_contract::{BuildContext, BuildError, Description, Problem, Stage, StageConfig};
use postil_entities::{ClassifierModel, TransformerConfig};
use postil_models::Task;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::device::Device;
use crate::engine::Engine;
use crate::{ENGINE, checkpoint};

/// Options of `entities.rust-bert`: those of `entities.transformer`, and the device.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct EntitiesConfig {
    /// The options of `entities.transformer`.
    #[serde(flatten)]
    pub options: TransformerConfig,
    /// Where the network runs: "cpu", or "cuda:0" for a graphics card.
    pub device: Device,
}

impl StageConfig for EntitiesConfig {
    fn describe() -> Description {
        Description {
            implementation: "entities.rust-bert",
            summary: "names, places, peoples, events and dates, by any PyTorch token classifier",
            ..TransformerConfig::describe()
        }
    }

    fn check(&self, context: &BuildContext) -> Vec<Problem> {
        let task = Task::TokenClassification;
        let (mut problems, labels) =
            checkpoint::check(&self.options.model, task, self.device, context);
        problems.extend(self.options.check_options(labels.as_deref()));
        problems
    }

    fn build(self, context: &BuildContext) -> Result<Stage, BuildError> {
        let name = &self.options.model;
        let checkpoint = checkpoint::open(name, Task::TokenClassification, context)?;
        let engine = Engine::load(&checkpoint, self.device)
            .map_err(|reason| checkpoint.refused(name, reason))?;
        let mut config = json!(self);
        config["engine"] = json!(ENGINE);
        let model = ClassifierModel {
            info: checkpoint.info(),
            labels: checkpoint.manifest.labels,
            languages: checkpoint.manifest.languages,
            classifier: Box::new(engine),
        };
        Ok(self.options.around(model, Self::describe(), config))
    }
}
