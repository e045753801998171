//! What belongs to the page and not to the text.

use postil_contract::ParagraphKind as Kind;

use super::Part;
use super::phrases::{ALONE, BEGINNINGS, CREDITS, DATE_WORDS, FINITE, PICTURED, SOURCES, TAGS};
use crate::shape::words;

/// Words of the longest line that is looked at.
const LONGEST: usize = 45;

/// Paragraphs at the top among which a byline and a date stand.
const TOP: usize = 8;

/// Paragraphs at the end among which a byline and a date stand.
const BOTTOM: usize = 3;

/// Words of the longest description of a picture.
const CAPTION: usize = 12;

/// Words of the longest entry in a list of sources.
const SOURCE_ENTRY: usize = 30;

/// Words of the longest tag.
const TAG: usize = 8;

/// Marks boilerplate.
pub(super) fn mark(parts: &mut [Part<'_>], has_prose: bool) {
    let count = parts.len();
    let mut seen_text = false;
    for (index, part) in parts.iter_mut().enumerate() {
        if !part.text.contains(char::is_alphanumeric) {
            part.kind = Kind::Boilerplate;
            continue;
        }
        let is_first = !std::mem::replace(&mut seen_text, true);
        if part.words > LONGEST || !has_prose {
            continue;
        }
        let at_edge = index < TOP || index + BOTTOM >= count;
        let lower = part.text.to_lowercase();
        let is_item = part.kind == Kind::ListItem;
        if is_alone(&lower)
            || (!is_item && (begins(&lower, part.words) || ends_in_credit(&lower)))
            || (!is_item && (is_number(part.text) || is_address(part.text)))
            || (!is_item && at_edge && (is_byline(part) || is_date(&lower)))
            || (!is_item && !is_first && is_caption(part))
        {
            part.kind = Kind::Boilerplate;
        }
    }
    sources(parts);
    tags(parts);
}

fn bare(lower: &str) -> &str {
    lower.trim_matches(|c: char| !c.is_alphanumeric())
}

fn is_alone(lower: &str) -> bool {
    // A sentence of one word ends in a stop; a button does not.
    let label = lower.trim_end_matches([':', '»', '>', '→', '›', ' ', '…']);
    !label.ends_with(['.', '!', '?']) && ALONE.binary_search(&bare(label)).is_ok()
}

fn begins(lower: &str, words: usize) -> bool {
    let starts = BEGINNINGS.iter().any(|(start, most)| words <= *most && lower.starts_with(start));
    starts || (words <= LONGEST && lower.contains("all rights reserved"))
}

fn ends_in_credit(lower: &str) -> bool {
    CREDITS.iter().any(|credit| lower.rfind(credit).is_some_and(|at| lower.len() - at <= 60))
}

/// A page number, a counter, a time: no letters.
fn is_number(text: &str) -> bool {
    text.len() <= 12 && !text.contains(char::is_alphabetic)
}

fn is_address(text: &str) -> bool {
    let mut tokens = text.split_whitespace();
    let only = tokens.next().filter(|_| tokens.next().is_none());
    only.is_some_and(|token| {
        token.starts_with("http://")
            || token.starts_with("https://")
            || token.starts_with("www.")
            || (token.contains('@') && token.contains('.'))
    })
}

/// "By Jane Doe and John Smith"
fn is_byline(part: &Part<'_>) -> bool {
    let Some(names) = part.text.strip_prefix("By ").or_else(|| part.text.strip_prefix("BY "))
    else {
        return false;
    };
    !part.ends
        && (2..=10).contains(&part.words)
        && !names.to_lowercase().starts_with("the ")
        && words(names).all(|word| {
            word.starts_with(|c: char| !c.is_lowercase())
                || matches!(word, "and" | "for" | "of" | "in" | "de" | "van")
        })
}

/// "Friday, July 21, 2017 at 10:32 a.m. GMT", "5 min read"
fn is_date(lower: &str) -> bool {
    let (mut named, mut numbered) = (false, false);
    for token in lower
        .split(|c: char| c.is_whitespace() || matches!(c, ',' | '|' | '/' | '•' | '·' | '–' | '-'))
    {
        let token = token.trim_matches(|c: char| !c.is_alphanumeric());
        if token.is_empty() {
            continue;
        }
        if DATE_WORDS.binary_search(&token).is_ok() {
            named = true;
        } else if token.starts_with(|c: char| c.is_ascii_digit()) {
            let suffix =
                token.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, ':' | '.'));
            if !matches!(suffix, "" | "st" | "nd" | "rd" | "th" | "am" | "pm" | "h" | "z") {
                return false;
            }
            numbered = true;
        } else {
            return false;
        }
    }
    named && numbered
}

/// "Man in suit giving thumbs up.": a noun for what is seen, what it is doing, and no finite verb.
fn is_caption(part: &Part<'_>) -> bool {
    if part.words > CAPTION || !part.text.ends_with('.') || part.kind != Kind::Body {
        return false;
    }
    let lower = part.text.to_lowercase();
    let mut words = words(&lower).map(bare).peekable();
    words.next_if(|word| {
        matches!(*word, "a" | "an" | "the" | "two" | "three" | "several" | "young" | "smiling")
    });
    if words.next().is_none_or(|word| PICTURED.binary_search(&word).is_err()) {
        return false;
    }
    let mut doing = false;
    for word in words {
        if FINITE.binary_search(&word).is_ok() {
            return false;
        }
        doing |= word.len() >= 6 && word.ends_with("ing");
    }
    doing
}

/// The entries under "Sources:".
fn sources(parts: &mut [Part<'_>]) {
    let is_title =
        |part: &Part<'_>| part.words <= 2 && SOURCES.contains(&bare(&part.text.to_lowercase()));
    let Some(title) = parts.iter().rposition(is_title) else { return };
    let Some(entries) = parts.get_mut(title..) else { return };
    let is_entry = |part: &Part<'_>| {
        part.words <= SOURCE_ENTRY
            && (!part.ends || part.kind == Kind::ListItem || part.text.contains("://"))
    };
    let length = 1 + entries.iter().skip(1).take_while(|part| is_entry(part)).count();
    for part in entries.iter_mut().take(length) {
        part.kind = Kind::Boilerplate;
    }
}

/// The tags under "Tags", where nothing but tags follows.
fn tags(parts: &mut [Part<'_>]) {
    let is_title =
        |part: &Part<'_>| part.words <= 2 && TAGS.contains(&bare(&part.text.to_lowercase()));
    let Some(title) = parts.iter().rposition(is_title) else { return };
    let Some(entries) = parts.get_mut(title..) else { return };
    if entries
        .iter()
        .skip(1)
        .all(|part| part.kind == Kind::Boilerplate || (part.words <= TAG && !part.ends))
    {
        for part in entries {
            part.kind = Kind::Boilerplate;
        }
    }
}
