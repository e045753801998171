//! Names in an article: from the entities layer, or from capital letters where there is none.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use postil_contract::ArticleView;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::document::{Passage, inside};
use crate::words::is_stop_word;

/// A name at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mention {
    /// Bytes into the paragraph's text.
    pub(crate) span: Range<usize>,
    /// The fullest name the article uses for it.
    pub(crate) canonical: String,
    /// Index into the entities layer, where it comes from there.
    pub(crate) entity_idx: Option<u32>,
    /// What is named.
    pub(crate) kind: NameKind,
}

/// What a name names, as far as it matters here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NameKind {
    Person,
    Organisation,
    Place,
    /// A nationality, religion or political leaning: `Pakistani`.
    Group,
    /// A name of unknown kind, which may hold a view.
    Unknown,
    /// A date, a work, an agreement: holds no view.
    Thing,
}

impl NameKind {
    fn of_label(label: &str) -> Self {
        match label.to_ascii_uppercase().as_str() {
            "PER" | "PERSON" => Self::Person,
            "ORG" | "ORGANIZATION" | "ORGANISATION" => Self::Organisation,
            "LOC" | "LOCATION" | "GPE" | "COUNTRY" => Self::Place,
            "NORP" => Self::Group,
            _ => Self::Thing,
        }
    }

    /// Whether what is named can hold a view.
    pub(crate) const fn can_hold_a_view(self) -> bool {
        !matches!(self, Self::Thing)
    }
}

/// Where names come from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NameSource {
    /// The entities layer, which the stage then needs.
    #[default]
    Entities,
    /// Runs of capitalised words, read from the text alone.
    Capitals,
}

impl NameSource {
    /// Puts the names of each passage into it.
    pub(crate) fn fill(self, view: &ArticleView<'_>, passages: &mut [Passage<'_>]) {
        match self {
            Self::Entities => from_entities(view, passages),
            Self::Capitals => from_capitals(passages),
        }
    }
}

fn from_entities(view: &ArticleView<'_>, passages: &mut [Passage<'_>]) {
    for (entity_idx, entity) in (0_u32..).zip(view.entities()) {
        let after = passages.partition_point(|passage| passage.span.start <= entity.span.start);
        let passage = after.checked_sub(1).and_then(|at| passages.get_mut(at));
        let Some(passage) = passage.filter(|passage| passage.span.contains(entity.span)) else {
            continue;
        };
        let start = passage.span.start;
        passage.mentions.push(Mention {
            span: inside(entity.span, start),
            canonical: entity.canonical.clone(),
            entity_idx: Some(entity_idx),
            kind: NameKind::of_label(&entity.label),
        });
    }
}

/// Titles and other words that stand before a name and are no part of it.
pub(crate) const TITLES: [&str; 40] = [
    "president",
    "vice",
    "prime",
    "minister",
    "foreign",
    "secretary",
    "senator",
    "sen",
    "representative",
    "rep",
    "governor",
    "gov",
    "mayor",
    "king",
    "queen",
    "prince",
    "princess",
    "pope",
    "mr",
    "mrs",
    "ms",
    "dr",
    "prof",
    "professor",
    "general",
    "gen",
    "colonel",
    "judge",
    "justice",
    "chancellor",
    "ambassador",
    "chairman",
    "chairwoman",
    "spokesman",
    "spokeswoman",
    "director",
    "chief",
    "sir",
    "former",
    "special",
];

/// Runs of capitalised words. A single word that begins a sentence counts only where the article
/// writes it with a capital elsewhere too.
fn from_capitals(passages: &mut [Passage<'_>]) {
    let mut runs: Vec<(usize, Range<usize>, bool)> = Vec::new();
    let mut sure: BTreeSet<String> = BTreeSet::new();
    for (at, passage) in passages.iter().enumerate() {
        if passage.is_heading() {
            // In a heading every word may have a capital.
            continue;
        }
        let mut first = 0;
        while first < passage.words.len() {
            let run = capital_run(passage, first);
            if run.is_empty() {
                first += 1;
                continue;
            }
            first = run.end;
            let Some(words) = passage.words.get(run.clone()) else { continue };
            let (Some(head), Some(tail)) = (words.first(), words.last()) else { continue };
            let begins = begins_sentence(passage, head.span.start);
            let span = head.span.start..tail.span.end;
            if !begins || words.len() > 1 {
                sure.insert(passage.text.get(span.clone()).unwrap_or_default().to_owned());
            }
            runs.push((at, span, begins && words.len() == 1));
        }
    }
    let fullest = fullest_names(&sure);
    for (at, span, doubtful) in runs {
        let Some(passage) = passages.get_mut(at) else { continue };
        let Some(surface) = passage.text.get(span.clone()) else { continue };
        if doubtful && !sure.contains(surface) {
            continue;
        }
        let canonical = fullest.get(surface).cloned().unwrap_or_else(|| surface.to_owned());
        passage.mentions.push(Mention {
            span,
            canonical,
            entity_idx: None,
            kind: NameKind::Unknown,
        });
    }
}

/// Whether the first letter or digit of a sentence stands at `start`.
fn begins_sentence(passage: &Passage<'_>, start: usize) -> bool {
    let after = passage.sentences.partition_point(|(_, range)| range.start <= start);
    let sentence = after.checked_sub(1).and_then(|at| passage.sentences.get(at));
    sentence.is_some_and(|(_, range)| {
        passage
            .text
            .get(range.start..start)
            .is_some_and(|before| !before.chars().any(char::is_alphanumeric))
    })
}

/// The run of capitalised words that begins at word `first`, titles and stop words left out; empty
/// where none begins there.
fn capital_run(passage: &Passage<'_>, first: usize) -> Range<usize> {
    let is_name = |at: usize| {
        passage.words.get(at).is_some_and(|word| {
            word.capital
                && !is_stop_word(&word.lower)
                && !TITLES.contains(&word.lower.as_str())
                && word.lower.chars().count() > 1
        })
    };
    if !is_name(first) {
        return first..first;
    }
    let mut end = first + 1;
    while is_name(end) && only_space_between(passage, end) {
        end += 1;
    }
    first..end
}

fn only_space_between(passage: &Passage<'_>, at: usize) -> bool {
    let (Some(before), Some(word)) =
        (at.checked_sub(1).and_then(|before| passage.words.get(before)), passage.words.get(at))
    else {
        return false;
    };
    passage
        .text
        .get(before.span.end..word.span.start)
        .is_some_and(|gap| gap.chars().all(|c| c.is_whitespace() || c == '-' || c == '.'))
}

/// For each name the longest one that ends with it (`Trump`: `Donald Trump`), the first by letters
/// where several are as long.
fn fullest_names(names: &BTreeSet<String>) -> BTreeMap<String, String> {
    let mut fullest: BTreeMap<String, String> = BTreeMap::new();
    for name in names {
        for (space, _) in name.match_indices(' ') {
            let Some(ending) = name.get(space + 1..).filter(|ending| names.contains(*ending))
            else {
                continue;
            };
            let longest = fullest.entry(ending.to_owned()).or_default();
            if longest.len() < name.len() {
                longest.clone_from(name);
            }
        }
    }
    fullest
}
