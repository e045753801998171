//! Options that both implementations share.

use std::collections::BTreeMap;

use postil_contract::{BuildContext, Layer, Problem, StanceLabel, Target};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::names::NameSource;

/// What gets a stance of its own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum JudgedUnit {
    /// Each paragraph.
    #[default]
    Paragraph,
    /// Each sentence.
    Sentence,
}

/// When an article's own main entities are targets.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EntityTargets {
    /// Where neither the config nor the input names a target.
    #[default]
    NoOther,
    /// Always, beside those.
    Always,
}

/// What a label of a model means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Meaning {
    /// For the target.
    Favor,
    /// Against it.
    Against,
    /// Speaks of it without taking a side.
    Neutral,
    /// Does not speak of it.
    Unrelated,
}

impl Meaning {
    pub(crate) const fn class(self) -> StanceLabel {
        match self {
            Self::Favor => StanceLabel::Favor,
            Self::Against => StanceLabel::Against,
            Self::Neutral => StanceLabel::Neutral,
            Self::Unrelated => StanceLabel::Unrelated,
        }
    }
}

/// What the common part of both stages goes by.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Settings {
    pub(crate) unit: JudgedUnit,
    pub(crate) relevance: f32,
    pub(crate) assume_related: bool,
    pub(crate) abstain: f32,
    pub(crate) holders: bool,
    pub(crate) names: NameSource,
    pub(crate) entity_targets: usize,
    pub(crate) entity_targets_when: EntityTargets,
}

/// The layers that a stage with these options reads.
pub(crate) fn needs(vectors: bool, names: NameSource, entity_targets: usize) -> Vec<Layer> {
    let mut needs = vec![Layer::Paragraphs, Layer::Sentences];
    if vectors {
        needs.push(Layer::Embeddings);
    }
    if names == NameSource::Entities || entity_targets > 0 {
        needs.push(Layer::Entities);
    }
    needs
}

/// Problems of the numbers, and of the config's targets.
pub(crate) fn check(
    relevance: Option<f32>,
    abstain: Option<f32>,
    context: &BuildContext,
) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (key, value) in [("relevance", relevance), ("abstain", abstain)] {
        if let Some(value) = value.filter(|value| !(0.0..=1.0).contains(value)) {
            problems
                .push(Problem::new(key, format!("expected a number from 0 to 1, found {value}")));
        }
    }
    for (at, target) in context.targets.iter().enumerate() {
        if target.statement.trim().is_empty() {
            problems.push(
                Problem::new(format!("targets[{at}].statement"), "expected a claim, found nothing")
                    .help("write what one can be for or against: \"Taxes on sugar should rise\""),
            );
        }
        if context.targets.iter().take(at).any(|other| other.id == target.id) {
            problems.push(
                Problem::new(format!("targets[{at}].id"), format!("`{}` stands twice", target.id))
                    .help("give each target an id of its own"),
            );
        }
    }
    problems
}

/// The options as they are written down with a run: defaults filled in, with the targets and
/// whatever else decides the rows.
pub(crate) fn in_force(
    config: &impl Serialize,
    targets: &[Target],
    more: BTreeMap<&str, serde_json::Value>,
) -> serde_json::Value {
    let mut value = serde_json::to_value(config).unwrap_or_default();
    if let Some(object) = value.as_object_mut() {
        object.insert("targets".to_owned(), serde_json::to_value(targets).unwrap_or_default());
        for (key, more) in more {
            object.insert(key.to_owned(), more);
        }
    }
    value
}
