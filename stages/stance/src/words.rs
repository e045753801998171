//! Words, their stems, and the words that carry no topic.

use std::ops::Range;

use rust_stemmers::{Algorithm, Stemmer};
use unicode_segmentation::UnicodeSegmentation;

/// A word of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Word {
    /// Bytes of the word in the text, without a possessive ending.
    pub(crate) span: Range<usize>,
    /// The word in lower case, with a straight apostrophe.
    pub(crate) lower: String,
    /// Its stem by the Snowball English stemmer.
    pub(crate) stem: String,
    /// Whether it begins with a capital letter or is a number.
    pub(crate) capital: bool,
}

/// The words of `text` by Unicode's word boundaries (UAX 29), in order.
pub(crate) fn words(text: &str) -> Vec<Word> {
    let stemmer = Stemmer::create(Algorithm::English);
    text.unicode_word_indices()
        .map(|(start, surface)| {
            let bare = without_possessive(surface);
            let lower = bare.to_lowercase().replace('\u{2019}', "'");
            let stem = stemmer.stem(&lower).into_owned();
            let capital = bare.chars().next().is_some_and(char::is_uppercase);
            Word { span: start..start + bare.len(), lower, stem, capital }
        })
        .collect()
}

/// `Pakistan's` without its ending, whichever apostrophe it has.
fn without_possessive(word: &str) -> &str {
    ["'s", "\u{2019}s", "'S", "\u{2019}S"]
        .iter()
        .find_map(|ending| word.strip_suffix(ending))
        .filter(|bare| !bare.is_empty())
        .unwrap_or(word)
}

/// Words that tell nothing about the topic of a claim, its modal verbs included.
const STOP_WORDS: [&str; 144] = [
    "a", "about", "after", "again", "against", "all", "also", "an", "and", "any", "are", "as",
    "at", "be", "because", "been", "before", "being", "between", "both", "but", "by", "can",
    "could", "did", "do", "does", "doing", "down", "during", "each", "else", "even", "ever",
    "every", "for", "from", "further", "get", "give", "go", "had", "has", "have", "having", "he",
    "her", "here", "him", "his", "how", "however", "i", "if", "in", "into", "is", "it", "its",
    "just", "less", "let", "like", "made", "make", "makes", "making", "many", "may", "me", "might",
    "more", "most", "much", "must", "my", "need", "no", "nor", "not", "now", "of", "off", "on",
    "once", "one", "only", "or", "other", "ought", "our", "out", "over", "own", "per", "shall",
    "she", "should", "so", "some", "still", "such", "than", "that", "the", "their", "them", "then",
    "there", "these", "they", "this", "those", "through", "to", "too", "towards", "under", "until",
    "up", "us", "use", "used", "very", "was", "we", "were", "what", "when", "where", "which",
    "while", "who", "whose", "why", "will", "with", "within", "without", "would", "yet", "you",
    "your", "toward",
];

/// Whether a word in lower case says nothing about the topic.
pub(crate) fn is_stop_word(lower: &str) -> bool {
    STOP_WORDS.contains(&lower) || lower.chars().all(|c| c.is_ascii_punctuation())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_a_word_share_a_stem() {
        let stems = |text| words(text).into_iter().map(|word| word.stem).collect::<Vec<_>>();
        assert_eq!(stems("joined joining joins"), ["join", "join", "join"]);
        assert_eq!(stems("mediate mediator mediation"), ["mediat", "mediat", "mediat"]);
        assert_eq!(stems("normalize normalization"), ["normal", "normal"]);
    }

    #[test]
    fn a_possessive_ending_is_no_part_of_the_word() {
        let all = words("Kazakhstan\u{2019}s leap, Trump's plan");
        let lower: Vec<&str> = all.iter().map(|word| word.lower.as_str()).collect();
        assert_eq!(lower, ["kazakhstan", "leap", "trump", "plan"]);
        assert_eq!(all[0].span, 0..10);
    }
}
