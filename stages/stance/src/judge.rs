//! The common part of both stages: from an article and its targets to rows.

use std::borrow::Cow;
use std::ops::Range;

use postil_models::Beside;

use postil_contract::{
    ArticleView, Embeddings, HolderKind, LayerSet, Span, StageError, Stance, StanceLabel, Unit,
};

use crate::aggregate::{self, Part, position_weight};
use crate::classifier::{Classifier, Labels, Opinions, Probabilities, Reading};
use crate::context;
use crate::document::{Document, Passage};
use crate::gate::Gate;
use crate::holder::{self, Holder, Reported};
use crate::options::{EntityTargets, Settings};
use crate::target::{self, Profile};

/// What the gate's vectors come from.
pub(crate) trait Vectors: Send + Sync {
    /// The unit vector of a target's statement.
    ///
    /// # Errors
    /// Where the model fails.
    fn target(&self, statement: &str) -> Result<Option<Vec<f32>>, StageError>;

    /// The vectors of the article's paragraphs and sentences.
    ///
    /// # Errors
    /// Where the model fails.
    fn article<'a>(
        &self,
        view: &ArticleView<'a>,
    ) -> Result<Option<Cow<'a, Embeddings>>, StageError>;
}

/// No vectors: the gate reads mentions alone.
pub(crate) struct NoVectors;

impl Vectors for NoVectors {
    fn target(&self, _: &str) -> Result<Option<Vec<f32>>, StageError> {
        Ok(None)
    }

    fn article<'a>(&self, _: &ArticleView<'a>) -> Result<Option<Cow<'a, Embeddings>>, StageError> {
        Ok(None)
    }
}

/// Judges articles with a classifier.
pub(crate) struct Judge {
    pub(crate) classifier: Box<dyn Classifier>,
    pub(crate) vectors: Box<dyn Vectors>,
    pub(crate) labels: Labels,
    /// The config's targets.
    pub(crate) targets: Vec<Profile>,
    pub(crate) settings: Settings,
    /// What the classifier reads beside target and text.
    pub(crate) reads: Vec<Beside>,
    /// How the gate and the classifier decide together what speaks of a target.
    pub(crate) opinions: Opinions,
    /// The model's name, for the rows.
    pub(crate) model: String,
}

/// A paragraph that speaks of a target, and what of it is read.
struct Candidate<'p, 'd> {
    target: usize,
    passage: &'p Passage<'d>,
    position: f32,
    relevance: f32,
    /// What is read for the author: a position among the readings.
    author: usize,
    /// Whether every sentence reports somebody else's view.
    all_reported: bool,
    /// What is read for others.
    others: Vec<Other>,
}

/// A sentence that reports an entity's view of the target.
struct Other {
    sentence_idx: u32,
    span: Span,
    holder: Holder,
    relevance: f32,
    reading: usize,
}

/// What the author is taken to say by reporting: so much of it is neutral.
const REPORTING_IS_NEUTRAL: f32 = 0.8;

/// A view of somebody else abstains under this, even where the threshold of the model is lower: that
/// is set on texts whose author is asked for, and the side of reported views is found less often.
const VIEW_MAJORITY: f32 = 0.5;
/// An article abstains where its likeliest stance leads the next by less than this.
const ARTICLE_MARGIN: f32 = 0.02;

/// Words that the author's own sentences need to be judged alone.
const MIN_OWN_WORDS: usize = 6;

impl Judge {
    /// The stances of one article.
    pub(crate) fn annotate(&self, view: &ArticleView<'_>) -> Result<LayerSet, StageError> {
        let _article = tracing::trace_span!("article", id = view.article.id).entered();
        let mut profiles =
            target::of_article(&self.targets, view, |statement| self.vectors.target(statement))?;
        let with_entities = self.settings.entity_targets > 0
            && (profiles.is_empty() || self.settings.entity_targets_when == EntityTargets::Always);
        if with_entities {
            let entities = target::main_entities(view, self.settings.entity_targets);
            let known =
                |profile: &Profile| profiles.iter().any(|p| p.target.id == profile.target.id);
            let new: Vec<Profile> = entities.into_iter().filter(|e| !known(e)).collect();
            profiles.extend(new);
        }
        let mut stances = Vec::new();
        if !profiles.is_empty() {
            let document = Document::new(view, self.settings.names, self.settings.unit);
            let wants_vectors = profiles.iter().any(|profile| profile.vector.is_some());
            let vectors = if wants_vectors { self.vectors.article(view)? } else { None };
            stances = self.rows(view, &profiles, &document, vectors.as_deref())?;
        }
        Ok(LayerSet { stances: Some(stances), ..LayerSet::default() })
    }

    fn rows(
        &self,
        view: &ArticleView<'_>,
        profiles: &[Profile],
        document: &Document<'_>,
        vectors: Option<&Embeddings>,
    ) -> Result<Vec<Stance>, StageError> {
        let mut plan = Plan::default();
        let mut nearest = Vec::new();
        let reported: Vec<Vec<Reported>> = document
            .passages
            .iter()
            .map(|passage| match self.settings.holders {
                true => holder::reported(passage),
                false => Vec::new(),
            })
            .collect();
        for (target, profile) in profiles.iter().enumerate() {
            let gate = Gate::new(document, profile, vectors);
            nearest.push(self.select(&mut plan, target, profile, document, &gate, &reported));
        }
        let judged = self.classifier.judge(&plan.readings)?;
        let judged: Vec<Probabilities> = judged
            .iter()
            .map(|own| self.labels.classes(own))
            .map(|read| if self.settings.assume_related { read.related() } else { read })
            .collect();
        let mut rows = Vec::new();
        for (target, profile) in profiles.iter().enumerate() {
            let candidates = plan.candidates.iter().filter(|c| c.target == target);
            let nearest = nearest.get(target).copied().unwrap_or(0.0);
            self.target_rows(view, profile, candidates, &judged, nearest, &mut rows);
        }
        Ok(rows)
    }

    /// Adds the paragraphs that speak of the target to the plan; returns the greatest relevance of
    /// those that do not.
    fn select<'p, 'd>(
        &self,
        plan: &mut Plan<'p, 'd>,
        target: usize,
        profile: &Profile,
        document: &'p Document<'d>,
        gate: &Gate<'_, '_>,
        reported: &[Vec<Reported>],
    ) -> f32 {
        let is_text = |p: &Passage<'_>| position_weight(p.kind, true, true) == 1.5;
        let first = document.passages.iter().position(is_text);
        let last = document.passages.iter().rposition(is_text);
        let mut nearest: f32 = 0.0;
        for (at, (passage, reported)) in document.passages.iter().zip(reported).enumerate() {
            let evidence = gate.evidence(passage);
            let relevance = match self.settings.assume_related {
                true => 1.0,
                false => evidence.relevance(),
            };
            tracing::trace!(
                target_id = profile.target.id,
                unit_idx = passage.unit_idx,
                relevance,
                ?evidence,
            );
            if relevance < self.settings.relevance {
                nearest = nearest.max(relevance);
                continue;
            }
            let position = position_weight(passage.kind, Some(at) == first, Some(at) == last);
            let context = match self.reads.contains(&Beside::Context) {
                true => context::context(document, at),
                false => String::new(),
            };
            let asks_holder = self.reads.contains(&Beside::Holder);
            let others = reported
                .iter()
                .filter_map(|view| {
                    let holder = view.holder.clone()?.speaking_for_its_state(document);
                    if profile.is_entity() && holder.name == profile.target.statement {
                        return None;
                    }
                    let (sentence_idx, range) = passage.sentences.get(view.sentence)?;
                    let alone = passage.sentences.len() == 1;
                    let own = gate.sentence_evidence(passage, *sentence_idx, range).relevance();
                    let relevance = if alone { relevance } else { own };
                    (relevance >= self.settings.relevance).then(|| Other {
                        sentence_idx: *sentence_idx,
                        span: Span::from(range.clone()).shifted(passage.span.start),
                        reading: plan.read(
                            profile,
                            passage,
                            std::slice::from_ref(range),
                            &context,
                            if asks_holder { &holder.name } else { "" },
                        ),
                        holder,
                        relevance,
                    })
                })
                .collect();
            let own: Vec<Range<usize>> = passage
                .sentences
                .iter()
                .enumerate()
                .filter(|(at, _)| reported.iter().all(|view| view.sentence != *at))
                .map(|(_, (_, range))| range.clone())
                .collect();
            let own_words: usize = own.iter().map(|range| passage.words_in(range).len()).sum();
            // A classifier that knows holders knows reports, too, and reads the paragraph as it stands.
            let all_reported = !asks_holder && !reported.is_empty() && own_words < MIN_OWN_WORDS;
            let author = match asks_holder || all_reported || reported.is_empty() {
                true => plan.read_whole(profile, passage, &context),
                false => plan.read(profile, passage, &own, &context, ""),
            };
            plan.candidates.push(Candidate {
                target,
                passage,
                position,
                relevance,
                author,
                all_reported,
                others,
            });
        }
        nearest
    }

    /// The rows of one target: the article's, then its paragraphs' in order, each followed by those of
    /// other holders.
    fn target_rows<'p, 'd: 'p>(
        &self,
        view: &ArticleView<'_>,
        profile: &Profile,
        candidates: impl Iterator<Item = &'p Candidate<'p, 'd>>,
        judged: &[Probabilities],
        nearest: f32,
        rows: &mut Vec<Stance>,
    ) {
        let mut units = Vec::new();
        let mut parts = Vec::new();
        let mut nearest = nearest;
        let mut relevance: f32 = 0.0;
        let of = |reading: usize| judged.get(reading).copied().unwrap_or(Probabilities::NEUTRAL);
        for candidate in candidates {
            let passage = candidate.passage;
            let read = of(candidate.author).with_relevance(candidate.relevance, &self.opinions);
            let author = match candidate.all_reported {
                true => read.mixed(1.0 - REPORTING_IS_NEUTRAL, &Probabilities::NEUTRAL),
                false => read,
            };
            nearest = nearest.max(candidate.relevance * (1.0 - author.unrelated));
            if author.best() != StanceLabel::Unrelated {
                relevance = relevance.max(candidate.relevance);
                parts.push(Part {
                    relevance: candidate.relevance,
                    words: passage.words.len(),
                    position: candidate.position,
                    probabilities: author,
                });
                units.push(Stance {
                    unit: passage.unit,
                    unit_idx: Some(passage.unit_idx),
                    span: passage.span,
                    ..self.row(profile, author, candidate.relevance)
                });
            }
            for other in &candidate.others {
                let theirs = of(other.reading).with_relevance(other.relevance, &self.opinions);
                if theirs.best() == StanceLabel::Unrelated {
                    continue;
                }
                let row = self.row(profile, theirs, other.relevance);
                let unsure = row.score < VIEW_MAJORITY;
                units.push(Stance {
                    unit: Unit::Sentence,
                    unit_idx: Some(other.sentence_idx),
                    span: other.span,
                    holder_kind: HolderKind::Entity,
                    holder: Some(other.holder.name.clone()),
                    holder_entity_idx: other.holder.entity_idx,
                    stance: if unsure { StanceLabel::Abstain } else { row.stance },
                    ..row
                });
            }
        }
        let article = match aggregate::article(&parts) {
            // Shares of an article are a mixture, and never as sure as a judgement of one paragraph:
            // they abstain where they are torn.
            Some(all) => {
                let torn = aggregate::lead(&all) < ARTICLE_MARGIN;
                let stance = if torn { StanceLabel::Abstain } else { all.best() };
                Stance { stance, ..self.row(profile, all, relevance) }
            }
            None => Stance {
                label: self.labels.own(StanceLabel::Unrelated).to_owned(),
                stance: StanceLabel::Unrelated,
                score: (1.0 - nearest).clamp(0.0, 1.0),
                p_favor: None,
                p_against: None,
                p_neutral: None,
                ..self.row(profile, Probabilities::NEUTRAL, nearest)
            },
        };
        rows.push(Stance { span: Span::new(0, view.text().len()), ..article });
        rows.append(&mut units);
    }

    /// A row of the article as a whole and its author, with the probabilities filled in.
    fn row(&self, profile: &Profile, probabilities: Probabilities, relevance: f32) -> Stance {
        let best = probabilities.best();
        let score = probabilities.of(best).clamp(0.0, 1.0);
        let given = |class| self.labels.has(class).then(|| probabilities.of(class).clamp(0.0, 1.0));
        Stance {
            unit: Unit::Article,
            unit_idx: None,
            span: Span::new(0, 0),
            target_id: profile.target.id.clone(),
            target: profile.target.statement.clone(),
            target_kind: profile.target.kind,
            holder_kind: HolderKind::Author,
            holder: None,
            holder_entity_idx: None,
            label: self.labels.own(best).to_owned(),
            stance: if score < self.settings.abstain { StanceLabel::Abstain } else { best },
            score,
            p_favor: given(StanceLabel::Favor),
            p_against: given(StanceLabel::Against),
            p_neutral: given(StanceLabel::Neutral),
            relevance: Some(relevance.clamp(0.0, 1.0)),
            model: self.model.clone(),
        }
    }
}

/// What is to be read, and for which rows.
#[derive(Default)]
struct Plan<'p, 'd> {
    readings: Vec<Reading>,
    candidates: Vec<Candidate<'p, 'd>>,
}

impl<'p, 'd> Plan<'p, 'd> {
    fn read_whole(&mut self, profile: &Profile, passage: &Passage<'_>, context: &str) -> usize {
        self.readings.push(Reading {
            target: profile.target.statement.clone(),
            holder: String::new(),
            context: context.to_owned(),
            text: passage.text.to_owned(),
            sentences: passage.sentences.iter().map(|(_, range)| range.clone()).collect(),
        });
        self.readings.len() - 1
    }

    /// Reads some sentences of a passage, joined by spaces, for the author or a holder with a name.
    fn read(
        &mut self,
        profile: &Profile,
        passage: &Passage<'_>,
        ranges: &[Range<usize>],
        context: &str,
        holder: &str,
    ) -> usize {
        let mut text = String::new();
        let mut sentences = Vec::new();
        for range in ranges {
            if !text.is_empty() {
                text.push(' ');
            }
            let start = text.len();
            text.push_str(passage.text.get(range.clone()).unwrap_or_default());
            sentences.push(start..text.len());
        }
        self.readings.push(Reading {
            target: profile.target.statement.clone(),
            holder: holder.to_owned(),
            context: context.to_owned(),
            text,
            sentences,
        });
        self.readings.len() - 1
    }
}
