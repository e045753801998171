//! `stance.cross-encoder`: a BERT classifier that reads the target and the paragraph together.

use std::borrow::Cow;
use std::collections::BTreeMap;

use postil_contract::{
    ArticleView, BuildContext, BuildError, Description, Layer, LayerSet, MapStage, ModelInfo,
    Problem, Stage, StageConfig, StageError, StageInfo, StanceLabel,
};
use postil_models::{Beside, Input, ModelFolder, PairInput, SequenceClassifier};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::classifier::{Classifier, ClassifierModel, Labels, Opinions, Reading};
use crate::judge::{Judge, NoVectors, Vectors};
use crate::names::NameSource;
use crate::options::{self, EntityTargets, JudgedUnit, Meaning, Settings};
use crate::target::Profile;
use crate::vectors::{self, GateModel};

/// What tells whether a paragraph speaks of a target.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GateKind {
    /// Vectors of paragraphs and targets, and mentions.
    #[default]
    Embeddings,
    /// Mentions alone: faster, and blind to other words for the same thing.
    Mentions,
}

/// Options of `stance.cross-encoder`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct CrossEncoderConfig {
    /// The classifier: a model folder for pairs of target and text, by name or path.
    pub model: String,
    /// What the model's labels mean, where their names do not say it: `{ LABEL_0 = "against" }`.
    pub labels: BTreeMap<String, Meaning>,
    /// What gets a stance of its own: `paragraph` or `sentence`.
    pub unit: JudgedUnit,
    /// What tells whether a paragraph speaks of a target: `embeddings` (and mentions) or `mentions`.
    pub gate: GateKind,
    /// The embeddings model of the gate. The vectors of the embeddings layer are used where they are
    /// of this model; otherwise the stage makes its own.
    pub gate_model: String,
    /// Paragraphs whose relevance (0 to 1) is under this are not judged. Where none is given: 0.06 with
    /// the gate `embeddings` and a model that has a label for unrelated texts, 0.5 otherwise.
    pub relevance: Option<f32>,
    /// Whether every text is taken to speak of every target, whatever the gate and the model say: for
    /// texts that were chosen for it, such as comments on one proposal.
    pub assume_related: bool,
    /// Stances whose probability (0 to 1) is under this become `abstain`; the model's own threshold
    /// where none is given, 0.5 where it has none.
    pub abstain: Option<f32>,
    /// Whether views that the text reports are rows of their own holders, and not the author's.
    pub holders: bool,
    /// Where names come from: `entities` (the entities layer) or `capitals` (capitalised words).
    pub names: NameSource,
    /// How many of the article's own main entities are targets; 0 for none.
    pub entity_targets: usize,
    /// When they are: `no_other` (where neither config nor input names a target) or `always`.
    pub entity_targets_when: EntityTargets,
}

impl Default for CrossEncoderConfig {
    fn default() -> Self {
        Self {
            model: "stance-minilm-l6".to_owned(),
            labels: BTreeMap::new(),
            unit: JudgedUnit::Paragraph,
            gate: GateKind::Embeddings,
            gate_model: "minilm-l6".to_owned(),
            relevance: None,
            assume_related: false,
            abstain: None,
            holders: true,
            names: NameSource::Entities,
            entity_targets: DEFAULT_ENTITY_TARGETS,
            entity_targets_when: EntityTargets::NoOther,
        }
    }
}

/// The relevance from which on a paragraph is judged, where the gate alone decides.
pub(crate) const DEFAULT_RELEVANCE: f32 = 0.5;
/// The same where the classifier decides, and the gate only spares it what is far away.
const CANDIDATE_RELEVANCE: f32 = 0.06;
/// Main entities judged where nobody names a target.
pub(crate) const DEFAULT_ENTITY_TARGETS: usize = 3;
/// The threshold of a model that states none.
pub(crate) const DEFAULT_ABSTAIN: f32 = 0.5;

const VERSION: u32 = 4;

impl CrossEncoderConfig {
    fn needs(&self) -> Vec<Layer> {
        options::needs(self.gate == GateKind::Embeddings, self.names, self.entity_targets)
    }
}

/// The gate's source of vectors; with a model, its hash and the vectors of the config's targets.
type Gate = (Box<dyn Vectors>, Option<(String, Vec<Vec<f32>>)>);

impl StageConfig for CrossEncoderConfig {
    fn describe() -> Description {
        Description {
            implementation: "stance.cross-encoder",
            summary: "stances by a BERT classifier that reads target and paragraph together",
            needs: Self::default().needs(),
            provides: Layer::Stances,
        }
    }

    fn check(&self, context: &BuildContext) -> Vec<Problem> {
        let mut problems = self.check_options(context);
        problems.extend(context.check_model(&self.model));
        problems
    }

    fn build(self, context: &BuildContext) -> Result<Stage, BuildError> {
        let folder = vectors::open(&self.model, context.model(&self.model)?)?;
        let classifier = CrossEncoder::load(&folder)?;
        let ModelFolder { manifest, weights_sha256, .. } = folder;
        let model = ClassifierModel {
            info: ModelInfo { name: manifest.name, sha256: weights_sha256 },
            labels: manifest.labels,
            languages: manifest.languages,
            abstain: manifest.thresholds.get("abstain").copied(),
            reads: manifest.reads,
            classifier: Box::new(classifier),
        };
        self.around(model, Self::describe(), &self, context)
    }
}

impl CrossEncoderConfig {
    /// Problems of the options but for the classifier's model.
    #[must_use]
    pub fn check_options(&self, context: &BuildContext) -> Vec<Problem> {
        let mut problems = options::check(self.relevance, self.abstain, context);
        if self.gate == GateKind::Embeddings
            && let Some(problem) = context.check_model(&self.gate_model)
        {
            problems.push(Problem { path: "gate_model".to_owned(), ..problem });
        }
        problems
    }

    /// The stage with these options around a classifier of any engine. `config` is all options of
    /// that stage, as they are written down with a run.
    ///
    /// # Errors
    /// Where the model's labels are not understood, or the gate's model can't be loaded.
    pub fn around(
        &self,
        model: ClassifierModel,
        description: Description,
        config: &impl Serialize,
        context: &BuildContext,
    ) -> Result<Stage, BuildError> {
        let labels = Labels::new(&model.labels, &self.labels)?;
        let (gate, vectors): Gate = match self.gate {
            GateKind::Mentions => (Box::new(NoVectors), None),
            GateKind::Embeddings => {
                let model = GateModel::open(&self.gate_model, context)?;
                let statements: Vec<&str> =
                    context.targets.iter().map(|target| target.statement.as_str()).collect();
                let vectors = match statements.is_empty() {
                    true => Vec::new(),
                    false => model.embed_once(&statements)?,
                };
                let sha256 = model.sha256().to_owned();
                (Box::new(model), Some((sha256, vectors)))
            }
        };
        let decides = self.gate == GateKind::Embeddings && labels.has(StanceLabel::Unrelated);
        let default = if decides { CANDIDATE_RELEVANCE } else { DEFAULT_RELEVANCE };
        let relevance = self.relevance.unwrap_or(default);
        let with_context =
            self.gate == GateKind::Embeddings && model.reads.contains(&Beside::Context);
        let opinions = if with_context { Opinions::WITH_CONTEXT } else { Opinions::USUAL };
        let mut more = BTreeMap::new();
        more.insert("relevance", serde_json::json!(relevance));
        let abstain = self.abstain.or(model.abstain).unwrap_or(DEFAULT_ABSTAIN);
        more.insert("abstain", serde_json::json!(abstain));
        let mut of_targets: Vec<Option<Vec<f32>>> = vec![None; context.targets.len()];
        if let Some((sha256, vectors)) = vectors {
            more.insert("gate_model_sha256", serde_json::json!(sha256));
            of_targets = vectors.into_iter().map(Some).collect();
        }
        let targets = context
            .targets
            .iter()
            .cloned()
            .zip(of_targets)
            .map(|(target, vector)| Profile::new(target, vector))
            .collect();
        let info = StageInfo {
            implementation: description.implementation.to_owned(),
            version: VERSION,
            needs: self.needs(),
            provides: description.provides,
            model: Some(model.info.clone()),
            config: options::in_force(config, &context.targets, more),
            languages: languages(&model.languages),
        };
        let judge = Judge {
            classifier: model.classifier,
            vectors: gate,
            labels,
            targets,
            settings: Settings {
                unit: self.unit,
                relevance,
                assume_related: self.assume_related,
                abstain,
                holders: self.holders,
                names: self.names,
                entity_targets: self.entity_targets,
                entity_targets_when: self.entity_targets_when,
            },
            reads: model.reads,
            opinions,
            model: model.info.name,
        };
        Ok(Stage::map(StanceStage { info, judge }))
    }
}

/// The languages of a model, `None` where it states none.
pub(crate) fn languages(of_model: &[String]) -> Option<Vec<String>> {
    (!of_model.is_empty()).then(|| of_model.to_vec())
}

/// Either stance stage.
pub(crate) struct StanceStage {
    pub(crate) info: StageInfo,
    pub(crate) judge: Judge,
}

impl MapStage for StanceStage {
    fn info(&self) -> &StageInfo {
        &self.info
    }

    fn annotate(&self, batch: &[ArticleView<'_>]) -> Vec<Result<LayerSet, StageError>> {
        batch.iter().map(|view| self.judge.annotate(view)).collect()
    }
}

/// The classifier behind the stage.
pub(crate) struct CrossEncoder {
    model: SequenceClassifier,
}

impl CrossEncoder {
    /// Loads a model folder for pairs.
    ///
    /// # Errors
    /// Where the folder is for another task or damaged.
    pub(crate) fn load(folder: &ModelFolder) -> Result<Self, BuildError> {
        let model = SequenceClassifier::load(folder).map_err(|error| BuildError::Model {
            name: folder.manifest.name.clone(),
            path: folder.path.clone(),
            reason: error.to_string(),
        })?;
        Ok(Self { model })
    }
}

impl Classifier for CrossEncoder {
    fn judge(&self, readings: &[Reading]) -> Result<Vec<Vec<f32>>, StageError> {
        let firsts: Vec<Cow<'_, str>> = readings.iter().map(Reading::first_segment).collect();
        let pairs: Vec<PairInput<'_>> = readings
            .iter()
            .zip(&firsts)
            .map(|(reading, first)| PairInput {
                first,
                second: Input::new(&reading.text, &reading.sentences),
            })
            .collect();
        let scores = self.model.classify_pairs(&pairs).map_err(StageError::failed)?;
        scores
            .into_iter()
            .zip(readings)
            .map(|(score, reading)| match score {
                Ok(score) => Ok(score.probabilities()),
                Err(error) => {
                    Err(StageError::Failed(format!("target `{}`: {error}", reading.target)))
                }
            })
            .collect()
    }
}
