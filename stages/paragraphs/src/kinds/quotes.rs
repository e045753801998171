//! Paragraphs that are quotations.

use postil_contract::ParagraphKind as Kind;

use super::Part;
use crate::shape::{closing_quote, is_opening_quote, words};

/// Words of the shortest quotation: "“The Deal”" is a name.
const SHORTEST: usize = 4;

/// Words of the longest attribution.
const ATTRIBUTION: usize = 10;

/// Quotations that a heading such as "Notable Quotes" announces, at most.
const ANNOUNCED: usize = 10;

/// Marks quotations.
pub(super) fn mark(parts: &mut [Part<'_>]) {
    let mut announced = 0;
    for part in parts {
        if part.kind == Kind::Heading {
            announced = if names_quotes(part.text) { ANNOUNCED } else { 0 };
            continue;
        }
        let may = matches!(part.kind, Kind::Body | Kind::ListItem);
        if may && part.words >= SHORTEST {
            let is_announced = announced > 0
                && (part.text.starts_with(is_opening_quote) || attribution(part.text).is_some());
            if is_announced || (part.kind == Kind::Body && is_quotation(part.text)) {
                part.kind = Kind::Quote;
            }
        }
        announced = announced.saturating_sub(1);
    }
}

fn names_quotes(heading: &str) -> bool {
    words(heading).any(|word| {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric());
        ["quote", "quotes", "quotations"].iter().any(|name| word.eq_ignore_ascii_case(name))
    })
}

/// Whether one pair of quotation marks holds the whole text, an attribution behind it apart.
fn is_quotation(text: &str) -> bool {
    let Some(open) = text.chars().next().filter(|c| is_opening_quote(*c) && *c != '‘') else {
        return false;
    };
    let close = closing_quote(open);
    let inside = text.get(open.len_utf8()..).unwrap_or("");
    // "„so“" closes with the mark that opens in English.
    let Some(at) = inside.find(|c| c == close || (open == '„' && c == '“')) else {
        return false;
    };
    let behind = inside.get(at..).unwrap_or("").trim_start_matches([close, '“', '.', ',']).trim();
    behind.is_empty() || attribution(behind).is_some_and(|who| behind.len() <= who.len() + 8)
}

/// Who said it: "— Pakistani government officials" at the end.
fn attribution(text: &str) -> Option<&str> {
    let (at, dash) = text.rmatch_indices(['—', '–', '―']).next()?;
    let who = text.get(at + dash.len()..)?.trim();
    let count = words(who).take(ATTRIBUTION + 1).count();
    ((1..=ATTRIBUTION).contains(&count)
        && who.starts_with(char::is_uppercase)
        && !who.ends_with(['.', '?', '!', '”', '"']))
    .then_some(who)
}
