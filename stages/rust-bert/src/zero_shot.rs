//! `stance.zero-shot`: stances by a model of natural language inference, which was never shown one.
//!
//! The text is the premise, a template with the target the hypothesis: what entails "The author is in
//! favor of wind farms" is for them, what contradicts it against (Yin et al. 2019).

use postil_contract::{
    BuildContext, BuildError, Description, Problem, Stage, StageConfig, StageError,
};
use postil_models::Task;
use postil_stance::{Classifier, ClassifierModel, CrossEncoderConfig, Reading};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::ENGINE;
use crate::checkpoint::{self, Checkpoint};
use crate::device::Device;
use crate::engine::{WindowMean, softmax};
use crate::network::Network;
use crate::pieces::HuggingFace;
use crate::pool::Pool;

/// What a template has in the target's place.
const TARGET: &str = "{target}";

/// Options of `stance.zero-shot`: those of `stance.cross-encoder`, the templates, and the device.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ZeroShotConfig {
    /// The options of `stance.cross-encoder`. There is no default model: `model` names one of natural
    /// language inference, with the labels entailment, neutral and contradiction.
    #[serde(flatten)]
    pub options: CrossEncoderConfig,
    /// Hypotheses that somebody for the target would agree with. The mean over all of them counts. Where
    /// the targets are claims, "The author agrees that {target}." reads better.
    pub templates: Vec<String>,
    /// Where the network runs: "cpu", or "cuda:0" for a graphics card.
    pub device: Device,
}

impl Default for ZeroShotConfig {
    fn default() -> Self {
        Self {
            options: CrossEncoderConfig { model: String::new(), ..CrossEncoderConfig::default() },
            templates: vec![format!("The author is in favor of {TARGET}.")],
            device: Device::default(),
        }
    }
}

impl ZeroShotConfig {
    /// Whether `model` is left out: the options of `stance.cross-encoder` then have their own default.
    fn names_no_model(&self) -> bool {
        self.options.model.is_empty() || self.options.model == CrossEncoderConfig::default().model
    }
}

impl StageConfig for ZeroShotConfig {
    fn describe() -> Description {
        Description {
            implementation: "stance.zero-shot",
            summary: "stances by any PyTorch model of natural language inference, untrained for them",
            ..CrossEncoderConfig::describe()
        }
    }

    fn check(&self, context: &BuildContext) -> Vec<Problem> {
        let mut problems = Vec::new();
        if self.templates.is_empty() {
            problems.push(Problem::new("templates", "expected at least one, found none"));
        }
        for (at, template) in self.templates.iter().enumerate() {
            if !template.contains(TARGET) {
                problems.push(
                    Problem::new(format!("templates[{at}]"), format!("{TARGET} is not in it"))
                        .help(format!(
                            "write it where the target goes: \"The author supports {TARGET}.\""
                        )),
                );
            }
        }
        problems.extend(self.options.check_options(context));
        if self.names_no_model() {
            problems.push(
                Problem::new(
                    "model",
                    "expected the folder of a model of natural language inference",
                )
                .help("Postil comes without one; the README names some"),
            );
            return problems;
        }
        let task = Task::SequenceClassification;
        let (of_model, _) = checkpoint::check(&self.options.model, task, self.device, context);
        problems.extend(of_model);
        problems
    }

    fn build(self, context: &BuildContext) -> Result<Stage, BuildError> {
        let name = &self.options.model;
        let checkpoint = checkpoint::open(name, Task::SequenceClassification, context)?;
        let classifier = ZeroShot::load(&checkpoint, self.templates.clone(), self.device)
            .map_err(|reason| checkpoint.refused(name, reason))?;
        let mut config = json!(self);
        config["engine"] = json!(ENGINE);
        let model = ClassifierModel {
            info: checkpoint.info(),
            labels: checkpoint.manifest.labels,
            languages: checkpoint.manifest.languages,
            abstain: checkpoint.manifest.thresholds.get("abstain").copied(),
            // A hypothesis follows from the text alone or it doesn't.
            reads: Vec::new(),
            classifier: Box::new(classifier),
        };
        self.options.around(model, Self::describe(), &config, context)
    }
}

/// A model of natural language inference that judges stances.
pub struct ZeroShot {
    pieces: HuggingFace,
    pool: Pool,
    templates: Vec<String>,
    labels: usize,
    temperature: f32,
}

impl ZeroShot {
    /// Loads a checkpoint; each of the templates has `{target}` in it.
    ///
    /// # Errors
    /// Where one of its files is missing or damaged, or they do not belong together.
    pub fn load(
        checkpoint: &Checkpoint,
        templates: Vec<String>,
        device: Device,
    ) -> Result<Self, String> {
        let manifest = &checkpoint.manifest;
        Ok(Self {
            pieces: HuggingFace::open(&checkpoint.path, manifest.max_length)?,
            pool: Pool::load(checkpoint, device)?,
            templates,
            labels: manifest.labels.len(),
            temperature: manifest.temperature,
        })
    }

    /// The probabilities of the model's labels, over all windows of the text and all templates.
    fn read(&self, network: &Network, reading: &Reading) -> Result<Vec<f32>, String> {
        let text = self.pieces.encode(&reading.text)?;
        let mut mean = WindowMean::new(self.labels);
        for template in &self.templates {
            let hypothesis = template.replace(TARGET, bare(&reading.target));
            let hypothesis = self.pieces.encode(&hypothesis)?;
            let room = self
                .pieces
                .room_beside(&hypothesis)
                .map_err(|error| format!("target `{}`: {error}", reading.target))?;
            for window in text.windows(&reading.sentences, room) {
                let pieces = window.pieces.clone();
                let sequence = self.pieces.pair(&text, pieces, &hypothesis, 0..hypothesis.len());
                let logits = network.read(&sequence)?;
                mean.add(&softmax(&logits, self.temperature), window.pieces.len());
            }
        }
        Ok(mean.finish())
    }
}

/// A target as it stands inside a sentence.
fn bare(target: &str) -> &str {
    target.trim().trim_end_matches(['.', '!'])
}

impl Classifier for ZeroShot {
    fn judge(&self, readings: &[Reading]) -> Result<Vec<Vec<f32>>, StageError> {
        self.pool
            .with(|network| readings.iter().map(|reading| self.read(network, reading)).collect())
            .map_err(StageError::Failed)
    }
}
