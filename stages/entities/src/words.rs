//! The words of a sentence as the model sees them, and the tests on characters that all rules share.

use std::ops::Range;

use unicode_segmentation::{GraphemeCursor, UnicodeSegmentation};

/// A text and the byte spans of its words. Each punctuation character is a word of its own.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Words<'a> {
    pub text: &'a str,
    pub spans: &'a [Range<usize>],
}

impl<'a> Words<'a> {
    /// Word `index`; empty where there is none.
    pub(crate) fn get(self, index: usize) -> &'a str {
        self.spans.get(index).and_then(|span| self.text.get(span.clone())).unwrap_or_default()
    }

    /// Number of words.
    pub(crate) const fn len(self) -> usize {
        self.spans.len()
    }

    /// Whether word `index` ends where the next one begins.
    pub(crate) fn is_glued(self, index: usize) -> bool {
        match (self.spans.get(index), self.spans.get(index + 1)) {
            (Some(left), Some(right)) => left.end == right.start,
            _ => false,
        }
    }

    /// Whether word `index` begins where the one before it ends.
    pub(crate) fn is_glued_back(self, index: usize) -> bool {
        index > 0 && self.is_glued(index - 1)
    }

    /// The byte span of the words `range`; `None` for an empty range.
    pub(crate) fn span(self, range: &Range<usize>) -> Option<Range<usize>> {
        let first = self.spans.get(range.start)?;
        let last = self.spans.get(range.end.checked_sub(1)?)?;
        (range.start < range.end).then_some(first.start..last.end)
    }

    /// The text of the words `range`, with what stands between them.
    pub(crate) fn slice(self, range: &Range<usize>) -> &'a str {
        self.span(range).and_then(|span| self.text.get(span)).unwrap_or_default()
    }
}

/// Whether a word has no letter and no digit.
pub(crate) fn is_punctuation(word: &str) -> bool {
    !word.chars().any(char::is_alphanumeric)
}

/// Whether a word is a hyphen that joins two words.
pub(crate) fn is_hyphen(word: &str) -> bool {
    matches!(word, "-" | "\u{2010}" | "\u{2011}" | "\u{2013}")
}

/// Whether a word is an apostrophe.
pub(crate) fn is_apostrophe(word: &str) -> bool {
    matches!(word, "'" | "\u{2019}" | "\u{2bc}" | "`")
}

/// Whether a word begins with a capital or a letter without case, or a digit.
pub(crate) fn is_capitalised(word: &str) -> bool {
    word.chars().next().is_some_and(|c| !c.is_lowercase() && c.is_alphanumeric())
}

/// Whether a word has letters, and all of them are lower case.
pub(crate) fn is_lower(word: &str) -> bool {
    word.starts_with(char::is_lowercase) && !word.contains(char::is_uppercase)
}

/// Whether a word has at least two capitals and no lower-case letter.
pub(crate) fn is_all_caps(word: &str) -> bool {
    !word.contains(char::is_lowercase) && word.chars().filter(|c| c.is_uppercase()).count() >= 2
}

/// A name as comparisons see it: lower case, without dots, quotes and a final possessive, apostrophes
/// straight, white space and hyphens as one space.
pub(crate) fn key(name: &str) -> String {
    let name = without_possessive(name.trim());
    let mut key = String::with_capacity(name.len());
    for c in name.chars() {
        match c {
            '.' | '"' | '\u{201c}' | '\u{201d}' => {}
            '\u{2019}' | '\u{2bc}' => key.push('\''),
            c if c.is_whitespace() || c == '-' || c == '\u{2010}' || c == '\u{2011}' => {
                if !key.ends_with(' ') {
                    key.push(' ');
                }
            }
            c => key.extend(c.to_lowercase()),
        }
    }
    key.truncate(key.trim_end().len());
    key
}

/// A name without a possessive ending.
pub(crate) fn without_possessive(name: &str) -> &str {
    ["'s", "\u{2019}s", "\u{2bc}s", "'", "\u{2019}"]
        .iter()
        .find_map(|ending| name.strip_suffix(ending))
        .filter(|rest| !rest.is_empty())
        .unwrap_or(name)
}

/// A text with each run of white space as one space: a name that a line break cuts, in one line.
pub(crate) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The smallest span around `span` that cuts no grapheme cluster (UAX 29) of the text.
pub(crate) fn whole_graphemes(text: &str, span: Range<usize>) -> Range<usize> {
    let is_boundary = |at: usize| {
        // Between two ASCII characters only CR LF is no boundary, and no name begins or ends there.
        let before = at.checked_sub(1).and_then(|i| text.as_bytes().get(i));
        let after = text.as_bytes().get(at);
        match (before, after) {
            (Some(left), Some(right)) if left.is_ascii() && right.is_ascii() => true,
            (None, _) | (_, None) => true,
            _ => GraphemeCursor::new(at, text.len(), true).is_boundary(text, 0).unwrap_or(true),
        }
    };
    let mut start = span.start;
    while !is_boundary(start) {
        let before = text.get(..start).and_then(|t| t.char_indices().next_back());
        start = before.map_or(0, |(at, _)| at);
    }
    let mut end = span.end;
    if !is_boundary(end) {
        let mut cursor = GraphemeCursor::new(end, text.len(), true);
        end = cursor.next_boundary(text, 0).ok().flatten().unwrap_or(text.len());
    }
    start..end
}

/// Words as a model sees them: maximal runs without white space, each punctuation character on its
/// own. For text that no model has read.
pub(crate) fn split(text: &str) -> Vec<Range<usize>> {
    let mut words: Vec<Range<usize>> = Vec::new();
    let mut open = false;
    for (at, grapheme) in text.grapheme_indices(true) {
        let end = at + grapheme.len();
        let first = grapheme.chars().next().unwrap_or(' ');
        if first.is_whitespace() || first.is_control() {
            open = false;
        } else if first.is_alphanumeric() {
            match words.last_mut() {
                Some(last) if open => last.end = end,
                _ => words.push(at..end),
            }
            open = true;
        } else {
            words.push(at..end);
            open = false;
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_forgets_case_dots_possessives_and_line_breaks() {
        assert_eq!(key("U.S."), "us");
        assert_eq!(key("Donald\r\n  Trump’s"), "donald trump");
        assert_eq!(key("Kassym-Jomart Tokayev"), "kassym jomart tokayev");
        assert_eq!(key("O’Brien"), key("O'Brien"));
    }

    #[test]
    fn spans_grow_to_whole_graphemes() {
        let text = "e\u{301}lodie";
        assert_eq!(whole_graphemes(text, 0..1), 0..3);
        let flag = "a🇨🇭";
        assert_eq!(whole_graphemes(flag, 5..9), 1..9);
        assert_eq!(whole_graphemes("Oslo 🎉", 0..4), 0..4);
    }

    #[test]
    fn punctuation_is_its_own_word() {
        let text = "U.S.-led, O’Brien 🎉";
        let words: Vec<&str> = split(text).into_iter().map(|s| &text[s]).collect();
        assert_eq!(words, ["U", ".", "S", ".", "-", "led", ",", "O", "’", "Brien", "🎉"]);
    }
}
