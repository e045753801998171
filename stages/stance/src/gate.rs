//! The relevance gate: does a paragraph speak of a target?
//!
//! It is cheap, and lets few pairs through to the classifier. What it looks at is an [`Evidence`];
//! what it makes of that, [`Evidence::relevance`].

use std::collections::BTreeSet;

use postil_contract::{Embeddings, Unit};

use crate::anaphora;
use crate::document::{Document, Passage};
use crate::target::{Profile, TargetName};
use crate::words::Word;

/// What speaks for a paragraph being about a target. All values lie between 0 and 1, but for the
/// cosine, which lies between -1 and 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Evidence {
    /// Whether one of the target's aliases stands in the paragraph.
    pub(crate) alias: bool,
    /// Share of the names in the target's statement that stand in the paragraph, as far as the article
    /// allows to call it so; `None` where the statement has no name.
    pub(crate) names: Option<f32>,
    /// Whether the statement has a name as its subject and the paragraph does not have it.
    pub(crate) subject_missing: bool,
    /// Whether the statement has names and topic words, and none of the latter stands anywhere in the
    /// article: it speaks of the same people in another matter.
    pub(crate) matter_missing: bool,
    /// Whether the statement has several names and the article has not the one that the statement is
    /// about, but others of them: it speaks of the same matter between other parties.
    pub(crate) other_party: bool,
    /// Whether the statement has several names: where its matter is missing, too, the article speaks of
    /// the same parties in another matter.
    pub(crate) several_names: bool,
    /// Share of the other topic words of the statement that stand in the paragraph.
    pub(crate) topic: f32,
    /// Cosine of the paragraph's vector, or of the nearest of its sentences', and the target's; `None`
    /// where there are no vectors.
    pub(crate) cosine: Option<f32>,
    /// How much of the target stands anywhere in the article; 0 where the article can't speak of it.
    pub(crate) present: f32,
    /// How much the article's beginning speaks of the target.
    pub(crate) about: f32,
    /// How near the article comes to the target: the mean cosine of its three nearest paragraphs;
    /// `None` where there are no vectors.
    pub(crate) nearest: Option<f32>,
    /// How strongly the paragraph points back to something named before.
    pub(crate) back: f32,
    /// How much the heading above the paragraph speaks of the target.
    pub(crate) heading: f32,
}

/// With vectors: a logistic regression on the 1,800 paragraphs of the written articles that train the
/// classifier, each with its article's own targets and with some of other articles. Of the
/// paragraphs that speak of what their article is about 93 % have at least 0.06; of those with a
/// target of another article 2 %.
mod with_vectors {
    pub(super) const BIAS: f32 = -5.45;
    pub(super) const ALIAS: f32 = 4.25;
    pub(super) const TOPIC: f32 = 2.8;
    pub(super) const MATTER_MISSING: f32 = -0.94;
    /// Set by hand: the written articles have few such targets.
    pub(super) const OTHER_PARTY: f32 = -6.0;
    /// The same.
    pub(super) const OTHER_MATTER: f32 = -4.0;
    pub(super) const COSINE: f32 = 2.77;
    pub(super) const NEAREST: f32 = 6.55;
    /// Cosines of MiniLM-like models between which a paragraph goes from foreign to near.
    pub(super) const COSINE_RANGE: (f32, f32) = (0.05, 0.65);
    /// The same of an article's nearest paragraphs.
    pub(super) const NEAREST_RANGE: (f32, f32) = (0.15, 0.7);
}

/// Weights of the sum under the logistic function, one for each kind of evidence.
struct Weights {
    bias: f32,
    alias: f32,
    names: f32,
    subject_missing: f32,
    matter_missing: f32,
    topic: f32,
    about: f32,
    back: f32,
    heading: f32,
}

/// Without vectors words alone have to carry it; set by hand.
const MENTIONS_ALONE: Weights = Weights {
    bias: -3.0,
    alias: 3.0,
    names: 2.0,
    subject_missing: -2.0,
    matter_missing: -2.0,
    topic: 2.5,
    about: 1.5,
    back: 2.0,
    heading: 0.5,
};

/// How much an article that is about the target takes from the weight of a missing subject.
const ABOUT_EXCUSES: f32 = 0.6;

impl Evidence {
    /// How much the paragraph speaks of the target, 0 to 1: a logistic function of the weighted
    /// evidence.
    pub(crate) fn relevance(&self) -> f32 {
        match (self.cosine, self.nearest) {
            (Some(cosine), Some(nearest)) => self.by_vectors(cosine, nearest),
            _ => self.by_mentions(),
        }
    }

    fn by_vectors(&self, cosine: f32, nearest: f32) -> f32 {
        use with_vectors::*;
        logistic(
            BIAS + ALIAS * flag(self.alias)
                + TOPIC * self.topic
                + MATTER_MISSING * flag(self.matter_missing && !self.alias)
                + OTHER_PARTY * flag(self.other_party && !self.alias)
                + OTHER_MATTER * flag(self.several_names && self.matter_missing && !self.alias)
                + COSINE * ramp(cosine, COSINE_RANGE)
                + NEAREST * ramp(nearest, NEAREST_RANGE),
        )
    }

    /// 0 where the article lacks what the target is about.
    fn by_mentions(&self) -> f32 {
        if self.present <= 0.0 {
            return 0.0;
        }
        let weights = MENTIONS_ALONE;
        // A pointer back points to the target only as far as the article is about it. Nor does such
        // an article name its subject in every paragraph.
        let excuse = (1.0 - self.back * self.about) * (1.0 - ABOUT_EXCUSES * self.about);
        let sum = weights.bias
            + weights.alias * flag(self.alias)
            + weights.names * self.names.unwrap_or(self.topic)
            + weights.subject_missing * flag(self.subject_missing) * excuse
            + weights.matter_missing * flag(self.matter_missing && !self.alias)
            + weights.topic * self.topic
            + weights.about * self.about
            + weights.back * self.back * self.about
            + weights.heading * self.heading;
        logistic(sum)
    }
}

fn flag(value: bool) -> f32 {
    if value { 1.0 } else { 0.0 }
}

fn logistic(sum: f32) -> f32 {
    1.0 / (1.0 + (-sum).exp())
}

/// The evidence of one target in one article.
pub(crate) struct Gate<'a, 'd> {
    document: &'a Document<'d>,
    profile: &'a Profile,
    vectors: Option<&'a Embeddings>,
    /// For each name of the statement: whether the article has it in full.
    in_full: Vec<bool>,
    matter_missing: bool,
    other_party: bool,
    present: f32,
    about: f32,
    nearest: Option<f32>,
}

/// Paragraphs whose cosines tell how near an article comes to a target.
const NEAREST_PARAGRAPHS: usize = 3;

/// What an article has of a target whose names all stand in it and whose topic words nowhere do:
/// it speaks of the same people, most likely in another matter.
const ACTORS_ALONE: f32 = 0.2;
/// What it has of a target without names whose topic words nowhere stand: it may say it in other
/// words.
const NO_TOPIC: f32 = 0.5;

/// Content paragraphs that count as an article's beginning.
const BEGINNING: usize = 3;

impl<'a, 'd> Gate<'a, 'd> {
    /// Reads the article as a whole.
    pub(crate) fn new(
        document: &'a Document<'d>,
        profile: &'a Profile,
        vectors: Option<&'a Embeddings>,
    ) -> Self {
        let vectors = vectors.filter(|_| profile.vector.is_some());
        let everything = || {
            document
                .passages
                .iter()
                .map(|passage| passage.words.as_slice())
                .chain([&*document.title])
        };
        let in_full: Vec<bool> = profile
            .names
            .iter()
            .map(|name| everything().any(|words| find_name(words, name) == Found::Full))
            .collect();
        let stems = |words: &[Word]| words.iter().any(|w| profile.topic.contains(&w.stem));
        let matter_missing = !profile.names.is_empty()
            && !profile.topic.is_empty()
            && !everything().any(|words| stems(words) || has_alias(words, &profile.aliases));
        let is_there =
            |name: &TargetName| everything().any(|words| find_name(words, name) != Found::Not);
        let (subjects, others): (Vec<_>, Vec<_>) =
            profile.names.iter().zip(&in_full).partition(|(name, _)| name.subject);
        let other_party = !subjects.is_empty()
            && !subjects.iter().any(|(name, _)| is_there(name))
            && others.iter().any(|(_, full)| **full);
        let (present, about) = (0.0, 0.0);
        let nearest = None;
        let mut gate = Self {
            document,
            profile,
            vectors,
            in_full,
            matter_missing,
            other_party,
            present,
            about,
            nearest,
        };
        gate.nearest = gate.nearest();
        gate.present = gate.presence(everything());
        gate.about = gate.present * gate.beginning();
        gate
    }

    /// How much of the target stands in the article: 1 where an alias does; else the share of the
    /// names, less what is missing of the topic; 0 without the name that the statement is about.
    fn presence<'w>(&self, everything: impl Iterator<Item = &'w [Word]> + Clone) -> f32 {
        if everything.clone().any(|words| has_alias(words, &self.profile.aliases)) {
            return 1.0;
        }
        let mut found = 0.0;
        for (name, full) in self.profile.names.iter().zip(&self.in_full) {
            let part = everything.clone().any(|words| find_name(words, name) != Found::Not);
            if !full && !part && name.subject {
                return 0.0;
            }
            found += if *full { 1.0 } else { 0.0 };
        }
        let names = share(found, self.profile.names.len());
        let stems: BTreeSet<&str> =
            everything.flat_map(|words| words.iter().map(|word| word.stem.as_str())).collect();
        let topic = self.profile.topic.iter().filter(|stem| stems.contains(stem.as_str())).count();
        let topic = share(topic as f32, self.profile.topic.len());
        let (names, floor) = names.map_or((1.0, NO_TOPIC), |names| (names, ACTORS_ALONE));
        names * (floor + (1.0 - floor) * topic.unwrap_or(1.0))
    }

    /// The mean cosine of the nearest paragraphs.
    fn nearest(&self) -> Option<f32> {
        let mut cosines: Vec<f32> = self
            .document
            .passages
            .iter()
            .map(|passage| self.paragraph_cosine(passage))
            .collect::<Option<_>>()?;
        cosines.sort_by(|a, b| b.total_cmp(a));
        cosines.truncate(NEAREST_PARAGRAPHS);
        Some(cosines.iter().sum::<f32>() / cosines.len().max(1) as f32)
    }

    /// How much of the target stands in the article's beginning, 0 to 1.
    fn beginning(&self) -> f32 {
        let first = self.document.passages.iter().take(BEGINNING);
        let words = first.map(|passage| passage.words.as_slice()).chain([&*self.document.title]);
        words.map(|words| self.overlap(words)).fold(0.0, f32::max)
    }

    /// Share of the statement's names and topic words in some words; 1 for an alias.
    fn overlap(&self, words: &[Word]) -> f32 {
        if has_alias(words, &self.profile.aliases) {
            return 1.0;
        }
        let topic = self.topic(words);
        match self.names(words) {
            Some(names) if self.profile.topic.is_empty() => names,
            Some(names) => 0.6 * names + 0.4 * topic,
            None => topic,
        }
    }

    fn topic(&self, words: &[Word]) -> f32 {
        let found = self.profile.topic.iter().filter(|stem| words.iter().any(|w| w.stem == **stem));
        share(found.count() as f32, self.profile.topic.len()).unwrap_or(0.0)
    }

    fn names(&self, words: &[Word]) -> Option<f32> {
        let found: f32 = self
            .profile
            .names
            .iter()
            .zip(&self.in_full)
            .map(|(n, full)| credit(words, n, *full))
            .sum();
        share(found, self.profile.names.len())
    }

    /// The evidence for a paragraph.
    pub(crate) fn evidence(&self, passage: &Passage<'_>) -> Evidence {
        let heading = passage.heading.and_then(|at| self.document.passages.get(at));
        let cosine = self.paragraph_cosine(passage);
        Evidence {
            heading: heading.map_or(0.0, |heading| self.overlap(&heading.words)),
            ..self.of_words(&passage.words, cosine)
        }
    }

    /// The evidence for a sentence of a paragraph: of its own words and vector, with nothing of
    /// what stands around it.
    pub(crate) fn sentence_evidence(
        &self,
        passage: &Passage<'_>,
        sentence_idx: u32,
        range: &std::ops::Range<usize>,
    ) -> Evidence {
        let target = self.profile.vector.as_deref();
        let cosine = self.vectors.zip(target).map(|(vectors, target)| {
            let vector = vectors.sentence(sentence_idx as usize);
            vector.and_then(|vector| cosine(vector, target)).unwrap_or(0.0)
        });
        self.of_words(passage.words_in(range), cosine)
    }

    fn of_words(&self, words: &[Word], cosine: Option<f32>) -> Evidence {
        let names = self.names(words);
        // A target that is a name is its own alias.
        let named = self.profile.is_name() && names.is_some_and(|share| share > 0.0);
        let alias = named || has_alias(words, &self.profile.aliases);
        let mut subjects = self.profile.names.iter().zip(&self.in_full).filter(|(n, _)| n.subject);
        let subject_missing =
            !alias && subjects.any(|(name, full)| credit(words, name, *full) == 0.0);
        Evidence {
            alias,
            names,
            subject_missing,
            matter_missing: self.matter_missing,
            other_party: self.other_party,
            several_names: self.profile.names.len() > 1,
            topic: self.topic(words),
            cosine,
            present: self.present,
            about: self.about,
            nearest: self.nearest,
            back: anaphora::strength(words),
            heading: 0.0,
        }
    }

    /// The cosine of the paragraph or, where one of its sentences is nearer, of that with a little
    /// less weight: a long paragraph may speak of the target in one sentence.
    fn paragraph_cosine(&self, passage: &Passage<'_>) -> Option<f32> {
        const SENTENCE_SHARE: f32 = 0.9;
        let (vectors, target) = (self.vectors?, self.profile.vector.as_deref()?);
        let whole = unit_vector(vectors, passage);
        let whole = whole.and_then(|vector| cosine(vector, target)).unwrap_or(0.0);
        let best = passage
            .sentences
            .iter()
            .filter_map(|(idx, _)| cosine(vectors.sentence(*idx as usize)?, target))
            .fold(0.0, f32::max);
        Some(whole.max(SENTENCE_SHARE * best))
    }
}

fn unit_vector<'e>(vectors: &'e Embeddings, passage: &Passage<'_>) -> Option<&'e [f32]> {
    match passage.unit {
        Unit::Sentence => vectors.sentence(passage.unit_idx as usize),
        Unit::Paragraph | Unit::Article => vectors.paragraph(passage.unit_idx as usize),
    }
}

/// How much of a name stands in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found {
    Full,
    /// Its last word (`Trump`, `the Accords`).
    Head,
    /// A word made from it (`Pakistani`).
    Derived,
    Not,
}

fn find_name(words: &[Word], name: &TargetName) -> Found {
    if has_run(words, &name.stems) {
        return Found::Full;
    }
    match name.stems.as_slice() {
        [single] => {
            let derived = single.chars().count() >= MIN_ROOT
                && words.iter().any(|word| word.lower.starts_with(single.as_str()));
            if derived { Found::Derived } else { Found::Not }
        }
        [.., last] if words.iter().any(|word| word.stem == *last) => Found::Head,
        _ => Found::Not,
    }
}

/// Letters that a name needs before words that begin with it count as made from it.
const MIN_ROOT: usize = 4;

/// What a name counts: its last word alone counts only where the article has the full name.
fn credit(words: &[Word], name: &TargetName, in_full: bool) -> f32 {
    match find_name(words, name) {
        Found::Full => 1.0,
        Found::Head if in_full => 0.8,
        Found::Derived => 0.8,
        Found::Head | Found::Not => 0.0,
    }
}

fn has_alias(words: &[Word], aliases: &[Vec<String>]) -> bool {
    aliases.iter().any(|alias| has_run(words, alias))
}

/// Whether the stems stand in the text side by side (stop words between them aside).
fn has_run(words: &[Word], stems: &[String]) -> bool {
    let Some((first, rest)) = stems.split_first() else { return false };
    words.iter().enumerate().filter(|(_, word)| word.stem == *first).any(|(at, _)| {
        let after = words.iter().skip(at + 1);
        let mut after = after.filter(|word| !crate::words::is_stop_word(&word.lower));
        rest.iter().all(|stem| after.next().is_some_and(|word| word.stem == *stem))
    })
}

/// `found` of `all`; `None` of none.
fn share(found: f32, all: usize) -> Option<f32> {
    (all > 0).then(|| found / all as f32)
}

/// 0 below the range, 1 above it, straight between.
fn ramp(value: f32, (low, high): (f32, f32)) -> f32 {
    ((value - low) / (high - low)).clamp(0.0, 1.0)
}

/// Cosine of two unit vectors; `None` where their lengths differ.
fn cosine(a: &[f32], b: &[f32]) -> Option<f32> {
    (a.len() == b.len()).then(|| a.iter().zip(b).map(|(x, y)| x * y).sum())
}

#[cfg(test)]
mod tests {
    use postil_contract::{ArticleView, Target, TargetKind};
    use serde::Deserialize;

    use super::*;
    use crate::cross_encoder::DEFAULT_RELEVANCE;
    use crate::names::NameSource;
    use crate::options::JudgedUnit;
    use crate::testing;

    #[derive(Deserialize)]
    struct Cases {
        case: Vec<Case>,
    }

    #[derive(Deserialize)]
    struct Case {
        name: String,
        target: String,
        #[serde(default)]
        aliases: Vec<String>,
        text: String,
        speak: Vec<usize>,
    }

    #[test]
    fn which_paragraphs_speak_of_a_target() {
        let cases: Cases = toml::from_str(include_str!("../cases/gate.toml")).unwrap();
        for case in cases.case {
            let (article, layers) = testing::article(&case.text, &[]);
            let view = ArticleView { article: &article, layers: &layers };
            let document = Document::new(&view, NameSource::Capitals, JudgedUnit::Paragraph);
            let target = Target {
                id: "t".to_owned(),
                statement: case.target,
                aliases: case.aliases,
                kind: TargetKind::Config,
            };
            let profile = Profile::new(target, None);
            let gate = Gate::new(&document, &profile, None);
            let evidence: Vec<Evidence> =
                document.passages.iter().map(|passage| gate.evidence(passage)).collect();
            let speak: Vec<usize> = (1..)
                .zip(&evidence)
                .filter(|(_, evidence)| evidence.relevance() >= DEFAULT_RELEVANCE)
                .map(|(number, _)| number)
                .collect();
            assert_eq!(speak, case.speak, "{}: {evidence:#?}", case.name);
        }
    }

    #[test]
    fn a_nearer_vector_and_another_mention_never_lower_the_relevance() {
        let base = Evidence {
            alias: false,
            names: Some(0.5),
            subject_missing: true,
            matter_missing: false,
            other_party: false,
            several_names: true,
            topic: 0.5,
            cosine: Some(0.4),
            present: 1.0,
            about: 0.5,
            nearest: Some(0.5),
            back: 0.5,
            heading: 0.5,
        };
        let nearer = [
            Evidence { alias: true, ..base },
            Evidence { topic: 1.0, ..base },
            Evidence { cosine: Some(0.6), ..base },
            Evidence { nearest: Some(0.6), ..base },
        ];
        for other in nearer {
            assert!(other.relevance() > base.relevance(), "{other:?}");
        }
        let base = Evidence { cosine: None, nearest: None, ..base };
        let stronger = [
            Evidence { alias: true, subject_missing: false, ..base },
            Evidence { names: Some(1.0), ..base },
            Evidence { subject_missing: false, ..base },
            Evidence { topic: 1.0, ..base },
            Evidence { about: 0.9, ..base },
            Evidence { back: 1.0, ..base },
            Evidence { heading: 1.0, ..base },
        ];
        for other in stronger {
            assert!(other.relevance() > base.relevance(), "{other:?}");
        }
        assert_eq!(Evidence { present: 0.0, ..base }.relevance(), 0.0);
    }
}
