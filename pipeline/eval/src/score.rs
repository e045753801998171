//! Counts what a pipeline got right.

use std::collections::{BTreeMap, BTreeSet};

use postil_contract::{
    Entity, HolderKind, LayerSet, Paragraph, Sentence, Span, Stance, StanceLabel, Unit,
};

use crate::gold::{Answers, Format, Gold, GoldArticle, GoldStance, StanceOf};
use crate::labels::Labels;
use crate::report::{Counts, Measure, Report, Row};

/// A report, and each place where the pipeline and the gold file differ.
#[derive(Debug, Clone, PartialEq)]
pub struct Scored {
    /// The figures.
    pub report: Report,
    /// The differences, in the order of the file.
    pub differences: Vec<Difference>,
}

/// A place where the pipeline and the gold file differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Id of the article.
    pub article: String,
    /// `wrong` for what is predicted and not right, `missed` for what is right and not predicted.
    pub kind: &'static str,
    /// What it is: a label, a target with both stances.
    pub what: String,
    /// The text around it, the place itself in brackets or, of a sentence's end, marked by `‖`.
    pub context: String,
}

impl Gold {
    /// Scores the layers that a pipeline made of the articles, one set for each, in their order.
    /// `labels` choose and rename the labels of mentions.
    #[must_use]
    pub fn score(&self, layers: &[LayerSet], labels: &Labels) -> Scored {
        match self.format {
            Format::Columns | Format::Spans => self.score_mentions(layers, labels),
            Format::Conllu | Format::Sentences => self.score_sentences(layers),
            Format::Stance => self.score_texts(layers),
            Format::Articles => self.score_articles(layers),
        }
    }

    fn pairs<'a>(
        &'a self,
        layers: &'a [LayerSet],
    ) -> impl Iterator<Item = (&'a GoldArticle, &'a LayerSet)> {
        self.articles.iter().zip(layers)
    }

    /// Exact spans with their labels.
    fn score_mentions(&self, layers: &[LayerSet], labels: &Labels) -> Scored {
        type Mention<'a> = (Span, &'a str);
        let gold_of = |article: &'_ GoldArticle| -> Vec<(Span, String)> {
            let Answers::Mentions(all) = &article.answers else { return Vec::new() };
            let renamed = all.iter().filter_map(|(span, label)| {
                labels.map.get(label).map(|label| (*span, label.to_owned()))
            });
            renamed.collect()
        };
        let gold: Vec<Vec<(Span, String)>> = self.articles.iter().map(gold_of).collect();
        let mut scored: Vec<String> = match labels.only.is_empty() {
            true => gold.iter().flatten().map(|(_, label)| label.clone()).collect(),
            false => labels.only.clone(),
        };
        scored.sort();
        scored.dedup();
        let mut units = Vec::with_capacity(gold.len());
        let mut differences = Vec::new();
        let mut others: BTreeSet<String> = BTreeSet::new();
        for ((article, layers), gold) in self.pairs(layers).zip(&gold) {
            let is_scored =
                |label: &str| scored.binary_search_by(|s| s.as_str().cmp(label)).is_ok();
            let gold: BTreeSet<Mention<'_>> = gold
                .iter()
                .map(|(span, label)| (*span, label.as_str()))
                .filter(|(_, label)| is_scored(label))
                .collect();
            let entities: &[Entity] = layers.entities.as_deref().unwrap_or_default();
            let mut found: BTreeSet<Mention<'_>> = BTreeSet::new();
            for entity in entities {
                match labels.map.get(&entity.label) {
                    Some(label) if is_scored(label) => {
                        found.insert((entity.span, label));
                    }
                    Some(label) => {
                        others.insert(label.to_owned());
                    }
                    None => {}
                }
            }
            let counts = scored.iter().map(|label| {
                let of = |set: &BTreeSet<Mention<'_>>| {
                    set.iter().filter(|(_, other)| other == label).count()
                };
                Counts {
                    right: found.intersection(&gold).filter(|(_, other)| other == label).count(),
                    predicted: of(&found),
                    gold: of(&gold),
                }
            });
            units.push(counts.collect());
            let mut here: Vec<(Mention<'_>, &'static str)> =
                found.difference(&gold).map(|mention| (*mention, "wrong")).collect();
            here.extend(gold.difference(&found).map(|mention| (*mention, "missed")));
            here.sort();
            differences.extend(here.into_iter().map(|((span, label), kind)| Difference {
                article: article.article.id.clone(),
                kind,
                what: label.to_owned(),
                context: around(&article.article.text, span),
            }));
        }
        let mut notes = self.notes.clone();
        let predicted = units.iter().flatten().any(|counts: &Counts| counts.predicted > 0);
        if !predicted && !others.is_empty() {
            notes.push(format!(
                "the pipeline gives none of the labels {}, but {}; rename labels with --map OLD=NEW",
                scored.join(", "),
                others.iter().cloned().collect::<Vec<_>>().join(", ")
            ));
        } else if labels.only.is_empty() {
            let never: Vec<&str> = scored
                .iter()
                .enumerate()
                .filter(|(at, _)| {
                    units.iter().all(|unit: &Vec<Counts>| {
                        unit.get(*at).is_none_or(|counts| counts.predicted == 0)
                    })
                })
                .map(|(_, label)| label.as_str())
                .collect();
            if !never.is_empty() {
                notes.push(format!(
                    "never predicted, and counted as missed: {}; choose labels with --labels, rename \
                     them with --map",
                    never.join(", ")
                ));
            }
        }
        let mut rows = vec![Row::new("all", Measure::MicroF1, 0..scored.len())];
        rows.extend(
            (0..)
                .zip(&scored)
                .map(|(at, label)| Row::new(label.as_str(), Measure::MicroF1, at..at + 1)),
        );
        let report = Report { format: self.format, unit: self.unit, units, rows, notes };
        Scored { report, differences }
    }

    /// Ends of sentences, the ends of paragraphs among them; and whole sentences.
    fn score_sentences(&self, layers: &[LayerSet]) -> Scored {
        let mut units = Vec::with_capacity(self.articles.len());
        let mut differences = Vec::new();
        for (article, layers) in self.pairs(layers) {
            let text = &article.article.text;
            let Answers::Sentences(gold) = &article.answers else { continue };
            let sentences: &[Sentence] = layers.sentences.as_deref().unwrap_or_default();
            let found: BTreeSet<Span> = sentences.iter().map(|s| trimmed(text, s.span)).collect();
            let gold: BTreeSet<Span> = gold.iter().copied().collect();
            let ends = |spans: &BTreeSet<Span>| -> BTreeSet<usize> {
                spans.iter().map(|span| span.end).collect()
            };
            let (found_ends, gold_ends) = (ends(&found), ends(&gold));
            units.push(vec![
                Counts {
                    right: found_ends.intersection(&gold_ends).count(),
                    predicted: found_ends.len(),
                    gold: gold_ends.len(),
                },
                Counts {
                    right: found.intersection(&gold).count(),
                    predicted: found.len(),
                    gold: gold.len(),
                },
                Counts { right: usize::from(found == gold), predicted: 1, gold: 1 },
            ]);
            let mut here: Vec<(usize, &'static str)> =
                found_ends.difference(&gold_ends).map(|at| (*at, "wrong")).collect();
            here.extend(gold_ends.difference(&found_ends).map(|at| (*at, "missed")));
            here.sort_unstable();
            differences.extend(here.into_iter().map(|(at, kind)| Difference {
                article: article.article.id.clone(),
                kind,
                what: "end".to_owned(),
                context: at_end(text, at),
            }));
        }
        let rows = vec![
            Row::new("ends of sentences", Measure::MicroF1, 0..1),
            Row::new("whole sentences", Measure::MicroF1, 1..2),
            Row::new(format!("whole {}s", self.unit), Measure::Accuracy, 2..3),
        ];
        let notes = self.notes.clone();
        let report = Report { format: self.format, unit: self.unit, units, rows, notes };
        Scored { report, differences }
    }

    /// Texts with a target each: a forced choice among the classes that the gold file has.
    fn score_texts(&self, layers: &[LayerSet]) -> Scored {
        let answers: Vec<Option<&GoldStance>> = self
            .articles
            .iter()
            .map(|article| match &article.answers {
                Answers::Stances(all) => all.first(),
                _ => None,
            })
            .collect();
        let classes: Vec<StanceLabel> = CLASSES
            .into_iter()
            .filter(|class| answers.iter().flatten().any(|answer| answer.stance == *class))
            .collect();
        let mut units = Vec::with_capacity(answers.len());
        let mut differences = Vec::new();
        let mut silent = 0;
        for ((article, layers), answer) in self.pairs(layers).zip(answers) {
            let Some(answer) = answer else { continue };
            let row = author(layers, answer);
            silent += usize::from(row.is_none_or(|row| row.stance == StanceLabel::Unrelated));
            let chosen = choose(row, &classes);
            units.push(class_counts(&classes, answer.stance, chosen));
            if chosen != Some(answer.stance) {
                let target = article.article.targets.first().map(|t| t.statement.as_str());
                differences.push(Difference {
                    article: article.article.id.clone(),
                    kind: "wrong",
                    what: format!(
                        "{} is {}, not {}",
                        target.unwrap_or_default(),
                        answer.stance,
                        chosen.map_or("unrelated", StanceLabel::as_str)
                    ),
                    context: one_line(&article.article.text),
                });
            }
        }
        let mut notes = self.notes.clone();
        if silent > 0 {
            let counted = match () {
                () if classes.contains(&StanceLabel::Unrelated) => "unrelated",
                () if classes.contains(&StanceLabel::Neutral) => "neutral",
                () => "missed",
            };
            notes.push(format!(
                "{silent} of {} texts do not speak of their target, says the pipeline: counted as {counted}",
                units.len()
            ));
        }
        let mut rows = vec![
            Row::new("all", Measure::MacroF1, 0..classes.len()),
            Row::new("all, accuracy", Measure::Accuracy, 0..classes.len()),
        ];
        rows.extend(
            (0..)
                .zip(&classes)
                .map(|(at, class)| Row::new(class.as_str(), Measure::MicroF1, at..at + 1)),
        );
        let report = Report { format: self.format, unit: self.unit, units, rows, notes };
        Scored { report, differences }
    }

    /// Paragraphs and whole articles with the config's targets: the stance that the pipeline says.
    fn score_articles(&self, layers: &[LayerSet]) -> Scored {
        // The unit drawn is an article with a target: its paragraphs hang together.
        let mut units = Vec::new();
        let mut differences = Vec::new();
        let mut lost = 0;
        for (article, layers) in self.pairs(layers) {
            let Answers::Stances(answers) = &article.answers else { continue };
            let mut by_target: BTreeMap<&str, Vec<Counts>> = BTreeMap::new();
            for answer in answers {
                let unit = by_target
                    .entry(&answer.target_id)
                    .or_insert_with(|| vec![Counts::default(); CLASSES.len() + 1]);
                let (said, context) = match &answer.of {
                    StanceOf::Paragraph(words) => {
                        let place = paragraph(layers, &article.article.text, words);
                        let counts = answer.stance != StanceLabel::Unrelated;
                        lost += usize::from(place.is_none() && counts);
                        let row = place.and_then(|at| row_of(layers, answer, Unit::Paragraph, at));
                        (row.map_or(StanceLabel::Unrelated, |row| row.stance), words.as_str())
                    }
                    StanceOf::Article | StanceOf::Text => {
                        let row = author(layers, answer);
                        let said = row.map_or(StanceLabel::Unrelated, |row| row.stance);
                        (said, "the whole article")
                    }
                };
                match answer.of {
                    StanceOf::Paragraph(_) => {
                        let counts = class_counts(&CLASSES, answer.stance, Some(said));
                        unit.iter_mut().zip(&counts).for_each(|(sum, counts)| sum.add(counts));
                    }
                    StanceOf::Article | StanceOf::Text => {
                        let right = usize::from(said == answer.stance);
                        if let Some(sum) = unit.last_mut() {
                            sum.add(&Counts { right, predicted: 1, gold: 1 });
                        }
                    }
                }
                if said != answer.stance {
                    differences.push(Difference {
                        article: article.article.id.clone(),
                        kind: "wrong",
                        what: format!("{} is {}, not {said}", answer.target_id, answer.stance),
                        context: context.to_owned(),
                    });
                }
            }
            units.extend(by_target.into_values());
        }
        let mut notes = self.notes.clone();
        if lost > 0 {
            notes.push(format!(
                "{lost} gold paragraphs are no paragraphs of the pipeline: counted as unrelated"
            ));
        }
        let paragraphs = CLASSES.len();
        let mut rows = vec![
            Row::new("articles", Measure::Accuracy, paragraphs..paragraphs + 1),
            Row::new("paragraphs", Measure::Accuracy, 0..paragraphs),
            Row::new("paragraphs, macro F1", Measure::MacroF1, 0..paragraphs),
        ];
        rows.extend((0..).zip(&CLASSES).map(|(at, class)| {
            Row::new(format!("paragraphs, {class}"), Measure::MicroF1, at..at + 1)
        }));
        let report = Report { format: self.format, unit: "article and target", units, rows, notes };
        Scored { report, differences }
    }
}

/// The classes of stances, in the order of the tables.
const CLASSES: [StanceLabel; 4] =
    [StanceLabel::Favor, StanceLabel::Against, StanceLabel::Neutral, StanceLabel::Unrelated];

fn class_counts(
    classes: &[StanceLabel],
    gold: StanceLabel,
    said: Option<StanceLabel>,
) -> Vec<Counts> {
    let count = |class: &StanceLabel| Counts {
        right: usize::from(*class == gold && Some(gold) == said),
        predicted: usize::from(Some(*class) == said),
        gold: usize::from(*class == gold),
    };
    classes.iter().map(count).collect()
}

/// The author's row of the unit that an answer is about.
fn author<'a>(layers: &'a LayerSet, answer: &GoldStance) -> Option<&'a Stance> {
    match answer.of {
        StanceOf::Text if layers.paragraphs.as_ref().is_none_or(|all| all.len() == 1) => {
            row_of(layers, answer, Unit::Paragraph, 0)
        }
        _ => layers.stances.as_deref()?.iter().find(|row| {
            row.unit == Unit::Article
                && row.holder_kind == HolderKind::Author
                && row.target_id == answer.target_id
        }),
    }
}

fn row_of<'a>(
    layers: &'a LayerSet,
    answer: &GoldStance,
    unit: Unit,
    at: u32,
) -> Option<&'a Stance> {
    layers.stances.as_deref()?.iter().find(|row| {
        row.unit == unit
            && row.unit_idx == Some(at)
            && row.holder_kind == HolderKind::Author
            && row.target_id == answer.target_id
    })
}

/// The likeliest of `classes`: by the row's probabilities, what is left over standing for unrelated;
/// by its stance where it has none. Where the text is said not to speak of the target and `classes`
/// have no unrelated, that is neutral; and nothing, where they have no neutral.
fn choose(row: Option<&Stance>, classes: &[StanceLabel]) -> Option<StanceLabel> {
    let silent = [StanceLabel::Unrelated, StanceLabel::Neutral]
        .into_iter()
        .find(|class| classes.contains(class));
    let Some(row) = row.filter(|row| row.stance != StanceLabel::Unrelated) else { return silent };
    let (Some(favor), Some(against)) = (row.p_favor, row.p_against) else {
        return classes.contains(&row.stance).then_some(row.stance).or(silent);
    };
    let neutral = row.p_neutral.unwrap_or(0.0);
    let rest = (1.0 - favor - against - neutral).max(0.0);
    let has_unrelated = classes.contains(&StanceLabel::Unrelated);
    let of = |class: StanceLabel| match class {
        StanceLabel::Favor => favor,
        StanceLabel::Against => against,
        StanceLabel::Neutral if has_unrelated => neutral,
        StanceLabel::Neutral => neutral + rest,
        StanceLabel::Unrelated => rest,
        StanceLabel::Abstain => 0.0,
    };
    // The first of those as likely.
    classes.iter().copied().rev().max_by(|a, b| of(*a).total_cmp(&of(*b)))
}

/// The paragraph that begins with the words.
fn paragraph(layers: &LayerSet, text: &str, words: &str) -> Option<u32> {
    let words = Some(beginning(words)).filter(|words| !words.is_empty())?;
    let paragraphs: &[Paragraph] = layers.paragraphs.as_deref().unwrap_or_default();
    let at = paragraphs.iter().position(|paragraph| {
        let own = beginning(paragraph.span.slice(text).unwrap_or_default());
        !own.is_empty() && (own.starts_with(&words) || words.starts_with(&own))
    })?;
    u32::try_from(at).ok()
}

/// The first words of a paragraph, list markers left out.
fn beginning(text: &str) -> String {
    const WORDS: usize = 8;
    let is_marker = |word: &&str| {
        word.chars().all(|c| !c.is_alphanumeric())
            || word.strip_suffix('.').is_some_and(|n| n.chars().all(|c| c.is_ascii_digit()))
    };
    let words: Vec<&str> = text.split_whitespace().skip_while(is_marker).take(WORDS).collect();
    words.join(" ")
}

fn trimmed(text: &str, span: Span) -> Span {
    let slice = span.slice(text).unwrap_or_default();
    let start = span.start + (slice.len() - slice.trim_start().len());
    Span::new(start, start + slice.trim().len())
}

/// Characters of the text that are shown to either side of a difference.
const AROUND: usize = 40;

fn sides(text: &str, span: Span) -> (String, String) {
    let before: Vec<char> =
        text.get(..span.start).unwrap_or_default().chars().rev().take(AROUND).collect();
    let after = text.get(span.end..).unwrap_or_default().chars().take(AROUND);
    (before.into_iter().rev().collect(), after.collect())
}

fn around(text: &str, span: Span) -> String {
    let (before, after) = sides(text, span);
    one_line(&format!("{before}[{}]{after}", span.slice(text).unwrap_or_default()))
}

fn at_end(text: &str, at: usize) -> String {
    let (before, after) = sides(text, Span::new(at, at));
    one_line(&format!("{before}‖{after}"))
}

fn one_line(text: &str) -> String {
    text.replace(['\n', '\r', '\t'], " ")
}

#[cfg(test)]
mod tests;
