//! One name, one label: what the model is sure of in one sentence of an article helps where it is not
//! in another.
//!
//! News call a thing by the same name again and again, and a name means the same throughout an
//! article far more often than not ("one sense per discourse", Gale, Church and Yarowsky, 1992). Every
//! mention votes for its label with its score. A doubtful mention takes the label of a clear majority;
//! an unmarked place where the very same words stand is marked, if the model found it possible.
//! Short names go with their long ones: initials that the article defines, and "the Accords" where it
//! speaks of the Abraham Accords. Time and memory grow with the number of words, not with its square.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use crate::kind::Kind;
use crate::sentence::{Maker, Mention, SentenceWords};
use crate::words::{Words, is_capitalised, is_lower};
use crate::{acronyms, clean};

/// Share of the votes that makes a majority.
const MAJORITY: f32 = 0.6;
/// A mention with this score keeps its label, whatever the others say.
const CERTAIN: f32 = 0.9;
/// Score of at least one mention, for its name to be marked elsewhere.
const CONFIDENT: f32 = 0.7;
/// Or sum of the scores of all its mentions.
const CONFIDENT_SUM: f32 = 1.5;
/// Belief of the model in the label, at the least, for an unmarked place to be marked.
const POSSIBLE: f32 = 0.15;
/// The same for one word at the beginning of a sentence, which has its capital anyway.
const POSSIBLE_FIRST: f32 = 0.3;
/// Score of a name, at the least, for it to be marked elsewhere.
const PROBABLE: f32 = 0.5;
/// Mentions of a name, at the least, that may outvote a sure one.
const MANY: u32 = 4;
/// Votes of a definition for what it defines.
const DEFINED: usize = 3;
/// Mentions of a name that make it stand above its parts.
const OFTEN: u32 = 3;
/// Longer names are not looked for elsewhere, in words.
const LONGEST: usize = 10;

/// The votes of all mentions of one name.
#[derive(Debug, Clone, Default)]
struct Votes {
    /// Sum of scores and number of mentions, by label.
    by_label: Vec<(f32, u32)>,
    /// Best score, by label.
    best: Vec<f32>,
    kinds: Vec<Option<Kind>>,
}

impl Votes {
    fn add(&mut self, label: usize, kind: Kind, score: f32) {
        if self.by_label.len() <= label {
            self.by_label.resize(label + 1, (0.0, 0));
            self.kinds.resize(label + 1, None);
            self.best.resize(label + 1, 0.0);
        }
        if let (Some(votes), Some(best), Some(known)) =
            (self.by_label.get_mut(label), self.best.get_mut(label), self.kinds.get_mut(label))
        {
            votes.0 += score;
            votes.1 += 1;
            *best = best.max(score);
            *known = Some(kind);
        }
    }

    /// Whether the votes for a label can be trusted at other places: one is sure, or many agree.
    fn is_trusted(&self, label: usize) -> bool {
        let best = self.best.get(label).copied().unwrap_or(0.0);
        let sum = self.by_label.get(label).map_or(0.0, |(sum, _)| *sum);
        best >= CONFIDENT || sum >= CONFIDENT_SUM
    }

    /// Whether a label has so many of many votes that one sure mention against it is an error.
    fn is_overwhelming(&self, label: usize) -> bool {
        let count = |label: &usize| self.by_label.get(*label).map_or(0, |(_, count)| *count);
        let all: u32 = self.by_label.iter().map(|(_, count)| count).sum();
        count(&label) >= MANY && count(&label) * 5 >= all * 4
    }

    /// The label with a clear majority, its meaning, and the score of a vote for it times its share.
    fn majority(&self) -> Option<(usize, Kind, f32)> {
        let total: f32 = self.by_label.iter().map(|(sum, _)| sum).sum();
        let mut top: Option<(usize, f32, u32)> = None;
        for (label, (sum, count)) in self.by_label.iter().enumerate() {
            if *count > 0 && top.is_none_or(|(_, most, _)| *sum > most) {
                top = Some((label, *sum, *count));
            }
        }
        let (label, sum, count) = top?;
        let share = sum / total;
        let kind = self.kinds.get(label).copied().flatten()?;
        (share >= MAJORITY).then(|| (label, kind, (sum / count as f32 * share).clamp(0.0, 1.0)))
    }
}

/// Makes the mentions of an article agree. `kinds` tells the meaning of each label.
pub(crate) fn agree(sentences: &mut [SentenceWords<'_>], kinds: &[Kind]) {
    let labels = kinds.len();
    drop_common_words(sentences);
    acronyms::as_agreements(sentences);
    let mut votes: HashMap<String, Votes> = HashMap::new();
    let label_of = |kind: Kind| kinds.iter().position(|known| *known == kind);
    for (short, (label, kind, score)) in acronyms::define(sentences, label_of) {
        let votes = votes.entry(short).or_default();
        for _ in 0..DEFINED {
            votes.add(label, kind, score);
        }
    }
    for sentence in sentences.iter() {
        for mention in sentence.mentions.iter().filter(|mention| mention.kind.is_name()) {
            let surface = sentence.surface(&mention.words);
            votes.entry(surface).or_default().add(mention.label, mention.kind, mention.score);
            // A full name vouches for the last name alone.
            if mention.kind == Kind::Person && mention.words.len() > 1 {
                let last = mention.words.end - 1..mention.words.end;
                let surface = sentence.surface(&last);
                votes.entry(surface).or_default().add(mention.label, mention.kind, mention.score);
            }
        }
    }
    relabel(sentences, &votes);
    add(sentences, &votes, labels);
}

/// Drops doubtful single words whose capital says nothing (the first of a sentence, any of a heading
/// in capitals) and which the article also writes small: "Geopolitical Proximity".
fn drop_common_words(sentences: &mut [SentenceWords<'_>]) {
    let mut small: HashSet<String> = HashSet::new();
    for sentence in sentences.iter() {
        let words = sentence.view();
        small.extend(
            (0..words.len()).map(|at| words.get(at)).filter(|w| is_lower(w)).map(str::to_owned),
        );
    }
    for sentence in sentences {
        let in_capitals = is_in_capitals(sentence);
        let text = sentence.text;
        let spans = &sentence.words;
        let words = Words { text, spans };
        sentence.mentions.retain(|mention| {
            !(mention.words.len() == 1
                && mention.score < CERTAIN
                && (in_capitals || mention.words.start == 0)
                && small.contains(&words.get(mention.words.start).to_lowercase()))
        });
    }
}

/// Whether nearly every longer word begins with a capital, as in headings.
fn is_in_capitals(sentence: &SentenceWords<'_>) -> bool {
    let words = sentence.view();
    let long = (0..words.len()).map(|at| words.get(at)).filter(|word| word.len() > 3);
    let (mut all, mut capitals) = (0, 0);
    for word in long {
        all += 1;
        capitals += usize::from(is_capitalised(word));
    }
    capitals * 4 >= all * 3
}

fn relabel(sentences: &mut [SentenceWords<'_>], votes: &HashMap<String, Votes>) {
    for sentence in sentences {
        for at in 0..sentence.mentions.len() {
            let Some(mention) = sentence.mentions.get(at) else { continue };
            if !mention.kind.is_name() {
                continue;
            }
            let Some(votes) = votes.get(&sentence.surface(&mention.words)) else { continue };
            let Some((label, kind, score)) = votes.majority() else { continue };
            let is_outvoted = mention.label != label && votes.is_overwhelming(label);
            if mention.score >= CERTAIN && !is_outvoted {
                continue;
            }
            if let Some(mention) = sentence.mentions.get_mut(at)
                && votes.is_trusted(label)
                && (score > mention.score || is_outvoted)
            {
                // The same label: the article is as sure of this mention as of the name.
                let maker = if mention.label == label { mention.maker } else { Maker::Article };
                *mention = Mention { label, kind, score, maker, ..mention.clone() };
            }
        }
    }
}

/// A name to look for: its label, meaning and score.
#[derive(Debug, Clone, Copy)]
struct Known {
    label: usize,
    kind: Kind,
    score: f32,
    /// Whether it is marked so often that it stands above its parts: where "Abraham Accords" is a name
    /// throughout, "Abraham" is none.
    often: bool,
}

fn add(sentences: &mut [SentenceWords<'_>], votes: &HashMap<String, Votes>, labels: usize) {
    let mut known: HashMap<&str, Known> = HashMap::new();
    // Last words of agreements' names, which stand for the whole after "the".
    let mut heads: HashMap<String, Known> = HashMap::new();
    // Per first word, the length in words of the longest name that begins with it.
    let mut firsts: HashMap<String, usize> = HashMap::new();
    for sentence in sentences.iter() {
        for mention in &sentence.mentions {
            if !mention.kind.is_name() || mention.words.len() > LONGEST {
                continue;
            }
            let last = mention.words.end - 1..mention.words.end;
            for words in [mention.words.clone(), last] {
                let Some((surface, votes)) = votes.get_key_value(&sentence.surface(&words)) else {
                    continue;
                };
                if !is_capitalised(surface) {
                    continue;
                }
                if let Some((label, kind, score)) = votes.majority()
                    && votes.is_trusted(label)
                    && score >= PROBABLE
                {
                    let often = votes.by_label.get(label).is_some_and(|(_, count)| *count >= OFTEN);
                    known.insert(surface, Known { label, kind, score, often });
                    if kind == Kind::Other && mention.words.len() > 1 {
                        let head = sentence.view().get(mention.words.end - 1);
                        if clean::is_agreement(head) {
                            heads.insert(
                                head.to_owned(),
                                Known { label, kind, score, often: false },
                            );
                        }
                    }
                    let first = sentence.view().get(words.start).to_owned();
                    let longest = firsts.entry(first).or_default();
                    *longest = (*longest).max(words.len());
                }
            }
        }
    }
    for sentence in sentences {
        let mut added = missing(sentence, &known, &firsts, labels);
        added.extend(short_agreements(sentence, &heads, &added));
        added.sort_by_key(|mention| mention.words.start);
        if !added.is_empty() {
            // What a longer known name covers is part of it.
            let is_free = |mention: &Mention| {
                let next = added.partition_point(|a| a.words.end <= mention.words.start);
                added.get(next).is_none_or(|a| a.words.start >= mention.words.end)
            };
            sentence.mentions.retain(is_free);
            sentence.mentions.extend(added);
            sentence.mentions.sort_by_key(|mention| mention.words.start);
        }
    }
}

/// Known names that stand in a sentence unmarked, or marked in part.
fn missing(
    sentence: &SentenceWords<'_>,
    known: &HashMap<&str, Known>,
    firsts: &HashMap<String, usize>,
    labels: usize,
) -> Vec<Mention> {
    let words = sentence.view();
    let mut added: Vec<Mention> = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let longest = firsts.get(words.get(at)).copied().unwrap_or(0).min(words.len() - at);
        let found = (1..=longest).rev().find_map(|length| {
            let range = at..at + length;
            let name = known.get(sentence.surface(&range).as_str())?;
            let least = if at == 0 && length == 1 { POSSIBLE_FIRST } else { POSSIBLE };
            let fits = is_free(sentence, &range, name)
                && sentence.belief(&range, name.label, labels) >= least
                && !(words.is_glued_back(at) && is_inner(words.get(at - 1)))
                && !(words.is_glued(range.end - 1) && is_inner(words.get(range.end)));
            fits.then_some((range, name))
        });
        match found {
            Some((range, name)) => {
                at = range.end;
                added.push(Mention {
                    words: range,
                    label: name.label,
                    kind: name.kind,
                    score: name.score,
                    maker: Maker::Article,
                });
            }
            None => at += 1,
        }
    }
    added
}

/// Unmarked places where the last word of an agreement's name stands for the whole: "the Accords".
fn short_agreements(
    sentence: &SentenceWords<'_>,
    heads: &HashMap<String, Known>,
    added: &[Mention],
) -> Vec<Mention> {
    let words = sentence.view();
    if heads.is_empty() || is_in_capitals(sentence) {
        return Vec::new();
    }
    let is_marked = |at: usize| {
        let mut mentions = sentence.mentions.iter().chain(added);
        mentions.any(|mention| mention.words.contains(&at))
    };
    (1..words.len())
        .filter_map(|at| {
            let name = heads.get(words.get(at))?;
            let stands_alone = matches!(words.get(at - 1), "the" | "The" | "these" | "those")
                && !is_capitalised(words.get(at + 1));
            (stands_alone && !is_marked(at)).then(|| Mention {
                words: at..at + 1,
                label: name.label,
                kind: name.kind,
                score: name.score,
                maker: Maker::Article,
            })
        })
        .collect()
}

/// Whether the words are unmarked, or marked in parts only that are less sure than the whole.
fn is_free(sentence: &SentenceWords<'_>, range: &Range<usize>, name: &Known) -> bool {
    let first = sentence.mentions.partition_point(|mention| mention.words.end <= range.start);
    let over = sentence.mentions.iter().skip(first);
    over.take_while(|mention| mention.words.start < range.end).all(|mention| {
        mention.words.start >= range.start
            && mention.words.end <= range.end
            && mention.words.len() < range.len()
            && (name.often || mention.score < name.score)
    })
}

/// Punctuation inside a longer word, such as an address: "@trump", "trump.com", "#Trump".
fn is_inner(word: &str) -> bool {
    matches!(word, "@" | "#" | "_" | "/" | "." | "&" | "=")
        || word.chars().all(char::is_alphanumeric)
}
