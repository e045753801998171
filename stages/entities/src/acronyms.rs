//! Short names that an article defines: "Housing Authority of New Orleans (HANO)", "TPP (Trans Pacific
//! Partnership)", and the initials of the agreements that it names.
//!
//! What stands before the brackets and begins with the letters in them is one name, however the model
//! cut it, and the letters name the same thing wherever they stand. The match is the stricter half of
//! Schwartz and Hearst, "A simple algorithm for identifying abbreviation definitions in biomedical
//! text" (2003): each letter begins a capitalised word, in order, and only joints may lie between.

use std::collections::HashMap;
use std::ops::Range;

use crate::clean;
use crate::kind::Kind;
use crate::places;
use crate::sentence::{Maker, Mention, SentenceWords};
use crate::words::{Words, is_all_caps, is_capitalised, is_hyphen};

/// Fewest and most letters of a short name.
const LETTERS: std::ops::RangeInclusive<usize> = 2..=8;
/// Words between brackets, at most, that are looked at for the long name of what stands before them.
const LONGEST_INSIDE: usize = 16;
/// Fewest letters of a short name that nothing in brackets defines: two letters stand for too much.
const FEWEST_UNDEFINED: usize = 3;
/// Small words inside a long name.
const JOINTS: [&str; 10] = ["of", "the", "and", "for", "on", "in", "to", "de", "des", "&"];

/// First words of what persons are: "Member of Parliament (MP)".
const OFFICES: [&str; 9] = [
    "Member",
    "Chief",
    "President",
    "Secretary",
    "Minister",
    "Director",
    "Chair",
    "Master",
    "Doctor",
];

/// A short name in brackets and the long one before them, as words of a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Definition {
    long: Range<usize>,
    short: usize,
}

/// Marks the long and the short names that the sentences define. Gives the short names with their
/// labels, meanings and scores. `label_of` tells the label of a meaning.
pub(crate) fn define(
    sentences: &mut [SentenceWords<'_>],
    label_of: impl Fn(Kind) -> Option<usize>,
) -> HashMap<String, (usize, Kind, f32)> {
    let mut defined = HashMap::new();
    for sentence in sentences {
        for definition in definitions(sentence.view()) {
            let Some((kind, score)) = meaning(sentence, &definition) else { continue };
            let Some(label) = label_of(kind) else { continue };
            let short = definition.short..definition.short + 1;
            for words in [definition.long, short.clone()] {
                put(sentence, words, label, kind, score);
            }
            defined.insert(sentence.surface(&short), (label, kind, score));
        }
    }
    defined
}

/// Gives the initials of the agreements that an article names in full their label, also where nothing
/// in brackets says what they stand for.
pub(crate) fn as_agreements(sentences: &mut [SentenceWords<'_>]) {
    let mut agreements: HashMap<String, (usize, Kind, f32)> = HashMap::new();
    for sentence in sentences.iter() {
        let words = sentence.view();
        for mention in sentence.mentions.iter().filter(|mention| mention.kind == Kind::Other) {
            let names = mention.words.clone().map(|at| words.get(at));
            let initials: String = names
                .filter(|word| is_capitalised(word))
                .filter_map(|word| word.chars().next())
                .collect();
            if clean::is_agreement(words.get(mention.words.end.saturating_sub(1)))
                && initials.chars().count() >= FEWEST_UNDEFINED
            {
                agreements
                    .entry(initials)
                    .and_modify(|(_, _, score)| *score = score.max(mention.score))
                    .or_insert((mention.label, mention.kind, mention.score));
            }
        }
    }
    if agreements.is_empty() {
        return;
    }
    for sentence in sentences {
        for at in 0..sentence.mentions.len() {
            let Some(mention) = sentence.mentions.get(at) else { continue };
            if !matches!(mention.kind, Kind::Organisation | Kind::Place) {
                continue;
            }
            let short = sentence.surface(&mention.words);
            if let Some(&(label, kind, score)) = agreements.get(&short)
                && let Some(mention) = sentence.mentions.get_mut(at)
            {
                *mention = Mention { label, kind, score, maker: Maker::Article, ..mention.clone() };
            }
        }
    }
}

/// The definitions of a sentence, in either order: "Long Name (LN)" and "LN (Long Name)".
fn definitions(words: Words<'_>) -> Vec<Definition> {
    let brackets = (1..words.len().saturating_sub(2)).filter(|&at| words.get(at) == "(");
    brackets
        .filter_map(|open| {
            if words.get(open + 2) == ")" {
                let letters = letters_of(words.get(open + 1))?;
                let start = long_name(words, open, &letters)?;
                return Some(Definition { long: start..open, short: open + 1 });
            }
            let letters = letters_of(words.get(open - 1))?;
            let close = (open + 3..words.len().min(open + LONGEST_INSIDE))
                .find(|&at| words.get(at) == ")")?;
            let start = long_name(words, close, &letters)?;
            (start == open + 1).then_some(Definition { long: start..close, short: open - 1 })
        })
        .collect()
}

/// The letters of a short name.
fn letters_of(word: &str) -> Option<Vec<char>> {
    let letters: Vec<char> = word.chars().collect();
    let is_short = LETTERS.contains(&letters.len())
        && is_all_caps(word)
        && letters.iter().all(|letter| letter.is_alphabetic());
    is_short.then_some(letters)
}

/// The first word of the name that ends before `end` and whose capitalised words begin with `letters`.
fn long_name(words: Words<'_>, end: usize, letters: &[char]) -> Option<usize> {
    let mut letters = letters.iter().rev().peekable();
    let mut at = end;
    while letters.peek().is_some() {
        at = at.checked_sub(1)?;
        let word = words.get(at);
        if is_capitalised(word) {
            let first = word.chars().next()?;
            let letter = letters.next()?;
            if !first.to_uppercase().eq(letter.to_uppercase()) {
                return None;
            }
        } else if !JOINTS.contains(&word) && !is_hyphen(word) {
            return None;
        }
    }
    (end - at >= 2 && !OFFICES.contains(&words.get(at))).then_some(at)
}

/// What a definition names, and how sure the model is of it; `None` where it sees no name there.
fn meaning(sentence: &SentenceWords<'_>, definition: &Definition) -> Option<(Kind, f32)> {
    let words = sentence.view();
    let over = |range: &Range<usize>| -> Vec<&Mention> {
        let overlaps = |m: &&Mention| m.words.start < range.end && range.start < m.words.end;
        sentence.mentions.iter().filter(overlaps).collect()
    };
    let inside = over(&definition.long);
    let score = inside.iter().map(|mention| mention.score).fold(0.0, f32::max);
    if clean::is_known_agreement(words.get(definition.short)) {
        return (!inside.is_empty()).then_some((Kind::Other, score));
    }
    if let [whole] = inside.as_slice()
        && whole.words == definition.long
    {
        // A person has no such letters; where the model sees one, it is wrong about one of the two.
        return (whole.kind != Kind::Person).then_some((whole.kind, score));
    }
    // A name that reaches out of the long one is another name.
    let is_within =
        |m: &&Mention| m.words.start >= definition.long.start && m.words.end <= definition.long.end;
    if inside.is_empty() || !inside.iter().all(is_within) {
        return None;
    }
    let short = definition.short..definition.short + 1;
    let kinds = || inside.iter().copied().chain(over(&short)).map(|mention| mention.kind);
    if places::is_country(words.get(definition.short)) {
        return Some((Kind::Place, score));
    }
    // The last word tells an agreement or an event; what a place or a people is part of is an
    // organisation.
    let kind = clean::kind_by_last_word(words, &definition.long, Kind::Organisation);
    let speaks_for_it =
        kind != Kind::Organisation || kinds().any(|kind| kind == Kind::Organisation);
    speaks_for_it.then_some((kind, score))
}

/// Puts a mention in place of those that it overlaps.
fn put(
    sentence: &mut SentenceWords<'_>,
    words: Range<usize>,
    label: usize,
    kind: Kind,
    score: f32,
) {
    if let Some(same) = sentence.mentions.iter_mut().find(|mention| mention.words == words) {
        if same.label != label {
            *same = Mention { words, label, kind, score, maker: Maker::Article };
        }
        return;
    }
    sentence.mentions.retain(|m| m.words.end <= words.start || words.end <= m.words.start);
    let at = sentence.mentions.partition_point(|mention| mention.words.start < words.start);
    sentence.mentions.insert(at, Mention { words, label, kind, score, maker: Maker::Article });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::split;

    fn defined(text: &str) -> Vec<(String, String)> {
        let spans = split(text);
        let words = Words { text, spans: &spans };
        definitions(words)
            .into_iter()
            .map(|d| (words.slice(&d.long).to_owned(), words.get(d.short).to_owned()))
            .collect()
    }

    #[test]
    fn the_letters_in_brackets_begin_the_words_before_them() {
        let one = |long: &str, short: &str| vec![(long.to_owned(), short.to_owned())];
        assert_eq!(
            defined("the Housing Authority of New Orleans (HANO) said"),
            one("Housing Authority of New Orleans", "HANO")
        );
        assert_eq!(
            defined("the Non-Proliferation Treaty (NPT)"),
            one("Non-Proliferation Treaty", "NPT")
        );
        assert_eq!(
            defined("the World Health Organization (WHO)"),
            one("World Health Organization", "WHO")
        );
        assert_eq!(
            defined("The TPP (Trans Pacific Partnership) was signed"),
            one("Trans Pacific Partnership", "TPP")
        );
    }

    /// A sentence of which some words are marked.
    fn sentence<'a>(text: &'a str, marked: &[(&str, Kind)]) -> SentenceWords<'a> {
        let words = split(text);
        let mentions = marked
            .iter()
            .map(|(name, kind)| {
                let start = text.find(name).unwrap();
                let first = words.iter().position(|word| word.start == start).unwrap();
                let end = words.iter().position(|word| word.end == start + name.len()).unwrap() + 1;
                let label = usize::from(*kind == Kind::Other);
                Mention { words: first..end, label, kind: *kind, score: 0.8, maker: Maker::Model }
            })
            .collect();
        let belief = Vec::new();
        SentenceWords { sentence_idx: 0, paragraph_idx: 0, start: 0, text, words, belief, mentions }
    }

    #[test]
    fn initials_of_an_agreement_that_is_named_in_full_are_the_agreement() {
        let mut sentences = [
            sentence(
                "Kenya signed the Lake Basin Fishing Accord.",
                &[("Kenya", Kind::Place), ("Lake Basin Fishing Accord", Kind::Other)],
            ),
            sentence(
                "LBFA and BFC are in Kenya.",
                &[
                    ("LBFA", Kind::Organisation),
                    ("BFC", Kind::Organisation),
                    ("Kenya", Kind::Place),
                ],
            ),
        ];
        as_agreements(&mut sentences);
        let kinds: Vec<Kind> = sentences[1].mentions.iter().map(|mention| mention.kind).collect();
        assert_eq!(kinds, [Kind::Other, Kind::Organisation, Kind::Place]);
        assert_eq!(
            (sentences[1].mentions[0].label, sentences[1].mentions[0].maker),
            (1, Maker::Article)
        );
    }

    #[test]
    fn other_brackets_define_nothing() {
        for text in [
            "Senator Smith (D)",
            "the World Bank (UN)",
            "a bank of the world (BW)",
            "Berlin (AP)",
            "a Member of Parliament (MP)",
            "United Nations (the UN)",
            "(UN) is short",
            "the UN (a large body)",
            "the EU (like the World Bank)",
            "the AU (Addis Ababa, Ethiopia)",
        ] {
            assert_eq!(defined(text), [], "{text}");
        }
    }
}
