//! The title and the headings.

use postil_contract::ParagraphKind as Kind;

use super::{PROSE, Part};
use crate::shape::{is_cased, is_tabular, is_title_case, last_mark};

/// Words of the longest title.
const TITLE: usize = 25;

/// Words of the longest heading.
const HEADING: usize = 14;

/// Words of the longest heading that is written as a sentence is.
const PLAIN_HEADING: usize = 8;

/// Words of the longest heading that ends in a colon, unless it is in title case: a longer line leads over to what
/// follows.
const COLON_HEADING: usize = 2;

/// The same in title case.
const TITLED_COLON_HEADING: usize = 8;

/// Words of a sentence that a heading in title case may stand above.
const SHORT: usize = 5;

/// Letters of the longest heading in a script without case.
const UNCASED_HEADING: usize = 24;

/// Marks the title and the headings.
pub(super) fn mark(parts: &mut [Part<'_>]) {
    let first = parts.iter().position(|part| part.kind != Kind::Boilerplate);
    if let Some(first) = first
        && is_title(parts, first)
        && let Some(part) = parts.get_mut(first)
    {
        part.kind = Kind::Title;
    }
    // From the end, so that a heading above a heading sees what the lower one is.
    for index in (0..parts.len()).rev() {
        if is_heading(parts, index)
            && let Some(part) = parts.get_mut(index)
        {
            part.kind = Kind::Heading;
        }
    }
}

/// The paragraphs behind `index` that are not boilerplate.
fn below<'p, 't>(parts: &'p [Part<'t>], index: usize) -> impl Iterator<Item = &'p Part<'t>> {
    parts.iter().skip(index + 1).filter(|part| part.kind != Kind::Boilerplate)
}

fn is_title(parts: &[Part<'_>], index: usize) -> bool {
    let Some(part) = parts.get(index) else { return false };
    let fits = match part.kind {
        Kind::Heading => true,
        Kind::Body => {
            part.words <= TITLE
                && part.lines <= 3
                && !closes(part.text)
                && !part.text.starts_with(char::is_lowercase)
        }
        _ => false,
    };
    // A line that leads over to a list is no title, nor is one longer than all the text below it.
    fits && !part.text.ends_with(':')
        && parts
            .iter()
            .skip(index + 1)
            .any(|other| other.is_prose() && other.words >= part.words.min(PROSE))
}

/// Whether the text ends in a mark that no title or heading has.
fn closes(text: &str) -> bool {
    matches!(last_mark(text), Some('.' | '。' | '…' | ',' | ';' | '،' | '۔' | '।'))
}

fn is_heading(parts: &[Part<'_>], index: usize) -> bool {
    let Some(part) = parts.get(index) else { return false };
    if !part.is_open()
        || part.words == 0
        || part.words > HEADING
        || part.lines > 2
        || closes(part.text)
        || is_tabular(part.text)
    {
        return false;
    }
    let mut below = below(parts, index);
    let Some(next) = below.next() else { return false };
    let titled = is_title_case(part.text);
    let leads = match next.kind {
        // Three headings one below the other are a list of names.
        Kind::Heading => below.next().is_none_or(|part| part.kind != Kind::Heading),
        Kind::ListItem | Kind::Quote => true,
        _ if titled && next.ends && next.words >= SHORT => true,
        _ => next.words >= PROSE.max(part.words + 3),
    };
    let mark = last_mark(part.text);
    if !is_cased(part.text) {
        return mark.is_some_and(char::is_alphanumeric)
            && part.text.chars().count() <= UNCASED_HEADING
            && next.text.len() >= 4 * part.text.len();
    }
    if part.text.starts_with(char::is_lowercase) || !leads {
        return false;
    }
    match mark {
        Some(':') => part.words <= COLON_HEADING || (titled && part.words <= TITLED_COLON_HEADING),
        Some('?' | '!') => titled,
        _ if titled => true,
        // Written as a sentence is, but without a stop, and above a real paragraph.
        _ => {
            part.words <= PLAIN_HEADING
                && next.is_prose()
                && !part.text.starts_with(crate::shape::is_opening_quote)
        }
    }
}
