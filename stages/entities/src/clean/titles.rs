//! Titles before the names of persons.

use std::ops::Range;

use crate::places;
use crate::words::{Words, is_apostrophe, is_lower, is_punctuation};

/// Words that are an office wherever they stand before a name; whatever stands before them goes too.
const OFFICES: [&str; 40] = [
    "president",
    "minister",
    "secretary",
    "senator",
    "governor",
    "chancellor",
    "premier",
    "spokesman",
    "spokeswoman",
    "spokesperson",
    "congressman",
    "congresswoman",
    "representative",
    "ambassador",
    "envoy",
    "chairman",
    "chairwoman",
    "commissioner",
    "prosecutor",
    "mayor",
    "vice-president",
    "president-elect",
    "ex-president",
    "undersecretary",
    "lawmaker",
    "leader",
    "director",
    "ceo",
    "professor",
    "sen",
    "rep",
    "gov",
    "foreign",
    "prime",
    "attorney",
    "candidate",
    "coach",
    "analyst",
    "officials",
    "official",
];

/// Forms of address and ranks, which are titles only at the beginning.
const ADDRESSES: [&str; 33] = [
    "mr",
    "mrs",
    "ms",
    "miss",
    "mx",
    "dr",
    "prof",
    "sir",
    "dame",
    "madam",
    "madame",
    "gen",
    "general",
    "maj",
    "col",
    "colonel",
    "lt",
    "lieutenant",
    "capt",
    "captain",
    "sgt",
    "sergeant",
    "adm",
    "admiral",
    "brig",
    "brigadier",
    "cmdr",
    "rev",
    "reverend",
    "judge",
    "justice",
    "speaker",
    "vice",
];

/// Words that may stand among titles.
const BETWEEN: [&str; 12] = [
    "of", "state", "deputy", "former", "acting", "interim", "for", "and", "the", "special", "then",
    "general",
];

/// A person's name without titles; `None` where the range holds nothing else.
pub(super) fn trim(words: Words<'_>, range: Range<usize>) -> Option<Range<usize>> {
    let mut start = after_possessive(words, &range);
    if let Some(office) = (start..range.end).rev().find(|&word| is_office(words, word)) {
        start = office + 1;
    }
    // "Mr.", "Lt. Gen.", "of State": until a word of the name.
    loop {
        let word = words.get(start).to_lowercase();
        let is_title = ADDRESSES.contains(&word.as_str());
        let is_between = start > range.start && BETWEEN.contains(&word.as_str());
        let is_dot = start > range.start && is_punctuation(&word) && !is_apostrophe(&word);
        if start < range.end && (is_title || is_between || is_dot) {
            start += 1;
        } else {
            break;
        }
    }
    // A country left over from an office: "Secretary of State", "President of Kazakhstan".
    if start >= range.end || (start > range.start && is_rest_of_office(words, start..range.end)) {
        return None;
    }
    Some(start..range.end)
}

/// Whether a word is an office in front of a name: not one at the end, as in "Robert Governor", and
/// not one that a comma follows.
fn is_office(words: Words<'_>, word: usize) -> bool {
    let text = words.get(word);
    // Half of a hyphenated name is none.
    let is_joined = words.is_glued(word) && !is_punctuation(words.get(word + 1));
    !is_joined && OFFICES.contains(&text.to_lowercase().as_str())
}

/// Where the name begins after an inner possessive: "Kazakhstan’s President ...".
fn after_possessive(words: Words<'_>, range: &Range<usize>) -> usize {
    (range.start + 1..range.end.saturating_sub(2))
        .rev()
        .find(|&at| is_apostrophe(words.get(at)) && words.get(at + 1) == "s" && words.is_glued(at))
        .map_or(range.start, |at| at + 2)
}

fn is_rest_of_office(words: Words<'_>, range: Range<usize>) -> bool {
    places::is_country(words.slice(&range)) || range.clone().all(|word| is_lower(words.get(word)))
}
