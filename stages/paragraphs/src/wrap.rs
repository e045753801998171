//! Whether the lines of an article are paragraphs, or pieces of paragraphs wrapped at some width.

use crate::line::{Line, WIDE};
use crate::shape::{ends_sentence, starts_lower_or_uncased};

/// Widths at which people and programs wrap text, in characters.
const WIDTHS: std::ops::RangeInclusive<usize> = 30..=110;

/// Share of line ends at which the next word would not have fitted, for wrapped text.
const FULL_SHARE: f32 = 0.6;

/// Share of line ends inside a sentence, for wrapped text.
const INSIDE_SHARE: f32 = 0.5;

/// Share of next lines that go on in lower case (or in a script without case), for wrapped text.
const LOWER_SHARE: f32 = 0.35;

/// How much shorter than the width a line may be and still have been wrapped there, in characters: programs that
/// balance lines leave some room.
const RAG: usize = 10;

/// The width at which the article is wrapped, in characters; `None` where a line is a paragraph.
pub(crate) fn width(text: &str, lines: &[Line]) -> Option<usize> {
    // A pair is a line and the one below it, where they could belong together.
    let pairs = || {
        lines.windows(2).filter_map(|pair| match pair {
            [line, next] if !next.detached && next.marker.is_none() => Some((line, next)),
            _ => None,
        })
    };
    let mut widths: Vec<usize> = pairs()
        .map(|(line, _)| (line, line.width(text)))
        .filter(|(line, width)| *width >= WIDE || line.text(text).contains(char::is_whitespace))
        .map(|(_, width)| width)
        .collect();
    if widths.is_empty() {
        return None;
    }
    widths.sort_unstable();
    let width = widths.get((widths.len() - 1) * 19 / 20).copied()?;
    if !WIDTHS.contains(&width) {
        return None;
    }
    let (mut all, mut full, mut inside, mut lower) = (0.0_f32, 0.0, 0.0, 0.0);
    for (line, next) in pairs() {
        all += 1.0;
        full += f32::from(u8::from(is_full(text, line, next, width)));
        inside += f32::from(u8::from(!ends_sentence(line.text(text))));
        lower += f32::from(u8::from(starts_lower_or_uncased(next.text(text))));
    }
    (full >= FULL_SHARE * all && inside >= INSIDE_SHARE * all && lower >= LOWER_SHARE * all)
        .then_some(width)
}

/// Whether the first word of `next` would not have fitted on `line`.
pub(crate) fn is_full(text: &str, line: &Line, next: &Line, width: usize) -> bool {
    let word = next.text(text).split(char::is_whitespace).next().unwrap_or("");
    let rag = RAG.min(width / 6);
    line.width(text) + 1 + word.chars().count() + rag > width
}
