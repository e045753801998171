//! A stance classifier alone, without gate, holders and aggregate: what the scores of models are
//! measured on.

use std::collections::BTreeMap;
use std::path::Path;

use postil_contract::{BuildError, StageError, StanceLabel};

use crate::classifier::{Classifier, Labels, Reading};
use crate::cross_encoder::CrossEncoder;
use crate::hashed::{self, HashedLinear};
use crate::options::Meaning;
use crate::vectors;

/// Probabilities of the four classes, 0 to 1, for one pair of target and text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PairScore {
    /// Of against.
    pub against: f32,
    /// Of favor.
    pub favor: f32,
    /// Of neutral; 0 where the model does not know it.
    pub neutral: f32,
    /// Of unrelated; 0 where the model does not know it.
    pub unrelated: f32,
}

impl PairScore {
    /// The likeliest of some classes; the first of those as likely, `Abstain` of none.
    #[must_use]
    pub fn best_of(&self, classes: &[StanceLabel]) -> StanceLabel {
        let value = |class| match class {
            StanceLabel::Against => self.against,
            StanceLabel::Favor => self.favor,
            StanceLabel::Neutral => self.neutral,
            StanceLabel::Unrelated => self.unrelated,
            StanceLabel::Abstain => 0.0,
        };
        let mut best: Option<StanceLabel> = None;
        for class in classes {
            if best.is_none_or(|best| value(*class) > value(best)) {
                best = Some(*class);
            }
        }
        best.unwrap_or(StanceLabel::Abstain)
    }
}

/// A classifier of either kind, for pairs of target and text.
pub struct PairScorer {
    classifier: Box<dyn Classifier>,
    labels: Labels,
}

impl PairScorer {
    /// Loads a model folder; its architecture decides which classifier reads it.
    ///
    /// # Errors
    /// Where the folder is damaged or its labels are not understood.
    pub fn open(folder: &Path) -> Result<Self, BuildError> {
        let folder = vectors::open(&folder.to_string_lossy(), folder.to_owned())?;
        let classifier: Box<dyn Classifier> = match folder.manifest.architecture.as_str() {
            hashed::ARCHITECTURE => Box::new(HashedLinear::load(&folder)?),
            _ => Box::new(CrossEncoder::load(&folder)?),
        };
        let labels = Labels::new(&folder.manifest.labels, &BTreeMap::<String, Meaning>::new())?;
        Ok(Self { classifier, labels })
    }

    /// Scores pairs of target and text, one result for each, in order. Long texts are windowed.
    ///
    /// # Errors
    /// Where a pair can't be read: its target is too long.
    pub fn score(&self, pairs: &[(String, String)]) -> Result<Vec<PairScore>, StageError> {
        let readings: Vec<Reading> = pairs
            .iter()
            .map(|(target, text)| Reading {
                target: target.clone(),
                holder: String::new(),
                context: String::new(),
                text: text.clone(),
                sentences: Vec::new(),
            })
            .collect();
        let judged = self.classifier.judge(&readings)?;
        Ok(judged
            .iter()
            .map(|own| {
                let classes = self.labels.classes(own);
                PairScore {
                    against: classes.against,
                    favor: classes.favor,
                    neutral: classes.neutral,
                    unrelated: classes.unrelated,
                }
            })
            .collect())
    }
}
