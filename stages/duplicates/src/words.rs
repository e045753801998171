//! Words as they are compared: lower case, without a possessive ending.

use unicode_segmentation::UnicodeSegmentation;
use xxhash_rust::xxh3::xxh3_64;

/// Calls `each` with every word of `text` (Unicode word boundaries; an ideograph is a word).
pub(crate) fn for_each_word(text: &str, mut each: impl FnMut(&str)) {
    let mut buffer = String::new();
    for word in text.unicode_words() {
        buffer.clear();
        for c in word.chars() {
            match c {
                '\u{2019}' => buffer.push('\''),
                c => buffer.extend(c.to_lowercase()),
            }
        }
        each(buffer.strip_suffix("'s").unwrap_or(&buffer));
    }
}

/// The hashes of the words, in order.
pub(crate) fn hashes(text: &str) -> Vec<u64> {
    let mut hashes = Vec::with_capacity(text.len() / 6);
    for_each_word(text, |word| hashes.push(xxh3_64(word.as_bytes())));
    hashes
}

/// How many words there are.
pub(crate) fn count(text: &str) -> usize {
    text.unicode_words().count()
}

/// Whether two texts have the same letters and digits, whatever their case and what stands between.
pub(crate) fn same(a: &str, b: &str) -> bool {
    fn letters(text: &str) -> impl Iterator<Item = char> + '_ {
        text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase)
    }
    letters(a).eq(letters(b))
}

/// The hashes of the stems of the content words, sorted, each once.
pub(crate) fn content(text: &str) -> Vec<u64> {
    let mut hashes = Vec::new();
    for_each_word(text, |word| {
        if word.chars().nth(1).is_some() && STOP_WORDS.binary_search(&word).is_err() {
            hashes.push(xxh3_64(stem(word).as_bytes()));
        }
    });
    hashes.sort_unstable();
    hashes.dedup();
    hashes
}

/// Cuts the longest ending that leaves four letters: "conditioning" and "condition" become one.
/// Coarser than a real stemmer, which is enough to count common words.
fn stem(word: &str) -> &str {
    const ENDINGS: [&str; 20] = [
        "ization", "ational", "ations", "ation", "ingly", "ments", "ment", "ings", "ing", "ness",
        "ally", "edly", "ies", "ied", "ers", "ed", "es", "ly", "er", "al",
    ];
    let long_enough = |stem: &&str| stem.chars().count() >= 4;
    ENDINGS
        .iter()
        .find_map(|ending| word.strip_suffix(ending).filter(long_enough))
        .or_else(|| word.strip_suffix('s').filter(long_enough))
        .unwrap_or(word)
}

/// English words without content of their own, sorted.
const STOP_WORDS: &[&str] = &[
    "about",
    "above",
    "after",
    "again",
    "against",
    "all",
    "also",
    "although",
    "am",
    "an",
    "and",
    "any",
    "are",
    "aren't",
    "as",
    "at",
    "be",
    "because",
    "been",
    "before",
    "being",
    "below",
    "between",
    "both",
    "but",
    "by",
    "can",
    "can't",
    "could",
    "couldn't",
    "did",
    "didn't",
    "do",
    "does",
    "doesn't",
    "doing",
    "don't",
    "down",
    "during",
    "each",
    "even",
    "few",
    "for",
    "from",
    "further",
    "had",
    "hadn't",
    "has",
    "hasn't",
    "have",
    "haven't",
    "having",
    "he",
    "he's",
    "her",
    "here",
    "hers",
    "him",
    "his",
    "how",
    "however",
    "i'd",
    "i'll",
    "i'm",
    "i've",
    "if",
    "in",
    "into",
    "is",
    "isn't",
    "it",
    "it's",
    "its",
    "itself",
    "just",
    "like",
    "made",
    "make",
    "many",
    "may",
    "me",
    "might",
    "more",
    "most",
    "mr",
    "mrs",
    "ms",
    "much",
    "must",
    "my",
    "no",
    "nor",
    "not",
    "now",
    "of",
    "off",
    "on",
    "one",
    "only",
    "or",
    "other",
    "our",
    "out",
    "over",
    "own",
    "per",
    "said",
    "same",
    "say",
    "says",
    "see",
    "she",
    "should",
    "shouldn't",
    "since",
    "so",
    "some",
    "such",
    "than",
    "that",
    "that's",
    "the",
    "their",
    "them",
    "then",
    "there",
    "these",
    "they",
    "they'll",
    "they're",
    "they've",
    "this",
    "those",
    "though",
    "through",
    "to",
    "too",
    "two",
    "under",
    "until",
    "up",
    "upon",
    "us",
    "very",
    "was",
    "wasn't",
    "we",
    "we'll",
    "we're",
    "we've",
    "were",
    "weren't",
    "what",
    "when",
    "where",
    "whether",
    "which",
    "while",
    "who",
    "whom",
    "why",
    "will",
    "with",
    "within",
    "without",
    "won't",
    "would",
    "wouldn't",
    "you",
    "you're",
    "your",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stop_words_are_sorted() {
        assert!(STOP_WORDS.is_sorted());
    }

    #[test]
    fn forms_of_a_word_have_one_stem() {
        for (a, b) in [("conditioning", "condition"), ("changes", "change")] {
            let cut = |word: &'static str| stem(word).trim_end_matches('e');
            assert_eq!(cut(a), cut(b), "{a} {b}");
        }
        assert_eq!(stem("gas"), "gas");
    }

    #[test]
    fn quotes_case_and_possessives_do_not_matter() {
        assert_eq!(hashes("Trump\u{2019}s “plan”"), hashes("trump plan"));
        assert!(same("“Yes,” he said.", "Yes he said"));
        assert!(!same("Yes, he said.", "Yes, she said."));
    }
}
