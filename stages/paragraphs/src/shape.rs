//! What a piece of text looks like, whatever its language.

use crate::plain::{self, is_plain};

/// Marks that end a sentence.
pub(crate) fn is_stop(c: char) -> bool {
    matches!(c, '.' | '!' | '?' | '…' | '。' | '！' | '？' | '؟' | '۔' | '।' | '॥' | '։' | '።')
}

/// Quotation marks and brackets that close, and reference marks such as the last of "[1, 5]".
pub(crate) fn is_closer(c: char) -> bool {
    matches!(c, '"' | '\'' | '”' | '’' | '»' | '›' | '」' | '』' | ')' | ']' | '}' | '*' | '_')
}

/// Quotation marks that open.
pub(crate) fn is_opening_quote(c: char) -> bool {
    matches!(c, '"' | '“' | '„' | '«' | '‹' | '「' | '『' | '‘')
}

/// The quotation mark that closes what `open` opens.
pub(crate) fn closing_quote(open: char) -> char {
    match open {
        '“' | '„' => '”',
        '«' => '»',
        '‹' => '›',
        '「' => '」',
        '『' => '』',
        '‘' => '’',
        c => c,
    }
}

/// Whether `text` ends as a sentence does, references and closing quotes passed over; a colon counts.
pub(crate) fn ends_sentence(text: &str) -> bool {
    last_mark(text).is_some_and(|c| is_stop(c) || c == ':')
}

/// The last character behind which only closers stand, references such as "[1, 5]" passed over.
pub(crate) fn last_mark(text: &str) -> Option<char> {
    let mut rest = text.trim_end_matches(is_closer);
    // "... coalition [5]." and "... coalition.[5]"
    while rest.len() < text.len() && rest.ends_with(|c: char| c.is_ascii_digit()) {
        let number =
            rest.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, ',' | ' ' | '-'));
        let Some(before) = number.strip_suffix('[') else { break };
        rest = before.trim_end().trim_end_matches(is_closer);
    }
    rest.chars().next_back()
}

/// Whether `text` goes on in lower case, or in a script that has no case.
pub(crate) fn starts_lower_or_uncased(text: &str) -> bool {
    text.chars().next().is_some_and(|c| c.is_alphabetic() && !c.is_uppercase())
}

/// Words that titles write small.
const SMALL: &[&str] = &[
    "a", "an", "and", "as", "at", "but", "by", "de", "du", "for", "from", "in", "into", "is", "la",
    "le", "nor", "of", "off", "on", "or", "over", "per", "the", "to", "up", "via", "von", "vs",
    "vs.", "with",
];

/// Words separated by white space that hold a letter or digit.
pub(crate) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split_whitespace().filter(|word| word.contains(char::is_alphanumeric))
}

/// Number of words, counted up to `limit`.
pub(crate) fn count_words(text: &str, limit: usize) -> usize {
    match is_plain(text) {
        true => plain::spaced_words(text, limit),
        false => words(text).take(limit).count(),
    }
}

/// Whether the words are capitalised as in English titles: all but the small ones, with one exception in five.
pub(crate) fn is_title_case(text: &str) -> bool {
    let (mut big, mut all) = (0, 0);
    for word in words(text) {
        let core = word.trim_matches(|c: char| !c.is_alphanumeric());
        if SMALL.contains(&core) {
            continue;
        }
        all += 1;
        big += usize::from(core.starts_with(|c: char| c.is_uppercase() || c.is_numeric()));
    }
    all > 0 && big * 5 >= all * 4
}

/// Whether `text` has letters with case.
pub(crate) fn is_cased(text: &str) -> bool {
    text.chars().any(|c| c.is_uppercase() || c.is_lowercase())
}

/// Whether the line lays out columns: tabs, bars or wide gaps inside.
pub(crate) fn is_tabular(line: &str) -> bool {
    line.contains('\t') || line.contains("   ") || line.matches('|').count() >= 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_end_is_seen_through_quotes_and_references() {
        for (text, ends) in [
            ("He left.", true),
            ("“He left.”", true),
            ("the accords [1].", true),
            ("the accords.[1]", true),
            ("(He left.)", true),
            ("several elements:", true),
            ("the accords [1]", false),
            ("他们讨论了乌克兰。", true),
            ("Looking Ahead", false),
            ("", false),
        ] {
            assert_eq!(ends_sentence(text), ends, "{text}");
        }
    }

    #[test]
    fn title_case_passes_over_small_words() {
        for (text, title) in [
            ("A Power Play in the Heart of Eurasia", true),
            ("Challenges and Critiques", true),
            ("What happens if they refuse?", false),
            ("WHY NOW", true),
            ("the road ahead", false),
        ] {
            assert_eq!(is_title_case(text), title, "{text}");
        }
    }
}
