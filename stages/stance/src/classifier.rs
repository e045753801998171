//! What a stance classifier is to the rest of this crate, and how its labels become Postil's.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use crate::options::Meaning;
use postil_contract::{BuildError, ModelInfo, Problem, StageError, StanceLabel};
use postil_models::{Beside, SEPARATOR};

/// A text to be judged, with the sentences along which it may be cut.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// The target's statement.
    pub target: String,
    /// Whose stance is asked for; empty for the author's, or where the classifier knows no other.
    pub holder: String,
    /// What a reader has read before the text: how the article opens, and the end of the paragraph
    /// before. Empty where there is nothing, or the classifier does not read it.
    pub context: String,
    /// The text.
    pub text: String,
    /// Bytes of its sentences, ascending, without overlap.
    pub sentences: Vec<Range<usize>>,
}

impl Reading {
    /// The first segment of a pair: the target, whose view of it, and the context behind a separator.
    #[must_use]
    pub fn first_segment(&self) -> Cow<'_, str> {
        let mut segment = Cow::Borrowed(self.target.as_str());
        if !self.holder.is_empty() {
            segment = format!("According to {}: {segment}", self.holder).into();
        }
        if !self.context.is_empty() {
            segment = format!("{segment}{SEPARATOR}{}", self.context).into();
        }
        segment
    }
}

/// Judges texts against targets.
///
/// The result of a reading depends on that reading alone, not on the others of the call.
pub trait Classifier: Send + Sync {
    /// One row of probabilities for each reading, in the order of the classifier's own labels.
    ///
    /// # Errors
    /// Where a reading can't be judged.
    fn judge(&self, readings: &[Reading]) -> Result<Vec<Vec<f32>>, StageError>;
}

/// A loaded classifier of any engine, and what the stage has to know of it.
pub struct ClassifierModel {
    /// Name and hash, for the tables.
    pub info: ModelInfo,
    /// The classifier's own labels, in the order of its probabilities.
    pub labels: Vec<String>,
    /// The languages it reads, as ISO 639-1 codes; empty for not known.
    pub languages: Vec<String>,
    /// The probability under which the model abstains, where it states one.
    pub abstain: Option<f32>,
    /// What it was trained to read beside target and text.
    pub reads: Vec<Beside>,
    /// The classifier.
    pub classifier: Box<dyn Classifier>,
}

/// How much each of two opinions counts on whether a text speaks of a target: the powers of their odds,
/// and the odds that are left where both are even.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Opinions {
    pub(crate) classifier: f32,
    pub(crate) gate: f32,
    pub(crate) prior: f32,
}

impl Opinions {
    /// For classifiers of which nothing is known: they look at the same words as the gate, so that
    /// its odds count for less than if the two were independent.
    pub(crate) const USUAL: Self = Self { classifier: 1.0, gate: 0.4, prior: 1.0 };
    /// For a classifier that reads context, which is too ready to see the target in an article on a
    /// near one. A logistic regression on the held-out written articles, the seeds and
    /// `cases/articles` gives powers of 0.5 and 0.4 and a prior of 0.33; these miss less of what speaks
    /// of its target, for a little more that does not.
    pub(crate) const WITH_CONTEXT: Self = Self { classifier: 0.75, gate: 0.4, prior: 0.65 };
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

    /// The same with a second opinion on whether the text speaks of the target, a probability in
    /// favour of it. A classifier that has no class for unrelated texts keeps what it said.
    pub(crate) fn with_relevance(&self, relevance: f32, opinions: &Opinions) -> Self {
        let rest = self.against + self.favor + self.neutral;
        if self.unrelated <= 0.0 || rest <= f32::EPSILON {
            return *self;
        }
        let relevance = relevance.clamp(0.01, 0.99);
        let odds = (rest / self.unrelated).powf(opinions.classifier)
            * (relevance / (1.0 - relevance)).powf(opinions.gate)
            * opinions.prior;
        let related = odds / (1.0 + odds);
        Self {
            against: self.against / rest * related,
            favor: self.favor / rest * related,
            neutral: self.neutral / rest * related,
            unrelated: 1.0 - related,
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
    fn the_first_segment_names_target_holder_and_context() {
        let reading = |holder: &str, context: &str| Reading {
            target: "Zambia should sell its airline".to_owned(),
            holder: holder.to_owned(),
            context: context.to_owned(),
            text: String::new(),
            sentences: Vec::new(),
        };
        assert_eq!(reading("", "").first_segment(), "Zambia should sell its airline");
        assert_eq!(
            reading("Grace Banda", "The wrong airline").first_segment(),
            "According to Grace Banda: Zambia should sell its airline [SEP] The wrong airline"
        );
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
