//! Finds the names of a list in a text: on word boundaries, the leftmost and of these the longest.
//!
//! An Aho-Corasick automaton over the names is walked from each beginning of a word, anchored, so
//! that a walk ends with the first byte that no name goes on with. What texts write in several ways
//! is one to the automaton: white space of any kind and length, curly and straight apostrophes.

use std::ops::Range;

use aho_corasick::automaton::Automaton;
use aho_corasick::nfa::contiguous::NFA;
use aho_corasick::{Anchored, MatchKind};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::list::NameList;

/// A name found in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Match {
    /// Bytes of the text.
    pub span: Range<usize>,
    /// Index into the list's entries.
    pub entry: usize,
}

/// The names of a list, ready to be found.
#[derive(Debug)]
pub(super) struct Matcher {
    automaton: NFA,
    /// The entry of each pattern.
    entries: Vec<usize>,
    /// Whether a name may begin with a byte.
    begins: [bool; 256],
}

/// A name as comparisons see it.
pub(super) fn fold(name: &str, case_sensitive: bool) -> String {
    let plain = plain(&name.nfc().collect::<String>());
    if case_sensitive { plain } else { plain.to_lowercase() }
}

/// One space for white space, straight apostrophes.
fn plain(name: &str) -> String {
    let mut plain = String::with_capacity(name.len());
    for word in name.split_whitespace() {
        if !plain.is_empty() {
            plain.push(' ');
        }
        plain.extend(word.chars().map(|c| if c == '\u{2019}' { '\'' } else { c }));
    }
    plain
}

impl Matcher {
    /// Compiles a list.
    ///
    /// # Errors
    /// Where the list is too large for the automaton.
    pub(super) fn new(list: &NameList, case_sensitive: bool) -> Result<Self, String> {
        let mut patterns: Vec<String> = Vec::new();
        let mut entries = Vec::new();
        for (entry, name) in list.entries.iter().enumerate() {
            for pattern in writings(&name.name, case_sensitive) {
                patterns.push(pattern);
                entries.push(entry);
            }
        }
        let mut begins = [false; 256];
        for byte in patterns.iter().filter_map(|pattern| pattern.bytes().next()) {
            let cases = match case_sensitive {
                true => [byte, byte],
                false => [byte.to_ascii_lowercase(), byte.to_ascii_uppercase()],
            };
            for byte in cases {
                if let Some(begins) = begins.get_mut(usize::from(byte)) {
                    *begins = true;
                }
            }
        }
        let automaton = NFA::builder()
            .match_kind(MatchKind::Standard)
            .ascii_case_insensitive(!case_sensitive)
            .build(&patterns)
            .map_err(|error| format!("the list of names is too large: {error}"))?;
        Ok(Self { automaton, entries, begins })
    }

    /// The names in a text, by position, without overlap.
    pub(super) fn find<'t>(&'t self, text: &'t str) -> impl Iterator<Item = Match> + 't {
        let bytes = text.as_bytes();
        let mut at = 0;
        std::iter::from_fn(move || {
            while let Some(byte) = bytes.get(at) {
                let may_begin = self.begins.get(usize::from(*byte)).copied().unwrap_or(false);
                if may_begin
                    && begins_word(text, at)
                    && let Some(found) = self.longest_at(text, at)
                {
                    at = found.span.end;
                    return Some(found);
                }
                at += 1;
            }
            None
        })
    }

    /// The longest name that begins at byte `start` and ends with a word.
    fn longest_at(&self, text: &str, start: usize) -> Option<Match> {
        let bytes = text.as_bytes();
        let automaton = &self.automaton;
        let mut state = automaton.start_state(Anchored::Yes).ok()?;
        let mut at = start;
        let mut depth = 0;
        let mut longest = None;
        while let Some(byte) = bytes.get(at) {
            let (byte, width) = match *byte {
                0xE2 if text.get(at..).is_some_and(|rest| rest.starts_with('\u{2019}')) => {
                    (b'\'', 3)
                }
                b if b.is_ascii_whitespace() || b == 0xC2 => {
                    white_space(text, at).unwrap_or((b, 1))
                }
                b => (b, 1),
            };
            state = automaton.next_state(Anchored::Yes, state, byte);
            if automaton.is_dead(state) {
                break;
            }
            at += width;
            depth += 1;
            if automaton.is_match(state) && ends_word(text, at) {
                // A state also knows the names that end here and began later; ours is as long as
                // the walk.
                let whole = (0..automaton.match_len(state))
                    .map(|index| automaton.match_pattern(state, index))
                    .find(|pattern| automaton.pattern_len(*pattern) == depth);
                if let Some(entry) = whole.and_then(|id| self.entries.get(id.as_usize())) {
                    longest = Some(Match { span: start..at, entry: *entry });
                }
            }
        }
        longest
    }
}

/// The ways in which a name may be written: composed and decomposed; and where case does not count,
/// also all small and all large, since the automaton itself folds ASCII only.
fn writings(name: &str, case_sensitive: bool) -> Vec<String> {
    let name = plain(name);
    let mut writings = vec![name.clone()];
    if !name.is_ascii() {
        if !case_sensitive {
            writings.extend([name.to_lowercase(), name.to_uppercase()]);
        }
        let forms: Vec<String> = writings
            .iter()
            .flat_map(|writing| [writing.nfc().collect(), writing.nfd().collect()])
            .collect();
        writings.extend(forms);
        writings.sort();
        writings.dedup();
    }
    writings
}

/// A run of white space at byte `at` as one space, with its length in bytes.
fn white_space(text: &str, at: usize) -> Option<(u8, usize)> {
    let rest = text.get(at..)?;
    let width = rest.len() - rest.trim_start().len();
    (width > 0).then_some((b' ', width))
}

/// Whether a word may begin at byte `at`.
fn begins_word(text: &str, at: usize) -> bool {
    match at.checked_sub(1).and_then(|before| text.as_bytes().get(before)) {
        None => true,
        Some(before) if before.is_ascii() => !before.is_ascii_alphanumeric(),
        Some(_) => is_border(text, at),
    }
}

/// Whether a word may end at byte `at`.
fn ends_word(text: &str, at: usize) -> bool {
    match text.as_bytes().get(at) {
        None => true,
        Some(after) if after.is_ascii() && !after.is_ascii_alphanumeric() => true,
        Some(_) => is_border(text, at),
    }
}

fn is_border(text: &str, at: usize) -> bool {
    let (Some(left), Some(right)) = (text.get(..at), text.get(at..)) else { return false };
    match (left.chars().next_back(), right.chars().next()) {
        (Some(last), Some(first)) => !is_joined(last, first),
        _ => true,
    }
}

/// Whether two characters belong to one word, or to one grapheme.
fn is_joined(left: char, right: char) -> bool {
    if is_combining_mark(right) || matches!(right, '\u{200d}' | '\u{fe0f}') || left == '\u{200d}' {
        return true;
    }
    // "U.S.A." does not hold "U.S.".
    (left.is_alphanumeric() || left == '.')
        && right.is_alphanumeric()
        && !needs_no_space(left)
        && !needs_no_space(right)
}

/// Scripts that write words without spaces between them: Chinese, Japanese, Thai, Lao, Khmer, Burmese.
const fn needs_no_space(c: char) -> bool {
    matches!(c,
        '\u{0e00}'..='\u{0eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}'
        | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3fffd}')
}
