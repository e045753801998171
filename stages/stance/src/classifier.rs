//! What a stance classifier is to the rest of this crate, and how its labels become Postil's.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::options::Meaning;
use postil_contract::{BuildError, Problem, StageError, StanceLabel};

/// A text to be judged, with the sentences along which it may be cut.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reading {
    /// The target's statement.
    pub(crate) target: String,
    /// The text.
    pub(crate) text: String,
    /// Bytes of its sentences, ascending, without overlap.
    pub(crate) sentences: Vec<Range<usize>>,
}

/// Judges texts against targets.
pub(crate) trait Classifier: Send + Sync {
    /// One row of probabilities for each reading, in the order of the classifier's own labels.
    ///
    /// # Errors
    /// Where a reading can't be judged.
    fn judge(&self, readings: &[Reading]) -> Result<Vec<Vec<f32>>, StageError>;
}

/// The four things a classifier can say of a text and a target.
pub(crate) const CLASSES: [StanceLabel; 4] =
    [StanceLabel::Against, StanceLabel::Favor, StanceLabel::Neutral, StanceLabel::Unrelated];

/// A classifier's own labels, and what each means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Labels {
    own: Vec<(String, StanceLabel)>,
}

impl Labels {
    /// Reads the labels; `given` maps those whose names Postil does not know.
    ///
    /// # Errors
    /// Where a label's meaning is not known, `given` names a label that is not there, or neither favor
    /// nor against is among them.
    pub(crate) fn new(
        own: &[String],
        given: &BTreeMap<String, Meaning>,
    ) -> Result<Self, BuildError> {
        let mut problems = Vec::new();
        for name in given.keys().filter(|name| !own.contains(name)) {
            let known = own.iter().map(String::as_str);
            problems.push(Problem::unknown(
                format!("labels.{name}"),
                "label of the model",
                name,
                known,
            ));
        }
        let mut mapped = Vec::new();
        for name in own {
            match given.get(name).map(|given| given.class()).or_else(|| meaning(name)) {
                Some(label) => mapped.push((name.clone(), label)),
                None => problems.push(
                    Problem::new("labels", format!("the meaning of the model's label `{name}` is not known"))
                        .help(format!(
                            "say it: labels = {{ \"{name}\" = \"favor\" }} (or against, neutral, unrelated)"
                        )),
                ),
            }
        }
        for side in [StanceLabel::Favor, StanceLabel::Against] {
            if problems.is_empty() && mapped.iter().all(|(_, label)| *label != side) {
                problems
                    .push(Problem::new("labels", format!("no label of the model means {side}")));
            }
        }
        if problems.is_empty() {
            Ok(Self { own: mapped })
        } else {
            Err(BuildError::Options(problems))
        }
    }

    /// Which of the four classes the classifier can give.
    pub(crate) fn has(&self, class: StanceLabel) -> bool {
        self.own.iter().any(|(_, label)| *label == class)
    }

    /// The classifier's own label for a class: of several that mean it, the first; the class's name
    /// where none does.
    pub(crate) fn own(&self, class: StanceLabel) -> &str {
        let first = self.own.iter().find(|(_, label)| *label == class);
        first.map_or(class.as_str(), |(name, _)| name)
    }

    /// A row of own probabilities as probabilities of the classes.
    pub(crate) fn classes(&self, own: &[f32]) -> Probabilities {
        let mut sums = Probabilities::default();
        for ((_, label), value) in self.own.iter().zip(own) {
            *sums.of_mut(*label) += value.clamp(0.0, 1.0);
        }
        sums
    }
}

/// Names that other models give to stances.
fn meaning(name: &str) -> Option<StanceLabel> {
    const FAVOR: [&str; 11] = [
        "favor",
        "favour",
        "for",
        "pro",
        "support",
        "supports",
        "agree",
        "positive",
        "entailment",
        "in_favor",
        "yes",
    ];
    const AGAINST: [&str; 12] = [
        "against",
        "con",
        "anti",
        "oppose",
        "opposes",
        "undermine",
        "disagree",
        "negative",
        "contradiction",
        "deny",
        "refutes",
        "no",
    ];
    const NEUTRAL: [&str; 6] = ["neutral", "none", "neither", "discuss", "comment", "query"];
    const UNRELATED: [&str; 4] = ["unrelated", "irrelevant", "off_topic", "not_related"];
    let name = name.to_lowercase().replace([' ', '-'], "_");
    let is = |names: &[&str]| names.contains(&name.as_str());
    if is(&FAVOR) {
        Some(StanceLabel::Favor)
    } else if is(&AGAINST) {
        Some(StanceLabel::Against)
    } else if is(&NEUTRAL) {
        Some(StanceLabel::Neutral)
    } else if is(&UNRELATED) {
        Some(StanceLabel::Unrelated)
    } else {
        None
    }
}

/// Probabilities of the four classes.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Probabilities {
    /// Of against.
    pub(crate) against: f32,
    /// Of favor.
    pub(crate) favor: f32,
    /// Of neutral.
    pub(crate) neutral: f32,
    /// Of unrelated.
    pub(crate) unrelated: f32,
}

impl Probabilities {
    /// Certainly neutral.
    pub(crate) const NEUTRAL: Self =
        Self { against: 0.0, favor: 0.0, neutral: 1.0, unrelated: 0.0 };

    /// The probability of a class; 0 for abstain.
    pub(crate) const fn of(&self, class: StanceLabel) -> f32 {
        match class {
            StanceLabel::Against => self.against,
            StanceLabel::Favor => self.favor,
            StanceLabel::Neutral => self.neutral,
            StanceLabel::Unrelated => self.unrelated,
            StanceLabel::Abstain => 0.0,
        }
    }

    const fn of_mut(&mut self, class: StanceLabel) -> &mut f32 {
        match class {
            StanceLabel::Against => &mut self.against,
            StanceLabel::Favor => &mut self.favor,
            StanceLabel::Neutral | StanceLabel::Abstain => &mut self.neutral,
            StanceLabel::Unrelated => &mut self.unrelated,
        }
    }

    /// The likeliest class, the first in the order of [`CLASSES`] of those as likely.
    pub(crate) fn best(&self) -> StanceLabel {
        let mut best = StanceLabel::Against;
        for class in CLASSES {
            if self.of(class) > self.of(best) {
                best = class;
            }
        }
        best
    }

    /// `share` of these and the rest of `other`.
    pub(crate) fn mixed(&self, share: f32, other: &Self) -> Self {
        let mix = |a: f32, b: f32| share * a + (1.0 - share) * b;
        Self {
            against: mix(self.against, other.against),
            favor: mix(self.favor, other.favor),
            neutral: mix(self.neutral, other.neutral),
            unrelated: mix(self.unrelated, other.unrelated),
        }
    }

    /// The same with a second opinion on whether the text speaks of the target: a probability in
    /// favour of it, whose odds count by their `power` (0: not at all, 1: as if it were
    /// independent of the first).
    pub(crate) fn with_relevance(&self, relevance: f32, power: f32) -> Self {
        let rest = self.against + self.favor + self.neutral;
        let relevance = relevance.clamp(0.01, 0.99);
        let odds = (relevance / (1.0 - relevance)).powf(power);
        let sum = rest * odds + self.unrelated;
        if sum <= f32::EPSILON {
            return *self;
        }
        Self {
            against: self.against * odds / sum,
            favor: self.favor * odds / sum,
            neutral: self.neutral * odds / sum,
            unrelated: self.unrelated / sum,
        }
    }

    /// The same given that the text does speak of the target; neutral where nothing else is left.
    pub(crate) fn related(&self) -> Self {
        let rest = self.against + self.favor + self.neutral;
        if rest <= f32::EPSILON {
            return Self::NEUTRAL;
        }
        Self {
            against: self.against / rest,
            favor: self.favor / rest,
            neutral: self.neutral / rest,
            unrelated: 0.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(labels: &[&str]) -> Vec<String> {
        labels.iter().map(|label| (*label).to_owned()).collect()
    }

    #[test]
    fn labels_of_other_models_are_understood() {
        let labels = Labels::new(&names(&["CON", "PRO", "Neither"]), &BTreeMap::new()).unwrap();
        assert_eq!(labels.own(StanceLabel::Against), "CON");
        assert!(!labels.has(StanceLabel::Unrelated));
        assert_eq!(labels.classes(&[0.2, 0.7, 0.1]).best(), StanceLabel::Favor);
    }

    #[test]
    fn an_unknown_label_asks_for_its_meaning() {
        let own = names(&["LABEL_0", "favor", "against"]);
        let error = Labels::new(&own, &BTreeMap::new()).unwrap_err().to_string();
        assert!(error.contains("`LABEL_0`") && error.contains("labels = {"), "{error}");
        let given = BTreeMap::from([("LABEL_0".to_owned(), Meaning::Neutral)]);
        assert!(Labels::new(&own, &given).is_ok());
        let misspelt = BTreeMap::from([("LABEL_O".to_owned(), Meaning::Neutral)]);
        let error = Labels::new(&own, &misspelt).unwrap_err().to_string();
        assert!(error.contains("did you mean `LABEL_0`?"), "{error}");
    }
}
