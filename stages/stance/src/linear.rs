//! `stance.linear`: a linear model over hashed words. Fast, small, and honest about how much it sees.

use std::collections::BTreeMap;

use postil_contract::{
    BuildContext, BuildError, Description, Layer, ModelInfo, Problem, Stage, StageConfig, StageInfo,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::classifier::{Labels, Opinions};
use crate::cross_encoder::{DEFAULT_ABSTAIN, DEFAULT_RELEVANCE, StanceStage, languages};
use crate::hashed::HashedLinear;
use crate::judge::{Judge, NoVectors};
use crate::names::NameSource;
use crate::options::{self, EntityTargets, JudgedUnit, Meaning, Settings};
use crate::target::Profile;
use crate::vectors;

/// Options of `stance.linear`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct LinearConfig {
    /// The classifier: a model folder of the architecture `hashed-linear`, by name or path.
    pub model: String,
    /// What the model's labels mean, where their names do not say it: `{ LABEL_0 = "against" }`.
    pub labels: BTreeMap<String, Meaning>,
    /// What gets a stance of its own: `paragraph` or `sentence`.
    pub unit: JudgedUnit,
    /// Paragraphs whose relevance (0 to 1) is under this are not judged. The gate reads mentions
    /// alone.
    pub relevance: f32,
    /// Whether every text is taken to speak of every target, whatever the gate and the model say: for
    /// texts that were chosen for it, such as comments on one proposal.
    pub assume_related: bool,
    /// Stances whose probability (0 to 1) is under this become `abstain`; the model's own threshold
    /// where none is given, 0.5 where it has none.
    pub abstain: Option<f32>,
    /// Whether views that the text reports are rows of their own holders, and not the author's.
    pub holders: bool,
    /// Where names come from: `capitals` (capitalised words) or `entities` (the entities layer, which
    /// the stage then needs).
    pub names: NameSource,
    /// How many of the article's own main entities are targets (which needs the entities layer); 0
    /// for none.
    pub entity_targets: usize,
    /// When they are: `no_other` (where neither config nor input names a target) or `always`.
    pub entity_targets_when: EntityTargets,
}

impl Default for LinearConfig {
    fn default() -> Self {
        Self {
            model: "stance-linear".to_owned(),
            labels: BTreeMap::new(),
            unit: JudgedUnit::Paragraph,
            relevance: DEFAULT_RELEVANCE,
            assume_related: false,
            abstain: None,
            holders: true,
            names: NameSource::Capitals,
            entity_targets: 0,
            entity_targets_when: EntityTargets::NoOther,
        }
    }
}

const VERSION: u32 = 3;

impl LinearConfig {
    fn needs(&self) -> Vec<Layer> {
        options::needs(false, self.names, self.entity_targets)
    }
}

impl StageConfig for LinearConfig {
    fn describe() -> Description {
        Description {
            implementation: "stance.linear",
            summary: "stances by a linear model over hashed words: fast, small, a baseline",
            needs: Self::default().needs(),
            provides: Layer::Stances,
        }
    }

    fn check(&self, context: &BuildContext) -> Vec<Problem> {
        let mut problems = options::check(Some(self.relevance), self.abstain, context);
        problems.extend(context.check_model(&self.model));
        problems
    }

    fn build(self, context: &BuildContext) -> Result<Stage, BuildError> {
        let folder = vectors::open(&self.model, context.model(&self.model)?)?;
        let classifier = HashedLinear::load(&folder)?;
        let labels = Labels::new(&folder.manifest.labels, &self.labels)?;
        let abstain = self.abstain.or_else(|| folder.manifest.thresholds.get("abstain").copied());
        let abstain = abstain.unwrap_or(DEFAULT_ABSTAIN);
        let more = BTreeMap::from([("abstain", serde_json::json!(abstain))]);
        let info = StageInfo {
            implementation: Self::describe().implementation.to_owned(),
            version: VERSION,
            needs: self.needs(),
            provides: Layer::Stances,
            model: Some(ModelInfo {
                name: folder.manifest.name.clone(),
                sha256: folder.weights_sha256.clone(),
            }),
            config: options::in_force(&self, &context.targets, more),
            languages: languages(&folder.manifest.languages),
        };
        let judge = Judge {
            classifier: Box::new(classifier),
            vectors: Box::new(NoVectors),
            labels,
            targets: context.targets.iter().map(|t| Profile::new(t.clone(), None)).collect(),
            settings: Settings {
                unit: self.unit,
                relevance: self.relevance,
                assume_related: self.assume_related,
                abstain,
                holders: self.holders,
                names: self.names,
                entity_targets: self.entity_targets,
                entity_targets_when: self.entity_targets_when,
            },
            reads: Vec::new(),
            opinions: Opinions::USUAL,
            model: folder.manifest.name.clone(),
        };
        Ok(Stage::map(StanceStage { info, judge }))
    }
}
