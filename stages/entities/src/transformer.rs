//! `entities.transformer`: a token classifier reads the sentences in their context; rules bring its mentions to the
//! guideline, and the mentions of an article into agreement.

use std::ops::Range;

use jiff::civil::Date;
use postil_contract::{
    ArticleView, BuildContext, BuildError, Description, Entity, Layer, LayerSet, MapStage, Problem,
    Span, Stage, StageConfig, StageError, StageInfo,
};
use postil_models::{Input, ModelFolder, WordLabels};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::canonical::{self, Name};
use crate::classifier::{ClassifierModel, WordClassifier};
use crate::clean::{self, Found};
use crate::kind::Kind;
use crate::passage::{self, Context, Passage};
use crate::sentence::{Maker, Mention, SentenceWords};
use crate::tags::Scheme;
use crate::words::whole_graphemes;
use crate::{consistency, dates, decode};

/// Raised whenever the same article and options give other rows.
const VERSION: u32 = 3;

/// The model that finds entities unless another is named.
pub const DEFAULT_MODEL: &str = "ner-minilm-l6";

/// The label of dates that rules found, where the model has none of its own.
const DATE: &str = "DATE";

/// Below this score the tags of a mention are not what the model would say of its words alone.
const DOUBTFUL: f32 = 0.3;
/// Belief in another label, at the least, for it to take the place of doubtful tags.
const LIKELY: f32 = 0.5;

/// Options of `entities.transformer`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TransformerConfig {
    /// The model: a name among the model folders, or the path of a folder. A token classifier with
    /// BIO, BIOES or plain labels.
    pub model: String,
    /// Mentions with a lower score are left out, 0 to 1.
    pub min_score: f32,
    /// The labels to keep, such as ["PER", "ORG"]; empty for all.
    pub labels: Vec<String>,
    /// Bring mentions to the guideline: no titles, no "the", no possessives; compounds taken apart;
    /// countries kept whole. Turn it off to see what a model of your own marks.
    pub guideline: bool,
    /// Let the mentions of one name in an article agree on a label, and mark the name where the model
    /// was not sure.
    pub agreement: bool,
    /// Add the written dates that the model missed ("November 7, 2025", "in 2020").
    pub dates: bool,
    /// How much text the model sees at once, up to its window: "sentence", "paragraph" or "article".
    pub context: Context,
    /// Read boilerplate paragraphs too (captions, link lists, `Sources:`).
    pub boilerplate: bool,
}

impl Default for TransformerConfig {
    fn default() -> Self {
        Self {
            model: DEFAULT_MODEL.to_owned(),
            min_score: 0.0,
            labels: Vec::new(),
            guideline: true,
            agreement: true,
            dates: true,
            context: Context::default(),
            boilerplate: false,
        }
    }
}

impl StageConfig for TransformerConfig {
    fn describe() -> Description {
        Description {
            implementation: "entities.transformer",
            summary: "names, places, peoples, events and dates, by a token classifier",
            needs: vec![Layer::Paragraphs, Layer::Sentences],
            provides: Layer::Entities,
        }
    }

    fn check(&self, context: &BuildContext) -> Vec<Problem> {
        if let Some(problem) = context.check_model(&self.model) {
            let mut problems = self.check_options(None);
            problems.push(problem);
            return problems;
        }
        let folder = context
            .model(&self.model)
            .map_err(|error| error.to_string())
            .and_then(|path| ModelFolder::open(&path).map_err(|error| error.to_string()));
        match folder {
            Ok(folder) => self.check_options(Some(&folder.manifest.labels)),
            Err(error) => {
                let mut problems = self.check_options(None);
                problems.push(Problem::new("model", error));
                problems
            }
        }
    }

    fn build(self, context: &BuildContext) -> Result<Stage, BuildError> {
        let path = context.model(&self.model)?;
        let model = ClassifierModel::open(&self.model, path)?;
        let config =
            serde_json::to_value(&self).map_err(|error| BuildError::Other(error.to_string()))?;
        Ok(self.around(model, Self::describe(), config))
    }
}

impl TransformerConfig {
    /// Problems of the options but for the model's; of the option `labels` only where the model's
    /// labels are given.
    #[must_use]
    pub fn check_options(&self, of_model: Option<&[String]>) -> Vec<Problem> {
        let mut problems = Vec::new();
        if !(0.0..=1.0).contains(&self.min_score) {
            problems.push(
                Problem::new("min_score", format!("expected 0 to 1, found {}", self.min_score))
                    .help("0 keeps everything; 0.5 leaves out what the model doubts"),
            );
        }
        let Some(of_model) = of_model else { return problems };
        let scheme = Scheme::new(of_model);
        let known = || scheme.kinds().iter().map(String::as_str).chain([DATE]);
        for (at, label) in self.labels.iter().enumerate() {
            if !known().any(|kind| kind == label) {
                let path = format!("labels[{at}]");
                let valid: Vec<&str> = known().collect();
                problems.push(Problem::unknown(path, "label", label, valid));
            }
        }
        problems
    }

    /// The stage with these options around a classifier of any engine. `config` is what decides the
    /// rows, as [`StageInfo::config`] wants it.
    #[must_use]
    pub fn around(
        self,
        model: ClassifierModel,
        description: Description,
        config: serde_json::Value,
    ) -> Stage {
        let scheme = Scheme::new(&model.labels);
        let mut labels = scheme.kinds().to_vec();
        if self.dates && !labels.iter().any(|label| Kind::of(label) == Kind::Date) {
            labels.push(DATE.to_owned());
        }
        Stage::map(Transformer {
            names: MakerNames::new(&model.info.name),
            info: StageInfo {
                implementation: description.implementation.to_owned(),
                version: VERSION,
                needs: description.needs,
                provides: description.provides,
                model: Some(model.info),
                config,
                languages: (!model.languages.is_empty()).then_some(model.languages),
            },
            kinds: labels.iter().map(|label| Kind::of(label)).collect(),
            labels,
            scheme,
            classifier: model.classifier,
            config: self,
        })
    }
}

/// What the column `model` says.
struct MakerNames {
    model: String,
    article: String,
    rules: String,
}

impl MakerNames {
    fn new(model: &str) -> Self {
        Self {
            model: model.to_owned(),
            article: format!("{model}+agreement"),
            rules: "dates.rules".to_owned(),
        }
    }

    fn of(&self, maker: Maker) -> &str {
        match maker {
            Maker::Model => &self.model,
            Maker::Article => &self.article,
            Maker::Rules => &self.rules,
        }
    }
}

struct Transformer {
    info: StageInfo,
    config: TransformerConfig,
    classifier: Box<dyn WordClassifier>,
    scheme: Scheme,
    /// The labels of mentions, without prefixes; the scheme's kinds come first.
    labels: Vec<String>,
    /// What they mean.
    kinds: Vec<Kind>,
    names: MakerNames,
}

impl MapStage for Transformer {
    fn info(&self) -> &StageInfo {
        &self.info
    }

    fn annotate(&self, batch: &[ArticleView<'_>]) -> Vec<Result<LayerSet, StageError>> {
        // One call for the batch fills the model's packs better than one an article. Where it
        // fails, each article is tried alone, so that one does not take the others down.
        let sentences: Vec<Vec<SentenceWords<'_>>> =
            batch.iter().map(|view| self.sentences(*view)).collect();
        let passages: Vec<Vec<Passage<'_>>> = batch
            .iter()
            .zip(&sentences)
            .map(|(view, sentences)| passage::passages(view.text(), sentences, self.config.context))
            .collect();
        let inputs: Vec<Input<'_>> = passages.iter().flatten().map(Passage::input).collect();
        let labels: Vec<_> = match self.classifier.classify(&inputs) {
            Ok(all) => {
                let mut all = all.into_iter();
                let mut take = |count: usize| Ok(all.by_ref().take(count).collect());
                passages.iter().map(|passages| take(passages.len())).collect()
            }
            Err(_) => passages
                .iter()
                .map(|passages| {
                    let inputs: Vec<_> = passages.iter().map(Passage::input).collect();
                    self.classifier.classify(&inputs)
                })
                .collect(),
        };
        let results = labels.into_iter().zip(&passages).map(|(labels, passages)| {
            let labels: Vec<WordLabels> = labels?;
            Ok(labels
                .iter()
                .zip(passages)
                .flat_map(|(labels, passage)| passage.split(labels))
                .collect())
        });
        batch
            .iter()
            .zip(sentences)
            .zip(results)
            .map(|((view, sentences), labels): (_, Result<Vec<WordLabels>, StageError>)| {
                Ok(self.article(*view, sentences, labels?))
            })
            .collect()
    }
}

impl Transformer {
    /// The sentences to read.
    fn sentences<'a>(&self, view: ArticleView<'a>) -> Vec<SentenceWords<'a>> {
        let is_read = |paragraph_idx: u32| {
            let paragraph = view.paragraphs().get(paragraph_idx as usize);
            self.config.boilerplate || paragraph.is_none_or(|paragraph| paragraph.is_content())
        };
        (0_u32..)
            .zip(view.sentences())
            .filter(|(_, sentence)| is_read(sentence.paragraph_idx))
            .map(|(sentence_idx, sentence)| SentenceWords {
                sentence_idx,
                paragraph_idx: sentence.paragraph_idx,
                start: sentence.span.start,
                text: view.slice(sentence.span),
                words: Vec::new(),
                belief: Vec::new(),
                mentions: Vec::new(),
            })
            .collect()
    }

    /// The entities of an article, from what the model says of its sentences.
    fn article(
        &self,
        view: ArticleView<'_>,
        mut sentences: Vec<SentenceWords<'_>>,
        labels: Vec<WordLabels>,
    ) -> LayerSet {
        for (sentence, labels) in sentences.iter_mut().zip(labels) {
            self.decode(sentence, labels);
        }
        if self.config.agreement {
            consistency::agree(&mut sentences, &self.kinds);
        }
        if self.config.dates {
            for sentence in &mut sentences {
                self.add_dates(sentence);
            }
        }
        LayerSet { entities: Some(self.entities(view, &sentences)), ..LayerSet::default() }
    }

    /// Reads the mentions of a sentence off the model's probabilities.
    fn decode(&self, sentence: &mut SentenceWords<'_>, labels: WordLabels) {
        let path = decode::viterbi(&self.scheme, &labels.probabilities);
        let chunks = decode::chunks(&self.scheme, &path);
        sentence.words = labels.words;
        sentence.belief = self.belief(&labels.probabilities);
        let kind_of = |label: usize| self.kinds.get(label).copied().unwrap_or(Kind::Other);
        let score =
            |words: &Range<usize>| decode::score(&self.scheme, &labels.probabilities, &path, words);
        let found: Vec<Found> = chunks
            .iter()
            .map(|chunk| Found { words: chunk.words.clone(), kind: kind_of(chunk.kind) })
            .collect();
        let cleaned = match self.config.guideline {
            true => clean::clean(sentence.view(), found),
            false => found,
        };
        let label_at = |word: usize| path.get(word).and_then(|tag| self.scheme.kind(*tag));
        let mentions = cleaned.into_iter().filter_map(|found| {
            let marked = found.words.clone().find_map(label_at)?;
            let score = score(&found.words);
            let (label, score) = if kind_of(marked) != found.kind {
                // A rule has changed what it means.
                let known = self.kinds.iter().position(|kind| *kind == found.kind);
                let label = known.unwrap_or(marked);
                let belief = sentence.belief(&found.words, label, self.labels.len());
                (label, score.max(belief))
            } else if score < DOUBTFUL {
                self.likelier(sentence, &found.words).unwrap_or((marked, score))
            } else {
                (marked, score)
            };
            Some(Mention {
                score,
                kind: kind_of(label),
                words: found.words,
                label,
                maker: Maker::Model,
            })
        });
        let mentions: Vec<Mention> = mentions.collect();
        sentence.mentions = mentions;
    }

    /// The label that the model believes in where rules have cut a mention out of another: of "BAMAKO
    /// (Reuters)", read as one name, the first half alone may be a place. `None` where none is likely.
    fn likelier(&self, sentence: &SentenceWords<'_>, words: &Range<usize>) -> Option<(usize, f32)> {
        let names = (0..self.labels.len())
            .filter(|label| self.kinds.get(*label).is_some_and(|kind| kind.is_name()));
        let beliefs = names.map(|label| (label, sentence.belief(words, label, self.labels.len())));
        beliefs.max_by(|a, b| a.1.total_cmp(&b.1)).filter(|(_, belief)| *belief >= LIKELY)
    }

    /// For each word and label, the probability that the word belongs to a mention of the label.
    fn belief(&self, probabilities: &[f32]) -> Vec<f32> {
        let mut belief =
            Vec::with_capacity(probabilities.len() / self.scheme.len().max(1) * self.labels.len());
        for row in probabilities.chunks_exact(self.scheme.len().max(1)) {
            let first = belief.len();
            belief.resize(first + self.labels.len(), 0.0);
            for (tag, probability) in row.iter().enumerate() {
                if let Some(kind) = self.scheme.kind(tag)
                    && let Some(sum) = belief.get_mut(first + kind)
                {
                    *sum += probability;
                }
            }
        }
        belief
    }

    /// Adds written dates; one that is longer than what the model marks of it takes its place.
    fn add_dates(&self, sentence: &mut SentenceWords<'_>) {
        let Some(label) = self.kinds.iter().position(|kind| *kind == Kind::Date) else { return };
        let found = dates::find(sentence.view());
        let mut added = Vec::new();
        let mut covered = vec![false; sentence.mentions.len()];
        for words in found {
            let first =
                sentence.mentions.partition_point(|mention| mention.words.end <= words.start);
            let over = (first..sentence.mentions.len()).take_while(|at| {
                sentence.mentions.get(*at).is_some_and(|mention| mention.words.start < words.end)
            });
            let over: Vec<usize> = over.collect();
            // A name that has a date in it, or all of the date, keeps it.
            let gives_way = |at: &usize| {
                sentence.mentions.get(*at).is_some_and(|mention| {
                    mention.kind == Kind::Date
                        && !(mention.words.start <= words.start && words.end <= mention.words.end)
                })
            };
            if !over.iter().all(gives_way) {
                continue;
            }
            let mut words = words;
            for at in over {
                if let (Some(covered), Some(mention)) =
                    (covered.get_mut(at), sentence.mentions.get(at))
                {
                    *covered = true;
                    words = words.start.min(mention.words.start)..words.end.max(mention.words.end);
                }
            }
            added.push(Mention { words, label, kind: Kind::Date, score: 1.0, maker: Maker::Rules });
        }
        if added.is_empty() {
            return;
        }
        let mut covered = covered.into_iter();
        sentence.mentions.retain(|_| !covered.next().unwrap_or(false));
        sentence.mentions.extend(added);
        sentence.mentions.sort_by_key(|mention| mention.words.start);
        // Two dates may have grown over the same words of the model's.
        sentence.mentions.dedup_by(|next, last| next.words.start < last.words.end);
    }

    /// The rows.
    fn entities(&self, view: ArticleView<'_>, sentences: &[SentenceWords<'_>]) -> Vec<Entity> {
        let text = view.text();
        let mut mentions: Vec<(Span, &SentenceWords<'_>, &Mention)> = Vec::new();
        let mut end = 0;
        for sentence in sentences {
            for mention in &sentence.mentions {
                let Some(words) = sentence.view().span(&mention.words) else { continue };
                let span = Span::from(words).shifted(sentence.start);
                let span = Span::from(whole_graphemes(text, span.into()));
                // Grown over the one before it, which a grapheme joins to it: the first stays.
                if span.start >= end && self.is_kept(mention) {
                    end = span.end;
                    mentions.push((span, sentence, mention));
                }
            }
        }
        let names: Vec<Name<'_>> = mentions
            .iter()
            .map(|(span, _, mention)| Name {
                text: view.slice(*span),
                span: *span,
                kind: mention.kind,
            })
            .collect();
        let canonical = canonical::canonical(text, &names);
        let published: Option<Date> = view.article.published_at.and_then(dates::day_of);
        mentions
            .iter()
            .zip(canonical)
            .map(|((span, sentence, mention), canonical)| Entity {
                span: *span,
                sentence_idx: Some(sentence.sentence_idx),
                paragraph_idx: sentence.paragraph_idx,
                label: self.labels.get(mention.label).cloned().unwrap_or_default(),
                score: mention.score,
                canonical,
                canonical_id: None,
                normalized: match mention.kind {
                    Kind::Date => dates::normal(view.slice(*span), published),
                    _ => None,
                },
                model: self.names.of(mention.maker).to_owned(),
            })
            .collect()
    }

    fn is_kept(&self, mention: &Mention) -> bool {
        let label = self.labels.get(mention.label);
        mention.score >= self.config.min_score
            && (self.config.labels.is_empty()
                || label.is_some_and(|label| self.config.labels.contains(label)))
    }
}
