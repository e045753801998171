//! The dot that belongs to an abbreviation.

use std::ops::Range;

use crate::words::Words;

/// Abbreviations that names end with.
const FINAL: [&str; 22] = [
    "inc", "corp", "co", "ltd", "llc", "bros", "jr", "sr", "plc", "jan", "feb", "mar", "apr",
    "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "esq",
];

/// Whether word `dot` is a dot that ends an abbreviation: `U.S.`, `D.C.`, `Inc.`
pub(super) fn is_final_dot(words: Words<'_>, dot: usize) -> bool {
    if words.get(dot) != "." || !words.is_glued_back(dot) {
        return false;
    }
    let last = words.get(dot - 1);
    if FINAL.contains(&last.to_lowercase().as_str()) {
        return last.starts_with(char::is_uppercase);
    }
    // A letter and a dot, twice: one alone may be "Malcolm X" at the end of a sentence.
    dot >= 3
        && is_letter(last)
        && words.get(dot - 2) == "."
        && is_letter(words.get(dot - 3))
        && words.is_glued(dot - 2)
        && words.is_glued(dot - 3)
}

/// The range, with the dot after it where that ends the abbreviation the range ends with.
pub(super) fn with_final_dot(words: Words<'_>, range: Range<usize>) -> Range<usize> {
    match is_final_dot(words, range.end) {
        true => range.start..range.end + 1,
        false => range,
    }
}

fn is_letter(word: &str) -> bool {
    let mut chars = word.chars();
    chars.next().is_some_and(char::is_uppercase) && chars.next().is_none()
}
