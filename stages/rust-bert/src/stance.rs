//! `stance.rust-bert`.

use postil_contract::{BuildContext, BuildError, Description, Problem, Stage, StageConfig};
use postil_models::Task;
use postil_stance::{ClassifierModel, CrossEncoderConfig};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::device::Device;
use crate::engine::Engine;
use crate::{ENGINE, checkpoint};

/// Options of `stance.rust-bert`: those of `stance.cross-encoder`, and the device.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct StanceConfig {
    /// The options of `stance.cross-encoder`.
    #[serde(flatten)]
    pub options: CrossEncoderConfig,
    /// Where the network runs: "cpu", or "cuda:0" for a graphics card.
    pub device: Device,
}

impl StageConfig for StanceConfig {
    fn describe() -> Description {
        Description {
            implementation: "stance.rust-bert",
            summary: "stances by any PyTorch classifier that reads target and paragraph together",
            ..CrossEncoderConfig::describe()
        }
    }

    fn check(&self, context: &BuildContext) -> Vec<Problem> {
        let task = Task::SequenceClassification;
        let (mut problems, _) = checkpoint::check(&self.options.model, task, self.device, context);
        problems.extend(self.options.check_options(context));
        problems
    }

    fn build(self, context: &BuildContext) -> Result<Stage, BuildError> {
        let name = &self.options.model;
        let checkpoint = checkpoint::open(name, Task::SequenceClassification, context)?;
        let engine = Engine::load(&checkpoint, self.device)
            .map_err(|reason| checkpoint.refused(name, reason))?;
        let mut config = json!(self);
        config["engine"] = json!(ENGINE);
        let model = ClassifierModel {
            info: checkpoint.info(),
            labels: checkpoint.manifest.labels,
            languages: checkpoint.manifest.languages,
            abstain: checkpoint.manifest.thresholds.get("abstain").copied(),
            reads: checkpoint.manifest.reads,
            classifier: Box::new(engine),
        };
        self.options.around(model, Self::describe(), &config, context)
    }
}
